/* Reads bodies of any syntax against a schema; checks required attributes. */
#include "body.h"

/* Compares the first character before it measures the length, as most names differ there. */
static bool has_name(Str text, const char *name) {
    return text.len > 0 && text.ptr[0] == name[0] && str_equal_cstr(text, name);
}

void body_content_misspelled(BodyContent *content, Str name, const StrVec *known) {
    Str meant = str_suggest(name, known->items, known->count);
    if (meant.len > 0)
        vec_push(content->arena, &content->misspelled, meant);
}

/* An attribute whose expression has errors is not reported as missing, too. */
static bool body_has_failed(const BodyContent *content, const char *name) {
    vec_each(&content->failed, failed) {
        if (str_equal_cstr(*failed, name))
            return true;
    }
    return false;
}

static bool body_check_required(const Body *body, const BodySchema *schema,
                                const BodyContent *content, Diags *diags) {
    bool ok = true;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const BodyAttributeSchema *attribute = &schema->attributes[i];
        if (!attribute->required || body_content_find(content, attribute->name) ||
            body_has_failed(content, attribute->name))
            continue;
        Diag *diag = diags_error(diags, body->range, "Missing required argument",
                                 "The argument \"%s\" is required, but not set.", attribute->name);
        diag->follows = str_is_among(str_from_cstr(attribute->name), content->misspelled.items,
                                     content->misspelled.count);
        ok = false;
    }
    return ok;
}

static bool body_is_absent(const BodySchema *schema, const BodyAttribute *attribute) {
    if (!expr_is_null(attribute->expr))
        return false;
    const BodyAttributeSchema *row = body_schema_attribute(schema, attribute->name);
    if (!row)
        return false;
    bool is_name = row->form == BODY_NAME && attribute->is_native;
    return !is_name && row->form != BODY_EXPRESSION && row->form != BODY_VALUE;
}

static void omit_absent(const BodySchema *schema, BodyContent *content) {
    size_t kept = 0;
    for (size_t i = 0; i < content->attributes.count; i++) {
        BodyAttribute *attribute = &content->attributes.items[i];
        if (body_is_absent(schema, attribute))
            continue;
        if (kept < i)
            content->attributes.items[kept] = *attribute;
        kept++;
    }
    content->attributes.count = kept;
}

bool body_content(const Body *body, const BodySchema *schema, BodyContent *out, const Body **rest,
                  Arena *arena, Diags *diags) {
    BodyContent content = {.arena = arena, .diags = diags};
    bool ok = body->operations->content(body, schema, &content, rest);
    omit_absent(schema, &content);
    ok &= body_check_required(body, schema, &content, diags);
    *out = content;
    return ok;
}

bool body_attributes(const Body *body, BodyForm form, BodyContent *out, Arena *arena,
                     Diags *diags) {
    BodyContent content = {.arena = arena, .diags = diags};
    bool ok = body->operations->attributes(body, form, &content);
    *out = content;
    return ok;
}

const BodyAttribute *body_content_find(const BodyContent *content, const char *name) {
    vec_each(&content->attributes, attribute) {
        if (has_name(attribute->name, name))
            return attribute;
    }
    return NULL;
}

const BodyAttributeSchema *body_schema_attribute(const BodySchema *schema, Str name) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (has_name(name, schema->attributes[i].name))
            return &schema->attributes[i];
    }
    return NULL;
}

const BodyBlockSchema *body_schema_block(const BodySchema *schema, Str type) {
    for (size_t i = 0; i < schema->block_count; i++) {
        if (has_name(type, schema->blocks[i].type))
            return &schema->blocks[i];
    }
    return NULL;
}
