/* cppcheck.c - mistakes that cppcheck must find. Never built. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int beyond(void)
{
    int numbers[4] = {0};
    for (int i = 0; i <= 4; i++) {
        numbers[i] = i; /* found: arrayIndexOutOfBounds */
    }
    return numbers[0];
}

int leak(int known)
{
    char *text = malloc(10);
    if (known == 0) {
        return 0; /* found: memleak */
    }
    free(text);
    return 1;
}

int null_deref(const int *number)
{
    int twice = *number * 2; /* found: nullPointerRedundantCheck */
    if (number == NULL) {
        puts("none");
    }
    return twice;
}

int unset(void)
{
    int number;
    return number + 1; /* found: uninitvar */
}

int shifted(int number)
{
    return number << 40; /* found: shiftTooManyBits */
}

void spelt(unsigned long number)
{
    printf("%d\n", number); /* found: invalidPrintfArgType_sint */
}

void overlapping(char *text)
{
    sprintf(text, "%s!", text); /* found: sprintfOverlappingData */
}
