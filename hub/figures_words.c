#include "hub/figures_words.h"

#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"

static const char *const names[LT_WORD_COUNT] = {"--place", "--year", "--period",
                                                 "--basis", "--tree", "--by"};
static const char where_name[] = "--where";

int lt_figures_words_take(int argc, char **argv, struct lt_figures_words *words)
{
    int kept = 0;
    const size_t size = sizeof where_name - 1;
    for (int i = 0; i < argc; i++) {
        const char *where = NULL;
        if (strncmp(argv[i], where_name, size) == 0 && argv[i][size] == '=')
            where = argv[i] + size + 1;
        else if (strcmp(argv[i], where_name) == 0 && i + 1 < argc)
            where = argv[++i];
        if (where == NULL)
            argv[kept++] = argv[i];
        else if (words->where_count <= LT_WHERE_MAX)
            words->wheres[words->where_count++] = where;
    }
    return kept;
}

static void put(struct lt_figures_words *words, size_t option, const char *value)
{
    const char **const places[LT_WORD_COUNT] = {&words->place, &words->year, &words->period,
                                                &words->basis, &words->tree, &words->by};
    *places[option] = value;
}

void lt_figures_words_given(const struct lt_options *given, struct lt_figures_words *words)
{
    for (size_t i = 0; i < LT_WORD_COUNT; i++)
        put(words, i, given->values[i]);
}

static enum lt_result query_when(const struct lt_figures_words *words,
                                 struct lt_figures_query *query, char ret_reason[400])
{
    if ((words->year == NULL) == (words->period == NULL)) {
        (void)snprintf(ret_reason, 400, "%s",
                       lt_text("cần --year hoặc --period, một trong hai",
                               "--year or --period is needed, one of the two"));
        return LT_USAGE;
    }
    enum lt_result result = words->year != NULL
                                ? lt_figures_parse_year(words->year, query, ret_reason)
                                : lt_figures_parse_period(words->period, query, ret_reason);
    if (result == LT_OK && words->tree != NULL)
        result = lt_figures_parse_tree(words->tree, lt_today(), query, ret_reason);
    return result;
}

enum lt_result lt_figures_words_query(const struct lt_figures_words *words,
                                      struct lt_figures_query *query, char ret_reason[400])
{
    const char *basis = words->basis;
    if (words->place == NULL) {
        (void)snprintf(ret_reason, 400, "%s", lt_text("cần --place", "--place is needed"));
        return LT_USAGE;
    }
    if (basis != NULL && strcmp(basis, "achieved") != 0 && strcmp(basis, "decided") != 0) {
        (void)snprintf(ret_reason, 400,
                       lt_text("--basis là achieved hoặc decided, không phải \"%.40s\"",
                               "--basis is achieved or decided, not \"%.40s\""),
                       basis);
        return LT_USAGE;
    }
    query->decided = basis != NULL && strcmp(basis, "decided") == 0;
    enum lt_result result = query_when(words, query, ret_reason);
    if (result == LT_OK && words->by != NULL)
        result = lt_figures_parse_by(words->by, query, ret_reason);
    for (size_t i = 0; i < words->where_count && result == LT_OK; i++)
        result = lt_figures_parse_where(words->wheres[i], query, ret_reason);
    return result;
}

/* ---- Written down ---- */

struct text {
    char *at, *end; /* room for a NUL is after `end` */
    bool full;
};

static void put_byte(struct text *text, char byte)
{
    text->full = text->full || text->at == text->end;
    if (!text->full)
        *text->at++ = byte;
}

static void put_bytes(struct text *text, const char *bytes)
{
    for (; *bytes != '\0'; bytes++)
        put_byte(text, *bytes);
}

/* As a shell takes it: in single quotes unless it is plain, a single quote as '\''. */
static void put_word(struct text *text, const char *name, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                ".,_=@/-";
    const bool quoted = value[0] == '\0' || value[strspn(value, plain)] != '\0';
    put_bytes(text, name);
    put_byte(text, ' ');
    if (quoted)
        put_byte(text, '\'');
    for (; *value != '\0'; value++) {
        if (*value == '\'')
            put_bytes(text, "'\\''");
        else
            put_byte(text, *value);
    }
    if (quoted)
        put_byte(text, '\'');
}

enum lt_result lt_figures_words_write(const struct lt_figures_words *words,
                                      const struct lt_unit *place,
                                      char ret_text[LT_FIGURES_WORDS_MAX])
{
    char unit[LT_UNIT_TEXT_MAX], day[11];
    struct text text = {.at = ret_text, .end = ret_text + LT_FIGURES_WORDS_MAX - 1};
    lt_unit_format(place, unit);
    const char *tree = words->tree;
    if (tree != NULL && strcmp(tree, "today") == 0) { /* the same day whenever it is asked again */
        lt_day_format_iso(lt_today(), day);
        tree = day;
    }
    const char *const values[LT_WORD_COUNT] = {unit,         words->year, words->period,
                                               words->basis, tree,        words->by};
    for (size_t i = 0; i < LT_WORD_COUNT; i++) {
        if (i > 0 && values[i] != NULL)
            put_byte(&text, ' ');
        if (values[i] != NULL)
            put_word(&text, names[i], values[i]);
    }
    for (size_t i = 0; i < words->where_count; i++) {
        put_byte(&text, ' ');
        put_word(&text, where_name, words->wheres[i]);
    }
    *text.at = '\0';
    return text.full ? LT_TOO_LARGE : LT_OK;
}

/* The next word, its quotes taken away where it stands. NULL: none, or quotes that do not end. */
static char *next_word(char **at)
{
    bool quoted = false;
    char *from = *at + strspn(*at, " "), *word = from, *to = from;
    if (*from == '\0')
        return NULL;
    for (; *from != '\0' && (quoted || *from != ' '); from++) {
        if (*from == '\'')
            quoted = !quoted;
        else if (!quoted && *from == '\\' && from[1] != '\0')
            *to++ = *++from;
        else
            *to++ = *from;
    }
    *at = *from == '\0' ? from : from + 1;
    *to = '\0';
    return quoted ? NULL : word;
}

enum lt_result lt_figures_words_read(char *text, struct lt_figures_words *ret_words)
{
    struct lt_figures_words words = {0};
    for (char *name = next_word(&text); name != NULL; name = next_word(&text)) {
        size_t option = 0;
        const char *value = next_word(&text);
        while (option < LT_WORD_COUNT && strcmp(name, names[option]) != 0)
            option++;
        const bool where = strcmp(name, where_name) == 0;
        if (value == NULL || (option == LT_WORD_COUNT && !where) ||
            (where && words.where_count == LT_WHERE_MAX))
            return LT_MALFORMED;
        if (where)
            words.wheres[words.where_count++] = value;
        else
            put(&words, option, value);
    }
    if (words.place == NULL)
        return LT_MALFORMED;
    *ret_words = words;
    return LT_OK;
}
