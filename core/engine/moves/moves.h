/* Moves: applies moved blocks, and moves that an added or removed count implies, to a state.
 *
 * This happens before planning. The plan then shows the previous address of each moved object. */
#pragma once

#include "move_list.h"

typedef struct Moves Moves;
struct Moves {
    Map origins; /* text of the new address → const ResourceAddr *: previous address */
    VEC(ResourceAddr) moved; /* new addresses of the objects that have moved */
    MoveList list;
    Diags invalid; /* errors: contradictory statements, and moves that no type supports */
    Diags cycle;   /* error: statements form a cycle, so nothing moves */
    Diags blocked; /* warning: objects that could not move */
};

/* Sets `*out` to the moved state, or to `prior` if nothing moves. If the new address is occupied,
 * the object stays, with a warning. Diagnostics are kept in `moves` and reported after the walk, so
 * that a refresh still shows the objects. */
void moves_apply(const Config *config, const State *prior, const State **out, Moves *moves,
                 Arena *arena);
/* Returns the previous address of an object; NULL if it has not moved. */
const ResourceAddr *moves_find_origin(const Moves *moves, ResourceAddr address, Arena *scratch);
/* Adds an error for each moved block of a whole resource or module whose block is still declared,
 * even without instances. */
void moves_check_blocks(Moves *moves, const Config *config, Arena *scratch, Diags *diags);
/* Call it for every declared instance, after the walk: it is not thread-safe. Adds an error if a
 * moved block says that the instance has moved away, once per statement. */
void moves_check_declared(Moves *moves, ResourceAddr declared, Arena *scratch, Diags *diags);
