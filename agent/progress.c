#include "agent/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/text.h"

enum {
    BEGIN_MS = 500,
    EVERY_MS = 125,
    COLUMNS_MAX = 120,
    COLUMNS_UNKNOWN = 80,
    BAR_MAX = 40,
    BAR_MIN = 8,
    KNOWN_MS = 3000, /* before that nobody can tell how long the rest takes */
};

static _Thread_local struct {
    bool allowed;
    const char *what; /* NULL: nothing goes on */
    uint64_t done;
    lt_ms since, drawn_at;
    unsigned width; /* of what stands there */
} bar;

void lt_progress_allow(bool allowed)
{
    const char *terminal = getenv("TERM");
    bar.allowed = allowed && terminal != NULL && terminal[0] != '\0' &&
                  strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO) == 1;
}

/* Letters, as both languages are written. */
static unsigned width_of(const char *text)
{
    unsigned width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return width;
}

static void cut_to(char *text, unsigned columns)
{
    unsigned width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xc0) != 0x80;
        if (width > columns) {
            *text = '\0';
            return;
        }
    }
}

void lt_progress_line(const char *what, uint64_t done, uint64_t total, uint64_t left_s,
                      unsigned columns, char ret_line[LT_PROGRESS_LINE_MAX])
{
    char number[LT_NUMBER_TEXT_MAX], left[64] = "", cells[BAR_MAX + 4] = "";
    if (total == 0) {
        lt_text_number((int64_t)done, number);
        snprintf(ret_line, LT_PROGRESS_LINE_MAX, "%.200s: %s", what, number);
        cut_to(ret_line, columns);
        return;
    }
    const double part = done < total ? (double)done / (double)total : 1;
    if (left_s > 0) {
        snprintf(left, sizeof(left),
                 lt_text(" còn khoảng %" PRIu64 " s", " about %" PRIu64 " s left"), left_s);
    }
    snprintf(ret_line, LT_PROGRESS_LINE_MAX, "%.200s %3u %%%s", what, (unsigned)(part * 100), left);
    const unsigned used = width_of(ret_line) + 3; /* a blank and two brackets */
    unsigned bar_width = used < columns ? columns - used : 0;
    bar_width = bar_width > BAR_MAX ? BAR_MAX : bar_width;
    if (bar_width >= BAR_MIN) {
        const unsigned full = (unsigned)(part * bar_width);
        snprintf(cells, sizeof(cells), " [%.*s%.*s]", (int)full,
                 "########################################", (int)(bar_width - full),
                 "........................................");
    }
    snprintf(ret_line, LT_PROGRESS_LINE_MAX, "%.200s %3u %%%s%s", what, (unsigned)(part * 100),
             cells, left);
    cut_to(ret_line, columns);
}

/* The last column stays free: some terminals go on to the next line when it is written to. */
static unsigned columns_of_terminal(void)
{
    struct winsize size;
    unsigned columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
                           ? size.ws_col
                           : COLUMNS_UNKNOWN;
    return columns < COLUMNS_MAX ? columns - 1 : COLUMNS_MAX;
}

static void draw(uint64_t total, lt_ms now)
{
    char line[LT_PROGRESS_LINE_MAX];
    const lt_ms spent = now - bar.since;
    const bool known = spent >= KNOWN_MS && bar.done > 0 && bar.done < total;
    const double left_ms =
        known ? (double)spent / (double)bar.done * (double)(total - bar.done) : 0;
    const unsigned columns = columns_of_terminal();
    lt_progress_line(bar.what, bar.done, total, left_ms < 1e9 ? (uint64_t)(left_ms / 1000) : 0,
                     columns, line);
    const unsigned width = width_of(line);
    fprintf(stderr, "\r%s%*s", line,
            width < bar.width && bar.width <= columns ? (int)(bar.width - width) : 0, "");
    fflush(stderr);
    bar.width = width > bar.width ? width : bar.width;
    bar.drawn_at = now;
}

void lt_progress(const char *what, uint64_t done, uint64_t total)
{
    if (!bar.allowed) {
        return;
    }
    const lt_ms now = lt_clock_monotonic();
    if (bar.what == NULL || strcmp(bar.what, what) != 0 || done < bar.done) {
        lt_progress_clear();
        bar.what = what;
        bar.since = now;
        bar.drawn_at = 0;
    }
    bar.done = done;
    if (total > 0 && done >= total) {
        lt_progress_clear();
    } else if (now - bar.since >= BEGIN_MS && now - bar.drawn_at >= EVERY_MS) {
        draw(total, now);
    }
}

void lt_progress_clear(void)
{
    if (bar.width > 0) {
        fprintf(stderr, "\r%*s\r", (int)bar.width, "");
        fflush(stderr);
    }
    bar.what = NULL;
    bar.done = 0;
    bar.width = 0;
}
