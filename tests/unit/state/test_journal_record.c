/* Lines are written and read; a line with a changed byte is rejected. */
#include "state_case.h"

#include "crc32c.h"
#include "journal_record.h"
#include "record_case.h"

static Str write(const JournalRecord *record, Arena *arena) {
    StrBuf line = strbuf_new(arena);
    journal_record_write(record, &line);
    assert_int_equal(line.ptr[line.len - 1], '\n');
    return str_slice(strbuf_str(&line), 0, line.len - 1);
}

static void intent(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str dependencies[] = {STR("t.a"), STR("module.m.t.b")};
    JournalRecord record = {
        .kind = RECORD_INTENT,
        .number = 17,
        .sequence = 3,
        .address = state_case_address("module.m[\"k\"].t.x[0]", arena),
        .provider_config = {STR("h/n/t"), STR("west"), STR("module.m")},
        .deposed = STR("0000000a"),
        .pending =
            {
                .action = PENDING_CREATE,
                .generation = 9,
                .marker = STR("id \"\n\x01"),
                .planned = STR("{ \"a\" : [1,\n null] }"),
                .schema_version = 2,
                .is_provisioned = true,
                .dependencies = dependencies,
                .dependency_count = 2,
            },
    };
    JournalRecord read;
    assert_true(journal_record_parse(write(&record, arena), &read, arena));
    assert_int_equal(read.kind, RECORD_INTENT);
    assert_int_equal(read.number, 17);
    assert_int_equal(read.sequence, 3);
    assert_true(resource_addr_equal(read.address, record.address));
    check_str(read.provider_config.provider, "h/n/t");
    check_str(read.provider_config.alias, "west");
    check_str(read.provider_config.module, "module.m");
    check_str(read.deposed, "0000000a");
    assert_int_equal(read.pending.action, PENDING_CREATE);
    assert_int_equal(read.pending.generation, 9);
    check_str_equal(read.pending.marker, record.pending.marker);
    check_str(read.pending.planned, "{\"a\":[1,null]}");
    assert_int_equal(read.pending.schema_version, 2);
    assert_true(read.pending.is_provisioned);
    assert_int_equal(read.pending.dependency_count, 2);
    check_str(read.pending.dependencies[1], "module.m.t.b");
}

/* Every kind of record, with a sample of each of its members. */
static void every_member(void **) {
    static const char *const kinds[] = {
        [RECORD_START] = "\"start\"",       [RECORD_INTENT] = "\"intent\"",
        [RECORD_OUTCOME] = "\"outcome\"",   [RECORD_END] = "\"end\"",
        [RECORD_DEPOSE] = "\"depose\"",     [RECORD_RESTORE] = "\"restore\"",
        [RECORD_FOLD] = "\"fold\"",         [RECORD_PART_BEGIN] = "\"part-begin\"",
        [RECORD_PART_END] = "\"part-end\"",
    };
    static const RecordSpan unused[] = {
        RECORD_SPAN(JournalRecord, pending.deposed),
        RECORD_SPAN(JournalRecord, pending.parts),
        {0, 0},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    record_case_members(JournalRecord, &journal_record_rows, unused);
    for (unsigned kind = 0; kind < ARRAY_COUNT(kinds); kind++) {
        const RecordSample samples[] = {
            {"kind", kinds[kind], true},
            {"address", "\"module.m[\\\"k\\\"].t.x[0]\"", false},
            {"provider", "\"module.m.provider[\\\"h/n/t\\\"].west\"", false},
            {"response", "\"done\"", false},
            {"response_bytes", "\"AP8=\"", true},
            {"object", "{\"schema_version\":2,\"attributes\":{},\"sensitive_attributes\":[]}",
             false},
            {NULL, NULL, false},
        };
        RecordCase it = {&journal_record_rows, 1U << kind, samples, arena};
        record_case_rows(&it, NULL);
    }
}

/* The names are part of the file format. An unknown action of a later version counts as an update;
 * a record of an ended part has no action. */
static void actions(void **) {
    static const struct {
        const char *member;
        PendingAction action;
        const char *again; /* NULL: the same text */
    } cases[] = {
        {"\"action\":\"create\"", PENDING_CREATE, NULL},
        {"\"action\":\"update\"", PENDING_UPDATE, NULL},
        {"\"action\":\"replace\"", PENDING_REPLACE, NULL},
        {"\"action\":\"delete\"", PENDING_DELETE, NULL},
        {"\"action\":\"rename\"", PENDING_UPDATE, "\"action\":\"update\""},
        {"\"time\":\"\"", PENDING_NONE, "\"action\":\"\""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str json = str_format(arena,
                              "{\"kind\":\"intent\",\"address\":\"t.a\","
                              "\"provider\":\"provider[\\\"h/n/t\\\"]\",%s}",
                              cases[i].member);
        Str line = str_format(arena, "%08x %.*s", crc32c(json), STR_ARG(json));
        JournalRecord read;
        assert_true(journal_record_parse(line, &read, arena));
        assert_int_equal(read.pending.action, cases[i].action);
        const char *again = cases[i].again ? cases[i].again : cases[i].member;
        assert_true(str_find(write(&read, arena), str_from_cstr(again), 0) != SIZE_MAX);
    }
    JournalRecord read;
    Str json = STR("{\"kind\":\"intent\",\"address\":\"t.a\",\"action\":1}");
    Str line = str_format(arena, "%08x %.*s", crc32c(json), STR_ARG(json));
    assert_false(journal_record_parse(line, &read, arena));
}

static void outcome(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str dependencies[] = {STR("t.a")};
    StateObject object = {
        .status = OBJECT_TAINTED,
        .schema_version = 1,
        .attributes = STR("{\n \"a\": 1\n}"),
        .sensitive_attributes = STR("[[]]"),
        .private_data = STR("\0\xff"),
        .dependencies = dependencies,
        .dependency_count = 1,
        .create_before_destroy = true,
    };
    JournalRecord record = {
        .kind = RECORD_OUTCOME,
        .sequence = 1,
        .address = state_case_address("t.x", arena),
        .provider_config.provider = STR("h/n/t"),
        .object = &object,
    };
    JournalRecord read;
    assert_true(journal_record_parse(write(&record, arena), &read, arena));
    check_str(read.object->attributes, "{\"a\":1}");
    check_str(read.object->sensitive_attributes, "[[]]");
    check_str_equal(read.object->private_data, object.private_data);
    assert_int_equal(read.object->status, OBJECT_TAINTED);
    assert_int_equal(read.object->schema_version, 1);
    assert_true(read.object->create_before_destroy);
    check_str(read.object->dependencies[0], "t.a");
    record.object = NULL;
    assert_true(journal_record_parse(write(&record, arena), &read, arena));
    assert_null(read.object);
}

/* A line with a valid checksum that lacks a member, or has one of its instance. */
static void incomplete(void **) {
    static const struct {
        const char *json;
        bool is_valid;
    } cases[] = {
#define PLACE    "\"address\":\"t.a\""
#define PROVIDER "\"provider\":\"provider[\\\"h/n/t\\\"]\""
        {"{\"kind\":\"restore\"," PLACE ",\"deposed\":\"d\"}", true},
        {"{\"kind\":\"restore\"," PLACE "}", false},
        {"{\"kind\":\"restore\"," PLACE ",\"deposed\":\"\"}", false},
        {"{\"kind\":\"restore\",\"deposed\":\"d\"}", false},
        {"{\"kind\":\"depose\"," PLACE ",\"deposed\":\"\"}", false},
        {"{\"kind\":\"depose\",\"deposed\":\"d\"}", false},
        {"{\"kind\":\"intent\"," PLACE "," PROVIDER ",\"action\":\"create\"}", true},
        {"{\"kind\":\"intent\"," PLACE ",\"action\":\"create\"}", false},
        {"{\"kind\":\"intent\"," PROVIDER ",\"action\":\"create\"}", false},
        {"{\"kind\":\"outcome\"," PLACE ",\"object\":null}", true},
        {"{\"kind\":\"outcome\"," PLACE ",\"object\":{}}", false},
        {"{\"kind\":\"outcome\"," PLACE "," PROVIDER ",\"object\":{\"new\":1}}", true},
        {"{\"kind\":\"outcome\"," PLACE "," PROVIDER ",\"object\":{" PROVIDER "}}", false},
        {"{\"kind\":\"outcome\"," PLACE "," PROVIDER ",\"object\":{\"index_key\":1}}", false},
        {"{\"kind\":\"outcome\"," PLACE "," PROVIDER ",\"object\":{\"deposed\":\"d\"}}", false},
        {"{\"kind\":\"outcome\"," PROVIDER ",\"object\":{}}", false},
        {"{\"kind\":\"fold\",\"serial\":4611686018427387904}", true},
        {"{\"kind\":\"fold\",\"serial\":4611686018427387905}", false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        JournalRecord read;
        Str json = str_from_cstr(cases[i].json);
        Str line = str_format(arena, "%08x %.*s", crc32c(json), STR_ARG(json));
        if (journal_record_parse(line, &read, arena) != cases[i].is_valid)
            fail_msg("%s: valid should be %d", cases[i].json, cases[i].is_valid);
    }
}

static void every_changed_byte(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    JournalRecord record = {.kind = RECORD_START, .lineage = STR("l"), .serial = 5};
    Str line = write(&record, arena);
    JournalRecord read;
    for (size_t i = 0; i < line.len; i++) {
        char *changed = (char *)str_to_cstr(line, arena);
        changed[i] ^= 1;
        assert_false(journal_record_parse((Str){changed, line.len}, &read, arena));
        assert_false(journal_record_parse(str_slice(line, 0, i), &read, arena));
    }
    assert_true(journal_record_parse(line, &read, arena));
    assert_int_equal(read.serial, 5);
}

static void lines(void **) {
    Str bytes = STR("ab\n\nc");
    JournalLine line = {0};
    assert_true(journal_record_next_line(bytes, &line));
    check_str(line.text, "ab");
    assert_true(journal_record_next_line(bytes, &line));
    assert_int_equal(line.offset, 3);
    check_str(line.text, "");
    assert_true(line.is_whole);
    assert_true(journal_record_next_line(bytes, &line));
    check_str(line.text, "c");
    assert_false(line.is_whole);
    assert_int_equal(line.number, 3);
    assert_false(journal_record_next_line(bytes, &line));
    line = (JournalLine){0};
    assert_false(journal_record_next_line(STR_EMPTY, &line));
}

UNIT_MAIN(test_journal_record) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intent),
        cmocka_unit_test(every_member),
        cmocka_unit_test(outcome),
        cmocka_unit_test(incomplete),
        cmocka_unit_test(every_changed_byte),
        cmocka_unit_test(lines),
        cmocka_unit_test(actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
