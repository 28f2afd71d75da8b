/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libfuzzer.c - clang's libFuzzer over the table of targets; FUZZ_TARGET in the environment
 * names the one. */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static const fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("FUZZ_TARGET");

    (void)argc, (void)argv;
    target = fuzz_target_find(name ? name : "");
    if (!target) {
        fprintf(stderr, "FUZZ_TARGET names no target\n");
        exit(2);
    }
    fuzz_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    target->one(bytes, n);
    return 0;
}
