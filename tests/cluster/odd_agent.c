/* odd_agent.c - the agent as a release that does not serve, in one of several ways: linked over it with --wrap.
 *
 * Which way it is, the last bytes of its own file say, so that each is a program of its own hash: "lt-odd:WORD\n". */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/notify.h"
#include "agent/service_own.h"

enum { TAIL_BYTES = 64 };

static char word[TAIL_BYTES];

static bool is(const char *name)
{
    return strcmp(word, name) == 0;
}

/* Before main: what a program does that is broken from its first moment. */
__attribute__((constructor(65535))) static void read_word(int argc, char **argv)
{
    char tail[TAIL_BYTES + 1] = "";
    FILE *self = fopen("/proc/self/exe", "rb");
    if (self == NULL || fseek(self, -TAIL_BYTES, SEEK_END) != 0 ||
        fread(tail, 1, TAIL_BYTES, self) != TAIL_BYTES ||
        sscanf(tail, "lt-odd:%63[a-z0-9-]", word) != 1) {
        fputs("odd_agent: no word\n", stderr);
        _exit(99);
    }
    fclose(self);
    bool probed = argc > 2 && strcmp(argv[2], "--probe") == 0;
    if (probed && is("exits-in-probe")) {
        puts("ready all the same");
        fflush(stdout);
        _exit(3);
    }
    if (probed && is("says-nothing")) {
        _exit(0);
    }
    if (probed && is("hangs-in-probe")) {
        for (;;) {
            pause();
        }
    }
    /* One release that serves here and not there, as on a disk or with a library that only one PC has. */
    bool there = false;
    for (int i = 1; i < argc; i++) {
        there = there || strstr(argv[i], "agent-28165") != NULL;
    }
    if (!probed && (is("exits") || (is("odd-at-28165") && there))) {
        _exit(3);
    }
}

bool __real_lt_notify(const char *state);
bool __wrap_lt_notify(const char *state);
bool __wrap_lt_notify(const char *state)
{
    const bool said = __real_lt_notify(state);
    if (strncmp(state, "READY=1", 7) == 0 && is("dies-when-ready")) {
        raise(SIGKILL);
    }
    return said;
}

void __real_lt_service_receipt(void *context, struct lt_bytes bytes);
void __wrap_lt_service_receipt(void *context, struct lt_bytes bytes);
void __wrap_lt_service_receipt(void *context, struct lt_bytes bytes)
{
    if (!is("is-deaf")) {
        __real_lt_service_receipt(context, bytes);
    }
}

enum lt_result __real_lt_service_open(const char *dir, struct lt_service **ret_service,
                                      char ret_reason[200]);
enum lt_result __wrap_lt_service_open(const char *dir, struct lt_service **ret_service,
                                      char ret_reason[200]);
enum lt_result __wrap_lt_service_open(const char *dir, struct lt_service **ret_service,
                                      char ret_reason[200])
{
    if (is("opens-nothing")) {
        snprintf(ret_reason, 200, "no store for an odd one");
        return LT_VERSION;
    }
    return __real_lt_service_open(dir, ret_service, ret_reason);
}
