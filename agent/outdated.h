/* outdated.h - is this program older than what is written in its tree? Told to the clerk, and nothing more: an old
 * program goes on writing what it knows, which everybody reads. */
#ifndef LT_OUTDATED_H
#define LT_OUTDATED_H

#include "agent/journal.h"

struct lt_outdated {
    uint32_t announced; /* newest body version that everybody may write */
    bool older; /* than this program knows */
    bool unread; /* another machine of the unit has written what this one cannot read */
};
void lt_outdated_look(struct lt_journal *journal, struct lt_outdated *ret_outdated);
/* For people; nothing when all is well. */
void lt_outdated_print(const struct lt_outdated *outdated);

#endif
