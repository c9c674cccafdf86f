/* A whole request becomes a question for the pages, and their answer a response. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/web/page.h"
#include "hub/web/server_own.h"

enum { GZIP_FROM_BYTES = 1024, GZIP_LEVEL = 5, ETAG_MAX = 40, PEER_MAX = 48 };

/* Nothing from elsewhere, nothing inline, nobody frames us. */
static const char POLICY[] =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

void lt_server_headers(struct MHD_Response *response)
{
    (void)MHD_add_response_header(response, "Content-Security-Policy", POLICY);
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Referrer-Policy", "same-origin");
    (void)MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    (void)MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* ---- Who asks ---- */

struct question {
    struct lt_asked asked;
    struct lt_account account; /* copies: others may change theirs meanwhile */
    struct lt_session session;
    struct lt_url_params cookies;
    char peer[PEER_MAX];
    bool set_language;
};

static void read_peer(struct MHD_Connection *connection, char ret_peer[PEER_MAX])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr_in *at = info != NULL ? (const void *)info->client_addr : NULL;
    if (at == NULL || at->sin_family != AF_INET ||
        inet_ntop(AF_INET, &at->sin_addr, ret_peer, PEER_MAX) == NULL)
        (void)snprintf(ret_peer, PEER_MAX, "?");
}

/* Behind a proxy of this machine: the last that it says, which it wrote itself. */
static void read_forwarded(struct MHD_Connection *connection, char ret_peer[PEER_MAX])
{
    const char *said = header(connection, "X-Forwarded-For");
    const char *last = said != NULL ? strrchr(said, ',') : NULL;
    struct in6_addr address;
    if (said == NULL || strncmp(ret_peer, "127.", 4) != 0)
        return;
    last = last != NULL ? last + 1 : said;
    last += strspn(last, " ");
    if (inet_pton(AF_INET, last, &address) == 1 || inet_pton(AF_INET6, last, &address) == 1)
        (void)snprintf(ret_peer, PEER_MAX, "%s", last);
}

static void read_person(struct lt_web *web, struct question *question)
{
    static const struct lt_account everybody = {.name = "-", .role = LT_WEB_ADMIN, .names = true};
    const struct lt_account *account = NULL;
    struct lt_asked *asked = &question->asked;
    char reason[LT_ACCOUNTS_REASON_MAX];
    if (web->settings.shown)
        return;
    if (web->settings.open) {
        asked->who = &everybody;
        asked->names = true;
        return;
    }
    if (lt_accounts_refresh(web->settings.dir, &web->accounts, reason) != LT_OK)
        lt_web_log("%s", reason);
    const char *token =
        lt_url_param(&question->cookies, web->settings.secure ? "__Host-session" : "session");
    const struct lt_session *session =
        token == NULL
            ? NULL
            : lt_session_find(web->sessions, &web->accounts, token, lt_clock_monotonic(), &account);
    if (session == NULL)
        return;
    question->session = *session;
    question->account = *account;
    asked->session = &question->session;
    asked->who = &question->account;
    asked->names = account->names;
}

static void read_language(struct question *question)
{
    const char *said = lt_asked_param(&question->asked, "lang");
    const char *kept = lt_url_param(&question->cookies, "lang");
    question->set_language = said != NULL && (strcmp(said, "en") == 0 || strcmp(said, "vi") == 0);
    const char *language = question->set_language ? said : kept;
    question->asked.english = language != NULL && strcmp(language, "en") == 0;
}

/* A form of another site cannot be sent here: browsers say where it comes from. */
static bool is_from_here(struct lt_server *server, struct MHD_Connection *connection)
{
    const char *origin = header(connection, "Origin"), *site = header(connection, "Sec-Fetch-Site");
    const char *host = header(connection, "Host");
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    if (origin == NULL)
        return true; /* no browser of today; its cookie is SameSite, and the token is asked for */
    const char *rest = strstr(origin, "://");
    (void)server; /* behind a proxy the scheme is another */
    return host != NULL && rest != NULL && strcasecmp(rest + 3, host) == 0;
}

/* Without accounts the page of another site must not reach us under a name of its own that leads here. */
static bool is_local(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
        const size_t size = strlen(names[i]);
        if (strncasecmp(host, names[i], size) == 0 && (host[size] == '\0' || host[size] == ':'))
            return true;
    }
    return false;
}

/* ---- The response ---- */

static bool gzip(struct lt_out *body)
{
    z_stream stream = {.next_in = (Bytef *)body->bytes, .avail_in = (uInt)body->size};
    struct lt_out packed = {.bytes = NULL};
    char some[16384];
    int state = Z_OK;
    if (body->size > UINT32_MAX / 2 ||
        deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    while (state == Z_OK) {
        stream.next_out = (Bytef *)some;
        stream.avail_out = sizeof some;
        state = deflate(&stream, Z_FINISH);
        lt_out_bytes(&packed, some, sizeof some - stream.avail_out);
    }
    (void)deflateEnd(&stream);
    if (state != Z_STREAM_END || packed.failed) {
        lt_out_free(&packed);
        return false;
    }
    lt_out_free(body);
    *body = packed;
    return true;
}

static bool packs(struct MHD_Connection *connection, const struct lt_answer *answer)
{
    const char *accepted = header(connection, "Accept-Encoding");
    return accepted != NULL && strstr(accepted, "gzip") != NULL &&
           answer->body.size >= GZIP_FROM_BYTES && strstr(answer->type, "spreadsheet") == NULL;
}

/* Of all that the answer says: the same bytes have the same. */
static void etag_of(const struct lt_answer *answer, char ret_etag[ETAG_MAX])
{
    struct lt_hash hash;
    char hex[65];
    lt_hash_of(answer->body.bytes, answer->body.size, &hash);
    lt_hex(hash.bytes, 16, hex);
    (void)snprintf(ret_etag, ETAG_MAX, "W/\"%.32s\"", hex);
}

static void add_headers(struct MHD_Response *response, const struct lt_answer *answer,
                        const char *etag, bool packed)
{
    char value[160];
    lt_server_headers(response);
    (void)MHD_add_response_header(response, "Content-Type", answer->type);
    (void)MHD_add_response_header(response, "Vary", "Accept-Encoding, Cookie");
    (void)MHD_add_response_header(response, "Cache-Control",
                                  answer->kept     ? "public, max-age=300"
                                  : answer->secret ? "no-store"
                                                   : "private, no-cache");
    if (etag[0] != '\0')
        (void)MHD_add_response_header(response, "ETag", etag);
    if (packed)
        (void)MHD_add_response_header(response, "Content-Encoding", "gzip");
    if (answer->location[0] != '\0')
        (void)MHD_add_response_header(response, "Location", answer->location);
    if (answer->retry_after_s != 0) {
        (void)snprintf(value, sizeof value, "%u", answer->retry_after_s);
        (void)MHD_add_response_header(response, "Retry-After", value);
    }
    if (answer->file[0] != '\0') {
        (void)snprintf(value, sizeof value, "attachment; filename=\"%s\"", answer->file);
        (void)MHD_add_response_header(response, "Content-Disposition", value);
    }
    for (size_t i = 0; i < 2; i++)
        if (answer->cookies[i][0] != '\0')
            (void)MHD_add_response_header(response, "Set-Cookie", answer->cookies[i]);
}

/* A body on its way, for as long as the library has it. */
struct body {
    struct lt_server *server;
    size_t size;
    char *bytes;
};

static void body_gone(void *context)
{
    struct body *body = context;
    pthread_mutex_lock(&body->server->lock);
    body->server->answer_bytes -= body->size;
    pthread_mutex_unlock(&body->server->lock);
    free(body->bytes);
    free(body);
}

/* Small ones always go. */
static bool has_room(struct lt_server *server, size_t size)
{
    pthread_mutex_lock(&server->lock);
    const bool room =
        size < LT_SERVER_LARGE_BYTES || server->answer_bytes + size <= LT_SERVER_ANSWERS_BYTES_MAX;
    if (room)
        server->answer_bytes += size;
    pthread_mutex_unlock(&server->lock);
    return room;
}

/* Takes the answer's body. NULL: no memory, or no room. */
static struct MHD_Response *response_of(struct lt_server *server, struct lt_answer *answer)
{
    if (answer->body.bytes == NULL)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    struct body *body = malloc(sizeof *body);
    if (body == NULL || !has_room(server, answer->body.size)) {
        free(body);
        return NULL;
    }
    *body = (struct body){server, answer->body.size, answer->body.bytes};
    answer->body = (struct lt_out){.bytes = NULL};
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        body->size, body->bytes, body_gone, body);
    if (response == NULL)
        body_gone(body);
    return response;
}

static void say_full(struct lt_answer *answer)
{
    static const char words[] = "too much is on its way to others; ask again later\n";
    lt_out_free(&answer->body);
    *answer = (struct lt_answer){.status = 503, .type = "text/plain; charset=utf-8"};
    answer->retry_after_s = 30;
    lt_out_raw(&answer->body, words);
}

static enum MHD_Result respond(struct lt_server *server, struct MHD_Connection *connection,
                               struct lt_answer *answer)
{
    char etag[ETAG_MAX] = "";
    const char *known = header(connection, "If-None-Match");
    if (answer->status == 200 && answer->body.size > 0 && !answer->secret)
        etag_of(answer, etag);
    if (etag[0] != '\0' && known != NULL && strstr(known, etag) != NULL) {
        lt_out_free(&answer->body);
        answer->status = 304;
    }
    bool packed = answer->status == 200 && packs(connection, answer) && gzip(&answer->body);
    size_t size = answer->body.size;
    struct MHD_Response *response = response_of(server, answer);
    if (response == NULL) {
        say_full(answer);
        etag[0] = '\0';
        packed = false;
        size = answer->body.size;
        response = response_of(server, answer);
    }
    if (response == NULL)
        return MHD_NO;
    add_headers(response, answer, etag, packed);
    lt_server_line(server, connection, true,
                   LT_SERVER_ANSWER_MS + (lt_ms)(size / LT_SERVER_BYTES_A_S) * 1000);
    enum MHD_Result result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- One question ---- */

static unsigned understand(struct lt_server *server, struct MHD_Connection *connection,
                           const char *method, const struct lt_request *request,
                           struct question *question)
{
    char path[LT_URL_BYTES_MAX + 1];
    struct lt_asked *asked = &question->asked;
    const char *cookies = header(connection, "Cookie"), *type = header(connection, "Content-Type");
    size_t size = strcspn(request->address, "?");
    if (server->web.settings.open && !is_local(header(connection, "Host")))
        return 421;
    if (cookies != NULL)
        (void)lt_url_params_read(cookies, strlen(cookies), ';', &question->cookies);
    if (size > LT_URL_BYTES_MAX || request->too_large)
        return request->too_large ? 413 : 414;
    memcpy(path, request->address, size);
    path[size] = '\0';
    enum lt_result result = lt_url_read(
        path, request->address[size] == '?' ? request->address + size + 1 : NULL, &asked->url);
    if (result != LT_OK)
        return result == LT_TOO_LARGE ? 414 : 400;
    read_language(question);
    asked->post = strcmp(method, "POST") == 0;
    if (!asked->post)
        return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ? 0 : 405;
    if (!is_from_here(server, connection))
        return 403;
    if (type == NULL || strncmp(type, "application/x-www-form-urlencoded", 33) != 0)
        return 415;
    return lt_url_params_read(request->body, request->body_size, '&', &asked->form) == LT_OK ? 0
                                                                                             : 400;
}

static void refuse(struct question *question, struct lt_answer *answer, unsigned status)
{
    question->asked.url.part_count = 0; /* nothing of it is believed */
    question->asked.url.params.count = 0;
    lt_answer_trouble(
        &question->asked, answer, status,
        status == 414   ? lt_text("Địa chỉ quá dài.", "The address is too long.")
        : status == 413 ? lt_text("Gửi quá nhiều.", "Too much was sent.")
        : status == 421 ? lt_text("Trang này chỉ mở ở 127.0.0.1 hoặc localhost.",
                                  "These pages are at 127.0.0.1 or localhost only.")
        : status == 405 ? lt_text("Không nhận cách hỏi này.", "No such method here.")
        : status == 403
            ? lt_text("Yêu cầu gửi từ trang khác.", "The form is of another site.")
            : lt_text("Không hiểu được câu hỏi.", "The question cannot be understood."));
}

static void ask_pages(struct lt_server *server, struct question *question, unsigned wrong,
                      struct lt_answer *answer)
{
    struct lt_web *web = &server->web;
    pthread_mutex_lock(&web->lock);
    lt_text_thread_language(question->asked.english ? "en" : "vi");
    lt_web_look(web);
    read_person(web, question);
    if (wrong != 0)
        refuse(question, answer, wrong);
    else
        lt_web_answer(&question->asked, answer);
    web->counts.answers[answer->status / 100 % 6]++;
    pthread_mutex_unlock(&web->lock);
    lt_text_thread_language(NULL);
    if (question->set_language)
        (void)snprintf(answer->cookies[1], LT_COOKIE_MAX,
                       "lang=%s; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax",
                       question->asked.english ? "en" : "vi");
}

/* News are for who may log in; the public pages are looked at anew. */
static enum MHD_Result stream(struct lt_server *server, struct MHD_Connection *connection,
                              struct question *question)
{
    struct lt_web *web = &server->web;
    pthread_mutex_lock(&web->lock);
    read_person(web, question);
    pthread_mutex_unlock(&web->lock);
    const struct lt_account *who = question->asked.who;
    return who != NULL ? lt_server_stream(server, connection, who->name)
                       : lt_server_no_stream(connection, 401);
}

enum MHD_Result lt_server_answer(struct lt_server *server, struct MHD_Connection *connection,
                                 const char *method, struct lt_request *request)
{
    struct question *question = calloc(1, sizeof *question);
    struct lt_answer *answer = calloc(1, sizeof *answer);
    enum MHD_Result result = MHD_NO;
    if (question != NULL && answer != NULL) {
        read_peer(connection, question->peer);
        if (server->web.settings.proxied)
            read_forwarded(connection, question->peer);
        question->asked.web = &server->web;
        question->asked.address = request->address;
        question->asked.peer = question->peer;
        unsigned wrong = understand(server, connection, method, request, question);
        const struct lt_url *url = &question->asked.url;
        if (wrong == 0 && url->part_count == 1 && strcmp(url->parts[0], "events") == 0 &&
            !question->asked.post) {
            result = stream(server, connection, question);
        } else {
            ask_pages(server, question, wrong, answer);
            result = respond(server, connection, answer);
        }
        lt_out_free(&answer->body);
        sodium_memzero(&question->asked.form, sizeof question->asked.form);
    }
    free(question);
    free(answer);
    return result;
}
