#include "agent/setup.h"

#include "agent/daemon.h"
#include "agent/wake.h"

enum lt_result lt_setup(const char *dir, struct lt_keys *ret_keys, struct lt_site *ret_site,
                        char ret_reason[200])
{
    struct lt_keys keys;
    struct lt_journal *journal;
    int wake_fd;
    enum lt_result result = lt_daemon_folder(dir, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    result = lt_keys_make(dir, &keys, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    result = lt_wake_open(dir, &wake_fd, ret_reason);
    if (result == LT_OK) {
        lt_wake_close(wake_fd);
        result = lt_journal_open(dir, false, &journal, ret_reason);
    }
    if (result == LT_OK) {
        lt_journal_site(journal, ret_site);
        lt_journal_close(journal);
        *ret_keys = keys;
    }
    lt_keys_wipe(&keys);
    return result;
}
