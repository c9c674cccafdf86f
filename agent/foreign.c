#include "agent/foreign.h"

#include <stddef.h>
#include <string.h>

#include "agent/text.h"

static bool begins(struct lt_bytes bytes, const char *magic, size_t size)
{
    return bytes.size >= size && memcmp(bytes.data, magic, size) == 0;
}

bool lt_foreign_is_zip(struct lt_bytes bytes)
{
    return begins(bytes, "PK\x03\x04", 4) || begins(bytes, "PK\x05\x06", 4);
}

/* An entry of a compound file's directory: its name stands there in UTF-16. */
static bool has_stream(struct lt_bytes bytes, const char *name)
{
    char wide[64];
    size_t size = 0;
    for (const char *at = name; *at != '\0'; at++) {
        wide[size++] = *at;
        wide[size++] = '\0';
    }
    return memmem(bytes.data, bytes.size, wide, size) != NULL;
}

/* Excel and Word before 2007, and what is encrypted since. */
static const char *compound_kind(struct lt_bytes bytes)
{
    if (has_stream(bytes, "EncryptedPackage")) {
        return lt_text("tệp có mật khẩu: mở bằng Excel, chọn File → Info → Protect Workbook → "
                       "Encrypt with Password, xóa trống mật khẩu rồi lưu lại",
                       "the file has a password: open it in Excel, choose File, Info, Protect "
                       "Workbook, Encrypt with Password, empty the password and save it again");
    }
    if (has_stream(bytes, "Workbook") || has_stream(bytes, "Book")) {
        return lt_text("tệp Excel đời cũ (.xls): mở bằng Excel, chọn File → Save As → «Excel "
                       "Workbook (*.xlsx)»",
                       "an old Excel file (.xls): open it in Excel, choose File, Save As, \"Excel "
                       "Workbook (*.xlsx)\"");
    }
    return lt_text("không phải bảng tính (có thể là tệp Word đời cũ): chép bảng sang Excel rồi lưu "
                   "thành «Excel Workbook (*.xlsx)»",
                   "no spreadsheet (perhaps an old Word file): copy the table to Excel and save it "
                   "as \"Excel Workbook (*.xlsx)\"");
}

static const char *picture_or_print(void)
{
    return lt_text("tệp PDF hoặc ảnh không đọc được thành bảng: cần tệp Excel (*.xlsx) hoặc CSV "
                   "gốc",
                   "a PDF or a picture cannot be read as a table: the Excel (*.xlsx) or CSV file "
                   "that it was made from is needed");
}

/* Programs write such files and call them .xls. */
static bool is_markup(struct lt_bytes bytes)
{
    size_t at = begins(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (at < bytes.size && strchr(" \t\r\n", bytes.data[at]) != NULL && bytes.data[at] != 0) {
        at++;
    }
    struct lt_bytes rest = {bytes.data + at, bytes.size - at};
    return begins(rest, "<?xml", 5) || begins(rest, "<html", 5) || begins(rest, "<HTML", 5) ||
           begins(rest, "<!DOCTYPE", 9) || begins(rest, "<table", 6);
}

const char *lt_foreign_kind(struct lt_bytes bytes)
{
    if (begins(bytes, "\xd0\xcf\x11\xe0", 4)) {
        return compound_kind(bytes);
    }
    if (begins(bytes, "%PDF", 4) || begins(bytes, "\x89PNG", 4) ||
        begins(bytes, "\xff\xd8\xff", 3) || begins(bytes, "GIF8", 4)) {
        return picture_or_print();
    }
    if (begins(bytes, "Rar!", 4) || begins(bytes, "7z\xbc\xaf", 4) ||
        begins(bytes, "\x1f\x8b", 2)) {
        return lt_text("tệp nén: hãy giải nén rồi dùng từng tệp trong đó",
                       "an archive: unpack it and use the files in it");
    }
    if (is_markup(bytes) || begins(bytes, "{\\rtf", 5)) {
        return lt_text("tệp HTML, XML hoặc RTF: mở bằng Excel, chọn File → Save As → «Excel "
                       "Workbook (*.xlsx)»",
                       "an HTML, XML or RTF file: open it in Excel, choose File, Save As, \"Excel "
                       "Workbook (*.xlsx)\"");
    }
    if (begins(bytes, "\xff\xfe", 2) || begins(bytes, "\xfe\xff", 2)) {
        return lt_text("tệp mã hóa UTF-16 («Unicode Text»); hãy lưu thành «CSV UTF-8»",
                       "the file is UTF-16 (\"Unicode Text\"); save it as \"CSV UTF-8\"");
    }
    return NULL;
}
