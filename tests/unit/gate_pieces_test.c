/* Pieces of releases, over loopback: who is given them, which, and how fast. */
#include "tests/unit/gate_client.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub/direct.h"
#include "hub/release_word.h"
#include "hub/releases.h"

enum { SIZE = 2 * LT_PIECE_BYTES_MAX + 77, FLOOD = 400 };

static struct client agent;
static uint8_t program[SIZE];
static struct lt_hash hash;

/* ---- A release ---- */

static void write_program(void)
{
    char path[LT_RELEASES_PATH_MAX];
    assert_int_equal(lt_releases_folder(dir), LT_OK);
    lt_releases_path(dir, &hash, path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, program, SIZE), SIZE);
    assert_int_equal(close(fd), 0);
}

static void say_release(void)
{
    struct lt_release_word word = {.release = {.number = 3, .version = "1", .file_count = 1}};
    struct lt_key root;
    struct lt_secret root_secret, own_secret;
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT, *items[1] = {&item};
    char path[600], reason[LT_DIRECT_REASON_MAX] = "";
    size_t size, said;
    snprintf(path, sizeof(path), "%s/root.key", dir);
    assert_int_equal(lt_key_file_load(path, &root, &root_secret, reason), LT_OK);
    crypto_sign_keypair(word.key.bytes, own_secret.bytes);
    strcpy(word.release.files[0].system, "linux-x86_64");
    word.release.files[0].size = SIZE;
    word.release.files[0].hash = hash;
    word.wire.serial = 1;
    assert_int_equal(lt_release_pack(&word.release, word.manifest, &size), LT_OK);
    lt_release_sign((struct lt_bytes){word.manifest, size}, &own_secret, &word.signature);
    lt_release_key_sign(&word.key, 1, &root_secret, &word.root_signature);
    lt_release_word_point(&word, size);
    item.release = &word.wire;
    if (lt_direct_say(dir, items, 1, &said, reason) != LT_OK)
        fail_msg("%s", reason);
}

/* ---- Asking ---- */

static void want(struct client *client, const struct lt_hash *what, uint64_t offset)
{
    Lienthong__WantPiece message = LIENTHONG__WANT_PIECE__INIT;
    message.hash = span(what->bytes, sizeof(what->bytes));
    message.offset = offset;
    send_message(client, LT_MSG_WANT_PIECE, &message.base);
}

/* The answer; freed by the caller. */
static Lienthong__Piece *piece(struct client *client)
{
    struct lt_message message;
    await(client, LT_MSG_PIECE, &message);
    assert_int_equal(message.session, client->session);
    Lienthong__Piece *read =
        lienthong__piece__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(read);
    return read;
}

static void expect(const struct lt_hash *what, uint64_t offset, size_t size, bool last)
{
    Lienthong__Piece *read = piece(&agent);
    assert_memory_equal(read->hash.data, what->bytes, 32);
    assert_int_equal(read->offset, offset);
    assert_int_equal(read->bytes.len, size);
    assert_int_equal(read->last, last);
    if (size > 0)
        assert_memory_equal(read->bytes.data, program + offset, size);
    lienthong__piece__free_unpacked(read, NULL);
}

static void greet_one(struct client *client, bool pieces)
{
    struct lt_message message;
    say_hello(client, NULL, 0);
    await(client, LT_MSG_WELCOME, &message);
    Lienthong__Welcome *welcome =
        lienthong__welcome__unpack(NULL, message.payload.size, message.payload.data);
    assert_true(welcome != NULL && welcome->pieces == pieces);
    lienthong__welcome__free_unpacked(welcome, NULL);
}

static void greet(struct client *client)
{
    greet_one(client, true);
}

/* ---- Tests ---- */

static void what_is_not_here_is_said_to_be_so(void **state)
{
    struct lt_joined joined;
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        program[i] = (uint8_t)(i * 31 + i / 256);
    lt_hash_of(program, SIZE, &hash);
    make_keys(&agent.keys);
    invite("80", secret);
    assert_int_equal(join(&agent.keys, secret, &joined), LT_OK);
    agent.unit = joined.unit;
    open_client(&agent, true);
    greet(&agent);
    want(&agent, &hash, 0);
    expect(&hash, 0, 0, false);
    write_program(); /* there, but the top has not said it */
    want(&agent, &hash, 0);
    expect(&hash, 0, 0, false);
}

static void it_is_given_piece_by_piece(void **state)
{
    (void)state;
    say_release();
    struct lt_releases_view view;
    const lt_ms until = lt_clock_monotonic() + ANSWER_MS;
    do /* the hub has a look at its files when a directive came */
        lt_releases_view(hub->releases, &view);
    while (!view.here[0] && lt_clock_monotonic() < until);
    for (uint64_t at = 0; at < SIZE; at += LT_PIECE_BYTES_MAX) {
        const size_t left = SIZE - (size_t)at;
        want(&agent, &hash, at);
        expect(&hash, at, left < LT_PIECE_BYTES_MAX ? left : LT_PIECE_BYTES_MAX,
               left <= LT_PIECE_BYTES_MAX);
    }
    want(&agent, &hash, 5); /* wherever it is asked to begin */
    expect(&hash, 5, LT_PIECE_BYTES_MAX, false);
}

static void other_words_get_nothing(void **state)
{
    struct lt_hash other = hash;
    struct lt_message message;
    (void)state;
    other.bytes[31] ^= 1;
    want(&agent, &other, 0);
    expect(&other, 0, 0, false);
    want(&agent, &hash, SIZE); /* beyond its end */
    want(&agent, &hash, UINT64_MAX);
    assert_false(await_within(&agent, LT_MSG_PIECE, SILENCE_MS, &message));
    const uint64_t session = agent.session;
    agent.session ^= 1; /* of no session */
    want(&agent, &hash, 0);
    agent.session = session;
    assert_false(await_within(&agent, LT_MSG_PIECE, SILENCE_MS, &message));
    want(&agent, &hash, SIZE - 1); /* and then it is heard as before */
    expect(&hash, SIZE - 1, 1, true);
}

static void strangers_get_nothing(void **state)
{
    struct client stranger = {.session = 7};
    struct lt_message message;
    (void)state;
    make_keys(&stranger.keys);
    open_client(&stranger, true);
    want(&stranger, &hash, 0);
    assert_false(await_within(&stranger, LT_MSG_PIECE, SILENCE_MS, &message));
    close_client(&stranger);
}

/* Whoever asks on and on is given no more than the rate, and his updates are taken as before. */
static void a_flood_is_bounded(void **state)
{
    struct lt_message message;
    struct lt_hash id;
    uint8_t receipt[8192];
    size_t size, receipt_size, answers = 0;
    (void)state;
    uint8_t *update = make_update(&agent, &agent.unit, &size, &id);
    const lt_ms began = lt_clock_monotonic();
    for (int i = 0; i < FLOOD; i++)
        want(&agent, &hash, 0);
    push(&agent, update, size);
    await_receipt(&agent, &id, receipt, &receipt_size);
    while (await_within(&agent, LT_MSG_PIECE, SILENCE_MS, &message))
        answers++;
    const lt_ms took = lt_clock_monotonic() - began;
    const uint64_t most = 2 + took * hub->config.release_kib_s * 1024 / 1000 / LT_PIECE_BYTES_MAX;
    assert_in_range(answers, 1, most);
    assert_true(answers < FLOOD / 4);
    free(update);
    want(&agent, &hash, 0);
    expect(&hash, 0, LT_PIECE_BYTES_MAX, false);
    close_client(&agent);
}

/* What the disk has changed is seen at the next start, and not given out. */
static void a_changed_file_is_not_given(void **state)
{
    char path[LT_RELEASES_PATH_MAX];
    (void)state;
    lt_hub_stop(hub);
    program[SIZE / 2] ^= 1;
    write_program();
    program[SIZE / 2] ^= 1;
    start_hub();
    open_client(&agent, true);
    greet(&agent);
    want(&agent, &hash, 0);
    expect(&hash, 0, 0, false);
    lt_releases_path(dir, &hash, path);
    const lt_ms until = lt_clock_monotonic() + ANSWER_MS;
    while (access(path, F_OK) == 0 && lt_clock_monotonic() < until)
        continue;
    assert_int_not_equal(access(path, F_OK), 0); /* removed, so that the right one has room */
    close_client(&agent);
}

/* Then no child asks, and one that does is not answered. */
static void a_hub_may_hand_none_down(void **state)
{
    char path[600];
    struct lt_message message;
    (void)state;
    lt_hub_stop(hub);
    snprintf(path, sizeof(path), "%s/hub.conf", dir);
    FILE *conf = fopen(path, "a");
    assert_non_null(conf);
    fputs("release_kib_s = 0\n", conf);
    assert_int_equal(fclose(conf), 0);
    start_hub();
    open_client(&agent, true);
    greet_one(&agent, false);
    want(&agent, &hash, 0);
    assert_false(await_within(&agent, LT_MSG_PIECE, SILENCE_MS, &message));
    close_client(&agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_here_is_said_to_be_so),
        cmocka_unit_test(it_is_given_piece_by_piece),
        cmocka_unit_test(other_words_get_nothing),
        cmocka_unit_test(strangers_get_nothing),
        cmocka_unit_test(a_flood_is_bounded),
        cmocka_unit_test(a_changed_file_is_not_given),
        cmocka_unit_test(a_hub_may_hand_none_down),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
