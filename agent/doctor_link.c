/* doctor: the way to a hub, step by step: its name, TCP, what answers there, and whether that is the hub. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"
#include "agent/doctor.h"
#include "agent/reach.h"
#include "agent/text.h"

enum {
    HANDSHAKE_MS = 12000,
    HOST_MAX = 256,
    WHY_MAX = 240,
    PROBES_MAX = 8, /* as many as a site knows */
};

struct probe {
    const char *endpoint;
    char why[WHY_MAX]; /* "": it works */
    const char *todo;
};

static bool fail(struct probe *probe, const char *todo, const char *why)
{
    snprintf(probe->why, sizeof(probe->why), "%s", why);
    probe->todo = todo;
    return false;
}

static bool split(const char *endpoint, char ret_host[HOST_MAX], char ret_port[8])
{
    const char *host = endpoint + 6, *colon = strrchr(endpoint, ':');
    if (strncmp(endpoint, "tcp://", 6) != 0 || colon == NULL || colon <= host ||
        colon - host >= HOST_MAX || strlen(colon + 1) >= 8) {
        return false;
    }
    const bool bracketed = host[0] == '[' && colon[-1] == ']';
    snprintf(ret_host, HOST_MAX, "%.*s", (int)(colon - host) - 2 * bracketed, host + bracketed);
    snprintf(ret_port, 8, "%s", colon + 1);
    return true;
}

static bool say_no_name(struct probe *probe, const char *host, const char *because)
{
    char why[WHY_MAX];
    snprintf(why, sizeof(why),
             lt_text("không tìm được địa chỉ của %.120s: %s", "the name %.120s has no address: %s"),
             host, because);
    return fail(
        probe,
        lt_text("xem mạng và DNS của máy này; nếu mạng vẫn tốt, hỏi cấp trên tên đó còn dùng không",
                "look at this machine's network and DNS; if these are well, ask the hub's "
                "operator whether the name still holds"),
        why);
}

static bool say_no_connection(struct probe *probe, int error)
{
    char why[WHY_MAX];
    snprintf(why, sizeof(why), lt_text("không nối được TCP: %s", "no TCP connection: %s"),
             lt_text_errno(error));
    return fail(probe,
                error == ECONNREFUSED
                    ? lt_text("máy đó có nhưng không ai trả lời ở cổng này: hỏi cấp trên máy "
                              "chủ có đang chạy không",
                              "the machine is there, but nobody answers at that port: ask the "
                              "operator whether the hub runs")
                    : lt_text("tường lửa, modem hoặc đường truyền chặn: thử mở trang web khác, "
                              "rồi hỏi cấp trên",
                              "a firewall, router or line is in the way: try another site, then "
                              "ask the operator"),
                why);
}

/* A ZeroMQ peer speaks first: ten bytes, FF … 7F. */
static bool greets(struct probe *probe)
{
    char host[HOST_MAX], port[8], because[LT_REACH_WHY_MAX] = "";
    uint8_t greeting[10];
    size_t size = 0;
    int error = 0;
    if (!split(probe->endpoint, host, port)) {
        return fail(probe, lt_text("xin mã mời mới", "ask for a new code"),
                    lt_text("không có dạng tcp://máy:cổng", "it is not tcp://host:port"));
    }
    const enum lt_result result =
        lt_reach(host, port, greeting, sizeof(greeting), &size, &error, because);
    if (result != LT_OK) {
        return result == LT_NOT_FOUND ? say_no_name(probe, host, because)
                                      : say_no_connection(probe, error);
    }
    if (size == sizeof(greeting) && greeting[0] == 0xff && (greeting[9] & 1) != 0) {
        return true;
    }
    return fail(
        probe,
        lt_text("kiểm tra lại địa chỉ và cổng với cấp trên; có thể một proxy đứng giữa",
                "check address and port with the operator; a proxy may stand between"),
        size == 0
            ? lt_text(
                  "nối được TCP nhưng bên kia im lặng: không phải máy chủ Liên thông, hoặc quá bận",
                  "TCP connects, but the other side is silent: no hub, or too busy")
            : lt_text("nối được TCP nhưng bên kia là chương trình khác",
                      "TCP connects, but another program answers there"));
}

static enum lt_link_event await(struct lt_link *link)
{
    const lt_ms until = lt_clock_monotonic() + HANDSHAKE_MS;
    enum lt_link_event event = LT_LINK_NOTHING;
    for (lt_ms now = until - HANDSHAKE_MS; event == LT_LINK_NOTHING && now < until;
         now = lt_clock_monotonic()) {
        zmq_pollitem_t wait = {.socket = link->monitor, .events = ZMQ_POLLIN};
        event = zmq_poll(&wait, 1, (long)(until - now)) > 0 ? lt_link_next_event(link)
                                                            : LT_LINK_NOTHING;
    }
    return event;
}

static bool shake(struct probe *probe, void *context, const struct lt_link_keys *keys)
{
    struct lt_link link;
    enum lt_link_event event = LT_LINK_DOWN;
    if (lt_link_open(&link, context, probe->endpoint, keys) == LT_OK) {
        event = await(&link);
    }
    char why[WHY_MAX];
    snprintf(why, sizeof(why), "%s", link.trouble);
    lt_link_close(&link);
    if (event == LT_LINK_UP) {
        return true;
    }
    if (event == LT_LINK_UNWANTED) {
        return fail(
            probe,
            lt_text("hỏi cấp trên khóa của máy này có bị thu hồi không; xin mã mời mới rồi `join`",
                    "ask the operator whether this machine's key was revoked; ask for "
                    "a new code and `join`"),
            why);
    }
    return fail(
        probe,
        lt_text("máy chủ ở đó không có khóa đã ghim khi tham gia: hỏi cấp trên máy chủ có được cài "
                "lại không; "
                "đừng tham gia lại nếu chưa gọi điện xác nhận",
                "what is there does not hold the key pinned when joining: ask the operator "
                "whether the hub was made anew; do not join again before a call has confirmed it"),
        why[0] != '\0' ? why : lt_text("bắt tay không xong", "the handshake did not end"));
}

void lt_doctor_link(struct lt_doctor *doctor, const struct lt_doctor_way *way)
{
    struct probe probes[PROBES_MAX];
    const size_t count = way->count < PROBES_MAX ? way->count : PROBES_MAX;
    void *context = lt_link_context();
    size_t working = 0;
    if (context == NULL) {
        (void)lt_options_no_memory();
        return;
    }
    for (size_t i = 0; i < count; i++) {
        probes[i] = (struct probe){.endpoint = way->endpoints[i]};
        if (greets(&probes[i]) && way->have_keys) {
            (void)shake(&probes[i], context, &way->keys);
        }
        working += probes[i].why[0] == '\0';
    }
    lt_link_context_free(context);
    for (size_t i = 0; i < count; i++) {
        if (probes[i].why[0] != '\0') {
            lt_doctor_say(doctor, LT_LOOK_LINK, working > 0 ? LT_DOUBTFUL : way->when_none,
                          probes[i].todo, "%s (%s): %s", way->whose, probes[i].endpoint,
                          probes[i].why);
        } else if (way->have_keys) {
            lt_doctor_say(
                doctor, LT_LOOK_LINK, LT_HEALTHY, NULL,
                lt_text("%s (%s): nối được, đúng khóa đã ghim, nhận máy này",
                        "%s (%s): reached, it holds the pinned key and admits this machine"),
                way->whose, probes[i].endpoint);
        } else {
            lt_doctor_say(doctor, LT_LOOK_LINK, LT_DOUBTFUL,
                          lt_text("mất khóa thì không thử tiếp được",
                                  "without the keys no more can be tried"),
                          lt_text("%s (%s): có máy chủ trả lời", "%s (%s): a hub answers"),
                          way->whose, probes[i].endpoint);
        }
    }
}
