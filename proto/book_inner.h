/* book_inner.h - the inside of a book. Private to proto/book*.c.
 *
 * What directives said is kept as said, for ever, in blocks that never move (struct said and its
 * items). What counts of it (standing units, titles, effective revocations, admitted updates) is
 * computed by lt_fold from scratch, or, for the common case of a grant, kept up to date directly. */
#ifndef LT_BOOK_INNER_H
#define LT_BOOK_INNER_H

#include "proto/rules.h"

/* A hash table of nodes that stand inside their items. Growing may fail: chains get longer then. */
struct node {
    struct node *next;
    uint64_t hash;
};
struct table {
    struct node **buckets;
    size_t bucket_count, count;
};
bool lt_table_start(struct table *table);
void lt_table_add(struct table *table, struct node *node, uint64_t hash);
/* The first node of this hash, and the next. */
struct node *lt_table_first(const struct table *table, uint64_t hash);
struct node *lt_table_next(const struct node *node);
uint64_t lt_table_hash(const void *bytes, size_t size, uint64_t seed);
/* The item that a node stands in. */
#define ITEM_OF(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

struct slot;
struct hub;
struct said;

/* One code, whoever bears it. */
struct code {
    struct node by_code;
    char text[LT_CODE_BYTES_MAX + 1];
    struct slot *slots; /* ascending by first day */
    bool above; /* a unit of this code is `above` */
};

/* A unit that something was said of. */
struct slot {
    struct lt_place place; /* first: a place that the book gave out is its slot */
    struct node by_unit;
    struct code *code;
    struct slot *next_of_code;
    struct claim *claims;
    const struct claim *won; /* what stands; NULL: nothing */
    const struct claim *before; /* the same before this fold */
    const struct claim *candidate; /* what the hub that is speaking says */
    struct hub *hub; /* when directive updates of this unit are held */
    struct keyrec *keys;
    struct slot *next; /* of all */
    /* The viewer's own, or any word, counted or not, places it above one that is: whether a hub between may speak can hang
     * on this, and who claims to be above us gains nothing but our heed of keys in his own subtree. */
    bool above;
    struct slot *next_above; /* while they are looked for */
    uint32_t heirs; /* number of the first of its successions that stand, from 1; 0: none */
};

/* A UnitEntry as said. */
struct claim {
    struct said *said;
    uint32_t index;
    struct slot *slot, *parent; /* parent NULL: the top of the tree */
    struct claim *next_of_slot, *next_of_said;
    lt_day valid_to;
    uint8_t level, nature;
    char *type, *name;
    struct lt_hash leaf;
};

/* A catalogue entry, by (code, first day). */
struct title_slot {
    struct lt_title title; /* first */
    struct node by_code;
    struct title_claim *claims;
    const struct title_claim *won;
    const struct title_claim *before;
    struct title_slot *next; /* of all */
};
struct title_claim {
    struct said *said;
    uint32_t index;
    struct title_slot *slot;
    struct title_claim *next_of_slot, *next_of_said;
    struct lt_title title;
    struct lt_hash leaf;
};

/* A key of a unit. */
struct keyrec {
    struct node by_key;
    struct slot *slot;
    struct lt_key key;
    struct grant *grants;
    struct revoke *revokes;
    const struct revoke *effective;
    struct keyrec *next_of_slot;
};
struct grant {
    struct said *said;
    uint32_t index;
    struct keyrec *keyrec;
    struct grant *next_of_key, *next_of_said;
    struct node by_curve;
    uint8_t role;
    bool has_curve, has_root, root_ok, has_previous;
    uint8_t curve[32];
    struct lt_signature root_signature;
    struct lt_key previous; /* by which it was asked for, and its signature */
    struct lt_signature previous_signature;
};
struct revoke {
    struct lt_revocation told; /* first */
    struct said *said;
    uint32_t index;
    struct keyrec *keyrec;
    struct revoke *next_of_key, *next_of_said, *next;
};

/* A RootEntry as said. */
struct root_word {
    struct lt_roots roots;
    struct lt_signature signature;
    const struct hub *hub;
    struct root_word *next, *next_of_said;
};
/* An Endorsement as said. */
struct endorse {
    struct node by_update;
    struct lt_hash update;
    struct said *said;
    struct endorse *next_of_said;
};

/* A directive update. */
struct said {
    struct node by_id;
    struct lt_hash id;
    struct hub *hub;
    struct lt_key key;
    uint64_t seq;
    struct said *next_of_hub; /* descending by (seq, id) */
    bool admitted;
    bool within; /* of the cut that is being looked at */
    struct claim *claims;
    struct title_claim *titles;
    struct grant *grants;
    struct revoke *revokes;
    struct root_word *roots;
    struct endorse *endorses;
    struct item *items; /* until they are linked */
    unsigned kinds; /* of its items, bits 1 << enum item_kind */
    size_t parent_count;
    struct lt_hash *parents;
};

/* A unit that has directed. */
struct hub {
    struct slot *slot;
    struct said *said;
    struct hub *next; /* ascending by unit */
    bool spoken;
    unsigned depth, depth_before;
    unsigned kinds; /* of all its items */
};

/* What directives say beside tree, catalogue and keys (book_items.h). */
enum item_kind {
    ITEM_SUCCESSION,
    ITEM_CLUSTER,
    ITEM_MOVEMENT,
    ITEM_OBLIGATION,
    ITEM_CLOSING,
    ITEM_PUBLICATION,
    ITEM_MOVE,
    ITEM_NOTICE,
    ITEM_FALLBACK,
    ITEM_REDACTION,
    ITEM_SEALING,
    ITEM_UNIT_BOX,
    ITEM_VERSIONS,
    ITEM_RELEASE,
    ITEM_KINDS
};
struct item;
struct item_list {
    struct item *items; /* as said, in the order of arrival */
    size_t count;
    struct item **standing; /* in the canonical order */
    size_t standing_count, capacity;
};

enum { LT_KEY_BUCKETS = 256 };
struct key_bucket {
    struct lt_hash *leaves; /* ascending, distinct */
    size_t count, capacity;
    struct lt_hash digest;
};

struct block;
struct lt_book {
    struct block *blocks;
    struct table units, codes, titles, keys, curves, saids, clusters, names, endorsed;
    struct slot *slots, **slots_end; /* in the order of arrival */
    struct title_slot *title_slots, **title_slots_end;
    struct hub *hubs;
    struct revoke *revokes;
    bool pinned;
    bool light; /* closings and publications are kept without their cuts and figures */
    bool roots_settled;
    struct lt_roots pinned_roots, root_now; /* a recovery key of zeros: none */
    struct root_word *root_words;
    struct lt_unit top;
    const struct slot *viewer; /* whose eyes these are; NULL: everybody's, and all grants count */
    /* What stands. */
    struct slot **places; /* by number */
    struct slot **sorted; /* by unit; room for as many */
    size_t place_count, place_capacity, slot_count;
    struct title_slot **standing_titles; /* in the order of arrival */
    struct title_slot **sorted_titles;
    size_t title_count, title_capacity, title_slot_count;
    struct item_list lists[ITEM_KINDS];
    struct lt_succession *successions; /* those that stand; room for as many as were said */
    size_t succession_count, succession_capacity;
    struct lt_chain_cut *cuts; /* those that stand and came in parts */
    size_t cut_need, cut_capacity;
    struct key_bucket key_buckets[LT_KEY_BUCKETS];
    struct lt_hash tree_digest, catalogue_digest, keys_digest, others_digest, digest;
};

/* Zeroed memory that lives as long as the book; NULL: out of memory. */
void *lt_book_take(struct lt_book *book, size_t size);
void lt_book_release(struct lt_book *book); /* all of it */
char *lt_book_text(struct lt_book *book, const char *text);

/* Finds or makes. NULL: out of memory. */
struct slot *lt_slot_of(struct lt_book *book, const struct lt_unit *unit);
struct slot *lt_slot_find(const struct lt_book *book, const struct lt_unit *unit);
const struct code *lt_code_find(const struct lt_book *book, const char *code);
struct keyrec *lt_keyrec_of(struct lt_book *book, struct slot *slot, const struct lt_key *key);
struct keyrec *lt_keyrec_find(const struct lt_book *book, const struct lt_unit *unit,
                              const struct lt_key *key);
struct title_slot *lt_title_slot_of(struct lt_book *book, const char *code, lt_day valid_from);
/* Room for what stands, so that the fold needs no memory. */
bool lt_slots_reserve(struct lt_book *book);
bool lt_titles_reserve(struct lt_book *book);

/* (seq, hash, index) of two items. */
int lt_said_cmp(const struct said *a, uint32_t a_index, const struct said *b, uint32_t b_index);
struct said *lt_said_find(const struct lt_book *book, const struct lt_hash *id);

/* Collects the items of a body into `said`; false: out of memory. Links nothing that counts. */
bool lt_collect(struct lt_book *book, struct said *said, const Lienthong__DirectiveBody *body);
bool lt_collect_unit(struct lt_book *book, struct said *said, uint32_t index,
                     const Lienthong__UnitEntry *entry);
bool lt_collect_title(struct lt_book *book, struct said *said, uint32_t index,
                      const Lienthong__TitleEntry *entry);
bool lt_collect_grant(struct lt_book *book, struct said *said, uint32_t index,
                      const Lienthong__Grant *entry);
bool lt_collect_revocation(struct lt_book *book, struct said *said, uint32_t index,
                           const Lienthong__Revocation *entry);

/* Keys, on what was computed so far. */
bool lt_is_top(const struct lt_book *book, const struct slot *slot);
/* It is the viewer's, or was placed above it: so are those that it was ever placed below. */
void lt_slot_above(struct slot *slot);
/* Is `slot` at or below the hub's unit? Of what is not in the tree only equal codes. */
bool lt_slot_within(const struct lt_book *book, const struct slot *slot, const struct hub *hub);
bool lt_key_granted(const struct lt_book *book, const struct keyrec *keyrec, Lienthong__Role role);
/* Said by a hub that may say it, whoever heeds it. */
bool lt_grant_rightful(const struct lt_book *book, const struct grant *grant);
/* Does it count, in the viewer's eyes? */
bool lt_grant_stands(const struct lt_book *book, const struct grant *grant);
/* Admits the updates of a hub whose unit stands, and settles the revocations of its keys. */
void lt_admit(struct lt_book *book, struct hub *hub);
/* One update of a hub that has spoken and none of whose keys was ever revoked. */
bool lt_said_ok(const struct lt_book *book, const struct said *said);
/* Settles the revocations of all other keys. */
void lt_settle_revocations(struct lt_book *book);
bool lt_collect_root(struct lt_book *book, struct said *said, const Lienthong__RootEntry *entry);
bool lt_collect_endorsement(struct lt_book *book, struct said *said,
                            const Lienthong__Endorsement *entry);
/* Which root is to be believed by all that was said; checks its signatures anew when it is another. */
void lt_settle_root(struct lt_book *book);
/* The same, if a body were heard as well. */
struct lt_roots lt_roots_with(const struct lt_book *book, const Lienthong__DirectiveBody *body);
void lt_check_root(const struct lt_book *book, struct grant *grant);

/* Recomputes all that stands. */
void lt_fold(struct lt_book *book, struct lt_book_change *change);
/* The catalogue alone. */
void lt_fold_titles(struct lt_book *book, struct lt_book_change *change);
/* What stands of the items of these kinds (bits), after the tree. */
void lt_fold_standing(struct lt_book *book, unsigned kinds, struct lt_book_change *change);
enum { ITEMS_ALL = (1U << ITEM_KINDS) - 1 };

/* Digests. */
void lt_digest_tree(struct lt_book *book);
void lt_digest_catalogue(struct lt_book *book);
/* Room in a leaf's bucket for so many more; false: out of memory. Then leaves can be added. */
bool lt_digest_key_reserve(struct lt_book *book, const struct lt_hash *leaf, size_t more);
void lt_digest_key_add(struct lt_book *book, const struct lt_hash *leaf);
/* The digests of the buckets and of the whole. */
void lt_digest_keys(struct lt_book *book);
/* Successions and clusters. */
void lt_digest_others(struct lt_book *book);
void lt_digest_all(struct lt_book *book);

/* Leaves: a hash over an entry's fields, each with its length. */
void lt_leaf_claim(struct claim *claim);
void lt_leaf_title(struct title_claim *claim);
void lt_leaf_grant(const struct grant *grant, struct lt_hash *ret_leaf);
void lt_leaf_revoke(const struct revoke *revoke, struct lt_hash *ret_leaf);
void lt_leaf_root(const struct root_word *word, struct lt_hash *ret_leaf);
void lt_leaf_endorse(const struct endorse *endorse, struct lt_hash *ret_leaf);

#endif
