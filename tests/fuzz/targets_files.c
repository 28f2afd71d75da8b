/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets_files.c - readers of data: arrays, tables, recordings, grids, results of sweeps,
 * run files. */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "io/cast.h"
#include "io/grid.h"
#include "io/hash.h"
#include "io/idx.h"
#include "io/ledger.h"
#include "io/merge.h"
#include "io/npy.h"
#include "io/runfile.h"
#include "io/table.h"

/* Every refusal says something, on one line. */
static void check_refusal(ory_status status, const ory_error *err)
{
    if (status == ORY_OK)
        return;
    fuzz_require(err->status == status, "the error has another status than the call");
    fuzz_require(err->text[0] != '\0', "a refusal without a text");
    fuzz_require(!strpbrk(err->text, "\033\a\b\r\177"), "a refusal with control characters");
}

/* ---------------------------------------------------------------------- arrays */

FUZZ_TARGET(npy)
{
    for (int flatten = 0; flatten < 2; flatten++) {
        ory_mat a = {0};
        ory_array_info info;
        ory_error err = {0};
        char text[40];
        ory_status status = ory_npy_parse("x.npy", bytes, n, flatten, &a, &info, &err);

        check_refusal(status, &err);
        if (status == ORY_OK)
            ory_array_shape_text(&info, text, sizeof text);
        ory_mat_free(&a);
    }
}

FUZZ_TARGET(idx)
{
    for (size_t rows = 0; rows < 3; rows += 2) {
        ory_mat a = {0};
        ory_error err = {0};
        ory_status status = ory_idx_parse("x.idx", bytes, n, rows, &a, NULL, &err);

        check_refusal(status, &err);
        fuzz_require(status != ORY_OK || rows == 0 || a.rows <= rows, "more rows than asked for");
        ory_mat_free(&a);
    }
}

/* ---------------------------------------------------------------------- tables */

FUZZ_TARGET(table)
{
    static const char separators[] = ",\t ";

    for (int i = 0; i < 3; i++) {
        ory_table t = {0};
        ory_error err = {0};

        check_refusal(ory_table_parse("x.csv", bytes, n, separators[i], &t, &err), &err);
        ory_table_fini(&t);
    }
}

FUZZ_TARGET(vectors)
{
    ory_table t = {0};
    ory_error err = {0};
    ory_status status = ory_vectors_parse("x.vec", bytes, n, &t, &err);

    check_refusal(status, &err);
    if (status == ORY_OK)
        for (size_t i = 0; i < t.values.rows; i++)
            fuzz_require(t.rows && t.rows[i], "a vector without a name");
    ory_table_fini(&t);
}

FUZZ_TARGET(cast)
{
    const char *path = fuzz_file("x.cast", bytes, n);
    ory_cast_file *f = NULL;
    ory_error err = {0};
    ory_status status = ory_cast_load(path, &f, &err);

    check_refusal(status, &err);
    for (size_t i = 0; status == ORY_OK && i < f->n; i++)
        fuzz_require(f->events[i].text[f->events[i].n] == '\0', "a text without an end");
    ory_cast_file_free(f);
}

/* Bus, branch, gen and inertia table, with lines of %% between them. */
FUZZ_TARGET(grid)
{
    static const char *const parts[] = {"x.bus.tsv", "x.branch.tsv", "x.gen.tsv", "x.inertia.tsv"};
    char where[260];
    const uint8_t *at = bytes, *end = bytes + n;
    int i;

    unlink(fuzz_path(parts[3]));
    for (i = 0; i < 4; i++) {
        const uint8_t *stop = memmem(at, (size_t)(end - at), "\n%%\n", 4);

        if (i < 3 || at < end)
            fuzz_file(parts[i], at, (size_t)((stop ? stop + 1 : end) - at));
        at = stop ? stop + 4 : end;
    }
    snprintf(where, sizeof where, "%s", fuzz_path("x"));
    for (i = 0; i < 4; i++) {
        ory_grid g = {0};
        ory_error err = {0};
        ory_status status = ory_grid_load(where, i < 3 ? (ory_grid_mode)i : ORY_GRID_LINEARIZED,
                                          i == 3, 0, &g, &err);

        check_refusal(status, &err);
        if (status == ORY_OK)
            check_refusal(ory_grid_need_inertia(&g, &err), &err);
        ory_grid_fini(&g);
    }
}

/* ------------------------------------------------------------ results of sweeps */

static void read_sheet(const char *path)
{
    ory_sheet s = {0};
    ory_buffer out = {0};
    ory_error err = {0};
    ory_status status = ory_sheet_read(path, &s, &err);

    check_refusal(status, &err);
    for (size_t i = 0; status == ORY_OK && i < s.n_rows; i++) {
        for (size_t k = 0; k < s.n_columns; k++)
            ory_field_plain(ory_sheet_field(&s.rows[i], k), &out);
        ory_sheet_json(s.columns, s.n_columns, s.rows[i].text, s.rows[i].n, &out);
    }
    ory_buffer_fini(&out);
    ory_sheet_fini(&s);
}

/* What is resumed ends whole: every cell has its row, and reading again mends nothing. */
static void resume(const char *path)
{
    static const ory_ledger_cell cells[] = {{"k0000000000000001", "\"a\",1"},
                                            {"k0000000000000002", "\"a\",2"},
                                            {"k0000000000000003", "\"b\",1"}};
    ory_header header = {0};
    ory_ledger_plan plan = {.path = path, .header = &header, .param_names = "mode,seed",
                            .cells = cells, .n = 3};
    ory_ledger *l = NULL;
    ory_error err = {0};
    ory_status status = ory_header_add(&header, "parameters", "mode,seed", &err);

    if (status == ORY_OK)
        status = ory_ledger_open(&plan, &l, &err);
    check_refusal(status, &err);
    if (status == ORY_OK) {
        for (size_t i = 0; i < 3; i++)
            if (!ory_ledger_has(l, i))
                check_refusal(ory_ledger_put(l, i, "gap,loss", "1,0.5", &err), &err);
        status = ory_ledger_close(l, &err);
        check_refusal(status, &err);
    }
    ory_ledger_free(l);
    l = NULL;
    if (status == ORY_OK) {
        plan.look = true;
        status = ory_ledger_open(&plan, &l, &err);
        fuzz_require(status == ORY_OK, "a sweep that was resumed cannot be read");
        for (size_t i = 0; i < 3; i++)
            fuzz_require(ory_ledger_has(l, i), "a row is lost");
        fuzz_require(*ory_ledger_notes(l) == '\0', "what was mended is mended again");
        ory_ledger_free(l);
    }
    ory_header_fini(&header);
}

FUZZ_TARGET(sheet)
{
    static char path[260], twice[260];
    const char *both[] = {path, twice};
    ory_merge_report report;
    ory_error err = {0};

    snprintf(twice, sizeof twice, "%s", fuzz_file("y.csv", bytes, n));
    unlink(fuzz_path("x.csv.damaged"));
    unlink(fuzz_path("x.jsonl"));
    snprintf(path, sizeof path, "%s", fuzz_file("x.csv", bytes, n));
    read_sheet(path);
    check_refusal(ory_merge(fuzz_path("z.csv"), both, 2, &report, &err), &err);
    resume(path);
}

/* -------------------------------------------------------------------- run files */

/* The file with length and checksum set right, so that what they guard is reached. */
static void sign(uint8_t *file, size_t n)
{
    const size_t head = 32, length = n - head - ORY_SHA256_BYTES;
    ory_sha256 h;

    for (int i = 0; i < 8; i++)
        file[24 + i] = (uint8_t)((uint64_t)length >> 8 * i);
    ory_sha256_init(&h);
    ory_sha256_add(&h, file, n - ORY_SHA256_BYTES);
    ory_sha256_final(&h, file + n - ORY_SHA256_BYTES);
}

/* A run that was accepted moves, turns back and is saved again. */
static void use(ory_run *r)
{
    ory_error err = {0};
    const uint64_t k = ory_run_k(r);

    if (ory_run_system(r)->dim > 400)
        return;
    check_refusal(ory_run_step(r, 2, NULL, &err), &err);
    check_refusal(ory_run_rewind(r, k, &err), &err);
    check_refusal(ory_runfile_save(r, fuzz_path("y.run"), &err), &err);
}

FUZZ_TARGET(runfile)
{
    for (int signed_too = 0; signed_too < 2; signed_too++) {
        const char *path = fuzz_file("x.run", bytes, n);
        ory_run *r = NULL;
        ory_error err = {0};
        ory_status status;

        if (signed_too) {
            uint8_t *copy = n > 64 ? malloc(n) : NULL;

            if (!copy)
                return;
            memcpy(copy, bytes, n);
            sign(copy, n);
            path = fuzz_file("x.run", copy, n);
            free(copy);
        }
        status = ory_runfile_load(path, &r, &err);
        check_refusal(status, &err);
        if (status == ORY_OK)
            use(r);
        ory_run_free(r);
    }
}
