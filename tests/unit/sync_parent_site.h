/* sync_parent_site.h - a parent's machine and children played by hand, for the tests of the parent. */
#ifndef LT_TEST_SYNC_PARENT_SITE_H
#define LT_TEST_SYNC_PARENT_SITE_H

#include "sync_talk.h"

enum { CREDIT = 2000, PEERS = 8, AGENT = 1, TWIN = 2, OTHER = 3, HUB = 4 };

static struct pool pool;
static struct dag here;
static struct store store;
static struct lt_parent *parent;
static bool (*gave_out)(void *context, uint64_t number); /* what begin() gives the machine */
static struct lt_actions out;
static struct lt_arena *arena;
static struct lt_instance incarnation = {{5}};

/* The top hub VN; agents of any code; a hub 80 below. */
static inline enum lt_way way_here(Lienthong__Role role, const struct lt_unit *child,
                                   const struct lt_chain *chain)
{
    if (strcmp(chain->unit.code, "VN") == 0)
        return LT_WAY_DOWN;
    if (role == LIENTHONG__ROLE__ROLE_HUB)
        return LT_WAY_UP;
    /* the machine must not ask about others' reports */
    assert_true(chain->stream == LT_STREAM_DIRECTIVE || lt_unit_cmp(child, &chain->unit) == 0);
    return chain->stream == LT_STREAM_REPORT ? LT_WAY_UP : LT_WAY_NONE;
}

static inline void begin_with(bool ready, bool pieces)
{
    struct lt_parent_config config = {
        .unit = unit_of("VN"),
        .incarnation = incarnation,
        .credit_bytes = CREDIT,
        .ready = ready,
        .pieces = pieces,
        .peers_max = PEERS,
    };
    static const char *const codes[] = {NULL, "26", "26", "27", "80"};
    pool_begin(&pool);
    here = (struct dag){.pool = &pool};
    store = (struct store){.dag = &here, .way = way_here};
    struct lt_sync_store face = store_interface(&store);
    face.gave_out = gave_out;
    parent = lt_parent_new(&config, &face);
    arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    assert_non_null(parent);
    for (uint32_t i = AGENT; i <= HUB; i++) {
        struct lt_unit unit = unit_of(codes[i]);
        lt_parent_came(parent, i,
                       i == HUB ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT, &unit);
    }
}

static inline void begin(bool ready)
{
    begin_with(ready, false);
}

static inline int end(void **state)
{
    (void)state;
    lt_parent_free(parent);
    lt_actions_clear(&out);
    lt_arena_free(arena);
    for (size_t i = 0; i < pool.count; i++)
        free(pool.items[i].bytes);
    pool.count = 0;
    parent = NULL;
    gave_out = NULL;
    arena = NULL;
    return 0;
}

static inline enum lt_result hear_at(uint32_t peer, struct lt_bytes bytes, lt_ms now)
{
    lt_actions_clear(&out);
    enum lt_result result = lt_parent_message(parent, peer, bytes, now, 1700000000, &out);
    unpack_free(bytes);
    return result;
}
static inline enum lt_result hear(uint32_t peer, struct lt_bytes bytes)
{
    return hear_at(peer, bytes, 1000);
}

static inline struct lt_bytes hello_with(uint64_t session, const char *code, Lienthong__Role role,
                                         struct lt_hash digest, struct lt_bytes receipt)
{
    Lienthong__Hello hello;
    Lienthong__Unit unit;
    char text[16];
    struct lt_instance instance = {{3}};
    Lienthong__Receipt *one = NULL;
    lienthong__hello__init(&hello);
    lienthong__unit__init(&unit);
    snprintf(text, sizeof(text), "%s", code);
    unit.code = text;
    hello.unit = &unit;
    hello.role = role;
    hello.instance = say_bytes(instance.bytes, sizeof(instance.bytes));
    hello.protocol = hello.body_version = 1;
    hello.digest = say_bytes(digest.bytes, sizeof(digest.bytes));
    if (receipt.data) {
        one = lienthong__receipt__unpack(NULL, receipt.size, receipt.data);
        assert_non_null(one);
        hello.n_receipts = 1;
        hello.receipts = &one;
    }
    struct lt_bytes bytes = packed(LT_MSG_HELLO, session, &hello.base);
    if (one)
        lienthong__receipt__free_unpacked(one, NULL);
    return bytes;
}
static inline struct lt_bytes hello_of(uint64_t session, const char *code, Lienthong__Role role)
{
    return hello_with(session, code, role, (struct lt_hash){{1}}, (struct lt_bytes){0});
}
static inline void greet_all(void)
{
    static const char *const codes[] = {NULL, "26", "26", "27", "80"};
    for (uint32_t i = AGENT; i <= HUB; i++)
        assert_int_equal(
            hear(i, hello_of(100 + i, codes[i],
                             i == HUB ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT)),
            LT_OK);
}

static inline const Lienthong__Welcome *welcome_to(uint32_t peer)
{
    return (const Lienthong__Welcome *)payload_of(sent(&out, LT_MSG_WELCOME, peer, 0),
                                                  &lienthong__welcome__descriptor, arena);
}
static inline const Lienthong__Tips *tips_to(uint32_t peer, size_t nth)
{
    return (const Lienthong__Tips *)payload_of(sent(&out, LT_MSG_TIPS, peer, nth),
                                               &lienthong__tips__descriptor, arena);
}

static inline const Lienthong__Refused *refused_to(uint32_t peer)
{
    return (const Lienthong__Refused *)payload_of(sent(&out, LT_MSG_REFUSED, peer, 0),
                                                  &lienthong__refused__descriptor, arena);
}

static inline struct lt_bytes say_want(uint64_t session, const struct lt_chain *chain,
                                       struct lt_hash *have, size_t count)
{
    Lienthong__Want want;
    struct said_chain said;
    ProtobufCBinaryData spans[LT_HAVE_MAX];
    lienthong__want__init(&want);
    want.chain = say_chain(chain, &said);
    for (size_t i = 0; i < count; i++)
        spans[i] = say_bytes(have[i].bytes, 32);
    want.have = spans;
    want.n_have = count;
    return packed(LT_MSG_WANT, session, &want.base);
}

#endif
