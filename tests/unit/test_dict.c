/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dict.c - dictionaries, transplant, generator, and dict.code as runs. Cases are those
 * of theory page 9. */
#include "config.h"

#include "case.h"

#include "algo/dictionary.h"

static ory_rng rng;

static double *numbers(size_t n)
{
    double *x = ory_alloc(n, sizeof *x);

    assert_non_null(x);
    return x;
}

/* Five atoms of four numbers, a row an atom. */
static const double five[] = {1, 0, .3, .1, .2, .9, -.4, 0, .5, .5, .6, -.2, -.3, .4, .8, .3, 0, .1, .2, 1.1};
static const double source[] = {1.3, -.4, .9, .25};
#define FIVE "D=[1,0,.3,.1;.2,.9,-.4,0;.5,.5,.6,-.2;-.3,.4,.8,.3;0,.1,.2,1.1] v=[1.3,-.4,.9,.25]"

static double probe(ory_run *r, const char *name)
{
    double out = NAN;
    ory_error err;
    int i = ory_run_probe_find(r, name);

    assert_true(i >= 0);
    if (ory_run_read(r, i, &out, &err) != ORY_OK)
        fail_msg("%s: %s", name, err.text);
    return out;
}

static void until_done(ory_run *r)
{
    ory_stop stop;

    for (int k = 0; k < 20000 && probe(r, "converged") < 1; k++)
        assert_int_equal(ory_run_step(r, 1, &stop, NULL), ORY_OK);
    assert_true(probe(r, "converged") == 1);
}

static void no_claim_is_violated(ory_run *r, const char *must_hold)
{
    bool seen = false;

    for (int i = 0; i < ory_run_claim_count(r); i++) {
        ory_verdict v;

        assert_int_equal(ory_run_claim(r, i, &v, NULL), ORY_OK);
        if (v.standing == ORY_CLAIM_VIOLATED)
            fail_msg("%s: %s", v.claim->name, v.text);
        seen = seen || (strcmp(v.claim->name, must_hold) == 0 && v.standing == ORY_CLAIM_HOLDS);
        if (strcmp(v.claim->name, must_hold) == 0 && v.standing != ORY_CLAIM_HOLDS)
            fail_msg("%s: %s", v.claim->name, v.text);
    }
    assert_true(seen);
}

/* -------------------------------------------------------------- the page's cases */

static void case_3_replace(void **state)
{
    const double to[] = {.1, .2, -.5, .8};
    const double want[] = {0.042026395253664, -0.12045031005637, -0.21819875977452, 1.2284239148027};
    double v[4];

    (void)state;
    memcpy(v, source, sizeof v);
    ory_transplant(v, five, to, 4, 1.3977484497182, false);
    for (int i = 0; i < 4; i++)
        ASSERT_ABS(v[i], want[i], 1e-12);
}

static void case_2_and_3_as_a_run(void **state)
{
    static const char *const methods[] = {"cd", "fista"};

    (void)state;
    for (int k = 0; k < 2; k++) {
        char text[400];
        ory_system *s;
        ory_run *r;

        snprintf(text, sizeof text, FIVE " normalise=false l1=0.1 l2=0 tol=0 source=1 vector=[.1,.2,-.5,.8] method=%s",
                 methods[k]);
        s = case_system("dict.code", text);
        r = case_run(s, "advance");
        until_done(r);
        ASSERT_ABS(ory_run_state(r)[0], 1.3977484497182, 1e-12);
        ASSERT_ABS(ory_run_state(r)[1], -0.46355855001827, 1e-12);
        ASSERT_ABS(probe(r, "objective"), 0.21984918566851, 1e-13);
        ASSERT_ABS(probe(r, "edit_weight"), 1.3977484497182, 1e-12);
        assert_true(probe(r, "edit_residual") < 1e-14 && probe(r, "nonzeros") == 3);
        no_claim_is_violated(r, "optimality");
        no_claim_is_violated(r, "gap_bounds");
        no_claim_is_violated(r, "not_empty");
        ory_run_free(r);
    }
}

static void case_12_scale_changes_nothing(void **state)
{
    const double by[] = {0.3, 7, 1e-3, 41, 2.385};
    double A[20], v[4], c[2][5], u[4], q[5], scale;
    ory_code_spec spec = {.l1 = 0.0095, .l2 = 0.0005, .tol = 1e-17, .max = 100000, .screen = true};

    (void)state;
    for (int k = 0; k < 2; k++) {
        ory_mat AM = ory_mat_view(A, 5, 4);
        ory_dictionary D;
        ory_coder coder;
        ory_code_task t;

        for (int i = 0; i < 20; i++)
            A[i] = five[i] * (k ? by[i / 4] : 1);
        for (int i = 0; i < 4; i++)
            v[i] = source[i] * (k ? 7 : 1);
        assert_int_equal(ory_dictionary_init(&D, &AM, true, NULL, NULL, NULL), ORY_OK);
        assert_int_equal(ory_coder_init(&coder, 5, NULL), ORY_OK);
        ory_dictionary_project(&D, v, u, q, &scale);
        t = (ory_code_task){.gram = &D.gram, .q = q, .vv = ory_dot(u, u, 4), .v = u};
        memset(c[k], 0, sizeof c[k]);
        assert_int_equal(ory_code_solve(&coder, &spec, &t, c[k], NULL, NULL), ORY_OK);
        ory_dictionary_fini(&D);
        ory_coder_fini(&coder);
    }
    for (int j = 0; j < 5; j++)
        ASSERT_ABS(c[0][j], c[1][j], 1e-9);
}

static void case_13_transplant_identities(void **state)
{
    enum { N = 9, WIDE = 17 };
    double A[N * WIDE], v[WIDE], v0[WIDE], to[WIDE], w[N], r[WIDE], rest[WIDE];
    ory_mat AM = ory_mat_view(A, N, WIDE);
    ory_dictionary D;

    (void)state;
    ory_rng_init(&rng, 13, 0);
    ory_rng_fill_normal(&rng, A, N * WIDE, 0, 1);
    ory_rng_fill_normal(&rng, v0, WIDE, 0, 1);
    ory_rng_fill_normal(&rng, to, WIDE, 0, 1);
    ory_rng_fill_normal(&rng, w, N, 0, 1);
    assert_int_equal(ory_dictionary_init(&D, &AM, true, NULL, NULL, NULL), ORY_OK);
    ory_dictionary_residual(&D, v0, w, r);
    memcpy(v, v0, sizeof v);
    ory_transplant(v, A + 3 * WIDE, to, WIDE, w[3], false);
    for (int i = 0; i < WIDE; i++) { /* v' = D'w + r, and so v' - D'w = r */
        rest[i] = w[3] * to[i];
        for (int j = 0; j < N; j++)
            rest[i] += j == 3 ? 0 : w[j] * A[j * WIDE + i];
        ASSERT_ABS(v[i], rest[i] + r[i], 1e-12);
        rest[i] = v[i] - rest[i];
    }
    for (int j = 0; j < N; j++)
        ASSERT_ABS(ory_dot(A + j * WIDE, rest, WIDE), ory_dot(A + j * WIDE, r, WIDE), 1e-11);
    memcpy(v, v0, sizeof v);
    ory_transplant(v, A + 3 * WIDE, to, WIDE, 0, false);
    ory_transplant(v, A + 3 * WIDE, A + 3 * WIDE, WIDE, 0.7, false);
    assert_memory_equal(v, v0, sizeof v);
    ory_transplant(v, A + 3 * WIDE, NULL, WIDE, 0.5, false); /* remove */
    ory_transplant(v, NULL, to, WIDE, 0.25, false);          /* add */
    for (int i = 0; i < WIDE; i++)
        ASSERT_ABS(v[i], v0[i] - 0.5 * A[3 * WIDE + i] + 0.25 * to[i], 1e-14);
    memcpy(v, v0, sizeof v);
    ory_transplant(v, A + 3 * WIDE, to, WIDE, 1, true);
    for (int i = 0; i < WIDE; i++)
        v[i] -= v0[i] - A[3 * WIDE + i];
    ASSERT_REL(ory_norm2(v, WIDE), ory_norm2(A + 3 * WIDE, WIDE), 1e-12);
    ory_dictionary_fini(&D);
}

/* ------------------------------------------------------- case 14: recovery, averaging */

typedef struct world {
    ory_mat centres, atoms, stimuli;
    ory_dictionary D;
    ory_coder coder;
    double *v, *u, *q, *c, *truth;
    size_t *order, n, d;
} world;

static void make_world(world *x, double rho, size_t K, uint64_t seed)
{
    const ory_concepts spec = {.d = 64, .n = 32, .groups = 1, .stimuli = K, .rho = rho, .sigma = 0.5};

    x->n = spec.n;
    x->d = spec.d;
    ory_rng_init(&rng, seed, 0);
    assert_int_equal(ory_mat_new(&x->centres, x->n, x->d, NULL), ORY_OK);
    assert_int_equal(ory_mat_new(&x->atoms, x->n, x->d, NULL), ORY_OK);
    assert_int_equal(ory_mat_new(&x->stimuli, x->n * K, x->d, NULL), ORY_OK);
    ory_concepts_make(&spec, &rng, &x->centres, &x->atoms, &x->stimuli);
    assert_int_equal(ory_dictionary_init(&x->D, &x->atoms, true, NULL, NULL, NULL), ORY_OK);
    assert_int_equal(ory_coder_init(&x->coder, x->n, NULL), ORY_OK);
    x->v = numbers(x->d), x->u = numbers(x->d), x->q = numbers(x->n), x->c = numbers(x->n);
    x->truth = numbers(x->n);
    x->order = ory_alloc(x->n, sizeof *x->order);
    assert_non_null(x->order);
}

static void end_world(world *x)
{
    ory_mat_free(&x->centres);
    ory_mat_free(&x->atoms);
    ory_mat_free(&x->stimuli);
    ory_dictionary_fini(&x->D);
    ory_coder_fini(&x->coder);
    ory_free(x->v);
    ory_free(x->u);
    ory_free(x->q);
    ory_free(x->c);
    ory_free(x->truth);
    ory_free(x->order);
}

/* Weights of v in original units into c. */
static void decompose(world *x, ory_dictionary *D, ory_coder *coder, const ory_code_spec *spec)
{
    ory_code_task t = {.gram = &D->gram, .q = x->q, .v = x->u};
    double scale;

    ory_dictionary_project(D, x->v, x->u, x->q, &scale);
    t.vv = ory_dot(x->u, x->u, x->d);
    memset(x->c, 0, D->n * sizeof *x->c);
    assert_int_equal(ory_code_solve(coder, spec, &t, x->c, NULL, NULL), ORY_OK);
    ory_dictionary_weights(D, x->c, scale, x->c);
}

static const ory_code_spec recoverers[] = {
    {.method = ORY_CODE_OMP, .k = 5, .tol = 0, .max = 100},
    {.method = ORY_CODE_CD, .l1 = 0.0095, .l2 = 0.0005, .tol = 1e-8, .max = 100000, .screen = true},
    {.method = ORY_CODE_CD, .l1 = 0.0095, .nonneg = true, .tol = 1e-8, .max = 100000, .screen = true}};

static void case_14_recovery_table(void **state)
{
    static const double rho[] = {0, 0.3, 0.6, 0.75, 0.9};
    static const double f1[5][3] = {
        {1, .99, 1}, {1, .92, .93}, {.98, .84, .84}, {.98, .80, .80}, {.88, .73, .74}};

    (void)state;
    for (int i = 0; i < 5; i++)
        for (uint64_t seed = 1; seed <= 2; seed++) {
            double sum[3] = {0};
            world x;

            make_world(&x, rho[i], 30, 100 * seed + (uint64_t)i);
            for (int trial = 0; trial < 40; trial++) {
                ory_concepts_source(&x.atoms, 5, 20, &rng, x.v, x.truth, x.order);
                for (int k = 0; k < 3; k++) {
                    ory_recovery f;

                    decompose(&x, &x.D, &x.coder, &recoverers[k]);
                    ory_recovery_of(x.c, x.truth, x.n, &f);
                    sum[k] += f.f1 / 40;
                }
            }
            for (int k = 0; k < 3; k++)
                ASSERT_ABS(sum[k], f1[i][k], 0.08);
            end_world(&x);
        }
}

static void case_14_averaging(void **state)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0, n = 0;

    (void)state;
    for (size_t K = 1; K <= 100; K = K < 10 ? 3 * K + (K == 3) : K * 10 / 3 + (K == 30)) {
        double sum = 0, lx, ly;
        world x;

        make_world(&x, 0.3, K, 7 + K);
        for (size_t i = 0; i < x.n; i++)
            for (size_t k = 0; k < x.d; k++)
                sum += pow(*ory_mat_at(&x.atoms, i, k) - *ory_mat_at(&x.centres, i, k), 2);
        lx = log((double)K), ly = 0.5 * log(sum);
        sx += lx, sy += ly, sxx += lx * lx, sxy += lx * ly, n++;
        end_world(&x);
    }
    assert_true(n >= 4);
    ASSERT_ABS((n * sxy - sx * sy) / (n * sxx - sx * sx), -0.5, 0.05);
}

static void case_14_estimated_strength_beats_fixed(void **state)
{
    static const double fixed[] = {0.3, 0.7, 1.0};
    double ours = 0, theirs[3] = {0};
    world x;

    (void)state;
    make_world(&x, 0.3, 30, 141);
    for (int trial = 0; trial < 100; trial++) {
        size_t s, t;
        double gap = 0, size;

        ory_concepts_source(&x.atoms, 5, 20, &rng, x.v, x.truth, x.order);
        s = x.order[0], t = x.order[6];
        decompose(&x, &x.D, &x.coder, &recoverers[1]);
        for (size_t i = 0; i < x.d; i++)
            gap += pow(*ory_mat_at(&x.atoms, t, i) - *ory_mat_at(&x.atoms, s, i), 2);
        size = sqrt(gap) / ory_norm2(x.v, x.d) / 100;
        ours += fabs(x.c[s] - x.truth[s]) * size;
        for (int k = 0; k < 3; k++)
            theirs[k] += fabs(fixed[k] - x.truth[s]) * size;
    }
    ASSERT_IN(ours, 0.005, 0.05);
    for (int k = 0; k < 3; k++)
        assert_true(theirs[k] > 3 * ours);
    end_world(&x);
}

/* A dictionary of the source concept and N - 1 others: the page's table says 0.45, 0.20,
 * 0.10, 0.046, 0.02 for N = 1, 5, 10, 20, 30. */
static void case_14_larger_dictionaries_edit_better(void **state)
{
    static const size_t sizes[] = {1, 5, 10, 20, 30};
    double error[5] = {0};
    world x;

    (void)state;
    make_world(&x, 0.3, 30, 142);
    for (int trial = 0; trial < 60; trial++) {
        ory_concepts_source(&x.atoms, 8, 20, &rng, x.v, x.truth, x.order);
        const size_t s = x.order[0], t = x.order[x.n - 1]; /* the target is left out */
        const double ws = x.truth[s];

        for (size_t i = x.n - 2; i > 1; i--) { /* the others in random order */
            size_t j = 1 + ory_rng_below(&rng, i), swap = x.order[i];

            x.order[i] = x.order[j];
            x.order[j] = swap;
        }
        for (int k = 0; k < 5; k++) {
            double *rows = numbers(sizes[k] * x.d), gap = 0;
            ory_mat R = ory_mat_view(rows, sizes[k], x.d);
            ory_dictionary D;
            ory_coder coder;

            for (size_t i = 0; i < sizes[k]; i++)
                memcpy(rows + i * x.d, ory_mat_at(&x.atoms, x.order[i], 0), x.d * sizeof *rows);
            assert_int_equal(ory_dictionary_init(&D, &R, true, NULL, NULL, NULL), ORY_OK);
            assert_int_equal(ory_coder_init(&coder, sizes[k], NULL), ORY_OK);
            decompose(&x, &D, &coder, &recoverers[1]);
            for (size_t i = 0; i < x.d; i++)
                gap += pow(*ory_mat_at(&x.atoms, t, i) - rows[i], 2);
            error[k] += fabs(x.c[0] - ws) * sqrt(gap) / ory_norm2(x.v, x.d) / 60;
            ory_dictionary_fini(&D);
            ory_coder_fini(&coder);
            ory_free(rows);
        }
    }
    for (int k = 1; k < 5; k++)
        assert_true(error[k] < error[k - 1]);
    ASSERT_IN(error[0], 0.3, 0.6);
    ASSERT_IN(error[4], 0.005, 0.04);
    end_world(&x);
}

/* ------------------------------------------------------------------ concept vectors */

static void concept_vectors(void **state)
{
    double X[] = {3, 1, 0, 3, -1, 0, 5, 0, 0}, out[3];
    ory_mat XM = ory_mat_view(X, 3, 3), one = ory_mat_view(X, 1, 3);
    ory_error err;

    (void)state;
    assert_int_equal(ory_concept_vector(&XM, ORY_CONCEPT_AVG, out, NULL), ORY_OK);
    ASSERT_REL(out[0], 11.0 / 3, 1e-15);
    ASSERT_ABS(out[1], 0, 1e-15);
    assert_int_equal(ory_concept_vector(&XM, ORY_CONCEPT_PCA, out, NULL), ORY_OK);
    ASSERT_ABS(out[0], 1, 1e-14); /* X'X = diag(43, 2, 0) */
    assert_int_equal(ory_concept_vector(&XM, ORY_CONCEPT_PCA_CENTRED, out, NULL), ORY_OK);
    ASSERT_ABS(out[0], 1, 1e-14); /* diag(8/3, 2, 0) */
    assert_int_equal(ory_concept_vector(&one, ORY_CONCEPT_PCA_CENTRED, out, &err), ORY_EUNDEF);
    X[4] = NAN;
    assert_int_equal(ory_concept_vector(&XM, ORY_CONCEPT_AVG, out, &err), ORY_EDIVERGE);
    assert_non_null(strstr(err.text, "stimulus 2"));
}

/* ------------------------------------------------------------------------------ runs */

static void claims_hold_where_they_apply(void **state)
{
    static const char *const cases[][2] = {
        {"n=12 mix=3 method=omp seed=4", "omp_orthogonal"},
        {"n=12 mix=3 method=omp nonneg=true seed=4", "omp_descends"},
        {"dim=2000 n=6 rho=0 mix=3 stimuli=2 snr=300 method=omp seed=5", "omp_recovers"},
        {"seed=6", "optimality"},
        {"seed=6", "transplant_keeps_rest"},
        {"seed=6 l2=0", "path_grows"},
        {"seed=6 l2=0 nonneg=true", "path_fits"},
        {"seed=6 l1=1.5", "empty"},
        {"D=[1,0,0;0,1,0;0,0,1] v=[2,-3,0.1] normalise=false l1=0.5 l2=1", "closed_form"},
        {"D=[1,1;1,1;0,1] v=[2,3] normalise=false l1=0.5 l2=1", "twins_equal"},
        {"seed=6 method=fista l1=0.05", "gap_bounds"},
        {"seed=6 n=3 dim=5 stimuli=1 mix=2", "averaging"},
        {"seed=6 n=80 dim=300 stimuli=7 sigma=2.385", "averaging"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ory_system *s = case_system("dict.code", cases[i][0]);
        ory_run *r = case_run(s, "advance");
        ory_stop stop;

        if (strstr(cases[i][0], "omp"))
            assert_int_equal(ory_run_step(r, 4, &stop, NULL), ORY_OK);
        else
            for (int k = 0; k < 3000 && probe(r, "unrest") > 1e-14 && probe(r, "converged") < 1; k++)
                assert_int_equal(ory_run_step(r, 1, &stop, NULL), ORY_OK);
        no_claim_is_violated(r, cases[i][1]);
        ory_run_free(r);
    }
}

/* Section 3.9: the claim's bound is near, and four times the stimuli halve the distance. */
static void averages_come_nearer_by_the_root_of_their_number(void **state)
{
    static const char *const cases[] = {"n=60 dim=100 stimuli=6 sigma=0.731", "n=60 dim=100 stimuli=24 sigma=0.731"};
    double error[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        ory_run *r = case_run(case_system("dict.code", cases[i]), "advance");

        error[i] = probe(r, "averaging_error");
        ASSERT_REL(error[i], 0.731 / sqrt(i ? 24 : 6), 0.04);
        assert_true(error[i] <= probe(r, "averaging_limit") && probe(r, "averaging_limit") < 1.1 * error[i]);
        ory_run_free(r);
    }
    ASSERT_REL(error[0] / error[1], 2, 0.05);
}

static void a_turned_knob_begins_from_the_present_weights(void **state)
{
    ory_system *s = case_system("dict.code", "seed=3 l1=0.05"), *fresh = case_system("dict.code", "seed=3 l1=0.01");
    ory_run *r = case_run(s, "advance"), *f = case_run(fresh, "advance");

    (void)state;
    until_done(r);
    assert_true(probe(r, "screened") > 0);
    assert_int_equal(ory_run_set_num(r, "l1", 0.01, NULL), ORY_OK);
    assert_true(probe(r, "converged") == 0 && probe(r, "screened") == 0);
    until_done(r);
    until_done(f);
    ASSERT_REL(probe(r, "objective"), probe(f, "objective"), 1e-10);
    ory_run_free(r);
    ory_run_free(f);
}

static void bad_input_is_refused_in_one_sentence(void **state)
{
    static const char *const cases[][2] = {
        {"D=[1,0;0,0] v=[1,1]", "atom 2 is zero"},
        {"D=[1,0;0,0] v=[1,1] names=cat\ndog", "atom 2 ('dog') is zero"},
        {"D=[1,0;0,nan] v=[1,1]", "D has the entry nan in row 2, column 2"},
        {"D=[1,0;0,1] v=[1,1,1]", "v is 1 x 3 (must be a vector of 2 numbers)"},
        {"D=[1,0;0,1] v=[1,nan]", "v has the entry nan in row 1, column 2"},
        {"D=[1,0;0,1] v=[1,1] names=a", "1 names for 2 atoms"},
        {"D=[1,0;0,1] v=[1,1] vector=[1,2,3]", "vector is 1 x 3"},
        {"D=[1,0;0,1] v=[1,1] source=3", "source = 3 (the dictionary has 2 atoms)"},
        {"edit=add", "needs a coefficient"},
        {"n=4001 dim=2 stimuli=1", "4001 atoms (at most 4000"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ory_error err = {0};
        ory_system *s = NULL;

        case_try("dict.code", cases[i][0], &s, &err);
        assert_null(s);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("'%s' does not say '%s'", err.text, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_3_replace),
        cmocka_unit_test(case_2_and_3_as_a_run),
        cmocka_unit_test(case_12_scale_changes_nothing),
        cmocka_unit_test(case_13_transplant_identities),
        cmocka_unit_test(case_14_recovery_table),
        cmocka_unit_test(case_14_averaging),
        cmocka_unit_test(case_14_estimated_strength_beats_fixed),
        cmocka_unit_test(case_14_larger_dictionaries_edit_better),
        cmocka_unit_test(concept_vectors),
        cmocka_unit_test(claims_hold_where_they_apply),
        cmocka_unit_test(averages_come_nearer_by_the_root_of_their_number),
        cmocka_unit_test(a_turned_knob_begins_from_the_present_weights),
        cmocka_unit_test(bad_input_is_refused_in_one_sentence),
    };

    ory_numerics_start(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
