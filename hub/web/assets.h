/* assets.h - the files of hub/web/assets, put into the program when it is built (assets.cmake). */
#ifndef LT_WEB_ASSETS_H
#define LT_WEB_ASSETS_H

#include <stddef.h>

struct lt_web_asset {
    const char *name, *type;
    const unsigned char *bytes;
    size_t size;
};
extern const struct lt_web_asset lt_web_assets[];
extern const size_t lt_web_asset_count;

#endif
