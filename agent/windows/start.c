/* Where the program begins: arguments in UTF-8, a console that shows UTF-8, bytes that nobody translates. */
#include "agent/windows/wide.h"

/* A path that a person or a script wrote in Windows' way, "C:\..." or "\\server\..." or ".\...", as the agent writes it. */
static void straighten(char *argument)
{
    char *path = argument;
    if (strncmp(path, "--", 2) == 0 && strchr(path, '=') != NULL)
        path = strchr(path, '=') + 1;
    bool drive = path[0] != '\0' && path[1] == ':' && path[2] == '\\';
    if (!drive && path[0] != '\\' && !(path[0] == '.' && (path[1] == '\\' || path[1] == '.')))
        return;
    for (; *path != '\0'; path++) {
        if (*path == '\\')
            *path = '/';
    }
}

static char *utf8(const wchar_t *wide)
{
    size_t size = 3 * wcslen(wide) + 1;
    char *text = malloc(size);
    if (text != NULL && !lt_wide_utf8(wide, text, size)) {
        free(text);
        return NULL;
    }
    return text;
}

int wmain(int argc, wchar_t **wide);

int wmain(int argc, wchar_t **wide)
{
    char **arguments = calloc((size_t)argc + 1, sizeof(*arguments));
    bool good = arguments != NULL;
    for (int i = 0; i < argc && good; i++) {
        arguments[i] = utf8(wide[i]);
        good = arguments[i] != NULL;
        if (good && i > 0)
            straighten(arguments[i]);
    }
    if (!good) {
        fputs("lienthong-agent: the command line is not whole text\n", stderr);
        return 2;
    }
    (void)SetConsoleOutputCP(CP_UTF8);
    (void)_setmode(_fileno(stdin), _O_BINARY);
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    return lt_main(argc, arguments);
}
