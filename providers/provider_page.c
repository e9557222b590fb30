/* provider_page: a provider's reference. Nested objects follow in separate tables, named by their
 * path. The table of a type's arguments has its attributes that a configuration can set; the table
 * of its attributes has the others. The tables of nested objects have both. */
#include "provider_page.h"

#include "registry.h"
#include "schema_rule.h"
#include "timeouts.h"

static void page_add_word(StrBuf *out, bool applies, const char *word) {
    if (!applies)
        return;
    if (out->len > 0)
        strbuf_add_cstr(out, ", ");
    strbuf_add_cstr(out, word);
}

/* Describes flags for users: "required", "optional, forces replacement", "computed". */
static Str page_flags_of(const Attribute *attribute, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    unsigned flags = attribute->flags;
    bool is_replacing = (flags & FORCES_NEW) != 0 || attribute->forces_new;
    page_add_word(&out, (flags & REQUIRED) != 0, "required");
    page_add_word(&out, (flags & OPTIONAL) != 0, "optional");
    page_add_word(&out, (flags & COMPUTED) != 0 && !attribute->default_json, "computed");
    if (attribute->default_json)
        strbuf_add_format(&out, "%sdefault `%s`", out.len ? ", " : "", attribute->default_json);
    page_add_word(&out, is_replacing,
                  attribute->forces_new ? "may force replacement" : "forces replacement");
    page_add_word(&out, (flags & SENSITIVE) != 0, "sensitive");
    page_add_word(&out, (flags & STARTS_PROGRAM) != 0, "starts a program");
    page_add_word(&out, (flags & WRITE_ONLY) != 0, "write-only");
    page_add_word(&out, (flags & DEPRECATED) != 0, "deprecated");
    return strbuf_str(&out);
}

/* Returns a type such as "list(string)" or "list of objects". */
static Str page_type_of(const Attribute *attribute, Arena *arena) {
    static const char *const names[] = {
        [NEST_SINGLE] = "object",
        [NEST_LIST] = "list of objects",
        [NEST_SET] = "set of objects",
        [NEST_MAP] = "map of objects",
    };
    return attribute->nested ? str_from_cstr(names[attribute->nested->nesting])
                             : type_to_constraint(attribute->type, arena);
}

/* Escapes bars, which would end the table cell, and replaces newlines, which would end the row. */
static void page_add_cell(StrBuf *out, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '|')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, text.ptr[i] == '\n' ? ' ' : text.ptr[i]);
    }
}

static void provider_page_add_row(StrBuf *out, Str name, Str type, Str flags,
                                  const char *description) {
    strbuf_add_format(out, "| `%.*s` | %.*s | ", STR_ARG(name), STR_ARG(type));
    page_add_cell(out, flags);
    strbuf_add_cstr(out, " | ");
    page_add_cell(out, str_from_cstr(description));
    strbuf_add_cstr(out, " |\n");
}

typedef enum Part {
    PART_ALL,
    PART_ARGUMENTS,
    PART_RESULTS, /* only the provider sets them */
} Part;

static bool page_is_in(Part part, const Attribute *attribute) {
    bool is_result = (attribute->flags & (REQUIRED | OPTIONAL)) == 0;
    return part == PART_ALL || is_result == (part == PART_RESULTS);
}

static void add_attribute_rows(StrBuf *out, const Schema *schema, Part part, Arena *arena) {
    const Attribute *all = schema->attributes;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (page_is_in(part, &all[i]))
            provider_page_add_row(out, str_from_cstr(all[i].name), page_type_of(&all[i], arena),
                                  page_flags_of(&all[i], arena), all[i].description);
    }
}

static Str page_block_type(const Block *block, Arena *arena) {
    static const char *const names[] = {
        [NEST_SINGLE] = "block",
        [NEST_LIST] = "blocks",
        [NEST_SET] = "unordered blocks",
        [NEST_MAP] = "labelled blocks",
    };
    return str_format(arena, "%s", names[block->nesting]);
}

static Str block_flags(const Block *block, Arena *arena) {
    const char *need = block->min_items > 0 ? "required" : "optional";
    return block->since ? str_format(arena, "%s, as in %s", need, block->since)
                        : str_from_cstr(need);
}

static void page_add_head(StrBuf *out, Str path) {
    if (path.len > 0)
        strbuf_add_format(out, "\n`%.*s`:\n", STR_ARG(path));
    strbuf_add_cstr(out, "\n| name | type | | |\n|---|---|---|---|\n");
}

static void add_rules(StrBuf *out, const Schema *schema, Arena *arena) {
    for (size_t i = 0; i < schema->rule_count; i++)
        strbuf_add_format(out, "\n%.*s\n", STR_ARG(schema_rule_text(&schema->rules[i], arena)));
}

static void add_nested(StrBuf *out, Str path, const Schema *schema, Part part, Arena *arena) {
    const Attribute *all = schema->attributes;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const NestedObject *nested = all[i].nested;
        if (!nested || !page_is_in(part, &all[i]))
            continue;
        Str inner = path.len ? str_format(arena, "%.*s.%s", STR_ARG(path), all[i].name)
                             : str_from_cstr(all[i].name);
        page_add_head(out, inner);
        add_attribute_rows(out, &nested->schema, PART_ALL, arena);
        add_rules(out, &nested->schema, arena);
        add_nested(out, inner, &nested->schema, PART_ALL, arena);
    }
}

/* The pages of types have a section for it. */
static bool is_timeouts(const Block *block) {
    return block->schema.attributes == timeouts_attributes;
}

static void add_schema(StrBuf *out, Str path, const Schema *schema, Part part, Arena *arena) {
    page_add_head(out, path);
    add_attribute_rows(out, schema, part, arena);
    for (size_t i = 0; i < schema->block_count; i++) {
        if (!is_timeouts(&schema->blocks[i]))
            provider_page_add_row(out, str_from_cstr(schema->blocks[i].name),
                                  page_block_type(&schema->blocks[i], arena),
                                  block_flags(&schema->blocks[i], arena),
                                  schema->blocks[i].schema.description);
    }
    add_rules(out, schema, arena);
    add_nested(out, path, schema, part, arena);
    for (size_t i = 0; i < schema->block_count; i++) {
        Str name = str_from_cstr(schema->blocks[i].name);
        Str inner = path.len ? str_format(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name)) : name;
        if (!is_timeouts(&schema->blocks[i]))
            add_schema(out, inner, &schema->blocks[i].schema, PART_ALL, arena);
    }
}

typedef struct ModeWords {
    const char *title;  /* before the name of a type */
    const char *prefix; /* of the name of its page */
    const char *noun;
} ModeWords;

static const ModeWords mode_words[] = {
    [MODE_MANAGED] = {"", "", "Resource"},
    [MODE_DATA] = {"Data source ", "data_", "Data source"},
    [MODE_EPHEMERAL] = {"Ephemeral resource ", "ephemeral_", "Ephemeral resource"},
    [MODE_ACTION] = {"Action ", "action_", "Action"},
    [MODE_LIST] = {"List ", "list_", "List"},
};

Str provider_page_name(ResourceMode mode, Str type, Arena *arena) {
    return str_format(arena, "%s%.*s", mode_words[mode].prefix, STR_ARG(type));
}

static void page_add_types(StrBuf *out, const Provider *provider, ResourceMode mode, Arena *arena) {
    StrVec names = registry_type_names(provider, mode, arena);
    vec_each(&names, name) {
        const ObjectType *type = registry_find_type(provider, mode, *name);
        Str page = provider_page_name(mode, *name, arena);
        strbuf_add_format(out, "\n### %s%s\n\n%s [Example and arguments](types/%.*s.md)\n",
                          mode_words[mode].title, type->name, type->schema.description,
                          STR_ARG(page));
    }
}

void provider_page_write(const Provider *provider, StrBuf *out, Arena *arena) {
    strbuf_add_format(out, "\n## Provider %s\n\n%s\n\nAddress: `%s`\n", provider->name,
                      provider->description, provider->address);
    if (provider->imitates)
        strbuf_add_format(out, "\nBehaves as release %s of the provider at this address.\n",
                          provider->imitates);
    if (provider->schema.attribute_count + provider->schema.block_count > 0)
        add_schema(out, STR_EMPTY, &provider->schema, PART_ALL, arena);
    for (ResourceMode mode = MODE_MANAGED; mode <= MODE_LIST; mode++)
        page_add_types(out, provider, mode, arena);
}

static bool has_part(const Schema *schema, Part part) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (page_is_in(part, &schema->attributes[i]))
            return true;
    }
    return false;
}

static bool has_arguments(const Schema *schema) {
    for (size_t i = 0; i < schema->block_count; i++) {
        if (!is_timeouts(&schema->blocks[i]))
            return true;
    }
    return has_part(schema, PART_ARGUMENTS);
}

static void add_results(StrBuf *out, const Schema *schema, Arena *arena) {
    strbuf_add_cstr(out,
                    "\n## Attributes\n\nReferences can also use these attributes, which only the "
                    "provider sets.\n");
    page_add_head(out, STR_EMPTY);
    add_attribute_rows(out, schema, PART_RESULTS, arena);
    add_nested(out, STR_EMPTY, schema, PART_RESULTS, arena);
}

static void page_add_import(StrBuf *out, const ResourceType *type) {
    strbuf_add_cstr(out, "\n## Import\n\n");
    if (!type->import) {
        strbuf_add_cstr(out, "Objects of this type cannot be imported.\n");
        return;
    }
    strbuf_add_format(out, "```\nloam import %s.NAME ID\n```\n", type->name);
    if (type->import_id)
        strbuf_add_format(out, "\nID: %s.\n", type->import_id);
}

static void add_timeouts(StrBuf *out, const Schema *schema, Arena *arena) {
    for (size_t i = 0; i < schema->block_count; i++) {
        const Block *block = &schema->blocks[i];
        if (!is_timeouts(block))
            continue;
        strbuf_add_cstr(out, "\n## Timeouts\n\nThe block `timeouts` limits the duration of "
                             "operations, for example `timeouts: {create: 10m}`.\n");
        page_add_head(out, STR_EMPTY);
        add_attribute_rows(out, &block->schema, PART_ALL, arena);
    }
}

void provider_page_write_type(const Provider *provider, const ObjectType *type, StrBuf *out,
                              Arena *arena) {
    const ModeWords *words = &mode_words[type->mode];
    const ResourceType *resource = resource_type_of(type);
    const Schema *schema = &type->schema;
    strbuf_add_format(
        out, "# %s%s\n\n%s\n\n%s of the provider [%s](../resources.md#provider-%s).\n",
        words->title, type->name, schema->description, words->noun, provider->name, provider->name);
    if (schema->deprecated)
        strbuf_add_format(out, "\nDeprecated. %s\n", schema->deprecated);
    if (resource && resource->recovery == RECOVERY_REPEATS)
        strbuf_add_cstr(out, "\n"
                             "If loam crashes during an operation, the operation may run twice.\n");
    if (has_arguments(schema)) {
        strbuf_add_cstr(out, "\n## Arguments\n");
        add_schema(out, STR_EMPTY, schema, PART_ARGUMENTS, arena);
    }
    if (has_part(schema, PART_RESULTS))
        add_results(out, schema, arena);
    if (resource)
        page_add_import(out, resource);
    add_timeouts(out, schema, arena);
}
