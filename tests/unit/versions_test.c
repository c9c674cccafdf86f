/* What this program cannot read: kept, told and judged again once it can; who runs what, and who may announce. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/audit.h"
#include "hub/direct.h"
#include "hub/store.h"
#include "hub/unread.h"
#include "hub/versions.h"
#include "proto/standing.h"
#include "tests/unit/hub_world.h"

enum { TO_COME = 1000000 };

static const char *const titles[] = {"GK"};

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct signed_update law;
    assert_non_null(fixture);
    world_small(&fixture->world);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    world_constitution(&fixture->world, fixture->world.unit_count, titles, 1, &law);
    assert_int_equal(world_commit(fixture->ledger, &law), LT_OK);
    signed_free(&law);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    lt_ledger_close(fixture->ledger);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static void reopen(struct fixture *fixture)
{
    lt_ledger_close(fixture->ledger);
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
}

/* First of its chain, or after `parent`: bytes that only a later program reads. */
static struct lt_hash tell_unread(struct fixture *fixture, enum lt_stream stream, const char *unit,
                                  const struct lt_hash *parent, uint64_t seq, uint32_t version)
{
    struct world_unit *who = &fixture->world.units[world_find(&fixture->world, unit)];
    static const uint8_t body[] = {0xff, 0xff, 0xff};
    struct signed_update update = {.size = 0};
    struct lt_hash id;
    struct lt_frame frame = {
        .chain = {stream, who->unit}, .seq = seq, .key = who->key, .body_version = version};
    if (parent != NULL) {
        frame.parent_count = 1;
        frame.parents[0] = *parent;
    }
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){body, sizeof body},
                                    (struct lt_bytes){NULL, 0}, &who->secret, &update.bytes,
                                    &update.size, &id),
                     LT_OK);
    assert_int_equal(signed_read(&update), LT_VERSION);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    signed_free(&update);
    return id;
}

static void tell_award(struct fixture *fixture, const char *unit, uint64_t quantity)
{
    struct signed_update update;
    const struct say say = {.code = "GK", .recipient = 4, .year = 2020, .quantity = quantity};
    world_report(&fixture->world, world_find(&fixture->world, unit), NULL, 0, 1, &say, 1, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    signed_free(&update);
}

static void expect_unread(struct fixture *fixture, uint64_t reports, uint64_t directives,
                          uint32_t newest)
{
    struct lt_unread unread;
    lt_unread_count(fixture->ledger, &unread);
    assert_int_equal(unread.reports, reports);
    assert_int_equal(unread.directives, directives);
    assert_int_equal(unread.newest, newest);
}

static void audit(struct fixture *fixture)
{
    struct lt_audit told;
    char reason[200], scratch[300];
    (void)snprintf(scratch, sizeof scratch, "%s/scratch", fixture->dir);
    assert_int_equal(lt_audit_run(fixture->ledger, scratch, NULL, NULL, &told, reason), LT_OK);
    if (!told.equal)
        fail_msg("%s", told.difference);
}

static void what_cannot_be_read_is_kept_and_told(void **state)
{
    struct fixture *fixture = *state;
    const struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of("28162")};
    struct lt_statement statement;
    struct signed_update bad;
    const struct say unknown = {.code = "NO", .recipient = 4, .year = 2020};
    expect_unread(fixture, 0, 0, 0);
    tell_award(fixture, "28159", 3);
    world_report(&fixture->world, world_find(&fixture->world, "28165"), NULL, 0, 1, &unknown, 1,
                 &bad);
    assert_int_equal(world_commit(fixture->ledger, &bad), LT_OK); /* quarantined, and read */
    signed_free(&bad);
    expect_unread(fixture, 0, 0, 0);
    struct lt_hash tip = tell_unread(fixture, LT_STREAM_REPORT, "28162", NULL, 1, TO_COME);
    for (uint64_t seq = 2; seq <= 300; seq++) /* more than a page of them */
        tip = tell_unread(fixture, LT_STREAM_REPORT, "28162", &tip, seq, LT_BODY_VERSION + 1);
    expect_unread(fixture, 300, 0, TO_COME);
    assert_int_equal(lt_ledger_statement(fixture->ledger, &chain, &statement), LT_OK);
    assert_int_equal(statement.count, 300);
    assert_int_equal(statement.quarantined, 300); /* one change each */
    tell_unread(fixture, LT_STREAM_DIRECTIVE, "VN", &fixture->world.units[0].directive_tip,
                ++fixture->world.units[0].directive_seq, TO_COME + 1);
    expect_unread(fixture, 300, 1, TO_COME + 1);
    reopen(fixture);
    expect_unread(fixture, 300, 1, TO_COME + 1);
    audit(fixture);
}

static void set_judged_by(struct fixture *fixture, uint32_t rules)
{
    struct lt_marks marks;
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(fixture->ledger), true);
    assert_non_null(txn);
    lt_store_marks(txn, &marks);
    assert_int_equal(marks.rules, LT_JUDGED_BY);
    marks.rules = rules;
    lt_store_set_marks(txn, &marks);
    assert_int_equal(lt_store_commit(txn), LT_OK);
}

/* A store whose state was made by a program that reads other bodies, or by other rules. */
static void another_reader_judges_again(void **state)
{
    struct fixture *fixture = *state;
    struct lt_ledger_counts before, after;
    assert_int_equal(LT_JUDGED_BY & 0xffff,
                     LT_RULES_VERSION); /* stores of body 1 stay as they are */
    tell_award(fixture, "28159", 3);
    lt_ledger_counts(fixture->ledger, true, &before);
    reopen(fixture);
    lt_ledger_counts(fixture->ledger, true, &after);
    assert_int_equal(after.generation, before.generation);
    const uint32_t others[] = {LT_JUDGED_BY + (1U << 16), LT_JUDGED_BY - 1};
    for (size_t i = 0; i < 2; i++) {
        set_judged_by(fixture, others[i]);
        reopen(fixture);
        lt_ledger_counts(fixture->ledger, true, &after);
        assert_int_equal(after.generation, before.generation + i + 1);
        assert_memory_equal(&after.state, &before.state, sizeof before.state);
        set_judged_by(fixture, LT_JUDGED_BY);
        audit(fixture);
    }
}

static enum lt_result check(struct fixture *fixture, uint32_t body, char *reason)
{
    Lienthong__Versions versions = LIENTHONG__VERSIONS__INIT;
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT, *items[1] = {&item};
    Lienthong__DirectiveBody said = LIENTHONG__DIRECTIVE_BODY__INIT;
    versions.body = body;
    item.versions = &versions;
    said.items = items;
    said.n_items = 1;
    return lt_direct_check(fixture->ledger, &said, NULL, reason);
}

static void the_top_alone_announces_what_it_knows(void **state)
{
    struct fixture *fixture = *state;
    struct lt_hub_site site;
    char reason[LT_DIRECT_REASON_MAX] = "";
    assert_int_equal(check(fixture, LT_BODY_VERSION, reason), LT_OK);
    assert_int_equal(check(fixture, LT_BODY_VERSION + 1, reason), LT_REFUSED);
    assert_non_null(strstr(reason, "that this program knows"));
    assert_int_equal(check(fixture, 0, reason), LT_REFUSED);
    lt_ledger_site(fixture->ledger, &site);
    site.has_parent = true;
    assert_int_equal(lt_ledger_set_site(fixture->ledger, &site), LT_OK);
    assert_int_equal(check(fixture, LT_BODY_VERSION, reason), LT_REFUSED);
    assert_non_null(strstr(reason, "the top of the tree"));
}

/* ---- Who runs what ---- */

static json_t *machine(const char *unit, const char *role, const uint8_t *key, int body,
                       json_int_t hello_at, const char *software)
{
    char hex[65];
    lt_hex(key, 32, hex);
    return json_pack("{s:s, s:s, s:s, s:i, s:I, s:s}", "unit", unit, "role", role, "key", hex,
                     "body_version", body, "hello_at", hello_at, "software", software);
}

/* The top lets in two PCs and a hub. */
static void let_in(struct fixture *fixture)
{
    static const char *const codes[] = {"28162", "28165", "80"};
    struct world_item items[3];
    Lienthong__Directive *list[3];
    uint8_t curves[3][32] = {{1}, {2}, {3}};
    struct signed_update update;
    for (size_t i = 0; i < 3; i++) {
        item_grant(&fixture->world, &items[i], world_find(&fixture->world, codes[i]), i == 2);
        items[i].grant.root_signature = (ProtobufCBinaryData){0, NULL};
        items[i].grant.curve_key = (ProtobufCBinaryData){32, curves[i]};
        list[i] = &items[i].directive;
    }
    world_direct(&fixture->world, list, 3, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    signed_free(&update);
}

static void machines_are_listed_once(void **state)
{
    struct fixture *fixture = *state;
    struct lt_versions versions = {.count = 0};
    const struct world_unit *units = fixture->world.units;
    const struct lt_unit top = units[0].unit;
    const uint8_t other[32] = {7};
    let_in(fixture);
    lt_versions_let_in(lt_ledger_book(fixture->ledger), &top, &versions);
    assert_false(versions.failed);
    assert_int_equal(versions.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(versions.items[i].body, 0);
    assert_string_equal(versions.items[2].unit.code, "80");
    assert_int_equal(versions.items[2].role, LIENTHONG__ROLE__ROLE_HUB);
    const size_t at = world_find(&fixture->world, "28162");
    json_t *status = json_object(), *list = json_array();
    json_array_append_new(list, machine("28162", "agent", units[at].key.bytes, 1, 100, "old"));
    json_array_append_new(list, machine("28162", "agent", units[at].key.bytes, 3, 200, "new"));
    json_array_append_new(list, machine("28162", "agent", other, 2, 50, "another PC"));
    json_array_append_new(list, machine("?!", "agent", other, 2, 50, "no unit"));
    json_array_append_new(list, machine("28165", "agent", other, 0, 50, "says nothing"));
    json_array_append_new(list, json_pack("{s:s, s:s}", "unit", "28165", "key", "12"));
    json_array_append_new(list, json_null());
    json_object_set_new(status, "machines", list);
    lt_versions_heard(&versions, status);
    assert_int_equal(versions.count, 4);
    size_t found = 0;
    for (size_t i = 0; i < versions.count; i++) {
        const struct lt_version_of *item = &versions.items[i];
        if (strcmp(item->unit.code, "28162") != 0) {
            assert_int_equal(item->body, 0);
            continue;
        }
        const bool its = memcmp(item->key.bytes, other, 32) != 0;
        assert_int_equal(item->body, its ? 3 : 2); /* of one machine the newest word */
        assert_string_equal(item->software, its ? "new" : "another PC");
        found++;
    }
    assert_int_equal(found, 2);
    json_decref(status);
    lt_versions_heard(&versions, NULL); /* no hub runs */
    assert_int_equal(versions.count, 4);
    lt_versions_free(&versions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_kept_and_told, begin, end),
        cmocka_unit_test_setup_teardown(another_reader_judges_again, begin, end),
        cmocka_unit_test_setup_teardown(the_top_alone_announces_what_it_knows, begin, end),
        cmocka_unit_test_setup_teardown(machines_are_listed_once, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
