/* Endorsements: single updates of a revoked key that count all the same. */
#include <string.h>

#include "proto/book_inner.h"

bool lt_collect_endorsement(struct lt_book *book, struct said *said,
                            const Lienthong__Endorsement *entry)
{
    if (entry->update.len != sizeof(struct lt_hash))
        return true;
    struct endorse *endorse = lt_book_take(book, sizeof(*endorse));
    if (endorse == NULL)
        return false;
    memcpy(endorse->update.bytes, entry->update.data, sizeof(endorse->update));
    endorse->said = said;
    endorse->next_of_said = said->endorses;
    said->endorses = endorse;
    return true;
}

bool lt_book_endorsed(const struct lt_book *book, const struct lt_revocation *revocation,
                      const struct lt_hash *update)
{
    const struct revoke *revoke = (const struct revoke *)(const void *)revocation;
    const struct slot *slot = revoke->keyrec->slot;
    struct node *node =
        lt_table_first(&book->endorsed, lt_table_hash(update->bytes, sizeof(*update), 0));
    for (; node != NULL; node = lt_table_next(node)) {
        const struct endorse *endorse = ITEM_OF(node, struct endorse, by_update);
        const struct hub *hub = endorse->said->hub;
        if (lt_hash_cmp(&endorse->update, update) == 0 && endorse->said->admitted &&
            lt_slot_within(book, slot, hub) && hub->depth <= revoke->said->hub->depth)
            return true;
    }
    return false;
}
