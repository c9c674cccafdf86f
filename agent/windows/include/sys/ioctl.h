/* sys/ioctl.h - how wide a console is, on Windows, and nothing else. */
#ifndef LT_WINDOWS_IOCTL_H
#define LT_WINDOWS_IOCTL_H

struct winsize {
    unsigned short ws_row, ws_col;
};
enum { TIOCGWINSZ = 1 };
int lt_posix_ioctl(int fd, int what, struct winsize *ret_size);
#define ioctl(fd, what, to) lt_posix_ioctl(fd, what, to)

#endif
