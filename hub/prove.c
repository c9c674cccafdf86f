#include "hub/prove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/prove_cut.h"

/* Tries to catch figure and chains of one moment between two commits, and updates read at a time. */
enum { TRIES_MAX = 50, UPDATES_AT_ONCE = 256 };

struct proving {
    const struct lt_prove *prove;
    const struct lt_book *book;
    struct lt_figures figures;
    struct lt_prove_cut cut;
    struct lt_proof_writer *writer;
    FILE *file;
    char *reason;
};

static enum lt_result told(struct proving *proving, enum lt_result result, const char *sentence)
{
    (void)snprintf(proving->reason, LT_PROVE_REASON_MAX, "%s", sentence);
    return result;
}

/* ---- One moment ---- */

static enum lt_result take_moment(struct proving *proving, bool *ret_again)
{
    const struct lt_prove *prove = proving->prove;
    char reason[400] = "";
    enum lt_result result = lt_figures_ask(prove->ledger, prove->query, &proving->figures, reason);
    if (result != LT_OK)
        return told(proving, result, reason);
    if (proving->figures.rebuilding)
        return told(proving, LT_REFUSED,
                    lt_text("trạm đang xét lại hồ sơ theo chỉ thị mới; hãy hỏi lại khi xong",
                            "the hub is judging its records again by new directives; ask again "
                            "when that is done"));
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(prove->ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    *ret_again = lt_log_last(lt_store_log(txn)) != proving->figures.updates;
    if (!*ret_again)
        result = lt_prove_cut_now(txn, proving->book, prove->query, prove->whole, &proving->cut);
    lt_store_abort(txn);
    return result;
}

static enum lt_result look_now(struct proving *proving)
{
    enum lt_result result = LT_OK;
    bool again = true;
    for (int tries = 0; again && result == LT_OK; tries++) {
        lt_figures_clear(&proving->figures);
        result = tries == TRIES_MAX ? LT_BUSY : take_moment(proving, &again);
    }
    return result;
}

static enum lt_result look_then(struct proving *proving)
{
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(proving->prove->ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    const enum lt_result result =
        lt_prove_cut_then(txn, proving->book, proving->prove->published, &proving->cut);
    lt_store_abort(txn);
    return result != LT_NOT_FOUND
               ? result
               : told(proving, result,
                      lt_text("sổ của trạm này không có chỉ thị đã công bố số liệu đó",
                              "this hub's log does not hold the directive that published it"));
}

/* ---- The head ---- */

struct wire_question {
    Lienthong__ProofQuestion question;
    Lienthong__Unit place;
    char *by[LT_DIM_COUNT];
    Lienthong__ProofCondition conditions[LT_WHERE_MAX], *where[LT_WHERE_MAX];
    char places[LT_WHERE_MAX][LT_UNIT_TEXT_MAX];
};

static void fill_unit(const struct lt_unit *unit, Lienthong__Unit *ret_wire)
{
    lienthong__unit__init(ret_wire);
    ret_wire->code = (char *)(uintptr_t)unit->code;
    ret_wire->valid_from = unit->valid_from;
}

static void fill_condition(const struct proving *proving, size_t i, struct wire_question *wire)
{
    const struct lt_figures_query *query = proving->prove->query;
    const enum lt_dimension dimension = query->where[i].dimension;
    const char *value = query->where[i].value;
    if (dimension == LT_DIM_PLACE && value[0] != '\0') { /* by unit, whatever the year */
        const struct lt_place *place = lt_figures_place_of(proving->book, query, value);
        if (place != NULL)
            lt_unit_format(&place->unit, wire->places[i]);
        value = wire->places[i];
    }
    lienthong__proof_condition__init(&wire->conditions[i]);
    wire->conditions[i].dimension = (char *)(uintptr_t)lt_dimension_name(dimension);
    wire->conditions[i].value = (char *)(uintptr_t)value;
    wire->where[i] = &wire->conditions[i];
}

static void fill_question(const struct proving *proving, struct wire_question *wire)
{
    const struct lt_figures_query *query = proving->prove->query;
    Lienthong__ProofQuestion *question = &wire->question;
    lienthong__proof_question__init(question);
    fill_unit(&query->place->unit, &wire->place);
    question->place = &wire->place;
    question->decided = query->decided;
    question->year_from = (uint32_t)query->year_from;
    question->year_to = (uint32_t)query->year_to;
    question->span = query->span;
    question->month_from = (uint32_t)query->month_from;
    question->month_to = (uint32_t)query->month_to;
    question->tree = query->tree;
    for (size_t i = 0; i < query->by_count; i++)
        wire->by[i] = (char *)(uintptr_t)lt_dimension_name(query->by[i]);
    question->by = wire->by;
    question->n_by = query->by_count;
    for (size_t i = 0; i < query->where_count; i++)
        fill_condition(proving, i, wire);
    question->where = wire->where;
    question->n_where = query->where_count;
}

static enum lt_result write_head(struct proving *proving)
{
    const struct lt_prove *prove = proving->prove;
    struct wire_question *wire = calloc(1, sizeof *wire);
    Lienthong__ProofHead head;
    Lienthong__Unit hub, top;
    struct lt_hub_site site;
    struct lt_roots roots;
    struct lt_key key = prove->keys->sign_public;
    struct lt_hash directives =
        prove->published != NULL ? prove->published->directives : proving->figures.directives;
    if (wire == NULL)
        return LT_NO_MEMORY;
    lienthong__proof_head__init(&head);
    lt_ledger_site(prove->ledger, &site);
    lt_book_roots(lt_ledger_book(prove->ledger), &roots);
    fill_question(proving, wire);
    fill_unit(&site.unit, &hub);
    fill_unit(&site.top, &top);
    head.hub = &hub;
    head.top = &top;
    head.incarnation = (ProtobufCBinaryData){sizeof site.incarnation, site.incarnation.bytes};
    head.key = (ProtobufCBinaryData){sizeof key, key.bytes};
    head.root = (ProtobufCBinaryData){sizeof roots.root, roots.root.bytes};
    head.rules = LT_RULES_VERSION;
    head.directives = (ProtobufCBinaryData){sizeof directives, directives.bytes};
    head.question = &wire->question;
    head.whole = prove->whole || prove->published != NULL;
    head.names = prove->names;
    if (prove->published != NULL) {
        head.published = (char *)(uintptr_t)prove->published->name;
        head.number = prove->published->number;
    }
    head.signed_at = lt_clock_wall();
    const enum lt_result result = lt_proof_write_head(proving->writer, &head);
    free(wire);
    return result;
}

/* ---- Rows ---- */

static enum lt_result write_rows_now(struct proving *proving)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < proving->figures.count && result == LT_OK; i++) {
        const struct lt_figure *figure = &proving->figures.rows[i];
        Lienthong__ProofRow row = LIENTHONG__PROOF_ROW__INIT;
        row.values = (char **)(uintptr_t)figure->values;
        row.n_values = proving->prove->query->by_count;
        row.count = figure->count;
        row.quantity = figure->quantity;
        row.unconfirmed = figure->unconfirmed;
        result = lt_proof_write_row(proving->writer, &row);
    }
    return result;
}

static int64_t number_at(const json_t *cell, const char *name)
{
    return (int64_t)json_integer_value(json_object_get(cell, name));
}

static enum lt_result write_cell(struct proving *proving, const json_t *cell)
{
    const struct lt_figures_query *query = proving->prove->query;
    char numbers[LT_DIM_COUNT][24], *values[LT_DIM_COUNT];
    Lienthong__ProofRow row = LIENTHONG__PROOF_ROW__INIT;
    for (size_t i = 0; i < query->by_count; i++) {
        const json_t *value = json_object_get(cell, lt_dimension_name(query->by[i]));
        (void)snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)json_integer_value(value));
        if (!json_is_string(value) && !json_is_integer(value))
            return told(proving, LT_MALFORMED,
                        lt_text("số liệu đã công bố không đọc được",
                                "the published figures cannot be read"));
        values[i] =
            json_is_string(value) ? (char *)(uintptr_t)json_string_value(value) : numbers[i];
    }
    row.values = values;
    row.n_values = query->by_count;
    row.count = number_at(cell, "count");
    row.quantity = number_at(cell, "quantity");
    row.unconfirmed = number_at(cell, "unconfirmed");
    return lt_proof_write_row(proving->writer, &row);
}

static enum lt_result write_rows_then(struct proving *proving)
{
    json_t *figures = lt_publication_figures(proving->prove->published);
    const json_t *cells = json_object_get(figures, "cells");
    enum lt_result result = figures == NULL ? LT_MALFORMED : LT_OK;
    for (size_t i = 0; i < json_array_size(cells) && result == LT_OK; i++)
        result = write_cell(proving, json_array_get(cells, i));
    json_decref(figures);
    return result;
}

/* ---- The cut, and the updates ---- */

static enum lt_result write_chain(struct proving *proving, const struct lt_prove_chain *chain)
{
    Lienthong__ProofChain wire = LIENTHONG__PROOF_CHAIN__INIT;
    Lienthong__ChainTips tips = LIENTHONG__CHAIN_TIPS__INIT;
    Lienthong__Chain named = LIENTHONG__CHAIN__INIT;
    Lienthong__Unit unit;
    ProtobufCBinaryData hashes[LT_PARENTS_MAX];
    if (chain->tip_count > LT_PARENTS_MAX)
        return LT_TOO_LARGE;
    fill_unit(&chain->chain.unit, &unit);
    named.stream = chain->chain.stream == LT_STREAM_REPORT ? LIENTHONG__STREAM__STREAM_REPORT
                                                           : LIENTHONG__STREAM__STREAM_DIRECTIVE;
    named.unit = &unit;
    tips.chain = &named;
    tips.tips = hashes;
    tips.n_tips = chain->tip_count;
    for (size_t i = 0; i < chain->tip_count; i++)
        hashes[i] = (ProtobufCBinaryData){32, proving->cut.tips[chain->tips_at + i].bytes};
    wire.tips = &tips;
    wire.count = chain->count;
    wire.left_out = chain->left_out;
    return lt_proof_write_chain(proving->writer, &wire);
}

static enum lt_result write_slice(struct proving *proving, const uint64_t *positions, size_t count)
{
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(proving->prove->ledger), false);
    enum lt_result result = txn == NULL ? LT_NO_MEMORY : LT_OK;
    for (size_t i = 0; i < count && result == LT_OK; i++) {
        struct lt_bytes bytes;
        struct lt_update update;
        if (!lt_log_at(lt_store_log(txn), positions[i], &bytes))
            result = LT_CORRUPT;
        else
            result = lt_update_open(bytes, &update);
        if (result == LT_OK)
            result = lt_proof_write_update(proving->writer, &update, bytes, proving->prove->names);
    }
    lt_store_abort(txn);
    return result;
}

static enum lt_result write_all(struct proving *proving)
{
    enum lt_result result = write_head(proving);
    if (result == LT_OK)
        result =
            proving->prove->published != NULL ? write_rows_then(proving) : write_rows_now(proving);
    for (size_t i = 0; i < proving->cut.count && result == LT_OK; i++)
        result = write_chain(proving, &proving->cut.chains[i]);
    for (size_t at = 0; at < proving->cut.position_count && result == LT_OK;) {
        const size_t left = proving->cut.position_count - at;
        const size_t count = left < UPDATES_AT_ONCE ? left : UPDATES_AT_ONCE;
        result = write_slice(proving, &proving->cut.positions[at], count);
        at += count;
    }
    return result == LT_OK
               ? lt_proof_write_seal(proving->writer, &proving->prove->keys->sign_secret)
               : result;
}

static const char *too_large(void)
{
    return lt_text(
        "nhiều hơn một tệp chứng minh chứa được (1 GiB, 1.000.000 bản cập nhật, 20.000.000 "
        "thay đổi); hãy hỏi nơi nhỏ hơn hoặc ít năm hơn, hoặc bỏ --whole",
        "more than a proof can hold (1 GiB, 1,000,000 updates, 20,000,000 changes); ask "
        "for a smaller place or fewer years, or without --whole");
}

static bool put(void *context, struct lt_bytes bytes)
{
    return fwrite(bytes.data, 1, bytes.size, context) == bytes.size;
}

enum lt_result lt_prove_write(const struct lt_prove *prove, FILE *file,
                              char ret_reason[LT_PROVE_REASON_MAX])
{
    struct proving proving = {.prove = prove,
                              .book = lt_ledger_book(prove->ledger),
                              .file = file,
                              .reason = ret_reason,
                              .writer = lt_proof_writer_new(put, file)};
    ret_reason[0] = '\0';
    enum lt_result result = proving.writer == NULL ? LT_NO_MEMORY : LT_OK;
    if (result == LT_OK)
        result = prove->published != NULL ? look_then(&proving) : look_now(&proving);
    if (result == LT_OK)
        result = write_all(&proving);
    if (result == LT_OK && fflush(file) != 0)
        result = LT_IO;
    const int error = errno;
    lt_proof_writer_free(proving.writer);
    lt_prove_cut_free(&proving.cut);
    lt_figures_clear(&proving.figures);
    if (result != LT_OK && ret_reason[0] == '\0')
        (void)snprintf(ret_reason, LT_PROVE_REASON_MAX, "%s",
                       result == LT_IO ? lt_text_errno(error)
                       : result == LT_BUSY ? lt_text("sổ đang thay đổi liên tục; hãy hỏi lại",
                                                     "the ledger changes without pause; ask again")
                       : result == LT_TOO_LARGE ? too_large()
                                                : lt_text_result(result));
    return result;
}

/* ---- As a stranger ---- */

static enum lt_result feed_file(struct lt_proof *proof, FILE *file)
{
    uint8_t portion[16 * 1024];
    enum lt_result result = LT_OK;
    size_t size = 1;
    while (result == LT_OK && size > 0) {
        size = fread(portion, 1, sizeof portion, file);
        result = lt_proof_feed(proof, (struct lt_bytes){portion, size});
    }
    if (result == LT_OK)
        result = ferror(file) != 0 ? LT_IO : lt_proof_end(proof);
    return result;
}

enum lt_result lt_prove_check(struct lt_ledger *ledger, const char *path,
                              struct lt_proof_sums *ret_sums, size_t *ret_rows,
                              char ret_reason[LT_PROVE_REASON_MAX])
{
    struct lt_hub_site site;
    const struct lt_proof_fault *faults;
    const struct lt_proof_row *rows;
    struct lt_roots roots;
    lt_ledger_site(ledger, &site);
    lt_book_roots(lt_ledger_book(ledger), &roots); /* not the first one: that may be stolen */
    struct lt_proof *proof = lt_proof_new(&roots.root, &site.top);
    FILE *file = fopen(path, "rb");
    enum lt_result result = proof == NULL ? LT_NO_MEMORY : file == NULL ? LT_IO : LT_OK;
    if (result == LT_OK)
        result = feed_file(proof, file);
    if (result == LT_OK) {
        lt_proof_sums(proof, ret_sums);
        *ret_rows = lt_proof_rows(proof, &rows);
    } else if (result == LT_REFUSED && lt_proof_faults(proof, &faults) > 0) {
        (void)snprintf(ret_reason, LT_PROVE_REASON_MAX, "%s: %s",
                       lt_proof_fault_text(faults[0].kind), faults[0].about);
    } else {
        (void)snprintf(ret_reason, LT_PROVE_REASON_MAX, "%s",
                       proof != NULL && lt_proof_trouble(proof)[0] != '\0'
                           ? lt_proof_trouble(proof)
                           : lt_text_result(result));
        if (result == LT_TOO_LARGE)
            (void)snprintf(ret_reason, LT_PROVE_REASON_MAX, "%s", too_large());
    }
    if (file != NULL)
        (void)fclose(file);
    lt_proof_free(proof);
    return result;
}
