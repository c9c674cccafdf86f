/* read_sheet - prints what is read of a clerk's file: JSON with the sheet's rows by their line, or why it is refused. */
#include <jansson.h>

#include "agent/legacy.h"
#include "agent/text.h"

static json_t *rows_json(const struct lt_sheet *sheet)
{
    json_t *rows = json_array();
    for (size_t row = 0; row < sheet->row_count; row++) {
        json_t *cells = json_array();
        json_array_append_new(cells, json_integer(sheet->rows[row].line));
        for (size_t column = 0; column < sheet->rows[row].count; column++) {
            json_array_append_new(cells, json_string(lt_table_cell(sheet, row, column)));
        }
        json_array_append_new(rows, cells);
    }
    return rows;
}

int main(int argc, char **argv)
{
    uint8_t *data;
    size_t size;
    struct lt_sheet sheet;
    struct lt_sheet_fault fault = {0};
    lt_text_language("vi");
    if (argc != 2 || lt_table_load(argv[1], &data, &size, &fault) != LT_OK) {
        fprintf(stderr, "read_sheet FILE: %s\n", fault.text);
        return 2;
    }
    struct lt_bytes bytes = {data, size};
    enum lt_result result = lt_legacy_read(bytes, &sheet, &fault);
    free(data);
    json_t *document =
        result == LT_OK ? json_pack("{s:o, s:s}", "rows", rows_json(&sheet), "note", sheet.note)
                        : json_pack("{s:s, s:i}", "refused", fault.text, "line", (int)fault.line);
    json_dumpf(document, stdout, 0);
    putchar('\n');
    json_decref(document);
    if (result == LT_OK) {
        lt_table_free(&sheet);
    }
    return 0;
}
