/* The archive, its parts through a bounded XML parser, and the room for texts. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agent/foreign.h"
#include "agent/text.h"
#include "agent/xlsx_own.h"

enum {
    CHUNK_BYTES = 64 * 1024,
    QUIET_BYTES_MAX =
        256 * 1024, /* of XML in which nothing begins or ends: eight times the longest cell */
    DEPTH_MAX = 64,
    PARSER_BYTES_MAX = 16 * 1024 * 1024, /* names and attributes; Excel's needs 1 MiB */
    DIRECTORY_BYTES_MAX = 1024 * 1024, /* LT_XLSX_PARTS_MAX entries of 256 bytes */
};

void lt_xlsx_fail(struct lt_xlsx *xlsx, enum lt_result result, uint32_t line, uint32_t column,
                  const char *format, ...)
{
    if (xlsx->result != LT_OK) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    char text[sizeof(xlsx->fault->text)];
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    text[lt_table_cut(text, sizeof(text) - 1)] = '\0';
    xlsx->result = lt_table_fault(xlsx->fault, result, line, column, "%s", text);
    if (xlsx->parser != NULL) {
        XML_StopParser(xlsx->parser, XML_FALSE);
    }
}

void lt_xlsx_no_memory(struct lt_xlsx *xlsx)
{
    lt_xlsx_fail(xlsx, LT_NO_MEMORY, 0, 0, "%s", lt_text("hết bộ nhớ", "out of memory"));
}

void lt_xlsx_damaged(struct lt_xlsx *xlsx, const char *path)
{
    lt_xlsx_fail(
        xlsx, LT_MALFORMED, 0, 0,
        lt_text("tệp Excel bị hỏng hoặc chép chưa xong (%.200s): mở bằng Excel rồi lưu lại",
                "the Excel file is damaged or not copied to its end (%.200s): open it in "
                "Excel and save it again"),
        path);
}

static void too_large(struct lt_xlsx *xlsx)
{
    lt_xlsx_fail(xlsx, LT_TOO_LARGE, 0, 0, "%s",
                 lt_text("tệp Excel quá lớn khi mở ra; hãy chép bảng sang một tệp mới hoặc chia "
                         "thành nhiều tệp",
                         "the Excel file is too large when unpacked; copy the table to a new file "
                         "or split it"));
}

/* ---- Texts ---- */

bool lt_xlsx_room(struct lt_xlsx *xlsx, void **array, size_t *room, size_t count, size_t item_size)
{
    if (count < *room) {
        return true;
    }
    size_t more = *room == 0 ? 256 : *room * 2;
    void *grown = realloc(*array, more * item_size);
    if (grown == NULL) {
        lt_xlsx_no_memory(xlsx);
        return false;
    }
    *array = grown;
    *room = more;
    return true;
}

void lt_xlsx_add(struct lt_xlsx *xlsx, const char *text, size_t size)
{
    if (xlsx->result != LT_OK) {
        return;
    }
    if (size > LT_TABLE_BYTES_MAX || xlsx->text_size + size > LT_TABLE_BYTES_MAX) {
        too_large(xlsx);
        return;
    }
    while (xlsx->text_size + size + 1 > xlsx->text_room) {
        if (!lt_xlsx_room(xlsx, (void **)&xlsx->text, &xlsx->text_room, xlsx->text_room, 1)) {
            return;
        }
    }
    memcpy(xlsx->text + xlsx->text_size, text, size);
    xlsx->text_size += size;
}

/* The character of "_x000D_"; 0: it is none, or one that is no text. */
static unsigned escaped(const char *at)
{
    unsigned value = 0;
    if (at[0] != '_' || at[1] != 'x' || strspn(at + 2, "0123456789abcdefABCDEF") != 4 ||
        at[6] != '_') {
        return 0;
    }
    for (size_t i = 2; i < 6; i++) {
        unsigned digit =
            at[i] <= '9' ? (unsigned)(at[i] - '0') : (unsigned)((at[i] | 32) - 'a') + 10;
        value = value * 16 + digit;
    }
    return value >= 0xd800 && value <= 0xdfff ? 0 : value;
}

static size_t put_character(char *to, unsigned point)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        to[0] = (char)(0xc0 | point >> 6);
        to[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    to[0] = (char)(0xe0 | point >> 12);
    to[1] = (char)(0x80 | (point >> 6 & 0x3f));
    to[2] = (char)(0x80 | (point & 0x3f));
    return 3;
}

uint32_t lt_xlsx_end_text(struct lt_xlsx *xlsx, size_t start)
{
    lt_xlsx_add(xlsx, "", 1);
    if (xlsx->result != LT_OK) {
        return 0;
    }
    char *to = xlsx->text + start;
    for (const char *at = to; *at != '\0';) {
        unsigned point = escaped(at);
        if (point != 0) {
            to += put_character(to, point);
            at += 7;
        } else {
            *to++ = *at++;
        }
    }
    *to++ = '\0';
    xlsx->text_size = (size_t)(to - xlsx->text);
    return lt_table_unguarded(xlsx->text, start);
}

/* ---- The archive ---- */

static uint32_t number_at(const uint8_t *at, size_t size)
{
    uint32_t number = 0;
    for (size_t i = size; i > 0; i--) {
        number = number << 8 | at[i - 1];
    }
    return number;
}

/* Before libzip keeps an entry of each: is the directory of a size that a workbook's has? */
static bool is_modest(struct lt_bytes bytes)
{
    for (size_t back = 22; back <= bytes.size && back < 22 + 65536; back++) {
        const uint8_t *end = bytes.data + bytes.size - back;
        if (memcmp(end, "PK\x05\x06", 4) == 0) {
            return number_at(end + 10, 2) <= LT_XLSX_PARTS_MAX &&
                   number_at(end + 12, 4) <= DIRECTORY_BYTES_MAX;
        }
    }
    return true; /* no end: libzip will say so */
}

bool lt_xlsx_has(struct lt_xlsx *xlsx, const char *path)
{
    return zip_name_locate(xlsx->zip, path, ZIP_FL_NOCASE) >= 0;
}

/* What else is packed this way; NULL: a workbook. */
static const char *other_kind(struct lt_xlsx *xlsx)
{
    if (lt_xlsx_has(xlsx, "xl/workbook.bin")) {
        return lt_text("sổ Excel nhị phân (.xlsb): mở bằng Excel, chọn File → Save As → «Excel "
                       "Workbook (*.xlsx)»",
                       "a binary workbook (.xlsb): open it in Excel, choose File, Save As, \"Excel "
                       "Workbook (*.xlsx)\"");
    }
    if (lt_xlsx_has(xlsx, "content.xml") && lt_xlsx_has(xlsx, "mimetype")) {
        return lt_text("tệp LibreOffice (.ods, .odt): mở lại, chọn Tệp → Lưu thành → «Excel "
                       "2007–365 (.xlsx)»",
                       "a LibreOffice file (.ods, .odt): open it, choose File, Save As, \"Excel "
                       "2007-365 (.xlsx)\"");
    }
    if (lt_xlsx_has(xlsx, "word/document.xml") || lt_xlsx_has(xlsx, "ppt/presentation.xml")) {
        return lt_text("tệp Word hoặc PowerPoint: chép bảng sang Excel rồi lưu thành «Excel "
                       "Workbook (*.xlsx)»",
                       "a Word or PowerPoint file: copy the table to Excel and save it as \"Excel "
                       "Workbook (*.xlsx)\"");
    }
    if (!lt_xlsx_has(xlsx, "[Content_Types].xml")) {
        return lt_text("tệp nén: hãy giải nén rồi dùng từng tệp trong đó",
                       "an archive: unpack it and use the files in it");
    }
    return NULL;
}

void lt_xlsx_open(struct lt_xlsx *xlsx, struct lt_bytes bytes)
{
    if (bytes.size > LT_TABLE_BYTES_MAX || !is_modest(bytes)) {
        too_large(xlsx);
        return;
    }
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.data, bytes.size, 0, &error);
    xlsx->zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (xlsx->zip == NULL) {
        if (zip_error_code_zip(&error) == ZIP_ER_MEMORY) {
            lt_xlsx_no_memory(xlsx);
        }
        lt_xlsx_damaged(xlsx, "zip");
        zip_source_free(source);
    } else {
        const char *other = other_kind(xlsx);
        if (other != NULL) {
            lt_xlsx_fail(xlsx, LT_MALFORMED, 0, 0, "%s", other);
        }
    }
    zip_error_fini(&error);
}

void lt_xlsx_close(struct lt_xlsx *xlsx)
{
    if (xlsx->zip != NULL) {
        zip_discard(xlsx->zip);
    }
    free(xlsx->formats);
    free(xlsx->text);
    free(xlsx->strings);
}

/* ---- A bounded parser ---- */

/* Expat keeps every name that it meets for as long as the parser lives, and asks for memory without saying for whom. */
static _Thread_local size_t parser_bytes;

union block {
    size_t size;
    max_align_t align;
};

static void *parser_resize(void *old, size_t size)
{
    union block *block = old != NULL ? (union block *)old - 1 : NULL;
    size_t before = block != NULL ? block->size : 0;
    if (size > PARSER_BYTES_MAX || parser_bytes - before + size > PARSER_BYTES_MAX) {
        return NULL;
    }
    union block *made = realloc(block, sizeof(*made) + size);
    if (made == NULL) {
        return NULL;
    }
    made->size = size;
    parser_bytes += size - before;
    return made + 1;
}

static void *parser_take(size_t size)
{
    return parser_resize(NULL, size);
}

static void parser_release(void *taken)
{
    if (taken != NULL) {
        union block *block = (union block *)taken - 1;
        parser_bytes -= block->size;
        free(block);
    }
}

struct part {
    struct lt_xlsx *xlsx;
    const struct lt_xlsx_listener *listener;
};

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

const char *lt_xlsx_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(local(attributes[i]), name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

static void on_start(void *data, const char *name, const char **attributes)
{
    struct part *part = data;
    part->xlsx->quiet_bytes = 0;
    if (++part->xlsx->depth > DEPTH_MAX) {
        too_large(part->xlsx);
    }
    if (part->xlsx->result == LT_OK) {
        part->listener->start(part->listener->context, local(name), attributes);
    }
}

static void on_end(void *data, const char *name)
{
    struct part *part = data;
    part->xlsx->quiet_bytes = 0;
    part->xlsx->depth--;
    if (part->xlsx->result == LT_OK && part->listener->end != NULL) {
        part->listener->end(part->listener->context, local(name));
    }
}

static void on_text(void *data, const char *text, int size)
{
    struct part *part = data;
    if (part->xlsx->result == LT_OK && part->listener->text != NULL) {
        part->listener->text(part->listener->context, text, (size_t)size);
    }
}

/* No program writes one into a workbook; entities that grow when read are declared there. */
static void on_doctype(void *data, const char *name, const char *system, const char *public,
                       int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    struct part *part = data;
    lt_xlsx_fail(part->xlsx, LT_MALFORMED, 0, 0, "%s",
                 lt_text("tệp Excel có khai báo DOCTYPE: không phải do Excel tạo ra",
                         "the Excel file declares a DOCTYPE: no Excel made it"));
}

static void feed(struct lt_xlsx *xlsx, zip_file_t *file, const char *path)
{
    for (bool more = true; more && xlsx->result == LT_OK;) {
        void *buffer = XML_GetBuffer(xlsx->parser, CHUNK_BYTES);
        zip_int64_t got = buffer != NULL ? zip_fread(file, buffer, CHUNK_BYTES) : 0;
        more = got > 0;
        xlsx->quiet_bytes += more ? (size_t)got : 0;
        if (buffer == NULL || (uint64_t)got > xlsx->xml_left ||
            xlsx->quiet_bytes > QUIET_BYTES_MAX) {
            if (got < 0) {
                lt_xlsx_damaged(xlsx, path);
            }
            too_large(xlsx);
            return;
        }
        xlsx->xml_left -= (uint64_t)got;
        if (XML_ParseBuffer(xlsx->parser, (int)got, !more) != XML_STATUS_OK) {
            if (XML_GetErrorCode(xlsx->parser) == XML_ERROR_NO_MEMORY) {
                too_large(xlsx);
            }
            lt_xlsx_damaged(xlsx, path);
        }
    }
}

static zip_file_t *open_part(struct lt_xlsx *xlsx, const char *path)
{
    zip_stat_t about;
    zip_int64_t index = zip_name_locate(xlsx->zip, path, ZIP_FL_NOCASE);
    if (index < 0 || zip_stat_index(xlsx->zip, (zip_uint64_t)index, 0, &about) != 0 ||
        (about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE) ||
        about.encryption_method != ZIP_EM_NONE) {
        lt_xlsx_damaged(xlsx, path);
        return NULL;
    }
    if (about.size > xlsx->xml_left) {
        too_large(xlsx);
        return NULL;
    }
    zip_file_t *file = zip_fopen_index(xlsx->zip, (zip_uint64_t)index, 0);
    if (file == NULL) {
        lt_xlsx_damaged(xlsx, path);
    }
    return file;
}

void lt_xlsx_parse(struct lt_xlsx *xlsx, const char *path, const struct lt_xlsx_listener *listener)
{
    static const XML_Memory_Handling_Suite memory = {parser_take, parser_resize, parser_release};
    zip_file_t *file = xlsx->result == LT_OK ? open_part(xlsx, path) : NULL;
    if (file == NULL) {
        return;
    }
    struct part part = {xlsx, listener};
    xlsx->quiet_bytes = xlsx->depth = 0;
    xlsx->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (xlsx->parser == NULL) {
        lt_xlsx_no_memory(xlsx);
    } else {
        XML_SetUserData(xlsx->parser, &part);
        XML_SetElementHandler(xlsx->parser, on_start, on_end);
        XML_SetCharacterDataHandler(xlsx->parser, on_text);
        XML_SetStartDoctypeDeclHandler(xlsx->parser, on_doctype);
        feed(xlsx, file, path);
        XML_ParserFree(xlsx->parser);
        xlsx->parser = NULL;
    }
    zip_fclose(file);
}
