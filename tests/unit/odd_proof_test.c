/* Proofs of the golden story with each part altered, dropped or doubled and sealed anew by their hub's own key, so that
 * the seal hides nothing: none is proven but by what is only shown. And other questions put to the same records: by each
 * dimension, under each value of it as a condition, what is counted is the same; questions without an answer are told. */
#include "tests/unit/golden_file.h"

#include <sodium.h>

#include "proto/dimension.h"
#include "proto/proof.h"
#include "tests/unit/golden_country.h"
#include "tests/unit/odd.h"

enum { ITEMS_MAX = 200, FILE_MAX = 256 * 1024 };

struct file {
    struct lt_bytes whole;
    Lienthong__ProofHead *head;
    size_t row_count, chain_count, update_count;
    Lienthong__ProofRow *rows[ITEMS_MAX];
    Lienthong__ProofChain *chains[ITEMS_MAX];
    struct lt_bytes updates[ITEMS_MAX];
    ProtobufCMessage *pages[ITEMS_MAX];
    size_t page_count;
    uint8_t bytes[FILE_MAX]; /* as written anew */
    size_t size;
    uint64_t seen, proven;
};
static struct file file;
static struct world world;

static const char *const names[] = {"-quarter", "-span", "-published"};
enum { NAMES = sizeof names / sizeof names[0] };

/* ---- Reading and writing ---- */

static void read_piece(uint8_t type, struct lt_bytes content)
{
    if (type == LT_PROOF_HEAD)
        file.head = lienthong__proof_head__unpack(NULL, content.size, content.data);
    if (type == LT_PROOF_ROWS) {
        Lienthong__ProofRows *page =
            lienthong__proof_rows__unpack(NULL, content.size, content.data);
        file.pages[file.page_count++] = &page->base;
        for (size_t i = 0; i < page->n_rows; i++)
            file.rows[file.row_count++] = page->rows[i];
    }
    if (type == LT_PROOF_CUT) {
        Lienthong__ProofCut *page = lienthong__proof_cut__unpack(NULL, content.size, content.data);
        file.pages[file.page_count++] = &page->base;
        for (size_t i = 0; i < page->n_chains; i++)
            file.chains[file.chain_count++] = page->chains[i];
    }
    if (type == LT_PROOF_UPDATE)
        file.updates[file.update_count++] = content;
    assert_true(file.row_count < ITEMS_MAX && file.chain_count < ITEMS_MAX &&
                file.update_count < ITEMS_MAX && file.page_count < ITEMS_MAX);
}

static void read_file(const char *name)
{
    char path[300];
    memset(&file, 0, sizeof file);
    (void)snprintf(path, sizeof path, "%sproof-0.1.0%s.bin", GOLDEN, name);
    file.whole = golden_read(path);
    for (size_t at = LT_PROOF_MAGIC_BYTES; at < file.whole.size;) {
        const uint8_t *head = file.whole.data + at;
        const size_t size =
            (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
        read_piece(head[0], (struct lt_bytes){head + LT_PROOF_PIECE_HEAD_BYTES, size});
        at += LT_PROOF_PIECE_HEAD_BYTES + size;
    }
    assert_true(file.head != NULL && file.chain_count > 0 && file.update_count > 0);
}

static void free_file(void)
{
    for (size_t i = 0; i < file.page_count; i++)
        protobuf_c_message_free_unpacked(file.pages[i], NULL);
    lienthong__proof_head__free_unpacked(file.head, NULL);
    golden_free(file.whole);
}

static bool put(void *context, struct lt_bytes bytes)
{
    (void)context;
    assert_true(file.size + bytes.size <= sizeof file.bytes);
    memcpy(file.bytes + file.size, bytes.data, bytes.size);
    file.size += bytes.size;
    return true;
}

/* As it stands now, sealed by the key of its hub. Could it be written? */
static bool write_file(void)
{
    struct lt_update update;
    file.size = 0;
    struct lt_proof_writer *writer = lt_proof_writer_new(put, NULL);
    assert_non_null(writer);
    enum lt_result result = lt_proof_write_head(writer, file.head);
    for (size_t i = 0; i < file.row_count && result == LT_OK; i++)
        result = lt_proof_write_row(writer, file.rows[i]);
    for (size_t i = 0; i < file.chain_count && result == LT_OK; i++)
        result = lt_proof_write_chain(writer, file.chains[i]);
    for (size_t i = 0; i < file.update_count && result == LT_OK; i++) {
        assert_int_equal(lt_update_open(file.updates[i], &update), LT_OK);
        result = lt_proof_write_update(writer, &update, file.updates[i], true);
    }
    if (result == LT_OK)
        result = lt_proof_write_seal(writer, &world.units[0].secret);
    lt_proof_writer_free(writer);
    assert_true(result == LT_OK || result == LT_TOO_LARGE || result == LT_MALFORMED);
    return result == LT_OK;
}

/* In portions of a few hundred bytes; *ret_proof is freed by the caller. */
static enum lt_result check(struct lt_proof **ret_proof)
{
    enum lt_result result = LT_OK;
    *ret_proof = lt_proof_new(&world.root, NULL);
    assert_non_null(*ret_proof);
    for (size_t at = 0; at < file.size && result == LT_OK; at += 777)
        result = lt_proof_feed(
            *ret_proof,
            (struct lt_bytes){file.bytes + at, file.size - at < 777 ? file.size - at : 777});
    return result == LT_OK ? lt_proof_end(*ret_proof) : result;
}

static bool has_fault(const struct lt_proof *proof, enum lt_proof_fault_kind kind)
{
    const struct lt_proof_fault *faults;
    bool found = false;
    for (size_t i = 0, count = lt_proof_faults(proof, &faults); i < count; i++)
        found = found || faults[i].kind == kind;
    return found;
}

/* ---- Parts ---- */

/* What is shown and not counted, which a hub may say as it likes. */
static bool only_shown(const char *path)
{
    static const char *const shown[] = {"incarnation", "signed_at", "published",
                                        "number",      "names",     "whole"};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (strcmp(path, shown[i]) == 0)
            return true;
    return false;
}

static void see_part(void *context, const char *path)
{
    struct lt_proof *proof;
    const struct lt_proof_fault *faults;
    const bool head = context != NULL;
    file.seen++;
    if (!write_file())
        return;
    const enum lt_result result = check(&proof);
    file.proven += result == LT_OK;
    if (result == LT_OK && !(head && (only_shown(path) || strncmp(path, "question.", 9) == 0)))
        fail_msg("%s: proven", path);
    if (result == LT_REFUSED)
        assert_true(lt_proof_faults(proof, &faults) > 0);
    else if (result != LT_OK)
        assert_true(lt_proof_trouble(proof)[0] != '\0');
    lt_proof_free(proof);
}

static void no_part_can_be_altered(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct lt_proof *proof;
        read_file(names[i]);
        assert_true(write_file());
        assert_int_equal(check(&proof), LT_OK); /* written anew it is as good */
        lt_proof_free(proof);
        odd_each(&file.head->base, see_part, file.head);
        assert_true(file.proven < file.seen / 2);
        file.proven = 0;
        for (size_t j = 0; j < file.row_count; j += 1 + file.row_count / 4)
            odd_each(&file.rows[j]->base, see_part, NULL);
        for (size_t j = 0; j < file.chain_count; j++)
            if (!file.chains[j]->left_out) /* of those the hub's word is all there is */
                odd_each(&file.chains[j]->base, see_part, NULL);
        assert_true(file.seen > 200);
        assert_int_equal(file.proven, 0);
        free_file();
    }
}

static void nothing_can_be_dropped_or_doubled(void **state)
{
    (void)state;
    for (size_t n = 0; n < NAMES; n++) {
        read_file(names[n]);
        for (size_t i = 0; i < file.update_count; i++) {
            const struct lt_bytes own = file.updates[i], last = file.updates[file.update_count - 1];
            file.updates[i] = last;
            file.update_count--;
            see_part(NULL, "an update dropped");
            file.update_count++;
            file.updates[i] = own;
            file.updates[file.update_count++] = own;
            see_part(NULL, "an update doubled");
            file.update_count--;
        }
        for (size_t i = 0; i < file.row_count; i++) {
            Lienthong__ProofRow *own = file.rows[i];
            file.rows[file.row_count++] = own;
            see_part(NULL, "a row doubled");
            file.row_count -= 2;
            file.rows[i] = file.rows[file.row_count];
            see_part(NULL, "a row dropped");
            file.rows[file.row_count++] = file.rows[i];
            file.rows[i] = own;
        }
        for (size_t i = 0; i < file.chain_count; i++) {
            Lienthong__ProofChain *own = file.chains[i], *last = file.chains[file.chain_count - 1];
            file.chain_count--;
            memmove(&file.chains[i], &file.chains[i + 1],
                    (file.chain_count - i) * sizeof file.chains[0]);
            if (!own->left_out) /* else it does not bear on the figure by the hub's word, which says no more by naming it */
                see_part(NULL, "a chain dropped");
            memmove(&file.chains[i + 1], &file.chains[i],
                    (file.chain_count - i) * sizeof file.chains[0]);
            file.chains[i] = own;
            file.chains[file.chain_count++] = last;
            assert_ptr_equal(file.chains[i], own);
        }
        assert_int_equal(file.proven, 0);
        free_file();
    }
}

/* ---- Questions ---- */

struct count {
    size_t rows;
    int64_t records;
};

/* Of the records that are there, by what is asked; no row is stated. */
static struct lt_proof *ask(struct count *ret_count)
{
    struct lt_proof *proof;
    const struct lt_proof_row *rows;
    file.row_count = 0;
    assert_true(write_file());
    const enum lt_result result = check(&proof);
    *ret_count = (struct count){lt_proof_rows(proof, &rows), 0};
    for (size_t i = 0; i < ret_count->rows; i++) {
        assert_false(rows[i].stated);
        ret_count->records += rows[i].count;
    }
    assert_int_equal(result, ret_count->rows > 0 ? LT_REFUSED : LT_OK);
    assert_true(ret_count->rows == 0 || has_fault(proof, LT_PROOF_ROW_MISSING));
    assert_false(has_fault(proof, LT_PROOF_QUESTION));
    return proof;
}

static void ask_each_value(const struct lt_proof *by, enum lt_dimension dimension)
{
    const struct lt_proof_row *rows;
    Lienthong__ProofQuestion *question = file.head->question;
    Lienthong__ProofCondition where, *list[] = {&where, &where};
    lienthong__proof_condition__init(&where);
    const size_t count = lt_proof_rows(by, &rows);
    for (size_t i = 0; i < count; i++) {
        struct count found;
        /* what tellers differ by is a kind of its own, which no question can name */
        const bool nameless = dimension == LT_DIM_KIND && rows[i].values[0] == '\0';
        where.dimension = (char *)(uintptr_t)lt_dimension_name(dimension);
        where.value = (char *)(uintptr_t)rows[i].values;
        question->where = list;
        question->n_by = 0;
        for (question->n_where = 1; question->n_where <= 2; question->n_where++) {
            lt_proof_free(ask(&found));
            if (found.records != (nameless ? 0 : rows[i].count))
                fail_msg("%s=%s: %lld, not %lld", where.dimension, where.value,
                         (long long)found.records, (long long)rows[i].count);
        }
    }
}

static void what_is_counted_by_a_value_is_counted_under_it(void **state)
{
    (void)state;
    size_t rows = 0;
    for (size_t n = 0; n < NAMES; n++) {
        read_file(names[n]);
        Lienthong__ProofQuestion *question = file.head->question, was = *question;
        for (int tree = 0; tree < 2; tree++)
            for (int i = 0; i < LT_DIM_COUNT; i++) {
                struct count found;
                char *by[] = {(char *)(uintptr_t)lt_dimension_name((enum lt_dimension)i)};
                question->tree = tree == 0 ? 0 : was.tree != 0 ? was.tree : 18700;
                question->n_where = 0;
                question->by = by;
                question->n_by = 1;
                struct lt_proof *proof = ask(&found);
                rows += found.rows;
                ask_each_value(proof, (enum lt_dimension)i);
                lt_proof_free(proof);
            }
        *question = was;
        free_file();
    }
    assert_true(rows > 3 * LT_DIM_COUNT);
}

static void unanswerable(const char *what)
{
    struct lt_proof *proof;
    file.row_count = 0;
    assert_true(write_file());
    if (check(&proof) != LT_REFUSED || !has_fault(proof, LT_PROOF_QUESTION))
        fail_msg("%s has an answer", what);
    lt_proof_free(proof);
}

static void unanswerable_where(const char *dimension, const char *value)
{
    Lienthong__ProofQuestion *question = file.head->question, was = *question;
    Lienthong__ProofCondition where, *list[] = {&where};
    lienthong__proof_condition__init(&where);
    where.dimension = (char *)(uintptr_t)dimension;
    where.value = (char *)(uintptr_t)value;
    question->where = list;
    question->n_where = 1;
    unanswerable(dimension);
    *question = was;
}

static void unanswerable_when(bool decided, uint32_t from, uint32_t to, uint32_t month_from,
                              uint32_t month_to, lt_day tree)
{
    char text[100];
    Lienthong__ProofQuestion *question = file.head->question, was = *question;
    question->decided = decided;
    question->year_from = from;
    question->year_to = to;
    question->month_from = month_from;
    question->month_to = month_to;
    question->tree = tree;
    (void)snprintf(text, sizeof text, "%u-%u, months %u-%u, tree %d", from, to, month_from,
                   month_to, (int)tree);
    unanswerable(text);
    *question = was;
}

static void absurd_questions_have_no_answer(void **state)
{
    (void)state;
    read_file("-quarter");
    Lienthong__ProofQuestion *question = file.head->question, was = *question;
    char *twice[] = {(char *)(uintptr_t) "code", (char *)(uintptr_t) "code"};
    char *unknown[] = {(char *)(uintptr_t) "colour"};
    question->by = twice;
    question->n_by = 2;
    unanswerable("a dimension twice");
    question->by = unknown;
    question->n_by = 1;
    unanswerable("an unknown dimension");
    *question = was;
    unanswerable_where("colour", "red");
    unanswerable_where("place", "99999");
    unanswerable_where("place", "@@");
    unanswerable_where("kind", "nonsense");
    unanswerable_where("month", "13");
    unanswerable_where("month", "1x");
    unanswerable_where("quarter", "x");
    unanswerable_where("year", "20");
    unanswerable_where("year", "2020x");
    unanswerable_where("year", "2020-20");
    unanswerable_when(true, LT_YEAR_MIN - 1, 2020, 0, 0, 0);
    unanswerable_when(true, 2020, LT_YEAR_MAX + 1, 0, 0, 0);
    unanswerable_when(true, 2021, 2020, 0, 0, 0);
    unanswerable_when(false, 2020, 2020, 1, 3, 0);
    unanswerable_when(true, 2020, 2020, 5, 3, 0);
    unanswerable_when(true, 2020, 2020, 1, 13, 0);
    unanswerable_when(true, 2020, 2020, 0, 3, 0);
    free_file();
}

static int begin(void **state)
{
    (void)state;
    story_world(&world);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_free(&world);
    return 0;
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_part_can_be_altered),
        cmocka_unit_test(nothing_can_be_dropped_or_doubled),
        cmocka_unit_test(what_is_counted_by_a_value_is_counted_under_it),
        cmocka_unit_test(absurd_questions_have_no_answer),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
