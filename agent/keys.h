/* keys.h - key files of a site: made locally, never leave the machine, checked at start.
 *
 * Files in `dir`, each one line (key_line.h), mode 0600, owned by the user: `sign.key` (Ed25519 seed),
 * `curve.key` (CurveZMQ secret); a top hub also `root.key`. Wrong permissions: LT_PERMISSION, and the
 * program does not start. Written through a temporary file, fsynced, never overwritten. Where the system can (bind.h) they
 * open on this machine alone: another machine's are LT_REFUSED. */
#ifndef LT_KEYS_H
#define LT_KEYS_H

#include "proto/update.h"

struct lt_keys {
    struct lt_key sign_public;
    struct lt_secret sign_secret;
    uint8_t curve_public[32];
    uint8_t curve_secret[32];
};

/* Makes both keys where they are missing; reads them where they are there. */
enum lt_result lt_keys_make(const char *dir, struct lt_keys *ret_keys, char ret_reason[200]);
enum lt_result lt_keys_load(const char *dir, struct lt_keys *ret_keys, char ret_reason[200]);
/* The keys that are to follow them, as `sign.key.next` and `curve.key.next`: both made where they are missing,
 * or none.
 * lt_keys_follow puts them in the place of the others; cut off in the middle, the next making or loading of
 * keys goes on with it. */
enum lt_result lt_keys_make_next(const char *dir, struct lt_keys *ret_next, char ret_reason[200]);
enum lt_result lt_keys_follow(const char *dir, char ret_reason[200]);
/* Is there a key that is to follow? And: it is not to, and is removed. */
bool lt_keys_has_next(const char *dir);
void lt_keys_drop_next(const char *dir);
/* Gives those that another machine has bound other names, so that new ones can be made. Were there any? */
bool lt_keys_set_aside(const char *dir);
void lt_keys_wipe(struct lt_keys *keys);
/* One Ed25519 pair in a file of its own (the root key). LT_EXISTS when making over one. */
enum lt_result lt_key_file_make(const char *path, struct lt_key *ret_public,
                                struct lt_secret *ret_secret, char ret_reason[200]);
enum lt_result lt_key_file_load(const char *path, struct lt_key *ret_public,
                                struct lt_secret *ret_secret, char ret_reason[200]);
/* Any 32 secret bytes in a file of their own, by the same rules. */
enum lt_result lt_seed_file_make(const char *path, uint8_t ret_seed[32], char ret_reason[200]);
enum lt_result lt_seed_file_load(const char *path, uint8_t ret_seed[32], char ret_reason[200]);
/* Gives a key file another name in its folder, or one more, durably; LT_EXISTS: never over another one. */
enum lt_result lt_key_file_move(const char *from, const char *to, char ret_reason[200]);
enum lt_result lt_key_file_link(const char *from, const char *to, char ret_reason[200]);
/* Writes a key file anew, in its place, so that it opens on this machine alone, where the system can, or on any, as a
 * backup's is to. Whoever owns it. */
enum lt_result lt_key_file_bind(const char *path, bool bind, char ret_reason[200]);
/* Do they hold the same key? */
bool lt_key_file_same(const char *one, const char *other);

#endif
