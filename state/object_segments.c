/* One object a segment. */
#include "object_segments.h"
#include "problem.h"

static bool segments_list(void *self, Segments *out, Str *problem, Arena *arena) {
    const NamedObjects *objects = self;
    StrVec keys = {0};
    if (!objects->list(objects->self, &keys, problem, arena))
        return false;
    vec_each(&keys, key) {
        Segment segment = {0};
        bool found;
        if (!str_to_uint64(*key, &segment.number))
            continue;
        if (!objects->get(objects->self, *key, &segment.text, &found, problem, arena))
            return false;
        if (found) /* else another run dropped it in between */
            vec_push(arena, out, segment);
    }
    return true;
}

static bool segments_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    const NamedObjects *objects = self;
    bool exists = false;
    Str key = str_format(arena, "%010llu", (unsigned long long)number);
    if (objects->create(objects->self, key, text, &exists, problem, arena))
        return true;
    if (exists)
        *problem = STR("another program also writes it, so this run has lost its lock");
    return false;
}

static bool segments_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const NamedObjects *objects = self;
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

SegmentStore object_segments_of(const NamedObjects *objects) {
    return (SegmentStore){
        .self = (void *)(uintptr_t)objects,
        .name = objects->name,
        .list = segments_list,
        .put = segments_put,
        .drop = segments_drop,
    };
}
