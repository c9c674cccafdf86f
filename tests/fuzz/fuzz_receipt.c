/* fuzz_receipt.c - a receipt as a stranger sends it. The first byte chooses: the whole receipt, or a
 * statement, which is signed here so that it passes beyond the signature. */
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <string.h>

#include "proto/update.h"

static void open_receipt(const uint8_t *data, size_t size)
{
    struct lt_statement statement;
    if (lt_receipt_open((struct lt_bytes){data, size}, &statement) != LT_OK)
        return;
    FUZZ_CHECK(statement.tip_count <= LT_PARENTS_MAX && statement.key_count <= 16);
    FUZZ_CHECK(statement.hub.code[0] != '\0' && statement.chain.unit.code[0] != '\0');
    for (uint32_t i = 1; i < statement.tip_count; i++)
        FUZZ_CHECK(lt_hash_cmp(&statement.tips[i - 1], &statement.tips[i]) < 0);
}

/* The statement's key must be that of seed 20 21 … (the corpus has it). */
static void sign_and_open(const uint8_t *data, size_t size)
{
    uint8_t seed[32], public[32], secret[64], hash[32], signature[64],
        text[53] = "lienthong receipt v1";
    Lienthong__Receipt receipt = LIENTHONG__RECEIPT__INIT;
    for (unsigned i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)(0x20 + i);
    crypto_sign_seed_keypair(public, secret, seed);
    crypto_generichash(hash, sizeof(hash), data, size, NULL, 0);
    memcpy(text + 21, hash, sizeof(hash));
    crypto_sign_detached(signature, NULL, text, sizeof(text), secret);
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
