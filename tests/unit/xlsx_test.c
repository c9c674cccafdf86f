/* Workbooks: what a cell says, which page is read, and what is refused. The files of real programs are in tests/drop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "agent/columns.h"
#include "agent/text.h"
#include "tests/unit/xlsx_parts.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct lt_sheet read_parts(const struct xlsx_part *parts, size_t count)
{
    struct lt_sheet sheet = {0};
    struct lt_sheet_fault fault = {0};
    struct lt_bytes bytes = xlsx_pack(parts, count);
    if (lt_xlsx_read(bytes, &sheet, &fault) != LT_OK) {
        fail_msg("%u:%u %s", fault.line, fault.column, fault.text);
    }
    free((void *)(uintptr_t)bytes.data);
    return sheet;
}

static struct lt_sheet_fault refuse_bytes(struct lt_bytes bytes, enum lt_result result,
                                          const char *about)
{
    struct lt_sheet sheet;
    struct lt_sheet_fault fault = {0};
    assert_int_equal(lt_xlsx_read(bytes, &sheet, &fault), result);
    if (strstr(fault.text, about) == NULL) {
        fail_msg("\"%s\" says nothing of \"%s\"", fault.text, about);
    }
    return fault;
}

static struct lt_sheet_fault refuse_parts(const struct xlsx_part *parts, size_t count,
                                          enum lt_result result, const char *about)
{
    struct lt_bytes bytes = xlsx_pack(parts, count);
    struct lt_sheet_fault fault = refuse_bytes(bytes, result, about);
    free((void *)(uintptr_t)bytes.data);
    return fault;
}

/* One page, with strings and styles. */
static struct lt_sheet read_page(const char *page, const char *strings, const char *styles)
{
    const struct xlsx_part parts[] = {XLSX_ROOT,
                                      XLSX_ONE,
                                      XLSX_RELATIONS,
                                      {"xl/sharedStrings.xml", strings},
                                      {"xl/styles.xml", styles},
                                      {"xl/worksheets/sheet1.xml", page}};
    return read_parts(parts, COUNT(parts));
}

static void assert_cells(const struct lt_sheet *sheet, size_t row, const char *joined)
{
    char text[512] = "";
    for (size_t column = 0; column < sheet->rows[row].count; column++) {
        strcat(strcat(text, column > 0 ? "|" : ""), lt_table_cell(sheet, row, column));
    }
    assert_string_equal(text, joined);
}

static void reads_every_kind_of_cell(void **state)
{
    (void)state;
    struct lt_sheet sheet = read_page(
        "<x:worksheet xmlns:x='u'><x:sheetData>"
        "<x:row r='2'><x:c r='A2' t='s'><x:v>0</x:v></x:c><x:c r='C2' t='s'><x:v>1</x:v></x:c>"
        "<x:c t='inlineStr'><x:is><x:r><x:t>tại </x:t></x:r><x:r><x:t>chỗ</x:t></x:r></x:is></x:c>"
        "</x:row>"
        "<x:row r='5'><x:c r='A5' t='b'><x:v>1</x:v></x:c><x:c r='B5' t='e'><x:v>#N/A</x:v></x:c>"
        "<x:c r='C5' t='str'><x:f>A1&amp;B1</x:f><x:v>ghép</x:v></x:c>"
        "<x:c r='D5'><x:f>SUM(A1)</x:f><x:v>1454</x:v></x:c><x:c r='E5'><x:f>SUM(A1)</x:f></x:c>"
        "<x:c r='F5' t='d'><x:v>2021-02-05T00:00:00</x:v></x:c></x:row>"
        "<x:row><x:c><x:v>7</x:v></x:c></x:row>"
        "<x:row r='9'><x:c r='A9' s='4'/><x:c r='B9' t='s'><x:v>3</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>",
        "<sst><si><t>Một</t></si><si><r><t xml:space='preserve'>hai </t></r><rPh><t>đọc</t></rPh>"
        "<r><t>ba</t></r></si><si><t>thừa</t></si><si><t> </t></si></sst>",
        "<styleSheet/>");
    assert_int_equal(sheet.separator, '\0');
    assert_int_equal(sheet.row_count, 3);
    assert_int_equal(sheet.rows[0].line, 2);
    assert_int_equal(sheet.rows[1].line, 5);
    assert_int_equal(sheet.rows[2].line, 6);
    assert_cells(&sheet, 0, "Một||hai ba|tại chỗ");
    assert_cells(&sheet, 1, "1|#N/A|ghép|1454|" LT_XLSX_NO_VALUE "|2021-02-05");
    assert_cells(&sheet, 2, "7");
    assert_string_equal(lt_table_cell(&sheet, 2, 50), "");
    lt_table_free(&sheet);
}

static void decodes_what_xml_cannot_hold(void **state)
{
    (void)state;
    struct lt_sheet sheet =
        read_page("<worksheet><sheetData><row r='1'><c t='s'><v>0</v></c><c t='s'><v>1</v></c>"
                  "<c t='s'><v>2</v></c><c t='s'><v>3</v></c></row></sheetData></worksheet>",
                  "<sst><si><t>a_x000D_b_x1EC7_</t></si><si><t>_x005F_x000D_</t></si>"
                  "<si><t>_xD800_ _x00_ _x000</t></si><si><t>'=1+1</t></si></sst>",
                  "<styleSheet/>");
    assert_cells(&sheet, 0, "a\rbệ|_x000D_|_xD800_ _x00_ _x000|=1+1");
    lt_table_free(&sheet);
}

#define NUMBER(style, value) "<c s='" #style "'><v>" value "</v></c>"

static void shows_numbers_as_people_see_them(void **state)
{
    (void)state;
    struct lt_sheet sheet = read_page(
        "<worksheet><sheetData>"
        "<row r='1'>" NUMBER(0, "1454") NUMBER(0, "1.45E+3") NUMBER(0, "957.92999999999995") NUMBER(
            0, "-0") NUMBER(0, "28162") NUMBER(0, "1.1999999999999999E-2") NUMBER(0, "123456789012")
            NUMBER(9, "9") NUMBER(99, "0.5") NUMBER(10, "44232") NUMBER(
                11, "0.75") "</row>"
                            "<row r='2'>" NUMBER(1, "44232") NUMBER(2, "44232.75") NUMBER(3, "123")
                                NUMBER(4, "44232") NUMBER(5, "44232") NUMBER(6, "0.75")
                                    NUMBER(7, "44232") NUMBER(
                                        8,
                                        "1454") "</row>"
                                                "<row r='3'>" NUMBER(1, "60") NUMBER(1, "59")
                                                    NUMBER(1, "61") NUMBER(1, "1") NUMBER(1, "-1")
                                                        NUMBER(1,
                                                               "2958466") NUMBER(1, "44232.9999999")
                                                            NUMBER(0, "nan") NUMBER(
                                                                0,
                                                                "0x10") "</row>"
                                                                        "</sheetData></worksheet>",
        "<sst/>",
        "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy;@'/>"
        "<numFmt numFmtId='170' formatCode='[Magenta]0'/><numFmt numFmtId='171' "
        "formatCode='[mm]:ss'/>"
        "<numFmt numFmtId='165' formatCode='00000'/><numFmt numFmtId='166' formatCode='yyyy'/>"
        "<numFmt numFmtId='167' formatCode='mm\\/yyyy'/>"
        "<numFmt numFmtId='168' formatCode='[$-42A]dddd, dd mmmm yyyy'/>"
        "<numFmt numFmtId='169' formatCode='_-* #,##0\\ &quot;đồng chẵn&quot;_-;-#,##0'/></numFmts>"
        "<cellStyleXfs><xf numFmtId='14'/><xf numFmtId='14'/></cellStyleXfs>"
        "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='165'/>"
        "<xf numFmtId='166'/><xf numFmtId='167'/><xf numFmtId='20'/><xf numFmtId='168'/>"
        "<xf numFmtId='169'/><xf numFmtId='164'/><xf numFmtId='170'/><xf "
        "numFmtId='171'/></cellXfs></styleSheet>");
    assert_cells(&sheet, 0,
                 "1454|1450|957,93|0|28162|0,012|123456789012|09/01/1900|0,5|44232|18:00");
    assert_cells(&sheet, 1, "05/02/2021|05/02/2021|00123|2021|02/2021|18:00|05/02/2021|1454");
    assert_cells(&sheet, 2,
                 "29/02/1900|28/02/1900|01/03/1900|01/01/1900|-1|2958466|06/02/2021|nan|0x10");
    lt_table_free(&sheet);
}

static void counts_days_from_1904_where_the_book_does(void **state)
{
    (void)state;
    const struct xlsx_part parts[] = {XLSX_ROOT,
                                      {"xl/workbook.xml",
                                       "<workbook><workbookPr date1904='1'/><sheets>"
                                       "<sheet name='a' r:id='r1'/></sheets></workbook>"},
                                      XLSX_RELATIONS,
                                      XLSX_NO_STRINGS,
                                      XLSX_STYLES("<cellXfs><xf numFmtId='14'/></cellXfs>"),
                                      XLSX_PAGE("1", "<sheetData><row r='1'>" NUMBER(0, "42770")
                                                         NUMBER(0, "0") "</row></sheetData>")};
    struct lt_sheet sheet = read_parts(parts, COUNT(parts));
    assert_cells(&sheet, 0, "05/02/2021|01/01/1904");
    lt_table_free(&sheet);
}

static void a_cell_merged_over_rows_says_the_same_in_each(void **state)
{
    (void)state;
    struct lt_sheet sheet = read_page(
        "<worksheet><sheetData>"
        "<row r='1'><c r='A1' t='inlineStr'><is><t>DANH SÁCH</t></is></c></row>"
        "<row r='3'><c r='A3' t='inlineStr'><is><t>Họ tên</t></is></c>"
        "<c r='B3' t='inlineStr'><is><t>Số quyết định</t></is></c></row>"
        "<row r='4'><c r='A4' t='inlineStr'><is><t>Cá nhân 1</t></is></c>"
        "<c r='B4' t='inlineStr'><is><t>15</t></is></c></row>"
        "<row r='5'><c r='A5' t='inlineStr'><is><t>Cá nhân 2</t></is></c></row>"
        "<row r='6'><c r='B6'/></row>"
        "<row r='8'><c r='A8' t='inlineStr'><is><t>Cá nhân 3</t></is></c></row>"
        "<row r='9'><c r='A9' t='inlineStr'><is><t>Cá nhân 4</t></is></c></row></sheetData>"
        "<mergeCells><mergeCell ref='A1:F2'/><mergeCell ref='B4:B8'/><mergeCell ref='D4:D9'/>"
        "<mergeCell ref='A7:A9'/><mergeCell ref='nonsense'/></mergeCells></worksheet>",
        "<sst/>", "<styleSheet/>");
    assert_int_equal(sheet.row_count, 6);
    assert_cells(&sheet, 0, "DANH SÁCH");
    assert_cells(&sheet, 2, "Cá nhân 1|15");
    assert_cells(&sheet, 3, "Cá nhân 2|15");
    assert_cells(&sheet, 4, "Cá nhân 3|15"); /* line 6 and 7 hold nothing of their own */
    assert_cells(&sheet, 5, "Cá nhân 4");
    for (size_t row = 0; row < sheet.row_count; row++) { /* those between and the first */
        assert_int_equal(lt_table_is_spread(&sheet, row, 1), row >= 2 && row <= 4);
        assert_false(lt_table_is_spread(&sheet, row, 0));
    }
    lt_table_free(&sheet);
}

static void a_header_of_two_lines_is_its_last(void **state)
{
    (void)state;
    struct lt_sheet sheet = read_page(
        "<worksheet><sheetData>"
        "<row r='1'><c r='A1' t='inlineStr'><is><t>Họ tên</t></is></c>"
        "<c r='B1' t='inlineStr'><is><t>Quyết định</t></is></c>"
        "<c r='D1' t='inlineStr'><is><t>Năm</t></is></c></row>"
        "<row r='2'><c r='B2' t='inlineStr'><is><t>Số</t></is></c>"
        "<c r='C2' t='inlineStr'><is><t>Ngày</t></is></c></row>"
        "<row r='3'><c r='A3' t='inlineStr'><is><t>Cá nhân 1</t></is></c></row></sheetData>"
        "<mergeCells><mergeCell ref='A1:A2'/><mergeCell ref='B1:C1'/><mergeCell ref='D1:D2'/>"
        "</mergeCells></worksheet>",
        "<sst/>", "<styleSheet/>");
    struct lt_columns columns;
    struct lt_sheet_fault fault;
    assert_int_equal(lt_columns_find(&sheet, &columns, &fault), LT_OK);
    assert_int_equal(columns.header_row, 1);
    assert_int_equal(columns.at[LT_COL_NAME], 0);
    assert_int_equal(columns.at[LT_COL_DECISION_NUMBER], 1);
    assert_int_equal(columns.at[LT_COL_DECISION_DATE], 2);
    assert_int_equal(columns.at[LT_COL_YEAR], 3);
    lt_table_free(&sheet);
}

#define TEXT_CELL(text) "<c t='inlineStr'><is><t>" text "</t></is></c>"
#define LIST                                                                                       \
    "<sheetData><row r='1'>" TEXT_CELL("Họ tên")                                                   \
        TEXT_CELL("Năm") "</row><row r='2'>" TEXT_CELL("Cá nhân 1") "</row></sheetData>"
#define PROSE "<sheetData><row r='1'>" TEXT_CELL("Hướng dẫn") "</row></sheetData>"

static void takes_the_page_whose_header_is_known(void **state)
{
    (void)state;
    const struct xlsx_part parts[] = {
        XLSX_ROOT,
        XLSX_BOOK("<sheet name='Bìa' r:id='r1'/><sheet name='Bảng' r:id='r2'/>"),
        XLSX_RELATIONS,
        XLSX_NO_STRINGS,
        XLSX_NO_STYLES,
        XLSX_PAGE("1", PROSE),
        XLSX_PAGE("2", LIST)};
    struct lt_sheet sheet = read_parts(parts, COUNT(parts));
    assert_cells(&sheet, 0, "Họ tên|Năm");
    assert_non_null(strstr(sheet.note, "Bảng"));
    assert_non_null(strstr(sheet.note, "Bìa"));
    lt_table_free(&sheet);
    const struct xlsx_part hidden[] = {
        XLSX_ROOT,
        XLSX_BOOK("<sheet name='Bảng' r:id='r1'/><sheet name='Mã' state='hidden' r:id='r2'/>"),
        XLSX_RELATIONS,
        XLSX_NO_STRINGS,
        XLSX_NO_STYLES,
        XLSX_PAGE("1", LIST),
        XLSX_PAGE("2", LIST)};
    sheet = read_parts(hidden, COUNT(hidden));
    assert_non_null(strstr(sheet.note, "chỉ đọc trang «Bảng»; không đọc trang «Mã» (ẩn)"));
    lt_table_free(&sheet);
    const struct xlsx_part lists[] = {
        XLSX_ROOT,
        XLSX_BOOK("<sheet name='Hỏng' state='hidden' r:id='r2'/><sheet name='Bảng' r:id='r1'/>"
                  "<sheet name='Bìa' r:id='r3'/><sheet name='Mã' state='hidden' r:id='r3'/>"
                  "<sheet name='Ghi chú' r:id='r3'/>"),
        {"xl/_rels/workbook.xml.rels",
         "<Relationships>"
         "<Relationship Id='r1' Type='http://x/worksheet' Target='worksheets/sheet1.xml'/>"
         "<Relationship Id='r2' Type='http://x/worksheet' Target='worksheets/sheet2.xml'/>"
         "<Relationship Id='r3' Type='http://x/worksheet' Target='worksheets/sheet3.xml'/>"
         "</Relationships>"},
        XLSX_NO_STRINGS,
        XLSX_NO_STYLES,
        XLSX_PAGE("1", "<sheetData><row r='1'>" TEXT_CELL("Họ tên")
                           TEXT_CELL("Năm") "</row><row r='2' hidden='1'>" TEXT_CELL(
                               "Cá nhân 1") "</row><row r='3' hidden='1'/></sheetData>"),
        XLSX_PAGE("2", "<sheetData><row r='2'/><row r='1'/></sheetData>"),
        XLSX_PAGE("3", PROSE)};
    sheet = read_parts(lists, COUNT(lists));
    assert_string_equal(sheet.note,
                        "chỉ đọc trang «Bảng»; không đọc trang «Bìa», «Ghi chú»; 1 dòng "
                        "đang ẩn cũng được đọc");
    lt_table_free(&sheet);
}

/* Excel writes a formula that says "" as a text without letters: a blank cell, not one that was never computed. */
static void a_formula_may_say_nothing(void **state)
{
    (void)state;
    struct lt_sheet sheet = read_page(
        "<worksheet><sheetData><row r='1'>" TEXT_CELL("Họ tên") TEXT_CELL(
            "Ghi chú") "</row>"
                       "<row r='2'>" TEXT_CELL(
                           "Cá nhân 1") "<c r='B2' t='str'><f>\"\"</f><v></v></c></row>"
                                        "<row r='3'><c r='A3' t='str'><f>\"\"</f><v></v></c><c "
                                        "t='str'><f>A1</f><v/></c></row>"
                                        "<row r='4'><c "
                                        "r='A4'><f>1+1</f><v></v></c></row></sheetData></"
                                        "worksheet>",
        "<sst/>", "<styleSheet/>");
    assert_int_equal(sheet.row_count, 3);
    assert_cells(&sheet, 1, "Cá nhân 1");
    assert_cells(&sheet, 2, LT_XLSX_NO_VALUE);
    lt_table_free(&sheet);
}

static void two_pages_of_records_are_refused(void **state)
{
    (void)state;
    const struct xlsx_part parts[] = {
        XLSX_ROOT,
        XLSX_BOOK("<sheet name='Xã A' r:id='r1'/><sheet name='Xã B' r:id='r2'/>"),
        XLSX_RELATIONS,
        XLSX_NO_STRINGS,
        XLSX_NO_STYLES,
        XLSX_PAGE("1", LIST),
        XLSX_PAGE("2", LIST)};
    refuse_parts(parts, COUNT(parts), LT_MALFORMED, "«Xã A» và «Xã B»");
}

static void refuse_page(const char *page, enum lt_result result, uint32_t line, const char *about)
{
    const struct xlsx_part parts[] = {XLSX_ROOT,      XLSX_ONE,
                                      XLSX_RELATIONS, XLSX_NO_STRINGS,
                                      XLSX_NO_STYLES, {"xl/worksheets/sheet1.xml", page}};
    assert_int_equal(refuse_parts(parts, COUNT(parts), result, about).line, line);
}

static void damage_is_named(void **state)
{
    (void)state;
    refuse_page(
        "<worksheet><sheetData><row r='3'><c t='s'><v>9</v></c></row></sheetData></worksheet>",
        LT_MALFORMED, 3, "hỏng");
    refuse_page("<worksheet><sheetData><row r='3'>", LT_MALFORMED, 0, "sheet1.xml");
    refuse_page("<worksheet><sheetData><row r='3'/><row r='2'/></sheetData></worksheet>",
                LT_MALFORMED, 0, "hỏng");
    refuse_page("<worksheet/>", LT_MALFORMED, 0, "trống");
    const struct xlsx_part parts[] = {XLSX_ROOT, XLSX_ONE, XLSX_RELATIONS, XLSX_NO_STYLES};
    refuse_parts(parts, COUNT(parts), LT_MALFORMED, "sharedStrings.xml");
    struct lt_bytes whole = xlsx_pack(parts, COUNT(parts));
    refuse_bytes((struct lt_bytes){whole.data, whole.size / 2}, LT_MALFORMED, "hỏng");
    free((void *)(uintptr_t)whole.data);
}

static void other_archives_are_named(void **state)
{
    (void)state;
    const struct xlsx_part ods[] = {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
                                    {"content.xml", "<x/>"}};
    const struct xlsx_part word[] = {{"[Content_Types].xml", "<Types/>"},
                                     {"word/document.xml", "<x/>"}};
    const struct xlsx_part binary[] = {{"[Content_Types].xml", "<Types/>"},
                                       {"xl/workbook.bin", ""}};
    const struct xlsx_part zip[] = {{"danh sách.xlsx", "PK"}};
    refuse_parts(ods, COUNT(ods), LT_MALFORMED, "LibreOffice");
    refuse_parts(word, COUNT(word), LT_MALFORMED, "Word");
    refuse_parts(binary, COUNT(binary), LT_MALFORMED, ".xlsb");
    refuse_parts(zip, COUNT(zip), LT_MALFORMED, "giải nén");
}

static void nothing_grows_out_of_bounds(void **state)
{
    (void)state;
    refuse_page("<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
                "<worksheet>&b;</worksheet>",
                LT_MALFORMED, 0, "DOCTYPE");
    size_t size = 64 * 1024 * 1024;
    char *spaces = malloc(size + 1);
    assert_non_null(spaces);
    memset(spaces, ' ', size);
    spaces[size] = '\0';
    memcpy(spaces, "<worksheet>", 11);
    refuse_page(spaces, LT_TOO_LARGE, 0, "quá lớn"); /* nothing in it for long */
    for (size_t at = 11; at + 30 < size; at += 30) { /* and names that are never seen again */
        spaces[at + snprintf(spaces + at, 30, "<a%020zu/>", at)] = ' ';
    }
    refuse_page(spaces, LT_TOO_LARGE, 0, "quá lớn");
    size_t deep = 0;
    for (size_t i = 0; i < 100; i++) {
        deep += (size_t)sprintf(spaces + deep, "<a>");
    }
    refuse_page(spaces, LT_TOO_LARGE, 0, "quá lớn");
    free(spaces);
    refuse_page("<worksheet><sheetData><row r='7'><c r='DZ7'><v>1</v></c></row></sheetData>"
                "</worksheet>",
                LT_TOO_LARGE, 7, "128 cột");
}

static void a_cell_and_a_row_have_their_bounds(void **state)
{
    (void)state;
    size_t long_size = LT_TABLE_LINE_BYTES_MAX + 200;
    char *page = malloc(2 * long_size);
    assert_non_null(page);
    size_t at = (size_t)sprintf(page, "<worksheet><sheetData><row r='4'><c t='str'><v>");
    memset(page + at, 'x', long_size);
    strcpy(page + at + long_size, "</v></c></row></sheetData></worksheet>");
    refuse_page(page, LT_TOO_LARGE, 4, "ô dài quá");
    strcpy(page + at + LT_TABLE_LINE_BYTES_MAX,
           "</v></c><c><v>1</v></c></row></sheetData></worksheet>");
    refuse_page(page, LT_TOO_LARGE, 4, "dòng dài quá");
    free(page);
}

static void too_many_parts_are_refused_before_they_are_opened(void **state)
{
    (void)state;
    uint8_t end[22] = {'P', 'K', 5, 6, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
    refuse_bytes((struct lt_bytes){end, sizeof(end)}, LT_TOO_LARGE, "quá lớn");
    memset(end + 8, 1, 2);
    end[9] = end[11] = 0;
    end[10] = 1;
    memset(end + 12, 0x7f, 4);
    refuse_bytes((struct lt_bytes){end, sizeof(end)}, LT_TOO_LARGE, "quá lớn");
}

int main(void)
{
    lt_text_language("vi");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind_of_cell),
        cmocka_unit_test(decodes_what_xml_cannot_hold),
        cmocka_unit_test(shows_numbers_as_people_see_them),
        cmocka_unit_test(counts_days_from_1904_where_the_book_does),
        cmocka_unit_test(a_cell_merged_over_rows_says_the_same_in_each),
        cmocka_unit_test(a_header_of_two_lines_is_its_last),
        cmocka_unit_test(takes_the_page_whose_header_is_known),
        cmocka_unit_test(a_formula_may_say_nothing),
        cmocka_unit_test(two_pages_of_records_are_refused),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(other_archives_are_named),
        cmocka_unit_test(nothing_grows_out_of_bounds),
        cmocka_unit_test(a_cell_and_a_row_have_their_bounds),
        cmocka_unit_test(too_many_parts_are_refused_before_they_are_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
