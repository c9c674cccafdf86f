#include "hub/copies.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/daemon.h"
#include "agent/text.h"

enum { SAVE_EVERY_S = 600, TURNS_CLONED = 2 };

/* Where it last answered, and on which other connection before. */
struct talk {
    uint64_t connection, welcome; /* 0: nowhere yet */
};

struct copy_item {
    struct lt_copy copy;
    struct talk last, other;
    enum lt_copy_kind said; /* in the log */
    bool lost_anew; /* since that was said */
    bool dirty, kept;
    int64_t saved_at;
    enum lt_copy_kind saved;
};

struct lt_copies {
    pthread_mutex_t lock;
    struct lt_roster *roster;
    size_t count, capacity;
    struct copy_item *items; /* by key */
};

/* ---- The table ---- */

/* Under the lock. NULL: out of memory. */
static struct copy_item *get(struct lt_copies *copies, const struct lt_copy_of *of)
{
    size_t low = 0, high = copies->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(&copies->items[middle].copy.key, &of->key, sizeof(of->key));
        if (order == 0) {
            return &copies->items[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    if (copies->count == copies->capacity) {
        size_t capacity = copies->capacity == 0 ? 64 : copies->capacity * 2;
        struct copy_item *items = realloc(copies->items, capacity * sizeof(*items));
        if (items == NULL) {
            return NULL;
        }
        copies->items = items;
        copies->capacity = capacity;
    }
    memmove(&copies->items[low + 1], &copies->items[low],
            (copies->count - low) * sizeof(copies->items[0]));
    copies->count++;
    copies->items[low] =
        (struct copy_item){.copy = {.unit = of->unit, .role = of->role, .key = of->key}};
    return &copies->items[low];
}

static void load_one(void *context, const struct lt_copy *copy)
{
    struct copy_item *item = get(context, &(struct lt_copy_of){copy->unit, copy->role, copy->key});
    if (item != NULL) {
        item->copy = *copy;
        item->kept = true;
        item->said = copy->cloned_at != 0 ? LT_COPY_CLONED : LT_COPY_RESTORED;
    }
}

struct lt_copies *lt_copies_new(struct lt_roster *roster)
{
    struct lt_copies *copies = calloc(1, sizeof(*copies));
    if (copies != NULL) {
        pthread_mutex_init(&copies->lock, NULL);
        copies->roster = roster;
        lt_roster_copies(roster, load_one, copies);
    }
    return copies;
}

void lt_copies_free(struct lt_copies *copies)
{
    if (copies != NULL) {
        pthread_mutex_destroy(&copies->lock);
        free(copies->items);
        free(copies);
    }
}

/* ---- What was seen ---- */

/* A clock that was set back makes nothing old. */
static bool is_fresh(int64_t at, int64_t now)
{
    return at != 0 && now - at < LT_COPY_SHOWN_S;
}

static void note_cloned(struct copy_item *item, int64_t now)
{
    item->copy.cloned_at = now;
    item->dirty = true;
}

/* It lacks nothing that it lacked before, only what was signed since: then somebody else has signed that, or it was
 * restored again, from a newer image. */
static bool in_turn(const struct lt_copy *copy, const struct lt_copy_loss *loss, int64_t now)
{
    return is_fresh(copy->restored_at, now) && loss->first > copy->end;
}

static void note_loss(struct copy_item *item, const struct lt_copy_loss *loss, int64_t now)
{
    struct lt_copy *copy = &item->copy;
    bool before = is_fresh(copy->restored_at, now), turn = in_turn(copy, loss, now);
    copy->turns = !before ? 0 : copy->turns + turn;
    /* One that fetches what it lost in several sessions lacks less each time: it is one loss. */
    if (!before || turn || loss->had_seq < copy->had_seq) {
        copy->had_seq = loss->had_seq;
        copy->had_at = loss->had_at;
        copy->lacked = loss->lacked;
        item->lost_anew = true;
    }
    copy->restored_at = now;
    copy->end = loss->end;
    item->dirty = true;
    if (copy->turns >= TURNS_CLONED) {
        note_cloned(item, now);
    }
}

void lt_copies_lost(struct lt_copies *copies, const struct lt_copy_of *of,
                    const struct lt_copy_loss *loss, int64_t now)
{
    if (copies == NULL) {
        return;
    }
    pthread_mutex_lock(&copies->lock);
    struct copy_item *item = get(copies, of);
    if (item != NULL) {
        note_loss(item, loss, now);
    }
    pthread_mutex_unlock(&copies->lock);
}

/* On one connection, then on another, then on the first again, each time in answer to a later WELCOME: a machine
 * ends one connection before it opens the next, so these are two. However late anything arrives: the answer was sent
 * after its WELCOME, which was sent after the other connection's, which was open by then. */
static void note_talk(struct copy_item *item, uint64_t connection, uint64_t welcome, int64_t now)
{
    if (welcome <= item->last.welcome) {
        return; /* overtaken on the way: proves nothing */
    }
    if (connection != item->last.connection) {
        if (connection == item->other.connection) {
            note_cloned(item, now);
        }
        item->other = item->last;
    }
    item->last = (struct talk){connection, welcome};
}

void lt_copies_talked(struct lt_copies *copies, const struct lt_copy_of *of, uint64_t connection,
                      uint64_t welcome, int64_t now)
{
    if (copies == NULL) {
        return;
    }
    pthread_mutex_lock(&copies->lock);
    struct copy_item *item = get(copies, of);
    if (item != NULL) {
        note_talk(item, connection, welcome, now);
    }
    pthread_mutex_unlock(&copies->lock);
}

/* ---- What is shown ---- */

enum lt_copy_kind lt_copy_kind(const struct lt_copy *copy, int64_t now)
{
    return is_fresh(copy->cloned_at, now)     ? LT_COPY_CLONED
           : is_fresh(copy->restored_at, now) ? LT_COPY_RESTORED
                                              : LT_COPY_NONE;
}

const char *lt_copy_name(enum lt_copy_kind kind)
{
    static const char *const names[] = {
        [LT_COPY_NONE] = "", [LT_COPY_RESTORED] = "restored", [LT_COPY_CLONED] = "cloned"};
    return names[kind];
}

static void write_state(const struct lt_copy *copy, char ret_text[160])
{
    char when[LT_TIME_TEXT_MAX];
    if (copy->had_seq == 0) {
        snprintf(ret_text, 160, "%s", lt_text("với kho trống", "with an empty store"));
    } else if (copy->had_at == 0) {
        snprintf(ret_text, 160, lt_text("như sau bản cập nhật %llu", "as it was after update %llu"),
                 (unsigned long long)copy->had_seq);
    } else {
        lt_time_format(copy->had_at, when);
        snprintf(ret_text, 160,
                 lt_text("như sau bản cập nhật %llu, ký lúc %s",
                         "as it was after update %llu, signed %s"),
                 (unsigned long long)copy->had_seq, when);
    }
}

void lt_copy_text(const struct lt_copy *copy, int64_t now, char ret_text[LT_COPY_TEXT_MAX])
{
    bool hub = copy->role == LIENTHONG__ROLE__ROLE_HUB;
    char unit[LT_UNIT_TEXT_MAX], key[65], when[LT_TIME_TEXT_MAX], state[160];
    lt_unit_format(&copy->unit, unit);
    lt_hex(copy->key.bytes, 32, key);
    switch (lt_copy_kind(copy, now)) {
    case LT_COPY_RESTORED:
        lt_time_format(copy->restored_at, when);
        write_state(copy, state);
        snprintf(
            ret_text, LT_COPY_TEXT_MAX,
            lt_text(
                "%s %s (khóa %.16s) đã được KHÔI PHỤC từ bản sao lưu: lúc %s nó trở lại %s, "
                "thiếu %u bản cập nhật mà chính nó đã ký. Nó tự lấy lại từ đây; không phải làm "
                "gì. Nếu không ai khôi phục nó, hai máy đang chạy cùng một bản sao",
                "%s %s (key %.16s) was RESTORED: at %s it came back %s, without %u updates that "
                "it has signed itself. It fetches them from here; nothing has to be done. If "
                "nobody restored it, two machines run one copy"),
            hub ? lt_text("máy chủ của", "the hub of") : lt_text("một máy của", "a PC of"), unit,
            key, when, state, copy->lacked);
        break;
    case LT_COPY_CLONED:
        lt_time_format(copy->cloned_at, when);
        snprintf(
            ret_text, LT_COPY_TEXT_MAX,
            lt_text("%s %s bị SAO CHÉP: hai máy dùng chung khóa %.16s, thấy lần cuối lúc %s. "
                    "Mỗi bản ghi vẫn chỉ được tính một lần. %s",
                    "%s %s is CLONED: two machines use the key %.16s, last seen at %s. Each "
                    "record counts once all the same. %s"),
            hub ? lt_text("máy chủ của", "the hub of") : lt_text("một máy của", "a PC of"), unit,
            key, when,
            hub ? lt_text("Tắt hẳn bản cũ", "Stop the older copy for good")
                : lt_text("Hỏi đơn vị bản sao chạy ở đâu; nếu là của họ, cấp cho máy ấy một mã "
                          "mời và một thư mục mới (`invite`); nếu không, thu hồi khóa "
                          "(`revoke`)",
                          "Ask the unit where the copy runs; if it is theirs, give that PC a "
                          "code and a new folder of its own (`invite`); if not, revoke the "
                          "key (`revoke`)"));
        break;
    case LT_COPY_NONE:
        ret_text[0] = '\0';
        break;
    }
}

size_t lt_copies_list(struct lt_copies *copies, int64_t now, struct lt_copy **ret_copies)
{
    size_t count = 0;
    *ret_copies = NULL;
    if (copies == NULL) {
        return 0;
    }
    pthread_mutex_lock(&copies->lock);
    struct lt_copy *list = malloc((copies->count + 1) * sizeof(*list));
    for (size_t i = 0; i < copies->count && list != NULL; i++) {
        if (lt_copy_kind(&copies->items[i].copy, now) != LT_COPY_NONE) {
            list[count++] = copies->items[i].copy;
        }
    }
    pthread_mutex_unlock(&copies->lock);
    *ret_copies = list;
    return count;
}

/* ---- Said and kept ---- */

bool lt_copies_say(struct lt_copies *copies, int64_t now, struct lt_copy *ret_copy)
{
    bool found = false;
    if (copies == NULL) {
        return false;
    }
    pthread_mutex_lock(&copies->lock);
    for (size_t i = 0; i < copies->count && !found; i++) {
        struct copy_item *item = &copies->items[i];
        enum lt_copy_kind kind = lt_copy_kind(&item->copy, now);
        found = kind > item->said || (kind == LT_COPY_RESTORED && item->lost_anew);
        item->said = kind;
        if (found) {
            item->lost_anew = false;
            *ret_copy = item->copy;
        }
    }
    pthread_mutex_unlock(&copies->lock);
    return found;
}

/* Is there something of it to be written? */
static bool is_due(const struct copy_item *item, int64_t now)
{
    enum lt_copy_kind kind = lt_copy_kind(&item->copy, now);
    bool late = now - item->saved_at >= SAVE_EVERY_S || now < item->saved_at;
    return kind == LT_COPY_NONE ? item->kept : item->dirty && (late || kind != item->saved);
}

static struct lt_copy take_due(struct copy_item *item, int64_t now)
{
    item->saved = lt_copy_kind(&item->copy, now);
    item->kept = item->saved != LT_COPY_NONE;
    item->saved_at = now;
    item->dirty = false;
    if (!item->kept) {
        item->copy.restored_at = item->copy.cloned_at = 0;
    }
    return item->copy;
}

enum lt_result lt_copies_save(struct lt_copies *copies, int64_t now)
{
    struct lt_copy *due = NULL;
    size_t count = 0, taken = 0;
    if (copies == NULL) {
        return LT_OK;
    }
    pthread_mutex_lock(&copies->lock);
    for (size_t i = 0; i < copies->count; i++) {
        count += is_due(&copies->items[i], now);
    }
    due = count > 0 ? malloc(count * sizeof(*due)) : NULL;
    for (size_t i = 0; due != NULL && i < copies->count; i++) {
        if (is_due(&copies->items[i], now)) {
            due[taken++] = take_due(&copies->items[i], now);
        }
    }
    pthread_mutex_unlock(&copies->lock);
    enum lt_result result = count == 0    ? LT_OK
                            : due == NULL ? LT_NO_MEMORY
                                          : lt_roster_set_copies(copies->roster, due, taken);
    free(due);
    return result;
}
