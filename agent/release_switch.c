#include "agent/release_switch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/text.h"
#include "agent/whole_file.h"

static const char title[] = "lienthong switch 1\n";
static const char *const names[LT_BACKS] = {"probe", "file", "starts", "store", "time"};
enum { CHECK_BYTES = 8, HASH_DIGITS = 2 * sizeof(struct lt_hash) };

const char *lt_back_name(enum lt_back why)
{
    return names[why];
}

const char *lt_back_text(enum lt_back why)
{
    switch (why) {
    case LT_BACK_PROBE:
        return lt_text("không chạy thử được trên máy này", "it did not pass its trial on this PC");
    case LT_BACK_FILE:
        return lt_text("không khởi động được, hoặc tệp đã hỏng",
                       "it could not be started, or its file was damaged");
    case LT_BACK_STARTS:
        return lt_text("ba lần khởi động đều dừng đột ngột", "three starts ended early");
    case LT_BACK_STORE:
        return lt_text("không mở được kho dữ liệu", "it could not open the store");
    case LT_BACK_TIME:
    case LT_BACKS:
        break;
    }
    return lt_text("không nhận được biên nhận của cấp cao nhất trong thời hạn",
                   "no receipt of the top came in time");
}

/* ---- The file ---- */

struct text {
    char bytes[LT_SWITCH_BYTES_MAX];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int size =
        vsnprintf(text->bytes + text->size, sizeof(text->bytes) - text->size, format, arguments);
    va_end(arguments);
    assert(size > 0 && (size_t)size < sizeof(text->bytes) - text->size);
    text->size += (size_t)size;
}

static void put_program(struct text *text, const char *name,
                        const struct lt_switch_program *program)
{
    char hex[HASH_DIGITS + 1];
    lt_hex(program->hash.bytes, sizeof(program->hash.bytes), hex);
    put(text, "%s %" PRIu64 " %s\n", name, program->number, hex);
}

static void compose(const struct lt_switch *state, struct text *ret_text)
{
    struct lt_hash hash;
    char hex[2 * CHECK_BYTES + 1];
    ret_text->size = 0;
    put(ret_text, "%s", title);
    put_program(ret_text, "kept", &state->kept);
    put_program(ret_text, "trying", &state->trying);
    put(ret_text, "starts %" PRIu32 "\nran %" PRIu64 "\nlacking %" PRIu64 "\n", state->starts,
        state->ran_s, state->lacking);
    for (size_t i = 0; i < state->bad_count; i++) {
        put(ret_text, "bad %" PRIu64 " %s\n", state->bad[i].number, names[state->bad[i].why]);
    }
    lt_hash_of(ret_text->bytes, ret_text->size, &hash);
    lt_hex(hash.bytes, CHECK_BYTES, hex);
    put(ret_text, "check %s\n", hex);
}

/* Takes "name number" from the front of *at; whether the number is written as we do is seen in the end. */
static bool take_number(const char **at, const char *name, uint64_t *ret_number)
{
    const size_t length = strlen(name);
    char *end;
    if (strncmp(*at, name, length) != 0 || (*at)[length] != ' ') {
        return false;
    }
    *ret_number = strtoull(*at + length + 1, &end, 10);
    *at = end;
    return true;
}

static bool take_end(const char **at)
{
    const bool ends = **at == '\n';
    *at += ends;
    return ends;
}

static bool take_program(const char **at, const char *name, struct lt_switch_program *ret_program)
{
    char hex[HASH_DIGITS + 1];
    if (!take_number(at, name, &ret_program->number) || **at != ' ' ||
        strcspn(*at + 1, "\n") != HASH_DIGITS) {
        return false;
    }
    memcpy(hex, *at + 1, HASH_DIGITS);
    hex[HASH_DIGITS] = '\0';
    *at += 1 + HASH_DIGITS;
    return lt_unhex(hex, ret_program->hash.bytes, sizeof(ret_program->hash.bytes)) == LT_OK &&
           take_end(at);
}

static bool take_bad(const char **at, struct lt_switch *state)
{
    uint64_t number;
    if (state->bad_count == LT_SWITCH_BAD_MAX || !take_number(at, "bad", &number) || **at != ' ') {
        return false;
    }
    if (state->bad_count > 0 && number <= state->bad[state->bad_count - 1].number) {
        return false;
    }
    const size_t length = strcspn(*at + 1, "\n");
    for (size_t why = 0; why < LT_BACKS; why++) {
        if (strlen(names[why]) == length && strncmp(*at + 1, names[why], length) == 0) {
            state->bad[state->bad_count].number = number;
            state->bad[state->bad_count++].why = (enum lt_back)why;
            *at += 1 + length;
            return take_end(at);
        }
    }
    return false;
}

/* What is read is good when it is written as the same bytes, with the same check. */
static bool parse(const struct text *text, struct lt_switch *ret_state)
{
    struct lt_switch state = {.starts = 0};
    struct text again;
    uint64_t starts;
    const char *at = text->bytes;
    bool good = strncmp(at, title, sizeof(title) - 1) == 0;
    at += good ? sizeof(title) - 1 : 0;
    good = good && take_program(&at, "kept", &state.kept) &&
           take_program(&at, "trying", &state.trying) && take_number(&at, "starts", &starts) &&
           starts <= UINT32_MAX && take_end(&at) && take_number(&at, "ran", &state.ran_s) &&
           take_end(&at) && take_number(&at, "lacking", &state.lacking) && take_end(&at);
    while (good && strncmp(at, "bad ", 4) == 0) {
        good = take_bad(&at, &state);
    }
    if (!good || (state.trying.number != 0 && state.trying.number <= state.kept.number)) {
        return false;
    }
    state.starts = (uint32_t)starts;
    compose(&state, &again);
    if (again.size != text->size || memcmp(again.bytes, text->bytes, again.size) != 0) {
        return false;
    }
    *ret_state = state;
    return true;
}

static bool path_of(const char *dir, const char *name, char ret_path[PATH_MAX])
{
    return snprintf(ret_path, PATH_MAX, "%s/releases%s", dir, name) < PATH_MAX;
}

enum lt_result lt_switch_load(const char *dir, struct lt_switch *ret_switch)
{
    char path[PATH_MAX];
    struct text text;
    if (!path_of(dir, "/switch", path)) {
        return LT_IO;
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno != ENOENT) {
        return LT_IO;
    }
    if (fd < 0) {
        *ret_switch = (struct lt_switch){.starts = 0};
        return LT_OK;
    }
    const ssize_t size = read(fd, text.bytes, sizeof(text.bytes) - 1);
    close(fd);
    if (size < 0) {
        return LT_IO;
    }
    text.size = (size_t)size;
    text.bytes[text.size] = '\0';
    return parse(&text, ret_switch) ? LT_OK : LT_CORRUPT;
}

enum lt_result lt_switch_save(const char *dir, const struct lt_switch *state)
{
    char folder[PATH_MAX], path[PATH_MAX];
    struct text text;
    if (!path_of(dir, "", folder) || !path_of(dir, "/switch", path)) {
        return LT_IO;
    }
    if (!lt_folder_make(folder, 0700)) {
        return errno == ENOSPC || errno == EDQUOT ? LT_NO_SPACE : LT_IO;
    }
    compose(state, &text);
    return lt_whole_file_put(path, text.bytes, text.size);
}

enum lt_result lt_switch_set_aside(const char *dir)
{
    char path[PATH_MAX], aside[PATH_MAX];
    return path_of(dir, "/switch", path) && path_of(dir, "/switch.damaged", aside) &&
                   rename(path, aside) == 0 && lt_folder_sync_above(path)
               ? LT_OK
               : LT_IO;
}

/* ---- Decisions ---- */

static bool is_bad(const struct lt_switch *state, uint64_t number)
{
    bool bad = false;
    for (size_t i = 0; i < state->bad_count; i++) {
        bad = bad || state->bad[i].number == number;
    }
    return bad;
}

bool lt_switch_may_try(const struct lt_switch *state, uint64_t number, uint64_t installed)
{
    return state->trying.number == 0 && number > installed && number > state->kept.number &&
           !is_bad(state, number);
}

static void end_trial(struct lt_switch *state)
{
    state->trying = (struct lt_switch_program){.number = 0};
    state->starts = 0;
    state->ran_s = state->lacking = 0;
}

void lt_switch_try(struct lt_switch *state, const struct lt_switch_program *program,
                   uint64_t lacking)
{
    end_trial(state);
    state->trying = *program;
    state->lacking = lacking;
}

void lt_switch_keep(struct lt_switch *state)
{
    assert(state->trying.number > state->kept.number);
    state->kept = state->trying;
    end_trial(state);
}

void lt_switch_go_back(struct lt_switch *state, enum lt_back why)
{
    const uint64_t number = state->trying.number;
    end_trial(state);
    lt_switch_condemn(state, number, why);
}

void lt_switch_condemn(struct lt_switch *state, uint64_t number, enum lt_back why)
{
    size_t at = 0;
    if (number == 0 || is_bad(state, number)) {
        return;
    }
    if (state->bad_count == LT_SWITCH_BAD_MAX) {
        state->bad_count--;
        memmove(&state->bad[0], &state->bad[1], state->bad_count * sizeof(state->bad[0]));
    }
    while (at < state->bad_count && state->bad[at].number < number) {
        at++;
    }
    memmove(&state->bad[at + 1], &state->bad[at], (state->bad_count - at) * sizeof(state->bad[0]));
    state->bad[at].number = number;
    state->bad[at].why = why;
    state->bad_count++;
}

const struct lt_switch_program *lt_switch_choose(struct lt_switch *state, uint64_t installed,
                                                 uint64_t trial_s, bool *ret_changed)
{
    const uint32_t before = state->starts;
    *ret_changed = state->trying.number != 0;
    if (state->trying.number != 0 && state->trying.number <= installed) {
        end_trial(state); /* a newer package was installed meanwhile */
    } else if (state->trying.number != 0 && state->starts >= LT_SWITCH_STARTS_MAX) {
        lt_switch_go_back(state, LT_BACK_STARTS);
    } else if (state->trying.number != 0 && state->ran_s >= trial_s) {
        lt_switch_go_back(state, LT_BACK_TIME);
    }
    if (state->trying.number != 0) {
        state->starts++;
        return &state->trying;
    }
    if (state->kept.number <= installed) {
        return NULL;
    }
    state->starts = state->starts < LT_SWITCH_KEPT_STARTS_MAX ? state->starts + 1 : 0;
    *ret_changed = *ret_changed || state->starts != before;
    return state->starts > 0 ? &state->kept : NULL;
}

void lt_switch_ran(struct lt_switch *state, uint64_t since_start_s, uint64_t before_s)
{
    state->ran_s = before_s + since_start_s;
    if (since_start_s >= LT_SWITCH_EARLY_S) {
        state->starts = 0;
    }
}

void lt_switch_asked(struct lt_switch *state)
{
    state->starts -= state->starts > 0;
}

uint64_t lt_switch_greatest_bad(const struct lt_switch *state)
{
    return state->bad_count > 0 ? state->bad[state->bad_count - 1].number : 0;
}
