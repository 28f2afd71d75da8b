/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params.c - checking and storing options against their table.
 *
 * Every refusal reads "owner: name = value (what it must be)". Codes: ORY_ENAME
 * for unknown options and choices, ORY_EINVAL for a wrong type, ORY_ERANGE for
 * a number outside its bounds. */
#include "config.h"

#include "core/params.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

enum { TEXT_SIZE = 400, LIST_SIZE = 300, SHOWN_SIZE = 64 };

static const double int_limit = 0x1p53;

/* --- composing texts ------------------------------------------------------ */

/* A text that grows piece by piece and is cut when it is full. */
typedef struct line {
    char *at;
    size_t left;
} line;

static void add(line *l, const char *fmt, ...) ORY_PRINTF(2, 3);

static void add(line *l, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(l->at, l->left, fmt, args);
    va_end(args);
    if (n < 0)
        return;
    if ((size_t)n >= l->left)
        n = (int)l->left - 1;
    l->at += n;
    l->left -= (size_t)n;
}

/* The shortest decimal that reads back as x. */
static void number_text(double x, char *out, size_t size)
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, x);
        if (isnan(x) || strtod(out, NULL) == x)
            return;
    }
}

static void add_number(line *l, double x)
{
    char text[40];

    number_text(x, text, sizeof text);
    add(l, "%s", text);
}

/* Names between quotes, as many as fit into LIST_SIZE, then an ellipsis. */
static void add_names(line *l, const char *const *names, size_t n, const char *quote)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        used += strlen(names[i]) + 4;
        if (used > LIST_SIZE) {
            add(l, ", …");
            return;
        }
        add(l, "%s%s%s%s", i > 0 ? ", " : "", quote, names[i], quote);
    }
}

static size_t choice_count(const ory_param *p)
{
    size_t n = 0;

    while (p->choices && p->choices[n])
        n++;
    return n;
}

/* A user's text as shown in messages: in quotes, one line, cut when long. */
static void quote_text(const char *text, char *out, size_t size)
{
    char shown[SHOWN_SIZE];
    size_t n = 0;

    for (; text[n] && n + 1 < sizeof shown; n++)
        shown[n] = (unsigned char)text[n] < ' ' ? ' ' : text[n];
    if (text[n]) /* cut: not inside a UTF-8 character */
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
    shown[n] = '\0';
    snprintf(out, size, "\"%s%s\"", shown, text[n] ? "…" : "");
}

static void matrix_text(const ory_mat *a, char *out, size_t size)
{
    snprintf(out, size, "%zu x %zu matrix", a->rows, a->cols);
}

/* --- what an option must be ----------------------------------------------- */

static bool has_bounds(const ory_param *p)
{
    return p->min != 0 || p->max != 0;
}

static bool has_min(const ory_param *p)
{
    return has_bounds(p) && p->min > -INFINITY;
}

static bool has_max(const ory_param *p)
{
    return has_bounds(p) && p->max < INFINITY;
}

static bool in_bounds(const ory_param *p, double x)
{
    if (has_min(p) && (p->flags & ORY_OPEN_MIN ? !(x > p->min) : !(x >= p->min)))
        return false;
    if (has_max(p) && (p->flags & ORY_OPEN_MAX ? !(x < p->max) : !(x <= p->max)))
        return false;
    return true;
}

/* ">= 1", "> 0 and < 1", or nothing. */
static void add_bounds(line *l, const ory_param *p)
{
    if (has_min(p)) {
        add(l, " %s ", p->flags & ORY_OPEN_MIN ? ">" : ">=");
        add_number(l, p->min);
    }
    if (has_min(p) && has_max(p))
        add(l, " and");
    if (has_max(p)) {
        add(l, " %s ", p->flags & ORY_OPEN_MAX ? "<" : "<=");
        add_number(l, p->max);
    }
}

/* What a NUMBER_OR_CHOICE may be besides a number. */
static void add_choices(line *l, const ory_param *p)
{
    if (p->type != ORY_PARAM_NUMBER_OR_CHOICE || choice_count(p) == 0)
        return;
    add(l, ", or one of ");
    add_names(l, p->choices, choice_count(p), "\"");
}

/* The part in parentheses after a value of the wrong kind. */
static void add_demand(line *l, const ory_param *p)
{
    switch (p->type) {
    case ORY_PARAM_REAL:
        add(l, "must be a number");
        add_bounds(l, p);
        break;
    case ORY_PARAM_INT:
        add(l, "must be a whole number");
        add_bounds(l, p);
        break;
    case ORY_PARAM_BOOL:
        add(l, "must be true or false");
        break;
    case ORY_PARAM_CHOICE:
        add(l, "one of ");
        add_names(l, p->choices, choice_count(p), "\"");
        break;
    case ORY_PARAM_STRING:
        add(l, "must be a text");
        break;
    case ORY_PARAM_MATRIX:
        add(l, "must be a matrix");
        break;
    case ORY_PARAM_NUMBER_OR_CHOICE:
        add(l, "must be a number");
        add_bounds(l, p);
        add_choices(l, p);
        break;
    }
}

static ory_status refuse(const ory_values *v, const ory_param *p, const char *shown,
                         ory_status status, const char *demand, ory_error *err)
{
    return ory_fail(err, status, "%s: %s = %s (%s)", v->owner, p->name, shown, demand);
}

/* `shown` is not of the type of p. */
static ory_status refuse_type(const ory_values *v, const ory_param *p, const char *shown,
                              ory_error *err)
{
    char demand[TEXT_SIZE] = "";
    line l = {demand, sizeof demand};

    add_demand(&l, p);
    return refuse(v, p, shown, ORY_EINVAL, demand, err);
}

/* x is undefined, infinite, out of bounds or, for INT, not whole or too large. */
static ory_status refuse_number(const ory_values *v, const ory_param *p, double x, ory_error *err)
{
    char demand[TEXT_SIZE] = "", shown[SHOWN_SIZE];
    line l = {demand, sizeof demand};
    const bool is_int = p->type == ORY_PARAM_INT;
    ory_status status = ORY_ERANGE;

    number_text(x, shown, sizeof shown);
    if (isnan(x) || (is_int && (isinf(x) || x != floor(x)))) {
        add_demand(&l, p);
        status = isinf(x) ? ORY_ERANGE : ORY_EINVAL;
    } else if (isinf(x)) {
        add(&l, "must be finite");
    } else if (in_bounds(p, x)) {
        add(&l, "must be < 2^53 in size");
    } else {
        add(&l, "must be");
        add_bounds(&l, p);
        add_choices(&l, p);
    }
    return refuse(v, p, shown, status, demand, err);
}

static ory_status refuse_choice(const ory_values *v, const ory_param *p, const char *text,
                                ory_error *err)
{
    char demand[TEXT_SIZE] = "", shown[SHOWN_SIZE + 8];
    line l = {demand, sizeof demand};
    const char *near = ory_nearest(text, p->choices, choice_count(p));

    quote_text(text, shown, sizeof shown);
    add_demand(&l, p);
    if (near)
        add(&l, "; did you mean \"%s\"?", near);
    return refuse(v, p, shown, ORY_ENAME, demand, err);
}

/* --- finding rows --------------------------------------------------------- */

size_t ory_params_count(const ory_param *params)
{
    size_t n = 0;

    while (params && params[n].name)
        n++;
    return n;
}

int ory_params_find(const ory_param *params, const char *name)
{
    for (int i = 0; name && params && params[i].name; i++)
        if (strcmp(params[i].name, name) == 0)
            return i;
    return -1;
}

static ory_status refuse_name(const ory_values *v, const char *name, ory_error *err)
{
    enum { MOST = 128 };
    const char *names[MOST] = {NULL}, *near;
    size_t n = v->count < MOST ? v->count : MOST;
    char list[TEXT_SIZE] = "", shown[SHOWN_SIZE + 8];
    line l = {list, sizeof list};

    for (size_t i = 0; i < n; i++)
        names[i] = v->params[i].name;
    near = ory_nearest(name, names, n);
    if (near)
        add(&l, "did you mean '%s'?", near);
    else if (n == 0)
        add(&l, "there are no options");
    else {
        add(&l, "one of ");
        add_names(&l, names, n, "'");
    }
    quote_text(name, shown, sizeof shown);
    shown[0] = shown[strlen(shown) - 1] = '\'';
    return ory_fail(err, ORY_ENAME, "%s: unknown option %s (%s)", v->owner, shown, list);
}

static ory_status find_row(const ory_values *v, const char *name, int *row, ory_error *err)
{
    *row = ory_params_find(v->params, name);
    return *row < 0 ? refuse_name(v, name ? name : "", err) : ORY_OK;
}

/* --- a set of values ------------------------------------------------------ */

static ory_status no_memory(const char *owner, ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "%s: no memory for the options", owner);
}

static bool set_default(ory_value *value, const ory_param *p)
{
    value->num = p->def;
    value->is_choice = p->type == ORY_PARAM_CHOICE ||
                       (p->type == ORY_PARAM_NUMBER_OR_CHOICE && choice_count(p) > 0);
    if (p->type != ORY_PARAM_STRING || !p->def_text)
        return true;
    value->text = ory_strdup(p->def_text);
    return value->text != NULL;
}

ory_status ory_values_init(ory_values *v, const char *owner, const ory_param *params,
                           ory_error *err)
{
    size_t n = ory_params_count(params);

    *v = (ory_values){.owner = owner, .params = params};
    v->v = ory_alloc(n, sizeof *v->v);
    if (!v->v)
        return no_memory(owner, err);
    v->count = n;
    for (size_t i = 0; i < n; i++)
        if (!set_default(&v->v[i], &params[i])) {
            ory_values_fini(v);
            return no_memory(owner, err);
        }
    return ORY_OK;
}

ory_status ory_values_copy(ory_values *v, const ory_values *from, ory_error *err)
{
    ory_values copy = {.owner = from->owner, .params = from->params};
    bool complete = true;

    *v = (ory_values){0};
    copy.v = ory_alloc(from->count, sizeof *copy.v);
    if (!copy.v)
        return no_memory(from->owner, err);
    copy.count = from->count;
    for (size_t i = 0; i < from->count; i++) {
        copy.v[i] = from->v[i];
        copy.v[i].mat = ory_matref_ref(from->v[i].mat);
        copy.v[i].text = ory_strdup(from->v[i].text);
        complete = complete && (copy.v[i].text || !from->v[i].text);
    }
    if (!complete) {
        ory_values_fini(&copy);
        return no_memory(from->owner, err);
    }
    *v = copy;
    return ORY_OK;
}

void ory_values_fini(ory_values *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->count; i++) {
        ory_free(v->v[i].text);
        ory_matref_unref(v->v[i].mat);
    }
    ory_free(v->v);
    *v = (ory_values){0};
}

/* --- assigning ------------------------------------------------------------ */

static void assign_number(ory_value *value, double x, bool is_choice)
{
    value->given = true;
    value->is_choice = is_choice;
    value->num = x;
}

ory_status ory_values_set_num(ory_values *v, const char *name, double x, ory_error *err)
{
    const ory_param *p;
    char shown[SHOWN_SIZE];
    int row;

    if (find_row(v, name, &row, err) != ORY_OK)
        return ORY_ENAME;
    p = &v->params[row];
    if (p->type != ORY_PARAM_REAL && p->type != ORY_PARAM_INT &&
        p->type != ORY_PARAM_NUMBER_OR_CHOICE) {
        number_text(x, shown, sizeof shown);
        return refuse_type(v, p, shown, err);
    }
    if (!isfinite(x) || !in_bounds(p, x) ||
        (p->type == ORY_PARAM_INT && (x != floor(x) || fabs(x) >= int_limit)))
        return refuse_number(v, p, x, err);
    assign_number(&v->v[row], x, false);
    return ORY_OK;
}

ory_status ory_values_set_bool(ory_values *v, const char *name, bool x, ory_error *err)
{
    int row;

    if (find_row(v, name, &row, err) != ORY_OK)
        return ORY_ENAME;
    if (v->params[row].type != ORY_PARAM_BOOL)
        return refuse_type(v, &v->params[row], x ? "true" : "false", err);
    assign_number(&v->v[row], x, false);
    return ORY_OK;
}

static ory_status set_choice(ory_values *v, int row, const char *text, ory_error *err)
{
    const ory_param *p = &v->params[row];
    size_t n = choice_count(p);

    for (size_t i = 0; i < n; i++)
        if (strcmp(p->choices[i], text) == 0) {
            assign_number(&v->v[row], (double)i, true);
            return ORY_OK;
        }
    return refuse_choice(v, p, text, err);
}

ory_status ory_values_set_text(ory_values *v, const char *name, const char *text, ory_error *err)
{
    const ory_param *p;
    char shown[SHOWN_SIZE + 8], *copy;
    int row;

    if (!text)
        text = "";
    if (find_row(v, name, &row, err) != ORY_OK)
        return ORY_ENAME;
    p = &v->params[row];
    if (p->type == ORY_PARAM_CHOICE || p->type == ORY_PARAM_NUMBER_OR_CHOICE)
        return set_choice(v, row, text, err);
    if (p->type != ORY_PARAM_STRING) {
        quote_text(text, shown, sizeof shown);
        return refuse_type(v, p, shown, err);
    }
    copy = ory_strdup(text);
    if (!copy)
        return no_memory(v->owner, err);
    ory_free(v->v[row].text);
    v->v[row].text = copy;
    v->v[row].given = true;
    return ORY_OK;
}

/* ORY_EDIVERGE naming the first entry that is not finite, counted from 1. */
static ory_status check_entries(const ory_values *v, const ory_param *p, const ory_mat *a,
                                ory_error *err)
{
    for (size_t r = 0; r < a->rows; r++) {
        const double *row = ory_mat_at(a, r, 0);

        if (ory_all_finite(row, a->cols))
            continue;
        for (size_t c = 0; c < a->cols; c++)
            if (!isfinite(row[c]))
                return ory_fail(err, ORY_EDIVERGE, "%s: %s has the entry %g in row %zu, column %zu "
                                "(must be finite)", v->owner, p->name, row[c], r + 1, c + 1);
    }
    return ORY_OK;
}

ory_status ory_values_set_mat(ory_values *v, const char *name, ory_matref *mat, ory_error *err)
{
    char shown[SHOWN_SIZE];
    ory_status status;
    int row;

    if (find_row(v, name, &row, err) != ORY_OK)
        return ORY_ENAME;
    if (v->params[row].type != ORY_PARAM_MATRIX) {
        matrix_text(&mat->mat, shown, sizeof shown);
        return refuse_type(v, &v->params[row], shown, err);
    }
    status = check_entries(v, &v->params[row], &mat->mat, err);
    if (status != ORY_OK)
        return status;
    ory_matref_ref(mat);
    ory_matref_unref(v->v[row].mat);
    v->v[row].mat = mat;
    v->v[row].given = true;
    return ORY_OK;
}

ory_status ory_values_complete(const ory_values *v, ory_error *err)
{
    for (size_t i = 0; i < v->count; i++) {
        const ory_param *p = &v->params[i];
        char demand[TEXT_SIZE] = "";
        line l = {demand, sizeof demand};

        if (!(p->flags & ORY_REQUIRED) || v->v[i].given)
            continue;
        add_demand(&l, p);
        return ory_fail(err, ORY_EINVAL, "%s: option '%s' is required (%s)", v->owner, p->name,
                        demand);
    }
    return ORY_OK;
}

/* --- reading -------------------------------------------------------------- */

void ory_values_text(const ory_values *v, int i, char *out, size_t size)
{
    const ory_param *p = &v->params[i];
    const ory_value *value = &v->v[i];
    const char *text = "none";

    if ((p->flags & (ORY_OPTIONAL | ORY_REQUIRED)) && !value->given) {
        snprintf(out, size, "%s", text);
        return;
    }
    switch (p->type) {
    case ORY_PARAM_BOOL:
        text = value->num != 0 ? "true" : "false";
        break;
    case ORY_PARAM_STRING:
        text = value->text ? value->text : text;
        break;
    case ORY_PARAM_MATRIX:
        if (value->mat) {
            matrix_text(&value->mat->mat, out, size);
            return;
        }
        break;
    default:
        if (value->is_choice && value->num >= 0 && value->num < (double)choice_count(p)) {
            text = p->choices[(size_t)value->num];
            break;
        }
        if (p->type == ORY_PARAM_INT)
            snprintf(out, size, "%.0f", value->num);
        else
            number_text(value->num, out, size);
        return;
    }
    snprintf(out, size, "%s", text);
}
