/* Receipts as they come: kept, or noted as what they are. */
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/service_own.h"
#include "agent/text.h"

enum { SAVE_EVERY_S = 60 }; /* of forged receipts, however many come */

/* Records that the top does not count. To find them takes reading them all: only when its receipt has any. */
static uint64_t count_quarantined(struct lt_service *service)
{
    struct lt_statement said;
    struct lt_journal_counts counts;
    if (!lt_journal_receipt_of(service->journal, &service->site.top, &said) ||
        said.quarantined == 0)
        return 0;
    lt_journal_counts(service->journal, &counts);
    return counts.quarantined;
}

/* Says once when the top has come to cover everything, and again after it did not. */
static void say_covered(struct lt_service *service)
{
    struct lt_journal_counts counts;
    lt_journal_count_updates(service->journal, &counts);
    bool covers = counts.updates > 0 && counts.updates_counted == counts.updates;
    const uint64_t quarantined = covers && !service->top_covers ? count_quarantined(service) : 0;
    if (quarantined > 0) {
        lt_daemon_log(LT_LOG_WARNING,
                      lt_text("cấp cao nhất (%s) đã nhận đủ %llu bản cập nhật; %llu bản ghi không "
                              "được tính: xem «lienthong-agent status»",
                              "the top (%s) has all %llu updates; %llu records do not count: see "
                              "\"lienthong-agent status\""),
                      service->site.top.code, (unsigned long long)counts.updates,
                      (unsigned long long)quarantined);
    } else if (covers && !service->top_covers) {
        lt_daemon_log(LT_LOG_INFO,
                      lt_text("cấp cao nhất (%s) đã nhận và tính đủ %llu bản cập nhật",
                              "the top (%s) has counted all %llu updates"),
                      service->site.top.code, (unsigned long long)counts.updates);
    }
    service->top_covers = covers;
}

/* It is no hub's, or claims to be the top's and is not. */
static void note_bad(struct lt_service *service, struct lt_bytes bytes, enum lt_result result)
{
    struct lt_contact_bad *bad = &service->contact.bad;
    struct lt_statement statement;
    struct lt_child_state state;
    bool key = result == LT_KEY_UNKNOWN || result == LT_KEY_REVOKED;
    lt_uplink_state(service->uplink, &state);
    if (key && !state.fetched) {
        return; /* its key may yet come */
    }
    if ((!key && result != LT_NOT_YOURS) || lt_receipt_open(bytes, &statement) != LT_OK ||
        (!key && !statement.top)) {
        return; /* a full disk, no receipt at all, or of a hub that has nothing to do with us any more */
    }
    int64_t now = lt_clock_wall(), before = bad->at;
    lt_unit_format(&statement.hub, bad->hub);
    bad->key = key;
    bad->count++;
    bad->at = now;
    if (bad->count == 1 || now - before >= SAVE_EVERY_S || now < before) {
        lt_service_save_contact(service);
    }
    if (bad->count == 1) {
        lt_daemon_log(LT_LOG_WARNING,
                      lt_text("bỏ qua một biên nhận không phải của %s: %s",
                              "a receipt in the name of %s was not kept: %s"),
                      bad->hub, lt_text_result(result));
    }
}

/* The journal has verified it. */
static void note_top(struct lt_service *service, struct lt_bytes bytes)
{
    struct lt_statement said;
    if (!service->top_heard && lt_receipt_open(bytes, &said) == LT_OK && said.top &&
        lt_unit_cmp(&said.hub, &service->site.top) == 0) {
        service->top_heard = true;
        service->changes++;
    }
}

void lt_service_proof(struct lt_service *service, struct lt_service_proof *ret_proof)
{
    struct lt_statement held;
    struct lt_journal_counts counts;
    lt_journal_count_updates(service->journal, &counts);
    *ret_proof = (struct lt_service_proof){
        .settled = lt_service_settled(service),
        .held = lt_journal_receipt_of(service->journal, &service->site.top, &held),
        .heard = service->top_heard,
        .updates = counts.updates,
        .drafts = counts.drafts,
        .lacking = counts.updates - counts.updates_counted,
    };
}

/* A hub's new key may come a moment after what it signed; then its next receipts are good. */
static void forget_bad(struct lt_service *service, struct lt_bytes bytes)
{
    char hub[LT_UNIT_TEXT_MAX];
    struct lt_statement statement;
    struct lt_contact_bad *bad = &service->contact.bad;
    if (bad->count == 0 || !bad->key || lt_receipt_open(bytes, &statement) != LT_OK) {
        return;
    }
    lt_unit_format(&statement.hub, hub);
    if (strcmp(hub, bad->hub) == 0) {
        *bad = (struct lt_contact_bad){.count = 0};
        lt_service_save_contact(service);
    }
}

void lt_service_receipt(void *context, struct lt_bytes bytes)
{
    struct lt_service *service = context;
    enum lt_result result = lt_journal_receipt(service->journal, bytes);
    service->doubt = true;
    service->receipts_missed = service->receipts_missed || result == LT_KEY_UNKNOWN;
    lt_service_say_full(service, result);
    if (result == LT_OK || result == LT_EXISTS) {
        note_top(service, bytes);
    }
    if (result == LT_OK) {
        service->changes++;
        service->others_due = true;
        say_covered(service);
        forget_bad(service, bytes);
        if (service->unsaved) {
            lt_service_save_contact(service);
        }
    } else if (result != LT_EXISTS) {
        note_bad(service, bytes, result);
    }
}
