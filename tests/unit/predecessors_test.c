/* Records of a unit that this one has succeeded: named, corrected, taken back, and never mixed with its own. */
#include "tests/unit/intake_world.h"

#include "agent/cells.h"

#define COLUMNS "Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Đơn vị;Mã dòng;Thao tác\n"
#define NAME    "9f3a61c2d4e5b6070123456789abcdef9f3a61c2d4e5b6070123456789abcdef"
#define ROW     "GK;1;05/02/2019;2018;cá nhân;"

static int setup_successor(void **state)
{
    (void)state;
    lt_text_language("vi");
    world_open_as(&world, true, true);
    return 0;
}

/* The changes of the last update, in the arena. */
static Lienthong__ReportBody *last_signed(struct lt_arena *arena)
{
    struct lt_bytes bytes;
    struct lt_update update;
    Lienthong__ReportBody *body;
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(world.journal), false);
    assert_true(lt_log_at(txn, lt_log_last(txn), &bytes));
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_report_read(&update, arena, &body), LT_OK);
    lt_txn_abort(txn);
    return body;
}

static void check_named(const Lienthong__ReportBody *body, uint32_t index, uint32_t record)
{
    uint8_t update[32];
    const Lienthong__RecordId *named = body->changes[index]->record;
    assert_int_equal(lt_unhex(NAME, update, sizeof(update)), LT_OK);
    assert_non_null(named);
    assert_int_equal(named->update.len, 32);
    assert_memory_equal(named->update.data, update, 32);
    assert_int_equal(named->index, record);
}

struct parts {
    size_t own, others, retracted, quarantined;
    char names[400];
};

static bool count_part(void *context, const struct lt_record_view *record)
{
    struct parts *tally = context;
    tally->own += !record->others;
    tally->others += record->others;
    tally->retracted += record->retracted;
    tally->quarantined += record->quarantined;
    if (record->person != NULL) {
        strcat(tally->names, record->person->name);
        strcat(tally->names, "|");
    }
    return true;
}

static struct parts parts_now(void)
{
    struct parts tally = {0};
    assert_int_equal(lt_journal_records(world.journal, count_part, &tally), LT_OK);
    return tally;
}

static void a_correction_names_the_record(void **state)
{
    (void)state;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    import(COLUMNS ROW "Cá nhân 1;;" NAME "-7;\n", "C");
    import(COLUMNS ROW "Cá nhân 1;;" NAME "-7;\n", "A");
    import(COLUMNS ROW "Cá nhân 2;;9f3a61c2d4e5b607-7;\n", "C"); /* its reference here */
    world_sign(&world);
    const Lienthong__ReportBody *body = last_signed(arena);
    assert_int_equal(body->n_changes, 2);
    check_named(body, 0, 7);
    check_named(body, 1, 7);
    /* What is left empty is the unit whose record it is. */
    assert_int_equal(body->changes[0]->award->place, 0);
    assert_int_equal(body->decisions[body->changes[0]->award->decision - 1]->unit, 0);
    assert_false(body->changes[1]->unseen);
    import(COLUMNS ROW "Cá nhân 2;;" NAME "-7;\n" ROW "Cá nhân 2;;9f3a61c2d4e5b607-7;\n", "AS");
    import(COLUMNS ROW "Cá nhân 3;;" NAME "-7;\n", "C");
    world_sign(&world);
    body = last_signed(arena);
    assert_int_equal(body->n_changes, 1);
    check_named(body, 0, 7);
    struct parts tally = parts_now();
    assert_int_equal(tally.others, 1);
    assert_int_equal(tally.own + tally.retracted + tally.quarantined, 0);
    assert_string_equal(tally.names, "Cá nhân 3|");
    assert_int_equal(lt_journal_draft_count(world.journal), 0);
    lt_arena_free(arena);
}

static void taken_back_and_restored(void **state)
{
    (void)state;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    static const char gone[] = "Mã dòng;Thao tác;Lý do\n" NAME "-0;xóa;nhầm\n";
    import(gone, "R");
    import(gone, "A");
    world_sign(&world);
    check_named(last_signed(arena), 0, 0);
    import(gone, "A");
    struct parts tally = parts_now();
    assert_int_equal(tally.others, 1);
    assert_int_equal(tally.retracted, 1);
    import(COLUMNS ROW "Cá nhân 1;;" NAME "-0;\n", "S");
    import(COLUMNS ROW "Cá nhân 1;;" NAME "-0;khôi phục\n", "C");
    world_sign(&world);
    check_named(last_signed(arena), 0, 0);
    tally = parts_now();
    assert_int_equal(tally.retracted, 0);
    assert_string_equal(tally.names, "Cá nhân 1|");
    import("Mã dòng;Thao tác\n9f3a61c2d4e5b607-0;rút\n", "R");
    world_sign(&world);
    assert_int_equal(parts_now().retracted, 1);
    lt_arena_free(arena);
}

static void its_own_records_stay_apart(void **state)
{
    (void)state;
    import(COLUMNS ROW "Cá nhân 1;;" NAME "-0;\n" ROW "Cá nhân 1;;;\n", "CT");
    world_sign(&world);
    import(COLUMNS ROW "Cá nhân 1;;;\n", "A");
    /* Empty is another unit than this one's code. */
    import(COLUMNS ROW "Cá nhân 1;807;" NAME "-0;\n", "C");
    import(COLUMNS ROW "Cá nhân 1;807;;\n", "A");
    world_sign(&world);
    /* A list that replaces this unit's own says nothing of the other's. */
    struct lt_intake *intake = import_with(COLUMNS ROW "Cá nhân 2;;;\n", true, true, "T");
    assert_int_equal(intake->missing_count, 1);
    lt_intake_free(intake);
    world_sign(&world);
    struct parts tally = parts_now();
    assert_int_equal(tally.own, 2);
    assert_int_equal(tally.others, 1);
    assert_int_equal(tally.retracted, 1);
}

/* Even when every cell agrees: it is another that tells it. */
static void never_found_by_what_they_say(void **state)
{
    (void)state;
#define SAME "GK;805;1;05/02/2019;2018;cá nhân;Cá nhân 1;805;"
    static const char head[] =
        "Mã;Cơ quan quyết định;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Đơn vị;Mã dòng\n";
    char text[600];
    size_t withdrawn = 7;
    for (int round = 0; round < 2; round++) {
        snprintf(text, sizeof(text), "%s" SAME NAME "-%d\n", head, round);
        import(text, "C");
        world_sign(&world);
        snprintf(text, sizeof(text), "%s" SAME "\n", head);
        import(text, round == 0 ? "T" : "A");
        world_sign(&world);
    }
    assert_int_equal(
        lt_journal_take_back_twins(world.journal, &world.keys.sign_public, 1, &withdrawn), LT_OK);
    assert_int_equal(withdrawn, 0);
    struct parts tally = parts_now();
    assert_int_equal(tally.own, 1);
    assert_int_equal(tally.others, 2);
}

/* Its own record, named as hubs name it. */
static void its_own_record_by_that_name(void **state)
{
    (void)state;
    char text[400], hex[65];
    struct lt_hash update;
    bool more;
    import(COLUMNS ROW "Cá nhân 1;;;\n", "T");
    assert_int_equal(lt_journal_sign(world.journal, &world.keys, 1, &update, &more), LT_OK);
    lt_hex(update.bytes, 32, hex);
    snprintf(text, sizeof(text), COLUMNS ROW "Cá nhân Một;;%s-0;\n", hex);
    import(text, "C");
    world_sign(&world);
    struct parts tally = parts_now();
    assert_int_equal(tally.own, 1);
    assert_int_equal(tally.others, 0);
    assert_string_equal(tally.names, "Cá nhân Một|");
}

static void what_is_refused(void **state)
{
    (void)state;
    /* Names that are none: a digit short, no index, an index beyond bounds, letters. */
    import(COLUMNS ROW "A;;9f3a61c2d4e5b6070123456789abcdef9f3a61c2d4e5b6070123456789abcde-0;\n" ROW
                       "A;;" NAME ";\n" ROW "A;;" NAME "-;\n" ROW "A;;" NAME "-4294967296;\n" ROW
                       "A;;" NAME "-99999999999999999999;\n" ROW "A;;" NAME "-1x;\n",
           "NNNNNN");
    /* It would count for no predecessor: no title, a unit out of reach, a kind of recipient. */
    import(COLUMNS "XX;1;05/02/2019;2018;cá nhân;A;;" NAME "-0;\n" ROW "A;80;" NAME "-1;\n"
                   "CSTD_CS;1;05/02/2019;2018;tập thể;A;;" NAME "-2;\n",
           "NCN");
    assert_int_equal(parts_now().others, 1);
    /* The first predecessor fits here; in the rows above only the second did. */
    import(COLUMNS "GK;3;05/02/2008;2007;cá nhân;A;804;" NAME "-3;\n", "C");
    world_close(&world);
    world_open(&world, true); /* 807 as it was, without predecessors */
    import(COLUMNS ROW "A;;" NAME "-0;\n", "N");
    import("Mã dòng;Thao tác\n" NAME "-0;xóa\n", "N");
    assert_int_equal(lt_journal_draft_count(world.journal), 0);
}

/* More than one update holds, and each still names its record. */
static void many_at_once(void **state)
{
    (void)state;
    enum { ROWS = 1100 };
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    char *text = NULL, outcomes[ROWS + 1];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs(COLUMNS, out);
    for (int i = 0; i < ROWS; i++) {
        fprintf(out, ROW "Cá nhân %d;;" NAME "-%d;\n", i, i);
    }
    fclose(out);
    memset(outcomes, 'C', ROWS);
    outcomes[ROWS] = '\0';
    import(text, outcomes);
    world_sign(&world);
    assert_int_equal(lt_journal_draft_count(world.journal), 0);
    const Lienthong__ReportBody *body = last_signed(arena);
    check_named(body, (uint32_t)body->n_changes - 1, ROWS - 1);
    memset(outcomes, 'A', ROWS);
    import(text, outcomes);
    free(text);
    lt_arena_free(arena);
}

/* What is written out is read in again as the same. */
static bool write_row(void *context, const struct lt_record_view *record)
{
    FILE *out = context;
    struct lt_cells cells;
    assert_int_equal(lt_cells_of(record, &cells), LT_OK);
    for (size_t i = 0; !record->retracted && i < LT_COLUMN_COUNT; i++) {
        lt_table_write(out, cells.texts[i] != NULL ? cells.texts[i] : "", ';', i == 0);
    }
    if (!record->retracted) {
        lt_table_end_row(out);
    }
    lt_cells_free(&cells);
    return true;
}

static void out_and_in_again(void **state)
{
    (void)state;
    import(COLUMNS ROW "Cá nhân 1;;" NAME "-0;\n" ROW "Cá nhân 2;28111;" NAME "-1;\n", "CC");
    import("Mã dòng;Thao tác\n" NAME "-2;xóa\n", "R");
    import("Loại;Tên phong trào;Năm;Mã dòng\nphong trào;Vì người nghèo;2018;" NAME "-3\n", "C");
    for (int round = 0; round < 2; round++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
            lt_table_write(out, lt_column_header((enum lt_column)i), ';', i == 0);
        }
        lt_table_end_row(out);
        assert_int_equal(lt_journal_records(world.journal, write_row, out), LT_OK);
        fclose(out);
        import(text, "AAA");
        free(text);
        world_sign(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_correction_names_the_record, setup_successor, teardown),
        cmocka_unit_test_setup_teardown(taken_back_and_restored, setup_successor, teardown),
        cmocka_unit_test_setup_teardown(its_own_records_stay_apart, setup_successor, teardown),
        cmocka_unit_test_setup_teardown(never_found_by_what_they_say, setup_successor, teardown),
        cmocka_unit_test_setup_teardown(its_own_record_by_that_name, setup_successor, teardown),
        cmocka_unit_test_setup_teardown(what_is_refused, setup_successor, teardown),
        cmocka_unit_test_setup_teardown(many_at_once, setup_successor, teardown),
        cmocka_unit_test_setup_teardown(out_and_in_again, setup_successor, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
