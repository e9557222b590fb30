/* When the end of the buffer is reached, the bytes move to its start. */
#include "ssh_pipe.h"

void ssh_pipe_add(SshPipe *pipe, Str bytes, Arena *arena) {
    if (!pipe->bytes)
        pipe->bytes = arena_alloc(arena, SSH_PIPE_SIZE);
    if (pipe->start + pipe->len + bytes.len > SSH_PIPE_SIZE) {
        memmove(pipe->bytes, pipe->bytes + pipe->start, pipe->len);
        pipe->start = 0;
    }
    memcpy(pipe->bytes + pipe->start + pipe->len, bytes.ptr, bytes.len);
    pipe->len += bytes.len;
}

void ssh_pipe_drop(SshPipe *pipe, size_t size) {
    pipe->start += size;
    pipe->len -= size;
    if (pipe->len == 0)
        pipe->start = 0;
}
