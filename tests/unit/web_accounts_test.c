/* Accounts in their file, sessions, and how often somebody may try (hub/web/accounts.h, sessions.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hub/web/sessions.h"

static char dir[] = "/tmp/lt-web-accounts-XXXXXX", path[64];
static char reason[LT_ACCOUNTS_REASON_MAX];
enum { NOW = 1000000 };

static struct lt_account account(const char *name, const char *password)
{
    struct lt_account made = {.role = LT_WEB_OPERATOR, .place = "80", .names = true, .entry = true};
    (void)snprintf(made.name, sizeof made.name, "%s", name);
    assert_int_equal(lt_account_set_password(&made, password), LT_OK);
    return made;
}

static void kept(void **state)
{
    struct lt_accounts accounts = {.items = NULL}, again;
    struct lt_account b = account("b", "mot hai ba bon"), a = account("a", "nam sau bay tam");
    (void)state;
    assert_int_equal(lt_accounts_load(dir, &again, reason), LT_OK); /* no file: none */
    assert_int_equal(again.count, 0);
    assert_int_equal(lt_accounts_put(&accounts, &b), LT_OK);
    assert_int_equal(lt_accounts_put(&accounts, &a), LT_OK);
    assert_int_equal(lt_accounts_save(dir, &accounts, reason), LT_OK);
    assert_int_equal(lt_accounts_refresh(dir, &again, reason), LT_OK);
    assert_int_equal(again.count, 2);
    assert_string_equal(again.items[0].name, "a");
    struct lt_account *found = lt_accounts_find(&again, "b");
    assert_non_null(found);
    assert_int_equal(found->role, LT_WEB_OPERATOR);
    assert_string_equal(found->place, "80");
    assert_true(found->names);
    assert_true(found->entry);
    assert_true(lt_account_check(found, "mot hai ba bon"));
    assert_false(lt_account_check(found, "mot hai ba bom"));
    assert_false(lt_account_check(NULL, "mot hai ba bon"));
    assert_true(lt_accounts_remove(&accounts, "b"));
    assert_false(lt_accounts_remove(&accounts, "b"));
    assert_int_equal(lt_accounts_save(dir, &accounts, reason), LT_OK);
    assert_int_equal(lt_accounts_refresh(dir, &again, reason), LT_OK);
    assert_int_equal(again.count, 1);
    lt_accounts_free(&accounts);
    lt_accounts_free(&again);
}

static void others_may_read(void **state)
{
    struct lt_accounts accounts = {.items = NULL}, again = {.items = NULL};
    struct lt_account a = account("a", "nam sau bay tam");
    (void)state;
    assert_int_equal(lt_accounts_put(&accounts, &a), LT_OK);
    assert_int_equal(lt_accounts_save(dir, &accounts, reason), LT_OK);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(lt_accounts_load(dir, &again, reason), LT_PERMISSION);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(lt_accounts_load(dir, &again, reason), LT_OK);
    lt_accounts_free(&again);
    lt_accounts_free(&accounts);
}

static void damaged(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{\"schema\":\"other\",\"accounts\":[]}",
        "{\"schema\":\"lienthong.web-accounts/1\",\"accounts\":[{\"name\":\"A b\",\"role\":"
        "\"admin\",\"place\":\"\",\"password\":\"x\",\"names\":true}]}",
        "{\"schema\":\"lienthong.web-accounts/1\",\"accounts\":[{\"name\":\"a\",\"role\":\"god\","
        "\"place\":\"\",\"password\":\"x\",\"names\":true}]}"};
    struct lt_accounts accounts;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(bad[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(lt_accounts_load(dir, &accounts, reason), LT_MALFORMED);
        assert_non_null(strstr(reason, "web-accounts"));
    }
}

static void passwords(void **state)
{
    struct lt_account made = {.name = "a"};
    char longest[LT_PASSWORD_BYTES_MAX + 2];
    (void)state;
    memset(longest, 'x', sizeof longest);
    longest[LT_PASSWORD_BYTES_MAX + 1] = '\0';
    assert_int_equal(lt_account_set_password(&made, "123456789"), LT_USAGE);
    assert_int_equal(lt_account_set_password(&made, longest), LT_USAGE);
    assert_true(lt_account_name_is_good("le.thi-a_1"));
    assert_false(lt_account_name_is_good(""));
    assert_false(lt_account_name_is_good("Lê"));
    assert_false(lt_account_name_is_good("a b"));
}

static void sessions_end(void **state)
{
    struct lt_accounts accounts = {.items = NULL};
    struct lt_account a = account("a", "nam sau bay tam");
    const struct lt_account *who = NULL;
    struct lt_sessions *sessions = lt_sessions_new();
    char token[LT_SESSION_TOKEN_MAX], other[LT_SESSION_TOKEN_MAX];
    (void)state;
    assert_non_null(sessions);
    assert_int_equal(lt_accounts_put(&accounts, &a), LT_OK);
    const struct lt_session *session = lt_session_begin(sessions, &a, NOW, token);
    assert_true(lt_session_is_ours(session, session->csrf));
    assert_false(lt_session_is_ours(session, token));
    assert_false(lt_session_is_ours(session, NULL));
    assert_ptr_equal(lt_session_find(sessions, &accounts, token, NOW + 1, &who), session);
    assert_string_equal(who->name, "a");
    memcpy(other, token, sizeof other);
    other[0] = other[0] == 'a' ? 'b' : 'a';
    assert_null(lt_session_find(sessions, &accounts, other, NOW, &who));
    assert_null(lt_session_find(sessions, &accounts, "", NOW, &who));
    /* idle for too long */
    assert_null(lt_session_find(sessions, &accounts, token, NOW + 2 + LT_SESSION_IDLE_MS, &who));
    assert_null(lt_session_find(sessions, &accounts, token, NOW + 2, &who));
    /* another password */
    (void)lt_session_begin(sessions, &a, NOW, token);
    assert_int_equal(lt_account_set_password(lt_accounts_find(&accounts, "a"), "chin muoi mot"),
                     LT_OK);
    assert_null(lt_session_find(sessions, &accounts, token, NOW, &who));
    /* no account any more */
    (void)lt_session_begin(sessions, lt_accounts_find(&accounts, "a"), NOW, token);
    assert_true(lt_accounts_remove(&accounts, "a"));
    assert_null(lt_session_find(sessions, &accounts, token, NOW, &who));
    lt_sessions_free(sessions);
    lt_accounts_free(&accounts);
}

static void a_session_lasts_no_longer_than_a_day_of_work(void **state)
{
    struct lt_accounts accounts = {.items = NULL};
    struct lt_account a = account("a", "nam sau bay tam");
    const struct lt_account *who = NULL;
    struct lt_sessions *sessions = lt_sessions_new();
    char token[LT_SESSION_TOKEN_MAX];
    (void)state;
    assert_int_equal(lt_accounts_put(&accounts, &a), LT_OK);
    (void)lt_session_begin(sessions, &a, NOW, token);
    lt_ms now = NOW;
    for (; now + LT_SESSION_IDLE_MS <= NOW + LT_SESSION_ALL_MS; now += LT_SESSION_IDLE_MS)
        assert_non_null(lt_session_find(sessions, &accounts, token, now, &who));
    assert_null(lt_session_find(sessions, &accounts, token, NOW + LT_SESSION_ALL_MS + 1, &who));
    lt_sessions_free(sessions);
    lt_accounts_free(&accounts);
}

static void tries(void **state)
{
    enum { OFTEN = LT_TRIES_OF_ADDRESS_MAX, LATER = NOW + LT_TRIES_PAUSE_MS };
    struct lt_sessions *sessions = lt_sessions_new();
    (void)state;
    for (int i = 0; i < LT_TRIES_MAX; i++) {
        assert_int_equal(lt_tries_wait(sessions, "a", LT_TRIES_MAX, NOW), 0);
        lt_tries_failed(sessions, "a", LT_TRIES_MAX, NOW);
    }
    assert_int_equal(lt_tries_wait(sessions, "a", LT_TRIES_MAX, NOW), LT_TRIES_PAUSE_MS);
    assert_int_equal(lt_tries_wait(sessions, "b", LT_TRIES_MAX, NOW), 0);
    assert_int_equal(lt_tries_wait(sessions, "a", LT_TRIES_MAX, LATER), 0);
    lt_tries_failed(sessions, "a", LT_TRIES_MAX, LATER); /* one more takes a pause again */
    assert_true(lt_tries_wait(sessions, "a", LT_TRIES_MAX, LATER + 1) > 0);
    /* all have fallen away: as many may follow as at first */
    for (int i = 0; i < LT_TRIES_MAX; i++) {
        assert_int_equal(lt_tries_wait(sessions, "a", LT_TRIES_MAX, LATER + 6 * LT_TRIES_PAUSE_MS),
                         0);
        lt_tries_failed(sessions, "a", LT_TRIES_MAX, LATER + 6 * LT_TRIES_PAUSE_MS);
    }
    assert_true(lt_tries_wait(sessions, "a", LT_TRIES_MAX, LATER + 6 * LT_TRIES_PAUSE_MS + 1) > 0);
    lt_tries_forget(sessions, "a");
    assert_int_equal(lt_tries_wait(sessions, "a", LT_TRIES_MAX, LATER + 6 * LT_TRIES_PAUSE_MS + 1),
                     0);
    /* an address has more of them, and who keeps failing there once a minute keeps nobody out */
    for (int i = 0; i < OFTEN; i++) {
        assert_int_equal(lt_tries_wait(sessions, "c", OFTEN, NOW), 0);
        lt_tries_failed(sessions, "c", OFTEN, NOW);
    }
    assert_int_equal(lt_tries_wait(sessions, "c", OFTEN, NOW),
                     LT_TRIES_PAUSE_MS * LT_TRIES_MAX / OFTEN);
    for (int minute = 1; minute < 60; minute++) {
        assert_int_equal(lt_tries_wait(sessions, "c", OFTEN, NOW + minute * LT_TRIES_PAUSE_MS), 0);
        lt_tries_failed(sessions, "c", OFTEN, NOW + minute * LT_TRIES_PAUSE_MS);
        assert_int_equal(lt_tries_wait(sessions, "c", OFTEN, NOW + minute * LT_TRIES_PAUSE_MS), 0);
    }
    lt_sessions_free(sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept),
        cmocka_unit_test(others_may_read),
        cmocka_unit_test(damaged),
        cmocka_unit_test(passwords),
        cmocka_unit_test(sessions_end),
        cmocka_unit_test(a_session_lasts_no_longer_than_a_day_of_work),
        cmocka_unit_test(tries),
    };
    if (sodium_init() < 0 || mkdtemp(dir) == NULL)
        return 1;
    (void)snprintf(path, sizeof path, "%s/web-accounts", dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(path);
    (void)rmdir(dir);
    return failed;
}
