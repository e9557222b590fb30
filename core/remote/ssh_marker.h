/* ssh_marker: a script that runs on a machine under a marker, detached from the session.
 *
 * The marker is a folder named by an id that was chosen before: /var/lib/loam/exec/ID for root,
 * else ~/.local/state/loam/exec/ID; LOAM_STATE_DIR in the machine's environment moves it. Within,
 * readable by that user alone:
 *
 *   started     a folder; who makes it runs the script: once, whatever happens to the session
 *   script      the text, until it has run
 *   pid         of the process; boot, began: of the machine and of the process, to know it again
 *   out, err    what it wrote
 *   status      its exit status, once it has ended
 *
 * So starting twice is safe, and whoever comes later learns whether it ran, still runs, or ended
 * without a status because the machine went down. The far side needs a POSIX shell and what busybox
 * has; /proc is used where it is there. */
#pragma once

#include "ssh_client.h"

typedef enum SshMarkerState {
    SSH_MARKER_ABSENT,  /* never started */
    SSH_MARKER_LOST,    /* started, ended without a status */
    SSH_MARKER_RUNNING, /* the time to wait is over */
    SSH_MARKER_EXITED,
} SshMarkerState;

typedef enum SshMarkerTrace {
    SSH_TRACE_NONE,      /* no script ever ran here as this user: another machine, or a new one */
    SSH_TRACE_FORGOTTEN, /* there are or were markers here, but this one is not there */
    SSH_TRACE_PRESENT,
} SshMarkerTrace;

typedef struct SshMarkerResult {
    SshMarkerState state;
    int exit_status;
    Str out; /* the last 256 KiB of each, without control characters */
    Str err;
} SshMarkerResult;

/* Starts the script unless it was started before, and waits for its end. A session that breaks is
 * made again; the script does not notice. A script that ended by itself is no error here. After a
 * failure, link->may_have_run tells whether the script may have been started. */
MUST_USE bool ssh_marker_run(SshLink *link, Str id, Str script, SshMarkerResult *out, Diags *diags);
/* Waits for the end of one that a killed run may have started. After SSH_MARKER_ABSENT it will not
 * start any more, even if that run's request is still on its way. */
MUST_USE bool ssh_marker_recover(SshLink *link, Str id, SshMarkerResult *out, Diags *diags);
/* Is this marker still on the machine? Starts nothing and waits for no script. */
MUST_USE bool ssh_marker_look(SshLink *link, Str id, SshMarkerTrace *out, Diags *diags);
/* Ends the script if it still runs, and removes the folder. */
MUST_USE bool ssh_marker_forget(SshLink *link, Str id, Diags *diags);
/* Same within a few seconds, or not at all: tidiness is no reason to fail. */
void ssh_marker_forget_if_possible(SshLink *link, Str id);
