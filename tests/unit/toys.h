/* SPDX-License-Identifier: GPL-3.0-or-later */
/* toys.h - small systems that only the tests know, one for each kind of motion:
 *
 *   toy.bowl     loss base + sum a_i y_i^2/2 + quartic y_i^4/4 with y = x - target, a_i from
 *                1 to spread; rules inverse and shy, running memory, probes, claims
 *   toy.wave     x'' = -w^2 x + force cos t, from (1, 0): a right-hand side and no loss
 *   toy.counter  counts its steps and adds up normal draws: an update of its own
 *
 * and what tests of runs need again and again. */
#ifndef ORY_TESTS_TOYS_H
#define ORY_TESTS_TOYS_H

#include "run/run.h"

enum { TOY_NUMBERS = 8 }; /* arguments of toy_new */

extern const ory_system_class toy_bowl_class, toy_wave_class, toy_counter_class;

/* Evaluations by all bowls so far. */
extern unsigned long toy_losses, toy_gradients, toy_dear_reads;

typedef struct toy_option {
    const char *name;
    double value;
} toy_option;

/* A system of the class with these options, list ended by a NULL name; fails the test
 * on error. Made known to ory_system_class_find. */
ory_system *toy_new(const ory_system_class *c, const toy_option *options);

/* A run of it, and of stepper with these options (rule: text or NULL). Releases sys. */
typedef struct toy_run {
    const char *stepper, *rule, *method;
    toy_option options[TOY_NUMBERS];
    uint64_t every;
    size_t history_bytes, bins;
    const char *const *record;
    const char *name;
} toy_run;
ory_run *toy_start(ory_system *sys, const toy_run *how);
ory_status toy_try(ory_system *sys, const toy_run *how, ory_run **out, ory_error *err);

/* n steps, which must all be taken. */
void toy_step(ory_run *r, uint64_t n);

double toy_read(ory_run *r, const char *probe);

#endif
