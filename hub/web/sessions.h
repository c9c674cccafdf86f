/* sessions.h - who is logged in, and who may try again: in memory, so a restarted web asks for passwords again.
 *
 * A session is 32 random bytes in a cookie, of which only the hash is kept here; it ends by itself, by logging out, and
 * when its account's password changes or the account goes. Failed logins are counted by account and by address, and fall
 * away with time; too many, and nobody's password is looked at for a while. A form that does something bears a number of its session, and is
 * taken once. Tables are of fixed size: the oldest gives way. One thread. */
#ifndef LT_WEB_SESSIONS_H
#define LT_WEB_SESSIONS_H

#include "agent/clock.h"
#include "hub/web/accounts.h"

enum {
    LT_SESSIONS_MAX = 1024,
    LT_SESSION_TOKEN_MAX = 65, /* hexadecimal, with the NUL */
    LT_SESSION_IDLE_MS = 2 * 3600 * 1000,
    LT_SESSION_ALL_MS = 12 * 3600 * 1000,
    LT_SESSION_FORMS_MAX = 1024, /* shown last, that may still be sent */
    LT_TRIES_MAX = 5, /* failures of an account … */
    LT_TRIES_OF_ADDRESS_MAX =
        30, /* … and of an address, which many may share, after which one waits */
    LT_TRIES_PAUSE_MS =
        60 * 1000, /* in which LT_TRIES_MAX of an account falls by one, and of an address in step */
};

struct lt_session {
    uint8_t id[32]; /* hash of the cookie; zeros: free */
    char name[LT_ACCOUNT_NAME_MAX];
    uint8_t stamp[16]; /* of the password's hash, when it was begun */
    char csrf[LT_SESSION_TOKEN_MAX];
    lt_ms begun_at, used_at;
    uint64_t forms; /* shown so far; they are numbered from 1 */
    uint8_t sent[LT_SESSION_FORMS_MAX / 8]; /* a bit each, by the number's rest */
};

struct lt_sessions;
struct lt_sessions *lt_sessions_new(void); /* NULL: memory */
void lt_sessions_free(struct lt_sessions *sessions); /* NULL ok */

/* The cookie's value goes to ret_token, and is known to nobody else. */
const struct lt_session *lt_session_begin(struct lt_sessions *sessions,
                                          const struct lt_account *account, lt_ms now,
                                          char ret_token[LT_SESSION_TOKEN_MAX]);
/* NULL: none, or over. *ret_account is its account. */
const struct lt_session *lt_session_find(struct lt_sessions *sessions,
                                         const struct lt_accounts *accounts, const char *token,
                                         lt_ms now, const struct lt_account **ret_account);
/* `session` may be a copy. */
void lt_session_end(struct lt_sessions *sessions, const struct lt_session *session);
/* The number of a new form. `session` may be a copy. */
uint64_t lt_session_form(struct lt_sessions *sessions, const struct lt_session *session);
/* True once for each that was shown, and not too long ago. */
bool lt_session_send(struct lt_sessions *sessions, const struct lt_session *session, uint64_t form);
bool lt_session_is_ours(const struct lt_session *session, const char *csrf);

/* `who`: an account's name or an address; `most` of the two above. Failures fall away with time. 0: may try; else how long
 * to wait. */
lt_ms lt_tries_wait(struct lt_sessions *sessions, const char *who, unsigned most, lt_ms now);
void lt_tries_failed(struct lt_sessions *sessions, const char *who, unsigned most, lt_ms now);
void lt_tries_forget(struct lt_sessions *sessions, const char *who);

#endif
