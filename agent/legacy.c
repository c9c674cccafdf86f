#include "agent/legacy.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "agent/foreign.h"
#include "agent/text.h"
#include "agent/xlsx.h"

enum {
    EVIDENCE_MIN = 3, /* words more that are Vietnamese than as they stand */
    WORD_BYTES_MAX = 64,
};

/* In the order of the tables below: none, grave, hook, tilde, acute, dot. */
static const char *const tone_marks[6] = {"",         "\xcc\x80", "\xcc\x89",
                                          "\xcc\x83", "\xcc\x81", "\xcc\xa3"};

/* ---- TCVN3: a code for each letter with its marks ---- */

struct tcvn3_vowel {
    const char *letter; /* decomposed */
    uint8_t codes[6]; /* by tone; 0: a plain letter */
};
static const struct tcvn3_vowel tcvn3[] = {
    {"a", {0, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9}},
    {"a\xcc\x86", {0xa8, 0xbb, 0xbc, 0xbd, 0xbe, 0xc6}},
    {"a\xcc\x82", {0xa9, 0xc7, 0xc8, 0xc9, 0xca, 0xcb}},
    {"e", {0, 0xcc, 0xce, 0xcf, 0xd0, 0xd1}},
    {"e\xcc\x82", {0xaa, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6}},
    {"i", {0, 0xd7, 0xd8, 0xdc, 0xdd, 0xde}},
    {"o", {0, 0xdf, 0xe1, 0xe2, 0xe3, 0xe4}},
    {"o\xcc\x82", {0xab, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9}},
    {"o\xcc\x9b", {0xac, 0xea, 0xeb, 0xec, 0xed, 0xee}},
    {"u", {0, 0xef, 0xf1, 0xf2, 0xf3, 0xf4}},
    {"u\xcc\x9b", {0xad, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9}},
    {"y", {0, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe}},
    {"\xc4\x91", {0xae}},
    {"A\xcc\x86", {0xa1}},
    {"A\xcc\x82", {0xa2}},
    {"E\xcc\x82", {0xa3}},
    {"O\xcc\x82", {0xa4}},
    {"O\xcc\x9b", {0xa5}},
    {"U\xcc\x9b", {0xa6}},
    {"\xc4\x90", {0xa7}},
};

/* `text` with its end, where there is room for it (lt_legacy_decode sees to that). Where the next one goes. */
static char *put(char *to, const char *text)
{
    size_t size = strlen(text);
    memcpy(to, text, size + 1);
    return to + size;
}

static bool put_tcvn3(uint8_t code, char *to)
{
    for (size_t i = 0; i < sizeof(tcvn3) / sizeof(tcvn3[0]); i++) {
        for (size_t tone = 0; tone < 6; tone++) {
            if (code != 0 && tcvn3[i].codes[tone] == code) {
                (void)put(put(to, tcvn3[i].letter), tone_marks[tone]);
                return true;
            }
        }
    }
    return false;
}

/* ---- VNI: a letter, and behind it a code for its marks ---- */

struct vni_mark {
    uint8_t code; /* of small letters; of capitals it is 0x20 less */
    const char *letters; /* that it goes with; ô and ö are ơ and ư here */
    const char *marks;
};
static const struct vni_mark vni_marks[] = {
    {0xf8, "aeouy\xf4\xf6", "\xcc\x80"}, {0xf9, "aeouy\xf4\xf6", "\xcc\x81"},
    {0xfb, "aeouy\xf4\xf6", "\xcc\x89"}, {0xf5, "aeouy\xf4\xf6", "\xcc\x83"},
    {0xef, "aeouy\xf4\xf6", "\xcc\xa3"}, {0xe2, "aeo", "\xcc\x82"},
    {0xe0, "aeo", "\xcc\x82\xcc\x80"},   {0xe1, "aeo", "\xcc\x82\xcc\x81"},
    {0xe5, "aeo", "\xcc\x82\xcc\x89"},   {0xe3, "aeo", "\xcc\x82\xcc\x83"},
    {0xe4, "aeo", "\xcc\x82\xcc\xa3"},   {0xea, "a", "\xcc\x86"},
    {0xe8, "a", "\xcc\x86\xcc\x80"},     {0xe9, "a", "\xcc\x86\xcc\x81"},
    {0xfa, "a", "\xcc\x86\xcc\x89"},     {0xfc, "a", "\xcc\x86\xcc\x83"},
    {0xeb, "a", "\xcc\x86\xcc\xa3"},
};
struct vni_letter {
    uint8_t code;
    const char *small, *capital;
};
static const struct vni_letter vni_letters[] = {
    {0xf1, "\xc4\x91", "\xc4\x90"},   {0xf4, "o\xcc\x9b", "O\xcc\x9b"},
    {0xf6, "u\xcc\x9b", "U\xcc\x9b"}, {0xed, "i\xcc\x81", "I\xcc\x81"},
    {0xec, "i\xcc\x80", "I\xcc\x80"}, {0xe6, "i\xcc\x89", "I\xcc\x89"},
    {0xf3, "i\xcc\x83", "I\xcc\x83"}, {0xf2, "i\xcc\xa3", "I\xcc\xa3"},
    {0xee, "y\xcc\xa3", "Y\xcc\xa3"},
};

static uint8_t small(uint8_t code)
{
    return (code >= 'A' && code <= 'Z') || (code >= 0xc0 && code <= 0xde) ? code | 0x20 : code;
}

static bool put_vni(uint8_t code, uint8_t before, char *to)
{
    for (size_t i = 0; before != 0 && i < sizeof(vni_marks) / sizeof(vni_marks[0]); i++) {
        if (vni_marks[i].code == small(code) &&
            strchr(vni_marks[i].letters, (char)small(before)) != NULL) {
            (void)put(to, vni_marks[i].marks);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(vni_letters) / sizeof(vni_letters[0]); i++) {
        if (vni_letters[i].code == small(code)) {
            (void)put(to, code == small(code) ? vni_letters[i].small : vni_letters[i].capital);
            return true;
        }
    }
    return false;
}

/* ---- A text ---- */

char *lt_legacy_decode(enum lt_legacy encoding, const char *text)
{
    char *apart = malloc(strlen(text) * 4 + 1), *to = apart;
    uint8_t before = 0; /* the letter that marks may follow */
    for (const char *at = text; apart != NULL && *at != '\0';) {
        utf8proc_int32_t point;
        utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)at, -1, &point);
        step = step > 0 ? step : 1;
        uint8_t code = step > 0 && point > 0 && point < 256 ? (uint8_t)point : 0;
        bool put = code >= 0x80 &&
                   (encoding == LT_LEGACY_TCVN3 ? put_tcvn3(code, to) : put_vni(code, before, to));
        if (!put) {
            memcpy(to, at, (size_t)step);
            to[step] = '\0';
        }
        to += strlen(to);
        before = small(code) == 0xf4 || small(code) == 0xf6 || code < 0x80 ? code : 0;
        at += step;
    }
    if (apart == NULL) {
        return NULL;
    }
    *to = '\0';
    char *whole = (char *)utf8proc_NFC((const utf8proc_uint8_t *)apart);
    free(apart);
    return whole;
}

/* ---- Evidence ---- */

struct words {
    long good, bad; /* with marks: Vietnamese syllables, and others */
};

/* Letters, and everything beyond ASCII but for the space that does not break. */
static size_t word_size(const char *text)
{
    size_t size = 0;
    while (text[size] != '\0' && strncmp(text + size, "\xc2\xa0", 2) != 0 &&
           ((text[size] & 0x80) != 0 || (text[size] >= 'a' && text[size] <= 'z') ||
            (text[size] >= 'A' && text[size] <= 'Z'))) {
        size++;
    }
    return size;
}

/* "Bé" but not "bÉ": codes of small letters look like capitals. */
static bool has_stray_capital(const char *word, size_t size)
{
    for (size_t i = 1; i + 1 < size; i++) {
        if (word[i - 1] >= 'a' && word[i - 1] <= 'z' && (uint8_t)word[i] == 0xc3 &&
            (uint8_t)word[i + 1] < 0x9f) {
            return true;
        }
    }
    return false;
}

static void weigh(const char *text, struct words *words)
{
    for (const char *at = text; *at != '\0';) {
        char word[WORD_BYTES_MAX];
        size_t size = word_size(at);
        bool marked = false;
        for (size_t i = 0; i < size; i++) {
            marked = marked || (at[i] & 0x80) != 0;
        }
        if (marked) {
            bool good = size < sizeof(word) && !has_stray_capital(at, size);
            if (good) {
                memcpy(word, at, size);
                word[size] = '\0';
                good = lt_legacy_is_syllable(word);
            }
            words->good += good;
            words->bad += !good;
        }
        at += size > 0 ? size : strncmp(at, "\xc2\xa0", 2) == 0 ? 2 : 1;
    }
}

enum script { SCRIPT_ASCII, SCRIPT_WESTERN, SCRIPT_UNICODE };

/* Western letters beyond ASCII are what an old encoding comes as; others are beyond doubt. */
static enum script script_of(const char *text)
{
    enum script script = SCRIPT_ASCII;
    for (const char *at = text; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        if (byte >= 0xc4) { /* U+0100 and beyond */
            return SCRIPT_UNICODE;
        }
        script = byte >= 0xc2 ? SCRIPT_WESTERN : script;
    }
    return script;
}

/* How much more Vietnamese a text is when decoded. LT_NO_MEMORY. */
static enum lt_result gain_of(enum lt_legacy encoding, const char *text, char **ret_decoded,
                              long *ret_gain)
{
    struct words plain = {0}, decoded = {0};
    *ret_decoded = lt_legacy_decode(encoding, text);
    if (*ret_decoded == NULL) {
        return LT_NO_MEMORY;
    }
    weigh(text, &plain);
    weigh(*ret_decoded, &decoded);
    *ret_gain = (decoded.good - decoded.bad) - (plain.good - plain.bad);
    return LT_OK;
}

/* What the cells of a column gain by an encoding. */
struct column {
    long gain;
    size_t gaining, unicode; /* cells */
};

/* Is it written in that encoding throughout? Then cells that could be either are, too: "Vò" may be "Vũ". */
static bool is_legacy(const struct column *column)
{
    return column->gaining > 0 && column->gaining >= 2 * column->unicode;
}

static enum lt_result weigh_columns(const struct lt_sheet *sheet, enum lt_legacy encoding,
                                    struct column columns[LT_TABLE_COLUMNS_MAX])
{
    memset(columns, 0, LT_TABLE_COLUMNS_MAX * sizeof(*columns));
    for (size_t row = 0; row < sheet->row_count; row++) {
        for (size_t i = 0; i < sheet->rows[row].count; i++) {
            const char *text = lt_table_cell(sheet, row, i);
            enum script script = script_of(text);
            long gain = 0;
            if (script == SCRIPT_WESTERN) {
                char *decoded;
                if (gain_of(encoding, text, &decoded, &gain) != LT_OK) {
                    return LT_NO_MEMORY;
                }
                free(decoded);
            }
            columns[i].gain += gain;
            columns[i].gaining += gain > 0;
            columns[i].unicode += script == SCRIPT_UNICODE;
        }
    }
    return LT_OK;
}

/* The encoding by which the sheet gains most, and its columns. */
static enum lt_result find_encoding(const struct lt_sheet *sheet, enum lt_legacy *ret_found,
                                    struct column ret_columns[LT_TABLE_COLUMNS_MAX])
{
    struct column columns[LT_TABLE_COLUMNS_MAX];
    long most = EVIDENCE_MIN - 1;
    *ret_found = LT_LEGACY_NONE;
    for (unsigned encoding = LT_LEGACY_TCVN3; encoding <= LT_LEGACY_VNI; encoding++) {
        long gain = 0;
        if (weigh_columns(sheet, (enum lt_legacy)encoding, columns) != LT_OK) {
            return LT_NO_MEMORY;
        }
        for (size_t i = 0; i < LT_TABLE_COLUMNS_MAX; i++) {
            gain += columns[i].gain;
        }
        if (gain > most) {
            most = gain;
            *ret_found = (enum lt_legacy)encoding;
            memcpy(ret_columns, columns, sizeof(columns));
        }
    }
    return LT_OK;
}

/* ---- A sheet ---- */

/* The texts anew, behind one another. */
struct texts {
    char *bytes;
    size_t size, room;
};

static bool add_text(struct texts *texts, const char *text)
{
    size_t size = strlen(text) + 1;
    if (texts->bytes == NULL || texts->size + size > texts->room) {
        size_t room = (texts->size + size) * 2;
        char *grown = room < 4ul * LT_TABLE_BYTES_MAX ? realloc(texts->bytes, room) : NULL;
        if (grown == NULL) {
            return false;
        }
        texts->bytes = grown;
        texts->room = room;
    }
    memcpy(texts->bytes + texts->size, text, size);
    texts->size += size;
    return true;
}

static void note_converted(struct lt_sheet *sheet, enum lt_legacy found, size_t count)
{
    lt_table_note(sheet,
                  lt_text("chữ %s đã được đổi sang Unicode trong %zu ô; hãy xem lại họ tên",
                          "text in %s was converted to Unicode in %zu cells; look at the names"),
                  found == LT_LEGACY_TCVN3 ? lt_text("TCVN3 (phông .Vn…)", "TCVN3 (fonts .Vn…)")
                                           : lt_text("VNI (phông VNI-…)", "VNI (fonts VNI-…)"),
                  count);
}

/* One cell into the texts; *converted counts. */
static enum lt_result move_cell(struct texts *texts, enum lt_legacy found,
                                const struct column *column, const char *text, size_t *converted)
{
    char *decoded = NULL;
    long gain = 0;
    enum lt_result result = LT_OK;
    bool western = script_of(text) == SCRIPT_WESTERN;
    if (western) {
        result = gain_of(found, text, &decoded, &gain);
    }
    bool converts = western && gain >= (is_legacy(column) ? 0 : 1);
    if (result == LT_OK && !add_text(texts, converts ? decoded : text)) {
        result = LT_NO_MEMORY;
    }
    *converted += converts;
    free(decoded);
    return result;
}

enum lt_result lt_legacy_convert(struct lt_sheet *sheet, enum lt_legacy *ret_found)
{
    struct column columns[LT_TABLE_COLUMNS_MAX];
    struct texts texts = {.bytes = NULL};
    size_t converted = 0;
    enum lt_legacy found;
    enum lt_result result = find_encoding(sheet, &found, columns);
    if (result != LT_OK || found == LT_LEGACY_NONE) {
        *ret_found = LT_LEGACY_NONE;
        return result;
    }
    uint32_t *cells = malloc((sheet->cell_count + 1) * sizeof(*cells));
    result = cells != NULL ? LT_OK : LT_NO_MEMORY;
    for (size_t row = 0; row < sheet->row_count && result == LT_OK; row++) {
        const struct lt_sheet_row *about = &sheet->rows[row];
        for (size_t i = 0; i < about->count && result == LT_OK; i++) {
            cells[about->first + i] = (uint32_t)texts.size;
            result = move_cell(&texts, found, &columns[i],
                               sheet->bytes + sheet->cells[about->first + i], &converted);
        }
    }
    if (result != LT_OK) {
        free(cells);
        free(texts.bytes);
        return result;
    }
    free(sheet->cells);
    free(sheet->bytes);
    sheet->cells = cells;
    sheet->bytes = texts.bytes;
    note_converted(sheet, found, converted);
    *ret_found = found;
    return LT_OK;
}

/* ---- A file ---- */

/* Bytes that are no UTF-8, each as the Western letter of its number. */
static enum lt_result read_bytes(struct lt_bytes bytes, struct lt_sheet *ret_sheet,
                                 struct lt_sheet_fault *fault)
{
    struct lt_sheet sheet = {.bytes = NULL};
    struct lt_sheet_fault ignored;
    enum lt_legacy found = LT_LEGACY_NONE; /* until converted */
    uint8_t *wide = malloc(bytes.size * 2 + 1);
    size_t size = 0;
    for (size_t i = 0; wide != NULL && i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];
        if (byte < 0x80) {
            wide[size++] = byte;
        } else {
            wide[size++] = (uint8_t)(0xc0 | byte >> 6);
            wide[size++] = (uint8_t)(0x80 | (byte & 0x3f));
        }
    }
    enum lt_result result = wide == NULL ? LT_NO_MEMORY : LT_OK;
    if (result == LT_OK) {
        result = lt_table_read((struct lt_bytes){wide, size}, &sheet, &ignored);
    }
    free(wide);
    if (result == LT_OK) {
        result = lt_legacy_convert(&sheet, &found);
    }
    if (found == LT_LEGACY_NONE) {
        lt_table_free(&sheet);
        return result == LT_NO_MEMORY ? lt_table_fault(fault, result, 0, 0, "%s",
                                                       lt_text("hết bộ nhớ", "out of memory"))
                                      : LT_MALFORMED; /* the fault is the first one */
    }
    *ret_sheet = sheet;
    return LT_OK;
}

enum lt_result lt_legacy_read(struct lt_bytes bytes, struct lt_sheet *ret_sheet,
                              struct lt_sheet_fault *ret_fault)
{
    struct lt_sheet sheet;
    enum lt_legacy found;
    enum lt_result result = lt_foreign_is_zip(bytes) ? lt_xlsx_read(bytes, &sheet, ret_fault)
                                                     : lt_table_read(bytes, &sheet, ret_fault);
    if (result == LT_MALFORMED && lt_foreign_kind(bytes) == NULL && !lt_foreign_is_zip(bytes) &&
        bytes.size > 0 && memchr(bytes.data, 0, bytes.size) == NULL) {
        return read_bytes(bytes, ret_sheet, ret_fault);
    }
    if (result == LT_OK && lt_legacy_convert(&sheet, &found) != LT_OK) {
        lt_table_free(&sheet);
        result = lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "%s",
                                lt_text("hết bộ nhớ", "out of memory"));
    }
    if (result == LT_OK) {
        *ret_sheet = sheet;
    }
    return result;
}
