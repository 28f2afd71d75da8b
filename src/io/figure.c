/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.c - formats of figures, their metadata, their files. */
#include "config.h"

#include "io/figure.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <zlib.h>

#include "io/atomic.h"
#include "io/figure_draw.h"

const char *const ory_figure_formats[] = {"svg", "pdf", "png", "txt", "gp", "gnuplot", NULL};

static const double point = 72 / 25.4; /* per mm */

static double width_of(const ory_figure_options *o) { return o->width > 0 ? o->width : 130; }
static double height_of(const ory_figure_options *o) { return o->height > 0 ? o->height : 85; }
static double dpi_of(const ory_figure_options *o) { return o->dpi > 0 ? o->dpi : 300; }

static cairo_status_t collect(void *out, const unsigned char *bytes, unsigned int n)
{
    ory_buffer_append(out, bytes, n);
    return CAIRO_STATUS_SUCCESS;
}

/* Draw onto the surface, finish and release it. */
static ory_status draw_on(cairo_surface_t *surface, const ory_plot *p,
                          const ory_figure_options *opt, double scale, const char *format,
                          ory_error *err)
{
    cairo_t *cr = cairo_create(surface);
    cairo_status_t bad;

    cairo_scale(cr, scale, scale);
    if (opt->cells)
        ory_figure_cells_draw(cr, opt->cells);
    else
        ory_figure_draw(cr, p, &opt->style, width_of(opt) * point, height_of(opt) * point);
    cairo_show_page(cr);
    bad = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    if (!bad)
        bad = cairo_surface_status(surface);
    if (bad)
        return ory_fail(err, bad == CAIRO_STATUS_NO_MEMORY ? ORY_ENOMEM : ORY_EIO,
                        "cannot draw the .%s figure: %s", format, cairo_status_to_string(bad));
    return ORY_OK;
}

/* ---------------------------------------------------------------------- svg */

static void xml_text(ory_buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            ory_buffer_text(out, "&amp;");
        else if (*text == '<')
            ory_buffer_text(out, "&lt;");
        else if (*text == '>')
            ory_buffer_text(out, "&gt;");
        else if ((unsigned char)*text >= 32 || *text == '\n' || *text == '\t')
            ory_buffer_char(out, *text);
    }
}

static void svg_metadata(const ory_plot *p, const ory_header *h, ory_buffer *out)
{
    size_t i;

    if (p->title && *p->title) {
        ory_buffer_text(out, "\n<title>");
        xml_text(out, p->title);
        ory_buffer_text(out, "</title>");
    }
    if (!h || !h->count)
        return;
    ory_buffer_text(out, "\n<metadata>\n");
    for (i = 0; i < h->count; i++) {
        ory_buffer_printf(out, "%s: ", h->pair[i].key);
        xml_text(out, h->pair[i].value);
        ory_buffer_char(out, '\n');
    }
    ory_buffer_text(out, "</metadata>");
}

/* cairo numbers its surfaces per process and writes the number into ids: the digits
 * behind "surface" are dropped, so that equal plots give equal bytes. */
static void svg_copy_plain(ory_buffer *out, const char *from, const char *end)
{
    static const char word[] = "id=\"surface";
    const size_t len = sizeof word - 1;

    while (from < end) {
        const char *hit = from;

        while (hit + len <= end && memcmp(hit, word, len) != 0)
            hit++;
        if (hit + len > end) {
            ory_buffer_append(out, from, (size_t)(end - from));
            return;
        }
        ory_buffer_append(out, from, (size_t)(hit + len - from));
        for (from = hit + len; from < end && isdigit((unsigned char)*from);)
            from++;
    }
}

static ory_status render_svg(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out,
                             ory_error *err)
{
    ory_buffer raw = {0};
    cairo_surface_t *s = cairo_svg_surface_create_for_stream(collect, &raw, width_of(opt) * point,
                                                             height_of(opt) * point);
    ory_status ok = draw_on(s, p, opt, 1, "svg", err);
    const char *head;

    cairo_surface_finish(s);
    cairo_surface_destroy(s);
    if (ok == ORY_OK)
        ok = ory_buffer_check(&raw, err);
    if (ok == ORY_OK) {
        head = strstr(raw.data, "<svg");
        head = head ? strchr(head, '>') : NULL;
        if (!head)
            ok = ory_fail(err, ORY_EINTERNAL, "cairo wrote an .svg without <svg>");
    }
    if (ok == ORY_OK) {
        svg_copy_plain(out, raw.data, head + 1);
        svg_metadata(p, opt->header, out);
        svg_copy_plain(out, head + 1, raw.data + raw.len);
    }
    ory_buffer_fini(&raw);
    return ok;
}

/* ---------------------------------------------------------------------- pdf */

static void pdf_metadata(cairo_surface_t *s, const ory_plot *p, const ory_header *h,
                         ory_buffer *out)
{
#if CAIRO_VERSION >= CAIRO_VERSION_ENCODE(1, 16, 0)
    ory_buffer b = {0};
    size_t i;

    /* Without a date of its own a document would get that of its making. */
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "orrery " PACKAGE_VERSION);
    if (p->title && *p->title)
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, p->title);
    for (i = 0; h && i < h->count; i++)
        ory_buffer_printf(&b, "%s%s: %s", i ? "; " : "", h->pair[i].key, h->pair[i].value);
    if (b.failed)
        out->failed = true;
    else if (b.data)
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_KEYWORDS, b.data);
    ory_buffer_fini(&b);
#else
    (void)s, (void)p, (void)h, (void)out;
#endif
}

static ory_status render_pdf(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out,
                             ory_error *err)
{
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(collect, out, width_of(opt) * point,
                                                             height_of(opt) * point);
    ory_status ok;

    pdf_metadata(s, p, opt->header, out);
    ok = draw_on(s, p, opt, 1, "pdf", err);
    cairo_surface_finish(s);
    cairo_surface_destroy(s);
    return ok;
}

/* ---------------------------------------------------------------------- png */

static void put_u32(unsigned char *at, uint32_t x)
{
    at[0] = (unsigned char)(x >> 24);
    at[1] = (unsigned char)(x >> 16);
    at[2] = (unsigned char)(x >> 8);
    at[3] = (unsigned char)x;
}

/* length, type, data, CRC of type and data (PNG specification, section 5.3) */
static void png_chunk(ory_buffer *out, const char type[5], const void *data, size_t n)
{
    unsigned char four[4];
    uLong crc = crc32(crc32(0, NULL, 0), (const Bytef *)type, 4);

    put_u32(four, (uint32_t)n);
    ory_buffer_append(out, four, 4);
    ory_buffer_append(out, type, 4);
    ory_buffer_append(out, data, n);
    put_u32(four, (uint32_t)crc32(crc, data, (uInt)n));
    ory_buffer_append(out, four, 4);
}

static void png_text(ory_buffer *out, const char *key, const char *value)
{
    ory_buffer b = {0};

    /* keyword 0, not compressed 0 0, no language 0, no translated keyword 0, text */
    ory_buffer_printf(&b, "%.60s", key);
    ory_buffer_append(&b, "\0\0\0\0\0", 5);
    ory_buffer_text(&b, value);
    if (!b.failed)
        png_chunk(out, "iTXt", b.data, b.len);
    else
        out->failed = true;
    ory_buffer_fini(&b);
}

static void png_metadata(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out)
{
    unsigned char density[9];
    uint32_t per_metre = (uint32_t)lround(dpi_of(opt) / 0.0254);
    const ory_header *h = opt->header;
    size_t i;

    put_u32(density, per_metre);
    put_u32(density + 4, per_metre);
    density[8] = 1; /* the unit is the metre */
    png_chunk(out, "pHYs", density, sizeof density);
    if (p->title && *p->title)
        png_text(out, "Title", p->title);
    for (i = 0; h && i < h->count; i++)
        png_text(out, h->pair[i].key, h->pair[i].value);
}

static ory_status render_png(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out,
                             ory_error *err)
{
    enum { HEAD = 8 + 4 + 4 + 13 + 4 }; /* signature and IHDR */
    const double scale = dpi_of(opt) / 72;
    cairo_surface_t *s = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)lround(width_of(opt) * point * scale),
        (int)lround(height_of(opt) * point * scale));
    ory_buffer raw = {0};
    ory_status ok = draw_on(s, p, opt, scale, "png", err);

    if (ok == ORY_OK && cairo_surface_write_to_png_stream(s, collect, &raw) != CAIRO_STATUS_SUCCESS)
        ok = ory_fail(err, ORY_ENOMEM, "cannot compress the .png figure");
    cairo_surface_destroy(s);
    if (ok == ORY_OK)
        ok = ory_buffer_check(&raw, err);
    if (ok == ORY_OK && raw.len > HEAD) {
        ory_buffer_append(out, raw.data, HEAD);
        png_metadata(p, opt, out);
        ory_buffer_append(out, raw.data + HEAD, raw.len - HEAD);
    }
    ory_buffer_fini(&raw);
    return ok;
}

/* ---------------------------------------------------------------------- txt */

static ory_status render_text(const ory_plot *p, const ory_figure_options *opt, ory_buffer *out,
                              ory_error *err)
{
    if (!opt->text)
        return ory_fail(err, ORY_EINVAL,
                        "a .txt figure needs the program orrery, not only its library");
    if (opt->header)
        ory_header_comments(opt->header, out);
    return opt->text(opt->text_ctx, p, out, err);
}

/* ---------------------------------------------------------------- interface */

const char *ory_figure_format(const char *path)
{
    const char *dot = strrchr(path, '.');
    size_t i, j;

    if (!dot || strchr(dot, '/'))
        return NULL;
    for (i = 0; ory_figure_formats[i]; i++) {
        const char *f = ory_figure_formats[i];

        for (j = 0; f[j] && tolower((unsigned char)dot[1 + j]) == f[j];)
            j++;
        if (!f[j] && !dot[1 + j])
            return f;
    }
    return NULL;
}

static ory_status check_options(const ory_figure_options *opt, ory_error *err)
{
    const double w = width_of(opt), h = height_of(opt), d = dpi_of(opt);

    if (!(w >= ORY_FIGURE_MIN && w <= ORY_FIGURE_MAX))
        return ory_fail(err, ORY_EINVAL, "figure: width %g mm (must be %d to %d)", w,
                        ORY_FIGURE_MIN, ORY_FIGURE_MAX);
    if (!(h >= ORY_FIGURE_MIN && h <= ORY_FIGURE_MAX))
        return ory_fail(err, ORY_EINVAL, "figure: height %g mm (must be %d to %d)", h,
                        ORY_FIGURE_MIN, ORY_FIGURE_MAX);
    if (!(d >= 30 && d <= 1200))
        return ory_fail(err, ORY_EINVAL, "figure: dpi %g (must be 30 to 1200)", d);
    return ORY_OK;
}

ory_status ory_figure_render(const ory_plot *p, const char *format, const ory_figure_options *opt,
                             ory_buffer *out, ory_error *err)
{
    static const ory_figure_options plain = {0};
    ory_status ok;

    if (!opt)
        opt = &plain;
    ok = check_options(opt, err);
    if (ok != ORY_OK)
        return ok;
    if (opt->cells && (*format == 'g' || *format == 't'))
        return ory_fail(err, ORY_EINVAL, "figure: cells have no format '%s' (svg, pdf, png)", format);
    if (strcmp(format, "svg") == 0)
        ok = render_svg(p, opt, out, err);
    else if (strcmp(format, "pdf") == 0)
        ok = render_pdf(p, opt, out, err);
    else if (strcmp(format, "png") == 0)
        ok = render_png(p, opt, out, err);
    else if (strcmp(format, "txt") == 0)
        ok = render_text(p, opt, out, err);
    else if (strcmp(format, "gp") == 0 || strcmp(format, "gnuplot") == 0)
        ory_figure_gnuplot(p, opt, out);
    else
        return ory_fail(err, ORY_EINVAL, "figure: format '%s' (one of svg, pdf, png, txt, gp)",
                        format);
    return ok == ORY_OK ? ory_buffer_check(out, err) : ok;
}

ory_status ory_figure_save(const ory_plot *p, const char *path, const ory_figure_options *opt,
                           ory_error *err)
{
    const char *format = ory_figure_format(path);
    ory_buffer out = {0};
    ory_status ok;

    if (!format)
        return ory_fail(err, ORY_EINVAL,
                        "'%s' does not say which format (end it in .svg, .pdf, .png, .txt or .gp)",
                        path);
    ok = ory_figure_render(p, format, opt, &out, err);
    if (ok == ORY_OK)
        ok = ory_outfile_put(path, out.data, out.len, err);
    ory_buffer_fini(&out);
    return ok;
}
