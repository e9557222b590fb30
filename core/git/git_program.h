/* GitProgram: runs the program git, never through a shell, and never with a prompt.
 *
 * An isolated run sees neither the settings of the system and the user nor their credential
 * helpers: its configuration is that of the repository in `directory`. Other runs use the settings
 * of the user, but not the variables that git sets for its hooks. */
#pragma once

#include "io.h"

#define GIT_PROGRAM_MS ((int64_t)30 * 60 * 1000) /* limit of a run without a deadline */
/* A longer output is cut: the program may be under the control of a server. */
#define GIT_PROGRAM_OUTPUT_MAX ((size_t)64 << 20)

typedef struct GitProgram {
    const Io *io;
    const CancelToken *cancel;
    int64_t deadline_ms; /* on the monotonic clock; 0: GIT_PROGRAM_MS from the start of each run */
    Str directory;       /* working directory */
    const StrVec *environment; /* "NAME=value", replaces inherited variables; may be NULL */
    Str secret;                /* git can read it as the file PROCESS_SECRET; empty: none */
    bool is_isolated;
    Arena *arena; /* receives the results */
} GitProgram;

typedef struct GitRun {
    int error; /* negative errno if git could not be started; 0 otherwise */
    int exit_status;
    bool timed_out;
    bool is_cut; /* the output was longer than GIT_PROGRAM_OUTPUT_MAX */
    Str out;
    Str err; /* of long messages the end, up to a mebibyte */
} GitRun;

/* Runs "git WORDS…" with a NULL-terminated list; `input` is its standard input. Returns true if git
 * ended with status 0 and its output is complete. */
bool git_program_run(const GitProgram *git, const char *const *words, Str input, GitRun *out);
/* Returns why the run failed, a phrase without a full stop, if git itself says nothing about it: it
 * is not installed, did not end in time, was interrupted, printed too much. Otherwise empty. */
Str git_program_problem(const GitProgram *git, const GitRun *run);
/* Returns the last lines of an output, without control characters, for use after a colon: a space
 * and one line, or several indented lines. */
Str git_program_tail(Str output, Arena *arena);
/* Adds a line `name = "text"` of git's configuration files, with their escapes. */
void git_program_add_setting(StrBuf *file, const char *name, Str text);
