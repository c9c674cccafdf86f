/* lienthong-check - does a figure follow from signed records? Offline, with nothing but a file, made by
 * `lienthong-hub prove`, and the root's public key. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "hub/check/show.h"

enum { EXIT_PROVEN = 0, EXIT_NOT_PROVEN = 1, EXIT_UNREADABLE = 2, EXIT_CALLED_WRONGLY = 64 };
enum { PORTION_BYTES = 64 * 1024 };

static const char USAGE_VI[] =
    "Cách dùng: lienthong-check TỆP --root KHÓA [--top MÃ[@NGÀY]] [--records] [--json] [--lang "
    "vi|en]\n"
    "Kiểm tra không cần mạng: số liệu trong TỆP có đúng là từ các bản ghi đã ký hay không.\n"
    "KHÓA là khóa gốc công khai (64 chữ số hex) lấy từ nơi tin được, không lấy từ TỆP.\n"
    "Kết thúc với 0: chứng minh được; 1: không; 2: không đọc được TỆP; 64: gọi sai.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-check FILE --root KEY [--top CODE[@DATE]] [--records] [--json] [--lang "
    "vi|en]\n"
    "Checks offline whether the figures in FILE follow from signed records.\n"
    "KEY is the root's public key (64 hexadecimal digits), from where you trust it, never from "
    "FILE.\n"
    "Exit codes:\n"
    "  0   proven\n"
    "  1   not proven\n"
    "  2   FILE cannot be read, or the output not be written\n"
    "  64  called wrongly\n";

struct asked {
    const char *file, *root, *top, *language;
    bool records, json, help, version;
};

/* Takes argv[*at], and the value of an option. False: it is nothing that is known. */
static bool take(int argc, char **argv, int *at, struct asked *asked)
{
    static const char *const names[] = {"--root", "--top", "--lang"};
    const char **const values[] = {&asked->root, &asked->top, &asked->language};
    const char *word = argv[*at];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const size_t size = strlen(names[i]);
        if (strncmp(word, names[i], size) != 0 || (word[size] != '\0' && word[size] != '='))
            continue;
        if (word[size] == '\0' && *at + 1 == argc)
            return false;
        *values[i] = word[size] == '=' ? word + size + 1 : argv[++*at];
        return true;
    }
    bool *const flag = strcmp(word, "--records") == 0   ? &asked->records
                       : strcmp(word, "--json") == 0    ? &asked->json
                       : strcmp(word, "--help") == 0    ? &asked->help
                       : strcmp(word, "--version") == 0 ? &asked->version
                                                        : NULL;
    if (flag != NULL)
        *flag = true;
    else if (word[0] == '-' || asked->file != NULL)
        return false;
    else
        asked->file = word;
    return true;
}

static int called_wrongly(const char *what, const char *which)
{
    (void)fprintf(stderr, "lienthong-check: %s%s%s\n%s", what, which[0] != '\0' ? ": " : "", which,
                  lt_show_text(USAGE_VI, USAGE_EN));
    return EXIT_CALLED_WRONGLY;
}

static const char *said_by_system(void)
{
    return strerror(errno); /* NOLINT(concurrency-mt-unsafe): there is one thread */
}

/* Feeds the file; "" or why it could not be read. */
static enum lt_result read_file(struct lt_proof *proof, const char *path, char *ret_trouble,
                                size_t max)
{
    static uint8_t portion[PORTION_BYTES];
    enum lt_result result = LT_OK;
    FILE *file = fopen(path, "rb");
    size_t size = 1;
    if (file == NULL) {
        (void)snprintf(ret_trouble, max, "%s", said_by_system());
        return LT_IO;
    }
    while (result == LT_OK && size > 0) {
        size = fread(portion, 1, sizeof portion, file);
        result = lt_proof_feed(proof, (struct lt_bytes){portion, size});
    }
    if (result == LT_OK && ferror(file) != 0) {
        (void)snprintf(ret_trouble, max, "%s", said_by_system());
        result = LT_IO;
    }
    (void)fclose(file);
    return result;
}

static int check(const struct asked *asked, const struct lt_key *root, const struct lt_unit *top)
{
    char trouble[LT_PROOF_ABOUT_MAX] = "";
    struct lt_proof *proof = lt_proof_new(root, top);
    if (proof == NULL) {
        (void)fprintf(stderr, "lienthong-check: %s\n", lt_show_result(LT_NO_MEMORY));
        return EXIT_UNREADABLE;
    }
    enum lt_result result = read_file(proof, asked->file, trouble, sizeof trouble);
    if (result == LT_OK)
        result = lt_proof_end(proof);
    if (trouble[0] == '\0')
        (void)snprintf(trouble, sizeof trouble, "%s",
                       lt_proof_trouble(proof)[0] != '\0' ? lt_proof_trouble(proof)
                                                          : lt_result_text(result));
    const struct lt_shown shown = {asked->file, proof, result, trouble, asked->records};
    if (asked->json)
        lt_show_json(&shown, stdout);
    else
        lt_show_people(&shown, stdout);
    lt_proof_free(proof);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fprintf(stderr, "lienthong-check: %s: %s\n",
                      lt_show_text("không ghi ra được", "cannot write"), said_by_system());
        return EXIT_UNREADABLE;
    }
    return result == LT_OK ? EXIT_PROVEN : result == LT_REFUSED ? EXIT_NOT_PROVEN : EXIT_UNREADABLE;
}

int main(int argc, char **argv)
{
    struct asked asked = {0};
    struct lt_key root;
    struct lt_unit top;
    bool dated, good = true;
    int at = 1;
    for (; at < argc && good; at++)
        good = take(argc, argv, &at, &asked);
    lt_show_language(asked.language);
    if (asked.language != NULL && strcmp(asked.language, "vi") != 0 &&
        strcmp(asked.language, "en") != 0)
        return called_wrongly(
            lt_show_text("--lang: chỉ có vi và en", "--lang: there are vi and en"), asked.language);
    if (!good)
        return called_wrongly(lt_show_text("không hiểu", "not understood"), argv[at - 1]);
    if (asked.help || asked.version) {
        (void)fputs(asked.help ? lt_show_text(USAGE_VI, USAGE_EN)
                               : "lienthong-check " LT_VERSION_TEXT "\n",
                    stdout);
        return fflush(stdout) == 0 ? EXIT_PROVEN : EXIT_UNREADABLE;
    }
    if (asked.file == NULL || asked.root == NULL)
        return called_wrongly(
            lt_show_text("cần TỆP và --root KHÓA", "FILE and --root KEY are needed"), "");
    if (lt_unhex(asked.root, root.bytes, sizeof root.bytes) != LT_OK)
        return called_wrongly(lt_show_text("khóa gốc phải là 64 chữ số hex",
                                           "the root key must be 64 hexadecimal digits"),
                              asked.root);
    if (asked.top != NULL && lt_unit_parse(asked.top, &top, &dated) != LT_OK)
        return called_wrongly(lt_show_text("không phải mã đơn vị", "no code of a unit"), asked.top);
    if (sodium_init() < 0)
        return EXIT_UNREADABLE;
    return check(&asked, &root, asked.top != NULL ? &top : NULL);
}
