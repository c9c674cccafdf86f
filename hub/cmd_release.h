/* cmd_release.h - the acts of `lienthong-hub release`; private to hub/cmd_release*.c. */
#ifndef LT_CMD_RELEASE_H
#define LT_CMD_RELEASE_H

#include "agent/options.h"
#include "hub/direct.h"

enum {
    LT_RELEASE_ROOT,
    LT_RELEASE_SERIAL,
    LT_RELEASE_KEY,
    LT_RELEASE_NUMBER_OPTION,
    LT_RELEASE_NAME,
    LT_RELEASE_FORMAT,
    LT_RELEASE_OPTIONS
};

/* The operands after the act's name are looked at; ret_reason says why not. */
typedef enum lt_result lt_release_act(const struct lt_options *options,
                                      char ret_reason[LT_DIRECT_REASON_MAX]);
/* Offline (cmd_release_sign.c). */
lt_release_act lt_release_make_key, lt_release_grant, lt_release_sign_files;
/* At the top, the last one at every hub (cmd_release.c, cmd_release_show.c). */
lt_release_act lt_release_add, lt_release_set_wave, lt_release_show;

/* A number in decimal, `least` to `most`; false: it is none. */
bool lt_release_number(const char *text, uint64_t least, uint64_t most, uint64_t *ret_number);

#endif
