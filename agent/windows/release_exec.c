/* A release cannot be run on Windows yet: the installer brings the program up to date. */
#include "agent/release_exec.h"

bool lt_release_can(void)
{
    return false;
}

bool lt_release_forbidden(const char *dir)
{
    (void)dir;
    return false;
}

bool lt_release_self(char ret_path[LT_DIR_MAX])
{
    (void)ret_path;
    return false;
}

int lt_release_become(int fd, char *const argv[], uint64_t number, const char *installed)
{
    (void)fd;
    (void)argv;
    (void)number;
    (void)installed;
    return ENOSYS;
}

bool lt_release_told(uint64_t *ret_number, char ret_installed[LT_DIR_MAX])
{
    (void)ret_number;
    (void)ret_installed;
    return false;
}

int lt_release_become_installed(const char *path, char *const argv[])
{
    (void)path;
    (void)argv;
    return ENOSYS;
}

enum lt_result lt_probe_begin(int fd, const char *dir, uint32_t limit_s, struct lt_probe *ret_probe)
{
    (void)fd;
    (void)dir;
    (void)limit_s;
    (void)ret_probe;
    return LT_IO;
}

enum lt_probed lt_probe_look(struct lt_probe *probe)
{
    (void)probe;
    return LT_PROBE_BAD;
}

void lt_probe_stop(struct lt_probe *probe)
{
    (void)probe;
}
