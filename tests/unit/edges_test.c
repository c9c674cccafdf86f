/* Small parts of proto/ at their edges: days, periods, texts that are folded, dimensions without a spelling, signs of life that are
 * not whole, codes whose digits are right and whose content is not, records of more branches than are looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/dimension.h"
#include "proto/judge.h"
#include "proto/life.h"
#include "proto/merge.h"
#include "proto/standing.h"
#include "tests/unit/samples.h"

/* ---- Days and periods ---- */

static void days_that_no_calendar_has(void **state)
{
    (void)state;
    static const int bad[][3] = {{0, 1, 1},     {10000, 1, 1}, {2020, 0, 1},  {2020, 13, 1},
                                 {2020, 1, 0},  {2020, 1, 32}, {2020, 2, 30}, {2021, 2, 29},
                                 {1900, 2, 29}, {2020, 4, 31}, {-1, 1, 1},    {2020, -1, 1}};
    static const int good[][3] = {{1, 1, 1}, {9999, 12, 31}, {2020, 2, 29}, {2000, 2, 29}};
    lt_day day = 77;
    for (size_t i = 0; i < SAMPLE_COUNT(bad); i++)
        assert_int_equal(lt_day_make(bad[i][0], bad[i][1], bad[i][2], &day), LT_MALFORMED);
    assert_int_equal(day, 77);
    for (size_t i = 0; i < SAMPLE_COUNT(good); i++) {
        int year, month, of_month;
        assert_int_equal(lt_day_make(good[i][0], good[i][1], good[i][2], &day), LT_OK);
        lt_day_split(day, &year, &month, &of_month);
        assert_true(year == good[i][0] && month == good[i][1] && of_month == good[i][2]);
    }
}

static void periods_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "202",        "20x0",       "1944",      "2201",       "2020/2022",
        "2020/202x",  "2020x2021",  "2020-2020",  "2021-2020", "2020-20x1",  "2020-00",
        "2020-13",    "2020-1",     "2020-Q0",    "2020-Q5",   "2020-Qx",    "2020-H3",
        "2020-Hx",    "2020-X1",    "2020/Q1",    "2020/01",   "2020-02-30", "2020/02/01",
        "1944-12-31", "2201-01-01", "2020-01-011"};
    static const char *const good[] = {"1945",    "2200",    "2019/2020",  "1945-2200",
                                       "2020-01", "2020-12", "2020-Q1",    "2020-Q4",
                                       "2020-H1", "2020-H2", "1945-01-01", "2200-12-31"};
    struct lt_period period;
    char text[LT_PERIOD_TEXT_MAX];
    for (size_t i = 0; i < SAMPLE_COUNT(bad); i++)
        if (lt_period_parse(bad[i], &period) != LT_MALFORMED)
            fail_msg("%s is a period", bad[i]);
    for (size_t i = 0; i < SAMPLE_COUNT(good); i++) {
        if (lt_period_parse(good[i], &period) != LT_OK)
            fail_msg("%s is no period", good[i]);
        lt_period_format(&period, text);
        assert_string_equal(text, good[i]);
    }
    period = (struct lt_period){.kind = 200};
    lt_period_format(&period, text);
    assert_string_equal(text, "");
    period = (struct lt_period){.kind = LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR};
    lt_period_format(&period, text); /* of nothing: no year before it */
    assert_string_equal(text, "0000/0000");
    /* An event on the day that stands for none, as 1970-01-01 does. */
    Lienthong__Period told;
    lienthong__period__init(&told);
    told.kind = LIENTHONG__PERIOD_KIND__PERIOD_EVENT;
    assert_int_equal(lt_period_make(&told, &period), LT_MALFORMED);
    told.day = 1;
    assert_int_equal(lt_period_make(&told, &period), LT_OK);
}

/* ---- Spellings ---- */

static void dimensions_without_a_list_spell_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < LT_DIM_COUNT; i++) {
        const enum lt_dimension dimension = (enum lt_dimension)i;
        const bool listed = lt_dimension_listed(dimension);
        assert_string_equal(lt_dimension_spell(dimension, 0), "");
        assert_string_equal(lt_dimension_spell(dimension, 255), "");
        assert_int_equal(lt_dimension_value(dimension, "nothing"), 0);
        assert_int_equal(strlen(lt_dimension_spell(dimension, 1)) > 0, listed);
        if (listed)
            assert_int_equal(lt_dimension_value(dimension, lt_dimension_spell(dimension, 1)), 1);
    }
}

static void letters_of_four_bytes_are_folded_as_they_are(void **state)
{
    (void)state;
    char folded[64], little[8];
    char again[64];
    lt_fold_words("Xã \xf0\x9f\x8c\xbe Số 007a", folded, sizeof folded);
    lt_fold_words(" XÃ  \xf0\x9f\x8c\xbe số 007A", again, sizeof again);
    assert_string_equal(folded, again);
    assert_non_null(strstr(folded, " \xf0\x9f\x8c\xbe "));
    lt_fold_cluster("Cụm \xf0\x9f\x8c\xbe 007a", folded, sizeof folded);
    assert_string_equal(folded + strlen(folded) - 7, "\xf0\x9f\x8c\xbe 7a");
    lt_fold_words("0", folded, sizeof folded);
    assert_string_equal(folded, "0");
    lt_fold_words("0/0", folded, sizeof folded);
    assert_string_equal(folded, "0/0");
    lt_fold_words("\xf0\x9f\x8c\xbe\xf0\x9f\x8c\xbe", little, sizeof little);
    assert_string_equal(little, "\xf0\x9f\x8c\xbe"); /* whole letters only */
    lt_fold_words("Ơ Ư Đ Ā Ķ ĸ Ð ð × Ñ", folded, sizeof folded);
    assert_string_equal(folded, "ơ ư đ ā ķ ĸ đ đ × ñ");
    lt_fold_decision("12:b/QĐ", 0, folded, sizeof folded);
    assert_string_equal(folded, "12B");
    lt_fold_decision("12/:QD;9", 0, folded, sizeof folded);
    assert_string_equal(folded, "129");
}

/* ---- Signs of life ---- */

static void a_sign_of_life_is_whole_or_none(void **state)
{
    (void)state;
    struct lt_life life = {.signed_at = 7, .updates = 3}, read;
    struct lt_wire_life wire;
    struct lt_secret secret;
    sample_key(0, &life.key, &secret);
    assert_int_equal(lt_unit_make("28111", 0, &life.unit), LT_OK);
    lt_life_sign(&life, &secret);
    for (int bent = 0; bent <= 5; bent++) {
        lt_life_to_wire(&life, &wire);
        wire.life.key.len -= bent == 1;
        wire.life.tips.len -= bent == 2;
        wire.life.signature.len -= bent == 3;
        if (bent == 4)
            wire.life.unit = NULL;
        if (bent == 5)
            wire.code[0] = '#';
        assert_int_equal(lt_life_from_wire(&wire.life, &read), bent == 0 ? LT_OK : LT_MALFORMED);
    }
    assert_int_equal(lt_life_verify(&read), LT_OK);
}

/* ---- Codes ---- */

/* A payload as lt_join_code_format writes it, whatever it holds. */
static void write_code(const uint8_t *payload, size_t size, char *ret_text)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t bytes[256];
    struct lt_hash check;
    memcpy(bytes, payload, size);
    lt_hash_of(payload, size, &check);
    memcpy(bytes + size, check.bytes, 4);
    size += 4;
    for (size_t i = 0; i * 5 < size * 8; i++) {
        const size_t at = i * 5 / 8;
        const unsigned two = (unsigned)bytes[at] << 8 | (at + 1 < size ? bytes[at + 1] : 0);
        *ret_text++ = digits[two >> (11 - i * 5 % 8) & 31];
    }
    *ret_text = '\0';
}

static void a_code_is_of_our_version_and_names_a_place(void **state)
{
    (void)state;
    static const char endpoint[] = "tcp://hub.example:7100";
    uint8_t payload[1 + 32 + 16 + sizeof endpoint];
    struct lt_join_code code;
    char text[LT_JOIN_CODE_MAX];
    const size_t size = sizeof payload - 1;
    memset(payload, 9, sizeof payload);
    payload[0] = 1;
    memcpy(payload + 49, endpoint, sizeof endpoint - 1);
    write_code(payload, size, text);
    assert_int_equal(lt_join_code_parse(text, &code), LT_OK);
    assert_string_equal(code.endpoint, endpoint);
    payload[0] = 2;
    write_code(payload, size, text);
    assert_int_equal(lt_join_code_parse(text, &code), LT_VERSION);
    payload[0] = 1;
    payload[49] = 'u'; /* another way than we have */
    write_code(payload, size, text);
    assert_int_equal(lt_join_code_parse(text, &code), LT_MALFORMED);
    payload[49] = 't';
    payload[55] = ' ';
    write_code(payload, size, text);
    assert_int_equal(lt_join_code_parse(text, &code), LT_MALFORMED);
    write_code(payload, 49 + 6, text); /* nothing but the way */
    assert_int_equal(lt_join_code_parse(text, &code), LT_MALFORMED);
    write_code(payload, 49, text);
    assert_int_equal(lt_join_code_parse(text, &code), LT_MALFORMED);
    assert_false(lt_fingerprint_is("", "ABCDE-FGHJK"));
    assert_false(lt_fingerprint_is("ABCDE-FGHJKM", "ABCDE-FGHJK"));
    assert_true(lt_fingerprint_is(" abcde fghjk", "ABCDE-FGHJK"));
}

/* ---- Versions and tellers ---- */

static bool never(void *context, const struct lt_hash *older, const struct lt_hash *newer)
{
    (void)context;
    (void)older;
    (void)newer;
    return false;
}

/* However many branches say the same, the greatest counts and nothing is contested; one that differs is seen while so many
 * are looked at. */
static void more_branches_than_are_looked_at(void **state)
{
    (void)state;
    enum { VERSIONS = 3 * LT_PARENTS_MAX };
    static struct lt_version versions[VERSIONS];
    for (uint32_t i = 0; i < VERSIONS; i++)
        versions[i] = (struct lt_version){
            .stamp = {.seq = 1 + i, .update = {{(uint8_t)i, (uint8_t)(i >> 8)}}},
            .counts = true,
            .op = LIENTHONG__OP__OP_PUT,
            .value = 5};
    struct lt_winner winner = lt_record_winner(versions, VERSIONS, never, NULL);
    assert_true(winner.found && !winner.contested);
    assert_int_equal(winner.version, VERSIONS - 1);
    versions[VERSIONS - 2].value = 6;
    winner = lt_record_winner(versions, VERSIONS, never, NULL);
    assert_true(winner.contested);
    assert_int_equal(winner.version, VERSIONS - 1);
}

/* Of two tellers who speak of one place both must say something before they differ, wherever the silent line stands. */
static void lines_that_tell_nothing_differ_from_nobody(void **state)
{
    (void)state;
    const struct lt_place top = {.unit = {.code = "80"}},
                          one = {.unit = {.code = "807"}, .parent = &top};
    static const struct {
        int64_t first, second, third;
        bool differs;
    } cases[] = {{2, 3, 0, true},  {0, 2, 3, true},  {2, 0, 3, true}, {2, 2, 0, false},
                 {0, 0, 3, false}, {0, 3, 0, false}, {0, 0, 0, false}};
    for (size_t i = 0; i < SAMPLE_COUNT(cases); i++) {
        const int64_t told[] = {cases[i].first, cases[i].second, cases[i].third};
        const struct lt_place *tellers[] = {&one, &top, &top};
        struct lt_line lines[3];
        int64_t most;
        for (size_t j = 0; j < 3; j++)
            lines[j] = (struct lt_line){.teller = j == 2 && told[1] == 0 ? &top : tellers[j],
                                        .place = &one,
                                        .authority = &top,
                                        .count = 1,
                                        .quantity = told[j],
                                        .order = (uint32_t)j};
        if (i == 1)
            lines[1].teller = &one;
        lt_scope_law(lines, 3);
        if (lt_scope_differs(lines, 3, &most) != cases[i].differs)
            fail_msg("%zu", i);
    }
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_that_no_calendar_has),
        cmocka_unit_test(periods_that_are_none),
        cmocka_unit_test(dimensions_without_a_list_spell_nothing),
        cmocka_unit_test(letters_of_four_bytes_are_folded_as_they_are),
        cmocka_unit_test(a_sign_of_life_is_whole_or_none),
        cmocka_unit_test(a_code_is_of_our_version_and_names_a_place),
        cmocka_unit_test(more_branches_than_are_looked_at),
        cmocka_unit_test(lines_that_tell_nothing_differ_from_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
