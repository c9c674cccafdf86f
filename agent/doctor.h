/* doctor.h - what `doctor` finds: a line a finding, how it stands, and what to do; and what site and hub look at alike.
 *
 * Each look stands by itself: what one cannot read keeps no other from looking. Nothing is made, written, repaired or
 * waited for beyond seconds; beside a running service it only reads. Findings are printed as they come, or as one JSON
 * object at the end. Programs only, one thread. */
#ifndef LT_DOCTOR_H
#define LT_DOCTOR_H

#include <jansson.h>

#include "agent/options.h"
#include "agent/uplink_socket.h"

enum lt_health { LT_HEALTHY, LT_DOUBTFUL, LT_WRONG };

/* What was looked at; scripts see the word of it (doctor.c). */
enum lt_look {
    LT_LOOK_FOLDER,
    LT_LOOK_DISK,
    LT_LOOK_CLOCK,
    LT_LOOK_SETTINGS,
    LT_LOOK_STORE,
    LT_LOOK_KEYS,
    LT_LOOK_PROCESS,
    LT_LOOK_SERVICE,
    LT_LOOK_LINK,
    LT_LOOK_CONTACT,
    LT_LOOK_DROP,
    LT_LOOK_RELEASE,
    LT_LOOKS
};

struct lt_doctor {
    const char *dir;
    bool json;
    json_t *findings;
    size_t counts[LT_WRONG + 1];
};

/* As root it goes on with the rights of the folder's owner, so that it sees what the service sees. */
void lt_doctor_begin(struct lt_doctor *ret_doctor, const char *dir, bool json);
/* `todo` NULL: nothing is to be done. */
void lt_doctor_say(struct lt_doctor *doctor, enum lt_look look, enum lt_health health,
                   const char *todo, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The sum, and the exit code: LT_EXIT_UNFINISHED when something is wrong. */
int lt_doctor_end(struct lt_doctor *doctor);

/* ---- doctor_site.c ---- */

/* The folder: there, ours, closed to others, on a disk of this machine that can be written. False: it is not there. */
bool lt_doctor_folder(struct lt_doctor *doctor);
/* Room. `low_bytes`: so little is a warning. */
void lt_doctor_disk(struct lt_doctor *doctor, uint64_t low_bytes);
/* May the store in the folder be opened without making anything? Says what is missing. */
bool lt_doctor_store_files(struct lt_doctor *doctor);
/* A result of opening or reading the store. */
void lt_doctor_store_failed(struct lt_doctor *doctor, enum lt_result result, const char *reason);
/* A key file, as whoever uses it reads it. True: it is good, and *ret_seed, if not NULL, is the caller's to wipe. */
bool lt_doctor_key(struct lt_doctor *doctor, const char *name, bool must_be_there,
                   uint8_t ret_seed[32]);

/* What hubs have said of the time. */
struct lt_doctor_times {
    int64_t signed_at; /* newest time that a hub has signed; 0: none is held */
    int64_t asked_at; /* when the hub's clock was last heard; 0: not */
    int64_t ahead_s; /* and was ahead of ours by that */
};
void lt_doctor_clock(struct lt_doctor *doctor, const struct lt_doctor_times *times);

/* ---- posix/doctor_process.c, windows/doctor_process.c ---- */

/* Root goes on as the user of the folder: it sees what the service cannot, and is refused keys that the service is not. */
void lt_doctor_become_owner(const char *dir);
/* Who has the store open besides this program, as the kernel's locks tell; `runs`: the program that belongs to it does. */
void lt_doctor_processes(struct lt_doctor *doctor, bool runs);
/* How many processes hold a lock on a file of the folder, as far as the kernel tells. */
size_t lt_doctor_holders(const struct lt_doctor *doctor, const char *name);
/* What systemd says of a unit, if it is there and serves this folder. */
void lt_doctor_unit(struct lt_doctor *doctor, const char *unit);

/* ---- doctor_link.c ---- */

/* A way to a hub: name, TCP, what answers there, and the handshake in which it proves to hold `server`, and admits us. */
struct lt_doctor_way {
    const char (*endpoints)[LT_ENDPOINT_MAX];
    size_t count;
    const char *whose; /* for people: "807" */
    struct lt_link_keys keys;
    bool have_keys; /* without them the handshake is left out */
    enum lt_health when_none; /* how bad it is when no endpoint works */
};
void lt_doctor_link(struct lt_doctor *doctor, const struct lt_doctor_way *way);

#endif
