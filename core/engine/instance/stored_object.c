/* Decodes and encodes objects of the state. Decoding upgrades them to the current schema
 * version. */
#include "instance_object.h"
#include "json.h"
#include "mask.h"
#include "provider_call.h"

/* Sets the identity of an encoded object, which then is in the operation's scratch. Types whose
 * objects have no identity drop it. */
static void stored_identity_encode(const InstanceOp *op, Value identity, StateObject *out) {
    const Schema *schema = op->managed ? op->managed->identity : NULL;
    out->identity = STR_EMPTY;
    out->identity_version = 0;
    if (!schema || !value_is_present(identity))
        return;
    out->identity = json_typed_text(identity, schema_implied_type(schema), op->scratch);
    out->identity_version = (uint64_t)schema->version;
}

/* Converts an object that a moved block gave to this resource from one of another type. */
static bool move(InstanceOp *op, const StateObject *object, StateObject *out) {
    MoveRequest request = {
        .source_provider = object->source->provider,
        .source_type = object->source->type,
        .version = (int64_t)object->schema_version,
        .stored = object->attributes,
        .private_data = object->private_data,
        .stored_identity = object->identity,
        .identity_version = (int64_t)object->identity_version,
    };
    MoveResponse response;
    if (!provider_call_move(op, &request, &response))
        return false;
    out->attributes = response.moved;
    out->private_data = response.private_data;
    stored_identity_encode(op, response.identity, out);
    out->sensitive_attributes = STR_EMPTY; /* paths of the other type */
    out->schema_version = (uint64_t)op->schema->version;
    out->source = NULL;
    return true;
}

/* Upgrades an object that was stored with an older schema version, or in any version if
 * `is_forced`. */
static bool upgrade(InstanceOp *op, const StateObject *object, bool is_forced, StateObject *out) {
    *out = *object;
    if (object->source)
        return move(op, object, out);
    if (object->schema_version == (uint64_t)op->schema->version && !is_forced)
        return true;
    if (object->schema_version > (uint64_t)op->schema->version)
        return diags_fail(&op->diags, NO_RANGE,
                          "Resource instance managed by newer provider version",
                          "A newer loam wrote %.*s (schema version %llu; this version supports "
                          "%lld). Use that version or a later one.",
                          STR_ARG(op->address), (unsigned long long)object->schema_version,
                          (long long)op->schema->version);
    UpgradeRequest request = {(int64_t)object->schema_version, object->attributes};
    UpgradeResponse response;
    if (!provider_call_upgrade(op, &request, &response))
        return false;
    out->attributes = response.upgraded;
    out->schema_version = (uint64_t)op->schema->version;
    return true;
}

/* Sets *current to the object in the current version of its type, and *out to its value. */
static bool object_decode(InstanceOp *op, const StateObject *object, bool is_forced,
                          StateObject *current, Value *out) {
    if (!upgrade(op, object, is_forced, current) ||
        !state_object_decode(current, op->schema, out, op->scratch, &op->diags))
        return false;
    mask_collect(*out, &op->secrets, op->scratch);
    return true;
}

bool stored_object_decode(InstanceOp *op, const StateObject *object, Value *out) {
    StateObject current;
    return object_decode(op, object, false, &current, out);
}

bool stored_object_keep(InstanceOp *op, const StateObject *object, Arena *arena) {
    Value value;
    if (!object)
        return true;
    if (!stored_object_decode(op, object, &value))
        return false;
    op->record->value = value_clone(value, arena);
    return true;
}

/* Returns whether the object has another value than its stored form, read without an upgrade. */
static bool object_is_changed(InstanceOp *op, const StateObject *object, Value value) {
    Diags ignored = diags_new(op->scratch);
    Value before;
    return !state_object_decode(object, op->schema, &before, op->scratch, &ignored) ||
           !value_equal(before, value);
}

bool stored_object_decode_prior(InstanceOp *op, const StateObject **object, Value *out) {
    const StateObject *stored = *object;
    const ResourceType *type = op->managed;
    bool is_forced = type && type->always_upgrades;
    bool is_current = !stored->source && stored->schema_version == (uint64_t)op->schema->version;
    StateObject current;
    Value identity;
    if (!object_decode(op, stored, is_forced, &current, out) ||
        !object_identity_decode(op, &current, &identity))
        return false;
    bool has_same_identity = !value_is_present(identity) ||
                             current.identity_version == (uint64_t)type->identity->version;
    if (is_current && has_same_identity && (!is_forced || !object_is_changed(op, stored, *out)))
        return true;
    StateObject *kept = arena_new(op->keep, StateObject);
    *kept = *state_object_clone(
        stored_object_encode(op, *out, stored->status, current.private_data, identity), op->keep);
    kept->dependencies = stored->dependencies;
    kept->dependency_count = stored->dependency_count;
    kept->create_before_destroy = stored->create_before_destroy;
    kept->skip_destroy = stored->skip_destroy;
    *object = kept;
    return true;
}

static bool creates_before_destroy(const InstanceOp *op) {
    const PlannedChange *run = op->record->planned_change;
    return run ? run->create_before_destroy : op->resource->create_before_destroy;
}

const StateObject *stored_object_encode(InstanceOp *op, Value marked, ObjectStatus status,
                                        Str private_data, Value identity) {
    if (!value_is_present(marked))
        return NULL;
    /* Only managed objects are deleted, so only they need dependencies for the order of
     * deletion. */
    bool is_ordered = op->record->address.mode == MODE_MANAGED;
    StateObject head = {
        .status = status,
        .private_data = private_data,
        .dependencies = op->resource->dependencies,
        .dependency_count = is_ordered ? op->resource->dependency_count : 0,
        .create_before_destroy = creates_before_destroy(op),
        .skip_destroy = op->resource->config && !op->resource->config->lifecycle.destroy,
    };
    StateObject *object = state_object_encode(&head, marked, op->schema, op->scratch);
    stored_identity_encode(op, identity, object);
    return object;
}
