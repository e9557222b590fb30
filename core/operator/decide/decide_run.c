/* The rules, in their order: the first that applies decides. */
#include "decide_run.h"

#include "json.h"
#include "run_result.h"
#include "utf8.h"

#define POD_WAIT_MS  ((int64_t)60 * 1000) /* until a Job without a pod is reported */
#define ATTEMPTS_MAX 3                    /* plan Jobs whose result was lost */
#define RESULT_MS    ((int64_t)10 * 1000) /* until the result of a Job that ended is lost */
#define NODE_WAIT_MS ((int64_t)30 * 1000) /* until the node of a pod that ends is read again */

typedef struct RunCase {
    const RunView *view;
    const DecideOptions *options;
    int64_t now_ms;
    RunStatus next; /* the status as it will be */
    Decision out;
    Arena *arena;
} RunCase;

static void run_add_step(RunCase *the, DecisionStep step) {
    vec_push(the->arena, &the->out.steps, step);
}

static void add_event(RunCase *the, const char *reason, Str message) {
    if (the->view->stack)
        run_add_step(the, (DecisionStep){STEP_EVENT, &the->view->stack->meta,
                                         .event = {reason, message, the->view->run->meta.name}});
}

/* The message may quote a pod or a person. */
static void show(RunCase *the, RunPhase phase, Reason reason, Str message) {
    message = utf8_shorten(utf8_one_line(message, the->arena), REASON_MESSAGE_MAX, the->arena);
    the->next.phase = phase;
    the->next.reason = reason;
    the->next.message = message;
    reason_set_conditions(&the->next.conditions, reason, message,
                          (ReasonTime){the->now_ms, the->view->run->meta.generation}, the->arena);
}

/* A finished Run has the condition Complete or Failed: kubectl can wait for one of them. */
static void finish(RunCase *the, Reason reason, Str message) {
    bool is_complete = reason_row(reason)->ready == CONDITION_TRUE;
    show(the, is_complete ? RUN_PHASE_COMPLETE : RUN_PHASE_FAILED, reason, message);
    object_meta_set_condition(&the->next.conditions,
                              (StatusCondition){
                                  .type = is_complete ? STR("Complete") : STR("Failed"),
                                  .status = CONDITION_TRUE,
                                  .reason = str_from_cstr(reason_name(reason)),
                                  .message = the->next.message,
                                  .since_ms = the->now_ms,
                                  .generation = the->view->run->meta.generation,
                              },
                              the->arena);
    object_meta_drop_condition(&the->next.conditions, STR("Reconciling"));
    the->next.finished_ms = the->now_ms;
    add_event(the, reason_name(reason), message);
}

/* Lanes: all of them or none, taken in the order of their names. */

static bool needs_lanes(const RunCase *the) {
    return the->view->lanes.count > 0 && (the->next.planned_ms == 0 || the->next.approved_ms != 0);
}

static bool holds(const RunCase *the, const RunLane *lane) {
    return lane->lane && lane_is_held_by(lane->lane, the->view->run->meta.uid);
}

static bool may_take(const RunLane *lane) {
    return lane->lane && lane->is_next &&
           lane->lane->status.holders.count < lane->lane->spec.capacity;
}

static void put_lane(RunCase *the, const Lane *lane, bool takes) {
    const ObjectMeta *run = &the->view->run->meta;
    LaneStatus *next = arena_new(the->arena, LaneStatus);
    vec_each(&lane->status.holders, holder) {
        if (!str_equal(holder->uid, run->uid))
            vec_push(the->arena, &next->holders, *holder);
    }
    if (takes)
        vec_push(the->arena, &next->holders, (LaneHolder){run->uid, run->namespace, run->name});
    run_add_step(the, (DecisionStep){STEP_LANE_STATUS, &lane->meta, .lane_status = next});
}

static void release_lanes(RunCase *the) {
    vec_each(&the->view->lanes, lane) {
        if (holds(the, lane))
            put_lane(the, lane->lane, false);
    }
}

/* Pods. */

/* The result of the newest pod that has one. The message of a container that failed is none. */
static bool find_result(const RunCase *the, const RunPods *pods, const char *container,
                        RunResult *out) {
    for (size_t i = pods->count; i-- > 0;) {
        const PodContainer *found = pod_container(pods->items[i].pod, container);
        if (found && found->state.terminated.exit_code == 0 &&
            found->state.terminated.message.len > 0 &&
            run_result_read(found->state.terminated.message, out, the->arena))
            return true;
    }
    return false;
}

/* A pod that succeeded decides: its Job completes a second or two later. */
static bool has_succeeded(const Job *job, const RunPods *pods) {
    vec_each(pods, each) {
        if (pod_has_succeeded(each->pod))
            return true;
    }
    return job_completion(job) != NULL;
}

/* The changes of pods arrive on another way than those of Jobs, so the result may be still to come.
 * `ended`: the condition of the Job; NULL: it comes. */
static bool may_come(RunCase *the, const StatusCondition *ended) {
    int64_t due_ms;
    if (!ended)
        return true;
    due_ms = ended->since_ms + RESULT_MS;
    if (the->now_ms >= due_ms)
        return false;
    run_add_step(the, (DecisionStep){STEP_WAKE, &the->view->run->meta, .wake_ms = due_ms});
    return true;
}

static Reason exit_reason(const PodContainer *container, bool is_apply) {
    if (str_equal_cstr(container->state.terminated.reason, "OOMKilled"))
        return REASON_OUT_OF_MEMORY;
    switch (container->state.terminated.exit_code) {
    case 65: return REASON_DIGEST_MISMATCH;
    case 66: return REASON_SUPERSEDED;
    case 75: /* of the source: its artifact is no longer served */
        return str_equal_cstr(container->name, "source") ? REASON_SUPERSEDED : REASON_LOCK_HELD;
    case RUN_KEY_MISSING: return REASON_KEY_MISSING;
    case 77: return REASON_POLICY_DENIED;
    case 78: return REASON_OUTCOME_UNKNOWN;
    default: return is_apply ? REASON_APPLY_FAILED : REASON_PLAN_FAILED;
    }
}

/* The first error of a result, or what the container says. */
static Str failure_text(const RunCase *the, const PodContainer *container) {
    RunResult result;
    if (run_result_read(container->state.terminated.message, &result, the->arena) &&
        result.errors.count > 0) {
        const RunError *error = &result.errors.items[0];
        return error->address.len == 0
                   ? error->summary
                   : str_format(the->arena, "%.*s: %.*s", STR_ARG(error->address),
                                STR_ARG(error->summary));
    }
    return str_format(the->arena, "The container \"%.*s\" ended with status %lld (%.*s).",
                      STR_ARG(container->name), (long long)container->state.terminated.exit_code,
                      STR_ARG(container->state.terminated.reason));
}

static void finish_failed(RunCase *the, const StatusCondition *failure, const RunPods *pods,
                          bool is_apply) {
    if (str_equal_cstr(failure->reason, "DeadlineExceeded")) {
        finish(the, REASON_TIMEOUT, failure->message);
        return;
    }
    for (size_t i = pods->count; i-- > 0;) {
        const PodContainer *failed = pod_failure(pods->items[i].pod);
        if (failed) {
            finish(the, exit_reason(failed, is_apply), failure_text(the, failed));
            return;
        }
    }
    if (may_come(the, failure))
        return;
    finish(the,
           pods->count > 0 ? REASON_NODE_LOST
           : is_apply      ? REASON_APPLY_FAILED
                           : REASON_PLAN_FAILED,
           failure->message);
}

static Reason waiting_reason(Str reason) {
    if (str_equal_cstr(reason, "Unschedulable"))
        return REASON_UNSCHEDULABLE;
    if (str_equal_cstr(reason, "ErrImagePull") || str_equal_cstr(reason, "ImagePullBackOff") ||
        str_equal_cstr(reason, "InvalidImageName") || str_equal_cstr(reason, "ErrImageNeverPull"))
        return REASON_IMAGE_PULL;
    return REASON_NONE;
}

/* Whether the lock of a pod that no longer runs ends without a person: the next pod can have it. A
 * preview has none. If the configuration names the backend, it is not known. */
static bool lock_ends(const RunCase *the) {
    const struct StackBackend *backend = &the->view->run->spec.template.backend;
    Value config, lease;
    int64_t seconds;
    if (the->view->run->spec.plan_for.name.len > 0 || str_equal_cstr(backend->type, "pg") ||
        str_equal_cstr(backend->type, "etcd"))
        return true;
    /* The runner sets the lease of the others, unless the Stack does. */
    return (str_equal_cstr(backend->type, "kubernetes") || str_equal_cstr(backend->type, "s3")) &&
           !(json_parse_object(backend->config, &config, the->arena) &&
             value_find_present(config, STR("lease_seconds"), &lease) &&
             !(lease.type->kind == KIND_NUMBER && value_to_int(lease, &seconds) && seconds > 0));
}

bool decide_run_may_release(const Pod *pod) {
    return pod->meta.deleted_ms != 0 && pod->spec.node_name.len > 0 && !pod_has_ended(pod);
}

/* A pod on a node that does not answer keeps its Job waiting for ever. */
static bool release_lost_pod(RunCase *the, const RunPods *pods) {
    int64_t after_ms = the->options->takeover_after_ms;
    vec_each(pods, each) {
        int64_t due_ms = each->lost_ms == 0 ? the->now_ms + NODE_WAIT_MS : each->lost_ms + after_ms;
        if (after_ms == 0 || !decide_run_may_release(each->pod) || !lock_ends(the))
            continue;
        if (the->now_ms < due_ms) {
            run_add_step(the, (DecisionStep){STEP_WAKE, &the->view->run->meta, .wake_ms = due_ms});
            continue;
        }
        run_add_step(the, (DecisionStep){STEP_RELEASE_POD, &each->pod->meta});
        add_event(the, "TakenOver",
                  str_format(the->arena, "Pod %.*s was on node %.*s, which does not answer.",
                             STR_ARG(each->pod->meta.name), STR_ARG(each->pod->spec.node_name)));
        return true;
    }
    return false;
}

/* Shows what an active Job does. */
static void show_job(RunCase *the, const Job *job, const RunPods *pods, RunPhase phase) {
    Reason reason = phase == RUN_PHASE_APPLYING ? REASON_APPLYING : REASON_PLANNING;
    int64_t pod_due_ms = job->status.started_ms + POD_WAIT_MS;
    Str waiting =
        pods->count > 0 ? pod_waiting_reason(pods->items[pods->count - 1].pod) : STR_EMPTY;
    if (release_lost_pod(the, pods))
        return;
    if (waiting_reason(waiting) != REASON_NONE) {
        show(the, phase, waiting_reason(waiting),
             str_format(the->arena, "The pod waits: %.*s.", STR_ARG(waiting)));
    } else if (pods->count == 0 && job->status.started_ms != 0 && the->now_ms >= pod_due_ms) {
        show(the, phase, REASON_POD_NOT_CREATED,
             STR("The Job has no pod. Its events say why, for instance a ServiceAccount that does "
                 "not exist."));
    } else {
        show(the, phase, reason, STR_EMPTY);
    }
}

/* A Job is there at once, unless the API server refused it when it was `tried`. */
static void show_missing_job(RunCase *the, RunPhase phase, const ObjectIdentity *tried,
                             int64_t since_ms) {
    bool is_refused =
        tried->name.len > 0 && tried->uid.len == 0 && the->now_ms >= since_ms + POD_WAIT_MS;
    if (is_refused)
        show(the, phase, REASON_POD_NOT_CREATED,
             STR("The API server accepts no Job of this Run. The log of the operator has the "
                 "answer, for instance of a quota or an admission policy of the namespace."));
    else
        show(the, phase, phase == RUN_PHASE_APPLYING ? REASON_APPLYING : REASON_PLANNING,
             STR_EMPTY);
}

/* Approval. */

static void approve(RunCase *the, Str message) {
    the->next.approved_ms = the->now_ms;
    show(the, RUN_PHASE_APPLYING, REASON_APPLYING, message);
}

static void approve_by_people(RunCase *the, Str message) {
    approve(the, message);
    add_event(the, "Approved", message);
}

static bool counts(const RunCase *the, const Approval *approval) {
    const Stack *stack = the->view->stack;
    const Run *run = the->view->run, *origin = the->view->origin;
    /* Admission has checked the right to approve the Stack that it names. */
    return str_equal(approval->spec.stack, run->spec.stack.name) &&
           (str_equal(approval->spec.run.uid, run->meta.uid) ||
            (origin && str_equal(approval->spec.run.uid, origin->meta.uid))) &&
           str_equal(approval->spec.plan_digest, the->next.plan.digest) &&
           !(the->options->has_separate_duties && stack &&
             (stack->meta.annotations.requested_by.len == 0 ||
              str_equal(approval->spec.user, stack->meta.annotations.requested_by)));
}

static bool is_rejected(RunCase *the) {
    vec_each(&the->view->approvals, approval) {
        if ((*approval)->spec.decision == APPROVAL_REJECT && counts(the, *approval)) {
            finish(the, REASON_REJECTED,
                   str_format(the->arena, "Rejected by %.*s. %.*s", STR_ARG((*approval)->spec.user),
                              STR_ARG((*approval)->spec.comment)));
            return true;
        }
    }
    return false;
}

static void count_approvals(RunCase *the) {
    the->next.approved_by = (StrVec){0};
    vec_each(&the->view->approvals, approval) {
        Str user = (*approval)->spec.user;
        if ((*approval)->spec.decision == APPROVAL_APPROVE && counts(the, *approval) &&
            !str_is_among(user, the->next.approved_by.items, the->next.approved_by.count))
            vec_push(the->arena, &the->next.approved_by, user);
    }
}

static bool is_harmless(const RunCase *the) {
    const ChangeCounts *changes = &the->next.plan.counts;
    return the->next.plan.is_verified && changes->destroy + changes->replace + changes->forget == 0;
}

/* Whether the plan of another Run would be made again now: of the same code, for the same version
 * of the state, and not expired. */
static bool is_same_plan(const RunCase *the, const Run *other) {
    const RunPlan *plan = &the->next.plan, *old = &other->status.plan;
    int64_t expires_ms =
        other->status.planned_ms + the->view->run->spec.template.approval.expires_ms;
    return old->digest.len > 0 && old->is_verified && plan->is_verified && plan->code.len > 0 &&
           str_equal(old->code, plan->code) && str_equal(old->state.lineage, plan->state.lineage) &&
           old->state.serial == plan->state.serial && the->now_ms < expires_ms;
}

/* The reviewed plan of a preview: it was there before this Run began, with the same inputs. A plan
 * that the previous Run could not apply is not tried again. */
static const Run *find_reviewed(const RunCase *the) {
    const Run *run = the->view->run, *previous = the->view->previous, *found = NULL;
    vec_each(&the->view->previews, each) {
        const Run *preview = *each;
        bool was_tried =
            previous && str_equal(previous->status.plan.digest, preview->status.plan.digest);
        if (run_has_succeeded(preview) && is_same_plan(the, preview) && !was_tried &&
            run->spec.inputs.len > 0 && str_equal(preview->spec.inputs, run->spec.inputs) &&
            preview->spec.unknown.count == 0 &&
            str_equal(preview->spec.plan_for.uid, run->spec.stack.uid) &&
            preview->status.planned_ms <= run->meta.created_ms)
            found = preview;
    }
    return found;
}

/* A commit that changes nothing keeps the plan that waits, with its Approvals and its age. */
static bool keeps_plan(RunCase *the) {
    const RunSpec *spec = &the->view->run->spec;
    const Run *previous = the->view->previous;
    if (!previous || previous->status.reason != REASON_SUPERSEDED ||
        previous->status.approved_ms != 0 || previous->spec.type != spec->type ||
        spec->settings.len == 0 || !str_equal(previous->spec.settings, spec->settings) ||
        !str_equal(previous->spec.requested_at, spec->requested_at) || !is_same_plan(the, previous))
        return false;
    the->next.plan = previous->status.plan;
    the->next.planned_ms = previous->status.planned_ms;
    return true;
}

static bool is_merged(RunCase *the) {
    const Run *reviewed = find_reviewed(the);
    if (!reviewed)
        return false;
    the->next.plan = reviewed->status.plan;
    the->next.plan.name = reviewed->meta.name;
    approve_by_people(the, str_format(the->arena, "The plan of %.*s was reviewed.",
                                      STR_ARG(reviewed->meta.name)));
    return true;
}

/* Rules. */

static bool rule_finished(RunCase *the) {
    if (!run_is_finished(the->view->run))
        return false;
    release_lanes(the);
    return true;
}

/* Nothing begins while the Stack is suspended; what runs goes on. */
static bool run_rule_suspended(RunCase *the) {
    const Stack *stack = the->view->stack;
    bool would_begin = the->next.approved_ms != 0
                           ? !the->view->apply_job
                           : the->next.planned_ms != 0 || !the->view->plan_job;
    return stack && stack->spec.is_suspended && would_begin;
}

static bool rule_lanes(RunCase *the) {
    size_t held = 0;
    bool can_have_all = true;
    if (!needs_lanes(the))
        return false;
    vec_each(&the->view->lanes, lane) {
        held += holds(the, lane);
        can_have_all = can_have_all && (holds(the, lane) || may_take(lane));
    }
    if (held == the->view->lanes.count)
        return false;
    if (the->next.queued_ms == 0)
        the->next.queued_ms = the->now_ms;
    vec_each(&the->view->lanes, lane) {
        if (can_have_all && !holds(the, lane))
            put_lane(the, lane->lane, true);
        if (!can_have_all && !(holds(the, lane) || may_take(lane)))
            show(the, RUN_PHASE_QUEUED, REASON_QUEUED,
                 str_format(the->arena, "The lane \"%.*s\" %s.", STR_ARG(lane->name),
                            lane->lane ? "is full" : "does not exist"));
    }
    if (!can_have_all)
        release_lanes(the);
    return true;
}

static void create_job(RunCase *the, StepKind kind, const char *phase, ObjectIdentity *out) {
    Run *run = arena_new(the->arena, Run);
    *out = (ObjectIdentity){
        .name = str_format(the->arena, "%.*s-%s", STR_ARG(the->view->run->meta.name), phase)};
    *run = *the->view->run;
    run->status = the->next;
    run_add_step(the, (DecisionStep){kind, &the->view->run->meta, .run = run});
}

/* Its UID is no reason for a patch while the Job is young: only then it could be one that the API
 * server refused. */
static void note_job(RunCase *the, const Job *job, const RunPods *pods, ObjectIdentity *out) {
    int64_t began_ms = job->status.started_ms ? job->status.started_ms : job->meta.created_ms;
    int64_t due_ms = began_ms + POD_WAIT_MS;
    bool is_young = the->now_ms < due_ms && !has_succeeded(job, pods) && !job_failure(job);
    if (out->uid.len > 0 || !is_young)
        *out = (ObjectIdentity){job->meta.name, job->meta.uid};
    if (is_young)
        run_add_step(the, (DecisionStep){STEP_WAKE, &the->view->run->meta, .wake_ms = due_ms});
}

static bool rule_apply(RunCase *the) {
    const Job *job = the->view->apply_job;
    const RunPods *pods = &the->view->apply_pods;
    const StatusCondition *failure = job ? job_failure(job) : NULL;
    RunResult result = {0};
    if (the->next.approved_ms == 0)
        return false;
    if (!job) {
        Str message = the->next.message;
        show_missing_job(the, RUN_PHASE_APPLYING, &the->next.jobs.apply, the->next.approved_ms);
        create_job(the, STEP_CREATE_APPLY_JOB, "apply", &the->next.jobs.apply);
        add_event(the, "Applying", message);
        return true;
    }
    note_job(the, job, pods, &the->next.jobs.apply);
    if (failure) {
        finish_failed(the, failure, pods, true);
    } else if (!has_succeeded(job, pods)) {
        show_job(the, job, pods, RUN_PHASE_APPLYING);
    } else if (find_result(the, pods, "apply", &result) || !may_come(the, job_completion(job))) {
        const ChangeCounts *changes = &the->next.plan.counts;
        the->next.apply.added = changes->add + changes->import;
        the->next.apply.changed = changes->change + changes->replace;
        the->next.apply.destroyed = changes->destroy + changes->forget;
        /* A lost result does not matter: the Job's status decides. */
        the->next.apply.state = result.state;
        the->next.outputs.digest = result.outputs;
        the->next.outputs.names = result.output_names;
        if (the->view->stack && stack_listens(the->view->stack))
            the->next.kinds = result.kinds;
        finish(the, the->view->run->spec.type == RUN_DESTROY ? REASON_DESTROYED : REASON_APPLIED,
               str_format(the->arena, "%u added, %u changed, %u destroyed.", the->next.apply.added,
                          the->next.apply.changed, the->next.apply.destroyed));
    }
    return true;
}

static void take_plan(RunCase *the, const RunResult *result, bool is_verified) {
    RunType type = the->view->run->spec.type;
    const ChangeCounts *changes = &result->changes;
    Str text = str_format(the->arena, "%u to add, %u to change, %u to destroy, %u to replace.",
                          changes->add, changes->change, changes->destroy, changes->replace);
    the->next.plan = (RunPlan){
        .name = the->view->run->meta.name,
        .digest = result->plan.digest,
        .code = result->plan.code,
        .counts = *changes,
        .is_verified = is_verified,
        .state = result->state,
    };
    the->next.drift = result->drift;
    the->next.planned_ms = the->now_ms;
    if (type == RUN_DRIFT)
        finish(the, result->drift.count > 0 ? REASON_DRIFT_DETECTED : REASON_NO_CHANGES,
               result->drift.count > 0 ? str_format(the->arena, "%u objects differ from the state.",
                                                    result->drift.count)
                                       : STR("No object differs from the state."));
    else if (type == RUN_PLAN)
        finish(the, REASON_PLAN_READY, text);
    else if (!result->plan.is_applicable)
        finish(the, type == RUN_DESTROY ? REASON_DESTROYED : REASON_NO_CHANGES,
               STR("Nothing to change."));
    else {
        show(the, RUN_PHASE_WAITING, REASON_APPROVAL_REQUIRED, text);
        if (!keeps_plan(the))
            add_event(the, "PlanReady", text);
    }
    release_lanes(the);
}

static bool rule_plan(RunCase *the) {
    const Job *job = the->view->plan_job;
    const RunPods *pods = &the->view->plan_pods;
    const StatusCondition *failure = job ? job_failure(job) : NULL;
    RunResult result;
    if (the->next.planned_ms != 0)
        return false;
    if (!job) {
        the->next.started_ms = the->next.started_ms ? the->next.started_ms : the->now_ms;
        show_missing_job(the, RUN_PHASE_PLANNING, &the->next.jobs.plan, the->next.started_ms);
        create_job(the, STEP_CREATE_PLAN_JOB, "plan", &the->next.jobs.plan);
        return true;
    }
    note_job(the, job, pods, &the->next.jobs.plan);
    if (job->meta.deleted_ms != 0)
        return true; /* another one is made when it is gone */
    if (failure)
        finish_failed(the, failure, pods, false);
    else if (!has_succeeded(job, pods))
        show_job(the, job, pods, RUN_PHASE_PLANNING);
    else if (find_result(the, pods, "report", &result))
        take_plan(the, &result, true);
    else if (find_result(the, pods, "plan", &result))
        take_plan(the, &result, false); /* the container that runs code of the configuration */
    else if (may_come(the, job_completion(job)))
        return true;
    else if (++the->next.attempts < ATTEMPTS_MAX)
        run_add_step(the, (DecisionStep){STEP_DELETE_JOB, &the->view->run->meta,
                                         .job = the->next.jobs.plan});
    else
        finish(the, REASON_PLAN_FAILED,
               STR("The result of the plan was lost three times: its pod was deleted before it was "
                   "read, or its message is no result."));
    return true;
}

/* A plan of an older or another state must not be approved. */
static bool run_rule_regressed(RunCase *the) {
    const StateVersion *known = the->view->stack ? &the->view->stack->status.state : NULL;
    const StateVersion *found = &the->next.plan.state;
    uint64_t accepted;
    if (!known || known->lineage.len == 0 || found->lineage.len == 0 ||
        (str_equal(known->lineage, found->lineage) && found->serial >= known->serial) ||
        (str_to_uint64(the->view->stack->meta.annotations.accept_state, &accepted) &&
         accepted == found->serial))
        return false;
    finish(the, REASON_STATE_REGRESSED, STR("The plan is for an older state, or for another one."));
    return true;
}

/* A change of the spec that was not decided on yet may supersede the plan. */
static bool rule_changed(RunCase *the) {
    const Stack *stack = the->view->stack;
    return the->next.approved_ms == 0 && stack &&
           stack->status.observed_generation != stack->meta.generation;
}

static bool rule_approval(RunCase *the) {
    const RunSpec *spec = &the->view->run->spec;
    ApprovalMode mode = spec->template.approval.mode;
    if (is_rejected(the))
        return true;
    count_approvals(the);
    if (mode == APPROVAL_MODE_AUTO) {
        approve(the, STR("The mode is Auto."));
        return true;
    }
    if (mode == APPROVAL_MODE_SAFE && is_harmless(the)) {
        approve(the, STR("The mode is Safe, and the plan destroys and replaces nothing."));
        return true;
    }
    if (mode == APPROVAL_MODE_MERGE && is_merged(the))
        return true;
    if (the->next.approved_by.count < spec->template.approval.required)
        return false;
    approve_by_people(
        the, str_format(the->arena, "Approved by %.*s.",
                        STR_ARG(str_join(the->next.approved_by.items, the->next.approved_by.count,
                                         STR(", "), the->arena))));
    return true;
}

static bool rule_expired(RunCase *the) {
    int64_t expires_ms = the->next.planned_ms + the->view->run->spec.template.approval.expires_ms;
    if (the->now_ms >= expires_ms) {
        finish(the, REASON_SUPERSEDED, STR("The plan expired before it was approved."));
        add_event(the, "PlanExpired", the->next.message);
        return true;
    }
    run_add_step(the, (DecisionStep){STEP_WAKE, &the->view->run->meta, .wake_ms = expires_ms});
    return false;
}

static bool rule_waiting(RunCase *the) {
    bool is_merge = the->view->run->spec.template.approval.mode == APPROVAL_MODE_MERGE;
    bool is_shown = the->next.reason == REASON_APPROVAL_REQUIRED;
    if (is_merge && is_shown)
        show(the, RUN_PHASE_WAITING, REASON_REVIEW_REQUIRED, the->next.message);
    if (is_shown)
        add_event(the, "ApprovalRequired", the->next.message);
    return true;
}

static bool (*const run_rules[])(RunCase *) = {
    rule_finished,      run_rule_suspended, rule_lanes,    rule_apply,   rule_plan,
    run_rule_regressed, rule_changed,       rule_approval, rule_expired, rule_waiting,
};

static void put_status_first(RunCase *the) {
    const RunStatus *old = &the->view->run->status;
    RunStatus *next = arena_new(the->arena, RunStatus);
    *next = the->next;
    if (str_equal(record_to_json(&run_status_record, old, 0, the->arena),
                  record_to_json(&run_status_record, next, 0, the->arena)))
        return;
    decision_put_first(&the->out,
                       (DecisionStep){STEP_RUN_STATUS, &the->view->run->meta, .run_status = next},
                       the->arena);
}

static void apply_rules(RunCase *the) {
    for (size_t i = 0; i < ARRAY_COUNT(run_rules); i++) {
        if (run_rules[i](the))
            return;
    }
}

/* A plan that was read or approved is decided on at once, without a status in between. Lanes must
 * be released and taken again first. */
static bool goes_on(const RunCase *the, int64_t planned_ms, int64_t approved_ms) {
    return the->next.finished_ms == 0 && the->view->lanes.count == 0 &&
           (the->next.planned_ms != planned_ms || the->next.approved_ms != approved_ms);
}

Decision decide_run(const RunView *view, const DecideOptions *options, int64_t now_ms,
                    Arena *arena) {
    RunCase the = {view, options, now_ms, .next = view->run->status, .arena = arena};
    the.next.conditions = object_meta_copy_conditions(&view->run->status.conditions, arena);
    int64_t planned_ms, approved_ms;
    do {
        planned_ms = the.next.planned_ms;
        approved_ms = the.next.approved_ms;
        apply_rules(&the);
    } while (goes_on(&the, planned_ms, approved_ms));
    put_status_first(&the);
    return the.out;
}
