#include "hub/scratch.h"

#include <stdio.h>
#include <unistd.h>

void lt_scratch_remove(const char *scratch)
{
    static const char *const files[] = {"data.mdb", "lock.mdb"};
    char path[4200];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", scratch, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(scratch);
}

bool lt_scratch_copy_words(struct lt_store_txn *live, struct lt_store_txn *scratch)
{
    for (int i = 0; i < LT_WORD_LISTS; i++) {
        enum lt_word_list list = (enum lt_word_list)i;
        uint32_t last = lt_store_word_count(live, list);
        for (uint32_t number = lt_store_word_count(scratch, list) + 1; number <= last; number++) {
            struct lt_bytes word;
            uint32_t back = 0;
            if (!lt_store_word_at(live, list, number, &word) ||
                !lt_store_word_find(live, list, word, &back) || back != number)
                return false;
            if (lt_store_word_add(scratch, list, word) != number)
                return false;
        }
    }
    return true;
}
