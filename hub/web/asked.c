/* What pages share: who asks, what they may see, and answers that are the same everywhere. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/roster.h"
#include "hub/web/page.h"
#include "proto/standing.h"

const char *lt_asked_value(const struct lt_asked *asked, const char *name)
{
    const char *value = lt_asked_param(asked, name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

struct lt_roster *lt_web_roster(struct lt_web *web)
{
    char reason[200];
    if (web->roster == NULL && lt_roster_read(web->settings.dir, &web->roster, reason) != LT_OK)
        web->roster = NULL;
    return web->roster;
}

void lt_web_look(struct lt_web *web)
{
    web->seen = lt_follower_look(web->follower, lt_web_roster(web));
}

/* A code as it was said is of one unit, or of nobody: it may have been given to another unit since. */
static const struct lt_place *only_of(const struct lt_book *book, const char *code)
{
    const struct lt_place *only = NULL;
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        if (strcmp(place->unit.code, code) != 0)
            continue;
        if (only != NULL)
            return NULL;
        only = place;
    }
    return only;
}

static const struct lt_place *place_of(const struct lt_book *book, const struct lt_account *account)
{
    struct lt_unit unit;
    bool dated;
    if (lt_unit_parse(account->place, &unit, &dated) != LT_OK)
        return NULL;
    return account->entry || dated ? lt_book_place(book, &unit) : only_of(book, unit.code);
}

const struct lt_place *lt_asked_home(const struct lt_asked *asked)
{
    struct lt_hub_site site;
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    if (asked->who != NULL && asked->who->place[0] != '\0')
        return place_of(book, asked->who);
    lt_ledger_site(asked->web->ledger, &site);
    return lt_book_place(book, &site.unit);
}

bool lt_asked_may_see(const struct lt_asked *asked, const struct lt_place *place)
{
    if (asked->who == NULL || asked->who->place[0] == '\0')
        return true;
    const struct lt_place *home = lt_asked_home(asked);
    if (home == NULL || place == NULL)
        return false;
    if (lt_place_common(place, home) == home)
        return true;
    const struct lt_place *today =
        lt_book_today(lt_ledger_book(asked->web->ledger), place, lt_today());
    return today != NULL && lt_place_common(today, home) == home;
}

bool lt_asked_slow(struct lt_asked *asked, struct lt_answer *answer)
{
    if (asked->web->slow >= LT_SLOW_MAX) {
        answer->retry_after_s = 2;
        lt_answer_trouble(
            asked, answer, 503,
            lt_text("Nhiều người đang hỏi số liệu cùng lúc. Thử lại sau vài giây.",
                    "Many are asking for figures just now. Try again in some seconds."));
        return false;
    }
    asked->web->slow++;
    pthread_mutex_unlock(&asked->web->lock);
    return true;
}

void lt_asked_apart(struct lt_asked *asked)
{
    pthread_mutex_unlock(&asked->web->lock);
}

void lt_asked_back(struct lt_asked *asked)
{
    pthread_mutex_lock(&asked->web->lock);
    lt_web_look(asked->web);
}

void lt_asked_done(struct lt_asked *asked)
{
    lt_asked_back(asked);
    asked->web->slow--;
}

/* The question that was answered: its path, and the words that pages know, in this order. Others count for nothing. */
static void put_asked(const struct lt_asked *asked, struct lt_out *out)
{
    static const char *const known[] = {"unit",  "place", "at",    "year",    "period",
                                        "basis", "tree",  "where", "trouble", "page"};
    const struct lt_url_params *params = &asked->url.params;
    char before = '?';
    lt_out_bytes(out, asked->address, strcspn(asked->address, "?"));
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        for (size_t j = 0; j < params->count; j++)
            if (strcmp(params->items[j].name, known[i]) == 0) {
                lt_out_print(out, "%c%s=", before, known[i]);
                lt_out_url(out, params->items[j].value);
                before = '&';
            }
}

void lt_asked_reads_names(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_out words = {.bytes = NULL};
    if (!asked->names)
        return;
    answer->secret = true;
    asked->web->counts.name_reads++;
    put_asked(asked, &words);
    lt_web_log("names read by %s from %s: %.500s",
               asked->who != NULL ? asked->who->name : "anybody", asked->peer,
               words.bytes != NULL && !words.failed ? words.bytes : "?");
    lt_out_free(&words);
}

static bool is_without(const char *name, size_t size, const char *const *without)
{
    for (; *without != NULL; without++)
        if (strlen(*without) == size && strncmp(name, *without, size) == 0)
            return true;
    return false;
}

/* Letters that an address has; anything else a browser never sends, and does not get back. */
static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text >= 0x7f || strchr("\"'<>\\`{|}^", *text) != NULL)
            return false;
    return true;
}

void lt_asked_address(const struct lt_asked *asked, const char *const *without, struct lt_out *out)
{
    const char *query = strchr(asked->address, '?');
    if (!is_plain(asked->address) || asked->address[0] != '/' || asked->address[1] == '/') {
        lt_out_raw(out, "/");
        return;
    }
    lt_out_bytes(out, asked->address, strcspn(asked->address, "?"));
    char before = '?';
    for (const char *at = query != NULL ? query + 1 : ""; *at != '\0';) {
        size_t size = strcspn(at, "&");
        if (size > 0 && !is_without(at, strcspn(at, "=&"), without)) {
            lt_out_bytes(out, &before, 1);
            lt_out_bytes(out, at, size);
            before = '&';
        }
        at += size + (at[size] == '&');
    }
}

void lt_answer_trouble(struct lt_asked *asked, struct lt_answer *answer, unsigned status,
                       const char *words)
{
    lt_out_free(&answer->body);
    answer->status = status;
    answer->whole = answer->kept = false;
    answer->file[0] = '\0';
    if (asked->url.format == LT_URL_JSON) {
        answer->type = "application/json";
        lt_out_raw(&answer->body, "{\"error\":");
        lt_out_json(&answer->body, words);
        lt_out_raw(&answer->body, "}\n");
        return;
    }
    lt_web_page_begin(asked, answer,
                      status == 404   ? lt_text("Không có trang này", "No such page")
                      : status == 403 ? lt_text("Không được xem", "Not for you to see")
                      : status < 500
                          ? lt_text("Câu hỏi chưa đúng", "Something is wrong with the question")
                          : lt_text("Chưa trả lời được", "No answer just now"),
                      "");
    lt_out_raw(&answer->body, "<p class=\"banner warn\" role=\"alert\">");
    lt_out_text(&answer->body, words);
    lt_out_raw(&answer->body, "</p>");
    lt_web_page_end(asked, answer);
}

void lt_answer_result(struct lt_asked *asked, struct lt_answer *answer, enum lt_result result,
                      const char *reason)
{
    bool wrong = result == LT_USAGE || result == LT_AMBIGUOUS || result == LT_TOO_LARGE ||
                 result == LT_MALFORMED;
    lt_answer_trouble(asked, answer,
                      result == LT_NOT_FOUND ? 404
                      : wrong                ? 400
                      : result == LT_REFUSED ? 403
                                             : 500,
                      reason[0] != '\0' ? reason : lt_text_result(result));
}

void lt_answer_to(struct lt_answer *answer, const char *location)
{
    answer->status = 303;
    answer->type = "text/plain; charset=utf-8";
    (void)snprintf(answer->location, sizeof answer->location, "%s", location);
}
