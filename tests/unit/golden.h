/* SPDX-License-Identifier: GPL-3.0-or-later */
/* golden.h - compare text with a file in tests/golden.
 *
 * ORRERY_GOLDEN=update in the environment writes the files anew: look at the
 * difference before committing it. */
#ifndef ORY_TESTS_GOLDEN_H
#define ORY_TESTS_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void golden_path(char *path, size_t size, const char *name)
{
    const char *dir = getenv("srcdir");
    snprintf(path, size, "%s/tests/golden/%s", dir && *dir ? dir : ".", name);
}

static char *golden_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    long n;

    if (!f)
        return NULL;
    if (fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0 &&
        (text = calloc((size_t)n + 1, 1)) && fread(text, 1, (size_t)n, f) != (size_t)n) {
        free(text);
        text = NULL;
    }
    fclose(f);
    return text;
}

/* 0 when text equals the golden file; else says where they part. */
static int golden_compare(const char *name, const char *text)
{
    char path[1024];
    const char *mode = getenv("ORRERY_GOLDEN");

    golden_path(path, sizeof path, name);
    if (mode && strcmp(mode, "update") == 0) {
        FILE *f = fopen(path, "wb");
        if (!f || fputs(text, f) < 0 || fclose(f) != 0) {
            fprintf(stderr, "cannot write %s\n", path);
            return 1;
        }
        return 0;
    }
    char *want = golden_read(path);
    if (!want) {
        fprintf(stderr, "%s is missing; ORRERY_GOLDEN=update writes it\n", path);
        return 1;
    }
    int different = strcmp(want, text) != 0;
    if (different) {
        int line = 1;
        const char *a = want, *b = text;
        for (const char *p = want, *q = text; *p && *p == *q; p++, q++) {
            if (*p == '\n') {
                line++;
                a = p + 1;
                b = q + 1;
            }
        }
        fprintf(stderr, "%s, line %d:\n  golden |%.*s|\n  now    |%.*s|\n", name, line,
                (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
    }
    free(want);
    return different;
}

#endif
