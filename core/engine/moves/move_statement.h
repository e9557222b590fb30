/* MoveStatement: one moved block, or the move that adding or removing `count` implies.
 *
 * Its ends are patterns over addresses of instances. A statement of a module holds in each instance
 * of the module, and keeps the keys of that instance. */
#pragma once

#include "config.h"

typedef struct MoveStep {
    Str name;
    InstanceKey key;
    bool is_any; /* declaring module: matches any key and keeps it */
} MoveStep;

typedef struct MoveEnd {
    MoveStep *modules;
    size_t module_count;
    bool is_resource; /* false: the last module moves */
    ResourceMode mode;
    Str type;
    Str name;
    InstanceKey key; /* key of the resource, if `is_resource` */
} MoveEnd;

typedef struct MoveStatement {
    MoveEnd from;
    MoveEnd to;
    bool is_whole; /* neither end has a key: all instances move and keep their keys */
    bool is_implied;
    bool is_reported; /* an error about this statement was added */
    SourceRange range;
} MoveStatement;

typedef VEC(MoveStatement) MoveStatements;

/* Sets `*out` to the new address of the instance; returns false if the statement does not match
 * it. */
MUST_USE bool move_statement_match(const MoveStatement *statement, ResourceAddr address,
                                   ResourceAddr *out, Arena *arena);
/* Returns true if `first` must be applied before `second`. Either `second` continues the move of
 * `first`, or one statement lies within a module that the other moves. */
bool move_statement_precedes(const MoveStatement *first, const MoveStatement *second);
bool move_statement_same_end(const MoveEnd *a, const MoveEnd *b);
/* Returns the end as written, prefixed with its module path. */
Str move_statement_end_text(const MoveEnd *end, Arena *arena);
