/* set: functions on sets, and setproduct of sets or lists. */
#include "functions.h"

#include "item_index.h"
#include "refinement.h"
#include "sequence.h"

static bool set_type(FunctionCall *call, const Type **out, Str *error) {
    const Type **types = arena_new_array(call->arena, const Type *, call->count);
    size_t count = 0;
    for (size_t i = 0; i < call->count; i++) {
        const Type *type = call->arguments[i].type;
        bool is_untyped = type->element == &TYPE_DYNAMIC;
        if (!is_untyped)
            types[count++] = type;
    }
    *out = count ? convert_unify(types, count, call->arena) : call->arguments[0].type;
    return *out || function_fail(call, SIZE_MAX, error,
                                 "given sets must all have compatible element types");
}

/* Converts all arguments to a common set type. */
static bool set_prepare(FunctionCall *call, Value *sets, const Type **type, bool *is_known,
                        Str *error) {
    ConvertError failure;
    if (!set_type(call, type, error))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        sets[i] = call->arguments[i];
        *is_known = *is_known && value_is_wholly_known(sets[i]);
        if (convert_value(sets[i], *type, &sets[i], &failure, call->arena))
            continue;
        return function_fail(call, i, error, "%.*s", STR_ARG(failure.message));
    }
    return true;
}

/* Unlike value_equal, distinguishes -0 from 0, as sets do. */
static bool is_same_member(Value a, Value b) {
    return value_compare(a, b) == 0;
}

static ItemIndex set_index(Value set, Arena *arena) {
    ItemIndex index = item_index_new(set.count, is_same_member, arena);
    for (size_t i = 0; i < set.count; i++)
        (void)item_index_add(&index, value_at(set, i));
    return index;
}

/* How the sets of a row are combined. */
enum { SET_UNION, SET_INTERSECTION, SET_DIFFERENCE };

/* Collects the elements of all sets, or those of the first set that all or none of the others
 * have. */
static bool set_combine(FunctionCall *call, Value *out, Str *error) {
    bool is_union = call->function->option == SET_UNION;
    bool is_common = call->function->option == SET_INTERSECTION;
    Value *sets = arena_new_array(call->arena, Value, call->count);
    const Type *type = NULL;
    bool is_known = true;
    ValueVec items = {0};
    if (!set_prepare(call, sets, &type, &is_known, error))
        return false;
    if (!is_known && !is_union)
        return function_give(function_unknown(call, type), out);
    for (size_t i = 0; i < call->count; i++)
        if (!function_spend(call, sets[i].count, 0, error))
            return false;
    size_t others = is_union ? 0 : call->count - 1;
    ItemIndex *indices = arena_new_array(call->arena, ItemIndex, others);
    for (size_t i = 0; i < others; i++)
        indices[i] = set_index(sets[i + 1], call->arena);
    for (size_t i = 0; i < call->count - others; i++) {
        for (size_t k = 0; k < sets[i].count; k++) {
            Value item = value_at(sets[i], k);
            size_t agreeing = 0;
            while (agreeing < others && item_index_has(&indices[agreeing], item) == is_common)
                agreeing++;
            if (agreeing == others)
                vec_push(call->arena, &items, item);
        }
    }
    return function_give(value_set(type->element, items.items, items.count, call->arena), out);
}

typedef struct Product {
    Value *sources;
    const Type **elements;
    size_t count;
    size_t total;
    bool is_set;
    bool is_known;
    uint8_t marks;
} Product;

static const Type *product_element(const FunctionCall *call, const Type *type) {
    if (type->kind != KIND_TUPLE)
        return type->element;
    if (type->count == 0)
        return &TYPE_DYNAMIC;
    const Type **types = arena_new_array(call->arena, const Type *, type->count);
    for (size_t i = 0; i < type->count; i++)
        types[i] = type_at(type, i);
    return convert_unify(types, type->count, call->arena);
}

static bool product_prepare(FunctionCall *call, Product *product, Str *error) {
    if (call->count < 2)
        return function_fail(call, SIZE_MAX, error, "at least two arguments are required");
    product->sources = arena_new_array(call->arena, Value, call->count);
    product->elements = arena_new_array(call->arena, const Type *, call->count);
    product->count = call->count;
    product->total = 1;
    product->is_known = true;
    for (size_t i = 0; i < call->count; i++) {
        Value source = value_without_marks(call->arguments[i]);
        product->marks |= call->arguments[i].marks;
        if (!type_is_sequence(source.type))
            return function_fail(call, i, error, "a set or a list is required");
        product->is_set = product->is_set || source.type->kind == KIND_SET;
        product->elements[i] = product_element(call, source.type);
        if (!product->elements[i])
            return function_fail(call, i, error, "all elements must be of the same type");
        product->sources[i] = source;
        if (!value_is_known(source) || !sequence_has_count(source))
            product->is_known = false;
        else if (__builtin_mul_overflow(product->total, sequence_count(source), &product->total))
            product->total = SIZE_MAX;
    }
    return true;
}

static bool product_tuple(FunctionCall *call, const Product *product, size_t number, Value *out,
                          Str *error) {
    Value *parts = arena_new_array(call->arena, Value, product->count);
    ConvertError failure;
    for (size_t i = product->count; i-- > 0;) {
        size_t count = sequence_count(product->sources[i]);
        parts[i] = value_at(product->sources[i], number % count);
        number /= count;
        if (type_equal(parts[i].type, product->elements[i]))
            continue;
        if (!convert_value(parts[i], product->elements[i], &parts[i], &failure, call->arena))
            return function_fail(call, i, error, "%.*s", STR_ARG(failure.message));
    }
    return function_give(value_tuple(parts, product->count, call->arena), out);
}

/* As in Terraform, length bounds beyond these are dropped: of one source, of the product. */
enum { SOURCE_LENGTH_MAX = 1024, PRODUCT_LENGTH_MAX = 2048 };

/* Returns an unknown product. Its maximum length is the product of the maximum source lengths; the
 * minimum is 1, or 0 if the maximum is 0. */
static Value product_unknown(const FunctionCall *call, const Product *product, const Type *type) {
    Refinement refinement = refinement_any();
    size_t longest = 1;
    for (size_t i = 0; i < product->count && longest <= PRODUCT_LENGTH_MAX; i++) {
        Value source = product->sources[i];
        bool is_tuple = source.type->kind == KIND_TUPLE;
        size_t most = is_tuple ? source.type->count : refinement_of(source, call->arena).length_max;
        longest = most > SOURCE_LENGTH_MAX ? SIZE_MAX : longest * most;
    }
    refinement.not_null = true;
    if (longest <= PRODUCT_LENGTH_MAX) {
        refinement.length_min = longest > 0;
        refinement.length_max = (uint32_t)longest;
    }
    return refinement_to_value(type, refinement, call->arena);
}

static bool set_product(FunctionCall *call, Value *out, Str *error) {
    Product product = {0};
    if (!product_prepare(call, &product, error))
        return false;
    const Type *element = type_tuple(product.elements, product.count, call->arena);
    if (!product.is_known) {
        const Type *type =
            product.is_set ? type_set(element, call->arena) : type_list(element, call->arena);
        return function_give(value_with_marks(product_unknown(call, &product, type), product.marks),
                             out);
    }
    if (!function_spend(call, product.total, 0, error))
        return false;
    Value *items = arena_new_array(call->arena, Value, product.total);
    for (size_t i = 0; i < product.total; i++)
        if (!product_tuple(call, &product, i, &items[i], error))
            return false;
    Value result = product.is_set ? value_set(element, items, product.total, call->arena)
                                  : value_list(element, items, product.total, call->arena);
    return function_give(value_with_marks(result, product.marks), out);
}

static const Function set_functions[] = {
    {
        .name = "setintersection",
        PARAMETERS({"first_set", &TYPE_SET_OF_ANY}),
        VARIADIC({"other_sets", &TYPE_SET_OF_ANY}),
        .result_type = set_type,
        .run = set_combine,
        .option = SET_INTERSECTION,
        .description = "The elements that all sets have in common.",
        .example = "setintersection([\"a\", \"b\"], [\"b\"]) = toset([\"b\"])",
    },
    {
        .name = "setproduct",
        VARIADIC({"sets", &TYPE_DYNAMIC, PARAMETER_UNKNOWN | PARAMETER_MARKED,
                  "Sets, or lists, whose order is kept."}),
        .run = set_product,
        .description = "All combinations of one element of each list or set.",
        .example = "setproduct([\"a\"], [\"b\", \"c\"]) = tolist([[\"a\", \"b\"], [\"a\", \"c\"]])",
    },
    {
        .name = "setsubtract",
        PARAMETERS({"a", &TYPE_SET_OF_ANY}, {"b", &TYPE_SET_OF_ANY}),
        .result_type = set_type,
        .run = set_combine,
        .option = SET_DIFFERENCE,
        .description = "The elements of the first set that are not in the second.",
        .example = "setsubtract([\"a\", \"b\"], [\"b\"]) = toset([\"a\"])",
    },
    {
        .name = "setunion",
        PARAMETERS({"first_set", &TYPE_SET_OF_ANY}),
        VARIADIC({"other_sets", &TYPE_SET_OF_ANY}),
        .result_type = set_type,
        .run = set_combine,
        .option = SET_UNION,
        .description = "The elements of all the sets.",
        .example = "setunion([\"a\"], [\"b\"]) = toset([\"a\", \"b\"])",
    },
};

const FunctionFamily functions_set = {set_functions, ARRAY_COUNT(set_functions)};
