#include "agent/env_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/env_store.h"
#include "agent/env_walk.h"
#include "agent/map.h"
#include "agent/text.h"

enum { TABLES_MAX = 128, NAME_MAX_BYTES = 32, TRIES_MAX = 100 };

/* A named table as the main one lists it. */
struct named {
    char name[NAME_MAX_BYTES];
    struct lt_page_table table;
};

struct check {
    struct lt_page_walk walk;
    const struct lt_table_spec *specs;
    size_t spec_count;
    struct lt_page_meta meta;
    size_t table_count;
    struct named tables[TABLES_MAX];
    uint64_t seed; /* of the table being walked */
    uint32_t format; /* 0: none, or one without tags */
    uint64_t commit;
};

/* ---- Rows ---- */

static bool free_row(void *context, struct lt_bytes key, struct lt_bytes value, uint16_t flags)
{
    struct check *check = context;
    size_t count, page;
    if (key.size != sizeof(size_t) || value.size < sizeof(count) || flags != 0)
        return lt_page_bad(&check->walk, "a list of free pages without a shape");
    memcpy(&count, value.data, sizeof(count));
    if (count > value.size / sizeof(count) - 1)
        return lt_page_bad(&check->walk, "a list of free pages that is cut off");
    for (size_t i = 1; i <= count; i++) {
        memcpy(&page, value.data + i * sizeof(page), sizeof(page));
        if (!lt_page_take(&check->walk, page, 1))
            return false;
    }
    return true;
}

static bool main_row(void *context, struct lt_bytes key, struct lt_bytes value, uint16_t flags)
{
    struct check *check = context;
    struct named *named = &check->tables[check->table_count];
    if (flags != LT_NODE_TABLE || value.size != sizeof(named->table) ||
        key.size >= sizeof(named->name) || check->table_count == TABLES_MAX)
        return lt_page_bad(&check->walk, "a table without a shape");
    memset(named, 0, sizeof(*named));
    memcpy(named->name, key.data, key.size);
    memcpy(&named->table, value.data, sizeof(named->table));
    check->table_count++;
    return true;
}

static bool tagged_row(void *context, struct lt_bytes key, struct lt_bytes value, uint16_t flags)
{
    struct check *check = context;
    if (flags == 0 && lt_env_untag(check->seed, key, &value))
        return true;
    return lt_page_bad(&check->walk, "a row that is not what was written");
}

static bool is_named(struct lt_bytes key, const char *name)
{
    return key.size == strlen(name) && memcmp(key.data, name, key.size) == 0;
}

/* The store's own table: its format and the number of the commit. */
static bool own_row(void *context, struct lt_bytes key, struct lt_bytes value, uint16_t flags)
{
    struct check *check = context;
    if (is_named(key, LT_ENV_FORMAT_KEY) && value.size == 4 && flags == 0)
        return true; /* a format before there were tags */
    if (!tagged_row(context, key, value, flags))
        return false;
    if (is_named(key, LT_ENV_FORMAT_KEY))
        check->format = lt_env_number(value.data, 4) != 0;
    else if (is_named(key, LT_ENV_COMMIT_KEY) && value.size == 8 + LT_ENV_TAG_BYTES)
        check->commit = lt_env_number(value.data, 8);
    return true;
}

/* ---- Trees ---- */

static const struct lt_table_spec *spec_of(const struct check *check, const char *name)
{
    for (size_t i = 0; i < check->spec_count; i++)
        if (strcmp(check->specs[i].name, name) == 0)
            return &check->specs[i];
    return NULL;
}

static bool walk_named(struct check *check, const struct named *named, lt_page_row *row)
{
    const struct lt_table_spec *spec = spec_of(check, named->name);
    const bool integer = (named->table.flags & MDB_INTEGERKEY) != 0;
    if ((named->table.flags & ~MDB_INTEGERKEY) != 0 ||
        (spec != NULL && spec->integer_key != integer))
        return lt_page_bad(&check->walk, "a table of another kind");
    check->seed = lt_env_seed(named->name);
    return lt_page_walk(&check->walk, &named->table, integer, row, check);
}

/* The main table, and the store's own one. */
static bool walk_roots(struct check *check)
{
    check->table_count = check->format = check->commit = 0;
    if (check->meta.main.flags != 0)
        return lt_page_bad(&check->walk, "a main table of another kind");
    if (!lt_page_walk(&check->walk, &check->meta.main, false, main_row, check))
        return false;
    for (size_t i = 0; i < check->table_count; i++)
        if (strcmp(check->tables[i].name, LT_ENV_FORMAT_TABLE) == 0)
            return walk_named(check, &check->tables[i], own_row);
    return check->table_count == 0 || lt_page_bad(&check->walk, "tables without a format");
}

static bool walk_all(struct check *check)
{
    const struct lt_page_table *free = &check->meta.free;
    if (free->flags != MDB_INTEGERKEY)
        return lt_page_bad(&check->walk, "a list of free pages of another kind");
    if (!lt_page_walk(&check->walk, free, true, free_row, check))
        return false;
    for (size_t i = 0; i < check->table_count; i++)
        if (strcmp(check->tables[i].name, LT_ENV_FORMAT_TABLE) != 0 &&
            !walk_named(check, &check->tables[i], tagged_row))
            return false;
    return true;
}

/* ---- Metas ---- */

static bool read_meta(struct lt_page_walk *walk, size_t number, struct lt_page_meta *ret_meta)
{
    uint8_t bytes[LT_PAGE_HEADER_BYTES + sizeof(*ret_meta)];
    struct lt_page_header header;
    if (!lt_page_read(walk, number, bytes, sizeof(bytes)))
        return false;
    memcpy(&header, bytes, sizeof(header));
    memcpy(ret_meta, bytes + LT_PAGE_HEADER_BYTES, sizeof(*ret_meta));
    if (header.flags != LT_PAGE_META || header.number != number ||
        ret_meta->magic != LT_LMDB_MAGIC || ret_meta->version != LT_LMDB_VERSION ||
        ret_meta->free.pad != walk->page_bytes)
        return lt_page_bad(walk, "a first page that is none");
    return true;
}

/* What is shown must be what was committed last. Its meta page was written over the last but one's; the
 * other still shows what was before it, of which no page is used again as yet. So both must lead to the number of
 * the commit that they bear. */
static bool number_fits(struct check *check, const struct lt_page_meta *meta)
{
    if (check->table_count == 0 && meta->commit == 0)
        return true;
    if (check->table_count > 0 && (check->format == 0 || check->commit == meta->commit))
        return true;
    /* A compacted copy counts from 1 anew. (3 is 1 but for a bit, and nobody compacts a store of 3 commits.) */
    if (check->table_count > 0 && meta->commit == 1 && check->commit != 3)
        return true;
    return lt_page_bad(&check->walk, "not what was committed last");
}

static bool walk_meta(struct check *check, const struct lt_page_meta *meta, size_t pages)
{
    check->meta = *meta;
    return lt_page_begin(&check->walk, pages) && walk_roots(check);
}

/* The meta page that is not shown. When the disk fails while one is written, LMDB writes its former number and last page
 * back, and leaves the roots of the commit that failed, of which all other pages are there: the next commit writes it
 * anew. So they lead beyond that last page, to a tree with the number after what is shown. (When they do not lead beyond,
 * it cannot be told from a number that has changed, and is damage: lt_env_close does not leave it so.) */
static bool other_is_sound(struct check *check, const struct lt_page_meta *other)
{
    struct lt_page_walk *walk = &check->walk;
    if (walk_meta(check, other, other->last_page + 1))
        return number_fits(check, other);
    const off_t size = lseek(walk->fd, 0, SEEK_END);
    const size_t at = walk->at;
    const char *what = walk->what;
    if (walk->result != LT_CORRUPT || size < 0)
        return false;
    walk->result = LT_OK;
    if (walk_meta(check, other, (size_t)size / walk->page_bytes) && check->table_count > 0 &&
        check->commit == other->commit + 2)
        return true;
    if (walk->result == LT_OK || walk->result == LT_CORRUPT) {
        lt_page_bad(walk, what);
        walk->at = at;
    }
    return false;
}

static bool check_moment(struct check *check, size_t commit, enum lt_check_extent extent,
                         bool *ret_moved)
{
    struct lt_page_meta metas[2];
    struct lt_page_walk *walk = &check->walk;
    *ret_moved = false;
    for (size_t i = 0; i < 2; i++)
        if (!read_meta(walk, i, &metas[i]))
            return false;
    const struct lt_page_meta *shown = &metas[commit & 1], *other = &metas[(commit & 1) ^ 1];
    *ret_moved = shown->commit > commit || other->commit > commit + 1;
    /* Or what is written already and not told to readers yet. */
    if (shown->commit != commit ||
        (commit > 0 && other->commit != commit - 1 && other->commit != commit + 1))
        return lt_page_bad(walk, "a number of a commit that cannot be");
    if (!other_is_sound(check, other) || !walk_meta(check, shown, shown->last_page + 1) ||
        !number_fits(check, shown))
        return false;
    return extent == LT_CHECK_ROOTS || check->format == 0 || walk_all(check);
}

static enum lt_result check_once(struct check *check, MDB_env *raw, enum lt_check_extent extent,
                                 bool *ret_moved)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(raw, NULL, MDB_RDONLY, &txn);
    if (code != 0)
        return lt_env_map(code);
    check->walk.result = LT_OK;
    bool good = check_moment(check, mdb_txn_id(txn), extent, ret_moved);
    mdb_txn_abort(txn);
    return good ? LT_OK : check->walk.result;
}

enum lt_result lt_env_check(MDB_env *raw, const struct lt_table_spec *tables, size_t table_count,
                            enum lt_check_extent extent, const atomic_bool *stop,
                            char ret_reason[200])
{
    MDB_stat stat = {0};
    struct check *check = calloc(1, sizeof(*check));
    if (check == NULL)
        return LT_NO_MEMORY;
    check->specs = tables;
    check->spec_count = table_count;
    check->walk.stop = stop;
    check->walk.fd = -1;
    enum lt_result result = lt_env_map(lt_map_file(raw, &check->walk.fd));
    if (result == LT_OK)
        result = lt_env_map(mdb_env_stat(raw, &stat));
    check->walk.page_bytes = stat.ms_psize;
    bool moved = result == LT_OK;
    for (unsigned i = 0; i < TRIES_MAX && moved; i++) {
        result = check_once(check, raw, extent, &moved);
        moved = result == LT_CORRUPT && (moved || i < 2); /* a writer may have come between */
    }
    if (result == LT_CORRUPT)
        lt_env_say(
            ret_reason,
            lt_text("data.mdb bị hỏng: giữ lại thư mục, phục hồi từ bản sao (trang %llu: %s)",
                    "data.mdb is damaged: keep the folder, restore a copy (page %llu: %s)"),
            (unsigned long long)check->walk.at, check->walk.what);
    lt_page_end(&check->walk);
    lt_map_file_end(check->walk.fd);
    free(check);
    return result;
}

enum lt_result lt_env_check_head(int fd, char ret_reason[200])
{
    struct lt_page_meta metas[2];
    struct lt_page_walk walk = {.fd = fd};
    /* Where the second page lies is said by the first; both must say the same. */
    size_t bytes = 0;
    if (pread(walk.fd, &metas[0], sizeof(metas[0]), LT_PAGE_HEADER_BYTES) == sizeof(metas[0]))
        bytes = metas[0].free.pad;
    walk.page_bytes = bytes >= 512 && bytes <= 65536 && (bytes & (bytes - 1)) == 0 ? bytes : 512;
    bool good = read_meta(&walk, 0, &metas[0]) && read_meta(&walk, 1, &metas[1]);
    if (!good)
        lt_env_say(ret_reason, "%s",
                   lt_text("data.mdb bị hỏng ngay từ đầu: giữ lại thư mục, phục hồi từ bản sao",
                           "data.mdb is damaged where it begins: keep the folder, restore a copy"));
    return good ? LT_OK : walk.result;
}
