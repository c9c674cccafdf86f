/* What rows say, read against the sample tree and catalogue. */
#include "tests/unit/rules_samples.h"

#include "agent/rows.h"
#include "agent/text.h"

/* One file, read against the book as if by `author`. */
struct file {
    struct lt_book *book;
    struct lt_sheet sheet;
    struct lt_columns columns;
    struct lt_arena *arena;
    struct lt_rows rows;
    struct lt_said said;
    struct lt_row_fault fault;
};

static void open_file(struct file *file, const char *author, uint8_t kind, const char *text)
{
    struct lt_sheet_fault fault = {0};
    *file = (struct file){.book = sample_book(), .arena = lt_arena_new(1 << 20)};
    if (lt_table_read((struct lt_bytes){(const uint8_t *)text, strlen(text)}, &file->sheet,
                      &fault) != LT_OK ||
        lt_columns_find(&file->sheet, &file->columns, &fault) != LT_OK) {
        fail_msg("%s", fault.text);
    }
    file->rows = (struct lt_rows){.book = file->book,
                                  .author = place_of(file->book, author),
                                  .sheet = &file->sheet,
                                  .columns = &file->columns,
                                  .arena = file->arena,
                                  .kind = kind};
    assert_int_equal(lt_rows_begin(&file->rows), LT_OK);
}

static void close_file(struct file *file)
{
    lt_table_free(&file->sheet);
    lt_arena_free(file->arena);
    lt_book_free(file->book);
}

static const Lienthong__Award *good(struct file *file, size_t row)
{
    enum lt_result result = lt_rows_read(&file->rows, row, &file->said, &file->fault);
    if (result != LT_OK) {
        fail_msg("row %zu: %s", row, file->fault.text);
    }
    return file->said.body != NULL ? file->said.body->changes[0]->award : NULL;
}

static void bad(struct file *file, size_t row, int column, const char *about)
{
    assert_int_equal(lt_rows_read(&file->rows, row, &file->said, &file->fault), LT_REFUSED);
    if (file->fault.column != column || strstr(file->fault.text, about) == NULL) {
        fail_msg("row %zu: column %d: %s", row, file->fault.column, file->fault.text);
    }
}

static void a_full_award(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Mã;Số QĐ;Ngày QĐ;Người ký;Năm;Loại hình;Đối tượng;Họ tên;Nơi công tác;Chức vụ;"
              "Nhóm cán bộ;Giới tính;Truy tặng;Đơn vị;Lĩnh vực;Phong trào;Cấp trình;Ghi chú\n"
              "gk;15/QĐ-UBND;05/02/2021;Nguyễn Văn Ký;2020;đột xuất;cá nhân;Cá nhân 0001;"
              "Trường TH 1;Hiệu trưởng;lãnh đạo khác;nữ;có;28111;giáo dục;Dạy tốt;tỉnh;\"a\nb\"\n");
    const Lienthong__Award *award = good(&file, 1);
    const Lienthong__Decision *decision = file.said.body->decisions[0];
    assert_string_equal(award->code, "GK");
    assert_string_equal(decision->number, "15/QĐ-UBND");
    assert_int_equal(decision->date, day_at("2021-02-05"));
    assert_string_equal(decision->signatory, "Nguyễn Văn Ký");
    assert_int_equal(decision->level, LIENTHONG__LEVEL__LEVEL_DISTRICT);
    assert_string_equal(file.said.body->units[decision->unit - 1]->code, "807");
    assert_int_equal(award->period->to, 2020);
    assert_int_equal(award->type, LIENTHONG__AWARD_TYPE__TYPE_AD_HOC);
    assert_int_equal(award->recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    assert_int_equal(award->category, LIENTHONG__CATEGORY__CATEGORY_MANAGER);
    assert_int_equal(award->sex, LIENTHONG__SEX__SEX_FEMALE);
    assert_true(award->posthumous);
    assert_string_equal(file.said.body->units[award->place - 1]->code, "28111");
    assert_string_equal(award->field, "giáo dục");
    assert_string_equal(award->movement, "Dạy tốt");
    assert_int_equal(award->status, LIENTHONG__STATUS__STATUS_DECIDED);
    assert_int_equal(award->submitted_by, LIENTHONG__LEVEL__LEVEL_PROVINCE);
    assert_string_equal(award->note, "a\nb");
    assert_string_equal(file.said.person->position, "Hiệu trưởng");
    close_file(&file);
}

static void authorities(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Mã;Cơ quan quyết định;Cấp;Năm;Đối tượng;Số lượng\n"
              "HC_LD_2;CTN;;2020;tập thể;2\n"
              "HC_LD_2;Chủ tịch nước;;2020;tập thể;2\n"
              "BK_BT;80;;2020;tập thể;35\n"
              "BK_BT;BNV;bộ;2020;tập thể;1\n"
              "BK_BT;;tỉnh;2020;tập thể;35\n"
              "BK_BT;BNV;;2020;tập thể;1\n"
              "GK;;;2020;tập thể;1.454\n");
    good(&file, 1);
    assert_string_equal(file.said.body->decisions[0]->authority, "CTN");
    assert_int_equal(file.said.body->decisions[0]->level, LIENTHONG__LEVEL__LEVEL_STATE);
    good(&file, 2);
    assert_string_equal(file.said.body->decisions[0]->authority, "CTN");
    good(&file, 3);
    assert_int_equal(file.said.body->decisions[0]->level, LIENTHONG__LEVEL__LEVEL_PROVINCE);
    good(&file, 4);
    assert_string_equal(file.said.body->decisions[0]->authority, "BNV");
    bad(&file, 5, LT_COL_AUTHORITY, "cao hơn");
    bad(&file, 6, LT_COL_AUTHORITY, "BNV");
    assert_int_equal(good(&file, 7)->quantity, 1454);
    close_file(&file);
}

static void units_by_date(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "80@2025-07-01", LT_KIND_AWARD,
              "Mã;Số quyết định;Ngày quyết định;Thời gian;Đối tượng;Họ tên;Đơn vị\n"
              "GK;1;10/08/2025;2025;cá nhân;Cá nhân 1;28111\n"
              "GK;;;2025;cá nhân;Cá nhân 1;28111\n"
              "GK;1;10/08/2025;2025;cá nhân;Cá nhân 1;28112\n"
              "GK;1;10/08/2025;2025;cá nhân;Cá nhân 1;99999\n"
              "GK;1;10/08/2025;2025;cá nhân;Cá nhân 1;28111@2025-07-01\n"
              "GK;1;10/08/2025;2025;cá nhân;Cá nhân 1;xã A\n");
    /* GK is not decided by a province here, so the authority is the commune. */
    file.rows.author = place_of(file.book, "28111@2025-07-01");
    assert_int_equal(good(&file, 1)->place, 0); /* the author's own */
    bad(&file, 2, LT_COL_PLACE, "28111@2025-07-01 (Mỹ Lộc)");
    bad(&file, 3, LT_COL_PLACE, "không tồn tại");
    bad(&file, 4, LT_COL_PLACE, "99999");
    assert_int_equal(good(&file, 5)->place, 0);
    bad(&file, 6, LT_COL_PLACE, "không phải mã");
    close_file(&file);
}

static void lost_zeros_are_guessed_aloud(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Mã;Năm;Đối tượng;Số lượng;Đơn vị\nGK;2020;tập thể;1;7\n");
    struct saying *saying = say("VN", 2, 1);
    say_unit(saying, "007", "80", LT_UNIT_DISTRICT, "Huyện mẫu", "");
    tell(file.book, saying);
    bad(&file, 1, LT_COL_PLACE, "«007»");
    close_file(&file);
}

static void every_fault_of_a_row_is_told(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Mã;Ngày quyết định;Năm;Đối tượng;Họ tên;Số lượng;Giới tính\n"
              "XX;31/02/2021;2024-2025;người;Cá nhân 1;1,454;khác\n");
    bad(&file, 1, LT_COL_YEAR, "năm học 2024-2025");
    assert_non_null(strstr(file.fault.text, "«XX»"));
    assert_non_null(strstr(file.fault.text, "31/02/2021"));
    assert_non_null(strstr(file.fault.text, "không hiểu «người»"));
    assert_non_null(strstr(file.fault.text, "1,454"));
    close_file(&file);
}

/* Every rule of the judge is told to the clerk now. */
static void the_rules_of_the_hub(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Mã;Cơ quan quyết định;Năm;Đối tượng;Họ tên;Đơn vị;Số lượng\n"
              "GDVH;;2020;hộ gia đình;Hộ 1;;\n"
              "CSTD_CS;;2020;tập thể;Tổ 1;;\n"
              "GK;808;2020;cá nhân;Cá nhân 1;28201;\n"
              "HUY_HIEU;80;2024;cá nhân;Cá nhân 1;;\n"
              "GK;;;cá nhân;Cá nhân 1;;\n"
              "GK;;2020;cá nhân;;;\n"
              "GK;;2020;cá nhân;Cá nhân 1;;5\n"
              "GK;;2020;cá nhân;;;0\n"
              "GK;;2020;;Cá nhân 1;;\n"
              "CSTD_CS;;2020;;Cá nhân 1;;\n");
    bad(&file, 1, LT_COL_LEVEL, "thẩm quyền");
    bad(&file, 2, LT_COL_RECIPIENT, "đối tượng");
    bad(&file, 3, LT_COL_AUTHORITY, "phạm vi");
    bad(&file, 4, LT_COL_CODE, "vào thời gian đó");
    bad(&file, 5, LT_COL_PERIOD, "thời gian");
    bad(&file, 6, LT_COL_NAME, "thiếu họ tên");
    bad(&file, 7, LT_COL_QUANTITY, "tổng số");
    bad(&file, 8, LT_COL_QUANTITY, "từ 1");
    bad(&file, 9, LT_COL_RECIPIENT, "thiếu đối tượng");
    assert_int_equal(good(&file, 10)->recipient, LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL);
    close_file(&file);
}

static void years_under_their_headers(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Mã;Năm;Giai đoạn;Năm học;Đối tượng;Số lượng\n"
              "GK;2020;;;tập thể;1\n"
              "GK;;2015-2020;;tập thể;1\n"
              "GK;;2019-2020;;tập thể;1\n"
              "GK;;;2019-2020;tập thể;1\n"
              "GK;2020;2015-2020;;tập thể;1\n"
              "GK;2019-2020;;;tập thể;1\n");
    assert_int_equal(good(&file, 1)->period->kind, LIENTHONG__PERIOD_KIND__PERIOD_YEAR);
    assert_int_equal(good(&file, 2)->period->kind, LIENTHONG__PERIOD_KIND__PERIOD_SPAN);
    assert_int_equal(good(&file, 3)->period->kind, LIENTHONG__PERIOD_KIND__PERIOD_SPAN);
    assert_int_equal(good(&file, 4)->period->kind, LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR);
    bad(&file, 5, LT_COL_SPAN, "chỉ điền một");
    bad(&file, 6, LT_COL_YEAR, "không rõ");
    close_file(&file);
}

static void titles_by_name(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Danh hiệu;Năm;Số lượng;Đối tượng\n"
              "giay khen;2020;1;tập thể\n"
              "Danh hiệu kép;2020;1;tập thể\n"
              "Giấy khen;2020;1;DN\n");
    struct saying *saying = say("VN", 2, 1);
    say_title(saying, "GK", "134", "456", "", "2023-12-31")->name = (char *)(uintptr_t) "Giấy khen";
    say_title(saying, "K1", "", "", "", "")->name = (char *)(uintptr_t) "Danh hiệu kép";
    say_title(saying, "K2", "", "", "", "")->name = (char *)(uintptr_t) "Danh hiệu kép";
    tell(file.book, saying);
    assert_int_equal(lt_rows_begin(&file.rows), LT_OK);
    assert_string_equal(good(&file, 1)->code, "GK");
    bad(&file, 2, LT_COL_CODE, "viết mã");
    assert_int_equal(good(&file, 3)->recipient, LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
    close_file(&file);
}

static void intents(void **state)
{
    (void)state;
    struct file file;
    open_file(&file, "807", LT_KIND_AWARD,
              "Mã dòng;Thao tác;Lý do;Mã;Năm;Đối tượng;Số lượng\n"
              "9f3a61c2d4e5b607-12;xóa;nhập nhầm;;;;\n"
              "mới;;;GK;2020;tập thể;1\n"
              "dòng 5;;;GK;2020;tập thể;1\n"
              "9f3a61c2d4e5b607-12;rút;;;;;\n"
              "9f3a61c2d4e5b607-12;khôi phục;;GK;2020;tập thể;1\n"
              ";nghĩ lại;;GK;2020;tập thể;1\n");
    assert_null(good(&file, 1));
    assert_int_equal(file.said.action, LT_ROW_RETRACT);
    assert_true(file.said.has_ref);
    assert_int_equal(file.said.ref.row, 12);
    assert_string_equal(file.said.reason, "nhập nhầm");
    good(&file, 2);
    assert_true(file.said.is_new);
    bad(&file, 3, LT_COL_ROW_REF, "mã dòng");
    good(&file, 4);
    assert_int_equal(file.said.action, LT_ROW_WITHDRAW);
    good(&file, 5);
    assert_int_equal(file.said.action, LT_ROW_RESTORE);
    bad(&file, 6, LT_COL_ACTION, "nghĩ lại");
    close_file(&file);
}

static void the_other_kinds(void **state)
{
    (void)state;
    struct file file;
    open_file(
        &file, "80", LT_KIND_AWARD,
        "Loại;Tên;Khối, cụm;Năm;Đơn vị;Thành viên;Đơn vị quản lý;Điểm;Điểm thưởng;Xếp hạng;"
        "Chuyên đề;Từ ngày;Mô hình;Số lượng;Loại số liệu;Không phát sinh;Số đối chiếu;Mã;"
        "Đối tượng;Kết quả xét;Số tờ trình;Ngày trình\n"
        "phong trào;Vì người nghèo;;2020;;;;;;;có;01/03/2020;;;;;;;;;;\n"
        "giao ước;;Cụm 1;2020;;807, 808;;;;;;;;;;;;;;;;\n"
        "bảng điểm;;Cụm 1;2020;807;;;957,93;10;1;;;;;;;;;;;;\n"
        "điển hình;;;2020;28111;;;;;;;;Mô hình A;;;;;;;;;\n"
        "chốt số liệu;;;2020;;;;;;;;;;;khen thưởng;;\"GK/cá nhân=1.454; GK/tập thể=298\";;;;;\n"
        "chốt số liệu;;;2020;;;;;;;;;;;khen thưởng;có;;;;;;\n"
        "đề nghị;;;2020;807;;;;;;;;;1;;;;BK_BT;tập thể;đang xét;12/TTr;05/01/2021\n"
        "giao ước;;;2020;;;;;;;;;;4;;;;;;;;\n"
        "bảng điểm;;;2020;807;;;;;;;;;;;;;;;;;\n"
        "lạ;;;2020;;;;;;;;;;;;;;;;;;\n");
    good(&file, 1);
    const Lienthong__Movement *movement = file.said.body->changes[0]->movement;
    assert_string_equal(movement->name, "Vì người nghèo");
    assert_true(movement->thematic);
    assert_int_equal(movement->level, LIENTHONG__LEVEL__LEVEL_PROVINCE);
    good(&file, 2);
    assert_int_equal(file.said.body->changes[0]->pledge->n_members, 2);
    assert_string_equal(file.said.body->units[1]->code, "808");
    good(&file, 3);
    const Lienthong__Score *score = file.said.body->changes[0]->score;
    assert_true(score->has_final && !score->has_self);
    assert_int_equal(score->final, 95793);
    assert_int_equal(score->bonus, 1000);
    assert_int_equal(score->rank, 1);
    good(&file, 4);
    assert_string_equal(file.said.body->changes[0]->exemplar->model, "Mô hình A");
    good(&file, 5);
    const Lienthong__Declaration *declaration = file.said.body->changes[0]->declaration;
    assert_int_equal(declaration->n_totals, 2);
    assert_string_equal(declaration->totals[1]->code, "GK");
    assert_int_equal(declaration->totals[0]->quantity, 1454);
    assert_int_equal(declaration->totals[1]->recipient, LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE);
    good(&file, 6);
    assert_true(file.said.body->changes[0]->declaration->nil);
    good(&file, 7);
    assert_string_equal(file.said.body->changes[0]->proposal->number, "12/TTr");
    good(&file, 8);
    assert_int_equal(file.said.body->changes[0]->pledge->quantity, 4);
    bad(&file, 9, LT_COL_CLUSTER, "thiếu");
    bad(&file, 10, LT_COL_KIND, "lạ");
    close_file(&file);
}

int main(void)
{
    lt_text_language("vi");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_award),
        cmocka_unit_test(authorities),
        cmocka_unit_test(units_by_date),
        cmocka_unit_test(lost_zeros_are_guessed_aloud),
        cmocka_unit_test(every_fault_of_a_row_is_told),
        cmocka_unit_test(the_rules_of_the_hub),
        cmocka_unit_test(years_under_their_headers),
        cmocka_unit_test(titles_by_name),
        cmocka_unit_test(intents),
        cmocka_unit_test(the_other_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
