#include "hub/form_store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/table.h"
#include "agent/text.h"

enum { REASON_MAX = LT_FORM_REASON_MAX };

static int compare(const struct lt_form *a, const struct lt_form *b)
{
    int order = strcmp(a->name, b->name);
    if (order == 0)
        order = a->valid_from - b->valid_from;
    return order != 0 ? order : strcmp(a->version, b->version);
}

/* Takes the form over, in its place. */
static enum lt_result add(struct lt_form_store *store, struct lt_form *form,
                          char ret_reason[REASON_MAX])
{
    size_t at = 0;
    for (size_t i = 0; i < store->count; i++)
        if (strcmp(store->forms[i]->name, form->name) == 0 &&
            strcmp(store->forms[i]->version, form->version) == 0) {
            lt_form_free(store->forms[i]);
            memmove(&store->forms[i], &store->forms[i + 1],
                    (store->count - i - 1) * sizeof(struct lt_form *));
            store->count--;
            break;
        }
    if (store->count == LT_FORM_STORE_MAX) {
        (void)snprintf(ret_reason, REASON_MAX, "more than %d forms", LT_FORM_STORE_MAX);
        lt_form_free(form);
        return LT_TOO_LARGE;
    }
    while (at < store->count && compare(store->forms[at], form) < 0)
        at++;
    memmove(&store->forms[at + 1], &store->forms[at],
            (store->count - at) * sizeof(struct lt_form *));
    store->forms[at] = form;
    store->count++;
    return LT_OK;
}

static enum lt_result read_named(struct lt_bytes bytes, const char *name, struct lt_form **ret_form,
                                 char ret_reason[REASON_MAX])
{
    char why[REASON_MAX];
    enum lt_result result = lt_form_read(bytes, ret_form, why);
    if (result != LT_OK)
        (void)snprintf(ret_reason, REASON_MAX, "%.120s: %s", name, why);
    return result;
}

enum lt_result lt_form_load(const char *path, struct lt_form **ret_form,
                            char ret_reason[REASON_MAX])
{
    struct lt_sheet_fault fault = {0};
    uint8_t *bytes;
    size_t size;
    enum lt_result result = lt_table_load(path, &bytes, &size, &fault);
    if (result != LT_OK) {
        (void)snprintf(ret_reason, REASON_MAX, "%.120s: %s", path,
                       fault.text[0] != '\0' ? fault.text : lt_text_result(result));
        return result;
    }
    result = read_named((struct lt_bytes){bytes, size}, path, ret_form, ret_reason);
    free(bytes);
    return result;
}

static bool is_json(const char *name)
{
    size_t size = strlen(name);
    return size > 5 && name[0] != '.' && strcmp(name + size - 5, ".json") == 0;
}

static enum lt_result add_folder(struct lt_form_store *store, const char *dir,
                                 char ret_reason[REASON_MAX])
{
    enum lt_result result = LT_OK;
    DIR *folder = opendir(dir);
    if (folder == NULL) {
        (void)snprintf(ret_reason, REASON_MAX, "%.200s: %s", dir,
                       lt_text("không mở được thư mục", "cannot open the folder"));
        return LT_NOT_FOUND;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL && result == LT_OK;
         entry = readdir(folder)) {
        struct lt_form *form;
        char path[4096];
        if (!is_json(entry->d_name) ||
            snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) >= (int)sizeof path)
            continue;
        result = lt_form_load(path, &form, ret_reason);
        if (result == LT_OK)
            result = add(store, form, ret_reason);
    }
    (void)closedir(folder);
    return result;
}

enum lt_result lt_form_store_open(const char *dir, struct lt_form_store *ret_store,
                                  char ret_reason[REASON_MAX])
{
    struct lt_form_store store = {.count = 0};
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < lt_form_file_count && result == LT_OK; i++) {
        const struct lt_form_file *file = &lt_form_files[i];
        struct lt_form *form;
        result =
            read_named((struct lt_bytes){file->bytes, file->size}, file->name, &form, ret_reason);
        if (result == LT_OK)
            result = add(&store, form, ret_reason);
    }
    if (result == LT_OK && dir != NULL)
        result = add_folder(&store, dir, ret_reason);
    if (result != LT_OK)
        lt_form_store_close(&store);
    else
        *ret_store = store;
    return result;
}

void lt_form_store_close(struct lt_form_store *store)
{
    for (size_t i = 0; i < store->count; i++)
        lt_form_free(store->forms[i]);
    store->count = 0;
}

static void list(const struct lt_form_store *store, const char *name, const char *version,
                 char ret_reason[REASON_MAX])
{
    int used = snprintf(ret_reason, REASON_MAX,
                        lt_text("không có biểu \"%.40s\"%s%.40s cho năm này; có:",
                                "there is no form \"%.40s\"%s%.40s for that year; there are:"),
                        name, version == NULL ? "" : " ", version == NULL ? "" : version);
    for (size_t i = 0; i < store->count && used > 0 && used < REASON_MAX; i++)
        used += snprintf(ret_reason + used, (size_t)(REASON_MAX - used), " %s (%s)",
                         store->forms[i]->name, store->forms[i]->version);
}

enum lt_result lt_form_store_find(const struct lt_form_store *store, const char *name,
                                  const char *version, int year, const struct lt_form **ret_form,
                                  char ret_reason[REASON_MAX])
{
    const struct lt_form *found = NULL;
    for (size_t i = 0; i < store->count; i++) {
        const struct lt_form *form = store->forms[i];
        if (strcmp(form->name, name) == 0 &&
            (version != NULL
                 ? strcmp(form->version, version) == 0
                 : form->valid_from <= year && (form->valid_to == 0 || form->valid_to >= year)))
            found = form;
    }
    if (found == NULL) {
        list(store, name, version, ret_reason);
        return LT_NOT_FOUND;
    }
    *ret_form = found;
    return LT_OK;
}
