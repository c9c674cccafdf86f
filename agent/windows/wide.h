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

/* The owner's folder or file: nobody but the process's user, SYSTEM and the administrators; handed down to what is made in a
 * folder. To be freed by LocalFree; NULL: errno. */
PSECURITY_DESCRIPTOR lt_rights_own(void);
/* Is its owner one of these three, and may others read or write it? False: it cannot be known (errno). */
bool lt_rights_look(HANDLE file, bool *ret_own, bool *ret_others_read, bool *ret_others_write);
/* Gives a file or folder lt_rights_own. */
bool lt_rights_set_own(const wchar_t *path);

#endif
