/* killed.h - a store whose writer is killed at any instant (killed.c), and what must be in it afterwards. */
#ifndef LT_TEST_KILLED_H
#define LT_TEST_KILLED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/result.h"

/* What the writer is at. Most of the time is a commit's. */
#define KILLED_PHASES(X)  X(OPENING) X(STORING) X(SIGNING) X(RECEIPT) X(BETWEEN)
#define KILLED_ENUM(name) name,
enum killed_phase { KILLED_PHASES(KILLED_ENUM) PHASES };
#undef KILLED_ENUM

enum { KILLED_STEPS_MAX = 60000 };

/* Shared with the writer: it says `begun` before and `acknowledged` after each commit, as a program would. */
struct killed_told {
    volatile enum killed_phase phase;
    int opened_fd; /* of the writer: killed_opened */
    bool early; /* planted: acknowledges before it commits */
    volatile uint64_t begun; /* imports, or updates taken: the last one's number */
    volatile uint64_t count; /* acknowledged: how many, and which */
    volatile bool acknowledged[KILLED_STEPS_MAX];
    volatile uint64_t updates,
        covered; /* acknowledged: signed, and with a receipt; of a PC's journal */
};

/* The writer has opened its store. */
static inline void killed_opened(const struct killed_told *told)
{
    if (write(told->opened_fd, "", 1) != 1)
        abort();
}

static inline void killed_acknowledge(struct killed_told *told, uint64_t number)
{
    told->count += !told->acknowledged[number];
    told->acknowledged[number] = true;
}

struct killed_subject {
    const char *name;
    /* A new store in an empty folder. Ends the program when it cannot. */
    void (*make)(const char *dir);
    /* Opens it and goes on storing until it is killed, or has no more to store. */
    void (*go_on)(const char *dir, struct killed_told *told);
    /* False: not all is there that was acknowledged, or something that was not begun, or a half. `thorough`: all of it is
     * judged again too. */
    bool (*check)(const char *dir, const struct killed_told *told, bool thorough,
                  char ret_reason[300]);
};

extern const struct killed_subject killed_agent, killed_hub;

#endif
