/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.c - the recipe from grid tables to Laplacian and inertias. */
#include "config.h"

#include "io/grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "algo/graph.h"
#include "core/mem.h"
#include "io/embedded.h"
#include "io/table.h"

const char *const ory_grid_modes[] = {"linearized", "flat", "dc", NULL};
const char *const ory_grid_names[] = {"newengland39", "ieee68", "ieee145", "npcc140", "wecc179",
                                      "iceland189", "gb2224", NULL};

enum { BUS_NUMBER, BUS_VM, BUS_VA, BUS_COLUMNS };
enum { BR_FROM, BR_TO, BR_R, BR_X, BR_TAP, BR_SHIFT, BR_STATUS, BR_COLUMNS };
enum { GEN_NUMBER, GEN_BUS, GEN_SN, GEN_PG, GEN_H, GEN_XD1, GEN_RGOV, GEN_TGOV, GEN_COLUMNS };
enum { INERTIA_GEN, INERTIA_M, INERTIA_COLUMNS };

static const char *const bus_columns[] = {"bus", "vm", "va"};
static const char *const branch_columns[] = {"from", "to", "r", "x", "tap", "shift", "status"};
static const char *const gen_columns[] = {"gen", "bus", "sn", "pg", "h", "xd1", "rgov", "tgov"};
static const char *const inertia_columns[] = {"gen", "m"};

/* A table of which only some columns are of interest. */
typedef struct sheet {
    ory_table table;
    size_t column[GEN_COLUMNS];
    char name[256];
} sheet;

typedef struct work {
    sheet bus, branch, gen, inertia;
    bool has_inertia;
    size_t *at, *node, *keep; /* machine -> its bus row; machine -> node; node -> row of B */
    double *m;                /* per machine */
    ory_graph graph;
    ory_mat B;
} work;

const ory_embedded *ory_embedded_find(const ory_embedded *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static bool is_carried(const char *name)
{
    int i;

    for (i = 0; ory_grid_names[i]; i++)
        if (strcmp(ory_grid_names[i], name) == 0)
            return true;
    return false;
}

void ory_grid_fini(ory_grid *g)
{
    if (!g)
        return;
    ory_free(g->name);
    ory_free(g->title);
    ory_free(g->origin);
    ory_mat_free(&g->L);
    ory_free(g->bus);
    ory_free(g->m);
    ory_free(g->s);
    ory_free(g->rinv);
    ory_free(g->tau);
    ory_free(g->pg);
    memset(g, 0, sizeof *g);
}

/* -------------------------------------------------------------------- tables */

static double at(const sheet *s, size_t row, int column)
{
    return *ory_mat_at(&s->table.values, row, s->column[column]);
}

static size_t rows_of(const sheet *s)
{
    return s->table.values.rows;
}

static ory_status find_columns(sheet *s, const char *const *names, int count, ory_error *err)
{
    size_t c;
    int i;

    for (i = 0; i < count; i++) {
        for (c = 0; s->table.columns && c < s->table.values.cols; c++)
            if (strcmp(s->table.columns[c], names[i]) == 0)
                break;
        if (!s->table.columns || c == s->table.values.cols)
            return ory_fail(err, ORY_EFORMAT, "%s: no column named '%s'", s->name, names[i]);
        s->column[i] = c;
    }
    return ORY_OK;
}

static ory_status read_sheet(sheet *s, const char *where, const char *kind,
                             const char *const *names, int count, ory_error *err)
{
    const ory_embedded *file;
    ory_status ok;

    snprintf(s->name, sizeof s->name, "%s.%s.tsv", where, kind);
    file = is_carried(where) ? ory_embedded_find(ory_grid_files, s->name) : NULL;
    ok = file ? ory_table_parse(s->name, file->data, file->size, '\t', &s->table, err)
              : ory_table_read(s->name, '\t', &s->table, err);
    return ok == ORY_OK ? find_columns(s, names, count, err) : ok;
}

static bool has_sheet(const char *where, const char *kind)
{
    char name[256];

    snprintf(name, sizeof name, "%s.%s.tsv", where, kind);
    return is_carried(where) ? ory_embedded_find(ory_grid_files, name) != NULL
                             : access(name, R_OK) == 0;
}

static ory_status read_all(work *w, const char *where, ory_error *err)
{
    ory_status ok = read_sheet(&w->bus, where, "bus", bus_columns, BUS_COLUMNS, err);

    if (ok == ORY_OK)
        ok = read_sheet(&w->branch, where, "branch", branch_columns, BR_COLUMNS, err);
    if (ok == ORY_OK)
        ok = read_sheet(&w->gen, where, "gen", gen_columns, GEN_COLUMNS, err);
    w->has_inertia = ok == ORY_OK && has_sheet(where, "inertia");
    if (w->has_inertia)
        ok = read_sheet(&w->inertia, where, "inertia", inertia_columns, INERTIA_COLUMNS, err);
    return ok;
}

/* Row of the bus with that number, or SIZE_MAX. Numbers mostly equal row + 1. */
static size_t bus_row(const work *w, double number)
{
    size_t i, n = rows_of(&w->bus), guess = number >= 1 && number <= (double)n ? (size_t)number - 1 : 0;

    if (at(&w->bus, guess, BUS_NUMBER) == number)
        return guess;
    for (i = 0; i < n; i++)
        if (at(&w->bus, i, BUS_NUMBER) == number)
            return i;
    return SIZE_MAX;
}

/* ------------------------------------------------------------------- Laplacian */

static double branch_weight(const work *w, size_t e, size_t i, size_t j, ory_grid_mode mode)
{
    const double degree = M_PI / 180;
    double r = at(&w->branch, e, BR_R), x = at(&w->branch, e, BR_X), tap = at(&w->branch, e, BR_TAP);

    if (mode == ORY_GRID_DC)
        return 1 / x;
    if (mode == ORY_GRID_FLAT)
        return 1 / (x * tap);
    return at(&w->bus, i, BUS_VM) * at(&w->bus, j, BUS_VM) * x / (r * r + x * x) / tap *
           cos((at(&w->bus, i, BUS_VA) - at(&w->bus, j, BUS_VA) - at(&w->branch, e, BR_SHIFT)) *
               degree);
}

static ory_status add_branches(work *w, ory_grid_mode mode, ory_grid *out, ory_error *err)
{
    size_t e;
    ory_status ok = ORY_OK;

    for (e = 0; ok == ORY_OK && e < rows_of(&w->branch); e++) {
        double from = at(&w->branch, e, BR_FROM), to = at(&w->branch, e, BR_TO), weight;
        size_t i = bus_row(w, from), j = bus_row(w, to);

        if (at(&w->branch, e, BR_STATUS) == 0)
            continue;
        if (i == SIZE_MAX || j == SIZE_MAX)
            return ory_fail(err, ORY_EFORMAT, "%s: branch %zu joins bus %g, which %s does not list",
                            w->branch.name, e + 1, i == SIZE_MAX ? from : to, w->bus.name);
        weight = branch_weight(w, e, i, j, mode);
        out->branches++;
        out->negative += weight < 0;
        ok = ory_graph_add(&w->graph, i, j, weight, err);
        if (ok != ORY_OK)
            ory_fail_prefix(err, "%s: branch %zu", w->branch.name, e + 1);
    }
    return ok;
}

/* Nodes to keep, and the node of every machine: the bus, at its first appearance, or one
 * extra node behind x'd. */
static ory_status place_machines(work *w, bool internal, ory_grid *out, ory_error *err)
{
    size_t g, k, machines = rows_of(&w->gen), buses = rows_of(&w->bus);
    ory_status ok = ORY_OK;

    for (g = 0; ok == ORY_OK && g < machines; g++) {
        size_t row = bus_row(w, at(&w->gen, g, GEN_BUS));

        if (row == SIZE_MAX)
            return ory_fail(err, ORY_EFORMAT, "%s: machine %g is at bus %g, which %s does not list",
                            w->gen.name, at(&w->gen, g, GEN_NUMBER), at(&w->gen, g, GEN_BUS),
                            w->bus.name);
        w->at[g] = row;
        for (k = 0; !internal && k < out->n && w->keep[k] != row; k++)
            ;
        if (internal)
            k = out->n;
        if (k == out->n) {
            w->keep[out->n++] = internal ? buses + g : row;
            out->bus[k] = at(&w->gen, g, internal ? GEN_NUMBER : GEN_BUS);
        }
        w->node[g] = k;
        if (internal)
            ok = ory_graph_add(&w->graph, row, buses + g, 1 / at(&w->gen, g, GEN_XD1), err);
    }
    return ok;
}

static ory_status reduce(work *w, ory_grid *out, ory_error *err)
{
    ory_status ok;

    ory_graph_finish(&w->graph);
    if ((ok = ory_mat_new(&w->B, w->graph.n, w->graph.n, err)) != ORY_OK ||
        (ok = ory_mat_new(&out->L, out->n, out->n, err)) != ORY_OK)
        return ok;
    ory_graph_laplacian(&w->graph, &w->B);
    return ory_kron_reduce(&w->B, w->keep, out->n, &out->L, err);
}

/* -------------------------------------------------------------------- inertias */

/* missing: where it is not told, or NULL. */
static double machine_inertia(const work *w, size_t g, const char **missing)
{
    double h = at(&w->gen, g, GEN_H), m = 2 * h * at(&w->gen, g, GEN_SN) / 100;
    size_t i;

    *missing = isnan(h) ? "gen.tsv, column h" : isnan(m) ? "gen.tsv, column sn" : NULL;
    for (i = 0; w->has_inertia && i < rows_of(&w->inertia); i++)
        if (at(&w->inertia, i, INERTIA_GEN) == at(&w->gen, g, GEN_NUMBER)) {
            m = at(&w->inertia, i, INERTIA_M);
            *missing = isnan(m) ? "inertia.tsv, column m" : NULL;
            break;
        }
    return m;
}

ory_status ory_grid_need_inertia(const ory_grid *g, ory_error *err)
{
    if (g->unknown == 0)
        return ORY_OK;
    return ory_fail(err, ORY_EUNDEF,
                    "%s.%s: the inertia of machine %g is na; tell all in a table %s.inertia.tsv with "
                    "columns gen and m (2H on 100 MVA, s)", g->name, g->unknown_at, g->unknown, g->name);
}

static void sum_machines(const work *w, ory_grid *out)
{
    size_t g, k;
    const char *missing;

    for (g = 0; g < rows_of(&w->gen); g++) {
        double s = at(&w->gen, g, GEN_SN) / 100, droop = at(&w->gen, g, GEN_RGOV);

        k = w->node[g];
        out->m[k] += machine_inertia(w, g, &missing);
        if (missing && out->unknown == 0) {
            out->unknown = at(&w->gen, g, GEN_NUMBER);
            out->unknown_at = missing;
        }
        out->s[k] += s;
        out->pg[k] += at(&w->gen, g, GEN_PG);
        if (isfinite(droop) && droop > 0) {
            out->rinv[k] += s / droop;
            out->tau[k] += s / droop * at(&w->gen, g, GEN_TGOV);
        }
    }
    for (k = 0; k < out->n; k++)
        if (out->rinv[k] > 0)
            out->tau[k] /= out->rinv[k];
}

/* --------------------------------------------------------------------- loading */

static ory_status make_room(work *w, bool internal, ory_grid *out, ory_error *err)
{
    size_t machines = rows_of(&w->gen);
    double **rows[] = {&out->bus, &out->m, &out->s, &out->rinv, &out->tau, &out->pg};
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!(*rows[i] = ory_alloc(machines, sizeof(double))))
            return ory_fail(err, ORY_ENOMEM, "out of memory");
    w->at = ory_alloc(machines, sizeof *w->at);
    w->node = ory_alloc(machines, sizeof *w->node);
    w->keep = ory_alloc(machines, sizeof *w->keep);
    if (!w->at || !w->node || !w->keep)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    return ory_graph_init(&w->graph, rows_of(&w->bus) + (internal ? machines : 0), err);
}

static ory_status set_names(const work *w, const char *where, double f0, ory_grid *out,
                            ory_error *err)
{
    const char *slash = strrchr(where, '/');
    const char *title = ory_header_get(&w->bus.table.header, "title");
    const char *origin = ory_header_get(&w->bus.table.header, "origin");

    out->name = ory_strdup(slash ? slash + 1 : where);
    out->title = ory_strdup(title ? title : "");
    out->origin = ory_strdup(origin ? origin : "");
    out->buses = rows_of(&w->bus);
    out->machines = rows_of(&w->gen);
    out->f0 = f0 > 0 ? f0 : strcmp(where, "gb2224") == 0 ? 50 : 60;
    return out->name && out->title && out->origin ? ORY_OK
                                                  : ory_fail(err, ORY_ENOMEM, "out of memory");
}

static void work_fini(work *w)
{
    ory_table_fini(&w->bus.table);
    ory_table_fini(&w->branch.table);
    ory_table_fini(&w->gen.table);
    ory_table_fini(&w->inertia.table);
    ory_free(w->at);
    ory_free(w->node);
    ory_free(w->keep);
    ory_graph_fini(&w->graph);
    ory_mat_free(&w->B);
    ory_free(w);
}

static ory_status build(work *w, const char *where, ory_grid_mode mode, bool internal, double f0,
                        ory_grid *out, ory_error *err)
{
    ory_status ok;

    if ((ok = read_all(w, where, err)) != ORY_OK ||
        (ok = make_room(w, internal, out, err)) != ORY_OK ||
        (ok = set_names(w, where, f0, out, err)) != ORY_OK ||
        (ok = add_branches(w, mode, out, err)) != ORY_OK ||
        (ok = place_machines(w, internal, out, err)) != ORY_OK ||
        (ok = reduce(w, out, err)) != ORY_OK)
        return ok;
    sum_machines(w, out);
    return ORY_OK;
}

ory_status ory_grid_load(const char *where, ory_grid_mode mode, bool internal, double f0,
                         ory_grid *out, ory_error *err)
{
    size_t carried = sizeof ory_grid_names / sizeof *ory_grid_names - 1;
    const char *near;
    work *w;
    ory_status ok;

    memset(out, 0, sizeof *out);
    if (!is_carried(where) && !strchr(where, '/') && !has_sheet(where, "bus")) {
        near = ory_nearest(where, ory_grid_names, carried);
        return ory_fail(err, ORY_ENAME, "no grid named '%s'%s%s%s", where,
                        near ? " (did you mean '" : " and no file of tables", near ? near : "",
                        near ? "'?)" : "");
    }
    if (!(w = ory_alloc(1, sizeof *w)))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    ok = build(w, where, mode, internal, f0, out, err);
    work_fini(w);
    if (ok != ORY_OK)
        ory_grid_fini(out);
    return ok;
}
