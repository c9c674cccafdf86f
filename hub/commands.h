/* commands.h - the subcommands of lienthong-hub.
 *
 * Each gets its own arguments, argv[0] being its name, and returns an exit code of agent/options.h. Every
 * one takes --dir D, --json, --lang and --help. Errors go to stderr and name what, where and why. */
#ifndef LT_HUB_COMMANDS_H
#define LT_HUB_COMMANDS_H

/* Where a hub is kept when nothing else is said: that of the package, whose user is lienthong-hub. */
#define LT_HUB_DIR "/var/lib/lienthong-hub"

int lt_hub_cmd_init(int argc, char **argv);
int lt_hub_cmd_root(int argc, char **argv);
int lt_hub_cmd_units(int argc, char **argv);
int lt_hub_cmd_catalog(int argc, char **argv);
int lt_hub_cmd_invite(int argc, char **argv);
int lt_hub_cmd_invites(int argc, char **argv);
int lt_hub_cmd_approve(int argc, char **argv);
int lt_hub_cmd_keys(int argc, char **argv);
int lt_hub_cmd_rotate(int argc, char **argv);
int lt_hub_cmd_updates(int argc, char **argv);
int lt_hub_cmd_revoke(int argc, char **argv);
int lt_hub_cmd_endorse(int argc, char **argv);
int lt_hub_cmd_notice(int argc, char **argv);
int lt_hub_cmd_move(int argc, char **argv);
int lt_hub_cmd_fallback(int argc, char **argv);
int lt_hub_cmd_retire(int argc, char **argv);
int lt_hub_cmd_run(int argc, char **argv);
int lt_hub_cmd_status(int argc, char **argv);
int lt_hub_cmd_doctor(int argc, char **argv);
int lt_hub_cmd_bundle(int argc, char **argv);
int lt_hub_cmd_backup(int argc, char **argv);
int lt_hub_cmd_restore(int argc, char **argv);
int lt_hub_cmd_figures(int argc, char **argv);
int lt_hub_cmd_form(int argc, char **argv);
int lt_hub_cmd_review(int argc, char **argv);
int lt_hub_cmd_records(int argc, char **argv);
int lt_hub_cmd_differences(int argc, char **argv);
int lt_hub_cmd_successions(int argc, char **argv);
int lt_hub_cmd_obligations(int argc, char **argv);
int lt_hub_cmd_completeness(int argc, char **argv);
int lt_hub_cmd_close(int argc, char **argv);
int lt_hub_cmd_late(int argc, char **argv);
int lt_hub_cmd_prove(int argc, char **argv);
int lt_hub_cmd_publish(int argc, char **argv);
int lt_hub_cmd_published(int argc, char **argv);
int lt_hub_cmd_list(int argc, char **argv);
int lt_hub_cmd_clusters(int argc, char **argv);
int lt_hub_cmd_redact(int argc, char **argv);
int lt_hub_cmd_seal(int argc, char **argv);
int lt_hub_cmd_versions(int argc, char **argv);
int lt_hub_cmd_release(int argc, char **argv);
int lt_hub_cmd_digest(int argc, char **argv);
int lt_hub_cmd_web(int argc, char **argv);
int lt_hub_cmd_accounts(int argc, char **argv);
int lt_hub_cmd_audit(int argc, char **argv);

#endif
