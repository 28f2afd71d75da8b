/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_write_faults.c - every kind of file that is written, with the process killed before
 * and behind each of its system calls, and with each of them failing: the old file stays, or
 * the new one is whole; streams end at the end of a record; failures are one sentence.
 *
 * The writer is a child whose system calls are traced. Where that is not allowed the test is
 * skipped; failures are put in on x86-64 only. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/history.h"
#include "io/atomic.h"
#include "io/cast.h"
#include "io/figure.h"
#include "io/ledger.h"
#include "io/npy.h"
#include "io/rows.h"
#include "io/runfile.h"

static char dir[200], path[400];
static ory_error *report; /* shared with the child */

/* ------------------------------------------------------------------ what is written */

static ory_run *linear_run(uint64_t steps)
{
    const ory_system_class *c = ory_system_class_find("net.linear");
    static const char *const record[] = {"loss", NULL};
    ory_values v;
    ory_system *s;
    ory_run *r;

    assert_int_equal(ory_values_init(&v, c->name, c->params, NULL), ORY_OK);
    assert_int_equal(ory_system_new(c, &v, &s, NULL), ORY_OK);
    assert_int_equal(ory_run_new(s, &(ory_run_options){.record = record}, &r, NULL), ORY_OK);
    assert_int_equal(ory_run_step(r, steps, NULL, NULL), ORY_OK);
    ory_system_unref(s);
    ory_values_fini(&v);
    return r;
}

static ory_run *runs[2];

static ory_status write_run(int version, ory_error *err)
{
    return ory_runfile_save(runs[version], path, err);
}

static ory_status write_figure(int version, ory_error *err)
{
    const double y[] = {1, 4, 9, 16 + version};
    const ory_plot_series line = {.name = "y", .n = 4, .y = y, .colour = -1, .violation = NAN};
    const ory_plot p = {.title = "t", .x = {.lo = NAN, .hi = NAN}, .y = {.lo = NAN, .hi = NAN},
                        .floor = NAN, .series = &line, .n_series = 1};

    return ory_figure_save(&p, path, &(ory_figure_options){0}, err);
}

static ory_status write_npy(int version, ory_error *err)
{
    ory_mat a = {0};
    ory_status ok = ory_mat_new(&a, 40, 40, err);

    if (ok == ORY_OK) {
        *ory_mat_at(&a, 3, 2) = version;
        ok = ory_npy_write(path, &a, NULL, err);
    }
    ory_mat_free(&a);
    return ok;
}

static ory_status put_rows(bool stream, int version, ory_error *err)
{
    static const char *const names[] = {"a", "b"};
    ory_header h = {0};
    ory_rows *w;
    ory_status ok = ory_rows_open(path, stream, &h, names, 2, &w, err);

    if (ok != ORY_OK)
        return ok;
    for (int i = 0; ok == ORY_OK && i < 4 + 5 * version; i++)
        ok = ory_rows_put(w, (const double[]){i, version}, err);
    if (ok == ORY_OK)
        return ory_rows_close(w, err);
    ory_rows_abandon(w);
    return ok;
}

static ory_status write_table(int version, ory_error *err)
{
    return put_rows(false, version, err);
}

static ory_status stream_table(int version, ory_error *err)
{
    return version ? put_rows(true, 1, err) : ORY_OK;
}

static ory_status stream_cast(int version, ory_error *err)
{
    ory_cast *c;
    ory_status ok;

    if (!version)
        return ORY_OK;
    ok = ory_cast_open(path, &(ory_cast_head){.width = 80, .height = 24}, &c, err);
    if (ok != ORY_OK)
        return ok;
    for (int i = 0; ok == ORY_OK && i < 4; i++)
        ok = ory_cast_output(c, i, "abc", 3, err);
    return ok == ORY_OK ? ory_cast_close(c, err) : (ory_cast_close(c, NULL), ok);
}

static ory_status stream_ledger(int version, ory_error *err)
{
    static const ory_ledger_cell cells[] = {{"k0000000000000001", "1"}, {"k0000000000000002", "2"},
                                            {"k0000000000000003", "3"}};
    ory_header h = {0};
    const ory_ledger_plan plan = {.path = path, .header = &h, .param_names = "seed", .cells = cells,
                                  .n = 3};
    ory_ledger *l = NULL;
    ory_status ok = ory_ledger_open(&plan, &l, err);

    for (size_t i = 0; ok == ORY_OK && i < (version ? 3 : 1); i++)
        if (!ory_ledger_has(l, i))
            ok = ory_ledger_put(l, i, "loss", i == 0 ? "1" : "0.5", err);
    if (ok == ORY_OK)
        ok = ory_ledger_close(l, err);
    ory_ledger_free(l);
    return ok;
}

/* The time in its stamps may differ: what counts is lines. It speaks for itself. */
static ory_status stream_history(int version, ory_error *err)
{
    (void)err;
    ory_history_append(version ? "for i = 1, 2 do\n  print(i)\nend" : "x = 1");
    return ORY_OK;
}

typedef struct kind {
    const char *file;
    ory_status (*write)(int version, ory_error *err); /* 0: what is there, 1: what comes */
    bool stream; /* grows by lines; else replaced whole */
    bool mute;   /* its failures are told elsewhere */
} kind;

static const kind kinds[] = {
    {"x.run", write_run, false, false},        {"x.svg", write_figure, false, false},
    {"x.npy", write_npy, false, false},        {"x.csv", write_table, false, false},
    {"s.csv", stream_table, true, false},      {"s.jsonl", stream_table, true, false},
    {"x.cast", stream_cast, true, false},      {"ledger.csv", stream_ledger, true, false},
    {"history", stream_history, true, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---------------------------------------------------------------------- the files */

typedef struct text {
    char *bytes;
    size_t n;
} text;

static text slurp(void)
{
    FILE *f = fopen(path, "rb");
    text t = {malloc(1 << 20), 0};

    if (f) {
        t.n = fread(t.bytes, 1, 1 << 20, f);
        fclose(f);
    }
    return t;
}

static void clear(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *e;

    while (d && (e = readdir(d)))
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}

static void clear_folder(void)
{
    char below[300];

    snprintf(below, sizeof below, "%s/orrery", dir); /* of the history */
    clear(below);
    rmdir(below);
    clear(dir);
}

static void choose(const kind *k)
{
    if (k->write == stream_history)
        snprintf(path, sizeof path, "%s", ory_history_path());
    else
        snprintf(path, sizeof path, "%s/%s", dir, k->file);
}

static void begin_with_old(const kind *k)
{
    clear_folder();
    assert_int_equal(k->write(0, report), ORY_OK);
    memset(report, 0, sizeof *report);
}

static bool same(text a, text b)
{
    return a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0;
}

/* Whole lines, and no other beginning than that of the old or the new file; stamps of
 * histories aside. */
static bool grown(const kind *k, text now, text old, text new)
{
    if (now.n > 0 && now.bytes[now.n - 1] != '\n')
        return false;
    if (k->write == stream_history)
        return now.n == old.n || now.n == new.n;
    return (now.n <= new.n && memcmp(now.bytes, new.bytes, now.n) == 0) || same(now, old);
}

static int parts_left(void)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    int n = 0;

    while ((e = readdir(d)))
        n += strstr(e->d_name, ".part") != NULL;
    closedir(d);
    return n;
}

/* ------------------------------------------------------------------ a traced writer */

static pid_t begin_writer(const kind *k)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        ory_status ok;

        if (!freopen("/dev/null", "w", stderr)) /* the history tells there */
            _exit(99);
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(99);
        raise(SIGSTOP);
        ok = k->write(1, report);
        _exit(ok == ORY_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status))
        return -1;
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)))
        return -1;
    return child;
}

/* To the next beginning or end of a system call; false: it has ended, with *status. */
static bool next_stop(pid_t child, int *status)
{
    do {
        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, status, 0), child);
        if (WIFEXITED(*status) || WIFSIGNALED(*status))
            return false;
    } while (WSTOPSIG(*status) != (SIGTRAP | 0x80));
    return true;
}

static void make_texts(const kind *k, text *old, text *new)
{
    choose(k);
    begin_with_old(k);
    *old = slurp();
    assert_int_equal(k->write(1, report), ORY_OK);
    *new = slurp();
    assert_false(same(*old, *new));
    if (k->write != stream_history) {
        begin_with_old(k);
        text again = slurp();

        assert_true(same(again, *old)); /* equal input, equal bytes */
        free(again.bytes);
    }
}

static void check_file(const kind *k, text old, text new, const char *what, int n)
{
    text now = slurp();

    if (!(k->stream ? grown(k, now, old, new) : same(now, old) || same(now, new)))
        fail_msg("%s: %s %d: the file is broken (%zu bytes)", k->file, what, n, now.n);
    free(now.bytes);
}

/* ------------------------------------------------------------------------- tests */

static bool may_trace;

static void a_killed_writer_breaks_nothing(void **state)
{
    (void)state;
    if (!may_trace)
        skip();
    for (int i = 0; i < KINDS; i++) {
        const kind *k = &kinds[i];
        text old, new;
        bool running = true;
        int n, status, stops;

        make_texts(k, &old, &new);
        for (n = 1; running; n++) {
            begin_with_old(k);
            pid_t child = begin_writer(k);

            assert_true(child > 0);
            for (stops = 0; running && stops < n; stops++)
                running = next_stop(child, &status);
            if (running) {
                kill(child, SIGKILL);
                assert_int_equal(waitpid(child, &status, 0), child);
            }
            check_file(k, old, new, "killed at stop", n);
            if (running && !k->stream) { /* the next one is not disturbed by what is left */
                assert_int_equal(k->write(1, report), ORY_OK);
                check_file(k, new, new, "written again after", n);
            }
        }
        assert_true(n > 6);
        free(old.bytes);
        free(new.bytes);
    }
}

#ifdef __x86_64__
/* Calls that change files, and can fail like this: nothing interrupts a rename. */
static bool writes(const struct user_regs_struct *r, int code)
{
    switch (r->orig_rax) {
    case SYS_write: case SYS_pwrite64: case SYS_fsync: case SYS_ftruncate:
        return true;
    case SYS_rename:
        return code != EINTR;
    case SYS_openat:
        return (r->rdx & O_ACCMODE) != O_RDONLY;
    }
    return false;
}

/* The n-th call that writes answers with this error instead. False: there were fewer. */
static bool inject(pid_t child, int n, int code, int *status)
{
    struct user_regs_struct r;

    while (next_stop(child, status)) {
        assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &r), 0);
        const bool mine = writes(&r, code) && --n == 0;

        if (mine) {
            r.orig_rax = (unsigned long long)-1; /* no such call */
            assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &r), 0);
        }
        if (!next_stop(child, status))
            return false;
        if (!mine)
            continue;
        assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &r), 0);
        r.rax = (unsigned long long)-code;
        assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &r), 0);
        while (next_stop(child, status))
            ;
        return true;
    }
    return false;
}

/* One failure, at call n; false when the writer makes fewer. */
static bool try_failure(const kind *k, int n, int code, text old, text new)
{
    int status;
    bool hit;

    begin_with_old(k);
    pid_t child = begin_writer(k);
    assert_true(child > 0);
    hit = inject(child, n, code, &status);
    assert_true(WIFEXITED(status));
    check_file(k, old, new, strerror(code), n);
    assert_int_equal(parts_left(), 0);
    if (WEXITSTATUS(status) != 0) {
        assert_true(hit && !k->mute);
        if (!strstr(report->text, "cannot write '") || strchr(report->text, '\n'))
            fail_msg("%s: %s at call %d: '%s'", k->file, strerror(code), n, report->text);
        if (!k->stream) { /* told to have failed: the old file is there */
            text now = slurp();

            assert_true(same(now, old));
            free(now.bytes);
        }
    } else if (!k->mute) {
        check_file(k, new, new, "success in spite of", code);
    }
    if (code == EINTR && WEXITSTATUS(status) != 0)
        fail_msg("%s: an interrupted call %d was not made again: %s", k->file, n, report->text);
    return hit;
}

static void a_failing_call_is_told_and_breaks_nothing(void **state)
{
    static const int codes[] = {ENOSPC, EIO, EINTR};

    (void)state;
    if (!may_trace)
        skip();
    for (int i = 0; i < KINDS; i++)
        for (size_t c = 0; c < sizeof codes / sizeof *codes; c++) {
            text old, new;
            int n = 1;

            make_texts(&kinds[i], &old, &new);
            while (try_failure(&kinds[i], n, codes[c], old, new))
                n++;
            assert_true(n > 2);
            free(old.bytes);
            free(new.bytes);
        }
}
#endif

/* ------------------------------------------------------------------------- set up */

static int begin(void **state)
{
    const char *base = getenv("TESTS_TMP");
    int status;
    pid_t child;

    (void)state;
    snprintf(dir, sizeof dir, "%s/faults.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm"
                                                  : base                        ? base
                                                                                : "/tmp");
    if (!mkdtemp(dir))
        return -1;
    setenv("XDG_STATE_HOME", dir, 1);
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    runs[0] = linear_run(2);
    runs[1] = linear_run(3);
    choose(&kinds[0]);
    child = begin_writer(&kinds[0]);
    may_trace = child > 0;
    if (may_trace) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    } else {
        print_message("system calls of a child cannot be traced here\n");
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    ory_run_free(runs[0]);
    ory_run_free(runs[1]);
    clear_folder();
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_writer_breaks_nothing),
#ifdef __x86_64__
        cmocka_unit_test(a_failing_call_is_told_and_breaks_nothing),
#endif
    };

    return cmocka_run_group_tests(tests, begin, end);
}
