/* shape.h - what each field of each message may hold, checked on the wire before it is unpacked.
 *
 * A shape lists, by field number, kind and bound. The check is one pass over the bytes, without
 * memory, depth bounded by the schema: known fields have their wire type, singular ones stand at most
 * once (so that every reader reads the same), texts are clean UTF-8 within bounds, hashes and keys
 * have their sizes, lists their lengths, and what a receiver relies on is there. Unknown fields pass;
 * so do impossible dates, quantities and points, which the judge quarantines one change at a time.
 * Private to proto/. Pure; any thread. */
#ifndef LT_SHAPE_H
#define LT_SHAPE_H

#include "proto/update.h"

struct lt_shape;

/* The shape of a generated message; NULL: none. */
const struct lt_shape *lt_shape_of(const ProtobufCMessageDescriptor *descriptor);

/* LT_OK, LT_TOO_LARGE for a bound of limits.h, LT_MALFORMED. */
enum lt_result lt_shape_check(const struct lt_shape *shape, struct lt_bytes bytes);

/* Checks, then unpacks into the arena. */
enum lt_result lt_shape_read(const ProtobufCMessageDescriptor *descriptor, struct lt_bytes bytes,
                             struct lt_arena *arena, ProtobufCMessage **ret_message);

#endif
