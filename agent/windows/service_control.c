#include "agent/windows/service_control.h"

#include <stdio.h>

#include "agent/text.h"
#include "agent/windows/wide.h"

enum {
    PATIENCE_MS = 180000, /* for the service to start or to end */
    LINE_LETTERS = 3 * LT_WIDE_MAX,
};

static bool fail(const char *doing)
{
    const DWORD error = GetLastError();
    wchar_t wide[300] = L"";
    char text[900] = "";
    if (error == ERROR_ACCESS_DENIED) {
        fprintf(stderr, "%s: %s\n", doing,
                lt_text("cần quyền quản trị: mở cửa sổ lệnh bằng «Run as administrator» rồi chạy "
                        "lại",
                        "an administrator's rights are needed: open the command window by \"Run as "
                        "administrator\", and run this again"));
        return false;
    }
    (void)FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0,
                         wide, 300, NULL);
    wide[wcscspn(wide, L"\r\n")] = L'\0';
    (void)lt_wide_utf8(wide, text, sizeof(text));
    fprintf(stderr, "%s: %s (Windows %lu)\n", doing, text, error);
    return false;
}

struct service {
    SC_HANDLE manager, handle; /* handle NULL: it is not there */
};

static void leave(struct service *service)
{
    if (service->handle != NULL)
        CloseServiceHandle(service->handle);
    if (service->manager != NULL)
        CloseServiceHandle(service->manager);
}

static bool find(DWORD manager_access, DWORD access, struct service *ret_service)
{
    struct service service = {.manager = OpenSCManagerW(NULL, NULL, manager_access)};
    const char *doing = lt_text("hỏi dịch vụ của Windows", "asking for Windows' services");
    if (service.manager == NULL)
        return fail(doing);
    service.handle = OpenServiceW(service.manager, LT_MANAGER_SERVICE, access);
    if (service.handle == NULL && GetLastError() != ERROR_SERVICE_DOES_NOT_EXIST) {
        (void)fail(doing);
        leave(&service);
        return false;
    }
    *ret_service = service;
    return true;
}

/* ---- Installing ---- */

/* "program" service run --dir "dir" --lang vi. A path has no quotes; the last '\' of one would hide the closing one. */
static bool command_line(const char *dir, wchar_t ret_line[LINE_LETTERS])
{
    wchar_t program[LT_WIDE_MAX], folder[LT_WIDE_MAX], whole[LT_WIDE_MAX];
    DWORD size = GetModuleFileNameW(NULL, program, LT_WIDE_MAX);
    if (size == 0 || size == LT_WIDE_MAX || !lt_wide_path(dir, folder))
        return false;
    size = GetFullPathNameW(folder, LT_WIDE_MAX, whole, NULL);
    if (size == 0 || size >= LT_WIDE_MAX)
        return false;
    while (size > 0 && whole[size - 1] == L'\\')
        whole[--size] = L'\0';
    return swprintf(ret_line, LINE_LETTERS, L"\"%ls\" service run --dir \"%ls%ls\" --lang %ls",
                    program, whole, size == 2 ? L"\\." : L"",
                    lt_text_is_english() ? L"en" : L"vi") > 0;
}

/* What a manager does not know (wine's knows few) is left out. */
static bool set(SC_HANDLE service, DWORD what, void *how)
{
    return ChangeServiceConfig2W(service, what, how) || GetLastError() == ERROR_INVALID_LEVEL;
}

/* What follows its description: when and by what rights it runs, and what becomes of one that fails. */
static bool describe(SC_HANDLE service)
{
    wchar_t text[200], privileges[] = L"SeChangeNotifyPrivilege\0";
    SC_ACTION again[] = {
        {SC_ACTION_RESTART, 10000}, {SC_ACTION_RESTART, 60000}, {SC_ACTION_RESTART, 300000}};
    SERVICE_FAILURE_ACTIONSW failures = {
        .dwResetPeriod = 24 * 3600, .cActions = 3, .lpsaActions = again};
    SERVICE_FAILURE_ACTIONS_FLAG also_by_code = {TRUE};
    SERVICE_DELAYED_AUTO_START_INFO delayed = {TRUE};
    SERVICE_SID_INFO own_sid = {SERVICE_SID_TYPE_UNRESTRICTED};
    SERVICE_REQUIRED_PRIVILEGES_INFOW few = {privileges};
    SERVICE_DESCRIPTIONW about = {text};
    (void)MultiByteToWideChar(CP_UTF8, 0,
                              lt_text("Giữ bản ghi của đơn vị trên máy này và gửi lên cấp trên.",
                                      "Keeps this unit's records and sends them up."),
                              -1, text, 200);
    return set(service, SERVICE_CONFIG_DESCRIPTION, &about) &&
           set(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failures) &&
           set(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &also_by_code) &&
           set(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed) &&
           set(service, SERVICE_CONFIG_SERVICE_SID_INFO, &own_sid) &&
           set(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &few);
}

bool lt_service_control_install(const char *dir)
{
    static const wchar_t shown[] = L"Lienthong";
    struct service service = {NULL, NULL};
    wchar_t line[LINE_LETTERS];
    if (!command_line(dir, line)) {
        fprintf(stderr, "%s: %s\n", dir, lt_text_errno(ENAMETOOLONG));
        return false;
    }
    if (!find(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE, SERVICE_ALL_ACCESS, &service))
        return false;
    bool good = true;
    if (service.handle != NULL)
        good = ChangeServiceConfigW(service.handle, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                    SERVICE_ERROR_NORMAL, line, NULL, NULL, NULL,
                                    LT_MANAGER_ACCOUNT, NULL, shown);
    else
        good = (service.handle = CreateServiceW(
                    service.manager, LT_MANAGER_SERVICE, shown, SERVICE_ALL_ACCESS,
                    SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, line, NULL,
                    NULL, NULL, LT_MANAGER_ACCOUNT, NULL)) != NULL;
    good = (good && describe(service.handle)) ||
           fail(lt_text("cài dịch vụ", "installing the service"));
    leave(&service);
    return good;
}

/* ---- Running ---- */

static void CALLBACK on_change(void *notify)
{
    (void)notify; /* it came: the sleep ends */
}

static bool ask(SC_HANDLE service, SERVICE_STATUS_PROCESS *ret_status)
{
    DWORD size;
    return QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)ret_status,
                                sizeof(*ret_status), &size);
}

/* Until it runs or has stopped. */
static bool await_rest(SC_HANDLE service, SERVICE_STATUS_PROCESS *ret_status)
{
    static SERVICE_NOTIFYW notify; /* written to until the service is closed */
    const ULONGLONG end = GetTickCount64() + PATIENCE_MS;
    while (ask(service, ret_status)) {
        if (ret_status->dwCurrentState == SERVICE_RUNNING ||
            ret_status->dwCurrentState == SERVICE_STOPPED)
            return true;
        const ULONGLONG now = GetTickCount64();
        notify = (SERVICE_NOTIFYW){.dwVersion = SERVICE_NOTIFY_STATUS_CHANGE,
                                   .pfnNotifyCallback = on_change};
        DWORD error = NotifyServiceStatusChangeW(
            service, SERVICE_NOTIFY_RUNNING | SERVICE_NOTIFY_STOPPED, &notify);
        SetLastError(now >= end ? ERROR_SERVICE_REQUEST_TIMEOUT : error);
        if (now >= end || error != ERROR_SUCCESS)
            return false;
        (void)SleepEx((DWORD)(end - now), TRUE);
    }
    return false;
}

static bool start(SC_HANDLE service)
{
    SERVICE_STATUS_PROCESS status;
    if (!StartServiceW(service, 0, NULL) && GetLastError() != ERROR_SERVICE_ALREADY_RUNNING)
        return false;
    if (!await_rest(service, &status))
        return false;
    SetLastError(status.dwWin32ExitCode != NO_ERROR ? status.dwWin32ExitCode
                                                    : ERROR_SERVICE_NOT_ACTIVE);
    return status.dwCurrentState == SERVICE_RUNNING;
}

bool lt_service_control_start(void)
{
    struct service service = {NULL, NULL};
    if (!find(SC_MANAGER_CONNECT, SERVICE_START | SERVICE_QUERY_STATUS, &service))
        return false;
    bool good = false;
    if (service.handle == NULL)
        fprintf(
            stderr, "%s\n",
            lt_text("chưa cài dịch vụ: chạy `lienthong-agent service install` trước",
                    "the service is not installed: run `lienthong-agent service install` first"));
    else
        good =
            start(service.handle) ||
            fail(lt_text("dịch vụ không khởi động được (vì sao: agent.log trong thư mục dữ liệu)",
                         "the service does not start (why: agent.log in the data folder)"));
    leave(&service);
    return good;
}

static bool stop(SC_HANDLE service)
{
    SERVICE_STATUS_PROCESS status;
    SERVICE_STATUS last;
    if (!await_rest(service, &status)) /* one that is starting takes no word */
        return false;
    if (status.dwCurrentState == SERVICE_STOPPED)
        return true;
    HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, status.dwProcessId);
    bool good = (ControlService(service, SERVICE_CONTROL_STOP, &last) ||
                 GetLastError() == ERROR_SERVICE_NOT_ACTIVE) &&
                await_rest(service, &status) && status.dwCurrentState == SERVICE_STOPPED;
    if (process != NULL && good)
        (void)WaitForSingleObject(process, PATIENCE_MS);
    if (process != NULL)
        CloseHandle(process);
    return good;
}

bool lt_service_control_stop(void)
{
    struct service service = {NULL, NULL};
    if (!find(SC_MANAGER_CONNECT, SERVICE_STOP | SERVICE_QUERY_STATUS, &service))
        return false;
    bool good = service.handle == NULL || stop(service.handle) ||
                fail(lt_text("dừng dịch vụ", "stopping the service"));
    leave(&service);
    return good;
}

bool lt_service_control_remove(void)
{
    struct service service = {NULL, NULL};
    if (!find(SC_MANAGER_CONNECT, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE, &service))
        return false;
    bool good = true;
    if (service.handle != NULL)
        good = (stop(service.handle) && (DeleteService(service.handle) ||
                                         GetLastError() == ERROR_SERVICE_MARKED_FOR_DELETE)) ||
               fail(lt_text("bỏ dịch vụ", "removing the service"));
    leave(&service);
    return good;
}

bool lt_service_control_state(enum lt_service_state *ret_state)
{
    struct service service = {NULL, NULL};
    SERVICE_STATUS_PROCESS status = {.dwCurrentState = SERVICE_STOPPED};
    if (!find(SC_MANAGER_CONNECT, SERVICE_QUERY_STATUS, &service))
        return false;
    bool good = service.handle == NULL || ask(service.handle, &status) ||
                fail(lt_text("hỏi dịch vụ", "asking for the service"));
    leave(&service);
    if (good)
        *ret_state = service.handle == NULL                     ? LT_SERVICE_ABSENT
                     : status.dwCurrentState == SERVICE_STOPPED ? LT_SERVICE_STOPPED
                                                                : LT_SERVICE_RUNNING;
    return good;
}
