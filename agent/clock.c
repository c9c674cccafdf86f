#include "agent/clock.h"

#include <sodium.h>
#include <time.h>

lt_ms lt_clock_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (lt_ms)now.tv_sec * 1000 + (lt_ms)now.tv_nsec / 1000000;
}

uint64_t lt_clock_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t lt_clock_worked_us(void)
{
    struct timespec worked;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
    return (uint64_t)worked.tv_sec * 1000000 + (uint64_t)worked.tv_nsec / 1000;
}

int64_t lt_clock_wall(void)
{
    return (int64_t)time(NULL);
}

void lt_random(void *ret_bytes, size_t size)
{
    randombytes_buf(ret_bytes, size);
}
