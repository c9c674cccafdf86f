/* cmd_audit - does every figure follow from the signed updates? */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "agent/progress.h"
#include "agent/text.h"
#include "hub/audit.h"
#include "hub/commands.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub audit [--json] [--dir D]\n"
    "Tính lại mọi số liệu từ các bản cập nhật đã ký và so từng byte; chạy được bên cạnh hub.\n"
    "Kết thúc với 0: khớp; 1: khác; 2: không làm được.\n";
static const char USAGE_EN[] = "Usage: lienthong-hub audit [--json] [--dir D]\n"
                               "Recomputes every figure from the signed updates and compares "
                               "bytes; works beside a running hub.\n"
                               "Leaves with 0: equal; 1: different; 2: could not be done.\n";

static void show_progress(void *context, uint64_t done, uint64_t updates)
{
    (void)context;
    lt_progress(lt_text("tính lại và so", "recomputing"), done, updates);
}

static bool tell_json(const struct lt_audit *audit)
{
    json_t *document = json_pack(
        "{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:s}", "schema", "lienthong.audit/1", "equal",
        (int)audit->equal, "updates", (json_int_t)audit->updates, "cells", (json_int_t)audit->cells,
        "scopes", (json_int_t)audit->scopes, "versions", (json_int_t)audit->versions, "quarantined",
        (json_int_t)audit->quarantined, "difference", audit->difference);
    bool told = document != NULL && json_dumpf(document, stdout, JSON_INDENT(1)) == 0 &&
                putchar('\n') != EOF;
    json_decref(document);
    return told;
}

static bool tell_text(const struct lt_audit *audit)
{
    if (!audit->equal)
        return printf(lt_text("KHÁC: %s\n", "DIFFERENT: %s\n"), audit->difference) > 0;
    return printf(lt_text("Khớp: %llu bản cập nhật, %llu ô số liệu, %llu dòng phạm vi\n",
                          "Equal: %llu updates, %llu cells, %llu scope lines\n"),
                  (unsigned long long)audit->updates, (unsigned long long)audit->cells,
                  (unsigned long long)audit->scopes) > 0;
}

int lt_hub_cmd_audit(int argc, char **argv)
{
    struct lt_options given;
    struct lt_ledger *ledger;
    struct lt_audit audit;
    char reason[200] = "", scratch[LT_DIR_MAX + 16];
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, NULL, 0, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count > 0)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", given.operands[0]);
    enum lt_result result = lt_ledger_open(given.dir, true, &ledger, reason);
    if (result == LT_OK) {
        (void)snprintf(scratch, sizeof scratch, "%s/audit.tmp", given.dir);
        result = lt_audit_run(ledger, scratch, show_progress, NULL, &audit, reason);
        lt_progress_clear();
        lt_ledger_close(ledger);
    }
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub audit: %s: %s\n", given.dir, reason);
        return LT_EXIT_FAILED;
    }
    if (!(given.json ? tell_json(&audit) : tell_text(&audit)))
        return LT_EXIT_FAILED; /* lt_program_end says why, also of what is lost at the end */
    return audit.equal ? LT_EXIT_OK : LT_EXIT_UNFINISHED;
}
