/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.h - SHA-256 (FIPS 180-4), for naming scripts and data in provenance. */
#ifndef ORY_IO_HASH_H
#define ORY_IO_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { ORY_SHA256_BYTES = 32, ORY_SHA256_TEXT = 65 };

typedef struct ory_sha256 {
    uint32_t h[8];
    uint64_t length;
    unsigned char block[64];
} ory_sha256;

void ory_sha256_init(ory_sha256 *s);
void ory_sha256_add(ory_sha256 *s, const void *bytes, size_t n);
void ory_sha256_final(ory_sha256 *s, unsigned char out[ORY_SHA256_BYTES]);

/* 64 hexadecimal digits of n bytes' hash. */
void ory_sha256_text(const void *bytes, size_t n, char out[ORY_SHA256_TEXT]);

#endif
