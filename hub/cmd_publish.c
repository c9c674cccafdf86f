/* cmd_publish - fixes figures as they are now under a name, or restates what was published. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/cut.h"
#include "hub/import.h"
#include "hub/publication.h"
#include "hub/unread.h"
#include "proto/letters.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub publish TÊN CÂU_HỎI [--dry-run] [--json] [--dir D]\n"
    "           lienthong-hub publish TÊN --restate [--cause LÝ_DO] [--dry-run] [--json] [--dir "
    "D]\n"
    "  CÂU_HỎI: như lệnh figures: --place, --year hoặc --period, --basis, --tree, --by, --where.\n"
    "  Số đã công bố không đổi nữa; khi số hiện nay khác đi thì --restate công bố đính chính có "
    "số\n"
    "  thứ tự và nguyên nhân. Xem lại bằng lệnh published.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub publish NAME QUESTION [--dry-run] [--json] [--dir D]\n"
    "       lienthong-hub publish NAME --restate [--cause TEXT] [--dry-run] [--json] [--dir D]\n"
    "  QUESTION: as of the command figures: --place, --year or --period, --basis, --tree, --by, "
    "--where.\n"
    "  What is published stays as it is; when the figures have become others, --restate publishes\n"
    "  them with the next number and the cause. Command published shows them all.\n";

enum { O_RESTATE = LT_WORD_COUNT, O_CAUSE, O_DRY_RUN, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    LT_FIGURES_OPTIONS, {"--restate", false}, {"--cause", true}, {"--dry-run", false}};

struct publishing {
    const struct lt_options *given;
    char *name; /* composed (NFC), so that it is one name however it was typed; malloc'ed */
    struct lt_figures_words words;
    struct lt_figures_query query;
    char question[LT_FIGURES_WORDS_MAX], room[LT_FIGURES_WORDS_MAX];
    char cause[LT_PUBLICATION_CAUSE_MAX];
    const struct lt_publication *last; /* NULL: it is the first */
    uint32_t number;
    size_t rows;
    char *figures; /* canonical JSON */
    struct lt_hash directives;
    struct lt_cut cut;
    size_t parts; /* the figures, then the cut */
    struct lt_unit place_room;
    Lienthong__Unit place;
    Lienthong__Directive *items, **list;
    Lienthong__Publication *publications;
};

static void publishing_free(struct publishing *all)
{
    for (size_t i = 0; all->publications != NULL && i < all->parts; i++)
        free(all->publications[i].cut);
    free(all->publications);
    free(all->items);
    free(all->list);
    free(all->figures);
    free(all->name);
    lt_cut_free(&all->cut);
}

static enum lt_result refuse(char ret_reason[LT_ASKING_REASON_MAX], const char *sentence)
{
    (void)snprintf(ret_reason, LT_ASKING_REASON_MAX, "%s", sentence);
    return LT_REFUSED;
}

/* The question: as given for a first publication, as it was asked for a restatement. */
static enum lt_result ask(struct publishing *all, const struct lt_import_view *view,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    size_t first = 0;
    const struct lt_book *book = lt_ledger_book(view->ledger);
    const size_t count = lt_publications_named(book, &view->site.unit, all->name, &first);
    const bool restate = all->given->values[O_RESTATE] != NULL;
    if (!restate && count > 0)
        return refuse(ret_reason, lt_text("tên này đã công bố; --restate để công bố đính chính",
                                          "that name is published; --restate restates it"));
    if (restate && count == 0) {
        (void)snprintf(
            ret_reason, LT_ASKING_REASON_MAX,
            lt_text("trạm này chưa công bố gì tên \"%.100s\" (lệnh published)",
                    "this hub has published nothing named \"%.100s\" (command published)"),
            all->name);
        return LT_NOT_FOUND;
    }
    if (restate) {
        all->last = lt_book_publication_at(book, first + count - 1);
        all->number = all->last->number + 1;
        return lt_publication_question(book, all->last, all->room, &all->words, &all->query,
                                       ret_reason);
    }
    return lt_figures_find_place(book, all->words.place, &all->query, ret_reason);
}

/* Why the figures have become others. */
static enum lt_result explain(struct publishing *all, struct lt_ledger *ledger,
                              char ret_reason[LT_ASKING_REASON_MAX])
{
    char found[LT_PUBLICATION_CAUSE_MAX];
    const char *told = all->given->values[O_CAUSE] == NULL ? "" : all->given->values[O_CAUSE];
    enum lt_result result =
        lt_publication_cause(ledger, all->last, &all->query, &all->directives, found);
    if (result != LT_OK)
        return result;
    if (found[0] == '\0' && told[0] == '\0')
        return refuse(ret_reason, lt_text("không rõ vì sao số đổi; ghi --cause LÝ_DO",
                                          "it is not known why they changed; say --cause TEXT"));
    /* what the operator says stands in any case, what was found as far as there is room */
    const size_t size = strlen(told);
    const bool both = size > 0 && found[0] != '\0' && size + 2 + strlen(found) < sizeof all->cause;
    memcpy(all->cause, size > 0 ? told : found, (size > 0 ? size : strlen(found)) + 1);
    if (both)
        (void)snprintf(all->cause + size, sizeof all->cause - size, "; %s", found);
    return LT_OK;
}

/* The rows as they are now, and whether there is anything to publish. */
static enum lt_result count(struct publishing *all, struct lt_ledger *ledger,
                            char ret_reason[LT_ASKING_REASON_MAX])
{
    json_t *now = NULL;
    enum lt_result result =
        lt_publication_now(ledger, &all->query, &now, &all->directives, ret_reason);
    if (result != LT_OK)
        return result;
    json_t *before = all->last == NULL ? NULL : lt_publication_figures(all->last);
    if (before != NULL && lt_publication_equal(before, now))
        result = refuse(ret_reason, lt_text("số hiện nay vẫn như lần công bố cuối",
                                            "the figures are as they were last published"));
    json_decref(before);
    all->rows = json_array_size(json_object_get(now, "cells"));
    all->figures = result == LT_OK ? json_dumps(now, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(now);
    if (result == LT_OK && all->figures == NULL)
        return LT_NO_MEMORY;
    if (result == LT_OK && strlen(all->figures) > LT_DIRECT_BYTES_MAX - 8192) {
        (void)snprintf(ret_reason, LT_ASKING_REASON_MAX,
                       lt_text("%zu dòng là quá nhiều cho một lần công bố; hãy bớt --by hoặc chia "
                               "thành nhiều lần",
                               "%zu rows are too much for one publication; ask --by less, or "
                               "publish in several"),
                       all->rows);
        result = LT_TOO_LARGE;
    }
    return result;
}

static enum lt_result build(struct publishing *all)
{
    const size_t parts = 1 + lt_cut_parts(&all->cut);
    all->items = calloc(parts, sizeof *all->items);
    all->list = calloc(parts, sizeof(Lienthong__Directive *));
    all->publications = calloc(parts, sizeof *all->publications);
    if (all->items == NULL || all->list == NULL || all->publications == NULL)
        return LT_NO_MEMORY;
    all->parts = parts;
    lt_entry_wire(all->query.place, &all->place_room, &all->place);
    for (size_t i = 0; i < parts; i++) {
        Lienthong__Publication *publication = &all->publications[i];
        lienthong__directive__init(&all->items[i]);
        lienthong__publication__init(publication);
        all->list[i] = &all->items[i];
        all->items[i].publication = publication;
        publication->name = all->name;
        publication->number = all->number;
        publication->place = &all->place;
        publication->part = (uint32_t)i + 1;
        publication->parts = (uint32_t)parts;
        if (i == 0) {
            publication->question = all->question;
            publication->cause = all->cause;
            publication->figures.data = (uint8_t *)all->figures;
            publication->figures.len = strlen(all->figures);
            publication->directives.data = all->directives.bytes;
            publication->directives.len = sizeof all->directives;
            publication->published_at = lt_clock_wall();
        } else {
            publication->cut = lt_cut_wire(&all->cut, i, &publication->n_cut);
            if (publication->cut == NULL)
                return LT_NO_MEMORY;
        }
    }
    return LT_OK;
}

static enum lt_result prepare(struct publishing *all, const struct lt_import_view *view,
                              char ret_reason[LT_ASKING_REASON_MAX])
{
    Lienthong__DirectiveBody body;
    enum lt_result result = ask(all, view, ret_reason);
    if (result == LT_OK)
        result = lt_figures_words_write(&all->words, &all->query.place->unit, all->question);
    /* the cut first: what comes in between is in the figures, and named as a cause once more */
    if (result == LT_OK)
        result = lt_cut_now(view->ledger, all->query.place, &all->cut);
    if (result == LT_OK)
        result = count(all, view->ledger, ret_reason);
    if (result == LT_OK && all->last != NULL)
        result = explain(all, view->ledger, ret_reason);
    if (result == LT_OK)
        result = build(all);
    if (result != LT_OK)
        return result;
    lienthong__directive_body__init(&body);
    body.items = all->list;
    body.n_items = all->parts;
    return lt_direct_check(view->ledger, &body, NULL, ret_reason);
}

static void tell(const struct publishing *all, bool done)
{
    if (all->given->json) {
        json_t *told = json_pack("{s:s, s:s, s:I, s:s, s:s, s:I, s:b}", "schema",
                                 "lienthong.publish/1", "name", all->name, "number",
                                 (json_int_t)all->number, "question", all->question, "cause",
                                 all->cause, "rows", (json_int_t)all->rows, "published", (int)done);
        (void)json_dumpf(told, stdout, JSON_COMPACT);
        (void)putchar('\n');
        json_decref(told);
        return;
    }
    (void)printf(done ? lt_text("Đã công bố \"%s\"", "Published \"%s\"")
                      : lt_text("Sẽ công bố \"%s\"", "Would publish \"%s\""),
                 all->name);
    if (all->number > 0)
        (void)printf(lt_text(", đính chính lần %u", ", restatement %u"), (unsigned)all->number);
    (void)printf(lt_text(": %zu dòng\n", ": %zu rows\n"), all->rows);
    if (all->cause[0] != '\0')
        (void)printf(lt_text("Nguyên nhân: %s\n", "Cause: %s\n"), all->cause);
}

/* What the protocol carries as a text; "": it is one. */
static const char *not_a_text(const char *text, size_t max, bool lines)
{
    const size_t size = strlen(text);
    return size > max ? lt_text("dài quá", "too long")
           : !lt_text_valid((const uint8_t *)text, size, lines)
               ? lt_text("không phải UTF-8, hoặc có ký tự điều khiển",
                         "not UTF-8, or with control characters")
               : "";
}

/* "": name and cause can be carried. */
static void check_texts(struct publishing *all, char ret_reason[LT_ASKING_REASON_MAX])
{
    const char *cause = all->given->values[O_CAUSE];
    const char *typed = all->given->operands[0];
    const char *name_fault = not_a_text(typed, LT_TEXT_BYTES_MAX, false);
    const char *cause_fault = cause == NULL ? "" : not_a_text(cause, LT_LONG_TEXT_BYTES_MAX, true);
    if (name_fault[0] != '\0')
        (void)snprintf(ret_reason, LT_ASKING_REASON_MAX, lt_text("TÊN %s", "NAME is %s"),
                       name_fault);
    else if (cause_fault[0] != '\0')
        (void)snprintf(ret_reason, LT_ASKING_REASON_MAX, "--cause %s", cause_fault);
    else
        all->name = (char *)utf8proc_NFC((const utf8proc_uint8_t *)typed);
}

static enum lt_result publish(struct publishing *all, char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_import_view view;
    size_t said = 0;
    const bool dry = all->given->values[O_DRY_RUN] != NULL;
    enum lt_result result = lt_import_look(all->given->dir, &view, ret_reason);
    if (result != LT_OK)
        return result;
    result = prepare(all, &view, ret_reason);
    lt_unread_warn(view.ledger);
    lt_import_look_end(
        &view); /* the words are copied: where no hub runs, the store is opened to write */
    if (result == LT_OK && !dry)
        result = lt_direct_say(all->given->dir, all->list, all->parts, &said, ret_reason);
    if (result == LT_OK)
        tell(all, !dry);
    return result;
}

int lt_hub_cmd_publish(int argc, char **argv)
{
    struct lt_options given;
    struct publishing all = {.given = &given};
    char reason[LT_ASKING_REASON_MAX] = "";
    int code = LT_EXIT_OK;
    enum lt_result result = LT_OK;
    bool asked = false;
    argc = lt_figures_words_take(argc, argv, &all.words);
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count != 1 || given.operands[0][0] == '\0')
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s",
                                lt_text("cần một TÊN", "one NAME is needed"));
    for (size_t i = 0; i < LT_WORD_COUNT; i++)
        asked = asked || given.values[i] != NULL;
    const bool restate = given.values[O_RESTATE] != NULL;
    if (restate ? asked || all.words.where_count > 0 : given.values[O_CAUSE] != NULL)
        return lt_options_usage(
            USAGE_VI, USAGE_EN, "%s",
            restate ? lt_text("--restate hỏi lại đúng câu đã công bố",
                              "--restate asks the published question again")
                    : lt_text("--cause đi cùng --restate", "--cause goes with --restate"));
    lt_figures_words_given(&given, &all.words);
    if (!restate)
        result = lt_figures_words_query(&all.words, &all.query, reason);
    if (result == LT_OK)
        check_texts(&all, reason);
    if (reason[0] != '\0')
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", reason);
    if (all.name == NULL)
        return lt_exit_of(LT_NO_MEMORY);
    result = publish(&all, reason);
    publishing_free(&all);
    if (result == LT_OK)
        return LT_EXIT_OK;
    (void)fprintf(stderr, "lienthong-hub publish: %s\n",
                  reason[0] != '\0' ? reason : lt_result_text(result));
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_REFUSED ||
                   result == LT_TOO_LARGE
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}
