/* Random lives of Stacks in a cluster that is a table of objects: sources change, Jobs succeed,
 * fail or lose their results, people approve, previews are reviewed, nodes are lost, controllers
 * die between two steps and decide from old reads. In each of them at most one Run of a Stack
 * applies, an apply has the plan of its own code that was approved or reviewed, only a pod that is
 * lost for long enough is released, and a quiet cluster comes to rest.
 *
 * With WALKS=NUMBER in the environment, so many shorter lives are tried instead. */
#include "decide_lane.h"
#include "decide_run.h"
#include "decide_stack.h"
#include "operator_case.h"

#define STACKS    3
#define RUNS_MAX  400
#define WALKS     40
#define ROUNDS    1600
#define SHORT     60 /* rounds of a shorter life */
#define QUIET_MAX 20 /* decisions until nothing is left to do */

static const DecideOptions options = {.image = STR_CONST("loam:1"),
                                      .takeover_after_ms = 5 * MINUTE};

/* A Job and its newest pod. */
typedef struct WalkJob {
    bool exists;
    bool has_ended;
    int64_t began_ms;
    int64_t lost_ms; /* since when the node of its pod is seen as lost */
    Job job;
    Pod pod;
} WalkJob;

typedef struct WalkRun {
    Run run;
    bool exists;
    WalkJob plan, apply;
    Str applied_digest; /* what the apply Job was made with */
    uint32_t applies;   /* apply Jobs that have ended well */
} WalkRun;

typedef struct WalkSpec {
    unsigned mode;
    unsigned drift;
    bool depends; /* on the first Stack */
    bool has_lane;
    bool is_suspended;
    unsigned commit;
    unsigned path;
} WalkSpec;

typedef struct Walk {
    uint64_t seed;
    int64_t now_ms;
    uint64_t version;
    WalkSpec specs[STACKS];
    Stack stacks[STACKS];
    bool is_gone[STACKS];
    uint64_t serial[STACKS]; /* of the state in the backend */
    WalkRun runs[RUNS_MAX];
    size_t run_count;
    uint32_t reviewed, kept, released; /* applies of such plans, and pods */
    VEC(Approval) approvals;
    VEC(Run) previews;
    Lane lane;
} Walk;

static unsigned draw(Walk *walk, unsigned below) {
    walk->seed = walk->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(walk->seed >> 33) % below;
}

static Str new_version(Walk *walk) {
    return str_format(arena, "%llu", (unsigned long long)++walk->version);
}

static Stack *stack_of_ref(Walk *walk, Str name) {
    for (size_t i = 0; i < STACKS; i++) {
        if (str_equal(walk->stacks[i].meta.name, name) && !walk->is_gone[i])
            return &walk->stacks[i];
    }
    return NULL;
}

static WalkRun *find_run(Walk *walk, Str name) {
    for (size_t i = 0; i < walk->run_count; i++) {
        if (walk->runs[i].exists && str_equal(walk->runs[i].run.meta.name, name))
            return &walk->runs[i];
    }
    return NULL;
}

/* Objects are written and read as JSON, as through an API server. */
static void keep(const Record *record, void *of) {
    const char *error = NULL;
    Str text = record_to_json(record, of, 0, arena);
    char *copy = arena_alloc(arena, record->size);
    if (!record_from_json(text, record, copy, &error, arena)) {
        print_error("%.*s\n%s\n", STR_ARG(text), error ? error : "?");
        fail();
    }
    memcpy(of, copy, record->size);
}

/* What a controller sees. */

static StackView view_stack(Walk *walk, Stack *stack) {
    StackView view = {.stack = stack};
    WalkRun *current = find_run(walk, stack->status.current_run);
    view.current = current ? &current->run : NULL;
    vec_each(&stack->spec.depends_on, ref)
        vec_push(arena, &view.dependencies,
                 (StackDependency){*ref, stack_of_ref(walk, ref->name), STR_EMPTY});
    for (size_t i = 0; i < walk->run_count; i++) {
        if (walk->runs[i].exists && str_equal(walk->runs[i].run.spec.stack.uid, stack->meta.uid))
            vec_push(arena, &view.runs, &walk->runs[i].run);
    }
    for (size_t i = 0; i < STACKS; i++) {
        vec_each(&walk->stacks[i].spec.depends_on, ref) {
            if (!walk->is_gone[i] && str_equal(ref->name, stack->meta.name))
                vec_push(arena, &view.dependents, &walk->stacks[i]);
        }
    }
    return view;
}

static RunView view_run(Walk *walk, WalkRun *of) {
    RunView view = {.run = &of->run, .stack = stack_of_ref(walk, of->run.spec.stack.name)};
    WalkRun *previous = view.stack ? find_run(walk, view.stack->status.last_run.name) : NULL;
    WalkRun *origin = find_run(walk, of->run.status.plan.name);
    if (previous)
        view.previous = &previous->run;
    if (origin && !str_equal(origin->run.meta.name, of->run.meta.name))
        view.origin = &origin->run;
    if (of->plan.exists) {
        view.plan_job = &of->plan.job;
        vec_push(arena, &view.plan_pods, (RunPod){&of->plan.pod, of->plan.lost_ms});
    }
    if (of->apply.exists) {
        view.apply_job = &of->apply.job;
        vec_push(arena, &view.apply_pods, (RunPod){&of->apply.pod, of->apply.lost_ms});
    }
    vec_each(&walk->approvals, approval) {
        if (str_equal(approval->spec.run.name, of->run.meta.name) ||
            (view.origin && str_equal(approval->spec.run.name, view.origin->meta.name)))
            vec_push(arena, &view.approvals, approval);
    }
    vec_each(&walk->previews, preview)
        vec_push(arena, &view.previews, preview);
    vec_each(&of->run.spec.template.lanes, name)
        vec_push(arena, &view.lanes, (RunLane){*name, &walk->lane, true});
    return view;
}

/* What the API server does with a step. False: a conflict. */

static bool is_current(const ObjectMeta *seen, const ObjectMeta *now) {
    return str_equal(seen->uid, now->uid) &&
           str_equal(seen->resource_version, now->resource_version);
}

static bool do_create_run(Walk *walk, const Run *run) {
    WalkRun *made;
    if (find_run(walk, run->meta.name))
        return true; /* it exists already */
    assert_true(walk->run_count < RUNS_MAX);
    made = &walk->runs[walk->run_count++];
    *made = (WalkRun){.run = *run, .exists = true};
    made->run.meta.uid = new_version(walk);
    made->run.meta.resource_version = new_version(walk);
    made->run.meta.created_ms = walk->now_ms;
    keep(&run_record, &made->run);
    return true;
}

static void do_create_job(Walk *walk, WalkJob *job, const Run *run, const char *phase) {
    if (job->exists)
        return;
    *job = (WalkJob){.exists = true, .began_ms = walk->now_ms};
    job->job.meta.name = str_format(arena, "%.*s-%s", STR_ARG(run->meta.name), phase);
    job->job.meta.uid = new_version(walk);
    job->job.status.active = 1;
    job->job.status.started_ms = walk->now_ms;
    job->pod.status.phase = STR("Running");
    job->pod.meta.name = str_format(arena, "%.*s-x", STR_ARG(job->job.meta.name));
    job->pod.spec.node_name = STR("node");
}

/* A digest of the configuration: two commits in succession have the same. */
static Str code_text(Str revision) {
    return str_format(arena, "sha256:%064d", (revision.ptr[revision.len - 1] - '0') / 2);
}

static bool is_approved(Walk *walk, const WalkRun *of) {
    const RunPlan *plan = &of->run.status.plan;
    vec_each(&walk->approvals, approval) {
        if (approval->spec.decision == APPROVAL_APPROVE &&
            str_equal(approval->spec.stack, of->run.spec.stack.name) &&
            str_equal(approval->spec.plan_digest, plan->digest))
            return true;
    }
    return false;
}

static bool is_reviewed(Walk *walk, const WalkRun *of) {
    vec_each(&walk->previews, preview) {
        if (str_equal(preview->spec.plan_for.uid, of->run.spec.stack.uid) &&
            str_equal(preview->meta.name, of->run.status.plan.name) &&
            str_equal(preview->status.plan.digest, of->run.status.plan.digest) &&
            preview->status.plan.is_verified)
            return true;
    }
    return false;
}

/* The law: one apply of a Stack at a time, with the plan that was approved. */
static void check_apply(Walk *walk, const WalkRun *of) {
    for (size_t i = 0; i < walk->run_count; i++) {
        const WalkRun *other = &walk->runs[i];
        bool applies = other->exists && other->apply.exists && !other->apply.has_ended;
        if (applies && other != of &&
            str_equal(other->run.spec.stack.uid, of->run.spec.stack.uid)) {
            print_error("two Runs apply: %.*s and %.*s\n", STR_ARG(other->run.meta.name),
                        STR_ARG(of->run.meta.name));
            fail();
        }
    }
    assert_true(of->run.status.approved_ms != 0);
    assert_true(of->run.status.plan.digest.len > 0);
    assert_true(str_equal(of->run.status.plan.code, code_text(of->run.spec.revision)));
    if (of->run.spec.template.approval.mode == APPROVAL_MODE_MANUAL)
        assert_true(is_approved(walk, of));
    if (of->run.spec.template.approval.mode == APPROVAL_MODE_MERGE)
        assert_true(is_approved(walk, of) || is_reviewed(walk, of));
    walk->reviewed += is_reviewed(walk, of);
    walk->kept += !is_reviewed(walk, of) && !str_equal(of->run.status.plan.name, of->run.meta.name);
}

/* A pod is ended only if its node is lost for long enough, and its lock will end. */
static bool do_release(Walk *walk, const DecisionStep *step) {
    for (size_t i = 0; i < walk->run_count; i++) {
        WalkJob *jobs[] = {&walk->runs[i].plan, &walk->runs[i].apply};
        for (size_t k = 0; k < 2; k++) {
            if (!walk->runs[i].exists || !str_equal(jobs[k]->pod.meta.name, step->object->name))
                continue;
            if (jobs[k]->lost_ms == 0) /* by another controller */
                return true;
            assert_true(jobs[k]->pod.meta.deleted_ms != 0);
            assert_true(walk->now_ms - jobs[k]->lost_ms >= options.takeover_after_ms);
            check_str(walk->runs[i].run.spec.template.backend.type, "pg");
            jobs[k]->lost_ms = jobs[k]->pod.meta.deleted_ms = 0; /* the next pod of the Job */
            walk->released++;
        }
    }
    return true;
}

static bool do_run_step(Walk *walk, const DecisionStep *step) {
    WalkRun *of = find_run(walk, step->object->name);
    if (!of)
        return false;
    switch ((int)step->kind) {
    case STEP_RUN_STATUS:
        if (!is_current(step->object, &of->run.meta))
            return false;
        of->run.status = *step->run_status;
        of->run.meta.resource_version = new_version(walk);
        keep(&run_record, &of->run);
        break;
    case STEP_DELETE_RUN: of->exists = false; break;
    case STEP_CREATE_PLAN_JOB: do_create_job(walk, &of->plan, &of->run, "plan"); break;
    case STEP_CREATE_APPLY_JOB:
        do_create_job(walk, &of->apply, &of->run, "apply");
        of->applied_digest = step->run->status.plan.digest;
        check_apply(walk, of);
        break;
    case STEP_DELETE_JOB: of->plan.exists = false; break;
    default: fail();
    }
    return true;
}

static bool do_stack_step(Walk *walk, const DecisionStep *step) {
    Stack *stack = stack_of_ref(walk, step->object->name);
    if (!stack || !is_current(step->object, &stack->meta))
        return false;
    if (step->kind == STEP_STACK_STATUS)
        stack->status = *step->stack_status;
    else if (step->kind == STEP_ADD_FINALIZER)
        vec_push(arena, &stack->meta.finalizers, STR(STACK_FINALIZER));
    else
        stack->meta.finalizers = (StrVec){0};
    stack->meta.resource_version = new_version(walk);
    keep(&stack_record, stack);
    if (stack->meta.deleted_ms != 0 && stack->meta.finalizers.count == 0)
        walk->is_gone[stack - walk->stacks] = true;
    return true;
}

static bool do_lane_step(Walk *walk, const DecisionStep *step) {
    if (!is_current(step->object, &walk->lane.meta))
        return false;
    walk->lane.status = *step->lane_status;
    walk->lane.meta.resource_version = new_version(walk);
    keep(&lane_record, &walk->lane);
    assert_true(walk->lane.status.holders.count <= walk->lane.spec.capacity);
    return true;
}

/* Does the steps; a controller may die before any of them. Returns whether something was done. */
static bool do_steps(Walk *walk, const Decision *decision, unsigned deadly) {
    bool is_busy = false;
    vec_each(&decision->steps, step) {
        bool ok = true;
        if (step->kind == STEP_EVENT || step->kind == STEP_WAKE || step->kind == STEP_CREATE_KEY)
            continue;
        if (deadly && draw(walk, deadly) == 0)
            return true;
        if (step->kind == STEP_CREATE_RUN)
            ok = do_create_run(walk, step->run);
        else if (step->kind == STEP_LANE_STATUS)
            ok = do_lane_step(walk, step);
        else if (step->kind == STEP_RELEASE_POD)
            ok = do_release(walk, step);
        else if (step->kind <= STEP_STACK_STATUS)
            ok = do_stack_step(walk, step);
        else
            ok = do_run_step(walk, step);
        is_busy = true;
        if (!ok)
            return true;
    }
    return is_busy;
}

/* Decides for one object. Two controllers may decide from the same read: then the second does its
 * steps after the first. */
static bool decide_one(Walk *walk, size_t which, unsigned deadly) {
    Decision decisions[2];
    bool is_double = deadly && draw(walk, 4) == 0;
    bool is_busy = false;
    for (size_t i = 0; i < 1 + (size_t)is_double; i++) {
        if (which < STACKS) {
            Stack *seen = arena_new(arena, Stack);
            StackView view;
            *seen = walk->stacks[which];
            view = view_stack(walk, seen);
            decisions[i] = walk->is_gone[which]
                               ? (Decision){0}
                               : decide_stack(&view, &options, walk->now_ms, arena);
        } else if (which - STACKS < walk->run_count) {
            WalkRun *seen = arena_new(arena, WalkRun);
            RunView view;
            *seen = walk->runs[which - STACKS];
            view = view_run(walk, seen);
            decisions[i] =
                seen->exists ? decide_run(&view, &options, walk->now_ms, arena) : (Decision){0};
        } else {
            LaneView view = {.lane = &walk->lane};
            vec_each(&walk->lane.status.holders, holder) {
                WalkRun *run = find_run(walk, holder->name);
                vec_push(arena, &view.holders, run ? &run->run : NULL);
            }
            decisions[i] = decide_lane(&view, arena);
        }
    }
    for (size_t i = 0; i < 1 + (size_t)is_double; i++)
        is_busy |= do_steps(walk, &decisions[i], deadly);
    return is_busy;
}

/* The world. */

static void end_job(Walk *walk, WalkRun *of, WalkJob *job, bool is_apply, unsigned fate) {
    static const int64_t statuses[] = {1, 65, 66, 75, 77, 78, 137};
    size_t at = (size_t)(stack_of_ref(walk, of->run.spec.stack.name)
                             ? stack_of_ref(walk, of->run.spec.stack.name) - walk->stacks
                             : 0);
    PodContainer container = {.name = is_apply ? STR("apply") : STR("report")};
    job->has_ended = true;
    job->job.status.active = 0;
    container.state.terminated.reason = STR("Completed");
    if (fate == 0) {
        container.state.terminated.exit_code = statuses[draw(walk, ARRAY_COUNT(statuses))];
        container.state.terminated.reason = STR("Error");
        vec_push(arena, &job->job.status.conditions,
                 (StatusCondition){STR("Failed"), CONDITION_TRUE, STR("PodFailurePolicy")});
    } else {
        bool has_changes = draw(walk, 3) != 0;
        if (is_apply)
            walk->serial[at]++;
        container.state.terminated.message = str_format(
            arena,
            "{\"v\":1,\"plan\":{\"digest\":\"sha256:%064llu\",\"code\":\"%.*s\","
            "\"applicable\":%s},\"changes\":"
            "{\"add\":%d},\"state\":{\"lineage\":\"l\",\"serial\":%llu},\"drift\":{\"count\":%d}}",
            (unsigned long long)++walk->version, STR_ARG(code_text(of->run.spec.revision)),
            has_changes ? "true" : "false", has_changes, (unsigned long long)walk->serial[at],
            of->run.spec.type == RUN_DRIFT && has_changes);
        vec_push(arena, &job->job.status.conditions,
                 (StatusCondition){STR("Complete"), CONDITION_TRUE, STR("Done")});
        of->applies += is_apply;
    }
    if (fate == 1) /* the result is lost */
        container.state.terminated.message = STR_EMPTY;
    vec_push(arena, &job->pod.status.containers, container);
}

static void end_jobs(Walk *walk, bool is_quiet) {
    for (size_t i = 0; i < walk->run_count; i++) {
        WalkRun *of = &walk->runs[i];
        WalkJob *jobs[] = {&of->plan, &of->apply};
        for (size_t k = 0; k < 2; k++) {
            if (of->exists && jobs[k]->exists && !jobs[k]->has_ended && jobs[k]->lost_ms == 0 &&
                (is_quiet || draw(walk, k == 1 ? 9 : 2) == 0))
                end_job(walk, of, jobs[k], k == 1, is_quiet ? 9 : draw(walk, 6));
        }
    }
}

static void approve_one(Walk *walk, WalkRun *of, ApprovalDecision decision) {
    Approval approval = {0};
    approval.spec.run = (ObjectIdentity){of->run.meta.name, of->run.meta.uid};
    approval.spec.plan_digest = of->run.status.plan.digest;
    approval.spec.stack = of->run.spec.stack.name;
    approval.spec.user = STR("ann");
    approval.spec.decision = decision;
    vec_push(arena, &walk->approvals, approval);
}

/* A preview whose plan is that of a Run of the Stack, or nearly. */
static void review_one(Walk *walk, const WalkRun *of) {
    Run preview = of->run;
    preview.meta.name = preview.meta.uid = new_version(walk);
    preview.spec.plan_for = preview.spec.stack;
    preview.spec.template = (StackSpec){.text = STR("{}")};
    preview.status = (RunStatus){.reason = REASON_PLAN_READY, .finished_ms = walk->now_ms};
    preview.status.planned_ms = walk->now_ms;
    preview.status.plan = (RunPlan){
        .name = preview.meta.name,
        .digest = str_format(arena, "sha256:%064llu", (unsigned long long)++walk->version),
        .code = str_format(arena, "sha256:%064u", draw(walk, 2)),
        .is_verified = draw(walk, 4) != 0,
        .state = {STR("l"), of->run.status.plan.state.serial + draw(walk, 2)},
    };
    vec_push(arena, &walk->previews, preview);
}

static void lose_node(Walk *walk, WalkRun *of) {
    WalkJob *job = of->apply.exists ? &of->apply : &of->plan;
    if (!of->exists || !job->exists || job->has_ended || job->pod.meta.deleted_ms != 0)
        return;
    job->pod.meta.deleted_ms = walk->now_ms;
    job->lost_ms = walk->now_ms;
}

/* Gives a Stack its spec, as the API server does after a change. */
static void put_spec(Walk *walk, size_t at) {
    static const char *const modes[] = {"Manual", "Auto", "Safe", "Merge"};
    static const char *const drifts[] = {"Report", "Correct", "Ignore"};
    const WalkSpec *spec = &walk->specs[at];
    Stack *stack = &walk->stacks[at];
    Stack next = {0};
    object_of(&stack_record, &next,
              "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"approval\":{\"mode\":\"%s\"},"
              "\"backend\":{%s},\"dependsOn\":[%s],\"driftMode\":\"%s\",\"historyLimit\":3,"
              "\"lanes\":[%s],"
              "\"path\":\"./%u\",\"retryLimit\":2,\"source\":{\"git\":{\"commit\":\"%040u\"}},"
              "\"suspend\":%s}}",
              modes[spec->mode], at == 2 ? "" : "\"type\":\"pg\"",
              spec->depends ? "{\"name\":\"s0\"}" : "", drifts[spec->drift],
              spec->has_lane ? "\"lane\"" : "", spec->path, spec->commit,
              spec->is_suspended ? "true" : "false");
    stack->spec = next.spec;
    stack->meta.generation++;
    stack->meta.resource_version = new_version(walk);
}

static void change_world(Walk *walk) {
    size_t at = draw(walk, STACKS);
    Stack *stack = &walk->stacks[at];
    WalkRun *of = walk->run_count > 0 ? &walk->runs[draw(walk, (unsigned)walk->run_count)] : NULL;
    switch (draw(walk, 16)) {
    case 0: /* another commit, often of the same code */
        walk->specs[at].commit = draw(walk, 2) ? walk->specs[at].commit ^ 1 : draw(walk, 4);
        put_spec(walk, at);
        break;
    case 1:
        walk->specs[at].is_suspended = draw(walk, 4) == 0;
        put_spec(walk, at);
        break;
    case 2:
        stack->meta.annotations.requested_at = new_version(walk);
        stack->meta.resource_version = new_version(walk);
        break;
    case 3: /* by hand */
        if (of && of->exists && !of->apply.exists)
            of->exists = false;
        break;
    case 4:
        if (of && of->exists && of->apply.exists && of->apply.has_ended)
            of->apply.exists = false;
        break;
    case 5: walk->now_ms += 40 * MINUTE; break;
    case 6:
        if (of && of->exists && of->run.status.plan.digest.len > 0)
            approve_one(walk, of, APPROVAL_REJECT);
        break;
    case 7:
    case 8:
    case 9:
        if (of && of->exists && of->run.status.plan.digest.len > 0)
            review_one(walk, of);
        break;
    case 10:
        if (of) /* by preference one that has just begun */
            of = &walk->runs[walk->run_count - 1];
        if (of)
            lose_node(walk, of);
        break;
    default:
        if (of && draw(walk, 2))
            of = &walk->runs[walk->run_count - 1];
        if (of && of->exists && of->run.status.plan.digest.len > 0)
            approve_one(walk, of, APPROVAL_APPROVE);
    }
}

static void open_walk(Walk *walk, uint64_t seed) {
    *walk = (Walk){.seed = seed, .now_ms = NOW};
    object_of(&lane_record, &walk->lane,
              "{\"metadata\":{\"name\":\"lane\",\"uid\":\"l\",\"resourceVersion\":\"0\"},"
              "\"spec\":{\"capacity\":1}}");
    for (size_t i = 0; i < STACKS; i++) {
        object_of(&stack_record, &walk->stacks[i],
                  "{\"metadata\":{\"namespace\":\"team\",\"name\":\"s%zu\",\"uid\":\"u-%zu\"},"
                  "\"spec\":{}}",
                  i, i);
        walk->specs[i] =
            (WalkSpec){draw(walk, 4), draw(walk, 3), i > 0 && draw(walk, 2), draw(walk, 2) != 0};
        put_spec(walk, i);
    }
}

/* Lets the world rest: Jobs succeed, and people do nothing; counts decisions until none has a step.
 */
static void check_rest(Walk *walk) {
    walk->now_ms += options.takeover_after_ms;
    for (size_t i = 0; i < STACKS; i++) {
        bool is_busy = true;
        for (size_t k = 0; k < (size_t)QUIET_MAX * STACKS && is_busy; k++) {
            is_busy = false;
            for (size_t which = 0; which < STACKS + walk->run_count + 1; which++)
                is_busy |= decide_one(walk, which, 0);
            end_jobs(walk, true);
        }
        assert_false(is_busy);
    }
}

static void walks(void **) {
    Walk *walk = test_malloc(sizeof *walk);
    const char *wanted = getenv("WALKS");
    uint64_t count = WALKS;
    uint32_t applies = 0, runs = 0, reviewed = 0, kept = 0, released = 0;
    if (wanted)
        assert_true(str_to_uint64(str_from_cstr(wanted), &count));
    for (uint64_t seed = 1; seed <= count; seed++) {
        size_t rounds = wanted ? SHORT : ROUNDS;
        arena_reset(arena);
        open_walk(walk, seed * 7919);
        for (size_t round = 0; round < rounds && walk->run_count < RUNS_MAX - 40; round++) {
            decide_one(walk, draw(walk, (unsigned)(STACKS + walk->run_count + 1)), 12);
            if (draw(walk, 4) == 0)
                end_jobs(walk, false);
            if (draw(walk, 6) == 0)
                change_world(walk);
            walk->now_ms += (int64_t)draw(walk, 20000);
        }
        check_rest(walk);
        for (size_t i = 0; i < walk->run_count; i++)
            applies += walk->runs[i].applies;
        runs += (uint32_t)walk->run_count;
        reviewed += walk->reviewed;
        kept += walk->kept;
        released += walk->released;
    }
    print_message("%u applies in %u Runs; %u reviewed plans, %u kept plans, %u released pods\n",
                  applies, runs, reviewed, kept, released);
    /* The walks do reach each of them. */
    assert_true(applies > 100 && reviewed > 0 && kept > 0 && released > 0);
    test_free(walk);
}

UNIT_MAIN(test_decide_walk) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(walks)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
