/* contact.h - what the running agent last knew of its parent, for `status` to show: `dir`/state.json.
 *
 * Nothing is decided by it, and it may be missing or old. Written whole and renamed into place, when
 * something changed; not flushed to disk. A file that cannot be read is an empty one. */
#ifndef LT_CONTACT_H
#define LT_CONTACT_H

#include "proto/message.h"

enum { LT_CONTACT_REFUSED_MAX = 16, LT_CONTACT_TEXT_MAX = 160, LT_CONTACT_TOLD_MAX = 16 };

struct lt_contact_refused {
    struct lt_hash update;
    uint32_t reason; /* Lienthong__RefusalReason */
    int64_t at;
    char text[LT_CONTACT_TEXT_MAX];
};

struct lt_contact_bad { /* receipts that were none */
    uint64_t count; /* 0: none */
    bool
        key; /* signed by a key that is not (yet) the hub's; else a hub's that calls itself the top */
    int64_t at; /* of the last one */
    char hub[LT_UNIT_TEXT_MAX]; /* in whose name */
};

struct lt_contact {
    bool connected, settled, parent_ready;
    int64_t since; /* of `connected` being what it is */
    int64_t last_contact; /* of the last message before this was written; 0: never */
    int64_t clock_at; /* when the hub last told its time, by our clock; 0: never */
    int64_t clock_ahead_s; /* by so much it was ahead of ours */
    bool second; /* connected, now or last, not to the parent but to a hub further up */
    char hub[LT_UNIT_TEXT_MAX]; /* to whom */
    char endpoint[LT_ENDPOINT_MAX];
    struct lt_contact_bad bad;
    int64_t directives_since; /* the parent keeps back what was directed then; 0: it does not */
    char directives_of[LT_UNIT_TEXT_MAX]; /* by whom */
    uint64_t release; /* that the running program is; 0: the installed one, which is none */
    char trouble[LT_CONTACT_TEXT_MAX]; /* of the last failure; "": none since the last session */
    int64_t held_until; /* the parent takes nothing from this PC before; 0: it does */
    char held_text[LT_CONTACT_TEXT_MAX]; /* why, in its words */
    size_t told_count; /* other machines' keys that the log has named, oldest first */
    struct lt_key told[LT_CONTACT_TOLD_MAX];
    size_t refused_count;
    struct lt_contact_refused refused[LT_CONTACT_REFUSED_MAX]; /* oldest first */
};

void lt_contact_load(const char *dir, struct lt_contact *ret_contact);
enum lt_result lt_contact_save(const char *dir, const struct lt_contact *contact);
/* Of the last failure, as much as fits. */
void lt_contact_trouble(struct lt_contact *contact, const char *text);
/* Adds one, or brings it up to date; of more than fit, the oldest goes. QUOTA: all of us is held. */
void lt_contact_refuse(struct lt_contact *contact, const Lienthong__Refused *refused, int64_t at);
/* Notes a key as told; of more than fit, the oldest goes. False: it was told already. */
bool lt_contact_tell(struct lt_contact *contact, const struct lt_key *key);
/* What people read of it; what a later attempt mends is said so. */
const char *lt_refusal_text(uint32_t reason);
/* The word for a Lienthong__RefusalReason, as JSON shows it. */
const char *lt_refusal_name(uint32_t reason);

#endif
