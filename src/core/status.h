/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.h - what a numerical routine answers, and the sentence that says why.
 *
 * Every fallible function of core, algo, systems, run and io returns an
 * ory_status and takes an ory_error * (which may be NULL). The text is composed
 * where the cause is known: it names the argument, the value and the limit.
 * Nothing in these layers prints, exits or jumps. "Not converged yet" is a
 * result, not an error. */
#ifndef ORY_CORE_STATUS_H
#define ORY_CORE_STATUS_H

#include <stddef.h>

#define ORY_STATUS_LIST(X)                                       \
    X(OK, "ok")                                                  \
    X(EINVAL, "invalid argument")                                \
    X(ERANGE, "value out of range")                              \
    X(ESHAPE, "shapes do not agree")                             \
    X(ENAME, "no such name")                                     \
    X(ENOMEM, "out of memory")                                   \
    X(EDIVERGE, "values are not finite")                         \
    X(ESINGULAR, "matrix is singular")                           \
    X(ENOCONV, "iteration did not converge")                     \
    X(EUNDEF, "quantity is not defined here")                    \
    X(EIO, "input or output failed")                             \
    X(EFORMAT, "file is not in the expected format")             \
    X(ECALLBACK, "a function given by the user failed")          \
    X(EINTERRUPT, "interrupted")                                 \
    X(EINTERNAL, "internal error")

typedef enum ory_status {
#define ORY_STATUS_ENUM(code, text) ORY_##code,
    ORY_STATUS_LIST(ORY_STATUS_ENUM)
#undef ORY_STATUS_ENUM
    ORY_STATUS_COUNT
} ory_status;

enum { ORY_ERROR_TEXT = 640 };

typedef struct ory_error {
    ory_status status;
    char text[ORY_ERROR_TEXT];
} ory_error;

#if defined(__GNUC__)
#define ORY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ORY_WUR __attribute__((warn_unused_result))
#else
#define ORY_PRINTF(fmt, args)
#define ORY_WUR
#endif

/* The general sentence for a status; never NULL. */
const char *ory_status_text(ory_status status);

/* Store status and text in *err (if not NULL; long texts are cut at a whole
 * UTF-8 character) and return status: `return ory_fail(err, ORY_ESHAPE, …)`. */
ory_status ory_fail(ory_error *err, ory_status status, const char *fmt, ...)
    ORY_PRINTF(3, 4);

/* Put "prefix: " before the text that is already in *err; returns err->status. */
ory_status ory_fail_prefix(ory_error *err, const char *fmt, ...) ORY_PRINTF(2, 3);

/* The name in names[0..n-1] nearest to word (Damerau-Levenshtein distance,
 * case ignored, at most 1 + length/3 edits, prefixes preferred), or NULL if
 * none is near. NULL entries are skipped. */
const char *ory_nearest(const char *word, const char *const *names, size_t n);

#endif
