/* cmd_root - the root key's acts: the top asks by a file, the key signs where it is kept, the top takes the answer. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/options.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/direct.h"
#include "hub/import.h"
#include "hub/root_file.h"

static const char USAGE[] =
    "Usage: lienthong-hub root request FILE [--new-key] [--dir D]          at the top\n"
    "       lienthong-hub root sign FILE ANSWER --root KEYFILE             where the root is kept\n"
    "       lienthong-hub root sign FILE ANSWER --recovery KEYFILE --new-root KEYFILE\n"
    "                               --new-recovery KEYFILE                 the root is lost or "
    "stolen\n"
    "       lienthong-hub root install ANSWER [--dir D]                    at the top\n"
    "The root key signs the top's hub key and nothing else. With --new-key the top gets another\n"
    "hub key (its hub must not run while the answer is installed); the former one is ended. With\n"
    "the recovery key another root and another recovery key take the place of both, at every hub\n"
    "and PC of the tree; key files that are not there are made.\n";

enum { NEW_KEY, ROOT, RECOVERY, NEW_ROOT, NEW_RECOVERY, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {{"--new-key", false},
                                                       {"--root", true},
                                                       {"--recovery", true},
                                                       {"--new-root", true},
                                                       {"--new-recovery", true}};

struct act {
    const struct lt_options *options;
    struct lt_import_view view;
    struct lt_keys keys;
    struct lt_roots roots;
    char reason[LT_ROOT_REASON_MAX];
};

static enum lt_result fail(struct act *act, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(act->reason, sizeof(act->reason), "%.150s: %.240s", what, why);
    return result;
}

/* ---- The top as it is ---- */

static enum lt_result look(struct act *act)
{
    char reason[LT_DIRECT_REASON_MAX] = "", why[200] = "";
    const char *dir = act->options->dir;
    enum lt_result result = lt_import_look(dir, &act->view, reason);
    if (result != LT_OK)
        return fail(act, result, dir, reason);
    lt_book_roots(lt_ledger_book(act->view.ledger), &act->roots);
    if (act->view.site.has_parent)
        result =
            fail(act, LT_REFUSED, dir, "this hub is not the top: the root signs the top's key");
    else if ((result = lt_keys_load(dir, &act->keys, why)) != LT_OK)
        fail(act, result, "keys", why);
    return result;
}

/* ---- request ---- */

static enum lt_result make_next_key(struct act *act, struct lt_key *ret_key)
{
    char path[LT_DIR_MAX + 16], why[200] = "";
    struct lt_secret secret;
    snprintf(path, sizeof(path), "%s/sign.key.next", act->options->dir);
    enum lt_result result = lt_key_file_make(path, ret_key, &secret, why);
    if (result == LT_EXISTS)
        result = lt_key_file_load(path, ret_key, &secret, why);
    explicit_bzero(&secret, sizeof(secret));
    return result == LT_OK ? LT_OK : fail(act, result, "the next key", why);
}

struct listing {
    struct act *act;
    struct lt_root_file *file;
    bool too_many;
};

static void list_key(void *context, const struct lt_granted_key *key)
{
    struct listing *listing = context;
    struct lt_root_file *file = listing->file;
    if (key->role != LIENTHONG__ROLE__ROLE_HUB ||
        lt_unit_cmp(&key->unit, &listing->act->view.site.unit) != 0)
        return;
    if (file->key_count == LT_ROOT_KEYS_MAX - 1)
        listing->too_many = true;
    else
        file->keys[file->key_count++] = key->key;
}

static enum lt_result request(struct act *act)
{
    struct lt_root_file file = {.answer = false};
    struct listing listing = {act, &file, false};
    enum lt_result result = look(act);
    if (result != LT_OK)
        return result;
    lt_book_granted_keys(lt_ledger_book(act->view.ledger), list_key, &listing);
    result = lt_root_file_check_free(act->options->operands[1], act->reason);
    if (result != LT_OK)
        return result;
    if (listing.too_many)
        return fail(act, LT_TOO_LARGE, act->options->dir, "the top has had too many hub keys");
    if (act->options->values[NEW_KEY] != NULL) {
        result = make_next_key(act, &file.keys[file.key_count++]);
        file.has_next = true;
    }
    if (result == LT_OK) {
        file.top = act->view.site.unit;
        file.roots = act->roots;
        result = lt_root_file_write(act->options->operands[1], &file, act->reason);
    }
    if (result == LT_OK)
        printf("%s: carry it to where the root key is kept, and sign it there\n",
               act->options->operands[1]);
    return result;
}

/* ---- sign ---- */

struct pair {
    struct lt_key key;
    struct lt_secret secret;
};

static enum lt_result load(struct act *act, const char *path, bool make, struct pair *ret_pair)
{
    char why[200] = "";
    enum lt_result result = lt_key_file_load(path, &ret_pair->key, &ret_pair->secret, why);
    if (result == LT_NOT_FOUND && make)
        result = lt_key_file_make(path, &ret_pair->key, &ret_pair->secret, why);
    return result == LT_OK ? LT_OK : fail(act, result, "key file", why);
}

static enum lt_result expect(struct act *act, const char *path, const struct lt_key *is,
                             const struct lt_key *should)
{
    return memcmp(is, should, sizeof(*is)) == 0
               ? LT_OK
               : fail(act, LT_REFUSED, path, "this is not the key that the request names");
}

static bool same(const struct lt_key *a, const struct lt_key *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Who has a former key, or one of the two, must not have another with it. */
static enum lt_result check_new(struct act *act, const struct lt_roots *former,
                                const struct lt_roots *next)
{
    if (same(&next->root, &next->recovery))
        return fail(act, LT_REFUSED, act->options->values[NEW_RECOVERY],
                    "is the new root key too; give another file, which is made if it is not there");
    if (same(&next->root, &former->root) || same(&next->root, &former->recovery))
        return fail(
            act, LT_REFUSED, act->options->values[NEW_ROOT],
            "is one of the keys that end; give another file, which is made if it is not there");
    if (same(&next->recovery, &former->root) || same(&next->recovery, &former->recovery))
        return fail(
            act, LT_REFUSED, act->options->values[NEW_RECOVERY],
            "is one of the keys that end; give another file, which is made if it is not there");
    return LT_OK;
}

/* The root that signs; with a recovery key also what replaces the former one. */
static enum lt_result take_root(struct act *act, struct lt_root_file *file, struct pair *ret_root)
{
    const char *const *values = act->options->values;
    struct pair recovery, next;
    enum lt_result result;
    if (values[RECOVERY] == NULL) {
        result = load(act, values[ROOT], false, ret_root);
        return result == LT_OK ? expect(act, values[ROOT], &ret_root->key, &file->roots.root)
                               : result;
    }
    result = load(act, values[RECOVERY], false, &recovery);
    if (result == LT_OK)
        result = expect(act, values[RECOVERY], &recovery.key, &file->roots.recovery);
    if (result == LT_OK)
        result = load(act, values[NEW_ROOT], true, ret_root);
    if (result == LT_OK)
        result = load(act, values[NEW_RECOVERY], true, &next);
    if (result == LT_OK)
        result = check_new(act, &file->roots, &(struct lt_roots){ret_root->key, next.key});
    if (result == LT_OK) {
        file->roots = (struct lt_roots){ret_root->key, next.key};
        file->replaces = true;
        lt_root_replace(&file->top, &file->roots, &recovery.secret, &file->replacement);
    }
    sodium_memzero(&recovery, sizeof(recovery));
    sodium_memzero(&next, sizeof(next));
    return result;
}

static enum lt_result sign(struct act *act)
{
    const struct lt_options *options = act->options;
    struct lt_root_file file;
    struct pair root = {.key = {{0}}};
    enum lt_result result = lt_root_file_read(options->operands[1], false, &file, act->reason);
    if (result == LT_OK)
        result = lt_root_file_check_free(options->operands[2], act->reason);
    if (result == LT_OK) {
        file.answer = true;
        result = take_root(act, &file, &root);
    }
    for (size_t i = 0; i < file.key_count && result == LT_OK; i++)
        lt_root_sign(&file.top, &file.keys[i], &root.secret, &file.grants[i]);
    sodium_memzero(&root, sizeof(root));
    if (result == LT_OK)
        result = lt_root_file_write(options->operands[2], &file, act->reason);
    if (result == LT_OK)
        printf("%s: carry it back to the top, and install it there\n", options->operands[2]);
    return result;
}

/* ---- install ---- */

struct words {
    Lienthong__RootEntry root;
    Lienthong__Grant grants[LT_ROOT_KEYS_MAX];
    Lienthong__Revocation revocations[LT_ROOT_KEYS_MAX];
    struct lt_key former[LT_ROOT_KEYS_MAX];
    Lienthong__Unit units[LT_ROOT_KEYS_MAX + 1];
    Lienthong__Directive items[LT_ROOT_KEYS_MAX + 1], *list[LT_ROOT_KEYS_MAX + 1];
    ProtobufCBinaryData cut[LT_PARENTS_MAX];
    struct lt_tips tips;
    size_t count;
};

static Lienthong__Directive *next_item(struct words *words)
{
    Lienthong__Directive *item = &words->items[words->count];
    lienthong__directive__init(item);
    words->list[words->count++] = item;
    return item;
}

static enum lt_result check(struct act *act, const struct lt_root_file *file)
{
    const char *path = act->options->operands[1];
    if (lt_unit_cmp(&file->top, &act->view.site.unit) != 0)
        return fail(act, LT_REFUSED, path, "it is for the top of another tree");
    if (!file->replaces && memcmp(&file->roots, &act->roots, sizeof(act->roots)) != 0)
        return fail(act, LT_REFUSED, path, "another root key counts here by now; ask anew");
    if (file->replaces && memcmp(&file->roots, &act->roots, sizeof(act->roots)) != 0 &&
        !lt_root_replaced(&file->top, &file->roots, &act->roots.recovery, &file->replacement))
        return fail(act, LT_REFUSED, path, "it is not signed by the recovery key that counts here");
    bool ours = false;
    for (size_t i = 0; i < file->key_count; i++)
        ours = ours || memcmp(&file->keys[i], &act->keys.sign_public, 32) == 0;
    if (!ours)
        return fail(act, LT_REFUSED, path, "the key that this hub has now is not in it; ask anew");
    for (size_t i = 0; i < file->key_count; i++)
        if (!lt_root_verify(&file->top, &file->keys[i], &file->grants[i], &file->roots.root))
            return fail(act, LT_REFUSED, path, "a signature of the root is not right");
    return LT_OK;
}

static void say_keys(struct act *act, struct lt_root_file *file, struct words *words)
{
    words->count = 0;
    if (file->replaces) {
        lienthong__root_entry__init(&words->root);
        words->root.root_key = (ProtobufCBinaryData){32, file->roots.root.bytes};
        words->root.recovery_key = (ProtobufCBinaryData){32, file->roots.recovery.bytes};
        words->root.signature = (ProtobufCBinaryData){64, file->replacement.bytes};
        next_item(words)->root = &words->root;
    }
    for (size_t i = 0; i < file->key_count; i++) {
        lt_direct_grant(&words->grants[i], &words->units[i], &file->top, LIENTHONG__ROLE__ROLE_HUB,
                        &file->keys[i], act->keys.curve_public);
        words->grants[i].root_signature = (ProtobufCBinaryData){64, file->grants[i].bytes};
        next_item(words)->grant = &words->grants[i];
    }
}

/* Ends every other hub key of the top that is still valid, at what is there. */
static void say_end(struct act *act, struct words *words)
{
    const struct lt_chain own = {LT_STREAM_DIRECTIVE, act->view.site.unit};
    struct lt_sync_store store;
    lt_ledger_sync_store(act->view.ledger, &store);
    words->count = 0;
    words->tips.count = store.tips(store.context, &own, words->tips.ids);
    for (size_t i = 0; i < words->tips.count; i++)
        words->cut[i] = (ProtobufCBinaryData){32, words->tips.ids[i].bytes};
    const size_t count =
        lt_book_keys(lt_ledger_book(act->view.ledger), &own, words->former, LT_ROOT_KEYS_MAX);
    for (size_t i = 0; i < count; i++) {
        Lienthong__Revocation *revocation = &words->revocations[i];
        if (memcmp(&words->former[i], &act->keys.sign_public, 32) == 0)
            continue;
        lienthong__revocation__init(revocation);
        lienthong__unit__init(&words->units[i]);
        words->units[i].code = act->view.site.unit.code;
        words->units[i].valid_from = act->view.site.unit.valid_from;
        revocation->unit = &words->units[i];
        revocation->key = (ProtobufCBinaryData){32, words->former[i].bytes};
        revocation->cut = words->cut;
        revocation->n_cut = words->tips.count;
        next_item(words)->revocation = revocation;
    }
}

static enum lt_result say(struct act *act, struct words *words)
{
    char reason[LT_DIRECT_REASON_MAX] = "";
    size_t said = 0;
    lt_import_look_end(&act->view);
    act->view.ledger = NULL;
    enum lt_result result =
        lt_direct_say(act->options->dir, words->list, words->count, &said, reason);
    return result == LT_OK ? LT_OK : fail(act, result, act->options->dir, reason);
}

/* The hub's own key in memory would be the former one. */
static enum lt_result check_stopped(struct act *act)
{
    char why[200] = "";
    int lock;
    enum lt_result result = lt_control_lock(act->options->dir, &lock, why);
    if (result == LT_OK)
        close(lock);
    return result == LT_BUSY ? fail(act, result, act->options->dir,
                                    "the hub runs; stop it while its key is changed")
           : result == LT_OK ? LT_OK
                             : fail(act, result, act->options->dir, why);
}

/* From now on the next key is ours, and ends the former one. */
static enum lt_result follow(struct act *act, struct lt_root_file *file, struct words *words)
{
    char why[200] = "";
    enum lt_result result = lt_keys_follow(act->options->dir, why);
    if (result != LT_OK)
        return fail(act, result, "the next key", why);
    result = look(act);
    if (result == LT_OK &&
        memcmp(&act->keys.sign_public, &file->keys[file->key_count - 1], 32) != 0)
        result = fail(act, LT_REFUSED, "sign.key.next", "is not the key that the root signed");
    if (result != LT_OK)
        return result;
    say_end(act, words);
    return words->count > 0 ? say(act, words) : LT_OK;
}

static enum lt_result install(struct act *act)
{
    struct lt_root_file file;
    struct words *words = calloc(1, sizeof(*words));
    enum lt_result result = lt_root_file_read(act->options->operands[1], true, &file, act->reason);
    if (words == NULL)
        return LT_NO_MEMORY;
    if (result == LT_OK)
        result = look(act);
    if (result == LT_OK)
        result = check(act, &file);
    if (result == LT_OK && file.has_next)
        result = check_stopped(act);
    if (result == LT_OK) {
        say_keys(act, &file, words);
        result = say(act, words);
    }
    if (result == LT_OK && file.has_next)
        result = follow(act, &file, words);
    free(words);
    if (result == LT_OK)
        printf("installed%s%s\n", file.replaces ? "; another root key counts from now on" : "",
               file.has_next ? "; this hub has another key: start it" : "");
    return result;
}

/* ---- The command ---- */

static enum lt_result (*act_of(const struct lt_options *options))(struct act *act)
{
    const char *const *values = options->values;
    const size_t count = options->operand_count;
    const char *name = count > 0 ? options->operands[0] : "";
    bool recovers = values[RECOVERY] != NULL && values[NEW_ROOT] != NULL &&
                    values[NEW_RECOVERY] != NULL && values[ROOT] == NULL;
    bool roots = values[ROOT] != NULL && values[RECOVERY] == NULL && values[NEW_ROOT] == NULL &&
                 values[NEW_RECOVERY] == NULL;
    if (strcmp(name, "request") == 0 && count == 2)
        return request;
    if (strcmp(name, "sign") == 0 && count == 3 && (recovers || roots))
        return sign;
    if (strcmp(name, "install") == 0 && count == 2)
        return install;
    return NULL;
}

int lt_hub_cmd_root(int argc, char **argv)
{
    struct lt_options options;
    struct act act = {.options = &options};
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code))
        return code;
    enum lt_result (*run)(struct act * act) = act_of(&options);
    if (run == NULL)
        return lt_options_usage(USAGE, USAGE, "root: request, sign or install, as above");
    enum lt_result result = sodium_init() < 0 ? LT_IO : run(&act);
    if (act.view.ledger != NULL)
        lt_import_look_end(&act.view);
    lt_keys_wipe(&act.keys);
    if (result != LT_OK)
        fprintf(stderr, "lienthong-hub: %s\n",
                act.reason[0] != '\0' ? act.reason : lt_result_text(result));
    return lt_exit_of(result);
}
