/* backup.h - copies of a folder's stores, keys and settings that can be proven, and the way back.
 *
 *   FOLDER/manifest          text; written last. Without a whole one the folder is no backup
 *   FOLDER/store/data.mdb    (a hub: FOLDER/roster/data.mdb too)
 *   FOLDER/sign.key …        unless made without keys; they open on any machine
 *
 * A store is copied as it was at one moment, beside the program that runs on it; what was written is read back
 * and compared, and the copy is opened and every update in it checked, before the manifest is written. A
 * backup holds a reader of the store for as long as copying takes: the store may grow by what is
 * written meanwhile.
 *
 * Restoring checks everything first, writes beside, and puts the stores into place last: a folder that was
 * not restored whole has no store. Nothing is ever written over. For commands: one thread, no store open. */
#ifndef LT_BACKUP_H
#define LT_BACKUP_H

#include <stdio.h>

#include "agent/log.h"

enum {
    LT_BACKUP_VERSION = 1,
    LT_BACKUP_FILES_MAX =
        33, /* of a hub: two stores, its keys and those that are to follow, hub.conf, the web's two */
    LT_BACKUP_NAME_MAX = 32,
    LT_BACKUP_REASON_MAX = 600,
};

struct lt_backup_file {
    char name[LT_BACKUP_NAME_MAX]; /* "store/data.mdb" */
    uint64_t size;
    struct lt_hash hash; /* BLAKE2b-256 of its bytes */
};

struct lt_manifest {
    char program[LT_BACKUP_NAME_MAX], version[LT_BACKUP_NAME_MAX];
    int64_t made_at;
    struct lt_unit unit; /* code empty: not joined, or not made */
    struct lt_instance instance; /* an agent's store, a hub's incarnation */
    uint64_t updates, drafts;
    struct lt_hash tips; /* digest of all chains' tips, as a HELLO of this program has it */
    size_t file_count;
    struct lt_backup_file files[LT_BACKUP_FILES_MAX];
};

/* What belongs to a program's folder. */
struct lt_backup_kind {
    const char *program; /* lienthong-agent, lienthong-hub */
    const char *const *stores; /* folders of LMDB environments; NULL-terminated */
    const char *const *keys, *const *settings; /* files; NULL-terminated; each may be missing */
    /* Opens the stores of `dir` to read only, checks every update of the log, fills in unit, instance, updates,
     * drafts and tips. LT_CORRUPT, LT_VERSION … with a sentence. */
    enum lt_result (*look)(const char *dir, struct lt_manifest *ret_facts, char ret_reason[200]);
    /* Does a program work on `dir`? */
    bool (*is_used)(const char *dir);
};

/* `folder` is made, or is empty; it does not lie within `dir`. On failure what was written is removed. */
enum lt_result lt_backup_make(const struct lt_backup_kind *kind, const char *dir,
                              const char *folder, bool with_keys, struct lt_manifest *ret_manifest,
                              char ret_reason[LT_BACKUP_REASON_MAX]);
/* Manifest and every file. LT_NOT_FOUND: no backup; LT_VERSION: a newer program's; LT_CORRUPT. */
enum lt_result lt_backup_check(const struct lt_backup_kind *kind, const char *folder,
                               struct lt_manifest *ret_manifest,
                               char ret_reason[LT_BACKUP_REASON_MAX]);
/* Checks, then restores into `dir`, which holds no store; its keys then open where they do elsewhere (bind.h). LT_EXISTS: it does, or other keys; LT_BUSY. */
enum lt_result lt_backup_restore(const struct lt_backup_kind *kind, const char *folder,
                                 const char *dir, struct lt_manifest *ret_manifest,
                                 char ret_reason[LT_BACKUP_REASON_MAX]);

/* LT_REFUSED: `dir` is itself a backup, which to write to would spoil. For what opens stores to write. */
enum lt_result lt_backup_is_none(const char *dir, char ret_reason[200]);

/* Every update of a log, in short reads. *ret_count: how many. */
enum lt_result lt_backup_walk(struct lt_env *env, uint64_t *ret_count);

/* ---- The manifest (backup_manifest.c) ---- */

enum lt_result lt_manifest_write(const char *folder, const struct lt_manifest *manifest,
                                 char ret_reason[LT_BACKUP_REASON_MAX]);
/* A half one too. */
void lt_manifest_remove(const char *folder);
enum lt_result lt_manifest_read(const char *folder, struct lt_manifest *ret_manifest,
                                char ret_reason[LT_BACKUP_REASON_MAX]);

/* ---- Files (backup_files.c) ---- */

/* "path: why", of an errno. */
enum lt_result lt_backup_fail(char ret_reason[LT_BACKUP_REASON_MAX], const char *path, int code);
enum lt_result lt_backup_say(char ret_reason[LT_BACKUP_REASON_MAX], enum lt_result result,
                             const char *path, const char *why);
/* Is it one of the kind's key files? (backup.c) */
bool lt_backup_is_key(const struct lt_backup_kind *kind, const char *name);
/* Joins; false: too long. */
bool lt_backup_path(char ret_path[4096], const char *folder, const char *name);
/* Copies a file (never over another), mode 0600, durable; *ret_size and *ret_hash are of what was read. */
enum lt_result lt_backup_copy(const char *from, const char *to, uint64_t *ret_size,
                              struct lt_hash *ret_hash, char ret_reason[LT_BACKUP_REASON_MAX]);
/* The same of a store that may be in use, as it is at one moment. `dir` is its folder. */
enum lt_result lt_backup_copy_store(const char *dir, const char *to, uint64_t *ret_size,
                                    struct lt_hash *ret_hash,
                                    char ret_reason[LT_BACKUP_REASON_MAX]);
/* Of a file as the disk has it. */
enum lt_result lt_backup_hash(const char *path, uint64_t *ret_size, struct lt_hash *ret_hash,
                              char ret_reason[LT_BACKUP_REASON_MAX]);
enum lt_result lt_backup_sync_folder(const char *path, char ret_reason[LT_BACKUP_REASON_MAX]);

/* ---- From the command line (backup_command.c) ---- */

/* `backup FOLDER [--without-keys]` and `restore FOLDER [--check]`. `after` says, on a terminal, what comes next. */
int lt_backup_command(const struct lt_backup_kind *kind, int argc, char **argv);
int lt_restore_command(const struct lt_backup_kind *kind, int argc, char **argv,
                       void (*after)(const char *dir, const struct lt_manifest *manifest));

#endif
