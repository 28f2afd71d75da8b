/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_gnuplot.c - a plot as a gnuplot script that carries its data: run it with
 * `gnuplot -p FILE.gp`, or take the data blocks elsewhere. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "io/figure.h"

/* A double-quoted string; backslashes and quotes escaped, enhanced text switched off
 * where it is used. */
static void quoted(ory_buffer *out, const char *text)
{
    ory_buffer_char(out, '"');
    for (; text && *text; text++) {
        if (*text == '"' || *text == '\\')
            ory_buffer_char(out, '\\');
        ory_buffer_char(out, *text == '\n' ? ' ' : *text);
    }
    ory_buffer_char(out, '"');
}

static void axis(ory_buffer *out, char name, const ory_plot_axis *a)
{
    if (a->label && *a->label) {
        ory_buffer_printf(out, "set %clabel ", name);
        quoted(out, a->label);
        if (a->unit && *a->unit) {
            ory_buffer_text(out, ".\" (\".");
            quoted(out, a->unit);
            ory_buffer_text(out, ".\")\"");
        }
        ory_buffer_text(out, " noenhanced\n");
    }
    if (a->log)
        ory_buffer_printf(out, "set logscale %c\nset format %c \"10^{%%L}\"\n", name, name);
    if (isfinite(a->lo) || isfinite(a->hi)) {
        ory_buffer_printf(out, "set %crange [", name);
        isfinite(a->lo) ? ory_buffer_number(out, a->lo) : ory_buffer_char(out, '*');
        ory_buffer_char(out, ':');
        isfinite(a->hi) ? ory_buffer_number(out, a->hi) : ory_buffer_char(out, '*');
        ory_buffer_text(out, "]\n");
    }
}

/* Columns x y lo hi; a blank line where the line breaks. */
static void data(ory_buffer *out, size_t number, const ory_plot_series *s)
{
    size_t i;

    ory_buffer_printf(out, "$series%zu << END\n", number);
    for (i = 0; i < s->n; i++) {
        const double y = s->y ? s->y[i] : NAN, x = ory_plot_x(s, i);

        if (s->y && !isfinite(y)) {
            ory_buffer_char(out, '\n');
            continue;
        }
        ory_buffer_number(out, x);
        ory_buffer_char(out, ' ');
        ory_buffer_number(out, y);
        ory_buffer_char(out, ' ');
        ory_buffer_number(out, s->lo ? s->lo[i] : y);
        ory_buffer_char(out, ' ');
        ory_buffer_number(out, s->hi ? s->hi[i] : y);
        ory_buffer_char(out, '\n');
    }
    ory_buffer_text(out, "END\n");
}

static void curve(ory_buffer *out, size_t number, const ory_plot_series *s)
{
    static const char *const with[] = {[ORY_PLOT_LINE] = "lines",
                                       [ORY_PLOT_POINTS] = "points pointtype 7",
                                       [ORY_PLOT_STEPS] = "steps",
                                       [ORY_PLOT_BARS] = "boxes",
                                       [ORY_PLOT_BAND] = "filledcurves fillstyle transparent solid 0.2"};
    const int colour = s->colour >= 0 ? s->colour : (int)number;
    const char *columns = s->kind == ORY_PLOT_BAND ? "1:3:4" : "1:2";

    ory_buffer_printf(out, "%s$series%zu using %s with %s", number ? ", \\\n     " : "", number,
                      columns, with[s->kind]);
    if (s->role == ORY_PLOT_BOUND)
        ory_buffer_printf(out, " dashtype 2 linecolor %d", colour % 8 + 1);
    else if (s->role == ORY_PLOT_GHOST)
        ory_buffer_text(out, " linecolor \"gray\"");
    else
        ory_buffer_printf(out, " linecolor %d linewidth 1.5", colour % 8 + 1);
    ory_buffer_text(out, " title ");
    quoted(out, s->name ? s->name : "");
    if (s->source && *s->source) {
        ory_buffer_text(out, ".\" (\".");
        quoted(out, s->source);
        ory_buffer_text(out, ".\")\"");
    }
    ory_buffer_text(out, " noenhanced");
    if (s->kind == ORY_PLOT_BAND && s->y) /* the line within */
        ory_buffer_printf(out, ", \\\n     $series%zu using 1:2 with lines linecolor %d linewidth 1.5 "
                               "notitle", number, colour % 8 + 1);
}

static void marks(ory_buffer *out, const ory_plot *p)
{
    size_t i;

    for (i = 0; i < p->n_marks; i++) {
        const bool vertical = isfinite(p->marks[i].x);
        const double at = vertical ? p->marks[i].x : p->marks[i].y;

        if (!isfinite(at))
            continue;
        ory_buffer_text(out, "set arrow from ");
        ory_buffer_text(out, vertical ? "first " : "graph 0, first ");
        ory_buffer_number(out, at);
        ory_buffer_text(out, vertical ? ", graph 0 to first " : " to graph 1, first ");
        ory_buffer_number(out, at);
        ory_buffer_text(out, vertical ? ", graph 1" : "");
        ory_buffer_text(out, " nohead dashtype 3\n");
    }
}

/* Cells as boxes: x y xlow xhigh ylow yhigh z; places without a value are left out. */
static void heat_data(ory_buffer *out, const ory_plot *p)
{
    const ory_plot_heat *h = p->heat;
    size_t r, c, k;

    ory_buffer_text(out, "# x y xlow xhigh ylow yhigh value\n$heat << END\n");
    for (r = 0; r < h->rows; r++)
        for (c = 0; c < h->cols; c++) {
            const double cell[] = {h->x[c], h->y[r],
                                   ory_plot_heat_edge(h->x, h->cols, c, p->x.log),
                                   ory_plot_heat_edge(h->x, h->cols, c + 1, p->x.log),
                                   ory_plot_heat_edge(h->y, h->rows, r, p->y.log),
                                   ory_plot_heat_edge(h->y, h->rows, r + 1, p->y.log),
                                   h->z[r * h->cols + c]};

            if (isnan(cell[6]) || (h->log && cell[6] <= 0))
                continue;
            for (k = 0; k < 7; k++) {
                ory_buffer_number(out, cell[k]);
                ory_buffer_char(out, k < 6 ? ' ' : '\n');
            }
        }
    ory_buffer_text(out, "END\n");
}

static void heat_setup(ory_buffer *out, const ory_plot *p, int ramp)
{
    const ory_plot_heat *h = p->heat;
    double x[2], y[2], z[2];
    int i;

    ory_plot_range(p, x, y);
    ory_plot_heat_range(h, z);
    ory_buffer_text(out, "set palette defined (");
    for (i = 0; i <= 16; i++)
        ory_buffer_printf(out, "%s%d \"#%06X\"", i ? ", " : "", i, ory_figure_heat_rgb(ramp, i / 16.0));
    ory_buffer_text(out, ")\nset cbrange [");
    ory_buffer_number(out, z[0]);
    ory_buffer_char(out, ':');
    ory_buffer_number(out, z[1]);
    ory_buffer_text(out, "]\n");
    if (h->log)
        ory_buffer_text(out, "set logscale cb\nset format cb \"10^{%L}\"\n");
    if (h->label && *h->label) {
        ory_buffer_text(out, "set cblabel ");
        quoted(out, h->label);
        ory_buffer_text(out, " noenhanced\n");
    }
    for (i = 0; i < 2; i++) {
        ory_buffer_printf(out, "set %crange [", "xy"[i]);
        ory_buffer_number(out, i ? y[0] : x[0]);
        ory_buffer_char(out, ':');
        ory_buffer_number(out, i ? y[1] : x[1]);
        ory_buffer_text(out, "]\n");
    }
    if (ory_plot_heat_holes(h))
        ory_buffer_text(out, "# places without a value show this grey\n"
                             "set object 2 rectangle from graph 0, graph 0 to graph 1, graph 1 "
                             "fillcolor rgb \"#E6E6E6\" fillstyle solid noborder behind\n");
    heat_data(out, p);
}

void ory_figure_gnuplot(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out)
{
    size_t i;

    if (opt->header)
        ory_header_comments(opt->header, out);
    for (i = 0; i < ory_figure_curve_count(opt->style.palette); i++)
        ory_buffer_printf(out, "set linetype %zu linecolor rgb \"#%06X\"\n", i + 1,
                          ory_figure_curve_rgb(opt->style.palette, i));
    if (p->title && *p->title) {
        ory_buffer_text(out, "set title ");
        quoted(out, p->title);
        ory_buffer_text(out, " noenhanced\n");
    }
    axis(out, 'x', &p->x);
    axis(out, 'y', &p->y);
    ory_buffer_text(out, "set key outside top center horizontal\nset boxwidth 0.8 relative\n");
    if (isfinite(p->floor)) {
        ory_buffer_text(out, "set object 1 rectangle from graph 0, graph 0 to graph 1, first ");
        ory_buffer_number(out, p->floor);
        ory_buffer_text(out, " fillcolor rgb \"gray\" fillstyle solid 0.2 noborder behind\n");
    }
    marks(out, p);
    for (i = 0; i < p->n_series; i++)
        data(out, i, &p->series[i]);
    if (p->heat)
        heat_setup(out, p, opt->style.ramp);
    if (p->n_series || p->heat)
        ory_buffer_text(out, "plot ");
    if (p->heat)
        ory_buffer_printf(out, "$heat using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid noborder "
                               "linecolor palette notitle%s", p->n_series ? ", \\\n     " : "");
    for (i = 0; i < p->n_series; i++)
        curve(out, i, &p->series[i]);
    ory_buffer_char(out, '\n');
}
