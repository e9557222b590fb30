/* Segments as objects: their names, a number that is in use, and the requests for a journal that
 * was removed. */
#include "unit.h"

#include "object_segments.h"

typedef struct Object {
    Str key;
    Str bytes;
} Object;

typedef struct Memory {
    Arena *arena;
    VEC(Object) objects;
    int gets;
} Memory;

static Object *find_object(Memory *memory, Str key) {
    vec_each(&memory->objects, object) {
        if (str_equal(object->key, key))
            return object;
    }
    return NULL;
}

static bool list_objects(void *self, StrVec *out, Str *, Arena *arena) {
    Memory *memory = self;
    vec_each(&memory->objects, object) {
        vec_push(arena, out, object->key);
    }
    return true;
}

static bool get_object(void *self, Str key, Str *out, bool *found, Str *, Arena *) {
    Memory *memory = self;
    const Object *object = find_object(memory, key);
    memory->gets++;
    *found = object != NULL;
    *out = object ? object->bytes : STR_EMPTY;
    return true;
}

static bool drop_object(void *self, Str key, Str *, Arena *) {
    Memory *memory = self;
    Object *object = find_object(memory, key);
    if (object)
        *object = vec_pop(&memory->objects);
    return true;
}

static bool create_object(void *self, Str key, Str bytes, bool *exists, Str *, Arena *) {
    Memory *memory = self;
    const Object *object = find_object(memory, key);
    *exists = object && !str_equal(object->bytes, bytes);
    if (!object)
        vec_push(memory->arena, &memory->objects,
                 ((Object){str_clone(key, memory->arena), str_clone(bytes, memory->arena)}));
    return !*exists;
}

static JournalStore *open_memory(Memory *memory) {
    NamedObjects *objects = arena_new(memory->arena, NamedObjects);
    *objects = (NamedObjects){.self = memory,
                              .name = STR("memory"),
                              .list = list_objects,
                              .get = get_object,
                              .drop = drop_object,
                              .create = create_object};
    SegmentStore segments = object_segments_new(objects, memory->arena);
    return journal_segments_new(&segments, memory->arena);
}

static void check_content(JournalStore *store, const char *wanted, Arena *arena) {
    Str text, problem;
    bool found;
    assert_true(store->read(store, &text, &found, &problem, arena));
    check_str(found ? text : STR("absent"), wanted);
}

static void write_line(JournalStore *store, const char *line, Arena *arena) {
    Str problem;
    assert_true(store->append(store, str_from_cstr(line), &problem, arena));
    assert_true(store->sync(store, &problem, arena));
}

static void a_removed_journal(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Memory memory = {.arena = arena};
    JournalStore *store = open_memory(&memory);
    Str problem;
    check_content(store, "absent", arena);
    write_line(store, "a\n", arena);
    assert_true(store->remove(store, &problem, arena));
    store->close(store);
    assert_int_equal(memory.objects.count, 1);
    check_str(memory.objects.items[0].key, "0000000002");
    check_str(memory.objects.items[0].bytes, "\n");
    store = open_memory(&memory);
    memory.gets = 0;
    check_content(store, "absent", arena);
    check_content(store, "absent", arena);
    assert_int_equal(memory.gets, 1);
    write_line(store, "b\n", arena);
    check_str(vec_last(&memory.objects).key, "0000000003");
    check_content(store, "b\n", arena);
    store->close(store);
}

/* Another run has written the next segment: this run has lost its lock. */
static void a_used_number(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Memory memory = {.arena = arena};
    JournalStore *store = open_memory(&memory), *other = open_memory(&memory);
    Str problem;
    check_content(store, "absent", arena);
    write_line(other, "other\n", arena);
    assert_true(store->append(store, STR("a\n"), &problem, arena));
    assert_false(store->sync(store, &problem, arena));
    assert_true(str_ends_with(problem, STR("this run has lost its lock")));
    check_content(store, "other\n", arena);
    store->close(store);
    other->close(other);
}

UNIT_MAIN(test_object_segments) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_removed_journal),
        cmocka_unit_test(a_used_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
