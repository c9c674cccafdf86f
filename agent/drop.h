/* drop.h - the drop folder: what a clerk puts there is taken in, and answered beside it.
 *
 * A pass looks at every file that has changed since the last one. A file waits while it is written, open
 * in a program (its lock file lies beside it), or not whole; then it is read by its content. Beside it:
 *
 *   X - kết quả.xlsx    the rows that are in, with their row references
 *   X - cần sửa.xlsx    the rows that are not, each with its reason; to be corrected and kept here
 *   X - không nhận.txt  why nothing of it could be read
 *
 * CSV is answered by CSV. What a clerk has made of an answer is a file like any other; its answers are
 * numbered ("X - cần sửa 2"). In the subfolder "Thử" files are checked and answered, and not taken in; in
 * "Gỡ" the records that their rows speak of are retracted.
 *
 * Results are created before anything is stored and are put in place whole. Whatever fails, the file is
 * read again in the next pass; rows that were stored are then "already in".
 *
 * The folder has a mark, the hidden file ".lienthong.json": whose it is, in which language its files are named, and
 * which of them this program wrote. So a lost drop.json does no harm, an empty place where a disk should be is not
 * taken for a folder that was emptied, and two programs do not answer each other.
 *
 * A pass is a process of its own (`lienthong-agent drop`), started by the running agent (drop_watch.h):
 * what it needs it gives back, and what a file does to it, it does to nobody else. One at a time a site. */
#ifndef LT_DROP_H
#define LT_DROP_H

#include <jansson.h>

#include "agent/drop_seen.h"
#include "agent/options.h"
#include "agent/table.h"

/* The folder of a site, from `dir`/drop-folder, a file of one line. LT_NOT_FOUND: none is set. */
enum lt_result lt_drop_folder(const char *dir, char ret_folder[LT_DIR_MAX]);
enum { LT_DROP_SITE_MAX = 2 * 16 + 1 };
/* Makes the folder, sets it and marks it as this site's, whoever's it was; an empty one: none from now on. LT_OK with a
 * reason: it was another's. */
enum lt_result lt_drop_set_folder(const char *dir, const char *folder, char ret_reason[200]);
/* The name that this site has in marks, from the same file, drawn when it has none. LT_IO …: it cannot be kept. */
enum lt_result lt_drop_site(const char *dir, char ret_site[LT_DROP_SITE_MAX]);
/* The subfolder of a place, by its name; "" for the folder itself. */
const char *lt_drop_place_name(enum lt_drop_place place);
const char *lt_drop_place_name_in(enum lt_drop_place place, bool english);
/* The place of a file, by its name below the folder. */
enum lt_drop_place lt_drop_place_of(const char *name);

/* Why a file was not read in this pass. All but the first are the clerk's to mend. */
enum lt_drop_why {
    LT_LEFT_WAITS, /* it is being written, or open; soon again */
    LT_LEFT_HELD, /* so for long */
    LT_LEFT_EMPTY,
    LT_LEFT_NAME, /* no UTF-8 */
    LT_LEFT_FOLDER,
    LT_LEFT_LINK,
};
enum { LT_DROP_LEFT_SHOWN = 20 };
struct lt_drop_left {
    char name[LT_DROP_NAME_MAX];
    enum lt_drop_why why;
};

struct lt_drop {
    const char *dir, *folder;
    struct lt_journal *journal; /* NULL: it could not be opened */
    struct lt_drop_seen seen;
    size_t waiting; /* files that could not be read yet */
    size_t left_count, stuck; /* that were not read; those that wait for the clerk */
    struct lt_drop_left left[LT_DROP_LEFT_SHOWN];
    bool stored; /* rows: the running agent is to be told */
    bool saved; /* drop.json and the mark are as `seen` */
    bool marked; /* the folder is known to be this site's, and there */
    char site[LT_DROP_SITE_MAX];
    struct lt_hash mark; /* as it was read or written last */
    char trouble[LT_DROP_REASON_MAX]; /* of this pass; "": none */
};

/* status_drop.c, for `status`: {"folder", "trouble"}, null when no folder is set; the same for people. */
json_t *lt_drop_status_json(const char *dir);
void lt_drop_status_print(const char *dir);

/* One pass. LT_OK: all is done; LT_NOT_READY: files wait, or the trouble noted may pass; LT_BUSY: another
 * process is at it. */
enum lt_result lt_drop_pass(const char *dir, const char *folder,
                            char ret_trouble[LT_DROP_REASON_MAX]);

/* ---- Between the files of the pass (drop*.c) ---- */

/* The first trouble of a pass is kept. */
void lt_drop_trouble(struct lt_drop *drop, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* `folder`/name; false, and a trouble: it is too long. */
bool lt_drop_path(struct lt_drop *drop, const char *name, char ret_path[LT_DIR_MAX]);
/* Files to be read: name, place, size, time and inode are known of them. */
enum { LT_DROP_FOUND_MAX = 1000 /* of one pass */ };
struct lt_drop_found {
    struct lt_drop_file *items;
    size_t count;
};
/* drop_look.c. Those of all places that have changed, when the folder is there and this site's; else why not, as a
 * trouble: LT_REFUSED, LT_NOT_FOUND, LT_IO. */
enum lt_result lt_drop_look_for_files(struct lt_drop *drop, struct lt_drop_found *found);
/* Removes what passes that were killed have left half-written in the site's own folder. */
void lt_drop_clear_state(const char *dir);
/* Size, time and inode of a file; false, with errno: there is none, or it is something else, a link too. */
bool lt_drop_look_at(const char *path, struct lt_drop_file *ret_about);
bool lt_drop_is_same(const struct lt_drop_file *a, const struct lt_drop_file *b);
/* drop_file.c. Reads a file that is whole, takes it in, answers it, and notes it as `about` (name, place, size, time,
 * content). */
void lt_drop_take(struct lt_drop *drop, const struct lt_drop_file *about, struct lt_bytes bytes);
/* Is it a name of an answer? */
bool lt_drop_is_answer_name(const char *name);
/* Answers one of which nothing can be read. */
void lt_drop_refuse(struct lt_drop *drop, const struct lt_drop_file *about,
                    const struct lt_sheet_fault *fault);
/* drop_own.c. Notes a file that this program has just put there. NULL: out of memory, or it has gone. */
struct lt_drop_file *lt_drop_note_own(struct lt_drop *drop, const char *name, const char *path);
/* Notes a file with the content of `own`, which this program wrote: it was touched, moved or copied. */
void lt_drop_settle_own(struct lt_drop *drop, const struct lt_drop_file *about,
                        const struct lt_drop_file *own);
/* An answer of before, which nobody has changed, goes. */
void lt_drop_remove_own(struct lt_drop *drop, const char *name);
/* Is the file as it is known, or is there none? Where a file system numbers its files anew, its content tells. */
bool lt_drop_is_as_known(const char *path, const struct lt_drop_file *known);
/* May a file of this program be written under that name: is there none, or one that nobody has changed? */
bool lt_drop_is_free(struct lt_drop *drop, const char *name);
/* The same, or one of the clerk's whose rows were all read: it may be brought up to date. */
bool lt_drop_may_replace(struct lt_drop *drop, const char *name);
/* Of a file that is being written under that name: what lies there goes only if it is known and nobody writes to it. */
struct lt_drop_target {
    struct lt_drop *drop;
    const char *name;
};
struct lt_table_guard lt_drop_guard(const struct lt_drop_target *of);
/* Forgets the files that have gone, and takes away what was answered to those that could not be read. */
void lt_drop_forget_gone(struct lt_drop *drop);
/* drop_lists.c. Brings the list of what was reported up to date. */
const char *lt_drop_list_name(void);
void lt_drop_write_lists(struct lt_drop *drop);
/* drop_template.c. A workbook, or CSV. */
const char *lt_drop_template_name(bool is_book);
/* Brings the templates up to the catalogue that holds today. */
void lt_drop_write_templates(struct lt_drop *drop);
#define LT_DROP_MARK ".lienthong.json"
/* drop_mark.c. Reads the mark: takes its language, and what it knows of this program's files. LT_NOT_FOUND: there is
 * none, or it cannot be read; LT_REFUSED: the folder is another's. */
enum lt_result lt_drop_load_mark(struct lt_drop *drop);
/* Keeps what is known, the mark first. False, and a trouble: it could not. */
bool lt_drop_save(struct lt_drop *drop);
/* Marks a folder as that of `site`; *ret_other: it was another's. */
enum lt_result lt_drop_claim(const char *folder, const char *site, bool *ret_other,
                             struct lt_sheet_fault *ret_fault);
/* drop_left.c. Notes a file that was not read, by its name below the folder. */
void lt_drop_leave(struct lt_drop *drop, const char *name, enum lt_drop_why why);
/* Those for the clerk, and those that wait, as items of a list. */
void lt_drop_write_stuck(const struct lt_drop *drop, FILE *out);
void lt_drop_write_waiting(const struct lt_drop *drop, FILE *out);
/* drop_page.c. Brings the status page up to date. */
void lt_drop_write_page(struct lt_drop *drop);
const char *lt_drop_page_name(void);
/* drop_page_file.c. Puts it in place, when it says something else than it did or has become old; its time is written at
 * `time_at` of the text. A page that cannot be brought up to date goes: better none than a green one. */
void lt_drop_place_page(struct lt_drop *drop, const char *text, size_t size, size_t time_at);

#endif
