/* A code as people handle it: in a file among other lines, mistyped, cut off. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/join.h"
#include "agent/text.h"

enum {
    FILE_BYTES_MAX = 64 * 1024,
    CHARACTERS_MIN = 3 + 96, /* LT1, and of 60 bytes: the shortest endpoint is tcp://x */
};

static const char between[] = " -\t\r\n";
/* What a code may hold as people write it; U is in no code. */
static const char allowed[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTVWXYZabcdefghijklmnopqrstvwxyz -\t\r\n";

static size_t count_characters(const char *code)
{
    size_t count = 0;
    for (; *code != '\0'; code++) {
        count += strchr(between, *code) == NULL;
    }
    return count;
}

/* A character, not a byte of it. */
static int character_bytes(const char *at)
{
    int size = 1;
    while (size < 4 && ((unsigned char)at[0] & 0x80) && ((unsigned char)at[size] & 0xc0) == 0x80) {
        size++;
    }
    return size;
}

static void tell_malformed(const char *code, char ret_text[LT_JOIN_TEXT_MAX])
{
    size_t good = strspn(code, allowed);
    char before[LT_JOIN_CODE_MAX];
    if (code[good] == '\0') {
        snprintf(
            ret_text, LT_JOIN_TEXT_MAX,
            lt_text("Đây không phải mã tham gia, hoặc chỉ là một phần (%zu ký tự). Mã bắt đầu bằng "
                    "LT1-; hãy nhập lại cả mã.",
                    "That is no code, or only a part of one (%zu characters). Codes begin with "
                    "LT1-; enter all of it again."),
            count_characters(code));
        return;
    }
    snprintf(before, sizeof(before), "%.*s",
             (int)(good < sizeof(before) ? good : sizeof(before) - 1), code);
    size_t at = count_characters(before) + 1;
    unsigned char bad = (unsigned char)code[good];
    if (bad < ' ' || bad == 127) {
        snprintf(
            ret_text, LT_JOIN_TEXT_MAX,
            lt_text("Ký tự thứ %zu là một ký tự điều khiển, không có trong mã; hãy nhập lại mã.",
                    "Character %zu is a control character, which no code has; enter the code "
                    "again."),
            at);
        return;
    }
    snprintf(ret_text, LT_JOIN_TEXT_MAX,
             lt_text("Mã không có ký tự «%.*s» (ký tự thứ %zu, trong nhóm thứ %zu); hãy so lại với "
                     "tờ phiếu.",
                     "No code has the character «%.*s» (character %zu, in group %zu); compare it "
                     "with the slip."),
             character_bytes(code + good), code + good, at, at <= 3 ? (size_t)1 : (at - 4) / 5 + 2);
}

void lt_join_code_trouble(const char *code, enum lt_result result, char ret_text[LT_JOIN_TEXT_MAX])
{
    if (result == LT_VERSION) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX, "%s",
                 lt_text("Mã này của phiên bản mới hơn; hãy cập nhật chương trình rồi thử lại.",
                         "The code is of a newer version; update the program and try again."));
    } else if (result == LT_TOO_LARGE) {
        snprintf(
            ret_text, LT_JOIN_TEXT_MAX,
            lt_text("Mã quá dài (%zu ký tự): có lẽ bị dán hai lần hoặc dính chữ khác; hãy chỉ nhập "
                    "mã.",
                    "The code is too long (%zu characters): it may stand there twice, or with "
                    "other text; enter the code alone."),
            count_characters(code));
    } else if (result == LT_BAD_HASH && count_characters(code) >= CHARACTERS_MIN) {
        snprintf(
            ret_text, LT_JOIN_TEXT_MAX,
            lt_text(
                "Mã bị sai, thừa hoặc thiếu ít nhất một ký tự (đang có %zu ký tự kể cả LT1): số "
                "kiểm tra không khớp. Hãy so từng nhóm với tờ phiếu, hoặc quét mã QR.",
                "At least one character is wrong, missing or too many (there are %zu with "
                "LT1): the check digits do not match. Compare it with the slip group by "
                "group, or scan the QR code."),
            count_characters(code));
    } else {
        tell_malformed(code, ret_text);
    }
}

/* ---- In a file ---- */

static enum lt_result load(const char *path, char bytes[FILE_BYTES_MAX + 2],
                           char ret_text[LT_JOIN_TEXT_MAX])
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX, lt_text("%.300s: không đọc được: %s", "%.300s: %s"),
                 path, lt_text_errno(errno));
        return errno == ENOENT ? LT_NOT_FOUND : LT_IO;
    }
    size_t size = fread(bytes, 1, FILE_BYTES_MAX + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    bytes[size] = '\0';
    if (failed) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX,
                 lt_text("%.300s: không đọc được", "%.300s: cannot be read"), path);
        return LT_IO;
    }
    if (size > FILE_BYTES_MAX || strlen(bytes) != size) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX,
                 lt_text("%.300s: không phải tệp văn bản có mã (quá lớn, hoặc không phải UTF-8)",
                         "%.300s: no text file with a code (too large, or not UTF-8)"),
                 path);
        return LT_MALFORMED;
    }
    return LT_OK;
}

static bool begins_code(const char *line)
{
    return (line[0] == 'L' || line[0] == 'l') && (line[1] == 'T' || line[1] == 't') &&
           line[2] == '1' && (line[3] == '-' || line[3] == ' ');
}

/* Reads `code` whole, else up to where something stands that is in no code; then the rest is cut off. */
static enum lt_result parse_up_to(char *code)
{
    struct lt_join_code parsed;
    size_t good = strspn(code, allowed);
    char rest = code[good];
    enum lt_result result = lt_join_code_parse(code, &parsed);
    if (result != LT_OK && rest != '\0') {
        code[good] = '\0';
        if (lt_join_code_parse(code, &parsed) == LT_OK) {
            result = LT_OK;
        } else {
            code[good] = rest;
        }
    }
    explicit_bzero(&parsed, sizeof(parsed));
    return result;
}

/* From where a code begins: the fewest lines that are one; else the first line, and what is wrong with it. */
static enum lt_result take_lines(const char *from, char ret_code[LT_JOIN_CODE_MAX])
{
    char code[LT_JOIN_CODE_MAX] = "";
    enum lt_result first = LT_MALFORMED;
    bool more = true;
    for (size_t size = 0, lines = 0; more; size++, lines++) {
        size += strcspn(from + size, "\n");
        more = size < sizeof(code) && from[size] != '\0';
        size_t taken = size < sizeof(code) ? size : sizeof(code) - 1;
        memcpy(code, from, taken);
        code[taken] = '\0';
        more = more && code[strspn(code, allowed)] == '\0';
        enum lt_result result = parse_up_to(code);
        if (result == LT_OK || lines == 0) {
            memcpy(ret_code, code, sizeof(code));
            first = result;
        }
        more = more && result != LT_OK;
    }
    explicit_bzero(code, sizeof(code));
    return first;
}

/* Two codes of one invitation have its secret in common; the endpoint may be another way to the hub. */
static bool is_another(const char *code, const char *found)
{
    struct lt_join_code one, other;
    bool another = lt_join_code_parse(code, &one) != LT_OK ||
                   lt_join_code_parse(found, &other) != LT_OK ||
                   memcmp(one.secret, other.secret, sizeof(one.secret)) != 0;
    explicit_bzero(&one, sizeof(one));
    explicit_bzero(&other, sizeof(other));
    return another;
}

/* The one good code among the lines, else the first that is meant to be one and what is wrong with it. */
static enum lt_result find_code(const char *bytes, char ret_found[LT_JOIN_CODE_MAX])
{
    char code[LT_JOIN_CODE_MAX] = "";
    enum lt_result result = LT_NOT_FOUND;
    for (const char *at = bytes; *at != '\0' && result != LT_AMBIGUOUS; at++) {
        bool starts = at == bytes || !isalnum((unsigned char)at[-1]);
        if (!starts || !begins_code(at)) {
            continue;
        }
        enum lt_result here = take_lines(at, code);
        if (here == LT_OK && result == LT_OK) {
            result = is_another(code, ret_found) ? LT_AMBIGUOUS : LT_OK;
        } else if (here == LT_OK || result == LT_NOT_FOUND) {
            memcpy(ret_found, code, sizeof(code));
            result = here;
        }
    }
    explicit_bzero(code, sizeof(code));
    return result;
}

enum lt_result lt_join_code_load(const char *path, char ret_code[LT_JOIN_CODE_MAX],
                                 char ret_text[LT_JOIN_TEXT_MAX])
{
    static char bytes[FILE_BYTES_MAX + 2]; /* a command's: one thread */
    char found[LT_JOIN_CODE_MAX] = "";
    enum lt_result result = load(path, bytes, ret_text);
    if (result != LT_OK) {
        return result;
    }
    result = find_code(bytes, found);
    explicit_bzero(bytes, sizeof(bytes));
    if (result == LT_NOT_FOUND) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX,
                 lt_text("%.300s: trong tệp không có mã nào (mã bắt đầu bằng LT1-)",
                         "%.300s: there is no code in it (codes begin with LT1-)"),
                 path);
    } else if (result == LT_AMBIGUOUS) {
        snprintf(ret_text, LT_JOIN_TEXT_MAX,
                 lt_text("%.300s: trong tệp có nhiều mã; hãy chỉ để lại mã của máy này",
                         "%.300s: there are several codes in it; leave only that of this PC"),
                 path);
    } else if (result != LT_OK) {
        char trouble[LT_JOIN_TEXT_MAX];
        lt_join_code_trouble(found, result, trouble);
        snprintf(ret_text, LT_JOIN_TEXT_MAX, "%.200s: %.400s", path, trouble);
    } else {
        memcpy(ret_code, found, sizeof(found));
    }
    explicit_bzero(found, sizeof(found));
    return result;
}
