/* Which page answers what, and for whom. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"
#include "hub/web/places.h"

enum need {
    NEED_NOTHING, /* anybody, also by the public switch */
    NEED_SHOWN, /* a viewer, or the public switch */
    NEED_VIEWER,
    NEED_OPERATOR,
    NEED_ADMIN,
};

static const struct route {
    const char *first; /* part of the address */
    size_t parts;
    bool post;
    enum need need;
    lt_page *page;
    bool place; /* it is asked of a place, which may be named */
} routes[] = {
    {"", 0, false, NEED_NOTHING, lt_page_home, false},
    {"login", 1, false, NEED_NOTHING, lt_page_login, false},
    {"login", 1, true, NEED_NOTHING, lt_page_login, false},
    {"logout", 1, true, NEED_VIEWER, lt_page_logout, false},
    {"assets", 2, false, NEED_NOTHING, lt_page_asset, false},
    {"needs", 1, false, NEED_OPERATOR, lt_page_needs, false},
    {"units", 1, false, NEED_OPERATOR, lt_page_units, false},
    {"units", 2, false, NEED_VIEWER, lt_page_unit, false},
    {"units", 3, true, NEED_OPERATOR, lt_page_act, false},
    {"overview", 1, false, NEED_VIEWER, lt_page_overview, true},
    {"figures", 1, false, NEED_SHOWN, lt_page_figures, true},
    {"compare", 1, false, NEED_VIEWER, lt_page_compare, true},
    {"records", 1, false, NEED_VIEWER, lt_page_records, true},
    {"updates", 2, false, NEED_VIEWER, lt_page_update, false},
    {"completeness", 1, false, NEED_SHOWN, lt_page_completeness, true},
    {"lists", 2, false, NEED_VIEWER, lt_page_list, true},
    {"forms", 1, false, NEED_VIEWER, lt_page_forms, false},
    {"forms", 2, false, NEED_VIEWER, lt_page_form, true},
    {"accounts", 1, false, NEED_ADMIN, lt_page_accounts, false},
    {"livez", 1, false, NEED_NOTHING, lt_page_livez, false},
    {"readyz", 1, false, NEED_NOTHING, lt_page_readyz, false},
    {"metrics", 1, false, NEED_NOTHING, lt_page_metrics, false},
    {"api", 1, false, NEED_NOTHING, lt_page_api, false},
};

/* `ret_there`: the address is there, if not for this method. */
static const struct route *find(const struct lt_asked *asked, bool *ret_there)
{
    const struct lt_url *url = &asked->url;
    *ret_there = false;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (routes[i].parts != url->part_count ||
            (url->part_count > 0 && strcmp(routes[i].first, url->parts[0]) != 0))
            continue;
        *ret_there = true;
        if (routes[i].post == asked->post)
            return &routes[i];
    }
    return NULL;
}

static bool is_allowed(const struct lt_asked *asked, enum need need)
{
    const bool shown = asked->web->settings.shown;
    if (need == NEED_NOTHING || (need == NEED_SHOWN && shown))
        return true;
    return asked->who != NULL &&
           (need <= NEED_VIEWER ||
            asked->who->role >= (need == NEED_OPERATOR ? LT_WEB_OPERATOR : LT_WEB_ADMIN));
}

static void ask_to_log_in(struct lt_asked *asked, struct lt_answer *answer)
{
    static const char *const nothing[] = {NULL};
    struct lt_out back = {.bytes = NULL}, to = {.bytes = NULL};
    if (asked->url.format != LT_URL_HTML || asked->post) {
        lt_answer_trouble(asked, answer, 401, lt_text("Cần đăng nhập.", "Log in first."));
        return;
    }
    lt_asked_address(asked, nothing, &back);
    lt_out_raw(&to, "/login?to=");
    lt_out_url(&to, back.bytes != NULL ? back.bytes : "/");
    lt_answer_to(answer, to.bytes != NULL ? to.bytes : "/login");
    lt_out_free(&back);
    lt_out_free(&to);
}

void lt_web_answer(struct lt_asked *asked, struct lt_answer *answer)
{
    bool there;
    const struct route *route = find(asked, &there);
    answer->status = 200;
    answer->type = "text/plain; charset=utf-8";
    if (route == NULL) {
        lt_answer_trouble(
            asked, answer, there ? 405 : 404,
            there ? lt_text("Trang này không nhận cách hỏi ấy.",
                            "The page does not take this method.")
                  : lt_text("Địa chỉ này không có ở đây.", "There is no such address."));
    } else if (!is_allowed(asked, route->need)) {
        if (asked->who == NULL && !asked->web->settings.shown)
            ask_to_log_in(asked, answer);
        else
            lt_answer_trouble(asked, answer, 403,
                              lt_text("Tài khoản này không được xem trang này.",
                                      "This account may not see this page."));
    } else if (asked->post && asked->session != NULL && route->page != lt_page_login &&
               !lt_session_is_ours(asked->session, lt_url_param(&asked->form, "csrf"))) {
        lt_answer_trouble(
            asked, answer, 403,
            lt_text("Yêu cầu không đến từ trang của hub; tải lại trang rồi thử lại.",
                    "The form did not come from a page of this hub; reload and try again."));
    } else if (!route->place || !lt_places_named(asked, answer)) {
        route->page(asked, answer);
    }
    if (answer->body.failed)
        lt_answer_trouble(asked, answer, 500,
                          lt_text("Câu trả lời quá lớn hoặc hết bộ nhớ; hãy hỏi hẹp hơn.",
                                  "The answer is too large, or memory is short; ask for less."));
}
