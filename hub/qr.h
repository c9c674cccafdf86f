/* qr.h - a text as a QR code: on a terminal, or as SVG. Error correction M: a slip may be creased.
 * Any thread. */
#ifndef LT_QR_H
#define LT_QR_H

#include <stdbool.h>
#include <stdio.h>

#include "proto/result.h"

struct lt_qr;
/* LT_TOO_LARGE: too long a text for any; LT_NO_MEMORY. */
enum lt_result lt_qr_make(const char *text, struct lt_qr **ret_qr);
void lt_qr_free(struct lt_qr *qr); /* wipes it */
/* Two modules a character, light on dark as scanners want it on a dark terminal; `colour` sets both
 * colours by escape sequences, so that it is right on a light one too. */
void lt_qr_print(const struct lt_qr *qr, FILE *out, bool colour);
/* One <svg> element with its quiet zone, one unit a module; no size of its own. */
void lt_qr_svg(const struct lt_qr *qr, FILE *out);

#endif
