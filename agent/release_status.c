#include "agent/release_status.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "agent/release_exec.h"
#include "agent/text.h"

json_t *lt_release_status_json(const char *dir, uint64_t runs)
{
    struct lt_switch state = {.starts = 0};
    const enum lt_result result = lt_switch_load(dir, &state);
    json_t *bad = json_array();
    for (size_t i = 0; i < state.bad_count; i++) {
        json_array_append_new(bad,
                              json_pack("{s:I, s:s}", "number", (json_int_t)state.bad[i].number,
                                        "why", lt_back_name(state.bad[i].why)));
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:b, s:o}", "runs", (json_int_t)runs, "installed",
                     (json_int_t)LT_RELEASE_NUMBER, "kept", (json_int_t)state.kept.number, "trying",
                     (json_int_t)state.trying.number, "damaged", result != LT_OK, "bad", bad);
}

static void name(uint64_t number, char ret_text[64])
{
    if (number == LT_RELEASE_NUMBER) {
        snprintf(ret_text, 64, "%s", lt_text("chương trình đã cài đặt", "the installed program"));
    } else {
        snprintf(ret_text, 64, lt_text("bản phát hành %" PRIu64, "release %" PRIu64), number);
    }
}

static uint64_t next_of(const struct lt_switch *state)
{
    return state->kept.number > LT_RELEASE_NUMBER ? state->kept.number : LT_RELEASE_NUMBER;
}

void lt_release_status_print(const char *dir, bool running, uint64_t runs)
{
    struct lt_switch state = {.starts = 0};
    char program[64];
    const enum lt_result result = lt_switch_load(dir, &state);
    if (result == LT_OK && state.kept.number == 0 && state.trying.number == 0 &&
        state.bad_count == 0) {
        return;
    }
    name(running ? runs : next_of(&state), program);
    printf(lt_text("Bản phát hành:    %s", "Release:          %s"), program);
    if (result != LT_OK) {
        printf(lt_text("; releases/switch: %s", "; releases/switch: %s"), lt_text_result(result));
    }
    if (state.trying.number != 0) {
        printf(lt_text("; đang thử bản %" PRIu64 " (đã chạy %" PRIu64 " phút)",
                       "; release %" PRIu64 " is on trial (has run for %" PRIu64 " minutes)"),
               state.trying.number, state.ran_s / 60);
    }
    putchar('\n');
    for (size_t i = 0; i < state.bad_count; i++) {
        if (state.bad[i].number > state.kept.number) {
            printf(lt_text("ĐÃ QUAY LẠI:      bản phát hành %" PRIu64 ": %s\n",
                           "WENT BACK:        release %" PRIu64 ": %s\n"),
                   state.bad[i].number, lt_back_text(state.bad[i].why));
        }
    }
}

void lt_release_status_doctor(struct lt_doctor *doctor, bool running, uint64_t runs, bool allowed)
{
    struct lt_switch state = {.starts = 0};
    char path[PATH_MAX], program[64];
    const enum lt_result result = lt_switch_load(doctor->dir, &state);
    if (!lt_release_can()) {
        return;
    }
    name(running ? runs : next_of(&state), program);
    if (result != LT_OK) {
        lt_doctor_say(doctor, LT_LOOK_RELEASE, LT_DOUBTFUL,
                      lt_text("lần khởi động tới sẽ để nó sang một bên và làm lại từ đầu",
                              "the next start sets it aside and begins anew"),
                      "releases/switch: %s", lt_text_result(result));
        return;
    }
    lt_doctor_say(
        doctor, LT_LOOK_RELEASE, LT_HEALTHY, NULL, "%s%s%s", program,
        state.trying.number != 0 ? lt_text("; đang thử một bản", "; one is on trial") : "",
        allowed ? "" : lt_text("; không nhận bản mới (agent.conf)", "; no new ones (agent.conf)"));
    snprintf(path, sizeof(path), "%s/releases", doctor->dir);
    if (allowed && lt_release_forbidden(path)) {
        lt_doctor_say(
            doctor, LT_LOOK_RELEASE, LT_DOUBTFUL,
            lt_text("gắn lại ổ đĩa không có noexec", "mount its disk without noexec"),
            lt_text("%s: ổ đĩa không cho chạy chương trình", "%s: its disk lets no program run"),
            path);
    }
    for (size_t i = 0; i < state.bad_count; i++) {
        if (state.bad[i].number > state.kept.number) {
            lt_doctor_say(doctor, LT_LOOK_RELEASE, LT_DOUBTFUL,
                          lt_text("báo cho cấp trên; bản sau sẽ được thử",
                                  "tell the operator of the hub; the next release will be tried"),
                          lt_text("đã quay lại từ bản phát hành %" PRIu64 ": %s",
                                  "went back from release %" PRIu64 ": %s"),
                          state.bad[i].number, lt_back_text(state.bad[i].why));
        }
    }
}
