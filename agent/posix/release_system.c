#include "agent/release_system.h"

const char *lt_release_system(void)
{
#if defined(__linux__) && defined(__x86_64__)
    return "linux-x86_64";
#elif defined(__linux__) && defined(__aarch64__)
    return "linux-aarch64";
#else
    return "other"; /* no release has a program for it */
#endif
}
