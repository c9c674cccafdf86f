#include "hub/invite_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/control.h"

enum lt_result lt_invite_ask(const char *dir, json_t *request, json_t **ret_answer,
                             char ret_reason[LT_INVITE_ASK_REASON_MAX])
{
    char *answer = NULL;
    ret_reason[0] = '\0';
    *ret_answer = NULL;
    json_object_set_new(request, "lang", json_string(lt_text_is_english() ? "en" : "vi"));
    char *bytes = json_dumps(request, JSON_COMPACT);
    if (bytes == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = lt_control_call(
        dir, LT_VERB_INVITATION, (struct lt_bytes){(const uint8_t *)bytes, strlen(bytes)}, &answer);
    free(bytes);
    if (result == LT_OK) {
        *ret_answer = json_loads(answer, 0, NULL);
        result = *ret_answer != NULL ? LT_OK : LT_MALFORMED;
    }
    if (result != LT_OK && (answer != NULL || result != LT_NOT_FOUND))
        (void)snprintf(ret_reason, LT_INVITE_ASK_REASON_MAX, "%s",
                       answer != NULL && answer[0] != '\0' ? answer
                       : answer != NULL                    ? lt_text_result(result)
                                        : lt_text("hub đang chạy nhưng không trả lời",
                                                  "the running hub does not answer"));
    if (answer != NULL)
        explicit_bzero(answer, strlen(answer));
    free(answer);
    return result;
}
