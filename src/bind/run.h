/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.h (bind) - the Lua box around a run, shared by the files of the run binding:
 * run.c makes runs and reads their fields, run_move.c moves them, run_look.c reads
 * series, claims, events and knobs. */
#ifndef ORY_BIND_RUN_H
#define ORY_BIND_RUN_H

#include "bind/bind.h"
#include "io/header.h"
#include "run/run.h"

typedef struct ory_run_box {
    ory_run *r;    /* owned; NULL before it is made and after close */
    lua_State *L;  /* the state that was last inside a method, for callbacks; kept alive by
                      user value 2 */
    int busy;      /* movements under way: the run cannot be closed */
    ory_stop stop; /* how the last movement ended; text "" before the first */
    double seconds;/* what it took */
    int functions; /* callbacks given so far: keys of user value 1 */
} ory_run_box;

/* The run at idx; raises naming fn. Sets box->L. */
ory_run_box *ory_check_run(lua_State *L, int idx, const char *fn);

/* The Lua state for callbacks of this run: box->L, or the main one when that is a
 * suspended coroutine. */
lua_State *ory_run_lua(const ory_run_box *box);

/* An empty box on the stack, safe to collect. */
ory_run_box *ory_push_run_box(lua_State *L);

/* Probe number of the name at idx, with suggestion. */
int ory_check_probe(lua_State *L, int idx, ory_run *r, const char *fn);

/* Push the present value of probe i: number, vector or matrix. */
void ory_push_probe_value(lua_State *L, ory_run *r, int i, const char *fn);

/* Read "name", {"a", "b"} or several names from idx on into a NULL-terminated
 * array kept alive by a userdata that is pushed. */
const char **ory_check_names(lua_State *L, int idx, const char *fn);

extern const ory_fn ory_run_move_methods[];
extern const ory_fn ory_run_look_methods[];

/* How long steps tell their progress: called about every 12 ms of stepping with
 * the run, the fraction done (NaN when unknown) and the seconds so far; done is true
 * once at the end. The application sets it; NULL: silence. */
typedef void (*ory_progress_fn)(void *ctx, ory_run *r, double fraction, double seconds, bool done);
void ory_bind_set_progress(ory_progress_fn fn, void *ctx);

/* Push the table of live runs (box's address -> run, weak); a new empty one without runs. */
void ory_push_runs(lua_State *L);

/* For --assert: looks at every claim of every live run; writes one line for each
 * violated one to out (a FILE *; may be NULL). Returns how many are violated. */
int ory_bind_claims_violated(lua_State *L, void *out);

/* The provenance of what this process writes: program, version, script and its hash.
 * The application names the script (text may be NULL: none); session.c keeps it. */
ory_status ory_bind_header(ory_header *h, ory_error *err);
void ory_bind_set_script(const char *name, const void *text, size_t size);

#endif
