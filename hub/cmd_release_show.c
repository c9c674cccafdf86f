/* `release status`: which release stands, what of it is here, and what the machines of this hub say that they run. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/release_fetch.h"
#include "hub/cmd_release.h"
#include "hub/control.h"
#include "hub/import.h"
#include "hub/releases.h"

/* A number that machines say they run, or went back from. */
struct run {
    uint64_t number;
    size_t run, back;
};
struct runs {
    struct run *items;
    size_t count;
    size_t unheard; /* machines that have not said it in this connection */
    size_t hubs; /* below, whose machines these are not */
};

static struct run *run_of(struct runs *runs, uint64_t number)
{
    for (size_t i = 0; i < runs->count; i++) {
        if (runs->items[i].number == number) {
            return &runs->items[i];
        }
    }
    struct run *items = realloc(runs->items, (runs->count + 1) * sizeof(*items));
    if (items == NULL) {
        return NULL;
    }
    runs->items = items;
    runs->items[runs->count] = (struct run){.number = number};
    return &runs->items[runs->count++];
}

static uint64_t number_at(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(object, name));
}

static bool count_child(struct runs *runs, const json_t *child)
{
    const char *role = json_string_value(json_object_get(child, "role"));
    runs->hubs += role != NULL && strcmp(role, "hub") == 0;
    if (role == NULL || strcmp(role, "agent") != 0) {
        return true;
    }
    if (json_object_get(child, "release") == NULL) {
        runs->unheard++;
        return true;
    }
    struct run *run = run_of(runs, number_at(child, "release"));
    if (run == NULL) {
        return false;
    }
    run->run++;
    const uint64_t bad = number_at(child, "release_bad");
    run = bad != 0 ? run_of(runs, bad) : NULL;
    if (run != NULL) {
        run->back++;
    }
    return bad == 0 || run != NULL;
}

static int descending(const void *a, const void *b)
{
    const struct run *first = a, *second = b;
    return (first->number < second->number) - (first->number > second->number);
}

/* Of the running hub; where none runs nobody is heard. */
static enum lt_result hear(const char *dir, struct runs *runs,
                           char ret_reason[LT_DIRECT_REASON_MAX])
{
    char *answer = NULL;
    enum lt_result result =
        lt_control_call(dir, LT_VERB_STATUS, (struct lt_bytes){NULL, 0}, &answer);
    if (result == LT_OK) {
        json_t *status = json_loads(answer, 0, NULL);
        const json_t *children = json_object_get(status, "children");
        for (size_t i = 0; i < json_array_size(children) && result == LT_OK; i++) {
            result = count_child(runs, json_array_get(children, i)) ? LT_OK : LT_NO_MEMORY;
        }
        json_decref(status);
        if (runs->count > 1) {
            qsort(runs->items, runs->count, sizeof(*runs->items), descending);
        }
    } else if (result != LT_NOT_FOUND) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s",
                 answer != NULL ? answer : "the running hub does not answer");
    }
    free(answer);
    return result == LT_NOT_FOUND ? LT_OK : result;
}

/* ---- Telling ---- */

static void show_text(const struct lt_releases_view *view, const struct runs *runs)
{
    if (!view->stands) {
        printf("no release was said\n");
    } else {
        printf("release %" PRIu64 " (%s) for %u %% of the machines; key of serial %" PRIu64 "\n",
               view->told.release.number, view->told.release.version, view->told.percent,
               view->told.serial);
    }
    for (size_t i = 0; i < view->told.release.file_count; i++) {
        const struct lt_release_file *file = &view->told.release.files[i];
        printf("  %s, %" PRIu64 " bytes: %s\n", file->system, file->size,
               view->here[i] ? "is here" : "NOT HERE");
    }
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *run = &runs->items[i];
        if (run->number == 0) {
            printf("  installed by hand: %zu machines\n", run->run);
        } else {
            printf("  release %" PRIu64 ": %zu machines run it, %zu WENT BACK from it\n",
                   run->number, run->run, run->back);
        }
    }
    if (runs->unheard > 0) {
        printf("  not said: %zu machines\n", runs->unheard);
    }
    if (runs->hubs > 0) {
        printf(
            "  machines of %zu hubs below are not among these: ask `lienthong-hub release` there\n",
            runs->hubs);
    }
}

static void show_json(const struct lt_releases_view *view, const struct runs *runs)
{
    char hex[65];
    json_t *files = json_array(), *machines = json_array();
    for (size_t i = 0; i < view->told.release.file_count; i++) {
        const struct lt_release_file *file = &view->told.release.files[i];
        lt_hex(file->hash.bytes, sizeof(file->hash.bytes), hex);
        json_array_append_new(files, json_pack("{s:s,s:I,s:s,s:b}", "system", file->system, "bytes",
                                               (json_int_t)file->size, "hash", hex, "here",
                                               view->here[i]));
    }
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *run = &runs->items[i];
        json_array_append_new(machines,
                              json_pack("{s:I,s:I,s:I}", "release", (json_int_t)run->number, "run",
                                        (json_int_t)run->run, "went_back", (json_int_t)run->back));
    }
    json_t *all = json_pack("{s:s,s:I,s:s,s:I,s:I,s:o,s:o,s:I}", "schema", "lienthong.release/1",
                            "number", (json_int_t)view->told.release.number, "version",
                            view->told.release.version, "percent", (json_int_t)view->told.percent,
                            "serial", (json_int_t)view->told.serial, "files", files, "machines",
                            machines, "unheard", (json_int_t)runs->unheard);
    json_dumpf(all, stdout, JSON_COMPACT);
    printf("\n");
    json_decref(all);
}

enum lt_result lt_release_show(const struct lt_options *options,
                               char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_import_view view;
    struct lt_releases_view seen = {.stands = false};
    struct runs runs = {.count = 0};
    enum lt_result result = lt_import_look(options->dir, &view, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    struct lt_releases *releases = lt_releases_new(options->dir, view.ledger);
    if (releases != NULL) {
        lt_releases_find(releases, &seen);
        lt_releases_free(releases);
    }
    lt_import_look_end(&view);
    result = releases != NULL ? hear(options->dir, &runs, ret_reason) : LT_NO_MEMORY;
    if (result == LT_OK && options->json) {
        show_json(&seen, &runs);
    } else if (result == LT_OK) {
        show_text(&seen, &runs);
    }
    free(runs.items);
    return result;
}
