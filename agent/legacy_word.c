/* Is it a Vietnamese syllable? An onset, a rhyme, and a tone that goes with its end. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "agent/legacy.h"

enum { LETTERS_MAX = 24 };

/* Letters as they are typed on a Telex keyboard: aw ă, aa â, ee ê, oo ô, ow ơ, uw ư, dd đ. */
static const char onsets[] = "|b|c|ch|d|dd|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x|";
static const char rhymes[] =
    "|a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay"
    "|awc|awm|awn|awng|awp|awt"
    "|aac|aam|aan|aang|aap|aat|aau|aay"
    "|e|ec|em|en|eng|eo|ep|et|ee|eech|eem|een|eeng|eenh|eep|eet|eeu"
    "|i|ia|ich|im|in|inh|ip|it|iu|ieec|ieem|ieen|ieeng|ieep|ieet|ieeu"
    "|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oawc|oawm|oawn|oawng|oawt"
    "|oe|oem|oen|oeo|oet|oc|oi|om|on|ong|oong|op|ot"
    "|oo|ooi|ooc|oom|oon|oop|oot|ow|owi|owm|own|owp|owt"
    "|u|ua|uc|ui|um|un|ung|up|ut|uy|uya|uych|uyn|uynh|uyt|uyu|uyeen|uyeet"
    "|uaan|uaang|uaat|uaay|uee|ueech|ueenh|ueeu|uow|uooc|uooi|uoom|uoon|uoong|uoot"
    "|uw|uwa|uwc|uwi|uwng|uwm|uwt|uwu|uwowc|uwowi|uwowm|uwown|uwowng|uwowp|uwowt|uwowu"
    "|y|ych|ym|yn|ynh|yt|yeem|yeen|yeeng|yeet|yeeu|";

static bool is_in(const char *list, const char *text, size_t size)
{
    char wanted[LETTERS_MAX + 3];
    wanted[0] = '|';
    memcpy(wanted + 1, text, size);
    wanted[size + 1] = '|';
    wanted[size + 2] = '\0';
    return (size == 0 && list == onsets) || strstr(list, wanted) != NULL;
}

/* Adds a code point of the decomposed word; false: no Vietnamese word has it there. */
static bool add_letter(utf8proc_int32_t point, char letters[LETTERS_MAX], size_t *size, int *tone)
{
    static const utf8proc_int32_t tones[] = {0x300, 0x309, 0x303, 0x301, 0x323};
    char last = *size > 0 ? letters[*size - 1] : '\0', add = '\0';
    for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++) {
        if (point == tones[i]) {
            bool good = *tone == 0 && last != '\0' && strchr("aeiouyw", last) != NULL;
            *tone = (int)point;
            return good;
        }
    }
    if (point == 0x306) {
        add = last == 'a' ? 'w' : '\0';
    } else if (point == 0x302) {
        add = last == 'a' || last == 'e' || last == 'o' ? last : '\0';
    } else if (point == 0x31b) {
        add = last == 'o' || last == 'u' ? 'w' : '\0';
    } else if (point == 0x110 || point == 0x111) {
        letters[(*size)++] = 'd';
        add = 'd';
    } else if (point < 0x80) {
        char letter = (char)(point | 0x20);
        add = letter >= 'a' && letter <= 'z' ? letter : '\0';
    }
    if (add != '\0') {
        letters[(*size)++] = add;
    }
    return add != '\0';
}

bool lt_legacy_is_syllable(const char *word)
{
    char letters[LETTERS_MAX];
    size_t size = 0;
    int tone = 0;
    bool good = true;
    char *apart = (char *)utf8proc_NFD((const utf8proc_uint8_t *)word);
    for (const char *at = apart; at != NULL && good && *at != '\0';) {
        utf8proc_int32_t point;
        utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)at, -1, &point);
        good = step > 0 && size + 2 < sizeof(letters) && add_letter(point, letters, &size, &tone);
        at += step > 0 ? step : 1;
    }
    good = good && apart != NULL && size > 0;
    free(apart);
    bool stopped = good && (strchr("ptc", letters[size - 1]) != NULL ||
                            (size > 1 && letters[size - 1] == 'h' && letters[size - 2] == 'c'));
    if (!good || (stopped && tone != 0x301 && tone != 0x323)) {
        return false;
    }
    for (size_t onset = 0; onset <= 3 && onset < size; onset++) {
        if (is_in(onsets, letters, onset) && is_in(rhymes, letters + onset, size - onset)) {
            return true;
        }
    }
    return false;
}
