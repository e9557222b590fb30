/* State store: a process that creates and deletes things is killed at random moments, again and
 * again, on the real disk. Things are files. After each kill, state and journal account for every
 * one. */
#include "unit.h"

#include "backends.h"
#include "statefile.h"
#include "working_state.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS       25
#define SLOTS       4
#define OPERATIONS  1000000
#define LONGEST_US  40000
#define CHECKPOINTS 7 /* operations between two checkpoints */

typedef struct Run {
    Arena *arena;
    Diags diags;
    Io io;
    Backend *backend;
    State *state;
} Run;

static ResourceAddr address_of(int slot) {
    return (ResourceAddr){
        .type = STR("file"), .name = STR("f"), .key = {.kind = KEY_INT, .index = slot}};
}

static Str thing_path(Str id, Arena *arena) {
    return disk_join(STR("things"), id, arena);
}

static Str id_of(const StateObject *object) {
    Str text = str_after(object->attributes, str_find_char(object->attributes, ':', 0));
    size_t start = str_find_char(text, '"', 0) + 1;
    return str_slice(text, start, str_find_char(text, '"', start));
}

static bool open_run(Run *run) {
    LockInfo info = {.id = STR("id"), .operation = STR("test")};
    Str text;
    bool found;
    run->arena = arena_open("run");
    run->diags = diags_new(run->arena);
    run->io = (Io){.disk = &disk_real, .clock = &clock_real};
    Value config = value_null(&TYPE_DYNAMIC);
    return local_backend.open(&run->io, config, STR("default"), &run->backend, run->arena,
                              &run->diags) &&
           run->backend->lock(run->backend, &info, 0, NULL, &run->diags) &&
           run->backend->read(run->backend, &text, run->arena, &run->diags) &&
           statefile_decode(run->backend->path, text, &run->state, run->arena, &run->diags) &&
           journal_replay(run->backend->journal, NULL, run->state, &found, run->arena, &run->diags);
}

static void refresh(Run *run, int slot) {
    StateInstance *instance = state_find_instance(run->state, address_of(slot));
    if (!instance)
        return;
    const StatePending *pending = instance->pending;
    bool in_doubt = pending && !instance->current && pending->action == PENDING_CREATE;
    if (in_doubt && disk_exists(&disk_real, thing_path(pending->marker, run->arena))) {
        StateObject *object = arena_new(run->arena, StateObject);
        object->attributes = str_format(run->arena, "{\"id\":\"%.*s\"}", STR_ARG(pending->marker));
        instance->current = object;
    }
    instance->pending = NULL;
    if (instance->current &&
        !disk_exists(&disk_real, thing_path(id_of(instance->current), run->arena))) {
        instance->current = NULL;
    }
}

/* Creates the slot's thing, or deletes it. */
static bool operate(Run *run, WorkingState *working, int slot, Arena *arena) {
    ResourceAddr address = address_of(slot);
    const StateObject *before = working_state_object(working, address, STR_EMPTY, arena);
    uint64_t generation = working_state_generation(working, address);
    Str lineage = working_state_lineage(working);
    JournalIntent intent = {
        .address = address,
        .provider_config.provider = STR("h/n/file"),
        .action = before ? PENDING_DELETE : PENDING_CREATE,
        .generation = generation,
        .marker = before ? id_of(before)
                         : str_format(arena, "%.*s-%d-%llu", STR_ARG(lineage), slot,
                                      (unsigned long long)generation),
    };
    uint64_t sequence;
    if (!working_state_intend(working, &intent, &sequence, &run->diags))
        return false;
    Str path = thing_path(intent.marker, arena);
    JournalOutcome outcome = {.address = address, .provider_config.provider = STR("h/n/file")};
    StateObject object = {.attributes =
                              str_format(arena, "{\"id\":\"%.*s\"}", STR_ARG(intent.marker))};
    int error;
    if (before) {
        error = disk_real.remove(NULL, path);
    } else {
        DiskFile file = {0};
        error = disk_real.open(NULL, path, DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE, 0600, &file);
        disk_real.close(NULL, file);
        outcome.object = &object;
    }
    return error == 0 && working_state_record(working, sequence, &outcome, &run->diags);
}

/* The exit status of a child that was not killed. */
static int live(int began) {
    Run run;
    Journal *journal;
    if (!open_run(&run))
        return 2;
    for (int slot = 0; slot < SLOTS; slot++)
        refresh(&run, slot);
    if (!journal_open(run.backend->journal, run.io.clock, run.state, &journal, run.arena,
                      &run.diags)) {
        return 3;
    }
    WorkingState *working = working_state_open(run.state, run.backend, journal, &run.io, run.arena);
    if (write(began, "!", 1) != 1)
        return 6;
    for (int i = 0; i < OPERATIONS; i++) {
        SCOPED(ArenaRef) scratch = arena_open("operation");
        /* Each slot once, then a checkpoint: no plan creates two objects at an address. */
        if (!operate(&run, working, i % SLOTS, scratch))
            return 4;
        bool is_due = i % SLOTS == SLOTS - 1 || i % CHECKPOINTS == 0;
        if (is_due && !working_state_checkpoint(working, &run.diags))
            return 5;
    }
    return 0;
}

static bool knows(const State *state, Str id) {
    for (int slot = 0; slot < SLOTS; slot++) {
        const StateInstance *instance = state_find_instance(state, address_of(slot));
        if (!instance)
            continue;
        if (instance->current && str_equal(id_of(instance->current), id))
            return true;
        if (instance->pending && !instance->current && str_equal(instance->pending->marker, id))
            return true;
    }
    return false;
}

static void verify(void) {
    Run run;
    bool ok = open_run(&run);
    for (size_t i = 0; i < run.diags.count; i++)
        print_error("%.*s\n", STR_ARG(run.diags.items[i].detail));
    assert_true(ok);
    DiskEntries things = {0};
    assert_int_equal(disk_real.list(NULL, STR("things"), &things, run.arena), 0);
    vec_each(&things, thing) {
        if (!knows(run.state, thing->name))
            print_error("lost: %.*s\n", STR_ARG(thing->name));
        assert_true(knows(run.state, thing->name));
    }
    run.backend->close(run.backend);
    arena_close(run.arena);
}

static void killed_again_and_again(void **) {
    srand(1);
    for (int i = 0; i < KILLS; i++) {
        int began[2];
        assert_int_equal(pipe(began), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(live(began[1]));
        close(began[1]);
        char byte;
        assert_int_equal(read(began[0], &byte, 1), 1);
        usleep((useconds_t)(rand() % LONGEST_US));
        assert_int_equal(kill(child, SIGKILL), 0);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status))
            print_error("exit status %d\n", WEXITSTATUS(status));
        assert_true(WIFSIGNALED(status));
        close(began[0]);
        verify();
    }
}

static int set_up(void **state) {
    static char directory[] = "/tmp/loam-test-kill-XXXXXX";
    *state = directory;
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return -1;
    return disk_real.make_directories(NULL, STR("things"), 0700);
}

static int tear_down(void **state) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(*state)), 0);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_again_and_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
