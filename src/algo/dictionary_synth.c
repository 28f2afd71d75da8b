/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dictionary_synth.c - concepts with known truth, and how well a code finds it. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "algo/dictionary.h"
#include "algo/vec.h"
#include "core/linalg.h"

static void unit(ory_rng *rng, double *x, size_t d)
{
    double size;
    size_t i;

    ory_rng_fill_normal(rng, x, d, 0, 1);
    size = ory_norm2(x, d);
    for (i = 0; i < d; i++)
        x[i] /= size;
}

/* centre_i = sqrt(rho) common + sqrt(rho_g - rho) group + sqrt(1 - max) own, renormalised:
 * theory page 9, section 5. A direction of the group is drawn anew from a stream of its
 * own each time, so that nothing need be kept. */
static void make_centre(const ory_concepts *s, const ory_rng *root, size_t i, double *work, double *c)
{
    const double parts[3] = {sqrt(s->rho), sqrt(fmax(s->rho_group - s->rho, 0)),
                             sqrt(fmax(0, 1 - fmax(s->rho, s->rho_group)))};
    const uint64_t keys[3] = {1, 2 + i % s->groups, 2 + s->groups + i};
    double size;
    size_t k;

    memset(c, 0, s->d * sizeof *c);
    for (k = 0; k < 3; k++) {
        ory_rng own;

        ory_rng_split(root, keys[k], &own);
        unit(&own, work, s->d);
        ory_vec_axpy(parts[k], work, c, s->d);
    }
    size = ory_norm2(c, s->d);
    for (k = 0; k < s->d; k++)
        c[k] /= size;
}

/* One stimulus: the centre, noise, and perhaps a part of another centre. */
static void draw(const ory_concepts *s, const ory_mat *centres, size_t i, ory_rng *rng, double *x)
{
    size_t k;

    ory_rng_fill_normal(rng, x, s->d, 0, s->sigma / sqrt((double)s->d));
    for (k = 0; k < s->d; k++)
        x[k] += *ory_mat_at(centres, i, k);
    if (s->kappa != 0 && s->n > 1) {
        size_t other = (i + 1 + ory_rng_below(rng, s->n - 1)) % s->n;

        ory_vec_axpy(s->kappa, ory_mat_at(centres, other, 0), x, s->d);
    }
}

/* Row i of atoms serves as work until it is written. */
void ory_concepts_make(const ory_concepts *s, ory_rng *rng, const ory_mat *centres, const ory_mat *atoms,
                       const ory_mat *stimuli)
{
    const ory_rng root = *rng;
    size_t i, k, p;

    for (i = 0; i < s->n; i++)
        make_centre(s, &root, i, ory_mat_at(atoms, i, 0), ory_mat_at(centres, i, 0));
    ory_rng_split(&root, 0, rng);
    for (i = 0; i < s->n; i++) {
        double *a = ory_mat_at(atoms, i, 0);

        memset(a, 0, s->d * sizeof *a);
        for (k = 0; k < s->stimuli; k++) {
            double *x = ory_mat_at(stimuli, i * s->stimuli + k, 0);

            draw(s, centres, i, rng, x);
            for (p = 0; p < s->d; p++)
                a[p] += (x[p] - a[p]) / (double)(k + 1);
        }
    }
}

void ory_concepts_source(const ory_mat *atoms, size_t k, double snr, ory_rng *rng, double *v, double *w,
                         size_t *order)
{
    const size_t n = atoms->rows, d = atoms->cols;
    double noise;
    size_t i;

    memset(v, 0, d * sizeof *v);
    memset(w, 0, n * sizeof *w);
    ory_rng_permutation(rng, order, n);
    for (i = 0; i < k; i++) {
        w[order[i]] = 0.2 + 0.8 * ory_rng_uniform(rng);
        ory_vec_axpy(w[order[i]], ory_mat_at(atoms, order[i], 0), v, d);
    }
    if (!isfinite(snr))
        return;
    noise = ory_norm2(v, d) * pow(10, -snr / 20) / sqrt((double)d);
    for (i = 0; i < d; i++)
        v[i] += noise * ory_rng_normal(rng);
}

void ory_recovery_of(const double *w, const double *truth, size_t n, ory_recovery *out)
{
    double most = 0, off = 0, size = 0, hit = 0, found = 0, real = 0;
    size_t j;

    for (j = 0; j < n; j++)
        most = fmax(most, fabs(w[j]));
    for (j = 0; j < n; j++) {
        bool in = fabs(w[j]) > 0.05 * most, is = truth[j] != 0;

        found += in;
        real += is;
        hit += in && is;
        off += (w[j] - truth[j]) * (w[j] - truth[j]);
        size += truth[j] * truth[j];
    }
    out->precision = found > 0 ? hit / found : NAN;
    out->recall = real > 0 ? hit / real : NAN;
    out->f1 = found + real > 0 ? 2 * hit / (found + real) : NAN;
    out->error = size > 0 ? sqrt(off / size) : NAN;
}
