#include "hub/doubts.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"

struct lt_doubts {
    pthread_mutex_t lock;
    size_t count;
    struct lt_doubt items[LT_DOUBTS_MAX];
};

struct lt_doubts *lt_doubts_new(void)
{
    struct lt_doubts *doubts = calloc(1, sizeof(*doubts));
    if (doubts != NULL) {
        pthread_mutex_init(&doubts->lock, NULL);
    }
    return doubts;
}

void lt_doubts_free(struct lt_doubts *doubts)
{
    if (doubts != NULL) {
        pthread_mutex_destroy(&doubts->lock);
        free(doubts);
    }
}

static bool is_same(const struct lt_doubt *a, const struct lt_doubt *b)
{
    return a->kind == b->kind && a->role == b->role && lt_unit_cmp(&a->child, &b->child) == 0 &&
           lt_chain_cmp(&a->chain, &b->chain) == 0;
}

static void remove_at(struct lt_doubts *doubts, size_t at)
{
    doubts->count--;
    memmove(&doubts->items[at], &doubts->items[at + 1],
            (doubts->count - at) * sizeof(doubts->items[0]));
}

static size_t longest_ago(const struct lt_doubts *doubts)
{
    size_t oldest = 0;
    for (size_t i = 1; i < doubts->count; i++) {
        if (doubts->items[i].last_at < doubts->items[oldest].last_at) {
            oldest = i;
        }
    }
    return oldest;
}

void lt_doubts_note(struct lt_doubts *doubts, const struct lt_doubt *doubt, int64_t now)
{
    if (doubts == NULL) {
        return;
    }
    pthread_mutex_lock(&doubts->lock);
    size_t at = 0;
    while (at < doubts->count && !is_same(&doubts->items[at], doubt)) {
        at++;
    }
    if (at == LT_DOUBTS_MAX) {
        remove_at(doubts, longest_ago(doubts));
        at = doubts->count;
    }
    struct lt_doubt *item = &doubts->items[at];
    if (at == doubts->count) {
        *item = *doubt;
        item->count = 0;
        item->said = false;
        item->first_at = now;
        doubts->count++;
    }
    item->count++;
    item->last_at = now;
    pthread_mutex_unlock(&doubts->lock);
}

static bool is_settled(const struct lt_doubt *doubt, const struct lt_hash *update)
{
    switch (doubt->kind) {
    case LT_DOUBT_KEY:
        return lt_hash_cmp(&doubt->update, update) == 0;
    case LT_DOUBT_GAP:
        return lt_hash_cmp(&doubt->missing, update) == 0;
    case LT_DOUBT_ALTERED:
    case LT_DOUBT_KINDS:
        break;
    }
    return false;
}

void lt_doubts_stored(struct lt_doubts *doubts, const struct lt_hash *update)
{
    if (doubts == NULL) {
        return;
    }
    pthread_mutex_lock(&doubts->lock);
    for (size_t i = doubts->count; i-- > 0;) {
        if (is_settled(&doubts->items[i], update)) {
            remove_at(doubts, i);
        }
    }
    pthread_mutex_unlock(&doubts->lock);
}

bool lt_doubts_say(struct lt_doubts *doubts, int64_t now, struct lt_doubt *ret_doubt)
{
    bool found = false;
    if (doubts == NULL) {
        return false;
    }
    pthread_mutex_lock(&doubts->lock);
    for (size_t i = 0; i < doubts->count && !found; i++) {
        struct lt_doubt *item = &doubts->items[i];
        /* A clock that was set back lets none wait for ever. */
        bool lasts = item->kind == LT_DOUBT_ALTERED || now < item->first_at ||
                     now - item->first_at >= LT_DOUBT_LASTS_S;
        if (!item->said && lasts) {
            item->said = found = true;
            *ret_doubt = *item;
        }
    }
    pthread_mutex_unlock(&doubts->lock);
    return found;
}

size_t lt_doubts_list(struct lt_doubts *doubts, struct lt_doubt **ret_doubts)
{
    size_t count = 0;
    *ret_doubts = NULL;
    if (doubts == NULL) {
        return 0;
    }
    pthread_mutex_lock(&doubts->lock);
    if (doubts->count > 0) {
        *ret_doubts = malloc(doubts->count * sizeof(doubts->items[0]));
    }
    if (*ret_doubts != NULL) {
        count = doubts->count;
        memcpy(*ret_doubts, doubts->items, count * sizeof(doubts->items[0]));
    }
    pthread_mutex_unlock(&doubts->lock);
    return count;
}

const char *lt_doubt_name(enum lt_doubt_kind kind)
{
    static const char *const names[LT_DOUBT_KINDS] = {
        [LT_DOUBT_ALTERED] = "altered", [LT_DOUBT_KEY] = "key", [LT_DOUBT_GAP] = "gap"};
    return names[kind];
}

void lt_doubt_text(const struct lt_doubt *doubt, char ret_text[LT_DOUBT_TEXT_MAX])
{
    char child[LT_UNIT_TEXT_MAX], unit[LT_UNIT_TEXT_MAX] = "?", hex[65];
    const char *who = doubt->role == LIENTHONG__ROLE__ROLE_HUB
                          ? lt_text("máy chủ của", "the hub of")
                          : lt_text("một máy của", "a PC of");
    const char *what = doubt->chain.stream == LT_STREAM_DIRECTIVE ? lt_text("chỉ thị", "directives")
                                                                  : lt_text("báo cáo", "reports");
    lt_unit_format(&doubt->child, child);
    if (doubt->chain.unit.code[0] != '\0') {
        lt_unit_format(&doubt->chain.unit, unit);
    }
    switch (doubt->kind) {
    case LT_DOUBT_ALTERED:
        snprintf(
            ret_text, LT_DOUBT_TEXT_MAX,
            lt_text("%s %s mang đến một bản cập nhật thuộc %s của %s không đúng như người ký đã "
                    "ký: bị sửa trên đường, hoặc ổ đĩa hay bộ nhớ của nó hỏng. Không nhận bản ấy. "
                    "Tìm hiểu ở %s; điều đơn vị thật sự nói vẫn ở máy của họ và đến đây khi %s "
                    "chuyển nguyên vẹn, hoặc bằng đường khác (`fallback`)",
                    "%s %s brought an update of the %s of %s that is not as its author signed it: "
                    "altered on the way, or its disk or memory is failing. It was not taken. Find "
                    "out which at %s; what the unit really said is still on its own PC and reaches "
                    "us when %s passes it on as it is, or by another way (`fallback`)"),
            who, child, what, unit, child, child);
        break;
    case LT_DOUBT_KEY:
        lt_hex(doubt->key.bytes, 32, hex);
        snprintf(
            ret_text, LT_DOUBT_TEXT_MAX,
            lt_text("%s %s mang đến %s nhân danh %s, ký bằng khóa %.12s chưa được cấp cho ai ở đó: "
                    "bịa ra, hoặc quyết định cấp khóa còn chưa đến. Không nhận gì trong đó. Hỏi %s "
                    "họ có máy nào (`lienthong-agent status` hiện khóa); nếu không có khóa ấy thì "
                    "không tin được %s",
                    "%s %s brought %s in the name of %s signed by the key %.12s, which is granted "
                    "to nobody there: invented, or its grant is still to come. Nothing of it was "
                    "taken. Ask %s which machine it has (`lienthong-agent status` shows its keys); "
                    "if none is that one, %s is not to be trusted"),
            who, child, what, unit, hex, unit, child);
        break;
    case LT_DOUBT_GAP:
        lt_hex(doubt->missing.bytes, 32, hex);
        snprintf(
            ret_text, LT_DOUBT_TEXT_MAX,
            lt_text("%s %s mang đến một phần %s của %s và bỏ qua phần trước đó (bản cập nhật "
                    "%.12s). Phần có ở đây được tính, phần sau chỗ thiếu phải chờ. Hỏi %s vì sao; "
                    "máy của đơn vị có đủ và có thể gửi bằng đường khác (`fallback`, hoặc `move`)",
                    "%s %s brought a part of the %s of %s, and leaves out what comes before it "
                    "(update %.12s). What is there counts, what follows the gap waits. Ask %s why; "
                    "the unit's own PC holds all of it and can bring it by another way "
                    "(`fallback`, or `move`)"),
            who, child, what, unit, hex, child);
        break;
    case LT_DOUBT_KINDS:
        ret_text[0] = '\0';
        break;
    }
}
