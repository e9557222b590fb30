/* MoveStatement: one moved block, or a move that a count that came or went implies.
 *
 * Its ends are patterns over the addresses of instances: a module's own statements hold in each
 * instance of the module, and keep its keys. */
#pragma once

#include "config.h"
#include "vec.h"

typedef struct MoveStep {
    Str name;
    InstanceKey key;
    bool is_any; /* of the module that declares it: whatever key it has stays */
} MoveStep;

typedef struct MoveEnd {
    MoveStep *modules;
    size_t module_count;
    bool is_resource; /* else the last module is what moves */
    ResourceMode mode;
    Str type;
    Str name;
    InstanceKey key; /* of the resource */
} MoveEnd;

typedef struct MoveStatement {
    MoveEnd from;
    MoveEnd to;
    bool is_whole; /* neither end has a key: all instances, keys and all */
    bool is_implied;
    bool is_reported; /* an error about it was added */
    SourceRange range;
} MoveStatement;

typedef VEC(MoveStatement) MoveStatements;

/* Of every module's moved blocks, in order. */
void move_statement_collect(const Config *config, MoveStatements *out, Arena *arena);
/* x → x[0] or back, of the module at this configuration address. */
MoveStatement move_statement_implied(const ResourceAddr *resource,
                                     InstanceKey from,
                                     InstanceKey to,
                                     SourceRange range,
                                     Arena *arena);
/* An instance as an end that is about it alone. */
MoveEnd move_statement_end_of(ResourceAddr address, Arena *arena);
/* Where the instance goes; false when the statement is not about it. */
MUST_USE bool move_statement_match(const MoveStatement *statement,
                                   ResourceAddr address,
                                   ResourceAddr *out,
                                   Arena *arena);
/* Must `first` be carried out before `second`? A chain, or one within what the other moves. */
bool move_statement_precedes(const MoveStatement *first, const MoveStatement *second);
bool move_statement_same_end(const MoveEnd *a, const MoveEnd *b);
/* As it was written, module path in front. */
Str move_statement_end_text(const MoveEnd *end, Arena *arena);
