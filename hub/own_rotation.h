/* own_rotation.h - a hub below the top changes its signing key and the CURVE key with which it connects to its parent.
 *
 * The next keys lie in its folder as `sign.key.next` and `curve.key.next` (agent/keys.h). The running hub asks its
 * parent once the top's receipt covers all directives that it has signed, and signs none from then until it is
 * answered: that mark (lt_hub_site.signer) is durable before it asks. The key that it listens with stays
 * (door.h), so nobody below has to learn another. Cut off at any point it goes on when it runs again. */
#ifndef LT_OWN_ROTATION_H
#define LT_OWN_ROTATION_H

#include "agent/keys.h"
#include "hub/ledger.h"

/* Makes the next keys where there are none yet; `ret_next` may be NULL. LT_REFUSED: the top, whose key the root signs. */
enum lt_result lt_rotation_prepare(const char *dir, const struct lt_hub_site *site,
                                   struct lt_keys *ret_next, char ret_reason[200]);

#endif
