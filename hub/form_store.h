/* form_store.h - the forms that there are: those of this program, and those of a folder.
 *
 * A form of the folder takes the place of the one of the same name and version. Of several versions the
 * one that is for a year is that with the latest first year. One thread. */
#ifndef LT_FORM_STORE_H
#define LT_FORM_STORE_H

#include "hub/form.h"

/* A file of hub/forms, as it was compiled in; the order is that of the names. */
struct lt_form_file {
    const char *name;
    const unsigned char *bytes;
    size_t size;
};
extern const struct lt_form_file lt_form_files[];
extern const size_t lt_form_file_count;

enum { LT_FORM_STORE_MAX = 256 };

struct lt_form_store {
    size_t count;
    struct lt_form *forms[LT_FORM_STORE_MAX]; /* by name, then first year */
};

/* `dir` NULL: only those of this program; of a folder all *.json. A file that cannot be taken: its result
 * with "FILE: where: why". */
enum lt_result lt_form_store_open(const char *dir, struct lt_form_store *ret_store,
                                  char ret_reason[LT_FORM_REASON_MAX]);
void lt_form_store_close(struct lt_form_store *store);
/* One file. */
enum lt_result lt_form_load(const char *path, struct lt_form **ret_form,
                            char ret_reason[LT_FORM_REASON_MAX]);
/* `version` NULL: the one for `year`. LT_NOT_FOUND: the reason lists what there is. */
enum lt_result lt_form_store_find(const struct lt_form_store *store, const char *name,
                                  const char *version, int year, const struct lt_form **ret_form,
                                  char ret_reason[LT_FORM_REASON_MAX]);

#endif
