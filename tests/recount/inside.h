/* inside.h - what the parts of the recount share. */
#ifndef LT_RECOUNT_INSIDE_H
#define LT_RECOUNT_INSIDE_H

#include "tests/recount/map.h"
#include "tests/recount/recount.h"

struct rc_update {
    struct lt_update update;
    struct lt_arena *arena;
    Lienthong__ReportBody *report; /* NULL: a directive, or of a newer version */
    Lienthong__DirectiveBody *directive;
    Lienthong__Personal *personal; /* NULL: none */
    size_t first_change; /* of the count */
    size_t walk; /* the last walk that met it */
    uint8_t *bytes;
};

struct rc_place {
    struct lt_unit unit, parent_unit;
    struct rc_place *parent;
    lt_day valid_to;
    int level, nature;
    struct lt_unit hub; /* who said it; settled: in his last word */
    bool settled;
    char text[LT_UNIT_TEXT_MAX + 8];
    /* in the tree of the day that is looked at (trees.c) */
    bool placed;
    struct rc_place *lies; /* NULL: nowhere */
};

struct rc_title {
    const Lienthong__TitleEntry *entry;
};

struct rc_grant {
    struct lt_unit hub, unit;
    struct lt_key key;
};

struct rc_revocation {
    struct lt_unit hub, unit;
    const Lienthong__Revocation *said;
};

struct rc_succession {
    struct lt_unit hub, unit, successor; /* successor's code empty: none */
    const Lienthong__Succession *said;
};

struct rc_cluster {
    struct lt_unit hub, managing;
    const Lienthong__ClusterEntry *said;
    const char *code, *name; /* folded */
};

/* A list of pointers that grows. */
struct rc_list {
    void **items;
    size_t count, capacity;
};
void rc_push(struct rc_list *list, void *item);

/* What a change says, resolved. */
struct rc_fact {
    int kind; /* 0: a retraction or withdrawal */
    struct rc_place *place, *authority; /* authority NULL: outside of the tree */
    bool outside;
    int year, span_from, decided_year, month;
    int level, type, recipient, category, sex, nature, status, detail;
    const char *code, *field, *movement;
    bool total;
    int64_t quantity;
    const char *scope;
};

struct rc_change {
    struct rc_update *update;
    uint32_t index;
    int verdict;
    struct rc_fact fact;
    struct rc_place *author; /* who said it, or for whom it was said */
    int generation; /* main successions between the two */
    struct rc_change *record; /* the change that first put it; NULL: none */
    struct rc_change *twin; /* towards the one that stands for records that are one */
    struct rc_change *next; /* of the same record */
    bool heads; /* it stands for its record */
    bool heard; /* neither quarantined nor a row said before */
    bool wins;
    bool contested; /* of what counts, or would if it were not a retraction */
};

/* Lines of a scope with one teller, place and dimensions. */
struct rc_line {
    struct rc_place *teller;
    const struct rc_fact *fact; /* of any of its records */
    const char *dims;
    int64_t count, quantity, counted_count, counted_quantity;
    bool chosen, settled;
    struct rc_line *next;
};

struct rc_scope {
    struct rc_line *lines;
    size_t count;
    bool only_revokes; /* the authority tells of revocations, and names nothing decided */
    int64_t differs; /* by how much tellers differ at most; 0: they do not */
};

struct rc_cell {
    int64_t count, quantity, unconfirmed;
    const char *scope; /* of one of its lines */
};

/* What counts at a place itself. */
struct rc_own {
    const struct rc_place *place;
    const struct rc_fact *fact; /* its dimensions */
    bool decided;
    int year, span_from, month;
    int64_t count, quantity, unconfirmed;
};

struct recount {
    struct lt_key root;
    struct lt_unit top;
    enum recount_mistake mistake;
    struct rc_list updates; /* of rc_update */
    struct pool *kept; /* for texts of ids */
    struct map by_id;
    size_t walks;
    /* of one count */
    struct pool *pool;
    struct map places;
    struct rc_list titles, grants, revocations, successions, clusters;
    struct rc_change *changes;
    size_t change_count;
    struct map numbers; /* of units and decisions, by what they are */
    struct map scopes, cells, own; /* own: of rc_own */
    struct rc_list scope_list;
};

struct rc_update *rc_find(const struct recount *recount, const uint8_t id[32]);
/* Is `older` an ancestor of `newer`, or the same? */
bool rc_reaches(struct recount *recount, const struct rc_update *older, struct rc_update *newer);
int rc_stamp_cmp(const struct rc_update *a, uint32_t a_index, const struct rc_update *b,
                 uint32_t b_index);

/* book.c: tree, catalogue, revocations of all directives. */
void rc_book_fold(struct recount *recount);
struct rc_place *rc_place(const struct recount *recount, const struct lt_unit *unit);
bool rc_within(const struct rc_place *place, const struct rc_place *above);
/* The same for a unit that may not be in the tree. */
bool rc_unit_within(const struct recount *recount, const struct lt_unit *unit,
                    const struct lt_unit *above);
/* Steps up to an entry of a unit's code; LT_DEPTH_MAX: it is not above. */
int rc_distance(const struct rc_place *place, const struct rc_place *above);
bool rc_below(const struct rc_place *place, const struct rc_place *above); /* entry by entry */
/* Was the update signed with a key that was revoked, outside of the cut? */
bool rc_revoked(struct recount *recount, struct rc_update *update);

/* Successions that stand and name a successor, of rc_succession. */
void rc_heirs(const struct recount *recount, struct rc_list *ret_heirs);
bool rc_closed(struct recount *recount,
               struct rc_update *update); /* outside a closed chain's cut? */
/* Is it the author's: at or below his unit, or come down to there? */
bool rc_reach(const struct recount *recount, const struct rc_place *place,
              const struct rc_place *author);
/* Main successions from a unit, or one above it, to the author's own; 0: none lead there. */
int rc_generation(const struct recount *recount, const struct rc_place *unit,
                  const struct rc_place *author);

/* clusters.c: clusters of the book. */
void rc_say_cluster(struct recount *recount, const struct lt_unit *hub,
                    const Lienthong__ClusterEntry *said);
/* The one that is meant by a name or code in a year; NULL: none. It may be asked about with NULL. */
const struct rc_cluster *rc_cluster(struct recount *recount, const char *told, int year,
                                    const struct rc_place *near);
bool rc_leads(const struct rc_cluster *cluster, const struct rc_place *place);
bool rc_is_member(const struct rc_cluster *cluster, const struct rc_place *place);
struct rc_place *rc_lead(const struct recount *recount, const struct rc_cluster *cluster);
const char *rc_cluster_key(struct recount *recount, const struct rc_cluster *cluster,
                           const char *told);

/* judge.c: the verdict of a change by itself, and what it says. */
int rc_judge(struct recount *recount, struct rc_change *change);
/* folding.c */
const char *rc_fold_number(struct recount *recount, const char *number, int year);
const char *rc_fold_code(struct recount *recount, const char *code);
const char *rc_fold_cluster(struct recount *recount, const char *name);
const char *rc_fold_name(struct recount *recount, const char *name);

/* author.c: which changes win. */
void rc_author(struct recount *recount);
/* values.c: of a record whose changes begin at `head`. */
bool rc_contested(struct recount *recount, const struct rc_change *head,
                  const struct rc_change *winner);
/* tellers.c: what counts of each scope. */
void rc_tellers(struct recount *recount);
/* cells.c: dimensions as text, and cells. */
const char *rc_dims(struct recount *recount, const struct rc_fact *fact);
void rc_cells(struct recount *recount);
/* A cell's key: both bases are counted apart. */
const char *rc_cell_key(struct recount *recount, const char *place, bool decided, int year,
                        int span_from, int month, const char *dims);

#endif
