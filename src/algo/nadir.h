/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nadir.h - the largest frequency deviation that a bounded step disturbance can cause in
 * a power network of proportional units, at which bus, when, and by which disturbance.
 *
 * w(t) = H(t) u, H(t) = P diag(h_k(t)) P', P = R^-1/2 V from L = R^-1/2 LB R^-1/2. For a
 * bus i and a time t the worst u of norm rho gives F_i(t) = rho * (dual norm of row i of
 * H(t)): exact in u, so that only time has to be searched.
 * Source: Y. Jiang, H. Min, B. Zhang, arXiv 2402.16765. Beyond it: the tail candidate,
 * the certificate, and ory_nadir_search (doc/theory/07-frequency-nadir.md). */
#ifndef ORY_ALGO_NADIR_H
#define ORY_ALGO_NADIR_H

#include <stdbool.h>
#include <stddef.h>

#include "algo/modal.h"
#include "core/mat.h"

typedef enum { ORY_BALL_2, ORY_BALL_INF, ORY_BALL_1 } ory_ball;
extern const char *const ory_ball_names[]; /* "2", "inf", "1", NULL */

/* The network. m, d are means; r_i = m_i/m; factors of lines, inertia and damping may be
 * turned without a new eigen-decomposition. */
typedef struct ory_nadir_net {
    size_t n;
    double m, d;
    double *r;      /* n */
    double *lam;    /* n ascending, exact zeros for islands */
    double *P;      /* n x n row-major: rows are buses, columns modes */
    size_t islands; /* zero eigenvalues */
    bool negative;  /* some line weight is negative */
    double c, tau;  /* turbine of the representative unit: inverse droop, lag s; c == 0: none */
    double *work;   /* 4n: scratch of single evaluations */
    double *pool;   /* scratch of tables and searches, see ory_nadir_take */
    size_t pool_size, pool_used, instants;
    double madds;   /* multiply-adds of all matrix products so far */
} ory_nadir_net;

/* Checks: m, d finite and > 0; LB symmetric with zero row sums, positive semidefinite;
 * d_i/m_i equal within 1e-6. project: replace d by the proportional damping of the same
 * sum instead of refusing. instants: the largest N of later tasks. ORY_EINVAL with the
 * offending entry. All memory for tables and searches is taken here. */
ory_status ory_nadir_net_init(ory_nadir_net *net, const ory_mat *LB, const double *m,
                              const double *d, bool project, size_t instants,
                              ory_error *err) ORY_WUR;
void ory_nadir_net_fini(ory_nadir_net *net);
/* A turbine at every unit: inverse droops rinv[n] >= 0 p.u., in proportion to the inertias
 * within 1e-6 (project: made so, of the same sum), and a common lag tau > 0 s. */
ory_status ory_nadir_net_turbines(ory_nadir_net *net, const double *rinv, double tau, bool project,
                                  ory_error *err) ORY_WUR;

/* What is asked: size and kind of ball, factors, grid of instants dt, 2 dt, … N dt. */
typedef struct ory_nadir_task {
    double rho;
    ory_ball ball;
    double beta, inertia, damping; /* factors of lam, m, d; 1 */
    double dt;
    size_t N;
    bool refine, tail;
} ory_nadir_task;

typedef enum { ORY_NADIR_INTERIOR, ORY_NADIR_HORIZON, ORY_NADIR_INFINITY } ory_nadir_kind;
extern const char *const ory_nadir_kinds[];

typedef struct ory_nadir_bus {
    double grid, grid_t; /* largest of the table, and its time */
    double nadir, t;     /* refined, and its time (INFINITY in the limit) */
    ory_nadir_kind kind;
} ory_nadir_bus;

typedef struct ory_nadir_result {
    size_t bus;        /* worst; lowest number on a tie */
    double nadir, t;
    ory_nadir_kind kind;
    double interval;   /* proved: no larger value for 0 < t <= N dt */
    double tail;       /* proved: no larger value for t >= N dt */
} ory_nadir_result;

/* The mode k with the task's factors, and its step response h_k(t), with the turbine if
 * there is one; t = INFINITY: the limit. */
ory_mode ory_nadir_mode(const ory_nadir_net *net, const ory_nadir_task *task, size_t k);
double ory_nadir_response(const ory_nadir_net *net, const ory_nadir_task *task, size_t k, double t);

/* Row i of H(t) into x[n]; t = INFINITY: the limit. O(n^2). */
void ory_nadir_row(const ory_nadir_net *net, const ory_nadir_task *task, size_t i, double t,
                   double *x);
/* rho * dual norm of x[n]. */
double ory_nadir_dual(const ory_nadir_task *task, const double *x, size_t n);
/* The same for all rows of a symmetric matrix of which only the upper half is there. */
void ory_nadir_dual_rows(const ory_nadir_task *task, const double *H, size_t n, double *F,
                         size_t stride);
double ory_nadir_value(const ory_nadir_net *net, const ory_nadir_task *task, size_t i, double t);
/* The disturbance of norm rho that makes w_i(t) = -(rho dual norm of x). */
void ory_nadir_worst(const ory_nadir_task *task, const double *x, size_t n, double *u);

/* The table F[i*N + j] = F_i((j+1) dt) of the paper. Polls for Ctrl-C between instants:
 * ORY_EINTERRUPT. F is n x N, N at most the net's instants. */
ory_status ory_nadir_table(ory_nadir_net *net, const ory_nadir_task *task, double *F,
                           ory_error *err) ORY_WUR;
/* Per-bus results from the table, refined, with the tail candidate and certificates.
 * bus[n]; certify: fill interval and tail (costs two more instants). */
ory_status ory_nadir_buses(ory_nadir_net *net, const ory_nadir_task *task, const double *F,
                           bool certify, ory_nadir_bus *bus, ory_nadir_result *out,
                           ory_error *err) ORY_WUR;

/* Largest |H_ii(t)| of every bus, what its own unit step does to it, at instants up to six
 * time constants 2 m/d, and when: peak[n], when[n]. For all buses n^2 multiply-adds an
 * instant; a lower bound of F_i/rho. */
void ory_nadir_own_peaks(ory_nadir_net *net, const ory_nadir_task *task, double *peak, double *when);

/* Inside the algorithm: F_bus(t) as a function for ory_maximise. */
typedef struct ory_nadir_point {
    const ory_nadir_net *net;
    const ory_nadir_task *task;
    size_t bus;
} ory_nadir_point;
double ory_nadir_value_at(double t, void *point);

/* Inside the algorithm: the pool holds what a table or a search needs, whichever is more.
 * ory_nadir_take hands out n doubles, not zeroed, until the next ory_nadir_reset. */
void ory_nadir_reset(ory_nadir_net *net);
double *ory_nadir_take(ory_nadir_net *net, size_t n);
size_t ory_nadir_search_room(size_t n); /* doubles that a search takes */

/* ----------------------------------------------------------------- certified search */
typedef struct ory_nadir_search_result {
    size_t bus;
    double nadir, t;
    ory_nadir_kind kind;
    double upper;         /* proved: no bus ever exceeds this */
    double horizon;       /* instants beyond were excluded by the tail bound */
    size_t rows, instants;/* rows of H evaluated; instants at which any was */
    double table_share;   /* work in units of one instant of the table (n^3/2 multiply-adds) */
} ory_nadir_search_result;

/* The overall worst case over all t > 0 with upper <= (1 + tol) nadir, found by bounding
 * intervals of time and dropping those that cannot hold the maximum. task->dt, N, refine
 * and tail are not used. tol in [1e-12, 0.5]. */
ory_status ory_nadir_search(ory_nadir_net *net, const ory_nadir_task *task, double tol,
                            ory_nadir_search_result *out, ory_error *err) ORY_WUR;

/* --------------------------------------------------------------------- general units */

/* Units of ANY inertia and damping; rinv (n inverse droops >= 0, common lag tau > 0) adds a
 * turbine state to each, NULL: none. m, d, LB are taken with the task's factors. */
typedef struct ory_nadir_units {
    const ory_mat *LB;
    const double *m, *d, *rinv;
    double tau;
} ory_nadir_units;

size_t ory_nadir_states(const ory_nadir_units *units); /* 2n, or 3n with turbines */
/* The exact step of length dt under constant u: E is (states + n) square; its upper left
 * block Phi and upper right block Gam give x <- Phi x + Gam u, x = (delta, w [, p]). */
ory_status ory_nadir_transition(const ory_nadir_units *units, const ory_nadir_task *task, double dt,
                                ory_mat *E, ory_error *err) ORY_WUR;
/* S_j = H(j dt), j = 1..N, by repeated products; F as in the table (or NULL), S_N into
 * last[n*n] (or NULL). Costs 8 times the table. (allocates) */
ory_status ory_nadir_general(const ory_nadir_units *units, const ory_nadir_task *task, double *F,
                             double *last, ory_error *err) ORY_WUR;

#endif
