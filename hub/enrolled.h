/* enrolled.h - whose machines a hub is the parent of, as the book knows it. */
#ifndef LT_ENROLLED_H
#define LT_ENROLLED_H

#include "proto/standing.h"

struct lt_enrolled {
    struct lt_unit *units; /* ascending, distinct */
    size_t count, capacity;
    bool failed; /* out of memory: the list is not whole */
};

/* Units with a key that `hub` granted, but for those that a standing Move leads elsewhere and that have
 * arrived there; and those that a Move names `hub` for. Free the list when done. */
void lt_enrolled_at(const struct lt_book *book, const struct lt_unit *hub,
                    struct lt_enrolled *ret_enrolled);
void lt_enrolled_free(struct lt_enrolled *enrolled);

#endif
