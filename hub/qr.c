#include "hub/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET = 4 }; /* modules around it, by the standard */

struct lt_qr {
    QRcode *code;
};

enum lt_result lt_qr_make(const char *text, struct lt_qr **ret_qr)
{
    struct lt_qr *qr = calloc(1, sizeof(*qr));
    if (qr == NULL) {
        return LT_NO_MEMORY;
    }
    qr->code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (qr->code == NULL) {
        enum lt_result result = errno == ERANGE ? LT_TOO_LARGE : LT_NO_MEMORY;
        free(qr);
        return result;
    }
    *ret_qr = qr;
    return LT_OK;
}

void lt_qr_free(struct lt_qr *qr)
{
    if (qr != NULL) {
        explicit_bzero(qr->code->data, (size_t)qr->code->width * (size_t)qr->code->width);
        QRcode_free(qr->code);
        free(qr);
    }
}

static bool is_dark(const struct lt_qr *qr, int x, int y)
{
    int width = qr->code->width;
    return x >= 0 && y >= 0 && x < width && y < width && (qr->code->data[y * width + x] & 1) != 0;
}

void lt_qr_print(const struct lt_qr *qr, FILE *out, bool colour)
{
    static const char *const halves[4] = {"█", "▀", "▄",
                                          " "}; /* what is light: both, upper, lower */
    int width = qr->code->width;
    for (int y = -QUIET; y < width + QUIET; y += 2) {
        fputs(colour ? "\033[40;97m" : "", out);
        for (int x = -QUIET; x < width + QUIET; x++) {
            bool upper = is_dark(qr, x, y), lower = is_dark(qr, x, y + 1);
            fputs(halves[upper * 2 + lower], out);
        }
        fputs(colour ? "\033[0m\n" : "\n", out);
    }
}

void lt_qr_svg(const struct lt_qr *qr, FILE *out)
{
    int width = qr->code->width, whole = width + 2 * QUIET;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\"><rect width=\"%d\" "
            "height=\"%d\" fill=\"#fff\"/>"
            "<path d=\"",
            whole, whole, whole, whole);
    for (int y = 0; y < width; y++) {
        for (int x = 0; x < width;) {
            int run = 0;
            while (is_dark(qr, x + run, y)) {
                run++;
            }
            if (run > 0) {
                fprintf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
            }
            x += run > 0 ? run : 1;
        }
    }
    fputs("\"/></svg>\n", out);
}
