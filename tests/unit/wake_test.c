/* wake_test - rings reach the listener, across processes, and harm nobody when there is none. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "agent/wake.h"

static char dir[] = "/tmp/lt-wake-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-') + 1, "XXXXXX", 6);
    if (mkdtemp(dir) == NULL) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/wake", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static int rung(int fd, int timeout_ms)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll(&item, 1, timeout_ms);
}

static void a_ring_of_another_process_is_heard(void **state)
{
    int fd;
    char reason[200];
    struct stat status;
    (void)state;
    assert_int_equal(lt_wake_open(dir, &fd, reason), LT_OK);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(rung(fd, 0), 0);
    pid_t child = fork();
    if (child == 0) {
        _exit(lt_wake_ring(dir) == LT_OK ? 0 : 1);
    }
    assert_int_equal(rung(fd, 5000), 1);
    int code;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    lt_wake_drain(fd);
    assert_int_equal(rung(fd, 0), 0); /* and no end of file either, though the ringer is gone */
    lt_wake_close(fd);
}

static void nobody_listening_is_no_error(void **state)
{
    int fd;
    char reason[200];
    (void)state;
    assert_int_equal(lt_wake_ring(dir), LT_OK); /* never run */
    assert_int_equal(lt_wake_open(dir, &fd, reason), LT_OK);
    lt_wake_close(fd);
    assert_int_equal(lt_wake_ring(dir), LT_OK); /* not running now */
    assert_int_equal(lt_wake_open(dir, &fd, reason), LT_OK);
    assert_int_equal(rung(fd, 0), 0);
    lt_wake_close(fd);
}

static void a_deaf_listener_blocks_nobody(void **state)
{
    int fd;
    char reason[200];
    (void)state;
    assert_int_equal(lt_wake_open(dir, &fd, reason), LT_OK);
    for (int i = 0; i < 70000; i++) { /* more than a pipe holds */
        assert_int_equal(lt_wake_ring(dir), LT_OK);
    }
    assert_int_equal(rung(fd, 0), 1);
    lt_wake_drain(fd);
    assert_int_equal(rung(fd, 0), 0);
    lt_wake_close(fd);
}

static void something_else_of_that_name_is_refused(void **state)
{
    int fd = -1;
    char reason[200] = "";
    (void)state;
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    close(file);
    assert_int_equal(lt_wake_open(dir, &fd, reason), LT_PERMISSION);
    assert_non_null(strstr(reason, "wake"));
    assert_int_equal(lt_wake_ring(dir), LT_PERMISSION);
    unlink(path);
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(lt_wake_open(dir, &fd, reason), LT_PERMISSION);
    unlink(path);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(lt_wake_open(dir, &fd, reason), LT_PERMISSION);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_ring_of_another_process_is_heard, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(nobody_listening_is_no_error, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_deaf_listener_blocks_nobody, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(something_else_of_that_name_is_refused, make_dir,
                                        remove_dir),
    };
    return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}
