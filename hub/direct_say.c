/* From a process that is not the running hub: through it, or directly where none runs. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "hub/control.h"
#include "hub/direct.h"

struct direct_path { /* where no hub runs */
    const char *dir;
    int lock;
    struct lt_ledger *ledger;
    struct lt_keys keys;
};

static void close_path(struct direct_path *path)
{
    if (path->ledger != NULL) {
        lt_ledger_close(path->ledger);
    }
    if (path->lock >= 0) {
        close(path->lock);
    }
    lt_keys_wipe(&path->keys);
}

static enum lt_result open_path(struct direct_path *path, char *ret_reason)
{
    char reason[200] = "";
    enum lt_result result = lt_control_lock(path->dir, &path->lock, reason);
    if (result == LT_OK) {
        result = lt_keys_load(path->dir, &path->keys, reason);
    }
    if (result == LT_OK) {
        result = lt_ledger_open(path->dir, false, &path->ledger, reason);
    }
    if (result == LT_OK) {
        result = lt_ledger_hold(path->ledger, true); /* judged again once, after the last word */
    }
    if (result != LT_OK) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", reason);
    }
    return result;
}

static enum lt_result say_directly(struct direct_path *path, Lienthong__DirectiveBody *body,
                                   char *ret_reason)
{
    enum lt_result result = path->ledger == NULL ? open_path(path, ret_reason) : LT_OK;
    if (result == LT_OK) {
        result = lt_direct_check(path->ledger, body, NULL, ret_reason);
    }
    if (result == LT_OK) {
        result = lt_direct_commit(path->ledger, &path->keys, body, lt_clock_wall());
        if (result != LT_OK) {
            snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", lt_direct_failed(result));
        }
    }
    return result;
}

/* LT_NOT_FOUND with *ret_none: none runs there. */
static enum lt_result ask_running(const char *dir, Lienthong__DirectiveBody *body, bool *ret_none,
                                  char *ret_reason)
{
    char *answer = NULL;
    size_t size = lienthong__directive_body__get_packed_size(body);
    uint8_t *bytes = malloc(size + 1);
    *ret_none = false;
    if (bytes == NULL) {
        return LT_NO_MEMORY;
    }
    lienthong__directive_body__pack(body, bytes);
    enum lt_result result =
        lt_control_call(dir, LT_VERB_DIRECT, (struct lt_bytes){bytes, size}, &answer);
    free(bytes);
    *ret_none = result == LT_NOT_FOUND && answer == NULL;
    if (result != LT_OK) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s",
                 answer != NULL ? answer : "the running hub does not answer");
    }
    free(answer);
    return result;
}

static enum lt_result say_one(struct direct_path *path, Lienthong__DirectiveBody *body,
                              char *ret_reason)
{
    bool none = true;
    enum lt_result result =
        path->ledger == NULL ? ask_running(path->dir, body, &none, ret_reason) : LT_NOT_FOUND;
    if (none) {
        ret_reason[0] = '\0';
        result = say_directly(path, body, ret_reason);
    }
    return result;
}

/* The running hub answers when a word is durable; figures follow when all is judged by it. */
static void await_judging(const char *dir)
{
    enum { LOOK_MS = 50 };
    char *answer = NULL;
    while (lt_control_call(dir, LT_VERB_JUDGED, (struct lt_bytes){NULL, 0}, &answer) == LT_BUSY) {
        free(answer);
        answer = NULL;
        (void)poll(NULL, 0, LOOK_MS); /* it may take minutes, and has nobody to tell */
    }
    free(answer);
}

/* The parts that a unit was split into are checked together. */
static bool belong_together(const Lienthong__Directive *item, const Lienthong__Directive *next)
{
    const Lienthong__Succession *a = item->succession, *b = next->succession;
    return a != NULL && b != NULL && a->unit != NULL && b->unit != NULL &&
           a->unit->valid_from == b->unit->valid_from && strcmp(a->unit->code, b->unit->code) == 0;
}

/* How many of the items fit one update. */
static size_t fitting(Lienthong__Directive **items, size_t count)
{
    size_t bytes = 64, fit = 0;
    while (fit < count && fit < LT_DIRECT_ITEMS_MAX) {
        bytes += lienthong__directive__get_packed_size(items[fit]) + 6;
        if (bytes > LT_DIRECT_BYTES_MAX) {
            break;
        }
        fit++;
    }
    size_t cut = fit;
    while (cut > 0 && cut < count && belong_together(items[cut - 1], items[cut])) {
        cut--;
    }
    return cut > 0 ? cut : fit;
}

enum lt_result lt_direct_say(const char *dir, Lienthong__Directive **items, size_t count,
                             size_t *ret_said, char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct direct_path path = {.dir = dir, .lock = -1};
    enum lt_result result = LT_OK;
    ret_reason[0] = '\0';
    *ret_said = 0;
    while (*ret_said < count && result == LT_OK) {
        Lienthong__DirectiveBody body;
        lienthong__directive_body__init(&body);
        body.items = items + *ret_said;
        body.n_items = fitting(body.items, count - *ret_said);
        result = body.n_items > 0 ? say_one(&path, &body, ret_reason) : LT_TOO_LARGE;
        if (result == LT_OK) {
            *ret_said += body.n_items;
        } else if (ret_reason[0] == '\0') {
            snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", lt_result_text(result));
        }
    }
    if (path.ledger == NULL && *ret_said > 0) {
        await_judging(dir);
    }
    if (path.ledger != NULL) {
        const enum lt_result judged = lt_ledger_hold(path.ledger, false);
        if (result == LT_OK && judged != LT_OK) {
            result = judged;
            snprintf(ret_reason, LT_DIRECT_REASON_MAX, "said, but not judged by: %s",
                     lt_result_text(judged));
        }
    }
    close_path(&path);
    return result;
}

enum lt_result lt_direct_ask(const char *dir, Lienthong__Directive **items, size_t count,
                             char ret_reason[LT_DIRECT_REASON_MAX])
{
    Lienthong__DirectiveBody body;
    bool none;
    ret_reason[0] = '\0';
    lienthong__directive_body__init(&body);
    body.items = items;
    body.n_items = count;
    enum lt_result result = ask_running(dir, &body, &none, ret_reason);
    if (none) {
        ret_reason[0] = '\0';
    }
    return result;
}
