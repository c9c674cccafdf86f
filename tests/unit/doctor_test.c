/* What a doctor says of the time, which no test with real programs can set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "agent/doctor.h"
#include "agent/text.h"

enum { NOW = 1795860000 }; /* 2026-11-28 */
static int64_t now;

int64_t __wrap_lt_clock_wall(void);
int64_t __wrap_lt_clock_wall(void)
{
    return now;
}

static void look(int64_t at, const struct lt_doctor_times *times, const char *state,
                 const char *says)
{
    struct lt_doctor doctor;
    now = at;
    lt_doctor_begin(&doctor, "/nowhere", true);
    lt_doctor_clock(&doctor, times);
    assert_int_equal(json_array_size(doctor.findings), 1);
    const json_t *found = json_array_get(doctor.findings, 0);
    assert_string_equal(json_string_value(json_object_get(found, "check")), "clock");
    assert_string_equal(json_string_value(json_object_get(found, "state")), state);
    assert_non_null(strstr(json_string_value(json_object_get(found, "text")), says));
    assert_int_equal(json_is_null(json_object_get(found, "todo")), strcmp(state, "ok") == 0);
    json_decref(doctor.findings);
}

static void test_clock(void **state)
{
    const struct lt_doctor_times none = {0}, heard = {.asked_at = NOW, .ahead_s = -12},
                                 signed_later = {.signed_at = NOW + 301},
                                 signed_now = {.signed_at = NOW + 300},
                                 off = {.asked_at = NOW, .ahead_s = 301},
                                 far = {.asked_at = NOW, .ahead_s = INT64_MIN};
    (void)state;
    look(86400, &none, "wrong", "cannot be");
    look(INT64_C(4102444800), &none, "wrong", "cannot be");
    look(-1, &none, "wrong", "cannot be");
    look(NOW, &none, "ok", "not compared");
    look(NOW, &heard, "ok", "12 s off");
    look(NOW, &signed_later, "wrong", "signed a receipt");
    look(NOW, &signed_now, "ok", "2026");
    look(NOW, &off, "warning", "-301 s off");
    look(NOW, &far, "wrong", "s off");
}

static void test_words(void **state)
{
    struct lt_doctor doctor;
    (void)state;
    lt_doctor_begin(&doctor, "/nowhere", true);
    lt_doctor_say(&doctor, LT_LOOK_DROP, LT_WRONG, NULL, "%s", "a\xff\x1b[2J");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(doctor.findings, 0), "text")), "a??[2J");
    assert_int_equal(doctor.counts[LT_WRONG], 1);
    json_decref(doctor.findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_clock), cmocka_unit_test(test_words)};
    lt_text_language("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
