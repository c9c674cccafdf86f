/* small_book.h - a small country's book for fuzz targets: a tree before and after a reform; told_book knows a
 * catalogue, a succession, a cluster, a movement and an obligation beside. */
#ifndef LT_FUZZ_SMALL_BOOK_H
#define LT_FUZZ_SMALL_BOOK_H

#include <sodium.h>
#include <string.h>

#include "proto/standing.h"
#include "tests/fuzz/fuzz.h"

static const struct lt_key top_key = {{1}};

static inline struct lt_unit unit_of(const char *text)
{
    struct lt_unit unit;
    bool dated;
    FUZZ_CHECK(lt_unit_parse(text, &unit, &dated) == LT_OK);
    return unit;
}

static inline void hear(struct lt_book *book, uint64_t seq, const Lienthong__DirectiveBody *body)
{
    struct lt_book_change change;
    struct lt_update update = {
        .frame = {.chain = {LT_STREAM_DIRECTIVE, unit_of("VN")}, .seq = seq, .key = top_key}};
    memset(&update.id, (int)seq, sizeof(update.id));
    FUZZ_CHECK(lt_book_add(book, &update, body, &change) == LT_OK);
}

/* VN (granted by the root) over 80 over 807 and over 28111 and 28112, which end, as 807 does; from
 * 2025-07-01 28111@. */
static inline struct lt_book *small_book(void)
{
    static const char *const rows[][2] = {{"VN", ""},       {"80", "VN"},
                                          {"807", "80"},    {"28111", "807"},
                                          {"28112", "807"}, {"28111@2025-07-01", "80"}};
    enum { ROWS = sizeof(rows) / sizeof(rows[0]), ENDED = 20269 };
    static const uint8_t seed[32] = {7};
    struct lt_key root;
    struct lt_secret secret;
    struct lt_signature signature;
    struct lt_unit units[ROWS], parents[ROWS];
    Lienthong__Directive items[ROWS + 1], *list[ROWS + 1];
    Lienthong__UnitEntry entries[ROWS];
    Lienthong__Unit told[ROWS], above[ROWS];
    Lienthong__Grant grant = LIENTHONG__GRANT__INIT;
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    FUZZ_CHECK(sodium_init() >= 0);
    crypto_sign_seed_keypair(root.bytes, secret.bytes, seed);
    for (size_t i = 0; i <= ROWS; i++) {
        lienthong__directive__init(&items[i]);
        list[i] = &items[i];
    }
    for (size_t i = 0; i < ROWS; i++) {
        units[i] = unit_of(rows[i][0]);
        lienthong__unit__init(&told[i]);
        lienthong__unit__init(&above[i]);
        lienthong__unit_entry__init(&entries[i]);
        told[i].code = units[i].code;
        told[i].valid_from = units[i].valid_from;
        entries[i].unit = &told[i];
        if (rows[i][1][0] != '\0') {
            parents[i] = unit_of(rows[i][1]);
            above[i].code = parents[i].code;
            entries[i].parent = &above[i];
        }
        entries[i].level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE;
        entries[i].valid_to = i >= 2 && units[i].valid_from == 0 ? ENDED : 0;
        items[i].unit = &entries[i];
    }
    lt_root_sign(&units[0], &top_key, &secret, &signature);
    grant.unit = &told[0];
    grant.role = LIENTHONG__ROLE__ROLE_HUB;
    grant.key = (ProtobufCBinaryData){32, (uint8_t *)(uintptr_t)top_key.bytes};
    grant.root_signature = (ProtobufCBinaryData){64, signature.bytes};
    items[ROWS].grant = &grant;
    body.items = list;
    body.n_items = ROWS + 1;
    struct lt_book *book = lt_book_new();
    FUZZ_CHECK(book);
    lt_book_pin(book, &root, &units[0]);
    hear(book, 1, &body);
    FUZZ_CHECK(lt_book_place_count(book) == ROWS);
    return book;
}

/* What the top says beside the tree. */
struct told {
    struct lt_unit places[4];
    Lienthong__Unit units[4], *members[2];
    Lienthong__TitleEntry titles[2];
    Lienthong__Succession heir;
    Lienthong__ClusterEntry cluster;
    Lienthong__MovementEntry movement;
    Lienthong__Period year;
    Lienthong__Obligation owed;
    Lienthong__Directive items[6], *list[6];
};

/* protobuf-c only reads it. */
static inline char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static inline void tell_units(struct told *told)
{
    static const char *const places[] = {"28111", "28111@2025-07-01", "28112", "VN"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        told->places[i] = unit_of(places[i]);
        lienthong__unit__init(&told->units[i]);
        told->units[i].code = told->places[i].code;
        told->units[i].valid_from = told->places[i].valid_from;
    }
    told->members[0] = &told->units[0];
    told->members[1] = &told->units[2];
}

static inline void tell_titles(struct told *told)
{
    static const char *const titles[][2] = {{"GK", "Giấy khen"},
                                            {"CSTDCS", "Chiến sĩ thi đua cơ sở"}};
    for (size_t i = 0; i < 2; i++) {
        lienthong__title_entry__init(&told->titles[i]);
        told->titles[i].code = text_of(titles[i][0]);
        told->titles[i].name = text_of(titles[i][1]);
        told->titles[i].form = i == 0;
        told->items[i].title = &told->titles[i];
    }
}

static inline void tell_cluster(struct told *told)
{
    lienthong__cluster_entry__init(&told->cluster);
    told->cluster.code = text_of("C1");
    told->cluster.name = text_of("Cụm 1");
    told->cluster.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    told->cluster.managing = &told->units[3];
    told->cluster.year = 2020;
    told->cluster.lead = told->members[0];
    told->cluster.members = told->members;
    told->cluster.n_members = 2;
    told->items[3].cluster = &told->cluster;
}

static inline void tell_others(struct told *told)
{
    lienthong__succession__init(&told->heir);
    told->heir.unit = &told->units[0];
    told->heir.successor = &told->units[1];
    told->heir.main = told->heir.whole = 1;
    told->items[2].succession = &told->heir;
    lienthong__movement_entry__init(&told->movement);
    told->movement.code = text_of("PT1");
    told->movement.name = text_of("Nông thôn mới");
    told->movement.launcher = &told->units[3];
    told->movement.scope = LIENTHONG__MOVEMENT_SCOPE__SCOPE_NATIONAL;
    told->movement.from = 18262; /* 2020 */
    told->items[4].movement = &told->movement;
    lienthong__period__init(&told->year);
    told->year.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    told->year.to = 2020;
    lienthong__obligation__init(&told->owed);
    told->owed.unit = &told->units[0];
    told->owed.period = &told->year;
    told->owed.due = 18660;
    told->items[5].obligation = &told->owed;
}

static inline struct lt_book *told_book(void)
{
    struct told told;
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    struct lt_book *book = small_book();
    for (size_t i = 0; i < 6; i++) {
        lienthong__directive__init(&told.items[i]);
        told.list[i] = &told.items[i];
    }
    tell_units(&told);
    tell_titles(&told);
    tell_cluster(&told);
    tell_others(&told);
    body.items = told.list;
    body.n_items = 6;
    hear(book, 2, &body);
    FUZZ_CHECK(lt_book_title_count(book) == 2 && lt_book_succession_count(book) == 1 &&
               lt_book_cluster_count(book) == 1 && lt_book_movement_count(book) == 1 &&
               lt_book_obligation_count(book) == 1);
    return book;
}

#endif
