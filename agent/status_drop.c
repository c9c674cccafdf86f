/* What `status` says of the drop folder. */
#include "agent/drop.h"
#include "agent/text.h"

json_t *lt_drop_status_json(const char *dir)
{
    char folder[LT_DIR_MAX];
    struct lt_drop_seen seen;
    if (lt_drop_folder(dir, folder) != LT_OK || lt_drop_seen_load(dir, &seen) != LT_OK) {
        return json_null();
    }
    json_t *object = json_pack("{s:s,s:s}", "folder", folder, "trouble", seen.trouble);
    lt_drop_seen_free(&seen);
    return object != NULL ? object : json_null();
}

void lt_drop_status_print(const char *dir)
{
    char folder[LT_DIR_MAX], since[LT_WHEN_TEXT_MAX];
    struct lt_drop_seen seen;
    if (lt_drop_folder(dir, folder) != LT_OK || lt_drop_seen_load(dir, &seen) != LT_OK) {
        return;
    }
    printf(lt_text("Thư mục thả tệp:  %s\n", "Drop folder:      %s\n"), folder);
    if (seen.trouble[0] != '\0') {
        lt_text_when(seen.trouble_since, since);
        printf(lt_text("  từ %s: %s\n", "  since %s: %s\n"), since, seen.trouble);
    }
    lt_drop_seen_free(&seen);
}
