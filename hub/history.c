#include "hub/history.h"

#include <string.h>

#include "agent/row.h"

enum { ROW_VERSION = 1, ROW_BYTES = 1 + 4 + 8 + 8 + 8 + 8 + 2 * LT_HISTORY_DAYS };

/* The newest day is `today` from now on. A clock that went back by a day changes nothing; by more, and the days that it
 * had told are not believed. */
static void move_to(struct lt_history *history, lt_day today)
{
    const int64_t days = (int64_t)today - history->last;
    if (history->last != 0 && (days == 0 || days == -1))
        return;
    if (history->last == 0 || days < 0 || days >= LT_HISTORY_DAYS) {
        history->heard = history->noted = 0;
        memset(history->backlog, 0, sizeof history->backlog);
    } else {
        history->heard <<= days;
        history->noted <<= days;
        memmove(&history->backlog[days], &history->backlog[0],
                (size_t)(LT_HISTORY_DAYS - days) * sizeof history->backlog[0]);
        memset(&history->backlog[0], 0, (size_t)days * sizeof history->backlog[0]);
    }
    history->last = today;
}

static void note_pending(struct lt_history *history, uint64_t updates, uint64_t at_top, int64_t now)
{
    if (history->pending > updates)
        history->pending = updates; /* it has said more than it has */
    if (history->pending != 0 && at_top < history->pending)
        return; /* the oldest that waits is the same */
    history->pending = updates > at_top ? updates : 0;
    history->pending_since = updates > at_top ? now : 0;
}

void lt_history_note(struct lt_history *history, lt_day today, lt_day heard, uint64_t updates,
                     uint64_t at_top, int64_t now)
{
    const uint64_t waits = updates > at_top ? updates - at_top : 0;
    move_to(history, today);
    note_pending(history, updates, at_top, now);
    const int64_t ago = (int64_t)history->last - heard;
    if (heard != 0 && ago >= 0 && ago < LT_HISTORY_DAYS)
        history->heard |= (uint64_t)1 << ago;
    if (today != history->last)
        return;
    history->noted |= 1;
    if (waits > history->backlog[0])
        history->backlog[0] = waits < UINT16_MAX ? (uint16_t)waits : UINT16_MAX;
}

bool lt_history_has(const struct lt_history *history, lt_day heard)
{
    const int64_t ago = (int64_t)history->last - heard;
    return ago >= LT_HISTORY_DAYS || (ago >= 0 && (history->heard >> ago & 1U) != 0);
}

unsigned lt_history_habit(const struct lt_history *history)
{
    unsigned of_length[LT_HISTORY_DAYS] = {0}, gaps = 0, seen = 0;
    int before = -1;
    for (int i = LT_HISTORY_DAYS - 1; i >= 0; i--) { /* from the oldest day */
        if ((history->heard >> i & 1U) == 0)
            continue;
        if (before >= 0) {
            of_length[before - i]++;
            gaps++;
        }
        before = i;
    }
    if (gaps + 1 < LT_HABIT_HEARD_MIN)
        return 0;
    for (unsigned days = 1; days < LT_HABIT_DAYS_MAX; days++) {
        seen += of_length[days];
        if (seen * 10 >= gaps * 9)
            return days;
    }
    return LT_HABIT_DAYS_MAX;
}

bool lt_history_exceeds(const struct lt_history *history, lt_day heard, lt_day today)
{
    const unsigned habit = lt_history_habit(history);
    return habit == 0 || heard == 0 || (int64_t)today - heard > (int64_t)habit;
}

size_t lt_history_write(const struct lt_history *history, uint8_t ret_row[LT_HISTORY_ROW_BYTES_MAX])
{
    struct lt_row_writer writer = lt_row_write(ret_row, LT_HISTORY_ROW_BYTES_MAX);
    lt_row_give_number(&writer, ROW_VERSION, 1);
    lt_row_give_number(&writer, (uint32_t)history->last, 4);
    lt_row_give_number(&writer, history->heard, 8);
    lt_row_give_number(&writer, history->noted, 8);
    lt_row_give_number(&writer, history->pending, 8);
    lt_row_give_number(&writer, (uint64_t)history->pending_since, 8);
    for (size_t i = 0; i < LT_HISTORY_DAYS; i++)
        lt_row_give_number(&writer, history->backlog[i], 2);
    return lt_row_bytes(&writer).size;
}

bool lt_history_read(struct lt_bytes row, struct lt_history *ret_history)
{
    struct lt_row_reader reader = lt_row_read(row);
    if (row.size != ROW_BYTES || lt_row_take_number(&reader, 1) != ROW_VERSION)
        return false;
    ret_history->last = (lt_day)lt_row_take_number(&reader, 4);
    ret_history->heard = lt_row_take_number(&reader, 8);
    ret_history->noted = lt_row_take_number(&reader, 8);
    ret_history->pending = lt_row_take_number(&reader, 8);
    ret_history->pending_since = (int64_t)lt_row_take_number(&reader, 8);
    for (size_t i = 0; i < LT_HISTORY_DAYS; i++)
        ret_history->backlog[i] = (uint16_t)lt_row_take_number(&reader, 2);
    return true;
}
