/* type_constraint: reads type constraints from expressions and applies the defaults of optional
 * attributes. */
#include "type_constraint.h"

#include "eval.h"
#include "parser.h"

/* The defaults in or below one node of the type. */
struct TypeDefaults {
    Map values;   /* of an object: attribute name → const Value * */
    Map children; /* of an object by attribute name, of a tuple by index, of others under "" */
};

typedef struct TypeReading {
    Arena *arena;
    Diags *diags;
} TypeReading;

/* The result of reading a type. If `type` is NULL, an error was added. */
typedef struct TypeRead {
    const Type *type;
    TypeDefaults *defaults; /* NULL: none in it */
} TypeRead;

static TypeRead type_read(TypeReading *reading, const Expr *expr);

static TypeRead type_fail_at(TypeReading *reading, SourceRange range, Str detail) {
    diags_error(reading->diags, range, "Invalid type specification", "%.*s", STR_ARG(detail));
    return (TypeRead){0};
}

static TypeRead type_fail(TypeReading *reading, const Expr *expr, Str detail) {
    return type_fail_at(reading, expr->range, detail);
}

static void type_add_child(TypeReading *reading, TypeDefaults **parent, Str key,
                           TypeDefaults *child) {
    if (!child)
        return;
    if (!*parent) {
        *parent = arena_new(reading->arena, TypeDefaults);
        (*parent)->values = map_new(reading->arena);
        (*parent)->children = map_new(reading->arena);
    }
    map_set(&(*parent)->children, key, child);
}

typedef struct TypeKeyword {
    const char *word;
    const Type *type;        /* NULL: a type constructor */
    const char *requirement; /* the arguments that a constructor needs */
} TypeKeyword;

#define NEEDS_ELEMENT "requires one argument specifying the element type."

#define NEEDS_MAP  "requires one argument specifying the attribute types and values as a map."
#define NEEDS_LIST "requires one argument specifying the element types as a list."

static const TypeKeyword type_keywords[] = {
    {"bool", &TYPE_BOOL, NULL},   {"string", &TYPE_STRING, NULL}, {"number", &TYPE_NUMBER, NULL},
    {"any", &TYPE_DYNAMIC, NULL}, {"list", NULL, NEEDS_ELEMENT},  {"set", NULL, NEEDS_ELEMENT},
    {"map", NULL, NEEDS_ELEMENT}, {"object", NULL, NEEDS_MAP},    {"tuple", NULL, NEEDS_LIST},
};

static const TypeKeyword *type_keyword(Str word) {
    for (size_t i = 0; i < ARRAY_COUNT(type_keywords); i++)
        if (str_equal_cstr(word, type_keywords[i].word))
            return &type_keywords[i];
    return NULL;
}

static Str type_requirement(const TypeReading *reading, const TypeKeyword *keyword) {
    return str_format(reading->arena, "The %s type constructor %s", keyword->word,
                      keyword->requirement);
}

static Str type_unknown(const TypeReading *reading, Str word) {
    Str words[ARRAY_COUNT(type_keywords)];
    for (size_t i = 0; i < ARRAY_COUNT(type_keywords); i++)
        words[i] = str_from_cstr(type_keywords[i].word);
    Str hint = str_did_you_mean(word, words, ARRAY_COUNT(words), reading->arena);
    if (!hint.len)
        hint = str_format(reading->arena, " There are: %.*s.",
                          STR_ARG(str_join(words, ARRAY_COUNT(words), STR(", "), reading->arena)));
    return str_format(reading->arena, "The keyword \"%.*s\" is not a valid type specification.%.*s",
                      STR_ARG(word), STR_ARG(hint));
}

static TypeRead type_read_keyword(TypeReading *reading, const Expr *expr, Str word) {
    const TypeKeyword *keyword = type_keyword(word);
    if (!keyword)
        return type_fail(reading, expr, type_unknown(reading, word));
    if (keyword->type)
        return (TypeRead){.type = keyword->type};
    return type_fail(reading, expr, type_requirement(reading, keyword));
}

/* Adds an error at the call's parentheses, or at the arguments beyond `most`. */
static TypeRead type_fail_arguments(TypeReading *reading, const Expr *call, size_t most, Str why) {
    SourceRange range = {call->range.source, call->as.call.name_range.end, call->range.end};
    if (call->as.call.count > most)
        range = source_range_join(call->as.call.arguments[most]->range,
                                  call->as.call.arguments[call->as.call.count - 1]->range);
    return type_fail_at(reading, range, why);
}

static bool type_is_optional_call(const Expr *expr) {
    return expr->kind == EXPR_CALL && str_equal(expr->as.call.name, STR("optional"));
}

static bool type_read_default(TypeReading *reading, const Expr *expr, const Type *type,
                              Value *out) {
    Scope scope = {0};
    ConvertError error;
    Value value;
    if (!eval_expr(expr, &scope, &value, reading->arena, reading->diags))
        return false;
    if (convert_value(value, type, out, &error, reading->arena))
        return true;
    return diags_fail(
        reading->diags, expr->range, "Invalid default value for optional attribute",
        "This default value is not compatible with the attribute's type constraint: %.*s.",
        STR_ARG(error.message));
}

/* Reads optional(T, default). */
static TypeRead type_read_optional(TypeReading *reading, const Expr *expr, const Value **value) {
    size_t count = expr->as.call.count;
    if (count == 0)
        return type_fail_arguments(
            reading, expr, SIZE_MAX,
            STR("Optional attribute modifier requires the attribute type as its argument."));
    if (count > 2)
        return type_fail_arguments(
            reading, expr, SIZE_MAX,
            STR("Optional attribute modifier expects at most two arguments: the attribute "
                "type, and a default value."));
    TypeRead read = type_read(reading, expr->as.call.arguments[0]);
    if (!read.type || count == 1)
        return read;
    Value *found = arena_new(reading->arena, Value);
    if (!type_read_default(reading, expr->as.call.arguments[1], read.type, found))
        return (TypeRead){0};
    *value = found;
    return read;
}

typedef struct ObjectTypeRead {
    Str *names;
    const Type **types;
    bool *optional;
    size_t count;
    TypeDefaults *defaults;
} ObjectTypeRead;

/* Reads a bare name; rejects a quoted or computed one. */
static bool type_attribute_name(TypeReading *reading, const Expr *key, const ObjectTypeRead *object,
                                Str *out) {
    bool is_name = key->kind == EXPR_LITERAL && key->as.literal.type == &TYPE_STRING &&
                   !str_starts_with(source_range_text(key->range), STR("\"")) &&
                   !str_starts_with(source_range_text(key->range), STR("<<"));
    if (!is_name) {
        type_fail(reading, key, STR("Object constructor map keys must be attribute names."));
        return false;
    }
    *out = value_text(key->as.literal);
    for (size_t i = 0; i < object->count; i++) {
        if (!str_equal(object->names[i], *out))
            continue;
        type_fail(reading, key, STR("Object constructor map keys must be unique."));
        return false;
    }
    return true;
}

static bool type_read_attribute(TypeReading *reading, const ExprItem *item,
                                ObjectTypeRead *object) {
    Str name;
    const Value *value = NULL;
    if (!type_attribute_name(reading, item->key, object, &name))
        return false;
    bool is_optional = type_is_optional_call(item->value);
    TypeRead read = is_optional ? type_read_optional(reading, item->value, &value)
                                : type_read(reading, item->value);
    if (!read.type)
        return false;
    object->names[object->count] = name;
    object->types[object->count] = read.type;
    object->optional[object->count++] = is_optional;
    if (value && !object->defaults) {
        object->defaults = arena_new(reading->arena, TypeDefaults);
        object->defaults->values = map_new(reading->arena);
        object->defaults->children = map_new(reading->arena);
    }
    if (value)
        map_set(&object->defaults->values, name, (void *)(uintptr_t)value);
    type_add_child(reading, &object->defaults, name, read.defaults);
    return true;
}

static TypeRead type_read_object(TypeReading *reading, const Expr *argument) {
    if (argument->kind != EXPR_OBJECT)
        return type_fail(
            reading, argument,
            STR("Object type constructor requires a map whose keys are attribute names and "
                "whose values are the corresponding attribute types."));
    size_t count = argument->as.object.count;
    ObjectTypeRead object = {
        .names = arena_new_array(reading->arena, Str, count),
        .types = arena_new_array(reading->arena, const Type *, count),
        .optional = arena_new_array(reading->arena, bool, count),
    };
    bool is_good = true;
    for (size_t i = 0; i < count; i++)
        is_good = type_read_attribute(reading, &argument->as.object.items[i], &object) && is_good;
    if (!is_good)
        return (TypeRead){0};
    bool has_optional = false;
    for (size_t i = 0; i < count; i++)
        has_optional = has_optional || object.optional[i];
    const Type *type =
        type_object(object.names, object.types, has_optional ? object.optional : NULL, object.count,
                    reading->arena);
    return (TypeRead){.type = type, .defaults = object.defaults};
}

static TypeRead type_read_tuple(TypeReading *reading, const Expr *argument) {
    if (argument->kind != EXPR_TUPLE)
        return type_fail(reading, argument,
                         STR("Tuple type constructor requires a list of element types."));
    size_t count = argument->as.parts.count;
    const Type **types = arena_new_array(reading->arena, const Type *, count);
    TypeDefaults *defaults = NULL;
    bool is_good = true;
    for (size_t i = 0; i < count; i++) {
        TypeRead read = type_read(reading, argument->as.parts.items[i]);
        is_good = is_good && read.type;
        types[i] = read.type;
        type_add_child(reading, &defaults, str_format(reading->arena, "%zu", i), read.defaults);
    }
    if (!is_good)
        return (TypeRead){0};
    return (TypeRead){.type = type_tuple(types, count, reading->arena), .defaults = defaults};
}

static TypeRead type_read_collection(TypeReading *reading, Str name, const Expr *argument) {
    TypeRead element = type_read(reading, argument);
    if (!element.type)
        return element;
    TypeRead read = {0};
    if (str_equal(name, STR("list")))
        read.type = type_list(element.type, reading->arena);
    else if (str_equal(name, STR("set")))
        read.type = type_set(element.type, reading->arena);
    else
        read.type = type_map(element.type, reading->arena);
    type_add_child(reading, &read.defaults, STR(""), element.defaults);
    return read;
}

static TypeRead type_read_call(TypeReading *reading, const Expr *expr) {
    Str name = expr->as.call.name;
    const TypeKeyword *keyword = type_keyword(name);
    if (type_is_optional_call(expr))
        return type_fail(
            reading, expr,
            STR("Keyword \"optional\" is valid only as a modifier for object type attributes."));
    if (!keyword)
        return type_fail(reading, expr,
                         str_format(reading->arena,
                                    "Keyword \"%.*s\" is not a valid type constructor.",
                                    STR_ARG(name)));
    if (keyword->type) {
        const char *kind = keyword->type == &TYPE_DYNAMIC ? "Type constraint" : "Primitive type";
        Str detail = str_format(reading->arena, "%s keyword \"%.*s\" does not expect arguments.",
                                kind, STR_ARG(name));
        return type_fail_arguments(reading, expr, SIZE_MAX, detail);
    }
    if (expr->as.call.count != 1)
        return type_fail_arguments(reading, expr, 1, type_requirement(reading, keyword));
    const Expr *argument = expr->as.call.arguments[0];
    if (str_equal(name, STR("object")))
        return type_read_object(reading, argument);
    if (str_equal(name, STR("tuple")))
        return type_read_tuple(reading, argument);
    return type_read_collection(reading, name, argument);
}

static TypeRead type_read(TypeReading *reading, const Expr *expr) {
    if (expr->kind == EXPR_TRAVERSAL && expr->as.traversal->step_count == 0)
        return type_read_keyword(reading, expr, expr->as.traversal->root);
    if (expr->kind == EXPR_CALL)
        return type_read_call(reading, expr);
    return type_fail(
        reading, expr,
        STR("A type specification is either a primitive type keyword (bool, number, string) "
            "or a complex type constructor call, like list(string)."));
}

bool type_constraint_from_expr(const Expr *expr, TypeConstraint *out, Arena *arena, Diags *diags) {
    TypeReading reading = {.arena = arena, .diags = diags};
    TypeRead read = type_read(&reading, expr);
    if (!read.type)
        return false;
    *out = (TypeConstraint){.type = type_intern(read.type), .defaults = read.defaults};
    return true;
}

bool type_constraint_parse(const SourceText *source, const FunctionTable *functions,
                           TypeConstraint *out, Arena *arena, Diags *diags) {
    const Expr *expr = NULL;
    return parser_parse_expression(source, functions, &expr, arena, diags) &&
           type_constraint_from_expr(expr, out, arena, diags);
}

static Value defaults_apply(const TypeDefaults *defaults, Value v, Arena *arena);

static Value defaults_child(const TypeDefaults *defaults, Str key, Value v, Arena *arena) {
    const TypeDefaults *child = map_find(&defaults->children, key);
    if (!child)
        child = map_find(&defaults->children, STR(""));
    return child ? defaults_apply(child, v, arena) : v;
}

/* Defaults may have given the elements different types; converts them to one type. Returns NULL if
 * none exists. */
static const Type *defaults_unify(Value *items, size_t count, Arena *arena) {
    const Type **types = arena_new_array(arena, const Type *, count);
    ConvertError error;
    for (size_t i = 0; i < count; i++)
        types[i] = items[i].type;
    const Type *type = convert_unify(types, count, arena);
    for (size_t i = 0; type && i < count; i++)
        if (!convert_value(items[i], type, &items[i], &error, arena))
            return NULL;
    return type;
}

static Value defaults_sequence(const TypeDefaults *defaults, Value v, Arena *arena) {
    bool is_tuple = v.type->kind == KIND_TUPLE;
    size_t count = is_tuple ? v.type->count : v.count;
    if (count == 0)
        return v;
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = defaults_child(defaults, str_format(arena, "%zu", i), value_at(v, i), arena);
    const Type *element = is_tuple ? NULL : defaults_unify(items, count, arena);
    if (!element)
        return value_tuple(items, count, arena);
    return v.type->kind == KIND_SET ? value_set(element, items, count, arena)
                                    : value_list(element, items, count, arena);
}

static Value defaults_mapping(const TypeDefaults *defaults, Value v, Arena *arena) {
    bool is_map = v.type->kind == KIND_MAP;
    size_t own = is_map ? v.count : v.type->count;
    size_t room = own + defaults->values.count;
    Str *names = arena_new_array(arena, Str, room);
    Value *items = arena_new_array(arena, Value, room);
    size_t count = 0;
    for (size_t i = 0; i < own; i++) {
        Str name = value_key_at(v, i);
        const Value *value = map_find(&defaults->values, name);
        Value item = value_at(v, i);
        names[count] = name;
        items[count++] =
            defaults_child(defaults, name, value && value_is_null(item) ? *value : item, arena);
    }
    map_each(&defaults->values, entry) {
        Value ignored;
        if (value_find(v, entry->key, &ignored))
            continue;
        names[count] = entry->key;
        items[count++] = defaults_child(defaults, entry->key, *(const Value *)entry->value, arena);
    }
    if (count == 0)
        return v;
    const Type *element = is_map ? defaults_unify(items, count, arena) : NULL;
    return element ? value_map(element, names, items, count, arena)
                   : value_object(names, items, count, arena);
}

static Value defaults_apply(const TypeDefaults *defaults, Value v, Arena *arena) {
    if (!value_is_present(v) || type_is_primitive(v.type))
        return v;
    Value bare = value_without_marks(v);
    Value filled = type_is_mapping(v.type) ? defaults_mapping(defaults, bare, arena)
                                           : defaults_sequence(defaults, bare, arena);
    return value_with_marks(filled, v.marks);
}

bool type_constraint_apply(TypeConstraint constraint, Value v, Value *out, ConvertError *error,
                           Arena *arena) {
    if (constraint.defaults)
        v = defaults_apply(constraint.defaults, v, arena);
    return convert_value(v, constraint.type, out, error, arena);
}
