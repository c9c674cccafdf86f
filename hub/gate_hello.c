#include "hub/gate_own.h"

#include <stdlib.h>
#include <string.h>

/* Cut to the view's room, at the start of a letter. */
static void copy_software(const char *told, char ret_software[LT_SOFTWARE_MAX])
{
    size_t size = strlen(told);
    if (size >= LT_SOFTWARE_MAX) {
        size = LT_SOFTWARE_MAX - 1;
        while (size > 0 && ((uint8_t)told[size] & 0xc0) == 0x80) {
            size--;
        }
    }
    memcpy(ret_software, told, size);
    ret_software[size] = '\0';
}

/* Under the lock: a machine's place in the list, made where it is new; NULL: out of memory. */
static struct lt_machine_heard *machine_of(struct lt_gate *gate, const struct lt_key *key)
{
    size_t low = 0, high = gate->machine_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(&gate->machines[middle].key, key, sizeof(*key)) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < gate->machine_count && memcmp(&gate->machines[low].key, key, sizeof(*key)) == 0) {
        return &gate->machines[low];
    }
    if (gate->machine_count == gate->machine_capacity) {
        size_t capacity = gate->machine_capacity == 0 ? 64 : gate->machine_capacity * 2;
        struct lt_machine_heard *machines = realloc(gate->machines, capacity * sizeof(*machines));
        if (machines == NULL) {
            return NULL;
        }
        gate->machines = machines;
        gate->machine_capacity = capacity;
    }
    memmove(&gate->machines[low + 1], &gate->machines[low],
            (gate->machine_count - low) * sizeof(*gate->machines));
    gate->machine_count++;
    return &gate->machines[low];
}

void gate_note_hello(struct lt_gate *gate, struct peer *peer, struct lt_bytes bytes,
                     int64_t wall_time)
{
    struct lt_message message;
    ProtobufCMessage *read;
    lt_arena_reset(gate->arena);
    bool known = lt_message_open(bytes, &message) == LT_OK &&
                 lt_payload_read(message.payload, &lienthong__hello__descriptor, gate->arena,
                                 &read) == LT_OK;
    pthread_mutex_lock(&gate->lock);
    peer->hello_at = peer->said.hello_at = wall_time;
    struct lt_machine_heard *machine = known ? machine_of(gate, &peer->key) : NULL;
    if (machine != NULL) {
        const Lienthong__Hello *hello = (const Lienthong__Hello *)read;
        *machine = (struct lt_machine_heard){.unit = peer->unit,
                                             .role = peer->role,
                                             .key = peer->key,
                                             .hello_at = wall_time,
                                             .body_version = hello->body_version,
                                             .former = peer->former};
        copy_software(hello->software, machine->software);
    }
    pthread_mutex_unlock(&gate->lock);
    lt_arena_reset(gate->arena);
}

size_t lt_gate_machines(struct lt_gate *gate, struct lt_machine_heard **ret_machines)
{
    pthread_mutex_lock(&gate->lock);
    size_t count = gate->machine_count;
    struct lt_machine_heard *machines = malloc((count + 1) * sizeof(*machines));
    if (machines == NULL) {
        count = 0;
    } else if (count > 0) {
        memcpy(machines, gate->machines, count * sizeof(*machines));
    }
    pthread_mutex_unlock(&gate->lock);
    *ret_machines = machines;
    return count;
}
