#include "kube_schema.h"

#include "kube_object.h"

#define REFERENCE       "#/components/schemas/"
#define REFERENCES_MAX  16 /* maximum chain of references, against cycles */
#define PRESERVES       "x-kubernetes-preserve-unknown-fields"
#define INT_OR_STRING   "x-kubernetes-int-or-string"
#define EMBEDDED_OBJECT "x-kubernetes-embedded-resource"
#define GROUP_KINDS     "x-kubernetes-group-version-kind"

typedef struct Checking {
    const KubeSchema *schema;
    KubeSchemaErrors *errors;
    Arena *arena;
} Checking;

static void kube_schema_add_error(const Checking *checking, Path path, Str text) {
    KubeSchemaError error = {path, text};
    vec_push(checking->arena, checking->errors, error);
}

/* Members of schemas. */

static bool kube_schema_find(Value schema, const char *name, Value *out) {
    return value_is_present(schema) && type_is_mapping(schema.type) &&
           value_find_present(schema, str_from_cstr(name), out);
}

static bool kube_schema_find_flag(Value schema, const char *name) {
    Value found;
    return kube_schema_find(schema, name, &found) && found.type->kind == KIND_BOOL &&
           value_is_true(found);
}

static bool find_mapping(Value schema, const char *name, Value *out) {
    return kube_schema_find(schema, name, out) && type_is_mapping(out->type);
}

static bool find_sequence(Value schema, const char *name, Value *out) {
    return kube_schema_find(schema, name, out) && type_is_sequence(out->type);
}

static Str kube_schema_text_of(Value schema, const char *name) {
    Value found;
    return kube_schema_find(schema, name, &found) && found.type->kind == KIND_STRING
               ? value_text(found)
               : STR_EMPTY;
}

/* Returns the schema that a reference names. The documents of servers wrap a reference that has a
 * description or a default in an allOf of one item. A schema that is not found accepts everything.
 */
static Value kube_schema_resolve(const Checking *checking, Value schema) {
    Value all, found;
    for (int i = 0; i < REFERENCES_MAX; i++) {
        Str reference = kube_schema_text_of(schema, "$ref");
        if (reference.len == 0 && find_sequence(schema, "allOf", &all) && all.count == 1 &&
            kube_schema_text_of(value_at(all, 0), "$ref").len) {
            schema = value_at(all, 0);
            continue;
        }
        if (reference.len == 0)
            return schema;
        if (!str_starts_with(reference, STR(REFERENCE)) ||
            !value_is_present(checking->schema->definitions) ||
            !value_find(checking->schema->definitions, str_after(reference, strlen(REFERENCE)),
                        &found))
            break;
        schema = found;
    }
    return value_null(&TYPE_DYNAMIC);
}

/* Types. */

static bool kube_schema_is_integer(Value value) {
    return value.type->kind == KIND_NUMBER &&
           (!(value.flags & FLAG_BIG) || number_is_integer(value.as.number));
}

static bool kube_schema_has_type(Value value, Str type) {
    if (str_equal(type, STR("string")))
        return value.type->kind == KIND_STRING;
    if (str_equal(type, STR("integer")))
        return kube_schema_is_integer(value);
    if (str_equal(type, STR("number")))
        return value.type->kind == KIND_NUMBER;
    if (str_equal(type, STR("boolean")))
        return value.type->kind == KIND_BOOL;
    if (str_equal(type, STR("array")))
        return type_is_sequence(value.type);
    return !str_equal(type, STR("object")) || type_is_mapping(value.type);
}

static Str name_of_type(Str type) {
    if (str_equal(type, STR("string")))
        return STR("a string");
    if (str_equal(type, STR("integer")))
        return STR("a whole number");
    if (str_equal(type, STR("number")))
        return STR("a number");
    if (str_equal(type, STR("boolean")))
        return STR("true or false");
    return str_equal(type, STR("array")) ? STR("a list") : STR("an object");
}

static Str name_of_value(Value value) {
    switch (value.type->kind) {
    case KIND_STRING: return STR("a string");
    case KIND_NUMBER:
        return kube_schema_is_integer(value) ? STR("a whole number") : STR("a number");
    case KIND_BOOL: return STR("a boolean");
    case KIND_DYNAMIC: return STR("a value of any type");
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: return STR("a list");
    case KIND_MAP:
    case KIND_OBJECT: break;
    }
    return STR("an object");
}

static bool kube_schema_check_type(const Checking *checking, Value schema, Value value, Path path) {
    Arena *arena = checking->arena;
    Str type = kube_schema_text_of(schema, "type");
    bool is_either = kube_schema_find_flag(schema, INT_OR_STRING) ||
                     str_equal(kube_schema_text_of(schema, "format"), STR("int-or-string"));
    bool is_good = is_either ? kube_schema_is_integer(value) || value.type->kind == KIND_STRING
                             : type.len == 0 || kube_schema_has_type(value, type);
    if (is_good)
        return true;
    Str wanted = is_either ? STR("a whole number or a string") : name_of_type(type);
    kube_schema_add_error(checking, path,
                          str_format(arena, "The field must be %.*s, but is %.*s.", STR_ARG(wanted),
                                     STR_ARG(name_of_value(value))));
    return false;
}

static void check_enum(const Checking *checking, Value schema, Value value, Path path) {
    Value values;
    StrBuf text = strbuf_new(checking->arena);
    StrVec names = {0};
    if (value.type->kind != KIND_STRING || !find_sequence(schema, "enum", &values))
        return;
    for (size_t i = 0; i < values.count; i++) {
        Value one = value_at(values, i);
        if (!value_is_present(one) || one.type->kind != KIND_STRING)
            continue;
        if (str_equal(value_text(one), value_text(value)))
            return;
        vec_push(checking->arena, &names, value_text(one));
        strbuf_add_format(&text, "%s\"%.*s\"", text.len ? ", " : "", STR_ARG(value_text(one)));
    }
    if (names.count)
        kube_schema_add_error(checking, path,
                              str_format(checking->arena, "The field must be one of %.*s.%.*s",
                                         STR_ARG(strbuf_str(&text)),
                                         STR_ARG(str_did_you_mean(value_text(value), names.items,
                                                                  names.count, checking->arena))));
}

/* Objects. */

static void check_value(const Checking *checking, Value schema, Value value, Path path);

/* Members that every object has, also where the schema of a definition does not name them. An apply
 * does not send the status. */
static const Str type_fields[] = {STR_CONST("apiVersion"), STR_CONST("kind"), STR_CONST("metadata"),
                                  STR_CONST("status")};
static const Str metadata_fields[] = {
    STR_CONST("annotations"),
    STR_CONST("creationTimestamp"),
    STR_CONST("deletionGracePeriodSeconds"),
    STR_CONST("finalizers"),
    STR_CONST("deletionTimestamp"),
    STR_CONST("generateName"),
    STR_CONST("generation"),
    STR_CONST("labels"),
    STR_CONST("managedFields"),
    STR_CONST("name"),
    STR_CONST("namespace"),
    STR_CONST("ownerReferences"),
    STR_CONST("resourceVersion"),
    STR_CONST("selfLink"),
    STR_CONST("uid"),
};

static void kube_schema_report_unknown(const Checking *checking, StrVec known, Str name,
                                       Path path) {
    Str near = str_did_you_mean(name, known.items, known.count, checking->arena);
    kube_schema_add_error(checking, path,
                          str_format(checking->arena, "The kind has no field \"%.*s\" here.%.*s",
                                     STR_ARG(name), STR_ARG(near)));
}

static StrVec kube_schema_names_of(Value properties, bool is_object, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; i < properties.count; i++)
        vec_push(arena, &names, value_key_at(properties, i));
    for (size_t i = 0; is_object && i < ARRAY_COUNT(type_fields); i++)
        vec_push(arena, &names, type_fields[i]);
    return names;
}

/* Labels and annotations are texts. */
static void kube_schema_check_texts(const Checking *checking, Value metadata, const char *name,
                                    Path path) {
    Value texts;
    Path inside = path_attribute(path, str_from_cstr(name), checking->arena);
    if (!find_mapping(metadata, name, &texts))
        return;
    for (size_t i = 0; i < texts.count; i++) {
        Value text = value_at(texts, i);
        if (value_is_present(text) && text.type->kind != KIND_STRING)
            kube_schema_add_error(
                checking,
                path_index(inside, value_from_str(value_key_at(texts, i)), checking->arena),
                str_format(checking->arena, "The field must be a string, but is %.*s.",
                           STR_ARG(name_of_value(text))));
    }
}

/* Definitions do not describe metadata, which is the same for all kinds. */
static void kube_schema_check_metadata(const Checking *checking, Value object, Path path) {
    Value metadata;
    Path at = path_attribute(path, STR("metadata"), checking->arena);
    StrVec known = {0};
    if (!find_mapping(object, "metadata", &metadata))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(metadata_fields); i++)
        vec_push(checking->arena, &known, metadata_fields[i]);
    for (size_t i = 0; i < metadata.count; i++) {
        Str name = value_key_at(metadata, i);
        if (!str_is_among(name, metadata_fields, ARRAY_COUNT(metadata_fields)) &&
            !value_is_null(value_at(metadata, i)))
            kube_schema_report_unknown(checking, known, name,
                                       path_attribute(at, name, checking->arena));
    }
    kube_schema_check_texts(checking, metadata, "labels", at);
    kube_schema_check_texts(checking, metadata, "annotations", at);
}

/* A default is set before the server looks for missing fields. */
static bool kube_schema_has_default(const Checking *checking, Value properties, Str name) {
    Value property, found;
    return value_is_present(properties) && value_find_present(properties, name, &property) &&
           (kube_schema_find(property, "default", &found) ||
            kube_schema_find(kube_schema_resolve(checking, property), "default", &found));
}

static void kube_schema_check_required(const Checking *checking, Value schema, Value properties,
                                       Value object, Path path) {
    Value required, found;
    if (!find_sequence(schema, "required", &required))
        return;
    for (size_t i = 0; i < required.count; i++) {
        Value name = value_at(required, i);
        if (name.type->kind != KIND_STRING || value_find(object, value_text(name), &found) ||
            kube_schema_has_default(checking, properties, value_text(name)))
            continue;
        kube_schema_add_error(checking, path,
                              str_format(checking->arena, "The field \"%.*s\" is missing here.",
                                         STR_ARG(value_text(name))));
    }
}

/* Checks a member that the schema does not name. */
static void check_other(const Checking *checking, Value schema, const StrVec *known, Str name,
                        Value value, Path path) {
    Value others;
    bool has_others = kube_schema_find(schema, "additionalProperties", &others);
    bool is_mapping = has_others && type_is_mapping(others.type);
    if (is_mapping)
        check_value(checking, others, value, path);
    else if (!has_others ? known->count > 0 && !kube_schema_find_flag(schema, PRESERVES)
                         : !value_is_true(others))
        kube_schema_report_unknown(checking, *known, name, path);
}

static void kube_schema_check_object(const Checking *checking, Value schema, Value object,
                                     Path path, bool is_whole) {
    Arena *arena = checking->arena;
    Value properties = value_null(&TYPE_DYNAMIC), property;
    (void)!find_mapping(schema, "properties", &properties);
    bool has_type_fields = is_whole || kube_schema_find_flag(schema, EMBEDDED_OBJECT);
    StrVec known = {0};
    if (value_is_present(properties))
        known = kube_schema_names_of(properties, has_type_fields, arena);
    for (size_t i = 0; i < object.count; i++) {
        Str name = value_key_at(object, i);
        Value value = value_at(object, i);
        bool is_type_field =
            has_type_fields && str_is_among(name, type_fields, ARRAY_COUNT(type_fields));
        Path at = path_attribute(path, name, arena);
        if (value_is_present(properties) && value_find(properties, name, &property))
            check_value(checking, property, value, at);
        else if (value_is_present(value) && !is_type_field)
            check_other(checking, schema, &known, name, value, at);
    }
    if (has_type_fields)
        kube_schema_check_metadata(checking, object, path);
    kube_schema_check_required(checking, schema, properties, object, path);
}

static void kube_schema_check_items(const Checking *checking, Value schema, Value list, Path path) {
    Value items;
    if (list.type->kind == KIND_SET || !find_mapping(schema, "items", &items))
        return;
    for (size_t i = 0; i < list.count; i++)
        check_value(checking, items, value_at(list, i),
                    path_index(path, value_int((int64_t)i), checking->arena));
}

static void check_value(const Checking *checking, Value schema, Value value, Path path) {
    schema = kube_schema_resolve(checking, schema);
    if (!value_is_present(schema) || !value_is_present(value) ||
        !kube_schema_check_type(checking, schema, value, path))
        return;
    check_enum(checking, schema, value, path);
    if (type_is_mapping(value.type))
        kube_schema_check_object(checking, schema, value, path, false);
    else if (type_is_sequence(value.type))
        kube_schema_check_items(checking, schema, value, path);
}

KubeSchemaErrors kube_schema_check(const KubeSchema *schema, Value object, Arena *arena) {
    KubeSchemaErrors errors = {0};
    Checking checking = {schema, &errors, arena};
    Value root = kube_schema_resolve(&checking, schema->root);
    if (value_is_present(root) && value_is_present(object) && type_is_mapping(object.type))
        kube_schema_check_object(&checking, root, object, (Path){0}, schema->is_custom);
    return errors;
}

/* Returns the schema of a member or an item; null if there is none. */
static Value kube_schema_step_into(Value schema, const PathStep *step) {
    Value members, found;
    if (step->is_index && step->key.type->kind == KIND_NUMBER)
        return find_mapping(schema, "items", &found) ? found : value_null(&TYPE_DYNAMIC);
    Str name = step->is_index ? value_text(step->key) : step->name;
    if (find_mapping(schema, "properties", &members) && value_find_present(members, name, &found))
        return found;
    return find_mapping(schema, "additionalProperties", &found) ? found : value_null(&TYPE_DYNAMIC);
}

Str kube_schema_did_you_mean(const KubeSchema *schema, Path path, Str name, Arena *arena) {
    Checking checking = {.schema = schema, .arena = arena};
    Value at = kube_schema_resolve(&checking, schema->root), properties;
    for (size_t i = 0; i < path.count; i++)
        at = kube_schema_resolve(&checking, kube_schema_step_into(at, &path.steps[i]));
    if (!find_mapping(at, "properties", &properties))
        return STR_EMPTY;
    StrVec names = kube_schema_names_of(properties, schema->is_custom && path.count == 0, arena);
    return str_did_you_mean(name, names.items, names.count, arena);
}

/* Finding schemas. */

static bool kube_schema_has_kind(Value schema, Str group, Str version, Str kind) {
    Value kinds;
    if (!find_sequence(schema, GROUP_KINDS, &kinds))
        return false;
    for (size_t i = 0; i < kinds.count; i++) {
        Value one = value_at(kinds, i);
        if (str_equal(kube_schema_text_of(one, "group"), group) &&
            str_equal(kube_schema_text_of(one, "version"), version) &&
            str_equal(kube_schema_text_of(one, "kind"), kind))
            return true;
    }
    return false;
}

bool kube_schema_of_document(Value document, Str group, Str version, Str kind, KubeSchema *out) {
    Value definitions;
    if (!kube_object_find(document, "components", "schemas", &definitions) ||
        !value_is_present(definitions) || !type_is_mapping(definitions.type))
        return false;
    for (size_t i = 0; i < definitions.count; i++) {
        Value schema = value_at(definitions, i);
        if (!kube_schema_has_kind(schema, group, version, kind))
            continue;
        *out = (KubeSchema){.root = schema, .definitions = definitions};
        return true;
    }
    return false;
}

bool kube_schema_of_definition(Value definition, Str version, KubeSchema *out) {
    Value versions, schema;
    if (!kube_object_find(definition, "spec", "versions", &versions) ||
        !value_is_present(versions) || !type_is_sequence(versions.type))
        return false;
    for (size_t i = 0; i < versions.count; i++) {
        Value one = value_at(versions, i);
        if (!str_equal(kube_schema_text_of(one, "name"), version) ||
            !kube_object_find(one, "schema", "openAPIV3Schema", &schema) ||
            !value_is_wholly_known(schema))
            continue;
        *out = (KubeSchema){
            .root = schema, .definitions = value_null(&TYPE_DYNAMIC), .is_custom = true};
        return true;
    }
    return false;
}
