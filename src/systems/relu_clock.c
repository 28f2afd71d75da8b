/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relu_clock.c - the stages of a run of net.relu: when each boundary was first passed.
 *
 * Boundaries are functions of a state; the times at which they were first passed are the
 * running memory. relu_clock brings a memory up to a moment, that moment included: observe
 * does so in place, probes and the run's search for boundaries on a copy. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/relu.h"

static const double near_cosine = 0.99, grown = 0.025, dropped = 0.5, fitted = 0.25;

const char *const relu_phases[] = {
    [MEM_CONES] = "every neuron in its cone", [MEM_ALIGNED] = "end of alignment",
    [MEM_GROWN] = "first growth",             [MEM_DROP] = "loss drop",
    [MEM_T2] = "fit begins (t2)",             [BOUNDARIES] = NULL};

/* At least half of the live neurons near their target: their median is. */
static bool aligned(relu *p, relu_pass *q)
{
    size_t live = 0, near = 0;

    relu_cones(p, q);
    relu_angles(p, q);
    for (size_t j = 0; j < p->h; j++)
        if (q->cone[j] != CONE_DEAD && !isnan(q->cosine[j])) {
            live++;
            near += q->cosine[j] >= near_cosine;
        }
    return live > 0 && 2 * near >= live;
}

/* Whether some output above 1/4 has been seen on each class. */
static bool both_fit(const relu_pass *q, double *memory)
{
    if (memory[MEM_FIT_PLUS] == 0 && q->most_plus > fitted)
        memory[MEM_FIT_PLUS] = 1;
    if (memory[MEM_FIT_MINUS] == 0 && q->most_minus > fitted)
        memory[MEM_FIT_MINUS] = 1;
    return memory[MEM_FIT_PLUS] > 0 && memory[MEM_FIT_MINUS] > 0;
}

void relu_clock(relu *p, const ory_moment *m, double *memory)
{
    relu_pass *q = relu_at_moment(p, m);

    relu_cones(p, q);
    if (isnan(memory[MEM_CONES]) && q->astray == 0)
        memory[MEM_CONES] = m->t;
    if (isnan(memory[MEM_ALIGNED]) && aligned(p, q))
        memory[MEM_ALIGNED] = m->t;
    if (isnan(memory[MEM_GROWN]) && fmax(q->most_plus, q->most_minus) > grown)
        memory[MEM_GROWN] = m->t;
    if (isnan(memory[MEM_DROP]) && q->loss <= dropped * memory[MEM_LOSS_START])
        memory[MEM_DROP] = m->t;
    if (isnan(memory[MEM_T2]) && both_fit(q, memory)) {
        memory[MEM_T2] = m->t;
        memory[MEM_LOSS_T2] = q->loss;
    }
    memory[MEM_DEAD] = (double)q->dead;
    memory[MEM_PATTERN] = q->pattern;
}

void relu_memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    relu *p = s->self;
    relu_pass *q = relu_at_moment(p, m);

    for (int i = 0; i < MEM_COUNT; i++)
        memory[i] = NAN;
    relu_cones(p, q);
    memory[MEM_FIT_PLUS] = memory[MEM_FIT_MINUS] = 0;
    memory[MEM_LOSS_START] = q->loss;
    memory[MEM_DEAD] = (double)q->dead;
    memory[MEM_PATTERN] = q->pattern;
}

void relu_observe(ory_system *s, const ory_moment *m, double *memory)
{
    relu_clock(s->self, m, memory);
}

bool relu_phase(ory_system *s, const ory_moment *m, int boundary)
{
    double memory[MEM_COUNT];

    memcpy(memory, m->memory, sizeof memory);
    if (!isnan(memory[boundary]))
        return false;
    relu_clock(s->self, m, memory);
    return !isnan(memory[boundary]);
}

const char *relu_standing(ory_system *s, const ory_moment *m)
{
    double memory[MEM_COUNT];

    if (!m->memory)
        return NULL;
    memcpy(memory, m->memory, sizeof memory);
    relu_clock(s->self, m, memory);
    return !isnan(memory[MEM_DROP])      ? "fitting"
           : !isnan(memory[MEM_GROWN])   ? "growing"
           : !isnan(memory[MEM_ALIGNED]) ? "aligned"
                                         : "aligning";
}
