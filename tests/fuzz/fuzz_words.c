/* fuzz_words.c - words as people type them and files keep them. The first byte chooses: units, periods, days,
 * endpoints and durations, questions for figures, fingerprints, and texts that are folded for comparing. What is
 * read is written and read again as the same; a folded text keeps to its room and is UTF-8. */
#include <string.h>

#include "agent/daemon.h"
#include "agent/natural.h"
#include "hub/config.h"
#include "hub/figures_words.h"
#include "hub/invite.h"
#include "proto/letters.h"
#include "proto/standing.h"
#include "tests/fuzz/fuzz.h"

static void read_unit(char *text, size_t size)
{
    struct lt_unit unit, again;
    bool dated, dated_again;
    char back[LT_UNIT_TEXT_MAX];
    (void)size;
    if (lt_unit_parse(text, &unit, &dated) != LT_OK)
        return;
    lt_unit_format(&unit, back);
    FUZZ_CHECK(lt_unit_parse(back, &again, &dated_again) == LT_OK);
    FUZZ_CHECK(lt_unit_cmp(&unit, &again) == 0);
    FUZZ_CHECK(dated_again == (unit.valid_from != 0));
    uint8_t key[LT_CHAIN_KEY_BYTES];
    struct lt_chain chain = {LT_STREAM_REPORT, unit}, chain_again;
    lt_chain_to_key(&chain, key);
    FUZZ_CHECK(lt_chain_from_key(key, &chain_again) == LT_OK);
    FUZZ_CHECK(lt_chain_cmp(&chain, &chain_again) == 0);
}

static void read_chain_key(char *text, size_t size)
{
    struct lt_chain chain;
    uint8_t key[LT_CHAIN_KEY_BYTES];
    if (size < sizeof(key) || lt_chain_from_key((const uint8_t *)text, &chain) != LT_OK)
        return;
    lt_chain_to_key(&chain, key);
    FUZZ_CHECK(memcmp(key, text, sizeof(key)) == 0);
}

static void read_period(char *text, size_t size)
{
    struct lt_period period, again;
    char back[LT_PERIOD_TEXT_MAX];
    lt_day first, last;
    (void)size;
    if (lt_period_parse(text, &period) != LT_OK)
        return;
    lt_period_format(&period, back);
    FUZZ_CHECK(lt_period_parse(back, &again) == LT_OK && lt_period_cmp(&period, &again) == 0);
    lt_period_days(&period, &first, &last);
    FUZZ_CHECK(first <= last);
}

static void read_day(char *text, size_t size)
{
    char back[11];
    lt_day day, again;
    int32_t number;
    int year, month, of_month;
    if (lt_day_parse_iso(text, &day) == LT_OK) {
        lt_day_format_iso(day, back);
        FUZZ_CHECK(strcmp(back, text) == 0);
    }
    if (size < sizeof(number))
        return;
    memcpy(&number, text, sizeof(number));
    lt_day_format_iso(number, back); /* any number of a schema's day */
    lt_day_split(number, &year, &month, &of_month);
    if (lt_day_make(year, month, of_month, &again) == LT_OK)
        FUZZ_CHECK(again == number);
}

static void read_setting(char *text, size_t size)
{
    char endpoint[LT_ENDPOINT_MAX], again[LT_ENDPOINT_MAX];
    uint32_t seconds = 0;
    unsigned days = 0;
    (void)size;
    for (unsigned listening = 0; listening < 2; listening++)
        if (lt_config_endpoint(text, listening, endpoint) == LT_OK)
            FUZZ_CHECK(lt_config_endpoint(endpoint, listening, again) == LT_OK &&
                       strcmp(endpoint, again) == 0);
    if (lt_daemon_duration(text, &seconds) == LT_OK)
        FUZZ_CHECK(seconds >= 1 && seconds <= LT_FALLBACK_AFTER_MAX_S);
    if (lt_invite_days(text, &days))
        FUZZ_CHECK(days >= 1);
}

static void check_query(const struct lt_figures_words *words)
{
    struct lt_figures_query query = {0};
    char reason[400] = "", period[LT_FIGURES_PERIOD_MAX];
    if (lt_figures_words_query(words, &query, reason) != LT_OK) {
        FUZZ_CHECK(reason[0] != '\0' && strlen(reason) < sizeof(reason));
        return;
    }
    FUZZ_CHECK(query.year_from <= query.year_to && query.by_count <= LT_DIM_COUNT);
    FUZZ_CHECK(query.where_count <= LT_WHERE_MAX && query.month_from <= query.month_to);
    FUZZ_CHECK(query.month_from >= 0 && query.month_to <= 12);
    lt_figures_period_text(&query, period);
}

static bool same_word(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void check_same(const struct lt_figures_words *a, const struct lt_figures_words *b)
{
    FUZZ_CHECK(same_word(a->year, b->year) && same_word(a->period, b->period));
    FUZZ_CHECK(same_word(a->basis, b->basis) && same_word(a->by, b->by));
    FUZZ_CHECK(same_word(a->tree, b->tree) || strcmp(a->tree, "today") == 0);
    FUZZ_CHECK(a->where_count == b->where_count);
    for (size_t i = 0; i < a->where_count; i++)
        FUZZ_CHECK(strcmp(a->wheres[i], b->wheres[i]) == 0);
}

static void read_question(char *text, size_t size)
{
    struct lt_figures_words words, again;
    struct lt_unit place;
    bool dated;
    char back[LT_FIGURES_WORDS_MAX];
    (void)size;
    if (lt_figures_words_read(text, &words) != LT_OK)
        return;
    check_query(&words);
    if (lt_unit_parse(words.place, &place, &dated) != LT_OK ||
        lt_figures_words_write(&words, &place, back) != LT_OK)
        return;
    FUZZ_CHECK(lt_figures_words_read(back, &again) == LT_OK);
    check_same(&words, &again);
}

static void read_fingerprint(char *text, size_t size)
{
    char fingerprint[LT_FINGERPRINT_MAX];
    struct lt_key key = {{0}};
    uint8_t curve[32] = {1};
    (void)size;
    lt_fingerprint(&key, curve, fingerprint);
    FUZZ_CHECK(lt_fingerprint_is(fingerprint, fingerprint));
    (void)lt_fingerprint_is(text, fingerprint);
}

static void check_folded(const char *folded, size_t max, bool whole)
{
    const size_t size = strlen(folded);
    FUZZ_CHECK(size < max);
    FUZZ_CHECK(!whole || lt_text_valid((const uint8_t *)folded, size, false));
}

/* The first byte says how much room there is. */
static void fold(char *text, size_t size)
{
    if (size < 1)
        return;
    const size_t max = 1 + (uint8_t)text[0] * 4U;
    const bool valid = lt_text_valid((const uint8_t *)text + 1, strlen(text + 1), false);
    char *room = malloc(max);
    FUZZ_CHECK(room);
    lt_fold_number(text + 1, room, max);
    check_folded(room, max, true);
    lt_fold_decision(text + 1, 2020, room, max);
    check_folded(room, max, true);
    lt_fold_decision(text + 1, 0, room, max);
    check_folded(room, max, true);
    if (valid) {
        lt_fold_cluster(text + 1, room, max);
        check_folded(room, max, true);
        lt_fold_words(text + 1, room, max);
        check_folded(room, max, true);
    }
    free(room);
    char *names = malloc(LT_FOLDED_MAX), *plain = malloc(LT_FOLDED_MAX);
    FUZZ_CHECK(names && plain);
    const bool folded = lt_fold_name(text + 1, names), plainly = lt_fold_plain(text + 1, plain);
    FUZZ_CHECK(folded == plainly);
    FUZZ_CHECK(folded || !valid || strlen(text + 1) > LT_LONG_TEXT_BYTES_MAX);
    check_folded(names, LT_FOLDED_MAX, valid);
    check_folded(plain, LT_FOLDED_MAX, valid);
    free(names);
    free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(char *, size_t) = {read_unit,        read_period,   read_day,
                                                      read_setting,     read_question, fold,
                                                      read_fingerprint, read_chain_key};
    if (size < 1)
        return 0;
    char *text = malloc(size);
    FUZZ_CHECK(text);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    readers[data[0] % (sizeof(readers) / sizeof(readers[0]))](text, size - 1);
    free(text);
    return 0;
}
