/* control.h - a unix socket for commands to the running hub: `dir`/control, mode 0600.
 *
 *   request   4 bytes size (big-endian), 1 byte verb, payload
 *   answer    4 bytes size, 1 byte enum lt_result, payload (text)
 *
 * One request a connection. Only processes of the same user (or root) are served. */
#ifndef LT_CONTROL_H
#define LT_CONTROL_H

#include "proto/update.h"

enum {
    LT_CONTROL_REQUEST_MAX = 4 * 1024 * 1024, /* a slice of a bundle; directives are far below */
    LT_CONTROL_ANSWER_MAX = 64 * 1024 * 1024,
    LT_CONTROL_WAIT_MS = 30000,
};

enum lt_verb {
    LT_VERB_STATUS = 1, /* answer: a JSON object */
    LT_VERB_DIRECT = 2, /* payload: a DirectiveBody; answer: why not, when it is durable */
    LT_VERB_JUDGED = 3, /* LT_OK: all is judged by all directives; LT_BUSY: not yet */
    LT_VERB_RETIRE = 4, /* answer: a JSON object, what is left to do before this hub may end */
    LT_VERB_TAKE = 5, /* payload: updates and receipts (take.h); answer: what became of each */
    LT_VERB_RECEIPTS = 6, /* payload: chain keys; answer: a receipt of each (take.h) */
    /* Have this hub's keys changed for others; with a payload (any byte): only told how it stands. Answer: a JSON
     * object, `keys` of the status. */
    LT_VERB_ROTATE = 7,
    LT_VERB_INVITATION = 8, /* payload and answer: invite_ask.h */
    LT_VERB_RELOAD =
        9, /* hub.conf is read again; answer: why not, or what waits for the next start; "": nothing does */
};

/* The client's side. LT_NOT_FOUND: no hub runs here. Others: what the hub answered, with its text. The
 * answer is malloc'ed and NUL-terminated; set on LT_OK and, when the hub spoke, on errors; else NULL. */
enum lt_result lt_control_call(const char *dir, enum lt_verb verb, struct lt_bytes payload,
                               char **ret_answer);

/* The same for an answer that is no text. */
enum lt_result lt_control_call_sized(const char *dir, enum lt_verb verb, struct lt_bytes payload,
                                     char **ret_answer, size_t *ret_size);

/* The server's side. */
enum lt_result lt_control_listen(const char *dir, int *ret_fd, char ret_reason[200]);
/* Takes one connection and its request; LT_NOT_FOUND: none that could be served. */
enum lt_result lt_control_accept(int listen_fd, int *ret_fd, enum lt_verb *ret_verb,
                                 uint8_t **ret_payload, size_t *ret_size);
/* Answers and closes. */
void lt_control_answer(int fd, enum lt_result result, const char *text, size_t size);
void lt_control_unlink(const char *dir);

/* The lock of the one process that may write as this hub: `run`, or a command where none runs.
 * LT_BUSY: another has it. The descriptor holds it until closed or the process ends. */
enum lt_result lt_control_lock(const char *dir, int *ret_fd, char ret_reason[200]);

#endif
