#include "agent/owed.h"

#include <string.h>

struct owing {
    struct lt_owed_period *owed;
    size_t count;
};

static bool note_declaration(void *context, const struct lt_record_view *record)
{
    struct owing *owing = context;
    const Lienthong__Change *change = record->body->changes[record->index];
    const Lienthong__Declaration *declaration = change->declaration;
    struct lt_period period;
    if (declaration == NULL || record->retracted || record->others ||
        lt_period_make(declaration->period, &period) != LT_OK) {
        return true;
    }
    for (size_t i = 0; i < owing->count; i++) {
        struct lt_owed_period *owed = &owing->owed[i];
        if (lt_period_cmp(&owed->period, &period) == 0 &&
            (declaration->kind == 0 || (uint8_t)declaration->kind == owed->kind)) {
            owed->declared = true;
        }
    }
    return true;
}

/* A later word on the same period and kind takes the place of an earlier one. */
static void note_obligation(struct owing *owing, const struct lt_obligation *said)
{
    size_t at = 0;
    while (at < owing->count && (lt_period_cmp(&owing->owed[at].period, &said->period) != 0 ||
                                 owing->owed[at].kind != said->kind)) {
        at++;
    }
    if (at < owing->count) {
        owing->count--;
        memmove(&owing->owed[at], &owing->owed[at + 1],
                (owing->count - at) * sizeof(owing->owed[0]));
    }
    if (said->exempt) {
        return;
    }
    if (owing->count == LT_OWED_MAX) {
        owing->count--;
        memmove(&owing->owed[0], &owing->owed[1], owing->count * sizeof(owing->owed[0]));
    }
    owing->owed[owing->count++] =
        (struct lt_owed_period){.period = said->period, .kind = said->kind, .due = said->due};
}

enum lt_result lt_owed(struct lt_journal *journal, lt_day today,
                       struct lt_owed_period ret_owed[LT_OWED_MAX], size_t *ret_count)
{
    struct owing owing = {.owed = ret_owed};
    struct lt_site site;
    lt_journal_site(journal, &site); /* first: it drops the book of another site */
    const struct lt_book *book = lt_journal_book(journal);
    const struct lt_place *own = book == NULL ? NULL : lt_book_place(book, &site.unit);
    const size_t count = own == NULL ? 0 : lt_book_obligation_count(book);
    for (size_t i = 0; i < count; i++) {
        const struct lt_obligation *said = lt_book_obligation_at(book, i);
        lt_day first, last;
        lt_period_days(&said->period, &first, &last);
        if (first <= today && lt_obligation_speaks_of(said, own)) {
            note_obligation(&owing, said);
        }
    }
    *ret_count = owing.count;
    return owing.count == 0 ? LT_OK : lt_journal_records(journal, note_declaration, &owing);
}
