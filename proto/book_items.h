/* book_items.h - successions, clusters and what else stands beside tree, catalogue and keys, inside a
 * book. Private to proto/book*.c.
 *
 * Items are kept as said, like all of a book; which of them stand is computed by lt_fold_standing. */
#ifndef LT_BOOK_ITEMS_H
#define LT_BOOK_ITEMS_H

#include "proto/book_inner.h"
#include "proto/standing.h"

enum {
    ITEM_ELIGIBLE = 1, /* said with a right to it, of a unit that is there */
    ITEM_STANDS = 2,
    ITEM_STOOD = 4, /* before this fold */
};
enum { HEIR_MAIN = 1, HEIR_WHOLE = 2, HEIR_CLOSED = 4, HEIR_WITHDRAWN = 8 };

struct item {
    struct said *said;
    struct item *next; /* of its update; when that counts, of all of its kind */
    struct slot *about; /* must be in the tree, at or below the hub's unit */
    uint32_t index;
    uint8_t kind; /* enum item_kind */
    uint8_t state;
    uint8_t told, cut_count; /* of a succession: as said */
};
struct heir {
    struct item item; /* first */
    struct slot *successor; /* NULL: none */
    const struct lt_hash *cut;
};
struct cluster {
    struct item item; /* first */
    struct lt_cluster cluster;
    struct node by_code, by_name;
    const char *folded_code, *folded_name, *key;
    struct slot *lead; /* as said */
    size_t member_count;
    struct slot **members; /* as said, ascending */
    const struct lt_place **found; /* those that are there */
};
struct movement {
    struct item item; /* first */
    struct lt_movement movement;
    const char *key;
};
struct duty {
    struct item item; /* first */
    struct lt_obligation obligation;
};
/* A part of a closing or of a publication. */
struct cut_part {
    struct item item; /* first */
    uint32_t part, parts;
    size_t cut_count;
    struct lt_chain_cut *cut;
    const struct cut_part *next_part; /* of what stands */
    struct lt_closing closing;
    struct lt_publication publication;
};
struct move {
    struct item item; /* first */
    struct lt_move move;
};
struct redaction {
    struct item item; /* first */
    struct lt_redaction redaction;
};

struct notice {
    struct item item; /* first */
    struct lt_notice notice;
};
struct sealing {
    struct item item; /* first */
    struct lt_sealing sealing;
};
struct unit_box {
    struct item item; /* first */
    struct lt_unit_box box;
};

struct fallback {
    struct item item; /* first */
    struct lt_fallback fallback;
};

struct versions {
    struct item item; /* first */
    uint32_t body; /* at least the first */
};

struct release {
    struct item item; /* first */
    struct lt_standing_release told;
    struct lt_key looked_by; /* the root by which it was checked last, and what came of it */
    bool looked_at, rooted;
};

/* Collecting; as the others of book_inner.h. */
bool lt_collect_item(struct lt_book *book, struct said *said, uint32_t index,
                     const Lienthong__Directive *item);
bool lt_collect_closing(struct lt_book *book, struct said *said, uint32_t index,
                        const Lienthong__Closing *entry);
bool lt_collect_publication(struct lt_book *book, struct said *said, uint32_t index,
                            const Lienthong__Publication *entry);
bool lt_collect_sealing(struct lt_book *book, struct said *said, uint32_t index,
                        const Lienthong__Sealing *entry);
bool lt_collect_unit_box(struct lt_book *book, struct said *said, uint32_t index,
                         const Lienthong__UnitBox *entry);
bool lt_collect_release(struct lt_book *book, struct said *said, uint32_t index,
                        const Lienthong__Release *entry);
/* Has the root that counts now signed its key? */
bool lt_release_rooted(const struct lt_book *book, struct item *item);
/* Their keys. */
int lt_release_cmp(const struct item *a, const struct item *b);
int lt_sealing_cmp(const struct item *a, const struct item *b);
int lt_unit_box_cmp(const struct item *a, const struct item *b);
/* The unit that is named. LT_NOT_FOUND: none is; LT_MALFORMED; LT_NO_MEMORY. */
enum lt_result lt_slot_told(struct lt_book *book, const Lienthong__Unit *told,
                            struct slot **ret_slot);
/* A new item of an update; NULL: out of memory. */
void *lt_item_take(struct lt_book *book, struct said *said, uint32_t index, enum item_kind kind,
                   struct slot *about, size_t size);
/* Room for what may stand. */
bool lt_items_reserve(struct lt_book *book, const struct said *said);
bool lt_cuts_reserve(struct lt_book *book, const struct said *said);
/* From the update to the lists. */
void lt_items_link(struct lt_book *book, struct said *said);

/* What stands of one kind, of the items in list->standing, sorted by lt_items_cmp; marks it and leaves it
 * there. */
void lt_settle_heirs(struct lt_book *book);
void lt_settle_clusters(struct lt_book *book);
void lt_settle_parts(struct lt_book *book, struct item_list *list, bool newest_first);
/* Gives cuts that came in parts as one. */
void lt_cuts_fill(struct lt_book *book);

/* Which word of a key comes first; same key: 0. */
int lt_items_key_cmp(const struct item *a, const struct item *b);

static inline const struct heir *heir_of(const struct item *item)
{
    return (const struct heir *)(const void *)item;
}

#endif
