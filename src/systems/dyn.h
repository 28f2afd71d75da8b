/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyn.h - what the textbook systems x' = f(t, x) share: a model says names, start, window,
 * right-hand side, Jacobian; options, state, common probes, field and equilibria are made
 * from it here.
 *
 * A file of a model has: a table of parameters (DYN_PARAMS, then its own numbers, all of
 * them knobs or fixed), a table of probes (DYN_PROBES, one scalar for each named variable,
 * then its own), the model, and a class with DYN_CLASS and an init that calls dyn_init. */
#ifndef ORY_SYSTEMS_DYN_H
#define ORY_SYSTEMS_DYN_H

#include "algo/equilibria.h"
#include "systems/system.h"

typedef struct dyn dyn;

enum dyn_param { DP_X0, DP_PLANE, DP_BOX, DP_GRID, DYN_OWN_PARAM };

#define DYN_PARAMS                                                                                \
    [DP_X0] = {"x0", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                           \
               "state at the start, one number a variable", NULL},                               \
    [DP_PLANE] = {"plane", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                     \
                  "numbers of the two variables that span the phase portrait", NULL},            \
    [DP_BOX] = {"box", ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, "",                         \
                "where equilibria are sought and the field is drawn: lowest and highest value of " \
                "each variable, a row each",                                                      \
                NULL},                                                                            \
    [DP_GRID] = {"grid", ORY_PARAM_INT, 32, 2, 512, NULL, 0, "",                                  \
                 "points of the field along each side", NULL}

enum dyn_probe {
    DY_PLANE_X, DY_PLANE_Y, DY_SPEED, DY_DIVERGENCE, DY_ABSCISSA,
    DY_EIGENVALUES, DY_JACOBIAN, DY_FLOW, DY_EQUILIBRIA,
    DYN_OWN_PROBE /* the named variables, then the model's own */
};

#define DYN_ROW(name_, label_, kind_, unit_, axis_, cost_, doc_)                                  \
    {name_, label_, kind_, unit_, axis_, cost_, NULL, 0, 0, doc_, ""}
#define DYN_SCALAR(name_, label_, unit_, doc_)                                                    \
    DYN_ROW(name_, label_, ORY_SCALAR, unit_, ORY_LINEAR, ORY_COST_FREE, doc_)

#define DYN_PROBES                                                                                \
    [DY_PLANE_X] = DYN_SCALAR("plane_x", "across", "", "First variable of the plane."),           \
    [DY_PLANE_Y] = DYN_SCALAR("plane_y", "up", "", "Second variable of the plane."),              \
    [DY_SPEED] = DYN_ROW("speed", "|f|", ORY_SCALAR, "", ORY_LOG, ORY_COST_STEP,                   \
                         "Length of f(t, x)."),                                                   \
    [DY_DIVERGENCE] = DYN_ROW("divergence", "div f", ORY_SCALAR, "1/t", ORY_LINEAR, ORY_COST_STEP, \
                              "Trace of the Jacobian: relative growth of small volumes."),        \
    [DY_ABSCISSA] = DYN_ROW("abscissa", "max Re λ", ORY_SCALAR, "1/t", ORY_LINEAR,                 \
                            ORY_COST_FACTOR, "Largest real part of the Jacobian's eigenvalues."), \
    [DY_EIGENVALUES] = DYN_ROW("eigenvalues", "λ(J)", ORY_COMPLEX, "1/t", ORY_LINEAR,              \
                               ORY_COST_FACTOR,                                                   \
                               "Eigenvalues of the Jacobian: real and imaginary parts."),         \
    [DY_JACOBIAN] = DYN_ROW("jacobian", "J", ORY_MATRIX, "1/t", ORY_LINEAR, ORY_COST_STEP,         \
                            "Derivatives of f: row i, column j is d f_i / d x_j."),               \
    [DY_FLOW] = DYN_ROW("flow", "field", ORY_FLOW, "", ORY_LINEAR, ORY_COST_DEAR,                  \
                        "f on a grid of the plane through the state, pairs (across, up) side by " \
                        "side; rows go up."),                                                     \
    [DY_EQUILIBRIA] =                                                                             \
        DYN_ROW("equilibria", "equilibria", ORY_MATRIX, "", ORY_LINEAR, ORY_COST_DEAR,             \
                "Zeros of f at this time, by Newton from many starts in the box. A row each, NaN " \
                "when there are no more: the two variables of the plane, 1 stable or 0 unstable, " \
                "class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then " \
                "real and imaginary part of each eigenvalue.")

/* Functions of a model get the run's time and whole state; they must be pure. Where a
 * function of the user's fails they set d->sys->trouble and fill with NaN. */
typedef struct dyn_model {
    const char *const *names; /* n names; NULL: one block "x", no scalar probes of its own */
    const double *x0;         /* start; NULL: zeros */
    const double *box;        /* n pairs (low, high); NULL: twice the start, at least 2 */
    size_t plane[2];          /* default plane, from 0 */
    void (*rhs)(const dyn *d, double t, const double *x, double *dx);
    void (*jacobian)(const dyn *d, double t, const double *x, double *J); /* NULL: differences */
    void (*own)(const dyn *d, const ory_moment *m, int which, double *out); /* from 0 */
    void (*own_shape)(const dyn *d, int which, size_t *rows, size_t *cols);
    const char *title;        /* for describe */
    const char *continuous;   /* why no equilibrium is isolated, so that none is sought; or NULL */
} dyn_model;

struct dyn {
    ory_system *sys;
    const dyn_model *model;
    size_t n, grid;
    size_t plane[2];
    double *p;       /* values of the model's own parameters (NaN: no number), live ones followed */
    double *x0, *box;
    void *extra;     /* the model's own; freed by dyn_fini, like the next */
    double *extra_space;
    int variables;   /* rows of scalar probes that are variables */
    /* workspaces */
    double *point, *f, *J, *re, *im, *Jdiff;
    ory_equilibria search;
};

/* Reads the common options and makes everything for n variables; the model must live as
 * long as the system. */
ory_status dyn_init(ory_system *s, const dyn_model *model, size_t n, ory_error *err);
void dyn_fini(ory_system *s);
ory_status dyn_changed(ory_system *s, int param, ory_error *err);
ory_status dyn_start(ory_system *s, double *x, ory_error *err);
void dyn_rhs(ory_system *s, double t, const double *x, double *dx);
void dyn_jacobian(ory_system *s, double t, const double *x, double *J);
ory_status dyn_probe(ory_system *s, const ory_moment *m, int which, double *out, ory_error *err);
void dyn_shape(const ory_system *s, int which, size_t *rows, size_t *cols);
double dyn_work(const ory_system *s, int which);
bool dyn_extent(const ory_system *s, int which, double edges[4], const char *axes[2]);
bool dyn_why(ory_system *s, const ory_moment *m, int which, char *text, size_t size);
void dyn_describe(const ory_system *s, char *text, size_t size);

/* The equilibria at time t, from starts in the box and from x, into d->search. */
ory_status dyn_equilibria(ory_system *s, double t, const double *x, ory_error *err);

/* What classes take from here: all, or all but the two that some do themselves. */
#define DYN_SHARED                                                                                \
    .default_stepper = "flow", .changed = dyn_changed, .start = dyn_start, .rhs = dyn_rhs,        \
    .jacobian = dyn_jacobian, .probe = dyn_probe, .shape = dyn_shape, .work = dyn_work,           \
    .extent = dyn_extent, .why = dyn_why
#define DYN_CLASS DYN_SHARED, .fini = dyn_fini, .describe = dyn_describe

#endif
