#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/samples.h"

static struct lt_join_code sample_code(const char *endpoint)
{
    struct lt_join_code code = {.endpoint = ""};
    sample_bytes(0xe0, code.curve_key, sizeof(code.curve_key));
    sample_bytes(0x07, code.secret, sizeof(code.secret));
    memcpy(code.endpoint, endpoint, strlen(endpoint));
    return code;
}

static void every_length_of_endpoint(void **state)
{
    (void)state;
    char endpoint[LT_ENDPOINT_MAX] = "tcp://", text[LT_JOIN_CODE_MAX];
    for (size_t size = 7; size < LT_ENDPOINT_MAX; size++) {
        endpoint[size - 1] = (char)('a' + size % 26);
        const struct lt_join_code code = sample_code(endpoint);
        struct lt_join_code read;
        memset(&read, 0x55, sizeof(read));
        assert_int_equal(lt_join_code_format(&code, text), LT_OK);
        assert_memory_equal(text, "LT1-", 4);
        assert_int_equal(strcspn(text + 4, "-"), 5);
        assert_int_equal(lt_join_code_parse(text, &read), LT_OK);
        assert_memory_equal(&read, &code, sizeof(code));
        assert_int_equal(lt_join_code_parse(text + 4, &read), LT_OK); /* the prefix left out */
    }
    struct lt_join_code bad = sample_code("tcp://");
    assert_int_equal(lt_join_code_format(&bad, text), LT_MALFORMED);
    bad = sample_code("ipc://somewhere");
    assert_int_equal(lt_join_code_format(&bad, text), LT_MALFORMED);
    bad = sample_code("tcp://a b:1");
    assert_int_equal(lt_join_code_format(&bad, text), LT_MALFORMED);
    memset(bad.endpoint, 'a', sizeof(bad.endpoint)); /* no NUL */
    assert_int_equal(lt_join_code_format(&bad, text), LT_MALFORMED);
}

static void as_people_write_it(void **state)
{
    (void)state;
    const struct lt_join_code code = sample_code("tcp://hub.example:7100");
    struct lt_join_code read;
    char text[LT_JOIN_CODE_MAX], sloppy[2 * LT_JOIN_CODE_MAX];
    size_t out = 0;
    assert_int_equal(lt_join_code_format(&code, text), LT_OK);
    sloppy[out++] = ' ';
    for (size_t i = 0; text[i]; i++) {
        char c = text[i] == '-' ? ' ' : text[i];
        if (c == '0')
            c = i % 2 ? 'o' : 'O';
        else if (c == '1')
            c = i % 3 == 0 ? 'l' : i % 3 == 1 ? 'I' : 'i';
        else if (c >= 'A' && i % 2)
            c = (char)(c - 'A' + 'a');
        sloppy[out++] = c;
    }
    memcpy(sloppy + out, "\r\n", 3);
    assert_int_equal(lt_join_code_parse(sloppy, &read), LT_OK);
    assert_memory_equal(&read, &code, sizeof(code));
}

static void mistyped(void **state)
{
    (void)state;
    const struct lt_join_code code = sample_code("tcp://hub.example:7100");
    struct lt_join_code read = {.endpoint = "untouched"};
    char text[LT_JOIN_CODE_MAX];
    assert_int_equal(lt_join_code_format(&code, text), LT_OK);
    const size_t size = strlen(text);
    for (size_t i = 4; i < size; i++) {
        const char was = text[i];
        if (was == '-')
            continue;
        text[i] = was == 'Z' ? 'Y' : 'Z'; /* one digit wrong */
        assert_int_not_equal(lt_join_code_parse(text, &read), LT_OK);
        text[i] = 'U'; /* no digit */
        assert_int_equal(lt_join_code_parse(text, &read), LT_MALFORMED);
        text[i] = was;
        if (i + 1 < size && text[i + 1] != '-' && text[i + 1] != was) { /* two exchanged */
            text[i] = text[i + 1];
            text[i + 1] = was;
            assert_int_equal(lt_join_code_parse(text, &read), LT_BAD_HASH);
            text[i + 1] = text[i];
            text[i] = was;
        }
    }
    for (size_t i = 0; i < size; i++) { /* cut off */
        char part[LT_JOIN_CODE_MAX] = "";
        memcpy(part, text, i);
        assert_int_not_equal(lt_join_code_parse(part, &read), LT_OK);
    }
    char longer[2048];
    memset(longer, '0', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(lt_join_code_parse(longer, &read), LT_TOO_LARGE);
    assert_int_equal(lt_join_code_parse("LT2-00000", &read), LT_MALFORMED);
    assert_int_equal(lt_join_code_parse("L\xc3\xa0", &read), LT_MALFORMED);
    assert_string_equal(read.endpoint, "untouched");
}

/* One code has one form: neither a digit more nor bits in what fills up the last one. */
static void nothing_behind_the_end(void **state)
{
    (void)state;
    const struct lt_join_code code =
        sample_code("tcp://hub.example:71000"); /* 608 bits in 122 digits */
    struct lt_join_code read;
    char text[LT_JOIN_CODE_MAX];
    assert_int_equal(lt_join_code_format(&code, text), LT_OK);
    const size_t size = strlen(text);
    memcpy(text + size, "0", 2);
    assert_int_equal(lt_join_code_parse(text, &read), LT_BAD_HASH);
    text[size] = '\0';
    const char last = text[size - 1];
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const char *digit = strchr(digits, last);
    assert_true(digit && (digit - digits) % 4 == 0);
    text[size - 1] = digit[1];
    assert_int_equal(lt_join_code_parse(text, &read), LT_BAD_HASH);
    text[size - 1] = last;
    assert_int_equal(lt_join_code_parse(text, &read), LT_OK);
}

static void fingerprints(void **state)
{
    (void)state;
    struct lt_key key = {{0}};
    uint8_t curve[32];
    char one[LT_FINGERPRINT_MAX], other[LT_FINGERPRINT_MAX], text[LT_FINGERPRINT_MAX + 10];
    memset(curve, 1, sizeof(curve));
    lt_fingerprint(&key, curve, one);
    assert_string_equal(one, "WECKP-EEDFF");
    for (size_t i = 0; i < 32; i++) { /* of every bit of both keys */
        key.bytes[i] ^= 1;
        lt_fingerprint(&key, curve, other);
        assert_string_not_equal(one, other);
        key.bytes[i] ^= 1;
        curve[i] ^= 0x80;
        lt_fingerprint(&key, curve, other);
        assert_string_not_equal(one, other);
        curve[i] ^= 0x80;
    }
    assert_true(lt_fingerprint_is(one, one));
    snprintf(text, sizeof(text), " %.5s %s\n", one, one + 6);
    for (char *at = text; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    assert_true(lt_fingerprint_is(text, one));
    assert_false(lt_fingerprint_is("", one));
    snprintf(text, sizeof(text), "%s0", one);
    assert_false(lt_fingerprint_is(text, one)); /* one too many */
    text[strlen(one) - 1] = '\0';
    assert_false(lt_fingerprint_is(text, one)); /* and too few */
    assert_true(lt_fingerprint_is("ooooo-iiLL1", "00000-11111"));
    assert_false(lt_fingerprint_is("00000-1111U", "00000-11111"));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_of_endpoint),
        cmocka_unit_test(as_people_write_it),
        cmocka_unit_test(mistyped),
        cmocka_unit_test(nothing_behind_the_end),
        cmocka_unit_test(fingerprints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
