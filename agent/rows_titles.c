#include "agent/rows_reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "agent/text.h"

static char *fold_into(struct lt_arena *arena, const char *text)
{
    char folded[LT_FOLDED_MAX];
    (void)lt_fold_plain(text, folded);
    char *kept = lt_arena_take(arena, strlen(folded) + 1);
    if (kept != NULL) {
        memcpy(kept, folded, strlen(folded) + 1);
    }
    return kept;
}

enum lt_result lt_rows_begin(struct lt_rows *rows)
{
    size_t count = lt_book_title_count(rows->book);
    char **names = lt_arena_take(rows->arena, (2 * count + 1) * sizeof(*names));
    if (names == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        const struct lt_title *title = lt_book_title_at(rows->book, i);
        names[2 * i] = fold_into(rows->arena, title->name);
        names[2 * i + 1] = fold_into(rows->arena, title->name_en);
        if (names[2 * i] == NULL || names[2 * i + 1] == NULL) {
            return LT_NO_MEMORY;
        }
    }
    rows->title_names = names;
    return LT_OK;
}

static bool valid_on(const struct lt_title *title, lt_day day)
{
    return day == 0 ||
           (title->valid_from <= day && (title->valid_to == 0 || day <= title->valid_to));
}

/* The day that the catalogue is read at; 0: not known. */
static lt_day title_day(const struct lt_rows_reader *reader)
{
    lt_day day = reader->day;
    if (day == 0 && reader->year != 0 && lt_day_make((int)reader->year, 12, 31, &day) != LT_OK) {
        return 0;
    }
    return day;
}

/* Titles that were meant by a text: their different codes, up to two, and how many. */
struct meant {
    const char *codes[2];
    size_t count;
};

static void add_meant(struct meant *meant, const char *code)
{
    for (size_t i = 0; i < meant->count && i < 2; i++) {
        if (strcmp(meant->codes[i], code) == 0) {
            return;
        }
    }
    if (meant->count < 2) {
        meant->codes[meant->count] = code;
    }
    meant->count++;
}

static struct meant find_titles(const struct lt_rows_reader *reader, const char *text,
                                const char *folded)
{
    const struct lt_rows *rows = reader->rows;
    const lt_day day = title_day(reader);
    struct meant now = {.count = 0}, ever = {.count = 0};
    for (size_t i = 0; i < lt_book_title_count(rows->book); i++) {
        const struct lt_title *title = lt_book_title_at(rows->book, i);
        if (strcasecmp(title->code, text) == 0 || strcmp(rows->title_names[2 * i], folded) == 0 ||
            strcmp(rows->title_names[2 * i + 1], folded) == 0) {
            add_meant(&ever, title->code);
            if (valid_on(title, day)) {
                add_meant(&now, title->code);
            }
        }
    }
    return now.count > 0 ? now : ever;
}

char *lt_rows_code(struct lt_rows_reader *reader, const struct lt_title **ret_title)
{
    *ret_title = NULL;
    char *text = lt_rows_text(reader, LT_COL_CODE, LT_TEXT_BYTES_MAX, false);
    if (text[0] == '\0') {
        lt_rows_fail(reader, LT_COL_CODE, "%s",
                     lt_text("thiếu mã danh hiệu hoặc hình thức khen thưởng",
                             "the code of the title or form is missing"));
        return text;
    }
    char folded[LT_FOLDED_MAX];
    (void)lt_fold_plain(text, folded);
    struct meant meant = find_titles(reader, text, folded);
    if (meant.count == 0) {
        lt_rows_fail(reader, LT_COL_CODE,
                     lt_text("danh mục không có danh hiệu hay hình thức «%.*s»",
                             "the catalogue has no title or form \"%.*s\""),
                     (int)lt_table_cut(text, 80), text);
        return text;
    }
    if (meant.count > 1) {
        lt_rows_fail(reader, LT_COL_CODE,
                     lt_text("«%.*s» có thể là %s hoặc %s; viết mã",
                             "\"%.*s\" may be %s or %s; write the code"),
                     (int)lt_table_cut(text, 80), text, meant.codes[0], meant.codes[1]);
        return text;
    }
    char *code = lt_rows_take(reader, strlen(meant.codes[0]) + 1);
    if (code == NULL) {
        return text;
    }
    memcpy(code, meant.codes[0], strlen(meant.codes[0]));
    *ret_title = lt_book_title(reader->rows->book, code, title_day(reader));
    return code;
}

Lienthong__Recipient lt_rows_recipient(struct lt_rows_reader *reader, const struct lt_title *title)
{
    uint8_t told = lt_rows_word(reader, LT_COL_RECIPIENT, LT_WORDS_RECIPIENT);
    bool enterprise = lt_rows_yes(reader, LT_COL_ENTERPRISE);
    if (enterprise && (told == 0 || told == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE)) {
        return LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    }
    if (enterprise && told != LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE) {
        lt_rows_fail(
            reader, LT_COL_ENTERPRISE, "%s",
            lt_text("chỉ tập thể mới là doanh nghiệp", "only a collective can be an enterprise"));
    }
    if (told == 0 && title != NULL && title->recipients != 0) {
        for (unsigned one = 1; one <= LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL; one++) {
            uint32_t bit = UINT32_C(1) << one;
            uint32_t collective = (UINT32_C(1) << LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE) |
                                  (UINT32_C(1) << LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
            if (title->recipients == bit ||
                (bit == (collective & bit) && title->recipients == collective)) {
                return (Lienthong__Recipient)one; /* of the two, the collective stands first */
            }
        }
    }
    if (told == 0 && !lt_rows_has(reader, LT_COL_RECIPIENT)) {
        lt_rows_fail(reader, LT_COL_RECIPIENT, "%s",
                     lt_text("thiếu đối tượng: tập thể, doanh nghiệp, hộ gia đình hoặc cá nhân",
                             "the recipient is missing: collective, enterprise, household or "
                             "individual"));
    }
    return (Lienthong__Recipient)told;
}
