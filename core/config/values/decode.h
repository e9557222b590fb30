/* decode: reads a body against a provider's Schema once per block, then evaluates it once per
 * instance.
 *
 * decode_body resolves attributes and blocks (including dynamic blocks) and reports unknown
 * names with the nearest known name. decode_eval returns an object of the schema's implied type.
 * Missing attributes are null, values are converted, and errors point at the attribute's
 * expression. */
#pragma once

#include "config.h"
#include "schema.h"
#include "scope.h"

typedef struct Decoded Decoded;

/* *out is set even on error, so that its references can be resolved. */
MUST_USE bool decode_body(const Body *body, const Schema *schema, const Decoded **out, Arena *arena,
                          Diags *diags);
MUST_USE bool decode_eval(const Decoded *decoded, const Scope *scope, Value *out, Arena *arena,
                          Diags *diags);
/* Calls `visit` for each traversal except iterators of dynamic blocks, to find the edges of the
 * graph. `part` restricts this to one argument or block type; empty: the whole body. */
void decode_each_traversal(const Decoded *decoded, Str part, void (*visit)(Traversal *, void *),
                           void *payload);
/* Visits the expressions and the non-empty block types of a body, to show a configuration. A
 * dynamic block appears as its content. */
typedef struct DecodedGroup {
    const Block *block;
    const Decoded *const *items;
    const Str *labels; /* labels of blocks in a map; otherwise empty strings */
    size_t count;
    bool is_argument; /* the blocks are the elements of an argument */
} DecodedGroup;
typedef struct DecodedVisitor {
    void *self;
    void (*attribute)(void *self, const char *name, const Expr *expr);
    void (*blocks)(void *self, const DecodedGroup *group);
    bool is_literal; /* omits dynamic blocks */
} DecodedVisitor;
void decode_visit(const Decoded *decoded, const DecodedVisitor *visitor, Arena *scratch);
/* Calls `visit` for each block that the type has only since a newer version (`since`); a dynamic
 * block counts once. */
void decode_each_newer(const Decoded *decoded,
                       void (*visit)(const Block *block, SourceRange range, void *payload),
                       void *payload);
/* Returns the range of the configuration at this path, for a provider's diagnostic; if there is
 * none, the range of the block. */
SourceRange decode_range_of(const Decoded *decoded, Path path);
