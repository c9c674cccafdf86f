#include "agent/doctor.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "proto/letters.h"

enum { TEXT_MAX = 600 };

static const struct {
    const char *word, *vietnamese, *english;
} looks[LT_LOOKS] = {
    [LT_LOOK_FOLDER] = {"folder", "thư mục", "folder"},
    [LT_LOOK_DISK] = {"disk", "ổ đĩa", "disk"},
    [LT_LOOK_CLOCK] = {"clock", "đồng hồ", "clock"},
    [LT_LOOK_SETTINGS] = {"settings", "thiết lập", "settings"},
    [LT_LOOK_STORE] = {"store", "kho", "store"},
    [LT_LOOK_KEYS] = {"keys", "khóa", "keys"},
    [LT_LOOK_PROCESS] = {"process", "chương trình", "process"},
    [LT_LOOK_SERVICE] = {"service", "dịch vụ", "service"},
    [LT_LOOK_LINK] = {"link", "đường truyền", "link"},
    [LT_LOOK_CONTACT] = {"contact", "liên lạc", "contact"},
    [LT_LOOK_DROP] = {"drop", "thư mục thả tệp", "drop folder"},
    [LT_LOOK_RELEASE] = {"release", "bản phát hành", "release"},
};

void lt_doctor_begin(struct lt_doctor *ret_doctor, const char *dir, bool json)
{
    *ret_doctor =
        (struct lt_doctor){.dir = dir, .json = json, .findings = json ? json_array() : NULL};
    lt_doctor_become_owner(dir);
    (void)!sodium_init(); /* where it fails, each key says so */
}

static const char *health_text(enum lt_health health)
{
    switch (health) {
    case LT_HEALTHY:
        return lt_text("TỐT   ", "OK      ");
    case LT_DOUBTFUL:
        return lt_text("LƯU Ý ", "WARNING ");
    case LT_WRONG:
        break;
    }
    return lt_text("SAI   ", "WRONG   ");
}

/* Paths and peers' words may be anything: neither a terminal nor JSON is to take harm. */
static void tame(char *text)
{
    const bool valid = lt_text_valid((const uint8_t *)text, strlen(text), false);
    for (char *at = text; *at != '\0' && !valid; at++) {
        *at = *at < ' ' || *at == 127 ? '?' : *at; /* bytes beyond ASCII are negative */
    }
}

void lt_doctor_say(struct lt_doctor *doctor, enum lt_look look, enum lt_health health,
                   const char *todo, const char *format, ...)
{
    static const char *const words[] = {"ok", "warning", "wrong"};
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    tame(text);
    doctor->counts[health]++;
    if (doctor->json) {
        json_array_append_new(doctor->findings,
                              json_pack("{s:s, s:s, s:s, s:s?}", "check", looks[look].word, "state",
                                        words[health], "text", text, "todo", todo));
        return;
    }
    printf("%s%s: %s\n", health_text(health),
           lt_text_is_english() ? looks[look].english : looks[look].vietnamese, text);
    if (todo != NULL) {
        printf("%s%s\n", lt_text("      → ", "        → "), todo);
    }
    fflush(stdout); /* what comes next may take seconds */
}

int lt_doctor_end(struct lt_doctor *doctor)
{
    const size_t wrong = doctor->counts[LT_WRONG], doubtful = doctor->counts[LT_DOUBTFUL];
    if (doctor->json) {
        json_t *root = json_pack("{s:s, s:s, s:I, s:I, s:o}", "schema", "lienthong-doctor-1", "dir",
                                 doctor->dir, "wrong", (json_int_t)wrong, "warnings",
                                 (json_int_t)doubtful, "findings", doctor->findings);
        if (root == NULL) {
            return lt_options_no_memory();
        }
        json_dumpf(root, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(root);
    } else if (wrong + doubtful > 0) {
        printf(lt_text("%zu điều sai, %zu điều cần lưu ý\n", "%zu wrong, %zu to look at\n"), wrong,
               doubtful);
    }
    return wrong > 0 ? LT_EXIT_UNFINISHED : LT_EXIT_OK;
}
