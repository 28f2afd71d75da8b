/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.c - the registry of panels, and what all of them share: options, names,
 * frame and heading. */
#include "config.h"

#include "tui/panel.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tui/panelkit.h"

/* ---------------------------------------------------------------- registry */

#define ORY_PANEL(name) extern const ory_panel_class ory_panel_##name;
#include "tui/panels.def"
#undef ORY_PANEL

static const ory_panel_class *const classes[] = {
#define ORY_PANEL(name) &ory_panel_##name,
#include "tui/panels.def"
#undef ORY_PANEL
};
enum { CLASSES = sizeof classes / sizeof *classes };

size_t ory_panel_class_count(void)
{
    return CLASSES;
}

const ory_panel_class *ory_panel_class_at(size_t i)
{
    return i < CLASSES ? classes[i] : NULL;
}

const ory_panel_class *ory_panel_class_find(const char *name)
{
    for (size_t i = 0; name && i < CLASSES; i++)
        if (strcmp(classes[i]->name, name) == 0)
            return classes[i];
    return NULL;
}

/* -------------------------------------------------------------------- panel */

ory_status ory_panel_init(ory_panel *p, const ory_panel_class *class, ory_error *err)
{
    *p = (ory_panel){.class = class};
    return ory_values_init(&p->options, class->name, class->params, err);
}

void ory_panel_fini(ory_panel *p)
{
    if (!p)
        return;
    ory_values_fini(&p->options);
    *p = (ory_panel){0};
}

ory_status ory_panel_add_name(ory_panel *p, const char *name, ory_error *err)
{
    const ory_panel_class *class = p->class;

    if (class->names_max == 0)
        return ory_fail(err, ORY_ERANGE, "%s: '%s' given, but the panel takes no quantities",
                        class->name, name);
    if (p->n_names >= class->names_max || p->n_names >= ORY_PANEL_NAMES)
        return ory_fail(err, ORY_ERANGE, "%s: '%s' is one too many (at most %zu)", class->name,
                        name, class->names_max);
    if (strlen(name) >= ORY_PANEL_NAME)
        return ory_fail(err, ORY_EINVAL, "%s: the name '%.20s…' has %zu bytes (at most %d)",
                        class->name, name, strlen(name), ORY_PANEL_NAME - 1);
    strcpy(p->names[p->n_names++], name);
    return ORY_OK;
}

const char *ory_panel_text(const ory_panel *p, int option)
{
    const char *text = p->options.v ? p->options.v[option].text : NULL;
    return text ? text : "";
}

const ory_snap_run *ory_panel_run(const ory_snapshot *s, const ory_panel *p)
{
    double run = ory_panel_number(p, ORY_PANEL_P_RUN);
    size_t i = run >= 1 ? (size_t)run - 1 : 0;

    return i < s->n_runs ? s->runs + i : NULL;
}

const ory_snap_quantity *ory_panel_quantity(const ory_snapshot *s, const ory_panel *p, size_t i)
{
    return i < p->n_names ? ory_snap_find(ory_panel_run(s, p), p->names[i]) : NULL;
}

bool ory_panel_log(ory_turn turn, bool natural)
{
    return turn == ORY_TURN_NONE ? natural : turn == ORY_TURN_LOG;
}

size_t ory_panel_items(const ory_snapshot *s, const ory_panel *p)
{
    return p->class->items ? p->class->items(s, p) : 0;
}

size_t ory_panel_wants(const ory_panel *p, ory_panel_want out[ORY_PANEL_WANTS])
{
    const ory_panel_class *class = p->class;
    size_t n = 0;

    for (size_t i = 0; i < p->n_names; i++)
        out[n++] = (ory_panel_want){.name = p->names[i], .bounds = !class->arrays,
                                    .array = class->arrays, .past = class->past};
    if (class->wants)
        n += class->wants(p, out + n, ORY_PANEL_WANTS - n);
    return n;
}

/* ------------------------------------------------------------------ drawing */

static void heading(const ory_snapshot *s, const ory_panel *p, char title[ORY_PANEL_TITLE],
                    char value[ORY_PANEL_TITLE], int *role)
{
    const char *own = ory_panel_text(p, ORY_PANEL_P_TITLE);

    title[0] = value[0] = 0;
    if (p->class->heading)
        p->class->heading(s, p, title, value, role);
    if (*own) {
        title[0] = 0;
        ory_title_add(title, own);
    }
    if (!title[0])
        ory_title_add(title, p->class->name);
    if (ory_panel_number(p, ORY_PANEL_P_RUN) > 1 && ory_panel_run(s, p)) {
        ory_title_add(title, " · ");
        ory_title_add(title, ory_or_empty(ory_panel_run(s, p)->name));
    }
}

const char *ory_panel_title(const ory_snapshot *s, const ory_panel *p, char text[ORY_PANEL_TITLE])
{
    char value[ORY_PANEL_TITLE];
    int role = ORY_ROLE_VALUE;

    heading(s, p, text, value, &role);
    return text;
}

void ory_panel_draw(const ory_snapshot *s, const ory_panel *p, ory_canvas *c)
{
    char title[ORY_PANEL_TITLE], value[ORY_PANEL_TITLE];
    int role = ORY_ROLE_VALUE;
    ory_canvas inner = *c;

    if (!p->class || c->w <= 0 || c->h <= 0)
        return;
    if (!p->class->plain) {
        heading(s, p, title, value, &role);
        inner = ory_canvas_frame(c, title, value, ory_ink(role), p->focus);
    }
    if (inner.w > 0 && inner.h > 0)
        p->class->draw(s, p, &inner);
}

static bool contains(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (; *text; text++)
        if (strncasecmp(text, word, n) == 0)
            return true;
    return n == 0;
}

bool ory_panel_matches(const ory_snapshot *s, const ory_panel *p, const char *filter)
{
    char title[ORY_PANEL_TITLE];

    if (!ory_given(filter) || contains(ory_panel_title(s, p, title), filter) ||
        contains(p->class->name, filter))
        return true;
    for (size_t i = 0; i < p->n_names; i++)
        if (contains(p->names[i], filter))
            return true;
    return false;
}

void ory_panel_missing(ory_canvas *c, const char *fmt, ...)
{
    char text[320];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (c->w < 3 || c->h < 1)
        return;
    int w = ory_text_width(c->glyphs, text);
    if (w <= c->w - 2)
        ory_canvas_text(c, (c->w - w) / 2, (c->h - 1) / 2, text, ory_ink(ORY_ROLE_NA));
    else
        ory_canvas_wrap(c, 1, c->h > 3 ? 1 : 0, c->w - 2, c->h > 3 ? c->h - 1 : c->h, 0, text,
                        ory_ink(ORY_ROLE_NA));
}
