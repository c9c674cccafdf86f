/* Signs of life that children bring in their Reports. */
#include "agent/clock.h"
#include "hub/gate_own.h"

/* A hub of ten thousand units that comes back says them all in two minutes; verifying them is a tenth of a core. */
static const struct lt_rate LIVES_RATE = {1024, 15};

static void take(struct lt_gate *gate, struct peer *peer, const struct lt_life *life, int64_t now)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, life->unit};
    struct lt_ledger *ledger = gate->config.ledger;
    if (gate->store.way(gate->store.context, peer->role, &peer->unit, &chain) != LT_WAY_UP ||
        !lt_lives_is_news(gate->config.lives, life, now)) {
        return;
    }
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    enum lt_result result = lt_book_key(lt_ledger_book(ledger), &chain, &life->key);
    if (!lt_book_countersigned(lt_ledger_book(ledger), &chain, &life->key)) {
        result = LT_KEY_UNKNOWN; /* above it would be none, and hide the one of another machine */
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    if (result == LT_OK && lt_bucket_take(&peer->lives, &LIVES_RATE, lt_clock_monotonic()) &&
        lt_life_verify(life) == LT_OK) {
        lt_lives_put(gate->config.lives, life, now);
        lt_lives_came(gate->config.lives, &life->unit, peer->role == LIENTHONG__ROLE__ROLE_AGENT,
                      now);
    }
}

void gate_take_lives(struct lt_gate *gate, struct peer *peer, const Lienthong__Report *report)
{
    struct lt_life life;
    int64_t now = lt_clock_wall();
    for (size_t i = 0; i < report->n_lives && gate->config.lives != NULL; i++) {
        if (lt_life_from_wire(report->lives[i], &life) == LT_OK) {
            take(gate, peer, &life, now);
        }
    }
}

void gate_heard_update(struct lt_gate *gate, const struct lt_job *job, int64_t now)
{
    const struct lt_arrival *arrival = &job->arrival;
    if (arrival->report != NULL && arrival->update.frame.chain.stream == LT_STREAM_REPORT) {
        lt_lives_heard(gate->config.lives, &arrival->update.frame.chain.unit,
                       arrival->report->signed_at, now);
    }
}
