#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/letters.h"
#include "tests/unit/samples_kinds.h"

static void opens_what_was_sealed(void **state)
{
    (void)state;
    const struct lt_bytes bytes = sample_kinds_update();
    struct lt_update update;
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_update_verify(&update), LT_OK);
    assert_int_equal(update.frame.chain.stream, LT_STREAM_REPORT);
    assert_string_equal(update.frame.chain.unit.code, "866");
    assert_int_equal(update.frame.seq, 2);
    assert_int_equal(update.frame.parent_count, 1);
    assert_int_equal(update.frame.parents[0].bytes[0], 0x80);
    assert_int_equal(update.frame.instance.bytes[15], 0x2f);
    assert_int_equal(update.personal.size, 0);
    struct lt_hash id;
    lt_hash_of(update.frame_bytes.data, update.frame_bytes.size, &id);
    assert_memory_equal(&id, &update.id, sizeof(id));
    sample_free(bytes);
}

/* Whatever byte is damaged, it is refused, or it lies in the personal part, which has its own root. */
static void every_damaged_byte_shows(void **state)
{
    (void)state;
    const struct lt_bytes bytes = sample_awards_update(3);
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    uint8_t *copy = malloc(bytes.size);
    assert_non_null(copy);
    for (size_t i = 0; i < bytes.size * 2; i++) {
        struct lt_update update;
        Lienthong__ReportBody *body;
        memcpy(copy, bytes.data, bytes.size);
        copy[i / 2] ^= i % 2 ? 0x80 : 0x01;
        enum lt_result result = lt_update_open((struct lt_bytes){copy, bytes.size}, &update);
        if (result == LT_OK)
            result = lt_update_verify(&update);
        if (result == LT_OK)
            result = lt_report_read(&update, arena, &body);
        assert_int_not_equal(result, LT_OK);
        lt_arena_reset(arena);
    }
    for (size_t size = 0; size < bytes.size; size++) {
        struct lt_update update;
        uint8_t *exact = malloc(size + (size == 0)); /* so that a read past the end is seen */
        assert_non_null(exact);
        memcpy(exact, bytes.data, size);
        /* Without its whole personal part it is an update whose personal part was erased. */
        const enum lt_result result = lt_update_open((struct lt_bytes){exact, size}, &update);
        assert_true(result != LT_OK || update.personal.size == 0);
        free(exact);
    }
    free(copy);
    lt_arena_free(arena);
    sample_free(bytes);
}

/* Builds an update around a frame of any bytes: signature and body are right for it. */
static enum lt_result open_frame(const uint8_t *frame, size_t frame_size, const char *tail,
                                 size_t tail_size)
{
    uint8_t bytes[8192], *out = bytes;
    struct lt_update update;
    assert_true(frame_size < 1 << 14 && frame_size + tail_size + 128 < sizeof(bytes));
    *out++ = 1 << 3 | 2;
    if (frame_size >= 128)
        *out++ = (uint8_t)(frame_size | 0x80);
    *out++ = (uint8_t)(frame_size >= 128 ? frame_size >> 7 : frame_size);
    memcpy(out, frame, frame_size);
    out += frame_size;
    *out++ = 2 << 3 | 2;
    *out++ = 64;
    memset(out, 0, 64);
    out += 64;
    memcpy(out, tail, tail_size);
    out += tail_size;
    return lt_update_open((struct lt_bytes){bytes, (size_t)(out - bytes)}, &update);
}

/* A frame with an empty body, part by part, for the cases below to bend. */
struct parts {
    const char *chain, *seq, *parents, *rest;
    size_t chain_size, seq_size, parents_size, rest_size;
};

static enum lt_result open_parts(const struct parts *p, const char *tail, size_t tail_size)
{
    uint8_t frame[512], *out = frame;
    struct lt_hash nothing;
    memcpy(out, p->chain, p->chain_size);
    out += p->chain_size;
    memcpy(out, p->seq, p->seq_size);
    out += p->seq_size;
    memcpy(out, p->parents, p->parents_size);
    out += p->parents_size;
    *out++ = 4 << 3 | 2;
    *out++ = 32;
    memset(out, 1, 32);
    out += 32;
    *out++ = 5 << 3 | 2;
    *out++ = 16;
    memset(out, 2, 16);
    out += 16;
    *out++ = 6 << 3;
    *out++ = 1;
    *out++ = 7 << 3 | 2;
    *out++ = 32;
    lt_hash_of(NULL, 0, &nothing);
    memcpy(out, nothing.bytes, 32);
    out += 32;
    memcpy(out, p->rest, p->rest_size);
    out += p->rest_size;
    return open_frame(frame, (size_t)(out - frame), tail, tail_size);
}

#define PARTS(c, s, p, r)                                                                          \
    {                                                                                              \
        (c), (s), (p), (r), sizeof(c) - 1, sizeof(s) - 1, sizeof(p) - 1, sizeof(r) - 1             \
    }
#define CHAIN                                                                                      \
    "\x0a\x08\x08\x01\x12\x04\x0a\x02"                                                             \
    "80"
#define H16 "0123456789abcdef"
#define HA  "\x1a\x20" H16 "aaaaaaaaaaaaaaaa"
#define HB  "\x1a\x20" H16 "bbbbbbbbbbbbbbbb"

static void frames_are_strict(void **state)
{
    (void)state;
    static const struct parts good[] = {
        PARTS(CHAIN, "\x10\x01", "", ""),
        PARTS(CHAIN, "\x10\x02", HA, ""),
        PARTS(CHAIN, "\x10\xff\xff\xff\xff\xff\xff\xff\xff\x0f", HA HB, ""),
        PARTS("\x0a\x0a\x08\x02\x12\x06\x0a\x02"
              "80\x10\x02",
              "\x10\x01", "", ""),
    };
    for (size_t i = 0; i < SAMPLE_COUNT(good); i++)
        assert_int_equal(open_parts(&good[i], "", 0), LT_OK);
    static const struct parts bad[] = {
        PARTS("", "\x10\x01", "", ""), /* no chain */
        PARTS(CHAIN, "", "", ""), /* no seq */
        PARTS(CHAIN, "\x10\x00", "", ""), /* seq 0 */
        PARTS(CHAIN, "\x10\x02", "", ""), /* seq 2 without parents */
        PARTS(CHAIN, "\x10\x01", HA, ""), /* seq 1 with one */
        PARTS(CHAIN, "\x10\x80\x80\x80\x80\x80\x80\x80\x80\x10", HA, ""), /* above LT_SEQ_MAX */
        PARTS(CHAIN, "\x10\x81\x00", "", ""), /* a longer form of 1 */
        PARTS(CHAIN, "\x10\x02\x10\x02", HA, ""), /* twice */
        PARTS(CHAIN CHAIN, "\x10\x01", "", ""), /* twice */
        PARTS(CHAIN, "\x10\x02", HB HA, ""), /* not ascending */
        PARTS(CHAIN, "\x10\x02", HA HA, ""), /* not distinct */
        PARTS(CHAIN, "\x10\x02", "\x1a\x10" H16, ""), /* a short hash */
        PARTS("\x10\x01", CHAIN, "", ""), /* out of order */
        PARTS(CHAIN, "\x10\x01", "", "\x40\x01"), /* unknown field 8 */
        PARTS(CHAIN, "\x10\x01", "", "\x38"), /* cut off */
        PARTS("\x0a\x08\x08\x03\x12\x04\x0a\x02"
              "80",
              "\x10\x01", "", ""), /* no such stream */
        PARTS("\x0a\x02\x08\x01", "\x10\x01", "", ""), /* no unit */
        PARTS("\x0a\x08\x08\x01\x12\x04\x0a\x02"
              "8 ",
              "\x10\x01", "", ""), /* no code */
        PARTS("\x0a\x0a\x08\x01\x12\x06\x0a\x02"
              "80\x10\x00",
              "\x10\x01", "", ""), /* said 0 */
        PARTS("\x0a\x0e\x08\x01\x12\x0a\x0a\x02"
              "80\x10\xff\xff\xff\xff\x0f",
              "\x10\x01", "", ""),
        PARTS("\x0a\x0a\x08\x01\x12\x04\x0a\x02"
              "80\x18\x01",
              "\x10\x01", "", ""), /* unknown */
        PARTS("\x08\x01", "\x10\x01", "", ""), /* a number for the chain */
        PARTS("\x0a\x04\x08\x01\x10\x01", "\x10\x01", "", ""), /* for the unit */
        PARTS("\x0a\x06\x08\x01\x12\x02\x08\x01", "\x10\x01", "", ""), /* for the code */
        PARTS("\x0a\x0a\x08\x01\x12\x06\x0a\x02"
              "80\x12\x00",
              "\x10\x01", "", ""), /* bytes for the day */
        PARTS("\x0a\x0e\x08\x01\x12\x0a\x0a\x02"
              "80\x10\xff\xff\xff\xff\x1f",
              "\x10\x01", "", ""), /* a day of more than 32 bits */
    };
    for (size_t i = 0; i < SAMPLE_COUNT(bad); i++)
        if (open_parts(&bad[i], "", 0) != LT_MALFORMED)
            fail_msg("frame %zu was not refused as malformed", i);
    static const struct parts plain = PARTS(CHAIN, "\x10\x01", "", "");
    assert_int_equal(open_parts(&plain, "\x1a\x01x", 3), LT_BAD_HASH); /* a body not signed for */
    assert_int_equal(open_parts(&plain, "\x1a\x00", 2), LT_MALFORMED);
    assert_int_equal(open_parts(&plain, "\x22\x01x", 3), LT_OK);
    assert_int_equal(open_parts(&plain, "\x22\x01x\x22\x01x", 6), LT_MALFORMED);
    assert_int_equal(open_parts(&plain, "\x2a\x01x", 3), LT_OK);
    assert_int_equal(open_parts(&plain, "\x22\x01x\x2a\x01x", 6), LT_MALFORMED); /* both */
    assert_int_equal(open_parts(&plain, "\x32\x01x", 3), LT_MALFORMED);
}

static void too_many_and_too_large(void **state)
{
    (void)state;
    struct lt_frame frame = sample_frame(LT_STREAM_REPORT, "80");
    struct lt_key key;
    struct lt_secret secret;
    struct lt_hash id;
    struct lt_update update;
    uint8_t *bytes = NULL;
    size_t size;
    sample_key(0, &key, &secret);
    frame.seq = 2;
    frame.parent_count = LT_PARENTS_MAX;
    for (unsigned i = 0; i < LT_PARENTS_MAX; i++)
        frame.parents[i].bytes[0] = (uint8_t)i;
    const struct lt_bytes none = {NULL, 0};
    assert_int_equal(lt_update_seal(&frame, none, none, &secret, &bytes, &size, &id), LT_OK);
    assert_int_equal(lt_update_open((struct lt_bytes){bytes, size}, &update), LT_OK);
    assert_memory_equal(&update.id, &id, sizeof(id));
    assert_memory_equal(&update.frame, &frame, sizeof(frame));
    free(bytes);

    frame.parent_count = LT_PARENTS_MAX + 1;
    assert_int_equal(lt_update_seal(&frame, none, none, &secret, &bytes, &size, &id), LT_TOO_LARGE);
    frame.parent_count = 2;
    frame.parents[1].bytes[0] = 0;
    assert_int_equal(lt_update_seal(&frame, none, none, &secret, &bytes, &size, &id), LT_MALFORMED);
    frame.parent_count = 1;
    frame.seq = 1;
    assert_int_equal(lt_update_seal(&frame, none, none, &secret, &bytes, &size, &id), LT_MALFORMED);
    frame = sample_frame(LT_STREAM_REPORT, "80");
    frame.key.bytes[0] ^= 1;
    assert_int_equal(lt_update_seal(&frame, none, none, &secret, &bytes, &size, &id),
                     LT_BAD_SIGNATURE);

    frame = sample_frame(LT_STREAM_REPORT, "80");
    uint8_t *large = calloc(1, LT_UPDATE_BYTES_MAX + 1);
    assert_non_null(large);
    const struct lt_bytes most = {large, LT_UPDATE_BYTES_MAX - 256};
    assert_int_equal(lt_update_seal(&frame, most, none, &secret, &bytes, &size, &id), LT_OK);
    assert_int_equal(lt_update_open((struct lt_bytes){bytes, size}, &update), LT_OK);
    free(bytes);
    const struct lt_bytes over = {large, LT_UPDATE_BYTES_MAX - 100};
    assert_int_equal(lt_update_seal(&frame, over, none, &secret, &bytes, &size, &id), LT_TOO_LARGE);
    assert_int_equal(lt_update_open((struct lt_bytes){large, LT_UPDATE_BYTES_MAX + 1}, &update),
                     LT_TOO_LARGE);
    free(large);
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool fine;
    } cases[] = {
        {"", true},
        {"15/QĐ-UBND, thôn Đồng Tâm; Cần Giuộc", true},
        {"\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
         true},
        {"tab\tstop", false},
        {"line\nfeed", false},
        {"delete \x7f", false},
        {"12345678\x1f", false},
        {"1234567\x7f", false},
        {"C1 \xc2\x85", false},
        {"short \xc3", false},
        {"short \xe1\xba", false},
        {"short \xf0\x9f\x98", false},
        {"lone \x80", false},
        {"overlong \xc0\xaf", false},
        {"overlong \xe0\x80\xaf", false},
        {"overlong \xf0\x80\x80\xaf", false},
        {"surrogate \xed\xa0\x80", false},
        {"beyond \xf4\x90\x80\x80", false},
        {"beyond \xf5\x80\x80\x80", false},
        {"byte \xff", false},
    };
    for (size_t i = 0; i < SAMPLE_COUNT(cases); i++) {
        const size_t size = strlen(cases[i].text);
        uint8_t *exact = malloc(size + 1);
        assert_non_null(exact);
        memcpy(exact, cases[i].text, size);
        if (lt_text_valid(exact, size, false) != cases[i].fine)
            fail_msg("text %zu", i);
        free(exact);
    }
    assert_true(lt_text_valid((const uint8_t *)"line\nfeed", 9, true));
    assert_false(lt_text_valid((const uint8_t *)"line\rfeed", 9, true));
    for (unsigned byte = 0; byte < 256; byte++) /* each byte in each lane of the fast path */
        for (unsigned lane = 0; lane < 8; lane++) {
            uint8_t eight[8] = {'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'};
            eight[lane] = (uint8_t)byte;
            assert_int_equal(lt_text_valid(eight, 8, false), byte >= 0x20 && byte < 0x7f);
        }
}

static void arena_keeps_its_budget(void **state)
{
    (void)state;
    struct lt_arena *arena = lt_arena_new(1 << 20);
    for (int round = 0; round < 3; round++) {
        size_t taken = 0;
        uint8_t *last = NULL;
        for (size_t size = 1;; size = size * 3 / 2 + 1) {
            uint8_t *bytes = lt_arena_take(arena, size);
            if (!bytes)
                break;
            memset(bytes, round, size);
            assert_true((uintptr_t)bytes % 8 == 0 && bytes != last);
            last = bytes;
            taken += size;
        }
        assert_true(taken <= 1 << 20 && taken > 1 << 18);
        assert_null(lt_arena_take(arena, SIZE_MAX));
        assert_null(lt_arena_take(arena, 1 << 20));
        lt_arena_reset(arena);
        assert_non_null(lt_arena_take(arena, 0));
        lt_arena_reset(arena);
        assert_non_null(lt_arena_take(arena, 1 << 20)); /* all of it at once */
        lt_arena_reset(arena);
    }
    lt_arena_free(arena);
    lt_arena_free(NULL);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_was_sealed),
        cmocka_unit_test(every_damaged_byte_shows),
        cmocka_unit_test(frames_are_strict),
        cmocka_unit_test(too_many_and_too_large),
        cmocka_unit_test(texts),
        cmocka_unit_test(arena_keeps_its_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
