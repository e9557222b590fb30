/* SshCommand: a command for a session, and its result. */
#pragma once

#include "ssh_status.h"

typedef struct SshCommand {
    Str command;         /* for the login shell */
    Str input;           /* for its standard input */
    size_t output_limit; /* bytes kept of each stream; 0: 16 MiB */
    SshTimeout timeout;
    void (*tick)(void *payload); /* called several times a second while waiting; may be NULL */
    /* Called with each piece of output, valid during the call. NULL: `out` and `err` of the result
     * receive the output. */
    void (*output)(void *payload, Str piece, bool is_error);
    /* Called after `input` is sent, for more standard input: writes up to `size` bytes and returns
     * their number; 0: call again after more output has arrived; -1: end of input. NULL: the input
     * ends with `input`. */
    int64_t (*feed)(void *payload, char *buffer, size_t size);
    void *payload; /* for tick, output and feed */
} SshCommand;

typedef struct SshResult {
    int exit_status; /* if a signal ended the command: 128 + its number; 255 if unknown */
    Str signal;      /* "KILL"; empty: no signal ended the command */
    Str out;
    Str err;
    bool truncated; /* `out` or `err` exceeded the limit */
} SshResult;
