/* service_own.h - what the files of the service share. Includes from outside agent/ are a mistake. */
#ifndef LT_SERVICE_OWN_H
#define LT_SERVICE_OWN_H

#include "agent/contact.h"
#include "agent/release_fetch.h"
#include "agent/service.h"
#include "proto/life.h"

enum {
    LT_SERVICE_SAY_AGAIN_MS = 3600000, /* the same trouble in the log */
    LT_SERVICE_UNNAMED_MAX = 16, /* directive chains: as deep as a tree may be */
};

struct lt_service {
    char *dir;
    struct lt_journal *journal;
    struct lt_keys keys;
    struct lt_site site;
    struct lt_uplink *uplink; /* NULL: not joined */
    int wake_fd;
    struct lt_contact contact;
    uint64_t changes; /* lt_service_changes */
    lt_ms tend_at;
    lt_ms trouble_said_at, full_said_at; /* 0: not since all was well */
    bool broken; /* the parent did not keep to the protocol, and has not settled since */
    lt_ms broken_said_at; /* in the log; 0: not */
    lt_ms refused_said_at; /* of refused_reason */
    uint32_t refused_reason;
    lt_ms trouble_since; /* the first of `failures` */
    uint32_t failures; /* of the connection, since it last was up */
    bool done, doubt; /* doubt: something happened since lt_service_done last looked */
    bool twins_due; /* updates came that this machine did not make: look for rows put twice */
    uint64_t log_last; /* where the log ended at the last ring */
    bool top_covers; /* as last told to the log */
    uint64_t release_bad; /* contact.release is what runs */
    bool top_heard; /* a receipt of the top came, and was verified */
    bool others_due; /* the top's receipt may name keys of other machines */
    bool receipts_missed, greet_due; /* their key was not granted as yet; a directive came since */
    bool move_due; /* directives came: a Move may be among them */
    bool rotate_due; /* the keys that are to follow ours are there */
    lt_ms rotate_at; /* not before */
    struct lt_life life; /* of the Report in the making */
    struct lt_wire_life life_wire;
    Lienthong__Life *life_wires[1];
    /* service_second.c */
    uint32_t second_after_s;
    size_t second_count;
    int64_t second_due_at; /* wall clock; 0: nothing waits */
    uint64_t counted_before;
    lt_ms judge_at;
    bool overdue; /* rows have waited for too long, or nobody has answered */
    bool wanting, parent_failed;
    /* service_directives.c */
    bool kept_back; /* directives, by the parent, for longer than second_after_s */
    int64_t kept_back_at; /* wall clock: when that will be so; 0: it lacks none */
    uint64_t
        asked_to; /* what stands in our log up to here a second parent was asked about; and of it these, */
    size_t lost_count; /* which it lacks as well */
    struct lt_unnamed lost[LT_SERVICE_UNNAMED_MAX];
    bool checking;
    lt_ms check_at, check_until; /* 0: not set */
    struct { /* service_release.c */
        struct lt_release_fetch *fetch;
        struct lt_release coming; /* number 0: none */
        enum lt_result trouble; /* as last said */
        uint64_t words; /* directives heard */
        bool held_back; /* by agent.conf */
    } release;
    bool unsaved; /* state.json could not be written: again when something can be */
};

/* A full disk, in the log; not again and again. */
void lt_service_say_full(struct lt_service *service, enum lt_result result);

void lt_service_save_contact(struct lt_service *service);
/* service_receipt.c. The uplink's callback. */
void lt_service_receipt(void *context, struct lt_bytes bytes);

/* service_keys.c: says in the log which keys of other machines the top's receipt names, once each. To be asked when
 * all that the parent named is here. */
void lt_service_look_at_others(struct lt_service *service);

/* service_life.c: our sign of life, in a Report. */
void lt_service_sign_life(struct lt_service *service, uint64_t updates,
                          Lienthong__Report *ret_report);

/* service_parent.c. The uplink's callback: the parent refused an update, or cuts us off. */
void lt_service_refused(void *context, const Lienthong__Refused *said);
/* The uplink's callback: the new parent has let us in; from now on it is ours. */
enum lt_result lt_service_moved(void *context, const struct lt_way_up *way);
/* What the directives held say of our parent, told to the uplink. */
void lt_service_look_for_move(struct lt_service *service);
/* service_second.c. What the directives held say of second parents, told to the uplink. */
void lt_service_look_for_seconds(struct lt_service *service, const struct lt_book *book);
/* Is the parent found wanting? Told to the uplink. Returns the timeout, or when that has to be asked again. */
int64_t lt_service_judge_parent(struct lt_service *service, int64_t timeout_ms);
/* service_release.c. Which release is to come, by the directives held. */
void lt_service_look_for_release(struct lt_service *service, const struct lt_book *book);
/* Goes on with it. Returns the timeout, or when that has to be asked again. */
int64_t lt_service_fetch_release(struct lt_service *service, int64_t timeout_ms);
void lt_service_piece(void *context, const Lienthong__Piece *piece);
/* service_directives.c. Does the parent keep directives back? As it was when last spoken to. */
bool lt_service_keeps_back(struct lt_service *service, int64_t now);
/* Is it time to ask a second parent whether it does? */
bool lt_service_checks(struct lt_service *service);
bool lt_service_same_parent(const struct lt_site *a, const struct lt_site *b);

/* Makes the uplink of the site as it is. */
enum lt_result lt_service_open_uplink(struct lt_service *service, char ret_reason[200]);
/* service_ring.c. Another process has imported something, has loaded a bundle, or has joined for us. */
enum lt_result lt_service_answer_ring(struct lt_service *service);
/* The uplink anew: of another parent, or with other keys. */
enum lt_result lt_service_open_anew(struct lt_service *service);
/* service_rotate.c. Are there keys to follow ours? To be asked when somebody may have made them. */
void lt_service_look_for_keys(struct lt_service *service);
/* Changes our keys for them, if it is time: *ret_changed, and then the uplink is to be opened anew. */
enum lt_result lt_service_rotate(struct lt_service *service, bool *ret_changed);

#endif
