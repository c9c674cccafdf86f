/* What a service manager is told, and when. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/env.h"
#include "agent/notify.h"

static char folder[] = "/tmp/lt-notify-XXXXXX";

/* A manager's socket; `name` as in NOTIFY_SOCKET. */
static int manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
                     0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void hears(int fd, const char *said)
{
    char text[100] = "";
    assert_int_equal(recv(fd, text, sizeof(text) - 1, 0), strlen(said));
    assert_string_equal(text, said);
}

static void silent(int fd)
{
    char text[100];
    assert_int_equal(recv(fd, text, sizeof(text), 0), -1);
}

static void test_says(void **state)
{
    static const char *const bad[] = {"", "/", "relative", "vsock:2:1234", "/no/such/socket"};
    char path[64], absent[300];
    (void)state;
    snprintf(path, sizeof(path), "%s/socket", folder);
    const char *names[] = {path, "@lienthong-notify-test"};
    for (size_t i = 0; i < 2; i++) {
        int fd = manager(names[i]);
        assert_true(lt_notify("READY=1\nSTATUS=serves"));
        hears(fd, "READY=1\nSTATUS=serves");
        close(fd);
        assert_false(lt_notify("READY=1")); /* nobody listens any more */
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        setenv("NOTIFY_SOCKET", bad[i], 1);
        assert_false(lt_notify("READY=1"));
    }
    memset(absent, 'a', sizeof(absent) - 1);
    absent[0] = '/';
    absent[sizeof(absent) - 1] = '\0';
    setenv("NOTIFY_SOCKET", absent, 1);
    assert_false(lt_notify("READY=1"));
    unsetenv("NOTIFY_SOCKET");
    assert_false(lt_notify("READY=1"));
}

static void test_reloading(void **state)
{
    char text[100] = "", end;
    unsigned long long at;
    (void)state;
    int fd = manager("@lienthong-reload-test");
    const uint64_t before = lt_clock_monotonic_us();
    assert_true(lt_notify_reloading());
    assert_true(recv(fd, text, sizeof(text) - 1, 0) > 0);
    assert_int_equal(sscanf(text, "RELOADING=1\nMONOTONIC_USEC=%llu%c", &at, &end), 1);
    assert_true(at >= before && at <= lt_clock_monotonic_us());
    close(fd);
    unsetenv("NOTIFY_SOCKET");
}

static void test_watchdog(void **state)
{
    static const char *const none[] = {"", "0", "-5", "10s", "99999999999999999999999"};
    struct lt_watchdog watchdog;
    char pid[32];
    (void)state;
    int fd = manager("@lienthong-watchdog-test");
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        setenv("WATCHDOG_USEC", none[i], 1);
        lt_watchdog_begin(&watchdog, 1000);
        assert_int_equal(lt_watchdog_wait(&watchdog, 1000000), INT64_MAX);
    }
    setenv("WATCHDOG_USEC", "20000000", 1);
    setenv("WATCHDOG_PID", "1", 1); /* another's */
    lt_watchdog_begin(&watchdog, 1000);
    assert_int_equal(lt_watchdog_wait(&watchdog, 1000000), INT64_MAX);
    snprintf(pid, sizeof(pid), "%d", getpid());
    setenv("WATCHDOG_PID", pid, 1);
    lt_watchdog_begin(&watchdog, 1000);
    assert_int_equal(lt_watchdog_wait(&watchdog, 1000),
                     0); /* the time of a program before us may run */
    lt_watchdog_looked(&watchdog, true, 2000);
    hears(fd, "WATCHDOG=1");
    assert_int_equal(lt_watchdog_wait(&watchdog, 2000), 10000);
    assert_int_equal(lt_watchdog_wait(&watchdog, 11999), 1);
    assert_int_equal(lt_watchdog_wait(&watchdog, 12000), 0);
    assert_int_equal(lt_watchdog_wait(&watchdog, 99000), 0);
    lt_watchdog_looked(&watchdog, false,
                       22000); /* it is not told that all is well, and is asked again */
    silent(fd);
    assert_int_equal(lt_watchdog_wait(&watchdog, 22000), 10000);
    close(fd);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

/* A commit that waits for another's is not told as done before that one is: the child, which asks while the parent
 * writes, is answered after the parent has let go. */
static int probe_meanwhile(const char *dir, int asks, int let_go)
{
    static const struct lt_table_spec tables[] = {{"rows", false, 0}};
    struct lt_env *env;
    char reason[200], byte;
    if (lt_env_open(dir, tables, 1, 1, false, &env, reason) != LT_OK || write(asks, "a", 1) != 1 ||
        lt_env_probe(env) != LT_OK || read(let_go, &byte, 1) != 1)
        return 1;
    lt_env_close(env);
    return 0;
}

static void test_probe(void **state)
{
    static const struct lt_table_spec tables[] = {{"rows", false, 0}};
    char dir[64], reason[200], byte, command[100];
    struct lt_env *env;
    int asks[2], let_go[2], status;
    (void)state;
    snprintf(dir, sizeof(dir), "%s/store", folder);
    assert_int_equal(lt_env_open(dir, tables, 1, 1, false, &env, reason), LT_OK);
    assert_int_equal(lt_env_probe(env), LT_OK);
    lt_env_close(env);
    assert_int_equal(pipe(asks) | pipe2(let_go, O_NONBLOCK), 0);
    int begin[2];
    assert_int_equal(pipe(begin), 0);
    pid_t child = fork(); /* before the parent has it open: one open environment a process */
    if (child == 0)
        _exit(read(begin[0], &byte, 1) == 1 ? probe_meanwhile(dir, asks[1], let_go[0]) : 1);
    assert_int_equal(lt_env_open(dir, tables, 1, 1, false, &env, reason), LT_OK);
    struct lt_txn *txn = lt_txn_begin(env, true);
    lt_put(txn, 0, (struct lt_bytes){(const uint8_t *)"k", 1},
           (struct lt_bytes){(const uint8_t *)"v", 1});
    assert_int_equal(write(begin[1], "b", 1), 1);
    assert_int_equal(read(asks[0], &byte, 1), 1);
    assert_int_equal(write(let_go[1], "l", 1), 1);
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    lt_env_close(env);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void test_stamp(void **state)
{
    struct stat status;
    char stream[64], stamp[LT_STAMP_MAX];
    (void)state;
    assert_int_equal(fstat(STDERR_FILENO, &status), 0);
    snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)status.st_dev,
             (unsigned long long)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    lt_daemon_stamp(LT_LOG_WARNING, stamp);
    assert_string_equal(stamp, "<4>");
    setenv("JOURNAL_STREAM", "1:1", 1); /* what the journal reads is not our stderr */
    lt_daemon_stamp(LT_LOG_WARNING, stamp);
    assert_string_equal(stamp + strlen(stamp) - 2, "Z ");
    setenv("JOURNAL_STREAM", "x", 1);
    lt_daemon_stamp(LT_LOG_ERROR, stamp);
    assert_int_equal(strlen(stamp), sizeof("2026-11-22T04:18:00Z"));
    unsetenv("JOURNAL_STREAM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says),     cmocka_unit_test(test_reloading),
        cmocka_unit_test(test_watchdog), cmocka_unit_test(test_probe),
        cmocka_unit_test(test_stamp),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
