#include <ini.h>
#include <stdbool.h>

enum { LINE_BYTES = 500, SECTION_BYTES = 50 };

static char *trim(char *text)
{
    static const char blanks[] = " \t\r\n";
    text += strspn(text, blanks);
    size_t size = strlen(text);
    while (size > 0 && strchr(blanks, text[size - 1]) != NULL)
        text[--size] = '\0';
    return text;
}

/* From ';' after a blank. */
static void cut_comment(char *text)
{
    for (char *at = text; *at != '\0'; at++) {
        if (*at == ';' && at > text && (at[-1] == ' ' || at[-1] == '\t')) {
            *at = '\0';
            return;
        }
    }
}

struct place {
    char section[SECTION_BYTES];
    int (*handler)(void *user, const char *section, const char *name, const char *value);
    void *user;
};

static bool take_line(struct place *place, char *line)
{
    char *text = trim(line);
    if (*text == '\0' || *text == ';' || *text == '#')
        return true;
    char *end = strchr(text, ']');
    if (*text == '[') {
        if (end == NULL)
            return false;
        *end = '\0';
        snprintf(place->section, sizeof(place->section), "%s", text + 1);
        return true;
    }
    char *equals = text + strcspn(text, "=:");
    if (*equals == '\0')
        return false;
    *equals = '\0';
    cut_comment(equals + 1);
    return place->handler(place->user, place->section, trim(text), trim(equals + 1)) != 0;
}

int ini_parse(const char *path,
              int (*handler)(void *user, const char *section, const char *name, const char *value),
              void *user)
{
    char line[LINE_BYTES + 2];
    struct place place = {.handler = handler, .user = user};
    int number = 0, bad = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    while (fgets(line, sizeof(line), file) != NULL) {
        number++;
        bool whole = strchr(line, '\n') != NULL || feof(file) != 0;
        char *start = number == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line;
        if ((!whole || !take_line(&place, start)) && bad == 0)
            bad = number;
        if (!whole)
            break;
    }
    fclose(file);
    return bad;
}
