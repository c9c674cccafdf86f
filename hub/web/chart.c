#include "hub/web/chart.h"

#include <inttypes.h>
#include <stdio.h>

#include "agent/text.h"

static int64_t greatest(const struct lt_bar *bars, size_t count)
{
    int64_t most = 1;
    for (size_t i = 0; i < count; i++)
        most = bars[i].number > most ? bars[i].number : most;
    return most;
}

static void number_text(const struct lt_bar *bar, char ret_text[LT_NUMBER_TEXT_MAX])
{
    if (bar->unknown)
        (void)snprintf(ret_text, LT_NUMBER_TEXT_MAX, "–");
    else
        lt_text_number(bar->number, ret_text);
}

static void linked(struct lt_out *out, const char *text, const char *href)
{
    if (href[0] != '\0') {
        lt_out_raw(out, "<a href=\"");
        lt_out_text(out, href);
        lt_out_raw(out, "\">");
    }
    lt_out_text(out, text);
    lt_out_raw(out, href[0] != '\0' ? "</a>" : "");
}

static void number_of(struct lt_out *out, const struct lt_bar *bar)
{
    char text[LT_NUMBER_TEXT_MAX];
    number_text(bar, text);
    linked(out, text, bar->number != 0 ? bar->records : "");
}

void lt_chart_bars(struct lt_out *out, const char *heading, const struct lt_bar *bars, size_t count,
                   bool ranked)
{
    enum { WIDTH = 200 };
    const int64_t most = greatest(bars, count);
    size_t rank = 1;
    lt_out_raw(out, "<section class=\"chart\"><h2>");
    lt_out_text(out, heading);
    lt_out_raw(out, "</h2>");
    if (count == 0)
        lt_out_print(out, "<p class=\"empty\">%s</p>",
                     lt_text("Không có bản ghi nào trong kỳ.", "No records in the period."));
    else
        lt_out_raw(out, "<div class=\"wide\"><table class=\"bars\"><tbody>");
    for (size_t i = 0; i < count; i++) {
        rank = i > 0 && bars[i].number == bars[i - 1].number ? rank : i + 1;
        lt_out_raw(out, "<tr>");
        if (ranked)
            lt_out_print(out, "<td class=\"n rank\">%zu</td>", rank);
        lt_out_raw(out, "<th scope=\"row\">");
        linked(out, bars[i].label, bars[i].units);
        lt_out_raw(out, "</th><td class=\"n\">");
        number_of(out, &bars[i]);
        lt_out_print(
            out,
            "</td><td class=\"drawn\"><svg viewBox=\"0 0 %d 12\" preserveAspectRatio=\"none\" "
            "aria-hidden=\"true\" focusable=\"false\"><rect width=\"%" PRId64
            "\" height=\"12\" rx=\"2\"/></svg></td></tr>",
            WIDTH, bars[i].number > 0 ? (bars[i].number * WIDTH + most - 1) / most : 0);
    }
    lt_out_raw(out, count == 0 ? "</section>\n" : "</tbody></table></div></section>\n");
}

void lt_chart_columns(struct lt_out *out, const char *heading, const struct lt_bar *bars,
                      size_t count)
{
    enum { HEIGHT = 120, STEP = 64, COLUMN = 40, ABOVE = 18, BELOW = 20 };
    const int64_t most = greatest(bars, count);
    char text[LT_NUMBER_TEXT_MAX];
    lt_out_raw(out, "<section class=\"chart\"><h2>");
    lt_out_text(out, heading);
    lt_out_raw(out, "</h2><svg class=\"columns\" role=\"group\" aria-label=\"");
    for (size_t i = 0; i < count; i++) {
        number_text(&bars[i], text);
        lt_out_text(out, bars[i].label);
        lt_out_print(out, ": %s%s", text, i + 1 < count ? "; " : "");
    }
    lt_out_print(out, "\" viewBox=\"0 0 %zu %d\">", count * STEP, HEIGHT + ABOVE + BELOW);
    for (size_t i = 0; i < count; i++) {
        const int64_t height = bars[i].number > 0 ? (bars[i].number * HEIGHT + most - 1) / most : 0;
        const size_t left = i * STEP + (STEP - COLUMN) / 2, middle = i * STEP + STEP / 2;
        number_text(&bars[i], text);
        if (bars[i].units[0] != '\0') {
            lt_out_raw(out, "<a href=\"");
            lt_out_text(out, bars[i].units);
            lt_out_raw(out, "\">");
        }
        lt_out_print(out,
                     "<rect x=\"%zu\" y=\"%" PRId64 "\" width=\"%d\" height=\"%" PRId64
                     "\" rx=\"2\"/>"
                     "<text x=\"%zu\" y=\"%" PRId64 "\">%s</text><text x=\"%zu\" y=\"%d\">",
                     left, ABOVE + HEIGHT - height, COLUMN, height, middle,
                     ABOVE + HEIGHT - height - 5, text, middle, ABOVE + HEIGHT + BELOW - 5);
        lt_out_text(out, bars[i].label);
        lt_out_raw(out, bars[i].units[0] != '\0' ? "</text></a>" : "</text>");
    }
    lt_out_raw(out, "</svg></section>\n");
}

void lt_chart_heat(struct lt_out *out, uint64_t part, uint64_t whole, const char *href)
{
    char text[64];
    if (whole == 0) {
        lt_out_raw(out, "<td class=\"n none\">–</td>");
        return;
    }
    /* Five shades; a class, since a style is not allowed to stand here. Only what is whole is darkest. */
    const uint64_t shade = part >= whole ? 5 : part == 0 ? 0 : 1 + part * 4 / whole;
    lt_out_print(out, "<td class=\"n shade-%" PRIu64 "\">", shade);
    (void)snprintf(text, sizeof text, "%" PRIu64 "/%" PRIu64, part, whole);
    linked(out, text, href);
    lt_out_raw(out, "</td>");
}
