/* fuzz_units_csv.c - an operator's files: units (an even first byte) or the catalogue (an odd one), read
 * and planned. What is planned can be packed, and keeps to the bounds of the schema. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "hub/title_table.h"
#include "hub/unit_table.h"

static void check_items(Lienthong__Directive *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = lienthong__directive__get_packed_size(items[i]);
        uint8_t *bytes = malloc(size + 1);
        FUZZ_CHECK(bytes);
        FUZZ_CHECK(lienthong__directive__pack(items[i], bytes) == size);
        FUZZ_CHECK(size < 8 * LT_LONG_TEXT_BYTES_MAX);
        free(bytes);
    }
}

static void check_fault(const struct lt_sheet_fault *fault)
{
    FUZZ_CHECK(fault->text[0] != '\0' && strlen(fault->text) < sizeof(fault->text));
}

static void read_units(struct lt_bytes bytes, const struct lt_book *book, bool is_top)
{
    struct lt_unit_table table;
    struct lt_unit_plan plan;
    struct lt_sheet_fault fault = {.line = 0};
    struct lt_unit own;
    size_t row;
    char reason[160];
    FUZZ_CHECK(lt_unit_make("VN", 0, &own) == LT_OK);
    if (lt_unit_table_read(bytes, &table, &fault) != LT_OK) {
        check_fault(&fault);
        return;
    }
    if (lt_unit_table_plan(&table, book, &own, is_top, &plan, &fault) != LT_OK) {
        check_fault(&fault);
        lt_unit_table_free(&table);
        return;
    }
    FUZZ_CHECK(plan.count + plan.unchanged == table.count);
    check_items(plan.items, plan.count);
    const Lienthong__UnitEntry **entries = calloc(plan.count + 1, sizeof(*entries));
    FUZZ_CHECK(entries);
    for (size_t i = 0; i < plan.count; i++) {
        FUZZ_CHECK(plan.rows[i] < table.count);
        entries[i] = plan.items[i]->unit;
    }
    if (lt_book_check_units(book, entries, plan.count, &row, reason) == LT_REFUSED) {
        FUZZ_CHECK(row < plan.count);
        lt_unit_table_refused(&table, plan.rows[row], reason, &fault);
        check_fault(&fault);
    }
    free(entries);
    lt_unit_plan_free(&plan);
    lt_unit_table_free(&table);
}

static void read_titles(struct lt_bytes bytes, const struct lt_book *book)
{
    struct lt_title_table table;
    struct lt_sheet_fault fault = {.line = 0};
    Lienthong__Directive **items;
    size_t count;
    if (lt_title_table_read(bytes, &table, &fault) != LT_OK) {
        check_fault(&fault);
        return;
    }
    FUZZ_CHECK(lt_title_table_plan(&table, book, &items, &count) == LT_OK);
    FUZZ_CHECK(count == table.count);
    check_items(items, count);
    free(items);
    lt_title_table_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    struct lt_book *book = lt_book_new();
    FUZZ_CHECK(book);
    struct lt_bytes bytes = {data + 1, size - 1};
    if (data[0] & 1) {
        read_titles(bytes, book);
    } else {
        read_units(bytes, book, (data[0] & 2) == 0);
    }
    lt_book_free(book);
    return 0;
}
