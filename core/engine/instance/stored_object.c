/* Decodes and encodes objects of the state. Decoding upgrades them to the current schema
 * version. */
#include "stored_object.h"

#include "mask.h"
#include "provider_call.h"

/* Upgrades an object that was stored with an older schema version. */
static bool upgrade(InstanceOp *op, const StateObject *object, StateObject *out) {
    *out = *object;
    if (object->schema_version == (uint64_t)op->schema->version)
        return true;
    if (object->schema_version > (uint64_t)op->schema->version) {
        diags_error(&op->diags, NO_RANGE, "Resource instance managed by newer provider version",
                    "A newer loam wrote %.*s (schema version %llu; this version supports %lld). "
                    "Use that version or a later one.",
                    STR_ARG(op->address), (unsigned long long)object->schema_version,
                    (long long)op->schema->version);
        return false;
    }
    UpgradeRequest request = {(int64_t)object->schema_version, object->attributes};
    UpgradeResponse response;
    if (!provider_call_upgrade(op, &request, &response))
        return false;
    out->attributes = response.upgraded;
    out->schema_version = (uint64_t)op->schema->version;
    return true;
}

bool stored_object_decode(InstanceOp *op, const StateObject *object, Value *out) {
    if (!object) {
        *out = value_null(schema_implied_type(op->schema));
        return true;
    }
    StateObject current;
    if (!upgrade(op, object, &current))
        return false;
    if (!state_object_decode(&current, op->schema, out, op->scratch, &op->diags))
        return false;
    mask_collect(*out, &op->secrets, op->scratch);
    return true;
}

static bool creates_before_destroy(const InstanceOp *op) {
    const PlannedChange *run = op->record->planned_change;
    return run ? run->create_before_destroy : op->resource->create_before_destroy;
}

const StateObject *stored_object_encode(InstanceOp *op,
                                        Value marked,
                                        ObjectStatus status,
                                        Str private_data) {
    if (!value_is_present(marked))
        return NULL;
    /* Only managed objects are deleted, so only they need dependencies for the order of
     * deletion. */
    bool is_ordered = op->record->address.mode == MODE_MANAGED;
    const StateObject *object = state_object_encode(
        marked, op->schema, status, private_data, op->resource->dependencies,
        is_ordered ? op->resource->dependency_count : 0, creates_before_destroy(op), op->scratch);
    if (!op->resource->config || op->resource->config->lifecycle.destroy)
        return object;
    StateObject *kept = arena_new(op->scratch, StateObject);
    *kept = *object;
    kept->skip_destroy = true;
    return kept;
}
