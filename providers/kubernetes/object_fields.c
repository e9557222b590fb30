#include "object_fields.h"

#include "field_manager.h"
#include "json.h"
#include "kube_object.h"
#include "object_apply.h"
#include "object_builder.h"
#include "object_drift.h"
#include "object_id.h"
#include "object_metadata.h"
#include "object_plan.h"
#include "object_read.h"
#include "object_texts.h"

const Attribute object_fields_metadata[OBJECT_FIELDS_METADATA_COUNT] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name of the object."},
    {"namespace", &TYPE_STRING, OPTIONAL | FORCES_NEW,
     "Namespace of the object (default \"default\"), unless its kind has none."},
};

typedef struct FieldsCall {
    ObjectOptions options;
    ObjectRequest request;
} FieldsCall;

/* Returns whether objects of this kind have the argument in this field. */
static bool is_field_of(const ObjectField *field, const ObjectField *fields, Str kind) {
    if (field->kind)
        return str_equal_cstr(kind, field->kind);
    for (const ObjectField *other = fields; other->argument; other++) {
        bool is_special = other->kind && str_equal_cstr(kind, other->kind) &&
                          strcmp(other->argument, field->argument) == 0;
        if (is_special)
            return false;
    }
    return true;
}

/* Returns the object with the value at the path; unlike kube_object_with, also an unknown one. */
static Value with_field(Value object, Str path, Str last, Value value, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    Value inner = value_null(&TYPE_DYNAMIC);
    Str name = last;
    for (size_t i = 0; value_is_present(object) && i < object.count; i++)
        object_builder_put(&builder, value_key_at(object, i), value_at(object, i));
    if (path.len) {
        (void)str_next_field(&path, '.', &name);
        (void)value_find_present(object, name, &inner);
        value = with_field(inner, path, last, value, arena);
    }
    object_builder_put(&builder, name, value);
    return object_builder_value(&builder);
}

static Value fields_manifest_of(const ObjectField *fields, Value state, Arena *arena) {
    Value item = object_metadata_of(state);
    Value manifest = value_null(&TYPE_DYNAMIC);
    Str kind = object_text(state, "kind", STR_EMPTY);
    if (!value_is_present(item))
        return manifest;
    Value metadata = object_metadata_manifest(item, arena);
    manifest = with_field(manifest, STR_EMPTY, STR("apiVersion"),
                          object_attribute(state, "api_version"), arena);
    manifest = with_field(manifest, STR_EMPTY, STR("kind"), object_attribute(state, "kind"), arena);
    manifest = with_field(manifest, STR_EMPTY, STR("metadata"), metadata, arena);
    for (const ObjectField *field = fields; field->argument; field++) {
        Value texts = object_attribute(state, field->argument);
        if (!value_is_null(texts) && is_field_of(field, fields, kind))
            manifest = with_field(manifest, str_from_cstr(field->parent),
                                  str_from_cstr(field->name), texts, arena);
    }
    return manifest;
}

/* The dry run of a creation uses a name that owns nothing: a manager that owns other fields would
 * lose them. */
static const ObjectRequest *fields_request_of(const Call *call, Value state, Value prior,
                                              Str private_data, FieldsCall *out) {
    const ObjectField *fields = call->type->payload;
    out->options = (ObjectOptions){
        .manager = object_text(state, "field_manager", STR("loam-plan")),
        .should_force = object_bool(state, "force", false),
        .is_partial = true,
    };
    bool is_update = value_is_present(prior);
    out->request = (ObjectRequest){
        .call = call,
        .options = &out->options,
        .manifest = fields_manifest_of(fields, state, call->arena),
        .prior =
            is_update ? fields_manifest_of(fields, prior, call->arena) : value_null(&TYPE_DYNAMIC),
        .record = object_record_read(private_data, call->arena),
    };
    out->request.prior_manifest = out->request.prior;
    return &out->request;
}

/* Returns the place of a field in the arguments. */
static Path fields_place_of(const Call *call, Path path) {
    Arena *arena = call->arena;
    for (const ObjectField *field = call->type->payload; field->argument; field++) {
        Str text = str_format(arena, ".%s.%s", field->parent, field->name);
        Path place = path_parse(text, arena);
        if (!path_starts_with(path, place))
            continue;
        Path found = path_attribute((Path){0}, str_from_cstr(field->argument), arena);
        if (path.count != place.count + 1)
            return found;
        const PathStep *last = &path.steps[place.count];
        return path_index(found, last->is_index ? last->key : value_from_str(last->name), arena);
    }
    return object_metadata_path(&call->type->schema, path, arena);
}

/* Adds diagnostics at their arguments; the argument of types of whole objects has another name. */
static void fields_move_diags(const Call *call, const Diags *from, Diags *to) {
    for (size_t i = 0; i < from->count; i++) {
        Diag diag = from->items[i];
        Path path = fields_place_of(call, path_parse(diag.path, call->arena));
        size_t hint = str_find(diag.detail, STR("force_conflicts"), 0);
        diag.path = path.count ? path_to_str(path, call->arena) : STR_EMPTY;
        if (hint != SIZE_MAX)
            diag.detail =
                str_concat(str_slice(diag.detail, 0, hint), STR("force = true."), call->arena);
        diags_add(to, &diag);
    }
}

/* Returns the ID, or an empty text if a part is unknown. */
static Str fields_id_of(Value manifest, Arena *arena) {
    ObjectKey key = object_key_of(manifest);
    bool is_known = key.version.len && key.kind.len && key.name.len;
    return is_known ? object_key_import_id(&key, arena) : STR_EMPTY;
}

bool object_fields_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags) {
    FieldsCall fields;
    ObjectPlan plan;
    Diags inner = diags_new(call->arena);
    const ObjectRequest *object =
        fields_request_of(call, response->planned, request->prior, request->private_data, &fields);
    bool is_planned = object_plan(object, &plan, &inner);
    fields_move_diags(call, &inner, diags);
    if (!is_planned)
        return false;
    Str id = fields_id_of(object->manifest, call->arena);
    if (id.len && value_is_null(request->prior))
        response->planned = object_with_text(response->planned, "id", id, call->arena);
    vec_each(&plan.notes, note)
        plan_note(response, fields_place_of(call, note->path), note->text, call->arena);
    response->private_data = object_record_text(&plan.record, call->arena);
    return true;
}

/* Returns the planned name of the field manager, or a new one. */
static Str fields_manager_of(const Call *call, Value planned) {
    Str chosen = object_text(planned, "field_manager", STR_EMPTY);
    Str suffix = str_slice(object_id_uuid(call), 0, 8);
    return chosen.len ? chosen : str_concat(STR("loam-"), suffix, call->arena);
}

bool object_fields_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                          Diags *) {
    response->marker = fields_manager_of(call, request->planned);
    return true;
}

bool object_fields_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    FieldsCall fields;
    ObjectApplied applied;
    Diags inner = diags_new(call->arena);
    Value planned = object_with_text(request->planned, "field_manager",
                                     fields_manager_of(call, request->planned), call->arena);
    const ObjectRequest *object =
        fields_request_of(call, planned, request->prior, request->private_data, &fields);
    Str id = fields_id_of(object->manifest, call->arena);
    bool is_applied = object_apply(object, value_unknown(&TYPE_DYNAMIC), &applied, &inner);
    fields_move_diags(call, &inner, diags);
    if (!is_applied) {
        response->in_doubt = applied.in_doubt;
        if (value_is_present(request->prior))
            response->state = request->prior;
        return false;
    }
    response->state = object_with_text(planned, "id", id, call->arena);
    response->private_data = object_record_text(&applied.record, call->arena);
    return true;
}

/* The uid makes the server reject another object of the name, and keeps it from creating one. */
static Str release_body(const ObjectKey *key, const ObjectRead *read, Arena *arena) {
    Str version = object_key_api_version(key, arena);
    const KubeRef *ref = &read->target.ref;
    Value body = kube_object_new(version, key->kind, ref->namespace, ref->name, arena);
    body = kube_object_with(body, "metadata", "uid", value_from_str(read->uid), arena);
    return json_text(body, arena);
}

/* Gives up the fields by an apply without fields. A field disappears unless another manager owns it
 * too; the object stays. Succeeds if the object does not exist any more, or another object has its
 * name. */
static bool fields_release(const ObjectRequest *request, Diags *diags) {
    Arena *arena = request->call->arena;
    ObjectKey key = object_key_of(request->manifest);
    ObjectRead read;
    KubeResponse response;
    if (!object_read(request, &key, &read, diags))
        return false;
    if (!object_read_is_same(&read, &request->record))
        return true;
    KubeApply apply = {
        .ref = read.target.ref,
        .body = release_body(&key, &read, arena),
        .manager = request->options->manager,
    };
    KubeOutcome outcome = kube_call_apply(&read.target.kube, &apply, &response, diags);
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT || outcome == KUBE_CONFLICT ||
           object_target_report(&read.target, "Fields of the Kubernetes object not given up",
                                &response, diags);
}

bool object_fields_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                          Diags *diags) {
    FieldsCall fields;
    return fields_release(
        fields_request_of(call, request->prior, request->prior, request->private_data, &fields),
        diags);
}

/* Returns the state with the values of its keys in the live object. */
static Value fields_state_of(const Call *call, Value state, Value live) {
    const ObjectField *fields = call->type->payload;
    ObjectBuilder builder = object_builder_of(state, call->arena);
    Str kind = object_text(state, "kind", STR_EMPTY);
    for (const ObjectField *field = fields; field->argument; field++) {
        Value found;
        if (!is_field_of(field, fields, kind))
            continue;
        if (!kube_object_find(live, field->parent, field->name, &found))
            found = value_null(&TYPE_DYNAMIC);
        object_builder_set(
            &builder, field->argument,
            object_texts_kept(object_attribute(state, field->argument), found, call->arena));
    }
    return object_builder_value(&builder);
}

static void fields_find_drift(const Call *call, Value stored, const ObjectRead *read, Str manager,
                              ReadResponse *response) {
    Arena *arena = call->arena;
    const ObjectField *fields = call->type->payload;
    Str kind = object_text(stored, "kind", STR_EMPTY);
    for (const ObjectField *field = fields; field->argument; field++) {
        if (!is_field_of(field, fields, kind))
            continue;
        Str argument = str_from_cstr(field->argument);
        Path parent = path_attribute((Path){0}, str_from_cstr(field->parent), arena);
        ObjectDrift drift = {
            .before = object_attribute(stored, field->argument),
            .after = object_attribute(response->state, field->argument),
            .base = path_attribute((Path){0}, argument, arena),
            .live = read->live,
            .manager = manager,
            .place = path_attribute(parent, str_from_cstr(field->name), arena),
        };
        object_drift_find(&drift, &response->changes, arena);
    }
}

bool object_fields_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                        Diags *diags) {
    FieldsCall fields;
    ObjectRead read;
    const ObjectRequest *object =
        fields_request_of(call, request->state, request->state, request->private_data, &fields);
    if (!object_read(object, NULL, &read, diags))
        return false;
    if (!object_read_is_same(&read, &object->record)) {
        response->state = value_null(request->state.type);
        return true;
    }
    response->state = fields_state_of(call, request->state, read.live);
    fields_find_drift(call, request->state, &read, object->options->manager, response);
    return true;
}

/* The apply that makes a manager an owner has all fields. */
bool object_fields_recover(const Call *call, const RecoverRequest *request,
                           RecoverResponse *response, Diags *diags) {
    FieldsCall fields;
    ObjectRead read;
    Value known = value_unknown_as_null(request->planned, call->arena);
    const ObjectRequest *object =
        fields_request_of(call, known, value_null(&TYPE_DYNAMIC), STR_EMPTY, &fields);
    if (!object_read(object, NULL, &read, diags))
        return false;
    FieldManagers managers = field_managers_read(read.live, call->arena);
    if (!field_managers_find(&managers, request->marker))
        return true;
    known = object_with_text(known, "field_manager", request->marker, call->arena);
    known = object_with_text(known, "id", fields_id_of(object->manifest, call->arena), call->arena);
    response->outcome = RECOVER_COMPLETE;
    response->state = fields_state_of(call, known, read.live);
    response->private_data = object_read_private(&read, call->arena);
    return true;
}
