/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_figure.c - figures as files: bytes that repeat, provenance, ink where it belongs. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cairo.h>
#include <cmocka.h>
#include <zlib.h>

#include "core/mem.h"
#include "io/figure.h"
#include "io/ticks.h"

enum { N = 40001 }; /* so many points share a column that a spike is rarely at its edge */

static double ramp[N], flat[N];
static ory_plot_series two[2];
static ory_plot plot;

/* A flat line at 2.385 with a spike of one sample, and a bound above it. */
static int make_plot(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < N; i++) {
        ramp[i] = 3 + i / 40000.0;
        flat[i] = 2.385;
    }
    flat[13717] = 3.9;
    two[0] = (ory_plot_series){.name = "gap", .n = N, .y = flat, .colour = -1, .violation = NAN};
    two[1] = (ory_plot_series){.name = "bound", .source = "Theorem <3.1> & 'co'", .n = N, .y = ramp,
                               .role = ORY_PLOT_BOUND, .colour = -1, .violation = NAN};
    plot = (ory_plot){.title = "η < 2 & \"so\" on",
                      .x = {"step", "", false, NAN, NAN},
                      .y = {"loss", "nat", false, 2, 4},
                      .floor = NAN,
                      .series = two,
                      .n_series = 2};
    return 0;
}

static ory_header *start_header(void)
{
    static ory_header h;

    ory_header_fini(&h);
    assert_int_equal(ory_header_start(&h, "fig.lua", "print(1)", 8, NULL), ORY_OK);
    assert_int_equal(ory_header_add(&h, "seed", "731", NULL), ORY_OK);
    return &h;
}

static ory_status text_plot(void *ctx, const ory_plot *p, ory_buffer *out, ory_error *err)
{
    (void)err;
    assert_true(ctx == &plot);
    ory_buffer_printf(out, "[%zu series]\n", p->n_series);
    return ORY_OK;
}

static void equal_plots_give_equal_bytes_in_every_format(void **state)
{
    ory_figure_options opt = {.header = start_header(), .dpi = 72, .text = text_plot,
                              .text_ctx = &plot};
    const char *const *f;

    (void)state;
    for (f = ory_figure_formats; *f; f++) {
        ory_buffer a = {0}, b = {0};
        ory_plot *copy;

        assert_int_equal(ory_plot_copy(&plot, &copy, NULL), ORY_OK);
        assert_int_equal(ory_figure_render(&plot, *f, &opt, &a, NULL), ORY_OK);
        assert_int_equal(ory_figure_render(copy, *f, &opt, &b, NULL), ORY_OK);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.data, b.data, a.len);
        ory_plot_free(copy);
        ory_buffer_fini(&a);
        ory_buffer_fini(&b);
    }
}

static bool holds(const ory_buffer *b, const char *text)
{
    const size_t n = strlen(text);
    size_t i;

    for (i = 0; i + n <= b->len; i++)
        if (memcmp(b->data + i, text, n) == 0)
            return true;
    return false;
}

static void every_format_carries_script_hash_and_seed(void **state)
{
    const char *hash;
    ory_figure_options opt = {.header = start_header(), .dpi = 72, .text = text_plot,
                              .text_ctx = &plot};
    const char *const *f;

    (void)state;
    hash = ory_header_get(opt.header, "script_sha256");
    assert_int_equal(strlen(hash), 64);
    for (f = ory_figure_formats; *f; f++) {
        ory_buffer b = {0};

        assert_int_equal(ory_figure_render(&plot, *f, &opt, &b, NULL), ORY_OK);
        assert_true(holds(&b, hash));
        assert_true(holds(&b, "731"));
        assert_true(holds(&b, "fig.lua"));
        ory_buffer_fini(&b);
    }
}

/* Neither the hour of the day nor a broken checksum is in the files. */
static void a_pdf_has_a_fixed_date_and_every_png_chunk_its_checksum(void **state)
{
    ory_figure_options opt = {.header = start_header(), .dpi = 72};
    const unsigned char *c;
    ory_buffer b = {0};
    size_t at = 8, chunks = 0, n;

    (void)state;
    assert_int_equal(ory_figure_render(&plot, "pdf", &opt, &b, NULL), ORY_OK);
    assert_true(holds(&b, "20000101000000Z"));
    ory_buffer_clear(&b);
    assert_int_equal(ory_figure_render(&plot, "png", &opt, &b, NULL), ORY_OK);
    for (; at + 12 <= b.len; at += 12 + n, chunks++) {
        c = (const unsigned char *)b.data + at;
        n = (size_t)c[0] << 24 | (size_t)c[1] << 16 | (size_t)c[2] << 8 | c[3];
        assert_true(at + 12 + n <= b.len);
        assert_int_equal(crc32(0, c + 4, (uInt)n + 4),
                         (uLong)c[8 + n] << 24 | (uLong)c[9 + n] << 16 | (uLong)c[10 + n] << 8 |
                             c[11 + n]);
    }
    assert_int_equal(at, b.len);
    assert_true(chunks >= 8); /* IHDR pHYs, title, four or more of the header, IDAT, IEND */
    ory_buffer_fini(&b);
}

static void markup_in_texts_is_escaped(void **state)
{
    ory_buffer b = {0};

    (void)state;
    assert_int_equal(ory_figure_render(&plot, "svg", NULL, &b, NULL), ORY_OK);
    assert_true(holds(&b, "<title>η &lt; 2 &amp; \"so\" on</title>"));
    ory_buffer_clear(&b);
    assert_int_equal(ory_figure_render(&plot, "gp", NULL, &b, NULL), ORY_OK);
    assert_true(holds(&b, "set title \"η < 2 & \\\"so\\\" on\" noenhanced"));
    assert_true(holds(&b, "set yrange [2:4]"));
    assert_true(holds(&b, "\n13717 3.9 3.9 3.9\n"));
    ory_buffer_fini(&b);
}

/* ------------------------------------------------------------------- pixels */

typedef struct reader {
    const ory_buffer *b;
    size_t at;
} reader;

static cairo_status_t read_bytes(void *ctx, unsigned char *to, unsigned int n)
{
    reader *r = ctx;

    if (r->at + n > r->b->len)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(to, r->b->data + r->at, n);
    r->at += n;
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *png_of(const ory_plot *p, const ory_figure_options *opt)
{
    ory_buffer b = {0};
    reader r = {&b, 0};
    cairo_surface_t *s;

    assert_int_equal(ory_figure_render(p, "png", opt, &b, NULL), ORY_OK);
    s = cairo_image_surface_create_from_png_stream(read_bytes, &r);
    assert_int_equal(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
    ory_buffer_fini(&b);
    return s;
}

static uint32_t pixel(cairo_surface_t *s, int x, int y)
{
    const unsigned char *row =
        cairo_image_surface_get_data(s) + y * cairo_image_surface_get_stride(s);

    return ((const uint32_t *)(const void *)row)[x] & 0xffffff;
}

/* Pixels in a row of the picture that are of the first curve's blue. */
static int blue_in_row(cairo_surface_t *s, int y)
{
    int x, n = 0;

    for (x = 0; x < cairo_image_surface_get_width(s); x++) {
        const uint32_t c = pixel(s, x, y);

        n += (c & 0xff) > 0x90 && (c >> 16) < 0x60;
    }
    return n;
}

static void a_png_has_the_size_asked_for_and_shows_a_spike_of_one_sample(void **state)
{
    ory_figure_options opt = {.width = 100, .height = 60, .dpi = 127};
    cairo_surface_t *s = png_of(&plot, &opt);
    int y, w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s);
    int line = 0, spike = 0;

    (void)state;
    assert_int_equal(w, 500);
    assert_int_equal(h, 300);
    for (y = 0; y < h; y++) {
        const int n = blue_in_row(s, y);

        line += n > w / 2;
        spike += n >= 1 && n < 8;
    }
    assert_in_range(line, 1, 4);   /* the flat line is thin and spans the frame */
    assert_in_range(spike, 50, h); /* from 2.385 up to 3.9 of an axis from 2 to 4 */
    cairo_surface_destroy(s);
}

static void values_below_a_log_axis_are_marked_not_dropped(void **state)
{
    static double y[50];
    ory_plot_series s = {.name = "gap", .n = 50, .y = y, .colour = 0, .violation = NAN};
    ory_plot p = plot;
    ory_figure_options opt = {.dpi = 127};
    cairo_surface_t *with, *without;
    int i, row, before = 0, after = 0, h;

    (void)state;
    for (i = 0; i < 50; i++)
        y[i] = 1 + i;
    p.series = &s;
    p.n_series = 1;
    p.title = NULL;
    p.y = (ory_plot_axis){"gap", "", true, 0.1, 100};
    without = png_of(&p, &opt);
    y[25] = 0;
    with = png_of(&p, &opt);
    h = cairo_image_surface_get_height(with);
    for (row = h * 2 / 3; row < h; row++) {
        before += blue_in_row(without, row);
        after += blue_in_row(with, row);
    }
    assert_int_equal(before, 0);
    assert_in_range(after, 8, 100);
    cairo_surface_destroy(with);
    cairo_surface_destroy(without);
}

static int red_pixels(cairo_surface_t *s)
{
    int x, y, n = 0;

    for (y = 0; y < cairo_image_surface_get_height(s); y++)
        for (x = 0; x < cairo_image_surface_get_width(s); x++) {
            const uint32_t c = pixel(s, x, y);

            n += c >> 16 > 0xb0 && (c >> 8 & 0xff) < 0x40 && (c & 0xff) < 0x50;
        }
    return n;
}

static void the_first_violation_is_crossed_out_and_named(void **state)
{
    ory_figure_options opt = {.dpi = 127};
    cairo_surface_t *with, *without = png_of(&plot, &opt);

    (void)state;
    two[0].violation = 20000;
    with = png_of(&plot, &opt);
    assert_int_equal(red_pixels(without), 0);
    assert_in_range(red_pixels(with), 40, 400); /* one cross at the point, one in the legend */
    cairo_surface_destroy(with);
    cairo_surface_destroy(without);
}

/* Grey pixels in a column of the picture that no tick stands in. */
static int shaded_pixels(const ory_plot *p)
{
    ory_figure_options opt = {.dpi = 127};
    cairo_surface_t *s = png_of(p, &opt);
    const int x = (int)(0.53 * cairo_image_surface_get_width(s));
    int y, n = 0;

    for (y = 0; y < cairo_image_surface_get_height(s); y++)
        n += pixel(s, x, y) == 0xe5e5e5 || pixel(s, x, y) == 0xe6e6e6;
    cairo_surface_destroy(s);
    return n;
}

static void what_lies_below_the_floor_is_shaded(void **state)
{
    int tenth, fifth;

    (void)state;
    assert_int_equal(shaded_pixels(&plot), 0);
    plot.floor = 2.2; /* the axis goes from 2 to 4 */
    tenth = shaded_pixels(&plot);
    plot.floor = 2.4;
    fifth = shaded_pixels(&plot);
    assert_in_range(tenth, 15, 40);
    assert_in_range(fifth, 2 * tenth - 4, 2 * tenth + 4);
}

/* A heat of one row: lowest and highest colour of the ramp, and a place without a value. */
static void a_heat_shows_its_ramp_and_hatches_what_is_missing(void **state)
{
    static const double x[] = {1, 2, 3}, y[] = {5}, z[] = {-1, 7, NAN};
    const ory_plot_heat h = {.label = "value", .missing = "diverged", .lo = NAN, .hi = NAN,
                             .rows = 1, .cols = 3, .x = x, .y = y, .z = z};
    ory_plot p = {.x = {"a", "", false, NAN, NAN}, .y = {"b", "", false, NAN, NAN}, .floor = NAN,
                  .heat = &h};
    ory_buffer b = {0};
    int k;

    (void)state;
    for (k = 0; ory_figure_ramps[k]; k++) {
        ory_figure_options opt = {.dpi = 127, .style = {.ramp = k}};
        cairo_surface_t *s = png_of(&p, &opt);
        const int w = cairo_image_surface_get_width(s), row = cairo_image_surface_get_height(s) / 2;
        int i, low = 0, high = 0, other = 0;

        for (i = 0; i < w; i++) {
            low += pixel(s, i, row) == ory_figure_heat_rgb(k, 0);
            high += pixel(s, i, row) == ory_figure_heat_rgb(k, 1);
            other += pixel(s, i, row) == 0xe5e5e5 || pixel(s, i, row) == 0xe6e6e6;
        }
        assert_in_range(low, w / 6, w / 3); /* a third of the frame each */
        assert_in_range(high, w / 6, w / 3);
        assert_in_range(other, w / 12, w / 3); /* between the lines of the hatching */
        cairo_surface_destroy(s);
    }
    assert_int_equal(ory_figure_render(&p, "gp", NULL, &b, NULL), ORY_OK);
    assert_true(holds(&b, "\n2 5 1.5 2.5 3.75 6.25 7\nEND"));
    ory_buffer_fini(&b);
}

/* Wider curves take more of a column, larger letters leave the frame less room. */
static void a_style_changes_widths_and_sizes(void **state)
{
    ory_figure_options opt = {.dpi = 127}, bold = {.dpi = 127, .style = {.line = 4.8}},
                       large = {.dpi = 127, .style = {.size = 16}};
    const ory_figure_options *const three[] = {&opt, &bold, &large};
    int i, y, thick[3], longest[3];

    (void)state;
    for (i = 0; i < 3; i++) {
        cairo_surface_t *s = png_of(&plot, three[i]);
        const int w = cairo_image_surface_get_width(s);

        thick[i] = longest[i] = 0;
        for (y = 0; y < cairo_image_surface_get_height(s); y++) {
            const int n = blue_in_row(s, y);

            thick[i] += n > w / 2;
            longest[i] = n > longest[i] ? n : longest[i];
        }
        cairo_surface_destroy(s);
    }
    assert_in_range(thick[1], 3 * thick[0], 6 * thick[0]);
    assert_true(longest[2] < longest[0] - 20);
}

/* A cell of colour, a braille character with its lower right dot alone, blanks. */
static void cells_are_drawn_where_they_stand(void **state)
{
    static const ory_figure_cell cell[2][10] = {
        {[0] = {.cp = ' ', .width = 1, .has_ground = true, .ground = 0x0000c0}},
        {[9] = {.cp = 0x2880, .text = "?", .width = 1, .ink = 0xc00000}}};
    const ory_figure_cells page = {10, 2, cell[0]};
    ory_figure_options opt = {.width = ORY_FIGURE_MIN, .height = ORY_FIGURE_MIN, .dpi = 254,
                              .cells = &page};
    ory_plot none = {.floor = NAN};
    cairo_surface_t *s = png_of(&none, &opt);
    int x, y, blue = 0, dots = 0, left = 1000, right = 0;
    ory_buffer b = {0};
    ory_error err = {0};

    (void)state;
    for (y = 0; y < 300; y++)
        for (x = 0; x < 300; x++) {
            blue += pixel(s, x, y) == 0x0000c0;
            if (pixel(s, x, y) != 0xc00000)
                continue;
            dots++;
            left = x < left ? x : left;
            right = x > right ? x : right;
        }
    /* 254 dots per inch: 3.53 pixels a point, a cell is 17 x 33 */
    assert_in_range(blue, 17 * 30, 19 * 35);
    assert_in_range(dots, 15, 40); /* one disc of radius 3 */
    assert_true(right - left < 8 && left > 9.5 * 17 + 14 && right < 10 * 17 + 14);
    assert_int_equal(ory_figure_render(&none, "gp", &opt, &b, &err), ORY_EINVAL);
    cairo_surface_destroy(s);
    ory_buffer_fini(&b);
}

/* ------------------------------------------------------------------- errors */

static void refusals_name_value_and_limit(void **state)
{
    ory_figure_options opt = {.width = 3};
    ory_buffer b = {0};
    ory_error err = {0};

    (void)state;
    assert_int_equal(ory_figure_render(&plot, "svg", &opt, &b, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "width 3 mm (must be 30 to 1000)"));
    opt = (ory_figure_options){.height = NAN, .dpi = 5000};
    assert_int_equal(ory_figure_render(&plot, "svg", &opt, &b, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "dpi 5000"));
    assert_int_equal(ory_figure_render(&plot, "gif", NULL, &b, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "'gif'"));
    assert_int_equal(ory_figure_render(&plot, "txt", NULL, &b, &err), ORY_EINVAL);
    assert_int_equal(ory_figure_save(&plot, "figure", NULL, &err), ORY_EINVAL);
    assert_non_null(strstr(err.text, "'figure' does not say which format"));
    assert_int_equal(ory_figure_save(&plot, "nowhere/at/all.svg", NULL, &err), ORY_EIO);
    assert_non_null(strstr(err.text, "nowhere/at/all.svg"));
    assert_null(ory_figure_format("a.svg/b"));
    assert_string_equal(ory_figure_format("a.b/c.PDF"), "pdf");
    ory_buffer_fini(&b);
}

static void every_lost_allocation_is_reported(void **state)
{
    ory_figure_options opt = {.header = start_header(), .dpi = 40};
    const char *const formats[] = {"svg", "png", "pdf", "gp"};
    size_t f;
    long n;

    (void)state;
    for (f = 0; f < 4; f++)
        for (n = 0;; n++) {
            ory_buffer b = {0};
            ory_error err = {0};
            ory_status ok;

            ory_mem_fault_set(n);
            ok = ory_figure_render(&plot, formats[f], &opt, &b, &err);
            ory_buffer_fini(&b);
            if (!ory_mem_fault_hit()) {
                ory_mem_fault_set(-1);
                assert_int_equal(ok, ORY_OK);
                assert_true(n > 0);
                break;
            }
            ory_mem_fault_set(-1);
            assert_int_equal(ok, ORY_ENOMEM);
        }
}

/* -------------------------------------------------------------------- ticks */

static void linear_ticks_are_round_numbers(void **state)
{
    ory_figure_axis a;

    (void)state;
    ory_figure_axis_make(&a, false, -0.07, 1.03, 7);
    assert_int_equal(a.n, 6);
    assert_string_equal(a.tick[0].text, "0.0");
    assert_string_equal(a.tick[5].text, "1.0");
    assert_true(fabs(a.tick[1].at - (0.2 + 0.07) / 1.1) < 1e-12);
    ory_figure_axis_make(&a, false, 0, 731000, 5);
    assert_true(a.scaled && a.scale == 5);
    assert_string_equal(a.tick[1].text, "2");
    ory_figure_axis_make(&a, false, 1e15, 1e15 + 1, 5); /* no endless loop, no overflow */
    assert_in_range(a.n, 1, ORY_FIGURE_TICKS);
}

static void log_ticks_are_powers_and_keep_their_distance(void **state)
{
    ory_figure_axis a;

    (void)state;
    ory_figure_axis_make(&a, true, 2e-3, 5e2, 9);
    assert_int_equal(a.n, 5);
    assert_string_equal(a.tick[0].text, "10");
    assert_true(a.tick[0].power && a.tick[0].exponent == -2);
    assert_true(fabs(a.tick[0].at - log10(5) / log10(2.5e5)) < 1e-12);
    assert_int_equal(a.n_minor, 42); /* 3·10⁻³ … 4·10², counted by hand */
    ory_figure_axis_make(&a, true, 1e-300, 1e300, 6);
    assert_in_range(a.n, 3, 7);
    ory_figure_axis_make(&a, true, 1, 8, 6);
    assert_int_equal(a.n, 3);
    assert_string_equal(a.tick[1].text, "2");
    assert_true(isinf(ory_figure_axis_at(&a, 0)) && ory_figure_axis_at(&a, 0) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(equal_plots_give_equal_bytes_in_every_format, make_plot),
        cmocka_unit_test_setup(every_format_carries_script_hash_and_seed, make_plot),
        cmocka_unit_test_setup(a_pdf_has_a_fixed_date_and_every_png_chunk_its_checksum, make_plot),
        cmocka_unit_test_setup(markup_in_texts_is_escaped, make_plot),
        cmocka_unit_test_setup(a_png_has_the_size_asked_for_and_shows_a_spike_of_one_sample,
                               make_plot),
        cmocka_unit_test_setup(values_below_a_log_axis_are_marked_not_dropped, make_plot),
        cmocka_unit_test_setup(the_first_violation_is_crossed_out_and_named, make_plot),
        cmocka_unit_test_setup(what_lies_below_the_floor_is_shaded, make_plot),
        cmocka_unit_test(cells_are_drawn_where_they_stand),
        cmocka_unit_test(a_heat_shows_its_ramp_and_hatches_what_is_missing),
        cmocka_unit_test_setup(a_style_changes_widths_and_sizes, make_plot),
        cmocka_unit_test_setup(refusals_name_value_and_limit, make_plot),
        cmocka_unit_test_setup(every_lost_allocation_is_reported, make_plot),
        cmocka_unit_test(linear_ticks_are_round_numbers),
        cmocka_unit_test(log_ticks_are_powers_and_keep_their_distance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
