/* What the folder always holds: the list of what this unit has reported. */
#include <stdlib.h>
#include <string.h>

#include "agent/drop.h"
#include "agent/env.h"
#include "agent/export.h"
#include "agent/text.h"

/* The rows as a hash: a workbook of the same rows is not made again. */
static enum lt_result hash_rows(struct lt_drop *drop, struct lt_hash *ret_rows)
{
    static const struct lt_listing all = {.year = 0};
    char *text = NULL;
    size_t size = 0;
    struct lt_sheet_fault fault;
    FILE *stream = open_memstream(&text, &size);
    struct lt_row_file *rows = stream != NULL ? lt_row_file_over(stream, ',') : NULL;
    enum lt_result result = rows != NULL ? lt_export(drop->journal, &all, rows) : LT_NO_MEMORY;
    if (rows != NULL && lt_row_file_finish(rows, true, &fault) != LT_OK) {
        result = LT_NO_MEMORY;
    }
    if (stream != NULL && fclose(stream) != 0) {
        result = LT_NO_MEMORY;
    }
    if (result == LT_OK) {
        lt_hash_of(text, size, ret_rows);
    }
    free(text);
    return result;
}

const char *lt_drop_list_name(void)
{
    return lt_text("Đã báo cáo.xlsx", "Reported.xlsx");
}

/* False: it was not. Somebody who saves it meanwhile is read in the next pass. */
static bool write_reported(struct lt_drop *drop, const char *name)
{
    const struct lt_drop_target target = {drop, name};
    static const struct lt_listing all = {.year = 0};
    char path[LT_DIR_MAX];
    struct lt_row_file *rows;
    struct lt_sheet_fault fault = {.text = ""};
    if (!lt_drop_path(drop, name, path)) {
        return false;
    }
    enum lt_result result = lt_row_file_create(path, '\0', &rows, &fault);
    if (result == LT_OK) {
        lt_row_file_guard(rows, lt_drop_guard(&target));
        result = lt_export(drop->journal, &all, rows);
        enum lt_result kept = lt_row_file_finish(rows, result == LT_OK, &fault);
        result = result == LT_OK ? kept : result;
    }
    if (result == LT_BUSY) {
        drop->waiting++;
    } else if (result != LT_OK) {
        lt_drop_trouble(drop, "%s: %s", name,
                        fault.text[0] != '\0' ? fault.text : lt_text_result(result));
    }
    return result == LT_OK && lt_drop_note_own(drop, name, path) != NULL;
}

void lt_drop_write_lists(struct lt_drop *drop)
{
    const char *name = lt_drop_list_name();
    struct lt_hash rows;
    struct lt_site site;
    uint64_t changes = lt_env_changes(lt_journal_env(drop->journal));
    const struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, name);
    lt_journal_site(drop->journal, &site);
    if (site.unit.code[0] == '\0') {
        return;
    }
    /* What the clerk has made of it was read in this pass; else it waits, and is not written over. */
    bool there = known != NULL && known->here && lt_drop_is_free(drop, name);
    if (there && changes == drop->seen.listed) {
        return;
    }
    enum lt_result result = hash_rows(drop, &rows);
    if (result != LT_OK) {
        lt_drop_trouble(drop, "%s: %s", name, lt_text_result(result));
        return;
    }
    bool same = there && memcmp(&rows, &drop->seen.rows, sizeof(rows)) == 0;
    if (!same && (there || lt_drop_may_replace(drop, name))) {
        same = write_reported(drop, name);
    }
    if (same) {
        drop->seen.listed = changes;
        drop->seen.rows = rows;
        drop->saved = false;
    }
}
