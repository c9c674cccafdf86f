#include "hub/web/sessions.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES_KEPT = 1024 };

struct tries {
    uint8_t who[16]; /* hash */
    unsigned failed;
    lt_ms last_at; /* when it was last counted anew */
};

struct lt_sessions {
    struct lt_session items[LT_SESSIONS_MAX];
    struct tries tries[TRIES_KEPT];
};

struct lt_sessions *lt_sessions_new(void)
{
    return calloc(1, sizeof(struct lt_sessions));
}

void lt_sessions_free(struct lt_sessions *sessions)
{
    if (sessions != NULL)
        sodium_memzero(sessions, sizeof *sessions);
    free(sessions);
}

static void stamp_of(const struct lt_account *account, uint8_t ret_stamp[16])
{
    (void)crypto_generichash(ret_stamp, 16, (const uint8_t *)account->hash, strlen(account->hash),
                             NULL, 0);
}

static void random_token(char ret_token[LT_SESSION_TOKEN_MAX])
{
    uint8_t bytes[32];
    lt_random(bytes, sizeof bytes);
    (void)sodium_bin2hex(ret_token, LT_SESSION_TOKEN_MAX, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

static void id_of(const char *token, uint8_t ret_id[32])
{
    (void)crypto_generichash(ret_id, 32, (const uint8_t *)token, strlen(token), NULL, 0);
}

const struct lt_session *lt_session_begin(struct lt_sessions *sessions,
                                          const struct lt_account *account, lt_ms now,
                                          char ret_token[LT_SESSION_TOKEN_MAX])
{
    struct lt_session *oldest = &sessions->items[0];
    for (size_t i = 1; i < LT_SESSIONS_MAX; i++)
        if (sessions->items[i].used_at < oldest->used_at)
            oldest = &sessions->items[i];
    *oldest = (struct lt_session){.begun_at = now, .used_at = now};
    random_token(ret_token);
    id_of(ret_token, oldest->id);
    random_token(oldest->csrf);
    memcpy(oldest->name, account->name, sizeof oldest->name);
    stamp_of(account, oldest->stamp);
    return oldest;
}

const struct lt_session *lt_session_find(struct lt_sessions *sessions,
                                         const struct lt_accounts *accounts, const char *token,
                                         lt_ms now, const struct lt_account **ret_account)
{
    uint8_t id[32], stamp[16];
    if (strlen(token) != LT_SESSION_TOKEN_MAX - 1)
        return NULL;
    id_of(token, id);
    for (size_t i = 0; i < LT_SESSIONS_MAX; i++) {
        struct lt_session *session = &sessions->items[i];
        if (sodium_memcmp(session->id, id, sizeof id) != 0)
            continue;
        const struct lt_account *account = lt_accounts_find(accounts, session->name);
        if (account != NULL)
            stamp_of(account, stamp);
        if (account == NULL || sodium_memcmp(stamp, session->stamp, sizeof stamp) != 0 ||
            now - session->used_at > LT_SESSION_IDLE_MS ||
            now - session->begun_at > LT_SESSION_ALL_MS) {
            lt_session_end(sessions, session);
            return NULL;
        }
        session->used_at = now;
        *ret_account = account;
        return session;
    }
    return NULL;
}

static struct lt_session *find_kept(struct lt_sessions *sessions, const struct lt_session *session)
{
    for (size_t i = 0; i < LT_SESSIONS_MAX; i++)
        if (sodium_memcmp(sessions->items[i].id, session->id, sizeof session->id) == 0)
            return &sessions->items[i];
    return NULL;
}

void lt_session_end(struct lt_sessions *sessions, const struct lt_session *session)
{
    struct lt_session *kept = find_kept(sessions, session);
    if (kept != NULL)
        sodium_memzero(kept, sizeof *kept);
}

uint64_t lt_session_form(struct lt_sessions *sessions, const struct lt_session *session)
{
    struct lt_session *kept = find_kept(sessions, session);
    if (kept == NULL)
        return 0;
    const uint64_t bit = ++kept->forms % LT_SESSION_FORMS_MAX;
    kept->sent[bit / 8] &= (uint8_t) ~(1U << bit % 8);
    return kept->forms;
}

bool lt_session_send(struct lt_sessions *sessions, const struct lt_session *session, uint64_t form)
{
    struct lt_session *kept = find_kept(sessions, session);
    const uint64_t bit = form % LT_SESSION_FORMS_MAX;
    if (kept == NULL || form == 0 || form > kept->forms ||
        kept->forms - form >= LT_SESSION_FORMS_MAX || (kept->sent[bit / 8] >> bit % 8 & 1U) != 0)
        return false;
    kept->sent[bit / 8] |= (uint8_t)(1U << bit % 8);
    return true;
}

bool lt_session_is_ours(const struct lt_session *session, const char *csrf)
{
    return csrf != NULL && strlen(csrf) == LT_SESSION_TOKEN_MAX - 1 &&
           sodium_memcmp(csrf, session->csrf, LT_SESSION_TOKEN_MAX - 1) == 0;
}

/* ---- Tries ---- */

static struct tries *find(struct lt_sessions *sessions, const char *who, bool make)
{
    uint8_t hash[16];
    struct tries *oldest = &sessions->tries[0];
    (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)who, strlen(who), NULL, 0);
    for (size_t i = 0; i < TRIES_KEPT; i++) {
        struct tries *tries = &sessions->tries[i];
        if (tries->failed > 0 && memcmp(tries->who, hash, sizeof hash) == 0)
            return tries;
        if (tries->last_at < oldest->last_at)
            oldest = tries;
    }
    if (!make)
        return NULL;
    *oldest = (struct tries){.failed = 0};
    memcpy(oldest->who, hash, sizeof hash);
    return oldest;
}

/* In which one failure falls away: of what is allowed the same share in the same time. */
static lt_ms one_of(unsigned most)
{
    assert(most > 0);
    return (lt_ms)LT_TRIES_PAUSE_MS * LT_TRIES_MAX / most;
}

static unsigned left_of(const struct tries *tries, unsigned most, lt_ms now)
{
    const lt_ms gone = (now - tries->last_at) / one_of(most);
    return gone < (lt_ms)tries->failed ? tries->failed - (unsigned)gone : 0;
}

lt_ms lt_tries_wait(struct lt_sessions *sessions, const char *who, unsigned most, lt_ms now)
{
    const struct tries *tries = find(sessions, who, false);
    if (tries == NULL || left_of(tries, most, now) < most)
        return 0;
    return one_of(most) - (now - tries->last_at) % one_of(most);
}

void lt_tries_failed(struct lt_sessions *sessions, const char *who, unsigned most, lt_ms now)
{
    struct tries *tries = find(sessions, who, true);
    tries->failed = left_of(tries, most, now) + 1;
    tries->last_at = now;
}

void lt_tries_forget(struct lt_sessions *sessions, const char *who)
{
    struct tries *tries = find(sessions, who, false);
    if (tries != NULL)
        *tries = (struct tries){.failed = 0};
}
