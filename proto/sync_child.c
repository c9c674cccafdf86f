#include "proto/sync_child_own.h"

#include <stdlib.h>
#include <string.h>

/* ---- Chance and time ---- */

/* splitmix64: enough for jitter and for telling sessions apart. */
static uint64_t draw(struct lt_child *child)
{
    uint64_t z = child->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 … most */
static uint64_t draw_up_to(struct lt_child *child, uint64_t most)
{
    uint64_t z = draw(child);
    return most == UINT64_MAX ? z : z % (most + 1);
}

lt_ms lt_ms_add(lt_ms a, lt_ms b)
{
    return a < LT_NEVER - 1 - b && b < LT_NEVER - 1 ? a + b : LT_NEVER - 1;
}

lt_ms lt_child_pause(struct lt_child *child, uint32_t exponent)
{
    lt_ms most = child->config.retry_most_ms;
    lt_ms first = child->config.retry_first_ms;
    if (exponent < 63 && first <= most >> exponent)
        most = first << exponent;
    lt_ms pause = draw_up_to(child, most);
    return pause < LT_CHILD_PAUSE_LEAST_MS ? LT_CHILD_PAUSE_LEAST_MS : pause;
}

lt_ms lt_child_asked_pause(struct lt_child *child, uint32_t retry_after_s)
{
    lt_ms asked = retry_after_s < LT_RETRY_AFTER_MAX_S ? retry_after_s : LT_RETRY_AFTER_MAX_S;
    return asked * 1000 + draw_up_to(child, asked * 100);
}

static lt_ms hello_pause(struct lt_child *child)
{
    lt_ms fifth = child->config.hello_every_ms / 5;
    lt_ms pause = lt_ms_add(child->config.hello_every_ms - fifth, draw_up_to(child, 2 * fifth));
    return pause > 0 ? pause : 1;
}

static void shift(lt_ms *time, lt_ms back)
{
    if (*time != LT_NEVER)
        *time = *time > back ? *time - back : 0;
}

/* A clock that jumped back takes all that we wait for with it. */
static void enter(struct lt_child *child, lt_ms now)
{
    if (now < child->now) {
        lt_ms back = child->now - now;
        shift(&child->pause_until, back);
        shift(&child->heard_at, back);
        shift(&child->welcomed_at, back);
        shift(&child->hello_at, back);
        shift(&child->busy_until, back);
    }
    child->now = now;
    child->heard = child->sign_later = false;
}

/* ---- Sessions ---- */

static void end_session(struct lt_child *child)
{
    lt_chains_clear(child);
    child->session = 0;
    child->busy_until = LT_NEVER;
    child->pieces = child->parent_ready = child->ready_said = child->pages_done = child->sign_said =
        false;
    child->book_changed = false;
    child->waiting = false;
    child->carried_bytes = 0;
}

static void give_up(struct lt_child *child)
{
    bool lived = child->phase == LT_PHASE_UP &&
                 child->now - child->welcomed_at >= child->config.answer_within_ms;
    end_session(child);
    if (!child->was_welcomed && child->failures < UINT32_MAX)
        child->failures++;
    if (lived)
        child->pauses = 0;
    child->phase = LT_PHASE_PAUSE;
    child->connected = child->was_welcomed = child->broken = false;
    lt_ms pause = lt_child_pause(child, child->pauses);
    if (pause < child->shut_out_ms)
        pause = child->shut_out_ms;
    child->pause_until = lt_ms_add(child->now, pause);
    child->shut_out_ms = 0;
    if (child->pauses < 63)
        child->pauses++;
}

static void begin_session(struct lt_child *child, struct lt_actions *out)
{
    uint64_t carried = child->flying_bytes;
    end_session(child);
    child->carried_bytes = carried;
    do
        child->session = draw(child);
    while (child->session == 0);
    child->phase = LT_PHASE_HELLO;
    if (!lt_child_say_hello(child, out))
        child->broken = true;
}

/* In a session that is up. */
static bool may_sign(const struct lt_child *child)
{
    return child->pages_done && child->blocking == 0 && child->parent_ready;
}

static void announce(struct lt_child *child, struct lt_actions *out)
{
    if (!may_sign(child))
        return;
    if (!child->ready_said) {
        child->ready_said = true;
        child->broken |= lt_actions_add(out, LT_DO_READY) == NULL;
    }
    if (child->drafts && !child->sign_said && !child->sign_later) {
        child->sign_said = true;
        child->broken |= lt_actions_add(out, LT_DO_SIGN) == NULL;
    }
}

static bool is_waiting(const struct lt_child *child)
{
    return child->phase == LT_PHASE_HELLO ||
           (child->phase == LT_PHASE_UP &&
            (!child->pages_done || child->flying > 0 || child->wanted > 0));
}

/* Does what can be done now. */
static void leave(struct lt_child *child, struct lt_actions *out)
{
    if (child->phase == LT_PHASE_UP && !child->broken && child->proves) {
        child->proves = false;
        child->proved = true;
        begin_session(child, out);
    }
    if (child->phase == LT_PHASE_UP && !child->broken) { /* broken: it may know too little */
        lt_fetch_work(child, out);
        announce(child, out);
        lt_push_work(child, out);
    }
    if (child->broken || child->shut_out_ms > 0)
        give_up(child);
    bool waiting = is_waiting(child);
    if (waiting && (!child->waiting || child->heard))
        child->heard_at = child->now;
    child->waiting = waiting;
}

/* ---- When ---- */

static lt_ms answer_due(const struct lt_child *child)
{
    uint64_t bytes = child->carried_bytes;
    if (child->flying_bytes > 0)
        bytes +=
            child->flying_bytes < LT_UPDATE_BYTES_MAX ? child->flying_bytes : LT_UPDATE_BYTES_MAX;
    if (child->wanted > 0)
        bytes += LT_UPDATE_BYTES_MAX;
    return lt_ms_add(child->heard_at, lt_ms_add(child->config.answer_within_ms,
                                                bytes / LT_CHILD_SLOWEST_BYTES_PER_MS));
}

/* What is under way may finish first; but a stuck chain is not kept for ever. */
static lt_ms hello_due(const struct lt_child *child)
{
    return child->waiting ? lt_ms_add(child->hello_at, child->config.hello_every_ms)
                          : child->hello_at;
}

static lt_ms earlier(lt_ms a, lt_ms b)
{
    return a < b ? a : b;
}

lt_ms lt_child_due(const struct lt_child *child)
{
    lt_ms due = LT_NEVER;
    switch (child->phase) {
    case LT_PHASE_PAUSE:
    case LT_PHASE_CONNECTING:
        due = child->pause_until;
        break;
    case LT_PHASE_HELLO:
        due = answer_due(child);
        break;
    case LT_PHASE_UP:
        due = earlier(hello_due(child), child->busy_until);
        if (child->drafts && !child->sign_said && may_sign(child))
            due = child->now;
        if (child->waiting)
            due = earlier(due, answer_due(child));
        break;
    }
    return due;
}

static void tick_up(struct lt_child *child, struct lt_actions *out)
{
    if (child->waiting && child->now >= answer_due(child)) {
        give_up(child);
    } else if (child->now >= hello_due(child)) {
        begin_session(child, out);
    } else if (child->now >= child->busy_until) {
        child->busy_until = LT_NEVER;
        lt_push_wake(child, LT_PUSH_BUSY_REST);
    }
}

void lt_child_afresh(struct lt_child *child, lt_ms now, struct lt_actions *out)
{
    enter(child, now);
    child->pauses = 0;
    if (child->phase == LT_PHASE_PAUSE) {
        lt_ms until = lt_ms_add(now, lt_child_pause(child, 0));
        child->pause_until = until < child->pause_until ? until : child->pause_until;
    }
    leave(child, out);
}

void lt_child_greet(struct lt_child *child, lt_ms now, struct lt_actions *out)
{
    enter(child, now);
    child->greet = child->phase == LT_PHASE_HELLO;
    if (child->phase == LT_PHASE_UP)
        child->hello_at = now;
    leave(child, out);
}

void lt_child_tick(struct lt_child *child, lt_ms now, struct lt_actions *out)
{
    enter(child, now);
    if (now >= lt_child_due(child)) {
        switch (child->phase) {
        case LT_PHASE_PAUSE:
            child->phase = LT_PHASE_CONNECTING;
            child->pause_until = lt_ms_add(now, child->config.answer_within_ms);
            child->broken |= lt_actions_add(out, LT_DO_CONNECT) == NULL;
            break;
        case LT_PHASE_CONNECTING:
        case LT_PHASE_HELLO:
            give_up(child);
            break;
        case LT_PHASE_UP:
            tick_up(child, out);
            break;
        }
    }
    leave(child, out);
}

/* ---- Events ---- */

void lt_child_connected(struct lt_child *child, lt_ms now, struct lt_actions *out)
{
    enter(child, now);
    child->connected = true;
    child->was_welcomed = child->proves = child->proved = false;
    lt_chains_clear(child); /* nothing of an earlier link is on its way */
    begin_session(child, out);
    leave(child, out);
}

void lt_child_disconnected(struct lt_child *child, lt_ms now, struct lt_actions *out)
{
    enter(child, now);
    if (child->phase != LT_PHASE_PAUSE)
        give_up(child);
    leave(child, out);
}

enum lt_result lt_child_message(struct lt_child *child, struct lt_bytes bytes, lt_ms now,
                                struct lt_actions *out)
{
    struct lt_message message;
    enum lt_result result = lt_message_open(bytes, &message);
    if (result != LT_OK)
        return result;
    if (child->session == 0 || message.session != child->session)
        return LT_OK;
    enter(child, now);
    bool was_up = child->phase == LT_PHASE_UP;
    result = lt_child_hear(child, &message, out);
    child->heard = result == LT_OK;
    if (child->phase == LT_PHASE_UP && !was_up)
        child->hello_at = child->greet ? now : lt_ms_add(now, hello_pause(child));
    child->greet = false;
    leave(child, out);
    return result;
}

/* An update that came to be here, or could not: whichever chain it is of. */
static void answer(struct lt_child *child, const struct lt_chain *id, bool stored)
{
    struct lt_child_chain *chain = stored ? lt_chains_get(child, id) : lt_chains_find(child, id);
    if (!chain)
        return;
    if (child->phase == LT_PHASE_UP) {
        chain->named |= child->pages_done;
        if (stored)
            lt_fetch_stored(child, chain);
        else
            lt_fetch_rejected(child, chain);
    }
}

void lt_child_stored(struct lt_child *child, const struct lt_chain *chain, lt_ms now,
                     struct lt_actions *out)
{
    enter(child, now);
    if (chain->stream == LT_STREAM_REPORT && lt_unit_cmp(&chain->unit, &child->config.unit) == 0) {
        child->sign_said = false;
        child->sign_later = true; /* at the next tick, which is due now */
    }
    if (child->session != 0)
        answer(child, chain, true);
    leave(child, out);
}

void lt_child_rejected(struct lt_child *child, const struct lt_chain *chain, lt_ms now,
                       struct lt_actions *out)
{
    enter(child, now);
    answer(child, chain, false);
    leave(child, out);
}

void lt_child_drafts(struct lt_child *child, bool waiting, lt_ms now, struct lt_actions *out)
{
    enter(child, now);
    child->drafts = waiting;
    child->sign_said = false;
    leave(child, out);
}

void lt_child_wall(struct lt_child *child, int64_t wall_time_s)
{
    child->wall_time_s = wall_time_s;
    child->wall_known = true;
}

void lt_child_report(struct lt_child *child, const Lienthong__Report *report,
                     struct lt_actions *out)
{
    if (child->phase == LT_PHASE_UP &&
        lt_actions_send(out, 0, LT_MSG_REPORT, child->session, &report->base) != LT_OK)
        return; /* one report less */
}

void lt_child_want_piece(struct lt_child *child, const struct lt_hash *hash, uint64_t offset,
                         struct lt_actions *out)
{
    struct lt_hash own = *hash;
    Lienthong__WantPiece want = LIENTHONG__WANT_PIECE__INIT;
    want.hash = (ProtobufCBinaryData){sizeof(own.bytes), own.bytes};
    want.offset = offset;
    if (child->phase == LT_PHASE_UP && child->pieces) /* without memory it is asked for again */
        (void)lt_actions_send(out, 0, LT_MSG_WANT_PIECE, child->session, &want.base);
}

void lt_child_state(const struct lt_child *child, struct lt_child_state *ret_state)
{
    bool up = child->phase == LT_PHASE_UP;
    bool fetched = up && child->pages_done && child->lacking == 0;
    *ret_state = (struct lt_child_state){
        .connected = child->connected,
        .welcomed = up,
        .fetched = fetched,
        .settled = fetched && child->flying == 0 && child->push_rests == 0 &&
                   !child->pushes[0].first && !child->pushes[1].first,
        .parent_ready = child->parent_ready,
        .pieces = up && child->pieces,
        .in_flight_updates = child->flying,
        .in_flight_bytes = child->flying_bytes,
        .parent = child->parent,
        .clock_skew_s = child->skew_s,
        .failures = child->failures,
        .session = child->session,
    };
}

struct lt_child *lt_child_new(const struct lt_child_config *config,
                              const struct lt_sync_store *store)
{
    struct lt_child *child = calloc(1, sizeof(*child));
    if (!child)
        return NULL;
    child->config = *config;
    child->store = *store;
    child->random = config->seed;
    child->busy_until = LT_NEVER;
    child->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    if (!child->arena) {
        free(child);
        return NULL;
    }
    return child;
}

void lt_child_free(struct lt_child *child)
{
    if (!child)
        return;
    lt_chains_clear(child);
    lt_arena_free(child->arena);
    free(child);
}
