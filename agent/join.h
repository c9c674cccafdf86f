/* join.h - the first contact: hands a one-time secret to a hub and learns who we are.
 *
 * For agents and for hubs that join a parent; touches no store. The hub is known by the CURVE key in
 * the code, so what it answers needs no further proof; we are known by the secret alone, and our keys
 * are proven by a signature. Repeating it with the same keys gets the same answer, so a lost reply
 * costs nothing. Blocks; one thread.
 *
 * A code may have to be read from a file: lt_join_code_load (code_file.c). */
#ifndef LT_JOIN_H
#define LT_JOIN_H

#include "agent/keys.h"
#include "proto/message.h"
#include "proto/rules.h"

enum { LT_JOIN_ENDPOINTS_MAX = 8, LT_JOIN_TEXT_MAX = 640 };

/* In the place of a secret: a key that the hub knows asks for the one of the request. */
struct lt_join_rotation {
    struct lt_unit unit;
    struct lt_key previous;
    struct lt_signature signature; /* lt_rotation_sign by it */
    size_t cut_count; /* tips of what it has signed, all covered by the top's receipt */
    struct lt_hash cut[LT_ROTATE_TIPS_MAX];
};

struct lt_join_request {
    /* Tried in turn. The first is the code's own, unless the operator names others. */
    size_t endpoint_count;
    char endpoints[LT_JOIN_ENDPOINTS_MAX][LT_ENDPOINT_MAX];
    uint8_t hub_curve[32];
    uint8_t secret[16]; /* zeros for a rotation */
    const struct lt_join_rotation *rotation; /* NULL: by invitation */
    Lienthong__Role role;
    struct lt_instance instance;
    int64_t wait_ms; /* how long to go on trying */
    /* When an operator has to approve first: how long to go on asking from then on, at least, and who is told
     * so, once, with the hub's sentence. May be NULL. */
    int64_t approval_ms;
    void (*pending)(void *context, const char *text);
    void *context;
};

/* What the hub said. */
struct lt_joined {
    struct lt_unit unit; /* we */
    struct lt_unit hub; /* the parent */
    struct lt_unit top;
    struct lt_key root;
    struct lt_key recovery; /* zeros: the tree has none */
    /* Where the hub can be reached: those of the request, then those that it named; no duplicates. */
    size_t endpoint_count;
    char endpoints[LT_JOIN_ENDPOINTS_MAX][LT_ENDPOINT_MAX];
};

/* Fills hub_curve, secret and the endpoint from a code; the rest is left. On LT_MALFORMED, LT_TOO_LARGE,
 * LT_BAD_HASH, LT_VERSION lt_join_code_trouble has what is wrong with it and what to do, in the language of
 * the process. */
enum lt_result lt_join_request_code(struct lt_join_request *request, const char *code);
void lt_join_code_trouble(const char *code, enum lt_result result, char ret_text[LT_JOIN_TEXT_MAX]);
/* The code in a text file of at most 64 KiB, among other lines, with or without a BOM. LT_AMBIGUOUS: there are
 * several. What is wrong is in ret_text. */
enum lt_result lt_join_code_load(const char *path, char ret_code[LT_JOIN_CODE_MAX],
                                 char ret_text[LT_JOIN_TEXT_MAX]);
/* Puts an endpoint before or after those that are there; one that is there already is moved or left.
 * "host:port" gets its "tcp://". LT_MALFORMED: it can be no endpoint; LT_TOO_LARGE: there are 8. */
enum lt_result lt_join_request_endpoint(struct lt_join_request *request, const char *endpoint,
                                        bool first);

/* Sends JOIN until it is answered, and again while it waits for approval. LT_REFUSED: the hub said no,
 * ret_text is its sentence. LT_NOT_READY: it still waits for approval when the time is over; LT_NETWORK:
 * no answer in time; ret_text says what was last seen, in English. LT_KEY_REVOKED: it does not let these keys in.
 * LT_MALFORMED: the answer makes no sense. */
enum lt_result lt_join_talk(const struct lt_join_request *request, const struct lt_keys *keys,
                            struct lt_joined *ret_joined, char ret_text[LT_JOIN_TEXT_MAX]);

#endif
