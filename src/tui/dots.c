/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dots.c - lines and areas on the 2 x 4 dots of each cell. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "tui/canvas.h"

static bool dashed_out(const ory_pen *pen, int position)
{
    if (!pen->off)
        return false;
    int period = pen->on + pen->off, phase = position % period;
    if (phase < 0)
        phase += period;
    return phase >= pen->on;
}

static void set_dot(ory_canvas *c, int px, int py, const ory_pen *pen)
{
    ory_dots *d = c->dots + (size_t)(py >> 2) * (size_t)c->stride + (size_t)(px >> 1);

    if (!d->bits || pen->level >= d->level) {
        d->role = pen->role;
        d->attr = pen->attr;
        d->level = pen->level;
    }
    d->bits |= (uint8_t)ory_dot_bit(px, py);
}

void ory_canvas_dot(ory_canvas *c, int px, int py, const ory_pen *pen)
{
    if (px >= 0 && py >= 0 && px < 2 * c->w && py < 4 * c->h)
        set_dot(c, px, py, pen);
}

static double tame(double v)
{
    return v > 1e150 ? 1e150 : v < -1e150 ? -1e150 : v;
}

/* To the nearest dot; v > -1, as after clipping. */
static int nearest(double v)
{
    return (int)(v + 0.5);
}

/* One edge of Liang and Barsky's clipping: keep the part where p t <= q. */
static bool clip_edge(double p, double q, double *t0, double *t1)
{
    if (p == 0)
        return q >= 0;
    double t = q / p;
    if (p < 0) {
        if (t > *t1)
            return false;
        if (t > *t0)
            *t0 = t;
    } else {
        if (t < *t0)
            return false;
        if (t < *t1)
            *t1 = t;
    }
    return true;
}

void ory_dots_line(ory_canvas *c, double x0, double y0, double x1, double y1, const ory_pen *pen)
{
    if (isnan(x0) || isnan(y0) || isnan(x1) || isnan(y1) || c->w <= 0 || c->h <= 0)
        return;
    x0 = tame(x0), y0 = tame(y0), x1 = tame(x1), y1 = tame(y1);

    const double right = 2 * c->w - 0.51, bottom = 4 * c->h - 0.51, left = -0.49, top = -0.49;
    double dx = x1 - x0, dy = y1 - y0, t0 = 0, t1 = 1;

    if (!clip_edge(-dx, x0 - left, &t0, &t1) || !clip_edge(dx, right - x0, &t0, &t1) ||
        !clip_edge(-dy, y0 - top, &t0, &t1) || !clip_edge(dy, bottom - y0, &t0, &t1))
        return;
    double ax = x0 + t0 * dx, ay = y0 + t0 * dy, bx = x0 + t1 * dx, by = y0 + t1 * dy;
    bool steep = fabs(by - ay) > fabs(bx - ax);
    int nx = abs(nearest(bx) - nearest(ax)), ny = abs(nearest(by) - nearest(ay));
    int n = nx > ny ? nx : ny;
    double sx = n ? (bx - ax) / n : 0, sy = n ? (by - ay) / n : 0;

    for (int i = 0; i <= n; i++) {
        int px = nearest(ax + i * sx), py = nearest(ay + i * sy);
        if (!dashed_out(pen, steep ? py : px))
            ory_canvas_dot(c, px, py, pen);
    }
}

void ory_dots_vspan(ory_canvas *c, int px, double y0, double y1, const ory_pen *pen)
{
    if (isnan(y0) || isnan(y1) || px < 0 || px >= 2 * c->w)
        return;
    if (y0 > y1) {
        double swap = y0;
        y0 = y1;
        y1 = swap;
    }
    if (y1 < -0.5 || y0 > 4 * c->h - 0.5)
        return;
    int a = y0 < 0 ? 0 : (int)lround(y0), b = y1 > 4 * c->h - 1 ? 4 * c->h - 1 : (int)lround(y1);
    for (int py = a; py <= b; py++)
        if (!dashed_out(pen, b > a ? py : px))
            ory_canvas_dot(c, px, py, pen);
}

void ory_dots_rect(ory_canvas *c, double x0, double y0, double x1, double y1, const ory_pen *pen)
{
    if (isnan(x0) || isnan(x1) || isnan(y0) || isnan(y1))
        return;
    double lo = fmax(fmin(x0, x1), 0), hi = fmin(fmax(x0, x1), 2 * c->w - 1);
    if (lo > hi)
        return;
    for (int px = (int)lround(lo); px <= hi; px++)
        ory_dots_vspan(c, px, y0, y1, pen);
}

void ory_dots_circle(ory_canvas *c, double x, double y, double rx, double ry, const ory_pen *pen)
{
    double r = fmax(fabs(rx), fabs(ry));

    if (!isfinite(x) || !isfinite(y) || !isfinite(r))
        return;
    int n = r > 2000 ? 8000 : 8 + (int)(4 * r);
    for (int i = 0; i < n; i++) {
        double a = 2 * M_PI * i / n, px = x + rx * cos(a), py = y + ry * sin(a);
        if (!dashed_out(pen, i) && px > -1 && py > -1 && px < 2 * c->w && py < 4 * c->h)
            ory_canvas_dot(c, (int)lround(px), (int)lround(py), pen);
    }
}

void ory_dots_show(ory_canvas *c)
{
    for (int y = 0; y < c->h; y++) {
        ory_dots *row = c->dots + (size_t)y * (size_t)c->stride;
        for (int x = 0; x < c->w; x++) {
            if (!row[x].bits)
                continue;
            uint8_t ground = c->cells[(size_t)y * (size_t)c->stride + (size_t)x].back;
            ory_style style = {row[x].role, ground, row[x].attr};
            ory_canvas_put(c, x, y, c->glyphs->dots(row[x].bits), style);
            row[x] = (ory_dots){0, 0, 0, 0};
        }
    }
}
