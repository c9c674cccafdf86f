/* groups.h - gives each tuple of numbers that is met a number of its own: 0, 1, 2 … in the order of meeting.
 *
 * A tuple is found one dimension after another: what its first dimensions gave, and the next number, lead on
 * through a small table, or through hashing where numbers are great or combinations many. Many tuples are
 * asked for at a time, so that the usual case is a short loop. Belongs to one thread. */
#ifndef LT_GROUPS_H
#define LT_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LT_GROUPS_LEVELS_MAX = 24 };

struct lt_groups;
/* Tuples of 1 … LT_GROUPS_LEVELS_MAX numbers. NULL: out of memory. */
struct lt_groups *lt_groups_new(size_t levels);
void lt_groups_free(struct lt_groups *groups);

/* One step for `count` tuples: `groups_in` are what the dimensions before `level` gave (0 for level 0);
 * `numbers` is the next number of each. ret_groups may be groups_in. False: out of memory. */
bool lt_groups_step(struct lt_groups *groups, size_t level, const uint32_t *groups_in,
                    const uint32_t *numbers, size_t count, uint32_t *ret_groups);
/* How many groups a level has given, and the numbers that lead to one: level + 1 of them. */
size_t lt_groups_count(const struct lt_groups *groups, size_t level);
void lt_groups_tuple(const struct lt_groups *groups, size_t level, uint32_t group,
                     uint32_t *ret_numbers);

#endif
