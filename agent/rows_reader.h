/* rows_reader.h - the cells of one row, each read as what its column holds. Private to rows*.c.
 *
 * A reader collects faults and goes on, so a row's faults are told together; what it returns after a
 * fault is harmless and never used. */
#ifndef LT_ROWS_READER_H
#define LT_ROWS_READER_H

#include "agent/rows.h"

struct lt_rows_reader {
    const struct lt_rows *rows;
    const struct lt_place *author; /* what cells leave empty: rows->author, or lt_predecessor_any */
    size_t row;
    Lienthong__ReportBody *body;
    Lienthong__Change *change;
    Lienthong__Person *person;
    /* When the record is from: a day, else a year, else nothing. */
    lt_day day;
    uint32_t year;
    struct lt_row_fault *fault;
    size_t faults;
    bool no_memory;
    enum lt_result result; /* of the journal */
    char nothing[1];
};

/* Notes a fault. */
void lt_rows_fail(struct lt_rows_reader *reader, enum lt_column column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Zeroed memory; NULL: no_memory is set. */
void *lt_rows_take(struct lt_rows_reader *reader, size_t size);

/* rows_spoiled.c. Would a cell of this column count once in each row that it is merged over? */
bool lt_rows_is_amount(enum lt_column column);
/* Notes the cells in which a spreadsheet program has lost what was typed, or said it for several rows. */
void lt_rows_look_for_spoiled(struct lt_rows_reader *reader);

/* The cell as it stands; "" when there is none. */
const char *lt_rows_cell(const struct lt_rows_reader *reader, enum lt_column column);
bool lt_rows_has(const struct lt_rows_reader *reader, enum lt_column column);
/* Trimmed, NFC, control characters as spaces (line feeds kept with `lines`); in the arena. */
char *lt_rows_text(struct lt_rows_reader *reader, enum lt_column column, size_t max, bool lines);
int32_t lt_rows_day(struct lt_rows_reader *reader, enum lt_column column);
uint64_t lt_rows_count(struct lt_rows_reader *reader, enum lt_column column);
bool lt_rows_points(struct lt_rows_reader *reader, enum lt_column column, int64_t *ret_points);
uint8_t lt_rows_word(struct lt_rows_reader *reader, enum lt_column column, enum lt_words list);
bool lt_rows_yes(struct lt_rows_reader *reader, enum lt_column column);
/* The period, from the column of periods, years, spans or school years; NULL when none is filled. */
bool lt_rows_has_period(const struct lt_rows_reader *reader);
Lienthong__Period *lt_rows_period(struct lt_rows_reader *reader);
/* The same, where a month, a quarter or half a year will do. */
Lienthong__Period *lt_rows_declared_period(struct lt_rows_reader *reader);
uint32_t lt_rows_year(struct lt_rows_reader *reader);
/* The day or year of the record, from a decision's day (0: none) or its period (may be NULL). */
void lt_rows_date(struct lt_rows_reader *reader, lt_day day, const Lienthong__Period *period);

/* Units: NULL when not found (and a fault). `text` is one code, or code@date. */
const struct lt_place *lt_rows_place(struct lt_rows_reader *reader, enum lt_column column,
                                     const char *text);
/* The body's reference to a unit; the author's own is 0 unless `always`. No unit's is 0. */
uint32_t lt_rows_refer(struct lt_rows_reader *reader, const struct lt_unit *unit, bool always);
/* The unit in a cell; 0 for an empty one. */
uint32_t lt_rows_unit(struct lt_rows_reader *reader, enum lt_column column);

/* The level at which a unit decides. */
Lienthong__Level lt_rows_level(const struct lt_place *place);

/* The catalogue's code for a code or name; *ret_title (NULL: unknown) is its entry. */
char *lt_rows_code(struct lt_rows_reader *reader, const struct lt_title **ret_title);
/* Recipient, with the enterprise column; of a title for one kind of recipient that one. */
Lienthong__Recipient lt_rows_recipient(struct lt_rows_reader *reader, const struct lt_title *title);
/* Name, workplace and position into reader->person, when any is there. */
void lt_rows_person(struct lt_rows_reader *reader);
/* The decision that the row states, as a reference; `always` also when nothing is stated of it: then
 * the author decided. */
uint32_t lt_rows_decision(struct lt_rows_reader *reader, bool always);

/* One for each kind: fills reader->change. */
void lt_rows_award(struct lt_rows_reader *reader);
void lt_rows_proposal(struct lt_rows_reader *reader);
void lt_rows_movement(struct lt_rows_reader *reader);
void lt_rows_pledge(struct lt_rows_reader *reader);
void lt_rows_score(struct lt_rows_reader *reader);
void lt_rows_exemplar(struct lt_rows_reader *reader);
void lt_rows_declaration(struct lt_rows_reader *reader);

#endif
