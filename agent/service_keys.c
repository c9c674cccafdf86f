/* Keys of other machines that the top takes for the unit's: a thief's or a district's invention, or the office's own. */
#include <string.h>

#include "agent/daemon.h"
#include "agent/service_own.h"
#include "agent/text.h"

/* One that was ours, or another machine's, and is none any more: an older receipt names it. */
static bool is_over(struct lt_service *service, const struct lt_key *key)
{
    const struct lt_chain own = {LT_STREAM_REPORT, service->site.unit};
    const struct lt_book *book = lt_journal_book(service->journal);
    return book != NULL && lt_book_revocation(book, &own, key) != NULL;
}

/* True: it was not noted before. */
static bool note(struct lt_service *service, const struct lt_key *key)
{
    char digits[2 * sizeof(key->bytes) + 1];
    if (memcmp(key, &service->keys.sign_public, sizeof(*key)) == 0 ||
        !lt_contact_tell(&service->contact, key)) {
        return false;
    }
    if (is_over(service, key)) {
        return true; /* no grant revives it */
    }
    lt_hex(key->bytes, sizeof(key->bytes), digits);
    lt_daemon_log(
        LT_LOG_WARNING,
        lt_text("%s công nhận thêm một máy khác của đơn vị này, khóa %.16s; nếu không phải "
                "máy của đơn vị, hãy báo ngay cho cấp trên",
                "%s takes another machine for this unit's, key %.16s; if it is none of "
                "yours, tell the hub above at once"),
        service->site.top.code, digits);
    return true;
}

void lt_service_look_at_others(struct lt_service *service)
{
    struct lt_statement said;
    struct lt_child_state state;
    bool news = false;
    lt_uplink_state(service->uplink, &state);
    if (!state.fetched) {
        return; /* directives that are on their way may have ended one of them */
    }
    service->others_due = false;
    if (!lt_journal_receipt_of(service->journal, &service->site.top, &said) || !said.top) {
        return;
    }
    for (size_t i = 0; i < said.key_count; i++) {
        news = note(service, &said.keys[i]) || news;
    }
    if (news) {
        lt_service_save_contact(service);
        lt_journal_drop_book(service->journal); /* it may be long before it is needed again */
    }
}
