#include "world.h"

#include "glob.h"
#include "json.h"
#include "map.h"

/* Groups of the stores. */
#define STACKS_OF_SOURCE 0
#define STACKS_USING     1 /* that depend on a Stack, or are previews for it */
#define STACKS_OF_STATE  2 /* the oldest first */
#define STACKS_LISTENING 3
#define RUNS_OF_STACK    0
#define RUNS_IN_LANE     1 /* that have a place or wait for one, in their order */
#define RUNS_FOR_STACK   2 /* previews */
#define APPROVALS_OF_RUN 0
#define PODS_OF_JOB      0

#define PRIORITY_MS ((int64_t)60 * 1000)

static Str key_of(Str namespace, Str name, Arena *arena) {
    return str_format(arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(name));
}

static Str or_own(Str namespace, Str own) {
    return namespace.len > 0 ? namespace : own;
}

static Str source_key(Str kind, Str namespace, Str name, Arena *arena) {
    return str_format(arena, "%.*s/%.*s/%.*s", STR_ARG(kind), STR_ARG(namespace), STR_ARG(name));
}

static void add_source_key(const void *object, StrVec *keys, Arena *arena) {
    const Stack *stack = object;
    const struct StackSourceRef *ref = &stack->spec.source.ref;
    if (ref->kind.len > 0)
        vec_push(
            arena, keys,
            source_key(ref->kind, or_own(ref->namespace, stack->meta.namespace), ref->name, arena));
}

static void add_used_keys(const void *object, StrVec *keys, Arena *arena) {
    const Stack *stack = object;
    Str own = stack->meta.namespace;
    vec_each(&stack->spec.depends_on, ref)
        vec_push(arena, keys, key_of(or_own(ref->namespace, own), ref->name, arena));
    vec_each(&stack->spec.variables, variable) {
        if (variable->value_from.output.stack.len > 0)
            vec_push(arena, keys, key_of(own, variable->value_from.output.stack, arena));
    }
    if (stack->spec.plan_for.len > 0)
        vec_push(arena, keys, key_of(own, stack->spec.plan_for, arena));
}

/* Stacks with the same key share a state. Empty: nothing is applied, or the configuration has the
 * backend; then the owner in the state tells. The environment of the pods can change what the
 * backend's configuration means. */
static Str stack_state_key(const void *object, Arena *arena) {
    const StackSpec *spec = &((const Stack *)object)->spec;
    Str secret = spec->backend.secret.name, runner = STR_EMPTY, place = STR_EMPTY;
    if (str_find(spec->runner, STR("\"env"), 0) != SIZE_MAX)
        runner = spec->runner;
    if (secret.len > 0 || runner.len > 0)
        place = ((const Stack *)object)->meta.namespace;
    return spec->backend.type.len == 0 || spec->is_plan_only
               ? STR_EMPTY
               : str_format(arena, "%.*s %.*s %.*s/%.*s %.*s/%.*s %.*s",
                            STR_ARG(spec->backend.type), STR_ARG(spec->backend.config),
                            STR_ARG(spec->env), STR_ARG(spec->workspace), STR_ARG(place),
                            STR_ARG(secret), STR_ARG(runner));
}

static void add_state_key(const void *object, StrVec *keys, Arena *arena) {
    vec_push(arena, keys, stack_state_key(object, arena));
}

static void add_listening_key(const void *object, StrVec *keys, Arena *arena) {
    const Stack *stack = object;
    if (stack_listens(stack))
        vec_push(arena, keys, stack->status.state.lineage);
}

static int compare_age(const ObjectMeta *one, const ObjectMeta *other) {
    if (one->created_ms != other->created_ms)
        return one->created_ms < other->created_ms ? -1 : 1;
    return str_compare(one->uid, other->uid);
}

static int compare_stacks(const void *one, const void *other) {
    return compare_age(&((const Stack *)one)->meta, &((const Stack *)other)->meta);
}

static void add_stack_key(const void *object, StrVec *keys, Arena *arena) {
    const Run *run = object;
    vec_push(arena, keys, key_of(run->meta.namespace, run->spec.stack.name, arena));
}

/* A plan that waits for a person needs no place. */
static void add_lane_keys(const void *object, StrVec *keys, Arena *arena) {
    const Run *run = object;
    if (run_is_finished(run) || (run->status.planned_ms != 0 && run->status.approved_ms == 0))
        return;
    vec_each(&run->spec.template.lanes, lane)
        vec_push(arena, keys, *lane);
}

/* A point of priority is worth a minute of waiting, so no stream of Runs with a high priority keeps
 * another one out of a lane for ever. */
static int64_t waits_since(const Run *run) {
    return run->meta.created_ms - run->spec.template.priority * PRIORITY_MS;
}

/* Which of two Runs goes first to a place in a lane. */
static int compare_waiting(const void *one, const void *other) {
    const Run *run = one, *another = other;
    if (waits_since(run) != waits_since(another))
        return waits_since(run) < waits_since(another) ? -1 : 1;
    return compare_age(&run->meta, &another->meta);
}

static void add_target_key(const void *object, StrVec *keys, Arena *arena) {
    const Run *run = object;
    if (run->spec.plan_for.name.len > 0)
        vec_push(arena, keys, key_of(run->meta.namespace, run->spec.plan_for.name, arena));
}

/* A finished Run still releases its lanes, and its result goes to the Stack. */
static void trim_run(void *object, Arena *arena) {
    Run *run = object;
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    if (!run_is_finished(run))
        return;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    if (run->spec.template.lanes.count > 0) {
        json_key(&writer, STR("lanes"));
        json_array_start(&writer);
        vec_each(&run->spec.template.lanes, lane)
            json_write_string(&writer, *lane);
        json_array_end(&writer);
    }
    json_object_end(&writer);
    run->spec.template.text = strbuf_str(&text);
    run->spec.artifact = (Artifact){0};
    run->spec.image = STR_EMPTY;
    run->status.conditions = (StatusConditions){0};
    run->status.approved_by = (StrVec){0};
    run->status.jobs = (struct RunJobs){0};
}

static void add_run_key(const void *object, StrVec *keys, Arena *arena) {
    const Approval *approval = object;
    vec_push(arena, keys, key_of(approval->meta.namespace, approval->spec.run.name, arena));
}

static void add_job_key(const void *object, StrVec *keys, Arena *arena) {
    const Pod *pod = object;
    vec_push(arena, keys,
             str_format(arena, "%.*s/%.*s-%.*s", STR_ARG(pod->meta.namespace),
                        STR_ARG(pod->meta.labels.run), STR_ARG(pod->meta.labels.phase)));
}

static const ObjectKind kinds[WORLD_KINDS] = {
    [WORLD_STACK] = {&stack_record,
                     {[STACKS_OF_SOURCE] = {add_source_key},
                      [STACKS_USING] = {add_used_keys},
                      [STACKS_OF_STATE] = {add_state_key, compare_stacks},
                      [STACKS_LISTENING] = {add_listening_key}}},
    [WORLD_RUN] = {&run_record,
                   {[RUNS_OF_STACK] = {add_stack_key},
                    [RUNS_IN_LANE] = {add_lane_keys, compare_waiting},
                    [RUNS_FOR_STACK] = {add_target_key}},
                   trim_run},
    [WORLD_APPROVAL] = {&approval_record, {[APPROVALS_OF_RUN] = {add_run_key}}},
    [WORLD_LANE] = {&lane_record},
    [WORLD_JOB] = {&job_record},
    [WORLD_POD] = {&pod_record, {[PODS_OF_JOB] = {add_job_key}}},
    [WORLD_GIT_REPOSITORY] = {&source_record},
    [WORLD_OCI_REPOSITORY] = {&source_record},
    [WORLD_BUCKET] = {&source_record},
    [WORLD_EXTERNAL_ARTIFACT] = {&source_record},
};

static const char *const source_kinds[WORLD_KINDS] = {
    [WORLD_GIT_REPOSITORY] = "GitRepository",
    [WORLD_OCI_REPOSITORY] = "OCIRepository",
    [WORLD_BUCKET] = "Bucket",
    [WORLD_EXTERNAL_ARTIFACT] = "ExternalArtifact",
};

void world_open(World *world) {
    for (size_t i = 0; i < WORLD_KINDS; i++)
        world->stores[i] = object_store_open(&kinds[i]);
}

void world_close(World *world) {
    for (size_t i = 0; i < WORLD_KINDS; i++)
        object_store_close(world->stores[i]);
}

/* Views. */

static const Stack *find_stack(const World *world, Str namespace, Str name) {
    return object_store_find(world->stores[WORLD_STACK], namespace, name);
}

static const Source *find_source(const World *world, const Stack *stack) {
    const struct StackSourceRef *ref = &stack->spec.source.ref;
    for (size_t kind = WORLD_GIT_REPOSITORY; ref->kind.len > 0 && kind < WORLD_KINDS; kind++) {
        if (str_equal_cstr(ref->kind, source_kinds[kind]))
            return object_store_find(world->stores[kind],
                                     or_own(ref->namespace, stack->meta.namespace), ref->name);
    }
    return NULL;
}

bool world_refers_to(const World *world, WorldKind kind) {
    const Stack *stack;
    for (ObjectCursor at = {0}; (stack = object_store_next(world->stores[WORLD_STACK], &at));) {
        if (str_equal_cstr(stack->spec.source.ref.kind, source_kinds[kind]))
            return true;
    }
    return false;
}

static StackDependency *add_dependency(const World *world, const Stack *stack, NamespacedName ref,
                                       StackView *out, Arena *arena) {
    StackDependency *added = vec_add(arena, &out->dependencies);
    ref.namespace = or_own(ref.namespace, stack->meta.namespace);
    *added = (StackDependency){ref, find_stack(world, ref.namespace, ref.name)};
    return added;
}

static void add_dependencies(const World *world, const Stack *stack, StackView *out, Arena *arena) {
    vec_each(&stack->spec.depends_on, ref)
        add_dependency(world, stack, *ref, out, arena);
    vec_each(&stack->spec.variables, variable) {
        const struct StackOutputRef *output = &variable->value_from.output;
        if (output->stack.len > 0) {
            StackDependency *added = add_dependency(
                world, stack, (NamespacedName){STR_EMPTY, output->stack}, out, arena);
            added->output = output->name;
            added->variable = variable->name;
        }
    }
}

static bool depends_on(const Stack *stack, const ObjectMeta *other) {
    vec_each(&stack->spec.depends_on, ref) {
        if (str_equal(ref->name, other->name) &&
            str_equal(or_own(ref->namespace, stack->meta.namespace), other->namespace))
            return true;
    }
    vec_each(&stack->spec.variables, variable) {
        if (str_equal(variable->value_from.output.stack, other->name) &&
            str_equal(stack->meta.namespace, other->namespace))
            return true;
    }
    return false;
}

/* A walk along dependencies that ends where it began. */
typedef struct CycleWalk {
    const World *world;
    const Stack *start;
    Map seen; /* by UID */
    Arena *arena;
} CycleWalk;

static bool leads_back(CycleWalk *walk, const Stack *stack) {
    StackView view = {0};
    if (map_has(&walk->seen, stack->meta.uid))
        return false;
    map_set(&walk->seen, stack->meta.uid, &walk->seen);
    add_dependencies(walk->world, stack, &view, walk->arena);
    vec_each(&view.dependencies, dependency) {
        if (dependency->stack &&
            (dependency->stack == walk->start || leads_back(walk, dependency->stack)))
            return true;
    }
    return false;
}

/* The Stack that keeps a state; NULL: none has it. */
static const Stack *find_oldest(const World *world, Str state) {
    return object_store_next_of(world->stores[WORLD_STACK], STACKS_OF_STATE, state,
                                &(ObjectCursor){0});
}

static Str find_shared_state(const World *world, const Stack *stack, Arena *arena) {
    Str key = stack_state_key(stack, arena);
    const Stack *oldest = key.len > 0 ? find_oldest(world, key) : NULL;
    return !oldest || oldest == stack
               ? STR_EMPTY
               : str_format(arena,
                            "Its state is that of Stack %.*s/%.*s: backend, environment and "
                            "workspace are the same. Give each Stack its own state.",
                            STR_ARG(oldest->meta.namespace), STR_ARG(oldest->meta.name));
}

/* Another namespace has no Stack of this name, or another one: a preview reaches none of them. */
static Str find_target_problem(const Stack *stack, const StackView *view, Arena *arena) {
    if (stack->spec.plan_for.len == 0 || (view->target && !view->target->spec.is_plan_only))
        return STR_EMPTY;
    return str_format(arena,
                      "planFor: Stack %.*s/%.*s %s. A preview is in the namespace of the Stack "
                      "that it plans for.",
                      STR_ARG(stack->meta.namespace), STR_ARG(stack->spec.plan_for),
                      view->target ? "is a preview, too" : "does not exist");
}

/* An image runs with the rights of the ServiceAccount, so the administrator says which may. */
static Str find_image_problem(const Stack *stack, const DecideOptions *options, Arena *arena) {
    Value runner;
    Str image = json_parse_object(stack->spec.runner, &runner, arena)
                    ? value_text_at(runner, STR("image"))
                    : STR_EMPTY;
    if (image.len == 0 || str_equal(image, options->image))
        return STR_EMPTY;
    vec_each(&options->images, pattern) {
        if (glob_matches(*pattern, image))
            return STR_EMPTY;
    }
    return str_format(arena,
                      "The operator does not allow the image %.*s of spec.runner (-runner-images).",
                      STR_ARG(image));
}

static Str find_problem(const World *world, const Stack *stack, const DecideOptions *options,
                        const StackView *view, Arena *arena) {
    Str own = stack->meta.namespace, source = stack->spec.source.ref.namespace, problem;
    CycleWalk walk = {world, stack, map_new(arena), arena};
    if (stack_spec_is_too_large(&stack->spec))
        return str_format(arena,
                          "The spec has more than %zu KiB. Put large values of variables into "
                          "Secrets or ConfigMaps.",
                          STACK_SPEC_MAX >> 10);
    if (!options->is_cross_allowed && source.len > 0 && !str_equal(source, own))
        return str_format(arena,
                          "The source is in namespace %.*s. The operator does not allow sources of "
                          "other namespaces (--allow-cross-namespace).",
                          STR_ARG(source));
    vec_each(&view->dependencies, dependency) {
        if (!options->is_cross_allowed && !str_equal(dependency->ref.namespace, own))
            return str_format(arena,
                              "It depends on Stack %.*s/%.*s. The operator does not allow "
                              "dependencies on other namespaces (--allow-cross-namespace).",
                              STR_ARG(dependency->ref.namespace), STR_ARG(dependency->ref.name));
    }
    if (leads_back(&walk, stack))
        return STR("It depends on itself, by way of the Stacks that it depends on.");
    problem = find_image_problem(stack, options, arena);
    if (problem.len > 0)
        return problem;
    problem = find_target_problem(stack, view, arena);
    return problem.len > 0 ? problem : find_shared_state(world, stack, arena);
}

/* The oldest first. */
static int compare_runs(const void *a, const void *b) {
    const Run *one = *(const Run *const *)a, *other = *(const Run *const *)b;
    if (one->meta.created_ms != other->meta.created_ms)
        return one->meta.created_ms < other->meta.created_ms ? -1 : 1;
    return str_compare(one->meta.name, other->meta.name);
}

bool world_view_stack(const World *world, Str namespace, Str name, const DecideOptions *options,
                      StackView *out, Arena *arena) {
    const Stack *stack = find_stack(world, namespace, name);
    const void *object;
    if (!stack)
        return false;
    *out = (StackView){.stack = stack, .source = find_source(world, stack)};
    if (stack->status.current_run.len > 0)
        out->current =
            object_store_find(world->stores[WORLD_RUN], namespace, stack->status.current_run);
    if (stack->spec.plan_for.len > 0)
        out->target = find_stack(world, namespace, stack->spec.plan_for);
    add_dependencies(world, stack, out, arena);
    for (ObjectCursor at = {0};
         (object = object_store_next_of(world->stores[WORLD_RUN], RUNS_OF_STACK,
                                        key_of(namespace, name, arena), &at));)
        vec_push(arena, &out->runs, object);
    if (out->runs.count > 1)
        qsort(out->runs.items, out->runs.count, sizeof *out->runs.items, compare_runs);
    for (ObjectCursor at = {0};
         (object = object_store_next_of(world->stores[WORLD_RUN], RUNS_FOR_STACK,
                                        key_of(namespace, name, arena), &at));) {
        if (run_is_finished(object) &&
            !find_stack(world, namespace, ((const Run *)object)->spec.stack.name))
            vec_push(arena, &out->orphans, object);
    }
    for (ObjectCursor at = {0};
         stack->meta.deleted_ms != 0 &&
         (object = object_store_next_of(world->stores[WORLD_STACK], STACKS_USING,
                                        key_of(namespace, name, arena), &at));) {
        if (depends_on(object, &stack->meta))
            vec_push(arena, &out->dependents, object);
    }
    out->problem = find_problem(world, stack, options, out, arena);
    return true;
}

/* The Runs that wait for a place in a lane, the first one first. */
typedef struct WaitingCursor {
    ObjectCursor at;
    Str lane;
    Map holders; /* by UID */
} WaitingCursor;

/* `lane` may be NULL: it does not exist. */
static WaitingCursor waiting_of(Str name, const Lane *lane, Arena *arena) {
    WaitingCursor cursor = {.lane = name, .holders = map_new(arena)};
    for (size_t i = 0; lane && i < lane->status.holders.count; i++)
        map_set(&cursor.holders, lane->status.holders.items[i].uid, &lane->status.holders.items[i]);
    return cursor;
}

/* A Run that is being deleted keeps no other one waiting. */
static const Run *next_waiting(const World *world, WaitingCursor *cursor) {
    const Run *run;
    while ((run = object_store_next_of(world->stores[WORLD_RUN], RUNS_IN_LANE, cursor->lane,
                                       &cursor->at))) {
        if (run->meta.deleted_ms == 0 && !map_has(&cursor->holders, run->meta.uid))
            return run;
    }
    return NULL;
}

static size_t free_places(const Lane *lane) {
    return lane->spec.capacity > lane->status.holders.count
               ? lane->spec.capacity - lane->status.holders.count
               : 0;
}

size_t world_count_waiting(const World *world, const Lane *lane) {
    SCOPED(ArenaRef) arena = arena_open("holders of a lane");
    WaitingCursor cursor = waiting_of(lane->meta.name, lane, arena);
    size_t count = 0;
    while (next_waiting(world, &cursor))
        count++;
    return count;
}

/* The free places of a lane go to the first of the waiting Runs. */
static bool is_next(const World *world, const Run *run, const Lane *lane, Arena *arena) {
    WaitingCursor cursor = waiting_of(lane->meta.name, lane, arena);
    size_t left = free_places(lane);
    const Run *other;
    while (left > 0 && (other = next_waiting(world, &cursor)) && compare_waiting(other, run) < 0)
        left--;
    return left > 0;
}

static void add_pods(const World *world, const Job *job, RunPods *out, Arena *arena) {
    const Pod *pod;
    for (ObjectCursor at = {0};
         job &&
         (pod = object_store_next_of(world->stores[WORLD_POD], PODS_OF_JOB,
                                     key_of(job->meta.namespace, job->meta.name, arena), &at));) {
        if (object_meta_is_of(&pod->meta, job->meta.uid))
            vec_push(arena, out, (RunPod){.pod = pod});
    }
    for (size_t i = 1; i < out->count; i++) { /* the oldest first; a Job has few */
        for (size_t k = i;
             k > 0 && out->items[k].pod->meta.created_ms < out->items[k - 1].pod->meta.created_ms;
             k--) {
            RunPod swapped = out->items[k];
            out->items[k] = out->items[k - 1];
            out->items[k - 1] = swapped;
        }
    }
}

static const Job *find_job(const World *world, const Run *run, const char *phase, Arena *arena) {
    const Job *job =
        object_store_find(world->stores[WORLD_JOB], run->meta.namespace,
                          str_format(arena, "%.*s-%s", STR_ARG(run->meta.name), phase));
    return job && object_meta_is_of(&job->meta, run->meta.uid) ? job : NULL;
}

static void world_add_lanes(const World *world, const Run *run, RunView *out, Arena *arena) {
    Str *names = arena_new_array(arena, Str, run->spec.template.lanes.count);
    size_t count = 0;
    vec_each(&run->spec.template.lanes, name)
        names[count++] = *name;
    str_sort(names, count);
    for (size_t i = 0; i < count; i++) {
        const Lane *lane = object_store_find(world->stores[WORLD_LANE], STR_EMPTY, names[i]);
        vec_push(arena, &out->lanes,
                 (RunLane){names[i], lane, lane && is_next(world, run, lane, arena)});
    }
}

static void add_approvals(const World *world, const Run *run, RunView *out, Arena *arena) {
    const Approval *approval;
    for (ObjectCursor at = {0};
         run && (approval = object_store_next_of(world->stores[WORLD_APPROVAL], APPROVALS_OF_RUN,
                                                 key_of(run->meta.namespace, run->meta.name, arena),
                                                 &at));)
        vec_push(arena, &out->approvals, approval);
}

/* Runs whose plan this one may have. */
static void add_other_runs(const World *world, const Run *run, RunView *out, Arena *arena) {
    const ObjectStore *runs = world->stores[WORLD_RUN];
    Str namespace = run->meta.namespace, origin = run->status.plan.name;
    const Run *preview;
    if (out->stack && out->stack->status.last_run.name.len > 0)
        out->previous = object_store_find(runs, namespace, out->stack->status.last_run.name);
    if (origin.len > 0 && !str_equal(origin, run->meta.name))
        out->origin = object_store_find(runs, namespace, origin);
    for (ObjectCursor at = {0};
         run->spec.template.approval.mode == APPROVAL_MODE_MERGE &&
         (preview = object_store_next_of(runs, RUNS_FOR_STACK,
                                         key_of(namespace, run->spec.stack.name, arena), &at));)
        vec_push(arena, &out->previews, preview);
}

bool world_view_run(const World *world, Str namespace, Str name, RunView *out, Arena *arena) {
    const Run *run = object_store_find(world->stores[WORLD_RUN], namespace, name);
    const Stack *stack = run ? find_stack(world, namespace, run->spec.stack.name) : NULL;
    if (!stack || !str_equal(stack->meta.uid, run->spec.stack.uid))
        return false;
    *out = (RunView){
        .run = run,
        .stack = stack,
        .plan_job = find_job(world, run, "plan", arena),
        .apply_job = find_job(world, run, "apply", arena),
    };
    add_pods(world, out->plan_job, &out->plan_pods, arena);
    add_pods(world, out->apply_job, &out->apply_pods, arena);
    add_other_runs(world, run, out, arena);
    add_approvals(world, run, out, arena);
    add_approvals(world, out->origin, out, arena);
    world_add_lanes(world, run, out, arena);
    return true;
}

bool world_view_lane(const World *world, Str name, LaneView *out, Arena *arena) {
    const Lane *lane = object_store_find(world->stores[WORLD_LANE], STR_EMPTY, name);
    if (!lane)
        return false;
    *out = (LaneView){.lane = lane};
    vec_each(&lane->status.holders, holder)
        vec_push(arena, &out->holders,
                 object_store_find(world->stores[WORLD_RUN], holder->namespace, holder->name));
    return true;
}

/* Jobs and pods of a finished Run decide nothing any more. */

static void forget_phase(World *world, const Run *run, const char *phase, Arena *arena) {
    Str name = str_format(arena, "%.*s-%s", STR_ARG(run->meta.name), phase);
    Str key = key_of(run->meta.namespace, name, arena);
    const Pod *pod;
    object_store_remove(world->stores[WORLD_JOB], run->meta.namespace, name);
    while ((
        pod = object_store_next_of(world->stores[WORLD_POD], PODS_OF_JOB, key, &(ObjectCursor){0})))
        object_store_remove(world->stores[WORLD_POD], pod->meta.namespace, pod->meta.name);
}

void world_forget(World *world, WorldKind kind, const ObjectMeta *meta, Arena *arena) {
    const Run *run = NULL;
    if (kind == WORLD_RUN)
        run = (const Run *)meta;
    else if (kind == WORLD_JOB || kind == WORLD_POD)
        run = object_store_find(world->stores[WORLD_RUN], meta->namespace, meta->labels.run);
    if (!run || !run_is_finished(run))
        return;
    forget_phase(world, run, "plan", arena);
    forget_phase(world, run, "apply", arena);
}

/* Changes. */

static void touch_stack(const WorldTouch *touch, const ObjectMeta *stack) {
    touch->touch(touch->payload, WORLD_STACK, stack->namespace, stack->name);
}

static void touch_group(const World *world, size_t which, Str key, const WorldTouch *touch) {
    const Stack *stack;
    for (ObjectCursor at = {0}; key.len > 0 && (stack = object_store_next_of(
                                                    world->stores[WORLD_STACK], which, key, &at));)
        touch_stack(touch, &stack->meta);
}

/* Stacks that share a state wait for the oldest one, which may be about to go, or to get another
 * state. */
static void touch_sharing(const World *world, const Stack *stack, const WorldTouch *touch,
                          Arena *arena) {
    const Stack *old = object_store_replaced(world->stores[WORLD_STACK], &stack->meta);
    Str key = stack_state_key(stack, arena), was = old ? stack_state_key(old, arena) : key;
    if (stack->meta.deleted_ms != 0 || (key.len > 0 && find_oldest(world, key) == stack))
        touch_group(world, STACKS_OF_STATE, key, touch);
    if (!str_equal(was, key))
        touch_group(world, STACKS_OF_STATE, was, touch);
}

/* The Run that it names, and the current one, which may have kept that one's plan. */
static void touch_approved(const World *world, const Approval *approval, const WorldTouch *touch) {
    Str namespace = approval->meta.namespace;
    const Stack *stack = find_stack(world, namespace, approval->spec.stack);
    touch->touch(touch->payload, WORLD_RUN, namespace, approval->spec.run.name);
    if (stack && stack->status.current_run.len > 0)
        touch->touch(touch->payload, WORLD_RUN, namespace, stack->status.current_run);
}

/* The Runs for which the lane has a place. */
static void touch_next(const World *world, Str name, const WorldTouch *touch, Arena *arena) {
    const Lane *lane = object_store_find(world->stores[WORLD_LANE], STR_EMPTY, name);
    WaitingCursor cursor = waiting_of(name, lane, arena);
    size_t left = lane ? free_places(lane) : 0;
    const Run *run;
    while (left > 0 && (run = next_waiting(world, &cursor))) {
        touch->touch(touch->payload, WORLD_RUN, run->meta.namespace, run->meta.name);
        left--;
    }
}

/* The Runs that have a place in the lane, and none in the other version of it. */
static void touch_holders(const Lane *lane, const Lane *other, const WorldTouch *touch,
                          Arena *arena) {
    WaitingCursor cursor = waiting_of(lane->meta.name, other, arena);
    vec_each(&lane->status.holders, holder) {
        if (!map_has(&cursor.holders, holder->uid))
            touch->touch(touch->payload, WORLD_RUN, holder->namespace, holder->name);
    }
}

/* A Run that waits says whether its lane exists. */
static void touch_lane(const World *world, const Lane *lane, const WorldTouch *touch,
                       Arena *arena) {
    const Lane *old = object_store_replaced(world->stores[WORLD_LANE], &lane->meta);
    WaitingCursor cursor = waiting_of(lane->meta.name, NULL, arena);
    const Run *run;
    touch->touch(touch->payload, WORLD_LANE, STR_EMPTY, lane->meta.name);
    if (lane->meta.deleted_ms == 0 && old) {
        touch_holders(lane, old, touch, arena);
        touch_holders(old, lane, touch, arena);
        touch_next(world, lane->meta.name, touch, arena);
        return;
    }
    while ((run = next_waiting(world, &cursor)))
        touch->touch(touch->payload, WORLD_RUN, run->meta.namespace, run->meta.name);
}

/* Those that waited behind it may be next when it does not wait any more. */
static void touch_run(const World *world, const Run *run, const WorldTouch *touch, Arena *arena) {
    touch->touch(touch->payload, WORLD_RUN, run->meta.namespace, run->meta.name);
    touch->touch(touch->payload, WORLD_STACK, run->meta.namespace, run->spec.stack.name);
    vec_each(&run->spec.template.lanes, lane) {
        touch->touch(touch->payload, WORLD_LANE, STR_EMPTY, *lane);
        if (run_is_finished(run) || run->status.planned_ms != 0 || run->meta.deleted_ms != 0)
            touch_next(world, *lane, touch, arena);
    }
}

static void touch_source(const World *world, WorldKind kind, const ObjectMeta *meta,
                         const WorldTouch *touch, Arena *arena) {
    Str key = source_key(str_from_cstr(source_kinds[kind]), meta->namespace, meta->name, arena);
    touch_group(world, STACKS_OF_SOURCE, key, touch);
}

void world_touch(const World *world, WorldKind kind, const ObjectMeta *meta,
                 const WorldTouch *touch, Arena *arena) {
    switch (kind) {
    case WORLD_STACK:
        touch_stack(touch, meta);
        touch_group(world, STACKS_USING, key_of(meta->namespace, meta->name, arena), touch);
        touch_sharing(world, (const Stack *)meta, touch, arena);
        if (((const Stack *)meta)->status.current_run.len > 0)
            touch->touch(touch->payload, WORLD_RUN, meta->namespace,
                         ((const Stack *)meta)->status.current_run);
        return;
    case WORLD_RUN: touch_run(world, (const Run *)meta, touch, arena); return;
    case WORLD_APPROVAL: touch_approved(world, (const Approval *)meta, touch); return;
    case WORLD_LANE: touch_lane(world, (const Lane *)meta, touch, arena); return;
    case WORLD_JOB:
    case WORLD_POD:
        if (meta->labels.run.len > 0)
            touch->touch(touch->payload, WORLD_RUN, meta->namespace, meta->labels.run);
        return;
    case WORLD_GIT_REPOSITORY:
    case WORLD_OCI_REPOSITORY:
    case WORLD_BUCKET:
    case WORLD_EXTERNAL_ARTIFACT: touch_source(world, kind, meta, touch, arena); return;
    case WORLD_KINDS: return;
    }
}

void world_touch_listening(const World *world, Str lineage, const WorldTouch *touch) {
    const Stack *stack;
    for (ObjectCursor at = {0}; (stack = object_store_next_of(world->stores[WORLD_STACK],
                                                              STACKS_LISTENING, lineage, &at));)
        touch->touch(touch->payload, WORLD_CHANGE, stack->meta.namespace, stack->meta.name);
}
