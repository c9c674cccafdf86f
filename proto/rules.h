/* rules.h - what directives say: the tree of units, the catalogue, who may sign. "The book".
 *
 * A book is the fold of all directive updates that a site holds, whatever the order in which they
 * came. The fold, rules version 3:
 *
 *  - Hubs speak in the order of their depth in the tree, the pinned top first (equals: the lesser unit).
 *    What a hub above said of an entry stands against what a hub below says; of two words of one
 *    hub the greater stamp (seq, hash, index) counts.
 *  - The top may say everything. Another hub may enter units whose parent is at or below it, unless the
 *    code belongs to a unit elsewhere, and may grant and revoke keys at or below it (keys of hubs: below
 *    it; its own it may revoke). The catalogue is the top's alone.
 *  - An update whose key is not granted, or was revoked and lies outside the cut, says nothing.
 *
 * What has no standing as yet (its parent unit or its key's grant is still to come) is kept, and counts
 * as soon as it has. A book that was not pinned is empty.
 *
 * A book is memory only; the owner rebuilds it from stored directives at start and adds to it as
 * they arrive. Readers may share it between threads while nobody writes. */
#ifndef LT_RULES_H
#define LT_RULES_H

#include "proto/update.h"

enum lt_unit_level {
    LT_UNIT_NATION = 1,
    LT_UNIT_PROVINCE,
    LT_UNIT_DISTRICT,
    LT_UNIT_COMMUNE,
    LT_UNIT_BASE
};

/* One entry of the tree. Pointers between entries are stable for the life of the book. */
struct lt_place {
    struct lt_unit unit;
    lt_day valid_to; /* last day; 0: open */
    const struct lt_place *parent; /* NULL: the top, or the parent is not known (yet) */
    struct lt_unit parent_unit; /* code empty: the top of the tree */
    uint32_t
        number; /* 0, 1, 2 … in the order of arrival; local to this book. When an entry loses its
                        standing (a hub's key was revoked) the later ones move up */
    uint8_t mark[6]; /* first bytes of BLAKE2b of the unit's text: for scope keys */
    uint8_t level; /* enum lt_unit_level */
    uint8_t nature; /* Lienthong__Nature */
    char *type, *name;
};

struct lt_title {
    char code[LT_CODE_BYTES_MAX + 1];
    char *name, *name_en, *law;
    bool form;
    uint32_t recipients; /* bit 1 << Lienthong__Recipient; 0: all */
    uint32_t levels; /* bit 1 << Lienthong__Level; 0: all */
    lt_day valid_from, valid_to;
};

struct lt_book;
struct lt_book *lt_book_new(void);
/* Called before anything is added: closings and publications are kept without cuts and figures, which only
 * a hub needs and which are large (standing.h). */
void lt_book_light(struct lt_book *book);
void lt_book_free(struct lt_book *book);

/* What adding a directive update changed; decides whether figures must be judged again. */
struct lt_book_change {
    bool added; /* units or titles that were not there: only quarantined changes can be affected */
    bool altered; /* an entry that was there reads differently, or other successions or clusters
                     stand: everything is judged again */
    bool keys; /* grants or revocations */
    bool standing; /* of obligations, closings, publications, movements, moves or redactions others
                      stand: nothing is judged again */
};
/* May this update direct? LT_OK when its key is valid for its chain, or when it is the first word of a
 * hub: the body itself holds the root's grant of the key. Else as lt_book_key. */
enum lt_result lt_book_may_direct(const struct lt_book *book, const struct lt_update *update,
                                  const Lienthong__DirectiveBody *body);
/* `update` is opened and verified, `body` read from it; both may go afterwards. An update that is there
 * already, and items without standing, change nothing. LT_NOT_YOURS: no directive; LT_NO_MEMORY: nothing
 * was added. */
enum lt_result lt_book_add(struct lt_book *book, const struct lt_update *update,
                           const Lienthong__DirectiveBody *body, struct lt_book_change *ret_change);

/* A digest over all entries in canonical order, 32 bytes: two hubs that differ have other digests. */
void lt_book_digest(const struct lt_book *book, struct lt_hash *ret_digest);
/* Digests of tree, catalogue, keys and others (successions and clusters: what is judged by) apart, so that
 * hubs can say in what they differ. */
void lt_book_digests(const struct lt_book *book, struct lt_hash *ret_tree,
                     struct lt_hash *ret_catalogue, struct lt_hash *ret_keys,
                     struct lt_hash *ret_others);

/* The tree. */
size_t lt_book_place_count(const struct lt_book *book);
const struct lt_place *lt_book_place_at(const struct lt_book *book, size_t number);
const struct lt_place *lt_book_place(const struct lt_book *book, const struct lt_unit *unit);
/* The unit of this code that is valid on a day (day 0: the only one there is). LT_AMBIGUOUS when
 * several are, LT_NOT_FOUND when none. */
enum lt_result lt_book_place_on(const struct lt_book *book, const char *code, lt_day day,
                                const struct lt_place **ret_place);
/* The one valid in a year; LT_AMBIGUOUS when the code changed hands within it. Writes up to
 * `max` candidates, oldest first, and their number, on every result. */
enum lt_result lt_book_place_in_year(const struct lt_book *book, const char *code, int year,
                                     const struct lt_place **ret_candidates, size_t max,
                                     size_t *ret_count);
/* True when `place` is `above` or below it. Follows codes through time: below a unit is what is
 * below any entry of the same code, since a hub stays responsible when its unit is re-dated. */
bool lt_place_within(const struct lt_place *place, const struct lt_place *above);
/* The same by unit, for places the book may not know: then only equality of codes counts. */
bool lt_book_within(const struct lt_book *book, const struct lt_unit *unit,
                    const struct lt_unit *above);
/* Steps from `place` up to `above`: 0 for itself; LT_DEPTH_MAX when it is not above. */
unsigned lt_place_distance(const struct lt_place *place, const struct lt_place *above);
/* The lowest place at or above both; NULL: none is. */
const struct lt_place *lt_place_common(const struct lt_place *a, const struct lt_place *b);

/* Checks a list of unit entries against the book before they become a directive: duplicate, unknown
 * or later parent, overlap of dates, a parent that does not live as long, a unit that would outlive its
 * closed parent, a changed parent or level of an entry that is there (names, types and natures may
 * change). On LT_REFUSED, *ret_row is
 * the index of the first bad entry and ret_reason its sentence. Nothing is added. */
enum lt_result lt_book_check_units(const struct lt_book *book,
                                   const Lienthong__UnitEntry *const *entries, size_t count,
                                   size_t *ret_row, char ret_reason[160]);

/* The catalogue. */
size_t lt_book_title_count(const struct lt_book *book);
const struct lt_title *lt_book_title_at(const struct lt_book *book, size_t number);
/* The entry of `code` that is valid on `day` (0: any, the newest). NULL: none. */
const struct lt_title *lt_book_title(const struct lt_book *book, const char *code, lt_day day);
/* The entries of `code` valid on some day of from..to, newest first; `after`: the one before, NULL: the
 * first. NULL: no more. */
const struct lt_title *lt_book_title_within(const struct lt_book *book, const char *code,
                                            lt_day from, lt_day to, const struct lt_title *after);

/* The root key, and the recovery key, kept apart from it, that may replace both. */
struct lt_roots {
    struct lt_key root, recovery; /* a recovery key of zeros: there is none */
};

/* Keys. The root key and the top unit are pinned when a site is set up. */
void lt_book_pin(struct lt_book *book, const struct lt_key *root, const struct lt_unit *top);
/* Pins the recovery key beside the root. */
void lt_book_pin_recovery(struct lt_book *book, const struct lt_key *recovery);
/* The root and the recovery key that count now: those pinned, or those that replaced them. */
void lt_book_roots(const struct lt_book *book, struct lt_roots *ret_roots);
/* Whose book it is: a grant by a hub that is neither the top nor at or above this unit counts once the top has
 * granted the same key (countersigned it). Without: every grant counts. Before anything is added.
 * LT_NO_MEMORY. */
enum lt_result lt_book_view(struct lt_book *book, const struct lt_unit *viewer);
/* What a revocation says; the one that counts of those of a key. */
struct lt_revocation {
    struct lt_unit unit;
    struct lt_key key;
    size_t cut_count;
    struct lt_hash cut[LT_PARENTS_MAX]; /* as said; these updates and their ancestors stay */
};
/* NULL: the key was not revoked for this chain. Which updates lie within the cut is for the owner of the
 * log to say; for directive updates the book does so itself. Lives as long as the book. */
const struct lt_revocation *lt_book_revocation(const struct lt_book *book,
                                               const struct lt_chain *chain,
                                               const struct lt_key *key);
/* Was this update of a revoked key endorsed, by a hub at or above its unit and no lower than the one that
 * revoked the key? `revocation` as lt_book_revocation gave it. Reports alone. */
bool lt_book_endorsed(const struct lt_book *book, const struct lt_revocation *revocation,
                      const struct lt_hash *update);
/* May `key` sign this chain? LT_OK, LT_KEY_UNKNOWN, LT_KEY_REVOKED. A hub key is valid when the root
 * signed it (the top's), or a hub above granted it whose own key is valid; an agent key when a hub
 * at or above the unit granted it. Grants are followed to the root, at most LT_DEPTH_MAX steps. */
enum lt_result lt_book_key(const struct lt_book *book, const struct lt_chain *chain,
                           const struct lt_key *key);
/* The signing key of a receipt's hub: the same question for its directive chain. */
size_t lt_book_keys(const struct lt_book *book, const struct lt_chain *chain,
                    struct lt_key *ret_keys, size_t max);
/* Is this CURVE key granted, and to whom? LT_KEY_REVOKED: only with keys that were revoked; LT_NOT_FOUND else. */
enum lt_result lt_book_curve(const struct lt_book *book, const uint8_t curve_key[32],
                             struct lt_unit *ret_unit, Lienthong__Role *ret_role,
                             struct lt_key *ret_key);
/* The CURVE key by which a unit's hub is reached: that of its first key, where one was changed for another.
 * LT_NOT_FOUND: none is granted; LT_AMBIGUOUS: several are. */
enum lt_result lt_book_hub_curve(const struct lt_book *book, const struct lt_unit *hub,
                                 uint8_t ret_curve_key[32]);
/* The machines that may speak for a unit in a role: signing key and CURVE key of each, once. Returns how many
 * there are (more, where several were granted alike and are not all written), of which at most `max` are written, in
 * no order. */
struct lt_machine {
    struct lt_key key;
    uint8_t curve_key[32];
};
size_t lt_book_machines(const struct lt_book *book, const struct lt_unit *unit,
                        Lienthong__Role role, struct lt_machine *ret_machines, size_t max);
/* Whom a hub has enrolled: what it has granted that is not revoked, and no hub below it has granted before.
 * Each grant once, in no order. */
typedef void lt_granted_seen(void *context, const struct lt_unit *unit, Lienthong__Role role);
void lt_book_granted_by(const struct lt_book *book, const struct lt_unit *hub,
                        lt_granted_seen *seen, void *context);
/* Has the top granted this key too, or the root? */
bool lt_book_countersigned(const struct lt_book *book, const struct lt_chain *chain,
                           const struct lt_key *key);
/* Has the top ended a key that somebody granted? It is known then as revoked, though the top has never granted it:
 * what builds upon its updates must get on. */
bool lt_book_ended_by_top(const struct lt_book *book, const struct lt_chain *chain,
                          const struct lt_key *key);
/* Has the chain a key that counts in the viewer's eyes and that the top has not granted? */
bool lt_book_awaits(const struct lt_book *book, const struct lt_chain *chain);
/* A key of a unit as it was granted. */
struct lt_granted_key {
    struct lt_unit unit, hub; /* hub: who granted it, of several the highest */
    Lienthong__Role role;
    struct lt_key key;
    uint64_t seq; /* of the directive that granted it */
    bool has_curve;
    uint8_t curve_key[32];
    bool stands; /* in the viewer's eyes */
    bool awaits; /* the top's word is missing: above that hub it counts for nothing */
    bool first; /* no other key of the unit in this role was ever granted by the top */
    bool asked_by_key; /* by the key before it, which stood until then: previous */
    struct lt_key previous;
    bool revoked;
    struct lt_unit revoked_by;
};
/* Each key once for each role, by unit in no order. Lives during the call. */
typedef void lt_granted_key_seen(void *context, const struct lt_granted_key *key);
void lt_book_granted_keys(const struct lt_book *book, lt_granted_key_seen *seen, void *context);

/* A machine may change its key for another, which the former one signs: the keys of one machine are a line. Looked at
 * for LT_KEY_LINE_MAX changes back, since each is a signature to be verified; what lies before that is not seen. */
enum { LT_KEY_LINE_MAX = 16 };
struct lt_key_line {
    bool rotated; /* some key before it asked for it */
    struct lt_key began; /* the first of the line; itself when it was not rotated */
    struct lt_unit hub,
        began_hub; /* whose directive granted it, and the first: of several hubs the lowest when it */
    uint64_t seq, began_seq; /* was rotated, else as in struct lt_granted_key */
};
void lt_book_key_line(const struct lt_book *book, const struct lt_granted_key *key,
                      struct lt_key_line *ret_line);

/* A key that is changed for another: signed by the one before, context "lienthong rotate v1" 00, unit code padded
 * to 16, first day as 4 bytes big-endian, role (1 byte), the new key, its CURVE key. */
struct lt_rotation {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    uint8_t curve_key[32];
};
void lt_rotation_sign(const struct lt_rotation *rotation, const struct lt_secret *secret,
                      struct lt_signature *ret_signature);
bool lt_rotation_verify(const struct lt_rotation *rotation, const struct lt_key *previous,
                        const struct lt_signature *signature);

/* Signed by the root: context "lienthong hub key v1" 00, then unit code padded to 16, first day as 4
 * bytes big-endian, the key. */
void lt_root_sign(const struct lt_unit *unit, const struct lt_key *key,
                  const struct lt_secret *root_secret, struct lt_signature *ret_signature);
bool lt_root_verify(const struct lt_unit *unit, const struct lt_key *key,
                    const struct lt_signature *signature, const struct lt_key *root);
/* The next root and recovery key, signed by the recovery key before. */
void lt_root_replace(const struct lt_unit *top, const struct lt_roots *next,
                     const struct lt_secret *recovery_secret, struct lt_signature *ret_signature);
bool lt_root_replaced(const struct lt_unit *top, const struct lt_roots *next,
                      const struct lt_key *recovery, const struct lt_signature *signature);

#endif
