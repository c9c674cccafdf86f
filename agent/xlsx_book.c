/* Where the parts of a workbook are, its styles and its shared strings. */
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "agent/xlsx_own.h"

enum { FORMATS_MAX = 65536 };

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), tail = strlen(end);
    return size >= tail && strcmp(text + size - tail, end) == 0;
}

static const char *or_nothing(const char *text)
{
    return text != NULL ? text : "";
}

/* A target stands relative to the folder of `from`, or with '/' to the whole. False: too long, or out of it. */
static bool resolve(const char *from, const char *target, char ret_path[LT_XLSX_PATH_MAX])
{
    const char *slash = strrchr(from, '/');
    size_t folder = target[0] == '/' || slash == NULL ? 0 : (size_t)(slash - from) + 1;
    target += target[0] == '/';
    target += strncmp(target, "./", 2) == 0 ? 2 : 0;
    if (strstr(target, "..") != NULL || folder + strlen(target) >= LT_XLSX_PATH_MAX) {
        return false;
    }
    memcpy(ret_path, from, folder);
    memcpy(ret_path + folder, target, strlen(target) + 1);
    return true;
}

/* ---- Which part is what ---- */

static void root_start(void *context, const char *name, const char **attributes)
{
    struct lt_xlsx *xlsx = context;
    if (strcmp(name, "Relationship") == 0 &&
        ends_with(or_nothing(lt_xlsx_attribute(attributes, "Type")), "/officeDocument")) {
        (void)resolve("", or_nothing(lt_xlsx_attribute(attributes, "Target")), xlsx->workbook);
    }
}

static void book_start(void *context, const char *name, const char **attributes)
{
    struct lt_xlsx *xlsx = context;
    if (strcmp(name, "workbookPr") == 0) {
        const char *flag = or_nothing(lt_xlsx_attribute(attributes, "date1904"));
        xlsx->dates_1904 = strcmp(flag, "1") == 0 || strcmp(flag, "true") == 0;
    }
    if (strcmp(name, "sheet") != 0) {
        return;
    }
    if (xlsx->page_count == LT_XLSX_PAGES_MAX) {
        lt_xlsx_fail(xlsx, LT_TOO_LARGE, 0, 0, lt_text("quá %d trang tính", "more than %d sheets"),
                     LT_XLSX_PAGES_MAX);
        return;
    }
    struct lt_xlsx_page *page = &xlsx->pages[xlsx->page_count++];
    const char *state = or_nothing(lt_xlsx_attribute(attributes, "state"));
    const char *title = or_nothing(lt_xlsx_attribute(attributes, "name"));
    page->hidden = strcmp(state, "hidden") == 0 || strcmp(state, "veryHidden") == 0;
    snprintf(page->name, sizeof(page->name), "%.*s", (int)lt_table_cut(title, sizeof(page->name)),
             title);
    page->name[lt_table_cut(page->name, sizeof(page->name) - 1)] = '\0';
    snprintf(page->id, sizeof(page->id), "%s", or_nothing(lt_xlsx_attribute(attributes, "id")));
}

static void relation_start(void *context, const char *name, const char **attributes)
{
    struct lt_xlsx *xlsx = context;
    const char *id = or_nothing(lt_xlsx_attribute(attributes, "Id"));
    const char *type = or_nothing(lt_xlsx_attribute(attributes, "Type"));
    char path[LT_XLSX_PATH_MAX];
    if (strcmp(name, "Relationship") != 0 ||
        !resolve(xlsx->workbook, or_nothing(lt_xlsx_attribute(attributes, "Target")), path)) {
        return;
    }
    if (ends_with(type, "/sharedStrings")) {
        memcpy(xlsx->strings_path, path, sizeof(path));
    } else if (ends_with(type, "/styles")) {
        memcpy(xlsx->styles_path, path, sizeof(path));
    } else if (ends_with(type, "/worksheet")) {
        for (size_t i = 0; i < xlsx->page_count; i++) {
            if (strcmp(xlsx->pages[i].id, id) == 0) {
                memcpy(xlsx->pages[i].path, path, sizeof(path));
            }
        }
    }
}

static void read_relations(struct lt_xlsx *xlsx)
{
    char path[LT_XLSX_PATH_MAX + 16];
    const char *slash = strrchr(xlsx->workbook, '/');
    size_t folder = slash != NULL ? (size_t)(slash - xlsx->workbook) + 1 : 0;
    snprintf(path, sizeof(path), "%.*s_rels/%s.rels", (int)folder, xlsx->workbook,
             xlsx->workbook + folder);
    lt_xlsx_parse(xlsx, path, &(struct lt_xlsx_listener){.start = relation_start, .context = xlsx});
}

/* ---- Styles ---- */

struct styles {
    struct lt_xlsx *xlsx;
    uint8_t *custom; /* enum lt_xlsx_format + 1 by id; 0: not declared */
    size_t room;
    bool of_cells;
};

static void style_start(void *context, const char *name, const char **attributes)
{
    struct styles *styles = context;
    struct lt_xlsx *xlsx = styles->xlsx;
    unsigned long id = strtoul(or_nothing(lt_xlsx_attribute(attributes, "numFmtId")), NULL, 10);
    if (strcmp(name, "numFmt") == 0 && id < FORMATS_MAX) {
        styles->custom[id] =
            (uint8_t)(1 +
                      lt_xlsx_format_of(or_nothing(lt_xlsx_attribute(attributes, "formatCode"))));
    }
    styles->of_cells = styles->of_cells || strcmp(name, "cellXfs") == 0;
    if (styles->of_cells && strcmp(name, "xf") == 0 && xlsx->format_count < FORMATS_MAX &&
        lt_xlsx_room(xlsx, (void **)&xlsx->formats, &styles->room, xlsx->format_count, 1)) {
        xlsx->formats[xlsx->format_count++] =
            id < FORMATS_MAX && styles->custom[id] != 0
                ? (uint8_t)(styles->custom[id] - 1)
                : (uint8_t)lt_xlsx_format_known((unsigned)(id < FORMATS_MAX ? id : 0));
    }
}

static void style_end(void *context, const char *name)
{
    struct styles *styles = context;
    styles->of_cells = styles->of_cells && strcmp(name, "cellXfs") != 0;
}

static void read_styles(struct lt_xlsx *xlsx)
{
    struct styles styles = {.xlsx = xlsx, .custom = calloc(FORMATS_MAX, 1)};
    if (styles.custom == NULL) {
        lt_xlsx_no_memory(xlsx);
        return;
    }
    lt_xlsx_parse(
        xlsx, xlsx->styles_path,
        &(struct lt_xlsx_listener){.start = style_start, .end = style_end, .context = &styles});
    free(styles.custom);
}

/* ---- Shared strings ---- */

struct strings {
    struct lt_xlsx *xlsx;
    size_t start;
    bool inside; /* a text */
    bool spoken; /* how it is said, beside what is written */
};

static void string_start(void *context, const char *name, const char **attributes)
{
    struct strings *strings = context;
    (void)attributes;
    if (strcmp(name, "si") == 0) {
        strings->start = strings->xlsx->text_size;
    }
    strings->spoken = strings->spoken || strcmp(name, "rPh") == 0;
    strings->inside = strcmp(name, "t") == 0 && !strings->spoken;
}

static void string_end(void *context, const char *name)
{
    struct strings *strings = context;
    struct lt_xlsx *xlsx = strings->xlsx;
    strings->inside = false;
    strings->spoken = strings->spoken && strcmp(name, "rPh") != 0;
    if (strcmp(name, "si") != 0) {
        return;
    }
    if (xlsx->string_count == LT_XLSX_STRINGS_MAX) {
        lt_xlsx_fail(xlsx, LT_TOO_LARGE, 0, 0, lt_text("quá %d chuỗi ký tự", "more than %d texts"),
                     LT_XLSX_STRINGS_MAX);
        return;
    }
    if (lt_xlsx_room(xlsx, (void **)&xlsx->strings, &xlsx->string_room, xlsx->string_count,
                     sizeof(*xlsx->strings))) {
        xlsx->strings[xlsx->string_count++] = lt_xlsx_end_text(xlsx, strings->start);
    }
}

static void string_text(void *context, const char *text, size_t size)
{
    struct strings *strings = context;
    if (strings->inside) {
        lt_xlsx_add(strings->xlsx, text, size);
    }
}

void lt_xlsx_read_book(struct lt_xlsx *xlsx)
{
    struct strings strings = {.xlsx = xlsx};
    lt_xlsx_add(xlsx, "", 1); /* the empty text */
    lt_xlsx_parse(xlsx, "_rels/.rels",
                  &(struct lt_xlsx_listener){.start = root_start, .context = xlsx});
    if (xlsx->result == LT_OK && xlsx->workbook[0] == '\0') {
        lt_xlsx_damaged(xlsx, "_rels/.rels");
    }
    lt_xlsx_parse(xlsx, xlsx->workbook,
                  &(struct lt_xlsx_listener){.start = book_start, .context = xlsx});
    if (xlsx->result == LT_OK) {
        read_relations(xlsx);
    }
    if (xlsx->result == LT_OK && xlsx->styles_path[0] != '\0') {
        read_styles(xlsx);
    }
    if (xlsx->result == LT_OK && xlsx->strings_path[0] != '\0') {
        lt_xlsx_parse(xlsx, xlsx->strings_path,
                      &(struct lt_xlsx_listener){string_start, string_end, string_text, &strings});
    }
}
