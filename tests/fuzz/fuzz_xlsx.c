/* fuzz_xlsx.c - a workbook that a stranger drops: the archive as a whole, or one of its parts inside a good one, as the
 * first byte says. What is read keeps the bounds of a sheet. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "agent/columns.h"
#include "agent/foreign.h"
#include "agent/legacy.h"
#include "tests/unit/xlsx_parts.h"

static void check_sheet(const struct lt_sheet *sheet)
{
    FUZZ_CHECK(sheet->row_count > 0 && sheet->row_count <= LT_TABLE_ROWS_MAX &&
               strlen(sheet->note) < sizeof(sheet->note));
    uint32_t line = 0;
    for (size_t row = 0; row < sheet->row_count; row++) {
        const struct lt_sheet_row *about = &sheet->rows[row];
        FUZZ_CHECK(about->line > line && about->count >= 1 && about->count <= LT_TABLE_COLUMNS_MAX);
        FUZZ_CHECK(about->first + about->count <= sheet->cell_count);
        line = about->line;
        for (size_t column = 0; column < about->count; column++) {
            /* Converted text is longer by a byte a letter at most. */
            FUZZ_CHECK(strlen(lt_table_cell(sheet, row, column)) <= 2 * LT_TABLE_LINE_BYTES_MAX);
        }
    }
}

static void read_workbook(struct lt_bytes bytes)
{
    struct lt_sheet sheet;
    struct lt_sheet_fault fault = {0};
    struct lt_columns columns;
    enum lt_result result = lt_legacy_read(bytes, &sheet, &fault);
    FUZZ_CHECK(result == LT_OK || result == LT_MALFORMED || result == LT_TOO_LARGE);
    if (result != LT_OK) {
        FUZZ_CHECK(fault.text[0] != '\0' && strlen(fault.text) < sizeof(fault.text));
        return;
    }
    FUZZ_CHECK((sheet.separator == '\0') == lt_foreign_is_zip(bytes));
    check_sheet(&sheet);
    (void)lt_columns_find(&sheet, &columns, &fault);
    lt_table_free(&sheet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xlsx_part parts[] = {
        XLSX_ROOT,
        XLSX_BOOK("<sheet name='a' r:id='r1'/><sheet name='b' r:id='r2'/>"),
        XLSX_RELATIONS,
        XLSX_STRINGS("<si><t>Họ tên</t></si><si><t>Năm</t></si>"),
        XLSX_STYLES("<cellXfs><xf numFmtId='14'/><xf numFmtId='20'/></cellXfs>"),
        XLSX_PAGE("1", "<sheetData><row r='1'><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>"
                       "<row r='2'><c><v>1</v></c></row></sheetData>"),
        XLSX_PAGE("2", "<sheetData/>")};
    static const size_t places[] = {0, 2, 3, 4, 5, 6};
    if (size < 1 || size > 256 * 1024) {
        return 0;
    }
    if (data[0] == 'P') {
        read_workbook((struct lt_bytes){data, size});
        return 0;
    }
    char *text = malloc(size);
    FUZZ_CHECK(text);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    parts[places[data[0] % (sizeof(places) / sizeof(places[0]))]].text = text;
    struct lt_bytes bytes = xlsx_pack(parts, sizeof(parts) / sizeof(parts[0]));
    read_workbook(bytes);
    free((void *)(uintptr_t)bytes.data);
    free(text);
    return 0;
}
