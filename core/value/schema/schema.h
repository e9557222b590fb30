/* Schema: the attributes and nested blocks of a resource type, a data source or a provider
 * configuration, as static const tables.
 *
 *     static const Attribute pool_attributes[] = {
 *         {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
 *         {"id",   &TYPE_STRING, COMPUTED,              "UUID given by libvirt."   },
 *     };
 *
 * An attribute with `nested` is an object, or a list, set or map of objects. The members have their
 * own flags, and the attribute's `type` is NULL. The implied type, coercion, proposed state,
 * conformance, replacement, documentation and `providers schema` all derive from these tables. */
#pragma once

#include "diag.h"
#include "foreign_names.h"
#include "path.h"

typedef enum AttributeFlag {
    REQUIRED = 1,
    OPTIONAL = 2,
    COMPUTED = 4, /* with OPTIONAL: the provider sets it if the configuration does not */
    SENSITIVE = 8,
    WRITE_ONLY = 16,
    FORCES_NEW = 32, /* a change plans a replacement */
    DEPRECATED = 64,
    /* A COMPUTED attribute that an in-place update may change; it is unknown in the plan of an
     * update. Without this flag an update keeps the prior value of a computed attribute. */
    CHANGES_ON_UPDATE = 128,
    /* With DEPRECATED: the provider's own validation warns, with its own text. */
    WARNS_ITSELF = 256,
    MARKDOWN = 512,   /* the description is Markdown, not plain text */
    HAS_PARTS = 1024, /* COMPUTED: the text of a plan shows the changed parts instead */
    ANY_TEXT = 2048,  /* texts may contain zero bytes, except keys of maps */
    /* The value names a program that loam starts on this computer, or a file that can name one. */
    STARTS_PROGRAM = 4096,
    /* In a fetched module, only texts that the caller passes to it are accepted. */
    CALLERS_TEXT = 8192,
} AttributeFlag;

typedef enum Nesting { NEST_SINGLE, NEST_LIST, NEST_SET, NEST_MAP } Nesting;

typedef struct Attribute Attribute;

/* Rules across the arguments of one object. An unknown value never breaks a rule, because it may
 * become null. */
typedef enum ArgumentRuleKind {
    RULE_CONFLICTS,     /* at most one is set */
    RULE_EXACTLY_ONE,   /* exactly one is set */
    RULE_AT_LEAST_ONE,  /* one or more are set */
    RULE_REQUIRED_WITH, /* if the first is set, all others are set */
} ArgumentRuleKind;

enum { RULE_NAMES_MAX = 8 };

typedef struct ArgumentRule {
    ArgumentRuleKind kind;
    /* Arguments and blocks of the object, or "block.name" for an argument of a nested object. An
     * argument inside a collection counts as set if any element sets it. */
    const char *names[RULE_NAMES_MAX];
} ArgumentRule;

typedef struct NestedObject NestedObject;

/* Checks a known, non-null value. Returns the error as a full sentence, or the empty text. */
typedef Str (*AttributeCheck)(Value value, Arena *arena);

struct Attribute {
    const char *name;
    const Type *type;
    unsigned flags;
    const char *description; /* one sentence */
    const NestedObject *nested;
    /* Default as JSON text ("512", "\"nat\"", "true"), for an attribute that is OPTIONAL |
     * COMPUTED. The plan contains it if the configuration is null. */
    const char *default_json;
    const char *one_of; /* of a string: the allowed values, as "nat route open"; NULL: any */
    AttributeCheck check;
    /* Instead of FORCES_NEW: returns true if this change requires replacement. */
    bool (*forces_new)(Value prior, Value planned);
    /* For the provider alone: where the value is in the objects of its API. */
    const void *binding;
};

/* Checks a text that is the value of the attribute or a part of it; with `is_key`, a key of its
 * map. Returns the error as a full sentence, or the empty text. */
typedef Str (*TextCheck)(const Attribute *attribute, Str text, bool is_key, Arena *arena);

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
    const char *deprecated; /* what to use instead; NULL: not deprecated */
    bool is_markdown;       /* the description is Markdown, not plain text */
    /* Hints for names that a similar provider has, and for values of the wrong type; NULL: none. */
    const ForeignNames *foreign;
    /* Adds the sensitive paths that depend on the object: on its kind, or on the marks of arguments
     * that a computed value contains. `object` is present, may contain unknowns, and may be of an
     * older state. NULL: none. Only for the schema of a type, not of a block. */
    void (*sensitive_paths)(Value object, Paths *out, Arena *arena);
    /* Checks every known text of a configured object, at any depth; NULL: none. Only for the schema
     * of a type. */
    TextCheck text_check;
    bool is_foreign; /* another program validates the texts, and warns if the type is deprecated */
} Schema;

struct NestedObject {
    Nesting nesting;
    Schema schema;
};

struct Block {
    const char *name;
    Nesting nesting;
    Schema schema;
    uint32_t min_items;
    uint32_t max_items; /* 0: no limit */
    bool is_group;      /* NEST_SINGLE: without a block, an object of nulls instead of null */
    /* "Terraform 1.16": the type has the block since this version, which is newer than the language
     * that loam is compatible with; NULL: from the beginning. The member of a newer block exists
     * only while it is in use, see schema_omit_newer, and documents of provider schemas omit the
     * block. Only for NEST_SINGLE blocks of a type, not of a block or group. */
    const char *since;
};

#define SCHEMA_ATTRIBUTES(table) .attributes = (table), .attribute_count = ARRAY_COUNT(table)
#define SCHEMA_BLOCKS(table)     .blocks = (table), .block_count = ARRAY_COUNT(table)
#define SCHEMA_RULES(table)      .rules = (table), .rule_count = ARRAY_COUNT(table)
/* Initializes a NestedObject; more fields of its schema may follow. */
#define NESTED_OBJECT(mode, table, ...)                                                            \
    .nesting = (mode), .schema = {SCHEMA_ATTRIBUTES(table), __VA_ARGS__}
#define NESTED(mode, table)                                                                        \
    &(const NestedObject) {                                                                        \
        NESTED_OBJECT(mode, table)                                                                 \
    }
/* NESTED with rules that apply to each of its objects. */
#define NESTED_WITH(mode, table, rows)                                                             \
    &(const NestedObject) {                                                                        \
        NESTED_OBJECT(mode, table, SCHEMA_RULES(rows))                                             \
    }

/* Returns the interned object type of configured and stored objects. Computed once per schema and
 * cached by the schema's address. Any thread may call it. */
const Type *schema_implied_type(const Schema *schema);
const Type *attribute_implied_type(const Attribute *attribute);
/* Returns the type to which a configured value is converted: nested objects may lack members
 * that are not REQUIRED. The converted value has the implied type. */
const Type *attribute_configured_type(const Attribute *attribute, Arena *arena);
/* Returns the words of `one_of`. */
StrVec attribute_one_of(const Attribute *attribute, Arena *arena);
const Attribute *schema_find_attribute(const Schema *schema, Str name);
const Block *schema_find_block(const Schema *schema, Str name);
/* An attribute or a block of a schema. */
typedef struct SchemaMember {
    Str name;
    const Attribute *attribute; /* NULL: a block */
    const Block *block;         /* NULL: an attribute */
    const Schema *nested;       /* of its objects; NULL: an attribute without nested objects */
    Nesting nesting;            /* if `nested` */
} SchemaMember;

/* Returns the attributes of the schema, sorted by name. */
const Attribute **schema_sorted_attributes(const Schema *schema, Arena *arena);
/* Returns the type of nested objects of the type `object`. */
const Type *schema_nest_type(Nesting nesting, const Type *object, Arena *arena);
/* Attributes come before blocks. */
size_t schema_member_count(const Schema *schema);
SchemaMember schema_member(const Schema *schema, size_t i);
/* Returns false if the schema has no attribute or block of this name. */
bool schema_find_member(const Schema *schema, Str name, SchemaMember *out);
/* Returns true if `is` holds for any attribute at any depth. */
bool schema_has(const Schema *schema, bool (*is)(const Attribute *attribute));
/* Returns an object with all attributes null and all blocks empty. */
Value schema_empty_value(const Schema *schema, Arena *arena);
/* Validates a configured value of the implied type. Required attributes must be set or unknown,
 * computed-only attributes null; `one_of`, each `check`, each rule and the limits of blocks must
 * hold. A zero byte would end a path, an argument or a name, so it is rejected in every text
 * without ANY_TEXT. Warns of deprecated attributes and types. Diagnostics carry `path`; the caller
 * adds the range. */
MUST_USE bool schema_validate(const Schema *schema, Value config, Arena *arena, Diags *diags);
/* Adds the paths in this value that the schema declares SENSITIVE, and those that its function
 * `sensitive_paths` finds. */
void schema_sensitive_paths(const Schema *schema, Value value, Paths *out, Arena *arena);
/* Adds every path at which the values differ, if the attribute is FORCES_NEW or its `forces_new`
 * returns true. Unknown counts as different. Adds none if either value is null or unknown. */
void schema_replace_paths(const Schema *schema, Value prior, Value planned, Paths *out,
                          Arena *arena);
/* Returns true if the path leads to or into a write-only attribute. */
bool schema_is_write_only(const Schema *schema, Path path);
/* Returns `value` with every write-only attribute null, as plans and state store it. */
Value schema_drop_write_only(const Schema *schema, Value value, Arena *arena);
/* Returns the object that is proposed to a provider: `config`, merged with `prior`, which may be
 * null. Both have the implied type and no marks.
 *
 * The configuration has precedence. A computed attribute that it leaves null keeps its prior value.
 * Elements of nested lists are matched by index, elements of maps by key. An element of a set is
 * matched with a prior element that may come from it. New computed values stay null. */
Value schema_propose(const Schema *schema, Value prior, Value config, Arena *arena);
/* Returns `object` with empty collections in place of null collections of blocks, at any depth. */
Value schema_fill_blocks(const Schema *schema, Value object, Arena *arena);
/* Returns `object`, of the implied type, without the members of newer blocks that are null: as the
 * state, plan JSON and references have it. A null or unknown object loses the members of all newer
 * blocks. `*type`, the implied type, loses the same members; NULL: not needed. */
Value schema_omit_newer(const Schema *schema, Value object, const Type **type, Arena *arena);
/* Returns `config` with default_json in place of nulls. */
Value schema_apply_defaults(const Schema *schema, Value config, Arena *arena);
