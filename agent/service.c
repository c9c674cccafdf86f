#include "agent/service_own.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/text.h"
#include "agent/wake.h"

enum {
    FDS_MAX = 4,
    TEND_EVERY_MS = 3600000, /* stale readers of the store */
    ROTATE_LOOK_MS = 1000, /* is everything at the top, so that the key may be changed? */
    PASSING_MS = 5000, /* what is over by then is not worth a line: it is tried again by itself */
};

void lt_service_save_contact(struct lt_service *service)
{
    service->changes++;
    /* For show only: a full disk is told elsewhere. */
    service->unsaved = lt_contact_save(service->dir, &service->contact) != LT_OK;
}

/* ---- What the uplink asks ---- */

static void forget_trouble(struct lt_service *service)
{
    if (service->broken) {
        return;
    }
    service->contact.trouble[0] = '\0';
    service->trouble_said_at = 0;
    service->failures = 0;
}

void lt_service_say_full(struct lt_service *service, enum lt_result result)
{
    lt_ms now = lt_clock_monotonic();
    if (result != LT_NO_SPACE ||
        (service->full_said_at != 0 && now - service->full_said_at < LT_SERVICE_SAY_AGAIN_MS)) {
        return;
    }
    service->full_said_at = now;
    lt_daemon_log(
        LT_LOG_ERROR,
        lt_text("Ổ đĩa đầy (%s): không ghi thêm được gì; vẫn gửi những gì đã có. Hãy giải "
                "phóng dung lượng.",
                "The disk is full (%s): nothing more can be stored; what is there is still "
                "sent. Free some space."),
        service->dir);
}

static enum lt_result store(void *context, struct lt_bytes bytes)
{
    struct lt_service *service = context;
    struct lt_chain chain;
    enum lt_result result = lt_journal_store(service->journal, bytes, &chain);
    service->doubt = true;
    service->changes++;
    if (result == LT_OK) {
        service->full_said_at = 0;
        service->twins_due =
            true; /* a directive may have ended the key that was to take one back */
        service->move_due = service->move_due || chain.stream == LT_STREAM_DIRECTIVE;
        service->greet_due = service->greet_due || (service->receipts_missed && service->move_due);
        forget_trouble(service);
    }
    lt_service_say_full(service, result);
    return result;
}

static enum lt_result load(void *context, uint64_t position, uint8_t *ret_bytes, size_t size)
{
    struct lt_service *service = context;
    struct lt_bytes bytes;
    enum lt_result result = LT_CORRUPT;
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(service->journal), false);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    if (lt_log_at(txn, position, &bytes) && bytes.size == size) {
        memcpy(ret_bytes, bytes.data, size);
        result = LT_OK;
    }
    lt_txn_abort(txn);
    return result;
}

static enum lt_result sign(void *context, struct lt_chain *ret_chain, bool *ret_more)
{
    struct lt_service *service = context;
    struct lt_hash update;
    bool more = false;
    enum lt_result result =
        lt_journal_sign(service->journal, &service->keys, lt_clock_wall(), &update, &more);
    service->doubt = true;
    lt_service_say_full(service, result);
    if (result == LT_OK) {
        char id[2 * sizeof(update.bytes) + 1];
        lt_hex(update.bytes, sizeof(update.bytes), id);
        lt_daemon_next("LIENTHONG_UPDATE", id);
        lt_daemon_log(LT_LOG_INFO, lt_text("đã ký bản cập nhật %.12s", "signed update %.12s"), id);
        service->full_said_at = 0;
        service->changes++;
        lt_uplink_report(service->uplink); /* hubs above are to know that there is more */
        *ret_chain = (struct lt_chain){.stream = LT_STREAM_REPORT, .unit = service->site.unit};
        *ret_more = more;
    }
    return result;
}

static void report(void *context, Lienthong__Report *ret_report)
{
    static char software[] = "lienthong " LT_VERSION_TEXT;
    struct lt_service *service = context;
    struct lt_journal_counts counts;
    lt_journal_counts(service->journal, &counts);
    ret_report->backlog_updates =
        counts.updates > counts.updates_at_parent ? counts.updates - counts.updates_at_parent : 0;
    ret_report->backlog_drafts = counts.drafts;
    ret_report->oldest_unsent_at = counts.oldest_waiting_at;
    ret_report->disk_free_bytes = counts.disk_free_bytes;
    ret_report->wall_time = lt_clock_wall();
    ret_report->software = software;
    ret_report->contested = counts.contested;
    ret_report->refused = service->contact.refused_count;
    ret_report->release = service->contact.release;
    ret_report->release_bad = service->release_bad;
    lt_service_sign_life(service, counts.updates, ret_report);
}

static void changed(void *context, const struct lt_child_state *state)
{
    struct lt_service *service = context;
    struct lt_contact *contact = &service->contact;
    struct lt_contact before = *contact;
    int64_t now = lt_clock_wall();
    bool up = state->connected && state->welcomed;
    if (up != contact->connected) {
        contact->connected = up;
        contact->since = now;
        if (up) {
            lt_unit_format(&state->parent, contact->hub);
            contact->second = lt_uplink_on_second(service->uplink);
            contact->clock_at = now;
            contact->clock_ahead_s = state->clock_skew_s;
        }
        snprintf(contact->endpoint, sizeof(contact->endpoint), "%s",
                 lt_uplink_endpoint(service->uplink));
        lt_daemon_next("LIENTHONG_HUB", contact->hub);
        lt_daemon_next("LIENTHONG_ENDPOINT", contact->endpoint);
        lt_daemon_log(LT_LOG_INFO,
                      up ? lt_text("đã kết nối với %s (%s)", "connected to %s (%s)")
                         : lt_text("mất kết nối với %s (%s)", "lost %s (%s)"),
                      contact->hub, contact->endpoint);
    }
    if (up || before.connected) {
        contact->last_contact = now;
    }
    if (up) {
        service->broken = service->broken && !state->settled;
        forget_trouble(service);
        contact->held_until = 0;
        contact->held_text[0] = '\0';
    }
    if (state->settled && !before.settled) { /* it may stay so for weeks */
        lt_journal_drop_book(service->journal);
        lt_daemon_trim();
    }
    contact->settled = state->settled;
    contact->parent_ready = state->parent_ready;
    service->doubt = true;
    before.last_contact = contact->last_contact; /* alone no reason to write */
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): padding costs a needless write */
    if (memcmp(&before, contact, sizeof(before)) != 0) {
        lt_service_save_contact(service);
    }
}

/* A parent that welcomes us and then does not keep to the protocol, again and again, is not one that is well meanwhile:
 * it stays in status until all has come, and is said at once. */
static void broke_off(struct lt_service *service, const char *endpoint, const char *text)
{
    lt_ms now = lt_clock_monotonic();
    service->broken = true;
    service->failures++;
    lt_contact_trouble(&service->contact, text);
    lt_service_save_contact(service);
    if (service->broken_said_at == 0 || now - service->broken_said_at >= LT_SERVICE_SAY_AGAIN_MS) {
        service->broken_said_at = now;
        lt_daemon_log(
            LT_LOG_WARNING,
            lt_text("%s: %s; đã ngắt, sẽ tự thử lại", "%s: %s; broken off, will try again"),
            endpoint, text);
    }
}

static void failed(void *context, enum lt_result result, const char *endpoint, const char *text)
{
    struct lt_service *service = context;
    lt_ms now = lt_clock_monotonic();
    if (result == LT_NO_SPACE) {
        return;
    }
    if (result == LT_MALFORMED && endpoint != NULL) {
        broke_off(service, endpoint, text);
        return;
    }
    if (service->failures++ == 0) {
        service->trouble_since = now;
        lt_contact_trouble(&service->contact, text);
        lt_service_save_contact(service);
    }
    bool said = service->trouble_said_at != 0;
    if (said ? now - service->trouble_said_at < LT_SERVICE_SAY_AGAIN_MS
             : now - service->trouble_since < PASSING_MS) {
        return;
    }
    service->trouble_said_at = now;
    lt_contact_trouble(&service->contact, text);
    lt_service_save_contact(service);
    lt_daemon_next("LIENTHONG_ENDPOINT", endpoint == NULL ? "" : endpoint);
    lt_daemon_log(LT_LOG_WARNING,
                  lt_text("%s: %s (%u lần); sẽ tự thử lại", "%s: %s (%u times); will try again"),
                  endpoint == NULL ? service->dir : endpoint, text, service->failures);
}

/* ---- Opening ---- */

enum lt_result lt_service_open_uplink(struct lt_service *service, char ret_reason[200])
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&service->site.unit, unit);
    lt_daemon_field("LIENTHONG_UNIT", unit);
    const struct lt_uplink_owner owner = {
        .context = service,
        .store = store,
        .load = load,
        .sign = sign,
        .receipt = lt_service_receipt,
        .refused = lt_service_refused,
        .report = report,
        .changed = changed,
        .moved = lt_service_moved,
        .piece = lt_service_piece,
        .failed = failed,
    };
    struct lt_uplink_config config = {.endpoint_count = service->site.endpoint_count};
    static_assert(sizeof(config.endpoints) == sizeof(service->site.endpoints), "the same list");
    lt_uplink_child_config(&config.child);
    config.child.unit = service->site.unit;
    config.child.role = LIENTHONG__ROLE__ROLE_AGENT;
    config.child.instance = service->site.instance;
    lt_random(&config.child.seed, sizeof(config.child.seed));
    lt_journal_sync_store(service->journal, &config.store);
    memcpy(config.endpoints, service->site.endpoints, sizeof(config.endpoints));
    memcpy(config.parent_curve, service->site.parent_curve, sizeof(config.parent_curve));
    memcpy(config.curve_public, service->keys.curve_public, sizeof(config.curve_public));
    memcpy(config.curve_secret, service->keys.curve_secret, sizeof(config.curve_secret));
    enum lt_result result = lt_uplink_new(&config, &owner, &service->uplink);
    explicit_bzero(config.curve_secret, sizeof(config.curve_secret));
    if (result != LT_OK) {
        snprintf(ret_reason, 200, "the way to the parent: %s", lt_text_result(result));
        return result;
    }
    lt_uplink_drafts(service->uplink, lt_journal_draft_count(service->journal) > 0);
    lt_service_look_for_move(service);
    lt_journal_drop_book(service->journal); /* it may be long before a parent answers */
    return LT_OK;
}

static enum lt_result open_journal(struct lt_service *service, char ret_reason[200])
{
    char store[4096 + 8];
    snprintf(store, sizeof(store), "%s/store", service->dir);
    enum lt_result result = lt_env_is_made(store, ret_reason);
    if (result == LT_OK) {
        result = lt_journal_open(service->dir, false, &service->journal, ret_reason);
    }
    if (result == LT_OK) {
        lt_journal_own(service->journal, &service->keys.sign_public);
        lt_journal_site(service->journal, &service->site);
        result = service->site.unit.code[0] == '\0' ? LT_OK
                                                    : lt_service_open_uplink(service, ret_reason);
    }
    return result;
}

enum lt_result lt_service_open(const char *dir, struct lt_service **ret_service,
                               char ret_reason[200])
{
    struct lt_service *service = calloc(1, sizeof(*service));
    if (service == NULL || (service->dir = strdup(dir)) == NULL ||
        (service->release.fetch = lt_release_fetch_new(lt_clock_monotonic_us())) == NULL) {
        free(service != NULL ? service->dir : NULL);
        free(service);
        snprintf(ret_reason, 200, "out of memory");
        return LT_NO_MEMORY;
    }
    service->others_due = true;
    service->twins_due = true; /* it may have ended between fetching and looking */
    service->wake_fd = -1;
    service->doubt = true;
    service->tend_at = lt_clock_monotonic() + TEND_EVERY_MS;
    lt_contact_load(dir, &service->contact);
    service->contact.connected = false;
    service->contact.settled = false;
    enum lt_result result = lt_keys_load(dir, &service->keys, ret_reason);
    if (result == LT_OK) {
        result = lt_wake_open(dir, &service->wake_fd, ret_reason);
    }
    if (result == LT_OK) {
        result = open_journal(service, ret_reason);
        lt_service_look_for_keys(service);
    }
    if (result != LT_OK) {
        lt_service_close(service);
        return result;
    }
    *ret_service = service;
    return LT_OK;
}

void lt_service_close(struct lt_service *service)
{
    if (service == NULL) {
        return;
    }
    if (service->contact.connected) {
        service->contact.connected = false;
        service->contact.settled = false;
        service->contact.since = service->contact.last_contact = lt_clock_wall();
        lt_service_save_contact(service);
    }
    lt_uplink_free(service->uplink);
    lt_release_fetch_free(service->release.fetch);
    if (service->journal != NULL) {
        lt_journal_close(service->journal);
    }
    lt_wake_close(service->wake_fd);
    lt_keys_wipe(&service->keys);
    free(service->dir);
    free(service);
}

/* ---- Working ---- */

/* Not joined: nothing to do but to wait. */
static enum lt_result wait_only(struct lt_uplink_fd *fds, size_t fd_count, int64_t timeout_ms)
{
    struct pollfd items[FDS_MAX + 1];
    for (size_t i = 0; i < fd_count; i++) {
        items[i] = (struct pollfd){.fd = fds[i].fd, .events = POLLIN};
        fds[i].readable = false;
    }
    int timeout = timeout_ms < 0 ? -1 : timeout_ms > 86400000 ? 86400000 : (int)timeout_ms;
    if (poll(items, fd_count, timeout) < 0) {
        return errno == EINTR ? LT_OK : LT_IO;
    }
    for (size_t i = 0; i < fd_count; i++) {
        fds[i].readable = items[i].revents != 0;
    }
    return LT_OK;
}

/* Once all is here: rows that another machine of the unit put at the same moment are taken back. */
static enum lt_result take_back_twins(struct lt_service *service)
{
    size_t count = 0;
    enum lt_result result = lt_journal_take_back_twins(service->journal, &service->keys.sign_public,
                                                       lt_clock_wall(), &count);
    service->twins_due = result != LT_OK;
    lt_service_say_full(service, result);
    if (result == LT_OK && count > 0) {
        lt_daemon_log(LT_LOG_WARNING,
                      lt_text("%zu dòng được nhập cùng lúc trên hai máy: gỡ bản của máy này",
                              "%zu rows entered on two machines at once: taking back this one's"),
                      count);
        service->doubt = true;
        lt_uplink_drafts(service->uplink, true);
    }
    return result == LT_NO_SPACE || result == LT_NO_MEMORY ? LT_OK : result;
}

bool lt_service_alive(struct lt_service *service)
{
    enum lt_result result = lt_env_probe(lt_journal_env(service->journal));
    return result == LT_OK || result == LT_NO_SPACE;
}

enum lt_result lt_service_step(struct lt_service *service, struct lt_uplink_fd *fds,
                               size_t fd_count, int64_t timeout_ms)
{
    struct lt_uplink_fd all[FDS_MAX + 1];
    assert(fd_count <= FDS_MAX);
    lt_ms now = lt_clock_monotonic();
    if (now >= service->tend_at) {
        lt_env_tend(lt_journal_env(service->journal));
        service->tend_at = now + TEND_EVERY_MS;
    }
    int64_t until_tend_ms = (int64_t)(service->tend_at - now);
    if (service->rotate_due && until_tend_ms > ROTATE_LOOK_MS) {
        until_tend_ms = ROTATE_LOOK_MS;
    }
    if (timeout_ms < 0 || timeout_ms > until_tend_ms) {
        timeout_ms = until_tend_ms;
    }
    if (service->uplink != NULL) {
        timeout_ms = lt_service_judge_parent(service, timeout_ms);
        timeout_ms = lt_service_fetch_release(service, timeout_ms);
    }
    for (size_t i = 0; i < fd_count; i++) {
        all[i] = fds[i];
    }
    all[fd_count] = (struct lt_uplink_fd){.fd = service->wake_fd};
    enum lt_result result = service->uplink == NULL ? wait_only(all, fd_count + 1, timeout_ms)
                                                    : lt_uplink_run_once(service->uplink, all,
                                                                         fd_count + 1, timeout_ms);
    for (size_t i = 0; i < fd_count; i++) {
        fds[i] = all[i];
    }
    if (result == LT_OK && service->move_due && service->uplink != NULL) {
        lt_service_look_for_move(service);
    }
    if (result == LT_OK && all[fd_count].readable) {
        result = lt_service_answer_ring(service);
    }
    if (result == LT_OK && service->twins_due && lt_service_settled(service)) {
        result = take_back_twins(service);
    }
    if (result == LT_OK && service->greet_due && lt_service_settled(service)) {
        service->greet_due = service->receipts_missed = false;
        lt_uplink_greet(service->uplink); /* the newest receipts follow each WELCOME */
    }
    if (result == LT_OK && service->others_due && service->uplink != NULL) {
        lt_service_look_at_others(service);
    }
    bool changed = false;
    if (result == LT_OK) {
        result = lt_service_rotate(service, &changed);
    }
    return changed && result == LT_OK ? lt_service_open_anew(service) : result;
}

uint64_t lt_service_release_words(const struct lt_service *service)
{
    return service->release.words;
}

void lt_service_set_release(struct lt_service *service, uint64_t number, uint64_t bad)
{
    service->contact.release = number;
    service->release_bad = bad;
    lt_service_save_contact(service);
    if (service->uplink != NULL) {
        lt_uplink_report(service->uplink);
    }
}

bool lt_service_joined(const struct lt_service *service)
{
    return service->uplink != NULL;
}

bool lt_service_settled(const struct lt_service *service)
{
    struct lt_child_state state;
    if (service->uplink == NULL) {
        return false;
    }
    lt_uplink_state(service->uplink, &state);
    return state.connected && state.welcomed && state.settled;
}

bool lt_service_done(struct lt_service *service)
{
    struct lt_journal_counts counts;
    if (service->doubt && lt_service_settled(service)) {
        lt_journal_count_updates(service->journal, &counts);
        service->done = counts.drafts == 0 && counts.updates_counted == counts.updates;
        service->doubt = false;
    }
    return service->done && !service->twins_due && lt_service_settled(service);
}

uint64_t lt_service_changes(const struct lt_service *service)
{
    return service->changes;
}

const char *lt_service_trouble(const struct lt_service *service)
{
    return service->contact.trouble;
}
