/* backend_settings: the configuration wins over the environment. */
#include "backend_settings.h"
#include "convert.h"
#include "json.h"

#define LEASE_MIN          3
#define SETTINGS_LEASE_MAX 3600

/* Splits "a,b". */
static Value settings_split(Str text, Arena *arena) {
    ValueVec items = {0};
    for (Str rest = text; rest.ptr;) {
        size_t comma = str_find_char(rest, ',', 0);
        Str item = str_trim(str_slice(rest, 0, comma == SIZE_MAX ? rest.len : comma));
        vec_push(arena, &items, value_string(item, arena));
        rest = comma == SIZE_MAX ? (Str){0} : str_after(rest, comma + 1);
    }
    return value_list(&TYPE_STRING, items.items, items.count, arena);
}

/* A map is JSON; a list is JSON or its items separated by commas. */
bool backend_settings_parse(const Attribute *attribute, Str text, Value *out, Arena *arena,
                            Diags *diags) {
    const Type *type = attribute_configured_type(attribute, arena);
    Value raw = value_string(text, arena);
    ConvertError error = {0};
    const char *problem = "it is not JSON", *ignored;
    size_t offset;
    bool is_plain =
        type->kind == KIND_STRING || type->kind == KIND_NUMBER || type->kind == KIND_BOOL;
    bool is_list = type->kind == KIND_LIST && !str_starts_with(str_trim(text), STR("["));
    if (is_list)
        raw = settings_split(text, arena);
    if (is_plain || is_list || json_parse_any(text, &raw, &ignored, &offset, arena)) {
        if (convert_value(raw, type, out, &error, arena))
            return true;
        problem = str_to_cstr(error.message, arena);
    }
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "The value of the backend argument \"%s\" is invalid: %s.", attribute->name,
                      problem);
}

static const char *read_variable(const Io *io, const char *name, Arena *arena) {
    const Process *process = io->process;
    if (!process)
        return NULL;
    if (strncmp(name, "TF_", 3) == 0) {
        Str own = str_format(arena, "LOAM_%s", name + 3);
        const char *value = process->environment(process->self, str_to_cstr(own, arena));
        if (value && *value)
            return value;
    }
    const char *value = process->environment(process->self, name);
    return value && *value ? value : NULL;
}

Str backend_settings_variable(const Io *io, const char *name, Arena *arena) {
    return str_clone(str_from_cstr(read_variable(io, name, arena)), arena);
}

static const char *settings_find_variable(const BackendType *type, const Io *io,
                                          const char *attribute, Arena *arena) {
    for (size_t i = 0; i < type->variable_count; i++) {
        if (strcmp(type->variables[i].attribute, attribute) != 0)
            continue;
        const char *value = read_variable(io, type->variables[i].name, arena);
        if (value)
            return value;
    }
    return NULL;
}

const Schema *backend_settings_lenient(const BackendType *type, Arena *arena) {
    const Schema *schema = &type->schema;
    Schema *out = arena_new(arena, Schema);
    Attribute *attributes = arena_new_array(arena, Attribute, schema->attribute_count);
    *out = *schema;
    out->attributes = attributes;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        attributes[i] = schema->attributes[i];
        if (attributes[i].flags & REQUIRED)
            attributes[i].flags = (attributes[i].flags & ~(unsigned)REQUIRED) | OPTIONAL;
    }
    return out;
}

bool backend_settings_find(const BackendType *type, const Io *io, const char *attribute, Value *out,
                           Arena *arena, Diags *diags) {
    const Attribute *row = schema_find_attribute(&type->schema, str_from_cstr(attribute));
    const char *text = settings_find_variable(type, io, attribute, arena);
    return text &&
           backend_settings_parse(row, str_clone(str_from_cstr(text), arena), out, arena, diags);
}

static bool settings_report_missing(const BackendType *type, const Attribute *row, Diags *diags) {
    const char *variable = NULL;
    for (size_t i = 0; i < type->variable_count && !variable; i++) {
        if (strcmp(type->variables[i].attribute, row->name) == 0)
            variable = type->variables[i].name;
    }
    if (type->has_own_block)
        return diags_fail(diags, NO_RANGE, "Invalid or missing required argument",
                          "\"%s\" must be set in the %s configuration or as an environment "
                          "variable: %s.",
                          row->name, type->name, variable ? variable : "none");
    return diags_fail(diags, NO_RANGE, "Missing required argument",
                      "The backend \"%s\" requires the argument \"%s\": %s Set it in the "
                      "\"backend\" block or with \"init -backend-config=%s=…\"%s%s.",
                      type->name, row->name, row->description, row->name,
                      variable ? ", or in the environment variable " : "",
                      variable ? variable : "");
}

static bool settings_check_required(const BackendType *type, Value config, Diags *diags) {
    bool ok = true;
    for (size_t i = 0; i < type->schema.attribute_count; i++) {
        const Attribute *row = &type->schema.attributes[i];
        Value value;
        bool given = value_find_present(config, str_from_cstr(row->name), &value);
        if ((row->flags & REQUIRED) && !given)
            ok = settings_report_missing(type, row, diags);
    }
    return ok;
}

bool backend_settings_complete(const BackendType *type, const Io *io, Value given, Value *out,
                               Arena *arena, Diags *diags) {
    Value config = value_is_present(given) ? given : schema_empty_value(&type->schema, arena);
    for (size_t i = 0; i < type->schema.attribute_count; i++) {
        const Attribute *attribute = &type->schema.attributes[i];
        Value value;
        if (value_find_present(config, str_from_cstr(attribute->name), &value))
            continue;
        size_t before = diags->error_count;
        if (!backend_settings_find(type, io, attribute->name, &value, arena, diags)) {
            if (diags->error_count > before)
                return false;
            continue;
        }
        Path place = path_attribute((Path){0}, str_from_cstr(attribute->name), arena);
        config = path_set(config, place, value, arena);
    }
    if (!settings_check_required(type, config, diags) ||
        !schema_validate(&type->schema, config, arena, diags))
        return false;
    *out = config;
    return true;
}

Str backend_settings_text(Value config, const char *name, const char *fallback) {
    Value value;
    return value_find_present(config, str_from_cstr(name), &value) ? value_text(value)
                                                                   : str_from_cstr(fallback);
}

int64_t backend_settings_int(Value config, const char *name, int64_t fallback) {
    Value value;
    int64_t number;
    return value_find_present(config, str_from_cstr(name), &value) && value_to_int(value, &number)
               ? number
               : fallback;
}

bool backend_settings_bool(Value config, const char *name, bool fallback) {
    Value value;
    return value_find_present(config, str_from_cstr(name), &value) ? value_is_true(value)
                                                                   : fallback;
}

bool backend_settings_pem(const Io *io, Value config, const char *name, Str *out, Arena *arena,
                          Diags *diags) {
    Str given = backend_settings_text(config, name, "");
    *out = given;
    if (given.len == 0 || str_find(given, STR("-----BEGIN"), 0) != SIZE_MAX)
        return true;
    int error = io->disk->read_file(io->disk->self, given, out, arena);
    if (!error)
        return true;
    return diags_fail(
        diags, NO_RANGE, "Invalid backend configuration",
        "\"%s\" must be PEM text or a file with PEM text, and \"%.*s\" could not be read: %s.",
        name, STR_ARG(given), strerror(-error));
}

bool backend_settings_lease(Value config, int64_t *out, Diags *diags) {
    Value value;
    *out = 0;
    if (!value_find_present(config, STR("lease_seconds"), &value) ||
        (value_to_int(value, out) &&
         (*out == 0 || (*out >= LEASE_MIN && *out <= SETTINGS_LEASE_MAX))))
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "\"lease_seconds\" must be 0, or an integer from %d to %d.", LEASE_MIN,
                      SETTINGS_LEASE_MAX);
}
