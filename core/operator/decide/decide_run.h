/* decide_run: how a Run goes on. Pure, as decide_stack. */
#pragma once

#include "approval.h"
#include "decision.h"
#include "job.h"
#include "pod.h"

/* A lane that the Run needs. */
typedef struct RunLane {
    Str name;
    const Lane *lane; /* NULL: it does not exist */
    bool is_next;     /* no waiting Run has a higher priority, or the same and waits longer */
} RunLane;

typedef struct RunPod {
    const Pod *pod;
    int64_t lost_ms; /* since when its node does not answer; 0: it does */
} RunPod;
typedef VEC(RunPod) RunPods;

typedef struct RunView {
    const Run *run;
    const Stack *stack; /* NULL: it is gone */
    const Job *plan_job;
    const Job *apply_job;
    RunPods plan_pods; /* the oldest first */
    RunPods apply_pods;
    const Run *previous; /* the newest finished Run of the Stack; NULL: none, or it is gone */
    const Run *origin;   /* of the plan, if this Run kept another one's; NULL: it is gone */
    VEC(const Approval *) approvals; /* that name this Run or the origin */
    VEC(RunLane) lanes;              /* in the order of their names */
    VEC(const Run *) previews;       /* with plans for this Stack */
} RunView;

/* Whether its Job waits for the end of this pod, which a lost node would not report. */
bool decide_run_may_release(const Pod *pod);
/* The decision lives in `arena`, and refers to the view. */
Decision decide_run(const RunView *view, const DecideOptions *options, int64_t now_ms,
                    Arena *arena);
