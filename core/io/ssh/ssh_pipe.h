/* SshPipe: bytes on their way between two threads, at most 256 KiB. Only for this directory. */
#pragma once

#include "str.h"

#define SSH_PIPE_SIZE ((size_t)262144)

typedef struct SshPipe {
    char *bytes; /* allocated on first use */
    size_t start, len;
} SshPipe;

static inline size_t ssh_pipe_room(const SshPipe *pipe) {
    return SSH_PIPE_SIZE - pipe->len;
}

/* Adds at most ssh_pipe_room bytes. */
void ssh_pipe_add(SshPipe *pipe, Str bytes, Arena *arena);
void ssh_pipe_drop(SshPipe *pipe, size_t size);
