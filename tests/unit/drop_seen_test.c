/* What the drop folder's files are known as, the setting, the watching, and the pieces of the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/drop.h"
#include "agent/drop_html.h"
#include "agent/text.h"
#include "agent/watch.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    lt_text_language("vi");
    strcpy(dir, "/tmp/lt-drop-XXXXXX");
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command);
}

static void path_in(const char *name, char ret_path[256])
{
    snprintf(ret_path, 256, "%s/%s", dir, name);
}

static void write_text(const char *name, const char *text)
{
    char path[256];
    path_in(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void what_is_known_is_read_back(void **state)
{
    (void)state;
    struct lt_drop_seen seen, again;
    assert_int_equal(lt_drop_seen_load(dir, &seen), LT_OK);
    assert_int_equal(seen.count, 0);
    struct lt_drop_file *file = lt_drop_seen_put(&seen, "Thử/Danh sách \"1\".xlsx");
    assert_non_null(file);
    file->size = 123;
    file->inode = 45;
    file->changed_ns = 1700000000123456789;
    file->place = LT_DROP_TRY;
    file->counts[LT_ASKED] = 7;
    lt_hash_of("x", 1, &file->content);
    snprintf(file->reason, sizeof(file->reason), "không đọc được");
    file = lt_drop_seen_put(&seen, "Đã báo cáo.xlsx");
    assert_non_null(file);
    file->own = true;
    lt_hash_of("y", 1, &file->content);
    snprintf(seen.trouble, sizeof(seen.trouble), "đầy");
    seen.trouble_since = 17;
    seen.listed = 99;
    assert_int_equal(lt_drop_seen_save(dir, &seen), LT_OK);
    lt_drop_seen_free(&seen);

    assert_int_equal(lt_drop_seen_load(dir, &again), LT_OK);
    assert_int_equal(again.count, 2);
    file = lt_drop_seen_find(&again, "Thử/Danh sách \"1\".xlsx");
    assert_non_null(file);
    assert_int_equal(file->changed_ns, 1700000000123456789);
    assert_int_equal(file->size, 123);
    assert_int_equal(file->inode, 45);
    assert_int_equal(file->place, LT_DROP_TRY);
    assert_int_equal(file->counts[LT_ASKED], 7);
    assert_string_equal(file->reason, "không đọc được");
    assert_false(file->own);
    assert_string_equal(again.trouble, "đầy");
    assert_int_equal(again.trouble_since, 17);
    assert_int_equal(again.listed, 99);
    struct lt_hash content;
    lt_hash_of("y", 1, &content);
    assert_non_null(lt_drop_seen_own(&again, &content, LT_DROP_TAKE));
    assert_null(lt_drop_seen_own(&again, &content, LT_DROP_UNDO)); /* a copy, and the clerk's */
    lt_hash_of("x", 1, &content);
    assert_null(lt_drop_seen_own(&again, &content, LT_DROP_TRY)); /* a clerk's */
    file->here = true;
    lt_drop_seen_sweep(&again);
    assert_int_equal(again.count, 1);
    lt_drop_seen_forget(&again, "Thử/Danh sách \"1\".xlsx");
    lt_drop_seen_forget(&again, "never was");
    assert_int_equal(again.count, 0);
    lt_drop_seen_free(&again);
}

static void a_damaged_memory_is_an_empty_one(void **state)
{
    (void)state;
    struct lt_drop_seen seen;
    write_text("drop.json", "{\"files\": [{\"name\": \"x");
    assert_int_equal(lt_drop_seen_load(dir, &seen), LT_OK);
    assert_int_equal(seen.count, 0);
    write_text("drop.json", "{\"files\": [{}, 7, {\"name\": 3}, {\"name\": \"x\", \"place\": 99, "
                            "\"content\": \"zz\", \"counts\": []}], \"trouble\": {}}");
    assert_int_equal(lt_drop_seen_load(dir, &seen), LT_OK);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.files[0].place, LT_DROP_TAKE);
    lt_drop_seen_free(&seen);
}

static enum lt_result write_over(struct lt_drop *drop, const char *clerk, char ret_text[64])
{
    char path[256];
    struct lt_table_file file;
    struct lt_sheet_fault fault;
    const struct lt_drop_target target = {drop, "list"};
    path_in("list", path);
    assert_int_equal(lt_table_create(path, &file, &fault), LT_OK);
    file.guard = lt_drop_guard(&target);
    fputs("ours again", file.stream);
    if (clerk != NULL) {
        write_text("list", clerk); /* saved while ours was being written */
    }
    enum lt_result result = lt_table_finish(&file, true, &fault);
    FILE *read = fopen(path, "r");
    assert_non_null(read);
    assert_non_null(fgets(ret_text, 64, read));
    fclose(read);
    return result;
}

static void what_is_saved_meanwhile_is_kept(void **state)
{
    (void)state;
    char text[64], path[256], beside[300];
    struct lt_drop drop = {.dir = dir, .folder = dir};
    path_in("list", path);
    assert_int_equal(write_over(&drop, "a clerk's", text), LT_BUSY); /* and none was known */
    assert_string_equal(text, "a clerk's");
    write_text("list", "ours");
    assert_non_null(lt_drop_note_own(&drop, "list", path));
    assert_int_equal(write_over(&drop, "edited", text), LT_BUSY);
    assert_string_equal(text, "edited");
    write_text("list", "ours");
    assert_int_equal(write_over(&drop, NULL, text), LT_OK);
    assert_string_equal(text, "ours again");
    snprintf(beside, sizeof(beside), "%s.%ld.tmp", path, (long)getpid());
    assert_int_not_equal(access(beside, F_OK), 0);
    lt_drop_seen_free(&drop.seen);
}

static void the_folder_is_set_and_unset(void **state)
{
    (void)state;
    char folder[256], found[LT_DIR_MAX], reason[200] = "";
    path_in("Màn hình/Thi đua", folder);
    assert_int_equal(lt_drop_folder(dir, found), LT_NOT_FOUND);
    assert_int_equal(lt_drop_set_folder(dir, folder, reason), LT_OK);
    assert_int_equal(lt_drop_folder(dir, found), LT_OK);
    assert_string_equal(found, folder);
    assert_int_equal(access(folder, R_OK | W_OK), 0);
    assert_int_equal(lt_drop_set_folder(dir, "/proc/nowhere", reason), LT_IO);
    assert_non_null(strstr(reason, "/proc/nowhere"));
    assert_int_equal(lt_drop_folder(dir, found), LT_OK); /* as before */
    assert_int_equal(lt_drop_set_folder(dir, "", reason), LT_OK);
    assert_int_equal(lt_drop_folder(dir, found), LT_NOT_FOUND);
}

static bool polls(int fd)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll(&item, 1, 0) == 1;
}

static void changes_are_told_until_the_folder_goes(void **state)
{
    (void)state;
    char folder[256], below[256], missing[256], path[256];
    int fd = -1;
    path_in("folder", folder);
    path_in("folder/below", below);
    path_in("nowhere", missing);
    const char *folders[] = {folder, below, missing};
    assert_int_equal(lt_watch_open(folders, 3, &fd), LT_NOT_FOUND);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(mkdir(below, 0700), 0);
    assert_int_equal(lt_watch_open(folders, 3, &fd), LT_OK);
    assert_false(polls(fd));
    write_text("folder/x", "1");
    assert_true(polls(fd));
    assert_true(lt_watch_drain(fd));
    assert_false(polls(fd));
    write_text("folder/below/y", "1");
    assert_true(polls(fd));
    assert_true(lt_watch_drain(fd));
    path_in("folder/below/y", path);
    assert_int_equal(unlink(path), 0);
    path_in("folder/x", path);
    assert_int_equal(unlink(path), 0);
    assert_true(lt_watch_drain(fd));
    assert_int_equal(rmdir(below), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_true(polls(fd));
    assert_false(lt_watch_drain(fd));
    lt_watch_close(fd);
}

static void who_writes_is_seen(void **state)
{
    (void)state;
    char path[256];
    write_text("x", "1");
    path_in("x", path);
    assert_int_equal(lt_watch_is_written(path), LT_NOT_WRITTEN);
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    assert_int_equal(lt_watch_is_written(path), LT_WRITTEN);
    close(fd);
    assert_int_equal(lt_watch_is_written(path), LT_NOT_WRITTEN);
    path_in("nowhere", path);
    assert_int_equal(lt_watch_is_written(path), LT_NOT_WRITTEN);
}

static void a_page_says_what_it_is_given(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    lt_html_put(out, "<script>&\"");
    lt_html_link(out, "Thử/\"><b>á.xlsx");
    lt_html_number(out, "a<b", 1454, "green");
    lt_html_number(out, "none", 0, "green");
    assert_int_equal(fclose(out), 0);
    assert_string_equal(
        text, "&lt;script&gt;&amp;&quot;"
              "<a href=\"Th%E1%BB%AD/%22%3E%3Cb%3E%C3%A1.xlsx\">Thử/&quot;&gt;&lt;b&gt;á.xlsx</a>"
              "<tr class=\"green\"><th>a&lt;b</th><td>1.454</td></tr>\n"
              "<tr class=\"none\"><th>none</th><td>0</td></tr>\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_known_is_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_memory_is_an_empty_one, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_saved_meanwhile_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(the_folder_is_set_and_unset, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_are_told_until_the_folder_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(who_writes_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_says_what_it_is_given, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
