#include "agent/notices.h"

#include <stdio.h>
#include <string.h>

#include "agent/table.h"
#include "agent/text.h"

enum { PATH_MAX_BYTES = 4200 };

static void path_of(const char *dir, char ret_path[PATH_MAX_BYTES])
{
    snprintf(ret_path, PATH_MAX_BYTES, "%s/notices.seen", dir);
}

static void name_of(const struct lt_notice *notice, char ret_id[LT_NOTICE_ID_MAX])
{
    uint8_t bytes[36];
    struct lt_hash hash;
    memcpy(bytes, notice->update.bytes, 32);
    for (int i = 0; i < 4; i++) {
        bytes[32 + i] = (uint8_t)(notice->index >> (24 - 8 * i));
    }
    lt_hash_of(bytes, sizeof(bytes), &hash);
    lt_hex(hash.bytes, (LT_NOTICE_ID_MAX - 1) / 2, ret_id);
}

/* This unit's, the first `max` of them. */
static size_t collect(struct lt_journal *journal, struct lt_told_notice ret_notices[LT_NOTICES_MAX])
{
    struct lt_site site;
    size_t count = 0;
    lt_journal_site(journal, &site); /* first: it drops the book of another site */
    const struct lt_book *book = lt_journal_book(journal);
    for (size_t i = 0; book != NULL && i < lt_book_notice_count(book) && count < LT_NOTICES_MAX;
         i++) {
        const struct lt_notice *notice = lt_book_notice_at(book, i);
        if (lt_unit_cmp(&notice->unit, &site.unit) == 0) {
            ret_notices[count].notice = notice;
            name_of(notice, ret_notices[count++].id);
        }
    }
    return count;
}

/* Takes those out that a line of the file names. */
static size_t leave_out_seen(const char *dir, struct lt_told_notice *notices, size_t count)
{
    char path[PATH_MAX_BYTES], line[64];
    path_of(dir, path);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return count;
    }
    for (size_t lines = 0; lines < LT_NOTICES_MAX && fgets(line, sizeof(line), file) != NULL;
         lines++) {
        size_t kept = 0;
        line[strcspn(line, "\r\n")] = '\0';
        for (size_t i = 0; i < count; i++) {
            if (strcmp(notices[i].id, line) != 0) {
                notices[kept++] = notices[i];
            }
        }
        count = kept;
    }
    fclose(file);
    return count;
}

size_t lt_notices(struct lt_journal *journal, const char *dir,
                  struct lt_told_notice ret_notices[LT_NOTICES_MAX])
{
    return leave_out_seen(dir, ret_notices, collect(journal, ret_notices));
}

enum lt_result lt_notices_seen(struct lt_journal *journal, const char *dir, char ret_reason[200])
{
    struct lt_told_notice notices[LT_NOTICES_MAX];
    struct lt_table_file file;
    struct lt_sheet_fault fault = {.line = 0};
    char path[PATH_MAX_BYTES];
    size_t count = collect(journal, notices);
    path_of(dir, path);
    enum lt_result result = lt_table_create(path, &file, &fault);
    if (result == LT_OK) {
        for (size_t i = 0; i < count; i++) {
            fprintf(file.stream, "%s\n", notices[i].id);
        }
        result = lt_table_finish(&file, true, &fault);
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 200, "%.80s: %.110s", path, fault.text);
    }
    return result;
}

/* ---- For status ---- */

/* Each hub's newest come before any hub's older ones: what a high hub has said long ago leaves room for a near one. */
static size_t choose(const struct lt_told_notice *notices, size_t count,
                     const struct lt_told_notice *ret_shown[LT_NOTICES_SHOWN])
{
    size_t shown = 0;
    for (size_t rank = 0; shown < LT_NOTICES_SHOWN && rank < count; rank++) {
        size_t of_hub = 0;
        for (size_t i = 0; i < count && shown < LT_NOTICES_SHOWN; i++) {
            bool same =
                i > 0 && lt_unit_cmp(&notices[i].notice->hub, &notices[i - 1].notice->hub) == 0;
            of_hub = same ? of_hub + 1 : 0;
            if (of_hub == rank) {
                ret_shown[shown++] = &notices[i];
            }
        }
    }
    return shown;
}

json_t *lt_notices_list(struct lt_journal *journal, const char *dir, size_t *ret_left_out)
{
    struct lt_told_notice notices[LT_NOTICES_MAX];
    size_t count = lt_notices(journal, dir, notices);
    const struct lt_told_notice *chosen[LT_NOTICES_SHOWN];
    size_t shown = choose(notices, count, chosen);
    json_t *list = json_array();
    for (size_t i = 0; i < shown && list != NULL; i++) {
        char hub[LT_UNIT_TEXT_MAX];
        lt_unit_format(&chosen[i]->notice->hub, hub);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", chosen[i]->id, "hub", hub,
                                              "text", chosen[i]->notice->text));
    }
    *ret_left_out = count - shown;
    return list;
}

void lt_notices_print(const json_t *list, size_t left_out, bool seen)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *notice = json_array_get(list, i);
        printf(lt_text("THÔNG BÁO của %s:  %s\n", "NOTICE of %s:     %s\n"),
               json_string_value(json_object_get(notice, "hub")),
               json_string_value(json_object_get(notice, "text")));
    }
    if (left_out > 0) {
        printf(lt_text("… và %zu thông báo nữa\n", "… and %zu more notices\n"), left_out);
    }
    if (json_array_size(list) > 0 && !seen) {
        puts(lt_text("                  (đã đọc: lienthong-agent status --seen)",
                     "                  (when read: lienthong-agent status --seen)"));
    }
}
