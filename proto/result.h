/* result.h - the one list of outcomes: a code for each decision that a caller makes.
 *
 * Every function that can fail returns enum lt_result; its `ret_` outputs are untouched unless it
 * returned LT_OK. Foreign codes (LMDB, ZeroMQ, errno) are mapped where they enter. */
#ifndef LT_RESULT_H
#define LT_RESULT_H

#define LT_RESULTS(X)                                                                              \
    X(LT_OK, "done")                                                                               \
    X(LT_MALFORMED, "the bytes are not a well-formed message")                                     \
    X(LT_TOO_LARGE, "a bound of the protocol is exceeded")                                         \
    X(LT_BAD_SIGNATURE, "the signature does not match the key and the bytes")                      \
    X(LT_BAD_HASH, "the bytes are not those that were signed")                                     \
    X(LT_VERSION, "written by a newer version of the program")                                     \
    X(LT_ORPHAN, "ancestors of the update are missing")                                            \
    X(LT_BAD_SEQ, "the sequence number does not follow from the parents")                          \
    X(LT_KEY_UNKNOWN, "the key is not granted for the unit")                                       \
    X(LT_KEY_REVOKED, "the key has been revoked for the unit")                                     \
    X(LT_NOT_YOURS, "the sender does not speak for this unit")                                     \
    X(LT_EXISTS, "it is already there")                                                            \
    X(LT_NOT_FOUND, "there is no such thing")                                                      \
    X(LT_AMBIGUOUS, "more than one fits")                                                          \
    X(LT_REFUSED, "a rule forbids it")                                                             \
    X(LT_NOT_READY, "the parent is not ready yet")                                                 \
    X(LT_NO_SPACE, "the disk or the store is full")                                                \
    X(LT_NO_MEMORY, "out of memory")                                                               \
    X(LT_IO, "reading or writing failed")                                                          \
    X(LT_CORRUPT, "the store is damaged")                                                          \
    X(LT_PERMISSION, "file permissions are wrong")                                                 \
    X(LT_BUSY, "another process is using it")                                                      \
    X(LT_NETWORK, "the network cannot be used")                                                    \
    X(LT_USAGE, "the command was called wrongly")

#define LT_RESULT_ENUM(name, text) name,
enum lt_result { LT_RESULTS(LT_RESULT_ENUM) };
#undef LT_RESULT_ENUM

/* The English sentence of a result; never NULL. */
const char *lt_result_text(enum lt_result result);

#endif
