/* Releases, as the top says them. */
#include <string.h>

#include "proto/book_items.h"

bool lt_collect_release(struct lt_book *book, struct said *said, uint32_t index,
                        const Lienthong__Release *entry)
{
    const struct lt_bytes manifest = {entry->manifest.data, entry->manifest.len};
    struct lt_standing_release told = {.serial = entry->serial, .percent = entry->percent};
    if (entry->percent > 100 || entry->key.len != 32 || entry->signature.len != 64 ||
        entry->root_signature.len != 64 || lt_release_open(manifest, &told.release) != LT_OK)
        return true;
    memcpy(told.key.bytes, entry->key.data, 32);
    memcpy(told.signature.bytes, entry->signature.data, 64);
    memcpy(told.root_signature.bytes, entry->root_signature.data, 64);
    if (!lt_release_signed(manifest, &told.key, &told.signature))
        return true;
    struct release *release =
        lt_item_take(book, said, index, ITEM_RELEASE, said->hub->slot, sizeof(*release));
    if (release == NULL)
        return false;
    release->told = told;
    return true;
}

bool lt_release_rooted(const struct lt_book *book, struct item *item)
{
    struct release *release = (struct release *)(void *)item;
    const struct lt_standing_release *told = &release->told;
    if (!release->looked_at ||
        memcmp(&release->looked_by, &book->root_now.root, sizeof(release->looked_by)) != 0) {
        release->looked_at = true;
        release->looked_by = book->root_now.root;
        release->rooted = lt_release_key_signed(&told->key, told->serial, &told->root_signature,
                                                &release->looked_by);
    }
    return release->rooted;
}

/* The greatest first. */
int lt_release_cmp(const struct item *a, const struct item *b)
{
    const struct lt_standing_release *first = &((const struct release *)(const void *)a)->told;
    const struct lt_standing_release *second = &((const struct release *)(const void *)b)->told;
    if (first->serial != second->serial)
        return first->serial > second->serial ? -1 : 1;
    return (first->release.number < second->release.number) -
           (first->release.number > second->release.number);
}

const struct lt_standing_release *lt_book_release_now(const struct lt_book *book)
{
    const struct item_list *list = &book->lists[ITEM_RELEASE];
    return list->standing_count > 0
               ? &((const struct release *)(const void *)list->standing[0])->told
               : NULL;
}
