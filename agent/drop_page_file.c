/* The status page's file. */
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/drop.h"
#include "agent/drop_html.h"
#include "agent/text.h"

enum { OLD_S = 3600 }; /* then it is written again, so that its time shows that somebody looks */

const char *lt_drop_page_name(void)
{
    return lt_text("Tình trạng.html", "Status.html");
}

/* A page of this program's: as it was written, or of a time that nobody remembers. */
static bool is_ours(struct lt_drop *drop, const char *path)
{
    char head[1024] = "";
    struct lt_drop_file about;
    if (lt_drop_is_free(drop, lt_drop_page_name())) {
        return true;
    }
    FILE *file = lt_drop_look_at(path, &about) ? fopen(path, "r") : NULL;
    size_t size = file != NULL ? fread(head, 1, sizeof(head) - 1, file) : 0;
    head[size] = '\0';
    if (file != NULL) {
        fclose(file);
    }
    return strstr(head, LT_HTML_MARK) != NULL;
}

static bool is_fresh(struct lt_drop *drop, const struct lt_hash *content)
{
    const struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, lt_drop_page_name());
    int64_t age = known != NULL ? lt_clock_wall() - known->changed_ns / 1000000000 : OLD_S;
    return memcmp(content, &drop->seen.page, sizeof(*content)) == 0 && age >= 0 && age < OLD_S &&
           lt_drop_is_free(drop, lt_drop_page_name());
}

static void write_time(FILE *out)
{
    char at[LT_WHEN_TEXT_MAX];
    lt_text_when(lt_clock_wall(), at);
    fprintf(
        out,
        lt_text("<p><small>Trang này được viết lúc %s. Nếu đã quá 2 giờ thì chương trình nền "
                "không chạy: gọi người cài máy.</small></p>\n",
                "<p><small>This page was written %s. If that is over 2 hours ago, the agent does "
                "not run: call who set up this PC.</small></p>\n"),
        at);
}

void lt_drop_place_page(struct lt_drop *drop, const char *text, size_t size, size_t time_at)
{
    char path[LT_DIR_MAX];
    struct lt_hash content;
    struct lt_table_file file;
    struct lt_sheet_fault fault = {.text = ""};
    lt_hash_of(text, size, &content);
    if (is_fresh(drop, &content) || !lt_drop_path(drop, lt_drop_page_name(), path)) {
        return;
    }
    if (!is_ours(drop, path)) {
        lt_drop_trouble(drop,
                        lt_text("«%s» không phải của chương trình này: đổi tên tệp đó",
                                "\"%s\" is not this program's: give that file another name"),
                        lt_drop_page_name());
        return;
    }
    enum lt_result result = lt_table_create(path, &file, &fault);
    if (result == LT_OK) {
        fwrite(text, 1, time_at, file.stream);
        write_time(file.stream);
        fwrite(text + time_at, 1, size - time_at, file.stream);
        fputs("</body></html>\n", file.stream);
        result = lt_table_finish(&file, true, &fault);
    }
    if (result != LT_OK) {
        (void)unlink(path);
        lt_drop_trouble(drop, "%s: %s", lt_drop_page_name(), fault.text);
        return;
    }
    (void)lt_drop_note_own(drop, lt_drop_page_name(), path);
    drop->seen.page = content;
    drop->saved = false;
}
