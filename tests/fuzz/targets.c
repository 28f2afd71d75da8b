/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets.c - the table of targets and what they share. */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/linalg.h"
#include "core/mem.h"

static const char *const npy_words[] = {"\x93NUMPY\x01\x00", "'descr': '<f8'", "'|O'", "'>i4'",
    "'fortran_order': True", "'shape': (3, 2)", "(1000000000,)", "()", "\x1f\x8b\x08", NULL};
static const char *const table_words[] = {"\n", ",", "\t", "\"", "\"\"", "# ", "nan", "1e308", "na",
    "# columns: ", "\xef\xbb\xbf", "inf", "\r\n", "-0", "1e-320", NULL};
static const char *const cast_words[] = {"\n", "{\"version\": 2", "\"width\": 80", "[0.5, \"o\", \"",
    "\\ud83d\\ude00", "\\u0000", "[1e300, \"r\", \"200x50\"]", "\"m\"", "{\"a\": [", "]", "}", NULL};
static const char *const grid_words[] = {"\n", "\t", "bus", "from", "to", "r", "x", "b", "tap", "0",
    "1e300", "-1", "nan", "\n%%\n", "h", "sn", NULL};
static const char *const sheet_words[] = {"\n", ",", "\"", "k0000000000000001", "ok", "failed",
    "cell,key,", ",status,reason", "# parameters: a", "true", "1e999", NULL};
static const char *const key_words[] = {"<Enter>", "<C-", ":dump x", ":wait-idle", "\033[", "\033O",
    "\033[200~", "\033[<0;1;1M", "\xf0\x9f\x98\x80", ";5~", "<lt>", "\n", NULL};
static const char *const typed_words[] = {"function", "end", "(", "{", "}", "[[", "]]", "\"", "--[[",
    "> ", ">> ", "\n", "return", "goto a", "net.linear{", "r:step(", "?", "=", "..", "\\x", NULL};

const fuzz_target fuzz_targets[] = {
    {"npy", fuzz_npy, 1, 0, npy_words},         {"idx", fuzz_idx, 1, 0, NULL},
    {"table", fuzz_table, 1, 0, table_words},   {"vectors", fuzz_vectors, 1, 0, table_words},
    {"cast", fuzz_cast, 2, 0, cast_words},      {"grid", fuzz_grid, 4, 0, grid_words},
    {"sheet", fuzz_sheet, 8, 0, sheet_words},   {"runfile", fuzz_runfile, 8, 0, NULL},
    {"keys", fuzz_keys, 2, 0, key_words},       {"typed", fuzz_typed, 4, 1, typed_words},
    {"calls", fuzz_calls, 8, 1, NULL},          {"script", fuzz_script, 4, 1, typed_words},
    {0}};

const fuzz_target *fuzz_target_find(const char *name)
{
    const fuzz_target *t;

    for (t = fuzz_targets; t->name; t++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

/* --------------------------------------------------------------------- files */

static char folder[200];

static void remove_folder(void)
{
    char command[260];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        perror(folder);
}

/* In memory where there is such a place: ledgers flush every row to the disk. */
void fuzz_start(void)
{
    const char *dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TESTS_TMP");

    snprintf(folder, sizeof folder, "%s/orrery-fuzz.XXXXXX", dir ? dir : "/tmp");
    if (!mkdtemp(folder)) {
        perror(folder);
        exit(1);
    }
    atexit(remove_folder);
    ory_numerics_start(1);
    ory_mem_limit_set(FUZZ_MEMORY);
}

const char *fuzz_path(const char *name)
{
    static char path[260];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *fuzz_file(const char *name, const uint8_t *bytes, size_t n)
{
    const char *path = fuzz_path(name);
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
    return path;
}

void fuzz_require(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "\nfinding: %s\n", what);
    abort();
}
