/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dash_picture.h - a frame of the dashboard as a file. */
#ifndef ORY_APP_DASH_PICTURE_H
#define ORY_APP_DASH_PICTURE_H

#include "tui/canvas.h"

/* .svg .pdf .png: a figure with its provenance; any other ending: text. ORY_EINVAL for
 * gnuplot, which knows no cells; ORY_EIO; ORY_ENOMEM. */
ory_status dash_picture_save(const ory_canvas *c, const char *path, ory_error *err);

#endif
