/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.h - a plot (plot.h) as a file fit for a paper.
 *
 *   .svg .pdf .png   drawn through cairo (figure_draw.h)
 *   .gp .gnuplot     a gnuplot script that carries its own data
 *   .txt             the plot of the terminal, through a function of the caller:
 *                    this layer knows no cells
 *
 * Every file carries its provenance as metadata: in <metadata> of an SVG, in the
 * document information of a PDF, in iTXt chunks of a PNG, in comments of the others.
 * Equal plots and headers give equal bytes: no date, no identifier that counts. The
 * file appears whole or not at all. */
#ifndef ORY_IO_FIGURE_H
#define ORY_IO_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "io/buffer.h"
#include "io/header.h"
#include "io/plot.h"

typedef ory_status (*ory_figure_text_fn)(void *ctx, const ory_plot *p, ory_buffer *out,
                                         ory_error *err);

/* How figures look; zero means the default. Sizes in points. */
typedef struct ory_figure_style {
    const char *font; /* family; DejaVu Sans */
    double size;      /* of labels; 8. Titles, legends, ticks and margins follow */
    double line;      /* width of curves; 1.2 */
    double marker;    /* radius of markers; 2.1 */
    int palette;      /* row of ory_figure_palettes */
    int ramp;         /* row of ory_figure_ramps, the colours of a heat */
} ory_figure_style;

/* "okabe": Okabe and Ito's, "tol": Tol's bright ones, "print": greys; all but the last for
 * people with colour blindness. Ramps: "viridis", "cividis", "grey" (dark is high), "balance"
 * (blue, white, red). Both end with NULL. */
extern const char *const ory_figure_palettes[], *const ory_figure_ramps[];

/* figure_ink.c: the colour of series number i, of a heat at share 0 to 1, as 0xRRGGBB. */
unsigned ory_figure_curve_rgb(int palette, size_t i);
unsigned ory_figure_heat_rgb(int ramp, double share);
size_t ory_figure_curve_count(int palette);

/* Cells of a terminal, drawn in the place of a plot: what panels are made of. */
typedef struct ory_figure_cell {
    uint32_t cp;
    char text[9];         /* the character and a mark over it, as UTF-8 */
    uint8_t width;        /* columns; 0: behind a wide one */
    bool bold, faint, has_ground;
    unsigned ink, ground; /* 0xRRGGBB */
} ory_figure_cell;

typedef struct ory_figure_cells {
    int cols, rows;
    const ory_figure_cell *cell; /* row after row */
} ory_figure_cells;

double ory_figure_cells_width(int cols); /* mm */
double ory_figure_cells_height(int rows);

typedef struct ory_figure_options {
    const ory_figure_cells *cells; /* .svg .pdf .png: these instead of the plot; or NULL */
    ory_figure_style style;
    double width, height;     /* mm; 0: 130 x 85 */
    double dpi;               /* of .png; 0: 300 */
    const ory_header *header; /* provenance, or NULL */
    ory_figure_text_fn text;  /* for .txt, or NULL */
    void *text_ctx;
} ory_figure_options;

enum { ORY_FIGURE_MIN = 30, ORY_FIGURE_MAX = 1000 }; /* mm */

extern const char *const ory_figure_formats[]; /* "svg", …; ends with NULL */

/* The format a file name asks for by its ending (any case), or NULL. */
const char *ory_figure_format(const char *path);

/* Appends the bytes of the figure to out. ORY_EINVAL: unknown format, a size outside
 * the limits, .txt without a function; ORY_ENOMEM; ORY_EIO when cairo fails. */
ory_status ory_figure_render(const ory_plot *p, const char *format, const ory_figure_options *opt,
                             ory_buffer *out, ory_error *err);

/* The same into a file whose ending names the format. */
ory_status ory_figure_save(const ory_plot *p, const char *path, const ory_figure_options *opt,
                           ory_error *err);

/* figure_gnuplot.c */
void ory_figure_gnuplot(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out);

#endif
