#include "hub/web/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/choose.h"
#include "hub/web/fleet_of.h"
#include "hub/web/page.h"

enum { LISTED_MAX = 400, CANDIDATES_MAX = 50 };

/* ---- In forms ---- */

const char *lt_places_label(const struct lt_asked *asked)
{
    return asked->web->settings.shown ? lt_text("Nơi (mã)", "Place (code)")
                                      : lt_text("Nơi (tên hoặc mã)", "Place (name or code)");
}

void lt_places_field(struct lt_out *out, const char *label, const char *value)
{
    lt_out_print(out,
                 "<label>%s <input name=\"place\" list=\"places\" autocomplete=\"off\" value=\"",
                 label);
    lt_out_text(out, value != NULL ? value : "");
    lt_out_raw(out, "\"></label>\n");
}

static void option(struct lt_out *out, const struct lt_place *place)
{
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(&place->unit, text);
    lt_web_page_option(out, text, place->name, NULL);
}

void lt_places_list(struct lt_asked *asked, struct lt_out *out, const char *current)
{
    char reason[LT_DIRECT_REASON_MAX];
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    const struct lt_place *here = lt_asked_home(asked);
    size_t listed = 0;
    if (current != NULL && lt_choose_unit(book, current, &here, reason) != LT_OK)
        here = lt_asked_home(asked);
    lt_out_raw(out, "<datalist id=\"places\">");
    for (const struct lt_place *at = here; at != NULL && lt_asked_may_see(asked, at);
         at = at->parent)
        option(out, at);
    if (here != NULL && lt_asked_may_see(asked, here))
        for (size_t i = 0; i < lt_book_place_count(book) && listed < LISTED_MAX; i++) {
            const struct lt_place *place = lt_book_place_at(book, i);
            if (place->parent == here) {
                option(out, place);
                listed++;
            }
        }
    lt_out_raw(out, "</datalist>\n");
}

/* ---- In addresses ---- */

static bool is_code(const struct lt_asked *asked, const char *text)
{
    const struct lt_place *place;
    char reason[LT_DIRECT_REASON_MAX];
    const enum lt_result result =
        lt_choose_unit(lt_ledger_book(asked->web->ledger), text, &place, reason);
    return result != LT_USAGE && result != LT_NOT_FOUND;
}

struct candidates {
    const struct lt_fleet_unit *units[CANDIDATES_MAX];
    size_t count; /* maybe more than are kept */
};

static void look(const struct lt_fleet *fleet, const struct lt_fleet_unit *home, const char *folded,
                 bool whole, struct candidates *candidates)
{
    candidates->count = 0;
    for (size_t i = 0; i < fleet->count; i++) {
        const struct lt_fleet_unit *unit = &fleet->units[i];
        if ((whole ? strcmp(unit->folded, folded) != 0 : strstr(unit->folded, folded) == NULL) ||
            !lt_fleet_within(fleet, unit, home))
            continue;
        if (candidates->count < CANDIDATES_MAX)
            candidates->units[candidates->count] = unit;
        candidates->count++;
    }
}

/* The same address with `code` in place of the parameter of that number. */
static void address_with(const struct lt_asked *asked, size_t number, const char *code,
                         struct lt_out *out)
{
    const struct lt_url_params *params = &asked->url.params;
    lt_out_bytes(out, asked->address, strcspn(asked->address, "?"));
    for (size_t i = 0; i < params->count; i++) {
        lt_out_raw(out, i == 0 ? "?" : "&");
        lt_out_url(out, params->items[i].name);
        lt_out_raw(out, "=");
        lt_out_url(out, i == number ? code : params->items[i].value);
    }
}

static void choose(struct lt_asked *asked, struct lt_answer *answer, size_t number,
                   const struct candidates *candidates)
{
    struct lt_out *out = &answer->body;
    answer->status = 300;
    lt_web_page_begin(asked, answer,
                      lt_text("Nhiều nơi có tên như thế", "Several places have such a name"), "");
    lt_out_raw(out, "<ul>");
    for (size_t i = 0; i < candidates->count && i < CANDIDATES_MAX; i++) {
        struct lt_out address = {.bytes = NULL};
        const struct lt_fleet_unit *unit = candidates->units[i];
        address_with(asked, number, unit->text, &address);
        lt_out_raw(out, "<li><a href=\"");
        lt_out_text(out, address.bytes != NULL ? address.bytes : "");
        lt_out_raw(out, "\">");
        lt_out_text(out, unit->name);
        lt_out_raw(out, "</a>, ");
        lt_out_text(out, unit->parent_name);
        lt_out_print(out, " <small>%s</small></li>\n", unit->text);
        out->failed = out->failed || address.failed;
        lt_out_free(&address);
    }
    lt_out_raw(out, "</ul>");
    if (candidates->count > CANDIDATES_MAX)
        lt_out_print(out, "<p class=\"hint\">%s %zu</p>",
                     lt_text("Chỉ hiện 50 nơi đầu; hãy ghi rõ hơn. Tất cả:",
                             "The first 50 are shown; say more of the name. In all:"),
                     candidates->count);
    lt_web_page_end(asked, answer);
}

static bool answer_name(struct lt_asked *asked, struct lt_answer *answer, size_t number)
{
    char *folded = lt_fleet_fold(asked->url.params.items[number].value);
    struct lt_fleet *fleet = folded != NULL ? lt_web_fleet(asked) : NULL;
    struct candidates *found = calloc(1, sizeof *found);
    const struct lt_place *place = lt_asked_home(asked);
    const struct lt_fleet_unit *home =
        fleet != NULL && place != NULL ? lt_fleet_find(fleet, &place->unit) : NULL;
    if (fleet != NULL && home != NULL && found != NULL) {
        look(fleet, home, folded, true, found);
        if (found->count == 0)
            look(fleet, home, folded, false, found);
    }
    const bool any = found != NULL && found->count > 0;
    if (any && found->count == 1) {
        struct lt_out address = {.bytes = NULL};
        address_with(asked, number, found->units[0]->text, &address);
        lt_answer_to(answer, address.bytes != NULL ? address.bytes : "/");
        lt_out_free(&address);
    } else if (any && asked->url.format != LT_URL_HTML) {
        lt_answer_trouble(asked, answer, 400,
                          lt_text("nhiều nơi có tên như thế; hãy ghi mã",
                                  "several places have such a name; give the code"));
    } else if (any) {
        choose(asked, answer, number, found);
    }
    free(found);
    free(folded);
    lt_fleet_free(fleet);
    return any;
}

bool lt_places_named(struct lt_asked *asked, struct lt_answer *answer)
{
    if (asked->web->settings.shown)
        return false;
    const struct lt_url_params *params = &asked->url.params;
    for (size_t i = 0; i < params->count; i++)
        if (strcmp(params->items[i].name, "place") == 0 && strlen(params->items[i].value) > 1 &&
            !is_code(asked, params->items[i].value))
            return answer_name(asked, answer, i);
    return false;
}
