#include "agent/folder.h"

#include <errno.h>

#include "agent/windows/wide.h"

/* NTFS keeps names in a journal of its own, which is written with the files that are flushed: a folder is not flushed. */
bool lt_folder_sync(const char *dir)
{
    return access(dir, F_OK) == 0;
}

/* There is no such call; a file that a program has open is not renamed over. */
bool lt_folder_exchange(const char *one, const char *other)
{
    (void)one;
    (void)other;
    errno = ENOSYS;
    return false;
}
