/* relay_own.h - the parts of the relay; private to hub/relay*.c.
 *
 * relay.c       the thread, and what the uplink asks of it
 * relay_news.c  news from other threads
 * relay_release.c  files of releases from the parent */
#ifndef LT_RELAY_OWN_H
#define LT_RELAY_OWN_H

#include <stdatomic.h>

#include "agent/release_fetch.h"
#include "hub/relay.h"

enum {
    PARKED_MAX = 64, /* 16 MiB at most; what does not fit waits for the next session */
    PARKED_MS = 20000,
};

struct told {
    struct lt_chain chain;
    bool stored;
};

struct parked {
    struct lt_chain chain;
    uint8_t *bytes;
    size_t size;
    uint64_t fed; /* value of `directives` when it was fed last */
    lt_ms until;
};

struct lt_relay {
    struct lt_relay_config config;
    struct lt_uplink *uplink;
    pthread_t thread;
    bool thread_started;
    int wake_fd;
    uint64_t settled_session; /* the last one that was told as settled */
    atomic_bool stopping, missed; /* missed: a receipt came by a key that nothing had granted */
    uint64_t
        fetched_at; /* directives, when the receipts were last asked for again; the thread's own */
    pthread_mutex_t lock;
    /* under the lock */
    struct told *told; /* sorted by chain: one entry each, what was said last */
    size_t told_count, told_capacity;
    struct parked parked[PARKED_MAX];
    size_t parked_count;
    struct lt_way_up follow; /* to be told to the uplink; no endpoints: none */
    bool follow_due, greet_due, report_due, rekey_due;
    uint8_t curve_public[32], curve_secret[32]; /* with rekey_due */
    uint64_t directives; /* rises with each directive that is stored */
    struct lt_relay_view view;
    /* the thread's own: of the Report in the making */
    struct lt_life lives[LT_LIVES_MAX];
    struct lt_wire_life wires[LT_LIVES_MAX];
    Lienthong__Life *live_wires[LT_LIVES_MAX];
    /* the thread's own: of the release */
    struct lt_release_fetch *fetch;
    struct lt_release_file wanted;
    enum lt_result fetch_trouble; /* as last said */
    uint64_t release_seen;
};

void relay_say(struct lt_relay *relay, const char *line);
/* Hands what came from the parent to the pipeline. */
enum lt_result relay_feed(struct lt_relay *relay, struct lt_bytes bytes, bool is_receipt);
void relay_wake(struct lt_relay *relay);
/* The thread's: passes on to the uplink what came since. */
void relay_pass_on(struct lt_relay *relay);
void relay_fetch_missed(struct lt_relay *relay);
/* The thread's turn about releases; it is due again after so many milliseconds, negative: when something comes. */
int64_t relay_fetch_release(struct lt_relay *relay);
void relay_take_piece(void *context, const Lienthong__Piece *piece);

#endif
