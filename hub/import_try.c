#include "hub/import_try.h"

#include <stdio.h>
#include <string.h>

#include "agent/options.h"
#include "hub/dimension.h"
#include "hub/print.h"
#include "hub/trial.h"

enum { SHOWN_MAX = 200 };

enum column {
    C_PLACE,
    C_YEAR,
    C_BASIS,
    C_KIND,
    C_COUNT_BEFORE,
    C_COUNT_AFTER,
    C_BEFORE,
    C_AFTER,
    C_CHANGE,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_PLACE] = {"place", "Place", "Place", LT_PRINT_TEXT},
    [C_YEAR] = {"year", "Year", "Year", LT_PRINT_TEXT},
    [C_BASIS] = {"basis", "Basis", "Basis", LT_PRINT_TEXT},
    [C_KIND] = {"kind", "Kind", "Kind", LT_PRINT_TEXT},
    [C_COUNT_BEFORE] = {"count_before", NULL, NULL, LT_PRINT_NUMBER},
    [C_COUNT_AFTER] = {"count_after", NULL, NULL, LT_PRINT_NUMBER},
    [C_BEFORE] = {"before", "Now", "Now", LT_PRINT_NUMBER},
    [C_AFTER] = {"after", "Then", "Then", LT_PRINT_NUMBER},
    [C_CHANGE] = {"change", "Change", "Change", LT_PRINT_NUMBER},
};

static const char *number_text(char text[24], int64_t number)
{
    (void)snprintf(text, 24, "%lld", (long long)number);
    return text;
}

static void put_moved(struct lt_print *print, const struct lt_moved *moved)
{
    static const char *const bases[] = {"both", "achieved", "decided", ""};
    char place[LT_UNIT_TEXT_MAX], year[16], numbers[5][24];
    lt_unit_format(&moved->place, place);
    (void)snprintf(year, sizeof year, moved->span_from != 0 ? "%u-%u" : "%u",
                   moved->span_from != 0 ? moved->span_from : moved->year, moved->year);
    const char *cells[COLUMN_COUNT] = {
        [C_PLACE] = place,
        [C_YEAR] = year,
        [C_BASIS] = bases[moved->basis & 3],
        [C_KIND] = lt_dimension_spell(LT_DIM_KIND, moved->kind),
        [C_COUNT_BEFORE] = number_text(numbers[0], moved->count_before),
        [C_COUNT_AFTER] = number_text(numbers[1], moved->count_after),
        [C_BEFORE] = number_text(numbers[2], moved->quantity_before),
        [C_AFTER] = number_text(numbers[3], moved->quantity_after),
        [C_CHANGE] = number_text(numbers[4], moved->quantity_after - moved->quantity_before),
    };
    lt_print_row(print, cells);
}

static enum lt_result tell_moved(const struct lt_trial *trial, bool json, size_t entries)
{
    char head[200];
    (void)snprintf(
        head, sizeof head,
        "\"entries\":%zu,\"stop_counting\":%llu,\"begin_counting\":%llu,\"confirm\":\"%s\"",
        entries, (unsigned long long)trial->quarantined, (unsigned long long)trial->released,
        trial->quarantined > 0 ? trial->code : "");
    struct lt_print *print = lt_print_begin(stdout, json ? LT_PRINT_JSON : LT_PRINT_TABLE,
                                            "lienthong.trial/1", head, columns, COLUMN_COUNT);
    if (print == NULL)
        return LT_NO_MEMORY;
    const size_t shown = json || trial->moved_count < SHOWN_MAX ? trial->moved_count : SHOWN_MAX;
    for (size_t i = 0; i < shown; i++)
        put_moved(print, &trial->moved[i]);
    const enum lt_result result = lt_print_end(print, NULL);
    if (shown < trial->moved_count)
        printf("and %zu more; all of them with --json\n", trial->moved_count - shown);
    return result;
}

static void tell_verdicts(FILE *out, const struct lt_trial *trial)
{
    fprintf(out, "%llu changes of records would count no more:\n",
            (unsigned long long)trial->quarantined);
    for (size_t i = 0; i <= LT_V_CLOSED; i++)
        if (trial->verdicts[i] > 0)
            fprintf(out, "  %llu: %s\n", (unsigned long long)trial->verdicts[i],
                    lt_verdict_text((enum lt_verdict)i));
}

static int tell_dry_run(const struct lt_import_act *act, const struct lt_trial *trial, size_t count)
{
    if (!act->json)
        printf("%s: %zu entries would be said. Figures that would move:\n", act->file, count);
    enum lt_result result = tell_moved(trial, act->json, count);
    if (act->json)
        return lt_exit_of(result);
    if (trial->released > 0)
        printf("%llu changes that are in quarantine would count.\n",
               (unsigned long long)trial->released);
    if (trial->quarantined > 0) {
        tell_verdicts(stdout, trial);
        printf("To say it all the same: --confirm %s\n", trial->code);
    }
    return lt_exit_of(result);
}

static enum lt_result run(const struct lt_import_act *act, Lienthong__Directive **items,
                          size_t count, struct lt_trial *ret_trial,
                          char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_import_view view;
    char scratch[4200], reason[200] = "";
    enum lt_result result = lt_import_look(act->dir, &view, ret_reason);
    if (result != LT_OK)
        return result;
    (void)snprintf(scratch, sizeof scratch, "%s/trial.tmp", act->dir);
    result = lt_trial_run(view.ledger, items, count, scratch, ret_trial, reason);
    if (result != LT_OK)
        (void)snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", reason);
    lt_import_look_end(&view);
    return result;
}

int lt_import_try(const struct lt_import_act *act, Lienthong__Directive **items, size_t count,
                  bool *ret_go_on)
{
    struct lt_trial trial;
    char reason[LT_DIRECT_REASON_MAX] = "";
    *ret_go_on = false;
    enum lt_result result = run(act, items, count, &trial, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s: %s\nnothing was changed\n", act->file, reason);
        return lt_exit_of(result);
    }
    int code = LT_EXIT_OK;
    if (act->dry_run) {
        code = tell_dry_run(act, &trial, count);
    } else if (trial.quarantined > 0 &&
               (act->confirm == NULL || strcmp(act->confirm, trial.code) != 0)) {
        tell_verdicts(stderr, &trial);
        fprintf(stderr,
                "%s: nothing was changed; look at --dry-run first, then give the code that it "
                "names with --confirm%s\n",
                act->file, act->confirm != NULL ? " (the one given is for another plan)" : "");
        code = LT_EXIT_UNFINISHED;
    } else {
        *ret_go_on = true;
    }
    lt_trial_clear(&trial);
    return code;
}
