/* server_own.h - the inside of the server; private to hub/web/server*.c. */
#ifndef LT_WEB_SERVER_OWN_H
#define LT_WEB_SERVER_OWN_H

#include <microhttpd.h>

#include "hub/web/server.h"

struct lt_server;
struct lt_listener { /* one that waits for news */
    struct lt_server *server;
    struct MHD_Connection *connection; /* NULL: free */
    char who[LT_ACCOUNT_NAME_MAX];
    uint64_t told, beats; /* how much news, and signs of life, it has had */
    uint64_t generation; /* its daemon's */
    uint64_t number; /* the how manyth it is */
    bool suspended;
    bool over; /* it has given way to another */
};

struct lt_call { /* a connection */
    int fd; /* -1: free */
    lt_ms
        until; /* its question has come whole, or its answer has gone; 0: it is worked at, or waits for news */
    bool answers;
};

struct lt_server {
    struct lt_web web;
    struct MHD_Daemon *daemon;
    uint16_t port;
    char origin_scheme[9];
    pthread_mutex_t lock; /* of all that follows */
    struct lt_call lines[LT_SERVER_CONNECTIONS_MAX];
    size_t answer_bytes; /* of bodies on their way */
    struct lt_listener streams[LT_SERVER_STREAMS_MAX];
    uint64_t news, beats;
    uint64_t taken; /* streams so far */
    uint64_t generation; /* of daemons */
    bool ending;
};

/* One request on its way in. */
struct lt_request {
    char *address;
    char body[LT_SERVER_BODY_BYTES_MAX + 1];
    size_t body_size;
    bool begun, too_large;
};

/* A connection waits for its question, or its answer waits for it, `allowed_ms` at most; 0: neither. */
void lt_server_line(struct lt_server *server, struct MHD_Connection *connection, bool answers,
                    lt_ms allowed_ms);
/* Answers what has come whole. */
enum MHD_Result lt_server_answer(struct lt_server *server, struct MHD_Connection *connection,
                                 const char *method, struct lt_request *request);
/* `who`: an account's name, of which the oldest gives way if it has LT_SERVER_STREAMS_OF_ONE_MAX. 503 if none is free. */
enum MHD_Result lt_server_stream(struct lt_server *server, struct MHD_Connection *connection,
                                 const char *who);
/* An answer without a body. */
enum MHD_Result lt_server_no_stream(struct MHD_Connection *connection, unsigned status);
/* The follower's `changed`. */
void lt_server_news(void *server);
void lt_server_resume(struct lt_server *server);
/* Headers that every answer has. */
void lt_server_headers(struct MHD_Response *response);

#endif
