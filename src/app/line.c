/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - one line from the user, at the line prompt. */
#include "config.h"

#include "app/line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/edit.h"
#include "app/input.h"
#include "app/keys.h"
#include "app/signals.h"
#include "app/window.h"

/* What brings the terminal back when the editor has it: bracketed paste off. */
#define LEAVE "\033[?2004l\r\n"

static bool rich_mode;

bool ory_line_can_edit(void)
{
    return isatty(STDIN_FILENO) && ory_window_escapes(STDOUT_FILENO);
}

void ory_line_start(bool rich)
{
    rich_mode = rich;
    if (!rich)
        return;
    ory_edit_start();
    ory_edit_owner(NULL);
}

/* ----------------------------------------------------------------- key scripts */

/* Directive :dump: prompt and line, the cursor as a bar. */
static void dump_line(const char *prompt, const char *text, size_t point)
{
    FILE *f = fopen(ory_keys_name(), "w");

    if (!f) {
        fprintf(stderr, "orrery: cannot write %s: %s\n", ory_keys_name(), strerror(errno));
        return;
    }
    fprintf(f, "%s%.*s|%s\n", prompt, (int)point, text, text + point);
    fclose(f);
}

/* Events at the head of the key script. True: the line ends with *kind. */
static bool take_events(const ory_edit_view *line, ory_line_kind *kind)
{
    while (ory_keys_peek() >= 256) {
        int k = ory_keys_take();

        if (k == ORY_KEY_DUMP)
            dump_line(line->prompt, line->text, line->point);
        *kind = k == ORY_KEY_INTERRUPT ? ORY_LINE_INTERRUPT : ORY_LINE_END;
        if (k == ORY_KEY_INTERRUPT || k == ORY_KEY_QUIT)
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ the editor */

static void drop_line(const char *mark)
{
    ory_edit_drop();
    fputs(mark, stdout);
    fflush(stdout);
}

static void stopped(void)
{
    ory_edit_suspend();
    fflush(stdout);
    ory_signals_terminal(NULL);
    ory_signals_stop();
    (void)ory_signals_take(); /* our own going on */
    ory_signals_terminal(LEAVE);
    ory_edit_resume();
    ory_window_start();
}

/* Stopped from outside: the shell may have changed the modes. */
static void continued(void)
{
    ory_edit_suspend();
    ory_edit_resume();
    ory_window_start();
}

static void resized(void)
{
    ory_edit_resized();
    ory_window_start();
}

/* Until the line has ended. */
static ory_line_kind edit(char **text)
{
    ory_line_kind kind;
    ory_edit_view view;
    ory_news news;

    while (!ory_edit_done(text)) {
        ory_edit_look(&view);
        if (take_events(&view, &kind)) {
            drop_line(kind == ORY_LINE_INTERRUPT ? "^C\n" : "");
            return kind;
        }
        news = ory_input_wait(-1, -1);
        if (news.signals & ORY_SIG_QUIT) {
            drop_line("\n");
            return ORY_LINE_QUIT;
        }
        if (news.signals & ORY_SIG_INT) {
            drop_line("^C\n");
            return ORY_LINE_INTERRUPT;
        }
        if (news.signals & ORY_SIG_RESIZE)
            resized();
        if (news.signals & ORY_SIG_STOP)
            stopped();
        else if (news.signals & ORY_SIG_CONT)
            continued();
        else if (news.key)
            ory_edit_key();
    }
    return *text ? ORY_LINE_TEXT : ORY_LINE_END;
}

static ory_line_kind read_rich(const char *prompt, char **text)
{
    ory_line_kind kind;

    ory_signals_terminal(LEAVE);
    ory_edit_begin(prompt);
    kind = edit(text);
    ory_signals_terminal(NULL);
    return kind;
}

/* ---------------------------------------------------------------------- plain */

typedef struct growing {
    char *text;
    size_t used, room;
} growing;

static bool append(growing *g, int c)
{
    char *more;

    if (g->used + 2 > g->room) {
        g->room = g->room ? 2 * g->room : 256;
        more = realloc(g->text, g->room);
        if (!more)
            return false;
        g->text = more;
    }
    g->text[g->used++] = (char)c;
    g->text[g->used] = '\0';
    return true;
}

/* Bytes up to the end of a line or what else ends it. */
static ory_line_kind collect(const char *prompt, growing *g)
{
    ory_line_kind kind;
    ory_news news;
    int c;

    for (;;) {
        ory_edit_view line = {prompt, g->text ? g->text : "", g->used, 0};

        if (take_events(&line, &kind))
            return kind;
        news = ory_input_wait(-1, -1);
        if (news.signals & (ORY_SIG_QUIT | ORY_SIG_INT))
            return news.signals & ORY_SIG_QUIT ? ORY_LINE_QUIT : ORY_LINE_INTERRUPT;
        if (news.signals & ORY_SIG_RESIZE)
            ory_window_start();
        if (!news.key)
            continue;
        c = ory_input_take();
        if (c < 0)
            return g->used > 0 ? ORY_LINE_TEXT : ORY_LINE_END;
        if (c == '\n' || c == '\r')
            return ORY_LINE_TEXT;
        if (c != 0 && c < 256 && !append(g, c))
            return ORY_LINE_TEXT;
    }
}

static ory_line_kind read_plain(const char *prompt, char **text)
{
    growing g = {0};
    ory_line_kind kind;

    fputs(prompt, stdout);
    fflush(stdout);
    kind = collect(prompt, &g);
    if (kind == ORY_LINE_TEXT) {
        *text = g.text ? g.text : strdup("");
        return *text ? ORY_LINE_TEXT : ORY_LINE_END;
    }
    free(g.text);
    if (kind == ORY_LINE_INTERRUPT)
        putchar('\n');
    return kind;
}

ory_line_kind ory_line_read(const char *prompt, char **text)
{
    *text = NULL;
    return rich_mode ? read_rich(prompt, text) : read_plain(prompt, text);
}
