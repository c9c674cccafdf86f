/* control.c - in the place of hub/control.c. */
#include "tests/sim/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/system.h"
#include "tests/sim/wrapped.h"

enum { COMMANDS_MAX = 64 };

struct command {
    uint8_t *bytes;
    size_t size;
};

struct control {
    int fd;
    struct command commands[COMMANDS_MAX];
    size_t count;
    uint64_t answers;
    enum lt_result result;
    char text[300];
};

bool control_direct(struct machine *machine, struct lt_bytes body)
{
    struct control *control = machine->control;
    if (control == NULL || control->count == COMMANDS_MAX)
        return false;
    struct command *command = &control->commands[control->count++];
    command->size = body.size;
    command->bytes = malloc(body.size + 1);
    if (command->bytes == NULL)
        abort();
    memcpy(command->bytes, body.data, body.size);
    descriptor_ring(control->fd);
    return true;
}

enum lt_result control_answered(const struct machine *machine, uint64_t *ret_count,
                                const char **ret_text)
{
    const struct control *control = machine->control;
    *ret_count = control != NULL ? control->answers : 0;
    *ret_text = control != NULL ? control->text : "";
    return control != NULL ? control->result : LT_NOT_FOUND;
}

void control_killed(struct machine *machine)
{
    struct control *control = machine->control;
    machine->control = NULL;
    if (control == NULL)
        return;
    for (size_t i = 0; i < control->count; i++)
        free(control->commands[i].bytes);
    free(control);
}

/* ---- The server's side ---- */

enum lt_result lt_control_listen(const char *dir, int *ret_fd, char ret_reason[200])
{
    struct control *control = calloc(1, sizeof(*control));
    (void)dir;
    (void)ret_reason;
    if (control == NULL)
        return LT_NO_MEMORY;
    control->fd = descriptor_new();
    fiber_machine()->control = control;
    *ret_fd = control->fd;
    return LT_OK;
}

enum lt_result lt_control_accept(int listen_fd, int *ret_fd, enum lt_verb *ret_verb,
                                 uint8_t **ret_payload, size_t *ret_size)
{
    struct control *control = fiber_machine()->control;
    uint64_t rings;
    ssize_t read = __wrap_read(listen_fd, &rings, sizeof(rings));
    (void)read;
    if (control == NULL || control->count == 0)
        return LT_NOT_FOUND;
    *ret_fd = listen_fd;
    *ret_verb = LT_VERB_DIRECT;
    *ret_payload = control->commands[0].bytes;
    *ret_size = control->commands[0].size;
    control->count--;
    memmove(control->commands, control->commands + 1,
            control->count * sizeof(control->commands[0]));
    if (control->count > 0)
        descriptor_ring(listen_fd);
    return LT_OK;
}

void lt_control_answer(int fd, enum lt_result result, const char *text, size_t size)
{
    struct control *control = fiber_machine()->control;
    (void)fd;
    if (control == NULL)
        return;
    control->answers++;
    control->result = result;
    snprintf(control->text, sizeof(control->text), "%.*s", (int)size, text);
    system_say("answer to a command: %s %s", lt_result_text(result), control->text);
}

void lt_control_unlink(const char *dir)
{
    (void)dir;
    control_killed(fiber_machine());
}

enum lt_result lt_control_lock(const char *dir, int *ret_fd, char ret_reason[200])
{
    (void)dir;
    (void)ret_reason;
    *ret_fd = -1; /* one program a machine, by construction */
    return LT_OK;
}

/* ---- The client's side: commands run only where no hub does ---- */

enum lt_result lt_control_call(const char *dir, enum lt_verb verb, struct lt_bytes payload,
                               char **ret_answer)
{
    (void)dir;
    (void)verb;
    (void)payload;
    *ret_answer = NULL;
    return LT_NOT_FOUND;
}

enum lt_result lt_control_call_sized(const char *dir, enum lt_verb verb, struct lt_bytes payload,
                                     char **ret_answer, size_t *ret_size)
{
    *ret_size = 0;
    return lt_control_call(dir, verb, payload, ret_answer);
}
