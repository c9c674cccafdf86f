/* A word to stop, by daemon.h and manager.h. */
#include <stdatomic.h>

#include "agent/daemon.h"
#include "agent/windows/manager.h"
#include "agent/windows/ring.h"

static atomic_int ring = -1;
static atomic_int came; /* 0: none */

static BOOL WINAPI on_control(DWORD what)
{
    const bool asked = what == CTRL_C_EVENT || what == CTRL_BREAK_EVENT;
    int fd = atomic_load(&ring);
    if (fd < 0)
        return FALSE;
    atomic_store(&came, what == CTRL_C_EVENT ? SIGINT : SIGTERM);
    lt_ring(fd);
    if (!asked)
        Sleep(
            INFINITE); /* Windows ends the program when this returns, and in any case after some seconds */
    return TRUE;
}

void lt_signals_stop(void)
{
    int fd = atomic_load(&ring);
    if (fd < 0)
        return;
    atomic_store(&came, SIGTERM);
    lt_ring(fd);
}

/* A service has no window, and outlives those who sign out: the manager alone tells it. */
enum lt_result lt_daemon_signals(int *ret_fd)
{
    int fd = lt_ring_open();
    if (fd < 0)
        return LT_IO;
    atomic_store(&came, 0);
    atomic_store(&ring, fd);
    if (!lt_manager_serves() && !SetConsoleCtrlHandler(on_control, TRUE)) {
        lt_daemon_signals_end(fd);
        return LT_IO;
    }
    *ret_fd = fd;
    return LT_OK;
}

int lt_daemon_signal(int fd)
{
    lt_ring_drain(fd);
    return atomic_exchange(&came, 0);
}

void lt_daemon_signals_end(int fd)
{
    (void)SetConsoleCtrlHandler(on_control, FALSE);
    atomic_store(&ring, -1);
    lt_ring_close(fd);
}
