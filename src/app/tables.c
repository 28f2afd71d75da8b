/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tables.c - the tables of systems, probes and claims on standard output. */
#include "config.h"

#include "app/tables.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "core/mem.h"
#include "systems/system.h"

enum { MAX_COLUMNS = 8 };

/* Rows of texts, printed when all are known. */
typedef struct table {
    int columns;
    char **cells; /* columns per row; the first row is the head */
    size_t used, room;
    bool failed;
} table;

static void cell(table *t, const char *text)
{
    size_t wider = t->room ? 2 * t->room : 256;
    char **more;

    if (t->used == t->room) {
        more = ory_resize(t->cells, t->room, wider, sizeof *t->cells);
        if (!more) {
            t->failed = true;
            return;
        }
        t->cells = more;
        t->room = wider;
    }
    t->cells[t->used] = ory_strdup(text ? text : "");
    if (!t->cells[t->used])
        t->failed = true;
    else
        t->used++;
}

static void head(table *t, const char *const *names)
{
    for (t->columns = 0; names[t->columns]; t->columns++)
        cell(t, names[t->columns]);
}

/* Cells on the screen: characters, in a UTF-8 locale by their width. */
static int width_of(const char *text)
{
    int w = 0, k;
    wchar_t c;
    size_t n;
    mbstate_t st;

    memset(&st, 0, sizeof st);
    while (*text) {
        n = mbrtowc(&c, text, strlen(text), &st);
        if (n == 0 || n > 16) {
            memset(&st, 0, sizeof st);
            n = 1;
            k = 1;
        } else {
            k = wcwidth(c);
        }
        w += k > 0 ? k : 0;
        text += n;
    }
    return w;
}

static void print_tsv(const table *t)
{
    size_t i;
    const char *s;

    for (i = 0; i < t->used; i++) {
        for (s = t->cells[i]; *s; s++)
            putchar(*s == '\t' || *s == '\n' ? ' ' : *s);
        putchar((i + 1) % (size_t)t->columns ? '\t' : '\n');
    }
}

static int window(void)
{
    struct winsize w;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 80;
}

/* The last column is folded at blanks to the window. */
static void print_folded(const char *text, int indent, int room)
{
    const char *end, *last;
    int w;

    while (*text) {
        for (end = text, last = NULL, w = 0; *end && w <= room; end++) {
            if (*end == ' ')
                last = end;
            w += ((unsigned char)*end & 0xc0) != 0x80;
        }
        if (!*end && w <= room)
            last = end;
        if (!last || last == text)
            last = text + strcspn(text, " ");
        printf("%.*s\n", (int)(last - text), text);
        text = last + (*last == ' ');
        if (*text)
            printf("%*s", indent, "");
    }
}

static void print_aligned(const table *t)
{
    int wide[MAX_COLUMNS] = {0}, c, w, indent = 0, room;
    size_t i;

    for (i = 0; i < t->used; i++) {
        c = (int)(i % (size_t)t->columns);
        w = width_of(t->cells[i]);
        wide[c] = w > wide[c] ? w : wide[c];
    }
    for (c = 0; c + 1 < t->columns; c++)
        indent += wide[c] + 2;
    room = window() - indent - 1;
    for (i = 0; i < t->used; i++) {
        c = (int)(i % (size_t)t->columns);
        if (c + 1 == t->columns) {
            if (!*t->cells[i])
                putchar('\n');
            print_folded(t->cells[i], indent, room > 24 ? room : 10000);
        } else {
            fputs(t->cells[i], stdout);
            printf("%*s", wide[c] - width_of(t->cells[i]) + 2, "");
        }
    }
}

static int print(table *t)
{
    int bad;

    if (t->failed)
        fputs("orrery: out of memory\n", stderr);
    else if (isatty(STDOUT_FILENO))
        print_aligned(t);
    else
        print_tsv(t);
    bad = t->failed;
    while (t->used > 0)
        ory_free(t->cells[--t->used]);
    ory_free(t->cells);
    return bad ? ORY_EXIT_ERROR : ORY_EXIT_OK;
}

/* -------------------------------------------------------------------- systems */

static void range_text(const ory_param *p, char *text, size_t size)
{
    bool low = p->min > -1e300 && !(p->min == 0 && p->max == 0);
    bool high = p->max < 1e300 && !(p->min == 0 && p->max == 0);

    text[0] = '\0';
    if (p->type == ORY_PARAM_BOOL || p->type == ORY_PARAM_STRING || p->type == ORY_PARAM_MATRIX)
        return;
    if (low && high)
        snprintf(text, size, "%c%g, %g%c", p->flags & ORY_OPEN_MIN ? '(' : '[', p->min, p->max,
                 p->flags & ORY_OPEN_MAX ? ')' : ']');
    else if (low)
        snprintf(text, size, "%s %g", p->flags & ORY_OPEN_MIN ? ">" : ">=", p->min);
    else if (high)
        snprintf(text, size, "%s %g", p->flags & ORY_OPEN_MAX ? "<" : "<=", p->max);
}

static const char *type_text(ory_param_type t)
{
    static const char *const texts[] = {"real", "whole", "boolean", "choice",
                                        "text", "matrix", "real or choice"};

    return texts[t];
}

static void add_params(table *t, const ory_system_class *c)
{
    static const char *const names[] = {"option", "type", "default", "range", "meaning", NULL};
    const ory_param *p;
    ory_values v;
    char text[160], doc[1200];
    int i = 0, k, n;

    head(t, names);
    if (ory_values_init(&v, c->name, c->params, NULL) != ORY_OK) {
        t->failed = true;
        return;
    }
    for (p = c->params; p && p->name; p++, i++) {
        cell(t, p->name);
        cell(t, type_text(p->type));
        if (p->flags & (ORY_OPTIONAL | ORY_REQUIRED))
            snprintf(text, sizeof text, "%s", p->flags & ORY_REQUIRED ? "(required)" : "(none)");
        else
            ory_values_text(&v, i, text, sizeof text);
        cell(t, text);
        range_text(p, text, sizeof text);
        cell(t, text);
        n = snprintf(doc, sizeof doc, "%s%s%s%s", p->doc, p->unit && *p->unit ? " [" : "",
                     p->unit ? p->unit : "", p->unit && *p->unit ? "]" : "");
        for (k = 0; p->choices && p->choices[k] && n < (int)sizeof doc; k++)
            n += snprintf(doc + n, sizeof doc - (size_t)n, "%s%s", k ? ", " : ": ",
                          p->choices[k]);
        cell(t, doc);
    }
    ory_values_fini(&v);
}

static void add_systems(table *t)
{
    static const char *const names[] = {"system", "summary", "source", NULL};
    size_t i;

    head(t, names);
    for (i = 0; i < ory_system_count(); i++) {
        const ory_system_class *c = ory_system_class_at(i);

        cell(t, c->name);
        cell(t, c->summary);
        cell(t, c->source);
    }
}

/* --------------------------------------------------------------------- probes */

static void add_probes(table *t, const ory_system_class *c)
{
    static const char *const kinds[] = {"scalar", "vector", "matrix",
                                       "field",  "complex", "flow"};
    static const char *const costs[] = {"free", "step", "factor", "dear"};
    char bound[80];
    int i;

    for (i = 0; i < ory_probe_count(c); i++) {
        const ory_probe *p = ory_probe_at(c, i);

        cell(t, c->name);
        cell(t, p->name);
        cell(t, kinds[p->kind]);
        cell(t, costs[p->cost]);
        snprintf(bound, sizeof bound, "%s%s",
                 !p->bounds ? "" : p->side > 0 ? ">= " : "<= ", p->bounds ? p->bounds : "");
        cell(t, bound);
        cell(t, p->source);
        cell(t, p->doc);
    }
}

/* --------------------------------------------------------------------- claims */

static const char *relation(ory_relation r)
{
    static const char *const texts[] = {"<=", "<", ">=", ">"};

    return texts[r];
}

static void inequality(const ory_inequality *q, char *text, size_t size)
{
    if (q->text)
        snprintf(text, size, "%s", q->text);
    else
        snprintf(text, size, "%s %s %s", q->left, relation(q->rel), q->right);
}

static void add_claims(table *t, const ory_system_class *c)
{
    const ory_claim *q;
    char doc[2400], one[300];
    int n, i;

    for (q = c->claims; q && q->name; q++) {
        cell(t, c->name);
        cell(t, q->name);
        cell(t, q->source);
        n = snprintf(doc, sizeof doc, "%s", q->statement);
        for (i = 0; i < ORY_MAX_HYPOTHESES && q->hypotheses[i].left && n < (int)sizeof doc; i++) {
            inequality(&q->hypotheses[i], one, sizeof one);
            n += snprintf(doc + n, sizeof doc - (size_t)n, "%s%s", i ? "; " : " [if ", one);
        }
        inequality(&q->conclusion, one, sizeof one);
        if (n < (int)sizeof doc)
            n += snprintf(doc + n, sizeof doc - (size_t)n, "%s%s%s", i ? "; then " : " [", one,
                          "]");
        if (q->correction && n < (int)sizeof doc)
            snprintf(doc + n, sizeof doc - (size_t)n, " Correction: %s", q->correction);
        cell(t, doc);
    }
}

static int unknown_system(const char *name)
{
    const char *names[128];
    const char *near;
    size_t i, n = ory_system_count();

    for (i = 0; i < n && i < 128; i++)
        names[i] = ory_system_class_at(i)->name;
    near = ory_nearest(name, names, i);
    if (near)
        fprintf(stderr, "orrery: no system '%s' (did you mean '%s'?)\n", name, near);
    else
        fprintf(stderr, "orrery: no system '%s' (orrery systems lists them)\n", name);
    return ORY_EXIT_USAGE;
}

int ory_tables_print(const ory_options *o)
{
    static const char *const probes[] = {"system", "probe",  "kind", "cost",
                                         "bound", "source", "meaning", NULL};
    static const char *const claims[] = {"system", "claim", "source", "statement", NULL};
    const ory_system_class *only = o->name ? ory_system_class_find(o->name) : NULL;
    table t = {0};
    size_t i;

    if (o->name && !only)
        return unknown_system(o->name);
    if (o->action == ORY_ACT_SYSTEMS) {
        if (only)
            add_params(&t, only);
        else
            add_systems(&t);
        return print(&t);
    }
    head(&t, o->action == ORY_ACT_PROBES ? probes : claims);
    for (i = 0; i < ory_system_count(); i++) {
        const ory_system_class *c = ory_system_class_at(i);

        if (only && c != only)
            continue;
        if (o->action == ORY_ACT_PROBES)
            add_probes(&t, c);
        else
            add_claims(&t, c);
    }
    return print(&t);
}
