/* act.h - what an operator does about a unit from its page: what the acts share.
 *
 * The web writes nothing: each act is asked of the running hub over its control socket, as the commands ask it, and when
 * none runs the page says so and names the command. An act is a POST to /units/UNIT/ACT of an account that operates and
 * whose subtree holds the unit; with the token of its session, and the number of a form that was shown and not sent yet.
 * What cannot be undone is shown first and asked again. Each that was tried is a line in the log. */
#ifndef LT_WEB_ACT_H
#define LT_WEB_ACT_H

#include "hub/web/page.h"

/* Who is logged in, operates, and has the unit in their subtree. */
bool lt_act_may(const struct lt_asked *asked, const struct lt_place *place);

/* An act that is being answered. */
struct lt_act {
    struct lt_asked *asked;
    struct lt_answer *answer;
    const struct lt_place *place;
    char unit[LT_UNIT_TEXT_MAX];
    const char *name; /* of the act, as in the address */
};

/* A field of its form; NULL: not given, or empty. */
const char *lt_act_value(const struct lt_act *act, const char *name);

/* ---- Forms ---- */

/* A form of the unit's page, up to its own fields; `form` is the page's lt_session_form. The caller ends it. */
void lt_act_form(struct lt_asked *asked, struct lt_out *out, const char *unit, const char *name,
                 uint64_t form);
void lt_act_hidden(struct lt_out *out, const char *name, const char *value);

/* The page that asks again: a heading, then the caller's words, then the same form with the button. `code` binds it to
 * what was shown, and comes back as the field "confirm". */
void lt_act_ask(struct lt_act *act, const char *title);
void lt_act_ask_end(struct lt_act *act, const char *code, const char *button);

/* ---- Doing ---- */

/* Takes the form, once; then lets go of the web's lock, so that the hub may be waited for. False: answered. */
bool lt_act_begin(struct lt_act *act);
/* Takes the lock again, and looks at what has come of it. */
void lt_act_end(struct lt_act *act);
/* A line for the log: who, whence, which unit, which act, and `what`. */
void lt_act_log(const struct lt_act *act, const char *what);
/* Done: says so in a page, with `words`; `what` goes to the log. */
void lt_act_done(struct lt_act *act, const char *title, const char *words, const char *what);
/* It was not: why, in a page, with the command that does the same. `reason` "": no hub runs, or the result's own. */
void lt_act_failed(struct lt_act *act, enum lt_result result, const char *reason,
                   const char *command);

/* ---- The acts (act_*.c): their part of the unit's page, and the answer to what it sends ---- */

void lt_act_invitations(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place,
                        uint64_t form);
void lt_act_keys(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place,
                 uint64_t form);
/* Of a unit that has a key which waits. */
void lt_act_waiting(struct lt_asked *asked, struct lt_out *out, const char *unit, uint64_t form);
void lt_act_notices(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place,
                    uint64_t form);
void lt_act_invite(struct lt_act *act);
void lt_act_settle(struct lt_act *act); /* uninvite, approve, refuse */
void lt_act_revoke(struct lt_act *act);
void lt_act_approve_key(struct lt_act *act);
void lt_act_endorse(struct lt_act *act);
void lt_act_notice(struct lt_act *act);

/* All of them, as a part of the unit's page. */
void lt_act_section(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place);

#endif
