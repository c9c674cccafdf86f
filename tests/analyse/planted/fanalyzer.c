/* fanalyzer.c - mistakes that gcc -fanalyzer must find. Never built. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int null_deref(size_t count)
{
    int *numbers = calloc(count, sizeof(*numbers));
    numbers[0] = 1; /* found: -Wanalyzer-possible-null-dereference */
    int number = numbers[0];
    free(numbers);
    return number;
}

int leak(int known)
{
    char *text = malloc(10);
    if (text == NULL || known == 0) {
        return 0; /* found: -Wanalyzer-malloc-leak */
    }
    free(text);
    return 1;
}

void twice(char *text, int known)
{
    if (known > 0) {
        free(text);
    }
    free(text); /* found: -Wanalyzer-double-free */
}

int after(char *text)
{
    free(text);
    return text[0]; /* found: -Wanalyzer-use-after-free */
}

int unset(int known)
{
    int number;
    if (known > 0) {
        number = known;
    }
    return number; /* found: -Wanalyzer-use-of-uninitialized-value */
}

void left_open(const char *name)
{
    FILE *file = fopen(name, "r");
    if (file != NULL) {
        (void)fgetc(file);
    }
} /* found: -Wanalyzer-file-leak */
