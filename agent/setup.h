/* setup.h - makes what a site needs in its folder: the folder, keys, store and wake pipe.
 *
 * Everything that is there already stays as it is, so it may be repeated. Not while another process
 * does the same. */
#ifndef LT_SETUP_H
#define LT_SETUP_H

#include "agent/journal.h"

/* On success the caller wipes the keys. ret_reason names what failed and why. */
enum lt_result lt_setup(const char *dir, struct lt_keys *ret_keys, struct lt_site *ret_site,
                        char ret_reason[200]);

#endif
