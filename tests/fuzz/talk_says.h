/* talk_says.h - the steps of fuzz_talk.c: delivering, what a stranger in either place says, and what is checked. */
#ifndef LT_FUZZ_TALK_SAYS_H
#define LT_FUZZ_TALK_SAYS_H

#include "tests/fuzz/talk.h"

/* ---- The link, and time ---- */

static inline void deliver_up(struct talk *talk)
{
    struct lt_actions out = {0};
    if (talk->up.first == NULL)
        return;
    const struct letter letter = take_letter(&talk->up);
    const enum lt_result result = lt_parent_message(
        talk->parent, 0, (struct lt_bytes){letter.bytes, letter.size}, talk->now, 1000, &out);
    FUZZ_CHECK(!talk->honest || result == LT_OK);
    free(letter.bytes);
    perform_parent(talk, &out);
}

static inline void deliver_down(struct talk *talk)
{
    struct lt_actions out = {0};
    if (talk->down.first == NULL)
        return;
    const struct letter letter = take_letter(&talk->down);
    const enum lt_result result = lt_child_message(
        talk->child, (struct lt_bytes){letter.bytes, letter.size}, talk->now, &out);
    FUZZ_CHECK(!talk->honest || result == LT_OK);
    free(letter.bytes);
    perform_child(talk, &out);
}

static inline void pass_time(struct talk *talk, lt_ms time)
{
    struct lt_actions out = {0};
    talk->now += time;
    lt_child_tick(talk->child, talk->now, &out);
    perform_child(talk, &out);
}

static inline void break_link(struct talk *talk)
{
    struct lt_actions out = {0};
    clear_pipe(&talk->up);
    clear_pipe(&talk->down);
    lt_child_disconnected(talk->child, talk->now, &out);
    perform_child(talk, &out);
}

/* ---- Fields ---- */

static inline const struct lt_chain *some_chain(struct talk *talk, struct lt_chain *room)
{
    const uint8_t choice = next(talk);
    if (choice < 0xf0)
        return &chains[choice % CHAINS];
    *room = chains[choice % CHAINS];
    room->unit.code[0] = (char)('A' + choice % 16);
    return room;
}

static inline struct lt_hash some_hash(struct talk *talk)
{
    const uint8_t choice = next(talk);
    struct lt_hash hash;
    if (choice < 0xf0)
        return pool.items[choice % pool.count].id;
    memset(&hash, choice, sizeof(hash));
    return hash;
}

/* Ascending, since no reader takes others. */
static inline size_t some_hashes(struct talk *talk, size_t max, struct lt_hash *ret_hashes)
{
    const size_t wanted = next(talk) % (max + 1);
    size_t count = 0;
    for (size_t i = 0; i < wanted; i++) {
        const struct lt_hash hash = some_hash(talk);
        size_t at = count;
        while (at > 0 && lt_hash_cmp(&ret_hashes[at - 1], &hash) > 0)
            at--;
        if (at > 0 && lt_hash_cmp(&ret_hashes[at - 1], &hash) == 0)
            continue;
        memmove(&ret_hashes[at + 1], &ret_hashes[at], (count - at) * sizeof(hash));
        ret_hashes[at] = hash;
        count++;
    }
    return count;
}

static inline uint64_t some_number(struct talk *talk)
{
    static const uint64_t odd[] = {0,         1,          1000,           UINT32_MAX,
                                   INT64_MAX, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 62};
    return odd[next(talk) % 8];
}

static inline uint64_t some_session(struct talk *talk)
{
    struct lt_child_state state;
    lt_child_state(talk->child, &state);
    const uint8_t choice = next(talk);
    return choice < 0xe0 ? state.session : choice;
}

struct fields { /* room for what a message borrows */
    struct lt_chain rooms[4];
    Lienthong__Unit units[5];
    Lienthong__Chain chains[4];
    Lienthong__ChainTips tips[4], *tip_list[4];
    struct lt_hash hashes[4][9], digest;
    ProtobufCBinaryData spans[4][8];
};

static inline Lienthong__Unit *unit_field(const struct lt_unit *unit, Lienthong__Unit *ret_wire)
{
    lienthong__unit__init(ret_wire);
    ret_wire->code = (char *)(uintptr_t)unit->code;
    ret_wire->valid_from = unit->valid_from;
    return ret_wire;
}

static inline Lienthong__Chain *chain_field(struct talk *talk, struct fields *fields, size_t i)
{
    const struct lt_chain *chain = some_chain(talk, &fields->rooms[i]);
    lienthong__chain__init(&fields->chains[i]);
    fields->chains[i].stream = chain->stream == LT_STREAM_REPORT
                                   ? LIENTHONG__STREAM__STREAM_REPORT
                                   : LIENTHONG__STREAM__STREAM_DIRECTIVE;
    fields->chains[i].unit = unit_field(&chain->unit, &fields->units[i]);
    return &fields->chains[i];
}

static inline size_t hash_fields(struct talk *talk, struct fields *fields, size_t i)
{
    const size_t count = some_hashes(talk, 8, fields->hashes[i]);
    for (size_t k = 0; k < count; k++)
        fields->spans[i][k] = (ProtobufCBinaryData){32, fields->hashes[i][k].bytes};
    return count;
}

/* Of all that one of the two holds, or nobody's. */
static inline ProtobufCBinaryData digest_field(struct talk *talk, struct fields *fields)
{
    const uint8_t choice = next(talk);
    if (choice < 0xf0)
        lt_sync_digest(&talk->interfaces[choice % 2], talk->role, &talk->self, &fields->digest);
    else
        memset(&fields->digest, choice, sizeof(fields->digest));
    return (ProtobufCBinaryData){32, fields->digest.bytes};
}

static inline void say(struct talk *talk, struct pipe *pipe, enum lt_message_type type,
                       const ProtobufCMessage *payload)
{
    uint8_t *bytes;
    size_t size;
    if (lt_message_pack(type, some_session(talk), payload, &bytes, &size) != LT_OK)
        return;
    put_letter(pipe, NULL, 0, bytes, size);
    free(bytes);
}

static inline void say_update(struct talk *talk, struct pipe *pipe)
{
    uint8_t header[LT_HEADER_BYTES];
    const struct pooled *item = &pool.items[next(talk) % pool.count];
    lt_header_write(LT_MSG_UPDATE, some_session(talk), header);
    put_letter(pipe, header, sizeof(header), item->bytes, item->size);
}

/* ---- In the child's place ---- */

static inline void say_hello(struct talk *talk)
{
    static struct fields fields;
    struct lt_instance instance = {{next(talk)}};
    Lienthong__Hello hello;
    lienthong__hello__init(&hello);
    hello.unit = unit_field(next(talk) < 0xf0 ? &talk->self : &talk->above, &fields.units[4]);
    hello.role = next(talk) < 0xf0 ? talk->role : (Lienthong__Role)next(talk);
    hello.instance = (ProtobufCBinaryData){16, instance.bytes};
    hello.protocol = (uint32_t)some_number(talk);
    hello.body_version = (uint32_t)some_number(talk);
    hello.digest = digest_field(talk, &fields);
    say(talk, &talk->up, LT_MSG_HELLO, &hello.base);
}

static inline void say_want(struct talk *talk)
{
    static struct fields fields;
    Lienthong__Want want = LIENTHONG__WANT__INIT;
    want.chain = chain_field(talk, &fields, 0);
    want.n_have = hash_fields(talk, &fields, 0);
    want.have = fields.spans[0];
    say(talk, &talk->up, LT_MSG_WANT, &want.base);
}

static inline void say_report(struct talk *talk)
{
    Lienthong__Report report;
    lienthong__report__init(&report);
    report.backlog_updates = some_number(talk);
    report.oldest_unsent_at = (int64_t)some_number(talk);
    report.wall_time = (int64_t)some_number(talk);
    say(talk, &talk->up, LT_MSG_REPORT, &report.base);
}

static inline void say_to_parent(struct talk *talk)
{
    const uint8_t choice = next(talk);
    if (choice % 5 == 0)
        say_hello(talk);
    else if (choice % 5 == 1)
        say_want(talk);
    else if (choice % 5 == 2)
        say_report(talk);
    else if (choice % 5 == 3)
        say_update(talk, &talk->up);
    else
        say(talk, &talk->up, (enum lt_message_type)(1 + next(talk) % 11), NULL);
}

/* ---- In the parent's place ---- */

static inline void say_welcome(struct talk *talk)
{
    static struct fields fields;
    struct lt_instance instance = {{next(talk)}};
    Lienthong__Welcome welcome;
    lienthong__welcome__init(&welcome);
    welcome.hub = unit_field(next(talk) < 0xf0 ? &talk->above : &talk->self, &fields.units[4]);
    welcome.digest = digest_field(talk, &fields);
    welcome.ready = next(talk) & 1;
    welcome.differ = next(talk) & 1;
    welcome.credit_bytes = some_number(talk);
    welcome.protocol = (uint32_t)some_number(talk);
    welcome.body_version = (uint32_t)some_number(talk);
    welcome.incarnation = (ProtobufCBinaryData){16, instance.bytes};
    welcome.wall_time = (int64_t)some_number(talk);
    say(talk, &talk->down, LT_MSG_WELCOME, &welcome.base);
}

static inline void say_tips(struct talk *talk)
{
    static struct fields fields;
    Lienthong__Tips tips = LIENTHONG__TIPS__INIT;
    tips.n_chains = next(talk) % 5;
    for (size_t i = 0; i < tips.n_chains; i++) {
        lienthong__chain_tips__init(&fields.tips[i]);
        fields.tips[i].chain = chain_field(talk, &fields, i);
        fields.tips[i].n_tips = hash_fields(talk, &fields, i);
        fields.tips[i].tips = fields.spans[i];
        fields.tip_list[i] = &fields.tips[i];
    }
    tips.chains = fields.tip_list;
    tips.last = next(talk) & 1;
    say(talk, &talk->down, LT_MSG_TIPS, &tips.base);
}

/* Signed by the parent's own key, which it may misuse. */
static inline void say_receipt(struct talk *talk)
{
    struct lt_chain room;
    struct lt_statement statement = {.hub = next(talk) < 0xe0 ? talk->above : talk->self,
                                     .incarnation = talk->incarnation,
                                     .number = some_number(talk),
                                     .chain = *some_chain(talk, &room),
                                     .count = some_number(talk),
                                     .key = pool.key};
    struct lt_hash tips[9];
    uint8_t *bytes;
    size_t size;
    statement.tip_count = (uint32_t)some_hashes(talk, 8, tips);
    memcpy(statement.tips, tips, statement.tip_count * sizeof(tips[0]));
    if (lt_receipt_seal(&statement, &pool.secret, &bytes, &size) != LT_OK)
        return;
    Lienthong__Receipt *receipt = lienthong__receipt__unpack(NULL, size, bytes),
                       *list[] = {receipt};
    Lienthong__Receipts receipts = LIENTHONG__RECEIPTS__INIT;
    receipts.receipts = list;
    receipts.n_receipts = 1;
    say(talk, &talk->down, LT_MSG_RECEIPTS, &receipts.base);
    lienthong__receipt__free_unpacked(receipt, NULL);
    free(bytes);
}

static inline void say_refused(struct talk *talk)
{
    static struct fields fields;
    Lienthong__Refused refused;
    lienthong__refused__init(&refused);
    fields.digest = some_hash(talk);
    refused.update = (ProtobufCBinaryData){32, fields.digest.bytes};
    refused.chain = chain_field(talk, &fields, 0);
    refused.reason = (Lienthong__RefusalReason)(next(talk) % 12);
    refused.n_missing = hash_fields(talk, &fields, 0);
    refused.missing = fields.spans[0];
    refused.retry_after_s = (uint32_t)some_number(talk);
    say(talk, &talk->down, LT_MSG_REFUSED, &refused.base);
}

static inline void say_to_child(struct talk *talk)
{
    const uint8_t choice = next(talk);
    if (choice % 7 == 0)
        say_welcome(talk);
    else if (choice % 7 == 1)
        say_tips(talk);
    else if (choice % 7 == 2)
        say_receipt(talk);
    else if (choice % 7 == 3)
        say_refused(talk);
    else if (choice % 7 == 4)
        say_update(talk, &talk->down);
    else if (choice % 7 == 5)
        say(talk, &talk->down, LT_MSG_READY, NULL);
    else
        say(talk, &talk->down, (enum lt_message_type)(1 + next(talk) % 11), NULL);
}

/* ---- What the owners do ---- */

/* From another child. */
static inline void parent_learns(struct talk *talk, uint8_t choice)
{
    struct lt_actions out = {0};
    const size_t index = choice % base_count;
    if (!dag_put(&talk->held[PARENT], index))
        return;
    lt_parent_stored(talk->parent, &pool.items[index].chain, &out);
    perform_parent(talk, &out);
    tell_receipt(talk, &pool.items[index].chain);
}

/* A hub's own child pushed it; an agent's another program signed it. */
static inline void child_learns(struct talk *talk, uint8_t choice)
{
    struct lt_actions out = {0};
    const size_t index = choice % base_count;
    const struct lt_chain *chain = &pool.items[index].chain;
    if (way_here(talk->role, &talk->self, chain) != LT_WAY_UP ||
        !dag_put(&talk->held[CHILD], index))
        return;
    lt_child_stored(talk->child, chain, talk->now, &out);
    perform_child(talk, &out);
}

static inline void owner_event(struct talk *talk, uint8_t choice)
{
    struct lt_actions out = {0};
    Lienthong__Report report;
    lienthong__report__init(&report);
    if (choice % 10 == 0)
        lt_child_afresh(talk->child, talk->now, &out);
    else if (choice % 10 == 1)
        lt_child_greet(talk->child, talk->now, &out);
    else if (choice % 10 == 2)
        lt_child_wall(talk->child, (int64_t)some_number(talk));
    else if (choice % 10 == 3)
        talk->now -= talk->now / 2; /* the clock was set back */
    else if (choice % 10 == 4)
        lt_child_report(talk->child, &report, &out);
    else if (choice % 10 == 5)
        lt_parent_gone(talk->parent, 0);
    else if (choice % 10 == 6)
        lt_parent_came(talk->parent, 0, talk->role, &talk->self);
    else if (choice % 10 == 7)
        talk->rejecting = true;
    else if (choice % 10 == 8)
        child_learns(talk, next(talk));
    else
        lt_parent_ready(talk->parent, &out);
    if (choice % 10 == 9)
        perform_parent(talk, &out);
    else
        perform_child(talk, &out);
}

/* ---- Beginning, checking, ending ---- */

static inline void begin(struct talk *talk, const uint8_t *data, size_t size)
{
    make_pool();
    memset(talk, 0, sizeof(*talk));
    talk->at = data;
    talk->left = size;
    talk->now = 1000000;
    const uint8_t setting = next(talk);
    const bool hub = setting & 1;
    talk->role = hub ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT;
    talk->self = hub ? unit_of("80") : unit_of("26");
    talk->above = hub ? unit_of("VN") : unit_of("80");
    talk->own = hub ? chains[1] : chains[2];
    for (size_t side = 0; side < 2; side++) {
        uint32_t mask = (uint32_t)(next(talk) | next(talk) << 8 | next(talk) << 16);
        talk->held[side].pool = &pool;
        for (size_t i = 0; i < base_count; i++, mask >>= 1)
            if ((mask & 1) != 0 &&
                (side == PARENT ||
                 way_here(talk->role, &talk->self, &pool.items[i].chain) != LT_WAY_NONE))
                (void)dag_put(&talk->held[side], i);
        talk->stores[side] = (struct store){.dag = &talk->held[side], .way = way_here};
        talk->interfaces[side] = store_interface(&talk->stores[side]);
    }
    const struct lt_child_config child = {.unit = talk->self,
                                          .role = talk->role,
                                          .software = "fuzz",
                                          .seed = setting,
                                          .hello_every_ms = 600000,
                                          .answer_within_ms = 30000,
                                          .retry_first_ms = 1000,
                                          .retry_most_ms = 300000,
                                          .credit_most_bytes = CREDIT};
    const struct lt_parent_config parent = {
        .unit = talk->above, .credit_bytes = CREDIT, .ready = (setting & 2) != 0, .peers_max = 1};
    talk->child = lt_child_new(&child, &talk->interfaces[CHILD]);
    talk->parent = lt_parent_new(&parent, &talk->interfaces[PARENT]);
    FUZZ_CHECK(talk->child && talk->parent);
    lt_parent_came(talk->parent, 0, talk->role, &talk->self);
    pass_time(talk, 0);
}

static inline void check_state(const struct talk *talk)
{
    struct lt_child_state state;
    lt_child_state(talk->child, &state);
    FUZZ_CHECK(state.in_flight_updates <= 1 || state.in_flight_bytes <= CREDIT);
    FUZZ_CHECK(state.welcomed || !state.settled);
}

static inline void check_same_stores(const struct talk *talk)
{
    for (size_t i = 0; i < pool.count; i++) {
        const enum lt_way way = way_here(talk->role, &talk->self, &pool.items[i].chain);
        const bool child = mask_has(&talk->held[CHILD].held, i),
                   parent = mask_has(&talk->held[PARENT].held, i);
        FUZZ_CHECK(way == LT_WAY_NONE || child || !parent);
        FUZZ_CHECK(way != LT_WAY_UP || parent || !child);
    }
}

static inline void end(struct talk *talk)
{
    lt_child_free(talk->child);
    lt_parent_free(talk->parent);
    clear_pipe(&talk->up);
    clear_pipe(&talk->down);
    free_bytes(&talk->receipt);
    while (pool.count > base_count)
        free(pool.items[--pool.count].bytes);
}

#endif
