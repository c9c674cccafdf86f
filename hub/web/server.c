#include "hub/web/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/text.h"
#include "hub/behind.h"
#include "hub/roster.h"
#include "hub/web/fleet.h"
#include "hub/web/server_own.h"

enum { BEAT_EVERY_MS = 15000, PEM_BYTES_MAX = 64 * 1024, IDLE_S = 60 };

void lt_web_log(const char *format, ...)
{
    char line[700];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    lt_daemon_log(LT_LOG_INFO, "web: %s", line);
}

/* ---- Connections ---- */

/* What becomes of the line of `fd`; -1: of one that is free, if there is any. */
static void set_line(struct lt_server *server, int fd, struct lt_call call)
{
    size_t at = 0;
    pthread_mutex_lock(&server->lock);
    while (at < LT_SERVER_CONNECTIONS_MAX && server->lines[at].fd != fd)
        at++;
    if (at < LT_SERVER_CONNECTIONS_MAX)
        server->lines[at] = call;
    pthread_mutex_unlock(&server->lock);
}

static int fd_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

void lt_server_line(struct lt_server *server, struct MHD_Connection *connection, bool answers,
                    lt_ms allowed_ms)
{
    const int fd = fd_of(connection);
    const lt_ms until = allowed_ms == 0 ? 0 : lt_clock_monotonic() + allowed_ms;
    if (fd >= 0)
        set_line(server, fd, (struct lt_call){fd, until, answers});
}

static void connection_notice(void *context, struct MHD_Connection *connection,
                              void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    const int fd = fd_of(connection);
    if (fd < 0)
        return;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = context;
        set_line(context, -1,
                 (struct lt_call){fd, lt_clock_monotonic() + LT_SERVER_QUESTION_MS, false});
    } else {
        set_line(context, fd, (struct lt_call){-1, 0, false});
    }
}

/* ---- Requests ---- */

static void *request_begins(void *context, const char *address, struct MHD_Connection *connection)
{
    (void)context;
    (void)connection;
    struct lt_request *request = calloc(1, sizeof *request);
    if (request != NULL)
        request->address = strdup(address);
    return request;
}

static void request_ends(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct lt_request *request = *state;
    (void)code;
    if (request != NULL) {
        free(request->address);
        sodium_memzero(request->body, sizeof request->body);
        free(request);
    }
    *state = NULL;
    lt_server_line(context, connection, false, LT_SERVER_QUESTION_MS);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    struct lt_server *server = context;
    struct lt_request *request = *state;
    (void)url;
    (void)version;
    if (request == NULL || request->address == NULL)
        return MHD_NO;
    if (!request->begun) {
        request->begun = true;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        if (request->body_size + *upload_size > LT_SERVER_BODY_BYTES_MAX)
            request->too_large = true;
        else
            memcpy(request->body + request->body_size, upload, *upload_size);
        request->body_size += request->too_large ? 0 : *upload_size;
        *upload_size = 0;
        return MHD_YES;
    }
    lt_server_line(server, connection, false, 0);
    return lt_server_answer(server, connection, method, request);
}

/* ---- Beginning and end ---- */

static char *read_pem(const char *path, char ret_reason[300])
{
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    char *text = file != NULL ? calloc(1, PEM_BYTES_MAX) : NULL;
    size_t size = text != NULL ? fread(text, 1, PEM_BYTES_MAX - 1, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    if (size > 0 && size < PEM_BYTES_MAX - 1)
        return text;
    free(text);
    (void)snprintf(ret_reason, 300, "%.200s: %s", path,
                   lt_text("không đọc được chứng thư hoặc khóa", "cannot read certificate or key"));
    return NULL;
}

/* PEM texts; both NULL without TLS. To be given back to pems_free. */
struct pems {
    char *certificate, *key;
};

static void pems_free(struct pems *pems)
{
    if (pems->key != NULL)
        sodium_memzero(pems->key, PEM_BYTES_MAX);
    free(pems->certificate);
    free(pems->key);
}

static enum lt_result pems_read(const struct lt_server_settings *settings, struct pems *ret_pems,
                                char ret_reason[300])
{
    *ret_pems = (struct pems){NULL, NULL};
    if (settings->certificate == NULL)
        return LT_OK;
    ret_pems->certificate = read_pem(settings->certificate, ret_reason);
    ret_pems->key = ret_pems->certificate != NULL ? read_pem(settings->key, ret_reason) : NULL;
    return ret_pems->key != NULL ? LT_OK : LT_IO;
}

/* Connections of one address; 0: any number. All readers of a proxy have one, and so have those of this machine. */
static unsigned of_one_address(const struct lt_server_settings *settings)
{
    return settings->web.proxied || strncmp(settings->address, "127.", 4) == 0
               ? 0
               : (unsigned)LT_SERVER_OF_ONE_ADDRESS_MAX;
}

/* At the settings' address, or beside another daemon at its socket (`socket` not -1; the new one's to close). */
/* `socket` (-1: one is made) is closed when this fails, by the library too. */
static enum lt_result listen_at(struct lt_server *server, const struct lt_server_settings *settings,
                                const struct pems *pems, int socket, struct MHD_Daemon **ret_daemon,
                                char ret_reason[300])
{
    char *certificate = pems->certificate, *key = pems->key;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(settings->port)};
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, key},
                                   {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem there[] = {{MHD_OPTION_LISTEN_SOCKET, socket, NULL},
                                     {MHD_OPTION_END, 0, NULL}};
    if (inet_pton(AF_INET, settings->address, &at.sin_addr) != 1) {
        (void)snprintf(ret_reason, 300, "%.60s: %s", settings->address,
                       lt_text("không phải địa chỉ IPv4", "no IPv4 address"));
        if (socket >= 0)
            (void)close(socket);
        return LT_USAGE;
    }
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
            (certificate != NULL ? (unsigned)MHD_USE_TLS : 0),
        settings->port, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, &at,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)LT_SERVER_THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)LT_SERVER_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)LT_SERVER_HEAD_BYTES_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_URI_LOG_CALLBACK, request_begins, server, MHD_OPTION_NOTIFY_COMPLETED,
        request_ends, server, MHD_OPTION_NOTIFY_CONNECTION, connection_notice, server,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        of_one_address(settings), MHD_OPTION_ARRAY, certificate != NULL ? tls : none,
        MHD_OPTION_ARRAY, socket >= 0 ? there : none, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        daemon != NULL ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (info == NULL) {
        (void)snprintf(ret_reason, 300, "%.60s:%u: %s", settings->address, settings->port,
                       certificate != NULL
                           ? lt_text("không nghe được ở đó, hoặc chứng thư hay khóa không đúng",
                                     "cannot listen there, or certificate or key are not good")
                           : lt_text("không nghe được ở đó", "cannot listen there"));
        return LT_NETWORK;
    }
    if (socket < 0)
        server->port = info->port;
    *ret_daemon = daemon;
    return LT_OK;
}

static enum lt_result open_all(struct lt_server *server, const struct lt_server_settings *settings,
                               char ret_reason[300])
{
    struct lt_web *web = &server->web;
    char reason[LT_FORM_REASON_MAX] = "";
    web->settings = settings->web;
    web->sessions = lt_sessions_new();
    web->behind = lt_behind_new();
    enum lt_result result = web->sessions == NULL || web->behind == NULL ? LT_NO_MEMORY : LT_OK;
    if (result == LT_OK)
        result = lt_accounts_load(settings->web.dir, &web->accounts, reason);
    if (result == LT_OK && settings->web.shown)
        result = lt_shown_key_open(settings->web.dir, &web->shown_key, reason);
    if (result == LT_OK)
        result = lt_form_store_open(settings->web.forms, &web->forms, reason);
    if (result == LT_OK)
        result = lt_follower_new(settings->web.dir, lt_server_news, server, &web->follower, reason);
    if (result != LT_OK) {
        (void)snprintf(ret_reason, 300, "%.290s",
                       reason[0] != '\0' ? reason : lt_text_result(result));
        return result;
    }
    web->ledger = lt_follower_ledger(web->follower);
    return LT_OK;
}

enum lt_result lt_server_start(const struct lt_server_settings *settings,
                               struct lt_server **ret_server, char ret_reason[300])
{
    struct lt_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return LT_NO_MEMORY;
    pthread_mutex_init(&server->lock, NULL);
    pthread_mutex_init(&server->web.lock, NULL);
    for (size_t i = 0; i < LT_SERVER_CONNECTIONS_MAX; i++)
        server->lines[i].fd = -1;
    struct pems pems = {NULL, NULL};
    enum lt_result result = open_all(server, settings, ret_reason);
    if (result == LT_OK)
        result = pems_read(settings, &pems, ret_reason);
    (void)snprintf(server->origin_scheme, sizeof server->origin_scheme, "%s",
                   pems.certificate != NULL ? "https://" : "http://");
    if (result == LT_OK)
        result = listen_at(server, settings, &pems, -1, &server->daemon, ret_reason);
    pems_free(&pems);
    if (result == LT_OK)
        *ret_server = server;
    else
        lt_server_stop(server);
    return result;
}

/* The new daemon takes connections at the same socket before the old one ends, so nobody is turned away. */
enum lt_result lt_server_reload(struct lt_server *server, const struct lt_server_settings *settings,
                                char ret_reason[300])
{
    struct pems pems;
    struct MHD_Daemon *former = server->daemon, *daemon = NULL;
    enum lt_result result = pems_read(settings, &pems, ret_reason);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(former, MHD_DAEMON_INFO_LISTEN_FD);
    const int socket = info != NULL ? fcntl(info->listen_fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (result == LT_OK)
        result =
            socket < 0 ? LT_IO : listen_at(server, settings, &pems, socket, &daemon, ret_reason);
    else if (socket >= 0)
        (void)close(socket);
    pems_free(&pems);
    if (result != LT_OK)
        return result;
    pthread_mutex_lock(&server->lock);
    server->daemon = daemon;
    server->generation++; /* streams of the former one end */
    pthread_mutex_unlock(&server->lock);
    const int left = MHD_quiesce_daemon(former);
    lt_server_resume(server);
    MHD_stop_daemon(former);
    if (left >= 0)
        (void)close(left);
    return LT_OK;
}

uint16_t lt_server_port(const struct lt_server *server)
{
    return server->port;
}

void lt_server_tend(struct lt_server *server)
{
    lt_ms now = lt_clock_monotonic();
    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < LT_SERVER_CONNECTIONS_MAX; i++) {
        struct lt_call *line = &server->lines[i];
        if (line->fd >= 0 && line->until != 0 && now > line->until) {
            (void)shutdown(line->fd,
                           SHUT_RDWR); /* closed, and taken from the list, by its thread */
            line->until = 0;
            server->web.counts.slow_readers += line->answers ? 1 : 0;
        }
    }
    bool beat = now / BEAT_EVERY_MS != server->beats;
    server->beats = now / BEAT_EVERY_MS;
    pthread_mutex_unlock(&server->lock);
    if (beat)
        lt_server_resume(server);
}

void lt_server_stop(struct lt_server *server)
{
    if (server == NULL)
        return;
    pthread_mutex_lock(&server->lock);
    server->ending = true;
    pthread_mutex_unlock(&server->lock);
    lt_follower_free(server->web.follower);
    lt_server_resume(server);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    lt_behind_free(server->web.behind);
    lt_fleet_free(server->web.fleet);
    lt_roster_close(server->web.roster);
    lt_form_store_close(&server->web.forms);
    lt_accounts_free(&server->web.accounts);
    lt_sessions_free(server->web.sessions);
    pthread_mutex_destroy(&server->web.lock);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
