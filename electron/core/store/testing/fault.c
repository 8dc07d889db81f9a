/*
 * Makes chosen system calls fail, for programs started with LD_PRELOAD. The variable FAULT says which:
 *   <call> <nth> <errno> <folder>
 * call: write, fsync, link or rename; nth: which of the calls about files in that folder, from 1; errno: a number, or 0
 * for a write that takes only half of the bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(const char *call, const char *path, int *code)
{
    static int seen;
    char wanted[16], folder[PATH_MAX];
    int nth;
    const char *fault = getenv("FAULT");
    if (!fault || sscanf(fault, "%15s %d %d %4095s", wanted, &nth, code, folder) != 4) return 0;
    if (strcmp(call, wanted) != 0 || strncmp(path, folder, strlen(folder)) != 0) return 0;
    return __sync_add_and_fetch(&seen, 1) == nth;
}

static int fails_on(const char *call, int fd, int *code)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(call, path, code);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    int code;
    if (!fails_on("write", fd, &code)) return real(fd, bytes, count);
    if (code == 0) return real(fd, bytes, count / 2);
    errno = code;
    return -1;
}

int fsync(int fd)
{
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    int code;
    if (!fails_on("fsync", fd, &code)) return real(fd);
    errno = code;
    return -1;
}

int link(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
    int code;
    if (!fails("link", from, &code)) return real(from, to);
    errno = code;
    return -1;
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    int code;
    if (!fails("rename", from, &code)) return real(from, to);
    errno = code;
    return -1;
}
