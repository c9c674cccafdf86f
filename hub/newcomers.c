#include "hub/newcomers.h"

#include <stdlib.h>
#include <string.h>

#include "proto/rules.h"

enum { LOOKED_BACK_MAX = 1024, FORMERS_MAX = 1024 }; /* updates; keys, of all that are told */

struct finding {
    struct lt_ledger *ledger;
    struct lt_lives *lives;
    struct lt_txn *txn;
    struct lt_arena *arena;
    int64_t now;
    struct lt_machine_heard *machines; /* by key */
    size_t machine_count;
    struct lt_child_view *children;
    size_t child_count;
    struct lt_newcomer *newcomers;
    struct lt_key_line *lines; /* of the newcomers */
    size_t count;
    size_t former_count;
    struct former { /* of any of the newcomers' units */
        struct lt_granted_key key;
        struct lt_key_line line;
    } * formers;
};

/* ---- Who came ---- */

static bool same_key(const struct lt_key *a, const struct lt_key *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static struct lt_chain chain_of(const struct lt_granted_key *key)
{
    return (struct lt_chain){
        key->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE : LT_STREAM_REPORT, key->unit};
}

static void add(struct finding *finding, const struct lt_granted_key *key,
                const struct lt_key_line *line)
{
    if (finding->count < LT_NEWCOMERS_MAX) {
        finding->lines[finding->count] = *line;
        finding->newcomers[finding->count++] =
            (struct lt_newcomer){.unit = key->unit,
                                 .role = key->role,
                                 .key = key->key,
                                 .hub = key->hub,
                                 .waits = key->awaits && !key->asked_by_key};
    }
}

static void take_waiting(void *context, const struct lt_granted_key *key)
{
    struct finding *finding = context;
    struct lt_key_line line;
    if (key->awaits && !key->first && !key->asked_by_key) {
        lt_book_key_line(lt_ledger_book(finding->ledger), key, &line);
        add(finding, key, &line);
    }
}

/* The machine that came to a unit last. */
struct arrival {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    int64_t at;
    bool alone; /* not with another one, to the second: that is no replacing */
};
struct arrivals { /* each unit and role once, ascending */
    struct finding *finding;
    struct arrival *items;
    size_t count, capacity;
};

static void take_invited(void *context, const struct lt_hash *hash,
                         const struct lt_invitation *invitation)
{
    struct arrivals *arrivals = context;
    (void)hash;
    if (lt_invitation_state(invitation, arrivals->finding->now) != LT_INVITE_TAKEN ||
        arrivals->finding->now - invitation->taken_at >= LT_COPY_SHOWN_S) {
        return;
    }
    if (arrivals->count == arrivals->capacity) {
        size_t capacity = arrivals->capacity == 0 ? 64 : arrivals->capacity * 2;
        struct arrival *items = realloc(arrivals->items, capacity * sizeof(*items));
        if (items == NULL) {
            return; /* one less is told */
        }
        arrivals->items = items;
        arrivals->capacity = capacity;
    }
    arrivals->items[arrivals->count++] = (struct arrival){.unit = invitation->unit,
                                                          .role = invitation->role,
                                                          .key = invitation->key,
                                                          .at = invitation->taken_at,
                                                          .alone = true};
}

static int by_unit(const void *a, const void *b)
{
    const struct arrival *first = a, *second = b;
    int order = lt_unit_cmp(&first->unit, &second->unit);
    return order != 0 ? order : (int)first->role - (int)second->role;
}

static int by_unit_and_time(const void *a, const void *b)
{
    const struct arrival *first = a, *second = b;
    int order = by_unit(a, b);
    return order != 0 ? order : (first->at > second->at) - (first->at < second->at);
}

static void keep_newest(struct arrivals *arrivals)
{
    size_t kept = 0;
    if (arrivals->count > 0) {
        qsort(arrivals->items, arrivals->count, sizeof(*arrivals->items), by_unit_and_time);
    }
    for (size_t i = 0; i < arrivals->count; i++) {
        struct arrival item = arrivals->items[i];
        if (kept > 0 && by_unit(&arrivals->items[kept - 1], &item) == 0) {
            kept--;
            item.alone = item.at != arrivals->items[kept].at;
        }
        arrivals->items[kept++] = item;
    }
    arrivals->count = kept;
}

/* Has the unit another key that is good? */
static bool has_other(const struct lt_book *book, const struct lt_granted_key *key)
{
    const struct lt_chain chain = chain_of(key);
    struct lt_key keys[2];
    return lt_book_keys(book, &chain, keys, 2) == 2;
}

static void take_granted(void *context, const struct lt_granted_key *key)
{
    const struct arrivals *arrivals = context;
    struct finding *finding = arrivals->finding;
    const struct arrival wanted = {.unit = key->unit, .role = key->role};
    const struct arrival *arrival =
        bsearch(&wanted, arrivals->items, arrivals->count, sizeof(*arrivals->items), by_unit);
    struct lt_key_line line;
    size_t at = 0;
    if (arrival == NULL || !arrival->alone || !key->stands) {
        return;
    }
    lt_book_key_line(lt_ledger_book(finding->ledger), key, &line);
    if (!same_key(&arrival->key, &line.began)) {
        return;
    }
    while (at < finding->count && !same_key(&finding->newcomers[at].key, &key->key)) {
        at++;
    }
    if (at == finding->count && has_other(lt_ledger_book(finding->ledger), key)) {
        add(finding, key, &line);
    }
    if (at < finding->count) {
        finding->newcomers[at].came_at = arrival->at;
    }
}

static void find_candidates(struct finding *finding, struct lt_roster *roster)
{
    struct arrivals arrivals = {.finding = finding};
    const struct lt_book *book = lt_ledger_book(finding->ledger);
    lt_book_granted_keys(book, take_waiting, finding);
    if (lt_roster_list(roster, take_invited, &arrivals) == LT_OK && arrivals.count > 0) {
        keep_newest(&arrivals);
        lt_book_granted_keys(book, take_granted, &arrivals);
    }
    free(arrivals.items);
}

/* ---- When ---- */

static int64_t signed_at(struct finding *finding, const struct lt_update *update)
{
    Lienthong__ReportBody *report;
    Lienthong__DirectiveBody *directive;
    lt_arena_reset(finding->arena);
    if (update->frame.chain.stream == LT_STREAM_REPORT) {
        return lt_report_read(update, finding->arena, &report) == LT_OK ? report->signed_at : 0;
    }
    return lt_directive_read(update, finding->arena, &directive) == LT_OK ? directive->signed_at
                                                                          : 0;
}

/* Positions of a chain, malloc'ed. */
static uint64_t *positions_of(struct finding *finding, const struct lt_chain *chain,
                              size_t *ret_count)
{
    size_t count = (size_t)lt_log_count(finding->txn, chain);
    uint64_t *positions = malloc((count + 1) * sizeof(*positions));
    *ret_count =
        positions != NULL ? lt_log_chain_positions(finding->txn, chain, 0, positions, count) : 0;
    return positions;
}

static bool open_at(struct finding *finding, uint64_t position, struct lt_update *ret_update)
{
    struct lt_bytes bytes;
    return lt_log_at(finding->txn, position, &bytes) && lt_update_open(bytes, ret_update) == LT_OK;
}

/* When the newest update by that key was signed; 0: none of the last ones is. */
static int64_t last_signed(struct finding *finding, const struct lt_chain *chain,
                           const struct lt_key *key)
{
    struct lt_update update;
    size_t count;
    int64_t found = 0;
    uint64_t *positions = positions_of(finding, chain, &count);
    for (size_t back = 1; back <= count && back <= LOOKED_BACK_MAX && found == 0; back++) {
        if (open_at(finding, positions[count - back], &update) &&
            same_key(&update.frame.key, key)) {
            found = signed_at(finding, &update);
        }
    }
    free(positions);
    return found;
}

/* When a hub said its directive with that seq; 0: it is not here, or its chain is forked. */
static int64_t directed_at(struct finding *finding, const struct lt_unit *hub, uint64_t seq)
{
    const struct lt_chain chain = {LT_STREAM_DIRECTIVE, *hub};
    struct lt_update update;
    size_t count, low = 0;
    uint64_t *positions = positions_of(finding, &chain, &count);
    int64_t found = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (!open_at(finding, positions[middle], &update)) {
            break;
        }
        if (update.frame.seq == seq) {
            found = signed_at(finding, &update);
            break;
        }
        low = update.frame.seq < seq ? middle + 1 : low;
        high = update.frame.seq < seq ? high : middle;
    }
    free(positions);
    return found;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int by_machine(const void *a, const void *b)
{
    const struct lt_machine_heard *first = a, *second = b;
    return memcmp(&first->key, &second->key, sizeof(first->key));
}

static int64_t heard_at(struct finding *finding, const struct former *former)
{
    const struct lt_granted_key *key = &former->key;
    const struct lt_chain chain = {
        key->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE : LT_STREAM_REPORT, key->unit};
    struct lt_life life;
    int64_t at = last_signed(finding, &chain, &key->key);
    if (lt_lives_last(finding->lives, &key->unit, &life) && same_key(&life.key, &key->key)) {
        at = later(at, life.signed_at);
    }
    if (former->line.rotated) { /* it was there to change its key */
        at = later(at, directed_at(finding, &former->line.hub, former->line.seq));
    }
    const struct lt_machine_heard wanted = {.key = key->key};
    const struct lt_machine_heard *machine =
        finding->machine_count > 0 ? bsearch(&wanted, finding->machines, finding->machine_count,
                                             sizeof(wanted), by_machine)
                                   : NULL;
    at = machine != NULL ? later(at, machine->hello_at) : at;
    for (size_t i = 0; i < finding->child_count; i++) {
        if (same_key(&finding->children[i].key, &key->key)) {
            return finding->now; /* it is connected */
        }
    }
    return at < finding->now ? at : finding->now; /* a clock that is ahead is heard now at most */
}

/* ---- Who was there before ---- */

/* Another machine of the unit? */
static bool comes_after(const struct lt_newcomer *newcomer, const struct lt_key_line *line,
                        const struct former *former)
{
    return former->key.role == newcomer->role &&
           lt_unit_cmp(&former->key.unit, &newcomer->unit) == 0 &&
           !same_key(&former->line.began, &line->began);
}

static void take_former(void *context, const struct lt_granted_key *key)
{
    struct finding *finding = context;
    bool wanted = false;
    for (size_t i = 0; i < finding->count && !wanted && !key->awaits; i++) {
        wanted = finding->newcomers[i].role == key->role &&
                 lt_unit_cmp(&finding->newcomers[i].unit, &key->unit) == 0;
    }
    if (wanted && finding->former_count < FORMERS_MAX) {
        struct former *former = &finding->formers[finding->former_count++];
        former->key = *key;
        lt_book_key_line(lt_ledger_book(finding->ledger), key, &former->line);
    }
}

/* False: none was there before. */
static bool look_at_formers(struct finding *finding, struct lt_newcomer *newcomer,
                            const struct lt_key_line *line)
{
    bool found = false;
    for (size_t i = 0; i < finding->former_count; i++) {
        const struct lt_granted_key *former = &finding->formers[i].key;
        if (!comes_after(newcomer, line, &finding->formers[i])) {
            continue;
        }
        int64_t at = heard_at(finding, &finding->formers[i]);
        if (!found || (newcomer->former_revoked && !former->revoked) ||
            (newcomer->former_revoked == former->revoked && at > newcomer->former_heard_at)) {
            newcomer->former = former->key;
            newcomer->former_revoked = former->revoked;
            newcomer->former_heard_at = at;
        }
        found = true;
    }
    return found;
}

/* One that is approved of is told only while a former key that is not heard any more is still good. */
static bool look_at(struct finding *finding, struct lt_newcomer *newcomer,
                    const struct lt_key_line *line)
{
    bool second = look_at_formers(finding, newcomer, line);
    if (newcomer->came_at == 0) {
        newcomer->came_at = directed_at(finding, &line->began_hub, line->began_seq);
    }
    newcomer->replaces = newcomer->former_revoked || newcomer->former_heard_at <= newcomer->came_at;
    return second && (newcomer->waits || (newcomer->replaces && !newcomer->former_revoked));
}

static void look_at_all(struct finding *finding, struct lt_gate *gate)
{
    size_t kept = 0;
    if (gate != NULL) {
        finding->machine_count = lt_gate_machines(gate, &finding->machines);
        finding->child_count = lt_gate_children(gate, &finding->children);
    }
    for (size_t i = 0; i < finding->count; i++) {
        if (look_at(finding, &finding->newcomers[i], &finding->lines[i])) {
            finding->newcomers[kept++] = finding->newcomers[i];
        }
    }
    finding->count = kept;
    free(finding->machines);
    free(finding->children);
}

size_t lt_newcomers_find(struct lt_ledger *ledger, struct lt_roster *roster, struct lt_gate *gate,
                         struct lt_lives *lives, int64_t now, struct lt_newcomer **ret_newcomers)
{
    struct finding finding = {.ledger = ledger,
                              .lives = lives,
                              .now = now,
                              .newcomers = calloc(LT_NEWCOMERS_MAX, sizeof(struct lt_newcomer)),
                              .lines = calloc(LT_NEWCOMERS_MAX, sizeof(struct lt_key_line)),
                              .formers = calloc(FORMERS_MAX, sizeof(struct former)),
                              .arena = lt_arena_new(LT_UNPACK_BYTES_MAX)};
    if (finding.newcomers != NULL && finding.lines != NULL && finding.formers != NULL &&
        finding.arena != NULL) {
        pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
        find_candidates(&finding, roster);
        if (finding.count > 0) {
            lt_book_granted_keys(lt_ledger_book(ledger), take_former, &finding);
        }
        pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    }
    finding.txn = finding.count > 0 ? lt_txn_begin(lt_ledger_env(ledger), false) : NULL;
    if (finding.txn != NULL) {
        look_at_all(&finding, gate);
        lt_txn_abort(finding.txn);
    } else {
        finding.count = 0;
    }
    free(finding.lines);
    free(finding.formers);
    if (finding.arena != NULL) {
        lt_arena_free(finding.arena);
    }
    *ret_newcomers = finding.newcomers;
    return finding.count;
}
