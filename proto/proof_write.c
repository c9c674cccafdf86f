/* The file as it is written. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proof_inner.h"
#include "proto/shape.h"

enum {
    DIGEST_BYTES = 32,
    HEAD_BYTES = LT_PROOF_PIECE_HEAD_BYTES,
    ROOM = DIGEST_BYTES + HEAD_BYTES + LT_UPDATE_BYTES_MAX,
    /* An item of a page: its field's tag and its size before it. */
    ITEM_HEAD_MAX = 1 + 5,
};

struct lt_proof_writer {
    lt_proof_put *put;
    void *context;
    struct lt_hash digest;
    enum lt_result result;
    enum lt_proof_piece page; /* which page is being filled */
    size_t page_items, page_size;
    uint64_t rows, value_bytes, chains, updates, update_bytes; /* so far */
    uint8_t *room; /* of a digest, the head of a piece, and its content */
};

/* With its NUL, which separates context from content. */
static const char context_words[] = "lienthong proof v1";
_Static_assert(sizeof context_words + 32 == LT_PROOF_SIGNED_BYTES, "counted in proof_inner.h");

void lt_proof_digest(struct lt_hash *digest, uint8_t *room, size_t size)
{
    memcpy(room, digest->bytes, sizeof digest->bytes);
    lt_hash_of(room, sizeof digest->bytes + size, digest);
}

void lt_proof_signed(const struct lt_hash *digest, uint8_t ret_bytes[LT_PROOF_SIGNED_BYTES])
{
    memcpy(ret_bytes, context_words, sizeof context_words);
    memcpy(ret_bytes + sizeof context_words, digest->bytes, sizeof digest->bytes);
}

static enum lt_result give(struct lt_proof_writer *writer, struct lt_bytes bytes)
{
    if (writer->result == LT_OK && !writer->put(writer->context, bytes))
        writer->result = LT_IO;
    return writer->result;
}

struct lt_proof_writer *lt_proof_writer_new(lt_proof_put *put, void *context)
{
    struct lt_proof_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return NULL;
    writer->put = put;
    writer->context = context;
    writer->room = malloc(ROOM);
    if (writer->room == NULL) {
        free(writer);
        return NULL;
    }
    lt_hash_of(LT_PROOF_MAGIC, LT_PROOF_MAGIC_BYTES, &writer->digest);
    (void)give(writer, (struct lt_bytes){(const uint8_t *)LT_PROOF_MAGIC, LT_PROOF_MAGIC_BYTES});
    return writer;
}

void lt_proof_writer_free(struct lt_proof_writer *writer)
{
    if (writer == NULL)
        return;
    free(writer->room);
    free(writer);
}

/* The content stands in the room. */
static enum lt_result put_piece(struct lt_proof_writer *writer, enum lt_proof_piece type,
                                size_t size)
{
    uint8_t *head = writer->room + DIGEST_BYTES;
    head[0] = (uint8_t)type;
    for (int i = 0; i < 4; i++)
        head[1 + i] = (uint8_t)(size >> (24 - 8 * i));
    if (give(writer, (struct lt_bytes){head, HEAD_BYTES + size}) == LT_OK)
        lt_proof_digest(&writer->digest, writer->room, HEAD_BYTES + size);
    return writer->result;
}

/* Writes the page that was being filled. */
static enum lt_result end_page(struct lt_proof_writer *writer)
{
    const size_t size = writer->page_size;
    if (writer->page_items == 0 || writer->result != LT_OK)
        return writer->result;
    writer->page_items = writer->page_size = 0;
    return put_piece(writer, writer->page, size);
}

/* Packs a message of its own piece, after what every reader will check. */
static enum lt_result put_message(struct lt_proof_writer *writer, enum lt_proof_piece type,
                                  const ProtobufCMessage *message)
{
    const size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *content = writer->room + DIGEST_BYTES + HEAD_BYTES;
    if (end_page(writer) != LT_OK)
        return writer->result;
    if (size > LT_PROOF_PAGE_BYTES_MAX)
        return writer->result = LT_TOO_LARGE;
    (void)protobuf_c_message_pack(message, content);
    writer->result =
        lt_shape_check(lt_shape_of(message->descriptor), (struct lt_bytes){content, size});
    return writer->result == LT_OK ? put_piece(writer, type, size) : writer->result;
}

/* Adds a message to a page as its field 1. */
static enum lt_result put_item(struct lt_proof_writer *writer, enum lt_proof_piece type,
                               const ProtobufCMessage *message)
{
    const size_t size = protobuf_c_message_get_packed_size(message);
    if (size + ITEM_HEAD_MAX > LT_PROOF_PAGE_BYTES_MAX)
        return writer->result = LT_TOO_LARGE;
    if (writer->page_items > 0 &&
        (writer->page != type || writer->page_items == LT_PROOF_PAGE_MAX ||
         writer->page_size + size + ITEM_HEAD_MAX > LT_PROOF_PAGE_BYTES_MAX))
        (void)end_page(writer);
    if (writer->result != LT_OK)
        return writer->result;
    uint8_t *at = writer->room + DIGEST_BYTES + HEAD_BYTES + writer->page_size;
    uint8_t *from = at;
    *at++ = 1 << 3 | 2;
    size_t left = size;
    for (; left >= 0x80; left >>= 7)
        *at++ = (uint8_t)(left | 0x80);
    *at++ = (uint8_t)left;
    at += protobuf_c_message_pack(message, at);
    writer->page = type;
    writer->page_items++;
    writer->page_size += (size_t)(at - from);
    return LT_OK;
}

enum lt_result lt_proof_write_head(struct lt_proof_writer *writer, const Lienthong__ProofHead *head)
{
    return put_message(writer, LT_PROOF_HEAD, &head->base);
}

/* LT_OK, or the result that stays. */
static enum lt_result bound(struct lt_proof_writer *writer, bool within)
{
    if (writer->result == LT_OK && !within)
        writer->result = LT_TOO_LARGE;
    return writer->result;
}

enum lt_result lt_proof_write_row(struct lt_proof_writer *writer, const Lienthong__ProofRow *row)
{
    for (size_t i = 0; i < row->n_values; i++)
        writer->value_bytes += strlen(row->values[i]) + (i > 0);
    if (bound(writer, ++writer->rows <= LT_PROOF_ROWS_MAX &&
                          writer->value_bytes <= LT_PROOF_VALUE_BYTES_MAX) != LT_OK)
        return writer->result;
    return put_item(writer, LT_PROOF_ROWS, &row->base);
}

enum lt_result lt_proof_write_chain(struct lt_proof_writer *writer,
                                    const Lienthong__ProofChain *chain)
{
    if (bound(writer, ++writer->chains <= LT_PROOF_CHAINS_MAX) != LT_OK)
        return writer->result;
    return put_item(writer, LT_PROOF_CUT, &chain->base);
}

enum lt_result lt_proof_write_update(struct lt_proof_writer *writer, const struct lt_update *update,
                                     struct lt_bytes bytes, bool names)
{
    size_t size = bytes.size;
    if (end_page(writer) != LT_OK)
        return writer->result;
    /* The personal part, sealed or not, is the last field: what stands before it stays as it was made. */
    if (!names && update->personal.size + update->sealed.size > 0 && update->body.size > 0)
        size = (size_t)(update->body.data + update->body.size - bytes.data);
    writer->update_bytes += size;
    if (bound(writer, size <= LT_UPDATE_BYTES_MAX && ++writer->updates <= LT_PROOF_UPDATES_MAX &&
                          writer->update_bytes <= LT_PROOF_UPDATE_BYTES_MAX) != LT_OK)
        return writer->result;
    memcpy(writer->room + DIGEST_BYTES + HEAD_BYTES, bytes.data, size);
    return put_piece(writer, LT_PROOF_UPDATE, size);
}

enum lt_result lt_proof_write_seal(struct lt_proof_writer *writer, const struct lt_secret *secret)
{
    uint8_t text[LT_PROOF_SIGNED_BYTES], signature[64];
    Lienthong__ProofSeal seal = LIENTHONG__PROOF_SEAL__INIT;
    if (end_page(writer) != LT_OK)
        return writer->result;
    lt_proof_signed(&writer->digest, text);
    crypto_sign_detached(signature, NULL, text, sizeof text, secret->bytes);
    seal.signature = (ProtobufCBinaryData){.len = sizeof signature, .data = signature};
    return put_message(writer, LT_PROOF_SEAL, &seal.base);
}
