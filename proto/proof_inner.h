/* proof_inner.h - a proof being checked. Private to proto/proof*.c.
 *
 * Updates are kept as they came. They are sorted by identity once all are there, and everything else refers to
 * them, and to their changes, by number. */
#ifndef LT_PROOF_INNER_H
#define LT_PROOF_INNER_H

#include "proto/merge.h"
#include "proto/proof.h"
#include "proto/standing.h"

enum { LT_PROOF_NONE = UINT32_MAX };
/* What a scope is counted as in which tellers differ: beyond the kinds of records. Of no spelling. */
enum { LT_PROOF_KIND_DIFFERENCE = 15 };

struct proof_update {
    struct lt_hash id;
    struct lt_key key;
    uint8_t *bytes;
    uint32_t size;
    uint32_t chain; /* number in the cut */
    uint32_t parents_at, parent_count; /* in `parents` */
    uint32_t changes_at, change_count; /* in `changes` */
    uint64_t seq;
    uint32_t seen; /* mark of a walk */
    bool child; /* some other one builds on it */
    bool alone; /* when it came it was the chain's only tip: all of lesser seq are its ancestors */
    uint8_t cut; /* enum lt_verdict: LT_COUNTS, LT_V_REVOKED, LT_V_CLOSED */
};

struct proof_chain {
    struct lt_chain chain;
    const struct lt_place *place; /* NULL: the book does not know the unit */
    uint64_t count, found;
    uint32_t tips_at, tip_count;
    bool left_out;
};

/* One change of a report. Records are numbered by the change that first put them. */
struct proof_change {
    uint64_t import;
    uint32_t row;
    uint32_t update, index;
    uint32_t record; /* LT_PROOF_NONE: it speaks of none */
    uint32_t root; /* records that are one share it */
    uint8_t verdict, kind, op;
    bool first; /* puts a record */
    bool unseen;
    bool counts; /* it is what its record says now, and puts */
};

/* Of records with the same scope, teller, place and dimensions; summed. Texts are interned: one address each. */
struct proof_line {
    uint8_t scope[32];
    const struct lt_place *teller, *place, *authority;
    uint16_t year, span_from, decided_year;
    uint8_t month, kind, outside, level, type, recipient, category, sex, nature, status, detail;
    bool total;
    const char *code, *field, *movement;
    int64_t count, quantity;
    int64_t counted_count, counted_quantity;
    bool unconfirmed;
    bool asked; /* the question asks for it */
};

struct proof_sum {
    char *values;
    int64_t count, quantity, unconfirmed;
};

struct proof_asks {
    bool all_kinds, all_statuses, enterprises_apart, apart;
    bool keeps; /* only what counts at `kept` */
    const struct lt_place *place, *kept;
    const struct lt_place **today; /* by number of the place; NULL: the tree as it was */
    size_t by_count;
    enum lt_dimension by[LT_DIM_COUNT];
    size_t where_count;
    struct {
        enum lt_dimension dimension;
        uint32_t number;
        const char *text;
    } where[LT_PROOF_WHERE_MAX];
};

struct lt_proof {
    struct lt_key root;
    struct lt_unit top;
    bool top_given;
    /* reading */
    enum lt_result result;
    char trouble[LT_PROOF_ABOUT_MAX];
    struct lt_hash digest; /* of all pieces so far */
    uint8_t *piece; /* room for a digest and the largest piece with its head */
    size_t piece_size, piece_needs; /* bytes of head and content that are there, that are awaited */
    uint8_t last_type;
    bool begun, sealed;
    uint64_t update_bytes, value_bytes;
    struct lt_signature seal;
    struct lt_arena *head_arena, *arena;
    const Lienthong__ProofHead *head;
    struct proof_sum *stated;
    size_t stated_count, stated_capacity;
    struct proof_chain *chains;
    size_t chain_count, chain_capacity;
    struct lt_hash *tips;
    size_t tip_count, tip_capacity;
    struct proof_update *updates;
    size_t update_count, update_capacity;
    struct lt_hash *parent_ids;
    size_t parent_count, parent_capacity;
    uint64_t change_count;
    /* checking */
    uint32_t *parents; /* numbers of updates */
    uint32_t *by_seq; /* updates by chain, seq, identity */
    uint32_t walk;
    uint32_t *stack;
    struct lt_book *book;
    struct proof_change *changes;
    struct proof_line *lines;
    size_t line_count, line_capacity, line_merged;
    struct lt_arena *texts;
    const char **words; /* interned, by hash */
    size_t word_count, word_capacity;
    struct proof_asks asks;
    struct proof_sum *counted;
    size_t counted_count, counted_capacity;
    struct lt_proof_row *rows;
    size_t row_count;
    struct lt_proof_fault faults[LT_PROOF_FAULTS_MAX];
    size_t fault_count;
    struct lt_proof_sums sums;
    bool linked, judged; /* so far it could be checked */
};

/* The digest after one more piece: of the former one, and the piece with its head. `room` begins with 32 bytes
 * of room for the digest; `size` counts what follows them. */
void lt_proof_digest(struct lt_hash *digest, uint8_t *room, size_t size);
/* What the seal signs. */
enum { LT_PROOF_SIGNED_BYTES = 19 + 32 };
void lt_proof_signed(const struct lt_hash *digest, uint8_t ret_bytes[LT_PROOF_SIGNED_BYTES]);

/* Room for one more; false: no memory. */
bool lt_proof_room(void **items, size_t count, size_t *capacity, size_t item_bytes);
void lt_proof_fault(struct lt_proof *proof, enum lt_proof_fault_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "<hash> (report of 80, seq 3)" as the `about` of a fault. */
void lt_proof_fault_update(struct lt_proof *proof, enum lt_proof_fault_kind kind,
                           const struct lt_hash *id, const struct lt_chain *chain, uint64_t seq);
void lt_proof_fault_chain(struct lt_proof *proof, enum lt_proof_fault_kind kind,
                          const struct lt_chain *chain);

/* Numbers, parents and chains of the updates. LT_OK: they are whole; LT_REFUSED with faults. */
enum lt_result lt_proof_link(struct lt_proof *proof);
/* Number of an update; LT_PROOF_NONE. */
uint32_t lt_proof_find(const struct lt_proof *proof, const struct lt_hash *id);
bool lt_proof_is_ancestor(struct lt_proof *proof, uint32_t older, uint32_t newer);
/* Number of a chain; LT_PROOF_NONE. */
uint32_t lt_proof_chain_find(const struct lt_proof *proof, const struct lt_chain *chain);

/* The book, the hub's key, the seal, the keys of all updates: what is wrong with them are faults. LT_NO_MEMORY. */
enum lt_result lt_proof_trust(struct lt_proof *proof);

/* Judges all changes, and settles what each record says. */
enum lt_result lt_proof_judge(struct lt_proof *proof);
/* Calls for each change that is what its record says now, with what it says; by chain and seq. */
typedef enum lt_result lt_proof_counts_seen(struct lt_proof *proof, const struct lt_update *update,
                                            const Lienthong__ReportBody *body,
                                            const struct proof_change *change,
                                            const struct lt_fact *fact, void *context);
enum lt_result lt_proof_each(struct lt_proof *proof, lt_proof_counts_seen *seen, void *context);

/* The question's words as numbers and places. LT_REFUSED with a fault. */
enum lt_result lt_proof_ask(struct lt_proof *proof);
/* Does the question ask for what the line counts? Then it is added to the rows. */
enum lt_result lt_proof_answer(struct lt_proof *proof, const struct proof_line *line,
                               bool *ret_asked);
/* All lines by the law among tellers, and the rows of the answer. */
enum lt_result lt_proof_count(struct lt_proof *proof);
/* Compares the rows. */
enum lt_result lt_proof_compare(struct lt_proof *proof);

#endif
