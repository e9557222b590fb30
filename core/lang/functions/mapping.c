/* mapping: functions on maps and objects. */
#include "functions.h"

#include "object_builder.h"
#include "sequence.h"
#include "str_quote.h"

static size_t mapping_count(Value v) {
    return v.type->kind == KIND_OBJECT ? v.type->count : v.count;
}

static bool mapping_require(FunctionCall *call, Str *error) {
    return type_is_mapping(call->arguments[0].type) ||
           function_fail(call, 0, error, "must have map or object type");
}

static bool mapping_keys(FunctionCall *call, Value *out, Str *error) {
    if (!mapping_require(call, error))
        return false;
    Value map = call->arguments[0];
    bool is_object = map.type->kind == KIND_OBJECT;
    if (!is_object && !value_is_known(map))
        return function_give(
            value_with_marks(function_unknown(call, &TYPE_LIST_OF_STRING), map.marks), out);
    size_t count = mapping_count(map);
    Value *items = arena_new_array(call->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_from_str(value_key_at(map, i));
    Value result = is_object ? value_tuple(items, count, call->arena)
                             : value_list(&TYPE_STRING, items, count, call->arena);
    return function_give(value_with_marks(result, map.marks), out);
}

static bool values_type(FunctionCall *call, const Type **out, Str *error) {
    if (!mapping_require(call, error))
        return false;
    const Type *type = call->arguments[0].type;
    if (type->kind == KIND_MAP) {
        *out = type_list(type->element, call->arena);
        return true;
    }
    const Type **types = arena_new_array(call->arena, const Type *, type->count);
    for (size_t i = 0; i < type->count; i++)
        types[i] = type_at(type, i);
    *out = type_tuple(types, type->count, call->arena);
    return true;
}

static bool mapping_values(FunctionCall *call, Value *out, Str *error) {
    if (!mapping_require(call, error))
        return false;
    Value map = call->arguments[0];
    size_t count = mapping_count(map);
    Value *items = arena_new_array(call->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_at(map, i);
    Value result = map.type->kind == KIND_OBJECT
                       ? value_tuple(items, count, call->arena)
                       : value_list(map.type->element, items, count, call->arena);
    return function_give(value_with_marks(result, map.marks), out);
}

static bool lookup_missing(FunctionCall *call, Str *error) {
    Value key = call->arguments[1];
    if (key.marks)
        return function_fail(call, 0, error, "lookup failed to find key (sensitive value)");
    return function_fail(call, 0, error, "lookup failed to find key %.*s",
                         STR_ARG(str_quote(value_text(key), call->arena)));
}

static bool lookup_default(FunctionCall *call, const Type *type, uint8_t marks, Value *out,
                           Str *error) {
    ConvertError failure;
    if (call->count < 3)
        return lookup_missing(call, error);
    Value value = call->arguments[2];
    if (type && !convert_value(value, type, &value, &failure, call->arena))
        return function_fail(call, 2, error,
                             "the default value must have the same type as the map elements");
    return function_give(value_with_marks(value, marks), out);
}

/* A default of the wrong type is an error even if it is not used. */
static bool lookup_check_default(FunctionCall *call, const Type *type, Str *error) {
    ConvertError failure;
    Value ignored;
    return call->count < 3 ||
           convert_value(call->arguments[2], type, &ignored, &failure, call->arena) ||
           function_fail(call, 2, error,
                         "the default value must have the same type as the map elements");
}

/* Returns an unknown of the type that lookup would find, if the key is known or all elements share
 * a type. */
static bool lookup_unknown(FunctionCall *call, uint8_t marks, Value *out, Str *error) {
    const Type *type = call->arguments[0].type;
    Value key = call->arguments[1];
    const Type *found = &TYPE_DYNAMIC;
    size_t index;
    if (type->kind == KIND_MAP)
        found = type->element;
    else if (value_is_known(key) && type_find_attribute(type, value_text(key), &index))
        found = type_at(type, index);
    else if (value_is_known(key) && call->count < 3)
        return lookup_missing(call, error);
    else if (value_is_known(key))
        found = call->arguments[2].type;
    return function_give(value_with_marks(value_unknown(found), marks), out);
}

static bool mapping_lookup(FunctionCall *call, Value *out, Str *error) {
    Value map = call->arguments[0];
    Value key = call->arguments[1];
    Value found;
    uint8_t marks = map.marks | key.marks;
    if (call->count > 3)
        return function_fail(call, SIZE_MAX, error,
                             "lookup() takes two or three arguments, got %zu", call->count);
    if (!type_is_mapping(map.type))
        return function_fail(call, 0, error, "lookup() requires a map as the first argument");
    bool is_map = map.type->kind == KIND_MAP;
    if (is_map && !lookup_check_default(call, map.type->element, error))
        return false;
    if (!value_is_known(key) || !value_is_known(map))
        return lookup_unknown(call, marks, out, error);
    if (!value_find(value_without_marks(map), value_text(key), &found))
        return lookup_default(call, is_map ? map.type->element : NULL, marks, out, error);
    return function_give(value_with_marks(found, marks), out);
}

/* Adds the items of an argument; for an unknown object, unknowns of its attribute types. */
static void merge_add(Value map, ObjectBuilder *merged) {
    bool is_known = value_is_known(map);
    for (size_t i = 0; i < mapping_count(map); i++) {
        Value item = is_known ? value_at(map, i) : value_unknown(type_at(map.type, i));
        object_builder_put(merged, value_key_at(map, i), item);
    }
}

typedef struct MergeShape {
    const Type *same; /* the common type of all arguments; NULL: they differ */
    bool is_unknown;  /* one argument is unknown as a whole */
    bool has_all_names;
    uint8_t marks;
} MergeShape;

/* Returns true if an argument is an unknown of unknown type, and no argument before it has an
 * invalid type. */
static bool merge_is_open(const FunctionCall *call) {
    for (size_t i = 0; i < call->count; i++) {
        Value map = call->arguments[i];
        if (map.type->kind == KIND_DYNAMIC && !value_is_known(map))
            return true;
        if (map.type->kind != KIND_DYNAMIC && !type_is_mapping(map.type))
            return false;
    }
    return false;
}

static bool merge_shape(FunctionCall *call, MergeShape *shape, Str *error) {
    *shape = (MergeShape){.same = call->arguments[0].type, .has_all_names = true};
    for (size_t i = 0; i < call->count; i++) {
        Value map = call->arguments[i];
        if (!value_is_null(map)) /* as in Terraform, a null argument adds no marks */
            shape->marks |= map.marks;
        if (map.type->kind == KIND_DYNAMIC) { /* null without a type */
            shape->same = NULL;
            continue;
        }
        if (!type_is_mapping(map.type))
            return function_fail(call, i, error, "arguments must be maps or objects, got %.*s",
                                 STR_ARG(type_friendly_name(map.type, call->arena)));
        if (shape->same && !type_equal(shape->same, map.type))
            shape->same = NULL;
        if (value_is_known(map))
            continue;
        shape->is_unknown = true;
        if (map.type->kind == KIND_MAP)
            shape->has_all_names = false;
    }
    return true;
}

static bool mapping_merge(FunctionCall *call, Value *out, Str *error) {
    MergeShape shape;
    if (call->count == 0)
        return function_give(value_object(NULL, NULL, 0, call->arena), out);
    if (merge_is_open(call))
        return function_give(value_unknown(&TYPE_DYNAMIC), out);
    if (!merge_shape(call, &shape, error))
        return false;
    ObjectBuilder members = object_builder_new(call->arena);
    size_t total = 0;
    for (size_t i = 0; i < call->count; i++) {
        Value map = value_without_marks(call->arguments[i]);
        if (value_is_null(map) || map.type->kind == KIND_DYNAMIC)
            continue;
        if (map.type->kind == KIND_MAP && !value_is_known(map))
            continue;
        total += mapping_count(map);
        merge_add(map, &members);
    }
    if (!function_spend(call, total, 0, error))
        return false;
    Value result;
    bool is_map = shape.same && shape.same->kind == KIND_MAP;
    bool has_type = shape.same || shape.has_all_names;
    if (is_map && !shape.is_unknown)
        result = object_builder_map(&members, shape.same->element);
    else
        result = object_builder_value(&members);
    if (shape.is_unknown)
        result = value_unknown(!has_type ? &TYPE_DYNAMIC : is_map ? shape.same : result.type);
    return function_give(value_with_marks(result, shape.marks), out);
}

static Value zipmap_unknown(const FunctionCall *call, const Type *type, Value keys) {
    if (type->kind == KIND_LIST)
        return function_unknown(call, type_map(type->element, call->arena));
    if (!value_is_wholly_known(keys))
        return value_unknown(&TYPE_DYNAMIC);
    Str *names = arena_new_array(call->arena, Str, keys.count);
    const Type **types = arena_new_array(call->arena, const Type *, keys.count);
    for (size_t i = 0; i < keys.count; i++) {
        names[i] = value_text(value_at(keys, i));
        types[i] = type_at(type, i);
    }
    return function_unknown(call, type_object(names, types, NULL, keys.count, call->arena));
}

static bool zipmap_fill(FunctionCall *call, Value keys, Value values, Value *out, Str *error) {
    ObjectBuilder members = object_builder_new(call->arena);
    for (size_t i = 0; i < keys.count; i++) {
        Value key = value_at(keys, i);
        if (value_is_null(key))
            return function_fail(call, 0, error, "keys must not be null");
        object_builder_put(&members, value_text(key), value_at(values, i));
    }
    return function_give(values.type->kind == KIND_TUPLE
                             ? object_builder_value(&members)
                             : object_builder_map(&members, values.type->element),
                         out);
}

static bool mapping_zipmap(FunctionCall *call, Value *out, Str *error) {
    Value keys = call->arguments[0];
    Value values = value_without_marks(call->arguments[1]);
    uint8_t marks = call->arguments[1].marks | value_marks_deep(keys);
    Value result;
    keys = value_unmark_deep(keys, call->arena);
    TypeKind kind = values.type->kind;
    if (kind != KIND_LIST && kind != KIND_TUPLE)
        return function_fail(call, 1, error, "values argument must be a list or tuple value");
    bool can_count = value_is_wholly_known(keys) && (kind == KIND_TUPLE || value_is_known(values));
    if (can_count && keys.count != sequence_count(values))
        return function_fail(call, SIZE_MAX, error,
                             "number of keys (%zu) does not match number of values (%zu)",
                             (size_t)keys.count, sequence_count(values));
    if (!value_is_wholly_known(keys) || !value_is_known(values)) {
        result = zipmap_unknown(call, values.type, keys);
    } else if (!zipmap_fill(call, keys, values, &result, error)) {
        return false;
    }
    return function_give(value_with_marks(result, marks), out);
}

static bool mapping_transpose(FunctionCall *call, Value *out, Str *error) {
    Value map = call->arguments[0];
    Map groups = map_new(call->arena);
    (void)error;
    if (!value_is_wholly_known(map))
        return function_give(function_unknown(call, call->function->type), out);
    for (size_t i = 0; i < map.count; i++) {
        Value list = value_at(map, i);
        if (value_is_null(list))
            return function_fail(call, 0, error, "a list in the map is null");
        for (size_t k = 0; k < list.count; k++) {
            Value item = value_at(list, k);
            if (value_is_null(item))
                return function_fail(call, 0, error, "a null string cannot become a key");
            StrVec *group = map_find(&groups, value_text(item));
            if (!group) {
                group = arena_new(call->arena, StrVec);
                map_set(&groups, value_text(item), group);
            }
            vec_push(call->arena, group, value_key_at(map, i));
        }
    }
    Str *names = arena_new_array(call->arena, Str, groups.count);
    Value *items = arena_new_array(call->arena, Value, groups.count);
    for (size_t i = 0; i < groups.count; i++) {
        StrVec *group = groups.entries[i].value;
        str_sort(group->items, group->count);
        Value *texts = arena_new_array(call->arena, Value, group->count);
        for (size_t k = 0; k < group->count; k++)
            texts[k] = value_from_str(group->items[k]);
        names[i] = groups.entries[i].key;
        items[i] = value_list(&TYPE_STRING, texts, group->count, call->arena);
    }
    return function_give(value_map(&TYPE_LIST_OF_STRING, names, items, groups.count, call->arena),
                         out);
}

static const Type map_of_lists = {.kind = KIND_MAP, .element = &TYPE_LIST_OF_STRING};

/* clang-format off */
static const Function mapping_functions[] = {
    {
        .name = "keys",
        PARAMETERS({"inputMap", &TYPE_DYNAMIC, PARAMETER_UNKNOWN | PARAMETER_MARKED}),
        .run = mapping_keys,
        .description = "The keys of a map or the attribute names of an object, sorted.",
        .example = "keys({b = 1, a = 2}) = [\"a\", \"b\"]",
    },
    {
        .name = "lookup", .can_be_null = true,
        PARAMETERS({"inputMap", &TYPE_DYNAMIC, PARAMETER_UNKNOWN | PARAMETER_MARKED},
                   {"key", &TYPE_STRING, PARAMETER_UNKNOWN | PARAMETER_MARKED}),
        VARIADIC({"default", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = mapping_lookup,
        .description = "The element with the key, or the default if there is none.",
        .example = "lookup({a = \"ay\"}, \"z\", \"none\") = \"none\"",
    },
    {
        .name = "merge", .blames_call = true,
        VARIADIC({"maps", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = mapping_merge,
        .description = "All elements of the maps or objects; for each key, the last one.",
        .example = "merge({a = 1}, {a = 2, b = 3}) = {a = 2, b = 3}",
    },
    {
        .name = "transpose",
        PARAMETERS({"values", &map_of_lists}),
        .type = &map_of_lists,
        .run = mapping_transpose,
        .description = "A map of lists, inverted: each string with its keys.",
        .example = "transpose({a = [\"x\"], b = [\"x\"]}).x = tolist([\"a\", \"b\"])",
    },
    {
        .name = "values", .blames_call = true,
        PARAMETERS({"mapping", &TYPE_DYNAMIC, PARAMETER_MARKED}),
        .result_type = values_type,
        .run = mapping_values,
        .description = "The values of a map or object, in the order of their keys.",
        .example = "values({b = 1, a = 2}) = [2, 1]",
    },
    {
        .name = "zipmap",
        PARAMETERS({"keys", &TYPE_LIST_OF_STRING, PARAMETER_UNKNOWN | PARAMETER_MARKED},
                   {"values", &TYPE_DYNAMIC, PARAMETER_UNKNOWN | PARAMETER_MARKED}),
        .run = mapping_zipmap,
        .description = "A map or object of the given keys and values.",
        .example = "zipmap([\"a\", \"b\"], [1, 2]) = {a = 1, b = 2}",
    },
};
/* clang-format on */

const FunctionFamily functions_mapping = {mapping_functions, ARRAY_COUNT(mapping_functions)};
