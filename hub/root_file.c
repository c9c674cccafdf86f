#include "hub/root_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/text.h"

enum { FILE_BYTES_MAX = 8192, CHECK_BYTES = 8, LINE_MAX_BYTES = 300 };

static const char *const titles[] = {"lienthong root request 1", "lienthong root answer 1"};

static enum lt_result fail(enum lt_result result, const char *path, const char *why,
                           char ret_reason[LT_ROOT_REASON_MAX])
{
    snprintf(ret_reason, LT_ROOT_REASON_MAX, "%.200s: %.180s", path, why);
    return result;
}

/* ---- Writing ---- */

struct text {
    char bytes[FILE_BYTES_MAX];
    size_t size;
};

static void put(struct text *text, const char *name, const uint8_t *bytes, size_t size)
{
    char hex[2 * 64 + 1];
    lt_hex(bytes, size, hex);
    text->size += (size_t)snprintf(text->bytes + text->size, sizeof(text->bytes) - text->size,
                                   "%s %s\n", name, hex);
}

static void compose(const struct lt_root_file *file, struct text *text)
{
    char unit[LT_UNIT_TEXT_MAX];
    struct lt_hash hash;
    lt_unit_format(&file->top, unit);
    text->size = (size_t)snprintf(text->bytes, sizeof(text->bytes), "%s\ntop %s\n",
                                  titles[file->answer], unit);
    put(text, "root", file->roots.root.bytes, 32);
    put(text, "recovery", file->roots.recovery.bytes, 32);
    if (file->answer && file->replaces)
        put(text, "replacement", file->replacement.bytes, 64);
    for (size_t i = 0; i < file->key_count; i++) {
        put(text, file->has_next && i + 1 == file->key_count ? "next-key" : "key",
            file->keys[i].bytes, 32);
        if (file->answer)
            put(text, "grant", file->grants[i].bytes, 64);
    }
    lt_hash_of(text->bytes, text->size, &hash);
    put(text, "check", hash.bytes, CHECK_BYTES);
}

static const char TAKEN[] = "is there already; give a name that is free";

enum lt_result lt_root_file_check_free(const char *path, char ret_reason[LT_ROOT_REASON_MAX])
{
    struct stat there;
    return lstat(path, &there) == 0 ? fail(LT_EXISTS, path, TAKEN, ret_reason) : LT_OK;
}

enum lt_result lt_root_file_write(const char *path, const struct lt_root_file *file,
                                  char ret_reason[LT_ROOT_REASON_MAX])
{
    struct text text;
    compose(file, &text);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return fail(LT_EXISTS, path, TAKEN, ret_reason);
    if (fd < 0)
        return fail(LT_IO, path, lt_text_errno(errno), ret_reason);
    const ssize_t wrote = write(fd, text.bytes, text.size);
    const int error = wrote < 0 ? errno : ENOSPC;
    bool good = wrote == (ssize_t)text.size && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (good)
        return LT_OK;
    unlink(path);
    return fail(error == ENOSPC ? LT_NO_SPACE : LT_IO, path, lt_text_errno(error), ret_reason);
}

/* ---- Reading ---- */

struct reader {
    const char *path, *at;
    char *reason;
    enum lt_result result;
};

static enum lt_result broken(struct reader *reader, enum lt_result result, const char *why)
{
    if (reader->result == LT_OK)
        reader->result = fail(result, reader->path, why, reader->reason);
    return reader->result;
}

/* The value of the next line, which has this name; false: another one, or the end. */
static bool take(struct reader *reader, const char *name, uint8_t *ret_bytes, size_t size)
{
    char hex[LINE_MAX_BYTES];
    const size_t length = strlen(name), digits = 2 * size;
    if (reader->result != LT_OK || strncmp(reader->at, name, length) != 0 ||
        reader->at[length] != ' ')
        return false;
    const char *value = reader->at + length + 1;
    if (strcspn(value, "\n") != digits || value[digits] != '\n') {
        broken(reader, LT_MALFORMED, "a line has not as many digits as it should");
        return false;
    }
    memcpy(hex, value, digits);
    hex[digits] = '\0';
    if (lt_unhex(hex, ret_bytes, size) != LT_OK) {
        broken(reader, LT_MALFORMED, "a line has what is no hexadecimal digit");
        return false;
    }
    reader->at = value + digits + 1;
    return true;
}

static void demand(struct reader *reader, const char *name, uint8_t *ret_bytes, size_t size)
{
    char why[60];
    snprintf(why, sizeof(why), "the line \"%s\" is missing", name);
    if (!take(reader, name, ret_bytes, size))
        broken(reader, LT_MALFORMED, why);
}

static void read_top(struct reader *reader, struct lt_unit *ret_top)
{
    char text[LT_UNIT_TEXT_MAX] = "";
    bool dated;
    size_t length = strncmp(reader->at, "top ", 4) == 0 ? strcspn(reader->at + 4, "\n") : 0;
    if (reader->result != LT_OK)
        return;
    if (length > 0 && length < sizeof(text) && reader->at[4 + length] == '\n')
        memcpy(text, reader->at + 4, length);
    if (lt_unit_parse(text, ret_top, &dated) != LT_OK)
        broken(reader, LT_MALFORMED, "the line \"top\" names no unit");
    else
        reader->at += 4 + length + 1;
}

static bool read_key(struct reader *reader, const char *name, struct lt_root_file *file)
{
    if (file->key_count == LT_ROOT_KEYS_MAX ||
        !take(reader, name, file->keys[file->key_count].bytes, 32))
        return false;
    if (file->answer)
        demand(reader, "grant", file->grants[file->key_count].bytes, 64);
    file->key_count++;
    return true;
}

static void read_keys(struct reader *reader, struct lt_root_file *file)
{
    while (read_key(reader, "key", file))
        continue;
    if (file->key_count == 0)
        broken(reader, LT_MALFORMED, "the line \"key\" is missing");
    file->has_next = read_key(reader, "next-key", file);
}

static enum lt_result parse(struct reader *reader, const char *bytes, struct lt_root_file *file)
{
    const char *title = titles[file->answer];
    uint8_t check[CHECK_BYTES];
    struct lt_hash hash;
    const size_t length = strlen(title);
    if (strncmp(bytes, title, length - 1) != 0)
        return broken(reader, LT_MALFORMED,
                      file->answer ? "this is no answer of `root sign`"
                                   : "this is no request of `root request`");
    if (bytes[length - 1] != '1' || bytes[length] != '\n')
        return broken(reader, LT_VERSION, "a newer program wrote it");
    reader->at = bytes + length + 1;
    read_top(reader, &file->top);
    demand(reader, "root", file->roots.root.bytes, 32);
    demand(reader, "recovery", file->roots.recovery.bytes, 32);
    file->replaces = file->answer && take(reader, "replacement", file->replacement.bytes, 64);
    read_keys(reader, file);
    const size_t size = (size_t)(reader->at - bytes);
    demand(reader, "check", check, sizeof(check));
    lt_hash_of(bytes, size, &hash);
    if (reader->result == LT_OK && memcmp(hash.bytes, check, sizeof(check)) != 0)
        return broken(reader, LT_BAD_HASH, "it was changed, or is not whole; carry it again");
    if (reader->result == LT_OK && *reader->at != '\0')
        return broken(reader, LT_MALFORMED, "something follows after its end");
    return reader->result;
}

enum lt_result lt_root_file_read(const char *path, bool answer, struct lt_root_file *ret_file,
                                 char ret_reason[LT_ROOT_REASON_MAX])
{
    char bytes[FILE_BYTES_MAX + 1];
    struct lt_root_file file = {.answer = answer};
    struct reader reader = {.path = path, .reason = ret_reason, .result = LT_OK};
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL)
        return fail(errno == ENOENT ? LT_NOT_FOUND : LT_IO, path, lt_text_errno(errno), ret_reason);
    const size_t size = fread(bytes, 1, sizeof(bytes), stream);
    const bool bad = ferror(stream) != 0;
    fclose(stream);
    if (bad)
        return fail(LT_IO, path, "cannot be read", ret_reason);
    if (size == sizeof(bytes))
        return fail(LT_TOO_LARGE, path, "is too large for such a file", ret_reason);
    bytes[size] = '\0';
    if (strlen(bytes) != size)
        return fail(LT_MALFORMED, path, "is no text", ret_reason);
    enum lt_result result = parse(&reader, bytes, &file);
    if (result == LT_OK)
        *ret_file = file;
    return result;
}
