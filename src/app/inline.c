/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inline.c - draws plots for the prompt and for .txt files. */
#include "config.h"

#include "app/inline.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/bind.h"
#include "bind/plot.h"
#include "core/mem.h"
#include "tui/palette.h"
#include "tui/plotdraw.h"
#include "tui/textout.h"

enum { MOST_COLUMNS = 100, MOST_ROWS = 18, LEAST_ROWS = 8, ROWS_BESIDE = 5 };

const ory_glyphs *ory_inline_glyphs(void)
{
    const char *name = getenv("ORRERY_GLYPHS");
    const ory_glyphs *g = name && *name ? ory_glyphs_find(name) : NULL;

    if (g)
        return g;
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? &ory_glyphs_braille : &ory_glyphs_ascii;
}

static ory_colours colours(void)
{
    const char *when = getenv("ORRERY_COLOR");
    const bool always = when && strcmp(when, "always") == 0;
    const ory_colours depth = ory_colours_from_env(always || isatty(STDOUT_FILENO));

    return always && depth == ORY_COLOURS_NONE ? ORY_COLOURS_16 : depth;
}

static int default_width(void)
{
    return ory_width > MOST_COLUMNS ? MOST_COLUMNS : ory_width;
}

/* The prompt and a line or two above the plot stay in view. */
static int default_height(void)
{
    const int rows = ory_height - ROWS_BESIDE;

    return rows > MOST_ROWS ? MOST_ROWS : rows < LEAST_ROWS ? LEAST_ROWS : rows;
}

static ory_status draw(void *ctx, const ory_plot *p, int width, int height, bool plain,
                       ory_buffer *out, ory_error *err)
{
    const ory_plot_look look = ory_plot_look_plain();
    ory_canvas c = {0};
    char *text;

    (void)ctx;
    if (ory_canvas_init(&c, width ? width : default_width(), height ? height : default_height(),
                        ory_inline_glyphs()) != ORY_OK)
        return ory_fail(err, ORY_ENOMEM, "out of memory: a plot of %d x %d cells", width, height);
    ory_plot_draw_framed(p, &look, &c);
    text = ory_canvas_string(&c, plain ? ORY_COLOURS_NONE : colours());
    ory_canvas_fini(&c);
    if (!text)
        return ory_fail(err, ORY_ENOMEM, "out of memory: the text of a plot");
    ory_buffer_text(out, text);
    ory_free(text);
    return ORY_OK;
}

void ory_inline_start(void)
{
    ory_bind_set_plot_render(draw, NULL);
}
