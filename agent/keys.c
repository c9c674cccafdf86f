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
#include "agent/text.h"

/* The seed's digits, a blank, the check's digits, the line's end. */
enum {
    SEED_BYTES = 32,
    CHECK_BYTES = 4,
    SEED_DIGITS = 2 * SEED_BYTES,
    CHECK_AT = SEED_DIGITS + 1,
    LINE_BYTES = CHECK_AT + 2 * CHECK_BYTES + 1,
};

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
    if (status.st_size != LINE_BYTES) {
        return fail_damaged(ret_reason, path,
                            lt_text("dài hoặc ngắn quá", "too short or too long"));
    }
    return LT_OK;
}

/* A digit that a disk, or a hand, has changed would else be another key: what it signs nobody would believe. */
static void check_digits(const uint8_t seed[SEED_BYTES], char ret_digits[2 * CHECK_BYTES + 1])
{
    struct lt_hash hash;
    lt_hash_of(seed, SEED_BYTES, &hash);
    lt_hex(hash.bytes, CHECK_BYTES, ret_digits);
}

static bool take_line(char line[LINE_BYTES + 1], uint8_t ret_seed[SEED_BYTES])
{
    char check[2 * CHECK_BYTES + 1];
    if (line[LINE_BYTES - 1] != '\n' || line[SEED_DIGITS] != ' ') {
        return false;
    }
    line[LINE_BYTES - 1] = line[SEED_DIGITS] = '\0';
    if (lt_unhex(line, ret_seed, SEED_BYTES) != LT_OK || sodium_is_zero(ret_seed, SEED_BYTES)) {
        return false;
    }
    check_digits(ret_seed, check);
    return strcmp(line + CHECK_AT, check) == 0;
}

static enum lt_result read_seed(const char *path, uint8_t ret_seed[SEED_BYTES],
                                char ret_reason[200])
{
    char line[LINE_BYTES + 1] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return fail_errno(ret_reason, path, errno);
    }
    enum lt_result result = check_file(fd, path, ret_reason);
    if (result != LT_OK) {
        goto out;
    }
    ssize_t got = read(fd, line, LINE_BYTES);
    if (got < 0) {
        result = fail_errno(ret_reason, path, errno);
    } else if (got != LINE_BYTES || !take_line(line, ret_seed)) {
        result = fail_damaged(ret_reason, path,
                              lt_text("không phải khóa đã ghi", "not the key that was written"));
    }
out:
    sodium_memzero(line, sizeof(line));
    close(fd);
    return result;
}

static enum lt_result sync_folder(const char *path, char ret_reason[200])
{
    return lt_folder_sync_above(path) ? LT_OK : fail_errno(ret_reason, path, errno);
}

/* A new file that appears whole or not at all, and never over another. */
static enum lt_result write_seed(const char *path, const uint8_t seed[SEED_BYTES],
                                 char ret_reason[200])
{
    char line[LINE_BYTES + 1];
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    if (length < 0 || length >= (int)sizeof(temporary)) {
        return fail(LT_TOO_LARGE, ret_reason, path,
                    lt_text("đường dẫn quá dài", "the path is too long"));
    }
    int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        return fail_errno(ret_reason, path, errno);
    }
    lt_hex(seed, SEED_BYTES, line);
    line[SEED_DIGITS] = ' ';
    check_digits(seed, line + CHECK_AT);
    line[LINE_BYTES - 1] = '\n';
    enum lt_result result = LT_OK;
    ssize_t wrote = write(fd, line, LINE_BYTES);
    if (wrote != LINE_BYTES || fsync(fd) != 0) {
        result = fail_errno(ret_reason, path, wrote >= 0 && wrote != LINE_BYTES ? ENOSPC : errno);
    } else if (link(temporary, path) != 0) {
        result = fail_errno(ret_reason, path, errno);
    }
    sodium_memzero(line, sizeof(line));
    close(fd);
    unlink(temporary);
    return result == LT_OK ? sync_folder(path, ret_reason) : result;
}

/* Reads the seed, or draws one and keeps it. Two processes at once agree on one. */
static enum lt_result have_seed(const char *path, uint8_t ret_seed[SEED_BYTES],
                                char ret_reason[200])
{
    enum lt_result result = read_seed(path, ret_seed, ret_reason);
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
