/* What goes out to the clerk comes in again: exports, results, and lists that have grown old. */
#include "tests/unit/intake_world.h"

#include "agent/cells.h"
#include "agent/export.h"
#include "agent/xlsx.h"

/* ---- Out and in again ---- */

struct table {
    FILE *out;
    size_t rows;
};

static bool write_cells(void *context, const struct lt_record_view *record)
{
    struct table *table = context;
    struct lt_cells cells;
    if (record->retracted) {
        return true;
    }
    assert_int_equal(lt_cells_of(record, &cells), LT_OK);
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        lt_table_write(table->out, cells.texts[i] != NULL ? cells.texts[i] : "", ';', i == 0);
    }
    lt_table_end_row(table->out);
    lt_cells_free(&cells);
    table->rows++;
    return true;
}

static char *exported(size_t *ret_rows)
{
    char *text = NULL;
    size_t size = 0;
    struct table table = {.out = open_memstream(&text, &size)};
    lt_table_write_bom(table.out);
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        lt_table_write(table.out, lt_column_header((enum lt_column)i), ';', i == 0);
    }
    lt_table_end_row(table.out);
    assert_int_equal(lt_journal_records(world.journal, write_cells, &table), LT_OK);
    fclose(table.out);
    *ret_rows = table.rows;
    return text;
}

static void what_is_exported_is_already_in(void **state)
{
    (void)state;
    import("Mã;Cơ quan quyết định;Số QĐ;Ngày QĐ;Người ký;Thời gian;Loại hình;Đối tượng;Họ tên;"
           "Nơi công tác;Chức vụ;Nhóm cán bộ;Giới tính;Truy tặng;Đơn vị;Lĩnh vực;Phong trào;"
           "Cấp trình;Ghi chú;Trạng thái;Số lượng\n"
           "gk;;15/QĐ-UBND;05/02/2021;Ký;2020;đột xuất;cá nhân;Cá nhân 1;=Trường;@x;quản lý;nữ;có;"
           "28111;-gd;Dạy;tỉnh;\"a\nb \"\"c\"\"\";đã hủy;\n"
           "BK_BT;80;;;;giai đoạn 2015-2020;;doanh nghiệp;Công ty A;;;;;;;;;;;;\n"
           "BK_BT;TTG;;;;2020;;cá nhân;;;;;;;;;;;;;35\n"
           "GK;;;;;năm học 2019-2020;;hộ gia đình;Hộ 1;Ấp 1;;;;;28112;;;;;;\n"
           "GK;;;;;05/02/2021;;tập thể;Tổ 1;;;;;;;;;;;;\n"
           "CSTD_CS;28111;3;01/02/2020;;2019;;cá nhân;Cá nhân 9;;;;;;28111;;;;;;\n",
           "TTNTTN"); /* BK_BT by the state, CSTD_CS by a commune: not theirs to decide */
    import("Loại;Tên phong trào;Cụm;Năm;Đơn vị;Thành viên;Điểm;Điểm thưởng;Điểm trừ;Xếp hạng;"
           "Chuyên đề;Từ ngày;Đến ngày;Mô hình;Số lượng;Loại số liệu;Không phát sinh;Số đối chiếu;"
           "Chủ đề;Phạm vi;Điểm tự chấm\n"
           "phong trào;Vì người nghèo;;2020;;;;;;;có;01/03/2020;31/12/2020;;;;;;;đơn vị;\n"
           "giao ước;;Cụm 1;2020;;28111 28112;;;;;;;;;;;;;\"Xanh, sạch\";;\n"
           "giao ước;;;2021;;;;;;;;;;;4;;;;;;\n"
           "bảng điểm;;Cụm 1;2020;28111;;957,93;10;0,5;1;;;;;;;;;;;900\n"
           "điển hình;;;2018;28111;;;;;;;;;Mô hình A;;;;;;;\n"
           "chốt số liệu;;;2020;;;;;;;;;;;;khen thưởng;;\"GK/cá nhân=1.454; GK=298\";;;\n"
           "chốt số liệu;;;2021;;;;;;;;;;;;;có;;;;\n",
           "TTTTTTT");
    for (int round = 0; round < 4; round++) {
        size_t rows;
        char outcomes[64];
        lt_text_language(round % 2 == 0 ? "vi" : "en");
        char *text = exported(&rows);
        assert_int_equal(rows, 11);
        memset(outcomes, 'A', rows);
        outcomes[rows] = '\0';
        lt_text_language(round % 2 == 0 ? "en" : "vi");
        import(text, outcomes);
        free(text);
        if (round == 1) {
            world_sign(&world);
        }
    }
}

static void the_result_file_answers_every_row(void **state)
{
    (void)state;
    struct lt_intake *intake = import_with(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;;;\n"
                                                "XX;1;05/02/2021;2020;cá nhân;=1+1;;;\n",
                                           false, false, "TN");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct lt_row_file *rows = lt_row_file_over(out, intake->sheet.separator);
    struct lt_sheet_fault fault;
    assert_non_null(rows);
    lt_intake_write(intake, LT_ANSWERED_ALL, true, rows);
    assert_int_equal(lt_row_file_finish(rows, true, &fault), LT_OK);
    fclose(out);
    lt_intake_free(intake);
    assert_memory_equal(text, "\xef\xbb\xbf", 3);
    assert_non_null(strstr(text, ";1000000000000001-2.")); /* and what it says */
    assert_non_null(strstr(text, ";đã nhận;"));
    assert_non_null(strstr(text, ";'=1+1;"));
    assert_non_null(strstr(text, ";không nhận;"));
    import(text, "AN"); /* and it may be corrected and imported again */
    free(text);
}

/* As lt_intake_write answers into `path`, read back. */
static struct lt_bytes written(const struct lt_intake *intake, enum lt_answered which,
                               const char *path)
{
    struct lt_row_file *rows;
    struct lt_sheet_fault fault = {0};
    uint8_t *bytes;
    size_t size;
    assert_int_equal(lt_row_file_create(path, '\0', &rows, &fault), LT_OK);
    lt_intake_write(intake, which, true, rows);
    assert_int_equal(lt_row_file_finish(rows, true, &fault), LT_OK);
    assert_int_equal(lt_table_load(path, &bytes, &size, &fault), LT_OK);
    return (struct lt_bytes){bytes, size};
}

static void a_workbook_of_results_is_corrected_and_imported(void **state)
{
    (void)state;
    char path[128], beside[192];
    struct lt_sheet_fault fault = {0};
    struct lt_sheet sheet;
    struct lt_intake *intake =
        import_with(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;;;\n"
                         "GK;=1+1;05/02/2021;2020;cá nhân;;;;\n"
                         "GK;#N/A;05/02/2021;2020;cá nhân;Cá nhân 3;;;\n"
                         "GK;1;05/02/2021;2020;cá nhân;Cá nhân 4;;1.45E+03;\n"
                         "GK;05/03/2021;05/02/2021;2020;cá nhân;Cá nhân 5;;;\n",
                    false, false, "TNNNN");
    assert_non_null(strstr(intake->answers[2].reason, "lỗi công thức"));
    assert_int_equal(intake->answers[3].column, LT_COL_POSITION);
    assert_non_null(strstr(intake->answers[3].reason, "rút gọn"));
    assert_non_null(strstr(intake->answers[4].reason, "đây là ngày"));
    snprintf(path, sizeof(path), "%s/kết quả.xlsx", world.dir);
    struct lt_bytes bytes = written(intake, LT_ANSWERED_OPEN, path);
    assert_int_equal(lt_xlsx_read(bytes, &sheet, &fault), LT_OK);
    assert_int_equal(sheet.row_count, 5);
    assert_string_equal(lt_table_cell(&sheet, 1, 1), "=1+1");
    assert_string_equal(lt_table_cell(&sheet, 1, 9), "không nhận");
    assert_string_equal(lt_table_cell(&sheet, 3, 7), "1.45E+03"); /* still a text */
    lt_table_free(&sheet);
    free((void *)(uintptr_t)bytes.data);
    bytes = written(intake, LT_ANSWERED_IN, path);
    lt_intake_free(intake);
    struct lt_intake_options options = {.file = path, .import_id = 77};
    assert_int_equal(lt_intake_read(world.journal, bytes, &options, &intake, &fault), LT_OK);
    assert_int_equal(intake->answer_count, 1);
    assert_int_equal(intake->counts[LT_ALREADY_IN], 1);
    lt_intake_free(intake);
    free((void *)(uintptr_t)bytes.data);
    snprintf(beside, sizeof(beside), "%s.%ld.tmp", path, (long)getpid());
    assert_int_equal(access(beside, F_OK), -1);
    unlink(path);
}

static void a_workbook_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    struct lt_row_file *rows;
    struct lt_sheet_fault fault = {0};
    assert_int_equal(lt_row_file_create("/nowhere/kết quả.xlsx", ';', &rows, &fault), LT_IO);
    assert_non_null(strstr(fault.text, "không ghi được"));
}

/* ---- Lists of yesterday ---- */

/* What `export` writes now. */
static char *list_now(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct lt_row_file *rows = lt_row_file_over(out, ';');
    const struct lt_listing everything = {.year = 0};
    struct lt_sheet_fault fault;
    assert_int_equal(lt_export(world.journal, &everything, rows), LT_OK);
    assert_int_equal(lt_row_file_finish(rows, true, &fault), LT_OK);
    fclose(out);
    return text;
}

/* A copy of `text` where the first `from` is `to`; of the same length. */
static char *edited(const char *text, const char *from, const char *to)
{
    char *copy = strdup(text), *at = strstr(copy, from);
    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
    return copy;
}

static void an_old_list_takes_nothing_back(void **state)
{
    (void)state;
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;Trường 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 2;Trường 1;;\n"
                "GK;1;05/02/2021;2020;cá nhân;Cá nhân 3;Trường 1;;\n",
           "TTT");
    world_sign(&world);
    char *old = list_now();
    char *mended = edited(old, "Cá nhân 1", "Cá nhân 7");
    import(mended, "CAA");
    world_sign(&world);
    import(old, "AAA"); /* as it stood: the correction stays */
    assert_string_equal(tally_now().names, "Cá nhân 7|Cá nhân 2|Cá nhân 3|");
    char *other =
        edited(old, "Cá nhân 2", "Cá nhân 8"); /* of a record that is as the list has it */
    import(other, "ACA");
    char *again = edited(old, "Cá nhân 1", "Cá nhân 9"); /* of the one that was corrected */
    struct lt_intake *intake = import_with(again, false, false, "SAA");
    char ref[64];
    assert_int_equal(sscanf(strstr(intake->answers[0].reason, "1000000000000001-2."), "%63s", ref),
                     1);
    lt_intake_free(intake);
    assert_string_equal(tally_now().names, "Cá nhân 7|Cá nhân 8|Cá nhân 3|");
    /* The clerk means it: with the reference that was shown. */
    char *meant = edited(again, "1000000000000001-2.", "1000000000000001-2.");
    memcpy(strstr(meant, "1000000000000001-2."), ref, strlen(ref));
    import(meant, "CAA");
    assert_string_equal(tally_now().names, "Cá nhân 9|Cá nhân 8|Cá nhân 3|");
    free(meant);
    free(again);
    free(other);
    free(mended);
    free(old);
}

static void an_old_list_removes_only_what_it_shows(void **state)
{
    (void)state;
    char text[200], *old;
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 1;Trường 1;;\n", "T");
    old = list_now();
    snprintf(text, sizeof(text), "Mã dòng;Thao tác;Lý do\n%.23s;xóa;nhập nhầm\n",
             strstr(old, "1000000000000001-2."));
    import(HEAD "GK;1;05/02/2021;2020;cá nhân;Cá nhân 2;Trường 1;;1000000000000001-2\n", "C");
    import(text, "S");
    free(old);
    old = list_now();
    snprintf(text, sizeof(text), "Mã dòng;Thao tác;Lý do\n%.23s;xóa;nhập nhầm\n",
             strstr(old, "1000000000000001-2."));
    import(text, "R");
    import(text, "A");
    assert_int_equal(tally_now().live, 0);
    free(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(what_is_exported_is_already_in),
        TEST(the_result_file_answers_every_row),
        TEST(a_workbook_of_results_is_corrected_and_imported),
        TEST(a_workbook_that_cannot_be_written_is_told),
        TEST(an_old_list_takes_nothing_back),
        TEST(an_old_list_removes_only_what_it_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
