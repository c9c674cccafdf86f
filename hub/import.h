/* import.h - what the importing commands share: file in, checked as a whole, then said. */
#ifndef LT_IMPORT_H
#define LT_IMPORT_H

#include "agent/options.h"
#include "agent/table.h"
#include "hub/direct.h"
#include "hub/entry_plan.h"

/* The state of a hub, opened to look only; beside a running one too. */
struct lt_import_view {
    struct lt_ledger *ledger;
    struct lt_hub_site site;
};
enum lt_result lt_import_look(const char *dir, struct lt_import_view *ret_view,
                              char ret_reason[LT_DIRECT_REASON_MAX]);
void lt_import_look_end(struct lt_import_view *view);

/* "FILE:LINE, column C: why" on stderr. */
void lt_import_tell(const char *file, const struct lt_sheet_fault *fault);

/* How a file is imported: dry_run only tells what would move; `confirm` is the code that a dry run gave for a
 * plan by which records stop to count, and without which that is refused. */
struct lt_import_act {
    const char *dir, *file;
    bool json, dry_run;
    const char *confirm; /* NULL: none */
};
#define LT_IMPORT_OPTIONS                                                                          \
    {"--dry-run", false},                                                                          \
    {                                                                                              \
        "--confirm", true                                                                          \
    }

/* Says the items and prints what was done, or what would be. Returns the exit code. */
int lt_import_say(const struct lt_import_act *act, Lienthong__Directive **items, size_t count,
                  size_t rows);

/* A file of entries that need nothing but the book: read, checked, said. Returns the exit code. */
typedef enum lt_result lt_entry_planning(struct lt_bytes bytes, const struct lt_book *book,
                                         struct lt_entry_plan *plan,
                                         struct lt_sheet_fault *ret_fault);
int lt_import_entries(const struct lt_import_act *act, lt_entry_planning *planning);
/* The same from a command's line, whose options have LT_IMPORT_OPTIONS from number `at` on. */
int lt_import_given(const struct lt_options *given, const char *file, size_t at,
                    lt_entry_planning *planning);

#endif
