/* contact_test - the agent's last knowledge of its parent survives a restart, and damage is harmless. */
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

#include "agent/contact.h"

static char dir[] = "/tmp/lt-contact-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-') + 1, "XXXXXX", 6);
    if (mkdtemp(dir) == NULL) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/state.json", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir); /* fails when something else was left */
}

static void refuse(struct lt_contact *contact, uint8_t number, const char *text)
{
    uint8_t update[32] = {number};
    char copy[400];
    Lienthong__Refused refused;
    lienthong__refused__init(&refused);
    snprintf(copy, sizeof(copy), "%s", text);
    refused.update = (ProtobufCBinaryData){.data = update, .len = sizeof(update)};
    refused.reason = LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN;
    refused.text = copy;
    lt_contact_refuse(contact, &refused, 100 + number);
}

static void comes_back_as_it_was(void **state)
{
    struct lt_contact written = {.connected = true,
                                 .parent_ready = true,
                                 .since = 1700000000,
                                 .last_contact = 1700000123,
                                 .endpoint = "tcp://127.0.0.1:7654",
                                 .directives_since = 1700000055,
                                 .directives_of = "VN",
                                 .trouble = "a \"quoted\" reason"};
    struct lt_contact read;
    struct stat status;
    (void)state;
    refuse(&written, 1, "thiếu bản trước");
    refuse(&written, 2, "");
    assert_int_equal(lt_contact_save(dir, &written), LT_OK);
    lt_contact_load(dir, &read);
    assert_memory_equal(&written, &read, sizeof(read));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void being_cut_off_is_of_all(void **state)
{
    struct lt_contact contact = {0}, read;
    char text[] = "quá nhiều / too much\x1b[2J";
    Lienthong__Refused refused;
    (void)state;
    lienthong__refused__init(&refused);
    refused.reason = LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA;
    refused.retry_after_s = 600;
    refused.text = text;
    lt_contact_refuse(&contact, &refused, 1700000000);
    assert_int_equal(contact.held_until, 1700000600);
    assert_string_equal(contact.held_text, "quá nhiều / too much?[2J");
    assert_int_equal(contact.refused_count, 0);
    assert_int_equal(lt_contact_save(dir, &contact), LT_OK);
    lt_contact_load(dir, &read);
    assert_memory_equal(&contact, &read, sizeof(read));
    refused.retry_after_s = UINT32_MAX;
    lt_contact_refuse(&contact, &refused, 1700000000);
    assert_int_equal(contact.held_until, 1700000000 + LT_RETRY_AFTER_MAX_S);
}

/* Half a letter could not be written as JSON, and status would show what was before. */
static void a_long_trouble_is_cut_between_letters(void **state)
{
    struct lt_contact read;
    char text[400];
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        struct lt_contact contact = {0};
        size_t size = shift;
        memset(text, 'x', shift);
        for (; size < 300; size += 3)
            memcpy(text + size, "ế", 3);
        text[size] = '\0';
        lt_contact_trouble(&contact, text);
        assert_int_equal(strlen(contact.trouble),
                         (LT_CONTACT_TEXT_MAX - 1 - shift) / 3 * 3 + shift);
        assert_int_equal(lt_contact_save(dir, &contact), LT_OK);
        lt_contact_load(dir, &read);
        assert_memory_equal(&contact, &read, sizeof(read));
    }
}

static void what_cannot_be_read_is_empty(void **state)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "{\"refused\": [1, {\"update\": \"zz\"}]}",
                                      "{\"other_keys_told\": [1, \"zz\", \"00\"]}",
                                      "{\"since\": \"x\", \"endpoint\": 7, \"refused\": 3}"};
    const struct lt_contact empty = {0};
    struct lt_contact read;
    (void)state;
    lt_contact_load(dir, &read);
    assert_memory_equal(&read, &empty, sizeof(read));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        assert_int_equal(write(fd, bad[i], strlen(bad[i])), strlen(bad[i]));
        close(fd);
        lt_contact_load(dir, &read);
        assert_memory_equal(&read, &empty, sizeof(read));
    }
}

static void refusals_are_bounded_and_the_last_ones_stay(void **state)
{
    struct lt_contact contact = {0};
    (void)state;
    for (uint8_t i = 0; i < 40; i++) {
        refuse(&contact, i, "x");
    }
    assert_int_equal(contact.refused_count, LT_CONTACT_REFUSED_MAX);
    assert_int_equal(contact.refused[0].update.bytes[0], 40 - LT_CONTACT_REFUSED_MAX);
    refuse(&contact, 30, "again"); /* told once, as the newest */
    assert_int_equal(contact.refused_count, LT_CONTACT_REFUSED_MAX);
    assert_int_equal(contact.refused[LT_CONTACT_REFUSED_MAX - 1].update.bytes[0], 30);
    assert_int_equal(contact.refused[LT_CONTACT_REFUSED_MAX - 2].update.bytes[0], 39);
    assert_string_equal(contact.refused[LT_CONTACT_REFUSED_MAX - 1].text, "again");
}

static void a_peers_words_are_tamed(void **state)
{
    struct lt_contact contact = {0}, read;
    char text[400] = "";
    (void)state;
    refuse(&contact, 1, "a\033[2Jb\nc");
    assert_string_equal(contact.refused[0].text, "a?[2Jb?c");
    for (size_t i = 0; i < 100; i++) { /* ends in the middle of a letter, wherever it is cut */
        memcpy(text + 3 * i, "ế", 4);
    }
    refuse(&contact, 2, text);
    size_t length = strlen(contact.refused[1].text);
    assert_true(length > 100 && length < LT_CONTACT_TEXT_MAX && length % 3 == 0);
    assert_int_equal(lt_contact_save(dir, &contact), LT_OK);
    lt_contact_load(dir, &read);
    assert_int_equal(read.refused_count, 2); /* valid UTF-8, or JSON would not hold it */
}

static void keys_are_told_once(void **state)
{
    struct lt_contact contact = {0}, read;
    (void)state;
    for (uint8_t i = 0; i < 40; i++) {
        const struct lt_key key = {{i, 7}};
        assert_true(lt_contact_tell(&contact, &key));
        assert_false(lt_contact_tell(&contact, &key));
    }
    assert_int_equal(contact.told_count, LT_CONTACT_TOLD_MAX);
    assert_int_equal(contact.told[LT_CONTACT_TOLD_MAX - 1].bytes[0], 39);
    assert_int_equal(lt_contact_save(dir, &contact), LT_OK);
    lt_contact_load(dir, &read);
    assert_memory_equal(&contact, &read, sizeof(read));
    assert_false(lt_contact_tell(&read, &(struct lt_key){{39, 7}}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back_as_it_was, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(being_cut_off_is_of_all, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_long_trouble_is_cut_between_letters, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_empty, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(refusals_are_bounded_and_the_last_ones_stay, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_peers_words_are_tamed, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(keys_are_told_once, make_dir, remove_dir),
    };
    return cmocka_run_group_tests_name("contact", tests, NULL, NULL);
}
