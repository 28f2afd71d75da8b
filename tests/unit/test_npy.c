/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_npy.c - arrays in every type, byte order, index order and version come back equal;
 * damaged and hostile files are refused in one sentence. Case 16 of theory page 9. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/npy.h"

enum { ROWS = 3, COLS = 4, ROOM = 4096 };

/* Numbers that a 16-bit float holds, and their bits by the table of IEEE 754. */
static const double number[ROWS * COLS] = {1,     -2,   0.333251953125, 65504, 0x1p-24, -0x1p-24,
                                           0x1p-14, -0.0, 0,            0.5,   -1.5,    1023.5};
static const uint16_t half[ROWS * COLS] = {0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x8001,
                                           0x0400, 0x8000, 0x0000, 0x3800, 0xbe00, 0x63ff};

typedef struct file {
    unsigned char byte[ROOM];
    size_t n;
} file;

static void put(file *f, const void *bytes, size_t n)
{
    memcpy(f->byte + f->n, bytes, n);
    f->n += n;
}

static void put_number(file *f, uint64_t bits, int size, bool big)
{
    for (int i = 0; i < size; i++)
        f->byte[f->n++] = (unsigned char)(bits >> 8 * (big ? size - 1 - i : i));
}

/* Magic, version and a header of this text. */
static void put_head(file *f, int version, const char *dict)
{
    const unsigned char v[2] = {(unsigned char)version, 0};

    f->n = 0;
    put(f, "\x93NUMPY", 6);
    put(f, v, 2);
    put_number(f, strlen(dict), version == 1 ? 2 : 4, false);
    put(f, dict, strlen(dict));
}

static uint64_t bits_of(size_t i, int size)
{
    uint64_t wide;
    uint32_t narrow;
    float single = (float)number[i];

    if (size == 2)
        return half[i];
    memcpy(&narrow, &single, 4);
    memcpy(&wide, &number[i], 8);
    return size == 4 ? narrow : wide;
}

static void make(file *f, int version, int size, bool big, bool fortran)
{
    char dict[128];

    snprintf(dict, sizeof dict, "{'descr': '%cf%d', 'fortran_order': %s, 'shape': (%d, %d), }\n",
             big ? '>' : '<', size, fortran ? "True" : "False", ROWS, COLS);
    put_head(f, version, dict);
    for (size_t i = 0; i < ROWS * COLS; i++)
        put_number(f, bits_of(fortran ? i % ROWS * COLS + i / ROWS : i, size), size, big);
}

static void case_16_every_type_order_and_version_comes_back_equal(void **state)
{
    static const int sizes[] = {2, 4, 8};
    file f;

    (void)state;
    for (int at = 0; at < 3 * 3 * 2 * 2; at++) {
        const int version = 1 + at % 3, size = sizes[at / 3 % 3];
        const bool big = at / 9 % 2, fortran = at / 18;
        ory_array_info info;
        ory_error err;
        ory_mat A;

        make(&f, version, size, big, fortran);
        if (ory_npy_parse("a.npy", f.byte, f.n, false, &A, &info, &err) != ORY_OK)
            fail_msg("version %d f%d big %d fortran %d: %s", version, size, big, fortran, err.text);
        assert_true(A.rows == ROWS && A.cols == COLS && info.big == big && info.fortran == fortran);
        for (size_t i = 0; i < ROWS * COLS; i++) {
            double got = *ory_mat_at(&A, i / COLS, i % COLS), want = number[i];

            if (memcmp(&got, &want, sizeof got) != 0)
                fail_msg("version %d f%d big %d fortran %d: entry %zu is %.17g, not %.17g", version, size,
                         big, fortran, i, got, want);
        }
        ory_mat_free(&A);
    }
}

static void halves_that_are_no_numbers_stay_so(void **state)
{
    static const uint16_t bits[] = {0x7c00, 0xfc00, 0x7e01};
    ory_mat A;
    file f;

    (void)state;
    put_head(&f, 1, "{'descr': '<f2', 'fortran_order': False, 'shape': (3,)}");
    for (int i = 0; i < 3; i++)
        put_number(&f, bits[i], 2, false);
    assert_int_equal(ory_npy_parse("a.npy", f.byte, f.n, false, &A, NULL, NULL), ORY_OK);
    assert_true(A.rows == 3 && A.cols == 1);
    assert_true(A.data[0] == INFINITY && A.data[1] == -INFINITY && isnan(A.data[2]));
    ory_mat_free(&A);
}

/* n x K x d: stimulus k of concept i lies in row i from k d on, in either order. */
static void three_dimensions_become_rows(void **state)
{
    (void)state;
    for (int fortran = 0; fortran < 2; fortran++) {
        ory_array_info info;
        ory_mat A;
        file f;

        put_head(&f, 2, fortran ? "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3, 4)}"
                                : "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 4)}");
        for (int at = 0; at < 24; at++) { /* the entry (i, k, j) is 100 i + 10 k + j */
            int i = fortran ? at % 2 : at / 12, k = fortran ? at / 2 % 3 : at / 4 % 3;
            double x = 100 * i + 10 * k + (fortran ? at / 6 : at % 4);
            uint64_t bits;

            memcpy(&bits, &x, 8);
            put_number(&f, bits, 8, false);
        }
        assert_int_equal(ory_npy_parse("a.npy", f.byte, f.n, false, &A, &info, NULL), ORY_ESHAPE);
        assert_int_equal(ory_npy_parse("a.npy", f.byte, f.n, true, &A, &info, NULL), ORY_OK);
        assert_true(A.rows == 2 && A.cols == 12 && info.dims == 3 && info.shape[1] == 3);
        for (int i = 0; i < 2; i++)
            for (int at = 0; at < 12; at++)
                assert_true(*ory_mat_at(&A, (size_t)i, (size_t)at) == 100 * i + 10 * (at / 4) + at % 4);
        ory_mat_free(&A);
    }
}

static void what_is_written_is_version_1_and_comes_back(void **state)
{
    const char *dir = getenv("TESTS_TMP");
    const ory_mat A = ory_mat_view((double *)number, ROWS, COLS);
    char path[4096], head[160];
    ory_array_info info;
    ory_mat B;
    FILE *h;

    (void)state;
    snprintf(path, sizeof path, "%s/test_npy.npy", dir ? dir : "/tmp");
    assert_int_equal(ory_npy_write(path, &A, NULL, NULL), ORY_OK);
    assert_int_equal(ory_npy_read(path, false, &B, &info, NULL), ORY_OK);
    assert_true(B.rows == ROWS && B.cols == COLS && !info.big && !info.fortran && strcmp(info.type, "f8") == 0);
    for (size_t i = 0; i < ROWS; i++)
        assert_memory_equal(ory_mat_at(&B, i, 0), number + i * COLS, COLS * sizeof *number);
    ory_mat_free(&B);
    assert_non_null(h = fopen(path, "rb"));
    assert_int_equal(fread(head, 1, 128, h), 128);
    fclose(h);
    remove(path);
    assert_memory_equal(head, "\x93NUMPY\x01\x00", 8);
    assert_int_equal((10 + (unsigned char)head[8] + 256 * (unsigned char)head[9]) % 64, 0);
    assert_non_null(strstr(head + 10, "'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)"));
}

/* --------------------------------------------------------------------- refused */

static void refused(const file *f, size_t n, const char *part)
{
    ory_error err = {0};
    ory_mat A = {0};

    assert_int_not_equal(ory_npy_parse("a.npy", f->byte, n, true, &A, NULL, &err), ORY_OK);
    assert_null(A.data);
    if (!strstr(err.text, part) || strchr(err.text, '\n') || !strstr(err.text, "'a.npy'"))
        fail_msg("'%s' does not say '%s'", err.text, part);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    file f;

    (void)state;
    make(&f, 1, 8, false, false);
    for (size_t n = 0; n < f.n; n++)
        refused(&f, n, n < 6 ? "'a.npy'" : n < f.n - ROWS * COLS * 8 ? "header" : "(3, 4)");
}

static void hostile_headers_are_refused_in_one_sentence(void **state)
{
    static const char *const cases[][2] = {
        {"{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", "Python objects"},
        {"{'descr': '<c16', 'fortran_order': False, 'shape': (3,)}", "complex numbers"},
        {"{'descr': '<U7', 'fortran_order': False, 'shape': (3,)}", "text"},
        {"{'descr': '<M8[s]', 'fortran_order': False, 'shape': (3,)}", "dates"},
        {"{'descr': '<f16', 'fortran_order': False, 'shape': (3,)}", "unknown type, type '<f16'"},
        {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,)}", "structured records"},
        {"{'descr': '<f8', 'fortran_order': 1, 'shape': (3,)}", "neither True nor False"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000)}", "(1000000000, "},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "(4294967296, "},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", "below 2^64"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}", "something else than sizes"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3", "does not end"},
        {"{'descr': '<f8', 'fortran_order': False}", "shape is missing"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'x': 1}", "a key besides"},
        {"__import__('os').system('true')", "not a dictionary"},
        {"", "not a dictionary"}};
    file f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_head(&f, 1, cases[i][0]);
        put(&f, number, sizeof number);
        refused(&f, f.n, cases[i][1]);
    }
    make(&f, 1, 8, false, false);
    f.byte[6] = 4;
    refused(&f, f.n, "version 4.0 (must be 1, 2 or 3)");
    make(&f, 2, 8, false, false);
    f.byte[11] = 0x7f; /* a header of 2 GB */
    refused(&f, f.n, "announces a .npy header of 2130706");
    memcpy(f.byte, "PK\3\4", 4); /* .npz */
    refused(&f, f.n, "not a .npy file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_16_every_type_order_and_version_comes_back_equal),
        cmocka_unit_test(halves_that_are_no_numbers_stay_so),
        cmocka_unit_test(three_dimensions_become_rows),
        cmocka_unit_test(what_is_written_is_version_1_and_comes_back),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(hostile_headers_are_refused_in_one_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
