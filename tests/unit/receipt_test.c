#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/samples.h"

static enum lt_result seal(const struct lt_statement *statement, struct lt_bytes *ret_bytes)
{
    struct lt_key key;
    struct lt_secret secret;
    uint8_t *bytes;
    sample_key(0x20, &key, &secret);
    const enum lt_result result = lt_receipt_seal(statement, &secret, &bytes, &ret_bytes->size);
    if (result == LT_OK)
        ret_bytes->data = bytes;
    return result;
}

static void says_what_was_sealed(void **state)
{
    (void)state;
    const struct lt_statement statement = sample_statement();
    struct lt_statement read;
    const struct lt_bytes bytes = sample_receipt();
    assert_int_equal(lt_receipt_open(bytes, &read), LT_OK);
    assert_string_equal(read.hub.code, "80");
    assert_int_equal(lt_chain_cmp(&read.chain, &statement.chain), 0);
    assert_true(read.number == 41 && read.count == 5 && read.top && read.quarantined == 1);
    assert_int_equal(read.signed_at, 1609459260);
    assert_int_equal(read.tip_count, 2);
    assert_memory_equal(read.tips, statement.tips, 64);
    assert_int_equal(read.key_count, 1);
    assert_memory_equal(&read.keys[0], &statement.keys[0], 32);
    assert_memory_equal(&read.directives, &statement.directives, 32);
    assert_memory_equal(&read.quarantine, &statement.quarantine, 32);
    assert_memory_equal(&read.incarnation, &statement.incarnation, 16);
    assert_memory_equal(&read.key, &statement.key, 32);
    sample_free(bytes);
}

static void every_damaged_byte_shows(void **state)
{
    (void)state;
    const struct lt_bytes bytes = sample_receipt();
    uint8_t *copy = malloc(bytes.size);
    struct lt_statement read = {.number = 99};
    assert_non_null(copy);
    for (size_t i = 0; i < bytes.size * 2; i++) {
        memcpy(copy, bytes.data, bytes.size);
        copy[i / 2] ^= i % 2 ? 0x80 : 0x01;
        assert_int_not_equal(lt_receipt_open((struct lt_bytes){copy, bytes.size}, &read), LT_OK);
    }
    for (size_t size = 0; size < bytes.size; size++) {
        uint8_t *exact = malloc(size + (size == 0));
        assert_non_null(exact);
        memcpy(exact, bytes.data, size);
        assert_int_not_equal(lt_receipt_open((struct lt_bytes){exact, size}, &read), LT_OK);
        free(exact);
    }
    assert_int_equal(read.number, 99);
    free(copy);
    sample_free(bytes);
}

static void bounds(void **state)
{
    (void)state;
    struct lt_statement statement = sample_statement(), read;
    struct lt_bytes bytes;
    statement.tip_count = LT_PARENTS_MAX;
    for (unsigned i = 0; i < LT_PARENTS_MAX; i++)
        memset(statement.tips[i].bytes, (int)i, 32);
    statement.key_count = SAMPLE_COUNT(statement.keys);
    for (unsigned i = 0; i < statement.key_count; i++)
        memset(statement.keys[i].bytes, 0x77, 32);
    statement.number = statement.count = UINT64_MAX;
    statement.signed_at = INT64_MIN;
    assert_int_equal(seal(&statement, &bytes), LT_OK);
    assert_int_equal(lt_receipt_open(bytes, &read), LT_OK);
    assert_true(read.number == UINT64_MAX && read.signed_at == INT64_MIN && read.tip_count == 64);
    sample_free(bytes);

    statement.tip_count++;
    assert_int_equal(seal(&statement, &bytes), LT_TOO_LARGE);
    statement.tip_count = 2;
    statement.key_count++;
    assert_int_equal(seal(&statement, &bytes), LT_TOO_LARGE);
    statement.key_count = 0;
    statement.tips[1] = statement.tips[0];
    assert_int_equal(seal(&statement, &bytes), LT_MALFORMED); /* tips ascend */
    statement.tip_count = 0;
    statement.quarantined = 0;
    assert_int_equal(seal(&statement, &bytes), LT_OK); /* of a chain that it has nothing of */
    assert_int_equal(lt_receipt_open(bytes, &read), LT_OK);
    const struct lt_hash none = {{0}};
    assert_memory_equal(&read.quarantine, &none, 32);
    sample_free(bytes);
    statement.hub.code[0] = '\0';
    assert_int_equal(seal(&statement, &bytes), LT_MALFORMED);
    statement = sample_statement();
    statement.key.bytes[0] ^= 1;
    assert_int_equal(seal(&statement, &bytes), LT_BAD_SIGNATURE); /* not the secret's */
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_sealed),
        cmocka_unit_test(every_damaged_byte_shows),
        cmocka_unit_test(bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
