/* fuzz_take.c - updates and receipts that somebody with good keys made as he liked, handed to a hub's ledger by way of
 * the pipeline (hub/take.h), and slices that are none. The input is a list of items: whose, on which parents, with
 * which seq, and the body's bytes; signed here, so that they pass beyond the signature. Each is answered; what was
 * stored is counted, and an audit from the stored updates reaches the same bytes; what was refused changes nothing. */
#include "hub/audit.h"
#include "hub/invite.h"
#include "hub/take.h"
#include "tests/fuzz/folder.h"
#include "tests/unit/hub_world.h"

enum { MADE_MAX = 16, SLICE_MAX = 256 * 1024, UNITS = 11 };

static struct world world;
static struct lt_ledger *ledger;
static struct lt_pipeline *pipeline;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;

struct input {
    const uint8_t *at;
    size_t left;
    struct lt_hash made[MADE_MAX]; /* what was signed in this run */
    size_t made_count;
    uint8_t *slice;
    size_t size, items;
};

static uint8_t next(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static struct lt_bytes chunk(struct input *input)
{
    size_t size = next(input);
    size = size << 8 | next(input);
    size = size < input->left ? size : input->left;
    const struct lt_bytes bytes = {input->at, size};
    input->at += size;
    input->left -= size;
    return bytes;
}

/* ---- The hub ---- */

static void answer(void *context, struct lt_job **jobs, size_t count)
{
    (void)context;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < count; i++) {
        lt_waiter_answer(jobs[i]->owner, jobs[i]);
        lt_job_free(jobs[i]);
    }
    pthread_cond_broadcast(&answered);
    pthread_mutex_unlock(&mutex);
}

static void await(void *context, const struct lt_waiter *waiters, size_t count)
{
    (void)context;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < count; i++)
        while (!waiters[i].done)
            pthread_cond_wait(&answered, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void stop_pipeline(void)
{
    if (pipeline == NULL)
        return;
    lt_pipeline_stop(pipeline);
    lt_pipeline_free(pipeline);
    pipeline = NULL;
}

static void close_hub(void)
{
    if (ledger == NULL)
        return;
    stop_pipeline();
    lt_ledger_close(ledger);
    ledger = NULL;
    world_free(&world);
}

static void say_constitution(void)
{
    static const char *const titles[] = {"GK", "BK"};
    struct signed_update first, second;
    struct world_item items[2];
    Lienthong__Directive *list[2];
    world_constitution(&world, world.unit_count, titles, 2, &first);
    for (size_t i = 0; i < 2; i++) { /* the hubs of 80 and 807 */
        item_grant(&world, &items[i], 1 + i, true);
        list[i] = &items[i].directive;
    }
    world_direct(&world, list, 2, &second);
    FUZZ_CHECK(world_commit(ledger, &first) == LT_OK);
    FUZZ_CHECK(world_commit(ledger, &second) == LT_OK);
    signed_free(&first);
    signed_free(&second);
}

static void open_hub(void)
{
    char path[FOLDER_PATH_MAX];
    folder_path("hub", path);
    FUZZ_CHECK(mkdir(path, 0700) == 0);
    world_small(&world);
    ledger = world_ledger(&world, path, 0);
    say_constitution();
    const struct lt_pipeline_config config = {.ledger = ledger,
                                              .workers = 1,
                                              .jobs_max = 2 * LT_TAKE_ITEMS_MAX,
                                              .bytes_max = 2 * LT_TAKE_BYTES_MAX,
                                              .group_jobs_max = 256,
                                              .group_bytes_max = LT_TAKE_BYTES_MAX,
                                              .done = answer};
    FUZZ_CHECK(lt_pipeline_start(&config, &pipeline) == LT_OK);
}

/* What was stored by one input is not there for the next. */
static void renew_hub(void)
{
    char path[FOLDER_PATH_MAX];
    folder_path("hub", path);
    close_hub();
    folder_remove_tree(path);
    open_hub();
}

/* ---- Items ---- */

static void put_item(struct input *input, uint8_t kind, const uint8_t *bytes, size_t size)
{
    uint8_t *at = input->slice + input->size;
    if (input->size + 5 + size > SLICE_MAX || input->items == LT_TAKE_ITEMS_MAX)
        return;
    at[0] = kind;
    at[1] = (uint8_t)(size >> 24);
    at[2] = (uint8_t)(size >> 16);
    at[3] = (uint8_t)(size >> 8);
    at[4] = (uint8_t)size;
    if (size > 0)
        memcpy(at + 5, bytes, size);
    input->size += 5 + size;
    input->items++;
}

static void choose_parents(struct input *input, const struct world_unit *unit,
                           struct lt_frame *frame)
{
    const uint8_t choice = next(input);
    for (size_t i = 0; i < input->made_count && i < 8; i++) {
        if ((choice >> i & 1) == 0)
            continue;
        const struct lt_hash *id = &input->made[input->made_count - 1 - i];
        size_t at = frame->parent_count++;
        while (at > 0 && lt_hash_cmp(&frame->parents[at - 1], id) > 0) {
            frame->parents[at] = frame->parents[at - 1];
            at--;
        }
        frame->parents[at] = *id;
    }
    if (choice == 0 && frame->chain.stream == LT_STREAM_DIRECTIVE && unit->directive_seq > 0) {
        frame->parents[0] = unit->directive_tip;
        frame->parent_count = 1;
    }
}

static void put_update(struct input *input, enum lt_stream stream)
{
    static const uint64_t seqs[] = {1, 2, 3, 4, 5, LT_SEQ_MAX, LT_SEQ_MAX - 1, 1000};
    const struct world_unit *unit = &world.units[next(input) % UNITS];
    const uint8_t signer = next(input);
    const struct world_unit *who = signer < 0xc0 ? unit : &world.units[signer % UNITS];
    struct lt_frame frame = {.chain = {stream, unit->unit}, .key = who->key};
    struct lt_hash id;
    uint8_t *bytes;
    size_t size;
    choose_parents(input, unit, &frame);
    frame.seq = seqs[next(input) % 8];
    frame.body_version = 1 + next(input) / 0xf0;
    frame.instance.bytes[0] = next(input);
    const struct lt_bytes body = chunk(input), none = {NULL, 0};
    if (lt_update_seal(&frame, body, none, &who->secret, &bytes, &size, &id) != LT_OK)
        return;
    put_item(input, LT_TAKE_UPDATE, bytes, size);
    if (input->made_count < MADE_MAX)
        input->made[input->made_count++] = id;
    free(bytes);
}

static void put_receipt(struct input *input)
{
    const struct world_unit *hub = &world.units[next(input) % UNITS];
    const struct world_unit *about = &world.units[next(input) % UNITS];
    struct lt_statement statement = {
        .hub = hub->unit,
        .key = hub->key,
        .number = next(input),
        .chain = {next(input) & 1 ? LT_STREAM_REPORT : LT_STREAM_DIRECTIVE, about->unit},
        .top = next(input) & 1};
    uint8_t *bytes;
    size_t size;
    if (input->made_count > 0) {
        statement.tips[0] = input->made[input->made_count - 1];
        statement.tip_count = 1;
    }
    statement.count = next(input);
    if (lt_receipt_seal(&statement, &hub->secret, &bytes, &size) == LT_OK) {
        put_item(input, LT_TAKE_RECEIPT, bytes, size);
        free(bytes);
    }
}

static void put_some(struct input *input)
{
    const uint8_t choice = next(input) % 8;
    if (choice < 3) {
        put_update(input, LT_STREAM_REPORT);
    } else if (choice < 5) {
        put_update(input, LT_STREAM_DIRECTIVE);
    } else if (choice < 6) {
        put_receipt(input);
    } else {
        const uint8_t kind = next(input);
        const struct lt_bytes bytes = chunk(input);
        put_item(input, choice == 6 ? 1 + kind % 2 : kind, bytes.data, bytes.size);
    }
}

/* ---- Trying ---- */

/* How many were stored. */
static uint64_t hand_in(const struct input *input)
{
    uint8_t *answers = NULL;
    size_t size = 0;
    uint64_t stored = 0;
    const enum lt_result result =
        lt_take_slice(ledger, pipeline, await, NULL, (struct lt_bytes){input->slice, input->size},
                      &answers, &size);
    if (result != LT_OK) {
        FUZZ_CHECK(result == LT_MALFORMED && answers == NULL);
        return 0;
    }
    FUZZ_CHECK(size == input->items * LT_TAKE_ANSWER_BYTES);
    for (size_t i = 0; i < input->items; i++)
        stored += answers[i * LT_TAKE_ANSWER_BYTES] == LT_OK;
    free(answers);
    return stored;
}

static void check_audit(void)
{
    struct lt_audit audit;
    char reason[200] = "", scratch[FOLDER_PATH_MAX];
    folder_path("audit", scratch);
    stop_pipeline();
    FUZZ_CHECK(lt_ledger_hold(ledger, false) == LT_OK); /* judged by all directives */
    const enum lt_result result = lt_audit_run(ledger, scratch, NULL, NULL, &audit, reason);
    if (result != LT_OK || !audit.equal)
        fprintf(stderr, "audit: %s %s\n", reason, result == LT_OK ? audit.difference : "");
    FUZZ_CHECK(result == LT_OK && audit.equal);
}

static void take(struct input *input)
{
    struct lt_ledger_counts before, after;
    lt_ledger_counts(ledger, true, &before);
    while (input->left > 0 && input->items < MADE_MAX)
        put_some(input);
    const uint64_t stored = hand_in(input);
    lt_ledger_counts(ledger, true, &after);
    FUZZ_CHECK(after.updates <= before.updates + stored);
    if (stored == 0) {
        FUZZ_CHECK(after.updates == before.updates && after.records == before.records);
        FUZZ_CHECK(lt_hash_cmp(&after.state, &before.state) == 0 &&
                   lt_hash_cmp(&after.directives, &before.directives) == 0);
        return;
    }
    check_audit();
    renew_hub();
}

static void ask_receipts(struct lt_bytes keys)
{
    struct lt_keys own = {.sign_public = world.units[0].key, .sign_secret = world.units[0].secret};
    uint8_t *answers = NULL;
    size_t size = 0;
    if (lt_take_receipts(ledger, &own, keys, &answers, &size) == LT_OK)
        FUZZ_CHECK(size >= 4 * (keys.size / LT_CHAIN_KEY_BYTES));
    else
        FUZZ_CHECK(answers == NULL);
    free(answers);
}

/* An operator's list of whom to invite. */
static void read_invites(struct lt_bytes bytes)
{
    struct lt_invites invites = {.dir = folder_dir(),
                                 .now = 1795752522,
                                 .own = {.endpoint = "tcp://hub:7400"},
                                 .hub = world.units[0].unit};
    const struct lt_invite_wish wish = {.role = LIENTHONG__ROLE__ROLE_AGENT, .days = 7};
    struct lt_import_view view = {.ledger = ledger};
    struct lt_sheet_fault fault = {.line = 0};
    lt_ledger_site(ledger, &view.site);
    if (lt_invites_read(&invites, &view, bytes, &wish, &fault) != LT_OK) {
        FUZZ_CHECK(fault.text[0] != '\0' && strlen(fault.text) < sizeof(fault.text));
    }
    for (size_t i = 0; i < invites.count; i++) {
        struct lt_join_code code;
        FUZZ_CHECK(lt_join_code_parse(invites.list[i].code, &code) == LT_OK);
        FUZZ_CHECK(invites.list[i].invitation.expires_at > invites.now);
    }
    lt_invites_free(&invites);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t slice[SLICE_MAX];
    struct input input = {.at = data + 1, .left = size - 1, .slice = slice};
    if (size < 1)
        return 0;
    if (ledger == NULL) {
        (void)folder_dir(); /* so that it is removed last */
        open_hub();
        FUZZ_CHECK(atexit(close_hub) == 0);
    }
    if (data[0] % 8 == 0)
        ask_receipts((struct lt_bytes){data + 1, size - 1});
    else if (data[0] % 8 == 1)
        read_invites((struct lt_bytes){data + 1, size - 1});
    else
        take(&input);
    return 0;
}
