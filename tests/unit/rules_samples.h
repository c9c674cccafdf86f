/* rules_samples.h - directives built by hand, and a small tree, for the tests of the rules. */
#ifndef LT_RULES_SAMPLES_H
#define LT_RULES_SAMPLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "proto/judge.h"

enum { SAID_ITEMS_MAX = 40 };

/* One directive update, with room for its items. Not signed: the book does not look. */
struct saying {
    struct lt_update update;
    Lienthong__DirectiveBody body;
    Lienthong__Directive items[SAID_ITEMS_MAX], *item_list[SAID_ITEMS_MAX];
    Lienthong__UnitEntry units[SAID_ITEMS_MAX];
    Lienthong__TitleEntry titles[SAID_ITEMS_MAX];
    Lienthong__Grant grants[SAID_ITEMS_MAX];
    Lienthong__Revocation revocations[SAID_ITEMS_MAX];
    Lienthong__Unit own[SAID_ITEMS_MAX], parents[SAID_ITEMS_MAX];
    char codes[SAID_ITEMS_MAX][2][LT_CODE_BYTES_MAX + 1];
    uint8_t keys[SAID_ITEMS_MAX][32], curves[SAID_ITEMS_MAX][32], signatures[SAID_ITEMS_MAX][64];
    ProtobufCBinaryData cuts[SAID_ITEMS_MAX][4];
    struct lt_hash cut_hashes[SAID_ITEMS_MAX][4];
    Lienthong__Level levels[SAID_ITEMS_MAX][8];
    Lienthong__Recipient recipients[SAID_ITEMS_MAX][4];
    size_t room_used;
    _Alignas(max_align_t) unsigned char room[32 * 1024]; /* of standing_samples.h */
};

static inline struct lt_unit unit_at(const char *text)
{
    struct lt_unit unit;
    bool dated;
    assert_int_equal(lt_unit_parse(text, &unit, &dated), LT_OK);
    return unit;
}

static inline lt_day day_at(const char *text)
{
    lt_day day = 0;
    if (text[0] != '\0')
        assert_int_equal(lt_day_parse_iso(text, &day), LT_OK);
    return day;
}

static inline struct lt_key key_of(unsigned number)
{
    struct lt_key key = {{0}};
    key.bytes[0] = (uint8_t)number;
    key.bytes[1] = (uint8_t)(number >> 8);
    key.bytes[31] = 1;
    return key;
}

/* A saying of `hub`, signed by `key`, without parents but with a seq. */
static inline struct saying *say(const char *hub, uint64_t seq, unsigned key)
{
    struct saying *saying = calloc(1, sizeof(*saying));
    assert_non_null(saying);
    struct lt_frame *frame = &saying->update.frame;
    frame->chain.stream = LT_STREAM_DIRECTIVE;
    frame->chain.unit = unit_at(hub);
    frame->seq = seq;
    frame->key = key_of(key);
    char text[100];
    static unsigned serial;
    snprintf(text, sizeof(text), "%s %u %llu", hub, serial++, (unsigned long long)seq);
    lt_hash_of(text, strlen(text), &saying->update.id);
    lienthong__directive_body__init(&saying->body);
    saying->body.items = saying->item_list;
    return saying;
}

static inline size_t say_item(struct saying *saying)
{
    const size_t at = saying->body.n_items++;
    assert_true(at < SAID_ITEMS_MAX);
    lienthong__directive__init(&saying->items[at]);
    saying->item_list[at] = &saying->items[at];
    return at;
}

static inline void say_name_of_unit(struct saying *saying, size_t at, int which, const char *text,
                                    Lienthong__Unit *ret_unit)
{
    const struct lt_unit unit = unit_at(text);
    lienthong__unit__init(ret_unit);
    memcpy(saying->codes[at][which], unit.code, sizeof(unit.code));
    ret_unit->code = saying->codes[at][which];
    ret_unit->valid_from = unit.valid_from;
}

static inline Lienthong__UnitEntry *say_unit(struct saying *saying, const char *unit,
                                             const char *parent, int level, const char *name,
                                             const char *valid_to)
{
    const size_t at = say_item(saying);
    Lienthong__UnitEntry *entry = &saying->units[at];
    lienthong__unit_entry__init(entry);
    saying->items[at].unit = entry;
    say_name_of_unit(saying, at, 0, unit, &saying->own[at]);
    entry->unit = &saying->own[at];
    if (parent[0] != '\0') {
        say_name_of_unit(saying, at, 1, parent, &saying->parents[at]);
        entry->parent = &saying->parents[at];
    }
    entry->level = (Lienthong__UnitLevel)level;
    entry->nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    entry->name = (char *)(uintptr_t)name;
    entry->valid_to = day_at(valid_to);
    return entry;
}

static inline void say_grant(struct saying *saying, const char *unit, Lienthong__Role role,
                             unsigned key, unsigned curve, const struct lt_secret *root)
{
    const size_t at = say_item(saying);
    Lienthong__Grant *entry = &saying->grants[at];
    lienthong__grant__init(entry);
    saying->items[at].grant = entry;
    say_name_of_unit(saying, at, 0, unit, &saying->own[at]);
    entry->unit = &saying->own[at];
    entry->role = role;
    const struct lt_key own = key_of(key), other = key_of(curve);
    memcpy(saying->keys[at], own.bytes, 32);
    entry->key = (ProtobufCBinaryData){32, saying->keys[at]};
    if (curve != 0) {
        memcpy(saying->curves[at], other.bytes, 32);
        entry->curve_key = (ProtobufCBinaryData){32, saying->curves[at]};
    }
    if (root != NULL) {
        const struct lt_unit named = unit_at(unit);
        struct lt_signature signature;
        lt_root_sign(&named, &own, root, &signature);
        memcpy(saying->signatures[at], signature.bytes, 64);
        entry->root_signature = (ProtobufCBinaryData){64, saying->signatures[at]};
    }
}

static inline void say_revoked(struct saying *saying, const char *unit, unsigned key,
                               const struct lt_hash *cut)
{
    const size_t at = say_item(saying);
    Lienthong__Revocation *entry = &saying->revocations[at];
    lienthong__revocation__init(entry);
    saying->items[at].revocation = entry;
    say_name_of_unit(saying, at, 0, unit, &saying->own[at]);
    entry->unit = &saying->own[at];
    const struct lt_key own = key_of(key);
    memcpy(saying->keys[at], own.bytes, 32);
    entry->key = (ProtobufCBinaryData){32, saying->keys[at]};
    if (cut != NULL) {
        saying->cut_hashes[at][0] = *cut;
        saying->cuts[at][0] = (ProtobufCBinaryData){32, saying->cut_hashes[at][0].bytes};
        entry->cut = saying->cuts[at];
        entry->n_cut = 1;
    }
}

/* `levels` and `recipients` as digits of their enumerations. */
static inline Lienthong__TitleEntry *say_title(struct saying *saying, const char *code,
                                               const char *recipients, const char *levels,
                                               const char *from, const char *to)
{
    const size_t at = say_item(saying);
    Lienthong__TitleEntry *entry = &saying->titles[at];
    lienthong__title_entry__init(entry);
    saying->items[at].title = entry;
    snprintf(saying->codes[at][0], sizeof(saying->codes[at][0]), "%s", code);
    entry->code = saying->codes[at][0];
    entry->levels = saying->levels[at];
    entry->recipients = saying->recipients[at];
    for (; *recipients != '\0'; recipients++)
        entry->recipients[entry->n_recipients++] = (Lienthong__Recipient)(*recipients - '0');
    for (; *levels != '\0'; levels++)
        entry->levels[entry->n_levels++] = (Lienthong__Level)(*levels - '0');
    entry->valid_from = day_at(from);
    entry->valid_to = day_at(to);
    return entry;
}

static inline struct lt_book_change hear(struct lt_book *book, const struct saying *saying)
{
    struct lt_book_change change;
    assert_int_equal(lt_book_add(book, &saying->update, &saying->body, &change), LT_OK);
    return change;
}

/* Says, hears and forgets. */
static inline struct lt_book_change tell(struct lt_book *book, struct saying *saying)
{
    struct lt_book_change change = hear(book, saying);
    free(saying);
    return change;
}

static inline void root_keys(struct lt_key *ret_root, struct lt_secret *ret_secret)
{
    static const uint8_t seed[32] = {7};
    assert_true(sodium_init() >= 0);
    assert_int_equal(crypto_sign_seed_keypair(ret_root->bytes, ret_secret->bytes, seed), 0);
}

/* VN (key 1) over 80 over 807 over communes 28111, 28112; 808 over 28201; 30; a department SO80 and a
 * school TH1. From 2025-07-01: 80@, and the commune 28111@ directly below it. */
static inline struct lt_book *sample_book(void)
{
    struct lt_book *book = lt_book_new();
    struct lt_key root;
    struct lt_secret secret;
    root_keys(&root, &secret);
    const struct lt_unit top = unit_at("VN");
    assert_non_null(book);
    lt_book_pin(book, &root, &top);
    struct saying *saying = say("VN", 1, 1);
    say_grant(saying, "VN", LIENTHONG__ROLE__ROLE_HUB, 1, 101, &secret);
    say_unit(saying, "VN", "", LT_UNIT_NATION, "Việt Nam", "");
    say_unit(saying, "80", "VN", LT_UNIT_PROVINCE, "Long An", "2025-06-30");
    say_unit(saying, "30", "VN", LT_UNIT_PROVINCE, "Hải Dương", "2025-06-30");
    say_unit(saying, "807", "80", LT_UNIT_DISTRICT, "Cần Giuộc", "2025-06-30");
    say_unit(saying, "808", "80", LT_UNIT_DISTRICT, "Châu Thành", "2025-06-30");
    say_unit(saying, "28111", "807", LT_UNIT_COMMUNE, "Phước Lý", "2025-06-30");
    say_unit(saying, "28112", "807", LT_UNIT_COMMUNE, "Long Thượng", "2025-06-30");
    say_unit(saying, "28201", "808", LT_UNIT_COMMUNE, "Tầm Vu", "2025-06-30");
    say_unit(saying, "SO80", "80", LT_UNIT_BASE, "Sở Nội vụ", "")->nature =
        LIENTHONG__NATURE__NATURE_AGENCY;
    say_unit(saying, "TH1", "28111", LT_UNIT_BASE, "Trường Tiểu học 1", "")->nature =
        LIENTHONG__NATURE__NATURE_SCHOOL;
    say_unit(saying, "80@2025-07-01", "VN", LT_UNIT_PROVINCE, "Tây Ninh", "");
    say_unit(saying, "28111@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "Mỹ Lộc", "");
    say_title(saying, "GK", "134", "456", "", "2023-12-31");
    say_title(saying, "GK", "134", "456", "2024-01-01", "2025-06-30");
    say_title(saying, "GK", "134", "56", "2025-07-01", "");
    say_title(saying, "CSTD_CS", "4", "2346", "", "2025-06-30");
    say_title(saying, "CSTD_CS", "4", "2356", "2025-07-01", "");
    say_title(saying, "GDVH", "3", "5", "", "");
    say_title(saying, "BK_BT", "134", "23", "", "");
    say_title(saying, "HC_LD_2", "14", "1", "", "");
    say_title(saying, "HUY_HIEU", "4", "23", "", "2023-12-31");
    tell(book, saying);
    return book;
}

static inline const struct lt_place *place_of(const struct lt_book *book, const char *text)
{
    const struct lt_unit unit = unit_at(text);
    const struct lt_place *place = lt_book_place(book, &unit);
    assert_non_null(place);
    return place;
}

#endif
