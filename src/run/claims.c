/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims.c - verdicts on theorems given as data.
 *
 * A claim is looked at when the run leaves a step, as often as the dearest probe it needs
 * is sampled; what was found is its track. A verdict is the track with the present step
 * on top, so it is the same however the run came here. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/offload.h"
#include "run/impl.h"

static const char *const relations[] = {
    [ORY_LE] = "<=", [ORY_LT] = "<", [ORY_GE] = ">=", [ORY_GT] = ">"};

/* ----------------------------------------------------------------------- starting */

static ory_status resolve(ory_run *r, const ory_claim *c, const char *side, claim_side *out,
                          ory_error *err)
{
    char *end;

    out->number = strtod(side, &end);
    out->probe = -1;
    if (end != side && *end == '\0')
        return ORY_OK;
    out->probe = ory_run_probe_find(r, side);
    if (out->probe < 0 || ory_run_probe_at(r, out->probe)->kind != ORY_SCALAR)
        return ory_fail(err, ORY_EINTERNAL, "%s: claim '%s' compares '%s', which is no scalar probe",
                        r->sys->class->name, c->name, side);
    return ORY_OK;
}

/* A claim about constants alone is looked at every so many steps, for their sake who
 * turn a knob of the system. */
static const uint64_t constants_every = 1024;

/* Make the plan's pace no faster than the probe is sampled. */
static void slow_to(const ory_run *r, claim_plan *plan, int probe)
{
    const pace q = ory_pace_of_probe(r, probe);
    pace *p = &plan->pace;

    if (!(ory_run_probe_at(r, probe)->flags & ORY_PROBE_CONSTANT))
        plan->varies = true;
    if (q.every > p->every)
        p->every = q.every;
    if (q.first < p->first)
        p->first = q.first;
    p->exact = p->exact || q.exact;
}

static ory_status plan_row(ory_run *r, claim_plan *plan, int row, const ory_inequality *q,
                           ory_error *err)
{
    ory_status ok = resolve(r, plan->claim, q->left, &plan->left[row], err);

    if (ok == ORY_OK)
        ok = resolve(r, plan->claim, q->right, &plan->right[row], err);
    if (ok == ORY_OK && plan->left[row].probe >= 0)
        slow_to(r, plan, plan->left[row].probe);
    if (ok == ORY_OK && plan->right[row].probe >= 0)
        slow_to(r, plan, plan->right[row].probe);
    return ok;
}

static ory_status plan_claim(ory_run *r, const ory_claim *c, claim_plan *plan, ory_error *err)
{
    claim_side floor = {.probe = -1};
    ory_status ok = ORY_OK;
    int h = 0;

    *plan = (claim_plan){.claim = c, .pace = {.every = 1, .first = UINT64_MAX}};
    for (; ok == ORY_OK && h < ORY_MAX_HYPOTHESES && c->hypotheses[h].left; h++)
        ok = plan_row(r, plan, h, &c->hypotheses[h], err);
    plan->hypotheses = h;
    if (ok == ORY_OK)
        ok = plan_row(r, plan, ORY_MAX_HYPOTHESES, &c->conclusion, err);
    if (ok == ORY_OK && c->floor)
        ok = resolve(r, c, c->floor, &floor, err);
    plan->floor = floor.probe;
    if (!plan->varies && r->every == 0)
        plan->pace = (pace){.every = constants_every, .first = 1};
    return ok;
}

void ory_claims_again(ory_run *r)
{
    for (int i = 0; i < r->n_claims; i++)
        r->claims[i].due = 0;
    r->claims_due = 0;
}

void ory_claims_clear(ory_run *r)
{
    for (int i = 0; i < r->n_claims; i++) {
        claim_track *t = &r->track[i];

        *t = (claim_track){.first_step = UINT64_MAX, .worst = NAN, .left = NAN, .right = NAN};
        for (int h = 0; h < ORY_MAX_HYPOTHESES; h++)
            t->broken[h] = UINT64_MAX;
    }
    ory_claims_again(r);
}

ory_status ory_claims_start(ory_run *r, ory_error *err)
{
    const ory_claim *all = r->sys->class->claims;
    ory_status ok = ORY_OK;
    int n = 0;

    while (all && all[n].name)
        n++;
    r->claims = ory_alloc((size_t)n, sizeof *r->claims);
    r->track = ory_alloc((size_t)n, sizeof *r->track);
    if (!r->claims || !r->track)
        return ory_run_no_memory(err);
    r->n_claims = n;
    for (int i = 0; i < n && ok == ORY_OK; i++)
        ok = plan_claim(r, &all[i], &r->claims[i], err);
    ory_claims_clear(r);
    return ok;
}

/* ------------------------------------------------------------------------ looking */

static double read_side(ory_run *r, const claim_side *side)
{
    double x = NAN;

    if (side->probe < 0)
        return side->number;
    return ory_run_read_whole(r, side->probe, &x, NULL) == ORY_OK ? x : NAN;
}

/* slack >= 0 works in favour of the inequality; NaN satisfies nothing. */
static bool holds(double left, ory_relation rel, double right, double slack)
{
    switch (rel) {
    case ORY_LE: return left <= right + slack;
    case ORY_LT: return left < right + slack;
    case ORY_GE: return left >= right - slack;
    case ORY_GT: return left > right - slack;
    }
    return false;
}

/* What is seen of a claim at the present step. */
typedef struct view {
    bool below_floor;
    double gap, floor;
    int failing;   /* first hypothesis that fails now, or has failed and had to hold; -1 */
    int undefined; /* first hypothesis with an undefined side; -1 */
    bool conclusion_undefined, conclusion;
    double left, right; /* of the conclusion, or of the failing or undefined hypothesis */
    double margin;
} view;

static double margin_of(double left, ory_relation rel, double right)
{
    if (!(left > 0) || !(right > 0))
        return NAN;
    return rel == ORY_LE || rel == ORY_LT ? right / left : left / right;
}

static double slack_of(const ory_run *r, const ory_claim *c, double right)
{
    double slack = isfinite(right) ? c->slack_rel * fabs(right) : 0;

    return isfinite(r->gap0) ? slack + c->slack_gap * fabs(r->gap0) : slack;
}

/* Rows that had to hold throughout and fail or are undefined here go into *t. */
static void view_hypotheses(ory_run *r, const claim_plan *p, claim_track *t, view *v)
{
    for (int h = 0; h < p->hypotheses; h++) {
        const ory_inequality *q = &p->claim->hypotheses[h];
        const double left = read_side(r, &p->left[h]), right = read_side(r, &p->right[h]);
        const bool undefined = isnan(left) || isnan(right);
        const bool good = !undefined && holds(left, q->rel, right, 0);

        if (q->throughout && !good && t->broken[h] == UINT64_MAX)
            t->broken[h] = r->k;
        if (undefined ? v->undefined >= 0 || v->failing >= 0
                      : v->failing >= 0 || (good && t->broken[h] == UINT64_MAX))
            continue;
        if (undefined)
            v->undefined = h;
        else
            v->failing = h;
        v->left = left;
        v->right = right;
    }
}

static void view_claim(ory_run *r, const claim_plan *p, claim_track *t, view *v)
{
    const claim_side *left = &p->left[ORY_MAX_HYPOTHESES], *right = &p->right[ORY_MAX_HYPOTHESES];
    const ory_inequality *q = &p->claim->conclusion;

    *v = (view){.failing = -1, .undefined = -1, .margin = NAN};
    if (p->floor >= 0 && r->gap_probe >= 0) {
        v->gap = read_side(r, &(claim_side){.probe = r->gap_probe});
        v->floor = read_side(r, &(claim_side){.probe = p->floor});
        v->below_floor = v->gap < v->floor;
    }
    if (!v->below_floor)
        view_hypotheses(r, p, t, v);
    if (v->failing >= 0 || v->undefined >= 0)
        return;
    v->left = read_side(r, left);
    v->right = read_side(r, right);
    v->conclusion_undefined = isnan(v->left) || isnan(v->right);
    v->conclusion = holds(v->left, q->rel, v->right, slack_of(r, p->claim, v->right));
    v->margin = margin_of(v->left, q->rel, v->right);
}

static void enter(const ory_run *r, claim_track *t, const view *v)
{
    if (v->below_floor || v->failing >= 0 || v->undefined >= 0 || v->conclusion_undefined)
        return;
    t->checked++;
    if (!isnan(v->margin) && !(v->margin >= t->worst))
        t->worst = v->margin;
    if (v->conclusion || t->first_step != UINT64_MAX)
        return;
    t->first_step = r->k;
    t->left = v->left;
    t->right = v->right;
}

void ory_claims_look(ory_run *r)
{
    view v;

    if (r->k < r->claims_due)
        return;
    r->claims_due = UINT64_MAX;
    for (int i = 0; i < r->n_claims; i++) {
        claim_plan *p = &r->claims[i];

        if (p->due <= r->k) {
            if (ory_pace_due(&p->pace, r->k)) {
                view_claim(r, p, &r->track[i], &v);
                enter(r, &r->track[i], &v);
            }
            p->due = ory_pace_next(&p->pace, r->k);
        }
        if (p->due < r->claims_due)
            r->claims_due = p->due;
    }
}

/* ----------------------------------------------------------------------- verdicts */

int ory_run_claim_count(const ory_run *r)
{
    return r->n_claims;
}

const char *ory_standing_text(ory_standing s)
{
    static const char *const texts[] = {[ORY_CLAIM_HOLDS] = "holds",
                                        [ORY_CLAIM_VIOLATED] = "violated",
                                        [ORY_CLAIM_NOT_APPLY] = "does not apply",
                                        [ORY_CLAIM_NOT_COMPUTABLE] = "not computable",
                                        [ORY_CLAIM_FLOOR] = "rounding floor"};

    return texts[s];
}

static void row_text(const ory_inequality *q, char *text, size_t size)
{
    if (q->text)
        snprintf(text, size, "%s", q->text);
    else
        snprintf(text, size, "%s %s %s", q->left, relations[q->rel], q->right);
}

static void say_failing(const claim_plan *p, const claim_track *t, const view *v, ory_verdict *out)
{
    const ory_inequality *q = &p->claim->hypotheses[v->failing];
    char row[128];

    row_text(q, row, sizeof row);
    if (holds(v->left, q->rel, v->right, 0))
        snprintf(out->text, sizeof out->text, "needs %s at every step; it failed at step %" PRIu64,
                 row, t->broken[v->failing]);
    else
        snprintf(out->text, sizeof out->text, "needs %s, but the sides are %.5g and %.5g", row,
                 v->left, v->right);
}

static void say_undefined(ory_run *r, const claim_plan *p, const view *v, ory_verdict *out)
{
    const int row = v->undefined >= 0 ? v->undefined : ORY_MAX_HYPOTHESES;
    const claim_side *side = isnan(v->left) ? &p->left[row] : &p->right[row];
    char why[160] = "";

    if (side->probe < 0)
        return;
    if (ory_run_why(r, side->probe, why, sizeof why))
        snprintf(out->text, sizeof out->text, "%s is not defined: %s",
                 ory_run_probe_at(r, side->probe)->name, why);
    else
        snprintf(out->text, sizeof out->text, "%s is not defined at this state",
                 ory_run_probe_at(r, side->probe)->name);
}

static void say_conclusion(const claim_plan *p, const claim_track *t, const view *v,
                           ory_verdict *out)
{
    const ory_inequality *q = &p->claim->conclusion;
    char row[128];

    row_text(q, row, sizeof row);
    if (out->standing == ORY_CLAIM_VIOLATED)
        snprintf(out->text, sizeof out->text, "%s fails at step %" PRIu64 ": %.6g %s %.6g is not so",
                 row, t->first_step, t->left, relations[q->rel], t->right);
    else
        snprintf(out->text, sizeof out->text, "%s: %.5g %s %.5g", row, v->left, relations[q->rel],
                 v->right);
}

static ory_standing standing_of(const claim_track *t, const view *v)
{
    if (t->first_step != UINT64_MAX)
        return ORY_CLAIM_VIOLATED;
    if (v->below_floor)
        return ORY_CLAIM_FLOOR;
    if (v->failing >= 0)
        return ORY_CLAIM_NOT_APPLY;
    return v->undefined >= 0 || v->conclusion_undefined ? ORY_CLAIM_NOT_COMPUTABLE
                                                        : ORY_CLAIM_HOLDS;
}

static void say(ory_run *r, const claim_plan *p, const claim_track *t, const view *v,
                ory_verdict *out)
{
    out->text[0] = '\0';
    switch (out->standing) {
    case ORY_CLAIM_HOLDS:
    case ORY_CLAIM_VIOLATED:
        say_conclusion(p, t, v, out);
        break;
    case ORY_CLAIM_NOT_APPLY:
        say_failing(p, t, v, out);
        break;
    case ORY_CLAIM_NOT_COMPUTABLE:
        say_undefined(r, p, v, out);
        break;
    case ORY_CLAIM_FLOOR:
        snprintf(out->text, sizeof out->text,
                 "gap %.3g is below the rounding floor %.3g: nothing is asserted; held at %" PRIu64
                 " steps until then",
                 v->gap, v->floor, t->checked);
        break;
    }
}

ory_status ory_run_claim(ory_run *r, int i, ory_verdict *out, ory_error *err)
{
    claim_track t;
    view v;

    ory_offload_settle();
    if (i < 0 || i >= r->n_claims)
        return ory_fail(err, ORY_ENAME, "%s: no claim number %d", r->name, i);
    t = r->track[i];
    view_claim(r, &r->claims[i], &t, &v);
    enter(r, &t, &v);
    *out = (ory_verdict){.claim = r->claims[i].claim, .standing = standing_of(&t, &v),
                         .checked = t.checked, .worst = t.worst, .hypothesis = -1,
                         .first_step = t.first_step == UINT64_MAX ? 0 : t.first_step,
                         .left = v.left, .right = v.right, .margin = v.margin};
    if (out->standing == ORY_CLAIM_NOT_APPLY)
        out->hypothesis = v.failing;
    say(r, &r->claims[i], &t, &v, out);
    return ORY_OK;
}
