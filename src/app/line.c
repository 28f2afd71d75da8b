/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - one line from the user. */
#include "config.h"

#include "app/line.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "app/complete.h"
#include "app/keys.h"
#include "app/signals.h"
#include "app/window.h"
#include "core/interrupt.h"

static bool rich_mode;
static bool have_line; /* Readline has given a line (or the end) */
static char *the_line; /* NULL with have_line: end of input */

bool ory_line_can_edit(void)
{
    return isatty(STDIN_FILENO) && ory_window_escapes(STDOUT_FILENO);
}

/* ------------------------------------------------------------------- Readline */

static void line_done(char *line)
{
    have_line = true;
    the_line = line;
    rl_callback_handler_remove(); /* the terminal is the program's while code runs */
}

/* Keys from a key script first, then the terminal. */
static int get_key(FILE *in)
{
    int k = ory_keys_peek();

    if (k >= 0 && k < 256)
        return ory_keys_take();
    return rl_getc(in);
}

static int key_ready(void)
{
    struct pollfd p = {STDIN_FILENO, POLLIN, 0};
    int k = ory_keys_peek();

    if (k >= 0)
        return k < 256;
    return poll(&p, 1, 0) > 0;
}

/* At the start of a line Tab indents; else it completes. */
static int tab(int count, int key)
{
    int i;

    for (i = 0; i < rl_point; i++)
        if (rl_line_buffer[i] != ' ' && rl_line_buffer[i] != '\t')
            return rl_complete(count, key);
    if (!ory_complete_pending())
        return rl_complete(count, key);
    return rl_insert_text("  ") >= 0 ? 0 : 1;
}

void ory_line_start(bool rich)
{
    rich_mode = rich;
    if (!rich)
        return;
    rl_readline_name = "orrery";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_outstream = stdout;
    rl_instream = stdin;
    if (ory_keys_peek() != ORY_KEY_NONE) {
        rl_getc_function = get_key;
        rl_input_available_hook = key_ready;
    }
    history_write_timestamps = 1;
    /* Before Readline reads the user's inputrc, so that it has the last word. */
    rl_bind_keyseq("\033[A", rl_history_search_backward);
    rl_bind_keyseq("\033[B", rl_history_search_forward);
    rl_bind_keyseq("\033OA", rl_history_search_backward);
    rl_bind_keyseq("\033OB", rl_history_search_forward);
    rl_bind_key('\t', tab);
    ory_complete_start();
    using_history();
}

void ory_line_remember(const char *block, const char *stamp)
{
    HIST_ENTRY *last;

    if (!rich_mode)
        return;
    last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (last && strcmp(last->line, block) == 0)
        return;
    add_history(block);
    if (stamp)
        add_history_time(stamp);
    if (history_length > 20000)
        free_history_entry(remove_history(0));
}

static void drop_line(void)
{
    rl_callback_sigcleanup();
    rl_free_line_state();
    rl_point = rl_end;
    rl_redisplay();
    fputs("^C\n", stdout);
    rl_replace_line("", 0);
    rl_callback_handler_remove();
    fflush(stdout);
}

static void resized(void)
{
    rl_resize_terminal();
    ory_window_start();
}

static void stopped(void)
{
    rl_deprep_terminal();
    fflush(stdout);
    ory_signals_prompt(false, false);
    ory_signals_stop();
    ory_signals_prompt(true, true);
    rl_prep_terminal(1);
    resized();
    rl_forced_update_display();
}

static void dump_line(const char *prompt)
{
    FILE *f = fopen(ory_keys_name(), "w");

    if (!f) {
        fprintf(stderr, "orrery: cannot write %s: %s\n", ory_keys_name(), strerror(errno));
        return;
    }
    fprintf(f, "%s%.*s|%s\n", prompt, rl_point, rl_line_buffer, rl_line_buffer + rl_point);
    fclose(f);
}

/* Wait for a key or a signal. Returns the signals; *key tells of input. */
static unsigned wait_input(bool *key)
{
    struct pollfd p[2] = {{STDIN_FILENO, POLLIN, 0}, {ory_signals_fd(), POLLIN, 0}};

    *key = false;
    if (poll(p, 2, -1) < 0 && errno != EINTR)
        *key = true; /* reading will tell what is wrong */
    *key |= (p[0].revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) != 0;
    return ory_signals_take();
}

/* Directives and Ctrl-C of a key script. True: the line ends with *kind. */
static bool take_event(const char *prompt, ory_line_kind *kind)
{
    int k = ory_keys_peek();

    if (k < 256)
        return false;
    ory_keys_take();
    if (k == ORY_KEY_DUMP && rich_mode)
        dump_line(prompt);
    *kind = k == ORY_KEY_INTERRUPT ? ORY_LINE_INTERRUPT : ORY_LINE_END;
    return k == ORY_KEY_INTERRUPT || k == ORY_KEY_QUIT;
}

static ory_line_kind edit(const char *prompt)
{
    ory_line_kind kind;
    unsigned news;
    bool key;
    int k;

    while (!have_line) {
        if (take_event(prompt, &kind)) {
            drop_line();
            return kind;
        }
        k = ory_keys_peek();
        key = k >= 0 && k < 256;
        news = key ? ory_signals_take() : k == ORY_KEY_NONE ? wait_input(&key) : 0;
        if (news & ORY_SIG_QUIT) {
            rl_callback_handler_remove();
            return ORY_LINE_QUIT;
        }
        if (news & ORY_SIG_INT) {
            drop_line();
            return ORY_LINE_INTERRUPT;
        }
        if (news & ORY_SIG_RESIZE)
            resized();
        if (news & ORY_SIG_STOP)
            stopped();
        if (key)
            rl_callback_read_char();
    }
    return the_line ? ORY_LINE_TEXT : ORY_LINE_END;
}

static ory_line_kind read_rich(const char *prompt, char **text)
{
    ory_line_kind kind;

    have_line = false;
    the_line = NULL;
    rl_callback_handler_install(prompt, line_done);
    ory_signals_prompt(true, true);
    kind = edit(prompt);
    ory_signals_prompt(false, false);
    *text = kind == ORY_LINE_TEXT ? the_line : NULL;
    return kind;
}

/* ---------------------------------------------------------------------- plain */

/* One byte: from the key script or standard input. -1: end, -2: interrupted, -3: quit. */
static int plain_byte(void)
{
    ory_line_kind kind;
    unsigned char c;
    unsigned news;
    bool key;
    ssize_t n;

    for (;;) {
        if (take_event("", &kind))
            return kind == ORY_LINE_INTERRUPT ? -2 : -1;
        if (ory_keys_peek() >= 256)
            continue;
        if (ory_keys_peek() >= 0) {
            n = ory_keys_take();
            return n == '\r' ? '\n' : (int)n;
        }
        news = wait_input(&key);
        if (news & ORY_SIG_QUIT)
            return -3;
        if (news & ORY_SIG_INT)
            return -2;
        if (!key)
            continue;
        n = read(STDIN_FILENO, &c, 1);
        if (n == 1)
            return c;
        if (n == 0 || (errno != EINTR && errno != EAGAIN))
            return -1;
    }
}

static bool append(char **line, size_t *used, size_t *room, int c)
{
    char *more;

    if (*used + 2 > *room) {
        *room = *room ? 2 * *room : 256;
        more = realloc(*line, *room);
        if (!more)
            return false;
        *line = more;
    }
    (*line)[(*used)++] = (char)c;
    (*line)[*used] = '\0';
    return true;
}

static ory_line_kind read_plain(const char *prompt, char **text)
{
    size_t used = 0, room = 0;
    char *line = NULL;
    int c;

    fputs(prompt, stdout);
    fflush(stdout);
    while ((c = plain_byte()) >= 0 && c != '\n')
        if (c != 0 && !append(&line, &used, &room, c))
            break;
    if (c == '\n' || (c == -1 && used > 0)) {
        *text = line ? line : strdup("");
        return *text ? ORY_LINE_TEXT : ORY_LINE_END;
    }
    free(line);
    *text = NULL;
    if (c == -2)
        putchar('\n');
    return c == -2 ? ORY_LINE_INTERRUPT : c == -3 ? ORY_LINE_QUIT : ORY_LINE_END;
}

ory_line_kind ory_line_read(const char *prompt, char **text)
{
    return rich_mode ? read_rich(prompt, text) : read_plain(prompt, text);
}
