/* aged - makes an invitation of a stopped hub older than it is.
 *
 *   aged HUB-FOLDER UNIT DAYS
 *
 * Through the roster's own rows, since no command of the hub should be able to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/roster_own.h"

struct search {
    const char *unit;
    size_t found;
    struct lt_hash hash;
    struct lt_invitation invitation;
};

static void look_at(void *context, const struct lt_hash *hash,
                    const struct lt_invitation *invitation)
{
    struct search *search = context;
    if (strcmp(invitation->unit.code, search->unit) != 0)
        return;
    search->found++;
    search->hash = *hash;
    search->invitation = *invitation;
}

static enum lt_result age(struct lt_roster *roster, struct search *search, int64_t days)
{
    uint8_t row[ROSTER_ROW_BYTES_MAX];
    search->invitation.made_at -= days * 86400;
    search->invitation.expires_at -= days * 86400;
    const size_t size = roster_write_row(&search->invitation, row);
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_put(txn, T_INVITATION, (struct lt_bytes){search->hash.bytes, sizeof(search->hash.bytes)},
           (struct lt_bytes){row, size});
    return lt_txn_commit(txn);
}

int main(int argc, char **argv)
{
    struct lt_roster *roster = NULL;
    char reason[200] = "";
    if (argc != 4) {
        fprintf(stderr, "Usage: aged HUB-FOLDER UNIT DAYS\n");
        return 1;
    }
    struct search search = {.unit = argv[2]};
    enum lt_result result = lt_roster_look(argv[1], &roster, reason);
    if (result == LT_OK)
        result = lt_roster_list(roster, look_at, &search);
    if (result == LT_OK && search.found != 1) {
        snprintf(reason, sizeof(reason), "%zu invitations of %s", search.found, search.unit);
        result = LT_NOT_FOUND;
    }
    if (result == LT_OK)
        result = age(roster, &search, strtoll(argv[3], NULL, 10));
    lt_roster_close(roster);
    if (result != LT_OK)
        fprintf(stderr, "aged: %s %s\n", lt_result_text(result), reason);
    return result != LT_OK;
}
