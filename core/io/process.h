/* Process: runs a program with a deadline, or an environment to look at. posix_spawn, never fork.
 */
#pragma once

#include "cancel.h"
#include "str.h"
#include "vec.h"

typedef struct ProcessRequest {
    const char *const *argv;   /* NULL-terminated; argv[0] is looked up in PATH */
    Str folder;                /* working folder; empty: ours */
    const StrVec *environment; /* "NAME=value" added to ours; NULL: none */
    Str input;                 /* to its standard input */
    int64_t timeout_ms;        /* 0: none */
    const CancelToken *cancel;
    /* Called with pieces of its output as they come; NULL: collected in the result. */
    void (*output)(void *payload, Str piece, bool is_error);
    void *payload;
} ProcessRequest;

typedef struct ProcessResult {
    int exit_status; /* 128 + signal when killed by one */
    bool timed_out;
    Str out;
    Str err;
} ProcessResult;

typedef struct Process {
    void *self;
    /* Negative errno when it could not be started. */
    int (*run)(void *self, const ProcessRequest *request, ProcessResult *out, Arena *arena);
    /* NULL when not set. */
    const char *(*environment)(void *self, const char *name);
} Process;

extern const Process process_real;

/* A variable of the environment; empty when it is not set. NULL: there is no environment. */
Str process_variable(const Process *process, const char *name);
