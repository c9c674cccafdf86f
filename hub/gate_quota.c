#include "hub/gate_own.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"

static const struct lt_rate LOG_RATE = {8, 10000};

void gate_log(struct lt_gate *gate, const char *format, ...)
{
    char line[400], left_out[64] = "";
    va_list arguments;
    if (gate->config.log == NULL) {
        return;
    }
    if (!lt_bucket_take(&gate->logged, &LOG_RATE, lt_clock_monotonic())) {
        gate->unlogged++;
        return;
    }
    va_start(arguments, format);
    vsnprintf(line, sizeof(line) - sizeof(left_out), format, arguments);
    va_end(arguments);
    if (gate->unlogged > 0) {
        snprintf(left_out, sizeof(left_out), " (%llu more were not logged)",
                 (unsigned long long)gate->unlogged);
        gate->unlogged = 0;
    }
    (void)snprintf(line + strlen(line), sizeof(left_out), "%s", left_out);
    gate->config.log(gate->config.context, line);
}

/* Under the gate's lock. */
static struct lt_account *account_of(struct lt_gate *gate, const struct peer *peer, lt_ms now)
{
    return lt_quota_account(gate->quota, peer->curve_key, &peer->unit, peer->role, now);
}

/* ---- Cutting off ---- */

/* For the clerk, who sees it in his status. */
static void cut_text(const struct lt_gate *gate, enum lt_meter meter, char *text, size_t size)
{
    if (meter == LT_METER_STORED) {
        snprintf(text, size, "quá %u MiB một ngày / more than %u MiB in a day",
                 gate->config.limits.day_mib, gate->config.limits.day_mib);
    } else {
        snprintf(text, size, "quá nhiều thứ vô ích / too much that is of no use");
    }
}

/* Its last word on this connection; shut when it has had time to arrive. */
static void tell(struct lt_gate *gate, struct peer *peer, enum lt_meter meter, uint32_t retry_s,
                 lt_ms now)
{
    Lienthong__Refused refused;
    char text[128];
    uint8_t *bytes;
    size_t size;
    lienthong__refused__init(&refused);
    cut_text(gate, meter, text, sizeof(text));
    refused.reason = LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA;
    refused.text = text;
    refused.retry_after_s = retry_s;
    peer->ending_at = now + ENDING_MS;
    peer->catching_up = false;
    if (lt_message_pack(LT_MSG_REFUSED, peer->greeting, &refused.base, &bytes, &size) == LT_OK) {
        gate_send(gate, peer, bytes, size);
        free(bytes);
    }
}

static void log_cut(struct lt_gate *gate, const struct peer *peer, const struct lt_account *account,
                    uint32_t retry_s)
{
    char unit[LT_UNIT_TEXT_MAX], key[17], text[128];
    lt_unit_format(&peer->unit, unit);
    lt_hex(peer->key.bytes, 8, key);
    cut_text(gate, account->cut_by, text, sizeof(text));
    const char *english = strstr(text, " / ");
    gate_log(gate,
             "WARNING: %s of unit %s (key %s) is cut off for %u s: %s; %llu MiB stored, %llu s "
             "spent for nothing, cut off %llu times since the start",
             peer->role == LIENTHONG__ROLE__ROLE_HUB ? "the hub" : "an agent", unit, key, retry_s,
             english != NULL ? english + 3 : text,
             (unsigned long long)(account->spent[LT_METER_STORED] >> 20),
             (unsigned long long)(account->spent[LT_METER_NOTHING] / 1000000),
             (unsigned long long)account->cuts);
}

void gate_spend(struct lt_gate *gate, struct peer *peer, enum lt_meter meter, uint64_t amount,
                lt_ms now)
{
    struct lt_account copy;
    pthread_mutex_lock(&gate->lock);
    struct lt_account *account = account_of(gate, peer, now);
    bool cut = lt_quota_spend(gate->quota, account, meter, amount, now);
    if (cut) {
        gate->counts.cut_offs++;
        copy = *account;
    }
    pthread_mutex_unlock(&gate->lock);
    if (cut) {
        uint32_t retry_s = lt_quota_retry_s(&copy, now);
        gate_turn_drop(gate, peer);
        log_cut(gate, peer, &copy, retry_s);
        tell(gate, peer, meter, retry_s, now);
    }
}

bool gate_may_work(struct lt_gate *gate, const struct peer *peer, lt_ms now)
{
    pthread_mutex_lock(&gate->lock);
    bool may = lt_quota_may_work(gate->quota, account_of(gate, peer, now), now);
    pthread_mutex_unlock(&gate->lock);
    return may;
}

uint64_t gate_work_of(const struct lt_job *job)
{
    return STORED_COST_US + job->size * 30 / 1000;
}

/* What an update turned out to be, and to have taken. That our disk is full, or our memory, is no fault of its sender. */
void gate_spend_answer(struct lt_gate *gate, const struct lt_job *job, lt_ms now)
{
    struct peer *peer = gate_turn_peer(gate, job);
    if (peer == NULL || job->durable_failed) {
        return;
    }
    if (job->worked_us > gate_work_of(job)) { /* such as a list of very many lines, judged again */
        uint64_t more = job->worked_us - gate_work_of(job);
        gate_spend(gate, peer, LT_METER_WORK, more < WORK_MORE_MAX_US ? more : WORK_MORE_MAX_US,
                   now);
    }
    if (job->arrival.result == LT_OK) {
        gate_spend(gate, peer, LT_METER_STORED, job->size, now);
    } else if (job->arrival.result == LT_EXISTS) {
        gate_spend(gate, peer, LT_METER_NOTHING, REFUSED_COST_US / 2 + job->size * 8 / 1000, now);
    } else if (job->arrival.result != LT_NO_MEMORY) {
        gate_spend(gate, peer, LT_METER_NOTHING, REFUSED_COST_US + job->size * 8 / 1000, now);
    }
}

/* ---- Not listening ---- */

static bool ignores_cut(struct lt_gate *gate, struct peer *peer, bool greets, enum lt_meter meter,
                        uint32_t retry_s, lt_ms now)
{
    if (peer->ending_at == 0 && greets) {
        tell(gate, peer, meter, retry_s, now);
    } else if (++peer->words_since > CUT_WORDS_MAX) {
        gate_shut(peer->fd);
    }
    return true;
}

bool gate_quota_ignores(struct lt_gate *gate, struct peer *peer, struct lt_bytes bytes, lt_ms now)
{
    static const struct lt_rate slowed_rate = {SLOWED_BURST, SLOWED_EACH_MS};
    struct lt_message message;
    bool opens = lt_message_open(bytes, &message) == LT_OK;
    bool greets = opens && message.type == LT_MSG_HELLO;
    pthread_mutex_lock(&gate->lock);
    struct lt_account *account = account_of(gate, peer, now);
    uint32_t retry_s = lt_quota_retry_s(account, now);
    enum lt_meter meter = account->cut_by;
    bool wastes = lt_quota_wastes(gate->quota, account, now);
    pthread_mutex_unlock(&gate->lock);
    peer->greeting = greets ? message.session : peer->greeting;
    if (retry_s > 0 || peer->ending_at != 0) {
        return ignores_cut(gate, peer, greets, meter, retry_s, now);
    }
    return wastes && (!opens || message.type != LT_MSG_UPDATE) &&
           !lt_bucket_take(&peer->slowed, &slowed_rate, now);
}

size_t lt_gate_quotas(struct lt_gate *gate, struct lt_account **ret_accounts,
                      enum lt_standing **ret_standings)
{
    const lt_ms now = lt_clock_monotonic();
    *ret_accounts = NULL;
    *ret_standings = NULL;
    pthread_mutex_lock(&gate->lock);
    size_t count = lt_quota_notable(gate->quota, now, NULL, NULL, 0);
    if (count > 0) {
        *ret_accounts = malloc(count * sizeof(**ret_accounts));
        *ret_standings = malloc(count * sizeof(**ret_standings));
    }
    if (*ret_accounts != NULL && *ret_standings != NULL) {
        (void)lt_quota_notable(gate->quota, now, *ret_accounts, *ret_standings, count);
        pthread_mutex_unlock(&gate->lock);
        return count;
    }
    pthread_mutex_unlock(&gate->lock);
    free(*ret_accounts);
    free(*ret_standings);
    *ret_accounts = NULL;
    *ret_standings = NULL;
    return 0;
}
