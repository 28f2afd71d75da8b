/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_canvas.c - cells, text, dots, palette and text output. */
#include "config.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tui/canvas.h"
#include "tui/palette.h"
#include "tui/textout.h"
#include "tui/utf8.h"

static const ory_style plain = {ORY_ROLE_DEFAULT, ORY_ROLE_DEFAULT, 0};

static ory_canvas canvas(int w, int h, const ory_glyphs *g)
{
    ory_canvas c;
    assert_int_equal(ory_canvas_init(&c, w, h, g), ORY_OK);
    return c;
}

static void assert_text(const ory_canvas *c, const char *want)
{
    char *have = ory_canvas_string(c, ORY_COLOURS_NONE);
    assert_non_null(have);
    assert_string_equal(have, want);
    ory_free(have);
}

/* ------------------------------------------------------------------- utf-8 */

static void broken_utf8_becomes_replacement_characters_and_ends(void **state)
{
    (void)state;
    /* overlong slash, lone continuation, surrogate, cut sequence, beyond U+10FFFF */
    const char *text = "\xC0\xAF\x80\xED\xA0\x80\xF4\x90\x80\x80" "a\xE2\x82";
    const char *s = text;
    int bad = 0, n = 0;
    uint32_t cp;

    while ((cp = ory_utf8_next(&s)) && n++ < 100)
        bad += cp == ORY_CP_BAD;
    assert_int_equal(bad, 12);
    assert_ptr_equal(s, text + strlen(text));
}

static void every_code_point_survives_encoding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 37) {
        char bytes[ORY_UTF8_MAX + 1] = {0};
        const char *s = bytes;
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        bytes[ory_utf8_put(cp, bytes)] = 0;
        assert_int_equal(ory_utf8_next(&s), cp);
        assert_int_equal(*s, 0);
    }
}

static void widths_agree_with_the_c_library_for_common_scripts(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        skip();
    static const uint32_t ranges[][2] = {{0x20, 0x7E},     {0xA1, 0xAC},     {0xAE, 0x482},
                                         {0x1E00, 0x1EFF}, {0x2010, 0x2027}, {0x2070, 0x209C},
                                         {0x2100, 0x214F}, {0x2190, 0x2319}, {0x2500, 0x25FC},
                                         {0x2800, 0x28FF}, {0x3041, 0x3096}, {0x4E00, 0x9FA0},
                                         {0xAC00, 0xD7A3}, {0xFF01, 0xFF5E}, {0x1F600, 0x1F64F}};
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
        for (uint32_t cp = ranges[r][0]; cp <= ranges[r][1]; cp++)
            if (wcwidth((wchar_t)cp) >= 0 && ory_cp_width(cp) != wcwidth((wchar_t)cp))
                fail_msg("U+%04X: %d columns, C library says %d", (unsigned)cp,
                         ory_cp_width(cp), wcwidth((wchar_t)cp));
    setlocale(LC_CTYPE, "C");
}

/* -------------------------------------------------------------------- text */

static void text_is_clipped_on_both_sides_without_half_characters(void **state)
{
    (void)state;
    ory_canvas c = canvas(6, 3, &ory_glyphs_braille);
    assert_int_equal(ory_canvas_text(&c, -2, 0, "abcdefghij", plain), 10);
    assert_int_equal(ory_canvas_text(&c, -1, 1, "漢字漢字", plain), 8);
    ory_canvas_text(&c, 2, 2, "e\xCC\x81!", plain);
    assert_text(&c, "cdefgh\n 字漢\n  e\xCC\x81!\n");
    ory_canvas_text(&c, 2147483000, 1, "x", plain);
    ory_canvas_text(&c, 0, -5, "x", plain);
    ory_canvas_fini(&c);
}

static void overwriting_half_of_a_wide_character_blanks_the_other_half(void **state)
{
    (void)state;
    ory_canvas c = canvas(6, 1, &ory_glyphs_braille);
    ory_canvas_text(&c, 0, 0, "漢字漢", plain);
    ory_canvas_text(&c, 1, 0, "x", plain);
    ory_canvas_text(&c, 2, 0, "y", plain);
    assert_text(&c, " xy 漢\n");
    ory_canvas v = ory_canvas_view(&c, 5, 0, 1, 1);
    ory_canvas_clear(&v);
    assert_text(&c, " xy\n");
    ory_canvas_fini(&c);
}

static void ascii_spells_mathematics(void **state)
{
    (void)state;
    ory_canvas c = canvas(40, 3, &ory_glyphs_ascii);
    ory_canvas_text(&c, 0, 0, "σ²max(W₁W₂ᵀ) ≤ 10⁻³ · ‖∇L‖²", plain);
    ory_canvas_text(&c, 0, 1, "η→∞ 漢 Łojasiewicz", plain);
    assert_text(&c, "sigma^2max(W1W2^T) <= 10^-3 . ||grad L||\neta->inf ?? Lojasiewicz\n\n");
    assert_int_equal(ory_text_width(&ory_glyphs_ascii, "‖∇L‖²"), 12);
    assert_int_equal(ory_text_width(&ory_glyphs_braille, "‖∇L‖²"), 5);
    for (int x = 0; x < c.w * c.h; x++)
        assert_in_range(c.cells[x].cp, 0x20, 0x7E);
    ory_canvas_fini(&c);
}

static void a_field_shortens_with_an_ellipsis_and_aligns(void **state)
{
    (void)state;
    ory_canvas c = canvas(12, 4, &ory_glyphs_braille);
    assert_int_equal(ory_canvas_text_in(&c, 0, 0, 5, ORY_ALIGN_LEFT, "abcdefgh", plain), 5);
    ory_canvas_text_in(&c, 0, 1, 12, ORY_ALIGN_RIGHT, "right", plain);
    ory_canvas_text_in(&c, 0, 2, 11, ORY_ALIGN_CENTRE, "mid", plain);
    ory_canvas_text_in(&c, 0, 3, 4, ORY_ALIGN_LEFT, "漢字漢字", plain);
    assert_text(&c, "abcd…\n       right\n    mid\n漢…\n");
    assert_int_equal(ory_canvas_text_in(&c, 0, 0, 0, ORY_ALIGN_LEFT, "x", plain), 0);
    ory_canvas_fini(&c);
}

static void wrapping_breaks_at_spaces_and_counts_what_it_cannot_show(void **state)
{
    (void)state;
    ory_canvas c = canvas(10, 3, &ory_glyphs_braille);
    const char *text = "the local PL inequality\nholds extraordinarily";
    int lines = ory_canvas_wrap(&c, 0, 0, 10, 3, 0, text, plain);
    assert_text(&c, "the local\nPL\ninequalit…\n");
    assert_int_equal(lines, 6);
    ory_canvas_clear(&c);
    ory_canvas_wrap(&c, 0, 0, 10, 3, 3, text, plain);
    assert_text(&c, "holds\nextraordin\narily\n");
    assert_int_equal(ory_canvas_wrap(&c, 0, 0, 1, 3, 0, "漢字", plain), 2);
    assert_int_equal(ory_canvas_wrap(&c, 0, 0, 0, 3, 0, "x", plain), 0);
    ory_canvas_fini(&c);
}

static void a_frame_gives_up_the_value_before_the_title(void **state)
{
    (void)state;
    ory_canvas c = canvas(24, 3, &ory_glyphs_braille);
    ory_canvas in = ory_canvas_frame(&c, "loss", "9.4e-08", plain, false);
    assert_int_equal(in.w, 22);
    assert_text(&c, "╭─ loss ───── 9.4e-08 ─╮\n│                      │\n╰──────────────────────╯\n");
    assert_int_equal(ory_canvas_resize(&c, 14, 2), ORY_OK);
    ory_canvas_frame(&c, "singular values", "9.4e-08", plain, false);
    assert_text(&c, "╭─ singula… ─╮\n╰────────────╯\n");
    assert_int_equal(ory_canvas_resize(&c, 1, 1), ORY_OK);
    ory_canvas_frame(&c, "x", "y", plain, false);
    ory_canvas_fini(&c);
}

static void views_cut_to_their_parent_and_never_draw_outside(void **state)
{
    (void)state;
    ory_canvas c = canvas(8, 4, &ory_glyphs_ascii);
    ory_canvas v = ory_canvas_view(&c, 6, 2, 100, 100), none = ory_canvas_view(&c, 9, 9, 3, 3);
    ory_pen pen = {ORY_ROLE_CURVE1, 0, 1, 0, 0};
    assert_int_equal(v.w, 2);
    assert_int_equal(v.h, 2);
    assert_int_equal(none.w * none.h, 0);
    ory_canvas_fill(&v, -50, -50, 1000, 1000, '#', plain);
    ory_canvas_fill(&none, 0, 0, 5, 5, '#', plain);
    ory_dots_line(&v, -1e300, -5, 1e300, 50, &pen);
    ory_dots_show(&v);
    for (int i = 0; i < 8 * 4; i++)
        assert_true(c.cells[i].cp == ' ' || (i % 8 >= 6 && i / 8 >= 2));
    ory_canvas_fini(&c);
}

static void a_diff_names_exactly_the_changed_runs(void **state)
{
    (void)state;
    ory_canvas a = canvas(20, 3, &ory_glyphs_braille), b = canvas(20, 3, &ory_glyphs_braille);
    ory_change at = {0, 0, 0};
    assert_false(ory_canvas_diff(&a, &b, &at));
    assert_true(ory_canvas_equal(&a, &b));
    ory_canvas_text(&a, 3, 1, "x", plain);
    ory_canvas_text(&a, 6, 1, "x", plain);
    ory_canvas_text(&a, 15, 1, "漢", plain);
    ory_canvas_text(&b, 0, 2, "y", plain);
    at = (ory_change){0, 0, 0};
    assert_true(ory_canvas_diff(&a, &b, &at));
    assert_true(at.y == 1 && at.x == 3 && at.w == 4);
    assert_true(ory_canvas_diff(&a, &b, &at));
    assert_true(at.y == 1 && at.x == 15 && at.w == 2);
    assert_true(ory_canvas_diff(&a, &b, &at));
    assert_true(at.y == 2 && at.x == 0 && at.w == 1);
    assert_false(ory_canvas_diff(&a, &b, &at));
    ory_canvas_copy(&b, &a);
    assert_true(ory_canvas_equal(&a, &b));
    ory_canvas_fini(&a);
    ory_canvas_fini(&b);
}

/* -------------------------------------------------------------------- dots */

static void a_line_touches_both_ends_and_is_connected(void **state)
{
    (void)state;
    ory_canvas c = canvas(20, 10, &ory_glyphs_braille);
    ory_pen pen = {ORY_ROLE_CURVE1, 0, 1, 0, 0};
    for (int k = 0; k < 200; k++) {
        int x0 = k * 7 % 40, y0 = k * 11 % 40, x1 = k * 13 % 40, y1 = k * 29 % 40, dots = 0;
        ory_canvas_clear(&c);
        ory_dots_line(&c, x0, y0, x1, y1, &pen);
        for (int i = 0; i < c.w * c.h; i++)
            dots += __builtin_popcount(c.dots[i].bits);
        int dx = abs(x1 - x0), dy = abs(y1 - y0);
        assert_int_equal(dots, 1 + (dx > dy ? dx : dy));
        assert_true(c.dots[y0 / 4 * 20 + x0 / 2].bits & ory_dot_bit(x0, y0));
        assert_true(c.dots[y1 / 4 * 20 + x1 / 2].bits & ory_dot_bit(x1, y1));
    }
    ory_canvas_fini(&c);
}

static void huge_and_undefined_coordinates_are_harmless(void **state)
{
    (void)state;
    static const double odd[] = {0.731, -1e308, 1e308, INFINITY, -INFINITY, NAN, 39.4, -0.49};
    ory_canvas c = canvas(20, 10, &ory_glyphs_braille);
    ory_pen pen = {ORY_ROLE_CURVE1, 0, 1, 3, 2};
    for (int k = 0; k < 8 * 8 * 8 * 8; k++) {
        double a = odd[k % 8], b = odd[k / 8 % 8], d = odd[k / 64 % 8], e = odd[k / 512];
        ory_dots_line(&c, a, b, d, e, &pen);
        ory_dots_vspan(&c, k % 50, a, b, &pen);
        if (k < 64)
            ory_dots_rect(&c, a, b, d, e, &pen);
        ory_dots_circle(&c, a, b, d, e, &pen);
    }
    /* A long line keeps its slope when it is clipped. */
    ory_canvas_clear(&c);
    pen.off = 0;
    ory_dots_line(&c, 0, 0, 4e9, 2e9, &pen);
    assert_true(c.dots[4 * 20 + 16].bits & ory_dot_bit(32, 16));
    ory_canvas_fini(&c);
}

static void dashes_depend_on_place_and_not_on_the_number_of_points(void **state)
{
    (void)state;
    ory_canvas a = canvas(30, 5, &ory_glyphs_braille), b = canvas(30, 5, &ory_glyphs_braille);
    ory_pen pen = {ORY_ROLE_BOUND, 0, 1, 4, 3};
    ory_dots_line(&a, 0, 10, 59, 10, &pen);
    for (int i = 0; i < 59 * 50; i++)
        ory_dots_line(&b, i / 50.0, 10, (i + 1) / 50.0, 10, &pen);
    ory_dots_show(&a);
    ory_dots_show(&b);
    char *sa = ory_canvas_string(&a, ORY_COLOURS_NONE), *sb = ory_canvas_string(&b, ORY_COLOURS_NONE);
    assert_string_equal(sa, sb);
    assert_non_null(strstr(sa, "⠤⠤ ⠠⠤⠄"));
    ory_free(sa);
    ory_free(sb);
    ory_canvas_fini(&a);
    ory_canvas_fini(&b);
}

static void the_higher_layer_gives_the_colour_of_a_shared_cell(void **state)
{
    (void)state;
    ory_canvas c = canvas(1, 1, &ory_glyphs_braille);
    ory_pen high = {ORY_ROLE_CURVE1, 0, 9, 0, 0}, low = {ORY_ROLE_GHOST, ORY_FAINT, 1, 0, 0};
    ory_canvas_dot(&c, 0, 0, &high);
    ory_canvas_dot(&c, 1, 3, &low);
    ory_dots_show(&c);
    assert_int_equal(c.cells[0].cp, 0x2881);
    assert_int_equal(c.cells[0].role, ORY_ROLE_CURVE1);
    assert_int_equal(c.dots[0].bits, 0);
    ory_canvas_fini(&c);
}

static void ascii_lines_follow_the_slope(void **state)
{
    (void)state;
    ory_canvas c = canvas(8, 4, &ory_glyphs_ascii);
    ory_pen pen = {ORY_ROLE_CURVE1, 0, 1, 0, 0};
    ory_dots_line(&c, 0, 0, 7, 15, &pen);
    ory_dots_line(&c, 8, 15, 15, 0, &pen);
    ory_dots_show(&c);
    assert_text(&c, "\\      /\n \\    /\n  \\  /\n   \\/\n");
    ory_canvas_clear(&c);
    for (int r = 0; r < 4; r++)
        ory_dots_line(&c, 0, 4 * r + r, 15, 4 * r + r, &pen);
    ory_dots_line(&c, 0, 0, 0, 15, &pen);
    ory_dots_show(&c);
    assert_text(&c, "|'''''''\n|-------\n|.......\n|_______\n");
    ory_canvas_fini(&c);
}

static void every_glyph_set_gives_one_column_per_cell(void **state)
{
    (void)state;
    for (size_t s = 0; s < ory_glyph_set_count; s++) {
        const ory_glyphs *g = ory_glyph_sets[s];
        const uint32_t single[] = {
            g->horizontal, g->vertical, g->top_left, g->top_right, g->bottom_left,
            g->bottom_right, g->axis_tick_left, g->axis_tick_right, g->axis_tick_down, g->cross,
            g->thin_h, g->dash_h, g->dot_h, g->thick_h, g->dash_v, g->lamp_on, g->lamp_off,
            g->lamp_bad, g->lamp_none, g->left, g->right, g->up, g->down, g->play, g->pause,
            g->violation, g->clipped_up, g->clipped_down, g->ellipsis, g->bullet, g->knob,
            g->cursor};
        assert_ptr_equal(ory_glyphs_find(g->name), g);
        for (size_t i = 0; i < sizeof single / sizeof *single; i++)
            assert_true(single[i] && ory_cp_width(single[i]) == 1 &&
                        (!g->ascii || single[i] < 0x7F));
        for (unsigned m = 0; m < 256; m++)
            assert_true(ory_cp_width(g->dots(m)) == 1 && (!g->ascii || g->dots(m) < 0x7F));
        for (int i = 0; i < ORY_MARKERS; i++)
            for (int j = 0; j < i; j++)
                assert_int_not_equal(g->marker[i], g->marker[j]);
        for (int i = 1; i < ORY_SHADES; i++)
            assert_int_not_equal(g->shade[i], g->hatch[i]);
    }
    assert_null(ory_glyphs_find("runes"));
    assert_null(ory_glyphs_find(NULL));
}

/* ----------------------------------------------------------------- palette */

static double linear(double v)
{
    v /= 255;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(int colour)
{
    uint8_t rgb[3];
    ory_colour_rgb(colour, rgb);
    return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

static void every_ink_is_legible_on_black_and_on_white(void **state)
{
    (void)state;
    for (int role = 0; role < ORY_ROLE_HEAT; role++) {
        ory_look look = ory_palette_look(ory_ink(role), ORY_COLOURS_256);
        if (look.ink == ORY_COLOUR_OWN)
            continue;
        double l = luminance(look.ink);
        if (1.05 / (l + 0.05) < 3 || (l + 0.05) / 0.05 < 3)
            fail_msg("%s: colour %d has contrast %.2f on white, %.2f on black",
                     ory_role_name(role), look.ink, 1.05 / (l + 0.05), (l + 0.05) / 0.05);
    }
}

/* Colour as seen with full dichromacy (Machado, Oliveira, Fernandes 2009, severity
 * 1), in CIE L*a*b*. kind 0: normal sight. */
static void seen(int colour, int kind, double lab[3])
{
    static const double sight[4][9] = {
        {1, 0, 0, 0, 1, 0, 0, 0, 1},
        {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116,
         1.051998},
        {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940,
         0.968881},
        {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367,
         0.303900}};
    static const double to_xyz[9] = {0.4124, 0.3576, 0.1805, 0.2126, 0.7152,
                                     0.0722, 0.0193, 0.1192, 0.9505};
    static const double white[3] = {0.9505, 1, 1.089};
    uint8_t rgb[3];
    double lin[3], eye[3], f[3];

    ory_colour_rgb(colour, rgb);
    for (int i = 0; i < 3; i++)
        lin[i] = linear(rgb[i]);
    for (int i = 0; i < 3; i++)
        eye[i] = sight[kind][3 * i] * lin[0] + sight[kind][3 * i + 1] * lin[1] +
                 sight[kind][3 * i + 2] * lin[2];
    for (int i = 0; i < 3; i++) {
        double v = (to_xyz[3 * i] * eye[0] + to_xyz[3 * i + 1] * eye[1] +
                    to_xyz[3 * i + 2] * eye[2]) / white[i];
        f[i] = v > 0.008856 ? cbrt(v) : 7.787 * v + 16.0 / 116;
    }
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

static double least_distance(int first, int last, int kind, int *a, int *b)
{
    double least = 1e9;
    for (int i = first; i <= last; i++) {
        for (int j = first; j < i; j++) {
            double p[3], q[3];
            seen(ory_palette_look(ory_ink(i), ORY_COLOURS_256).ink, kind, p);
            seen(ory_palette_look(ory_ink(j), ORY_COLOURS_256).ink, kind, q);
            double d = sqrt(pow(p[0] - q[0], 2) + pow(p[1] - q[1], 2) + pow(p[2] - q[2], 2));
            if (d < least) {
                least = d;
                *a = i;
                *b = j;
            }
        }
    }
    return least;
}

static void the_first_curves_differ_for_every_kind_of_sight(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        int a = 0, b = 0;
        double four = least_distance(ORY_ROLE_CURVE1, ORY_ROLE_CURVE4, kind, &a, &b);
        if (four < 15)
            fail_msg("sight %d: %s and %s are %.1f apart", kind, ory_role_name(a),
                     ory_role_name(b), four);
    }
}

static void heat_levels_rise_in_lightness(void **state)
{
    (void)state;
    for (int i = 1; i < ORY_HEAT_LEVELS; i++) {
        double a[3], b[3];
        seen(ory_palette_look(ory_ink(ORY_ROLE_HEAT + i - 1), ORY_COLOURS_256).ink, 0, a);
        seen(ory_palette_look(ory_ink(ORY_ROLE_HEAT + i), ORY_COLOURS_256).ink, 0, b);
        if (b[0] <= a[0] + 1)
            fail_msg("heat%d has lightness %.1f, heat%d %.1f", i - 1, a[0], i, b[0]);
    }
}

static void the_environment_decides_about_colours(void **state)
{
    (void)state;
    setenv("TERM", "xterm-256color", 1);
    unsetenv("NO_COLOR");
    unsetenv("COLORTERM");
    assert_int_equal(ory_colours_from_env(true), ORY_COLOURS_256);
    assert_int_equal(ory_colours_from_env(false), ORY_COLOURS_NONE);
    setenv("NO_COLOR", "", 1);
    assert_int_equal(ory_colours_from_env(true), ORY_COLOURS_256);
    setenv("NO_COLOR", "1", 1);
    assert_int_equal(ory_colours_from_env(true), ORY_COLOURS_MONO);
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    assert_int_equal(ory_colours_from_env(true), ORY_COLOURS_16);
    setenv("TERM", "dumb", 1);
    assert_int_equal(ory_colours_from_env(true), ORY_COLOURS_NONE);
    setenv("TERM", "vt100", 1);
    assert_int_equal(ory_colours_from_env(true), ORY_COLOURS_MONO);
    ory_colours c;
    assert_true(ory_colours_parse("16", &c) && c == ORY_COLOURS_16);
    assert_false(ory_colours_parse("many", &c));
}

/* ------------------------------------------------------------- text output */

static void colours_are_switched_off_at_every_line_end_and_absent_on_request(void **state)
{
    (void)state;
    ory_canvas c = canvas(10, 2, &ory_glyphs_braille);
    ory_canvas_text(&c, 1, 0, "ok", ory_ink(ORY_ROLE_GOOD));
    ory_canvas_text(&c, 4, 0, "no", ory_ink_attr(ORY_ROLE_BAD, ORY_UNDERLINE));
    ory_canvas_text(&c, 0, 1, "x ", (ory_style){0, ORY_ROLE_HEAT, 0});
    char *s = ory_canvas_string(&c, ORY_COLOURS_256);
    assert_string_equal(s, " \033[0;38;5;29mok \033[0;1;4;38;5;160mno\033[0m\n"
                           "\033[0;48;5;17mx \033[0m\n");
    ory_free(s);
    s = ory_canvas_string(&c, ORY_COLOURS_16);
    assert_string_equal(s, " \033[0;32mok \033[0;1;4;31mno\033[0m\nx\n");
    ory_free(s);
    s = ory_canvas_string(&c, ORY_COLOURS_MONO);
    assert_string_equal(s, " ok \033[0;1;4;7mno\033[0m\nx\n");
    ory_free(s);
    s = ory_canvas_string(&c, ORY_COLOURS_NONE);
    assert_string_equal(s, " ok no\nx\n");
    ory_free(s);
    ory_canvas_fini(&c);
}

static void a_delta_moves_only_what_changed(void **state)
{
    (void)state;
    ory_canvas a = canvas(30, 5, &ory_glyphs_braille), b = canvas(30, 5, &ory_glyphs_braille);
    ory_textout out = {NULL, 0, 0};
    ory_canvas_text(&a, 4, 3, "new", plain);
    assert_int_equal(ory_textout_delta(&out, &a, &b, ORY_COLOURS_256), ORY_OK);
    assert_string_equal(out.text, "\033[4;5Hnew");
    out.length = 0;
    assert_int_equal(ory_textout_delta(&out, &a, &a, ORY_COLOURS_256), ORY_OK);
    assert_int_equal(out.length, 0);
    assert_int_equal(ory_textout_delta(&out, &a, NULL, ORY_COLOURS_256), ORY_OK);
    assert_string_equal(out.text, "\033[0m\033[2J\033[4;1H    new");
    ory_textout_fini(&out);
    ory_canvas_fini(&a);
    ory_canvas_fini(&b);
}

static void without_memory_there_is_an_answer_and_no_leak(void **state)
{
    (void)state;
    size_t before = ory_mem_in_use();
    ory_canvas c;
    ory_mem_fault_set(0);
    assert_int_equal(ory_canvas_init(&c, 10, 10, &ory_glyphs_ascii), ORY_ENOMEM);
    ory_mem_fault_set(-1);
    ory_canvas_fini(&c);
    c = canvas(10, 10, &ory_glyphs_ascii);
    ory_mem_fault_set(0);
    assert_null(ory_canvas_string(&c, ORY_COLOURS_NONE));
    ory_mem_fault_set(0);
    assert_int_equal(ory_canvas_resize(&c, 50, 50), ORY_ENOMEM);
    ory_mem_fault_set(-1);
    assert_int_equal(c.w, 10);
    ory_canvas_fini(&c);
    ory_canvas_fini(NULL);
    assert_int_equal(ory_mem_in_use(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_utf8_becomes_replacement_characters_and_ends),
        cmocka_unit_test(every_code_point_survives_encoding_and_decoding),
        cmocka_unit_test(widths_agree_with_the_c_library_for_common_scripts),
        cmocka_unit_test(text_is_clipped_on_both_sides_without_half_characters),
        cmocka_unit_test(overwriting_half_of_a_wide_character_blanks_the_other_half),
        cmocka_unit_test(ascii_spells_mathematics),
        cmocka_unit_test(a_field_shortens_with_an_ellipsis_and_aligns),
        cmocka_unit_test(wrapping_breaks_at_spaces_and_counts_what_it_cannot_show),
        cmocka_unit_test(a_frame_gives_up_the_value_before_the_title),
        cmocka_unit_test(views_cut_to_their_parent_and_never_draw_outside),
        cmocka_unit_test(a_diff_names_exactly_the_changed_runs),
        cmocka_unit_test(a_line_touches_both_ends_and_is_connected),
        cmocka_unit_test(huge_and_undefined_coordinates_are_harmless),
        cmocka_unit_test(dashes_depend_on_place_and_not_on_the_number_of_points),
        cmocka_unit_test(the_higher_layer_gives_the_colour_of_a_shared_cell),
        cmocka_unit_test(ascii_lines_follow_the_slope),
        cmocka_unit_test(every_glyph_set_gives_one_column_per_cell),
        cmocka_unit_test(every_ink_is_legible_on_black_and_on_white),
        cmocka_unit_test(the_first_curves_differ_for_every_kind_of_sight),
        cmocka_unit_test(heat_levels_rise_in_lightness),
        cmocka_unit_test(the_environment_decides_about_colours),
        cmocka_unit_test(colours_are_switched_off_at_every_line_end_and_absent_on_request),
        cmocka_unit_test(a_delta_moves_only_what_changed),
        cmocka_unit_test(without_memory_there_is_an_answer_and_no_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
