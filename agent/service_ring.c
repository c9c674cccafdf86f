/* A ring: another process of this machine has changed something. */
#include <string.h>

#include "agent/daemon.h"
#include "agent/service_own.h"
#include "agent/wake.h"

/* Since the last ring. */
static bool log_has_grown(struct lt_service *service)
{
    uint64_t last = service->log_last;
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(service->journal), false);
    if (txn != NULL) {
        service->log_last = lt_log_last(txn);
        lt_txn_abort(txn);
    }
    return service->log_last != last;
}

/* Joining anew may have made other keys. */
static bool takes_other_keys(struct lt_service *service)
{
    struct lt_keys keys;
    char reason[200] = "";
    bool other = false;
    if (lt_keys_load(service->dir, &keys, reason) != LT_OK) {
        lt_daemon_log(LT_LOG_WARNING, "%s", reason); /* those we have go on */
    } else {
        other = memcmp(&keys, &service->keys, sizeof(keys)) != 0;
        service->keys = keys;
        lt_journal_own(service->journal, &keys.sign_public);
    }
    lt_keys_wipe(&keys);
    return other;
}

enum lt_result lt_service_open_anew(struct lt_service *service)
{
    char reason[200] = "";
    lt_uplink_free(service->uplink);
    service->uplink = NULL;
    enum lt_result result = lt_service_open_uplink(service, reason);
    if (result != LT_OK) {
        lt_daemon_log(LT_LOG_ERROR, "%s", reason);
    }
    return result;
}

enum lt_result lt_service_answer_ring(struct lt_service *service)
{
    struct lt_site before = service->site;
    lt_wake_drain(service->wake_fd);
    service->changes++;
    service->doubt = service->others_due = true; /* a bundle may have brought receipts */
    lt_journal_site(service->journal, &service->site);
    lt_service_look_for_keys(service);
    bool other_keys = takes_other_keys(service);
    if (service->uplink != NULL && !other_keys && lt_service_same_parent(&before, &service->site)) {
        const struct lt_chain own = {LT_STREAM_REPORT, service->site.unit};
        lt_uplink_drafts(service->uplink, lt_journal_draft_count(service->journal) > 0);
        if (log_has_grown(service)) { /* signed for a bundle, or brought by one */
            lt_uplink_stored(service->uplink, &own);
            service->twins_due = service->move_due = true;
        }
        return LT_OK;
    }
    if (service->site.unit.code[0] == '\0') {
        return LT_OK;
    }
    return lt_service_open_anew(service);
}
