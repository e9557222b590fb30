/* JSON files as bodies: our streaming reader's tokens, kept as nodes with their places. */
#include "body_node.h"
#include "json.h"

typedef struct JsonFile {
    JsonReader reader;
    const Source *source;
    size_t value_count;
    Arena *arena;
    Diags *diags;
} JsonFile;

static bool read_node(JsonFile *file, JsonToken token, const BodyNode **out);

static SourceRange token_range(const JsonFile *file) {
    return (SourceRange){file->source, (uint32_t)file->reader.start, (uint32_t)file->reader.end};
}

static bool refuse_syntax(JsonFile *file) {
    const JsonReader *reader = &file->reader;
    SourceRange range = token_range(file);
    if (range.end <= range.start)
        range.end = range.start + (range.start < file->source->bytes.len);
    diags_error(file->diags, range, "Invalid JSON syntax",
                "This is not valid JSON: %s. JSON has neither comments nor trailing commas, and "
                "every key is in double quotes.",
                reader->error ? reader->error : "the file ends too early");
    return false;
}

static BodyNode *new_node(JsonFile *file, BodyNodeKind kind) {
    BodyNode *node = arena_new(file->arena, BodyNode);
    node->kind = kind;
    node->start = (uint32_t)file->reader.start;
    node->end = (uint32_t)file->reader.end;
    node->weight = 1;
    return node;
}

static bool read_array(JsonFile *file, const BodyNode **out) {
    BodyNode *node = new_node(file, BODY_NODE_ARRAY);
    for (;;) {
        JsonToken token = json_next(&file->reader);
        const BodyNode *item;
        if (token == JSON_ARRAY_END)
            break;
        if (!read_node(file, token, &item))
            return false;
        vec_push(file->arena, &node->items, item);
    }
    node->end = (uint32_t)file->reader.end;
    *out = node;
    return true;
}

static bool read_object(JsonFile *file, const BodyNode **out) {
    BodyNode *node = new_node(file, BODY_NODE_OBJECT);
    for (;;) {
        JsonToken token = json_next(&file->reader);
        if (token == JSON_OBJECT_END)
            break;
        if (token != JSON_KEY)
            return refuse_syntax(file);
        BodyNode *key = new_node(file, BODY_NODE_STRING);
        key->text = file->reader.text;
        BodyNodeMember member = {.key = key};
        if (!read_node(file, json_next(&file->reader), &member.value))
            return false;
        vec_push(file->arena, &node->members, member);
    }
    node->end = (uint32_t)file->reader.end;
    *out = node;
    return true;
}

static bool read_scalar(JsonFile *file, JsonToken token, const BodyNode **out) {
    BodyNodeKind kind = token == JSON_STRING   ? BODY_NODE_STRING
                        : token == JSON_NUMBER ? BODY_NODE_NUMBER
                        : token == JSON_NULL   ? BODY_NODE_NULL
                                               : BODY_NODE_BOOL;
    BodyNode *node = new_node(file, kind);
    if (kind == BODY_NODE_STRING || kind == BODY_NODE_NUMBER)
        node->text = file->reader.text;
    node->boolean = token == JSON_TRUE;
    *out = node;
    return true;
}

static bool refuse_size(JsonFile *file) {
    diags_error(file->diags, token_range(file), "Too large JSON document",
                "This document has more than %d values.", BODY_NODES_MAX);
    return false;
}

static bool read_node(JsonFile *file, JsonToken token, const BodyNode **out) {
    if (++file->value_count > BODY_NODES_MAX)
        return refuse_size(file);
    switch (token) {
    case JSON_OBJECT_START: return read_object(file, out);
    case JSON_ARRAY_START: return read_array(file, out);
    case JSON_STRING:
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL: return read_scalar(file, token, out);
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY:
    case JSON_BAD: break;
    }
    return refuse_syntax(file);
}

bool body_json_parse(const Source *source,
                     const FunctionTable *functions,
                     const Body **out,
                     Arena *arena,
                     Diags *diags) {
    JsonFile file = {
        .reader = json_reader_new(source->bytes, arena),
        .source = source,
        .arena = arena,
        .diags = diags,
    };
    const BodyNode *root;
    if (str_trim(source->bytes).len == 0) {
        diags_error(diags, (SourceRange){source, 0, 0}, "Invalid JSON syntax",
                    "The file is empty. An empty configuration in JSON is \"{}\".");
        return false;
    }
    if (!read_node(&file, json_next(&file.reader), &root))
        return false;
    if (json_next(&file.reader) != JSON_END)
        return refuse_syntax(&file);
    return body_node_to_body(root, source, BODY_SYNTAX_JSON, functions, out, arena, diags);
}
