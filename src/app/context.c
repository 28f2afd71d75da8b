/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.c - where in a piece of Lua the cursor is: one pass over the tokens with a
 * stack of open brackets. */
#include "config.h"

#include "app/context.h"

#include <ctype.h>
#include <string.h>

enum { MAX_FRAMES = 48 };

typedef struct frame {
    char bracket;
    bool at_key;
    int argument; /* commas so far */
    char callee[ORY_CONTEXT_NAME], first[ORY_CONTEXT_NAME], key[ORY_CONTEXT_NAME],
        stepper[ORY_CONTEXT_NAME];
} frame;

typedef struct reader {
    const char *at, *end;
    bool in_text, in_comment;
    frame frames[MAX_FRAMES];
    int depth, too_deep;
    char path[ORY_CONTEXT_NAME];   /* name just read, or "" */
    char target[ORY_CONTEXT_NAME]; /* see ory_context */
} reader;

static void copy(char *to, const char *from)
{
    size_t n = strlen(from);

    n = n < ORY_CONTEXT_NAME ? n : ORY_CONTEXT_NAME - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Behind "[" and any "=": the number of "=" of a long bracket, or -1. */
static int long_bracket(const reader *r)
{
    const char *s = r->at + 1;

    while (s < r->end && *s == '=')
        s++;
    return s < r->end && *s == '[' ? (int)(s - r->at - 1) : -1;
}

/* Skip a long bracket; false: it is still open at the end. */
static bool skip_long(reader *r, int level)
{
    const char *s = r->at + level + 2;
    int n;

    for (; s < r->end; s++) {
        if (*s != ']')
            continue;
        for (n = 0; s + n + 1 < r->end && s[n + 1] == '='; n++)
            ;
        if (n == level && s + n + 1 < r->end && s[n + 1] == ']') {
            r->at = s + n + 2;
            return true;
        }
    }
    r->at = r->end;
    return false;
}

static void skip_comment(reader *r)
{
    int level;

    r->at += 2;
    if (r->at < r->end && *r->at == '[' && (level = long_bracket(r)) >= 0) {
        r->in_comment = !skip_long(r, level);
        return;
    }
    while (r->at < r->end && *r->at != '\n')
        r->at++;
    r->in_comment = r->at == r->end;
}

static frame *top(reader *r)
{
    return r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
}

static void after_value(reader *r)
{
    frame *f = top(r);

    if (f)
        f->at_key = false;
}

static void read_text(reader *r)
{
    char quote = *r->at++, text[ORY_CONTEXT_NAME];
    frame *f = top(r);
    size_t n = 0;

    while (r->at < r->end && *r->at != quote && *r->at != '\n') {
        if (*r->at == '\\' && r->at + 1 < r->end)
            r->at++;
        if (n + 1 < sizeof text)
            text[n++] = *r->at;
        r->at++;
    }
    text[n] = '\0';
    if (r->at == r->end) {
        r->in_text = true;
        return;
    }
    r->at++;
    if (f && strcmp(f->key, "stepper") == 0)
        copy(f->stepper, text);
    r->path[0] = '\0';
    after_value(r);
}

static void read_path(reader *r)
{
    frame *f = top(r);
    size_t n = 0;

    while (r->at < r->end &&
           (name_char(*r->at) || ((*r->at == '.' || *r->at == ':') && n > 0 &&
                                  r->at + 1 < r->end && name_char(r->at[1]) && r->at[1] != '.'))) {
        if (n + 1 < sizeof r->path)
            r->path[n++] = *r->at;
        r->at++;
    }
    r->path[n] = '\0';
    if (f && f->bracket == '(' && f->argument == 0 && !f->first[0])
        copy(f->first, r->path);
    if (!f)
        r->target[0] = '\0';
}

static void open_bracket(reader *r, char c)
{
    frame *outer = top(r), *f;

    if (r->depth == MAX_FRAMES) {
        r->too_deep++;
        return;
    }
    f = &r->frames[r->depth++];
    memset(f, 0, sizeof *f);
    f->bracket = c;
    f->at_key = c == '{';
    if (r->path[0] && c != '[') {
        copy(f->callee, r->path);
    } else if (outer && c == '{') { /* f({ and f{ key = { */
        copy(f->callee, outer->callee);
        copy(f->first, outer->first);
        if (outer->bracket == '{') {
            copy(f->key, outer->key);
            f->at_key = false;
        }
    }
    r->path[0] = '\0';
}

static void close_bracket(reader *r)
{
    if (r->too_deep > 0)
        r->too_deep--;
    else if (r->depth > 0)
        r->depth--;
    r->path[0] = '\0';
    after_value(r);
}

static void separator(reader *r)
{
    frame *f = top(r);

    r->path[0] = '\0';
    if (!f) {
        r->target[0] = '\0';
        return;
    }
    f->argument++;
    if (f->bracket == '{' && (f->at_key || !f->key[0] || f->stepper[0] || f->argument > 0)) {
        bool list = f->key[0] && r->depth > 1 && r->frames[r->depth - 2].bracket == '{' &&
                    strcmp(f->key, r->frames[r->depth - 2].key) == 0;

        if (!list) { /* a list of values keeps its key */
            f->key[0] = '\0';
            f->at_key = true;
        }
    }
}

static void assignment(reader *r)
{
    frame *f = top(r);

    if (r->at + 1 < r->end && r->at[1] == '=') {
        r->at++; /* a comparison */
        r->path[0] = '\0';
        return;
    }
    if (!f) {
        copy(r->target, r->path);
    } else if (f->bracket == '{' && f->at_key) {
        copy(f->key, r->path);
        f->at_key = false;
    }
    r->path[0] = '\0';
}

static void read_token(reader *r)
{
    char c = *r->at;
    int level;

    if (isspace((unsigned char)c)) {
        if (c == '\n' && r->depth == 0)
            r->target[0] = '\0';
        r->at++;
    } else if (c == '-' && r->at + 1 < r->end && r->at[1] == '-') {
        skip_comment(r);
    } else if (c == '"' || c == '\'') {
        read_text(r);
    } else if (c == '[' && (level = long_bracket(r)) >= 0) {
        r->in_text = !skip_long(r, level);
        r->path[0] = '\0';
    } else if (name_char(c)) {
        read_path(r);
    } else {
        if (c == '(' || c == '{' || c == '[')
            open_bracket(r, c);
        else if (c == ')' || c == '}' || c == ']')
            close_bracket(r);
        else if (c == ',' || c == ';')
            separator(r);
        else if (c == '=')
            assignment(r);
        else {
            r->path[0] = '\0';
            after_value(r);
        }
        r->at++;
    }
}

void ory_context_read(const char *text, size_t len, ory_context *out)
{
    reader r;
    frame *f;

    memset(&r, 0, sizeof r);
    r.at = text;
    r.end = text + len;
    while (r.at < r.end)
        read_token(&r);
    memset(out, 0, sizeof *out);
    out->in_text = r.in_text;
    out->in_comment = r.in_comment;
    copy(out->target, r.depth == 0 ? r.target : "");
    f = top(&r);
    if (!f)
        return;
    out->bracket = f->bracket;
    out->at_key = f->at_key && !r.in_text;
    copy(out->callee, f->callee);
    copy(out->first, f->first);
    copy(out->key, f->key);
    copy(out->stepper, f->stepper);
}
