/* root_file.h - the root key's few acts, as text files that are carried to where the key is kept and back.
 *
 * A request says what the top's hub is and has; an answer, what the root signed. Lines "name value", the last one
 * "check" with the first 8 bytes of H of all before it, so that a half-copied file is known. At most 8 KiB. A line
 * is checked for its form here, signatures where they are used. No thread. */
#ifndef LT_ROOT_FILE_H
#define LT_ROOT_FILE_H

#include "agent/keys.h"
#include "proto/rules.h"

enum { LT_ROOT_KEYS_MAX = 20, LT_ROOT_REASON_MAX = 400 };

struct lt_root_file {
    bool answer; /* else a request */
    struct lt_unit top;
    struct lt_roots roots; /* of a request those that count now, of an answer those that will */
    /* All hub keys that the top ever had: what an ended one signed within its cut rests on a grant too. The last
     * one is to follow the one in use, if `has_next`. */
    size_t key_count;
    bool has_next;
    struct lt_key keys[LT_ROOT_KEYS_MAX];
    struct lt_signature grants[LT_ROOT_KEYS_MAX]; /* of an answer: lt_root_sign of each */
    bool replaces; /* of an answer: lt_root_replace, by the recovery key before */
    struct lt_signature replacement;
};

/* LT_EXISTS: a file of this name is there, and nothing is written over. ret_reason names it and what is wrong. */
enum lt_result lt_root_file_check_free(const char *path, char ret_reason[LT_ROOT_REASON_MAX]);
/* The same, LT_IO, LT_NO_SPACE. */
enum lt_result lt_root_file_write(const char *path, const struct lt_root_file *file,
                                  char ret_reason[LT_ROOT_REASON_MAX]);
/* LT_MALFORMED, LT_BAD_HASH, LT_VERSION, LT_TOO_LARGE, or what reading it met. */
enum lt_result lt_root_file_read(const char *path, bool answer, struct lt_root_file *ret_file,
                                 char ret_reason[LT_ROOT_REASON_MAX]);

#endif
