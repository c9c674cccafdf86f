/* valgrind.c - mistakes that valgrind must find. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *leaked(void)
{
    char *text = malloc(100); /* found: definitely lost */
    if (text != NULL) {
        strcpy(text, "lost");
    }
    return text;
}

int main(int argc, char **argv)
{
    int *numbers = malloc(10 * sizeof(*numbers));
    char *text = leaked();
    size_t length = text != NULL ? strlen(text) : 0;
    (void)argv;
    text = NULL;
    if (numbers == NULL) {
        return 1;
    }
    if (numbers[argc] > 0) { /* found: depends on uninitialised value */
        puts("more");
    }
    printf("%d\n", numbers[9 + argc]); /* found: Invalid read */
    free(numbers);
    return length == 4 && text == NULL ? 0 : 1;
}
