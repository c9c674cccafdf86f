/* What only one kind of record has, packed into a byte. Awards: submitted 2 bits,
 * posthumous 1. Movements: scope 3 bits, length 3, method 2. */
#include "proto/judge.h"

enum { TWO_BITS = 3, THREE_BITS = 7, LENGTH_AT = 3, METHOD_AT = 6, POSTHUMOUS_AT = 2 };

uint8_t lt_detail_award(uint8_t submitted, bool posthumous)
{
    return (uint8_t)((submitted & TWO_BITS) | (posthumous ? 1 << POSTHUMOUS_AT : 0));
}

uint8_t lt_detail_movement(uint8_t scope, uint8_t length, uint8_t method)
{
    return (uint8_t)((scope & THREE_BITS) | (length & THREE_BITS) << LENGTH_AT |
                     (method & TWO_BITS) << METHOD_AT);
}

uint8_t lt_detail_submitted(uint8_t kind, uint8_t detail)
{
    return kind == LT_KIND_AWARD ? detail & TWO_BITS : 0;
}

uint8_t lt_detail_posthumous(uint8_t kind, uint8_t detail)
{
    return kind == LT_KIND_AWARD ? detail >> POSTHUMOUS_AT & 1 : 0;
}

uint8_t lt_detail_scope(uint8_t kind, uint8_t detail)
{
    return kind == LT_KIND_MOVEMENT ? detail & THREE_BITS : 0;
}

uint8_t lt_detail_length(uint8_t kind, uint8_t detail)
{
    return kind == LT_KIND_MOVEMENT ? detail >> LENGTH_AT & THREE_BITS : 0;
}

uint8_t lt_detail_method(uint8_t kind, uint8_t detail)
{
    return kind == LT_KIND_MOVEMENT ? detail >> METHOD_AT & TWO_BITS : 0;
}
