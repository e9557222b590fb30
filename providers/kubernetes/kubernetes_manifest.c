/* kubernetes_manifest: one object of any kind. */
#include "json.h"
#include "kube_object.h"
#include "kubernetes_provider.h"
#include "object_arguments.h"
#include "object_body.h"
#include "object_builder.h"
#include "object_drift.h"
#include "object_frozen.h"
#include "object_mark.h"
#include "object_plan.h"
#include "object_read.h"
#include "object_secret.h"
#include "object_view.h"
#include "path_error.h"
#include "timeouts.h"
#include "upgrade_object.h"

/* Objects that Terraform's provider hashicorp/kubernetes has stored, after "state
 * replace-provider": blocks are lists there, the object has a null for each field of its schema,
 * and the manifest of an imported object is null. */

/* The provider stores objects with this version. Version 0 has the present form, too. */
#define MANIFEST_UPGRADE_HASHICORP 1

/* Returns the value of a dynamic attribute; null if there is none. */
static Value dynamic_value(Value stored, const char *name) {
    Value attribute, value;
    return value_find_present(stored, str_from_cstr(name), &attribute) &&
                   value_find_present(attribute, STR("value"), &value)
               ? value
               : value_null(&TYPE_DYNAMIC);
}

static Value block_of(Value stored, const char *name) {
    Value list = value_tuple_at(stored, str_from_cstr(name));
    return value_is_present(list) && list.count ? value_at(list, 0) : value_null(&TYPE_DYNAMIC);
}

/* The deprecated attribute wait_for has the fields that belong to the block. */
static Value manifest_upgrade_wait_of(Value stored, Arena *arena) {
    Value wait_for, fields;
    Value wait = block_of(stored, "wait");
    if (value_is_present(wait) || !value_find_present(stored, STR("wait_for"), &wait_for) ||
        !value_find_present(wait_for, STR("fields"), &fields))
        return wait;
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, STR("condition"), value_tuple(NULL, 0, arena));
    object_builder_put(&builder, STR("fields"), fields);
    return object_builder_value(&builder);
}

static void write_member(JsonWriter *writer, const char *name, Value value) {
    json_key(writer, str_from_cstr(name));
    json_write_value(writer, value);
}

static void manifest_upgrade_write_dynamic(JsonWriter *writer, const char *name, Value value) {
    json_key(writer, str_from_cstr(name));
    json_write_typed(writer, value, &TYPE_DYNAMIC);
}

/* Returns the stored object in our form, without defaults. */
static Str manifest_upgrade_converted(Value stored, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Value computed;
    Value object = object_body_without_nulls(dynamic_value(stored, "object"), arena);
    Value manifest = dynamic_value(stored, "manifest");
    if (!value_is_present(manifest) && value_is_present(object))
        manifest = object_view_manifest(object, arena);
    if (!value_find(stored, STR("computed_fields"), &computed))
        computed = value_null(&TYPE_DYNAMIC);
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    write_member(&writer, "computed_fields", computed);
    write_member(&writer, "field_manager", block_of(stored, "field_manager"));
    manifest_upgrade_write_dynamic(&writer, "manifest", manifest);
    manifest_upgrade_write_dynamic(&writer, "object", object);
    write_member(&writer, "timeouts", block_of(stored, "timeouts"));
    write_member(&writer, "wait", manifest_upgrade_wait_of(stored, arena));
    json_object_end(&writer);
    return strbuf_str(&text);
}

static bool manifest_upgrade(const Call *call, const UpgradeRequest *request,
                             UpgradeResponse *response, Diags *) {
    Arena *arena = call->arena;
    UpgradeRequest made = *request;
    ObjectBuilder builder;
    Value stored;
    if (request->version != MANIFEST_UPGRADE_HASHICORP ||
        !json_parse_object(request->stored, &stored, arena))
        return true;
    made.stored = manifest_upgrade_converted(stored, arena);
    if (!upgrade_object_begin(call, &made, &builder))
        return true;
    Value object =
        schema_apply_defaults(&call->type->schema, object_builder_value(&builder), arena);
    builder = object_builder_of(object, arena);
    upgrade_object_end(call, &builder, response);
    return true;
}

/* The parts of a request that live as long as the call. */
typedef struct ManifestCall {
    ObjectOptions options;
    ObjectRequest request;
} ManifestCall;

static Value manifest_prior_attribute(Value prior, const char *name) {
    return value_is_present(prior) ? object_attribute(prior, name) : value_null(&TYPE_DYNAMIC);
}

static const ObjectRequest *manifest_request_of(const Call *call, Value object, Value prior,
                                                Str private_data, ManifestCall *out) {
    out->options = object_arguments_options(object, call->arena);
    out->request = (ObjectRequest){
        .call = call,
        .options = &out->options,
        .manifest = object_attribute(object, "manifest"),
        .path = path_attribute((Path){0}, STR("manifest"), call->arena),
        .object_path = path_attribute((Path){0}, STR("object"), call->arena),
        .prior = manifest_prior_attribute(prior, "object"),
        .prior_manifest = manifest_prior_attribute(prior, "manifest"),
        .record = object_record_read(private_data, call->arena),
    };
    /* A prior state without our record comes from another provider (see manifest_upgrade). Without
     * our mark, only an imported object may be deleted. */
    if (out->request.record.uid.len == 0 && value_is_present(prior))
        out->request.record.is_imported = true;
    return &out->request;
}

/* Values of Secrets, and the places in the object of the server that come from sensitive places of
 * the manifest. */
static void manifest_sensitive_paths(Value state, Paths *out, Arena *arena) {
    Path manifest_path = path_attribute((Path){0}, STR("manifest"), arena);
    Path object_path = path_attribute((Path){0}, STR("object"), arena);
    Value manifest, object;
    if (!value_find(state, STR("manifest"), &manifest) ||
        !value_find(state, STR("object"), &object))
        return;
    object_secret_paths(manifest, manifest_path, out, arena);
    object_secret_paths(object, object_path, out, arena);
    object_secret_mirror(manifest, object, object_path, out, arena);
}

static bool manifest_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value manifest = object_attribute(request->config, "manifest");
    Path path = path_attribute((Path){0}, STR("manifest"), call->arena);
    WaitBlock block;
    bool is_valid =
        value_is_null(manifest) || object_body_check(manifest, path, call->arena, diags);
    Str kind = kube_object_text(manifest, "", "kind");
    return wait_block_read(call, request->config, kind, &block, diags) && is_valid;
}

/* Returns whether only manifest and object differ. */
static bool manifest_has_same_arguments(Value prior, Value planned) {
    for (size_t i = 0; i < planned.count; i++) {
        Str name = value_key_at(planned, i);
        if (!str_equal_cstr(name, "manifest") && !str_equal_cstr(name, "object") &&
            !value_equal(value_at(prior, i), value_at(planned, i)))
            return false;
    }
    return true;
}

static bool manifest_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *diags) {
    Arena *arena = call->arena;
    ManifestCall manifest;
    ObjectPlan plan;
    const ObjectRequest *object = manifest_request_of(call, response->planned, request->prior,
                                                      request->private_data, &manifest);
    manifest.options.keeps_ending =
        object_arguments_change_deletion(request->prior, response->planned);
    if (request->approved.type && value_is_present(request->approved)) {
        manifest.request.has_approved = true;
        manifest.request.approved = object_attribute(request->approved, "object");
        manifest.request.approved_record = object_record_read(request->approved_private, arena);
    }
    if (!object_plan(object, &plan, diags))
        return false;
    /* Another spelling of the manifest changes nothing, too. */
    if (plan.action != OBJECT_NONE)
        response->planned = object_with(response->planned, "object", plan.object, arena);
    else if (manifest_has_same_arguments(request->prior, response->planned))
        response->planned = request->prior;
    else
        response->planned = object_with(response->planned, "object",
                                        object_attribute(request->prior, "object"), arena);
    if (plan.action == OBJECT_REPLACE) {
        vec_push(arena, &response->requires_replace, plan.replace_path);
        vec_push(arena, &response->requires_replace, object->object_path);
    }
    vec_each(&plan.notes, note)
        plan_note(response, note->path, note->text, arena);
    response->private_data = object_record_text(&plan.record, arena);
    return true;
}

static bool manifest_marker(const Call *call, const MarkerRequest *request,
                            MarkerResponse *response, Diags *) {
    ObjectKey key = object_key_of(object_attribute(request->planned, "manifest"));
    response->marker = object_key_import_id(&key, call->arena);
    return true;
}

/* The state of an object after an apply, or after the wait for it. */
static void manifest_keep_applied(const Call *call, Value planned, const ObjectApplied *applied,
                                  ApplyResponse *response) {
    response->state = object_with(planned, "object", applied->object, call->arena);
    response->private_data = object_record_text(&applied->record, call->arena);
}

static bool manifest_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *diags) {
    ManifestCall manifest;
    ObjectApplied applied;
    Value planned = request->planned;
    const ObjectRequest *object =
        manifest_request_of(call, planned, request->prior, request->private_data, &manifest);
    if (value_is_present(request->prior)) {
        ObjectRecord kept = object_record_without_plan(object->record);
        response->state = request->prior; /* of a failure */
        response->private_data = object_record_text(&kept, call->arena);
        if (object->record.has_no_change) {
            response->state = planned;
            return true;
        }
    }
    if (!object_apply(object, object_attribute(planned, "object"), &applied, diags)) {
        response->in_doubt = applied.in_doubt;
        if (applied.is_different)
            manifest_keep_applied(call, planned, &applied, response);
        return false;
    }
    Value live = applied.live;
    bool is_ready = object_arguments_wait(call, planned, &applied, diags);
    applied.record.is_unready = !is_ready;
    (void)object_apply_waited(call, object->manifest, object_attribute(planned, "object"), live,
                              &applied);
    manifest_keep_applied(call, planned, &applied, response);
    return is_ready;
}

static bool manifest_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                            Diags *diags) {
    ManifestCall manifest;
    const ObjectRequest *object =
        manifest_request_of(call, request->prior, request->prior, request->private_data, &manifest);
    ObjectDeletion deletion = object_arguments_deletion(request->prior);
    if (value_is_present(object->prior))
        manifest.request.manifest = object->prior; /* has the namespace in any case */
    return object_delete(object, &deletion, diags);
}

static bool manifest_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    ManifestCall manifest;
    ObjectRead read;
    const ObjectRequest *object =
        manifest_request_of(call, request->state, request->state, request->private_data, &manifest);
    Value named = value_is_present(object->prior) ? object->prior : object->manifest;
    ObjectKey key = object_key_of(named);
    if (!object_read(object, &key, &read, diags))
        return false;
    if (!object_read_is_same(&read, &object->record)) {
        response->state = value_null(request->state.type);
        return true;
    }
    cluster_keep_owner(read.target.cluster, read.uid, call->address);
    object_frozen_warn(call, read.live, diags);
    Value view = object_view_live(read.live, &read.target.resource, call->arena);
    response->state = object_with(request->state, "object", view, call->arena);
    ObjectDrift drift = {
        .before = object->prior,
        .after = view,
        .base = object->object_path,
        .live = read.live,
        .manager = manifest.options.manager,
        .own = object->manifest,
        .computed = &manifest.options.computed_fields,
    };
    object_drift_find(&drift, &response->changes, call->arena);
    return true;
}

/* Returns the state of an imported object; its manifest has all settings of the object. */
static Value imported_state(const ObjectRead *read, Arena *arena) {
    Value state = schema_empty_value(&kubernetes_manifest.schema, arena);
    ObjectBuilder builder =
        object_builder_of(schema_apply_defaults(&kubernetes_manifest.schema, state, arena), arena);
    object_builder_set(&builder, "manifest", object_view_manifest(read->live, arena));
    object_builder_set(&builder, "object",
                       object_view_live(read->live, &read->target.resource, arena));
    return object_builder_value(&builder);
}

static bool manifest_import(const Call *call, const ImportRequest *request,
                            ImportResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    ManifestCall manifest;
    ObjectRead read;
    ObjectKey key;
    Str problem;
    if (!object_key_parse(request->id, &key, &problem, arena))
        return path_error(call, NO_PATH, diags, "Invalid import ID", "%.*s", STR_ARG(problem));
    Value empty = schema_empty_value(&kubernetes_manifest.schema, arena);
    const ObjectRequest *object = manifest_request_of(call, empty, empty, STR_EMPTY, &manifest);
    if (!object_read(object, &key, &read, diags))
        return false;
    if (!value_is_present(read.live))
        return path_error(call, NO_PATH, diags, "Cannot import non-existent remote object",
                          "The API server has no object with the ID \"%.*s\".",
                          STR_ARG(request->id));
    ObjectRecord record = object_read_record(&read);
    record.is_imported = true;
    response->state = imported_state(&read, arena);
    response->private_data = object_record_text(&record, arena);
    return true;
}

static bool manifest_recover(const Call *call, const RecoverRequest *request,
                             RecoverResponse *response, Diags *diags) {
    ManifestCall manifest;
    ObjectRead read;
    ObjectKey key;
    Str problem;
    if (!object_key_parse(request->marker, &key, &problem, call->arena))
        return path_error(call, NO_PATH, diags, "Invalid marker", "%.*s", STR_ARG(problem));
    const ObjectRequest *object =
        manifest_request_of(call, request->planned, request->prior, STR_EMPTY, &manifest);
    if (!object_read(object, &key, &read, diags))
        return false;
    if (!object_mark_is(read.live, call->lineage, call->address))
        return true;
    response->outcome = RECOVER_COMPLETE;
    response->state =
        object_with(request->planned, "object",
                    object_view_live(read.live, &read.target.resource, call->arena), call->arena);
    response->private_data = object_read_private(&read, call->arena);
    return true;
}

static const Attribute manifest_attributes[] = {
    {"manifest", &TYPE_DYNAMIC, REQUIRED,
     "The object: apiVersion, kind, metadata and its other fields."},
    {"object", &TYPE_DYNAMIC, COMPUTED | CHANGES_ON_UPDATE, "The object as the server has it."},
    {"computed_fields", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Paths of fields that the server may change, such as \"spec.replicas\"."},
    OBJECT_ATTRIBUTES,
};
static const Block manifest_blocks[] = {OBJECT_FIELD_MANAGER_BLOCK, WAIT_BLOCK, TIMEOUTS_BLOCK};

const ResourceType kubernetes_manifest = {
    .name = "kubernetes_manifest",
    .schema = {SCHEMA_ATTRIBUTES(manifest_attributes), SCHEMA_BLOCKS(manifest_blocks),
               .version = MANIFEST_UPGRADE_HASHICORP + 1,
               .sensitive_paths = manifest_sensitive_paths,
               .description = "An object of any kind, planned by the API server."},
    .recovery = RECOVERY_FINDS,
    .batches_intents = true,
    .validate = manifest_validate,
    .plan = manifest_plan,
    .marker = manifest_marker,
    .create = manifest_apply,
    .update = manifest_apply,
    .delete = manifest_delete,
    .read = manifest_read,
    .import = manifest_import,
    .import_id = "list of the object's apiVersion, kind, namespace and name, such as "
                 "apiVersion=apps/v1,kind=Deployment,namespace=default,name=web",
    .upgrade = manifest_upgrade,
    .recover = manifest_recover,
};
