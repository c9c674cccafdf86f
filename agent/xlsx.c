#include "agent/xlsx.h"

#include <stdlib.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/text.h"
#include "agent/xlsx_own.h"

enum { LIKELY_COLUMNS = 2 }; /* known ones, that make a row a header: as lt_columns_find */

/* The page that is taken, and the others that say something. */
struct choice {
    struct lt_sheet sheet;
    const struct lt_xlsx_page *page;
    size_t known; /* columns */
    char others[160]; /* «A», «B»: those that are passed over, and are not empty */
};

static void drop(struct lt_sheet *sheet)
{
    sheet->bytes = NULL; /* the reader's */
    lt_table_free(sheet);
}

static void refuse_two(struct lt_xlsx *xlsx, const struct lt_xlsx_page *one,
                       const struct lt_xlsx_page *other)
{
    lt_xlsx_fail(
        xlsx, LT_MALFORMED, 0, 0,
        lt_text("hai trang cùng có số liệu: «%s» và «%s»; để mỗi tệp một trang (chuột phải "
                "vào tên trang → Move or Copy → new book)",
                "two sheets hold records: \"%s\" and \"%s\"; leave one sheet a file "
                "(right-click its tab, Move or Copy, new book)"),
        one->name, other->name);
}

static void pass_over(struct choice *choice, const struct lt_xlsx_page *page)
{
    size_t size = strlen(choice->others);
    snprintf(choice->others + size, sizeof(choice->others) - size, "%s«%.60s»%s",
             size > 0 ? ", " : "", page->name, page->hidden ? lt_text(" (ẩn)", " (hidden)") : "");
    choice->others[lt_table_cut(choice->others, sizeof(choice->others) - 1)] = '\0';
}

/* The better of what is chosen and a page just read. */
static void weigh(struct lt_xlsx *xlsx, struct choice *choice, const struct lt_xlsx_page *page,
                  struct lt_sheet *sheet)
{
    size_t known = sheet->row_count > 1 ? lt_columns_known(sheet) : 0;
    if (known >= LIKELY_COLUMNS && choice->known >= LIKELY_COLUMNS) {
        refuse_two(xlsx, choice->page, page);
        drop(sheet);
    } else if (choice->page == NULL || known > choice->known) {
        if (choice->page != NULL) {
            pass_over(choice, choice->page);
        }
        drop(&choice->sheet);
        choice->sheet = *sheet;
        choice->page = page;
        choice->known = known;
    } else {
        pass_over(choice, page);
        drop(sheet);
    }
}

/* Pages that are not shown are not taken, but for records in them the clerk is told. What is wrong with one is not. */
static void name_hidden(struct lt_xlsx *xlsx, struct choice *choice)
{
    for (size_t i = 0; i < xlsx->page_count && xlsx->result == LT_OK; i++) {
        const struct lt_xlsx_page *page = &xlsx->pages[i];
        struct lt_sheet sheet = {0};
        size_t before = xlsx->text_size;
        if (!page->hidden || page->path[0] == '\0') {
            continue;
        }
        lt_xlsx_read_page(xlsx, page, &sheet);
        if (sheet.row_count > 1 && lt_columns_known(&sheet) >= LIKELY_COLUMNS) {
            pass_over(choice, page);
        }
        drop(&sheet);
        xlsx->text_size = before;
        if (xlsx->result != LT_NO_MEMORY) {
            xlsx->result = LT_OK;
        }
    }
}

static void choose_page(struct lt_xlsx *xlsx, struct choice *choice)
{
    for (size_t i = 0; i < xlsx->page_count && xlsx->result == LT_OK; i++) {
        const struct lt_xlsx_page *page = &xlsx->pages[i];
        struct lt_sheet sheet = {0};
        size_t before = xlsx->text_size;
        if (page->hidden || page->path[0] == '\0') {
            continue; /* lists behind a template; charts */
        }
        lt_xlsx_read_page(xlsx, page, &sheet);
        if (xlsx->result != LT_OK) {
            return;
        }
        if (sheet.row_count > 0) {
            weigh(xlsx, choice, page, &sheet);
        } else {
            drop(&sheet);
        }
        if (choice->page != page) {
            xlsx->text_size = before;
        }
    }
    if (xlsx->result == LT_OK && choice->page == NULL) {
        lt_xlsx_fail(xlsx, LT_MALFORMED, 0, 0, "%s", lt_text("tệp trống", "the file is empty"));
    } else if (xlsx->result == LT_OK) {
        name_hidden(xlsx, choice);
    }
}

static void write_note(const struct choice *choice, struct lt_sheet *sheet)
{
    if (choice->others[0] != '\0') {
        lt_table_note(sheet,
                      lt_text("chỉ đọc trang «%.60s»; không đọc trang %s",
                              "only the sheet \"%.60s\" is read; not read: %s"),
                      choice->page->name, choice->others);
    }
    if (sheet->hidden_rows > 0) {
        lt_table_note(sheet,
                      lt_text("%u dòng đang ẩn cũng được đọc", "%u hidden rows are read too"),
                      sheet->hidden_rows);
    }
}

enum lt_result lt_xlsx_read(struct lt_bytes bytes, struct lt_sheet *ret_sheet,
                            struct lt_sheet_fault *ret_fault)
{
    struct choice choice = {.page = NULL};
    struct lt_xlsx *xlsx = calloc(1, sizeof(*xlsx));
    if (xlsx == NULL) {
        return lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "%s",
                              lt_text("hết bộ nhớ", "out of memory"));
    }
    xlsx->xml_left = LT_XLSX_XML_MAX;
    xlsx->fault = ret_fault;
    lt_xlsx_open(xlsx, bytes);
    if (xlsx->result == LT_OK) {
        lt_xlsx_read_book(xlsx);
    }
    if (xlsx->result == LT_OK) {
        choose_page(xlsx, &choice);
    }
    enum lt_result result = xlsx->result;
    if (result != LT_OK) {
        drop(&choice.sheet);
    } else {
        choice.sheet.bytes = xlsx->text;
        xlsx->text = NULL;
        write_note(&choice, &choice.sheet);
        *ret_sheet = choice.sheet;
    }
    lt_xlsx_close(xlsx);
    free(xlsx);
    return result;
}
