#include "object_plan.h"

#include "field_manager.h"
#include "json.h"
#include "kube_object.h"
#include "object_body.h"
#include "object_check.h"
#include "object_dry_run.h"
#include "object_mark.h"
#include "object_owner.h"
#include "object_takeover.h"
#include "object_view.h"
#include "path_error.h"
#include "removed_shape.h"

#define NAMES_VALID_MS                                                                             \
    5000 /* age of a list of names during an apply, since others may create objects */

typedef struct Planning {
    const ObjectRequest *request;
    ObjectTarget target;
    Value live; /* null: there is no object */
    Value body; /* with the mark of the comparison */
    ObjectPlan *plan;
    bool is_creation; /* the object of the prior state, if there is one, is not `live` */
    bool has_reread;  /* `live` was read again, because the object was replaced during the plan */
    Arena *arena;
} Planning;

static void object_plan_add_note(Planning *planning, Path path, Str text) {
    PlanNote note = {.path = path, .text = text};
    vec_push(planning->arena, &planning->plan->notes, note);
}

/* Plans a change whose result is known only after the apply; validates the manifest against a
 * schema. `why` is shown in the plan as the reason; it may be empty. */
static bool plan_unseen(Planning *planning, Str why, Diags *diags) {
    const ObjectRequest *request = planning->request;
    planning->plan->object = value_unknown(&TYPE_DYNAMIC);
    if (why.len)
        object_plan_add_note(planning, request->object_path,
                             str_format(planning->arena, "verified at apply: %.*s", STR_ARG(why)));
    bool is_checked = request->call->is_planning && !request->options->is_partial;
    return !is_checked || object_check(request, planning->target.ref.resource != NULL, diags);
}

/* Returns sentences about a version that is removed, unless a definition of this plan has it. */
static Str removed_version(const Planning *planning, const ObjectKey *key) {
    const Cluster *cluster = planning->request->call->client;
    KubeSchema ignored;
    return definitions_find(cluster_definitions(cluster), key->group, key->version, key->kind,
                            &ignored, planning->arena)
               ? STR_EMPTY
               : removed_shape_version_problem(key, planning->arena);
}

static bool plan_absent_kind(Planning *planning, const ObjectKey *key, Str why, Diags *diags) {
    const ObjectRequest *request = planning->request;
    Str removed = removed_version(planning, key);
    if (request->call->is_planning && planning->is_creation && !object_key_is_builtin(key) &&
        removed.len == 0)
        return plan_unseen(planning, why, diags);
    Path path = path_attribute(request->path, removed.len ? STR("apiVersion") : STR("kind"),
                               planning->arena);
    return path_error(request->call, path, diags, "Unknown kind of Kubernetes object",
                      "\"%.*s\" in \"%.*s\": %.*s.%s%.*s", STR_ARG(key->kind),
                      STR_ARG(object_key_api_version(key, planning->arena)), STR_ARG(why),
                      removed.len ? " " : "", STR_ARG(removed));
}

/* Fields that the manifest may have by an older document of its project. */
static bool check_removed_fields(const ObjectRequest *request, Diags *diags) {
    RemovedFields fields = removed_shape_fields(request->manifest, request->call->arena);
    ObjectKey key = object_key_of(request->manifest);
    vec_each(&fields, field)
        (void)path_error(request->call, path_join(request->path, field->path, request->call->arena),
                         diags, "Field is removed", "%.*s \"%.*s\": %.*s", STR_ARG(key.kind),
                         STR_ARG(key.name), STR_ARG(field->text));
    return fields.count == 0;
}

static bool plan_without_server(Planning *planning, Str why, Diags *diags) {
    const ObjectRequest *request = planning->request;
    if (request->call->is_planning && planning->is_creation)
        return plan_unseen(planning, why, diags);
    return path_error(
        request->call, NO_PATH, diags_as(DIAG_UNREACHABLE, diags),
        "Kubernetes API server not reached",
        "The object cannot be planned: %.*s. Check the server's address and that it runs.",
        STR_ARG(why));
}

/* Reports that the approved plan no longer fits the object. `path` is of a resource. */
static bool report_changed(const Planning *planning, Path path, Str why, Diags *diags) {
    Str title = kube_resource_title(&planning->target.ref, planning->arena);
    return path_error(planning->request->call, path, diags,
                      "Kubernetes object changed since the plan", "%.*s %.*s. Make a new plan.",
                      STR_ARG(title), STR_ARG(why));
}

/* Replacing an object that holds others, or data, needs permission. */
static bool object_plan_may_replace(const Planning *planning) {
    static const Str kinds[] = {STR_CONST("Namespace"), STR_CONST("CustomResourceDefinition"),
                                STR_CONST("PersistentVolume"), STR_CONST("PersistentVolumeClaim")};
    const ObjectOptions *options = planning->request->options;
    return options->has_allow_replace
               ? options->allow_replace
               : !str_is_among(planning->target.resource.kind, kinds, ARRAY_COUNT(kinds));
}

static bool object_plan_replacement(Planning *planning, Str field, Str why, Diags *diags) {
    const ObjectRequest *request = planning->request;
    Path path = object_target_path(request, request->path, field);
    Str title = kube_resource_title(&planning->target.ref, planning->arena);
    if (request->options->is_partial)
        return path_error(request->call, path, diags, "Kubernetes object not planned",
                          "%.*s belongs to others, and cannot be changed: %.*s.", STR_ARG(title),
                          STR_ARG(why));
    if (!object_plan_may_replace(planning))
        return path_error(request->call, path, diags, "Kubernetes object must be replaced",
                          "%.*s cannot be updated: %.*s. Its replacement deletes the object first. "
                          "To allow this, set allow_replace = true.",
                          STR_ARG(title), STR_ARG(why));
    planning->plan->action = OBJECT_REPLACE;
    planning->plan->replace_path = path;
    planning->plan->object = value_unknown(&TYPE_DYNAMIC);
    object_plan_add_note(planning, path, why);
    return true;
}

/* The server rejects the update of a field. Only a plan may decide on a replacement, and only of
 * the object of the prior state. */
static bool plan_immutable(Planning *planning, const DryRun *run, Diags *diags) {
    const ObjectRequest *request = planning->request;
    Path path = object_target_path(request, request->path, run->field);
    if (planning->is_creation) {
        ObjectKey key = object_key_of_ref(&planning->target.ref);
        return path_error(request->call, path, diags, "Kubernetes object exists already",
                          "%.*s cannot be changed as configured: %.*s. Delete it, or import it "
                          "with the ID \"%.*s\", so that a plan can replace it.",
                          STR_ARG(kube_resource_title(&planning->target.ref, planning->arena)),
                          STR_ARG(run->why), STR_ARG(object_key_import_id(&key, planning->arena)));
    }
    if (request->call->is_planning)
        return object_plan_replacement(planning, run->field, run->why, diags);
    Str why = str_format(planning->arena, "must now be replaced: %.*s", STR_ARG(run->why));
    return report_changed(planning, path, why, diags);
}

/* The object was deleted since the refresh, or without one, or it is being deleted, which nothing
 * can stop. Its replacement needs no permission. */
static bool plan_new_object(Planning *planning, const char *what, Diags *diags) {
    const ObjectRequest *request = planning->request;
    if (!request->call->is_planning)
        return report_changed(planning, request->path, str_from_cstr(what), diags);
    planning->plan->action = OBJECT_REPLACE;
    planning->plan->replace_path = request->object_path;
    Str why = str_format(planning->arena, "the object %s", what);
    return plan_unseen(planning, why, diags);
}

/* Returns the path of the member that names another object than before; empty if none does. */
static Str renamed_member(const Planning *planning) {
    ObjectKey old = object_key_of(planning->request->prior);
    ObjectKey new = object_key_of(planning->request->manifest);
    if (planning->is_creation || old.name.len == 0)
        return STR_EMPTY;
    if (!str_equal(old.group, new.group))
        return STR(".apiVersion");
    if (!str_equal(old.kind, new.kind))
        return STR(".kind");
    if (old.namespace.len && !str_equal(old.namespace, planning->target.ref.namespace))
        return STR(".metadata.namespace");
    return str_equal(old.name, new.name) ? STR_EMPTY : STR(".metadata.name");
}

/* Makes the body, with the mark that the comparison needs. */
static void object_plan_make_body(Planning *planning) {
    const ObjectRequest *request = planning->request;
    bool is_kept = !planning->is_creation && value_is_present(planning->live);
    Str mark =
        is_kept ? object_owner_kept_mark(request, planning->live) : object_owner_mark(request);
    Value body = object_body_make(request->manifest, &planning->target.ref, planning->arena);
    planning->body =
        request->options->is_partial ? body : object_mark_set(body, mark, planning->arena);
}

/* Nothing changed on either side since the last apply. */
static bool is_as_applied(const Planning *planning) {
    const ObjectRecord *record = &planning->request->record;
    Str manager = planning->request->options->manager;
    return !planning->request->call->is_full_refresh && record->body.len &&
           str_equal(record->body, object_record_body(planning->body, manager, planning->arena)) &&
           str_equal(record->live, object_record_live(planning->live, planning->arena)) &&
           str_equal(record->server, object_target_rules(&planning->target));
}

/* Returns whether the last wait for the object failed, and it is still not ready. */
static bool is_unready(const Planning *planning) {
    const ObjectRequest *request = planning->request;
    return request->record.is_unready &&
           !(request->is_ready &&
             request->is_ready(request->call, request->resource, planning->live));
}

/* The object stays, and the apply waits for it again. */
static bool plan_wait(Planning *planning) {
    const ObjectRequest *request = planning->request;
    planning->plan->object =
        object_view_updated(planning->live, &planning->target.resource, planning->arena);
    object_plan_add_note(planning, request->object_path,
                         STR("was not ready after the last apply; loam waits for it again"));
    return true;
}

static bool plan_nothing(Planning *planning) {
    if (is_unready(planning))
        return plan_wait(planning);
    planning->plan->action = OBJECT_NONE;
    planning->plan->object = planning->request->prior;
    planning->plan->record.has_no_change = true;
    planning->plan->notes.count = 0;
    return true;
}

/* The set of our fields changes: a field of the manifest is new or gone, though its value, which
 * another manager has too, stays. */
static bool changes_ownership(const Planning *planning, Value result) {
    Arena *arena = planning->arena;
    FieldManagers before = field_managers_read(planning->live, arena);
    FieldManagers after = field_managers_read(result, arena);
    const FieldManager *old = field_managers_find(&before, planning->request->options->manager);
    const FieldManager *new = field_managers_find(&after, planning->request->options->manager);
    return old && (!new || !str_equal(field_set_text(old->fields, arena),
                                      field_set_text(new->fields, arena)));
}

static bool object_plan_is_same(const Planning *planning, Value result) {
    const StrVec *computed = &planning->request->options->computed_fields;
    Arena *arena = planning->arena;
    Value before = object_view_settings(planning->live, arena);
    Value after = object_view_settings(result, arena);
    if (planning->target.takeover) {
        before = object_takeover_without_manifest(before, arena);
        after = object_takeover_without_manifest(after, arena);
    }
    before = object_view_unknown_at(before, computed, arena);
    after = object_view_unknown_at(after, computed, arena);
    return value_equal(before, after) && !changes_ownership(planning, result);
}

/* Returns the approved object if our fields become as approved. Other managers may have changed
 * theirs since the plan. */
static bool plan_approved_result(Planning *planning, Value result, Diags *diags) {
    const ObjectRequest *request = planning->request;
    Arena *arena = planning->arena;
    FieldManagers managers = field_managers_read(result, arena);
    const FieldManager *own = field_managers_find(&managers, request->options->manager);
    FieldDifferences differences = {0};
    if (own)
        differences = field_set_compare(own->fields, request->approved, result, arena);
    planning->plan->object = request->approved;
    if (differences.count == 0)
        return true;
    Path path = differences.items[0].path;
    Str field = str_after(path_to_str(path, arena), 1);
    Str why = str_format(arena,
                         "would not become as planned: the API server now returns another \"%.*s\"",
                         STR_ARG(field));
    return report_changed(planning, path_join(request->path, path, arena), why, diags);
}

static bool plan_result(Planning *planning, Value result, Diags *diags) {
    const ObjectRequest *request = planning->request;
    const KubeResource *resource = &planning->target.resource;
    Arena *arena = planning->arena;
    bool is_present = value_is_present(planning->live);
    if (!planning->is_creation && is_present && !request->has_approved &&
        object_plan_is_same(planning, result))
        return plan_nothing(planning);
    if (!request->options->is_partial)
        result = request->call->lineage.len
                     ? object_mark_set(result, object_owner_mark(request), arena)
                     : object_mark_set_unknown(result, arena);
    if (request->has_approved && value_is_present(request->approved))
        return plan_approved_result(planning, result, diags);
    Value object = is_present ? object_view_updated(result, resource, arena)
                              : object_view_created(result, planning->body, resource, arena);
    planning->plan->object =
        object_view_unknown_at(object, &request->options->computed_fields, arena);
    return true;
}

/* Without a dry run, the manifest is compared with the live object. */
static bool plan_by_comparison(Planning *planning, Str why, Diags *diags) {
    bool is_equal = value_is_present(planning->live) && !planning->is_creation &&
                    !planning->request->has_approved &&
                    object_body_is_in(planning->body, planning->live) &&
                    value_equal(planning->request->manifest, planning->request->prior_manifest);
    return is_equal ? plan_nothing(planning) : plan_unseen(planning, why, diags);
}

/* Returns an empty text for objects with write-only values, of which not even a digest may be
 * stored. */
static Str digest_seen(const Planning *planning) {
    const ObjectOptions *options = planning->request->options;
    return options->has_no_digests ? STR_EMPTY
                                   : object_record_seen(planning->body, options->manager,
                                                        planning->live, planning->arena);
}

/* Returns whether the approved plan made a dry run of the same body on the same live object, so
 * that the apply can skip it. The apply still compares its result with the plan. */
static bool object_plan_is_approved(const Planning *planning) {
    const ObjectRecord *approved = &planning->request->approved_record;
    return !planning->request->call->is_planning && approved->seen.len &&
           approved->takeover == planning->target.takeover &&
           str_equal(approved->cluster, planning->target.identity.id) &&
           str_equal(approved->seen, digest_seen(planning));
}

static bool plan_as_approved(Planning *planning) {
    const ObjectRequest *request = planning->request;
    planning->plan->record.should_force = request->approved_record.should_force;
    planning->plan->object = request->approved;
    return true;
}

/* Returns whether the dry run saw another object than the one that was read: it was deleted, and
 * perhaps created again, in between. */
static bool is_overtaken(const Planning *planning, const DryRun *run) {
    Str read = kube_object_text(planning->live, "metadata", "uid");
    Str seen = kube_object_text(run->result, "metadata", "uid");
    return read.len && seen.len && !str_equal(read, seen);
}

static bool plan_overtaken(Planning *planning, Diags *diags);

/* The configuration is that of the last apply, and a controller has only changed the form of
 * values.
 */
static bool is_rewritten(const Planning *planning) {
    const ObjectRequest *request = planning->request;
    Arena *arena = planning->arena;
    if (!request->is_equal || planning->is_creation || !value_is_present(planning->live) ||
        request->has_approved || !value_is_present(request->prior_manifest))
        return false;
    Str prior = json_text(object_body_without_nulls(request->prior_manifest, arena), arena);
    Str now = json_text(object_body_without_nulls(request->manifest, arena), arena);
    return str_equal(prior, now) && request->is_equal(planning->body, planning->live, arena);
}

static bool plan_on_server(Planning *planning, Diags *diags) {
    const ObjectRequest *request = planning->request;
    DryRun run;
    object_plan_make_body(planning);
    if (object_plan_is_approved(planning))
        return plan_as_approved(planning);
    if (!planning->is_creation && value_is_present(planning->live) && !request->has_approved &&
        is_as_applied(planning))
        return plan_nothing(planning);
    if (is_rewritten(planning))
        return plan_nothing(planning);
    if (request->options->has_no_dry_run)
        return plan_by_comparison(planning, STR("server_dry_run is false"), diags);
    switch (object_dry_run(&planning->target, planning->body, planning->live, &run,
                           &planning->plan->notes, diags)) {
    case DRY_RUN_FAILED: return false;
    case DRY_RUN_IMPOSSIBLE: return plan_by_comparison(planning, run.why, diags);
    case DRY_RUN_IMMUTABLE: return plan_immutable(planning, &run, diags);
    case DRY_RUN_DONE: break;
    }
    if (is_overtaken(planning, &run))
        return plan_overtaken(planning, diags);
    planning->plan->record.seen = digest_seen(planning);
    planning->plan->record.should_force = run.should_force;
    return plan_result(planning, run.result, diags);
}

static bool object_plan_read_live(Planning *planning, Diags *diags) {
    const ObjectTarget *target = &planning->target;
    KubeResponse response;
    planning->live = value_null(&TYPE_DYNAMIC);
    if (planning->is_creation && !planning->has_reread && !planning->request->options->is_partial &&
        object_names_lack(cluster_names(target->cluster), &target->kube, &target->ref,
                          planning->request->call->is_planning ? 0 : NAMES_VALID_MS))
        return true;
    Call call = *planning->request->call;
    call.is_planning =
        call.is_planning && !planning->has_reread; /* a plan keeps the object that it has read */
    KubeOutcome outcome =
        cluster_get(target->cluster, &call, &target->ref, &planning->live, &response, diags);
    planning->live = cluster_without_ignored(target->cluster, planning->live,
                                             planning->request->manifest, planning->arena);
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT ||
           object_target_report(target, "Kubernetes object not read", &response, diags);
}

/* The object was deleted and created again, since the refresh or without one. */
static bool check_same_object(const Planning *planning, Diags *diags) {
    const ObjectRequest *request = planning->request;
    Str uid = kube_object_text(planning->live, "metadata", "uid");
    Str title = kube_resource_title(&planning->target.ref, planning->arena);
    if (request->record.uid.len == 0 || uid.len == 0 || str_equal(uid, request->record.uid))
        return true;
    return path_error(request->call, request->path, diags, "Another Kubernetes object of the name",
                      "%.*s was deleted and created again. Make a new plan, with a refresh.",
                      STR_ARG(title));
}

/* Another tool may still apply an imported object. It no longer applies an object that is adopted,
 * or whose state comes from that tool; such a state has no record of loam. */
static void plan_takeover(Planning *planning, bool is_due) {
    const ObjectOptions *options = planning->request->options;
    bool is_own_state = !planning->is_creation && planning->request->record.uid.len == 0;
    bool is_all = options->should_adopt || options->should_force || is_own_state;
    TakeoverScope scope = is_all ? TAKEOVER_ALL : TAKEOVER_UPDATES;
    planning->target.takeover = planning->plan->record.takeover = is_due ? scope : TAKEOVER_NONE;
}

static bool plan_dry_run(Planning *planning, Diags *diags) {
    planning->plan->record.uid = kube_object_text(planning->live, "metadata", "uid");
    return value_is_wholly_known(planning->request->manifest)
               ? plan_on_server(planning, diags)
               : plan_unseen(planning, STR_EMPTY, diags);
}

/* Fields of an object that others made: it must exist when the apply comes. */
static bool plan_partial(Planning *planning, Diags *diags) {
    const ObjectRequest *request = planning->request;
    if (value_is_present(planning->live))
        return (planning->is_creation || check_same_object(planning, diags)) &&
               plan_dry_run(planning, diags);
    if (request->call->is_planning)
        return plan_unseen(planning, STR("the object does not exist yet"), diags);
    Str title = kube_resource_title(&planning->target.ref, planning->arena);
    return path_error(request->call, request->path, diags, "Kubernetes object does not exist",
                      "%.*s must exist before its fields can be set. Create it first, and add a "
                      "dependency on it.",
                      STR_ARG(title));
}

static bool plan_creation(Planning *planning, Diags *diags) {
    ObjectPlan *plan = planning->plan;
    ObjectOwner owner = object_owner_of_new(&planning->target, planning->live, &plan->notes,
                                            &plan->record.predecessor, diags);
    switch (owner) {
    case OWNER_REJECTED: return false;
    case OWNER_PREDECESSOR:
        return plan_unseen(planning, STR("the object is deleted and created again"), diags);
    case OWNER_LEFT:
        return plan_unseen(planning, STR("an object with the mark of this resource exists"), diags);
    case OWNER_ENDING:
        plan->record.ending = kube_object_text(planning->live, "metadata", "uid");
        plan->record.uid = STR_EMPTY;
        return plan_unseen(planning,
                           STR("an object of the name is being deleted; the creation "
                               "waits for its end"),
                           diags);
    case OWNER_NEW:
    case OWNER_ADOPTED: break;
    }
    plan_takeover(planning, owner == OWNER_ADOPTED);
    return plan_dry_run(planning, diags);
}

/* Another object has the name of the one that is to be replaced. If it is ours, it becomes the
 * replacement. */
static bool plan_other_replacement(Planning *planning, Diags *diags) {
    planning->is_creation = true;
    if (!plan_creation(planning, diags))
        return false;
    planning->plan->action = OBJECT_REPLACE;
    planning->plan->object = value_unknown(&TYPE_DYNAMIC);
    return true;
}

static bool plan_approved_replacement(Planning *planning, Diags *diags) {
    const ObjectRequest *request = planning->request;
    Str uid = kube_object_text(planning->live, "metadata", "uid");
    planning->plan->action = OBJECT_REPLACE;
    planning->plan->replace_path = request->object_path;
    bool is_other = uid.len && request->record.uid.len && !str_equal(uid, request->record.uid);
    return !is_other || plan_other_replacement(planning, diags);
}

static bool plan_read(Planning *planning, Diags *diags) {
    const ObjectRequest *request = planning->request;
    planning->plan->record.cluster = planning->target.identity.id;
    if (request->options->is_partial)
        return plan_partial(planning, diags);
    if (planning->is_creation)
        return plan_creation(planning, diags);
    if (request->is_replacement_approved)
        return plan_approved_replacement(planning, diags);
    if (request->record.uid.len && !value_is_present(planning->live))
        return plan_new_object(planning, "no longer exists", diags);
    if (request->call->is_planning && !request->options->keeps_ending &&
        kube_object_text(planning->live, "metadata", "deletionTimestamp").len)
        return plan_new_object(planning, "is being deleted", diags);
    plan_takeover(planning, request->record.is_imported);
    return check_same_object(planning, diags) &&
           object_owner_check(&planning->target, planning->live, "Kubernetes object not planned",
                              diags) &&
           plan_dry_run(planning, diags);
}

static bool plan_overtaken(Planning *planning, Diags *diags) {
    if (planning->has_reread)
        return report_changed(planning, planning->request->path,
                              STR("was deleted and created again during the plan"), diags);
    planning->has_reread = true;
    return object_plan_read_live(planning, diags) && plan_read(planning, diags);
}

static bool plan_found(Planning *planning, Diags *diags) {
    Str renamed = renamed_member(planning);
    if (renamed.len)
        return object_plan_replacement(planning, renamed, STR("the manifest names another object"),
                                       diags);
    return object_plan_read_live(planning, diags) && plan_read(planning, diags);
}

static void object_plan_begin(Planning *planning, const ObjectRequest *request, ObjectPlan *out) {
    bool is_new = value_is_null(request->prior);
    *out = (ObjectPlan){
        .action = is_new ? OBJECT_CREATE : OBJECT_UPDATE,
        .object = value_unknown(&TYPE_DYNAMIC),
        .record = object_record_without_plan(request->record),
    };
    out->record.is_planned = true;
    out->record.predecessor = is_new ? request->record.predecessor : request->record.uid;
    *planning = (Planning){
        .request = request, .plan = out, .is_creation = is_new, .arena = request->call->arena};
}

/* The approved plan leaves the object as it is; a change since then is drift for the next plan. */
static bool plan_left(const ObjectRequest *request, ObjectPlan *out) {
    *out = (ObjectPlan){
        .action = OBJECT_NONE, .object = request->prior, .record = request->approved_record};
    return true;
}

static ObjectFound open_target(Planning *planning, const ObjectKey *key, Str *why, Diags *diags) {
    ObjectTarget *target = &planning->target;
    ObjectFound found = object_target_open(planning->request, key, target, why, diags);
    bool may_come = found == OBJECT_KIND_ABSENT && planning->is_creation &&
                    removed_version(planning, key).len == 0;
    return may_come ? object_target_await(target, key, why, diags) : found;
}

static bool object_plan_decide(const ObjectRequest *request, ObjectPlan *out, Diags *diags) {
    Planning planning;
    Str why = STR_EMPTY;
    ObjectKey key = object_key_of(request->manifest);
    if (request->has_approved && request->approved_record.has_no_change)
        return plan_left(request, out);
    object_plan_begin(&planning, request, out);
    if (!request->options->is_partial && !check_removed_fields(request, diags))
        return false;
    if (key.version.len == 0 || key.kind.len == 0 || key.name.len == 0)
        return plan_unseen(&planning, STR_EMPTY, diags);
    switch (open_target(&planning, &key, &why, diags)) {
    case OBJECT_FAILED: return false;
    case OBJECT_NO_SERVER: return plan_without_server(&planning, why, diags);
    case OBJECT_KIND_ABSENT: return plan_absent_kind(&planning, &key, why, diags);
    case OBJECT_FOUND: break;
    }
    planning.target.ref.resource = &planning.target.resource;
    return plan_found(&planning, diags);
}

bool object_plan(const ObjectRequest *request, ObjectPlan *out, Diags *diags) {
    const Call *call = request->call;
    if (!object_plan_decide(request, out, diags))
        return false;
    if (call->is_planning && out->action != OBJECT_NONE)
        definitions_add(cluster_definitions(call->client), request->manifest, call->arena);
    return true;
}
