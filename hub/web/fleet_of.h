/* fleet_of.h - the fleet of what the web sees just now. */
#ifndef LT_WEB_FLEET_OF_H
#define LT_WEB_FLEET_OF_H

#include "hub/web/fleet.h"
#include "hub/web/web.h"

/* Made anew when what is seen is new, without the web's lock: it is held before and after. The caller's to lt_fleet_free.
 * NULL: nothing has been told yet, or out of memory. */
struct lt_fleet *lt_web_fleet(struct lt_asked *asked);

#endif
