#include "hub/publication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/late.h"

size_t lt_publications_named(const struct lt_book *book, const struct lt_unit *hub,
                             const char *name, size_t *ret_first)
{
    const size_t all = lt_book_publication_count(book);
    size_t count = 0;
    for (size_t i = 0; i < all; i++) {
        const struct lt_publication *publication = lt_book_publication_at(book, i);
        if (lt_unit_cmp(&publication->hub->unit, hub) == 0 &&
            strcmp(publication->name, name) == 0 && count++ == 0)
            *ret_first = i;
    }
    return count;
}

enum lt_result lt_publication_question(const struct lt_book *book,
                                       const struct lt_publication *publication, char *room,
                                       struct lt_figures_words *ret_words,
                                       struct lt_figures_query *ret_query, char ret_reason[400])
{
    struct lt_figures_query query = {0};
    (void)snprintf(room, LT_FIGURES_WORDS_MAX, "%s", publication->question);
    enum lt_result result = lt_figures_words_read(room, ret_words);
    if (result == LT_OK)
        result = lt_figures_words_query(ret_words, &query, ret_reason);
    if (result == LT_OK)
        result = lt_figures_find_place(book, ret_words->place, &query, ret_reason);
    if (result == LT_OK)
        *ret_query = query;
    else
        (void)snprintf(ret_reason, 400,
                       lt_text("câu hỏi đã công bố không đọc được: %.300s",
                               "the published question cannot be read: %.300s"),
                       publication->question);
    return result == LT_OK ? LT_OK : LT_MALFORMED;
}

/* Keeps what the figures say, and leaves out what this hub adds about itself. */
static json_t *canonical(const struct lt_figures_query *query, const struct lt_figures *figures)
{
    char *text = lt_figures_json(query, figures);
    json_t *document = text == NULL ? NULL : json_loads(text, 0, NULL);
    json_t *by = json_array();
    free(text);
    for (size_t i = 0; i < query->by_count; i++)
        (void)json_array_append_new(by, json_string(lt_dimension_name(query->by[i])));
    if (document == NULL || by == NULL || json_array_size(by) != query->by_count ||
        json_object_set(document, "by", by) != 0) {
        json_decref(document);
        document = NULL;
    }
    json_decref(by);
    (void)json_object_del(document, "updates");
    (void)json_object_del(document, "directives");
    (void)json_object_del(document, "rebuilding");
    (void)json_object_del(document, "unread_updates");
    (void)json_object_del(document, "schema");
    (void)json_object_del(document, "year");
    return document;
}

enum lt_result lt_publication_now(struct lt_ledger *ledger, const struct lt_figures_query *query,
                                  json_t **ret_figures, struct lt_hash *ret_directives,
                                  char ret_reason[400])
{
    struct lt_figures figures;
    enum lt_result result = lt_figures_ask(ledger, query, &figures, ret_reason);
    if (result != LT_OK)
        return result;
    if (figures.rebuilding) {
        (void)snprintf(ret_reason, 400, "%s",
                       lt_text("trạm đang xét lại hồ sơ theo chỉ thị mới; hãy công bố khi xong",
                               "the hub is judging its records again by new directives; publish "
                               "when that is done"));
        result = LT_REFUSED;
    }
    json_t *now = result == LT_OK ? canonical(query, &figures) : NULL;
    *ret_directives = figures.directives;
    lt_figures_clear(&figures);
    if (now == NULL)
        return result == LT_OK ? LT_NO_MEMORY : result;
    *ret_figures = now;
    return LT_OK;
}

json_t *lt_publication_figures(const struct lt_publication *publication)
{
    json_t *figures = json_loadb((const char *)publication->figures, publication->figures_size,
                                 JSON_REJECT_DUPLICATES, NULL);
    if (json_is_array(json_object_get(figures, "cells")) &&
        json_is_array(json_object_get(figures, "by")))
        return figures;
    json_decref(figures);
    return NULL;
}

bool lt_publication_equal(const json_t *one, const json_t *other)
{
    return json_equal(json_object_get(one, "cells"), json_object_get(other, "cells")) == 1;
}

/* ---- Causes ---- */

enum { LATE_KINDS = LT_LATE_WITHDRAWN + 1 };

struct causing {
    const struct lt_figures_query *query;
    const struct lt_place *author; /* whose changes are being counted */
    uint64_t counts[LATE_KINDS];
    uint64_t left_out; /* units for which there is no room */
    char *text;
    size_t size;
};

/* Appends the piece whole, or nothing; `room` is what has to stay free. */
static bool put(struct causing *causing, const char *piece, size_t room)
{
    const char *between = causing->size == 0 ? "" : "; ";
    const size_t size = strlen(between) + strlen(piece);
    if (causing->size + size + room >= LT_PUBLICATION_CAUSE_MAX)
        return false;
    (void)snprintf(causing->text + causing->size, LT_PUBLICATION_CAUSE_MAX - causing->size, "%s%s",
                   between, piece);
    causing->size += size;
    return true;
}

static void put_author(struct causing *causing)
{
    enum { REST = 64 }; /* for how many more there are */
    char piece[700], unit[LT_UNIT_TEXT_MAX];
    if (causing->author == NULL)
        return;
    lt_unit_format(&causing->author->unit, unit);
    size_t size = (size_t)snprintf(piece, sizeof piece, "%s %.400s:", unit, causing->author->name);
    for (size_t i = 0; i < LATE_KINDS; i++)
        if (causing->counts[i] > 0 && size < sizeof piece)
            size += (size_t)snprintf(piece + size, sizeof piece - size, " %s %llu",
                                     lt_late_words((enum lt_late_kind)i),
                                     (unsigned long long)causing->counts[i]);
    if (causing->left_out > 0 || !put(causing, piece, REST))
        causing->left_out++;
    memset(causing->counts, 0, sizeof causing->counts);
    causing->author = NULL;
}

static bool of_years(const struct lt_figures_query *query, const struct lt_fact *fact)
{
    const int year = query->decided ? fact->decided_year : fact->year;
    return fact->kind != 0 && year >= query->year_from && year <= query->year_to;
}

static bool see(void *context, const struct lt_late *late)
{
    struct causing *causing = context;
    if (!of_years(causing->query, &late->fact) && !of_years(causing->query, &late->before))
        return true;
    if (causing->author != late->author)
        put_author(causing);
    causing->author = late->author;
    causing->counts[late->kind]++;
    return true;
}

enum lt_result lt_publication_cause(struct lt_ledger *ledger, const struct lt_publication *since,
                                    const struct lt_figures_query *query,
                                    const struct lt_hash *directives,
                                    char ret_cause[LT_PUBLICATION_CAUSE_MAX])
{
    char rest[64];
    struct causing causing = {.query = query, .text = ret_cause};
    ret_cause[0] = '\0';
    if (memcmp(directives, &since->directives, sizeof *directives) != 0)
        (void)put(&causing,
                  lt_text("cây đơn vị, danh mục hoặc quy tắc đã đổi",
                          "units, titles or other directives have changed"),
                  0);
    const enum lt_result result =
        lt_late_outside(ledger, since->place, since->cut, since->cut_count, see, &causing);
    put_author(&causing);
    (void)snprintf(rest, sizeof rest, lt_text("và %llu đơn vị khác", "and %llu other units"),
                   (unsigned long long)causing.left_out);
    if (causing.left_out > 0)
        (void)put(&causing, rest, 0);
    return result;
}
