#include "typed_object.h"

#include "kube_object.h"
#include "object_builder.h"
#include "object_drift.h"
#include "object_frozen.h"
#include "object_mark.h"
#include "object_read.h"
#include "object_texts.h"
#include "path_error.h"

Value typed_object_with(Value manifest, const char *name, Value value, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < manifest.count; i++)
        object_builder_put(&builder, value_key_at(manifest, i), value_at(manifest, i));
    if (!value_is_null(value))
        object_builder_put(&builder, str_from_cstr(name), value);
    return object_builder_value(&builder);
}

Value typed_object_texts(Value stored, Value live, const char *name, bool is_import, Arena *arena) {
    Value found;
    if (!kube_object_find(live, "", name, &found))
        found = value_null(&TYPE_DYNAMIC);
    return object_texts_kept(is_import ? found : stored, found, arena);
}

Value typed_object_flag(Value stored, Value live, const char *name) {
    Value found;
    if (kube_object_find(live, "", name, &found) && found.type->kind == KIND_BOOL)
        return found;
    return value_is_present(stored) ? value_bool(false) : value_null(&TYPE_BOOL);
}

static ObjectOptions options_of(Value state, Arena *arena) {
    Value manager = object_nested(state, "field_manager", arena);
    return (ObjectOptions){
        .manager = object_text(manager, "name", STR("loam")),
        .should_force = object_bool(manager, "force_conflicts", false),
        .should_adopt = object_bool(state, "adopt_existing", false),
        .has_allow_replace = true,
        .allow_replace = true, /* as the schema plans a replacement for another name */
    };
}

/* Returns apiVersion, kind and metadata. */
static Value base_manifest(const TypedObject *type, Value state, Arena *arena) {
    Value item = object_metadata_of(state);
    Value manifest = value_null(&TYPE_DYNAMIC);
    ObjectBuilder builder = object_builder_new(arena);
    if (!value_is_present(item))
        return manifest;
    object_builder_put(&builder, STR("apiVersion"), value_from_cstr(type->api_version));
    object_builder_put(&builder, STR("kind"), value_from_cstr(type->kind));
    object_builder_put(&builder, STR("metadata"), object_metadata_manifest(item, arena));
    return object_builder_value(&builder);
}

static Value object_manifest_of(TypedCall *typed, Value state) {
    Value manifest = base_manifest(typed->type, state, typed->call->arena);
    bool has_more = typed->type->manifest && value_is_present(manifest);
    return has_more ? typed->type->manifest(typed, state, manifest) : manifest;
}

/* Makes a call with a request that names the object. */
static void typed_object_begin(TypedCall *typed, const Call *call, Value state, Str private_data) {
    *typed = (TypedCall){
        .call = call,
        .type = call->type->payload,
        .object = state,
        .config = value_null(&TYPE_DYNAMIC),
        .prior = value_null(&TYPE_DYNAMIC),
        .live = value_null(&TYPE_DYNAMIC),
        .approved = value_null(&TYPE_DYNAMIC),
        .options = options_of(state, call->arena),
    };
    typed->request = (ObjectRequest){
        .call = call,
        .options = &typed->options,
        .manifest = base_manifest(typed->type, state, call->arena),
        .prior = value_null(&TYPE_DYNAMIC),
        .prior_manifest = value_null(&TYPE_DYNAMIC),
        .record = object_record_read(private_data, call->arena),
    };
}

/* Adds the configuration and the prior state to the request. */
static bool object_complete(TypedCall *typed, Value config, Value prior, Diags *diags) {
    const TypedObject *type = typed->type;
    ObjectRequest *request = &typed->request;
    typed->config = config;
    typed->diags = diags;
    typed->options.has_no_digests = type->needs_live && type->needs_live(typed->object);
    if (value_is_present(prior)) {
        typed->prior = prior;
        request->prior = base_manifest(type, prior, typed->call->arena);
        if (typed->options.has_no_digests) {
            ObjectRead read;
            ObjectKey key = object_key_of(request->prior);
            if (!object_read(request, &key, &read, diags))
                return false;
            typed->live = read.live;
        }
        typed->is_prior_manifest = true;
        request->prior_manifest = object_manifest_of(typed, prior);
        typed->is_prior_manifest = false;
    }
    request->manifest = object_manifest_of(typed, typed->object);
    request->is_ready = type->is_ready;
    request->is_equal = type->is_equal;
    request->resource = typed->object;
    return !diags_has_errors(diags);
}

/* Adds diagnostics about the manifest at the arguments that it comes from. */
static void object_move_diags(const TypedCall *typed, const Diags *from, Diags *to) {
    Arena *arena = typed->call->arena;
    for (size_t i = 0; i < from->count; i++) {
        Diag diag = from->items[i];
        Path path =
            object_metadata_path(&typed->call->type->schema, path_parse(diag.path, arena), arena);
        diag.path = path.count ? path_to_str(path, arena) : STR_EMPTY;
        diags_add(to, &diag);
    }
}

/* Returns whether all arguments that are no parts of the object are as before. */
static bool object_has_same_arguments(const TypedObject *type, Value prior, Value planned) {
    for (size_t i = 0; i < planned.count; i++) {
        Str name = value_key_at(planned, i);
        bool is_part = str_equal_cstr(name, "id") || str_equal_cstr(name, "metadata");
        for (size_t k = 0; type->members && type->members[k]; k++)
            is_part = is_part || str_equal_cstr(name, type->members[k]);
        if (!is_part && !value_equal(value_at(prior, i), value_at(planned, i)))
            return false;
    }
    return true;
}

/* Returns the stored value; the planned one only for attributes that the state does not have. */
static Value stored_plan(Value prior, Value planned, Arena *arena) {
    bool is_list = planned.type->kind == KIND_LIST;
    bool is_inside = value_is_present(prior) && value_is_present(planned) &&
                     prior.count == planned.count &&
                     (planned.type->kind == KIND_OBJECT ||
                      (is_list && planned.type->element->kind == KIND_OBJECT));
    if (value_is_null(prior) || !is_inside)
        return value_is_null(prior) ? planned : prior;
    Value *items = arena_new_array(arena, Value, planned.count + 1);
    for (size_t i = 0; i < planned.count; i++)
        items[i] = stored_plan(value_at(prior, i), value_at(planned, i), arena);
    return value_with_items(planned, items, arena);
}

/* Returns the resource with another object in the block. */
static Value typed_metadata_set(Value resource, Value item, Arena *arena) {
    Value *items = arena_new_array(arena, Value, 1);
    items[0] = item;
    return object_with(resource, "metadata", value_list(item.type, items, 1, arena), arena);
}

/* Returns the object with generation and resource_version unknown, and with uid unknown too for a
 * replacement. */
static Value typed_metadata_changed(Value item, bool is_replacement, Arena *arena) {
    ObjectBuilder builder = object_builder_of(item, arena);
    object_builder_set(&builder, "generation", value_unknown(&TYPE_NUMBER));
    object_builder_set(&builder, "resource_version", value_unknown(&TYPE_STRING));
    if (is_replacement)
        object_builder_set(&builder, "uid", value_unknown(&TYPE_STRING));
    return object_builder_value(&builder);
}

/* Returns the object with the computed members of `prior`. */
static Value typed_metadata_unchanged(Value item, Value prior, Arena *arena) {
    static const char *const names[] = {"generation", "resource_version", "uid"};
    ObjectBuilder builder = object_builder_of(item, arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        object_builder_set(&builder, names[i], object_attribute(prior, names[i]));
    return object_builder_value(&builder);
}

/* The object stays as it is. Labels that an import found, and that the configuration does not have,
 * stay in the state. */
static Value object_unchanged_plan(const TypedCall *typed, Value planned) {
    Arena *arena = typed->call->arena;
    Value prior = object_metadata_of(typed->prior);
    if (object_has_same_arguments(typed->type, typed->prior, planned))
        return stored_plan(typed->prior, planned, arena);
    Value item = typed_metadata_unchanged(object_metadata_of(planned), prior, arena);
    ObjectBuilder builder = object_builder_of(typed_metadata_set(planned, item, arena), arena);
    object_builder_set(&builder, "id", object_attribute(typed->prior, "id"));
    for (size_t i = 0; typed->type->members && typed->type->members[i]; i++) {
        const char *name = typed->type->members[i];
        object_builder_set(&builder, name,
                           stored_plan(object_attribute(typed->prior, name),
                                       object_attribute(planned, name), arena));
    }
    return object_fill(object_builder_value(&builder), typed->prior, arena);
}

static Value changed_plan(const TypedCall *typed, ObjectAction action, Value planned) {
    Arena *arena = typed->call->arena;
    Value item = object_metadata_of(planned);
    Str id = object_metadata_id(item, arena);
    bool is_replacement = action == OBJECT_REPLACE;
    if (value_is_present(item) && action != OBJECT_CREATE)
        planned =
            typed_metadata_set(planned, typed_metadata_changed(item, is_replacement, arena), arena);
    if (id.len)
        planned = object_with_text(planned, "id", id, arena);
    return planned;
}

static void object_keep_plan(const TypedCall *typed, const ObjectPlan *plan,
                             PlanResponse *response) {
    const TypedObject *type = typed->type;
    Arena *arena = typed->call->arena;
    Value planned = response->planned;
    if (type->planned)
        planned = type->planned(typed, planned);
    response->planned = plan->action == OBJECT_NONE ? object_unchanged_plan(typed, planned)
                                                    : changed_plan(typed, plan->action, planned);
    if (plan->action == OBJECT_REPLACE) {
        Path path = object_metadata_path(&typed->call->type->schema, plan->replace_path, arena);
        if (path.count)
            vec_push(arena, &response->requires_replace, path);
        vec_push(arena, &response->requires_replace,
                 PATH_AT(typed->call, {"metadata"}, {.index = 0}, {"uid"}));
    }
    vec_each(&plan->notes, note)
        plan_note(response, object_metadata_path(&typed->call->type->schema, note->path, arena),
                  note->text, arena);
    if (plan->action != OBJECT_NONE) {
        vec_each(&typed->notes, note)
            plan_note(response, note->path, note->text, arena);
    }
    ObjectRecord record = plan->record;
    if (typed->planned_values.len)
        record.values = typed->planned_values;
    response->private_data = object_record_text(&record, arena);
}

bool typed_object_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *diags) {
    TypedCall typed;
    ObjectPlan plan;
    Diags inner = diags_new(call->arena);
    typed_object_begin(&typed, call, response->planned, request->private_data);
    typed.is_plan = true;
    if (request->approved.type && value_is_present(request->approved)) {
        typed.approved = request->approved;
        typed.approved_record = object_record_read(request->approved_private, call->arena);
        typed.request.has_approved = true;
        typed.request.approved = value_unknown(&TYPE_DYNAMIC); /* attributes have the parts of it */
        typed.request.approved_record = typed.approved_record;
    }
    bool is_planned = object_complete(&typed, request->config, request->prior, &inner) &&
                      object_plan(&typed.request, &plan, &inner);
    object_move_diags(&typed, &inner, diags);
    if (is_planned)
        object_keep_plan(&typed, &plan, response);
    return is_planned;
}

/* Returns the name of a new object, also if it is generated. */
static Str object_name_of(const Call *call, Value planned) {
    Value item = object_metadata_of(planned);
    Str name = object_text(item, "name", STR_EMPTY);
    return name.len
               ? name
               : object_metadata_generated(call, object_text(item, "generate_name", STR_EMPTY));
}

static Value with_name(Value planned, Str name, Arena *arena) {
    Value item = object_with_text(object_metadata_of(planned), "name", name, arena);
    return typed_metadata_set(planned, item, arena);
}

bool typed_object_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                         Diags *) {
    Value named = with_name(request->planned, object_name_of(call, request->planned), call->arena);
    ObjectKey key = object_key_of(base_manifest(call->type->payload, named, call->arena));
    response->marker = object_key_import_id(&key, call->arena);
    return true;
}

/* Returns the state by a live object. */
static Value object_state_of(const Call *call, Value state, Value live, bool is_import) {
    const TypedObject *type = call->type->payload;
    Arena *arena = call->arena;
    Value item = object_metadata_live(object_metadata_of(state), live, is_import, arena);
    state = typed_metadata_set(state, item, arena);
    state = object_with_text(state, "id", object_metadata_id(item, arena), arena);
    return type->state ? type->state(call, state, live, is_import) : state;
}

static void object_keep_applied(const TypedCall *typed, Value planned, ObjectApplied *applied,
                                ApplyResponse *response) {
    Arena *arena = typed->call->arena;
    Value known = value_unknown_as_null(planned, arena);
    Value seen =
        cluster_without_ignored(typed->call->client, applied->live, typed->request.manifest, arena);
    if (!typed->options.has_no_digests)
        applied->record.live = object_record_live(seen, arena);
    response->state =
        object_fill(planned, object_state_of(typed->call, known, applied->live, false), arena);
    response->private_data = object_record_text(&applied->record, arena);
}

/* Waits for the object, and stores its newest version. */
static bool wait_and_keep(const TypedCall *typed, Value planned, ObjectApplied *applied,
                          ApplyResponse *response, Diags *diags) {
    const TypedObject *type = typed->type;
    applied->waits_again = typed->request.record.is_unready;
    bool is_ready = !type->wait || type->wait(typed->call, planned, applied, diags);
    applied->record.is_unready = !is_ready;
    if (value_is_present(applied->live)) {
        object_keep_applied(typed, planned, applied, response);
        response->is_complete = true;
    }
    return is_ready;
}

/* After a failure of an update, the state is the prior object. Returns true if there is nothing to
 * do. */
static bool keep_prior(const TypedCall *typed, Value prior, ApplyResponse *response) {
    bool is_done = typed->request.record.has_no_change;
    ObjectRecord kept = object_record_without_plan(typed->request.record);
    if (!value_is_present(prior))
        return false;
    response->state = is_done ? typed->object : prior;
    response->private_data = object_record_text(&kept, typed->call->arena);
    return is_done;
}

/* The update changes no field of the object, but the state that the resource waits for. */
static bool wait_unchanged(TypedCall *typed, ApplyResponse *response, Diags *diags) {
    ObjectApplied applied = {.record =
                                 object_record_read(response->private_data, typed->call->arena)};
    ObjectRead read;
    if (!object_read(&typed->request, NULL, &read, diags))
        return false;
    if (!value_is_present(read.live))
        return true; /* the next plan creates it again */
    applied.live = read.live;
    applied.ref = read.target.ref;
    applied.ref.resource = &read.target.resource;
    return wait_and_keep(typed, typed->object, &applied, response, diags);
}

bool typed_object_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    TypedCall typed;
    ObjectApplied applied = {.live = value_null(&TYPE_DYNAMIC)};
    Diags inner = diags_new(call->arena);
    Value planned =
        with_name(request->planned, object_name_of(call, request->planned), call->arena);
    typed_object_begin(&typed, call, planned, request->private_data);
    if (keep_prior(&typed, request->prior, response))
        return !typed.type->waits_unchanged || wait_unchanged(&typed, response, diags);
    bool is_applied = object_complete(&typed, request->config, request->prior, &inner) &&
                      object_apply(&typed.request, value_unknown(&TYPE_DYNAMIC), &applied, &inner);
    object_move_diags(&typed, &inner, diags);
    if (!is_applied) {
        response->in_doubt = applied.in_doubt;
        return false;
    }
    if (typed.type->values)
        applied.record.values = typed.type->values(&typed, applied.live);
    object_keep_applied(&typed, planned, &applied, response);
    return wait_and_keep(&typed, planned, &applied, response, diags);
}

bool typed_object_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                         Diags *diags) {
    TypedCall typed;
    ObjectDeletion deletion = {.propagation = KUBE_PROPAGATION_BACKGROUND,
                               .timeout_ms = OBJECT_DELETE_MS};
    typed_object_begin(&typed, call, request->prior, request->private_data);
    return object_delete(&typed.request, &deletion, diags);
}

/* A state that another provider has written has no record, but the uid of its object. */
static ObjectRecord object_record_of(const TypedCall *typed, const ObjectRead *read) {
    ObjectRecord record = typed->request.record;
    Value item = object_metadata_of(typed->object);
    bool is_taken_over =
        record.uid.len == 0 && str_equal(object_text(item, "uid", STR_EMPTY), read->uid);
    if (is_taken_over) {
        record = object_read_record(read);
        record.is_imported = true;
    }
    return record;
}

bool typed_object_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                       Diags *diags) {
    TypedCall typed;
    ObjectRead read;
    typed_object_begin(&typed, call, request->state, request->private_data);
    if (!object_read(&typed.request, NULL, &read, diags))
        return false;
    ObjectRecord record = object_record_of(&typed, &read);
    if (read.uid.len == 0 || !str_equal(record.uid, read.uid)) {
        response->state = value_null(request->state.type);
        return true;
    }
    cluster_keep_owner(read.target.cluster, read.uid, call->address);
    object_frozen_warn(call, read.live, diags);
    response->state = object_state_of(call, request->state, read.live, false);
    response->private_data = object_record_text(&record, call->arena);
    ObjectDrift drift = {
        .before = request->state,
        .after = response->state,
        .live = read.live,
        .manager = typed.options.manager,
        .is_typed = true,
    };
    object_drift_find(&drift, &response->changes, call->arena);
    return true;
}

/* Returns an empty state with the name of the object. */
static Value named_state(const Call *call, const ObjectKey *key) {
    const Schema *schema = &call->type->schema;
    const Block *block = schema_find_block(schema, STR("metadata"));
    Arena *arena = call->arena;
    Value state = schema_apply_defaults(schema, schema_empty_value(schema, arena), arena);
    Value item =
        object_with_text(schema_empty_value(&block->schema, arena), "name", key->name, arena);
    if (key->namespace.len)
        item = object_with_text(item, "namespace", key->namespace, arena);
    return typed_metadata_set(state, item, arena);
}

bool typed_object_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                         Diags *diags) {
    const TypedObject *type = call->type->payload;
    TypedCall typed;
    ObjectRead read;
    ObjectKey kind = {.kind = str_from_cstr(type->kind)}, key;
    Str problem;
    kube_resource_split(str_from_cstr(type->api_version), &kind.group, &kind.version);
    if (!object_metadata_parse_id(request->id, &kind, type->is_namespaced, &key, &problem,
                                  call->arena))
        return path_error(call, NO_PATH, diags, "Invalid import ID", "%.*s", STR_ARG(problem));
    Value state = named_state(call, &key);
    typed_object_begin(&typed, call, state, STR_EMPTY);
    if (!object_read(&typed.request, &key, &read, diags))
        return false;
    if (read.uid.len == 0)
        return path_error(call, NO_PATH, diags, "Cannot import non-existent remote object",
                          "The API server has no object with the ID \"%.*s\".",
                          STR_ARG(request->id));
    ObjectRecord record = object_read_record(&read);
    record.is_imported = true;
    response->state = object_state_of(call, state, read.live, true);
    response->private_data = object_record_text(&record, call->arena);
    return true;
}

bool typed_object_recover(const Call *call, const RecoverRequest *request,
                          RecoverResponse *response, Diags *diags) {
    TypedCall typed;
    ObjectRead read;
    ObjectKey key;
    Str problem;
    if (!object_key_parse(request->marker, &key, &problem, call->arena))
        return path_error(call, NO_PATH, diags, "Invalid marker", "%.*s", STR_ARG(problem));
    Value known = value_unknown_as_null(request->planned, call->arena);
    typed_object_begin(&typed, call, known, STR_EMPTY);
    if (!object_read(&typed.request, &key, &read, diags))
        return false;
    if (!object_mark_is(read.live, call->lineage, call->address))
        return true;
    ObjectRecord record = object_read_record(&read);
    record.is_unready = typed.type->is_ready; /* the interrupted run may have waited for it */
    response->outcome = RECOVER_COMPLETE;
    response->state = object_state_of(call, known, read.live, false);
    response->private_data = object_record_text(&record, call->arena);
    return true;
}
