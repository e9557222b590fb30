/* Writes objects as blocks of configuration. */
#include "resource_text.h"

#include "fmt.h"
#include "json.h"
#include "lexer.h"
#include "str_quote.h"

/* How an attribute is written: not at all, with its value, or as a null with the comment
 * "# sensitive". */
typedef enum AttributeText { TEXT_OMITTED, TEXT_VALUE, TEXT_SENSITIVE } AttributeText;

static AttributeText attribute_text(const Attribute *attribute, Value value) {
    bool is_given = attribute->flags & (REQUIRED | OPTIONAL);
    bool is_id = strcmp(attribute->name, "id") == 0 && (attribute->flags & COMPUTED);
    if (!is_given || is_id || (attribute->flags & DEPRECATED))
        return TEXT_OMITTED;
    bool is_secret =
        (attribute->flags & (SENSITIVE | WRITE_ONLY)) || (value_marks_deep(value) & MARKS_SECRET);
    return is_secret ? TEXT_SENSITIVE : TEXT_VALUE;
}

/* Returns the attribute that describes a member of a nested object, or NULL if the schema has
 * none. */
static const Attribute *find_member(const NestedObject *nested, Str name) {
    return nested ? schema_find_attribute(&nested->schema, name) : NULL;
}

/* The arguments to omit if they are null. */
typedef enum NullText {
    NULLS_WRITTEN,
    NULLS_OF_COMPUTED_OMITTED,
    NULLS_OMITTED, /* all optional ones */
} NullText;

static NullText nulls_of(const ResourceText *resource) {
    return resource->omits_null            ? NULLS_OMITTED
           : resource->omits_computed_null ? NULLS_OF_COMPUTED_OMITTED
                                           : NULLS_WRITTEN;
}

/* Returns whether to omit an optional argument. */
static bool text_is_omitted(const Attribute *attribute, Value value, NullText nulls) {
    bool can_be = nulls == NULLS_OMITTED || (attribute->flags & COMPUTED);
    return nulls != NULLS_WRITTEN && can_be && value_is_null(value) &&
           !(attribute->flags & REQUIRED);
}

/* Returns how a member of a mapping value is written. */
static AttributeText text_member_text(Value value, const NestedObject *nested, Str name, Value item,
                                      NullText nulls) {
    const Attribute *member = value.type->kind == KIND_OBJECT ? find_member(nested, name) : NULL;
    AttributeText text = member ? attribute_text(member, item) : TEXT_VALUE;
    return member && text_is_omitted(member, item, nulls) ? TEXT_OMITTED : text;
}

/* Returns the nested attributes of a member. For a map, they are those of its items. */
static const NestedObject *inner_of(Value value, const NestedObject *nested, Str name) {
    if (value.type->kind == KIND_MAP)
        return nested;
    const Attribute *member = find_member(nested, name);
    return member ? member->nested : NULL;
}

typedef struct Native {
    StrBuf out;
    Arena *arena;
    NullText nulls; /* of the current resource */
} Native;

static void text_native_value(Native *native, const NestedObject *nested, Value value);

static void text_native_sequence(Native *native, const NestedObject *nested, Value value) {
    size_t count = value.count;
    bool has_lines = false;
    for (size_t i = 0; i < count; i++) {
        has_lines |= type_is_mapping(value_at(value, i).type);
    }
    strbuf_add_cstr(&native->out, has_lines ? "[\n" : "[");
    for (size_t i = 0; i < count; i++) {
        text_native_value(native, nested, value_at(value, i));
        strbuf_add_cstr(&native->out, has_lines ? ",\n" : i + 1 < count ? ", " : "");
    }
    strbuf_add_char(&native->out, ']');
}

static void text_native_members(Native *native, const NestedObject *nested, Value value) {
    size_t count = value.count;
    strbuf_add_cstr(&native->out, count ? "{\n" : "{");
    for (size_t i = 0; i < count; i++) {
        Str key = value_key_at(value, i);
        Value item = value_at(value, i);
        AttributeText text = text_member_text(value, nested, key, item, native->nulls);
        if (text == TEXT_OMITTED)
            continue;
        strbuf_add(&native->out, lexer_is_identifier(key) ? key : str_quote(key, native->arena));
        strbuf_add_cstr(&native->out, " = ");
        if (text == TEXT_SENSITIVE)
            strbuf_add_cstr(&native->out, "null # sensitive");
        else
            text_native_value(native, inner_of(value, nested, key), item);
        strbuf_add_char(&native->out, '\n');
    }
    strbuf_add_char(&native->out, '}');
}

static void text_native_value(Native *native, const NestedObject *nested, Value value) {
    if (value_is_null(value)) {
        strbuf_add_cstr(&native->out, "null");
        return;
    }
    switch (value.type->kind) {
    case KIND_BOOL: strbuf_add_cstr(&native->out, value_is_true(value) ? "true" : "false"); return;
    case KIND_NUMBER: strbuf_add(&native->out, value_number_text(value, native->arena)); return;
    case KIND_STRING: strbuf_add(&native->out, str_quote(value_text(value), native->arena)); return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: text_native_sequence(native, nested, value); return;
    case KIND_MAP:
    case KIND_OBJECT: text_native_members(native, nested, value); return;
    case KIND_DYNAMIC: strbuf_add_cstr(&native->out, "null"); return;
    }
}

/* Writes a JSON string as jsonencode(…), which is easier to read. */
static bool native_json(Native *native, Value value) {
    Value meant;
    const char *error;
    size_t offset;
    if (!value_is_present(value) || value.type != &TYPE_STRING || value_text(value).len == 0)
        return false;
    char first = value_text(value).ptr[0];
    if ((first != '{' && first != '[') ||
        !json_parse_any(value_text(value), &meant, &error, &offset, native->arena))
        return false;
    strbuf_add_cstr(&native->out, "jsonencode(");
    text_native_value(native, NULL, meant);
    strbuf_add_char(&native->out, ')');
    return true;
}

static bool text_is_printable(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 && c != '\n')
            return false;
    }
    return true;
}

static Str escape_templates(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        bool begins = i + 1 < text.len && text.ptr[i + 1] == '{';
        if (begins && (text.ptr[i] == '$' || text.ptr[i] == '%'))
            strbuf_add_char(&out, text.ptr[i]);
        strbuf_add_char(&out, text.ptr[i]);
    }
    return strbuf_str(&out);
}

/* Writes a heredoc, if no line of the text could be its end marker. */
static bool native_lines(Native *native, Value value) {
    if (!value_is_present(value) || value.type != &TYPE_STRING)
        return false;
    Str text = value_text(value);
    bool has_lines = str_find_char(text, '\n', 0) < text.len - 1 && str_ends_with(text, STR("\n"));
    if (text.len == 0 || !has_lines || !text_is_printable(text) ||
        str_find(text, STR("EOT"), 0) < text.len)
        return false;
    strbuf_add_format(&native->out, "<<EOT\n%.*sEOT",
                      STR_ARG(escape_templates(text, native->arena)));
    return true;
}

static void native_attribute(Native *native, const Attribute *attribute, Value value) {
    AttributeText text = attribute_text(attribute, value);
    if (text == TEXT_OMITTED ||
        (text == TEXT_VALUE && text_is_omitted(attribute, value, native->nulls)))
        return;
    strbuf_add_format(&native->out, "%s = ", attribute->name);
    if (text == TEXT_SENSITIVE)
        strbuf_add_cstr(&native->out, "null # sensitive");
    else if (!native_json(native, value) && !native_lines(native, value))
        text_native_value(native, attribute->nested, value);
    strbuf_add_char(&native->out, '\n');
}

static void native_body(Native *native, const Schema *schema, Value object);

static void native_block(Native *native, const Block *block, Str label, Value value) {
    if (!value_is_present(value))
        return;
    strbuf_add_cstr(&native->out, block->name);
    if (label.ptr)
        strbuf_add_format(&native->out, " %.*s", STR_ARG(str_quote(label, native->arena)));
    strbuf_add_cstr(&native->out, " {\n");
    native_body(native, &block->schema, value);
    strbuf_add_cstr(&native->out, "}\n");
}

static void native_blocks(Native *native, const Block *block, Value value) {
    if (!value_is_present(value))
        return;
    if (block->nesting == NEST_SINGLE) {
        native_block(native, block, (Str){0}, value);
        return;
    }
    for (size_t i = 0; i < value.count; i++) {
        Str label = block->nesting == NEST_MAP ? value_key_at(value, i) : (Str){0};
        native_block(native, block, label, value_at(value, i));
    }
}

static void native_body(Native *native, const Schema *schema, Value object) {
    const Attribute **attributes = schema_sorted_attributes(schema, native->arena);
    for (size_t i = 0; i < schema->attribute_count; i++)
        native_attribute(native, attributes[i],
                         value_attribute(object, str_from_cstr(attributes[i]->name)));
    for (size_t i = 0; i < schema->block_count; i++)
        native_blocks(native, &schema->blocks[i],
                      value_attribute(object, str_from_cstr(schema->blocks[i].name)));
}

static void native_resource(Native *native, const ResourceText *resource) {
    native->nulls = nulls_of(resource);
    strbuf_add_format(&native->out, "resource \"%.*s\" \"%.*s\" {\n", STR_ARG(resource->type),
                      STR_ARG(resource->name));
    if (resource->provider.len)
        strbuf_add_format(&native->out, "provider = %.*s\n", STR_ARG(resource->provider));
    native_body(native, resource->schema, resource->object);
    strbuf_add_cstr(&native->out, "}\n");
}

static void native_import(Native *native, const ResourceText *resource) {
    const Schema *schema = resource->identity_schema;
    strbuf_add_format(&native->out, "import {\nto = %.*s.%.*s\n", STR_ARG(resource->type),
                      STR_ARG(resource->name));
    if (resource->provider.len)
        strbuf_add_format(&native->out, "provider = %.*s\n", STR_ARG(resource->provider));
    strbuf_add_cstr(&native->out, "identity = {\n");
    for (size_t i = 0; i < resource->identity.count; i++) {
        Str name = value_key_at(resource->identity, i);
        Value value = value_at(resource->identity, i);
        if (text_is_omitted(schema_find_attribute(schema, name), value, nulls_of(resource)))
            continue;
        strbuf_add_format(&native->out, "%.*s = ", STR_ARG(name));
        text_native_value(native, NULL, value);
        strbuf_add_char(&native->out, '\n');
    }
    strbuf_add_cstr(&native->out, "}\n}\n");
}

static Str text_lay_out(const Native *native, Str name) {
    Diags ignored = diags_new(native->arena);
    Str text = strbuf_str(&native->out);
    Str laid;
    const SourceText *source = source_text_new(name, text, native->arena);
    return fmt_file(source, &laid, native->arena, &ignored) ? laid : text;
}

Str resource_text_block(const ResourceText *resource, Arena *arena) {
    Native native = {.out = strbuf_new(arena), .arena = arena};
    native_resource(&native, resource);
    return str_trim(text_lay_out(&native, resource->name));
}

Str resource_text_import(const ResourceText *resource, Arena *arena) {
    Native native = {.out = strbuf_new(arena), .arena = arena};
    native_import(&native, resource);
    return str_trim(text_lay_out(&native, resource->name));
}

/* Adds the comment with the origin. */
static void text_add_origin(StrBuf *out, Str program, Str id, Arena *arena) {
    strbuf_add_format(out, "# __generated__ by %.*s", STR_ARG(program));
    if (id.len > 0)
        strbuf_add_format(out, " from %.*s", STR_ARG(str_quote(id, arena)));
    strbuf_add_char(out, '\n');
}

static Str to_native(const ResourceTexts *resources, Str program, Arena *arena) {
    Native native = {.out = strbuf_new(arena), .arena = arena};
    strbuf_add_format(&native.out,
                      "# __generated__ by %.*s\n# Please review these resources and move them into "
                      "your main configuration files.\n",
                      STR_ARG(program));
    vec_each(resources, resource) {
        strbuf_add_char(&native.out, '\n');
        if (!resource->is_continued)
            text_add_origin(&native.out, program, resource->id, arena);
        native_resource(&native, resource);
        if (!resource->identity_schema)
            continue;
        strbuf_add_char(&native.out, '\n');
        native_import(&native, resource);
    }
    return text_lay_out(&native, program);
}

#define YAML_STEP 2

typedef struct Yaml {
    StrBuf out;
    Arena *arena;
    NullText nulls; /* of the current resource */
} Yaml;

static void yaml_value(Yaml *yaml, const NestedObject *nested, size_t indent, Value value);

static void yaml_quoted(Yaml *yaml, Str text) {
    JsonWriter writer;
    json_writer_init(&writer, &yaml->out, 0);
    json_write_string(&writer, escape_templates(text, yaml->arena));
}

static void yaml_key(Yaml *yaml, size_t indent, Str key) {
    bool is_word = lexer_is_identifier(key) && !str_equal(key, STR("null")) &&
                   !str_equal(key, STR("true")) && !str_equal(key, STR("false"));
    strbuf_add_repeat(&yaml->out, ' ', indent);
    if (is_word)
        strbuf_add(&yaml->out, key);
    else
        yaml_quoted(yaml, key);
    strbuf_add_char(&yaml->out, ':');
}

/* Writes a literal block scalar, if it can represent the text. */
static bool yaml_lines(Yaml *yaml, size_t indent, Str text) {
    size_t end = text.len;
    bool ends = end > 0 && text.ptr[end - 1] == '\n';
    end -= ends ? 1 : 0;
    bool fits = end > 0 && str_find_char(text, '\n', 0) < end && text.ptr[0] != ' ' &&
                text.ptr[0] != '\n' && text.ptr[end - 1] != '\n' && text_is_printable(text);
    if (!fits)
        return false;
    Str lines = escape_templates(str_slice(text, 0, end), yaml->arena);
    Str line;
    strbuf_add_cstr(&yaml->out, ends ? " |" : " |-");
    while (str_next_field(&lines, '\n', &line)) {
        strbuf_add_char(&yaml->out, '\n');
        strbuf_add_repeat(&yaml->out, ' ', line.len ? indent + YAML_STEP : 0);
        strbuf_add(&yaml->out, line);
    }
    return true;
}

static void yaml_members(Yaml *yaml, const NestedObject *nested, size_t indent, Value value) {
    size_t written = 0;
    for (size_t i = 0; i < value.count; i++) {
        Str key = value_key_at(value, i);
        Value item = value_at(value, i);
        AttributeText text = text_member_text(value, nested, key, item, yaml->nulls);
        if (text == TEXT_OMITTED)
            continue;
        written++;
        strbuf_add_char(&yaml->out, '\n');
        yaml_key(yaml, indent + YAML_STEP, key);
        if (text == TEXT_SENSITIVE)
            strbuf_add_cstr(&yaml->out, " null # sensitive");
        else
            yaml_value(yaml, inner_of(value, nested, key), indent + YAML_STEP, item);
    }
    if (written == 0)
        strbuf_add_cstr(&yaml->out, " {}");
}

static void yaml_sequence(Yaml *yaml, const NestedObject *nested, size_t indent, Value value) {
    size_t count = value.count;
    if (count == 0)
        strbuf_add_cstr(&yaml->out, " []");
    for (size_t i = 0; i < count; i++) {
        strbuf_add_char(&yaml->out, '\n');
        strbuf_add_repeat(&yaml->out, ' ', indent + YAML_STEP);
        strbuf_add_char(&yaml->out, '-');
        yaml_value(yaml, nested, indent + YAML_STEP, value_at(value, i));
    }
}

/* Writes a value after "key:" or "-": output starts with a blank or a line break. */
static void yaml_value(Yaml *yaml, const NestedObject *nested, size_t indent, Value value) {
    if (value_is_null(value)) {
        strbuf_add_cstr(&yaml->out, " null");
        return;
    }
    switch (value.type->kind) {
    case KIND_BOOL: strbuf_add_cstr(&yaml->out, value_is_true(value) ? " true" : " false"); return;
    case KIND_NUMBER:
        strbuf_add_char(&yaml->out, ' ');
        strbuf_add(&yaml->out, value_number_text(value, yaml->arena));
        return;
    case KIND_STRING:
        if (yaml_lines(yaml, indent, value_text(value)))
            return;
        strbuf_add_char(&yaml->out, ' ');
        yaml_quoted(yaml, value_text(value));
        return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: yaml_sequence(yaml, nested, indent, value); return;
    case KIND_MAP:
    case KIND_OBJECT: yaml_members(yaml, nested, indent, value); return;
    case KIND_DYNAMIC: strbuf_add_cstr(&yaml->out, " null"); return;
    }
}

static void yaml_body(Yaml *yaml, const Schema *schema, size_t indent, Value object);

/* `indent` is the indentation of the block's name. */
static void yaml_block(Yaml *yaml, const Block *block, size_t indent, Value value) {
    size_t count = block->nesting == NEST_SINGLE ? 1 : value.count;
    yaml_key(yaml, indent, str_from_cstr(block->name));
    strbuf_add_char(&yaml->out, '\n');
    for (size_t i = 0; i < count; i++) {
        Value item = block->nesting == NEST_SINGLE ? value : value_at(value, i);
        size_t inner = indent + YAML_STEP;
        if (block->nesting == NEST_MAP) {
            yaml_key(yaml, inner, value_key_at(value, i));
            strbuf_add_char(&yaml->out, '\n');
        } else if (block->nesting != NEST_SINGLE) {
            strbuf_add_repeat(&yaml->out, ' ', inner);
            strbuf_add_cstr(&yaml->out, "-\n");
        }
        yaml_body(yaml, &block->schema, inner + (block->nesting == NEST_SINGLE ? 0 : YAML_STEP),
                  item);
    }
}

static void yaml_attribute(Yaml *yaml, const Attribute *attribute, size_t indent, Value value) {
    AttributeText text = attribute_text(attribute, value);
    if (text == TEXT_OMITTED ||
        (text == TEXT_VALUE && text_is_omitted(attribute, value, yaml->nulls)))
        return;
    yaml_key(yaml, indent, str_from_cstr(attribute->name));
    if (text == TEXT_SENSITIVE)
        strbuf_add_cstr(&yaml->out, " null # sensitive");
    else
        yaml_value(yaml, attribute->nested, indent, value);
    strbuf_add_char(&yaml->out, '\n');
}

static void yaml_body(Yaml *yaml, const Schema *schema, size_t indent, Value object) {
    const Attribute **attributes = schema_sorted_attributes(schema, yaml->arena);
    for (size_t i = 0; i < schema->attribute_count; i++)
        yaml_attribute(yaml, attributes[i], indent,
                       value_attribute(object, str_from_cstr(attributes[i]->name)));
    for (size_t i = 0; i < schema->block_count; i++) {
        Value value = value_attribute(object, str_from_cstr(schema->blocks[i].name));
        bool is_there = value_is_present(value) &&
                        (schema->blocks[i].nesting == NEST_SINGLE || value.count > 0);
        if (is_there)
            yaml_block(yaml, &schema->blocks[i], indent, value);
    }
}

static int text_compare_resources(const void *a, const void *b) {
    const ResourceText *left = a;
    const ResourceText *right = b;
    int order = str_compare(left->type, right->type);
    return order ? order : str_compare(left->name, right->name);
}

static void yaml_import(Yaml *yaml, const ResourceText *resource) {
    const Schema *schema = resource->identity_schema;
    strbuf_add_format(&yaml->out, "  - to: %.*s.%.*s\n", STR_ARG(resource->type),
                      STR_ARG(resource->name));
    if (resource->provider.len)
        strbuf_add_format(&yaml->out, "    provider: %.*s\n", STR_ARG(resource->provider));
    strbuf_add_cstr(&yaml->out, "    identity:\n");
    for (size_t i = 0; i < resource->identity.count; i++) {
        Str name = value_key_at(resource->identity, i);
        Value value = value_at(resource->identity, i);
        if (text_is_omitted(schema_find_attribute(schema, name), value, nulls_of(resource)))
            continue;
        yaml_key(yaml, 6, name);
        yaml_value(yaml, NULL, 6, value);
        strbuf_add_char(&yaml->out, '\n');
    }
}

static void yaml_imports(Yaml *yaml, const ResourceText *resources, size_t count) {
    bool is_open = false;
    for (size_t i = 0; i < count; i++) {
        if (!resources[i].identity_schema)
            continue;
        if (!is_open)
            strbuf_add_cstr(&yaml->out, "import:\n");
        is_open = true;
        yaml->nulls = nulls_of(&resources[i]);
        yaml_import(yaml, &resources[i]);
    }
}

/* Sorts resources by type, because a YAML mapping may have each key only once. */
static Str to_yaml(const ResourceTexts *resources, Str program, Arena *arena) {
    Yaml yaml = {.out = strbuf_new(arena), .arena = arena};
    ResourceText *sorted = arena_new_array(arena, ResourceText, resources->count);
    Str type = STR_EMPTY;
    if (resources->count > 0) {
        memcpy(sorted, resources->items, resources->count * sizeof *sorted);
        qsort(sorted, resources->count, sizeof *sorted, text_compare_resources);
    }
    strbuf_add_format(&yaml.out,
                      "# __generated__ by %.*s\n# Please review these resources and move them into "
                      "your main configuration files.\nresource:\n",
                      STR_ARG(program));
    for (size_t i = 0; i < resources->count; i++) {
        const ResourceText *resource = &sorted[i];
        if (!str_equal(type, resource->type))
            strbuf_add_format(&yaml.out, "  %.*s:\n", STR_ARG(resource->type));
        type = resource->type;
        strbuf_add_cstr(&yaml.out, "    ");
        text_add_origin(&yaml.out, program, resource->id, arena);
        strbuf_add_format(&yaml.out, "    %.*s:\n", STR_ARG(resource->name));
        if (resource->provider.len)
            strbuf_add_format(&yaml.out, "      provider: %.*s\n", STR_ARG(resource->provider));
        yaml.nulls = nulls_of(resource);
        size_t before = yaml.out.len;
        yaml_body(&yaml, resource->schema, 6, resource->object);
        if (yaml.out.len == before)
            strbuf_add_cstr(&yaml.out, "      {}\n");
    }
    yaml_imports(&yaml, sorted, resources->count);
    return strbuf_str(&yaml.out);
}

Str resource_text_file(const ResourceTexts *resources, ResourceTextSyntax syntax, Str program,
                       Arena *arena) {
    switch (syntax) {
    case RESOURCE_TEXT_NATIVE: break;
    case RESOURCE_TEXT_YAML: return to_yaml(resources, program, arena);
    }
    return to_native(resources, program, arena);
}
