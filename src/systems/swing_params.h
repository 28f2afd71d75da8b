/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swing_params.h - the options of a network of swing nodes, rows WP_L to WP_XY of a table
 * of parameters: for dyn.swing and for systems that take a network as it does. */
#ifndef ORY_SYSTEMS_SWING_PARAMS_H
#define ORY_SYSTEMS_SWING_PARAMS_H

#include "systems/swing.h"

static const char *const swing_preset_names[] = {"none", "iceland-figure", NULL};
static const char *const swing_shape_names[] = {"step", "exp", "sin", "impulse", "none", NULL};
static const char *const swing_method_names[] = {"auto", "exact", "rk4", NULL};

#define SWING_MATRIX_(name_, unit_, doc_) \
    {name_, ORY_PARAM_MATRIX, 0, 0, 0, NULL, ORY_OPTIONAL, unit_, doc_, NULL}
#define SWING_POSITIVE_(name_, def_, unit_, doc_) \
    {name_, ORY_PARAM_REAL, def_, 0, INFINITY, NULL, ORY_LIVE | ORY_OPEN_MIN, unit_, doc_, NULL}
#define SWING_CHOICE_(name_, names_, doc_) {name_, ORY_PARAM_CHOICE, 0, 0, 0, names_, 0, "", doc_, NULL}

/* without: what the network is when L is absent; most: how large it may be for exact steps; families:
 * names of node families, the first two swing and integrator; others: what is said of the rest. */
#define SWING_PARAM_ROWS(without, most, families, others) \
    [WP_L] = SWING_MATRIX_("L", "p.u./rad", "the network: a graph, a list of edges, or a Laplacian n x " \
                           "n; " without " when absent"), \
    [WP_FAMILY] = SWING_CHOICE_("family", families, "nodes: swing 1/(m s + d), with a turbine where " \
                                "rinv > 0, or integrator 1/s" others), \
    [WP_M] = SWING_MATRIX_("m", "p.u. s2/rad", "inertia of every node > 0: a list of n numbers, or of " \
                           "one for all"), \
    [WP_D] = SWING_MATRIX_("d", "p.u. s/rad", "damping of every node: n numbers, or one for all; kappa " \
                           "m when absent"), \
    [WP_KAPPA] = {"kappa", ORY_PARAM_REAL, 0.2, 0, INFINITY, NULL, 0, "1/s", "damping per inertia " \
                  "where d is not given, d = kappa m", NULL}, \
    [WP_RINV] = SWING_MATRIX_("rinv", "p.u. s/rad", "inverse droop of every node's turbine >= 0: n " \
                              "numbers, or one; none when absent"), \
    [WP_TAU] = SWING_MATRIX_("tau", "s", "lag of every node's turbine > 0: n numbers, or one; 5 when " \
                             "absent"), \
    [WP_PRESET] = SWING_CHOICE_("preset", swing_preset_names, "\"iceland-figure\": the aggregate " \
                                "behind the published figure of the Icelandic grid, one node"), \
    [WP_SCALE] = {"scale", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE, "", "factor of all weights " \
                  "of L", NULL}, \
    [WP_INERTIA] = SWING_POSITIVE_("inertia", 1, "", "factor of all inertias"), \
    [WP_DAMPING] = {"damping", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE, "", "factor of all " \
                    "damping", NULL}, \
    [WP_KP] = {"kp", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, ORY_LIVE, "1", "coupling f(s) = kp + ki/s: " \
               "its constant part (consensus: kp = 1, ki = 0)", NULL}, \
    [WP_KI] = {"ki", ORY_PARAM_REAL, 1, 0, INFINITY, NULL, ORY_LIVE, "1", "coupling f(s) = kp + ki/s: " \
               "its integral part (power networks: kp = 0, ki = 1)", NULL}, \
    [WP_SHAPE] = SWING_CHOICE_("shape", swing_shape_names, "disturbance over time: step 1, exp 1 - " \
                               "exp(-rate t), sin sin(rate t), impulse, or none"), \
    [WP_RATE] = SWING_POSITIVE_("rate", 5, "1/s", "of the shapes exp and sin (rad/s)"), \
    [WP_T0] = {"t0", ORY_PARAM_REAL, 0, 0, INFINITY, NULL, 0, "s", "when the disturbance begins: at " \
               "the first step not before t0", NULL}, \
    [WP_AT] = {"at", ORY_PARAM_INT, 2, 1, 1e9, NULL, 0, "", "the disturbed node", NULL}, \
    [WP_SIZE] = {"size", ORY_PARAM_REAL, -1, -INFINITY, INFINITY, NULL, 0, "p.u.", "size of the " \
                 "disturbance at that node", NULL}, \
    [WP_U] = SWING_MATRIX_("u", "p.u.", "disturbance of every node, n numbers: instead of at and size"), \
    [WP_FRAME] = SWING_POSITIVE_("frame", 0.01, "s", "time of one step of the run; exact for any " \
                                 "length up to " most), \
    [WP_METHOD] = SWING_CHOICE_("method", swing_method_names, "steps by the matrix exponential " \
                                "(exact), by Runge-Kutta of order 4 (rk4), or exact up to " most " (auto)"), \
    [WP_SAFETY] = {"safety", ORY_PARAM_REAL, 0.5, 0, 1, NULL, ORY_LIVE | ORY_OPEN_MIN, "", "rk4: its " \
                   "step as a part of the stability limit", NULL}, \
    [WP_FREQ] = SWING_POSITIVE_("freq", 1, "rad/s", "the frequency at which transfer functions and " \
                                "bounds are read"), \
    [WP_LOW] = {"low", ORY_PARAM_REAL, 0.01, 0, INFINITY, NULL, ORY_OPEN_MIN, "rad/s", "lowest " \
                "frequency of the curves", NULL}, \
    [WP_HIGH] = {"high", ORY_PARAM_REAL, 100, 0, INFINITY, NULL, ORY_OPEN_MIN, "rad/s", "highest " \
                 "frequency of the curves", NULL}, \
    [WP_POINTS] = {"points", ORY_PARAM_INT, 60, 2, 4096, NULL, 0, "", "frequencies of the curves; 24 " \
                   "when not given and more than 100 nodes", NULL}, \
    [WP_BAND] = SWING_POSITIVE_("band", 1, "rad/s", "end of the band [0, band] of sup_band"), \
    [WP_BUS] = SWING_MATRIX_("bus", "", "numbers of the nodes, for names; 1 to n when absent"), \
    [WP_XY] = SWING_MATRIX_("xy", "", "positions n x 2 for the network panel; found from the edges " \
                            "when absent")

#endif
