#include "object_apply.h"

#include "field_manager.h"
#include "json.h"
#include "kube_object.h"
#include "object_body.h"
#include "object_delete.h"
#include "object_mark.h"
#include "object_owner.h"
#include "object_secret.h"
#include "object_takeover.h"
#include "object_view.h"
#include "path_error.h"

/* The uid makes the server reject an object that was deleted and created again since the plan. */
static Value object_apply_make_body(const ObjectTarget *target) {
    const ObjectRequest *request = target->request;
    Arena *arena = request->call->arena;
    Value body = object_body_make(request->manifest, &target->ref, arena);
    if (!request->options->is_partial)
        body = object_mark_set(body, object_owner_mark(request), arena);
    if (request->record.uid.len)
        body =
            kube_object_with(body, "metadata", "uid", value_from_str(request->record.uid), arena);
    return body;
}

#define SHOWN_MAX 200

/* Returns the value as JSON, with known secrets hidden; empty if it is long or of a Secret. */
static Str object_apply_shown(const ObjectTarget *target, Value v) {
    const ObjectRequest *request = target->request;
    Str text = json_text(v, request->call->arena);
    bool is_hidden = object_secret_is(request->manifest) || text.len > SHOWN_MAX;
    return is_hidden ? STR_EMPTY
                     : object_secret_hide(text, request->call->secrets, request->call->arena);
}

static void report_difference(const ObjectTarget *target, const FieldDifference *difference,
                              Diags *diags) {
    const ObjectRequest *request = target->request;
    Arena *arena = request->call->arena;
    Str field = path_to_str(difference->path, arena);
    Path path = path_join(request->path, difference->path, arena);
    Str planned = object_apply_shown(target, difference->planned);
    Str found = object_apply_shown(target, difference->found);
    Str values = STR("is not as planned");
    if (planned.len && found.len)
        values = str_format(arena, "was planned as %.*s, but is %.*s after the apply",
                            STR_ARG(planned), STR_ARG(found));
    (void)path_error(request->call, path, diags, "Kubernetes object differs from its plan",
                     "%.*s: \"%.*s\" %.*s: it was changed by an admission webhook or controller.%s",
                     STR_ARG(kube_resource_title(&target->ref, arena)),
                     STR_ARG(str_after(field, 1)), STR_ARG(values),
                     request->options->has_computed_fields ? " List it in computed_fields." : "");
}

/* The fields of the manifest must be as planned. A difference that is expected next time, too,
 * needs a dry run then, so the record has no digests. */
static bool object_apply_check_result(const ObjectTarget *target, Value planned, ObjectApplied *out,
                                      Diags *diags) {
    Arena *arena = target->kube.arena;
    FieldManagers managers = field_managers_read(out->live, arena);
    const FieldManager *own = field_managers_find(&managers, target->request->options->manager);
    if (!own || !value_is_known(planned))
        return true;
    FieldDifferences differences = field_set_compare(own->fields, planned, out->live, arena);
    vec_each(&differences, difference)
        report_difference(target, difference, diags);
    if (differences.count == 0)
        return true;
    out->is_different = true;
    Value seen =
        cluster_without_ignored(target->cluster, out->live, target->request->manifest, arena);
    out->object = object_view_live(seen, &target->resource, arena);
    out->record.body = out->record.live = STR_EMPTY;
    return false;
}

/* Sets the members of `out` that follow from `live`. */
static void keep_live(const Call *call, Value manifest, Value planned, bool has_no_digests,
                      ObjectApplied *out) {
    Arena *arena = call->arena;
    Value seen = cluster_without_ignored(call->client, out->live, manifest, arena);
    Value view = object_view_live(seen, out->ref.resource, arena);
    out->object = object_view_fill(planned, view, arena);
    if (!has_no_digests)
        out->record.live = object_record_live(seen, arena);
}

static void keep_result(const ObjectTarget *target, Value body, Value planned, ObjectApplied *out) {
    const ObjectRequest *request = target->request;
    Arena *arena = request->call->arena;
    body = kube_object_with(body, "metadata", "uid", value_null(&TYPE_STRING), arena);
    server_rules_drop(cluster_rules(target->cluster), &target->resource);
    out->record = (ObjectRecord){
        .cluster = target->identity.id,
        .uid = kube_object_text(out->live, "metadata", "uid"),
    };
    keep_live(request->call, request->manifest, planned, request->options->has_no_digests, out);
    if (request->options->has_no_digests)
        return;
    out->record.body = object_record_body(body, request->options->manager, arena);
    out->record.server = object_target_rules(target);
}

bool object_apply_waited(const Call *call, Value manifest, Value planned, Value before,
                         ObjectApplied *applied) {
    bool is_new = value_is_present(applied->live) && applied->live.as.items != before.as.items;
    if (is_new)
        keep_live(call, manifest, planned, applied->record.body.len == 0, applied);
    return is_new;
}

/* Returns whether a failed request may have reached the server. */
static bool is_in_doubt(const KubeResponse *response) {
    return response->code == 0 && response->attempts > 0 && response->transport != HTTP_DONE &&
           response->transport != HTTP_NO_CONNECTION && response->transport != HTTP_UNKNOWN_NAME &&
           response->transport != HTTP_BAD_CERTIFICATE;
}

static bool report_target(const ObjectRequest *request, Str why, Diags *diags) {
    return path_error(request->call, request->path, diags, "Kubernetes object not applied",
                      "The object cannot be applied: %.*s.", STR_ARG(why));
}

/* Waits for the end of an object of the same name, and checks that there is no other one. */
static bool wait_for_ending(const ObjectTarget *target, Diags *diags) {
    const ObjectRequest *request = target->request;
    PlanNotes notes = {0};
    KubeResponse response;
    Value live = value_null(&TYPE_DYNAMIC);
    Str predecessor;
    if (request->record.ending.len == 0)
        return true;
    if (!object_delete_wait(target, request->record.ending, diags))
        return false;
    KubeOutcome outcome =
        cluster_get(target->cluster, request->call, &target->ref, &live, &response, diags);
    if (outcome != KUBE_DONE && outcome != KUBE_ABSENT)
        return object_target_report(target, "Kubernetes object not read", &response, diags);
    ObjectOwner owner = object_owner_of_new(target, live, &notes, &predecessor, diags);
    if (owner == OWNER_NEW || owner == OWNER_LEFT || owner == OWNER_ADOPTED)
        return true;
    return owner == OWNER_REJECTED ? false
                                   : report_target(request, STR("it is deleted again"), diags);
}

bool object_apply(const ObjectRequest *request, Value planned, ObjectApplied *out, Diags *diags) {
    Arena *arena = request->call->arena;
    ObjectTarget *target = arena_new(arena, ObjectTarget);
    ObjectKey key = object_key_of(request->manifest);
    Str why = STR_EMPTY;
    KubeResponse response;
    *out = (ObjectApplied){.live = value_null(&TYPE_DYNAMIC), .object = value_null(&TYPE_DYNAMIC)};
    ObjectFound found = object_target_open(request, &key, target, &why, diags);
    if (found != OBJECT_FOUND)
        return found == OBJECT_FAILED ? false : report_target(request, why, diags);
    out->ref = target->ref;
    target->takeover = request->record.takeover;
    object_names_add(cluster_names(target->cluster), &target->ref, arena);
    if (!wait_for_ending(target, diags) || !object_takeover_apply(target, diags))
        return false;
    Value body = object_apply_make_body(target);
    KubeApply apply = {
        .ref = target->ref,
        .body = json_text(body, arena),
        .manager = request->options->manager,
        .should_force = request->options->should_force || request->record.should_force,
        .waits_for_webhook = true,
    };
    if (kube_call_apply(&target->kube, &apply, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &out->live, arena)) {
        out->in_doubt = is_in_doubt(&response);
        return object_target_report(target, "Kubernetes object not applied", &response, diags);
    }
    keep_result(target, body, planned, out);
    return object_apply_check_result(target, planned, out, diags);
}
