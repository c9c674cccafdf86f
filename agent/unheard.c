#include "agent/unheard.h"

void lt_unheard_heard(struct lt_unheard *unheard, size_t size)
{
    unheard->heard += size + LT_UNHEARD_SEAL_BYTES;
}

bool lt_unheard_look(struct lt_unheard *unheard, int fd)
{
    uint64_t used = lt_unheard_received(fd);
    if (used == 0) {
        return false; /* not known */
    }
    if (used < unheard->used) { /* another connection: libzmq has connected anew */
        *unheard = (struct lt_unheard){0};
    }
    uint64_t fresh = used - unheard->used, heard = unheard->heard;
    if (heard > 0) { /* whatever came before it was heard too */
        unheard->unheard = fresh > heard ? fresh - heard : 0;
    } else {
        unheard->unheard += fresh;
    }
    unheard->used = used;
    unheard->heard = 0;
    if (unheard->unheard <= LT_UNHEARD_BYTES_MAX ||
        unheard->unheard <= LT_UNHEARD_BYTES_MAX + lt_unheard_kept(fd)) {
        return false;
    }
    unheard->unheard = 0;
    return true;
}
