#include "agent/table.h"

#include <stdarg.h>
#include <string.h>
#include <utf8proc.h>

#include "agent/foreign.h"
#include "agent/text.h"

size_t lt_table_cut(const char *text, size_t max)
{
    if (strlen(text) < max) {
        return strlen(text);
    }
    while (max > 0 && ((uint8_t)text[max] & 0xc0) == 0x80) {
        max--;
    }
    /* text[max] may be the end already cut off: a lead byte without all that it promises goes too. */
    size_t lead = max;
    while (lead > 0 && ((uint8_t)text[lead - 1] & 0xc0) == 0x80) {
        lead--;
    }
    if (lead > 0 && (uint8_t)text[lead - 1] >= 0xc0) {
        uint8_t first = (uint8_t)text[lead - 1];
        size_t promised = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        return max - lead < promised ? lead - 1 : max;
    }
    return max;
}

enum lt_result lt_table_fault(struct lt_sheet_fault *fault, enum lt_result result, uint32_t line,
                              uint32_t column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault->line = line;
    fault->column = column;
    int size = vsnprintf(fault->text, sizeof(fault->text), format, arguments);
    va_end(arguments);
    if (size >= (int)sizeof(fault->text)) {
        fault->text[lt_table_cut(fault->text, sizeof(fault->text) - 1)] = '\0';
    }
    return result;
}

static enum lt_result check_encoding(struct lt_bytes bytes, struct lt_sheet_fault *fault)
{
    uint32_t line = 1;
    size_t line_start = 0, at = 0;
    while (at < bytes.size) {
        uint8_t byte = bytes.data[at];
        if (byte >= 0x20 && byte < 0x80) {
            at++;
            continue;
        }
        utf8proc_int32_t point;
        utf8proc_ssize_t step =
            utf8proc_iterate(bytes.data + at, (utf8proc_ssize_t)(bytes.size - at), &point);
        if (step <= 0) {
            return lt_table_fault(
                fault, LT_MALFORMED, line, 0,
                lt_text("không phải UTF-8: byte 0x%02x ở vị trí %zu của dòng (bảng mã cũ TCVN3, "
                        "VNI?); hãy lưu thành «CSV UTF-8»",
                        "not UTF-8: byte 0x%02x at position %zu of the line (an old code page such "
                        "as TCVN3 or VNI?); save it as \"CSV UTF-8\""),
                byte, at - line_start + 1);
        }
        if (point == 0) {
            return lt_table_fault(
                fault, LT_MALFORMED, line, 0, "%s",
                lt_text("có byte 0: tệp nhị phân hoặc UTF-16 không có dấu BOM",
                        "a zero byte: a binary file, or UTF-16 without its mark"));
        }
        at += (size_t)step;
        if (point == '\n' || (point == '\r' && (at >= bytes.size || bytes.data[at] != '\n'))) {
            line++;
            line_start = at;
        }
    }
    return LT_OK;
}

enum lt_result lt_table_check(struct lt_bytes bytes, struct lt_sheet_fault *fault)
{
    if (bytes.size > LT_TABLE_BYTES_MAX) {
        return lt_table_fault(fault, LT_TOO_LARGE, 0, 0,
                              lt_text("tệp lớn quá %d MiB", "the file is larger than %d MiB"),
                              LT_TABLE_BYTES_MAX / (1024 * 1024));
    }
    const char *foreign = lt_foreign_is_zip(bytes)
                              ? lt_text("tệp là sổ Excel; hãy lưu thành «CSV UTF-8»",
                                        "this is an Excel workbook; save it as \"CSV UTF-8\"")
                              : lt_foreign_kind(bytes);
    if (foreign != NULL) {
        return lt_table_fault(fault, LT_MALFORMED, 0, 0, "%s", foreign);
    }
    return check_encoding(bytes, fault);
}
