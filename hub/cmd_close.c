/* cmd_close - closes a period: fixes which updates it stands by. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/commands.h"
#include "hub/completeness.h"
#include "hub/cut.h"
#include "hub/import.h"
#include "hub/period_question.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub close --place MÃ[@NGÀY] --period KỲ [--kind LOẠI] [--dry-run] "
    "[--yes]\n"
    "           [--json] [--dir D]\n"
    "  KỲ: 2024, 2024/2025, 2020-2025, 2024-05, 2024-Q1, 2024-H1\n"
    "  Khóa kỳ: những gì đến sau vẫn được nhận và tính, và được liệt kê là trễ (lệnh late).\n"
    "  Cần --yes khi còn đơn vị chưa chốt hoặc kỳ đã khóa trước đó.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub close --place CODE[@DATE] --period P [--kind KIND] [--dry-run] [--yes]\n"
    "           [--json] [--dir D]\n"
    "  P: 2024, 2024/2025, 2020-2025, 2024-05, 2024-Q1, 2024-H1\n"
    "  Closes a period: what comes later is taken and counted, and listed as late (command late).\n"
    "  --yes is needed while units have not declared, or when the period is closed already.\n";

enum { O_DRY_RUN = LT_ASK_COUNT, O_YES, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    LT_PERIOD_QUESTION_OPTIONS, {"--dry-run", false}, {"--yes", false}};

/* The directives of a closing; what they point to is here. */
struct saying {
    struct lt_period_question question;
    struct lt_completeness sum;
    struct lt_cut cut;
    char objection[200], name[LT_TEXT_BYTES_MAX + 1]; /* what stands against it; the place's name */
    struct lt_unit place_room;
    Lienthong__Unit place;
    Lienthong__Period period;
    size_t parts;
    Lienthong__Directive *items, **list;
    Lienthong__Closing *closings;
};

static void saying_free(struct saying *saying)
{
    for (size_t i = 0; saying->closings != NULL && i < saying->parts; i++)
        free(saying->closings[i].cut);
    free(saying->closings);
    free(saying->items);
    free(saying->list);
    lt_cut_free(&saying->cut);
}

static enum lt_result build(struct saying *saying)
{
    const struct lt_period *period = &saying->question.period;
    saying->parts = lt_cut_parts(&saying->cut);
    saying->items = calloc(saying->parts, sizeof *saying->items);
    saying->list = calloc(saying->parts, sizeof(Lienthong__Directive *));
    saying->closings = calloc(saying->parts, sizeof *saying->closings);
    if (saying->items == NULL || saying->list == NULL || saying->closings == NULL)
        return LT_NO_MEMORY;
    lt_entry_wire(saying->question.place, &saying->place_room, &saying->place);
    lienthong__period__init(&saying->period);
    saying->period.kind = (Lienthong__PeriodKind)period->kind;
    saying->period.from = period->from;
    saying->period.to = period->to;
    for (size_t i = 0; i < saying->parts; i++) {
        Lienthong__Closing *closing = &saying->closings[i];
        lienthong__directive__init(&saying->items[i]);
        lienthong__closing__init(closing);
        saying->list[i] = &saying->items[i];
        saying->items[i].closing = closing;
        closing->period = &saying->period;
        closing->place = &saying->place;
        closing->kind = (Lienthong__RecordKind)saying->question.kind;
        closing->part = (uint32_t)i + 1;
        closing->parts = (uint32_t)saying->parts;
        closing->day = lt_today();
        closing->cut = lt_cut_wire(&saying->cut, i + 1, &closing->n_cut);
        if (closing->cut == NULL)
            return LT_NO_MEMORY;
    }
    return LT_OK;
}

/* What stands against closing now; "": nothing. */
static void object(struct saying *saying)
{
    const struct lt_completeness *sum = &saying->sum;
    if (sum->closing != NULL && sum->closing->place == saying->question.place)
        (void)snprintf(saying->objection, sizeof saying->objection, "%s",
                       lt_text("kỳ đã khóa; khóa lại thì những gì đến trễ không còn là trễ",
                               "it is closed; closing it again takes in what came late"));
    else if (sum->expected > sum->declared)
        (void)snprintf(saying->objection, sizeof saying->objection,
                       lt_text("%llu trong %llu đơn vị phải báo cáo chưa chốt (lệnh completeness)",
                               "%llu of the %llu units that owe it have not declared (command "
                               "completeness)"),
                       (unsigned long long)(sum->expected - sum->declared),
                       (unsigned long long)sum->expected);
}

/* What is to be closed as it is now, checked, and built. */
static enum lt_result prepare(struct lt_ledger *ledger, const struct lt_options *given,
                              struct saying *saying, char ret_reason[LT_ASKING_REASON_MAX])
{
    Lienthong__DirectiveBody body;
    const struct lt_period_question *question = &saying->question;
    enum lt_result result =
        lt_period_question_read(lt_ledger_book(ledger), given, &saying->question, ret_reason);
    if (result == LT_OK)
        result = lt_completeness_ask(ledger, question->place, &question->period, question->kind, 0,
                                     NULL, NULL, &saying->sum);
    if (result == LT_OK)
        result = lt_cut_now(ledger, question->place, &saying->cut);
    if (result == LT_OK)
        result = build(saying);
    if (result != LT_OK)
        return result;
    object(saying);
    (void)snprintf(saying->name, sizeof saying->name, "%s", question->place->name);
    lienthong__directive_body__init(&body);
    body.items = saying->list;
    body.n_items = saying->parts;
    return lt_direct_check(ledger, &body, NULL, ret_reason);
}

static void tell(const struct lt_options *given, const struct saying *saying, bool done)
{
    char period[LT_PERIOD_TEXT_MAX], unit[LT_UNIT_TEXT_MAX], chains[LT_NUMBER_TEXT_MAX];
    lt_period_format(&saying->question.period, period);
    lt_unit_format(&saying->place_room, unit);
    lt_text_number((int64_t)saying->cut.count, chains);
    if (given->json)
        (void)printf("{\"schema\":\"lienthong.close/1\",\"place\":\"%s\",\"period\":\"%s\","
                     "\"chains\":%zu,\"expected\":%llu,\"declared\":%llu,\"closed\":%s}\n",
                     unit, period, saying->cut.count, (unsigned long long)saying->sum.expected,
                     (unsigned long long)saying->sum.declared, done ? "true" : "false");
    else
        (void)printf(done ? lt_text("Đã khóa kỳ %s của %s %s: %s đơn vị đã có báo cáo.\n",
                                    "Closed %s of %s %s: %s units had sent something.\n")
                          : lt_text("Sẽ khóa kỳ %s của %s %s: %s đơn vị đã có báo cáo.\n",
                                    "Would close %s of %s %s: %s units have sent something.\n"),
                     period, unit, saying->name, chains);
}

static enum lt_result decide(const struct lt_options *given, struct saying *saying,
                             char ret_reason[LT_ASKING_REASON_MAX])
{
    size_t said = 0;
    const bool dry = given->values[O_DRY_RUN] != NULL;
    if (saying->objection[0] != '\0' && given->values[O_YES] == NULL) {
        (void)snprintf(ret_reason, LT_ASKING_REASON_MAX, "%s; %s", saying->objection,
                       lt_text("--yes để vẫn khóa", "--yes closes it all the same"));
        if (!dry)
            return LT_REFUSED;
        (void)fprintf(stderr, "%s\n", ret_reason);
    }
    const enum lt_result result =
        dry ? LT_OK : lt_direct_say(given->dir, saying->list, saying->parts, &said, ret_reason);
    if (result == LT_OK)
        tell(given, saying, !dry);
    return result;
}

int lt_hub_cmd_close(int argc, char **argv)
{
    struct lt_options given;
    struct lt_import_view view;
    struct saying saying = {0};
    char reason[LT_ASKING_REASON_MAX] = "";
    int code = LT_EXIT_OK;
    if (!lt_period_question_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    enum lt_result result = lt_import_look(given.dir, &view, reason);
    if (result == LT_OK) {
        result = prepare(view.ledger, &given, &saying, reason);
        lt_import_look_end(
            &view); /* the words are copied: where no hub runs, the store is opened to write */
        if (result == LT_OK)
            result = decide(&given, &saying, reason);
    }
    saying_free(&saying);
    if (result == LT_OK)
        return LT_EXIT_OK;
    (void)fprintf(stderr, "lienthong-hub close: %s\n",
                  reason[0] != '\0' ? reason : lt_result_text(result));
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_REFUSED
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}
