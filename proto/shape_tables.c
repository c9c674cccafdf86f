#include "proto/shape_tables.h"

#include <assert.h>

#include "proto/life.h"
#include "proto/message.h"
#include "proto/proof.h"

#define RULE(...)                                                                                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define U64       RULE(.kind = LT_RULE_UINT64)
#define U32       RULE(.kind = LT_RULE_UINT32)
#define S64       RULE(.kind = LT_RULE_SINT64)
#define S32       RULE(.kind = LT_RULE_SINT32)
#define BOOL      RULE(.kind = LT_RULE_BOOL)
#define ENUM      RULE(.kind = LT_RULE_ENUM)
#define SMALL     RULE(.kind = LT_RULE_SMALL_ENUM)
#define STREAM    RULE(.kind = LT_RULE_STREAM, .needed = true)
#define DAY       RULE(.kind = LT_RULE_DAY)
#define CODE      RULE(.kind = LT_RULE_CODE, .needed = true)
#define SHORT     RULE(.kind = LT_RULE_TEXT, .max = LT_TEXT_BYTES_MAX)
#define LONG      RULE(.kind = LT_RULE_TEXT, .max = LT_LONG_TEXT_BYTES_MAX)
#define LINES     RULE(.kind = LT_RULE_LINES, .max = LT_LONG_TEXT_BYTES_MAX)
#define ENDPOINTS RULE(.kind = LT_RULE_TEXT, .max = LT_ENDPOINT_MAX - 1, .many = ENDPOINTS_MAX)
#define TEXTS(n)  RULE(.kind = LT_RULE_TEXT, .max = LT_TEXT_BYTES_MAX, .many = (n))
#define EXACT(n)  RULE(.kind = LT_RULE_EXACT, .max = (n))
#define NEED(n)   RULE(.kind = LT_RULE_EXACT, .max = (n), .needed = true)
#define HASHES(n) RULE(.kind = LT_RULE_EXACT, .max = 32, .needed = true, .many = (n))
#define SORTED(n)                                                                                  \
    RULE(.kind = LT_RULE_EXACT, .max = 32, .needed = true, .many = (n), .sorted = true)
#define BYTES(n)        RULE(.kind = LT_RULE_BYTES, .max = (n))
#define NEED_BYTES(n)   RULE(.kind = LT_RULE_BYTES, .max = (n), .needed = true)
#define ONE(shape)      RULE(.kind = LT_RULE_MESSAGE, .child = &(shape))
#define NEED_ONE(shape) RULE(.kind = LT_RULE_MESSAGE, .child = &(shape), .needed = true)
#define MANY(shape, n)  RULE(.kind = LT_RULE_MESSAGE, .child = &(shape), .many = (n))
#define AT(n)           (UINT32_C(1) << (n))
/* `needed`: the fields that must be there; the same as the rules say (the test of reports compares). */
#define SHAPE(name, needed)                                                                        \
    static const struct lt_shape name##_shape = {&lienthong__##name##__descriptor, name##_rules,   \
                                                 sizeof(name##_rules) / sizeof(name##_rules[0]),   \
                                                 (needed)};                                        \
    static_assert(sizeof(name##_rules) <= LT_RULES_PER_SHAPE_MAX * sizeof(name##_rules[0]),        \
                  "counted in shape.c")

enum {
    /* Addresses of one parent: as many as a site keeps. */
    ENDPOINTS_MAX = 8,
    /* Valid keys of one chain, as struct lt_statement holds them: a unit has a handful of machines. */
    KEYS_MAX = 16,
    /* A statement is tips, keys and less than 400 bytes more. */
    STATEMENT_BYTES_MAX = LT_FRAME_BYTES_MAX,
};

/* ---- Identifiers ---- */

static const struct lt_rule unit_rules[] = {[1] = CODE, [2] = DAY};
SHAPE(unit, AT(1));
static const struct lt_rule chain_rules[] = {[1] = STREAM, [2] = NEED_ONE(unit_shape)};
SHAPE(chain, AT(1) | AT(2));
static const struct lt_rule record_id_rules[] = {[1] = EXACT(32), [2] = U32};
SHAPE(record_id, 0);
static const struct lt_rule chain_tips_rules[] = {
    [1] = NEED_ONE(chain_shape), [2] = SORTED(LT_PARENTS_MAX)};
SHAPE(chain_tips, AT(1));

/* ---- Reports ---- */

static const struct lt_rule decision_rules[] = {
    [1] = U32, [2] = SHORT, [3] = ENUM, [4] = SHORT, [5] = S32, [6] = LONG};
SHAPE(decision, 0);
static const struct lt_rule period_rules[] = {[1] = ENUM, [2] = U32, [3] = U32, [4] = S32};
SHAPE(period, 0);
static const struct lt_rule award_rules[] = {[1] = SHORT,  [2] = U32,    [3] = ONE(period_shape),
                                             [4] = ENUM,   [5] = ENUM,   [6] = ENUM,
                                             [7] = ENUM,   [8] = BOOL,   [9] = U32,
                                             [10] = SHORT, [11] = SHORT, [12] = ENUM,
                                             [13] = U64,   [14] = ENUM,  [15] = LINES};
SHAPE(award, 0);
static const struct lt_rule proposal_rules[] = {
    [1] = U32,    [2] = SHORT,  [3] = S32,    [4] = SHORT, [5] = ONE(period_shape),
    [6] = ENUM,   [7] = U32,    [8] = ENUM,   [9] = U64,   [10] = U32,
    [11] = SHORT, [12] = SHORT, [13] = LINES, [14] = ENUM};
SHAPE(proposal, 0);
static const struct lt_rule movement_rules[] = {
    [1] = SHORT, [2] = LONG, [3] = U32,   [4] = ENUM,   [5] = ENUM,   [6] = S32,
    [7] = S32,   [8] = BOOL, [9] = SHORT, [10] = SHORT, [11] = LINES, [12] = U32};
SHAPE(movement, 0);
static const struct lt_rule pledge_rules[] = {
    [1] = SHORT, [2] = U32,
    [3] = LONG,  [4] = {.kind = LT_RULE_PACKED_UINT32, .max = LT_MEMBERS_MAX},
    [5] = U32,   [6] = LINES,
    [7] = U64};
SHAPE(pledge, 0);
static const struct lt_rule score_rules[] = {
    [1] = SHORT, [2] = U32,  [3] = SHORT, [4] = U32,  [5] = U32,
    [6] = BOOL,  [7] = S64,  [8] = BOOL,  [9] = S64,  [10] = BOOL,
    [11] = S64,  [12] = S64, [13] = S64,  [14] = U32, [15] = LINES};
SHAPE(score, 0);
static const struct lt_rule exemplar_rules[] = {
    [1] = LONG, [2] = ENUM, [3] = SHORT, [4] = ONE(period_shape),
    [5] = U32,  [6] = U64,  [7] = SHORT, [8] = LINES};
SHAPE(exemplar, 0);
static const struct lt_rule control_total_rules[] = {
    [1] = ENUM, [2] = SHORT, [3] = ENUM, [4] = U64};
SHAPE(control_total, 0);
static const struct lt_rule declaration_rules[] = {[1] = ENUM,
                                                   [2] = ONE(period_shape),
                                                   [3] = BOOL,
                                                   [4] = MANY(control_total_shape, LT_CHANGES_MAX),
                                                   [5] = LINES};
SHAPE(declaration, 0);
static const struct lt_rule change_rules[] = {[1] = ENUM,
                                              [2] = ONE(record_id_shape),
                                              [3] = U32,
                                              [4] = U32,
                                              [5] = BOOL,
                                              [6] = LINES,
                                              [10] = ONE(award_shape),
                                              [11] = ONE(proposal_shape),
                                              [12] = ONE(movement_shape),
                                              [13] = ONE(pledge_shape),
                                              [14] = ONE(score_shape),
                                              [15] = ONE(exemplar_shape),
                                              [16] = ONE(declaration_shape)};
SHAPE(change, 0);
static const struct lt_rule report_body_rules[] = {
    [1] = {.kind = LT_RULE_PACKED_FIXED64, .max = LT_CHANGES_MAX},
    [2] = MANY(unit_shape, LT_BODY_UNITS_MAX),
    [3] = MANY(decision_shape, LT_BODY_DECISIONS_MAX),
    [4] = MANY(change_shape, LT_CHANGES_MAX),
    [5] = EXACT(32),
    [6] = S64};
SHAPE(report_body, 0);

/* ---- The personal part ---- */

static const struct lt_rule person_rules[] = {[1] = LONG, [2] = LONG, [3] = LONG};
SHAPE(person, 0);
static const struct lt_rule personal_row_rules[] = {
    [1] = U32, [2] = BYTES(LT_UPDATE_BYTES_MAX), [3] = EXACT(32), [4] = EXACT(32)};
SHAPE(personal_row, 0);
static const struct lt_rule personal_rules[] = {
    [1] = EXACT(32), [2] = MANY(personal_row_shape, LT_CHANGES_MAX)};
SHAPE(personal, 0);
static const struct lt_rule sealed_key_rules[] = {[1] = NEED(32), [2] = NEED(80)};
SHAPE(sealed_key, AT(1) | AT(2));
static const struct lt_rule sealed_row_rules[] = {
    [1] = U32, [2] = NEED(32), [3] = BYTES(LT_UPDATE_BYTES_MAX)};
SHAPE(sealed_row, AT(2));
static const struct lt_rule sealed_rules[] = {[1] = MANY(sealed_key_shape, KEYS_MAX),
                                              [2] = NEED(24),
                                              [3] = MANY(sealed_row_shape, LT_CHANGES_MAX)};
SHAPE(sealed, AT(2));

/* ---- Directives ---- */

static const struct lt_rule unit_entry_rules[] = {[1] = NEED_ONE(unit_shape),
                                                  [2] = ONE(unit_shape),
                                                  [3] = SMALL,
                                                  [4] = SHORT,
                                                  [5] = SMALL,
                                                  [6] = LONG,
                                                  [7] = DAY};
SHAPE(unit_entry, AT(1));
static const struct lt_rule title_entry_rules[] = {[1] = CODE,
                                                   [2] = LONG,
                                                   [3] = LONG,
                                                   [4] = BOOL,
                                                   [5] = {.kind = LT_RULE_PACKED_FLAG, .max = 32},
                                                   [6] = {.kind = LT_RULE_PACKED_FLAG, .max = 32},
                                                   [7] = LONG,
                                                   [8] = DAY,
                                                   [9] = DAY};
SHAPE(title_entry, AT(1));
static const struct lt_rule grant_rules[] = {[1] = NEED_ONE(unit_shape),
                                             [2] = SMALL,
                                             [3] = NEED(32),
                                             [4] = EXACT(32),
                                             [5] = EXACT(64),
                                             [6] = EXACT(32),
                                             [7] = EXACT(64)};
SHAPE(grant, AT(1) | AT(3));
static const struct lt_rule revocation_rules[] = {
    [1] = NEED_ONE(unit_shape), [2] = NEED(32), [3] = HASHES(LT_PARENTS_MAX), [4] = LINES};
SHAPE(revocation, AT(1) | AT(2));
static const struct lt_rule endorsement_rules[] = {[1] = NEED(32)};
SHAPE(endorsement, AT(1));
static const struct lt_rule root_entry_rules[] = {[1] = NEED(32), [2] = NEED(32), [3] = NEED(64)};
SHAPE(root_entry, AT(1) | AT(2) | AT(3));
static const struct lt_rule cluster_entry_rules[] = {[1] = SHORT,
                                                     [2] = LONG,
                                                     [3] = SMALL,
                                                     [4] = ONE(unit_shape),
                                                     [5] = U32,
                                                     [6] = ONE(unit_shape),
                                                     [7] = MANY(unit_shape, LT_MEMBERS_MAX)};
SHAPE(cluster_entry, 0);
static const struct lt_rule movement_entry_rules[] = {
    [1] = SHORT, [2] = LONG, [3] = ONE(unit_shape), [4] = SMALL, [5] = DAY, [6] = DAY,
    [7] = BOOL,  [8] = SHORT};
SHAPE(movement_entry, 0);
static const struct lt_rule obligation_rules[] = {[1] = ONE(unit_shape),
                                                  [2] = SMALL,
                                                  [3] = SMALL,
                                                  [4] = ONE(period_shape),
                                                  [5] = DAY,
                                                  [6] = BOOL,
                                                  [7] = SMALL,
                                                  [8] = ONE(unit_shape)};
SHAPE(obligation, 0);
static const struct lt_rule closing_rules[] = {[1] = ONE(period_shape),
                                               [2] = MANY(chain_tips_shape, LT_CHANGES_MAX),
                                               [3] = ONE(unit_shape),
                                               [4] = SMALL,
                                               [5] = U32,
                                               [6] = U32,
                                               [7] = DAY};
SHAPE(closing, 0);
static const struct lt_rule publication_rules[] = {[1] = SHORT,
                                                   [2] = U32,
                                                   [3] = ONE(unit_shape),
                                                   [4] = LONG,
                                                   [5] = BYTES(LT_UPDATE_BYTES_MAX),
                                                   [6] = EXACT(32),
                                                   [7] = MANY(chain_tips_shape, LT_CHANGES_MAX),
                                                   [8] = U32,
                                                   [9] = U32,
                                                   [10] = LINES,
                                                   [11] = S64};
SHAPE(publication, 0);
static const struct lt_rule redaction_rules[] = {[1] = NEED_ONE(record_id_shape), [2] = LINES};
SHAPE(redaction, AT(1));
static const struct lt_rule notice_rules[] = {[1] = ONE(unit_shape), [2] = LINES};
SHAPE(notice, 0);
static const struct lt_rule move_rules[] = {[1] = NEED_ONE(unit_shape),
                                            [2] = ENDPOINTS,
                                            [3] = EXACT(32),
                                            [4] = ONE(unit_shape),
                                            [5] = BOOL};
SHAPE(move, AT(1));
static const struct lt_rule fallback_rules[] = {[1] = ENDPOINTS, [2] = EXACT(32), [3] = U32};
SHAPE(fallback, 0);
static const struct lt_rule versions_rules[] = {[1] = U32};
SHAPE(versions, 0);
static const struct lt_rule succession_rules[] = {[1] = NEED_ONE(unit_shape),
                                                  [2] = ONE(unit_shape),
                                                  [3] = BOOL,
                                                  [4] = BOOL,
                                                  [5] = HASHES(LT_PARENTS_MAX),
                                                  [6] = BOOL,
                                                  [7] = BOOL};
SHAPE(succession, AT(1));
static const struct lt_rule sealing_rules[] = {
    [1] = NEED_ONE(unit_shape), [2] = ONE(unit_shape), [3] = EXACT(32), [4] = BOOL};
SHAPE(sealing, AT(1));
static const struct lt_rule unit_box_rules[] = {
    [1] = NEED_ONE(unit_shape), [2] = EXACT(32), [3] = EXACT(32), [4] = EXACT(80), [5] = EXACT(32)};
SHAPE(unit_box, AT(1));
static const struct lt_rule release_rules[] = {[1] = NEED_BYTES(LT_MANIFEST_BYTES_MAX),
                                               [2] = NEED(64),
                                               [3] = NEED(32),
                                               [4] = U64,
                                               [5] = NEED(64),
                                               [6] = U32};
SHAPE(release, AT(1) | AT(2) | AT(3) | AT(5));
static const struct lt_rule directive_rules[] = {
    [1] = ONE(unit_entry_shape),     [2] = ONE(title_entry_shape),  [3] = ONE(grant_shape),
    [4] = ONE(revocation_shape),     [5] = ONE(endorsement_shape),  [6] = ONE(cluster_entry_shape),
    [7] = ONE(movement_entry_shape), [8] = ONE(obligation_shape),   [9] = ONE(closing_shape),
    [10] = ONE(redaction_shape),     [11] = ONE(notice_shape),      [12] = ONE(move_shape),
    [13] = ONE(succession_shape),    [14] = ONE(publication_shape), [15] = ONE(root_entry_shape),
    [16] = ONE(versions_shape),      [17] = ONE(sealing_shape),     [18] = ONE(unit_box_shape),
    [19] = ONE(fallback_shape),      [20] = ONE(release_shape)};
SHAPE(directive, 0);
static const struct lt_rule directive_body_rules[] = {
    [1] = MANY(directive_shape, LT_CHANGES_MAX), [2] = S64};
SHAPE(directive_body, 0);

/* ---- Receipts ---- */

static const struct lt_rule receipt_rules[] = {
    [1] = NEED_BYTES(STATEMENT_BYTES_MAX), [2] = NEED(64)};
SHAPE(receipt, AT(1) | AT(2));
static const struct lt_rule statement_rules[] = {[1] = NEED_ONE(unit_shape),
                                                 [2] = NEED(16),
                                                 [3] = U64,
                                                 [4] = NEED_ONE(chain_shape),
                                                 [5] = SORTED(LT_PARENTS_MAX),
                                                 [6] = U64,
                                                 [7] = NEED(32),
                                                 [8] = HASHES(KEYS_MAX),
                                                 [9] = EXACT(32),
                                                 [10] = U64,
                                                 [11] = NEED(32),
                                                 [12] = BOOL,
                                                 [13] = S64};
SHAPE(statement, AT(1) | AT(2) | AT(4) | AT(7) | AT(11));

/* ---- The conversation ---- */

static const struct lt_rule hello_rules[] = {[1] = NEED_ONE(unit_shape),
                                             [2] = SMALL,
                                             [3] = NEED(16),
                                             [4] = U32,
                                             [5] = U32,
                                             [6] = SHORT,
                                             [7] = NEED(32),
                                             [8] = MANY(receipt_shape, LT_HELLO_RECEIPTS_MAX)};
SHAPE(hello, AT(1) | AT(3) | AT(7));
static const struct lt_rule welcome_rules[] = {[1] = NEED_ONE(unit_shape),
                                               [2] = NEED(32),
                                               [3] = BOOL,
                                               [4] = U64,
                                               [5] = U32,
                                               [6] = U32,
                                               [7] = NEED(16),
                                               [8] = S64,
                                               [9] = BOOL,
                                               [10] = BOOL};
SHAPE(welcome, AT(1) | AT(2) | AT(7));
static const struct lt_rule tips_rules[] = {
    [1] = MANY(chain_tips_shape, LT_TIPS_PAGE_MAX), [2] = BOOL};
SHAPE(tips, 0);
static const struct lt_rule receipts_rules[] = {[1] = MANY(receipt_shape, LT_TIPS_PAGE_MAX)};
SHAPE(receipts, 0);
static const struct lt_rule want_rules[] = {[1] = NEED_ONE(chain_shape), [2] = HASHES(LT_HAVE_MAX)};
SHAPE(want, AT(1));
static const struct lt_rule want_piece_rules[] = {[1] = NEED(32), [2] = U64};
SHAPE(want_piece, AT(1));
static const struct lt_rule piece_rules[] = {
    [1] = NEED(32), [2] = U64, [3] = BYTES(LT_PIECE_BYTES_MAX), [4] = BOOL};
SHAPE(piece, AT(1));
static const struct lt_rule refused_rules[] = {
    [1] = EXACT(32), [2] = ONE(chain_shape), [3] = ENUM, [4] = HASHES(LT_PARENTS_MAX), [5] = LINES,
    [6] = U32};
SHAPE(refused, 0);
static const struct lt_rule life_rules[] = {[1] = NEED_ONE(unit_shape),
                                            [2] = NEED(32),
                                            [3] = S64,
                                            [4] = U64,
                                            [5] = NEED(32),
                                            [6] = NEED(64)};
SHAPE(life, AT(1) | AT(2) | AT(5) | AT(6));
static const struct lt_rule report_rules[] = {
    [1] = U64,  [2] = U64, [3] = S64,
    [4] = U64,  [5] = S64, [6] = SHORT,
    [7] = U64,  [8] = U64, [9] = MANY(life_shape, LT_LIVES_MAX),
    [10] = U64, [11] = U64};
SHAPE(report, 0);
static const struct lt_rule join_rules[] = {
    [1] = NEED(16),        [2] = SMALL,
    [3] = NEED(32),        [4] = NEED(32),
    [5] = NEED(16),        [6] = NEED(64),
    [7] = ONE(unit_shape), [8] = EXACT(32),
    [9] = EXACT(64),       [10] = SORTED(LT_ROTATE_TIPS_MAX)};
SHAPE(join, AT(1) | AT(3) | AT(4) | AT(5) | AT(6));
static const struct lt_rule joined_rules[] = {
    [1] = BOOL,      [2] = LINES,           [3] = ONE(unit_shape), [4] = ONE(unit_shape),
    [5] = EXACT(32), [6] = ONE(unit_shape), [7] = ENDPOINTS,       [8] = EXACT(32),
    [9] = BOOL};
SHAPE(joined, 0);

/* ---- Proofs ---- */

static const struct lt_rule proof_condition_rules[] = {[1] = SHORT, [2] = SHORT};
SHAPE(proof_condition, 0);
static const struct lt_rule proof_question_rules[] = {
    [1] = NEED_ONE(unit_shape),
    [2] = BOOL,
    [3] = U32,
    [4] = U32,
    [5] = BOOL,
    [6] = U32,
    [7] = U32,
    [8] = DAY,
    [9] = TEXTS(LT_DIM_COUNT),
    [10] = MANY(proof_condition_shape, LT_PROOF_WHERE_MAX)};
SHAPE(proof_question, AT(1));
static const struct lt_rule proof_head_rules[] = {[1] = NEED_ONE(unit_shape),
                                                  [2] = NEED(16),
                                                  [3] = NEED(32),
                                                  [4] = NEED_ONE(unit_shape),
                                                  [5] = NEED(32),
                                                  [6] = U32,
                                                  [7] = NEED(32),
                                                  [8] = NEED_ONE(proof_question_shape),
                                                  [9] = BOOL,
                                                  [10] = BOOL,
                                                  [11] = SHORT,
                                                  [12] = U32,
                                                  [13] = S64};
SHAPE(proof_head, AT(1) | AT(2) | AT(3) | AT(4) | AT(5) | AT(7) | AT(8));
static const struct lt_rule proof_row_rules[] = {
    [1] = TEXTS(LT_DIM_COUNT), [2] = S64, [3] = S64, [4] = S64};
SHAPE(proof_row, 0);
static const struct lt_rule proof_rows_rules[] = {[1] = MANY(proof_row_shape, LT_PROOF_PAGE_MAX)};
SHAPE(proof_rows, 0);
static const struct lt_rule proof_chain_rules[] = {
    [1] = NEED_ONE(chain_tips_shape), [2] = U64, [3] = BOOL};
SHAPE(proof_chain, AT(1));
static const struct lt_rule proof_cut_rules[] = {[1] = MANY(proof_chain_shape, LT_PROOF_PAGE_MAX)};
SHAPE(proof_cut, 0);
static const struct lt_rule proof_seal_rules[] = {[1] = NEED(64)};
SHAPE(proof_seal, AT(1));

const struct lt_shape *const lt_shapes[] = {
    /* those that are asked for by themselves; the rest are reached through them */
    &report_body_shape, &directive_body_shape, &personal_shape,  &sealed_shape,  &person_shape,
    &receipt_shape,     &statement_shape,      &hello_shape,     &welcome_shape, &tips_shape,
    &receipts_shape,    &want_shape,           &refused_shape,   &report_shape,  &join_shape,
    &joined_shape,      &want_piece_shape,     &piece_shape,     &release_shape, &proof_head_shape,
    &proof_rows_shape,  &proof_cut_shape,      &proof_seal_shape};
const size_t lt_shape_count = sizeof(lt_shapes) / sizeof(lt_shapes[0]);
