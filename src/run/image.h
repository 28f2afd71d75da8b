/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image.h - a run as bytes, and back.
 *
 * The bytes are little endian whatever the machine and hold everything that going on
 * needs: class and options of system and stepper (matrices included), state, slots,
 * memory, random stream, events, claim tracks, series, checkpoints (at most 16 MiB of
 * them, evenly thinned). Nothing in them is code. Watches, breakpoints and sinks are
 * functions of the program that saved the run and stay behind.
 *
 * Reading trusts nothing: every count is held against the bytes that are there, options
 * go through the same checks as a user's, and what does not fit together is refused in
 * one sentence. Where the bytes come from and their checksum are the caller's matter. */
#ifndef ORY_RUN_IMAGE_H
#define ORY_RUN_IMAGE_H

#include "run/run.h"

typedef ory_status (*ory_image_put)(void *ctx, const void *bytes, size_t n, ory_error *err);

/* Hands the bytes to put, some kilobytes at a time; stops at its first failure. */
ory_status ory_run_image_write(const ory_run *r, ory_image_put put, void *ctx, ory_error *err);

/* A new run, with an id of its own and no parent. ORY_EFORMAT, ORY_ENOMEM, or what
 * making the system answers. */
ory_status ory_run_image_read(const void *bytes, size_t n, ory_run **out, ory_error *err);

#endif
