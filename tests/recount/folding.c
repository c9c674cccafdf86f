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

/* ---- Names: lower case, tone marks after their words, blanks as one ---- */

/* The letter of valid UTF-8 that begins `text` in lower case without its tone; *ret_tone '0': it has none.
 * Returns its bytes. */
static size_t plain_vowel(const char *text, char ret_letter[5], char *ret_tone)
{
    static const char *const families[] = {
        "a à ả ã á ạ ", "A À Ả Ã Á Ạ ", "ă ằ ẳ ẵ ắ ặ ", "Ă Ằ Ẳ Ẵ Ắ Ặ ", "â ầ ẩ ẫ ấ ậ ",
        "Â Ầ Ẩ Ẫ Ấ Ậ ", "e è ẻ ẽ é ẹ ", "E È Ẻ Ẽ É Ẹ ", "ê ề ể ễ ế ệ ", "Ê Ề Ể Ễ Ế Ệ ",
        "i ì ỉ ĩ í ị ", "I Ì Ỉ Ĩ Í Ị ", "o ò ỏ õ ó ọ ", "O Ò Ỏ Õ Ó Ọ ", "ô ồ ổ ỗ ố ộ ",
        "Ô Ồ Ổ Ỗ Ố Ộ ", "ơ ờ ở ỡ ớ ợ ", "Ơ Ờ Ở Ỡ Ớ Ợ ", "u ù ủ ũ ú ụ ", "U Ù Ủ Ũ Ú Ụ ",
        "ư ừ ử ữ ứ ự ", "Ư Ừ Ử Ữ Ứ Ự ", "y ỳ ỷ ỹ ý ỵ ", "Y Ỳ Ỷ Ỹ Ý Ỵ ", "đ ð ",
        "Đ Ð ",
    };
    size_t size = 1;
    while ((text[size] & 0xc0) == 0x80)
        size++;
    memset(ret_letter, 0, 5);
    memcpy(ret_letter, text, size);
    *ret_tone = '0';
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        char tone = '0';
        for (const char *at = families[i]; *at != '\0'; at = strchr(at, ' ') + 1, tone++) {
            if (strncmp(at, text, size) != 0 || at[size] != ' ')
                continue;
            const char *plain = families[i - i % 2];
            memset(ret_letter, 0, 5);
            memcpy(ret_letter, plain, strcspn(plain, " "));
            *ret_tone = i < 24 ? tone : '0';
            return size;
        }
    }
    if (size == 1 && *text >= 'A' && *text <= 'Z')
        *ret_letter = (char)(*text - 'A' + 'a');
    return size;
}

/* Words the same, but for the clusters' words that say nothing. */
static const char *fold_words(struct recount *recount, const char *name, bool cluster)
{
    static const char *const idle[] = {"thi", "đua", "tđ", "số"};
    char *folded = pool_take(recount->pool, 2 * strlen(name) + 2), *word = folded;
    while (*name != '\0') {
        char letter[5], tone = '0', mark, *end = word, *letters = word;
        while (*name != '\0' && *name != ' ') {
            const bool blank = cluster && (uint8_t)*name < 0x80 && !digit(*name) &&
                               !(*name >= 'a' && *name <= 'z') && !(*name >= 'A' && *name <= 'Z');
            const size_t size = plain_vowel(name, letter, &mark);
            name += size;
            if (blank)
                break;
            tone = mark != '0' ? mark : tone;
            end = stpcpy(end, letter);
        }
        if (*name == ' ')
            name++;
        while (cluster && letters[0] == '0' && digit(letters[1]))
            letters++;
        memmove(word, letters, (size_t)(end - letters));
        end -= letters - word;
        bool says = end > word;
        if (tone != '0')
            *end++ = tone;
        *end = '\0';
        for (size_t i = 0; cluster && i < 4; i++)
            says = says && strcmp(word, i < 3 ? idle[i] : "sô4") != 0;
        if (!says)
            continue;
        *end++ = ' ';
        word = end;
    }
    if (word > folded)
        word--;
    *word = '\0';
    return folded;
}

const char *rc_fold_name(struct recount *recount, const char *name)
{
    return fold_words(recount, name, false);
}

const char *rc_fold_cluster(struct recount *recount, const char *name)
{
    return fold_words(recount, name, true);
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
