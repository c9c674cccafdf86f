/* drop_seen.h - what the drop folder's files are known as: `dir`/drop.json.
 *
 * A file is known by its name, size, time and content; results are known by content alone, so that what
 * this program wrote is never taken for a clerk's. Nothing depends on it for being taken in once: the
 * journal recognises rows. When it is lost, the folder's own mark (drop.h) tells which files are this program's, and
 * the clerk's are read again, whose rows are "already in".
 * Written whole, synced and renamed into place. One process at a time (drop.h). */
#ifndef LT_DROP_SEEN_H
#define LT_DROP_SEEN_H

#include <jansson.h>

#include "agent/intake.h"

enum {
    LT_DROP_NAME_MAX = 256 + 32, /* with its subfolder */
    LT_DROP_REASON_MAX = 400,
    LT_DROP_FILES_MAX = 5000,
};

/* Where a file lies: what is to be done with it. */
enum lt_drop_place { LT_DROP_TAKE, LT_DROP_TRY, LT_DROP_UNDO, LT_DROP_PLACE_COUNT };

struct lt_drop_file {
    char name[LT_DROP_NAME_MAX]; /* below the folder */
    uint64_t size, inode;
    int64_t changed_ns;
    struct lt_hash content;
    bool own; /* this program wrote it, and it is as it was written */
    enum lt_drop_place place;
    int64_t at; /* when it was read; wall clock */
    uint32_t counts
        [LT_OUTCOME_COUNT]; /* of its rows; of this program's own only those that it leaves to the clerk */
    char reason[LT_DROP_REASON_MAX]; /* why nothing of it was taken; "": its rows were answered */
    char note[LT_DROP_REASON_MAX]; /* how it was read */
    char open
        [LT_DROP_NAME_MAX]; /* the answer that holds what is open of it; "": none, or that was read */
    bool here; /* seen in this pass */
};

struct lt_drop_seen {
    struct lt_drop_file *files;
    size_t count, room;
    uint64_t
        listed; /* changes of the store (lt_env_changes) that the list of what was reported has followed */
    struct lt_hash rows; /* that it shows */
    struct lt_hash page; /* the status page, but for its time */
    struct lt_hash catalogue; /* that the templates show */
    char trouble[LT_DROP_REASON_MAX]; /* why the folder cannot be served; "": it can */
    int64_t trouble_since;
    uint64_t device; /* that the folder lies on */
    uint64_t waiting; /* files that the last pass did not read, for whatever reason */
    bool damaged; /* there was a file, and nothing could be read of it */
};

/* A file that is not there, or cannot be read, is an empty one. LT_NO_MEMORY. */
enum lt_result lt_drop_seen_load(const char *dir, struct lt_drop_seen *ret_seen);
/* LT_NO_SPACE, LT_IO, LT_NO_MEMORY. */
enum lt_result lt_drop_seen_save(const char *dir, const struct lt_drop_seen *seen);
void lt_drop_seen_free(struct lt_drop_seen *seen);

/* An item of such a file, read and written; the name is the caller's to read. */
void lt_drop_file_of(const json_t *item, struct lt_drop_file *file);
json_t *lt_drop_file_json(const struct lt_drop_file *file);

/* NULL: not known. */
struct lt_drop_file *lt_drop_seen_find(struct lt_drop_seen *seen, const char *name);
/* A file of this content that this program wrote in that place: elsewhere a copy is the clerk's. NULL: there is none. */
const struct lt_drop_file *lt_drop_seen_own(const struct lt_drop_seen *seen,
                                            const struct lt_hash *content,
                                            enum lt_drop_place place);
/* Of its rows, those that were refused or asked about. */
uint32_t lt_drop_open_rows(const struct lt_drop_file *file);
/* Is something left to the clerk: a file of which nothing could be read, or rows that he has not corrected yet? Told of the
 * answer that holds them; where that is gone, of the file itself. */
bool lt_drop_is_unsolved(struct lt_drop_seen *seen, const struct lt_drop_file *file);
/* The file of that name, made when it is not known. NULL: out of memory, or LT_DROP_FILES_MAX. */
struct lt_drop_file *lt_drop_seen_put(struct lt_drop_seen *seen, const char *name);
void lt_drop_seen_forget(struct lt_drop_seen *seen, const char *name);
/* Forgets the files that were not `here`. */
void lt_drop_seen_sweep(struct lt_drop_seen *seen);

#endif
