/* ssh_marker: runs a script on a machine under a marker, detached from the session.
 *
 * The marker is a directory named by an id that the caller chose before: /var/lib/loam/exec/ID for
 * root, else ~/.local/state/loam/exec/ID. LOAM_STATE_DIR in the machine's environment replaces the
 * part before exec/ID. Only the user can read its content:
 *
 *   started     a directory; the process that creates it runs the script, so it runs only once
 *   script      the text, until it has run
 *   pid         of the process; boot, began: boot id and start time, to recognize the process
 *   out, err    the output
 *   status      the exit status, after the end
 *
 * So starting twice is safe. A later run can see whether the script ran, still runs, or ended
 * without a status because the machine went down. The machine needs a POSIX shell and the commands
 * of busybox; /proc is used if it exists. */
#pragma once

#include "ssh_client.h"

typedef enum SshMarkerState {
    SSH_MARKER_ABSENT,  /* no marker: never started, or forgotten */
    SSH_MARKER_LOST,    /* started, ended without a status */
    SSH_MARKER_RUNNING, /* still running when the time was over */
    SSH_MARKER_EXITED,
} SshMarkerState;

typedef enum SshMarkerTrace {
    SSH_TRACE_NONE,      /* no marker was ever here for this user: another machine, or a new one */
    SSH_TRACE_FORGOTTEN, /* other markers are or were here, but not this one */
    SSH_TRACE_PRESENT,
} SshMarkerTrace;

typedef struct SshMarkerResult {
    SshMarkerState state;
    int exit_status;
    Str out; /* the last 256 KiB of each stream, without control characters */
    Str err;
} SshMarkerResult;

/* Starts the script unless it was started before, and waits for its end. If the session breaks,
 * connects again; the script continues. The exit status of the script is not an error here. After a
 * failure, link->may_have_run is true if the script may have been started. */
MUST_USE bool ssh_marker_run(SshLink *link, Str id, Str script, SshMarkerResult *out, Diags *diags);
/* Waits for the end of a script that a killed run may have started. After SSH_MARKER_ABSENT the
 * script cannot start any more, even if a start request of that run arrives later. */
MUST_USE bool ssh_marker_recover(SshLink *link, Str id, SshMarkerResult *out, Diags *diags);
/* Looks for the marker on the machine. Starts nothing and does not wait. */
MUST_USE bool ssh_marker_look(SshLink *link, Str id, SshMarkerTrace *out, Diags *diags);
/* Kills the script if it still runs, and removes the directory. */
MUST_USE bool ssh_marker_forget(SshLink *link, Str id, Diags *diags);
/* Same, but gives up after a few seconds and reports no error, because a leftover marker is
 * harmless. */
void ssh_marker_forget_if_possible(SshLink *link, Str id);
