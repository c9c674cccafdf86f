#include "agent/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/folder.h"

enum { READ_BYTES = 16 * 1024 };

static enum lt_result result_of(int error)
{
    return error == 0 ? LT_OK : error == ENOSPC || error == EDQUOT ? LT_NO_SPACE : LT_IO;
}

enum lt_result lt_whole_file_put(const char *path, const void *bytes, size_t size)
{
    char beside[PATH_MAX];
    if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside)) {
        return LT_IO;
    }
    const int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return result_of(errno);
    }
    const ssize_t wrote = write(fd, bytes, size);
    int error = wrote < 0 ? errno : wrote != (ssize_t)size ? ENOSPC : 0;
    error = error == 0 && fsync(fd) != 0 ? errno : error;
    close(fd);
    if (error == 0 && (rename(beside, path) != 0 || !lt_folder_sync_above(path))) {
        error = errno;
    }
    return result_of(error);
}

enum lt_result lt_whole_file_hash(int fd, struct lt_hash *ret_hash)
{
    uint8_t bytes[READ_BYTES];
    crypto_generichash_state state;
    int64_t at = 0;
    ssize_t got;
    crypto_generichash_init(&state, NULL, 0, sizeof(ret_hash->bytes));
    while ((got = pread(fd, bytes, sizeof(bytes), at)) > 0 || (got < 0 && errno == EINTR)) {
        crypto_generichash_update(&state, bytes, got > 0 ? (unsigned long long)got : 0);
        at += got > 0 ? got : 0;
    }
    crypto_generichash_final(&state, ret_hash->bytes, sizeof(ret_hash->bytes));
    return got == 0 ? LT_OK : LT_IO;
}
