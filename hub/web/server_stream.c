/* Server-sent events: a line when the state changes, and a sign of life now and then. */
#include <stdio.h>
#include <string.h>

#include "hub/web/server_own.h"

static ssize_t write_news(void *context, uint64_t position, char *buffer, size_t max)
{
    struct lt_listener *stream = context;
    struct lt_server *server = stream->server;
    int size = 0;
    pthread_mutex_lock(&server->lock);
    if (server->ending || stream->generation != server->generation || stream->over) {
        pthread_mutex_unlock(&server->lock);
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (position == 0 || stream->told != server->news) {
        stream->told = server->news;
        size = snprintf(buffer, max, "event: state\nid: %llu\ndata: {\"news\":%llu}\n\n",
                        (unsigned long long)server->news, (unsigned long long)server->news);
    } else if (stream->beats != server->beats) {
        size = snprintf(buffer, max, ": here\n\n");
    } else {
        stream->suspended = true;
        MHD_suspend_connection(stream->connection);
    }
    stream->beats = server->beats;
    pthread_mutex_unlock(&server->lock);
    return size > 0 && (size_t)size < max ? size : 0;
}

static void forget(void *context)
{
    struct lt_listener *stream = context;
    struct lt_server *server = stream->server;
    pthread_mutex_lock(&server->lock);
    stream->connection = NULL;
    pthread_mutex_unlock(&server->lock);
}

/* Has it as many as it may, its oldest gives way: of a page that was left one is heard no more only at the next beat. */
static void give_way(struct lt_server *server, const char *who)
{
    struct lt_listener *oldest = NULL;
    unsigned count = 0;
    for (size_t i = 0; i < LT_SERVER_STREAMS_MAX; i++) {
        struct lt_listener *stream = &server->streams[i];
        if (stream->connection == NULL || stream->over || strcmp(stream->who, who) != 0)
            continue;
        count++;
        if (oldest == NULL || stream->number < oldest->number)
            oldest = stream;
    }
    if (count < LT_SERVER_STREAMS_OF_ONE_MAX)
        return;
    oldest->over = true;
    if (oldest->suspended) {
        oldest->suspended = false;
        MHD_resume_connection(oldest->connection);
    }
}

static struct lt_listener *take(struct lt_server *server, struct MHD_Connection *connection,
                                const char *who)
{
    struct lt_listener *taken = NULL;
    pthread_mutex_lock(&server->lock);
    give_way(server, who);
    for (size_t i = 0; i < LT_SERVER_STREAMS_MAX && taken == NULL && !server->ending; i++)
        if (server->streams[i].connection == NULL) {
            taken = &server->streams[i];
            *taken = (struct lt_listener){.server = server,
                                          .connection = connection,
                                          .told = server->news,
                                          .beats = server->beats,
                                          .number = ++server->taken,
                                          .generation = server->generation};
            (void)snprintf(taken->who, sizeof taken->who, "%s", who);
        }
    pthread_mutex_unlock(&server->lock);
    return taken;
}

static enum MHD_Result respond(struct MHD_Connection *connection, unsigned status,
                               struct MHD_Response *response)
{
    lt_server_headers(response);
    (void)MHD_add_response_header(response, "Content-Type", "text/event-stream");
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result lt_server_no_stream(struct MHD_Connection *connection, unsigned status)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    return response != NULL ? respond(connection, status, response) : MHD_NO;
}

enum MHD_Result lt_server_stream(struct lt_server *server, struct MHD_Connection *connection,
                                 const char *who)
{
    enum { BLOCK_BYTES = 256 };
    struct lt_listener *stream = take(server, connection, who);
    if (stream == NULL)
        return lt_server_no_stream(connection, 503);
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES,
                                                                      write_news, stream, forget);
    if (response != NULL)
        return respond(connection, 200, response);
    forget(stream);
    return MHD_NO;
}

void lt_server_resume(struct lt_server *server)
{
    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < LT_SERVER_STREAMS_MAX; i++)
        if (server->streams[i].connection != NULL && server->streams[i].suspended) {
            server->streams[i].suspended = false;
            MHD_resume_connection(server->streams[i].connection);
        }
    pthread_mutex_unlock(&server->lock);
}

void lt_server_news(void *context)
{
    struct lt_server *server = context;
    pthread_mutex_lock(&server->lock);
    server->news++;
    pthread_mutex_unlock(&server->lock);
    lt_server_resume(server);
}
