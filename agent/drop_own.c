/* The files that this program writes into the folder, and who has made what of them since. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/drop.h"
#include "agent/watch.h"

static bool hash_file(const char *path, struct lt_hash *ret_content)
{
    uint8_t *bytes;
    size_t size;
    struct lt_sheet_fault fault;
    if (lt_table_load(path, &bytes, &size, &fault) != LT_OK) {
        return false;
    }
    lt_hash_of(bytes, size, ret_content);
    free(bytes);
    return true;
}

bool lt_drop_is_as_known(const char *path, const struct lt_drop_file *known)
{
    struct lt_drop_file now;
    if (!lt_drop_look_at(path, &now)) {
        return errno == ENOENT;
    }
    return known != NULL && (lt_drop_is_same(&now, known) ||
                             (now.size == known->size && hash_file(path, &now.content) &&
                              memcmp(&now.content, &known->content, sizeof(now.content)) == 0));
}

static bool is_known(struct lt_drop *drop, const char *name, const struct lt_drop_file *known)
{
    char path[LT_DIR_MAX];
    return lt_drop_path(drop, name, path) && lt_drop_is_as_known(path, known);
}

bool lt_drop_is_free(struct lt_drop *drop, const char *name)
{
    const struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, name);
    return is_known(drop, name, known != NULL && known->own ? known : NULL);
}

bool lt_drop_may_replace(struct lt_drop *drop, const char *name)
{
    const struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, name);
    return is_known(drop, name, known) && (known == NULL || known->reason[0] == '\0');
}

static bool may_go(const void *context, const char *path)
{
    const struct lt_drop_target *of = context;
    const struct lt_drop_file *known = lt_drop_seen_find(&of->drop->seen, of->name);
    return lt_drop_is_as_known(path, known) && lt_watch_is_written(path) != LT_WRITTEN;
}

struct lt_table_guard lt_drop_guard(const struct lt_drop_target *of)
{
    return (struct lt_table_guard){may_go, of};
}

struct lt_drop_file *lt_drop_note_own(struct lt_drop *drop, const char *name, const char *path)
{
    struct lt_drop_file now = {.own = true, .here = true};
    struct lt_drop_file *file = NULL;
    if (lt_drop_look_at(path, &now) && hash_file(path, &now.content)) {
        file = lt_drop_seen_put(&drop->seen, name);
    }
    if (file != NULL) {
        memcpy(now.name, file->name, sizeof(now.name));
        now.place = lt_drop_place_of(name);
        *file = now;
        drop->saved = false;
    }
    return file;
}

void lt_drop_remove_own(struct lt_drop *drop, const char *name)
{
    char path[LT_DIR_MAX];
    if (name[0] != '\0' && lt_drop_seen_find(&drop->seen, name) != NULL &&
        lt_drop_is_free(drop, name) && lt_drop_path(drop, name, path)) {
        (void)unlink(path);
        lt_drop_seen_forget(&drop->seen, name);
        drop->saved = false;
    }
}

void lt_drop_settle_own(struct lt_drop *drop, const struct lt_drop_file *about,
                        const struct lt_drop_file *own)
{
    struct lt_drop_file now = *about, was = *own;
    now.own = true;
    if (!was.here || strcmp(was.name, now.name) == 0) { /* what it leaves open goes with it */
        memcpy(now.counts, was.counts, sizeof(now.counts));
    }
    struct lt_drop_file *file = lt_drop_seen_put(&drop->seen, now.name);
    if (file == NULL) {
        return;
    }
    *file = now;
    drop->saved = false;
    for (size_t i = 0; i < drop->seen.count && !was.here; i++) {
        if (strcmp(drop->seen.files[i].open, was.name) == 0) {
            memcpy(drop->seen.files[i].open, now.name, sizeof(now.name));
        }
    }
}
