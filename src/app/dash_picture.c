/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_picture.c - a frame of the dashboard, or one panel of it, as a file: text, or a figure
 * whose cells are drawn on white. */
#include "config.h"

#include "app/dash_picture.h"

#include <math.h>
#include <string.h>

#include "bind/run.h"
#include "core/mem.h"
#include "io/atomic.h"
#include "io/figure.h"
#include "tui/palette.h"
#include "tui/textout.h"
#include "tui/utf8.h"

static unsigned rgb_of(int number, unsigned otherwise)
{
    uint8_t rgb[3];

    if (number == ORY_COLOUR_OWN)
        return otherwise;
    ory_colour_rgb(number, rgb);
    return (unsigned)rgb[0] << 16 | (unsigned)rgb[1] << 8 | rgb[2];
}

static ory_figure_cell figure_cell(const ory_cell *from)
{
    const ory_look look = ory_palette_look((ory_style){from->role, from->back, from->attr},
                                           ORY_COLOURS_256);
    ory_figure_cell to = {.cp = from->cp, .width = from->width, .bold = look.attr & ORY_BOLD,
                          .faint = look.attr & ORY_FAINT};
    size_t n = ory_utf8_put(from->cp, to.text);

    if (from->mark)
        ory_utf8_put(from->mark, to.text + n);
    to.ink = rgb_of(look.ink, 0x202020);
    to.ground = rgb_of(look.ground, 0xffffff);
    to.has_ground = look.ground != ORY_COLOUR_OWN;
    if (look.attr & ORY_REVERSE) {
        const unsigned ink = to.ink;

        to.ink = to.ground;
        to.ground = ink;
        to.has_ground = true;
    }
    return to;
}

static ory_status save_figure(const ory_canvas *c, const char *path, ory_error *err)
{
    const ory_plot none = {.floor = NAN};
    ory_figure_cell *cells = ory_alloc((size_t)c->w * (size_t)c->h + 1, sizeof *cells);
    ory_figure_cells page = {c->w, c->h, cells};
    ory_figure_options opt = {.width = fmax(ory_figure_cells_width(c->w), ORY_FIGURE_MIN),
                              .height = fmax(ory_figure_cells_height(c->h), ORY_FIGURE_MIN),
                              .cells = &page};
    ory_header h = {0};
    ory_status ok;
    int x, y;

    if (!cells)
        return ory_fail(err, ORY_ENOMEM, "out of memory: a frame of %d x %d cells", c->w, c->h);
    for (y = 0; y < c->h; y++)
        for (x = 0; x < c->w; x++)
            cells[(size_t)y * (size_t)c->w + (size_t)x] =
                figure_cell(&c->cells[(size_t)y * (size_t)c->stride + (size_t)x]);
    ok = ory_bind_header(&h, err);
    opt.header = &h;
    if (ok == ORY_OK)
        ok = ory_figure_save(&none, path, &opt, err);
    ory_header_fini(&h);
    ory_free(cells);
    return ok;
}

ory_status dash_picture_save(const ory_canvas *c, const char *path, ory_error *err)
{
    const char *format = ory_figure_format(path);
    char *text;
    ory_status ok;

    if (format && strcmp(format, "txt") != 0)
        return save_figure(c, path, err);
    if (!(text = ory_canvas_string(c, ORY_COLOURS_NONE)))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    ok = ory_outfile_put(path, text, strlen(text), err);
    ory_free(text);
    return ok;
}
