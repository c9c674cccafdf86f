#include "agent/windows/service_log.h"

#include <stdatomic.h>

#include "agent/options.h"
#include "agent/windows/wide.h"

static atomic_bool opened;
static SRWLOCK lock = SRWLOCK_INIT;
static char path[LT_DIR_MAX + 16], old[LT_DIR_MAX + 16];
static int log_fd = -1;

/* stderr has no descriptor of its own in a program without a console. */
static void redirect(void)
{
    static FILE *stream;
    (void)fflush(stderr);
    if (_dup2(log_fd, STDERR_FILENO) == 0 && _fileno(stderr) < 0 && stream == NULL &&
        (stream = fdopen(STDERR_FILENO, "ab")) != NULL) {
        (void)setvbuf(stream, NULL, _IONBF, 0);
        *stderr = *stream;
    }
    (void)SetStdHandle(STD_ERROR_HANDLE, (HANDLE)_get_osfhandle(STDERR_FILENO));
}

static void open_file(void)
{
    log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
    if (log_fd >= 0)
        redirect();
}

/* Where somebody holds the file so that it keeps its name, it begins anew. */
static void turn_over(void)
{
    close(log_fd);
    if (rename(path, old) != 0)
        close(open(path, O_WRONLY | O_TRUNC));
    open_file();
}

void lt_service_log_open(const char *dir)
{
    AcquireSRWLockExclusive(&lock);
    snprintf(path, sizeof(path), "%s/agent.log", dir);
    snprintf(old, sizeof(old), "%s/agent.log.old", dir);
    open_file();
    ReleaseSRWLockExclusive(&lock);
    atomic_store(&opened, true);
}

bool lt_service_log_is_open(void)
{
    return atomic_load(&opened);
}

bool lt_service_log_add(const char *line, size_t size)
{
    AcquireSRWLockExclusive(&lock);
    if (log_fd < 0)
        open_file();
    else if (_lseeki64(log_fd, 0, SEEK_END) + (int64_t)size > LT_SERVICE_LOG_BYTES_MAX)
        turn_over();
    bool good = log_fd >= 0 && write(log_fd, line, (unsigned)size) == (int)size;
    ReleaseSRWLockExclusive(&lock);
    return good;
}
