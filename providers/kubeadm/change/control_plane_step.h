/* control_plane_step: changes static pods of one control plane as a remote step, which puts the
 * former files back if a pod does not respond. It ends whole without this program. */
#pragma once

#include "change_step.h"

typedef struct ControlPlaneStep {
    Str id;           /* of the node */
    Str config;       /* InitConfiguration of the machine, ClusterConfiguration of the cluster */
    Str pods;         /* in order, without "kube-": "apiserver scheduler", or "etcd" */
    Str server;       /* of the API server of this machine: "10.0.0.11:6443" */
    Str pki;          /* directory of the certificates */
    Str pairs;        /* new certificates: "apiserver", "etcd/server etcd/peer" */
    Str etcd_image;   /* that the manifest of etcd gets as it is; empty: kubeadm makes it */
    Str file_lines;   /* of control_files */
    Str file_users;   /* pods that use files, or "none"; empty: the files stay as they are */
    int64_t limit_ms; /* of each pod */
} ControlPlaneStep;

/* Waits for the end of a step that an interrupted run has started on the machine. Its result is
 * dropped: the next step continues with its files. */
MUST_USE bool control_plane_step_settle(SshLink *link, Str id, Diags *diags);
/* Runs the step. Adds errors unless CHANGE_STEP_DONE. */
ChangeOutcome control_plane_step_run(SshLink *link, const ControlPlaneStep *step, Diags *diags);
/* Makes the files of control_files equal to the lines, before the machine becomes a control plane.
 */
MUST_USE bool control_plane_step_place(SshLink *link, Str file_lines, Diags *diags);
/* Puts back the former files of a step that was killed; without one, does nothing. Needs no
 * `config`. */
MUST_USE bool control_plane_step_restore(SshLink *link, const ControlPlaneStep *step, Diags *diags);
