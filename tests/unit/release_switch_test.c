/* release_switch_test - the file `switch` as a power cut or a bad disk leaves it, and what is decided by it. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "agent/release_launch.h"

enum { TRIAL_S = 86400 };

static char dir[32];

static void path_of(const char *name, char ret_path[128])
{
    snprintf(ret_path, 128, "%s/releases/%s", dir, name);
}

static size_t get(const char *name, uint8_t ret_bytes[LT_SWITCH_BYTES_MAX])
{
    char path[128];
    path_of(name, path);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t size = read(fd, ret_bytes, LT_SWITCH_BYTES_MAX);
    close(fd);
    assert_true(size > 0);
    return (size_t)size;
}

static void put(const char *name, const void *bytes, size_t size)
{
    char path[128];
    path_of(name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static struct lt_switch_program program(uint64_t number)
{
    struct lt_switch_program one = {.number = number};
    memset(one.hash.bytes, (int)number, sizeof(one.hash.bytes));
    return one;
}

static void try_number(struct lt_switch *state, uint64_t number)
{
    const struct lt_switch_program one = program(number);
    assert_true(lt_switch_may_try(state, number, 0));
    lt_switch_try(state, &one, 3);
}

static void is_read(const struct lt_switch *want)
{
    struct lt_switch got;
    memset(&got, 0xa5, sizeof(got));
    assert_int_equal(lt_switch_load(dir, &got), LT_OK);
    assert_memory_equal(&got.kept, &want->kept, sizeof(got.kept));
    assert_memory_equal(&got.trying, &want->trying, sizeof(got.trying));
    assert_true(got.starts == want->starts && got.ran_s == want->ran_s);
    assert_true(got.lacking == want->lacking && got.bad_count == want->bad_count);
    for (size_t i = 0; i < got.bad_count; i++) {
        assert_true(got.bad[i].number == want->bad[i].number && got.bad[i].why == want->bad[i].why);
    }
}

static void none_is_the_installed_program(void **unused)
{
    struct lt_switch state;
    bool changed = true;
    (void)unused;
    assert_int_equal(lt_switch_load(dir, &state), LT_OK);
    assert_true(state.kept.number == 0 && state.trying.number == 0 && state.bad_count == 0);
    assert_null(lt_switch_choose(&state, 0, TRIAL_S, &changed));
    assert_false(changed);
}

/* All that a cut may leave: the new text aside, whole or not, and the old one in its place; or the new one. */
static void what_was_half_written_is_not_read(void **unused)
{
    struct lt_switch former = {.starts = 0}, state;
    uint8_t bytes[LT_SWITCH_BYTES_MAX];
    (void)unused;
    try_number(&former, 4);
    lt_switch_keep(&former);
    assert_int_equal(lt_switch_save(dir, &former), LT_OK);
    is_read(&former);
    state = former;
    try_number(&state, 7);
    lt_switch_condemn(&state, 6, LT_BACK_PROBE);
    lt_switch_condemn(&state, 5, LT_BACK_TIME);
    assert_int_equal(lt_switch_save(dir, &state), LT_OK);
    is_read(&state);
    const size_t size = get("switch", bytes);
    assert_int_equal(lt_switch_save(dir, &former), LT_OK);
    for (size_t cut = 0; cut <= size; cut++) {
        put("switch.new", bytes, cut);
        is_read(&former);
    }
    assert_int_equal(lt_switch_save(dir, &state), LT_OK); /* over what was left of one */
    is_read(&state);
}

static void damage_is_told(void **unused)
{
    struct lt_switch state = {.starts = 0}, got;
    uint8_t bytes[LT_SWITCH_BYTES_MAX], flipped[LT_SWITCH_BYTES_MAX];
    (void)unused;
    try_number(&state, 7);
    lt_switch_condemn(&state, 6, LT_BACK_STARTS);
    assert_int_equal(lt_switch_save(dir, &state), LT_OK);
    const size_t size = get("switch", bytes);
    for (size_t i = 0; i < size; i++) {
        put("switch", bytes, i);
        assert_int_equal(lt_switch_load(dir, &got), LT_CORRUPT);
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(flipped, bytes, size);
            flipped[i] ^= (uint8_t)(1U << bit);
            put("switch", flipped, size);
            assert_int_equal(lt_switch_load(dir, &got), LT_CORRUPT);
        }
    }
    put("switch", bytes, size);
    is_read(&state);
    assert_int_equal(lt_switch_set_aside(dir), LT_OK);
    assert_int_equal(get("switch.damaged", flipped), size);
    none_is_the_installed_program(NULL);
}

static void a_full_list_is_read_again(void **unused)
{
    struct lt_switch state = {.starts = 0};
    (void)unused;
    for (uint64_t i = 0; i < 2 * LT_SWITCH_BAD_MAX; i++) {
        lt_switch_condemn(&state, UINT64_MAX - 2 * LT_SWITCH_BAD_MAX + 1 + (i ^ 1), LT_BACK_STORE);
    }
    lt_switch_condemn(&state, UINT64_MAX, LT_BACK_TIME); /* once is enough */
    assert_int_equal(state.bad_count, LT_SWITCH_BAD_MAX);
    assert_true(lt_switch_greatest_bad(&state) == UINT64_MAX);
    assert_true(state.bad[0].number == UINT64_MAX - LT_SWITCH_BAD_MAX + 1);
    state.kept = program(UINT64_MAX - 1);
    state.trying = program(UINT64_MAX);
    state.starts = UINT32_MAX;
    state.ran_s = state.lacking = UINT64_MAX;
    assert_int_equal(lt_switch_save(dir, &state), LT_OK);
    is_read(&state);
}

static void only_greater_ones_are_tried_and_bad_ones_never(void **unused)
{
    struct lt_switch state = {.starts = 0};
    (void)unused;
    assert_false(lt_switch_may_try(&state, 5, 5)); /* as installed */
    assert_false(lt_switch_may_try(&state, 0, 0));
    assert_true(lt_switch_may_try(&state, 6, 5));
    try_number(&state, 6);
    assert_false(lt_switch_may_try(&state, 7, 5)); /* one after the other */
    lt_switch_keep(&state);
    assert_true(state.kept.number == 6 && state.trying.number == 0 && state.lacking == 0);
    assert_false(lt_switch_may_try(&state, 6, 5));
    assert_false(lt_switch_may_try(&state, 5, 0));
    try_number(&state, 8);
    lt_switch_go_back(&state, LT_BACK_TIME);
    assert_true(state.kept.number == 6 && state.trying.number == 0);
    assert_false(lt_switch_may_try(&state, 8, 5));
    assert_true(lt_switch_may_try(&state, 7, 5));
    assert_true(lt_switch_greatest_bad(&state) == 8);
}

static void three_starts_that_end_early_are_enough(void **unused)
{
    struct lt_switch state = {.starts = 0};
    bool changed;
    (void)unused;
    try_number(&state, 4);
    lt_switch_keep(&state);
    try_number(&state, 5);
    for (unsigned i = 0; i < LT_SWITCH_STARTS_MAX; i++) {
        assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.trying);
        assert_true(changed);
    }
    lt_switch_asked(&state); /* the third was asked to end */
    assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.trying);
    lt_switch_ran(&state, LT_SWITCH_EARLY_S, 0); /* and the fourth has served for an hour */
    for (unsigned i = 0; i < LT_SWITCH_STARTS_MAX; i++) {
        assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.trying);
        lt_switch_ran(&state, 60, LT_SWITCH_EARLY_S);
    }
    assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.kept);
    assert_true(changed && state.bad_count == 1 && state.bad[0].number == 5);
    assert_int_equal(state.bad[0].why, LT_BACK_STARTS);
    assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.kept);
    assert_true(changed && state.bad_count == 1); /* its own starts are counted now */
}

static void one_that_is_kept_gives_way_for_a_start(void **unused)
{
    struct lt_switch state = {.starts = 0};
    bool changed;
    (void)unused;
    try_number(&state, 4);
    lt_switch_keep(&state);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < LT_SWITCH_KEPT_STARTS_MAX; i++) {
            assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.kept);
            assert_true(changed);
        }
        assert_null(lt_switch_choose(&state, 0, TRIAL_S, &changed));
        assert_true(changed && state.kept.number == 4 && state.bad_count == 0);
    }
    for (unsigned i = 0; i < 3 * LT_SWITCH_KEPT_STARTS_MAX;
         i++) { /* asked to end, or long at work */
        assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.kept);
        if (i % 2 == 0) {
            lt_switch_asked(&state);
        } else {
            lt_switch_ran(&state, LT_SWITCH_EARLY_S, 0);
        }
    }
    assert_null(lt_switch_choose(&state, 4, TRIAL_S, &changed)); /* a newer package was installed */
}

static void running_time_is_summed_over_starts(void **unused)
{
    struct lt_switch state = {.starts = 0};
    bool changed;
    (void)unused;
    try_number(&state, 5);
    assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.trying);
    lt_switch_ran(&state, TRIAL_S - 1, 0);
    assert_ptr_equal(lt_switch_choose(&state, 0, TRIAL_S, &changed), &state.trying);
    lt_switch_ran(&state, 1, TRIAL_S - 1);
    assert_null(lt_switch_choose(&state, 0, TRIAL_S, &changed));
    assert_true(changed && state.bad[0].why == LT_BACK_TIME);
}

static void a_newer_package_ends_a_trial_and_what_is_kept(void **unused)
{
    struct lt_switch state = {.starts = 0};
    bool changed;
    (void)unused;
    try_number(&state, 4);
    lt_switch_keep(&state);
    try_number(&state, 5);
    assert_null(lt_switch_choose(&state, 5, TRIAL_S, &changed));
    assert_true(changed && state.trying.number == 0 && state.bad_count == 0);
    assert_null(lt_switch_choose(&state, 4, TRIAL_S, &changed));
    assert_ptr_equal(lt_switch_choose(&state, 3, TRIAL_S, &changed), &state.kept);
}

/* As a disk that takes so many bytes and no more. */
static enum lt_result save_within(rlim_t limit, const struct lt_switch *state)
{
    struct rlimit former, now;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    now = (struct rlimit){limit, former.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
    const enum lt_result result = lt_switch_save(dir, state);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    signal(SIGXFSZ, handler);
    return result;
}

static void a_full_disk_leaves_the_former(void **unused)
{
    struct lt_switch state = {.starts = 0}, next;
    uint8_t bytes[LT_SWITCH_BYTES_MAX];
    char path[128];
    (void)unused;
    try_number(&state, 9);
    assert_int_equal(lt_switch_save(dir, &state), LT_OK);
    const size_t size = get("switch", bytes);
    next = state;
    lt_switch_go_back(&next, LT_BACK_TIME);
    for (size_t limit = 1; limit + 1 < size; limit += 7) {
        assert_int_equal(save_within(limit, &next), LT_NO_SPACE);
        is_read(&state);
    }
    assert_int_equal(save_within(0, &next), LT_IO);
    is_read(&state);
    path_of("switch.new", path);
    unlink(path);
    assert_int_equal(symlink("/dev/full", path), 0); /* and never through a link */
    assert_int_equal(lt_switch_save(dir, &(struct lt_switch){.starts = 0}), LT_IO);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(lt_switch_save(dir, &(struct lt_switch){.starts = 0}), LT_IO);
    rmdir(path);
    is_read(&state);
}

static void a_program_is_what_its_hash_says(void **unused)
{
    struct lt_switch_program nine = {.number = 9};
    char path[128];
    int fd = -1;
    (void)unused;
    path_of("", path);
    assert_int_equal(mkdir(path, 0700), 0);
    path_of("9", path);
    assert_int_equal(lt_launch_open(dir, &nine, &fd), LT_NOT_FOUND);
    assert_int_equal(mkdir(path, 0700), 0);
    put("9/program", "program", 7);
    assert_int_equal(lt_launch_open(dir, &nine, &fd), LT_BAD_HASH);
    lt_hash_of("program", 7, &nine.hash);
    assert_int_equal(lt_launch_open(dir, &nine, &fd), LT_OK);
    close(fd);
    put("9/program", "Program", 7);
    assert_int_equal(lt_launch_open(dir, &nine, &fd), LT_BAD_HASH);
    path_of("9/program", path);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes to it: opening must not wait */
    assert_int_equal(lt_launch_open(dir, &nine, &fd), LT_IO);
    unlink(path);
    path_of("9", path);
    rmdir(path);
}

static int make(void **unused)
{
    (void)unused;
    memcpy(dir, "/tmp/lt-switch-XXXXXX", 22);
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int clear(void **unused)
{
    static const char *const names[] = {"switch", "switch.new", "switch.damaged", ""};
    char path[128];
    (void)unused;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        path_of(names[i], path);
        remove(path);
    }
    rmdir(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(none_is_the_installed_program, make, clear),
        cmocka_unit_test_setup_teardown(what_was_half_written_is_not_read, make, clear),
        cmocka_unit_test_setup_teardown(damage_is_told, make, clear),
        cmocka_unit_test_setup_teardown(a_full_list_is_read_again, make, clear),
        cmocka_unit_test_setup_teardown(only_greater_ones_are_tried_and_bad_ones_never, make,
                                        clear),
        cmocka_unit_test_setup_teardown(three_starts_that_end_early_are_enough, make, clear),
        cmocka_unit_test_setup_teardown(one_that_is_kept_gives_way_for_a_start, make, clear),
        cmocka_unit_test_setup_teardown(running_time_is_summed_over_starts, make, clear),
        cmocka_unit_test_setup_teardown(a_newer_package_ends_a_trial_and_what_is_kept, make, clear),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_the_former, make, clear),
        cmocka_unit_test_setup_teardown(a_program_is_what_its_hash_says, make, clear),
    };
    return cmocka_run_group_tests_name("release_switch", tests, NULL, NULL);
}
