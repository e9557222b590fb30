/* host_timer: a timer of systemd on a machine, whose files a script writes, reads and removes
 * (host_timer.sh). The script gets "write", "read" or "remove" as its argument. */
#pragma once

#include "ssh_client.h"

typedef struct HostTimerFile {
    const char *path; /* absolute */
    const char *mode; /* "0755" */
    Str text;         /* empty: no such file */
} HostTimerFile;

/* Runs the script. Returns false with an error if the machine is unreachable; the caller checks
 * out->exit_status. */
MUST_USE bool host_timer_run(SshLink *link, const char *script, const char *argument, Str input,
                             SshResult *out, Diags *diags);
/* Returns the standard input of "write". */
Str host_timer_input(const HostTimerFile *files, size_t count, Arena *arena);
/* Returns the digest of the files, which "read" prints. */
Str host_timer_digest(const HostTimerFile *files, size_t count, Arena *arena);
/* Removes and returns the next line that "read" printed. */
Str host_timer_line(Str *text);
/* Same for a number; 0 if there is no positive one. */
int64_t host_timer_number(Str *text);
