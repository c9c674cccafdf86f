#include "agent/drop_html.h"

#include <stdbool.h>
#include <string.h>

#include "agent/text.h"

void lt_html_link(FILE *out, const char *name)
{
    fputs("<a href=\"", out);
    for (const char *at = name; *at != '\0'; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                     (*at >= '0' && *at <= '9') || (strchr("-_.~/", *at) != NULL);
        fprintf(out, plain ? "%c" : "%%%02X", plain ? *at : (uint8_t)*at);
    }
    fputs("\">", out);
    lt_html_put(out, name);
    fputs("</a>", out);
}

void lt_html_number(FILE *out, const char *label, uint64_t number, const char *kind)
{
    char text[LT_NUMBER_TEXT_MAX];
    lt_text_number((int64_t)number, text);
    fprintf(out, "<tr class=\"%s\"><th>", number > 0 ? kind : "none");
    lt_html_put(out, label);
    fprintf(out, "</th><td>%s</td></tr>\n", text);
}

void lt_html_begin(FILE *out)
{
    fprintf(
        out,
        "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n" LT_HTML_MARK "\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<meta http-equiv=\"refresh\" content=\"60\">\n<title>%s</title>\n<style>\n"
        "body{font:18px/1.5 \"Segoe UI\",Arial,sans-serif;color:#1a1a1a;background:#fff;"
        "max-width:52em;margin:0 auto;padding:1em;overflow-wrap:break-word}\n"
        "h1{font-size:1.3em;margin:0 0 .5em}h2{font-size:1.1em;margin:1.5em 0 .4em}\n"
        ".state{border:3px solid;border-radius:8px;padding:.7em 1em;font-size:1.2em;font-weight:"
        "bold}\n.green{color:#14491a;background:#e3f4e4;border-color:#14491a}\n"
        ".wait{color:#5c4300;background:#fff3cf;border-color:#5c4300}\n"
        ".wrong{color:#7d0012;background:#fde8ea;border-color:#7d0012}\n"
        "table{border-collapse:collapse;width:100%%}th,td{border:1px solid #767676;padding:.35em "
        ".6em;text-align:left;vertical-align:top;font-weight:normal}\n"
        "td{text-align:right;white-space:nowrap}td.text{text-align:left;white-space:normal}\n"
        "tr.green th,tr.wait th,tr.wrong th,tr.head th{font-weight:bold}tr.none{color:#595959}\n"
        "ul{padding-left:1.2em}a{color:#0b3d91}small{color:#4a4a4a}\n"
        "@media print{body{font-size:11pt;padding:0}a{color:#000;text-decoration:none}"
        ".state{background:#fff}}\n</style></head><body>\n",
        lt_text_is_english() ? "en" : "vi", lt_text("Tình trạng", "Status"));
}
