/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prelu_clock.c - the stages of a run of net.prelu: when each boundary was first passed.
 * prelu_clock brings a running memory up to a moment, that moment included: observe does so
 * in place, probes and the run's search for boundaries on a copy. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "systems/prelu.h"

static const double near_cosine = 0.99, grown = 0.025, dropped = 0.5;

const char *const prelu_phases[] = {[MEM_ALIGNED] = "end of alignment", [MEM_GROWN] = "first growth",
                                    [MEM_DROP] = "loss drop", [MEM_COVERED] = "every centre covered",
                                    [BOUNDARIES] = NULL};

/* Half of the neurons that have a class point at a centre or at their class average. */
static bool aligned(prelu *p, prelu_pass *q)
{
    size_t count = 0, near = 0;

    prelu_neurons(p, q);
    for (size_t j = 0; j < p->h; j++)
        if (!isnan(q->to_centre[j])) {
            count++;
            near += fmax(q->to_centre[j], q->to_average[j]) >= near_cosine;
        }
    return count > 0 && 2 * near >= count;
}

static bool has_grown(const prelu *p, const prelu_pass *q)
{
    for (size_t i = 0; i < p->n; i++)
        if (fabs(q->f[i]) > grown)
            return true;
    return false;
}

/* Coverage counts once neurons have grown: before, every one of them is dominant. */
void prelu_clock(prelu *p, const ory_moment *m, double *memory)
{
    prelu_pass *q = prelu_at_moment(p, m);

    if (p->known && isnan(memory[MEM_ALIGNED]) && aligned(p, q))
        memory[MEM_ALIGNED] = m->t;
    if (isnan(memory[MEM_GROWN]) && has_grown(p, q))
        memory[MEM_GROWN] = m->t;
    if (isnan(memory[MEM_DROP]) && q->loss <= dropped * memory[MEM_LOSS_START])
        memory[MEM_DROP] = m->t;
    if (p->known && isnan(memory[MEM_COVERED]) && !isnan(memory[MEM_DROP]) &&
        prelu_covered(p, q) == p->mixture.K)
        memory[MEM_COVERED] = m->t;
    memory[MEM_DEAD] = (double)prelu_dead(p, q);
}

void prelu_memory_start(ory_system *s, const ory_moment *m, double *memory)
{
    prelu *p = s->self;
    prelu_pass *q = prelu_at_moment(p, m);

    for (int i = 0; i < MEM_COUNT; i++)
        memory[i] = NAN;
    memory[MEM_LOSS_START] = q->loss;
    memory[MEM_DEAD] = (double)prelu_dead(p, q);
}

void prelu_observe(ory_system *s, const ory_moment *m, double *memory)
{
    prelu_clock(s->self, m, memory);
}

bool prelu_phase(ory_system *s, const ory_moment *m, int boundary)
{
    double memory[MEM_COUNT];

    memcpy(memory, m->memory, sizeof memory);
    if (!isnan(memory[boundary]))
        return false;
    prelu_clock(s->self, m, memory);
    return !isnan(memory[boundary]);
}

const char *prelu_standing(ory_system *s, const ory_moment *m)
{
    double memory[MEM_COUNT];

    if (!m->memory)
        return NULL;
    memcpy(memory, m->memory, sizeof memory);
    prelu_clock(s->self, m, memory);
    return !isnan(memory[MEM_DROP])      ? "fitting"
           : !isnan(memory[MEM_GROWN])   ? "growing"
           : !isnan(memory[MEM_ALIGNED]) ? "aligned"
                                         : "aligning";
}
