/* fuzz_entries.c - an operator's files of successions, clusters, movements and obligations (the first byte says
 * which), planned against a book that knows some of each, and units and titles against the same. What is planned is
 * a directive that can be read; once it is said, the same file says nothing more. */
#include "hub/cluster_table.h"
#include "hub/heir_table.h"
#include "hub/obligation_table.h"
#include "hub/title_table.h"
#include "hub/unit_table.h"
#include "tests/fuzz/small_book.h"

typedef enum lt_result planning(struct lt_bytes bytes, const struct lt_book *book,
                                struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault);
static planning *const plannings[] = {lt_heir_table_plan, lt_cluster_table_plan,
                                      lt_movement_table_plan, lt_obligation_table_plan};
enum { PLANNINGS = sizeof(plannings) / sizeof(plannings[0]), TITLES = PLANNINGS, UNITS, KINDS };

static void check_fault(const struct lt_sheet_fault *fault)
{
    FUZZ_CHECK(fault->text[0] != '\0' && strlen(fault->text) < sizeof(fault->text));
}

/* As the hub says them: packed and read again, from the top. False: too large for one update. */
static bool say(struct lt_book *book, uint64_t seq, Lienthong__Directive **items, size_t count)
{
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT, *read;
    struct lt_update update = {.frame.chain.stream = LT_STREAM_DIRECTIVE, .frame.body_version = 1};
    body.items = items;
    body.n_items = count;
    const size_t size = lienthong__directive_body__get_packed_size(&body);
    if (size > LT_UPDATE_BYTES_MAX / 2 || count > LT_CHANGES_MAX)
        return false;
    uint8_t *bytes = malloc(size + 1);
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    FUZZ_CHECK(bytes && arena && lienthong__directive_body__pack(&body, bytes) == size);
    update.body = (struct lt_bytes){bytes, size};
    FUZZ_CHECK(lt_directive_read(&update, arena, &read) == LT_OK);
    hear(book, seq, read);
    lt_arena_free(arena);
    free(bytes);
    return true;
}

static bool may_be_said(const struct lt_book *book, const struct lt_entry_plan *plan)
{
    size_t row = 0;
    char reason[160] = "";
    const enum lt_result result = lt_book_check_standing(
        book, (const Lienthong__Directive *const *)plan->items, plan->count, &row, reason);
    FUZZ_CHECK(result == LT_OK || (row < plan->count && reason[0] != '\0'));
    return result == LT_OK;
}

static void read_entries(planning *plans, struct lt_bytes bytes, struct lt_book *book)
{
    struct lt_entry_plan plan = {0}, again = {0};
    struct lt_sheet_fault fault = {.line = 0};
    if (plans(bytes, book, &plan, &fault) != LT_OK) {
        check_fault(&fault);
        lt_entry_plan_free(&plan);
        return;
    }
    FUZZ_CHECK(plan.count <= plan.row_count);
    for (size_t i = 0; i < plan.count; i++)
        FUZZ_CHECK(plan.rows[i] < plan.row_count);
    if (may_be_said(book, &plan) && say(book, 3, plan.items, plan.count)) {
        FUZZ_CHECK(plans(bytes, book, &again, &fault) == LT_OK && again.count == 0);
        lt_entry_plan_free(&again);
    }
    lt_entry_plan_free(&plan);
}

static void read_titles(struct lt_bytes bytes, struct lt_book *book)
{
    struct lt_title_table table;
    struct lt_sheet_fault fault = {.line = 0};
    Lienthong__Directive **items;
    size_t count = 0;
    if (lt_title_table_read(bytes, &table, &fault) != LT_OK) {
        check_fault(&fault);
        return;
    }
    if (lt_title_table_check(&table, book, &fault) != LT_OK) {
        check_fault(&fault);
    } else {
        FUZZ_CHECK(lt_title_table_plan(&table, book, &items, &count) == LT_OK);
        const bool said = say(book, 3, items, count);
        free(items);
        if (said) {
            FUZZ_CHECK(lt_title_table_plan(&table, book, &items, &count) == LT_OK && count == 0);
            free(items);
        }
    }
    lt_title_table_free(&table);
}

static bool units_may_be_said(const struct lt_book *book, const struct lt_unit_plan *plan)
{
    size_t row;
    char reason[160] = "";
    const Lienthong__UnitEntry **entries = calloc(plan->count + 1, sizeof(*entries));
    FUZZ_CHECK(entries);
    for (size_t i = 0; i < plan->count; i++)
        entries[i] = plan->items[i]->unit;
    const enum lt_result result = lt_book_check_units(book, entries, plan->count, &row, reason);
    FUZZ_CHECK(result == LT_OK || (row < plan->count && reason[0] != '\0'));
    free(entries);
    return result == LT_OK;
}

static void read_units(struct lt_bytes bytes, struct lt_book *book)
{
    struct lt_unit_table table;
    struct lt_unit_plan plan;
    struct lt_sheet_fault fault = {.line = 0};
    const struct lt_unit own = unit_of("VN");
    if (lt_unit_table_read(bytes, &table, &fault) != LT_OK) {
        check_fault(&fault);
        return;
    }
    if (lt_unit_table_plan(&table, book, &own, true, &plan, &fault) != LT_OK) {
        check_fault(&fault);
    } else {
        const bool said = units_may_be_said(book, &plan) && say(book, 3, plan.items, plan.count);
        lt_unit_plan_free(&plan);
        if (said) {
            FUZZ_CHECK(lt_unit_table_plan(&table, book, &own, true, &plan, &fault) == LT_OK);
            FUZZ_CHECK(plan.count == 0 && plan.unchanged == table.count);
            lt_unit_plan_free(&plan);
        }
    }
    lt_unit_table_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct lt_book *book = told_book();
    const struct lt_bytes bytes = {data + 1, size - 1};
    const size_t kind = data[0] % KINDS;
    if (kind == TITLES)
        read_titles(bytes, book);
    else if (kind == UNITS)
        read_units(bytes, book);
    else
        read_entries(plannings[kind], bytes, book);
    lt_book_free(book);
    return 0;
}
