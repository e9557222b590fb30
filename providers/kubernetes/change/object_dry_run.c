#include "object_dry_run.h"

#include "field_path.h"
#include "json.h"
#include "kube_object.h"
#include "merge_patch.h"
#include "object_secret.h"
#include "object_takeover.h"
#include "object_view.h"

typedef struct DryRunning {
    const ObjectTarget *target;
    ObjectTakeover takeover;
    DryRun *out;
    PlanNotes *notes;
    Diags *diags;
} DryRunning;

static KubeOutcome dry_run_decode(const DryRunning *running, KubeOutcome outcome) {
    DryRun *out = running->out;
    const ObjectTarget *target = running->target;
    if (outcome != KUBE_DONE)
        return outcome;
    if (!kube_client_decode(&out->response, &out->result, target->kube.arena))
        return KUBE_FAILED;
    out->result = cluster_without_ignored(target->cluster, out->result, target->request->manifest,
                                          target->kube.arena);
    return KUBE_DONE;
}

static KubeOutcome dry_run_send(const DryRunning *running, Value body, bool should_force) {
    const ObjectTarget *target = running->target;
    KubeApply apply = {
        .ref = target->ref,
        .body = json_text(body, target->kube.arena),
        .manager = target->request->options->manager,
        .should_force = should_force,
        .is_dry_run = true,
    };
    return dry_run_decode(
        running, kube_call_apply(&target->kube, &apply, &running->out->response, running->diags));
}

/* An apply removes the fields that a takeover gains and the body lacks. A dry run cannot change
 * owners, so it removes these fields by a patch, and the server adds defaults. */
static KubeOutcome send_takeover(const DryRunning *running, Value live) {
    const ObjectTarget *target = running->target;
    Arena *arena = target->kube.arena;
    Value applied = running->out->result;
    Value wanted = object_takeover_without(target, applied);
    Value managers;
    if (value_equal(wanted, applied))
        return KUBE_DONE;
    KubePatch patch = {
        .ref = target->ref,
        .type = KUBE_PATCH_MERGE,
        .body = json_text(merge_patch_of(object_view_settings(live, arena),
                                         object_view_settings(wanted, arena), arena),
                          arena),
        .manager = target->request->options->manager,
        .is_dry_run = true,
    };
    KubeOutcome outcome = dry_run_decode(
        running, kube_call_patch(&target->kube, &patch, &running->out->response, running->diags));
    if (outcome == KUBE_DONE && kube_object_find(applied, "metadata", "managedFields", &managers))
        running->out->result =
            kube_object_with(running->out->result, "metadata", "managedFields", managers, arena);
    return outcome;
}

/* An Update; the server adds the version to the texts of Updates only. Replica counts that a
 * program sets through the subresource "scale" are the work of an autoscaler. */
static bool is_by_hand(const KubeFieldError *field) {
    bool is_update = str_find(field->message, STR(" using "), 0) != SIZE_MAX;
    bool is_scale = str_find(field->message, STR(" with subresource "), 0) != SIZE_MAX;
    return is_update && (!is_scale || str_starts_with(field->manager, STR("\"kubectl")));
}

/* Returns whether the last configuration had the field, as far as its path can be read. */
static bool was_configured(const ObjectRequest *request, Str field) {
    bool is_whole;
    Value found;
    Path path = field_path_read(field, request->prior_manifest, &is_whole, request->call->arena);
    return is_whole && path.count > 0 && path_get(request->prior_manifest, path, &found) &&
           !value_is_null(found);
}

static void note_field(const ObjectTarget *target, const KubeFieldError *field, PlanNotes *notes) {
    const ObjectRequest *request = target->request;
    Arena *arena = request->call->arena;
    bool was_ours = is_by_hand(field) && was_configured(request, field->path);
    Str name = str_starts_with(field->path, STR(".")) ? str_after(field->path, 1) : field->path;
    Str text = str_format(arena, "%.*s %s %.*s", STR_ARG(name),
                          was_ours ? "was changed by" : "is taken from", STR_ARG(field->manager));
    PlanNote note = {.path = object_target_path(request, request->object_path, field->path),
                     .text = text};
    vec_push(arena, notes, note);
}

/* Returns whether the field of a conflict belongs to one of the tools. */
static bool dry_run_has_taken(const ObjectTakeover *takeover, const KubeFieldError *field,
                              Arena *arena) {
    /* The server adds the version to the texts of Updates only. */
    bool is_update = str_find(field->message, STR(" using "), 0) != SIZE_MAX;
    vec_each(&takeover->taken, manager) {
        Str name = str_format(arena, "\"%.*s\"", STR_ARG(manager->name));
        if (str_equal(field->manager, name) &&
            str_equal_cstr(manager->operation, is_update ? "Update" : "Apply"))
            return true;
    }
    return false;
}

/* Adds a note that names the tools, if there are any. */
static void dry_run_note_taken(const ObjectTarget *target, const ObjectTakeover *takeover,
                               PlanNotes *notes) {
    Arena *arena = target->kube.arena;
    StrVec names = {0};
    vec_each(&takeover->taken, manager) {
        Str name = str_format(arena, "\"%.*s\"", STR_ARG(manager->name));
        if (!str_is_among(name, names.items, names.count))
            vec_push(arena, &names, name);
    }
    if (names.count == 0)
        return;
    Str text = str_format(arena, "loam takes over the fields of %.*s",
                          STR_ARG(str_join(names.items, names.count, STR(", "), arena)));
    PlanNote note = {.text = text};
    vec_push(arena, notes, note);
}

/* Returns whether all conflicts may be resolved by force, and notes them. The apply needs no force
 * for fields that are taken over. */
static bool may_take(DryRunning *running, const KubeFieldErrors *fields) {
    const ObjectRequest *request = running->target->request;
    KubeFieldErrors forced = {0};
    vec_each(fields, field) {
        if (!dry_run_has_taken(&running->takeover, field, request->call->arena))
            vec_push(request->call->arena, &forced, *field);
    }
    vec_each(&forced, field) {
        if (!request->options->should_force &&
            !(is_by_hand(field) && was_configured(request, field->path)))
            return false;
    }
    vec_each(&forced, field)
        note_field(running->target, field, running->notes);
    running->out->should_force = forced.count > 0;
    return fields->count > 0;
}

static DryRunOutcome immutable(const ObjectTarget *target, DryRun *out) {
    Arena *arena = target->kube.arena;
    KubeFieldErrors fields = kube_error_fields(&out->response, arena);
    out->why = out->response.status.message;
    if (fields.count) {
        out->field = fields.items[0].path;
        out->why = str_format(arena, "%.*s%s%.*s", STR_ARG(out->field), out->field.len ? ": " : "",
                              STR_ARG(fields.items[0].message));
    }
    if (str_starts_with(out->why, STR(".")))
        out->why = str_after(out->why, 1);
    out->why = object_secret_mask(target->request->manifest, out->why, arena);
    out->why = object_secret_hide(out->why, target->request->call->secrets, arena);
    return DRY_RUN_IMMUTABLE;
}

static DryRunOutcome impossible(DryRun *out, const char *why) {
    out->why = str_from_cstr(why);
    return DRY_RUN_IMPOSSIBLE;
}

static DryRunOutcome outcome_of_failure(const ObjectTarget *target, Value live, DryRun *out,
                                        Diags *diags) {
    bool is_planning = target->request->call->is_planning;
    KubeErrorClass class = kube_error_class(&target->ref, &out->response);
    if (class == KUBE_ERROR_IMMUTABLE && value_is_present(live))
        return immutable(target, out);
    if (class == KUBE_ERROR_NAMESPACE && is_planning)
        return impossible(out, "its namespace does not exist yet");
    if (class == KUBE_ERROR_TERMINATING && is_planning)
        return impossible(out, "its namespace is being deleted");
    if (class == KUBE_ERROR_WEBHOOK)
        return impossible(out, "an admission webhook cannot be called");
    if (class == KUBE_ERROR_WEBHOOK_DRY_RUN)
        return impossible(out, "an admission webhook does not support dry runs");
    (void)object_target_report(target, "Kubernetes object not planned", &out->response, diags);
    return DRY_RUN_FAILED;
}

DryRunOutcome object_dry_run(const ObjectTarget *target, Value body, Value live, DryRun *out,
                             PlanNotes *notes, Diags *diags) {
    DryRunning running = {target, object_takeover_of(target, live), out, notes, diags};
    *out = (DryRun){.result = value_null(&TYPE_DYNAMIC)};
    KubeOutcome outcome = dry_run_send(&running, body, false);
    if (outcome == KUBE_CONFLICT &&
        kube_error_class(&target->ref, &out->response) == KUBE_ERROR_OWNED) {
        KubeFieldErrors fields = kube_error_fields(&out->response, target->kube.arena);
        if (may_take(&running, &fields))
            outcome = dry_run_send(&running, body, true);
    }
    if (outcome == KUBE_DONE && running.takeover.taken.count)
        outcome = send_takeover(&running, live);
    if (outcome != KUBE_DONE)
        return outcome_of_failure(target, live, out, diags);
    dry_run_note_taken(target, &running.takeover, notes);
    return DRY_RUN_DONE;
}
