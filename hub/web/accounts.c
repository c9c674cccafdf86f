#include "hub/web/accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/text.h"

enum { FILE_BYTES_MAX = 4 * 1024 * 1024, PATH_BYTES_MAX = 4200 };
static const char SCHEMA[] = "lienthong.web-accounts/1";
static const char *const roles[] = {
    [LT_WEB_VIEWER] = "viewer", [LT_WEB_OPERATOR] = "operator", [LT_WEB_ADMIN] = "admin"};

const char *lt_web_role_name(enum lt_role_of_web role)
{
    return roles[role];
}

bool lt_web_role_find(const char *name, enum lt_role_of_web *ret_role)
{
    for (int role = LT_WEB_VIEWER; role <= LT_WEB_ADMIN; role++)
        if (strcmp(name, roles[role]) == 0) {
            *ret_role = (enum lt_role_of_web)role;
            return true;
        }
    return false;
}

bool lt_account_name_is_good(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
    return size > 0 && size < LT_ACCOUNT_NAME_MAX && name[size] == '\0';
}

/* ---- The file ---- */

static enum lt_result fault(enum lt_result result, const char *path, const char *why,
                            char ret_reason[LT_ACCOUNTS_REASON_MAX])
{
    (void)snprintf(ret_reason, LT_ACCOUNTS_REASON_MAX, "%.100s: %.90s", path, why);
    return result;
}

static bool read_one(const json_t *object, struct lt_account *ret_account)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    const char *hash = json_string_value(json_object_get(object, "password"));
    const char *role = json_string_value(json_object_get(object, "role"));
    const char *place = json_string_value(json_object_get(object, "place"));
    *ret_account = (struct lt_account){.names = json_is_true(json_object_get(object, "names")),
                                       .entry = json_is_true(json_object_get(object, "entry"))};
    if (name == NULL || hash == NULL || role == NULL || place == NULL ||
        !lt_account_name_is_good(name) || strlen(hash) >= sizeof ret_account->hash ||
        strlen(place) >= sizeof ret_account->place || !lt_web_role_find(role, &ret_account->role))
        return false;
    memcpy(ret_account->name, name, strlen(name) + 1);
    memcpy(ret_account->hash, hash, strlen(hash) + 1);
    memcpy(ret_account->place, place, strlen(place) + 1);
    return true;
}

static enum lt_result parse(const char *text, size_t size, struct lt_accounts *accounts)
{
    json_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(document, "accounts");
    const char *schema = json_string_value(json_object_get(document, "schema"));
    bool known = schema != NULL && strcmp(schema, SCHEMA) == 0 && json_is_array(list);
    enum lt_result result = known ? LT_OK : LT_MALFORMED;
    for (size_t i = 0; i < json_array_size(list) && result == LT_OK; i++) {
        struct lt_account account;
        result = read_one(json_array_get(list, i), &account) ? lt_accounts_put(accounts, &account)
                                                             : LT_MALFORMED;
        sodium_memzero(&account, sizeof account);
    }
    json_decref(document);
    return result;
}

static enum lt_result read_fd(int fd, const char *path, struct lt_accounts *accounts,
                              char ret_reason[LT_ACCOUNTS_REASON_MAX])
{
    if (fstat(fd, &accounts->seen) != 0)
        return fault(LT_IO, path, lt_text_errno(errno), ret_reason);
    if (!S_ISREG(accounts->seen.st_mode) || (accounts->seen.st_mode & 077) != 0)
        return fault(
            LT_PERMISSION, path,
            lt_text("người khác đọc được; đặt lại: chmod 600", "others may read it; chmod 600"),
            ret_reason);
    size_t size = (size_t)accounts->seen.st_size, at = 0;
    char *text = size <= FILE_BYTES_MAX ? malloc(size + 1) : NULL;
    ssize_t got = 1;
    while (text != NULL && at < size && (got = read(fd, text + at, size - at)) > 0)
        at += (size_t)got;
    enum lt_result result = text == NULL ? LT_NO_MEMORY : at < size ? LT_IO : LT_OK;
    if (result == LT_OK)
        result = parse(text, size, accounts);
    free(text);
    return result == LT_OK ? LT_OK : fault(result, path, lt_text_result(result), ret_reason);
}

static void path_of(const char *dir, const char *end, char ret_path[PATH_BYTES_MAX])
{
    (void)snprintf(ret_path, PATH_BYTES_MAX, "%.4096s/web-accounts%s", dir, end);
}

enum lt_result lt_accounts_load(const char *dir, struct lt_accounts *ret_accounts,
                                char ret_reason[LT_ACCOUNTS_REASON_MAX])
{
    char path[PATH_BYTES_MAX];
    struct lt_accounts accounts = {.items = NULL};
    path_of(dir, "", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno != ENOENT)
        return fault(LT_IO, path, lt_text_errno(errno), ret_reason);
    enum lt_result result = fd < 0 ? LT_OK : read_fd(fd, path, &accounts, ret_reason);
    if (fd >= 0)
        (void)close(fd);
    if (result == LT_OK)
        *ret_accounts = accounts;
    else
        lt_accounts_free(&accounts);
    return result;
}

enum lt_result lt_accounts_refresh(const char *dir, struct lt_accounts *accounts,
                                   char ret_reason[LT_ACCOUNTS_REASON_MAX])
{
    char path[PATH_BYTES_MAX];
    struct stat now = {.st_size = 0};
    struct lt_accounts fresh;
    path_of(dir, "", path);
    if (stat(path, &now) != 0)
        memset(&now, 0, sizeof now);
    const struct stat *seen = &accounts->seen;
    if (now.st_ino == seen->st_ino && now.st_size == seen->st_size &&
        now.st_mtim.tv_sec == seen->st_mtim.tv_sec && now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec)
        return LT_OK;
    enum lt_result result = lt_accounts_load(dir, &fresh, ret_reason);
    if (result != LT_OK)
        return result;
    lt_accounts_free(accounts);
    *accounts = fresh;
    return LT_OK;
}

static char *text_of(const struct lt_accounts *accounts)
{
    json_t *list = json_array();
    int bad = list == NULL;
    for (size_t i = 0; i < accounts->count; i++) {
        const struct lt_account *account = &accounts->items[i];
        bad |= json_array_append_new(list,
                                     json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "name",
                                               account->name, "role", roles[account->role], "place",
                                               account->place, "password", account->hash, "names",
                                               (int)account->names, "entry", (int)account->entry));
    }
    json_t *document = json_pack("{s:s, s:o}", "schema", SCHEMA, "accounts", list);
    char *text = document == NULL || bad != 0 ? NULL : json_dumps(document, JSON_INDENT(1));
    json_decref(document);
    return text;
}

static bool write_whole(int fd, const char *text)
{
    size_t size = strlen(text), at = 0;
    ssize_t put = 1;
    while (at < size && (put = write(fd, text + at, size - at)) > 0)
        at += (size_t)put;
    return at == size && fsync(fd) == 0;
}

enum lt_result lt_accounts_save(const char *dir, const struct lt_accounts *accounts,
                                char ret_reason[LT_ACCOUNTS_REASON_MAX])
{
    char path[PATH_BYTES_MAX], beside[PATH_BYTES_MAX];
    path_of(dir, "", path);
    path_of(dir, ".new", beside);
    char *text = text_of(accounts);
    if (text == NULL)
        return fault(LT_NO_MEMORY, path, lt_text_result(LT_NO_MEMORY), ret_reason);
    (void)unlink(beside);
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && write_whole(fd, text);
    good = good && rename(beside, path) == 0;
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    int folder = good ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder >= 0) {
        (void)fsync(folder);
        (void)close(folder);
    }
    free(text);
    return good ? LT_OK : fault(LT_IO, path, lt_text_errno(error), ret_reason);
}

void lt_accounts_free(struct lt_accounts *accounts)
{
    if (accounts->items != NULL)
        sodium_memzero(accounts->items, accounts->count * sizeof *accounts->items);
    free(accounts->items);
    *accounts = (struct lt_accounts){.items = NULL};
}

/* ---- The list ---- */

static size_t place_of(const struct lt_accounts *accounts, const char *name)
{
    size_t at = 0;
    while (at < accounts->count && strcmp(accounts->items[at].name, name) < 0)
        at++;
    return at;
}

struct lt_account *lt_accounts_find(const struct lt_accounts *accounts, const char *name)
{
    size_t at = place_of(accounts, name);
    return at < accounts->count && strcmp(accounts->items[at].name, name) == 0
               ? &accounts->items[at]
               : NULL;
}

enum lt_result lt_accounts_put(struct lt_accounts *accounts, const struct lt_account *account)
{
    struct lt_account *there = lt_accounts_find(accounts, account->name);
    if (there != NULL) {
        *there = *account;
        return LT_OK;
    }
    if (accounts->count == LT_ACCOUNTS_MAX)
        return LT_TOO_LARGE;
    struct lt_account *items =
        realloc(accounts->items, (accounts->count + 1) * sizeof *accounts->items);
    if (items == NULL)
        return LT_NO_MEMORY;
    accounts->items = items;
    size_t at = place_of(accounts, account->name);
    memmove(&items[at + 1], &items[at], (accounts->count - at) * sizeof *items);
    items[at] = *account;
    accounts->count++;
    return LT_OK;
}

bool lt_accounts_remove(struct lt_accounts *accounts, const char *name)
{
    struct lt_account *there = lt_accounts_find(accounts, name);
    if (there == NULL)
        return false;
    size_t at = (size_t)(there - accounts->items);
    memmove(there, there + 1, (accounts->count - at - 1) * sizeof *there);
    accounts->count--;
    return true;
}

/* ---- Passwords ---- */

enum lt_result lt_account_set_password(struct lt_account *account, const char *password)
{
    size_t size = strlen(password);
    if (size < LT_PASSWORD_BYTES_MIN || size > LT_PASSWORD_BYTES_MAX)
        return LT_USAGE;
    return crypto_pwhash_str(account->hash, password, size, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0
               ? LT_OK
               : LT_NO_MEMORY;
}

bool lt_account_check(const struct lt_account *account, const char *password)
{
    size_t size = strlen(password);
    if (size > LT_PASSWORD_BYTES_MAX)
        return false;
    if (account != NULL)
        return crypto_pwhash_str_verify(account->hash, password, size) == 0;
    char spent[crypto_pwhash_STRBYTES];
    bool made = crypto_pwhash_str(spent, password, size, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                  crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
    (void)made; /* the time it takes is all that is wanted */
    sodium_memzero(spent, sizeof spent);
    return false;
}
