/* cmd_review - the figures of a year-end review as a text. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/options.h"
#include "agent/text.h"
#include "agent/today.h"
#include "hub/commands.h"
#include "hub/review.h"
#include "hub/unread.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub review --place MÃ[@NGÀY] --year NĂM [--basis achieved|decided]\n"
    "           [--tree NGÀY|today] [--json] [--dir D]\n"
    "  NĂM: 2020, hoặc 2015-2020 cho cả giai đoạn.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub review --place CODE[@DATE] --year Y [--basis achieved|decided]\n"
    "           [--tree DATE|today] [--json] [--dir D]\n"
    "  Y: 2020, or 2015-2020 for the span.\n";

enum { O_PLACE, O_YEAR, O_BASIS, O_TREE, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--place", true}, {"--year", true}, {"--basis", true}, {"--tree", true}};
enum { REASON_MAX = 400 };

static void years_words(const struct lt_figures_query *query, char ret_text[40])
{
    if (query->year_from == query->year_to)
        (void)snprintf(ret_text, 40, lt_text("năm %d", "year %d"), query->year_to);
    else
        (void)snprintf(ret_text, 40,
                       query->span ? lt_text("giai đoạn %d–%d", "period %d–%d")
                                   : lt_text("các năm %d đến %d", "years %d to %d"),
                       query->year_from, query->year_to);
}

static void put_text(const struct lt_figures_query *query, const struct lt_review *review)
{
    char years[40], unit[LT_UNIT_TEXT_MAX], updates[LT_NUMBER_TEXT_MAX], when[LT_WHEN_TEXT_MAX],
        directives[65];
    unsigned section = 0;
    years_words(query, years);
    lt_unit_format(&query->place->unit, unit);
    (void)printf(lt_text("Kết quả thi đua, khen thưởng %s: %s (%s)\n",
                         "Emulation and commendation, %s: %s (%s)\n"),
                 years, query->place->name, unit);
    for (size_t i = 0; i < review->count; i++)
        if (review->lines[i].heading)
            (void)printf("\n%u. %s\n", ++section, review->lines[i].text);
        else
            (void)printf("   - %s.\n", review->lines[i].text);
    if (review->empty)
        (void)fputs(lt_text("\nChưa có số liệu nào được báo cáo.\n", "\nNothing was reported.\n"),
                    stdout);
    lt_text_number((int64_t)review->updates, updates);
    lt_text_when((int64_t)time(NULL), when);
    lt_hex(review->directives.bytes, 32, directives);
    (void)printf(
        lt_text("\nSố liệu theo %s; gồm %s bản cập nhật; theo chỉ thị %.12s; lập lúc %s.%s\n",
                "\nFigures by the %s; of %s updates; judged by directives %.12s; made at "
                "%s.%s\n"),
        query->decided ? lt_text("ngày quyết định", "date of decision")
                       : lt_text("thời gian lập thành tích", "period of achievement"),
        updates, directives, when,
        review->rebuilding
            ? lt_text(" Đang tính lại theo chỉ thị mới.", " Being judged again by new directives.")
            : "");
}

static bool put_json(const struct lt_figures_query *query, const struct lt_review *review)
{
    char unit[LT_UNIT_TEXT_MAX], directives[65];
    json_t *lines = json_array();
    int bad = lines == NULL;
    for (size_t i = 0; i < review->count; i++)
        bad |= json_array_append_new(lines, json_pack("{s:b, s:s}", "heading",
                                                      (int)review->lines[i].heading, "text",
                                                      review->lines[i].text));
    lt_unit_format(&query->place->unit, unit);
    lt_hex(review->directives.bytes, 32, directives);
    json_t *document =
        bad != 0 ? NULL
                 : json_pack("{s:s, s:s, s:i, s:i, s:b, s:s, s:s, s:I, s:b, s:o}", "schema",
                             "lienthong.review/1", "place", unit, "year_from", query->year_from,
                             "year_to", query->year_to, "span", (int)query->span, "basis",
                             query->decided ? "decided" : "achieved", "directives", directives,
                             "updates", (json_int_t)review->updates, "rebuilding",
                             (int)review->rebuilding, "lines", lines);
    char *text = document == NULL ? NULL : json_dumps(document, JSON_INDENT(1));
    json_decref(document);
    bool good = text != NULL && puts(text) >= 0;
    free(text);
    return good;
}

static enum lt_result parse(const struct lt_options *given, struct lt_figures_query *query,
                            char ret_reason[REASON_MAX])
{
    const char *basis = given->values[O_BASIS];
    if (given->values[O_PLACE] == NULL || given->values[O_YEAR] == NULL ||
        given->operand_count > 0) {
        (void)snprintf(ret_reason, REASON_MAX, "%s",
                       lt_text("cần --place và --year", "--place and --year are needed"));
        return LT_USAGE;
    }
    if (basis != NULL && strcmp(basis, "achieved") != 0 && strcmp(basis, "decided") != 0) {
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("--basis là achieved hoặc decided, không phải \"%.40s\"",
                               "--basis is achieved or decided, not \"%.40s\""),
                       basis);
        return LT_USAGE;
    }
    query->decided = basis != NULL && strcmp(basis, "decided") == 0;
    enum lt_result result = lt_figures_parse_year(given->values[O_YEAR], query, ret_reason);
    if (result == LT_OK && given->values[O_TREE] != NULL)
        result = lt_figures_parse_tree(given->values[O_TREE], lt_today(), query, ret_reason);
    return result;
}

static enum lt_result show(struct lt_ledger *ledger, const struct lt_options *given,
                           struct lt_figures_query *query, char ret_reason[REASON_MAX])
{
    struct lt_review review;
    bool good = true;
    enum lt_result result =
        lt_figures_find_place(lt_ledger_book(ledger), given->values[O_PLACE], query, ret_reason);
    if (result == LT_OK)
        result = lt_review_make(ledger, query, &review, ret_reason);
    if (result != LT_OK)
        return result;
    if (given->json)
        good = put_json(query, &review);
    else
        put_text(query, &review);
    lt_review_clear(&review);
    if (good && fflush(stdout) == 0 && ferror(stdout) == 0)
        return LT_OK;
    (void)snprintf(ret_reason, REASON_MAX, "%s", lt_text("không ghi ra được", "cannot write"));
    return LT_IO;
}

int lt_hub_cmd_review(int argc, char **argv)
{
    struct lt_options given;
    struct lt_figures_query query = {0};
    struct lt_ledger *ledger;
    char reason[REASON_MAX] = "", opening[200] = "";
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    enum lt_result result = parse(&given, &query, reason);
    if (result != LT_OK)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", reason);
    result = lt_ledger_open(given.dir, true, &ledger, opening);
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub review: %s\n", opening);
        return LT_EXIT_FAILED;
    }
    result = show(ledger, &given, &query, reason);
    lt_unread_warn(ledger);
    lt_ledger_close(ledger);
    if (result == LT_OK)
        return LT_EXIT_OK;
    (void)fprintf(stderr, "lienthong-hub review: %s\n",
                  reason[0] != '\0' ? reason : lt_text_result(result));
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_TOO_LARGE
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}
