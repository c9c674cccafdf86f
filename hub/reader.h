/* reader.h - stored report updates, read again: a small cache of decoded bodies by position.
 *
 * For the changes that speak of earlier updates. Belongs to one thread; must be told when a
 * transaction that appended updates was aborted, since its positions are then given to others. */
#ifndef LT_READER_H
#define LT_READER_H

#include "agent/seal.h"
#include "hub/store.h"

struct lt_reader;
struct lt_reader *lt_reader_new(void); /* NULL: out of memory */
void lt_reader_free(struct lt_reader *reader);
void lt_reader_forget(struct lt_reader *reader);
/* The keys with which sealed names are read; without any none are. Borrowed. */
void lt_reader_unseal(struct lt_reader *reader, const struct lt_box_ring *ring);

struct lt_decoded {
    uint64_t position; /* 0: free */
    struct lt_update update;
    Lienthong__ReportBody *body; /* NULL: a directive, or of a newer version */
    /* private */
    uint8_t *bytes;
    struct lt_arena *arena;
    Lienthong__Personal *personal;
    bool personal_read;
};

/* The update at a position of the log that `txn` sees. NULL with the transaction's error set. Lives
 * until four other positions were asked for. */
struct lt_decoded *lt_reader_at(struct lt_reader *reader, struct lt_store_txn *txn,
                                uint64_t position);
/* Who change `index` speaks of; NULL when nobody, or erased. Lives until the next call. */
const Lienthong__Person *lt_reader_person(struct lt_reader *reader, struct lt_decoded *decoded,
                                          uint32_t index);
/* The same person's name for people to read; "" when nobody, "(erased)" when erased, "(sealed)" when sealed. `txn` is that of the update. */
const char *lt_reader_name(struct lt_reader *reader, struct lt_store_txn *txn,
                           struct lt_decoded *decoded, uint32_t index);

#endif
