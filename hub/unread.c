#include "hub/unread.h"

#include "agent/text.h"
#include "hub/ledger_own.h"

enum { PAGE = 256, LOOKED_AT_MAX = 16 };

/* An update that cannot be read is in quarantine as one change with the greatest index. */
static uint64_t count_reports(struct lt_store_txn *txn, uint64_t *positions, size_t *ret_looked_at)
{
    struct lt_quarantined rows[PAGE];
    struct lt_at from = {0, 0};
    uint64_t count = 0;
    size_t got = PAGE, kept = 0;
    while (got == PAGE) {
        got = lt_store_quarantined(txn, &from, rows, PAGE);
        for (size_t i = 0; i < got; i++) {
            if (rows[i].at.index != UINT32_MAX)
                continue;
            if (kept < LOOKED_AT_MAX)
                positions[kept++] = rows[i].at.position;
            count++;
        }
        if (got > 0)
            from = rows[got - 1].at.index == UINT32_MAX
                       ? (struct lt_at){rows[got - 1].at.position + 1, 0}
                       : (struct lt_at){rows[got - 1].at.position, rows[got - 1].at.index + 1};
    }
    *ret_looked_at = kept;
    return count;
}

void lt_unread_count(struct lt_ledger *ledger, struct lt_unread *ret_unread)
{
    uint64_t positions[LOOKED_AT_MAX];
    size_t looked_at = 0;
    struct lt_unread unread = {.directives = ledger->unread_directives,
                               .newest = ledger->unread_newest};
    struct lt_tally tally;
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn != NULL) {
        lt_store_tally(txn, &tally);
        if (tally.quarantined > 0)
            unread.reports = count_reports(txn, positions, &looked_at);
        for (size_t i = 0; i < looked_at; i++) {
            struct lt_bytes bytes;
            struct lt_update update;
            if (lt_log_at(lt_store_log(txn), positions[i], &bytes) &&
                lt_update_open(bytes, &update) == LT_OK &&
                update.frame.body_version > unread.newest)
                unread.newest = update.frame.body_version;
        }
        lt_store_abort(txn);
    }
    *ret_unread = unread;
}

void lt_unread_tell(FILE *out, uint64_t reports)
{
    if (reports == 0)
        return;
    (void)fprintf(
        out,
        lt_text("CHƯA TÍNH: %llu gói số liệu do phiên bản phần mềm mới hơn gửi, trạm này chưa "
                "đọc được; cần nâng cấp trạm.\n",
                "NOT COUNTED: %llu updates are of a newer version of the program, which "
                "this hub cannot read; upgrade it.\n"),
        (unsigned long long)reports);
}

void lt_unread_warn(struct lt_ledger *ledger)
{
    struct lt_unread unread;
    lt_unread_count(ledger, &unread);
    lt_unread_tell(stderr, unread.reports);
}
