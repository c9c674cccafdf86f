#include "hub/versions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/unread.h"
#include "proto/standing.h"

static void set_number(json_t *object, const char *name, uint64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

void lt_versions_status(json_t *status, struct lt_ledger *ledger)
{
    struct lt_unread unread;
    json_t *object = json_object();
    lt_unread_count(ledger, &unread);
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    const struct lt_book *book = lt_ledger_book(ledger);
    set_number(object, "body", LT_BODY_VERSION);
    set_number(object, "announced", lt_book_body_announced(book));
    set_number(object, "writes", lt_book_body_written(book));
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    set_number(object, "unread_updates", unread.reports);
    set_number(object, "unread_directives", unread.directives);
    set_number(object, "unread_newest", unread.newest);
    json_object_set_new(status, "versions", object);
}

void lt_versions_machines(json_t *status, struct lt_gate *gate)
{
    struct lt_machine_heard *machines = NULL;
    json_t *list = json_array();
    size_t count = lt_gate_machines(gate, &machines);
    for (size_t i = 0; i < count; i++) {
        const struct lt_machine_heard *machine = &machines[i];
        char unit[LT_UNIT_TEXT_MAX], key[2 * sizeof(machine->key) + 1];
        json_t *object = json_object();
        lt_unit_format(&machine->unit, unit);
        lt_hex(machine->key.bytes, sizeof(machine->key), key);
        json_object_set_new(object, "unit", json_string(unit));
        json_object_set_new(
            object, "role",
            json_string(machine->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent"));
        json_object_set_new(object, "key", json_string(key));
        json_object_set_new(object, "hello_at", json_integer(machine->hello_at));
        json_object_set_new(object, "software", json_string(machine->software));
        set_number(object, "body_version", machine->body_version);
        json_array_append_new(list, object);
    }
    free(machines);
    json_object_set_new(status, "machines", list);
}

/* ---- The list ---- */

void lt_versions_free(struct lt_versions *versions)
{
    free(versions->items);
    *versions = (struct lt_versions){.count = 0};
}

static int compare(const void *a, const void *b)
{
    const struct lt_version_of *first = a, *second = b;
    int order = lt_unit_cmp(&first->unit, &second->unit);
    order = order ? order : (first->role > second->role) - (first->role < second->role);
    order = order ? order : memcmp(&first->key, &second->key, sizeof(first->key));
    /* of one machine the newest word first */
    return order ? order
                 : (second->hello_at > first->hello_at) - (second->hello_at < first->hello_at);
}

/* In order, each machine once. */
static void settle(struct lt_versions *versions)
{
    size_t kept = 0;
    if (versions->count > 0) {
        qsort(versions->items, versions->count, sizeof(*versions->items), compare);
    }
    for (size_t i = 0; i < versions->count; i++) {
        const struct lt_version_of *item = &versions->items[i];
        const struct lt_version_of *last = kept > 0 ? &versions->items[kept - 1] : NULL;
        if (last == NULL || lt_unit_cmp(&last->unit, &item->unit) != 0 ||
            last->role != item->role || memcmp(&last->key, &item->key, sizeof(last->key)) != 0) {
            versions->items[kept++] = *item;
        }
    }
    versions->count = kept;
}

static void add(struct lt_versions *versions, const struct lt_version_of *item)
{
    if (versions->count == versions->capacity) {
        size_t capacity = versions->capacity == 0 ? 64 : versions->capacity * 2;
        struct lt_version_of *items = realloc(versions->items, capacity * sizeof(*items));
        if (items == NULL) {
            versions->failed = true;
            return;
        }
        versions->items = items;
        versions->capacity = capacity;
    }
    versions->items[versions->count++] = *item;
}

/* ---- Who was let in ---- */

struct gathering {
    const struct lt_book *book;
    const struct lt_unit *hub;
    struct lt_versions *versions;
};

static void add_machines(struct gathering *gathering, const struct lt_unit *unit,
                         Lienthong__Role role)
{
    struct lt_machine machines[64];
    size_t count = lt_book_machines(gathering->book, unit, role, machines, 64);
    for (size_t i = 0; i < count && i < 64; i++) {
        const struct lt_version_of item = {
            .unit = *unit, .role = role, .key = machines[i].key, .body = 0};
        add(gathering->versions, &item);
    }
}

static void look_at_grant(void *context, const struct lt_unit *unit, Lienthong__Role role)
{
    struct gathering *gathering = context;
    const struct lt_move *move = lt_book_move(gathering->book, unit);
    bool own =
        role == LIENTHONG__ROLE__ROLE_HUB && lt_unit_cmp(unit, gathering->hub) == 0; /* a top's */
    bool elsewhere =
        move != NULL && lt_unit_cmp(&move->parent, gathering->hub) != 0 && move->arrived;
    if (!own && !elsewhere) {
        add_machines(gathering, unit, role);
    }
}

void lt_versions_let_in(const struct lt_book *book, const struct lt_unit *hub,
                        struct lt_versions *versions)
{
    struct gathering gathering = {book, hub, versions};
    lt_book_granted_by(book, hub, look_at_grant, &gathering);
    for (size_t i = 0; i < lt_book_move_count(book); i++) {
        const struct lt_move *move = lt_book_move_at(book, i);
        if (lt_unit_cmp(&move->parent, hub) == 0) {
            add_machines(&gathering, &move->unit, LIENTHONG__ROLE__ROLE_AGENT);
            add_machines(&gathering, &move->unit, LIENTHONG__ROLE__ROLE_HUB);
        }
    }
    settle(versions);
}

/* ---- What they say ---- */

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* False: not one that says what it reads. */
static bool read_machine(const json_t *told, struct lt_version_of *ret_item)
{
    struct lt_version_of item = {.role = LIENTHONG__ROLE__ROLE_AGENT};
    const char *key = text_at(told, "key");
    bool dated;
    if (lt_unit_parse(text_at(told, "unit"), &item.unit, &dated) != LT_OK || strlen(key) != 64 ||
        lt_unhex(key, item.key.bytes, sizeof(item.key.bytes)) != LT_OK) {
        return false;
    }
    if (strcmp(text_at(told, "role"), "hub") == 0) {
        item.role = LIENTHONG__ROLE__ROLE_HUB;
    }
    item.body = (uint32_t)json_integer_value(json_object_get(told, "body_version"));
    item.hello_at = json_integer_value(json_object_get(told, "hello_at"));
    snprintf(item.software, sizeof(item.software), "%s", text_at(told, "software"));
    *ret_item = item;
    return item.body != 0;
}

void lt_versions_heard(struct lt_versions *versions, const json_t *status)
{
    size_t i;
    json_t *told;
    json_array_foreach(json_object_get(status, "machines"), i, told)
    {
        struct lt_version_of item;
        if (read_machine(told, &item)) {
            add(versions, &item);
        }
    }
    settle(versions);
}
