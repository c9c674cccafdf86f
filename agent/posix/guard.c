#include "agent/guard.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/options.h"
#include "agent/text.h"

/* Made ahead: a signal handler may only write it. */
static char message[LT_DIR_MAX + 256];

static void on_bus(int number)
{
    (void)number;
    ssize_t written = write(STDERR_FILENO, message, strlen(message));
    (void)written;
    _exit(LT_EXIT_FAILED);
}

void lt_guard_store(const char *dir)
{
    struct sigaction action = {.sa_handler = on_bus};
    snprintf(message, sizeof(message),
             lt_text("%s: không đọc được kho (data.mdb): tệp bị cắt ngắn hoặc ổ đĩa hỏng; hãy "
                     "khôi phục thư mục từ bản sao\n",
                     "%s: the store (data.mdb) cannot be read: the file was cut short, or the disk "
                     "fails; restore the folder from a copy\n"),
             dir);
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGBUS, &action, NULL) != 0) {
        message[0] = '\0';
    }
}
