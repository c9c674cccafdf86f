/* roster_own.h - the roster's tables and rows; private to hub/roster*.c.
 *
 *   invitation   hash of the secret -> what it is for, who took it, what was decided
 *   mark         name -> 8 bytes
 *   shown        hash of the secret -> who showed it and was refused (since format 2)
 *   copy         signing key -> what is noted of the machine (since format 3)
 *   history      chain's key -> sixty-four days of the unit (since format 5) */
#ifndef LT_ROSTER_OWN_H
#define LT_ROSTER_OWN_H

#include "hub/roster.h"

enum { T_INVITATION, T_MARK, T_SHOWN, T_COPY, T_HISTORY, ROSTER_TABLES };

struct lt_roster {
    struct lt_env *env;
};

enum { ROSTER_ROW_BYTES_MAX = 256 };

uint8_t *roster_put_u64(uint8_t *at, uint64_t value);
uint64_t roster_get_u64(const uint8_t *at);

/* Without what was shown. Returns the row's size. */
size_t roster_write_row(const struct lt_invitation *invitation,
                        uint8_t ret_row[ROSTER_ROW_BYTES_MAX]);
bool roster_read_row(struct lt_bytes row, struct lt_invitation *ret_invitation);
size_t roster_write_shown(const struct lt_showings *shown, uint8_t ret_row[ROSTER_ROW_BYTES_MAX]);
/* False, and nothing was shown: another shape. */
bool roster_read_shown(struct lt_bytes row, struct lt_showings *ret_shown);

#endif
