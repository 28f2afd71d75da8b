/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench.c - how fast the user feels it: whole workloads, each the best of several
 * rounds, as lines "case<TAB>figure<TAB>unit" on standard output.
 *
 *   bench ORRERY [SECONDS]   ORRERY: the program, for the start times; SECONDS per
 *                            round (0.2). Run by tests/bench/run.sh, `make bench`. */
#include "config.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "algo/safeset.h"
#include "core/clock.h"
#include "core/linalg.h"
#include "core/mem.h"
#include "run/run.h"
#include "systems/safety_kernel.h"

enum { ROUNDS = 5 };

static double round_seconds = 0.2;

static void die(const char *what, const ory_error *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err->text);
    exit(1);
}

static void report(const char *name, double figure, const char *unit)
{
    printf("%s\t%.4g\t%s\n", name, figure, unit);
    fflush(stdout);
}

/* ------------------------------------------------------------------- systems */

typedef struct workload {
    const char *name;
    double n, h, m, samples, init_scale, step;
    const char *stepper;
} workload;

static void set(ory_values *v, const char *name, double x)
{
    ory_error err = {0};

    if (ory_values_set_num(v, name, x, &err) != ORY_OK)
        die(name, &err);
}

static ory_run *start(const workload *w)
{
    static const char *const record[] = {"loss", NULL};
    const ory_system_class *c = ory_system_class_find("net.linear");
    const ory_stepper_class *sc = ory_stepper_class_find(w->stepper);
    ory_run_options opt = {.stepper = w->stepper, .record = record, .history_bytes = 1 << 20};
    ory_values v = {0}, sv = {0};
    ory_error err = {0};
    ory_system *s = NULL;
    ory_run *r = NULL;

    if (ory_values_init(&v, "net.linear", c->params, &err) != ORY_OK ||
        ory_values_init(&sv, w->stepper, sc->params, &err) != ORY_OK)
        die("options", &err);
    set(&v, "n", w->n);
    set(&v, "h", w->h);
    set(&v, "m", w->m);
    set(&v, "samples", w->samples);
    set(&v, "init_scale", w->init_scale);
    set(&v, "seed", 7);
    if (w->step > 0)
        set(&sv, "step", w->step);
    opt.values = &sv;
    if (ory_system_new(c, &v, &s, &err) != ORY_OK || ory_run_new(s, &opt, &r, &err) != ORY_OK)
        die(w->name, &err);
    ory_system_unref(s);
    ory_values_fini(&v);
    ory_values_fini(&sv);
    return r;
}

/* Every scalar probe of the system that needs no Lanczos, once. */
static void read_all(ory_run *r)
{
    const ory_system_class *c = ory_run_system(r)->class;
    int i, n = ory_probe_count(c);
    double x;

    for (i = 0; i < n; i++) {
        const ory_probe *p = ory_probe_at(c, i);

        if (p->kind == ORY_SCALAR && p->cost != ORY_COST_DEAR)
            (void)ory_run_read(r, i, &x, NULL);
    }
}

/* Seconds per step over a batch of n steps. */
static double batch(ory_run *r, uint64_t n, bool probes)
{
    ory_stop stop;
    ory_error err = {0};
    double begin = ory_clock_now();
    uint64_t i;

    if (!probes && ory_run_step(r, n, &stop, &err) != ORY_OK)
        die("step", &err);
    for (i = 0; probes && i < n; i++) {
        read_all(r);
        if (ory_run_step(r, 1, &stop, &err) != ORY_OK)
            die("step", &err);
    }
    return (ory_clock_now() - begin) / (double)n;
}

static void time_steps(const workload *w, const char *name, bool probes)
{
    double best = INFINITY, once;
    uint64_t n = 64;
    int i;
    ory_run *r = start(w);

    while ((once = batch(r, n, probes)) * (double)n < round_seconds / 4)
        n *= 2;
    for (i = 0; i < ROUNDS; i++)
        best = fmin(best, fmin(once, batch(r, n, probes)));
    ory_run_free(r);
    report(name, 1e6 * best, "us/step");
}

/* A gradient flow from the start to t = 50, the run made anew each time. */
static void time_flow(const workload *w)
{
    double best = INFINITY, total = 0;
    int i;

    for (i = 0; i < 3 || (total < 2 * round_seconds && i < 200); i++) {
        ory_run *r = start(w);
        ory_goal goal = {.max_steps = UINT64_MAX, .time = 50};
        ory_stop stop;
        ory_error err = {0};
        double begin = ory_clock_now(), took;

        if (ory_run_go(r, &goal, &stop, &err) != ORY_OK || stop.reason != ORY_STOP_TIME)
            die("flow", &err);
        took = ory_clock_now() - begin;
        best = fmin(best, took);
        total += took;
        ory_run_free(r);
    }
    report(w->name, 1e3 * best, "ms");
}

/* ------------------------------------------------------------------- program */

/* Seconds until the program, given an empty script, has ended. */
static double start_to_exit(const char *program)
{
    double begin = ory_clock_now();
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        execl(program, program, "-e", "local x = 1", (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return NAN;
    return ory_clock_now() - begin;
}

/* Seconds until the prompt shows its sign on a terminal. */
static double start_to_prompt(const char *program)
{
    const struct winsize size = {24, 80, 0, 0};
    double begin = ory_clock_now(), took = NAN;
    char text[4096];
    size_t used = 0;
    int fd;
    pid_t pid = forkpty(&fd, NULL, NULL, &size);

    if (pid == 0) {
        setenv("TERM", "xterm", 1);
        execl(program, program, "--no-init", (char *)NULL);
        _exit(127);
    }
    if (pid < 0)
        return NAN;
    while (isnan(took) && used < sizeof text - 1) {
        struct pollfd p = {fd, POLLIN, 0};
        ssize_t n = poll(&p, 1, 5000) == 1 ? read(fd, text + used, sizeof text - 1 - used) : 0;

        if (n <= 0)
            break;
        used += (size_t)n;
        text[used] = '\0';
        if (strstr(text, "> "))
            took = ory_clock_now() - begin;
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(fd);
    return took;
}

/* The maximal safe set of a ready table of transitions; with its critic of all pairs. */
static void time_safe_set(const char *name, const ory_mdp *p)
{
    ory_safeset w;
    ory_error err = {0};
    uint8_t *b = ory_alloc(p->n * p->m, 1);
    double best = INFINITY, best_pairs = INFINITY;
    char label[80];

    if (!b || ory_safeset_init(&w, p->n, p->fan, &err) != ORY_OK)
        die(name, &err);
    for (int round = 0; round < 4 * ROUNDS; round++) {
        const double begin = ory_clock_now();

        ory_safeset_solve(&w, p);
        best = fmin(best, ory_clock_now() - begin);
        ory_mdp_pairs(p, w.unsafe, b);
        best_pairs = fmin(best_pairs, ory_clock_now() - begin);
    }
    report(name, 1e3 * best, "ms");
    snprintf(label, sizeof label, "%s_with_pairs", name);
    report(label, 1e3 * best_pairs, "ms");
    ory_safeset_fini(&w);
    ory_free(b);
}

static void time_safe_sets(void)
{
    static const double sizes[][2] = {{201, 11}, {1001, 21}};
    const ory_system_class *c = ory_system_class_find("safety.kernel");

    for (int i = 0; i < 2; i++) {
        char name[80];
        ory_system *s;
        ory_values v;
        ory_error err = {0};
        ory_rng rng;

        if (ory_values_init(&v, c->name, c->params, &err) != ORY_OK)
            die(c->name, &err);
        set(&v, "N", sizes[i][0]);
        set(&v, "actions", sizes[i][1]);
        if (ory_values_set_bool(&v, "force", true, &err) != ORY_OK ||
            ory_values_set_text(&v, "drive", "critic", &err) != ORY_OK ||
            ory_system_new(c, &v, &s, &err) != ORY_OK)
            die(c->name, &err);
        ory_values_fini(&v);
        ory_mdp *p = &((kernel *)s->self)->p.mdp;

        snprintf(name, sizeof name, "safe_pendulum_%gx%gx%g", sizes[i][0], sizes[i][0], sizes[i][1]);
        time_safe_set(name, p);
        ory_rng_init(&rng, 1, 1); /* the same sizes at random, one state in twenty a failure */
        for (size_t k = 0; k < p->n * p->m; k++)
            ((uint32_t *)p->next)[k] = (uint32_t)ory_rng_below(&rng, p->n);
        for (size_t k = 0; k < p->n; k++) {
            ((uint32_t *)p->first)[k] = p->next[k * p->m];
            ((uint8_t *)p->bad)[k] = ory_rng_uniform(&rng) < 0.05;
        }
        snprintf(name, sizeof name, "safe_random_%gx%gx%g", sizes[i][0], sizes[i][0], sizes[i][1]);
        time_safe_set(name, p);
        ory_system_unref(s);
    }
}

/* Minibatches of the critic's network; the first steps of a run fit the axioms. */
static void time_critic(void)
{
    const ory_system_class *c = ory_system_class_find("safety.critic");
    ory_system *s;
    ory_run *r;
    ory_stop stop;
    ory_values v;
    ory_error err = {0};
    double best = INFINITY;

    if (ory_values_init(&v, c->name, c->params, &err) != ORY_OK)
        die(c->name, &err);
    set(&v, "inner", 100);
    set(&v, "prefit", 0);
    if (ory_system_new(c, &v, &s, &err) != ORY_OK ||
        ory_run_new(s, &(ory_run_options){.record = (const char *const[]){NULL}}, &r, &err) != ORY_OK)
        die(c->name, &err);
    ory_values_fini(&v);
    for (int round = 0; round < ROUNDS; round++) {
        const double begin = ory_clock_now();

        if (ory_run_step(r, 2, &stop, &err) != ORY_OK)
            die(c->name, &err);
        best = fmin(best, ory_clock_now() - begin);
    }
    report("critic_3_32_32_5_b128", 200 / best, "minibatches/s");
    ory_run_free(r);
    ory_system_unref(s);
}

static void time_start(const char *program, const char *name, double (*once)(const char *))
{
    double best = INFINITY;
    int i;

    for (i = 0; i < 15; i++)
        best = fmin(best, once(program));
    if (isfinite(best))
        report(name, 1e3 * best, "ms");
}

int main(int argc, char **argv)
{
    const workload small = {"gd_5x20x3_s50", 5, 20, 3, 50, 0.1, 1e-4, "gd"};
    const workload large = {"gd_50x100x20_s200", 50, 100, 20, 200, 0.1, 1e-5, "gd"};
    const workload flow = {"flow_5x20x3_t50_rtol1e-8", 5, 20, 3, 50, 0.1, 0, "flow"};

    if (argc > 2)
        round_seconds = atof(argv[2]);
    ory_numerics_start(1);
    time_steps(&small, small.name, false);
    time_steps(&small, "gd_5x20x3_s50_all_probes", true);
    time_steps(&large, large.name, false);
    time_flow(&flow);
    if (argc > 1) {
        time_start(argv[1], "start_to_prompt", start_to_prompt);
        time_start(argv[1], "script_start_to_exit", start_to_exit);
    }
    time_safe_sets();
    time_critic();
    return 0;
}
