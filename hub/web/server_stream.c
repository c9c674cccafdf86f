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
    if (server->ending || stream->generation != server->generation) {
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

static struct lt_listener *take(struct lt_server *server, struct MHD_Connection *connection)
{
    struct lt_listener *taken = NULL;
    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < LT_SERVER_STREAMS_MAX && taken == NULL && !server->ending; i++)
        if (server->streams[i].connection == NULL) {
            taken = &server->streams[i];
            *taken = (struct lt_listener){.server = server,
                                          .connection = connection,
                                          .told = server->news,
                                          .beats = server->beats,
                                          .generation = server->generation};
        }
    pthread_mutex_unlock(&server->lock);
    return taken;
}

enum MHD_Result lt_server_stream(struct lt_server *server, struct MHD_Connection *connection)
{
    enum { BLOCK_BYTES = 256 };
    struct lt_listener *stream = take(server, connection);
    struct MHD_Response *response =
        stream != NULL ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES,
                                                           write_news, stream, forget)
                       : MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (response == NULL) {
        if (stream != NULL)
            forget(stream);
        return MHD_NO;
    }
    lt_server_headers(response);
    (void)MHD_add_response_header(response, "Content-Type", "text/event-stream");
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    enum MHD_Result result = MHD_queue_response(connection, stream != NULL ? 200 : 503, response);
    MHD_destroy_response(response);
    return result;
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
