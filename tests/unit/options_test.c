/* The command line of a subcommand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/options.h"
#include "agent/text.h"

enum { OPT_KIND, OPT_YES };
static const struct lt_option known[] = {{"--kind", true}, {"--yes", false}};

static struct lt_options parsed;
static int code;

static bool parse(const char *line)
{
    static char copy[200];
    static char *argv[20];
    int argc = 0;
    snprintf(copy, sizeof(copy), "%s", line);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    return lt_options_parse(argc, argv, known, 2, "vi\n", "en\n", &parsed, &code);
}

static void options_and_operands_mix(void **state)
{
    (void)state;
    assert_true(parse("import a.csv --kind award b.csv --dir=/d --yes --json -- --c.csv"));
    assert_int_equal(parsed.operand_count, 3);
    assert_string_equal(parsed.operands[0], "a.csv");
    assert_string_equal(parsed.operands[1], "b.csv");
    assert_string_equal(parsed.operands[2], "--c.csv");
    assert_string_equal(parsed.dir, "/d");
    assert_string_equal(parsed.values[OPT_KIND], "award");
    assert_string_equal(parsed.values[OPT_YES], "");
    assert_true(parsed.json);
    assert_true(parse("import -"));
    assert_int_equal(parsed.operand_count, 1);
    assert_null(parsed.values[OPT_KIND]);
    assert_false(parsed.json);
}

static void wrong_calls(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "x --bogus",   "x --kind",  "x --yes=1",  "x --dir=", "x -k",
        "x --lang fr", "x --kin a", "x --json=1", "x --dir",  "x --kindred a"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        code = -1;
        assert_false(parse(lines[i]));
        assert_int_equal(code, LT_EXIT_USAGE);
    }
    assert_false(parse("x --help"));
    assert_int_equal(code, LT_EXIT_OK);
}

static void the_folder(void **state)
{
    (void)state;
    setenv("HOME", "/home/x", 1);
    unsetenv("XDG_DATA_HOME");
    assert_true(parse("x"));
    assert_string_equal(parsed.dir, "/home/x/.local/share/lienthong-agent");
    setenv("XDG_DATA_HOME", "/data", 1);
    assert_true(parse("x"));
    assert_string_equal(parsed.dir, "/data/lienthong-agent");
    setenv("XDG_DATA_HOME", "relative", 1); /* by its standard to be ignored */
    assert_true(parse("x"));
    assert_string_equal(parsed.dir, "/home/x/.local/share/lienthong-agent");
    unsetenv("HOME");
    assert_false(parse("x"));
    assert_int_equal(code, LT_EXIT_USAGE);
}

static void exit_codes(void **state)
{
    (void)state;
    assert_int_equal(lt_exit_of(LT_OK), 0);
    assert_int_equal(lt_exit_of(LT_USAGE), 64);
    assert_int_equal(lt_exit_of(LT_NO_SPACE), 2);
}

static void the_language_asked_for(void **state)
{
    (void)state;
    setenv("HOME", "/home/x", 1);
    assert_true(parse("x --lang en"));
    assert_true(lt_text_is_english());
    assert_true(parse("x --lang vi"));
    assert_false(lt_text_is_english());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_operands_mix),
        cmocka_unit_test(wrong_calls),
        cmocka_unit_test(the_folder),
        cmocka_unit_test(exit_codes),
        cmocka_unit_test(the_language_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
