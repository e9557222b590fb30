/* object_dry_run: requests and conflicts. */
#include "object_dry_run.h"

#include "field_path.h"
#include "json.h"
#include "kube_object.h"
#include "object_secret.h"

static KubeOutcome send(
    const ObjectTarget *target, Value body, bool should_force, DryRun *out, Diags *diags) {
    KubeApply apply = {
        .ref = target->ref,
        .body = json_text(body, target->kube.arena),
        .manager = target->request->options->manager,
        .should_force = should_force,
        .is_dry_run = true,
    };
    KubeOutcome outcome = kube_call_apply(&target->kube, &apply, &out->response, diags);
    if (outcome == KUBE_DONE &&
        !kube_client_decode(&out->response, &out->result, target->kube.arena))
        return KUBE_FAILED;
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
    PlanNote note = {.path = object_target_path(request->object_path, field->path, arena),
                     .text = text};
    vec_push(arena, notes, note);
}

/* Returns whether all conflicts may be resolved by force, and notes them. */
static bool may_take(const ObjectTarget *target, const KubeFieldErrors *fields, PlanNotes *notes) {
    const ObjectRequest *request = target->request;
    bool is_known = fields->count > 0;
    vec_each(fields, field) {
        bool is_ours = is_by_hand(field) && was_configured(request, field->path);
        is_known = is_known && (is_ours || request->options->should_force);
    }
    if (is_known) {
        vec_each(fields, field)
            note_field(target, field, notes);
    }
    return is_known;
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

static DryRunOutcome outcome_of_failure(const ObjectTarget *target,
                                        Value live,
                                        DryRun *out,
                                        Diags *diags) {
    bool is_planning = target->request->call->is_planning;
    KubeErrorClass class = kube_error_class(&target->ref, &out->response);
    if (class == KUBE_ERROR_IMMUTABLE && value_is_present(live))
        return immutable(target, out);
    if (class == KUBE_ERROR_NAMESPACE && is_planning)
        return impossible(out, "its namespace does not exist yet");
    if (class == KUBE_ERROR_WEBHOOK)
        return impossible(out, "an admission webhook cannot be called");
    if (class == KUBE_ERROR_WEBHOOK_DRY_RUN)
        return impossible(out, "an admission webhook does not support dry runs");
    (void)object_target_report(target, "Kubernetes object not planned", &out->response, diags);
    return DRY_RUN_FAILED;
}

DryRunOutcome object_dry_run(const ObjectTarget *target,
                             Value body,
                             Value live,
                             DryRun *out,
                             PlanNotes *notes,
                             Diags *diags) {
    *out = (DryRun){.result = value_null(&TYPE_DYNAMIC)};
    KubeOutcome outcome = send(target, body, false, out, diags);
    if (outcome == KUBE_CONFLICT &&
        kube_error_class(&target->ref, &out->response) == KUBE_ERROR_OWNED) {
        KubeFieldErrors fields = kube_error_fields(&out->response, target->kube.arena);
        out->should_force = may_take(target, &fields, notes);
        if (out->should_force)
            outcome = send(target, body, true, out, diags);
    }
    return outcome == KUBE_DONE ? DRY_RUN_DONE : outcome_of_failure(target, live, out, diags);
}
