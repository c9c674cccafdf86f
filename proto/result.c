#include "proto/result.h"

#define LT_RESULT_TEXT(name, text) [name] = (text),

const char *lt_result_text(enum lt_result result)
{
    static const char *const texts[] = {LT_RESULTS(LT_RESULT_TEXT)};
    return (unsigned)result < sizeof(texts) / sizeof(texts[0]) ? texts[result] : "unknown result";
}
