/* render_diff: the differences of an object or value, as a tree of actions for printing.
 *
 *    action    no-op, create, update or delete; of a container: combined from its parts
 *    names     keys of a map, attributes of an object or body; sorted
 *    items     parts: attributes, elements; of UNKNOWN the old value (0 or 1), of TYPE_CHANGE the
 *              old and the new value, of SENSITIVE the hidden value (never printed)
 *    blocks    of BODY: nested blocks, grouped by name
 *
 * If the static type is dynamic, values are compared as in JSON: lists, sets and tuples are the
 * same, so are maps and objects. */
#pragma once

#include "change.h"
#include "render_style.h"
#include "schema.h"

typedef enum RenderDiffKind {
    DIFF_LEAF,
    DIFF_UNKNOWN,
    DIFF_SENSITIVE,
    DIFF_WRITE_ONLY,
    DIFF_TYPE_CHANGE,
    DIFF_LIST,
    DIFF_NESTED_LIST, /* of a nested attribute: printed without unchanged neighbours */
    DIFF_SET,
    DIFF_MAP,
    DIFF_OBJECT,
    DIFF_BODY,
} RenderDiffKind;

typedef struct RenderDiff RenderDiff;

typedef struct RenderDiffBlock {
    Str name;
    Str label; /* key in a map of blocks, ptr NULL: none */
    const RenderDiff *body;
} RenderDiffBlock;

struct RenderDiff {
    RenderDiffKind kind;
    Action action;
    bool forces_replacement;
    bool is_nested; /* an attribute with a nested schema */
    bool was_sensitive;
    bool is_sensitive;
    Str note;
    Value before; /* of leaves; null: absent or null */
    Value after;
    const Str *names;
    const RenderDiff **items;
    size_t count;
    VEC(RenderDiffBlock) blocks;
};

typedef struct RenderDiffInput {
    const Schema *schema; /* NULL: the types of the values decide */
    Value before;
    Value after;
    const Paths *replace_paths; /* NULL: none */
    const ChangeNote *notes;
    size_t note_count;
    bool show_sensitive;
    /* In attributes of any type, no place forces replacement, and empty texts may count as null.
     * NULL: neither. */
    const RenderPeer *peer;
    bool hide_parts;    /* without the attribute HAS_PARTS, because the parts follow */
    const Map *secrets; /* render_secret_of_plan; NULL: none */
} RenderDiffInput;

/* Returns the tree of a body: attributes and blocks of a resource. */
const RenderDiff *render_diff_body(const RenderDiffInput *input, Arena *arena);
/* Returns the tree of any value, of an output or from a JSON string; NULL: absent. */
const RenderDiff *render_diff_value(const Value *before, const Value *after, RenderStyle style,
                                    Arena *arena);
/* Returns the tree of a value of a known type, without differences: the attributes of an object
 * that are null are absent, the keys of a map are quoted. */
const RenderDiff *render_diff_typed(const Value *value, RenderStyle style, Arena *arena);
