/* Headers in both languages, and the columns that refuse a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/columns.h"
#include "agent/text.h"

static enum lt_result find(const char *text, struct lt_columns *ret_columns,
                           struct lt_sheet_fault *ret_fault)
{
    struct lt_sheet sheet;
    struct lt_bytes bytes = {(const uint8_t *)text, strlen(text)};
    assert_int_equal(lt_table_read(bytes, &sheet, ret_fault), LT_OK);
    enum lt_result result = lt_columns_find(&sheet, ret_columns, ret_fault);
    lt_table_free(&sheet);
    return result;
}

/* Each header that an export writes is read as its own column, in both languages. */
static void own_headers_are_known(void **state)
{
    (void)state;
    static const char *const languages[] = {"vi", "en"};
    for (size_t language = 0; language < 2; language++) {
        lt_text_language(languages[language]);
        for (unsigned i = 0; i < LT_COLUMN_COUNT; i++) {
            const char *header = lt_column_header((enum lt_column)i);
            if (lt_column_of(header) != (enum lt_column)i) {
                fail_msg("«%s» is not its own column", header);
            }
            assert_false(lt_column_is_private(header));
            assert_int_equal(lt_column_of(lt_column_name((enum lt_column)i)), i);
        }
    }
}

static void spellings(void **state)
{
    (void)state;
    assert_int_equal(lt_column_of("  NGÀY   QĐ. "), LT_COL_DECISION_DATE);
    assert_int_equal(lt_column_of("ngay_quyet_dinh"), LT_COL_DECISION_DATE);
    assert_int_equal(lt_column_of("Họ và tên (nếu là cá nhân)"), LT_COL_NAME);
    assert_int_equal(lt_column_of("Khối, cụm"), LT_COL_CLUSTER);
    assert_int_equal(lt_column_of("Decision No."), LT_COL_DECISION_NUMBER);
    assert_int_equal(lt_column_of("Điện thoại"), LT_COLUMN_COUNT);
    assert_int_equal(lt_column_of(""), LT_COLUMN_COUNT);
}

static void finds_the_header_below_titles(void **state)
{
    (void)state;
    struct lt_columns columns;
    struct lt_sheet_fault fault;
    assert_int_equal(
        find("UBND XÃ HÒA ĐIỀN,,\nDanh sách khen thưởng,,\nMã,Họ tên,Điện thoại\nGK,A,1\n",
             &columns, &fault),
        LT_OK);
    assert_int_equal(columns.header_row, 2);
    assert_int_equal(columns.at[LT_COL_NAME], 1);
    assert_int_equal(columns.at[LT_COL_SEX], -1);
    assert_int_equal(columns.meaning[2], LT_COLUMN_COUNT);
}

static void refuses_headers(void **state)
{
    (void)state;
    struct lt_columns columns;
    struct lt_sheet_fault fault;
    assert_int_equal(find("x,y\n1,2\n", &columns, &fault), LT_MALFORMED);
    assert_int_equal(find("Mã,Họ tên,Họ và tên\nGK,A,B\n", &columns, &fault), LT_MALFORMED);
    assert_int_equal(fault.column, 3);
}

static void refuses_personal_columns(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "CCCD",          "Số CCCD/CMND",        "CMTND",     "Số định danh cá nhân",
        "Hộ chiếu",      "Ngày sinh",           "Năm sinh",  "Ngày, tháng, năm sinh",
        "date of birth", "Passport no",         "ID number", "Số căn cước",
        "DOB",           "Chứng minh nhân dân", "NGAY SINH", "Birthday",
        "Số BHXH",
    };
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        char text[200];
        struct lt_columns columns;
        struct lt_sheet_fault fault = {0};
        snprintf(text, sizeof(text), "Mã;Họ tên;\"%s\"\nGK;A;\n", headers[i]);
        assert_int_equal(find(text, &columns, &fault), LT_REFUSED);
        assert_int_equal(fault.line, 1);
        assert_int_equal(fault.column, 3);
    }
}

static void refuses_identity_numbers_anywhere(void **state)
{
    (void)state;
    struct lt_columns columns;
    struct lt_sheet_fault fault = {0};
    assert_int_equal(find("Mã;Họ tên;Số\nGK;A;1\nGK;B;001090012345\n", &columns, &fault),
                     LT_REFUSED);
    assert_int_equal(fault.line, 3);
    assert_int_equal(fault.column, 3);
    assert_int_equal(find("Mã;Họ tên;Ghi chú\nGK;A;số 079 090 012 345 cấp\n", &columns, &fault),
                     LT_REFUSED);
    assert_true(lt_column_has_identity_number("Cá nhân 1 079090012345"));
    assert_true(lt_column_has_identity_number("001 090 012345."));
    assert_false(lt_column_has_identity_number("2019 2020 2021"));
    assert_false(lt_column_has_identity_number("01 04 06 08 10 11"));
    /* Not these: a phone, a row reference, a list of codes, another length, no such province. */
    assert_int_equal(find("Mã;Họ tên;Ghi chú;Mã dòng;Thành viên\n"
                          "GK;A;0912345678;012345678901a5b6-12;001 002 003 004\n"
                          "GK;B;0010900123456 999090012345;;\n",
                          &columns, &fault),
                     LT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_headers_are_known),
        cmocka_unit_test(spellings),
        cmocka_unit_test(finds_the_header_below_titles),
        cmocka_unit_test(refuses_headers),
        cmocka_unit_test(refuses_personal_columns),
        cmocka_unit_test(refuses_identity_numbers_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
