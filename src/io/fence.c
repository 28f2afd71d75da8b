/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fence.c - paths are resolved before they are compared. */
#include "config.h"

#include "io/fence.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_NAMES = 8 };

static struct {
    bool closed, lifted;
    char folder[PATH_MAX]; /* resolved; "": none */
    struct {
        const char *path;
        bool write;
    } name[MOST_NAMES];
    int n;
} fence;

ory_status ory_fence_close(const char *folder, ory_error *err)
{
    struct stat st;

    fence.closed = true;
    fence.folder[0] = '\0';
    if (!folder)
        return ORY_OK;
    if (!realpath(folder, fence.folder) || stat(fence.folder, &st) != 0 || !S_ISDIR(st.st_mode)) {
        const int code = errno;

        fence.folder[0] = '\0';
        return ory_fail(err, ORY_EIO, "'%.200s' is no folder that can be used: %s", folder,
                        strerror(code ? code : ENOTDIR));
    }
    return ORY_OK;
}

void ory_fence_let(const char *path, bool write)
{
    if (!path || fence.n == MOST_NAMES)
        return;
    fence.name[fence.n].path = path;
    fence.name[fence.n++].write = write;
}

void ory_fence_lift(bool lifted)
{
    fence.lifted = lifted;
}

bool ory_fence_closed(void)
{
    return fence.closed && !fence.lifted;
}

/* The path without links and dots; of a file that is not there yet, its folder's. */
static bool resolve(const char *path, char out[PATH_MAX])
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    struct stat st;
    size_t n;

    if (realpath(path, out))
        return true;
    if (lstat(path, &st) == 0 || errno != ENOENT) /* a link to nowhere, no permission */
        return false;
    if (*base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
        return false;
    if (snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path + 1) : 1,
                 slash ? path : ".") >= (int)sizeof folder || !realpath(folder, out))
        return false;
    n = strlen(out);
    return snprintf(out + n, PATH_MAX - n, "%s%s", n > 1 ? "/" : "", base) < (int)(PATH_MAX - n);
}

static bool below(const char *path)
{
    const size_t n = strlen(fence.folder);

    return n > 0 && strncmp(path, fence.folder, n) == 0 &&
           (path[n] == '/' || n == 1 || path[n] == '\0');
}

ory_status ory_fence_check(const char *path, bool write, ory_error *err)
{
    char real[PATH_MAX];
    int i;

    if (!ory_fence_closed())
        return ORY_OK;
    for (i = 0; i < fence.n; i++)
        if (fence.name[i].write == write && strcmp(fence.name[i].path, path) == 0)
            return ORY_OK;
    if (fence.folder[0] && resolve(path, real) && below(real))
        return ORY_OK;
    if (fence.folder[0])
        return ory_fail(err, ORY_EIO,
                        "cannot %s '%.200s': the sandbox has only files below '%.200s' (--files)",
                        write ? "write" : "read", path, fence.folder);
    return ory_fail(err, ORY_EIO, "cannot %s '%.200s': the sandbox has no files (--files=DIR "
                    "gives it a folder)", write ? "write" : "read", path);
}
