/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit.c - the line editor: Readline's callback interface under two owners. */
#include "config.h"

#include "app/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "app/complete.h"
#include "app/input.h"
#include "tui/utf8.h"

enum { MAX_HISTORY = 20000, FED = 4096 };

static const ory_edit_screen *screen; /* NULL: the line prompt */
static bool have_line;                /* Readline has given a line (or the end) */
static char *the_line;                /* NULL with have_line: end of input */

/* Bytes of a full screen that Readline has not taken yet. */
static char fed[FED];
static size_t fed_at, fed_end;

/* ----------------------------------------------------------------------- keys */

/* What was fed, else the input: Readline asks for more itself in the middle of a paste. */
static int get_key(FILE *in)
{
    int k;

    (void)in;
    if (fed_at < fed_end)
        return (unsigned char)fed[fed_at++];
    k = ory_input_take();
    return k >= 0 && k < 256 ? k : EOF;
}

static int key_ready(void)
{
    int wait = rl_set_keyboard_input_timeout(0); /* microseconds; gives the one before */

    rl_set_keyboard_input_timeout(wait);
    return fed_at < fed_end || ory_input_ready(1e-6 * wait);
}

/* Bytes of the character that begins at c, by its first byte. */
static size_t character(char c)
{
    unsigned char u = (unsigned char)c;

    return u < 0xc0 ? 1 : u < 0xe0 ? 2 : u < 0xf0 ? 3 : 4;
}

/* At the start of a line of an unfinished block Tab indents; else it completes. */
static int tab(int count, int key)
{
    int i;

    for (i = 0; i < rl_point && strchr(" \t", rl_line_buffer[i]); i++)
        ;
    if (i == rl_point && ory_complete_pending()) {
        rl_insert_text("  ");
        return 0;
    }
    if (rl_last_func == tab) /* the second Tab lists */
        rl_last_func = rl_complete;
    return rl_complete(count, key);
}

/* ---------------------------------------------------------------- completions */

/* Cut the part off that all matches share up to their last dot or colon: the list says
 * "linear lora", not "net.linear net.lora". matches[0] is what they share. */
static size_t cut_shared(char **matches, int n)
{
    const char *cut = matches[0] + strlen(matches[0]);
    size_t head;
    int i;

    while (cut > matches[0] && cut[-1] != '.' && cut[-1] != ':')
        cut--;
    head = rl_filename_completion_desired ? 0 : (size_t)(cut - matches[0]);
    for (i = 0; i <= n && head > 0; i++)
        memmove(matches[i], matches[i] + head, strlen(matches[i] + head) + 1);
    return head;
}

static void show_matches(char **matches, int n, int longest)
{
    size_t head = cut_shared(matches, n);

    if (screen) {
        screen->offer(screen->ctx, matches + 1, n);
        return;
    }
    rl_display_match_list(matches, n, longest - (int)head);
    rl_forced_update_display();
}

/* --------------------------------------------------------------------- owners */

static void line_done(char *line)
{
    have_line = true;
    the_line = line;
    rl_callback_handler_remove(); /* the terminal is the program's while code runs */
}

static void draw_on_screen(void)
{
    screen->draw(screen->ctx);
}

void ory_edit_start(void)
{
    static bool started;

    if (started)
        return;
    started = true;
    rl_readline_name = "orrery";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_outstream = stdout;
    rl_instream = stdin;
    rl_getc_function = get_key;
    rl_input_available_hook = key_ready;
    rl_completion_display_matches_hook = show_matches;
    /* Before Readline reads the user's inputrc, so that it has the last word. */
    rl_bind_keyseq("\033[A", rl_history_search_backward);
    rl_bind_keyseq("\033[B", rl_history_search_forward);
    rl_bind_keyseq("\033OA", rl_history_search_backward);
    rl_bind_keyseq("\033OB", rl_history_search_forward);
    rl_bind_key('\t', tab);
    ory_complete_start();
    using_history();
}

void ory_edit_owner(const ory_edit_screen *owner)
{
    static char bell[32] = "audible";
    const char *now = rl_variable_value("bell-style");

    if (owner && !screen && now)
        snprintf(bell, sizeof bell, "%s", now);
    screen = owner;
    fed_at = fed_end = 0;
    rl_redisplay_function = owner ? draw_on_screen : rl_redisplay;
    rl_prep_term_function = owner ? NULL : rl_prep_terminal;
    rl_deprep_term_function = owner ? NULL : rl_deprep_terminal;
    rl_variable_bind("bell-style", owner ? "none" : bell);
}

void ory_edit_begin(const char *prompt)
{
    have_line = false;
    the_line = NULL;
    rl_callback_handler_install(prompt, line_done);
}

void ory_edit_key(void)
{
    rl_callback_read_char();
}

/* Whole characters only: a search would take a part of one for a key. What does not
 * fit into the buffer is taken in several rounds. */
void ory_edit_feed(const char *bytes, size_t n)
{
    size_t piece;

    while (n > 0 && !have_line) {
        if (fed_at > 0) {
            memmove(fed, fed + fed_at, fed_end - fed_at);
            fed_end -= fed_at;
            fed_at = 0;
        }
        piece = n < FED - fed_end ? n : FED - fed_end;
        memcpy(fed + fed_end, bytes, piece);
        fed_end += piece;
        bytes += piece;
        n -= piece;
        while (fed_at < fed_end && !have_line && fed_end - fed_at >= character(fed[fed_at]))
            rl_callback_read_char();
    }
}

bool ory_edit_done(char **text)
{
    if (!have_line)
        return false;
    *text = the_line;
    have_line = false;
    the_line = NULL;
    return true;
}

void ory_edit_drop(void)
{
    rl_callback_sigcleanup();
    rl_free_line_state();
    rl_replace_line("", 0);
    rl_callback_handler_remove();
}

void ory_edit_look(ory_edit_view *view)
{
    const char *s = rl_display_prompt ? rl_display_prompt : "", *at;

    view->prompt = s;
    view->text = rl_line_buffer ? rl_line_buffer : "";
    view->point = (size_t)rl_point;
    view->column = 0;
    while (*s)
        view->column += ory_cp_width(ory_utf8_next(&s));
    for (at = view->text; *at && at < view->text + view->point;)
        view->column += ory_cp_width(ory_utf8_next(&at));
}

/* ------------------------------------------------------- the line prompt's own */

void ory_edit_suspend(void)
{
    rl_deprep_terminal();
}

void ory_edit_resume(void)
{
    rl_prep_terminal(1);
    ory_edit_resized();
    rl_forced_update_display();
}

void ory_edit_resized(void)
{
    rl_resize_terminal();
}

void ory_edit_remember(const char *block, const char *stamp)
{
    HIST_ENTRY *last =
        history_length > 0 ? history_get(history_base + history_length - 1) : NULL;

    if (last && strcmp(last->line, block) == 0)
        return;
    add_history(block);
    if (stamp)
        add_history_time(stamp);
    if (history_length > MAX_HISTORY)
        free_history_entry(remove_history(0));
}
