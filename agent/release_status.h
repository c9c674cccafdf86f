/* release_status.h - which release runs here, is tried, or was gone back from, as `status` and `doctor` say it. Reads alone. */
#ifndef LT_RELEASE_STATUS_H
#define LT_RELEASE_STATUS_H

#include <jansson.h>

#include "agent/contact.h"
#include "agent/doctor.h"
#include "agent/release_switch.h"

/* `runs`: what the running program is, by its own word; 0: the installed one, or none runs. */
json_t *lt_release_status_json(const char *dir, uint64_t runs);
/* What runs, or would at the next start. Says nothing where there never was a release. */
void lt_release_status_print(const char *dir, bool running, uint64_t runs);
void lt_release_status_doctor(struct lt_doctor *doctor, bool running, uint64_t runs, bool allowed);

#endif
