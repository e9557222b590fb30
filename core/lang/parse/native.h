/* native: parses a file of native syntax into its arguments and blocks, without their meaning.
 *
 *   range   of a body: the token that opens it, where missing arguments are reported;
 *           of an attribute: name and value
 *   open    of a block: its opening brace; if an error left none, its type
 *
 * A file with errors also has a tree, with everything that could be parsed; a missing expression is
 * an unknown value. The tree lives in the arena given to native_parse. */
#pragma once

#include "expr.h"
#include "function.h"
#include "map.h"

/* A larger file is rejected; hand-written files are smaller. */
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
    uint32_t end; /* offset after the closing brace, or after the text skipped in search of it */
} NativeBlock;

struct NativeBody {
    Map attributes; /* name → NativeAttribute */
    VEC(const NativeBlock *) blocks;
    SourceRange range;
};

/* Sets *out also when it returns false. */
MUST_USE bool native_parse(const SourceText *source, const FunctionTable *functions,
                           const NativeBody **out, Arena *arena, Diags *diags);
