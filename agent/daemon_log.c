/* The lines of the log. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/journald.h"
#include "agent/text.h"

enum { LINE_MAX_BYTES = 1024, FIELDS_MAX = 8 };

struct fields {
    size_t count;
    struct lt_journald_field list[FIELDS_MAX];
};

static atomic_int chosen = LT_LOG_INFO;
static struct fields always; /* set before threads start */
static _Thread_local struct fields next;

static const int priorities[] = {3, 4, 6}; /* syslog's */

void lt_daemon_level(enum lt_log_level level)
{
    atomic_store(&chosen, (int)level);
}

bool lt_daemon_level_parse(const char *word, enum lt_log_level *ret_level)
{
    static const char *const words[] = {"error", "warning", "info"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(word, words[i]) == 0) {
            *ret_level = (enum lt_log_level)i;
            return true;
        }
    }
    return false;
}

/* A peer's words must make no lines, and no fields, of their own. */
static void tame(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 127) {
            *text = '?';
        }
    }
}

/* One more than fit takes the place of the last. */
static struct lt_journald_field *add(struct fields *fields, const char *name)
{
    fields->count += fields->count < FIELDS_MAX;
    struct lt_journald_field *field = &fields->list[fields->count - 1];
    field->name = name;
    return field;
}

void lt_daemon_field(const char *name, const char *value)
{
    struct lt_journald_field *field = NULL;
    for (size_t i = 0; i < always.count && field == NULL; i++) {
        field = strcmp(always.list[i].name, name) == 0 ? &always.list[i] : NULL;
    }
    field = field != NULL ? field : add(&always, name);
    snprintf(field->value, sizeof(field->value), "%s", value);
    tame(field->value);
}

void lt_daemon_next(const char *name, const char *value)
{
    struct lt_journald_field *field = add(&next, name);
    snprintf(field->value, sizeof(field->value), "%s", value);
    tame(field->value);
}

void lt_daemon_stamp(enum lt_log_level level, char ret_stamp[LT_STAMP_MAX])
{
    char at[LT_TIME_TEXT_MAX];
    if (lt_journald_reads()) {
        snprintf(ret_stamp, LT_STAMP_MAX, "<%d>", priorities[level]);
        return;
    }
    lt_time_format(lt_clock_wall(), at);
    snprintf(ret_stamp, LT_STAMP_MAX, "%s ", at);
}

void lt_daemon_line(enum lt_log_level level, const char *prefix, const char *text)
{
    char line[LINE_MAX_BYTES], stamp[LT_STAMP_MAX];
    struct fields fields = always;
    for (size_t i = 0; i < next.count && fields.count < FIELDS_MAX; i++) {
        fields.list[fields.count++] = next.list[i];
    }
    next.count = 0;
    if ((int)level > atomic_load(&chosen)) {
        return;
    }
    snprintf(line, sizeof(line), "%s", text);
    tame(line);
    if (lt_journald_reads() &&
        lt_journald_send(priorities[level], line, fields.list, fields.count)) {
        return;
    }
    lt_daemon_stamp(level, stamp);
    fprintf(stderr, "%s%s%s\n", stamp, prefix, line); /* stderr locks itself: whole lines */
}

void lt_daemon_log(enum lt_log_level level, const char *format, ...)
{
    const char *const names[] = {lt_text("lỗi: ", "error: "), lt_text("lưu ý: ", "warning: "), ""};
    char text[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (size >= 0) {
        lt_daemon_line(level, names[level], text);
    }
}
