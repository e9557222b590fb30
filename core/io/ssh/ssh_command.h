/* SshCommand: a command for a session, and its result. */
#pragma once

#include "ssh_status.h"

typedef struct SshCommand {
    Str command;         /* for the login shell */
    Str input;           /* for its standard input */
    size_t output_limit; /* bytes kept of each stream; 0: 16 MiB */
    SshTimeout timeout;
    void (*tick)(void *payload); /* called several times a second while waiting; may be NULL */
    /* Called with each piece of output; NULL: the result collects the output. */
    void (*output)(void *payload, Str piece, bool is_error);
    /* Writes more standard input, after `input`: returns the number of bytes, 0 if there is nothing
     * before more output arrives, or -1 at the end. NULL: `input` is all. */
    int64_t (*feed)(void *payload, char *buffer, size_t size);
    void *payload; /* for tick, output and feed */
} SshCommand;

typedef struct SshResult {
    int exit_status; /* 128 and more if a signal ended the command, as a shell reports it */
    Str signal;      /* "KILL"; empty: the command ended by itself */
    Str out;
    Str err;
    bool truncated; /* the output exceeded the limit */
} SshResult;
