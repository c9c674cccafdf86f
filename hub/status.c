#include "hub/status.h"

#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/json_whole.h"
#include "hub/core_own.h"
#include "hub/status_own.h"
#include "hub/versions.h"

enum { RECEIPTS_SHOWN_MAX = LT_DEPTH_MAX, NOTICES_SHOWN_MAX = 16 };

static json_t *text_of_unit(const struct lt_unit *unit)
{
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(unit, text);
    return json_string(text);
}

static json_t *text_of_bytes(const uint8_t *bytes, size_t size)
{
    char hex[2 * 64 + 1];
    lt_hex(bytes, size < 64 ? size : 64, hex);
    return json_string(hex);
}

static void set_int(json_t *object, const char *name, uint64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

static void set_bool(json_t *object, const char *name, bool value)
{
    json_object_set_new(object, name, json_boolean(value));
}

/* Seconds since 1970, or null. */
static void set_time(json_t *object, const char *name, int64_t at)
{
    json_object_set_new(object, name, at != 0 ? json_integer((json_int_t)at) : json_null());
}

/* ---- What the store tells ---- */

static void put_site(json_t *status, struct lt_ledger *ledger)
{
    struct lt_hub_site site;
    lt_ledger_site(ledger, &site);
    json_object_set_new(status, "unit", text_of_unit(&site.unit));
    json_object_set_new(status, "top", text_of_unit(&site.top));
    set_bool(status, "is_top", !site.has_parent);
    json_object_set_new(status, "parent",
                        site.has_parent ? text_of_unit(&site.parent) : json_null());
    json_object_set_new(status, "incarnation",
                        text_of_bytes(site.incarnation.bytes, sizeof(site.incarnation)));
    struct lt_roots roots;
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    lt_book_roots(lt_ledger_book(ledger), &roots);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    json_object_set_new(status, "root_key", text_of_bytes(roots.root.bytes, sizeof(roots.root)));
    json_object_set_new(status, "recovery_key",
                        text_of_bytes(roots.recovery.bytes, sizeof(roots.recovery)));
}

static void put_counts(json_t *status, struct lt_ledger *ledger)
{
    struct lt_ledger_counts counts = {.updates = 0};
    lt_ledger_counts(ledger, false, &counts);
    json_t *object = json_object();
    set_int(object, "updates", counts.updates);
    set_int(object, "chains", counts.chains);
    set_int(object, "records", counts.records);
    set_int(object, "changes", counts.changes);
    set_int(object, "quarantined", counts.quarantined);
    set_int(object, "contested", counts.contested);
    set_int(object, "generation", counts.generation);
    set_bool(object, "rebuilding", counts.rebuilding);
    json_object_set_new(status, "counts", object);
}

static void put_book(json_t *status, struct lt_ledger *ledger)
{
    struct lt_hash all, tree, catalogue, keys, others;
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    const struct lt_book *book = lt_ledger_book(ledger);
    lt_book_digest(book, &all);
    lt_book_digests(book, &tree, &catalogue, &keys, &others);
    size_t places = lt_book_place_count(book), titles = lt_book_title_count(book);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    json_t *object = json_object();
    set_int(object, "units", places);
    set_int(object, "titles", titles);
    json_object_set_new(object, "digest", text_of_bytes(all.bytes, 32));
    json_object_set_new(object, "tree", text_of_bytes(tree.bytes, 32));
    json_object_set_new(object, "catalogue", text_of_bytes(catalogue.bytes, 32));
    json_object_set_new(object, "keys", text_of_bytes(keys.bytes, 32));
    json_object_set_new(object, "others", text_of_bytes(others.bytes, 32));
    json_object_set_new(status, "directives", object);
}

static void add_receipt(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    json_t *list = context;
    struct lt_statement statement;
    if (json_array_size(list) >= RECEIPTS_SHOWN_MAX ||
        lt_receipt_open(receipt, &statement) != LT_OK) {
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "hub", text_of_unit(hub));
    set_int(object, "number", statement.number);
    set_int(object, "updates", statement.count);
    set_int(object, "quarantined", statement.quarantined);
    set_bool(object, "top", statement.top);
    set_time(object, "signed_at", statement.signed_at);
    json_array_append_new(list, object);
}

static const struct lt_heard *find_heard(const struct lt_heard *heard, size_t count,
                                         const struct lt_chain *chain)
{
    for (size_t low = 0, high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = lt_chain_cmp(&heard[middle].chain, chain);
        if (order == 0) {
            return &heard[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static void put_chains(json_t *status, struct lt_ledger *ledger, const struct lt_heard *heard,
                       size_t heard_count)
{
    struct lt_sync_store store;
    struct lt_chain chain, after;
    struct lt_statement *statement = malloc(sizeof(*statement));
    json_t *list = json_array();
    lt_ledger_sync_store(ledger, &store);
    bool more = statement != NULL && store.next_chain(store.context, NULL, &chain);
    while (more) {
        if (lt_ledger_statement(ledger, &chain, statement) == LT_OK) {
            const struct lt_heard *last = find_heard(heard, heard_count, &chain);
            json_t *object = json_object(), *receipts = json_array();
            json_object_set_new(object, "unit", text_of_unit(&chain.unit));
            json_object_set_new(
                object, "stream",
                json_string(chain.stream == LT_STREAM_REPORT ? "report" : "directive"));
            set_int(object, "updates", statement->count);
            set_int(object, "tips", statement->tip_count);
            set_bool(object, "forked_by_one", lt_status_forked_by_one(ledger, statement));
            set_int(object, "quarantined", statement->quarantined);
            set_time(object, "heard_at", last != NULL ? last->last_at : 0);
            lt_ledger_receipts(ledger, &chain, add_receipt, receipts);
            json_object_set_new(object, "receipts", receipts);
            json_array_append_new(list, object);
        }
        after = chain;
        more = store.next_chain(store.context, &after, &chain);
    }
    free(statement);
    json_object_set_new(status, "chains", list);
}

static void put_retiring(json_t *status, struct lt_roster *roster)
{
    struct lt_retiring retiring;
    lt_roster_retiring(roster, &retiring);
    set_time(status, "retiring_since", retiring.since);
    set_time(status, "retired_at", retiring.done);
}

static void put_invitations(json_t *status, struct lt_roster *roster)
{
    struct lt_roster_counts counts;
    lt_roster_count(roster, lt_clock_wall(), &counts);
    json_t *object = json_object();
    for (int state = 0; state < LT_INVITE_STATES; state++) {
        set_int(object, lt_invite_state_name((enum lt_invite_state)state), counts.by_state[state]);
    }
    set_int(object, "shown_by_others", counts.shown_by_others);
    json_object_set_new(status, "invitations", object);
}

static void put_moves(json_t *status, struct lt_ledger *ledger)
{
    json_t *list = json_array();
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    const struct lt_book *book = lt_ledger_book(ledger);
    for (size_t i = 0; i < lt_book_move_count(book); i++) {
        const struct lt_move *move = lt_book_move_at(book, i);
        json_t *object = json_object();
        json_object_set_new(object, "unit", text_of_unit(&move->unit));
        json_object_set_new(object, "parent", text_of_unit(&move->parent));
        json_object_set_new(object, "said_by", text_of_unit(&move->hub));
        set_bool(object, "arrived", move->arrived);
        json_array_append_new(list, object);
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    json_object_set_new(status, "moves", list);
}

/* What hubs above tell the people of this hub's unit: the newest of each, the highest hub's first. */
static void put_notices(json_t *status, struct lt_ledger *ledger)
{
    struct lt_hub_site site;
    json_t *list = json_array();
    lt_ledger_site(ledger, &site);
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    const struct lt_book *book = lt_ledger_book(ledger);
    for (size_t i = 0; i < lt_book_notice_count(book) && json_array_size(list) < NOTICES_SHOWN_MAX;
         i++) {
        const struct lt_notice *notice = lt_book_notice_at(book, i);
        if (lt_unit_cmp(&notice->unit, &site.unit) == 0 &&
            lt_unit_cmp(&notice->hub, &site.unit) != 0) {
            json_t *object = json_object();
            json_object_set_new(object, "hub", text_of_unit(&notice->hub));
            json_object_set_new(object, "text", json_string(notice->text));
            json_array_append_new(list, object);
        }
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    json_object_set_new(status, "notices", list);
}

/* ---- What the running hub tells ---- */

static void put_children(json_t *status, struct lt_gate *gate)
{
    struct lt_child_view *children = NULL;
    size_t count = lt_gate_children(gate, &children);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct lt_child_view *child = &children[i];
        json_t *object = json_object();
        json_object_set_new(object, "unit", text_of_unit(&child->unit));
        json_object_set_new(
            object, "role",
            json_string(child->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent"));
        json_object_set_new(object, "key", text_of_bytes(child->key.bytes, 32));
        set_time(object, "hello_at", child->hello_at);
        set_time(object, "reported_at", child->reported_at);
        if (child->reported_at != 0) {
            set_int(object, "backlog_updates", child->backlog_updates);
            set_int(object, "backlog_drafts", child->backlog_drafts);
            set_time(object, "oldest_unsent_at", child->oldest_unsent_at);
            set_int(object, "disk_free_bytes", child->disk_free_bytes);
            set_int(object, "contested", child->contested);
            set_int(object, "refused", child->refused);
            set_int(object, "release", child->release);
            set_int(object, "release_bad", child->release_bad);
            json_object_set_new(object, "clock_skew_s",
                                json_integer((json_int_t)child->clock_skew_s));
        }
        json_array_append_new(list, object);
    }
    free(children);
    json_object_set_new(status, "children", list);
}

/* Machines that are slowed or cut off, or were cut off since the start. */
static void put_quotas(json_t *status, struct lt_gate *gate)
{
    static const char *const standings[] = {
        [LT_STANDS_FREE] = "free", [LT_STANDS_SLOWED] = "slowed", [LT_STANDS_CUT] = "cut"};
    struct lt_account *accounts;
    enum lt_standing *stands;
    size_t count = lt_gate_quotas(gate, &accounts, &stands);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct lt_account *account = &accounts[i];
        json_t *object = json_object();
        json_object_set_new(object, "unit", text_of_unit(&account->unit));
        json_object_set_new(
            object, "role",
            json_string(account->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent"));
        json_object_set_new(object, "curve_key", text_of_bytes(account->key, 32));
        json_object_set_new(object, "standing", json_string(standings[stands[i]]));
        set_int(object, "retry_after_s", lt_quota_retry_s(account, lt_clock_monotonic()));
        set_int(object, "cuts", account->cuts);
        json_object_set_new(
            object, "cut_by",
            account->cuts == 0
                ? json_null()
                : json_string(account->cut_by == LT_METER_STORED ? "day" : "nothing"));
        set_int(object, "stored_bytes", account->spent[LT_METER_STORED]);
        set_int(object, "nothing_ms", account->spent[LT_METER_NOTHING] / 1000);
        set_int(object, "work_ms", account->spent[LT_METER_WORK] / 1000);
        json_array_append_new(list, object);
    }
    free(accounts);
    free(stands);
    json_object_set_new(status, "quotas", list);
}

static void put_gate(json_t *status, struct lt_hub *hub)
{
    struct lt_gate_counts counts;
    struct lt_pipeline_counts work;
    lt_gate_counts(hub->gate, &counts);
    lt_pipeline_counts(hub->pipeline, &work);
    json_t *gate = json_object(), *pipeline = json_object();
    set_int(gate, "peers", counts.peers);
    set_int(gate, "connections", counts.connections);
    set_int(gate, "strangers", counts.strangers);
    set_int(gate, "messages", counts.messages);
    set_int(gate, "bytes", counts.bytes);
    set_int(gate, "dropped", counts.dropped);
    set_int(gate, "stranger_dropped", counts.stranger_dropped);
    set_int(gate, "refused_admissions", counts.refused_admissions);
    set_int(gate, "accept_failures", counts.accept_failures);
    set_int(gate, "joins", counts.joins);
    set_int(gate, "receipts_signed", counts.receipts_signed);
    set_int(gate, "crowded_out", counts.crowded_out);
    set_int(gate, "cut_offs", counts.cut_offs);
    set_int(gate, "waiting_bytes", counts.waiting_bytes);
    set_bool(gate, "guarded", counts.guarded);
    set_bool(gate, "reading", counts.reading);
    json_object_set_new(status, "gate", gate);
    set_int(pipeline, "waiting", work.waiting_jobs);
    set_int(pipeline, "waiting_bytes", work.waiting_bytes);
    set_int(pipeline, "groups", work.groups);
    set_int(pipeline, "stored", work.stored);
    set_int(pipeline, "known", work.known);
    set_int(pipeline, "refused", work.refused);
    set_int(pipeline, "failed_groups", work.failed_groups);
    json_object_set_new(status, "pipeline", pipeline);
}

/* JOINs since the start, by what became of them. */
static void put_joins(json_t *status, struct lt_hub *hub)
{
    static const char *const names[LT_JOIN_FATES] = {
        [LT_JOIN_ADMITTED] = "admitted",     [LT_JOIN_PENDING] = "pending",
        [LT_JOIN_UNKNOWN] = "unknown_code",  [LT_JOIN_EXPIRED] = "expired",
        [LT_JOIN_REVOKED] = "revoked",       [LT_JOIN_USED] = "used_by_another",
        [LT_JOIN_WRONG_ROLE] = "wrong_role", [LT_JOIN_OTHER_UNIT] = "other_unit",
        [LT_JOIN_DENIED] = "denied",         [LT_JOIN_KEY_REVOKED] = "key_revoked"};
    struct lt_gate_counts counts;
    json_t *object = json_object();
    lt_gate_counts(hub->gate, &counts);
    pthread_mutex_lock(&hub->lock);
    for (int fate = 0; fate < LT_JOIN_FATES; fate++) {
        set_int(object, names[fate], hub->joins[fate]);
    }
    set_int(object, "failed", hub->joins_failed);
    pthread_mutex_unlock(&hub->lock);
    set_int(object, "guesses_limited", counts.guesses_limited);
    json_object_set_new(status, "joins", object);
}

static void put_parent(json_t *status, struct lt_hub *hub, struct lt_relay *relay)
{
    struct lt_relay_view view;
    lt_relay_view(relay, &view);
    json_t *object = json_object();
    json_object_set_new(object, "endpoint", json_string(view.endpoint));
    set_bool(object, "connected", view.state.connected);
    set_bool(object, "welcomed", view.state.welcomed);
    set_bool(object, "settled", view.state.settled);
    set_bool(object, "parent_ready", view.state.parent_ready);
    set_int(object, "in_flight_updates", view.state.in_flight_updates);
    set_int(object, "in_flight_bytes", view.state.in_flight_bytes);
    set_int(object, "failures", view.state.failures);
    set_int(object, "refused", view.refused);
    set_time(object, "welcomed_at", view.welcomed_at);
    json_object_set_new(object, "clock_ahead_s", json_integer((json_int_t)view.state.clock_skew_s));
    json_object_set_new(object, "trouble", json_string(view.trouble));
    pthread_mutex_lock(&hub->lock);
    bool same = !hub->parent_has_said;
    for (size_t i = 0; i < hub->digest_count; i++) {
        same = same ||
               memcmp(&hub->digests[i], &hub->parent_said.directives, sizeof(hub->digests[i])) == 0;
    }
    json_object_set_new(object, "last_receipt",
                        hub->parent_has_said ? json_integer((json_int_t)hub->parent_said.number)
                                             : json_null());
    /* The parent judged by directives that are not ours: other units, titles or keys. */
    set_bool(object, "directives_differ", !same);
    json_object_set_new(object, "directives",
                        hub->parent_has_said ? text_of_bytes(hub->parent_said.directives.bytes, 32)
                                             : json_null());
    pthread_mutex_unlock(&hub->lock);
    json_object_set_new(status, "parent_link", object);
}

/* What children brought that no honest one brings. */
static void put_alarms(json_t *status, struct lt_hub *hub)
{
    struct lt_doubt *doubts;
    char text[LT_DOUBT_TEXT_MAX], vietnamese[LT_DOUBT_TEXT_MAX];
    json_t *list = json_array();
    const bool english = lt_status_language("en");
    size_t count = lt_doubts_list(hub->doubts, &doubts);
    for (size_t i = 0; i < count; i++) {
        const struct lt_doubt *doubt = &doubts[i];
        bool hub_brought = doubt->role == LIENTHONG__ROLE__ROLE_HUB;
        json_t *object = json_object();
        (void)lt_status_language("vi");
        lt_doubt_text(doubt, vietnamese);
        (void)lt_status_language("en");
        lt_doubt_text(doubt, text);
        json_object_set_new(object, "kind", json_string(lt_doubt_name(doubt->kind)));
        json_object_set_new(object, "child", text_of_unit(&doubt->child));
        json_object_set_new(object, "role", json_string(hub_brought ? "hub" : "agent"));
        json_object_set_new(object, "unit", text_of_unit(&doubt->chain.unit));
        json_object_set_new(
            object, "stream",
            json_string(doubt->chain.stream == LT_STREAM_DIRECTIVE ? "directive" : "report"));
        json_object_set_new(object, "update", text_of_bytes(doubt->update.bytes, 32));
        json_object_set_new(object, "missing",
                            doubt->kind == LT_DOUBT_GAP ? text_of_bytes(doubt->missing.bytes, 32)
                                                        : json_null());
        json_object_set_new(object, "key", text_of_bytes(doubt->key.bytes, 32));
        set_int(object, "count", doubt->count);
        set_time(object, "first_at", doubt->first_at);
        set_time(object, "last_at", doubt->last_at);
        json_object_set_new(object, "text", json_string(text));
        json_object_set_new(object, "text_vi", json_string(vietnamese));
        json_array_append_new(list, object);
    }
    (void)lt_status_language(english ? "en" : "vi");
    free(doubts);
    json_object_set_new(status, "alarms", list);
}

static void put_running(json_t *status, struct lt_hub *hub)
{
    put_alarms(status, hub);
    lt_status_put_doors(status, hub);
    lt_status_put_lives(status, hub);
    set_bool(status, "ready", atomic_load(&hub->ready));
    set_time(status, "started_at", hub->started_at);
    json_object_set_new(status, "listening", json_string(lt_gate_endpoint(hub->gate)));
    put_gate(status, hub);
    put_joins(status, hub);
    put_children(status, hub->gate);
    put_quotas(status, hub->gate);
    lt_versions_machines(status, hub->gate);
    lt_releases_status(status, hub->releases);
    struct lt_relay *relay = atomic_load(&hub->relay);
    if (relay != NULL) {
        put_parent(status, hub, relay);
    }
}

json_t *lt_status_make(struct lt_ledger *ledger, struct lt_roster *roster, struct lt_hub *hub)
{
    json_t *status = json_object();
    struct lt_heard *heard = NULL;
    if (status == NULL) {
        return NULL;
    }
    json_object_set_new(status, "schema", json_string("lienthong-hub-status-1"));
    json_object_set_new(status, "version", json_string(LT_VERSION_TEXT));
    set_bool(status, "running", hub != NULL);
    put_site(status, ledger);
    set_time(status, "recovering_since", lt_roster_recovering(roster));
    put_retiring(status, roster);
    put_counts(status, ledger);
    put_book(status, ledger);
    lt_versions_status(status, ledger);
    lt_status_put_keys(status, ledger, hub);
    put_moves(status, ledger);
    put_notices(status, ledger);
    put_invitations(status, roster);
    lt_status_put_copies(status, ledger, roster, hub);
    lt_status_put_newcomers(status, ledger, roster, hub);
    set_int(status, "disk_free_bytes", lt_env_disk_free(lt_ledger_env(ledger)));
    if (hub != NULL) {
        put_running(status, hub);
    }
    size_t heard_count = hub != NULL ? lt_gate_heard(hub->gate, &heard) : 0;
    put_chains(status, ledger, heard, heard_count);
    free(heard);
    return status;
}

char *lt_hub_status(struct lt_hub *hub)
{
    return lt_json_text(lt_status_make(hub->ledger, hub->roster, hub));
}
