/* fleet_of.h - the fleet of what the web sees just now. Under the web's lock. */
#ifndef LT_WEB_FLEET_OF_H
#define LT_WEB_FLEET_OF_H

#include "hub/web/fleet.h"
#include "hub/web/web.h"

/* Made anew when what is seen is new. NULL: nothing has been told yet, or out of memory. Lives until lt_asked_slow. */
const struct lt_fleet *lt_web_fleet(struct lt_web *web);

#endif
