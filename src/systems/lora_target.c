/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lora_target.c - directions, growth rates and shapes that the frozen weights and the
 * change of target fix: singular triplets of dY, M1 = W2'dY and M2 = dY W1'. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "systems/lora.h"

static const double rank_tol = 1e-9, tie_tol = 1e-8;

/* Singular triplets of a with values above rank_tol times the largest, vectors as rows.
 * A largest value within the rounding of the product (`noise`) counts as 0. */
static ory_status triplets(const ory_mat *a, double noise, size_t *k, double **s, double **u,
                           double **v, ory_error *err)
{
    const size_t full = a->rows < a->cols ? a->rows : a->cols;
    ory_mat U = {0}, V = {0};
    ory_status status = ory_mat_new(&U, a->rows, full, err);

    *s = ory_alloc(full, sizeof(double));
    *u = ory_alloc(full * a->rows, sizeof(double));
    *v = ory_alloc(full * a->cols, sizeof(double));
    *k = 0;
    if (status == ORY_OK)
        status = ory_mat_new(&V, a->cols, full, err);
    if (status == ORY_OK && (!*s || !*u || !*v))
        status = ory_fail(err, ORY_ENOMEM, "net.lora: out of memory");
    if (status == ORY_OK)
        status = ory_svd(a, &U, *s, &V, err);
    while (status == ORY_OK && *k < full && (*s)[0] > noise && (*s)[*k] > rank_tol * (*s)[0])
        ++*k;
    for (size_t i = 0; status == ORY_OK && i < *k; i++) {
        for (size_t j = 0; j < a->rows; j++)
            (*u)[i * a->rows + j] = *ory_mat_at(&U, j, i);
        for (size_t j = 0; j < a->cols; j++)
            (*v)[i * a->cols + j] = *ory_mat_at(&V, j, i);
    }
    ory_mat_free(&U);
    ory_mat_free(&V);
    return status;
}

/* Half the square sum of the singular values of Yft beyond the h-th. */
static ory_status loss_floor(const lora *l, double *floor, ory_error *err)
{
    const size_t k = l->m < l->n ? l->m : l->n;
    ory_mat y = {0}, s = {0};
    ory_svd_ws ws = {0};
    ory_status status;

    *floor = 0;
    if (l->h >= k)
        return ORY_OK;
    status = ory_mat_new(&y, l->m, l->n, err);
    if (status == ORY_OK)
        status = ory_mat_new(&s, k, 1, err);
    if (status == ORY_OK) {
        memcpy(y.data, l->dY, l->m * l->n * sizeof(double));
        ory_gemm(ORY_PLAIN, ORY_PLAIN, 1, &l->W2, &l->W1, 1, &y);
        status = ory_singular_values(&y, s.data, &ws, err);
    }
    for (size_t i = l->h; status == ORY_OK && i < k; i++)
        if (s.data[i] > rank_tol * s.data[0])
            *floor += 0.5 * s.data[i] * s.data[i];
    ory_mat_free(&y);
    ory_mat_free(&s);
    ory_svd_ws_fini(&ws);
    return status;
}

static ory_status spectral_norms(lora *l, lora_target *t, ory_error *err)
{
    const size_t k1 = l->h < l->n ? l->h : l->n, k2 = l->h < l->m ? l->h : l->m;
    double *s = ory_alloc(k1 > k2 ? k1 : k2, sizeof *s);
    ory_status status = s ? ory_singular_values(&l->W1, s, &l->svd, err)
                          : ory_fail(err, ORY_ENOMEM, "net.lora: out of memory");

    if (status == ORY_OK) {
        t->w1 = s[0];
        status = ory_singular_values(&l->W2, s, &l->svd, err);
    }
    if (status == ORY_OK)
        t->w2 = s[0];
    ory_free(s);
    return status;
}

static double product_norm(const ory_mat *w, ory_op op, const double *x)
{
    const size_t len = op == ORY_TRANS ? w->cols : w->rows;
    double sum = 0;

    for (size_t i = 0; i < len; i++) {
        double entry = 0;

        for (size_t j = 0; j < (op == ORY_TRANS ? w->rows : w->cols); j++)
            entry += (op == ORY_TRANS ? *ory_mat_at(w, j, i) : *ory_mat_at(w, i, j)) * x[j];
        sum += entry * entry;
    }
    return sqrt(sum);
}

/* The strengths with which the frozen weights see the pairs of dY. */
static ory_status pair_strengths(const lora *l, lora_target *t, ory_error *err)
{
    t->sw1 = ory_alloc(t->k, sizeof(double));
    t->sw2 = ory_alloc(t->k, sizeof(double));
    t->sign = ory_alloc(t->k, sizeof(double));
    if (!t->sw1 || !t->sw2 || !t->sign)
        return ory_fail(err, ORY_ENOMEM, "net.lora: out of memory");
    for (size_t i = 0; i < t->k; i++) {
        const double *u = t->U + i * l->m, *v = t->V + i * l->n;
        double product = 0;

        t->sw1[i] = product_norm(&l->W1, ORY_PLAIN, v);
        t->sw2[i] = product_norm(&l->W2, ORY_TRANS, u);
        for (size_t a = 0; a < l->h; a++) { /* u'W2 W1 v */
            double left = 0, right = 0;

            for (size_t j = 0; j < l->m; j++)
                left += u[j] * *ory_mat_at(&l->W2, j, a);
            for (size_t j = 0; j < l->n; j++)
                right += *ory_mat_at(&l->W1, a, j) * v[j];
            product += left * right;
        }
        t->sign[i] = product < 0 ? -1 : 1;
    }
    return ORY_OK;
}

static void choose_lead(const lora *l, lora_target *t)
{
    const double l1 = l->on1 && t->k1 ? t->lam1[0] : 0, l2 = l->on2 && t->k2 ? t->lam2[0] : 0;

    t->lead = l1 == 0 && l2 == 0 ? 0 : l1 >= l2 ? 1 : 2;
    t->tied1 = t->k1 > 1 && t->lam1[0] - t->lam1[1] < tie_tol * t->lam1[0];
    t->tied2 = t->k2 > 1 && t->lam2[0] - t->lam2[1] < tie_tol * t->lam2[0];
    t->lambda = l1 >= l2 ? l1 : l2;
    t->delta = t->lead ? (l1 >= l2 ? l2 : l1) / t->lambda : NAN;
    if (t->lead && 1 - t->delta < tie_tol)
        t->delta = 1;
    t->sw = t->lead == 1   ? product_norm(&l->W2, ORY_PLAIN, t->g)
            : t->lead == 2 ? product_norm(&l->W1, ORY_TRANS, t->gt)
                           : NAN;
    t->sigma_lead = t->lambda / t->sw;
}

ory_status lora_target_make(ory_system *s, lora *l, ory_error *err)
{
    lora_target t = {0};
    const double size = ory_norm2(l->dY, l->m * l->n);
    const ory_mat dY = ory_mat_view(l->dY, l->m, l->n);
    ory_mat M1 = {0}, M2 = {0};
    ory_status status = spectral_norms(l, &t, err);

    (void)s;
    if (status == ORY_OK)
        status = loss_floor(l, &t.floor, err);
    if (status == ORY_OK)
        status = ory_mat_new(&M1, l->h, l->n, err);
    if (status == ORY_OK)
        status = ory_mat_new(&M2, l->m, l->h, err);
    if (status == ORY_OK) {
        ory_gemm(ORY_TRANS, ORY_PLAIN, 1, &l->W2, &dY, 0, &M1);
        ory_gemm(ORY_PLAIN, ORY_TRANS, 1, &dY, &l->W1, 0, &M2);
        status = triplets(&dY, 0, &t.k, &t.sigma, &t.U, &t.V, err);
    }
    if (status == ORY_OK)
        status = triplets(&M1, 16 * DBL_EPSILON * t.w2 * size, &t.k1, &t.lam1, &t.g, &t.v, err);
    if (status == ORY_OK)
        status = triplets(&M2, 16 * DBL_EPSILON * t.w1 * size, &t.k2, &t.lam2, &t.u, &t.gt, err);
    if (status == ORY_OK)
        status = pair_strengths(l, &t, err);
    ory_mat_free(&M1);
    ory_mat_free(&M2);
    if (status != ORY_OK) {
        lora_target_free(&t);
        return status;
    }
    choose_lead(l, &t);
    lora_target_free(&l->target);
    l->target = t;
    return ORY_OK;
}

void lora_target_free(lora_target *t)
{
    double *owned[] = {t->U, t->V, t->sigma, t->lam1, t->g, t->v, t->lam2, t->u, t->gt,
                       t->sw1, t->sw2, t->sign};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        ory_free(owned[i]);
    memset(t, 0, sizeof *t);
}
