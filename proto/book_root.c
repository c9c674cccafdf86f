/* The root key, the recovery key that may replace it, and what they signed. */
#include <sodium.h>
#include <string.h>

#include "proto/book_inner.h"

enum { UNIT_BYTES = LT_CODE_BYTES_MAX + 1 + 4, ROOTS_MAX = 16 };

static uint8_t *put_unit(uint8_t *at, const struct lt_unit *unit)
{
    const uint32_t day = (uint32_t)unit->valid_from;
    memcpy(at, unit->code, sizeof(unit->code));
    at += sizeof(unit->code);
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(day >> shift);
    return at;
}

/* ---- Keys of hubs ---- */

static const char hub_context[] = "lienthong hub key v1"; /* with its NUL, as all contexts */
enum { HUB_MESSAGE_BYTES = sizeof(hub_context) + UNIT_BYTES + 32 };

static void hub_message(const struct lt_unit *unit, const struct lt_key *key,
                        uint8_t ret_message[HUB_MESSAGE_BYTES])
{
    memcpy(ret_message, hub_context, sizeof(hub_context));
    memcpy(put_unit(ret_message + sizeof(hub_context), unit), key->bytes, sizeof(key->bytes));
}

void lt_root_sign(const struct lt_unit *unit, const struct lt_key *key,
                  const struct lt_secret *root_secret, struct lt_signature *ret_signature)
{
    uint8_t message[HUB_MESSAGE_BYTES];
    hub_message(unit, key, message);
    crypto_sign_detached(ret_signature->bytes, NULL, message, sizeof(message), root_secret->bytes);
}

bool lt_root_verify(const struct lt_unit *unit, const struct lt_key *key,
                    const struct lt_signature *signature, const struct lt_key *root)
{
    uint8_t message[HUB_MESSAGE_BYTES];
    hub_message(unit, key, message);
    return crypto_sign_verify_detached(signature->bytes, message, sizeof(message), root->bytes) ==
           0;
}

void lt_check_root(const struct lt_book *book, struct grant *grant)
{
    const struct keyrec *keyrec = grant->keyrec;
    grant->root_ok = book->pinned && grant->has_root && grant->role == LIENTHONG__ROLE__ROLE_HUB &&
                     lt_root_verify(&keyrec->slot->place.unit, &keyrec->key, &grant->root_signature,
                                    &book->root_now.root);
}

/* ---- One root after another ---- */

static const char root_context[] = "lienthong root v1";
enum { ROOT_MESSAGE_BYTES = sizeof(root_context) + UNIT_BYTES + 32 + 32 };

static void root_message(const struct lt_unit *top, const struct lt_roots *roots,
                         uint8_t ret_message[ROOT_MESSAGE_BYTES])
{
    memcpy(ret_message, root_context, sizeof(root_context));
    uint8_t *at = put_unit(ret_message + sizeof(root_context), top);
    memcpy(at, roots->root.bytes, 32);
    memcpy(at + 32, roots->recovery.bytes, 32);
}

void lt_root_replace(const struct lt_unit *top, const struct lt_roots *next,
                     const struct lt_secret *recovery_secret, struct lt_signature *ret_signature)
{
    uint8_t message[ROOT_MESSAGE_BYTES];
    root_message(top, next, message);
    crypto_sign_detached(ret_signature->bytes, NULL, message, sizeof(message),
                         recovery_secret->bytes);
}

bool lt_root_replaced(const struct lt_unit *top, const struct lt_roots *next,
                      const struct lt_key *recovery, const struct lt_signature *signature)
{
    uint8_t message[ROOT_MESSAGE_BYTES];
    root_message(top, next, message);
    return crypto_sign_verify_detached(signature->bytes, message, sizeof(message),
                                       recovery->bytes) == 0;
}

static bool follows(const struct lt_book *book, const struct root_word *word,
                    const struct lt_roots *roots)
{
    return lt_root_replaced(&book->top, &word->roots, &roots->recovery, &word->signature);
}

static bool read_word(const Lienthong__RootEntry *entry, struct root_word *ret_word)
{
    *ret_word = (struct root_word){.next = NULL};
    if (entry->root_key.len != 32 || entry->recovery_key.len != 32 || entry->signature.len != 64)
        return false;
    memcpy(ret_word->roots.root.bytes, entry->root_key.data, 32);
    memcpy(ret_word->roots.recovery.bytes, entry->recovery_key.data, 32);
    memcpy(ret_word->signature.bytes, entry->signature.data, 64);
    return true;
}

bool lt_collect_root(struct lt_book *book, struct said *said, const Lienthong__RootEntry *entry)
{
    struct root_word word;
    if (!read_word(entry, &word))
        return true;
    struct root_word *kept = lt_book_take(book, sizeof(*kept));
    if (kept == NULL)
        return false;
    *kept = word;
    kept->hub = said->hub;
    kept->next_of_said = said->roots;
    said->roots = kept;
    return true;
}

/* Of two successors of one root, which its recovery key alone can make, the lesser. */
static bool takes(const struct lt_book *book, const struct root_word *word,
                  const struct lt_roots *roots, const struct root_word *found)
{
    return follows(book, word, roots) &&
           (found == NULL || memcmp(&word->roots, &found->roots, sizeof(word->roots)) < 0);
}

/* The root that all words, and those of a body that is looked at, lead to. */
static struct lt_roots newest(const struct lt_book *book, const struct root_word *more,
                              size_t more_count)
{
    struct lt_roots roots = book->pinned_roots;
    for (unsigned step = 0; step < ROOTS_MAX; step++) {
        const struct root_word *found = NULL;
        for (const struct root_word *word = book->root_words; word != NULL; word = word->next) {
            if (lt_is_top(book, word->hub->slot) && takes(book, word, &roots, found))
                found = word;
        }
        for (size_t i = 0; i < more_count; i++) {
            if (takes(book, &more[i], &roots, found))
                found = &more[i];
        }
        if (found == NULL || memcmp(&found->roots, &roots, sizeof(roots)) == 0)
            break;
        roots = found->roots;
    }
    return roots;
}

void lt_settle_root(struct lt_book *book)
{
    static const struct lt_key none;
    struct lt_roots now = book->pinned_roots;
    if (book->pinned && memcmp(&now.recovery, &none, sizeof(none)) != 0)
        now = newest(book, NULL, 0);
    if (memcmp(&now, &book->root_now, sizeof(now)) == 0 && book->roots_settled)
        return;
    book->root_now = now;
    book->roots_settled = true;
    for (struct hub *hub = book->hubs; hub != NULL; hub = hub->next) {
        for (struct said *said = hub->said; said != NULL; said = said->next_of_hub) {
            for (struct grant *grant = said->grants; grant != NULL; grant = grant->next_of_said)
                lt_check_root(book, grant);
        }
    }
}

struct lt_roots lt_roots_with(const struct lt_book *book, const Lienthong__DirectiveBody *body)
{
    enum { WORDS_MAX = 4 };
    static const struct lt_key none;
    struct root_word words[WORDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < body->n_items && count < WORDS_MAX; i++)
        count += body->items[i]->root != NULL && read_word(body->items[i]->root, &words[count]);
    return count == 0 || memcmp(&book->pinned_roots.recovery, &none, sizeof(none)) == 0
               ? book->root_now
               : newest(book, words, count);
}

void lt_book_roots(const struct lt_book *book, struct lt_roots *ret_roots)
{
    *ret_roots = book->root_now;
}
