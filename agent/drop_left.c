/* What lies in the folder and was not read. */
#include <string.h>
#include <utf8proc.h>

#include "agent/drop.h"
#include "agent/drop_html.h"
#include "agent/text.h"

/* As UTF-8: what is none is shown as question marks. */
static void show_name(const char *name, char ret_name[LT_DROP_NAME_MAX])
{
    size_t size = 0;
    while (*name != '\0' && size + 4 < LT_DROP_NAME_MAX) {
        utf8proc_int32_t character;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)name, -1, &character);
        if (used <= 0) {
            ret_name[size++] = '?';
            name++;
        } else {
            memcpy(ret_name + size, name, (size_t)used);
            size += (size_t)used;
            name += used;
        }
    }
    ret_name[size] = '\0';
}

void lt_drop_leave(struct lt_drop *drop, const char *name, enum lt_drop_why why)
{
    if (drop->left_count < LT_DROP_LEFT_SHOWN) {
        show_name(name, drop->left[drop->left_count].name);
        drop->left[drop->left_count].why = why;
    }
    drop->left_count++;
    *(why == LT_LEFT_WAITS ? &drop->waiting : &drop->stuck) += 1;
}

static const char *advice(enum lt_drop_why why)
{
    switch (why) {
    case LT_LEFT_WAITS:
        return lt_text("đang mở hoặc đang chép", "is open, or being copied");
    case LT_LEFT_HELD:
        return lt_text("chưa đọc được vì còn mở: đóng tệp lại. Nếu không mở ở đâu cả thì xóa tệp "
                       "~$… (hoặc .~lock…) cùng tên bên cạnh",
                       "is still open and was not read: close it. If it is open nowhere, remove "
                       "the file ~$… (or .~lock…) of that name beside it");
    case LT_LEFT_EMPTY:
        return lt_text("tệp rỗng (0 byte): chép lại, hoặc xóa đi",
                       "the file is empty (0 bytes): copy it again, or remove it");
    case LT_LEFT_NAME:
        return lt_text("tên tệp sai bảng mã nên chưa đọc: đổi tên tệp",
                       "was not read, since its name is no UTF-8: give it another name");
    case LT_LEFT_FOLDER:
        return lt_text("máy không đọc trong thư mục con: chép từng tệp ra ngoài. Thư mục cất tệp "
                       "cũ thì đặt tên "
                       "bắt đầu bằng «Lưu»",
                       "folders are not looked into: copy its files out of it. Let the name of a "
                       "folder of old "
                       "files begin with \"Archive\"");
    case LT_LEFT_LINK:
        return lt_text("là đường tắt, chưa đọc: chép chính tệp đó vào đây",
                       "is a link, and was not read: copy the file itself to here");
    }
    return "";
}

static void write_left(const struct lt_drop *drop, FILE *out, bool waiting)
{
    size_t kept = drop->left_count < LT_DROP_LEFT_SHOWN ? drop->left_count : LT_DROP_LEFT_SHOWN;
    for (size_t i = 0; i < kept; i++) {
        const struct lt_drop_left *left = &drop->left[i];
        if ((left->why == LT_LEFT_WAITS) == waiting) {
            fputs("<li>", out);
            lt_html_put(out, left->name);
            fputs(": ", out);
            lt_html_put(out, advice(left->why));
            fputs("</li>\n", out);
        }
    }
}

void lt_drop_write_stuck(const struct lt_drop *drop, FILE *out)
{
    write_left(drop, out, false);
    if (drop->left_count > LT_DROP_LEFT_SHOWN && drop->stuck > 0) {
        fprintf(out, lt_text("<li>… và những tệp khác</li>\n", "<li>… and other files</li>\n"));
    }
}

void lt_drop_write_waiting(const struct lt_drop *drop, FILE *out)
{
    if (drop->left_count == drop->stuck) {
        return;
    }
    fprintf(out, "<h2>%s</h2>\n<ul>\n", lt_text("Đang chờ", "Waiting"));
    write_left(drop, out, true);
    fputs("</ul>\n", out);
}
