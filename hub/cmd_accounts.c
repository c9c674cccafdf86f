/* cmd_accounts - who may see the hub's pages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "agent/options.h"
#include "agent/text.h"
#include "hub/asking.h"
#include "hub/choose.h"
#include "hub/commands.h"
#include "hub/web/accounts.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub accounts [list] [--json | --csv] [--dir D]\n"
    "           lienthong-hub accounts add TÊN [--role viewer|operator|admin] [--place MÃ[@NGÀY]]\n"
    "                                      [--names] [--dir D]\n"
    "           lienthong-hub accounts password TÊN | remove TÊN [--dir D]\n"
    "           lienthong-hub accounts place TÊN --place MÃ[@NGÀY] [--dir D]\n"
    "  Mật khẩu (từ 10 ký tự) đọc từ bàn phím, hoặc một dòng trên stdin.\n"
    "  --place: chỉ xem nơi đó và bên dưới; --names: xem được tên người.\n"
    "  Có hiệu lực ngay; đổi mật khẩu hay xóa thì phiên đang mở kết thúc.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub accounts [list] [--json | --csv] [--dir D]\n"
    "       lienthong-hub accounts add NAME [--role viewer|operator|admin] [--place CODE[@DATE]]\n"
    "                                  [--names] [--dir D]\n"
    "       lienthong-hub accounts password NAME | remove NAME [--dir D]\n"
    "       lienthong-hub accounts place NAME --place CODE[@DATE] [--dir D]\n"
    "  The password (10 bytes at least) is read from the keyboard, or as a line of stdin.\n"
    "  --place: sees that place and what is below it; --names: sees the names of persons.\n"
    "  It holds at once; sessions end when the password changes or the account goes.\n";

enum { O_ROLE, O_PLACE, O_NAMES, O_CSV, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--role", true}, {"--place", true}, {"--names", false}, {"--csv", false}};

static int fail(const char *reason, enum lt_result result)
{
    (void)fprintf(stderr, "lienthong-hub accounts: %s\n",
                  reason[0] != '\0' ? reason : lt_text_result(result));
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS ? LT_EXIT_UNFINISHED
                                                            : lt_exit_of(result);
}

/* ---- The list ---- */

static int list(const struct lt_accounts *accounts, const struct lt_options *given)
{
    static const struct lt_print_column columns[] = {
        {"name", "Tài khoản", "Account", LT_PRINT_TEXT},
        {"role", "Vai trò", "Role", LT_PRINT_TEXT},
        {"place", "Nơi được xem", "Sees", LT_PRINT_TEXT},
        {"names", "Xem tên", "Names", LT_PRINT_TEXT},
    };
    struct lt_print *print = lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]),
                                            "lienthong.web-accounts-list/1", NULL, columns,
                                            sizeof columns / sizeof columns[0]);
    for (size_t i = 0; print != NULL && i < accounts->count; i++) {
        const struct lt_account *account = &accounts->items[i];
        const char *cells[] = {account->name, lt_web_role_name(account->role), account->place,
                               account->names ? "yes" : "no"};
        lt_print_row(print, cells);
    }
    enum lt_result result = print != NULL ? lt_print_end(print, NULL) : LT_NO_MEMORY;
    return result == LT_OK ? LT_EXIT_OK : fail("", result);
}

/* ---- Passwords ---- */

static bool read_line(char *line, size_t max)
{
    if (fgets(line, (int)max, stdin) == NULL)
        return false;
    size_t size = strcspn(line, "\r\n");
    bool whole = line[size] != '\0' || feof(stdin);
    line[size] = '\0';
    return whole;
}

/* Unseen, and twice, from a keyboard. */
static bool read_password(char ret_password[LT_PASSWORD_BYTES_MAX + 2])
{
    struct termios before, hidden;
    char again[LT_PASSWORD_BYTES_MAX + 2];
    if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before) != 0)
        return read_line(ret_password, LT_PASSWORD_BYTES_MAX + 2);
    hidden = before;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    (void)fputs(lt_text("Mật khẩu: ", "Password: "), stderr);
    bool good = read_line(ret_password, LT_PASSWORD_BYTES_MAX + 2);
    (void)fputs(lt_text("\nLần nữa: ", "\nAgain: "), stderr);
    good = good && read_line(again, sizeof again) && strcmp(again, ret_password) == 0;
    (void)fputc('\n', stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    sodium_memzero(again, sizeof again);
    return good;
}

static enum lt_result set_password(struct lt_account *account, char ret_reason[200])
{
    char password[LT_PASSWORD_BYTES_MAX + 2] = "";
    enum lt_result result =
        read_password(password) ? lt_account_set_password(account, password) : LT_USAGE;
    sodium_memzero(password, sizeof password);
    if (result == LT_USAGE)
        (void)snprintf(ret_reason, 200, "%s",
                       lt_text("mật khẩu cần từ 10 đến 256 byte, và hai lần giống nhau",
                               "a password has 10 to 256 bytes, twice the same"));
    return result;
}

/* ---- Changes ---- */

/* The entry of the tree that is meant today is kept: its code may come to be another unit's. */
static enum lt_result set_place(const char *dir, const char *place, struct lt_account *account,
                                char ret_reason[200])
{
    struct lt_ledger *ledger;
    const struct lt_place *found;
    char reason[LT_DIRECT_REASON_MAX] = "";
    enum lt_result result = lt_ledger_open(dir, true, &ledger, ret_reason);
    if (result != LT_OK)
        return result;
    result = lt_choose_unit(lt_ledger_book(ledger), place, &found, reason);
    if (result == LT_OK) {
        lt_unit_format(&found->unit, account->place);
        account->entry = true;
    }
    lt_ledger_close(ledger);
    if (result != LT_OK)
        (void)snprintf(ret_reason, 200, "%.199s", reason);
    return result;
}

static enum lt_result add(const struct lt_options *given, struct lt_accounts *accounts,
                          char ret_reason[200])
{
    const char *name = given->operands[1], *place = given->values[O_PLACE];
    struct lt_account account = {.role = LT_WEB_VIEWER, .names = given->values[O_NAMES] != NULL};
    enum lt_result result = LT_OK;
    if (lt_accounts_find(accounts, name) != NULL)
        return LT_EXISTS;
    (void)snprintf(account.name, sizeof account.name, "%s", name);
    if (given->values[O_ROLE] != NULL && !lt_web_role_find(given->values[O_ROLE], &account.role))
        return LT_USAGE;
    if (place != NULL)
        result = set_place(given->dir, place, &account, ret_reason);
    if (result == LT_OK)
        result = set_password(&account, ret_reason);
    if (result == LT_OK)
        result = lt_accounts_put(accounts, &account);
    sodium_memzero(&account, sizeof account);
    return result;
}

static enum lt_result change(const struct lt_options *given, struct lt_accounts *accounts,
                             char ret_reason[200])
{
    const char *verb = given->operands[0], *name = given->operands[1];
    struct lt_account *there = lt_accounts_find(accounts, name);
    if (strcmp(verb, "add") == 0)
        return add(given, accounts, ret_reason);
    if (there == NULL)
        return LT_NOT_FOUND;
    if (strcmp(verb, "password") == 0)
        return set_password(there, ret_reason);
    if (strcmp(verb, "place") == 0)
        return set_place(given->dir, given->values[O_PLACE], there, ret_reason);
    return lt_accounts_remove(accounts, name) ? LT_OK : LT_NOT_FOUND;
}

static const char *what_is_wrong(const struct lt_options *given)
{
    static const char *const verbs[] = {"add", "password", "place", "remove"};
    const char *verb = given->operand_count > 0 ? given->operands[0] : "list";
    enum lt_role_of_web role;
    bool known = false;
    if (strcmp(verb, "list") == 0)
        return given->operand_count <= 1 ? NULL : given->operands[1];
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        known = known || strcmp(verb, verbs[i]) == 0;
    if (!known)
        return verb;
    if (given->operand_count != 2 || !lt_account_name_is_good(given->operands[1]))
        return lt_text("cần một tên: chữ thường không dấu, số, . - _",
                       "one name: small letters, digits, . - _");
    if (strcmp(verb, "place") == 0 && given->values[O_PLACE] == NULL)
        return lt_text("cần --place", "--place is needed");
    if (given->values[O_ROLE] != NULL && !lt_web_role_find(given->values[O_ROLE], &role))
        return lt_text("--role là viewer, operator hoặc admin",
                       "--role is viewer, operator or admin");
    return NULL;
}

int lt_hub_cmd_accounts(int argc, char **argv)
{
    struct lt_options given;
    struct lt_accounts accounts = {.items = NULL};
    char reason[LT_ACCOUNTS_REASON_MAX] = "";
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    const char *wrong = what_is_wrong(&given);
    if (wrong != NULL)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", wrong);
    enum lt_result result = lt_accounts_load(given.dir, &accounts, reason);
    if (result != LT_OK)
        return fail(reason, result);
    if (given.operand_count == 0 || strcmp(given.operands[0], "list") == 0) {
        code = list(&accounts, &given);
    } else {
        result = change(&given, &accounts, reason);
        if (result == LT_OK)
            result = lt_accounts_save(given.dir, &accounts, reason);
        code = result == LT_OK ? LT_EXIT_OK : fail(reason, result);
    }
    lt_accounts_free(&accounts);
    return code;
}
