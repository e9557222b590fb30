/* kubelet_step: gives the kubelet of one node the configuration of the cluster, or other flags, as
 * a change_step, which puts the former files back if the kubelet does not run. */
#pragma once

#include "change_step.h"
#include "kubelet_flags.h"

#define KUBELET_STEP_PATCHES "/etc/kubernetes/loam/patches"

typedef struct KubeletStep {
    Str id;             /* of the node */
    bool has_config;    /* whether the node gets the configuration of the cluster, and the patch */
    Value patch;        /* fields of this node alone; null: none */
    KubeletFlags flags; /* of this node */
    const char *path;   /* of the argument for errors, "kubelet" for example */
    int64_t limit_ms;   /* of the start of the kubelet */
    bool resets_places; /* of the processors and the memory that containers have */
} KubeletStep;

/* Waits for the end of a step of an interrupted run, and runs the step. Adds errors unless
 * CHANGE_STEP_DONE; then *config is the KubeletConfiguration of the machine. */
ChangeOutcome kubelet_step_run(SshLink *link, const KubeletStep *step, Value *config, Diags *diags);
/* Places the patch of a machine that is no node yet. */
MUST_USE bool kubelet_step_place(SshLink *link, Value patch, Diags *diags);
/* Returns whether `markers`, the ids of remote steps on the machine, have an unfinished step. */
bool kubelet_step_is_unfinished(const StrVec *markers, Str id, Arena *arena);
