/* config.h - `dir`/hub.conf, written by init and edited by operators.
 *
 *   listen  = tcp://0.0.0.0:7400      where this hub listens. May stand several times, each a door (door.h),
 *   listen  = tcp://0.0.0.0:7401 listen-2.key     with the file of a transport key of its own
 *   public  = tcp://hub.example:7400  how others reach the last of them; may stand several times
 *   workers = 0                       verifying threads; 0: one a processor
 *   credit  = 4                       MiB in flight of one child
 *   peers   = 8192                    connections of enrolled children at once
 *   strangers = 256                   connections that have not shown an enrolled key
 *   nothing = 20                      what one machine may cost (quota.h): milliseconds of work for nothing
 *   pace    = 100                     a second, of the writer's work a second when it is slowed,
 *   day     = 1024                    MiB of updates a day,
 *   cut     = 60                      seconds of the first time that it is cut off
 *   release_kib_s = 256               KiB of releases a second to all children together; 0: none are handed down
 *   countersign = first               the top grants by itself a unit's first key that a hub below has granted; none:
 *                                     it waits for `keys --approve`
 *   silent_after = 36h                units unheard for longer are listed as silent; s, m, h or d
 *   log     = info                    lines below it are not written: error, warning or info
 *
 * An unknown name or an impossible value is an error that names file, line and reason. */
#ifndef LT_CONFIG_H
#define LT_CONFIG_H

#include "agent/daemon.h"
#include "proto/message.h"

enum { LT_CONFIG_PUBLIC_MAX = 8, LT_CONFIG_LISTEN_MAX = 4, LT_CONFIG_FILE_MAX = 16 };

struct lt_listen {
    char endpoint[LT_ENDPOINT_MAX];
    char key_file[LT_CONFIG_FILE_MAX]; /* in the folder; "": the hub's own */
};

struct lt_hub_config {
    size_t listen_count; /* at least one was read */
    struct lt_listen listen[LT_CONFIG_LISTEN_MAX];
    size_t public_count;
    char public_endpoints[LT_CONFIG_PUBLIC_MAX][LT_ENDPOINT_MAX];
    unsigned workers, credit_mib, peers, strangers;
    unsigned nothing_ms, pace_ms, day_mib, cut_s;
    unsigned release_kib_s;
    uint32_t silent_after_s;
    bool countersign_first;
    enum lt_log_level log;
};

enum { LT_CONFIG_SILENT_AFTER_S = 36 * 3600 }; /* as agents wait (agent/second.h) */

void lt_config_default(struct lt_hub_config *ret_config);
/* "tcp://host:port"; an interface or `*` may stand for the host when listening, 0 or * for the port. */
enum lt_result lt_config_endpoint(const char *text, bool listening,
                                  char ret_endpoint[LT_ENDPOINT_MAX]);
enum lt_result lt_config_read(const char *dir, struct lt_hub_config *ret_config,
                              char ret_reason[300]);
/* Where others are told to come: the last door. */
const struct lt_listen *lt_config_told(const struct lt_hub_config *config);
/* Writes a new file, durably; LT_EXISTS when there is one. */
enum lt_result lt_config_write(const char *dir, const struct lt_hub_config *config,
                               char ret_reason[300]);

#endif
