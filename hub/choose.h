/* choose.h - the unit that an operator means by "80" or "80@2025-07-01". */
#ifndef LT_CHOOSE_H
#define LT_CHOOSE_H

#include "hub/direct.h"

/* With a date that entry; without one the entry of that code that is open, else the last to close.
 * LT_USAGE: no unit's code; LT_NOT_FOUND; LT_AMBIGUOUS: several are open. ret_reason is the sentence. */
enum lt_result lt_choose_unit(const struct lt_book *book, const char *text,
                              const struct lt_place **ret_place,
                              char ret_reason[LT_DIRECT_REASON_MAX]);

#endif
