#include "agent/drop_seen.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/json_whole.h"

/* ---- Reading ---- */

static void text_of(const json_t *object, const char *key, char *ret_text, size_t max)
{
    const char *text = json_string_value(json_object_get(object, key));
    snprintf(ret_text, max, "%s", text != NULL ? text : "");
    ret_text[lt_table_cut(ret_text, max - 1)] = '\0';
}

static int64_t number_of(const json_t *object, const char *key)
{
    return (int64_t)json_integer_value(json_object_get(object, key));
}

static void hash_of(const json_t *object, const char *key, struct lt_hash *ret_hash)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (text == NULL || lt_unhex(text, ret_hash->bytes, sizeof(ret_hash->bytes)) != LT_OK) {
        *ret_hash = (struct lt_hash){{0}};
    }
}

void lt_drop_file_of(const json_t *item, struct lt_drop_file *file)
{
    const json_t *counts = json_object_get(item, "counts");
    file->size = (uint64_t)number_of(item, "size");
    file->inode = (uint64_t)number_of(item, "inode");
    file->changed_ns = number_of(item, "changed_ns");
    hash_of(item, "content", &file->content);
    file->own = json_is_true(json_object_get(item, "own"));
    int64_t place = number_of(item, "place");
    file->place = place > 0 && place < LT_DROP_PLACE_COUNT ? (enum lt_drop_place)place : 0;
    file->at = number_of(item, "at");
    for (size_t i = 0; i < LT_OUTCOME_COUNT; i++) {
        file->counts[i] = (uint32_t)number_of(counts, lt_outcome_name((enum lt_outcome)i));
    }
    text_of(item, "reason", file->reason, sizeof(file->reason));
    text_of(item, "note", file->note, sizeof(file->note));
    text_of(item, "open", file->open, sizeof(file->open));
    file->here = false;
}

static bool path_of(const char *dir, char ret_path[PATH_MAX])
{
    return snprintf(ret_path, PATH_MAX, "%s/drop.json", dir) < PATH_MAX;
}

enum lt_result lt_drop_seen_load(const char *dir, struct lt_drop_seen *ret_seen)
{
    char path[PATH_MAX], name[LT_DROP_NAME_MAX];
    struct lt_drop_seen seen = {.count = 0};
    json_t *document = path_of(dir, path) ? lt_json_load(path) : NULL;
    const json_t *files = json_object_get(document, "files");
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < json_array_size(files) && result == LT_OK; i++) {
        const json_t *item = json_array_get(files, i);
        text_of(item, "name", name, sizeof(name));
        struct lt_drop_file *file = name[0] != '\0' ? lt_drop_seen_put(&seen, name) : NULL;
        if (file != NULL) {
            lt_drop_file_of(item, file);
        }
    }
    seen.damaged = !json_is_object(document) && access(path, F_OK) == 0;
    seen.listed = (uint64_t)number_of(document, "listed");
    hash_of(document, "rows", &seen.rows);
    hash_of(document, "page", &seen.page);
    hash_of(document, "catalogue", &seen.catalogue);
    text_of(document, "trouble", seen.trouble, sizeof(seen.trouble));
    seen.trouble_since = number_of(document, "trouble_since");
    seen.device = (uint64_t)number_of(document, "device");
    seen.waiting = (uint64_t)number_of(document, "waiting");
    json_decref(document);
    *ret_seen = seen;
    return result;
}

/* ---- Writing ---- */

static json_t *hash_json(const struct lt_hash *hash)
{
    char text[2 * sizeof(hash->bytes) + 1];
    lt_hex(hash->bytes, sizeof(hash->bytes), text);
    return json_string(text);
}

json_t *lt_drop_file_json(const struct lt_drop_file *file)
{
    json_t *counts = json_object();
    for (size_t i = 0; i < LT_OUTCOME_COUNT; i++) {
        json_object_set_new(counts, lt_outcome_name((enum lt_outcome)i),
                            json_integer(file->counts[i]));
    }
    return json_pack("{s:s,s:I,s:I,s:I,s:o,s:b,s:i,s:I,s:o,s:s,s:s,s:s}", "name", file->name,
                     "size", (json_int_t)file->size, "inode", (json_int_t)file->inode, "changed_ns",
                     (json_int_t)file->changed_ns, "content", hash_json(&file->content), "own",
                     (int)file->own, "place", (int)file->place, "at", (json_int_t)file->at,
                     "counts", counts, "reason", file->reason, "note", file->note, "open",
                     file->open);
}

enum lt_result lt_drop_seen_save(const char *dir, const struct lt_drop_seen *seen)
{
    char path[PATH_MAX];
    struct lt_table_file file;
    struct lt_sheet_fault fault;
    json_t *files = json_array();
    for (size_t i = 0; i < seen->count; i++) {
        json_array_append_new(files, lt_drop_file_json(&seen->files[i]));
    }
    json_t *document = json_pack(
        "{s:s,s:o,s:I,s:o,s:o,s:o,s:s,s:I,s:I,s:I}", "schema", "lienthong-drop-1", "files", files,
        "listed", (json_int_t)seen->listed, "rows", hash_json(&seen->rows), "page",
        hash_json(&seen->page), "catalogue", hash_json(&seen->catalogue), "trouble", seen->trouble,
        "trouble_since", (json_int_t)seen->trouble_since, "waiting", (json_int_t)seen->waiting,
        "device", (json_int_t)seen->device);
    enum lt_result result = document == NULL || !path_of(dir, path) ? LT_NO_MEMORY : LT_OK;
    if (result == LT_OK) {
        result = lt_table_create(path, &file, &fault);
    }
    if (result == LT_OK) {
        bool written = json_dumpf(document, file.stream, JSON_INDENT(1)) == 0;
        result = lt_table_finish(&file, written, &fault);
        result = result == LT_OK && !written ? LT_IO : result;
    }
    json_decref(document);
    return result;
}

void lt_drop_seen_free(struct lt_drop_seen *seen)
{
    free(seen->files);
    *seen = (struct lt_drop_seen){.count = 0};
}

/* ---- Files ---- */

struct lt_drop_file *lt_drop_seen_find(struct lt_drop_seen *seen, const char *name)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (strcmp(seen->files[i].name, name) == 0) {
            return &seen->files[i];
        }
    }
    return NULL;
}

const struct lt_drop_file *lt_drop_seen_own(const struct lt_drop_seen *seen,
                                            const struct lt_hash *content, enum lt_drop_place place)
{
    for (size_t i = 0; i < seen->count; i++) {
        const struct lt_drop_file *file = &seen->files[i];
        if (file->own && file->place == place &&
            memcmp(file->content.bytes, content->bytes, sizeof(content->bytes)) == 0) {
            return file;
        }
    }
    return NULL;
}

uint32_t lt_drop_open_rows(const struct lt_drop_file *file)
{
    return file->counts[LT_ASKED] + file->counts[LT_NOT_TAKEN];
}

bool lt_drop_is_unsolved(struct lt_drop_seen *seen, const struct lt_drop_file *file)
{
    if (file->place == LT_DROP_TRY || lt_drop_open_rows(file) == 0) {
        return file->place != LT_DROP_TRY && !file->own && file->reason[0] != '\0';
    }
    const struct lt_drop_file *open =
        !file->own && file->open[0] != '\0' ? lt_drop_seen_find(seen, file->open) : NULL;
    return open == NULL || !open->own || lt_drop_open_rows(open) == 0;
}

struct lt_drop_file *lt_drop_seen_put(struct lt_drop_seen *seen, const char *name)
{
    struct lt_drop_file *known = lt_drop_seen_find(seen, name);
    if (known != NULL) {
        return known;
    }
    if (seen->count == LT_DROP_FILES_MAX) {
        return NULL;
    }
    if (seen->count == seen->room) {
        size_t room = seen->room == 0 ? 16 : seen->room * 2;
        struct lt_drop_file *grown = realloc(seen->files, room * sizeof(*grown));
        if (grown == NULL) {
            return NULL;
        }
        seen->files = grown;
        seen->room = room;
    }
    struct lt_drop_file *file = &seen->files[seen->count++];
    *file = (struct lt_drop_file){.here = true};
    snprintf(file->name, sizeof(file->name), "%s", name);
    return file;
}

void lt_drop_seen_forget(struct lt_drop_seen *seen, const char *name)
{
    struct lt_drop_file *file = lt_drop_seen_find(seen, name);
    if (file != NULL) {
        size_t behind = seen->count - (size_t)(file - seen->files) - 1;
        memmove(file, file + 1, behind * sizeof(*file));
        seen->count--;
    }
}

void lt_drop_seen_sweep(struct lt_drop_seen *seen)
{
    size_t kept = 0;
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->files[i].here) {
            seen->files[kept++] = seen->files[i];
        }
    }
    seen->count = kept;
}
