/* MoveIndex: statements by what the names in their ends are, so that whoever asks for those about
 * something looks at few of them, however many there are.
 *
 * What is found may be about it; what the statement says (move_statement.h) decides. Numbers are
 * those of the statements; one may come several times. */
#pragma once

#include "map.h"
#include "move_statement.h"

typedef enum MoveSide { MOVE_FROM, MOVE_TO } MoveSide;

typedef VEC(size_t) MoveNumbers;

typedef struct MoveIndex {
    Arena *arena;
    Map any[2];   /* names of an end → MoveNumbers */
    Map exact[2]; /* the same with the last key */
    Map whole[2]; /* names of an end of a statement about whole blocks */
} MoveIndex;

MoveIndex move_index_new(Arena *arena);
void move_index_add(MoveIndex *index, const MoveStatement *statement, size_t number);
/* Those with this end on that side. */
void move_index_same(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena);
/* The same, whatever the last key is. */
void move_index_any_key(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena);
/* Those that move what is at this address. */
void move_index_about(const MoveIndex *index, ResourceAddr address, MoveNumbers *out, Arena *arena);
/* Those that this one, in the order of carrying out, stands before or after. */
void move_index_related(const MoveIndex *index,
                        const MoveStatement *statement,
                        MoveNumbers *out,
                        Arena *arena);
