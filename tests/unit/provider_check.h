/* provider_check: the acceptance test of a provider's tables, and of each `validate` with values
 * that users can write: all null, all unknown, all empty, all made up, and each argument unknown
 * among made-up ones. No server is needed; resource_life.h is the test of what the slots do. */
#pragma once

#include "json.h"
#include "object_type.h"
#include "registry.h"
#include "resource_type.h"
#include "unit.h"

/* Fails with the type, the name and the violated rule if `is_good` is false. */
static inline void check_row(bool is_good, const char *type, const char *name, const char *law) {
    if (!is_good)
        print_error("%s.%s: %s\n", type, name, law);
    assert_true(is_good);
}

static inline bool check_is_name(const char *name) {
    Str text = str_from_cstr(name);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(i > 0 && ((c >= '0' && c <= '9') || c == '_')))
            return false;
    }
    return text.len > 0;
}

static inline bool check_is_sentence(const char *text) {
    return text && str_ends_with(str_from_cstr(text), STR("."));
}

/* A default has the attribute's type and passes the attribute's own check. */
static inline void check_default(const char *type, const Attribute *attribute) {
    SCOPED(ArenaRef) arena = arena_open("default");
    JsonReader reader = json_reader_new(str_from_cstr(attribute->default_json), arena);
    const char *error = "";
    Value value;
    check_row(json_read_typed(&reader, json_next(&reader), attribute->type, &value, &error, arena),
              type, attribute->name, "default_json is not of its type");
    Attribute settable = *attribute;
    settable.flags = OPTIONAL;
    Schema alone = {.attributes = &settable, .attribute_count = 1};
    Str names[] = {str_from_cstr(attribute->name)};
    const Type *types[] = {attribute->type};
    Value items[] = {value};
    Diags diags = diags_new(arena);
    Value object = value_object_of(type_object(names, types, NULL, 1, arena), items);
    check_row(schema_validate(&alone, object, arena, &diags), type, attribute->name,
              "default_json is refused by its check");
}

static inline void check_attribute_row(const char *type, const Attribute *attribute) {
    unsigned flags = attribute->flags, kind = flags & (REQUIRED | OPTIONAL | COMPUTED);
    const char *name = attribute->name;
    bool is_settable = kind == REQUIRED || kind == OPTIONAL || kind == (OPTIONAL | COMPUTED);
    check_row(check_is_name(name), type, name, "a name is of small letters, digits and _");
    check_row(check_is_sentence(attribute->description), type, name, "no sentence describes it");
    check_row(is_settable || kind == COMPUTED, type, name,
              "REQUIRED, OPTIONAL, COMPUTED or OPTIONAL | COMPUTED");
    check_row(!attribute->nested == (attribute->type != NULL), type, name,
              "either a type or nested");
    check_row(!attribute->default_json || kind == (OPTIONAL | COMPUTED), type, name,
              "a default needs OPTIONAL | COMPUTED");
    check_row(!(flags & WRITE_ONLY) || !(flags & (COMPUTED | FORCES_NEW)), type, name,
              "WRITE_ONLY excludes COMPUTED and FORCES_NEW: no state holds it");
    check_row(!(flags & CHANGES_ON_UPDATE) || (flags & COMPUTED), type, name,
              "CHANGES_ON_UPDATE needs COMPUTED");
    check_row(!(flags & HAS_PARTS) || kind == COMPUTED, type, name, "HAS_PARTS needs COMPUTED");
    check_row(is_settable || !(flags & FORCES_NEW), type, name,
              "FORCES_NEW needs an argument that users set");
    check_row(is_settable || !(attribute->check || attribute->one_of), type, name,
              "a check needs an argument that users set");
    check_row(!attribute->one_of || attribute->type == &TYPE_STRING, type, name,
              "one_of needs a string");
    if (attribute->default_json)
        check_default(type, attribute);
}

/* Rules are about arguments that users set, at least two of them. */
static inline void check_rule_rows(const char *type, const Schema *schema) {
    for (size_t i = 0; i < schema->rule_count; i++) {
        const char *const *names = schema->rules[i].names;
        check_row(names[0] && names[1], type, "rules", "a rule has at least two names");
        for (size_t k = 0; k < RULE_NAMES_MAX && names[k]; k++) {
            const Attribute *attribute = schema_find_attribute(schema, str_from_cstr(names[k]));
            check_row(!attribute || (attribute->flags & (REQUIRED | OPTIONAL)), type, names[k],
                      "a rule names an argument that users cannot set");
        }
    }
}

/* Members of nested attributes may have the names of meta-arguments. */
static inline void check_reserved(const char *type, const char *name) {
    static const char *const reserved[] = {"count",     "for_each",   "depends_on", "provider",
                                           "lifecycle", "connection", "provisioner"};
    for (size_t k = 0; k < ARRAY_COUNT(reserved); k++)
        check_row(strcmp(name, reserved[k]) != 0, type, name, "the language has this argument");
}

static inline void check_schema_rows(const char *type, const Schema *schema, bool is_nested) {
    StrVec seen = {0};
    SCOPED(ArenaRef) arena = arena_open("rows");
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        check_attribute_row(type, attribute);
        vec_push(arena, &seen, str_from_cstr(attribute->name));
        if (!attribute->nested)
            continue;
        Schema members = attribute->nested->schema;
        check_schema_rows(attribute->name, &members, true);
    }
    for (size_t i = 0; i < schema->block_count; i++) {
        const Block *block = &schema->blocks[i];
        check_row(check_is_sentence(block->schema.description), type, block->name,
                  "no sentence describes the block");
        check_row(block->max_items == 0 || block->min_items <= block->max_items, type, block->name,
                  "min_items above max_items");
        vec_push(arena, &seen, str_from_cstr(block->name));
        check_schema_rows(block->name, &block->schema, false);
    }
    for (size_t i = 0; i < seen.count; i++) {
        const char *name = str_to_cstr(seen.items[i], arena);
        check_row(!str_is_among(seen.items[i], seen.items, i), type, name, "it is there twice");
        if (!is_nested)
            check_reserved(type, name);
    }
    check_rule_rows(type, schema);
}

/* Values to try. */

typedef enum CheckProbe { PROBE_NULL, PROBE_UNKNOWN, PROBE_EMPTY, PROBE_FILLED } CheckProbe;

static inline Value check_probe_of(const Type *type, CheckProbe probe, Arena *arena) {
    size_t count = probe == PROBE_FILLED;
    if (probe == PROBE_NULL)
        return value_null(type);
    if (probe == PROBE_UNKNOWN)
        return value_unknown(type);
    Value item = count && type->element ? check_probe_of(type->element, probe, arena)
                                        : value_null(&TYPE_DYNAMIC);
    Value *items = arena_new_array(arena, Value, 1);
    Str *keys = arena_new_array(arena, Str, 1);
    items[0] = item;
    keys[0] = STR("key");
    switch (type->kind) {
    case KIND_DYNAMIC:
    case KIND_STRING: return count ? value_from_cstr("some text") : value_from_cstr("");
    case KIND_NUMBER: return value_int(count ? 7 : 0);
    case KIND_BOOL: return value_bool(count);
    case KIND_LIST: return value_list(type->element, items, count, arena);
    case KIND_SET: return value_set(type->element, items, count, arena);
    case KIND_MAP: return value_map(type->element, keys, items, count, arena);
    case KIND_OBJECT:
    case KIND_TUPLE: break;
    }
    Value *members = arena_new_array(arena, Value, type->count);
    for (size_t i = 0; i < type->count; i++)
        members[i] = check_probe_of(type_at(type, i), probe, arena);
    return type->kind == KIND_OBJECT ? value_object_of(type, members)
                                     : value_tuple(members, type->count, arena);
}

/* A block is never null, and only a single one is unknown as a whole. */
static inline Value check_probe_object(const Schema *schema, CheckProbe probe, Arena *arena) {
    Value object = schema_empty_value(schema, arena);
    Value *items = value_copy_items(object, arena);
    for (size_t i = 0; i < object.count; i++) {
        Str name = value_key_at(object, i);
        const Attribute *attribute = schema_find_attribute(schema, name);
        const Block *block = schema_find_block(schema, name);
        if (attribute && (attribute->flags & (REQUIRED | OPTIONAL)))
            items[i] = check_probe_of(items[i].type, probe, arena);
        if (!block || probe == PROBE_NULL || probe == PROBE_EMPTY)
            continue;
        Value inner = check_probe_object(&block->schema, probe, arena);
        Value *inside = arena_new_array(arena, Value, 1);
        Str *keys = arena_new_array(arena, Str, 1);
        inside[0] = inner;
        keys[0] = STR("key");
        switch (block->nesting) {
        case NEST_SINGLE: items[i] = inner; break;
        case NEST_LIST: items[i] = value_list(inner.type, inside, 1, arena); break;
        case NEST_SET: items[i] = value_set(inner.type, inside, 1, arena); break;
        case NEST_MAP: items[i] = value_map(inner.type, keys, inside, 1, arena); break;
        }
    }
    return value_with_items(object, items, arena);
}

/* An error has a full sentence, and its path exists in the schema. */
static inline void check_diags(const char *type, Value config, const Diags *diags, Arena *arena) {
    vec_each(diags, diag) {
        Str text = diag->detail.len ? diag->detail : diag->summary;
        Value ignored;
        bool leads = path_get(config, path_parse(diag->path, arena), &ignored);
        if (!leads || str_find(text, STR("bug in the provider"), 0) != SIZE_MAX)
            print_error("%s: %.*s: %.*s at \"%.*s\"\n", type, STR_ARG(diag->summary), STR_ARG(text),
                        STR_ARG(diag->path));
        assert_true(leads);
        assert_true(diag->summary.len > 0);
        assert_true(str_find(text, STR("bug in the provider"), 0) == SIZE_MAX);
    }
}

/* The validate slot of a type, or of the provider's configuration. */
typedef struct CheckedValidate {
    const Provider *provider;
    const ObjectType *type; /* NULL: the provider */
    const Schema *schema;
    const char *name;
} CheckedValidate;

static inline void check_validate_into(const CheckedValidate *of, Value config, Diags *diags,
                                       Arena *arena) {
    Io io = io_real();
    Call call = {.provider = of->provider, .io = &io, .arena = arena, .address = STR("x.y")};
    bool ok;
    if (of->type) {
        call.type = of->type;
        ok = object_type_validate(&call, config, diags);
    } else {
        ok = schema_validate(of->schema, config, arena, diags);
        ok = (!of->provider->validate ||
              of->provider->validate(&call, &(ValidateRequest){config}, diags)) &&
             ok;
    }
    if (ok != (diags->error_count == 0))
        print_error("%s: validate returns false exactly when it added an error\n", of->name);
    assert_int_equal(ok, diags->error_count == 0);
    check_diags(of->name, config, diags, arena);
}

static inline void check_validate(const CheckedValidate *of, Value config) {
    SCOPED(ArenaRef) arena = arena_open("validate");
    Diags diags = diags_new(arena);
    check_validate_into(of, config, &diags, arena);
}

static inline void check_validates(const CheckedValidate *of) {
    SCOPED(ArenaRef) arena = arena_open("probes");
    for (CheckProbe probe = PROBE_NULL; probe <= PROBE_FILLED; probe++)
        check_validate(of, check_probe_object(of->schema, probe, arena));
    Value filled = check_probe_object(of->schema, PROBE_FILLED, arena);
    Value nothing = check_probe_object(of->schema, PROBE_NULL, arena);
    for (size_t i = 0; i < filled.count; i++) {
        if (!schema_find_attribute(of->schema, value_key_at(filled, i)))
            continue;
        for (CheckProbe probe = PROBE_NULL; probe <= PROBE_FILLED; probe++) {
            Value *items = value_copy_items(probe == PROBE_FILLED ? nothing : filled, arena);
            items[i] = check_probe_of(items[i].type, probe, arena);
            if (!(schema_find_attribute(of->schema, value_key_at(filled, i))->flags &
                  (REQUIRED | OPTIONAL)))
                continue;
            check_validate(of, value_with_items(filled, items, arena));
        }
    }
}

/* In a type with more texts, each text is replaced by every fifteenth value. */
#define CHECK_FEW_TEXTS ((size_t)10)

/* Texts that end a text early, or are options, patterns or code for the programs that read them. */
static const char *const check_hostile[] = {
    "\"",
    "'",
    "\\",
    ";",
    "}",
    "{{ x }}",
    "${x}",
    "$(id)",
    "`id`",
    "\n",
    "\r\n",
    "\t",
    "\x01",
    "\x7f",
    "\xe2\x80\xa8",
    "-x",
    "--upload-pack=x",
    "#",
    ": ",
    "]]>",
    "<!--",
    "%s%n",
    "../../x",
    "/",
    "*",
    "ext::sh -c x",
    "http://h/\r\nX: y",
    "yes",
    "~",
    "0x10",
    "",
};

#define CHECK_SECRET "canary-\xc3\xa9\"-77"

/* A walk over the texts that users can write; it replaces one of them. */
typedef struct CheckWalk {
    size_t left; /* texts before the one that is replaced */
    Str text;
    const Attribute *attribute; /* of the replaced text; NULL: the walk has fewer texts */
    bool is_key;
    Arena *arena;
} CheckWalk;

static inline bool check_is_target(CheckWalk *walk, const Attribute *attribute, bool is_key) {
    if (walk->attribute || walk->left-- > 0)
        return false;
    walk->attribute = attribute;
    walk->is_key = is_key;
    return true;
}

static inline Value check_replace_object(CheckWalk *walk, const Schema *schema, Value object);

/* `members` is the schema of nested objects, NULL for a value of the attribute's type. */
static inline Value check_replace(CheckWalk *walk, const Attribute *attribute,
                                  const Schema *members, Value value) {
    Arena *arena = walk->arena;
    if (value.type->kind == KIND_OBJECT && members)
        return check_replace_object(walk, members, value);
    if (attribute && attribute->type == &TYPE_DYNAMIC)
        return value; /* documents, whose writers escape all texts */
    if (value.type->kind == KIND_STRING)
        return check_is_target(walk, attribute, false) ? value_from_str(walk->text) : value;
    if (!value_is_present(value) || type_is_primitive(value.type) || value.count == 0)
        return value;
    Str *keys = arena_new_array(arena, Str, value.count);
    Value *items = value_copy_items(value, arena);
    for (size_t i = 0; i < value.count; i++) {
        if (value.type->kind == KIND_MAP)
            keys[i] = !members && check_is_target(walk, attribute, true) ? walk->text
                                                                         : value_key_at(value, i);
        items[i] = check_replace(walk, attribute, members, items[i]);
    }
    return value.type->kind == KIND_MAP
               ? value_map(value.type->element, keys, items, value.count, arena)
               : value_with_items(value, items, arena);
}

static inline Value check_replace_object(CheckWalk *walk, const Schema *schema, Value object) {
    Value *items = value_copy_items(object, walk->arena);
    for (size_t i = 0; i < object.count; i++) {
        const Attribute *attribute = schema_find_attribute(schema, value_key_at(object, i));
        const Block *block = schema_find_block(schema, value_key_at(object, i));
        if (block)
            items[i] = check_replace(walk, NULL, &block->schema, items[i]);
        if (!attribute || !(attribute->flags & (REQUIRED | OPTIONAL)))
            continue;
        Schema members = attribute->nested ? attribute->nested->schema : (Schema){0};
        items[i] = check_replace(walk, attribute, attribute->nested ? &members : NULL, items[i]);
    }
    return value_with_items(object, items, walk->arena);
}

/* Validates the filled configuration with one text replaced. Returns false after the last text. */
static inline bool check_text_at(const CheckedValidate *of, size_t index, Str text,
                                 bool is_refused) {
    SCOPED(ArenaRef) arena = arena_open("text");
    CheckWalk walk = {.left = index, .text = text, .arena = arena};
    Value filled = check_probe_object(of->schema, PROBE_FILLED, arena);
    Value config = check_replace_object(&walk, of->schema, filled);
    Diags diags = diags_new(arena);
    if (!walk.attribute)
        return false;
    check_validate_into(of, config, &diags, arena);
    bool has_secret = false, is_found = false;
    vec_each(&diags, diag) {
        is_found |= str_find(diag->detail, STR("zero byte"), 0) != SIZE_MAX;
        is_found |= (walk.attribute->flags & SENSITIVE) &&
                    str_find(diag->detail, STR("hidden because"), 0) != SIZE_MAX;
        has_secret |= str_find(diag->detail, STR("canary-"), 0) != SIZE_MAX ||
                      str_find(diag->summary, STR("canary-"), 0) != SIZE_MAX ||
                      str_find(diag->path, STR("canary-"), 0) != SIZE_MAX;
    }
    bool may_hold = (walk.attribute->flags & ANY_TEXT) && !walk.is_key;
    check_row(!is_refused || may_hold || is_found, of->name, walk.attribute->name,
              "a text with a zero byte is accepted");
    check_row(!has_secret || !(walk.attribute->flags & (SENSITIVE | WRITE_ONLY)), of->name,
              walk.attribute->name, "an error shows the secret");
    return true;
}

/* Replaces each text by hostile ones. */
static inline void check_texts(const CheckedValidate *of) {
    size_t count = 0;
    while (check_text_at(of, count, (Str){"a\0b", 3}, true)) {
        (void)check_text_at(of, count, STR(CHECK_SECRET), false);
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < ARRAY_COUNT(check_hostile); k++) {
            if (count <= CHECK_FEW_TEXTS || (i + k) % 15 == 0)
                (void)check_text_at(of, i, str_from_cstr(check_hostile[k]), false);
        }
    }
}

static inline void check_type_row(const Provider *provider, const ObjectType *type) {
    Str prefix = str_from_cstr(provider->name);
    assert_true(str_starts_with(str_from_cstr(type->name), prefix));
    assert_true(type->name[prefix.len] == '_' ||
                type->name[prefix.len] == 0); /* a data source may have no suffix: "http" */
    check_row(check_is_sentence(type->schema.description), type->name, "description",
              "no sentence describes the type");
    check_schema_rows(type->name, &type->schema, false);
    assert_int_equal(schema_implied_type(&type->schema)->count,
                     type->schema.attribute_count + type->schema.block_count);
    const CheckedValidate of = {provider, type, &type->schema, type->name};
    check_validates(&of);
    check_texts(&of);
}

static inline void check_resource_row(const ResourceType *type) {
    check_row(!type->import == !type->import_id, type->name, "import",
              "import and import_id need each other: the reference shows the form of the ID");
    check_row(resource_type_covers_updates(type), type->name, "update",
              "without update each argument has FORCES_NEW");
    check_row(!type->plans_destroy || type->plan, type->name, "plans_destroy", "it needs plan");
    check_row(!type->limits_reads || type->limits, type->name, "limits_reads", "it needs limits");
    check_row(type->schema.version == 0 || type->upgrade, type->name, "version",
              "objects of older versions need upgrade");
    check_row(!type->recover || type->effect == EFFECT_OUTSIDE, type->name, "recover",
              "without an effect outside it is never called");
}

static inline void check_types(const Provider *provider, ResourceMode mode) {
    SCOPED(ArenaRef) arena = arena_open("types");
    StrVec names = registry_type_names(provider, mode, arena);
    vec_each(&names, name) {
        const ObjectType *type = registry_find_type(provider, mode, *name);
        check_type_row(provider, type);
        if (mode == MODE_MANAGED)
            check_resource_row(resource_type_of(type));
    }
}

static inline void check_function_row(const Provider *provider, const ProviderFunction *function) {
    const char *name = function->name;
    check_row(check_is_name(name), provider->name, name,
              "a name is of small letters, digits and _");
    check_row(check_is_sentence(function->description), provider->name, name,
              "no sentence describes the function");
    check_row(!(function->type && function->object), provider->name, name, "a type or an object");
    SCOPED(ArenaRef) arena = arena_open("function");
    Str begin = str_format(arena, "provider::%s::%s(", provider->name, name);
    check_row(function->example && str_find(str_from_cstr(function->example), begin, 0) != SIZE_MAX,
              provider->name, name, "no example calls it");
    for (size_t i = 0; i < function->parameter_count; i++)
        check_row(check_is_name(function->parameters[i].name) && function->parameters[i].type,
                  provider->name, name, "a parameter has a name and a type");
    if (function->object)
        check_schema_rows(name, function->object, false);
}

/* Runs all checks on a provider's tables. */
static inline void check_provider(const Provider *provider) {
    check_row(check_is_name(provider->name), provider->name, "name",
              "a name is of small letters, digits and _");
    check_row(check_is_sentence(provider->description), provider->name, "description",
              "no sentence describes the provider");
    check_row(
        !provider->imitates == !str_starts_with(str_from_cstr(provider->address), STR("registry.")),
        provider->name, "imitates", "an address of a registry, and no other, needs a release");
    SCOPED(ArenaRef) arena = arena_open("provider");
    const ProviderRow row = {provider->name, provider->address, provider, NULL};
    Diags diags = diags_new(arena);
    const Provider *found = NULL;
    bool is_accepted = registry_find(registry_new(&row, 1, STR("."), arena),
                                     str_from_cstr(provider->name), &found, NO_RANGE, &diags);
    check_str(is_accepted ? STR_EMPTY : diags.items[0].detail, "");
    check_types(provider, MODE_MANAGED);
    check_types(provider, MODE_DATA);
    check_types(provider, MODE_EPHEMERAL);
    check_schema_rows(provider->name, &provider->schema, false);
    const CheckedValidate of = {provider, NULL, &provider->schema, provider->name};
    check_validates(&of);
    check_texts(&of);
    for (size_t i = 0; i < provider->function_count; i++)
        check_function_row(provider, &provider->functions[i]);
}
