/* Who has declared a period, and who is missing; as the command `completeness`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/completeness.h"
#include "hub/period_question.h"
#include "hub/web/heat.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/places.h"

enum { ROWS_A_PAGE = 100 };

static const struct lt_grid_column columns[] = {
    {"unit", "Mã", "Code", LT_GRID_TEXT},
    {"name", "Đơn vị", "Unit", LT_GRID_TEXT},
    {"state", NULL, NULL, LT_GRID_TEXT},
    {"what_to_do", "Tình trạng", "State", LT_GRID_TEXT},
    {"due", "Hạn", "Due", LT_GRID_TEXT},
    {"late", "Trễ", "Late", LT_GRID_TEXT}, /* the public switch shows those up to here */
    {"mismatch", "Số không khớp", "Totals that differ", LT_GRID_TEXT},
    {"quarantined", "Bị giữ lại", "Quarantined", LT_GRID_NUMBER},
    {"contested", "Tranh chấp", "Contested", LT_GRID_NUMBER},
    {"newest", "Ký gần nhất", "Last signed", LT_GRID_TIME},
};

enum { SHOWN_COLUMNS = 6, ALL_COLUMNS = sizeof columns / sizeof columns[0] };

/* A unit directly below the asked place, and what lies below it. */
struct part {
    const struct lt_place *place;
    char name[LT_TEXT_BYTES_MAX + 1], code[LT_UNIT_TEXT_MAX];
    uint64_t expected, done;
};
struct gathering {
    struct lt_grid *grid;
    const struct lt_place *place;
    struct part *parts;
    size_t part_count, part_room;
    bool failed;
    bool missing, late; /* only these */
    bool shown; /* by the public switch */
};

/* By the public switch: who has declared, and not how well that fits what was told. */
static struct lt_unit_state without_totals(const struct lt_unit_state *state)
{
    struct lt_unit_state told = *state;
    told.mismatch = false;
    told.quarantined = told.contested = 0;
    return told;
}

static const char *words_of(const struct lt_unit_state *state, bool shown)
{
    return shown && state->owed == LT_OWED_DECLARED ? lt_text("đã chốt", "declared")
                                                    : lt_unit_state_words(state);
}

static const char *tone_of(const struct lt_unit_state *state)
{
    if (state->mismatch || (state->overdue && state->owed != LT_OWED_EXEMPT))
        return "bad";
    return state->owed == LT_OWED_MISSING || state->owed == LT_OWED_REPORTED ||
                   state->quarantined > 0
               ? "warn"
           : state->owed == LT_OWED_EXEMPT ? NULL
                                           : "good";
}

static struct part *part_of(struct gathering *gathering, const struct lt_place *place)
{
    for (size_t i = gathering->part_count; i > 0; i--) /* those of one come together mostly */
        if (gathering->parts[i - 1].place == place)
            return &gathering->parts[i - 1];
    if (gathering->part_count == gathering->part_room) {
        const size_t room = gathering->part_room == 0 ? 64 : 2 * gathering->part_room;
        struct part *parts = realloc(gathering->parts, room * sizeof *parts);
        if (parts == NULL) {
            gathering->failed = true;
            return NULL;
        }
        gathering->parts = parts;
        gathering->part_room = room;
    }
    struct part *part = &gathering->parts[gathering->part_count++];
    *part = (struct part){.place = place};
    (void)snprintf(part->name, sizeof part->name, "%s", place->name);
    lt_unit_format(&place->unit, part->code);
    return part;
}

static void count_part(struct gathering *gathering, const struct lt_unit_state *state)
{
    struct part *part = state->owed == LT_OWED_EXEMPT
                            ? NULL
                            : part_of(gathering, lt_heat_branch(state->place, gathering->place));
    if (part == NULL)
        return;
    part->expected++;
    part->done += state->owed == LT_OWED_DECLARED || state->owed == LT_OWED_NIL;
}

static bool add(void *context, const struct lt_unit_state *seen)
{
    struct gathering *gathering = context;
    const struct lt_unit_state told = without_totals(seen),
                               *state = gathering->shown ? &told : seen;
    const bool links = !gathering->shown;
    count_part(gathering, state);
    struct lt_grid *grid = gathering->grid;
    char unit[LT_UNIT_TEXT_MAX], due[11] = "", address[LT_UNIT_TEXT_MAX + 8];
    const bool open = state->owed == LT_OWED_MISSING || state->owed == LT_OWED_REPORTED;
    if ((gathering->missing && !open) || (gathering->late && !state->late))
        return true;
    lt_unit_format(&state->place->unit, unit);
    (void)snprintf(address, sizeof address, "/units/%s", unit);
    if (state->due != 0)
        lt_day_format_iso(state->due, due);
    lt_grid_link(grid, unit, links ? address : NULL);
    lt_grid_link(grid, state->place->name, links ? address : NULL);
    lt_grid_text(grid, lt_owed_name(state->owed));
    lt_grid_tone(grid, words_of(state, gathering->shown), tone_of(state));
    lt_grid_text(grid, due);
    lt_grid_text(grid, state->late ? lt_text("trễ", "late") : "");
    if (gathering->shown)
        return !lt_grid_failed(grid);
    lt_grid_text(grid, state->totals);
    lt_grid_number(grid, (int64_t)state->quarantined);
    lt_grid_number(grid, (int64_t)state->contested);
    lt_grid_time(grid, state->newest);
    return !gathering->failed && !lt_grid_failed(grid);
}

/* ---- The page ---- */

struct question {
    const char *place, *period, *kind;
    char home[LT_UNIT_TEXT_MAX], last[8];
    struct lt_period_question read;
};

static enum lt_result read_question(struct lt_asked *asked, struct question *question,
                                    char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_options given = {.json = false};
    const struct lt_place *home = lt_asked_home(asked);
    int year, month, day;
    lt_day_split(lt_today(), &year, &month, &day);
    (void)snprintf(question->last, sizeof question->last, "%d", lt_web_page_year(home, year - 1));
    question->place = lt_asked_value(asked, "place");
    if (question->place == NULL && home != NULL) {
        lt_unit_format(&home->unit, question->home);
        question->place = question->home;
    }
    question->period = lt_asked_value(asked, "period");
    if (question->period == NULL)
        question->period = question->last;
    question->kind = lt_asked_value(asked, "kind");
    if (question->place == NULL)
        return LT_NOT_FOUND;
    given.values[LT_ASK_PLACE] = question->place;
    given.values[LT_ASK_PERIOD] = question->period;
    given.values[LT_ASK_KIND] = question->kind;
    enum lt_result result = lt_period_question_read(lt_ledger_book(asked->web->ledger), &given,
                                                    &question->read, ret_reason);
    return result == LT_OK && !lt_asked_may_see(asked, question->read.place) ? LT_REFUSED : result;
}

static void ask_again(struct lt_asked *asked, const struct question *question, struct lt_out *out)
{
    const char *only = lt_asked_value(asked, "only");
    lt_out_raw(out, "<form class=\"ask\" method=\"get\" action=\"/completeness\">");
    lt_places_field(out, lt_places_label(asked), question->place);
    lt_places_list(asked, out, question->place);
    lt_web_page_field(out, "period", lt_text("Kỳ", "Period"), question->period, "text");
    lt_out_print(out, "<label>%s <select name=\"only\">", lt_text("Chỉ", "Only"));
    lt_web_page_option(out, "", lt_text("tất cả", "all"), only);
    lt_web_page_option(out, "missing", lt_text("còn thiếu", "missing"), only);
    lt_web_page_option(out, "late", lt_text("trễ", "late"), only);
    lt_out_print(out, "</select></label><button>%s</button></form>\n", lt_text("Xem", "Show"));
}

/* "1.200 / 3.321" */
static void put_share(struct lt_out *out, uint64_t done, uint64_t of)
{
    char left[LT_NUMBER_TEXT_MAX], right[LT_NUMBER_TEXT_MAX];
    lt_text_number((int64_t)done, left);
    lt_text_number((int64_t)of, right);
    lt_out_print(out, "%s / %s", left, right);
}

/* A bar of who has declared, drawn so that it can also be read. */
static void bar(struct lt_out *out, const struct lt_completeness *sum)
{
    enum { WIDTH = 400 };
    const uint64_t done = sum->declared; /* nil among them */
    if (sum->expected == 0)
        return;
    lt_out_print(out,
                 "<svg class=\"bar\" role=\"img\" preserveAspectRatio=\"none\" viewBox=\"0 0 %d "
                 "14\" aria-label=\"",
                 WIDTH);
    put_share(out, done, sum->expected);
    lt_out_print(out,
                 "\"><rect class=\"all\" width=\"%d\" height=\"14\" rx=\"4\"/>"
                 "<rect class=\"done\" width=\"%llu\" height=\"14\" rx=\"4\"/></svg>",
                 WIDTH, (unsigned long long)(done * WIDTH / sum->expected));
}

/* Each part as a field, the fuller the more of it has declared; and in numbers, for who sees no colours. */
static void put_parts(const struct question *question, const struct gathering *gathering,
                      struct lt_out *out)
{
    if (gathering->part_count < 2)
        return;
    lt_out_print(out, "<h2>%s</h2><ul class=\"fields\">",
                 lt_text("Theo đơn vị trực thuộc", "By unit directly below"));
    for (size_t i = 0; i < gathering->part_count; i++) {
        const struct part *part = &gathering->parts[i];
        const unsigned tenths = (unsigned)(part->done * 10 / part->expected);
        lt_out_print(out, "<li class=\"field full-%u\"><a href=\"/completeness?place=", tenths);
        lt_out_url(out, part->code);
        lt_out_raw(out, "&amp;period=");
        lt_out_url(out, question->period);
        lt_out_raw(out, "\">");
        lt_out_text(out, part->name);
        lt_out_raw(out, "</a> <span>");
        put_share(out, part->done, part->expected);
        lt_out_raw(out, "</span></li>");
    }
    lt_out_raw(out, "</ul>");
}

static void show(struct lt_asked *asked, struct lt_answer *answer, const struct question *question,
                 const struct lt_completeness *sum, const struct gathering *gathering,
                 const char *title)
{
    struct lt_grid *grid = gathering->grid;
    struct lt_out *out = &answer->body;
    char words[LT_COMPLETENESS_WORDS_MAX];
    lt_web_page_begin(asked, answer, title, "completeness");
    ask_again(asked, question, out);
    lt_web_page_ended(out, question->read.place);
    lt_out_raw(out, "<ul class=\"tiles\">");
    lt_web_page_tile(out, (int64_t)sum->expected, lt_text("phải báo cáo", "owe a declaration"), "",
                     NULL);
    lt_web_page_tile(out, (int64_t)sum->declared, lt_text("đã chốt", "declared"),
                     sum->declared > 0 ? "good" : "", NULL);
    lt_web_page_tile(out, (int64_t)sum->nil, lt_text("không phát sinh (0)", "nil (0)"),
                     sum->nil > 0 ? "good" : "", NULL);
    lt_web_page_tile(out, (int64_t)sum->reported, lt_text("có báo cáo, chưa chốt", "reported only"),
                     sum->reported > 0 ? "warn" : "", NULL);
    lt_web_page_tile(out, (int64_t)sum->missing, lt_text("chưa có gì", "missing"),
                     sum->missing > 0 ? "bad" : "", NULL);
    lt_web_page_tile(out, (int64_t)sum->late, lt_text("trễ", "late"), sum->late > 0 ? "warn" : "",
                     NULL);
    lt_out_raw(out, "</ul>");
    bar(out, sum);
    if (sum->expected == 0) {
        lt_out_print(
            out, "<p class=\"hint\">%s ",
            lt_text("Không ai phải báo cáo kỳ này ở đây. Nghĩa vụ báo cáo được nhập bằng:",
                    "Nobody owes anything for this period here. What is owed is said by:"));
        lt_web_page_command(asked, out, "lienthong-hub obligations import");
        lt_out_raw(out, "</p>");
    }
    if (!gathering->shown) {
        lt_completeness_words(sum, words);
        lt_out_raw(out, "<p class=\"note\">");
        lt_out_text(out, words);
        lt_out_raw(out, "</p>");
    }
    put_parts(question, gathering, out);
    lt_web_page_grid(asked, answer, grid, ROWS_A_PAGE, title);
    lt_web_page_end(asked, answer);
}

static void answer_with(struct lt_asked *asked, struct lt_answer *answer,
                        const struct question *question, struct gathering *gathering)
{
    struct lt_completeness sum;
    char title[400];
    (void)snprintf(title, sizeof title, lt_text("%s, kỳ %s: đủ và thiếu", "%s, %s: completeness"),
                   question->read.place->name, question->period);
    if (!lt_asked_slow(asked, answer))
        return;
    enum lt_result result =
        lt_completeness_ask(asked->web->ledger, question->read.place, &question->read.period,
                            question->read.kind, lt_today(), add, gathering, &sum);
    if (result == LT_OK && gathering->failed)
        result = LT_NO_MEMORY;
    const bool data = result == LT_OK &&
                      lt_web_page_data(asked, answer, gathering->grid,
                                       "lienthong.completeness-shown/1", "", title, "completeness");
    lt_asked_done(asked);
    if (result != LT_OK)
        lt_answer_result(asked, answer, result, "");
    else if (!data)
        show(asked, answer, question, &sum, gathering, title);
}

void lt_page_completeness(struct lt_asked *asked, struct lt_answer *answer)
{
    struct question question;
    char reason[LT_ASKING_REASON_MAX] = "";
    const char *only = lt_asked_value(asked, "only");
    enum lt_result result = read_question(asked, &question, reason);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, result, reason);
        return;
    }
    const bool shown = asked->web->settings.shown;
    struct gathering gathering = {
        .grid = lt_grid_new(columns, shown ? (size_t)SHOWN_COLUMNS : (size_t)ALL_COLUMNS),
        .place = question.read.place,
        .missing = only != NULL && strcmp(only, "missing") == 0,
        .late = only != NULL && strcmp(only, "late") == 0,
        .shown = shown,
    };
    answer->body.failed = gathering.grid == NULL;
    if (!answer->body.failed)
        answer_with(asked, answer, &question, &gathering);
    lt_grid_free(gathering.grid);
    free(gathering.parts);
}
