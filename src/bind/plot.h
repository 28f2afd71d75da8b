/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.h (bind) - how a plot gets from Lua to the eye.
 *
 * bind knows no cells: the program registers a function that draws a plot as text
 * (app/inline.c). Without one - as a module of a stock interpreter - a plot prints
 * as a summary in words. */
#ifndef ORY_BIND_PLOT_H
#define ORY_BIND_PLOT_H

#include <lua.h>
#include <stdbool.h>

#include <lua.h>

#include "io/buffer.h"
#include "io/plot.h"

/* Appends p as lines of text. width, height: cells, 0: as the window suggests. plain:
 * for a file, no colours whatever the terminal knows. */
typedef ory_status (*ory_plot_render_fn)(void *ctx, const ory_plot *p, int width, int height,
                                         bool plain, ory_buffer *out, ory_error *err);
/* The plot at idx, or NULL; it lives as long as the value there. */
const ory_plot *ory_test_plot(lua_State *L, int idx);

void ory_bind_set_plot_render(ory_plot_render_fn fn, void *ctx);

/* Functions of internal: see plot.c. */
int ory_plot_set_source(lua_State *L);
int ory_plot_set_saved(lua_State *L);

#endif
