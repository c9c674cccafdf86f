/* Which records speak of one thing: the key of a scope (merge.h). */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "proto/judge_inner.h"

enum { REST_BYTES_MAX = 4096, AUTHORITY_AT = 1, DATE_AT = 7, REST_AT = 12 };

/* The rest, collected: each text with its length before it. */
struct rest {
    size_t size;
    uint8_t bytes[REST_BYTES_MAX];
};

static void say_number(struct rest *rest, uint32_t value)
{
    assert(rest->size + 4 <= sizeof(rest->bytes));
    for (int shift = 24; shift >= 0; shift -= 8)
        rest->bytes[rest->size++] = (uint8_t)(value >> shift);
}

static void say_bytes(struct rest *rest, const char *text, size_t size)
{
    say_number(rest, (uint32_t)size);
    assert(rest->size + size <= sizeof(rest->bytes));
    memcpy(rest->bytes + rest->size, text, size);
    rest->size += size;
}

static void say_text(struct rest *rest, const char *text)
{
    say_bytes(rest, text, strlen(text));
}

/* A name, as it is compared. */
static void say_name(struct rest *rest, const char *name)
{
    char folded[LT_LONG_TEXT_BYTES_MAX + 1];
    lt_fold_words(name, folded, sizeof(folded));
    say_text(rest, folded);
}

/* The code that the book has for a cluster, when it says something, else its name. */
static void say_cluster(struct rest *rest, const struct matter *matter, const char *told)
{
    char folded[LT_LONG_TEXT_BYTES_MAX + 1];
    const struct lt_cluster *cluster = matter->cluster;
    lt_fold_cluster(cluster != NULL ? cluster->code : "", folded, sizeof(folded));
    const bool coded = folded[0] != '\0';
    if (!coded)
        lt_fold_cluster(cluster != NULL ? cluster->name : told, folded, sizeof(folded));
    say_number(rest, coded);
    say_text(rest, folded);
}

static uint32_t kind_of_recipient(uint32_t recipient)
{
    return recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE
               ? LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE
               : recipient;
}

static void put_authority(struct lt_fact *fact)
{
    if (fact->authority != NULL) {
        memcpy(fact->scope + AUTHORITY_AT, fact->authority->mark, sizeof(fact->authority->mark));
        return;
    }
    static const char prefix[] = "outside the tree: ";
    char text[sizeof(prefix) + LT_TEXT_BYTES_MAX];
    struct lt_hash hash;
    memcpy(text, prefix, sizeof(prefix));
    lt_fold_number(fact->authority_code, text + sizeof(prefix) - 1, LT_TEXT_BYTES_MAX + 1);
    lt_hash_of(text, strlen(text), &hash);
    memcpy(fact->scope + AUTHORITY_AT, hash.bytes, sizeof(fact->authority->mark));
}

/* Five bytes that sort: what it is, then a day, or two years. */
static void put_day(struct lt_fact *fact, uint8_t tag, lt_day day)
{
    const uint32_t flipped = (uint32_t)day ^ UINT32_C(0x80000000);
    fact->scope[DATE_AT] = tag;
    for (int i = 0; i < 4; i++)
        fact->scope[DATE_AT + 1 + i] = (uint8_t)(flipped >> (24 - 8 * i));
}

static void put_years(struct lt_fact *fact, uint8_t tag, uint32_t to, uint32_t from)
{
    fact->scope[DATE_AT] = tag;
    fact->scope[DATE_AT + 1] = (uint8_t)(to >> 8);
    fact->scope[DATE_AT + 2] = (uint8_t)to;
    fact->scope[DATE_AT + 3] = (uint8_t)(from >> 8);
    fact->scope[DATE_AT + 4] = (uint8_t)from;
}

enum { TAG_DATE = 1, TAG_DAY, TAG_YEAR, TAG_SCHOOL_YEAR, TAG_SPAN, TAG_START, TAG_PART };

/* A period, or the date when there is none. */
static void put_period(struct lt_fact *fact, const Lienthong__Period *period, lt_day date)
{
    const int kind = period != NULL ? (int)period->kind : LIENTHONG__PERIOD_KIND__PERIOD_NONE;
    if (kind == LIENTHONG__PERIOD_KIND__PERIOD_NONE)
        put_day(fact, TAG_DATE, date);
    else if (kind == LIENTHONG__PERIOD_KIND__PERIOD_EVENT)
        put_day(fact, TAG_DAY, period->day);
    else if (kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN)
        put_years(fact, TAG_SPAN, period->to, period->from);
    else if (kind >= LIENTHONG__PERIOD_KIND__PERIOD_MONTH)
        put_years(fact, (uint8_t)(TAG_PART + kind - LIENTHONG__PERIOD_KIND__PERIOD_MONTH),
                  period->to, period->from);
    else
        put_years(fact,
                  kind == LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR ? TAG_SCHOOL_YEAR : TAG_YEAR,
                  period->to, 0);
}

static void finish(struct lt_fact *fact, const struct rest *rest)
{
    fact->scope[0] = (uint8_t)fact->kind;
    put_authority(fact);
    crypto_generichash(fact->scope + REST_AT, sizeof(fact->scope) - REST_AT, rest->bytes,
                       rest->size, NULL, 0);
}

static int year_of(lt_day date)
{
    uint8_t month;
    return date != 0 ? lt_rule_year_of(date, &month) : 0;
}

/* Awards and proposals. */
static void decided(struct lt_fact *fact, const char *number, lt_day date,
                    const Lienthong__Period *period)
{
    struct rest rest = {.size = 0};
    char folded[LT_TEXT_BYTES_MAX + 1];
    lt_fold_decision(number, year_of(date), folded, sizeof(folded));
    say_text(&rest, folded);
    say_text(&rest, fact->code);
    say_number(&rest, kind_of_recipient(fact->recipient));
    if (folded[0] != '\0') {
        put_day(fact, TAG_DATE, date);
    } else {
        put_period(fact, period, date);
        say_name(&rest, fact->movement);
        say_number(&rest, fact->type);
    }
    finish(fact, &rest);
}

void lt_scope_decision(struct matter *matter, const Lienthong__Decision *decision,
                       const Lienthong__Period *period)
{
    decided(&matter->fact, decision != NULL ? decision->number : "",
            decision != NULL ? decision->date : 0, period);
}

void lt_scope_proposal(struct matter *matter, const Lienthong__Proposal *proposal)
{
    decided(&matter->fact, proposal->number, proposal->date, proposal->period);
}

void lt_scope_movement(struct matter *matter, const Lienthong__Movement *movement)
{
    struct rest rest = {.size = 0};
    if (movement->code[0] != '\0') {
        char folded[LT_TEXT_BYTES_MAX + 1];
        lt_fold_number(movement->code, folded, sizeof(folded));
        say_number(&rest, 1);
        say_text(&rest, folded);
    } else {
        say_number(&rest, 0);
        say_name(&rest, movement->name);
    }
    if (movement->from != 0)
        put_day(&matter->fact, TAG_START, movement->from);
    else
        put_years(&matter->fact, TAG_YEAR, (uint32_t)matter->fact.year, 0);
    finish(&matter->fact, &rest);
}

void lt_scope_pledge(struct matter *matter, const Lienthong__Pledge *pledge)
{
    struct rest rest = {.size = 0};
    say_cluster(&rest, matter, pledge->cluster);
    put_years(&matter->fact, TAG_YEAR, pledge->year, 0);
    finish(&matter->fact, &rest);
}

void lt_scope_score(struct matter *matter, const Lienthong__Score *score,
                    const struct lt_place *member)
{
    struct rest rest = {.size = 0};
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(&member->unit, text);
    say_cluster(&rest, matter, score->cluster);
    say_name(&rest, score->movement);
    say_text(&rest, text);
    put_years(&matter->fact, TAG_YEAR, score->year, 0);
    finish(&matter->fact, &rest);
}

void lt_scope_exemplar(struct matter *matter, const Lienthong__Exemplar *exemplar)
{
    struct rest rest = {.size = 0};
    say_number(&rest, kind_of_recipient(matter->fact.recipient));
    say_name(&rest, exemplar->field);
    say_name(&rest, exemplar->movement);
    put_period(&matter->fact, exemplar->period, 0);
    finish(&matter->fact, &rest);
}

void lt_scope_declaration(struct matter *matter, const Lienthong__Declaration *declaration)
{
    struct rest rest = {.size = 0};
    say_number(&rest, (uint32_t)declaration->kind);
    put_period(&matter->fact, declaration->period, 0);
    finish(&matter->fact, &rest);
}

/* The ASCII form of a letter of two bytes: the four Đ ð Ð đ. */
static bool is_dyet(uint8_t first, uint8_t second)
{
    return (first == 0xc4 && (second == 0x90 || second == 0x91)) ||
           (first == 0xc3 && (second == 0x90 || second == 0xb0));
}

void lt_fold_number(const char *number, char *ret_folded, size_t max)
{
    size_t size = 0;
    assert(max > 0);
    for (const uint8_t *at = (const uint8_t *)number; *at != '\0' && size + 1 < max; at++) {
        if ((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z')) {
            ret_folded[size++] = (char)*at;
        } else if (*at >= 'a' && *at <= 'z') {
            ret_folded[size++] = (char)(*at - 'a' + 'A');
        } else if (is_dyet(at[0], at[1])) {
            ret_folded[size++] = 'D';
            at++;
        }
    }
    ret_folded[size] = '\0';
}
