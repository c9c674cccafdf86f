#include "agent/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/folder.h"
#include "agent/key_line.h"
#include "agent/text.h"

enum { SEED_BYTES = LT_KEY_SEED_BYTES };

static enum lt_result fail(enum lt_result result, char ret_reason[200], const char *path,
                           const char *why)
{
    size_t length = strlen(path); /* of a long path the end says more */
    snprintf(ret_reason, 200, "%s: %s", length > 100 ? path + length - 100 : path, why);
    return result;
}

static enum lt_result fail_errno(char ret_reason[200], const char *path, int error)
{
    enum lt_result result = error == ENOENT                      ? LT_NOT_FOUND
                            : error == EEXIST                    ? LT_EXISTS
                            : error == ENOSPC || error == EDQUOT ? LT_NO_SPACE
                            : error == EACCES || error == EPERM  ? LT_PERMISSION
                            : error == ELOOP                     ? LT_PERMISSION
                                                                 : LT_IO;
    return fail(result, ret_reason, path, lt_text_errno(error));
}

static enum lt_result fail_damaged(char ret_reason[200], const char *path, const char *how)
{
    char text[160];
    snprintf(text, sizeof(text),
             lt_text("tệp khóa bị hỏng: %s; hãy chép lại từ bản sao lưu",
                     "the key file is damaged: %s; put the copy back (a backup has it)"),
             how);
    return fail(LT_CORRUPT, ret_reason, path, text);
}

/* Ours alone, an ordinary file of the right size. */
static enum lt_result check_file(int fd, const char *path, char ret_reason[200])
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return fail_errno(ret_reason, path, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(LT_PERMISSION, ret_reason, path,
                    lt_text("không phải tệp thường", "not an ordinary file"));
    }
    if (status.st_uid != geteuid()) {
        return fail(
            LT_PERMISSION, ret_reason, path,
            lt_text("tệp khóa thuộc về người dùng khác", "the key file belongs to another user"));
    }
    if ((status.st_mode & 077) != 0) {
        return fail(
            LT_PERMISSION, ret_reason, path,
            "others can read or change the key file; chmod 600 it, and ask for a new key if "
            "others had access");
    }
    if (status.st_size > LT_KEY_LINE_MAX) {
        return fail_damaged(ret_reason, path,
                            lt_text("dài hoặc ngắn quá", "too short or too long"));
    }
    return LT_OK;
}

static enum lt_result fail_foreign(char ret_reason[200], const char *path)
{
    size_t length = strlen(path);
    return fail(LT_REFUSED, ret_reason, length > 60 ? path + length - 60 : path,
                lt_text("khóa của máy khác, hoặc Windows đã cài lại; dùng `restore`, hay `join` "
                        "bằng mã mới",
                        "another PC's key, or Windows was installed anew; `restore` a backup, or "
                        "`join` by a new code"));
}

static enum lt_result read_line(int fd, const char *path, uint8_t ret_seed[SEED_BYTES],
                                bool *ret_bound, char ret_reason[200])
{
    char line[LT_KEY_LINE_MAX + 1];
    ssize_t got = read(fd, line, sizeof(line));
    if (got < 0) {
        return fail_errno(ret_reason, path, errno);
    }
    enum lt_result result = lt_key_line_read(line, (size_t)got, ret_seed, ret_bound);
    sodium_memzero(line, sizeof(line));
    return result == LT_OK ? LT_OK
           : result == LT_REFUSED
               ? fail_foreign(ret_reason, path)
               : fail_damaged(ret_reason, path,
                              got < LT_KEY_LINE_OPEN_BYTES
                                  ? lt_text("ngắn quá", "too short")
                                  : lt_text("không phải khóa đã ghi", "not the key that was "
                                                                      "written"));
}

static int open_to_read(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static enum lt_result read_seed(const char *path, uint8_t ret_seed[SEED_BYTES],
                                char ret_reason[200])
{
    bool bound;
    int fd = open_to_read(path);
    if (fd < 0) {
        return fail_errno(ret_reason, path, errno);
    }
    enum lt_result result = check_file(fd, path, ret_reason);
    if (result == LT_OK) {
        result = read_line(fd, path, ret_seed, &bound, ret_reason);
    }
    close(fd);
    return result;
}

static enum lt_result sync_folder(const char *path, char ret_reason[200])
{
    return lt_folder_sync_above(path) ? LT_OK : fail_errno(ret_reason, path, errno);
}

/* Into a new file beside `path`, which is to be removed or moved. */
static enum lt_result write_beside(const char *path, const uint8_t seed[SEED_BYTES], bool bind,
                                   char ret_beside[PATH_MAX], char ret_reason[200])
{
    char line[LT_KEY_LINE_MAX + 1];
    size_t size;
    int length = snprintf(ret_beside, PATH_MAX, "%s.XXXXXX", path);
    if (length < 0 || length >= PATH_MAX) {
        return fail(LT_TOO_LARGE, ret_reason, path,
                    lt_text("đường dẫn quá dài", "the path is too long"));
    }
    enum lt_result result = lt_key_line_write(seed, bind, line, &size);
    if (result != LT_OK) {
        return fail(result, ret_reason, path,
                    lt_text("Windows không khóa được nó", "Windows cannot protect it"));
    }
    int fd = mkostemp(ret_beside, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        result = fail_errno(ret_reason, path, errno);
    } else {
        ssize_t wrote = write(fd, line, size);
        if (wrote != (ssize_t)size || fsync(fd) != 0) {
            result =
                fail_errno(ret_reason, path, wrote >= 0 && wrote != (ssize_t)size ? ENOSPC : errno);
            unlink(ret_beside);
        }
        close(fd);
    }
    sodium_memzero(line, sizeof(line));
    return result;
}

/* A new file that appears whole or not at all, and never over another. */
static enum lt_result write_seed(const char *path, const uint8_t seed[SEED_BYTES],
                                 char ret_reason[200])
{
    char beside[PATH_MAX];
    enum lt_result result = write_beside(path, seed, true, beside, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    if (link(beside, path) != 0) {
        result = fail_errno(ret_reason, path, errno);
    }
    unlink(beside);
    return result == LT_OK ? sync_folder(path, ret_reason) : result;
}

enum lt_result lt_key_file_bind(const char *path, bool bind, char ret_reason[200])
{
    uint8_t seed[SEED_BYTES], any[LT_BOUND_MAX];
    char beside[PATH_MAX];
    size_t size;
    bool bound = false;
    int fd = open_to_read(path);
    if (fd < 0) {
        return fail_errno(ret_reason, path, errno);
    }
    enum lt_result result = read_line(fd, path, seed, &bound, ret_reason);
    close(fd);
    if (result == LT_OK && bound != bind && (bound || lt_bind(seed, any, &size) == LT_OK)) {
        result = write_beside(path, seed, bind, beside, ret_reason);
        if (result == LT_OK && rename(beside, path) != 0) {
            result = fail_errno(ret_reason, path, errno);
            unlink(beside);
        }
        result = result == LT_OK ? sync_folder(path, ret_reason) : result;
    }
    sodium_memzero(seed, sizeof(seed));
    return result;
}

bool lt_key_file_same(const char *one, const char *other)
{
    const char *const paths[] = {one, other};
    uint8_t seeds[2][SEED_BYTES] = {{0}};
    char ignored[200];
    bool bound, good = true;
    for (size_t i = 0; i < 2 && good; i++) {
        int fd = open_to_read(paths[i]);
        good = fd >= 0 && read_line(fd, paths[i], seeds[i], &bound, ignored) == LT_OK;
        if (fd >= 0) {
            close(fd);
        }
    }
    good = good && sodium_memcmp(seeds[0], seeds[1], SEED_BYTES) == 0;
    sodium_memzero(seeds, sizeof(seeds));
    return good;
}

/* Reads the seed, or draws one and keeps it. Two processes at once agree on one. One of before this system bound them is
 * bound now. */
static enum lt_result have_seed(const char *path, uint8_t ret_seed[SEED_BYTES],
                                char ret_reason[200])
{
    enum lt_result result = read_seed(path, ret_seed, ret_reason);
    if (result == LT_OK) {
        return lt_key_file_bind(path, true, ret_reason);
    }
    if (result != LT_NOT_FOUND) {
        return result;
    }
    uint8_t seed[SEED_BYTES];
    randombytes_buf(seed, sizeof(seed));
    result = write_seed(path, seed, ret_reason);
    sodium_memzero(seed, sizeof(seed));
    if (result != LT_OK && result != LT_EXISTS) {
        return result;
    }
    return read_seed(path, ret_seed, ret_reason);
}

static void expand(const uint8_t sign_seed[SEED_BYTES], const uint8_t curve_seed[SEED_BYTES],
                   struct lt_keys *ret_keys)
{
    crypto_sign_seed_keypair(ret_keys->sign_public.bytes, ret_keys->sign_secret.bytes, sign_seed);
    memcpy(ret_keys->curve_secret, curve_seed, SEED_BYTES);
    crypto_scalarmult_base(ret_keys->curve_public, curve_seed);
}

typedef enum lt_result seed_source(const char *path, uint8_t ret_seed[SEED_BYTES],
                                   char ret_reason[200]);

/* The folder too must be ours: who may write it may put other keys there. */
static enum lt_result check_folder(const char *dir, char ret_reason[200])
{
    struct stat status;
    if (stat(dir, &status) != 0) {
        return fail_errno(ret_reason, dir, errno);
    }
    if (!S_ISDIR(status.st_mode)) {
        return fail(LT_PERMISSION, ret_reason, dir, lt_text("không phải thư mục", "not a folder"));
    }
    if (status.st_uid != geteuid()) {
        return fail(
            LT_PERMISSION, ret_reason, dir,
            lt_text("thư mục thuộc về người dùng khác", "the folder belongs to another user"));
    }
    if ((status.st_mode & 002) != 0) {
        return fail(LT_PERMISSION, ret_reason, dir,
                    lt_text("ai cũng ghi được vào thư mục; hãy chmod 700",
                            "anyone may write to the folder; chmod 700 it"));
    }
    return LT_OK;
}

/* Moves one following key into its place, if it is there. */
static enum lt_result follow_one(const char *dir, const char *name, char ret_reason[200])
{
    char from[PATH_MAX], to[PATH_MAX];
    snprintf(from, sizeof(from), "%s/%s.next", dir, name);
    snprintf(to, sizeof(to), "%s/%s", dir, name);
    if (rename(from, to) != 0) {
        return errno == ENOENT ? LT_OK : fail_errno(ret_reason, from, errno);
    }
    return sync_folder(to, ret_reason);
}

bool lt_keys_has_next(const char *dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/sign.key.next", dir);
    return access(path, F_OK) == 0;
}

/* The signing key follows first and is made first: a following CURVE key alone was cut off on its way. */
static enum lt_result finish_following(const char *dir, char ret_reason[200])
{
    return lt_keys_has_next(dir) ? LT_OK : follow_one(dir, "curve.key", ret_reason);
}

static enum lt_result check_dir(const char *dir, char ret_reason[200])
{
    if (sodium_init() < 0) {
        return fail(LT_IO, ret_reason, dir,
                    lt_text("không có nguồn số ngẫu nhiên", "no source of randomness"));
    }
    if (strlen(dir) > PATH_MAX - 16) {
        return fail(LT_TOO_LARGE, ret_reason, dir,
                    lt_text("đường dẫn quá dài", "the path is too long"));
    }
    return check_folder(dir, ret_reason);
}

static enum lt_result take_keys(const char *dir, const char *ending, seed_source *take,
                                struct lt_keys *ret_keys, char ret_reason[200])
{
    char path[PATH_MAX];
    uint8_t sign_seed[SEED_BYTES], curve_seed[SEED_BYTES];
    snprintf(path, sizeof(path), "%s/sign.key%s", dir, ending);
    enum lt_result result = take(path, sign_seed, ret_reason);
    if (result == LT_OK) {
        snprintf(path, sizeof(path), "%s/curve.key%s", dir, ending);
        result = take(path, curve_seed, ret_reason);
    }
    if (result == LT_OK) {
        expand(sign_seed, curve_seed, ret_keys);
    }
    sodium_memzero(sign_seed, sizeof(sign_seed));
    sodium_memzero(curve_seed, sizeof(curve_seed));
    return result;
}

static enum lt_result take_own(const char *dir, seed_source *take, struct lt_keys *ret_keys,
                               char ret_reason[200])
{
    enum lt_result result = check_dir(dir, ret_reason);
    if (result == LT_OK) {
        result = finish_following(dir, ret_reason);
    }
    return result == LT_OK ? take_keys(dir, "", take, ret_keys, ret_reason) : result;
}

enum lt_result lt_keys_make(const char *dir, struct lt_keys *ret_keys, char ret_reason[200])
{
    return take_own(dir, have_seed, ret_keys, ret_reason);
}

enum lt_result lt_keys_load(const char *dir, struct lt_keys *ret_keys, char ret_reason[200])
{
    return take_own(dir, read_seed, ret_keys, ret_reason);
}

/* In this order: the signing key alone would be made anew beside the other's. */
bool lt_keys_set_aside(const char *dir)
{
    static const char *const names[] = {"sign.key.next", "curve.key.next", "curve.key", "sign.key"};
    char path[PATH_MAX], aside[PATH_MAX], ignored[200];
    uint8_t seed[SEED_BYTES];
    bool any = false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        snprintf(aside, sizeof(aside), "%s/%s.other-pc", dir, names[i]);
        enum lt_result result = read_seed(path, seed, ignored);
        sodium_memzero(seed, sizeof(seed));
        if (result == LT_REFUSED && rename(path, aside) == 0) {
            any = true;
            (void)sync_folder(path, ignored);
        }
    }
    return any;
}

/* In this order: a following CURVE key alone would be taken for one that was cut off on its way. */
void lt_keys_drop_next(const char *dir)
{
    static const char *const names[] = {"curve.key", "sign.key"};
    char path[PATH_MAX], ignored[200];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s.next", dir, names[i]);
        if (unlink(path) == 0) {
            (void)sync_folder(path, ignored);
        }
    }
}

enum lt_result lt_keys_make_next(const char *dir, struct lt_keys *ret_next, char ret_reason[200])
{
    enum lt_result result = check_dir(dir, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    bool had = lt_keys_has_next(dir);
    result = take_keys(dir, ".next", have_seed, ret_next, ret_reason);
    if (result != LT_OK && !had) { /* half a pair would be a change that nobody asked for */
        lt_keys_drop_next(dir);
    }
    return result;
}

enum lt_result lt_keys_follow(const char *dir, char ret_reason[200])
{
    enum lt_result result = follow_one(dir, "sign.key", ret_reason);
    return result == LT_OK ? follow_one(dir, "curve.key", ret_reason) : result;
}

void lt_keys_wipe(struct lt_keys *keys)
{
    sodium_memzero(keys, sizeof(*keys));
}

enum lt_result lt_key_file_make(const char *path, struct lt_key *ret_public,
                                struct lt_secret *ret_secret, char ret_reason[200])
{
    uint8_t seed[SEED_BYTES];
    if (sodium_init() < 0) {
        return fail(LT_IO, ret_reason, path,
                    lt_text("không có nguồn số ngẫu nhiên", "no source of randomness"));
    }
    randombytes_buf(seed, sizeof(seed));
    enum lt_result result = write_seed(path, seed, ret_reason);
    sodium_memzero(seed, sizeof(seed));
    return result == LT_OK ? lt_key_file_load(path, ret_public, ret_secret, ret_reason) : result;
}

enum lt_result lt_key_file_load(const char *path, struct lt_key *ret_public,
                                struct lt_secret *ret_secret, char ret_reason[200])
{
    uint8_t seed[SEED_BYTES];
    if (sodium_init() < 0) {
        return fail(LT_IO, ret_reason, path,
                    lt_text("không có nguồn số ngẫu nhiên", "no source of randomness"));
    }
    enum lt_result result = read_seed(path, seed, ret_reason);
    if (result == LT_OK) {
        crypto_sign_seed_keypair(ret_public->bytes, ret_secret->bytes, seed);
    }
    sodium_memzero(seed, sizeof(seed));
    return result;
}

enum lt_result lt_seed_file_make(const char *path, uint8_t ret_seed[32], char ret_reason[200])
{
    uint8_t seed[SEED_BYTES];
    if (sodium_init() < 0) {
        return fail(LT_IO, ret_reason, path,
                    lt_text("không có nguồn số ngẫu nhiên", "no source of randomness"));
    }
    randombytes_buf(seed, sizeof(seed));
    enum lt_result result = write_seed(path, seed, ret_reason);
    if (result == LT_OK) {
        memcpy(ret_seed, seed, sizeof(seed));
    }
    sodium_memzero(seed, sizeof(seed));
    return result;
}

enum lt_result lt_seed_file_load(const char *path, uint8_t ret_seed[32], char ret_reason[200])
{
    return read_seed(path, ret_seed, ret_reason);
}

enum lt_result lt_key_file_link(const char *from, const char *to, char ret_reason[200])
{
    return link(from, to) == 0 ? sync_folder(to, ret_reason) : fail_errno(ret_reason, to, errno);
}

enum lt_result lt_key_file_move(const char *from, const char *to, char ret_reason[200])
{
    enum lt_result result = lt_key_file_link(from, to, ret_reason);
    if (result == LT_OK && unlink(from) != 0) {
        result = fail_errno(ret_reason, from, errno);
    }
    return result == LT_OK ? sync_folder(to, ret_reason) : result;
}
