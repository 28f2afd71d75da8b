/* SPDX-License-Identifier: GPL-3.0-or-later */
/* luacompile.c - one Lua file compiled at build time, names and lines kept, so that the
 * program need not do it at each start.
 *
 *   luacompile IN OUT NAME     NAME: what messages call the file */
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lua.h>

static int to_file(lua_State *L, const void *data, size_t size, void *file)
{
    (void)L;
    return fwrite(data, 1, size, file) != size;
}

static char *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long length;

    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0 &&
        (text = malloc((size_t)length + 1)) != NULL)
        *size = fread(text, 1, (size_t)length, file);
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    char chunk[80], *text = NULL;
    FILE *out = NULL;
    size_t size;
    int bad = 1;

    if (L && argc == 4 && (text = read_all(argv[1], &size)) != NULL) {
        snprintf(chunk, sizeof chunk, "=[%s]", argv[3]);
        if (luaL_loadbufferx(L, text, size, chunk, "t") != LUA_OK)
            fprintf(stderr, "luacompile: %s\n", lua_tostring(L, -1));
        else if ((out = fopen(argv[2], "wb")) != NULL)
            bad = lua_dump(L, to_file, out, 0);
    }
    if (out && fclose(out) != 0)
        bad = 1;
    free(text);
    if (L)
        lua_close(L);
    return bad;
}
