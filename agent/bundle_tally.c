#include "agent/bundle_tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"

bool lt_bundle_store_failed(enum lt_result result)
{
    return result == LT_NO_SPACE || result == LT_NO_MEMORY || result == LT_IO ||
           result == LT_CORRUPT || result == LT_PERMISSION || result == LT_BUSY;
}

/* Chains come in runs: the last one first. */
static struct lt_bundle_line *line_of(struct lt_bundle_tally *tally, const struct lt_chain *chain)
{
    for (size_t i = tally->count; i > 0; i--)
        if (lt_chain_cmp(&tally->lines[i - 1].chain, chain) == 0)
            return &tally->lines[i - 1];
    if (tally->count == tally->capacity) {
        size_t capacity = 2 * tally->capacity + 16;
        struct lt_bundle_line *grown = realloc(tally->lines, capacity * sizeof(*grown));
        if (grown == NULL)
            return NULL;
        tally->lines = grown;
        tally->capacity = capacity;
    }
    struct lt_bundle_line *line = &tally->lines[tally->count++];
    *line = (struct lt_bundle_line){.chain = *chain};
    return line;
}

bool lt_bundle_tally_add(struct lt_bundle_tally *tally, const struct lt_chain *chain,
                         enum lt_result result, const struct lt_hash *missing)
{
    struct lt_bundle_line *line = line_of(tally, chain);
    if (line == NULL)
        return false;
    if (result == LT_OK) {
        line->taken++;
        tally->taken++;
    } else if (result == LT_EXISTS) {
        line->known += tally->looks == 0; /* later it may be what we took ourselves */
        tally->known += tally->looks == 0;
    } else {
        if (line->refused == 0) {
            line->why = result;
            line->missing = missing != NULL ? *missing : (struct lt_hash){{0}};
        }
        line->refused++;
        tally->refused++;
    }
    return true;
}

void lt_bundle_tally_receipt(struct lt_bundle_tally *tally, enum lt_result result)
{
    if (result == LT_OK || result == LT_EXISTS) {
        tally->receipts++;
        return;
    }
    if (tally->receipts_refused++ == 0)
        tally->receipt_why = result;
}

bool lt_bundle_tally_again(struct lt_bundle_tally *tally)
{
    bool gained = tally->taken > tally->taken_before;
    if (tally->refused + tally->receipts_refused == 0 || !gained || tally->looks == LT_DEPTH_MAX)
        return false;
    tally->looks++;
    tally->taken_before = tally->taken;
    tally->refused = tally->receipts = tally->receipts_refused = 0;
    for (size_t i = 0; i < tally->count; i++)
        tally->lines[i].refused = 0;
    return true;
}

void lt_bundle_tally_free(struct lt_bundle_tally *tally)
{
    free(tally->lines);
    *tally = (struct lt_bundle_tally){.count = 0};
}

/* ---- In words ---- */

static void print_refused(const struct lt_bundle_line *line)
{
    static const struct lt_hash none;
    printf(lt_text(", từ chối %llu: %s", ", refused %llu: %s"), (unsigned long long)line->refused,
           lt_text_result(line->why));
    if (line->why == LT_ORPHAN && lt_hash_cmp(&line->missing, &none) != 0) {
        char text[65];
        lt_hex(line->missing.bytes, sizeof(line->missing.bytes), text);
        printf(lt_text(" (thiếu %.16s…)", " (lacks %.16s…)"), text);
    }
    if (line->why == LT_ORPHAN)
        printf("%s", lt_text("; hãy nạp gói trước đó, hoặc nhờ làm gói mới với --all",
                             "; load the earlier bundle first, or have one made with --all"));
}

void lt_bundle_tally_print(const struct lt_bundle_tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        const struct lt_bundle_line *line = &tally->lines[i];
        char unit[LT_UNIT_TEXT_MAX];
        lt_unit_format(&line->chain.unit, unit);
        printf(line->chain.stream == LT_STREAM_REPORT
                   ? lt_text("%s, báo cáo: nhận %llu, đã có %llu",
                             "%s, reports: %llu taken, %llu known")
                   : lt_text("%s, chỉ đạo: nhận %llu, đã có %llu",
                             "%s, directives: %llu taken, %llu known"),
               unit, (unsigned long long)line->taken, (unsigned long long)line->known);
        if (line->refused > 0)
            print_refused(line);
        putchar('\n');
    }
    if (tally->receipts + tally->receipts_refused > 0)
        printf(lt_text("biên nhận: giữ %llu", "receipts: %llu kept"),
               (unsigned long long)tally->receipts);
    if (tally->receipts_refused > 0)
        printf(lt_text(", bỏ qua %llu: %s", ", %llu not kept: %s"),
               (unsigned long long)tally->receipts_refused, lt_text_result(tally->receipt_why));
    if (tally->receipts + tally->receipts_refused > 0)
        putchar('\n');
}

static json_t *line_json(const struct lt_bundle_line *line)
{
    static const struct lt_hash none;
    char unit[LT_UNIT_TEXT_MAX], missing[65];
    lt_unit_format(&line->chain.unit, unit);
    lt_hex(line->missing.bytes, sizeof(line->missing.bytes), missing);
    const bool told = line->refused > 0 && lt_hash_cmp(&line->missing, &none) != 0;
    return json_pack("{s:s,s:s,s:I,s:I,s:I,s:s?,s:s?}", "unit", unit, "stream",
                     line->chain.stream == LT_STREAM_REPORT ? "reports" : "directives", "taken",
                     (json_int_t)line->taken, "known", (json_int_t)line->known, "refused",
                     (json_int_t)line->refused, "reason",
                     line->refused > 0 ? lt_text_result(line->why) : NULL, "missing",
                     told ? missing : NULL);
}

json_t *lt_bundle_tally_json(const struct lt_bundle_tally *tally, const struct lt_bundle_head *head)
{
    char unit[LT_UNIT_TEXT_MAX];
    json_t *chains = json_array();
    lt_unit_format(&head->maker.unit, unit);
    for (size_t i = 0; i < tally->count; i++)
        json_array_append_new(chains, line_json(&tally->lines[i]));
    return json_pack("{s:s,s:{s:s,s:s},s:I,s:I,s:I,s:o,s:{s:I,s:I,s:s?}}", "schema",
                     "lienthong.bundle/1", "from", "unit", unit, "role",
                     head->maker.role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent", "taken",
                     (json_int_t)tally->taken, "known", (json_int_t)tally->known, "refused",
                     (json_int_t)tally->refused, "chains", chains, "receipts", "kept",
                     (json_int_t)tally->receipts, "refused", (json_int_t)tally->receipts_refused,
                     "reason",
                     tally->receipts_refused > 0 ? lt_text_result(tally->receipt_why) : NULL);
}
