#include "agent/notify.h"

/* The service manager of Windows is told by the service itself. */
bool lt_notify(const char *state)
{
    (void)state;
    return false;
}
