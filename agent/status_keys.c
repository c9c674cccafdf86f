#include "agent/status_keys.h"

#include <stdio.h>
#include <string.h>

#include "agent/text.h"

enum { KEY_TEXT = 2 * 32 + 1 };

static void note_own(void *context, const struct lt_granted_key *key)
{
    struct lt_status_keys *keys = context;
    if (key->role == LIENTHONG__ROLE__ROLE_AGENT &&
        memcmp(&key->key, &keys->own, sizeof(key->key)) == 0) {
        keys->state = key->revoked ? LT_KEY_ENDED : key->awaits ? LT_KEY_AWAITS : LT_KEY_VALID;
    }
}

void lt_status_keys_note(struct lt_journal *journal, const struct lt_keys *keys,
                         const struct lt_held_receipt *receipts, size_t receipt_count,
                         struct lt_status_keys *ret_keys)
{
    *ret_keys = (struct lt_status_keys){.own = keys->sign_public};
    const struct lt_book *book = lt_journal_book(journal);
    if (book != NULL) {
        struct lt_roots roots;
        lt_book_granted_keys(book, note_own, ret_keys);
        lt_book_roots(book, &roots);
        ret_keys->root = roots.root;
    }
    for (size_t i = 0; i < receipt_count; i++) {
        const struct lt_statement *said = &receipts[i].statement;
        for (size_t k = 0; said->top && k < said->key_count; k++) {
            /* one that was revoked since the receipt, as this PC's own former key, is nobody's any more */
            bool ended =
                book != NULL && lt_book_revocation(book, &said->chain, &said->keys[k]) != NULL;
            if (!ended && memcmp(&said->keys[k], &keys->sign_public, sizeof(said->keys[k])) != 0 &&
                ret_keys->other_count < 16) {
                ret_keys->others[ret_keys->other_count++] = said->keys[k];
            }
        }
    }
}

void lt_status_keys_print(const struct lt_status_keys *keys)
{
    char text[KEY_TEXT];
    lt_hex(keys->own.bytes, 32, text);
    printf(lt_text("Khóa:             %.16s%s\n", "Key:              %.16s%s\n"), text,
           keys->state == LT_KEY_AWAITS
               ? lt_text(": ĐANG CHỜ cấp cao nhất duyệt; hãy báo 16 ký tự này cho cấp trên",
                         ": WAITING for the top's approval; tell the hub above these 16 digits")
           : keys->state == LT_KEY_ENDED
               ? lt_text(": ĐÃ BỊ THU HỒI; hãy xin mã mời mới rồi chạy `lienthong-agent join MÃ`",
                         ": REVOKED; ask for a new code, then run `lienthong-agent join CODE`")
               : "");
    lt_hex(keys->root.bytes, 32, text);
    printf(lt_text("Khóa gốc:         %s\n", "Root key:         %s\n"), text);
    for (size_t i = 0; i < keys->other_count; i++) {
        lt_hex(keys->others[i].bytes, 32, text);
        printf(
            lt_text("Máy khác:         đơn vị còn một máy khác, khóa %.16s; nếu không phải máy của "
                    "đơn vị, hãy báo ngay cho cấp trên\n",
                    "Other machine:    the unit has another one, key %.16s; if it is none of "
                    "yours, tell the hub above at once\n"),
            text);
    }
}

void lt_status_keys_json(const struct lt_status_keys *keys, json_t *object)
{
    static const char *const states[] = {"not granted", "waiting", "valid", "revoked"};
    char text[KEY_TEXT];
    json_t *others = json_array();
    for (size_t i = 0; i < keys->other_count; i++) {
        lt_hex(keys->others[i].bytes, 32, text);
        json_array_append_new(others, json_string(text));
    }
    lt_hex(keys->own.bytes, 32, text);
    json_object_set_new(object, "key", json_string(text));
    json_object_set_new(object, "key_state", json_string(states[keys->state]));
    json_object_set_new(object, "other_keys", others);
    lt_hex(keys->root.bytes, 32, text);
    json_object_set_new(object, "root_key", json_string(text));
}
