/* short.h - allocations of proto/ that fail when told to: linked with --wrap=malloc,calloc,realloc,strdup. What the test itself
 * allocates never fails: include this before all else, it renames the first three for what follows. One thread. */
#ifndef LT_FAULT_SHORT_H
#define LT_FAULT_SHORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

/* The `nth` allocation from now fails (0: none), with `on` all after it too; or one in `one_in` of them by chance. */
static struct {
    uint64_t nth, asked, failed, one_in, random;
    bool on;
} shortage;

static inline bool short_now(void)
{
    shortage.asked++;
    bool fails = shortage.nth != 0 &&
                 (shortage.on ? shortage.asked >= shortage.nth : shortage.asked == shortage.nth);
    if (shortage.one_in != 0) {
        shortage.random =
            shortage.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        fails = (shortage.random >> 33) % shortage.one_in == 0;
    }
    shortage.failed += fails;
    return fails;
}

void *__wrap_malloc(size_t size)
{
    return short_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return short_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return short_now() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = short_now() ? NULL : __real_malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

static inline void short_begin(uint64_t nth, bool on)
{
    shortage.asked = shortage.failed = shortage.one_in = 0;
    shortage.nth = nth;
    shortage.on = on;
}

/* Ends it. Did anything fail? */
static inline bool short_end(void)
{
    const bool failed = shortage.failed > 0;
    shortage.nth = shortage.one_in = 0;
    return failed;
}

#define malloc(size)        __real_malloc(size)
#define calloc(count, size) __real_calloc(count, size)
#define realloc(old, size)  __real_realloc(old, size)

#endif
