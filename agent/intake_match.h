/* intake_match.h - which record a row speaks of. Private to intake*.c. */
#ifndef LT_INTAKE_MATCH_H
#define LT_INTAKE_MATCH_H

#include "agent/intake.h"

/* What the rows before have spoken of: open hash tables from 16 bytes to rows. */
struct lt_seen_slot {
    uint8_t key[16];
    uint32_t row; /* index of the answer + 1; 0: free */
};
struct lt_seen {
    struct lt_seen_slot *slots;
    size_t mask;
};
/* Room for `count` keys. */
bool lt_seen_make(struct lt_seen *seen, struct lt_arena *arena, size_t count);
/* The first row with this key + 1; 0: none. */
uint32_t lt_seen_find(const struct lt_seen *seen, const uint8_t key[16]);
/* The first row keeps its place. */
void lt_seen_add(struct lt_seen *seen, const uint8_t key[16], uint32_t row);

struct lt_matcher {
    struct lt_intake *intake;
    struct lt_seen exact; /* natural keys of rows taken */
    struct lt_seen alike; /* the first row of each; the others follow in `next_alike` */
    struct lt_seen refs; /* records spoken of */
    struct lt_seen decisions; /* numbered decisions in the file */
    uint32_t *next_alike; /* by answer: the next row that is alike, + 1 */
    const Lienthong__Person **persons; /* by answer */
    bool known; /* this very file was imported before (or taken back, when it is to be), as: */
    uint64_t known_import;
    bool brought; /* it is to be taken back, and was imported as: */
    uint64_t brought_import;
};

/* ---- Records that are there (intake_found.c) ---- */

struct lt_found {
    struct lt_row_ref ref;
    bool retracted, contested, erased, hidden;
    bool same_row; /* of the very file from which it came */
    enum lt_verdict verdict; /* of what was last said of it */
    uint64_t import; /* which said that */
    uint8_t kind;
    uint64_t value;
    bool two_people; /* for what is alike: workplace or position differs */
    char what[160]; /* for the clerk */
};
enum { LT_FOUND_MAX = 64 }; /* records under one natural key: twins; more are told as they come */

/* What the journal holds under a key. */
struct lt_search {
    const struct lt_unit *author;
    const uint8_t *key; /* NULL: a record by its reference */
    bool alike;
    const struct lt_said *said;
    struct lt_found found[LT_FOUND_MAX];
    size_t count;
};
/* A lt_record_seen with a struct lt_search as its context. */
bool lt_match_collect(void *context, const struct lt_record_view *view);
/* Workplace or position stated for both, and different. */
bool lt_match_two_people(const Lienthong__Person *a, const Lienthong__Person *b);

/* ---- Matching ---- */

/* Takes out of the sheet, with a note, what stands below a list and is no row of it (intake_foot.c). */
void lt_match_leave_foot(struct lt_intake *intake);
/* Once all rows are answered: asks about those that the file as a whole makes doubtful, which are then not stored
 * (intake_hold.c). `taken_back`: the reason of rows that say no action in a file that is taken back. */
void lt_match_hold(struct lt_matcher *matcher, const char *taken_back);
enum lt_result lt_match_begin(struct lt_matcher *matcher, struct lt_intake *intake, size_t rows);
/* Answers row `index` (of the answers) by what it says: sets outcome, reason and ref, and for what is
 * to be stored fills *ret_draft and says so in *ret_drafted. */
enum lt_result lt_match_row(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                            struct lt_draft *ret_draft, bool *ret_drafted);
/* A file that is taken back takes nothing with it but what it brought (intake_withdraw.c): of the live record `found`
 * answers the row when it was there before the file, or when the file was never seen; false: it goes. What the file
 * corrected becomes what it was, when nothing came since. */
bool lt_match_withdraw(struct lt_matcher *matcher, size_t index, const struct lt_said *said,
                       const struct lt_found *found, struct lt_draft *ret_draft, bool *ret_drafted);
/* The draft of a row, but for what it corrects. */
void lt_match_draft(const struct lt_matcher *matcher, const struct lt_answer *answer,
                    const struct lt_said *said, struct lt_draft *ret_draft);
/* The key of a record in `refs`. */
void lt_match_ref_key(const struct lt_row_ref *ref, uint8_t ret_key[16]);
/* Copies a text into the intake's arena; "" when out of memory. */
const char *lt_match_keep(struct lt_intake *intake, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Answers (intake_asks.c): not taken, or asked about, with the column and the sentence. */
void lt_match_refuse(struct lt_answer *answer, enum lt_column column, const char *reason);
void lt_match_ask(struct lt_answer *answer, enum lt_column column, const char *reason);
/* The same as answer `first` (+ 1) of this file. */
void lt_match_ask_twice(struct lt_matcher *matcher, struct lt_answer *answer, uint32_t first);
/* Of a record that is there, by its reference: retracted; perhaps the same; perhaps one whose name was erased, or
 * is sealed and cannot be read here (`hidden`). */
void lt_match_ask_retracted(struct lt_matcher *matcher, struct lt_answer *answer,
                            const struct lt_row_ref *record);
void lt_match_ask_alike(struct lt_matcher *matcher, struct lt_answer *answer, const char *what,
                        const char *ref);
/* The row is from a list that was written before its record was corrected: `value` is what it says, `stands` what the
 * record does. What stood there already takes nothing back; what its clerk changed, or removes, is asked about. */
void lt_match_outdated(struct lt_matcher *matcher, struct lt_answer *answer,
                       const struct lt_said *said, uint64_t value, uint64_t stands);
/* The row was answered before, in this very file, and its record was changed since: that stands. */
void lt_match_repeated(struct lt_answer *answer);
/* A row of a file that was imported before, but was not taken then, differs from its record. */
void lt_match_ask_left_open(struct lt_matcher *matcher, struct lt_answer *answer);
/* The row has in place of a name what our lists show where there is none. */
void lt_match_ask_name(struct lt_answer *answer);
void lt_match_ask_erased(struct lt_matcher *matcher, struct lt_answer *answer, const char *ref,
                         bool hidden);

#endif
