/* options.h - the command line of a subcommand, and the exit codes.
 *
 * Common options, understood by every subcommand: --dir D (the site's folder; without it
 * /var/lib/lienthong-agent where that is the user's own, which is the machine's service, else
 * $XDG_DATA_HOME/lienthong-agent, else ~/.local/share/lienthong-agent), --json, --lang vi|en,
 * --quiet (no bar while long work goes on, progress.h), --help.
 * "--name value" and "--name=value"; "--" ends the options; options and operands may be mixed. An
 * unknown option, a missing value or one too many is told on stderr. A folder taken is guarded (guard.h).
 * Start-up only: one thread. */
#ifndef LT_OPTIONS_H
#define LT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/result.h"

/* Exit codes of lienthong-agent. */
enum lt_exit {
    LT_EXIT_OK = 0,
    LT_EXIT_UNFINISHED =
        1, /* something is left for people: rows refused or asked about (the good ones
                               are in), a replacement not confirmed, not everything at the top */
    LT_EXIT_FAILED = 2, /* nothing done: not joined, store damaged, disk full, no such file … */
    LT_EXIT_USAGE = 64, /* called wrongly (EX_USAGE of sysexits.h) */
};
/* LT_OK: 0; LT_USAGE: 64; else 2. */
int lt_exit_of(enum lt_result result);

enum { LT_OPTIONS_MAX = 16, LT_DIR_MAX = 4096 };

/* An option of one subcommand. */
struct lt_option {
    const char *name; /* "--replace" */
    bool has_value;
};

struct lt_options {
    char dir[LT_DIR_MAX];
    bool json;
    const char
        *values[LT_OPTIONS_MAX]; /* by option of the subcommand: NULL not given; "" without value */
    char **operands; /* into argv, which is reordered */
    size_t operand_count;
};

/* Parses argv after argv[0]. `usage` is what --help prints and what follows an error, in the language
 * of the process (--lang works on it: both languages are given). False: *ret_exit is the exit code to
 * leave with, and all has been said. */
bool lt_options_parse(int argc, char **argv, const struct lt_option *options, size_t option_count,
                      const char *usage_vietnamese, const char *usage_english,
                      struct lt_options *ret_options, int *ret_exit);

/* Says that there is no memory; returns LT_EXIT_FAILED. */
int lt_options_no_memory(void);
/* Says what is wrong with the command line, and how to call it; returns LT_EXIT_USAGE. */
int lt_options_usage(const char *usage_vietnamese, const char *usage_english, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

#endif
