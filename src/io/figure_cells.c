/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_cells.c - the cells of a terminal as a figure: letters of one width, braille as
 * dots, so that no font needs to have it. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "io/figure_draw.h"
#include "io/figure_page.h"

/* Of DejaVu Sans Mono at its size of 8 points: lines of a frame join. */
static const double size = 8, cell_w = 4.816, cell_h = 9.31, baseline = 7.43;

double ory_figure_cells_width(int cols) { return (cols * cell_w + 8) * 25.4 / 72; }
double ory_figure_cells_height(int rows) { return (rows * cell_h + 8) * 25.4 / 72; }

static void paint(cairo_t *cr, unsigned rgb, double alpha)
{
    cairo_set_source_rgba(cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0,
                          alpha);
}

/* Bits of a braille character, dot by dot: rows of two, the last row is bits 6 and 7. */
static void braille(cairo_t *cr, unsigned bits, double x, double y)
{
    static const unsigned char bit[4][2] = {{0, 3}, {1, 4}, {2, 5}, {6, 7}};
    int r, c;

    for (r = 0; r < 4; r++)
        for (c = 0; c < 2; c++) {
            if (!(bits >> bit[r][c] & 1))
                continue;
            cairo_new_sub_path(cr);
            cairo_arc(cr, x + (c + 0.5) * cell_w / 2, y + (r + 0.5) * cell_h / 4, 0.85, 0, 2 * M_PI);
        }
    cairo_fill(cr);
}

static void draw_cell(cairo_t *cr, const ory_figure_cell *cell, double x, double y)
{
    if (cell->has_ground) {
        paint(cr, cell->ground, 1);
        cairo_rectangle(cr, x, y, cell->width * cell_w + 0.2, cell_h + 0.2);
        cairo_fill(cr);
    }
    if (cell->cp == ' ' || (cell->has_ground && cell->ground == cell->ink))
        return;
    paint(cr, cell->ink, cell->faint ? 0.55 : 1);
    if (cell->cp >= 0x2800 && cell->cp < 0x2900) {
        braille(cr, cell->cp - 0x2800, x, y);
        return;
    }
    cairo_select_font_face(cr, "DejaVu Sans Mono", CAIRO_FONT_SLANT_NORMAL,
                           cell->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, size);
    cairo_move_to(cr, x, y + baseline);
    cairo_show_text(cr, cell->text);
}

void ory_figure_cells_draw(cairo_t *cr, const ory_figure_cells *page)
{
    int r, c;

    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    for (r = 0; r < page->rows; r++)
        for (c = 0; c < page->cols; c++) {
            const ory_figure_cell *cell = &page->cell[(size_t)r * (size_t)page->cols + (size_t)c];

            if (cell->width > 0)
                draw_cell(cr, cell, 4 + c * cell_w, 4 + r * cell_h);
        }
}
