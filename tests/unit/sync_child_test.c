/* The child's machine, with the parent played by hand: sessions, time, signing, fetching. */
#include "sync_child_site.h"

/* ---- Connecting ---- */

static void connects_with_jitter_and_hello(void **state)
{
    (void)state;
    lt_ms least = UINT64_MAX, most = 0;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    assert_int_equal(lt_child_due(site.child), 0);
    for (unsigned i = 0; i < 200; i++) {
        lt_actions_clear(&site.out);
        lt_child_tick(site.child, site.now, &site.out);
        assert_int_equal(count_of(&site.out, LT_DO_CONNECT), 1);
        lt_child_disconnected(site.child, site.now, &site.out);
        lt_child_disconnected(site.child, site.now, &site.out); /* said twice */
        lt_ms pause = lt_child_due(site.child) - site.now;
        assert_true(pause >= 50 && pause <= 300000);
        if (i < 9)
            assert_true(pause <= (UINT64_C(1000) << i));
        else if (i > 20) {
            least = pause < least ? pause : least;
            most = pause > most ? pause : most;
        }
        lt_child_tick(site.child, site.now + pause - 1, &site.out);
        assert_int_equal(count_of(&site.out, LT_DO_CONNECT), 1); /* not a moment sooner */
        site.now += pause;
    }
    assert_true(least < 30000 && most > 270000); /* full jitter, also at the cap */
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_int_equal(now.failures, 200);
    dag_sign(&site.here, &site.own, 1, 0);
    connect();
    const Lienthong__Hello *hello = (const Lienthong__Hello *)payload_of(
        sent(&site.out, LT_MSG_HELLO, 0, 0), &lienthong__hello__descriptor, site.arena);
    struct lt_sync_store store = store_interface(&site.store);
    struct lt_unit unit = unit_of("26");
    struct lt_hash digest;
    lt_sync_digest(&store, LIENTHONG__ROLE__ROLE_AGENT, &unit, &digest);
    assert_memory_equal(hello->digest.data, digest.bytes, 32);
    assert_string_equal(hello->unit->code, "26");
    assert_int_equal(hello->role, LIENTHONG__ROLE__ROLE_AGENT);
    assert_string_equal(hello->software, "test 1.0");
    /* nobody answers */
    assert_int_equal(lt_child_due(site.child), site.now + ANSWER_MS);
    site.now += ANSWER_MS;
    lt_child_tick(site.child, site.now, &site.out);
    assert_true(lt_child_due(site.child) > site.now);
}

static void says_hello_again_and_sleeps_in_between(void **state)
{
    (void)state;
    lt_ms least = UINT64_MAX, most = 0;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    join_parent(true, CREDIT);
    for (unsigned i = 0; i < 100; i++) {
        lt_ms due = lt_child_due(site.child);
        lt_ms pause = due - site.now;
        least = pause < least ? pause : least;
        most = pause > most ? pause : most;
        lt_actions_clear(&site.out);
        lt_child_tick(site.child, due - 1, &site.out);
        assert_int_equal(site.out.count, 0);
        assert_int_equal(lt_child_due(site.child), due); /* one wake an interval */
        site.now = due;
        lt_child_tick(site.child, site.now, &site.out);
        site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
        assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
        assert_int_equal(count_of(&site.out, LT_DO_READY), 1);
        assert_int_equal(site.out.count, 1);
    }
    assert_true(least >= HELLO_MS * 8 / 10 && least < HELLO_MS * 85 / 100);
    assert_true(most <= HELLO_MS * 12 / 10 && most > HELLO_MS * 115 / 100);
}

static void begins_anew_with_another_parent(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    for (unsigned i = 0; i < 30; i++) {
        lt_child_tick(site.child, site.now, &site.out);
        lt_child_disconnected(site.child, site.now, &site.out);
        site.now = lt_child_due(site.child);
    }
    lt_child_tick(site.child, site.now, &site.out);
    lt_child_afresh(site.child, site.now, &site.out);
    lt_child_disconnected(site.child, site.now, &site.out);
    assert_true(lt_child_due(site.child) - site.now <= 1000); /* said before the end */
    for (unsigned i = 0; i < 30; i++) {
        site.now = lt_child_due(site.child);
        lt_child_tick(site.child, site.now, &site.out);
        lt_child_disconnected(site.child, site.now, &site.out);
    }
    lt_child_afresh(site.child, site.now, &site.out);
    assert_true(lt_child_due(site.child) - site.now <= 1000); /* and in a pause */
    site.now = lt_child_due(site.child);
    join_parent(true, CREDIT);
    lt_ms due = lt_child_due(site.child);
    lt_child_afresh(site.child, site.now, &site.out);
    assert_true(lt_child_due(site.child) == due); /* a session is let be */
}

static void greets_again_when_the_scope_changes(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    join_parent(true, CREDIT);
    lt_child_greet(site.child, site.now, &site.out);
    assert_true(lt_child_due(site.child) == site.now);
    lt_actions_clear(&site.out);
    lt_child_tick(site.child, site.now, &site.out);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    struct lt_bytes welcome = welcome_of(true, CREDIT);
    lt_child_greet(site.child, site.now, &site.out); /* what this HELLO said is old already */
    assert_int_equal(hear(welcome), LT_OK);
    assert_true(lt_child_due(site.child) <= site.now);
    lt_child_tick(site.child, site.now, &site.out);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
    assert_true(lt_child_due(site.child) > site.now + HELLO_MS / 2); /* and then no more */
}

static void bears_any_clock(void **state)
{
    (void)state;
    static const lt_ms times[] = {UINT64_MAX, 0, UINT64_MAX - 1, 5, UINT64_C(1) << 63, 1000};
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    for (unsigned i = 0; i < 60; i++) {
        site.now = times[i % 6] - (i % 6 == 0 || i % 6 == 2 ? 10 : 0);
        lt_child_tick(site.child, site.now, &site.out);
        lt_child_connected(site.child, site.now, &site.out);
        lt_child_tick(site.child, times[(i + 1) % 6], &site.out);
        lt_child_disconnected(site.child, times[(i + 1) % 6], &site.out);
    }
    /* back at a small time nothing waits for longer than it would have */
    lt_child_tick(site.child, 7, &site.out);
    assert_true(lt_child_due(site.child) <= 7 + 300000);
    lt_child_disconnected(site.child, 7, &site.out);
    assert_true(lt_child_due(site.child) <= 7 + 300000);
    site.now = lt_child_due(site.child);
    join_parent(true, CREDIT);
    lt_ms left = lt_child_due(site.child) - site.now;
    lt_child_tick(site.child, 3, &site.out);
    assert_int_equal(lt_child_due(site.child), 3 + left);
}

static void ignores_other_sessions_and_nonsense(void **state)
{
    (void)state;
    static const enum lt_message_type not_a_parents[] = {LT_MSG_HELLO, LT_MSG_WANT, LT_MSG_REPORT,
                                                         LT_MSG_JOIN, LT_MSG_JOINED};
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    lt_child_drafts(site.child, true, site.now, &site.out);
    dag_sign(&site.here, &site.own, 1, 0);
    connect();
    struct lt_bytes welcome = welcome_of(true, CREDIT);
    site.session++;
    struct lt_bytes other = welcome_of(true, CREDIT);
    assert_int_equal(hear(other), LT_OK);
    assert_int_equal(site.out.count, 0);
    assert_int_equal(hear(packed(LT_MSG_READY, site.session, NULL)), LT_OK);
    assert_int_equal(hear(say_tips(site.session, NULL, NULL, 0, true)), LT_OK);
    assert_int_equal(site.out.count, 0);
    site.session--;
    assert_int_equal(hear(say_tips(site.session, NULL, NULL, 0, true)), LT_OK); /* no WELCOME yet */
    assert_int_equal(site.out.count, 0);
    assert_int_equal(hear(welcome), LT_OK);
    for (size_t i = 0; i < 5; i++) {
        uint8_t *bytes = calloc(1, 20);
        lt_header_write(not_a_parents[i], site.session, bytes);
        assert_int_equal(hear((struct lt_bytes){bytes, 20}), LT_MALFORMED);
    }
    for (uint8_t type = 0; type < 16; type++) {
        uint8_t *bytes = malloc(64);
        memset(bytes, 0xff, 64);
        lt_header_write((enum lt_message_type)type, site.session, bytes);
        assert_int_not_equal(hear((struct lt_bytes){bytes, 64}), LT_OK);
    }
    hear_pages(true);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 1);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 1);
}

static void gives_up_when_a_page_is_lost(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    dag_sign(&site.far, &site.own, 1, 0);
    lt_child_drafts(site.child, true, site.now, &site.out);
    connect();
    assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
    assert_int_equal(hear(say_tips(site.session, NULL, NULL, 0, true)), LT_OK);
    assert_int_equal(site.out.count, 0); /* it would have signed on nothing */
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_false(now.connected);
    assert_true(lt_child_due(site.child) <= site.now + 1000);
}

/* ---- Signing ---- */

static void signs_only_when_all_is_here_and_ready(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    dag_sign(&site.far, &site.own, 1, 0);
    size_t known = site.far.list[0];
    lt_child_drafts(site.child, true, site.now, &site.out);
    connect();
    assert_int_equal(hear(welcome_of(false, CREDIT)), LT_OK);
    hear_pages(true);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
    assert_int_equal(hear(say_update(site.session, &pool.items[known])), LT_OK);
    assert_int_equal(count_of(&site.out, LT_DO_STORE), 1);
    assert_int_equal(hear(tips_of(&site.own, false)), LT_OK);
    assert_int_equal(hear(packed(LT_MSG_READY, site.session, NULL)), LT_OK);
    assert_int_equal(site.out.count, 0); /* ready, but it is not stored yet */
    take_all_stored(&site.own);
    /* What the parent has fetched from above since its WELCOME it has not named: asked for anew. */
    known = dag_sign(&site.far, &site.own, 2, 0);
    assert_int_equal(count_of(&site.out, LT_DO_READY) + count_of(&site.out, LT_DO_SIGN), 0);
    lt_child_tick(site.child, site.now, &site.out);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
    hear_pages(true);
    assert_int_equal(count_of(&site.out, LT_DO_READY) + count_of(&site.out, LT_DO_SIGN), 0);
    assert_int_equal(hear(say_update(site.session, &pool.items[known])), LT_OK);
    assert_int_equal(hear(tips_of(&site.own, false)), LT_OK);
    take_all_stored(&site.own);
    assert_int_equal(count_of(&site.out, LT_DO_READY), 1);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 0); /* his drafts may be in it: in a moment */
    assert_int_equal(lt_child_due(site.child), site.now);
    lt_child_tick(site.child, site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 1);
    lt_child_tick(site.child, ++site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 1); /* once */
    dag_sign(&site.here, &site.own, 2, 0);
    stored(&site.own);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 1);
    lt_child_drafts(site.child, false, site.now, &site.out);
    lt_child_tick(site.child, ++site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 0);
    lt_child_drafts(site.child, true, site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 1);
    /* not without the parent's word in this session */
    lt_child_connected(site.child, ++site.now, &site.out);
    site.session = 0;
    lt_actions_clear(&site.out);
    lt_child_connected(site.child, ++site.now, &site.out);
    lt_child_drafts(site.child, true, site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 0);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    assert_int_equal(hear(welcome_of(false, CREDIT)), LT_OK);
    hear_pages(true);
    assert_int_equal(count_of(&site.out, LT_DO_SIGN), 0);
}

/* A chain that cannot be fetched blocks signing only where it is our own. */
static void rests_after_an_answer_that_brings_nothing(void **state)
{
    (void)state;
    for (unsigned own = 0; own < 2; own++) {
        begin(LIENTHONG__ROLE__ROLE_AGENT);
        const struct lt_chain *chain = own ? &site.own : &site.directives;
        size_t poison = dag_sign(&site.far, chain, 1, 0);
        lt_child_drafts(site.child, true, site.now, &site.out);
        join_parent(true, CREDIT);
        assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
        assert_int_equal(hear(say_update(site.session, &pool.items[poison])), LT_OK);
        assert_int_equal(hear(tips_of(chain, false)), LT_OK);
        assert_int_equal(site.out.count, 0);
        lt_child_rejected(site.child, chain, ++site.now, &site.out);
        assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 0); /* no ping-pong */
        assert_int_equal(count_of(&site.out, LT_DO_SIGN), own ? 0 : 1);
        assert_int_equal(hear(tips_of(chain, true)), LT_OK); /* nor for being named again */
        assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 0);
        struct lt_child_state now;
        lt_child_state(site.child, &now);
        assert_false(now.settled);
        if (own) { /* a directive may have brought the key */
            dag_sign(&site.here, &site.directives, 7, 0);
            stored(&site.directives);
            assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
        }
        end(NULL);
    }
}

/* ---- Fetching ---- */

static void fetches_directives_first_and_in_rounds(void **state)
{
    (void)state;
    size_t reports[3];
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    size_t directive = dag_sign(&site.far, &site.directives, 1, 0);
    for (uint32_t i = 0; i < 3; i++)
        reports[i] = dag_sign(&site.far, &site.own, 2 + i, 0);
    join_parent(true, CREDIT);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
    const Lienthong__Want *want = (const Lienthong__Want *)payload_of(
        sent(&site.out, LT_MSG_WANT, 0, 0), &lienthong__want__descriptor, site.arena);
    assert_string_equal(want->chain->unit->code, "VN");
    assert_int_equal(hear(say_update(site.session, &pool.items[directive])), LT_OK);
    assert_int_equal(hear(tips_of(&site.directives, false)), LT_OK);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 0);
    take_all_stored(&site.directives);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
    /* two, then the mark: it asks again only when both are stored */
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(hear(say_update(site.session, &pool.items[reports[i]])), LT_OK);
    assert_int_equal(hear(tips_of(&site.own, false)), LT_OK);
    dag_put(&site.here, reports[0]);
    stored(&site.own);
    assert_int_equal(site.out.count, 0);
    dag_put(&site.here, reports[1]);
    stored(&site.own);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
    want = (const Lienthong__Want *)payload_of(sent(&site.out, LT_MSG_WANT, 0, 0),
                                               &lienthong__want__descriptor, site.arena);
    assert_int_equal(want->n_have, 2);
    assert_memory_equal(want->have[0].data, pool.items[reports[1]].id.bytes, 32);
    /* news of the chain is no end mark */
    assert_int_equal(hear(tips_of(&site.own, true)), LT_OK);
    assert_int_equal(hear(say_update(site.session, &pool.items[reports[2]])), LT_OK);
    assert_int_equal(count_of(&site.out, LT_DO_STORE), 1);
    assert_int_equal(hear(tips_of(&site.own, false)), LT_OK);
    take_all_stored(&site.own);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 0);
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_true(now.settled);
    /* what was not asked for is not stored */
    size_t more = dag_sign(&site.far, &site.own, 9, 0);
    assert_int_equal(hear(say_update(site.session, &pool.items[more])), LT_OK);
    assert_int_equal(site.out.count, 0);
}

/* Where the ladder has a gap, an answer may hold only what is here; the next must not be the same. */
static void names_what_it_had_in_the_next_want(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    size_t common = dag_sign(&site.here, &site.own, 1, 0);
    dag_put(&site.far, common);
    for (uint32_t i = 0; i < 4; i++)
        dag_sign(&site.here, &site.own, 2 + i, 0);
    dag_sign(&site.far, &site.own, 9, 0);
    join_parent(true, CREDIT);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0);
    assert_int_equal(hear(say_update(site.session, &pool.items[common])), LT_OK);
    assert_int_equal(hear(tips_of(&site.own, false)), LT_OK);
    const Lienthong__Want *want = (const Lienthong__Want *)payload_of(
        sent(&site.out, LT_MSG_WANT, 0, 0), &lienthong__want__descriptor, site.arena);
    assert_memory_equal(want->have[want->n_have - 1].data, pool.items[common].id.bytes, 32);
    assert_int_equal(hear(say_update(site.session, &pool.items[common])), LT_OK); /* a bad parent */
    assert_int_equal(hear(tips_of(&site.own, false)), LT_OK);
    assert_int_equal(site.out.count, 0);
}

/* A parent that was restored names less of its own directives than we hold: it gets them back, and no others. */
static void gives_the_parent_its_own_back(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    for (uint32_t i = 0; i < 4; i++) {
        size_t index = dag_sign(&site.here, &site.directives, i, 0);
        if (i < 2)
            dag_put(&site.far, index);
    }
    dag_sign(&site.here, &site.below, 1, 0);
    join_parent(true, CREDIT);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 2);
    dag_put(&site.far, site.here.list[2]);
    dag_put(&site.far, site.here.list[3]);
    assert_int_equal(hear(tips_of(&site.directives, true)), LT_OK);
    struct lt_child_state view;
    lt_child_state(site.child, &view);
    assert_int_equal(view.in_flight_updates, 0);
}

static void assert_shown_once(bool named)
{
    begin(LIENTHONG__ROLE__ROLE_HUB);
    site.store.beyond = &site.own;
    size_t first = dag_sign(&site.here, &site.own, 1, 0);
    dag_sign(&site.here, &site.own, 2, 0);
    dag_sign(&site.here, &site.other, 1, 0);
    if (named)
        dag_put(&site.far, first);
    for (int connection = 0; connection < 2; connection++) {
        connect();
        assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
        hear_pages(true);
        assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE),
                         0); /* not before it has been shown */
        site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
        assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
        hear_pages(true);
        assert_null(sent(&site.out, LT_MSG_HELLO, 0, 0)); /* once a connection */
        assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), named ? 2 : 3);
        lt_child_disconnected(site.child, ++site.now, &site.out);
        site.now += 600000;
    }
    end(NULL);
}

/* A parent that does not know what it once said it had is shown so, before it gets that back. */
static void shows_a_restored_parent_what_it_lost(void **state)
{
    (void)state;
    assert_shown_once(true); /* less of a chain */
    assert_shown_once(false); /* nothing of it */
}

/* Directives that the parent should have and does not name; reports and what it pushes itself are another matter. */
static void tells_what_the_parent_does_not_name(void **state)
{
    (void)state;
    struct lt_unnamed unnamed[4];
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    for (uint32_t i = 0; i < 4; i++) {
        size_t index = dag_sign(&site.here, &site.directives, i, 0);
        if (i < 2)
            dag_put(&site.far, index);
    }
    dag_sign(&site.here, &site.own, 1, 0);
    size_t below = dag_sign(&site.far, &site.below, 1, 0);
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 4), 0); /* no session yet */
    join_parent(true, CREDIT);
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 4), 0); /* something is to be fetched */
    dag_put(&site.here, below);
    stored(&site.below);
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 4), 1);
    assert_int_equal(lt_chain_cmp(&unnamed[0].chain, &site.directives), 0);
    assert_int_equal(unnamed[0].position, 3); /* the oldest of them */
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 0), 0);
    dag_put(&site.far, site.here.list[2]);
    assert_int_equal(hear(tips_of(&site.directives, true)), LT_OK); /* news of a part */
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 4), 1);
    assert_int_equal(unnamed[0].position, 4);
    dag_put(&site.far, site.here.list[3]);
    assert_int_equal(hear(tips_of(&site.directives, true)), LT_OK);
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 4), 0);
    dag_sign(&site.here, &site.below, 2, 0);
    assert_int_equal(hear(say_tips(site.session, &site.below, NULL, 0, true)),
                     LT_OK); /* a chain unsaid */
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 4), 1);
    assert_int_equal(lt_chain_cmp(&unnamed[0].chain, &site.below), 0);
    lt_child_disconnected(site.child, ++site.now, &site.out);
    assert_int_equal(lt_child_unnamed(site.child, unnamed, 4), 0);
}

/* Only of a parent that says that it answers. */
static void asks_for_pieces(void **state)
{
    (void)state;
    const struct lt_hash hash = {{5}};
    for (int pieces = 0; pieces < 2; pieces++) {
        struct lt_child_state seen;
        begin(LIENTHONG__ROLE__ROLE_AGENT);
        site.pieces = pieces;
        lt_child_want_piece(site.child, &hash, 7, &site.out);
        join_parent(true, CREDIT);
        lt_child_state(site.child, &seen);
        assert_int_equal(seen.pieces, pieces);
        lt_child_want_piece(site.child, &hash, 7, &site.out);
        assert_int_equal(count_sent(&site.out, LT_MSG_WANT_PIECE, 0), pieces);
        if (pieces) {
            const Lienthong__WantPiece *want = (const Lienthong__WantPiece *)payload_of(
                sent(&site.out, LT_MSG_WANT_PIECE, 0, 0), &lienthong__want_piece__descriptor,
                site.arena);
            assert_memory_equal(want->hash.data, hash.bytes, 32);
            assert_int_equal(want->offset, 7);
            Lienthong__Piece piece = LIENTHONG__PIECE__INIT;
            piece.hash = want->hash;
            assert_int_equal(hear(packed(LT_MSG_PIECE, site.session, &piece.base)), LT_OK);
            assert_int_equal(count_of(&site.out, LT_DO_PIECE), 1);
            assert_int_equal(hear(packed(LT_MSG_PIECE, site.session + 1, &piece.base)), LT_OK);
            assert_int_equal(count_of(&site.out, LT_DO_PIECE), 0);
        }
        end(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(connects_with_jitter_and_hello, end),
        cmocka_unit_test_teardown(says_hello_again_and_sleeps_in_between, end),
        cmocka_unit_test_teardown(begins_anew_with_another_parent, end),
        cmocka_unit_test_teardown(greets_again_when_the_scope_changes, end),
        cmocka_unit_test_teardown(bears_any_clock, end),
        cmocka_unit_test_teardown(ignores_other_sessions_and_nonsense, end),
        cmocka_unit_test_teardown(gives_up_when_a_page_is_lost, end),
        cmocka_unit_test_teardown(signs_only_when_all_is_here_and_ready, end),
        cmocka_unit_test_teardown(rests_after_an_answer_that_brings_nothing, end),
        cmocka_unit_test_teardown(fetches_directives_first_and_in_rounds, end),
        cmocka_unit_test_teardown(names_what_it_had_in_the_next_want, end),
        cmocka_unit_test_teardown(gives_the_parent_its_own_back, end),
        cmocka_unit_test(shows_a_restored_parent_what_it_lost),
        cmocka_unit_test(asks_for_pieces),
        cmocka_unit_test_teardown(tells_what_the_parent_does_not_name, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
