/* manager.h - this process as a service of Windows: what the service control manager asks for, and is told.
 *
 * The service is one a machine, and has an account of its own, "NT SERVICE\lienthong-agent": no password, no rights but
 * those that it is given (docs/decisions/0037-windows-service.md). Private to agent/windows. Any thread, but for
 * lt_manager_run. */
#ifndef LT_MANAGER_H
#define LT_MANAGER_H

#include <stdbool.h>
#include <windows.h>

#define LT_MANAGER_SERVICE L"lienthong-agent"
#define LT_MANAGER_ACCOUNT L"NT SERVICE\\lienthong-agent"

/* Was this process started by the manager? */
bool lt_manager_serves(void);
/* SERVICE_START_PENDING, RUNNING or STOP_PENDING. */
void lt_manager_tell(DWORD state);
/* Serves `dir` by the command `run`, as the manager tells, until it is stopped; ret_exit is the command's exit code. For
 * main, once. False: the manager has not started this process. */
bool lt_manager_run(const char *dir, int *ret_exit);

/* signals.c. What comes in as SIGTERM. */
void lt_signals_stop(void);

#endif
