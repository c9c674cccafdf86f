/* release_switch.h - which release of the program this PC runs, tries, and went back from: `dir`/releases/switch.
 *
 * A small text with a check of itself, written beside and renamed into place, and durable when lt_switch_save returns
 * LT_OK. Whoever changes it holds the folder's lock (lt_daemon_lock). The decisions are made here and read no clock:
 * running time comes in as seconds (docs/decisions/0036-fleet.md). One thread. */
#ifndef LT_RELEASE_SWITCH_H
#define LT_RELEASE_SWITCH_H

#include "proto/ids.h"
#include "proto/result.h"

enum {
    LT_SWITCH_BAD_MAX = 16, /* of more, the least of the others is forgotten */
    LT_SWITCH_STARTS_MAX = 3,
    LT_SWITCH_KEPT_STARTS_MAX =
        10, /* of one that is kept; then the installed program has a start */
    LT_SWITCH_EARLY_S = 3600, /* a start that has served for so long did not end early */
    LT_SWITCH_BYTES_MAX = 2048,
};

/* The number of the release that this program was built as; 0: none. What is installed is taken for no less. */
#ifndef LT_RELEASE_NUMBER
#define LT_RELEASE_NUMBER 0
#endif

/* Why a release was gone back from. The file and JSON have the word of it (lt_back_name). */
enum lt_back {
    LT_BACK_PROBE, /* it did not pass the trial before the switch */
    LT_BACK_FILE, /* it could not be started, or is not what was tried */
    LT_BACK_STARTS, /* its starts ended early */
    LT_BACK_STORE, /* it could not open the store */
    LT_BACK_TIME, /* no receipt of the top in the running time that it had */
    LT_BACKS
};

struct lt_switch_program {
    uint64_t number; /* 0: none; of `kept`: the installed program */
    struct lt_hash hash; /* of the program's file */
};

struct lt_switch {
    struct lt_switch_program kept, trying;
    uint32_t
        starts; /* of `trying`, else of `kept`, in a row and without those that were asked to end */
    uint64_t ran_s; /* for how long it has run in all */
    uint64_t lacking; /* updates that the top had not counted at the switch */
    size_t bad_count;
    struct {
        uint64_t number;
        enum lt_back why;
    } bad[LT_SWITCH_BAD_MAX]; /* ascending */
};

/* LT_OK also where there is none: all zeros. LT_CORRUPT: it is damaged; LT_IO. Else *ret_switch is untouched. */
enum lt_result lt_switch_load(const char *dir, struct lt_switch *ret_switch);
/* Makes `dir`/releases where it is missing. LT_NO_SPACE, LT_IO: the former one is still there, whole. */
enum lt_result lt_switch_save(const char *dir, const struct lt_switch *state);
/* Sets a damaged one aside, as `switch.damaged`, for people; what it knew is lost. */
enum lt_result lt_switch_set_aside(const char *dir);

/* May this release be tried? Not when it, or a greater one, is kept or installed, nor when it was gone back from, nor
 * beside another that is tried. */
bool lt_switch_may_try(const struct lt_switch *state, uint64_t number, uint64_t installed);
void lt_switch_try(struct lt_switch *state, const struct lt_switch_program *program,
                   uint64_t lacking);
/* The one that is tried is kept from now on. */
void lt_switch_keep(struct lt_switch *state);
/* The one that is tried is bad. */
void lt_switch_go_back(struct lt_switch *state, enum lt_back why);
/* A release that never came to be tried is bad. */
void lt_switch_condemn(struct lt_switch *state, uint64_t number, enum lt_back why);
/* At a start: which program is to run? NULL: the installed one. Counts the start, or goes back from one that is tried. One
 * that is kept gives way for one start when so many of its own have ended early. *ret_changed: it is to be saved first;
 * where that fails, none that is tried runs. */
const struct lt_switch_program *lt_switch_choose(struct lt_switch *state, uint64_t installed,
                                                 uint64_t trial_s, bool *ret_changed);
/* It has run for so long since its start, of which `before_s` were saved earlier. */
void lt_switch_ran(struct lt_switch *state, uint64_t since_start_s, uint64_t before_s);
/* It was asked to end: this start does not count. */
void lt_switch_asked(struct lt_switch *state);
/* 0: none. */
uint64_t lt_switch_greatest_bad(const struct lt_switch *state);

/* "probe", "file", "starts", "store", "time". */
const char *lt_back_name(enum lt_back why);
/* For people. */
const char *lt_back_text(enum lt_back why);

#endif
