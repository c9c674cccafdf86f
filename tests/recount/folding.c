/* Numbers and names for comparing, as section 8 has it. */
#include <string.h>

#include "tests/recount/inside.h"

/* Upper-case ASCII letters and digits are kept, d with stroke and eth become D, the rest is dropped. */
const char *rc_fold_number(struct recount *recount, const char *number)
{
    char *folded = pool_take(recount->pool, strlen(number) + 1), *end = folded;
    if (recount->mistake == RECOUNT_NUMBERS_AS_WRITTEN)
        return number;
    for (const char *at = number; *at != '\0'; at++) {
        if ((*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9'))
            *end++ = *at;
        else if (*at >= 'a' && *at <= 'z')
            *end++ = (char)(*at - 'a' + 'A');
        else if (strncmp(at, "đ", 2) == 0 || strncmp(at, "Đ", 2) == 0 || strncmp(at, "ð", 2) == 0 ||
                 strncmp(at, "Ð", 2) == 0)
            *end++ = 'D';
    }
    return folded;
}

/* Trimmed of blanks, ASCII in lower case. */
const char *rc_fold_name(struct recount *recount, const char *name)
{
    while (*name == ' ')
        name++;
    size_t size = strlen(name);
    while (size > 0 && name[size - 1] == ' ')
        size--;
    char *folded = pool_take(recount->pool, size + 1);
    for (size_t i = 0; i < size; i++)
        folded[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    return folded;
}
