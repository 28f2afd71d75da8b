/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user_call.h - how a system calls its Lua functions, a million times a second.
 *
 * Each system has a Lua thread of its own with closures that hold the function and the
 * tables it is given; these are made once, so a call allocates nothing. Errors, also those
 * of memory, stay inside a protected call. */
#ifndef ORY_BIND_USER_CALL_H
#define ORY_BIND_USER_CALL_H

#include "bind/bind.h"

enum user_function { USER_RHS, USER_JACOBIAN, USER_LOSS, USER_GRADIENT, USER_FUNCTIONS };

/* What the systems of one class have in common. */
typedef struct user_functions {
    lua_State *L;          /* the main thread */
    const char *owner;     /* "dyn.ode" */
    int ref[USER_FUNCTIONS]; /* references in the registry, or LUA_NOREF */
    size_t n, n_params;
    const char **names;    /* of the n variables, or NULL */
    const char **params;   /* names of the n_params parameters */
} user_functions;

typedef struct user_call {
    const user_functions *fn;
    const double *p;       /* values of the parameters */
    lua_State *co;
    int thread;            /* its reference; LUA_NOREF before it is started */
    const double *x;       /* of the call that is going on */
    double t, *out;
    bool busy;             /* one of its functions is running */
} user_call;

/* Makes thread and tables. ORY_ENOMEM. */
ory_status user_call_start(user_call *u, ory_error *err);
void user_call_end(user_call *u); /* also when it did not start */
/* The values at p have changed. */
ory_status user_call_params(user_call *u, ory_error *err);

/* Calls function `which` at (t, x) and writes its result, count numbers, into out. What
 * fails becomes trouble, with the user's line, and the numbers NaN; while there is trouble
 * nothing is called. */
void user_call_run(user_call *u, int which, double t, const double *x, double *out, size_t count,
                   ory_error *trouble);

#endif
