/* The rules of a Stack, each with its neighbour: the objects, and the steps that follow. */
#include "decide_stack.h"
#include "operator_case.h"
#include "run_trigger.h"

#define COMMIT "0123456789012345678901234567890123456789"

static const DecideOptions options = {.image = STR_CONST("loam:1")};

/* A Stack with a commit as its source. The texts are members of metadata, spec and status. */
typedef struct StackText {
    const char *meta;
    const char *spec;
    const char *status;
} StackText;

static Stack *stack_of(StackText text) {
    Stack *stack = arena_new(arena, Stack);
    object_of(
        &stack_record, stack,
        "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net\",\"uid\":\"u-1\","
        "\"resourceVersion\":\"7\",\"generation\":2%s},"
        "\"spec\":{\"source\":{\"git\":{\"url\":\"https://git.example/x\",\"commit\":\"" COMMIT
        "\"}}%s},\"status\":{\"observedGeneration\":2%s}}",
        text.meta ? text.meta : "", text.spec ? text.spec : "", text.status ? text.status : "");
    return stack;
}

static Str trigger_of(const Stack *stack) {
    return run_trigger_new(stack, &(RunTriggerInputs){.revision = stack->spec.source.git.commit},
                           arena);
}

/* Makes a Run of this type and result the last one. */
static void set_last(Stack *stack, RunType type, Reason result, int64_t finished_ms) {
    stack->status.last_run = (StackLastRun){
        .name = STR("net-last"),
        .type = type,
        .trigger = trigger_of(stack),
        .finished_ms = finished_ms,
        .result = result,
        .message = STR("why"),
    };
}

static Run *run_of(const char *spec, const char *status) {
    Run *run = arena_new(arena, Run);
    object_of(&run_record, run,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net-now\",\"uid\":\"u-2\"},"
              "\"spec\":{\"stack\":{\"name\":\"net\",\"uid\":\"u-1\"},\"type\":\"Apply\","
              "\"reason\":\"Spec\",\"trigger\":\"%s\",\"template\":{}},\"status\":{%s}}",
              spec, status);
    return run;
}

static void decides(const StackView *view, const char *wanted) {
    Decision decision = decide_stack(view, &options, NOW, arena);
    check_str(decision_text(&decision), wanted);
}

static void decides_for(const Stack *stack, const char *wanted) {
    decides(&(StackView){.stack = stack}, wanted);
}

static void row_02_finalizer(void **) {
    decides_for(stack_of((StackText){.spec = ",\"deletionPolicy\":\"Destroy\""}), "finalizer");
    decides_for(stack_of((StackText){.meta = ",\"finalizers\":[\"" STACK_FINALIZER "\"]",
                                     .spec = ",\"deletionPolicy\":\"Destroy\""}),
                "stack Ready=Unknown Planning Reconciling; key; create Apply Source; event "
                "RunCreated");
}

static void row_03_suspended(void **) {
    StackText text = {.spec = ",\"suspend\":true", .status = ",\"observedGeneration\":1"};
    decides_for(stack_of(text), "stack"); /* the generation alone */
    text.status = NULL;
    decides_for(stack_of(text), "");
}

static void row_04_invalid(void **) {
    StackView view = {.stack = stack_of((StackText){0}), .problem = STR("A cycle.")};
    decides(&view, "stack Ready=False InvalidSpec Stalled");
}

static void row_05_running(void **) {
    Stack *stack = stack_of((StackText){.status = ",\"currentRun\":\"net-now\""});
    const char *trigger = str_to_cstr(trigger_of(stack), arena);
    StackView view = {.stack = stack, .current = run_of(trigger, "")};
    decides(&view, "");
    view.current = run_of(trigger, "\"reason\":\"ApprovalRequired\",\"plannedAt\":"
                                   "\"2026-01-02T03:00:00Z\",\"plan\":{\"digest\":\"sha256:x\"}");
    decides(&view, "stack Ready=False ApprovalRequired");
    /* An apply is never interrupted for news. */
    view.current = run_of("other", "\"reason\":\"Applying\",\"approvedAt\":"
                                   "\"2026-01-02T03:00:00Z\"");
    decides(&view, "stack Ready=Unknown Applying Reconciling");
    /* A Run that is named but does not exist is made again, with the same name. */
    view.current = NULL;
    decides(&view, "stack Ready=Unknown Planning Reconciling; key; create Apply Source; event "
                   "RunCreated");
}

static void row_06_outdated(void **) {
    StackView view = {
        .stack = stack_of((StackText){.status = ",\"currentRun\":\"net-now\""}),
        .current = run_of("other", "\"jobs\":{\"plan\":{\"name\":\"net-now-plan\"}}"),
    };
    decides(&view, "delete job net-now-plan; run Ready=False Superseded Reconciling; "
                   "event Superseded; stack Ready=Unknown Progressing Reconciling");
}

static void row_07_source(void **) {
    Source source = {0};
    StackView view = {.stack = stack_of((StackText){0})};
    Stack *stack = arena_new(arena, Stack);
    object_of(&stack_record, stack,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net\",\"uid\":\"u-1\"},"
              "\"spec\":{\"source\":{\"ref\":{\"kind\":\"GitRepository\",\"name\":\"repo\"}}}}");
    view.stack = stack;
    decides(&view, "stack Ready=False SourceNotReady Reconciling");
    view.source = &source;
    object_of(&source_record, &source,
              "{\"metadata\":{\"name\":\"repo\",\"generation\":3},"
              "\"status\":{\"observedGeneration\":2}}");
    decides(&view, "stack Ready=False SourceNotReady Reconciling");
    source.status.observed_generation = 3;
    decides(&view, "stack Ready=False SourceNotReady Reconciling");
    vec_push(arena, &source.status.conditions, (StatusCondition){STR("Ready"), CONDITION_TRUE});
    decides(&view, "stack Ready=False SourceNotReady Reconciling"); /* no artifact */
    source.status.artifact.digest = STR("sha256:a");
    decides(&view, "stack Ready=Unknown Planning Reconciling; key; create Apply Spec; event "
                   "RunCreated");
}

static void row_08_dependencies(void **) {
    Stack *other = stack_of((StackText){0});
    StackView view = {.stack = stack_of((StackText){0})};
    StackDependency *on = vec_add(arena, &view.dependencies);
    on->ref.name = STR("base");
    decides(&view, "stack Ready=False DependencyNotReady Reconciling");
    on->stack = other;
    decides(&view, "stack Ready=False DependencyNotReady Reconciling");
    vec_push(arena, &other->status.conditions, (StatusCondition){STR("Ready"), CONDITION_TRUE});
    on->output = STR("vpc");
    decides(&view, "stack Ready=False OutputUnknown Reconciling");
    vec_push(arena, &other->status.outputs.names, STR("vpc"));
    decides(&view, "stack Ready=Unknown Planning Reconciling; key; create Apply Source; event "
                   "RunCreated");
    other->status.observed_generation = 1; /* its newest spec is not applied */
    decides(&view, "stack Ready=False DependencyNotReady Reconciling");
}

static const Run *created(const Decision *decision) {
    vec_each(&decision->steps, step) {
        if (step->kind == STEP_CREATE_RUN)
            return step->run;
    }
    fail();
    return NULL;
}

/* A preview plans for the state of another Stack, also while a Stack that it needs was never
 * applied. */
static void row_08_preview(void **) {
    static const char variables[] =
        ",\"variables\":[{\"name\":\"v\",\"valueFrom\":{\"output\":{\"name\":\"vpc\",\"stack\":"
        "\"base\"}}}]";
    static const char starts[] =
        "stack Ready=Unknown Planning Reconciling; create Plan Source; event RunCreated";
    Str spec = str_format(arena,
                          ",\"planOnly\":true,\"planFor\":\"prod\",\"backend\":{\"type\":\"etcd\","
                          "\"config\":{\"prefix\":\"mine\"}}%s",
                          variables);
    Stack *base = stack_of((StackText){0}), *prod = stack_of((StackText){0}), *target;
    Decision decision;
    const Run *preview, *run;
    StackView view = {.stack = stack_of((StackText){.spec = str_to_cstr(spec, arena)})};
    StackView of_prod;
    StackDependency *on = vec_add(arena, &view.dependencies);
    spec = str_format(arena, ",\"backend\":{\"config\":{\"schema\":\"s\"},\"type\":\"pg\"}%s",
                      variables);
    target = stack_of((StackText){.spec = str_to_cstr(spec, arena)});
    target->meta.name = STR("prod");
    target->meta.uid = STR("u-9");
    view.target = target;
    *on = (StackDependency){{.name = STR("base")}, NULL, STR("vpc"), STR("v")};
    decides(&view, "stack Ready=False DependencyNotReady Reconciling");
    on->stack = base; /* not ready, and never applied */
    decides(&view, starts);
    decision = decide_stack(&view, &options, NOW, arena);
    preview = created(&decision);
    check_str(preview->spec.plan_for.name, "prod");
    check_str(preview->spec.template.backend.type, "pg");
    check_str(preview->spec.template.encryption.secret.name, "loam-key-prod");
    assert_int_equal(preview->spec.unknown.count, 1);
    base->status.outputs.digest = STR("sha256:o");
    decides(&view, "stack Ready=False OutputUnknown Reconciling"); /* it has others */
    vec_push(arena, &base->status.outputs.names, STR("vpc"));
    decides(&view, starts);
    decision = decide_stack(&view, &options, NOW, arena);
    assert_int_equal(created(&decision)->spec.unknown.count, 0);
    preview = created(&decision);
    /* The Stack has the same inputs; of another output, others. */
    *prod = *target;
    of_prod = (StackView){.stack = prod, .dependencies = view.dependencies};
    vec_push(arena, &base->status.conditions, (StatusCondition){STR("Ready"), CONDITION_TRUE});
    decision = decide_stack(&of_prod, &options, NOW, arena);
    run = created(&decision);
    assert_true(str_equal(run->spec.inputs, preview->spec.inputs));
    assert_false(str_equal(run->spec.settings, preview->spec.settings));
    base->status.outputs.digest = STR("sha256:p");
    decision = decide_stack(&of_prod, &options, NOW, arena);
    assert_false(str_equal(created(&decision)->spec.inputs, preview->spec.inputs));
}

static void row_09_regressed(void **) {
    Stack *stack = stack_of((StackText){0});
    set_last(stack, RUN_APPLY, REASON_STATE_REGRESSED, NOW - MINUTE);
    stack->status.state = (StateVersion){STR("l"), 9};
    stack->status.last_run.state = (StateVersion){STR("l"), 8};
    decides_for(stack, "stack Ready=False StateRegressed Stalled");
    stack->meta.annotations.accept_state = STR("7");
    decides_for(stack, "stack Ready=False StateRegressed Stalled");
    stack->meta.annotations.accept_state = STR("8");
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; create Apply Request; event "
                       "RunCreated");
}

/* A finished Run whose state is older than the known one. */
static void row_09_found(void **) {
    Stack *stack = stack_of((StackText){.status = ",\"currentRun\":\"net-now\","
                                                  "\"state\":{\"lineage\":\"l\",\"serial\":9}"});
    const char *trigger = str_to_cstr(trigger_of(stack), arena);
    StackView view = {.stack = stack};
    view.current = run_of(trigger, "\"reason\":\"NoChanges\",\"finishedAt\":"
                                   "\"2026-01-02T03:00:00Z\",\"plan\":{\"state\":{\"lineage\":"
                                   "\"l\",\"serial\":8}}");
    decides(&view, "stack Ready=False StateRegressed Stalled");
    view.current = run_of(trigger, "\"reason\":\"NoChanges\",\"finishedAt\":"
                                   "\"2026-01-02T03:00:00Z\",\"plan\":{\"state\":{\"lineage\":"
                                   "\"m\",\"serial\":10}}");
    decides(&view, "stack Ready=False StateRegressed Stalled");
}

static void row_10_new_trigger(void **) {
    Stack *stack = stack_of((StackText){.spec = ",\"planOnly\":true"});
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; key; create Plan Source; event "
                       "RunCreated");
    stack->spec.is_plan_only = false;
    set_last(stack, RUN_APPLY, REASON_APPLIED, NOW);
    stack->status.last_attempted_revision = STR(COMMIT);
    stack->meta.annotations.requested_at = STR("now");
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; create Apply Request; event "
                       "RunCreated");
}

static void row_11_retry(void **) {
    Stack *stack = stack_of((StackText){.spec = ",\"retryInterval\":\"1m\""});
    set_last(stack, RUN_APPLY, REASON_APPLY_FAILED, NOW - MINUTE / 2);
    decides_for(stack, "stack Ready=False ApplyFailed Reconciling; wake +30");
    set_last(stack, RUN_APPLY, REASON_APPLY_FAILED, NOW - MINUTE);
    decides_for(stack, "stack Ready=Unknown Retrying Reconciling retries=1; create Apply Retry; "
                       "event RunCreated");
    stack->status.retries = 2; /* four minutes after the third attempt */
    decides_for(stack, "stack Ready=False ApplyFailed Reconciling retries=2; wake +180");
    set_last(stack, RUN_DRIFT, REASON_PLAN_FAILED, NOW - 4 * MINUTE);
    decides_for(stack, "stack Ready=Unknown Retrying Reconciling retries=3; create Drift Retry; "
                       "event RunCreated");
    /* Out of date: at once, but only once. */
    stack->status.retries = 0;
    set_last(stack, RUN_APPLY, REASON_SUPERSEDED, NOW);
    decides_for(stack, "stack Ready=Unknown Retrying Reconciling retries=1; create Apply Retry; "
                       "event RunCreated");
    stack->status.retries = 9;
    decides_for(stack, "stack Ready=False Superseded Reconciling retries=9; wake +3600");
}

static void row_12_stalled(void **) {
    Stack *stack = stack_of((StackText){0});
    set_last(stack, RUN_APPLY, REASON_OUTCOME_UNKNOWN, NOW - MINUTE);
    decides_for(stack, "stack Ready=False OutcomeUnknown Stalled");
    set_last(stack, RUN_APPLY, REASON_APPLY_FAILED, NOW - 600 * MINUTE);
    stack->status.retries = stack->spec.retry_limit;
    decides_for(stack, "stack Ready=False RetriesExhausted Stalled retries=5");
    stack->meta.annotations.requested_at = STR("again");
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; create Apply Request; event "
                       "RunCreated");
}

static void row_13_drift(void **) {
    Stack *stack = stack_of((StackText){0});
    set_last(stack, RUN_APPLY, REASON_APPLIED, NOW - 67 * MINUTE);
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; create Drift Interval; event "
                       "RunCreated");
    stack->spec.drift_mode = DRIFT_MODE_IGNORE;
    decides_for(stack, "stack Ready=True Applied");
    stack->spec.drift_mode = DRIFT_MODE_CORRECT;
    set_last(stack, RUN_DRIFT, REASON_DRIFT_DETECTED, NOW);
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; create Apply Drift; event "
                       "RunCreated");
}

/* A change by another manager makes the next look due, at most one in five minutes. */
static void row_13_changes(void **) {
    Stack *stack = stack_of((StackText){0});
    Decision decision;
    set_last(stack, RUN_APPLY, REASON_APPLIED, NOW - MINUTE);
    assert_int_equal(decide_change(stack, NOW, arena).steps.count, 0); /* it does not listen */
    stack->meta.annotations.drift_events = STR("kubernetes");
    decision = decide_change(stack, NOW, arena);
    assert_int_equal(decision.steps.count, 1);
    stack->status.changed_ms = decision.steps.items[0].stack_status->changed_ms;
    assert_int_equal(decide_change(stack, NOW + 1, arena).steps.count, 0); /* one is enough */
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; create Drift Drift; event "
                       "RunCreated");
    /* A look that ended after it has seen it. */
    stack->status.changed_ms = NOW - 1000;
    set_last(stack, RUN_DRIFT, REASON_NO_CHANGES, NOW);
    stack->status.last_run.cause = RUN_CAUSE_DRIFT;
    decides_for(stack, "stack Ready=True NoChanges; wake +3571");
    /* The next change waits until five minutes after that look. */
    stack->status.changed_ms = NOW;
    decides_for(stack, "stack Ready=True NoChanges; wake +300");
    stack->meta.annotations.drift_events = STR_EMPTY;
    decides_for(stack, "stack Ready=True NoChanges; wake +3571");
}

static void row_14_ready(void **) {
    Stack *stack = stack_of((StackText){.spec = ",\"interval\":\"10m\""});
    Decision decision;
    set_last(stack, RUN_APPLY, REASON_APPLIED, NOW);
    decision = decide_stack(&(StackView){.stack = stack}, &options, NOW, arena);
    assert_int_equal(decision.steps.count, 2);
    assert_int_equal(decision.steps.items[1].kind, STEP_WAKE);
    assert_in_range(decision.steps.items[1].wake_ms - NOW, 9 * MINUTE, 11 * MINUTE);
    /* Once it is written, nothing is left to do but to wake. */
    stack->status = *decision.steps.items[0].stack_status;
    decision = decide_stack(&(StackView){.stack = stack}, &options, NOW, arena);
    assert_int_equal(decision.steps.count, 1);
    stack->status.drift.count = 1;
    set_last(stack, RUN_DRIFT, REASON_DRIFT_DETECTED, NOW);
    decision = decide_stack(&(StackView){.stack = stack}, &options, NOW, arena);
    decision.steps.count = 1;
    check_str(decision_text(&decision), "stack Ready=True DriftDetected Drifted");
}

/* The result of a Run reaches the status once. */
static void finished_run(void **) {
    Stack *stack = stack_of((StackText){.status = ",\"currentRun\":\"net-now\",\"retries\":3"});
    const char *trigger = str_to_cstr(trigger_of(stack), arena);
    StackView view = {.stack = stack};
    Decision decision;
    const StackStatus *next;
    view.current =
        run_of(trigger, "\"reason\":\"Applied\",\"plannedAt\":\"2026-01-02T03:00:00Z\","
                        "\"finishedAt\":\"2026-01-02T03:03:00Z\",\"outputs\":{\"digest\":"
                        "\"sha256:o\",\"names\":[\"a\"]},\"apply\":{\"state\":{\"lineage\":\"l\","
                        "\"serial\":4}}");
    decision = decide_stack(&view, &options, NOW, arena);
    assert_int_equal(decision.steps.items[0].kind, STEP_STACK_STATUS);
    next = decision.steps.items[0].stack_status;
    check_str(next->current_run, "");
    check_str(next->last_run.name, "net-now");
    check_str(next->outputs.digest, "sha256:o");
    assert_int_equal(next->state.serial, 4);
    assert_int_equal(next->retries, 0);
}

static void history(void **) {
    StackView view = {.stack = stack_of((StackText){.spec = ",\"historyLimit\":1,"
                                                            "\"suspend\":true"})};
    for (int i = 0; i < 3; i++) {
        Run *run = run_of("t", i == 1 ? "" : "\"finishedAt\":\"2026-01-02T03:00:00Z\"");
        run->meta.name = str_format(arena, "net-%d", i);
        vec_push(arena, &view.runs, run);
    }
    decides(&view, "delete run net-0");
}

#define DELETED ",\"deletionTimestamp\":\"2026-01-02T03:00:00Z\""
#define HELD    DELETED ",\"finalizers\":[\"" STACK_FINALIZER "\"]"

/* Runs of a preview that is gone stay as long as their plans may be applied. */
static void orphans(void **) {
    Stack *stack = stack_of((StackText){0});
    Run *run = run_of("t", "\"finishedAt\":\"2026-01-02T03:00:00Z\"");
    StackView view = {.stack = stack};
    set_last(stack, RUN_APPLY, REASON_APPLIED, NOW);
    vec_push(arena, &view.orphans, run);
    decides(&view, "stack Ready=True Applied; wake +3571");
    run->status.finished_ms = NOW - MINUTE * 24 * 60;
    decides(&view, "stack Ready=True Applied; wake +3571; delete run net-now");
}

static const char destroy[] = ",\"deletionPolicy\":\"Destroy\"";

static void row_01_deleted(void **) {
    decides_for(stack_of((StackText){.meta = DELETED}), "");
    decides_for(stack_of((StackText){.meta = HELD}), "event Orphaned; release");
}

static void deletion_1_active(void **) {
    Stack *stack = stack_of((StackText){.meta = HELD, .status = ",\"currentRun\":\"net-now\""});
    StackView view = {.stack = stack,
                      .current = run_of("t", "\"approvedAt\":\"2026-01-02T03:00:00Z\","
                                             "\"reason\":\"Applying\"")};
    decides(&view, "stack Ready=Unknown Applying Reconciling");
    view.current = run_of("t", "");
    decides(&view, "run Ready=False Superseded Reconciling; event Superseded; "
                   "stack Ready=Unknown Progressing Reconciling");
}

static void deletion_2_blocked(void **) {
    StackView view = {.stack = stack_of((StackText){.meta = HELD, .spec = destroy})};
    vec_push(arena, &view.dependents, stack_of((StackText){0}));
    decides(&view, "stack Ready=False DestroyBlocked Stalled");
    view.stack = stack_of((StackText){.meta = HELD}); /* Orphan takes nothing from them */
    decides(&view, "event Orphaned; release");
}

static void deletion_3_orphan(void **) {
    Stack *stack = stack_of((StackText){.meta = HELD});
    set_last(stack, RUN_APPLY, REASON_APPLIED, NOW);
    decides_for(stack, "event Orphaned; release");
}

static void deletion_4_destroy(void **) {
    Stack *stack = stack_of((StackText){.meta = HELD, .spec = destroy});
    Decision decision;
    decides_for(stack, "event Destroyed; release"); /* nothing was applied */
    set_last(stack, RUN_APPLY, REASON_APPLIED, NOW);
    stack->status.last_applied_revision = STR("a");
    decides_for(stack, "stack Ready=Unknown Planning Reconciling; create Destroy Delete; event "
                       "RunCreated");
    decision = decide_stack(&(StackView){.stack = stack}, &options, NOW, arena);
    check_str(created(&decision)->spec.revision, "a");
    stack = stack_of((StackText){.meta = HELD, .spec = destroy});
    set_last(stack, RUN_DESTROY, REASON_DESTROYED, NOW);
    decides_for(stack, "event Destroyed; release");
}

static void deletion_6_failed(void **) {
    Stack *stack = stack_of((StackText){.meta = HELD, .spec = destroy});
    set_last(stack, RUN_DESTROY, REASON_APPLY_FAILED, NOW);
    decides_for(stack, "stack Ready=False ApplyFailed Reconciling; wake +30");
    stack->status.retries = 5;
    decides_for(stack, "stack Ready=False RetriesExhausted Stalled retries=5");
    stack->spec.deletion_policy = DELETION_POLICY_ORPHAN; /* lets it go */
    decides_for(stack, "event Orphaned; release");
}

/* Equal inputs give equal names; each input that changes a plan gives another one. */
static void names(void **) {
    static const char *const specs[] = {"", ",\"path\":\"./b\"", ",\"env\":\"b\"",
                                        ",\"variables\":[{\"name\":\"a\",\"value\":1}]"};
    Stack *stack = stack_of((StackText){0});
    Str first = trigger_of(stack);
    for (size_t i = 0; i < ARRAY_COUNT(specs); i++) {
        bool is_same = str_equal(trigger_of(stack_of((StackText){.spec = specs[i]})), first);
        assert_int_equal(is_same, i == 0);
    }
    check_str_equal(trigger_of(stack_of((StackText){.spec = ",\"interval\":\"5m\""})), first);
    stack->meta.name = STR("a-name-of-forty-bytes-that-ends-in-dots-.....-and-goes-on");
    assert_true(run_trigger_name(stack, first, 0, 0, arena).len <= 52);
    assert_false(str_equal(run_trigger_name(stack, first, 0, 0, arena),
                           run_trigger_name(stack, first, 1, 0, arena)));
    assert_false(str_equal(run_trigger_name(stack, first, 0, 0, arena),
                           run_trigger_name(stack, first, 0, NOW, arena)));
}

UNIT_MAIN(test_decide_stack) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_02_finalizer),
        cmocka_unit_test(row_03_suspended),
        cmocka_unit_test(row_04_invalid),
        cmocka_unit_test(row_05_running),
        cmocka_unit_test(row_06_outdated),
        cmocka_unit_test(row_07_source),
        cmocka_unit_test(row_08_dependencies),
        cmocka_unit_test(row_08_preview),
        cmocka_unit_test(row_09_regressed),
        cmocka_unit_test(row_09_found),
        cmocka_unit_test(row_10_new_trigger),
        cmocka_unit_test(row_11_retry),
        cmocka_unit_test(row_12_stalled),
        cmocka_unit_test(row_13_drift),
        cmocka_unit_test(row_13_changes),
        cmocka_unit_test(row_14_ready),
        cmocka_unit_test(finished_run),
        cmocka_unit_test(history),
        cmocka_unit_test(orphans),
        cmocka_unit_test(row_01_deleted),
        cmocka_unit_test(deletion_1_active),
        cmocka_unit_test(deletion_2_blocked),
        cmocka_unit_test(deletion_3_orphan),
        cmocka_unit_test(deletion_4_destroy),
        cmocka_unit_test(deletion_6_failed),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
