/* release_word.h - a Release (proto/lienthong.proto) with room for what it points to: from a file, or as it stands.
 *
 * The files that `release grant` and `release sign` write hold that message and nothing else; the first says no
 * manifest yet. No thread. */
#ifndef LT_RELEASE_WORD_H
#define LT_RELEASE_WORD_H

#include "proto/standing.h"

enum { LT_RELEASE_WORD_REASON_MAX = 300 };

struct lt_release_word {
    Lienthong__Release wire; /* points below */
    struct lt_release release; /* number 0: no manifest */
    uint8_t manifest[LT_MANIFEST_BYTES_MAX];
    struct lt_key key;
    struct lt_signature signature, root_signature;
};

/* Points the wire to what the word has; its serial and percent stay. 0: no manifest. */
void lt_release_word_point(struct lt_release_word *word, size_t manifest_size);
void lt_release_word_of(const struct lt_standing_release *told, struct lt_release_word *ret_word);
/* LT_MALFORMED: it is none, or (`whole`) has no manifest, or one that the key has not signed. */
enum lt_result lt_release_word_read(const char *path, bool whole, struct lt_release_word *ret_word,
                                    char ret_reason[LT_RELEASE_WORD_REASON_MAX]);
/* LT_EXISTS: nothing is written over. Durable. */
enum lt_result lt_release_word_write(const char *path, const struct lt_release_word *word,
                                     char ret_reason[LT_RELEASE_WORD_REASON_MAX]);

#endif
