/* tidy.c - mistakes that clang-tidy must find, one of each kind of check. Never built. */
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    char small;
    long large;
};

int null_deref(const int *number)
{
    if (number == NULL) {
        puts("none");
    }
    return *number; /* found: clang-analyzer-core.NullDereference */
}

int leak(void)
{
    char *text = malloc(10);
    if (text != NULL) {
        text[0] = 'a';
    }
    return 0; /* found: clang-analyzer-unix.Malloc */
}

int unset(int known)
{
    int number;
    if (known > 0) {
        number = known;
    }
    return number; /* found: clang-analyzer-core.uninitialized.UndefReturn */
}

int padding(const struct pair *a, const struct pair *b)
{
    return memcmp(a, b, sizeof(*a)); /* found: bugprone-suspicious-memory-comparison */
}

void endless(unsigned int count)
{
    for (unsigned char i = 0; i < count; i++) { /* found: bugprone-too-small-loop-variable */
        puts("again");
    }
}

long unchecked(const char *text)
{
    return atol(text); /* found: cert-err34-c */
}

char *shared(const char *text)
{
    static char words[20];
    strncpy(words, text, sizeof(words) - 1);
    return strtok(words, " "); /* found: concurrency-mt-unsafe */
}

int same_twice(int a)
{
    return a > 1 && a > 1; /* found: misc-redundant-expression */
}
