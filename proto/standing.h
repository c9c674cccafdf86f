/* standing.h - what directives say beside tree, catalogue and keys: successions, clusters, movements from
 * above, obligations, closings, publications, moves, notices, fallbacks, redactions, versions. Part of the book
 * (rules.h).
 *
 * The fold, rules version 3: such an item stands when its update is admitted (rules.h) and the unit that
 * it is about (of a succession the unit that has ended; of a cluster the managing unit; of a movement the
 * launcher; of an obligation `unit` or `within`; of a closing or publication the place) is in the tree, at
 * or below the unit of the hub that says it. A succession also needs its dates: the unit has ended, and
 * the successor, when one is named, is in the tree and outlives it; so no succession leads in a circle.
 * What does not stand is kept, and stands as soon as it can. Of several with one key the highest hub's
 * stands, of one hub the one with the greatest stamp. Keys: succession (unit, successor), where
 * `withdrawn` leaves nothing; cluster (folded code, else folded name; year; managing unit); movement
 * (folded code, else folded name; launcher); obligation (unit or description, kind, period); closing
 * (place, period, kind: each hub's own, of the newest of which all parts are there); publication (hub,
 * name, number: the first of which all parts are there stands, and never changes); move (unit); fallback
 * (hub, which it is about); redaction (record, hub); sealing (unit, hub); a unit's box key (unit, hub, its
 * box key, machine). Notices have no key: each stands. Versions are about nothing and have one key, and
 * so do releases (serial and number of each); the top alone says them.
 * The parts of a closing or publication are said one after the other, from 1 to `parts`, by one hub, their
 * chains ascending through all of them.
 * Standing items are listed in a canonical order, the same at every site.
 *
 * Pointers live until the next lt_book_add. Readers may share the book while nobody writes. A light book
 * (lt_book_light) has closings and publications without cut and figures. */
#ifndef LT_STANDING_H
#define LT_STANDING_H

#include "proto/release.h"
#include "proto/rules.h"

/* ---- Periods ---- */

struct lt_period {
    uint8_t kind; /* Lienthong__PeriodKind */
    uint16_t from, to; /* as in the schema; `to` is the year */
    lt_day day; /* of an event */
};
/* LT_MALFORMED: none, or an impossible one. */
enum lt_result lt_period_make(const Lienthong__Period *told, struct lt_period *ret_period);
int lt_period_cmp(const struct lt_period *a, const struct lt_period *b);
/* First and last day. School years: 1 September to 31 August. */
void lt_period_days(const struct lt_period *period, lt_day *ret_first, lt_day *ret_last);
/* "2024", "2024/2025" (school year), "2020-2025" (span), "2024-05", "2024-Q1", "2024-H1",
 * "2024-05-19" (event). */
enum { LT_PERIOD_TEXT_MAX = 16 };
void lt_period_format(const struct lt_period *period, char ret_text[LT_PERIOD_TEXT_MAX]);
enum lt_result lt_period_parse(const char *text, struct lt_period *ret_period);

/* ---- Successions ---- */

struct lt_succession {
    const struct lt_place *unit;
    const struct lt_place *successor; /* NULL: it has gone without one */
    bool main; /* speaks for the unit's records; of several so marked the lesser unit does */
    bool whole; /* the whole of the unit went there */
    bool closed; /* by the cut below */
    size_t cut_count;
    const struct lt_hash *cut; /* of the unit's report chain */
};
size_t lt_book_succession_count(const struct lt_book *book);
/* Ascending by unit, then successor. */
const struct lt_succession *lt_book_succession_at(const struct lt_book *book, size_t number);
/* Those of one unit, contiguous; *ret_count 0 and NULL when it has none. */
const struct lt_succession *lt_book_successions(const struct lt_book *book,
                                                const struct lt_place *unit, size_t *ret_count);
/* The cut that closes a unit's report chain: the main succession's, else the first one's that has one.
 * NULL: it is open. */
const struct lt_succession *lt_book_closed(const struct lt_book *book, const struct lt_place *unit);
/* May `author` speak for `unit` or what lies below it: `unit` is within the author, or `unit`, or a unit
 * above it, has come down to the author's unit, or to one within it, by main successions. */
bool lt_book_speaks_for(const struct lt_book *book, const struct lt_place *author,
                        const struct lt_place *unit);
/* How many main successions lead from `unit`, or a unit above it, to `author` itself, at least: 0 for the
 * unit itself; LT_DEPTH_MAX: none do (also when `unit` lies within the author without any). */
unsigned lt_book_generation(const struct lt_book *book, const struct lt_place *unit,
                            const struct lt_place *author);
/* Where the whole of a unit lies in the tree of `day`: itself if it lives then; else the deepest unit
 * living then that holds all its successors (and theirs), as it would the parts of one that was split; a
 * unit without a successor lies where its parent does. NULL: nowhere. What went into hundreds of
 * units lies at the top. */
const struct lt_place *lt_book_today(const struct lt_book *book, const struct lt_place *unit,
                                     lt_day day);
/* The same of all places; `ret_by_number` has room for as many as the book has. */
void lt_book_today_all(const struct lt_book *book, lt_day day,
                       const struct lt_place **ret_by_number);

/* ---- Clusters, movements ---- */

struct lt_cluster {
    const char *code, *name; /* "" when not stated, not both */
    uint8_t level; /* Lienthong__Level */
    int16_t year;
    const struct lt_place *managing, *lead; /* lead NULL: not stated */
    size_t member_count;
    const struct lt_place *const *members;
};
size_t lt_book_cluster_count(const struct lt_book *book);
const struct lt_cluster *lt_book_cluster_at(const struct lt_book *book, size_t number);
/* The cluster of a year by code or name as told (lt_fold_cluster), the one whose managing unit is nearest
 * above `near`; NULL: none, or two as near. */
const struct lt_cluster *lt_book_cluster(const struct lt_book *book, const char *told, int year,
                                         const struct lt_place *near);

struct lt_movement {
    const char *code, *name, *implements;
    const struct lt_place *launcher;
    uint8_t scope; /* Lienthong__MovementScope */
    lt_day from, to;
    bool thematic;
};
size_t lt_book_movement_count(const struct lt_book *book);
const struct lt_movement *lt_book_movement_at(const struct lt_book *book, size_t number);

/* ---- Obligations, closings, publications ---- */

struct lt_obligation {
    const struct lt_place *unit; /* NULL: by description */
    const struct lt_place *within;
    uint8_t nature, level, kind; /* 0: any; kind as Lienthong__RecordKind, 0: everything */
    struct lt_period period;
    lt_day due; /* 0: not stated */
    bool exempt;
};
size_t lt_book_obligation_count(const struct lt_book *book);
/* Ascending by precedence: of those that speak of a unit, kind and period the last one stands. */
const struct lt_obligation *lt_book_obligation_at(const struct lt_book *book, size_t number);

/* It names the unit, or describes it. */
bool lt_obligation_speaks_of(const struct lt_obligation *obligation, const struct lt_place *place);

struct lt_chain_cut {
    struct lt_unit unit; /* its report chain */
    size_t count;
    const struct lt_hash *tips;
};
struct lt_closing {
    const struct lt_place *place, *hub; /* hub: who closed */
    uint8_t kind;
    struct lt_period period;
    lt_day day;
    size_t cut_count;
    const struct lt_chain_cut *cut; /* ascending by unit */
};
size_t lt_book_closing_count(const struct lt_book *book);
const struct lt_closing *lt_book_closing_at(const struct lt_book *book, size_t number);
/* The closing that holds for a place, period and kind: of that place, else of the nearest above; of that
 * kind, else of everything. NULL: it is open. */
const struct lt_closing *lt_book_closing(const struct lt_book *book, const struct lt_place *place,
                                         const struct lt_period *period, uint8_t kind);
/* NULL: nothing of that chain lies within the cut. */
const struct lt_chain_cut *lt_cut_of(const struct lt_chain_cut *cut, size_t count,
                                     const struct lt_unit *unit);

struct lt_publication {
    const char *name, *question, *cause;
    uint32_t number;
    const struct lt_place *place, *hub;
    const uint8_t *figures;
    size_t figures_size;
    struct lt_hash directives;
    int64_t published_at;
    size_t cut_count;
    const struct lt_chain_cut *cut;
};
size_t lt_book_publication_count(const struct lt_book *book);
/* Ascending by hub, name, number. */
const struct lt_publication *lt_book_publication_at(const struct lt_book *book, size_t number);

/* ---- Moves ---- */

struct lt_move {
    struct lt_unit unit, parent, hub; /* hub: who said it */
    uint8_t curve_key[32];
    size_t endpoint_count;
    const char *const *endpoints;
    bool arrived; /* the new parent has let a machine in */
};
/* The one that stands for a unit; NULL: none. */
const struct lt_move *lt_book_move(const struct lt_book *book, const struct lt_unit *unit);
/* All that stand, ascending by unit. */
size_t lt_book_move_count(const struct lt_book *book);
const struct lt_move *lt_book_move_at(const struct lt_book *book, size_t number);
/* Does a Move name `hub`, or a hub below it, as the parent of a unit that the chain of `unit` comes
 * through: of `unit` itself, or of one above it? Then the chain travels through `hub`, wherever the tree
 * has the unit. */
bool lt_book_moved_to(const struct lt_book *book, const struct lt_unit *unit,
                      const struct lt_unit *hub);
/* Does a Move name `hub`, or a hub below it, as the parent of a unit at or below `above`? Then the
 * directives of `above` are needed there: they granted the keys of what now comes that way. Moves to a
 * parent above the unit are passed over: for them `above` lies above `hub`, or at or below it. */
bool lt_book_moved_from(const struct lt_book *book, const struct lt_unit *above,
                        const struct lt_unit *hub);

/* ---- Notices ---- */

/* What a hub at or above a unit tells its people. Each stands for itself. */
struct lt_notice {
    struct lt_unit unit, hub; /* hub: who said it */
    struct lt_hash update; /* with `index` the name of this one */
    uint32_t index;
    const char *text;
};
/* Ascending by unit; then the higher hub's, of one hub the newest first. */
size_t lt_book_notice_count(const struct lt_book *book);
const struct lt_notice *lt_book_notice_at(const struct lt_book *book, size_t number);

/* ---- Fallbacks ---- */

/* What a hub says to the agents below it: after how long without the top's receipt they are to be warned, and
 * where it is to be found as a second parent. */
struct lt_fallback {
    struct lt_unit hub; /* who said it */
    uint32_t after_s; /* 0: no longer */
    uint8_t curve_key[32];
    size_t endpoint_count; /* 0: a warning alone */
    const char *const *endpoints;
};
/* Ascending by hub; what is no longer so stands among them. */
size_t lt_book_fallback_count(const struct lt_book *book);
const struct lt_fallback *lt_book_fallback_at(const struct lt_book *book, size_t number);
/* ---- Redactions ---- */

/* The personal part of a record is to be erased from the chains of units at or below the hub's (agent/erasure.h).
 * Each hub's word stands for itself, and for good. */
struct lt_redaction {
    struct lt_record_id record;
    struct lt_unit hub; /* who said it */
    const char *reason;
};
size_t lt_book_redaction_count(const struct lt_book *book);
/* Ascending by record, then hub. */
const struct lt_redaction *lt_book_redaction_at(const struct lt_book *book, size_t number);
/* The number of the first one of records that this update put; others of it follow. */
size_t lt_book_redactions_of(const struct lt_book *book, const struct lt_hash *update);

/* ---- Sealed names ---- */

/* Names of units at or below `within` are sealed to the box key of `hub`. Each hub's word stands for itself. */
struct lt_sealing {
    const struct lt_place *within;
    struct lt_unit hub, said_by;
    uint8_t box_key[32];
    bool open; /* not by `said_by` */
};
size_t lt_book_sealing_count(const struct lt_book *book);
/* All that stand, ascending by unit, then who said it. */
const struct lt_sealing *lt_book_sealing_at(const struct lt_book *book, size_t number);
/* The one that holds for a unit: of what each hub said the nearest to the unit counts; of those that are not open that
 * of the highest hub, so that no hub between can open what one above has sealed. NULL: none. */
const struct lt_sealing *lt_book_sealing(const struct lt_book *book, const struct lt_unit *unit);

/* A unit's own box key. */
struct lt_unit_box {
    struct lt_unit unit, hub; /* hub: who said it */
    uint8_t hub_key[32]; /* the box key of the hub that it goes with */
    uint8_t box_key[32];
    bool handed; /* to a machine: */
    uint8_t machine[32], secret[LT_SEALED_KEY_BYTES];
};
size_t lt_book_unit_box_count(const struct lt_book *book);
/* Ascending by unit, hub, hub_key, machine. */
const struct lt_unit_box *lt_book_unit_box_at(const struct lt_book *book, size_t number);
/* The number of the first one of a unit; others of it follow. */
size_t lt_book_unit_boxes_of(const struct lt_book *book, const struct lt_unit *unit);

/* ---- Versions ---- */

/* The newest body version that everybody may write, as the top has announced it; LT_BODY_VERSION_FIRST when it
 * never did. It may be one that this build does not know. */
uint32_t lt_book_body_announced(const struct lt_book *book);
/* The one that this build writes: the announced one, or its own newest where that is less. */
uint32_t lt_book_body_written(const struct lt_book *book);

/* ---- Releases ---- */

/* The program that the machines are to run: of those whose key the root that counts now has signed, the greatest by
 * (serial, number); of several words about it the last. */
struct lt_standing_release {
    struct lt_release release;
    uint32_t percent; /* of the machines, that take it by now; 0: none */
    struct lt_key key;
    uint64_t serial;
    struct lt_signature signature, root_signature; /* of the manifest; of key and serial */
};
/* NULL: the top has said none. */
const struct lt_standing_release *lt_book_release_now(const struct lt_book *book);

/* ---- Names for comparing ---- */

/* A decision's number for comparing: the first group of digits without leading zeros, then what else is
 * in it in upper-case ASCII letters and digits, Đ as D; without the words SO, QD, UBND, and without a
 * group of four digits that is the year. "15/QĐ-UBND", "15/QÐ-UBND ", "QĐ 15", "Số 015/2020/QĐ-UBND"
 * (of 2020) are 15; "15/QĐ-CTUBND" is 15CTUBND, "15a/QĐ-UBND" is 15A. `year` 0: not known. Writes at
 * most `max` bytes with the NUL. */
void lt_fold_decision(const char *number, int year, char *ret_folded, size_t max);
/* A cluster's or movement's name for comparing: lower case, tone marks where new spelling has them, blanks
 * as one; of clusters "thi đua" and "số" left out, so "Cụm thi đua số 1", "cụm 1" and "Cụm TĐ số 01" are
 * one. Texts are NFC. */
void lt_fold_cluster(const char *name, char *ret_folded, size_t max);
void lt_fold_words(const char *name, char *ret_folded, size_t max);

/* ---- Checking before saying ---- */

/* Lists of items against the book, before they become directives: unknown units, circles, a unit that is
 * its own successor, overlapping dates (a successor must not begin before the unit, nor end before it
 * does), a split with one part, `whole` beside parts, a unit that is still open, periods that are none, a
 * cluster whose lead is not a member or whose member stands twice. On LT_REFUSED *ret_row is the index of
 * the first bad item and ret_reason its sentence. Nothing is added. Items of other kinds pass. */
enum lt_result lt_book_check_standing(const struct lt_book *book,
                                      const Lienthong__Directive *const *items, size_t count,
                                      size_t *ret_row, char ret_reason[160]);

#endif
