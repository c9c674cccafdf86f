/* invite.h - invitations as they are made and handed out: for one unit, or for many at once.
 *
 * Prepared and checked as a whole, then written to a file if one is wanted, then kept in the roster, all or
 * none, then put in place. What went wrong is said in the language of the process. One thread. */
#ifndef LT_INVITE_H
#define LT_INVITE_H

#include <jansson.h>

#include "agent/table.h"
#include "hub/import.h"
#include "hub/roster.h"
#include "proto/message.h"

enum { LT_INVITE_REASON_MAX = 400 };

struct lt_invite {
    struct lt_invitation invitation;
    char *name; /* of the unit; owned */
    char code[LT_JOIN_CODE_MAX];
    char id[LT_INVITE_ID_MAX];
};

struct lt_invites {
    const char *dir;
    struct lt_roster *roster; /* borrowed; NULL: opened when it is needed */
    int64_t now;
    struct lt_join_code own; /* endpoint and CURVE key of this hub; its secret is not used */
    struct lt_unit hub;
    char *hub_name; /* owned; NULL: not known */
    size_t count, capacity;
    struct lt_invite *list;
    uint8_t (*secrets)[16];
    char reason[LT_INVITE_REASON_MAX];
};

/* What is asked for of each. */
struct lt_invite_wish {
    Lienthong__Role role;
    unsigned days;
    bool approve;
};

/* Reads where this hub is reached (`endpoint`, else of hub.conf) and its key; refuses for a hub that is being
 * retired. */
enum lt_result lt_invites_begin(struct lt_invites *invites, const char *dir, const char *endpoint);
/* The same in the running hub, which has its roster open, and the CURVE key that it is to be known by at hand. */
enum lt_result lt_invites_begin_running(struct lt_invites *invites, const char *dir,
                                        struct lt_roster *roster, const uint8_t curve[32]);
/* One more, for the unit of a word such as "80" or "80@2025-07-01"; draws its secret. */
enum lt_result lt_invites_add(struct lt_invites *invites, const struct lt_import_view *view,
                              const char *unit, const struct lt_invite_wish *wish);
/* A CSV file's rows (unit, days, role, approve); what a row leaves out is as in `wish`. */
enum lt_result lt_invites_read(struct lt_invites *invites, const struct lt_import_view *view,
                               struct lt_bytes bytes, const struct lt_invite_wish *wish,
                               struct lt_sheet_fault *ret_fault);
/* Into the roster, all or none; and back out of it, when they could not be handed out. */
enum lt_result lt_invites_keep(struct lt_invites *invites);
enum lt_result lt_invites_drop(struct lt_invites *invites);
/* As `invite --json` says it. NULL: out of memory. */
json_t *lt_invite_json(const struct lt_invites *invites, const struct lt_invite *invite,
                       bool with_code);
/* Wipes and frees; a zeroed one too. */
void lt_invites_free(struct lt_invites *invites);

/* A number of days as it is written; false: none, or too many. */
bool lt_invite_days(const char *text, unsigned *ret_days);

/* For a clerk: one self-contained HTML page an invitation, A4, with the code in groups, as QR, and what to
 * do; and as a text file with a line that is the code. */
enum lt_result lt_slips_write(FILE *out, const struct lt_invites *invites);
/* One of these alone, a <section class="slip"> without its style. Of `invites` only the hub, its name and its endpoint are
 * read, of `invite` all but the secret. */
enum lt_result lt_slip_body(FILE *out, const struct lt_invites *invites,
                            const struct lt_invite *invite);
void lt_slip_text(FILE *out, const struct lt_invite *invite);

#endif
