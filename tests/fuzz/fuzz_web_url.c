/* fuzz_web_url.c - an address as a browser, or anybody, sends it: the path, a NUL or '?', the query. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "hub/web/out.h"
#include "hub/web/url.h"

/* What was read lies within its own texts, and escapes to something that reads the same again. */
static void check(const struct lt_url *url)
{
    static struct lt_url_params again;
    struct lt_out query = {.bytes = NULL};
    FUZZ_CHECK(url->part_count <= LT_URL_PARTS_MAX && url->params.count <= LT_URL_PARAMS_MAX);
    for (size_t i = 0; i < url->part_count; i++)
        FUZZ_CHECK(url->parts[i] >= url->path && url->parts[i] < url->path + sizeof url->path);
    for (size_t i = 0; i < url->params.count; i++) {
        lt_out_raw(&query, i > 0 ? "&" : "");
        lt_out_url(&query, url->params.items[i].name);
        lt_out_raw(&query, "=");
        lt_out_url(&query, url->params.items[i].value);
    }
    if (query.size > 0 && query.size <= LT_URL_BYTES_MAX) {
        FUZZ_CHECK(lt_url_params_read(query.bytes, query.size, '&', &again) == LT_OK);
        for (size_t i = 0, j = 0; i < url->params.count; i++) {
            if (url->params.items[i].name[0] == '\0')
                continue; /* "=x" is passed over */
            FUZZ_CHECK(j < again.count);
            FUZZ_CHECK(strcmp(again.items[j].name, url->params.items[i].name) == 0);
            FUZZ_CHECK(strcmp(again.items[j].value, url->params.items[i].value) == 0);
            j++;
        }
    }
    lt_out_free(&query);
}

/* No text of anybody's may end an attribute, a string or a cell. */
static void check_escapes(const char *text)
{
    struct lt_out out = {.bytes = NULL};
    lt_out_text(&out, text);
    FUZZ_CHECK(out.bytes == NULL || strpbrk(out.bytes, "<>\"'") == NULL);
    lt_out_free(&out);
    lt_out_json(&out, text);
    for (size_t i = 1; i + 1 < out.size; i++) {
        FUZZ_CHECK(out.bytes[i] != '"' && out.bytes[i] != '<' && out.bytes[i] != '\n');
        i += out.bytes[i] == '\\';
    }
    lt_out_free(&out);
    lt_out_csv(&out, text);
    FUZZ_CHECK(out.size >= 2 && strchr("=+-@\t\r\n", out.bytes[1]) == NULL);
    lt_out_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lt_url url;
    char *text = malloc(size + 1);
    FUZZ_CHECK(text);
    memcpy(text, data, size);
    text[size] = '\0';
    char *query = strchr(text, '?');
    if (query != NULL)
        *query++ = '\0';
    if (lt_url_read(text, query, &url) == LT_OK)
        check(&url);
    check_escapes(text);
    (void)lt_url_params_read((const char *)data, size, ';', &url.params);
    free(text);
    return 0;
}
