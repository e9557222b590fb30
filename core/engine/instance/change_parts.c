/* change_parts: checks and masks the parts of a plan response. During a call, it compares each part
 * with the plan and records it in the journal. */
#include "change_parts.h"

#include "mask.h"

#include <pthread.h>

static const PendingAction pending_actions[] = {
    [PART_CREATE] = PENDING_CREATE,
    [PART_UPDATE] = PENDING_UPDATE,
    [PART_REPLACE] = PENDING_REPLACE,
    [PART_DELETE] = PENDING_DELETE,
};
static_assert(ARRAY_COUNT(pending_actions) == PART_DELETE + 1, "every action is recorded as one");

static Action parts_action_of(PartAction action) {
    static const Action actions[] = {
        [PART_CREATE] = ACTION_CREATE,
        [PART_UPDATE] = ACTION_UPDATE,
        [PART_REPLACE] = ACTION_DELETE_THEN_CREATE,
        [PART_DELETE] = ACTION_DELETE,
    };
    return actions[action];
}

/* Parts of a plan. */

static bool parts_reject(InstanceOp *op, Str key, const char *why) {
    return diags_fail(&op->diags, NO_RANGE, "Provider produced invalid plan",
                      "Object \"%.*s\" of %.*s: %s. This is a bug in the provider.", STR_ARG(key),
                      STR_ARG(op->address), why);
}

static bool parts_is_object(Value value) {
    return value_is_present(value) &&
           (value.type->kind == KIND_OBJECT || value.type->kind == KIND_MAP);
}

/* Returns true if the part has exactly the values that its action requires before and after it. */
static bool parts_is_consistent(const ChangePart *part) {
    bool has_before = part->action != PART_CREATE;
    bool has_after = part->action != PART_DELETE;
    return (has_before ? parts_is_object(part->before) : value_is_null(part->before)) &&
           (has_after ? parts_is_object(part->after) : value_is_null(part->after)) &&
           value_is_wholly_known(part->before);
}

static bool check_answer(InstanceOp *op, const PlanResponse *response, bool deletes) {
    Map keys = map_new(op->scratch);
    vec_each(&response->parts, part) {
        if (part->key.len == 0)
            return parts_reject(op, part->key, "it has no key");
        if (map_has(&keys, part->key))
            return parts_reject(op, part->key, "its key occurs twice");
        map_set(&keys, part->key, part);
        if (!parts_is_consistent(part))
            return parts_reject(
                op, part->key,
                "its planned values before and after the change do not match its action");
        if (deletes && part->action != PART_DELETE)
            return parts_reject(op, part->key, "it is not deleted, but its resource is");
    }
    return true;
}

/* If a part changes, the object must change too. */
static bool check_same(InstanceOp *op, Value prior, const PlanResponse *response) {
    bool is_same = value_is_present(prior) && value_equal(prior, response->planned);
    bool changes = response->parts.count > 0 || response->has_unknown_parts;
    if (!is_same || !changes)
        return true;
    return parts_reject(op, response->parts.count > 0 ? response->parts.items[0].key : STR_EMPTY,
                        "it has a planned change, but its resource has none");
}

static Value parts_mark(const InstanceOp *op, const ChangePart *part, Value value) {
    return path_mark(value, &part->sensitive, MARK_SENSITIVE, op->scratch);
}

static Value parts_keep_value(InstanceOp *op, const SecretIndex *secrets, const ChangePart *part,
                              Value value) {
    return value_clone(mask_value(parts_mark(op, part, value), secrets, op->scratch), op->keep);
}

static Str keep_text(InstanceOp *op, const SecretIndex *secrets, Str text) {
    return str_clone(mask_text(text, secrets, op->scratch), op->keep);
}

static void keep_part(InstanceOp *op, const SecretIndex *secrets, const ChangePart *part,
                      PartChange *out) {
    *out = (PartChange){
        .key = str_clone(part->key, op->keep),
        .action = parts_action_of(part->action),
        .before = parts_keep_value(op, secrets, part, part->before),
        .after = parts_keep_value(op, secrets, part, part->after),
    };
    out->title = keep_text(op, secrets, part->key);
    vec_each(&part->replace_paths, path) {
        vec_push(op->keep, &out->replace_paths, path_clone(*path, op->keep));
    }
    vec_each(&part->notes, note) {
        ChangeNote copy = {path_clone(note->path, op->keep), keep_text(op, secrets, note->text)};
        vec_push(op->keep, &out->notes, copy);
    }
}

/* Texts of one part may contain secrets of other parts or of variables, so all secrets are
 * collected first. */
static void parts_collect_secrets(InstanceOp *op, const PlanResponse *response) {
    mask_collect_variables(op->walk->engine->config->root, op->walk->options->variables,
                           &op->secrets, op->scratch);
    vec_each(&response->parts, part) {
        mask_collect(parts_mark(op, part, part->before), &op->secrets, op->scratch);
        mask_collect(parts_mark(op, part, part->after), &op->secrets, op->scratch);
    }
}

/* Indexes the secrets of the operation and of its provider configuration. */
static SecretIndex index_secrets(const InstanceOp *op) {
    StrVec all = {0};
    vec_each(&op->secrets, secret) {
        vec_push(op->scratch, &all, *secret);
    }
    vec_each(&op->provider->secrets, secret) {
        vec_push(op->scratch, &all, *secret);
    }
    return secret_index_new(&all, op->scratch);
}

/* A part of the predecessor is deleted with it. If the successor has the same part, the part is
 * replaced. */
static void keep_deletions(InstanceOp *op, const SecretIndex *secrets, const PlanResponse *gone,
                           ResourceChange *change) {
    Map places = map_new(op->scratch); /* key → index + 1 */
    for (size_t i = 0; i < change->parts.count; i++)
        map_set(&places, change->parts.items[i].key, (void *)(uintptr_t)(i + 1));
    vec_each(&gone->parts, part) {
        size_t place = (size_t)(uintptr_t)map_find(&places, part->key);
        if (place == 0) {
            keep_part(op, secrets, part, vec_add(op->keep, &change->parts));
            continue;
        }
        PartChange *same = &change->parts.items[place - 1];
        same->action = ACTION_DELETE_THEN_CREATE;
        same->before = parts_keep_value(op, secrets, part, part->before);
    }
}

bool change_parts_keep(InstanceOp *op, Value prior, const PlanResponse *response,
                       const PlanResponse *gone, ResourceChange *change) {
    if (!check_answer(op, response, change->action == ACTION_DELETE) ||
        !check_same(op, prior, response) || (gone && !check_answer(op, gone, true)))
        return false;
    parts_collect_secrets(op, response);
    if (gone)
        parts_collect_secrets(op, gone);
    SecretIndex secrets = index_secrets(op);
    change->has_unknown_parts = response->has_unknown_parts;
    vec_each(&response->parts, part) {
        keep_part(op, &secrets, part, vec_add(op->keep, &change->parts));
    }
    if (gone)
        keep_deletions(op, &secrets, gone, change);
    plan_sort_parts(change);
    return true;
}

/* Returns true if the approved plan shows this change of a part. */
static bool parts_is_approved(const ResourceChange *change, const ChangePart *part) {
    const PartChange *approved = plan_find_part(change, part->key);
    bool replaces = action_is_replace(change->action);
    if (!approved)
        return change->has_unknown_parts &&
               (part->action == PART_CREATE || part->action == PART_UPDATE);
    if (replaces && approved->action == ACTION_DELETE_THEN_CREATE)
        return part->action == PART_CREATE;
    return approved->action == parts_action_of(part->action);
}

bool change_parts_check_final(InstanceOp *op, Value prior, const PlanResponse *response,
                              const ResourceChange *change) {
    if (!check_answer(op, response, false) || !check_same(op, prior, response))
        return false;
    parts_collect_secrets(op, response);
    vec_each(&response->parts, part) {
        if (parts_is_approved(change, part))
            continue;
        return diags_fail(&op->diags, NO_RANGE, "Provider produced inconsistent final plan",
                          "The action now planned for object \"%.*s\" of %.*s is \"%s\", which "
                          "differs from the approved plan. Make a new plan.",
                          STR_ARG(part->key), STR_ARG(op->address),
                          pending_action_name(pending_actions[part->action]));
    }
    return true;
}

/* Parts of a call. */

typedef struct PlannedPart {
    PartAction action;
    Str title;
    bool is_recorded; /* the journal has its beginning */
    bool has_begun;
    bool has_ended;
} PlannedPart;

struct PartWork {
    pthread_mutex_t mutex; /* guards the members below, except `op` and `sequence` */
    Arena *arena;
    InstanceOp *op;
    uint64_t sequence;
    Map planned;      /* key → PlannedPart */
    bool admits_more; /* deletion: the plan did not know all parts */
    bool has_begun;   /* a part was begun */
    size_t ended;
};

static PlannedPart *expect(PartWork *work, Str key, PartAction action, Str title) {
    PlannedPart *part = arena_new(work->arena, PlannedPart);
    *part = (PlannedPart){.action = action, .title = str_clone(title, work->arena)};
    map_set(&work->planned, str_clone(key, work->arena), part);
    return part;
}

static Str parts_title_of(const ResourceChange *change, const SecretIndex *secrets, Str key,
                          Arena *arena) {
    const PartChange *part = plan_find_part(change, key);
    return part ? part->title : mask_text(key, secrets, arena);
}

bool change_parts_has_begun(const PartWork *work) {
    return work && work->has_begun;
}

static bool parts_report_result(const PartWork *work, Str key, const char *why, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Provider produced inconsistent result after apply",
                      "Object \"%.*s\" of %.*s %s. This is a bug in the provider.", STR_ARG(key),
                      STR_ARG(work->op->address), why);
}

bool change_parts_check_done(const PartWork *work) {
    map_each(&work->planned, entry) {
        const PlannedPart *part = entry->value;
        if (!part->has_ended)
            return parts_report_result(work, entry->key,
                                       part->has_begun
                                           ? "was started and not ended"
                                           : "has a planned change, but was not changed",
                                       &work->op->diags);
    }
    return true;
}

/* The journal reports its failure once. Every part that it cannot record gets an error
 * nevertheless. */
static bool report_unrecorded(const PartWork *work, Str key, size_t before, Diags *diags) {
    if (diags->error_count == before)
        diags_error(diags, NO_RANGE, "Change not recorded",
                    "The journal can no longer record object \"%.*s\" of %.*s, so no further "
                    "operation is started.",
                    STR_ARG(key), STR_ARG(work->op->address));
    return false;
}

static void parts_report_part(const PartWork *work, const PlannedPart *part) {
    WalkEvent event = instance_op_event(work->op, EVENT_APPLY_PROGRESS);
    event.text = part->title;
    event.done = work->ended;
    event.total = work->planned.count;
    hooks_send(work->op->walk->engine->hooks, &event);
}

static const char *parts_problem_of(const PlannedPart *part, const PartIntent *intent) {
    if (!part)
        return "was changed without a planned change";
    if (part->action != intent->action)
        return "was not changed as planned";
    return part->has_begun ? "was started twice" : NULL;
}

/* Returns NULL, with an error, if the part must not begin. */
static PlannedPart *begin_part(PartWork *work, const PartIntent *intent, Diags *diags) {
    PlannedPart *part = map_find(&work->planned, intent->key);
    if (!part && work->admits_more)
        part = expect(work, intent->key, PART_DELETE, intent->key);
    const char *problem = parts_problem_of(part, intent);
    if (problem) {
        (void)parts_report_result(work, intent->key, problem, diags);
        return NULL;
    }
    part->has_begun = true;
    work->has_begun = true;
    parts_report_part(work, part);
    return part;
}

static StatePart beginning(const PartIntent *intent) {
    return (StatePart){
        .key = intent->key, .action = pending_actions[intent->action], .marker = intent->marker};
}

/* begin_part_call rejects the parts that this function omits. The mutex is free during the sync, so
 * that other parts can begin. */
static bool record_parts_call(void *payload, const PartIntent *intents, size_t count,
                              Diags *diags) {
    InstanceOp *op = payload;
    PartWork *work = op->parts;
    SCOPED(ArenaRef) scratch = arena_open("parts");
    VEC(PlannedPart *) planned = {0};
    StateParts parts = {0};
    CHECK(work);
    pthread_mutex_lock(&work->mutex);
    for (size_t i = 0; i < count; i++) {
        PlannedPart *part = map_find(&work->planned, intents[i].key);
        if (parts_problem_of(part, &intents[i]) || part->is_recorded)
            continue;
        vec_push(scratch, &planned, part);
        vec_push(scratch, &parts, beginning(&intents[i]));
    }
    pthread_mutex_unlock(&work->mutex);
    if (!working_state_parts(op->walk->working, work->sequence, &parts, diags))
        return false;
    pthread_mutex_lock(&work->mutex);
    vec_each(&planned, part)
        (*part)->is_recorded = true;
    pthread_mutex_unlock(&work->mutex);
    return true;
}

static bool record_beginning(const PartWork *work, const PartIntent *intent, bool is_recorded,
                             Diags *diags) {
    WorkingState *working = work->op->walk->working;
    if (is_recorded)
        return working_state_may_change(working, diags);
    StatePart part = beginning(intent);
    StateParts parts = {.items = &part, .count = 1};
    return working_state_parts(working, work->sequence, &parts, diags);
}

/* Releases the mutex before writing the journal, so that parts begun in parallel share one sync. */
static bool begin_part_call(void *payload, const PartIntent *intent, Diags *diags) {
    const InstanceOp *op = payload;
    PartWork *work = op->parts;
    size_t before = diags->error_count;
    CHECK(work);
    pthread_mutex_lock(&work->mutex);
    const PlannedPart *part = begin_part(work, intent, diags);
    bool is_recorded = part && part->is_recorded;
    pthread_mutex_unlock(&work->mutex);
    return part && (record_beginning(work, intent, is_recorded, diags) ||
                    report_unrecorded(work, intent->key, before, diags));
}

static bool end_part_call(void *payload, Str key, Str private_data, Diags *diags) {
    InstanceOp *op = payload;
    PartWork *work = op->parts;
    size_t before = diags->error_count;
    CHECK(work);
    pthread_mutex_lock(&work->mutex);
    PlannedPart *part = map_find(&work->planned, key);
    bool ok = part && part->has_begun && !part->has_ended;
    if (ok) {
        part->has_ended = true;
        work->ended++;
    }
    pthread_mutex_unlock(&work->mutex);
    if (!ok)
        return parts_report_result(work, key, "was ended without a start", diags);
    StatePart record = {.key = key, .has_ended = true, .private_data = private_data};
    StateParts records = {.items = &record, .count = 1};
    return working_state_parts(op->walk->working, work->sequence, &records, diags) ||
           report_unrecorded(work, key, before, diags);
}

PartWork *change_parts_open(InstanceOp *op, const ResourceChange *change,
                            const PlanResponse *response, uint64_t sequence) {
    Arena *arena = arena_open("parts");
    PartWork *work = arena_new(arena, PartWork);
    *work = (PartWork){.arena = arena, .op = op, .sequence = sequence};
    work->planned = map_new(arena);
    pthread_mutex_init(&work->mutex, NULL);
    op->parts = work;
    op->parts_record = record_parts_call;
    op->part_begin = begin_part_call;
    op->part_end = end_part_call;
    if (response) {
        SecretIndex secrets = secret_index_new(&op->secrets, op->scratch);
        vec_each(&response->parts, part) {
            expect(work, part->key, part->action,
                   parts_title_of(change, &secrets, part->key, arena));
        }
        return work;
    }
    work->admits_more = change->has_unknown_parts;
    vec_each(&change->parts, part) {
        if (part->action == ACTION_DELETE || part->action == ACTION_DELETE_THEN_CREATE)
            expect(work, part->key, PART_DELETE, part->title);
    }
    return work;
}

void change_parts_close(PartWork *work) {
    if (!work)
        return;
    work->op->parts = NULL;
    work->op->parts_record = NULL;
    work->op->part_begin = NULL;
    work->op->part_end = NULL;
    pthread_mutex_destroy(&work->mutex);
    arena_close(work->arena);
}
