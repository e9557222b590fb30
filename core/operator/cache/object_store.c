#include "object_store.h"

#include "map.h"

#define GARBAGE_MIN ((size_t)1 << 20) /* bytes that are not worth a move */

typedef struct ObjectGroup ObjectGroup;

typedef struct ObjectEntry {
    Str key;      /* NAMESPACE/NAME */
    void *object; /* NULL: removed */
    Str json;
    size_t bytes;     /* that the object takes */
    uint64_t version; /* resourceVersion, also of a removed object; 0: not a number */
    uint64_t list;    /* the newest list that had it */
    struct ObjectPlace {
        struct ObjectEntry **from; /* the pointer to this entry; NULL: in no group */
        struct ObjectEntry *next;
    } places[OBJECT_GROUPS];
} ObjectEntry;

struct ObjectGroup {
    ObjectEntry *first;
};

struct ObjectStore {
    ObjectKind kind;
    Arena *arena; /* objects, entries and groups */
    Map entries;
    Map groups[OBJECT_GROUPS];
    size_t count;
    size_t live; /* bytes of the living objects */
    uint64_t list;
    Arena *scratch;
    Arena *own; /* of this struct */
};

static void store_clear(ObjectStore *store) {
    store->arena = arena_open("objects of the operator");
    store->entries = map_new(store->arena);
    for (size_t i = 0; i < OBJECT_GROUPS; i++)
        store->groups[i] = map_new(store->arena);
    store->count = store->live = 0;
}

ObjectStore *object_store_open(const ObjectKind *kind) {
    Arena *own = arena_open("store of the operator");
    ObjectStore *store = arena_new(own, ObjectStore);
    *store = (ObjectStore){.kind = *kind, .own = own};
    store->scratch = arena_open("key of a group");
    store_clear(store);
    return store;
}

void object_store_close(ObjectStore *store) {
    if (!store)
        return;
    arena_close(store->arena);
    arena_close(store->scratch);
    arena_close(store->own);
}

static Str store_key(Str namespace, Str name, Arena *arena) {
    return str_format(arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(name));
}

static void leave_groups(ObjectEntry *entry) {
    for (size_t i = 0; i < OBJECT_GROUPS; i++) {
        struct ObjectPlace *place = &entry->places[i];
        if (!place->from)
            continue;
        *place->from = place->next;
        if (place->next)
            place->next->places[i].from = place->from;
        *place = (struct ObjectPlace){0};
    }
}

static void join_group(ObjectStore *store, ObjectEntry *entry, size_t which) {
    struct ObjectPlace *place = &entry->places[which];
    Str key = store->kind.groups[which](entry->object, store->scratch);
    ObjectGroup *group = key.len > 0 ? map_find(&store->groups[which], key) : NULL;
    if (key.len > 0 && !group) {
        group = arena_new(store->arena, ObjectGroup);
        map_set(&store->groups[which], str_clone(key, store->arena), group);
    }
    if (group) {
        *place = (struct ObjectPlace){&group->first, group->first};
        if (place->next)
            place->next->places[which].from = &place->next;
        group->first = entry;
    }
    arena_reset(store->scratch);
}

/* `before`: what the arena had used before the object was decoded. */
static void store_object(ObjectStore *store, ObjectEntry *entry, void *object, Str json,
                         size_t before) {
    entry->json = json;
    entry->object = object;
    entry->bytes = arena_used(store->arena) - before;
    store->live += entry->bytes;
    store->count++;
    for (size_t i = 0; i < OBJECT_GROUPS; i++) {
        if (store->kind.groups[i])
            join_group(store, entry, i);
    }
}

/* Decodes an object into the store; `json` lives there. NULL: it is no object of the kind. */
static void *read_object(ObjectStore *store, Str json) {
    void *object = arena_alloc(store->arena, store->kind.record->size);
    const char *error;
    return record_from_json(json, store->kind.record, object, &error, store->arena) ? object : NULL;
}

static void drop_object(ObjectStore *store, ObjectEntry *entry) {
    if (!entry->object)
        return;
    leave_groups(entry);
    entry->object = NULL;
    store->live -= entry->bytes;
    store->count--;
}

static ObjectEntry *add_entry(ObjectStore *store, Str key) {
    ObjectEntry *entry = arena_new(store->arena, ObjectEntry);
    entry->key = str_clone(key, store->arena);
    map_set(&store->entries, entry->key, entry);
    return entry;
}

/* Moves the living objects, if the others take half as much memory as they. */
static void store_compact(ObjectStore *store) {
    ObjectStore old = *store;
    if (arena_used(store->arena) < store->live + store->live / 2 + GARBAGE_MIN)
        return;
    store_clear(store);
    map_each(&old.entries, each) {
        const ObjectEntry *from = each->value;
        size_t before = arena_used(store->arena);
        ObjectEntry *entry;
        void *object;
        Str json;
        if (!from->object)
            continue;
        json = str_clone(from->json, store->arena);
        object = read_object(store, json);
        entry = add_entry(store, from->key);
        entry->list = from->list;
        entry->version = from->version;
        store_object(store, entry, object, json, before);
    }
    arena_close(old.arena);
}

/* `*out` becomes NULL if only a newer version is wanted, and this is none. */
static bool put_version(ObjectStore *store, Str json, bool is_newer_only, const ObjectMeta **out) {
    SCOPED(ArenaRef) scratch = arena_open("object of the operator");
    void *object = arena_alloc(scratch, store->kind.record->size);
    const ObjectMeta *meta = object;
    const char *error;
    ObjectEntry *entry;
    uint64_t version;
    size_t before;
    Str key, kept;
    *out = NULL;
    if (!record_from_json(json, store->kind.record, object, &error, scratch) || meta->name.len == 0)
        return false;
    if (!str_to_uint64(meta->resource_version, &version))
        version = 0;
    key = store_key(meta->namespace, meta->name, scratch);
    entry = map_find(&store->entries, key);
    if (is_newer_only && entry && version != 0 && version <= entry->version)
        return true;
    if (store->kind.trim)
        store->kind.trim(object, scratch);
    store_compact(store);
    before = arena_used(store->arena);
    kept = record_to_sparse_json(store->kind.record, object, store->arena);
    object = read_object(store, kept);
    if (!object) /* a time, for instance, that no text can express */
        return false;
    entry = map_find(&store->entries, key);
    if (entry)
        drop_object(store, entry);
    else
        entry = add_entry(store, key);
    entry->list = store->list;
    entry->version = version;
    store_object(store, entry, object, kept, before);
    *out = object;
    return true;
}

const ObjectMeta *object_store_put(ObjectStore *store, Str json) {
    const ObjectMeta *put;
    return put_version(store, json, false, &put) ? put : NULL;
}

bool object_store_put_newer(ObjectStore *store, Str json, const ObjectMeta **out) {
    return put_version(store, json, true, out);
}

void object_store_remove(ObjectStore *store, Str namespace, Str name) {
    SCOPED(ArenaRef) scratch = arena_open("object of the operator");
    ObjectEntry *entry = map_find(&store->entries, store_key(namespace, name, scratch));
    if (entry)
        drop_object(store, entry);
}

void object_store_begin_list(ObjectStore *store) {
    store->list++;
}

void object_store_end_list(ObjectStore *store, void (*see)(void *payload, const ObjectMeta *gone),
                           void *payload) {
    map_each(&store->entries, each) {
        ObjectEntry *entry = each->value;
        if (!entry->object || entry->list == store->list)
            continue;
        see(payload, entry->object);
        drop_object(store, entry);
    }
}

const void *object_store_find(const ObjectStore *store, Str namespace, Str name) {
    SCOPED(ArenaRef) scratch = arena_open("object of the operator");
    const ObjectEntry *entry = map_find(&store->entries, store_key(namespace, name, scratch));
    return entry ? entry->object : NULL;
}

size_t object_store_count(const ObjectStore *store) {
    return store->count;
}

const void *object_store_next(const ObjectStore *store, ObjectCursor *at) {
    while (at->index < store->entries.count) {
        const ObjectEntry *entry = store->entries.entries[at->index++].value;
        if (entry->object)
            return entry->object;
    }
    return NULL;
}

const void *object_store_next_of(const ObjectStore *store, size_t which, Str key,
                                 ObjectCursor *at) {
    if (at->index++ > 0) {
        at->entry = at->entry ? at->entry->places[which].next : NULL;
    } else {
        const ObjectGroup *found = map_find(&store->groups[which], key);
        at->entry = found ? found->first : NULL;
    }
    return at->entry ? at->entry->object : NULL;
}
