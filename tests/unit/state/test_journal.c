/* Appends, group syncs, and folds during calls. */
#include "state_case.h"

#include "faulty_disk.h"
#include "journal.h"
#include "journal_record.h"
#include "journal_store.h"

typedef struct Case {
    Arena *arena;
    FaultyDisk *faulty;
    Disk disk;
    Io io;
    State *state;
    Journal *journal;
    Diags diags;
} Case;

static const Str path = STR_CONST("s.journal");

static void open_journal(Case *it) {
    JournalStore *store = journal_file_new(&it->disk, path, it->arena);
    assert_true(journal_open(store, &clock_real, it->state, &it->journal, it->arena, &it->diags));
}

static Case *case_new(Arena *arena) {
    Case *it = arena_new(arena, Case);
    it->arena = arena;
    it->faulty = faulty_disk_new(arena);
    it->disk = faulty_disk_as_disk(it->faulty);
    it->io = (Io){.disk = &it->disk, .clock = &clock_real};
    it->state = state_new(arena);
    it->state->lineage = STR("l");
    it->state->serial = 6;
    it->diags = diags_new(arena);
    open_journal(it);
    return it;
}

static uint64_t intend(Case *it, const char *address) {
    uint64_t sequence = 0;
    JournalIntent intent = {
        .address = state_case_address(address, it->arena),
        .provider_config.provider = STR("h/n/t"),
        .action = PENDING_CREATE,
        .generation = 3,
    };
    assert_true(journal_intent(it->journal, &intent, &sequence, &it->diags));
    return sequence;
}

static void record(Case *it, uint64_t sequence, const char *address) {
    JournalOutcome outcome = {
        .address = state_case_address(address, it->arena),
        .provider_config.provider = STR("h/n/t"),
        .object = state_case_object(address, it->arena),
    };
    assert_true(journal_outcome(it->journal, sequence, &outcome, &it->diags));
}

/* "start intent 1 outcome 1": kinds and sequence numbers of all lines. */
static Str content(Case *it) {
    static const char *const kinds[] = {"start",   "intent", "outcome", "end", "depose",
                                        "restore", "fold",   "begin",   "part"};
    Str bytes;
    if (it->disk.read_file(it->disk.self, path, &bytes, it->arena) != 0)
        return STR("absent");
    StrBuf text = strbuf_new(it->arena);
    JournalLine line = {0};
    while (journal_record_next_line(bytes, &line)) {
        JournalRecord read;
        assert_true(line.is_whole && journal_record_parse(line.text, &read, it->arena));
        assert_int_equal(read.number, line.number);
        if (read.kind == RECORD_START)
            assert_true(read.serial == it->state->serial &&
                        str_equal(read.lineage, it->state->lineage));
        strbuf_add_format(&text, "%s%s", text.len ? " " : "", kinds[read.kind]);
        if (read.sequence)
            strbuf_add_format(&text, " %llu", (unsigned long long)read.sequence);
    }
    return strbuf_str(&text);
}

static void nothing_before_the_first_record(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    check_str(content(it), "absent");
    journal_announce(it->journal, it->state, STR("text"));
    check_str(content(it), "absent");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "absent");
    record(it, 0, "t.a");
    check_str(content(it), "start outcome");
    assert_int_equal(journal_sync_count(it->journal), 0);
    journal_close(it->journal);
}

static void records_in_order(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    uint64_t a = intend(it, "t.a");
    assert_int_equal(journal_sync_count(it->journal), 1);
    record(it, a, "t.a");
    uint64_t b = intend(it, "t.b");
    assert_true(journal_end(it->journal, b, &it->diags));
    ResourceAddr address = state_case_address("t.a", arena);
    Str key = STR("00000001");
    const StateObject *object = state_case_object("t.a", arena);
    assert_true(journal_depose(it->journal, address, key, object, &it->diags));
    assert_true(journal_restore(it->journal, address, key, &it->diags));
    check_str(content(it), "start intent 1 outcome 1 intent 2 end 2 depose restore");
    journal_close(it->journal);
    /* The next run appends after it. */
    open_journal(it);
    assert_true(journal_has_leftover(it->journal));
    record(it, intend(it, "t.c"), "t.c");
    check_str(content(it), "start intent 1 outcome 1 intent 2 end 2 depose restore start intent 3 "
                           "outcome 3");
    journal_close(it->journal);
}

/* The plan of the first `start`; "-": none. */
static Str plan_of(Case *it) {
    Str bytes;
    JournalLine line = {0};
    JournalRecord read = {0};
    if (it->disk.read_file(it->disk.self, path, &bytes, it->arena) == 0 &&
        journal_record_next_line(bytes, &line))
        assert_true(journal_record_parse(line.text, &read, it->arena));
    return read.plan.len > 0 ? read.plan : STR("-");
}

/* Folds keep a plan that is not complete, also before the first record, and the instances that it
 * has changed. */
static void plans(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    StateInstance *changed = state_add_instance(it->state, state_case_address("t.a", arena));
    changed->current = state_case_object("a", arena);
    journal_set_plan(it->journal, STR("d"));
    assert_false(journal_has_plan(it->journal));
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "absent"); /* the run has changed nothing */
    journal_announce(it->journal, it->state, STR("text"));
    check_str(content(it), "start fold");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start fold");
    check_str(plan_of(it), "d");
    assert_true(journal_has_plan(it->journal));
    changed->has_outcome = true;
    journal_mark(it->journal, it->state, it->state);
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start fold end");
    check_str(plan_of(it), "d");
    journal_complete_plan(it->journal);
    assert_false(journal_has_plan(it->journal));
    journal_mark(it->journal, it->state, it->state);
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start fold"); /* the mark of calls without a change of the state */
    check_str(plan_of(it), "-");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "absent");
    journal_close(it->journal);
}

static void fold(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    uint64_t a = intend(it, "t.a");
    uint64_t b = intend(it, "t.b");
    record(it, a, "t.a");
    journal_announce(it->journal, it->state, STR("text"));
    uint64_t c = intend(it, "t.c");
    record(it, b, "t.b");
    check_str(content(it), "start intent 1 intent 2 outcome 1 fold intent 3 outcome 2");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start intent 2 intent 3 outcome 2");
    record(it, c, "t.c");
    check_str(content(it), "start intent 2 intent 3 outcome 2 outcome 3");
    it->state->serial = 8;
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "absent");
    journal_announce(it->journal, it->state, STR("text"));
    check_str(content(it), "absent");
    record(it, intend(it, "t.d"), "t.d");
    check_str(content(it), "start intent 4 outcome 4");
    journal_close(it->journal);
}

static void begin_part(Case *it, uint64_t sequence, const char *key) {
    StatePart part = {.key = str_from_cstr(key), .action = PENDING_CREATE, .marker = STR("id")};
    StateParts parts = {.items = &part, .count = 1};
    assert_true(journal_parts(it->journal, sequence, &parts, &it->diags));
}

static void end_part(Case *it, uint64_t sequence, const char *key) {
    StatePart part = {.key = str_from_cstr(key), .has_ended = true, .private_data = STR("p")};
    StateParts parts = {.items = &part, .count = 1};
    assert_true(journal_parts(it->journal, sequence, &parts, &it->diags));
}

static void close_and_replay(Case *it) {
    bool found;
    journal_close(it->journal);
    it->state = state_new(it->arena);
    assert_true(journal_replay(journal_file_new(&it->disk, path, it->arena), NULL, it->state,
                               &found, it->arena, &it->diags));
}

/* The beginning of a part is synced at once. A fold keeps the parts of running calls and of calls
 * in doubt. */
static void parts_outlive_folds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    uint64_t a = intend(it, "t.a"), b = intend(it, "t.b");
    assert_int_equal(journal_sync_count(it->journal), 2);
    begin_part(it, a, "one");
    assert_int_equal(journal_sync_count(it->journal), 3);
    begin_part(it, b, "other");
    end_part(it, a, "one");
    assert_int_equal(journal_sync_count(it->journal), 4);
    record(it, b, "t.b");
    journal_announce(it->journal, it->state, STR("text"));
    begin_part(it, a, "two");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start intent 1 begin 1 part 1 begin 1");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start intent 1 begin 1 part 1 begin 1");
    close_and_replay(it);
    open_journal(it);
    record(it, intend(it, "t.c"), "t.c");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start intent 3 begin 3 begin 3 part 3");
    close_and_replay(it);
    ResourceAddr address = state_case_address("t.a", arena);
    const StatePending *pending = state_find_instance(it->state, address)->pending;
    assert_int_equal(pending->parts.count, 2);
    check_str(pending->parts.items[0].key, "one");
    check_str(pending->parts.items[0].marker, "id");
    check_str(pending->parts.items[0].private_data, "p");
    assert_true(pending->parts.items[0].has_ended);
    check_str(pending->parts.items[1].key, "two");
    assert_false(pending->parts.items[1].has_ended);
}

static void parts_share_a_sync(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    uint64_t a = intend(it, "t.a");
    StatePart list[] = {
        {.key = STR("one"), .action = PENDING_CREATE},
        {.key = STR("two"), .action = PENDING_UPDATE},
    };
    StateParts parts = {.items = list, .count = ARRAY_COUNT(list)};
    uint64_t count = journal_sync_count(it->journal);
    assert_true(journal_parts(it->journal, a, &parts, &it->diags));
    assert_int_equal(journal_sync_count(it->journal), count + 1);
    check_str(content(it), "start intent 1 begin 1 begin 1");
    journal_close(it->journal);
}

static void a_part_that_is_not_durable(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    uint64_t a = intend(it, "t.a");
    StatePart part = {.key = STR("one"), .action = PENDING_CREATE};
    StateParts parts = {.items = &part, .count = 1};
    faulty_disk_arm(it->faulty, FAULT_ERROR, 1, 1); /* the sync after the append */
    assert_false(journal_parts(it->journal, a, &parts, &it->diags));
    assert_int_equal(it->diags.error_count, 1);
    journal_close(it->journal);
}

/* A fold keeps calls in doubt that are not resolved yet. */
static void fold_keeps_what_is_in_doubt(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    (void)intend(it, "t.a");
    (void)intend(it, "t.z");
    journal_close(it->journal);
    bool found;
    assert_true(journal_replay(journal_file_new(&it->disk, path, arena), NULL, it->state, &found,
                               arena, &it->diags));
    open_journal(it);
    record(it, intend(it, "t.b"), "t.b");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start intent 4 intent 5");
    /* A later intent has a number of its own. */
    record(it, intend(it, "t.c"), "t.c");
    check_str(content(it), "start intent 4 intent 5 intent 6 outcome 6");
    journal_close(it->journal);
    State *state = state_new(arena);
    assert_true(journal_replay(journal_file_new(&it->disk, path, arena), NULL, state, &found, arena,
                               &it->diags));
    ResourceAddr address = state_case_address("t.a", arena);
    assert_int_equal(state_find_instance(state, address)->pending->generation, 3);
    check_str(state_find_resource(state, address)->provider_config.provider, "h/n/t");
}

static void torn_end_is_cut(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    record(it, intend(it, "t.a"), "t.a");
    journal_close(it->journal);
    DiskFile file;
    assert_int_equal(it->disk.open(it->disk.self, path, DISK_WRITE | DISK_APPEND, 0, &file), 0);
    assert_int_equal(it->disk.append(it->disk.self, file, STR("12345678 {\"kind\"")), 0);
    it->disk.close(it->disk.self, file);
    open_journal(it);
    JournalOutcome lost = {.address = state_case_address("t.b", arena)};
    faulty_disk_arm(it->faulty, FAULT_ERROR, 0, 1);
    assert_false(journal_outcome(it->journal, 0, &lost, &it->diags));
    record(it, 0, "t.b");
    record(it, 0, "t.c");
    check_str(content(it), "start intent 1 outcome 1 start outcome outcome");
    journal_close(it->journal);
}

/* A fold replaces the torn text too; nothing of it comes back. */
static void torn_end_is_folded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    record(it, intend(it, "t.a"), "t.a");
    journal_close(it->journal);
    Str bytes;
    assert_int_equal(it->disk.read_file(it->disk.self, path, &bytes, arena), 0);
    bytes = str_slice(bytes, 0, bytes.len - 1);
    assert_int_equal(it->disk.write_file(it->disk.self, path, bytes, 0600), 0);
    open_journal(it);
    assert_true(journal_has_leftover(it->journal));
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    assert_false(journal_has_leftover(it->journal));
    record(it, intend(it, "t.b"), "t.b");
    check_str(content(it), "start intent 2 outcome 2");
    journal_close(it->journal);
}

static uint64_t intend_batched(Case *it, const char *address) {
    uint64_t sequence = 0;
    JournalIntent intent = {
        .address = state_case_address(address, it->arena),
        .provider_config.provider = STR("h/n/t"),
        .action = PENDING_CREATE,
        .is_batched = true,
    };
    assert_true(journal_intent(it->journal, &intent, &sequence, &it->diags));
    return sequence;
}

/* One sync covers all batched intents that precede it, and no other. */
static void batched_intents(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    uint64_t a = intend_batched(it, "t.a");
    uint64_t b = intend_batched(it, "t.b");
    assert_int_equal(journal_sync_count(it->journal), 0);
    assert_true(journal_commit(it->journal, a, &it->diags));
    assert_int_equal(journal_sync_count(it->journal), 1);
    uint64_t c = intend_batched(it, "t.c");
    record(it, a, "t.a");
    assert_true(journal_commit(it->journal, b, &it->diags));
    assert_int_equal(journal_sync_count(it->journal), 1);
    assert_true(journal_commit(it->journal, c, &it->diags));
    assert_int_equal(journal_sync_count(it->journal), 2);
    check_str(content(it), "start intent 1 intent 2 intent 3 outcome 1");
    /* A fold keeps intents that are not committed yet, and makes them durable. */
    uint64_t d = intend_batched(it, "t.d");
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    assert_true(journal_commit(it->journal, d, &it->diags));
    assert_int_equal(journal_sync_count(it->journal), 2);
    check_str(content(it), "start intent 3 intent 2 intent 4");
    journal_close(it->journal);
}

/* After a failed sync no intent is committed that was not before. */
static void batched_intents_of_a_disk_that_fails(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    uint64_t a = intend_batched(it, "t.a");
    assert_true(journal_commit(it->journal, a, &it->diags));
    uint64_t b = intend_batched(it, "t.b");
    uint64_t c = intend_batched(it, "t.c");
    faulty_disk_arm(it->faulty, FAULT_ERROR, 0, 1);
    assert_false(journal_commit(it->journal, b, &it->diags));
    assert_false(journal_commit(it->journal, c, &it->diags));
    assert_int_equal(it->diags.error_count, 2);
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    check_str(content(it), "start intent 1");
    journal_close(it->journal);
}

static void a_disk_that_fails(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    record(it, intend(it, "t.a"), "t.a");
    JournalIntent intent = {
        .address = state_case_address("t.b", arena),
        .provider_config.provider = STR("h/n/t"),
        .action = PENDING_CREATE,
    };
    uint64_t sequence = 77;
    /* A failed append is undone. */
    faulty_disk_arm(it->faulty, FAULT_ERROR, 0, 1);
    assert_false(journal_intent(it->journal, &intent, &sequence, &it->diags));
    assert_int_equal(sequence, 77);
    assert_int_equal(it->diags.error_count, 1);
    check_str(content(it), "start intent 1 outcome 1");
    assert_true(journal_intent(it->journal, &intent, &sequence, &it->diags));
    /* After a failed sync earlier lines may be lost, so the journal accepts nothing more. */
    faulty_disk_arm(it->faulty, FAULT_ERROR, 1, 1);
    assert_false(journal_intent(it->journal, &intent, &sequence, &it->diags));
    assert_false(journal_intent(it->journal, &intent, &sequence, &it->diags));
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    assert_true(journal_intent(it->journal, &intent, &sequence, &it->diags));
    journal_close(it->journal);
}

/* A result that is only in memory must be written to a state file. */
static void an_outcome_that_is_not_appended(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    JournalOutcome outcome = {.address = state_case_address("t.b", arena)};
    record(it, intend(it, "t.a"), "t.a");
    assert_true(journal_is_whole(it->journal));
    /* The next run repeats an operation without an outside effect. */
    faulty_disk_arm(it->faulty, FAULT_ERROR, 0, 1);
    assert_false(journal_outcome(it->journal, 0, &outcome, &it->diags));
    assert_true(journal_is_whole(it->journal));
    uint64_t sequence = intend(it, "t.b");
    faulty_disk_arm(it->faulty, FAULT_ERROR, 0, 1);
    assert_false(journal_outcome(it->journal, sequence, &outcome, &it->diags));
    assert_int_equal(it->diags.error_count, 2);
    record(it, intend(it, "t.c"), "t.c");
    assert_false(journal_is_whole(it->journal));
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    assert_true(journal_is_whole(it->journal));
    check_str(content(it), "absent");
    journal_close(it->journal);
}

/* A store without content, which can be made to fail. */
typedef struct Shelf {
    JournalStore store;
    bool reads, appends, syncs;
    size_t sync_count;
    Str text;
    Arena *arena;
} Shelf;

static bool shelf_read(JournalStore *store, Str *out, bool *found, Str *problem, Arena *) {
    const Shelf *shelf = store->self;
    *out = shelf->text;
    *found = shelf->text.len > 0;
    *problem = STR("r");
    return shelf->reads;
}

static bool shelf_append(JournalStore *store, Str lines, Str *problem, Arena *) {
    Shelf *shelf = store->self;
    *problem = STR("a");
    if (shelf->appends)
        shelf->text = str_concat(shelf->text, lines, shelf->arena);
    return shelf->appends;
}

static bool shelf_sync(JournalStore *store, Str *problem, Arena *) {
    Shelf *shelf = store->self;
    shelf->sync_count++;
    *problem = STR("s");
    return shelf->syncs;
}

static bool shelf_replace(JournalStore *store, Str text, Str *problem, Arena *) {
    Shelf *shelf = store->self;
    *problem = STR("w");
    if (shelf->appends)
        shelf->text = str_clone(text, shelf->arena);
    return shelf->appends;
}

static bool shelf_remove(JournalStore *store, Str *problem, Arena *arena) {
    return shelf_replace(store, STR_EMPTY, problem, arena);
}

static void shelf_close(JournalStore *) {
}

static Shelf *shelf_new(Case *it, bool is_buffered) {
    Shelf *shelf = arena_new(it->arena, Shelf);
    *shelf = (Shelf){
        .store = {.self = shelf,
                  .name = STR("shelf"),
                  .is_buffered = is_buffered,
                  .read = shelf_read,
                  .append = shelf_append,
                  .sync = shelf_sync,
                  .replace = shelf_replace,
                  .remove = shelf_remove,
                  .close = shelf_close},
        .reads = true,
        .appends = true,
        .syncs = true,
        .arena = it->arena,
    };
    return shelf;
}

static bool open_shelf(Case *it, Shelf *shelf) {
    return journal_open(&shelf->store, &clock_real, it->state, &it->journal, it->arena, &it->diags);
}

/* The error names the journal, the problem and its effect. */
static void check_error(Case *it, const char *problem, const char *meaning) {
    assert_int_equal(it->diags.error_count, 1);
    Str wanted = str_format(it->arena,
                            "Writing \"shelf\" failed: %s. %s Fix the cause, then run the "
                            "same command again.",
                            problem, meaning);
    check_str_equal(it->diags.items[0].detail, wanted);
    it->diags = diags_new(it->arena);
}

#define NO_START "No new operation starts."
#define GOES_ON  "No new operation starts; running operations complete, and the state records them."

/* Every call reports a problem, however short its text. */
static void a_store_that_fails(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case *it = case_new(arena);
    journal_close(it->journal);
    Shelf *shelf = shelf_new(it, true);
    shelf->reads = false;
    assert_false(open_shelf(it, shelf));
    check_error(it, "r", "Nothing was changed.");
    shelf->reads = true;
    shelf->text = STR("damaged\n");
    assert_false(open_shelf(it, shelf));
    check_error(it, "it was damaged while this command ran", "Nothing was changed.");
    shelf->text = STR_EMPTY;
    assert_true(open_shelf(it, shelf));
    uint64_t a = intend(it, "t.a"), b = intend_batched(it, "t.b"), sequence;
    StatePart part = {.key = STR("one"), .has_ended = true};
    StateParts parts = {.items = &part, .count = 1};
    JournalIntent intent = {.address = state_case_address("t.c", arena),
                            .provider_config.provider = STR("h/n/t")};
    JournalOutcome outcome = {.address = state_case_address("t.a", arena)};
    shelf->appends = false;
    assert_false(journal_intent(it->journal, &intent, &sequence, &it->diags));
    check_error(it, "a", NO_START);
    assert_false(journal_parts(it->journal, a, &parts, &it->diags));
    check_error(it, "a", NO_START);
    assert_false(journal_outcome(it->journal, 0, &outcome, &it->diags));
    check_error(it, "a", GOES_ON);
    assert_false(journal_end(it->journal, a, &it->diags));
    check_error(it, "a", GOES_ON);
    assert_false(journal_is_whole(it->journal));
    assert_false(journal_fold(it->journal, it->state, &it->diags));
    check_error(it, "w", "The state itself is saved.");
    shelf->store.setting = "DIR";
    assert_false(journal_end(it->journal, b, &it->diags));
    assert_true(
        str_ends_with(it->diags.items[0].detail,
                      STR("Fix the cause, or set DIR to a directory that you can write, then "
                          "run the same command again.")));
    it->diags = diags_new(arena);
    shelf->store.setting = NULL;
    shelf->appends = true;
    shelf->syncs = false;
    assert_false(journal_flush(it->journal, &it->diags));
    check_error(it, "s", GOES_ON);
    assert_false(journal_commit(it->journal, b, &it->diags));
    check_error(it, "s", NO_START);
    /* Nothing is appended any more, although the store could. */
    size_t length = shelf->text.len;
    assert_false(journal_intent(it->journal, &intent, &sequence, &it->diags));
    check_error(it, "s", NO_START);
    assert_false(journal_outcome(it->journal, 0, &outcome, &it->diags));
    check_error(it, "s", GOES_ON);
    assert_int_equal(shelf->text.len, length);
    /* One call has ended, and the other never began. */
    assert_true(journal_fold(it->journal, it->state, &it->diags));
    assert_int_equal(shelf->text.len, 0);
    journal_close(it->journal);
}

/* Ends of parts and outcomes are durable at once only if the store is buffered. */
static void a_buffered_store(void **) {
    for (int is_buffered = 0; is_buffered < 2; is_buffered++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Case *it = case_new(arena);
        journal_close(it->journal);
        Shelf *shelf = shelf_new(it, is_buffered);
        assert_true(open_shelf(it, shelf));
        assert_false(journal_has_leftover(it->journal));
        uint64_t a = intend(it, "t.a");
        assert_int_equal(shelf->sync_count, 1);
        end_part(it, a, "one");
        assert_int_equal(shelf->sync_count, 1 + is_buffered);
        record(it, a, "t.a");
        assert_true(journal_flush(it->journal, &it->diags));
        assert_int_equal(shelf->sync_count, 1 + 2 * is_buffered);
        assert_true(journal_flush(it->journal, &it->diags));
        assert_int_equal(shelf->sync_count, 1 + 2 * is_buffered);
        assert_int_equal(journal_sync_count(it->journal), shelf->sync_count);
        journal_close(it->journal);
    }
}

UNIT_MAIN(test_journal) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_before_the_first_record),
        cmocka_unit_test(records_in_order),
        cmocka_unit_test(fold),
        cmocka_unit_test(plans),
        cmocka_unit_test(fold_keeps_what_is_in_doubt),
        cmocka_unit_test(parts_outlive_folds),
        cmocka_unit_test(parts_share_a_sync),
        cmocka_unit_test(a_part_that_is_not_durable),
        cmocka_unit_test(torn_end_is_cut),
        cmocka_unit_test(torn_end_is_folded),
        cmocka_unit_test(batched_intents),
        cmocka_unit_test(batched_intents_of_a_disk_that_fails),
        cmocka_unit_test(a_disk_that_fails),
        cmocka_unit_test(an_outcome_that_is_not_appended),
        cmocka_unit_test(a_store_that_fails),
        cmocka_unit_test(a_buffered_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
