/* SPDX-License-Identifier: GPL-3.0-or-later */
/* palette.c - role to colour, per colour depth. */
#include "config.h"

#include "tui/palette.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN ORY_COLOUR_OWN

typedef struct row {
    int16_t c256, c16;
    uint8_t attr;      /* in every depth */
    uint8_t mono;      /* added without colours */
} row;

static const row rows[ORY_ROLE_HEAT] = {
    [ORY_ROLE_DEFAULT] = {OWN, OWN, 0, 0},
    [ORY_ROLE_DIM] = {244, OWN, 0, ORY_FAINT},
    [ORY_ROLE_TITLE] = {OWN, OWN, 0, 0},
    [ORY_ROLE_VALUE] = {OWN, OWN, 0, 0},
    [ORY_ROLE_BORDER] = {243, OWN, 0, ORY_FAINT},
    [ORY_ROLE_FOCUS] = {33, 6, 0, ORY_BOLD},
    [ORY_ROLE_AXIS] = {243, OWN, 0, ORY_FAINT},
    [ORY_ROLE_LABEL] = {244, OWN, 0, 0},
    [ORY_ROLE_CURVE1] = {33, 4, 0, ORY_BOLD},
    [ORY_ROLE_CURVE2] = {202, 1, 0, 0},
    [ORY_ROLE_CURVE3] = {29, 2, 0, 0},
    [ORY_ROLE_CURVE4] = {169, 5, 0, 0},
    [ORY_ROLE_CURVE5] = {136, 3, 0, 0},
    [ORY_ROLE_CURVE6] = {99, 6, 0, 0},
    [ORY_ROLE_CURVE7] = {139, 1, 0, 0},
    [ORY_ROLE_CURVE8] = {64, 2, 0, 0},
    [ORY_ROLE_BOUND] = {136, 3, 0, 0},
    [ORY_ROLE_GHOST] = {245, OWN, 0, ORY_FAINT},
    [ORY_ROLE_BAND] = {67, 6, 0, ORY_FAINT},
    [ORY_ROLE_FLOOR] = {243, OWN, 0, ORY_FAINT},
    [ORY_ROLE_GOOD] = {29, 2, 0, 0},
    [ORY_ROLE_BAD] = {160, 1, ORY_BOLD, ORY_REVERSE},
    [ORY_ROLE_WARN] = {166, 3, ORY_BOLD, ORY_BOLD},
    [ORY_ROLE_NA] = {244, OWN, 0, ORY_FAINT},
    [ORY_ROLE_ACCENT] = {33, 4, ORY_BOLD, ORY_BOLD},
    [ORY_ROLE_CURSOR] = {OWN, OWN, ORY_REVERSE, 0},
    [ORY_ROLE_SELECTION] = {OWN, OWN, ORY_REVERSE, 0},
    [ORY_ROLE_PROMPT] = {33, 4, ORY_BOLD, ORY_BOLD},
    [ORY_ROLE_ECHO] = {OWN, OWN, ORY_BOLD, ORY_BOLD},
    [ORY_ROLE_KEY] = {OWN, OWN, ORY_BOLD, ORY_BOLD},
};

/* Low to high: dark blue over teal to yellow, lightness strictly rising. */
static const int16_t heat_256[ORY_HEAT_LEVELS] = {17,  18,  55,  90, 126, 162,
                                                  167, 203, 209, 215,     221, 228};
/* Negative to positive: blue over grey to orange, lightness mirrored. */
static const int16_t diverging_256[ORY_DIVERGING_LEVELS] = {19,  26,  68,  110, 152, 252,
                                                            223, 216, 209, 166, 130};

static ory_look heat_look(int role, ory_colours depth)
{
    ory_look look = {OWN, OWN, 0};

    if (role >= ORY_ROLE_DIVERGING) {
        int level = role - ORY_ROLE_DIVERGING, middle = ORY_DIVERGING_LEVELS / 2;
        if (depth == ORY_COLOURS_256)
            look.ink = diverging_256[level];
        else if (depth == ORY_COLOURS_16)
            look.ink = level < middle ? 4 : level > middle ? 1 : OWN;
        return look;
    }
    if (depth == ORY_COLOURS_256)
        look.ink = heat_256[role - ORY_ROLE_HEAT];
    return look;
}

static ory_look ink_look(int role, ory_colours depth)
{
    if (role >= ORY_ROLE_HEAT)
        return heat_look(role, depth);
    const row *r = rows + role;
    ory_look look = {OWN, OWN, r->attr};
    if (depth == ORY_COLOURS_256)
        look.ink = r->c256;
    else if (depth == ORY_COLOURS_16)
        look.ink = r->c16;
    if (depth < ORY_COLOURS_16 || (depth == ORY_COLOURS_16 && r->c16 == OWN))
        look.attr |= r->mono;
    return look;
}

ory_look ory_palette_look(ory_style style, ory_colours depth)
{
    ory_look look = ink_look(style.role < ORY_ROLE_COUNT ? style.role : 0, depth);

    look.attr |= style.attr;
    if (style.back != ORY_ROLE_DEFAULT && style.back < ORY_ROLE_COUNT) {
        ory_look ground = ink_look(style.back, depth);
        if (depth == ORY_COLOURS_256)
            look.ground = ground.ink;
        look.attr |= ground.attr & ORY_REVERSE;
    }
    if (depth == ORY_COLOURS_NONE)
        look.attr = 0;
    return look;
}

const char *ory_role_name(int role)
{
    static const char *const names[] = {
#define ORY_ROLE_NAME(code, name, use) name,
        ORY_ROLE_LIST(ORY_ROLE_NAME)
#undef ORY_ROLE_NAME
    };
    static const char *const heat[] = {"heat0", "heat1", "heat2", "heat3", "heat4",  "heat5",
                                       "heat6", "heat7", "heat8", "heat9", "heat10", "heat11"};
    static const char *const diverging[] = {"diverging0", "diverging1", "diverging2",
                                            "diverging3", "diverging4", "diverging5",
                                            "diverging6", "diverging7", "diverging8",
                                            "diverging9", "diverging10"};
    if (role >= 0 && role < ORY_ROLE_HEAT)
        return names[role];
    if (role >= ORY_ROLE_HEAT && role < ORY_ROLE_DIVERGING)
        return heat[role - ORY_ROLE_HEAT];
    if (role >= ORY_ROLE_DIVERGING && role < ORY_ROLE_COUNT)
        return diverging[role - ORY_ROLE_DIVERGING];
    return "unknown";
}

bool ory_colours_parse(const char *text, ory_colours *out)
{
    static const char *const names[] = {"none", "mono", "16", "256"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (ory_colours)i;
            return true;
        }
    }
    return false;
}

ory_colours ory_colours_from_env(bool is_tty)
{
    const char *term = getenv("TERM"), *none = getenv("NO_COLOR"), *more = getenv("COLORTERM");

    if (!is_tty || !term || !*term || strcmp(term, "dumb") == 0)
        return ORY_COLOURS_NONE;
    if (none && *none)
        return ORY_COLOURS_MONO;
    if (strncmp(term, "vt1", 3) == 0 || strncmp(term, "vt2", 3) == 0)
        return ORY_COLOURS_MONO;
    if (strstr(term, "256color") || strstr(term, "direct") || (more && *more))
        return ORY_COLOURS_256;
    return ORY_COLOURS_16;
}

void ory_colour_rgb(int number, uint8_t rgb[3])
{
    static const uint8_t basic[16][3] = {
        {0, 0, 0},       {205, 0, 0},   {0, 205, 0},   {205, 205, 0},
        {0, 0, 238},     {205, 0, 205}, {0, 205, 205}, {229, 229, 229},
        {127, 127, 127}, {255, 0, 0},   {0, 255, 0},   {255, 255, 0},
        {92, 92, 255},   {255, 0, 255}, {0, 255, 255}, {255, 255, 255},
    };
    static const uint8_t step[6] = {0, 95, 135, 175, 215, 255};

    if (number < 0 || number > 255)
        number = 7;
    if (number < 16) {
        memcpy(rgb, basic[number], 3);
    } else if (number < 232) {
        int n = number - 16;
        rgb[0] = step[n / 36];
        rgb[1] = step[n / 6 % 6];
        rgb[2] = step[n % 6];
    } else {
        rgb[0] = rgb[1] = rgb[2] = (uint8_t)(8 + 10 * (number - 232));
    }
}
