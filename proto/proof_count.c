/* The figure: lines of scopes, the law among their tellers, and the rows of the answer beside those stated. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/arena.h"
#include "proto/proof_inner.h"

/* ---- Texts, each kept once ---- */

static size_t slot_of(const char *text, size_t capacity)
{
    struct lt_hash hash;
    uint64_t at;
    lt_hash_of(text, strlen(text), &hash); /* so that nobody chooses texts that collide */
    memcpy(&at, hash.bytes, sizeof at);
    return (size_t)at & (capacity - 1);
}

static bool grow_words(struct lt_proof *proof)
{
    const size_t capacity = proof->word_capacity == 0 ? 1024 : proof->word_capacity * 2;
    const char **words = calloc(capacity, sizeof(const char *));
    if (words == NULL)
        return false;
    for (size_t i = 0; i < proof->word_capacity; i++) {
        if (proof->words[i] == NULL)
            continue;
        size_t slot = slot_of(proof->words[i], capacity);
        while (words[slot] != NULL)
            slot = (slot + 1) & (capacity - 1);
        words[slot] = proof->words[i];
    }
    free(proof->words);
    proof->words = words;
    proof->word_capacity = capacity;
    return true;
}

/* The slot of a text, or where it would stand. */
static size_t find_word(const struct lt_proof *proof, const char *text)
{
    size_t slot = slot_of(text, proof->word_capacity);
    while (proof->words[slot] != NULL && strcmp(proof->words[slot], text) != 0)
        slot = (slot + 1) & (proof->word_capacity - 1);
    return slot;
}

/* NULL: out of memory, which a text that was kept before needs none of. */
static const char *intern(struct lt_proof *proof, const char *text)
{
    if (text[0] == '\0')
        return "";
    if (proof->word_capacity == 0 && !grow_words(proof))
        return NULL;
    size_t slot = find_word(proof, text);
    if (proof->words[slot] != NULL)
        return proof->words[slot];
    if (2 * proof->word_count >= proof->word_capacity) {
        if (!grow_words(proof))
            return NULL;
        slot = find_word(proof, text);
    }
    const size_t size = strlen(text) + 1;
    char *kept = lt_arena_take(proof->texts, size);
    if (kept == NULL)
        return NULL;
    memcpy(kept, text, size);
    proof->words[slot] = kept;
    proof->word_count++;
    return kept;
}

/* ---- Lines ---- */

static bool make_line(struct lt_proof *proof, const struct lt_fact *fact,
                      struct proof_line *ret_line)
{
    *ret_line = (struct proof_line){.teller = fact->author,
                                    .place = fact->place,
                                    .authority = fact->authority,
                                    .year = (uint16_t)fact->year,
                                    .span_from = (uint16_t)fact->span_from,
                                    .decided_year = (uint16_t)fact->decided_year,
                                    .month = fact->month,
                                    .kind = (uint8_t)fact->kind,
                                    .outside = fact->outside,
                                    .level = fact->level,
                                    .type = fact->type,
                                    .recipient = fact->recipient,
                                    .category = fact->category,
                                    .sex = fact->sex,
                                    .nature = fact->nature,
                                    .status = fact->status,
                                    .detail = fact->detail,
                                    .total = fact->stated_total,
                                    .code = intern(proof, fact->code),
                                    .field = intern(proof, fact->field),
                                    .movement = intern(proof, fact->movement),
                                    .count = 1,
                                    .quantity = (int64_t)fact->quantity};
    memcpy(ret_line->scope, fact->scope, sizeof ret_line->scope);
    return ret_line->code != NULL && ret_line->field != NULL && ret_line->movement != NULL;
}

/* The canonical order of dimensions (docs/protocol.md, section 8). */
static int dims_cmp(const struct proof_line *a, const struct proof_line *b)
{
    const unsigned left[] = {a->year,    a->span_from, a->decided_year, a->month,     a->kind,
                             a->outside, a->level,     a->type,         a->recipient, a->category,
                             a->sex,     a->nature,    a->status,       a->detail};
    const unsigned right[] = {b->year,    b->span_from, b->decided_year, b->month,     b->kind,
                              b->outside, b->level,     b->type,         b->recipient, b->category,
                              b->sex,     b->nature,    b->status,       b->detail};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    int order = a->code == b->code ? 0 : strcmp(a->code, b->code);
    if (order == 0)
        order = a->field == b->field ? 0 : strcmp(a->field, b->field);
    return order != 0 || a->movement == b->movement ? order : strcmp(a->movement, b->movement);
}

/* Scopes apart; within one by dimensions, then place and teller. */
static int line_cmp(const void *a, const void *b)
{
    const struct proof_line *left = a, *right = b;
    int order = memcmp(left->scope, right->scope, sizeof left->scope);
    if (order == 0)
        order = dims_cmp(left, right);
    if (order == 0)
        order = (int)left->total - (int)right->total;
    if (order == 0 && left->place != right->place)
        order = lt_unit_cmp(&left->place->unit, &right->place->unit);
    if (order == 0 && left->teller != right->teller)
        order = lt_unit_cmp(&left->teller->unit, &right->teller->unit);
    return order;
}

static void merge_lines(struct lt_proof *proof)
{
    size_t kept = 0;
    if (proof->line_count == 0)
        return;
    qsort(proof->lines, proof->line_count, sizeof *proof->lines, line_cmp);
    for (size_t i = 1; i < proof->line_count; i++) {
        if (line_cmp(&proof->lines[kept], &proof->lines[i]) == 0) {
            proof->lines[kept].count += proof->lines[i].count;
            proof->lines[kept].quantity += proof->lines[i].quantity;
        } else {
            proof->lines[++kept] = proof->lines[i];
        }
    }
    proof->line_count = proof->line_merged = kept + 1;
}

static enum lt_result add_line(struct lt_proof *proof, const struct lt_update *update,
                               const Lienthong__ReportBody *body, const struct proof_change *change,
                               const struct lt_fact *fact, void *context)
{
    enum { MERGE_AFTER = 65536 };
    void *lines = proof->lines;
    (void)update;
    (void)body;
    (void)change;
    (void)context;
    if (proof->line_count >= 2 * proof->line_merged + MERGE_AFTER)
        merge_lines(proof);
    if (!lt_proof_room(&lines, proof->line_count, &proof->line_capacity, sizeof *proof->lines))
        return LT_NO_MEMORY;
    proof->lines = lines;
    if (!make_line(proof, fact, &proof->lines[proof->line_count]))
        return LT_NO_MEMORY;
    proof->line_count++;
    return LT_OK;
}

/* ---- Where tellers differ ---- */

static int when_cmp(const struct proof_line *a, const struct proof_line *b)
{
    const int left[] = {a->year, a->span_from, a->decided_year, a->month, a->level};
    const int right[] = {b->year, b->span_from, b->decided_year, b->month, b->level};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    return 0;
}

/* A scope in which tellers differ counts as one difference, at the lowest place above all its lines, with the
 * least (year, span, year of decision, month, level) among them. */
static enum lt_result add_difference(struct lt_proof *proof, const struct proof_line *lines,
                                     size_t count, struct lt_line *room)
{
    const struct proof_line *least = &lines[0];
    const struct lt_place *place = lines[0].place;
    int64_t most;
    bool asked;
    if (!lt_scope_differs(room, count, &most))
        return LT_OK;
    for (size_t i = 1; i < count && place != NULL; i++) {
        place = lt_place_common(place, lines[i].place);
        if (when_cmp(&lines[i], least) < 0)
            least = &lines[i];
    }
    if (place == NULL)
        return LT_OK;
    const struct proof_line difference = {
        .place = place,
        .year = least->year,
        .span_from = least->span_from,
        .decided_year = least->decided_year,
        .month = least->month,
        .level = least->level,
        .kind = LT_PROOF_KIND_DIFFERENCE,
        .code = least->code,
        .recipient = least->recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE
                         ? (uint8_t)LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE
                         : least->recipient,
        .field = "",
        .movement = "",
        .counted_count = 1,
        .counted_quantity = most};
    return lt_proof_answer(proof, &difference, &asked);
}

/* ---- The law over a scope ---- */

static enum lt_result settle_scope(struct lt_proof *proof, struct proof_line *lines, size_t count,
                                   struct lt_line *room)
{
    enum lt_result result = LT_OK;
    uint32_t order = 0;
    for (size_t i = 0; i < count; i++) {
        order += i > 0 && dims_cmp(&lines[i - 1], &lines[i]) != 0;
        room[i] = (struct lt_line){.teller = lines[i].teller,
                                   .place = lines[i].place,
                                   .authority = lines[i].authority,
                                   .stated_total = lines[i].total,
                                   .revoked = lines[i].kind == LT_KIND_AWARD &&
                                              lines[i].status == LT_STATUS_REVOKED,
                                   .count = lines[i].count,
                                   .quantity = lines[i].quantity,
                                   .order = order};
    }
    lt_scope_law(room, count);
    for (size_t i = 0; i < count && result == LT_OK; i++) {
        lines[i].counted_count = room[i].counted_count;
        lines[i].counted_quantity = room[i].counted_quantity;
        lines[i].unconfirmed = room[i].unconfirmed;
        if (lines[i].counted_count != 0 || lines[i].counted_quantity != 0)
            result = lt_proof_answer(proof, &lines[i], &lines[i].asked);
    }
    return result == LT_OK ? add_difference(proof, lines, count, room) : result;
}

static enum lt_result settle_scopes(struct lt_proof *proof)
{
    enum lt_result result = LT_OK;
    size_t most = 0;
    struct lt_line *room = NULL;
    for (size_t from = 0, to; from < proof->line_count && result == LT_OK; from = to) {
        for (to = from + 1; to < proof->line_count; to++)
            if (memcmp(proof->lines[to].scope, proof->lines[from].scope,
                       sizeof proof->lines[from].scope) != 0)
                break;
        if (to - from > most) {
            free(room);
            most = 2 * (to - from);
            room = calloc(most, sizeof *room);
        }
        result =
            room == NULL ? LT_NO_MEMORY : settle_scope(proof, &proof->lines[from], to - from, room);
    }
    free(room);
    return result;
}

/* ---- Rows ---- */

static int sum_cmp(const void *a, const void *b)
{
    const struct proof_sum *left = a, *right = b;
    return strcmp(left->values, right->values);
}

/* Sums rows of the same values. */
static void merge_rows(struct proof_sum *rows, size_t *count)
{
    size_t kept = 0;
    if (*count > 0)
        qsort(rows, *count, sizeof *rows, sum_cmp);
    for (size_t from = 0, to; from < *count; from = to) {
        struct proof_sum sum = rows[from];
        for (to = from + 1; to < *count && strcmp(rows[to].values, sum.values) == 0; to++) {
            sum.count += rows[to].count;
            sum.quantity += rows[to].quantity;
            sum.unconfirmed += rows[to].unconfirmed;
            free(rows[to].values);
        }
        rows[kept++] = sum;
    }
    *count = kept;
}

static enum lt_result count_behind(struct lt_proof *proof, const struct lt_update *update,
                                   const Lienthong__ReportBody *body,
                                   const struct proof_change *change, const struct lt_fact *fact,
                                   void *context);

enum lt_result lt_proof_count(struct lt_proof *proof)
{
    enum lt_result result = lt_proof_each(proof, add_line, NULL);
    if (result != LT_OK)
        return result;
    merge_lines(proof);
    result = settle_scopes(proof);
    if (result != LT_OK)
        return result;
    merge_rows(proof->counted, &proof->counted_count);
    proof->judged = true;
    return lt_proof_each(proof, count_behind, NULL);
}

/* "code=GK recipient=individual: 3/3/0, 4/4/0" */
static void fault_row(struct lt_proof *proof, enum lt_proof_fault_kind kind,
                      const struct lt_proof_row *row)
{
    char text[LT_PROOF_ABOUT_MAX / 2];
    size_t size = strlen(row->values);
    if (size >= sizeof text)
        for (size = sizeof text - 1; ((uint8_t)row->values[size] & 0xc0) == 0x80; size--)
            ; /* to where a letter begins */
    memcpy(text, row->values, size);
    text[size] = '\0';
    for (char *at = text; *at != '\0'; at++)
        *at = *at == LT_PROOF_BETWEEN ? ',' : *at;
    lt_proof_fault(proof, kind, "(%s): %lld/%lld/%lld, %lld/%lld/%lld", text,
                   (long long)row->stated_count, (long long)row->stated_quantity,
                   (long long)row->stated_unconfirmed, (long long)row->count,
                   (long long)row->quantity, (long long)row->unconfirmed);
}

static void check_row(struct lt_proof *proof, const struct lt_proof_row *row)
{
    if (!row->stated)
        fault_row(proof, LT_PROOF_ROW_MISSING, row);
    else if (row->stated_count != row->count || row->stated_quantity != row->quantity ||
             row->stated_unconfirmed != row->unconfirmed)
        fault_row(proof, LT_PROOF_ROW, row);
}

enum lt_result lt_proof_compare(struct lt_proof *proof)
{
    size_t i = 0, j = 0;
    if (proof->stated_count > 0)
        qsort(proof->stated, proof->stated_count, sizeof *proof->stated, sum_cmp);
    proof->rows = calloc(proof->stated_count + proof->counted_count + 1, sizeof *proof->rows);
    if (proof->rows == NULL)
        return LT_NO_MEMORY;
    while (i < proof->stated_count || j < proof->counted_count) {
        const struct proof_sum *stated = i < proof->stated_count ? &proof->stated[i] : NULL;
        const struct proof_sum *counted = j < proof->counted_count ? &proof->counted[j] : NULL;
        const int order = stated == NULL    ? 1
                          : counted == NULL ? -1
                                            : strcmp(stated->values, counted->values);
        struct lt_proof_row *row = &proof->rows[proof->row_count++];
        if (order >= 0)
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): one of the two goes on */
            *row = (struct lt_proof_row){.values = counted->values,
                                         .count = counted->count,
                                         .quantity = counted->quantity,
                                         .unconfirmed = counted->unconfirmed};
        if (order <= 0) {
            row->values = stated->values;
            row->stated = true;
            row->stated_count = stated->count;
            row->stated_quantity = stated->quantity;
            row->stated_unconfirmed = stated->unconfirmed;
        }
        i += order <= 0;
        j += order >= 0;
        if (proof->row_count > 1 && order <= 0 && strcmp(row[-1].values, row->values) == 0)
            fault_row(proof, LT_PROOF_ROW_TWICE, row);
        else
            check_row(proof, row);
    }
    return LT_OK;
}

/* ---- The records behind ---- */

/* The line that a record is in, when the figure counts it; NULL. */
static const struct proof_line *line_behind(struct lt_proof *proof, const struct lt_fact *fact)
{
    struct proof_line key;
    const bool made = make_line(proof, fact, &key);
    assert(made); /* its texts are kept */
    const struct proof_line *line =
        bsearch(&key, proof->lines, proof->line_count, sizeof *proof->lines, line_cmp);
    assert(line != NULL);
    return line->asked ? line : NULL;
}

static enum lt_result count_behind(struct lt_proof *proof, const struct lt_update *update,
                                   const Lienthong__ReportBody *body,
                                   const struct proof_change *change, const struct lt_fact *fact,
                                   void *context)
{
    (void)update;
    (void)body;
    (void)change;
    (void)context;
    proof->sums.behind += line_behind(proof, fact) != NULL;
    return LT_OK;
}

struct listing {
    lt_proof_record_seen *seen;
    void *context;
    const uint8_t *of; /* the update whose persons these are: once for all its records */
    Lienthong__Personal *personal;
};

static enum lt_result read_persons(struct lt_proof *proof, const struct lt_update *update,
                                   const Lienthong__ReportBody *body, struct listing *listing)
{
    if (listing->of == update->frame_bytes.data)
        return LT_OK;
    listing->of = update->frame_bytes.data;
    listing->personal = NULL;
    return update->personal.size == 0
               ? LT_OK
               : lt_personal_read(update->personal, body, proof->arena, &listing->personal);
}

static enum lt_result list_record(struct lt_proof *proof, const struct lt_update *update,
                                  const Lienthong__ReportBody *body,
                                  const struct proof_change *change, const struct lt_fact *fact,
                                  void *context)
{
    struct listing *listing = context;
    const struct proof_line *line = line_behind(proof, fact);
    if (line == NULL)
        return LT_OK;
    const enum lt_result result = read_persons(proof, update, body, listing);
    if (result != LT_OK)
        return result;
    struct lt_proof_record record = {.update = update,
                                     .body = body,
                                     .index = change->index,
                                     .fact = fact,
                                     .in_part = line->counted_quantity < line->quantity};
    record.person = lt_personal_find(listing->personal, change->index, proof->arena);
    if (lt_arena_failure(proof->arena) !=
        LT_MALFORMED) /* else it is nameless by the file's own word */
        return lt_arena_failure(proof->arena);
    listing->seen(listing->context, &record);
    return LT_OK;
}

enum lt_result lt_proof_records(struct lt_proof *proof, lt_proof_record_seen *seen, void *context)
{
    struct listing listing = {.seen = seen, .context = context};
    return proof->judged ? lt_proof_each(proof, list_record, &listing) : LT_REFUSED;
}
