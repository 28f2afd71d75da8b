/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_view.c - see sweep_view.h. The view is drawn below the cursor and over itself; at the
 * end one line stays. */
#include "config.h"

#include "app/sweep_view.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>

#include "app/dash_session.h"
#include "app/inline.h"
#include "bind/sweep.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "tui/panelkit.h"
#include "tui/textout.h"

#define SHOW_AFTER 0.3 /* seconds */
#define SHOW_EVERY 0.1
#define LINE_EVERY 10.0

enum { MOST_ROWS = 22, HEAD = 1, FOOT = 1, GAP = 2 };

static FILE *out;
static bool live, silent;
static int shown;        /* lines of the view that stand on the terminal */
static double last;      /* seconds of the sweep at the last view or line */
static bool noted;       /* what was mended has been told */
static ory_canvas canvas;

/* ---------------------------------------------------------------------- in words */

static void short_time(double s, char *text, size_t size)
{
    if (s < 99.5)
        snprintf(text, size, s < 9.95 ? "%.1f s" : "%.0f s", s);
    else if (s < 5970)
        snprintf(text, size, "%.0f min", s / 60);
    else
        snprintf(text, size, "%.1f h", s / 3600);
}

static double rate_of(const ory_sweep_view *v)
{
    size_t now = v->done - v->found;

    return now > 0 && v->seconds > 0 ? (double)now / v->seconds : NAN;
}

static void compose(char *line, size_t size, const ory_sweep_view *v)
{
    double rate = rate_of(v);
    char time[24];
    int n = snprintf(line, size, "%zu of %zu done, %zu failed", v->done, v->cells, v->failed);

    if (v->found > 0)
        n += snprintf(line + n, size - (size_t)n, ", %zu from before", v->found);
    if (rate > 0)
        n += snprintf(line + n, size - (size_t)n, " | %.3g/s", rate);
    if (rate > 0 && v->done < v->cells) {
        short_time((double)(v->cells - v->done) / rate, time, sizeof time);
        n += snprintf(line + n, size - (size_t)n, " | %s left", time);
    }
    if (v->ended) {
        short_time(v->seconds, time, sizeof time);
        snprintf(line + n, size - (size_t)n, " | %s", time);
    }
}

static void tell_line(const ory_sweep_view *v)
{
    char line[200];

    compose(line, sizeof line, v);
    fprintf(out, "%s: %s\n", v->name, line);
    if (v->ended && *v->failure)
        fprintf(out, "%s: the first that failed: %s\n", v->name, v->failure);
    fflush(out);
}

static void tell_notes(const ory_sweep_view *v)
{
    const char *at = v->notes;

    for (; *at; at += strcspn(at, "\n") + 1)
        fprintf(stderr, "orrery: %.*s\n", (int)strcspn(at, "\n"), at);
}

/* ------------------------------------------------------------------- small multiples */

/* Shades on a logarithmic scale where the values span more than two decades. */
typedef struct shading {
    ory_heat heat;
    bool any, log;
} shading;

static shading shade_range(const ory_sweep_view *v)
{
    double lo = INFINITY, hi = -INFINITY;
    shading s;
    size_t i;

    for (i = 0; i < v->n; i++)
        if (isfinite(v->value[i])) {
            lo = fmin(lo, v->value[i]);
            hi = fmax(hi, v->value[i]);
        }
    s.any = lo <= hi;
    s.log = lo > 0 && hi / lo > 100;
    s.heat = (ory_heat){s.log ? log10(lo) : lo, s.log ? log10(hi) : hi, false};
    return s;
}

static void draw_cell(ory_canvas *c, int x, int y, const ory_sweep_view *v, size_t i,
                      const shading *s)
{
    const ory_glyphs *g = c->glyphs;
    double value = s->log ? log10(v->value[i]) : v->value[i];

    switch (v->state[i]) {
    case ORY_CELL_WAITS: ory_canvas_put(c, x, y, g->bullet, ory_ink(ORY_ROLE_DIM)); break;
    case ORY_CELL_RUNS: ory_canvas_put(c, x, y, g->play, ory_ink(ORY_ROLE_ACCENT)); break;
    case ORY_CELL_FAILED: ory_canvas_put(c, x, y, g->lamp_bad, ory_ink(ORY_ROLE_BAD)); break;
    case ORY_CELL_OTHERS: ory_canvas_put(c, x, y, ' ', ory_ink(ORY_ROLE_DIM)); break;
    default:
        if (isfinite(value))
            ory_heat_put(c, x, y, 1, &s->heat, value);
        else
            ory_canvas_put(c, x, y, g->lamp_on, ory_ink(ORY_ROLE_GOOD));
    }
}

typedef struct places {
    int across, down;   /* facets that fit */
    int wide, high;     /* of one, with its title and the gap */
    int title;          /* lines of a title: 0 or 1 */
} places;

static places find_places(const ory_sweep_view *v, int width, int height)
{
    places p = {.title = v->facets > 1};
    int longest = 0;
    size_t i;

    for (i = 0; p.title && i < v->facets; i++) {
        int n = (int)strlen(v->facet_titles[i]);

        longest = n > longest ? n : longest;
    }
    p.wide = ((int)v->nx > longest ? (int)v->nx : longest) + GAP;
    p.high = (int)v->ny + p.title;
    p.across = (width + GAP) / p.wide;
    p.across = p.across < 1 ? 1 : (size_t)p.across > v->facets ? (int)v->facets : p.across;
    p.down = ((int)v->facets + p.across - 1) / p.across;
    while (p.down > 1 && p.down * p.high > height)
        p.down--;
    return p;
}

static void draw_multiples(ory_canvas *c, const ory_sweep_view *v, const places *p,
                           const shading *s)
{
    size_t i, facet, row, column;
    int x, y;

    for (facet = 0; p->title && facet < v->facets && (int)facet < p->across * p->down; facet++)
        ory_canvas_text(c, (int)facet % p->across * p->wide,
                        HEAD + (int)facet / p->across * p->high, v->facet_titles[facet],
                        ory_ink(ORY_ROLE_DIM));
    for (i = 0; i < v->n; i++) {
        column = v->place[i] % v->nx;
        row = v->place[i] / v->nx % v->ny;
        facet = v->place[i] / v->nx / v->ny;
        x = (int)facet % p->across * p->wide + (int)column;
        y = HEAD + (int)facet / p->across * p->high + p->title + (int)row;
        if ((int)facet < p->across * p->down && y < c->h - FOOT)
            draw_cell(c, x, y, v, i, s);
    }
}

static void draw_foot(ory_canvas *c, const ory_sweep_view *v, const places *p, const shading *s)
{
    char text[200];
    int n = snprintf(text, sizeof text, "across: %s", v->x_name);

    if (v->y_name)
        n += snprintf(text + n, sizeof text - (size_t)n, ", down: %s", v->y_name);
    if (s->any)
        n += snprintf(text + n, sizeof text - (size_t)n, "; shade: %s %.3g to %.3g",
                      v->value_name ? v->value_name : "result",
                      s->log ? pow(10, s->heat.lo) : s->heat.lo,
                      s->log ? pow(10, s->heat.hi) : s->heat.hi);
    if ((size_t)p->across * (size_t)p->down < v->facets)
        snprintf(text + n, sizeof text - (size_t)n, "; %zu more do not fit",
                 v->facets - (size_t)p->across * (size_t)p->down);
    ory_canvas_text_in(c, 0, c->h - 1, c->w, ORY_ALIGN_LEFT, text, ory_ink(ORY_ROLE_DIM));
}

static void draw_head(ory_canvas *c, const ory_sweep_view *v)
{
    enum { BAR = 20 };
    char line[200];
    int x = ory_canvas_text(c, 0, 0, v->name, ory_ink_attr(ORY_ROLE_TITLE, ORY_BOLD)) + 1;

    ory_canvas_put(c, x, 0, '[', ory_ink(ORY_ROLE_DIM));
    ory_canvas_bar(c, x + 1, 0, BAR, v->cells ? (double)v->done / (double)v->cells : 1,
                   ory_ink(ORY_ROLE_ACCENT));
    ory_canvas_put(c, x + 1 + BAR, 0, ']', ory_ink(ORY_ROLE_DIM));
    compose(line, sizeof line, v);
    ory_canvas_text_in(c, x + BAR + 3, 0, c->w - x - BAR - 3, ORY_ALIGN_LEFT, line,
                       ory_ink(ORY_ROLE_DEFAULT));
}

static void wipe(void)
{
    if (shown > 0)
        fprintf(out, "\033[%dA\r\033[J", shown);
    shown = 0;
}

static void window(int *w, int *h)
{
    struct winsize size;
    bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;

    *w = known ? size.ws_col - 1 : 79;
    *h = (known ? size.ws_row : 24) - 2;
}

static void draw(const ory_sweep_view *v)
{
    shading s = shade_range(v);
    char *text;
    places p;
    int w, h, rows;

    window(&w, &h);
    if (w < 20 || h < 3)
        return;
    h = h > MOST_ROWS ? MOST_ROWS : h;
    p = find_places(v, w, h - HEAD - FOOT);
    rows = HEAD + p.down * p.high + FOOT;
    h = rows < h ? rows : h;
    if ((canvas.cells ? ory_canvas_resize(&canvas, w, h)
                      : ory_canvas_init(&canvas, w, h, ory_inline_glyphs())) != ORY_OK)
        return;
    ory_canvas_clear(&canvas);
    draw_head(&canvas, v);
    draw_multiples(&canvas, v, &p, &s);
    draw_foot(&canvas, v, &p, &s);
    text = ory_canvas_string(&canvas, ory_colours_from_env(true));
    if (!text)
        return;
    wipe();
    fputs(text, out);
    fflush(out);
    ory_free(text);
    shown = h;
}

/* ------------------------------------------------------------------------- the view */

static void end_view(const ory_sweep_view *v)
{
    wipe();
    if (v->broken && ory_interrupt_pending())
        fprintf(out, "%s: stopped, %zu of %zu cells are done%s\n", v->name, v->done, v->cells,
                v->kept ? " and kept: run it again to go on" : "");
    else if (!silent && !v->broken) /* what broke it is told by the error */
        tell_line(v);
    fflush(out);
    ory_canvas_fini(&canvas);
    canvas = (ory_canvas){0};
    noted = false;
    last = 0;
}

static void show(void *ctx, const ory_sweep_view *v)
{
    (void)ctx;
    if (dash_session_now()) /* the screen is taken */
        return;
    if (!noted) {
        fflush(stdout);
        tell_notes(v);
        noted = true;
    }
    if (v->ended) {
        end_view(v);
    } else if (live) {
        if (v->seconds > SHOW_AFTER && v->seconds - last > SHOW_EVERY) {
            draw(v);
            last = v->seconds;
        }
    } else if (!silent && v->seconds - last > LINE_EVERY) {
        tell_line(v);
        last = v->seconds;
    }
}

void ory_sweep_view_start(FILE *to, bool is_live, bool is_silent)
{
    out = to;
    live = is_live;
    silent = is_silent;
    ory_bind_set_sweep_view(show, NULL);
}
