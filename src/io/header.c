/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header.c - provenance pairs and their renderings. */
#include "config.h"

#include "io/header.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "io/hash.h"
#include "io/jsonl.h"

void ory_header_fini(ory_header *h)
{
    size_t i;

    if (!h)
        return;
    for (i = 0; i < h->count; i++) {
        ory_free(h->pair[i].key);
        ory_free(h->pair[i].value);
    }
    ory_free(h->pair);
    *h = (ory_header){0};
}

static ory_pair *find(const ory_header *h, const char *key)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        if (strcmp(h->pair[i].key, key) == 0)
            return &h->pair[i];
    return NULL;
}

const char *ory_header_get(const ory_header *h, const char *key)
{
    const ory_pair *p = find(h, key);

    return p ? p->value : NULL;
}

static ory_status no_memory(ory_error *err)
{
    return ory_fail(err, ORY_ENOMEM, "out of memory for a file header");
}

static ory_status grow(ory_header *h, ory_error *err)
{
    size_t room = h->room ? 2 * h->room : 8;
    ory_pair *grown;

    if (h->count < h->room)
        return ORY_OK;
    grown = h->pair ? ory_resize(h->pair, h->room, room, sizeof *grown)
                    : ory_alloc(room, sizeof *grown);
    if (!grown)
        return no_memory(err);
    h->pair = grown;
    h->room = room;
    return ORY_OK;
}

ory_status ory_header_add(ory_header *h, const char *key, const char *value, ory_error *err)
{
    ory_pair *there = find(h, key), fresh;
    ory_status status = there ? ORY_OK : grow(h, err);

    if (status != ORY_OK)
        return status;
    fresh.value = ory_strdup(value);
    if (!fresh.value)
        return no_memory(err);
    if (there) {
        ory_free(there->value);
        there->value = fresh.value;
        return ORY_OK;
    }
    fresh.key = ory_strdup(key);
    if (!fresh.key) {
        ory_free(fresh.value);
        return no_memory(err);
    }
    h->pair[h->count++] = fresh;
    return ORY_OK;
}

ory_status ory_header_addf(ory_header *h, const char *key, ory_error *err, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return ory_header_add(h, key, text, err);
}

ory_status ory_header_copy(ory_header *h, const ory_header *from, ory_error *err)
{
    ory_status status = ORY_OK;
    size_t i;

    for (i = 0; status == ORY_OK && i < from->count; i++)
        status = ory_header_add(h, from->pair[i].key, from->pair[i].value, err);
    return status;
}

ory_status ory_header_start(ory_header *h, const char *script, const void *text, size_t n,
                            ory_error *err)
{
    char sum[ORY_SHA256_TEXT];
    ory_status status = ory_header_add(h, "program", PACKAGE_NAME, err);

    if (status == ORY_OK)
        status = ory_header_add(h, "version", PACKAGE_VERSION, err);
    if (status == ORY_OK && script)
        status = ory_header_add(h, "script", script, err);
    if (status == ORY_OK && script && text) {
        ory_sha256_text(text, n, sum);
        status = ory_header_add(h, "script_sha256", sum, err);
    }
    return status;
}

void ory_header_comments(const ory_header *h, ory_buffer *out)
{
    const char *s;
    size_t i;

    for (i = 0; i < h->count; i++) {
        ory_buffer_printf(out, "# %s: ", h->pair[i].key);
        for (s = h->pair[i].value; *s; s++) {
            if (*s == '\n')
                ory_buffer_text(out, "\\n");
            else if (*s == '\r')
                ory_buffer_text(out, "\\r");
            else if (*s == '\\')
                ory_buffer_text(out, "\\\\");
            else
                ory_buffer_char(out, *s);
        }
        ory_buffer_char(out, '\n');
    }
}

void ory_header_json(const ory_header *h, ory_buffer *out)
{
    ory_json j;
    size_t i;

    ory_json_init(&j, out);
    ory_json_object(&j);
    ory_json_key(&j, "header");
    ory_json_object(&j);
    for (i = 0; i < h->count; i++) {
        ory_json_key(&j, h->pair[i].key);
        ory_json_string(&j, h->pair[i].value);
    }
    ory_json_end(&j);
    ory_json_end(&j);
}

static char *unescape(const char *s, size_t n)
{
    char *out = ory_alloc(n + 1, 1);
    size_t i, at = 0;

    for (i = 0; out && i < n; i++) {
        if (s[i] == '\\' && i + 1 < n) {
            i++;
            out[at++] = s[i] == 'n' ? '\n' : s[i] == 'r' ? '\r' : s[i];
        } else {
            out[at++] = s[i];
        }
    }
    return out;
}

ory_status ory_header_parse(ory_header *h, const char *line, size_t n, ory_error *err)
{
    const char *end = line + n, *at;
    char key[64], *value;
    ory_status status;

    while (line < end && *line == ' ')
        line++;
    for (at = line; at < end && (isalnum((unsigned char)*at) || *at == '_' || *at == '.'); at++)
        ;
    if (at == line || at == end || *at != ':' || (size_t)(at - line) >= sizeof key)
        return ORY_EFORMAT;
    snprintf(key, sizeof key, "%.*s", (int)(at - line), line);
    at++;
    if (at < end && *at == ' ')
        at++;
    value = unescape(at, (size_t)(end - at));
    if (!value)
        return no_memory(err);
    status = ory_header_add(h, key, value, err);
    ory_free(value);
    return status;
}
