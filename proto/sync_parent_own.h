/* sync_parent_own.h - what the parts of the parent's machine share. Private to proto/sync_parent*.c.
 *
 * sync_parent.c       peers, what they say
 * sync_parent_tell.c  what they are told */
#ifndef LT_SYNC_PARENT_OWN_H
#define LT_SYNC_PARENT_OWN_H

#include "proto/actions.h"
#include "proto/sync_scope.h"

enum {
    /* What a peer may have unanswered, in credits: an honest child stays within one, and what it sent
     * in its last session may still be on its way. */
    LT_PARENT_UNANSWERED_CREDITS = 2,
    /* Answers to WANTs that a peer may get at full size in a row, in credits: as many as a child
     * fetches chains at a time. They come back at one credit in LT_PARENT_WANT_REFILL_MS (16 MB/s);
     * who asks faster gets one update an answer. */
    LT_PARENT_WANT_CREDITS = 8,
    LT_PARENT_WANT_REFILL_MS = 256,
    /* Updates of one answer. Those of as many chains as a child fetches at a time, and their end marks, have room in
     * the transport's queue (a thousand messages, hub/gate.c): what does not is lost, and a session with it. */
    LT_PARENT_POSITIONS_MAX = 100,
};

/* 72 bytes: 5,000 of them are no matter. */
struct lt_parent_peer {
    uint64_t session; /* 0: none; it is told nothing */
    uint64_t unanswered_bytes;
    uint64_t wanted_bytes; /* answered of late */
    lt_ms wanted_at;
    struct lt_unit unit;
    Lienthong__Role role;
    bool present;
};

struct lt_parent {
    struct lt_parent_config config;
    struct lt_sync_store store;
    struct lt_arena *arena;
    struct lt_parent_peer *peers;
    uint32_t peers_top; /* all beyond were never there */
};

/* sync_parent_tell.c */
enum lt_way lt_parent_way(const struct lt_parent *parent, const struct lt_parent_peer *peer,
                          const struct lt_chain *chain);
/* The session's first words. False: out of memory. */
bool lt_parent_welcome(struct lt_parent *parent, uint32_t peer, const struct lt_hash *digest,
                       int64_t wall_time, struct lt_actions *out);
/* TIPS of one chain. last: news; else the end mark of an answer. */
bool lt_parent_tips(struct lt_parent *parent, uint32_t peer, const struct lt_chain *chain,
                    bool last, struct lt_actions *out);

#endif
