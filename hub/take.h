/* take.h - updates and receipts that no connection brought, through the pipeline like all others.
 *
 * What a bundle carries is handed in by slices: to the running hub by its control socket, else to a pipeline that
 * the command runs itself, holding the hub's lock. One slice, and its answer:
 *
 *   request   for each: 1 byte (1 an update, 2 a receipt), 4 bytes size (big-endian), the bytes
 *   answer    for each: 1 byte enum lt_result, 32 bytes the first ancestor that is missing, else zeros
 *
 * Receipts of this hub, likewise: the request is chain keys of 21 bytes; the answer for each: 4 bytes size (0:
 * none could be signed), a serialised Receipt. */
#ifndef LT_TAKE_H
#define LT_TAKE_H

#include "agent/keys.h"
#include "hub/pipeline.h"

enum {
    LT_TAKE_UPDATE = 1,
    LT_TAKE_RECEIPT = 2,
    LT_TAKE_ANSWER_BYTES = 1 + 32,
    LT_TAKE_ITEMS_MAX = 512, /* of a slice */
    LT_TAKE_BYTES_MAX = 3 * 1024 * 1024,
};

/* Who waits for a job; job->owner. Filled in by the pipeline's `done`, under a lock of its owner. */
struct lt_waiter {
    bool done;
    enum lt_result result;
    struct lt_hash missing; /* LT_ORPHAN: an ancestor that is not here; else zeros */
};
void lt_waiter_answer(struct lt_waiter *waiter, const struct lt_job *job);

/* Waits until all of `waiters` are done. */
typedef void lt_take_wait(void *context, const struct lt_waiter *waiters, size_t count);

/* Feeds one slice and waits for it. What is not in this hub's scope is LT_NOT_YOURS. LT_MALFORMED: no slice;
 * LT_NO_MEMORY, LT_BUSY (stopping). *ret_answer is malloc'ed. */
enum lt_result lt_take_slice(struct lt_ledger *ledger, struct lt_pipeline *pipeline,
                             lt_take_wait *wait, void *context, struct lt_bytes slice,
                             uint8_t **ret_answer, size_t *ret_size);

/* A receipt of this hub for a chain, with a number of its own. Any thread. */
enum lt_result lt_take_receipt(struct lt_ledger *ledger, const struct lt_keys *keys,
                               const struct lt_chain *chain, uint64_t number, uint8_t **ret_bytes,
                               size_t *ret_size);
/* Answers chain keys with receipts. */
enum lt_result lt_take_receipts(struct lt_ledger *ledger, const struct lt_keys *keys,
                                struct lt_bytes chains, uint8_t **ret_answer, size_t *ret_size);

/* ---- From a command ---- */

struct lt_taker;
/* Finds the running hub of `dir`, or takes its place: the lock, the ledger, a pipeline. */
enum lt_result lt_taker_open(const char *dir, struct lt_taker **ret_taker, char ret_reason[300]);
/* Both kinds of question, answered by whichever it is; *ret_answer is malloc'ed. */
enum lt_result lt_taker_ask(struct lt_taker *taker, bool receipts, struct lt_bytes request,
                            uint8_t **ret_answer, size_t *ret_size, char ret_reason[300]);
/* The ledger that is open for it (read-only beside a running hub), and this hub's keys. */
struct lt_ledger *lt_taker_ledger(struct lt_taker *taker);
const struct lt_keys *lt_taker_keys(const struct lt_taker *taker);
void lt_taker_close(struct lt_taker *taker);

#endif
