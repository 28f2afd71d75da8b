/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buffer.c - bytes that grow by doubling; the first failure sticks. */
#include "config.h"

#include "io/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "io/number.h"

void ory_buffer_fini(ory_buffer *b)
{
    if (b) {
        ory_free(b->data);
        *b = (ory_buffer){0};
    }
}

void ory_buffer_clear(ory_buffer *b)
{
    b->len = 0;
    b->failed = false;
}

static bool make_room(ory_buffer *b, size_t more)
{
    size_t need, room;
    char *grown;

    if (b->failed || __builtin_add_overflow(b->len, more, &need) ||
        __builtin_add_overflow(need, 1, &need)) {
        b->failed = true;
        return false;
    }
    if (need <= b->room)
        return true;
    room = b->room <= SIZE_MAX / 2 ? b->room * 2 : need;
    if (room < need)
        room = need;
    if (room < 256)
        room = 256;
    grown = b->data ? ory_resize(b->data, b->room, room, 1) : ory_alloc(room, 1);
    if (!grown) {
        b->failed = true;
        return false;
    }
    b->data = grown;
    b->room = room;
    return true;
}

void ory_buffer_append(ory_buffer *b, const void *bytes, size_t n)
{
    if (!make_room(b, n))
        return;
    if (n)
        memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void ory_buffer_text(ory_buffer *b, const char *text)
{
    ory_buffer_append(b, text, strlen(text));
}

void ory_buffer_char(ory_buffer *b, char c)
{
    ory_buffer_append(b, &c, 1);
}

void ory_buffer_printf(ory_buffer *b, const char *fmt, ...)
{
    va_list args, again;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n < 0)
        b->failed = true;
    else if (make_room(b, (size_t)n)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

void ory_buffer_number(ory_buffer *b, double x)
{
    char text[ORY_NUMBER_TEXT];

    ory_buffer_append(b, text, ory_number_text(x, text));
}

ory_status ory_buffer_check(const ory_buffer *b, ory_error *err)
{
    if (b->failed)
        return ory_fail(err, ORY_ENOMEM, "out of memory after %zu bytes of output", b->len);
    return ORY_OK;
}
