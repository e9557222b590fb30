/* Schema: the attributes and nested blocks that a resource type, a data source or a provider's
 * configuration has, as static const tables.
 *
 *     static const Attribute pool_attributes[] = {
 *         {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
 *         {"id",   &TYPE_STRING, COMPUTED,              "UUID given by libvirt."   },
 *     };
 *
 * An attribute with `nested` is an object, or a list, set or map of such, whose members have flags
 * of their own; its `type` is NULL. Everything that can be read off these tables (implied type,
 * coercion, proposing, conformance, replacement, documentation, `providers schema`) is. */
#pragma once

#include "diag.h"
#include "path.h"

typedef enum AttributeFlag {
    REQUIRED = 1,
    OPTIONAL = 2,
    COMPUTED = 4, /* with OPTIONAL: the provider fills in what the user leaves out */
    SENSITIVE = 8,
    WRITE_ONLY = 16,
    FORCES_NEW = 32, /* a change plans a replacement */
    DEPRECATED = 64,
    /* COMPUTED value that an update in place may change: unknown in its plan. Without this flag an
     * update keeps the prior value of a computed attribute. */
    CHANGES_ON_UPDATE = 128,
} AttributeFlag;

typedef enum Nesting { NEST_SINGLE, NEST_LIST, NEST_SET, NEST_MAP } Nesting;

typedef struct Attribute Attribute;

/* Rules across the arguments of one object. An unknown value may turn out to be null, so it
 * never breaks a rule. */
typedef enum ArgumentRuleKind {
    RULE_CONFLICTS,     /* at most one of them is set */
    RULE_EXACTLY_ONE,   /* one of them is set, and no other */
    RULE_AT_LEAST_ONE,  /* one of them is set, or more */
    RULE_REQUIRED_WITH, /* if the first is set, so are the others */
} ArgumentRuleKind;

enum { RULE_NAMES_MAX = 8 };

typedef struct ArgumentRule {
    ArgumentRuleKind kind;
    /* Arguments and blocks of the object; "block.name" for one inside a nested object. Behind a
     * collection it is set if any element sets it. */
    const char *names[RULE_NAMES_MAX];
} ArgumentRule;

typedef struct NestedObject {
    Nesting nesting;
    const Attribute *attributes;
    size_t count;
    const ArgumentRule *rules;
    size_t rule_count;
} NestedObject;

/* What stands wrong with a known, non-null value; empty: nothing. A full sentence. */
typedef Str (*AttributeCheck)(Value value, Arena *arena);

struct Attribute {
    const char *name;
    const Type *type;
    unsigned flags;
    const char *description; /* one sentence */
    const NestedObject *nested;
    /* Default as JSON text ("512", "\"nat\"", "true"), for an attribute that is OPTIONAL |
     * COMPUTED: it stands in the plan where the configuration says null. */
    const char *default_json;
    const char *one_of; /* of a text: all that it may be, as in "nat route open"; NULL: anything */
    AttributeCheck check;
    /* Instead of FORCES_NEW: does this change need a new object? */
    bool (*forces_new)(Value prior, Value planned);
};

typedef struct Block Block;

typedef struct Schema {
    const Attribute *attributes;
    size_t attribute_count;
    const Block *blocks;
    size_t block_count;
    const ArgumentRule *rules;
    size_t rule_count;
    int64_t version;
    const char *description;
    const char *deprecated; /* of a type: what to use instead; NULL: it stays */
} Schema;

struct Block {
    const char *name;
    Nesting nesting;
    Schema schema;
    uint32_t min_items;
    uint32_t max_items; /* 0: no limit */
};

#define SCHEMA_ATTRIBUTES(table) .attributes = (table), .attribute_count = ARRAY_COUNT(table)
#define SCHEMA_BLOCKS(table)     .blocks = (table), .block_count = ARRAY_COUNT(table)
#define SCHEMA_RULES(table)      .rules = (table), .rule_count = ARRAY_COUNT(table)
#define NESTED(mode, table)                                                                        \
    &(const NestedObject) {                                                                        \
        .nesting = (mode), .attributes = (table), .count = ARRAY_COUNT(table)                      \
    }
/* With rules that hold for each of its objects. */
#define NESTED_WITH(mode, table, rows)                                                             \
    &(const NestedObject) {                                                                        \
        .nesting = (mode), .attributes = (table), .count = ARRAY_COUNT(table), .rules = (rows),    \
        .rule_count = ARRAY_COUNT(rows)                                                            \
    }

/* The object type of a configured or stored object; interned, computed once per schema (cached by
 * the schema's address; any thread). */
const Type *schema_implied_type(const Schema *schema);
const Type *attribute_implied_type(const Attribute *attribute);
/* `one_of`, one by one. */
StrVec attribute_one_of(const Attribute *attribute, Arena *arena);
const Attribute *schema_find_attribute(const Schema *schema, Str name);
const Block *schema_find_block(const Schema *schema, Str name);
/* The attributes of a nested object as a schema of their own. */
Schema schema_of_nested(const NestedObject *nested);
/* Is there an attribute, at any depth, of which this is true? */
bool schema_has(const Schema *schema, bool (*is)(const Attribute *attribute));
/* All attributes null, blocks empty. */
Value schema_empty_value(const Schema *schema, Arena *arena);
/* Checks a value of the implied type, as configured: required ones present (unless unknown),
 * computed-only ones absent, each `check`, each rule. Diagnostics carry `path`; the caller
 * adds the range. */
MUST_USE bool schema_validate(const Schema *schema, Value config, Arena *arena, Diags *diags);
/* The paths that the schema declares sensitive, in this value. */
void schema_sensitive_paths(const Schema *schema, Value value, Paths *out, Arena *arena);
/* Every FORCES_NEW (or forces_new) path at which the two differ; unknown counts as different. */
void schema_replace_paths(
    const Schema *schema, Value prior, Value planned, Paths *out, Arena *arena);
/* Does the path lead to, or into, what the schema declares write-only? */
bool schema_is_write_only(const Schema *schema, Path path);
/* `value` with null for all that is write-only: what may be planned and kept. */
Value schema_drop_write_only(const Schema *schema, Value value, Arena *arena);
/* `config` with default_json filled in where it is null. */
Value schema_apply_defaults(const Schema *schema, Value config, Arena *arena);
