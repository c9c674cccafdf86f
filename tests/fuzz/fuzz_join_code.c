/* fuzz_join_code.c - a join code as somebody types it. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "proto/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_join_code code, again;
    char *text = malloc(size + 1), formatted[LT_JOIN_CODE_MAX];
    FUZZ_CHECK(text);
    memcpy(text, data, size);
    text[size] = '\0';
    if (lt_join_code_parse(text, &code) == LT_OK) {
        FUZZ_CHECK(lt_join_code_format(&code, formatted) == LT_OK);
        FUZZ_CHECK(lt_join_code_parse(formatted, &again) == LT_OK);
        FUZZ_CHECK(memcmp(&code, &again, sizeof(code)) == 0);
    }
    free(text);
    /* The checksum keeps random text out; a code is also made from the bytes. */
    memset(&code, 0, sizeof(code));
    memcpy(&code, data, size < sizeof(code) ? size : sizeof(code));
    if (lt_join_code_format(&code, formatted) == LT_OK)
        FUZZ_CHECK(lt_join_code_parse(formatted, &again) == LT_OK &&
                   strcmp(code.endpoint, again.endpoint) == 0);
    return 0;
}
