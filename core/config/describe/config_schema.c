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
    {"terraform",                                FORM_ANY,          "What the configuration needs of the program; versions are Terraform's."},
    {"loam",                                     FORM_ANY,          "What the configuration needs of the program; versions are loam's."},
    {"language",                                 FORM_ANY,          "The language that the module is written in, and the programs that it works with."},
    {"language.edition",                         FORM_TEXT,         "The edition of the language: tofu2024."},
    {"language.experiments",                     FORM_ANY,          "Features that are tried out; loam has none."},
    {"language.compatible_with",                 FORM_ANY,          "Versions of programs: opentofu, such as \">= 1.12\". What it says of others is for them."},
    {"provider",                                 FORM_ANY,          "The settings of a provider, by its name."},
    {"variable",                                 FORM_ANY,          "An input of the module."},
    {"locals",                                   FORM_ANY,          "Named values."},
    {"output",                                   FORM_ANY,          "A value that the module gives."},
    {"resource",                                 FORM_ANY,          "Objects that are made and kept as described, by type and name."},
    {"data",                                     FORM_ANY,          "Objects that are looked up, by type and name."},
    {"module",                                   FORM_ANY,          "A call of another module; what else is in it are that module's variables."},
    {"moved",                                    FORM_ANY,          "An object that has another address now."},
    {"removed",                                  FORM_ANY,          "An object that the configuration lets go of."},
    {"import",                                   FORM_ANY,          "An object that exists and is to be taken over."},
    {"check",                                    FORM_ANY,          "Assertions that warn and never stop anything."},
    {".required_version",                        FORM_TEXT,         "Versions of the program that will do, such as \">= 1.5, < 2.0\"."},
    {".required_providers",                      FORM_ANY,          "Providers by local name: source, version, configuration_aliases."},
    {".backend",                                 FORM_ANY,          "Where the state is kept, by type of backend."},
    {".cloud",                                   FORM_REFUSED,      ""},
    {"provider.alias",                           FORM_TEXT,         "A name for one more configuration of the same provider."},
    {"provider.version",                         FORM_TEXT,         "Ignored; versions belong to required_providers."},
    {"variable.type",                            FORM_TEXT,         "A type such as string, list(number), object({name = string})."},
    {"variable.default",                         FORM_ANY,          "The value where none is given; a literal."},
    {".description",                             FORM_TEXT,         "A text for people."},
    {".sensitive",                               FORM_BOOL,         "Do not show the value."},
    {"variable.nullable",                        FORM_BOOL,         "May the value be null? true where it is left out."},
    {".ephemeral",                               FORM_BOOL,         "Keep the value out of state and plan."},
    {".deprecated",                              FORM_TEXT,         "What to use instead."},
    {"variable.validation",                      FORM_ANY,          "A rule that the value must keep."},
    {".condition",                               FORM_ANY,          "An expression that must be true."},
    {".error_message",                           FORM_TEXT,         "What is said where the condition does not hold."},
    {"output.value",                             FORM_ANY,          "An expression."},
    {".depends_on",                              FORM_NAMES,        "References to what must be there first, though no expression says so."},
    {".precondition",                            FORM_ANY,          "What must hold before."},
    {".postcondition",                           FORM_ANY,          "What must hold of the object afterwards, called self."},
    {".count",                                   FORM_NUMBER,       "How many instances there are; count.index is the number of each."},
    {".for_each",                                FORM_ANY,          "A map, or a set of strings: an instance for each; each.key, each.value."},
    {".provider",                                FORM_TEXT,         "The provider configuration that serves it: NAME or NAME.ALIAS."},
    {".lifecycle",                               FORM_ANY,          "How changes are carried out."},
    {"resource.lifecycle.create_before_destroy", FORM_BOOL,         "Make the new object before the old one goes."},
    {"resource.lifecycle.prevent_destroy",       FORM_BOOL,         "Refuse every plan that would destroy it."},
    {"resource.lifecycle.ignore_changes",        FORM_NAMES_OR_ALL, "Attributes whose differences are left alone, or all."},
    {"resource.lifecycle.replace_triggered_by",  FORM_NAMES,        "References whose change replaces this object."},
    {".locals",                                  FORM_REFUSED,      ""},
    {".provisioner.lifecycle",                   FORM_REFUSED,      ""},
    {".enabled",                                 FORM_BOOL,         "false: as if the block were not there."},
    {"resource.lifecycle.destroy",               FORM_BOOL,         "false: let go of the object instead of destroying it."},
    {"removed.lifecycle.destroy",                FORM_BOOL,         "Destroy the object, or only forget it?"},
    {".provisioner.when",                        FORM_TEXT,         "create, or destroy."},
    {".provisioner.on_failure",                  FORM_TEXT,         "fail, or continue."},
    {"._",                                       FORM_ANY,          "Arguments whose names mean something else here."},
    {"ephemeral",                                FORM_ANY,          "Values that are got for one run and kept nowhere."},
    {".encryption",                              FORM_ANY,          "How state and plan are encrypted."},
    {".provisioner",                             FORM_ANY,          "What runs once the object is made, or before it goes, by type."},
    {".connection",                              FORM_ANY,          "How provisioners reach the machine."},
    {"module.source",                            FORM_TEXT,         "Where the module is: a folder such as ./modules/network."},
    {"module.version",                           FORM_TEXT,         "Versions of a module from a registry that will do."},
    {"module.providers",                         FORM_MAPPING,      "The module's provider configurations, by those of this one."},
    {".from",                                    FORM_TEXT,         "The address as it was."},
    {"moved.to",                                 FORM_TEXT,         "The address as it is now."},
    {"import.to",                                FORM_TEXT,         "The address that the object gets."},
    {"import.id",                                FORM_TEXT,         "What the provider knows the object by."},
    {"check.assert",                             FORM_ANY,          "What should hold."},
    {"environments",                             FORM_ANY,          "Places that the configuration is for, by name: what is different in each."},
    {"environments.variables",                   FORM_ANY,          "Values of variables there."},
    {"environments.backend",                     FORM_ANY,          "Arguments of the backend there."},
    {"environments.provider",                    FORM_ANY,          "Arguments of providers there, by name."},
    {"environments.protected",                   FORM_BOOL,         "Changes there take the environment's name, not just a yes."},
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
    json_key(json, STR("anyOf"));
    json_array_start(json);
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
static bool find_kind(Str path, ConfigTypeKind *out) {
    static const struct {
        const char *path;
        ConfigTypeKind kind;
    } kinds[] = {
        {"resource",          CONFIG_TYPE_RESOURCE},
        {"data",              CONFIG_TYPE_DATA    },
        {"check.data",        CONFIG_TYPE_DATA    },
        {"provider",          CONFIG_TYPE_PROVIDER},
        {"terraform.backend", CONFIG_TYPE_BACKEND },
        {"loam.backend",      CONFIG_TYPE_BACKEND },
    };
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (str_equal_cstr(path, kinds[i].path)) {
            *out = kinds[i].kind;
            return true;
        }
    }
    return false;
}

static bool is_refused(const SchemaWriter *writer, Str path, const char *name) {
    return find_meaning(inner_path(writer, path, name))->form == FORM_REFUSED;
}

/* Writes the arguments and blocks that the language defines for a body. */
static void write_own(SchemaWriter *writer, Str path, const ConfigShape *shape) {
    JsonWriter *json = &writer->json;
    vec_each(&shape->attributes, attribute) {
        if (is_refused(writer, path, attribute->name))
            continue;
        json_key(json, str_from_cstr(attribute->name));
        write_argument(json, find_meaning(inner_path(writer, path, attribute->name)));
    }
    vec_each(&shape->blocks, block) {
        ConfigTypeKind kind;
        Str inner = inner_path(writer, path, (*block)->name);
        if (is_refused(writer, path, (*block)->name))
            continue;
        json_key(json, str_from_cstr((*block)->name));
        json_schema_write_use(json, inner, find_kind(inner, &kind) ? 0 : (*block)->labels,
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
static void write_typed(SchemaWriter *writer,
                        Str path,
                        const ConfigShape *shape,
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
    json_key(json, STR("properties"));
    json_object_start(json);
}

/* Writes {TYPE: …} for each type of a kind; the bodies are below the remaining labels. */
static void write_types(SchemaWriter *writer,
                        Str path,
                        const ConfigShape *shape,
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
    if (find_kind(path, &kind))
        write_types(writer, path, shape, kind);
    else
        write_plain(writer, path, shape);
    vec_each(&shape->blocks, block) {
        if (!is_refused(writer, path, (*block)->name))
            write_bodies(writer, inner_path(writer, path, (*block)->name), *block);
    }
}

Str config_schema_write(const FunctionTable *functions, const ConfigTypes *types, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    SchemaWriter writer = {.types = types, .arena = arena};
    const ConfigShape *file = config_probe(functions, arena);
    JsonWriter *json = &writer.json;
    json_writer_init(json, &out, 2);
    json_object_start(json);
    json_key_string(json, "$schema", STR("http://json-schema.org/draft-07/schema#"));
    json_key_string(json, "title", STR("loam configuration"));
    json_key(json, STR("anyOf"));
    json_array_start(json);
    json_raw(json, STR("{\"$ref\":\"#/definitions/file\"}"));
    json_raw(json, STR("{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/file\"}}"));
    json_raw(json, STR("{\"type\":\"null\"}"));
    json_array_end(json);
    json_key(json, STR("definitions"));
    json_object_start(json);
    json_schema_write_definitions(json);
    json_schema_body_start(json, STR("file"), "Configuration: blocks by their type.");
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
