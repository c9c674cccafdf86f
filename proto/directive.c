#include "proto/update.h"

#include "proto/shape.h"

static size_t item_count(const Lienthong__Directive *item)
{
    const void *const parts[] = {
        item->unit,     item->title,    item->grant,      item->revocation,  item->endorsement,
        item->cluster,  item->movement, item->obligation, item->closing,     item->redaction,
        item->notice,   item->move,     item->succession, item->publication, item->root,
        item->fallback, item->sealing,  item->unit_box,   item->versions,    item->release};
    size_t count = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        count += parts[i] != NULL;
    return count;
}

enum lt_result lt_directive_read(const struct lt_update *update, struct lt_arena *arena,
                                 Lienthong__DirectiveBody **ret_body)
{
    if (update->frame.chain.stream != LT_STREAM_DIRECTIVE || update->personal.size > 0 ||
        update->sealed.size > 0)
        return LT_MALFORMED;
    if (update->frame.body_version > LT_BODY_VERSION)
        return LT_VERSION;
    ProtobufCMessage *message;
    const enum lt_result result =
        lt_shape_read(&lienthong__directive_body__descriptor, update->body, arena, &message);
    if (result != LT_OK)
        return result;
    Lienthong__DirectiveBody *body = (Lienthong__DirectiveBody *)message;
    for (size_t i = 0; i < body->n_items; i++) {
        const size_t count = item_count(body->items[i]);
        /* None, beside a field that we do not know, is a directive to come. */
        const bool newer = count == 0 && body->items[i]->base.n_unknown_fields > 0;
        if (count != 1 && !newer)
            return LT_MALFORMED;
    }
    *ret_body = body;
    return LT_OK;
}
