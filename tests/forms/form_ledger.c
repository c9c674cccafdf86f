/* form_ledger - makes a hub's folder with the ledger of tests/unit/form_world.h: form_ledger DIR */
#include <stdio.h>

#include "tests/unit/form_world.h"

int main(int argc, char **argv)
{
    struct world world;
    if (argc != 2) {
        fprintf(stderr, "form_ledger: one folder is needed\n");
        return 64;
    }
    lt_ledger_close(form_ledger(&world, argv[1]));
    world_free(&world);
    return 0;
}
