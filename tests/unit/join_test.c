/* join_test - the first contact with a hub on loopback: accepted, refused, lost, and not the hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "agent/join.h"
#include "tests/unit/uplink_hub.h"

static struct test_hub hub;
static struct lt_keys keys;
static struct lt_join_request request;
static struct lt_joined joined;
static char text[LT_JOIN_TEXT_MAX];

static int setup(void **state)
{
    struct lt_join_code code = {.secret = {1, 2, 3}};
    char code_text[LT_JOIN_CODE_MAX];
    (void)state;
    hub_make(&hub);
    hub_start(&hub);
    crypto_sign_keypair(keys.sign_public.bytes, keys.sign_secret.bytes);
    crypto_box_keypair(keys.curve_public, keys.curve_secret);
    memset(&request, 0, sizeof(request));
    memset(&joined, 0, sizeof(joined));
    request.role = LIENTHONG__ROLE__ROLE_AGENT;
    request.wait_ms = 8000;
    memcpy(code.curve_key, hub.curve_public, 32);
    hub_endpoint(&hub, code.endpoint);
    return lt_join_code_format(&code, code_text) == LT_OK &&
                   lt_join_request_code(&request, code_text) == LT_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    hub_stop(&hub);
    return 0;
}

static void a_good_code_tells_who_we_are(void **state)
{
    (void)state;
    assert_int_equal(lt_join_talk(&request, &keys, &joined, text), LT_OK);
    assert_int_equal(lt_unit_cmp(&joined.unit, &hub.child), 0);
    assert_int_equal(lt_unit_cmp(&joined.hub, &hub.unit), 0);
    assert_int_equal(lt_unit_cmp(&joined.top, &hub.unit), 0);
    assert_memory_equal(joined.root.bytes, hub.key.bytes, 32);
    assert_int_equal(joined.endpoint_count, 2); /* the code's, the good one named; once */
    assert_string_equal(joined.endpoints[0], request.endpoints[0]);
    assert_string_equal(joined.endpoints[1], "tcp://192.0.2.7:7654");
}

static void a_lost_reply_is_asked_for_again(void **state)
{
    (void)state;
    hub_stop(&hub);
    hub.joins_to_ignore = 1;
    hub_start(&hub);
    request.wait_ms = 30000;
    assert_int_equal(lt_join_talk(&request, &keys, &joined, text), LT_OK);
    assert_int_equal(atomic_load(&hub.joins), 2);
}

static void a_refusal_is_told_in_the_hubs_words(void **state)
{
    (void)state;
    hub_stop(&hub);
    hub.refusal = "the code was used";
    hub_start(&hub);
    assert_int_equal(lt_join_talk(&request, &keys, &joined, text), LT_REFUSED);
    assert_string_equal(text, "the code was used");
    assert_int_equal(joined.endpoint_count, 0);
}

static void another_hub_never_hears_the_secret(void **state)
{
    uint8_t secret[32];
    (void)state;
    crypto_box_keypair(request.hub_curve, secret);
    request.wait_ms = 1000;
    assert_int_equal(lt_join_talk(&request, &keys, &joined, text), LT_NETWORK);
    assert_non_null(strstr(text, request.endpoints[0]));
    assert_int_equal(atomic_load(&hub.messages), 0);
}

static void a_dead_endpoint_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(lt_join_request_endpoint(&request, "127.0.0.1:1", true), LT_OK);
    assert_string_equal(request.endpoints[0], "tcp://127.0.0.1:1");
    assert_int_equal(lt_join_talk(&request, &keys, &joined, text), LT_OK);
    assert_int_equal(joined.endpoint_count, 3);
}

static void endpoints_are_checked(void **state)
{
    static const char *const bad[] = {"",       "host",          "host:",          ":1",
                                      "host:0", "host:65536",    "ipc:///tmp/a:1", "host:12a",
                                      "a b:1",  "tcp://h:1;x:2", "udp://h:1",      "host:*"};
    char endpoint[32];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(lt_join_request_endpoint(&request, bad[i], false), LT_MALFORMED);
    }
    for (unsigned i = 1; i < LT_JOIN_ENDPOINTS_MAX; i++) {
        snprintf(endpoint, sizeof(endpoint), "[::1]:%u", i);
        assert_int_equal(lt_join_request_endpoint(&request, endpoint, false), LT_OK);
    }
    assert_int_equal(lt_join_request_endpoint(&request, "one.more:1", true), LT_TOO_LARGE);
    assert_int_equal(lt_join_request_endpoint(&request, "[::1]:7", true), LT_OK);
    assert_string_equal(request.endpoints[0], "tcp://[::1]:7");
    assert_string_equal(request.endpoints[7], "tcp://[::1]:6");
    assert_int_equal(request.endpoint_count, 8);
}

/* They are kept on disk whole: what stood in memory before must not come along. */
static void behind_an_endpoint_nothing_is_kept(void **state)
{
    char endpoint[LT_ENDPOINT_MAX];
    (void)state;
    memset(endpoint, 'a', sizeof(endpoint));
    memcpy(endpoint + sizeof(endpoint) - 20, ":0", 3); /* read, and no endpoint */
    assert_int_equal(lt_join_request_endpoint(&request, endpoint, false), LT_MALFORMED);
    assert_int_equal(lt_join_request_endpoint(&request, "b:1", true), LT_OK);
    for (size_t at = strlen("tcp://b:1"); at < LT_ENDPOINT_MAX; at++) {
        assert_int_equal(request.endpoints[0][at], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_good_code_tells_who_we_are, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_reply_is_asked_for_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refusal_is_told_in_the_hubs_words, setup, teardown),
        cmocka_unit_test_setup_teardown(another_hub_never_hears_the_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dead_endpoint_is_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(endpoints_are_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(behind_an_endpoint_nothing_is_kept, setup, teardown),
    };
    return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
