/* places.h - a place is chosen by its name: in a form from those above and below the one that is looked at, in an address by
 * whatever its name holds, without case and marks. */
#ifndef LT_WEB_PLACES_H
#define LT_WEB_PLACES_H

#include "hub/web/web.h"

/* "Place (name or code)": what such an input takes. */
const char *lt_places_label(const struct lt_asked *asked);
/* An input for a place's name or code, of which lt_places_list names some. */
void lt_places_field(struct lt_out *out, const char *label, const char *value);
/* Once on a page: the places above and below that of the code `current` (NULL: their own), as far as they may be seen. */
void lt_places_list(struct lt_asked *asked, struct lt_out *out, const char *current);

/* Is a place of the address a name, and no code? Then it is answered: with the same address by the code, or, where several
 * have the name, with these to choose from. False: nothing to be done. May let go of the web's lock meanwhile. By the
 * public switch places are their codes alone: nobody searches the tree. */
bool lt_places_named(struct lt_asked *asked, struct lt_answer *answer);

#endif
