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
                                       [ORY_PLOT_BAND] = "filledcurves fillstyle transparent "
                                                         "solid 0.2"};
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

void ory_figure_gnuplot(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out)
{
    static const char *const colours[] = {"0072B2", "D55E00", "009E73", "CC79A7",
                                          "E69F00", "56B4E9", "5B3A8E", "7F7F00"};
    size_t i;

    if (opt->header)
        ory_header_comments(opt->header, out);
    for (i = 0; i < sizeof colours / sizeof *colours; i++)
        ory_buffer_printf(out, "set linetype %zu linecolor rgb \"#%s\"\n", i + 1, colours[i]);
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
    if (p->n_series)
        ory_buffer_text(out, "plot ");
    for (i = 0; i < p->n_series; i++)
        curve(out, i, &p->series[i]);
    ory_buffer_char(out, '\n');
}
