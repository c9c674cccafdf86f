#include "proto/wire.h"

struct lt_wire lt_wire_over(struct lt_bytes bytes)
{
    /* An empty span may have no address. */
    return (struct lt_wire){.at = bytes.data,
                            .end = bytes.size ? bytes.data + bytes.size : bytes.data};
}

/* Nearly all are of one byte. */
static inline bool varint(struct lt_wire *wire, uint64_t *ret_value)
{
    if (wire->at < wire->end && *wire->at < 0x80) {
        *ret_value = *wire->at++;
        return true;
    }
    return lt_wire_varint(wire, ret_value);
}

bool lt_wire_varint(struct lt_wire *wire, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; wire->at < wire->end; shift += 7) {
        const uint8_t byte = *wire->at++;
        if (shift == 63 && byte > 1)
            break; /* more than 64 bits, or a further byte */
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        if (byte == 0 && shift > 0)
            break; /* a shorter form exists */
        *ret_value = value;
        return true;
    }
    wire->bad = true;
    return false;
}

static bool take_bytes(struct lt_wire *wire, uint64_t size, struct lt_bytes *ret_bytes)
{
    if (size > (uint64_t)(wire->end - wire->at)) {
        wire->bad = true;
        return false;
    }
    *ret_bytes = (struct lt_bytes){wire->at, (size_t)size};
    wire->at += size;
    return true;
}

bool lt_wire_next(struct lt_wire *wire, struct lt_wire_field *ret_field)
{
    uint64_t tag, size;
    if (wire->bad || wire->at == wire->end || !varint(wire, &tag))
        return false;
    const uint64_t number = tag >> 3;
    if (number == 0 || number > UINT32_C(0x1fffffff)) {
        wire->bad = true;
        return false;
    }

    bool read = false;
    ret_field->number = (uint32_t)number;
    switch (tag & 7) {
    case LT_WIRE_VARINT:
        ret_field->type = LT_WIRE_VARINT;
        read = varint(wire, &ret_field->value);
        break;
    case LT_WIRE_FIXED64:
        ret_field->type = LT_WIRE_FIXED64;
        read = take_bytes(wire, 8, &ret_field->bytes);
        break;
    case LT_WIRE_BYTES:
        ret_field->type = LT_WIRE_BYTES;
        read = varint(wire, &size) && take_bytes(wire, size, &ret_field->bytes);
        break;
    case LT_WIRE_FIXED32:
        ret_field->type = LT_WIRE_FIXED32;
        read = take_bytes(wire, 4, &ret_field->bytes);
        break;
    default:
        wire->bad = true;
        break;
    }
    return read;
}

int32_t lt_wire_signed(uint64_t value)
{
    const uint32_t half = (uint32_t)value >> 1;
    return (value & 1) ? -(int32_t)half - 1 : (int32_t)half;
}
