/* Files taken in whole: matching, questions, corrections, replacing, and the way out and in again. */
#include "tests/unit/site_world.h"

#include "agent/cells.h"
#include "agent/text.h"
#include "agent/xlsx.h"

static struct site_world world;

static int setup(void **state)
{
    (void)state;
    lt_text_language("vi");
    world_open(&world, true);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

#define HEAD "Mã;Số quyết định;Ngày quyết định;Năm;Đối tượng;Họ tên;Nơi công tác;Chức vụ;Mã dòng\n"

static struct lt_intake *read_with(const char *text, bool replace)
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

/* Imports; `outcomes` has a letter a row: Taken, Corrected, Removed, Already in, aSked, Not taken. */
static struct lt_intake *import_with(const char *text, bool replace, bool retract,
                                     const char *outcomes)
{
    static const char letters[] = "TCRASN";
    struct lt_intake *intake = read_with(text, replace);
    assert_int_equal(intake->answer_count, strlen(outcomes));
    for (size_t i = 0; i < intake->answer_count; i++) {
        if (letters[intake->answers[i].outcome] != outcomes[i]) {
            fail_msg("row %zu is %s (%s), not %c", i, lt_outcome_name(intake->answers[i].outcome),
                     intake->answers[i].reason, outcomes[i]);
        }
    }
    assert_int_equal(lt_intake_store(intake, retract), LT_OK);
    return intake;
}

static void import(const char *text, const char *outcomes)
{
    lt_intake_free(import_with(text, false, false, outcomes));
}

struct tally {
    size_t live, retracted;
    char names[4000];
    struct lt_row_ref refs[64];
};

static bool count(void *context, const struct lt_record_view *record)
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

static struct tally tally_now(void)
{
    struct tally tally = {0};
    assert_int_equal(lt_journal_records(world.journal, count, &tally), LT_OK);
    return tally;
}

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
    assert_non_null(strstr(text, ";1000000000000001-2;đã nhận;"));
    assert_non_null(strstr(text, ";'=1+1;"));
    assert_non_null(strstr(text, ";không nhận;"));
    import(text, "AN"); /* and it may be corrected and imported again */
    free(text);
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
        TEST(what_is_exported_is_already_in),
        TEST(the_result_file_answers_every_row),
        TEST(a_workbook_of_results_is_corrected_and_imported),
        TEST(a_workbook_that_cannot_be_written_is_told),
        TEST(true_twins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
