/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_sky.c - directions of neurons seen from the origin.
 *
 * In two dimensions they stand on a circle: few as markers whose trails come from the
 * inside (the older, the further in), many as a density around the rim. Data points
 * are marks on the rim, named directions rays, sectors shaded wedges. In more
 * dimensions the unit sphere is projected onto the plane of the first two named
 * directions, and histograms show the angles to each of them. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/panelkit.h"

enum { P_GROUPS = ORY_PANEL_P_OWN, P_DATA, P_LABELS, P_AXES, P_SECTORS, P_RADIUS };
enum { RADIUS_UNIT, RADIUS_LOG };
enum { SKY_PAST = 48, SKY_FEW = 64, SKY_BINS = 120, SKY_DIM = 4096, HIST_BINS = 18 };

static const char *const radius_choices[] = {"unit", "log", NULL};
static const ory_param sky_params[] = {
    ORY_PANEL_PARAMS,
    {.name = "groups", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector, one number a direction: its sign is the colour and the marker."},
    {.name = "data", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Data points, one a row: marks on the rim."},
    {.name = "labels", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Vector, one number a data point: its sign is the colour."},
    {.name = "axes", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Named directions, one a row: rays; in more than two dimensions the first two span "
            "the plane."},
    {.name = "sectors", .type = ORY_PARAM_STRING, .def_text = "", .unit = "",
     .doc = "Shaded sectors: from and to angle in radians, one a row."},
    {.name = "radius", .type = ORY_PARAM_CHOICE, .choices = radius_choices, .unit = "",
     .doc = "Distance from the centre: all alike, or the norm on a logarithmic scale."},
    {.name = NULL},
};

static const ory_snap_quantity *option(const ory_snapshot *s, const ory_panel *p, int i)
{
    const ory_snap_quantity *q = ory_snap_find(ory_panel_run(s, p), ory_panel_text(p, i));
    return q && q->data && q->rows ? q : NULL;
}

/* ---------------------------------------------------------------- geometry */

/* The plane that is looked at: two orthonormal directions in D dimensions. */
typedef struct basis {
    size_t dim;
    const double *a, *b; /* raw directions, NULL: coordinate axes 1 and 2 */
    double na, ab, nb;   /* ||a||, <a, b> / ||a||, norm of b's part orthogonal to a */
} basis;

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static basis basis_of(const ory_snap_quantity *axes, size_t dim)
{
    basis k = {.dim = dim};

    if (dim <= 2 || !axes || axes->cols != dim || axes->rows < 2)
        return k;
    const double *a = axes->data, *b = axes->data + dim;
    double na = sqrt(dot(a, a, dim));
    if (!(na > 0) || !isfinite(na))
        return k;
    double ab = dot(a, b, dim) / na, nb = sqrt(fmax(dot(b, b, dim) - ab * ab, 0));
    if (!(nb > 1e-9 * na) || !isfinite(nb))
        return k;
    return (basis){dim, a, b, na, ab, nb};
}

/* Norm of v and its unit vector's place in the plane; false when there is none. */
static bool project(const basis *k, const double *v, double *x, double *y, double *norm)
{
    if (k->dim == 1) {
        *norm = 1;
        *x = cos(v[0]);
        *y = sin(v[0]);
        return isfinite(v[0]);
    }
    double n2 = k->dim == 2 ? hypot(v[0], v[1]) : sqrt(dot(v, v, k->dim));
    *norm = n2;
    if (!(n2 > 0) || !isfinite(n2))
        return false;
    if (!k->a) {
        *x = v[0] / n2;
        *y = v[1] / n2;
        return true;
    }
    double pa = dot(v, k->a, k->dim) / k->na, pb = dot(v, k->b, k->dim);
    *x = pa / n2;
    *y = (pb - k->ab * pa) / k->nb / n2;
    return true;
}

typedef struct sky {
    ory_canvas *c;
    ory_plane plane;
    basis basis;
    const ory_snap_quantity *q, *groups;
    bool log_radius;
    double lo, hi; /* log10 of the norms */
} sky;

static int group_sign(const ory_snap_quantity *groups, size_t i)
{
    if (!groups || i >= groups->rows * (groups->cols ? groups->cols : 1))
        return 1;
    return groups->data[i] < 0 ? -1 : groups->data[i] > 0 ? 1 : 0;
}

static int sign_role(int sign)
{
    return sign > 0 ? ORY_ROLE_CURVE1 : sign < 0 ? ORY_ROLE_CURVE2 : ORY_ROLE_NA;
}

static double radius_of(const sky *k, double norm, double share)
{
    if (!k->log_radius)
        return share;
    if (!(k->hi > k->lo))
        return 1;
    return 0.15 + 0.85 * (log10(norm) - k->lo) / (k->hi - k->lo);
}

static void norm_range(sky *k)
{
    k->lo = INFINITY;
    k->hi = -INFINITY;
    for (size_t j = 0; j <= k->q->n_past; j++) {
        const double *rows = j < k->q->n_past ? k->q->past[j] : k->q->data;
        for (size_t i = 0; i < k->q->rows; i++) {
            double x, y, norm;
            if (!project(&k->basis, rows + i * k->q->cols, &x, &y, &norm))
                continue;
            k->lo = fmin(k->lo, log10(norm));
            k->hi = fmax(k->hi, log10(norm));
        }
    }
}

/* ------------------------------------------------------------------ drawing */

static void draw_sectors(const sky *k, const ory_snap_quantity *sectors)
{
    for (size_t i = 0; sectors && sectors->cols == 2 && i < sectors->rows; i++) {
        double from = sectors->data[2 * i], to = sectors->data[2 * i + 1];
        const ory_pen pen = {(uint8_t)ory_curve_role((int)i + 2), ORY_FAINT, 0, 1, 0};
        if (!isfinite(from) || !isfinite(to) || fabs(to - from) > 7)
            continue;
        double r = k->plane.scale;
        for (int py = 0; py < ory_dots_h(k->c); py++) {
            for (int px = py % 3; px < ory_dots_w(k->c); px += 3) {
                double x = (px - k->plane.px) / r, y = (k->plane.py - py) / r;
                double a = atan2(y, x);
                while (a < fmin(from, to))
                    a += 2 * M_PI;
                while (a - 2 * M_PI >= fmin(from, to))
                    a -= 2 * M_PI;
                if (x * x + y * y <= 1 && a <= fmax(from, to) && py % 2 == 0)
                    ory_canvas_dot(k->c, px, py, &pen);
            }
        }
    }
}

static void draw_rim(const sky *k)
{
    const ory_pen pen = {ORY_ROLE_AXIS, 0, 1, 1, 0}, cross = {ORY_ROLE_AXIS, 0, 1, 1, 3};

    ory_plane_circle(k->c, &k->plane, 0, 0, 1, &pen);
    ory_plane_line(k->c, &k->plane, -1, 0, 1, 0, &cross);
    ory_plane_line(k->c, &k->plane, 0, -1, 0, 1, &cross);
}

static void draw_trails(const sky *k)
{
    for (size_t i = 0; i < k->q->rows; i++) {
        const ory_pen pen = {(uint8_t)sign_role(group_sign(k->groups, i)), ORY_FAINT, 2, 1,
                             k->q->rows > 8};
        double lx = NAN, ly = NAN;
        for (size_t j = 0; j <= k->q->n_past; j++) {
            const double *rows = j < k->q->n_past ? k->q->past[j] : k->q->data;
            double x, y, norm, share = 0.4 + 0.6 * (double)j / (double)(k->q->n_past + !k->q->n_past);
            if (!project(&k->basis, rows + i * k->q->cols, &x, &y, &norm)) {
                lx = NAN;
                continue;
            }
            double r = k->basis.dim > 2 ? 1 : radius_of(k, norm, share);
            ory_plane_line(k->c, &k->plane, lx, ly, r * x, r * y, &pen);
            lx = r * x;
            ly = r * y;
        }
    }
}

static void draw_neurons(const sky *k)
{
    for (size_t i = 0; i < k->q->rows; i++) {
        double x, y, norm;
        const int sign = group_sign(k->groups, i);
        if (!project(&k->basis, k->q->data + i * k->q->cols, &x, &y, &norm))
            continue;
        double r = k->basis.dim > 2 ? 1 : radius_of(k, norm, 1);
        int cx = (int)lround(ory_plane_px(&k->plane, r * x)) >> 1;
        int cy = (int)lround(ory_plane_py(&k->plane, r * y)) >> 2;
        ory_canvas_put(k->c, cx, cy, k->c->glyphs->marker[sign >= 0 ? 0 : 4],
                       ory_ink_attr(sign_role(sign), ORY_BOLD));
    }
}

/* Counts per angle as rays outwards from the rim, both groups stacked. */
static void draw_density(const sky *k)
{
    int count[2][SKY_BINS] = {{0}}, most = 1;

    for (size_t i = 0; i < k->q->rows; i++) {
        double x, y, norm;
        if (!project(&k->basis, k->q->data + i * k->q->cols, &x, &y, &norm))
            continue;
        int bin = (int)floor((atan2(y, x) + M_PI) / (2 * M_PI) * SKY_BINS) % SKY_BINS;
        count[group_sign(k->groups, i) < 0][bin]++;
    }
    for (int b = 0; b < SKY_BINS; b++)
        most = count[0][b] + count[1][b] > most ? count[0][b] + count[1][b] : most;
    for (int b = 0; b < SKY_BINS; b++) {
        double from = 1.02;
        for (int g = 0; g < 2; g++) {
            const ory_pen pen = {(uint8_t)sign_role(g ? -1 : 1), 0, 3, 1, 0};
            double to = from + 0.42 * sqrt((double)count[g][b] / most) *
                               (count[g][b] > 0);
            for (int s = 0; s < 4 && count[g][b]; s++) {
                double a = -M_PI + (b + s / 4.0) * 2 * M_PI / SKY_BINS;
                ory_plane_line(k->c, &k->plane, from * cos(a), from * sin(a), to * cos(a),
                               to * sin(a), &pen);
            }
            from = to;
        }
    }
}

/* Many directions, one dot each: a projected sphere, or norms as radii. */
static void draw_cloud(const sky *k)
{
    for (size_t i = 0; i < k->q->rows; i++) {
        double x, y, norm;
        const ory_pen pen = {(uint8_t)sign_role(group_sign(k->groups, i)), 0, 3, 1, 0};
        if (!project(&k->basis, k->q->data + i * k->q->cols, &x, &y, &norm))
            continue;
        double r = k->basis.dim > 2 ? 1 : radius_of(k, norm, 1);
        ory_plane_line(k->c, &k->plane, r * x, r * y, r * x, r * y, &pen);
    }
}

static void draw_data(const sky *k, const ory_snap_quantity *data, const ory_snap_quantity *labels)
{
    for (size_t i = 0; data && data->cols == k->basis.dim && i < data->rows; i++) {
        double x, y, norm;
        const int sign = group_sign(labels, i);
        const ory_pen pen = {(uint8_t)sign_role(sign), 0, 4, 1, 0};
        if (!project(&k->basis, data->data + i * data->cols, &x, &y, &norm))
            continue;
        double from = k->basis.dim > 2 ? 1 : 1.04, to = k->basis.dim > 2 ? 1 : 1.1;
        ory_plane_line(k->c, &k->plane, from * x, from * y, to * x, to * y, &pen);
    }
}

static void draw_axes(const sky *k, const ory_snap_quantity *axes)
{
    for (size_t i = 0; axes && axes->cols == k->basis.dim && i < axes->rows; i++) {
        double x, y, norm;
        const ory_pen pen = {ORY_ROLE_BOUND, 0, 5, 2, 2};
        if (project(&k->basis, axes->data + i * axes->cols, &x, &y, &norm))
            ory_plane_line(k->c, &k->plane, 0, 0, x, y, &pen);
    }
}

static void name_axes(const sky *k, const ory_snap_quantity *axes, double r)
{
    for (size_t i = 0; axes && axes->cols == k->basis.dim && i < axes->rows; i++) {
        double x, y, norm;
        char text[32];
        if (!project(&k->basis, axes->data + i * axes->cols, &x, &y, &norm))
            continue;
        if (axes->row_names && axes->row_names[i])
            snprintf(text, sizeof text, "%s", axes->row_names[i]);
        else
            snprintf(text, sizeof text, "%zu", i + 1);
        int w = ory_text_width(k->c->glyphs, text);
        int cx = (int)lround(ory_plane_px(&k->plane, r * x)) / 2;
        int cy = (int)lround(ory_plane_py(&k->plane, r * y)) / 4;
        ory_canvas_text(k->c, x < 0 ? cx - w + 1 : cx, cy, text,
                        ory_ink_attr(ORY_ROLE_BOUND, ORY_BOLD));
    }
}

/* --------------------------------------------------------------- histograms */

/* Angles to one direction, 0 to 180 degrees, as columns growing upwards. */
static void draw_histogram(ory_canvas *c, const sky *k, const double *axis, const char *name)
{
    int count[HIST_BINS] = {0}, most = 1;
    double na = sqrt(dot(axis, axis, k->basis.dim));

    for (size_t i = 0; i < k->q->rows; i++) {
        const double *v = k->q->data + i * k->q->cols;
        double n = sqrt(dot(v, v, k->basis.dim)), cosine = dot(v, axis, k->basis.dim) / n / na;
        if (isnan(cosine) || !isfinite(n))
            continue;
        double angle = acos(fmin(fmax(cosine, -1), 1));
        int b = (int)(angle / M_PI * HIST_BINS);
        count[b < HIST_BINS ? b : HIST_BINS - 1]++;
    }
    for (int b = 0; b < HIST_BINS; b++)
        most = count[b] > most ? count[b] : most;
    const int h = c->h - 2;
    ory_canvas_textf(c, 0, 0, ory_ink(ORY_ROLE_DIM), "angle to %s", name);
    for (int x = 0; x < c->w && h > 0; x++) {
        int b = x * HIST_BINS / c->w, eighths = (count[b] * h * 8 + most - 1) / most;
        for (int row = 0; row < h && eighths > 0; row++, eighths -= 8)
            ory_canvas_put(c, x, h - row, c->glyphs->up_eighth[eighths > 8 ? 8 : eighths],
                           ory_ink(ORY_ROLE_CURVE1));
    }
    ory_canvas_text(c, 0, c->h - 1, "0°", ory_ink(ORY_ROLE_LABEL));
    ory_canvas_text_in(c, c->w - 4, c->h - 1, 4, ORY_ALIGN_RIGHT, "180°",
                       ory_ink(ORY_ROLE_LABEL));
}

static void draw_histograms(ory_canvas *c, const sky *k, const ory_snap_quantity *axes)
{
    const int n = axes->rows < 2 ? 1 : 2, each = c->h / n;

    for (int i = 0; i < n; i++) {
        ory_canvas v = ory_canvas_view(c, 0, i * each, c->w, each);
        char name[32];
        snprintf(name, sizeof name, "%d", i + 1);
        draw_histogram(&v, k, axes->data + (size_t)i * axes->cols,
                       axes->row_names && axes->row_names[i] ? axes->row_names[i] : name);
    }
}

/* -------------------------------------------------------------------- panel */

static void sky_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0), *axes = option(s, p, P_AXES);

    if (!q || !q->data || !q->rows || !q->cols) {
        ory_panel_missing(c, q ? "%s: nothing read yet" : "%s: no such quantity in this run",
                          p->names[0]);
        return;
    }
    const bool sphere = q->cols > 2, few = q->rows <= SKY_FEW;
    const bool histograms = sphere && axes && axes->cols == q->cols && c->w >= 48;
    ory_canvas v = ory_canvas_view(c, 0, 0, histograms ? c->w - 22 : c->w, c->h);
    const double reach = few || sphere ? 1.22 : 1.5;
    sky k = {.c = &v, .plane = ory_plane_fit(&v, -reach, reach, -reach, reach),
             .basis = basis_of(axes, q->cols), .q = q, .groups = option(s, p, P_GROUPS),
             .log_radius = p->options.v && ory_values_choice(&p->options, P_RADIUS) == RADIUS_LOG};
    if (k.log_radius)
        norm_range(&k);
    draw_sectors(&k, sphere ? NULL : option(s, p, P_SECTORS));
    draw_rim(&k);
    draw_data(&k, option(s, p, P_DATA), option(s, p, P_LABELS));
    draw_axes(&k, axes);
    if (few)
        draw_trails(&k);
    else if (sphere || k.log_radius)
        draw_cloud(&k);
    else
        draw_density(&k);
    ory_dots_show(&v);
    if (few)
        draw_neurons(&k);
    name_axes(&k, axes, few || sphere ? 1.16 : 0.8);
    if (histograms) {
        ory_canvas side = ory_canvas_view(c, c->w - 21, 0, 20, c->h);
        draw_histograms(&side, &k, axes);
    }
}

static void sky_heading(const ory_snapshot *s, const ory_panel *p, char *title, char *value,
                        int *role)
{
    const ory_snap_quantity *q = ory_panel_quantity(s, p, 0), *groups = option(s, p, P_GROUPS);
    char text[64];
    size_t n[3] = {0};

    (void)role;
    ory_title_names(s, p, title);
    if (!q)
        return;
    for (size_t i = 0; groups && i < q->rows; i++)
        n[group_sign(groups, i) + 1]++;
    if (groups)
        snprintf(text, sizeof text, "%zu ●  %zu ○", n[2] + n[1], n[0]);
    else
        snprintf(text, sizeof text, "%zu", q->rows);
    ory_title_add(value, text);
}

static size_t sky_wants(const ory_panel *p, ory_panel_want *out, size_t max)
{
    size_t n = 0;

    for (int i = P_GROUPS; i <= P_SECTORS; i++)
        if (*ory_panel_text(p, i) && n < max)
            out[n++] = (ory_panel_want){.name = ory_panel_text(p, i), .array = true};
    return n;
}

const ory_panel_class ory_panel_sky = {
    .name = "sky",
    .doc = "Directions on the circle or a projected sphere, with trails, data and sectors.",
    .names_doc = "the directions: rows of 1 (an angle), 2 or more numbers",
    .names_min = 1, .names_max = 1,
    .params = sky_params,
    .min_w = 18, .min_h = 9,
    .heading = sky_heading,
    .draw = sky_draw,
    .wants = sky_wants,
    .arrays = true, .past = SKY_PAST,
};
