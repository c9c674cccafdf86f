#include "agent/notify.h"

#include <string.h>

#include "agent/windows/manager.h"

bool lt_notify(const char *state)
{
    if (!lt_manager_serves())
        return false;
    if (strncmp(state, "READY=1", 7) == 0)
        lt_manager_tell(SERVICE_RUNNING);
    else if (strncmp(state, "STOPPING=1", 10) == 0)
        lt_manager_tell(SERVICE_STOP_PENDING);
    return true;
}
