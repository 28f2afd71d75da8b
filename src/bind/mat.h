/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat.h (bind) - what the files of the Lua matrix share with each other. */
#ifndef ORY_BIND_MAT_H
#define ORY_BIND_MAT_H

#include "bind/bind.h"

static inline double *ory_lmat_at(const ory_lmat *a, size_t r, size_t c)
{
    return a->data + (ptrdiff_t)r * a->row_stride + (ptrdiff_t)c * a->col_stride;
}

static inline size_t ory_lmat_len(const ory_lmat *a)
{
    return a->rows * a->cols;
}

/* Element i of a vector, or of a matrix in row-major order. */
static inline double *ory_lmat_nth(const ory_lmat *a, size_t i)
{
    if (a->cols == 1)
        return a->data + (ptrdiff_t)i * a->row_stride;
    if (a->rows == 1)
        return a->data + (ptrdiff_t)i * a->col_stride;
    return ory_lmat_at(a, i / a->cols, i % a->cols);
}

bool ory_lmat_packed(const ory_lmat *a);               /* contiguous, row-major */
void ory_lmat_store(const ory_lmat *a, double *out);   /* elements, row-major   */
ory_mat ory_lmat_mat(const ory_lmat *a);               /* a must be packed      */

/* New contiguous matrix with the vector mark set. */
ory_lmat *ory_push_vec(lua_State *L, size_t rows, size_t cols);

/* New uninitialised view (same data and strides as *from) of the matrix at idx. */
ory_lmat *ory_push_view(lua_State *L, int idx);

/* The matrix at idx; a list there is replaced by a matrix. Raises. */
ory_lmat *ory_check_lmat(lua_State *L, int idx, const char *fn, const char *argname);

/* Contiguous form of the matrix (or list) at idx, replaced there when needed. */
ory_lmat *ory_check_packed(lua_State *L, int idx, const char *fn, const char *argname);

/* The (nested) list at idx as a new matrix on the stack; nothing is pushed on error.
 * Only a lack of memory raises. */
ory_status ory_list_to_mat(lua_State *L, int idx, ory_error *err);

/* The file (.npy, .csv, .tsv) as a new matrix on the stack; nothing on error. */
ory_status ory_load_mat(lua_State *L, const char *path, ory_error *err);

/* "a 5 x 20 matrix", "a vector of 3" */
void ory_shape_text(const ory_lmat *a, char *out, size_t size);

/* What stands at idx, for error messages: 'abc', 3.5, nil, a 5 x 20 matrix. */
void ory_describe(lua_State *L, int idx, char *out, size_t size);
void ory_arg_prefix(const char *fn, int arg, const char *argname, char *out, size_t size);
int ory_index_error(lua_State *L, const char *fn, const char *what, double i, size_t n);

/* Raise "fn: err->text". */
int ory_raise_in(lua_State *L, const char *fn, ory_error *err);

/* Method tables of the matrix, by file. */
extern const ory_fn ory_mat_view_methods[], ory_mat_math_methods[], ory_mat_reduce_methods[],
    ory_mat_linalg_methods[], ory_mat_file_methods[], ory_mat_file_rows[], ory_mat_new_rows[];

/* Metamethods. ory_mat_index has the table of methods as its upvalue. */
int ory_mat_call(lua_State *L);
int ory_mat_index(lua_State *L);
int ory_mat_newindex(lua_State *L);
int ory_mat_len(lua_State *L);
int ory_mat_pairs(lua_State *L);
int ory_mat_add(lua_State *L);
int ory_mat_sub(lua_State *L);
int ory_mat_mul(lua_State *L);
int ory_mat_div(lua_State *L);
int ory_mat_pow(lua_State *L);
int ory_mat_unm(lua_State *L);
int ory_mat_eq(lua_State *L);

void ory_gc_start(lua_State *L); /* once per state: accounts for ory_gc_note */

#endif
