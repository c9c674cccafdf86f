/* What offices tell: decisions told by several, records of the other kinds, and what they mend afterwards. */
#include <stdlib.h>
#include <string.h>

#include "proto/rules.h"
#include "tests/recount/world.h"

static const char *const fields[] = {"", "giao_duc", "y_te", "kinh_te", "nong_thon_moi"};
static const char *const movements[] = {"", "", "", "NTM", "Chung tay vì người nghèo", "VHCS"};
static const char *const clusters[] = {"Cụm thi đua số 1", "Cụm 1", "Khối các huyện",
                                       "cụm thi đua số 2"};

static const char *const names[] = {"Nguyễn Văn A", "Trần Thị Bình",   "Lê Hoà",
                                    "Phạm Thuý",    "Trường Mẫu giáo", "Thôn 3"};

const char *row_name(struct world *world)
{
    return PICK(world, names);
}

/* ---- Offices ---- */

static bool lives(const struct world *world, int office, lt_day day)
{
    const struct office *it = &world->offices[office];
    return it->unit.valid_from <= day && (it->valid_to == 0 || day <= it->valid_to);
}

/* Any office of the province or of the nation that lived on a day, mostly. */
int pick_office(struct world *world, lt_day day)
{
    int office = 0;
    for (int tries = 0; tries < 20; tries++) {
        office = (int)rnd(world, (uint32_t)world->office_count);
        if (lives(world, office, day) || one_in(world, 60))
            return office;
    }
    return office;
}

static int office_below(struct world *world, int above, lt_day day)
{
    for (int tries = 0; tries < 20; tries++) {
        const int office = pick_office(world, day);
        if (office_within(world, office, above))
            return office;
    }
    return above;
}

int office_above(struct world *world, int office, unsigned steps)
{
    for (; steps > 0 && world->offices[office].parent >= 0; steps--)
        office = world->offices[office].parent;
    return office;
}

/* ---- A decision ---- */

struct decision {
    struct row row; /* without place and name */
    int authority;
};

const char *row_number(struct world *world, unsigned number)
{
    static const char *const forms[] = {"%u/QĐ-UBND", "%u/QÐ-UBND", " %u/QĐ-UBND ", "%u/qđ-ubnd"};
    char form[32];
    strcpy(form, forms[one_in(world, 4) ? rnd(world, 4) : 0]);
    return pool_text(world->pool,
                     form[0] == ' '              ? " %u/QĐ-UBND "
                     : form[3] == 'q'            ? "%u/qđ-ubnd"
                     : strstr(form, "Ð") != NULL ? "%u/QÐ-UBND"
                                                 : "%u/QĐ-UBND",
                     number);
}

static void a_period(struct world *world, struct row *row, int year)
{
    static const int kinds[] = {1, 1, 1, 1, 1, 2, 2, 3, 4};
    row->period = PICK(world, kinds);
    row->year = year;
    row->span_from = row->day = 0;
    if (row->period == 3)
        row->span_from = year - 5;
    if (row->period == 4)
        row->day = day_at(year, 1 + (int)rnd(world, 12), 1 + (int)rnd(world, 28));
    if (one_in(world, 25))
        row->period = 0; /* the date has to do */
}

/* A day of the year's cycle: mostly December, January and the school year's end. */
static lt_day a_day(struct world *world, int year)
{
    static const int months[] = {12, 12, 12, 12, 12, 6, 6, 11, 3, 9};
    const int month = PICK(world, months);
    lt_day day = day_at(year, month, 1 + (int)rnd(world, 28));
    if (world->new_tree && year == 2025 && month < 7)
        day += 184; /* after the reform */
    return one_in(world, 4) ? day + 40 : day; /* of the year before */
}

static void a_title(struct world *world, struct row *row, int level)
{
    static const char *const provincial[] = {"BK_BT", "CSTD_CS", "HUY_HIEU", "LDTT"};
    static const char *const local[] = {"GK", "GK", "GK", "LDTT", "CSTD_CS", "TTLDTT", "GDVH"};
    row->code = level <= 2 ? PICK(world, provincial) : PICK(world, local);
    row->recipient = strcmp(row->code, "GDVH") == 0     ? 3
                     : strcmp(row->code, "TTLDTT") == 0 ? 1 + (int)rnd(world, 2)
                     : strcmp(row->code, "GK") == 0 || strcmp(row->code, "BK_BT") == 0
                         ? 1 + (int)rnd(world, 4)
                         : 4;
    if (one_in(world, 40))
        row->recipient = (int)rnd(world, 5);
}

/* Within the life of the tree, mostly: the old one until the middle of 2025, the new one since. */
int pick_year(struct world *world)
{
    static const int old[] = {2019, 2020, 2020, 2021, 2023, 2024}, new[] = {2025, 2026, 2026};
    if (one_in(world, 25))
        return 2019 + (int)rnd(world, 8);
    if (world->new_tree && (!world->old_tree || one_in(world, 2)))
        return PICK(world, new);
    return PICK(world, old);
}

static void a_decision(struct world *world, struct decision *decision)
{
    const int year = pick_year(world);
    struct row *row = &decision->row;
    memset(row, 0, sizeof *row);
    row->kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
    row->date = a_day(world, year);
    decision->authority = pick_office(world, row->date);
    if (one_in(world, 12)) {
        static const char *const outside[] = {"CTN", "TTG", "ttg ", "BGDDT"};
        decision->authority = OUTSIDE;
        row->authority = PICK(world, outside);
        row->code = "HC_LD_2";
        row->recipient = one_in(world, 2) ? 1 : 4;
    } else {
        a_title(world, row, world->offices[decision->authority].level);
    }
    row->decider = decision->authority;
    row->number = row_number(world, 1 + rnd(world, 2000));
    a_period(world, row, year);
    row->type = (int)rnd(world, 9);
    row->movement = PICK(world, movements);
    row->field = PICK(world, fields);
    row->status = one_in(world, 30) ? 2 : (int)rnd(world, 2);
    row->submitted = one_in(world, 3) ? 2 + (int)rnd(world, 2) : 0;
    if (one_in(world, 8))
        row->number = NULL;
    if (one_in(world, 14))
        row->date = 0;
}

/* ---- Telling ---- */

void row_tell(struct world *world, int teller, struct row *row)
{
    struct office *office = &world->offices[teller];
    if (row->import == 0 && !one_in(world, 6)) {
        if (office->imports == 0 || one_in(world, 10))
            office->imports = 1 + ((uint64_t)rnd(world, UINT32_MAX) << 16 | rnd(world, 65536));
        row->import = office->imports;
        row->import_row = (uint32_t)office->said_count + (uint32_t)office->waiting_count + 2;
    }
    office_wait(office, row);
    if (office->waiting_count >= 1 + rnd(world, world->size->updates))
        office_sign(world, teller, 1 + rnd(world, world->size->updates));
}

void row_mistype(struct world *world, struct row *row)
{
    switch (rnd(world, 9)) {
    case 0:
        row->code = "XX_"
                    "LA";
        break;
    case 1:
        row->place = NOWHERE;
        break;
    case 2:
        row->date = day_at(1905, 5, 5);
        break;
    case 3:
        row->year = 202;
        break;
    case 4:
        row->quantity = UINT64_C(3000000000);
        break;
    case 5:
        row->place = (int)rnd(world, (uint32_t)world->office_count);
        break;
    case 6:
        row->decider = (int)rnd(world, (uint32_t)world->office_count);
        break;
    case 7:
        row->level = 1 + (int)rnd(world, 6);
        break;
    default:
        row->recipient = 0;
        break;
    }
}

static void one_recipient(struct world *world, const struct decision *decision, int teller,
                          int place, const char *name)
{
    struct row row = decision->row;
    row.place = place == teller ? AUTHOR : place;
    row.name = name;
    row.workplace = one_in(world, 3) ? "Trường Tiểu học 1" : "";
    row.category = row.recipient == 4 || one_in(world, 20) ? (int)rnd(world, 6) : 0;
    row.sex = row.recipient == 4 ? (int)rnd(world, 3) : 0;
    row.posthumous = one_in(world, 40);
    if (row.number != NULL && one_in(world, 5))
        row.number = pool_text(world->pool, " %s", row.number);
    if (one_in(world, 40))
        row_mistype(world, &row);
    row_tell(world, teller, &row);
}

static void one_total(struct world *world, const struct decision *decision, int teller, int place,
                      uint64_t quantity)
{
    struct row row = decision->row;
    row.place = place == teller ? AUTHOR : place;
    row.quantity = quantity;
    if (one_in(world, 6))
        row.field = PICK(world, fields);
    if (one_in(world, 60))
        row_mistype(world, &row);
    row_tell(world, teller, &row);
}

/* Some tell names, some numbers, some both; the authority, what lies between, the places themselves. */
static void tell_decision(struct world *world, struct decision *decision)
{
    const int root = decision->authority == OUTSIDE ? world->hub : decision->authority;
    const unsigned recipients = 1 + rnd(world, world->size->recipients);
    const unsigned ways = 1 + rnd(world, 31);
    const lt_day day =
        decision->row.date == 0 ? day_at(decision->row.year, 12, 31) : decision->row.date;
    int *places = pool_take(world->pool, recipients * sizeof *places);
    for (unsigned i = 0; i < recipients; i++)
        places[i] = one_in(world, 15) ? pick_office(world, day) : office_below(world, root, day);
    for (unsigned i = 0; i < recipients; i++) {
        const char *name = row_name(world);
        if (ways & 1)
            one_recipient(world, decision, root, places[i], name);
        if (ways & 2 && !one_in(world, 10))
            one_recipient(world, decision, places[i], places[i], name);
        if (ways & 4 && one_in(world, 2))
            one_recipient(world, decision, office_above(world, places[i], 1), places[i], name);
    }
    if (ways & 8) {
        one_total(world, decision, root, root, recipients + rnd(world, 3));
        one_total(world, decision, office_above(world, places[0], 1),
                  office_above(world, places[0], 1), 1 + rnd(world, recipients));
    }
    for (unsigned i = 0; ways & 16 && i < 1 + recipients / 8; i++)
        one_total(world, decision, places[i], places[i], 1 + rnd(world, 5));
}

/* ---- Other kinds ---- */

static void tell_proposal(struct world *world)
{
    struct decision decision;
    a_decision(world, &decision);
    if (decision.authority == OUTSIDE)
        return;
    decision.row.kind = LIENTHONG__RECORD_KIND__KIND_PROPOSAL;
    decision.row.outcome = (int)rnd(world, 3);
    const int place = office_below(world, decision.authority, day_at(decision.row.year, 12, 31));
    const int teller = one_in(world, 2) ? decision.authority : place;
    if (one_in(world, 4))
        one_total(world, &decision, teller, place, 1 + rnd(world, 9));
    else
        one_recipient(world, &decision, teller, place, row_name(world));
}

static void tell_movement(struct world *world)
{
    const int year = pick_year(world);
    const int office = pick_office(world, day_at(year, 12, 31));
    struct row row = {.kind = LIENTHONG__RECORD_KIND__KIND_MOVEMENT, .decider = office};
    row.code = one_in(world, 2) ? PICK(world, movements) : "";
    row.movement = one_in(world, 6) ? "" : "Cả tỉnh chung sức";
    row.year = one_in(world, 5) ? 0 : year;
    if (!one_in(world, 3)) {
        static const lt_day lengths[] = {90,  363, 364, 365,  366,  367,  368, 400,
                                         540, 729, 730, 1095, 1200, 1826, 3000};
        row.from = day_at(year, 1 + (int)rnd(world, 12), 1);
        row.to = one_in(world, 4) ? 0 : row.from + PICK(world, lengths);
    }
    row.scope = (int)rnd(world, 5);
    row.thematic = one_in(world, 2);
    row.implements = one_in(world, 3) ? "NTM" : "";
    row.field = PICK(world, fields);
    row_tell(world, one_in(world, 4) ? office_above(world, office, 1) : office, &row);
}

static int sibling(struct world *world, int office)
{
    for (int tries = 0; tries < 20; tries++) {
        const int other = (int)rnd(world, (uint32_t)world->office_count);
        if (world->offices[other].parent == world->offices[office].parent)
            return other;
    }
    return office;
}

static void tell_pledge(struct world *world)
{
    const int year = pick_year(world);
    const int lead = pick_office(world, day_at(year, 12, 31));
    struct row row = {.kind = LIENTHONG__RECORD_KIND__KIND_PLEDGE, .lead = lead, .year = year};
    row.cluster = PICK(world, clusters);
    row.member_count = rnd(world, 4);
    for (unsigned i = 0; i < row.member_count; i++)
        row.members[i] = sibling(world, lead);
    if (one_in(world, 8))
        row.quantity = 1 + rnd(world, 5);
    const int tellers[] = {lead, sibling(world, lead), office_above(world, lead, 1),
                           row.member_count > 0 ? row.members[0] : lead};
    row_tell(world, PICK(world, tellers), &row);
    if (one_in(world, 2)) {
        row.import = 0;
        row_tell(world, PICK(world, tellers), &row);
    }
}

static void tell_score(struct world *world)
{
    const int year = pick_year(world);
    const int member = pick_office(world, day_at(year, 12, 31));
    struct row row = {.kind = LIENTHONG__RECORD_KIND__KIND_SCORE, .place = member, .year = year};
    row.cluster = PICK(world, clusters);
    row.movement = one_in(world, 3) ? "Chuyên đề" : "";
    row.decider = one_in(world, 3) ? AUTHOR : office_above(world, member, 1);
    row.points = rnd(world, 110000);
    row.rank = rnd(world, 5);
    const int tellers[] = {member, sibling(world, member), office_above(world, member, 1)};
    for (unsigned i = 1 + rnd(world, 2); i > 0; i--) {
        row.import = 0;
        row_tell(world, PICK(world, tellers), &row);
    }
}

static void tell_exemplar(struct world *world)
{
    const int year = pick_year(world);
    const int place = pick_office(world, day_at(year, 12, 31));
    struct row row = {.kind = LIENTHONG__RECORD_KIND__KIND_EXEMPLAR, .place = place};
    a_period(world, &row, year);
    row.code = "Cánh đồng mẫu lớn";
    row.recipient = (int)rnd(world, 5);
    row.field = PICK(world, fields);
    row.movement = PICK(world, movements);
    row.quantity = one_in(world, 3) ? 1 + rnd(world, 20) : 0;
    row_tell(world, one_in(world, 3) ? office_above(world, place, 1) : place, &row);
}

static void tell_declaration(struct world *world)
{
    const int year = pick_year(world);
    struct row row = {.kind = LIENTHONG__RECORD_KIND__KIND_DECLARATION};
    a_period(world, &row, year);
    if (one_in(world, 2)) { /* a month, a quarter, a half; sometimes of no such number */
        row.period = LIENTHONG__PERIOD_KIND__PERIOD_MONTH + (int)rnd(world, 3);
        row.span_from =
            (int)rnd(world, row.period == LIENTHONG__PERIOD_KIND__PERIOD_MONTH ? 13 : 4);
    }
    row.scope = (int)rnd(world, 3);
    row.nil = one_in(world, 3);
    row.code = "GK";
    row.recipient = 4;
    row.quantity = row.nil && !one_in(world, 8) ? 0 : rnd(world, 100);
    row_tell(world, pick_office(world, day_at(year, 12, 31)), &row);
}

void tell_everything(struct world *world)
{
    static void (*const others[])(struct world *) = {
        tell_proposal, tell_movement,    tell_pledge,     tell_score,
        tell_exemplar, tell_declaration, tell_in_cluster, tell_in_cluster,
    };
    const unsigned total = world->size->decisions + world->size->others;
    for (unsigned i = 0; i < total; i++) {
        if (rnd(world, total) < world->size->decisions) {
            struct decision decision;
            a_decision(world, &decision);
            tell_decision(world, &decision);
        } else {
            PICK(world, others)(world);
        }
        for (unsigned j = rnd(world, 4); j > 0; j--)
            correct(world, (int)rnd(world, (uint32_t)world->office_count));
        if (one_in(world, 4))
            agree(world);
        for (int j = 0; j < (int)world->office_count; j++)
            if (world->offices[j].predecessor >= 0 && one_in(world, 20))
                correct(world, j);
    }
    for (size_t i = 0; i < world->office_count; i++)
        sign_all(world, (int)i);
}
