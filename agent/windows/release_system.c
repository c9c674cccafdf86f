#include "agent/release_system.h"

const char *lt_release_system(void)
{
    return "windows-x86_64";
}
