/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bind.h - what the Lua bindings share: check, convert, call, push.
 *
 * Order inside every binding: check arguments (may raise: nothing is held yet),
 * make the box (userdata with a metatable, empty and safe to collect), acquire
 * into the box, push. C resources are always owned by a userdata, so that an
 * error in between leaks nothing. Numerics return a status; it is raised here,
 * after C has let go of everything. Errors name the function, the argument, the
 * value, the limit and the nearest valid name, and are placed at the user's own
 * line. */
#ifndef ORY_BIND_BIND_H
#define ORY_BIND_BIND_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/mat.h"
#include "core/params.h"
#include "core/rng.h"
#include "core/status.h"

/* ----------------------------------------------------------------- opening */

/* Opens all of orrery: leaves one table on the stack with the fields mat, rng,
 * data, net, run, plot, help, … The program puts these into the globals; a stock
 * interpreter gets the table from require "orrery". Loads the embedded Lua half. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_orrery(lua_State *L);

/* The Lua half: every lua/orrery/NAME.lua, put into the program at build time
 * (bind/embedded.h). Each is a chunk called once with two arguments: the orrery
 * table, and the table `internal` (fields help, options, raise, …: see bind.c), in
 * the order of the list, init first. */

/* A row of a module: the function, and its help. Names are full ("mat.zeros",
 * "mat:norm" for methods). usage: "mat.zeros(rows [, cols]) -> matrix". example
 * is a line of Lua that runs by itself (a test runs every one). */
typedef struct ory_fn {
    const char *name;
    lua_CFunction fn; /* NULL: a help row only (field, operator, topic) */
    const char *usage;
    const char *doc;
    const char *example;
} ory_fn;

/* Set the functions of rows (up to name == NULL) into the table at the top of
 * the stack, under the part of the name behind the last '.' or ':', and add all
 * rows to the help index. */
void ory_register(lua_State *L, const ory_fn *rows);

/* The help index: registry table name -> {usage=, doc=, example=, kind=}. */
void ory_help_add(lua_State *L, const char *name, const char *kind, const char *usage,
                  const char *doc, const char *example);

/* What completion and help know of the option table of a function: for fn
 * ("net.linear", "run") a list, in the order of params, of
 *   {key=, type=, doc=, unit=, default=, range=, choices={...} or nil}
 * in which default and range are texts and type is "real", "int", "bool", "choice",
 * "text", "matrix" or "choice or real". Calling again adds rows (the same key
 * replaces). choices may be extended by the caller: the list is on the stack after
 * ory_push_options. All tables are plain: reading them raw runs no Lua. Options
 * of every system in systems.def are there already. */
void ory_help_options(lua_State *L, const char *fn, const ory_param *params);
/* Pushes that list and returns true, or pushes nothing and returns false. */
bool ory_push_options(lua_State *L, const char *fn);
/* help_tables.c: rows and options of every stepper; into the table at the top the
 * functions that read the tables of systems and steppers. */
void ory_help_tables(lua_State *L);
/* Methods for completion: metatables of orrery's userdata hold them in a plain
 * table at __methods, names of their fields in a plain list at __fields. */

/* ------------------------------------------------------------------ errors */

/* Raise err->text as a Lua error at the line of the innermost Lua function that
 * is not orrery's own. Never returns. */
int ory_raise(lua_State *L, const ory_error *err);
int ory_raisef(lua_State *L, const char *fmt, ...);

/* "mat.zeros: argument 1 (rows): expected a whole number >= 1, got 'abc'". For what is no
 * argument (an option, an assigned value) argname is NULL and fn says all of it:
 * "run:go: time: expected a number, got 'x'". So in all checks below. */
int ory_arg_error(lua_State *L, const char *fn, int arg, const char *argname,
                  const char *expected);

/* __index of a type that has methods only: upvalue 1 is their table, upvalue 2 the name
 * of the type. Other names raise with the nearest method. */
int ory_index_methods(lua_State *L);

/* ------------------------------------------------------------- check values */
double ory_check_real(lua_State *L, int idx, const char *fn, const char *argname);
lua_Integer ory_check_int(lua_State *L, int idx, const char *fn, const char *argname,
                          lua_Integer min, lua_Integer max);
const char *ory_check_text(lua_State *L, int idx, const char *fn, const char *argname);
/* Index (0-based) of the text at idx in list (NULL-terminated), with suggestion. */
int ory_check_choice(lua_State *L, int idx, const char *fn, const char *argname,
                     const char *const *list);
/* 1-based position, negative from the end, to 0-based; 0 and outside raise with
 * the valid range. */
size_t ory_check_index(lua_State *L, int idx, size_t n, const char *fn, const char *what);

/* The option table at idx (nil or none: all defaults) checked against params;
 * pushes a userdata that owns the values and returns them. Unknown keys, wrong
 * types, out-of-range values raise. Matrices may be given as matrix or as
 * (nested) list. */
ory_values *ory_check_options(lua_State *L, int idx, const char *owner, const ory_param *params);

/* Assign a Lua value at idx to the option `name` of v. Where a matrix is wanted, userdata
 * with a metamethod __matrix stand for the matrix that it returns. */
ory_status ory_set_option(lua_State *L, int idx, ory_values *v, const char *name, ory_error *err);

/* Push the present value of row i as a Lua value (number, boolean, text, matrix, nil). */
void ory_push_value(lua_State *L, const ory_values *v, int i);

/* ---------------------------------------------------------------- matrices */
#define ORY_MAT_MT "orrery.mat"

/* The Lua matrix: a strided view of a block of memory. A matrix made new holds its
 * block inside its own userdata, so that the collector sees the bytes; a view keeps
 * that matrix alive through user value 1. Element (r, c) is at
 * data[r * row_stride + c * col_stride]. */
typedef struct ory_lmat {
    double *data;
    size_t rows, cols;
    ptrdiff_t row_stride, col_stride;
    bool vector; /* one row or one column, made as a vector: prints flat, v[i] is a number */
} ory_lmat;

/* New matrix of zeros on the stack; contiguous, row-major. Raises when there is
 * no memory. Its bytes are reported to the collector. */
ory_lmat *ory_push_mat(lua_State *L, size_t rows, size_t cols);
ory_lmat *ory_push_mat_copy(lua_State *L, const ory_mat *m);
void ory_push_vector(lua_State *L, const double *x, size_t n);

/* Matrix userdata, or a (nested) list of numbers, at idx, as a contiguous
 * row-major view that stays valid as long as the value at idx stays on the
 * stack (a list or a strided view is replaced there by a contiguous copy). */
ory_mat ory_check_mat(lua_State *L, int idx, const char *fn, const char *argname);
ory_lmat *ory_test_mat(lua_State *L, int idx); /* NULL: not a matrix */

/* A stream from rng(seed) at idx. */
ory_rng *ory_check_rng(lua_State *L, int idx, const char *fn, const char *argname);

/* ------------------------------------------------------------ memory + call */
/* Tell the collector about bytes outside Lua (positive: taken, negative: freed);
 * it runs a step when they have grown enough. */
void ory_gc_note(lua_State *L, ptrdiff_t bytes);
/* The same for everything that core/mem.h handed out or took back since the last call:
 * for systems and runs, which do not know their size. */
void ory_gc_sync(lua_State *L);

/* lua_pcall with a traceback handler that shows the user's frames only; on error
 * the message goes to err with ORY_ECALLBACK (ORY_EINTERRUPT for Ctrl-C). */
ory_status ory_call(lua_State *L, int nargs, int nresults, ory_error *err);

/* A message handler for lua_pcall: the message as text, and, when more than one
 * frame of the user's own is on the stack, a traceback of these. */
int ory_traceback(lua_State *L);

/* Whether a chunk (lua_Debug.source) is part of orrery, not the user's. */
bool ory_is_own_chunk(const char *source);

/* The window that matrices, help and tables are fitted to, in cells; 80 x 24 until
 * the program (or orrery.width, orrery.height) says otherwise. */
extern int ory_width, ory_height;

/* A matrix as it is shown at the prompt, on the stack as a string. */
void ory_push_mat_text(lua_State *L, const ory_lmat *a);

/* A new record: a table with a title for results of several parts; lua_setfield fills
 * it. It prints title and fields, and reading a name it does not have is an error. */
void ory_push_record(lua_State *L, const char *title);

/* Further contracts with the program: bind/log.h (the lines of the session, for
 * session.save), bind/interrupt.h (Ctrl-C), bind/run.h (progress of long steps, violated
 * claims, the live runs). */

/* ------------------------------------------------------------- module openers
 * Each leaves its table (or function) on the stack; bind.c's list calls them. */
int ory_open_mat(lua_State *L);
int ory_open_rng(lua_State *L);
int ory_open_data(lua_State *L);
int ory_open_dict(lua_State *L); /* internal.dict(): what lua/orrery/dict.lua is built on */
int ory_open_frame(lua_State *L); /* internal.frame(): what lua/orrery/frame.lua is built on */
int ory_open_robust(lua_State *L); /* internal.robust(): lua/orrery/robust.lua */
int ory_open_graph(lua_State *L);
int ory_open_help(lua_State *L);
int ory_open_sweep(lua_State *L); /* internal.sweep: what lua/orrery/sweep.lua is built on */
int ory_open_system(lua_State *L); /* net, and every dotted prefix of systems.def */
int ory_open_run(lua_State *L);
int ory_open_plot(lua_State *L);
int ory_open_session(lua_State *L); /* who, timeit, args, session */

#endif
