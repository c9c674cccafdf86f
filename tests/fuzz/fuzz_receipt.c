/* fuzz_receipt.c - a receipt as a stranger sends it. The first byte chooses: the whole receipt, or a
 * statement, which is signed here so that it passes beyond the signature. What is read and sealed again reads the
 * same, and no bit of it can be changed unseen. */
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

#include "proto/update.h"

static void key_pair(struct lt_key *public, struct lt_secret *secret)
{
    uint8_t seed[32];
    for (unsigned i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)(0x20 + i);
    crypto_sign_seed_keypair(public->bytes, secret->bytes, seed);
}

static void check_same(const struct lt_statement *a, const struct lt_statement *b)
{
    FUZZ_CHECK(lt_unit_cmp(&a->hub, &b->hub) == 0 && lt_chain_cmp(&a->chain, &b->chain) == 0);
    FUZZ_CHECK(a->number == b->number && a->count == b->count && a->top == b->top);
    FUZZ_CHECK(a->tip_count == b->tip_count && a->key_count == b->key_count);
    FUZZ_CHECK(a->quarantined == b->quarantined && a->signed_at == b->signed_at);
    FUZZ_CHECK(memcmp(a->tips, b->tips, a->tip_count * sizeof(a->tips[0])) == 0);
    FUZZ_CHECK(memcmp(a->keys, b->keys, a->key_count * sizeof(a->keys[0])) == 0);
    FUZZ_CHECK(lt_hash_cmp(&a->directives, &b->directives) == 0 &&
               lt_hash_cmp(&a->quarantine, &b->quarantine) == 0);
}

/* By a key of our own, since we have not theirs. */
static void seal_again(struct lt_statement *statement, uint32_t bit)
{
    struct lt_secret secret;
    struct lt_statement again;
    uint8_t *bytes;
    size_t size;
    key_pair(&statement->key, &secret);
    if (lt_receipt_seal(statement, &secret, &bytes, &size) != LT_OK)
        return;
    FUZZ_CHECK(lt_receipt_open((struct lt_bytes){bytes, size}, &again) == LT_OK);
    check_same(statement, &again);
    bytes[bit / 8 % size] ^= (uint8_t)(1 << bit % 8);
    FUZZ_CHECK(lt_receipt_open((struct lt_bytes){bytes, size}, &again) != LT_OK);
    free(bytes);
}

static void open_receipt(const uint8_t *data, size_t size)
{
    struct lt_statement statement;
    struct lt_hash hash;
    if (lt_receipt_open((struct lt_bytes){data, size}, &statement) != LT_OK)
        return;
    FUZZ_CHECK(statement.tip_count <= LT_PARENTS_MAX && statement.key_count <= 16);
    FUZZ_CHECK(statement.hub.code[0] != '\0' && statement.chain.unit.code[0] != '\0');
    for (uint32_t i = 1; i < statement.tip_count; i++)
        FUZZ_CHECK(lt_hash_cmp(&statement.tips[i - 1], &statement.tips[i]) < 0);
    lt_hash_of(data, size, &hash);
    seal_again(&statement, (uint32_t)(hash.bytes[0] << 8 | hash.bytes[1]));
}

/* The statement's key must be that of seed 20 21 … (the corpus has it). */
static void sign_and_open(const uint8_t *data, size_t size)
{
    struct lt_key public;
    struct lt_secret secret;
    uint8_t hash[32], signature[64], text[53] = "lienthong receipt v1";
    Lienthong__Receipt receipt = LIENTHONG__RECEIPT__INIT;
    key_pair(&public, &secret);
    crypto_generichash(hash, sizeof(hash), data, size, NULL, 0);
    memcpy(text + 21, hash, sizeof(hash));
    crypto_sign_detached(signature, NULL, text, sizeof(text), secret.bytes);
    uint8_t *statement = malloc(size + 1);
    FUZZ_CHECK(statement);
    memcpy(statement, data, size);
    receipt.statement = (ProtobufCBinaryData){.len = size, .data = statement};
    receipt.signature = (ProtobufCBinaryData){.len = sizeof(signature), .data = signature};
    const size_t packed_size = lienthong__receipt__get_packed_size(&receipt);
    uint8_t *packed = malloc(packed_size);
    FUZZ_CHECK(packed);
    lienthong__receipt__pack(&receipt, packed);
    open_receipt(packed, packed_size);
    free(packed);
    free(statement);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    if (data[0] & 1)
        sign_and_open(data + 1, size - 1);
    else
        open_receipt(data + 1, size - 1);
    return 0;
}
