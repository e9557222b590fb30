/* MoveIndex: finds statements by the names in their ends, without scanning all statements.
 *
 * The result may contain statements that do not match; move_statement.h decides. Statements are
 * returned by number, and a number may occur several times. */
#pragma once

#include "map.h"
#include "move_statement.h"

typedef enum MoveSide { MOVE_FROM, MOVE_TO } MoveSide;

typedef VEC(size_t) MoveNumbers;

typedef struct MoveIndex {
    Arena *arena;
    Map any[2];   /* names of an end → MoveNumbers */
    Map exact[2]; /* names of an end with its last key → MoveNumbers */
    Map whole[2]; /* names of an end → MoveNumbers; only statements about whole blocks */
} MoveIndex;

MoveIndex move_index_new(Arena *arena);
void move_index_add(MoveIndex *index, const MoveStatement *statement, size_t number);
/* Adds the statements that have this end on that side to `out`. */
void move_index_same(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena);
/* Adds the statements that have this end, with any last key, on that side to `out`. */
void move_index_any_key(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena);
/* Adds the statements that may move the object at this address to `out`. */
void move_index_about(const MoveIndex *index, ResourceAddr address, MoveNumbers *out, Arena *arena);
/* Adds the statements that may have to precede or follow this statement to `out`. */
void move_index_related(const MoveIndex *index,
                        const MoveStatement *statement,
                        MoveNumbers *out,
                        Arena *arena);
