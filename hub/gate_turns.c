#include "hub/gate_own.h"

#include <stdlib.h>

/* ---- The ring of those who have something to feed ---- */

static void join_ring(struct lt_gate *gate, struct peer *peer)
{
    int32_t index = (int32_t)(peer - gate->peers);
    if (peer->in_turn) {
        return;
    }
    peer->in_turn = true;
    peer->turn_next = -1;
    peer->turn_before = gate->turn_last;
    if (gate->turn_last >= 0) {
        gate->peers[gate->turn_last].turn_next = index;
    } else {
        gate->turn_first = index;
    }
    gate->turn_last = index;
    gate->turns++;
}

static void leave_ring(struct lt_gate *gate, struct peer *peer)
{
    if (!peer->in_turn) {
        return;
    }
    if (peer->turn_before >= 0) {
        gate->peers[peer->turn_before].turn_next = peer->turn_next;
    } else {
        gate->turn_first = peer->turn_next;
    }
    if (peer->turn_next >= 0) {
        gate->peers[peer->turn_next].turn_before = peer->turn_before;
    } else {
        gate->turn_last = peer->turn_before;
    }
    peer->in_turn = false;
    gate->turns--;
}

/* ---- Waiting ---- */

struct peer *gate_turn_peer(struct lt_gate *gate, const struct lt_job *job)
{
    struct peer *peer = job->peer < gate->config.peers_max ? &gate->peers[job->peer] : NULL;
    return peer != NULL && peer->used && peer->came == job->turn ? peer : NULL;
}

static bool has_share(const struct peer *peer)
{
    bool hub = peer->role == LIENTHONG__ROLE__ROLE_HUB;
    return peer->working < (hub ? HUB_WORKING_JOBS : AGENT_WORKING_JOBS) &&
           (peer->working == 0 || peer->working_bytes + peer->first->size <=
                                      (hub ? HUB_WORKING_BYTES : AGENT_WORKING_BYTES));
}

/* So much waits that whoever has more than one is sent away. */
static void say_busy(struct lt_gate *gate, struct lt_job *job)
{
    struct lt_actions actions = {0};
    struct lt_update update;
    lt_parent_answered(gate->machine, job->peer, job->size);
    if (lt_update_open(job->arrival.bytes, &update) == LT_OK) {
        lt_parent_refuse_busy(gate->machine, job->peer, job->session, &update.frame.chain,
                              &update.id, BUSY_RETRY_S, "too much waits here", &actions);
    }
    lt_job_free(job);
    gate_perform(gate, &actions);
}

void gate_turn_take(struct lt_gate *gate, struct peer *peer, struct lt_job *job)
{
    job->turn = peer->came;
    if (gate->waiting_bytes > WAITING_BYTES_MANY && peer->waiting > 0) {
        say_busy(gate, job);
        return;
    }
    job->next = NULL;
    if (peer->last != NULL) {
        peer->last->next = job;
    } else {
        peer->first = job;
    }
    peer->last = job;
    peer->waiting++;
    peer->waiting_bytes += job->size;
    gate->waiting_bytes += job->size;
    if (has_share(peer)) {
        join_ring(gate, peer);
    }
}

static struct lt_job *pop(struct lt_gate *gate, struct peer *peer)
{
    struct lt_job *job = peer->first;
    peer->first = job->next;
    if (peer->first == NULL) {
        peer->last = NULL;
    }
    job->next = NULL;
    peer->waiting--;
    peer->waiting_bytes -= job->size;
    gate->waiting_bytes -= job->size;
    return job;
}

void gate_turn_drop(struct lt_gate *gate, struct peer *peer)
{
    while (peer->first != NULL) {
        lt_job_free(pop(gate, peer));
    }
    leave_ring(gate, peer);
}

void gate_turn_done(struct lt_gate *gate, const struct lt_job *job)
{
    struct peer *peer = gate_turn_peer(gate, job);
    if (peer == NULL) {
        return;
    }
    peer->working--;
    peer->working_bytes -= job->size;
    if (peer->first != NULL && has_share(peer)) {
        join_ring(gate, peer);
    }
}

/* ---- Feeding ---- */

/* Some of one peer's; false: it has to wait for time to pass. */
static bool feed_peer(struct lt_gate *gate, struct peer *peer, lt_ms now)
{
    uint64_t bytes = 0;
    while (peer->first != NULL && has_share(peer) && gate->batch_count < FEED_BATCH &&
           (bytes == 0 || bytes + peer->first->size <= TURN_BYTES)) {
        if (!gate_may_work(gate, peer, now)) {
            return false;
        }
        struct lt_job *job = pop(gate, peer);
        peer->working++;
        peer->working_bytes += job->size;
        bytes += job->size;
        gate_spend(gate, peer, LT_METER_WORK, gate_work_of(job), now);
        gate->batch[gate->batch_count++] = job;
    }
    return true;
}

/* Everybody who waits gets a turn, until the pipeline is full or nobody may go on. */
void gate_turns_feed(struct lt_gate *gate, lt_ms now)
{
    bool fed = true;
    while (fed && gate->turns > 0 && lt_pipeline_room(gate->config.pipeline, FEED_BATCH)) {
        gate->paced = false;
        for (uint32_t n = gate->turns; n > 0 && gate->batch_count < FEED_BATCH; n--) {
            struct peer *peer = &gate->peers[gate->turn_first];
            leave_ring(gate, peer);
            gate->paced |= !feed_peer(gate, peer, now);
            if (peer->first != NULL && has_share(peer)) {
                join_ring(gate, peer);
            }
        }
        fed = gate->batch_count > 0;
        if (fed) {
            lt_pipeline_feed(gate->config.pipeline, gate->batch, gate->batch_count);
            gate->batch_count = 0;
        }
    }
    if (gate->turns == 0) {
        gate->paced = false;
    }
}
