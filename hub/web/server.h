/* server.h - the hub's web: listens, bounds what a browser may cost, and hands questions to the pages.
 *
 * Bounded: connections, bytes of heads and bodies, the time from a connection's last answer to its next whole question,
 * and the time and memory that answers take; who is slower is cut off. Several threads; start and stop from one. */
#ifndef LT_WEB_SERVER_H
#define LT_WEB_SERVER_H

#include "hub/web/web.h"

enum {
    LT_SERVER_CONNECTIONS_MAX = 512,
    LT_SERVER_THREADS = 4,
    LT_SERVER_STREAMS_MAX = 128, /* that wait for news */
    LT_SERVER_STREAMS_OF_ONE_MAX = 16, /* of one account: tabs, and PCs that share it */
    LT_SERVER_HEAD_BYTES_MAX = 32 * 1024,
    LT_SERVER_BODY_BYTES_MAX = LT_URL_BYTES_MAX,
    LT_SERVER_QUESTION_MS = 20000, /* for head and body to come */
    LT_SERVER_ANSWER_MS = 30000, /* for an answer to go, and for each */
    LT_SERVER_BYTES_A_S = 16 * 1024, /* of it a second more */
    LT_SERVER_LARGE_BYTES =
        1024 * 1024, /* larger answers wait for each other: all bodies on their way are at most */
    LT_SERVER_ANSWERS_BYTES_MAX = 256 * 1024 * 1024,
    LT_SERVER_OF_ONE_ADDRESS_MAX =
        192, /* connections of one, where readers come by addresses of their own */
};

struct lt_server_settings {
    struct lt_web_settings web;
    const char *address; /* "127.0.0.1" */
    uint16_t port; /* 0: any */
    const char *certificate, *key; /* paths; NULL: without TLS */
};

struct lt_server;
/* LT_NETWORK: cannot listen there. With a sentence. Names forms, accounts and the store. */
enum lt_result lt_server_start(const struct lt_server_settings *settings,
                               struct lt_server **ret_server, char ret_reason[300]);
/* Reads certificate and key again. Who is connected is let go and comes again; logins stay. On failure all stays as it
 * was, with a sentence. */
enum lt_result lt_server_reload(struct lt_server *server, const struct lt_server_settings *settings,
                                char ret_reason[300]);
uint16_t lt_server_port(const struct lt_server *server);
/* Cuts off who is slow, and says to waiting streams that they still live. Every second or so. */
void lt_server_tend(struct lt_server *server);
void lt_server_stop(struct lt_server *server); /* NULL ok */

#endif
