#include "hub/notifying.h"

#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/choose.h"
#include "proto/letters.h"

static enum lt_result fail(struct lt_notifying *notifying, enum lt_result result, const char *what,
                           const char *why)
{
    (void)snprintf(notifying->reason, sizeof notifying->reason, "%.100s: %.180s", what, why);
    return result;
}

static bool has_letters(const char *text)
{
    return text[strspn(text, " ")] != '\0';
}

static void put(struct lt_notifying *notifying, const struct lt_place *place, const char *text)
{
    notifying->unit = place->unit;
    memcpy(notifying->text, text, strlen(text) + 1);
    lienthong__unit__init(&notifying->wire_unit);
    lienthong__notice__init(&notifying->notice);
    lienthong__directive__init(&notifying->directive);
    notifying->wire_unit.code = notifying->unit.code;
    notifying->wire_unit.valid_from = notifying->unit.valid_from;
    notifying->notice.unit = &notifying->wire_unit;
    notifying->notice.text = notifying->text;
    notifying->directive.notice = &notifying->notice;
    notifying->items[0] = &notifying->directive;
}

enum lt_result lt_notifying_plan(struct lt_ledger *ledger, const char *unit, const char *text,
                                 struct lt_notifying *notifying)
{
    struct lt_hub_site site;
    const struct lt_place *place;
    const struct lt_book *book = lt_ledger_book(ledger);
    enum lt_result result = lt_choose_unit(book, unit, &place, notifying->reason);
    if (result != LT_OK)
        return result;
    lt_ledger_site(ledger, &site);
    if (!lt_book_within(book, &place->unit, &site.unit))
        return fail(notifying, LT_REFUSED, unit,
                    lt_text("không thuộc đơn vị của máy chủ này",
                            "does not lie within this hub's own unit"));
    if (strlen(text) > LT_LONG_TEXT_BYTES_MAX ||
        !lt_text_valid((const uint8_t *)text, strlen(text), false) || !has_letters(text))
        return fail(notifying, LT_USAGE, lt_text("lời nhắn", "the text"),
                    lt_text("là một dòng UTF-8, nhiều nhất 1024 byte, không trống",
                            "is one line of UTF-8, at most 1024 bytes, not empty"));
    put(notifying, place, text);
    return LT_OK;
}
