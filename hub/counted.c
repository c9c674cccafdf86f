#include "hub/counted.h"

#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/sums.h"

enum { SCOPES_KEPT = 32 };

/* A scope, judged. */
struct kept {
    bool there;
    uint64_t used;
    struct lt_line_rows rows;
    struct lt_line *lines;
    uint32_t *order;
    size_t capacity;
    int64_t apart;
    bool differs, authority_named;
};

struct lt_counting {
    struct lt_words *words;
    struct lt_sums given; /* of lines that count in part: count, quantity given so far */
    struct kept kept[SCOPES_KEPT];
    uint64_t now;
};

static const struct {
    const char *name, *vietnamese, *english;
} reasons[] = {
    [LT_REASON_ALONE] = {"alone", "chỉ một đơn vị báo cáo", "nobody else tells of it"},
    [LT_REASON_AUTHORITY] = {"authority", "danh sách của cơ quan quyết định",
                             "the authority's own list"},
    [LT_REASON_NEAREST] = {"nearest", "đơn vị báo cáo gần nhất", "the nearest teller's list"},
    [LT_REASON_EXCESS] = {"excess", "tổng số, phần vượt danh sách",
                          "a total, by what it exceeds the names"},
    [LT_REASON_REVOKES] = {"revokes", "cơ quan quyết định hủy bỏ", "the authority revokes it"},
    [LT_REASON_SILENCED] = {"silenced", "đã có danh sách của cơ quan quyết định",
                            "the authority's own list stands"},
    [LT_REASON_FARTHER] = {"farther", "đã có danh sách của đơn vị gần hơn",
                           "a nearer teller's list stands"},
    [LT_REASON_COVERED] = {"covered", "tổng số, danh sách đã đủ", "a total, all of it is named"},
    [LT_REASON_REVOKED] = {"revoked", "đã hủy bỏ", "it was revoked"},
    [LT_REASON_UNSETTLED] = {"unsettled", "đang tính lại", "being judged again"},
};

const char *lt_reason_name(enum lt_reason reason)
{
    return reasons[reason].name;
}

const char *lt_reason_text(enum lt_reason reason)
{
    return lt_text_is_english() ? reasons[reason].english : reasons[reason].vietnamese;
}

struct lt_counting *lt_counting_new(const struct lt_book *book)
{
    struct lt_counting *counting = calloc(1, sizeof *counting);
    if (counting == NULL)
        return NULL;
    lt_sums_init(&counting->given, sizeof(struct lt_line_key) / 8, 0);
    counting->words = lt_words_new(book);
    if (counting->words != NULL)
        return counting;
    lt_counting_free(counting);
    return NULL;
}

void lt_counting_free(struct lt_counting *counting)
{
    if (counting == NULL)
        return;
    for (size_t i = 0; i < SCOPES_KEPT; i++) {
        free(counting->kept[i].rows.items);
        free(counting->kept[i].lines);
        free(counting->kept[i].order);
    }
    lt_sums_free(&counting->given);
    lt_words_free(counting->words);
    free(counting);
}

/* ---- Scopes ---- */

static bool room(struct kept *kept)
{
    const size_t count = kept->rows.count;
    if (count <= kept->capacity)
        return true;
    struct lt_line *lines = realloc(kept->lines, 2 * count * sizeof *lines);
    if (lines != NULL)
        kept->lines = lines;
    uint32_t *order = realloc(kept->order, 2 * count * sizeof *order);
    if (order != NULL)
        kept->order = order;
    if (lines == NULL || order == NULL)
        return false;
    kept->capacity = 2 * count;
    return true;
}

static bool is_authority(const struct lt_line *line)
{
    return line->authority != NULL && line->authority == line->teller;
}

static void load(struct lt_counting *counting, struct lt_store_txn *txn,
                 const uint8_t scope[LT_SCOPE_BYTES], struct kept *kept)
{
    kept->there = false;
    kept->rows.count = 0;
    lt_store_scope(txn, scope, &kept->rows);
    if (lt_store_error(txn) == LT_OK && !room(kept))
        lt_store_fail(txn, LT_NO_MEMORY);
    if (lt_store_error(txn) != LT_OK)
        return;
    lt_scope_judge(counting->words, txn, &kept->rows, kept->lines, kept->order);
    if (lt_store_error(txn) != LT_OK)
        return;
    kept->differs = lt_scope_differs(kept->lines, kept->rows.count, &kept->apart);
    kept->authority_named = false;
    for (size_t i = 0; i < kept->rows.count; i++)
        kept->authority_named =
            kept->authority_named || (is_authority(&kept->lines[i]) && !kept->lines[i].revoked &&
                                      !kept->lines[i].stated_total);
    kept->there = true;
}

static struct kept *scope_of(struct lt_counting *counting, struct lt_store_txn *txn,
                             const uint8_t scope[LT_SCOPE_BYTES])
{
    struct kept *oldest = &counting->kept[0];
    counting->now++;
    for (size_t i = 0; i < SCOPES_KEPT; i++) {
        struct kept *kept = &counting->kept[i];
        if (kept->there && kept->rows.count > 0 &&
            memcmp(kept->rows.items[0].key.bytes, scope, LT_SCOPE_BYTES) == 0) {
            kept->used = counting->now;
            return kept;
        }
        oldest = kept->used < oldest->used ? kept : oldest;
    }
    load(counting, txn, scope, oldest);
    oldest->used = counting->now;
    return oldest->there ? oldest : NULL;
}

const struct lt_line *lt_counting_scope(struct lt_counting *counting, struct lt_store_txn *txn,
                                        const uint8_t scope[LT_SCOPE_BYTES], size_t *ret_count,
                                        int64_t *ret_apart)
{
    const struct kept *kept = scope_of(counting, txn, scope);
    if (kept == NULL)
        return NULL;
    *ret_count = kept->rows.count;
    *ret_apart = kept->differs ? kept->apart : 0;
    return kept->lines;
}

/* ---- One record ---- */

static size_t find_line(const struct kept *kept, const struct lt_line_key *key)
{
    size_t low = 0, high = kept->rows.count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (memcmp(kept->rows.items[middle].key.bytes, key->bytes, LT_LINE_KEY_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < kept->rows.count &&
                   memcmp(kept->rows.items[low].key.bytes, key->bytes, LT_LINE_KEY_BYTES) == 0
               ? low
               : kept->rows.count;
}

static bool several_tellers(const struct kept *kept)
{
    for (size_t i = 1; i < kept->rows.count; i++)
        if (kept->lines[i].teller != kept->lines[0].teller)
            return true;
    return false;
}

/* The teller whose list counts at a place; NULL: none does. */
static const struct lt_place *counts_at(const struct kept *kept, const struct lt_place *place)
{
    for (size_t i = 0; i < kept->rows.count; i++)
        if (kept->lines[i].place == place && kept->lines[i].counted_quantity > 0)
            return kept->lines[i].teller;
    return NULL;
}

static void explain(const struct kept *kept, const struct lt_line *line, struct lt_counted *counted)
{
    counted->by = line->teller;
    counted->unconfirmed = line->unconfirmed;
    counted->differs = kept->differs;
    if (line->counted_quantity > 0) {
        counted->reason = line->revoked && is_authority(line) && !kept->authority_named
                              ? LT_REASON_REVOKES
                          : is_authority(line)     ? LT_REASON_AUTHORITY
                          : !several_tellers(kept) ? LT_REASON_ALONE
                          : line->stated_total     ? LT_REASON_EXCESS
                                                   : LT_REASON_NEAREST;
        if (line->stated_total && line->counted_quantity < line->quantity)
            counted->reason = LT_REASON_EXCESS;
        return;
    }
    const struct lt_place *winner = counts_at(kept, line->place);
    const bool authority_stands = kept->authority_named && !is_authority(line);
    if (authority_stands || winner != NULL)
        counted->by = authority_stands ? line->authority : winner;
    counted->reason = authority_stands                           ? LT_REASON_SILENCED
                      : winner != NULL && winner != line->teller ? LT_REASON_FARTHER
                      : line->stated_total                       ? LT_REASON_COVERED
                                                                 : LT_REASON_REVOKED;
}

/* How much of the line is this record's. */
static void share(struct lt_counting *counting, struct lt_store_txn *txn,
                  const struct lt_line_key *key, const struct lt_line *line, uint64_t quantity,
                  struct lt_counted *counted)
{
    counted->count = counted->quantity = 0;
    if (line->counted_quantity == line->quantity && line->counted_count == line->count) {
        counted->count = 1;
        counted->quantity = (int64_t)quantity;
        return;
    }
    if (line->counted_quantity == 0)
        return;
    struct lt_sum *given = lt_sums_at(&counting->given, key, 0);
    if (given == NULL) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return;
    }
    const int64_t left = line->counted_quantity - given->b;
    counted->quantity = (int64_t)quantity < left ? (int64_t)quantity : left;
    counted->count = given->a < line->counted_count ? 1 : 0;
    given->a += counted->count;
    given->b += counted->quantity;
}

void lt_counting_of(struct lt_counting *counting, struct lt_store_txn *txn,
                    const struct lt_fact *fact, struct lt_counted *ret_counted)
{
    struct lt_line_key key;
    struct lt_counted counted = {.reason = LT_REASON_UNSETTLED, .by = fact->author};
    struct kept *kept = scope_of(counting, txn, fact->scope);
    if (kept == NULL)
        return;
    lt_scope_line_key(counting->words, txn, fact, &key);
    size_t at = find_line(kept, &key);
    if (at == kept->rows.count) { /* it came since the scope was read */
        load(counting, txn, fact->scope, kept);
        at = kept->there ? find_line(kept, &key) : kept->rows.count;
    }
    if (at < kept->rows.count) {
        explain(kept, &kept->lines[at], &counted);
        share(counting, txn, &key, &kept->lines[at], fact->quantity, &counted);
    }
    if (lt_store_error(txn) == LT_OK)
        *ret_counted = counted;
}
