#include "hub/review.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/print.h"
#include "hub/rankings_told.h"
#include "hub/title_name.h"

/* What is asked at once; values and numbers of a row stand in this order. */
enum { AT_KIND, AT_LEVEL, AT_CODE, AT_RECIPIENT, AT_STATUS, AT_MOVEMENT, AT_COUNT };
enum { NAMES_MAX = 40, TEXT_MAX = 8000 };

struct writing {
    struct lt_review *review;
    const struct lt_figures_query *query;
    const struct lt_book *book;
    const struct lt_figures *figures, *enterprises; /* of awards, by the basis asked for */
    const struct lt_figures *others; /* of what has no decision: always by the achievement */
    int64_t next_pledges; /* for the year after */
    const struct lt_rankings *rankings; /* of each of the years; NULL: of a span there are none */
    bool no_memory;
};

static void add(struct writing *writing, bool heading, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(struct writing *writing, bool heading, const char *format, ...)
{
    struct lt_review *review = writing->review;
    char *text = NULL;
    va_list arguments;
    if (review->count == review->capacity) {
        size_t capacity = review->capacity == 0 ? 64 : review->capacity * 2;
        struct lt_review_line *grown = realloc(review->lines, capacity * sizeof *grown);
        if (grown == NULL) {
            writing->no_memory = true;
            return;
        }
        review->lines = grown;
        review->capacity = capacity;
    }
    va_start(arguments, format);
    int written = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (written < 0) {
        writing->no_memory = true;
        return;
    }
    review->lines[review->count++] = (struct lt_review_line){heading, text};
}

/* ---- Names ---- */

/* Where the law has one name for several levels. */
static const struct {
    const char *code;
    uint8_t level;
    const char *vietnamese, *english;
} names[] = {
    {"BK_BT", LIENTHONG__LEVEL__LEVEL_PROVINCE, "Bằng khen của Chủ tịch UBND tỉnh",
     "Diploma of Merit of the province"},
    {"CO_BT", LIENTHONG__LEVEL__LEVEL_PROVINCE, "Cờ thi đua của UBND tỉnh",
     "Emulation Flag of the province"},
    {"CSTD_BT", LIENTHONG__LEVEL__LEVEL_PROVINCE, "Chiến sĩ thi đua cấp tỉnh",
     "Emulation Fighter of the province"},
    {"GK", LIENTHONG__LEVEL__LEVEL_DISTRICT, "Giấy khen của Chủ tịch UBND huyện",
     "Certificate of Merit of the district"},
    {"GK", LIENTHONG__LEVEL__LEVEL_COMMUNE, "Giấy khen của Chủ tịch UBND xã",
     "Certificate of Merit of the commune"},
    {"GK", LIENTHONG__LEVEL__LEVEL_BASE, "Giấy khen của thủ trưởng đơn vị",
     "Certificate of Merit of the unit's head"},
};

static const char *title_name(const struct writing *writing, const char *code, uint8_t level)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].level == level && strcmp(names[i].code, code) == 0)
            return lt_text(names[i].vietnamese, names[i].english);
    return lt_title_name(writing->book, code, writing->query->year_from, writing->query->year_to);
}

static const char *level_name(uint32_t level)
{
    switch (level) {
    case LIENTHONG__LEVEL__LEVEL_STATE:
        return lt_text("Khen thưởng cấp Nhà nước", "Of the State");
    case LIENTHONG__LEVEL__LEVEL_MINISTRY:
        return lt_text("Khen thưởng cấp bộ, ban, ngành", "Of ministries");
    case LIENTHONG__LEVEL__LEVEL_PROVINCE:
        return lt_text("Khen thưởng cấp tỉnh", "Of the province");
    case LIENTHONG__LEVEL__LEVEL_DISTRICT:
        return lt_text("Khen thưởng cấp huyện", "Of districts");
    case LIENTHONG__LEVEL__LEVEL_COMMUNE:
        return lt_text("Khen thưởng cấp xã", "Of communes");
    default:
        return lt_text("Khen thưởng cấp cơ sở", "Of units");
    }
}

/* ---- Sums ---- */

/* What rows of one title add up to, by recipient. */
struct tally {
    int64_t by[LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL + 1], unconfirmed;
};

static void tally_add(struct tally *tally, const struct lt_figure *row, bool enterprise)
{
    uint32_t recipient = enterprise ? (uint32_t)LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE
                                    : row->numbers[AT_RECIPIENT];
    if (recipient <= LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL)
        tally->by[recipient] += row->quantity;
    if (!enterprise)
        tally->unconfirmed += row->unconfirmed;
}

static void append(char *text, size_t max, const char *separator, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void append(char *text, size_t max, const char *separator, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    if (used + 200 > max)
        return;
    used += (size_t)snprintf(text + used, max - used, "%s", used == 0 ? "" : separator);
    va_start(arguments, format);
    (void)vsnprintf(text + used, max - used, format, arguments);
    va_end(arguments);
}

/* "35 tập thể (trong đó 5 doanh nghiệp), 61 cá nhân"; `other`: what those are whose kind is not stated. */
static void tally_words(const struct tally *tally, const char *other, char *ret_text, size_t max)
{
    static const struct {
        Lienthong__Recipient recipient;
        const char *vietnamese, *english;
    } words[] = {
        {LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE, " tập thể", " collectives"},
        {LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD, " hộ gia đình", " households"},
        {LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL, " cá nhân", " individuals"},
        {LIENTHONG__RECIPIENT__RECIPIENT_NONE, NULL, NULL},
    };
    char number[LT_NUMBER_TEXT_MAX];
    int64_t enterprises = tally->by[LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE];
    ret_text[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        int64_t quantity = tally->by[words[i].recipient];
        if (quantity == 0)
            continue;
        lt_text_number(quantity, number);
        append(ret_text, max, ", ", "%s%s", number,
               words[i].vietnamese == NULL ? other
                                           : lt_text(words[i].vietnamese, words[i].english));
        lt_text_number(enterprises, number);
        if (words[i].recipient == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE && enterprises > 0)
            append(ret_text, max, " ",
                   lt_text("(trong đó %s doanh nghiệp)", "(of which %s enterprises)"), number);
    }
    lt_text_number(tally->unconfirmed, number);
    if (tally->unconfirmed > 0)
        append(ret_text, max, "; ",
               lt_text("cấp quyết định chưa xác nhận %s", "not confirmed by who decided: %s"),
               number);
}

static bool same_title(const struct lt_figure *a, const struct lt_figure *b)
{
    return a->numbers[AT_KIND] == b->numbers[AT_KIND] &&
           a->numbers[AT_LEVEL] == b->numbers[AT_LEVEL] &&
           strcmp(a->values[AT_CODE], b->values[AT_CODE]) == 0;
}

/* Titles of one kind, each with what it was given to; a heading before each level of awards. Rows come
 * in the order of kind, level, code. */
static void titles(struct writing *writing, enum lt_kind kind)
{
    const struct lt_figures *figures = kind == LT_KIND_AWARD ? writing->figures : writing->others;
    char text[TEXT_MAX];
    uint32_t level = UINT32_MAX;
    for (size_t i = 0; i < figures->count;) {
        const struct lt_figure *first = &figures->rows[i];
        struct tally tally = {0};
        for (; i < figures->count && same_title(first, &figures->rows[i]); i++)
            if (figures->rows[i].numbers[AT_STATUS] != LT_STATUS_REVOKED)
                tally_add(&tally, &figures->rows[i], false);
        for (size_t j = 0; j < writing->enterprises->count && kind == LT_KIND_AWARD; j++)
            if (same_title(first, &writing->enterprises->rows[j]) &&
                writing->enterprises->rows[j].numbers[AT_STATUS] != LT_STATUS_REVOKED)
                tally_add(&tally, &writing->enterprises->rows[j], true);
        tally_words(&tally, lt_text(" lượt", " awards"), text, sizeof text);
        if (first->numbers[AT_KIND] != kind || text[0] == '\0')
            continue;
        if (kind == LT_KIND_AWARD && first->numbers[AT_LEVEL] != level)
            add(writing, true, "%s", level_name(first->numbers[AT_LEVEL]));
        else if (level == UINT32_MAX)
            add(writing, true, "%s", lt_text("Đề nghị khen thưởng", "Proposals"));
        level = first->numbers[AT_LEVEL];
        add(writing, false, "%s: %s", title_name(writing, first->values[AT_CODE], (uint8_t)level),
            text);
    }
}

/* ---- The other kinds ---- */

static int64_t quantity_of(const struct writing *writing, enum lt_kind kind, uint8_t status,
                           uint8_t recipient, bool records)
{
    int64_t sum = 0;
    for (size_t i = 0; i < writing->others->count; i++) {
        const struct lt_figure *row = &writing->others->rows[i];
        if (row->numbers[AT_KIND] == kind && (status == 0 || row->numbers[AT_STATUS] == status) &&
            (recipient == 0 || row->numbers[AT_RECIPIENT] == recipient))
            sum += records ? row->count : row->quantity;
    }
    return sum;
}

static void movements(struct writing *writing, uint8_t status, const char *what)
{
    int64_t count = quantity_of(writing, LT_KIND_MOVEMENT, status, 0, false);
    char text[TEXT_MAX] = "", number[LT_NUMBER_TEXT_MAX];
    size_t named = 0;
    if (count == 0)
        return;
    for (size_t i = 0; i < writing->others->count && named < NAMES_MAX; i++) {
        const struct lt_figure *row = &writing->others->rows[i];
        if (row->numbers[AT_KIND] != LT_KIND_MOVEMENT || row->numbers[AT_STATUS] != status)
            continue;
        append(text, sizeof text, "; ", "%.400s",
               lt_movement_name(writing->book, row->values[AT_MOVEMENT]));
        named++;
    }
    lt_text_number(count, number);
    add(writing, false, "%s %s: %s%s", what, number, text,
        named == NAMES_MAX ? lt_text("; và các phong trào khác", "; and others") : "");
}

/* "957,93 điểm, hạng 1" */
static void place_words(const struct lt_ranked *row, char ret_words[64])
{
    char number[LT_NUMBER_TEXT_MAX], points[LT_NUMBER_TEXT_MAX + 16], rank[24] = "";
    lt_points_text(row->total, lt_text_is_english() ? '.' : ',', number);
    (void)snprintf(points, sizeof points, lt_text("%s điểm", "%s points"), number);
    if (row->rank != 0)
        (void)snprintf(rank, sizeof rank, lt_text("hạng %u", "rank %u"), (unsigned)row->rank);
    (void)snprintf(ret_words, 64, "%s%s%s", row->has_total ? points : "",
                   row->has_total && row->rank != 0 ? ", " : "", rank);
}

/* Who stood where, general and for each movement. */
static void rankings(struct writing *writing)
{
    const size_t count = writing->rankings == NULL ? 0 : lt_rankings_count(writing->rankings);
    for (size_t i = 0; i < count; i++) {
        const struct lt_ranking *ranking = lt_rankings_at(writing->rankings, i);
        char text[TEXT_MAX] = "", words[64];
        if (!lt_ranking_concerns(ranking, writing->query->place))
            continue;
        for (size_t j = 0; j < ranking->count && j < NAMES_MAX; j++) {
            place_words(&ranking->rows[j], words);
            append(text, sizeof text, "; ", "%.100s%s%s", ranking->rows[j].member->name,
                   words[0] == '\0' ? "" : " ", words);
        }
        add(writing, false, "%s (%s): %s%s", ranking->cluster,
            ranking->movement[0] == '\0' ? lt_text("xếp hạng chung", "general")
                                         : lt_movement_name(writing->book, ranking->movement),
            text,
            ranking->count > NAMES_MAX ? lt_text("; và các đơn vị khác", "; and others") : "");
    }
}

/* A review tells what was signed for the year to come, too. */
static void clusters(struct writing *writing)
{
    char number[LT_NUMBER_TEXT_MAX];
    int64_t pledges = quantity_of(writing, LT_KIND_PLEDGE, 0, 0, false);
    int64_t scores = quantity_of(writing, LT_KIND_SCORE, 0, 0, true);
    if (pledges > 0 || scores > 0 || writing->next_pledges > 0)
        add(writing, true, "%s", lt_text("Khối, cụm thi đua", "Blocs and clusters"));
    lt_text_number(pledges, number);
    if (pledges > 0)
        add(writing, false, lt_text("Ký giao ước thi đua: %s khối, cụm", "Pledges signed: %s"),
            number);
    lt_text_number(scores, number);
    if (scores > 0)
        add(writing, false, lt_text("Bảng điểm: %s lượt chấm", "Scores: %s"), number);
    rankings(writing);
    lt_text_number(writing->next_pledges, number);
    if (writing->next_pledges > 0)
        add(writing, false,
            lt_text("Ký giao ước thi đua năm %d: %s khối, cụm", "Pledges signed for %d: %s"),
            writing->query->year_to + 1, number);
}

static void others(struct writing *writing)
{
    char text[TEXT_MAX];
    struct tally exemplars = {0};
    if (quantity_of(writing, LT_KIND_MOVEMENT, 0, 0, false) > 0) {
        add(writing, true, "%s", lt_text("Phong trào thi đua", "Movements"));
        movements(writing, LT_STATUS_LAUNCH, lt_text("Phát động", "Launched"));
        movements(writing, LT_STATUS_RESPONSE, lt_text("Hưởng ứng", "Carried on"));
    }
    for (unsigned r = 0; r <= LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL; r++)
        for (size_t i = 0; i < writing->others->count; i++)
            if (writing->others->rows[i].numbers[AT_KIND] == LT_KIND_EXEMPLAR &&
                writing->others->rows[i].numbers[AT_RECIPIENT] == r)
                exemplars.by[r] += writing->others->rows[i].quantity;
    tally_words(&exemplars, lt_text(" điển hình", " exemplars"), text, sizeof text);
    if (text[0] != '\0') {
        add(writing, true, "%s", lt_text("Điển hình tiên tiến", "Exemplars"));
        add(writing, false, "%s", text);
    }
    clusters(writing);
}

/* ---- The whole ---- */

/* `enterprises`: those alone. */
static enum lt_result ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                          bool decided, bool enterprises, struct lt_figures *ret_figures,
                          char ret_reason[400])
{
    static const enum lt_dimension by[AT_COUNT] = {
        [AT_KIND] = LT_DIM_KIND,     [AT_LEVEL] = LT_DIM_LEVEL,
        [AT_CODE] = LT_DIM_CODE,     [AT_RECIPIENT] = LT_DIM_RECIPIENT,
        [AT_STATUS] = LT_DIM_STATUS, [AT_MOVEMENT] = LT_DIM_MOVEMENT};
    struct lt_figures_query asked = *query;
    memcpy(asked.by, by, sizeof by);
    asked.by_count = AT_COUNT;
    asked.decided = decided;
    if (enterprises) {
        asked.where[asked.where_count].dimension = LT_DIM_RECIPIENT;
        asked.where[asked.where_count++].value =
            lt_recipient_name(LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
    }
    return lt_figures_ask(ledger, &asked, ret_figures, ret_reason);
}

static enum lt_result ask_next_pledges(struct lt_ledger *ledger,
                                       const struct lt_figures_query *query, int64_t *ret_pledges,
                                       char ret_reason[400])
{
    struct lt_figures_query asked = *query;
    struct lt_figures figures;
    asked.decided = asked.span = false;
    asked.year_from = asked.year_to = query->year_to + 1;
    asked.where[asked.where_count].dimension = LT_DIM_KIND;
    asked.where[asked.where_count++].value = lt_kind_name(LT_KIND_PLEDGE);
    enum lt_result result = lt_figures_ask(ledger, &asked, &figures, ret_reason);
    if (result != LT_OK)
        return result;
    *ret_pledges = figures.count == 0 ? 0 : figures.rows[0].quantity;
    lt_figures_clear(&figures);
    return LT_OK;
}

/* Of a span no cluster is ranked. */
static enum lt_result ask_rankings(struct lt_ledger *ledger, const struct lt_figures_query *query,
                                   struct lt_rankings **ret_rankings)
{
    return query->span ? LT_OK
                       : lt_rankings_told(ledger, query->year_from, query->year_to, ret_rankings);
}

static enum lt_result write_all(struct writing *writing, struct lt_review *ret_review)
{
    struct lt_review *review = writing->review;
    titles(writing, LT_KIND_AWARD);
    titles(writing, LT_KIND_PROPOSAL);
    others(writing);
    review->updates = writing->figures->updates;
    review->directives = writing->figures->directives;
    review->rebuilding = writing->figures->rebuilding;
    review->empty = review->count == 0;
    if (writing->no_memory) {
        lt_review_clear(review);
        return LT_NO_MEMORY;
    }
    *ret_review = *review;
    return LT_OK;
}

enum lt_result lt_review_make(struct lt_ledger *ledger, const struct lt_figures_query *query,
                              struct lt_review *ret_review, char ret_reason[400])
{
    struct lt_figures figures = {0}, enterprises = {0}, achieved = {0};
    struct lt_review review = {0};
    int64_t next_pledges = 0;
    struct lt_rankings *rankings = NULL;
    enum lt_result result = ask(ledger, query, query->decided, false, &figures, ret_reason);
    if (result == LT_OK)
        result = ask(ledger, query, query->decided, true, &enterprises, ret_reason);
    if (result == LT_OK && query->decided)
        result = ask(ledger, query, false, false, &achieved, ret_reason);
    if (result == LT_OK)
        result = ask_next_pledges(ledger, query, &next_pledges, ret_reason);
    if (result == LT_OK)
        result = ask_rankings(ledger, query, &rankings);
    if (result == LT_OK) {
        struct writing writing = {.review = &review,
                                  .query = query,
                                  .book = lt_ledger_book(ledger),
                                  .figures = &figures,
                                  .enterprises = &enterprises,
                                  .others = query->decided ? &achieved : &figures,
                                  .next_pledges = next_pledges,
                                  .rankings = rankings};
        result = write_all(&writing, ret_review);
    }
    lt_figures_clear(&figures);
    lt_figures_clear(&enterprises);
    lt_figures_clear(&achieved);
    lt_rankings_free(rankings);
    return result;
}

void lt_review_clear(struct lt_review *review)
{
    for (size_t i = 0; i < review->count; i++)
        free(review->lines[i].text);
    free(review->lines);
}
