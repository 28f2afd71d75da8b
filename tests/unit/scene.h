/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene.h - a snapshot as a dashboard would fill it, from closed forms: a run of gradient
 * descent on a small linear net with its bounds, a fork, a flow ghost, and one of every
 * kind of array. Numbers come from formulas with awkward constants and a small
 * congruential sequence, so frames are the same everywhere. */
#ifndef ORY_TESTS_SCENE_H
#define ORY_TESTS_SCENE_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/series.h"
#include "tui/layout.h"

enum { SCENE_Q = 64, SCENE_SERIES = 32, SCENE_PAST = 120, SCENE_NODES = 14, SCENE_GRID = 48,
       SCENE_SKY = 24, SCENE_MANY = 2000, SCENE_DIM = 6 };

typedef struct scene {
    ory_snapshot s;
    ory_snap_run runs[3];
    ory_snap_quantity q[3][SCENE_Q];
    ory_series *series[SCENE_SERIES];
    size_t n_series;
    ory_snap_claim claims[5];
    ory_snap_inequality hypotheses[5][3];
    ory_snap_knob knobs[2];
    ory_snap_event events[3];
    ory_snap_graph graph;
    ory_snap_ghost ghosts[1];
    ory_snap_line console[12], note[3];
    double sv[3], sv_past[SCENE_PAST][3], past_k[SCENE_PAST];
    double W1[5 * 20], gram[30 * 30];
    double eig[2 * 10], eig_past[SCENE_PAST][20];
    double sky[2 * SCENE_SKY], sky_past[SCENE_PAST][2 * SCENE_SKY], signs[SCENE_SKY];
    double many[2 * SCENE_MANY], many_signs[SCENE_MANY];
    double high[SCENE_DIM * 300], high_axes[2 * SCENE_DIM];
    double data[2 * 16], labels[16], axes[2 * 2], sectors[2 * 2];
    double flow[SCENE_GRID * SCENE_GRID * 2], field[SCENE_GRID * SCENE_GRID], edge[SCENE_GRID * SCENE_GRID];
    double equilibria[3 * 3], points[3 * 6], path[2 * 40];
    double code[18], code_before[18];
    double radii[12], robust[12], ceiling[12], limits[2];
    double omega_at[20], low_at[20], high_at[20];
    double node_x[SCENE_NODES], node_y[SCENE_NODES], node_value[SCENE_NODES];
    uint32_t from[20], to[20];
    double weight[20];
    const double *past[8][SCENE_PAST];
} scene;

static double scene_random(unsigned *state) /* -1 … 1 */
{
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / 8388608.0 - 1;
}

/* ------------------------------------------------------------------ histories */

static double scene_loss(double k, double rate) { return 9.31 * exp(-rate * k) + 2.4e-10; }
static double scene_pl(double k) { return 2.41 * (1 - 0.55 * exp(-k / 37) + 0.03 * sin(k / 9)); }
static double scene_sharpness(double k) { return 24.9 * (1 + 0.4 * exp(-k / 23)) + 0.3 * sin(k / 5); }

static ory_series *scene_series(scene *d, double (*f)(double k, const void *), const void *arg,
                                unsigned n, double dt)
{
    ory_series *s = ory_series_new(4096);
    d->series[d->n_series++] = s;
    for (unsigned k = 0; k <= n; k++)
        ory_series_push(s, k, dt * k, f(k, arg));
    return s;
}

static double f_loss(double k, const void *p) { return scene_loss(k, *(const double *)p); }
static double f_bound(double k, const void *p) { return 9.31 * exp(-*(const double *)p * k); }
static double f_pl(double k, const void *p) { (void)p; return scene_pl(k); }
static double f_mu(double k, const void *p) { (void)p; return 0.62 * scene_pl(k); }
static double f_sharp(double k, const void *p) { (void)p; return scene_sharpness(k); }
static double f_K(double k, const void *p) { (void)p; return 1.31 * scene_sharpness(k) + 2; }
static double f_step(double k, const void *p) { (void)p; return 1.6 / (scene_sharpness(k) + 40); }
static double f_max(double k, const void *p) { (void)p; return 1.7 / (1.31 * scene_sharpness(k) + 32); }
static double f_theta(double k, const void *p) { (void)p; return 2.2 * exp(-k / 90) * cos(k / 8); }
static double f_omega(double k, const void *p) { (void)p; return -2.0 * exp(-k / 90) * sin(k / 8); }
static double f_x1(double k, const void *p) { (void)p; return sin(k / 21) + 0.731; }
static double f_x2(double k, const void *p) { (void)p; return cos(k / 13); }

static ory_snap_quantity *scene_add(scene *d, int run, const char *name, const char *label)
{
    ory_snap_quantity *q = &d->q[run][d->runs[run].n_quantities++];
    *q = ory_snap_quantity_none();
    q->name = name;
    q->label = label;
    return q;
}

static ory_snap_quantity *scene_scalar(scene *d, int run, const char *name, const char *label,
                                       double (*f)(double, const void *), const void *arg,
                                       unsigned n, bool log)
{
    ory_snap_quantity *q = scene_add(d, run, name, label);
    ory_series *s = scene_series(d, f, arg, n, 0.05);
    q->bins = ory_series_bins(s);
    q->n_bins = ory_series_count(s);
    q->value = f(n, arg);
    q->log = log;
    return q;
}

static ory_snap_quantity *scene_bound(ory_snap_quantity *q, const char *of, int side,
                                      const char *source)
{
    q->bounds = of;
    q->side = side;
    q->source = source;
    return q;
}

static ory_snap_quantity *scene_array(scene *d, const char *name, const char *label,
                                      ory_snap_kind kind, const double *data, size_t rows,
                                      size_t cols)
{
    ory_snap_quantity *q = scene_add(d, 0, name, label);
    q->kind = kind;
    q->data = data;
    q->rows = rows;
    q->cols = cols;
    return q;
}

static void scene_scalars(scene *d)
{
    static const double rate = 0.0905, slow = 0.0512, other = 0.071;

    scene_scalar(d, 0, "loss", "L", f_loss, &rate, 240, true);
    scene_scalar(d, 0, "gap", "L − L*", f_loss, &rate, 240, true);
    scene_bound(scene_scalar(d, 0, "gap_bound", "certificate", f_bound, &slow, 240, true), "gap",
                1, "Theorem 3.2");
    scene_scalar(d, 0, "pl", "μ̂", f_pl, NULL, 240, true);
    scene_bound(scene_scalar(d, 0, "pl_bound", "μ(T)", f_mu, NULL, 240, true), "pl", -1,
                "Theorem 3.1");
    scene_scalar(d, 0, "sharpness", "λmax", f_sharp, NULL, 240, true);
    scene_bound(scene_scalar(d, 0, "K", "K(η)", f_K, NULL, 240, true), "sharpness", 1,
                "Theorem 3.1");
    scene_scalar(d, 0, "step", "η", f_step, NULL, 240, true);
    scene_bound(scene_scalar(d, 0, "step_max", "ηmax", f_max, NULL, 240, true), "step", 1,
                "Theorem 3.2");
    ory_snap_quantity *q = scene_add(d, 0, "edge", "η λmax / 2");
    q->value = 0.27;
    q = scene_add(d, 0, "descent", "descent");
    q->value = 0.93;
    q = scene_add(d, 0, "predicted_decrease", NULL);
    q->value = 3.1e-8;
    q = scene_add(d, 0, "observed_decrease", NULL);
    q->value = 3.42e-8;
    q = scene_add(d, 0, "floor", "rounding floor");
    q->value = 2e-9;
    q = scene_add(d, 0, "asymptotic", "rate at the end");
    q->why = "α = 0: the initial imbalance is too small";
    scene_scalar(d, 0, "theta", "θ", f_theta, NULL, 240, false)->unit = "rad";
    scene_scalar(d, 0, "omega", "ω", f_omega, NULL, 240, false)->unit = "rad/s";
    scene_scalar(d, 0, "x1", "x₁", f_x1, NULL, 240, false);
    scene_scalar(d, 0, "x2", "x₂", f_x2, NULL, 240, false);
    scene_scalar(d, 1, "loss", "L", f_loss, &other, 300, true);
    scene_scalar(d, 1, "gap", "L − L*", f_loss, &other, 300, true);
    scene_scalar(d, 1, "theta", "θ", f_x1, NULL, 300, false);
    scene_scalar(d, 1, "omega", "ω", f_x2, NULL, 300, false);
    ory_series *flow = scene_series(d, f_loss, &other, 240, 0.05);
    d->ghosts[0] = (ory_snap_ghost){"flow", "gap", ory_series_bins(flow), ory_series_count(flow)};
}

/* --------------------------------------------------------------------- arrays */

static void scene_matrices(scene *d)
{
    unsigned seed = 77;
    static const double target[3] = {2.84, 1.62, 0.97};

    for (int i = 0; i < 5 * 20; i++)
        d->W1[i] = 0.4 * scene_random(&seed) + (i % 21 == 3 ? 1.7 : 0);
    for (int i = 0; i < 30; i++)
        for (int j = 0; j < 30; j++)
            d->gram[i * 30 + j] = i == j ? 1 : 0.35 * scene_random(&seed) * exp(-abs(i - j) / 9.0);
    for (int j = 0; j < SCENE_PAST; j++) {
        d->past_k[j] = 2 * j;
        for (int i = 0; i < 3; i++)
            d->sv_past[j][i] = target[i] / (1 + exp(3.1 - 0.2 * target[i] * j)) + 0.031;
        d->past[0][j] = d->sv_past[j];
    }
    for (int i = 0; i < 3; i++)
        d->sv[i] = target[i];
    ory_snap_quantity *q = scene_array(d, "sv_w", "σ(W₁W₂ᵀ)", ORY_SNAP_ARRAY, d->sv, 3, 1);
    q->log = true;
    q->past = d->past[0];
    q->past_k = d->past_k;
    q->n_past = SCENE_PAST;
    scene_array(d, "W1", "W₁", ORY_SNAP_ARRAY, d->W1, 5, 20);
    scene_array(d, "gram", "DᵀD", ORY_SNAP_ARRAY, d->gram, 30, 30);
}

static void scene_eigen(scene *d)
{
    for (int j = 0; j <= SCENE_PAST; j++) {
        double *row = j < SCENE_PAST ? d->eig_past[j] : d->eig, u = j / (double)SCENE_PAST;
        for (int i = 0; i < 5; i++) {
            double re = -0.2 - 0.35 * i + 0.45 * u * (i == 0), im = 1.1 + 0.9 * i - 0.4 * u;
            row[4 * i] = row[4 * i + 2] = re;
            row[4 * i + 1] = im;
            row[4 * i + 3] = -im;
        }
        if (j < SCENE_PAST)
            d->past[1][j] = row;
    }
    ory_snap_quantity *q = scene_array(d, "eig", "λ(J)", ORY_SNAP_COMPLEX, d->eig, 10, 2);
    q->past = d->past[1];
    q->n_past = SCENE_PAST;
    q->unit = "1/s";
}

static const char *const scene_axis_names[] = {"x₊", "x₋"};

static void scene_skies(scene *d)
{
    unsigned seed = 4711;
    const double a = 0.35, b = 2.4; /* angles of the two classes */

    for (int i = 0; i < SCENE_SKY; i++) {
        double start = M_PI * scene_random(&seed);
        d->signs[i] = i % 2 ? 1 : -1;
        double goal = i % 2 ? a : b;
        double way = remainder(goal - start, 2 * M_PI);
        for (int j = 0; j <= 30; j++) {
            double angle = start + way * (1 - exp(-j / 11.0)), r = 1e-3 * exp(j / 9.0);
            double *row = j < 30 ? d->sky_past[j] : d->sky;
            row[2 * i] = r * cos(angle);
            row[2 * i + 1] = r * sin(angle);
        }
    }
    for (int j = 0; j < 30; j++)
        d->past[2][j] = d->sky_past[j];
    ory_snap_quantity *q = scene_array(d, "neurons", "neurons", ORY_SNAP_ARRAY, d->sky, SCENE_SKY, 2);
    q->past = d->past[2];
    q->n_past = 30;
    scene_array(d, "signs", "v", ORY_SNAP_ARRAY, d->signs, SCENE_SKY, 1);
    for (int i = 0; i < 20; i++) { /* an error over frequency; its bound ends where it stops to apply */
        d->omega_at[i] = pow(10, -1.5 + 0.13 * i);
        d->low_at[i] = 0.01 * d->omega_at[i] / (0.3 + fabs(log(d->omega_at[i] / 2.385)));
        d->high_at[i] = i < 14 ? 4.7 * d->low_at[i] : NAN;
    }
    scene_array(d, "omega_at", "w", ORY_SNAP_ARRAY, d->omega_at, 20, 1)->log = true;
    scene_array(d, "low_at", "error", ORY_SNAP_ARRAY, d->low_at, 20, 1)->log = true;
    scene_array(d, "high_at", "bound", ORY_SNAP_ARRAY, d->high_at, 20, 1)->log = true;
    for (int i = 0; i < SCENE_MANY; i++) {
        double angle = (i % 2 ? a : b) + 0.7 * scene_random(&seed) * scene_random(&seed) + (i % 7 == 0 ? 3 * scene_random(&seed) : 0);
        d->many[2 * i] = cos(angle);
        d->many[2 * i + 1] = sin(angle);
        d->many_signs[i] = i % 2 ? 1 : -1;
    }
    scene_array(d, "many", "2000 neurons", ORY_SNAP_ARRAY, d->many, SCENE_MANY, 2);
    scene_array(d, "many_signs", "v", ORY_SNAP_ARRAY, d->many_signs, SCENE_MANY, 1);
    for (int i = 0; i < 16; i++) {
        double angle = (i % 2 ? a : b) + 0.3 * scene_random(&seed);
        d->data[2 * i] = cos(angle);
        d->data[2 * i + 1] = sin(angle);
        d->labels[i] = i % 2 ? 1 : -1;
    }
    scene_array(d, "data", "x", ORY_SNAP_ARRAY, d->data, 16, 2);
    scene_array(d, "labels", "y", ORY_SNAP_ARRAY, d->labels, 16, 1);
    d->axes[0] = cos(a), d->axes[1] = sin(a), d->axes[2] = cos(b), d->axes[3] = sin(b);
    scene_array(d, "centres", "x±", ORY_SNAP_ARRAY, d->axes, 2, 2)->row_names = scene_axis_names;
    d->sectors[0] = a - 0.4, d->sectors[1] = a + 0.4, d->sectors[2] = b - 0.4, d->sectors[3] = b + 0.4;
    scene_array(d, "cones", "S±", ORY_SNAP_ARRAY, d->sectors, 2, 2);
    for (int i = 0; i < 300 * SCENE_DIM; i++)
        d->high[i] = scene_random(&seed) + (i % SCENE_DIM == (i / SCENE_DIM) % 2 ? 1.4 : 0);
    for (int i = 0; i < 2 * SCENE_DIM; i++)
        d->high_axes[i] = i % SCENE_DIM == i / SCENE_DIM;
    scene_array(d, "high", "neurons in 6 dimensions", ORY_SNAP_ARRAY, d->high, 300, SCENE_DIM);
    scene_array(d, "high_axes", NULL, ORY_SNAP_ARRAY, d->high_axes, 2, SCENE_DIM)->row_names =
        scene_axis_names;
}

static void scene_fields(scene *d)
{
    unsigned seed = 9;

    for (int i = 0; i < SCENE_GRID; i++) {
        for (int j = 0; j < SCENE_GRID; j++) {
            double th = -4 + 8 * (j + 0.5) / SCENE_GRID, om = -3 + 6 * (i + 0.5) / SCENE_GRID;
            double *f = d->flow + 2 * (i * SCENE_GRID + j);
            f[0] = om;
            f[1] = -sin(th) - 0.25 * om;
            d->field[i * SCENE_GRID + j] = tanh(2.2 - 0.55 * th * th - om * om - 0.8 * th * om) * 0.9;
            d->edge[i * SCENE_GRID + j] = 1.9 - 0.45 * th * th - om * om - 0.7 * th * om > 0;
        }
    }
    ory_snap_quantity *q = scene_array(d, "flow", NULL, ORY_SNAP_FLOW, d->flow, SCENE_GRID, SCENE_GRID);
    q->x0 = -4, q->x1 = 4, q->y0 = -3, q->y1 = 3;
    q = scene_array(d, "critic", "b(θ, ω)", ORY_SNAP_FIELD, d->field, SCENE_GRID, SCENE_GRID);
    q->x0 = -4, q->x1 = 4, q->y0 = -3, q->y1 = 3;
    q->x_label = "θ", q->y_label = "ω";
    q = scene_array(d, "safe", NULL, ORY_SNAP_FIELD, d->edge, SCENE_GRID, SCENE_GRID);
    q->x0 = -4, q->x1 = 4, q->y0 = -3, q->y1 = 3;
    const double eq[9] = {0, 0, 1, -M_PI, 0, 0, M_PI, 0, 0};
    memcpy(d->equilibria, eq, sizeof eq);
    scene_array(d, "equilibria", NULL, ORY_SNAP_ARRAY, d->equilibria, 3, 3);
    for (int i = 0; i < 6; i++) {
        d->points[3 * i] = 3 * scene_random(&seed);
        d->points[3 * i + 1] = 2 * scene_random(&seed);
        d->points[3 * i + 2] = i % 2 ? 1 : -1;
    }
    scene_array(d, "samples", NULL, ORY_SNAP_ARRAY, d->points, 6, 3);
    for (int i = 0; i < 40; i++) {
        d->path[2 * i] = 1.6 * exp(-i / 25.0) * cos(i / 4.0);
        d->path[2 * i + 1] = 1.3 * exp(-i / 25.0) * sin(-i / 4.0);
    }
    scene_array(d, "way", NULL, ORY_SNAP_ARRAY, d->path, 40, 2);
}

static const char *const scene_words[18] = {
    "striped", "animal", "grass", "outdoor", "mammal", "africa", "zoo", "black", "white", "herd",
    "running", "tall", "water", "sky", "tree", "fence", "car", "snow"};

static void scene_codes(scene *d)
{
    unsigned seed = 5;
    for (int i = 0; i < 18; i++)
        d->code[i] = i < 11 ? scene_random(&seed) * exp(-i / 5.0) : 0;
    d->code[0] = 0.812, d->code[1] = 0.644, d->code[3] = -0.287;
    for (int i = 0; i < 18; i++)
        d->code_before[i] = 0.9 * d->code[i] + (i == 2 ? 0.5 : 0.02);
    scene_array(d, "code", "concepts", ORY_SNAP_ARRAY, d->code, 18, 1)->row_names = scene_words;
    scene_array(d, "code_before", "before", ORY_SNAP_ARRAY, d->code_before, 18, 1);
}

static const char *const scene_limit_names[] = {"1/√K", "√2/2"};

static void scene_curves(scene *d)
{
    for (int i = 0; i < 12; i++) {
        d->radii[i] = i / 12.0;
        d->robust[i] = 1 / (1 + exp(40 * (d->radii[i] - 0.42)));
        d->ceiling[i] = 1 / (1 + exp(90 * (d->radii[i] - 0.61)));
    }
    d->limits[0] = 0.408, d->limits[1] = 0.707;
    scene_array(d, "radii", "radius", ORY_SNAP_ARRAY, d->radii, 12, 1);
    scene_array(d, "robust", "robust", ORY_SNAP_ARRAY, d->robust, 12, 1);
    scene_array(d, "ceiling", "predicted", ORY_SNAP_ARRAY, d->ceiling, 12, 1);
    scene_array(d, "limits", NULL, ORY_SNAP_ARRAY, d->limits, 2, 1)->row_names = scene_limit_names;
}

static const char *const scene_node_names[SCENE_NODES] = {
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"};

static void scene_network(scene *d)
{
    static const unsigned char edge[20][2] = {
        {1, 2}, {1, 5}, {2, 3}, {2, 4}, {2, 5}, {3, 4}, {4, 5}, {4, 7}, {4, 9}, {5, 6},
        {6, 11}, {6, 12}, {6, 13}, {7, 8}, {7, 9}, {9, 10}, {9, 14}, {10, 11}, {12, 13}, {13, 14}};
    static const double x[SCENE_NODES] = {0, 1.2, 5, 4.2, 1.6, 1.4, 5.4, 7, 5, 3.8, 2.6, 0.2, 1.4, 3.6};
    static const double y[SCENE_NODES] = {3, 1, 0.6, 2.4, 2.7, 4.2, 3.4, 3.4, 4.4, 5, 4.8, 5.2, 5.8, 6};
    for (int i = 0; i < 20; i++) {
        d->from[i] = edge[i][0] - 1u;
        d->to[i] = edge[i][1] - 1u;
        d->weight[i] = 1 + i % 5;
    }
    for (int i = 0; i < SCENE_NODES; i++) {
        d->node_x[i] = x[i];
        d->node_y[i] = -y[i];
        d->node_value[i] = 0.4 * sin(1.7 * i + 0.3);
    }
    d->graph = (ory_snap_graph){.name = "grid14", .n = SCENE_NODES, .edges = 20, .from = d->from,
                                .to = d->to, .weight = d->weight, .x = d->node_x, .y = d->node_y,
                                .names = scene_node_names};
    scene_array(d, "speed", "ω [rad/s]", ORY_SNAP_ARRAY, d->node_value, SCENE_NODES, 1);
}

/* ---------------------------------------------------------------- claims, texts */

static void scene_claim(scene *d, int i, const char *title, const char *source, ory_snap_lamp lamp,
                        double margin, const char *why)
{
    ory_snap_claim *k = &d->claims[i];
    *k = ory_snap_claim_none();
    k->name = k->title = title;
    k->source = source;
    k->lamp = lamp;
    k->margin = margin;
    k->worst = margin / 1.3;
    k->checked = 241;
    k->why = why;
    k->hypotheses = d->hypotheses[i];
    k->n_hypotheses = 2;
    d->hypotheses[i][0] = (ory_snap_inequality){"η K(η) < 2", "<", 0.84, 2, true, true};
    d->hypotheses[i][1] = (ory_snap_inequality){"α₁ > 0", ">", lamp == ORY_LAMP_NOT_APPLY ? 0 : 1.31, 0,
                                                lamp != ORY_LAMP_NOT_APPLY, false};
    k->conclusion = (ory_snap_inequality){"½‖∇L‖² ≥ μ(T) (L − L*)", "≥", 3.1e-7, 1.29e-7,
                                          lamp == ORY_LAMP_HOLDS, false};
    k->statement = "Along gradient descent the loss satisfies a local Polyak–Łojasiewicz inequality "
                   "whose constant is read off the singular values of the two factors.";
}

static void scene_claims(scene *d)
{
    scene_claim(d, 0, "local PL inequality", "Theorem 3.1", ORY_LAMP_HOLDS, 2.4, NULL);
    scene_claim(d, 1, "local descent", "Theorem 3.1", ORY_LAMP_HOLDS, 1.08, NULL);
    scene_claim(d, 2, "linear rate", "Theorem 3.2", ORY_LAMP_HOLDS, 112, NULL);
    scene_claim(d, 3, "asymptotic rate", "Corollary 3.4", ORY_LAMP_NOT_APPLY, NAN,
                "α₁ > 0 fails: 0 > 0");
    scene_claim(d, 4, "balanced limit", "Proposition 2", ORY_LAMP_NOT_COMPUTABLE, NAN,
                "the limit is not known");
    d->claims[0].correction = "printed with μ where the proof needs 2μ";
}

static const ory_snap_key scene_keys[] = {
    {"space", "run/pause", "Run or pause", "Moving"},
    {"s", "step", "One step", "Moving"},
    {"[ ]", "seek", "Back and forth through history", "Moving"},
    {"{ }", NULL, "Previous and next marker", "Moving"},
    {"+ -", "speed", "Twice, half as many steps a frame", "Moving"},
    {"x y", "log", "Turn an axis", "Looking"},
    {"g", NULL, "Next glyph set", "Looking"},
    {"p", "pin", "Pin the curves as ghosts", "Looking"},
    {"f", "fork", "Fork the run here", "Moving on"},
    {"/", "filter", "Show panels whose title contains …", "Looking on"},
    {"1-9", "layout", "Layouts", "Looking on"},
    {":", "lua", "To the prompt", "Leaving"},
    {"?", "help", "This table", "Leaving"},
    {"q", "prompt", "Back to the line prompt, the run is kept", "Leaving"},
};

static void scene_texts(scene *d)
{
    static const char *const lines[][2] = {
        {"> s = net.linear{ n=5, h=20, m=3, samples=50, init_scale=0.25, seed=7 }", "e"},
        {"> r = run(s, { stepper=\"gd\", rule=\"rho\" })", "e"},
        {"> r:go{ loss_below=1e-7 }", "e"},
        {"stopped at step 240: gap 3.7e-09 < 1e-08   (3.0 ms)", "n"},
        {"> r.step = 0.0213", "e"},
        {"η 0.0500 → 0.0213 at step 240", "d"},
        {"> f = r:fork():rewind(120)", "e"},
        {"forked r at step 120 as f", "n"},
        {"> f.rul = \"polyak\"", "e"},
        {"run: no property 'rul' (did you mean 'rule'?)", "b"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char c = lines[i][1][0];
        uint8_t role = c == 'e'   ? ORY_ROLE_ECHO
                       : c == 'b' ? ORY_ROLE_BAD
                       : c == 'd' ? ORY_ROLE_DIM
                                  : ORY_ROLE_DEFAULT;

        d->console[i] = (ory_snap_line){lines[i][0], role, 0};
    }
    d->s.console = d->console;
    d->s.n_console = sizeof lines / sizeof *lines;
    static const char *const candidates[] = {"constant", "backtracking", "polyak"};
    d->s.prompt = (ory_snap_prompt){true, "> ", "f.rule = \"", 10, candidates, 3, 99, NULL};
    d->note[0] = (ory_snap_line){"The loss is not convex, and it has no global Polyak–Łojasiewicz constant.", ORY_ROLE_DEFAULT, 0};
    d->note[1] = (ory_snap_line){"", ORY_ROLE_DEFAULT, 0};
    d->note[2] = (ory_snap_line){"Watch the meter: the certified bound moves with the singular values of the factors.", ORY_ROLE_ACCENT, 0};
    d->s.note = d->note;
    d->s.n_note = 3;
    d->s.note_wait = true;
    d->s.keys = scene_keys;
    d->s.n_keys = sizeof scene_keys / sizeof *scene_keys;
}

static void scene_runs(scene *d)
{
    for (int i = 0; i < 3; i++) {
        size_t n = d->runs[i].n_quantities;
        d->runs[i] = ory_snap_run_none();
        d->runs[i].n_quantities = n;
        d->runs[i].quantities = d->q[i];
        d->runs[i].id = (uint64_t)i + 1;
        d->runs[i].stepper = "gd";
        d->runs[i].description = "linear 5×20×3 · square loss · 50 samples";
    }
    ory_snap_run *r = d->runs;
    r->name = "r";
    r->rule = "rho";
    r->standing = "certified";
    r->k = r->known = 240;
    r->t = 12;
    r->rate = 412e3;
    r->state = ORY_STATE_RUN;
    r->claims = d->claims;
    r->n_claims = 5;
    r->knobs = d->knobs;
    r->n_knobs = 2;
    r->events = d->events;
    r->n_events = 2;
    r->graphs = &d->graph;
    r->n_graphs = 1;
    d->knobs[0] = ory_snap_knob_none();
    d->knobs[0].name = "step";
    d->knobs[0].label = "η";
    d->knobs[0].value = 0.0246;
    d->knobs[0].admissible_low = 0;
    d->knobs[0].admissible_high = 0.0262;
    d->knobs[0].admissible_source = "Theorem 3.2";
    d->knobs[0].edge = 0.0803;
    d->knobs[1] = ory_snap_knob_none();
    d->knobs[1].name = "rule";
    d->knobs[1].text = "rho";
    d->events[0] = (ory_snap_event){60, 3, ORY_SNAP_EVENT_KNOB, "η 0.05 → 0.02"};
    d->events[1] = (ory_snap_event){120, 6, ORY_SNAP_EVENT_FORK, "f"};
    d->runs[1].name = "f";
    d->runs[1].parent = 1;
    d->runs[1].fork_step = 120;
    d->runs[1].fork_reason = "rule polyak";
    d->runs[1].part = ORY_PART_GHOST;
    d->runs[1].k = d->runs[1].known = 300;
    d->runs[2].name = "g";
    d->runs[2].parent = 2;
    d->runs[2].fork_step = 180;
    d->runs[2].fork_reason = "step 0.3";
    d->runs[2].part = ORY_PART_HIDDEN;
    d->runs[2].k = d->runs[2].known = 210;
    d->runs[2].state = ORY_STATE_DIVERGED;
}

/* A plot from elsewhere: rates over two parameters, high steps without one. */
static const ory_snap_plot *scene_plots(void)
{
    static const double steps[] = {0.01, 0.02, 0.04, 0.08, 0.16}, scales[] = {0.1, 0.3, 0.9};
    static const double rates[] = {0.01, 0.02, 0.04, 0.08, NAN, 0.02, 0.04, 0.08, NAN,
                                   NAN,  0.04, 0.08, NAN,  NAN, NAN};
    static const ory_plot_heat heat = {.label = "rate", .missing = "diverged", .log = true,
                                       .lo = NAN, .hi = NAN, .rows = 3, .cols = 5, .x = steps,
                                       .y = scales, .z = rates};
    static const ory_plot plot = {.title = "phases", .x = {"step size", NULL, true, NAN, NAN},
                                  .y = {"scale", NULL, true, NAN, NAN}, .floor = NAN, .heat = &heat};
    static const ory_snap_plot plots[] = {{"phases", &plot}};

    return plots;
}

static scene *scene_new(void)
{
    scene *d = ory_alloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->s = ory_snapshot_none();
    scene_scalars(d);
    scene_matrices(d);
    scene_eigen(d);
    scene_skies(d);
    scene_fields(d);
    scene_codes(d);
    scene_curves(d);
    scene_network(d);
    scene_claims(d);
    scene_runs(d);
    scene_texts(d);
    d->s.runs = d->runs;
    d->s.n_runs = 3;
    d->s.ghosts = d->ghosts;
    d->s.n_ghosts = 1;
    d->s.plots = scene_plots();
    d->s.n_plots = 1;
    d->s.speed = 64;
    return d;
}

static void scene_free(scene *d)
{
    for (size_t i = 0; d && i < d->n_series; i++)
        ory_series_free(d->series[i]);
    ory_free(d);
}

#endif
