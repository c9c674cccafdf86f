/* The same content again, and a file that is taken back: what came since stands, and what others brought. */
#include "tests/unit/intake_world.h"

#define NOTED "Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Ghi chú;Mã dòng;Thao tác\n"
#define ROW(name, note, ref, action)                                                               \
    "GK;1;05/02/2021;2020;cá nhân;" name ";" note ";" ref ";" action "\n"

static struct lt_intake *read_as(const char *file, const char *text, bool take_back,
                                 const char *outcomes)
{
    struct lt_intake *intake;
    struct lt_sheet_fault fault = {0};
    struct lt_intake_options options = {
        .file = file, .take_back = take_back, .import_id = world.next_import++, .now = 1700000000};
    struct lt_bytes bytes = {(const uint8_t *)text, strlen(text)};
    if (lt_intake_read(world.journal, bytes, &options, &intake, &fault) != LT_OK) {
        fail_msg("%s", fault.text);
    }
    expect_outcomes(intake, outcomes);
    assert_int_equal(lt_intake_store(intake, false), LT_OK);
    return intake;
}

static void take(const char *file, const char *text, const char *outcomes)
{
    lt_intake_free(read_as(file, text, false, outcomes));
}

static void take_back(const char *file, const char *text, const char *outcomes)
{
    lt_intake_free(read_as(file, text, true, outcomes));
}

/* Names and notes of what is live, in the order of being put: "A/1|B/|". */
static bool write_down(void *context, const struct lt_record_view *record)
{
    char *said = context;
    if (!record->retracted) {
        strcat(said, record->person->name);
        strcat(said, "/");
        strcat(said, record->body->changes[record->index]->award->note);
        strcat(said, "|");
    }
    return true;
}

static void expect(const char *expected)
{
    char said[2000] = "";
    assert_int_equal(lt_journal_records(world.journal, write_down, said), LT_OK);
    assert_string_equal(said, expected);
}

static const char first[] = NOTED ROW("A", "1", "", "") ROW("B", "1", "", "") ROW("C", "1", "", "");

static void what_came_since_stands(void **state)
{
    (void)state;
    /* The same rows in a file of their own: it told nothing new. */
    static const char second[] =
        NOTED "\n" ROW("A", "1", "", "") ROW("B", "1", "", "") ROW("C", "1", "", "");
    take("x.csv", first, "TTT");
    take("y.csv", second, "AAA");
    world_sign(&world);
    /* Note and name corrected, and one that is a row without a reference. */
    take("z.csv",
         NOTED ROW("A", "2", "1000000000000001-2", "") ROW("Bê", "1", "1000000000000001-3", "")
             ROW("C", "2", "", ""),
         "CCC");
    for (int signs = 0; signs < 2; signs++) {
        take("x.csv", first, "AAA");
        take("y.csv", second, "AAA");
        expect("A/2|Bê/1|C/2|");
        world_sign(&world);
    }
    /* What was retracted is asked about, what was restored stays. */
    static const char gone[] = NOTED ROW("A", "", "1000000000000001-2", "xóa");
    take("xóa.csv", gone, "R");
    take("x.csv", first, "SAA");
    take("lại.csv", NOTED ROW("A", "3", "1000000000000001-2", "khôi phục"), "C");
    take("xóa.csv", gone, "A");
    expect("A/3|Bê/1|C/2|");
}

/* A row that was not taken at first is read anew, but takes no correction back unasked. */
static void a_row_that_was_left_open(void **state)
{
    (void)state;
    static const char text[] =
        NOTED ROW("Cá nhân Hòa", "1", "", "") ROW("Cá nhân Hóa", "1", "", "");
    take("x.csv", text, "TS");
    take("y.csv", NOTED ROW("Cá nhân Hóa", "1", "mới", ""), "T");
    take("x.csv", text, "AA");
    take("z.csv", NOTED ROW("Cá nhân Hóa", "2", "", ""), "C");
    take("x.csv", text, "AS");
    expect("Cá nhân Hòa/1|Cá nhân Hóa/2|");
}

static void taken_back_once(void **state)
{
    (void)state;
    take("x.csv", first, "TTT");
    world_sign(&world);
    take("đổi tên.csv", NOTED ROW("Xê", "1", "1000000000000001-4", ""), "C");
    take_back("x.csv", first, "RRR"); /* the one with another name too */
    expect("");
    take("lại.csv", NOTED ROW("B", "1", "1000000000000001-3", "khôi phục"), "C");
    take_back("x.csv", first, "AAA");
    expect("B/1|");
    world_sign(&world);
    take_back("x.csv", first, "AAA");
    expect("B/1|");
}

static void taken_back_alone(void **state)
{
    (void)state;
    static const char copy[] = NOTED "\n" ROW("A", "1", "", "") ROW("B", "1", "", "");
    take("x.csv", first, "TTT");
    take("nhầm.csv", copy, "AA");
    struct lt_intake *intake = read_as("Gỡ/nhầm.csv", copy, true, "SS");
    assert_non_null(strstr(intake->answers[0].reason, "«x.csv»"));
    assert_non_null(strstr(intake->answers[0].reason, "1000000000000001-2"));
    lt_intake_free(intake);
    /* One that never came: rows that name their record mean it. */
    take_back("y.csv", NOTED ROW("A", "1", "", "") ROW("C", "1", "1000000000000001-4", ""), "SR");
    expect("A/1|B/1|");
    /* Of an edited list only the edit. */
    static const char list[] =
        NOTED ROW("A", "1", "1000000000000001-2", "") ROW("B", "2", "1000000000000001-3", "");
    take("danh sách.csv", list, "AC");
    expect("A/1|B/2|");
    take_back("danh sách.csv", list, "AC");
    expect("A/1|B/1|");
}

/* As when two machines of a unit were given one file, and this one has taken its own rows back. */
static void another_says_it_now(void **state)
{
    (void)state;
    take("x.csv", first, "TTT");
    take("gỡ.csv", NOTED ROW("A", "1", "1000000000000001-2", "xóa"), "R");
    take("x.csv", first, "SAA");
    take("mới.csv", NOTED ROW("A", "1", "mới", ""), "T");
    take("x.csv", first, "AAA");
    take("sửa.csv", NOTED ROW("A", "2", "", ""), "C");
    take("x.csv", first, "SAA"); /* nor does it take that one's correction back */
    expect("B/1|C/1|A/2|");
}

/* Eleven rows: as a file of their own, or with the references that they then have and an action. */
static void write_rows(char ret_text[4000], bool refs, const char *action)
{
    strcpy(ret_text, NOTED);
    for (int i = 0; i < 11; i++) {
        char line[200], ref[40] = "";
        if (refs)
            snprintf(ref, sizeof ref, "1000000000000001-%d", i + 2);
        snprintf(line, sizeof line, "GK;1;05/02/2021;2020;cá nhân;%c;1;%s;%s\n", 'A' + i, ref,
                 action);
        strcat(ret_text, line);
    }
}

/* Ten rows and more that are nearly all there is. */
static void the_whole_list_by_mistake(void **state)
{
    (void)state;
    char text[4000], list[4000];
    write_rows(text, false, "");
    write_rows(list, true, "");
    take("x.csv", text, "TTTTTTTTTTT");
    struct lt_intake *intake = read_as("Gỡ/Đã báo cáo.csv", list, true, "SSSSSSSSSSS");
    assert_non_null(strstr(intake->answers[0].reason, "toàn bộ số liệu"));
    lt_intake_free(intake);
    expect("A/1|B/1|C/1|D/1|E/1|F/1|G/1|H/1|I/1|J/1|K/1|");
    take("hai.csv", NOTED ROW("L", "1", "", "") ROW("M", "1", "", ""), "TT");
    strcat(list, "\n"); /* another file, of the same rows */
    take_back("Gỡ/một phần.csv", list, "RRRRRRRRRRR"); /* two of thirteen stay */
    expect("L/1|M/1|");
}

static void the_whole_list_on_purpose(void **state)
{
    (void)state;
    char text[4000], list[4000];
    write_rows(text, false, "");
    write_rows(list, true, "xóa");
    take("x.csv", text, "TTTTTTTTTTT");
    take_back("Gỡ/Đã báo cáo.csv", list, "RRRRRRRRRRR");
    expect("");
    take_back("Gỡ/x.csv", text, "AAAAAAAAAAA"); /* what it brought has gone already */
}

static void a_correction_taken_back(void **state)
{
    (void)state;
    static const char second[] = NOTED ROW("A", "2", "", "") ROW("Đ", "1", "", "");
    static const char third[] = NOTED ROW("A", "3", "", "") ROW("B", "3", "", "");
    for (int signs = 0; signs < 2; signs++) {
        take("x.csv", first, "TTT");
        if (signs > 0) {
            world_sign(&world);
        }
        take("y.csv", second, "CT");
        if (signs > 0) {
            world_sign(&world);
        }
        expect("A/2|B/1|C/1|Đ/1|");
        take_back("y.csv", second, "CR");
        expect("A/1|B/1|C/1|");
        take_back("y.csv", second, "AA");
        world_sign(&world);
        take_back("y.csv", second, "AA");
        expect("A/1|B/1|C/1|");
        /* Corrected again since: asked. */
        take("z.csv", third, "CC");
        take("t.csv", NOTED ROW("A", "4", "", ""), "C");
        struct lt_intake *intake = read_as("z.csv", third, true, "SC");
        assert_non_null(strstr(intake->answers[0].reason, "«x.csv»"));
        lt_intake_free(intake);
        expect("A/4|B/1|C/1|");
        teardown(state);
        setup(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(what_came_since_stands),    TEST(a_row_that_was_left_open),
        TEST(taken_back_once),           TEST(taken_back_alone),
        TEST(another_says_it_now),       TEST(the_whole_list_by_mistake),
        TEST(the_whole_list_on_purpose), TEST(a_correction_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
