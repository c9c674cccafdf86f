/* flip.h - a store whose bits are turned over one by one (flip.c), and what it tells its program.
 *
 * A subject makes a store of about 1 MiB in a folder, and asks it all that would be told or signed. */
#ifndef LT_TEST_FLIP_H
#define LT_TEST_FLIP_H

#include <stdbool.h>

#include "agent/env.h"

struct flip_subject {
    const char *name;
    const char *data; /* the store's file in the folder */
    void (*make)(const char *dir); /* ends the program when it cannot */
    /* Opens the store as the program does. LT_OK: all was answered, and *ret_answer is a digest of it; else
     * the store was refused, or found to be damaged. May change the store. */
    enum lt_result (*ask)(const char *dir, struct lt_hash *ret_answer);
    /* Opens it to read, and takes a digest of all rows of all tables: nothing else is ever told. */
    enum lt_result (*rows)(const char *dir, struct lt_hash *ret_answer);
};

/* The digest of the tables 0 … count - 1. */
enum lt_result flip_rows(struct lt_env *env, lt_table count, struct lt_hash *ret_answer);

extern const struct flip_subject flip_agent, flip_hub;

#endif
