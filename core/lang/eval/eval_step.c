/* eval_step: gets attributes and indexes of values. */
#include "eval.h"

static bool attribute_of_object(Value object, Str name, SourceRange range, Value *out, Arena *arena,
                                Diags *diags) {
    size_t index;
    if (type_find_attribute(object.type, name, &index)) {
        *out = value_is_known(object) ? value_at(object, index)
                                      : value_unknown(type_at(object.type, index));
        return true;
    }
    Str hint = value_is_secret(object)
                   ? STR_EMPTY
                   : str_did_you_mean(name, object.type->names, object.type->count, arena);
    return diags_fail(diags, range, "Unsupported attribute",
                      "The object has no attribute \"%.*s\".%.*s", STR_ARG(name), STR_ARG(hint));
}

static bool attribute_of_map(Value map, Str name, SourceRange range, Value *out, Diags *diags) {
    if (!value_is_known(map)) {
        *out = value_unknown(map.type->element);
        return true;
    }
    if (value_find(map, name, out))
        return true;
    return diags_fail(diags, range, "Missing map element", "The map has no key \"%.*s\".",
                      STR_ARG(name));
}

static Str attribute_refusal(const Type *type, Str name, Arena *arena) {
    if (type_is_primitive(type))
        return str_format(arena, "Can't access attributes on a primitive-typed value (%.*s).",
                          STR_ARG(type_friendly_name(type, arena)));
    bool of_objects = (type->kind == KIND_LIST || type->kind == KIND_SET) && type->element &&
                      type->element->kind == KIND_OBJECT;
    size_t index;
    if (!of_objects || !type_find_attribute(type->element, name, &index))
        return STR("This value does not have any attributes.");
    const char *kind = type->kind == KIND_LIST ? "list" : "set";
    return str_format(arena,
                      "This is a %s of objects. Select one of them before the attribute \"%.*s\", "
                      "or use [*] to get the attribute of each element of the %s.",
                      kind, STR_ARG(name), kind);
}

bool eval_attribute(Value object, Str name, SourceRange range, Value *out, Arena *arena,
                    Diags *diags) {
    Value found;
    Str why;
    bool is_good = true;
    if (value_is_null(object))
        return diags_fail(diags, range, "Attempt to get attribute from null value",
                          "This value is null, so it does not have any attributes.");
    switch ((int)object.type->kind) {
    case KIND_DYNAMIC: found = value_unknown(&TYPE_DYNAMIC); break;
    case KIND_OBJECT:
        is_good = attribute_of_object(object, name, range, &found, arena, diags);
        break;
    case KIND_MAP: is_good = attribute_of_map(object, name, range, &found, diags); break;
    default:
        why = attribute_refusal(object.type, name, arena);
        return diags_fail(diags, range, "Unsupported attribute", "%.*s", STR_ARG(why));
    }
    if (is_good)
        *out = value_with_marks(found, object.marks);
    return is_good;
}

#define NO_SUCH_ELEMENT "Element not found"

static bool index_convert(Value key, const Type *type, SourceRange range, Value *out, Arena *arena,
                          Diags *diags) {
    ConvertError error;
    if (convert_value(key, type, out, &error, arena))
        return true;
    return diags_fail(diags, range, "Invalid index", NO_SUCH_ELEMENT ": %.*s.",
                      STR_ARG(error.message));
}

static bool index_refuse(SourceRange range, const char *why, Diags *diags) {
    return diags_fail(diags, range, "Invalid index", NO_SUCH_ELEMENT "%s%s.", *why ? ": " : "",
                      why);
}

static bool index_sequence(Value object, Value key, SourceRange range, Value *out, Arena *arena,
                           Diags *diags) {
    Value number;
    int64_t index;
    if (!index_convert(key, &TYPE_NUMBER, range, &number, arena, diags))
        return false;
    bool is_tuple = object.type->kind == KIND_TUPLE;
    if (!value_is_known(number) || (!is_tuple && !value_is_known(object))) {
        *out = value_unknown(is_tuple ? &TYPE_DYNAMIC : object.type->element);
        return true;
    }
    if (!value_to_int(number, &index))
        return index_refuse(range, "an index must be an integer", diags);
    size_t count = is_tuple ? object.type->count : object.count;
    if (index < 0)
        return index_refuse(range, "an index must not be negative", diags);
    if ((uint64_t)index >= count)
        return index_refuse(range,
                            count ? "the index is greater than that of the last element"
                                  : "the collection has no elements",
                            diags);
    *out = value_is_known(object) ? value_at(object, (size_t)index)
                                  : value_unknown(type_at(object.type, (size_t)index));
    return true;
}

static bool index_by_name(Value object, Value key, SourceRange range, Value *out, Arena *arena,
                          Diags *diags) {
    Value name;
    size_t index;
    bool is_map = object.type->kind == KIND_MAP;
    if (!index_convert(key, &TYPE_STRING, range, &name, arena, diags))
        return false;
    /* As in Terraform, an unknown object never fails, even if its type lacks the attribute. */
    if (!value_is_known(name) || !value_is_known(object)) {
        *out = value_unknown(is_map ? object.type->element : &TYPE_DYNAMIC);
        return true;
    }
    if (is_map)
        return value_find(object, value_text(name), out) || index_refuse(range, "", diags);
    if (!type_find_attribute(object.type, value_text(name), &index))
        return index_refuse(range, "", diags);
    *out = value_at(object, index);
    return true;
}

static bool index_known_kind(Value object, Value key, SourceRange range, Value *out, Arena *arena,
                             Diags *diags) {
    switch ((int)object.type->kind) {
    case KIND_LIST:
    case KIND_TUPLE: return index_sequence(object, key, range, out, arena, diags);
    case KIND_MAP:
    case KIND_OBJECT: return index_by_name(object, key, range, out, arena, diags);
    case KIND_SET:
        return diags_fail(diags, range, "Invalid index",
                          "A set has no order and no keys, so its elements have no index. "
                          "Convert it with tolist, or use a 'for' expression.");
    default:
        return diags_fail(diags, range, "Invalid index", "This value does not have any indices.");
    }
}

bool eval_index(Value object, Value key, SourceRange range, Value *out, Arena *arena,
                Diags *diags) {
    Value found = value_unknown(&TYPE_DYNAMIC);
    if (value_is_null(object))
        return diags_fail(diags, range, "Attempt to index null value",
                          "This value is null, so it does not have any indices.");
    if (value_is_null(key))
        return diags_fail(diags, range, "Invalid index", "The index is null.");
    bool is_dynamic = object.type->kind == KIND_DYNAMIC || key.type->kind == KIND_DYNAMIC;
    if (!is_dynamic && !index_known_kind(object, key, range, &found, arena, diags))
        return false;
    /* As in Terraform, if a type is unknown, the result has only the marks of the object. */
    *out = value_with_marks(found, is_dynamic ? object.marks : object.marks | key.marks);
    return true;
}

bool eval_steps(Value root, const Traversal *traversal, size_t from, Value *out, Arena *arena,
                Diags *diags) {
    for (size_t i = from; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        bool is_good = step->is_index
                           ? eval_index(root, step->key, step->range, &root, arena, diags)
                           : eval_attribute(root, step->name, step->range, &root, arena, diags);
        if (!is_good)
            return false;
    }
    *out = root;
    return true;
}
