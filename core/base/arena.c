/* Bump allocation in chunks that grow geometrically. A large allocation gets a separate chunk. */
#include "arena.h"

#include <sys/mman.h>
#include <sys/resource.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define RED_ZONE 16
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define RED_ZONE                                   0
#endif

#define ALIGNMENT   ((size_t)16)
#define FIRST_CHUNK ((size_t)4096)
#define LAST_CHUNK  ((size_t)4 << 20)
#define ALONE_FROM  (LAST_CHUNK / 4) /* a larger allocation gets a separate chunk */
#define PAGE        ((size_t)4 << 10)
#define PAGES_FROM  ((size_t)256 << 10) /* chunks of at least this size come from mmap */
#define HUGE_PAGE   ((size_t)2 << 20)
#define HUGE_FROM   ((size_t)8 << 20) /* size of an arena from which chunks get huge pages */

typedef struct Chunk {
    struct Chunk *next;
    size_t size;   /* of `data`, in bytes */
    bool is_alone; /* holds one allocation */
    _Alignas(16) char data[];
} Chunk;

struct Arena {
    const char *name;
    Chunk *head; /* all chunks, in any order */
    Chunk *tail;
    Chunk *current; /* the chunk that `cursor` points into */
    char *cursor;
    char *limit;
    char *last; /* newest allocation in the current chunk */
    size_t next_size;
    size_t used;
};

NO_RETURN static void out_of_memory(const char *name, size_t size) {
    /* The state may hold secrets: no core file. */
    struct rlimit none = {0};
    setrlimit(RLIMIT_CORE, &none);
    dprintf(2, "loam: out of memory: %zu bytes for %s\n", size, name);
    abort();
}

/* Returns the bytes that an allocation of `size` uses in its chunk. */
static size_t footprint(const Arena *arena, size_t size) {
    if (size > SIZE_MAX / 4)
        out_of_memory(arena->name, size);
    size_t rounded = ((size ? size : 1) + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    return rounded + RED_ZONE;
}

#ifdef ARENA_ASAN

#define FRESH_IS_ZERO false

static void *map_chunk(size_t size, bool is_huge) {
    (void)is_huge;
    return malloc(size);
}

static void unmap_chunk(Chunk *chunk) {
    free(chunk);
}

static char *grow_alone(Arena *arena, char *old, size_t new_size) {
    (void)arena, (void)old, (void)new_size;
    return NULL;
}

#else

#define FRESH_IS_ZERO true /* for chunks from mmap */

static_assert(ALONE_FROM >= PAGES_FROM, "a block with a chunk of its own has fresh pages");

static size_t in_pages(size_t size) {
    return (size + PAGE - 1) & ~(PAGE - 1);
}

/* Maps memory that is aligned to a huge page. */
static char *map_aligned(size_t size) {
    char *memory =
        mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    size_t before = (HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0)
        munmap(memory, before);
    munmap(memory + before + size, HUGE_PAGE - before);
    (void)madvise(memory + before, size, MADV_HUGEPAGE); /* only a hint: may fail */
    return memory + before;
}

/* Pages from mmap return to the system with their chunk; malloc keeps most freed memory. Large
 * arenas get huge pages: a fault for each small page costs more than filling it. */
static void *map_chunk(size_t size, bool is_huge) {
    if (size < PAGES_FROM)
        return malloc(size);
    size = in_pages(size);
    if (is_huge)
        return map_aligned(size);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void unmap_chunk(Chunk *chunk) {
    size_t size = sizeof(Chunk) + chunk->size;
    if (size < PAGES_FROM)
        free(chunk);
    else
        munmap(chunk, in_pages(size));
}

/* Grows an allocation by remapping its chunk, so that no old copy remains. Returns NULL if the
 * chunk holds other allocations. */
static char *grow_alone(Arena *arena, char *old, size_t new_size) {
    Chunk **link = &arena->head;
    while (*link && (*link)->data != old)
        link = &(*link)->next;
    Chunk *chunk = *link;
    if (!chunk || !chunk->is_alone)
        return NULL;
    size_t want = footprint(arena, new_size);
    Chunk *grown = mremap(chunk, in_pages(sizeof(Chunk) + chunk->size),
                          in_pages(sizeof(Chunk) + want), MREMAP_MAYMOVE);
    if (grown == MAP_FAILED)
        out_of_memory(arena->name, new_size);
    arena->used += want - grown->size;
    grown->size = want;
    if (arena->tail == chunk)
        arena->tail = grown;
    *link = grown;
    return grown->data;
}

#endif

static Chunk *add_chunk(Arena *arena, size_t size) {
    bool is_huge = size >= HUGE_PAGE && arena->used + size >= HUGE_FROM;
    Chunk *chunk = map_chunk(sizeof(Chunk) + size, is_huge);
    if (!chunk)
        out_of_memory(arena->name, size);
    chunk->size = size;
    chunk->is_alone = false;
    chunk->next = NULL;
    if (arena->tail) {
        arena->tail->next = chunk;
    } else {
        arena->head = chunk;
    }
    arena->tail = chunk;
    ASAN_POISON_MEMORY_REGION(chunk->data, size);
    return chunk;
}

static char *add_chunk_alone(Arena *arena, size_t size) {
    Chunk *chunk = add_chunk(arena, size);
    chunk->is_alone = true;
    return chunk->data;
}

static void free_chunk(Chunk *chunk) {
    ASAN_UNPOISON_MEMORY_REGION(chunk->data, chunk->size);
    unmap_chunk(chunk);
}

static void use_chunk(Arena *arena, Chunk *chunk) {
    arena->current = chunk;
    arena->cursor = chunk ? chunk->data : NULL;
    arena->limit = chunk ? chunk->data + chunk->size : NULL;
    arena->last = NULL;
}

static char *arena_take(Arena *arena, size_t want) {
    if (want > (size_t)(arena->limit - arena->cursor)) {
        while (arena->next_size < want * 2 + sizeof(Chunk))
            arena->next_size *= 2;
        use_chunk(arena, add_chunk(arena, arena->next_size - sizeof(Chunk)));
        if (arena->next_size < LAST_CHUNK)
            arena->next_size *= 2;
    }
    arena->last = arena->cursor;
    arena->cursor += want;
    return arena->last;
}

/* Grows `old` in place, if it is the newest allocation and there is room. */
static bool extend(Arena *arena, char *old, size_t old_size, size_t new_size) {
    if (old != arena->last)
        return false;
    size_t want = footprint(arena, new_size);
    if (want > (size_t)(arena->limit - old))
        return false;
    arena->used += want - (size_t)(arena->cursor - old);
    arena->cursor = old + want;
    ASAN_UNPOISON_MEMORY_REGION(old, new_size);
    memset(old + old_size, 0, new_size - old_size);
    return true;
}

Arena *arena_open(const char *name) {
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        out_of_memory(name, sizeof *arena);
    arena->name = name;
    arena->next_size = FIRST_CHUNK;
    return arena;
}

void arena_close(Arena *arena) {
    if (!arena)
        return;
    for (Chunk *chunk = arena->head; chunk;) {
        Chunk *next = chunk->next;
        free_chunk(chunk);
        chunk = next;
    }
    free(arena);
}

void *arena_alloc(Arena *arena, size_t size) {
    size_t want = footprint(arena, size);
    bool is_alone = want > ALONE_FROM;
    char *memory = is_alone ? add_chunk_alone(arena, want) : arena_take(arena, want);
    arena->used += want;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    if (is_alone && FRESH_IS_ZERO)
        return memory; /* mapped pages are zero already; untouched pages cost no memory */
    return memset(memory, 0, size);
}

void *arena_alloc_array(Arena *arena, size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        out_of_memory(arena->name, SIZE_MAX);
    return arena_alloc(arena, total);
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size) {
    if (old && new_size <= old_size)
        return old;
    if (old && extend(arena, old, old_size, new_size))
        return old;
    if (old && footprint(arena, old_size) > ALONE_FROM) {
        char *grown = grow_alone(arena, old, new_size);
        if (grown)
            return grown;
    }
    void *memory = arena_alloc(arena, new_size);
    if (old && old_size)
        memcpy(memory, old, old_size);
    return memory;
}

/* Keeps the current chunk, the largest of the ordinary ones. An arena that is reset repeatedly ends
 * with one chunk that fits all its content. */
void arena_reset(Arena *arena) {
    for (Chunk *chunk = arena->head; chunk;) {
        Chunk *next = chunk->next;
        if (chunk != arena->current)
            free_chunk(chunk);
        chunk = next;
    }
    arena->head = arena->tail = arena->current;
    arena->used = 0;
    use_chunk(arena, arena->current);
    if (!arena->current)
        return;
    arena->current->next = NULL;
    ASAN_POISON_MEMORY_REGION(arena->current->data, arena->current->size);
}

void arena_join(Arena *into, Arena *from) {
    CHECK(into != from);
    if (from->head && into->tail) {
        into->tail->next = from->head;
        into->tail = from->tail;
    } else if (from->head) {
        into->head = from->head;
        into->tail = from->tail;
    }
    into->used += from->used;
    free(from);
}

size_t arena_used(const Arena *arena) {
    return arena->used;
}
