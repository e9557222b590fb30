/* kubeadm_step: runs kubeadm on a machine as a remote_step, and explains its failures. */
#pragma once

#include "kube_version.h"
#include "remote_step.h"

/* Data of etcd that "init" restores from a snapshot before it runs kubeadm. */
typedef struct KubeadmRestore {
    Str path; /* of the snapshot on the machine; the step removes its directory */
    Str id;   /* for /etc/loam/restored */
    Str name; /* of the member of etcd */
    Str peer_url;
} KubeadmRestore;

typedef struct KubeadmStep {
    Str id;                        /* of the remote_step */
    const char *verb;              /* "init", "join" */
    Str config;                    /* documents for --config, on standard input */
    Str mark;                      /* for /etc/loam/node.json; empty: unchanged */
    Str etcd_directory;            /* of the data of etcd on this machine; empty: none */
    const KubeadmRestore *restore; /* NULL: none */
} KubeadmStep;

typedef enum KubeadmResult {
    KUBEADM_DONE,
    KUBEADM_UNREACHABLE, /* no connection to the machine; see link->may_have_run */
    KUBEADM_REJECTED,    /* a check before the first change failed */
    KUBEADM_FAILED,
} KubeadmResult;

/* Adds errors unless KUBEADM_DONE; warnings of kubeadm's checks become warnings. The marker of the
 * step is removed once its result is known, so that a later attempt runs it again. */
MUST_USE KubeadmResult kubeadm_step_run(SshLink *link, const KubeadmStep *step, Diags *diags);
/* Waits for the end of a step that an interrupted run has started. *state is REMOTE_STEP_ABSENT if
 * it never ran. Keeps the marker. */
MUST_USE bool kubeadm_step_recover(SshLink *link, Str id, const char *verb, RemoteStepState *state,
                                   bool *is_good, Diags *diags);
typedef enum KubeadmUpgrade {
    KUBEADM_UPGRADE_APPLY, /* of the first control plane: the cluster's configuration too */
    KUBEADM_UPGRADE_NODE,
} KubeadmUpgrade;
typedef struct KubeadmUpgradeStep {
    Str id; /* of the node */
    KubeadmUpgrade kind;
    KubeVersion version;
    Str ignored; /* check of kubeadm whose errors are warnings; empty: none */
} KubeadmUpgradeStep;
/* Upgrades the components of the machine to this version, then installs the kubelet that waits for
 * it and restarts it; a kubelet that does not run is replaced by the former one. A run that was
 * interrupted continues. After a success the marker remains until kubeadm_step_end_upgrade, so that
 * a later plan knows of an upgrade whose last requests are missing. */
MUST_USE bool kubeadm_step_upgrade(SshLink *link, const KubeadmUpgradeStep *upgrade, Diags *diags);
/* Also removes the former kubelet. */
void kubeadm_step_end_upgrade(SshLink *link, Str id, KubeVersion version);
/* Same, for a version between in an upgrade over several minor versions. Its programs are in
 * kubeadm_step_round_directory; the kubelet stays unless one is there. The id is the name of the
 * node. The step "up-VERSION-NODE"
 * remains until kubeadm_step_end_round, which also removes the directory. */
MUST_USE bool kubeadm_step_round(SshLink *link, const KubeadmUpgradeStep *upgrade, Diags *diags);
void kubeadm_step_end_round(SshLink *link, Str node, KubeVersion version);
Str kubeadm_step_round_directory(KubeVersion version, Arena *arena);
/* Removes the files of kubeadm, the pods and their network from the machine. */
MUST_USE bool kubeadm_step_reset(SshLink *link, Str id, Diags *diags);
/* Same, but after a success the marker remains until kubeadm_step_end_reset. */
MUST_USE bool kubeadm_step_begin_reset(SshLink *link, Str id, Diags *diags);
void kubeadm_step_end_reset(SshLink *link, Str id);
/* Return whether `markers`, the ids of remote steps on the machine, contain such a step. */
bool kubeadm_step_has_upgrade(const StrVec *markers, Str id);
bool kubeadm_step_has_reset(const StrVec *markers, Str id);
