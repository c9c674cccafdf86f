/* A signed update as it is stored: who signed it, when and by which key, what it follows on, and its changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/listing.h"
#include "hub/reader.h"
#include "hub/records.h"
#include "hub/store.h"
#include "hub/dimension.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"

enum { ROWS_A_PAGE = 200 };

static const struct lt_grid_column columns[] = {
    {"change", "Thay đổi", "Change", LT_GRID_NUMBER},
    {"does", "Việc", "Does", LT_GRID_TEXT},
    {"kind", "Loại", "Kind", LT_GRID_TEXT},
    {"code", "Mã", "Code", LT_GRID_TEXT},
    {"quantity", "Số lượng", "Quantity", LT_GRID_NUMBER},
    {"name", "Tên", "Name", LT_GRID_TEXT},
    {"verdict", "Được tính", "Counts", LT_GRID_TEXT},
};

/* All that is shown, copied out of the store. */
struct found {
    struct lt_frame frame;
    struct lt_hash id;
    int64_t signed_at;
    bool verified, readable;
    size_t bytes;
    char signature[129];
    struct lt_grid *grid;
    bool names;
};

static const char *does_of(const Lienthong__Change *change)
{
    return change->op == LIENTHONG__OP__OP_RETRACT    ? lt_text("gỡ", "retracts")
           : change->op == LIENTHONG__OP__OP_WITHDRAW ? lt_text("rút", "withdraws")
           : change->record != NULL                   ? lt_text("sửa", "corrects")
                                                      : lt_text("ghi", "puts");
}

static const char *code_of(const Lienthong__Change *change)
{
    const char *code = change->award != NULL      ? change->award->code
                       : change->proposal != NULL ? change->proposal->code
                                                  : "";
    return code != NULL ? code : "";
}

static void add_change(struct found *found, struct lt_store_txn *txn, struct lt_reader *reader,
                       struct lt_decoded *decoded, uint32_t index)
{
    const Lienthong__Change *change = decoded->body->changes[index];
    const struct lt_at at = {decoded->position, index};
    enum lt_verdict verdict = lt_store_verdict(txn, &at);
    uint64_t quantity = change->award != NULL      ? change->award->quantity
                        : change->proposal != NULL ? change->proposal->quantity
                                                   : 0;
    lt_grid_number(found->grid, index);
    lt_grid_text(found->grid, does_of(change));
    lt_grid_text(found->grid, lt_dimension_show(LT_DIM_KIND, (uint8_t)lt_kind_of(change)));
    lt_grid_text(found->grid, code_of(change));
    lt_grid_number(found->grid, (int64_t)(quantity != 0 ? quantity : 1));
    lt_grid_text(found->grid, found->names ? lt_reader_name(reader, txn, decoded, index) : "");
    lt_grid_tone(found->grid,
                 verdict == LT_COUNTS ? lt_text("được tính", "counts") : lt_verdict_words(verdict),
                 verdict == LT_COUNTS ? NULL : "bad");
}

static enum lt_result look(struct lt_ledger *ledger, const struct lt_hash *id, struct found *found)
{
    uint64_t position, seq;
    struct lt_bytes bytes;
    struct lt_reader *reader = lt_reader_new();
    struct lt_store_txn *txn =
        reader != NULL ? lt_store_begin(lt_ledger_store(ledger), false) : NULL;
    if (txn == NULL) {
        lt_reader_free(reader);
        return LT_NO_MEMORY;
    }
    enum lt_result result = LT_NOT_FOUND;
    if (lt_log_find(lt_store_log(txn), id, &position, &seq) &&
        lt_log_at(lt_store_log(txn), position, &bytes)) {
        lt_reader_unseal(reader, lt_ledger_ring(ledger));
        struct lt_decoded *decoded = lt_reader_at(reader, txn, position);
        result = decoded == NULL ? lt_store_error(txn) : LT_OK;
        if (decoded != NULL) {
            found->frame = decoded->update.frame;
            found->id = decoded->update.id;
            found->bytes = bytes.size;
            found->verified = lt_update_verify(&decoded->update) == LT_OK;
            lt_hex(decoded->update.signature.bytes, 64, found->signature);
            found->readable = decoded->body != NULL;
            found->signed_at = decoded->body != NULL ? decoded->body->signed_at : 0;
            for (uint32_t i = 0; decoded->body != NULL && i < decoded->body->n_changes; i++)
                add_change(found, txn, reader, decoded, i);
        }
    }
    lt_store_abort(txn);
    lt_reader_free(reader);
    return result;
}

/* ---- The page ---- */

static void pair(struct lt_out *out, const char *name, const char *value)
{
    lt_out_print(out, "<dt>%s</dt><dd>", name);
    lt_out_text(out, value);
    lt_out_raw(out, "</dd>");
}

static void hex_pair(struct lt_out *out, const char *name, const uint8_t *bytes)
{
    char hex[65];
    lt_hex(bytes, 32, hex);
    lt_out_print(out, "<dt>%s</dt><dd><code>%s</code></dd>", name, hex);
}

static void put_parents(struct lt_out *out, const struct lt_frame *frame)
{
    char hex[65];
    lt_out_print(out, "<dt>%s</dt><dd>", lt_text("Tiếp theo bản", "Follows on"));
    for (uint32_t i = 0; i < frame->parent_count; i++) {
        lt_hex(frame->parents[i].bytes, 32, hex);
        lt_out_print(out, "<a href=\"/updates/%s\"><code>%s</code></a> ", hex, hex);
    }
    lt_out_raw(out,
               frame->parent_count == 0 ? lt_text("không, bản đầu", "nothing: the first one") : "");
    lt_out_raw(out, "</dd>");
}

static void show(struct lt_asked *asked, struct lt_answer *answer, struct found *found,
                 const char *title)
{
    struct lt_out *out = &answer->body;
    char unit[LT_UNIT_TEXT_MAX], text[64];
    lt_unit_format(&found->frame.chain.unit, unit);
    lt_web_page_begin(asked, answer, title, "units");
    lt_out_print(
        out, "<p class=\"banner %s\">%s</p><dl>", found->verified ? "good" : "bad",
        found->verified
            ? lt_text("Chữ ký vừa được kiểm tra lại, khớp với khóa và nội dung.",
                      "The signature was checked just now, and fits the key and the bytes.")
            : lt_text("Chữ ký KHÔNG khớp: kho dữ liệu có thể đã hỏng.",
                      "The signature does NOT fit: the store may be damaged."));
    hex_pair(out, lt_text("Mã băm", "Hash"), found->id.bytes);
    lt_out_print(out, "<dt>%s</dt><dd><a href=\"/units/%s\">%s</a></dd>", lt_text("Đơn vị", "Unit"),
                 unit, unit);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)found->frame.seq);
    pair(out, lt_text("Số thứ tự", "Seq"), text);
    lt_out_print(out, "<dt>%s</dt><dd>", lt_text("Ký lúc (theo máy ký)", "Signed (by its clock)"));
    lt_web_page_when(out, found->signed_at);
    lt_out_raw(out, "</dd>");
    hex_pair(out, lt_text("Khóa", "Key"), found->frame.key.bytes);
    put_parents(out, &found->frame);
    hex_pair(out, lt_text("Băm nội dung", "Hash of its body"), found->frame.body_hash.bytes);
    lt_out_print(out, "<dt>%s</dt><dd><code>%s</code></dd></dl>", lt_text("Chữ ký", "Signature"),
                 found->signature);
    if (!found->readable)
        lt_out_print(
            out, "<p class=\"note\">%s</p>",
            lt_text("Nội dung thuộc phiên bản mới hơn hoặc là chỉ thị; không mở ở đây.",
                    "Its body is of a newer version, or a directive; it is not opened here."));
    lt_web_page_grid(asked, answer, found->grid, ROWS_A_PAGE, lt_text("Các thay đổi", "Changes"));
    lt_web_page_end(asked, answer);
}

static bool find(struct lt_asked *asked, struct lt_answer *answer, struct found *found)
{
    struct lt_hash id;
    const char *said = asked->url.parts[1];
    enum lt_result result = LT_NOT_FOUND;
    size_t size = 0;
    if (strlen(said) == 64 && sodium_hex2bin(id.bytes, 32, said, 64, NULL, &size, NULL) == 0 &&
        size == 32)
        result = look(asked->web->ledger, &id, found);
    const struct lt_place *place =
        result == LT_OK
            ? lt_book_place(lt_ledger_book(asked->web->ledger), &found->frame.chain.unit)
            : NULL;
    if (result == LT_OK && !lt_asked_may_see(asked, place))
        result = LT_REFUSED;
    if (result != LT_OK)
        lt_answer_result(asked, answer, result,
                         result == LT_NOT_FOUND ? lt_text("Không có bản cập nhật này ở đây.",
                                                          "There is no such update here.")
                                                : "");
    return result == LT_OK;
}

void lt_page_update(struct lt_asked *asked, struct lt_answer *answer)
{
    struct found *found = calloc(1, sizeof *found);
    char title[120], unit[LT_UNIT_TEXT_MAX], head[400], hex[65], key[65];
    if (found != NULL)
        found->grid = lt_grid_new(columns, sizeof columns / sizeof columns[0]);
    if (found == NULL || found->grid == NULL) {
        answer->body.failed = true;
        free(found);
        return;
    }
    found->names = asked->names;
    if (find(asked, answer, found)) {
        lt_asked_reads_names(asked, answer);
        lt_unit_format(&found->frame.chain.unit, unit);
        lt_hex(found->id.bytes, 32, hex);
        lt_hex(found->frame.key.bytes, 32, key);
        (void)snprintf(title, sizeof title,
                       lt_text("Bản cập nhật %llu của %s", "Update %llu of %s"),
                       (unsigned long long)found->frame.seq, unit);
        (void)snprintf(head, sizeof head,
                       "\"update\":\"%s\",\"unit\":\"%s\",\"seq\":%llu,\"key\":\"%s\","
                       "\"signed_at\":%lld,\"verified\":%s,\"signature\":\"%.128s\",",
                       hex, unit, (unsigned long long)found->frame.seq, key,
                       (long long)found->signed_at, found->verified ? "true" : "false",
                       found->signature);
        if (!lt_web_page_data(asked, answer, found->grid, "lienthong.update/1", head, title,
                              "update"))
            show(asked, answer, found, title);
    }
    lt_grid_free(found->grid);
    free(found);
}
