/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input.h - what the program waits for: keys (of the terminal, or of a key script),
 * signals, one more descriptor, time. The only place that polls; the line prompt and a
 * full screen wait here alike. Standard input is read byte by byte and never ahead, so
 * that code that reads it finds all that is left. */
#ifndef ORY_APP_INPUT_H
#define ORY_APP_INPUT_H

#include <stdbool.h>

typedef struct ory_news {
    unsigned signals; /* ORY_SIG_ bits (signals.h) */
    bool key;         /* ory_input_take gives something without waiting */
    bool other;       /* the other descriptor is readable */
} ory_news;

/* Wait until there is news; seconds < 0: as long as it takes. other: a descriptor to
 * watch as well (of a worker), or -1. */
ory_news ory_input_wait(int other, double seconds);

/* The next key: a byte, an ORY_KEY_ event of the key script (keys.h), or -1 at the end
 * of input. Waits when there is none. */
int ory_input_take(void);

/* Whether a byte (not an event, not the end) comes within the time. */
bool ory_input_ready(double seconds);

#endif
