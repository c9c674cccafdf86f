/* commands.h - the subcommands of lienthong-agent.
 *
 * Each gets its own arguments, argv[0] being its name, and returns an exit code of options.h. They read
 * the environment, print, and leave no process behind; `run` stays until it is told to stop. */
#ifndef LT_COMMANDS_H
#define LT_COMMANDS_H

int lt_cmd_init(int argc, char **argv);
int lt_cmd_rotate(int argc, char **argv);
int lt_cmd_join(int argc, char **argv);
int lt_cmd_run(int argc, char **argv);
int lt_cmd_status(int argc, char **argv);
int lt_cmd_doctor(int argc, char **argv);
int lt_cmd_wait(int argc, char **argv);
int lt_cmd_import(int argc, char **argv);
int lt_cmd_records(int argc, char **argv);
int lt_cmd_export(int argc, char **argv);
int lt_cmd_drop(int argc, char **argv);
int lt_cmd_bundle(int argc, char **argv);
int lt_cmd_backup(int argc, char **argv);
int lt_cmd_restore(int argc, char **argv);
int lt_cmd_service(int argc, char **argv); /* of each system */

#endif
