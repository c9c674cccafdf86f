/* release_system.h - what this system is called in a release's manifest (proto/release.h): "linux-x86_64". Any thread. */
#ifndef LT_RELEASE_SYSTEM_H
#define LT_RELEASE_SYSTEM_H

const char *lt_release_system(void);

#endif
