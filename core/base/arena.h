/* Arena: memory with one lifetime. Each phase has its own arena, and closing the arena frees all
 * its objects; no object is freed alone. `arena.c` is the only caller of malloc.
 *
 * One thread at a time uses an arena. With address sanitizer, unused and reset memory is poisoned
 * and every allocation has a red zone. If memory runs out, the process prints a line and aborts
 * without a core file; the journal makes that safe. */
#pragma once

#include "attr.h"

typedef struct Arena Arena;

/* Opens an arena; `name` (a literal) names it in the out-of-memory message. arena_close accepts
 * NULL. */
Arena *arena_open(const char *name);
void arena_close(Arena *arena);

/* Returns zeroed memory, aligned to 16 bytes. Size 0 gives a valid pointer. */
void *arena_alloc(Arena *arena, size_t size);
/* Allocates `count` times `size` bytes; aborts if the product overflows. */
void *arena_alloc_array(Arena *arena, size_t count, size_t size);
/* Grows the newest allocation in place if there is room, else copies. */
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size);
/* Discards all content; keeps one chunk for later allocations. */
void arena_reset(Arena *arena);
/* Moves all memory of `from` into `into` and closes `from`. */
void arena_join(Arena *into, Arena *from);
/* Returns the bytes allocated since open or reset, with their padding. Tests limit memory with it.
 */
size_t arena_used(const Arena *arena);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_new_array(arena, type, count)                                                        \
    ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* SCOPED(ArenaRef) scratch = arena_open("scratch"); */
typedef Arena *ArenaRef;
static inline void arena_ref_release(ArenaRef *ref) {
    arena_close(*ref);
}
SCOPED_TYPE(ArenaRef, arena_ref_release);
