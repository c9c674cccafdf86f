/* What the hubs of a generated province say. */
#include <stdlib.h>
#include <string.h>

#include "proto/rules.h"
#include "tests/recount/world.h"

enum { ITEMS_MAX = 2000 };

/* A hub's words, gathered before they are signed. */
struct words {
    struct world *world;
    int hub;
    Lienthong__Directive **items;
    size_t count;
};

static Lienthong__Directive *next(struct words *words)
{
    Lienthong__Directive *item = pool_take(words->world->pool, sizeof *item);
    if (words->count == ITEMS_MAX)
        abort();
    lienthong__directive__init(item);
    words->items[words->count++] = item;
    return item;
}

static struct words *words_new(struct world *world, int hub)
{
    struct words *words = pool_take(world->pool, sizeof *words);
    *words = (struct words){.world = world, .hub = hub};
    words->items = pool_take(world->pool, ITEMS_MAX * sizeof(Lienthong__Directive *));
    return words;
}

static Lienthong__Unit *unit_message(struct world *world, int number)
{
    Lienthong__Unit *unit = pool_take(world->pool, sizeof *unit);
    lienthong__unit__init(unit);
    unit->code = pool_text(world->pool, "%s", world->offices[number].unit.code);
    unit->valid_from = world->offices[number].unit.valid_from;
    return unit;
}

static ProtobufCBinaryData span(struct world *world, const void *bytes, size_t size)
{
    uint8_t *copy = pool_take(world->pool, size);
    memcpy(copy, bytes, size);
    return (ProtobufCBinaryData){size, copy};
}

static void word_unit(struct words *words, int number)
{
    struct world *world = words->world;
    const struct office *office = &world->offices[number];
    Lienthong__UnitEntry *entry = pool_take(world->pool, sizeof *entry);
    lienthong__unit_entry__init(entry);
    entry->unit = unit_message(world, number);
    if (office->parent >= 0)
        entry->parent = unit_message(world, office->parent);
    entry->level = (Lienthong__UnitLevel)office->level;
    entry->nature = (Lienthong__Nature)office->nature;
    entry->name = pool_text(world->pool, "Đơn vị %s", office->unit.code);
    entry->valid_to = office->valid_to;
    next(words)->unit = entry;
}

/* `recipients` and `levels` as digits of their enumerations. */
static void word_title(struct words *words, const char *code, const char *recipients,
                       const char *levels, lt_day from, lt_day to)
{
    struct world *world = words->world;
    Lienthong__TitleEntry *entry = pool_take(world->pool, sizeof *entry);
    lienthong__title_entry__init(entry);
    entry->code = pool_text(world->pool, "%s", code);
    entry->name = entry->code;
    entry->recipients = pool_take(world->pool, 8 * sizeof *entry->recipients);
    entry->levels = pool_take(world->pool, 8 * sizeof *entry->levels);
    for (; *recipients != '\0'; recipients++)
        entry->recipients[entry->n_recipients++] = (Lienthong__Recipient)(*recipients - '0');
    for (; *levels != '\0'; levels++)
        entry->levels[entry->n_levels++] = (Lienthong__Level)(*levels - '0');
    entry->valid_from = from;
    entry->valid_to = to;
    next(words)->title = entry;
}

static void word_grant(struct words *words, int number, const struct machine *machine, bool hub)
{
    struct world *world = words->world;
    Lienthong__Grant *grant = pool_take(world->pool, sizeof *grant);
    lienthong__grant__init(grant);
    grant->unit = unit_message(world, number);
    grant->role = hub ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT;
    grant->key = span(world, machine->key.bytes, 32);
    if (hub && number == world->top) {
        struct lt_signature signature;
        lt_root_sign(&world->offices[number].unit, &machine->key, &world->root.secret, &signature);
        grant->root_signature = span(world, signature.bytes, 64);
    }
    next(words)->grant = grant;
}

static void speak(struct words *words)
{
    struct world *world = words->world;
    struct office *hub = &world->offices[words->hub];
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    struct lt_frame frame = {.chain = {LT_STREAM_DIRECTIVE, hub->unit},
                             .seq = ++hub->directive_seq,
                             .key = hub->hub.key,
                             .body_version = LT_BODY_VERSION};
    uint8_t *bytes;
    size_t size;
    body.items = words->items;
    body.n_items = words->count;
    if (frame.seq > 1) {
        frame.parent_count = 1;
        frame.parents[0] = hub->directive_tip;
    }
    const size_t packed_size = lienthong__directive_body__get_packed_size(&body);
    uint8_t *packed = pool_take(world->pool, packed_size);
    lienthong__directive_body__pack(&body, packed);
    if (lt_update_seal(&frame, (struct lt_bytes){packed, packed_size}, (struct lt_bytes){NULL, 0},
                       &hub->hub.secret, &bytes, &size, &hub->directive_tip) != LT_OK)
        abort();
    keep_update(world, bytes, size, &hub->directive_tip);
}

static void catalogue(struct words *words)
{
    const lt_day law = day_at(2024, 1, 1), reform = day_at(2025, 7, 1);
    word_title(words, "GK", "134", "456", 0, law - 1);
    word_title(words, "GK", "134", "456", law, reform - 1);
    word_title(words, "GK", "134", "56", reform, 0);
    word_title(words, "CSTD_CS", "4", "2346", 0, reform - 1);
    word_title(words, "CSTD_CS", "4", "2356", reform, 0);
    word_title(words, "LDTT", "4", "", 0, 0);
    word_title(words, "GDVH", "3", "5", 0, 0);
    word_title(words, "TTLDTT", "1", "45", 0, 0);
    word_title(words, "BK_BT", "134", "23", 0, 0);
    word_title(words, "HC_LD_2", "14", "1", 0, 0);
    word_title(words, "HUY_HIEU", "4", "23", 0, law - 1);
}

/* The top enters the tree down to the districts, the province's hub the rest, when it speaks. */
void say_constitution(struct world *world)
{
    struct words *words = words_new(world, world->top);
    const bool shared = one_in(world, 2);
    word_grant(words, world->top, &world->offices[world->top].hub, true);
    catalogue(words);
    for (int i = 0; i < (int)world->office_count; i++) {
        const bool below = shared && i != world->hub && office_within(world, i, world->hub);
        if (!below || world->offices[i].level <= 3)
            word_unit(words, i);
        if (!below)
            word_grant(words, i, &world->offices[i].machines[0], false);
    }
    word_grant(words, world->hub, &world->offices[world->hub].hub, true);
    speak(words);
    if (!shared)
        return;
    words = words_new(world, world->hub);
    for (int i = 0; i < (int)world->office_count; i++) {
        if (i == world->hub || !office_within(world, i, world->hub))
            continue;
        if (world->offices[i].level > 3)
            word_unit(words, i);
        word_grant(words, i, &world->offices[i].machines[0], false);
    }
    speak(words);
    words = words_new(world, world->top); /* the top countersigns what the province has granted */
    for (int i = 0; i < (int)world->office_count; i++)
        if (i != world->hub && office_within(world, i, world->hub))
            word_grant(words, i, &world->offices[i].machines[0], false);
    speak(words);
}

static void word_revocation(struct words *words, int number)
{
    struct world *world = words->world;
    struct office *office = &world->offices[number];
    Lienthong__Revocation *revocation = pool_take(world->pool, sizeof *revocation);
    lienthong__revocation__init(revocation);
    revocation->unit = unit_message(world, number);
    revocation->key = span(world, office->machines[0].key.bytes, 32);
    revocation->cut = pool_take(world->pool, sizeof *revocation->cut);
    if (office->said_count > 0 && !one_in(world, 5)) {
        const struct said *said = &office->said[rnd(world, (uint32_t)office->said_count)];
        revocation->cut[0] = span(world, said->update.bytes, 32);
        revocation->n_cut = 1;
    }
    next(words)->revocation = revocation;
}

/* `successor` -1: it has gone without one. */
static Lienthong__Succession *word_succession(struct words *words, int number, int successor)
{
    struct world *world = words->world;
    Lienthong__Succession *succession = pool_take(world->pool, sizeof *succession);
    lienthong__succession__init(succession);
    succession->unit = unit_message(world, number);
    if (successor >= 0)
        succession->successor = unit_message(world, successor);
    succession->withdrawn = one_in(world, 20);
    next(words)->succession = succession;
    return succession;
}

static void word_main_succession(struct words *words, int number)
{
    struct world *world = words->world;
    struct office *office = &world->offices[number];
    Lienthong__Succession *succession = word_succession(words, number, office->successor);
    succession->main = !one_in(world, 8);
    succession->whole = office->other_part < 0;
    succession->closed = one_in(world, 3);
    succession->cut = pool_take(world->pool, LT_PARENTS_MAX * sizeof *succession->cut);
    const bool early = office->said_count > 0 && one_in(world, 2);
    if (succession->closed && early) /* what was said afterwards is outside */
        succession->cut[succession->n_cut++] =
            span(world, office->said[rnd(world, (uint32_t)office->said_count)].update.bytes, 32);
    for (size_t i = 0; succession->closed && !early && i < office->tip_count; i++)
        succession->cut[succession->n_cut++] = span(world, office->tips[i].bytes, 32);
}

/* Some stand beside the rule: without a successor, into one that ended before, of a unit that has not ended. */
static void word_odd_succession(struct words *words)
{
    struct world *world = words->world;
    const int number = (int)rnd(world, (uint32_t)world->office_count);
    const int next = (int)rnd(world, (uint32_t)world->office_count);
    word_succession(words, number, one_in(world, 2) || next == number ? -1 : next);
}

/* The reform, as the top tells it. */
static void say_successions(struct world *world)
{
    struct words *words = words_new(world, world->top);
    for (int i = 0; i < (int)world->office_count; i++)
        if (world->offices[i].successor >= 0 && !one_in(world, 10))
            word_main_succession(words, i);
    for (int i = 0; i < (int)world->office_count; i++)
        if (world->offices[i].other_part >= 0 && !one_in(world, 10))
            word_succession(words, i, world->offices[i].other_part);
    for (int i = 0; i < (int)world->office_count; i++)
        if (world->offices[i].valid_to != 0 && world->offices[i].successor < 0 && one_in(world, 4))
            word_succession(words, i, -1);
    if (words->count > 0)
        speak(words);
    for (unsigned i = rnd(world, 3); i > 0; i--) {
        words = words_new(world, one_in(world, 2) ? world->hub : world->top);
        word_odd_succession(words);
        speak(words);
    }
}

static void word_cluster(struct words *words, const struct plan *plan)
{
    struct world *world = words->world;
    Lienthong__ClusterEntry *entry = pool_take(world->pool, sizeof *entry);
    lienthong__cluster_entry__init(entry);
    entry->code = pool_text(world->pool, "%s", plan->code);
    entry->name = pool_text(world->pool, "%s", one_in(world, 12) ? "" : plan->name);
    entry->level = (Lienthong__Level)rnd(world, 7);
    entry->year = one_in(world, 20) ? 1900 : (uint32_t)plan->year;
    if (!one_in(world, 20))
        entry->managing = unit_message(world, plan->managing);
    if (plan->lead >= 0)
        entry->lead = unit_message(world, plan->lead);
    entry->members = pool_take(world->pool, (MEMBERS_MAX + 1) * sizeof(Lienthong__Unit *));
    for (unsigned i = 0; i < plan->member_count; i++)
        entry->members[entry->n_members++] = unit_message(world, plan->members[i]);
    if (plan->member_count > 0 && one_in(world, 4)) /* twice */
        entry->members[entry->n_members++] = unit_message(world, plan->members[0]);
    next(words)->cluster = entry;
}

/* By the top or the province's hub, who may not say all of them; some in one update, some not at all. */
void say_clusters(struct world *world)
{
    struct words *words = NULL;
    for (unsigned i = 0; i < world->plan_count; i++) {
        if (one_in(world, 8))
            continue;
        if (words == NULL)
            words = words_new(world, one_in(world, 3) ? world->hub : world->top);
        word_cluster(words, &world->plans[i]);
        if (one_in(world, 2)) {
            speak(words);
            words = NULL;
        }
    }
    if (words != NULL)
        speak(words);
}

/* Led by another, with other members, under another name: said once more. */
static void say_cluster_again(struct world *world)
{
    struct plan plan = world->plans[rnd(world, world->plan_count)];
    struct words *words = words_new(world, one_in(world, 3) ? world->hub : world->top);
    plan.lead = plan.member_count > 0 ? plan.members[0] : -1;
    plan.member_count -= plan.member_count > 0 && one_in(world, 2);
    word_cluster(words, &plan);
    speak(words);
}

/* Keys lost, natures mended, titles closed, late units: what makes a hub judge again. */
void say_late_words(struct world *world)
{
    const unsigned count = rnd(world, 4);
    if (one_in(world, 2))
        say_cluster_again(world);
    say_successions(world);
    if (one_in(world, 4))
        say_successions(world);
    for (unsigned i = 0; i < count; i++) {
        struct words *words = words_new(world, one_in(world, 3) ? world->hub : world->top);
        const int office = (int)rnd(world, (uint32_t)world->office_count);
        if (words->hub == world->hub &&
            (office == world->hub || !office_within(world, office, world->hub)))
            continue;
        switch (rnd(world, 3)) {
        case 0:
            word_revocation(words, office);
            break;
        case 1:
            if (office == world->top)
                continue;
            world->offices[office].nature = 2 + (int)rnd(world, 4);
            word_unit(words, office);
            break;
        default:
            if (words->hub != world->top)
                continue;
            word_title(words, "LDTT", "4", "", 0, day_at(2023, 1 + (int)rnd(world, 12), 1));
            break;
        }
        speak(words);
        /* what it says of a title needs one more word now and then: it is mended */
        if (one_in(world, 3)) {
            words = words_new(world, world->top);
            word_title(words, "LDTT", "4", "", 0, 0);
            speak(words);
        }
    }
}
