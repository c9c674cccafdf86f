/* proof.h - a figure with all that it follows from, in one file: written piece by piece, and checked by who
 * trusts nothing but the root's public key.
 *
 * The file: 8 bytes "LTPROOF1", then pieces: type (1 byte), size (4 bytes, big-endian), that many bytes. In
 * this order: one head (who says what, and the question), pages of rows (the figure), pages of the cut (every
 * chain that the hub holds, with its tips), updates (exact bytes, the personal part left away unless names were
 * asked for), one seal (the hub's signature over all before it). Nothing follows.
 *
 * What is checked: every update's bytes and signature; that the chains which are there are there whole, up to
 * the tips that the cut names, and that every directive chain is; each key through its grants to the root; each
 * change by the rules; within authors and among tellers by the law; each row counted anew. Nothing is taken
 * from the file but signed updates, the question, and the cut that the hub names: so what the hub may still do
 * is to leave out chains that it says do not bear on the figure (it signs that, and who holds such a chain can
 * show it), or to name an older cut.
 *
 * Pure: bytes come in as they are read, in portions of any size. All is kept in memory. One thread. */
#ifndef LT_PROOF_H
#define LT_PROOF_H

#include "proto/dimension.h"
#include "proto/update.h"

enum {
    LT_PROOF_MAGIC_BYTES = 8,
    LT_PROOF_PIECE_HEAD_BYTES = 5,
    /* Rows or chains of a page, and bytes of a piece that is no update. */
    LT_PROOF_PAGE_MAX = 1000,
    LT_PROOF_PAGE_BYTES_MAX = 64 * 1024,
    LT_PROOF_WHERE_MAX = 16,
    /* As many rows as figures may have; more chains than a nation's tree has units; what a checker's memory
     * has room for. */
    LT_PROOF_ROWS_MAX = 1000 * 1000,
    LT_PROOF_CHAINS_MAX = 100 * 1000,
    LT_PROOF_UPDATES_MAX = 1000 * 1000,
    LT_PROOF_CHANGES_MAX = 20 * 1000 * 1000,
    LT_PROOF_UPDATE_BYTES_MAX = 1 << 30, /* of all updates */
    LT_PROOF_VALUE_BYTES_MAX = 1 << 28, /* of the values of all rows */
    LT_PROOF_ABOUT_MAX = 400,
    LT_PROOF_FAULTS_MAX = 16,
};
#define LT_PROOF_MAGIC "LTPROOF1"

enum lt_proof_piece {
    LT_PROOF_HEAD = 1,
    LT_PROOF_ROWS,
    LT_PROOF_CUT,
    LT_PROOF_UPDATE,
    LT_PROOF_SEAL,
};

/* ---- Writing ---- */

/* Takes bytes for good; false: it cannot. */
typedef bool lt_proof_put(void *context, struct lt_bytes bytes);
struct lt_proof_writer;
/* NULL: out of memory. */
struct lt_proof_writer *lt_proof_writer_new(lt_proof_put *put, void *context);
void lt_proof_writer_free(struct lt_proof_writer *writer);
/* In the order of the file. LT_TOO_LARGE for a bound of the above, LT_IO when `put` said no; sticky. */
enum lt_result lt_proof_write_head(struct lt_proof_writer *writer,
                                   const Lienthong__ProofHead *head);
enum lt_result lt_proof_write_row(struct lt_proof_writer *writer, const Lienthong__ProofRow *row);
enum lt_result lt_proof_write_chain(struct lt_proof_writer *writer,
                                    const Lienthong__ProofChain *chain);
/* `bytes` opens as `update`. */
enum lt_result lt_proof_write_update(struct lt_proof_writer *writer, const struct lt_update *update,
                                     struct lt_bytes bytes, bool names);
enum lt_result lt_proof_write_seal(struct lt_proof_writer *writer, const struct lt_secret *secret);

/* ---- Checking ---- */

/* Why a file that can be read proves nothing. `about` names what: an update, a chain, a row, a key. */
#define LT_PROOF_FAULTS(X)                                                                         \
    X(LT_PROOF_ROOT, "it is about another root key")                                               \
    X(LT_PROOF_TOP, "it is about another top of a tree")                                           \
    X(LT_PROOF_RULES, "it was judged by another version of the rules")                             \
    X(LT_PROOF_SIGNATURE, "an update is not what its author signed")                               \
    X(LT_PROOF_UNREADABLE, "an update's content is malformed")                                     \
    X(LT_PROOF_TWICE, "an update is there twice")                                                  \
    X(LT_PROOF_FOREIGN, "an update is of a chain that the cut does not have")                      \
    X(LT_PROOF_GAP, "an update is missing that another one builds on")                             \
    X(LT_PROOF_SEQ, "an update's place in its chain is wrong")                                     \
    X(LT_PROOF_CHAIN, "a chain is not whole up to the tips of the cut")                            \
    X(LT_PROOF_LEFT_OUT, "a chain is left out that must be there")                                 \
    X(LT_PROOF_TOP_KEY, "the root key has granted no key of the top")                              \
    X(LT_PROOF_HUB_KEY, "the hub's key is not granted, or was revoked")                            \
    X(LT_PROOF_SEALED, "something in it was changed after the hub sealed it")                      \
    X(LT_PROOF_KEY, "an update's key is not granted for its unit")                                 \
    X(LT_PROOF_BOOK, "its directives give another book than the hub judged by")                    \
    X(LT_PROOF_QUESTION, "its question has no answer")                                             \
    X(LT_PROOF_ROW, "a row is not what its records give")                                          \
    X(LT_PROOF_ROW_MISSING, "a row is missing that its records give")                              \
    X(LT_PROOF_ROW_TWICE, "a row is there twice")
#define LT_PROOF_FAULT_ENUM(name, text) name,
enum lt_proof_fault_kind { LT_PROOF_FAULTS(LT_PROOF_FAULT_ENUM) LT_PROOF_FAULT_KINDS };
#undef LT_PROOF_FAULT_ENUM
const char *lt_proof_fault_text(enum lt_proof_fault_kind kind);

struct lt_proof_fault {
    enum lt_proof_fault_kind kind;
    char about[LT_PROOF_ABOUT_MAX];
};

/* Values of a row, in the order of the question's dimensions, between LT_PROOF_BETWEEN. */
#define LT_PROOF_BETWEEN '\x1f'
struct lt_proof_row {
    const char *values;
    bool stated; /* by the file */
    int64_t count, quantity, unconfirmed; /* as counted anew */
    int64_t stated_count, stated_quantity, stated_unconfirmed;
};

struct lt_proof_sums {
    uint64_t pieces, bytes;
    uint64_t directives, reports; /* updates */
    uint64_t
        unread; /* of a newer body than this build reads: they count nowhere, so where there are any the
                        figure may be right, and is not proven here */
    uint64_t silent; /* directives that say nothing, by keys that nothing grants */
    uint64_t chains, left_out;
    uint64_t changes, quarantined, records; /* of the chains that are there */
    uint64_t behind; /* records that the figure counts */
};

struct lt_proof;
/* `top` NULL: whichever the file names, when the root has signed its key. NULL: out of memory. */
struct lt_proof *lt_proof_new(const struct lt_key *root, const struct lt_unit *top);
void lt_proof_free(struct lt_proof *proof);
/* The next portion of the file. LT_MALFORMED, LT_TOO_LARGE, LT_VERSION, LT_NO_MEMORY: it cannot be read, and
 * lt_proof_trouble says what is wrong where. Sticky. */
enum lt_result lt_proof_feed(struct lt_proof *proof, struct lt_bytes bytes);
/* After the last one. LT_OK: it is proven; LT_REFUSED: it is not, see the faults; else as lt_proof_feed. Once. */
enum lt_result lt_proof_end(struct lt_proof *proof);

const char *lt_proof_trouble(const struct lt_proof *proof); /* a sentence; "": none */
/* NULL before it was read. Lives as long as the proof, as all that follows. */
const Lienthong__ProofHead *lt_proof_head(const struct lt_proof *proof);
/* The first LT_PROOF_FAULTS_MAX. */
size_t lt_proof_faults(const struct lt_proof *proof, const struct lt_proof_fault **ret_faults);
/* After lt_proof_end; in the order of their values. */
size_t lt_proof_rows(const struct lt_proof *proof, const struct lt_proof_row **ret_rows);
void lt_proof_sums(const struct lt_proof *proof, struct lt_proof_sums *ret_sums);
struct lt_book;
const struct lt_book *lt_proof_book(const struct lt_proof *proof);

/* A chain of the cut. */
struct lt_proof_chain {
    struct lt_chain chain;
    uint64_t count;
    bool left_out;
    size_t tip_count;
    const struct lt_hash *tips;
};
bool lt_proof_chain_at(const struct lt_proof *proof, size_t number,
                       struct lt_proof_chain *ret_chain);

/* A record behind the figure: the change that counts. A stated total may count in part. */
struct lt_proof_record {
    const struct lt_update *update;
    const Lienthong__ReportBody *body;
    uint32_t index;
    const struct lt_fact *fact;
    const Lienthong__Person *person; /* NULL: none, or not in the file */
    bool in_part; /* its line counts less than all of it */
};
typedef void lt_proof_record_seen(void *context, const struct lt_proof_record *record);
/* After lt_proof_end, when everything could be counted. By chain, in the order of seq. */
enum lt_result lt_proof_records(struct lt_proof *proof, lt_proof_record_seen *seen, void *context);

#endif
