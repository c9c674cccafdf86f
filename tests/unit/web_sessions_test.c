/* Forms of a session are taken once, and not for ever (hub/web/sessions.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hub/web/sessions.h"

static void forms_are_taken_once(void **state)
{
    (void)state;
    char token[LT_SESSION_TOKEN_MAX];
    const struct lt_account account = {.name = "an", .hash = "x"};
    struct lt_sessions *sessions = lt_sessions_new();
    assert_non_null(sessions);
    const struct lt_session one = *lt_session_begin(sessions, &account, 1, token);
    const struct lt_session other = *lt_session_begin(sessions, &account, 2, token);
    assert_false(lt_session_send(sessions, &one, 0));
    assert_false(lt_session_send(sessions, &one, 1)); /* was not shown */
    const uint64_t first = lt_session_form(sessions, &one);
    assert_int_equal(first, 1);
    assert_false(lt_session_send(sessions, &other, first)); /* not to that one */
    assert_true(lt_session_send(sessions, &one, first));
    assert_false(lt_session_send(sessions, &one, first));
    const uint64_t old = lt_session_form(sessions, &one);
    uint64_t last = old;
    for (int i = 0; i < LT_SESSION_FORMS_MAX - 1; i++)
        last = lt_session_form(sessions, &one);
    assert_true(lt_session_send(sessions, &one, old)); /* the oldest that may be sent */
    assert_false(lt_session_send(sessions, &one, old));
    const uint64_t kept = old + 1;
    last = lt_session_form(sessions, &one);
    last = lt_session_form(sessions, &one);
    assert_false(lt_session_send(sessions, &one, kept)); /* too long ago */
    assert_true(lt_session_send(sessions, &one, last));
    assert_false(lt_session_send(sessions, &one, last + 1));
    assert_false(lt_session_send(sessions, &one, UINT64_MAX));
    lt_session_end(sessions, &one);
    assert_false(lt_session_send(sessions, &one, last - 1));
    assert_int_equal(lt_session_form(sessions, &one), 0);
    lt_sessions_free(sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms_are_taken_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
