#include "tests/bench/traffic.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_DISTRICT = 100, DECISIONS = 2, PER_UPDATE_MAX = 500 };

/* One update's messages, kept together so that they live while it is serialised. */
struct sheet {
    Lienthong__ReportBody body;
    Lienthong__Decision decisions[DECISIONS], *decision_list[DECISIONS];
    char numbers[DECISIONS][32];
    Lienthong__Change changes[PER_UPDATE_MAX], *change_list[PER_UPDATE_MAX];
    Lienthong__Award awards[PER_UPDATE_MAX];
    Lienthong__Period periods[PER_UPDATE_MAX];
    Lienthong__Person persons[PER_UPDATE_MAX];
    const Lienthong__Person *person_list[PER_UPDATE_MAX];
    char names[PER_UPDATE_MAX][48], places[PER_UPDATE_MAX][32];
    Lienthong__Unit author, *units[1];
    uint64_t import;
};

static const char *const fields[] = {"kinh tế", "giáo dục", "y tế", "văn hóa", "nông thôn mới", ""};
static const char *const movements[] = {"Chung sức xây dựng nông thôn mới", "Vì người nghèo", ""};
static const char *const codes[] = {"GK", "LDTT", "GK", "LDTT"};

static void fill_award(struct sheet *sheet, size_t i, uint64_t number)
{
    Lienthong__Award *award = &sheet->awards[i];
    lienthong__award__init(award);
    award->code = (char *)(uintptr_t)codes[number % 4];
    award->decision = 1 + (uint32_t)(i % DECISIONS);
    lienthong__period__init(&sheet->periods[i]);
    sheet->periods[i].kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    sheet->periods[i].to = 2020 + (uint32_t)(number / 7 % 4);
    award->period = &sheet->periods[i];
    award->type = (Lienthong__AwardType)(1 + number % 2);
    award->recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    award->category = (Lienthong__Category)(3 + number % 3);
    award->sex = (Lienthong__Sex)(1 + number / 3 % 2);
    award->field = (char *)(uintptr_t)fields[number / 5 % 6];
    award->movement = (char *)(uintptr_t)movements[number / 11 % 3];
    award->status = LIENTHONG__STATUS__STATUS_DECIDED;
    Lienthong__Change *change = &sheet->changes[i];
    lienthong__change__init(change);
    change->import = 1;
    change->row = (uint32_t)i + 1;
    change->award = award;
    sheet->change_list[i] = change;
    lienthong__person__init(&sheet->persons[i]);
    snprintf(sheet->names[i], sizeof(sheet->names[i]), "Cá nhân %08llu",
             (unsigned long long)number);
    snprintf(sheet->places[i], sizeof(sheet->places[i]), "Thôn %llu",
             (unsigned long long)(number % 9));
    sheet->persons[i].name = sheet->names[i];
    sheet->persons[i].workplace = sheet->places[i];
    sheet->persons[i].position = (char *)(uintptr_t) "Công chức";
    sheet->person_list[i] = &sheet->persons[i];
}

static void fill_sheet(struct sheet *sheet, const struct traffic_unit *unit, size_t round,
                       size_t per_update)
{
    lienthong__report_body__init(&sheet->body);
    lienthong__unit__init(&sheet->author);
    sheet->author.code = (char *)(uintptr_t)unit->unit.code;
    sheet->units[0] = &sheet->author;
    sheet->body.n_units = 1;
    sheet->body.units = sheet->units;
    for (size_t d = 0; d < DECISIONS; d++) {
        Lienthong__Decision *decision = &sheet->decisions[d];
        lienthong__decision__init(decision);
        decision->unit = 1;
        decision->level = LIENTHONG__LEVEL__LEVEL_COMMUNE;
        snprintf(sheet->numbers[d], sizeof(sheet->numbers[d]), "%zu/QĐ-UBND",
                 round * DECISIONS + d + 1);
        decision->number = sheet->numbers[d];
        decision->date = 18500 + (int32_t)(round * 13 % 1400);
        sheet->decision_list[d] = decision;
    }
    sheet->body.n_decisions = DECISIONS;
    sheet->body.decisions = sheet->decision_list;
    randombytes_buf(&sheet->import, sizeof(sheet->import));
    sheet->body.n_imports = 1;
    sheet->body.imports = &sheet->import;
    for (size_t i = 0; i < per_update; i++) {
        fill_award(sheet, i, (uint64_t)randombytes_random());
    }
    sheet->body.n_changes = per_update;
    sheet->body.changes = sheet->change_list;
}

static void sign_update(struct sheet *sheet, struct traffic_unit *unit, size_t slot, size_t round,
                        size_t per_update)
{
    fill_sheet(sheet, unit, round, per_update);
    uint8_t salt[32], *personal = NULL, *body = NULL;
    size_t personal_size = 0;
    struct lt_hash root;
    randombytes_buf(salt, sizeof(salt));
    enum lt_result made =
        lt_personal_make(sheet->person_list, per_update, salt, &personal, &personal_size, &root);
    assert(made == LT_OK);
    sheet->body.personal_root = (ProtobufCBinaryData){32, root.bytes};
    size_t body_size = lienthong__report_body__get_packed_size(&sheet->body);
    body = malloc(body_size);
    assert(body != NULL);
    lienthong__report_body__pack(&sheet->body, body);
    struct lt_frame frame = {
        .chain = {LT_STREAM_REPORT, unit->unit}, .seq = ++unit->seq, .body_version = 1};
    frame.key = unit->keys.sign_public;
    frame.instance = unit->instance;
    if (unit->seq > 1) {
        frame.parent_count = 1;
        frame.parents[0] = unit->tip;
    }
    made = lt_update_seal(&frame, (struct lt_bytes){body, body_size},
                          (struct lt_bytes){personal, personal_size}, &unit->keys.sign_secret,
                          &unit->updates[slot], &unit->sizes[slot], &unit->tip);
    assert(made == LT_OK);
    free(body);
    free(personal);
}

void traffic_sign(struct traffic_unit *unit, size_t round, size_t per_update)
{
    struct sheet *sheet = malloc(sizeof(*sheet));
    assert(sheet != NULL && per_update <= PER_UPDATE_MAX);
    sign_update(sheet, unit, 0, round, per_update);
    free(sheet);
}

struct traffic_unit *traffic_make(size_t units, size_t updates, size_t per_update)
{
    assert(per_update <= PER_UPDATE_MAX);
    struct traffic_unit *all = calloc(units, sizeof(*all));
    struct sheet *sheet = malloc(sizeof(*sheet));
    assert(all != NULL && sheet != NULL);
    for (size_t u = 0; u < units; u++) {
        char code[32];
        snprintf(code, sizeof(code), "C%05zu", u);
        enum lt_result made = lt_unit_make(code, 0, &all[u].unit);
        assert(made == LT_OK);
        crypto_sign_keypair(all[u].keys.sign_public.bytes, all[u].keys.sign_secret.bytes);
        crypto_box_keypair(all[u].keys.curve_public, all[u].keys.curve_secret);
        randombytes_buf(all[u].instance.bytes, 16);
        all[u].updates = calloc(updates, sizeof(uint8_t *));
        all[u].sizes = calloc(updates, sizeof(size_t));
        assert(all[u].updates != NULL && all[u].sizes != NULL);
        all[u].update_count = updates;
        for (size_t k = 0; k < updates; k++) {
            sign_update(sheet, &all[u], k, k, per_update);
        }
    }
    free(sheet);
    return all;
}

void traffic_free(struct traffic_unit *units, size_t count)
{
    for (size_t u = 0; u < count; u++) {
        for (size_t k = 0; k < units[u].update_count; k++) {
            free(units[u].updates[k]);
        }
        free(units[u].updates);
        free(units[u].sizes);
    }
    free(units);
}

void traffic_write_units(const char *path, size_t units)
{
    FILE *file = fopen(path, "w");
    assert(file != NULL);
    fputs("code,parent,level,type,nature,name,valid_from,valid_to\nP,,province,tinh,administrative,"
          "Tỉnh,,\n",
          file);
    for (size_t d = 0; d * PER_DISTRICT < units; d++) {
        fprintf(file, "D%02zu,P,district,huyen,administrative,Huyện %zu,,\n", d, d);
    }
    for (size_t u = 0; u < units; u++) {
        fprintf(file, "C%05zu,D%02zu,commune,xa,administrative,Xã %zu,,\n", u, u / PER_DISTRICT, u);
    }
    fclose(file);
}
