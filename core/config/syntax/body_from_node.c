/* Reads bodies from the nodes of a YAML or JSON file.
 *
 * A body is an object, or an array of objects merged in order. Each label of a block is one
 * level of nesting. The key "//" is a comment in bodies. It is an ordinary key inside
 * expressions and, in JSON, at label level. */
#include "body_from_node.h"

#include "body_scalar.h"

typedef struct NodeBody {
    Body base;
    const SourceText *source;
    BodySyntax syntax;
    BodyNodes objects;
    const BodyNode *shapeless; /* JSON: null or an array in place of an object; NULL: none */
    StrVec hidden;             /* names that an enclosing schema has read */
} NodeBody;

static SourceRange from_node_range(const NodeBody *body, const BodyNode *node) {
    return (SourceRange){body->source, node->start, node->end};
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

static bool node_to_expr(const NodeBody *body, const BodyNode *node, BodyForm form,
                         const Expr **out, Arena *arena, Diags *diags);

static bool has_sequence(Str text) {
    return str_find(text, STR("${"), 0) != SIZE_MAX || str_find(text, STR("%{"), 0) != SIZE_MAX;
}

/* Rejects a reference, keyword or type in "${…}": such strings hold bare code. */
static bool report_wrapped_code(const NodeBody *body, const BodyNode *node, Diags *diags) {
    Str text = str_trim(node->text);
    if (!str_starts_with(text, STR("${")))
        return true;
    Str inner =
        str_trim(str_slice(text, 2, str_ends_with(text, STR("}")) ? text.len - 1 : text.len));
    diags_error(diags, from_node_range(body, node), "Invalid expression",
                "A reference, a keyword or a type must be written without \"${\" and \"}\" here: "
                "write \"%.*s\".",
                STR_ARG(inner));
    return false;
}

static const Expr *unreadable_expr(const Diags *mistakes, SourceRange range, Arena *arena) {
    Expr *expr = expr_new(EXPR_UNREADABLE, range, arena);
    Diags *kept = arena_new(arena, Diags);
    *kept = *mistakes;
    expr->as.mistakes = kept;
    return expr;
}

/* Parses a template. In JSON its syntax errors are reported when it is evaluated, so `init`
 * accepts the file, as in Terraform. In YAML they are errors of the file. */
static bool template_to_expr(const NodeBody *body, const BodyNode *node, const Expr **out,
                             Arena *arena, Diags *diags) {
    const SourceText *source = body_scalar_source(node, body->source, body->syntax, arena);
    if (body->syntax == BODY_SYNTAX_YAML)
        return parser_parse_template(source, body->base.functions, out, arena, diags);
    Diags mistakes = diags_new(arena);
    if (!parser_parse_template(source, body->base.functions, out, arena, &mistakes))
        *out = unreadable_expr(&mistakes, from_node_range(body, node), arena);
    return true;
}

static bool string_to_expr(const NodeBody *body, const BodyNode *node, BodyForm form,
                           const Expr **out, Arena *arena, Diags *diags) {
    const FunctionTable *functions = body->base.functions;
    if (form == BODY_CODE || form == BODY_NAME)
        return report_wrapped_code(body, node, diags) &&
               parser_parse_expression(body_scalar_source(node, body->source, body->syntax, arena),
                                       functions, out, arena, diags);
    if (form == BODY_EXPRESSION && has_sequence(node->text))
        return template_to_expr(body, node, out, arena, diags);
    *out = expr_literal(value_string(node->text, arena), from_node_range(body, node), arena);
    return true;
}

static bool array_to_expr(const NodeBody *body, const BodyNode *node, BodyForm form,
                          const Expr **out, Arena *arena, Diags *diags) {
    const Expr **items = arena_new_array(arena, const Expr *, node->items.count);
    bool ok = true;
    for (size_t i = 0; i < node->items.count; i++)
        ok &= node_to_expr(body, node->items.items[i], form, &items[i], arena, diags);
    if (ok)
        *out = expr_tuple(items, node->items.count, from_node_range(body, node), arena);
    return ok;
}

/* The YAML reader has already rejected repeated keys. */
static bool check_repeated_keys(const NodeBody *body, const BodyNode *node, Arena *arena,
                                Diags *diags) {
    if (body->syntax == BODY_SYNTAX_YAML || node->members.count < 2)
        return true;
    Map seen = map_new(arena);
    bool ok = true;
    vec_each(&node->members, member) {
        const BodyNode *first = map_set(&seen, member->key->text, (void *)(uintptr_t)member->key);
        if (!first)
            continue;
        diags_error(diags, from_node_range(body, member->key), "Duplicate key",
                    "The key \"%.*s\" is already set in this object, at line %u.",
                    STR_ARG(member->key->text),
                    source_text_position(body->source, first->start).line);
        ok = false;
    }
    return ok;
}

static bool object_to_expr(const NodeBody *body, const BodyNode *node, BodyForm form,
                           const Expr **out, Arena *arena, Diags *diags) {
    ExprItem *items = arena_new_array(arena, ExprItem, node->members.count);
    BodyForm key_form = form == BODY_EXPRESSION ? BODY_EXPRESSION : BODY_LITERAL;
    bool ok = check_repeated_keys(body, node, arena, diags);
    size_t count = 0;
    vec_each(&node->members, member) {
        ExprItem *item = &items[count++];
        ok &= string_to_expr(body, member->key, key_form, &item->key, arena, diags);
        ok &= node_to_expr(body, member->value, form, &item->value, arena, diags);
    }
    if (ok)
        *out = expr_object(items, count, from_node_range(body, node), arena);
    return ok;
}

static bool number_to_expr(const NodeBody *body, const BodyNode *node, const Expr **out,
                           Arena *arena, Diags *diags) {
    Value number;
    if (!value_from_number_text(node->text, &number, arena)) {
        diags_error(diags, from_node_range(body, node), "Invalid number",
                    "\"%.*s\" is outside the range of numbers.", STR_ARG(node->text));
        return false;
    }
    *out = expr_literal(number, from_node_range(body, node), arena);
    return true;
}

static bool node_to_expr(const NodeBody *body, const BodyNode *node, BodyForm form,
                         const Expr **out, Arena *arena, Diags *diags) {
    switch (node->kind) {
    case BODY_NODE_NULL:
        *out = expr_literal(value_null(&TYPE_DYNAMIC), from_node_range(body, node), arena);
        return true;
    case BODY_NODE_BOOL:
        *out = expr_literal(value_bool(node->boolean), from_node_range(body, node), arena);
        return true;
    case BODY_NODE_NUMBER: return number_to_expr(body, node, out, arena, diags);
    case BODY_NODE_STRING: return string_to_expr(body, node, form, out, arena, diags);
    case BODY_NODE_ARRAY: return array_to_expr(body, node, form, out, arena, diags);
    case BODY_NODE_OBJECT: return object_to_expr(body, node, form, out, arena, diags);
    case BODY_NODE_BAD:
        *out = expr_literal(value_unknown(&TYPE_DYNAMIC), from_node_range(body, node), arena);
        return true;
    }
    return false;
}

static SourceRange member_range(const NodeBody *body, const BodyNodeMember *member) {
    SourceRange range = from_node_range(body, member->key);
    if (member->value->start >= member->key->end) /* not for a YAML alias: its value is elsewhere */
        range.end = member->value->end;
    return range;
}

/* Rejects a repeated attribute. `seen` is a map because a file may have 100,000 attributes. */
static bool check_repeated_attribute(const NodeBody *body, Map *seen, const BodyNode *key,
                                     Diags *diags) {
    const BodyNode *first = map_find(seen, key->text);
    if (!first) {
        map_set(seen, key->text, (void *)(uintptr_t)key);
        return true;
    }
    diags_error(diags, from_node_range(body, key), "Duplicate argument",
                "The argument \"%.*s\" was set already at line %u. Each argument may be set "
                "only once.",
                STR_ARG(key->text), source_text_position(body->source, first->start).line);
    return false;
}

static bool from_node_add_attribute(const NodeBody *body, const BodyNodeMember *member,
                                    BodyForm form, Map *seen, BodyContent *out, Arena *arena,
                                    Diags *diags) {
    BodyAttribute attribute = {
        .name = member->key->text,
        .name_range = from_node_range(body, member->key),
        .range = member_range(body, member),
    };
    bool ok = check_repeated_attribute(body, seen, member->key, diags);
    if (!node_to_expr(body, member->value, form, &attribute.expr, arena, diags)) {
        vec_push(arena, &out->failed, attribute.name);
        return false;
    }
    if (ok)
        vec_push(arena, &out->attributes, attribute);
    return ok;
}

static NodeBody *from_node_new_body(const NodeBody *parent, const BodyNode *header,
                                    const BodyNode *node, Arena *arena) {
    NodeBody *body = arena_new(arena, NodeBody);
    body->base = parent->base;
    body->source = parent->source;
    body->syntax = parent->syntax;
    body->base.range = from_node_range(parent, header ? header : node);
    if (parent->syntax == BODY_SYNTAX_JSON && node->end > node->start) {
        body->base.range = from_node_range(parent, node);
        if (node->kind == BODY_NODE_OBJECT)
            body->base.range.start = node->end - 1;
    }
    return body;
}

static bool report_kind(const NodeBody *body, const BodyNode *node, Str type, const char *wanted,
                        Diags *diags) {
    diags_error(diags, from_node_range(body, node), "Incorrect value type",
                "A \"%.*s\" block requires %s here, not %s.", STR_ARG(type), wanted,
                kind_name(node));
    return false;
}

/* Adds the objects of a body. Null, and in JSON an array of objects, may replace an object. Any
 * other kind is an error, and the block then has no arguments. */
static bool from_node_add_objects(NodeBody *inner, const BodyNode *node, Str type, Arena *arena,
                                  Diags *diags) {
    bool ok = true;
    if (node->kind == BODY_NODE_OBJECT) {
        vec_push(arena, &inner->objects, node);
        return true;
    }
    bool is_json = inner->syntax == BODY_SYNTAX_JSON;
    bool is_possible = node->kind == BODY_NODE_NULL || (is_json && node->kind == BODY_NODE_ARRAY);
    if (!is_possible)
        return report_kind(inner, node, type, "an object", diags);
    inner->shapeless = is_json ? node : NULL;
    if (node->kind == BODY_NODE_NULL)
        return true;
    for (size_t i = 0; i < node->items.count; i++) {
        const BodyNode *item = node->items.items[i];
        if (item->kind == BODY_NODE_OBJECT)
            vec_push(arena, &inner->objects, item);
        else
            ok = report_kind(inner, item, type, "an object", diags);
    }
    return ok;
}

static bool from_node_add_block(const NodeBody *body, const BodyBlock *header,
                                const BodyNode *place, const BodyNode *node, BodyContent *out,
                                Arena *arena, Diags *diags) {
    BodyBlock block = *header;
    NodeBody *inner = from_node_new_body(body, place, node, arena);
    bool ok = from_node_add_objects(inner, node, header->type, arena, diags);
    block.body = &inner->base;
    vec_push(arena, &out->blocks, block);
    return ok;
}

/* Adds one block of an array. In YAML the range of a block without labels is its first argument,
 * so that diagnostics distinguish the blocks. */
static bool from_node_add_item(const NodeBody *body, const BodyBlock *header, const BodyNode *place,
                               const BodyNode *item, BodyContent *out, Arena *arena, Diags *diags) {
    BodyBlock block = *header;
    bool is_json = body->syntax == BODY_SYNTAX_JSON;
    bool has_members = item->kind == BODY_NODE_OBJECT && item->members.count > 0;
    bool is_known = is_json || block.labels[0].len > 0 || !has_members;
    const BodyNode *at = is_known ? place : item->members.items[0].key;
    if (!is_known)
        block.range = from_node_range(body, at);
    if (!is_json && item->kind == BODY_NODE_NULL)
        return true;
    return from_node_add_block(body, &block, at, item, out, arena, diags);
}

/* Adds the blocks of a value: an object is one block, an array has one block per item. In YAML a
 * key without value ("variable: {name: }") is an empty block. In JSON null is no block. */
static bool add_bodies(const NodeBody *body, BodyBlock *header, const BodyNode *place,
                       const BodyNode *node, BodyContent *out, Arena *arena, Diags *diags) {
    bool ok = true;
    if (body->syntax == BODY_SYNTAX_JSON) /* diagnostics point at the opening bracket */
        header->range = (SourceRange){body->source, node->start, node->start + 1};
    bool is_bare = node->kind == BODY_NODE_NULL && node->start == node->end;
    if (node->kind == BODY_NODE_OBJECT || is_bare)
        return from_node_add_block(body, header, place, node, out, arena, diags);
    if (node->kind == BODY_NODE_NULL)
        return true;
    if (node->kind != BODY_NODE_ARRAY)
        return report_kind(body, node, header->type, "an object or an array of objects", diags);
    for (size_t i = 0; i < node->items.count; i++)
        ok &= from_node_add_item(body, header, place, node->items.items[i], out, arena, diags);
    return ok;
}

static bool add_labelled(const NodeBody *body, BodyBlock header, uint32_t depth, uint32_t labels,
                         const BodyNode *place, const BodyNode *node, BodyContent *out,
                         Arena *arena, Diags *diags);

static bool add_label_object(const NodeBody *body, BodyBlock header, uint32_t depth,
                             uint32_t labels, const BodyNode *node, BodyContent *out, Arena *arena,
                             Diags *diags) {
    bool ok = true;
    vec_each(&node->members, member) {
        if (body->syntax == BODY_SYNTAX_YAML && str_equal_cstr(member->key->text, "//"))
            continue;
        header.labels[depth] = member->key->text;
        header.label_ranges[depth] = from_node_range(body, member->key);
        header.range = header.label_ranges[depth];
        ok &= add_labelled(body, header, depth + 1, labels, member->key, member->value, out, arena,
                           diags);
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
static bool check_label(const NodeBody *body, const BodyNode *node, Str type, Diags *diags) {
    if (body->syntax == BODY_SYNTAX_YAML || from_node_has_members(node))
        return true;
    diags_error(diags, from_node_range(body, node), "Missing block label",
                "A label of the \"%.*s\" block is required here: an object with at least one "
                "member, whose name is the label.",
                STR_ARG(type));
    return false;
}

static bool add_labelled(const NodeBody *body, BodyBlock header, uint32_t depth, uint32_t labels,
                         const BodyNode *place, const BodyNode *node, BodyContent *out,
                         Arena *arena, Diags *diags) {
    const char *wanted = "an object whose keys are names";
    bool ok = true;
    if (depth == labels)
        return add_bodies(body, &header, place, node, out, arena, diags);
    if (node->kind == BODY_NODE_OBJECT)
        ok = add_label_object(body, header, depth, labels, node, out, arena, diags);
    else if (node->kind != BODY_NODE_ARRAY && node->kind != BODY_NODE_NULL)
        ok = report_kind(body, node, header.type, wanted, diags);
    for (size_t i = 0; node->kind == BODY_NODE_ARRAY && i < node->items.count; i++) {
        const BodyNode *item = node->items.items[i];
        ok &= item->kind == BODY_NODE_OBJECT
                  ? add_label_object(body, header, depth, labels, item, out, arena, diags)
                  : report_kind(body, item, header.type, wanted, diags);
    }
    return check_label(body, node, header.type, diags) && ok;
}

static bool from_node_is_hidden(const NodeBody *body, Str name) {
    return str_equal_cstr(name, "//") || str_is_among(name, body->hidden.items, body->hidden.count);
}

/* Reports a name that the schema does not have, and suggests the nearest name. */
static void from_node_report_unknown_name(const BodySchema *schema, Str name, SourceRange range,
                                          BodyContent *out, Arena *arena, Diags *diags) {
    StrVec known = {0};
    for (size_t i = 0; i < schema->attribute_count; i++)
        vec_push(arena, &known, str_from_cstr(schema->attributes[i].name));
    for (size_t i = 0; i < schema->block_count; i++)
        if (strcmp(schema->blocks[i].type, "dynamic") != 0)
            vec_push(arena, &known, str_from_cstr(schema->blocks[i].type));
    Str hint = foreign_names_suggest(schema->foreign, name, known.items, known.count, arena);
    body_content_misspelled(out, name, &known, arena);
    diags_error(diags, range, "Unsupported argument",
                "There is no argument or block named \"%.*s\" here.%.*s", STR_ARG(name),
                STR_ARG(hint));
}

static bool from_node_add_member(const NodeBody *body, const BodySchema *schema,
                                 const BodyNodeMember *member, bool has_rest, Map *seen,
                                 BodyContent *out, Arena *arena, Diags *diags) {
    Str name = member->key->text;
    const BodyAttributeSchema *attribute = body_schema_attribute(schema, name);
    if (attribute)
        return from_node_add_attribute(body, member, attribute->form, seen, out, arena, diags);
    const BodyBlockSchema *block = body_schema_block(schema, name);
    if (block) {
        SourceRange range = from_node_range(body, member->key);
        BodyBlock header = {.type = name, .range = range};
        return add_labelled(body, header, 0, block->labels, member->key, member->value, out, arena,
                            diags);
    }
    if (!has_rest)
        from_node_report_unknown_name(schema, name, from_node_range(body, member->key), out, arena,
                                      diags);
    return has_rest;
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
                         const Body **rest, Arena *arena, Diags *diags) {
    const NodeBody *body = (const NodeBody *)base;
    Map seen = map_new(arena);
    bool ok = true;
    for (size_t i = 0; i < body->objects.count; i++) {
        vec_each(&body->objects.items[i]->members, member) {
            if (!from_node_is_hidden(body, member->key->text))
                ok &= from_node_add_member(body, schema, member, rest != NULL, &seen, out, arena,
                                           diags);
        }
    }
    if (rest)
        *rest = from_node_make_rest(body, schema, arena);
    return ok;
}

/* Rejects null or an array where a body is read as attributes only. */
static bool report_shapeless(const NodeBody *body, Diags *diags) {
    diags_error(diags, from_node_range(body, body->shapeless), "Incorrect value type",
                "The arguments of this block must be the members of an object, not %s.",
                kind_name(body->shapeless));
    return false;
}

static bool node_attributes(const Body *base, BodyForm form, BodyContent *out, Arena *arena,
                            Diags *diags) {
    const NodeBody *body = (const NodeBody *)base;
    Map seen = map_new(arena);
    bool ok = !body->shapeless || report_shapeless(body, diags);
    for (size_t i = 0; i < body->objects.count; i++) {
        vec_each(&body->objects.items[i]->members, member) {
            if (!from_node_is_hidden(body, member->key->text))
                ok &= from_node_add_attribute(body, member, form, &seen, out, arena, diags);
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
              (root->kind == BODY_NODE_NULL && body->syntax == BODY_SYNTAX_YAML);
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

bool body_from_node(const BodyNode *root, const SourceText *source, BodySyntax syntax,
                    const FunctionTable *functions, const Body **out, Arena *arena, Diags *diags) {
    NodeBody *body = arena_new(arena, NodeBody);
    body->base = (Body){
        .operations = &node_operations,
        .functions = functions,
        .range = {source, root->start, root->start},
    };
    body->source = source;
    body->syntax = syntax;
    source_text_set_outline(source, from_node_outline, root);
    if (!add_root_objects(body, root, arena, diags))
        return false;
    *out = &body->base;
    return true;
}
