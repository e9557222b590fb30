/* Stored plans over a store in memory that fails at a chosen request. A reader finds the old plan,
 * the new one or none. */
#include "unit.h"

#include "digest.h"
#include "plan_store.h"
#include "problem.h"

#define PIECE ((size_t)960 << 10)

typedef struct Object {
    Str key;
    Str bytes;
} Object;

typedef struct Memory {
    VEC(Object) objects;
    size_t writes_left; /* until the store is cut off */
} Memory;

static Arena *arena;

static Object *find_object(Memory *memory, Str key) {
    vec_each(&memory->objects, object) {
        if (str_equal(object->key, key))
            return object;
    }
    return NULL;
}

static bool list_objects(void *self, StrVec *out, Str *, Arena *to) {
    Memory *memory = self;
    vec_each(&memory->objects, object) {
        vec_push(to, out, object->key);
    }
    return true;
}

static bool get_object(void *self, Str key, Str *out, bool *found, Str *, Arena *) {
    const Object *object = find_object(self, key);
    *found = object != NULL;
    *out = object ? object->bytes : STR_EMPTY;
    return true;
}

static bool may_write(Memory *memory, Str *problem) {
    if (memory->writes_left == 0)
        return problem_text(problem, "the store is cut off");
    memory->writes_left--;
    return true;
}

static bool put_object(void *self, Str key, Str bytes, Str *problem, Arena *) {
    Memory *memory = self;
    if (!may_write(memory, problem))
        return false;
    Object *object = find_object(memory, key);
    if (!object) {
        vec_push(arena, &memory->objects, ((Object){.key = str_clone(key, arena)}));
        object = &vec_last(&memory->objects);
    }
    object->bytes = str_clone(bytes, arena);
    return true;
}

static bool drop_object(void *self, Str key, Str *problem, Arena *) {
    Memory *memory = self;
    Object *object = find_object(memory, key);
    if (!may_write(memory, problem))
        return false;
    if (object)
        *object = memory->objects.items[--memory->objects.count];
    return true;
}

static NamedObjects store_of(Memory *memory) {
    return (NamedObjects){.self = memory,
                          .name = STR("memory"),
                          .list = list_objects,
                          .get = get_object,
                          .put = put_object,
                          .drop = drop_object};
}

static Str bytes_of(char letter, size_t size) {
    StrBuf text = strbuf_new(arena);
    strbuf_add_repeat(&text, letter, size);
    return strbuf_str(&text);
}

static bool write_plan(const NamedObjects *store, const char *name, Str bytes, Diags *diags) {
    Str digest = str_concat(STR("sha256:"), digest_hex(DIGEST_SHA256, bytes, arena), arena);
    StoredPlan plan = {.name = str_from_cstr(name),
                       .digest = digest,
                       .lineage = STR("l"),
                       .serial = 7,
                       .created_ms = 1000};
    return plan_store_write(store, &plan, bytes, diags);
}

static int setup(void **) {
    arena = arena_open("plan store");
    return 0;
}

static int teardown(void **) {
    arena_close(arena);
    return 0;
}

static void sizes(void **) {
    const size_t sizes[] = {1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        Memory memory = {.writes_left = SIZE_MAX};
        NamedObjects store = store_of(&memory);
        Diags diags = diags_new(arena);
        Str bytes = bytes_of('a', sizes[i]), read;
        assert_true(write_plan(&store, "one", bytes, &diags));
        assert_int_equal(memory.objects.count, 1 + (sizes[i] + PIECE - 1) / PIECE);
        assert_true(plan_store_read(&store, STR("one"), &read, arena, &diags));
        check_str_equal(read, bytes);
    }
}

static void too_large(void **) {
    Memory memory = {.writes_left = SIZE_MAX};
    NamedObjects store = store_of(&memory);
    Diags diags = diags_new(arena);
    assert_true(write_plan(&store, "one", bytes_of('a', 64 * PIECE), &diags));
    assert_false(write_plan(&store, "two", bytes_of('a', 64 * PIECE + 1), &diags));
    assert_int_equal(memory.objects.count, 65);
}

/* Each write of a replacement fails in turn. */
static void torn(void **) {
    Str old = bytes_of('o', 2 * PIECE), new = bytes_of('n', 3 * PIECE), read;
    bool was_new = false;
    for (size_t writes = 0; writes < 8; writes++) {
        Memory memory = {.writes_left = SIZE_MAX};
        NamedObjects store = store_of(&memory);
        Diags diags = diags_new(arena);
        StoredPlans plans = {0};
        assert_true(write_plan(&store, "one", old, &diags));
        memory.writes_left = writes;
        bool is_written = write_plan(&store, "one", new, &diags);
        assert_int_equal(is_written, writes >= 4);
        assert_int_equal(diags.error_count, !is_written);
        assert_true(plan_store_read(&store, STR("one"), &read, arena, &diags));
        check_str_equal(read, is_written ? new : old);
        assert_true(is_written || !was_new);
        was_new = is_written;
        memory.writes_left = SIZE_MAX; /* the next write removes what remains */
        assert_true(write_plan(&store, "one", old, &diags));
        assert_int_equal(memory.objects.count, 3);
        assert_true(plan_store_list(&store, &plans, arena, &diags));
        assert_int_equal(plans.count, 1);
    }
    assert_true(was_new);
}

/* A first write that is interrupted leaves no plan, but something to delete. */
static void torn_first(void **) {
    for (size_t writes = 1; writes < 4; writes++) {
        Memory memory = {.writes_left = writes};
        NamedObjects store = store_of(&memory);
        Diags diags = diags_new(arena);
        StoredPlans plans = {0};
        Str read;
        assert_false(write_plan(&store, "one", bytes_of('a', 3 * PIECE), &diags));
        assert_false(plan_store_read(&store, STR("one"), &read, arena, &diags));
        check_str(diags.items[1].summary, "Stored plan not found");
        assert_true(plan_store_list(&store, &plans, arena, &diags));
        assert_int_equal(plans.count, 1);
        check_str(plans.items[0].digest, "");
        memory.writes_left = SIZE_MAX;
        assert_true(plan_store_delete(&store, STR("one"), &diags));
        assert_int_equal(memory.objects.count, 0);
    }
}

/* A reader of an interrupted deletion finds no plan. */
static void torn_deletion(void **) {
    for (size_t writes = 1; writes < 4; writes++) {
        Memory memory = {.writes_left = SIZE_MAX};
        NamedObjects store = store_of(&memory);
        Diags diags = diags_new(arena);
        Str read;
        assert_true(write_plan(&store, "one", bytes_of('a', 3 * PIECE), &diags));
        memory.writes_left = writes;
        assert_false(plan_store_delete(&store, STR("one"), &diags));
        assert_false(plan_store_read(&store, STR("one"), &read, arena, &diags));
        check_str(diags.items[1].summary, "Stored plan not found");
    }
}

static void damaged(void **) {
    static const char *const indexes[] = {
        "",
        "{}",
        "[",
        "{\"format\":1,\"digest\":\"sha256:x\",\"size\":1,\"serial\":1,\"created_ms\":1}",
        "{\"format\":1,\"digest\":\"sha256:"
        "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB\",\"size\":1,\"serial\":"
        "1,"
        "\"created_ms\":1}",
        "{\"format\":1,\"digest\":\"sha256:"
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\",\"size\":99999999999,"
        "\"serial\":1,\"created_ms\":1}",
    };
    Memory memory = {.writes_left = SIZE_MAX};
    NamedObjects store = store_of(&memory);
    for (size_t i = 0; i < ARRAY_COUNT(indexes) + 2; i++) {
        Diags diags = diags_new(arena);
        StoredPlans plans = {0};
        Str read;
        assert_true(write_plan(&store, "one", STR("a"), &diags));
        Object *index = find_object(&memory, STR("one"));
        Object *piece = find_object(&memory, STR("one.ca978112ca1bbdca.00"));
        if (i < ARRAY_COUNT(indexes))
            index->bytes = str_from_cstr(indexes[i]);
        else if (i == ARRAY_COUNT(indexes))
            piece->bytes = STR("b");
        else
            *piece = memory.objects.items[--memory.objects.count];
        assert_false(plan_store_read(&store, STR("one"), &read, arena, &diags));
        check_str(diags.items[0].summary, "Failed to read the stored plan");
        assert_true(plan_store_list(&store, &plans, arena, &diags));
        assert_int_equal(plans.items[0].digest.len > 0, i >= ARRAY_COUNT(indexes));
    }
}

static void listed(void **) {
    static const char *const names[] = {"run", "run-1", "a", "run1"};
    static const char *const sorted[] = {"a", "run", "run-1", "run1"};
    Memory memory = {.writes_left = SIZE_MAX};
    NamedObjects store = store_of(&memory);
    Diags diags = diags_new(arena);
    StoredPlans plans = {0};
    Str problem;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        assert_true(write_plan(&store, names[i], STR("x"), &diags));
    assert_true(plan_store_list(&store, &plans, arena, &diags));
    assert_int_equal(plans.count, ARRAY_COUNT(names));
    for (size_t i = 0; i < plans.count; i++) {
        check_str(plans.items[i].name, sorted[i]);
        assert_int_equal(plans.items[i].size, 1);
        assert_int_equal(plans.items[i].serial, 7);
        assert_int_equal(plans.items[i].created_ms, 1000);
        check_str(plans.items[i].lineage, "l");
    }
    assert_true(plan_store_delete(&store, STR("run"), &diags));
    assert_int_equal(memory.objects.count, 6);
    assert_false(plan_store_delete(&store, STR("run"), &diags));
    assert_true(plan_store_clear(&store, &problem, arena));
    assert_int_equal(memory.objects.count, 0);
    assert_true(plan_store_clear(NULL, &problem, arena));
}

UNIT_MAIN(test_plan_store) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sizes, setup, teardown),
        cmocka_unit_test_setup_teardown(too_large, setup, teardown),
        cmocka_unit_test_setup_teardown(torn, setup, teardown),
        cmocka_unit_test_setup_teardown(torn_first, setup, teardown),
        cmocka_unit_test_setup_teardown(torn_deletion, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged, setup, teardown),
        cmocka_unit_test_setup_teardown(listed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
