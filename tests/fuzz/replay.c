/* replay.c - runs every file of the folders given through a fuzz target. An absent or empty folder is
 * a failure: a corpus that is not read tests nothing. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

/* 1: run; 0: not a file; -1: failed. */
static int run_file(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return -1;
    if (!S_ISREG(status.st_mode))
        return 0;
    const size_t size = (size_t)status.st_size;
    uint8_t *bytes = malloc(size + (size == 0)); /* exact, so that a read past the end is seen */
    FILE *file = fopen(path, "rb");
    const int read = bytes && file && fread(bytes, 1, size, file) == size;
    if (file)
        fclose(file);
    if (read)
        (void)LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return read ? 1 : -1;
}

static int run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0, failed = 0;
    if (!dir) {
        fprintf(stderr, "%s: no such folder\n", folder);
        return 1;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char path[4096];
        const int size = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        const int run = size > 0 && (size_t)size < sizeof(path) ? run_file(path) : -1;
        if (run < 0) {
            fprintf(stderr, "%s: cannot be read\n", path);
            failed = 1;
        }
        count += run > 0;
    }
    closedir(dir);
    printf("%s: %d inputs\n", folder, count);
    return failed || count == 0;
}

int main(int argc, char **argv)
{
    int failed = argc < 2;
    for (int i = 1; i < argc; i++)
        failed |= run_folder(argv[i]);
    if (failed)
        fprintf(stderr, "replay: a corpus is missing, empty or unreadable\n");
    return failed;
}
