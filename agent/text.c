#include "agent/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "vi", "en" or NULL */
static const char *chosen;
static _Thread_local const char *chosen_here;

static const char *known(const char *language)
{
    return language == NULL              ? NULL
           : strcmp(language, "en") == 0 ? "en"
           : strcmp(language, "vi") == 0 ? "vi"
                                         : NULL;
}

void lt_text_language(const char *language)
{
    chosen = known(language);
}

void lt_text_thread_language(const char *language)
{
    chosen_here = known(language);
}

static const char *from_environment(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *value = getenv(variables[i]);
        if (value == NULL || value[0] == '\0' || strncmp(value, "C.", 2) == 0 ||
            strcmp(value, "C") == 0 || strcmp(value, "POSIX") == 0) {
            continue;
        }
        return strncmp(value, "en", 2) == 0 ? "en" : "vi";
    }
    return "vi";
}

bool lt_text_is_english(void)
{
    const char *language = chosen_here != NULL ? chosen_here : chosen;
    return strcmp(language != NULL ? language : from_environment(), "en") == 0;
}

const char *lt_text(const char *vietnamese, const char *english)
{
    return lt_text_is_english() ? english : vietnamese;
}

static const char *result_in_vietnamese(enum lt_result result)
{
    static const char *const texts[] = {
        [LT_OK] = "xong",
        [LT_MALFORMED] = "dữ liệu không đúng dạng",
        [LT_TOO_LARGE] = "vượt quá giới hạn cho phép",
        [LT_BAD_SIGNATURE] = "chữ ký không khớp",
        [LT_BAD_HASH] = "dữ liệu không còn nguyên vẹn",
        [LT_VERSION] = "được viết bởi phiên bản mới hơn của chương trình",
        [LT_ORPHAN] = "còn thiếu các bản cập nhật trước đó",
        [LT_BAD_SEQ] = "số thứ tự không khớp với bản cập nhật trước",
        [LT_KEY_UNKNOWN] = "khóa chưa được cấp cho đơn vị",
        [LT_KEY_REVOKED] = "khóa đã bị thu hồi",
        [LT_NOT_YOURS] = "bên gửi không thuộc đơn vị này",
        [LT_EXISTS] = "đã có rồi",
        [LT_NOT_FOUND] = "không có",
        [LT_AMBIGUOUS] = "có nhiều hơn một",
        [LT_REFUSED] = "không được phép",
        [LT_NOT_READY] = "cấp trên chưa sẵn sàng",
        [LT_NO_SPACE] = "ổ đĩa hoặc kho dữ liệu đã đầy",
        [LT_NO_MEMORY] = "hết bộ nhớ",
        [LT_IO] = "không đọc hoặc ghi được",
        [LT_CORRUPT] = "kho dữ liệu bị hỏng",
        [LT_PERMISSION] = "quyền truy cập tệp không đúng",
        [LT_BUSY] = "chương trình khác đang dùng",
        [LT_NETWORK] = "không dùng được mạng",
        [LT_USAGE] = "sai cách dùng lệnh",
    };
    return (unsigned)result < sizeof(texts) / sizeof(texts[0]) ? texts[result] : NULL;
}

const char *lt_text_result(enum lt_result result)
{
    const char *text = lt_text_is_english() ? NULL : result_in_vietnamese(result);
    return text != NULL ? text : lt_result_text(result);
}

const char *lt_text_errno(int error)
{
    static const struct {
        int error;
        const char *text;
    } texts[] = {
        {ENOENT, "không có tệp hoặc thư mục này"},
        {EACCES, "không có quyền truy cập"},
        {EPERM, "không có quyền làm việc này"},
        {EISDIR, "đây là thư mục, không phải tệp"},
        {ENOTDIR, "đây không phải thư mục"},
        {ENOSPC, "ổ đĩa đã đầy"},
        {EDQUOT, "đã hết hạn mức ổ đĩa"},
        {EROFS, "ổ đĩa chỉ cho đọc"},
        {EIO, "ổ đĩa đọc hoặc ghi lỗi"},
        {ENOMEM, "hết bộ nhớ"},
        {EMFILE, "mở quá nhiều tệp"},
        {ENAMETOOLONG, "đường dẫn quá dài"},
        {EEXIST, "đã có rồi"},
        {ELOOP, "đây là liên kết, không phải tệp"},
        {EBUSY, "chương trình khác đang dùng"},
    };
    for (size_t i = 0; !lt_text_is_english() && i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].error == error) {
            return texts[i].text;
        }
    }
    return strerror(error); /* NOLINT(concurrency-mt-unsafe): glibc's is safe since 2.32 */
}

void lt_text_number(int64_t number, char ret_text[LT_NUMBER_TEXT_MAX])
{
    char digits[24];
    int size = snprintf(digits, sizeof(digits), "%lld", (long long)number), at = 0;
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0 && digits[i - 1] != '-') {
            ret_text[at++] = lt_text_is_english() ? ',' : '.';
        }
        ret_text[at++] = digits[i];
    }
    ret_text[at] = '\0';
}

void lt_text_when(int64_t at, char ret_text[LT_WHEN_TEXT_MAX])
{
    struct tm parts;
    time_t seconds = (time_t)at;
    bool known = at != 0 && localtime_r(&seconds, &parts) != NULL;
    size_t size = !known ? 0
                  : lt_text_is_english()
                      ? strftime(ret_text, LT_WHEN_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &parts)
                      : strftime(ret_text, LT_WHEN_TEXT_MAX, "%d/%m/%Y %H:%M:%S", &parts);
    if (size == 0) {
        memcpy(ret_text, "-", 2);
    }
}
