/* yaml_value: builds a value from libyaml's events. */
#include "yaml_value.h"

#include "convert.h"
#include "object_builder.h"
#include "str_quote.h"
#include "yaml_event.h"
#include "yaml_scalar.h"

#define YAML_DEPTH_MAX    200
#define YAML_EXPANDED_MAX 10000000

typedef struct YamlReading {
    yaml_parser_t parser;
    YamlBudget budget;
    Map anchors;      /* name → Value *; NULL while that value is being read */
    bool is_manifest; /* the rules of kubectl */
    uint32_t depth;
    YamlFailure *failure;
    Arena *arena;
} YamlReading;

static void yaml_reading_release(YamlReading *reading) {
    yaml_parser_delete(&reading->parser);
}
SCOPED_TYPE(YamlReading, yaml_reading_release);

static bool yaml_fail(YamlReading *reading, yaml_mark_t mark, Str what) {
    *reading->failure = (YamlFailure){mark.line + 1, mark.column + 1, what};
    return false;
}

static bool yaml_spend(YamlReading *reading, size_t elements) {
    if (reading->budget.spend(reading->budget.payload, elements))
        return true;
    *reading->failure = (YamlFailure){0};
    return false;
}

static bool yaml_next(YamlReading *reading, yaml_event_t *event) {
    if (yaml_parser_parse(&reading->parser, event))
        return true;
    const char *problem = reading->parser.problem ? reading->parser.problem : "invalid YAML";
    return yaml_fail(reading, reading->parser.problem_mark, str_from_cstr(problem));
}

static bool yaml_value_read_event(YamlReading *reading, const yaml_event_t *event, Value *out);

static bool yaml_value_read_scalar(YamlReading *reading, const yaml_event_t *event, Value *out) {
    Arena *arena = reading->arena;
    Str why = STR_EMPTY;
    bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    Str tag = str_from_cstr((const char *)event->data.scalar.tag);
    Str text =
        str_clone((Str){(const char *)event->data.scalar.value, event->data.scalar.length}, arena);
    bool is_good = reading->is_manifest
                       ? yaml_scalar_read_manifest(tag, text, is_plain, out, &why, arena)
                       : yaml_scalar_read(tag, text, is_plain, out, &why, arena);
    return is_good || yaml_fail(reading, event->start_mark, why);
}

static bool yaml_value_read_alias(YamlReading *reading, const yaml_event_t *event, Value *out) {
    Str name = str_from_cstr((const char *)event->data.alias.anchor);
    if (!map_has(&reading->anchors, name))
        return yaml_fail(reading, event->start_mark, STR("this alias has no anchor before it"));
    const Value *value = map_find(&reading->anchors, name);
    if (!value)
        return yaml_fail(reading, event->start_mark,
                         STR("an alias refers to a value that contains the alias"));
    *out = *value;
    return yaml_spend(reading, value_element_count(*value, YAML_EXPANDED_MAX));
}

static bool yaml_value_read_sequence(YamlReading *reading, Value *out) {
    ValueVec items = {0};
    for (;;) {
        SCOPED(yaml_event_t) event = {0};
        Value value;
        if (!yaml_next(reading, &event))
            return false;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            break;
        if (!yaml_value_read_event(reading, &event, &value))
            return false;
        vec_push(reading->arena, &items, value);
    }
    *out = value_tuple(items.items, items.count, reading->arena);
    return true;
}

/* Merges the mapping, or the sequence of mappings, after "<<". In manifests the first mapping of a
 * sequence wins. */
static bool merge_members(YamlReading *reading, yaml_mark_t mark, Value value,
                          ObjectBuilder *members) {
    if (!value_is_null(value) && value.type->kind == KIND_TUPLE) {
        for (size_t i = 0; i < value.type->count; i++) {
            size_t at = reading->is_manifest ? value.type->count - 1 - i : i;
            if (!merge_members(reading, mark, value_at(value, at), members))
                return false;
        }
        return true;
    }
    if (value_is_null(value) || value.type->kind != KIND_OBJECT)
        return yaml_fail(reading, mark, STR("only mappings can be merged with <<"));
    for (size_t i = 0; i < value.type->count; i++)
        object_builder_put(members, value.type->names[i], value_at(value, i));
    return true;
}

static bool is_merge_key(const yaml_event_t *key) {
    if (key->type != YAML_SCALAR_EVENT)
        return false;
    const char *tag = (const char *)key->data.scalar.tag;
    if (tag)
        return strcmp(tag, "tag:yaml.org,2002:merge") == 0;
    return key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           strcmp((const char *)key->data.scalar.value, "<<") == 0;
}

static bool yaml_value_read_key(YamlReading *reading, const yaml_event_t *event, Str *out) {
    Value key;
    Value text;
    ConvertError failure;
    /* As in Terraform, the anchor of a key is ignored. */
    if (event->type == YAML_SCALAR_EVENT ? !yaml_value_read_scalar(reading, event, &key)
                                         : !yaml_value_read_event(reading, event, &key))
        return false;
    if (value_is_null(key) || !convert_value(key, &TYPE_STRING, &text, &failure, reading->arena))
        return yaml_fail(reading, event->start_mark, STR("a key of a mapping must be a string"));
    *out = value_text(text);
    return true;
}

/* Notes the key; in manifests, one that was given before is an error. */
static bool yaml_value_add_key(YamlReading *reading, Map *keys, yaml_mark_t mark, Str name) {
    if (!reading->is_manifest)
        return true;
    if (map_has(keys, name))
        return yaml_fail(reading, mark,
                         str_format(reading->arena, "the key %.*s is already in this mapping",
                                    STR_ARG(str_quote(name, reading->arena))));
    map_put(reading->arena, keys, name, NULL);
    return true;
}

static bool yaml_value_read_mapping(YamlReading *reading, Value *out) {
    ObjectBuilder members = object_builder_new(reading->arena);
    Map keys = {0};
    for (;;) {
        SCOPED(yaml_event_t) key = {0};
        SCOPED(yaml_event_t) event = {0};
        Value value;
        Str name;
        if (!yaml_next(reading, &key))
            return false;
        if (key.type == YAML_MAPPING_END_EVENT)
            break;
        bool is_merge = is_merge_key(&key);
        if (!is_merge && (!yaml_value_read_key(reading, &key, &name) ||
                          !yaml_value_add_key(reading, &keys, key.start_mark, name)))
            return false;
        if (!yaml_next(reading, &event) || !yaml_value_read_event(reading, &event, &value))
            return false;
        if (is_merge && !merge_members(reading, key.start_mark, value, &members))
            return false;
        if (!is_merge)
            object_builder_put(&members, name, value);
    }
    *out = object_builder_value(&members);
    return true;
}

static Str event_anchor(const yaml_event_t *event) {
    const yaml_char_t *anchor = NULL;
    if (event->type == YAML_SCALAR_EVENT)
        anchor = event->data.scalar.anchor;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        anchor = event->data.sequence_start.anchor;
    if (event->type == YAML_MAPPING_START_EVENT)
        anchor = event->data.mapping_start.anchor;
    return str_from_cstr((const char *)anchor);
}

/* Accepts no tag or `own`, the tag for this kind of node. */
static bool yaml_value_check_tag(YamlReading *reading, const yaml_event_t *event,
                                 const yaml_char_t *tag, const char *own) {
    const char *text = (const char *)tag;
    if (!text || strcmp(text, own) == 0)
        return true;
    Str what = str_format(reading->arena, "the tag %s does not match this node", text);
    return yaml_fail(reading, event->start_mark, what);
}

static bool read_by_type(YamlReading *reading, const yaml_event_t *event, Value *out) {
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT: return yaml_value_read_scalar(reading, event, out);
    case YAML_ALIAS_EVENT: return yaml_value_read_alias(reading, event, out);
    case YAML_SEQUENCE_START_EVENT:
        return yaml_value_check_tag(reading, event, event->data.sequence_start.tag, YAML_SEQ_TAG) &&
               yaml_value_read_sequence(reading, out);
    default:
        return yaml_value_check_tag(reading, event, event->data.mapping_start.tag, YAML_MAP_TAG) &&
               yaml_value_read_mapping(reading, out);
    }
}

static bool yaml_value_read_event(YamlReading *reading, const yaml_event_t *event, Value *out) {
    Str anchor = event_anchor(event);
    if (reading->depth >= YAML_DEPTH_MAX)
        return yaml_fail(reading, event->start_mark, STR("nested too deeply"));
    if (!yaml_spend(reading, 1))
        return false;
    if (anchor.len) {
        anchor = str_clone(anchor, reading->arena);
        map_set(&reading->anchors, anchor, NULL);
    }
    reading->depth++;
    bool is_good = read_by_type(reading, event, out);
    reading->depth--;
    if (!is_good || !anchor.len)
        return is_good;
    Value *kept = arena_new(reading->arena, Value);
    *kept = *out;
    map_set(&reading->anchors, anchor, kept);
    return true;
}

static bool read_expected(YamlReading *reading, yaml_event_type_t type, const char *what) {
    SCOPED(yaml_event_t) event = {0};
    if (!yaml_next(reading, &event))
        return false;
    return event.type == type || yaml_fail(reading, event.start_mark, str_from_cstr(what));
}

static bool yaml_value_check_version(YamlReading *reading, const yaml_event_t *start) {
    const yaml_version_directive_t *version = start->data.document_start.version_directive;
    bool is_known = !version || (version->major == 1 && version->minor == 1);
    return is_known ||
           yaml_fail(reading, start->start_mark,
                     STR("this version of YAML is not supported; remove the %YAML line"));
}

static bool read_document_start(YamlReading *reading) {
    SCOPED(yaml_event_t) event = {0};
    if (!yaml_next(reading, &event))
        return false;
    if (event.type != YAML_DOCUMENT_START_EVENT)
        return yaml_fail(reading, event.start_mark, STR("the text has no YAML document"));
    return yaml_value_check_version(reading, &event);
}

bool yaml_value_read(Str text, YamlBudget budget, Value *out, YamlFailure *failure, Arena *arena) {
    SCOPED(YamlReading)
    reading = {.budget = budget, .anchors = map_new(arena), .failure = failure, .arena = arena};
    SCOPED(yaml_event_t) root = {0};
    CHECK(yaml_parser_initialize(&reading.parser));
    yaml_parser_set_input_string(&reading.parser, (const unsigned char *)text.ptr, text.len);
    return read_expected(&reading, YAML_STREAM_START_EVENT, "invalid YAML") &&
           read_document_start(&reading) && yaml_next(&reading, &root) &&
           yaml_value_read_event(&reading, &root, out) &&
           read_expected(&reading, YAML_DOCUMENT_END_EVENT, "invalid YAML") &&
           read_expected(&reading, YAML_STREAM_END_EVENT,
                         "the text has more than one YAML document");
}

/* Returns the text after `count` line breaks. libyaml counts those of Unicode too. */
static Str skip_lines(Str text, size_t count) {
    static const char *const breaks[] = {"\r\n",     "\n",           "\r",
                                         "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    size_t at = 0;
    while (count && at < text.len) {
        size_t width = 0;
        for (size_t i = 0; i < ARRAY_COUNT(breaks) && !width; i++) {
            Str line_break = str_from_cstr(breaks[i]);
            if (str_starts_with(str_after(text, at), line_break))
                width = line_break.len;
        }
        at += width ? width : 1;
        count -= width > 0;
    }
    return str_after(text, at);
}

/* Reads the documents after the start of the stream; the text of each ends where the next starts.
 */
static bool read_documents(YamlReading *reading, Str rest, YamlDocuments *out) {
    for (size_t line = 0;;) {
        SCOPED(yaml_event_t) start = {0};
        SCOPED(yaml_event_t) root = {0};
        YamlDocument document;
        if (!yaml_next(reading, &start))
            return false;
        Str text = skip_lines(rest, start.start_mark.line - line);
        if (out->count)
            vec_last(out).text.len -= text.len;
        if (start.type == YAML_STREAM_END_EVENT)
            return true;
        rest = text;
        line = start.start_mark.line;
        document = (YamlDocument){.text = text, .line = line + 1};
        reading->anchors = map_new(reading->arena);
        if (!yaml_value_check_version(reading, &start) || !yaml_next(reading, &root) ||
            !yaml_value_read_event(reading, &root, &document.root) ||
            !read_expected(reading, YAML_DOCUMENT_END_EVENT, "invalid YAML"))
            return false;
        vec_push(reading->arena, out, document);
    }
}

bool yaml_documents_read(Str text, YamlBudget budget, YamlDocuments *out, YamlFailure *failure,
                         Arena *arena) {
    SCOPED(YamlReading)
    reading = {.budget = budget, .is_manifest = true, .failure = failure, .arena = arena};
    YamlDocuments all = {0};
    CHECK(yaml_parser_initialize(&reading.parser));
    yaml_parser_set_input_string(&reading.parser, (const unsigned char *)text.ptr, text.len);
    bool is_good = read_expected(&reading, YAML_STREAM_START_EVENT, "invalid YAML") &&
                   read_documents(&reading, text, &all);
    *out = (YamlDocuments){0};
    vec_each(&all, document) {
        if (!value_is_null(document->root))
            vec_push(arena, out, *document);
    }
    return is_good;
}
