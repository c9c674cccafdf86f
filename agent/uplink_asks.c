/* What the uplink asks of its owner, and tells it. */
#include "agent/clock.h"
#include "agent/text.h"
#include "agent/uplink_own.h"

enum { SIGN_AGAIN_MS = 60000, ARENA_BYTES = 64 * 1024 };

void lt_uplink_ask_store(struct lt_uplink *uplink, struct lt_bytes bytes)
{
    struct lt_update update;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result != LT_OK) {
        lt_uplink_give_up(uplink, result,
                          lt_text("cấp trên gửi dữ liệu không đúng dạng",
                                  "the parent sent something that is no update"));
        return;
    }
    struct lt_chain chain = update.frame.chain;
    result = uplink->owner.store(uplink->owner.context, bytes);
    if (result == LT_OK || result == LT_EXISTS) {
        lt_uplink_stored(uplink, &chain);
    } else if (result != LT_NOT_READY) {
        lt_uplink_tell_failure(uplink, result, NULL, lt_text_result(result));
        lt_uplink_rejected(uplink, &chain);
    }
}

void lt_uplink_ask_sign(struct lt_uplink *uplink)
{
    enum lt_result result;
    bool more;
    uplink->sign_again_at = UINT64_MAX;
    do {
        struct lt_chain chain;
        more = false;
        result = uplink->owner.sign(uplink->owner.context, &chain, &more);
        if (result == LT_OK) {
            lt_uplink_stored(uplink, &chain);
        }
    } while (result == LT_OK && more);
    if (result == LT_OK || result == LT_NOT_FOUND) {
        lt_uplink_drafts(uplink, false);
        return;
    }
    lt_uplink_tell_failure(uplink, result, NULL,
                           lt_text("chưa ký được các dòng mới", "the drafts could not be signed"));
    uplink->sign_again_at = lt_clock_monotonic() + SIGN_AGAIN_MS;
}

void lt_uplink_tell_refusal(struct lt_uplink *uplink, struct lt_bytes bytes)
{
    ProtobufCMessage *message;
    struct lt_arena *arena = lt_arena_new(ARENA_BYTES);
    if (arena != NULL && uplink->owner.refused != NULL &&
        lt_payload_read(bytes, &lienthong__refused__descriptor, arena, &message) == LT_OK) {
        uplink->owner.refused(uplink->owner.context, (const Lienthong__Refused *)(void *)message);
    }
    if (arena != NULL) {
        lt_arena_free(arena);
    }
}

void lt_uplink_want_piece(struct lt_uplink *uplink, const struct lt_hash *hash, uint64_t offset)
{
    lt_child_want_piece(uplink->child, hash, offset, &uplink->todo);
}

void lt_uplink_tell_piece(struct lt_uplink *uplink, struct lt_bytes bytes)
{
    ProtobufCMessage *message;
    struct lt_arena *arena = lt_arena_new(ARENA_BYTES);
    if (arena != NULL && uplink->owner.piece != NULL &&
        lt_payload_read(bytes, &lienthong__piece__descriptor, arena, &message) == LT_OK) {
        uplink->owner.piece(uplink->owner.context, (const Lienthong__Piece *)(void *)message);
    }
    if (arena != NULL) {
        lt_arena_free(arena);
    }
}

void lt_uplink_ask_report(struct lt_uplink *uplink)
{
    Lienthong__Report report;
    lienthong__report__init(&report);
    uplink->report_due = false;
    if (uplink->owner.report != NULL) {
        uplink->owner.report(uplink->owner.context, &report);
        lt_child_report(uplink->child, &report, &uplink->todo);
    }
}

void lt_uplink_look_at_link(struct lt_uplink *uplink)
{
    if (lt_link_is_open(&uplink->link) && !lt_link_look(&uplink->link, lt_clock_monotonic())) {
        lt_uplink_give_up(uplink, LT_MALFORMED, uplink->link.trouble);
    }
}
