/* Logging in and out, the first page, assets, the list of accounts. */
#include <stdio.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/web/assets.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"

void lt_page_home(struct lt_asked *asked, struct lt_answer *answer)
{
    const bool operates = asked->who != NULL && asked->who->role >= LT_WEB_OPERATOR;
    lt_answer_to(answer, asked->web->settings.shown ? "/figures"
                         : operates                 ? "/needs"
                         : asked->who != NULL       ? "/overview"
                                                    : "/login");
}

/* Only to an address of ours. */
static const char *back_to(const char *to)
{
    bool ours = to != NULL && to[0] == '/' && to[1] != '/' && to[1] != '\\' &&
                strlen(to) < LT_URL_BYTES_MAX;
    for (const char *at = to; ours && *at != '\0'; at++)
        ours = *at > ' ' && *at < 0x7f && *at != '\\';
    return ours ? to : "/";
}

static void form(struct lt_asked *asked, struct lt_answer *answer, const char *to,
                 const char *trouble)
{
    struct lt_out *out = &answer->body;
    lt_web_page_begin(asked, answer, lt_text("Đăng nhập", "Log in"), "login");
    if (trouble[0] != '\0') {
        lt_out_raw(out, "<p class=\"banner bad\" role=\"alert\">");
        lt_out_text(out, trouble);
        lt_out_raw(out, "</p>");
    }
    lt_out_raw(out, "<form class=\"login\" method=\"post\" action=\"/login\">"
                    "<input type=\"hidden\" name=\"to\" value=\"");
    lt_out_text(out, to);
    lt_out_print(out,
                 "\"><label>%s <input name=\"name\" autocomplete=\"username\" required "
                 "autocapitalize=\"none\"></label><label>%s <input type=\"password\" "
                 "name=\"password\" autocomplete=\"current-password\" required></label>"
                 "<button>%s</button></form>",
                 lt_text("Tài khoản", "Account"), lt_text("Mật khẩu", "Password"),
                 lt_text("Đăng nhập", "Log in"));
    if (asked->web->accounts.count == 0) {
        lt_out_print(out, "<p class=\"hint\">%s ",
                     lt_text("Chưa có tài khoản nào. Người vận hành tạo bằng:",
                             "There are no accounts yet. The operator makes one:"));
        lt_web_page_command(asked, out, "lienthong-hub accounts add NAME");
        lt_out_raw(out, "</p>");
    }
    lt_web_page_end(asked, answer);
}

static void refuse(struct lt_asked *asked, struct lt_answer *answer, const char *to, lt_ms wait)
{
    char words[200];
    if (wait > 0) {
        (void)snprintf(words, sizeof words,
                       lt_text("Sai quá nhiều lần. Thử lại sau %u giây.",
                               "Too many failures. Try again in %u seconds."),
                       (unsigned)(wait / 1000 + 1));
        answer->status = 429;
        answer->retry_after_s = (unsigned)(wait / 1000 + 1);
    } else {
        (void)snprintf(words, sizeof words, "%s",
                       lt_text("Tài khoản hoặc mật khẩu không đúng.",
                               "The account or the password is not right."));
        answer->status = 401;
    }
    form(asked, answer, to, words);
}

/* The password is checked without the lock: that takes a tenth of a second, on purpose. */
static bool is_right(struct lt_asked *asked, struct lt_answer *answer, const char *name,
                     const char *password, struct lt_account *ret_account, bool *ret_checked)
{
    const struct lt_account *there = lt_accounts_find(&asked->web->accounts, name);
    bool known = there != NULL;
    if (known)
        *ret_account = *there;
    *ret_checked = lt_asked_slow(asked, answer);
    if (!*ret_checked)
        return false;
    bool right = lt_account_check(known ? ret_account : NULL, password);
    lt_asked_done(asked);
    return right;
}

static void log_in(struct lt_asked *asked, struct lt_answer *answer)
{
    struct lt_web *web = asked->web;
    struct lt_account account;
    const char *name = lt_url_param(&asked->form, "name");
    const char *password = lt_url_param(&asked->form, "password");
    const char *to = back_to(lt_url_param(&asked->form, "to"));
    char token[LT_SESSION_TOKEN_MAX], by_name[LT_ACCOUNT_NAME_MAX + 2];
    if (name == NULL || password == NULL || !lt_account_name_is_good(name)) {
        refuse(asked, answer, to, 0); /* no password is looked at */
        return;
    }
    (void)snprintf(by_name, sizeof by_name, "@%s", name);
    lt_ms now = lt_clock_monotonic(),
          wait = lt_tries_wait(web->sessions, by_name, LT_TRIES_MAX, now);
    lt_ms here = lt_tries_wait(web->sessions, asked->peer, LT_TRIES_OF_ADDRESS_MAX, now);
    wait = wait > here ? wait : here;
    bool checked = false;
    if (wait == 0 && is_right(asked, answer, name, password, &account, &checked)) {
        const struct lt_session *begun =
            lt_session_begin(web->sessions, &account, lt_clock_monotonic(), token);
        lt_tries_forget(web->sessions, by_name);
        lt_tries_forget(web->sessions, asked->peer);
        if (asked->session != NULL) /* a link from elsewhere came without its cookie */
            lt_session_end(web->sessions, asked->session);
        asked->session = NULL;
        web->counts.logins++;
        lt_web_log("%s logged in from %s", begun->name, asked->peer);
        (void)snprintf(
            answer->cookies[0], LT_COOKIE_MAX, "%ssession=%s; Path=/; HttpOnly; SameSite=Strict%s",
            web->settings.secure ? "__Host-" : "", token, web->settings.secure ? "; Secure" : "");
        lt_answer_to(answer, to);
        sodium_memzero(&account, sizeof account);
        return;
    }
    if (wait == 0 && !checked)
        return; /* too many at once: answered */
    web->counts.failed_logins++;
    if (wait == 0) {
        lt_tries_failed(web->sessions, by_name, LT_TRIES_MAX, now);
        lt_tries_failed(web->sessions, asked->peer, LT_TRIES_OF_ADDRESS_MAX, now);
        lt_web_log("a failed login as %s from %s", name, asked->peer);
    }
    refuse(asked, answer, to, wait);
}

void lt_page_login(struct lt_asked *asked, struct lt_answer *answer)
{
    if (asked->web->settings.open || asked->web->settings.shown)
        lt_answer_to(answer, "/");
    else if (asked->post)
        log_in(asked, answer);
    else if (asked->session != NULL)
        lt_answer_to(answer, back_to(lt_asked_value(asked, "to")));
    else
        form(asked, answer, back_to(lt_asked_value(asked, "to")), "");
}

void lt_page_logout(struct lt_asked *asked, struct lt_answer *answer)
{
    if (asked->session != NULL)
        lt_session_end(asked->web->sessions, asked->session);
    (void)snprintf(answer->cookies[0], LT_COOKIE_MAX,
                   "%ssession=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict%s",
                   asked->web->settings.secure ? "__Host-" : "",
                   asked->web->settings.secure ? "; Secure" : "");
    asked->session = NULL;
    lt_answer_to(answer, "/login");
}

void lt_page_asset(struct lt_asked *asked, struct lt_answer *answer)
{
    for (size_t i = 0; i < lt_web_asset_count; i++)
        if (strcmp(asked->url.parts[1], lt_web_assets[i].name) == 0) {
            answer->type = lt_web_assets[i].type;
            answer->kept = true;
            lt_out_bytes(&answer->body, (const char *)lt_web_assets[i].bytes,
                         lt_web_assets[i].size);
            return;
        }
    lt_answer_trouble(asked, answer, 404, lt_text("Không có tệp này.", "There is no such file."));
}

void lt_page_accounts(struct lt_asked *asked, struct lt_answer *answer)
{
    static const struct lt_grid_column columns[] = {
        {"name", "Tài khoản", "Account", LT_GRID_TEXT},
        {"role", "Vai trò", "Role", LT_GRID_TEXT},
        {"place", "Nơi được xem", "Sees", LT_GRID_TEXT},
        {"names", "Xem tên", "Names", LT_GRID_TEXT},
    };
    struct lt_grid *grid = lt_grid_new(columns, sizeof columns / sizeof columns[0]);
    const char *title = lt_text("Tài khoản", "Accounts");
    for (size_t i = 0; grid != NULL && i < asked->web->accounts.count; i++) {
        const struct lt_account *account = &asked->web->accounts.items[i];
        lt_grid_text(grid, account->name);
        lt_grid_text(grid, lt_web_role_name(account->role));
        lt_grid_text(grid, account->place[0] != '\0' ? account->place
                                                     : lt_text("tất cả ở đây", "all that is here"));
        lt_grid_text(grid, account->names ? lt_text("có", "yes") : lt_text("không", "no"));
    }
    if (grid == NULL) {
        answer->body.failed = true;
    } else if (!lt_web_page_data(asked, answer, grid, "lienthong.web-accounts-list/1", "", title,
                                 "accounts")) {
        lt_web_page_begin(asked, answer, title, "accounts");
        lt_out_print(&answer->body, "<p class=\"hint\">%s ",
                     lt_text("Thêm, đổi và xóa tài khoản trên máy của hub:",
                             "Accounts are added, changed and removed at the hub's machine:"));
        lt_web_page_command(asked, &answer->body, "lienthong-hub accounts");
        lt_out_raw(&answer->body, "</p>");
        lt_web_page_grid(asked, answer, grid, 0, title);
        lt_web_page_end(asked, answer);
    }
    lt_grid_free(grid);
}
