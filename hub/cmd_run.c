/* cmd_run - serves until told to stop. */
#include <signal.h>
#include <stdio.h>

#include "agent/options.h"
#include "hub/commands.h"
#include "hub/core.h"

static const char USAGE[] =
    "Usage: lienthong-hub run [--dir D]\n"
    "Serves until SIGTERM or SIGINT. Two lines stand on stdout, in either order:\n"
    "  ready ENDPOINT UNIT   when it serves\n"
    "  settled               when it holds all that its parent named (the top: at once)\n"
    "Later, each time that a move has given it another parent:\n"
    "  moved                 when that parent has let it in\n"
    "Its log goes to stderr. Settings: hub.conf in the folder.\n";

static int serve(const char *dir)
{
    struct lt_hub_config config;
    struct lt_hub *hub;
    struct lt_hub_site site;
    char reason[300] = "", unit[LT_UNIT_TEXT_MAX], ready[LT_ENDPOINT_MAX + LT_UNIT_TEXT_MAX + 16];
    sigset_t signals;
    int signal_number = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before the threads, which inherit it */
    signal(SIGPIPE, SIG_IGN);
    enum lt_result result = lt_config_read(dir, &config, reason);
    if (result == LT_OK) {
        result = lt_hub_start(dir, &config, &hub, reason);
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n", reason[0] != '\0' ? reason : lt_result_text(result));
        return lt_exit_of(result);
    }
    lt_ledger_site(lt_hub_ledger(hub), &site);
    lt_unit_format(&site.unit, unit);
    snprintf(ready, sizeof(ready), "ready %s %s", lt_hub_endpoint(hub), unit);
    lt_hub_announce(ready);
    if (!site.has_parent) {
        lt_hub_announce("settled");
    }
    lt_hub_log("serving %s at %s", unit, lt_hub_endpoint(hub));
    while (sigwait(&signals, &signal_number) != 0) {}
    lt_hub_log("stopping: signal %d", signal_number);
    lt_hub_stop(hub);
    lt_hub_log("stopped");
    return LT_EXIT_OK;
}

int lt_hub_cmd_run(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(USAGE, USAGE, "run: '%s' is not expected", options.operands[0]);
    }
    return serve(options.dir);
}
