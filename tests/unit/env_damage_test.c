/* A damaged store: what LMDB would follow or overlook is found when it is opened, or when it is read. That every single
 * bit is, the campaign shows (tests/fault/flip.c); here are the ways in which one could be missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <lmdb.h>

#include "agent/env.h"
#include "agent/text.h"

enum { T_NUMBERED, T_NAMED, TABLES };
static const struct lt_table_spec tables[TABLES] = {{"numbered", true, 0}, {"named", false, 0}};

enum { PAGE_BYTES = 4096, META_COMMIT_AT = 16 + 4 + 4 + 8 + 8 + 48 + 48 + 8 };

struct place {
    char dir[64], data[96];
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    assert_non_null(place);
    snprintf(place->dir, sizeof(place->dir), "/tmp/lt-damage-XXXXXX");
    if (mkdtemp(place->dir) == NULL)
        return -1;
    snprintf(place->data, sizeof(place->data), "%s/data.mdb", place->dir);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", place->dir);
    int code = system(command);
    free(place);
    return code;
}

static enum lt_result try_open(const struct place *place, struct lt_env **ret_env,
                               char ret_reason[200])
{
    ret_reason[0] = '\0';
    return lt_env_open(place->dir, tables, TABLES, 1, false, ret_env, ret_reason);
}

static struct lt_env *open_store(const struct place *place)
{
    char reason[200];
    struct lt_env *env = NULL;
    if (try_open(place, &env, reason) != LT_OK)
        fail_msg("%s", reason);
    return env;
}

static struct lt_bytes text(const char *string)
{
    return (struct lt_bytes){(const uint8_t *)string, strlen(string)};
}

static void put(struct lt_env *env, const char *key, const char *value)
{
    struct lt_txn *txn = lt_txn_begin(env, true);
    lt_put(txn, T_NAMED, text(key), text(value));
    assert_int_equal(lt_txn_commit(txn), LT_OK);
}

/* Refused, with the file and what to do in the reason. */
static void expect_damaged(const struct place *place)
{
    char reason[200];
    struct lt_env *env = NULL;
    assert_int_equal(try_open(place, &env, reason), LT_CORRUPT);
    assert_non_null(strstr(reason, "data.mdb"));
    assert_non_null(strstr(reason, "restore a copy"));
}

static void flip(const struct place *place, off_t at, uint8_t bits)
{
    uint8_t byte;
    int fd = open(place->data, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= bits;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* Where a text lies in the file for the first time from `from` on. */
static off_t find(const struct place *place, const char *what, off_t from)
{
    struct stat stat;
    int fd = open(place->data, O_RDONLY);
    assert_int_equal(fstat(fd, &stat), 0);
    char *bytes = malloc((size_t)stat.st_size);
    assert_non_null(bytes);
    assert_int_equal(pread(fd, bytes, (size_t)stat.st_size, 0), stat.st_size);
    close(fd);
    char *found = memmem(bytes + from, (size_t)(stat.st_size - from), what, strlen(what));
    off_t at = found == NULL ? -1 : found - bytes;
    free(bytes);
    return at;
}

/* Each meta page bears its commit's number; LMDB shows the greater. No bit of either may bring back what was before the
 * last commit, by raising the other's number or by lowering its own. */
static void no_bit_brings_an_earlier_moment_back(void **state)
{
    const struct place *place = *state;
    char number[8];
    for (int commits = 0; commits < 9; commits++) {
        struct lt_env *env = open_store(place);
        snprintf(number, sizeof(number), "%d", commits);
        put(env, "last", number);
        lt_env_close(env);
        for (unsigned meta = 0; meta < 2; meta++)
            for (unsigned bit = 0; bit < 64; bit++) {
                off_t at = (off_t)meta * PAGE_BYTES + META_COMMIT_AT + bit / 8;
                flip(place, at, (uint8_t)(1U << bit % 8));
                expect_damaged(place);
                flip(place, at, (uint8_t)(1U << bit % 8));
            }
    }
    struct lt_bytes value;
    struct lt_env *env = open_store(place);
    struct lt_txn *txn = lt_txn_begin(env, false);
    assert_true(lt_get(txn, T_NAMED, text("last"), &value));
    assert_memory_equal(value.data, "8", value.size);
    lt_txn_abort(txn);
    lt_env_close(env);
}

static void a_row_changed_while_open_is_not_told(void **state)
{
    const struct place *place = *state;
    char reason[200];
    struct lt_bytes key, value;
    struct lt_env *env = open_store(place);
    put(env, "a", "before");
    put(env, "name", "what was said");
    put(env, "z", "after");
    for (off_t at;
         (at = find(place, "what was said", 0)) >= 0;) /* copies of earlier commits, too */
        flip(place, at, 1);
    struct lt_txn *txn = lt_txn_begin(env, false);
    assert_true(lt_get(txn, T_NAMED, text("a"), &value));
    assert_false(lt_get(txn, T_NAMED, text("name"), &value));
    assert_int_equal(lt_txn_error(txn), LT_CORRUPT);
    lt_txn_abort(txn);
    txn = lt_txn_begin(env, false);
    struct lt_cursor *cursor = lt_cursor_open(txn, T_NAMED);
    assert_true(lt_cursor_seek(cursor, text("a"), &key, &value));
    assert_false(lt_cursor_next(cursor, &key, &value));
    lt_cursor_close(cursor);
    assert_int_equal(lt_txn_error(txn), LT_CORRUPT);
    lt_txn_abort(txn);
    txn = lt_txn_begin(env, true); /* nor is anything built upon it */
    cursor = lt_cursor_open(txn, T_NAMED);
    assert_false(lt_cursor_find(cursor, text("name"), &value));
    lt_cursor_put(cursor, text("name"), text("anew"));
    lt_cursor_close(cursor);
    assert_int_equal(lt_txn_commit(txn), LT_CORRUPT);
    assert_int_equal(lt_env_verify(env, NULL, reason), LT_CORRUPT);
    assert_non_null(strstr(reason, "data.mdb"));
    lt_env_close(env);
    expect_damaged(place);
}

/* Two rows of one size with their values, tags and all, in each other's place. */
static void rows_in_each_others_place_are_found(void **state)
{
    const struct place *place = *state;
    uint8_t first[5 + 8], second[5 + 8];
    struct lt_env *env = open_store(place);
    struct lt_txn *txn = lt_txn_begin(env, true);
    lt_put(txn, T_NAMED, text("k1"), text("value"));
    lt_put(txn, T_NAMED, text("k2"), text("other"));
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    lt_env_close(env);
    const off_t at[2] = {find(place, "k1value", 0) + 2, find(place, "k2other", 0) + 2};
    int fd = open(place->data, O_RDWR);
    assert_int_equal(pread(fd, first, sizeof(first), at[0]), sizeof(first));
    assert_int_equal(pread(fd, second, sizeof(second), at[1]), sizeof(second));
    assert_int_equal(pwrite(fd, second, sizeof(second), at[0]), sizeof(second));
    assert_int_equal(pwrite(fd, first, sizeof(first), at[1]), sizeof(first));
    close(fd);
    expect_damaged(place);
}

static void a_file_cut_off_is_found(void **state)
{
    const struct place *place = *state;
    struct stat stat;
    struct lt_env *env = open_store(place);
    for (uint64_t i = 1; i <= 100; i++) {
        struct lt_txn *txn = lt_txn_begin(env, true);
        lt_append(txn, T_NUMBERED, (struct lt_bytes){(uint8_t *)&i, 8}, text("row"));
        assert_int_equal(lt_txn_commit(txn), LT_OK);
    }
    lt_env_close(env);
    assert_int_equal(lstat(place->data, &stat), 0);
    for (off_t size = stat.st_size - PAGE_BYTES; size > 0; size -= PAGE_BYTES) {
        assert_int_equal(truncate(place->data, size), 0);
        expect_damaged(place);
    }
}

/* Beyond what is looked through at each opening: rows are still checked as they are read, and by lt_env_verify. */
static void a_large_store_is_checked_as_it_is_read(void **state)
{
    enum { ROWS = 5000, ROW_BYTES = 16000 };
    const struct place *place = *state;
    static uint8_t row[ROW_BYTES];
    char reason[200];
    struct lt_bytes value;
    struct lt_env *env = open_store(place);
    for (uint64_t i = 1; i <= ROWS;) {
        struct lt_txn *txn = lt_txn_begin(env, true);
        for (unsigned j = 0; j < 500; j++, i++) {
            memcpy(row, &i, sizeof(i));
            lt_append(txn, T_NUMBERED, (struct lt_bytes){(uint8_t *)&i, 8},
                      (struct lt_bytes){row, sizeof(row)});
        }
        assert_int_equal(lt_txn_commit(txn), LT_OK);
    }
    put(env, "mark", "the one that changes");
    assert_int_equal(lt_env_verify(env, NULL, reason), LT_OK);
    lt_env_close(env);
    flip(place, find(place, "the one that changes", 0), 4);
    env = open_store(place);
    struct lt_txn *txn = lt_txn_begin(env, false);
    assert_false(lt_get(txn, T_NAMED, text("mark"), &value));
    assert_int_equal(lt_txn_error(txn), LT_CORRUPT);
    lt_txn_abort(txn);
    assert_int_equal(lt_env_verify(env, NULL, reason), LT_CORRUPT);
    lt_env_close(env);
}

/* As stores were made before rows had tags: refused for its format, and left as it is. */
static void an_untagged_store_is_of_an_earlier_format(void **state)
{
    const struct place *place = *state;
    char reason[200];
    MDB_env *raw;
    MDB_txn *txn;
    MDB_dbi dbi;
    struct lt_env *env = NULL;
    assert_int_equal(mdb_env_create(&raw), 0);
    assert_int_equal(mdb_env_set_maxdbs(raw, 4), 0);
    assert_int_equal(mdb_env_open(raw, place->dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(raw, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "numbered", MDB_CREATE | MDB_INTEGERKEY, &dbi), 0);
    assert_int_equal(mdb_dbi_open(txn, "named", MDB_CREATE, &dbi), 0);
    MDB_val key = {1, (void *)(uintptr_t) "k"}, value = {5, (void *)(uintptr_t) "value"};
    assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", MDB_CREATE, &dbi), 0);
    key = (MDB_val){9, (void *)(uintptr_t) "lt.format"};
    value = (MDB_val){4, (void *)(uintptr_t) "\0\0\0\1"};
    assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(raw);
    for (int read_only = 0; read_only < 2; read_only++) {
        assert_int_equal(lt_env_open(place->dir, tables, TABLES, 2, read_only, &env, reason),
                         LT_VERSION);
        assert_non_null(strstr(reason, "format 1"));
        assert_non_null(strstr(reason, "older"));
    }
}

/* As `mdb_copy -c` makes it (docs/operating.md): numbered from 1 anew. */
static void a_compacted_copy_is_whole(void **state)
{
    const struct place *place = *state;
    char aside[96], made[128], number[8];
    MDB_env *raw;
    snprintf(aside, sizeof(aside), "%s/aside", place->dir);
    snprintf(made, sizeof(made), "%s/data.mdb", aside);
    for (int commits = 0; commits < 6; commits++) {
        struct lt_env *env = open_store(place);
        snprintf(number, sizeof(number), "%d", commits);
        put(env, "last", number);
        lt_env_close(env);
    }
    assert_int_equal(mkdir(aside, 0700), 0);
    assert_int_equal(mdb_env_create(&raw), 0);
    assert_int_equal(mdb_env_open(raw, place->dir, MDB_RDONLY, 0600), 0);
    assert_int_equal(mdb_env_copy2(raw, aside, MDB_CP_COMPACT), 0);
    mdb_env_close(raw);
    assert_int_equal(rename(made, place->data), 0);
    for (int commits = 6; commits < 12; commits++) {
        struct lt_env *env = open_store(place);
        snprintf(number, sizeof(number), "%d", commits);
        put(env, "last", number);
        lt_env_close(env);
    }
}

/* Opened again and again beside a writer, a whole store is never said to be damaged. */
static void opening_beside_a_writer_finds_no_damage(void **state)
{
    const struct place *place = *state;
    char reason[200];
    int status = 0;
    unsigned opened = 0;
    lt_env_close(open_store(place));
    pid_t pid = fork();
    if (pid == 0) {
        struct lt_env *env = open_store(place);
        for (unsigned i = 0; i < 2000; i++) {
            char key[16];
            snprintf(key, sizeof(key), "%u", i * 7 % 400);
            put(env, key, "pages become free with each, and are used again");
        }
        lt_env_close(env);
        _exit(0);
    }
    while (waitpid(pid, &status, WNOHANG) == 0) {
        struct lt_env *env = NULL;
        if (lt_env_open(place->dir, tables, TABLES, 1, true, &env, reason) != LT_OK)
            fail_msg("%s", reason);
        lt_env_close(env);
        opened++;
    }
    assert_int_equal(status, 0);
    assert_true(opened > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_bit_brings_an_earlier_moment_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_changed_while_open_is_not_told, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_in_each_others_place_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_cut_off_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_large_store_is_checked_as_it_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(an_untagged_store_is_of_an_earlier_format, setup, teardown),
        cmocka_unit_test_setup_teardown(a_compacted_copy_is_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(opening_beside_a_writer_finds_no_damage, setup, teardown),
    };
    lt_text_language("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
