/* Process: runs programs with a deadline, and reads environment variables. Uses posix_spawn, never
 * fork. */
#pragma once

#include "cancel.h"
#include "str.h"
#include "vec.h"

#include <sys/types.h>

#define PROCESS_SECRET_FD 9
#define PROCESS_SECRET    "/proc/self/fd/9"

/* The error of a start that LOAM_START_PROGRAMS forbids; no errno has that number. */
#define PROCESS_FORBIDDEN 4096

typedef struct ProcessRequest {
    const char *const *argv;     /* NULL-terminated; argv[0] is searched in PATH */
    const char *file;            /* path of the program, instead of argv[0]; NULL: none */
    int descriptor;              /* stays open in the program; 0: none */
    int connection;              /* is its standard input and output, instead of `input`; 0: none */
    Str directory;               /* working directory; empty: inherited */
    const StrVec *environment;   /* "NAME=value", added to the inherited environment; NULL: none */
    const char *const *withheld; /* prefixes of inherited variables that are left out,
                                    NULL-terminated; NULL: none. Not applied to `environment`. */
    Str secret; /* the program and its children can read it as the file PROCESS_SECRET, which other
                   users cannot; empty: none */
    bool ends_group;    /* children that the program leaves behind are killed */
    bool ends_itself;   /* after SIGTERM it has all the time that it needs; `cancel` raised twice
                           kills it all the same */
    Str input;          /* for its standard input */
    int64_t timeout_ms; /* 0: none */
    const CancelToken *cancel;
    int64_t grace_ms; /* time to end by itself after `cancel`, before SIGTERM */
    /* Called with each piece of output; NULL: the result collects the output. */
    void (*output)(void *payload, Str piece, bool is_error);
    /* Called after the start, with the read ends of standard output and standard error, which stay
     * open until `run` returns; with `connection` the first is 0. NULL: not called. */
    void (*started)(void *payload, pid_t pid, const int outputs[2]);
    void *payload;
} ProcessRequest;

typedef struct ProcessResult {
    int exit_status; /* 128 + signal number if a signal killed the program */
    bool timed_out;
    Str out;
    Str err;
} ProcessResult;

typedef struct Process {
    void *self;
    /* Returns a negative errno (see process_error) if the program could not be started,
     * -PROCESS_FORBIDDEN if it may not be, -ECANCELED if `cancel` was raised before. A program that
     * runs when `cancel` is raised or the time is over gets SIGTERM, then SIGKILL; the result is 0,
     * with its exit status. */
    int (*run)(void *self, const ProcessRequest *request, ProcessResult *out, Arena *arena);
    /* Returns NULL if not set. */
    const char *(*environment)(void *self, const char *name);
} Process;

extern const Process process_real;

/* For `withheld`: prefixes of variables that may hold secrets of loam, its backends and variables.
 * Those of AWS credentials are not among them, because programs log in with them. */
extern const char *const process_secrets[];

/* Returns whether this process may start programs: LOAM_START_PROGRAMS is not set, or "all". All
 * code that starts one asks. */
bool process_may_start(void);
/* If this process may not start programs, makes the kernel reject starts too: libraries such as
 * libvirt start some themselves. Call it before the first thread. Best effort: a kernel without
 * seccomp rejects none. */
void process_enforce(void);
/* Returns the reason of a failed start, as strerror does. */
const char *process_error(int error);
/* Returns an environment variable; empty if it is not set, or `process` is NULL. */
Str process_variable(const Process *process, const char *name);
