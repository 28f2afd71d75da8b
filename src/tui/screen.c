/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.c - curses. */
#include "config.h"

#define NCURSES_WIDECHAR 1

#include "tui/screen.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>
#include <term.h>

enum { RESTORE_SIZE = 512, LOOKS = 512 };

static struct {
    SCREEN *curses;
    TERMINAL *terminal;        /* what curses knows of it */
    FILE *in, *out;
    int in_fd, out_fd;
    char term[128];
    bool open, suspended, mouse, synchronized, repaint;
    ory_colours most, colours; /* what the terminal can do; what is asked for */
    int w, h;                  /* as curses knows them */
    ory_canvas shown;          /* the frame on the terminal */
    char restore[RESTORE_SIZE];
    size_t restore_n;
    /* Styles already turned into attribute and colour pair, by a small hash. */
    struct look {
        ory_style style;
        bool known;
        attr_t attr;
        int pair;
    } looks[LOOKS];
} scr;

/* ----------------------------------------------------------------- terminals */

bool ory_screen_is_open(void)
{
    return scr.open;
}

bool ory_screen_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool ory_screen_synchronizes(void)
{
    static const char *const known[] = {"xterm-kitty", "xterm-ghostty", "foot", "alacritty",
                                        "wezterm", "contour"};
    const char *term = getenv("TERM");
    size_t i;

    for (i = 0; term && i < sizeof known / sizeof *known; i++)
        if (strncmp(term, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

static bool window_size(int *w, int *h)
{
    struct winsize s;

    if (ioctl(scr.out_fd, TIOCGWINSZ, &s) != 0 || s.ws_col < 1 || s.ws_row < 1)
        return false;
    *w = s.ws_col < ORY_CANVAS_MAX ? s.ws_col : ORY_CANVAS_MAX;
    *h = s.ws_row < ORY_CANVAS_MAX ? s.ws_row : ORY_CANVAS_MAX;
    return true;
}

/* tputs into the restore string. */
static int keep_byte(int c)
{
    if (scr.restore_n < RESTORE_SIZE)
        scr.restore[scr.restore_n++] = (char)c;
    return c;
}

/* Synchronized output off, bracketed paste off, mouse off; then what terminfo says. */
static void make_restore(void)
{
    static const char modes[] = "\033[?2026l\033[?2004l\033[?1006l\033[?1000l";
    const char *caps[] = {exit_attribute_mode, orig_pair, cursor_normal, keypad_local,
                          exit_ca_mode};
    size_t i;

    scr.restore_n = 0;
    for (i = 0; modes[i]; i++)
        keep_byte(modes[i]);
    for (i = 0; i < sizeof caps / sizeof *caps; i++)
        if (caps[i] && caps[i] != (char *)-1)
            tputs(caps[i], 1, keep_byte);
}

const char *ory_screen_restore(size_t *n)
{
    *n = scr.restore_n;
    return scr.restore;
}

/* Bytes that curses does not know of; curses must have flushed its own. */
static void send(const char *bytes)
{
    size_t n = strlen(bytes);
    ssize_t done;

    while (n > 0) {
        done = write(scr.out_fd, bytes, n);
        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (done > 0) {
            bytes += done;
            n -= (size_t)done;
        }
    }
}

static void send_modes(bool on)
{
    send(on ? "\033[?2004h" : "\033[?2004l");
    if (scr.mouse)
        send(on ? "\033[?1000h\033[?1006h" : "\033[?1006l\033[?1000l");
}

/* cbreak without echo; every byte that is no signal reaches the program. */
static void set_modes(void)
{
    struct termios t;

    cbreak();
    noecho();
    nonl();
    if (tcgetattr(scr.out_fd, &t) != 0)
        return;
    t.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
    t.c_lflag &= ~(tcflag_t)IEXTEN;
    tcsetattr(scr.out_fd, TCSADRAIN, &t);
    def_prog_mode();
}

/* curses ignores SIGTSTP while it writes, so that a Ctrl-Z of that moment would be lost.
 * A blocked signal is not: it waits until the update is done. */
static void update(void)
{
    sigset_t stop, before;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(SIG_BLOCK, &stop, &before);
    refresh();
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* The line editor uses terminfo as well and leaves its own terminal behind as the current
 * one; curses wants ours. */
static void make_current(void)
{
    set_term(scr.curses);
    set_curterm(scr.terminal);
}

static ory_colours terminal_colours(void)
{
    if (!has_colors() || start_color() != OK || COLORS < 8 || COLOR_PAIRS < 64)
        return ORY_COLOURS_MONO;
    use_default_colors();
    return COLORS >= 256 && COLOR_PAIRS >= 256 ? ORY_COLOURS_256 : ORY_COLOURS_16;
}

/* ------------------------------------------------------------ open and close */

/* A type of terminal that curses knows and that can address its cursor. */
static ory_status check_terminal(const ory_screen_options *opt, const char *term, ory_error *err)
{
    TERMINAL *kept = cur_term, *asked;
    const char *cup;
    bool places;
    int code = 0;

    if (!isatty(opt->in_fd) || !isatty(opt->out_fd))
        return ory_fail(err, ORY_EUNDEF, "the dashboard needs a terminal on input and output");
    if (!term || !*term)
        return ory_fail(err, ORY_EUNDEF, "the dashboard needs TERM to name the terminal's type");
    if (scr.curses && strcmp(scr.term, term) == 0)
        return ORY_OK; /* it is the one in use */
    if (setupterm(term, opt->out_fd, &code) != OK)
        return ory_fail(err, ORY_EUNDEF, "the terminal type '%s' is unknown here", term);
    cup = tigetstr("cup");
    places = cup && cup != (char *)-1 && *cup;
    asked = set_curterm(kept);
    del_curterm(asked);
    if (!places)
        return ory_fail(err, ORY_EUNDEF,
                        "a terminal of type '%s' cannot place its cursor, so it shows no dashboard",
                        term);
    return ORY_OK;
}

static FILE *stream_of(int fd, const char *mode)
{
    int copy = dup(fd);
    FILE *f = copy >= 0 ? fdopen(copy, mode) : NULL;

    if (!f && copy >= 0)
        close(copy);
    return f;
}

static ory_status start_curses(const ory_screen_options *opt, const char *term, ory_error *err)
{
    /* Streams of their own: standard output may be led elsewhere meanwhile. */
    scr.in = stream_of(opt->in_fd, "r");
    scr.out = stream_of(opt->out_fd, "w");
    scr.in_fd = scr.in ? fileno(scr.in) : -1;
    scr.out_fd = scr.out ? fileno(scr.out) : -1;
    if (scr.in && scr.out)
        scr.curses = newterm(term, scr.out, scr.in);
    if (!scr.curses) {
        ory_screen_free();
        return ory_fail(err, ORY_EUNDEF, "a terminal of type '%s' cannot be used here", term);
    }
    set_term(scr.curses);
    scr.terminal = cur_term;
    snprintf(scr.term, sizeof scr.term, "%s", term);
    set_modes();
    typeahead(-1); /* a frame is never left half drawn because keys wait */
    scr.most = terminal_colours();
    make_restore();
    getmaxyx(stdscr, scr.h, scr.w);
    return ORY_OK;
}

ory_status ory_screen_open(const ory_screen_options *opt, ory_error *err)
{
    const char *term = opt->term ? opt->term : getenv("TERM");
    ory_status ok;

    if (scr.open)
        return ory_fail(err, ORY_EINVAL, "a dashboard is open already");
    ok = check_terminal(opt, term, err);
    if (ok != ORY_OK)
        return ok;
    if (scr.curses && strcmp(scr.term, term) != 0)
        ory_screen_free();
    scr.mouse = opt->mouse;
    scr.synchronized = opt->synchronized;
    if (!scr.curses) {
        ok = start_curses(opt, term, err);
        if (ok != ORY_OK)
            return ok;
    } else {
        make_current();
        def_shell_mode();
        reset_prog_mode();
    }
    scr.open = true;
    scr.suspended = false;
    ory_screen_set_colours(opt->colours);
    ory_screen_repaint();
    clearok(curscr, TRUE);
    erase();
    update();
    send_modes(true);
    return ORY_OK;
}

void ory_screen_close(void)
{
    if (!scr.open)
        return;
    make_current();
    if (!scr.suspended) {
        send_modes(false);
        curs_set(1);
        endwin();
    }
    scr.open = scr.suspended = false;
}

void ory_screen_free(void)
{
    ory_screen_close();
    if (scr.curses) {
        make_current();
        delscreen(scr.curses);
        scr.curses = NULL;
    }
    if (scr.in)
        fclose(scr.in);
    if (scr.out)
        fclose(scr.out);
    scr.in = scr.out = NULL;
    ory_canvas_fini(&scr.shown);
    memset(scr.looks, 0, sizeof scr.looks);
}

void ory_screen_suspend(void)
{
    if (!scr.open || scr.suspended)
        return;
    make_current();
    send_modes(false);
    curs_set(1);
    endwin();
    scr.suspended = true;
}

void ory_screen_resume(void)
{
    int w, h;

    if (!scr.open || !scr.suspended)
        return;
    scr.suspended = false;
    make_current();
    reset_prog_mode();
    ory_screen_size(&w, &h);
    ory_screen_repaint();
    clearok(curscr, TRUE);
    update();
    send_modes(true);
}

bool ory_screen_size(int *w, int *h)
{
    bool differs;

    if (!window_size(w, h)) {
        *w = scr.w ? scr.w : 80;
        *h = scr.h ? scr.h : 24;
    }
    differs = *w != scr.w || *h != scr.h;
    if (differs && scr.open) {
        resizeterm(*h, *w);
        scr.w = *w;
        scr.h = *h;
        ory_screen_repaint();
        clearok(curscr, TRUE);
    }
    return differs;
}

/* -------------------------------------------------------------------- colours */

ory_colours ory_screen_colours(void)
{
    return scr.colours;
}

void ory_screen_set_colours(ory_colours c)
{
    scr.colours = c > scr.most ? scr.most : c < ORY_COLOURS_MONO ? ORY_COLOURS_MONO : c;
    memset(scr.looks, 0, sizeof scr.looks);
    ory_screen_repaint();
}

void ory_screen_set_mouse(bool on)
{
    if (on == scr.mouse || !scr.open)
        return;
    scr.mouse = true;
    if (!scr.suspended)
        send_modes(on);
    scr.mouse = on;
    if (!scr.suspended)
        send_modes(true);
}

static struct look *look_of(ory_style style)
{
    struct look *l = &scr.looks[(style.role * 31u + style.back * 7u + style.attr * 101u) % LOOKS];
    ory_look want;

    if (l->known && l->style.role == style.role && l->style.back == style.back &&
        l->style.attr == style.attr)
        return l;
    want = ory_palette_look(style, scr.colours);
    l->style = style;
    l->known = true;
    l->attr = (want.attr & ORY_BOLD ? A_BOLD : 0) | (want.attr & ORY_FAINT ? A_DIM : 0) |
              (want.attr & ORY_UNDERLINE ? A_UNDERLINE : 0) |
              (want.attr & ORY_REVERSE ? A_REVERSE : 0);
    l->pair = 0;
    if (want.ink != ORY_COLOUR_OWN || want.ground != ORY_COLOUR_OWN) {
        int pair = alloc_pair(want.ink, want.ground);

        l->pair = pair > 0 && pair < 0x7FFF ? pair : 0;
    }
    return l;
}

/* -------------------------------------------------------------------- drawing */

static void show_run(const ory_canvas *frame, const ory_change *at)
{
    const ory_cell *row = frame->cells + (size_t)at->y * (size_t)frame->stride;
    int x, end = at->x + at->w < scr.w ? at->x + at->w : scr.w;

    for (x = at->x; x < end; x++) {
        const ory_cell *cell = row + x;
        const struct look *l;
        wchar_t text[3] = {(wchar_t)cell->cp, (wchar_t)cell->mark, 0};
        cchar_t out;

        if (cell->width == 0)
            continue;
        l = look_of((ory_style){cell->role, cell->back, cell->attr});
        if (setcchar(&out, text, l->attr, (short)l->pair, NULL) == ERR) {
            text[0] = '?';
            text[1] = 0;
            setcchar(&out, text, l->attr, (short)l->pair, NULL);
        }
        mvadd_wchnstr(at->y, x, &out, 1);
    }
}

static ory_status keep_frame(const ory_canvas *frame)
{
    ory_status ok = ORY_OK;

    if (!scr.shown.cells || scr.shown.w != frame->w || scr.shown.h != frame->h) {
        ory_canvas_fini(&scr.shown);
        ok = ory_canvas_init(&scr.shown, frame->w, frame->h, frame->glyphs);
    }
    if (ok == ORY_OK)
        ory_canvas_copy(&scr.shown, frame);
    return ok;
}

ory_status ory_screen_draw(const ory_canvas *frame, int x, int y)
{
    ory_change at = {0, 0, 0};
    ory_status ok;
    int row;

    if (!scr.open || scr.suspended)
        return ORY_OK;
    if (scr.repaint || scr.shown.w != frame->w || scr.shown.h != frame->h) {
        erase();
        for (row = 0; row < frame->h && row < scr.h; row++)
            show_run(frame, &(ory_change){row, 0, frame->w});
    } else {
        while (ory_canvas_diff(frame, &scr.shown, &at))
            if (at.y < scr.h)
                show_run(frame, &at);
    }
    scr.repaint = false;
    ok = keep_frame(frame);
    curs_set(x >= 0 ? 1 : 0);
    move(y >= 0 && y < scr.h ? y : 0, x >= 0 && x < scr.w ? x : 0);
    if (scr.synchronized)
        send("\033[?2026h");
    update();
    if (scr.synchronized)
        send("\033[?2026l");
    return ok;
}

void ory_screen_repaint(void)
{
    scr.repaint = true;
}

bool ory_screen_busy(void)
{
    struct pollfd p = {scr.out_fd, POLLOUT, 0};

    return scr.open && poll(&p, 1, 0) == 0;
}
