/* native: a file of native syntax → the attributes and blocks in it, whatever they mean.
 *
 *   range   of a body: what opens it, where something missing is reported; of an attribute: name
 *           and value
 *   open    of a block: its brace; its type where it has none because of an error
 *
 * Of a file with errors there is a tree all the same, with what could be made out of it: where an
 * expression is missing stands an unknown value. All of it lives in the arena given to
 * native_parse.
 */
#pragma once

#include "expr.h"
#include "function.h"
#include "map.h"

/* A larger file is rejected: people do not write that much. */
#define NATIVE_BYTES_MAX ((size_t)64 << 20)

typedef struct NativeBody NativeBody;

typedef struct NativeAttribute {
    Str name;
    const Expr *expr;
    SourceRange name_range;
    SourceRange range;
} NativeAttribute;

typedef struct NativeLabel {
    Str text;
    SourceRange range;
} NativeLabel;

typedef struct NativeBlock {
    Str type;
    VEC(NativeLabel) labels;
    const NativeBody *body;
    SourceRange type_range;
    SourceRange open;
    uint32_t end; /* behind its closing brace, or what was skipped in search of it */
} NativeBlock;

struct NativeBody {
    Map attributes; /* name → NativeAttribute */
    VEC(const NativeBlock *) blocks;
    SourceRange range;
};

/* *out is set also when false is returned. */
MUST_USE bool native_parse(const Source *source,
                           const FunctionTable *functions,
                           const NativeBody **out,
                           Arena *arena,
                           Diags *diags);
