/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expm.c - the matrix exponential. Apart from linalg.c because GSL's headers
 * bring their own declarations of CBLAS, which clash with other ones. */
#include "config.h"

#include "core/linalg.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>

static ory_status check_rows(const ory_mat *a, const char *text, ory_error *err)
{
    for (size_t r = 0; r < a->rows; r++)
        if (!ory_all_finite(ory_mat_at(a, r, 0), a->cols))
            return ory_fail(err, ORY_EDIVERGE, "%s", text);
    return ORY_OK;
}

/* GSL: scaling and squaring of a Taylor sum (Moler and Van Loan 1978). */
ory_status ory_expm(const ory_mat *a, ory_mat *e, ory_error *err)
{
    const size_t n = a->rows;
    gsl_matrix from = {.size1 = n, .size2 = n, .tda = a->ld, .data = a->data};
    gsl_matrix to = {.size1 = n, .size2 = n, .tda = e->ld, .data = e->data};
    ory_status status;
    int code;

    if (a->cols != n || e->rows != n || e->cols != n)
        return ory_fail(err, ORY_ESHAPE, "exponential of a %zu x %zu matrix into a %zu x %zu one "
                        "(must be square and alike)", n, a->cols, e->rows, e->cols);
    status = check_rows(a, "the matrix has an entry that is not finite", err);
    if (status != ORY_OK || n == 0)
        return status;
    code = gsl_linalg_exponential_ss(&from, &to, GSL_MODE_DEFAULT);
    if (code != GSL_SUCCESS)
        return ory_fail(err, code == GSL_ENOMEM ? ORY_ENOMEM : ORY_EINTERNAL,
                        "matrix exponential: %s", gsl_strerror(code));
    return check_rows(e, "the matrix exponential overflows", err);
}
