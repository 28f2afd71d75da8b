/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_runfile.c - a run that is saved and loaded goes on with the same bits and can be
 * turned back; files that are cut, damaged, hostile or of another kind are refused in one
 * sentence. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/rng.h"
#include "io/hash.h"
#include "io/runfile.h"
#include "toys.h"

enum { HEAD = 32, SUM = ORY_SHA256_BYTES };

static char path[512];

static int choose_path(void **state)
{
    const char *dir = getenv("TESTS_TMP");

    (void)state;
    snprintf(path, sizeof path, "%s/test_runfile.%ld.run", dir ? dir : "/tmp", (long)getpid());
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    remove(path);
    return 0;
}

static void save(ory_run *r)
{
    ory_error err = {0};

    if (ory_runfile_save(r, path, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

static ory_run *load(void)
{
    ory_run *r = NULL;
    ory_error err = {0};

    if (ory_runfile_load(path, &r, &err) != ORY_OK)
        fail_msg("%s", err.text);
    return r;
}

static unsigned char *slurp(size_t *n)
{
    FILE *f = fopen(path, "rb");
    unsigned char *bytes;
    long size;

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    size = ftell(f);
    assert_int_equal(fseek(f, 0, SEEK_SET), 0);
    bytes = malloc((size_t)size);
    assert_int_equal(fread(bytes, 1, (size_t)size, f), (size_t)size);
    fclose(f);
    *n = (size_t)size;
    return bytes;
}

static void spill(const unsigned char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* Make the length and the checksum right again for what has been changed. */
static void seal(unsigned char *bytes, size_t n)
{
    ory_sha256 h;

    for (int i = 0; i < 8; i++)
        bytes[24 + i] = (unsigned char)((uint64_t)(n - HEAD - SUM) >> 8 * i);
    ory_sha256_init(&h);
    ory_sha256_add(&h, bytes, n - SUM);
    ory_sha256_final(&h, bytes + n - SUM);
}

/* ---------------------------------------------------------------------- there and back */

typedef struct journey {
    const ory_system_class *class;
    toy_option system[4];
    toy_run how;
    const char *knob;
    double first, second;
} journey;

static const journey journeys[] = {
    {&toy_bowl_class, {{"quartic", 0.7}, {"base", -3}}, {.stepper = "gd"}, "quartic", 0.1, 0.9},
    {&toy_bowl_class, {{"n", 9}}, {.stepper = "gd", .rule = "backtrack"}, "step", 0.01, 0.02},
    {&toy_bowl_class, {{"seed", 5}}, {.stepper = "heavy_ball", .options = {{"step", 0.01}}},
     "momentum", 0.5, 0.8},
    {&toy_bowl_class, {{"n", 7}}, {.stepper = "nesterov", .options = {{"step", 0.01}}}, "step",
     0.02, 0.03},
    {&toy_wave_class, {{"force", 0.5}}, {.stepper = "flow", .method = "rkck"}, "w", 1.2, 3.4},
    {&toy_counter_class, {{"seed", 9}}, {.stepper = "advance"}, "huge_at", 999, 998},
};
enum { JOURNEYS = sizeof journeys / sizeof *journeys };

static void set(ory_run *r, const char *knob, double x)
{
    ory_error err = {0};

    if (ory_run_set_num(r, knob, x, &err) != ORY_OK)
        fail_msg("%s", err.text);
}

/* A run with a past and a known future: at step 60 of 90, with every kind of event. */
static ory_run *lived(const journey *j, uint64_t *hash)
{
    toy_run how = j->how;
    double state[16];
    ory_mat m;
    ory_run *r, *f;

    how.every = 2;
    how.history_bytes = 1;
    how.name = "lived";
    r = toy_start(toy_new(j->class, j->system), &how);
    m = ory_mat_view(state, ory_run_system(r)->dim, 1);
    for (uint64_t k = 0; k < 90; k++) {
        if (k == 20)
            set(r, j->knob, j->first);
        if (k == 33) {
            memcpy(state, ory_run_state(r), m.rows * sizeof *state);
            state[0] += 0.25;
            assert_int_equal(ory_run_poke(r, NULL, &m, NULL), ORY_OK);
        }
        if (k == 40 && j->class != &toy_counter_class)
            assert_int_equal(ory_run_record(r, (const char *[]){"step", NULL}, 3, NULL), ORY_OK);
        if (k == 75)
            set(r, j->knob, j->second);
        if (k == 50 || k == 80) /* a limit in time, where there is time */
            assert_int_equal(ory_run_go(r, &(ory_goal){.max_steps = 1, .time = ory_run_t(r) + 0.01},
                                        NULL, NULL),
                             ORY_OK);
        else
            toy_step(r, 1);
        hash[k + 1] = ory_run_hash(r);
    }
    assert_int_equal(ory_run_rewind(r, 60, NULL), ORY_OK);
    assert_int_equal(ory_run_mark(r, "a marker: é", NULL), ORY_OK);
    assert_int_equal(ory_run_fork(r, "branch", &f, NULL), ORY_OK);
    ory_run_free(f);
    return r;
}

static void assert_same_series(const ory_run *a, const ory_run *b)
{
    assert_int_equal(ory_run_recorded_count(a), ory_run_recorded_count(b));
    for (int i = 0; i < ory_run_recorded_count(a); i++) {
        const char *name = ory_run_probe_at(a, ory_run_recorded_at(a, i))->name;
        const ory_series *s = ory_run_series(a, name), *t = ory_run_series(b, name);

        assert_non_null(t);
        assert_int_equal(ory_series_count(s), ory_series_count(t));
        assert_int_equal(ory_series_stride(s), ory_series_stride(t));
        assert_int_equal(ory_series_samples(s), ory_series_samples(t));
        assert_memory_equal(ory_series_bins(s), ory_series_bins(t),
                            ory_series_count(s) * sizeof(ory_bin));
    }
}

static void assert_same_text(const char *a, const char *b)
{
    if (a)
        assert_string_equal(a, b);
    else
        assert_null(b);
}

static void assert_same_events(const ory_run *a, const ory_run *b)
{
    assert_int_equal(ory_run_event_count(a), ory_run_event_count(b));
    for (size_t i = 0; i < ory_run_event_count(a); i++) {
        const ory_event x = ory_run_event_at(a, i), y = ory_run_event_at(b, i);

        assert_int_equal(x.k, y.k);
        assert_int_equal(x.kind, y.kind);
        assert_same_text(x.name, y.name);
        assert_same_text(x.before, y.before);
        assert_same_text(x.after, y.after);
    }
}

static void assert_same_claims(ory_run *a, ory_run *b)
{
    for (int i = 0; i < ory_run_claim_count(a); i++) {
        ory_verdict x, y;

        assert_int_equal(ory_run_claim(a, i, &x, NULL), ORY_OK);
        assert_int_equal(ory_run_claim(b, i, &y, NULL), ORY_OK);
        assert_int_equal(x.standing, y.standing);
        assert_int_equal(x.checked, y.checked);
        assert_int_equal(x.first_step, y.first_step);
        assert_string_equal(x.text, y.text);
    }
}

static void a_loaded_run_is_the_run_that_was_saved(void **state)
{
    (void)state;
    for (size_t i = 0; i < JOURNEYS; i++) {
        uint64_t hash[91];
        ory_run *a = lived(&journeys[i], hash), *b;

        save(a);
        b = load();
        assert_true(ory_run_hash(a) == ory_run_hash(b));
        assert_string_equal(ory_run_name(b), "lived");
        assert_true(ory_run_id(b) != ory_run_id(a));
        assert_int_equal(ory_run_k(b), 60);
        assert_int_equal(ory_run_known(b), 90);
        assert_true(ory_run_t(a) == ory_run_t(b));
        assert_same_series(a, b);
        assert_same_events(a, b);
        assert_same_claims(a, b);
        toy_step(b, 30); /* through the known future with its events … */
        assert_true(ory_run_hash(b) == hash[90]);
        toy_step(b, 20); /* … and beyond */
        toy_step(a, 50);
        assert_true(ory_run_hash(b) == ory_run_hash(a));
        assert_same_series(a, b);
        assert_same_claims(a, b);
        for (uint64_t k = 90; k > 10; k -= 11) {
            assert_int_equal(ory_run_rewind(b, k, NULL), ORY_OK);
            assert_true(ory_run_hash(b) == hash[k]);
        }
        ory_run_free(a);
        ory_run_free(b);
    }
}

static void saving_again_gives_the_same_bytes(void **state)
{
    uint64_t hash[91];
    ory_run *a = lived(&journeys[0], hash), *b;
    unsigned char *first, *second;
    size_t n, m;

    (void)state;
    save(a);
    first = slurp(&n);
    b = load();
    save(b);
    second = slurp(&m);
    assert_int_equal(n, m);
    assert_memory_equal(first, second, n);
    ory_run_free(a);
    ory_run_free(b);
    free(first);
    free(second);
}

static void matrices_texts_and_choices_come_back(void **state)
{
    double rows[] = {0.5, -1.25, 3, 0.1, 7};
    ory_mat m = ory_mat_view(rows, 5, 1);
    ory_matref *ref = ory_matref_new(&m);
    ory_values v = {0};
    ory_system *s;
    ory_run *a, *b;
    const ory_value *value;

    (void)state;
    assert_int_equal(ory_values_init(&v, "toy.bowl", toy_bowl_class.params, NULL), ORY_OK);
    assert_int_equal(ory_values_set_mat(&v, "target", ref, NULL), ORY_OK);
    assert_int_equal(ory_values_set_text(&v, "label", "a \"label\" é", NULL), ORY_OK);
    assert_int_equal(ory_values_set_text(&v, "mode", "fancy", NULL), ORY_OK);
    assert_int_equal(ory_system_new(&toy_bowl_class, &v, &s, NULL), ORY_OK);
    ory_values_fini(&v);
    ory_matref_unref(ref);
    a = toy_start(s, NULL);
    toy_step(a, 10);
    save(a);
    b = load();
    assert_true(toy_read(a, "loss") == toy_read(b, "loss"));
    ory_run_knob_at(b, ory_run_knob_find(b, "label"), &value);
    assert_string_equal(value->text, "a \"label\" é");
    ory_run_knob_at(b, ory_run_knob_find(b, "mode"), &value);
    assert_true(value->is_choice && value->num == 1);
    toy_step(a, 30);
    toy_step(b, 30);
    assert_true(ory_run_hash(a) == ory_run_hash(b));
    ory_run_free(a);
    ory_run_free(b);
}

static ory_status watch_nothing(void *ctx, ory_run *r, double *value, ory_error *err)
{
    (void)ctx, (void)r, (void)err;
    *value = 1;
    return ORY_OK;
}

static void watches_stay_behind(void **state)
{
    ory_run *a = toy_start(toy_new(&toy_bowl_class, NULL), NULL), *b;

    (void)state;
    assert_int_equal(ory_run_watch(a, "mine", watch_nothing, NULL, NULL, 1, NULL), ORY_OK);
    toy_step(a, 3);
    save(a);
    b = load();
    assert_int_equal(ory_run_probe_find(b, "mine"), -1);
    assert_int_equal(ory_run_recorded_count(b), 2);
    toy_step(b, 3);
    ory_run_free(a);
    ory_run_free(b);
}

/* More checkpoints than a file may hold are thinned; seeks still give the same bits. */
static void a_long_history_is_thinned_in_the_file(void **state)
{
    ory_run *a = toy_start(toy_new(&toy_bowl_class, (toy_option[]){{"n", 2000}, {0}}),
                           &(toy_run){.history_bytes = 200u << 20}),
            *b;
    uint64_t hash;
    unsigned char *bytes;
    size_t n;

    (void)state;
    toy_step(a, 16 * 1100);
    assert_true(ory_run_history_bytes(a) > 17u << 20);
    save(a);
    bytes = slurp(&n);
    free(bytes);
    assert_true(n < (17u << 20) + (1u << 20));
    b = load();
    assert_int_equal(ory_run_rewind(a, 7777, NULL), ORY_OK);
    hash = ory_run_hash(a);
    assert_int_equal(ory_run_rewind(b, 7777, NULL), ORY_OK);
    assert_true(ory_run_hash(b) == hash);
    toy_step(b, 50);
    ory_run_free(a);
    ory_run_free(b);
}

/* ----------------------------------------------------------------------- bad files */

/* The file as it is must be refused with a text that ends in `what` (NULL: any), and must
 * leave nothing behind. */
static void assert_refused(const char *what)
{
    const size_t before = ory_mem_in_use();
    ory_run *r = NULL;
    ory_error err = {0};

    assert_int_not_equal(ory_runfile_load(path, &r, &err), ORY_OK);
    assert_null(r);
    assert_true(err.text[0] != '\0' && strchr(err.text, '\n') == NULL);
    assert_non_null(strstr(err.text, path));
    if (what && !strstr(err.text, what))
        fail_msg("'%s' does not say '%s'", err.text, what);
    assert_int_equal(ory_mem_in_use(), before);
}

static unsigned char *sample_file(size_t *n)
{
    uint64_t hash[91];
    ory_run *r = lived(&journeys[0], hash);

    save(r);
    ory_run_free(r);
    return slurp(n);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    size_t n;
    unsigned char *bytes = sample_file(&n);

    (void)state;
    for (size_t i = 0; i < n; i += i < 400 ? 1 : 997) {
        spill(bytes, i);
        assert_refused(i < 16 ? "it is not a run file" : "it is cut short");
    }
    spill(bytes, n - 1);
    assert_refused("it is cut short");
    free(bytes);
}

/* Cut and sealed anew: the checksum is right and the reader itself has to see it. */
static void a_body_cut_anywhere_is_refused(void **state)
{
    size_t n;
    unsigned char *bytes = sample_file(&n), *copy = malloc(n);

    (void)state;
    for (size_t body = 0; body < n - HEAD - SUM; body += body < 3000 ? 7 : 499) {
        memcpy(copy, bytes, n);
        seal(copy, HEAD + body + SUM);
        spill(copy, HEAD + body + SUM);
        assert_refused(NULL);
    }
    free(copy);
    free(bytes);
}

static void damage_is_seen_by_the_checksum(void **state)
{
    size_t n;
    unsigned char *bytes = sample_file(&n);

    (void)state;
    for (size_t i = HEAD; i < n; i += 731) {
        bytes[i] ^= 0x10;
        spill(bytes, n);
        assert_refused("it is damaged");
        bytes[i] ^= 0x10;
    }
    free(bytes);
}

/* Any byte changed and sealed: refused in a sentence, or a run that can be used. */
static void hostile_bytes_do_no_harm(void **state)
{
    size_t n;
    unsigned char *bytes = sample_file(&n), *copy = malloc(n);
    ory_rng rng;
    int loaded = 0, refused = 0;

    (void)state;
    ory_rng_init(&rng, 4711, 0);
    for (int trial = 0; trial < 1500; trial++) {
        const size_t before = ory_mem_in_use();
        ory_run *r = NULL;
        ory_error err = {0};

        memcpy(copy, bytes, n);
        for (int hits = 0; hits <= trial % 3; hits++) {
            /* mostly the front, where sizes and names are */
            const size_t span = trial % 2 ? n - HEAD - SUM : 2000;
            const size_t at = HEAD + (size_t)ory_rng_below(&rng, span);

            copy[at] = trial % 5 == 0 ? 0xff : (unsigned char)ory_rng_below(&rng, 256);
        }
        seal(copy, n);
        spill(copy, n);
        if (ory_runfile_load(path, &r, &err) != ORY_OK) {
            refused++;
            assert_non_null(strstr(err.text, path));
        } else {
            loaded++;
            ory_run_step(r, 20, NULL, NULL);
            ory_run_rewind(r, 3, NULL);
            ory_run_rewind(r, ory_run_known(r) < 100 ? ory_run_known(r) : 100, NULL);
            ory_run_free(r);
        }
        assert_int_equal(ory_mem_in_use(), before);
    }
    assert_true(loaded > 50 && refused > 300);
    free(copy);
    free(bytes);
}

static void huge_numbers_in_the_head_are_refused(void **state)
{
    size_t n;
    unsigned char *bytes = sample_file(&n);

    (void)state;
    memset(bytes + 24, 0xff, 8);
    spill(bytes, n);
    assert_refused("it is cut short");
    memset(bytes + 24, 0x7f, 8);
    spill(bytes, n);
    assert_refused("it is cut short");
    bytes[16] = 2;
    spill(bytes, n);
    assert_refused("it has format 2, this version reads format 1");
    free(bytes);
}

static void other_files_are_refused(void **state)
{
    unsigned char *bytes, *longer;
    size_t n;

    (void)state;
    spill((const unsigned char *)"step,loss\n0,1\n", 14);
    assert_refused("it is not a run file");
    spill((const unsigned char *)"", 0);
    assert_refused("it is not a run file");
    remove(path);
    assert_refused(NULL);
    bytes = sample_file(&n);
    longer = malloc(n + 1);
    memcpy(longer, bytes, n);
    longer[n] = 0;
    spill(longer, n + 1);
    assert_refused("something stands behind its end");
    free(bytes);
    free(longer);
}

static void replace(unsigned char *bytes, size_t n, const char *from, const char *to)
{
    for (size_t i = HEAD; i + strlen(from) < n - SUM; i++)
        if (memcmp(bytes + i, from, strlen(from)) == 0) {
            memcpy(bytes + i, to, strlen(to));
            break;
        }
    seal(bytes, n);
    spill(bytes, n);
}

static void what_this_version_lacks_is_named(void **state)
{
    size_t n;
    unsigned char *bytes = sample_file(&n);

    (void)state;
    replace(bytes, n, "toy.bowl", "toy.bowk");
    assert_refused("this version has no system 'toy.bowk'");
    replace(bytes, n, "toy.bowk", "toy.bowl");
    replace(bytes, n, "quartic", "quartik");
    assert_refused("toy.bowl has no option 'quartik' in this version");
    free(bytes);
}

/* The options make another system than the one that was saved. */
static void a_system_that_comes_out_different_is_noticed(void **state)
{
    size_t n;
    unsigned char *bytes = sample_file(&n), base[8], other[8];
    const double was = -3, is = 4;

    (void)state;
    for (int i = 0; i < 8; i++) {
        uint64_t a, b;

        memcpy(&a, &was, 8);
        memcpy(&b, &is, 8);
        base[i] = (unsigned char)(a >> 8 * i);
        other[i] = (unsigned char)(b >> 8 * i);
    }
    for (size_t i = HEAD; i + 8 < n; i++)
        if (memcmp(bytes + i, base, 8) == 0) {
            memcpy(bytes + i, other, 8);
            break;
        }
    seal(bytes, n);
    spill(bytes, n);
    assert_refused("at the saved state, the file says");
    free(bytes);
}

static void a_place_that_cannot_be_written_is_named(void **state)
{
    ory_run *r = toy_start(toy_new(&toy_bowl_class, NULL), NULL);
    ory_error err = {0};

    (void)state;
    assert_int_equal(ory_runfile_save(r, "/nonexistent/dir/x.run", &err), ORY_EIO);
    assert_non_null(strstr(err.text, "/nonexistent/dir/x.run"));
    ory_run_free(r);
}

/* ------------------------------------------------------------------------ no memory */

static void no_allocation_may_fail_badly(void **state)
{
    uint64_t hash[91];
    ory_run *a = lived(&journeys[0], hash);
    bool hit = true;
    long n = 0;

    (void)state;
    save(a);
    for (; hit; n++) {
        const size_t before = ory_mem_in_use();
        ory_run *b = NULL;
        ory_error err = {0};
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_runfile_load(path, &b, &err);
        hit = ory_mem_fault_hit();
        ory_mem_fault_set(-1);
        if (hit && ok != ORY_OK)
            assert_true(ok == ORY_ENOMEM && err.text[0] != '\0');
        else
            assert_true(ok == ORY_OK && ory_run_hash(b) == ory_run_hash(a));
        ory_run_free(b);
        assert_int_equal(ory_mem_in_use(), before);
    }
    assert_true(n > 50);
    for (n = 0, hit = true; hit; n++) {
        ory_error err = {0};
        ory_run *b;
        ory_status ok;

        ory_mem_fault_set(n);
        ok = ory_runfile_save(a, path, &err);
        hit = ory_mem_fault_hit();
        ory_mem_fault_set(-1);
        assert_int_equal(ok, hit ? ORY_ENOMEM : ORY_OK);
        b = load(); /* the old file or the new one, whole */
        assert_true(ory_run_hash(b) == ory_run_hash(a));
        ory_run_free(b);
    }
    ory_run_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loaded_run_is_the_run_that_was_saved),
        cmocka_unit_test(saving_again_gives_the_same_bytes),
        cmocka_unit_test(matrices_texts_and_choices_come_back),
        cmocka_unit_test(watches_stay_behind),
        cmocka_unit_test(a_long_history_is_thinned_in_the_file),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_body_cut_anywhere_is_refused),
        cmocka_unit_test(damage_is_seen_by_the_checksum),
        cmocka_unit_test(hostile_bytes_do_no_harm),
        cmocka_unit_test(huge_numbers_in_the_head_are_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(what_this_version_lacks_is_named),
        cmocka_unit_test(a_system_that_comes_out_different_is_noticed),
        cmocka_unit_test(a_place_that_cannot_be_written_is_named),
        cmocka_unit_test(no_allocation_may_fail_badly),
    };

    return cmocka_run_group_tests(tests, choose_path, remove_file);
}
