/* data terraform_remote_state: the root outputs in another configuration's state, read without a
 * lock. Sensitive outputs are not sensitive here: mark them where they are used. */
#include "backend_settings.h"
#include "backends.h"
#include "cipher_set.h"
#include "convert.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "statefile.h"
#include "terraform_provider.h"

static const Attribute remote_state_attributes[] = {
    {"backend", &TYPE_STRING, REQUIRED,
     "Type of the backend that stores the state, such as \"local\"."},
    {"config", &TYPE_DYNAMIC, OPTIONAL, "Arguments of the backend, as an object."},
    {"workspace", &TYPE_STRING, OPTIONAL, "Workspace of the state (default \"default\")."},
    {"defaults", &TYPE_DYNAMIC, OPTIONAL, "Values of outputs that are missing in the state."},
    {"outputs", &TYPE_DYNAMIC, COMPUTED, "Outputs of the root module, by name."},
};

static bool report_config(const Call *call, Str why, const char *name, Diags *diags) {
    return path_error(call, PATH_AT(call, {name}), diags, "Invalid backend configuration", "%.*s",
                      STR_ARG(why));
}

static bool check_defaults(const Call *call, Value config, Diags *diags) {
    Value defaults = object_attribute(config, "defaults");
    if (!value_is_present(defaults) || type_is_mapping(defaults.type))
        return true;
    return path_error(
        call, PATH_AT(call, {"defaults"}), diags, "Invalid default values",
        "\"defaults\" must be an object with a value for each output that may be missing.");
}

/* Converts an object to the backend's configuration, or to a block of it; unknown arguments are
 * errors. */
static bool backend_config(const Call *call, const BackendType *type, const Schema *schema,
                           Value given, Value *out, Diags *diags) {
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_empty(schema, arena);
    if (!value_is_null(given) && !type_is_mapping(given.type))
        return report_config(call, STR("\"config\" must be an object."), "config", diags);
    for (size_t i = 0; value_is_present(given) && i < given.count; i++) {
        Str name = value_key_at(given, i);
        const Attribute *attribute = schema_find_attribute(schema, name);
        const Block *block = schema_find_block(schema, name);
        ConvertError error;
        Value value;
        if (block) {
            if (!backend_config(call, type, &block->schema, value_at(given, i), &value, diags))
                return false;
            object_builder_set(&builder, block->name, value);
            continue;
        }
        if (!attribute)
            return report_config(call,
                                 str_format(arena, "The backend \"%s\" has no argument \"%.*s\".",
                                            type->name, STR_ARG(name)),
                                 "config", diags);
        if (!convert_value(value_at(given, i), attribute_configured_type(attribute, arena), &value,
                           &error, arena))
            return report_config(call,
                                 str_format(arena,
                                            "The argument \"%.*s\" of the backend has the "
                                            "wrong type.",
                                            STR_ARG(name)),
                                 "config", diags);
        object_builder_set(&builder, attribute->name, value);
    }
    *out = object_builder_value(&builder);
    return true;
}

static bool remote_state_find_type(const Call *call, Value config, const BackendType **out,
                                   Diags *diags) {
    Str name = object_text(config, "backend", STR_EMPTY);
    *out = backends_find(name);
    return *out || report_config(call,
                                 str_format(call->arena,
                                            "There is no backend type \"%.*s\" for remote states.",
                                            STR_ARG(name)),
                                 "backend", diags);
}

static bool remote_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    const BackendType *type;
    Value given = object_attribute(config, "config"), ignored;
    if (!check_defaults(call, config, diags))
        return false;
    if (!value_is_known(object_attribute(config, "backend")))
        return true;
    if (!remote_state_find_type(call, config, &type, diags))
        return false;
    if (!value_is_null(given) && given.type != &TYPE_DYNAMIC && !type_is_mapping(given.type))
        return report_config(call, STR("\"config\" must be an object."), "config", diags);
    return !value_is_wholly_known(given) ||
           backend_config(call, type, &type->schema, given, &ignored, diags);
}

static bool remote_state_read_text(const Call *call, const BackendType *type, Value given,
                                   Str *path, Str *out, Diags *diags) {
    Str workspace = object_text(given, "workspace", STR("default"));
    Backend *backend;
    Value config, whole;
    if (!backend_config(call, type, &type->schema, object_attribute(given, "config"), &config,
                        diags) ||
        !backend_settings_complete(type, call->io, config, &whole, call->arena, diags) ||
        !type->open(call->io, whole, workspace, &backend, call->arena, diags))
        return false;
    backend->cancel = call->cancel;
    backend->is_read_only = true;
    call_progress(call, 0, 0, "waiting for the backend");
    backend->cipher = cipher_set_remote(call->client, call->address);
    bool ok = backend_read(backend, out, call->arena, diags);
    log_debug("state read", log_cstr("backend", type->name), log_text("workspace", workspace),
              log_number("ok", ok), log_number("bytes", ok ? (int64_t)out->len : 0));
    *path = backend->path;
    backend_close(backend);
    return !ok || out->len
               ? ok
               : diags_fail(diags, NO_RANGE, "Unable to find remote state",
                            "No stored state was found for the given workspace in the given "
                            "backend.\n\n"
                            "The backend \"%s\" has none for the workspace \"%.*s\" (%.*s). Apply "
                            "the configuration that it belongs to first.",
                            type->name, STR_ARG(workspace), STR_ARG(*path));
}

/* Merges outputs over defaults, by name. */
static Value outputs_of(const State *state, Value defaults, Arena *arena) {
    size_t count = 0, most = state->outputs.count;
    if (value_is_present(defaults))
        most += defaults.count;
    Str *names = arena_new_array(arena, Str, most + 1);
    Value *values = arena_new_array(arena, Value, most + 1);
    map_each(&state->outputs, entry) {
        const StateOutput *output = entry->value;
        names[count] = entry->key;
        values[count++] = value_unmark_deep(output->value, arena);
    }
    for (size_t i = 0; value_is_present(defaults) && i < defaults.count; i++) {
        if (map_has(&state->outputs, value_key_at(defaults, i)))
            continue;
        names[count] = value_key_at(defaults, i);
        values[count++] = value_at(defaults, i);
    }
    return value_object(names, values, count, arena);
}

static bool remote_read(const Call *call, const DataReadRequest *, DataReadResponse *response,
                        Diags *diags) {
    Value *state = &response->state;
    Arena *arena = call->arena;
    const BackendType *type;
    Str path, text;
    State *stored;
    if (!remote_state_find_type(call, *state, &type, diags) ||
        !remote_state_read_text(call, type, *state, &path, &text, diags) ||
        !statefile_decode(path, text, &stored, arena, diags))
        return false;
    *state = object_with(*state, "outputs",
                         outputs_of(stored, object_attribute(*state, "defaults"), arena), arena);
    return true;
}

const DataSourceType data_terraform_remote_state = {
    .mode = MODE_DATA,
    .name = "terraform_remote_state",
    .schema = {SCHEMA_ATTRIBUTES(remote_state_attributes),
               .description = "Reads the outputs of another configuration from its state."},
    .validate = remote_validate,
    .read = remote_read,
};
