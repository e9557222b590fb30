/* State store: a run that creates, updates, replaces and deletes, with a fault at every operation
 * of the disk. After any fault, a new run reads a valid state, and state and journal account for
 * every object that exists. The run that repairs meets a fault as well: the day chooses its places
 * and the seeds, so that in time all of them run. LOAM_DAY is another day, as a failure prints it.
 */
#include "unit.h"

#include "backends.h"
#include "faulty_disk.h"
#include "journal_segments.h"
#include "statefile.h"
#include "working_state.h"

#include <errno.h>
#include <time.h>

#define RESOURCE_COUNT 6

/* An object that really exists, whether or not loam knows it. */
typedef struct Thing {
    size_t slot;
    Str id;
    int version;
    bool exists;
} Thing;

typedef struct Moment {
    Fault fault;
    uint64_t first;
    uint64_t second;
    uint64_t seed;
    bool in_segments; /* the journal is in segments, as in a remote store */
} Moment;

typedef struct World {
    Arena *arena;
    const Moment *moment;
    VEC(Thing) things;
} World;

typedef struct Run {
    World *world;
    FaultyDisk *faulty;
    Disk disk;
    Io io;
    Arena *arena;
    Diags diags;
    Backend *backend;
    State *state;
    Journal *journal;
    WorkingState *working;
    bool gave_up;
} Run;

/* Days since 1970. */
static uint64_t day(void) {
    const char *text = getenv("LOAM_DAY");
    return text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL) / 86400;
}

static void expect(bool holds, const char *what, const Run *run) {
    const Moment *moment = run->world->moment;
    if (holds)
        return;
    print_error("%s: fault %d after %llu, then after %llu, seed %llu, LOAM_DAY=%llu\n", what,
                (int)moment->fault, (unsigned long long)moment->first,
                (unsigned long long)moment->second, (unsigned long long)moment->seed,
                (unsigned long long)day());
    for (size_t i = 0; i < run->diags.count; i++)
        print_error("  %.*s\n", STR_ARG(run->diags.items[i].detail));
    fail();
}

static ResourceAddr address_of(size_t slot) {
    static const char *const names[RESOURCE_COUNT] = {"a", "b", "c", "d", "e", "f"};
    return (ResourceAddr){
        .type = STR("t"),
        .name = str_from_cstr(names[slot]),
        .key = {.kind = KEY_INT, .index = (int64_t)slot},
    };
}

static Thing *find_thing(World *world, Str id) {
    vec_each(&world->things, thing) {
        if (str_equal(thing->id, id))
            return thing;
    }
    return NULL;
}

static void make_thing(const Run *run, size_t slot, Str id) {
    World *world = run->world;
    expect(!find_thing(world, id), "an identity is used twice", run);
    Thing thing = {slot, str_clone(id, world->arena), 1, true};
    vec_push(world->arena, &world->things, thing);
}

static const StateObject *object_of(const Thing *thing, Arena *arena) {
    StateObject *object = arena_new(arena, StateObject);
    object->attributes =
        str_format(arena, "{\"id\":\"%.*s\",\"version\":%d}", STR_ARG(thing->id), thing->version);
    return object;
}

static Str id_of(const StateObject *object) {
    Str text = str_after(object->attributes, str_find(object->attributes, STR(":"), 0));
    size_t start = str_find_char(text, '"', 0) + 1;
    return str_slice(text, start, str_find_char(text, '"', start));
}

static bool is_effectless(const StateObject *object) {
    return str_equal(id_of(object), STR("none"));
}

/* A substitute for a remote store: one file per segment. */
static const Str segment_directory = STR_CONST("segments");

static Str segment_path(uint64_t number, Arena *arena) {
    return str_format(arena, "%.*s/%06llu", STR_ARG(segment_directory), (unsigned long long)number);
}

static bool succeeds(int error, Str *problem) {
    if (error)
        *problem = str_from_cstr(strerror(-error));
    return error == 0;
}

static bool list_segments(void *self, Segments *out, Str *problem, Arena *arena) {
    const Disk *disk = self;
    DiskEntries entries = {0};
    int error = disk->list(disk->self, segment_directory, &entries, arena);
    if (error == -ENOENT)
        return true;
    vec_each(&entries, entry) {
        Segment segment;
        Str digits = entry->name;
        while (digits.len > 1 && digits.ptr[0] == '0')
            digits = str_after(digits, 1);
        if (!str_to_uint64(digits, &segment.number))
            continue; /* left by an interrupted write */
        if (!error)
            error = disk->read_file(disk->self, segment_path(segment.number, arena), &segment.text,
                                    arena);
        vec_push(arena, out, segment);
    }
    return succeeds(error, problem);
}

static bool put_segment(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    const Disk *disk = self;
    return succeeds(disk->write_file(disk->self, segment_path(number, arena), text, 0600), problem);
}

static bool drop_segments(void *self, uint64_t below, Str *problem, Arena *arena) {
    const Disk *disk = self;
    Segments all = {0};
    int error = 0;
    if (!list_segments(self, &all, problem, arena))
        return false;
    vec_each(&all, segment) {
        if (segment->number < below && !error)
            error = disk->remove(disk->self, segment_path(segment->number, arena));
    }
    if (!error)
        error = disk->sync_directory(disk->self, segment_directory);
    return succeeds(error, problem);
}

static void choose_journal(Run *run) {
    SegmentStore segments = {&run->disk,  segment_directory, list_segments,
                             put_segment, drop_segments,     .keeps_last = true};
    if (run->world->moment->in_segments)
        run->backend->journal = journal_segments_new(&segments, run->arena);
}

static bool is_over(const Run *run) {
    return run->gave_up || faulty_disk_is_dead(run->faulty);
}

/* After a power loss, data that was not synced may be damaged in the middle: an error, and the next
 * run continues with the rest. */
static bool replay(Run *run) {
    bool found;
    JournalStore *journal = run->backend->journal;
    if (journal_replay(journal, &run->disk, run->state, &found, run->arena, &run->diags))
        return true;
    return run->world->moment->fault == FAULT_GARBLE && !is_over(run) &&
           journal_replay(journal, &run->disk, run->state, &found, run->arena, &run->diags);
}

static bool open_run(Run *run) {
    LockInfo info = {.id = STR("id"), .operation = STR("test")};
    Str text;
    run->arena = arena_open("run");
    run->diags = diags_new(run->arena);
    run->disk = faulty_disk_as_disk(run->faulty);
    run->io = (Io){.disk = &run->disk, .clock = &clock_real};
    Value config = value_null(&TYPE_DYNAMIC);
    if (!local_backend.open(&run->io, config, STR("default"), &run->backend, run->arena,
                            &run->diags))
        return false;
    choose_journal(run);
    return run->backend->lock(run->backend, &info, 0, NULL, &run->diags) &&
           run->backend->read(run->backend, &text, run->arena, &run->diags) &&
           statefile_decode(run->backend->path, text, &run->state, run->arena, &run->diags) &&
           replay(run);
}

/* As the engine does before it plans: resolves calls in doubt, and reads every object. */
static void refresh_slot(Run *run, StateInstance *instance) {
    const StatePending *pending = instance->pending;
    if (pending && !instance->current && pending->action == PENDING_CREATE) {
        const Thing *thing = find_thing(run->world, pending->marker);
        if (thing && thing->exists)
            instance->current = object_of(thing, run->arena);
    }
    instance->pending = NULL;
    if (instance->current && !is_effectless(instance->current)) {
        const Thing *thing = find_thing(run->world, id_of(instance->current));
        instance->current = thing && thing->exists ? object_of(thing, run->arena) : NULL;
    }
    for (size_t i = instance->deposed.count; i-- > 0;) {
        const Thing *thing = find_thing(run->world, id_of(instance->deposed.items[i].object));
        if (!thing || !thing->exists)
            state_remove_deposed(instance, instance->deposed.items[i].key);
    }
}

static void refresh(Run *run) {
    for (size_t slot = 0; slot < RESOURCE_COUNT; slot++) {
        StateInstance *instance = state_find_instance(run->state, address_of(slot));
        if (instance)
            refresh_slot(run, instance);
    }
}

static void close_run(Run *run) {
    if (run->working)
        (void)working_state_close(run->working);
    journal_close(run->journal);
    if (run->backend) {
        (void)run->backend->unlock(run->backend, &run->diags);
        run->backend->close(run->backend);
    }
    arena_close(run->arena);
    *run = (Run){.world = run->world, .faulty = run->faulty};
}

static const StateObject *current_of(Run *run, size_t slot) {
    return working_state_object(run->working, address_of(slot), STR_EMPTY, run->arena);
}

static bool intend(Run *run, size_t slot, PendingAction action, Str deposed, Str *id,
                   uint64_t *out) {
    JournalIntent intent = {
        .address = address_of(slot),
        .provider_config.provider = STR("h/n/t"),
        .deposed = deposed,
        .action = action,
        .generation = working_state_generation(run->working, address_of(slot)),
        .planned = STR("{\"id\":null}"),
    };
    *id = str_format(run->arena, "%.*s-%zu-%llu", STR_ARG(working_state_lineage(run->working)),
                     slot, (unsigned long long)intent.generation);
    intent.marker = *id;
    return working_state_intend(run->working, &intent, out, &run->diags) && !is_over(run);
}

static void record(Run *run, size_t slot, uint64_t sequence, Str deposed, const StateObject *now) {
    JournalOutcome outcome = {
        .address = address_of(slot),
        .provider_config.provider = STR("h/n/t"),
        .deposed = deposed,
        .object = now,
    };
    (void)!working_state_record(run->working, sequence, &outcome, &run->diags);
}

static bool create(Run *run, size_t slot) {
    uint64_t sequence;
    Str id;
    if (!intend(run, slot, PENDING_CREATE, STR_EMPTY, &id, &sequence))
        return false;
    make_thing(run, slot, id);
    record(run, slot, sequence, STR_EMPTY, object_of(find_thing(run->world, id), run->arena));
    return !is_over(run);
}

static void update(Run *run, size_t slot) {
    uint64_t sequence;
    Str id;
    const StateObject *before = current_of(run, slot);
    if (!before || !intend(run, slot, PENDING_UPDATE, STR_EMPTY, &id, &sequence))
        return;
    Thing *thing = find_thing(run->world, id_of(before));
    thing->version++;
    record(run, slot, sequence, STR_EMPTY, object_of(thing, run->arena));
}

static void delete (Run *run, size_t slot, Str deposed) {
    uint64_t sequence;
    Str id;
    const StateObject *before =
        working_state_object(run->working, address_of(slot), deposed, run->arena);
    if (!before || !intend(run, slot, PENDING_DELETE, deposed, &id, &sequence))
        return;
    find_thing(run->world, id_of(before))->exists = false;
    record(run, slot, sequence, deposed, NULL);
}

/* A call that fails and creates nothing. */
static void fail_to_create(Run *run, size_t slot) {
    uint64_t sequence;
    Str id;
    if (current_of(run, slot) || !intend(run, slot, PENDING_CREATE, STR_EMPTY, &id, &sequence))
        return;
    (void)!working_state_end(run->working, sequence, &run->diags);
}

static void replace(Run *run, size_t slot) {
    if (!current_of(run, slot))
        return;
    ResourceAddr address = address_of(slot);
    Str key = working_state_new_deposed_key(run->working, address, run->arena);
    if (!working_state_depose(run->working, address, key, &run->diags) || is_over(run))
        return;
    if (create(run, slot)) {
        delete (run, slot, key);
    } else if (!is_over(run)) {
        (void)!working_state_restore(run->working, address, key, &run->diags);
    }
}

static void delete_all_deposed(Run *run, size_t slot) {
    const StateInstance *instance = state_find_instance(run->state, address_of(slot));
    while (instance && instance->deposed.count > 0 && !is_over(run)) {
        size_t before = instance->deposed.count;
        delete (run, slot, instance->deposed.items[0].key);
        instance = state_find_instance(run->state, address_of(slot));
        if (instance && instance->deposed.count == before)
            return;
    }
}

typedef void (*Step)(Run *run);

static void step_create(Run *run) {
    for (size_t slot = 0; slot < 4 && !is_over(run); slot++) {
        if (!current_of(run, slot))
            (void)create(run, slot);
    }
}

static void step_change(Run *run) {
    update(run, 0);
    if (!is_over(run))
        fail_to_create(run, 4);
}

/* The next step would create a second object at an address without a checkpoint, which no plan
 * does. */
static void step_checkpoint(Run *run) {
    run->gave_up = !working_state_checkpoint(run->working, &run->diags);
}

static void step_replace(Run *run) {
    replace(run, 1);
}

static void step_deposed(Run *run) {
    for (size_t slot = 0; slot < RESOURCE_COUNT && !is_over(run); slot++)
        delete_all_deposed(run, slot);
}

static void step_delete(Run *run) {
    delete (run, 2, STR_EMPTY);
}

/* Without an external effect, and so without an intent. */
static void step_effectless(Run *run) {
    StateObject *object = arena_new(run->arena, StateObject);
    object->attributes = STR("{\"id\":\"none\"}");
    record(run, 5, 0, STR_EMPTY, object);
}

static const Step steps[] = {
    step_create,  step_deposed,    step_change, step_checkpoint, step_replace,
    step_deposed, step_effectless, step_delete, step_change,     step_checkpoint,
};

/* From any state to the end, or to the fault. */
static void run_all(Run *run) {
    if (open_run(run) && !is_over(run)) {
        refresh(run);
        if (journal_open(run->backend->journal, run->io.clock, run->state, &run->journal,
                         run->arena, &run->diags)) {
            run->working =
                working_state_open(run->state, run->backend, run->journal, &run->io, run->arena);
            for (size_t i = 0; i < ARRAY_COUNT(steps) && !is_over(run); i++)
                steps[i](run);
        }
    }
    close_run(run);
}

static bool knows(const StateInstance *instance, Str id) {
    if (instance->current && str_equal(id_of(instance->current), id))
        return true;
    vec_each(&instance->deposed, deposed) {
        if (str_equal(id_of(deposed->object), id))
            return true;
    }
    const StatePending *pending = instance->pending;
    return pending && !instance->current && pending->action == PENDING_CREATE &&
           str_equal(pending->marker, id);
}

static bool is_accounted(const Run *run, const Thing *thing) {
    const StateInstance *instance = state_find_instance(run->state, address_of(thing->slot));
    return instance && knows(instance, thing->id);
}

static size_t count_gone(const Run *run) {
    size_t gone = 0;
    for (size_t slot = 0; slot < RESOURCE_COUNT; slot++) {
        const StateInstance *instance = state_find_instance(run->state, address_of(slot));
        if (!instance)
            continue;
        if (instance->current && !is_effectless(instance->current))
            gone += !find_thing(run->world, id_of(instance->current))->exists;
        vec_each(&instance->deposed, deposed) {
            gone += !find_thing(run->world, id_of(deposed->object))->exists;
        }
    }
    return gone;
}

static void verify(World *world, FaultyDisk *faulty) {
    Run run = {.world = world, .faulty = faulty};
    faulty_disk_restart(faulty);
    expect(open_run(&run), "the state cannot be read", &run);
    vec_each(&world->things, thing) {
        if (thing->exists)
            expect(is_accounted(&run, thing), "an object is lost", &run);
    }
    expect(count_gone(&run) <= 1, "more is stale than was in flight", &run);
    close_run(&run);
}

static void verify_end(World *world, FaultyDisk *faulty) {
    Run run = {.world = world, .faulty = faulty};
    expect(open_run(&run), "the state cannot be read", &run);
    size_t known = 0;
    for (size_t slot = 0; slot < RESOURCE_COUNT; slot++) {
        const StateInstance *instance = state_find_instance(run.state, address_of(slot));
        if (!instance)
            continue;
        expect(!instance->pending, "something is still in doubt", &run);
        known += (instance->current && !is_effectless(instance->current)) + instance->deposed.count;
    }
    size_t existing = 0;
    vec_each(&world->things, thing) {
        existing += thing->exists;
    }
    expect(count_gone(&run) == 0 && known == existing, "state and world differ", &run);
    bool is_left;
    Str text, problem;
    expect(run.backend->journal->read(run.backend->journal, &text, &is_left, &problem, run.arena),
           "the journal cannot be read", &run);
    expect(!is_left, "a journal is left", &run);
    close_run(&run);
}

/* Returns true while the first fault occurs within the run. */
static bool try_moment(const Moment *moment) {
    SCOPED(ArenaRef) arena = arena_open("moment");
    World world = {.arena = arena, .moment = moment};
    FaultyDisk *faulty = faulty_disk_new(arena);
    Run run = {.world = &world, .faulty = faulty};
    faulty_disk_arm(faulty, moment->fault, moment->first, moment->seed);
    run_all(&run);
    bool came = faulty_disk_operations(faulty) > moment->first;
    verify(&world, faulty);
    if (moment->second != UINT64_MAX) {
        faulty_disk_arm(faulty, moment->fault, moment->second, moment->seed + 1);
        run_all(&run);
        verify(&world, faulty);
    }
    run_all(&run);
    verify_end(&world, faulty);
    return came;
}

static void every_moment_of(Fault fault, uint64_t seeds, bool in_segments) {
    for (uint64_t seed = day() * seeds; seed < (day() + 1) * seeds; seed++) {
        Moment moment = {fault, 0, UINT64_MAX, seed, in_segments};
        while (try_moment(&moment))
            moment.first++;
        assert_true(moment.first > 50);
    }
}

static void every_moment(Fault fault, uint64_t seeds) {
    every_moment_of(fault, seeds, false);
    every_moment_of(fault, seeds, true);
}

static void a_second_fault(Fault fault, uint64_t stride) {
    for (uint64_t second = day() % stride; second < 100; second += stride) {
        Moment moment = {fault, 0, second, second + 1, (second / stride + day()) % 2 == 1};
        while (try_moment(&moment))
            moment.first++;
    }
}

static void without_fault(void **) {
    Moment moment = {FAULT_NONE, 0, UINT64_MAX, 1, false};
    (void)try_moment(&moment);
    moment.in_segments = true;
    (void)try_moment(&moment);
}

static void an_error(void **) {
    every_moment(FAULT_ERROR, 1);
    a_second_fault(FAULT_ERROR, 37);
}

static void a_kill(void **) {
    every_moment(FAULT_KILL, 1);
    a_second_fault(FAULT_KILL, 29);
}

static void lost_power(void **) {
    every_moment(FAULT_LOSE, 1);
    a_second_fault(FAULT_LOSE, 29);
}

static void garbled(void **) {
    every_moment(FAULT_GARBLE, 3);
    a_second_fault(FAULT_GARBLE, 23);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_fault), cmocka_unit_test(an_error), cmocka_unit_test(a_kill),
        cmocka_unit_test(lost_power),    cmocka_unit_test(garbled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
