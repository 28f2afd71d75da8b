/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - targets that are fed bytes nobody has checked: every reader of files, the keys
 * of a terminal, code that is typed, and calls of the library.
 *
 * A target takes any bytes and comes back: no crash, no leak, no endless loop, no more
 * memory than FUZZ_MEMORY. Two programs drive the same table: fuzz.c, which needs nothing
 * but the compiler, and libfuzzer.c. tests/fuzz/corpus/TARGET/ holds what is mutated, and
 * every input that has ever been a finding. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_MEMORY = 48 << 20 };

typedef struct fuzz_target {
    const char *name;
    void (*one)(const uint8_t *bytes, size_t n);
    int dear;                /* a mutation of it costs as much as so many of a file's */
    int keeps;               /* may hold memory of core/mem.h from one input to the next */
    const char *const *words; /* what its inputs are made of, NULL-terminated; or NULL */
} fuzz_target;

/* Ends with a name that is NULL. */
extern const fuzz_target fuzz_targets[];
const fuzz_target *fuzz_target_find(const char *name);

/* Once before the first input: memory's limit and the folder for files. */
void fuzz_start(void);
/* The bytes as a file of that name in a folder of our own; the path is valid until the
 * next call. */
const char *fuzz_file(const char *name, const uint8_t *bytes, size_t n);
/* A path in that folder, nothing written. */
const char *fuzz_path(const char *name);
/* A finding that no sanitizer sees: says so and aborts. */
void fuzz_require(int holds, const char *what);

#define FUZZ_TARGET(name) void fuzz_##name(const uint8_t *bytes, size_t n)
FUZZ_TARGET(npy);
FUZZ_TARGET(idx);
FUZZ_TARGET(table);
FUZZ_TARGET(vectors);
FUZZ_TARGET(cast);
FUZZ_TARGET(grid);
FUZZ_TARGET(sheet);
FUZZ_TARGET(runfile);
FUZZ_TARGET(keys);
FUZZ_TARGET(typed);
FUZZ_TARGET(calls);
FUZZ_TARGET(script);

#endif
