#include "hub/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/text.h"

static enum lt_result fail(const char *path, int error, char ret_reason[400])
{
    snprintf(ret_reason, 400,
             lt_text("%.250s: không ghi được: %s", "%.250s: cannot be written: %s"), path,
             lt_text_errno(error));
    return error == ENOSPC   ? LT_NO_SPACE
           : error == EACCES ? LT_PERMISSION
           : error == ENOMEM ? LT_NO_MEMORY
           : error == EEXIST ? LT_EXISTS
                             : LT_IO;
}

static enum lt_result there_already(const char *path, char ret_reason[400])
{
    snprintf(
        ret_reason, 400,
        lt_text(
            "%.250s: đã có tệp này; tệp chứa mã không bao giờ bị ghi đè: hãy xóa nó hoặc chọn tên "
            "khác",
            "%.250s: there is such a file; a file with codes is never written over: delete "
            "it or choose another name"),
        path);
    return LT_EXISTS;
}

static void clear(struct lt_secret_file *file)
{
    if (file->stream != NULL) {
        fclose(file->stream);
    }
    free(file->path);
    free(file->beside);
    *file = (struct lt_secret_file){.stream = NULL};
}

enum lt_result lt_secret_file_open(const char *path, struct lt_secret_file *ret_file,
                                   char ret_reason[400])
{
    struct lt_secret_file file = {.stream = NULL};
    struct stat there;
    if (lstat(path, &there) == 0) {
        return there_already(path, ret_reason);
    }
    file.path = strdup(path);
    if (file.path == NULL || asprintf(&file.beside, "%s.part", path) < 0) {
        file.beside = NULL;
        clear(&file);
        return fail(path, ENOMEM, ret_reason);
    }
    int fd = open(file.beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        file.stream = fdopen(fd, "w");
    }
    if (file.stream == NULL) {
        int error = errno;
        enum lt_result result = error == EEXIST ? there_already(file.beside, ret_reason)
                                                : fail(file.beside, error, ret_reason);
        if (fd >= 0) {
            close(fd);
            unlink(file.beside);
        }
        clear(&file);
        return result;
    }
    *ret_file = file;
    return LT_OK;
}

enum lt_result lt_secret_file_write(struct lt_secret_file *file, char ret_reason[400])
{
    errno = 0;
    if (fflush(file->stream) != 0 || ferror(file->stream) || fsync(fileno(file->stream)) != 0) {
        return fail(file->path, errno != 0 ? errno : EIO, ret_reason);
    }
    return LT_OK;
}

static bool put_in_place(const char *from, const char *to)
{
    struct stat there;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return true;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return false;
    }
    /* A file system that cannot: the moment between the two is the user's own. */
    if (lstat(to, &there) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(from, to) == 0;
}

enum lt_result lt_secret_file_keep(struct lt_secret_file *file, char ret_reason[400])
{
    errno = 0;
    bool kept = put_in_place(file->beside, file->path);
    int error = errno;
    if (!kept) {
        unlink(file->beside);
    } else if (!lt_folder_sync_above(file->path)) {
        error = errno != 0 ? errno : EIO;
        unlink(file->path);
        kept = false;
    }
    enum lt_result result = LT_OK;
    if (!kept) {
        result = error == EEXIST ? there_already(file->path, ret_reason)
                                 : fail(file->path, error, ret_reason);
    }
    clear(file);
    return result;
}

void lt_secret_file_drop(struct lt_secret_file *file)
{
    if (file->stream != NULL) {
        unlink(file->beside);
    }
    clear(file);
}
