/* Numbers and names for comparing, as section 8 and proto/standing.h have it. */
#include <stdlib.h>
#include <string.h>

#include "tests/recount/inside.h"

/* The ASCII letter or digit that begins `text`, in upper case, Vietnamese letters without their marks; 0 for
 * anything else. *ret_size: its bytes. */
static char plain_letter(const char *text, size_t *ret_size)
{
    static const struct {
        char plain;
        const char *letters;
    } families[] = {
        {'A', "à ả ã á ạ ă ằ ẳ ẵ ắ ặ â ầ ẩ ẫ ấ ậ À Ả Ã Á Ạ Ă Ằ Ẳ Ẵ Ắ Ặ Â Ầ Ẩ Ẫ Ấ Ậ "},
        {'D', "đ Đ ð Ð "},
        {'E', "è ẻ ẽ é ẹ ê ề ể ễ ế ệ È Ẻ Ẽ É Ẹ Ê Ề Ể Ễ Ế Ệ "},
        {'I', "ì ỉ ĩ í ị Ì Ỉ Ĩ Í Ị "},
        {'O', "ò ỏ õ ó ọ ô ồ ổ ỗ ố ộ ơ ờ ở ỡ ớ ợ Ò Ỏ Õ Ó Ọ Ô Ồ Ổ Ỗ Ố Ộ Ơ Ờ Ở Ỡ Ớ Ợ "},
        {'U', "ù ủ ũ ú ụ ư ừ ử ữ ứ ự Ù Ủ Ũ Ú Ụ Ư Ừ Ử Ữ Ứ Ự "},
        {'Y', "ỳ ỷ ỹ ý ỵ Ỳ Ỷ Ỹ Ý Ỵ "},
    };
    size_t size = 1;
    while ((text[size] & 0xc0) == 0x80)
        size++;
    *ret_size = size;
    if (size == 1)
        return (*text >= '0' && *text <= '9') || (*text >= 'A' && *text <= 'Z') ? *text
               : *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A')
                                              : '\0';
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (const char *at = families[i].letters; *at != '\0'; at = strchr(at, ' ') + 1)
            if (strncmp(at, text, size) == 0 && at[size] == ' ')
                return families[i].plain;
    return '\0';
}

static bool digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* Is this group one that says nothing: SO, QD, UBND, or the year? */
static bool idle_group(const char *group, size_t size, int year)
{
    static const char *const words[] = {"SO", "QD", "UBND"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == size && memcmp(words[i], group, size) == 0)
            return true;
    return year != 0 && size == 4 && digit(group[0]) && atoi(group) == year;
}

/* The first group of digits without leading zeros, then the other groups of letters or digits. */
const char *rc_fold_number(struct recount *recount, const char *number, int year)
{
    const size_t most = strlen(number) + 1;
    char *folded = pool_take(recount->pool, 2 * most), *rest = pool_take(recount->pool, most);
    size_t first = 0, more = 0;
    bool had = false;
    if (recount->mistake == RECOUNT_NUMBERS_AS_WRITTEN)
        return number;
    for (const char *at = number; *at != '\0';) {
        char *group = pool_take(recount->pool, most);
        size_t count = 0, size;
        char letter = plain_letter(at, &size);
        const bool digits = digit(letter);
        for (; letter != '\0' && digit(letter) == digits; letter = plain_letter(at, &size)) {
            group[count++] = letter;
            at += size;
            if (*at == '\0')
                break;
        }
        if (count == 0) {
            at += size;
        } else if (digits && !had) {
            const size_t zeros = strspn(group, "0");
            had = true;
            first = count - zeros;
            memcpy(folded, group + zeros, first);
        } else if (!idle_group(group, count, year)) {
            memcpy(rest + more, group, count);
            more += count;
        }
    }
    memcpy(folded + first, rest, more);
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

/* A code: upper-case ASCII letters and digits, D with a stroke as D, the rest dropped. */
const char *rc_fold_code(struct recount *recount, const char *code)
{
    char *folded = pool_take(recount->pool, strlen(code) + 1), *end = folded;
    for (const char *at = code; *at != '\0';) {
        size_t size;
        const char letter = plain_letter(at, &size);
        if (letter != '\0' && (size == 1 || letter == 'D'))
            *end++ = letter;
        at += size;
    }
    return folded;
}
