#include "agent/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/text.h"

static enum lt_result cannot_read(struct lt_sheet_fault *fault, int error)
{
    enum lt_result result = error == ENOENT ? LT_NOT_FOUND : error == ENOMEM ? LT_NO_MEMORY : LT_IO;
    return lt_table_fault(fault, result, 0, 0, lt_text("không đọc được: %s", "cannot be read: %s"),
                          lt_text_errno(error));
}

static enum lt_result cannot_write(struct lt_sheet_fault *fault, int error)
{
    enum lt_result result = error == ENOSPC   ? LT_NO_SPACE
                            : error == ENOMEM ? LT_NO_MEMORY
                            : error == EBUSY  ? LT_BUSY
                                              : LT_IO;
    return lt_table_fault(fault, result, 0, 0,
                          lt_text("không ghi được: %s", "cannot be written: %s"),
                          lt_text_errno(error));
}

static enum lt_result too_large(struct lt_sheet_fault *fault)
{
    return lt_table_fault(fault, LT_TOO_LARGE, 0, 0,
                          lt_text("tệp lớn quá %d MiB", "the file is larger than %d MiB"),
                          LT_TABLE_BYTES_MAX / (1024 * 1024));
}

enum lt_result lt_table_load(const char *path, uint8_t **ret_bytes, size_t *ret_size,
                             struct lt_sheet_fault *ret_fault)
{
    FILE *file = fopen(path, "rb");
    return file != NULL ? lt_table_load_stream(file, ret_bytes, ret_size, ret_fault)
                        : cannot_read(ret_fault, errno);
}

enum lt_result lt_table_load_stream(FILE *file, uint8_t **ret_bytes, size_t *ret_size,
                                    struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = LT_OK;
    uint8_t *bytes = NULL;
    size_t size = 0, room = 0;
    while (result == LT_OK && !feof(file)) {
        if (room - size < 4096) {
            room = room == 0 ? 64 * 1024 : room * 2;
            uint8_t *grown = realloc(bytes, room);
            if (grown == NULL) {
                result = cannot_read(ret_fault, ENOMEM);
                break;
            }
            bytes = grown;
        }
        errno = 0;
        size += fread(bytes + size, 1, room - size, file);
        if (ferror(file)) {
            result = cannot_read(ret_fault, errno);
        } else if (size > LT_TABLE_BYTES_MAX) {
            result = too_large(ret_fault);
        }
    }
    fclose(file);
    if (result != LT_OK) {
        free(bytes);
        return result;
    }
    *ret_bytes = bytes;
    *ret_size = size;
    return LT_OK;
}

enum lt_result lt_table_create(const char *path, struct lt_table_file *ret_file,
                               struct lt_sheet_fault *ret_fault)
{
    size_t room = strlen(path) + 32;
    struct lt_table_file file = {.path = strdup(path), .beside = malloc(room)};
    int error = ENOMEM;
    if (file.path != NULL && file.beside != NULL) {
        snprintf(file.beside, room, "%s.%ld.tmp", path, (long)getpid());
        /* Never through a link that somebody has put there; what is left of a process that died goes. */
        (void)unlink(file.beside);
        int fd = open(file.beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        file.stream = fd >= 0 ? fdopen(fd, "wb") : NULL;
        error = errno;
        if (fd >= 0 && file.stream == NULL) {
            close(fd);
            (void)unlink(file.beside);
        }
    }
    if (file.stream == NULL) {
        free(file.path);
        free(file.beside);
        return cannot_write(ret_fault, error);
    }
    *ret_file = file;
    return LT_OK;
}

static bool may_go(const struct lt_table_file *file, const char *path)
{
    bool may = file->guard.may_go == NULL || file->guard.may_go(file->guard.context, path);
    errno = may ? errno : EBUSY;
    return may;
}

/* Looks at what is replaced before, and again when nobody can write to that name any more. */
static bool put_in_place(const struct lt_table_file *file)
{
    bool there = file->guard.may_go != NULL && access(file->path, F_OK) == 0;
    if (there && !may_go(file, file->path)) {
        return false;
    }
    if (!there || !lt_folder_exchange(file->beside, file->path)) {
        return rename(file->beside, file->path) == 0;
    }
    if (!may_go(file, file->beside)) {
        (void)lt_folder_exchange(file->beside, file->path);
        errno = EBUSY;
        return false;
    }
    return unlink(file->beside) == 0;
}

enum lt_result lt_table_finish(struct lt_table_file *file, bool keep,
                               struct lt_sheet_fault *ret_fault)
{
    errno = 0;
    bool good = !ferror(file->stream) && fflush(file->stream) == 0 &&
                (!keep || fsync(fileno(file->stream)) == 0);
    good = fclose(file->stream) == 0 && good;
    good = good && (!keep || put_in_place(file));
    /* Where the folder cannot be read, its name is as safe as it gets. */
    good = good && (!keep || lt_folder_sync_above(file->path) || errno == EACCES);
    int error = errno != 0 ? errno : EIO;
    if (!keep || !good) {
        remove(file->beside);
    }
    free(file->path);
    free(file->beside);
    *file = (struct lt_table_file){0};
    return good ? LT_OK : cannot_write(ret_fault, error);
}

/* = + - @ first, or after the apostrophes that would hide them from the reader. */
static bool is_formula(const char *text)
{
    const char *first = text + strspn(text, "'");
    return *first != '\0' && strchr("=+-@", *first) != NULL;
}

void lt_table_write(FILE *out, const char *text, char separator, bool first)
{
    const char special[] = {separator, '"', '\r', '\n', '\t', '\0'};
    bool guard = is_formula(text);
    bool quote = text[strcspn(text, special)] != '\0' || text[0] == ' ' ||
                 strncmp(text, "sep=", 4) == 0; /* a first line of Excel's own */
    if (!first) {
        fputc(separator, out);
    }
    if (quote) {
        fputc('"', out);
    }
    if (guard) {
        fputc('\'', out);
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            fputc('"', out);
        }
        fputc(*at, out);
    }
    if (quote) {
        fputc('"', out);
    }
}

void lt_table_end_row(FILE *out)
{
    fputs("\r\n", out);
}

void lt_table_write_bom(FILE *out)
{
    fputs("\xef\xbb\xbf", out);
}
