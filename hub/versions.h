/* versions.h - who runs what: the body versions that are read, written and announced, and the machines of which a
 * hub is the parent. */
#ifndef LT_VERSIONS_H
#define LT_VERSIONS_H

#include <jansson.h>

#include "hub/gate.h"

/* For `status`: "versions" with "body" (newest that this program reads), "announced" by the top, "writes" (what this
 * hub writes), and how much is here that it cannot read (unread.h). */
void lt_versions_status(json_t *status, struct lt_ledger *ledger);

/* Of a running hub: "machines" that have said HELLO since it started. */
void lt_versions_machines(json_t *status, struct lt_gate *gate);

struct lt_version_of {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    uint32_t body; /* newest that it reads; 0: not heard of since this hub started */
    char software[LT_SOFTWARE_MAX];
    int64_t hello_at;
};
struct lt_versions { /* ascending by unit, role, key; each machine once */
    struct lt_version_of *items;
    size_t count, capacity;
    bool failed; /* out of memory: the list is not whole */
};
/* The machines that the hub has let in, or that a Move has led to it. Under the book's lock. */
void lt_versions_let_in(const struct lt_book *book, const struct lt_unit *hub,
                        struct lt_versions *versions);
/* What the running hub has heard of them: its status. Machines that are not listed yet are added. */
void lt_versions_heard(struct lt_versions *versions, const json_t *status);
void lt_versions_free(struct lt_versions *versions);

#endif
