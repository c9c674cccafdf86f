/* Second parents: taken while the top's word is overdue, nobody answers for as long, or directives are kept back. */
#include <stdio.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/second.h"
#include "agent/service_own.h"
#include "agent/text.h"

enum {
    JUDGE_EVERY_MS = 1000, /* while things happen */
    /* Who has failed us once, and has brought nothing since, is given less time. */
    FAILED_AFTER_S = 900,
};

void lt_service_look_for_seconds(struct lt_service *service, const struct lt_book *book)
{
    struct lt_way_up seconds[LT_WAYS_SECONDS_MAX];
    size_t count = lt_second_ways(book, &service->site, seconds);
    service->second_after_s = lt_second_after_s(book, &service->site);
    service->second_count = count;
    lt_uplink_seconds(service->uplink, seconds, count);
}

static int64_t patience(const struct lt_service *service)
{
    uint32_t after = service->second_after_s;
    return service->parent_failed && after > FAILED_AFTER_S ? FAILED_AFTER_S : after;
}

/* When the top's word is, or was, overdue; 0: nothing waits. Between two hubs on the way to ask one above nobody has failed us. */
static int64_t due_at(struct lt_service *service, const struct lt_journal_counts *counts)
{
    int64_t due =
        counts->oldest_waiting_at != 0 ? counts->oldest_waiting_at + patience(service) : 0;
    if (!service->contact.connected && !service->checking && service->contact.last_contact != 0) {
        int64_t lost = service->contact.last_contact + patience(service);
        due = due == 0 || lost < due ? lost : due;
    }
    return due;
}

static void say_wanting(struct lt_service *service, const struct lt_journal_counts *counts,
                        int64_t now)
{
    char since[LT_WHEN_TEXT_MAX];
    int64_t overdue = lt_second_overdue(counts, service->second_after_s, now);
    if (overdue == 0) {
        return; /* the shorter time of one that failed before, or nobody answers: told elsewhere */
    }
    lt_text_when(overdue, since);
    lt_daemon_log(
        LT_LOG_WARNING,
        lt_text("%s chưa xác nhận những gì máy này có từ %s%s",
                "%s has not confirmed what this PC has had since %s%s"),
        service->site.top.code, since,
        service->second_count > 0 ? lt_text("; thử đường thứ hai", "; trying a second way") : "");
}

static void judge(struct lt_service *service, int64_t now)
{
    struct lt_journal_counts counts;
    lt_journal_count_updates(service->journal, &counts);
    if (lt_uplink_on_second(service->uplink) && !service->checking) {
        service->parent_failed = service->parent_failed || service->contact.connected;
    } else if (counts.updates_counted > service->counted_before) {
        service->parent_failed = false;
    }
    service->counted_before = counts.updates_counted;
    service->second_due_at = due_at(service, &counts);
    bool overdue = service->second_due_at != 0 && now >= service->second_due_at;
    if (overdue && !service->overdue) {
        say_wanting(service, &counts, now);
    }
    service->overdue = overdue;
    service->wanting = lt_service_keeps_back(service, now) || overdue;
    lt_uplink_want(service->uplink, lt_service_checks(service) || service->wanting);
}

/* Milliseconds until a time of the wall clock that is ahead; else `most`. */
static int64_t until(int64_t at, int64_t now, int64_t most)
{
    int64_t left_ms = (at - now) * 1000;
    return at <= now ? most : most < 0 || left_ms < most ? left_ms : most;
}

int64_t lt_service_judge_parent(struct lt_service *service, int64_t timeout_ms)
{
    lt_ms monotonic = lt_clock_monotonic();
    int64_t now = lt_clock_wall();
    bool due = !service->overdue && service->second_due_at != 0 && now >= service->second_due_at;
    if (due || monotonic >= service->judge_at) {
        service->judge_at = monotonic + JUDGE_EVERY_MS;
        judge(service, now);
    } else { /* what has happened since the last time is judged soon, though nothing more may happen */
        int64_t soon_ms = (int64_t)(service->judge_at - monotonic);
        timeout_ms = timeout_ms < 0 || soon_ms < timeout_ms ? soon_ms : timeout_ms;
    }
    timeout_ms = until(service->second_due_at, now, timeout_ms);
    timeout_ms = until(service->kept_back_at, now, timeout_ms);
    int64_t check_ms = service->checking               ? JUDGE_EVERY_MS
                       : service->check_at > monotonic ? (int64_t)(service->check_at - monotonic)
                                                       : -1;
    return check_ms >= 0 && (timeout_ms < 0 || check_ms < timeout_ms) ? check_ms : timeout_ms;
}
