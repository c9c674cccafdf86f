/* daemon_test - one run a folder, folders, and times of an unattended program. */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
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

#include "agent/daemon.h"

static void a_folder_runs_once(void **state)
{
    char dir[] = "/tmp/lt-daemon-XXXXXX", path[64], reason[200];
    int fd, other, code;
    long holder = 0;
    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_false(lt_daemon_running(dir));
    assert_int_equal(lt_daemon_lock(dir, &fd, &holder, reason), LT_OK);
    assert_true(lt_daemon_running(dir));
    assert_int_equal(lt_daemon_lock(dir, &other, &holder, reason), LT_BUSY);
    assert_int_equal(holder, getpid());
    close(fd);
    assert_false(lt_daemon_running(dir));
    pid_t child = fork(); /* killed while it holds the lock */
    if (child == 0) {
        if (lt_daemon_lock(dir, &fd, &holder, reason) == LT_OK) {
            raise(SIGKILL);
        }
        _exit(1);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFSIGNALED(code));
    assert_int_equal(lt_daemon_lock(dir, &fd, &holder, reason), LT_OK);
    close(fd);
    snprintf(path, sizeof(path), "%s/run.lock", dir);
    unlink(path);
    rmdir(dir);
}

static void folders_are_made_private(void **state)
{
    char root[] = "/tmp/lt-daemon-XXXXXX", path[64], reason[200];
    struct stat status;
    (void)state;
    assert_non_null(mkdtemp(root));
    snprintf(path, sizeof(path), "%s/a/b", root);
    assert_int_equal(lt_daemon_folder(path, reason), LT_OK);
    assert_int_equal(lt_daemon_folder(path, reason), LT_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(lt_daemon_folder("/dev/null/x", reason), LT_IO);
    assert_non_null(strstr(reason, "/dev/null"));
    rmdir(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(root);
}

static void signals_wait_on_a_descriptor(void **state)
{
    int fd;
    (void)state;
    assert_int_equal(lt_daemon_signals(&fd), LT_OK);
    assert_int_equal(lt_daemon_signal(fd), 0);
    kill(getpid(), SIGTERM);
    struct pollfd item = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&item, 1, 1000), 1);
    assert_int_equal(lt_daemon_signal(fd), SIGTERM);
    close(fd);
}

static void seconds_are_read_strictly(void **state)
{
    static const char *const bad[] = {"", "-1", "1.5", "x", "1s", " 1", "99999999", "123456789"};
    char text[LT_TIME_TEXT_MAX];
    int64_t ms = 7;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(lt_daemon_seconds(bad[i], &ms));
    }
    assert_int_equal(ms, 7);
    assert_true(lt_daemon_seconds("90", &ms));
    assert_int_equal(ms, 90000);
    lt_time_format(1795320000, text);
    assert_string_equal(text, "2026-11-22T04:00:00Z");
    lt_time_format(0, text);
    assert_string_equal(text, "-");
    lt_time_format(INT64_MAX, text);
    assert_string_equal(text, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_runs_once),
        cmocka_unit_test(folders_are_made_private),
        cmocka_unit_test(signals_wait_on_a_descriptor),
        cmocka_unit_test(seconds_are_read_strictly),
    };
    return cmocka_run_group_tests_name("daemon", tests, NULL, NULL);
}
