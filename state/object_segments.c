/* One object a segment. The content of an object never changes. */
#include "object_segments.h"
#include "problem.h"

typedef struct ObjectSegments {
    const NamedObjects *objects;
    uint64_t empty; /* number of the segment that a removed journal left; 0: none was read */
} ObjectSegments;

/* A run reads the journal more than once, and that of a removed one only at first. */
static bool segments_get(ObjectSegments *segments, Str key, Segment *out, bool *found, Str *problem,
                         Arena *arena) {
    const NamedObjects *objects = segments->objects;
    *found = segments->empty > 0 && out->number == segments->empty;
    out->text = STR("\n");
    if (*found)
        return true;
    if (!objects->get(objects->self, key, &out->text, found, problem, arena))
        return false;
    if (*found && str_equal(out->text, STR("\n")))
        segments->empty = out->number;
    return true;
}

static bool segments_list(void *self, Segments *out, Str *problem, Arena *arena) {
    ObjectSegments *segments = self;
    const NamedObjects *objects = segments->objects;
    StrVec keys = {0};
    if (!objects->list(objects->self, &keys, problem, arena))
        return false;
    vec_each(&keys, key) {
        Segment segment = {0};
        bool found;
        if (!str_to_uint64(*key, &segment.number))
            continue;
        if (!segments_get(segments, *key, &segment, &found, problem, arena))
            return false;
        if (found) /* else another run dropped it in between */
            vec_push(arena, out, segment);
    }
    return true;
}

static bool segments_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    const NamedObjects *objects = ((ObjectSegments *)self)->objects;
    bool exists = false;
    Str key = str_format(arena, "%010llu", (unsigned long long)number);
    if (objects->create(objects->self, key, text, &exists, problem, arena))
        return true;
    if (exists)
        *problem = STR("another program also writes it, so this run has lost its lock");
    return false;
}

static bool segments_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const NamedObjects *objects = ((ObjectSegments *)self)->objects;
    StrVec keys = {0};
    if (!objects->list(objects->self, &keys, problem, arena))
        return false;
    str_sort(keys.items, keys.count);
    vec_each(&keys, key) {
        uint64_t number;
        if (!str_to_uint64(*key, &number) || number >= below)
            continue;
        if (!objects->drop(objects->self, *key, problem, arena))
            return false;
    }
    return true;
}

SegmentStore object_segments_new(const NamedObjects *objects, Arena *arena) {
    ObjectSegments *segments = arena_new(arena, ObjectSegments);
    segments->objects = objects;
    return (SegmentStore){
        .self = segments,
        .name = objects->name,
        .list = segments_list,
        .put = segments_put,
        .drop = segments_drop,
        .keeps_last = true,
    };
}
