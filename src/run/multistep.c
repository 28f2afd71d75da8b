/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multistep.c - SUNDIALS CVODE; see multistep.h. */
#include "config.h"

#include "run/multistep.h"

#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "run/explicit.h"

/* STEPS: CVODE's steps since (T0, X0). AHEAD: 1 when the state lies inside the last of
 * them. KNOBS: hash of everything that may not change within a stretch. */
enum { SLOT_STEPS, SLOT_AHEAD, SLOT_KNOBS, SLOT_T0, SLOT_X0 };

size_t ory_multistep_slots(const ory_system *s)
{
    return SLOT_X0 + s->dim;
}

void ory_multistep_start(double *slots)
{
    slots[SLOT_STEPS] = -1; /* no stretch yet */
}

void ory_multistep_cut(double *slots)
{
    slots[SLOT_AHEAD] = 1;
}

#ifndef HAVE_SUNDIALS

ory_status ory_multistep_new(ory_multistep **out, ory_system *s, bool stiff, ory_error *err)
{
    (void)out, (void)s;
    return ory_fail(err, ORY_EINVAL,
                    "flow: method = \"%s\" needs SUNDIALS, and this program was built without it",
                    stiff ? "bdf" : "adams");
}

void ory_multistep_free(ory_multistep *m)
{
    (void)m;
}

ory_status ory_multistep_step(ory_multistep *m, double t, const double *x, double *slots,
                              const ory_multistep_options *opt, double t_limit, double *next,
                              double *t_next, bool *limited, ory_multistep_count *count,
                              ory_error *err)
{
    (void)m, (void)t, (void)x, (void)slots, (void)opt, (void)t_limit, (void)next, (void)t_next;
    (void)limited, (void)count;
    return ory_fail(err, ORY_EINTERNAL, "built without SUNDIALS");
}

void ory_multistep_dense(ory_multistep *m, double t, double *out)
{
    (void)m, (void)t, (void)out;
}

#else

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

enum { KRYLOV_MOST = 60 };

struct ory_multistep {
    ory_system *sys;
    SUNContext context;
    void *cvode;
    N_Vector y, dense;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    SUNNonlinearSolver fixed;
    double *unit, *column, *rows; /* rows: dim x dim, when the class gives its Jacobian */
    double products;
    /* where CVODE stands: `steps` after (t0, x0), at time t; steps < 0: nowhere */
    double steps, t0, t, knobs;
    double *x0;
    ory_multistep_count before;
};

/* ---------------------------------------------------------------- callbacks */

static int rhs(realtype t, N_Vector y, N_Vector dy, void *user)
{
    ory_multistep *m = user;

    ory_rhs(m->sys, t, N_VGetArrayPointer(y), N_VGetArrayPointer(dy));
    if (m->sys->trouble.status != ORY_OK)
        return -1;
    return ory_all_finite(N_VGetArrayPointer(dy), m->sys->dim) ? 0 : 1;
}

/* The Jacobian of minus the gradient is minus the Hessian. */
static int jacobian_times(N_Vector v, N_Vector jv, realtype t, N_Vector y, N_Vector dy, void *user,
                          N_Vector space)
{
    ory_multistep *m = user;
    double *out = N_VGetArrayPointer(jv);

    (void)t, (void)dy, (void)space;
    m->products++;
    m->sys->class->hvp(m->sys, N_VGetArrayPointer(y), N_VGetArrayPointer(v), out);
    for (size_t i = 0; i < m->sys->dim; i++)
        out[i] = -out[i];
    return m->sys->trouble.status == ORY_OK ? 0 : -1;
}

/* The class's own Jacobian, which is row by row. */
static int given_jacobian(realtype t, N_Vector y, N_Vector dy, SUNMatrix J, void *user, N_Vector a,
                          N_Vector b, N_Vector c)
{
    ory_multistep *m = user;
    const size_t n = m->sys->dim;

    (void)dy, (void)a, (void)b, (void)c;
    m->sys->class->jacobian(m->sys, t, N_VGetArrayPointer(y), m->rows);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            SUNDenseMatrix_Column(J, (sunindextype)j)[i] = m->rows[i * n + j];
    return m->sys->trouble.status == ORY_OK ? 0 : -1;
}

/* Column by column from Hessian-vector products. */
static int jacobian(realtype t, N_Vector y, N_Vector dy, SUNMatrix J, void *user, N_Vector a,
                    N_Vector b, N_Vector c)
{
    ory_multistep *m = user;
    const size_t n = m->sys->dim;

    (void)t, (void)dy, (void)a, (void)b, (void)c;
    for (size_t j = 0; j < n; j++) {
        double *column = SUNDenseMatrix_Column(J, (sunindextype)j);

        m->unit[j] = 1;
        m->sys->class->hvp(m->sys, N_VGetArrayPointer(y), m->unit, m->column);
        m->unit[j] = 0;
        for (size_t i = 0; i < n; i++)
            column[i] = -m->column[i];
    }
    m->products += (double)n;
    return m->sys->trouble.status == ORY_OK ? 0 : -1;
}

static void silent(int code, const char *module, const char *function, char *text, void *user)
{
    (void)code, (void)module, (void)function, (void)text, (void)user;
}

/* ---------------------------------------------------------------------- life */

static bool attach_solver(ory_multistep *m, bool stiff)
{
    const sunindextype n = (sunindextype)m->sys->dim;
    const bool hessian = m->sys->class->hvp && !m->sys->class->rhs;

    if (!stiff) {
        m->fixed = SUNNonlinSol_FixedPoint(m->y, 0, m->context);
        return m->fixed && CVodeSetNonlinearSolver(m->cvode, m->fixed) == CV_SUCCESS;
    }
    if (m->sys->dim <= ORY_DENSE_MOST) {
        m->matrix = SUNDenseMatrix(n, n, m->context);
        m->linear = m->matrix ? SUNLinSol_Dense(m->y, m->matrix, m->context) : NULL;
        if (!m->linear || CVodeSetLinearSolver(m->cvode, m->linear, m->matrix) != CV_SUCCESS)
            return false;
        if (hessian)
            return CVodeSetJacFn(m->cvode, jacobian) == CV_SUCCESS;
        return !m->rows || CVodeSetJacFn(m->cvode, given_jacobian) == CV_SUCCESS;
    }
    m->linear = SUNLinSol_SPGMR(m->y, SUN_PREC_NONE, n < KRYLOV_MOST ? (int)n : KRYLOV_MOST,
                                m->context);
    return m->linear && CVodeSetLinearSolver(m->cvode, m->linear, NULL) == CV_SUCCESS &&
           (!hessian || CVodeSetJacTimes(m->cvode, NULL, jacobian_times) == CV_SUCCESS);
}

static bool attach(ory_multistep *m, bool stiff)
{
    m->cvode = CVodeCreate(stiff ? CV_BDF : CV_ADAMS, m->context);
    return m->cvode && CVodeSetErrHandlerFn(m->cvode, silent, NULL) == CV_SUCCESS &&
           CVodeInit(m->cvode, rhs, 0, m->y) == CV_SUCCESS &&
           CVodeSStolerances(m->cvode, 1e-8, 1e-12) == CV_SUCCESS &&
           CVodeSetUserData(m->cvode, m) == CV_SUCCESS && attach_solver(m, stiff);
}

ory_status ory_multistep_new(ory_multistep **out, ory_system *s, bool stiff, ory_error *err)
{
    ory_multistep *m = *out = ory_alloc(1, sizeof *m);

    if (!m)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    m->sys = s;
    m->steps = -1;
    m->x0 = ory_alloc(s->dim, sizeof(double));
    m->unit = ory_alloc(s->dim, sizeof(double));
    m->column = ory_alloc(s->dim, sizeof(double));
    if (s->class->jacobian && s->class->rhs && s->dim <= ORY_DENSE_MOST &&
        !(m->rows = ory_alloc(s->dim * s->dim, sizeof(double))))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    if (!m->x0 || !m->unit || !m->column || SUNContext_Create(NULL, &m->context) != 0)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    m->y = N_VNew_Serial((sunindextype)s->dim, m->context);
    m->dense = N_VNew_Serial((sunindextype)s->dim, m->context);
    if (!m->y || !m->dense || !attach(m, stiff))
        return ory_fail(err, ORY_ENOMEM, "SUNDIALS has no memory for %zu unknowns", s->dim);
    return ORY_OK;
}

void ory_multistep_free(ory_multistep *m)
{
    if (!m)
        return;
    if (m->cvode)
        CVodeFree(&m->cvode);
    if (m->linear)
        SUNLinSolFree(m->linear);
    if (m->fixed)
        SUNNonlinSolFree(m->fixed);
    if (m->matrix)
        SUNMatDestroy(m->matrix);
    if (m->y)
        N_VDestroy(m->y);
    if (m->dense)
        N_VDestroy(m->dense);
    if (m->context)
        SUNContext_Free(&m->context);
    ory_free(m->x0);
    ory_free(m->unit);
    ory_free(m->column);
    ory_free(m->rows);
    ory_free(m);
}

/* --------------------------------------------------------------------- stretch */

/* 52 bits of a hash of the options and of the system's knobs. */
static double hash_of(const ory_multistep *m, const ory_multistep_options *opt)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    const ory_values *v = &m->sys->values;
    const unsigned char *p = (const unsigned char *)opt;

    for (size_t i = 0; i < sizeof *opt; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    for (size_t k = 0; k < v->count; k++) {
        p = (const unsigned char *)&v->v[k].num;
        for (size_t i = 0; i < sizeof(double); i++)
            h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return (double)(h >> 12);
}

static ory_status begin(ory_multistep *m, const double *slots, const ory_multistep_options *opt,
                        ory_error *err)
{
    const size_t n = m->sys->dim;

    memcpy(m->x0, slots + SLOT_X0, n * sizeof(double));
    memcpy(N_VGetArrayPointer(m->y), m->x0, n * sizeof(double));
    m->t = m->t0 = slots[SLOT_T0];
    m->knobs = slots[SLOT_KNOBS];
    m->products = 0;
    memset(&m->before, 0, sizeof m->before);
    m->steps = -1;
    if (CVodeReInit(m->cvode, m->t0, m->y) != CV_SUCCESS ||
        CVodeSStolerances(m->cvode, opt->rtol, opt->atol) != CV_SUCCESS ||
        CVodeSetMaxStep(m->cvode, isfinite(opt->hmax) ? opt->hmax : 0) != CV_SUCCESS ||
        CVodeSetInitStep(m->cvode, opt->h0) != CV_SUCCESS)
        return ory_fail(err, ORY_EINVAL, "tolerances rtol %g, atol %g are not usable", opt->rtol,
                        opt->atol);
    m->steps = 0;
    return ORY_OK;
}

static ory_status explain(ory_multistep *m, int code, ory_error *err)
{
    m->steps = -1;
    if (m->sys->trouble.status != ORY_OK)
        return ory_trouble(m->sys, err);
    switch (code) {
    case CV_TOO_MUCH_ACC:
        return ory_fail(err, ORY_EDIVERGE, "the tolerances ask for more than the arithmetic has at "
                        "t = %.6g (raise rtol or atol)", m->t);
    case CV_ERR_FAILURE:
        return ory_fail(err, ORY_EDIVERGE, "the step size fell to nothing at t = %.6g without "
                        "meeting the tolerances", m->t);
    case CV_CONV_FAILURE:
    case CV_LSOLVE_FAIL:
        return ory_fail(err, ORY_ENOCONV, "Newton's iteration does not converge at t = %.6g", m->t);
    case CV_FIRST_RHSFUNC_ERR:
    case CV_REPTD_RHSFUNC_ERR:
    case CV_UNREC_RHSFUNC_ERR:
        return ory_fail(err, ORY_EDIVERGE, "the right-hand side is not finite at t = %.6g", m->t);
    default:
        return ory_fail(err, ORY_EDIVERGE, "CVODE stopped at t = %.6g (%s)", m->t,
                        CVodeGetReturnFlagName(code));
    }
}

static ory_status one_step(ory_multistep *m, ory_error *err)
{
    const int code = CVode(m->cvode, m->t0 + 1e6 * (1 + fabs(m->t0)), m->y, &m->t, CV_ONE_STEP);

    if (code < 0)
        return explain(m, code, err);
    m->steps++;
    return ORY_OK;
}

static void counters(const ory_multistep *m, ory_multistep_count *c)
{
    long steps = 0, evaluations = 0, failed = 0, stuck = 0, more = 0;
    int order = 0;

    CVodeGetNumSteps(m->cvode, &steps);
    CVodeGetNumRhsEvals(m->cvode, &evaluations);
    CVodeGetNumErrTestFails(m->cvode, &failed);
    CVodeGetNumNonlinSolvConvFails(m->cvode, &stuck);
    if (m->linear)
        CVodeGetNumLinRhsEvals(m->cvode, &more);
    CVodeGetLastOrder(m->cvode, &order);
    CVodeGetLastStep(m->cvode, &c->h);
    c->accepted = (double)steps;
    c->rejected = (double)(failed + stuck);
    c->evaluations = (double)(evaluations + more);
    c->products = m->products;
    c->order = order;
}

void ory_multistep_dense(ory_multistep *m, double t, double *out)
{
    if (CVodeGetDky(m->cvode, t, 0, m->dense) == CV_SUCCESS)
        memcpy(out, N_VGetArrayPointer(m->dense), m->sys->dim * sizeof *out);
    else
        for (size_t i = 0; i < m->sys->dim; i++)
            out[i] = NAN;
}

/* Bring CVODE to where the slots say, and tell whether (t, x) is that place. */
static ory_status resume(ory_multistep *m, double t, const double *x, const double *slots,
                         const ory_multistep_options *opt, bool *there, ory_error *err)
{
    const size_t bytes = m->sys->dim * sizeof *x;
    ory_status status = ORY_OK;
    const double *expected;

    *there = false;
    if (slots[SLOT_STEPS] < 0 || slots[SLOT_STEPS] >= ORY_STRETCH ||
        slots[SLOT_KNOBS] != hash_of(m, opt))
        return ORY_OK;
    if (m->steps != slots[SLOT_STEPS] || m->t0 != slots[SLOT_T0] ||
        m->knobs != slots[SLOT_KNOBS] || memcmp(m->x0, slots + SLOT_X0, bytes) != 0) {
        status = begin(m, slots, opt, err);
        while (status == ORY_OK && m->steps < slots[SLOT_STEPS])
            status = one_step(m, err);
        counters(m, &m->before);
    }
    if (status != ORY_OK)
        return status;
    expected = N_VGetArrayPointer(m->y);
    if (slots[SLOT_AHEAD] != 0) {
        if (!(t < m->t))
            return ORY_OK;
        if (CVodeGetDky(m->cvode, t, 0, m->dense) != CV_SUCCESS)
            return ORY_OK;
        expected = N_VGetArrayPointer(m->dense);
    } else if (t != m->t) {
        return ORY_OK;
    }
    *there = memcmp(expected, x, bytes) == 0;
    return ORY_OK;
}

ory_status ory_multistep_step(ory_multistep *m, double t, const double *x, double *slots,
                              const ory_multistep_options *opt, double t_limit, double *next,
                              double *t_next, bool *limited, ory_multistep_count *count,
                              ory_error *err)
{
    const size_t n = m->sys->dim;
    bool there;
    ory_status status = resume(m, t, x, slots, opt, &there, err);

    if (status == ORY_OK && !there) {
        slots[SLOT_STEPS] = slots[SLOT_AHEAD] = 0;
        slots[SLOT_KNOBS] = hash_of(m, opt);
        slots[SLOT_T0] = t;
        memcpy(slots + SLOT_X0, x, n * sizeof *x);
        status = begin(m, slots, opt, err);
    }
    if (status == ORY_OK && slots[SLOT_AHEAD] == 0)
        status = one_step(m, err);
    if (status != ORY_OK)
        return status;
    counters(m, count);
    slots[SLOT_STEPS] = m->steps;
    *limited = m->t >= t_limit;
    slots[SLOT_AHEAD] = m->t > t_limit;
    *t_next = *limited ? t_limit : m->t;
    if (m->t > t_limit)
        ory_multistep_dense(m, t_limit, next);
    else
        memcpy(next, N_VGetArrayPointer(m->y), n * sizeof *next);
    {
        const ory_multistep_count now = *count;

        count->accepted -= m->before.accepted;
        count->rejected -= m->before.rejected;
        count->evaluations -= m->before.evaluations;
        count->products -= m->before.products;
        m->before = now;
    }
    return ORY_OK;
}

#endif
