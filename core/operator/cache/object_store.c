#include "object_store.h"

#include "map.h"

#define GARBAGE_MIN ((size_t)1 << 20) /* bytes that are not worth a move */
#define LEVELS      8                 /* of a group */

typedef struct ObjectEntry {
    Str key;      /* NAMESPACE/NAME */
    void *object; /* NULL: removed */
    Str json;
    size_t bytes;     /* that the object takes */
    uint64_t version; /* resourceVersion, also of a removed object; 0: not a number */
    uint64_t list;    /* the newest list that had it */
} ObjectEntry;

/* A group is a skip list: a place is on the levels below its height, and a quarter of the places of
 * a level are on the next one. */
typedef struct ObjectPlace {
    ObjectEntry *entry;
    struct ObjectPlace *next[]; /* on each of its levels */
} ObjectPlace;

typedef struct ObjectGroup {
    ObjectPlace *first[LEVELS];
} ObjectGroup;

struct ObjectStore {
    ObjectKind kind;
    Arena *arena; /* objects, entries and groups */
    Map entries;
    Map groups[OBJECT_GROUPS];
    size_t count;
    size_t live;  /* bytes of the living objects */
    size_t fixed; /* bytes of all else after the last move */
    struct {
        const ObjectEntry *entry; /* NULL: nothing was put */
        const void *object;       /* NULL: it was absent */
    } replaced;                   /* by the newest put */
    uint64_t list;
    uint64_t seed; /* of heights */
    Arena *scratch;
    Arena *own; /* of this struct */
};

static void store_clear(ObjectStore *store) {
    store->arena = arena_open("objects of the operator");
    store->entries = map_new(store->arena);
    for (size_t i = 0; i < OBJECT_GROUPS; i++)
        store->groups[i] = map_new(store->arena);
    store->count = store->live = store->fixed = 0;
    store->replaced.entry = NULL;
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

/* Groups. */

static int compare_entries(const ObjectGrouping *grouping, const ObjectEntry *one,
                           const ObjectEntry *other) {
    int order = grouping->compare ? grouping->compare(one->object, other->object) : 0;
    return order ? order : str_compare(one->key, other->key);
}

/* On each level, the link to the first place that is not before the entry. */
static void find_links(const ObjectGrouping *grouping, ObjectGroup *group, const ObjectEntry *entry,
                       ObjectPlace **links[LEVELS]) {
    ObjectPlace **row = group->first;
    for (size_t level = LEVELS; level-- > 0;) {
        while (row[level] && compare_entries(grouping, row[level]->entry, entry) < 0)
            row = row[level]->next;
        links[level] = &row[level];
    }
}

static size_t next_height(ObjectStore *store) {
    size_t height = 1;
    store->seed = store->seed * 6364136223846793005u + 1442695040888963407u;
    for (uint64_t bits = store->seed >> 33; height < LEVELS && bits % 4 == 0; bits /= 4)
        height++;
    return height;
}

static ObjectGroup *add_group(ObjectStore *store, size_t which, Str key) {
    ObjectGroup *group = map_find(&store->groups[which], key);
    if (!group) {
        group = arena_new(store->arena, ObjectGroup);
        map_set(&store->groups[which], str_clone(key, store->arena), group);
    }
    return group;
}

static void join_group(ObjectStore *store, size_t which, Str key, ObjectEntry *entry) {
    ObjectPlace **links[LEVELS], *place;
    size_t height = next_height(store);
    find_links(&store->kind.groups[which], add_group(store, which, key), entry, links);
    if (*links[0] && (*links[0])->entry == entry)
        return;
    place = arena_alloc(store->arena, sizeof *place + height * sizeof *place->next);
    place->entry = entry;
    for (size_t level = 0; level < height; level++) {
        place->next[level] = *links[level];
        *links[level] = place;
    }
}

static void leave_group(ObjectStore *store, size_t which, Str key, const ObjectEntry *entry) {
    ObjectGroup *group = map_find(&store->groups[which], key);
    ObjectPlace **links[LEVELS], *place;
    if (!group)
        return;
    find_links(&store->kind.groups[which], group, entry, links);
    place = *links[0];
    if (!place || place->entry != entry)
        return;
    for (size_t level = 0; level < LEVELS && *links[level] == place; level++)
        *links[level] = place->next[level];
}

/* Joins the groups of the object, or leaves them. */
static void set_groups(ObjectStore *store, ObjectEntry *entry, bool joins) {
    for (size_t which = 0; which < OBJECT_GROUPS; which++) {
        StrVec keys = {0};
        if (store->kind.groups[which].add_keys)
            store->kind.groups[which].add_keys(entry->object, &keys, store->scratch);
        vec_each(&keys, key) {
            if (key->len > 0 && joins)
                join_group(store, which, *key, entry);
            else if (key->len > 0)
                leave_group(store, which, *key, entry);
        }
        arena_reset(store->scratch);
    }
}

/* Objects. */

/* `before`: what the arena had used before the object was decoded. */
static void store_object(ObjectStore *store, ObjectEntry *entry, void *object, Str json,
                         size_t before) {
    entry->json = json;
    entry->object = object;
    entry->bytes = arena_used(store->arena) - before;
    store->live += entry->bytes;
    store->count++;
    set_groups(store, entry, true);
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
    set_groups(store, entry, false);
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
    size_t kept = store->live + store->fixed;
    if (arena_used(store->arena) < kept + kept / 2 + GARBAGE_MIN)
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
    store->fixed = arena_used(store->arena) - store->live;
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
    if (!entry)
        entry = add_entry(store, key);
    store->replaced.entry = entry;
    store->replaced.object = entry->object;
    drop_object(store, entry);
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

static ObjectEntry *find_entry(const ObjectStore *store, Str namespace, Str name) {
    SCOPED(ArenaRef) scratch = arena_open("object of the operator");
    return map_find(&store->entries, store_key(namespace, name, scratch));
}

const void *object_store_replaced(const ObjectStore *store, const ObjectMeta *put) {
    const ObjectEntry *entry = find_entry(store, put->namespace, put->name);
    return entry && entry == store->replaced.entry ? store->replaced.object : NULL;
}

void object_store_remove(ObjectStore *store, Str namespace, Str name) {
    ObjectEntry *entry = find_entry(store, namespace, name);
    if (entry)
        drop_object(store, entry);
}

void object_store_begin_list(ObjectStore *store) {
    store->list++;
}

void object_store_end_list(ObjectStore *store, uint64_t version,
                           void (*see)(void *payload, const ObjectMeta *gone), void *payload) {
    map_each(&store->entries, each) {
        ObjectEntry *entry = each->value;
        if (entry->object && entry->list == store->list)
            continue;
        if (entry->version > version)
            entry->version = version;
        if (!entry->object)
            continue;
        see(payload, entry->object);
        drop_object(store, entry);
    }
}

const void *object_store_find(const ObjectStore *store, Str namespace, Str name) {
    const ObjectEntry *entry = find_entry(store, namespace, name);
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
        at->place = at->place ? at->place->next[0] : NULL;
    } else {
        const ObjectGroup *group = map_find(&store->groups[which], key);
        at->place = group ? group->first[0] : NULL;
    }
    return at->place ? at->place->entry->object : NULL;
}
