/* Moves: what moved blocks, and a count that came or went, do to the addresses of a state.
 *
 * The state is moved before anything is planned; the plan then says of each object where it was. */
#pragma once

#include "move_index.h"
#include "state.h"

typedef struct Moves Moves;
struct Moves {
    Map origins; /* address text → const ResourceAddr *: where the object was */
    VEC(ResourceAddr) moved;
    MoveStatements statements;
    MoveIndex index; /* of them */
    Diags invalid;   /* statements that contradict each other, or name what cannot move */
    Diags cycle;     /* statements that lead back to where they begin: then nothing moves */
    Diags blocked;   /* the warning of what could not move */
};

/* *out is `prior` itself where nothing moves. An object stays, with a warning, where its new place
 * is taken. That, and errors in statements, are reported after the walk, so that refresh shows
 * what is there. */
void moves_apply(
    const Config *config, const State *prior, const State **out, Moves *moves, Arena *arena);
/* Where the object was; NULL: it has not moved. */
const ResourceAddr *moves_find_origin(const Moves *moves, ResourceAddr address, Arena *scratch);
/* For every instance that the configuration declares: nothing that is declared may be said to have
 * moved away. Each statement is reported once. */
void moves_check_declared(Moves *moves, ResourceAddr declared, Arena *scratch, Diags *diags);
