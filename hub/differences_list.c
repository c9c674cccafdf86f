/* Decisions that tellers tell differently, and decisions that are nearly equal, as a list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/behind.h"
#include "hub/counted.h"
#include "hub/decisions.h"
#include "hub/dimension.h"
#include "hub/listing.h"
#include "hub/told_list.h"

enum column {
    C_ID,
    C_WHAT,
    C_AUTHORITY,
    C_NUMBER,
    C_DATE,
    C_CODE,
    C_RECIPIENT,
    C_YEAR,
    C_TELLER,
    C_TELLER_NAME,
    C_PLACE,
    C_NAMES,
    C_TOTAL,
    C_COUNTED,
    C_APART,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_ID] = {"id", NULL, NULL, LT_PRINT_TEXT},
    [C_WHAT] = {"what", NULL, NULL, LT_PRINT_TEXT},
    [C_AUTHORITY] = {"authority", NULL, NULL, LT_PRINT_TEXT},
    [C_NUMBER] = {"decision_number", "Quyết định", "Decision", LT_PRINT_TEXT},
    [C_DATE] = {"decision_date", "Ngày", "Date", LT_PRINT_TEXT},
    [C_CODE] = {"code", NULL, NULL, LT_PRINT_TEXT},
    [C_RECIPIENT] = {"recipient", NULL, NULL, LT_PRINT_TEXT},
    [C_YEAR] = {"year", NULL, NULL, LT_PRINT_TEXT},
    [C_TELLER] = {"teller", "Đơn vị báo cáo", "Told by", LT_PRINT_TEXT},
    [C_TELLER_NAME] = {"teller_name", "Tên", "Name", LT_PRINT_TEXT},
    [C_PLACE] = {"place", "Cho nơi", "For", LT_PRINT_TEXT},
    [C_NAMES] = {"names", "Theo danh sách", "By name", LT_PRINT_NUMBER},
    [C_TOTAL] = {"total", "Theo tổng số", "As a total", LT_PRINT_NUMBER},
    [C_COUNTED] = {"counted", "Được tính", "Counted", LT_PRINT_NUMBER},
    [C_APART] = {"apart", NULL, NULL, LT_PRINT_NUMBER},
};

/* A decision in which tellers differ. */
struct difference {
    const struct lt_decision *decision;
    int64_t apart;
};

struct differing {
    struct lt_ledger *ledger;
    struct lt_listing_query query;
    enum lt_result result; /* of a teller's records */
    struct lt_decisions *decisions;
    struct lt_counting *counting;
    struct lt_store_txn *txn;
    struct lt_print *print;
    struct difference *list;
    size_t count;
    bool no_memory;
};

static bool gather(void *context, const struct lt_listed *record)
{
    struct differing *differing = context;
    if (record->state != LT_LISTED_COUNTS || record->fact.kind != LT_KIND_AWARD)
        return true;
    const Lienthong__Award *award = record->body->changes[record->index]->award;
    const Lienthong__Decision *decision =
        award == NULL || award->decision == 0 || award->decision > record->body->n_decisions
            ? NULL
            : record->body->decisions[award->decision - 1];
    differing->no_memory = !lt_decisions_add(differing->decisions, &record->fact, decision);
    return !differing->no_memory;
}

/* ---- Rows ---- */

struct texts {
    char id[25], date[11], authority[LT_UNIT_TEXT_MAX], year[16];
    char teller[LT_UNIT_TEXT_MAX], place[LT_UNIT_TEXT_MAX], numbers[4][24];
};

static const char *number_text(char text[24], int64_t number)
{
    (void)snprintf(text, 24, "%lld", (long long)number);
    return text;
}

static const char *authority_of(const struct lt_decision *decision, char text[LT_UNIT_TEXT_MAX])
{
    if (decision->authority == NULL)
        return decision->authority_code;
    lt_unit_format(&decision->authority->unit, text);
    return text;
}

static void fill_decision(const struct lt_decision *decision, const char *what, int64_t apart,
                          struct texts *texts, const char *cells[COLUMN_COUNT])
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        cells[i] = "";
    lt_hex(decision->scope + 20, 12, texts->id);
    texts->date[0] = '\0';
    if (decision->date != 0)
        lt_day_format_iso(decision->date, texts->date);
    (void)snprintf(texts->year, sizeof texts->year, decision->span_from != 0 ? "%d-%d" : "%d",
                   decision->span_from != 0 ? decision->span_from : decision->year, decision->year);
    cells[C_ID] = texts->id;
    cells[C_WHAT] = what;
    cells[C_AUTHORITY] = authority_of(decision, texts->authority);
    cells[C_NUMBER] = decision->number;
    cells[C_DATE] = texts->date;
    cells[C_CODE] = decision->code;
    cells[C_RECIPIENT] = lt_dimension_spell(LT_DIM_RECIPIENT, decision->recipient);
    cells[C_YEAR] = texts->year;
    cells[C_APART] = number_text(texts->numbers[3], apart);
}

static void put_teller(struct differing *differing, const char *cells[COLUMN_COUNT],
                       struct texts *texts, const struct lt_line *line, const int64_t sums[3])
{
    lt_unit_format(&line->teller->unit, texts->teller);
    lt_unit_format(&line->place->unit, texts->place);
    cells[C_TELLER] = texts->teller;
    cells[C_TELLER_NAME] = line->teller->name;
    cells[C_PLACE] = texts->place;
    cells[C_NAMES] = number_text(texts->numbers[0], sums[0]);
    cells[C_TOTAL] = number_text(texts->numbers[1], sums[1]);
    cells[C_COUNTED] = number_text(texts->numbers[2], sums[2]);
    lt_print_row(differing->print, cells);
}

static bool first_of_pair(const struct lt_line *lines, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (lines[i].teller == lines[at].teller && lines[i].place == lines[at].place)
            return false;
    return true;
}

static void heading(struct differing *differing, const struct lt_decision *decision,
                    const char *what)
{
    char text[600], authority[LT_UNIT_TEXT_MAX];
    (void)snprintf(
        text, sizeof text, "%.200s, %s, %s (%.120s): %s", decision->code,
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): each has its decision */
        lt_dimension_show(LT_DIM_RECIPIENT, decision->recipient),
        decision->number[0] != '\0' ? decision->number : lt_text("không số", "no number"),
        decision->authority != NULL ? decision->authority->name : authority_of(decision, authority),
        what);
    lt_print_heading(differing->print, text);
}

/* One row for each teller and place. */
static void put_difference(struct differing *differing, const struct difference *difference)
{
    struct texts texts;
    const char *cells[COLUMN_COUNT];
    char what[100], number[LT_NUMBER_TEXT_MAX];
    size_t count = 0;
    int64_t apart;
    const struct lt_line *lines = lt_counting_scope(differing->counting, differing->txn,
                                                    difference->decision->scope, &count, &apart);
    lt_text_number(difference->apart, number);
    (void)snprintf(what, sizeof what, lt_text("lệch %s", "%s apart"), number);
    heading(differing, difference->decision, what);
    fill_decision(difference->decision, "differs", difference->apart, &texts, cells);
    for (size_t i = 0; lines != NULL && i < count; i++) {
        int64_t sums[3] = {0};
        if (!first_of_pair(lines, i))
            continue;
        for (size_t j = i; j < count; j++)
            if (lines[j].teller == lines[i].teller && lines[j].place == lines[i].place) {
                sums[lines[j].stated_total ? 1 : 0] += lines[j].quantity;
                sums[2] += lines[j].counted_quantity;
            }
        put_teller(differing, cells, &texts, &lines[i], sums);
    }
}

static const char *nearness_text(enum lt_nearness nearness)
{
    switch (nearness) {
    case LT_NEAR_REST:
        return lt_text("cùng số và ngày, ký hiệu khác", "same number and date, other letters");
    case LT_NEAR_NO_NUMBER:
        return lt_text("cùng ngày, một nơi không ghi số", "same date, one without a number");
    case LT_NEAR_DATE:
        return lt_text("cùng số, ngày khác", "same number, other date");
    case LT_NEAR_SLIP:
        return lt_text("cùng ngày, số lệch một chữ số", "same date, one digit apart");
    }
    return "";
}

static bool put_near(void *context, const struct lt_decision *a, const struct lt_decision *b,
                     enum lt_nearness nearness)
{
    static const char *const names[] = {"", "near-letters", "near-number", "near-date",
                                        "near-digit"};
    struct differing *differing = context;
    const struct lt_decision *pair[2] = {a, b};
    heading(differing, a, nearness_text(nearness));
    for (size_t i = 0; i < 2; i++) {
        struct texts texts;
        const char *cells[COLUMN_COUNT];
        fill_decision(pair[i], names[nearness], 0, &texts, cells);
        if (pair[i]->tellers[0] != NULL) {
            lt_unit_format(&pair[i]->tellers[0]->unit, texts.teller);
            cells[C_TELLER] = texts.teller;
            cells[C_TELLER_NAME] = pair[i]->tellers[0]->name;
        }
        cells[C_NAMES] = number_text(texts.numbers[0], (int64_t)pair[i]->quantity);
        lt_print_row(differing->print, cells);
    }
    return true;
}

/* ---- Finding ---- */

static int by_apart(const void *a, const void *b)
{
    const struct difference *left = a, *right = b;
    if (left->apart != right->apart)
        return left->apart > right->apart ? -1 : 1;
    return memcmp(left->decision->scope, right->decision->scope, 32);
}

static enum lt_result find(struct differing *differing)
{
    const size_t all = lt_decisions_count(differing->decisions);
    differing->list = calloc(all + 1, sizeof *differing->list);
    if (differing->list == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < all && lt_store_error(differing->txn) == LT_OK; i++) {
        const struct lt_decision *decision = lt_decisions_at(differing->decisions, i);
        size_t count;
        int64_t apart = 0;
        if (decision->teller_count > 1)
            (void)lt_counting_scope(differing->counting, differing->txn, decision->scope, &count,
                                    &apart);
        if (apart != 0)
            differing->list[differing->count++] = (struct difference){decision, apart};
    }
    if (differing->count > 1)
        qsort(differing->list, differing->count, sizeof *differing->list, by_apart);
    return lt_store_error(differing->txn);
}

static enum lt_result tell_all(struct lt_ledger *ledger, struct differing *differing)
{
    differing->txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (differing->txn == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = find(differing);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the list is freed below */
    for (size_t i = 0; result == LT_OK && i < differing->count; i++)
        put_difference(differing, &differing->list[i]);
    if (result == LT_OK) {
        lt_decisions_near(differing->decisions, put_near, differing);
        result = lt_store_error(differing->txn);
    }
    lt_store_abort(differing->txn);
    free(differing->list);
    return result;
}

static bool gather_of(void *context, const struct lt_place *teller)
{
    struct differing *differing = context;
    struct lt_listing_query query = differing->query;
    query.author = teller;
    differing->result = lt_listing(differing->ledger, &query, gather, differing);
    return differing->result == LT_OK && !differing->no_memory;
}

static enum lt_result gather_all(struct differing *differing, struct lt_behind *behind)
{
    const struct lt_listing_query *query = &differing->query;
    const struct lt_counted_query told = {.place = query->place,
                                          .year_from = query->year_from,
                                          .year_to = query->year_to,
                                          .kind = LT_KIND_AWARD};
    enum lt_result result =
        lt_behind_tellers(behind, differing->ledger, &told, gather_of, differing);
    if (result == LT_NOT_READY)
        result = lt_listing(differing->ledger, query, gather, differing);
    if (result == LT_OK)
        result = differing->result;
    return result == LT_OK && differing->no_memory ? LT_NO_MEMORY : result;
}

static enum lt_result tell(struct lt_ledger *ledger, const struct lt_told_question *question,
                           struct lt_print *print)
{
    struct lt_behind *own = question->behind == NULL ? lt_behind_new() : NULL;
    struct lt_behind *behind = own != NULL ? own : question->behind;
    struct differing differing = {.print = print,
                                  .ledger = ledger,
                                  .query = {.place = question->place,
                                            .year_from = question->year_from,
                                            .year_to = question->year_to,
                                            .nameless = true},
                                  .decisions = lt_decisions_new(),
                                  .counting = lt_counting_new(lt_ledger_book(ledger))};
    enum lt_result result = LT_NO_MEMORY;
    if (behind != NULL && differing.decisions != NULL && differing.counting != NULL)
        result = gather_all(&differing, behind);
    if (result == LT_OK) {
        lt_decisions_settle(differing.decisions);
        result = tell_all(ledger, &differing);
    }
    lt_decisions_free(differing.decisions);
    lt_counting_free(differing.counting);
    lt_behind_free(own);
    return result;
}

const struct lt_told_list lt_differences_list = {"lienthong.differences/1", columns, COLUMN_COUNT,
                                                 tell};
