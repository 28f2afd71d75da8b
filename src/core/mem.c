/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.c - aligned, counted memory that can fail on purpose.
 *
 * calloc gives the bytes, so that large blocks come as untouched zero pages;
 * the block handed out begins at the first multiple of ORY_ALIGN that leaves
 * room for a header in front of it. Counters are atomic: a worker thread may
 * allocate too. */
#include "config.h"

#include "core/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct header {
    void *raw;    /* what calloc returned        */
    size_t bytes; /* what the caller asked for   */
} header;

static atomic_size_t in_use, elsewhere, limit;
static atomic_long fault_after = -1;
static atomic_bool fault_hit;

static header *header_of(void *block)
{
    return (header *)block - 1;
}

/* Whether this request is the one that has to fail. */
static bool fault_now(void)
{
    if (atomic_load_explicit(&fault_after, memory_order_relaxed) < 0)
        return false;
    if (atomic_fetch_sub(&fault_after, 1) != 0)
        return false;
    atomic_store(&fault_hit, true);
    return true;
}

/* Whether so many bytes more stay below the limit. */
static bool fits(size_t bytes)
{
    const size_t most = atomic_load_explicit(&limit, memory_order_relaxed);
    const size_t now = atomic_load_explicit(&in_use, memory_order_relaxed) +
                       atomic_load_explicit(&elsewhere, memory_order_relaxed);

    return most == 0 || (now <= most && bytes <= most - now);
}

void *ory_alloc(size_t count, size_t size)
{
    const size_t extra = sizeof(header) + ORY_ALIGN;
    size_t bytes;
    char *raw, *block;

    if (fault_now())
        return NULL;
    if (size != 0 && count > (PTRDIFF_MAX - extra) / size)
        return NULL;
    bytes = count * size;
    if (!fits(bytes))
        return NULL;
    raw = calloc(1, bytes + extra);
    if (!raw)
        return NULL;
    block = raw + sizeof(header);
    block += (ORY_ALIGN - (uintptr_t)block % ORY_ALIGN) % ORY_ALIGN;
    *header_of(block) = (header){.raw = raw, .bytes = bytes};
    atomic_fetch_add_explicit(&in_use, bytes, memory_order_relaxed);
    return block;
}

void *ory_resize(void *block, size_t old_count, size_t new_count, size_t size)
{
    size_t keep = old_count < new_count ? old_count : new_count;
    void *moved = ory_alloc(new_count, size);

    if (!moved)
        return NULL;
    if (block) {
        keep *= size;
        if (keep > header_of(block)->bytes)
            keep = header_of(block)->bytes;
        memcpy(moved, block, keep);
        ory_free(block);
    }
    return moved;
}

void ory_free(void *block)
{
    if (!block)
        return;
    atomic_fetch_sub_explicit(&in_use, header_of(block)->bytes, memory_order_relaxed);
    free(header_of(block)->raw);
}

char *ory_strdup(const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = text ? ory_alloc(size, 1) : NULL;

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

size_t ory_mem_in_use(void)
{
    return atomic_load(&in_use);
}

void ory_mem_limit_set(size_t bytes)
{
    atomic_store(&limit, bytes);
}

size_t ory_mem_limit(void)
{
    return atomic_load(&limit);
}

bool ory_mem_count(ptrdiff_t bytes)
{
    if (bytes > 0 && !fits((size_t)bytes))
        return false;
    atomic_fetch_add_explicit(&elsewhere, (size_t)bytes, memory_order_relaxed);
    return true;
}

void ory_mem_fault_set(long after)
{
    atomic_store(&fault_hit, false);
    atomic_store(&fault_after, after < 0 ? -1 : after);
}

bool ory_mem_fault_hit(void)
{
    return atomic_load(&fault_hit);
}
