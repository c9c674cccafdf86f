#include <errno.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "agent/env_store.h"
#include "agent/map.h"
#include "agent/text.h"

enum lt_result lt_env_map(int code)
{
    switch (lt_map_errno(code)) {
    case 0:
        return LT_OK;
    case ENOSPC:
    case EDQUOT:
    case MDB_MAP_FULL:
        return LT_NO_SPACE;
    case ENOMEM:
        return LT_NO_MEMORY;
    case MDB_READERS_FULL:
        return LT_BUSY;
    case MDB_TXN_FULL:
        return LT_TOO_LARGE;
    case MDB_VERSION_MISMATCH:
        return LT_VERSION;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_INCOMPATIBLE:
        return LT_CORRUPT;
    case EACCES:
    case EPERM:
    case EROFS:
        return LT_PERMISSION;
    case ENOENT:
    case ENOTDIR:
        return LT_NOT_FOUND;
    default:
        return LT_IO;
    }
}

/* ---- Tags ---- */

uint64_t lt_env_seed(const char *table)
{
    return XXH3_64bits(table, strlen(table));
}

uint64_t lt_env_tag(uint64_t seed, struct lt_bytes key, struct lt_bytes value)
{
    return XXH3_64bits(value.data, value.size) ^ XXH3_64bits_withSeed(key.data, key.size, seed);
}

bool lt_env_untag(uint64_t seed, struct lt_bytes key, struct lt_bytes *value)
{
    uint64_t tag;
    if (value->size < sizeof(tag))
        return false;
    const struct lt_bytes plain = {value->data, value->size - sizeof(tag)};
    memcpy(&tag, plain.data + plain.size, sizeof(tag));
    *value = plain;
    return tag == lt_env_tag(seed, key, plain);
}

/* ---- The store's own table ---- */

uint64_t lt_env_number(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | bytes[i];
    return number;
}

static int put_number(MDB_txn *txn, MDB_dbi meta, const char *name, uint64_t number, size_t size)
{
    uint8_t bytes[8 + LT_ENV_TAG_BYTES];
    const struct lt_bytes key = {(const uint8_t *)name, strlen(name)};
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(number >> 8 * (size - 1 - i));
    const uint64_t tag =
        lt_env_tag(lt_env_seed(LT_ENV_FORMAT_TABLE), key, (struct lt_bytes){bytes, size});
    memcpy(bytes + size, &tag, sizeof(tag));
    MDB_val raw_key = {key.size, (void *)(uintptr_t)name}, value = {size + sizeof(tag), bytes};
    return mdb_put(txn, meta, &raw_key, &value, 0);
}

int lt_env_number_commit(MDB_txn *txn, MDB_dbi meta)
{
    return put_number(txn, meta, LT_ENV_COMMIT_KEY, mdb_txn_id(txn), 8);
}

/* 0 as *ret_format: there is none, or not a format. Formats before there were tags have none. */
static int get_format(MDB_txn *txn, MDB_dbi meta, uint32_t *ret_format)
{
    static const char name[] = LT_ENV_FORMAT_KEY;
    const struct lt_bytes key = {(const uint8_t *)name, sizeof(name) - 1};
    MDB_val raw_key = {key.size, (void *)(uintptr_t)name}, raw;
    int code = mdb_get(txn, meta, &raw_key, &raw);
    *ret_format = 0;
    if (code != 0)
        return code;
    struct lt_bytes value = {raw.mv_data, raw.mv_size};
    if (value.size == 4 ||
        (lt_env_untag(lt_env_seed(LT_ENV_FORMAT_TABLE), key, &value) && value.size == 4))
        *ret_format = (uint32_t)lt_env_number(value.data, 4);
    return 0;
}

enum lt_result lt_env_format(MDB_txn *txn, MDB_dbi meta, uint32_t format, bool write,
                             char ret_reason[200])
{
    uint32_t found;
    int code = get_format(txn, meta, &found);
    if (write && (code == MDB_NOTFOUND || (code == 0 && found != 0 && found < format))) {
        code = put_number(txn, meta, LT_ENV_FORMAT_KEY, format, 4);
        found = format;
    }
    if (code == MDB_NOTFOUND || (code == 0 && found == 0)) {
        lt_env_say(ret_reason, "%s",
                   lt_text("kho dữ liệu không cho biết phiên bản",
                           "the store does not say of which format it is"));
        return LT_CORRUPT;
    }
    if (code != 0) {
        lt_env_say(ret_reason, lt_text("đọc kho dữ liệu: %s", "reading the store: %s"),
                   mdb_strerror(code));
        return lt_env_map(code);
    }
    if (found == format)
        return LT_OK;
    lt_env_say(ret_reason,
               lt_text("kho dữ liệu có phiên bản %u, chương trình này đọc phiên bản %u: hãy dùng "
                       "chương trình %s",
                       "the store has format %u, this program reads %u: use the %s program"),
               (unsigned)found, (unsigned)format,
               found > format ? lt_text("mới hơn", "newer") : lt_text("cũ hơn", "older"));
    return LT_VERSION;
}

uint32_t lt_env_stored_format(MDB_env *raw)
{
    MDB_txn *txn;
    MDB_dbi meta;
    uint32_t found = 0;
    if (mdb_txn_begin(raw, NULL, MDB_RDONLY, &txn) != 0)
        return 0;
    if (mdb_dbi_open(txn, LT_ENV_FORMAT_TABLE, 0, &meta) == 0)
        (void)get_format(txn, meta, &found);
    mdb_txn_abort(txn);
    return found;
}

/* ---- Words ---- */

void lt_env_say(char ret_reason[200], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ret_reason, 200, format, arguments);
    va_end(arguments);
}

enum lt_result lt_env_is_made(const char *dir, char ret_reason[200])
{
    char path[4096];
    struct stat data;
    int length = snprintf(path, sizeof(path), "%s/data.mdb", dir);
    if (length < 0 || (size_t)length >= sizeof(path) || stat(path, &data) != 0 ||
        data.st_size == 0) {
        lt_env_say(ret_reason,
                   lt_text("%.100s/data.mdb không có hoặc trống: hãy phục hồi thư mục từ bản sao",
                           "%.100s/data.mdb is missing or empty: restore the folder from a copy"),
                   dir);
        return LT_NOT_FOUND;
    }
    return LT_OK;
}
