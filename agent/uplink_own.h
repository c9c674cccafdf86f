/* uplink_own.h - what the files of the uplink share. Includes from elsewhere are a mistake. */
#ifndef LT_UPLINK_OWN_H
#define LT_UPLINK_OWN_H

#include "agent/uplink.h"
#include "agent/uplink_socket.h"

struct lt_uplink {
    struct lt_uplink_config config;
    struct lt_uplink_owner owner;
    struct lt_child *child;
    void *context;
    struct lt_link link;
    bool up; /* the link's handshake succeeded, and the machine knows */
    lt_ms open_until; /* of a link that is not up */
    struct lt_ways ways;
    struct lt_actions todo; /* what the machine asked for, not yet begun */
    struct lt_actions unsent; /* sends that the socket did not take yet */
    size_t unsent_from; /* the first of them that waits */
    lt_ms sign_again_at; /* UINT64_MAX: not */
    bool report_due;
    struct lt_child_state told; /* what `changed` was told last */
};

/* Closes the link, if there is one, and tells owner and machine. */
void lt_uplink_give_up(struct lt_uplink *uplink, enum lt_result result, const char *text);
void lt_uplink_tell_failure(struct lt_uplink *uplink, enum lt_result result, const char *endpoint,
                            const char *text);

/* uplink_asks.c */
/* Gives up a link by which a message without end comes. */
void lt_uplink_look_at_link(struct lt_uplink *uplink);
void lt_uplink_ask_store(struct lt_uplink *uplink, struct lt_bytes bytes);
/* All drafts at once: the session that allowed it cannot end in between. */
void lt_uplink_ask_sign(struct lt_uplink *uplink);
void lt_uplink_tell_refusal(struct lt_uplink *uplink, struct lt_bytes bytes);
void lt_uplink_tell_piece(struct lt_uplink *uplink, struct lt_bytes bytes);
void lt_uplink_ask_report(struct lt_uplink *uplink);

#endif
