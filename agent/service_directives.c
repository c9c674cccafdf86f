/* Directives kept back on the way down.
 *
 * A hub in between cannot invent directives of those above it, but it can keep them from us, and nothing that the top
 * signs for us names them: its receipts speak of our own chain, and the digest of directives in them is of the whole
 * tree's, of which we hold our own branch alone. So from time to time we ask a second parent what there is: once a
 * run, soon after its beginning, and then as often as rows may wait. That takes seconds, then we are back. What we then
 * hold and our parent does not name, although it was directed longer ago than that, our parent keeps back (or those
 * between it and the author do): it is said, and the second parents are taken as for rows that wait. */
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/service_own.h"
#include "agent/text.h"

enum {
    CHECK_FIRST_MOST_MS =
        3600000, /* so that a province that is switched on at eight comes within an hour */
    CHECK_WITHIN_MS = 60000, /* to reach one of them, and fetch */
};
#define LATEST (INT64_C(1) << 40) /* an absurd time is none */

/* When it was said, by its author's clock; 0: it cannot be read. */
static int64_t said_at(struct lt_service *service, uint64_t position)
{
    Lienthong__DirectiveBody *body;
    struct lt_update update;
    struct lt_bytes bytes;
    int64_t at = 0;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(service->journal), false);
    if (arena != NULL && txn != NULL && lt_log_at(txn, position, &bytes) &&
        lt_update_open(bytes, &update) == LT_OK &&
        lt_directive_read(&update, arena, &body) == LT_OK) {
        at = body->signed_at;
    }
    if (txn != NULL) {
        lt_txn_abort(txn);
    }
    if (arena != NULL) {
        lt_arena_free(arena);
    }
    return at > 0 && at < LATEST ? at : 0;
}

static bool is_lost(const struct lt_service *service, const struct lt_unnamed *unnamed)
{
    for (size_t i = 0; i < service->lost_count; i++) {
        if (service->lost[i].position == unnamed->position) {
            return true;
        }
    }
    return false;
}

static void note_asked(struct lt_service *service)
{
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(service->journal), false);
    if (txn != NULL) {
        service->asked_to = lt_log_last(txn);
        lt_txn_abort(txn);
    }
}

/* Hubs above our parent, of which it must have all. */
static bool is_above_parent(struct lt_service *service, const struct lt_unit *hub)
{
    const struct lt_book *book = lt_journal_book(service->journal);
    return lt_unit_cmp(hub, &service->site.parent) != 0 && book != NULL &&
           lt_book_within(book, &service->site.parent, hub);
}

/* Since when the oldest directive has been said that our parent should have named; 0: there is none. What a second
 * parent lacks as well is none: its author was restored from an older copy, and nobody keeps it back. */
static int64_t oldest_unnamed(struct lt_service *service, struct lt_unnamed *ret_oldest)
{
    struct lt_unnamed unnamed[LT_SERVICE_UNNAMED_MAX];
    size_t count = lt_uplink_unnamed(service->uplink, unnamed, LT_SERVICE_UNNAMED_MAX);
    int64_t oldest = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_lost(service, &unnamed[i]) || !is_above_parent(service, &unnamed[i].chain.unit)) {
            continue;
        }
        int64_t at = said_at(service, unnamed[i].position);
        if (at != 0 && (oldest == 0 || at < oldest)) {
            oldest = at;
            *ret_oldest = unnamed[i];
        }
    }
    return oldest;
}

static void say_kept_back(struct lt_service *service, int64_t since, const struct lt_unit *hub)
{
    struct lt_contact *contact = &service->contact;
    char text[LT_WHEN_TEXT_MAX], parent[LT_UNIT_TEXT_MAX];
    if (contact->directives_since == since) {
        return;
    }
    bool began = contact->directives_since == 0;
    contact->directives_since = since;
    contact->directives_of[0] = '\0';
    if (since != 0) {
        lt_unit_format(hub, contact->directives_of);
        lt_unit_format(&service->site.parent, parent);
        lt_text_when(since, text);
    }
    if (since != 0 && began) {
        lt_daemon_log(LT_LOG_WARNING,
                      lt_text("chỉ đạo bị giữ lại: %s chưa chuyển xuống chỉ đạo của %s từ %s; thử "
                              "đường thứ hai",
                              "directives are kept back: %s has not passed on those of %s since "
                              "%s; trying a second way"),
                      parent, contact->directives_of, text);
    }
    lt_service_save_contact(service);
}

bool lt_service_keeps_back(struct lt_service *service, int64_t now)
{
    struct lt_child_state state;
    struct lt_unnamed oldest = {.position = 0};
    lt_uplink_state(service->uplink, &state);
    if (!state.fetched) {
        return service->kept_back;
    }
    if (lt_uplink_on_second(service->uplink)) {
        service->lost_count =
            lt_uplink_unnamed(service->uplink, service->lost, LT_SERVICE_UNNAMED_MAX);
        note_asked(service);
        return service->kept_back;
    }
    int64_t since = oldest_unnamed(service, &oldest);
    service->kept_back_at = since != 0 ? since + service->second_after_s : 0;
    service->kept_back = since != 0 && now >= service->kept_back_at;
    if (service->kept_back && oldest.position > service->asked_to && service->second_count > 0) {
        service->kept_back = false; /* the others are asked first */
        service->check_at = service->checking ? service->check_at : lt_clock_monotonic();
        return false;
    }
    say_kept_back(service, service->kept_back ? since : 0, &oldest.chain.unit);
    return service->kept_back;
}

/* ---- Asking ---- */

static lt_ms first_pause_ms(const struct lt_service *service)
{
    uint64_t drawn, most = (uint64_t)service->second_after_s * 250;
    lt_random(&drawn, sizeof(drawn));
    return drawn % ((most < CHECK_FIRST_MOST_MS ? most : CHECK_FIRST_MOST_MS) + 1);
}

static void end_check(struct lt_service *service, lt_ms now)
{
    service->checking = false;
    service->check_at = now + (lt_ms)service->second_after_s * 1000;
}

bool lt_service_checks(struct lt_service *service)
{
    lt_ms now = lt_clock_monotonic();
    struct lt_child_state state;
    bool second = lt_uplink_on_second(service->uplink);
    lt_uplink_state(service->uplink, &state);
    if (service->second_count == 0) {
        service->checking = false;
        service->check_at = 0;
    } else if (service->check_at == 0) {
        service->check_at = now + first_pause_ms(service);
    } else if (service->checking) {
        if (service->wanting) { /* then they are taken anyway, and for longer */
            end_check(service, now);
        } else if (now >= service->check_until || (second && state.fetched)) {
            note_asked(service); /* if nobody could be reached, as well as we can */
            end_check(service, now);
            lt_uplink_back(service->uplink);
        }
    } else if (now >= service->check_at && state.fetched && !second) {
        service->checking = !service->wanting;
        service->check_until = now + CHECK_WITHIN_MS;
    }
    return service->checking;
}
