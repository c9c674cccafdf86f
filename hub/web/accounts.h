/* accounts.h - who may read the hub's web: `dir`/web-accounts, a JSON file of mode 0600.
 *
 * An account has a role, a place at or below which it sees, and whether it sees names. Passwords are kept as
 * argon2id (libsodium). The file is replaced whole (written beside, synced, renamed), so a running web reads either
 * the former or the new one. One thread. */
#ifndef LT_WEB_ACCOUNTS_H
#define LT_WEB_ACCOUNTS_H

#include <sodium.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "proto/ids.h"

enum {
    LT_ACCOUNTS_MAX = 2000,
    LT_ACCOUNT_NAME_MAX = 64, /* bytes, with the NUL: a-z 0-9 . - _ */
    LT_PASSWORD_BYTES_MIN = 10,
    LT_PASSWORD_BYTES_MAX = 256,
    LT_ACCOUNTS_REASON_MAX = 200,
};

/* Each may do what those before it may. */
enum lt_role_of_web {
    LT_WEB_VIEWER, /* figures, forms, records */
    LT_WEB_OPERATOR, /* the state of units and of this hub */
    LT_WEB_ADMIN, /* what an operator does, and the list of accounts */
};
const char *lt_web_role_name(enum lt_role_of_web role);
bool lt_web_role_find(const char *name, enum lt_role_of_web *ret_role);

struct lt_account {
    char name[LT_ACCOUNT_NAME_MAX];
    char hash[crypto_pwhash_STRBYTES];
    enum lt_role_of_web role;
    char place[LT_UNIT_TEXT_MAX]; /* "80@2025-07-01"; "": the whole subtree of the hub */
    bool
        entry; /* `place` is an entry of the tree; else a code as it was said, of before entries were kept */
    bool names;
};

struct lt_accounts {
    struct lt_account *items; /* ascending by name */
    size_t count;
    struct stat seen; /* of the file that was read */
};

bool lt_account_name_is_good(const char *name);
/* Of what is no file yet: none. LT_PERMISSION: others may read it; LT_MALFORMED; LT_IO. With a sentence. */
enum lt_result lt_accounts_load(const char *dir, struct lt_accounts *ret_accounts,
                                char ret_reason[LT_ACCOUNTS_REASON_MAX]);
enum lt_result lt_accounts_save(const char *dir, const struct lt_accounts *accounts,
                                char ret_reason[LT_ACCOUNTS_REASON_MAX]);
/* Reads it again if the file is another; on failure what was read stays, with the sentence. */
enum lt_result lt_accounts_refresh(const char *dir, struct lt_accounts *accounts,
                                   char ret_reason[LT_ACCOUNTS_REASON_MAX]);
void lt_accounts_free(struct lt_accounts *accounts);

struct lt_account *lt_accounts_find(const struct lt_accounts *accounts, const char *name);
/* Adds, or replaces the one of that name. LT_TOO_LARGE, LT_NO_MEMORY. */
enum lt_result lt_accounts_put(struct lt_accounts *accounts, const struct lt_account *account);
bool lt_accounts_remove(struct lt_accounts *accounts, const char *name);

/* LT_USAGE: too short or too long. */
enum lt_result lt_account_set_password(struct lt_account *account, const char *password);
/* Costs the same for an account that there is not (NULL). */
bool lt_account_check(const struct lt_account *account, const char *password);

#endif
