/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mat_file.c - matrices in files: .npy, .csv, .tsv, with names of columns and the
 * provenance of the script that wrote them. */
#include "config.h"

#include "bind/mat.h"

#include <string.h>
#include <strings.h>

#include "bind/hold.h"
#include "bind/run.h"
#include "io/npy.h"
#include "io/number.h"

static bool ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);

    return n >= m && strcasecmp(path + n - m, ending) == 0;
}

/* -------------------------------------------------------------------- reading */

/* The file into h. */
static ory_status read_file(const char *path, ory_hold *h, ory_error *err)
{
    if (ends_with(path, ".npy") || ends_with(path, ".npy.gz"))
        return ory_npy_read(path, true, &h->mat, NULL, err);
    return ory_table_read(path, 0, &h->table, err);
}

static ory_lmat *push_matrix(lua_State *L, const ory_hold *h)
{
    return ory_push_held(L, h->table.values.data ? &h->table.values : &h->mat);
}

ory_status ory_load_mat(lua_State *L, const char *path, ory_error *err)
{
    int top = lua_gettop(L);
    ory_hold *h = ory_push_hold(L);
    ory_status ok = read_file(path, h, err);

    if (ok == ORY_OK)
        push_matrix(L, h);
    ory_hold_release(h);
    lua_remove(L, top + 1);
    return ok;
}

/* mat.load(file) -> matrix, names of the columns or nil */
static int mat_load(lua_State *L)
{
    const char *path = ory_check_text(L, 1, "mat.load", "file");
    ory_error err = {0};
    ory_hold *h;

    lua_settop(L, 1);
    h = ory_push_hold(L);
    if (read_file(path, h, &err) != ORY_OK)
        return ory_raise_in(L, "mat.load", &err);
    push_matrix(L, h);
    ory_push_names(L, h->table.columns, h->table.values.cols);
    ory_hold_release(h);
    return 2;
}

/* -------------------------------------------------------------------- writing */

/* The texts of the list at idx, or c1, c2, … without a list; one for every column. */
static const char **check_names(lua_State *L, int idx, size_t cols, const char *fn)
{
    const char **names = lua_newuserdatauv(L, (cols + 1) * sizeof *names, 1);
    bool given = !lua_isnoneornil(L, idx), words = cols == 0;
    double x;

    if (given && !lua_istable(L, idx))
        ory_arg_error(L, fn, idx, "names", "a list of names, one for each column");
    if (given && (size_t)lua_rawlen(L, idx) != cols)
        ory_raisef(L, "%s: %zu names for %zu columns", fn, (size_t)lua_rawlen(L, idx), cols);
    lua_newtable(L); /* keeps the texts */
    for (size_t i = 0; i < cols; i++) {
        if (!given)
            lua_pushfstring(L, "c%I", (LUAI_UACINT)i + 1);
        else if (lua_rawgeti(L, idx, (lua_Integer)i + 1) != LUA_TSTRING)
            ory_raisef(L, "%s: name %zu: expected a text, got a %s", fn, i + 1,
                       luaL_typename(L, -1));
        names[i] = lua_tostring(L, -1);
        words = words || !ory_number_parse(names[i], names[i] + strlen(names[i]), &x);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    if (!words)
        ory_raisef(L, "%s: names: all of them are numbers, and would read as a row of data", fn);
    names[cols] = NULL;
    lua_setiuservalue(L, -2, 1);
    return names;
}

static ory_status write_rows(const char *path, const ory_mat *a, const char **names, ory_hold *h,
                             ory_error *err)
{
    ory_rows *rows;
    ory_status ok = ory_rows_open(path, false, &h->header, names, a->cols, &h->rows, err);

    for (size_t r = 0; ok == ORY_OK && r < a->rows; r++)
        ok = ory_rows_put(h->rows, ory_mat_at(a, r, 0), err);
    if (ok != ORY_OK)
        return ok;
    rows = h->rows;
    h->rows = NULL;
    return ory_rows_close(rows, err);
}

/* Matrix at 1, file at 2, names at 3; returns the matrix. */
static int save(lua_State *L, const char *fn)
{
    const ory_lmat *given = ory_check_lmat(L, 1, fn, "matrix");
    const char *path = ory_check_text(L, 2, fn, "file"), **names;
    ory_error err = {0};
    ory_mat a;
    ory_hold *h;
    ory_status ok;

    lua_settop(L, 3);
    lua_pushvalue(L, 1);
    if (given->vector && given->rows == 1) { /* a vector is a column in a file */
        ory_lmat *column = ory_push_vec(L, given->cols, 1);

        ory_lmat_store(given, column->data);
        lua_replace(L, 1);
    }
    a = ory_check_mat(L, 1, fn, "matrix");
    names = check_names(L, 3, a.cols, fn);
    h = ory_push_hold(L);
    ok = ory_bind_header(&h->header, &err);
    if (ok == ORY_OK && ends_with(path, ".npy"))
        ok = ory_npy_write(path, &a, NULL, &err);
    else if (ok == ORY_OK)
        ok = write_rows(path, &a, names, h, &err);
    ory_hold_release(h);
    if (ok != ORY_OK)
        return ory_raise_in(L, fn, &err);
    lua_pushvalue(L, 4);
    return 1;
}

static int mat_save(lua_State *L)
{
    return save(L, "mat.save");
}

static int mat_save_method(lua_State *L)
{
    return save(L, "mat:save");
}

const ory_fn ory_mat_file_rows[] = {
    {"mat.load", mat_load, "mat.load(file) -> matrix, names",
     "Read a matrix from .npy, .csv, .tsv or .txt (plain or gzipped); one column is a vector. Also "
     "the names of the columns when the file has a line of names.",
     "f = os.tmpname() .. '.csv'; mat.save(mat.eye(2), f); print(mat.load(f)); os.remove(f)"},
    {"mat.save", mat_save, "mat.save(A, file [, names]) -> A",
     "Write a matrix to .npy (exact), .csv, .tsv or .jsonl (numbers that read back as the same "
     "bits, a line of column names, version and script in comments). The file appears whole or not "
     "at all.",
     "f = os.tmpname() .. '.csv'; mat.save(mat{{1, 2}}, f, {'x', 'y'}); os.remove(f)"},
    {0}};

const ory_fn ory_mat_file_methods[] = {
    {"mat:save", mat_save_method, "A:save(file [, names]) -> A", "As mat.save(A, file, names).",
     "f = os.tmpname() .. '.npy'; mat.eye(2):save(f); os.remove(f)"},
    {0}};
