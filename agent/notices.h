/* notices.h - what hubs have told this unit's people, until they say that they have seen it.
 *
 * Notices stand in the book; which of them were seen is kept in `dir`/notices.seen, one name a line.
 * Nothing is decided by that file: when it is lost, notices are shown again. One thread. */
#ifndef LT_NOTICES_H
#define LT_NOTICES_H

#include <jansson.h>

#include "agent/journal.h"
#include "proto/standing.h"

enum { LT_NOTICES_MAX = 256, LT_NOTICES_SHOWN = 16, LT_NOTICE_ID_MAX = 17 };

struct lt_told_notice {
    char id[LT_NOTICE_ID_MAX];
    const struct lt_notice *notice; /* lives as long as the journal's book is not added to */
};
/* Those of this unit that were not seen, at most LT_NOTICES_MAX: the highest hub's first, of one hub the
 * newest first. */
size_t lt_notices(struct lt_journal *journal, const char *dir,
                  struct lt_told_notice ret_notices[LT_NOTICES_MAX]);
/* All of this unit's are seen. */
enum lt_result lt_notices_seen(struct lt_journal *journal, const char *dir, char ret_reason[200]);

/* For `status`: LT_NOTICES_SHOWN of them as {"id", "hub", "text"}, each hub's newest first, and how many are left out.
 * NULL: out of memory. */
json_t *lt_notices_list(struct lt_journal *journal, const char *dir, size_t *ret_left_out);
/* That list for people; `seen`: they have just been marked so. NULL is an empty one. */
void lt_notices_print(const json_t *list, size_t left_out, bool seen);

#endif
