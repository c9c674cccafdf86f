/* Status: the doors, and who still comes by one whose key is no longer told. */
#include <stdlib.h>

#include "hub/core_own.h"
#include "hub/status_own.h"

enum { SHOWN_MAX = 1000 };

static json_t *hex_of(const uint8_t bytes[32])
{
    char text[65];
    lt_hex(bytes, 32, text);
    return json_string(text);
}

static json_t *row(const struct lt_machine_heard *machine)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&machine->unit, unit);
    return json_pack("{s:s, s:s, s:o, s:I}", "unit", unit, "role",
                     machine->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent", "key",
                     hex_of(machine->key.bytes), "hello_at", (json_int_t)machine->hello_at);
}

void lt_status_put_doors(json_t *status, struct lt_hub *hub)
{
    const size_t doors = hub->config.listen_count;
    struct lt_machine_heard *machines;
    json_t *list = json_array(), *former = json_array();
    size_t count = lt_gate_machines(hub->gate, &machines), late = 0;
    for (size_t i = 0; i < doors; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:b}", "listen", hub->config.listen[i].endpoint, "key",
                            hex_of(hub->doors[i].curve_public), "told", (int)(i == doors - 1)));
    }
    for (size_t i = 0; i < count; i++) {
        late += machines[i].former;
        if (machines[i].former && late <= SHOWN_MAX) {
            json_array_append_new(former, row(&machines[i]));
        }
    }
    free(machines);
    json_object_set_new(status, "doors", list);
    json_object_set_new(status, "by_former_count", json_integer((json_int_t)late));
    json_object_set_new(status, "by_former", former);
}
