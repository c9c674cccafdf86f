/* flip - every single bit of a store's file turned over: is it noticed before something is told or signed?
 *
 *     flip agent|hub [--every N] [--from BIT] [--to BIT] [--list FILE] [--rows N]
 *
 * The store lies in a folder of its own in memory (/dev/shm). For each bit, or each Nth, the store is opened as the program
 * opens it and asked all that it would tell (flip.h), and the answer is compared with that of the whole store. With
 * --rows all but each Nth are only opened to read and every row compared, which takes a tenth of the time.
 *
 *     same      the bit says nothing
 *     detected  the store is refused, or an answer is: with an error
 *     SILENT    another answer, and no error
 *     CRASHED   a signal, or what a sanitizer ends with; STUCK: no answer within 10 seconds
 *
 * Prints how many of each, by the kind of page that the bit lies in. Exit 1 when there is any of the last three, which
 * --list names. Many flips share a process; which one it died of is told by how many it had done. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xxhash.h>

#include "tests/fault/flip.h"

enum outcome { SAME, DETECTED, SILENT, CRASHED, STUCK, OUTCOMES };
static const char *const outcome_names[OUTCOMES] = {"same", "detected", "SILENT", "CRASHED",
                                                    "STUCK"};

enum kind { META, BRANCH, LEAF, OVERFLOW, OTHER, KINDS };
static const char *const kind_names[KINDS] = {"meta", "branch", "leaf", "overflow", "other"};

enum { PAGE_BYTES = 4096, BATCH = 500, PATIENCE_S = 10 };

/* Shared with the children: what the batch being worked on has shown so far. */
struct board {
    volatile unsigned done;
    volatile uint8_t outcomes[BATCH];
};

struct campaign {
    const struct flip_subject *subject;
    char dir[64];
    char path[512];
    uint8_t *image;
    size_t size;
    enum kind *kinds; /* of each page */
    struct lt_hash answer, row_answer;
    uint64_t from, to, every, rows;
    FILE *list; /* of those that must not be; NULL: none */
    struct board *board;
    uint64_t counts[KINDS][OUTCOMES];
};

static void die(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- The file ---- */

static void write_image(const struct campaign *c)
{
    int fd = open(c->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)c->size) != 0 ||
        pwrite(fd, c->image, c->size, 0) != (ssize_t)c->size)
        die(c->path);
    close(fd);
}

static void read_image(struct campaign *c)
{
    struct stat stat;
    int fd = open(c->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) != 0)
        die(c->path);
    c->size = (size_t)stat.st_size;
    c->image = malloc(c->size);
    if (c->image == NULL || pread(fd, c->image, c->size, 0) != (ssize_t)c->size)
        die(c->path);
    close(fd);
}

static void write_byte(const struct campaign *c, uint64_t bit, uint8_t byte)
{
    int fd = open(c->path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || pwrite(fd, &byte, 1, (off_t)(bit / 8)) != 1)
        die(c->path);
    close(fd);
}

/* By the page's own header: what is no longer used keeps it. */
static void look_at_pages(struct campaign *c)
{
    c->kinds = calloc(c->size / PAGE_BYTES, sizeof(*c->kinds));
    for (size_t page = 0; page < c->size / PAGE_BYTES; page++) {
        uint16_t flags;
        uint32_t pages = 1;
        memcpy(&flags, c->image + page * PAGE_BYTES + 10, sizeof(flags));
        enum kind kind = (flags & 8) != 0   ? META
                         : (flags & 4) != 0 ? OVERFLOW
                         : (flags & 2) != 0 ? LEAF
                         : (flags & 1) != 0 ? BRANCH
                                            : OTHER;
        if (kind == OVERFLOW)
            memcpy(&pages, c->image + page * PAGE_BYTES + 12, sizeof(pages));
        for (size_t i = 0; i < pages && page + i < c->size / PAGE_BYTES; i++)
            c->kinds[page + i] = kind;
        page += pages > 0 ? pages - 1 : 0;
    }
}

/* ---- Flipping ---- */

enum lt_result flip_rows(struct lt_env *env, lt_table count, struct lt_hash *ret_answer)
{
    uint64_t sums[sizeof(ret_answer->bytes) / 8] = {0}; /* two are used */
    struct lt_txn *txn = lt_txn_begin(env, false);
    for (lt_table table = 0; table < count; table++) {
        struct lt_bytes key, value;
        struct lt_cursor *cursor = lt_cursor_open(txn, table);
        bool more = lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
        for (; more; more = lt_cursor_next(cursor, &key, &value)) {
            sums[0] = XXH3_64bits_withSeed(key.data, key.size, sums[0] + table);
            sums[1] = XXH3_64bits_withSeed(value.data, value.size, sums[1] ^ sums[0]);
        }
        lt_cursor_close(cursor);
    }
    enum lt_result result = lt_txn_error(txn);
    lt_txn_abort(txn);
    memcpy(ret_answer->bytes, sums, sizeof(ret_answer->bytes));
    return result;
}

static enum outcome ask(const struct campaign *c, uint64_t bit)
{
    const uint8_t byte = c->image[bit / 8];
    const bool rows = c->rows > 0 && bit / c->every % c->rows != 0;
    struct lt_hash answer;
    write_byte(c, bit, byte ^ (uint8_t)(1U << bit % 8));
    enum lt_result result = (rows ? c->subject->rows : c->subject->ask)(c->dir, &answer);
    write_byte(c, bit, byte);
    if (!rows)
        write_image(c);
    if (result != LT_OK)
        return DETECTED;
    return memcmp(&answer, rows ? &c->row_answer : &c->answer, sizeof(answer)) == 0 ? SAME : SILENT;
}

/* One child's work, from `bit` on. */
static void work(const struct campaign *c, uint64_t bit)
{
    if (freopen("/dev/null", "w", stderr) == NULL)
        _exit(2);
    write_image(c);
    for (; c->board->done < BATCH && bit < c->to; bit += c->every) {
        alarm(PATIENCE_S);
        c->board->outcomes[c->board->done] = (uint8_t)ask(c, bit);
        alarm(0);
        c->board->done++;
    }
    _exit(0);
}

static void note(struct campaign *c, uint64_t bit, enum outcome outcome)
{
    const uint64_t page = bit / 8 / PAGE_BYTES;
    c->counts[c->kinds[page]][outcome]++;
    if (outcome != SAME && outcome != DETECTED && c->list != NULL)
        fprintf(c->list, "%s %s page %" PRIu64 " byte %" PRIu64 " bit %" PRIu64 "\n",
                outcome_names[outcome], kind_names[c->kinds[page]], page, bit / 8 % PAGE_BYTES,
                bit % 8);
}

/* Returns the bit to go on with. */
static uint64_t batch(struct campaign *c, uint64_t bit)
{
    int status;
    c->board->done = 0;
    pid_t pid = fork();
    if (pid == 0)
        work(c, bit);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        die("a batch");
    for (unsigned i = 0; i < c->board->done; i++, bit += c->every)
        note(c, bit, (enum outcome)c->board->outcomes[i]);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return bit;
    note(c, bit, WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? STUCK : CRASHED);
    return bit + c->every;
}

/* ---- The whole ---- */

static void prepare(struct campaign *c)
{
    (void)snprintf(c->dir, sizeof(c->dir), "/dev/shm/lt-flip-XXXXXX");
    if (mkdtemp(c->dir) == NULL)
        die(c->dir);
    c->subject->make(c->dir);
    (void)snprintf(c->path, sizeof(c->path), "%s/%s", c->dir, c->subject->data);
    read_image(c);
    look_at_pages(c);
    for (int i = 0; i < 2; i++) { /* the same answer each time, or nothing is shown by it */
        struct lt_hash answer;
        enum lt_result result = c->subject->ask(c->dir, &answer);
        if (result != LT_OK || (i > 0 && memcmp(&answer, &c->answer, sizeof(answer)) != 0)) {
            fprintf(stderr, "flip: the whole store: %s\n",
                    result != LT_OK ? lt_result_text(result) : "another answer each time");
            exit(2);
        }
        c->answer = answer;
        write_image(c);
    }
    if (c->subject->rows(c->dir, &c->row_answer) != LT_OK)
        die("the rows of the whole store");
    c->board =
        mmap(NULL, sizeof(*c->board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c->board == MAP_FAILED)
        die("memory");
    if (c->to > c->size * 8)
        c->to = c->size * 8;
}

static void remove_folder(const struct campaign *c)
{
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", c->dir);
    if (system(command) != 0)
        die(c->dir);
}

/* Returns the number of those that must not be. */
static uint64_t print(const struct campaign *c)
{
    uint64_t bad = 0;
    printf("%s, %zu bytes\n%-10s", c->subject->name, c->size, "page");
    for (unsigned outcome = 0; outcome < OUTCOMES; outcome++)
        printf("%12s", outcome_names[outcome]);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        printf("\n%-10s", kind_names[kind]);
        for (unsigned outcome = 0; outcome < OUTCOMES; outcome++) {
            printf("%12" PRIu64, c->counts[kind][outcome]);
            bad += outcome == SAME || outcome == DETECTED ? 0 : c->counts[kind][outcome];
        }
    }
    printf("\n");
    return bad;
}

static bool take_option(struct campaign *c, const char *name, const char *value)
{
    if (strcmp(name, "--every") == 0)
        c->every = strtoull(value, NULL, 10);
    else if (strcmp(name, "--from") == 0)
        c->from = strtoull(value, NULL, 10);
    else if (strcmp(name, "--to") == 0)
        c->to = strtoull(value, NULL, 10);
    else if (strcmp(name, "--rows") == 0)
        c->rows = strtoull(value, NULL, 10);
    else if (strcmp(name, "--list") == 0)
        c->list = fopen(value, "we");
    else
        return false;
    return c->every > 0;
}

int main(int argc, char **argv)
{
    struct campaign c = {.every = 1, .to = UINT64_MAX};
    bool good = argc >= 2 && argc % 2 == 0;
    for (int i = 2; good && i + 1 < argc; i += 2)
        good = take_option(&c, argv[i], argv[i + 1]);
    if (good && strcmp(argv[1], "agent") == 0)
        c.subject = &flip_agent;
    else if (good && strcmp(argv[1], "hub") == 0)
        c.subject = &flip_hub;
    if (c.subject == NULL) {
        fprintf(stderr, "usage: flip agent|hub [--every N] [--from BIT] [--to BIT] "
                        "[--list FILE] [--rows N]\n");
        return 2;
    }
    prepare(&c);
    for (uint64_t bit = c.from; bit < c.to;)
        bit = batch(&c, bit);
    uint64_t bad = print(&c);
    if (c.list != NULL && fclose(c.list) != 0)
        die("the list");
    remove_folder(&c);
    free(c.image);
    free(c.kinds);
    return bad > 0;
}
