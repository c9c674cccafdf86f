#include "hub/reach.h"

#include <stdio.h>
#include <string.h>

#include "agent/join.h"
#include "hub/config.h"
#include "hub/door.h"

static enum lt_result fail(enum lt_result result, const char *what, const char *why,
                           char *ret_reason)
{
    snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%.100s: %.180s", what, why);
    return result;
}

enum lt_result lt_reach_checked(const char *const *endpoints, size_t count,
                                struct lt_way_up *ret_way, char ret_reason[LT_DIRECT_REASON_MAX])
{
    size_t good = 0;
    for (size_t i = 0; i < count && i < LT_WAY_ENDPOINTS_MAX; i++) {
        if (lt_config_endpoint(endpoints[i], false, ret_way->endpoints[i]) != LT_OK ||
            strncmp(endpoints[i], "tcp://0.0.0.0:", 14) == 0 ||
            strncmp(endpoints[i], "tcp://*:", 8) == 0 ||
            strncmp(endpoints[i], "tcp://[::]:", 11) == 0) {
            return fail(LT_USAGE, endpoints[i],
                        "others cannot reach that; give --endpoint tcp://HOST:PORT", ret_reason);
        }
        good = i + 1;
    }
    ret_way->endpoint_count = good;
    return LT_OK;
}

enum lt_result lt_reach_given(const char *list, struct lt_way_up *ret_way,
                              char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_join_request read = {.endpoint_count = 0};
    const char *endpoints[LT_WAY_ENDPOINTS_MAX];
    while (*list != '\0') {
        char one[LT_ENDPOINT_MAX];
        size_t length = strcspn(list, ",");
        snprintf(one, sizeof(one), "%.*s", (int)(length < sizeof(one) ? length : 0), list);
        if (lt_join_request_endpoint(&read, one, false) != LT_OK) {
            return fail(LT_USAGE, "--endpoint",
                        "is a list of at most 8 tcp://HOST:PORT, with commas between", ret_reason);
        }
        list += length + (list[length] == ',');
    }
    for (size_t i = 0; i < read.endpoint_count; i++) {
        endpoints[i] = read.endpoints[i];
    }
    return lt_reach_checked(endpoints, read.endpoint_count, ret_way, ret_reason);
}

enum lt_result lt_reach_own(const char *dir, struct lt_way_up *ret_way,
                            char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_hub_config config;
    const char *endpoints[LT_CONFIG_PUBLIC_MAX];
    char reason[300] = "";
    enum lt_result result = lt_config_read(dir, &config, reason);
    if (result != LT_OK) {
        return fail(result, "hub.conf", reason, ret_reason);
    }
    for (size_t i = 0; i < config.public_count; i++) {
        endpoints[i] = config.public_endpoints[i];
    }
    size_t count = config.public_count;
    if (count == 0) {
        endpoints[count++] = lt_config_told(&config)->endpoint;
    }
    return lt_reach_checked(endpoints, count, ret_way, ret_reason);
}

enum lt_result lt_reach_own_curve(const char *dir, uint8_t ret_curve[32],
                                  char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_hub_config config;
    char reason[300] = "", why[200] = "";
    enum lt_result result = lt_config_read(dir, &config, reason);
    if (result != LT_OK) {
        return fail(result, "hub.conf", reason, ret_reason);
    }
    result = lt_door_told(dir, &config, ret_curve, why);
    return result == LT_OK ? LT_OK : fail(result, "this hub's keys", why, ret_reason);
}
