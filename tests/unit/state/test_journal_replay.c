/* Replays a journal; the result depends on who changed the state since. */
#include "state_case.h"

#include "digest.h"
#include "faulty_disk.h"
#include "journal.h"
#include "journal_store.h"
#include "journal_text.h"

#include <errno.h>

typedef struct Left {
    Arena *arena;
    StrBuf text;
    State *state;
    Diags diags;
    Disk disk;
    uint64_t record_count;
} Left;

static Left left_new(Arena *arena) {
    Left left = {.arena = arena, .text = strbuf_new(arena), .diags = diags_new(arena)};
    left.disk = faulty_disk_as_disk(faulty_disk_new(arena));
    left.state = state_new(arena);
    left.state->lineage = STR("l");
    left.state->serial = 5;
    return left;
}

static void add(Left *left, JournalRecord record) {
    record.number = ++left->record_count;
    journal_record_write(&record, &left->text);
}

static void start(Left *left, const char *lineage, uint64_t serial) {
    add(left,
        (JournalRecord){.kind = RECORD_START, .lineage = str_from_cstr(lineage), .serial = serial});
}

static void intent(Left *left, uint64_t sequence, const char *address, PendingAction action) {
    add(left, (JournalRecord){
                  .kind = RECORD_INTENT,
                  .sequence = sequence,
                  .address = state_case_address(address, left->arena),
                  .provider_config.provider = STR("h/n/t"),
                  .pending = {.action = action, .generation = sequence * 10},
              });
}

static void part(Left *left, RecordKind kind, uint64_t sequence, const char *key) {
    bool begins = kind == RECORD_PART_BEGIN;
    add(left, (JournalRecord){
                  .kind = kind,
                  .sequence = sequence,
                  .part = str_from_cstr(key),
                  .pending = {.action = begins ? PENDING_UPDATE : PENDING_NONE,
                              .marker = begins ? str_format(left->arena, "id-%s", key) : STR_EMPTY,
                              .private_data = begins ? STR_EMPTY : STR("private")},
              });
}

static void outcome(Left *left, uint64_t sequence, const char *address, const char *id) {
    add(left, (JournalRecord){
                  .kind = RECORD_OUTCOME,
                  .sequence = sequence,
                  .address = state_case_address(address, left->arena),
                  .provider_config.provider = STR("h/n/t"),
                  .object = id ? state_case_object(id, left->arena) : NULL,
              });
}

static void move(Left *left, RecordKind kind, const char *address, const char *id) {
    const StateObject *object = state_case_object(id, left->arena);
    add(left, (JournalRecord){
                  .kind = kind,
                  .address = state_case_address(address, left->arena),
                  .deposed = STR("0000000d"),
                  .digest = journal_record_digest(object, left->arena),
              });
}

static void hold(Left *left, const char *address, const char *id) {
    state_add_instance(left->state, state_case_address(address, left->arena))->current =
        state_case_object(id, left->arena);
}

static bool replay(Left *left, bool *found) {
    Str path = STR("s.journal");
    assert_int_equal(left->disk.write_file(left->disk.self, path, strbuf_str(&left->text), 0600),
                     0);
    return journal_replay(journal_file_new(&left->disk, path, left->arena), &left->disk,
                          left->state, found, left->arena, &left->diags);
}

static void replay_well(Left *left) {
    bool found = false;
    assert_true(replay(left, &found));
    assert_true(found);
}

/* id of the current object, or "-"; then the action and generation of a call in doubt. */
static Str slot(const Left *left, const char *address) {
    ResourceAddr at = state_case_address(address, left->arena);
    const StateInstance *instance = state_find_instance(left->state, at);
    if (!instance)
        return STR("nothing");
    Str id = instance->current ? str_slice(instance->current->attributes, 7,
                                           instance->current->attributes.len - 2)
                               : STR("-");
    const char *deposed = instance->deposed.count > 0 ? " deposed" : "";
    if (!instance->pending)
        return str_format(left->arena, "%.*s%s", STR_ARG(id), deposed);
    return str_format(left->arena, "%.*s%s %s %llu", STR_ARG(id), deposed,
                      pending_action_name(instance->pending->action),
                      (unsigned long long)instance->pending->generation);
}

static void none(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    JournalStore *absent = journal_file_new(&left.disk, STR("absent"), arena);
    bool found = true;
    assert_true(journal_replay(absent, NULL, left.state, &found, arena, &left.diags));
    assert_false(found);
    assert_true(replay(&left, &found));
    assert_false(found);
    assert_int_equal(left.state->serial, 5);
}

static void same_state(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    hold(&left, "t.updated", "old");
    hold(&left, "t.deleted", "old");
    hold(&left, "t.replaced", "old");
    hold(&left, "t.failed", "old");
    hold(&left, "t.deleting", "old");
    hold(&left, "t.vanished", "old");
    start(&left, "l", 5);
    intent(&left, 1, "t.created", PENDING_CREATE);
    outcome(&left, 1, "t.created", "new");
    intent(&left, 2, "t.updated", PENDING_UPDATE);
    outcome(&left, 2, "t.updated", "new");
    intent(&left, 3, "t.deleted", PENDING_DELETE);
    outcome(&left, 3, "t.deleted", NULL);
    intent(&left, 4, "t.doubtful", PENDING_CREATE);
    intent(&left, 5, "t.nothing", PENDING_CREATE);
    add(&left, (JournalRecord){.kind = RECORD_END, .sequence = 5});
    move(&left, RECORD_DEPOSE, "t.replaced", "old");
    intent(&left, 6, "t.replaced", PENDING_CREATE);
    move(&left, RECORD_DEPOSE, "t.failed", "old");
    move(&left, RECORD_RESTORE, "t.failed", "old");
    intent(&left, 7, "t.deleting", PENDING_DELETE);
    /* The run had noticed that the object was gone. */
    intent(&left, 8, "t.vanished", PENDING_CREATE);
    outcome(&left, 0, "t.effectless", "new");
    replay_well(&left);
    check_str(slot(&left, "t.created"), "new");
    check_str(slot(&left, "t.updated"), "new");
    check_str(slot(&left, "t.deleted"), "nothing");
    check_str(slot(&left, "t.doubtful"), "- create 40");
    check_str(slot(&left, "t.nothing"), "nothing");
    check_str(slot(&left, "t.replaced"), "- deposed create 60");
    check_str(slot(&left, "t.failed"), "old");
    check_str(slot(&left, "t.deleting"), "old delete 70");
    check_str(slot(&left, "t.vanished"), "- create 80");
    check_str(slot(&left, "t.effectless"), "new");
    assert_int_equal(left.state->serial, 6);
    ResourceAddr address = state_case_address("t.doubtful", arena);
    check_str(state_find_resource(left.state, address)->provider_config.provider, "h/n/t");
}

/* "a! b ": the begun parts of a call in doubt; "!" marks an ended part. */
static Str parts_of(const Left *left, const char *address) {
    ResourceAddr at = state_case_address(address, left->arena);
    const StateInstance *instance = state_find_instance(left->state, at);
    StrBuf text = strbuf_new(left->arena);
    if (!instance || !instance->pending)
        return STR("nothing");
    vec_each(&instance->pending->parts, begun) {
        assert_int_equal(begun->action, PENDING_UPDATE);
        check_str_equal(begun->marker, str_format(left->arena, "id-%.*s", STR_ARG(begun->key)));
        check_str(begun->private_data, begun->has_ended ? "private" : "");
        strbuf_add_format(&text, "%.*s%s ", STR_ARG(begun->key), begun->has_ended ? "!" : "");
    }
    return strbuf_str(&text);
}

static void parts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    hold(&left, "t.updated", "old");
    hold(&left, "t.deleted", "old");
    start(&left, "l", 5);
    intent(&left, 1, "t.done", PENDING_CREATE);
    intent(&left, 2, "t.updated", PENDING_UPDATE);
    part(&left, RECORD_PART_BEGIN, 1, "z");
    part(&left, RECORD_PART_BEGIN, 2, "b");
    part(&left, RECORD_PART_BEGIN, 2, "a");
    part(&left, RECORD_PART_END, 1, "z");
    part(&left, RECORD_PART_END, 2, "a");
    part(&left, RECORD_PART_BEGIN, 2, "b"); /* again */
    part(&left, RECORD_PART_END, 2, "c");   /* without a begin */
    outcome(&left, 1, "t.done", "new");
    intent(&left, 3, "t.deleted", PENDING_DELETE);
    part(&left, RECORD_PART_BEGIN, 3, "a");
    start(&left, "l", 6);
    intent(&left, 4, "t.made", PENDING_CREATE);
    part(&left, RECORD_PART_BEGIN, 4, "a");
    part(&left, RECORD_PART_END, 4, "a");
    intent(&left, 5, "t.plain", PENDING_CREATE);
    replay_well(&left);
    check_str(parts_of(&left, "t.done"), "nothing");
    check_str(parts_of(&left, "t.updated"), "b a! ");
    check_str(parts_of(&left, "t.deleted"), "a ");
    check_str(parts_of(&left, "t.made"), "a! ");
    check_str(parts_of(&left, "t.plain"), "");
    check_str(slot(&left, "t.updated"), "old update 20");
    /* A clone of the state has the parts too. */
    left.state = state_clone(left.state, arena);
    check_str(parts_of(&left, "t.updated"), "b a! ");
}

/* The second run was interrupted too. */
static void two_runs(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    start(&left, "l", 5);
    intent(&left, 1, "t.a", PENDING_CREATE);
    intent(&left, 2, "t.b", PENDING_CREATE);
    outcome(&left, 2, "t.b", "one");
    start(&left, "l", 6);
    intent(&left, 3, "t.a", PENDING_CREATE);
    outcome(&left, 3, "t.a", "two");
    intent(&left, 4, "t.b", PENDING_UPDATE);
    outcome(&left, 4, "t.b", "two");
    replay_well(&left);
    check_str(slot(&left, "t.a"), "two");
    check_str(slot(&left, "t.b"), "two");
    assert_int_equal(left.state->serial, 7);
}

/* A run died after its state was written, and another program has changed the state since: nothing
 * is missing, so the state is as stored, with its serial. */
static void nothing_missing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    hold(&left, "t.created", "newer");
    start(&left, "l", 4);
    intent(&left, 1, "t.created", PENDING_CREATE);
    outcome(&left, 1, "t.created", "new");
    intent(&left, 2, "t.deleted", PENDING_DELETE);
    outcome(&left, 2, "t.deleted", NULL);
    move(&left, RECORD_DEPOSE, "t.created", "other");
    replay_well(&left);
    check_str(slot(&left, "t.created"), "newer");
    check_str(slot(&left, "t.deleted"), "nothing");
    assert_int_equal(left.state->serial, 5);
}

static void changed_by_others(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    hold(&left, "t.held", "theirs");
    hold(&left, "t.gone", "theirs");
    hold(&left, "t.moved", "old");
    hold(&left, "t.other", "theirs");
    start(&left, "l", 3);
    outcome(&left, 1, "t.held", "ours");
    outcome(&left, 2, "t.gone", NULL);
    outcome(&left, 3, "t.unknown", "ours");
    intent(&left, 4, "t.doubtful", PENDING_CREATE);
    move(&left, RECORD_DEPOSE, "t.moved", "old");
    outcome(&left, 5, "t.moved", "new");
    move(&left, RECORD_DEPOSE, "t.other", "old");
    outcome(&left, 6, "t.other", "new");
    replay_well(&left);
    check_str(slot(&left, "t.held"), "theirs");
    check_str(slot(&left, "t.gone"), "theirs");
    check_str(slot(&left, "t.unknown"), "ours");
    check_str(slot(&left, "t.doubtful"), "- create 40");
    check_str(slot(&left, "t.moved"), "new deposed");
    check_str(slot(&left, "t.other"), "theirs");
}

/* The state file was written, but the run ended before the journal was removed. */
static void folded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (int ours = 0; ours < 2; ours++) {
        Left left = left_new(arena);
        hold(&left, "t.a", "new");
        Str text = ours ? statefile_encode(left.state, arena) : STR("theirs");
        start(&left, "l", 4);
        intent(&left, 1, "t.a", PENDING_CREATE);
        outcome(&left, 1, "t.a", "new");
        outcome(&left, 2, "t.b", "deleted later");
        outcome(&left, 3, "t.b", NULL);
        intent(&left, 4, "t.doubtful", PENDING_CREATE);
        add(&left, (JournalRecord){.kind = RECORD_FOLD,
                                   .serial = 5,
                                   .digest = digest_hex(DIGEST_SHA256, text, arena)});
        outcome(&left, 5, "t.a", "newer");
        replay_well(&left);
        check_str(slot(&left, "t.a"), ours ? "newer" : "new");
        check_str(slot(&left, "t.b"), ours ? "nothing" : "deleted later");
        check_str(slot(&left, "t.doubtful"), "- create 40");
    }
}

/* The state file has all records, so nothing changes, not even the serial. */
static void folded_all(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    hold(&left, "t.a", "new");
    Str digest = digest_hex(DIGEST_SHA256, statefile_encode(left.state, arena), arena);
    start(&left, "l", 4);
    outcome(&left, 1, "t.a", "new");
    add(&left, (JournalRecord){.kind = RECORD_FOLD, .serial = 5, .digest = digest});
    replay_well(&left);
    check_str(slot(&left, "t.a"), "new");
    assert_int_equal(left.state->serial, 5);
}

/* An outcome without a provider configuration, and an intent with another one, keep that of the
 * state; an outcome with one replaces it. */
static void providers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    hold(&left, "t.a[0]", "a");
    hold(&left, "t.a[1]", "b");
    ResourceAddr first = state_case_address("t.a[0]", arena);
    StateResource *resource = state_find_resource(left.state, first);
    resource->provider_config.provider = STR("h/n/old");
    start(&left, "l", 5);
    add(&left, (JournalRecord){.kind = RECORD_OUTCOME, .sequence = 1, .address = first});
    intent(&left, 2, "t.a[1]", PENDING_UPDATE);
    replay_well(&left);
    check_str(slot(&left, "t.a[0]"), "nothing");
    check_str(state_find_resource(left.state, first)->provider_config.provider, "h/n/old");
    Left other = left_new(arena);
    other.state = left.state;
    start(&other, "l", left.state->serial);
    outcome(&other, 2, "t.a[1]", "c");
    replay_well(&other);
    check_str(state_find_resource(left.state, first)->provider_config.provider, "h/n/t");
}

/* Of two calls in doubt for one object, a creation stays, with the greater generation. */
static void two_in_doubt(void **) {
    static const struct {
        PendingAction first, second;
        const char *wanted;
    } cases[] = {
        {PENDING_CREATE, PENDING_UPDATE, "- create 20"},
        {PENDING_CREATE, PENDING_CREATE, "- create 20"},
        {PENDING_UPDATE, PENDING_CREATE, "- create 20"},
        {PENDING_UPDATE, PENDING_DELETE, "- delete 20"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        start(&left, "l", 5);
        intent(&left, 2, "t.a", cases[i].first);
        intent(&left, 1, "t.a", cases[i].second);
        replay_well(&left);
        check_str(slot(&left, "t.a"), cases[i].wanted);
    }
}

/* A move counts as a change of the state; a restore needs the deposed object, and no other. */
static void moves(void **) {
    static const struct {
        uint64_t serial; /* of the start; 5: that of the state */
        RecordKind kind;
        bool has_current, has_deposed;
        const char *wanted;
        uint64_t wanted_serial;
    } cases[] = {
        {5, RECORD_DEPOSE, true, false, "- deposed", 6},
        {4, RECORD_DEPOSE, true, false, "- deposed", 6},
        {4, RECORD_DEPOSE, true, true, "a deposed", 5},
        {4, RECORD_DEPOSE, false, false, "nothing", 5},
        {5, RECORD_RESTORE, false, true, "d", 6},
        {4, RECORD_RESTORE, false, true, "d", 6},
        {4, RECORD_RESTORE, true, true, "a deposed", 5},
        {4, RECORD_RESTORE, false, false, "nothing", 5},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        StateInstance *instance = state_add_instance(left.state, state_case_address("t.a", arena));
        if (cases[i].has_current)
            instance->current = state_case_object("a", arena);
        if (cases[i].has_deposed)
            state_set_deposed(instance, STR("0000000d"), state_case_object("d", arena), arena);
        start(&left, "", cases[i].serial);
        move(&left, cases[i].kind, "t.a", "a");
        replay_well(&left);
        check_str(slot(&left, "t.a"), cases[i].wanted);
        assert_int_equal(left.state->serial, cases[i].wanted_serial);
        check_str(left.state->lineage, "l");
    }
}

static void lost_state(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left.state->lineage = STR_EMPTY;
    left.state->serial = 0;
    start(&left, "first", 0);
    intent(&left, 1, "t.a", PENDING_CREATE);
    replay_well(&left);
    check_str(left.state->lineage, "first");
    check_str(slot(&left, "t.a"), "- create 10");
}

static void other_lineage(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    start(&left, "other", 5);
    intent(&left, 1, "t.a", PENDING_CREATE);
    bool found;
    assert_false(replay(&left, &found));
    assert_int_equal(left.diags.error_count, 1);
    check_str(left.diags.items[0].summary, "Journal of another state");
}

/* A mark has nothing to replay, whatever its lineage. Each mark is another one. */
static void marks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left first = left_new(arena), second = left_new(arena);
    bool found;
    start(&first, "l", 5);
    assert_true(replay(&first, &found));
    start(&second, "other", 5);
    assert_true(replay(&second, &found));
    assert_false(found);
    assert_int_equal(second.state->serial, left_new(arena).state->serial);
    assert_int_equal(first.state->mark.len, 64);
    assert_false(str_equal(first.state->mark, second.state->mark));
}

static void start_plan(Left *left, uint64_t serial, const char *plan) {
    add(left, (JournalRecord){.kind = RECORD_START,
                              .lineage = STR("l"),
                              .serial = serial,
                              .plan = str_from_cstr(plan)});
}

static void check_plan(Left *left, const char *plan, bool is_saved) {
    bool found;
    assert_true(replay(left, &found));
    check_str(left->state->begun_plan, plan);
    assert_int_equal(left->state->is_of_plan, is_saved);
}

/* The plan of the last run, unless another run has changed the state since. */
static void begun_plans(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    start(&left, "l", 5);
    outcome(&left, 0, "t.a", "a");
    check_plan(&left, "", false);
    start_plan(&left, 6, "d"); /* the outcome raises the serial */
    Left raised = left;
    raised.state = left_new(arena).state;
    check_plan(&raised, "d", false);
    assert_true(state_find_instance(raised.state, state_case_address("t.a", arena))->has_outcome);
    Left other = left_new(arena);
    other.state->serial = 6;
    start_plan(&other, 5, "d");
    outcome(&other, 0, "t.a", "a");
    check_plan(&other, "", false);
}

/* A checkpoint of the plan's run keeps the plan and the instances that it has changed. */
static void saved_plans(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ResourceAddr address = state_case_address("t.a", arena);
    Left left = left_new(arena), other = left_new(arena);
    state_add_instance(left.state, address)->current = state_case_object("a", arena);
    Str digest = digest_hex(DIGEST_SHA256, statefile_encode(left.state, arena), arena);
    start_plan(&left, 4, "d");
    add(&left, (JournalRecord){.kind = RECORD_FOLD, .serial = 5, .digest = digest});
    check_plan(&left, "d", true);
    assert_false(state_find_instance(left.state, address)->has_outcome);
    add(&left, (JournalRecord){.kind = RECORD_END, .address = address});
    check_plan(&left, "d", true);
    assert_true(state_find_instance(left.state, address)->has_outcome);
    assert_int_equal(left.state->serial, 5);
    start_plan(&other, 4, "d"); /* another program has written the state */
    add(&other, (JournalRecord){.kind = RECORD_FOLD, .serial = 5, .digest = STR("other")});
    check_plan(&other, "", false);
}

/* A run that died before its first record has changed nothing. */
static void empty_journal(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    JournalRecord half = {.kind = RECORD_START, .number = 1, .lineage = STR("l")};
    journal_record_write(&half, &left.text);
    for (size_t length = 0; length < left.text.len - 1; length++) {
        Left cut = left_new(arena);
        bool found;
        strbuf_add(&cut.text, str_slice(strbuf_str(&left.text), 0, length));
        assert_true(replay(&cut, &found));
        assert_false(found);
        assert_int_equal(cut.state->mark.len, 0);
    }
}

static void torn_end(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left whole = left_new(arena);
    start(&whole, "l", 5);
    outcome(&whole, 1, "t.a", "a");
    size_t two = whole.text.len;
    outcome(&whole, 2, "t.b", "b");
    for (size_t length = two; length < whole.text.len; length++) {
        Left left = left_new(arena);
        strbuf_add(&left.text, str_slice(strbuf_str(&whole.text), 0, length));
        replay_well(&left);
        check_str(slot(&left, "t.a"), "a");
        check_str(slot(&left, "t.b"), length == whole.text.len - 1 ? "b" : "nothing");
    }
}

/* Damages line `at` (from 0) of `lines`. */
typedef void (*Damage)(StrVec *lines, size_t at, Arena *arena);

static void flip(StrVec *lines, size_t at, Arena *arena) {
    char *line = (char *)str_to_cstr(lines->items[at], arena);
    line[lines->items[at].len / 2] ^= 1;
    lines->items[at].ptr = line;
}

static void insert(StrVec *lines, size_t at, Str line, Arena *arena) {
    vec_push(arena, lines, line);
    for (size_t i = lines->count - 1; i > at; i--)
        lines->items[i] = lines->items[i - 1];
    lines->items[at] = line;
}

static void remove_line(StrVec *lines, size_t at, Arena *) {
    for (size_t i = at + 1; i < lines->count; i++)
        lines->items[i - 1] = lines->items[i];
    lines->count--;
}

static void double_line(StrVec *lines, size_t at, Arena *arena) {
    insert(lines, at, lines->items[at], arena);
}

static void add_garbage_line(StrVec *lines, size_t at, Arena *arena) {
    insert(lines, at, STR("12345678 {\"kind\":\"outcome\"}"), arena);
}

static void add_empty_line(StrVec *lines, size_t at, Arena *arena) {
    insert(lines, at, STR_EMPTY, arena);
}

static void truncate_line(StrVec *lines, size_t at, Arena *) {
    lines->items[at].len /= 2;
}

static void add_return(StrVec *lines, size_t at, Arena *arena) {
    lines->items[at] = str_concat(lines->items[at], STR("\r"), arena);
}

static void add_zeros(StrVec *lines, size_t at, Arena *arena) {
    char *line = (char *)str_to_cstr(lines->items[at], arena);
    memset(line + lines->items[at].len / 2, 0, lines->items[at].len - lines->items[at].len / 2);
    lines->items[at].ptr = line;
}

static void swap_with_next(StrVec *lines, size_t at, Arena *) {
    Str first = lines->items[at];
    lines->items[at] = lines->items[at + 1];
    lines->items[at + 1] = first;
}

static const struct {
    const char *name;
    Damage damage;
    int readable;    /* change in the number of readable records */
    size_t last;     /* damage in the last so many lines cannot be detected */
    int line_offset; /* from the damaged line to the reported one */
    bool has_more;   /* damaged lines: numbers that follow do not fit */
} damages[] = {
    {"flipped byte", flip, -1, 0, 0, false},
    {"removed line", remove_line, -1, 1, 0, false},
    {"doubled line", double_line, 0, 0, 1, false},
    {"garbage line", add_garbage_line, 0, 0, 0, true},
    {"empty line", add_empty_line, 0, 0, 0, true},
    {"truncated line", truncate_line, -1, 0, 0, false},
    {"CRLF", add_return, -1, 0, 0, false},
    {"zeros", add_zeros, -1, 0, 0, false},
    {"swapped lines", swap_with_next, 0, 1, 0, true},
};

static void damage_one(const Left *whole, size_t which, size_t at, Arena *arena) {
    Left left = left_new(arena);
    StrVec lines = {0};
    JournalLine line = {0};
    while (journal_record_next_line(strbuf_str(&whole->text), &line))
        vec_push(arena, &lines, line.text);
    size_t count = lines.count;
    if (at + damages[which].last >= count)
        return;
    damages[which].damage(&lines, at, arena);
    vec_each(&lines, text) {
        strbuf_add(&left.text, *text);
        strbuf_add_char(&left.text, '\n');
    }
    bool found;
    Str damaged = strbuf_str(&left.text), aside;
    Str wanted = str_format(arena, "Line %zu of \"s.journal\" is damaged: it",
                            at + 1 + (size_t)damages[which].line_offset);
    if (replay(&left, &found))
        fail_msg("%s at line %zu: not found", damages[which].name, at + 1);
    check_str(left.diags.items[0].summary, "Damaged journal");
    Str detail = left.diags.items[0].detail;
    if (str_starts_with(detail, wanted) ||
        (damages[which].damage == remove_line || damages[which].damage == swap_with_next))
        assert_int_equal(left.diags.error_count, 1);
    else
        fail_msg("%s at line %zu: %.*s", damages[which].name, at + 1, STR_ARG(detail));
    bool has_more = str_find(detail, STR(" more lines)"), 0) != SIZE_MAX;
    assert_int_equal(has_more, damages[which].has_more);
    /* The damaged journal is kept aside; the next run continues with the readable records. */
    assert_int_equal(left.disk.read_file(left.disk.self, STR("s.journal.damaged"), &aside, arena),
                     0);
    check_str_equal(aside, damaged);
    Str repaired;
    assert_int_equal(left.disk.read_file(left.disk.self, STR("s.journal"), &repaired, arena), 0);
    JournalText text;
    journal_text_read(repaired, &text, arena);
    assert_int_equal(text.damage_count, 0);
    assert_int_equal(text.records.count, (int)count + damages[which].readable);
    if (damages[which].readable == 0)
        check_str_equal(repaired, strbuf_str(&whole->text));
    State *state = state_new(arena);
    assert_true(journal_replay(journal_file_new(&left.disk, STR("s.journal"), arena), NULL, state,
                               &found, arena, &left.diags));
}

static void every_record_with_every_damage(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left whole = left_new(arena);
    start(&whole, "l", 5);
    intent(&whole, 1, "t.a", PENDING_CREATE);
    outcome(&whole, 1, "t.a", "a");
    move(&whole, RECORD_DEPOSE, "t.b", "b");
    move(&whole, RECORD_RESTORE, "t.b", "b");
    intent(&whole, 2, "t.c", PENDING_UPDATE);
    part(&whole, RECORD_PART_BEGIN, 2, "part");
    part(&whole, RECORD_PART_END, 2, "part");
    add(&whole, (JournalRecord){.kind = RECORD_END, .sequence = 2});
    add(&whole, (JournalRecord){.kind = RECORD_FOLD, .serial = 6, .digest = STR("00")});
    for (size_t which = 0; which < ARRAY_COUNT(damages); which++) {
        for (size_t at = 0; at < whole.record_count; at++)
            damage_one(&whole, which, at, arena);
    }
}

/* The error names the addresses of the readable records, at most ten. */
static void damaged_addresses(void **) {
    static const struct {
        int count;
        const char *addresses;
    } cases[] = {
        {0, "(1, about nothing)"},      {1, "(2, about t.a0)"},
        {2, "(3, about t.a0, t.a1)"},   {11, "t.a8, t.a9 and 1 more)"},
        {12, "t.a8, t.a9 and 2 more)"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        bool found;
        start(&left, "l", 5);
        for (int k = 0; k < cases[i].count; k++)
            outcome(&left, 0, str_to_cstr(str_format(arena, "t.a%d", k), arena), "x");
        strbuf_add(&left.text, STR("one\ntwo\n"));
        assert_false(replay(&left, &found));
        Str detail = left.diags.items[0].detail;
        if (str_find(detail, str_from_cstr(cases[i].addresses), 0) == SIZE_MAX ||
            str_find(detail, STR("its checksum (and 1 more lines)."), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(detail));
    }
}

/* The error names the records that are missing or repeated. */
static void missing_records(void **) {
    static const struct {
        uint64_t numbers[4];
        const char *problem;
    } cases[] = {
        {{1, 3}, "Line 2 of \"s.journal\" is damaged: record 2 is missing before it."},
        {{1, 4}, "Line 2 of \"s.journal\" is damaged: records 2 to 3 are missing before it."},
        {{2}, "Line 1 of \"s.journal\" is damaged: record 1 is missing before it."},
        {{1, 2, 1}, "Line 3 of \"s.journal\" is damaged: it has record 1, which an earlier line"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        bool found;
        for (size_t k = 0; cases[i].numbers[k]; k++) {
            left.record_count = cases[i].numbers[k] - 1;
            start(&left, "l", 5);
        }
        assert_false(replay(&left, &found));
        if (!str_starts_with(left.diags.items[0].detail, str_from_cstr(cases[i].problem)))
            fail_msg("%.*s", STR_ARG(left.diags.items[0].detail));
    }
}

/* A copy of a damaged journal replaces no other; a copy of a remote one is in the working
 * directory. */
static void copies(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    static const char *const local[] = {"s.journal.damaged", "s.journal.damaged.2",
                                        "s.journal.damaged.3"};
    static const char *const remote[] = {"journal.damaged", "journal.damaged.2"};
    Str path = STR("s.journal"), damaged = STR("damaged\n"), copy;
    JournalStore *store = journal_file_new(&left.disk, path, arena);
    bool found;
    for (size_t i = 0; i < ARRAY_COUNT(local) + ARRAY_COUNT(remote); i++) {
        bool is_remote = i >= ARRAY_COUNT(local);
        Str name = str_from_cstr(is_remote ? remote[i - ARRAY_COUNT(local)] : local[i]);
        store->is_buffered = is_remote;
        assert_false(disk_exists(&left.disk, name));
        assert_int_equal(left.disk.write_file(left.disk.self, path, damaged, 0600), 0);
        assert_false(journal_replay(store, &left.disk, left.state, &found, arena, &left.diags));
        assert_int_equal(left.disk.read_file(left.disk.self, name, &copy, arena), 0);
        check_str_equal(copy, damaged);
    }
}

static bool read_problem(JournalStore *, Str *, bool *, Str *problem, Arena *) {
    *problem = STR("it fails");
    return false;
}

static int write_problem(void *, Str, Str, uint32_t) {
    return -ENOSPC;
}

static bool replace_problem(JournalStore *, Str, Str *problem, Arena *) {
    *problem = STR("it fails");
    return false;
}

/* Each step that fails is an error of its own, and changes nothing. */
static void unreadable(void **) {
    static const char *const details[] = {
        "but reading it failed: it fails.",
        "but copying the damaged journal failed: it fails.",
        "but copying the damaged journal failed: No space left on device.",
        "but replacing the damaged journal failed: it fails.",
    };
    for (size_t i = 0; i < ARRAY_COUNT(details); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Left left = left_new(arena);
        Str path = STR("s.journal");
        Disk aside = left.disk;
        JournalStore *store = journal_file_new(&left.disk, path, arena);
        bool found = true;
        assert_int_equal(left.disk.write_file(left.disk.self, path, STR("damaged\n"), 0600), 0);
        if (i == 0)
            store->read = read_problem;
        if (i == 1)
            store->read_stored = read_problem;
        if (i == 2)
            aside.write_file = write_problem;
        if (i == 3)
            store->replace = replace_problem;
        assert_false(journal_replay(store, &aside, left.state, &found, arena, &left.diags));
        assert_int_equal(left.diags.error_count, 1);
        if (str_find(left.diags.items[0].detail, str_from_cstr(details[i]), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(left.diags.items[0].detail));
    }
}

/* Another run may be active, so the journal stays unchanged. */
static void damage_without_a_lock(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    Str path = STR("s.journal"), kept, garbage = STR("garbage\n");
    bool found;
    assert_int_equal(left.disk.write_file(left.disk.self, path, garbage, 0600), 0);
    assert_false(journal_replay(journal_file_new(&left.disk, path, arena), NULL, left.state, &found,
                                arena, &left.diags));
    assert_int_equal(left.disk.read_file(left.disk.self, path, &kept, arena), 0);
    check_str_equal(kept, garbage);
    assert_false(disk_exists(&left.disk, STR("s.journal.damaged")));
}

UNIT_MAIN(test_journal_replay) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none),
        cmocka_unit_test(same_state),
        cmocka_unit_test(parts),
        cmocka_unit_test(two_runs),
        cmocka_unit_test(nothing_missing),
        cmocka_unit_test(changed_by_others),
        cmocka_unit_test(folded),
        cmocka_unit_test(folded_all),
        cmocka_unit_test(providers),
        cmocka_unit_test(two_in_doubt),
        cmocka_unit_test(moves),
        cmocka_unit_test(lost_state),
        cmocka_unit_test(other_lineage),
        cmocka_unit_test(marks),
        cmocka_unit_test(begun_plans),
        cmocka_unit_test(saved_plans),
        cmocka_unit_test(empty_journal),
        cmocka_unit_test(torn_end),
        cmocka_unit_test(every_record_with_every_damage),
        cmocka_unit_test(damaged_addresses),
        cmocka_unit_test(missing_records),
        cmocka_unit_test(copies),
        cmocka_unit_test(unreadable),
        cmocka_unit_test(damage_without_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
