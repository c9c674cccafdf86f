#include "hub/web/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "hub/roster.h"

enum {
    CLOCK_OFF_S = 600,
    SILENT_AFTER_S = 36 * 3600, /* when no hub has told its own */
};

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static int64_t number_at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool is_at(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

/* ---- The units ---- */

char *lt_fleet_fold(const char *text)
{
    utf8proc_uint8_t *out = NULL;
    (void)utf8proc_map((const utf8proc_uint8_t *)text, 0, &out,
                       (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT |
                                           UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK |
                                           UTF8PROC_CASEFOLD));
    for (char *at = (char *)out; at != NULL && *at != '\0'; at++)
        if (strncmp(at, "đ", 2) == 0) { /* no mark to Unicode, but one to readers */
            at[0] = 'd';
            memmove(at + 1, at + 2, strlen(at + 2) + 1);
        }
    return (char *)out;
}

static int by_unit(const void *a, const void *b)
{
    const struct lt_place *const *one = a, *const *other = b;
    return lt_unit_cmp(&(*one)->unit, &(*other)->unit);
}

static size_t index_of(const struct lt_fleet *fleet, const struct lt_unit *unit)
{
    for (size_t low = 0, high = fleet->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = lt_unit_cmp(&fleet->units[middle].unit, unit);
        if (order == 0)
            return middle;
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return (size_t)LT_FLEET_NOWHERE;
}

static struct lt_fleet_unit *find(const struct lt_fleet *fleet, const struct lt_unit *unit)
{
    const size_t at = index_of(fleet, unit);
    return at == (size_t)LT_FLEET_NOWHERE ? NULL : &fleet->units[at];
}

const struct lt_fleet_unit *lt_fleet_find(const struct lt_fleet *fleet, const struct lt_unit *unit)
{
    return find(fleet, unit);
}

bool lt_fleet_within(const struct lt_fleet *fleet, const struct lt_fleet_unit *unit,
                     const struct lt_fleet_unit *home)
{
    while (home != NULL && unit != home) {
        if (unit->parent == (size_t)LT_FLEET_NOWHERE)
            return false;
        unit = &fleet->units[unit->parent];
    }
    return true;
}

static struct lt_fleet_unit *named(const struct lt_fleet *fleet, const json_t *row)
{
    struct lt_unit unit;
    bool dated;
    return lt_unit_parse(text_at(row, "unit"), &unit, &dated) == LT_OK ? find(fleet, &unit) : NULL;
}

/* Where its text begins among the fleet's. */
static size_t put_text(struct lt_fleet *fleet, const char *text)
{
    const size_t at = fleet->texts.size;
    lt_out_bytes(&fleet->texts, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
    return at;
}

struct texts { /* of a unit, as the fleet's texts grow */
    size_t text, name, folded, parent_name;
};

static void put_texts(struct lt_fleet *fleet, const struct lt_place *place, struct texts *ret_texts)
{
    char text[LT_UNIT_TEXT_MAX], *folded = lt_fleet_fold(place->name);
    lt_unit_format(&place->unit, text);
    ret_texts->text = put_text(fleet, text);
    ret_texts->name = put_text(fleet, place->name);
    ret_texts->folded = put_text(fleet, folded);
    ret_texts->parent_name = put_text(fleet, place->parent != NULL ? place->parent->name : "");
    free(folded);
}

static void put_places(struct lt_fleet *fleet, const struct lt_place *const *places,
                       struct texts *texts)
{
    for (size_t i = 0; i < fleet->count; i++) {
        fleet->units[i].unit = places[i]->unit;
        put_texts(fleet, places[i], &texts[i]);
    }
    for (size_t i = 0; i < fleet->count && !fleet->texts.failed; i++) {
        struct lt_fleet_unit *unit = &fleet->units[i];
        const char *all = fleet->texts.bytes;
        unit->parent = places[i]->parent != NULL ? index_of(fleet, &places[i]->parent->unit)
                                                 : (size_t)LT_FLEET_NOWHERE;
        unit->text = all + texts[i].text;
        unit->name = all + texts[i].name;
        unit->folded = all + texts[i].folded;
        unit->parent_name = all + texts[i].parent_name;
    }
}

static bool add_places(struct lt_fleet *fleet, struct lt_ledger *ledger)
{
    struct lt_hub_site site;
    const struct lt_book *book = lt_ledger_book(ledger);
    const size_t all = lt_book_place_count(book);
    const struct lt_place **places = calloc(all + 1, sizeof(*places));
    struct texts *texts = calloc(all + 1, sizeof *texts);
    lt_ledger_site(ledger, &site);
    fleet->units = calloc(all + 1, sizeof *fleet->units);
    const bool good = places != NULL && texts != NULL && fleet->units != NULL;
    for (size_t i = 0; i < all && good; i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        if (lt_book_within(book, &place->unit, &site.unit))
            places[fleet->count++] = place;
    }
    if (good) {
        qsort(places, fleet->count, sizeof(*places), by_unit);
        put_places(fleet, places, texts);
    }
    free(places);
    free(texts);
    return good && !fleet->texts.failed;
}

static void mark(struct lt_fleet_unit *unit, enum lt_trouble trouble)
{
    unit->troubles |= 1U << trouble;
}

static void tell(struct lt_fleet_unit *unit, const json_t *row)
{
    if (unit->detail == NULL) {
        unit->detail = json_string_value(json_object_get(row, "text"));
        unit->detail_vi = json_string_value(json_object_get(row, "text_vi"));
    }
}

/* ---- What the status tells ---- */

static void put_chain(struct lt_fleet_unit *unit, const json_t *chain, bool is_top)
{
    const json_t *receipt;
    size_t i;
    unit->has_chain = true;
    unit->updates = (uint64_t)number_at(chain, "updates");
    unit->quarantined = (uint64_t)number_at(chain, "quarantined");
    unit->tips = (uint64_t)number_at(chain, "tips");
    if (number_at(chain, "heard_at") > unit->heard_at)
        unit->heard_at = number_at(chain, "heard_at");
    unit->top_known = is_top;
    unit->at_top = is_top ? unit->updates : 0;
    json_array_foreach(json_object_get(chain, "receipts"), i, receipt)
    {
        if (is_at(receipt, "top") && !is_top) {
            unit->top_known = true;
            unit->at_top = (uint64_t)number_at(receipt, "updates");
        }
    }
    if (is_at(chain, "forked_by_one"))
        mark(unit, LT_T_FORKED);
    if (unit->quarantined > 0)
        mark(unit, LT_T_QUARANTINED);
}

static void put_chains(struct lt_fleet *fleet, const json_t *status)
{
    const bool is_top = is_at(status, "is_top");
    const json_t *chain;
    size_t i;
    json_array_foreach(json_object_get(status, "chains"), i, chain)
    {
        struct lt_fleet_unit *unit =
            strcmp(text_at(chain, "stream"), "report") == 0 ? named(fleet, chain) : NULL;
        if (unit != NULL)
            put_chain(unit, chain, is_top);
    }
}

static void put_heard(struct lt_fleet *fleet, const json_t *status)
{
    const json_t *heard = json_object_get(status, "heard"), *row;
    size_t i;
    fleet->watched = json_is_object(heard);
    fleet->silent_after_s = fleet->watched ? number_at(heard, "silent_after_s") : SILENT_AFTER_S;
    json_array_foreach(json_object_get(heard, "rows"), i, row)
    {
        struct lt_fleet_unit *unit = named(fleet, row);
        if (unit == NULL)
            continue;
        unit->said = (uint64_t)number_at(row, "said");
        unit->behind_since = number_at(row, "behind_since");
        unit->pending_since = is_at(row, "pending") ? number_at(row, "pending_since") : 0;
        if (number_at(row, "heard_at") > unit->heard_at)
            unit->heard_at = number_at(row, "heard_at");
        if (is_at(row, "silent"))
            mark(unit, unit->heard_at == 0 && !unit->has_chain ? LT_T_NEVER : LT_T_SILENT);
        if (is_at(row, "behind"))
            mark(unit, LT_T_KEPT_BACK);
        if (number_at(row, "by_itself_since") != 0)
            mark(unit, LT_T_BY_ITSELF);
    }
}

/* Of several machines of a unit the worst is told, its hub's among them. */
static void put_health(struct lt_fleet_unit *unit, const json_t *child)
{
    const uint64_t disk = (uint64_t)number_at(child, "disk_free_bytes");
    const int64_t skew = number_at(child, "clock_skew_s");
    if (!unit->told_health || disk < unit->disk_free_bytes)
        unit->disk_free_bytes = disk;
    if (!unit->told_health || llabs(skew) > llabs(unit->clock_skew_s))
        unit->clock_skew_s = skew;
    unit->told_health = true;
}

static void put_backlog(struct lt_fleet_unit *unit, const json_t *child)
{
    const int64_t oldest = number_at(child, "oldest_unsent_at");
    unit->reports = true;
    unit->backlog_updates += (uint64_t)number_at(child, "backlog_updates");
    unit->backlog_drafts += (uint64_t)number_at(child, "backlog_drafts");
    if (oldest != 0 && (unit->oldest_unsent_at == 0 || oldest < unit->oldest_unsent_at))
        unit->oldest_unsent_at = oldest;
    unit->contested += (uint64_t)number_at(child, "contested");
    unit->refused += (uint64_t)number_at(child, "refused");
}

static void put_children(struct lt_fleet *fleet, const json_t *status, int64_t now)
{
    const json_t *child, *parent = json_object_get(status, "parent_link");
    const bool cut_off = parent != NULL && !is_at(parent, "welcomed");
    size_t i;
    json_array_foreach(json_object_get(status, "children"), i, child)
    {
        const bool agent = strcmp(text_at(child, "role"), "agent") == 0;
        struct lt_fleet_unit *unit = named(fleet, child);
        if (unit == NULL)
            continue;
        if (agent && number_at(child, "hello_at") > unit->heard_at)
            unit->heard_at = number_at(child, "hello_at");
        if (!json_is_integer(json_object_get(child, "reported_at")))
            continue;
        put_health(unit, child);
        if (agent)
            put_backlog(unit, child);
    }
    for (i = 0; i < fleet->count; i++) {
        struct lt_fleet_unit *unit = &fleet->units[i];
        if (unit->told_health && unit->disk_free_bytes < LT_FLEET_DISK_LOW_BYTES)
            mark(unit, LT_T_DISK);
        if (llabs(unit->clock_skew_s) > CLOCK_OFF_S)
            mark(unit, LT_T_CLOCK);
        if (unit->contested > 0)
            mark(unit, LT_T_CONTESTED);
        if (unit->refused > 0)
            mark(unit, LT_T_REFUSED);
        /* what has come here, and no further, while this hub is cut off, is no unit's doing */
        const bool ours = cut_off && unit->backlog_updates + unit->backlog_drafts == 0;
        const bool waits =
            unit->oldest_unsent_at != 0 && now - unit->oldest_unsent_at > fleet->silent_after_s;
        if ((waits || unit->pending_since != 0) && !ours)
            mark(unit, LT_T_OLD_BACKLOG);
    }
}

static void put_list(struct lt_fleet *fleet, const json_t *status, const char *list,
                     enum lt_trouble (*of)(const json_t *row))
{
    const json_t *row;
    size_t i;
    json_array_foreach(json_object_get(status, list), i, row)
    {
        struct lt_fleet_unit *unit = named(fleet, row);
        if (unit == NULL || of(row) == LT_TROUBLES)
            continue;
        mark(unit, of(row));
        tell(unit, row);
    }
}

static enum lt_trouble of_copy(const json_t *row)
{
    return strcmp(text_at(row, "kind"), "restored") == 0 ? LT_T_RESTORED : LT_T_FORKED;
}

static enum lt_trouble of_newcomer(const json_t *row)
{
    return is_at(row, "waits") ? LT_T_WAITS : LT_T_REPLACED;
}

static enum lt_trouble of_alarm(const json_t *row)
{
    (void)row;
    return LT_T_ALTERED;
}

static enum lt_trouble of_waiting(const json_t *row)
{
    (void)row;
    return LT_T_WAITS;
}

static enum lt_trouble of_quota(const json_t *row)
{
    return strcmp(text_at(row, "standing"), "free") == 0 ? LT_TROUBLES : LT_T_CUT;
}

static void put_machines(struct lt_fleet *fleet, const json_t *status)
{
    const json_t *machine;
    const int64_t announced = number_at(json_object_get(status, "versions"), "announced");
    size_t i;
    json_array_foreach(json_object_get(status, "machines"), i, machine)
    {
        struct lt_fleet_unit *unit = named(fleet, machine);
        if (unit == NULL)
            continue;
        if (strcmp(text_at(machine, "role"), "agent") == 0 || unit->software[0] == '\0')
            (void)snprintf(unit->software, sizeof unit->software, "%s",
                           text_at(machine, "software"));
        if (number_at(machine, "body_version") < announced)
            mark(unit, LT_T_OLD_VERSION);
    }
}

static void put_keys(struct lt_fleet *fleet, struct lt_ledger *ledger)
{
    struct lt_key key;
    for (size_t i = 0; i < fleet->count; i++) {
        const struct lt_chain chain = {LT_STREAM_REPORT, fleet->units[i].unit};
        fleet->units[i].has_key = lt_book_keys(lt_ledger_book(ledger), &chain, &key, 1) > 0;
    }
}

static void sum_up(struct lt_fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        const struct lt_fleet_unit *unit = &fleet->units[i];
        fleet->troubled_units += unit->troubles != 0;
        fleet->heard += unit->heard_at != 0 || unit->has_chain;
        fleet->with_key += unit->has_key;
        for (int trouble = 0; trouble < LT_TROUBLES; trouble++)
            fleet->troubled[trouble] += unit->troubles >> trouble & 1U;
    }
}

static void put_mark(void *context, const struct lt_unit *unit, int64_t at)
{
    struct lt_fleet_unit *found = find(context, unit);
    if (found != NULL && at > found->heard_at) /* negative: looked for in vain */
        found->heard_at = at;
}

struct lt_fleet *lt_fleet_make(struct lt_ledger *ledger, struct lt_roster *roster, json_t *status,
                               int64_t now)
{
    struct lt_fleet *fleet = calloc(1, sizeof *fleet);
    if (fleet == NULL)
        return NULL;
    atomic_init(&fleet->kept, 1);
    fleet->status = json_incref(status);
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    const bool good = add_places(fleet, ledger);
    if (good)
        put_keys(fleet, ledger);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    if (!good) {
        lt_fleet_free(fleet);
        return NULL;
    }
    if (roster != NULL)
        lt_roster_heard(roster, put_mark, fleet);
    put_chains(fleet, status);
    put_heard(fleet, status);
    put_children(fleet, status, now);
    put_list(fleet, status, "alarms", of_alarm);
    put_list(fleet, status, "copies", of_copy);
    put_list(fleet, status, "newcomers", of_newcomer);
    put_list(fleet, status, "keys_waiting_rows", of_waiting);
    put_list(fleet, status, "quotas", of_quota);
    put_machines(fleet, status);
    sum_up(fleet);
    return fleet;
}

struct lt_fleet *lt_fleet_keep(struct lt_fleet *fleet)
{
    atomic_fetch_add(&fleet->kept, 1);
    return fleet;
}

void lt_fleet_free(struct lt_fleet *fleet)
{
    if (fleet == NULL || atomic_fetch_sub(&fleet->kept, 1) > 1)
        return;
    free(fleet->units);
    json_decref(fleet->status);
    lt_out_free(&fleet->texts);
    free(fleet);
}

int64_t lt_fleet_since(const struct lt_fleet_unit *unit)
{
    const bool pends = unit->pending_since != 0 && (unit->oldest_unsent_at == 0 ||
                                                    unit->pending_since < unit->oldest_unsent_at);
    return pends                         ? unit->pending_since
           : unit->oldest_unsent_at != 0 ? unit->oldest_unsent_at
           : unit->behind_since != 0     ? unit->behind_since
                                         : unit->heard_at;
}
