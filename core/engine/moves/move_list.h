/* MoveList: the moves of a configuration, found by address: its moved blocks, and the moves that an
 * added or removed `count` implies: those of resources, and if Config.moves_counted_modules is set
 * those of modules. */
#pragma once

#include "graph.h"
#include "move_statement.h"
#include "state.h"

typedef VEC(size_t) MoveNumbers; /* indexes in MoveList.statements */

typedef struct MoveList {
    MoveStatements statements; /* the moved blocks of all modules, in order; then implied moves */
    Arena *arena;
    /* Statements by the names in an end, without scanning all of them; [0]: `from`, [1]: `to`. */
    Map any[2];   /* names of an end → MoveNumbers */
    Map exact[2]; /* names of an end with its last key → MoveNumbers */
    Map whole[2]; /* names of an end → MoveNumbers; only statements about whole blocks */
} MoveList;

/* Collects the statements about these stored resources. Adds an error to `diags` for each statement
 * that is redundant or contradicts an earlier one. */
MoveList move_list_new(const Config *config, const StateResources *stored, Arena *arena,
                       Diags *diags);
/* Adds the statements that may move the object at this address to `out`: some do not match, and a
 * number may occur several times. */
void move_list_find(const MoveList *list, ResourceAddr address, MoveNumbers *out, Arena *arena);
/* Sets *order to the order in which to apply the statements, as numbers. Returns false, with an
 * error, if they form a cycle. */
MUST_USE bool move_list_sort(const MoveList *list, GraphNodes *order, Arena *arena, Diags *diags);
/* Returns the block of the resource at this address; NULL if none. */
const Resource *move_list_find_declared(const Config *config, ResourceAddr address, Arena *scratch);
