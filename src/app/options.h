/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h - the command line, read from tables of options and commands; --help
 * is printed from the same tables. */
#ifndef ORY_APP_OPTIONS_H
#define ORY_APP_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "bind/sweep.h"

enum { ORY_EXIT_OK = 0, ORY_EXIT_ERROR = 1, ORY_EXIT_USAGE = 2, ORY_EXIT_CLAIM = 3,
       ORY_EXIT_INTERRUPT = 130 };

typedef enum ory_action {
    ORY_ACT_DEFAULT, /* code given with -e, else the script, else the prompt or stdin */
    ORY_ACT_HELP,
    ORY_ACT_VERSION,
    ORY_ACT_DASH,
    ORY_ACT_FRAME,
    ORY_ACT_DEMO,
    ORY_ACT_TOUR,
    ORY_ACT_REPLAY,
    ORY_ACT_MERGE,
    ORY_ACT_SYSTEMS,
    ORY_ACT_PROBES,
    ORY_ACT_CLAIMS
} ory_action;

enum { ORY_MAX_CODE = 64 };

typedef struct ory_code {
    bool module; /* -l MOD, else -e CODE */
    const char *text;
} ory_code;

typedef struct ory_options {
    ory_action action;
    bool strict, no_init, sandbox, assert_claims, headless, interactive;
    const char *files_below; /* in the sandbox: the folder whose files may be used, or NULL */
    size_t memory;           /* bytes that Lua and numbers may take together; 0: no limit */
    double time;             /* seconds until the program leaves; 0: no limit */
    const char *color; /* "auto", "always", "never" */
    const char *keys;  /* file of keys to be typed, or NULL */
    int threads;
    ory_code code[ORY_MAX_CODE];
    int n_code;
    const char *script; /* "-": standard input; NULL: none */
    int script_at;      /* argv index of the script: its arguments follow; argc: none */
    int width, height;  /* of a frame */
    bool sized;         /* they were given */
    double at;          /* the step a frame shows; NaN: where the script left it */
    int layout;         /* of a frame, 1 to 9; 0: its first */
    const char *record; /* file of a recording, or NULL */
    bool large;         /* a tour for a projector */
    const char *pace;   /* of a tour: "natural", "once" */
    ory_sweep_options sweep;
    char **files;       /* of merge: what is written, then what is read */
    int n_files;
    const char *name;   /* of replay, tour: the file; of demo, systems, probes, claims; or NULL */
} ory_options;

/* 0, or ORY_EXIT_USAGE after one line on err that says what is wrong. */
int ory_options_read(int argc, char **argv, ory_options *o, FILE *err);

void ory_options_help(FILE *out);

#endif
