/* shape_tables.h - the tables behind shape.h. Private to shape.c and shape_tables.c. */
#ifndef LT_SHAPE_TABLES_H
#define LT_SHAPE_TABLES_H

#include "proto/shape.h"

enum lt_rule_kind {
    LT_RULE_NONE, /* no such field */
    LT_RULE_UINT64,
    LT_RULE_UINT32,
    LT_RULE_SINT64, /* and int64: any varint */
    LT_RULE_SINT32,
    LT_RULE_BOOL,
    LT_RULE_ENUM, /* any value of 32 bits: a newer one is quarantined, not refused */
    LT_RULE_SMALL_ENUM, /* at most 127: kept in narrow types by the book */
    LT_RULE_STREAM, /* 1 or 2 */
    LT_RULE_DAY, /* sint32 within the years 1 to 9999 */
    LT_RULE_TEXT, /* at most `max` bytes, one line */
    LT_RULE_LINES, /* the same with line feeds */
    LT_RULE_CODE, /* lt_code_valid */
    LT_RULE_EXACT, /* bytes: `max` of them, or none */
    LT_RULE_BYTES, /* bytes: at most `max` */
    LT_RULE_MESSAGE,
    LT_RULE_PACKED_UINT32, /* packed lists of at most `max` */
    LT_RULE_PACKED_FLAG, /* enum values that become bits: at most 31 */
    LT_RULE_PACKED_FIXED64,
};

struct lt_rule {
    uint8_t kind; /* enum lt_rule_kind */
    bool needed; /* must be there, and bytes not empty */
    bool sorted; /* bytes: each greater than the one before */
    uint16_t many; /* repeated, not packed: so many at most; 0: singular */
    uint32_t max;
    const struct lt_shape *child;
};

enum { LT_RULES_PER_SHAPE_MAX = 21 };

struct lt_shape {
    const ProtobufCMessageDescriptor *descriptor;
    const struct lt_rule *rules; /* by field number */
    uint32_t count; /* of rules: the greatest number + 1 */
    uint32_t needed; /* bit 1 << number of each rule that is `needed` and singular */
};

extern const struct lt_shape *const lt_shapes[];
extern const size_t lt_shape_count;

#endif
