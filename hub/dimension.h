/* dimension.h - what people read of the dimensions of figures, beside their names (proto/dimension.h).
 *
 * Labels are in the language of the process. */
#ifndef LT_DIMENSION_H
#define LT_DIMENSION_H

#include "hub/cell.h"
#include "proto/dimension.h"

const char *lt_dimension_label(enum lt_dimension dimension);
/* The label of a listed value; "" for 0 and for what is beyond the list. */
const char *lt_dimension_show(enum lt_dimension dimension, uint8_t value);
/* Is a record of the recipient `told` among those that are asked for as `asked`? A collective is asked for with the
 * enterprises among them. */
bool lt_recipient_meets(uint32_t asked, uint32_t told);
/* All names ("place, year …"), or all spellings of a listed one, for an error. */
void lt_dimension_list_names(char *ret_text, size_t max);
void lt_dimension_list_values(enum lt_dimension dimension, char *ret_text, size_t max);

#endif
