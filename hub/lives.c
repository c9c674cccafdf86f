#include "hub/lives.h"

#include <stdlib.h>
#include <string.h>

#include "hub/lives_own.h"
#include "hub/roster.h"

enum { FUTURE_S = 3600, SAVE_EVERY_S = 600 };

/* ---- The table ---- */

static size_t find(const struct lt_lives *lives, const struct lt_unit *unit)
{
    size_t low = 0, high = lives->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&lives->items[middle].life.unit, unit) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct life_item *lives_get(struct lt_lives *lives, const struct lt_unit *unit, bool make)
{
    size_t at = find(lives, unit);
    if (at < lives->count && lt_unit_cmp(&lives->items[at].life.unit, unit) == 0) {
        return &lives->items[at];
    }
    if (!make) {
        return NULL;
    }
    if (lives->count == lives->capacity) {
        size_t capacity = lives->capacity == 0 ? 64 : lives->capacity * 2;
        struct life_item *items = realloc(lives->items, capacity * sizeof(*items));
        if (items == NULL) {
            return NULL;
        }
        lives->items = items;
        lives->capacity = capacity;
    }
    memmove(&lives->items[at + 1], &lives->items[at],
            (lives->count - at) * sizeof(lives->items[0]));
    lives->count++;
    lives->items[at] = (struct life_item){.life = {.unit = *unit}};
    return &lives->items[at];
}

static void load_one(void *context, const struct lt_unit *unit, int64_t mark)
{
    struct lt_lives *lives = context;
    struct life_item *item = lives_get(lives, unit, true);
    if (item != NULL) {
        item->heard_at = mark > 0 ? mark : 0;
        item->since = mark > 0 ? mark : -mark;
        item->saved = item->since;
    }
}

static void load_history(void *context, const struct lt_unit_history *kept)
{
    struct life_item *item = lives_get(context, &kept->unit, true);
    struct lt_history *history = item != NULL ? malloc(sizeof(*history)) : NULL;
    if (history != NULL) {
        *history = kept->history;
        item->history = history;
    }
}

struct lt_lives *lt_lives_new(struct lt_roster *roster)
{
    struct lt_lives *lives = calloc(1, sizeof(*lives));
    if (lives != NULL) {
        pthread_mutex_init(&lives->lock, NULL);
        lives->roster = roster;
        lt_roster_heard(roster, load_one, lives);
        lt_roster_histories(roster, load_history, lives);
    }
    return lives;
}

void lt_lives_free(struct lt_lives *lives)
{
    if (lives != NULL) {
        pthread_mutex_destroy(&lives->lock);
        for (size_t i = 0; i < lives->count; i++) {
            free(lives->items[i].history);
        }
        free(lives->items);
        free(lives);
    }
}

/* ---- Signs ---- */

static bool is_newer(const struct life_item *item, const struct lt_life *life, int64_t now)
{
    if (!item->known) {
        return true;
    }
    bool held_ahead = item->life.signed_at > now + FUTURE_S;
    bool ahead = life->signed_at > now + FUTURE_S;
    if (held_ahead != ahead) {
        return held_ahead;
    }
    return life->signed_at > item->life.signed_at ||
           (life->signed_at == item->life.signed_at && life->updates > item->life.updates);
}

bool lt_lives_is_news(struct lt_lives *lives, const struct lt_life *life, int64_t now)
{
    if (lives == NULL) {
        return false;
    }
    pthread_mutex_lock(&lives->lock);
    const struct life_item *item = lives_get(lives, &life->unit, false);
    bool news = item == NULL || is_newer(item, life, now);
    pthread_mutex_unlock(&lives->lock);
    return news;
}

static void hear(struct life_item *item, int64_t signed_at, int64_t now)
{
    int64_t heard = signed_at < now ? signed_at : now;
    if (heard > item->heard_at || item->heard_at > now) {
        item->heard_at = item->since = heard > 0 ? heard : 1;
    }
}

void lt_lives_put(struct lt_lives *lives, const struct lt_life *life, int64_t now)
{
    if (lives == NULL) {
        return;
    }
    pthread_mutex_lock(&lives->lock);
    struct life_item *item = lives_get(lives, &life->unit, true);
    if (item != NULL && is_newer(item, life, now)) {
        item->life = *life;
        item->known = item->unsent = true;
        lives->waiting = true;
        hear(item, life->signed_at, now);
    }
    pthread_mutex_unlock(&lives->lock);
}

void lt_lives_came(struct lt_lives *lives, const struct lt_unit *unit, bool by_itself, int64_t now)
{
    if (lives == NULL) {
        return;
    }
    pthread_mutex_lock(&lives->lock);
    struct life_item *item = lives_get(lives, unit, false);
    if (item != NULL) {
        item->by_itself_since = !by_itself                   ? 0
                                : item->by_itself_since != 0 ? item->by_itself_since
                                                             : now;
    }
    pthread_mutex_unlock(&lives->lock);
}

void lt_lives_heard(struct lt_lives *lives, const struct lt_unit *unit, int64_t signed_at,
                    int64_t now)
{
    if (lives == NULL) {
        return;
    }
    pthread_mutex_lock(&lives->lock);
    struct life_item *item = lives_get(lives, unit, true);
    if (item != NULL) {
        hear(item, signed_at, now);
    }
    pthread_mutex_unlock(&lives->lock);
}

bool lt_lives_last(struct lt_lives *lives, const struct lt_unit *unit, struct lt_life *ret_life)
{
    if (lives == NULL) {
        return false;
    }
    pthread_mutex_lock(&lives->lock);
    const struct life_item *item = lives_get(lives, unit, false);
    bool known = item != NULL && item->known;
    if (known) {
        *ret_life = item->life;
    }
    pthread_mutex_unlock(&lives->lock);
    return known;
}

size_t lt_lives_take(struct lt_lives *lives, struct lt_life *ret_lives, size_t max)
{
    size_t count = 0;
    if (lives == NULL) {
        return 0;
    }
    pthread_mutex_lock(&lives->lock);
    for (size_t i = 0; i < lives->count && count < max && lives->waiting; i++) {
        if (lives->items[i].unsent) {
            lives->items[i].unsent = false;
            ret_lives[count++] = lives->items[i].life;
        }
    }
    lives->waiting = lives->waiting && count == max;
    pthread_mutex_unlock(&lives->lock);
    return count;
}

bool lt_lives_waiting(struct lt_lives *lives)
{
    if (lives == NULL) {
        return false;
    }
    pthread_mutex_lock(&lives->lock);
    bool waiting = lives->waiting;
    pthread_mutex_unlock(&lives->lock);
    return waiting;
}

void lt_lives_again(struct lt_lives *lives)
{
    if (lives == NULL) {
        return;
    }
    pthread_mutex_lock(&lives->lock);
    for (size_t i = 0; i < lives->count; i++) {
        lives->items[i].unsent = lives->items[i].known;
    }
    lives->waiting = lives->count > 0;
    pthread_mutex_unlock(&lives->lock);
}

/* ---- Keeping ---- */

static enum lt_result save_histories(struct lt_lives *lives)
{
    size_t count = 0;
    pthread_mutex_lock(&lives->lock);
    struct lt_unit_history *histories = malloc((lives->count + 1) * sizeof(*histories));
    for (size_t i = 0; i < lives->count && histories != NULL; i++) {
        struct life_item *item = &lives->items[i];
        if (item->history_new && item->history != NULL) {
            histories[count++] = (struct lt_unit_history){item->life.unit, *item->history};
            item->history_new = false;
        }
    }
    pthread_mutex_unlock(&lives->lock);
    enum lt_result result = histories == NULL ? LT_NO_MEMORY
                            : count > 0 ? lt_roster_set_histories(lives->roster, histories, count)
                                        : LT_OK;
    free(histories);
    return result;
}

enum lt_result lt_lives_save(struct lt_lives *lives)
{
    struct lt_heard_mark *marks = NULL;
    size_t count = 0;
    if (lives == NULL) {
        return LT_OK;
    }
    pthread_mutex_lock(&lives->lock);
    marks = malloc((lives->count + 1) * sizeof(*marks));
    for (size_t i = 0; i < lives->count && marks != NULL; i++) {
        struct life_item *item = &lives->items[i];
        if (item->since != 0 && (item->saved == 0 || item->since - item->saved >= SAVE_EVERY_S ||
                                 item->since < item->saved)) {
            item->saved = item->since;
            marks[count++] = (struct lt_heard_mark){
                item->life.unit, item->heard_at != 0 ? item->heard_at : -item->since};
        }
    }
    pthread_mutex_unlock(&lives->lock);
    enum lt_result result = marks == NULL ? LT_NO_MEMORY
                            : count > 0   ? lt_roster_set_heard(lives->roster, marks, count)
                                          : LT_OK;
    free(marks);
    return result == LT_OK ? save_histories(lives) : result;
}
