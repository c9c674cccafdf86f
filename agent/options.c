#include "agent/options.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/guard.h"
#include "agent/progress.h"
#include "agent/site_dir.h"
#include "agent/text.h"

enum { COMMON_DIR, COMMON_JSON, COMMON_LANG, COMMON_QUIET, COMMON_HELP, COMMON_COUNT };
static const struct lt_option common[COMMON_COUNT] = {
    {"--dir", true}, {"--json", false}, {"--lang", true}, {"--quiet", false}, {"--help", false}};

int lt_exit_of(enum lt_result result)
{
    return result == LT_OK ? LT_EXIT_OK : result == LT_USAGE ? LT_EXIT_USAGE : LT_EXIT_FAILED;
}

int lt_options_no_memory(void)
{
    fprintf(stderr, "%s\n", lt_text("hết bộ nhớ", "out of memory"));
    return LT_EXIT_FAILED;
}

int lt_options_usage(const char *usage_vietnamese, const char *usage_english, const char *format,
                     ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n%s", lt_text_is_english() ? usage_english : usage_vietnamese);
    return LT_EXIT_USAGE;
}

/* ---- Finding an option ---- */

static const struct lt_option *find(const struct lt_option *options, size_t count,
                                    const char *argument, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(options[i].name) == size && memcmp(options[i].name, argument, size) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

struct parsing {
    const struct lt_option *options;
    size_t option_count;
    const char *values[LT_OPTIONS_MAX];
    const char *common_values[COMMON_COUNT];
    const char *wrong; /* the argument */
    const char *why; /* Vietnamese */
    const char *why_english;
};

static bool fail(struct parsing *parsing, const char *argument, const char *vietnamese,
                 const char *english)
{
    parsing->wrong = argument;
    parsing->why = vietnamese;
    parsing->why_english = english;
    return false;
}

/* Takes an option, and its value from `next` when it needs it; *ret_used tells that it did. */
static bool take(struct parsing *parsing, const char *argument, const char *next, bool *ret_used)
{
    size_t size = strcspn(argument, "=");
    const char *value = argument[size] == '=' ? argument + size + 1 : NULL;
    const char **slot;
    const struct lt_option *option = find(parsing->options, parsing->option_count, argument, size);
    if (option != NULL) {
        slot = &parsing->values[option - parsing->options];
    } else {
        option = find(common, COMMON_COUNT, argument, size);
        if (option == NULL) {
            return fail(parsing, argument, "không có tùy chọn này", "no such option");
        }
        slot = &parsing->common_values[option - common];
    }
    if (!option->has_value && value != NULL) {
        return fail(parsing, argument, "tùy chọn này không có giá trị",
                    "the option takes no value");
    }
    *ret_used = option->has_value && value == NULL;
    if (*ret_used) {
        value = next;
    }
    if (option->has_value && value == NULL) {
        return fail(parsing, argument, "thiếu giá trị", "its value is missing");
    }
    *slot = value != NULL ? value : "";
    return true;
}

/* ---- The folder ---- */

static bool choose_dir(struct parsing *parsing, struct lt_options *options)
{
    const char *given = parsing->common_values[COMMON_DIR];
    if (given == NULL) {
        return lt_site_dir(options->dir) ||
               fail(parsing, "--dir", "không biết thư mục của người dùng; ghi --dir",
                    "the user's folder is not known; give --dir");
    }
    if (given[0] == '\0' || strlen(given) >= LT_DIR_MAX) {
        return fail(parsing, "--dir", "thư mục trống hoặc quá dài", "it is empty or too long");
    }
    memcpy(options->dir, given, strlen(given) + 1);
    return true;
}

static bool choose_language(struct parsing *parsing)
{
    const char *language = parsing->common_values[COMMON_LANG];
    if (language != NULL) {
        if (strcmp(language, "vi") != 0 && strcmp(language, "en") != 0) {
            return fail(parsing, "--lang", "chỉ có vi và en", "there are vi and en");
        }
        lt_text_language(language);
    }
    return true;
}

/* Takes the options out of argv; the operands stay, from argv[1]. */
static bool take_all(struct parsing *parsing, int argc, char **argv, size_t *ret_operands)
{
    bool good = true, ended = false;
    size_t operands = 0;
    for (int i = 1; i < argc && good; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
        } else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            bool used = false;
            good = take(parsing, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used);
            i += used;
        } else {
            argv[1 + operands++] = argv[i];
        }
    }
    *ret_operands = operands;
    return good;
}

bool lt_options_parse(int argc, char **argv, const struct lt_option *options, size_t option_count,
                      const char *usage_vietnamese, const char *usage_english,
                      struct lt_options *ret_options, int *ret_exit)
{
    assert(option_count <= LT_OPTIONS_MAX);
    struct parsing parsing = {.options = options, .option_count = option_count};
    struct lt_options parsed = {.operands = argv + 1};
    bool good = take_all(&parsing, argc, argv, &parsed.operand_count);
    good = choose_language(&parsing) && good; /* an error too is told in the language asked for */
    if (good && parsing.common_values[COMMON_HELP] != NULL) {
        fputs(lt_text_is_english() ? usage_english : usage_vietnamese, stdout);
        *ret_exit = LT_EXIT_OK;
        return false;
    }
    if (!good || !choose_dir(&parsing, &parsed)) {
        *ret_exit = lt_options_usage(usage_vietnamese, usage_english, "%s: %s", parsing.wrong,
                                     lt_text_is_english() ? parsing.why_english : parsing.why);
        return false;
    }
    parsed.json = parsing.common_values[COMMON_JSON] != NULL;
    memcpy(parsed.values, parsing.values, sizeof(parsed.values));
    lt_progress_allow(parsing.common_values[COMMON_QUIET] == NULL);
    lt_guard_store(parsed.dir);
    *ret_options = parsed;
    return true;
}
