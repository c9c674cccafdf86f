/* What a checker makes of records, told into proofs one case at a time: corrections that name what is not theirs, branches that
 * are healed or not, rows that were told twice, keys that ended, units that did, tellers who differ; each with the figure that
 * must come, and refused with any other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/proof_world.h"

static struct proof_case *it;

static int begin(void **state)
{
    (void)state;
    it = case_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    case_free(it);
    return 0;
}

static struct say correction(const struct lt_hash *of, uint32_t index, const char *code)
{
    struct say say = award("1/QD");
    say.corrects = true;
    say.record = *of;
    say.record_index = index;
    say.code = code;
    return say;
}

static struct say retraction(const struct lt_hash *of, uint32_t index)
{
    return (struct say){
        .op = LIENTHONG__OP__OP_RETRACT, .corrects = true, .record = *of, .record_index = index};
}

static struct lt_proof_sums sums_of(void)
{
    struct lt_proof *proof;
    struct lt_proof_sums sums;
    case_write(it, NULL, 0);
    (void)case_check(it, &proof);
    lt_proof_sums(proof, &sums);
    lt_proof_free(proof);
    return sums;
}

/* ---- Which record ---- */

static void nothing_told_is_no_row(void **state)
{
    (void)state;
    case_ask_by(it, "code");
    case_expect(it, "");
    assert_int_equal(sums_of().records, 0);
}

static void a_correction_names_a_record_of_its_own_chain(void **state)
{
    (void)state;
    const struct say first[] = {award("1/QD"), award("2/QD")};
    const struct lt_hash put = case_tell(it, "28162", first, 2);
    const struct lt_hash strange = {{0x77}};
    struct say bad[] = {correction(&strange, 0, "LDTT"), /* an update that is not there */
                        correction(&put, 2, "LDTT"), /* a row that it does not have */
                        correction(&put, 0, "LDTT"), /* good */
                        correction(&put, 0, "LDTT")};
    bad[3].same_update = true;
    bad[3].record_index = 2; /* what names a correction names no record */
    case_tell(it, "28162", bad, 4);
    case_ask_by(it, "code");
    case_expect(it, "GK: 1/1; LDTT: 1/1");
    const struct lt_proof_sums sums = sums_of();
    assert_int_equal(sums.changes, 6);
    assert_int_equal(sums.quarantined, 3);
    assert_int_equal(sums.records, 2);
}

/* Of a record of its own update, and of another unit's: only the first is its to correct. */
static void another_units_record_is_not_its_own(void **state)
{
    (void)state;
    const struct say theirs = award("1/QD");
    const struct lt_hash put = case_tell(it, "28159", &theirs, 1);
    struct say mine[] = {award("5/QD"), correction(&put, 0, "LDTT"), correction(&put, 0, "BK_BT")};
    mine[2].same_update = true;
    mine[2].code = "LDTT";
    mine[2].number = "5/QD";
    case_tell(it, "28162", mine, 3);
    case_ask_by(it, "code,place");
    it->place.code = case_text("807");
    case_expect(it, "GK,28159: 1/1; LDTT,28162: 1/1");
    assert_int_equal(sums_of().quarantined, 1);
}

static void a_record_keeps_its_kind(void **state)
{
    (void)state;
    const struct say first = award("1/QD");
    const struct lt_hash put = case_tell(it, "28162", &first, 1);
    struct say other = correction(&put, 0, "");
    other.exemplar = true;
    case_tell(it, "28162", &other, 1);
    case_ask_by(it, "kind");
    case_expect(it, "award: 1/1");
    assert_int_equal(sums_of().quarantined, 1);
}

/* An operation of a later version without any record, and a body of one: kept, counted nowhere. */
static void what_is_to_come_counts_nowhere(void **state)
{
    (void)state;
    const struct say says[] = {award("1/QD"), {.op = 3}};
    case_tell(it, "28162", says, 2);
    case_ask_by(it, "code");
    case_expect(it, "GK: 1/1");
    struct lt_proof_sums sums = sums_of();
    assert_int_equal(sums.quarantined, 1);
    assert_int_equal(sums.unread, 0);
    const size_t at = world_find(&it->world, "28165");
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, it->world.units[at].unit},
                             .seq = 1,
                             .key = it->world.units[at].key,
                             .body_version = LT_BODY_VERSION + 1};
    struct signed_update *update = case_next(it);
    struct lt_hash id;
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){(const uint8_t *)"??", 2},
                                    (struct lt_bytes){NULL, 0}, &it->world.units[at].secret,
                                    &update->bytes, &update->size, &id),
                     LT_OK);
    assert_int_equal(signed_read(update), LT_VERSION);
    sums = sums_of();
    assert_int_equal(sums.unread, 1);
    assert_int_equal(sums.quarantined, 2);
}

/* A unit that the tree does not have says nothing; nor does who corrects what it said. */
static void a_unit_that_is_not_in_the_tree_says_nothing(void **state)
{
    (void)state;
    world_add(&it->world, "99999", "807", LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE);
    struct world_item item;
    item_grant(&it->world, &item, world_find(&it->world, "99999"), false);
    case_direct(it, "VN", &item.directive);
    const struct say theirs = award("1/QD");
    const struct lt_hash put = case_tell(it, "99999", &theirs, 1);
    const struct say again = correction(&put, 0, "LDTT");
    case_tell(it, "99999", &again, 1);
    case_tell(it, "28162", &again, 1);
    case_ask_by(it, "code");
    case_expect(it, "");
    assert_int_equal(sums_of().quarantined, 3);
}

/* ---- Branches ---- */

static void a_branch_corrects_what_it_knows(void **state)
{
    (void)state;
    const struct say first = award("1/QD"), beside = award("2/QD"), third = award("3/QD");
    const struct lt_hash root = case_tell(it, "28162", &first, 1);
    const struct lt_hash left = case_branch(it, "28162", &root, 1, 2, &beside, 1);
    /* The other branch does not know of it, and may not correct it. */
    const struct say early = correction(&left, 0, "LDTT");
    const struct lt_hash right = case_branch(it, "28162", &root, 1, 2, &early, 1);
    const struct lt_hash longer = case_branch(it, "28162", &right, 1, 3, &third, 1);
    case_ask_by(it, "code");
    case_expect(it, "GK: 3/3");
    /* Who names both may: over one branch, and from the other past its length. */
    const struct lt_hash tips[] = {left, longer};
    struct say late[] = {correction(&left, 0, "LDTT"), correction(&longer, 0, "BK_BT"),
                         correction(&root, 0, "LDTT")};
    late[1].number = "3/QD";
    const struct lt_hash healed = case_branch(it, "28162", tips, 2, 4, late, 3);
    case_expect(it, "BK_BT: 1/1; LDTT: 2/2");
    const struct say last = retraction(&left, 0);
    case_branch(it, "28162", &healed, 1, 5, &last, 1);
    case_expect(it, "BK_BT: 1/1; LDTT: 1/1");
}

/* Many branches side by side: a later one of one of them knows none of the others. */
static void ancestors_are_found_among_many_branches(void **state)
{
    (void)state;
    enum { BRANCHES = 3, LENGTH = 5 };
    const struct say first = award("1/QD");
    const struct lt_hash root = case_tell(it, "28162", &first, 1);
    struct lt_hash tips[BRANCHES], firsts[BRANCHES];
    char numbers[BRANCHES][LENGTH][16];
    for (size_t i = 0; i < BRANCHES; i++) {
        tips[i] = root;
        for (size_t j = 0; j < LENGTH; j++) {
            (void)snprintf(numbers[i][j], sizeof numbers[i][j], "%zu/%zu", 10 + i, j);
            const struct say say = award(numbers[i][j]);
            tips[i] = case_branch(it, "28162", &tips[i], 1, 2 + j, &say, 1);
            firsts[i] = j == 0 ? tips[i] : firsts[i];
        }
    }
    case_ask_by(it, "code");
    case_expect(it, "GK: 16/16");
    struct say over[BRANCHES];
    for (size_t i = 0; i < BRANCHES; i++) /* branch 1 goes on: it may speak of its own alone */
        over[i] = retraction(&firsts[i], 0);
    tips[1] = case_branch(it, "28162", &tips[1], 1, 2 + LENGTH, over, BRANCHES);
    case_expect(it, "GK: 15/15");
    assert_int_equal(sums_of().quarantined, 2);
    case_branch(it, "28162", tips, 3, 3 + LENGTH, over, BRANCHES);
    case_expect(it, "GK: 13/13");
}

/* Both say one row of one import: one record, whatever number of machines told it; in another chain it is another. */
static void a_row_of_an_import_is_one_record(void **state)
{
    (void)state;
    struct say row = award("1/QD");
    row.import = 7;
    row.row = 2;
    const struct lt_hash root = case_tell(it, "28162", &row, 1);
    struct say twin = row;
    twin.code = "LDTT";
    case_branch(it, "28162", NULL, 0, 1, &twin, 1);
    struct say others[] = {row, row, row};
    others[0].row = 3;
    others[1].import = 8;
    others[2].import = 6;
    others[0].number = "3/QD";
    others[1].number = "4/QD";
    others[2].number = "5/QD";
    case_branch(it, "28162", &root, 1, 2, others, 3);
    struct say elsewhere = row;
    case_tell(it, "28159", &elsewhere, 1);
    case_ask_by(it, "place");
    it->place.code = case_text("807");
    case_expect(it, "28159: 1/1; 28162: 4/4");
    assert_int_equal(sums_of().records, 5);
}

static void a_record_of_many_versions_says_the_last(void **state)
{
    (void)state;
    const struct say first = award("1/QD");
    const struct lt_hash put = case_tell(it, "28162", &first, 1);
    for (int i = 0; i < 40; i++) {
        const struct say again = correction(&put, 0, i % 2 == 0 ? "BK_BT" : "GK");
        case_tell(it, "28162", &again, 1);
    }
    const struct say last = correction(&put, 0, "LDTT");
    case_tell(it, "28162", &last, 1);
    case_ask_by(it, "code");
    case_expect(it, "LDTT: 1/1");
    assert_int_equal(sums_of().records, 1);
}

/* ---- Keys and units that ended ---- */

static void what_a_revoked_key_said_outside_of_its_cut_does_not_count(void **state)
{
    (void)state;
    struct lt_hash ids[4], nowhere = {{0x55}};
    for (size_t i = 0; i < 4; i++) {
        static const char *const numbers[] = {"1/QD", "2/QD", "3/QD", "4/QD"};
        const struct say say = award(numbers[i]);
        ids[i] = case_tell(it, "28162", &say, 1);
    }
    struct world_item item;
    item_init(&item);
    const size_t at = world_find(&it->world, "28162");
    item.unit.code = it->world.units[at].unit.code;
    item.revocation.unit = &item.unit;
    item.revocation.key = (ProtobufCBinaryData){32, it->world.units[at].key.bytes};
    item.revocation.cut = item.cut;
    item.revocation.n_cut = 2;
    item.cut[0] = (ProtobufCBinaryData){32, nowhere.bytes};
    item.cut[1] = (ProtobufCBinaryData){32, ids[1].bytes};
    item.directive.revocation = &item.revocation;
    case_direct(it, "VN", &item.directive);
    case_ask_by(it, "code");
    case_expect(it, "GK: 2/2"); /* the tip of the cut, and what is below it */
    assert_int_equal(sums_of().quarantined, 2);
    Lienthong__Directive directive = LIENTHONG__DIRECTIVE__INIT;
    Lienthong__Endorsement endorsed = LIENTHONG__ENDORSEMENT__INIT;
    endorsed.update = (ProtobufCBinaryData){32, ids[3].bytes};
    directive.endorsement = &endorsed;
    case_direct(it, "VN", &directive);
    case_expect(it, "GK: 3/3");
}

/* 28165 has gone into 28168, and its chain is closed by what it said first; its successor corrects that. */
static void a_successor_speaks_for_what_has_ended(void **state)
{
    (void)state;
    const struct say first[] = {award("1/QD"), award("2/QD")}, late = award("3/QD");
    const struct lt_hash put = case_tell(it, "28165", first, 2);
    case_tell(it, "28165", &late, 1);
    const struct say heir = correction(&put, 0, "LDTT");
    case_tell(it, "28168", &heir, 1);
    case_tell(it, "28159", &heir, 1); /* who is not */
    case_ask_by(it, "code");
    case_expect(it, "GK: 3/3");
    struct world_unit *ended = &it->world.units[world_find(&it->world, "28165")];
    struct world_item item;
    item_unit(&item, ended);
    assert_int_equal(lt_day_make(2020, 12, 31, &item.entry.valid_to), LT_OK);
    case_direct(it, "VN", &item.directive);
    Lienthong__Directive directive = LIENTHONG__DIRECTIVE__INIT;
    Lienthong__Succession succession = LIENTHONG__SUCCESSION__INIT;
    Lienthong__Unit unit, successor;
    lienthong__unit__init(&unit);
    lienthong__unit__init(&successor);
    ProtobufCBinaryData cut = {32, (uint8_t *)(uintptr_t)put.bytes};
    unit.code = case_text("28165");
    successor.code = case_text("28168");
    succession.unit = &unit;
    succession.successor = &successor;
    succession.main = succession.whole = succession.closed = true;
    succession.cut = &cut;
    succession.n_cut = 1;
    directive.succession = &succession;
    case_direct(it, "VN", &directive);
    case_expect(it, "GK: 1/1; LDTT: 1/1");
    assert_int_equal(sums_of().quarantined, 2); /* what was signed late, and the stranger's */
    /* The former unit's word stays below its successor's, however late; that one's next stands over all. */
    const struct say last = correction(&put, 0, "BK_BT");
    case_tell(it, "28168", &last, 1);
    case_expect(it, "BK_BT: 1/1; GK: 1/1");
}

/* ---- Tellers ---- */

static struct say of_district(const char *number, const char *place)
{
    struct say say = award(number);
    say.decider = "807";
    say.place = place;
    return say;
}

static void lists_of_one_decision_are_compared_not_added(void **state)
{
    (void)state;
    struct say names[] = {of_district("9/QD", "28162"), of_district("9/QD", "28162"),
                          of_district("9/QD", "28162")};
    names[1].field = "y tế";
    names[2].movement = "Nông thôn mới";
    case_tell(it, "28162", names, 3);
    struct say also[] = {of_district("9/QD", "28162"), of_district("9/QD", "28162")};
    also[1].field = "giáo dục";
    case_tell(it, "80", also, 2); /* farther away: not counted, and another number */
    case_ask_by(it, "place,field,movement");
    it->place.code = case_text("807");
    case_expect(it, "28162,,: 1/1; 28162,,Nông thôn mới: 1/1; 28162,y tế,: 1/1");
    case_ask_by(it, "kind,code");
    case_expect(it, ",GK: 1/1; award,GK: 3/3"); /* where tellers differ is a kind of its own */
    case_ask_by(it, "recipient");
    case_expect(it, "individual: 3/3");
}

/* The difference stands at the lowest place above all its lines, with the earliest of their times, enterprises as the
 * collectives that they are. */
static void a_difference_is_one_however_its_lines_look(void **state)
{
    (void)state;
    struct say near[] = {of_district("9/QD", "28162"), of_district("9/QD", "28159")};
    struct say far[] = {of_district("9/QD", "28162"), of_district("9/QD", "28162"),
                        of_district("9/QD", "28159")};
    for (size_t i = 0; i < 2; i++)
        near[i].recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    for (size_t i = 0; i < 3; i++)
        far[i].recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    near[1].year = 2019;
    far[0].year = 2018;
    far[0].span_from = 2016;
    case_tell(it, "28162", near, 1);
    case_tell(it, "28159", near + 1, 1);
    case_tell(it, "80", far, 3);
    case_ask_by(it, "kind,place,recipient,year");
    it->question.decided = true;
    it->place.code = case_text("807");
    struct lt_proof *proof;
    const struct lt_proof_row *rows;
    case_write(it, NULL, 0);
    assert_int_equal(case_check(it, &proof), LT_REFUSED);
    size_t differences = 0;
    for (size_t i = 0, count = lt_proof_rows(proof, &rows); i < count; i++) {
        if (rows[i].values[0] != LT_PROOF_BETWEEN)
            continue;
        differences++;
        assert_string_equal(rows[i].values, "\x1f"
                                            "807\x1f"
                                            "collective\x1f"
                                            "2020");
    }
    assert_int_equal(differences, 1);
    lt_proof_free(proof);
}

static void two_tellers_of_one_place_are_two_lines(void **state)
{
    (void)state;
    struct say mine = of_district("9/QD", "28162"), theirs = of_district("9/QD", "28162");
    theirs.quantity = 5; /* a total beside the names */
    case_tell(it, "28162", &mine, 1);
    case_tell(it, "807", &theirs, 1);
    case_ask_by(it, "place");
    it->place.code = case_text("807");
    case_expect(it, "28162: 2/5"); /* the name, and what the total exceeds */
}

/* ---- Many ---- */

/* As many different texts as outgrow the first room for them; and the longest of them in what is told of a row. */
static void every_text_is_kept(void **state)
{
    (void)state;
    enum { EACH = 400 };
    static char texts[2 * EACH][32];
    static struct say says[EACH];
    for (size_t i = 0; i < 2 * EACH; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "Phong trào %zu", i);
        says[i % EACH] = award("1/QD");
        says[i % EACH].movement = texts[i];
        if (i % EACH == EACH - 1)
            case_tell(it, "28162", says, EACH);
    }
    case_ask_by(it, "code");
    case_expect(it, "GK: 800/800");
    case_ask_where(it, "movement", texts[700]);
    case_expect(it, "GK: 1/1");
}

static void a_row_is_named_by_whole_letters(void **state)
{
    (void)state;
    char field[LT_TEXT_BYTES_MAX + 1];
    for (size_t shift = 0; shift < 3; shift++) {
        size_t size = shift;
        memset(field, 'a', shift);
        while (size + 3 <= LT_TEXT_BYTES_MAX) {
            memcpy(field + size, "ế", 3);
            size += 3;
        }
        field[size] = '\0';
        struct say say = award("1/QD");
        say.field = field;
        case_tell(it, "28162", &say, 1);
    }
    case_ask_by(it, "field");
    struct lt_proof *proof;
    const struct lt_proof_fault *faults;
    case_write(it, NULL, 0);
    assert_int_equal(case_check(it, &proof), LT_REFUSED);
    const size_t count = lt_proof_faults(proof, &faults);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        const char *close = strstr(faults[i].about, "): ");
        assert_non_null(close);
        assert_memory_equal(close - 3, "ế", 3);
    }
    lt_proof_free(proof);
}

static void see_person(void *context, const struct lt_proof_record *record)
{
    size_t *named = context;
    char wanted[32];
    (void)snprintf(wanted, sizeof wanted, "Cá nhân %04u", record->index);
    *named += record->person != NULL && strcmp(record->person->name, wanted) == 0;
}

/* Of a long list every record shows its person, not only the first ones. */
static void each_record_of_a_long_list_has_its_person(void **state)
{
    (void)state;
    enum { PERSONS = 500 };
    static char names[PERSONS][32];
    static struct say says[PERSONS];
    struct lt_proof *proof;
    const struct lt_proof_row *rows;
    for (size_t i = 0; i < PERSONS; i++) {
        (void)snprintf(names[i], sizeof names[i], "Cá nhân %04zu", i);
        says[i] = award("1/QD");
        says[i].name = names[i];
    }
    case_tell(it, "28162", says, PERSONS);
    case_ask_by(it, "code");
    for (int with = 0; with < 2; with++) {
        size_t named = 0;
        it->names = with != 0;
        case_write(it, NULL, 0);
        (void)case_check(it, &proof);
        assert_int_equal(lt_proof_rows(proof, &rows), 1);
        assert_int_equal(rows[0].quantity, PERSONS);
        assert_int_equal(lt_proof_records(proof, see_person, &named), LT_OK);
        assert_int_equal(named, with ? PERSONS : 0);
        lt_proof_free(proof);
    }
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_told_is_no_row, begin, end),
        cmocka_unit_test_setup_teardown(a_correction_names_a_record_of_its_own_chain, begin, end),
        cmocka_unit_test_setup_teardown(another_units_record_is_not_its_own, begin, end),
        cmocka_unit_test_setup_teardown(a_record_keeps_its_kind, begin, end),
        cmocka_unit_test_setup_teardown(what_is_to_come_counts_nowhere, begin, end),
        cmocka_unit_test_setup_teardown(a_unit_that_is_not_in_the_tree_says_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_branch_corrects_what_it_knows, begin, end),
        cmocka_unit_test_setup_teardown(ancestors_are_found_among_many_branches, begin, end),
        cmocka_unit_test_setup_teardown(a_row_of_an_import_is_one_record, begin, end),
        cmocka_unit_test_setup_teardown(a_record_of_many_versions_says_the_last, begin, end),
        cmocka_unit_test_setup_teardown(what_a_revoked_key_said_outside_of_its_cut_does_not_count,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_successor_speaks_for_what_has_ended, begin, end),
        cmocka_unit_test_setup_teardown(lists_of_one_decision_are_compared_not_added, begin, end),
        cmocka_unit_test_setup_teardown(a_difference_is_one_however_its_lines_look, begin, end),
        cmocka_unit_test_setup_teardown(two_tellers_of_one_place_are_two_lines, begin, end),
        cmocka_unit_test_setup_teardown(every_text_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(a_row_is_named_by_whole_letters, begin, end),
        cmocka_unit_test_setup_teardown(each_record_of_a_long_list_has_its_person, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
