/* wide.h - what Windows is asked with: paths in UTF-16, errors as errno, and who may read a file.
 *
 * Private to agent/windows. Any thread. */
#ifndef LT_WIDE_H
#define LT_WIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

enum { LT_WIDE_MAX = 4096 };

/* A path as Windows takes it, with '\'; absolute ones longer than 240 letters in the form that has no bound. False: errno. */
bool lt_wide_path(const char *path, wchar_t ret_wide[LT_WIDE_MAX]);
/* Into `size` bytes with their end. False: it does not fit, or is no UTF-16 (errno). */
bool lt_wide_utf8(const wchar_t *wide, char *ret_text, size_t size);
/* The errno of GetLastError(); always -1. */
int lt_wide_fail(void);
int lt_wide_errno(DWORD error);

/* A folder or file of one's own: nobody but the process's user, SYSTEM, the administrators and the agent's service
 * (manager.h) gets at it, and what is made in a folder has the same; of a process with an administrator's rights it is the
 * administrators', and no one person's. To be freed by LocalFree; NULL: errno. */
PSECURITY_DESCRIPTOR lt_rights_own(void);
/* Is its owner one of these, and may others read or write it? False: it cannot be known (errno). */
bool lt_rights_look(HANDLE file, bool *ret_own, bool *ret_others_read, bool *ret_others_write);
/* Gives a file or folder lt_rights_own. False: errno. */
bool lt_rights_set_own(const wchar_t *path);
/* Takes it from whomever it belongs to: the administrators own it, and they, SYSTEM and the service get at it. */
bool lt_rights_set_service(const wchar_t *path);
/* Lets the service, and whoever sits at this machine if so asked, put files into a folder and take them out, beside those
 * who may already. False: errno; a drive that has no rights lets everyone. */
bool lt_rights_let_service(const wchar_t *path, bool and_who_sits_there);

#endif
