/* SshPipe: a buffer of up to 256 KiB between two threads; not thread-safe by itself. Only for this
 * directory. */
#pragma once

#include "str.h"

#define SSH_PIPE_SIZE ((size_t)262144)

typedef struct SshPipe {
    char *bytes;       /* SSH_PIPE_SIZE bytes in the arena of the first ssh_pipe_add; NULL before */
    size_t start, len; /* the content */
} SshPipe;

static inline size_t ssh_pipe_room(const SshPipe *pipe) {
    return SSH_PIPE_SIZE - pipe->len;
}

/* Copies `bytes`, at most ssh_pipe_room. */
void ssh_pipe_add(SshPipe *pipe, Str bytes, Arena *arena);
/* Removes bytes from the front. */
void ssh_pipe_drop(SshPipe *pipe, size_t size);
