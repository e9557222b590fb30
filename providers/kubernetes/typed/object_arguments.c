#include "object_arguments.h"

#include "nested_list.h"
#include "wait_gate.h"
#include "wait_ready.h"

const Attribute object_field_manager_attributes[OBJECT_FIELD_MANAGER_COUNT] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the field manager (default \"loam\")."},
    {"force_conflicts", &TYPE_BOOL, OPTIONAL,
     "Whether to take fields that other managers own (default false)."},
};

ObjectOptions object_arguments_options(Value object, Arena *arena) {
    Value manager = object_nested(object, "field_manager", arena);
    Value computed;
    ObjectOptions options = {
        .manager = object_text(manager, "name", STR("loam")),
        .should_force = object_bool(manager, "force_conflicts", false),
        .should_adopt = object_bool(object, "adopt_existing", false),
        .has_allow_replace = object_has(object, "allow_replace"),
        .allow_replace = object_bool(object, "allow_replace", false),
        .has_no_dry_run = !object_bool(object, "server_dry_run", true),
    };
    options.has_computed_fields = value_find(object, STR("computed_fields"), &computed);
    if (options.has_computed_fields)
        options.computed_fields = nested_list_texts(object, "computed_fields", arena);
    return options;
}

bool object_arguments_change_deletion(Value prior, Value planned) {
    return value_is_present(prior) && (object_differs(prior, planned, "force_finalizers") ||
                                       object_differs(prior, planned, "timeouts"));
}

ObjectDeletion object_arguments_deletion(Value object) {
    Str text = object_text(object, "deletion_propagation", STR("Foreground"));
    KubePropagation propagation = str_equal_cstr(text, "Background") ? KUBE_PROPAGATION_BACKGROUND
                                  : str_equal_cstr(text, "Orphan")   ? KUBE_PROPAGATION_ORPHAN
                                                                     : KUBE_PROPAGATION_FOREGROUND;
    return (ObjectDeletion){
        .propagation = propagation,
        .can_force_finalizers = true,
        .should_force_finalizers = object_bool(object, "force_finalizers", false),
        .timeout_ms = OBJECT_DELETE_MS,
    };
}

WaitObject object_arguments_wait_object(const Call *call, const ObjectApplied *applied) {
    const Cluster *cluster = call->client;
    return (WaitObject){
        .call = call,
        .client = cluster_client(cluster),
        .discovery = cluster_discovery(cluster),
        .ref = applied->ref,
    };
}

bool object_arguments_wait(const Call *call, Value object, ObjectApplied *applied, Diags *diags) {
    WaitObject wait = object_arguments_wait_object(call, applied);
    WaitBlock block;
    if (!wait_block_read(call, object, applied->ref.resource->kind, &block, diags))
        return false;
    bool should_wait = object_bool(object, "wait_for_ready", true);
    if (!should_wait && wait_gate_has_one(applied->ref.resource))
        kube_discovery_drop(wait.discovery);
    if (should_wait && !wait_gate(&wait, &applied->live, diags))
        return false;
    if (wait_block_is_set(&block))
        return wait_block_until(&wait, &block, &applied->live, diags);
    return !should_wait || wait_ready(&wait, &applied->live, diags);
}
