/* Digests of a book. Tree and catalogue: over their leaves in the order of their keys. Keys: all grants
 * and revocations held, in 256 buckets by the first byte of the leaf, each ascending, so that one more
 * grant among thousands costs little. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/book_items.h"

static void say_number(crypto_generichash_state *state, uint64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    crypto_generichash_update(state, bytes, sizeof(bytes));
}

static void say_text(crypto_generichash_state *state, const char *text)
{
    const size_t size = strlen(text);
    say_number(state, size);
    crypto_generichash_update(state, (const uint8_t *)text, size);
}

static void say_unit(crypto_generichash_state *state, const struct lt_unit *unit)
{
    say_text(state, unit->code);
    say_number(state, (uint64_t)(int64_t)unit->valid_from);
}

static void start(crypto_generichash_state *state, const char *kind)
{
    crypto_generichash_init(state, NULL, 0, sizeof(struct lt_hash));
    say_text(state, kind);
}

static void finish(crypto_generichash_state *state, struct lt_hash *ret_hash)
{
    crypto_generichash_final(state, ret_hash->bytes, sizeof(ret_hash->bytes));
}

void lt_leaf_claim(struct claim *claim)
{
    crypto_generichash_state state;
    start(&state, "unit");
    say_unit(&state, &claim->slot->place.unit);
    say_number(&state, claim->parent != NULL);
    if (claim->parent != NULL)
        say_unit(&state, &claim->parent->place.unit);
    say_number(&state, claim->level);
    say_number(&state, claim->nature);
    say_text(&state, claim->type);
    say_text(&state, claim->name);
    say_number(&state, (uint64_t)(int64_t)claim->valid_to);
    finish(&state, &claim->leaf);
}

void lt_leaf_title(struct title_claim *claim)
{
    crypto_generichash_state state;
    const struct lt_title *title = &claim->title;
    start(&state, "title");
    say_text(&state, title->code);
    say_text(&state, title->name);
    say_text(&state, title->name_en);
    say_text(&state, title->law);
    say_number(&state, title->form);
    say_number(&state, title->recipients);
    say_number(&state, title->levels);
    say_number(&state, (uint64_t)(int64_t)title->valid_from);
    say_number(&state, (uint64_t)(int64_t)title->valid_to);
    finish(&state, &claim->leaf);
}

void lt_leaf_grant(const struct grant *grant, struct lt_hash *ret_leaf)
{
    crypto_generichash_state state;
    start(&state, "grant");
    say_unit(&state, &grant->said->hub->slot->place.unit);
    say_unit(&state, &grant->keyrec->slot->place.unit);
    say_number(&state, grant->role);
    crypto_generichash_update(&state, grant->keyrec->key.bytes, sizeof(grant->keyrec->key.bytes));
    say_number(&state, grant->has_curve);
    crypto_generichash_update(&state, grant->curve, sizeof(grant->curve));
    say_number(&state, grant->has_root);
    crypto_generichash_update(&state, grant->root_signature.bytes,
                              sizeof(grant->root_signature.bytes));
    finish(&state, ret_leaf);
}

void lt_leaf_revoke(const struct revoke *revoke, struct lt_hash *ret_leaf)
{
    crypto_generichash_state state;
    start(&state, "revocation");
    say_unit(&state, &revoke->said->hub->slot->place.unit);
    say_unit(&state, &revoke->told.unit);
    crypto_generichash_update(&state, revoke->told.key.bytes, sizeof(revoke->told.key.bytes));
    say_number(&state, revoke->told.cut_count);
    for (size_t i = 0; i < revoke->told.cut_count; i++)
        crypto_generichash_update(&state, revoke->told.cut[i].bytes, sizeof(struct lt_hash));
    finish(&state, ret_leaf);
}

void lt_leaf_root(const struct root_word *word, struct lt_hash *ret_leaf)
{
    crypto_generichash_state state;
    start(&state, "root");
    say_unit(&state, &word->hub->slot->place.unit);
    crypto_generichash_update(&state, word->roots.root.bytes, sizeof(struct lt_key));
    crypto_generichash_update(&state, word->roots.recovery.bytes, sizeof(struct lt_key));
    crypto_generichash_update(&state, word->signature.bytes, sizeof(word->signature));
    finish(&state, ret_leaf);
}

void lt_leaf_endorse(const struct endorse *endorse, struct lt_hash *ret_leaf)
{
    crypto_generichash_state state;
    start(&state, "endorsement");
    say_unit(&state, &endorse->said->hub->slot->place.unit);
    crypto_generichash_update(&state, endorse->update.bytes, sizeof(endorse->update));
    finish(&state, ret_leaf);
}

static void say_cut(crypto_generichash_state *state, const struct lt_hash *cut, size_t count)
{
    say_number(state, count);
    for (size_t i = 0; i < count; i++)
        crypto_generichash_update(state, cut[i].bytes, sizeof(cut[i]));
}

static void say_slot(crypto_generichash_state *state, const struct slot *slot)
{
    say_number(state, slot != NULL);
    if (slot != NULL)
        say_unit(state, &slot->place.unit);
}

static void leaf_succession(const struct heir *heir, struct lt_hash *ret_leaf)
{
    crypto_generichash_state state;
    start(&state, "succession");
    say_unit(&state, &heir->item.about->place.unit);
    say_slot(&state, heir->successor);
    say_number(&state, (heir->item.told & HEIR_MAIN) != 0);
    say_number(&state, (heir->item.told & HEIR_WHOLE) != 0);
    say_number(&state, (heir->item.told & HEIR_CLOSED) != 0);
    say_cut(&state, heir->cut, heir->item.cut_count);
    finish(&state, ret_leaf);
}

static void leaf_cluster(const struct cluster *cluster, struct lt_hash *ret_leaf)
{
    crypto_generichash_state state;
    start(&state, "cluster");
    say_text(&state, cluster->cluster.code);
    say_text(&state, cluster->cluster.name);
    say_number(&state, cluster->cluster.level);
    say_unit(&state, &cluster->cluster.managing->unit);
    say_number(&state, (uint64_t)cluster->cluster.year);
    say_slot(&state, cluster->lead);
    say_number(&state, cluster->member_count);
    for (size_t i = 0; i < cluster->member_count; i++)
        say_unit(&state, &cluster->members[i]->place.unit);
    finish(&state, ret_leaf);
}

void lt_digest_others(struct lt_book *book)
{
    crypto_generichash_state state;
    struct lt_hash leaf;
    const struct item_list *list = &book->lists[ITEM_SUCCESSION];
    start(&state, "others");
    say_number(&state, list->standing_count);
    for (size_t i = 0; i < list->standing_count; i++) {
        leaf_succession(heir_of(list->standing[i]), &leaf);
        crypto_generichash_update(&state, leaf.bytes, sizeof(leaf));
    }
    list = &book->lists[ITEM_CLUSTER];
    say_number(&state, list->standing_count);
    for (size_t i = 0; i < list->standing_count; i++) {
        leaf_cluster((const struct cluster *)(const void *)list->standing[i], &leaf);
        crypto_generichash_update(&state, leaf.bytes, sizeof(leaf));
    }
    finish(&state, &book->others_digest);
}

void lt_digest_tree(struct lt_book *book)
{
    crypto_generichash_state state;
    start(&state, "tree");
    say_number(&state, book->place_count);
    for (size_t i = 0; i < book->place_count; i++)
        crypto_generichash_update(&state, book->sorted[i]->won->leaf.bytes, sizeof(struct lt_hash));
    finish(&state, &book->tree_digest);
}

void lt_digest_catalogue(struct lt_book *book)
{
    crypto_generichash_state state;
    start(&state, "catalogue");
    say_number(&state, book->title_count);
    for (size_t i = 0; i < book->title_count; i++)
        crypto_generichash_update(&state, book->sorted_titles[i]->won->leaf.bytes,
                                  sizeof(struct lt_hash));
    finish(&state, &book->catalogue_digest);
}

bool lt_digest_key_reserve(struct lt_book *book, const struct lt_hash *leaf, size_t more)
{
    struct key_bucket *bucket = &book->key_buckets[leaf->bytes[0]];
    if (bucket->capacity - bucket->count >= more)
        return true;
    const size_t capacity = bucket->count * 2 + more;
    struct lt_hash *leaves = realloc(bucket->leaves, capacity * sizeof(*leaves));
    if (leaves == NULL)
        return false;
    bucket->leaves = leaves;
    bucket->capacity = capacity;
    return true;
}

void lt_digest_key_add(struct lt_book *book, const struct lt_hash *leaf)
{
    struct key_bucket *bucket = &book->key_buckets[leaf->bytes[0]];
    size_t low = 0, high = bucket->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_hash_cmp(&bucket->leaves[middle], leaf) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < bucket->count && lt_hash_cmp(&bucket->leaves[low], leaf) == 0)
        return;
    memmove(&bucket->leaves[low + 1], &bucket->leaves[low],
            (bucket->count - low) * sizeof(*bucket->leaves));
    bucket->leaves[low] = *leaf;
    bucket->count++;
    lt_hash_of(bucket->leaves, bucket->count * sizeof(*bucket->leaves), &bucket->digest);
}

void lt_digest_keys(struct lt_book *book)
{
    crypto_generichash_state state;
    start(&state, "keys");
    for (size_t i = 0; i < LT_KEY_BUCKETS; i++)
        crypto_generichash_update(&state, book->key_buckets[i].digest.bytes,
                                  sizeof(struct lt_hash));
    finish(&state, &book->keys_digest);
}

void lt_digest_all(struct lt_book *book)
{
    crypto_generichash_state state;
    start(&state, "book");
    say_number(&state, LT_RULES_VERSION);
    crypto_generichash_update(&state, book->tree_digest.bytes, sizeof(struct lt_hash));
    crypto_generichash_update(&state, book->catalogue_digest.bytes, sizeof(struct lt_hash));
    crypto_generichash_update(&state, book->keys_digest.bytes, sizeof(struct lt_hash));
    crypto_generichash_update(&state, book->others_digest.bytes, sizeof(struct lt_hash));
    finish(&state, &book->digest);
}

void lt_book_digest(const struct lt_book *book, struct lt_hash *ret_digest)
{
    *ret_digest = book->digest;
}

void lt_book_digests(const struct lt_book *book, struct lt_hash *ret_tree,
                     struct lt_hash *ret_catalogue, struct lt_hash *ret_keys,
                     struct lt_hash *ret_others)
{
    *ret_tree = book->tree_digest;
    *ret_catalogue = book->catalogue_digest;
    *ret_keys = book->keys_digest;
    *ret_others = book->others_digest;
}
