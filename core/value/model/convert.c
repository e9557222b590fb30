/* convert: converts values. The rules are cty's, case by case. */
#include "convert.h"

#include "convert_type.h"
#include "refinement.h"
#include "str_quote.h"

/* The place in the value that is being converted, from the innermost step out. */
typedef struct Place {
    const struct Place *outer; /* NULL: `step` leads into the converted value itself */
    PathStep step;
} Place;

/* A constraint, and the same type without optional markers. */
typedef struct PlainType {
    const Type *constraint;
    const Type *plain;
} PlainType;

typedef struct Conversion {
    VEC(PlainType) plain_types; /* cache of those made so far; few */
    ConvertError *error;
    Arena *arena;
} Conversion;

static bool convert_nested(Conversion *c, Value v, const Type *type, const Place *place,
                           Value *out);

static const Type *plain_type(Conversion *c, const Type *constraint) {
    if (!constraint->has_optional)
        return constraint;
    vec_each(&c->plain_types, known) {
        if (known->constraint == constraint)
            return known->plain;
    }
    const Type *plain = type_without_optional(constraint, c->arena);
    vec_push(c->arena, &c->plain_types, (PlainType){constraint, plain});
    return plain;
}

static bool convert_fail(Conversion *c, const Place *place, Str message) {
    size_t count = 0;
    for (const Place *p = place; p; p = p->outer)
        count++;
    PathStep *steps = arena_new_array(c->arena, PathStep, count);
    size_t at = count;
    for (const Place *p = place; p; p = p->outer)
        steps[--at] = p->step;
    *c->error = (ConvertError){{steps, count}, message};
    return false;
}

/* Returns the mismatch message. For a sensitive object it omits the keys, which the type
 * contains. */
static Str type_mismatch(const Conversion *c, Value v, const Type *type) {
    if (!(value_marks_deep(v) & MARKS_SECRET))
        return convert_type_mismatch(v.type, type, c->arena);
    return str_format(c->arena, "%.*s required, but have %.*s",
                      STR_ARG(type_friendly_name(type, c->arena)),
                      STR_ARG(type_friendly_name(v.type, c->arena)));
}

static PathStep index_step(size_t i) {
    return (PathStep){.is_index = true, .key = value_int((int64_t)i)};
}

static PathStep key_step(Str key) {
    return (PathStep){.is_index = true, .key = value_from_str(key)};
}

/* Returns the path step to item i of v. */
static PathStep convert_step_to(Value v, size_t i) {
    if (v.type->kind == KIND_OBJECT)
        return (PathStep){.name = value_key_at(v, i)};
    return v.type->kind == KIND_MAP ? key_step(value_key_at(v, i)) : index_step(i);
}

/* Returns the refinement of an unknown after its conversion. Tuple and object types determine the
 * length; elements of a set may coincide. */
static Refinement carry_refinement(Value v, const Type *type) {
    Refinement kept = refinement_any();
    const Refinement *had = v.as.refinement;
    if (had)
        kept.not_null = had->not_null;
    if (!type_is_collection(type))
        return kept;
    if (v.type->kind == KIND_TUPLE || v.type->kind == KIND_OBJECT) {
        kept.length_min = kept.length_max = v.type->count;
    } else if (had && type_is_collection(v.type)) {
        kept.length_min = had->length_min;
        kept.length_max = had->length_max;
    }
    if (type->kind == KIND_SET && kept.length_min > 1)
        kept.length_min = 1;
    return kept;
}

static Value empty_collection(const Type *type, Arena *arena) {
    if (type->kind == KIND_LIST)
        return value_list(type->element, NULL, 0, arena);
    if (type->kind == KIND_SET)
        return value_set(type->element, NULL, 0, arena);
    return value_map(type->element, NULL, NULL, 0, arena);
}

/* Converts a null or an unknown. */
static Value convert_absent(Conversion *c, Value v, const Type *type) {
    const Type *resolved = convert_type_resolve(v.type, plain_type(c, type), c->arena);
    Value made = value_is_null(v)
                     ? value_null(resolved)
                     : refinement_to_value(resolved, carry_refinement(v, resolved), c->arena);
    return value_with_marks(made, v.marks);
}

/* Returns true if `text` is the word in any mix of capitals and small letters. */
static bool is_word_in_any_case(Str text, const char *word) {
    return text.len == strlen(word) && strncasecmp(text.ptr, word, text.len) == 0;
}

static bool to_bool(Conversion *c, Value v, const Place *place, Value *out) {
    Str text = value_text(v);
    bool is_true = str_equal(text, STR("true")) || str_equal(text, STR("1"));
    bool is_false = str_equal(text, STR("false")) || str_equal(text, STR("0"));
    if (is_true || is_false) {
        *out = value_bool(is_true);
        return true;
    }
    if (is_word_in_any_case(text, "true") || is_word_in_any_case(text, "false")) {
        return convert_fail(c, place,
                            STR("a bool is required; as a string it is written in small letters"));
    }
    return convert_fail(c, place, STR("a bool is required"));
}

static bool to_number(Conversion *c, Value v, const Place *place, Value *out) {
    const Number *number = NULL;
    if (!number_from_text(value_text(v), &number, c->arena)) {
        return convert_fail(c, place, STR("a number is required"));
    }
    *out = value_from_number(number);
    return true;
}

static bool to_primitive(Conversion *c, Value v, const Type *type, const Place *place, Value *out) {
    bool converted = true;
    Value made = v;
    if (type->kind == KIND_BOOL) {
        converted = to_bool(c, v, place, &made);
    } else if (type->kind == KIND_NUMBER) {
        converted = to_number(c, v, place, &made);
    } else if (v.type->kind == KIND_BOOL) {
        made = value_from_cstr(v.as.boolean ? "true" : "false");
    } else {
        made = value_from_str(value_number_text(v, c->arena));
    }
    if (converted)
        *out = value_with_marks(made, v.marks);
    return converted;
}

/* Converts every item of v to `element`. */
static bool convert_items(Conversion *c, Value v, const Type *element, const Place *place,
                          Value *items) {
    for (size_t i = 0; i < v.count; i++) {
        Place here = {place, {0}};
        here.step =
            v.type->kind == KIND_OBJECT ? key_step(value_key_at(v, i)) : convert_step_to(v, i);
        if (!convert_nested(c, value_at(v, i), element, &here, &items[i]))
            return false;
    }
    return true;
}

/* Where the constraint is "any", the elements may have several types; converts them to a common
 * one. */
static bool unify_items(Conversion *c, Value *items, size_t count, ConvertSafety safety,
                        const Place *place) {
    const Type **types = arena_new_array(c->arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        types[i] = items[i].type;
    const Type *unified = convert_type_unify(types, count, safety, c->arena);
    if (!unified)
        return convert_fail(c, place, STR("the elements have no common type"));
    for (size_t i = 0; i < count; i++) {
        Place here = {place, index_step(i)};
        if (!convert_nested(c, items[i], unified, &here, &items[i]))
            return false;
    }
    return true;
}

/* Returns the type that the items share, or NULL if they differ. Items of dynamic type adopt it. */
static const Type *share_type(Value *items, size_t count) {
    const Type *shared = &TYPE_DYNAMIC;
    for (size_t i = 0; i < count; i++) {
        if (shared->kind == KIND_DYNAMIC)
            shared = items[i].type;
        bool open = items[i].type->kind == KIND_DYNAMIC;
        if (!open && !type_equal(items[i].type, shared))
            return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (items[i].type->kind == KIND_DYNAMIC)
            items[i].type = shared;
    }
    return shared;
}

/* Returns true if the elements are unified after their conversion. As in Terraform: lists made from
 * tuples always, maps of collections or objects, sets never. */
static bool is_unified_after(Value v, const Type *type, const Type *element) {
    if (!element->has_dynamic)
        return false;
    if (type->kind == KIND_LIST)
        return v.type->kind == KIND_TUPLE;
    if (type->kind == KIND_SET)
        return false;
    return type_is_collection(element) || element->kind == KIND_OBJECT;
}

/* Converts an empty value. The element type "any" becomes that of the source if the source is a
 * collection. */
static Value convert_empty(Conversion *c, Value v, const Type *type) {
    const Type *plain = plain_type(c, type);
    if (type->element->kind == KIND_DYNAMIC && type_is_collection(v.type)) {
        plain = type_with_elements(plain, &v.type->element, 1, c->arena);
    }
    return value_with_marks(empty_collection(plain, c->arena), v.marks);
}

static Value make_collection(Conversion *c, Value v, TypeKind kind, const Type *element,
                             Value *items) {
    if (kind == KIND_LIST)
        return value_list(element, items, v.count, c->arena);
    if (kind == KIND_SET) {
        /* As in Terraform, a null element loses its marks. */
        for (size_t i = 0; i < v.count; i++)
            if (value_is_null(items[i]))
                items[i] = value_without_marks(items[i]);
        return value_set(element, items, v.count, c->arena);
    }
    Str *keys = arena_new_array(c->arena, Str, v.count);
    for (size_t i = 0; i < v.count; i++)
        keys[i] = value_key_at(v, i);
    return value_map(element, keys, items, v.count, c->arena);
}

/* Converts a collection, tuple or object to a list, set or map. */
static bool to_collection(Conversion *c, Value v, const Type *type, const Place *place,
                          Value *out) {
    const Type *element = type->element;
    bool structure = !type_is_collection(v.type);
    if (v.count == 0) {
        *out = convert_empty(c, v, type);
        return true;
    }
    bool open_set = v.type->kind == KIND_SET && v.count > 1 && !value_is_wholly_known(v);
    if (open_set && type->kind == KIND_LIST) {
        /* Unknown elements may coincide, so the length of the list is unknown. */
        const Type *resolved = convert_type_resolve(v.type, plain_type(c, type), c->arena);
        *out = value_with_marks(value_unknown(resolved), value_marks_deep(v));
        return true;
    }
    if (structure && element->kind == KIND_DYNAMIC) {
        element = convert_type_unify_parts(v.type, type->kind, CONVERT_UNSAFE, c->arena);
        if (!element)
            return convert_fail(c, place, type_mismatch(c, v, type));
    }
    Value *items = arena_new_array(c->arena, Value, v.count);
    if (!convert_items(c, v, element, place, items))
        return false;
    ConvertSafety safety = structure ? CONVERT_UNSAFE : CONVERT_SAFE;
    if (is_unified_after(v, type, element) && !unify_items(c, items, v.count, safety, place)) {
        return false;
    }
    const Type *shared = element->has_dynamic ? share_type(items, v.count) : plain_type(c, element);
    if (!shared)
        return convert_fail(c, place, STR("the elements have no common type"));
    *out = value_with_marks(make_collection(c, v, type->kind, shared, items), v.marks);
    return true;
}

static bool to_tuple(Conversion *c, Value v, const Type *type, const Place *place, Value *out) {
    Value *items = arena_new_array(c->arena, Value, v.count);
    for (size_t i = 0; i < v.count; i++) {
        Place here = {place, convert_step_to(v, i)};
        if (!convert_nested(c, value_at(v, i), type_at(type, i), &here, &items[i]))
            return false;
    }
    *out = value_with_marks(value_tuple(items, v.count, c->arena), v.marks);
    return true;
}

/* Converts attribute i of the object type from v, an object or a map. An optional attribute that v
 * lacks is null. */
static bool to_attribute(Conversion *c, Value v, const Type *type, size_t i, const Place *place,
                         Value *out) {
    Value part = {0};
    Str name = type->names[i];
    const Type *wanted = type_at(type, i);
    bool map = v.type->kind == KIND_MAP;
    if (value_find(v, name, &part)) {
        Place here = {place, map ? key_step(name) : (PathStep){.name = name}};
        bool possible =
            !map || convert_type_is_possible(part.type, wanted, CONVERT_UNSAFE, c->arena);
        if (possible)
            return convert_nested(c, part, wanted, &here, out);
        return convert_fail(c, &here, type_mismatch(c, part, wanted));
    }
    if (type->optional && type->optional[i]) {
        *out = value_null(plain_type(c, wanted));
        return true;
    }
    Str quoted = str_quote(name, c->arena);
    const char *format = "map has no element for required attribute %.*s";
    return convert_fail(c, place, str_format(c->arena, format, STR_ARG(quoted)));
}

static bool to_object(Conversion *c, Value v, const Type *type, const Place *place, Value *out) {
    Value *items = arena_new_array(c->arena, Value, type->count);
    for (size_t i = 0; i < type->count; i++) {
        if (!to_attribute(c, v, type, i, place, &items[i]))
            return false;
    }
    const Type *resolved = plain_type(c, type);
    if (resolved->has_dynamic) {
        const Type **types = arena_new_array(c->arena, const Type *, type->count);
        for (size_t i = 0; i < type->count; i++)
            types[i] = items[i].type;
        resolved = type_object(type->names, types, NULL, type->count, c->arena);
    }
    *out = value_with_marks(value_object_of(resolved, items), v.marks);
    return true;
}

/* Converts v, whose type is convertible to `type`; its content may still fail. */
static bool convert_nested(Conversion *c, Value v, const Type *type, const Place *place,
                           Value *out) {
    if (type->kind == KIND_DYNAMIC || type_equal(v.type, plain_type(c, type))) {
        *out = v;
        return true;
    }
    if (!value_is_present(v)) {
        *out = convert_absent(c, v, type);
        return true;
    }
    switch (type->kind) {
    case KIND_DYNAMIC: break;
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: return to_primitive(c, v, type, place, out);
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP: return to_collection(c, v, type, place, out);
    case KIND_TUPLE: return to_tuple(c, v, type, place, out);
    case KIND_OBJECT: return to_object(c, v, type, place, out);
    }
    return false;
}

static bool convert_step_into(Value v, PathStep step, Value *out) {
    int64_t at;
    size_t index;
    Str name = step.is_index && step.key.type == &TYPE_STRING ? value_text(step.key) : step.name;
    if (!value_is_present(v))
        return false;
    if (v.type->kind == KIND_MAP)
        return value_find(v, name, out);
    if (v.type->kind == KIND_OBJECT) {
        if (!type_find_attribute(v.type, name, &index))
            return false;
        *out = value_at(v, index);
        return true;
    }
    if (!step.is_index || !value_to_int(step.key, &at) || at < 0 || (uint64_t)at >= v.count)
        return false;
    *out = value_at(v, (size_t)at);
    return true;
}

/* Cuts the path of the error before a sensitive value, because its keys are sensitive too. */
static void hide_secret_steps(Value v, ConvertError *error) {
    if (!(value_marks_deep(v) & MARKS_SECRET))
        return;
    for (size_t i = 0; i < error->path.count; i++) {
        if (value_is_secret(v))
            error->path.count = i;
        else if (!convert_step_into(v, error->path.steps[i], &v))
            return;
    }
}

bool convert_value(Value v, const Type *type, Value *out, ConvertError *error, Arena *arena) {
    Conversion c = {.error = error, .arena = arena};
    if (type_equal(v.type, plain_type(&c, type))) {
        *out = v;
        return true;
    }
    if (!convert_type_is_possible(v.type, type, CONVERT_UNSAFE, arena)) {
        return convert_fail(&c, NULL, type_mismatch(&c, v, type));
    }
    Value made;
    if (!convert_nested(&c, v, type, NULL, &made)) {
        hide_secret_steps(v, error);
        return false;
    }
    *out = made;
    return true;
}

static bool convert_strictly(Conversion *c, Value v, const Type *type, const Place *place,
                             Value *out) {
    bool is_list = type->kind == KIND_LIST && type_is_sequence(v.type);
    bool is_map = type->kind == KIND_MAP && type_is_mapping(v.type);
    if ((!is_list && !is_map) || !type->has_dynamic || !value_is_present(v) || v.count == 0)
        return convert_nested(c, v, type, place, out);
    Value *items = arena_new_array(c->arena, Value, v.count);
    for (size_t i = 0; i < v.count; i++) {
        Place here = {place, {0}};
        here.step =
            v.type->kind == KIND_OBJECT ? key_step(value_key_at(v, i)) : convert_step_to(v, i);
        if (!convert_strictly(c, value_at(v, i), type->element, &here, &items[i]))
            return false;
    }
    const Type *shared = share_type(items, v.count);
    if (!shared)
        return convert_fail(c, place, STR("the elements must all have the same type"));
    *out = value_with_marks(make_collection(c, v, type->kind, shared, items), v.marks);
    return true;
}

bool convert_value_strictly(Value v, const Type *type, Value *out, ConvertError *error,
                            Arena *arena) {
    Conversion c = {.error = error, .arena = arena};
    Value made;
    /* First check that the parts can be elements of one collection. */
    if (!convert_value(v, type, &made, error, arena))
        return false;
    if (convert_strictly(&c, v, type, NULL, out))
        return true;
    hide_secret_steps(v, error);
    return false;
}
