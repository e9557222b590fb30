/* Replays a journal; the result depends on who changed the state since. */
#include "journal_left.h"

#include "digest.h"

static void none(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    JournalStore *absent = journal_file_new(&left.disk, STR("absent"), arena);
    bool found = true;
    assert_true(journal_replay(absent, NULL, left.state, &found, arena, &left.diags));
    assert_false(found);
    assert_true(left_replay(&left, &found));
    assert_false(found);
    assert_int_equal(left.state->serial, 5);
}

static void same_state(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_hold(&left, "t.updated", "old");
    left_hold(&left, "t.deleted", "old");
    left_hold(&left, "t.replaced", "old");
    left_hold(&left, "t.failed", "old");
    left_hold(&left, "t.deleting", "old");
    left_hold(&left, "t.vanished", "old");
    left_start(&left, "l", 5);
    left_intent(&left, 1, "t.created", PENDING_CREATE);
    left_outcome(&left, 1, "t.created", "new");
    left_intent(&left, 2, "t.updated", PENDING_UPDATE);
    left_outcome(&left, 2, "t.updated", "new");
    left_intent(&left, 3, "t.deleted", PENDING_DELETE);
    left_outcome(&left, 3, "t.deleted", NULL);
    left_intent(&left, 4, "t.doubtful", PENDING_CREATE);
    left_intent(&left, 5, "t.nothing", PENDING_CREATE);
    left_add(&left, (JournalRecord){.kind = RECORD_END, .sequence = 5});
    left_move(&left, RECORD_DEPOSE, "t.replaced", "old");
    left_intent(&left, 6, "t.replaced", PENDING_CREATE);
    left_move(&left, RECORD_DEPOSE, "t.failed", "old");
    left_move(&left, RECORD_RESTORE, "t.failed", "old");
    left_intent(&left, 7, "t.deleting", PENDING_DELETE);
    /* The run had noticed that the object was gone. */
    left_intent(&left, 8, "t.vanished", PENDING_CREATE);
    left_outcome(&left, 0, "t.effectless", "new");
    left_replay_well(&left);
    check_str(left_slot(&left, "t.created"), "new");
    check_str(left_slot(&left, "t.updated"), "new");
    check_str(left_slot(&left, "t.deleted"), "nothing");
    check_str(left_slot(&left, "t.doubtful"), "- create 40");
    check_str(left_slot(&left, "t.nothing"), "nothing");
    check_str(left_slot(&left, "t.replaced"), "- deposed create 60");
    check_str(left_slot(&left, "t.failed"), "old");
    check_str(left_slot(&left, "t.deleting"), "old delete 70");
    check_str(left_slot(&left, "t.vanished"), "- create 80");
    check_str(left_slot(&left, "t.effectless"), "new");
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
    left_hold(&left, "t.updated", "old");
    left_hold(&left, "t.deleted", "old");
    left_start(&left, "l", 5);
    left_intent(&left, 1, "t.done", PENDING_CREATE);
    left_intent(&left, 2, "t.updated", PENDING_UPDATE);
    left_part(&left, RECORD_PART_BEGIN, 1, "z");
    left_part(&left, RECORD_PART_BEGIN, 2, "b");
    left_part(&left, RECORD_PART_BEGIN, 2, "a");
    left_part(&left, RECORD_PART_END, 1, "z");
    left_part(&left, RECORD_PART_END, 2, "a");
    left_part(&left, RECORD_PART_BEGIN, 2, "b"); /* again */
    left_part(&left, RECORD_PART_END, 2, "c");   /* without a begin */
    left_outcome(&left, 1, "t.done", "new");
    left_intent(&left, 3, "t.deleted", PENDING_DELETE);
    left_part(&left, RECORD_PART_BEGIN, 3, "a");
    left_start(&left, "l", 6);
    left_intent(&left, 4, "t.made", PENDING_CREATE);
    left_part(&left, RECORD_PART_BEGIN, 4, "a");
    left_part(&left, RECORD_PART_END, 4, "a");
    left_intent(&left, 5, "t.plain", PENDING_CREATE);
    left_replay_well(&left);
    check_str(parts_of(&left, "t.done"), "nothing");
    check_str(parts_of(&left, "t.updated"), "b a! ");
    check_str(parts_of(&left, "t.deleted"), "a ");
    check_str(parts_of(&left, "t.made"), "a! ");
    check_str(parts_of(&left, "t.plain"), "");
    check_str(left_slot(&left, "t.updated"), "old update 20");
    /* A clone of the state has the parts too. */
    left.state = state_clone(left.state, arena);
    check_str(parts_of(&left, "t.updated"), "b a! ");
}

/* The second run was interrupted too. */
static void two_runs(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_start(&left, "l", 5);
    left_intent(&left, 1, "t.a", PENDING_CREATE);
    left_intent(&left, 2, "t.b", PENDING_CREATE);
    left_outcome(&left, 2, "t.b", "one");
    left_start(&left, "l", 6);
    left_intent(&left, 3, "t.a", PENDING_CREATE);
    left_outcome(&left, 3, "t.a", "two");
    left_intent(&left, 4, "t.b", PENDING_UPDATE);
    left_outcome(&left, 4, "t.b", "two");
    left_replay_well(&left);
    check_str(left_slot(&left, "t.a"), "two");
    check_str(left_slot(&left, "t.b"), "two");
    assert_int_equal(left.state->serial, 7);
}

/* A run died after its state was written, and another program has changed the state since: nothing
 * is missing, so the state is as stored, with its serial. */
static void nothing_missing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_hold(&left, "t.created", "newer");
    left_start(&left, "l", 4);
    left_intent(&left, 1, "t.created", PENDING_CREATE);
    left_outcome(&left, 1, "t.created", "new");
    left_intent(&left, 2, "t.deleted", PENDING_DELETE);
    left_outcome(&left, 2, "t.deleted", NULL);
    left_move(&left, RECORD_DEPOSE, "t.created", "other");
    left_replay_well(&left);
    check_str(left_slot(&left, "t.created"), "newer");
    check_str(left_slot(&left, "t.deleted"), "nothing");
    assert_int_equal(left.state->serial, 5);
}

static void changed_by_others(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_hold(&left, "t.held", "theirs");
    left_hold(&left, "t.gone", "theirs");
    left_hold(&left, "t.moved", "old");
    left_hold(&left, "t.other", "theirs");
    left_start(&left, "l", 3);
    left_outcome(&left, 1, "t.held", "ours");
    left_outcome(&left, 2, "t.gone", NULL);
    left_outcome(&left, 3, "t.unknown", "ours");
    left_intent(&left, 4, "t.doubtful", PENDING_CREATE);
    left_move(&left, RECORD_DEPOSE, "t.moved", "old");
    left_outcome(&left, 5, "t.moved", "new");
    left_move(&left, RECORD_DEPOSE, "t.other", "old");
    left_outcome(&left, 6, "t.other", "new");
    left_replay_well(&left);
    check_str(left_slot(&left, "t.held"), "theirs");
    check_str(left_slot(&left, "t.gone"), "theirs");
    check_str(left_slot(&left, "t.unknown"), "ours");
    check_str(left_slot(&left, "t.doubtful"), "- create 40");
    check_str(left_slot(&left, "t.moved"), "new deposed");
    check_str(left_slot(&left, "t.other"), "theirs");
}

/* The state file was written, but the run ended before the journal was removed. */
static void folded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (int ours = 0; ours < 2; ours++) {
        Left left = left_new(arena);
        left_hold(&left, "t.a", "new");
        Str text = ours ? statefile_encode(left.state, arena) : STR("theirs");
        left_start(&left, "l", 4);
        left_intent(&left, 1, "t.a", PENDING_CREATE);
        left_outcome(&left, 1, "t.a", "new");
        left_outcome(&left, 2, "t.b", "deleted later");
        left_outcome(&left, 3, "t.b", NULL);
        left_intent(&left, 4, "t.doubtful", PENDING_CREATE);
        left_add(&left, (JournalRecord){.kind = RECORD_FOLD,
                                        .serial = 5,
                                        .digest = digest_hex(DIGEST_SHA256, text, arena)});
        left_outcome(&left, 5, "t.a", "newer");
        left_replay_well(&left);
        check_str(left_slot(&left, "t.a"), ours ? "newer" : "new");
        check_str(left_slot(&left, "t.b"), ours ? "nothing" : "deleted later");
        check_str(left_slot(&left, "t.doubtful"), "- create 40");
    }
}

/* The state file has all records, so nothing changes, not even the serial. */
static void folded_all(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_hold(&left, "t.a", "new");
    Str digest = digest_hex(DIGEST_SHA256, statefile_encode(left.state, arena), arena);
    left_start(&left, "l", 4);
    left_outcome(&left, 1, "t.a", "new");
    left_add(&left, (JournalRecord){.kind = RECORD_FOLD, .serial = 5, .digest = digest});
    left_replay_well(&left);
    check_str(left_slot(&left, "t.a"), "new");
    assert_int_equal(left.state->serial, 5);
}

/* An outcome without a provider configuration, and an intent with another one, keep that of the
 * state; an outcome with one replaces it. */
static void providers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_hold(&left, "t.a[0]", "a");
    left_hold(&left, "t.a[1]", "b");
    ResourceAddr first = state_case_address("t.a[0]", arena);
    StateResource *resource = state_find_resource(left.state, first);
    resource->provider_config.provider = STR("h/n/old");
    left_start(&left, "l", 5);
    left_add(&left, (JournalRecord){.kind = RECORD_OUTCOME, .sequence = 1, .address = first});
    left_intent(&left, 2, "t.a[1]", PENDING_UPDATE);
    left_replay_well(&left);
    check_str(left_slot(&left, "t.a[0]"), "nothing");
    check_str(state_find_resource(left.state, first)->provider_config.provider, "h/n/old");
    Left other = left_new(arena);
    other.state = left.state;
    left_start(&other, "l", left.state->serial);
    left_outcome(&other, 2, "t.a[1]", "c");
    left_replay_well(&other);
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
        left_start(&left, "l", 5);
        left_intent(&left, 2, "t.a", cases[i].first);
        left_intent(&left, 1, "t.a", cases[i].second);
        left_replay_well(&left);
        check_str(left_slot(&left, "t.a"), cases[i].wanted);
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
        left_start(&left, "", cases[i].serial);
        left_move(&left, cases[i].kind, "t.a", "a");
        left_replay_well(&left);
        check_str(left_slot(&left, "t.a"), cases[i].wanted);
        assert_int_equal(left.state->serial, cases[i].wanted_serial);
        check_str(left.state->lineage, "l");
    }
}

static void lost_state(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left.state->lineage = STR_EMPTY;
    left.state->serial = 0;
    left_start(&left, "first", 0);
    left_intent(&left, 1, "t.a", PENDING_CREATE);
    left_replay_well(&left);
    check_str(left.state->lineage, "first");
    check_str(left_slot(&left, "t.a"), "- create 10");
}

static void other_lineage(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_start(&left, "other", 5);
    left_intent(&left, 1, "t.a", PENDING_CREATE);
    bool found;
    assert_false(left_replay(&left, &found));
    assert_int_equal(left.diags.error_count, 1);
    check_str(left.diags.items[0].summary, "Journal of another state");
}

/* A mark has nothing to replay, whatever its lineage. Each mark is another one. */
static void marks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left first = left_new(arena), second = left_new(arena);
    bool found;
    left_start(&first, "l", 5);
    assert_true(left_replay(&first, &found));
    left_start(&second, "other", 5);
    assert_true(left_replay(&second, &found));
    assert_false(found);
    assert_int_equal(second.state->serial, left_new(arena).state->serial);
    assert_int_equal(first.state->mark.len, 64);
    assert_false(str_equal(first.state->mark, second.state->mark));
}

static void start_plan(Left *left, uint64_t serial, const char *plan) {
    left_add(left, (JournalRecord){.kind = RECORD_START,
                                   .lineage = STR("l"),
                                   .serial = serial,
                                   .plan = str_from_cstr(plan)});
}

/* A run may die before its first call, and before the first state with its lineage is stored: its
 * plan can be applied again. The plan of another state's mark cannot. */
static void plan_of_first_state(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        uint64_t serial; /* of the state */
        const char *begun;
    } rows[] = {{0, "p"}, {3, ""}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Left left = left_new(arena);
        bool found;
        left.state->serial = rows[i].serial;
        left.state->lineage = STR("other");
        start_plan(&left, 0, "p");
        left_add(&left, (JournalRecord){.kind = RECORD_FOLD, .serial = 1, .digest = STR("d")});
        assert_true(left_replay(&left, &found));
        assert_false(found);
        check_str(left.state->begun_plan, rows[i].begun);
    }
}

static void check_plan(Left *left, const char *plan, bool is_saved) {
    bool found;
    assert_true(left_replay(left, &found));
    check_str(left->state->begun_plan, plan);
    assert_int_equal(left->state->is_of_plan, is_saved);
}

/* The plan of the last run, unless another run has changed the state since. */
static void begun_plans(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Left left = left_new(arena);
    left_start(&left, "l", 5);
    left_outcome(&left, 0, "t.a", "a");
    check_plan(&left, "", false);
    start_plan(&left, 6, "d"); /* the outcome raises the serial */
    Left raised = left;
    raised.state = left_new(arena).state;
    check_plan(&raised, "d", false);
    assert_true(state_find_instance(raised.state, state_case_address("t.a", arena))->has_outcome);
    Left other = left_new(arena);
    other.state->serial = 6;
    start_plan(&other, 5, "d");
    left_outcome(&other, 0, "t.a", "a");
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
    left_add(&left, (JournalRecord){.kind = RECORD_FOLD, .serial = 5, .digest = digest});
    check_plan(&left, "d", true);
    assert_false(state_find_instance(left.state, address)->has_outcome);
    left_add(&left, (JournalRecord){.kind = RECORD_END, .address = address});
    check_plan(&left, "d", true);
    assert_true(state_find_instance(left.state, address)->has_outcome);
    assert_int_equal(left.state->serial, 5);
    start_plan(&other, 4, "d"); /* another program has written the state */
    left_add(&other, (JournalRecord){.kind = RECORD_FOLD, .serial = 5, .digest = STR("other")});
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
        assert_true(left_replay(&cut, &found));
        assert_false(found);
        assert_int_equal(cut.state->mark.len, 0);
    }
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
        cmocka_unit_test(plan_of_first_state),
        cmocka_unit_test(begun_plans),
        cmocka_unit_test(saved_plans),
        cmocka_unit_test(empty_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
