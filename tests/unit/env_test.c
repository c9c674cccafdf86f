/* The store's rules: what lmdb would do badly by itself (docs/decisions), one test each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/env.h"

enum { T_NUMBERED, T_NAMED };
static const struct lt_table_spec tables[] = {{"numbered", true, 0}, {"named", false, 0}};

struct place {
    char root[64];
    char dir[96];
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    snprintf(place->root, sizeof(place->root), "/tmp/lt-env-XXXXXX");
    if (place == NULL || mkdtemp(place->root) == NULL)
        return -1;
    snprintf(place->dir, sizeof(place->dir), "%s/store", place->root);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", place->root);
    int code = system(command);
    free(place);
    return code;
}

static struct lt_env *open_store(const char *dir, uint32_t format)
{
    char reason[200];
    struct lt_env *env = NULL;
    enum lt_result result = lt_env_open(dir, tables, 2, format, false, &env, reason);
    if (result != LT_OK)
        fail_msg("%s", reason);
    return env;
}

static struct lt_bytes text(const char *string)
{
    struct lt_bytes bytes = {(const uint8_t *)string, strlen(string)};
    return bytes;
}

static void put_text(struct lt_env *env, const char *key, const char *value)
{
    struct lt_txn *txn = lt_txn_begin(env, true);
    lt_put(txn, T_NAMED, text(key), text(value));
    assert_int_equal(lt_txn_commit(txn), LT_OK);
}

static bool has_text(struct lt_env *env, const char *key, const char *value)
{
    struct lt_bytes found;
    struct lt_txn *txn = lt_txn_begin(env, false);
    bool same = lt_get(txn, T_NAMED, text(key), &found) && found.size == strlen(value) &&
                memcmp(found.data, value, found.size) == 0;
    lt_txn_abort(txn);
    return same;
}

static void test_keeps_rows(void **state)
{
    const struct place *place = *state;
    struct lt_env *env = open_store(place->dir, 1);
    struct lt_txn *txn = lt_txn_begin(env, true);
    for (uint64_t i = 1; i <= 1000; i++)
        lt_append(txn, T_NUMBERED, (struct lt_bytes){(uint8_t *)&i, 8}, text("row"));
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    put_text(env, "name", "value");
    lt_env_close(env);

    env = open_store(place->dir, 1);
    assert_true(has_text(env, "name", "value"));
    txn = lt_txn_begin(env, false);
    assert_int_equal(lt_entries(txn, T_NUMBERED), 1000);
    struct lt_cursor *cursor = lt_cursor_open(txn, T_NUMBERED);
    struct lt_bytes key, value;
    uint64_t from = 999, number, seen = 0;
    assert_true(lt_cursor_seek(cursor, (struct lt_bytes){(uint8_t *)&from, 8}, &key, &value));
    do {
        memcpy(&number, key.data, 8);
        assert_int_equal(number, from + seen++);
    } while (lt_cursor_next(cursor, &key, &value));
    assert_int_equal(seen, 2);
    assert_true(lt_cursor_last(cursor, &key, &value));
    assert_true(lt_cursor_previous(cursor, &key, &value));
    lt_cursor_close(cursor);
    lt_txn_abort(txn);
    assert_true(lt_env_disk_free(env) > 0);
    lt_env_tend(env);
    lt_env_close(env);
}

static void test_second_open_is_refused(void **state)
{
    const struct place *place = *state;
    char reason[200], other[128];
    struct lt_env *env = open_store(place->dir, 1);
    struct lt_env *second = NULL;
    assert_int_equal(lt_env_open(place->dir, tables, 2, 1, true, &second, reason), LT_BUSY);
    snprintf(other, sizeof(other), "%s/../store", place->dir);
    assert_int_equal(lt_env_open(other, tables, 2, 1, false, &second, reason), LT_BUSY);
    assert_non_null(strstr(reason, place->root));
    lt_env_close(env);
    lt_env_close(open_store(place->dir, 1));
}

static void test_other_formats_are_refused(void **state)
{
    const struct place *place = *state;
    char reason[200];
    struct lt_env *env = NULL;
    lt_env_close(open_store(place->dir, 2));
    assert_int_equal(lt_env_open(place->dir, tables, 2, 1, false, &env, reason), LT_VERSION);
    assert_non_null(strstr(reason, "format 2"));
    assert_non_null(strstr(reason, "newer"));
    assert_int_equal(lt_env_open(place->dir, tables, 2, 3, false, &env, reason), LT_VERSION);
    assert_null(env);
    lt_env_close(open_store(place->dir, 2));
}

/* A store with a format but other tables is left as it is, for reading and for writing. */
static void test_another_programs_store_is_refused(void **state)
{
    static const struct lt_table_spec others[] = {{"numbered", true, 0}, {"elsewhere", false, 0}};
    struct place *place = *state;
    char reason[200];
    struct lt_env *env;
    lt_env_close(open_store(place->dir, 1));
    for (int read_only = 0; read_only < 2; read_only++) {
        assert_int_equal(lt_env_open(place->dir, others, 2, 1, read_only != 0, &env, reason),
                         LT_REFUSED);
        assert_non_null(strstr(reason, "another program"));
    }
    lt_env_close(open_store(place->dir, 1));
}

static void test_reading_needs_a_store(void **state)
{
    const struct place *place = *state;
    char reason[200];
    struct lt_env *env = NULL;
    assert_int_equal(lt_env_open(place->dir, tables, 2, 1, true, &env, reason), LT_NOT_FOUND);
    lt_env_close(open_store(place->dir, 1));
    assert_int_equal(lt_env_open(place->dir, tables, 2, 1, true, &env, reason), LT_OK);
    assert_false(has_text(env, "name", "value"));
    lt_env_close(env);
}

static void test_error_sticks(void **state)
{
    const struct place *place = *state;
    struct lt_env *env = open_store(place->dir, 1);
    struct lt_bytes value;
    struct lt_txn *txn = lt_txn_begin(env, true);
    lt_put(txn, T_NAMED, text("before"), text("x"));
    lt_txn_fail(txn, LT_CORRUPT);
    lt_txn_fail(txn, LT_IO);
    lt_put(txn, T_NAMED, text("after"), text("x"));
    assert_false(lt_get(txn, T_NAMED, text("before"), &value));
    assert_null(lt_cursor_open(txn, T_NAMED));
    assert_int_equal(lt_txn_commit(txn), LT_CORRUPT);
    assert_false(has_text(env, "before", "x"));

    uint64_t two = 2, one = 1;
    txn = lt_txn_begin(env, true);
    lt_append(txn, T_NUMBERED, (struct lt_bytes){(uint8_t *)&two, 8}, text("x"));
    assert_int_equal(lt_txn_error(txn), LT_OK);
    lt_append(txn, T_NUMBERED, (struct lt_bytes){(uint8_t *)&one, 8}, text("x"));
    assert_int_not_equal(lt_txn_error(txn), LT_OK);
    assert_int_not_equal(lt_txn_commit(txn), LT_OK);
    lt_env_close(env);
}

static void test_lock_is_made_of_real_bytes(void **state)
{
    const struct place *place = *state;
    char path[160];
    struct stat stat_lock, stat_dir;
    lt_env_close(open_store(place->dir, 1));
    snprintf(path, sizeof(path), "%s/lock.mdb", place->dir);
    assert_int_equal(stat(path, &stat_lock), 0);
    assert_true(stat_lock.st_size >= 64 * 1024);
    assert_true((uint64_t)stat_lock.st_blocks * 512 >= (uint64_t)stat_lock.st_size);
    assert_int_equal(stat(place->dir, &stat_dir), 0);
    assert_int_equal(stat_dir.st_mode & 0777, 0700);
}

static void test_a_sparse_lock_is_filled(void **state)
{
    const struct place *place = *state;
    char path[160];
    struct stat stat_lock;
    lt_env_close(open_store(place->dir, 1));
    snprintf(path, sizeof(path), "%s/lock.mdb", place->dir);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(truncate(path, 69632), 0);
    lt_env_close(open_store(place->dir, 1));
    assert_int_equal(stat(path, &stat_lock), 0);
    assert_true((uint64_t)stat_lock.st_blocks * 512 >= (uint64_t)stat_lock.st_size);
}

static void test_open_permissions_are_refused(void **state)
{
    const struct place *place = *state;
    char reason[200];
    struct lt_env *env = NULL;
    lt_env_close(open_store(place->dir, 1));
    assert_int_equal(chmod(place->dir, 0777), 0);
    assert_int_equal(lt_env_open(place->dir, tables, 2, 1, false, &env, reason), LT_PERMISSION);
    assert_int_equal(chmod(place->dir, 0700), 0);
    lt_env_close(open_store(place->dir, 1));
}

static void test_dead_readers_are_cleared(void **state)
{
    const struct place *place = *state;
    lt_env_close(open_store(place->dir, 1));
    pid_t child = fork();
    if (child == 0) {
        char reason[200];
        struct lt_env *env = NULL;
        if (lt_env_open(place->dir, tables, 2, 1, true, &env, reason) != LT_OK)
            _exit(1);
        _exit(lt_txn_begin(env, false) == NULL); /* leaves its slot behind */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct lt_env *env = open_store(place->dir, 1);
    for (int i = 0; i < 2000; i++) {
        struct lt_txn *txn = lt_txn_begin(env, false);
        assert_non_null(txn);
        lt_txn_abort(txn);
    }
    lt_env_close(env);
}

/* A disk of 4 MiB that fills up: nothing dies, all that was acknowledged stays, it recovers. */
static void fill_disk(const char *root)
{
    char dir[128], path[160], reason[200];
    static const uint8_t block[65536];
    snprintf(dir, sizeof(dir), "%s/store", root);
    snprintf(path, sizeof(path), "%s/filler", root);
    struct lt_env *env = open_store(dir, 1);
    put_text(env, "name", "value");
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    while (write(fd, block, sizeof(block)) > 0) {}
    enum lt_result result = LT_OK;
    for (uint64_t i = 1; i < 100 && result == LT_OK; i++) {
        struct lt_txn *txn = lt_txn_begin(env, true);
        lt_put(txn, T_NUMBERED, (struct lt_bytes){(uint8_t *)&i, 8},
               (struct lt_bytes){block, sizeof(block)});
        result = lt_txn_commit(txn);
    }
    assert_int_equal(result, LT_NO_SPACE);
    assert_true(has_text(env, "name", "value"));
    lt_env_close(env);
    env = open_store(dir, 1); /* also while the disk is full */
    assert_true(has_text(env, "name", "value"));
    lt_env_close(env);

    snprintf(dir, sizeof(dir), "%s/another", root);
    assert_int_equal(lt_env_open(dir, tables, 2, 1, false, &env, reason), LT_NO_SPACE);

    assert_int_equal(ftruncate(fd, 0), 0);
    close(fd);
    snprintf(dir, sizeof(dir), "%s/store", root);
    env = open_store(dir, 1);
    put_text(env, "again", "value");
    lt_env_close(env);
}

static void test_full_disk(void **state)
{
    const struct place *place = *state;
    char root[96];
    snprintf(root, sizeof(root), "%s/disk", place->root);
    assert_int_equal(mkdir(root, 0700), 0);
    if (mount("tmpfs", root, "tmpfs", 0, "size=4m,mode=0700") != 0)
        skip();
    pid_t child = fork(); /* so that the mount goes whatever happens */
    if (child == 0) {
        fill_disk(root);
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    umount(root);
    assert_int_equal(status, 0);
}

int main(void)
{
    setenv("LC_ALL", "en_US.UTF-8", 1); /* reasons are compared */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_keeps_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_second_open_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_formats_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_programs_store_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reading_needs_a_store, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error_sticks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lock_is_made_of_real_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_sparse_lock_is_filled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_permissions_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dead_readers_are_cleared, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
