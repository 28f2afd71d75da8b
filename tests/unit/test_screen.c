/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_screen.c - what the screen draws, seen by a terminal emulator at the other end
 * of a pseudo-terminal. */
#include "config.h"

#include <stdio.h>

#if !defined HAVE_VTERM

int main(void)
{
    puts("test_screen: skipped, libvterm was missing when this was configured");
    return 77;
}

#else

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>
#include <vterm.h>

#include "tui/screen.h"

static int master, slave;
static struct termios before;
static VTerm *vt;
static VTermScreen *cells;
static size_t received;

static void pump(void)
{
    struct pollfd p = {master, POLLIN, 0};
    char buf[4096];
    ssize_t n;

    while (poll(&p, 1, 20) > 0 && (n = read(master, buf, sizeof buf)) > 0) {
        vterm_input_write(vt, buf, (size_t)n);
        received += (size_t)n;
    }
}

static int start(void **state)
{
    struct winsize w = {.ws_row = 24, .ws_col = 80};

    (void)state;
    if (openpty(&master, &slave, NULL, NULL, &w) != 0)
        return -1;
    tcgetattr(slave, &before);
    vt = vterm_new(24, 80);
    vterm_set_utf8(vt, 1);
    cells = vterm_obtain_screen(vt);
    vterm_screen_enable_altscreen(cells, 1);
    vterm_screen_reset(cells, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    ory_screen_free();
    vterm_free(vt);
    close(master);
    close(slave);
    return 0;
}

static void open_screen(ory_colours colours)
{
    ory_error err = {0};

    assert_int_equal(ory_screen_open(&(ory_screen_options){.in_fd = slave, .out_fd = slave,
                                                           .term = "xterm-256color",
                                                           .colours = colours},
                                     &err),
                     ORY_OK);
    pump();
}

static const char *row_text(int row)
{
    static char text[1024];
    VTermRect rect = {row, row + 1, 0, 0};
    size_t n;
    int rows;

    vterm_get_size(vt, &rows, &rect.end_col);
    n = vterm_screen_get_text(cells, text, sizeof text - 1, rect);
    while (n > 0 && text[n - 1] == ' ')
        n--;
    text[n] = '\0';
    return text;
}

static VTermScreenCell cell_at(int row, int col)
{
    VTermScreenCell cell;

    vterm_screen_get_cell(cells, (VTermPos){row, col}, &cell);
    return cell;
}

static void same_modes(void)
{
    struct termios now;

    tcgetattr(slave, &now);
    assert_memory_equal(&now.c_iflag, &before.c_iflag, sizeof now.c_iflag);
    assert_int_equal(now.c_oflag, before.c_oflag);
    assert_int_equal(now.c_lflag, before.c_lflag);
    assert_int_equal(now.c_cflag, before.c_cflag);
}

static ory_canvas new_canvas(int w, int h)
{
    ory_canvas c;

    assert_int_equal(ory_canvas_init(&c, w, h, &ory_glyphs_braille), ORY_OK);
    return c;
}

static void text_colour_and_cursor_arrive(void **state)
{
    ory_canvas c = new_canvas(80, 24);
    VTermScreenCell cell;
    VTermPos at;

    (void)state;
    open_screen(ORY_COLOURS_256);
    ory_canvas_text(&c, 3, 2, "loss ⣿ η=0.1 日本", ory_ink_attr(ORY_ROLE_CURVE1, ORY_BOLD));
    ory_canvas_text(&c, 0, 23, "end", ory_ink(ORY_ROLE_DEFAULT));
    ory_canvas_text(&c, 79, 23, "x", ory_ink(ORY_ROLE_DEFAULT)); /* the last cell */
    assert_int_equal(ory_screen_draw(&c, 7, 5), ORY_OK);
    pump();
    assert_string_equal(row_text(2), "   loss ⣿ η=0.1 日本");
    assert_int_equal(cell_at(23, 79).chars[0], 'x');
    cell = cell_at(2, 3);
    assert_true(cell.attrs.bold);
    assert_int_equal(cell.fg.indexed.idx, ory_palette_look(ory_ink(ORY_ROLE_CURVE1),
                                                           ORY_COLOURS_256).ink);
    vterm_state_get_cursorpos(vterm_obtain_state(vt), &at);
    assert_true(at.row == 5 && at.col == 7);
    ory_screen_close();
    pump();
    same_modes();
    ory_canvas_fini(&c);
}

static void only_what_differs_is_sent(void **state)
{
    ory_canvas c = new_canvas(80, 24);
    int y;

    (void)state;
    open_screen(ORY_COLOURS_256);
    for (y = 0; y < 24; y++)
        ory_canvas_hline(&c, 0, y, 80, 0x28ff, ory_ink(ORY_ROLE_CURVE2));
    ory_screen_draw(&c, -1, -1);
    pump();
    received = 0;
    ory_screen_draw(&c, -1, -1);
    pump();
    assert_true(received < 40); /* nothing but where the cursor is */
    ory_canvas_text(&c, 40, 12, "new", ory_ink(ORY_ROLE_DEFAULT));
    received = 0;
    ory_screen_draw(&c, -1, -1);
    pump();
    assert_true(received > 0 && received < 80);
    assert_non_null(strstr(row_text(12), "⣿new⣿"));
    ory_screen_close();
    pump();
    ory_canvas_fini(&c);
}

static void a_new_size_is_taken_and_redrawn(void **state)
{
    struct winsize ws = {.ws_row = 16, .ws_col = 60};
    ory_canvas c = new_canvas(80, 24);
    int w = 0, h = 0;

    (void)state;
    open_screen(ORY_COLOURS_16);
    ory_canvas_text(&c, 0, 0, "before", ory_ink(ORY_ROLE_DEFAULT));
    ory_screen_draw(&c, -1, -1);
    pump();
    ioctl(master, TIOCSWINSZ, &ws);
    vterm_set_size(vt, 16, 60);
    assert_true(ory_screen_size(&w, &h));
    assert_true(w == 60 && h == 16);
    assert_false(ory_screen_size(&w, &h));
    ory_screen_draw(&c, -1, -1); /* a frame of the old size: as far as it fits */
    ory_canvas_resize(&c, 60, 16);
    ory_canvas_text(&c, 0, 15, "after", ory_ink(ORY_ROLE_DEFAULT));
    ory_screen_draw(&c, -1, -1);
    pump();
    assert_string_equal(row_text(15), "after");
    assert_string_equal(row_text(0), "");
    ory_screen_close();
    pump();
    same_modes();
    ory_canvas_fini(&c);
}

static void suspending_gives_the_terminal_back(void **state)
{
    ory_canvas c = new_canvas(80, 24);
    struct termios now;

    (void)state;
    open_screen(ORY_COLOURS_MONO);
    ory_canvas_text(&c, 5, 5, "kept", ory_ink(ORY_ROLE_ACCENT));
    ory_screen_draw(&c, -1, -1);
    ory_screen_suspend();
    pump();
    same_modes();
    assert_string_equal(row_text(5), ""); /* the other screen is back */
    ory_screen_draw(&c, -1, -1);          /* draws nothing now */
    pump();
    assert_string_equal(row_text(5), "");
    ory_screen_resume();
    ory_screen_draw(&c, -1, -1);
    pump();
    assert_string_equal(row_text(5), "     kept");
    tcgetattr(slave, &now);
    assert_false(now.c_lflag & ICANON);
    assert_true(now.c_lflag & ISIG);
    ory_screen_close();
    pump();
    same_modes();
    ory_canvas_fini(&c);
}

static void the_restore_string_leaves_the_screen(void **state)
{
    ory_canvas c = new_canvas(80, 24);
    const char *bytes;
    size_t n;

    (void)state;
    open_screen(ORY_COLOURS_256);
    ory_canvas_text(&c, 0, 0, "crash", ory_ink(ORY_ROLE_DEFAULT));
    ory_screen_draw(&c, -1, -1);
    pump();
    assert_string_equal(row_text(0), "crash");
    bytes = ory_screen_restore(&n);
    assert_true(n > 0);
    vterm_input_write(vt, bytes, n);
    assert_string_equal(row_text(0), "");
    ory_screen_close();
    pump();
    ory_canvas_fini(&c);
}

static void opening_again_works(void **state)
{
    ory_canvas c = new_canvas(80, 24);
    int i;

    (void)state;
    ory_canvas_text(&c, 0, 3, "again", ory_ink(ORY_ROLE_GOOD));
    for (i = 0; i < 5; i++) {
        ory_error err = {0};

        open_screen(i & 1 ? ORY_COLOURS_16 : ORY_COLOURS_256);
        assert_int_equal(ory_screen_open(&(ory_screen_options){.in_fd = slave, .out_fd = slave},
                                         &err),
                         ORY_EINVAL);
        ory_screen_draw(&c, -1, -1);
        pump();
        assert_string_equal(row_text(3), "again");
        ory_screen_close();
        ory_screen_close(); /* harmless */
        pump();
        same_modes();
    }
    ory_canvas_fini(&c);
}

static void what_is_no_terminal_is_refused_in_one_sentence(void **state)
{
    ory_screen_options opt = {.in_fd = slave, .out_fd = slave, .term = "dumb"};
    ory_error err = {0};
    int null = open("/dev/null", O_RDWR);

    (void)state;
    received = 0;
    assert_int_equal(ory_screen_open(&opt, &err), ORY_EUNDEF);
    assert_non_null(strstr(err.text, "cursor"));
    opt.term = "no-such-terminal";
    assert_int_equal(ory_screen_open(&opt, &err), ORY_EUNDEF);
    assert_non_null(strstr(err.text, "no-such-terminal"));
    opt.term = "";
    assert_int_equal(ory_screen_open(&opt, &err), ORY_EUNDEF);
    opt.term = "xterm";
    opt.out_fd = null;
    assert_int_equal(ory_screen_open(&opt, &err), ORY_EUNDEF);
    close(null);
    pump();
    assert_int_equal(received, 0);
    same_modes();
    assert_false(ory_screen_is_open());
}

static void a_mono_terminal_gets_no_colour(void **state)
{
    ory_canvas c = new_canvas(80, 24);
    VTermScreenCell cell;

    (void)state;
    open_screen(ORY_COLOURS_MONO);
    ory_canvas_text(&c, 0, 0, "bad", ory_ink(ORY_ROLE_BAD));
    ory_screen_draw(&c, -1, -1);
    pump();
    cell = cell_at(0, 0);
    assert_true(VTERM_COLOR_IS_DEFAULT_FG(&cell.fg));
    assert_true(cell.attrs.reverse); /* the meaning stays */
    ory_screen_close();
    pump();
    ory_canvas_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_colour_and_cursor_arrive, start, end),
        cmocka_unit_test_setup_teardown(only_what_differs_is_sent, start, end),
        cmocka_unit_test_setup_teardown(a_new_size_is_taken_and_redrawn, start, end),
        cmocka_unit_test_setup_teardown(suspending_gives_the_terminal_back, start, end),
        cmocka_unit_test_setup_teardown(the_restore_string_leaves_the_screen, start, end),
        cmocka_unit_test_setup_teardown(opening_again_works, start, end),
        cmocka_unit_test_setup_teardown(what_is_no_terminal_is_refused_in_one_sentence, start, end),
        cmocka_unit_test_setup_teardown(a_mono_terminal_gets_no_colour, start, end),
    };

    if (openpty(&master, &slave, NULL, NULL, NULL) != 0) {
        puts("test_screen: skipped, this machine gives no pseudo-terminal");
        return 77;
    }
    close(master);
    close(slave);
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
