#include "hub/invite_find.h"

#include <stdlib.h>
#include <string.h>

struct gathering {
    struct lt_found_invites found;
    size_t capacity;
    int64_t wall_time;
    bool failed;
};

static void gather(void *context, const struct lt_hash *hash,
                   const struct lt_invitation *invitation)
{
    struct gathering *gathering = context;
    struct lt_found_invites *found = &gathering->found;
    if (found->count == gathering->capacity) {
        size_t capacity = gathering->capacity == 0 ? 64 : gathering->capacity * 2;
        struct lt_found_invite *list = realloc(found->list, capacity * sizeof(*list));
        if (list == NULL) {
            gathering->failed = true;
            return;
        }
        found->list = list;
        gathering->capacity = capacity;
    }
    found->list[found->count++] = (struct lt_found_invite){
        *hash, *invitation, lt_invitation_state(invitation, gathering->wall_time)};
}

static int by_unit(const void *a, const void *b)
{
    const struct lt_found_invite *first = a, *second = b;
    int order = lt_unit_cmp(&first->invitation.unit, &second->invitation.unit);
    if (order == 0) {
        order = (first->invitation.made_at > second->invitation.made_at) -
                (first->invitation.made_at < second->invitation.made_at);
    }
    return order != 0 ? order : lt_hash_cmp(&first->hash, &second->hash);
}

enum lt_result lt_invite_list(struct lt_roster *roster, int64_t wall_time,
                              struct lt_found_invites *ret_found)
{
    struct gathering gathering = {.wall_time = wall_time};
    enum lt_result result = lt_roster_list(roster, gather, &gathering);
    if (result == LT_OK && gathering.failed) {
        result = LT_NO_MEMORY;
    }
    if (result != LT_OK) {
        free(gathering.found.list);
        return result;
    }
    if (gathering.found.count > 1) {
        qsort(gathering.found.list, gathering.found.count, sizeof(*gathering.found.list), by_unit);
    }
    *ret_found = gathering.found;
    return LT_OK;
}

void lt_invite_list_free(struct lt_found_invites *found)
{
    free(found->list);
    *found = (struct lt_found_invites){.count = 0};
}

static bool has_id(const struct lt_found_invite *invite, const char *word)
{
    char id[LT_INVITE_ID_MAX];
    lt_invite_id(&invite->hash, id);
    return strcmp(id, word) == 0;
}

void lt_invite_choose(struct lt_found_invites *found, const char *word, unsigned states)
{
    struct lt_unit unit;
    bool dated = false, is_unit = lt_unit_parse(word, &unit, &dated) == LT_OK;
    for (size_t i = 0; i < found->count; i++) {
        if (has_id(&found->list[i], word)) {
            found->list[0] = found->list[i];
            found->count = 1;
            return;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct lt_unit *its = &found->list[i].invitation.unit;
        bool named = is_unit && strcmp(its->code, unit.code) == 0 &&
                     (!dated || its->valid_from == unit.valid_from);
        if (named && states >> found->list[i].state & 1U) {
            found->list[kept++] = found->list[i];
        }
    }
    found->count = kept;
}
