#include "agent/export.h"

#include <string.h>

#include "agent/cells.h"
#include "agent/predecessors.h"
#include "agent/progress.h"
#include "agent/text.h"
#include "proto/merge.h"

struct writing {
    const struct lt_listing *listing;
    struct lt_row_file *out;
    struct lt_site site;
    bool used[LT_COLUMN_COUNT];
    uint64_t seen, total; /* of both passes, for whoever waits */
    bool measuring; /* the first pass: which columns are used */
    bool no_memory;
};

/* Which record the row is, and what it says here. */
static void format_reference(const struct writing *writing, const struct lt_record_view *record,
                             char ret_text[LT_ROW_VERSION_MAX])
{
    const struct lt_unit *author = record->others ? &lt_predecessor_any.unit : &writing->site.unit;
    lt_row_version_format(&record->ref,
                          lt_change_value(record->body, author, record->index, record->person),
                          ret_text);
}

static bool write_record(void *context, const struct lt_record_view *record)
{
    struct writing *writing = context;
    struct lt_cells cells;
    char ref[LT_ROW_VERSION_MAX];
    lt_progress(lt_text("xuất bản ghi", "writing records"), ++writing->seen, writing->total);
    if (record->retracted || record->body == NULL || !lt_listing_shows(writing->listing, record)) {
        return true;
    }
    if (lt_cells_of(record, &cells) != LT_OK) {
        writing->no_memory = true;
        return false;
    }
    format_reference(writing, record, ref);
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        if (writing->measuring) {
            writing->used[i] = writing->used[i] || cells.texts[i] != NULL;
        } else if (writing->used[i]) {
            const char *text = i == LT_COL_ROW_REF ? ref : cells.texts[i];
            lt_row_file_cell(writing->out, text != NULL ? text : "");
        }
    }
    if (!writing->measuring) {
        lt_row_file_end_row(writing->out);
    }
    lt_cells_free(&cells);
    return true;
}

static void write_header(struct writing *writing)
{
    lt_row_file_style(writing->out, LT_ROW_HEADER);
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        if (writing->used[i]) {
            lt_row_file_cell(writing->out, lt_column_header((enum lt_column)i));
        }
    }
    lt_row_file_end_row(writing->out);
    lt_row_file_style(writing->out, LT_ROW_PLAIN);
}

enum lt_result lt_export(struct lt_journal *journal, const struct lt_listing *listing,
                         struct lt_row_file *out)
{
    struct writing writing = {.listing = listing, .out = out, .measuring = true};
    for (size_t i = 0; i <= LT_COL_NOTE; i++) {
        writing.used[i] = true;
    }
    lt_journal_site(journal, &writing.site);
    struct lt_journal_counts counts;
    lt_journal_counts(journal, &counts);
    writing.total = 2 * (counts.records + counts.retracted + counts.drafts); /* or fewer */
    enum lt_result result = lt_journal_records(journal, write_record, &writing);
    writing.measuring = false;
    if (result == LT_OK) {
        write_header(&writing);
        result = lt_journal_records(journal, write_record, &writing);
    }
    return result == LT_OK && writing.no_memory ? LT_NO_MEMORY : result;
}
