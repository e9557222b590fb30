/* Decodes and encodes objects of the state. Decoding upgrades them to the current schema
 * version. */
#include "stored_object.h"

#include "mask.h"
#include "provider_call.h"

/* Upgrades an object that was stored with an older schema version. */
static bool upgrade(Job *job, const StateObject *object, StateObject *out) {
    *out = *object;
    if (object->schema_version == (uint64_t)job->schema->version)
        return true;
    if (object->schema_version > (uint64_t)job->schema->version) {
        diags_error(
            &job->diags, NO_RANGE, "Resource instance managed by newer provider version",
            "%.*s was last written by a newer loam (schema version %llu, this one knows %lld). "
            "Use that version or a later one.",
            STR_ARG(job->address), (unsigned long long)object->schema_version,
            (long long)job->schema->version);
        return false;
    }
    UpgradeRequest request = {(int64_t)object->schema_version, object->attributes};
    UpgradeResponse response;
    if (!provider_call_upgrade(job, &request, &response))
        return false;
    out->attributes = response.upgraded;
    out->schema_version = (uint64_t)job->schema->version;
    return true;
}

bool stored_object_decode(Job *job, const StateObject *object, Value *out) {
    if (!object) {
        *out = value_null(schema_implied_type(job->schema));
        return true;
    }
    StateObject current;
    if (!upgrade(job, object, &current))
        return false;
    if (!state_object_decode(&current, job->schema, out, job->scratch, &job->diags))
        return false;
    mask_collect(*out, &job->secrets, job->scratch);
    return true;
}

static bool creates_before_destroy(const Job *job) {
    const ChangeRun *run = job->record->run;
    return run ? run->create_before_destroy : job->resource->create_before_destroy;
}

const StateObject *stored_object_encode(Job *job,
                                        Value marked,
                                        ObjectStatus status,
                                        Str private_data) {
    if (!value_is_present(marked))
        return NULL;
    /* Only managed objects are deleted, so only they need dependencies for the order of
     * deletion. */
    bool is_ordered = job->record->address.mode == MODE_MANAGED;
    const StateObject *object =
        state_object_encode(marked, job->schema, status, private_data, job->resource->dependencies,
                            is_ordered ? job->resource->dependency_count : 0,
                            creates_before_destroy(job), job->scratch);
    if (!job->resource->config || job->resource->config->lifecycle.destroy)
        return object;
    StateObject *kept = arena_new(job->scratch, StateObject);
    *kept = *object;
    kept->skip_destroy = true;
    return kept;
}
