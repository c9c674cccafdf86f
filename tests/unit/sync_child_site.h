/* sync_child_site.h - a child's machine and a parent played by hand, for the tests of the child. */
#ifndef LT_TEST_SYNC_CHILD_SITE_H
#define LT_TEST_SYNC_CHILD_SITE_H

#include "sync_talk.h"

enum { ANSWER_MS = 30000, HELLO_MS = 600000, CREDIT = 1 << 20 };

static struct pool pool;

struct site { /* the child's; `far` is what the parent holds */
    struct dag here, far;
    struct store store, far_store;
    struct lt_child *child;
    struct lt_actions out;
    struct lt_arena *arena;
    struct lt_chain own, other, directives, below;
    uint64_t session;
    lt_ms now;
    bool pieces; /* the parent answers for them */
};

/* A district hub 80 under VN: reports of 26 and 27 and directives of 80 go up, those of VN come down.
 * As an agent: 26. */
static inline enum lt_way way_here(Lienthong__Role role, const struct lt_unit *child,
                                   const struct lt_chain *chain)
{
    if (strcmp(chain->unit.code, "VN") == 0)
        return LT_WAY_DOWN;
    if (role == LIENTHONG__ROLE__ROLE_HUB)
        return LT_WAY_UP;
    if (chain->stream == LT_STREAM_DIRECTIVE)
        return LT_WAY_DOWN;
    return lt_unit_cmp(&chain->unit, child) == 0 ? LT_WAY_UP : LT_WAY_NONE;
}

static struct site site;

static inline void begin(Lienthong__Role role)
{
    struct lt_child_config config = {
        .unit = unit_of(role == LIENTHONG__ROLE__ROLE_HUB ? "80" : "26"),
        .role = role,
        .instance = {{1, 2, 3}},
        .software = "test 1.0",
        .seed = 42,
        .hello_every_ms = HELLO_MS,
        .answer_within_ms = ANSWER_MS,
        .retry_first_ms = 1000,
        .retry_most_ms = 300000,
        .credit_most_bytes = CREDIT,
    };
    pool_begin(&pool);
    memset(&site, 0, sizeof(site));
    site.here.pool = site.far.pool = &pool;
    site.store = (struct store){.dag = &site.here, .way = way_here};
    site.far_store = (struct store){.dag = &site.far, .way = way_here};
    struct lt_sync_store store = store_interface(&site.store);
    site.child = lt_child_new(&config, &store);
    site.arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    site.own = chain_of(LT_STREAM_REPORT, "26");
    site.other = chain_of(LT_STREAM_REPORT, "27");
    site.directives = chain_of(LT_STREAM_DIRECTIVE, "VN");
    site.below = chain_of(LT_STREAM_DIRECTIVE, "80");
    site.now = 5000;
    assert_non_null(site.child);
}

static inline int end(void **state)
{
    (void)state;
    lt_child_free(site.child);
    lt_actions_clear(&site.out);
    lt_arena_free(site.arena);
    site.child = NULL;
    site.arena = NULL;
    return 0;
}

static inline enum lt_result hear(struct lt_bytes bytes)
{
    lt_actions_clear(&site.out);
    enum lt_result result = lt_child_message(site.child, bytes, ++site.now, &site.out);
    unpack_free(bytes);
    return result;
}

static inline void connect(void)
{
    lt_actions_clear(&site.out);
    lt_child_tick(site.child, site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_CONNECT), 1);
    lt_actions_clear(&site.out);
    lt_child_connected(site.child, ++site.now, &site.out);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    assert_true(site.session != 0);
}

/* The store changes under the machine: then it is told. */
static inline void stored(const struct lt_chain *chain)
{
    lt_actions_clear(&site.out);
    lt_child_stored(site.child, chain, ++site.now, &site.out);
}
static inline void take_all_stored(const struct lt_chain *chain)
{
    for (size_t i = 0; i < site.far.count; i++)
        if (lt_chain_cmp(&pool.items[site.far.list[i]].chain, chain) == 0)
            dag_put(&site.here, site.far.list[i]);
    stored(chain);
}

static inline struct lt_bytes welcome_of(bool ready, uint64_t credit)
{
    Lienthong__Welcome welcome;
    Lienthong__Unit hub;
    char code[] = "VN";
    struct lt_hash ours, theirs;
    struct lt_instance incarnation = {{9}};
    struct lt_child_state state;
    struct lt_unit unit = unit_of("26");
    Lienthong__Role role = LIENTHONG__ROLE__ROLE_AGENT;
    lt_child_state(site.child, &state);
    const Lienthong__Hello *hello = (const Lienthong__Hello *)payload_of(
        sent(&site.out, LT_MSG_HELLO, 0, 0), &lienthong__hello__descriptor, site.arena);
    if (hello->role == LIENTHONG__ROLE__ROLE_HUB) {
        role = hello->role;
        unit = unit_of("80");
    }
    memcpy(ours.bytes, hello->digest.data, 32);
    struct lt_sync_store far = store_interface(&site.far_store);
    lt_sync_digest(&far, role, &unit, &theirs);
    lienthong__welcome__init(&welcome);
    lienthong__unit__init(&hub);
    hub.code = code;
    welcome.hub = &hub;
    welcome.digest = say_bytes(theirs.bytes, 32);
    welcome.incarnation = say_bytes(incarnation.bytes, 16);
    welcome.ready = ready;
    welcome.credit_bytes = credit;
    welcome.wall_time = 1700000100;
    welcome.pieces = site.pieces;
    welcome.differ = lt_hash_cmp(&ours, &theirs) != 0;
    return packed(LT_MSG_WELCOME, site.session, &welcome.base);
}

static inline struct lt_bytes tips_of(const struct lt_chain *chain, bool last)
{
    struct lt_hash tips[LT_PARENTS_MAX];
    size_t count = store_tips(&site.far_store, chain, tips);
    return say_tips(site.session, chain, tips, count, last);
}

/* All pages, a chain each, but the last. What came of them is in site.out, together. */
static inline void hear_pages(bool last)
{
    struct lt_actions all = {0};
    struct lt_chain chain;
    const struct lt_chain *after = NULL;
    struct lt_bytes bytes[8];
    size_t count = 0;
    while (store_next_chain(&site.far_store, after, &chain)) {
        bytes[count++] = tips_of(&chain, false);
        after = &chain;
    }
    if (last)
        bytes[count++] = say_tips(site.session, NULL, NULL, 0, true);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lt_child_message(site.child, bytes[i], ++site.now, &all), LT_OK);
        unpack_free(bytes[i]);
    }
    lt_actions_clear(&site.out);
    site.out = all;
}

static inline void join_parent(bool ready, uint64_t credit)
{
    connect();
    assert_int_equal(hear(welcome_of(ready, credit)), LT_OK);
    struct lt_child_state state;
    lt_child_state(site.child, &state);
    assert_true(state.welcomed);
    if (!state.settled && count_of(&site.out, LT_DO_SEND_UPDATE) == 0)
        hear_pages(true);
}

/* The parent's receipt for what it holds now. */
static inline enum lt_result hear_receipt(const struct lt_chain *chain, const char *hub)
{
    struct lt_unit unit = unit_of(hub);
    struct lt_instance incarnation = {{9}};
    struct lt_bytes receipt = receipt_of(&pool, &site.far_store, &unit, &incarnation, 1, chain);
    Lienthong__Receipts message;
    Lienthong__Receipt *one = lienthong__receipt__unpack(NULL, receipt.size, receipt.data);
    lienthong__receipts__init(&message);
    message.n_receipts = 1;
    message.receipts = &one;
    struct lt_bytes bytes = packed(LT_MSG_RECEIPTS, site.session, &message.base);
    lienthong__receipt__free_unpacked(one, NULL);
    unpack_free(receipt);
    return hear(bytes);
}

static inline enum lt_result hear_refusal(size_t index, Lienthong__RefusalReason reason)
{
    Lienthong__Refused refused;
    struct said_chain said;
    struct pooled *item = &pool.items[index];
    char text[] = "no";
    lienthong__refused__init(&refused);
    refused.update = say_bytes(item->id.bytes, 32);
    refused.chain = say_chain(&item->chain, &said);
    refused.reason = reason;
    refused.text = text;
    enum lt_result result = hear(packed(LT_MSG_REFUSED, site.session, &refused.base));
    assert_int_equal(count_of(&site.out, LT_DO_REFUSED), 1);
    return result;
}

/* Which updates are pushed in site.out, as indexes in the pool. */
static inline size_t pushed(size_t ret_indexes[16])
{
    size_t count = 0;
    for (size_t i = 0; i < site.out.count; i++)
        if (site.out.items[i].kind == LT_DO_SEND_UPDATE) {
            assert_true(count < 16);
            ret_indexes[count++] = site.here.list[site.out.items[i].position - 1];
        }
    return count;
}
#define assert_pushed(...)                                                                         \
    do {                                                                                           \
        size_t wanted_[] = {__VA_ARGS__}, got_[16];                                                \
        assert_int_equal(pushed(got_), sizeof(wanted_) / sizeof(wanted_[0]));                      \
        assert_memory_equal(got_, wanted_, sizeof(wanted_));                                       \
    } while (0)

#endif
