/* Compiles a body against a schema. Each expression is stored with its index in the implied
 * type, so evaluation needs no lookups. */
#include "decode.h"

#include "decode_check.h"
#include "eval.h"

typedef struct DecodedAttribute {
    size_t index; /* index in the implied type */
    const char *name;
    const Type *type; /* as configured: attributes that may be omitted are optional */
    const Expr *expr;
    Str hint; /* for an error about the type of the value */
} DecodedAttribute;

typedef struct DecodedBlock {
    const Decoded *content;
    SourceRange range;
    Str label;            /* label of a block in a map */
    const Expr *for_each; /* `for_each` of a dynamic block; NULL: not dynamic */
    Str iterator;
    const Expr *label_expr; /* label of a dynamic block in a map */
} DecodedBlock;

typedef struct DecodedBlocks {
    const Block *block;
    size_t index;
    bool is_argument; /* the schema has an argument of this name; each block is an element */
    VEC(DecodedBlock) items;
} DecodedBlocks;

struct Decoded {
    const Type *type;
    VEC(DecodedAttribute) attributes;
    DecodedBlocks *blocks;
    size_t block_count;
    SourceRange range;
};

static Nesting decode_nesting_of(const Type *type) {
    return type->kind == KIND_LIST  ? NEST_LIST
           : type->kind == KIND_SET ? NEST_SET
           : type->kind == KIND_MAP ? NEST_MAP
                                    : NEST_SINGLE;
}

static const char *object_form(const Attribute *attribute) {
    const Type *type = attribute->type;
    bool is_collection =
        type && (type->kind == KIND_LIST || type->kind == KIND_SET || type->kind == KIND_MAP);
    const Type *element = is_collection ? type->element : type;
    if (!attribute->nested && element->kind != KIND_OBJECT)
        return NULL;
    switch (attribute->nested ? attribute->nested->nesting : decode_nesting_of(type)) {
    case NEST_LIST:
    case NEST_SET: return "[{ … }]";
    case NEST_MAP: return "{ KEY = { … } }";
    case NEST_SINGLE: break;
    }
    return "{ … }";
}

static DecodedBlocks *find_blocks(Decoded *decoded, Str name) {
    for (size_t i = 0; i < decoded->block_count; i++)
        if (str_equal_cstr(name, decoded->blocks[i].block->name))
            return &decoded->blocks[i];
    return NULL;
}

static BodySchema body_schema(const Schema *schema, Decoded *decoded, Arena *arena) {
    BodyAttributeSchema *attributes =
        arena_new_array(arena, BodyAttributeSchema, schema->attribute_count);
    BodyBlockSchema *blocks = arena_new_array(arena, BodyBlockSchema, decoded->block_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (find_blocks(decoded, str_from_cstr(schema->attributes[i].name)))
            continue;
        attributes[count++] = (BodyAttributeSchema){
            .name = schema->attributes[i].name,
            .required = (schema->attributes[i].flags & REQUIRED) != 0,
            .form = BODY_EXPRESSION,
            .object_form = object_form(&schema->attributes[i]),
        };
    }
    for (size_t i = 0; i < decoded->block_count; i++) {
        const Block *block = decoded->blocks[i].block;
        blocks[i] = (BodyBlockSchema){block->name, block->nesting == NEST_MAP ? 1 : 0};
    }
    /* Added even if the schema has no blocks, so that the error is about the block type that
     * `dynamic` names. */
    blocks[decoded->block_count] = (BodyBlockSchema){"dynamic", 1};
    return (BodySchema){
        .attributes = attributes,
        .attribute_count = count,
        .blocks = blocks,
        .block_count = decoded->block_count + 1,
        .foreign = schema->foreign,
    };
}

static bool decode_add_attribute(Decoded *decoded, const Schema *schema,
                                 const BodyAttribute *written, Arena *arena, Diags *diags) {
    const Attribute *attribute = schema_find_attribute(schema, written->name);
    DecodedAttribute out = {
        .index = type_get_attribute(decoded->type, written->name),
        .name = attribute->name,
        .type = attribute_configured_type(attribute, arena),
        .expr = written->expr,
        .hint = foreign_names_hint(schema->foreign, written->name, arena),
    };
    vec_push(arena, &decoded->attributes, out);
    return decode_check_shape(written->expr, out.type, schema->foreign, diags);
}

static bool decode_body_as(const Body *body, const Schema *schema, const Type *type,
                           const Decoded **out, Arena *arena, Diags *diags);

static bool decode_content(const DecodedBlocks *blocks, const Decoded *outer, const Body *body,
                           const Decoded **out, Arena *arena, Diags *diags) {
    const Schema *schema = &blocks->block->schema;
    const Type *type = blocks->is_argument ? type_at(outer->type, blocks->index)->element
                                           : schema_implied_type(schema);
    return decode_body_as(body, schema, type, out, arena, diags);
}

static bool decode_add_block(Decoded *decoded, const BodyBlock *written, Arena *arena,
                             Diags *diags) {
    DecodedBlocks *blocks = find_blocks(decoded, written->type);
    DecodedBlock out = {.range = written->range, .label = written->labels[0]};
    if (blocks->block->nesting == NEST_SINGLE && blocks->items.count)
        return diags_fail(diags, written->range, "Duplicate block",
                          "Only one \"%s\" block is allowed.", blocks->block->name);
    bool ok = decode_content(blocks, decoded, written->body, &out.content, arena, diags);
    vec_push(arena, &blocks->items, out); /* of a wrong block, the rest is readable */
    return ok;
}

static bool decode_report_dynamic(const Decoded *decoded, const Schema *schema,
                                  const BodyBlock *written, Arena *arena, Diags *diags) {
    StrVec names = {0};
    for (size_t i = 0; i < decoded->block_count; i++)
        vec_push(arena, &names, str_from_cstr(decoded->blocks[i].block->name));
    Str hint = str_did_you_mean(written->labels[0], names.items, names.count, arena);
    const Attribute *attribute = schema_find_attribute(schema, written->labels[0]);
    const char *form = attribute ? object_form(attribute) : NULL;
    if (form && form[0] == '[')
        hint = str_format(arena, " It is an argument: write it as %.*s = [for … : { … }].",
                          STR_ARG(written->labels[0]));
    else if (attribute)
        hint = STR(" It is an argument: set it to a list with a \"for\" expression.");
    return diags_fail(diags, written->label_ranges[0], "Unsupported block type",
                      "There are no blocks of type \"%.*s\" here.%.*s", STR_ARG(written->labels[0]),
                      STR_ARG(hint));
}

static bool read_iterator(const BodyContent *content, Str *out, Diags *diags) {
    const BodyAttribute *attribute = body_content_find(content, "iterator");
    if (!attribute)
        return true;
    const Traversal *name = expr_as_traversal(attribute->expr);
    if (!name || name->step_count)
        return diags_fail(
            diags, attribute->expr->range, "Invalid iterator",
            "\"iterator\" requires a single name, by which \"content\" refers to the key "
            "and the value of each element.");
    *out = name->root;
    return true;
}

static bool read_label(const BodyContent *content, const DecodedBlocks *blocks,
                       const BodyBlock *written, const Expr **out, Diags *diags) {
    const BodyAttribute *attribute = body_content_find(content, "labels");
    bool wants_label = blocks->block->nesting == NEST_MAP;
    bool has_labels = attribute && !expr_is_null(attribute->expr);
    size_t count = !has_labels                           ? 0
                   : attribute->expr->kind == EXPR_TUPLE ? attribute->expr->as.parts.count
                                                         : SIZE_MAX;
    if (count != (wants_label ? 1 : 0))
        return diags_fail(
            diags, attribute ? attribute->range : written->range, "Invalid dynamic labels",
            wants_label ? "\"%s\" blocks have one label: set \"labels\" to a list of one string."
                        : "\"%s\" blocks have no labels.",
            blocks->block->name);
    *out = wants_label ? attribute->expr->as.parts.items[0] : NULL;
    return true;
}

static const BodyBlock *find_content(const BodyContent *content, const BodyBlock *written,
                                     Diags *diags) {
    if (content->blocks.count == 1)
        return &content->blocks.items[0];
    diags_error(diags, written->range, "Invalid dynamic block",
                "A dynamic block requires one \"content\" block; this one has %zu.",
                content->blocks.count);
    return NULL;
}

static bool add_dynamic(Decoded *decoded, const Schema *block_schema, const BodyBlock *written,
                        Arena *arena, Diags *diags) {
    static const BodyAttributeSchema attributes[] = {
        {"for_each", true, BODY_EXPRESSION},
        {"iterator", false, BODY_CODE},
        {"labels", false, BODY_EXPRESSION},
    };
    static const BodyBlockSchema inner[] = {{"content", 0}};
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes), BODY_BLOCKS(inner)};
    DecodedBlocks *blocks = find_blocks(decoded, written->labels[0]);
    BodyContent content;
    if (!blocks)
        return decode_report_dynamic(decoded, block_schema, written, arena, diags);
    DecodedBlock out = {.range = written->range, .iterator = written->labels[0]};
    if (!body_content(written->body, &schema, &content, NULL, arena, diags))
        return false;
    out.for_each = body_content_find(&content, "for_each")->expr;
    bool ok = read_iterator(&content, &out.iterator, diags);
    ok &= read_label(&content, blocks, written, &out.label_expr, diags);
    const BodyBlock *body = find_content(&content, written, diags);
    if (!body)
        return false;
    ok &= decode_content(blocks, decoded, body->body, &out.content, arena, diags);
    vec_push(arena, &blocks->items, out);
    return ok;
}

static bool can_be_blocks(const Attribute *attribute) {
    const Type *type = attribute->type;
    return !attribute->nested && (type->kind == KIND_LIST || type->kind == KIND_SET) &&
           type->element->kind == KIND_OBJECT;
}

static bool has_argument(const Body *body, const char *name, Arena *arena) {
    const BodyAttributeSchema attribute = {.name = name, .form = BODY_EXPRESSION};
    const BodySchema schema = {.attributes = &attribute, .attribute_count = 1};
    Diags ignored = diags_new(arena);
    BodyContent content;
    const Body *rest;
    bool ok = body_content(body, &schema, &content, &rest, arena, &ignored);
    return !ok || content.attributes.count > 0;
}

static bool has_blocks(const Body *body, const char *name, Arena *arena) {
    const BodyBlockSchema blocks[] = {{.type = name}, {.type = "dynamic", .labels = 1}};
    const BodySchema schema = {BODY_BLOCKS(blocks)};
    Diags ignored = diags_new(arena);
    BodyContent content;
    const Body *rest;
    bool ok = body_content(body, &schema, &content, &rest, arena, &ignored);
    vec_each(&content.blocks, block) {
        bool is_dynamic = str_equal_cstr(block->type, "dynamic");
        if (ok && str_equal_cstr(is_dynamic ? block->labels[0] : block->type, name))
            return true;
    }
    return false;
}

/* Returns blocks of which each is an element of the argument. The type of the argument states the
 * members, but not which of them are required: the provider validates that. */
static const Block *block_of_argument(const Attribute *attribute, Arena *arena) {
    const Type *element = attribute->type->element;
    Attribute *members = arena_new_array(arena, Attribute, element->count);
    for (size_t i = 0; i < element->count; i++)
        members[i] = (Attribute){.name = str_to_cstr(element->names[i], arena),
                                 .type = type_at(element, i),
                                 .flags = OPTIONAL};
    Block *block = arena_new(arena, Block);
    *block = (Block){
        .name = attribute->name,
        .nesting = attribute->type->kind == KIND_SET ? NEST_SET : NEST_LIST,
        .schema = {.attributes = members, .attribute_count = element->count, .is_foreign = true},
    };
    return block;
}

/* As Terraform, accepts blocks for an argument that is a list or a set of objects. Providers with
 * older development kits declare some of their blocks as such arguments. */
static Decoded *new_decoded(const Body *body, const Schema *schema, const Type *type,
                            Arena *arena) {
    size_t limit = schema->block_count;
    for (size_t i = 0; i < schema->attribute_count; i++)
        limit += can_be_blocks(&schema->attributes[i]);
    Decoded *decoded = arena_new(arena, Decoded);
    decoded->type = type;
    decoded->range = body->range;
    decoded->block_count = schema->block_count;
    decoded->blocks = arena_new_array(arena, DecodedBlocks, limit);
    for (size_t i = 0; i < schema->block_count; i++)
        decoded->blocks[i].block = &schema->blocks[i];
    for (size_t i = 0; limit > schema->block_count && i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        if (can_be_blocks(attribute) && has_blocks(body, attribute->name, arena) &&
            !has_argument(body, attribute->name, arena))
            decoded->blocks[decoded->block_count++] =
                (DecodedBlocks){.block = block_of_argument(attribute, arena), .is_argument = true};
    }
    for (size_t i = 0; i < decoded->block_count; i++)
        decoded->blocks[i].index =
            type_get_attribute(type, str_from_cstr(decoded->blocks[i].block->name));
    return decoded;
}

static bool decode_body_as(const Body *body, const Schema *schema, const Type *type,
                           const Decoded **out, Arena *arena, Diags *diags) {
    Decoded *decoded = new_decoded(body, schema, type, arena);
    BodySchema wanted = body_schema(schema, decoded, arena);
    BodyContent content;
    bool ok = body_content(body, &wanted, &content, NULL, arena, diags);
    vec_each(&content.attributes, attribute) {
        ok &= decode_add_attribute(decoded, schema, attribute, arena, diags);
    }
    vec_each(&content.blocks, block) {
        ok &= str_equal_cstr(block->type, "dynamic")
                  ? add_dynamic(decoded, schema, block, arena, diags)
                  : decode_add_block(decoded, block, arena, diags);
    }
    *out = decoded;
    return ok;
}

bool decode_body(const Body *body, const Schema *schema, const Decoded **out, Arena *arena,
                 Diags *diags) {
    return decode_body_as(body, schema, schema_implied_type(schema), out, arena, diags);
}

/* Gives each null the type that the attribute declares, so that it equals a stored null. A
 * conversion leaves "any" only where the source has no type: a null helm = c ? {values = 1} : null
 * would have a number there. */
static Value declare_nulls(Value v, const Type *type, Arena *arena) {
    if (!type->has_dynamic || type->kind == KIND_DYNAMIC)
        return v;
    if (value_is_null(v))
        return value_with_marks(value_null(type), v.marks);
    if (!value_is_known(v))
        return v;
    bool is_collection = type_is_collection(type);
    Value *items = value_copy_items(v, arena);
    for (size_t i = 0; i < v.count; i++)
        items[i] = declare_nulls(items[i], is_collection ? type->element : type_at(type, i), arena);
    if (is_collection && !value_unify_items(type->element, items, v.count))
        return v;
    return value_with_items(v, items, arena);
}

static bool eval_attribute_value(const DecodedAttribute *attribute, const Scope *scope, Value *out,
                                 Arena *arena, Diags *diags) {
    Value value;
    ConvertError error = {0};
    if (!eval_expr(attribute->expr, scope, &value, arena, diags))
        return false;
    if (convert_value(value, attribute->type, out, &error, arena))
        return true;
    Str place =
        error.path.count ? str_concat(path_to_str(error.path, arena), STR(": "), arena) : STR_EMPTY;
    return diags_fail(diags, decode_check_part(attribute->expr, error.path, 0)->range,
                      "Incorrect attribute value type",
                      "The value of the argument \"%s\" is unsuitable: %.*s%.*s.%.*s",
                      attribute->name, STR_ARG(place), STR_ARG(error.message),
                      STR_ARG(attribute->hint));
}

/* The values of the blocks of one type, as collected so far. */
typedef struct BlockValues {
    const DecodedBlocks *blocks;
    Arena *arena;
    Diags *diags;
    ValueVec items;
    StrVec keys;
    bool is_unknown;
    uint8_t marks;
} BlockValues;

/* The scope for the content of a dynamic block; adds its iterator. */
typedef struct IteratorScope {
    const Scope *outer;
    Str name;
    Value element;
} IteratorScope;

static bool lookup_iterator(const Scope *scope, const Traversal *traversal, Value *out,
                            size_t *used, Arena *arena, Diags *diags) {
    const IteratorScope *iterator = scope->self;
    if (!str_equal(traversal->root, iterator->name))
        return iterator->outer->lookup(iterator->outer, traversal, out, used, arena, diags);
    *out = iterator->element;
    *used = 0;
    return true;
}

static Value iterator_element(Value key, Value value, Arena *arena) {
    Str *names = arena_new_array(arena, Str, 2);
    Value *items = arena_new_array(arena, Value, 2);
    names[0] = STR("key");
    names[1] = STR("value");
    items[0] = key;
    items[1] = value;
    return value_object(names, items, 2, arena);
}

static bool decode_add_key(BlockValues *values, const DecodedBlock *block, Str key) {
    vec_each(&values->keys, used) {
        if (!str_equal(*used, key))
            continue;
        return diags_fail(values->diags, block->range, "Duplicate block",
                          "There are two blocks with the label \"%.*s\".", STR_ARG(key));
    }
    vec_push(values->arena, &values->keys, key);
    return true;
}

static bool eval_label(BlockValues *values, const DecodedBlock *block, const Scope *scope,
                       Str *out) {
    Value label;
    *out = block->label;
    if (!block->label_expr)
        return true;
    if (!eval_expr_as(block->label_expr, scope, &TYPE_STRING, &label, values->arena, values->diags))
        return false;
    if (!value_is_present(label))
        return diags_fail(values->diags, block->label_expr->range, "Invalid dynamic labels",
                          "A label must be known during planning, and not null.");
    *out = value_text(label);
    return true;
}

static bool decode_add_value(BlockValues *values, const DecodedBlock *block, const Scope *scope) {
    Value value;
    Str label;
    if (!decode_eval(block->content, scope, &value, values->arena, values->diags))
        return false;
    if (values->blocks->block->nesting == NEST_MAP &&
        (!eval_label(values, block, scope, &label) || !decode_add_key(values, block, label)))
        return false;
    vec_push(values->arena, &values->items, value);
    return true;
}

/* An object of which all configured members are unknown. */
static Value unknown_content(const Decoded *decoded, Arena *arena) {
    const Type *type = decoded->type;
    Value *items = arena_new_array(arena, Value, type->count);
    for (size_t i = 0; i < type->count; i++)
        items[i] = value_null(type_at(type, i));
    vec_each(&decoded->attributes, attribute) {
        items[attribute->index] = value_unknown(type_at(type, attribute->index));
    }
    for (size_t i = 0; i < decoded->block_count; i++) {
        size_t index = decoded->blocks[i].index;
        if (decoded->blocks[i].items.count > 0)
            items[index] = value_unknown(type_at(type, index));
    }
    return value_object_of(type, items);
}

static bool report_for_each(const BlockValues *values, const DecodedBlock *block, const char *why) {
    return diags_fail(values->diags, block->for_each->range, "Invalid dynamic for_each value",
                      "A dynamic block requires a list, a set, a map, a tuple or an object for "
                      "\"for_each\"; this is %s.",
                      why);
}

static bool decode_add_elements(BlockValues *values, const DecodedBlock *block,
                                const Scope *scope) {
    Arena *arena = values->arena;
    Value each;
    if (!eval_expr(block->for_each, scope, &each, arena, values->diags))
        return false;
    values->marks |= each.marks;
    each = value_without_marks(each);
    bool has_keys = type_is_mapping(each.type);
    if (value_is_null(each))
        return report_for_each(values, block, "null");
    if (!value_is_known(each) && values->blocks->is_argument) {
        vec_push(arena, &values->items, unknown_content(block->content, arena)); /* as Terraform */
        return true;
    }
    if (!value_is_known(each)) {
        values->is_unknown = true;
        return true;
    }
    if (type_is_primitive(each.type))
        return report_for_each(values, block,
                               str_to_cstr(type_friendly_name(each.type, arena), arena));
    IteratorScope iterator = {.outer = scope, .name = block->iterator};
    Scope inner = *scope;
    inner.self = &iterator;
    inner.lookup = lookup_iterator;
    for (size_t i = 0; i < each.count; i++) {
        Value element = value_at(each, i);
        Value key = has_keys                      ? value_from_str(value_key_at(each, i))
                    : each.type->kind == KIND_SET ? element
                                                  : value_int((int64_t)i);
        iterator.element = iterator_element(key, element, arena);
        if (!decode_add_value(values, block, &inner))
            return false;
    }
    return true;
}

static bool join_single(const BlockValues *values, const Type *type, Value *out) {
    const DecodedBlocks *blocks = values->blocks;
    if (values->items.count > 1)
        return diags_fail(values->diags, vec_last(&blocks->items).range, "Duplicate block",
                          "Only one \"%s\" block is allowed; there are %zu.", blocks->block->name,
                          values->items.count);
    if (values->items.count > 0)
        *out = values->items.items[0];
    else
        *out = blocks->block->is_group ? schema_empty_value(&blocks->block->schema, values->arena)
                                       : value_null(type);
    return true;
}

/* Joins the values of blocks. If the content has a dynamic type, blocks may differ in type, so
 * the result is a tuple or an object. */
static Value join_many(const BlockValues *values, const Type *type) {
    Arena *arena = values->arena;
    Value *items = values->items.items;
    size_t count = values->items.count;
    if (values->blocks->block->nesting == NEST_MAP)
        return type->kind == KIND_MAP
                   ? value_map(type->element, values->keys.items, items, count, arena)
                   : value_object(values->keys.items, items, count, arena);
    if (type->kind == KIND_SET)
        return value_set(type->element, items, count, arena);
    return type->kind == KIND_LIST ? value_list(type->element, items, count, arena)
                                   : value_tuple(items, count, arena);
}

static bool eval_blocks(const DecodedBlocks *blocks, const Scope *scope, const Type *type,
                        Value *out, Arena *arena, Diags *diags) {
    BlockValues values = {.blocks = blocks, .arena = arena, .diags = diags};
    bool ok = true;
    vec_each(&blocks->items, block) {
        ok &= block->for_each ? decode_add_elements(&values, block, scope)
                              : decode_add_value(&values, block, scope);
    }
    if (!ok)
        return false;
    Value joined;
    if (values.is_unknown)
        joined = value_unknown(type);
    else if (blocks->is_argument && values.items.count == 0)
        joined = value_null(type);
    else if (blocks->block->nesting != NEST_SINGLE)
        joined = join_many(&values, type);
    else if (!join_single(&values, type, &joined))
        return false;
    *out = value_with_marks(joined, values.marks);
    return true;
}

/* If an attribute has a dynamic type, the type of the object follows from its values. */
static Value make_object(const Type *type, Value *items, Arena *arena) {
    if (!type->has_dynamic)
        return value_object_of(type, items);
    Str *names = arena_new_array(arena, Str, type->count);
    for (size_t i = 0; i < type->count; i++)
        names[i] = type->names[i];
    return value_object(names, items, type->count, arena);
}

bool decode_eval(const Decoded *decoded, const Scope *scope, Value *out, Arena *arena,
                 Diags *diags) {
    const Type *type = decoded->type;
    Value *items = arena_new_array(arena, Value, type->count);
    bool ok = true;
    for (size_t i = 0; i < type->count; i++)
        items[i] = value_null(type_at(type, i));
    vec_each(&decoded->attributes, attribute) {
        Value *item = &items[attribute->index];
        if (eval_attribute_value(attribute, scope, item, arena, diags))
            *item = declare_nulls(*item, type_at(type, attribute->index), arena);
        else
            ok = false;
    }
    for (size_t i = 0; i < decoded->block_count; i++) {
        const DecodedBlocks *blocks = &decoded->blocks[i];
        ok &= eval_blocks(blocks, scope, type_at(type, blocks->index), &items[blocks->index], arena,
                          diags);
    }
    if (!ok)
        return false;
    *out = make_object(type, items, arena);
    return true;
}

/* Skips traversals that begin with an iterator name: the engine cannot resolve them. */
typedef struct TraversalFilter {
    const struct TraversalFilter *outer;
    Str iterator;
    void (*visit)(Traversal *, void *);
    void *payload;
} TraversalFilter;

static void visit_filtered(Traversal *traversal, void *payload) {
    const TraversalFilter *filter = payload;
    for (const TraversalFilter *at = filter; at; at = at->outer)
        if (at->iterator.len && str_equal(at->iterator, traversal->root))
            return;
    filter->visit(traversal, filter->payload);
}

/* An empty `part` means the whole body. */
static void each_traversal(const Decoded *decoded, Str part, TraversalFilter *filter) {
    vec_each(&decoded->attributes, attribute) {
        if (part.len == 0 || str_equal_cstr(part, attribute->name))
            expr_each_traversal(attribute->expr, visit_filtered, filter);
    }
    for (size_t i = 0; i < decoded->block_count; i++) {
        if (part.len > 0 && !str_equal_cstr(part, decoded->blocks[i].block->name))
            continue;
        vec_each(&decoded->blocks[i].items, block) {
            TraversalFilter inner = *filter;
            inner.outer = filter;
            inner.iterator = block->for_each ? block->iterator : STR_EMPTY;
            if (block->for_each)
                expr_each_traversal(block->for_each, visit_filtered, filter);
            if (block->label_expr)
                expr_each_traversal(block->label_expr, visit_filtered, &inner);
            each_traversal(block->content, STR_EMPTY, &inner);
        }
    }
}

void decode_each_traversal(const Decoded *decoded, Str part, void (*visit)(Traversal *, void *),
                           void *payload) {
    TraversalFilter filter = {.iterator = STR_EMPTY, .visit = visit, .payload = payload};
    each_traversal(decoded, part, &filter);
}

static void visit_group(const DecodedBlocks *blocks, const DecodedVisitor *visitor,
                        Arena *scratch) {
    const Decoded **items = arena_new_array(scratch, const Decoded *, blocks->items.count);
    Str *labels = arena_new_array(scratch, Str, blocks->items.count);
    size_t count = 0;
    vec_each(&blocks->items, item) {
        if (visitor->is_literal && item->for_each)
            continue;
        items[count] = item->content;
        labels[count++] = item->label;
    }
    DecodedGroup group = {blocks->block, items, labels, count, blocks->is_argument};
    if (count > 0)
        visitor->blocks(visitor->self, &group);
}

void decode_visit(const Decoded *decoded, const DecodedVisitor *visitor, Arena *scratch) {
    vec_each(&decoded->attributes, attribute) {
        visitor->attribute(visitor->self, attribute->name, attribute->expr);
    }
    for (size_t i = 0; i < decoded->block_count; i++) {
        visit_group(&decoded->blocks[i], visitor, scratch);
    }
}

void decode_each_newer(const Decoded *decoded,
                       void (*visit)(const Block *block, SourceRange range, void *payload),
                       void *payload) {
    for (size_t i = 0; i < decoded->block_count; i++) {
        const DecodedBlocks *blocks = &decoded->blocks[i];
        if (!blocks->block->since)
            continue;
        vec_each(&blocks->items, item) {
            visit(blocks->block, item->range, payload);
        }
    }
}

/* Returns the block in the source that produced the element at this step. Returns NULL if a
 * dynamic block makes that uncertain or the step does not identify one. */
static const DecodedBlock *decode_find_block(const DecodedBlocks *blocks, const PathStep *step) {
    int64_t index = 0;
    vec_each(&blocks->items, block) {
        if (block->for_each)
            return blocks->items.count == 1 ? block : NULL;
    }
    if (blocks->block->nesting == NEST_LIST &&
        (!step->is_index || step->key.type != &TYPE_NUMBER || !value_to_int(step->key, &index)))
        return NULL;
    if (blocks->block->nesting == NEST_LIST)
        return index >= 0 && (size_t)index < blocks->items.count ? &blocks->items.items[index]
                                                                 : NULL;
    vec_each(&blocks->items, block) {
        if (blocks->block->nesting == NEST_MAP && step->is_index &&
            step->key.type == &TYPE_STRING && str_equal(block->label, value_text(step->key)))
            return block;
    }
    return NULL;
}

static SourceRange block_range(const DecodedBlocks *blocks, Path path, SourceRange outer) {
    bool is_single = blocks->block->nesting == NEST_SINGLE;
    const DecodedBlock *block = blocks->items.count ? &blocks->items.items[0] : NULL;
    size_t used = is_single ? 1 : 2;
    if (!block)
        return outer;
    if (!is_single)
        block = path.count > 1 ? decode_find_block(blocks, &path.steps[1]) : NULL;
    if (!block)
        return blocks->items.items[0].range;
    if (path.count <= used)
        return block->range;
    return decode_range_of(block->content, (Path){path.steps + used, path.count - used});
}

SourceRange decode_range_of(const Decoded *decoded, Path path) {
    if (!path.count || path.steps[0].is_index)
        return decoded->range;
    vec_each(&decoded->attributes, attribute) {
        if (str_equal_cstr(path.steps[0].name, attribute->name))
            return decode_check_part(attribute->expr, path, 1)->range;
    }
    for (size_t i = 0; i < decoded->block_count; i++)
        if (str_equal_cstr(path.steps[0].name, decoded->blocks[i].block->name))
            return block_range(&decoded->blocks[i], path, decoded->range);
    return decoded->range;
}
