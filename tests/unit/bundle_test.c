/* bundle_test - the sealed file: what goes in comes out, and nothing that was cut or altered does. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <sodium.h>

#include "agent/bundle.h"
#include "agent/bundle_tally.h"
#include "tests/unit/samples.h"

static char dir[] = "/tmp/lt-bundle-XXXXXX";
static char path[64], other[64];

static int make_dir(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL || sodium_init() < 0)
        return -1;
    snprintf(path, sizeof(path), "%s/b.ltb", dir);
    snprintf(other, sizeof(other), "%s/other", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    unlink(other);
    return rmdir(dir);
}

static void keys_of(uint8_t number, struct lt_keys *ret_keys)
{
    memset(ret_keys, 0, sizeof(*ret_keys));
    memset(ret_keys->curve_secret, number, sizeof(ret_keys->curve_secret));
    crypto_scalarmult_base(ret_keys->curve_public, ret_keys->curve_secret);
}

static const struct lt_bundle_maker maker = {.unit = {.code = "28162", .valid_from = 20270},
                                             .role = LIENTHONG__ROLE__ROLE_AGENT,
                                             .instance = {{1, 2, 3}},
                                             .digest = {{4, 5, 6}}};

/* For machines 1 to `receivers`. */
static void write_bundle(const char *to, size_t receivers, struct lt_bytes update, size_t updates,
                         struct lt_bytes receipt)
{
    struct lt_keys keys;
    struct lt_bundle_writer *writer;
    char reason[LT_BUNDLE_REASON_MAX];
    uint8_t publics[LT_BUNDLE_RECEIVERS_MAX][32];
    uint64_t size = 0;
    struct stat stat_;
    for (size_t i = 0; i < receivers; i++) {
        keys_of((uint8_t)(i + 1), &keys);
        memcpy(publics[i], keys.curve_public, 32);
    }
    assert_int_equal(lt_bundle_create(to, true, (const uint8_t(*)[32])publics, receivers, &maker,
                                      &writer, reason),
                     LT_OK);
    for (size_t i = 0; i < updates; i++)
        lt_bundle_put_update(writer, update);
    lt_bundle_put_receipt(writer, receipt);
    assert_int_equal(lt_bundle_finish(writer, true, &size, reason), LT_OK);
    assert_int_equal(stat(to, &stat_), 0);
    assert_int_equal(stat_.st_size, size);
    assert_int_equal(stat_.st_mode & 0777, 0600);
}

static uint8_t *read_file(const char *from, size_t *ret_size)
{
    FILE *file = fopen(from, "rb");
    assert_non_null(file);
    uint8_t *bytes = malloc(1 << 22);
    assert_non_null(bytes);
    *ret_size = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    return bytes;
}

static void write_file(const char *to, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static enum lt_result try_open(const char *from, uint8_t machine, char *reason)
{
    struct lt_keys keys;
    struct lt_bundle *bundle;
    struct lt_bundle_head head;
    keys_of(machine, &keys);
    enum lt_result result = lt_bundle_open(from, &keys, &bundle, &head, reason);
    if (result == LT_OK)
        lt_bundle_close(bundle);
    return result;
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    struct lt_bytes update = sample_awards_update(40), receipt = sample_receipt();
    const size_t counts[] = {0, 1, 7, 60}; /* less than a chunk, and several */
    for (size_t n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
        struct lt_keys keys;
        struct lt_bundle *bundle;
        struct lt_bundle_head head;
        struct lt_message message;
        char reason[LT_BUNDLE_REASON_MAX];
        write_bundle(path, 3, update, counts[n], receipt);
        keys_of(2, &keys);
        assert_int_equal(lt_bundle_open(path, &keys, &bundle, &head, reason), LT_OK);
        assert_int_equal(head.updates, counts[n]);
        assert_int_equal(head.receipts, 1);
        assert_memory_equal(&head.maker, &maker, sizeof(maker));
        for (unsigned time = 0; time < 2; time++) {
            for (size_t i = 0; i < counts[n]; i++) {
                assert_int_equal(lt_bundle_next(bundle, &message), LT_OK);
                assert_int_equal(message.type, LT_MSG_UPDATE);
                assert_int_equal(message.payload.size, update.size);
                assert_memory_equal(message.payload.data, update.data, update.size);
            }
            assert_int_equal(lt_bundle_next(bundle, &message), LT_OK);
            assert_int_equal(message.type, LT_MSG_RECEIPTS);
            assert_int_equal(lt_bundle_next(bundle, &message), LT_NOT_FOUND);
            assert_int_equal(lt_bundle_rewind(bundle), LT_OK);
        }
        lt_bundle_close(bundle);
        for (uint8_t machine = 1; machine <= 3; machine++)
            assert_int_equal(try_open(path, machine, reason), LT_OK);
        assert_int_equal(try_open(path, 4, reason), LT_NOT_YOURS);
    }
    sample_free(update);
    sample_free(receipt);
}

/* Every bit of the head and of a chunk, every length, and one byte more. */
static void nothing_altered_comes_out(void **state)
{
    (void)state;
    struct lt_bytes update = sample_awards_update(1), receipt = sample_receipt();
    char reason[LT_BUNDLE_REASON_MAX];
    size_t size;
    write_bundle(path, 2, update, 1, receipt);
    uint8_t *bytes = read_file(path, &size);
    write_file(other, bytes, size);
    int fd = open(other, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        uint8_t altered = (uint8_t)(bytes[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(pwrite(fd, &altered, 1, (off_t)(bit / 8)), 1);
        enum lt_result result = try_open(other, 1, reason);
        if (result != LT_CORRUPT && result != LT_VERSION && result != LT_NOT_YOURS)
            fail_msg("bit %zu: %s", bit, lt_result_text(result));
        assert_int_not_equal(reason[0], '\0');
        assert_int_equal(pwrite(fd, &bytes[bit / 8], 1, (off_t)(bit / 8)), 1);
    }
    assert_int_equal(try_open(other, 1, reason), LT_OK);
    for (size_t length = size; length-- > 0;) {
        assert_int_equal(ftruncate(fd, (off_t)length), 0);
        assert_int_equal(try_open(other, 1, reason), LT_CORRUPT);
        assert_non_null(strstr(reason, "cut short"));
    }
    close(fd);
    bytes[size] = 0;
    write_file(other, bytes, size + 1);
    assert_int_equal(try_open(other, 1, reason), LT_CORRUPT);
    free(bytes);
    sample_free(update);
    sample_free(receipt);
}

/* Chunks that change places, leave, or come twice. */
static void chunks_keep_their_order(void **state)
{
    (void)state;
    enum { CHUNK = 65536 + 17, HEAD = 12 + 112 + 24 };
    struct lt_bytes update = sample_awards_update(100), receipt = sample_receipt();
    char reason[LT_BUNDLE_REASON_MAX];
    size_t size;
    write_bundle(path, 1, update, 40, receipt);
    uint8_t *bytes = read_file(path, &size), *altered = malloc(size + CHUNK);
    assert_non_null(altered);
    assert_true(size > HEAD + 3 * (size_t)CHUNK);
    memcpy(altered, bytes, size); /* exchanged */
    memcpy(altered + HEAD, bytes + HEAD + CHUNK, CHUNK);
    memcpy(altered + HEAD + CHUNK, bytes + HEAD, CHUNK);
    write_file(other, altered, size);
    assert_int_equal(try_open(other, 1, reason), LT_CORRUPT);
    memcpy(altered, bytes, size); /* one left out */
    memmove(altered + HEAD + CHUNK, altered + HEAD + 2 * CHUNK, size - HEAD - 2 * CHUNK);
    write_file(other, altered, size - CHUNK);
    assert_int_equal(try_open(other, 1, reason), LT_CORRUPT);
    memcpy(altered, bytes, HEAD + CHUNK); /* one twice */
    memcpy(altered + HEAD + CHUNK, bytes + HEAD, size - HEAD);
    write_file(other, altered, size + CHUNK);
    assert_int_equal(try_open(other, 1, reason), LT_CORRUPT);
    write_file(other, bytes, HEAD + 2 * CHUNK); /* the end left out */
    assert_int_equal(try_open(other, 1, reason), LT_CORRUPT);
    assert_non_null(strstr(reason, "cut short"));
    free(altered);
    free(bytes);
    sample_free(update);
    sample_free(receipt);
}

static void what_is_no_update_is_malformed(void **state)
{
    (void)state;
    struct lt_bytes receipt = sample_receipt();
    struct lt_bytes junk = {(const uint8_t *)"junk", 4};
    char reason[LT_BUNDLE_REASON_MAX];
    write_bundle(path, 1, junk, 1, receipt);
    assert_int_equal(try_open(path, 1, reason), LT_MALFORMED);
    write_bundle(path, 1, junk, 0, junk);
    assert_int_equal(try_open(path, 1, reason), LT_MALFORMED);
    sample_free(receipt);
}

static void a_name_that_is_taken_stays(void **state)
{
    (void)state;
    struct lt_bundle_writer *writer;
    struct lt_keys keys;
    char reason[LT_BUNDLE_REASON_MAX];
    uint8_t zero[32] = {0};
    uint64_t size;
    keys_of(1, &keys);
    write_file(path, zero, sizeof(zero));
    assert_int_equal(lt_bundle_create(path, false, (const uint8_t(*)[32])keys.curve_public, 1,
                                      &maker, &writer, reason),
                     LT_EXISTS);
    assert_int_equal(lt_bundle_create(path, true, (const uint8_t(*)[32])keys.curve_public, 1,
                                      &maker, &writer, reason),
                     LT_OK);
    assert_int_equal(lt_bundle_finish(writer, false, &size, reason), LT_OK);
    size_t left;
    uint8_t *bytes = read_file(path, &left);
    assert_int_equal(left, sizeof(zero)); /* given up: as it was */
    free(bytes);
    /* A receiver's key that anyone could compute with. */
    assert_int_equal(
        lt_bundle_create(other, true, (const uint8_t(*)[32])zero, 1, &maker, &writer, reason),
        LT_OK);
    assert_int_equal(lt_bundle_finish(writer, true, &size, reason), LT_MALFORMED);
}

/* The vector of docs/protocol.md: a bundle written once, opened for ever. */
static void the_vector_opens(void **state)
{
    (void)state;
    struct lt_keys keys;
    struct lt_bundle *bundle;
    struct lt_bundle_head head;
    struct lt_message message;
    struct lt_bytes update = sample_awards_update(2), receipt = sample_receipt();
    char reason[LT_BUNDLE_REASON_MAX], line[1 << 14];
    FILE *file = fopen(LT_TEST_DATA "/vectors/bundle.txt", "r");
    uint8_t bytes[1 << 13];
    size_t size = 0;
    memset(&keys, 0, sizeof(keys));
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "receiver.secret ", 16) == 0)
            assert_int_equal(lt_unhex(line + 16, keys.curve_secret, 32), LT_OK);
        if (strncmp(line, "receiver.public ", 16) == 0)
            assert_int_equal(lt_unhex(line + 16, keys.curve_public, 32), LT_OK);
        if (strncmp(line, "bundle ", 7) == 0) {
            size = strlen(line + 7) / 2;
            assert_true(size <= sizeof(bytes));
            assert_int_equal(lt_unhex(line + 7, bytes, size), LT_OK);
        }
    }
    fclose(file);
    write_file(other, bytes, size);
    assert_int_equal(lt_bundle_open(other, &keys, &bundle, &head, reason), LT_OK);
    assert_string_equal(head.maker.unit.code, "28162");
    assert_int_equal(lt_bundle_next(bundle, &message), LT_OK);
    assert_int_equal(message.payload.size, update.size);
    assert_memory_equal(message.payload.data, update.data, update.size);
    assert_int_equal(lt_bundle_next(bundle, &message), LT_OK);
    assert_int_equal(message.type, LT_MSG_RECEIPTS);
    assert_int_equal(lt_bundle_next(bundle, &message), LT_NOT_FOUND);
    lt_bundle_close(bundle);
    sample_free(update);
    sample_free(receipt);
}

/* Later times through a bundle add what they take, and say anew what is refused. */
static void a_tally_of_several_times(void **state)
{
    (void)state;
    struct lt_bundle_tally tally = {.count = 0};
    const struct lt_chain a = {LT_STREAM_REPORT, {.code = "1"}},
                          b = {LT_STREAM_DIRECTIVE, {.code = "1"}};
    assert_true(lt_bundle_tally_add(&tally, &a, LT_KEY_UNKNOWN, NULL));
    assert_true(lt_bundle_tally_add(&tally, &b, LT_EXISTS, NULL));
    lt_bundle_tally_receipt(&tally, LT_KEY_UNKNOWN);
    assert_false(lt_bundle_tally_again(&tally)); /* nothing came that could change it */
    assert_true(lt_bundle_tally_add(&tally, &b, LT_OK, NULL));
    assert_true(lt_bundle_tally_again(&tally));
    assert_true(lt_bundle_tally_add(&tally, &a, LT_OK, NULL));
    assert_true(lt_bundle_tally_add(&tally, &b, LT_EXISTS, NULL));
    assert_true(lt_bundle_tally_add(&tally, &b, LT_EXISTS, NULL));
    lt_bundle_tally_receipt(&tally, LT_OK);
    assert_int_equal(tally.taken, 2);
    assert_int_equal(tally.known, 1);
    assert_int_equal(tally.refused, 0);
    assert_int_equal(tally.receipts, 1);
    assert_int_equal(tally.receipts_refused, 0);
    assert_false(lt_bundle_tally_again(&tally));
    lt_bundle_tally_free(&tally);
}

int main(void)
{
    setenv("LANG", "en", 1);
    setenv("LC_ALL", "en", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(nothing_altered_comes_out),
        cmocka_unit_test(chunks_keep_their_order),
        cmocka_unit_test(what_is_no_update_is_malformed),
        cmocka_unit_test(a_name_that_is_taken_stays),
        cmocka_unit_test(the_vector_opens),
        cmocka_unit_test(a_tally_of_several_times),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
