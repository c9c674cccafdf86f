/* standing_samples.h - successions, clusters and the like built by hand, for the tests of the book. */
#ifndef LT_STANDING_SAMPLES_H
#define LT_STANDING_SAMPLES_H

#include <stddef.h>

#include "proto/standing.h"
#include "tests/unit/rules_samples.h"

/* Memory that goes with the saying. */
static inline void *say_room(struct saying *saying, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    const size_t at = (saying->room_used + align - 1) / align * align;
    assert_true(at + size <= sizeof(saying->room));
    saying->room_used = at + size;
    return memset(saying->room + at, 0, size);
}

static inline char *say_text(struct saying *saying, const char *text)
{
    return strcpy(say_room(saying, strlen(text) + 1), text);
}

/* NULL for "". */
static inline Lienthong__Unit *say_where(struct saying *saying, const char *text)
{
    if (text[0] == '\0')
        return NULL;
    const struct lt_unit unit = unit_at(text);
    Lienthong__Unit *told = say_room(saying, sizeof(*told));
    lienthong__unit__init(told);
    told->code = say_text(saying, unit.code);
    told->valid_from = unit.valid_from;
    return told;
}

/* A period as text; "" none. */
static inline Lienthong__Period *say_period(struct saying *saying, const char *text)
{
    struct lt_period period;
    if (text[0] == '\0')
        return NULL;
    assert_int_equal(lt_period_parse(text, &period), LT_OK);
    Lienthong__Period *told = say_room(saying, sizeof(*told));
    lienthong__period__init(told);
    told->kind = (Lienthong__PeriodKind)period.kind;
    told->from = period.from;
    told->to = period.to;
    told->day = period.day;
    return told;
}

/* Hashes of a cut: each letter is one. */
static inline ProtobufCBinaryData *say_hashes(struct saying *saying, const char *letters)
{
    const size_t count = strlen(letters);
    ProtobufCBinaryData *told = say_room(saying, (count + 1) * sizeof(*told));
    for (size_t i = 0; i < count; i++) {
        told[i] = (ProtobufCBinaryData){32, say_room(saying, 32)};
        memset(told[i].data, letters[i], 32);
    }
    return told;
}

/* `how`: m main, w whole, x withdrawn, c closed; the rest is the cut. */
static inline Lienthong__Succession *say_succession(struct saying *saying, const char *unit,
                                                    const char *successor, const char *how)
{
    Lienthong__Succession *entry = say_room(saying, sizeof(*entry));
    lienthong__succession__init(entry);
    entry->unit = say_where(saying, unit);
    entry->successor = say_where(saying, successor);
    for (; *how != '\0' && strchr("mwxc", *how) != NULL; how++) {
        entry->main = entry->main || *how == 'm';
        entry->whole = entry->whole || *how == 'w';
        entry->withdrawn = entry->withdrawn || *how == 'x';
        entry->closed = entry->closed || *how == 'c';
    }
    entry->n_cut = strlen(how);
    entry->cut = say_hashes(saying, how);
    saying->items[say_item(saying)].succession = entry;
    return entry;
}

/* Members: units apart by blanks. */
static inline Lienthong__ClusterEntry *say_cluster(struct saying *saying, const char *code,
                                                   const char *name, const char *managing, int year,
                                                   const char *lead, const char *members)
{
    Lienthong__ClusterEntry *entry = say_room(saying, sizeof(*entry));
    lienthong__cluster_entry__init(entry);
    entry->code = say_text(saying, code);
    entry->name = say_text(saying, name);
    entry->level = LIENTHONG__LEVEL__LEVEL_PROVINCE;
    entry->managing = say_where(saying, managing);
    entry->year = (uint32_t)year;
    entry->lead = say_where(saying, lead);
    entry->members = say_room(saying, 16 * sizeof(*entry->members));
    char list[300], *rest = list;
    snprintf(list, sizeof(list), "%s", members);
    for (char *member; (member = strtok_r(rest, " ", &rest)) != NULL;)
        entry->members[entry->n_members++] = say_where(saying, member);
    saying->items[say_item(saying)].cluster = entry;
    return entry;
}

static inline Lienthong__MovementEntry *say_movement(struct saying *saying, const char *code,
                                                     const char *name, const char *launcher)
{
    Lienthong__MovementEntry *entry = say_room(saying, sizeof(*entry));
    lienthong__movement_entry__init(entry);
    entry->code = say_text(saying, code);
    entry->name = say_text(saying, name);
    entry->launcher = say_where(saying, launcher);
    saying->items[say_item(saying)].movement = entry;
    return entry;
}

static inline Lienthong__Obligation *say_obligation(struct saying *saying, const char *unit,
                                                    const char *within, int kind,
                                                    const char *period)
{
    Lienthong__Obligation *entry = say_room(saying, sizeof(*entry));
    lienthong__obligation__init(entry);
    entry->unit = say_where(saying, unit);
    entry->within = say_where(saying, within);
    entry->kind = (Lienthong__RecordKind)kind;
    entry->period = say_period(saying, period);
    saying->items[say_item(saying)].obligation = entry;
    return entry;
}

/* Report chains of units apart by blanks, each with one tip. */
static inline Lienthong__ChainTips **say_cut(struct saying *saying, const char *units,
                                             size_t *ret_count)
{
    Lienthong__ChainTips **cut = say_room(saying, 16 * sizeof(*cut));
    char list[300], *rest = list;
    size_t count = 0;
    snprintf(list, sizeof(list), "%s", units);
    for (char *unit; (unit = strtok_r(rest, " ", &rest)) != NULL; count++) {
        Lienthong__Chain *chain = say_room(saying, sizeof(*chain));
        lienthong__chain__init(chain);
        chain->stream = LIENTHONG__STREAM__STREAM_REPORT;
        chain->unit = say_where(saying, unit);
        cut[count] = say_room(saying, sizeof(**cut));
        lienthong__chain_tips__init(cut[count]);
        cut[count]->chain = chain;
        cut[count]->n_tips = 1;
        cut[count]->tips = say_hashes(saying, "t");
    }
    *ret_count = count;
    return cut;
}

static inline Lienthong__Closing *say_closing(struct saying *saying, const char *place,
                                              const char *period, int kind, const char *cut,
                                              unsigned part, unsigned parts)
{
    Lienthong__Closing *entry = say_room(saying, sizeof(*entry));
    lienthong__closing__init(entry);
    entry->place = say_where(saying, place);
    entry->period = say_period(saying, period);
    entry->kind = (Lienthong__RecordKind)kind;
    entry->cut = say_cut(saying, cut, &entry->n_cut);
    entry->part = part;
    entry->parts = parts;
    saying->items[say_item(saying)].closing = entry;
    return entry;
}

static inline Lienthong__Publication *say_publication(struct saying *saying, const char *place,
                                                      const char *name, unsigned number,
                                                      const char *figures, const char *cut,
                                                      unsigned part, unsigned parts)
{
    Lienthong__Publication *entry = say_room(saying, sizeof(*entry));
    lienthong__publication__init(entry);
    entry->place = say_where(saying, place);
    entry->name = say_text(saying, name);
    entry->number = number;
    entry->question = say_text(saying, "figures --year 2020");
    entry->figures = (ProtobufCBinaryData){strlen(figures), (uint8_t *)say_text(saying, figures)};
    entry->cut = say_cut(saying, cut, &entry->n_cut);
    entry->part = part;
    entry->parts = parts;
    saying->items[say_item(saying)].publication = entry;
    return entry;
}

static inline Lienthong__Move *say_move(struct saying *saying, const char *unit, const char *parent,
                                        char curve)
{
    Lienthong__Move *entry = say_room(saying, sizeof(*entry));
    lienthong__move__init(entry);
    entry->unit = say_where(saying, unit);
    entry->parent = say_where(saying, parent);
    entry->curve_key = (ProtobufCBinaryData){32, say_room(saying, 32)};
    memset(entry->curve_key.data, curve, 32);
    entry->endpoints = say_room(saying, sizeof(char *));
    entry->endpoints[entry->n_endpoints++] = say_text(saying, "tcp://hub.example:7100");
    saying->items[say_item(saying)].move = entry;
    return entry;
}

static inline void say_notice(struct saying *saying, const char *unit, const char *text)
{
    Lienthong__Notice *entry = say_room(saying, sizeof(*entry));
    lienthong__notice__init(entry);
    entry->unit = say_where(saying, unit);
    entry->text = say_text(saying, text);
    saying->items[say_item(saying)].notice = entry;
}

/* `endpoint` NULL: none. */
static inline void say_fallback(struct saying *saying, uint32_t after_s, char curve,
                                const char *endpoint)
{
    Lienthong__Fallback *entry = say_room(saying, sizeof(*entry));
    lienthong__fallback__init(entry);
    entry->after_s = after_s;
    entry->curve_key = (ProtobufCBinaryData){32, say_room(saying, 32)};
    memset(entry->curve_key.data, curve, 32);
    entry->endpoints = say_room(saying, sizeof(char *));
    if (endpoint != NULL)
        entry->endpoints[entry->n_endpoints++] = say_text(saying, endpoint);
    saying->items[say_item(saying)].fallback = entry;
}

static inline void say_versions(struct saying *saying, uint32_t body)
{
    Lienthong__Versions *entry = say_room(saying, sizeof(*entry));
    lienthong__versions__init(entry);
    entry->body = body;
    saying->items[say_item(saying)].versions = entry;
}

/* 80 and its hub (key 2) beside the top (key 1). */
static inline struct lt_book *book_of_two_hubs(void)
{
    struct lt_book *two = sample_book();
    struct saying *saying = say("VN", 2, 1);
    say_grant(saying, "80", LIENTHONG__ROLE__ROLE_HUB, 2, 102, NULL);
    say_unit(saying, "28112@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "Long Cang", "");
    tell(two, saying);
    return two;
}

#endif
