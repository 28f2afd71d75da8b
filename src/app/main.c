/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the program: options, the Lua state, then code, a script, or the prompt. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/dash.h"
#include "app/inline.h"
#include "app/interp.h"
#include "app/options.h"
#include "app/paths.h"
#include "app/progress.h"
#include "app/repl.h"
#include "app/rescue.h"
#include "app/script.h"
#include "app/signals.h"
#include "app/sweep_merge.h"
#include "app/sweep_view.h"
#include "app/tables.h"
#include "app/window.h"
#include "bind/interrupt.h"
#include "bind/log.h"
#include "bind/run.h"
#include "core/clock.h"
#include "core/offload.h"
#include "core/interrupt.h"
#include "core/linalg.h"
#include "io/fence.h"
#include "run/ranks.h"

/* OpenBLAS makes its threads when it is loaded, and they spin for a while: 3 ms of every
 * start. It asks this function of its own how many the environment wants; the program's
 * answer goes first. Later ory_numerics_start makes as many as --threads says. Other
 * implementations do not know the name. */
int openblas_num_threads_env(void);
__attribute__((visibility("default"))) int openblas_num_threads_env(void)
{
    return 1;
}

/* Plots and panels ask the environment about colors; the option decides for them. */
static void decide_color(const char *when)
{
    if (strcmp(when, "never") == 0) {
        setenv("NO_COLOR", "1", 1);
        unsetenv("ORRERY_COLOR");
    } else if (strcmp(when, "always") == 0) {
        unsetenv("NO_COLOR");
        setenv("ORRERY_COLOR", "always", 1);
    }
}

static bool wants_prompt(const ory_options *o)
{
    if (o->headless || o->action == ORY_ACT_FRAME)
        return false;
    if (o->action == ORY_ACT_TOUR || o->action == ORY_ACT_DEMO)
        return o->name && (o->keys || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)));
    if (o->action == ORY_ACT_REPLAY)
        return false;
    if (o->interactive || o->keys || o->action == ORY_ACT_DASH)
        return true;
    return !o->script && o->n_code == 0 && isatty(STDIN_FILENO);
}

static void start_progress(const ory_options *o, bool prompt)
{
    FILE *out = prompt ? stdout : stderr;
    bool live = !o->headless && ory_window_escapes(fileno(out));

    ory_progress_start(live ? out : NULL);
    ory_sweep_view_start(out, live, o->headless);
}

/* Under mpirun all ranks run the script, and one speaks. */
static void start_sweeps(const ory_options *o)
{
    ory_sweep_options s = o->sweep;
    int rank = 0, size;
    bool mpi = ory_ranks_started(&rank, &size);

    s.open = o->action == ORY_ACT_DASH || o->action == ORY_ACT_FRAME;
    s.helper = mpi ? ory_path_helper() : NULL;
    ory_bind_set_sweep(&s);
    if (rank > 0 && !freopen("/dev/null", "w", stdout))
        perror("orrery: /dev/null");
}

/* Code, script, prompt, in this order, as far as they are asked for. */
static int run_all(lua_State *L, const ory_options *o, int argc, char **argv, bool prompt)
{
    const char *script = o->script;
    int at = o->script_at; /* argc: none */
    int status = ory_script_code(L, o);

    if (o->action == ORY_ACT_REPLAY)
        return status ? status : ory_script_replay(L, o->name);
    if (o->action == ORY_ACT_TOUR || o->action == ORY_ACT_DEMO) {
        status = status ? status : ory_script_tour(L, o);
        if (status == 0 && prompt && !ory_signals_quit() && !ory_dash_quits()) {
            if (o->action == ORY_ACT_TOUR || o->name)
                puts("all is kept  who()    the panels  dash()    more  demo()    the map  help()");
            status = ory_repl(L, o, false);
        }
        return status;
    }
    if (!script && o->n_code == 0 && !prompt)
        script = "-";
    if (status == 0 && script)
        status = ory_script_file(L, script, at < argc ? argc - at - 1 : 0, argv + at + 1);
    if (o->action != ORY_ACT_DEFAULT)
        status = ory_dash_finish(L, status);
    if (prompt && !ory_signals_quit() && !ory_dash_quits()) {
        ory_lua_interrupt_clear(L);
        status = ory_repl(L, o, o->action == ORY_ACT_DEFAULT);
    }
    return status;
}

/* Standard streams that were closed are occupied, so that no file that is opened later gets
 * their number; using them fails as before. */
static void hold_streams(void)
{
    int fd;

    for (fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return;
}

/* A full disk must not pass for success. */
static int finish_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "orrery: cannot write to standard output: %s\n", strerror(errno));
    return status ? status : ORY_EXIT_ERROR;
}

static int work(const ory_options *o, int argc, char **argv)
{
    bool prompt = wants_prompt(o);
    lua_State *L;
    int status;

    ory_signals_start(prompt);
    if (o->time > 0)
        ory_signals_limit(o->time);
    ory_window_start();
    ory_inline_start();
    ory_dash_start(o, prompt);
    L = ory_interp_new(o, argc, argv);
    if (!L)
        return ORY_EXIT_ERROR;
    ory_numerics_start(o->threads); /* after the library, which asks for one */
    start_progress(o, prompt);
    start_sweeps(o);
    status = run_all(L, o, argc, argv, prompt);
    if (ory_signals_quit()) {
        ory_lua_interrupt_clear(L);
        if (!o->sandbox || prompt) { /* what code of others has made is not worth a file */
            ory_fence_lift(true);
            ory_rescue(L);
            ory_fence_lift(false);
        }
        if (ory_signals_quit() == SIGALRM)
            fprintf(stderr, "orrery: out of time (--time=%g)\n", o->time);
        status = 128 + ory_signals_quit();
    } else if (o->assert_claims && status == 0 && ory_bind_claims_violated(L, stderr) > 0) {
        status = ORY_EXIT_CLAIM;
    }
    ory_progress_start(NULL);
    if (ory_offload_busy()) { /* a step left behind is not waited for */
        fflush(NULL);
        _exit(status);
    }
    ory_dash_end();
    ory_interp_free(L);
    ory_session_forget();
    ory_bind_set_script(NULL, NULL, 0);
    return status;
}

int main(int argc, char **argv)
{
    ory_options o;
    int status;

    hold_streams();
    status = ory_options_read(argc, argv, &o, stderr);
    if (status != 0)
        return status;
    setlocale(LC_CTYPE, ""); /* and nothing else: numbers keep their point */
    ory_clock_fake(getenv("ORRERY_FAKE_CLOCK") != NULL);
    decide_color(o.color);
    switch (o.action) {
    case ORY_ACT_HELP:
        ory_options_help(stdout);
        break;
    case ORY_ACT_VERSION:
        puts("orrery " PACKAGE_VERSION);
        break;
    case ORY_ACT_REPLAY:
        if (!ory_dash_is_recording(o.name)) {
            status = work(&o, argc, argv);
            break;
        }
        ory_signals_start(true);
        status = ory_dash_replay(o.name);
        break;
    case ORY_ACT_DEFAULT:
    case ORY_ACT_DASH:
    case ORY_ACT_FRAME:
    case ORY_ACT_TOUR:
    case ORY_ACT_DEMO:
        status = work(&o, argc, argv);
        break;
    case ORY_ACT_MERGE:
        status = ory_sweep_merge(o.files, o.n_files);
        break;
    default:
        status = ory_tables_print(&o);
    }
    return finish_output(status);
}
