#include "hub/gate_own.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"

/* ---- Sending ---- */

/* A child that does not read loses what does not fit its queue, and is told again when it next says
 * HELLO; one that is gone is forgotten. */
static bool send_frames(struct lt_gate *gate, struct peer *peer, zmq_msg_t *payload)
{
    if (zmq_send(gate->router, peer->route, peer->route_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        bool gone = zmq_errno() == EHOSTUNREACH;
        zmq_msg_close(payload);
        peer->caught_up = peer->catching_up = false;
        if (gone) {
            gate_peer_drop(gate, peer);
        }
        return false;
    }
    if (zmq_msg_send(payload, gate->router, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(payload);
        return false;
    }
    return true;
}

bool gate_send(struct lt_gate *gate, struct peer *peer, const uint8_t *bytes, size_t size)
{
    zmq_msg_t payload;
    if (zmq_msg_init_size(&payload, size) != 0) {
        return false;
    }
    memcpy(zmq_msg_data(&payload), bytes, size);
    return send_frames(gate, peer, &payload);
}

static void send_update(struct lt_gate *gate, struct peer *peer, const struct lt_action *action)
{
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(gate->config.ledger), false);
    struct lt_bytes bytes;
    zmq_msg_t payload;
    if (txn == NULL) {
        return;
    }
    bool found = lt_log_at(txn, action->position, &bytes) &&
                 zmq_msg_init_size(&payload, LT_HEADER_BYTES + bytes.size) == 0;
    if (found) {
        uint8_t *to = zmq_msg_data(&payload);
        lt_header_write(LT_MSG_UPDATE, action->session, to);
        memcpy(to + LT_HEADER_BYTES, bytes.data, bytes.size);
    }
    if (found && send_frames(gate, peer, &payload)) {
        gate_rekeyed_sent(peer, bytes);
    }
    lt_txn_abort(txn);
}

/* ---- Actions of the machine ---- */

/* A session begins: receipts that it may have missed follow its WELCOME. */
static void begin_catching_up(struct peer *peer, const uint8_t *welcome, uint64_t number)
{
    peer->session = 0;
    peer->welcome = number;
    for (int i = 4; i < LT_HEADER_BYTES; i++) {
        peer->session = peer->session << 8 | welcome[i];
    }
    if (peer->role == LIENTHONG__ROLE__ROLE_AGENT || !peer->caught_up) {
        peer->catching_up = true;
        peer->catching_begun = false;
    }
}

/* Whatever it says its clock shows. */
static int64_t skew_of(int64_t theirs, int64_t ours)
{
    int64_t skew;
    if (theirs == 0)
        return 0;
    return __builtin_sub_overflow(theirs, ours, &skew) ? INT64_MIN : skew;
}

static void keep_report(struct lt_gate *gate, struct peer *peer, struct lt_bytes bytes)
{
    ProtobufCMessage *message;
    if (lt_payload_read(bytes, &lienthong__report__descriptor, gate->arena, &message) == LT_OK) {
        const Lienthong__Report *report = (const Lienthong__Report *)(void *)message;
        int64_t now = lt_clock_wall();
        pthread_mutex_lock(&gate->lock);
        peer->said.reported_at = now;
        peer->said.backlog_updates = report->backlog_updates;
        peer->said.backlog_drafts = report->backlog_drafts;
        peer->said.oldest_unsent_at = report->oldest_unsent_at;
        peer->said.disk_free_bytes = report->disk_free_bytes;
        peer->said.clock_skew_s = skew_of(report->wall_time, now);
        peer->said.contested = report->contested;
        peer->said.refused = report->refused;
        peer->said.release = report->release;
        peer->said.release_bad = report->release_bad;
        pthread_mutex_unlock(&gate->lock);
        gate_take_lives(gate, peer, report);
    }
    lt_arena_reset(gate->arena);
}

static void keep_update(struct lt_gate *gate, struct lt_action *action)
{
    struct lt_job *job =
        lt_job_new(gate->config.pipeline, LT_FROM_CHILD, false, action->bytes, action->size);
    action->bytes = NULL;
    if (job == NULL) {
        lt_parent_answered(gate->machine, action->peer, action->size);
        return;
    }
    job->peer = action->peer;
    job->session = action->session;
    gate_turn_take(gate, &gate->peers[action->peer], job);
}

static void perform_one(struct lt_gate *gate, struct lt_action *action)
{
    struct peer *peer = &gate->peers[action->peer];
    if (action->peer >= gate->config.peers_max || !peer->used) {
        return; /* gone since */
    }
    switch (action->kind) {
    case LT_DO_SEND:
        if (gate_send(gate, peer, action->bytes, action->size) &&
            action->bytes[0] == LT_MSG_WELCOME) {
            begin_catching_up(peer, action->bytes, ++gate->welcomes);
        }
        break;
    case LT_DO_SEND_UPDATE:
        send_update(gate, peer, action);
        break;
    case LT_DO_STORE:
        keep_update(gate, action);
        break;
    case LT_DO_REPORT:
        keep_report(gate, peer, (struct lt_bytes){action->bytes, action->size});
        break;
    case LT_DO_WANT_PIECE:
        gate_want_piece(gate, peer, action);
        break;
    case LT_DO_RESTORED: /* looked for before */
    case LT_DO_RECEIPT: /* the child's */
    case LT_DO_SIGN:
    case LT_DO_CONNECT:
    case LT_DO_READY:
    case LT_DO_REFUSED:
    case LT_DO_PIECE:
        break;
    }
}

void gate_perform(struct lt_gate *gate, struct lt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++) {
        perform_one(gate, &actions->items[i]);
    }
    lt_actions_clear(actions);
}

/* ---- Restored from a backup ---- */

enum lt_result gate_machine_new(struct lt_gate *gate)
{
    struct lt_parent_config config = {
        .unit = gate->config.site.unit,
        .incarnation = gate->config.site.incarnation,
        .credit_bytes = gate->config.credit_bytes,
        .ready = gate->ready,
        .pieces = gate->config.releases != NULL,
        .peers_max = gate->config.peers_max,
    };
    struct lt_parent *machine = lt_parent_new(&config, &gate->store);
    if (machine == NULL) {
        return LT_NO_MEMORY;
    }
    gate->machine = machine;
    return LT_OK;
}

bool gate_restored(struct lt_gate *gate, struct lt_bytes receipt)
{
    struct lt_statement statement;
    struct lt_hub_site *site = &gate->config.site;
    struct lt_instance incarnation;
    if (lt_receipt_open(receipt, &statement) != LT_OK ||
        lt_unit_cmp(&statement.hub, &site->unit) != 0 ||
        memcmp(&statement.key, &gate->keys.sign_public, sizeof(statement.key)) != 0 ||
        (memcmp(&statement.incarnation, &site->incarnation, sizeof(site->incarnation)) != 0 &&
         lt_ledger_gave_out(gate->config.ledger, statement.number)) ||
        !gate->config.restored(gate->config.context, &statement, &incarnation)) {
        return false;
    }
    site->incarnation = incarnation;
    gate->number = lt_ledger_receipt_numbers(gate->config.ledger, 1); /* beyond the leap */
    lt_parent_incarnation(gate->machine, &incarnation);
    return true;
}

static void note_heard(struct lt_gate *gate, const struct lt_chain *chain, int64_t wall_time)
{
    size_t low = 0, high = gate->heard_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lt_chain_cmp(&gate->heard[middle].chain, chain) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == gate->heard_count || lt_chain_cmp(&gate->heard[low].chain, chain) != 0) {
        if (gate->heard_count == gate->heard_capacity) {
            size_t capacity = gate->heard_capacity == 0 ? 64 : gate->heard_capacity * 2;
            struct lt_heard *heard = realloc(gate->heard, capacity * sizeof(*heard));
            if (heard == NULL) {
                return;
            }
            gate->heard = heard;
            gate->heard_capacity = capacity;
        }
        memmove(&gate->heard[low + 1], &gate->heard[low],
                (gate->heard_count - low) * sizeof(*gate->heard));
        gate->heard[low] = (struct lt_heard){.chain = *chain};
        gate->heard_count++;
    }
    gate->heard[low].last_at = wall_time;
    gate->heard[low].updates++;
}

/* ---- News from other threads ---- */

static Lienthong__RefusalReason refusal(enum lt_result result)
{
    static const struct {
        enum lt_result result;
        Lienthong__RefusalReason reason;
    } table[] = {
        {LT_ORPHAN, LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN},
        {LT_KEY_UNKNOWN, LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN},
        {LT_KEY_REVOKED, LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_REVOKED},
        {LT_BAD_SIGNATURE, LIENTHONG__REFUSAL_REASON__REFUSAL_SIGNATURE},
        {LT_NOT_YOURS, LIENTHONG__REFUSAL_REASON__REFUSAL_NOT_YOURS},
        {LT_VERSION, LIENTHONG__REFUSAL_REASON__REFUSAL_VERSION},
        {LT_NO_SPACE, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY},
        {LT_NO_MEMORY, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY},
        {LT_BUSY, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY},
        {LT_IO, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY},
        {LT_CORRUPT, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].result == result) {
            return table[i].reason;
        }
    }
    return LIENTHONG__REFUSAL_REASON__REFUSAL_MALFORMED;
}

static void refuse(struct lt_gate *gate, const struct lt_job *job, struct lt_actions *actions)
{
    if (!job->opened) {
        return; /* the machine opened it before; only memory can have failed here */
    }
    lt_parent_refuse(gate->machine, job->peer, job->session, &job->arrival.update.frame.chain,
                     &job->arrival.update.id, refusal(job->arrival.result),
                     job->arrival.missing.ids, job->arrival.missing.count,
                     lt_result_text(job->arrival.result), actions);
}

/* After the news of what was stored: a directive of the same group may be what grants their key. */
static void pass_receipts(struct lt_gate *gate, const struct letter *letter,
                          struct lt_actions *actions)
{
    for (size_t i = 0; i < letter->job_count; i++) {
        const struct lt_job *job = letter->jobs[i];
        if (job->is_receipt && job->arrival.result == LT_OK) {
            lt_parent_receipt(gate->machine, &job->statement.chain, job->arrival.bytes, actions);
        }
    }
}

/* What was stored, and whom it is owed a receipt; sent whenever the room is full, so that no memory is asked for. */
struct stored {
    struct touched chains[256];
    size_t count;
};

static void note_stored(struct lt_gate *gate, const struct lt_job *job, struct stored *stored,
                        struct lt_actions *actions)
{
    const struct lt_chain *chain = &job->arrival.update.frame.chain;
    const bool owed = job->source == LT_FROM_CHILD || chain->stream == LT_STREAM_REPORT;
    if (stored->count == sizeof(stored->chains) / sizeof(stored->chains[0])) {
        gate_send_receipts(gate, stored->chains, stored->count, actions);
        stored->count = 0;
    }
    gate->number = job->receipt_number > gate->number ? job->receipt_number : gate->number;
    stored->chains[stored->count++] = (struct touched){*chain, owed ? job->receipt_number : 0};
}

static void note_all_heard(struct lt_gate *gate, const struct letter *letter, int64_t wall_time)
{
    pthread_mutex_lock(&gate->lock);
    for (size_t i = 0; i < letter->job_count; i++) {
        const struct lt_job *job = letter->jobs[i];
        if ((job->source == LT_FROM_CHILD || job->source == LT_FROM_BUNDLE) && !job->is_receipt &&
            job->arrival.result == LT_OK) {
            note_heard(gate, &job->arrival.update.frame.chain, wall_time);
        }
    }
    pthread_mutex_unlock(&gate->lock);
}

static void answer_jobs(struct lt_gate *gate, struct letter *letter)
{
    struct lt_actions actions = {0};
    struct stored stored;
    const int64_t wall_time = lt_clock_wall();
    stored.count = 0;
    note_all_heard(gate, letter, wall_time);
    for (size_t i = 0; i < letter->job_count; i++) {
        const struct lt_job *job = letter->jobs[i];
        if (job->source == LT_FROM_CHILD) {
            lt_parent_answered(gate->machine, job->peer, job->size);
            gate_turn_done(gate, job);
        }
        if (job->is_receipt) {
            continue;
        }
        if (job->arrival.result == LT_OK || job->arrival.result == LT_EXISTS) {
            lt_doubts_stored(gate->config.doubts, &job->arrival.update.id);
            gate_heard_update(gate, job, wall_time);
            note_stored(gate, job, &stored, &actions);
        } else if (job->source == LT_FROM_CHILD) {
            gate_doubt_refused(gate, job);
            refuse(gate, job, &actions);
        }
    }
    gate_send_receipts(gate, stored.chains, stored.count, &actions);
    pass_receipts(gate, letter, &actions);
    gate_perform(gate, &actions);
    lt_ms now = lt_clock_monotonic();
    for (size_t i = 0; i < letter->job_count; i++) { /* the answers go before a last word */
        if (letter->jobs[i]->source == LT_FROM_CHILD) {
            gate_spend_answer(gate, letter->jobs[i], now);
        }
    }
}

void gate_letter_free(struct letter *letter)
{
    for (size_t i = 0; i < letter->job_count; i++) {
        lt_job_free(letter->jobs[i]);
    }
    free(letter->jobs);
    free(letter->bytes);
    lt_keys_wipe(&letter->keys);
    free(letter);
}

static void answer_join(struct lt_gate *gate, const struct letter *letter)
{
    if (zmq_send(gate->router, letter->ask.route, letter->ask.route_size,
                 ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
        zmq_send(gate->router, letter->bytes, letter->size, ZMQ_DONTWAIT) >= 0) {
        pthread_mutex_lock(&gate->lock);
        gate->counts.joins++;
        pthread_mutex_unlock(&gate->lock);
    }
}

static void become_ready(struct lt_gate *gate)
{
    struct lt_actions actions = {0};
    if (!gate->ready) {
        gate->ready = true;
        lt_parent_ready(gate->machine, &actions);
        gate_perform(gate, &actions);
    }
}

void gate_letters(struct lt_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    struct letter *letter = gate->letters;
    gate->letters = NULL;
    gate->letters_end = &gate->letters;
    pthread_mutex_unlock(&gate->lock);
    while (letter != NULL) {
        struct letter *next = letter->next;
        switch (letter->kind) {
        case LETTER_JOBS:
            answer_jobs(gate, letter);
            break;
        case LETTER_READY:
            become_ready(gate);
            break;
        case LETTER_JOINED:
            answer_join(gate, letter);
            break;
        case LETTER_KEYS:
            gate_rekey(gate, &letter->keys);
            break;
        }
        gate_letter_free(letter);
        letter = next;
    }
}
