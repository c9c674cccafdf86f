/* xlsx_parts.h - workbooks put together part by part, for the tests of the reader. */
#ifndef XLSX_PARTS_H
#define XLSX_PARTS_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "agent/xlsx.h"

struct xlsx_part {
    const char *name, *text;
};

#define XLSX_ROOT                                                                                  \
    {"_rels/.rels",                                                                                \
     "<Relationships><Relationship Id='rId1' Type='http://x/relationships/officeDocument' "        \
     "Target='xl/workbook.xml'/></Relationships>"},                                                \
    {                                                                                              \
        "[Content_Types].xml", "<Types/>"                                                          \
    }
#define XLSX_RELATIONS                                                                             \
    {                                                                                              \
        "xl/_rels/workbook.xml.rels",                                                              \
            "<Relationships>"                                                                      \
            "<Relationship Id='r1' Type='http://x/worksheet' Target='worksheets/sheet1.xml'/>"     \
            "<Relationship Id='r2' Type='http://x/worksheet' Target='/xl/worksheets/sheet2.xml'/>" \
            "<Relationship Id='r3' Type='http://x/sharedStrings' Target='sharedStrings.xml'/>"     \
            "<Relationship Id='r4' Type='http://x/styles' Target='styles.xml'/>"                   \
            "</Relationships>"                                                                     \
    }
#define XLSX_BOOK(sheets)                                                                          \
    {                                                                                              \
        "xl/workbook.xml", "<workbook><sheets>" sheets "</sheets></workbook>"                      \
    }
#define XLSX_ONE XLSX_BOOK("<sheet name='Một' sheetId='1' r:id='r1'/>")
#define XLSX_STRINGS(items)                                                                        \
    {                                                                                              \
        "xl/sharedStrings.xml", "<sst>" items "</sst>"                                             \
    }
#define XLSX_STYLES(inside)                                                                        \
    {                                                                                              \
        "xl/styles.xml", "<styleSheet>" inside "</styleSheet>"                                     \
    }
#define XLSX_NO_STRINGS XLSX_STRINGS("")
#define XLSX_NO_STYLES  XLSX_STYLES("")
#define XLSX_PAGE(number, inside)                                                                  \
    {                                                                                              \
        "xl/worksheets/sheet" number ".xml", "<worksheet>" inside "</worksheet>"                   \
    }

/* The archive's bytes, malloc'ed. */
static inline struct lt_bytes xlsx_pack(const struct xlsx_part *parts, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *part = zip_source_buffer(zip, parts[i].text, strlen(parts[i].text), 0);
        if (zip_file_add(zip, parts[i].name, part, ZIP_FL_OVERWRITE) < 0)
            abort();
    }
    if (zip_close(zip) != 0 || zip_source_open(source) != 0)
        abort();
    zip_source_seek(source, 0, SEEK_END);
    size_t size = (size_t)zip_source_tell(source);
    uint8_t *bytes = malloc(size + 1);
    zip_source_seek(source, 0, SEEK_SET);
    if (bytes == NULL || zip_source_read(source, bytes, size) != (zip_int64_t)size)
        abort();
    zip_source_close(source);
    zip_source_free(source);
    return (struct lt_bytes){bytes, size};
}

#endif
