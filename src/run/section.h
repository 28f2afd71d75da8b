/* SPDX-License-Identifier: GPL-3.0-or-later */
/* section.h - a plane through the space of states, written as a linear form. */
#ifndef ORY_RUN_SECTION_H
#define ORY_RUN_SECTION_H

#include "systems/system.h"

/* weights[dim] of a form such as "x", "2" (a position), "x - 0.5*z", "theta[1] - theta[2]":
 * terms [number *] component, a component being a block of one number or an entry of a block
 * counted from 1, row by row. All are written, also on failure.
 * ORY_ENAME: no such component; ORY_ERANGE: no such entry; ORY_EINVAL: no form. */
ory_status ory_section_parse(const ory_system *s, const char *text, double *weights,
                             ory_error *err);

#endif
