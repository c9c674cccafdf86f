/* service_control.h - the agent's service as the service control manager keeps it.
 *
 * What fails is said on stderr, with what to do where that is known. Each may be repeated: what is so already is done.
 * Private to agent/windows; for commands, one thread. */
#ifndef LT_SERVICE_CONTROL_H
#define LT_SERVICE_CONTROL_H

#include "agent/windows/manager.h"

enum lt_service_state { LT_SERVICE_ABSENT, LT_SERVICE_STOPPED, LT_SERVICE_RUNNING };
bool lt_service_control_state(enum lt_service_state *ret_state);

/* Of this very program, for the folder `dir`, in the language of this process: started some minutes after the PC, by an
 * account of its own, and again when it fails, after 10 seconds, one minute, five minutes. Brings one that is there up to
 * date; one that runs goes on as it is until it is started again. */
bool lt_service_control_install(const char *dir);
/* Stopped, and no more there. */
bool lt_service_control_remove(void);
/* Until it runs. */
bool lt_service_control_start(void);
/* Until its process has ended, so that its program can be replaced. One that is not there has stopped. */
bool lt_service_control_stop(void);

#endif
