#include <errno.h>
#include <lmdb.h>
#include <string.h>

#include "agent/env_store.h"
#include "agent/text.h"

#define FORMAT_KEY "lt.format"

enum lt_result lt_env_map(int code)
{
    switch (code) {
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

static uint32_t number_of(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int put_format(MDB_txn *txn, MDB_dbi meta, uint32_t format)
{
    uint8_t bytes[4] = {(uint8_t)(format >> 24), (uint8_t)(format >> 16), (uint8_t)(format >> 8),
                        (uint8_t)format};
    char name[] = FORMAT_KEY;
    MDB_val key = {sizeof(FORMAT_KEY) - 1, name}, value = {sizeof(bytes), bytes};
    return mdb_put(txn, meta, &key, &value, 0);
}

/* 0 as *ret_format: there is none, or not a format. */
static int get_format(MDB_txn *txn, MDB_dbi meta, uint32_t *ret_format)
{
    char name[] = FORMAT_KEY;
    MDB_val key = {sizeof(FORMAT_KEY) - 1, name}, value;
    int code = mdb_get(txn, meta, &key, &value);
    *ret_format = code == 0 && value.mv_size == 4 ? number_of(value.mv_data) : 0;
    return code;
}

enum lt_result lt_env_format(MDB_txn *txn, MDB_dbi meta, uint32_t format, bool write,
                             char ret_reason[200])
{
    uint32_t found;
    int code = get_format(txn, meta, &found);
    if (write && (code == MDB_NOTFOUND || (code == 0 && found != 0 && found < format))) {
        code = put_format(txn, meta, format);
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
