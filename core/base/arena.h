/* Arena: memory with one lifetime. A lifetime is a phase, a phase is an arena; nobody frees a
 * single object. `arena.c` is the only caller of malloc.
 *
 * One thread at a time uses an arena. With address sanitizer, unused and reset memory is poisoned
 * and every allocation has a red zone. Out of memory prints a line and aborts without a core file:
 * the journal makes that safe. */
#pragma once

#include "attr.h"

typedef struct Arena Arena;

/* A new region; `name` (a literal) shows in statistics. Closing NULL is fine. */
Arena *arena_open(const char *name);
void arena_close(Arena *arena);

/* Zeroed, aligned to 16. Size 0 gives a valid pointer. */
void *arena_alloc(Arena *arena, size_t size);
/* `count` times `size`, checked for overflow. */
void *arena_alloc_array(Arena *arena, size_t count, size_t size);
/* Grows the newest allocation in place where it can, else copies. */
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size);
/* Forgets all content, keeps some of the memory for the next user. */
void arena_reset(Arena *arena);
/* All of `from` lives as long as `into` from now on; `from` is closed by this. */
void arena_join(Arena *into, Arena *from);
/* Bytes handed out since open or reset. */
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
