/* proof_world.h - a small country's updates (hub_reports.h) told into a file of proof by the top itself, whatever they are: so
 * that what a checker makes of records can be asked without a hub. */
#ifndef LT_TEST_PROOF_WORLD_H
#define LT_TEST_PROOF_WORLD_H

#include "tests/unit/hub_reports.h"

#include "proto/proof.h"
#include "proto/standing.h"

enum { CASE_UPDATES_MAX = 96, CASE_FILE_MAX = 2 * 1024 * 1024, CASE_CHAINS_MAX = 32 };

struct proof_case {
    struct world world;
    size_t count;
    struct signed_update updates[CASE_UPDATES_MAX];
    uint64_t seq[WORLD_UNITS_MAX]; /* of each unit's reports, and its tip */
    struct lt_hash tip[WORLD_UNITS_MAX];
    bool names; /* go into the file */
    bool part; /* not the whole of the hub */
    const char *left_out; /* a unit whose reports are; NULL: none */
    void (*bend)(
        Lienthong__ProofChain *told); /* a chain of the cut before it is written; NULL: as it is */
    /* the question; its place is the top's unless told */
    Lienthong__ProofQuestion question;
    Lienthong__Unit place;
    char *by[LT_DIM_COUNT];
    Lienthong__ProofCondition where[4], *where_list[4];
    /* the file */
    uint8_t bytes[CASE_FILE_MAX];
    size_t size;
};

static inline char *case_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* ---- Telling ---- */

static inline struct signed_update *case_next(struct proof_case *it)
{
    assert_true(it->count < CASE_UPDATES_MAX);
    return &it->updates[it->count++];
}

/* The next of a unit's reports; its identity. */
static inline struct lt_hash case_tell(struct proof_case *it, const char *unit,
                                       const struct say *says, size_t count)
{
    const size_t at = world_find(&it->world, unit);
    struct signed_update *update = case_next(it);
    world_report(&it->world, at, &it->tip[at], it->seq[at] > 0, it->seq[at] + 1, says, count,
                 update);
    it->seq[at]++;
    it->tip[at] = update->arrival.update.id;
    return it->tip[at];
}

static inline int case_by_id(const void *a, const void *b)
{
    return lt_hash_cmp(a, b);
}

/* One on parents that are given (none: the first), as another machine would tell it; the chain's usual tip stays. */
static inline struct lt_hash case_branch(struct proof_case *it, const char *unit,
                                         const struct lt_hash *parents, size_t parent_count,
                                         uint64_t seq, const struct say *says, size_t count)
{
    struct lt_hash sorted[4];
    struct signed_update *update = case_next(it);
    assert_true(parent_count <= 4);
    if (parent_count > 0)
        memcpy(sorted, parents, parent_count * sizeof *parents);
    qsort(sorted, parent_count, sizeof *sorted, case_by_id);
    world_report(&it->world, world_find(&it->world, unit), sorted, parent_count, seq, says, count,
                 update);
    return update->arrival.update.id;
}

/* The country of world_small and what its catalogue knows. */
static inline struct proof_case *case_new(void)
{
    static const char *const titles[] = {"GK", "BK_BT", "LDTT"};
    struct proof_case *it = calloc(1, sizeof *it);
    assert_non_null(it);
    world_small(&it->world);
    world_constitution(&it->world, it->world.unit_count, titles, 3, case_next(it));
    lienthong__proof_question__init(&it->question);
    lienthong__unit__init(&it->place);
    it->place.code = case_text("VN");
    it->question.place = &it->place;
    it->question.year_from = it->question.year_to = 2020;
    for (size_t i = 0; i < 4; i++) {
        lienthong__proof_condition__init(&it->where[i]);
        it->where_list[i] = &it->where[i];
    }
    it->question.where = it->where_list;
    it->question.by = it->by;
    return it;
}

static inline void case_free(struct proof_case *it)
{
    for (size_t i = 0; i < it->count; i++)
        signed_free(&it->updates[i]);
    world_free(&it->world);
    free(it);
}

static inline void case_direct(struct proof_case *it, const char *unit, Lienthong__Directive *item)
{
    Lienthong__Directive *list[] = {item};
    world_direct_as(&it->world, world_find(&it->world, unit), list, 1, case_next(it));
}

/* By these dimensions, apart by commas; "": by none. */
static inline void case_ask_by(struct proof_case *it, const char *dimensions)
{
    static char room[400];
    char *rest = room;
    it->question.n_by = 0;
    (void)snprintf(room, sizeof room, "%s", dimensions);
    for (char *one; (one = strtok_r(rest, ",", &rest)) != NULL;)
        it->by[it->question.n_by++] = one;
}

static inline void case_ask_where(struct proof_case *it, const char *dimension, const char *value)
{
    const size_t at = it->question.n_where++;
    assert_true(at < 4);
    it->where[at].dimension = case_text(dimension);
    it->where[at].value = case_text(value);
}

/* ---- The file ---- */

static inline bool case_put(void *context, struct lt_bytes bytes)
{
    struct proof_case *it = context;
    assert_true(it->size + bytes.size <= CASE_FILE_MAX);
    memcpy(it->bytes + it->size, bytes.data, bytes.size);
    it->size += bytes.size;
    return true;
}

static inline const struct lt_frame *case_frame(const struct proof_case *it, size_t at)
{
    return &it->updates[at].arrival.update.frame;
}

static inline void case_digest(struct proof_case *it, struct lt_hash *ret_digest)
{
    struct lt_book_change change;
    struct lt_book *book = lt_book_new();
    lt_book_light(book);
    assert_int_equal(lt_book_view(book, &it->world.units[0].unit), LT_OK);
    lt_book_pin(book, &it->world.root, &it->world.units[0].unit);
    for (size_t i = 0; i < it->count; i++)
        if (case_frame(it, i)->chain.stream == LT_STREAM_DIRECTIVE)
            assert_int_equal(lt_book_add(book, &it->updates[i].arrival.update,
                                         it->updates[i].arrival.directive, &change),
                             LT_OK);
    lt_book_digest(book, ret_digest);
    lt_book_free(book);
}

static inline void case_head(struct proof_case *it, struct lt_proof_writer *writer)
{
    static const uint8_t incarnation[16] = {1};
    Lienthong__ProofHead head;
    Lienthong__Unit top;
    struct lt_hash digest;
    case_digest(it, &digest);
    lienthong__unit__init(&top);
    top.code = it->world.units[0].unit.code;
    lienthong__proof_head__init(&head);
    head.hub = head.top = &top;
    head.incarnation = (ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)incarnation};
    head.key = (ProtobufCBinaryData){32, it->world.units[0].key.bytes};
    head.root = (ProtobufCBinaryData){32, it->world.root.bytes};
    head.rules = LT_RULES_VERSION;
    head.directives = (ProtobufCBinaryData){32, digest.bytes};
    head.question = &it->question;
    head.names = it->names;
    head.whole = !it->part;
    assert_int_equal(lt_proof_write_head(writer, &head), LT_OK);
}

/* Of its own chain. */
static inline bool case_is_parent(const struct proof_case *it, size_t at)
{
    const struct lt_hash *id = &it->updates[at].arrival.update.id;
    for (size_t i = 0; i < it->count; i++)
        for (uint32_t j = 0; j < case_frame(it, i)->parent_count; j++)
            if (lt_hash_cmp(&case_frame(it, i)->parents[j], id) == 0 &&
                lt_chain_cmp(&case_frame(it, i)->chain, &case_frame(it, at)->chain) == 0)
                return true;
    return false;
}

static inline int case_by_chain(const void *a, const void *b)
{
    return lt_chain_cmp(a, b);
}

/* Every chain of the updates with its tips. */
static inline size_t case_chains(const struct proof_case *it,
                                 struct lt_chain chains[CASE_CHAINS_MAX])
{
    size_t count = 0, kept = 0;
    struct lt_chain all[CASE_UPDATES_MAX];
    for (size_t i = 0; i < it->count; i++)
        all[count++] = case_frame(it, i)->chain;
    qsort(all, count, sizeof *all, case_by_chain);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || lt_chain_cmp(&chains[kept - 1], &all[i]) != 0) {
            assert_true(kept < CASE_CHAINS_MAX);
            chains[kept++] = all[i];
        }
    return kept;
}

static inline bool case_leaves_out(const struct proof_case *it, const struct lt_chain *chain)
{
    return it->left_out != NULL && chain->stream == LT_STREAM_REPORT &&
           strcmp(chain->unit.code, it->left_out) == 0;
}

static inline void case_cut(struct proof_case *it, struct lt_proof_writer *writer)
{
    struct lt_chain chains[CASE_CHAINS_MAX];
    const size_t count = case_chains(it, chains);
    for (size_t i = 0; i < count; i++) {
        struct lt_hash hashes[CASE_UPDATES_MAX];
        ProtobufCBinaryData spans[CASE_UPDATES_MAX];
        Lienthong__Unit unit;
        Lienthong__Chain chain = LIENTHONG__CHAIN__INIT;
        Lienthong__ChainTips tips = LIENTHONG__CHAIN_TIPS__INIT;
        Lienthong__ProofChain told = LIENTHONG__PROOF_CHAIN__INIT;
        lienthong__unit__init(&unit);
        for (size_t j = 0; j < it->count; j++)
            if (lt_chain_cmp(&case_frame(it, j)->chain, &chains[i]) == 0) {
                told.count++;
                if (!case_is_parent(it, j))
                    hashes[tips.n_tips++] = it->updates[j].arrival.update.id;
            }
        qsort(hashes, tips.n_tips, sizeof *hashes, case_by_id);
        for (size_t j = 0; j < tips.n_tips; j++)
            spans[j] = (ProtobufCBinaryData){32, hashes[j].bytes};
        unit.code = chains[i].unit.code;
        unit.valid_from = chains[i].unit.valid_from;
        chain.unit = &unit;
        chain.stream = chains[i].stream == LT_STREAM_REPORT ? LIENTHONG__STREAM__STREAM_REPORT
                                                            : LIENTHONG__STREAM__STREAM_DIRECTIVE;
        tips.chain = &chain;
        tips.tips = spans;
        told.tips = &tips;
        told.left_out = case_leaves_out(it, &chains[i]);
        if (it->bend != NULL)
            it->bend(&told);
        assert_int_equal(lt_proof_write_chain(writer, &told), LT_OK);
    }
}

/* With these rows as what the hub states. */
static inline void case_write(struct proof_case *it, Lienthong__ProofRow **rows, size_t row_count)
{
    it->size = 0;
    struct lt_proof_writer *writer = lt_proof_writer_new(case_put, it);
    assert_non_null(writer);
    case_head(it, writer);
    for (size_t i = 0; i < row_count; i++)
        assert_int_equal(lt_proof_write_row(writer, rows[i]), LT_OK);
    case_cut(it, writer);
    for (size_t i = 0; i < it->count; i++)
        if (!case_leaves_out(it, &case_frame(it, i)->chain))
            assert_int_equal(
                lt_proof_write_update(writer, &it->updates[i].arrival.update,
                                      (struct lt_bytes){it->updates[i].bytes, it->updates[i].size},
                                      it->names),
                LT_OK);
    assert_int_equal(lt_proof_write_seal(writer, &it->world.units[0].secret), LT_OK);
    lt_proof_writer_free(writer);
}

/* *ret_proof is freed by the caller. */
static inline enum lt_result case_check(struct proof_case *it, struct lt_proof **ret_proof)
{
    *ret_proof = lt_proof_new(&it->world.root, NULL);
    assert_non_null(*ret_proof);
    enum lt_result result = lt_proof_feed(*ret_proof, (struct lt_bytes){it->bytes, it->size});
    return result == LT_OK ? lt_proof_end(*ret_proof) : result;
}

static inline bool case_fault(const struct lt_proof *proof, enum lt_proof_fault_kind kind)
{
    const struct lt_proof_fault *faults;
    for (size_t i = 0, count = lt_proof_faults(proof, &faults); i < count; i++)
        if (faults[i].kind == kind)
            return true;
    return false;
}

/* ---- Records, and the rows that must come of them ---- */

/* One named award by the unit itself, told apart by its number. */
static inline struct say award(const char *number)
{
    lt_day date = 0;
    assert_int_equal(lt_day_make(2020, 5, 20, &date), LT_OK);
    return (struct say){.number = number,
                        .date = date,
                        .code = "GK",
                        .year = 2020,
                        .recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL,
                        .status = LIENTHONG__STATUS__STATUS_DECIDED};
}

static inline void case_state(struct proof_case *it, const struct lt_proof_row *rows, size_t count,
                              int64_t more)
{
    static Lienthong__ProofRow told[64], *list[64];
    static char *values[64][LT_DIM_COUNT], texts[64][1024];
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++) {
        list[i] = &told[i];
        lienthong__proof_row__init(&told[i]);
        (void)snprintf(texts[i], sizeof texts[i], "%s", rows[i].values);
        char *at = texts[i];
        for (size_t j = 0; j < it->question.n_by; j++) {
            values[i][j] = at;
            at += strcspn(at, "\x1f");
            if (*at != '\0')
                *at++ = '\0';
        }
        told[i].values = values[i];
        told[i].n_values = it->question.n_by;
        told[i].count = rows[i].count + more;
        told[i].quantity = rows[i].quantity;
        told[i].unconfirmed = rows[i].unconfirmed;
    }
    case_write(it, list, count);
}

/* Rows as "values: count/quantity" apart by "; ", values apart by commas. They are proven; one record more is not. */
static inline void case_expect(struct proof_case *it, const char *wanted)
{
    char got[8192] = "";
    size_t size = 0;
    struct lt_proof *counted, *proof;
    const struct lt_proof_row *rows;
    case_write(it, NULL, 0);
    const enum lt_result result = case_check(it, &counted);
    const size_t count = lt_proof_rows(counted, &rows);
    assert_int_equal(result, count > 0 ? LT_REFUSED : LT_OK);
    for (size_t i = 0; i < count; i++) {
        size +=
            (size_t)snprintf(got + size, sizeof got - size, "%s%s: %lld/%lld", i > 0 ? "; " : "",
                             rows[i].values, (long long)rows[i].count, (long long)rows[i].quantity);
        assert_true(size < sizeof got);
    }
    for (char *at = got; *at != '\0'; at++)
        *at = *at == LT_PROOF_BETWEEN ? ',' : *at;
    assert_string_equal(got, wanted);
    for (int64_t more = 0; more < 2 && count > 0; more++) {
        case_state(it, rows, count, more);
        assert_int_equal(case_check(it, &proof), more == 0 ? LT_OK : LT_REFUSED);
        assert_int_equal(case_fault(proof, LT_PROOF_ROW), more != 0);
        lt_proof_free(proof);
    }
    lt_proof_free(counted);
}

#endif
