/* convert_type: conversions between types. The rules are cty's, case by case. */
#include "convert_type.h"

#include "str_quote.h"

static bool convert_type_is_sequence(const Type *type) {
    return type->kind == KIND_LIST || type->kind == KIND_SET;
}

/* Returns true if every part of a tuple or object converts to `element`. Neighbours often share a
 * type. */
static bool are_parts_possible(const Type *from, const Type *element, ConvertSafety safety,
                               Arena *arena) {
    const Type *checked = NULL;
    for (size_t i = 0; i < from->count; i++) {
        const Type *part = type_at(from, i);
        if (part == checked)
            continue;
        if (!convert_type_is_possible(part, element, safety, arena))
            return false;
        checked = part;
    }
    return true;
}

const Type *convert_type_unify_parts(const Type *from, TypeKind to, ConvertSafety safety,
                                     Arena *arena) {
    const Type *const *types = from->types ? from->types : &from->element;
    const Type *unified = convert_type_unify(types, from->types ? from->count : 1, safety, arena);
    if (!unified || unified->kind != KIND_DYNAMIC || to == KIND_MAP)
        return unified;
    /* A list or set of "any" is possible only if every part has dynamic type. */
    for (size_t i = 0; i < from->count; i++) {
        if (type_at(from, i)->kind != KIND_DYNAMIC)
            return NULL;
    }
    return unified;
}

static bool is_structure_to_collection(const Type *from, const Type *to, ConvertSafety safety,
                                       Arena *arena) {
    if (from->count == 0)
        return true;
    const Type *element = to->element;
    if (element->kind == KIND_DYNAMIC) {
        element = convert_type_unify_parts(from, to->kind, safety, arena);
    }
    return element && are_parts_possible(from, element, safety, arena);
}

static bool is_primitive_to_primitive(const Type *from, const Type *to, ConvertSafety safety) {
    if (to->kind == KIND_STRING)
        return true;
    return safety == CONVERT_UNSAFE && from->kind == KIND_STRING;
}

static bool is_object_to_object(const Type *from, const Type *to, ConvertSafety safety,
                                Arena *arena) {
    for (size_t i = 0; i < to->count; i++) {
        size_t at;
        if (!type_find_attribute(from, to->names[i], &at)) {
            if (to->optional && to->optional[i])
                continue;
            return false;
        }
        if (!convert_type_is_possible(from->types ? from->types[at] : from->element, type_at(to, i),
                                      safety, arena)) {
            return false;
        }
    }
    return true;
}

static bool is_tuple_to_tuple(const Type *from, const Type *to, ConvertSafety safety,
                              Arena *arena) {
    if (from->count != to->count)
        return false;
    for (size_t i = 0; i < to->count; i++) {
        if (!convert_type_is_possible(type_at(from, i), type_at(to, i), safety, arena))
            return false;
        if (from->element && to->element)
            return true;
    }
    return true;
}

/* An optional attribute may have a type to which the map's elements do not convert. The conversion
 * then depends on the map's keys, which only the value has. */
static bool is_map_to_object(const Type *from, const Type *to, ConvertSafety safety, Arena *arena) {
    if (safety == CONVERT_SAFE)
        return false;
    for (size_t i = 0; i < to->count; i++) {
        if (to->optional && to->optional[i])
            continue;
        if (!convert_type_is_possible(from->element, type_at(to, i), safety, arena))
            return false;
    }
    return true;
}

static bool is_sequence_to_sequence(const Type *from, const Type *to, ConvertSafety safety,
                                    Arena *arena) {
    bool loses_order = from->kind == KIND_LIST && to->kind == KIND_SET;
    if (loses_order && safety == CONVERT_SAFE)
        return false;
    return convert_type_is_possible(from->element, to->element, safety, arena);
}

bool convert_type_is_possible(const Type *from, const Type *to, ConvertSafety safety,
                              Arena *arena) {
    if (to->kind == KIND_DYNAMIC || type_equal(from, to))
        return true;
    if (from->kind == KIND_DYNAMIC)
        return safety == CONVERT_UNSAFE;
    switch (to->kind) {
    case KIND_DYNAMIC: return true;
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: return type_is_primitive(from) && is_primitive_to_primitive(from, to, safety);
    case KIND_LIST:
    case KIND_SET:
        if (convert_type_is_sequence(from))
            return is_sequence_to_sequence(from, to, safety, arena);
        return from->kind == KIND_TUPLE && is_structure_to_collection(from, to, safety, arena);
    case KIND_MAP:
        if (from->kind == KIND_MAP) {
            return convert_type_is_possible(from->element, to->element, safety, arena);
        }
        return from->kind == KIND_OBJECT && is_structure_to_collection(from, to, safety, arena);
    case KIND_TUPLE: return from->kind == KIND_TUPLE && is_tuple_to_tuple(from, to, safety, arena);
    case KIND_OBJECT:
        if (from->kind == KIND_MAP)
            return is_map_to_object(from, to, safety, arena);
        return from->kind == KIND_OBJECT && is_object_to_object(from, to, safety, arena);
    }
    return false;
}

static const Type *resolve_element(const Type *from, const Type *to, Arena *arena) {
    const Type *element = from->element;
    if (!type_is_collection(from)) {
        const Type *const *types = from->types ? from->types : &from->element;
        size_t count = from->types || from->count == 0 ? from->count : 1;
        element = convert_type_unify(types, count, CONVERT_UNSAFE, arena);
    }
    return element ? convert_type_resolve(element, to->element, arena) : to->element;
}

static const Type *resolve_parts(const Type *from, const Type *to, Arena *arena) {
    const Type **types = arena_new_array(arena, const Type *, to->count);
    for (size_t i = 0; i < to->count; i++) {
        size_t at = i;
        const Type *part = NULL;
        if (from->kind == KIND_MAP) {
            part = from->element;
        } else if (to->kind == KIND_TUPLE || type_find_attribute(from, to->names[i], &at)) {
            part = type_at(from, at);
        }
        types[i] = part ? convert_type_resolve(part, type_at(to, i), arena) : type_at(to, i);
    }
    return type_with_elements(to, types, to->count, arena);
}

const Type *convert_type_resolve(const Type *from, const Type *to, Arena *arena) {
    if (from->kind == KIND_DYNAMIC || !to->has_dynamic)
        return to;
    if (to->kind == KIND_DYNAMIC)
        return from;
    if (!type_is_collection(to))
        return resolve_parts(from, to, arena);
    const Type *element = resolve_element(from, to, arena);
    return type_with_elements(to, &element, 1, arena);
}

/* Returns type_friendly_name, with "any type" for a dynamic type. */
static Str constraint_name(const Type *type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (; type_is_collection(type); type = type->element) {
        const char *kind = type->kind == KIND_LIST  ? "list"
                           : type->kind == KIND_SET ? "set"
                                                    : "map";
        strbuf_add_cstr(&text, kind);
        strbuf_add_cstr(&text, " of ");
    }
    if (type->kind == KIND_DYNAMIC)
        strbuf_add_cstr(&text, "any type");
    else
        strbuf_add(&text, type_friendly_name(type, arena));
    return strbuf_str(&text);
}

static Str missing_attributes(const Str *names, size_t count, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add_cstr(&text, count == 1 ? "attribute " : "attributes ");
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && count > 2)
            strbuf_add_char(&text, ',');
        if (i > 0)
            strbuf_add_cstr(&text, i + 1 == count ? " and " : " ");
        strbuf_add(&text, str_quote(names[i], arena));
    }
    strbuf_add_cstr(&text, count == 1 ? " is required" : " are required");
    return strbuf_str(&text);
}

static Str within(const char *what, Str which, Str inner, Arena *arena) {
    return str_format(arena, "%s %.*s: %.*s", what, STR_ARG(which), STR_ARG(inner));
}

/* Returns the message for objects: missing attributes first, then attributes of a wrong type. */
static Str object_mismatch(const Type *have, const Type *want, Arena *arena) {
    StrVec missing = {0};
    Str wrong = {0};
    for (size_t i = 0; i < want->count; i++) {
        size_t at;
        if (!type_find_attribute(have, want->names[i], &at)) {
            bool optional = want->optional && want->optional[i];
            if (!optional)
                vec_push(arena, &missing, want->names[i]);
        } else if (!wrong.len && !convert_type_is_possible(type_at(have, at), type_at(want, i),
                                                           CONVERT_UNSAFE, arena)) {
            Str inner = convert_type_mismatch(type_at(have, at), type_at(want, i), arena);
            wrong = within("attribute", str_quote(want->names[i], arena), inner, arena);
        }
    }
    return missing.count ? missing_attributes(missing.items, missing.count, arena) : wrong;
}

/* Returns the message for the first part that does not convert to the element type; empty if each
 * part converts. */
static Str part_mismatch(const Type *have, const Type *want, Arena *arena) {
    for (size_t i = 0; i < have->count; i++) {
        const Type *part = type_at(have, i);
        if (convert_type_is_possible(part, want->element, CONVERT_UNSAFE, arena))
            continue;
        Str which = have->kind == KIND_TUPLE ? str_format(arena, "%zu", i)
                                             : str_quote(have->names[i], arena);
        return within("element", which, convert_type_mismatch(part, want->element, arena), arena);
    }
    return (Str){0};
}

static Str no_common_type(TypeKind kind, Arena *arena) {
    const char *what = kind == KIND_LIST ? "list" : kind == KIND_SET ? "set" : "map";
    return str_format(arena, "all %s elements must have the same type", what);
}

static bool is_matching_structure(const Type *have, const Type *want) {
    if (want->kind == KIND_MAP)
        return have->kind == KIND_OBJECT;
    return convert_type_is_sequence(want) && have->kind == KIND_TUPLE;
}

static bool is_matching_collection(const Type *have, const Type *want) {
    return (have->kind == KIND_MAP && want->kind == KIND_MAP) ||
           (convert_type_is_sequence(have) && convert_type_is_sequence(want));
}

Str convert_type_mismatch(const Type *have, const Type *want, Arena *arena) {
    Str text = {0};
    if (have->kind == KIND_OBJECT && want->kind == KIND_OBJECT) {
        text = object_mismatch(have, want, arena);
    } else if (is_matching_structure(have, want)) {
        bool any = want->element->kind == KIND_DYNAMIC;
        text = any ? no_common_type(want->kind, arena) : part_mismatch(have, want, arena);
    } else if (is_matching_collection(have, want)) {
        Str inner = convert_type_mismatch(have->element, want->element, arena);
        text = str_format(arena, "incorrect element type: %.*s", STR_ARG(inner));
    }
    if (text.len)
        return text;
    Str wanted = constraint_name(want, arena), found = type_friendly_name(have, arena);
    return str_format(arena, "%.*s required, but have %.*s", STR_ARG(wanted), STR_ARG(found));
}
