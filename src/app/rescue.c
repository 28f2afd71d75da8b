/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rescue.c - runs are saved before the program ends on a signal. */
#include "config.h"

#include "app/rescue.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "app/paths.h"
#include "bind/run.h"
#include "core/clock.h"
#include "io/runfile.h"

/* "rescued/20261125-093000-4711-3.run": date, process, number of the run. */
static bool file_of(int number, char *path, size_t size)
{
    char name[80], when[40];
    time_t now = (time_t)ory_clock_date();
    struct tm tm;

    if (!localtime_r(&now, &tm) || strftime(when, sizeof when, "%Y%m%d-%H%M%S", &tm) == 0)
        return false;
    snprintf(name, sizeof name, "rescued/%s-%ld-%d.run", when, (long)getpid(), number);
    return ory_path_state(name, path, size);
}

static void save(ory_run *r, int number)
{
    char path[PATH_MAX];
    ory_error err = {0};

    if (!file_of(number, path, sizeof path))
        return;
    ory_path_make(path);
    if (ory_runfile_save(r, path, &err) == ORY_OK)
        fprintf(stderr, "orrery: %s, step %llu, is saved: run.load(\"%s\")\n", ory_run_name(r),
                (unsigned long long)ory_run_k(r), path);
    else
        fprintf(stderr, "orrery: %s is lost: %s\n", ory_run_name(r), err.text);
}

/* The table of runs is weak, and the code that held them has been left: nothing may be
 * collected meanwhile. */
static int save_all(lua_State *L)
{
    int number = 0;

    lua_gc(L, LUA_GCSTOP);
    ory_push_runs(L);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        ory_run_box *box = luaL_testudata(L, -1, "orrery.run");

        if (box && box->r && ory_run_k(box->r) > 0)
            save(box->r, ++number);
    }
    return 0;
}

void ory_rescue(lua_State *L)
{
    lua_pushcfunction(L, save_all);
    lua_pcall(L, 0, 0, 0);
}
