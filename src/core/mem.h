/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.h - memory for numbers: 64-byte aligned, overflow-checked, counted, and
 * able to fail on purpose.
 *
 * All memory of core, algo, systems, run, io and tui comes from here, so that
 * the tests can make the n-th request fail and see what happens. */
#ifndef ORY_CORE_MEM_H
#define ORY_CORE_MEM_H

#include <stdbool.h>
#include <stddef.h>

enum { ORY_ALIGN = 64 };

/* count*size bytes, zeroed, aligned to ORY_ALIGN; NULL when there is no memory
 * or the product overflows. count*size == 0 gives a valid pointer. */
void *ory_alloc(size_t count, size_t size);

/* As realloc for a block from ory_alloc: old contents kept, new bytes zeroed.
 * On failure the old block stays valid and NULL is returned. */
void *ory_resize(void *block, size_t old_count, size_t new_count, size_t size);

/* Free a block from this header; NULL is fine. */
void ory_free(void *block);

/* A copy of a string, or NULL. Free with ory_free. */
char *ory_strdup(const char *text);

/* Bytes now held by blocks of this header. */
size_t ory_mem_in_use(void);

/* Requests that would bring the bytes in use above this fail; 0: no limit. What other
 * allocators hold may be counted in, so that both share one limit. */
void ory_mem_limit_set(size_t bytes);
size_t ory_mem_limit(void);
/* Bytes held elsewhere that count against the limit grow (or shrink) by this; false when
 * the limit does not allow it. */
bool ory_mem_count(ptrdiff_t bytes);

/* Tests only: let the next `after` requests succeed and the one behind fail,
 * once; a negative number switches the fault off. ory_mem_fault_hit tells
 * whether a request has failed on purpose since the last call to set. */
void ory_mem_fault_set(long after);
bool ory_mem_fault_hit(void);

#endif
