/* web.h - a question from a browser, and its answer; between the server and the pages.
 *
 * Several threads answer, of which one at a time holds `lock`, and with it all that struct lt_web has. A page that asks
 * the store for much lets go of it meanwhile (lt_asked_slow), so that it holds nobody up but others of its kind. */
#ifndef LT_WEB_WEB_H
#define LT_WEB_WEB_H

#include "hub/form_store.h"
#include "hub/web/follower.h"
#include "hub/web/out.h"
#include "hub/web/sessions.h"
#include "hub/web/shown.h"
#include "hub/web/url.h"

struct lt_behind;
struct lt_fleet;
struct lt_roster;

struct lt_web_settings {
    const char *dir;
    const char *forms; /* a folder of one's own forms; NULL: none */
    bool open; /* no accounts: whoever reaches it is an admin who sees names. On loopback only */
    bool shown; /* the public switch: figures only, of nobody in particular */
    bool secure; /* cookies only over TLS */
    bool proxied; /* a proxy on this machine says who asks (X-Forwarded-For) */
};

struct lt_web_counts {
    uint64_t answers[6]; /* by the first digit of the status */
    uint64_t logins, failed_logins, name_reads, acts;
    _Atomic uint64_t slow_readers; /* cut off */
};

struct lt_web {
    struct lt_web_settings settings;
    struct lt_follower *follower;
    struct lt_ledger *ledger; /* the follower's */
    const struct lt_seen *seen; /* looked at for the question in hand */
    struct lt_accounts accounts;
    struct lt_sessions *sessions;
    struct lt_form_store forms;
    struct lt_shown_key shown_key; /* with settings.shown */
    struct lt_behind *behind; /* any thread's */
    struct lt_roster *roster; /* to look only; NULL: not opened yet */
    struct lt_fleet *fleet; /* NULL: not made yet */
    uint64_t fleet_version; /* of what was seen; the newest that one was, or is being, made of */
    struct lt_web_counts counts;
    pthread_mutex_t lock; /* of all that changes here */
    unsigned slow; /* questions that are asking the store for much */
};

enum { LT_SLOW_MAX = 3 /* at once; fewer than the threads that answer */ };
enum { LT_WEB_ADDRESS_MAX = 2 * LT_URL_BYTES_MAX + 2, LT_COOKIE_MAX = 256 };

struct lt_asked {
    struct lt_web *web;
    bool post;
    struct lt_url url;
    struct lt_url_params form; /* of a POST */
    const char *address; /* path and query as they came */
    const char *peer; /* its address */
    const struct lt_account *who; /* NULL: nobody logged in */
    const struct lt_session *session; /* NULL: none (open, or public) */
    bool names; /* may see names */
    bool english;
};

struct lt_answer {
    unsigned status;
    const char *type;
    struct lt_out body;
    char file[96]; /* a name to keep it under; "": shown */
    char location[LT_WEB_ADDRESS_MAX + 64]; /* "": none */
    char cookies[2][LT_COOKIE_MAX];
    unsigned retry_after_s; /* 0: none */
    bool kept; /* may be kept for long: an asset */
    bool secret; /* to be kept nowhere: names, and what an act has answered */
    bool whole; /* answered from the state alone: an ETag of it holds */
};

typedef void lt_page(struct lt_asked *asked, struct lt_answer *answer);

/* Answers it whole. */
void lt_web_answer(struct lt_asked *asked, struct lt_answer *answer);

/* The hub's roster, to look only; opened when it is first asked for. NULL: it cannot be. Under the lock. */
struct lt_roster *lt_web_roster(struct lt_web *web);
/* What there is to see now, into web->seen. Under the web's lock. */
void lt_web_look(struct lt_web *web);

/* A line for the log, with the time. */
void lt_web_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- What pages share ---- */

static inline const char *lt_asked_param(const struct lt_asked *asked, const char *name)
{
    return lt_url_param(&asked->url.params, name);
}
/* A parameter that is not empty; NULL: not given. */
const char *lt_asked_value(const struct lt_asked *asked, const char *name);
/* May they see the place? An account is bound to an entry of the tree, and sees what lies below it: in the tree as it was, or
 * in that of today, where a former unit lies with the one that it has gone into. */
bool lt_asked_may_see(const struct lt_asked *asked, const struct lt_place *place);
/* The place that they look at when they name none: their own. NULL: it is not in the tree. */
const struct lt_place *lt_asked_home(const struct lt_asked *asked);
/* Lets go of the lock until lt_asked_done. Between the two only what any thread may call is called, `seen` and the fleet
 * are others afterwards. False: too many are at it; it has been answered so. */
bool lt_asked_slow(struct lt_asked *asked, struct lt_answer *answer);
void lt_asked_done(struct lt_asked *asked);
/* The same for what costs little, so that nobody is refused. */
void lt_asked_apart(struct lt_asked *asked);
void lt_asked_back(struct lt_asked *asked);
/* Says in the log who read names of what, and that the answer is to be kept nowhere. */
void lt_asked_reads_names(struct lt_asked *asked, struct lt_answer *answer);
/* The same address without the parameters named, which end with NULL: "/units?q=x". */
void lt_asked_address(const struct lt_asked *asked, const char *const *without, struct lt_out *out);

/* A page with words for what is wrong. */
void lt_answer_trouble(struct lt_asked *asked, struct lt_answer *answer, unsigned status,
                       const char *words);
/* 400 for a question that is wrong, 404 for what there is not, 500 for the rest; `reason` "" : the result's own. */
void lt_answer_result(struct lt_asked *asked, struct lt_answer *answer, enum lt_result result,
                      const char *reason);
void lt_answer_to(struct lt_answer *answer, const char *location);

#endif
