/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths.c - the XDG directories. */
#include "config.h"

#include "app/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories that are not absolute do not count. */
static bool find(const char *variable, const char *below_home, const char *name, char *path,
                 size_t size)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    int n;

    if (base && *base == '/')
        n = snprintf(path, size, "%s/orrery/%s", base, name);
    else if (home && *home == '/')
        n = snprintf(path, size, "%s/%s/orrery/%s", home, below_home, name);
    else
        return false;
    return n > 0 && (size_t)n < size;
}

bool ory_path_config(const char *name, char *path, size_t size)
{
    return find("XDG_CONFIG_HOME", ".config", name, path, size);
}

bool ory_path_state(const char *name, char *path, size_t size)
{
    return find("XDG_STATE_HOME", ".local/state", name, path, size);
}

const char *ory_path_helper(void)
{
    static const char name[] = "/orrery-mpi";
    static char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof name);
    char *slash;

    path[n > 0 ? n : 0] = '\0';
    slash = strrchr(path, '/');
    if (slash) {
        memcpy(slash, name, sizeof name);
        if (access(path, X_OK) == 0)
            return path;
    }
    snprintf(path, sizeof path, "%s%s", PKGLIBEXECDIR, name);
    return access(path, X_OK) == 0 ? path : NULL;
}

void ory_path_make(const char *path)
{
    char part[PATH_MAX];
    size_t i;

    for (i = 1; path[i] && i + 1 < sizeof part; i++)
        if (path[i] == '/') {
            memcpy(part, path, i);
            part[i] = '\0';
            mkdir(part, 0700);
        }
}
