/* cmd_prove - a figure, and all that it follows from, in a file that a stranger can check. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utf8proc.h>

#include "agent/table.h"
#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/figures_words.h"
#include "hub/prove.h"
#include "hub/unread.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub prove TỆP CÂU_HỎI [--whole] [--with-names] [--force] [--json]\n"
    "                              [--dir D]\n"
    "           lienthong-hub prove TỆP --published TÊN [--number N] [--with-names] [--force]\n"
    "                              [--json] [--dir D]\n"
    "  CÂU_HỎI: như lệnh figures: --place, --year hoặc --period, --basis, --tree, --by, --where.\n"
    "  Ghi vào TỆP số liệu, các bản cập nhật đã ký mà số liệu từ đó ra, các chỉ thị và khóa đã "
    "cấp;\n"
    "  ai có khóa gốc công khai cũng kiểm tra được không cần mạng: lienthong-check TỆP --root "
    "KHÓA.\n"
    "  --whole: kèm mọi chuỗi của sổ, để không phải tin trạm rằng chuỗi nào không liên quan.\n"
    "  --with-names: kèm phần cá nhân (tên, nơi làm việc); không có thì tệp không mang tên ai.\n"
    "  --published: chứng minh số liệu đã công bố của trạm này, tính đến lúc công bố (lần N).\n"
    "  --force: ghi đè lên TỆP đã có.\n"
    "Kết thúc với 0: đã ghi và đã kiểm tra; 1: không chứng minh được; 2: không làm được;\n"
    "64: gọi sai. Khác 0 thì không có gì thay đổi.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub prove FILE QUESTION [--whole] [--with-names] [--force] [--json] [--dir "
    "D]\n"
    "       lienthong-hub prove FILE --published NAME [--number N] [--with-names] [--force]\n"
    "                           [--json] [--dir D]\n"
    "  QUESTION: as of the command figures: --place, --year or --period, --basis, --tree, --by, "
    "--where.\n"
    "  Writes the figure to FILE with the signed updates that it follows from, the directives and\n"
    "  the grants; whoever has the root's public key can check it offline:\n"
    "  lienthong-check FILE --root KEY.\n"
    "  --whole: with every chain of the ledger, so that the hub need not be trusted about which "
    "ones\n"
    "  do not bear on it.\n"
    "  --with-names: with the personal parts (names, workplaces); else the file names nobody.\n"
    "  --published: of figures that this hub published, as of then (restatement N).\n"
    "  --force: writes over a FILE that is there.\n"
    "Leaves with 0: written and checked; 1: not proven; 2: could not be done; 64: called "
    "wrongly.\n"
    "Unless it is 0 nothing was changed.\n";

enum { O_WHOLE = LT_WORD_COUNT, O_NAMES, O_PUBLISHED, O_NUMBER, O_FORCE, O_COUNT };
static const struct lt_option options[O_COUNT] = {LT_FIGURES_OPTIONS,      {"--whole", false},
                                                  {"--with-names", false}, {"--published", true},
                                                  {"--number", true},      {"--force", false}};

struct command {
    struct lt_options given;
    struct lt_figures_words words;
    struct lt_figures_query query;
    char room[LT_FIGURES_WORDS_MAX]; /* words of a published question */
    struct lt_prove prove;
    struct lt_proof_sums sums;
    size_t rows;
    char reason[LT_PROVE_REASON_MAX];
};

/* ---- What is to be proven ---- */

static enum lt_result find_published(struct command *command, struct lt_ledger *ledger)
{
    const struct lt_book *book = lt_ledger_book(ledger);
    struct lt_hub_site site;
    size_t first = 0;
    const char *number = command->given.values[O_NUMBER];
    char *name = (char *)utf8proc_NFC((const utf8proc_uint8_t *)command->given.values[O_PUBLISHED]);
    if (name == NULL)
        return LT_NO_MEMORY;
    lt_ledger_site(ledger, &site);
    const size_t count = lt_publications_named(book, &site.unit, name, &first);
    const unsigned long wanted = number != NULL ? strtoul(number, NULL, 10)
                                 : count > 0    ? count - 1
                                                : 0;
    free(name);
    if (wanted >= count) {
        (void)snprintf(command->reason, sizeof command->reason,
                       lt_text("trạm này chưa công bố \"%.200s\" lần %lu",
                               "this hub has not published \"%.200s\" number %lu"),
                       command->given.values[O_PUBLISHED], wanted);
        return LT_NOT_FOUND;
    }
    command->prove.published = lt_book_publication_at(book, first + wanted);
    return lt_publication_question(book, command->prove.published, command->room, &command->words,
                                   &command->query, command->reason);
}

/* ---- The file ---- */

static enum lt_result write_file(struct command *command, struct lt_ledger *ledger)
{
    const char *path = command->given.operands[0];
    struct lt_table_file file;
    struct lt_sheet_fault fault = {0};
    struct stat there;
    if (command->given.values[O_FORCE] == NULL && lstat(path, &there) == 0) {
        (void)snprintf(command->reason, sizeof command->reason,
                       lt_text("%.400s: tệp đã có; --force ghi đè lên nó",
                               "%.400s: the file is there already; --force writes over it"),
                       path);
        return LT_EXISTS;
    }
    enum lt_result result = lt_table_create(path, &file, &fault);
    if (result != LT_OK) {
        (void)snprintf(command->reason, sizeof command->reason, "%.150s: %s", path, fault.text);
        return result;
    }
    if (command->prove.names) /* of nobody's business but the operator's */
        (void)fchmod(fileno(file.stream), S_IRUSR | S_IWUSR);
    char reason[LT_PROVE_REASON_MAX] = "";
    lt_unread_warn(ledger); /* who reads them would count more */
    result = lt_prove_write(&command->prove, file.stream, reason);
    if (result == LT_IO)
        (void)snprintf(command->reason, sizeof command->reason, "%.150s: %.400s", path, reason);
    else
        (void)snprintf(command->reason, sizeof command->reason, "%s", reason);
    if (result == LT_OK)
        result =
            lt_prove_check(ledger, file.beside, &command->sums, &command->rows, command->reason);
    const enum lt_result kept = lt_table_finish(&file, result == LT_OK, &fault);
    if (result == LT_OK && kept != LT_OK)
        (void)snprintf(command->reason, sizeof command->reason, "%.150s: %s", path, fault.text);
    return result != LT_OK ? result : kept;
}

static enum lt_result prove(struct command *command, struct lt_ledger *ledger)
{
    struct lt_keys keys;
    char reason[200] = "";
    enum lt_result result =
        command->given.values[O_PUBLISHED] != NULL
            ? find_published(command, ledger)
            : lt_figures_find_place(lt_ledger_book(ledger), command->words.place, &command->query,
                                    command->reason);
    if (result != LT_OK)
        return result;
    result = lt_keys_load(command->given.dir, &keys, reason);
    if (result != LT_OK) {
        (void)snprintf(command->reason, sizeof command->reason, "%s", reason);
        return result;
    }
    command->prove.ledger = ledger;
    command->prove.keys = &keys;
    command->prove.query = &command->query;
    result = write_file(command, ledger);
    lt_keys_wipe(&keys);
    return result;
}

/* ---- What was done ---- */

static bool tell(const struct command *command, struct lt_ledger *ledger)
{
    const struct lt_proof_sums *sums = &command->sums;
    struct lt_roots roots;
    char root[65];
    lt_book_roots(lt_ledger_book(ledger), &roots);
    lt_hex(roots.root.bytes, sizeof roots.root, root);
    if (command->given.json) {
        json_t *told = json_pack(
            "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "schema", "lienthong.prove/1",
            "file", command->given.operands[0], "rows", (json_int_t)command->rows, "behind",
            (json_int_t)sums->behind, "updates", (json_int_t)sums->reports, "directive_updates",
            (json_int_t)sums->directives, "chains", (json_int_t)sums->chains, "left_out",
            (json_int_t)sums->left_out, "bytes", (json_int_t)sums->bytes, "root", root);
        const bool good = told != NULL && json_dumpf(told, stdout, JSON_COMPACT) == 0 &&
                          putchar('\n') != EOF && fflush(stdout) == 0;
        json_decref(told);
        return good;
    }
    return printf(lt_text("%s: %zu dòng từ %llu bản ghi; %llu bản cập nhật, %llu chỉ thị, %llu "
                          "chuỗi (%llu không kèm), %llu byte; đã kiểm tra\n",
                          "%s: %zu rows from %llu records; %llu updates, %llu directives, %llu "
                          "chains (%llu left out), %llu bytes; checked\n"),
                  command->given.operands[0], command->rows, (unsigned long long)sums->behind,
                  (unsigned long long)sums->reports, (unsigned long long)sums->directives,
                  (unsigned long long)sums->chains, (unsigned long long)sums->left_out,
                  (unsigned long long)sums->bytes) > 0 &&
           printf(lt_text("Khóa gốc (báo cho người kiểm tra qua đường khác): %s\n",
                          "Root key (tell it to who checks by another way): %s\n"),
                  root) > 0 &&
           fflush(stdout) == 0;
}

/* ---- The command line ---- */

static enum lt_result read_words(struct command *command)
{
    const struct lt_options *given = &command->given;
    bool asked = command->words.where_count > 0;
    const char *number = given->values[O_NUMBER];
    for (size_t i = 0; i < LT_WORD_COUNT; i++)
        asked = asked || given->values[i] != NULL;
    if (given->operand_count != 1 || given->operands[0][0] == '\0') {
        (void)snprintf(command->reason, sizeof command->reason, "%s",
                       lt_text("cần một TỆP", "one FILE is needed"));
        return LT_USAGE;
    }
    if (given->values[O_PUBLISHED] == NULL && number == NULL)
        return lt_figures_words_query(&command->words, &command->query, command->reason);
    const bool good = given->values[O_PUBLISHED] != NULL && !asked &&
                      given->values[O_WHOLE] == NULL &&
                      (number == NULL || (number[0] != '\0' && strlen(number) < 10 &&
                                          number[strspn(number, "0123456789")] == '\0'));
    if (!good)
        (void)snprintf(command->reason, sizeof command->reason, "%s",
                       lt_text("--published TÊN đứng một mình, hoặc cùng --number SỐ",
                               "--published NAME stands alone, or with --number N"));
    return good ? LT_OK : LT_USAGE;
}

static int exit_of(enum lt_result result)
{
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_TOO_LARGE ||
                   result == LT_REFUSED || result == LT_BUSY
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}

static int run(struct command *command)
{
    struct lt_ledger *ledger;
    char opening[200] = "";
    enum lt_result result = lt_ledger_open(command->given.dir, true, &ledger, opening);
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub prove: %s\n", opening);
        return LT_EXIT_FAILED;
    }
    command->prove.whole = command->given.values[O_WHOLE] != NULL;
    command->prove.names = command->given.values[O_NAMES] != NULL;
    result = prove(command, ledger);
    if (result == LT_OK && !tell(command, ledger))
        result = LT_IO;
    lt_ledger_close(ledger);
    if (result != LT_OK)
        (void)fprintf(stderr, "lienthong-hub prove: %s\n",
                      command->reason[0] != '\0' ? command->reason : lt_text_result(result));
    return exit_of(result);
}

int lt_hub_cmd_prove(int argc, char **argv)
{
    int code = LT_EXIT_OK;
    struct command *command = calloc(1, sizeof *command);
    if (command == NULL)
        return lt_options_no_memory();
    argc = lt_figures_words_take(argc, argv, &command->words);
    if (lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &command->given,
                         &code)) {
        lt_figures_words_given(&command->given, &command->words);
        code = read_words(command) != LT_OK
                   ? lt_options_usage(USAGE_VI, USAGE_EN, "%s", command->reason)
                   : run(command);
    }
    free(command);
    return code;
}
