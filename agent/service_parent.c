/* The service's parent: what it refuses, and how we come by another one. */
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/second.h"
#include "agent/service_own.h"
#include "agent/text.h"

void lt_way_of_site(const struct lt_site *site, struct lt_way_up *ret_way)
{
    static_assert(sizeof(ret_way->endpoints) == sizeof(site->endpoints), "the same list");
    *ret_way = (struct lt_way_up){.parent = site->parent, .endpoint_count = site->endpoint_count};
    memcpy(ret_way->curve, site->parent_curve, sizeof(ret_way->curve));
    memcpy(ret_way->endpoints, site->endpoints, sizeof(ret_way->endpoints));
}

enum lt_result lt_service_moved(void *context, const struct lt_way_up *way)
{
    struct lt_service *service = context;
    struct lt_site site;
    char unit[LT_UNIT_TEXT_MAX];
    lt_journal_site(service->journal, &site);
    site.parent = way->parent;
    memcpy(site.parent_curve, way->curve, sizeof(site.parent_curve));
    site.endpoint_count = way->endpoint_count;
    memcpy(site.endpoints, way->endpoints, sizeof(site.endpoints));
    enum lt_result result = lt_journal_set_site(service->journal, &site);
    lt_service_say_full(service, result);
    if (result == LT_OK) {
        service->site = site;
        service->doubt = true;
        service->move_due = true; /* other hubs may be above it */
        lt_unit_format(&site.parent, unit);
        lt_daemon_log(LT_LOG_INFO,
                      lt_text("theo chỉ đạo của cấp trên, từ nay gửi lên %s",
                              "by a directive from above this PC now reports to %s"),
                      unit);
    }
    return result;
}

void lt_service_look_for_move(struct lt_service *service)
{
    struct lt_way_up now, next;
    const struct lt_book *book = lt_journal_book(service->journal);
    service->move_due = false;
    if (book == NULL) {
        return;
    }
    lt_way_of_site(&service->site, &now);
    bool moves = lt_way_up_next(lt_book_move(book, &service->site.unit), &now, &next);
    lt_uplink_follow(service->uplink, moves ? &next : NULL);
    lt_service_look_for_seconds(service, book);
    lt_service_look_for_release(service, book);
}

bool lt_service_same_parent(const struct lt_site *a, const struct lt_site *b)
{
    struct lt_way_up of_a, of_b;
    lt_way_of_site(a, &of_a);
    lt_way_of_site(b, &of_b);
    return lt_unit_cmp(&a->unit, &b->unit) == 0 && lt_way_up_same(&of_a, &of_b);
}

/* ---- Refusals ---- */

/* The parent cuts us off for a while: each time is told, they grow longer. */
static void say_held(const struct lt_service *service)
{
    char until[LT_WHEN_TEXT_MAX];
    lt_text_when(service->contact.held_until, until);
    lt_daemon_log(LT_LOG_WARNING, "%s (%s): %s",
                  lt_refusal_text(LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA), until,
                  service->contact.held_text);
}

void lt_service_refused(void *context, const Lienthong__Refused *said)
{
    struct lt_service *service = context;
    lt_ms now = lt_clock_monotonic();
    lt_contact_refuse(&service->contact, said, lt_clock_wall());
    lt_service_save_contact(service);
    if (said->reason == LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA) {
        say_held(service);
        return;
    }
    if (service->contact.refused_count == 0) {
        return;
    }
    const struct lt_contact_refused *item =
        &service->contact.refused[service->contact.refused_count - 1];
    if (item->reason == service->refused_reason && service->refused_said_at != 0 &&
        now - service->refused_said_at < LT_SERVICE_SAY_AGAIN_MS) {
        return;
    }
    service->refused_reason = item->reason;
    service->refused_said_at = now;
    char id[2 * sizeof(item->update.bytes) + 1];
    lt_hex(item->update.bytes, sizeof(item->update.bytes), id);
    lt_daemon_next("LIENTHONG_UPDATE", id);
    lt_daemon_next("LIENTHONG_REASON", lt_refusal_name(item->reason));
    lt_daemon_log(LT_LOG_WARNING,
                  lt_text("chưa nhận được một bản cập nhật: %s (%s)",
                          "the hub did not take an update: %s (%s)"),
                  lt_refusal_text(item->reason), lt_refusal_name(item->reason));
}
