/* golden_bundles_test.c - bundles of release 0.1.0 are opened, by each of their receivers. See golden_file.h. */
#include "tests/unit/golden_file.h"

#include "agent/bundle.h"
#include "tests/unit/golden_story.h"

/* Up: the reports of 28162, by its machine; down: directives and receipts, by the hub of 807. */
static const struct {
    const char *path, *unit;
    Lienthong__Role role;
    bool up;
    uint64_t updates, receipts;
} files[] = {
    {GOLDEN "bundle-up-0.1.0.ltb", "28162", LIENTHONG__ROLE__ROLE_AGENT, true, 7, 0},
    {GOLDEN "bundle-down-0.1.0.ltb", "807", LIENTHONG__ROLE__ROLE_HUB, false, 16, 5},
};
enum { FILES = sizeof files / sizeof files[0] };

static const struct lt_instance instance = {{1, 2, 3}};
static const struct lt_hash digest = {{4, 5, 6}};

static bool holds(bool up, const struct lt_bytes content)
{
    struct lt_update update;
    const enum lt_result result = lt_update_open(content, &update);
    assert_int_equal(result, LT_OK);
    return up ? strcmp(update.frame.chain.unit.code, "28162") == 0
              : update.frame.chain.stream == LT_STREAM_DIRECTIVE;
}

/* The second of two receivers is golden_receiver. */
static void make(const struct story *story, size_t file, const char *path)
{
    const struct lt_bundle_maker maker = {.unit = world_unit_of(files[file].unit),
                                          .role = files[file].role,
                                          .instance = instance,
                                          .digest = digest};
    const struct lt_box_pair other = golden_pair(13);
    struct lt_bundle_writer *writer;
    struct lt_keys keys;
    char reason[LT_BUNDLE_REASON_MAX];
    uint8_t receivers[2][32];
    uint64_t size;
    golden_receiver(&keys);
    memcpy(receivers[0], other.public_key, 32);
    memcpy(receivers[1], keys.curve_public, 32);
    golden_dice_begin((uint32_t)file);
    assert_int_equal(
        lt_bundle_create(path, true, (const uint8_t(*)[32])receivers, 2, &maker, &writer, reason),
        LT_OK);
    for (size_t i = 0; i < story->update_count; i++) {
        const struct lt_bytes update = {story->updates[i].bytes, story->updates[i].size};
        if (holds(files[file].up, update))
            lt_bundle_put_update(writer, update);
    }
    for (size_t i = 0; i < story->receipt_count && !files[file].up; i++)
        lt_bundle_put_receipt(writer, story->receipts[i]);
    assert_int_equal(lt_bundle_finish(writer, true, &size, reason), LT_OK);
    golden_dice_end();
}

static void they_are_made_alike(void **state)
{
    static struct story story;
    char path[300], *dir = world_dir();
    (void)state;
    story_make(&story);
    (void)snprintf(path, sizeof path, "%s/made.ltb", dir);
    for (size_t i = 0; i < FILES; i++) {
        make(&story, i, path);
        const struct lt_bytes made = golden_read(path);
        golden_settle(files[i].path, made);
        golden_free(made);
    }
    story_free(&story);
    world_remove(dir);
}

/* ---- Opening ---- */

/* Updates in the order of the story, then receipts, each to the byte. */
static void expect_messages(struct lt_bundle *bundle, size_t file,
                            const struct golden_pieces *pieces)
{
    struct lt_message message;
    size_t taken = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        const struct lt_bytes content = pieces->items[i].content;
        const bool update = pieces->items[i].type == 'u';
        if (update ? !holds(files[file].up, content) : files[file].up)
            continue;
        assert_int_equal(lt_bundle_next(bundle, &message), LT_OK);
        assert_int_equal(message.type, update ? LT_MSG_UPDATE : LT_MSG_RECEIPTS);
        taken++;
        if (!update) { /* RECEIPTS of this one */
            assert_non_null(
                memmem(message.payload.data, message.payload.size, content.data, content.size));
            continue;
        }
        assert_int_equal(message.payload.size, content.size);
        assert_memory_equal(message.payload.data, content.data, content.size);
    }
    assert_int_equal(lt_bundle_next(bundle, &message), LT_NOT_FOUND);
    assert_int_equal(taken, files[file].updates + files[file].receipts);
}

static void they_are_opened(void **state)
{
    struct golden_pieces pieces;
    struct lt_keys keys[2] = {{.curve_secret = {0}}, {.curve_secret = {0}}}, stranger = keys[0];
    const struct lt_box_pair other = golden_pair(13), third = golden_pair(17);
    (void)state;
    golden_read_pieces(GOLDEN_STORY, &pieces);
    memcpy(keys[0].curve_secret, other.secret, 32);
    memcpy(keys[0].curve_public, other.public_key, 32);
    golden_receiver(&keys[1]);
    memcpy(stranger.curve_secret, third.secret, 32);
    memcpy(stranger.curve_public, third.public_key, 32);
    for (size_t i = 0; i < 2 * FILES; i++) {
        const size_t file = i / 2;
        struct lt_bundle *bundle;
        struct lt_bundle_head head;
        char reason[LT_BUNDLE_REASON_MAX];
        assert_int_equal(lt_bundle_open(files[file].path, &keys[i % 2], &bundle, &head, reason),
                         LT_OK);
        assert_string_equal(head.maker.unit.code, files[file].unit);
        assert_int_equal(head.maker.role, files[file].role);
        assert_memory_equal(&head.maker.instance, &instance, sizeof instance);
        assert_memory_equal(&head.maker.digest, &digest, sizeof digest);
        assert_int_equal(head.updates, files[file].updates);
        assert_int_equal(head.receipts, files[file].receipts);
        expect_messages(bundle, file, &pieces);
        lt_bundle_close(bundle);
        assert_int_equal(lt_bundle_open(files[file].path, &stranger, &bundle, &head, reason),
                         LT_NOT_YOURS);
    }
    golden_free(pieces.whole);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_made_alike),
        cmocka_unit_test(they_are_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
