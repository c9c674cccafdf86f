/* xlsx_own.h - what the files of the workbook reader share. Private to xlsx*.c.
 *
 * A reader keeps the first thing that went wrong in `result`, with its fault filled; what is called after
 * that does nothing. */
#ifndef LT_XLSX_OWN_H
#define LT_XLSX_OWN_H

#include <expat.h>
#include <zip.h>

#include "agent/xlsx.h"

enum { LT_XLSX_PATH_MAX = 256, LT_XLSX_NAME_MAX = 128 };

struct lt_xlsx_page {
    char name[LT_XLSX_NAME_MAX], id[64], path[LT_XLSX_PATH_MAX];
    bool hidden;
};

struct lt_xlsx {
    zip_t *zip;
    uint64_t xml_left; /* of LT_XLSX_XML_MAX */
    struct lt_sheet_fault *fault;
    enum lt_result result;
    /* of the part that is being read */
    XML_Parser parser;
    size_t quiet_bytes, depth;

    char workbook[LT_XLSX_PATH_MAX], strings_path[LT_XLSX_PATH_MAX], styles_path[LT_XLSX_PATH_MAX];
    struct lt_xlsx_page pages[LT_XLSX_PAGES_MAX];
    size_t page_count;
    bool dates_1904;
    uint8_t *formats; /* enum lt_xlsx_format by style of a cell */
    size_t format_count;

    /* Texts, each with its NUL; at 0 stands the empty one. First the shared strings. */
    char *text;
    size_t text_size, text_room;
    uint32_t *strings;
    size_t string_count, string_room;
};

/* Receives a part's elements, by their names without prefix. */
struct lt_xlsx_listener {
    void (*start)(void *context, const char *name, const char **attributes);
    void (*end)(void *context, const char *name); /* NULL: not asked for */
    void (*text)(void *context, const char *text, size_t size);
    void *context;
};

/* xlsx_parts.c. Opens the archive when it is a workbook; names what else it is. */
void lt_xlsx_open(struct lt_xlsx *xlsx, struct lt_bytes bytes);
void lt_xlsx_close(struct lt_xlsx *xlsx);
bool lt_xlsx_has(struct lt_xlsx *xlsx, const char *path);
/* Reads a part; one that is not there is damage. */
void lt_xlsx_parse(struct lt_xlsx *xlsx, const char *path, const struct lt_xlsx_listener *listener);
/* The first fault. Also out of a listener: the part is not read on. */
void lt_xlsx_fail(struct lt_xlsx *xlsx, enum lt_result result, uint32_t line, uint32_t column,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
void lt_xlsx_no_memory(struct lt_xlsx *xlsx);
void lt_xlsx_damaged(struct lt_xlsx *xlsx, const char *path);
/* The value of an attribute, by its name without prefix; NULL: none. */
const char *lt_xlsx_attribute(const char **attributes, const char *name);
/* Makes room for one more item of an array. */
bool lt_xlsx_room(struct lt_xlsx *xlsx, void **array, size_t *room, size_t count, size_t item_size);
/* Adds to the text that begins at some text_size; ends it, decoding _x000D_ and the like, and returns where it begins. */
void lt_xlsx_add(struct lt_xlsx *xlsx, const char *text, size_t size);
uint32_t lt_xlsx_end_text(struct lt_xlsx *xlsx, size_t start);

/* xlsx_book.c: where the pages are, the styles, the shared strings. */
void lt_xlsx_read_book(struct lt_xlsx *xlsx);

/* xlsx_page.c. Reads a page into *ret_sheet, whose bytes stay xlsx->text. */
void lt_xlsx_read_page(struct lt_xlsx *xlsx, const struct lt_xlsx_page *page,
                       struct lt_sheet *ret_sheet);

/* xlsx_value.c: how a number is shown. */
enum lt_xlsx_format {
    LT_XLSX_PLAIN,
    LT_XLSX_DATE,
    LT_XLSX_MONTH, /* of a year */
    LT_XLSX_YEAR,
    LT_XLSX_TIME,
    LT_XLSX_ZEROS, /* and so many more: digits, with zeros in front */
    LT_XLSX_ZEROS_MAX = LT_XLSX_ZEROS + 32
};
enum lt_xlsx_format lt_xlsx_format_of(const char *code);
/* Of the formats that every program knows by number. */
enum lt_xlsx_format lt_xlsx_format_known(unsigned id);
enum { LT_XLSX_NUMBER_MAX = 64 };
/* False: no number. */
bool lt_xlsx_number(const char *text, enum lt_xlsx_format format, bool dates_1904,
                    char ret_text[LT_XLSX_NUMBER_MAX]);

#endif
