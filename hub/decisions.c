#include "hub/decisions.h"

#include <stdlib.h>
#include <string.h>

/* WINDOW: each entry is compared with so many that follow it, whatever a peer invents. */
enum { SLOTS_FIRST = 256, WINDOW = 256 };

struct lt_decisions {
    struct lt_decision **items; /* in the order of coming; sorted when settled */
    size_t count, capacity;
    struct slot {
        uint64_t hash; /* of the scope: what is looked past is not read */
        struct lt_decision *decision;
    } * slots; /* a power of two */
    size_t slot_count;
};

struct lt_decisions *lt_decisions_new(void)
{
    struct lt_decisions *decisions = calloc(1, sizeof *decisions);
    if (decisions == NULL)
        return NULL;
    decisions->slot_count = SLOTS_FIRST;
    decisions->slots = calloc(SLOTS_FIRST, sizeof *decisions->slots);
    if (decisions->slots != NULL)
        return decisions;
    free(decisions);
    return NULL;
}

static void free_one(struct lt_decision *decision)
{
    free((char *)(uintptr_t)decision->authority_code);
    free((char *)(uintptr_t)decision->number);
    free((char *)(uintptr_t)decision->folded);
    free(decision);
}

void lt_decisions_free(struct lt_decisions *decisions)
{
    if (decisions == NULL)
        return;
    for (size_t i = 0; i < decisions->count; i++)
        free_one(decisions->items[i]);
    free(decisions->items);
    free(decisions->slots);
    free(decisions);
}

/* ---- Gathering ---- */

static uint64_t hash_of(const uint8_t scope[32])
{
    uint64_t hash;
    memcpy(&hash, scope + 24, sizeof hash); /* the scope's tail is a hash */
    return hash;
}

static struct slot *slot_of(const struct lt_decisions *decisions, const uint8_t scope[32])
{
    const uint64_t hash = hash_of(scope);
    size_t at = hash & (decisions->slot_count - 1);
    while (decisions->slots[at].decision != NULL &&
           (decisions->slots[at].hash != hash ||
            memcmp(decisions->slots[at].decision->scope, scope, 32) != 0))
        at = (at + 1) & (decisions->slot_count - 1);
    return &decisions->slots[at];
}

static bool grow(struct lt_decisions *decisions)
{
    if (decisions->count == decisions->capacity) {
        const size_t capacity = decisions->capacity == 0 ? 64 : decisions->capacity * 2;
        struct lt_decision **items =
            realloc(decisions->items, capacity * sizeof(struct lt_decision *));
        if (items == NULL)
            return false;
        decisions->items = items;
        decisions->capacity = capacity;
    }
    if (decisions->count * 2 < decisions->slot_count)
        return true;
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): SLOTS_FIRST is not 0 */
    struct slot *slots = calloc(decisions->slot_count * 2, sizeof *slots);
    if (slots == NULL)
        return false;
    free(decisions->slots);
    decisions->slots = slots;
    decisions->slot_count *= 2;
    for (size_t i = 0; i < decisions->count; i++)
        *slot_of(decisions, decisions->items[i]->scope) =
            (struct slot){hash_of(decisions->items[i]->scope), decisions->items[i]};
    return true;
}

static uint8_t kind_of_recipient(uint8_t recipient)
{
    return recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE
               ? (uint8_t)LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE
               : recipient;
}

static struct lt_decision *make(const struct lt_fact *fact, const Lienthong__Decision *told)
{
    char folded[LT_TEXT_BYTES_MAX + 1];
    int year = 0, month, day;
    struct lt_decision *decision = calloc(1, sizeof *decision);
    if (decision == NULL)
        return NULL;
    const char *number = told == NULL ? "" : told->number;
    decision->date = told == NULL ? 0 : told->date;
    if (decision->date != 0)
        lt_day_split(decision->date, &year, &month, &day);
    lt_fold_decision(number, year, folded, sizeof folded);
    memcpy(decision->scope, fact->scope, sizeof decision->scope);
    (void)strncpy(decision->code, fact->code, LT_CODE_BYTES_MAX);
    decision->authority = fact->authority;
    decision->authority_code = strdup(fact->authority == NULL ? fact->authority_code : "");
    decision->number = strdup(number);
    decision->folded = strdup(folded);
    decision->recipient = kind_of_recipient(fact->recipient);
    decision->year = fact->year;
    decision->span_from = fact->span_from;
    if (decision->authority_code != NULL && decision->number != NULL && decision->folded != NULL)
        return decision;
    free_one(decision);
    return NULL;
}

static void add_teller(struct lt_decision *decision, const struct lt_place *teller)
{
    for (size_t i = 0; i < decision->teller_count && i < LT_DECISION_TELLERS_MAX; i++)
        if (decision->tellers[i] == teller)
            return;
    if (decision->teller_count < LT_DECISION_TELLERS_MAX)
        decision->tellers[decision->teller_count] = teller;
    decision->teller_count++;
}

bool lt_decisions_add(struct lt_decisions *decisions, const struct lt_fact *fact,
                      const Lienthong__Decision *told)
{
    if (!grow(decisions))
        return false;
    struct slot *slot = slot_of(decisions, fact->scope);
    struct lt_decision *decision = slot->decision;
    if (decision == NULL) {
        decision = make(fact, told);
        if (decision == NULL)
            return false;
        *slot = (struct slot){hash_of(fact->scope), decision};
        decisions->items[decisions->count++] = decision;
    }
    decision->quantity += fact->quantity;
    add_teller(decision, fact->author);
    return true;
}

/* ---- Order ---- */

static int cmp_authority(const struct lt_decision *a, const struct lt_decision *b)
{
    if (a->authority == NULL || b->authority == NULL) {
        const int outside = (a->authority == NULL) - (b->authority == NULL);
        return outside != 0 ? outside : strcmp(a->authority_code, b->authority_code);
    }
    return lt_unit_cmp(&a->authority->unit, &b->authority->unit);
}

/* What near decisions have in common. */
static int cmp_matter(const struct lt_decision *a, const struct lt_decision *b)
{
    int order = cmp_authority(a, b);
    if (order == 0)
        order = strcmp(a->code, b->code);
    return order != 0 ? order : a->recipient - b->recipient;
}

static int cmp_day(lt_day a, lt_day b)
{
    return (a > b) - (a < b);
}

static int by_date(const void *a, const void *b)
{
    const struct lt_decision *left = *(struct lt_decision *const *)a;
    const struct lt_decision *right = *(struct lt_decision *const *)b;
    int order = cmp_authority(left, right);
    if (order == 0)
        order = cmp_day(left->date, right->date);
    if (order == 0)
        order = strcmp(left->folded, right->folded);
    if (order == 0)
        order = cmp_matter(left, right);
    return order != 0 ? order : memcmp(left->scope, right->scope, sizeof left->scope);
}

static int by_matter_and_date(const void *a, const void *b)
{
    const struct lt_decision *left = *(struct lt_decision *const *)a;
    const struct lt_decision *right = *(struct lt_decision *const *)b;
    int order = cmp_matter(left, right);
    if (order == 0)
        order = cmp_day(left->date, right->date);
    return order != 0 ? order : by_date(a, b);
}

static int by_matter_and_number(const void *a, const void *b)
{
    const struct lt_decision *left = *(struct lt_decision *const *)a;
    const struct lt_decision *right = *(struct lt_decision *const *)b;
    int order = cmp_matter(left, right);
    if (order == 0)
        order = strcmp(left->folded, right->folded);
    return order != 0 ? order : by_date(a, b);
}

void lt_decisions_settle(struct lt_decisions *decisions)
{
    if (decisions->count > 1)
        qsort(decisions->items, decisions->count, sizeof(struct lt_decision *), by_date);
}

size_t lt_decisions_count(const struct lt_decisions *decisions)
{
    return decisions->count;
}

const struct lt_decision *lt_decisions_at(const struct lt_decisions *decisions, size_t i)
{
    return decisions->items[i];
}

/* ---- Nearness ---- */

static size_t digits_of(const char *folded)
{
    return strspn(folded, "0123456789");
}

static bool same_digits(const char *a, const char *b)
{
    const size_t size = digits_of(a);
    return size > 0 && size == digits_of(b) && memcmp(a, b, size) == 0;
}

/* One digit more, less, other, or two neighbours exchanged. */
static bool one_slip(const char *a, const char *b)
{
    size_t size_a = strlen(a), size_b = strlen(b), head = 0, tail = 0;
    while (head < size_a && head < size_b && a[head] == b[head])
        head++;
    while (tail < size_a - head && tail < size_b - head &&
           a[size_a - 1 - tail] == b[size_b - 1 - tail])
        tail++;
    const size_t left = size_a - head - tail, right = size_b - head - tail;
    if (left <= 1 && right <= 1)
        return left + right > 0;
    return left == 2 && right == 2 && a[head] == b[head + 1] && a[head + 1] == b[head];
}

static bool authority_tells(const struct lt_decision *decision)
{
    for (size_t i = 0; i < decision->teller_count && i < LT_DECISION_TELLERS_MAX; i++)
        if (decision->tellers[i] == decision->authority)
            return true;
    return false;
}

static int year_of(lt_day day)
{
    int year, month, day_of_month;
    lt_day_split(day, &year, &month, &day_of_month);
    return year;
}

/* Of one authority, title and recipient; 0: not near. */
static enum lt_nearness nearness(const struct lt_decision *a, const struct lt_decision *b)
{
    const bool numbers = a->folded[0] != '\0' && b->folded[0] != '\0';
    if (a->date != b->date) {
        const bool near = a->date == 0 || b->date == 0 || year_of(a->date) == year_of(b->date);
        return numbers && near && strcmp(a->folded, b->folded) == 0 ? LT_NEAR_DATE
                                                                    : (enum lt_nearness)0;
    }
    if (!numbers)
        return a->date != 0 && (a->folded[0] != '\0' || b->folded[0] != '\0') ? LT_NEAR_NO_NUMBER
                                                                              : (enum lt_nearness)0;
    if (same_digits(a->folded, b->folded))
        return LT_NEAR_REST;
    if (authority_tells(a) != authority_tells(b) && one_slip(a->folded, b->folded))
        return LT_NEAR_SLIP;
    return (enum lt_nearness)0;
}

struct nearing {
    struct lt_decision **items; /* sorted as asked */
    size_t count;
    lt_near_seen *seen;
    void *context;
    bool stopped;
};

/* All pairs of the run that begins at `at`; the run's end. Those of one date, or of one number. */
static size_t near_run(struct nearing *nearing, size_t at, bool by_number)
{
    struct lt_decision **items = nearing->items;
    size_t end = at + 1;
    while (end < nearing->count && cmp_matter(items[at], items[end]) == 0 &&
           (by_number ? strcmp(items[at]->folded, items[end]->folded) == 0
                      : items[at]->date == items[end]->date))
        end++;
    for (size_t i = at; i < end; i++)
        for (size_t j = i + 1; j < end && j - i <= WINDOW && !nearing->stopped; j++) {
            const enum lt_nearness near = nearness(items[i], items[j]);
            if (near != 0 && (near == LT_NEAR_DATE) == by_number)
                nearing->stopped = !nearing->seen(nearing->context, items[i], items[j], near);
        }
    return end;
}

void lt_decisions_near(const struct lt_decisions *decisions, lt_near_seen *seen, void *context)
{
    struct nearing nearing = {
        .items = decisions->items, .count = decisions->count, .seen = seen, .context = context};
    for (int by_number = 0; by_number < 2 && decisions->count > 1; by_number++) {
        qsort(decisions->items, decisions->count, sizeof(struct lt_decision *),
              by_number ? by_matter_and_number : by_matter_and_date);
        for (size_t at = 0; at < decisions->count && !nearing.stopped;)
            at = near_run(&nearing, at, by_number != 0);
    }
    if (decisions->count > 1)
        qsort(decisions->items, decisions->count, sizeof(struct lt_decision *), by_date);
}
