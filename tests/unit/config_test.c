/* hub.conf: what is impossible is an error that names file, line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hub/config.h"

static char dir[] = "/tmp/lt-config-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    char path[100];
    (void)state;
    snprintf(path, sizeof(path), "%s/hub.conf", dir);
    return remove(path) + remove(dir);
}

/* Of a file that ends with `line`, its third. */
static enum lt_result read_line(const char *line, struct lt_hub_config *ret_config,
                                char ret_reason[300])
{
    char path[100];
    snprintf(path, sizeof(path), "%s/hub.conf", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "; a hub\nlisten = tcp://127.0.0.1:7400\n%s\n", line);
    assert_int_equal(fclose(file), 0);
    ret_reason[0] = '\0';
    return lt_config_read(dir, ret_config, ret_reason);
}

static void times(void **state)
{
    static const struct {
        const char *text;
        uint32_t seconds;
    } good[] = {{"1s", 1}, {"90m", 5400}, {"36h", 129600}, {"7d", 604800}, {"366d", 366 * 86400}};
    struct lt_hub_config config;
    char line[100], reason[300];
    (void)state;
    assert_int_equal(read_line("", &config, reason), LT_OK);
    assert_int_equal(config.silent_after_s, LT_CONFIG_SILENT_AFTER_S);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        snprintf(line, sizeof(line), "silent_after = %s", good[i].text);
        assert_int_equal(read_line(line, &config, reason), LT_OK);
        assert_int_equal(config.silent_after_s, good[i].seconds);
    }
}

static void impossible_times(void **state)
{
    static const char *const bad[] = {"0s",
                                      "0d",
                                      "soon",
                                      "36",
                                      "36 h",
                                      "-36h",
                                      "+36h",
                                      "1.5h",
                                      "36H",
                                      "367d",
                                      "36hh",
                                      "h",
                                      "99999999999999999999d",
                                      "8784h1"};
    struct lt_hub_config config = {.silent_after_s = 4711};
    char line[100], reason[300], wanted[300];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(line, sizeof(line), "silent_after = %s", bad[i]);
        assert_int_equal(read_line(line, &config, reason), LT_MALFORMED);
        snprintf(wanted, sizeof(wanted),
                 "%s/hub.conf:3: silent_after: '%.40s' is not a time such as 90m, 36h or 7d", dir,
                 bad[i]);
        assert_string_equal(reason, wanted);
        assert_int_equal(config.silent_after_s, 4711); /* untouched */
    }
    assert_int_equal(read_line("silent_after =", &config, reason), LT_MALFORMED);
    assert_non_null(strstr(reason, "hub.conf:3: silent_after: ''"));
    assert_int_equal(read_line("silent after = 36h", &config, reason), LT_MALFORMED);
    assert_non_null(strstr(reason, "hub.conf:3: 'silent after' is not known"));
}

static void rates(void **state)
{
    struct lt_hub_config config;
    char reason[300];
    (void)state;
    assert_int_equal(read_line("", &config, reason), LT_OK);
    assert_int_equal(config.release_kib_s, 256);
    assert_int_equal(read_line("release_kib_s = 0", &config, reason), LT_OK);
    assert_int_equal(config.release_kib_s, 0);
    assert_int_equal(read_line("release_kib_s = 1000001", &config, reason), LT_MALFORMED);
    assert_non_null(strstr(reason, "release_kib_s"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(impossible_times),
        cmocka_unit_test(rates),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
