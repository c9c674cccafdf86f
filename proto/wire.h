/* wire.h - a bounded cursor over the protobuf wire format. Private to proto/.
 *
 * It reads one field at a time and never past its end. Varints must be of the shortest form and field
 * numbers in range, as every serialiser writes them; groups do not exist. Pure; any thread. */
#ifndef LT_WIRE_H
#define LT_WIRE_H

#include "proto/update.h"

enum lt_wire_type {
    LT_WIRE_VARINT = 0,
    LT_WIRE_FIXED64 = 1,
    LT_WIRE_BYTES = 2,
    LT_WIRE_FIXED32 = 5
};

struct lt_wire {
    const uint8_t *at, *end;
    bool bad; /* the bytes are not fields: the reader stopped */
};

struct lt_wire_field {
    uint32_t number;
    enum lt_wire_type type;
    uint64_t value; /* of a varint only */
    struct lt_bytes bytes; /* of the other types only */
};

struct lt_wire lt_wire_over(struct lt_bytes bytes);
/* False at the end and when it is bad; *ret_field then means nothing. */
bool lt_wire_next(struct lt_wire *wire, struct lt_wire_field *ret_field);
/* One bare varint (of a packed list). False, and bad, when there is none. */
bool lt_wire_varint(struct lt_wire *wire, uint64_t *ret_value);
/* sint32 from its zigzag form; `value` is at most UINT32_MAX. */
int32_t lt_wire_signed(uint64_t value);

#endif
