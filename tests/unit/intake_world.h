/* intake_world.h - a site whose clerk imports files: what tests of intake.h share. */
#ifndef LT_INTAKE_WORLD_H
#define LT_INTAKE_WORLD_H

#include "tests/unit/site_world.h"

#include "agent/text.h"

static struct site_world world;

static inline int setup(void **state)
{
    (void)state;
    lt_text_language("vi");
    world_open(&world, true);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

#define HEAD "Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Nơi công tác;Chức vụ;Mã dòng\n"

static inline struct lt_intake *read_with(const char *text, bool replace)
{
    struct lt_intake *intake;
    struct lt_sheet_fault fault = {0};
    struct lt_intake_options options = {
        .file = "thử.csv", .replace = replace, .import_id = world.next_import++, .now = 1700000000};
    struct lt_bytes bytes = {(const uint8_t *)text, strlen(text)};
    if (lt_intake_read(world.journal, bytes, &options, &intake, &fault) != LT_OK) {
        fail_msg("%s", fault.text);
    }
    return intake;
}

/* A letter a row: Taken, Corrected, Removed, Already in, aSked, Not taken. */
static inline void expect_outcomes(const struct lt_intake *intake, const char *outcomes)
{
    static const char letters[] = "TCRASN";
    assert_int_equal(intake->answer_count, strlen(outcomes));
    for (size_t i = 0; i < intake->answer_count; i++) {
        if (letters[intake->answers[i].outcome] != outcomes[i]) {
            fail_msg("row %zu is %s (%s), not %c", i, lt_outcome_name(intake->answers[i].outcome),
                     intake->answers[i].reason, outcomes[i]);
        }
    }
}

static inline struct lt_intake *import_with(const char *text, bool replace, bool retract,
                                            const char *outcomes)
{
    struct lt_intake *intake = read_with(text, replace);
    expect_outcomes(intake, outcomes);
    assert_int_equal(lt_intake_store(intake, retract), LT_OK);
    return intake;
}

static inline void import(const char *text, const char *outcomes)
{
    lt_intake_free(import_with(text, false, false, outcomes));
}

/* What a clerk has reported. */
struct tally {
    size_t live, retracted;
    char names[4000];
    struct lt_row_ref refs[64];
};

static inline bool count(void *context, const struct lt_record_view *record)
{
    struct tally *tally = context;
    if (record->retracted) {
        tally->retracted++;
        return true;
    }
    tally->refs[tally->live++] = record->ref;
    if (record->person != NULL) {
        strcat(tally->names, record->person->name);
        strcat(tally->names, "|");
    }
    return true;
}

static inline struct tally tally_now(void)
{
    struct tally tally = {0};
    assert_int_equal(lt_journal_records(world.journal, count, &tally), LT_OK);
    return tally;
}

#endif
