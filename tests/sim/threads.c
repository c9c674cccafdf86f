/* threads.c - threads, locks and descriptors of the simulated programs. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/machine.h"
#include "tests/sim/sockets.h"
#include "tests/sim/wrapped.h"

/* ---- Threads ---- */

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*begin)(void *), void *argument)
{
    (void)attributes;
    struct fiber *fiber = fiber_start(fiber_machine(), begin, argument);
    static_assert(sizeof(*thread) == sizeof(fiber), "a thread's name holds a pointer");
    memcpy(thread, &fiber, sizeof(fiber));
    return 0;
}

int __wrap_pthread_join(pthread_t thread, void **ret_value)
{
    struct fiber *fiber;
    memcpy(&fiber, &thread, sizeof(fiber));
    if (ret_value != NULL)
        *ret_value = NULL;
    while (!fiber_ended(fiber))
        fiber_wait_one(fiber);
    return 0;
}

/* ---- Locks. Fibers change only where they wait: a lock is seldom taken. ---- */

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    while (pthread_mutex_trylock(mutex) != 0)
        fiber_wait_one(mutex);
    return 0;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    int code = __real_pthread_mutex_unlock(mutex);
    if (fiber_machine() != NULL)
        fiber_wake(fiber_machine(), mutex);
    return code;
}

int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    while (pthread_rwlock_tryrdlock(lock) != 0)
        fiber_wait_one(lock);
    return 0;
}

int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    while (pthread_rwlock_trywrlock(lock) != 0)
        fiber_wait_one(lock);
    return 0;
}

int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    int code = __real_pthread_rwlock_unlock(lock);
    if (fiber_machine() != NULL)
        fiber_wake(fiber_machine(), lock);
    return code;
}

int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    __wrap_pthread_mutex_unlock(mutex);
    fiber_wait_one(condition);
    return __wrap_pthread_mutex_lock(mutex);
}

/* `until` is of the machine's monotonic clock. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    struct timespec now;
    __wrap_clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = (until->tv_sec - now.tv_sec) * 1000 + (until->tv_nsec - now.tv_nsec) / 1000000;
    sim_ms end = sim_now() + (left > 0 ? (sim_ms)left : 0);
    const void *on = condition;
    __wrap_pthread_mutex_unlock(mutex);
    fiber_wait(&on, 1, end);
    __wrap_pthread_mutex_lock(mutex);
    return sim_now() >= end ? ETIMEDOUT : 0;
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
    return __wrap_pthread_cond_broadcast(condition); /* whoever waits looks again */
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *condition)
{
    fiber_wake(fiber_machine(), condition);
    return 0;
}

/* ---- Descriptors: event counters, numbered above all real ones ---- */

enum { FD_BASE = 1 << 24, FDS_MAX = 1024 };

static struct {
    struct machine *machine; /* NULL: free */
    uint64_t count;
} fds[FDS_MAX];

static bool is_ours(int fd)
{
    return fd >= FD_BASE && fd < FD_BASE + FDS_MAX;
}

int descriptor_new(void)
{
    for (int i = 0; i < FDS_MAX; i++)
        if (fds[i].machine == NULL) {
            fds[i].machine = fiber_machine();
            fds[i].count = 0;
            return FD_BASE + i;
        }
    abort();
}

void descriptor_ring(int fd)
{
    if (is_ours(fd) && fds[fd - FD_BASE].machine != NULL) {
        fds[fd - FD_BASE].count++;
        fiber_wake(fds[fd - FD_BASE].machine, &fds[fd - FD_BASE]);
    }
}

bool descriptor_readable(int fd)
{
    return is_ours(fd) && fds[fd - FD_BASE].count > 0;
}

void descriptors_killed(struct machine *machine)
{
    for (int i = 0; i < FDS_MAX; i++)
        if (fds[i].machine == machine)
            fds[i].machine = NULL;
}

int __wrap_eventfd(unsigned count, int flags)
{
    (void)count;
    (void)flags;
    return descriptor_new();
}

ssize_t __wrap_read(int fd, void *ret_bytes, size_t size)
{
    if (!is_ours(fd))
        return __real_read(fd, ret_bytes, size);
    uint64_t count = fds[fd - FD_BASE].count;
    if (count == 0) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(ret_bytes, &count, size < sizeof(count) ? size : sizeof(count));
    fds[fd - FD_BASE].count = 0;
    return sizeof(count);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    if (!is_ours(fd))
        return __real_write(fd, bytes, size);
    descriptor_ring(fd);
    return (ssize_t)size;
}

int __wrap_close(int fd)
{
    if (!is_ours(fd))
        return __real_close(fd);
    fds[fd - FD_BASE].machine = NULL;
    return 0;
}

/* ---- Waiting for several things ---- */

static bool look(struct sim_poll *items, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        items[i].ready = items[i].socket != NULL ? socket_ready(items[i].socket, items[i].writing)
                                                 : descriptor_readable(items[i].fd);
        any = any || items[i].ready;
    }
    return any;
}

bool sim_poll_wait(struct sim_poll *items, size_t count, int64_t timeout_ms)
{
    const void *ons[FIBER_ONS_MAX] = {NULL};
    sim_ms end = timeout_ms < 0 ? SIM_NEVER : sim_now() + (sim_ms)timeout_ms;
    bool again = timeout_ms == 0; /* who only looks lets the others go on all the same */
    for (size_t i = 0; i < count; i++)
        ons[i] = items[i].socket != NULL ? items[i].socket
                 : is_ours(items[i].fd)  ? (const void *)&fds[items[i].fd - FD_BASE]
                                         : NULL;
    while (!look(items, count)) {
        if (!again && sim_now() >= end)
            return false;
        fiber_wait(ons, count, end);
        if (again)
            return look(items, count);
    }
    return true;
}

int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout_ms)
{
    struct sim_poll items[FIBER_ONS_MAX] = {{.socket = NULL}};
    int ready = 0;
    assert(count <= FIBER_ONS_MAX);
    for (nfds_t i = 0; i < count; i++)
        items[i].fd = polled[i].fd;
    sim_poll_wait(items, count, timeout_ms);
    for (nfds_t i = 0; i < count; i++) {
        polled[i].revents = items[i].ready ? POLLIN : 0;
        ready += items[i].ready;
    }
    return ready;
}

/* ---- Descriptors of connections: they are numbers only ---- */

int __wrap_shutdown(int fd, int how)
{
    (void)how;
    link_shut(fiber_machine(), fd);
    return 0;
}

int __wrap_getpeername(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    (void)fd;
    (void)ret_address;
    (void)size;
    errno = ENOTCONN;
    return -1;
}

int __wrap_getsockopt(int fd, int level, int option, void *ret_value, socklen_t *size)
{
    (void)fd;
    (void)level;
    (void)option;
    (void)ret_value;
    (void)size;
    errno = ENOTSOCK;
    return -1;
}

int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    (void)fd;
    (void)level;
    (void)option;
    (void)value;
    (void)size;
    errno = ENOTSOCK;
    return -1;
}
