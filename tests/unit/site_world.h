/* site_world.h - a joined site in a folder of its own: journal, keys, and a hub's directives. For tests
 * that import. */
#ifndef LT_SITE_WORLD_H
#define LT_SITE_WORLD_H

#include "tests/unit/standing_samples.h"

#include <unistd.h>

#include "agent/intake.h"
#include "agent/keys.h"

struct site_world {
    char dir[64];
    struct lt_journal *journal;
    struct lt_keys keys;
    struct lt_site site;
    uint64_t next_import;
};

/* The sample tree and catalogue, as a signed update of VN, the top; 807's agent may sign. With `heir` 807 has
 * succeeded 805, which had succeeded 804. */
static inline void world_directives(struct site_world *world, const struct lt_secret *root,
                                    bool heir)
{
    struct lt_key hub;
    struct lt_secret secret;
    static const uint8_t seed[32] = {9};
    crypto_sign_seed_keypair(hub.bytes, secret.bytes, seed);
    struct saying *saying = say("VN", 1, 1);
    say_grant(saying, "VN", LIENTHONG__ROLE__ROLE_HUB, 1, 101, NULL);
    struct lt_signature signature;
    const struct lt_unit top = unit_at("VN");
    lt_root_sign(&top, &hub, root, &signature);
    memcpy(saying->keys[0], hub.bytes, 32);
    memcpy(saying->signatures[0], signature.bytes, 64);
    saying->grants[0].root_signature = (ProtobufCBinaryData){64, saying->signatures[0]};
    say_unit(saying, "VN", "", LT_UNIT_NATION, "Việt Nam", "");
    say_unit(saying, "80", "VN", LT_UNIT_PROVINCE, "Long An", "2025-06-30");
    say_unit(saying, "807", "80", LT_UNIT_DISTRICT, "Cần Giuộc", "2025-06-30");
    say_unit(saying, "28111", "807", LT_UNIT_COMMUNE, "Phước Lý", "2025-06-30");
    say_unit(saying, "28112", "807", LT_UNIT_COMMUNE, "Long Thượng", "2025-06-30");
    if (heir) {
        say_unit(saying, "804", "80", LT_UNIT_DISTRICT, "Huyện 804", "2009-12-31");
        say_unit(saying, "805", "80", LT_UNIT_DISTRICT, "Huyện 805", "2020-12-31");
        say_succession(saying, "804", "805", "mw");
        say_succession(saying, "805", "807", "mw");
    }
    say_title(saying, "GK", "134", "456", "", "")->name = (char *)(uintptr_t) "Giấy khen";
    say_title(saying, "CSTD_CS", "4", "2346", "", "");
    say_title(saying, "BK_BT", "134", "23", "", "");
    say_grant(saying, "807", LIENTHONG__ROLE__ROLE_AGENT, 2, 102, NULL);
    const size_t agent = saying->body.n_items - 1;
    memcpy(saying->keys[agent], world->keys.sign_public.bytes, 32);

    struct lt_frame frame = {.chain = {LT_STREAM_DIRECTIVE, top}, .seq = 1, .body_version = 1};
    frame.key = hub;
    const size_t size = lienthong__directive_body__get_packed_size(&saying->body);
    uint8_t *body = malloc(size), *bytes;
    size_t bytes_size;
    struct lt_hash id;
    struct lt_chain chain;
    lienthong__directive_body__pack(&saying->body, body);
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){body, size}, (struct lt_bytes){0},
                                    &secret, &bytes, &bytes_size, &id),
                     LT_OK);
    assert_int_equal(lt_journal_store(world->journal, (struct lt_bytes){bytes, bytes_size}, &chain),
                     LT_OK);
    free(body);
    free(bytes);
    free(saying);
}

static inline void world_open_as(struct site_world *world, bool joined, bool heir)
{
    char reason[200] = "";
    struct lt_secret root;
    *world = (struct site_world){.next_import = 0x1000000000000001};
    strcpy(world->dir, "/tmp/lt-site-XXXXXX");
    assert_non_null(mkdtemp(world->dir));
    assert_true(sodium_init() >= 0);
    assert_int_equal(lt_keys_make(world->dir, &world->keys, reason), LT_OK);
    if (lt_journal_open(world->dir, false, &world->journal, reason) != LT_OK) {
        fail_msg("%s", reason);
    }
    if (!joined) {
        return;
    }
    lt_journal_site(world->journal, &world->site);
    world->site.unit = unit_at("807");
    world->site.role = LIENTHONG__ROLE__ROLE_AGENT;
    world->site.parent = world->site.top = unit_at("VN");
    root_keys(&world->site.root, &root);
    assert_int_equal(lt_journal_set_site(world->journal, &world->site), LT_OK);
    world_directives(world, &root, heir);
}

static inline void world_open(struct site_world *world, bool joined)
{
    world_open_as(world, joined, false);
}

static inline void world_close(struct site_world *world)
{
    char command[100];
    lt_journal_close(world->journal);
    lt_keys_wipe(&world->keys);
    snprintf(command, sizeof(command), "rm -r %s", world->dir);
    assert_int_equal(system(command), 0);
}

/* Signs all drafts. */
static inline void world_sign(struct site_world *world)
{
    struct lt_hash update;
    bool more = true;
    while (more) {
        enum lt_result result =
            lt_journal_sign(world->journal, &world->keys, 1700000000, &update, &more);
        assert_true(result == LT_OK || result == LT_NOT_FOUND);
    }
}

#endif
