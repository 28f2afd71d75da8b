/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.c - feeds the targets without any help of the compiler: first every input of the
 * corpus as it is, then mutations of them, the same ones every time.
 *
 *   fuzz [-n COUNT | -s SECONDS] [-r SEED] [TARGET [FILE...]]
 *
 * COUNT mutations of a cheap target, fewer of dear ones. The input in hand is written to
 * finding-TARGET when the process dies of it or does not come back within a minute. */
#include "config.h"

#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"

enum { MOST = 1 << 14, PATIENCE = 60 };

typedef struct input {
    uint8_t *bytes;
    size_t n;
} input;

static struct {
    const fuzz_target *target;
    input *corpus;
    size_t n_corpus;
    uint8_t now[MOST];
    size_t n_now;
    uint64_t random;
} f;

/* ------------------------------------------------------------------- findings */

static void keep_input(void)
{
    char name[64];
    int fd;
    ssize_t n;

    snprintf(name, sizeof name, "finding-%s", f.target ? f.target->name : "none");
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    n = fd < 0 ? -1 : write(fd, f.now, f.n_now);
    (void)n;
}

static void died(int sig)
{
    keep_input();
    signal(sig, SIG_DFL);
    raise(sig);
}

static void watch(void)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], died);
}

/* SIGALRM is a target's; a child that waits looks after us. */
static pid_t start_watchdog(int *beat)
{
    int fd[2];
    pid_t parent = getpid(), child;

    if (pipe(fd) != 0 || (child = fork()) < 0)
        exit(1);
    if (child == 0) {
        char c;

        close(fd[1]);
        for (;;) {
            fd_set set;
            struct timeval t = {PATIENCE, 0};

            FD_ZERO(&set);
            FD_SET(fd[0], &set);
            if (select(fd[0] + 1, &set, NULL, NULL, &t) == 0)
                kill(parent, SIGABRT);
            else if (read(fd[0], &c, 1) <= 0)
                _exit(0);
        }
    }
    close(fd[0]);
    *beat = fd[1];
    return child;
}

/* ------------------------------------------------------------------- mutations */

static uint64_t draw(void)
{
    f.random ^= f.random << 13;
    f.random ^= f.random >> 7;
    f.random ^= f.random << 17;
    return f.random;
}

static size_t below(size_t n)
{
    return n ? (size_t)(draw() >> 11) % n : 0;
}

/* n bytes in the place of `gone` bytes at `at`. */
static void replace_part(size_t at, size_t gone, const void *bytes, size_t n)
{
    uint8_t copy[MOST];

    if (f.n_now - gone + n > MOST || n > MOST)
        return;
    memcpy(copy, bytes, n);
    memmove(f.now + at + n, f.now + at + gone, f.n_now - at - gone);
    memcpy(f.now + at, copy, n);
    f.n_now += n - gone;
}

static void put_number(size_t at)
{
    static const int64_t odd[] = {0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 65536, 0x7fffffff,
                                  0x80000000, 0xffffffff, 1 << 20, INT64_MAX, INT64_MIN};
    const size_t width = (size_t)1 << below(4);
    uint64_t x = (uint64_t)odd[below(sizeof odd / sizeof *odd)];
    uint8_t b[8];

    for (size_t i = 0, big = below(2); i < width; i++)
        b[big ? width - 1 - i : i] = (uint8_t)(x >> 8 * i);
    replace_part(at, f.n_now - at < width ? f.n_now - at : width, b, width);
}

static void put_text(size_t at)
{
    static const char *const odd[] = {"0", "-1", "1e309", "nan", "9999999999999999999", "0x10", "1.5",
                                      "\n", "\"", "\\", "'", "\xff", "\xc3", "(((((((("};
    const char *const *words = f.target->words;
    const char *w = odd[below(sizeof odd / sizeof *odd)];
    size_t count = 0;

    while (words && words[count])
        count++;
    if (count && below(3))
        w = words[below(count)];
    replace_part(at, below(2) * below(f.n_now - at + 1) % 9, w, strlen(w));
}

static void mutate(void)
{
    const size_t at = below(f.n_now + 1), len = 1 + below(below(4) ? 8 : 200);
    const size_t rest = f.n_now - at, n = len < rest ? len : rest;
    const input *other = &f.corpus[below(f.n_corpus)];
    const size_t from = below(other->n + 1);
    uint8_t random = (uint8_t)draw();

    switch (below(8)) {
    case 0:
        if (rest)
            f.now[at] ^= (uint8_t)(1 << below(8));
        break;
    case 1: replace_part(at, rest > 0, &random, 1); break;
    case 2: replace_part(at, n, "", 0); break;
    case 3: replace_part(at, 0, f.now + at, n); break;
    case 4: put_number(at); break;
    case 5:
    case 6: put_text(at); break;
    default: replace_part(at, n, other->bytes + from, other->n - from < len ? other->n - from : len);
    }
    if (below(60) == 0)
        f.n_now = at;
}

static void make_input(void)
{
    const input *base = &f.corpus[below(f.n_corpus)];

    f.n_now = base->n < MOST ? base->n : MOST;
    memcpy(f.now, base->bytes, f.n_now);
    for (size_t i = 1 + below(below(3) ? 3 : 12); i > 0; i--)
        mutate();
}

/* ------------------------------------------------------------------- the corpus */

static void add_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    input *i;

    f.corpus = realloc(f.corpus, (f.n_corpus + 1) * sizeof *f.corpus);
    if (!in || !f.corpus) {
        perror(path);
        exit(1);
    }
    i = &f.corpus[f.n_corpus++];
    i->bytes = malloc(MOST);
    i->n = fread(i->bytes, 1, MOST, in);
    fclose(in);
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* In the order of the names, so that equal trees give equal mutations. */
static void read_corpus(const char *target)
{
    char path[4096];
    struct dirent **list;
    int n;

    snprintf(path, sizeof path, "%s/corpus/%s", FUZZ_DIR, target);
    n = scandir(path, &list, visible, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/corpus/%s/%s", FUZZ_DIR, target, list[i]->d_name);
        add_file(path);
        free(list[i]);
    }
    if (n < 1) {
        fprintf(stderr, "fuzz: no corpus for %s\n", target);
        exit(1);
    }
    free(list);
}

static void forget_corpus(void)
{
    while (f.n_corpus > 0)
        free(f.corpus[--f.n_corpus].bytes);
    free(f.corpus);
    f.corpus = NULL;
}

/* ------------------------------------------------------------------------- runs */

static void feed(int beat)
{
    const size_t held = ory_mem_in_use();
    uint8_t *exact = malloc(f.n_now ? f.n_now : 1); /* so that a byte too far is seen */

    if (write(beat, "", 1) != 1)
        exit(1);
    memcpy(exact, f.now, f.n_now);
    f.target->one(exact, f.n_now);
    free(exact);
    fuzz_require(f.target->keeps || ory_mem_in_use() == held, "memory is not given back");
}

static long fuzz(const fuzz_target *t, char **files, int n_files, long count, double seconds,
                 uint64_t seed)
{
    const time_t end = time(NULL) + (time_t)seconds;
    int beat;
    long done = 0;
    const pid_t child = start_watchdog(&beat);

    (void)child;
    f.target = t;
    f.random = seed * 0x9e3779b97f4a7c15u + 88172645463325252u;
    if (n_files == 0)
        read_corpus(t->name);
    for (int i = 0; i < n_files; i++)
        add_file(files[i]);
    for (size_t i = 0; i < f.n_corpus; i++, done++) {
        memcpy(f.now, f.corpus[i].bytes, f.n_now = f.corpus[i].n);
        feed(beat);
    }
    for (long i = 0; n_files == 0 && (seconds > 0 ? time(NULL) < end : i < count / t->dear); i++) {
        make_input();
        feed(beat);
        done++;
    }
    close(beat);
    forget_corpus();
    return done;
}

/* A process for each target: they keep states of their own. */
static int fuzz_apart(const fuzz_target *t, long count, double seconds, uint64_t seed)
{
    int status;
    pid_t child;

    fflush(stdout);
    if ((child = fork()) == 0) {
        long done;

        fuzz_start();
        watch();
        done = fuzz(t, NULL, 0, count, seconds, seed);
        printf("%-8s %ld inputs\n", t->name, done);
        exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        printf("%-8s FAILED; the input is in finding-%s\n", t->name, t->name);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    long count = 2400;
    double seconds = 0;
    uint64_t seed = 1;
    const fuzz_target *t;
    int c, bad = 0;

    while ((c = getopt(argc, argv, "n:s:r:")) != -1) {
        if (c == 'n')
            count = atol(optarg);
        else if (c == 's')
            seconds = atof(optarg);
        else if (c == 'r')
            seed = strtoull(optarg, NULL, 10);
        else
            return 2;
    }
    if (optind == argc) {
        for (t = fuzz_targets; t->name; t++)
            bad |= fuzz_apart(t, count, seconds, seed);
        return bad;
    }
    if (!(t = fuzz_target_find(argv[optind]))) {
        fprintf(stderr, "fuzz: no target '%s'\n", argv[optind]);
        return 2;
    }
    if (optind + 1 == argc)
        return fuzz_apart(t, count, seconds, seed);
    fuzz_start();
    watch();
    fuzz(t, argv + optind + 1, argc - optind - 1, 0, 0, 0);
    return 0;
}
