#include "agent/bind.h"

enum lt_result lt_bind(const uint8_t secret[LT_BIND_SECRET_BYTES], uint8_t ret_bound[LT_BOUND_MAX],
                       size_t *ret_size)
{
    (void)secret;
    (void)ret_bound;
    (void)ret_size;
    return LT_NOT_FOUND;
}

enum lt_result lt_unbind(const uint8_t *bound, size_t size,
                         uint8_t ret_secret[LT_BIND_SECRET_BYTES])
{
    (void)bound;
    (void)size;
    (void)ret_secret;
    return LT_REFUSED;
}
