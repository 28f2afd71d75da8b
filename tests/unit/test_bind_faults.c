/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_bind_faults.c - the bindings when there is no memory: for every n the n-th
 * request and all behind it fail, in Lua's allocator and in core/mem.h. A script either
 * succeeds or raises; nothing leaks, and the state works as before. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bind/bind.h"
#include "core/mem.h"

/* ------------------------------------------------------------- Lua's allocator */

typedef struct pool {
    size_t held;
    long left;  /* growing requests until failure; negative: never */
    bool failed;
} pool;

static void *pool_alloc(void *ud, void *block, size_t old, size_t size)
{
    pool *p = ud;
    void *moved;

    if (!block)
        old = 0; /* a type tag */
    if (size == 0) {
        free(block);
        p->held -= old;
        return NULL;
    }
    if (size > old && p->left >= 0) {
        if (p->left == 0) {
            p->failed = true;
            return NULL;
        }
        p->left--;
    }
    moved = realloc(block, size);
    if (moved)
        p->held = p->held - old + size;
    return moved;
}

static int open_all(lua_State *L)
{
    luaL_openlibs(L);
    luaL_requiref(L, "orrery", luaopen_orrery, 1);
    lua_pushnil(L);
    while (lua_next(L, -2))
        lua_setglobal(L, lua_tostring(L, -2));
    return 0;
}

static lua_State *new_state(pool *p)
{
    lua_State *L = lua_newstate(pool_alloc, p);

    assert_non_null(L);
    lua_pushcfunction(L, open_all);
    assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_OK);
    lua_settop(L, 0);
    return L;
}

/* ------------------------------------------------------------------- the scripts */

/* FILE stands for the name of a file that may be written. */
static const char *const scripts[] = {
    "local a = mat{{1, 2, 3}, {4, 5, 6}}; local b = a * a.T + mat.eye(2); "
    "assert(#tostring(b:slice(1, 2, 1, 1)) > 0 and b[1][1] == 15)",
    "local a = mat.from(3, 3, function(i, j) return i + 10 * j end); a[1] = {1, 2, 3}; "
    "a:block(1, 1, 2, 2).T:assign{{1, 2}, {3, 4}}; a = mat.vcat(a, a:row(1)); assert(a.rows == 4)",
    "local v = mat.range(1, 9); local s, o = v:sort('down'); assert(s[1] == 9 and o[1] == 9); "
    "v = v:pick{1, 2}:map(function(x) return x * x end):cumsum(); assert(v[2] == 5)",
    "local a = mat{{2, 1}, {1, 3}}; assert(#a:svd().s == 2 and #a:eigs().values == 2)",
    "local a = mat{{2, 1}, {1, 3}}; local e = a:eig(); assert(#tostring(e) > 20 and a:qr().q)",
    "local a = mat{{2, 1}, {1, 3}}; assert(a:solve{1, 2} and a:inv() and a:pinv() and a:det() and "
    "a:chol() and a:expm() and a:lstsq{1, 2} and a ^ 3 and a:norm(2) and a:rank() == 2)",
    "local ok, e = pcall(function() return mat.zeros('x') end); assert(not ok)",
    "local ok, e = pcall(function() return mat.zeros(2).colls end); assert(not ok)",
    "mat.save(mat{{1, 2}, {3, 4}}, FILE .. '.csv', {'x', 'y'}); "
    "local a, names = mat.load(FILE .. '.csv'); assert(a[2][2] == 4 and names[2] == 'y')",
    "mat.save(mat{{1, 2}, {3, 4}}, FILE .. '.npy'); assert(data.npy(FILE .. '.npy')[2][2] == 4)",
    "local g = rng(7); assert(#g:normal(3) == 3 and g:split(1):permutation(5) and g:choice{1, 2} "
    "and #tostring(g) > 0)",
    "local y, c = data.onehot{3, 1, 3}; assert(y.cols == 2); data.standardize(mat.eye(3)); "
    "assert(data.linear{samples = 4}.Y.rows == 4)",
    "local s = net.linear{h = 3, X = mat.eye(5), Y = {{1}, {2}, {3}, {4}, {5}}}; assert(s.h == 3 and "
    "#tostring(s) > 0 and #s:probes() > 3 and #s:claims() > 0 and s:start('W1').rows == 5)",
    "local r = run(net.linear{h = 3}, {rule = 'local', record = {'loss', 'gap'}}):step(4); "
    "assert(r.loss and r.W1 and #tostring(r) > 0); r.step = 1e-4; r:step(2)",
    "local r = run(net.linear{h = 3}); r:when(function(x) return x.k == 2 end); "
    "r:watch('n', function(x) return x.k end); r:step(5); assert(r.k == 2 and r.n == 2)",
    "local r = run(net.linear{h = 3}); local f = r:fork('f'); "
    "f:go{max = 3, loss_below = 1e-9, stop = function(x) return x.k == 2 end}; assert(f.k == 2); "
    "f:rewind(1):step(1); assert(f:hash())",
    "local r = run(net.linear{h = 3}):step(3); assert(#tostring(r:claim('local_pl')) > 0 and "
    "#tostring(r:knobs()) > 0 and #r:events() == 0 and r:why('loss') == nil)",
    "local r = run(net.linear{h = 3}):step(3); r:series('loss'); local m, n = r:rows{'loss'}; "
    "assert(m.rows == 4 and n[3] == 'loss'); r:write(FILE .. '.csv'); r:record{'gap', file = FILE .. "
    "'.tsv'}; r:step(2)",
    "local r = run(net.linear{h = 3}):step(3); r:save(FILE .. '.run'); assert(run.load(FILE .. "
    "'.run').k == 3)",
    "local s = dyn.ode{names = {'x', 'v'}, x0 = {1, 0}, params = {w = 2}, f = function(t, x, dx, p) "
    "dx.x = x.v; dx[2] = -p.w * x.x end}; assert(#s:equilibria() == 1 and s:jacobian():get(2, 1) < 0); "
    "local r = run(s):step(3); r.w = 3; local f = r:step(2):fork(); f.w = 1; assert(f:step(2).k == 7)",
    "local s = dyn.gradient{x0 = {1, 2}, loss = function(x) return x[1] ^ 2 + x[2] ^ 2 end}; "
    "assert(run(s):step(3).loss < 5)",
    "assert(#tostring(help('mat.zeros')) > 9)",
};

static char file_name[256];

/* The script as a function at the top of the stack; FILE a global of the state. */
static void load_script(lua_State *L, const char *text)
{
    lua_pushstring(L, file_name);
    lua_setglobal(L, "FILE");
    assert_int_equal(luaL_loadstring(L, text), LUA_OK);
}

/* Call a copy of the function at the top; true when it succeeded. The collector rests:
 * a finalizer that Lua cannot call for lack of memory is lost, whatever it would do. */
static bool attempt(lua_State *L, const char *text)
{
    int code;

    lua_pushvalue(L, -1);
    lua_gc(L, LUA_GCSTOP);
    code = lua_pcall(L, 0, 0, 0);
    lua_gc(L, LUA_GCRESTART);
    if (code == LUA_OK)
        return true;
    if (lua_type(L, -1) == LUA_TSTRING && strstr(lua_tostring(L, -1), "assertion failed"))
        fail_msg("wrong result without memory: %s", text);
    lua_pop(L, 1);
    return false;
}

/* Let finalizers run until as much memory is held outside Lua as before; false: a leak. */
static bool settles(lua_State *L, size_t outside, long n)
{
    if (n % 32 == 0)
        lua_gc(L, LUA_GCCOLLECT);
    for (int i = 0; i < 3 && ory_mem_in_use() != outside; i++)
        lua_gc(L, LUA_GCCOLLECT);
    return ory_mem_in_use() == outside;
}

enum { MOST = 60000 };

static void lua_requests_may_fail(void **state)
{
    pool p = {.left = -1};
    lua_State *L = new_state(&p);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        size_t outside;
        long n;

        load_script(L, scripts[i]);
        assert_true(attempt(L, scripts[i])); /* what is made once is made now */
        lua_gc(L, LUA_GCCOLLECT);
        lua_gc(L, LUA_GCCOLLECT);
        outside = ory_mem_in_use();
        for (n = 0; n < MOST; n++) {
            bool ok;

            p.failed = false;
            p.left = n;
            ok = attempt(L, scripts[i]);
            p.left = -1;
            if (!settles(L, outside, n))
                fail_msg("request %ld of Lua's: %zu bytes leaked: %s", n,
                         ory_mem_in_use() - outside, scripts[i]);
            if (!p.failed)
                break;
            assert_true(ok || p.failed);
        }
        assert_in_range(n, 1, MOST - 1);
        assert_true(attempt(L, scripts[i]));
        lua_settop(L, 0);
    }
    lua_close(L);
    assert_int_equal(p.held, 0);
    assert_int_equal(ory_mem_in_use(), 0);
}

static void requests_of_core_may_fail(void **state)
{
    pool p = {.left = -1};
    lua_State *L = new_state(&p);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        size_t outside;
        long n;

        load_script(L, scripts[i]);
        assert_true(attempt(L, scripts[i]));
        lua_gc(L, LUA_GCCOLLECT);
        lua_gc(L, LUA_GCCOLLECT);
        outside = ory_mem_in_use();
        for (n = 0; n < MOST; n++) {
            bool hit;

            ory_mem_fault_set(n);
            attempt(L, scripts[i]);
            hit = ory_mem_fault_hit();
            ory_mem_fault_set(-1);
            if (!settles(L, outside, n))
                fail_msg("request %ld of core: %zu bytes leaked: %s", n, ory_mem_in_use() - outside,
                         scripts[i]);
            if (!hit)
                break;
        }
        assert_in_range(n, 0, MOST - 1);
        assert_true(attempt(L, scripts[i]));
        lua_settop(L, 0);
    }
    lua_close(L);
    assert_int_equal(p.held, 0);
    assert_int_equal(ory_mem_in_use(), 0);
}

/* Opening makes thousands of requests; every 97th is enough to be at every stage. */
static void opening_may_fail(void **state)
{
    long n;
    bool ok = false;

    (void)state;
    for (n = 0; !ok && n < 2 * MOST; n += 97) {
        pool p = {.left = -1};
        lua_State *L = lua_newstate(pool_alloc, &p);

        assert_non_null(L);
        lua_pushcfunction(L, open_all);
        p.left = n;
        ok = lua_pcall(L, 0, 0, 0) == LUA_OK;
        p.left = -1;
        lua_close(L);
        assert_int_equal(p.held, 0);
        assert_int_equal(ory_mem_in_use(), 0);
    }
    assert_true(ok);
}

/* ------------------------------------------------- the example of every help row
 * Examples of all that is public. Each is tried with failures spread over all of its
 * requests. Those that open a screen, start processes or measure time are left out. */

enum { POINTS = 12, LEAST_EXAMPLES = 230 };

static bool left_out(const char *name)
{
    static const char *const names[] = {"dash", "demo", "sweep", "tour", "timeit", "ui."};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* The example as a function that finds its globals in a fresh table each time, and one
 * file for all that it writes. */
static bool load_example(lua_State *L, const char *text)
{
    static const char wrap[] =
        "local text, G, file = ...; local function name() return file end "
        "local print, os = function() end, setmetatable({tmpname = name}, {__index = G.os}) "
        "return function() local env = setmetatable({print = print, os = os}, {__index = G}); "
        "local f = load(text, 'example', 't', env); if f then f() end end";

    if (luaL_loadstring(L, wrap) != LUA_OK)
        return false;
    lua_pushstring(L, text);
    lua_pushglobaltable(L);
    lua_pushstring(L, file_name);
    return lua_pcall(L, 3, 1, 0) == LUA_OK;
}

/* One failure at request n of Lua's or of core; whether it came to it. */
static bool fail_at(lua_State *L, pool *p, bool core, long n, const char *name, size_t outside)
{
    bool hit;

    p->failed = false;
    if (core)
        ory_mem_fault_set(n);
    else
        p->left = n;
    attempt(L, name);
    hit = core ? ory_mem_fault_hit() : p->failed;
    ory_mem_fault_set(-1);
    p->left = -1;
    if (!settles(L, outside, n))
        fail_msg("%s: request %ld of %s: %zu bytes leaked", name, n, core ? "core" : "Lua's",
                 ory_mem_in_use() - outside);
    return hit;
}

/* Requests that the function at the top makes when all succeed. */
static long count_requests(lua_State *L, pool *p, bool core, const char *name)
{
    const long many = 1L << 40;
    long made = 0;

    if (!core) {
        p->left = many;
        attempt(L, name);
        made = many - p->left;
        p->left = -1;
        return made;
    }
    for (made = 1; made < MOST && fail_at(L, p, true, made, name, ory_mem_in_use()); made *= 2)
        ;
    return made;
}

/* Whether the row at the top has an example that works here; then it is tried. */
static bool try_example(lua_State *L, pool *p, const char *name)
{
    const char *text = lua_getfield(L, -1, "example") == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    size_t outside;

    if (!text || left_out(name) || !load_example(L, text) || !attempt(L, name))
        return false;
    attempt(L, name);
    lua_gc(L, LUA_GCCOLLECT);
    lua_gc(L, LUA_GCCOLLECT);
    outside = ory_mem_in_use();
    for (int core = 0; core < 2; core++) {
        const long all = count_requests(L, p, core, name);

        for (long i = 0; i < POINTS; i++)
            fail_at(L, p, core, i * all / POINTS + i % 3, name, outside);
    }
    if (!attempt(L, name))
        fail_msg("%s: the example does not work any more", name);
    return true;
}

static void every_example_may_fail(void **state)
{
    pool p = {.left = -1};
    lua_State *L = new_state(&p);
    int tried = 0;

    (void)state;
    lua_getfield(L, LUA_REGISTRYINDEX, "orrery.help");
    for (lua_pushnil(L); lua_next(L, 1); lua_settop(L, 2)) {
        tried += try_example(L, &p, lua_tostring(L, 2));
    }
    lua_close(L);
    assert_int_equal(p.held, 0);
    assert_int_equal(ory_mem_in_use(), 0);
    print_message("%d examples\n", tried);
    assert_in_range(tried, LEAST_EXAMPLES, 100000);
}

int main(void)
{
    const char *dir = getenv("TESTS_TMP");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lua_requests_may_fail),
        cmocka_unit_test(requests_of_core_may_fail),
        cmocka_unit_test(opening_may_fail),
        cmocka_unit_test(every_example_may_fail),
    };

    snprintf(file_name, sizeof file_name, "%s/faults.%ld", dir ? dir : "/tmp", (long)getpid());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
