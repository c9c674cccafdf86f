/* fuzz_proof.c - a proof as a stranger hands it in. The first byte chooses the size of the portions, and whether the
 * file is sealed here anew, by the key of its hub, so that what a dishonest hub makes passes beyond the seal.
 * Whatever is proven has a question, a cut and rows that were counted, and is proven no more once a bit of it was
 * changed. */
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

#include "proto/proof.h"

enum { PIECE_HEAD = LT_PROOF_PIECE_HEAD_BYTES, SEAL_BYTES = PIECE_HEAD + 66 };

/* Keys as the tests' small country has them (tests/unit/hub_world.h). */
static void key_of(const char *seed_text, uint8_t public[32], uint8_t secret[64])
{
    uint8_t seed[32];
    crypto_generichash(seed, sizeof seed, (const uint8_t *)seed_text, strlen(seed_text), NULL, 0);
    crypto_sign_seed_keypair(public, secret, seed);
}

/* Copies the whole pieces before any seal, and seals them. */
static size_t seal_anew(const uint8_t *data, size_t size, uint8_t *ret_bytes)
{
    uint8_t public[32], secret[64], text[51] = "lienthong proof v1";
    struct lt_hash digest;
    size_t at = LT_PROOF_MAGIC_BYTES;
    uint8_t *room = malloc(32 + size);
    FUZZ_CHECK(room);
    lt_hash_of(data, LT_PROOF_MAGIC_BYTES, &digest);
    while (size - at >= PIECE_HEAD && data[at] != LT_PROOF_SEAL) {
        const size_t content = (size_t)data[at + 1] << 24 | (size_t)data[at + 2] << 16 |
                               (size_t)data[at + 3] << 8 | data[at + 4];
        if (content > size - at - PIECE_HEAD)
            break;
        memcpy(room, digest.bytes, 32);
        memcpy(room + 32, data + at, PIECE_HEAD + content);
        lt_hash_of(room, 32 + PIECE_HEAD + content, &digest);
        at += PIECE_HEAD + content;
    }
    free(room);
    memcpy(ret_bytes, data, at);
    memcpy(text + 19, digest.bytes, 32);
    key_of("VN", public, secret);
    const uint8_t head[] = {LT_PROOF_SEAL, 0, 0, 0, 66, 0x0a, 64};
    memcpy(ret_bytes + at, head, sizeof head);
    crypto_sign_detached(ret_bytes + at + sizeof head, NULL, text, sizeof text, secret);
    return at + SEAL_BYTES;
}

static void see(void *context, const struct lt_proof_record *record)
{
    FUZZ_CHECK(record->index < record->body->n_changes && record->fact->place != NULL);
    ++*(uint64_t *)context;
}

static void check_proven(struct lt_proof *proof)
{
    const struct lt_proof_row *rows;
    struct lt_proof_sums sums;
    uint64_t records = 0;
    const size_t count = lt_proof_rows(proof, &rows);
    lt_proof_sums(proof, &sums);
    FUZZ_CHECK(lt_proof_head(proof) != NULL && sums.chains > 0 && sums.directives > 0);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(rows[i].stated && rows[i].count == rows[i].stated_count &&
                   rows[i].quantity == rows[i].stated_quantity);
    FUZZ_CHECK(lt_proof_records(proof, see, &records) == LT_OK && records == sums.behind);
}

static enum lt_result feed(struct lt_proof *proof, const uint8_t *data, size_t size, size_t portion)
{
    enum lt_result result = LT_OK;
    for (size_t at = 0; at < size && result == LT_OK; at += portion)
        result = lt_proof_feed(
            proof, (struct lt_bytes){data + at, size - at < portion ? size - at : portion});
    return result == LT_OK ? lt_proof_end(proof) : result;
}

/* The bit is any, by the hash of it all. */
static void check_changed(const struct lt_key *root, const uint8_t *data, size_t size)
{
    struct lt_hash hash;
    struct lt_proof *proof = lt_proof_new(root, NULL);
    uint8_t *bytes = malloc(size);
    FUZZ_CHECK(proof && bytes);
    memcpy(bytes, data, size);
    lt_hash_of(data, size, &hash);
    const size_t bit = (size_t)(hash.bytes[0] << 16 | hash.bytes[1] << 8 | hash.bytes[2]);
    bytes[bit / 8 % size] ^= (uint8_t)(1 << bit % 8);
    FUZZ_CHECK(feed(proof, bytes, size, size) != LT_OK);
    free(bytes);
    lt_proof_free(proof);
}

static void check(const uint8_t *data, size_t size, size_t portion)
{
    struct lt_key root;
    uint8_t secret[64];
    key_of("root", root.bytes, secret);
    struct lt_proof *proof = lt_proof_new(&root, NULL);
    const struct lt_proof_fault *faults;
    FUZZ_CHECK(proof);
    const enum lt_result result = feed(proof, data, size, portion);
    if (result == LT_OK) {
        check_proven(proof);
        check_changed(&root, data, size);
    }
    if (result == LT_REFUSED)
        FUZZ_CHECK(lt_proof_faults(proof, &faults) > 0);
    else if (result != LT_OK)
        FUZZ_CHECK(lt_proof_trouble(proof)[0] != '\0');
    lt_proof_free(proof);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 + LT_PROOF_MAGIC_BYTES)
        return 0;
    const size_t portion = 1 + (size_t)(data[0] >> 1) * 37;
    if ((data[0] & 1) == 0) {
        check(data + 1, size - 1, portion);
        return 0;
    }
    uint8_t *bytes = malloc(size + SEAL_BYTES);
    FUZZ_CHECK(bytes);
    check(bytes, seal_anew(data + 1, size - 1, bytes), portion);
    free(bytes);
    return 0;
}
