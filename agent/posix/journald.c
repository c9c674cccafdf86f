#include "agent/journald.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char SOCKET_PATH[] = "/run/systemd/journal/socket";
enum { DATAGRAM_MAX = 8192 };

bool lt_journald_reads(void)
{
    const char *stream = getenv("JOURNAL_STREAM"); /* device:inode, of what it reads */
    char ours[64];
    struct stat status;
    if (stream == NULL || fstat(STDERR_FILENO, &status) != 0) {
        return false;
    }
    snprintf(ours, sizeof(ours), "%llu:%llu", (unsigned long long)status.st_dev,
             (unsigned long long)status.st_ino);
    return strcmp(stream, ours) == 0;
}

static void add(char datagram[DATAGRAM_MAX], size_t *size, const char *name, const char *value)
{
    const int length = snprintf(datagram + *size, DATAGRAM_MAX - *size, "%s=%s\n", name, value);
    if (length > 0 && (size_t)length < DATAGRAM_MAX - *size) {
        *size += (size_t)length; /* one for which there is no room is left out */
    }
}

bool lt_journald_send(int priority, const char *message, const struct lt_journald_field *fields,
                      size_t count)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char datagram[DATAGRAM_MAX], number[16];
    size_t size = 0;
    snprintf(number, sizeof(number), "%d", priority);
    add(datagram, &size, "MESSAGE", message);
    add(datagram, &size, "PRIORITY", number);
    add(datagram, &size, "SYSLOG_IDENTIFIER", program_invocation_short_name);
    for (size_t i = 0; i < count; i++) {
        add(datagram, &size, fields[i].name, fields[i].value);
    }
    memcpy(address.sun_path, SOCKET_PATH, sizeof(SOCKET_PATH));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    ssize_t sent = sendto(fd, datagram, size, MSG_NOSIGNAL, (const struct sockaddr *)&address,
                          sizeof(address));
    close(fd);
    return sent == (ssize_t)size;
}
