/* keys_test - key files: made once, kept private, never overwritten, damage is told. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <sodium.h>

#include "agent/key_line.h"
#include "agent/keys.h"

static char dir[] = "/tmp/lt-keys-XXXXXX";
static char sign_path[64], curve_path[64], root_path[64];

static int make_dir(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-') + 1, "XXXXXX", 6);
    if (mkdtemp(dir) == NULL) {
        return -1;
    }
    snprintf(sign_path, sizeof(sign_path), "%s/sign.key", dir);
    snprintf(curve_path, sizeof(curve_path), "%s/curve.key", dir);
    snprintf(root_path, sizeof(root_path), "%s/root.key", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(sign_path);
    unlink(curve_path);
    unlink(root_path);
    return rmdir(dir); /* fails when a temporary file was left */
}

static void write_file(const char *path, const char *bytes, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static size_t read_file(const char *path, char ret_bytes[128])
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t size = read(fd, ret_bytes, 127);
    close(fd);
    assert_true(size > 0);
    ret_bytes[size] = '\0';
    return (size_t)size;
}

/* Any bit, or a file cut anywhere: another key is never taken for the one that was written. */
static void a_changed_bit_is_told(void **state)
{
    struct lt_keys made, loaded;
    char reason[200], good[128], bad[128];
    (void)state;
    assert_int_equal(lt_keys_make(dir, &made, reason), LT_OK);
    size_t size = read_file(sign_path, good);
    for (size_t bit = 0; bit < size * 8; bit++) {
        memcpy(bad, good, size + 1);
        bad[bit / 8] = (char)(bad[bit / 8] ^ 1 << bit % 8);
        if (bad[bit / 8] == '\0') {
            continue;
        }
        write_file(sign_path, bad, 0600);
        if (lt_keys_load(dir, &loaded, reason) == LT_OK) { /* a letter in capitals */
            assert_memory_equal(&loaded, &made, sizeof(made));
        } else {
            assert_non_null(strstr(reason, "sign.key"));
        }
    }
    for (size_t cut = 1; cut < size; cut++) {
        memcpy(bad, good, size);
        bad[cut] = '\0';
        write_file(sign_path, bad, 0600);
        assert_int_equal(lt_keys_load(dir, &loaded, reason), LT_CORRUPT);
    }
    bad[64] = '\n'; /* the seed alone, without its check */
    bad[65] = '\0';
    write_file(sign_path, bad, 0600);
    assert_int_equal(lt_keys_load(dir, &loaded, reason), LT_CORRUPT);
}

static void are_made_once_and_agree(void **state)
{
    struct lt_keys made, again, loaded;
    char reason[200] = "";
    struct stat status;
    (void)state;
    assert_int_equal(lt_keys_load(dir, &loaded, reason), LT_NOT_FOUND);
    assert_int_equal(lt_keys_make(dir, &made, reason), LT_OK);
    assert_int_equal(lt_keys_make(dir, &again, reason), LT_OK);
    assert_int_equal(lt_keys_load(dir, &loaded, reason), LT_OK);
    assert_memory_equal(&made, &again, sizeof(made));
    assert_memory_equal(&made, &loaded, sizeof(made));
    assert_int_equal(stat(sign_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat(curve_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);

    uint8_t signature[64], public_key[32];
    crypto_sign_detached(signature, NULL, (const uint8_t *)"x", 1, made.sign_secret.bytes);
    assert_int_equal(
        crypto_sign_verify_detached(signature, (const uint8_t *)"x", 1, made.sign_public.bytes), 0);
    crypto_scalarmult_base(public_key, made.curve_secret);
    assert_memory_equal(public_key, made.curve_public, 32);
    assert_memory_not_equal(made.curve_secret, made.sign_secret.bytes, 32);
    lt_keys_wipe(&made);
    assert_true(sodium_is_zero((const uint8_t *)&made, sizeof(made)));
}

static void next_ones_follow_or_are_dropped(void **state)
{
    struct lt_keys own, next, again;
    char reason[200] = "", sign_next[80], curve_next[80], other[80];
    (void)state;
    snprintf(sign_next, sizeof(sign_next), "%s.next", sign_path);
    snprintf(curve_next, sizeof(curve_next), "%s.next", curve_path);
    snprintf(other, sizeof(other), "%s/listen.key", dir);
    assert_int_equal(lt_keys_make(dir, &own, reason), LT_OK);
    assert_false(lt_keys_has_next(dir));
    assert_int_equal(lt_keys_make_next(dir, &next, reason), LT_OK);
    assert_true(lt_keys_has_next(dir));
    lt_keys_drop_next(dir);
    assert_true(access(sign_next, F_OK) != 0 && access(curve_next, F_OK) != 0);
    assert_int_equal(lt_keys_load(dir, &again, reason), LT_OK);
    assert_memory_equal(&own, &again, sizeof(own));
    /* A second name keeps the former one. */
    assert_int_equal(lt_key_file_link(curve_path, other, reason), LT_OK);
    assert_int_equal(lt_key_file_link(curve_path, other, reason), LT_EXISTS);
    assert_int_equal(lt_keys_make_next(dir, &next, reason), LT_OK);
    assert_int_equal(rename(sign_next, sign_path), 0); /* cut off between the two */
    assert_int_equal(lt_keys_load(dir, &again, reason), LT_OK);
    assert_memory_equal(&next, &again, sizeof(next));
    uint8_t kept[32];
    assert_int_equal(lt_seed_file_load(other, kept, reason), LT_OK);
    assert_memory_equal(kept, own.curve_secret, 32);
    assert_int_equal(unlink(other), 0);
}

static void a_lost_one_is_made_beside_the_other(void **state)
{
    struct lt_keys made, again;
    char reason[200] = "";
    (void)state;
    assert_int_equal(lt_keys_make(dir, &made, reason), LT_OK);
    unlink(curve_path);
    assert_int_equal(lt_keys_load(dir, &again, reason), LT_NOT_FOUND);
    assert_int_equal(lt_keys_make(dir, &again, reason), LT_OK);
    assert_memory_equal(&made.sign_public, &again.sign_public, 32);
    assert_memory_not_equal(made.curve_public, again.curve_public, 32);
}

static void open_permissions_are_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0666};
    struct lt_keys keys, untouched;
    char reason[200];
    (void)state;
    assert_int_equal(lt_keys_make(dir, &keys, reason), LT_OK);
    memset(&keys, 7, sizeof(keys));
    memset(&untouched, 7, sizeof(untouched));
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        chmod(sign_path, modes[i]);
        reason[0] = '\0';
        assert_int_equal(lt_keys_load(dir, &keys, reason), LT_PERMISSION);
        assert_non_null(strstr(reason, "sign.key"));
        assert_int_equal(lt_keys_make(dir, &keys, reason), LT_PERMISSION);
        assert_memory_equal(&keys, &untouched, sizeof(keys));
    }
    chmod(sign_path, 0400); /* stricter is fine */
    assert_int_equal(lt_keys_load(dir, &keys, reason), LT_OK);
    chmod(dir, 0777);
    assert_int_equal(lt_keys_load(dir, &keys, reason), LT_PERMISSION);
    chmod(dir, 0700);
}

static void a_link_or_a_folder_is_no_key(void **state)
{
    struct lt_keys keys;
    char reason[200];
    (void)state;
    assert_int_equal(lt_keys_make(dir, &keys, reason), LT_OK);
    assert_int_equal(rename(sign_path, root_path), 0);
    assert_int_equal(symlink(root_path, sign_path), 0);
    assert_int_equal(lt_keys_load(dir, &keys, reason), LT_PERMISSION);
    unlink(sign_path);
    assert_int_equal(mkfifo(sign_path, 0600), 0);
    assert_int_equal(lt_keys_load(dir, &keys, reason), LT_PERMISSION);
}

static void damage_is_told_and_kept(void **state)
{
    static const char digits[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    static const struct {
        const char *suffix;
        size_t digits;
    } cases[] = {{"", 0},      {"\n", 63},   {"", 64},   {"\n", 65},
                 {"zz\n", 62}, {"\n\n", 64}, {" \n", 63}};
    struct lt_keys keys;
    char reason[200], text[80], read_back[80] = {0};
    (void)state;
    assert_int_equal(lt_keys_make(dir, &keys, reason), LT_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), "%.*s%s%s", (int)cases[i].digits, digits,
                 cases[i].digits > 64 ? "0" : "", cases[i].suffix);
        write_file(sign_path, text, 0600);
        assert_int_equal(lt_keys_load(dir, &keys, reason), LT_CORRUPT);
        assert_int_equal(lt_keys_make(dir, &keys, reason), LT_CORRUPT);
        assert_non_null(strstr(reason, "sign.key"));
        int fd = open(sign_path, O_RDONLY);
        memset(read_back, 0, sizeof(read_back));
        assert_int_equal(read(fd, read_back, sizeof(read_back)), strlen(text));
        close(fd);
        assert_string_equal(read_back, text);
    }
}

static void a_root_key_is_never_overwritten(void **state)
{
    struct lt_key first, second = {{0}}, loaded;
    struct lt_secret secret;
    char reason[200];
    (void)state;
    assert_int_equal(lt_key_file_load(root_path, &first, &secret, reason), LT_NOT_FOUND);
    assert_int_equal(lt_key_file_make(root_path, &first, &secret, reason), LT_OK);
    assert_int_equal(lt_key_file_make(root_path, &second, &secret, reason), LT_EXISTS);
    assert_true(sodium_is_zero(second.bytes, sizeof(second.bytes)));
    assert_int_equal(lt_key_file_load(root_path, &loaded, &secret, reason), LT_OK);
    assert_memory_equal(&first, &loaded, sizeof(first));
}

/* As Windows writes a key, bound by a machine that is not this one. */
static void write_foreign(const char *path)
{
    char line[LT_KEY_LINE_MAX + 1] = "bound ";
    uint8_t bytes[200];
    struct lt_hash hash;
    randombytes_buf(bytes, sizeof(bytes));
    lt_hash_of(bytes, sizeof(bytes), &hash);
    lt_hex(bytes, sizeof(bytes), line + 6);
    strcat(line, " ");
    lt_hex(hash.bytes, LT_KEY_CHECK_BYTES, line + strlen(line));
    strcat(line, "\n");
    write_file(path, line, 0600);
}

static void another_machines_are_told_and_set_aside(void **state)
{
    struct lt_keys made, loaded, again;
    char reason[200] = "", path[96], line[LT_KEY_LINE_MAX + 2];
    (void)state;
    assert_int_equal(lt_keys_make(dir, &made, reason), LT_OK);
    assert_false(lt_keys_set_aside(dir)); /* ours are not */
    write_foreign(sign_path);
    assert_int_equal(lt_keys_load(dir, &loaded, reason), LT_REFUSED);
    assert_int_equal(lt_keys_make(dir, &loaded, reason), LT_REFUSED);
    assert_non_null(strstr(reason, "sign.key"));
    assert_non_null(strstr(reason, "join"));
    write_file(sign_path, "bound 00 00000000\n", 0600); /* damaged is another matter */
    assert_int_equal(lt_keys_load(dir, &loaded, reason), LT_CORRUPT);
    assert_false(lt_keys_set_aside(dir));
    memset(line, 'a', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    write_file(sign_path, line, 0600);
    assert_int_equal(lt_keys_load(dir, &loaded, reason), LT_CORRUPT);
    write_foreign(sign_path);
    assert_true(lt_keys_set_aside(dir));
    snprintf(path, sizeof(path), "%s.other-pc", sign_path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(lt_keys_make(dir, &again, reason), LT_OK);
    assert_memory_not_equal(&again.sign_public, &made.sign_public, sizeof(made.sign_public));
    assert_memory_equal(again.curve_public, made.curve_public, sizeof(made.curve_public));
}

static void the_same_key_is_known_however_it_is_written(void **state)
{
    struct lt_keys keys;
    char reason[200], line[128], other[96];
    (void)state;
    assert_int_equal(lt_keys_make(dir, &keys, reason), LT_OK);
    size_t size = read_file(sign_path, line);
    for (size_t i = 0; i < size; i++) {
        line[i] = (char)(line[i] >= 'a' && i < 64 ? line[i] - 32 : line[i]);
    }
    snprintf(other, sizeof(other), "%s/other", dir);
    write_file(other, line, 0644); /* whoever may read it */
    assert_true(lt_key_file_same(sign_path, other));
    assert_false(lt_key_file_same(sign_path, curve_path));
    assert_int_equal(lt_key_file_bind(other, false, reason), LT_OK);
    assert_int_equal(unlink(other), 0);
    assert_false(lt_key_file_same(sign_path, other));
    assert_int_equal(lt_key_file_bind(other, true, reason), LT_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_changed_bit_is_told, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(are_made_once_and_agree, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(next_ones_follow_or_are_dropped, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_lost_one_is_made_beside_the_other, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(open_permissions_are_refused, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_link_or_a_folder_is_no_key, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(damage_is_told_and_kept, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(another_machines_are_told_and_set_aside, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(the_same_key_is_known_however_it_is_written, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_root_key_is_never_overwritten, make_dir, remove_dir),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
