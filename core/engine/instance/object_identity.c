/* object_identity: upgrades, decodes and encodes identities. */
#include "instance_object.h"
#include "json.h"
#include "provider_call.h"

static bool upgrade_identity(InstanceOp *op, const StateObject *object, Value *out) {
    const Schema *schema = op->managed->identity;
    UpgradeIdentityRequest request = {(int64_t)object->identity_version, object->identity};
    UpgradeIdentityResponse response;
    if (object->identity_version > (uint64_t)schema->version)
        return diags_fail(
            &op->diags, NO_RANGE, "Resource instance managed by newer provider version",
            "A newer version of the provider wrote the identity of %.*s (identity schema version "
            "%llu; this provider supports %lld). Use that version or a later one.",
            STR_ARG(op->address), (unsigned long long)object->identity_version,
            (long long)schema->version);
    if (!provider_call_upgrade_identity(op, &request, &response))
        return false;
    *out = response.identity;
    return true;
}

bool object_identity_decode(InstanceOp *op, const StateObject *object, Value *out) {
    const Schema *schema = op->managed ? op->managed->identity : NULL;
    *out = (Value){0};
    if (!schema || !object || object->identity.len == 0)
        return true;
    if (object->identity_version != (uint64_t)schema->version)
        return upgrade_identity(op, object, out);
    JsonReader reader = json_reader_new(object->identity, op->scratch);
    const char *problem = NULL;
    if (json_read_typed(&reader, json_next(&reader), schema_implied_type(schema), out, &problem,
                        op->scratch))
        return true;
    return diags_fail(&op->diags, NO_RANGE, "Invalid identity in the state",
                      "The state has an identity of %.*s that does not fit its type: %s. The "
                      "provider has changed the schema of identities without a new version; please "
                      "report it to its developers.",
                      STR_ARG(op->address), problem);
}

Value object_identity_clone(Value identity, Arena *arena) {
    return value_is_null(identity) ? (Value){0} : value_clone(identity, arena);
}
