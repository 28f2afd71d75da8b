/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.c - the command line: one table of options, one of commands. */
#include "config.h"

#include "app/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/status.h"

typedef enum { OPT_E, OPT_L, OPT_I, OPT_STRICT, OPT_NO_INIT, OPT_SANDBOX, OPT_FILES, OPT_MEMORY, OPT_TIME,
               OPT_ASSERT,
               OPT_HEADLESS, OPT_COLOR, OPT_THREADS, OPT_KEYS, OPT_SIZE, OPT_AT, OPT_LAYOUT, OPT_RECORD,
               OPT_LARGE, OPT_PACE,
               OPT_JOBS, OPT_SHARD, OPT_RETRY, OPT_FRESH, OPT_CELL,
               OPT_HELP, OPT_VERSION } opt_id;

typedef struct opt_row {
    opt_id id;
    char letter;      /* 0: none */
    const char *name; /* without the dashes; NULL: none */
    const char *arg;  /* NULL: takes none */
    const char *doc;
} opt_row;

static const opt_row options[] = {
    {OPT_E, 'e', NULL, "CODE", "run CODE (may be given several times)"},
    {OPT_L, 'l', NULL, "MOD", "require MOD into the global MOD before anything else"},
    {OPT_I, 'i', NULL, NULL, "go to the prompt after the code or the script"},
    {OPT_STRICT, 0, "strict", NULL, "reading or making an unknown global is an error"},
    {OPT_NO_INIT, 0, "no-init", NULL, "do not read init.lua before the prompt"},
    {OPT_SANDBOX, 0, "sandbox", NULL, "no files, io, os, debug, native modules, bytecode"},
    {OPT_FILES, 0, "files", "DIR", "with --sandbox: files below DIR may be used"},
    {OPT_MEMORY, 0, "memory", "SIZE", "at most SIZE bytes of memory: 500M, 2G"},
    {OPT_TIME, 0, "time", "SECONDS", "leave after so many seconds, with status 142"},
    {OPT_ASSERT, 0, "assert", NULL, "status 3 if a claim of a run is violated at the end"},
    {OPT_HEADLESS, 0, "headless", NULL, "no prompt and no progress bar, even on a terminal"},
    {OPT_COLOR, 0, "color", "WHEN", "colors: auto, always or never"},
    {OPT_THREADS, 0, "threads", "N", "linear algebra on N threads (1: runs repeat exactly)"},
    {OPT_KEYS, 0, "keys", "FILE", "type the keys of FILE at the prompt"},
    {OPT_SIZE, 0, "size", "WxH", "frame: columns and rows (120x40); tour: print key frames"},
    {OPT_AT, 0, "at", "STEP", "frame: the step that is shown"},
    {OPT_LAYOUT, 0, "layout", "N", "frame: layout 1 to 9"},
    {OPT_RECORD, 0, "record", "FILE", "dash, frame, tour, demo: record to FILE (asciicast)"},
    {OPT_LARGE, 0, "large", NULL, "tour, demo: large letters for a projector"},
    {OPT_PACE, 0, "pace", "PACE", "tour, demo: lines are typed natural or once"},
    {OPT_JOBS, 'j', "jobs", "N", "sweep: N cells at once (all cores)"},
    {OPT_SHARD, 0, "shard", "I/N", "sweep: each Nth cell from the Ith, in a file of its own"},
    {OPT_RETRY, 0, "retry", NULL, "sweep: do cells that have failed again"},
    {OPT_FRESH, 0, "fresh", NULL, "sweep: replace the result file that is there"},
    {OPT_CELL, 0, "cell", "N", "sweep: do cell N alone; dash: open it"},
    {OPT_HELP, 'h', "help", NULL, "print this and leave"},
    {OPT_VERSION, 'V', "version", NULL, "print the version and leave"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };

/* What stands behind a command: options first, then its operands. */
typedef enum { TAKES_SCRIPT, TAKES_NAME, TAKES_TOUR, TAKES_FILES } operand;

typedef struct command_row {
    const char *name, *arg;
    ory_action action;
    operand takes;
    const char *doc;
} command_row;

static const command_row commands[] = {
    {"run", "FILE [ARG...]", ORY_ACT_DEFAULT, TAKES_SCRIPT, "run a script without a prompt"},
    {"dash", "FILE [ARG...]", ORY_ACT_DASH, TAKES_SCRIPT, "show a script's run in the dashboard"},
    {"frame", "FILE [ARG...]", ORY_ACT_FRAME, TAKES_SCRIPT, "print that dashboard as text"},
    {"demo", "[NAME]", ORY_ACT_DEMO, TAKES_TOUR, "list the demos, or play one"},
    {"tour", "FILE", ORY_ACT_TOUR, TAKES_TOUR, "play a tour: a lecture in steps"},
    {"merge", "OUT FILE...", ORY_ACT_MERGE, TAKES_FILES, "join the files of a sweep's shards"},
    {"replay", "FILE", ORY_ACT_REPLAY, TAKES_NAME, "play a recording; run a session or a figure again"},
    {"systems", "[NAME]", ORY_ACT_SYSTEMS, TAKES_NAME, "list the systems, or the options of one"},
    {"probes", "[NAME]", ORY_ACT_PROBES, TAKES_NAME, "list the probes of all systems or of one"},
    {"claims", "[NAME]", ORY_ACT_CLAIMS, TAKES_NAME, "list the claims of all systems or of one"},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

/* ---------------------------------------------------------------------- help */

static void print_option(FILE *out, const opt_row *o)
{
    char left[40];

    snprintf(left, sizeof left, "%s%c%s%s%s%s%s", o->letter ? "-" : "    ",
             o->letter ? o->letter : ' ', o->letter && o->name ? ", " : "", o->name ? "--" : "",
             o->name ? o->name : "", o->arg ? (o->name ? "=" : " ") : "", o->arg ? o->arg : "");
    fprintf(out, "  %-21s %s\n", o->letter ? left : left + 1, o->doc);
}

void ory_options_help(FILE *out)
{
    int i;

    fputs("usage: orrery [OPTION...] [FILE | COMMAND] [ARG...]\n"
          "\n"
          "A workbench for learning dynamics and networked systems. Without FILE and\n"
          "COMMAND: a Lua prompt on a terminal, else a script from standard input.\n"
          "\n"
          "commands\n",
          out);
    fprintf(out, "  %-21s %s\n", "FILE [ARG...]", "run a script (-: standard input)");
    for (i = 0; i < N_COMMANDS; i++) {
        char left[40];

        snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].arg);
        fprintf(out, "  %-21s %s\n", left, commands[i].doc);
    }
    fputs("\noptions\n", out);
    for (i = 0; i < N_OPTIONS; i++)
        print_option(out, &options[i]);
    fputs("\n"
          "status: 0 ok, 1 error, 2 usage, 3 violated claim (--assert), 130 interrupted\n",
          out);
}

/* ------------------------------------------------------------------- reading */

static int unknown_option(FILE *err, const char *given)
{
    char word[64];
    const char *names[N_OPTIONS];
    const char *near;
    int i;

    for (i = 0; i < N_OPTIONS; i++)
        names[i] = options[i].name;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(given, "="), given);
    near = strncmp(word, "--", 2) == 0 ? ory_nearest(word + 2, names, N_OPTIONS) : NULL;
    if (near)
        fprintf(err, "orrery: unknown option '%s' (did you mean '--%s'?)\n", word, near);
    else
        fprintf(err, "orrery: unknown option '%s' (orrery --help lists them)\n", word);
    return ORY_EXIT_USAGE;
}

static const opt_row *find_long(const char *name, size_t len)
{
    int i;

    for (i = 0; i < N_OPTIONS; i++)
        if (options[i].name && strlen(options[i].name) == len &&
            strncmp(options[i].name, name, len) == 0)
            return &options[i];
    return NULL;
}

static const opt_row *find_letter(char letter)
{
    int i;

    for (i = 0; i < N_OPTIONS; i++)
        if (options[i].letter == letter)
            return &options[i];
    return NULL;
}

static int set_color(ory_options *o, const char *arg, FILE *err)
{
    if (strcmp(arg, "auto") && strcmp(arg, "always") && strcmp(arg, "never")) {
        fprintf(err, "orrery: --color=%s (must be auto, always or never)\n", arg);
        return ORY_EXIT_USAGE;
    }
    o->color = arg;
    return 0;
}

static int set_count(const char *option, const char *arg, int most, int *out, FILE *err)
{
    char *end;
    long n = strtol(arg, &end, 10);

    if (*arg == '\0' || *end != '\0' || n < 1 || n > most) {
        fprintf(err, "orrery: %s %s (must be a whole number from 1 to %d)\n", option, arg, most);
        return ORY_EXIT_USAGE;
    }
    *out = (int)n;
    return 0;
}

static int set_memory(ory_options *o, const char *arg, FILE *err)
{
    static const char units[] = "KMGT";
    char *end;
    double x = strtod(arg, &end);
    const char *unit = *end ? strchr(units, *end & ~32) : NULL;

    if (unit && *unit)
        x *= ldexp(1, 10 * (int)(unit - units + 1));
    if (*arg && (!*end || (unit && !end[1])) && x >= 1 << 20 && x <= 0x1p50) {
        o->memory = (size_t)x;
        return 0;
    }
    fprintf(err, "orrery: --memory=%s (must be a size from 1M to 1024T, such as 500M)\n", arg);
    return ORY_EXIT_USAGE;
}

static int set_time(ory_options *o, const char *arg, FILE *err)
{
    char *end;

    o->time = strtod(arg, &end);
    if (*arg && !*end && o->time >= 0.001 && o->time <= 1e8)
        return 0;
    fprintf(err, "orrery: --time=%s (must be a number of seconds from 0.001 to 1e8)\n", arg);
    return ORY_EXIT_USAGE;
}

static int set_shard(ory_options *o, const char *arg, FILE *err)
{
    int *i = &o->sweep.shard, *n = &o->sweep.shards;
    char rest;

    if (sscanf(arg, "%d/%d%c", i, n, &rest) == 2 && *i >= 1 && *n <= 1000000 && *i <= *n)
        return 0;
    fprintf(err, "orrery: --shard %s (must be I/N, I from 1 to N)\n", arg);
    return ORY_EXIT_USAGE;
}

static int set_cell(ory_options *o, const char *arg, FILE *err)
{
    int cell = 0, bad = set_count("--cell", arg, 10000000, &cell, err);

    o->sweep.cell = cell;
    return bad;
}

static int set_pace(ory_options *o, const char *arg, FILE *err)
{
    if (strcmp(arg, "natural") && strcmp(arg, "once")) {
        fprintf(err, "orrery: --pace=%s (must be natural or once)\n", arg);
        return ORY_EXIT_USAGE;
    }
    o->pace = arg;
    return 0;
}

static int set_size(ory_options *o, const char *arg, FILE *err)
{
    char rest;

    o->sized = true;
    if (sscanf(arg, "%dx%d%c", &o->width, &o->height, &rest) == 2 && o->width >= 1 &&
        o->width <= 1000 && o->height >= 1 && o->height <= 1000)
        return 0;
    fprintf(err, "orrery: --size %s (must be COLUMNSxROWS, each from 1 to 1000)\n", arg);
    return ORY_EXIT_USAGE;
}

static int set_at(ory_options *o, const char *arg, FILE *err)
{
    char *end;

    o->at = strtod(arg, &end);
    if (*arg && !*end && o->at >= 0 && o->at <= 0x1p53 && o->at == floor(o->at))
        return 0;
    fprintf(err, "orrery: --at %s (must be a whole number >= 0)\n", arg);
    return ORY_EXIT_USAGE;
}

static int set_layout(ory_options *o, const char *arg, FILE *err)
{
    if (arg[0] >= '1' && arg[0] <= '9' && !arg[1]) {
        o->layout = arg[0] - '0';
        return 0;
    }
    fprintf(err, "orrery: --layout %s (must be a number from 1 to 9)\n", arg);
    return ORY_EXIT_USAGE;
}

static int add_code(ory_options *o, bool module, const char *text, FILE *err)
{
    if (o->n_code == ORY_MAX_CODE) {
        fprintf(err, "orrery: more than %d times -e or -l\n", ORY_MAX_CODE);
        return ORY_EXIT_USAGE;
    }
    o->code[o->n_code++] = (ory_code){module, text};
    return 0;
}

static int apply(ory_options *o, const opt_row *row, const char *arg, FILE *err)
{
    switch (row->id) {
    case OPT_E: return add_code(o, false, arg, err);
    case OPT_L: return add_code(o, true, arg, err);
    case OPT_I: o->interactive = true; break;
    case OPT_STRICT: o->strict = true; break;
    case OPT_NO_INIT: o->no_init = true; break;
    case OPT_SANDBOX: o->sandbox = true; break;
    case OPT_FILES: o->files_below = arg; break;
    case OPT_MEMORY: return set_memory(o, arg, err);
    case OPT_TIME: return set_time(o, arg, err);
    case OPT_ASSERT: o->assert_claims = true; break;
    case OPT_HEADLESS: o->headless = true; break;
    case OPT_COLOR: return set_color(o, arg, err);
    case OPT_THREADS: return set_count("--threads", arg, 1024, &o->threads, err);
    case OPT_KEYS: o->keys = arg; break;
    case OPT_SIZE: return set_size(o, arg, err);
    case OPT_AT: return set_at(o, arg, err);
    case OPT_LAYOUT: return set_layout(o, arg, err);
    case OPT_RECORD: o->record = arg; break;
    case OPT_LARGE: o->large = true; break;
    case OPT_PACE: return set_pace(o, arg, err);
    case OPT_JOBS: return set_count("-j", arg, 1024, &o->sweep.jobs, err);
    case OPT_SHARD: return set_shard(o, arg, err);
    case OPT_RETRY: o->sweep.retry = true; break;
    case OPT_FRESH: o->sweep.fresh = true; break;
    case OPT_CELL: return set_cell(o, arg, err);
    case OPT_HELP: o->action = ORY_ACT_HELP; break;
    case OPT_VERSION: o->action = ORY_ACT_VERSION; break;
    }
    return 0;
}

/* The option at argv[*i]; *i moves to its argument when that stands apart. */
static int read_option(int argc, char **argv, int *i, ory_options *o, FILE *err)
{
    const char *word = argv[*i], *arg = NULL, *eq;
    const opt_row *row;

    if (word[1] == '-') {
        eq = strchr(word, '=');
        row = find_long(word + 2, eq ? (size_t)(eq - word - 2) : strlen(word + 2));
        arg = eq ? eq + 1 : NULL;
    } else {
        row = find_letter(word[1]);
        arg = word[2] ? word + 2 : NULL;
        if (row && arg && !row->arg)
            return unknown_option(err, word);
    }
    if (!row)
        return unknown_option(err, word);
    if (!row->arg && arg) {
        fprintf(err, "orrery: --%s takes no value\n", row->name);
        return ORY_EXIT_USAGE;
    }
    if (row->arg && !arg) {
        if (*i + 1 >= argc) {
            fprintf(err, "orrery: '%s' needs %s\n", word, row->arg);
            return ORY_EXIT_USAGE;
        }
        arg = argv[++*i];
    }
    return apply(o, row, arg, err);
}

/* Options up to the first word that is none. */
static int read_options(int argc, char **argv, int *i, ory_options *o, FILE *err)
{
    int bad;

    for (; *i < argc; ++*i) {
        const char *word = argv[*i];

        if (word[0] != '-' || word[1] == '\0')
            return 0;
        if (strcmp(word, "--") == 0) {
            ++*i;
            return 0;
        }
        bad = read_option(argc, argv, i, o, err);
        if (bad)
            return bad;
    }
    return 0;
}

static int no_such_word(FILE *err, const char *word)
{
    const char *names[N_COMMANDS];
    const char *near;
    int i;

    for (i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    near = ory_nearest(word, names, N_COMMANDS);
    if (near)
        fprintf(err, "orrery: no command or file '%s' (did you mean '%s'?)\n", word, near);
    else
        fprintf(err, "orrery: no command or file '%s' (orrery --help lists the commands)\n", word);
    return ORY_EXIT_USAGE;
}

static bool looks_like_file(const char *word)
{
    size_t n = strlen(word);

    return strcmp(word, "-") == 0 || strchr(word, '/') ||
           (n > 4 && strcmp(word + n - 4, ".lua") == 0) || access(word, F_OK) == 0;
}

static int read_script(const char *command, int argc, char **argv, int i, ory_options *o,
                       FILE *err)
{
    if (i >= argc) {
        fprintf(err, "orrery: '%s' needs a FILE\n", command);
        return ORY_EXIT_USAGE;
    }
    o->script = argv[i];
    o->script_at = i;
    return 0;
}

/* Is this word an option of ours, and not of the script's? Behind the FILE of dash and
 * frame all long ones are; behind that of run those of sweeps. */
static bool is_known(const char *word, bool all)
{
    const opt_row *row = NULL;

    if (strncmp(word, "--", 2) == 0 && word[2])
        row = find_long(word + 2, strcspn(word + 2, "="));
    else if (word[0] == '-' && word[1] == 'j')
        row = find_letter('j');
    return row && (all || (row->id >= OPT_JOBS && row->id <= OPT_CELL));
}

/* dash FILE --record x.cast: options behind FILE count as if they stood before it. */
static int read_options_behind(int argc, char **argv, ory_options *o, FILE *err)
{
    char *script = argv[o->script_at];
    bool all = o->action != ORY_ACT_DEFAULT;
    int i = o->script_at + 1, bad;

    for (; i < argc && is_known(argv[i], all); i++)
        if ((bad = read_option(argc, argv, &i, o, err)) != 0)
            return bad;
    memmove(argv + o->script_at, argv + o->script_at + 1,
            (size_t)(i - 1 - o->script_at) * sizeof *argv);
    o->script_at = i - 1;
    argv[o->script_at] = script;
    return 0;
}

static int read_files(const char *command, int argc, char **argv, int i, ory_options *o, FILE *err)
{
    if (argc - i < 2) {
        fprintf(err, "orrery: '%s' needs OUT, which is written, and at least one FILE\n", command);
        return ORY_EXIT_USAGE;
    }
    o->files = argv + i;
    o->n_files = argc - i;
    return 0;
}

static int read_name(const char *command, int argc, char **argv, int i, ory_options *o, FILE *err)
{
    o->name = i < argc ? argv[i] : NULL;
    if (i + 1 < argc) {
        fprintf(err, "orrery: '%s' takes one name, got '%s' as well\n", command, argv[i + 1]);
        return ORY_EXIT_USAGE;
    }
    return 0;
}

/* tour FILE and demo [NAME]; options may stand behind it too. */
static int read_tour(const command_row *c, int argc, char **argv, int i, ory_options *o, FILE *err)
{
    int bad;

    if (i >= argc)
        return c->action == ORY_ACT_TOUR ? read_script(c->name, argc, argv, i, o, err) : 0;
    o->name = argv[i++];
    bad = read_options(argc, argv, &i, o, err);
    if (bad || i >= argc)
        return bad;
    fprintf(err, "orrery: '%s' takes one name, got '%s' as well\n", c->name, argv[i]);
    return ORY_EXIT_USAGE;
}

static int read_command(const command_row *c, int argc, char **argv, int i, ory_options *o,
                        FILE *err)
{
    int bad = read_options(argc, argv, &i, o, err);

    if (bad || o->action != ORY_ACT_DEFAULT) /* --help and --version go first */
        return bad;
    o->action = c->action;
    switch (c->takes) {
    case TAKES_SCRIPT:
        bad = read_script(c->name, argc, argv, i, o, err);
        return bad ? bad : read_options_behind(argc, argv, o, err);
    case TAKES_NAME:
        if (c->action == ORY_ACT_REPLAY && i >= argc)
            return read_script(c->name, argc, argv, i, o, err); /* needs a FILE */
        return read_name(c->name, argc, argv, i, o, err);
    case TAKES_TOUR: return read_tour(c, argc, argv, i, o, err);
    case TAKES_FILES: return read_files(c->name, argc, argv, i, o, err);
    }
    return 0;
}

int ory_options_read(int argc, char **argv, ory_options *o, FILE *err)
{
    int i = 1, bad, c;

    *o = (ory_options){.color = "auto", .pace = "natural", .threads = 1, .script_at = argc, .width = 120,
                        .height = 40, .at = NAN};
    bad = read_options(argc, argv, &i, o, err);
    if (bad || i >= argc)
        return bad;
    for (c = 0; c < N_COMMANDS; c++)
        if (strcmp(argv[i], commands[c].name) == 0)
            return read_command(&commands[c], argc, argv, i + 1, o, err);
    if (o->action == ORY_ACT_DEFAULT && !looks_like_file(argv[i]))
        return no_such_word(err, argv[i]);
    bad = read_script("", argc, argv, i, o, err);
    return bad ? bad : read_options_behind(argc, argv, o, err);
}
