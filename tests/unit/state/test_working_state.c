/* The state during a run: results, deposing, generations, checkpoints, and many threads at once. */
#include "state_case.h"

#include "journal_store.h"
#include "thread.h"
#include "working_state.h"

/* A store in memory. */
typedef struct Store {
    Backend backend;
    Arena *arena;
    Str text;
    size_t writes;
    bool fails;
} Store;

static bool store_read(Backend *backend, Str *out, Arena *arena, Diags *) {
    *out = str_clone(((Store *)backend->self)->text, arena);
    return true;
}

static bool store_write(Backend *backend, Str bytes, Diags *diags) {
    Store *store = backend->self;
    if (store->fails) {
        diags_error(diags, NO_RANGE, "Store fails", "As ordered.");
        return false;
    }
    store->text = str_clone(bytes, store->arena);
    store->writes++;
    return true;
}

typedef struct Case {
    Arena *arena;
    Store store;
    Str directory;
    Io io;
    State *state;
    Journal *journal;
    WorkingState *working;
    Diags diags;
} Case;

static int set_up(void **state) {
    Arena *arena = arena_open("test");
    Case *it = arena_new(arena, Case);
    char *directory = (char *)str_to_cstr(STR("/tmp/loam-test-working-XXXXXX"), arena);
    if (!mkdtemp(directory))
        return -1;
    it->arena = arena;
    it->directory = str_from_cstr(directory);
    it->io = (Io){.disk = &disk_real, .clock = &clock_real};
    it->diags = diags_new(arena);
    it->store = (Store){.arena = arena_open("store"), .text = STR_EMPTY};
    it->store.backend =
        (Backend){.self = &it->store, .path = STR("s"), .read = store_read, .write = store_write};
    it->state = state_new(arena);
    Str path = disk_join(it->directory, STR("s.journal"), arena);
    JournalStore *store = journal_file_new(&disk_real, path, arena);
    if (!journal_open(store, it->io.clock, it->state, &it->journal, arena, &it->diags))
        return -1;
    it->working = working_state_open(it->state, &it->store.backend, it->journal, &it->io, arena);
    *state = it;
    return 0;
}

static int tear_down(void **state) {
    Case *it = *state;
    if (it->working)
        (void)working_state_close(it->working);
    journal_close(it->journal);
    disk_real.remove(NULL, disk_join(it->directory, STR("s.journal"), it->arena));
    disk_real.remove(NULL, it->directory);
    arena_close(it->store.arena);
    arena_close(it->arena);
    return 0;
}

static void put(Case *it, const char *address, const char *id, uint64_t sequence) {
    JournalOutcome outcome = {
        .address = state_case_address(address, it->arena),
        .provider_config.provider = STR("h/n/t"),
        .object = id ? state_case_object(id, it->arena) : NULL,
    };
    assert_true(working_state_record(it->working, sequence, &outcome, &it->diags));
}

static uint64_t intend(Case *it, const char *address) {
    uint64_t sequence = 0;
    JournalIntent intent = {.address = state_case_address(address, it->arena),
                            .action = PENDING_CREATE};
    assert_true(working_state_intend(it->working, &intent, &sequence, &it->diags));
    return sequence;
}

static void checkpoint(Case *it) {
    assert_true(working_state_checkpoint(it->working, &it->diags));
}

static State *stored(Case *it) {
    return state_case_decode(it->store.text, it->arena);
}

static void checkpoints(void **state) {
    Case *it = *state;
    assert_int_equal(working_state_lineage(it->working).len, 36);
    put(it, "t.a", "1", intend(it, "t.a"));
    checkpoint(it);
    assert_int_equal(it->store.writes, 1);
    assert_int_equal(stored(it)->serial, 1);
    check_str_equal(stored(it)->lineage, working_state_lineage(it->working));
    assert_false(disk_exists(&disk_real, disk_join(it->directory, STR("s.journal"), it->arena)));
    checkpoint(it);
    put(it, "t.a", "1", 0);
    checkpoint(it);
    assert_int_equal(it->store.writes, 1);
    /* A call that leaves the content as it was raises the serial, or marks the journal. */
    Str journal = disk_join(it->directory, STR("s.journal"), it->arena);
    put(it, "t.a", "1", intend(it, "t.a"));
    checkpoint(it);
    assert_int_equal(it->store.writes, 2);
    assert_false(disk_exists(&disk_real, journal));
    it->store.backend.has_marks = true;
    put(it, "t.a", "1", intend(it, "t.a"));
    checkpoint(it);
    assert_int_equal(it->store.writes, 2);
    assert_true(disk_exists(&disk_real, journal));
    checkpoint(it);
    assert_false(disk_exists(&disk_real, journal));
    put(it, "t.a", NULL, intend(it, "t.a"));
    checkpoint(it);
    assert_int_equal(stored(it)->serial, 3);
    assert_int_equal(stored(it)->resources.count, 0);
    assert_true(state_is_empty(working_state_close(it->working)));
    it->working = NULL;
}

static bool has_journal(const Case *it) {
    return disk_exists(&disk_real, disk_join(it->directory, STR("s.journal"), it->arena));
}

/* A plan that had nothing to do is recorded with a state that is written anyhow, and only then. */
static void idle_plans(void **state) {
    Case *it = *state;
    put(it, "t.a", "1", 0);
    checkpoint(it);
    it->state->owner.name = STR("network");
    working_state_begin_plan(it->working, STR("sha256:1"), 1, false);
    checkpoint(it);
    assert_true(has_journal(it));
    working_state_end_idle_plan(it->working, STR("sha256:1"));
    checkpoint(it);
    check_str_equal(stored(it)->applied_plan, STR("sha256:1"));
    assert_int_equal(stored(it)->serial, 3);
    assert_false(has_journal(it));
    working_state_begin_plan(it->working, STR("sha256:2"), 3, false);
    working_state_end_idle_plan(it->working, STR("sha256:2"));
    checkpoint(it);
    check_str_equal(stored(it)->applied_plan, STR("sha256:1"));
    assert_int_equal(stored(it)->serial, 3);
    assert_false(has_journal(it));
}

/* The interrupted apply made the calls that this one no longer makes. */
static void continued_plans(void **state) {
    Case *it = *state;
    it->store.backend.has_marks = true;
    put(it, "t.a", "1", 0);
    checkpoint(it);
    working_state_begin_plan(it->working, STR("sha256:1"), 1, true);
    working_state_end_plan(it->working, STR("sha256:1"));
    checkpoint(it);
    assert_int_equal(stored(it)->serial, 1);
    assert_true(has_journal(it));
}

static void a_write_that_fails(void **state) {
    Case *it = *state;
    put(it, "t.a", "1", intend(it, "t.a"));
    it->store.fails = true;
    assert_false(working_state_checkpoint(it->working, &it->diags));
    it->store.fails = false;
    assert_true(disk_exists(&disk_real, disk_join(it->directory, STR("s.journal"), it->arena)));
    checkpoint(it);
    /* The failed write may have reached the store, so its serial is not used again. */
    assert_int_equal(stored(it)->serial, 2);
    check_str(state_case_attributes(it->state, "t.a", it->arena), "{\"id\":\"1\"}");
}

/* A damaged state in the store: the error's place outlives the text. */
static void a_damaged_baseline(void **state) {
    Case *it = *state;
    put(it, "t.a", "1", intend(it, "t.a"));
    it->store.text = STR("{\n\"version\": 4,\n\"serial\": \"x\"}");
    assert_false(working_state_checkpoint(it->working, &it->diags));
    const Diag *diag = &it->diags.items[0];
    assert_int_equal(source_text_position(diag->range.source, diag->range.start).line, 3);
    assert_true(diag->range.source->is_private);
}

static void deposing(void **state) {
    Case *it = *state;
    ResourceAddr address = state_case_address("t.a", it->arena);
    put(it, "t.a", "old", 0);
    Str key = working_state_new_deposed_key(it->working, address, it->arena);
    assert_true(working_state_depose(it->working, address, key, &it->diags));
    assert_null(working_state_object(it->working, address, STR_EMPTY, it->arena));
    assert_non_null(working_state_object(it->working, address, key, it->arena));
    assert_true(working_state_restore(it->working, address, key, &it->diags));
    assert_non_null(working_state_object(it->working, address, STR_EMPTY, it->arena));
    assert_true(working_state_depose(it->working, address, key, &it->diags));
    put(it, "t.a", "new", 0);
    /* A successor exists, so it stays. */
    assert_true(working_state_restore(it->working, address, key, &it->diags));
    check_str(working_state_object(it->working, address, STR_EMPTY, it->arena)->attributes,
              "{\"id\":\"new\"}");
    JournalOutcome gone = {.address = address, .deposed = key};
    assert_true(working_state_record(it->working, 0, &gone, &it->diags));
    assert_null(working_state_object(it->working, address, key, it->arena));
}

/* Deposes 100 objects in turn: each key is new. */
static void deposed_keys(void **state) {
    Case *it = *state;
    ResourceAddr address = state_case_address("t.a", it->arena);
    for (size_t i = 0; i < 100; i++) {
        put(it, "t.a", "old", 0);
        Str key = working_state_new_deposed_key(it->working, address, it->arena);
        assert_int_equal(key.len, 8);
        assert_null(working_state_object(it->working, address, key, it->arena));
        assert_true(working_state_depose(it->working, address, key, &it->diags));
    }
    assert_int_equal(state_find_instance(it->state, address)->deposed.count, 100);
}

static void generations(void **state) {
    Case *it = *state;
    ResourceAddr address = state_case_address("t.a", it->arena);
    assert_int_equal(working_state_generation(it->working, address), 0);
    put(it, "t.b", "1", 0);
    checkpoint(it);
    assert_int_equal(working_state_generation(it->working, address), 1);
    StatePending *pending = arena_new(it->arena, StatePending);
    pending->generation = 7;
    state_add_instance(it->state, address)->pending = pending;
    assert_int_equal(working_state_generation(it->working, address), 8);
    put(it, "t.a", "1", 0);
    assert_int_equal(working_state_generation(it->working, address), 1);
}

static void outputs(void **state) {
    Case *it = *state;
    Value secret = value_with_marks(value_from_cstr("s"), MARK_SENSITIVE);
    working_state_set_output(it->working, STR("o"), (StateOutput){secret, true});
    working_state_set_output(it->working, STR("p"), (StateOutput){value_int(1), false});
    checkpoint(it);
    const StateOutput *output = map_find(&stored(it)->outputs, STR("o"));
    check_str(value_text(output->value), "s");
    assert_true(output->sensitive);
    working_state_remove_output(it->working, STR("o"));
    checkpoint(it);
    assert_int_equal(stored(it)->outputs.count, 1);
}

/* The caller frees its output after the call. */
static void outputs_are_copies(void **state) {
    Case *it = *state;
    Arena *given = arena_open("given");
    StateOutput output = {value_from_str(str_clone(STR("text"), given)), false};
    working_state_set_output(it->working, str_clone(STR("name"), given), output);
    arena_close(given);
    checkpoint(it);
    const StateOutput *kept = map_find(&stored(it)->outputs, STR("name"));
    assert_non_null(kept);
    check_str(value_text(kept->value), "text");
}

/* A resource that a failed run could not create is stored without instances, until the next write.
 */
static void declared(void **state) {
    Case *it = *state;
    StateResource like = {.address = state_case_address("t.a", it->arena),
                          .provider_config.provider = STR("h/n/t")};
    working_state_keep_empty(it->working, &like);
    checkpoint(it);
    const StateResource *resource = state_find_resource(stored(it), like.address);
    assert_non_null(resource);
    assert_int_equal(resource->instances.count, 0);
    check_str(resource->provider_config.provider, "h/n/t");
    it->working = working_state_open(working_state_close(it->working), &it->store.backend, NULL,
                                     &it->io, it->arena);
    checkpoint(it);
    assert_null(state_find_resource(stored(it), like.address));
}

/* A decoded state is only used as the store's content if the store still holds that text. */
static void a_known_text_is_not_decoded_again(void **state) {
    Case *it = *state;
    State *read = state_new(it->arena);
    read->serial = 6;
    it->store.text = STR("no state");
    working_state_set_baseline(it->working, read, STR("another"));
    assert_false(working_state_checkpoint(it->working, &it->diags));
    working_state_set_baseline(it->working, read, STR("no state"));
    put(it, "t.a", "1", 0);
    checkpoint(it);
    assert_int_equal(stored(it)->serial, 7);
    put(it, "t.a", "1", 0);
    checkpoint(it);
    assert_int_equal(it->store.writes, 1);
}

/* Dependency lists may be long, and are not copied. */
static void dependencies_are_shared(void **state) {
    Case *it = *state;
    static const Str names[] = {STR_CONST("t.x"), STR_CONST("t.y")};
    StateObject *object = state_case_object("1", it->arena);
    object->dependencies = names;
    object->dependency_count = 2;
    ResourceAddr address = state_case_address("t.a[0]", it->arena);
    JournalOutcome outcome = {
        .address = address, .provider_config.provider = STR("h/n/t"), .object = object};
    working_state_reserve(it->working, address, 2);
    assert_true(working_state_record(it->working, 0, &outcome, &it->diags));
    const StateInstance *instance = state_find_instance(it->state, address);
    assert_ptr_not_equal(instance->current, object);
    assert_ptr_equal(instance->current->dependencies, names);
    assert_int_equal(instance->current->dependency_count, 2);
}

static void without_journal(void **state) {
    Case *it = *state;
    (void)working_state_close(it->working);
    it->working = working_state_open(it->state, &it->store.backend, NULL, &it->io, it->arena);
    assert_int_equal(intend(it, "t.a"), 0);
    put(it, "t.a", "1", 0);
    checkpoint(it);
    assert_int_equal(stored(it)->resources.count, 1);
}

#define WORKERS    8
#define PER_WORKER 40

typedef struct Worker {
    Case *it;
    int number;
} Worker;

static void one_object(Worker *worker, int i, Arena *arena, Diags *diags) {
    WorkingState *working = worker->it->working;
    ResourceAddr address = {
        .type = STR("t"),
        .name = i % 2 ? STR("odd") : STR("even"),
        .key = {.kind = KEY_INT, .index = i * WORKERS + worker->number},
    };
    uint64_t sequence;
    uint64_t generation = working_state_generation(working, address);
    JournalIntent intent = {.address = address, .action = PENDING_CREATE, .generation = generation};
    assert_true(working_state_intend(working, &intent, &sequence, diags));
    JournalOutcome outcome = {
        .address = address,
        .provider_config.provider = STR("h/n/t"),
        .object = state_case_object("x", arena),
    };
    assert_true(working_state_record(working, sequence, &outcome, diags));
    assert_non_null(working_state_object(working, address, STR_EMPTY, arena));
    if (i % 16 == 0)
        assert_true(working_state_checkpoint(working, diags));
    if (i % 4 > 0)
        return;
    assert_true(working_state_intend(working, &intent, &sequence, diags));
    outcome.object = NULL;
    assert_true(working_state_record(working, sequence, &outcome, diags));
}

static void work(void *payload) {
    Worker *worker = payload;
    SCOPED(ArenaRef) arena = arena_open("worker");
    Diags diags = diags_new(arena);
    for (int i = 0; i < PER_WORKER; i++)
        one_object(worker, i, arena, &diags);
}

static void many_threads(void **state) {
    Case *it = *state;
    Worker workers[WORKERS];
    Thread *threads[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (Worker){it, i};
        threads[i] = thread_start(THREAD_WALK_WORKER, work, &workers[i]);
        assert_non_null(threads[i]);
    }
    for (int i = 0; i < WORKERS; i++)
        thread_join(threads[i]);
    checkpoint(it);
    const State *final = stored(it);
    size_t count = 0;
    map_each(&final->resources, entry) {
        count += ((StateResource *)entry->value)->instances.count;
    }
    assert_int_equal(count, WORKERS * PER_WORKER * 3 / 4);
    assert_false(disk_exists(&disk_real, disk_join(it->directory, STR("s.journal"), it->arena)));
    uint64_t intents = UINT64_C(5) * WORKERS * PER_WORKER / 4;
    assert_true(journal_sync_count(it->journal) <= intents + UINT64_C(4) * WORKERS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

UNIT_MAIN(test_working_state) {
    const struct CMUnitTest tests[] = {
        TEST(checkpoints),
        TEST(idle_plans),
        TEST(continued_plans),
        TEST(a_write_that_fails),
        TEST(a_damaged_baseline),
        TEST(deposing),
        TEST(deposed_keys),
        TEST(generations),
        TEST(outputs),
        TEST(outputs_are_copies),
        TEST(declared),
        TEST(without_journal),
        TEST(many_threads),
        TEST(a_known_text_is_not_decoded_again),
        TEST(dependencies_are_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
