#include "agent/json_whole.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/options.h"

static _Thread_local bool failed;

static void *take(size_t size)
{
    void *taken = malloc(size);
    failed = failed || taken == NULL;
    return taken;
}

void lt_json_begin(void)
{
    json_set_alloc_funcs(take, free);
}

bool lt_json_whole(void)
{
    bool whole = !failed;
    failed = false;
    return whole;
}

json_t *lt_json_load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    json_t *document = json_loadf(file, 0, NULL);
    fclose(file);
    return document;
}

char *lt_json_text(json_t *document)
{
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    if (lt_json_whole()) {
        return text;
    }
    free(text);
    return NULL;
}

int lt_json_end(int code)
{
    return lt_json_whole() ? code : lt_options_no_memory();
}
