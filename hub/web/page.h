/* page.h - the frame of a page, and what stands on many of them. Texts are in the language of the thread. */
#ifndef LT_WEB_PAGE_H
#define LT_WEB_PAGE_H

#include "hub/web/grid.h"
#include "hub/web/web.h"

/* The head, the ways to other pages, and what is wrong with the hub; then comes the page's own. `here` is the first part
 * of its address. */
void lt_web_page_begin(struct lt_asked *asked, struct lt_answer *answer, const char *title,
                       const char *here);
void lt_web_page_end(struct lt_asked *asked, struct lt_answer *answer);

/* The grid as the page shows it, between begin and end: sorted and in pages as the address says, with the ways to its
 * other formats. Sorts the grid. */
void lt_web_page_grid(struct lt_asked *asked, struct lt_answer *answer, struct lt_grid *grid,
                      size_t page_rows, const char *caption);
/* Answers with the grid as data, when the address asks for data; false: it asks for a page. `schema` of the JSON,
 * `head` more of its members ("\"year\":2020,", with the comma) or "", `title` above a workbook, `file` without ending. */
bool lt_web_page_data(struct lt_asked *asked, struct lt_answer *answer, struct lt_grid *grid,
                      const char *schema, const char *head, const char *title, const char *file);

/* A cell: the way to the signed update, at the change that a record is told by. */
void lt_web_page_change(struct lt_grid *grid, const struct lt_stamp *stamp);
/* A tile: a number in large, words below; `tone` "" or a class. */
void lt_web_page_tile(struct lt_out *out, int64_t number, const char *words, const char *tone,
                      const char *href);
/* The same of what nobody has told. */
void lt_web_page_tile_none(struct lt_out *out, const char *words);
/* <option value="v" selected>words</option> */
void lt_web_page_option(struct lt_out *out, const char *value, const char *words,
                        const char *chosen);
/* An input with its label. */
void lt_web_page_field(struct lt_out *out, const char *name, const char *label, const char *value,
                       const char *type);
void lt_web_page_when(struct lt_out *out, int64_t at);
/* Says of a place that has ended when it did; nothing of others. */
void lt_web_page_ended(struct lt_out *out, const struct lt_place *place);
/* The year, or that in which the place ended when that is earlier: what is asked of their own place when no year is said. */
int lt_web_page_year(const struct lt_place *place, int year);
/* A command of the hub's, "lienthong-hub …", as it is typed on its machine: by the user whom the package made for it. */
void lt_web_page_command(const struct lt_asked *asked, struct lt_out *out, const char *command);

#endif
