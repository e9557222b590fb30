#include "terraform_data_store.h"

#include "object_builder.h"
#include "path_error.h"

const Attribute terraform_data_store_attributes[TERRAFORM_DATA_STORE_ATTRIBUTES] = {
    {"input", &TYPE_DYNAMIC, OPTIONAL | WRITE_ONLY, "Any value to store. It may be ephemeral."},
    {"sensitive", &TYPE_BOOL, OPTIONAL,
     "Whether the value is stored as sensitive_output instead of output."},
    {"version", &TYPE_DYNAMIC, OPTIONAL,
     "Any value. If set, the stored value follows input only when the version changes."},
    {"replace", &TYPE_BOOL, OPTIONAL,
     "Whether a change of the stored value replaces the instance."},
    {"output", &TYPE_DYNAMIC, COMPUTED, "The stored value."},
    {"sensitive_output", &TYPE_DYNAMIC, COMPUTED | SENSITIVE,
     "The stored value, if sensitive is true."},
};

static const char *const outputs[] = {"output", "sensitive_output"};

/* Sets the output that `sensitive` selects; the other becomes null. */
static void set_output(ObjectBuilder *store, Value value) {
    bool is_sensitive = value_is_true(object_builder_get(store, "sensitive"));
    object_builder_set(store, outputs[is_sensitive], value);
    object_builder_set(store, outputs[!is_sensitive], value_null(&TYPE_DYNAMIC));
}

static Value stored_value(const ObjectBuilder *store) {
    Value sensitive = object_builder_get(store, "sensitive_output");
    return value_is_null(sensitive) ? object_builder_get(store, "output") : sensitive;
}

static Value data_store_prior_attribute(const StorePlan *plan, const char *name, const Type *type) {
    bool is_there = plan->prior.type && value_is_present(plan->prior);
    return is_there ? object_attribute(plan->prior, name) : value_null(type);
}

/* With a version, the stored value follows `input` if the version changes; without one, if the
 * values differ. The type of a null belongs to the value. */
static bool data_store_is_changed(const StorePlan *plan, const ObjectBuilder *store, Value input) {
    Value version = object_builder_get(store, "version");
    if (!value_is_null(version))
        return !value_equal(version, data_store_prior_attribute(plan, "version", &TYPE_DYNAMIC));
    return !value_equal(stored_value(store), input);
}

static bool data_store_check_known(const Call *call, Value proposed, const char *name,
                                   Diags *diags) {
    if (!value_is_known(proposed))
        return path_error(call, PATH_AT(call, {"store"}), diags, "Unexpected unknown value",
                          "Whether there is a \"store\" block must be known during planning. Set "
                          "\"for_each\" of the dynamic block to a value that is known before "
                          "apply.");
    if (value_is_known(object_attribute(proposed, name)))
        return true;
    return path_error(call, PATH_AT(call, {"store"}, {name}), diags, "Unexpected unknown value",
                      "\"%s\" decides how the object changes, so its value must be known during "
                      "planning. Refer to variables, or to values that are known before apply.",
                      name);
}

bool terraform_data_store_plan(const Call *call, StorePlan *plan, Diags *diags) {
    plan->planned = plan->proposed;
    plan->replaces = false;
    if (value_is_null(plan->proposed))
        return true;
    if (!data_store_check_known(call, plan->proposed, "sensitive", diags) ||
        !data_store_check_known(call, plan->proposed, "replace", diags))
        return false;
    ObjectBuilder store = object_builder_of(plan->proposed, call->arena);
    Value input = object_attribute(plan->config, "input");
    if (!value_equal(object_builder_get(&store, "sensitive"),
                     data_store_prior_attribute(plan, "sensitive", &TYPE_BOOL)))
        set_output(&store, stored_value(&store));
    if (value_is_null(input) && value_is_null(stored_value(&store)))
        set_output(&store, input);
    else if (data_store_is_changed(plan, &store, input))
        set_output(&store, value_unknown(input.type));
    plan->replaces = value_is_true(object_builder_get(&store, "replace")) &&
                     !value_is_known(stored_value(&store));
    object_builder_set(&store, "input", value_null(&TYPE_DYNAMIC));
    plan->planned = value_with_items(plan->proposed, store.items, call->arena);
    return true;
}

Value terraform_data_store_apply(Value planned, Value config, Arena *arena) {
    if (!value_is_present(planned))
        return planned;
    ObjectBuilder store = object_builder_of(planned, arena);
    for (size_t i = 0; i < ARRAY_COUNT(outputs); i++) {
        if (!value_is_known(object_builder_get(&store, outputs[i])))
            object_builder_set(&store, outputs[i], object_attribute(config, "input"));
    }
    return value_with_items(planned, store.items, arena);
}
