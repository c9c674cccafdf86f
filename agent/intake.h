/* intake.h - a clerk's file taken in: every row read, checked, matched with what is there, and answered.
 *
 * First lt_intake_read, which stores nothing; then lt_intake_store, one transaction for all good rows.
 * Good rows go in although others fail. A row is matched by its row reference, else by the natural key
 * of its kind (natural.h) against the journal with its drafts and against the rows before it; what
 * cannot be told is asked, never guessed:
 *
 *   same record, same value             already in; nothing is drafted
 *   same record, other value            a correction
 *   no record like it                   a new one
 *   alike, other workplace or position  two people: a new one
 *   alike otherwise; twice in the file; retracted before     asked
 *
 * The clerk answers with the reference that was shown, or with "mới" (new), in the column Mã dòng; and
 * "khôi phục" (restore) in Thao tác for a record that was retracted.
 *
 * A row of an older list, whose record was corrected since, takes nothing back: left as the list had it, it is
 * already in; edited, it is asked about.
 *
 * The same content again is already in, row by row, whatever became of its records since; only what was retracted is
 * asked about. A row that was not taken the first time is read anew, but takes no correction back unasked.
 *
 * A file that is taken back retracts the records that it put, and gives those that it corrected what they said before
 * when nothing came since. Rows of records that were there before it are asked about; but a row that names its record,
 * in a file that never came, retracts that one. Once; what is put again afterwards stays when it is read again.
 *
 * A record of a unit that this one succeeds is corrected or taken back by the name that the hubs have for it
 * (`lienthong-hub records --csv`), in the same column. This site does not hold it, so the first such row is
 * taken as a correction without comparing; what it says is compared from then on.
 *
 * Replacing: the file is the whole of each numbered decision in it. Records of those decisions that no
 * row speaks of are listed, and retracted by lt_intake_store when told so. They are not when a row was
 * refused or asked about: it may be the very record that would go.
 *
 * No clock and no randomness here: both come in. One thread. */
#ifndef LT_INTAKE_H
#define LT_INTAKE_H

#include "agent/row_file.h"
#include "agent/rows.h"

enum lt_outcome {
    LT_TAKEN, /* a new record */
    LT_CORRECTED,
    LT_REMOVED, /* retracted or withdrawn */
    LT_ALREADY_IN,
    LT_ASKED, /* doubtful: not taken until the clerk answers */
    LT_NOT_TAKEN, /* refused */
    LT_OUTCOME_COUNT
};
/* "đã nhận", "accepted" …; and a name for programs: accepted corrected removed already_in asked refused. */
const char *lt_outcome_text(enum lt_outcome outcome);
const char *lt_outcome_name(enum lt_outcome outcome);

/* The answer to one row. */
struct lt_answer {
    size_t row; /* index in the sheet */
    uint32_t line;
    enum lt_outcome outcome;
    int column; /* enum lt_column; -1: the row as a whole */
    const char *reason; /* "" when there is nothing to say */
    bool has_ref; /* the record that it is, or became */
    struct lt_row_ref ref;
    bool
        held; /* already in, told by what it says: which record it is is kept for when the file comes again */
    uint64_t
        value; /* what the row says of it, lt_change_value; 0: nothing (it is removed, or asked about) */
};

/* A record of a replaced decision that the file does not hold. */
struct lt_missing {
    struct lt_row_ref ref;
    const char *text; /* what it is, for the clerk */
};

struct lt_intake_options {
    const char *file; /* its name, for notes */
    uint8_t kind; /* enum lt_kind of rows without one; 0: award */
    bool replace;
    bool take_back; /* what it brought is taken back: the file was a mistake */
    bool
        others_open; /* rows of other files are left to the clerk: a declaration without control totals is asked about */
    uint64_t import_id; /* drawn by the caller, not 0 */
    int64_t now; /* wall clock; shown only */
};

struct lt_intake {
    struct lt_journal *journal;
    struct lt_intake_options options;
    struct lt_site site;
    const struct lt_book *book; /* the journal's; it stays as it is while the file is read */
    const struct lt_place *author;
    struct lt_predecessors predecessors;
    struct lt_sheet sheet;
    struct lt_columns columns;
    struct lt_arena *arena;
    struct lt_hash
        content; /* by which it is known when it comes again; to be taken back, as another: */
    struct lt_hash brought; /* by which it came in */
    bool known;
    struct lt_answer *answers; /* one a row below the header, in order */
    size_t answer_count;
    uint32_t counts[LT_OUTCOME_COUNT];
    struct lt_draft *drafts;
    size_t draft_count;
    struct lt_missing *missing;
    size_t missing_count;
};

/* LT_OK also when rows were refused. Of the file: LT_MALFORMED, LT_TOO_LARGE, LT_REFUSED (personal
 * columns); of the site: LT_NOT_READY (not joined, or its directives have not come yet); LT_NO_MEMORY.
 * With any of them *ret_fault says where and why. */
enum lt_result lt_intake_read(struct lt_journal *journal, struct lt_bytes bytes,
                              const struct lt_intake_options *options,
                              struct lt_intake **ret_intake, struct lt_sheet_fault *ret_fault);
/* May the missing records be retracted: is there any, and was every row taken? */
bool lt_intake_may_retract(const struct lt_intake *intake);
/* Stores the drafts, with the retraction of the missing records when `retract` (and it may be). As
 * lt_journal_import; nothing to store is LT_OK. */
enum lt_result lt_intake_store(struct lt_intake *intake, bool retract);
/* Has this column of the file a header that says nothing to us? */
bool lt_intake_is_unused(const struct lt_intake *intake, size_t column);
void lt_intake_free(struct lt_intake *intake);

/* Which rows are written. */
enum lt_answered {
    LT_ANSWERED_ALL,
    LT_ANSWERED_IN, /* taken, corrected, removed, or already in */
    LT_ANSWERED_OPEN, /* refused or asked about */
};
/* Writes the file with its answers: the same columns, then those of Mã dòng, Kết quả and Lý do kết quả
 * that it has not. To be imported again after answering. `taken`: what was to be stored has been. */
void lt_intake_write(const struct lt_intake *intake, enum lt_answered which, bool taken,
                     struct lt_row_file *out);

#endif
