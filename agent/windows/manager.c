#include "agent/windows/manager.h"

#include <stdatomic.h>

#include "agent/commands.h"
#include "agent/options.h"
#include "agent/windows/service_log.h"

/* How long the manager waits for the next word: opening a large store and looking at it takes its time. */
enum { PATIENCE_MS = 120000 };

static atomic_bool serves;
static SERVICE_STATUS_HANDLE manager;
static SRWLOCK told_lock = SRWLOCK_INIT;
static bool told_stopped; /* nothing is said after that */
static const char *served_dir;
static int exit_code = LT_EXIT_FAILED;

bool lt_manager_serves(void)
{
    return atomic_load(&serves);
}

static void tell(DWORD state, int code)
{
    SERVICE_STATUS status = {
        .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
        .dwCurrentState = state,
        .dwControlsAccepted =
            state == SERVICE_RUNNING
                ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PRESHUTDOWN
                : 0,
        .dwWin32ExitCode = code == LT_EXIT_OK ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR,
        .dwServiceSpecificExitCode = (DWORD)code,
        .dwWaitHint =
            state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING ? PATIENCE_MS : 0,
    };
    AcquireSRWLockExclusive(&told_lock);
    if (!told_stopped)
        (void)SetServiceStatus(manager, &status);
    told_stopped = state == SERVICE_STOPPED;
    ReleaseSRWLockExclusive(&told_lock);
}

void lt_manager_tell(DWORD state)
{
    tell(state, LT_EXIT_OK);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *about, void *context)
{
    (void)type;
    (void)about;
    (void)context;
    switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
    case SERVICE_CONTROL_PRESHUTDOWN:
        lt_manager_tell(SERVICE_STOP_PENDING);
        lt_signals_stop();
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

static void WINAPI serve(DWORD count, wchar_t **arguments)
{
    char word[] = "run", option[] = "--dir", dir[LT_DIR_MAX];
    char *line[] = {word, option, dir, NULL};
    (void)count;
    (void)arguments; /* those of the start, not of the program */
    manager = RegisterServiceCtrlHandlerExW(LT_MANAGER_SERVICE, on_control, NULL);
    if (manager == NULL)
        return;
    atomic_store(&serves, true);
    lt_manager_tell(SERVICE_START_PENDING);
    lt_service_log_open(served_dir);
    snprintf(dir, sizeof(dir), "%s", served_dir);
    exit_code = lt_cmd_run(3, line);
    tell(SERVICE_STOPPED, exit_code);
}

bool lt_manager_run(const char *dir, int *ret_exit)
{
    wchar_t name[] = LT_MANAGER_SERVICE;
    SERVICE_TABLE_ENTRYW table[] = {{name, serve}, {NULL, NULL}};
    served_dir = dir;
    if (!StartServiceCtrlDispatcherW(table))
        return false;
    *ret_exit = exit_code;
    return true;
}
