#include "agent/intake_match.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cells.h"
#include "agent/text.h"
#include "proto/merge.h"

void lt_match_ref_key(const struct lt_row_ref *ref, uint8_t ret_key[16])
{
    memset(ret_key, 0, 16);
    memcpy(ret_key, &ref->import, sizeof(ref->import));
    memcpy(ret_key + 8, &ref->row, sizeof(ref->row));
}

enum lt_result lt_match_begin(struct lt_matcher *matcher, struct lt_intake *intake, size_t rows)
{
    struct lt_arena *arena = intake->arena;
    int64_t at;
    *matcher = (struct lt_matcher){.intake = intake};
    matcher->next_alike = lt_arena_take(arena, (rows + 1) * sizeof(*matcher->next_alike));
    matcher->persons = lt_arena_take(arena, (rows + 1) * sizeof(*matcher->persons));
    if (matcher->next_alike == NULL || matcher->persons == NULL ||
        !lt_seen_make(&matcher->exact, arena, rows) ||
        !lt_seen_make(&matcher->alike, arena, rows) ||
        !lt_seen_make(&matcher->refs, arena, rows * 2) ||
        !lt_seen_make(&matcher->decisions, arena, rows)) {
        return LT_NO_MEMORY;
    }
    memset(matcher->next_alike, 0, (rows + 1) * sizeof(*matcher->next_alike));
    memset(matcher->persons, 0, (rows + 1) * sizeof(*matcher->persons));
    matcher->known =
        lt_journal_import_of(intake->journal, &intake->content, &matcher->known_import, &at);
    matcher->brought =
        intake->options.take_back &&
        lt_journal_import_of(intake->journal, &intake->brought, &matcher->brought_import, &at);
    intake->known = matcher->known;
    return LT_OK;
}

/* ---- Answers ---- */

static void speak_of(struct lt_matcher *matcher, size_t index, const struct lt_row_ref *ref)
{
    uint8_t key[16];
    lt_match_ref_key(ref, key);
    lt_seen_add(&matcher->refs, key, (uint32_t)index + 1);
}

static uint32_t spoken_of(const struct lt_matcher *matcher, const struct lt_row_ref *ref)
{
    uint8_t key[16];
    lt_match_ref_key(ref, key);
    return lt_seen_find(&matcher->refs, key);
}

static void remember(struct lt_matcher *matcher, size_t index, const struct lt_said *said)
{
    uint32_t row = (uint32_t)index + 1;
    uint32_t first = lt_seen_find(&matcher->alike, said->natural.alike);
    matcher->persons[index] = said->person;
    if (first != 0) {
        matcher->next_alike[index] = matcher->next_alike[first - 1];
        matcher->next_alike[first - 1] = row;
    }
    lt_seen_add(&matcher->exact, said->natural.exact, row);
    lt_seen_add(&matcher->alike, said->natural.alike, row);
}

void lt_match_draft(const struct lt_matcher *matcher, const struct lt_answer *answer,
                    const struct lt_said *said, struct lt_draft *ret_draft)
{
    const struct lt_intake_options *options = &matcher->intake->options;
    bool removes = said->action == LT_ROW_RETRACT || said->action == LT_ROW_WITHDRAW;
    *ret_draft = (struct lt_draft){
        .ref = {options->import_id, answer->line},
        .op = said->action == LT_ROW_RETRACT    ? LIENTHONG__OP__OP_RETRACT
              : said->action == LT_ROW_WITHDRAW ? LIENTHONG__OP__OP_WITHDRAW
                                                : LIENTHONG__OP__OP_PUT,
        .body = removes ? NULL : said->body,
        .person = removes ? NULL : said->person,
        .reason = removes ? said->reason : NULL,
        .others = said->others,
        .named = said->named,
        .drafted_at = options->now,
    };
}

/* Without who it speaks of? */
static bool has_no_name(const struct lt_said *said)
{
    return said->body != NULL && said->person != NULL && lt_cells_no_name(said->person->name);
}

/* It says what was said last, by a key that is still good. (What a revoked one signed is said again by this one.) */
static bool is_in(const struct lt_found *found, bool removes, uint64_t value)
{
    if (found->verdict == LT_V_REVOKED)
        return false;
    return removes ? found->retracted
                   : !found->retracted && !found->contested && found->value == value;
}

/* Did this row of this very file say so of the record before? Then what came since stands: but what a revoked key
 * signed is said again, and a contest is settled for what is shown. */
static bool is_repeated(const struct lt_matcher *matcher, size_t index,
                        const struct lt_found *found, bool removes, uint64_t value)
{
    const struct lt_intake *intake = matcher->intake;
    const struct lt_row_ref row = {matcher->known_import, intake->answers[index].line};
    struct lt_row_ref record;
    bool said;
    return matcher->known && found->verdict != LT_V_REVOKED &&
           !(found->contested && found->value == value) &&
           (removes || found->import != matcher->known_import) &&
           lt_journal_row(intake->journal, &row, &record, &said) &&
           record.import == found->ref.import && record.row == found->ref.row;
}

static void answer_in(struct lt_matcher *matcher, struct lt_answer *answer,
                      const struct lt_found *found)
{
    answer->outcome = LT_ALREADY_IN;
    if (found->verdict != LT_COUNTS)
        answer->reason =
            lt_match_keep(matcher->intake, lt_text("không được tính: %s", "does not count: %s"),
                          lt_rows_verdict(found->verdict));
}

static void correct(const struct lt_matcher *matcher, struct lt_answer *answer,
                    const struct lt_said *said, const struct lt_found *found,
                    struct lt_draft *ret_draft)
{
    lt_match_draft(matcher, answer, said, ret_draft);
    ret_draft->corrects = true;
    ret_draft->record = found->ref;
    if (found->erased) {
        ret_draft->person = NULL;
    }
    answer->outcome = ret_draft->op == LIENTHONG__OP__OP_PUT ? LT_CORRECTED : LT_REMOVED;
    if (found->verdict == LT_V_REVOKED)
        answer->reason = lt_text("nay ký lại: khóa ký trước đây đã bị thu hồi",
                                 "signed again: the key that signed it was revoked");
}

/* The row is the record `found`: already in, a correction, or its removal. */
static bool settle(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                   const struct lt_found *found, struct lt_draft *ret_draft)
{
    struct lt_answer *answer = &matcher->intake->answers[index];
    uint32_t before = spoken_of(matcher, &found->ref);
    bool removes = said->action == LT_ROW_RETRACT || said->action == LT_ROW_WITHDRAW;
    bool drafted = false;
    answer->has_ref = true;
    answer->ref = found->ref;
    if (before != 0) {
        lt_match_ask_twice(matcher, answer, before);
        return false;
    }
    speak_of(matcher, index, &found->ref);
    /* A name that was erased does not come back; what else the row says may. One that cannot be read here is that of
     * the row when it is the very row, or says no other. */
    const bool nameless =
        found->erased || (found->hidden && (found->same_row || has_no_name(said)));
    const uint64_t value = nameless && said->body != NULL
                               ? lt_change_value(said->body, &matcher->intake->site.unit, 0, NULL)
                               : said->value;
    answer->value = removes ? 0 : value;
    if (found->retracted && said->action == LT_ROW_PUT) {
        lt_match_ask_retracted(matcher, answer, &found->ref);
        return false;
    }
    if (is_in(found, removes, value)) {
        answer_in(matcher, answer, found);
        return false;
    }
    if (is_repeated(matcher, index, found, removes, value)) {
        lt_match_repeated(answer);
        return false;
    }
    if (said->taken_back && lt_match_withdraw(matcher, index, said, found, ret_draft, &drafted)) {
        return drafted;
    }
    if (!found->retracted && said->has_version && said->version != lt_row_version(found->value)) {
        lt_match_outdated(matcher, answer, said, value, found->value);
        return false;
    }
    if (!removes && !found->retracted && found->kind != said->kind) {
        lt_match_refuse(answer, LT_COL_KIND, lt_rows_verdict(LT_V_KIND_CHANGED));
        return false;
    }
    if (!removes && !found->erased && has_no_name(said)) {
        lt_match_ask_name(answer);
        return false;
    }
    if (!removes && !said->has_ref && matcher->known && !found->same_row &&
        found->verdict == LT_COUNTS && found->import != matcher->known_import) {
        lt_match_ask_left_open(matcher, answer);
        return false;
    }
    correct(matcher, answer, said, found, ret_draft);
    return true;
}

static bool take_new(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                     struct lt_draft *ret_draft)
{
    struct lt_answer *answer = &matcher->intake->answers[index];
    if (said->action != LT_ROW_PUT) {
        lt_match_refuse(answer, LT_COL_ACTION,
                        lt_text("không tìm thấy bản ghi này", "there is no such record"));
        return false;
    }
    if (has_no_name(said)) {
        lt_match_ask_name(answer);
        return false;
    }
    lt_match_draft(matcher, answer, said, ret_draft);
    ret_draft->apart = said->is_new;
    answer->outcome = LT_TAKEN;
    answer->has_ref = true;
    answer->ref = ret_draft->ref;
    answer->value = said->value;
    speak_of(matcher, index, &answer->ref);
    return true;
}

/* ---- Which record ---- */

/* A record of a unit that this one succeeds, spoken of for the first time: there is nothing to compare with. */
static bool take_others(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                        struct lt_draft *ret_draft)
{
    const struct lt_found unknown = {.ref = said->ref,
                                     .kind = said->kind,
                                     .value = ~said->value,
                                     .retracted = said->action == LT_ROW_RESTORE};
    bool drafted = settle(matcher, index, said, &unknown, ret_draft);
    if (drafted) {
        matcher->intake->answers[index].reason =
            lt_text("bản ghi của đơn vị cũ: máy này không có để so, cấp trên xét",
                    "a record of a former unit: not here to compare with, the hubs judge it");
    }
    return drafted;
}

static enum lt_result by_reference(struct lt_matcher *matcher, size_t index,
                                   const struct lt_said *said, struct lt_search *search,
                                   struct lt_draft *ret_draft, bool *ret_drafted)
{
    struct lt_answer *answer = &matcher->intake->answers[index];
    enum lt_result result =
        lt_journal_record(matcher->intake->journal, &said->ref, lt_match_collect, search);
    bool missing = result == LT_NOT_FOUND || (result == LT_OK && search->count == 0);
    if (missing && said->others) {
        *ret_drafted = take_others(matcher, index, said, ret_draft);
        return LT_OK;
    }
    if (missing) {
        lt_match_refuse(
            answer, LT_COL_ROW_REF,
            lt_text("không có bản ghi nào mang mã dòng này", "no record has this reference"));
        return LT_OK;
    }
    if (result == LT_OK) {
        *ret_drafted = settle(matcher, index, said, &search->found[0], ret_draft);
    }
    return result;
}

/* Live ones among those found; those that no row has spoken of yet in *ret_free (NULL: none). */
static size_t count_live(const struct lt_matcher *matcher, const struct lt_search *search,
                         const struct lt_found **ret_free)
{
    size_t live = 0;
    *ret_free = NULL;
    for (size_t i = 0; i < search->count; i++) {
        if (!search->found[i].retracted) {
            live++;
            if (*ret_free == NULL && spoken_of(matcher, &search->found[i].ref) == 0) {
                *ret_free = &search->found[i];
            }
        }
    }
    return live;
}

/* Alike, but not surely another: the first such record or earlier row. */
static bool ask_if_alike(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                         const struct lt_search *alike)
{
    struct lt_answer *answer = &matcher->intake->answers[index];
    for (size_t i = 0; i < alike->count; i++) {
        if (!alike->found[i].retracted && !alike->found[i].two_people) {
            char ref[LT_ROW_REF_MAX];
            lt_row_ref_format(&alike->found[i].ref, ref);
            answer->has_ref = true;
            answer->ref = alike->found[i].ref;
            lt_match_ask_alike(matcher, answer, alike->found[i].what, ref);
            return true;
        }
    }
    for (uint32_t row = lt_seen_find(&matcher->alike, said->natural.alike); row != 0;
         row = matcher->next_alike[row - 1]) {
        const struct lt_answer *other = &matcher->intake->answers[row - 1];
        if (other->outcome != LT_ALREADY_IN && /* which the journal has answered for */
            !lt_match_two_people(matcher->persons[row - 1], said->person)) {
            lt_match_ask_twice(matcher, answer, row);
            return true;
        }
    }
    return false;
}

/* Is there another that says of the same: of two machines that took one file, one has taken back its own. */
static bool has_twin(const struct lt_matcher *matcher, const struct lt_said *said)
{
    struct lt_search twins = {.author = &matcher->intake->site.unit, .said = said};
    const struct lt_found *free_one;
    twins.key = said->natural.exact;
    return lt_journal_natural(matcher->intake->journal, twins.key, false, lt_match_collect,
                              &twins) == LT_OK &&
           count_live(matcher, &twins, &free_one) > 0;
}

/* The row of a file that came before is what it was then, whatever its record goes by now.
 * *ret_drafted as lt_match_row. True: it is answered. */
static bool by_known(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                     struct lt_draft *ret_draft, bool *ret_drafted)
{
    struct lt_intake *intake = matcher->intake;
    struct lt_search search = {.author = &intake->site.unit, .said = said};
    struct lt_row_ref ref = {matcher->brought ? matcher->brought_import : matcher->known_import,
                             intake->answers[index].line};
    if ((!matcher->known && !matcher->brought) ||
        lt_journal_record(intake->journal, &ref, lt_match_collect, &search) != LT_OK ||
        search.count == 0 || search.found[0].kind != said->kind) {
        return false;
    }
    if (search.found[0].retracted && said->action == LT_ROW_PUT && has_twin(matcher, said)) {
        return false;
    }
    search.found[0].same_row = true;
    *ret_drafted = settle(matcher, index, said, &search.found[0], ret_draft);
    return true;
}

/* A row that may be one whose name was erased: the clerk knows. True: it is answered. */
static bool by_erased(struct lt_matcher *matcher, size_t index, const struct lt_said *said)
{
    struct lt_intake *intake = matcher->intake;
    struct lt_answer *answer = &intake->answers[index];
    struct lt_search search = {.author = &intake->site.unit, .said = said};
    struct lt_natural nameless;
    if (said->body == NULL || said->person == NULL || said->others) {
        return false;
    }
    lt_natural_key(said->body, &intake->site.unit, 0, NULL, &nameless);
    search.key = nameless.exact;
    (void)lt_journal_natural(intake->journal, search.key, false, lt_match_collect, &search);
    for (size_t i = 0; i < search.count; i++) {
        const struct lt_found *found = &search.found[i];
        if ((found->erased || found->hidden) && !found->retracted &&
            spoken_of(matcher, &found->ref) == 0) {
            char text[LT_ROW_REF_MAX];
            lt_row_ref_format(&found->ref, text);
            answer->has_ref = true;
            answer->ref = found->ref;
            lt_match_ask_erased(matcher, answer, text, found->hidden);
            return true;
        }
    }
    return false;
}

/* "mới": a twin that is there already; else a new record. */
static bool by_word_new(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                        const struct lt_search *exact, const struct lt_search *alike,
                        struct lt_draft *ret_draft)
{
    const struct lt_found *free_one, *free_alike;
    size_t live = count_live(matcher, exact, &free_one);
    size_t others = count_live(matcher, alike, &free_alike);
    if (free_one != NULL && free_one->value == said->value && (live >= 2 || others > 0)) {
        return settle(matcher, index, said, free_one, ret_draft);
    }
    return take_new(matcher, index, said, ret_draft);
}

static bool by_natural(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                       const struct lt_search *exact, const struct lt_search *alike,
                       struct lt_draft *ret_draft)
{
    const struct lt_found *free_one;
    size_t live = count_live(matcher, exact, &free_one);
    uint32_t before = lt_seen_find(&matcher->exact, said->natural.exact);
    if (free_one != NULL) {
        /* Of twins the one that says the same. */
        for (size_t i = 0; i < exact->count; i++) {
            const struct lt_found *found = &exact->found[i];
            if (!found->retracted && found->value == said->value &&
                spoken_of(matcher, &found->ref) == 0) {
                free_one = found;
                break;
            }
        }
        if (before == 0 || free_one->value == said->value) {
            return settle(matcher, index, said, free_one, ret_draft);
        }
    }
    if (before != 0) {
        lt_match_ask_twice(matcher, &matcher->intake->answers[index], before);
        return false;
    }
    if (live > 0) { /* another row has spoken of it by its reference */
        return settle(matcher, index, said, &exact->found[0], ret_draft);
    }
    if (exact->count > 0) { /* retracted ones only */
        return settle(matcher, index, said, &exact->found[0], ret_draft);
    }
    if (ask_if_alike(matcher, index, said, alike)) {
        return false;
    }
    return take_new(matcher, index, said, ret_draft);
}

enum lt_result lt_match_row(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                            struct lt_draft *ret_draft, bool *ret_drafted)
{
    struct lt_intake *intake = matcher->intake;
    struct lt_search exact = {.author = &intake->site.unit, .said = said};
    struct lt_search alike = {.author = &intake->site.unit, .said = said, .alike = true};
    enum lt_result result = LT_OK;
    if (said->has_ref) {
        result = by_reference(matcher, index, said, &exact, ret_draft, ret_drafted);
        if (result != LT_OK) {
            return result;
        }
    } else if (!by_known(matcher, index, said, ret_draft, ret_drafted)) {
        exact.key = said->natural.exact;
        alike.key = said->natural.alike;
        result = lt_journal_natural(intake->journal, exact.key, false, lt_match_collect, &exact);
        if (result == LT_OK || result == LT_NOT_FOUND) {
            result = lt_journal_natural(intake->journal, alike.key, true, lt_match_collect, &alike);
        }
        if (result != LT_OK && result != LT_NOT_FOUND) {
            return result;
        }
        if (said->is_new) {
            *ret_drafted = by_word_new(matcher, index, said, &exact, &alike, ret_draft);
        } else if (exact.count > 0 || !by_erased(matcher, index, said)) {
            *ret_drafted = by_natural(matcher, index, said, &exact, &alike, ret_draft);
        }
    }
    enum lt_outcome outcome = intake->answers[index].outcome;
    intake->answers[index].held = outcome == LT_ALREADY_IN && !said->has_ref;
    if (said->body != NULL && !said->others && outcome != LT_NOT_TAKEN) {
        remember(matcher, index, said);
    }
    return LT_OK;
}
