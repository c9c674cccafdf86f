/* nonsense.h - messages of the schema with fields as chance has them: mostly such as a reader takes, so that what lies
 * behind it is met, and now and then what no honest program writes. The same seed makes the same bytes. One thread. */
#ifndef LT_NONSENSE_H
#define LT_NONSENSE_H

#include "proto/update.h"

void nonsense_seed(uint64_t seed);
/* 0 to below - 1. */
uint64_t nonsense_below(uint64_t below);
/* True once in `times`. */
bool nonsense_once_in(uint64_t times);
/* Updates that are spoken of; the last 4,096 of them are kept. */
void nonsense_remember(const struct lt_hash *id, uint64_t seq);
/* Of one of them; 0: none. */
uint64_t nonsense_seq_of(const struct lt_hash *id);
/* One of them, or nobody's, of seq 0. */
struct lt_hash nonsense_hash(uint64_t *ret_seq);

/* The bytes of a message of this type. Lives until the next call. */
struct lt_bytes nonsense_message(const ProtobufCMessageDescriptor *descriptor);

#endif
