/* The rules of a Run, each with its neighbour: the objects, and the steps that follow. */
#include "decide_lane.h"
#include "decide_run.h"
#include "operator_case.h"

#define DIGEST "sha256:0123456789012345678901234567890123456789012345678901234567890123"
#define OTHER  "sha256:9876543210987654321098765432109876543210987654321098765432109876"

static const DecideOptions options = {.takeover_after_ms = 5 * MINUTE};

/* Texts are members of JSON objects. */
typedef struct RunText {
    const char *type;     /* NULL: Apply */
    const char *approval; /* of the template */
    const char *status;
} RunText;

static Run *run_of(RunText text) {
    Run *run = arena_new(arena, Run);
    object_of(&run_record, run,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net-1\",\"uid\":\"u-1\"},"
              "\"spec\":{\"stack\":{\"name\":\"net\",\"uid\":\"u-0\"},\"type\":\"%s\","
              "\"trigger\":\"t\",\"reason\":\"Spec\",\"template\":{\"approval\":{%s}}},"
              "\"status\":{%s}}",
              text.type ? text.type : "Apply", text.approval ? text.approval : "",
              text.status ? text.status : "");
    return run;
}

static Stack *stack_of(const char *spec) {
    Stack *stack = arena_new(arena, Stack);
    object_of(&stack_record, stack,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net\",\"uid\":\"u-0\"},"
              "\"spec\":{%s},\"status\":{\"observedGeneration\":0}}",
              spec);
    return stack;
}

static Job *job_of(const char *status) {
    Job *job = arena_new(arena, Job);
    object_of(&job_record, job,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net-1-plan\",\"uid\":\"u-2\"},"
              "\"status\":{%s}}",
              status);
    return job;
}

#define COMPLETE "\"conditions\":[{\"type\":\"Complete\",\"status\":\"True\"}]"
#define JUST_NOW "\"status\":\"True\",\"lastTransitionTime\":\"2026-01-02T03:04:00Z\""
#define FAILED(of)                                                                                 \
    "\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"" of "\"}]"

static Pod *pod_of(const char *meta, const char *status) {
    Pod *pod = arena_new(arena, Pod);
    object_of(&pod_record, pod,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net-1-plan-x\"%s},\"status\":{%s}}",
              meta, status);
    return pod;
}

/* A pod of which one container ended. */
static Pod *ended(const char *container, int status, const char *message) {
    Str text = str_format(
        arena,
        "\"phase\":\"%s\",\"containerStatuses\":[{\"name\":\"%s\",\"state\":{\"terminated\":"
        "{\"exitCode\":%d,\"message\":\"%s\"}}}]",
        status ? "Failed" : "Succeeded", container, status, message);
    return pod_of("", str_to_cstr(text, arena));
}

static void add_pod(RunPods *pods, const Pod *pod) {
    vec_push(arena, pods, (RunPod){.pod = pod});
}

/* A plan that is approved is applied at once. */
#define BY_MODE "run Ready=Unknown Applying Reconciling; create apply job; event Applying"
#define BY_PEOPLE                                                                                  \
    "run Ready=Unknown Applying Reconciling; event Approved; create apply job; event Applying"

static void decides(const RunView *view, const char *wanted) {
    Decision decision = decide_run(view, &options, NOW, arena);
    check_str(decision_text(&decision), wanted);
}

/* A Run whose plan waits, with changes. */
static RunView waiting(const char *approval) {
    static const char status[] =
        "\"phase\":\"Waiting\",\"reason\":\"ApprovalRequired\",\"message\":\"m\","
        "\"plannedAt\":\"2026-01-02T03:00:00Z\",\"plan\":{\"name\":\"net-1\",\"digest\":\"" DIGEST
        "\",\"code\":\"" OTHER "\",\"changes\":{\"add\":1},\"verified\":true,"
        "\"state\":{\"lineage\":\"l\",\"serial\":4}}";
    RunView view = {.run = run_of((RunText){.approval = approval, .status = status}),
                    .stack = stack_of("")};
    return view;
}

static void add_approval_for(RunView *view, const char *stack, const char *user,
                             const char *decision, const char *digest) {
    Approval *approval = arena_new(arena, Approval);
    object_of(&approval_record, approval,
              "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"stack\":\"%s\",\"run\":{\"name\":"
              "\"net-1\",\"uid\":\"u-1\"},\"planDigest\":\"%s\",\"user\":\"%s\",\"decision\":"
              "\"%s\"}}",
              stack, digest, user, decision);
    vec_push(arena, &view->approvals, approval);
}

static void add_approval(RunView *view, const char *user, const char *decision,
                         const char *digest) {
    add_approval_for(view, "net", user, decision, digest);
}

static Lane *lane_of(const char *name, int capacity, const char *holders) {
    Lane *lane = arena_new(arena, Lane);
    object_of(&lane_record, lane,
              "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"capacity\":%d},\"status\":{\"holders\":"
              "[%s]}}",
              name, capacity, holders);
    return lane;
}

#define HOLDER(uid) "{\"uid\":\"" uid "\",\"namespace\":\"team\",\"name\":\"r\"}"

static void row_01_lanes(void **) {
    RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
    RunLane a = {STR("a"), lane_of("a", 1, ""), true}, b = {STR("b"), lane_of("b", 1, ""), true};
    vec_push(arena, &view.lanes, a);
    vec_push(arena, &view.lanes, b);
    decides(&view, "run; lane a:1; lane b:1");
    view.lanes.items[1].lane = lane_of("b", 1, HOLDER("u-9"));
    decides(&view, "run Ready=Unknown Queued Reconciling");
    view.lanes.items[1].lane = NULL;
    decides(&view, "run Ready=Unknown Queued Reconciling");
    view.lanes.items[1] = b;
    view.lanes.items[1].is_next = false; /* another Run is before it */
    decides(&view, "run Ready=Unknown Queued Reconciling");
    view.lanes.items[1].is_next = true;
    /* All or none. */
    view.lanes.items[0].lane = lane_of("a", 1, HOLDER("u-1"));
    view.lanes.items[1].lane = lane_of("b", 0, "");
    decides(&view, "run Ready=Unknown Queued Reconciling; lane a:0");
    view.lanes.items[1].lane = lane_of("b", 1, HOLDER("u-1"));
    decides(&view, "run Ready=Unknown Planning Reconciling; create plan job");
}

#define TRIED "\"jobs\":{\"plan\":{\"name\":\"net-1-plan\"}}"

static void row_02_no_job(void **) {
    RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
    decides(&view, "run Ready=Unknown Planning Reconciling; create plan job");
    view.stack = stack_of("\"suspend\":true");
    decides(&view, "");
    /* The API server refused the Job a minute ago; 59 seconds ago. */
    view = (RunView){
        .run = run_of((RunText){.status = TRIED ",\"startedAt\":\"2026-01-02T03:03:05Z\""}),
        .stack = stack_of("")};
    decides(&view, "run Ready=False PodNotCreated Reconciling; create plan job");
    view.run = run_of((RunText){.status = TRIED ",\"startedAt\":\"2026-01-02T03:03:06Z\""});
    decides(&view, "run Ready=Unknown Planning Reconciling; create plan job");
}

static void row_03_planning(void **) {
    RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
    view.plan_job = job_of("\"active\":1,\"startTime\":\"2026-01-02T03:03:15Z\"");
    decides(&view, "run Ready=Unknown Planning Reconciling; wake +10");
    view.plan_job = job_of("\"active\":1,\"startTime\":\"2026-01-02T03:03:05Z\"");
    decides(&view, "run Ready=False PodNotCreated Reconciling");
    add_pod(&view.plan_pods, pod_of("", "\"phase\":\"Pending\""));
    decides(&view, "run Ready=Unknown Planning Reconciling");
    view.plan_pods.items[0].pod =
        pod_of("", "\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":"
                   "\"False\",\"reason\":\"Unschedulable\"}]");
    decides(&view, "run Ready=False Unschedulable Reconciling");
    view.plan_pods.items[0].pod = pod_of(
        "", "\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"source\",\"state\":"
            "{\"waiting\":{\"reason\":\"ImagePullBackOff\"}}}]");
    decides(&view, "run Ready=False ImagePull Reconciling");
}

#define RESULT(plan, changes, drift)                                                               \
    "{\\\"v\\\":1,\\\"plan\\\":{\\\"digest\\\":\\\"" DIGEST "\\\"" plan                            \
    "},\\\"changes\\\":{" changes "},\\\"drift\\\":{" drift                                        \
    "},\\\"state\\\":{\\\"lineage\\\":\\\"l\\\",\\\"serial\\\":4}}"
#define CHANGED ",\\\"applicable\\\":true"

static void row_04_result(void **) {
    static const struct {
        const char *type, *message, *wanted;
    } rows[] = {
        {"Apply", RESULT(CHANGED, "\\\"add\\\":1", ""),
         "run Ready=False ApprovalRequired; event PlanReady; wake +86400; event ApprovalRequired"},
        {"Apply", RESULT("", "", ""), "run Ready=True NoChanges Complete; event NoChanges"},
        {"Apply", RESULT(CHANGED, "", ""), /* outputs alone */
         "run Ready=False ApprovalRequired; event PlanReady; wake +86400; event ApprovalRequired"},
        {"Plan", RESULT(CHANGED, "\\\"add\\\":1", ""),
         "run Ready=True PlanReady Complete; event PlanReady"},
        {"Drift", RESULT("", "", "\\\"count\\\":2"),
         "run Ready=True DriftDetected Complete; event DriftDetected"},
        {"Drift", RESULT("", "", ""), "run Ready=True NoChanges Complete; event NoChanges"},
        {"Destroy", RESULT("", "", ""), "run Ready=True Destroyed Complete; event Destroyed"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        RunView view = {.run = run_of((RunText){.type = rows[i].type}), .stack = stack_of("")};
        view.plan_job = job_of(COMPLETE);
        add_pod(&view.plan_pods, ended("report", 0, rows[i].message));
        decides(&view, rows[i].wanted);
    }
}

/* What the container says that runs code of the configuration counts, but is not verified. */
static void row_04_verified(void **) {
    static const char *const containers[] = {"plan", "report"};
    for (size_t i = 0; i < 2; i++) {
        RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
        Decision decision;
        view.plan_job = job_of(COMPLETE);
        add_pod(&view.plan_pods, ended(containers[i], 0, RESULT(CHANGED, "\\\"add\\\":1", "")));
        decision = decide_run(&view, &options, NOW, arena);
        assert_int_equal(decision.steps.items[0].run_status->plan.is_verified, i == 1);
    }
}

static void row_05_lost_result(void **) {
    RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
    view.plan_job = job_of(COMPLETE);
    decides(&view, "run; delete job net-1-plan");
    add_pod(&view.plan_pods, ended("report", 0, "no result"));
    decides(&view, "run; delete job net-1-plan");
    {
        Job deleted = *view.plan_job; /* it counts once */
        deleted.meta.deleted_ms = NOW;
        view.plan_job = &deleted;
        decides(&view, "run");
    }
    view.plan_job = job_of(COMPLETE);
    view.run = run_of((RunText){.status = "\"attempts\":2"});
    decides(&view, "run Ready=False PlanFailed Failed; event PlanFailed");
    view.plan_job = job_of(COMPLETE);
    ((Job *)view.plan_job)->meta.deleted_ms = NOW; /* it is counted once */
    decides(&view, "run");
}

static void row_06_plan_failed(void **) {
    static const struct {
        const char *container;
        int status;
        const char *reason;
        bool is_stalled;
    } rows[] = {
        {"plan", 1, "PlanFailed"},
        {"plan", 75, "LockHeld"},
        {"source", 75, "Superseded"},
        {"report", 65, "DigestMismatch"},
        {"plan", 72, "KeyMissing", true},
        {"plan", 77, "PolicyDenied", true},
        {"plan", 78, "OutcomeUnknown", true},
        {"plan", 137, "PlanFailed"},
    };
    RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
    view.plan_job = job_of(FAILED("PodFailurePolicy"));
    add_pod(&view.plan_pods, NULL);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str wanted = str_format(arena, "run Ready=False %s%s Failed; event %s", rows[i].reason,
                                rows[i].is_stalled ? " Stalled" : "", rows[i].reason);
        view.plan_pods.items[0].pod = ended(rows[i].container, rows[i].status, "");
        decides(&view, str_to_cstr(wanted, arena));
    }
    view.plan_pods.items[0].pod =
        pod_of("", "\"initContainerStatuses\":[{\"name\":\"plan\",\"state\":{\"terminated\":"
                   "{\"exitCode\":137,\"reason\":\"OOMKilled\"}}}]");
    decides(&view, "run Ready=False OutOfMemory Failed; event OutOfMemory");
    view.plan_pods.items[0].pod = pod_of("", "\"phase\":\"Failed\"");
    decides(&view, "run Ready=False NodeLost Failed; event NodeLost");
    view.plan_job = job_of(FAILED("DeadlineExceeded"));
    decides(&view, "run Ready=False Timeout Failed; event Timeout");
}

static void row_07_auto_and_safe(void **) {
    static const char approved[] = BY_MODE;
    RunView view = waiting("\"mode\":\"Auto\"");
    decides(&view, approved);
    view = waiting("\"mode\":\"Safe\"");
    decides(&view, approved);
    for (size_t i = 0; i < 4; i++) {
        static const char wait[] = "wake +86155; event ApprovalRequired";
        Run *run = run_of((RunText){0});
        *run = *waiting("\"mode\":\"Safe\"").run;
        run->status.plan.is_verified = i != 0;
        run->status.plan.counts.destroy = i == 1;
        run->status.plan.counts.replace = i == 2;
        run->status.plan.counts.forget = i == 3;
        view.run = run;
        decides(&view, wait);
    }
}

/* A finished preview whose plan is that of waiting(). */
static Run *preview_of(void) {
    Run *preview = run_of((RunText){0});
    *preview = *waiting("\"mode\":\"Merge\"").run;
    preview->meta.name = STR("preview-1");
    preview->spec.plan_for.uid = STR("u-0");
    preview->spec.inputs = STR("i");
    preview->status.reason = REASON_PLAN_READY;
    preview->status.finished_ms = NOW - MINUTE;
    preview->status.plan.digest = STR(OTHER);
    return preview;
}

static void preview_code(Run *preview) {
    preview->status.plan.code = STR(DIGEST);
}

static void preview_serial(Run *preview) {
    preview->status.plan.state.serial = 3;
}

static void preview_lineage(Run *preview) {
    preview->status.plan.state.lineage = STR("m");
}

static void preview_forged(Run *preview) {
    preview->status.plan.is_verified = false;
}

static void preview_expired(Run *preview) {
    preview->status.planned_ms = NOW - MINUTE * 24 * 60;
}

static void preview_failed(Run *preview) {
    preview->status.reason = REASON_PLAN_FAILED;
}

static void preview_unfinished(Run *preview) {
    preview->status.finished_ms = 0;
}

static void preview_inputs(Run *preview) {
    preview->spec.inputs = STR("j");
}

static void preview_unknown(Run *preview) {
    vec_push(arena, &preview->spec.unknown, STR("vpc"));
}

static void preview_of_another_stack(Run *preview) {
    preview->spec.plan_for.uid = STR("u-9");
}

static void preview_too_late(Run *preview) {
    preview->status.planned_ms = NOW;
}

static void preview_without_code(Run *preview) {
    preview->status.plan.code = STR_EMPTY;
}

static void row_08_merge(void **) {
    static void (*const changes[])(Run *) = {
        preview_code,    preview_serial,   preview_lineage,          preview_forged,
        preview_expired, preview_failed,   preview_unfinished,       preview_inputs,
        preview_unknown, preview_too_late, preview_of_another_stack, preview_without_code,
    };
    static const char review[] =
        "run Ready=False ReviewRequired; wake +86155; event ApprovalRequired";
    RunView view = waiting("\"mode\":\"Merge\"");
    Run *run = arena_new(arena, Run), *previous = run_of((RunText){0});
    Decision decision;
    *run = *view.run;
    view.run = run;
    run->spec.inputs = STR("i");
    run->meta.created_ms = NOW - MINUTE;
    decides(&view, review);
    vec_push(arena, &view.previews, preview_of());
    decides(&view, BY_PEOPLE);
    decision = decide_run(&view, &options, NOW, arena);
    check_str(decision.steps.items[0].run_status->plan.name, "preview-1");
    check_str(decision.steps.items[0].run_status->plan.digest, OTHER);
    for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
        Run *other = preview_of();
        changes[i](other);
        view.previews.items[0] = other;
        decides(&view, review);
    }
    view.previews.items[0] = preview_of();
    previous->status.plan.digest = STR(OTHER); /* the previous Run could not apply it */
    view.previous = previous;
    decides(&view, review);
    view.previous = NULL;
    run->status.plan.is_verified = false; /* the code is that of its pod's word alone */
    decides(&view, review);
}

/* A commit that changes nothing keeps the plan that waits, with its Approvals and its age. */
static void keeps_plan(void **) {
    static const char wait[] =
        "run Ready=False ApprovalRequired; wake +86155; event ApprovalRequired";
    static const char again[] = "run Ready=False ApprovalRequired; event PlanReady; wake +86400; "
                                "event ApprovalRequired";
    Run *run = run_of((RunText){0}), *old = run_of((RunText){0});
    RunView view = {.run = run, .stack = stack_of(""), .plan_job = job_of(COMPLETE)};
    RunStatus next;
    Decision decision;
    run->meta.uid = STR("u-7");
    run->meta.name = STR("net-2");
    run->spec.settings = STR("s");
    add_pod(&view.plan_pods, ended("report", 0,
                                   "{\\\"v\\\":1,\\\"plan\\\":{\\\"digest\\\":\\\"" OTHER
                                   "\\\",\\\"code\\\":\\\"" OTHER "\\\",\\\"applicable\\\":true},"
                                   "\\\"state\\\":{\\\"lineage\\\":\\\"l\\\",\\\"serial\\\":4}}"));
    *old = *waiting("").run;
    old->spec.settings = STR("s");
    old->status.reason = REASON_SUPERSEDED;
    old->status.finished_ms = NOW;
    for (size_t i = 0; i < 8; i++) {
        Run *other = arena_new(arena, Run);
        *other = *old;
        view.previous = other;
        if (i == 1)
            other->status.plan.code = STR(DIGEST);
        if (i == 2)
            other->spec.settings = STR("r");
        if (i == 3)
            other->spec.requested_at = STR("now");
        if (i == 4)
            other->status.approved_ms = NOW;
        if (i == 5)
            other->status.reason = REASON_REJECTED;
        if (i == 6)
            other->status.planned_ms = NOW - MINUTE * 24 * 60;
        if (i == 7)
            other->spec.type = RUN_DESTROY;
        decides(&view, i == 0 ? wait : again);
    }
    view.previous = old;
    decision = decide_run(&view, &options, NOW, arena);
    next = *decision.steps.items[0].run_status;
    check_str(next.plan.name, "net-1");
    check_str(next.plan.digest, DIGEST);
    assert_int_equal(next.planned_ms, old->status.planned_ms);
    /* Its Approval names the Run that it was given to. */
    run->status = next;
    view.plan_pods.count = 0;
    add_approval(&view, "ann", "Approve", DIGEST);
    decides(&view, "wake +86155; event ApprovalRequired");
    view.origin = old;
    decides(&view, BY_PEOPLE);
}

static void row_09_approved(void **) {
    static const char wait[] = "wake +86155; event ApprovalRequired";
    static const char counted[] = "run; wake +86155; event ApprovalRequired"; /* one of two */
    RunView view = waiting("\"required\":2");
    decides(&view, wait);
    add_approval(&view, "ann", "Approve", DIGEST);
    decides(&view, counted);
    add_approval(&view, "ann", "Approve", DIGEST);             /* the same user */
    add_approval(&view, "bob", "Approve", OTHER);              /* another plan */
    add_approval_for(&view, "mine", "bob", "Approve", DIGEST); /* who may approve another Stack */
    decides(&view, counted);
    add_approval(&view, "bob", "Approve", DIGEST);
    {
        Stack changed = *view.stack; /* the change may supersede the plan */
        changed.meta.generation = 7;
        view.stack = &changed;
        decides(&view, "");
    }
    view.stack = stack_of("");
    decides(&view, BY_PEOPLE);
    /* Admission has checked the right to another Stack, or the Approval names another Run. */
    view = waiting("");
    add_approval(&view, "ann", "Approve", DIGEST);
    ((Approval *)view.approvals.items[0])->spec.stack = STR("mine");
    decides(&view, wait);
    ((Approval *)view.approvals.items[0])->spec.stack = STR("net");
    ((Approval *)view.approvals.items[0])->spec.run.uid = STR("u-8");
    decides(&view, wait);
}

static void row_09_separate_duties(void **) {
    DecideOptions strict = {.has_separate_duties = true};
    RunView view = waiting("");
    Stack *stack = stack_of("");
    Decision decision;
    view.stack = stack;
    add_approval(&view, "bob", "Approve", DIGEST); /* of whom is not known */
    decision = decide_run(&view, &strict, NOW, arena);
    check_str(decision_text(&decision), "wake +86155; event ApprovalRequired");
    view.approvals.count = 0;
    stack->meta.annotations.requested_by = STR("ann");
    view.stack = stack;
    add_approval(&view, "ann", "Approve", DIGEST);
    decision = decide_run(&view, &strict, NOW, arena);
    check_str(decision_text(&decision), "wake +86155; event ApprovalRequired");
    add_approval(&view, "bob", "Approve", DIGEST);
    decision = decide_run(&view, &strict, NOW, arena);
    check_str(decision_text(&decision), BY_PEOPLE);
}

/* A plan to destroy needs a person, but in mode Auto. */
static void deletion_5_asks(void **) {
    static const char *const modes[] = {"Manual", "Safe", "Merge"};
    static const char wait[] = "wake +86155; event ApprovalRequired";
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        Str mode = str_format(arena, "\"mode\":\"%s\"", modes[i]);
        RunView view = waiting(str_to_cstr(mode, arena));
        Run *run = run_of((RunText){.type = "Destroy"});
        Decision decision;
        run->spec.template = view.run->spec.template;
        run->status = view.run->status;
        run->status.plan.counts = (ChangeCounts){.destroy = 1};
        view.run = run;
        decision = decide_run(&view, &options, NOW, arena);
        check_str(str_after(decision_text(&decision), decision_text(&decision).len - strlen(wait)),
                  wait);
        run->spec.template.approval.mode = APPROVAL_MODE_AUTO;
        decides(&view, BY_MODE);
    }
}

static void row_10_rejected(void **) {
    RunView view = waiting("");
    add_approval(&view, "ann", "Reject", OTHER);
    decides(&view, "wake +86155; event ApprovalRequired");
    add_approval(&view, "bob", "Approve", DIGEST);
    add_approval(&view, "ann", "Reject", DIGEST);
    decides(&view, "run Ready=False Rejected Stalled Failed; event Rejected");
}

static void row_11_expired(void **) {
    RunView view = waiting("\"expiresAfter\":\"4m\"");
    decides(&view, "run Ready=False Superseded Failed; event Superseded; event PlanExpired");
}

#define APPROVED                                                                                   \
    "\"plannedAt\":\"2026-01-02T03:00:00Z\",\"approvedAt\":\"2026-01-02T03:01:00Z\","              \
    "\"plan\":{\"digest\":\"" DIGEST "\",\"changes\":{\"add\":3}}"

static void row_12_apply(void **) {
    RunView view = {.run = run_of((RunText){.status = APPROVED}), .stack = stack_of("")};
    decides(&view, "run Ready=Unknown Applying Reconciling; create apply job; event Applying");
    vec_push(arena, &view.lanes, (RunLane){STR("a"), lane_of("a", 1, ""), true});
    decides(&view, "run; lane a:1");
    view.lanes.items[0].lane = lane_of("a", 1, HOLDER("u-1"));
    decides(&view, "run Ready=Unknown Applying Reconciling; create apply job; event Applying");
    view.lanes.count = 0;
    view.stack = stack_of("\"suspend\":true");
    decides(&view, "");
}

static void row_13_absent_apply(void **) {
    RunView view = {.run = run_of((RunText){.status = APPROVED ",\"jobs\":{\"apply\":{\"name\":"
                                                               "\"net-1-apply\",\"uid\":\"x\"}}"}),
                    .stack = stack_of("")};
    decides(&view, "run Ready=Unknown Applying Reconciling; create apply job; event Applying");
}

static void row_14_applied(void **) {
    RunView view = {.run = run_of((RunText){.status = APPROVED}), .stack = stack_of("")};
    view.apply_job = job_of(COMPLETE);
    decides(&view, "run Ready=True Applied Complete; event Applied"); /* a lost result */
    add_pod(&view.apply_pods, ended("apply", 0, RESULT("", "\\\"add\\\":3", "")));
    {
        Decision decision = decide_run(&view, &options, NOW, arena);
        assert_int_equal(decision.steps.items[0].run_status->apply.added, 3);
        assert_int_equal(decision.steps.items[0].run_status->apply.state.serial, 4);
    }
    /* While the Stack is suspended, an apply ends as usual. */
    view.stack = stack_of("\"suspend\":true");
    decides(&view, "run Ready=True Applied Complete; event Applied");
}

/* The changes of a pod can arrive after those of its Job. */
static void late_pods(void **) {
    RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
    view.plan_job = job_of("\"conditions\":[{\"type\":\"Complete\"," JUST_NOW "}]");
    decides(&view, "run; wake +5");
    view.plan_job = job_of("\"conditions\":[{\"type\":\"Failed\"," JUST_NOW "}]");
    decides(&view, "run; wake +5");
    view.run = run_of((RunText){.status = APPROVED});
    view.apply_job = view.plan_job;
    decides(&view, "run; wake +5");
    view.apply_job = job_of("\"conditions\":[{\"type\":\"Complete\"," JUST_NOW "}]");
    decides(&view, "run; wake +5");
    add_pod(&view.apply_pods, ended("apply", 0, "{\\\"v\\\":1}"));
    decides(&view, "run Ready=True Applied Complete; event Applied");
}

/* The Job completes a while after its pod succeeded. */
static void early_pods(void **) {
    static const char active[] = "\"active\":1,\"startTime\":\"2026-01-02T03:03:05Z\"";
    static const char planning[] = "run Ready=Unknown Planning Reconciling";
    RunView view = {.run = run_of((RunText){0}), .stack = stack_of("")};
    Pod *pod = ended("report", 0, RESULT("", "", ""));
    view.plan_job = job_of(active);
    add_pod(&view.plan_pods, pod);
    decides(&view, "run Ready=True NoChanges Complete; event NoChanges");
    pod->status.phase = STR("Running"); /* another container has not ended */
    decides(&view, planning);
    pod->status.phase = STR("Failed");
    decides(&view, planning);
    view.plan_pods.items[0].pod = ended("report", 0, ""); /* it is lost when the Job is complete */
    decides(&view, "run");
    view.run = run_of((RunText){.status = APPROVED});
    view.apply_job = job_of(active);
    add_pod(&view.apply_pods, ended("apply", 1, "{\\\"v\\\":1}"));
    decides(&view, "run Ready=Unknown Applying Reconciling");
    add_pod(&view.apply_pods, ended("apply", 0, ""));
    decides(&view, "run");
    add_pod(&view.apply_pods, ended("apply", 0, "{\\\"v\\\":1}"));
    decides(&view, "run Ready=True Applied Complete; event Applied");
}

static void row_15_16_apply_failed(void **) {
    RunView view = {.run = run_of((RunText){.status = APPROVED}), .stack = stack_of("")};
    view.apply_job = job_of(FAILED("PodFailurePolicy"));
    add_pod(&view.apply_pods, ended("apply", 66, ""));
    decides(&view, "run Ready=False Superseded Failed; event Superseded");
    view.apply_pods.items[0].pod = ended("apply", 1, "");
    decides(&view, "run Ready=False ApplyFailed Failed; event ApplyFailed");
    view.apply_pods.items[0].pod = ended("apply", 78, "");
    decides(&view, "run Ready=False OutcomeUnknown Stalled Failed; event OutcomeUnknown");
}

static void row_17_finished(void **) {
    RunView view = {.run = run_of((RunText){.status = "\"finishedAt\":\"2026-01-02T03:00:00Z\""}),
                    .stack = stack_of("")};
    vec_push(arena, &view.lanes, (RunLane){STR("a"), lane_of("a", 1, HOLDER("u-1")), true});
    decides(&view, "lane a:0");
    view.lanes.items[0].lane = lane_of("a", 1, HOLDER("u-2"));
    decides(&view, "");
}

/* Approved is only a plan of the state that the Stack knows. */
static void regressed(void **) {
    RunView view = waiting("\"mode\":\"Auto\"");
    Stack *stack = stack_of("");
    view.stack = stack;
    stack->status.state = (StateVersion){STR("l"), 5};
    decides(&view, "run Ready=False StateRegressed Stalled Failed; event StateRegressed");
    stack->meta.annotations.accept_state = STR("4");
    decides(&view, BY_MODE);
    stack->status.state = (StateVersion){STR("l"), 4};
    stack->meta.annotations.accept_state = STR_EMPTY;
    decides(&view, BY_MODE);
}

#define TERMINATING ",\"deletionTimestamp\":\"2026-01-02T03:00:00Z\""

/* The replacement gets the lock only if the backend's lock ends without its holder. */
static void takeover_locks(void **) {
    static const struct {
        const char *backend;
        bool is_released;
    } rows[] = {
        {"\"type\":\"pg\"", true},
        {"\"type\":\"etcd\"", true},
        {"\"type\":\"kubernetes\"", true},
        {"\"type\":\"s3\",\"config\":{\"lease_seconds\":60}", true},
        {"\"type\":\"s3\",\"config\":{\"lease_seconds\":0}", false},
        {"\"type\":\"s3\",\"config\":{\"lease_seconds\":\"x\"}", false},
        {"", false}, /* the configuration has it */
    };
    RunView view = {.stack = stack_of(""), .apply_job = job_of("\"active\":1")};
    RunPod *pod = vec_add(arena, &view.apply_pods);
    Pod *lost = pod_of(TERMINATING, "\"phase\":\"Running\"");
    lost->spec.node_name = STR("n");
    *pod = (RunPod){lost, NOW - 5 * MINUTE};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Run *run = run_of((RunText){.status = APPROVED});
        Stack *of =
            stack_of(str_to_cstr(str_format(arena, "\"backend\":{%s}", rows[i].backend), arena));
        run->spec.template = of->spec;
        view.run = run;
        decides(&view, rows[i].is_released ? "run; release pod net-1-plan-x; event TakenOver"
                                           : "run Ready=Unknown Applying Reconciling");
    }
}

static void takeover(void **) {
    Run *run = run_of((RunText){.status = APPROVED});
    RunView view = {.run = run, .stack = stack_of(""), .apply_job = job_of("\"active\":1")};
    RunPod *pod = vec_add(arena, &view.apply_pods);
    Pod *lost = pod_of(TERMINATING, "\"phase\":\"Running\"");
    DecideOptions never = {0};
    Decision decision;
    run->spec.template.backend.type = STR("pg");
    lost->spec.node_name = STR("n");
    *pod = (RunPod){lost, NOW - 5 * MINUTE};
    decides(&view, "run; release pod net-1-plan-x; event TakenOver");
    decision = decide_run(&view, &never, NOW, arena);
    check_str(decision_text(&decision), "run Ready=Unknown Applying Reconciling");
    pod->lost_ms = NOW - 4 * MINUTE; /* not yet */
    decides(&view, "run Ready=Unknown Applying Reconciling; wake +60");
    pod->lost_ms = 0; /* its node answers */
    decides(&view, "run Ready=Unknown Applying Reconciling; wake +30");
    pod->lost_ms = NOW - 9 * MINUTE;
    lost->status.phase = STR("Failed"); /* it has ended */
    decides(&view, "run Ready=Unknown Applying Reconciling");
    lost->status.phase = STR("Running");
    lost->meta.deleted_ms = 0; /* not Terminating */
    decides(&view, "run Ready=Unknown Applying Reconciling");
}

static void lanes_of_others(void **) {
    LaneView view = {.lane = lane_of("a", 3, HOLDER("u-1") "," HOLDER("u-2") "," HOLDER("u-3"))};
    Run *finished = run_of((RunText){.status = "\"finishedAt\":\"2026-01-02T03:00:00Z\""});
    Decision decision;
    vec_push(arena, &view.holders, run_of((RunText){0})); /* u-1 */
    vec_push(arena, &view.holders, NULL);
    finished->meta.uid = STR("u-3");
    vec_push(arena, &view.holders, finished);
    decision = decide_lane(&view, arena);
    check_str(decision_text(&decision), "lane a:1");
    view.lane = lane_of("a", 3, HOLDER("u-1"));
    view.holders.count = 1;
    decision = decide_lane(&view, arena);
    check_str(decision_text(&decision), "");
}

UNIT_MAIN(test_decide_run) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_01_lanes),
        cmocka_unit_test(row_02_no_job),
        cmocka_unit_test(row_03_planning),
        cmocka_unit_test(row_04_result),
        cmocka_unit_test(row_04_verified),
        cmocka_unit_test(row_05_lost_result),
        cmocka_unit_test(row_06_plan_failed),
        cmocka_unit_test(row_07_auto_and_safe),
        cmocka_unit_test(row_08_merge),
        cmocka_unit_test(keeps_plan),
        cmocka_unit_test(row_09_approved),
        cmocka_unit_test(row_09_separate_duties),
        cmocka_unit_test(deletion_5_asks),
        cmocka_unit_test(row_10_rejected),
        cmocka_unit_test(row_11_expired),
        cmocka_unit_test(row_12_apply),
        cmocka_unit_test(row_13_absent_apply),
        cmocka_unit_test(row_14_applied),
        cmocka_unit_test(late_pods),
        cmocka_unit_test(early_pods),
        cmocka_unit_test(row_15_16_apply_failed),
        cmocka_unit_test(row_17_finished),
        cmocka_unit_test(regressed),
        cmocka_unit_test(takeover),
        cmocka_unit_test(takeover_locks),
        cmocka_unit_test(lanes_of_others),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
