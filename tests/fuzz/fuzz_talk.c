/* fuzz_talk.c - a conversation of the two state machines (proto/sync.h) over one link, as the input plays it: each
 * byte is a step. Messages are delivered, lost, repeated, spoilt; in between a stranger with either side's place says
 * well-formed messages of every type about chains and updates that are there, with fields from the input. The
 * updates are really signed, and stores are in memory (tests/unit/sync_store.h).
 *
 * Whatever was said: nothing is signed before all that was named is here and the parent is ready; what is in flight
 * keeps to the credit; what is sent can be read; and once the link is honest again, both hold the same. */
#include "tests/fuzz/talk_says.h"

/* ---- Steps ---- */

static void step(struct talk *talk)
{
    const uint8_t choice = next(talk);
    struct lt_actions out = {0};
    switch (choice % 16) {
    case 0:
    case 1:
        deliver_up(talk);
        return;
    case 2:
    case 3:
        deliver_down(talk);
        return;
    case 4:
        pass_time(talk, 1U << next(talk) % 24);
        return;
    case 5:
        spoil(next(talk) & 1 ? &talk->up : &talk->down, next(talk), next(talk));
        return;
    case 6:
        drop_first(next(talk) & 1 ? &talk->up : &talk->down);
        return;
    case 7:
        repeat_first(next(talk) & 1 ? &talk->up : &talk->down);
        return;
    case 8:
    case 9:
        say_to_parent(talk);
        return;
    case 10:
    case 11:
        say_to_child(talk);
        return;
    case 12:
        break_link(talk);
        return;
    case 13:
        talk->drafts = true;
        lt_child_drafts(talk->child, true, talk->now, &out);
        perform_child(talk, &out);
        return;
    case 14:
        parent_learns(talk, next(talk));
        return;
    default:
        owner_event(talk, next(talk));
        return;
    }
}

/* Nobody lies any more: a new link, and all that is sent arrives. */
static void be_honest(struct talk *talk)
{
    enum { STEPS = 4000, REST_MS = 4000000 };
    struct lt_child_state state;
    struct lt_actions out = {0};
    talk->honest = true;
    talk->rejecting = false;
    break_link(talk);
    talk->now += REST_MS; /* whatever pause was asked for */
    lt_parent_ready(talk->parent, &out);
    perform_parent(talk, &out);
    for (unsigned i = 0; i < STEPS; i++) {
        lt_child_state(talk->child, &state);
        if (talk->up.first != NULL) {
            deliver_up(talk);
        } else if (talk->down.first != NULL) {
            deliver_down(talk);
        } else if (state.settled && !talk->drafts) {
            break;
        } else {
            const lt_ms due = lt_child_due(talk->child);
            FUZZ_CHECK(due != UINT64_MAX); /* it would wait for ever */
            pass_time(talk, due > talk->now ? due - talk->now : 0);
        }
    }
    lt_child_state(talk->child, &state);
    FUZZ_CHECK(state.settled && state.parent_ready && !talk->drafts);
    check_same_stores(talk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { STEPS_MAX = 400 };
    static struct talk talk;
    if (size < 4)
        return 0;
    begin(&talk, data, size);
    for (unsigned i = 0; i < STEPS_MAX && talk.left > 0; i++) {
        step(&talk);
        check_state(&talk);
    }
    be_honest(&talk);
    end(&talk);
    return 0;
}
