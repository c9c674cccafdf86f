#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent/program.h"

bool lt_program_has_standard(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        /* The lowest that is free, so this one; to read only, so that printing to it fails and is noticed. */
        const bool closed = fcntl(fd, F_GETFD) < 0 && errno == EBADF;
        const int opened = closed ? open("/dev/null", O_RDONLY) : fd;
        if (opened != fd) {
            return false;
        }
    }
    return true;
}
