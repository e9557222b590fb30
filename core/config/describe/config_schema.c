/* Writes the JSON Schema of configuration files: a definition for each kind of body, named by
 * its path. */
#include "config_schema.h"

#include "json_schema.h"

typedef enum MeaningForm {
    FORM_ANY,
    FORM_TEXT,
    FORM_BOOL,
    FORM_NUMBER,
    FORM_NAMES, /* an array of references */
    FORM_NAMES_OR_ALL,
    FORM_MAPPING, /* object of names to names */
    FORM_REFUSED, /* accepted by decoders only to report an error */
} MeaningForm;

struct ConfigMeaning {
    const char *path;
    MeaningForm form;
    const char *text;
};

/* A path that begins with a dot matches every path with that suffix. The first match counts. */
/* clang-format off */
static const ConfigMeaning meanings[] = {
    {"terraform",                                FORM_ANY,          "Required program and provider versions, backend; versions are Terraform's."},
    {"loam",                                     FORM_ANY,          "Required program and provider versions, backend; versions are loam's."},
    {"language",                                 FORM_ANY,          "Language edition of the module, and the programs that can use it."},
    {"language.edition",                         FORM_TEXT,         "Language edition: tofu2024."},
    {"language.experiments",                     FORM_ANY,          "Experimental features; loam has none."},
    {"language.compatible_with",                 FORM_ANY,          "Versions of compatible programs: opentofu, such as \">= 1.12\". Constraints for other programs are ignored."},
    {"provider",                                 FORM_ANY,          "Settings of a provider, by name."},
    {"variable",                                 FORM_ANY,          "Input variable of the module."},
    {"locals",                                   FORM_ANY,          "Local values by name."},
    {"output",                                   FORM_ANY,          "Output value of the module."},
    {"resource",                                 FORM_ANY,          "Managed resources, by type and name."},
    {"data",                                     FORM_ANY,          "Data sources, by type and name."},
    {"module",                                   FORM_ANY,          "Call of another module; other arguments set that module's variables."},
    {"moved",                                    FORM_ANY,          "Object with a changed address."},
    {"removed",                                  FORM_ANY,          "Object to remove from the configuration."},
    {"import",                                   FORM_ANY,          "Existing object to import."},
    {"check",                                    FORM_ANY,          "Assertions whose failures are warnings."},
    {".required_version",                        FORM_TEXT,         "Accepted program versions, such as \">= 1.5, < 2.0\"."},
    {".required_providers",                      FORM_ANY,          "Required providers by local name: source, version, configuration_aliases."},
    {".backend",                                 FORM_ANY,          "Backend that stores the state, by type."},
    {".cloud",                                   FORM_REFUSED,      ""},
    {"provider.alias",                           FORM_TEXT,         "Name of an additional configuration of the provider."},
    {"provider.version",                         FORM_TEXT,         "Ignored; declare versions in required_providers."},
    {"variable.type",                            FORM_TEXT,         "Type, such as string, list(number), object({name = string})."},
    {"variable.default",                         FORM_ANY,          "Default value; a literal."},
    {".description",                             FORM_TEXT,         "Description for readers."},
    {".sensitive",                               FORM_BOOL,         "Whether the value is hidden in output."},
    {"variable.nullable",                        FORM_BOOL,         "Whether the value may be null (default true)."},
    {".ephemeral",                               FORM_BOOL,         "Whether the value is omitted from state and plan."},
    {".deprecated",                              FORM_TEXT,         "Deprecation message: the replacement to use."},
    {"variable.validation",                      FORM_ANY,          "Validation rule of the value."},
    {"resource.lifecycle.action_trigger.condition", FORM_ANY,       "Expression that must be true for the actions to be invoked."},
    {".condition",                               FORM_ANY,          "Expression that must be true."},
    {".error_message",                           FORM_TEXT,         "Message if the condition is false."},
    {"output.value",                             FORM_ANY,          "Expression."},
    {"output.type",                              FORM_TEXT,         "Type that the value is converted to, as for variables."},
    {".depends_on",                              FORM_NAMES,        "Additional dependencies, which no expression refers to."},
    {".precondition",                            FORM_ANY,          "Condition that must hold before the operation."},
    {".postcondition",                           FORM_ANY,          "Condition on the resulting object, which is self."},
    {".count",                                   FORM_NUMBER,       "Number of instances; count.index is the number of each."},
    {".for_each",                                FORM_ANY,          "Map or set of strings with one instance per element; each.key, each.value."},
    {".provider",                                FORM_TEXT,         "Provider configuration to use: NAME or NAME.ALIAS."},
    {".lifecycle",                               FORM_ANY,          "How changes are applied."},
    {"resource.lifecycle.create_before_destroy", FORM_BOOL,         "Whether to create a replacement before destroying the object."},
    {"resource.lifecycle.prevent_destroy",       FORM_BOOL,         "Whether to reject every plan that would destroy the object."},
    {"resource.lifecycle.ignore_changes",        FORM_NAMES_OR_ALL, "Attributes whose changes are ignored, or all."},
    {"resource.lifecycle.replace_triggered_by",  FORM_NAMES,        "References whose changes replace this object."},
    {".locals",                                  FORM_REFUSED,      ""},
    {".provisioner.lifecycle",                   FORM_REFUSED,      ""},
    {".enabled",                                 FORM_BOOL,         "false: ignore the block."},
    {"resource.lifecycle.destroy",               FORM_BOOL,         "false: forget the object instead of destroying it."},
    {"removed.lifecycle.destroy",                FORM_BOOL,         "Whether to destroy the object or only forget it."},
    {".provisioner.when",                        FORM_TEXT,         "create, or destroy."},
    {".provisioner.on_failure",                  FORM_TEXT,         "fail, or continue."},
    {"._",                                       FORM_ANY,          "Arguments whose names have another meaning here."},
    {"ephemeral",                                FORM_ANY,          "Temporary objects, which are not stored."},
    {"action",                                   FORM_ANY,          "Operations that leave no object, by type and name; triggers and -invoke run them."},
    {"action.config",                            FORM_ANY,          "Arguments of the action; caller is the object that triggers it."},
    {".action_trigger",                          FORM_ANY,          "Events of the object that invoke actions."},
    {".action_trigger.events",                   FORM_NAMES,        "before_create, after_create, before_update, after_update, before_destroy, after_destroy."},
    {".action_trigger.actions",                  FORM_NAMES,        "References to actions of the module, in order."},
    {".action_trigger.on_failure",               FORM_TEXT,         "halt, taint or continue."},
    {"list",                                     FORM_ANY,          "Searches for the objects of a managed type, by type and name."},
    {"list.config",                              FORM_ANY,          "Arguments of the search."},
    {"list.include_resource",                    FORM_BOOL,         "Whether to read each found object, too (default false)."},
    {"list.limit",                               FORM_NUMBER,       "Greatest number of found objects (default 100)."},
    {".encryption",                              FORM_ANY,          "Encryption of state and plan."},
    {".provisioner",                             FORM_ANY,          "Actions after creation or before destruction, by type."},
    {".connection",                              FORM_ANY,          "Connection to the machine for provisioners."},
    {"module.source",                            FORM_TEXT,         "Source of the module: a directory such as ./modules/network, or an address."},
    {"module.version",                           FORM_TEXT,         "Accepted versions of a module from a registry."},
    {"module.providers",                         FORM_MAPPING,      "Provider configurations of the module, set to those of the caller."},
    {".from",                                    FORM_TEXT,         "Previous address."},
    {"moved.to",                                 FORM_TEXT,         "New address."},
    {"import.to",                                FORM_TEXT,         "Address for the imported object."},
    {"import.id",                                FORM_TEXT,         "ID by which the provider finds the object."},
    {"check.assert",                             FORM_ANY,          "Condition to check."},
    {"environments",                             FORM_ANY,          "Deployments of the configuration, by name, with their differences."},
    {"environments.variables",                   FORM_ANY,          "Variable values of the environment."},
    {"environments.backend",                     FORM_ANY,          "Backend arguments of the environment."},
    {"environments.provider",                    FORM_ANY,          "Provider arguments of the environment, by name."},
    {"environments.protected",                   FORM_BOOL,         "Whether changes require the environment's name as approval."},
};
/* clang-format on */

const char *config_schema_meaning(size_t i) {
    return i < ARRAY_COUNT(meanings) ? meanings[i].path : NULL;
}

static const ConfigMeaning *find_meaning(Str path) {
    static const ConfigMeaning unknown = {"", FORM_ANY, NULL};
    for (size_t i = 0; i < ARRAY_COUNT(meanings); i++) {
        Str own = str_from_cstr(meanings[i].path);
        if (str_equal(own, path) || (own.ptr[0] == '.' && str_ends_with(path, own)))
            return &meanings[i];
    }
    return &unknown;
}

typedef struct SchemaWriter {
    JsonWriter json;
    const ConfigTypes *types;
    Arena *arena;
} SchemaWriter;

static Str inner_path(const SchemaWriter *writer, Str path, const char *name) {
    return path.len ? str_format(writer->arena, "%.*s.%s", STR_ARG(path), name)
                    : str_from_cstr(name);
}

static void write_alternatives(JsonWriter *json, const char *text, const char *const *raw) {
    json_object_start(json);
    json_key_string(json, "description", str_from_cstr(text));
    json_key_array(json, "anyOf");
    for (; *raw; raw++)
        json_raw(json, str_from_cstr(*raw));
    json_array_end(json);
    json_object_end(json);
}

static void write_argument(JsonWriter *json, const ConfigMeaning *meaning) {
    static const char *const names[] = {"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
                                        "{\"type\":\"null\"}", NULL};
    static const char *const names_or_all[] = {
        "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "{\"const\":\"all\"}",
        "{\"type\":\"null\"}", NULL};
    static const char *const mapping[] = {
        "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}",
        "{\"type\":\"null\"}", NULL};
    switch (meaning->form) {
    case FORM_ANY: json_schema_write_type(json, &TYPE_DYNAMIC, meaning->text); return;
    case FORM_TEXT: json_schema_write_type(json, &TYPE_STRING, meaning->text); return;
    case FORM_BOOL: json_schema_write_type(json, &TYPE_BOOL, meaning->text); return;
    case FORM_NUMBER: json_schema_write_type(json, &TYPE_NUMBER, meaning->text); return;
    case FORM_NAMES: write_alternatives(json, meaning->text, names); return;
    case FORM_NAMES_OR_ALL: write_alternatives(json, meaning->text, names_or_all); return;
    case FORM_MAPPING: write_alternatives(json, meaning->text, mapping); return;
    case FORM_REFUSED: return;
    }
}

/* Finds bodies whose first label is a type with its own schema. */
static bool config_schema_find_kind(Str path, ConfigTypeKind *out) {
    static const struct {
        const char *path;
        ConfigTypeKind kind;
    } kinds[] = {
        {"resource", CONFIG_TYPE_RESOURCE},         {"data", CONFIG_TYPE_DATA},
        {"check.data", CONFIG_TYPE_DATA},           {"provider", CONFIG_TYPE_PROVIDER},
        {"terraform.backend", CONFIG_TYPE_BACKEND}, {"loam.backend", CONFIG_TYPE_BACKEND},
    };
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (str_equal_cstr(path, kinds[i].path)) {
            *out = kinds[i].kind;
            return true;
        }
    }
    return false;
}

static bool config_schema_is_refused(const SchemaWriter *writer, Str path, const char *name) {
    return find_meaning(inner_path(writer, path, name))->form == FORM_REFUSED;
}

/* Writes the arguments and blocks that the language defines for a body. */
static void write_own(SchemaWriter *writer, Str path, const ConfigShape *shape) {
    JsonWriter *json = &writer->json;
    vec_each(&shape->attributes, attribute) {
        if (config_schema_is_refused(writer, path, attribute->name))
            continue;
        json_key(json, str_from_cstr(attribute->name));
        write_argument(json, find_meaning(inner_path(writer, path, attribute->name)));
    }
    vec_each(&shape->blocks, block) {
        ConfigTypeKind kind;
        Str inner = inner_path(writer, path, (*block)->name);
        if (config_schema_is_refused(writer, path, (*block)->name))
            continue;
        json_key(json, str_from_cstr((*block)->name));
        json_schema_write_use(json, inner,
                              config_schema_find_kind(inner, &kind) ? 0 : (*block)->labels,
                              find_meaning(inner)->text);
    }
}

static StrVec own_required(const SchemaWriter *writer, const ConfigShape *shape) {
    StrVec names = {0};
    vec_each(&shape->attributes, attribute) {
        if (attribute->required)
            vec_push(writer->arena, &names, str_from_cstr(attribute->name));
    }
    return names;
}

/* Writes the definition of a typed body: the language's arguments and the type's. A type has no
 * attribute with the name of a meta-argument. */
static void write_typed(SchemaWriter *writer, Str path, const ConfigShape *shape,
                        const ConfigType *type) {
    Str own = inner_path(writer, path, type->name);
    json_schema_body_start(&writer->json, own, type->description);
    write_own(writer, path, shape);
    json_schema_body_end_typed(&writer->json, own, type->schema, writer->arena);
}

/* Starts the definition of a body that may have further names. */
static void write_open_start(SchemaWriter *writer, Str path) {
    JsonWriter *json = &writer->json;
    const char *text = find_meaning(path)->text;
    json_key(json, path);
    json_object_start(json);
    if (text)
        json_key_string(json, "description", str_from_cstr(text));
    json_key_string(json, "type", STR("object"));
    json_key_object(json, "properties");
}

/* Writes {TYPE: …} for each type of a kind; the bodies are below the remaining labels. */
static void config_schema_write_types(SchemaWriter *writer, Str path, const ConfigShape *shape,
                                      ConfigTypeKind kind) {
    bool is_open = kind == CONFIG_TYPE_PROVIDER; /* required_providers may give it any local name */
    if (is_open)
        write_open_start(writer, path);
    else
        json_schema_body_start(&writer->json, path, find_meaning(path)->text);
    vec_each(writer->types, type) {
        if (type->kind != kind)
            continue;
        json_key(&writer->json, str_from_cstr(type->name));
        json_schema_write_use(&writer->json, inner_path(writer, path, type->name),
                              shape->labels - 1, type->description);
    }
    json_schema_body_end(&writer->json, &(StrVec){0});
    vec_each(writer->types, type) {
        if (type->kind == kind)
            write_typed(writer, path, shape, type);
    }
}

/* Writes the definition of a body that has only the language's arguments. */
static void write_plain(SchemaWriter *writer, Str path, const ConfigShape *shape) {
    StrVec required = own_required(writer, shape);
    if (shape->is_open)
        write_open_start(writer, path);
    else
        json_schema_body_start(&writer->json, path, find_meaning(path)->text);
    write_own(writer, path, shape);
    json_schema_body_end(&writer->json, &required);
}

static void write_bodies(SchemaWriter *writer, Str path, const ConfigShape *shape) {
    ConfigTypeKind kind;
    if (config_schema_find_kind(path, &kind))
        config_schema_write_types(writer, path, shape, kind);
    else
        write_plain(writer, path, shape);
    vec_each(&shape->blocks, block) {
        if (!config_schema_is_refused(writer, path, (*block)->name))
            write_bodies(writer, inner_path(writer, path, (*block)->name), *block);
    }
}

Str config_schema_write(ConfigFileKind kind, const FunctionTable *functions,
                        const ConfigTypes *types, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    SchemaWriter writer = {.types = types, .arena = arena};
    const ConfigShape *file = config_probe(kind, functions, arena);
    JsonWriter *json = &writer.json;
    json_writer_init(json, &out, 2);
    json_object_start(json);
    json_key_string(json, "$schema", STR("http://json-schema.org/draft-07/schema#"));
    json_key_string(json, "title",
                    kind == CONFIG_FILE_QUERY ? STR("loam query") : STR("loam configuration"));
    json_key_array(json, "anyOf");
    json_raw(json, STR("{\"$ref\":\"#/definitions/file\"}"));
    json_raw(json, STR("{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/file\"}}"));
    json_raw(json, STR("{\"type\":\"null\"}"));
    json_array_end(json);
    json_key_object(json, "definitions");
    json_schema_write_definitions(json);
    json_schema_body_start(json, STR("file"), "Configuration: blocks by type.");
    write_own(&writer, STR_EMPTY, file);
    json_schema_body_end(json, &(StrVec){0});
    vec_each(&file->blocks, block) {
        write_bodies(&writer, str_from_cstr((*block)->name), *block);
    }
    json_object_end(json);
    json_object_end(json);
    strbuf_add_char(&out, '\n');
    return strbuf_str(&out);
}
