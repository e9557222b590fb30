/* Reads bodies from the nodes of a YAML or JSON file.
 *
 * A body is an object, or an array of objects merged in order. Each label of a block is one
 * level of nesting. The key "//" is a comment in bodies. It is an ordinary key inside
 * expressions and, in JSON, at label level. */
#include "body_node.h"

typedef struct NodeBody {
    Body base;
    BodyNodeFile file;
    BodyNodes objects;
    const BodyNode *shapeless; /* JSON: null or an array in place of an object; NULL: none */
    StrVec hidden;             /* names that an enclosing schema has read */
} NodeBody;

static SourceRange from_node_range(const NodeBody *body, const BodyNode *node) {
    return (SourceRange){body->file.source, node->start, node->end};
}

static const char *kind_name(const BodyNode *node) {
    static const char *const names[] = {
        [BODY_NODE_NULL] = "null",
        [BODY_NODE_BOOL] = "a boolean",
        [BODY_NODE_NUMBER] = "a number",
        [BODY_NODE_STRING] = "a string",
        [BODY_NODE_ARRAY] = "an array",
        [BODY_NODE_OBJECT] = "an object",
        [BODY_NODE_BAD] = "an invalid value",
    };
    static_assert(ARRAY_COUNT(names) == BODY_NODE_BAD + 1, "a name for each kind");
    return names[node->kind];
}

/* One reading of a body, against a schema or as attributes. */
typedef struct NodeReading {
    const NodeBody *body;
    BodyContent *out;
    Map seen; /* name → key of each attribute read; a map, as a file may have 100,000 */
    Arena *arena;
    Diags *diags;
} NodeReading;

static NodeReading reading_new(const NodeBody *body, BodyContent *out) {
    return (NodeReading){body, out, map_new(out->arena), out->arena, out->diags};
}

static SourceRange reading_range(const NodeReading *reading, const BodyNode *node) {
    return from_node_range(reading->body, node);
}

static bool reading_is_yaml(const NodeReading *reading) {
    return reading->body->file.syntax == BODY_SYNTAX_YAML;
}

static bool node_to_expr(NodeReading *reading, const BodyNode *node, BodyForm form,
                         const Expr **out);

static bool has_sequence(Str text) {
    size_t at = str_find_char(text, '{', 0);
    while (at != SIZE_MAX && (at == 0 || (text.ptr[at - 1] != '$' && text.ptr[at - 1] != '%')))
        at = str_find_char(text, '{', at + 1);
    return at != SIZE_MAX;
}

/* Rejects a reference, keyword or type in "${…}": such strings hold bare code. */
static bool report_wrapped_code(NodeReading *reading, const BodyNode *node) {
    Str text = str_trim(node->text);
    if (!str_starts_with(text, STR("${")))
        return true;
    Str inner =
        str_trim(str_slice(text, 2, str_ends_with(text, STR("}")) ? text.len - 1 : text.len));
    return diags_fail(
        reading->diags, reading_range(reading, node), "Invalid expression",
        "A reference, a keyword or a type must be written without \"${\" and \"}\" here: "
        "write \"%.*s\".",
        STR_ARG(inner));
}

static const Expr *unreadable_expr(const Diags *mistakes, SourceRange range, Arena *arena) {
    Expr *expr = expr_new(EXPR_UNREADABLE, range, arena);
    Diags *kept = arena_new(arena, Diags);
    *kept = *mistakes;
    expr->as.mistakes = kept;
    return expr;
}

/* Parses code or a template. In JSON, syntax errors of a template are reported when it is
 * evaluated, so `init` accepts the file, as in Terraform. Other errors are errors of the file. */
static bool string_to_expr(NodeReading *reading, const BodyNode *node, BodyForm form,
                           const Expr **out) {
    const NodeBody *body = reading->body;
    const FunctionTable *functions = body->base.functions;
    Arena *arena = reading->arena;
    bool is_code = form == BODY_CODE || form == BODY_NAME;
    SourceRange range = reading_range(reading, node);
    if (is_code && !report_wrapped_code(reading, node))
        return false;
    if (!is_code && (form != BODY_EXPRESSION || !has_sequence(node->text))) {
        *out = expr_literal(value_string(node->text, arena), range, arena);
        return true;
    }
    const SourceText *source = body_scalar_source(node, body->file, arena);
    if (is_code)
        return parser_parse_expression(source, functions, out, arena, reading->diags);
    if (reading_is_yaml(reading))
        return parser_parse_template(source, functions, out, arena, reading->diags);
    Diags mistakes = diags_new(arena);
    if (!parser_parse_template(source, functions, out, arena, &mistakes))
        *out = unreadable_expr(&mistakes, range, arena);
    return true;
}

static bool array_to_expr(NodeReading *reading, const BodyNode *node, BodyForm form,
                          const Expr **out) {
    size_t count = node->items.count;
    const Expr **items = arena_new_array(reading->arena, const Expr *, count);
    bool ok = true;
    for (size_t i = 0; i < count; i++)
        ok &= node_to_expr(reading, node->items.items[i], form, &items[i]);
    if (ok)
        *out = expr_tuple(items, count, reading_range(reading, node), reading->arena);
    return ok;
}

static uint32_t line_of(const NodeReading *reading, const BodyNode *node) {
    return source_text_position(reading->body->file.source, node->start).line;
}

/* The YAML reader has already rejected repeated keys. */
static bool check_repeated_keys(NodeReading *reading, const BodyNode *node) {
    if (reading_is_yaml(reading) || node->members.count < 2)
        return true;
    Map seen = map_new(reading->arena);
    bool ok = true;
    vec_each(&node->members, member) {
        const BodyNode *first = map_set(&seen, member->key->text, (void *)(uintptr_t)member->key);
        if (!first)
            continue;
        ok = diags_fail(reading->diags, reading_range(reading, member->key), "Duplicate key",
                        "The key \"%.*s\" is already set in this object, at line %u.",
                        STR_ARG(member->key->text), line_of(reading, first));
    }
    return ok;
}

static bool object_to_expr(NodeReading *reading, const BodyNode *node, BodyForm form,
                           const Expr **out) {
    ExprItem *items = arena_new_array(reading->arena, ExprItem, node->members.count);
    BodyForm key_form = form == BODY_EXPRESSION ? BODY_EXPRESSION : BODY_LITERAL;
    bool ok = check_repeated_keys(reading, node);
    size_t count = 0;
    vec_each(&node->members, member) {
        ExprItem *item = &items[count++];
        ok &= string_to_expr(reading, member->key, key_form, &item->key);
        ok &= node_to_expr(reading, member->value, form, &item->value);
    }
    if (ok)
        *out = expr_object(items, count, reading_range(reading, node), reading->arena);
    return ok;
}

/* Sets *out for a node that is neither a collection nor a string. */
static bool node_to_literal(NodeReading *reading, const BodyNode *node, Value *out) {
    *out = node->kind == BODY_NODE_NULL   ? value_null(&TYPE_DYNAMIC)
           : node->kind == BODY_NODE_BOOL ? value_bool(node->boolean)
                                          : value_unknown(&TYPE_DYNAMIC);
    if (node->kind != BODY_NODE_NUMBER || value_from_number_text(node->text, out, reading->arena))
        return true;
    return diags_fail(reading->diags, reading_range(reading, node), "Invalid number",
                      "\"%.*s\" is outside the range of numbers.", STR_ARG(node->text));
}

static bool node_to_expr(NodeReading *reading, const BodyNode *node, BodyForm form,
                         const Expr **out) {
    Value literal;
    if (node->kind == BODY_NODE_STRING)
        return string_to_expr(reading, node, form, out);
    if (node->kind == BODY_NODE_ARRAY)
        return array_to_expr(reading, node, form, out);
    if (node->kind == BODY_NODE_OBJECT)
        return object_to_expr(reading, node, form, out);
    if (!node_to_literal(reading, node, &literal))
        return false;
    *out = expr_literal(literal, reading_range(reading, node), reading->arena);
    return true;
}

static SourceRange member_range(const NodeReading *reading, const BodyNodeMember *member) {
    SourceRange range = reading_range(reading, member->key);
    if (member->value->start >= member->key->end) /* not for a YAML alias: its value is elsewhere */
        range.end = member->value->end;
    return range;
}

static bool check_repeated_attribute(NodeReading *reading, const BodyNode *key) {
    const BodyNode *first = map_find(&reading->seen, key->text);
    if (!first) {
        map_set(&reading->seen, key->text, (void *)(uintptr_t)key);
        return true;
    }
    return diags_fail(reading->diags, reading_range(reading, key), "Duplicate argument",
                      "The argument \"%.*s\" was set already at line %u. Each argument may be set "
                      "only once.",
                      STR_ARG(key->text), line_of(reading, first));
}

static bool from_node_add_attribute(NodeReading *reading, const BodyNodeMember *member,
                                    BodyForm form) {
    BodyAttribute attribute = {
        .name = member->key->text,
        .name_range = reading_range(reading, member->key),
        .range = member_range(reading, member),
    };
    bool ok = check_repeated_attribute(reading, member->key);
    if (!node_to_expr(reading, member->value, form, &attribute.expr)) {
        vec_push(reading->arena, &reading->out->failed, attribute.name);
        return false;
    }
    if (ok)
        vec_push(reading->arena, &reading->out->attributes, attribute);
    return ok;
}

static NodeBody *from_node_new_body(const NodeReading *reading, const BodyNode *header,
                                    const BodyNode *node) {
    NodeBody *body = arena_new(reading->arena, NodeBody);
    body->base = reading->body->base;
    body->file = reading->body->file;
    body->base.range = reading_range(reading, header);
    if (!reading_is_yaml(reading) && node->end > node->start) {
        body->base.range = reading_range(reading, node);
        if (node->kind == BODY_NODE_OBJECT)
            body->base.range.start = node->end - 1;
    }
    return body;
}

static bool report_kind(NodeReading *reading, const BodyNode *node, Str type, const char *wanted) {
    return diags_fail(reading->diags, reading_range(reading, node), "Incorrect value type",
                      "A \"%.*s\" block requires %s here, not %s.", STR_ARG(type), wanted,
                      kind_name(node));
}

/* Adds the objects of a body. Null, and in JSON an array of objects, may replace an object. Any
 * other kind is an error, and the block then has no arguments. */
static bool from_node_add_objects(NodeReading *reading, NodeBody *inner, const BodyNode *node,
                                  Str type) {
    bool ok = true;
    if (node->kind == BODY_NODE_OBJECT) {
        vec_push(reading->arena, &inner->objects, node);
        return true;
    }
    bool is_json = !reading_is_yaml(reading);
    bool is_possible = node->kind == BODY_NODE_NULL || (is_json && node->kind == BODY_NODE_ARRAY);
    if (!is_possible)
        return report_kind(reading, node, type, "an object");
    inner->shapeless = is_json ? node : NULL;
    if (node->kind == BODY_NODE_NULL)
        return true;
    for (size_t i = 0; i < node->items.count; i++) {
        const BodyNode *item = node->items.items[i];
        if (item->kind == BODY_NODE_OBJECT)
            vec_push(reading->arena, &inner->objects, item);
        else
            ok = report_kind(reading, item, type, "an object");
    }
    return ok;
}

/* The type and the labels of blocks, as far as they are read. */
typedef struct NodeHeader {
    BodyBlock block;
    const BodyNode *place; /* the key of the type or of the last label */
    uint32_t depth;        /* number of labels that are read */
    uint32_t labels;       /* number of labels that the type has */
} NodeHeader;

static bool from_node_add_block(NodeReading *reading, const NodeHeader *header,
                                const BodyNode *node) {
    BodyBlock block = header->block;
    NodeBody *inner = from_node_new_body(reading, header->place, node);
    bool ok = from_node_add_objects(reading, inner, node, block.type);
    block.body = &inner->base;
    vec_push(reading->arena, &reading->out->blocks, block);
    return ok;
}

/* Adds one block of an array. In YAML the range of a block without labels is its first argument,
 * so that diagnostics distinguish the blocks. */
static bool from_node_add_item(NodeReading *reading, NodeHeader header, const BodyNode *item) {
    bool is_json = !reading_is_yaml(reading);
    bool has_members = item->kind == BODY_NODE_OBJECT && item->members.count > 0;
    if (!is_json && !header.block.labels[0].len && has_members) {
        header.place = item->members.items[0].key;
        header.block.range = reading_range(reading, header.place);
    }
    return (!is_json && item->kind == BODY_NODE_NULL) ||
           from_node_add_block(reading, &header, item);
}

/* Adds the blocks of a value: an object is one block, an array has one block per item. In YAML a
 * key without value ("variable: {name: }") is an empty block. In JSON null is no block. */
static bool add_bodies(NodeReading *reading, NodeHeader header, const BodyNode *node) {
    bool ok = true;
    if (!reading_is_yaml(reading)) /* diagnostics point at the opening bracket */
        header.block.range =
            (SourceRange){reading->body->file.source, node->start, node->start + 1};
    bool is_bare = node->kind == BODY_NODE_NULL && node->start == node->end;
    if (node->kind == BODY_NODE_OBJECT || is_bare)
        return from_node_add_block(reading, &header, node);
    if (node->kind == BODY_NODE_NULL)
        return true;
    if (node->kind != BODY_NODE_ARRAY)
        return report_kind(reading, node, header.block.type, "an object or an array of objects");
    for (size_t i = 0; i < node->items.count; i++)
        ok &= from_node_add_item(reading, header, node->items.items[i]);
    return ok;
}

static bool add_labelled(NodeReading *reading, const NodeHeader *header, const BodyNode *node);

static bool add_label_object(NodeReading *reading, const NodeHeader *outer, const BodyNode *node) {
    bool ok = true;
    if (node->kind != BODY_NODE_OBJECT)
        return report_kind(reading, node, outer->block.type, "an object whose keys are names");
    vec_each(&node->members, member) {
        NodeHeader header = *outer;
        if (reading_is_yaml(reading) && str_equal_cstr(member->key->text, "//"))
            continue;
        header.place = member->key;
        header.block.range = reading_range(reading, member->key);
        header.block.labels[header.depth] = member->key->text;
        header.block.label_ranges[header.depth++] = header.block.range;
        ok &= add_labelled(reading, &header, member->value);
    }
    return ok;
}

static bool from_node_has_members(const BodyNode *node) {
    bool found = node->kind == BODY_NODE_OBJECT && node->members.count > 0;
    for (size_t i = 0; node->kind == BODY_NODE_ARRAY && i < node->items.count && !found; i++) {
        const BodyNode *item = node->items.items[i];
        found = item->kind == BODY_NODE_OBJECT && item->members.count > 0;
    }
    return found;
}

/* In JSON an object at label level must have a member, whose name is the label. */
static bool check_label(NodeReading *reading, const BodyNode *node, Str type) {
    if (reading_is_yaml(reading) || from_node_has_members(node))
        return true;
    return diags_fail(reading->diags, reading_range(reading, node), "Missing block label",
                      "A label of the \"%.*s\" block is required here: an object with at least one "
                      "member, whose name is the label.",
                      STR_ARG(type));
}

static bool add_labelled(NodeReading *reading, const NodeHeader *header, const BodyNode *node) {
    bool ok = true;
    if (header->depth == header->labels)
        return add_bodies(reading, *header, node);
    if (node->kind != BODY_NODE_ARRAY && node->kind != BODY_NODE_NULL)
        ok = add_label_object(reading, header, node);
    for (size_t i = 0; node->kind == BODY_NODE_ARRAY && i < node->items.count; i++)
        ok &= add_label_object(reading, header, node->items.items[i]);
    return check_label(reading, node, header->block.type) && ok;
}

static bool from_node_is_hidden(const NodeBody *body, Str name) {
    return str_equal_cstr(name, "//") || str_is_among(name, body->hidden.items, body->hidden.count);
}

/* Reports a name that the schema does not have, and suggests the nearest name. */
static bool from_node_report_unknown_name(NodeReading *reading, const BodySchema *schema,
                                          const BodyNode *key) {
    StrVec known = {0};
    for (size_t i = 0; i < schema->attribute_count; i++)
        vec_push(reading->arena, &known, str_from_cstr(schema->attributes[i].name));
    for (size_t i = 0; i < schema->block_count; i++)
        if (strcmp(schema->blocks[i].type, "dynamic") != 0)
            vec_push(reading->arena, &known, str_from_cstr(schema->blocks[i].type));
    Str hint =
        foreign_names_suggest(schema->foreign, key->text, known.items, known.count, reading->arena);
    body_content_misspelled(reading->out, key->text, &known);
    return diags_fail(reading->diags, reading_range(reading, key), "Unsupported argument",
                      "There is no argument or block named \"%.*s\" here.%.*s", STR_ARG(key->text),
                      STR_ARG(hint));
}

static bool from_node_add_member(NodeReading *reading, const BodySchema *schema,
                                 const BodyNodeMember *member, bool has_rest) {
    const BodyNode *key = member->key;
    const BodyAttributeSchema *attribute = body_schema_attribute(schema, key->text);
    if (attribute)
        return from_node_add_attribute(reading, member, attribute->form);
    const BodyBlockSchema *block = body_schema_block(schema, key->text);
    if (!block)
        return has_rest || from_node_report_unknown_name(reading, schema, key);
    NodeHeader header = {
        .block = {.type = key->text, .range = reading_range(reading, key)},
        .place = key,
        .labels = block->labels,
    };
    return add_labelled(reading, &header, member->value);
}

static const Body *from_node_make_rest(const NodeBody *body, const BodySchema *schema,
                                       Arena *arena) {
    NodeBody *rest = arena_new(arena, NodeBody);
    *rest = *body;
    rest->hidden = (StrVec){0};
    rest->shapeless = NULL;
    vec_each(&body->hidden, hidden) {
        vec_push(arena, &rest->hidden, *hidden);
    }
    for (size_t i = 0; i < schema->attribute_count; i++)
        vec_push(arena, &rest->hidden, str_from_cstr(schema->attributes[i].name));
    for (size_t i = 0; i < schema->block_count; i++)
        vec_push(arena, &rest->hidden, str_from_cstr(schema->blocks[i].type));
    return &rest->base;
}

static bool node_content(const Body *base, const BodySchema *schema, BodyContent *out,
                         const Body **rest) {
    const NodeBody *body = (const NodeBody *)base;
    NodeReading reading = reading_new(body, out);
    bool ok = true;
    for (size_t i = 0; i < body->objects.count; i++) {
        vec_each(&body->objects.items[i]->members, member) {
            if (!from_node_is_hidden(body, member->key->text))
                ok &= from_node_add_member(&reading, schema, member, rest != NULL);
        }
    }
    if (rest)
        *rest = from_node_make_rest(body, schema, out->arena);
    return ok;
}

/* Rejects null or an array where a body is read as attributes only. */
static bool report_shapeless(const NodeBody *body, Diags *diags) {
    return diags_fail(diags, from_node_range(body, body->shapeless), "Incorrect value type",
                      "The arguments of this block must be the members of an object, not %s.",
                      kind_name(body->shapeless));
}

static bool node_attributes(const Body *base, BodyForm form, BodyContent *out) {
    const NodeBody *body = (const NodeBody *)base;
    NodeReading reading = reading_new(body, out);
    bool ok = !body->shapeless || report_shapeless(body, out->diags);
    for (size_t i = 0; i < body->objects.count; i++) {
        vec_each(&body->objects.items[i]->members, member) {
            if (!from_node_is_hidden(body, member->key->text))
                ok &= from_node_add_attribute(&reading, member, form);
        }
    }
    return ok;
}

static const BodyOperations node_operations = {
    .content = node_content,
    .attributes = node_attributes,
};

static bool add_root_objects(NodeBody *body, const BodyNode *root, Arena *arena, Diags *diags) {
    if (root->kind == BODY_NODE_OBJECT) {
        vec_push(arena, &body->objects, root);
        return true;
    }
    size_t count = root->kind == BODY_NODE_ARRAY ? root->items.count : 0;
    bool ok = root->kind == BODY_NODE_ARRAY ||
              (root->kind == BODY_NODE_NULL && body->file.syntax == BODY_SYNTAX_YAML);
    for (size_t i = 0; i < count && ok; i++) {
        ok = root->items.items[i]->kind == BODY_NODE_OBJECT;
        vec_push(arena, &body->objects, root->items.items[i]);
    }
    if (!ok)
        diags_error(diags, from_node_range(body, root), "Root value must be an object",
                    "A configuration file must contain an object (or an array of objects) whose "
                    "keys are block types, not %s.",
                    kind_name(root));
    return ok;
}

static bool from_node_holds(const BodyNode *node, uint32_t offset) {
    bool is_inner = node->kind == BODY_NODE_OBJECT || node->kind == BODY_NODE_ARRAY;
    return is_inner && node->start <= offset && offset < node->end;
}

/* Returns the member whose object or array contains the offset, or NULL; adds its name to the
 * path. */
static const BodyNode *outline_member(const BodyNode *node, uint32_t offset, StrBuf *out) {
    vec_each(&node->members, member) {
        if (from_node_holds(member->value, offset)) {
            strbuf_add_format(out, "%s%.*s", out->len ? "." : "", STR_ARG(member->key->text));
            return member->value;
        }
    }
    return NULL;
}

static const BodyNode *outline_item(const BodyNode *node, uint32_t offset, StrBuf *out) {
    for (size_t i = 0; i < node->items.count; i++) {
        if (from_node_holds(node->items.items[i], offset)) {
            strbuf_add_format(out, "[%zu]", i);
            return node->items.items[i];
        }
    }
    return NULL;
}

static Str from_node_outline(const void *tree, uint32_t offset, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (const BodyNode *node = tree; node;)
        node = node->kind == BODY_NODE_OBJECT  ? outline_member(node, offset, &out)
               : node->kind == BODY_NODE_ARRAY ? outline_item(node, offset, &out)
                                               : NULL;
    return strbuf_str(&out);
}

bool body_from_node(const BodyNode *root, BodyNodeFile file, const Body **out, Arena *arena,
                    Diags *diags) {
    NodeBody *body = arena_new(arena, NodeBody);
    body->base = (Body){
        .operations = &node_operations,
        .functions = file.functions,
        .range = {file.source, root->start, root->start},
    };
    body->file = file;
    source_text_set_outline(file.source, from_node_outline, root);
    if (!add_root_objects(body, root, arena, diags))
        return false;
    *out = &body->base;
    return true;
}
