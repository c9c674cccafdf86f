/* Files taken in whole: matching, questions, corrections, replacing. */
#include "tests/unit/intake_world.h"

static void the_same_file_twice(void **state)
{
    (void)state;
    static const char text[] = HEAD "GK;15/QĐ-UBND;05/02/2021;2020;cá nhân;Cá nhân 1;Trường 1;;\n"
                                    "GK;15/QĐ-UBND;05/02/2021;2020;cá nhân;Cá nhân 2;Trường 1;;\n";
    import(text, "TT");
    import(text, "AA");
    assert_int_equal(tally_now().live, 2);
    world_sign(&world);
    assert_int_equal(tally_now().live, 2);
    import(text, "AA");
    import(HEAD "gk;15/qđ-ubnd;5/2/2021;2020;Cá Nhân;CÁ NHÂN 1;trường 1;;\n",
           "C"); /* case differs */
    assert_int_equal(tally_now().live, 2);
    assert_int_equal(lt_journal_draft_count(world.journal), 1);
}

static void good_rows_go_in_although_others_fail(void **state)
{
    (void)state;
    struct lt_intake *intake = import_with(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;;;\n"
                                                "XX;1;05/02/2021;2020;cá nhân;Cá nhân 2;;;\n"
                                                "GK;1;05/02/2021;2020;cá nhân;;;;\n"
                                                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 4;;;;thừa\n"
                                                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 5;;;\n",
                                           false, false, "TNNNT");
    assert_int_equal(intake->answers[1].line, 3);
    assert_int_equal(intake->answers[1].column, LT_COL_CODE);
    assert_int_equal(intake->answers[2].column, LT_COL_NAME);
    assert_string_equal(tally_now().names, "Cá nhân 1|Cá nhân 5|");
    lt_intake_free(intake);
}

static void refuse_file(const char *text, enum lt_result expected)
{
    struct lt_intake *intake;
    struct lt_sheet_fault fault = {0};
    struct lt_intake_options options = {.file = "thử.csv", .import_id = 5, .now = 1};
    struct lt_bytes bytes = {(const uint8_t *)text, strlen(text)};
    assert_int_equal(lt_intake_read(world.journal, bytes, &options, &intake, &fault), expected);
    assert_true(strlen(fault.text) > 10);
    assert_int_equal(tally_now().live, 0);
}

static void files_that_are_refused_whole(void **state)
{
    (void)state;
    refuse_file("Mã;Họ tên;CCCD;Năm;Đối tượng\nGK;Cá nhân 1;;2020;cá nhân\n", LT_REFUSED);
    refuse_file("Mã;Họ tên;Ngày sinh;Năm;Đối tượng\nGK;Cá nhân 1;;2020;cá nhân\n", LT_REFUSED);
    refuse_file("Mã;Họ tên;Năm;Đối tượng\nGK;Cá nhân 1 079090012345;2020;cá nhân\n", LT_REFUSED);
    refuse_file("Họ tên;Năm;Đối tượng\nCá nhân 1;2020;cá nhân\n", LT_MALFORMED);
    refuse_file("Mã;Năm;Đối tượng\n", LT_MALFORMED);
    refuse_file("x;y\n1;2\n", LT_MALFORMED);
}

static void a_site_that_has_not_joined(void **state)
{
    (void)state;
    struct site_world other;
    struct lt_intake *intake;
    struct lt_sheet_fault fault = {0};
    struct lt_intake_options options = {.file = "thử.csv", .import_id = 5, .now = 1};
    static const char text[] = "Mã;Năm\nGK;2020\n";
    world_open(&other, false);
    assert_int_equal(lt_intake_read(other.journal,
                                    (struct lt_bytes){(const uint8_t *)text, sizeof(text) - 1},
                                    &options, &intake, &fault),
                     LT_NOT_READY);
    assert_non_null(strstr(fault.text, "join"));
    world_close(&other);
}

static void namesakes(void **state)
{
    (void)state;
    /* Another workplace or position: two people. Too little to tell: asked. */
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hòa;Trường 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hoà;Trường 2;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hòa;Trường 1;giáo viên;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hóa;Trường 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;CÁ NHÂN HOÀ;trường 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hòa;;;\n",
           "TTSSSS");
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hóa;Trường 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hoa;Trường 3;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hòa;;;\n",
           "STS");
    /* The clerk answers. */
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hóa;Trường 1;;mới\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hòa;;;1000000000000001-2\n",
           "TC");
    struct tally tally = tally_now();
    assert_int_equal(tally.live, 4);
    /* And may say so again. */
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hóa;Trường 1;;mới\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hòa;;;1000000000000001-2\n",
           "AA");
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân Hóa;Trường 1;;new\n", "A");
    world_sign(&world);
    assert_int_equal(tally_now().live, 4);
}

static void corrections_by_reference(void **state)
{
    (void)state;
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;Trường 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 2;Trường 1;;\n",
           "TT");
    world_sign(&world);
    /* Name, number and code at once. */
    import(HEAD "CSTD_CS;2/QĐ;06/02/2021;2020;cá nhân;Cá nhân Một;Trường 1;;1000000000000001-2\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 3;;;1000000000000001-99\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 4;;;1000000000000001-2\n",
           "CNS");
    struct tally tally = tally_now();
    assert_int_equal(tally.live, 2);
    assert_string_equal(tally.names, "Cá nhân Một|Cá nhân 2|");
    world_sign(&world);
    import(HEAD "CSTD_CS;2/QĐ;06/02/2021;2020;cá nhân;Cá nhân Một;Trường 1;;\n", "A");
    assert_int_equal(tally_now().live, 2);
    /* By the natural key: what is not part of it. */
    import("Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Nơi công tác;Ghi chú\n"
           "GK;1;05/02/2021;2020;cá nhân;Cá nhân 2;Trường 1;ghi thêm\n",
           "C");
    assert_int_equal(tally_now().live, 2);
}

static void retractions(void **state)
{
    (void)state;
    static const char row[] = "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;Trường 1;;";
    char text[600];
    snprintf(text, sizeof(text), HEAD "%s\n", row);
    import(text, "T");
    world_sign(&world);
    import("Mã dòng;Thao tác;Lý do\n1000000000000001-2;xóa;nhập nhầm\n1000000000000001-9;xóa;\n",
           "RN");
    assert_int_equal(tally_now().live, 0);
    import(text, "S");
    world_sign(&world);
    import(text, "S");
    snprintf(text, sizeof(text), HEAD "%s1000000000000001-2\n", row);
    import(text, "S"); /* an old export must not bring it back */
    import("Mã dòng;Thao tác;Lý do\n1000000000000001-2;xóa;nhập nhầm\n", "A");
    import("Thao tác;Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Nơi công tác;Mã dòng\n"
           "khôi phục;GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;Trường 1;1000000000000001-2\n",
           "C");
    struct tally tally = tally_now();
    assert_int_equal(tally.live, 1);
    assert_int_equal(tally.retracted, 0);
    /* By what it is, without a reference. */
    import("Thao tác;Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Nơi công tác\n"
           "rút;GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;Trường 1\n"
           "rút;GK;1;05/02/2021;2020;cá nhân;Cá nhân 7;Trường 1\n",
           "RN");
    assert_int_equal(tally_now().live, 0);
}

static void replacing_a_decision(void **state)
{
    (void)state;
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 2;;;\n"
                "CSTD_CS;1;05/02/2021;2020;cá nhân;Cá nhân 3;;;\n"
                "GK;2;05/02/2021;2020;cá nhân;Cá nhân 4;;;\n"
                "GK;;;2020;cá nhân;Cá nhân 5;;;\n",
           "TTTTT");
    world_sign(&world);
    static const char list[] = HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;;;\n"
                                    "GK;1;05/02/2021;2020;cá nhân;Cá nhân 6;;;\n";
    /* Not told to: it is listed, what is new goes in, nothing is taken back. */
    struct lt_intake *intake = import_with(list, true, false, "AT");
    assert_int_equal(intake->missing_count, 2);
    assert_true(lt_intake_may_retract(intake));
    assert_non_null(strstr(intake->missing[0].text, "Cá nhân 2"));
    lt_intake_free(intake);
    assert_int_equal(tally_now().live, 6);
    /* A row that was refused might be the very one. */
    intake = import_with(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;;;\n"
                              "GK;1;05/02/2021;2020;cá nhânn;Cá nhân 2;;;\n",
                         true, true, "AN");
    assert_false(lt_intake_may_retract(intake));
    lt_intake_free(intake);
    assert_int_equal(tally_now().live, 6);
    intake = import_with(list, true, true, "AA");
    lt_intake_free(intake);
    struct tally tally = tally_now();
    assert_string_equal(tally.names, "Cá nhân 1|Cá nhân 4|Cá nhân 5|Cá nhân 6|");
    world_sign(&world);
    intake = import_with(list, true, true, "AA");
    assert_int_equal(intake->missing_count, 0);
    lt_intake_free(intake);
}

/* A total and names may speak of one decision; they are two things. */
static void totals_beside_names(void **state)
{
    (void)state;
    import("Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Số lượng\n"
           "GK;1;05/02/2021;2020;cá nhân;;1.454\n"
           "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;\n"
           "GK;1;05/02/2021;2020;cá nhân;;1.455\n",
           "TTS");
    import("Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Số lượng\n"
           "GK;1;05/02/2021;2020;cá nhân;1.455\n",
           "C");
    assert_int_equal(tally_now().live, 2);
}

/* Two people of one name, place and position, which the clerk vouches for. */
static void true_twins(void **state)
{
    (void)state;
    static const char text[] = HEAD "GK;1;05/02/2021;2020;hộ gia đình;Hộ Nguyễn Văn A;Ấp 1;;\n"
                                    "GK;1;05/02/2021;2020;hộ gia đình;Hộ Nguyễn Văn A;Ấp 1;;mới\n";
    import(text, "TT");
    assert_int_equal(tally_now().live, 2);
    import(text, "AA");
    world_sign(&world);
    assert_int_equal(tally_now().live, 2);
    import(text, "AA");
    import(HEAD "GK;1;05/02/2021;2020;hộ gia đình;Hộ Nguyễn Văn A;Ấp 1;;\n"
                "GK;1;05/02/2021;2020;hộ gia đình;Hộ Nguyễn Văn A;Ấp 1;;\n"
                "GK;1;05/02/2021;2020;hộ gia đình;Hộ Nguyễn Văn A;Ấp 1;;\n",
           "AAS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(the_same_file_twice),
        TEST(good_rows_go_in_although_others_fail),
        TEST(files_that_are_refused_whole),
        TEST(a_site_that_has_not_joined),
        TEST(namesakes),
        TEST(corrections_by_reference),
        TEST(retractions),
        TEST(replacing_a_decision),
        TEST(totals_beside_names),
        TEST(true_twins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
