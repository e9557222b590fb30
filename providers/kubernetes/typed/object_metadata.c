#include "object_metadata.h"

#include "digest.h"
#include "field_name.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_id.h"
#include "object_texts.h"

#define NAME_ROWS                                                                                  \
    {"name", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Name of the object."}, {             \
        "generate_name", &TYPE_STRING, OPTIONAL | FORCES_NEW,                                      \
            "Prefix of the name: the creation adds five characters."                               \
    }
#define SETTING_ROWS                                                                               \
    {"labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels. Those that others set are kept."},          \
        {"annotations", &TYPE_MAP_OF_STRING, OPTIONAL,                                             \
         "Annotations. Those that others set are kept."},                                          \
        {"generation", &TYPE_NUMBER, COMPUTED | CHANGES_ON_UPDATE,                                 \
         "Number of the desired state of the object; 0 if its kind has none."},                    \
        {"resource_version", &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE,                           \
         "Version of the object, which any change increases."},                                    \
    {                                                                                              \
        "uid", &TYPE_STRING, COMPUTED,                                                             \
            "Identifier of the object, different for each object of "                              \
            "its name."                                                                            \
    }

const Attribute object_metadata_attributes[] = {
    NAME_ROWS,
    {"namespace", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Namespace of the object.",
     .default_json = "\"default\""},
    SETTING_ROWS,
};
const Attribute object_metadata_cluster_attributes[] = {NAME_ROWS, SETTING_ROWS};
const ArgumentRule object_metadata_rules[] = {
    {RULE_EXACTLY_ONE, {"name", "generate_name"}},
};
static_assert(ARRAY_COUNT(object_metadata_attributes) == OBJECT_METADATA_COUNT, "count");
static_assert(ARRAY_COUNT(object_metadata_cluster_attributes) == OBJECT_METADATA_CLUSTER_COUNT,
              "count");

Value object_metadata_of(Value resource) {
    Value list = object_attribute(resource, "metadata");
    return value_is_present(list) && list.count ? value_at(list, 0)
                                                : value_null(list.type->element);
}

static bool has(Value item, const char *name) {
    size_t index;
    return type_find_attribute(item.type, str_from_cstr(name), &index);
}

static void put_known(ObjectBuilder *builder, const char *name, Value value) {
    if (!value_is_null(value))
        object_builder_put(builder, str_from_cstr(name), value);
}

Value object_metadata_manifest(Value item, Arena *arena) {
    static const char *const names[] = {"name", "namespace", "labels", "annotations"};
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (has(item, names[i]))
            put_known(&builder, names[i], object_attribute(item, names[i]));
    }
    return object_builder_value(&builder);
}

static Value live_texts(Value stored, Value live, const char *name, bool is_import, Arena *arena) {
    Value found;
    if (!kube_object_find(live, "metadata", name, &found))
        found = value_null(&TYPE_DYNAMIC);
    return is_import ? object_texts_settings(found, arena)
                     : object_texts_kept(stored, found, arena);
}

Value object_metadata_live(Value item, Value live, bool is_import, Arena *arena) {
    ObjectBuilder builder = object_builder_of(item, arena);
    Value generation;
    if (!kube_object_find(live, "metadata", "generation", &generation))
        generation = value_int(0);
    if (value_is_present(item) && object_text(item, "generate_name", STR_EMPTY).len == 0)
        object_builder_set(&builder, "generate_name", value_null(&TYPE_STRING));
    object_builder_set_text(&builder, "name", kube_object_text(live, "metadata", "name"), arena);
    if (has(item, "namespace"))
        object_builder_set_text(&builder, "namespace",
                                kube_object_text(live, "metadata", "namespace"), arena);
    Value labels = object_builder_get(&builder, "labels");
    Value annotations = object_builder_get(&builder, "annotations");
    object_builder_set(&builder, "labels", live_texts(labels, live, "labels", is_import, arena));
    object_builder_set(&builder, "annotations",
                       live_texts(annotations, live, "annotations", is_import, arena));
    object_builder_set(&builder, "generation", generation);
    object_builder_set_text(&builder, "resource_version",
                            kube_object_text(live, "metadata", "resourceVersion"), arena);
    object_builder_set_text(&builder, "uid", kube_object_text(live, "metadata", "uid"), arena);
    return object_builder_value(&builder);
}

Str object_metadata_generated(const Call *call, Str prefix) {
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789"; /* no words, as Kubernetes */
    enum { LENGTH = 5 };
    Str digest = digest_bytes(DIGEST_SHA256, object_id_uuid(call), call->arena);
    char *suffix = arena_alloc(call->arena, LENGTH);
    for (size_t i = 0; i < LENGTH; i++)
        suffix[i] = letters[(unsigned char)digest.ptr[i] % (sizeof letters - 1)];
    return str_concat(prefix, (Str){suffix, LENGTH}, call->arena);
}

Str object_metadata_id(Value item, Arena *arena) {
    Str name = object_text(item, "name", STR_EMPTY);
    if (name.len == 0 || !has(item, "namespace"))
        return name;
    Str namespace = object_text(item, "namespace", STR_EMPTY);
    const Str parts[] = {namespace, name};
    return namespace.len ? str_join(parts, ARRAY_COUNT(parts), STR("/"), arena) : STR_EMPTY;
}

static bool parse_long_id(Str id, const ObjectKey *kind, ObjectKey *out, Str *problem,
                          Arena *arena) {
    if (!object_key_parse(id, out, problem, arena))
        return false;
    if (str_equal(out->group, kind->group) && str_equal(out->kind, kind->kind))
        return true;
    *problem = str_format(arena,
                          "The ID names an object of kind \"%.*s\", but the resource is a "
                          "\"%.*s\".",
                          STR_ARG(out->kind), STR_ARG(kind->kind));
    return false;
}

bool object_metadata_parse_id(Str id, const ObjectKey *kind, bool is_namespaced, ObjectKey *out,
                              Str *problem, Arena *arena) {
    Str rest = id;
    if (str_find_char(id, '=', 0) != SIZE_MAX)
        return parse_long_id(id, kind, out, problem, arena);
    *out = *kind;
    if (is_namespaced && str_find_char(id, '/', 0) != SIZE_MAX)
        (void)str_next_field(&rest, '/', &out->namespace);
    out->name = rest;
    bool is_valid = out->name.len && str_find_char(out->name, '/', 0) == SIZE_MAX &&
                    (!is_namespaced || out->namespace.len);
    if (!is_valid)
        *problem =
            is_namespaced ? STR("The ID is \"NAMESPACE/NAME\".") : STR("The ID is the name.");
    return is_valid;
}

/* Returns the index of the attribute that stands for the field; SIZE_MAX if there is none. */
static size_t metadata_find_argument(const Type *object, Str field, Arena *arena) {
    for (size_t i = 0; i < object->count; i++) {
        if (str_equal(field_name_of_attribute(object->names[i], arena), field))
            return i;
    }
    return SIZE_MAX;
}

/* Adds the steps from `at` on, as far as the type of the argument at `base` has them. */
static Path place_below(const Type *type, Path base, Path path, size_t at, Arena *arena) {
    for (; at < path.count; at++) {
        const PathStep *step = &path.steps[at];
        Value key = step->is_index ? step->key : value_from_str(step->name);
        size_t index = type->kind == KIND_OBJECT && !step->is_index
                           ? metadata_find_argument(type, step->name, arena)
                           : SIZE_MAX;
        if (type->kind == KIND_MAP)
            return at + 1 == path.count ? path_index(base, key, arena) : base;
        bool is_item = type->kind == KIND_LIST && step->is_index;
        if (!is_item && index == SIZE_MAX)
            return base;
        base = is_item ? path_index(base, key, arena)
                       : path_attribute(base, type->names[index], arena);
        type = is_item ? type->element : type->types[index];
    }
    return base;
}

/* Adds the step to an attribute of the schema, and the steps below it. A plan does not show the
 * inside of a sensitive attribute. */
static Path place_in(const Schema *schema, Path base, Path path, size_t at, Arena *arena) {
    const PathStep *step = &path.steps[at];
    const Type *type = schema_implied_type(schema);
    size_t index = step->is_index ? SIZE_MAX : metadata_find_argument(type, step->name, arena);
    const Attribute *attribute =
        index == SIZE_MAX ? NULL : schema_find_attribute(schema, type->names[index]);
    if (!attribute)
        return base;
    base = path_attribute(base, type->names[index], arena);
    return attribute->flags & SENSITIVE
               ? base
               : place_below(type->types[index], base, path, at + 1, arena);
}

Path object_metadata_path(const Schema *schema, Path path, Arena *arena) {
    Path none = {0};
    if (path.count == 0 || path.steps[0].is_index)
        return none;
    const Block *block = schema_find_block(schema, path.steps[0].name);
    if (!block || block->nesting != NEST_LIST)
        return place_in(schema, none, path, 0, arena);
    Path base = path_index(path_attribute(none, path.steps[0].name, arena), value_int(0), arena);
    return path.count > 1 ? place_in(&block->schema, base, path, 1, arena) : base;
}
