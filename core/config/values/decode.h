/* decode: a body against a provider's Schema, once per block; then a value per instance.
 *
 * decode_body resolves which keys are attributes and which are blocks (dynamic blocks included) and
 * reports unknown ones with the nearest name. decode_eval gives the object of the schema's implied
 * type: missing attributes null, conversions done, errors at the attribute's expression. */
#pragma once

#include "config.h"
#include "schema.h"
#include "scope.h"

typedef struct Decoded Decoded;

/* In *out, also after an error: what could be decoded, for its references to be looked at. */
MUST_USE bool decode_body(
    const Body *body, const Schema *schema, const Decoded **out, Arena *arena, Diags *diags);
MUST_USE bool decode_eval(
    const Decoded *decoded, const Scope *scope, Value *out, Arena *arena, Diags *diags);
/* All traversals in it, for the graph's edges. */
void decode_each_traversal(const Decoded *decoded,
                           void (*visit)(Traversal *, void *),
                           void *payload);
/* What is written in it, for those who show a configuration: the expressions, and the blocks of
 * each type that has any; a dynamic block shows as its content. */
typedef struct DecodedGroup {
    const Block *block;
    const Decoded *const *items;
    const Str *labels; /* of blocks in a map */
    size_t count;
} DecodedGroup;
typedef struct DecodedVisitor {
    void *self;
    void (*attribute)(void *self, const char *name, const Expr *expr);
    void (*blocks)(void *self, const DecodedGroup *group);
} DecodedVisitor;
void decode_visit(const Decoded *decoded, const DecodedVisitor *visitor, Arena *scratch);
/* The range of the configuration at this path (for a provider's diagnostic), else of the block. */
SourceRange decode_range_of(const Decoded *decoded, Path path);
