/* Parses JSON files into nodes with source ranges, using the streaming reader json_reader. */
#include "body_from_node.h"
#include "json_reader.h"
#include "json_recovery.h"

typedef struct JsonFile {
    JsonReader reader;
    const SourceText *source;
    size_t value_count;
    bool is_too_large;
    Arena *arena;
} JsonFile;

static bool body_json_read_node(JsonFile *file, JsonToken token, const BodyNode **out);

static BodyNode *body_json_new_node(JsonFile *file, BodyNodeKind kind) {
    BodyNode *node = arena_new(file->arena, BodyNode);
    node->kind = kind;
    node->start = (uint32_t)file->reader.start;
    node->end = (uint32_t)file->reader.end;
    node->weight = 1;
    return node;
}

static bool body_json_read_array(JsonFile *file, const BodyNode **out) {
    BodyNode *node = body_json_new_node(file, BODY_NODE_ARRAY);
    for (;;) {
        JsonToken token = json_next(&file->reader);
        const BodyNode *item;
        if (token == JSON_ARRAY_END)
            break;
        if (!body_json_read_node(file, token, &item))
            return false;
        vec_push(file->arena, &node->items, item);
    }
    node->end = (uint32_t)file->reader.end;
    *out = node;
    return true;
}

static bool body_json_read_object(JsonFile *file, const BodyNode **out) {
    BodyNode *node = body_json_new_node(file, BODY_NODE_OBJECT);
    for (;;) {
        JsonToken token = json_next(&file->reader);
        if (token == JSON_OBJECT_END)
            break;
        if (token != JSON_KEY)
            return false;
        BodyNode *key = body_json_new_node(file, BODY_NODE_STRING);
        key->text = file->reader.text;
        BodyNodeMember member = {.key = key};
        if (!body_json_read_node(file, json_next(&file->reader), &member.value))
            return false;
        vec_push(file->arena, &node->members, member);
    }
    node->end = (uint32_t)file->reader.end;
    *out = node;
    return true;
}

static bool body_json_read_scalar(JsonFile *file, JsonToken token, const BodyNode **out) {
    BodyNodeKind kind = token == JSON_STRING   ? BODY_NODE_STRING
                        : token == JSON_NUMBER ? BODY_NODE_NUMBER
                        : token == JSON_NULL   ? BODY_NODE_NULL
                                               : BODY_NODE_BOOL;
    BodyNode *node = body_json_new_node(file, kind);
    if (kind == BODY_NODE_STRING || kind == BODY_NODE_NUMBER)
        node->text = file->reader.text;
    node->boolean = token == JSON_TRUE;
    *out = node;
    return true;
}

/* Returns false, without a diagnostic, on a syntax error or if the file has too many values. */
static bool body_json_read_node(JsonFile *file, JsonToken token, const BodyNode **out) {
    if (++file->value_count > BODY_NODES_MAX) {
        file->is_too_large = true;
        return false;
    }
    switch (token) {
    case JSON_OBJECT_START: return body_json_read_object(file, out);
    case JSON_ARRAY_START: return body_json_read_array(file, out);
    case JSON_STRING:
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL: return body_json_read_scalar(file, token, out);
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY:
    case JSON_BAD: break;
    }
    return false;
}

static bool body_json_read_file(JsonFile *file, const BodyNode **out) {
    return body_json_read_node(file, json_next(&file->reader), out) &&
           json_next(&file->reader) == JSON_END;
}

/* Reads a file with syntax errors and reports them. Sets *out to the readable part, unless the
 * root is not an object or array. */
static void body_json_recover(const SourceText *source, const FunctionTable *functions,
                              const Body **out, Arena *arena, Diags *diags) {
    const BodyNode *root = json_recovery_read(source, arena, diags);
    const Body *body;
    size_t before = diags->count;
    if (body_from_node(root, source, BODY_SYNTAX_JSON, functions, &body, arena, diags))
        *out = body;
    for (size_t i = before; i < diags->count; i++)
        diags->items[i].follows = before > 0;
}

bool body_json_parse(const SourceText *source, const FunctionTable *functions, const Body **out,
                     Arena *arena, Diags *diags) {
    JsonFile file = {
        .reader = json_reader_new(source->bytes, arena),
        .source = source,
        .arena = arena,
    };
    const BodyNode *root;
    if (body_json_read_file(&file, &root))
        return body_from_node(root, source, BODY_SYNTAX_JSON, functions, out, arena, diags);
    if (file.is_too_large) {
        SourceRange range = {source, (uint32_t)file.reader.start, (uint32_t)file.reader.end};
        diags_error(diags, range, "Too large JSON document",
                    "This document has more than %d values.", BODY_NODES_MAX);
        return false;
    }
    body_json_recover(source, functions, out, arena, diags);
    return false;
}
