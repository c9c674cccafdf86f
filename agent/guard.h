/* guard.h - a store whose file cannot be read ends the program with a word that names it.
 *
 * LMDB reads its file through a map: a file that was cut short, or a disk that fails, comes as SIGBUS in
 * the middle of any read. The guard says so on stderr and leaves with LT_EXIT_FAILED; nothing is
 * committed after it. Programs only, at start-up, before threads; again for another folder. */
#ifndef LT_GUARD_H
#define LT_GUARD_H

void lt_guard_store(const char *dir);

#endif
