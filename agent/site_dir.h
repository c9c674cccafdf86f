/* site_dir.h - the folder of a site when the command line names none (options.h says which). Start-up only. */
#ifndef LT_SITE_DIR_H
#define LT_SITE_DIR_H

#include "agent/options.h"

/* False: it is not known, or its path too long. */
bool lt_site_dir(char ret_dir[LT_DIR_MAX]);

#endif
