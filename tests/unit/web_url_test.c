/* What an address may say (hub/web/url.h), and how answers are escaped (hub/web/out.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hub/web/out.h"
#include "hub/web/url.h"

static struct lt_url url;

static void paths(void **state)
{
    (void)state;
    assert_int_equal(lt_url_read("/", NULL, &url), LT_OK);
    assert_int_equal(url.part_count, 0);
    assert_int_equal(lt_url_read("/units/80@2025-07-01.csv", "", &url), LT_OK);
    assert_int_equal(url.part_count, 2);
    assert_string_equal(url.parts[0], "units");
    assert_string_equal(url.parts[1], "80@2025-07-01");
    assert_int_equal(url.format, LT_URL_CSV);
    assert_int_equal(lt_url_read("/units.json/x", "", &url), LT_OK);
    assert_int_equal(url.format, LT_URL_HTML);
    assert_string_equal(url.parts[0], "units.json");
    assert_int_equal(lt_url_read("/.json", "", &url), LT_OK);
    assert_string_equal(url.parts[0], ".json");
    assert_int_equal(lt_url_read("/a/%C4%91/", "", &url), LT_OK);
    assert_string_equal(url.parts[1], "đ");
    assert_int_equal(url.part_count, 2);
}

static void bad_paths(void **state)
{
    static const char *const bad[] = {"", "a", "//a", "/a//b", "/%", "/%4", "/%zz", "/%00", "/%ff"};
    char longest[LT_URL_BYTES_MAX + 3];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(lt_url_read(bad[i], NULL, &url), LT_MALFORMED);
    assert_int_equal(lt_url_read("/1/2/3/4/5/6", NULL, &url), LT_OK);
    assert_int_equal(lt_url_read("/1/2/3/4/5/6/7", NULL, &url), LT_TOO_LARGE);
    memset(longest, 'a', sizeof longest);
    longest[0] = '/';
    longest[LT_URL_BYTES_MAX] = '\0';
    assert_int_equal(lt_url_read(longest, NULL, &url), LT_OK);
    longest[LT_URL_BYTES_MAX] = 'a';
    longest[LT_URL_BYTES_MAX + 1] = '\0';
    assert_int_equal(lt_url_read(longest, NULL, &url), LT_TOO_LARGE);
}

static void parameters(void **state)
{
    (void)state;
    assert_int_equal(lt_url_read("/figures",
                                 "place=80&by=code&by=level&where=field%3Dy%20t%E1%BA%BF+x&&empty",
                                 &url),
                     LT_OK);
    assert_string_equal(lt_url_param(&url.params, "place"), "80");
    assert_string_equal(lt_url_param(&url.params, "by"), "code");
    assert_string_equal(lt_url_param(&url.params, "where"), "field=y tế x");
    assert_string_equal(lt_url_param(&url.params, "empty"), "");
    assert_null(lt_url_param(&url.params, "plac"));
    assert_int_equal(url.params.count, 5);
    assert_int_equal(lt_url_read("/", "page=7&a=-1&b=x&c=9999999999&d=3x", &url), LT_OK);
    assert_int_equal(lt_url_number(&url.params, "page", 1, 9, 1), 7);
    assert_int_equal(lt_url_number(&url.params, "page", 1, 6, 1), 1);
    assert_int_equal(lt_url_number(&url.params, "a", 0, 9, 5), 5);
    assert_int_equal(lt_url_number(&url.params, "b", 0, 9, 5), 5);
    assert_int_equal(lt_url_number(&url.params, "c", 0, 9, 5), 5);
    assert_int_equal(lt_url_number(&url.params, "d", 0, 9, 5), 5);
}

static void too_many(void **state)
{
    char text[4 * LT_URL_PARAMS_MAX + 8] = "";
    (void)state;
    for (int i = 0; i < LT_URL_PARAMS_MAX; i++)
        strcat(text, "a=1&");
    assert_int_equal(lt_url_read("/", text, &url), LT_OK);
    strcat(text, "a=1");
    assert_int_equal(lt_url_read("/", text, &url), LT_TOO_LARGE);
    assert_int_equal(lt_url_read("/", "a=%0", &url), LT_MALFORMED);
    assert_int_equal(lt_url_read("/", "%ff=1", &url), LT_MALFORMED);
    assert_int_equal(lt_url_params_read("a\0b", 3, '&', &url.params), LT_MALFORMED);
}

static void cookies(void **state)
{
    static const char text[] = "lang=en; session=ab%zz; x";
    (void)state;
    assert_int_equal(lt_url_params_read(text, sizeof text - 1, ';', &url.params), LT_OK);
    assert_string_equal(lt_url_param(&url.params, "lang"), "en");
    assert_string_equal(lt_url_param(&url.params, "session"), "ab%zz"); /* as it is */
}

static void same(struct lt_out *out, const char *want)
{
    assert_false(out->failed);
    assert_string_equal(out->bytes, want);
    lt_out_free(out);
}

static void escapes(void **state)
{
    struct lt_out out = {.bytes = NULL};
    (void)state;
    lt_out_text(&out, "<a href='x' title=\"y\">&đ\xff\x01");
    same(&out, "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;đ\xEF\xBF\xBD\xEF\xBF\xBD");
    lt_out_json(&out, "a\"b\\c\n</script>\x7f");
    same(&out, "\"a\\\"b\\\\c\\n\\u003c/script>\xEF\xBF\xBD\"");
    lt_out_csv(&out, "a\"b");
    same(&out, "\"a\"\"b\"");
    lt_out_csv(&out, "=1+1");
    same(&out, "\"'=1+1\"");
    lt_out_csv(&out, "@x");
    same(&out, "\"'@x\"");
    lt_out_csv(&out, "\t=1");
    same(&out, "\"'\t=1\"");
    lt_out_url(&out, "80@2025-07-01&y tế");
    same(&out, "80@2025-07-01%26y%20t%E1%BA%BF");
    lt_out_print(&out, "%s-%d", "x", 7);
    same(&out, "x-7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),    cmocka_unit_test(bad_paths), cmocka_unit_test(parameters),
        cmocka_unit_test(too_many), cmocka_unit_test(cookies),   cmocka_unit_test(escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
