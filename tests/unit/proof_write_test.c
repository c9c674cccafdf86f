/* Files of proof as they are written: heads that are not whole, a place that takes no more, and counts and sizes one below, at
 * and one above each limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/proof.h"
#include "tests/unit/samples.h"

static uint8_t large[LT_UPDATE_BYTES_MAX + 1];

static bool put_nothing(void *context, struct lt_bytes bytes)
{
    size_t *left = context;
    (void)bytes;
    if (left == NULL)
        return true;
    return *left > 0 && (*left)--;
}

static void head_of(Lienthong__ProofHead *head)
{
    static Lienthong__ProofQuestion question;
    static Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    unit.code = sample_text("VN");
    lienthong__proof_question__init(&question);
    question.place = &unit;
    lienthong__proof_head__init(head);
    head->hub = head->top = &unit;
    head->incarnation = sample_span(large, 16);
    head->key = head->root = head->directives = sample_span(large, 32);
    head->question = &question;
}

static void a_head_is_whole_and_short_enough(void **state)
{
    (void)state;
    Lienthong__ProofHead head;
    char name[LT_TEXT_BYTES_MAX + 2], *huge = malloc(LT_PROOF_PAGE_BYTES_MAX + 1);
    memset(huge, 'a', LT_PROOF_PAGE_BYTES_MAX);
    huge[LT_PROOF_PAGE_BYTES_MAX] = '\0';
    memset(name, 'a', sizeof name);
    name[LT_TEXT_BYTES_MAX + 1] = '\0';
    for (int bent = 0; bent <= 4; bent++) {
        struct lt_proof_writer *writer = lt_proof_writer_new(put_nothing, NULL);
        head_of(&head);
        name[LT_TEXT_BYTES_MAX] = bent == 2 ? 'a' : '\0';
        head.published = bent == 1 ? huge : name;
        if (bent == 3)
            head.question = NULL;
        if (bent == 4)
            head.key.len = 31;
        const enum lt_result wanted = bent == 0 ? LT_OK : bent < 3 ? LT_TOO_LARGE : LT_MALFORMED;
        assert_int_equal(lt_proof_write_head(writer, &head), wanted);
        lt_proof_writer_free(writer);
    }
    lt_proof_writer_free(NULL);
    free(huge);
}

/* Whatever came first is the answer from then on. */
static void a_writer_that_cannot_put_stops(void **state)
{
    (void)state;
    struct lt_key key;
    struct lt_secret secret;
    Lienthong__ProofHead head;
    Lienthong__ProofRow row = LIENTHONG__PROOF_ROW__INIT;
    Lienthong__ProofChain chain = LIENTHONG__PROOF_CHAIN__INIT;
    Lienthong__ChainTips tips = LIENTHONG__CHAIN_TIPS__INIT;
    const struct lt_bytes bytes = sample_awards_update(3);
    struct lt_update update;
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    sample_key(0, &key, &secret);
    head_of(&head);
    chain.tips = &tips;
    for (size_t pieces = 0; pieces <= 6; pieces++) {
        size_t left = pieces;
        struct lt_proof_writer *writer = lt_proof_writer_new(put_nothing, &left);
        assert_int_equal(lt_proof_write_head(writer, &head), pieces >= 2 ? LT_OK : LT_IO);
        assert_int_equal(lt_proof_write_row(writer, &row), pieces >= 2 ? LT_OK : LT_IO);
        assert_int_equal(lt_proof_write_chain(writer, &chain), pieces >= 3 ? LT_OK : LT_IO);
        assert_int_equal(lt_proof_write_update(writer, &update, bytes, true),
                         pieces >= 5 ? LT_OK : LT_IO);
        assert_int_equal(lt_proof_write_seal(writer, &secret), pieces >= 6 ? LT_OK : LT_IO);
        lt_proof_writer_free(writer);
    }
    sample_free(bytes);
}

static void a_row_has_its_bounds(void **state)
{
    (void)state;
    enum { VALUES = 300 };
    char text[LT_TEXT_BYTES_MAX + 1], *values[VALUES];
    Lienthong__ProofRow row = LIENTHONG__PROOF_ROW__INIT;
    memset(text, 'a', LT_TEXT_BYTES_MAX);
    text[LT_TEXT_BYTES_MAX] = '\0';
    for (size_t i = 0; i < VALUES; i++)
        values[i] = text;
    row.values = values;
    row.n_values = VALUES;
    struct lt_proof_writer *writer = lt_proof_writer_new(put_nothing, NULL);
    assert_int_equal(lt_proof_write_row(writer, &row), LT_TOO_LARGE); /* longer than a page */
    row.n_values = 1;
    assert_int_equal(lt_proof_write_row(writer, &row), LT_TOO_LARGE); /* and so it stays */
    lt_proof_writer_free(writer);
    row.n_values = LT_DIM_COUNT;
    const size_t each = LT_DIM_COUNT * (LT_TEXT_BYTES_MAX + 1) - 1;
    writer = lt_proof_writer_new(put_nothing, NULL);
    for (size_t i = 0; i < LT_PROOF_VALUE_BYTES_MAX / each; i++)
        assert_int_equal(lt_proof_write_row(writer, &row), LT_OK);
    assert_int_equal(lt_proof_write_row(writer, &row), LT_TOO_LARGE);
    lt_proof_writer_free(writer);
    row.n_values = 0;
    writer = lt_proof_writer_new(put_nothing, NULL);
    for (size_t i = 0; i < LT_PROOF_ROWS_MAX; i++)
        assert_int_equal(lt_proof_write_row(writer, &row), LT_OK);
    assert_int_equal(lt_proof_write_row(writer, &row), LT_TOO_LARGE);
    lt_proof_writer_free(writer);
}

static void chains_and_updates_have_their_bounds(void **state)
{
    (void)state;
    Lienthong__ProofChain chain = LIENTHONG__PROOF_CHAIN__INIT;
    Lienthong__ChainTips tips = LIENTHONG__CHAIN_TIPS__INIT;
    const struct lt_update update = {.frame.seq = 1};
    chain.tips = &tips;
    struct lt_proof_writer *writer = lt_proof_writer_new(put_nothing, NULL);
    for (size_t i = 0; i < LT_PROOF_CHAINS_MAX; i++)
        assert_int_equal(lt_proof_write_chain(writer, &chain), LT_OK);
    assert_int_equal(lt_proof_write_chain(writer, &chain), LT_TOO_LARGE);
    lt_proof_writer_free(writer);
    writer = lt_proof_writer_new(put_nothing, NULL);
    for (size_t i = 0; i < LT_PROOF_UPDATES_MAX; i++)
        if (lt_proof_write_update(writer, &update, (struct lt_bytes){large, 1}, true) != LT_OK)
            fail_msg("update %zu", i);
    assert_int_equal(lt_proof_write_update(writer, &update, (struct lt_bytes){large, 1}, true),
                     LT_TOO_LARGE);
    lt_proof_writer_free(writer);
    const struct lt_bytes most = {large, LT_UPDATE_BYTES_MAX},
                          over = {large, LT_UPDATE_BYTES_MAX + 1};
    writer = lt_proof_writer_new(put_nothing, NULL);
    for (size_t i = 0; i < LT_PROOF_UPDATE_BYTES_MAX / LT_UPDATE_BYTES_MAX; i++)
        assert_int_equal(lt_proof_write_update(writer, &update, most, true), LT_OK);
    assert_int_equal(lt_proof_write_update(writer, &update, (struct lt_bytes){large, 1}, true),
                     LT_TOO_LARGE);
    lt_proof_writer_free(writer);
    writer = lt_proof_writer_new(put_nothing, NULL);
    assert_int_equal(lt_proof_write_update(writer, &update, over, true), LT_TOO_LARGE);
    lt_proof_writer_free(writer);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_whole_and_short_enough),
        cmocka_unit_test(a_writer_that_cannot_put_stops),
        cmocka_unit_test(a_row_has_its_bounds),
        cmocka_unit_test(chains_and_updates_have_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
