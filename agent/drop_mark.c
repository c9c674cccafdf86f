/* The mark of the folder. */
#include <stdlib.h>
#include <string.h>

#include "agent/drop.h"
#include "agent/json_whole.h"
#include "agent/text.h"

/* NULL: there is none that can be read. Never through a link. */
static json_t *load(const char *path, struct lt_hash *ret_content)
{
    struct lt_drop_file about;
    struct lt_sheet_fault fault;
    uint8_t *bytes;
    size_t size;
    if (!lt_drop_look_at(path, &about) || lt_table_load(path, &bytes, &size, &fault) != LT_OK) {
        return NULL;
    }
    json_t *document = json_loadb((const char *)bytes, size, 0, NULL);
    lt_hash_of(bytes, size, ret_content);
    free(bytes);
    return document;
}

static enum lt_result store(const char *path, json_t *document, struct lt_hash *last,
                            struct lt_sheet_fault *fault)
{
    struct lt_table_file file;
    struct lt_hash content;
    char *text = lt_json_text(document);
    enum lt_result result = text != NULL ? LT_OK : LT_NO_MEMORY;
    if (result == LT_OK) {
        lt_hash_of(text, strlen(text), &content);
        if (memcmp(&content, last, sizeof(content)) == 0) {
            free(text);
            return LT_OK;
        }
        result = lt_table_create(path, &file, fault);
    }
    if (result == LT_OK) {
        fputs(text, file.stream);
        result = lt_table_finish(&file, true, fault);
    }
    if (result == LT_OK) {
        *last = content;
    }
    free(text);
    return result;
}

/* Below the folder, in one of its places: anybody may have written the mark. */
static bool is_name(const char *name)
{
    const char *last = strrchr(name, '/');
    const char *sub = lt_drop_place_name(lt_drop_place_of(name));
    return name[0] != '\0' && (last == NULL ? name[0] != '.'
                                            : sub[0] != '\0' && last == name + strlen(sub) &&
                                                  last[1] != '.' && last[1] != '\0');
}

/* Of a name that is known, too, the mark is right when that is what lies there: it goes where the folder goes. */
static bool is_news(struct lt_drop *drop, const struct lt_drop_file *next)
{
    char path[LT_DIR_MAX];
    const struct lt_drop_file *known = lt_drop_seen_find(&drop->seen, next->name);
    return known == NULL ||
           (!(known->own && lt_drop_is_same(known, next) &&
              memcmp(&known->content, &next->content, sizeof(next->content)) == 0) &&
            lt_drop_path(drop, next->name, path) && lt_drop_is_as_known(path, next));
}

static void take_files(struct lt_drop *drop, const json_t *files)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *item = json_array_get(files, i);
        const char *name = json_string_value(json_object_get(item, "name"));
        if (name == NULL || strlen(name) >= LT_DROP_NAME_MAX || !is_name(name)) {
            continue;
        }
        struct lt_drop_file next = {.size = 0};
        lt_drop_file_of(item, &next);
        snprintf(next.name, sizeof(next.name), "%s", name);
        next.own = true;
        next.place = lt_drop_place_of(name);
        next.reason[0] = next.note[0] = next.open[0] = '\0';
        struct lt_drop_file *file =
            is_news(drop, &next) ? lt_drop_seen_put(&drop->seen, name) : NULL;
        if (file != NULL) {
            *file = next;
        }
    }
}

enum lt_result lt_drop_load_mark(struct lt_drop *drop)
{
    char path[LT_DIR_MAX];
    json_t *document = lt_drop_path(drop, LT_DROP_MARK, path) ? load(path, &drop->mark) : NULL;
    const char *site = json_string_value(json_object_get(document, "site"));
    const char *language = json_string_value(json_object_get(document, "language"));
    enum lt_result result = site == NULL                    ? LT_NOT_FOUND
                            : strcmp(site, drop->site) != 0 ? LT_REFUSED
                                                            : LT_OK;
    if (result == LT_OK) {
        if (language != NULL) {
            lt_text_language(strcmp(language, "en") == 0 ? "en" : "vi");
        }
        take_files(drop, json_object_get(document, "files"));
    }
    json_decref(document);
    return result;
}

static enum lt_result save_mark(struct lt_drop *drop, struct lt_sheet_fault *fault)
{
    char path[LT_DIR_MAX];
    json_t *files = json_array();
    for (size_t i = 0; i < drop->seen.count; i++) {
        if (drop->seen.files[i].own) {
            json_array_append_new(files, lt_drop_file_json(&drop->seen.files[i]));
        }
    }
    json_t *document =
        json_pack("{s:s,s:s,s:s,s:o}", "schema", "lienthong-folder-1", "site", drop->site,
                  "language", lt_text_is_english() ? "en" : "vi", "files", files);
    if (!lt_drop_path(drop, LT_DROP_MARK, path)) {
        json_decref(document);
        return LT_TOO_LARGE;
    }
    return store(path, document, &drop->mark, fault);
}

bool lt_drop_save(struct lt_drop *drop)
{
    struct lt_sheet_fault fault = {.text = ""};
    enum lt_result result = save_mark(drop, &fault);
    if (result == LT_OK) {
        result = lt_drop_seen_save(drop->dir, &drop->seen);
    }
    if (result != LT_OK) {
        lt_drop_trouble(drop, lt_text("chưa nhận được tệp nào thêm: %s", "no more is taken in: %s"),
                        fault.text[0] != '\0' ? fault.text : lt_text_result(result));
    }
    drop->saved = result == LT_OK;
    return drop->saved;
}

enum lt_result lt_drop_claim(const char *folder, const char *site, bool *ret_other,
                             struct lt_sheet_fault *ret_fault)
{
    char path[LT_DIR_MAX + sizeof(LT_DROP_MARK)];
    struct lt_hash content = {{0}};
    snprintf(path, sizeof(path), "%s/%s", folder, LT_DROP_MARK);
    json_t *document = load(path, &content);
    const char *former = json_string_value(json_object_get(document, "site"));
    *ret_other = former != NULL && strcmp(former, site) != 0;
    if (former == NULL) {
        json_decref(document);
        document = json_pack("{s:s}", "schema", "lienthong-folder-1");
    }
    json_object_set_new(document, "site", json_string(site));
    return store(path, document, &content, ret_fault);
}
