/* What a sheet's looks say of its rows: merged amounts, names that nobody sees, what stands above and below a list. */
#include "tests/unit/intake_world.h"

#include "tests/unit/xlsx_parts.h"

static struct lt_intake *read_parts(const struct xlsx_part *parts, size_t count)
{
    struct lt_intake *intake;
    struct lt_sheet_fault fault = {0};
    struct lt_intake_options options = {.file = "x.xlsx", .import_id = world.next_import++};
    struct lt_bytes bytes = xlsx_pack(parts, count);
    if (lt_intake_read(world.journal, bytes, &options, &intake, &fault) != LT_OK) {
        fail_msg("%s", fault.text);
    }
    free((void *)(uintptr_t)bytes.data);
    return intake;
}

#define CELL(text) "<c t='inlineStr'><is><t>" text "</t></is></c>"
#define TOTAL(line, code, quantity)                                                                \
    "<row r='" line "'>" CELL(code) CELL("1") CELL("05/02/2021") CELL("2020") CELL("cá nhân")      \
        quantity "</row>"

static void a_merged_amount_is_of_no_row(void **state)
{
    (void)state;
    const struct xlsx_part parts[] = {
        XLSX_ROOT,
        XLSX_ONE,
        XLSX_RELATIONS,
        XLSX_NO_STRINGS,
        XLSX_NO_STYLES,
        XLSX_PAGE("1",
                  "<sheetData><row r='1'>" CELL("Mã") CELL("Số quyết định") CELL("Ngày quyết định")
                      CELL("Năm") CELL("Đối tượng") CELL("Số lượng") "</row>" TOTAL(
                          "2", "GK", "<c><v>100</v></c>") TOTAL("3", "LDTT", "")
                          TOTAL("4", "CSTD_CS", "<c><v>7</v></c>") "</sheetData><mergeCells>"
                                                                   "<mergeCell ref='F2:F3'/>"
                                                                   "</mergeCells>")};
    struct lt_intake *intake = read_parts(parts, sizeof(parts) / sizeof(parts[0]));
    expect_outcomes(intake, "NNT");
    assert_int_equal(intake->answers[0].column, LT_COL_QUANTITY);
    assert_non_null(strstr(intake->answers[1].reason, "ô gộp"));
    /* In the answer the cells stand alone; saved as they are, they are no number. */
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct lt_row_file *rows = lt_row_file_over(out, ';');
    struct lt_sheet_fault fault;
    lt_intake_write(intake, LT_ANSWERED_OPEN, true, rows);
    assert_int_equal(lt_row_file_finish(rows, true, &fault), LT_OK);
    fclose(out);
    lt_intake_free(intake);
    import(text, "NN");
    free(text);
}

static void a_name_that_nobody_sees_is_none(void **state)
{
    (void)state;
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;\xc2\xa0;;;\n"
                "GK;1;05/02/2021;2020;cá nhân;\xe2\x80\x8b \xc2\xa0;Ấp 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;\xc2\xa0"
                "Cá\xc2\xa0nhân 1\xc2\xa0;;;\n"
                "\xc2\xa0;;;\xc2\xa0\xc2\xa0;;;;;\n",
           "NNT");
    assert_string_equal(tally_now().names, "Cá nhân 1|");
}

#define CLOSING "Loại;Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên\n"

static void a_period_is_not_closed_while_rows_are_open(void **state)
{
    (void)state;
    static const char text[] = CLOSING "chốt số liệu;;;;2020;;\n"
                                       ";GK;1;05/02/2021;2020;cá nhân;Cá nhân 1\n"
                                       ";GK;1;05/02/2021;2020;cá nhân;\n";
    struct lt_intake *intake = import_with(text, false, false, "STN");
    assert_int_equal(intake->counts[LT_ASKED], 1);
    assert_int_equal(intake->counts[LT_TAKEN], 1);
    assert_false(intake->answers[0].has_ref);
    lt_intake_free(intake);
    assert_int_equal(tally_now().live, 1);
    import(CLOSING "chốt số liệu;;;;2020;;\n;GK;1;05/02/2021;2020;cá nhân;Cá nhân 2\n", "TT");
    assert_int_equal(tally_now().live, 3);
    import(text, "AAN");
    /* Of other files: where nothing would show what is missing. */
    struct lt_sheet_fault fault;
    static const char closings[] = "Loại;Năm;Loại số liệu;Số đối chiếu\nchốt số liệu;2019;;\n"
                                   "chốt số liệu;2019;khen thưởng;GK=3\n";
    const struct lt_intake_options options = {
        .file = "x.csv", .import_id = world.next_import++, .others_open = true};
    struct lt_bytes bytes = {(const uint8_t *)closings, strlen(closings)};
    assert_int_equal(lt_intake_read(world.journal, bytes, &options, &intake, &fault), LT_OK);
    expect_outcomes(intake, "ST");
    lt_intake_free(intake);
}

static void what_stands_around_a_list(void **state)
{
    (void)state;
    struct lt_intake *intake =
        import_with("DANH SÁCH KHEN THƯỞNG, NĂM 2020, XÃ A, TỈNH B\n"
                    "STT;Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên\n"
                    "1;GK;1;05/02/2021;2020;cá nhân;Cá nhân 1\n"
                    "2;;1;05/02/2021;2020;cá nhân;Cá nhân 2\n"
                    "3;GK;1;05/02/2021;2020;cá nhân;Cộng\n"
                    ";;;;;;Tổng cộng: \n"
                    "\n"
                    ";;Nơi nhận:;;;TM. ỦY BAN NHÂN DÂN;\n"
                    ";;;;;CHỦ TỊCH;\n",
                    false, false, "TNT");
    assert_string_equal(intake->sheet.note, "không đọc dòng 6: tổng cộng; không đọc dòng 8 trở đi: "
                                            "dưới bảng");
    lt_intake_free(intake);
    assert_string_equal(tally_now().names, "Cá nhân 1|Cộng|");
    /* Without a total nothing tells who signed from who was forgotten. */
    import("Mã;Năm;Đối tượng;Họ tên\nGK;2020;cá nhân;Cá nhân 3\n;;;Cá nhân 4\n", "TN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(a_merged_amount_is_of_no_row),
        TEST(a_name_that_nobody_sees_is_none),
        TEST(a_period_is_not_closed_while_rows_are_open),
        TEST(what_stands_around_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
