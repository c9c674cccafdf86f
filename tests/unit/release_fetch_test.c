/* release_fetch_test.c - a file comes piece by piece, over stops and faults, and stands only when it is the right one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/release_fetch.h"

enum { SIZE = 5 * LT_PIECE_BYTES_MAX + 77 };

struct fixture {
    char dir[64], path[96], part[112];
    uint8_t *bytes;
    struct lt_release_file file;
    struct lt_release_fetch *fetch;
    lt_ms now;
};

static void start(struct fixture *f)
{
    f->fetch = lt_release_fetch_new(7);
    assert_non_null(f->fetch);
    assert_int_equal(lt_release_fetch_want(f->fetch, &f->file, f->path), LT_OK);
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    strcpy(f->dir, "/tmp/release-fetch.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->path, sizeof(f->path), "%s/program", f->dir);
    (void)snprintf(f->part, sizeof(f->part), "%s.part", f->path);
    f->bytes = malloc(SIZE);
    assert_non_null(f->bytes);
    for (size_t i = 0; i < SIZE; i++)
        f->bytes[i] = (uint8_t)(i * 2654435761U >> 13);
    strcpy(f->file.system, "linux-x86_64");
    f->file.size = SIZE;
    lt_hash_of(f->bytes, SIZE, &f->file.hash);
    f->now = 1000;
    start(f);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    lt_release_fetch_free(f->fetch);
    (void)unlink(f->path);
    (void)unlink(f->part);
    assert_int_equal(rmdir(f->dir), 0);
    free(f->bytes);
    free(f);
    return 0;
}

static struct lt_release_fetch_view view(const struct fixture *f)
{
    struct lt_release_fetch_view seen;
    lt_release_fetch_view(f->fetch, &seen);
    return seen;
}

/* What it asks for now; -1: nothing. */
static int64_t asks(struct fixture *f)
{
    struct lt_hash hash;
    uint64_t offset;
    if (!lt_release_fetch_next(f->fetch, f->now, &hash, &offset))
        return -1;
    assert_int_equal(lt_hash_cmp(&hash, &f->file.hash), 0);
    return (int64_t)offset;
}

static void say(struct fixture *f, uint64_t offset, const uint8_t *bytes, size_t size, bool last)
{
    Lienthong__Piece piece = LIENTHONG__PIECE__INIT;
    piece.hash = (ProtobufCBinaryData){32, f->file.hash.bytes};
    piece.offset = offset;
    piece.bytes = (ProtobufCBinaryData){size, (uint8_t *)(uintptr_t)bytes};
    piece.last = last;
    lt_release_fetch_take(f->fetch, &piece, f->now);
}

/* As an honest parent. False: nothing was asked. */
static bool answer(struct fixture *f)
{
    const int64_t at = asks(f);
    if (at < 0)
        return false;
    const size_t left = SIZE - (size_t)at;
    const size_t size = left < LT_PIECE_BYTES_MAX ? left : LT_PIECE_BYTES_MAX;
    say(f, (uint64_t)at, f->bytes + at, size, size == left);
    return true;
}

static void expect_whole(struct fixture *f)
{
    struct stat stat_of;
    assert_true(view(f).whole);
    assert_int_equal(view(f).trouble, LT_OK);
    assert_int_equal(lt_release_file_is(f->path, &f->file), LT_OK);
    assert_int_equal(stat(f->path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0700);
    assert_int_not_equal(access(f->part, F_OK), 0);
    assert_true(lt_release_fetch_due(f->fetch) == UINT64_MAX);
    assert_int_equal(asks(f), -1);
}

static void it_comes_piece_by_piece(void **state)
{
    struct fixture *f = *state;
    unsigned pieces = 0;
    while (answer(f)) {
        pieces++;
        assert_int_equal(access(f->path, F_OK) == 0, pieces == 6);
    }
    assert_int_equal(pieces, 6);
    expect_whole(f);
    assert_int_equal(lt_release_fetch_want(f->fetch, &f->file, f->path), LT_OK); /* the same */
    assert_true(view(f).whole);
    lt_release_fetch_stop(f->fetch);
    assert_false(view(f).wanted);
}

/* Killed between any two pieces, and in the middle of one. */
static void it_goes_on_after_a_stop(void **state)
{
    struct fixture *f = *state;
    for (unsigned stop = 0; stop < 6; stop++) {
        struct stat stat_of;
        assert_true(answer(f));
        if (stop == 5)
            break;
        lt_release_fetch_free(f->fetch);
        if (stop == 2) /* half a piece was written */
            assert_int_equal(truncate(f->part, 2 * LT_PIECE_BYTES_MAX + 5), 0);
        assert_int_equal(stat(f->part, &stat_of), 0);
        start(f);
        assert_int_equal(asks(f), stat_of.st_size);
        lt_release_fetch_again(f->fetch);
    }
    while (answer(f))
        ;
    expect_whole(f);
}

static void one_that_was_whole_before_is_looked_at(void **state)
{
    struct fixture *f = *state;
    const int fd = open(f->part, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, f->bytes, SIZE), SIZE);
    close(fd);
    assert_int_equal(asks(f), -1);
    expect_whole(f);
}

/* Thrown away, whatever was wrong, and begun anew after a pause that grows. */
static void expect_thrown_away(struct fixture *f, uint32_t times)
{
    const lt_ms least = 30000U << (times - 1);
    assert_int_equal(view(f).thrown_away, times);
    assert_int_equal(view(f).trouble, LT_BAD_HASH);
    assert_int_equal(view(f).have, 0);
    assert_int_not_equal(access(f->part, F_OK), 0);
    assert_int_not_equal(access(f->path, F_OK), 0);
    assert_true(lt_release_fetch_due(f->fetch) >= f->now + least);
    assert_true(lt_release_fetch_due(f->fetch) <= f->now + 2 * least);
    assert_int_equal(asks(f), -1);
    f->now = lt_release_fetch_due(f->fetch);
    assert_int_equal(asks(f), 0);
    lt_release_fetch_again(f->fetch);
}

static void a_wrong_file_is_thrown_away(void **state)
{
    struct fixture *f = *state;
    f->bytes[SIZE / 2] ^= 1; /* one bit on its way */
    while (answer(f))
        ;
    expect_thrown_away(f, 1);
    f->bytes[SIZE / 2] ^= 1;
    assert_true(answer(f));
    say(f, LT_PIECE_BYTES_MAX, f->bytes, 5, true); /* not asked: nobody waits */
    assert_int_equal(asks(f), LT_PIECE_BYTES_MAX);
    say(f, LT_PIECE_BYTES_MAX, f->bytes, 5, true); /* it ends too soon */
    expect_thrown_away(f, 2);
    for (unsigned i = 0; i < 5; i++)
        assert_true(answer(f));
    assert_int_equal(asks(f), 5 * LT_PIECE_BYTES_MAX);
    say(f, 5 * LT_PIECE_BYTES_MAX, f->bytes, 77, false); /* and here not at all */
    expect_thrown_away(f, 3);
    for (unsigned i = 0; i < 5; i++)
        assert_true(answer(f));
    assert_int_equal(asks(f), 5 * LT_PIECE_BYTES_MAX);
    say(f, 5 * LT_PIECE_BYTES_MAX, f->bytes, 78, true);
    expect_thrown_away(f, 4);
    while (answer(f))
        ;
    expect_whole(f);
    assert_int_equal(view(f).thrown_away, 0);
}

static void what_stands_there_is_not_trusted(void **state)
{
    struct fixture *f = *state;
    const int fd = open(f->part, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(fd, SIZE + 1), 0);
    close(fd);
    assert_int_equal(asks(f), -1);
    expect_thrown_away(f, 1);
    assert_int_equal(unlink(f->part), 0);
    assert_int_equal(symlink("/etc/passwd", f->part), 0); /* no other file is written through it */
    lt_release_fetch_free(f->fetch);
    start(f);
    assert_int_equal(asks(f), -1);
    assert_int_equal(view(f).trouble, LT_IO);
}

static void words_that_were_not_asked_for_are_passed_over(void **state)
{
    struct fixture *f = *state;
    struct lt_hash right = f->file.hash;
    say(f, 0, f->bytes, LT_PIECE_BYTES_MAX, false);
    assert_int_equal(view(f).have, 0);
    assert_int_equal(asks(f), 0);
    say(f, 1, f->bytes, LT_PIECE_BYTES_MAX, false);
    f->file.hash.bytes[3] ^= 1;
    say(f, 0, f->bytes, LT_PIECE_BYTES_MAX, false);
    f->file.hash = right;
    assert_int_equal(view(f).have, 0);
    say(f, 0, f->bytes, LT_PIECE_BYTES_MAX, false);
    assert_int_equal(view(f).have, LT_PIECE_BYTES_MAX);
    say(f, 0, f->bytes, LT_PIECE_BYTES_MAX, false); /* twice */
    assert_int_equal(view(f).have, LT_PIECE_BYTES_MAX);
}

static void a_parent_that_lacks_it_is_asked_again(void **state)
{
    struct fixture *f = *state;
    lt_ms most = 0;
    for (unsigned i = 0; i < 12; i++) {
        assert_int_equal(asks(f), 0);
        say(f, 0, NULL, 0, false);
        assert_int_equal(view(f).trouble, LT_NOT_READY);
        const lt_ms pause = lt_release_fetch_due(f->fetch) - f->now;
        assert_in_range(pause, 2500, 600000);
        most = pause > most ? pause : most;
        f->now += pause - 1;
        assert_int_equal(asks(f), -1);
        f->now++;
    }
    assert_true(most >= 300000);
    while (answer(f))
        ;
    expect_whole(f);
}

static void who_is_not_answered_asks_again(void **state)
{
    struct fixture *f = *state;
    assert_true(answer(f));
    assert_int_equal(asks(f), LT_PIECE_BYTES_MAX);
    f->now += 59999;
    assert_int_equal(asks(f), -1);
    f->now++;
    assert_int_equal(asks(f), LT_PIECE_BYTES_MAX);
    assert_int_equal(asks(f), -1);
    lt_release_fetch_again(f->fetch); /* another session */
    assert_int_equal(asks(f), LT_PIECE_BYTES_MAX);
}

static void limit(rlim_t size)
{
    struct rlimit bound;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &bound), 0);
    bound.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &bound), 0);
}

/* Known before the first piece is asked for, and in the middle. */
static void a_full_disk_is_a_state(void **state)
{
    struct fixture *f = *state;
    struct stat stat_of;
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    lt_release_fetch_free(f->fetch);
    f->file.size = UINT64_C(1) << 60; /* more than there is */
    start(f);
    assert_int_equal(asks(f), -1);
    assert_int_equal(view(f).trouble, LT_NO_SPACE);
    assert_in_range(lt_release_fetch_due(f->fetch) - f->now, 30000, 60000);
    assert_int_equal(stat(f->part, &stat_of), 0);
    assert_int_equal(stat_of.st_blocks, 0);
    f->file.size = SIZE;
    assert_int_equal(lt_release_fetch_want(f->fetch, &f->file, f->path), LT_OK);
    assert_true(answer(f));
    assert_int_equal(asks(f), LT_PIECE_BYTES_MAX);
    limit(LT_PIECE_BYTES_MAX + 100);
    say(f, LT_PIECE_BYTES_MAX, f->bytes + LT_PIECE_BYTES_MAX, LT_PIECE_BYTES_MAX, false);
    limit(RLIM_INFINITY);
    assert_int_equal(view(f).trouble, LT_NO_SPACE);
    f->now = lt_release_fetch_due(f->fetch);
    assert_int_equal(asks(f), LT_PIECE_BYTES_MAX + 100); /* what was taken counts */
    lt_release_fetch_again(f->fetch);
    while (answer(f))
        ;
    expect_whole(f);
}

static void a_file_is_known_by_its_bytes(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(lt_release_file_is(f->path, &f->file), LT_NOT_FOUND);
    while (answer(f))
        ;
    assert_int_equal(lt_release_file_is(f->path, &f->file), LT_OK);
    assert_int_equal(truncate(f->path, SIZE - 1), 0);
    assert_int_equal(lt_release_file_is(f->path, &f->file), LT_BAD_HASH);
    assert_int_equal(truncate(f->path, SIZE), 0); /* a zero in place of the last byte */
    assert_int_equal(lt_release_file_is(f->path, &f->file),
                     f->bytes[SIZE - 1] == 0 ? LT_OK : LT_BAD_HASH);
    assert_int_equal(lt_release_file_is(f->dir, &f->file), LT_BAD_HASH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_comes_piece_by_piece, begin, end),
        cmocka_unit_test_setup_teardown(it_goes_on_after_a_stop, begin, end),
        cmocka_unit_test_setup_teardown(one_that_was_whole_before_is_looked_at, begin, end),
        cmocka_unit_test_setup_teardown(a_wrong_file_is_thrown_away, begin, end),
        cmocka_unit_test_setup_teardown(what_stands_there_is_not_trusted, begin, end),
        cmocka_unit_test_setup_teardown(words_that_were_not_asked_for_are_passed_over, begin, end),
        cmocka_unit_test_setup_teardown(a_parent_that_lacks_it_is_asked_again, begin, end),
        cmocka_unit_test_setup_teardown(who_is_not_answered_asks_again, begin, end),
        cmocka_unit_test_setup_teardown(a_full_disk_is_a_state, begin, end),
        cmocka_unit_test_setup_teardown(a_file_is_known_by_its_bytes, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
