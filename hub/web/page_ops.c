/* For machines: is it alive, is it ready, how does it stand (Prometheus), and what may be asked (OpenAPI). */
#include <inttypes.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/web/fleet_of.h"
#include "hub/web/page.h"
#include "hub/web/pages.h"

void lt_page_livez(struct lt_asked *asked, struct lt_answer *answer)
{
    (void)asked;
    lt_out_raw(&answer->body, "ok\n");
}

/* "[+]store ok" as Kubernetes' own servers say it. */
static bool check(struct lt_out *out, const char *name, bool good, const char *why, bool verbose)
{
    if (verbose && good)
        lt_out_print(out, "[+]%s ok\n", name);
    else if (verbose)
        lt_out_print(out, "[-]%s failed: %s\n", name, why);
    return good;
}

void lt_page_readyz(struct lt_asked *asked, struct lt_answer *answer)
{
    const struct lt_seen *seen = asked->web->seen;
    const json_t *parent = json_object_get(seen->status, "parent_link");
    const bool verbose = lt_asked_param(asked, "verbose") != NULL;
    struct lt_out *out = &answer->body;
    bool good = check(out, "store", seen->trouble == LT_OK, lt_result_text(seen->trouble), verbose);
    good &= check(out, "hub", seen->sight == LT_HUB_RUNS, lt_hub_sight_name(seen->sight), verbose);
    (void)check(out, "parent", parent == NULL || json_is_true(json_object_get(parent, "welcomed")),
                "away", verbose); /* told, but this hub is ready without it */
    lt_out_raw(out, good ? "ready\n" : "not ready\n");
    answer->status = good ? 200 : 503;
}

/* ---- Prometheus ---- */

static void metric(struct lt_out *out, const char *name, const char *type, const char *help,
                   int64_t value)
{
    lt_out_print(out, "# HELP lienthong_%s %s\n# TYPE lienthong_%s %s\nlienthong_%s %" PRId64 "\n",
                 name, help, name, type, name, value);
}

static int64_t at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void tell_records(const json_t *counts, struct lt_out *out)
{
    metric(out, "records", "gauge", "Records that the ledger holds.", at(counts, "records"));
    metric(out, "quarantined_changes", "gauge", "Changes that do not count.",
           at(counts, "quarantined"));
    metric(out, "contested_records", "gauge", "Records that tips of a chain say differently.",
           at(counts, "contested"));
}

/* The public switch tells of no number that its pages would round. */
static void tell_counts(const json_t *status, bool shown, struct lt_out *out)
{
    const json_t *counts = json_object_get(status, "counts");
    metric(out, "updates", "gauge", "Updates that the ledger holds.", at(counts, "updates"));
    metric(out, "chains", "gauge", "Chains that the ledger holds.", at(counts, "chains"));
    if (!shown)
        tell_records(counts, out);
    metric(out, "disk_free_bytes", "gauge", "Free bytes of the disk that holds the ledger.",
           at(status, "disk_free_bytes"));
    metric(out, "keys_waiting", "gauge", "Keys that wait for the word of the top.",
           at(status, "keys_waiting"));
    metric(out, "alarms", "gauge", "What children brought that no honest one brings.",
           (int64_t)json_array_size(json_object_get(status, "alarms")));
}

static void tell_links(const json_t *status, struct lt_out *out)
{
    const json_t *gate = json_object_get(status, "gate"),
                 *work = json_object_get(status, "pipeline");
    const json_t *parent = json_object_get(status, "parent_link");
    if (gate != NULL) {
        metric(out, "peers", "gauge", "Machines that are connected.", at(gate, "peers"));
        metric(out, "messages_total", "counter", "Messages taken since the hub started.",
               at(gate, "messages"));
        metric(out, "dropped_messages_total", "counter", "Messages dropped since the hub started.",
               at(gate, "dropped"));
        metric(out, "waiting_updates", "gauge", "Updates that wait to be stored.",
               at(work, "waiting"));
        metric(out, "stored_updates_total", "counter", "Updates stored since the hub started.",
               at(work, "stored"));
        metric(out, "refused_updates_total", "counter", "Updates refused since the hub started.",
               at(work, "refused"));
    }
    if (parent != NULL) {
        metric(out, "parent_connected", "gauge", "1 when the parent has let this hub in.",
               json_is_true(json_object_get(parent, "welcomed")));
        metric(out, "in_flight_updates", "gauge", "Updates sent that have no receipt yet.",
               at(parent, "in_flight_updates"));
    }
}

static void tell_fleet(const struct lt_fleet *fleet, struct lt_out *out)
{
    metric(out, "units", "gauge", "Units of the tree at or below this hub.", (int64_t)fleet->count);
    metric(out, "units_heard", "gauge", "Units that were ever heard.", (int64_t)fleet->heard);
    metric(out, "units_troubled", "gauge", "Units that need somebody.",
           (int64_t)fleet->troubled_units);
    lt_out_raw(out, "# HELP lienthong_units_by_trouble Units that have each trouble.\n"
                    "# TYPE lienthong_units_by_trouble gauge\n");
    for (int trouble = 0; trouble < LT_TROUBLES; trouble++)
        lt_out_print(out, "lienthong_units_by_trouble{trouble=\"%s\"} %zu\n",
                     lt_trouble_words((enum lt_trouble)trouble)->name, fleet->troubled[trouble]);
}

static void tell_web(const struct lt_web *web, struct lt_out *out)
{
    const struct lt_web_counts *counts = &web->counts;
    lt_out_raw(out, "# HELP lienthong_web_answers_total Answers since the web started.\n"
                    "# TYPE lienthong_web_answers_total counter\n");
    for (int class = 2; class < 6; class ++)
        lt_out_print(out, "lienthong_web_answers_total{status=\"%dxx\"} %" PRIu64 "\n", class,
                     counts->answers[class]);
    metric(out, "web_logins_total", "counter", "Logins since the web started.",
           (int64_t)counts->logins);
    metric(out, "web_failed_logins_total", "counter", "Failed logins since the web started.",
           (int64_t)counts->failed_logins);
    metric(out, "web_acts_total", "counter",
           "What operators had the hub do from its pages, since the web started.",
           (int64_t)counts->acts);
    metric(out, "web_name_reads_total", "counter",
           "Answers that held names, since the web started.", (int64_t)counts->name_reads);
    metric(out, "web_slow_readers_total", "counter",
           "Connections cut off because they did not take their answer, since the web started.",
           (int64_t)counts->slow_readers);
}

void lt_page_metrics(struct lt_asked *asked, struct lt_answer *answer)
{
    static const enum lt_hub_sight sights[] = {LT_HUB_RUNS, LT_HUB_STARTS, LT_HUB_RECOVERS,
                                               LT_HUB_STOPPED, LT_HUB_MUTE};
    struct lt_out *out = &answer->body;
    struct lt_fleet *fleet = lt_web_fleet(asked);
    const struct lt_seen *seen = asked->web->seen;
    answer->type = "text/plain; version=0.0.4; charset=utf-8";
    lt_out_raw(out, "# HELP lienthong_hub_state 1 at the state that the hub is in.\n"
                    "# TYPE lienthong_hub_state gauge\n");
    for (size_t i = 0; i < sizeof sights / sizeof sights[0]; i++)
        lt_out_print(out, "lienthong_hub_state{state=\"%s\"} %d\n", lt_hub_sight_name(sights[i]),
                     seen->sight == sights[i]);
    metric(out, "status_age_seconds", "gauge", "How old what follows is.",
           seen->asked_at != 0 ? lt_clock_wall() - seen->asked_at : -1);
    if (seen->status != NULL) {
        tell_counts(seen->status, asked->web->settings.shown, out);
        tell_links(seen->status, out);
    }
    if (fleet != NULL)
        tell_fleet(fleet, out);
    lt_fleet_free(fleet);
    tell_web(asked->web, out);
}

/* ---- OpenAPI ---- */

struct described {
    const char *path, *about, *parameters; /* names with a space between */
};

static void describe(const struct described *page, const char *ending, struct lt_out *out)
{
    lt_out_print(out, "    \"%s%s\": {\"get\": {\"summary\": \"%s\", \"parameters\": [", page->path,
                 ending, page->about);
    const char *between = "";
    if (strchr(page->path, '{') != NULL) {
        size_t from = strcspn(page->path, "{") + 1;
        lt_out_print(out,
                     "{\"name\": \"%.*s\", \"in\": \"path\", \"required\": true, \"schema\": "
                     "{\"type\": \"string\"}}",
                     (int)strcspn(page->path + from, "}"), page->path + from);
        between = ", ";
    }
    for (const char *name = page->parameters; *name != '\0';) {
        size_t size = strcspn(name, " ");
        lt_out_print(
            out, "%s{\"name\": \"%.*s\", \"in\": \"query\", \"schema\": {\"type\": \"string\"}}",
            between, (int)size, name);
        between = ", ";
        name += size + (name[size] == ' ');
    }
    lt_out_raw(out, "], \"responses\": {\"200\": {\"description\": \"as asked\"}, \"400\": "
                    "{\"description\": \"the question is wrong; why\"}, \"401\": {\"description\": "
                    "\"log in first\"}, \"404\": {\"description\": \"there is no such thing\"}}}}");
}

/* What an operator sends from a unit's page: pages, not data, and only with a form that was shown. */
static void describe_acts(struct lt_out *out)
{
    static const struct described acts[] = {
        {"invite", "have a code made for a PC of the unit", "days approve"},
        {"uninvite", "take an invitation back", "id"},
        {"approve", "let in the machine that waits", "id fingerprint"},
        {"refuse", "refuse the machine that waits; asks again", "id confirm"},
        {"revoke", "end a PC's key at a cut; asks again, with what is lost",
         "key keep before why confirm"},
        {"approve-key", "the top's word to a key that waits, whose digits were read out", "digits"},
        {"endorse", "let updates of a revoked key count; asks again", "update confirm"},
        {"notice", "tell the people of the unit something; asks again", "text confirm"},
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        lt_out_print(out,
                     ",\n    \"/units/{unit}/%s\": {\"post\": {\"summary\": \"%s\", "
                     "\"parameters\": [{\"name\": \"unit\", \"in\": \"path\", \"required\": true, "
                     "\"schema\": {\"type\": \"string\"}}], \"requestBody\": {\"content\": "
                     "{\"application/x-www-form-urlencoded\": {\"schema\": {\"type\": \"object\", "
                     "\"required\": [\"csrf\", \"form\"], \"properties\": {\"csrf\": {\"type\": "
                     "\"string\"}, \"form\": {\"type\": \"string\"}",
                     acts[i].path, acts[i].about);
        for (const char *name = acts[i].parameters; *name != '\0';) {
            const size_t size = strcspn(name, " ");
            lt_out_print(out, ", \"%.*s\": {\"type\": \"string\"}", (int)size, name);
            name += size + (name[size] == ' ');
        }
        lt_out_raw(
            out,
            "}}}}}, \"responses\": {\"200\": {\"description\": \"done, or asked again\"}, \"403\": "
            "{\"description\": \"not with this account, or not from a page of this hub\"}, "
            "\"409\": "
            "{\"description\": \"sent before, or it does not stand so any more\"}, \"503\": "
            "{\"description\": \"no hub runs; the command that does it\"}}}}");
    }
}

/* Of page, JSON, CSV and workbook, the first ones that there are. */
static size_t formats_of(const char *path)
{
    static const char *const plain[] = {"/livez", "/readyz", "/metrics", "/events"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(path, plain[i]) == 0)
            return 1;
    return strcmp(path, "/overview") == 0 ? 2 : 4;
}

void lt_page_api(struct lt_asked *asked, struct lt_answer *answer)
{
    static const struct described pages[] = {
        {"/needs", "units that need somebody, and why", "sort desc"},
        {"/units", "all units at or below this hub", "q trouble sort desc"},
        {"/units/{unit}", "what a unit has signed, and where it has come", ""},
        {"/overview", "a place and period at one glance", "place year period basis tree"},
        {"/compare", "places side by side; `place` several times", "place period year basis by"},
        {"/figures", "statistics; as `lienthong-hub figures`",
         "place period year basis tree by across where"},
        {"/records", "the records behind a figure, with what of each counts",
         "place unit period year basis at where"},
        {"/updates/{update}", "a signed update and its changes", ""},
        {"/completeness", "who has declared a period, and who is missing",
         "place period kind only"},
        {"/lists/{list}",
         "movements, proposals and what became of them, pledges, exemplars, declarations",
         "place year"},
        {"/forms", "the statistical forms", ""},
        {"/accounts", "who may log in; for admins", ""},
        {"/livez", "does it answer", ""},
        {"/readyz", "does it serve what is new; 503 when not", "verbose"},
        {"/metrics", "for Prometheus", ""},
        {"/events", "what changes, as server-sent events", ""},
        {"/forms/{form}", "a statistical form, filled", "place period basis tree version"},
    };
    static const char *const endings[] = {"", ".json", ".csv", ".xlsx"};
    struct lt_out *out = &answer->body;
    (void)asked;
    answer->type = "application/json";
    lt_out_raw(out, "{\n  \"openapi\": \"3.0.3\",\n  \"info\": {\"title\": \"Lienthong hub\", "
                    "\"version\": \"" LT_VERSION_TEXT "\"},\n  \"paths\": {\n");
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        for (size_t j = 0; j < formats_of(pages[i].path); j++) {
            lt_out_raw(out, i + j > 0 ? ",\n" : "");
            describe(&pages[i], endings[j], out);
        }
    describe_acts(out);
    lt_out_raw(out, "\n  }\n}\n");
}
