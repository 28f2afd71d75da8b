/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng.c (bind) - seeded streams of random numbers: rng(seed), its draws and children. */
#include "config.h"

#include "bind/bind.h"

#include <math.h>

#include "bind/mat.h"
#include "core/rng.h"

#define RNG_MT "orrery.rng"

enum { MAX_SIDE = 1 << 27 };

typedef struct rng_box {
    ory_rng stream;
    lua_Integer seed;
} rng_box;

static rng_box *push_box(lua_State *L, lua_Integer seed)
{
    rng_box *box = lua_newuserdatauv(L, sizeof *box, 0);

    box->seed = seed;
    luaL_setmetatable(L, RNG_MT);
    return box;
}

ory_rng *ory_check_rng(lua_State *L, int idx, const char *fn, const char *argname)
{
    rng_box *box = luaL_testudata(L, idx, RNG_MT);

    if (!box)
        ory_arg_error(L, fn, idx, argname, "a stream such as rng(7)");
    return &box->stream;
}

static int rng_new(lua_State *L)
{
    lua_Integer seed = ory_check_int(L, 1, "rng", "seed", 0, LUA_MAXINTEGER);
    lua_Integer stream =
        lua_isnoneornil(L, 2) ? 0 : ory_check_int(L, 2, "rng", "stream", 0, LUA_MAXINTEGER);

    ory_rng_init(&push_box(L, seed)->stream, (uint64_t)seed, (uint64_t)stream);
    return 1;
}

static double optional_real(lua_State *L, int idx, double def, const char *fn, const char *name)
{
    return lua_isnoneornil(L, idx) ? def : ory_check_real(L, idx, fn, name);
}

/* A matrix of the shape in arguments 2 and 3, on the stack; NULL when there are none. */
static ory_lmat *push_shaped(lua_State *L, const char *fn)
{
    lua_Integer rows, cols = 1;
    bool vector = lua_isnoneornil(L, 3);

    if (lua_isnoneornil(L, 2))
        return NULL;
    rows = ory_check_int(L, 2, fn, "rows", 1, MAX_SIDE);
    if (!vector)
        cols = ory_check_int(L, 3, fn, "cols", 1, MAX_SIDE);
    if (rows > MAX_SIDE / cols)
        ory_raisef(L, "%s: %lld x %lld numbers are too many (at most %d)", fn, (long long)rows,
                   (long long)cols, MAX_SIDE);
    return vector ? ory_push_vec(L, (size_t)rows, 1) : ory_push_mat(L, (size_t)rows, (size_t)cols);
}

static int rng_normal(lua_State *L)
{
    ory_rng *g = ory_check_rng(L, 1, "rng:normal", "stream");
    double mean = optional_real(L, 4, 0, "rng:normal", "mean");
    double std = optional_real(L, 5, 1, "rng:normal", "std");
    ory_lmat *a;

    if (!(std >= 0) || isinf(std))
        return ory_arg_error(L, "rng:normal", 5, "std", "a finite number >= 0");
    a = push_shaped(L, "rng:normal");
    if (a)
        ory_rng_fill_normal(g, a->data, ory_lmat_len(a), mean, std);
    else
        lua_pushnumber(L, mean + std * ory_rng_normal(g));
    return 1;
}

static int rng_uniform(lua_State *L)
{
    ory_rng *g = ory_check_rng(L, 1, "rng:uniform", "stream");
    double low = optional_real(L, 4, 0, "rng:uniform", "low");
    double high = optional_real(L, 5, 1, "rng:uniform", "high");
    ory_lmat *a;

    if (!(high > low) || !isfinite(high - low))
        return ory_raisef(L, "rng:uniform: low = %.14g and high = %.14g (low must be below high)",
                          low, high);
    a = push_shaped(L, "rng:uniform");
    if (a)
        ory_rng_fill_uniform(g, a->data, ory_lmat_len(a), low, high);
    else
        lua_pushnumber(L, low + (high - low) * ory_rng_uniform(g));
    return 1;
}

static int rng_int(lua_State *L)
{
    ory_rng *g = ory_check_rng(L, 1, "rng:int", "stream");
    lua_Integer low = ory_check_int(L, 2, "rng:int", "low", -(1LL << 53), 1LL << 53);
    lua_Integer high = ory_check_int(L, 3, "rng:int", "high", low, 1LL << 53);
    uint64_t n = (uint64_t)(high - low) + 1;
    lua_Integer count, i;
    ory_lmat *a;

    if (lua_isnoneornil(L, 4)) {
        lua_pushinteger(L, low + (lua_Integer)ory_rng_below(g, n));
        return 1;
    }
    count = ory_check_int(L, 4, "rng:int", "count", 1, MAX_SIDE);
    a = ory_push_vec(L, (size_t)count, 1);
    for (i = 0; i < count; i++)
        a->data[i] = (double)(low + (lua_Integer)ory_rng_below(g, n));
    return 1;
}

/* k different whole numbers from 1 to n in random order, as a vector. */
static int push_sample(lua_State *L, ory_rng *g, size_t n, size_t k)
{
    size_t *p = lua_newuserdatauv(L, (n ? n : 1) * sizeof *p, 0), i;
    ory_lmat *a = ory_push_vec(L, k, 1);

    ory_rng_permutation(g, p, n);
    for (i = 0; i < k; i++)
        a->data[i] = (double)(p[i] + 1);
    return 1;
}

static int rng_permutation(lua_State *L)
{
    ory_rng *g = ory_check_rng(L, 1, "rng:permutation", "stream");
    size_t n = (size_t)ory_check_int(L, 2, "rng:permutation", "n", 1, MAX_SIDE);

    return push_sample(L, g, n, n);
}

static int rng_choice(lua_State *L)
{
    ory_rng *g = ory_check_rng(L, 1, "rng:choice", "stream");
    lua_Integer n;

    if (!lua_istable(L, 2)) {
        n = ory_check_int(L, 2, "rng:choice", "n", 1, MAX_SIDE);
        return push_sample(L, g, (size_t)n, (size_t)ory_check_int(L, 3, "rng:choice", "k", 1, n));
    }
    n = (lua_Integer)lua_rawlen(L, 2);
    if (n < 1)
        return ory_arg_error(L, "rng:choice", 2, "list", "a list with at least one entry");
    lua_rawgeti(L, 2, 1 + (lua_Integer)ory_rng_below(g, (uint64_t)n));
    return 1;
}

static int rng_split(lua_State *L)
{
    rng_box *box, *child;
    lua_Integer key;

    ory_check_rng(L, 1, "rng:split", "stream");
    box = lua_touserdata(L, 1);
    key = lua_isnoneornil(L, 2) ? 0 : ory_check_int(L, 2, "rng:split", "key", 0, LUA_MAXINTEGER);
    child = push_box(L, box->seed);
    ory_rng_split(&box->stream, (uint64_t)key, &child->stream);
    return 1;
}

static int rng_copy(lua_State *L)
{
    rng_box *box, *twin;

    ory_check_rng(L, 1, "rng:copy", "stream");
    box = lua_touserdata(L, 1);
    twin = push_box(L, box->seed);
    twin->stream = box->stream;
    return 1;
}

static int rng_tostring(lua_State *L)
{
    rng_box *box;

    ory_check_rng(L, 1, "tostring", "stream");
    box = lua_touserdata(L, 1);
    lua_pushfstring(L, "stream of rng(%I)", (LUAI_UACINT)box->seed);
    return 1;
}

static const ory_fn rng_methods[] = {
    {"rng:normal", rng_normal, "g:normal([rows [, cols [, mean, std]]]) -> number, vector or matrix",
     "Draws from the normal distribution: one number, a vector of `rows`, or a rows x cols matrix; "
     "mean 0 and standard deviation 1 unless given.",
     "g = rng(7); print(g:normal(), g:normal(3), g:normal(2, 2, 5, 0.1))"},
    {"rng:uniform", rng_uniform,
     "g:uniform([rows [, cols [, low, high]]]) -> number, vector or matrix",
     "Draws uniformly from [low, high), [0, 1) unless given; shapes as for g:normal.",
     "print(rng(7):uniform(3))"},
    {"rng:int", rng_int, "g:int(low, high [, count]) -> integer or vector",
     "Whole numbers from low to high, both included, each equally likely.",
     "print(rng(7):int(1, 6), rng(7):int(1, 6, 10))"},
    {"rng:permutation", rng_permutation, "g:permutation(n) -> vector",
     "The numbers 1 to n in random order.", "print(rng(7):permutation(5))"},
    {"rng:choice", rng_choice, "g:choice(n, k) -> vector; g:choice(list) -> entry",
     "k different numbers from 1 to n in random order, or one entry of a list.",
     "print(rng(7):choice(10, 3), rng(7):choice{'a', 'b', 'c'})"},
    {"rng:split", rng_split, "g:split([key]) -> stream",
     "A child stream that depends on where g stands and on key (0 unless given); g does not move. "
     "Different keys give independent streams.",
     "g = rng(7); print(g:split(1):normal() ~= g:split(2):normal())"},
    {"rng:copy", rng_copy, "g:copy() -> stream",
     "A stream that will draw the same numbers as g from here on.",
     "g = rng(7); h = g:copy(); print(g:normal() == h:normal())"},
    {0}};

static const ory_fn rng_topic = {
    "rng", rng_new, "rng(seed [, stream]) -> stream",
    "A stream of random numbers that depends on seed (and stream, 0 unless given) alone; both are "
    "whole numbers >= 0. Nothing in orrery draws a number without a seed or a stream.",
    "g = rng(7); print(g:normal())"};

/* Leaves the function rng. */
int ory_open_rng(lua_State *L)
{
    luaL_newmetatable(L, RNG_MT);
    lua_pushcfunction(L, rng_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_newtable(L);
    ory_register(L, rng_methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__methods");
    lua_pushliteral(L, "rng");
    lua_pushcclosure(L, ory_index_methods, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);

    ory_help_add(L, rng_topic.name, "function", rng_topic.usage, rng_topic.doc, rng_topic.example);
    lua_pushcfunction(L, rng_new);
    return 1;
}
