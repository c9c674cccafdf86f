/* ini.h - what the agent asks of libinih, whose source Debian's mirrors do not all have (docs/windows.md). */
#ifndef LT_WINDOWS_INI_H
#define LT_WINDOWS_INI_H

/* Calls `handler` for each "name = value" of the file; a section's name is "" before the first "[section]". Lines that begin
 * with ';' or '#' say nothing, nor does what follows a blank and ';'. 0; -1: the file cannot be opened (errno); else the
 * first line that is none, is longer than 500 bytes, or for which the handler returned 0. */
int ini_parse(const char *path,
              int (*handler)(void *user, const char *section, const char *name, const char *value),
              void *user);

#endif
