/* Parses YAML files into nodes with source ranges, from libyaml's events.
 *
 * An alias shares the node of its anchor. Merge keys ("<<") are supported, although the YAML 1.2
 * core schema has none. A duplicate key is an error. libyaml counts characters, loam bytes: a
 * cursor converts offsets, because events come nearly in order. */
#include "body_node.h"
#include "utf8.h"
#include "yaml_scalar.h"

#include <yaml.h>

#define DEPTH_LIMIT 256

SCOPED_TYPE(yaml_parser_t, yaml_parser_delete);
SCOPED_TYPE(yaml_event_t, yaml_event_delete);

typedef struct YamlFile {
    yaml_parser_t *parser;
    const SourceText *source;
    Map anchors; /* name → BodyNode; NULL while the anchored node is being read */
    size_t cursor_index;
    size_t cursor_byte;
    uint32_t depth;
    Arena *arena;
    Diags *diags;
} YamlFile;

static bool yaml_read_node(YamlFile *file, const yaml_event_t *event, const BodyNode **out);

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

static uint32_t byte_of(YamlFile *file, size_t index) {
    Str bytes = file->source->bytes;
    while (file->cursor_index < index && file->cursor_byte < bytes.len) {
        file->cursor_byte++;
        while (file->cursor_byte < bytes.len && is_continuation(bytes.ptr[file->cursor_byte]))
            file->cursor_byte++;
        file->cursor_index++;
    }
    while (file->cursor_index > index && file->cursor_byte > 0) {
        file->cursor_byte--;
        while (file->cursor_byte > 0 && is_continuation(bytes.ptr[file->cursor_byte]))
            file->cursor_byte--;
        file->cursor_index--;
    }
    return (uint32_t)file->cursor_byte;
}

static SourceRange event_range(YamlFile *file, const yaml_event_t *event) {
    return (SourceRange){file->source, byte_of(file, event->start_mark.index),
                         byte_of(file, event->end_mark.index)};
}

static SourceRange yaml_node_range(const YamlFile *file, const BodyNode *node) {
    return (SourceRange){file->source, node->start, node->end};
}

typedef struct YamlAdvice {
    const char *problem; /* part of libyaml's message */
    const char *advice;
} YamlAdvice;

static const YamlAdvice advices[] = {
    {"expected ',' or '}'", "A \"{\" is not closed here, or a comma is missing between two keys."},
    {"expected ',' or ']'", "A \"[\" is not closed here, or a comma is missing between two items."},
    {"mapping values are not allowed", "\": \" is not allowed here. Correct the indentation, or "
                                       "quote the text that contains \": \"."},
    {"could not find expected ':'",
     "A key must be followed by a colon. A text of several lines requires quotes or \"|\"."},
    {"did not find expected key",
     "A key was expected here: the indentation does not match the lines above, or something "
     "follows a closing quote."},
    {"did not find expected '-'", "An item (\"- \") was expected here: check the indentation."},
    {"block sequence entries are not allowed", "An item (\"- \") is not allowed here."},
    {"unexpected end of stream", "The quote that opens here is never closed."},
    {"unexpected document indicator", "A quote opens before this line and is never closed."},
    {"unknown escape character", "In double quotes, a backslash begins an escape (\\n"
                                 ", \\\", \\\\). In single quotes, it has no special meaning."},
    {"undefined tag handle", "A text that begins with \"!\" requires quotes."},
    {"expected whitespace or line break", "A text that begins with \"!\" requires quotes."},
    {"expected alphabetic or numeric", "A text that begins with \"*\" or \"&\" requires quotes."},
    {"duplicate", "This directive occurs twice."},
    {"control characters are not allowed",
     "The file contains a control character. Write it as an escape in double quotes."},
};

static const char *yaml_find_advice(const char *problem) {
    for (size_t i = 0; i < ARRAY_COUNT(advices); i++)
        if (strstr(problem, advices[i].problem))
            return advices[i].advice;
    return problem;
}

/* Returns the text of the line before the position where parsing stopped. */
static Str text_before(const YamlFile *file, uint32_t at) {
    uint32_t start;
    (void)source_text_line(file->source, at, &start);
    return str_slice(file->source->bytes, start, at);
}

static bool holds_template(const YamlFile *file, uint32_t at) {
    Str before = text_before(file, at);
    Str line_rest = str_slice(file->source->bytes, at, at + 2);
    return str_find(before, STR("${"), 0) != SIZE_MAX ||
           str_find(before, STR("%{"), 0) != SIZE_MAX || str_ends_with(before, STR("$")) ||
           str_equal_cstr(line_rest, "%{") || str_equal_cstr(line_rest, "${");
}

static void explain_character(YamlFile *file, uint32_t at, SourceRange range) {
    Str bytes = file->source->bytes;
    if (at < bytes.len && bytes.ptr[at] == '\t') {
        diags_error(file->diags, range, "Invalid YAML syntax",
                    "The indentation contains a tab. YAML allows only spaces.");
        return;
    }
    size_t width = 1;
    if (at < bytes.len)
        (void)utf8_decode(bytes, at, &width);
    Str character = str_slice(bytes, at, at + width);
    diags_error(file->diags, range, "Invalid YAML syntax",
                "A text that begins with \"%.*s\" requires quotes.", STR_ARG(character));
}

/* libyaml reads "${" as "$" and an opening brace. Moves the offset to the start of the template. */
static uint32_t template_start(const YamlFile *file, uint32_t at) {
    Str bytes = file->source->bytes;
    bool is_inside = at > 0 && at < bytes.len && bytes.ptr[at] == '{' && bytes.ptr[at - 1] == '$';
    return is_inside ? at - 1 : at;
}

static void explain_problem(YamlFile *file, SourceRange range, const char *problem) {
    const yaml_parser_t *parser = file->parser;
    bool is_bracket = parser->context && strstr(parser->context, "parsing a flow");
    if (is_bracket)
        diags_error(file->diags, range, "Invalid YAML syntax",
                    "%s The unclosed element begins at line %zu, column %zu.",
                    yaml_find_advice(problem), parser->context_mark.line + 1,
                    parser->context_mark.column + 1);
    else
        diags_error(file->diags, range, "Invalid YAML syntax", "%s", yaml_find_advice(problem));
}

static bool report_syntax(YamlFile *file) {
    const yaml_parser_t *parser = file->parser;
    const char *problem = parser->problem ? parser->problem : "The YAML parser failed.";
    bool is_unclosed = strstr(problem, "unexpected end of stream") != NULL;
    yaml_mark_t mark = is_unclosed ? parser->context_mark : parser->problem_mark;
    uint32_t at = template_start(file, byte_of(file, mark.index));
    SourceRange range = {file->source, at, at + (at < file->source->bytes.len)};
    if (parser->error == YAML_READER_ERROR)
        range = (SourceRange){file->source, (uint32_t)parser->problem_offset,
                              (uint32_t)parser->problem_offset + 1};
    if (!is_unclosed && holds_template(file, at))
        diags_error(file->diags, range, "Invalid YAML syntax",
                    "Quote the template \"${…}\" inside YAML { } or [ ], and where it contains \": "
                    "\" or \" #\" or begins with \"%%{\".");
    else if (strstr(problem, "cannot start any token"))
        explain_character(file, at, range);
    else
        explain_problem(file, range, problem);
    return false;
}

static bool next_event(YamlFile *file, yaml_event_t *event) {
    return yaml_parser_parse(file->parser, event) || report_syntax(file);
}

static BodyNode *yaml_new_node(YamlFile *file, BodyNodeKind kind, SourceRange range) {
    BodyNode *node = arena_new(file->arena, BodyNode);
    node->kind = kind;
    node->start = range.start;
    node->end = range.end;
    node->weight = 1;
    return node;
}

/* Returns the range of the scalar itself. libyaml's range starts at the anchor or tag, and for a
 * block scalar ends where the next key starts. */
static SourceRange scalar_range(YamlFile *file, const yaml_event_t *event) {
    SourceRange range = event_range(file, event);
    Str bytes = file->source->bytes;
    while (range.start < range.end && strchr("&!", bytes.ptr[range.start])) {
        while (range.start < range.end && !strchr(" \t\r\n", bytes.ptr[range.start]))
            range.start++;
        while (range.start < range.end && strchr(" \t\r\n", bytes.ptr[range.start]))
            range.start++;
    }
    while (range.end > range.start && strchr(" \t\r\n", bytes.ptr[range.end - 1]))
        range.end--;
    return range;
}

static Str yaml_scalar_text(YamlFile *file, const yaml_event_t *event, SourceRange range) {
    Str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    Str raw = source_range_text(range);
    return str_equal(text, raw) ? raw : str_clone(text, file->arena);
}

typedef struct CoreTag {
    const char *tag;
    BodyNodeKind kind;
} CoreTag;

static const CoreTag core_tags[] = {
    {YAML_STR_TAG, BODY_NODE_STRING},   {YAML_INT_TAG, BODY_NODE_NUMBER},
    {YAML_FLOAT_TAG, BODY_NODE_NUMBER}, {YAML_BOOL_TAG, BODY_NODE_BOOL},
    {YAML_NULL_TAG, BODY_NODE_NULL},    {YAML_SEQ_TAG, BODY_NODE_ARRAY},
    {YAML_MAP_TAG, BODY_NODE_OBJECT},
};

/* Rejects a tag that contradicts the node's kind. Only !!str and "!" change how a value is read. */
static bool yaml_check_tag(YamlFile *file, const yaml_event_t *event, const yaml_char_t *tag,
                           const BodyNode *node) {
    if (!tag || strcmp((const char *)tag, "!") == 0)
        return true;
    for (size_t i = 0; i < ARRAY_COUNT(core_tags); i++)
        if (strcmp(core_tags[i].tag, (const char *)tag) == 0 && core_tags[i].kind == node->kind)
            return true;
    return diags_fail(file->diags, event_range(file, event), "Unsupported YAML tag",
                      "The tag \"%s\" is not supported. A text that begins with \"!\", such as "
                      "\"!var.enabled\", requires quotes and \"${…}\".",
                      (const char *)tag);
}

static bool is_text_by_form(const yaml_event_t *event) {
    const yaml_char_t *tag = event->data.scalar.tag;
    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return true;
    return tag &&
           (strcmp((const char *)tag, YAML_STR_TAG) == 0 || strcmp((const char *)tag, "!") == 0);
}

/* Returns whether the text is decimal, but octal in YAML 1.1, such as 0644. */
static bool looks_octal(Str text) {
    return text.len > 1 && text.ptr[0] == '0' && str_skip_digits(text, 0) == text.len;
}

static bool resolve_plain(YamlFile *file, BodyNode *node, SourceRange range) {
    Str number = STR_EMPTY;
    Str text = node->text;
    YamlCoreType type = yaml_scalar_core(text, &number, file->arena);
    if (type == YAML_CORE_NOT_FINITE)
        return diags_fail(file->diags, range, "Invalid number",
                          "\"%.*s\" is outside the range of numbers. If it is text, quote it.",
                          STR_ARG(text));
    if (type == YAML_CORE_NULL)
        node->kind = BODY_NODE_NULL;
    if (type == YAML_CORE_TRUE || type == YAML_CORE_FALSE)
        node->kind = BODY_NODE_BOOL;
    node->boolean = type == YAML_CORE_TRUE;
    if (type == YAML_CORE_NUMBER) {
        node->kind = BODY_NODE_NUMBER;
        node->text = number;
        if (looks_octal(text))
            diags_warning(file->diags, range, "Number with a leading zero",
                          "In YAML 1.2, %.*s is the decimal number %.*s. If it is text, such as a "
                          "file mode, quote it (\"%.*s\"). Write an octal number as 0o%.*s.",
                          STR_ARG(text), STR_ARG(number), STR_ARG(text), STR_ARG(number));
    }
    return true;
}

static bool yaml_read_scalar(YamlFile *file, const yaml_event_t *event, const BodyNode **out) {
    SourceRange range = scalar_range(file, event);
    BodyNode *node = yaml_new_node(file, BODY_NODE_STRING, range);
    node->text = yaml_scalar_text(file, event, range);
    if (!is_text_by_form(event) && !resolve_plain(file, node, range))
        return false;
    *out = node;
    return yaml_check_tag(file, event, event->data.scalar.tag, node);
}

static void set_anchor(YamlFile *file, const yaml_char_t *anchor, const BodyNode *node) {
    if (!anchor)
        return;
    Str name = str_clone(str_from_cstr((const char *)anchor), file->arena);
    map_set(&file->anchors, name, (void *)(uintptr_t)node);
}

static bool yaml_read_alias(YamlFile *file, const yaml_event_t *event, const BodyNode **out) {
    Str name = str_from_cstr((const char *)event->data.alias.anchor);
    const BodyNode *node = map_find(&file->anchors, name);
    if (node) {
        *out = node;
        return true;
    }
    if (map_has(&file->anchors, name))
        return diags_fail(file->diags, event_range(file, event), "Invalid YAML alias",
                          "The alias \"*%.*s\" refers to a value that contains the alias.",
                          STR_ARG(name));
    return diags_fail(
        file->diags, event_range(file, event), "Invalid YAML alias",
        "There is no anchor \"&%.*s\" above this alias. A text that begins with \"*\" "
        "requires quotes.",
        STR_ARG(name));
}

static bool add_weight(YamlFile *file, BodyNode *node, const BodyNode *child) {
    node->weight += child->weight;
    if (node->weight <= BODY_NODES_MAX)
        return true;
    return diags_fail(file->diags, yaml_node_range(file, node), "Too large YAML document",
                      "With its aliases expanded, this document has more than %d values.",
                      BODY_NODES_MAX);
}

static bool yaml_enter(YamlFile *file, const yaml_event_t *event) {
    if (++file->depth <= DEPTH_LIMIT)
        return true;
    return diags_fail(file->diags, event_range(file, event), "Too deeply nested YAML",
                      "The maximum nesting depth of values is %d.", DEPTH_LIMIT);
}

/* Sets the end of a collection to the end of its last item: libyaml ends block collections where
 * the next token starts. */
static void set_end(YamlFile *file, BodyNode *node, const yaml_event_t *event,
                    const BodyNode *last) {
    node->end = byte_of(file, event->end_mark.index);
    if (event->start_mark.index == event->end_mark.index && last)
        node->end = last->end > node->start ? last->end : node->start;
}

static bool yaml_read_sequence(YamlFile *file, const yaml_event_t *start, const BodyNode **out) {
    BodyNode *node = yaml_new_node(file, BODY_NODE_ARRAY, event_range(file, start));
    const BodyNode *last = NULL;
    if (!yaml_enter(file, start) ||
        !yaml_check_tag(file, start, start->data.sequence_start.tag, node))
        return false;
    set_anchor(file, start->data.sequence_start.anchor, NULL);
    for (;;) {
        SCOPED(yaml_event_t) event = {0};
        if (!next_event(file, &event))
            return false;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            set_end(file, node, &event, last);
            break;
        }
        if (!yaml_read_node(file, &event, &last) || !add_weight(file, node, last))
            return false;
        vec_push(file->arena, &node->items, last);
    }
    set_anchor(file, start->data.sequence_start.anchor, node);
    file->depth--;
    *out = node;
    return true;
}

static bool yaml_read_key(YamlFile *file, const yaml_event_t *event, bool *is_merge,
                          const BodyNode **out) {
    if (event->type == YAML_ALIAS_EVENT) {
        if (!yaml_read_alias(file, event, out))
            return false;
        if ((*out)->kind == BODY_NODE_STRING)
            return true;
    }
    if (event->type != YAML_SCALAR_EVENT)
        return diags_fail(
            file->diags, event_range(file, event), "Invalid key",
            "A key must be a single text, not a list or a mapping. A template \"${…}\" as "
            "a key requires quotes.");
    SourceRange range = scalar_range(file, event);
    BodyNode *key = yaml_new_node(file, BODY_NODE_STRING, range);
    key->text = yaml_scalar_text(file, event, range);
    set_anchor(file, event->data.scalar.anchor, key);
    *is_merge = !is_text_by_form(event) && str_equal_cstr(key->text, "<<");
    *out = key;
    if (key->text.len || is_text_by_form(event))
        return true;
    return diags_fail(file->diags, event_range(file, event), "Invalid key",
                      "A key is missing before the colon.");
}

/* The keys of one mapping, searched linearly while there are at most FEW_KEYS. */
typedef struct YamlKeys {
    const BodyNode *node;
    Map by_name; /* all keys, once there are more than FEW_KEYS */
} YamlKeys;

#define FEW_KEYS 16

static const BodyNode *yaml_find_key(const YamlKeys *keys, Str name) {
    if (keys->node->members.count > FEW_KEYS)
        return map_find(&keys->by_name, name);
    vec_each(&keys->node->members, member) {
        if (str_equal(member->key->text, name))
            return member->key;
    }
    return NULL;
}

static void yaml_add_member(YamlFile *file, BodyNode *node, YamlKeys *keys, BodyNodeMember member) {
    vec_push(file->arena, &node->members, member);
    if (node->members.count == FEW_KEYS + 1) {
        keys->by_name = map_new(file->arena);
        vec_each(&node->members, before) {
            map_set(&keys->by_name, before->key->text, (void *)(uintptr_t)before->key);
        }
    } else if (node->members.count > FEW_KEYS) {
        map_set(&keys->by_name, member.key->text, (void *)(uintptr_t)member.key);
    }
}

static bool check_duplicate(YamlFile *file, const YamlKeys *keys, const BodyNode *key) {
    const BodyNode *first = yaml_find_key(keys, key->text);
    if (!first)
        return true;
    SourcePos place = source_text_position(file->source, first->start);
    return diags_fail(file->diags, yaml_node_range(file, key), "Duplicate key",
                      "The key \"%.*s\" is already set in this mapping, at line %u, column %u.",
                      STR_ARG(key->text), place.line, place.column);
}

/* Merges the keys of `from` that are not yet set: keys of the mapping itself win, then earlier
 * merges. */
static bool merge_mapping(YamlFile *file, BodyNode *node, YamlKeys *keys, const BodyNode *from) {
    if (from->kind != BODY_NODE_OBJECT)
        return diags_fail(file->diags, yaml_node_range(file, from), "Invalid merge key",
                          "\"<<\" requires a mapping or a list of mappings, usually as aliases.");
    vec_each(&from->members, member) {
        if (yaml_find_key(keys, member->key->text))
            continue;
        yaml_add_member(file, node, keys, *member);
        if (!add_weight(file, node, member->value))
            return false;
    }
    return true;
}

static bool merge_all(YamlFile *file, BodyNode *node, YamlKeys *keys, const BodyNodes *merges) {
    vec_each(merges, merge) {
        if ((*merge)->kind != BODY_NODE_ARRAY) {
            if (!merge_mapping(file, node, keys, *merge))
                return false;
            continue;
        }
        vec_each(&(*merge)->items, item) {
            if (!merge_mapping(file, node, keys, *item))
                return false;
        }
    }
    return true;
}

static bool yaml_read_member(YamlFile *file, const yaml_event_t *key_event, BodyNode *node,
                             YamlKeys *keys, BodyNodes *merges, const BodyNode **last) {
    BodyNodeMember member = {0};
    bool is_merge = false;
    SCOPED(yaml_event_t) event = {0};
    if (!yaml_read_key(file, key_event, &is_merge, &member.key) || !next_event(file, &event) ||
        !yaml_read_node(file, &event, &member.value) || !add_weight(file, node, member.value))
        return false;
    *last = member.value->end > member.key->end ? member.value : member.key;
    if (is_merge) {
        vec_push(file->arena, merges, member.value);
        return true;
    }
    if (!check_duplicate(file, keys, member.key))
        return false;
    yaml_add_member(file, node, keys, member);
    return true;
}

static bool yaml_read_mapping(YamlFile *file, const yaml_event_t *start, const BodyNode **out) {
    BodyNode *node = yaml_new_node(file, BODY_NODE_OBJECT, event_range(file, start));
    YamlKeys keys = {.node = node};
    BodyNodes merges = {0};
    const BodyNode *last = NULL;
    if (!yaml_enter(file, start) ||
        !yaml_check_tag(file, start, start->data.mapping_start.tag, node))
        return false;
    set_anchor(file, start->data.mapping_start.anchor, NULL);
    for (;;) {
        SCOPED(yaml_event_t) event = {0};
        if (!next_event(file, &event))
            return false;
        if (event.type == YAML_MAPPING_END_EVENT) {
            set_end(file, node, &event, last);
            break;
        }
        if (!yaml_read_member(file, &event, node, &keys, &merges, &last))
            return false;
    }
    if (!merge_all(file, node, &keys, &merges))
        return false;
    set_anchor(file, start->data.mapping_start.anchor, node);
    file->depth--;
    *out = node;
    return true;
}

static bool yaml_read_node(YamlFile *file, const yaml_event_t *event, const BodyNode **out) {
    if (event->type == YAML_ALIAS_EVENT)
        return yaml_read_alias(file, event, out);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return yaml_read_sequence(file, event, out);
    if (event->type == YAML_MAPPING_START_EVENT)
        return yaml_read_mapping(file, event, out);
    CHECK(event->type == YAML_SCALAR_EVENT);
    if (!yaml_read_scalar(file, event, out))
        return false;
    set_anchor(file, event->data.scalar.anchor, *out);
    return true;
}

static bool yaml_read_document(YamlFile *file, const BodyNode **out) {
    bool has_root = false;
    for (;;) {
        SCOPED(yaml_event_t) event = {0};
        if (!next_event(file, &event))
            return false;
        if (event.type == YAML_STREAM_END_EVENT)
            return true;
        if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_END_EVENT)
            continue;
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            if (!has_root)
                continue;
            return diags_fail(file->diags, event_range(file, &event), "More than one YAML document",
                              "A configuration file must contain one document. Move the part after "
                              "\"---\" to another file.");
        }
        if (!yaml_read_node(file, &event, out))
            return false;
        has_root = true;
    }
}

bool body_yaml_parse(const SourceText *source, const FunctionTable *functions, const Body **out,
                     Arena *arena, Diags *diags) {
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    if (!parser_check_text(source, diags))
        return false;
    SCOPED(yaml_parser_t) parser = {0};
    CHECK(yaml_parser_initialize(&parser));
    YamlFile file = {
        .parser = &parser,
        .source = source,
        .anchors = map_new(arena),
        .arena = arena,
        .diags = diags,
    };
    if (str_starts_with(source->bytes, str_from_cstr(byte_order_mark)))
        file.cursor_byte = 3; /* skips the byte order mark, which libyaml does not count */
    yaml_parser_set_input_string(&parser, (const unsigned char *)source->bytes.ptr,
                                 source->bytes.len);
    const BodyNode *root = yaml_new_node(&file, BODY_NODE_NULL, (SourceRange){source, 0, 0});
    if (!yaml_read_document(&file, &root))
        return false;
    BodyNodeFile origin = {source, BODY_SYNTAX_YAML, functions};
    return body_from_node(root, origin, out, arena, diags);
}
