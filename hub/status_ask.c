#include "hub/status_ask.h"

#include <stdlib.h>

#include "agent/keys.h"
#include "hub/control.h"
#include "hub/import.h"

/* LT_NOT_FOUND: no hub runs here. */
static enum lt_result ask_running(const char *dir, json_t **ret_status)
{
    char *answer;
    enum lt_result result =
        lt_control_call(dir, LT_VERB_STATUS, (struct lt_bytes){NULL, 0}, &answer);
    if (result == LT_OK) {
        *ret_status = json_loads(answer, 0, NULL);
        result = *ret_status != NULL ? LT_OK : LT_MALFORMED;
    } else if (answer != NULL && result == LT_NOT_FOUND) {
        result = LT_IO;
    }
    free(answer);
    return result;
}

enum lt_result lt_status_of_store(struct lt_ledger *ledger, struct lt_roster *roster,
                                  const char *dir, json_t **ret_status)
{
    struct lt_keys keys;
    char ignored[200];
    *ret_status = lt_status_make(ledger, roster, NULL);
    if (*ret_status == NULL) {
        return LT_NO_MEMORY;
    }
    bool readable = lt_keys_load(dir, &keys, ignored) == LT_OK;
    json_object_set_new(*ret_status, "keys",
                        lt_status_own_key(readable ? &keys.sign_public : NULL));
    lt_keys_wipe(&keys);
    return LT_OK;
}

static enum lt_result read_store(const char *dir, json_t **ret_status, char *reason)
{
    struct lt_import_view view;
    struct lt_roster *roster;
    enum lt_result result = lt_import_look(dir, &view, reason);
    if (result != LT_OK) {
        return result;
    }
    result = lt_roster_open(dir, &roster, reason);
    if (result == LT_OK) {
        result = lt_status_of_store(view.ledger, roster, dir, ret_status);
        lt_roster_close(roster);
    }
    lt_import_look_end(&view);
    return result;
}

enum lt_result lt_status_ask(const char *dir, json_t **ret_status, char *ret_reason)
{
    ret_reason[0] = '\0';
    enum lt_result result = ask_running(dir, ret_status);
    return result == LT_NOT_FOUND ? read_store(dir, ret_status, ret_reason) : result;
}
