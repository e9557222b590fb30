/* Events of an instance's operations: elapsed times by a clock with an arbitrary start. */
#include "engine_case.h"
#include "engine_death.h"
#include "input.h"
#include "instance_op.h"
#include "journal.h"
#include "json.h"

#define BEGINNING 1000000000 /* long after the machine was started */
#define STEP      7

typedef struct Listener {
    int64_t now_ms;
    int64_t started_ms; /* the last start of a call */
    size_t ended;
    int64_t elapsed_ms[4];
} Listener;

static int64_t ticking(void *self) {
    Listener *listener = self;
    return listener->now_ms += STEP;
}

static void on_event(void *self, const WalkEvent *event) {
    Listener *listener = self;
    if (event->kind == EVENT_APPLY_START)
        listener->started_ms = listener->now_ms;
    if (event->kind != EVENT_APPLY_END)
        return;
    assert_false(event->failed);
    assert_true(listener->ended < ARRAY_COUNT(listener->elapsed_ms));
    listener->elapsed_ms[listener->ended++] = event->elapsed_ms;
}

/* The time of an object counts from its task; if its intent waits for those of others, from the
 * start of its call. */
static void reports_elapsed_time(void **) {
    static const char *const types[] = {"fake_thing", "fake_quick"};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        EngineCase *c = engine_case_open();
        Listener listener = {.now_ms = BEGINNING};
        Clock clock = clock_real;
        Hooks hooks = {&listener, on_event};
        clock.self = &listener;
        clock.monotonic_ms = ticking;
        c->world.io.clock = &clock;
        c->hooks = &hooks;
        c->parallelism = 1;
        Str text = str_format(c->arena,
                              "resource:\n  %s:\n    a: {name: a}\n"
                              "    b: {name: b, depends_on: [%s.a]}\n",
                              types[i], types[i]);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        engine_case_must(c, journal_open(engine_death_journal(c), &clock, c->refreshed, &c->journal,
                                         c->arena, &c->diags));
        int64_t began_ms = listener.now_ms;
        engine_case_must(c, engine_case_apply_plan(c));
        journal_close(c->journal);
        assert_int_equal(listener.ended, 2);
        for (size_t j = 0; j < listener.ended; j++) {
            assert_true(listener.elapsed_ms[j] > 0);
            assert_true(listener.elapsed_ms[j] <= listener.now_ms - began_ms);
        }
        int64_t last_ms = listener.now_ms - listener.started_ms;
        assert_int_equal(listener.elapsed_ms[1] <= last_ms, i == 1);
        engine_case_close(c);
    }
}

/* A provider's diagnostic about an argument points at that argument, else at the block. */
static void points_at_provider_errors(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a:\n"
                          "      size: 1\n"
                          "      name: a\n");
    fake_world_order(&c->world, "create a");
    assert_false(engine_case_apply(c));
    assert_int_equal(c->diags.count, 1);
    Diag *said = &c->diags.items[0];
    check_str(said->path, ".name");
    SourcePos place = source_text_position(said->range.source, said->range.start);
    assert_int_equal(place.line, 5);
    engine_case_close(c);
}

/* A provider's diagnostic about no argument points at the block, in every syntax. */
static void points_at_blocks(void **) {
    static const struct {
        const char *file, *text;
        uint32_t line;
    } rows[] = {
        {"main.loam.yaml",
         "resource:\n  fake_vault:\n    b: {name: b}\n    a:\n      name: a\n      size: 1\n", 4},
        {"main.tf",
         "resource \"fake_vault\" \"b\" {\n  name = \"b\"\n}\n"
         "resource \"fake_vault\" \"a\" {\n  name = \"a\"\n  size = 1\n}\n",
         4},
        {"main.tf.json",
         "{\"resource\":{\"fake_vault\":{\"b\":{\"name\":\"b\"},\n"
         "\"a\":{\"name\":\"a\",\n\"size\":1}}}}\n",
         3},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, rows[i].file, rows[i].text);
        engine_case_load(c);
        fake_world_order(&c->world, "blame a");
        assert_false(engine_case_plan(c));
        assert_int_equal(c->diags.count, 1);
        SourceRange range = c->diags.items[0].range;
        assert_non_null(range.source);
        assert_int_equal(source_text_position(range.source, range.start).line, rows[i].line);
        engine_case_close(c);
    }
}

/* An error of the engine about no argument points at the block, in the plan and in the apply. */
static void points_at_blocks_of_objects(void **) {
    static const struct {
        const char *type, *order, *said;
        bool is_planned;
    } rows[] = {
        {"fake_card", "unsure a", "Provider produced invalid identity", false},
        {"fake_thing", "rebuild a", "Provider produced inconsistent final plan", true},
        {"fake_thing", "vague a", "Provider returned invalid result object after apply", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        for (int size = 1; size <= 2; size++) {
            Str text = str_format(c->arena,
                                  "resource:\n  %s:\n    b: {name: b}\n    a:\n      name: a\n"
                                  "      size: %d\n",
                                  rows[i].type, size);
            engine_case_config(c, str_to_cstr(text, c->arena));
            if (size == 1)
                engine_case_must(c, engine_case_apply(c));
        }
        if (rows[i].is_planned)
            engine_case_must(c, engine_case_plan(c));
        fake_world_order(&c->world, rows[i].order);
        assert_false(rows[i].is_planned ? engine_case_apply_plan(c) : engine_case_plan(c));
        check_said(c, rows[i].said);
        vec_each(&c->diags, diag) {
            assert_non_null(diag->range.source);
            assert_int_equal(source_text_position(diag->range.source, diag->range.start).line, 4);
        }
        engine_case_close(c);
    }
}

/* Diagnostics do not show values of sensitive variables, also if the block does not use them. */
static void hides_variables(void **) {
    static const char text[] = "variable: {s: {default: x, sensitive: %s}}\n"
                               "resource: {fake_thing: {a: {name: hunter-77}}}\n";
    for (int is_secret = 0; is_secret < 2; is_secret++) {
        EngineCase *c = engine_case_open();
        InputValue given = {.value = value_from_cstr("hunter-77")};
        map_set(&c->variables, STR("s"), &given);
        engine_case_config(
            c, str_to_cstr(str_format(c->arena, text, is_secret ? "true" : "false"), c->arena));
        fake_world_order(&c->world, "create hunter-77");
        assert_false(engine_case_apply(c));
        check_said(c, is_secret ? "As ordered: create (sensitive value)."
                                : "As ordered: create hunter-77.");
        engine_case_close(c);
    }
}

static void write_event(void *self, const WalkEvent *event) {
    const char *name = event->kind == EVENT_APPLY_START ? "start"
                       : event->kind == EVENT_APPLY_END ? "end"
                                                        : NULL;
    if (name)
        strbuf_add_format(self, "%s %.*s%s\n", name, STR_ARG(event->id),
                          event->failed ? " failed" : "");
}

/* A value that becomes sensitive is an update without a call, and its events are sent. */
static void reports_changed_marks(void **) {
    static const char text[] = "variable: {k: {default: x, sensitive: %s}}\n"
                               "resource: {fake_thing: {a: {name: a, kind: '${var.k}'}}}\n";
    EngineCase *c = engine_case_open();
    StrBuf events = strbuf_new(c->arena);
    Hooks hooks = {&events, write_event};
    engine_case_run(c, str_to_cstr(str_format(c->arena, text, "false"), c->arena));
    c->hooks = &hooks;
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "true"), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "");
    check_str(strbuf_str(&events), "start a-1\nend a-1\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_close(c);
}

/* Changed marks are an update, so postconditions are evaluated. */
static void postconditions_of_changed_marks(void **) {
    static const char text[] =
        "variable: {k: {default: x, sensitive: %s}}\n"
        "resource:\n"
        "  fake_thing:\n"
        "    b: {name: b, size: %d}\n"
        "    a:\n"
        "      name: a\n"
        "      kind: '${var.k}'\n"
        "      lifecycle: {postcondition: {condition: '${fake_thing.b.revision < 2}', "
        "error_message: too late}}\n";
    EngineCase *c = engine_case_open();
    engine_case_run(c, str_to_cstr(str_format(c->arena, text, "false", 1), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "true", 2), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a\n~ fake_thing.b\n");
    assert_false(engine_case_apply_plan(c));
    check_said(c, "too late");
    check_diary(c, "update b\n");
    engine_case_close(c);
}

static void count_events(void *self, const WalkEvent *event) {
    size_t *counts = self;
    counts[0]++;
    counts[1] += event->kind == EVENT_INSTANCE_END;
}

/* A validation has no operations; a plan and an apply end each instance. */
static void ends_of_instances(void **) {
    EngineCase *c = engine_case_open();
    size_t counts[2] = {0};
    Hooks hooks = {counts, count_events};
    c->hooks = &hooks;
    engine_case_config(c, "resource: {fake_thing: {a: {count: 2, name: 'a${count.index}'}}}\n");
    Engine engine = engine_case_engine(c);
    assert_true(engine_validate(&engine, &c->diags));
    assert_int_equal(counts[0], 0);
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(counts[1], 2);
    engine_case_must(c, engine_case_apply_plan(c));
    assert_int_equal(counts[1], 4);
    engine_case_close(c);
}

static void hear_calls(void *self, const WalkEvent *event) {
    const char *failed = event->failed ? "!" : "";
    if (event->kind == EVENT_APPLY_START || event->kind == EVENT_APPLY_END)
        strbuf_add_format(self, "%s%s%s ", event->kind == EVENT_APPLY_START ? "start" : "end",
                          action_glyph(event->action), failed);
    if (event->kind == EVENT_CALL_END)
        strbuf_add_format(self, "%s%s ", event->operation, failed);
}

/* The calls of the plan and of the apply, and the change around its call; "!": failed. */
static void events_of_changes(void **) {
    static const struct {
        const char *config, *order, *planned, *applied;
    } rows[] = {
        {"resource: {fake_plain: {a: {name: a}}}\n", "", "validate plan ",
         "validate plan start+ create end+ "},
        {"resource: {fake_plain: {a: {name: b}}}\n", "", "read validate plan plan ",
         "start- delete end- validate plan start+ create end+ "},
        {"{}\n", "delete b", "read ", "start- delete! end-! "},
        {"{}\n", "", "read ", "start- delete end- "},
        {"resource: {fake_thing: {a: {name: a}}}\n", "create a", "validate plan ",
         "limits validate plan start+ marker create! end+! "},
        {"resource: {fake_thing: {a: {name: a}}}\n", "", "validate plan ",
         "limits validate plan start+ marker create end+ "},
        {"resource: {fake_thing: {a: {name: a, size: 2}}}\n", "", "limits read validate plan ",
         "limits validate plan start~ update end~ "},
        {"resource: {fake_thing: {a: {name: a, size: 3}}}\n", "update a",
         "limits read validate plan ", "limits validate plan start~ update! end~! "},
    };
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_calls};
        c->hooks = &hooks;
        engine_case_config(c, rows[i].config);
        Engine engine = engine_case_engine(c);
        assert_true(engine_validate(&engine, &c->diags));
        check_str(strbuf_str(&heard), ""); /* a validation reports no calls */
        engine_case_must(c, engine_case_plan(c));
        check_str(strbuf_str(&heard), rows[i].planned);
        heard = strbuf_new(c->arena);
        fake_world_order(&c->world, rows[i].order);
        assert_int_equal(engine_case_apply_plan(c), rows[i].order[0] == '\0');
        fake_world_obey(&c->world);
        check_str(strbuf_str(&heard), rows[i].applied);
    }
    engine_case_close(c);
}

/* An apply decides by the time of its plan, so that it decides as that did. */
static void keeps_time_of_plan(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n  fake_thing:\n    a: {name: a}\n");
    c->now_ms = 5000;
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->world.planned_ms, 5000);
    assert_false(c->world.can_keep); /* no call follows */
    c->now_ms = 9000;
    c->world.planned_ms = 0;
    engine_case_must(c, engine_case_apply_plan(c));
    assert_int_equal(c->world.planned_ms, 5000);
    assert_true(c->world.can_keep);
    engine_case_close(c);
}

/* Only a plan may have deferrals. The calls of an apply also know of the refresh of its plan. */
static void options_reach_the_calls(void **) {
    for (int i = 0; i < 8; i++) {
        bool allows = i & 1, is_full = i & 2, is_full_apply = i & 4;
        EngineCase *c = engine_case_open();
        c->options.allows_deferral = allows;
        c->options.is_full_refresh = is_full;
        engine_case_config(c, "resource: {fake_thing: {a: {name: a}}}\n");
        engine_case_must(c, engine_case_plan(c));
        assert_int_equal(c->world.allows_deferral, allows);
        assert_int_equal(c->world.is_full_refresh, is_full);
        c->options.is_full_refresh = is_full_apply;
        engine_case_must(c, engine_case_apply_plan(c));
        assert_false(c->world.allows_deferral);
        assert_int_equal(c->world.is_full_refresh, is_full || is_full_apply);
        engine_case_close(c);
    }
}

/* The text by which messages name an object: its id, else its name, unless it is a secret. */
static void names_objects(void **) {
    static const struct {
        const char *json, *name;
    } cases[] = {
        {"{\"id\":\"i\",\"name\":\"n\"}", "i"},
        {"{\"name\":\"n\"}", "n"},
        {"{\"id\":1,\"name\":\"n\"}", "n"},
        {"{\"id\":null,\"name\":\"n\"}", "n"},
        {"{\"id\":\"/pool/canary\",\"name\":\"n\"}", "n"},
        {"{\"id\":\"/pool/canary\"}", ""},
        {"{\"other\":\"o\"}", ""},
        {"{}", ""},
        {"null", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Value object;
    const char *error;
    size_t offset;
    InstanceOp op = {.scratch = arena};
    vec_push(arena, &op.secrets, STR("canary"));
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_true(json_parse_any(str_from_cstr(cases[i].json), &object, &error, &offset, arena));
        check_str(instance_op_object_id(&op, object), cases[i].name);
    }
    Str names[] = {STR("id"), STR("name")};
    Value items[] = {value_with_marks(value_from_cstr("i"), MARK_SENSITIVE), value_from_cstr("n")};
    check_str(instance_op_object_id(&op, value_object(names, items, 2, arena)), "n");
}

UNIT_MAIN(test_instance_op) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_changed_marks),
        cmocka_unit_test(postconditions_of_changed_marks),
        cmocka_unit_test(ends_of_instances),
        cmocka_unit_test(reports_elapsed_time),
        cmocka_unit_test(points_at_provider_errors),
        cmocka_unit_test(points_at_blocks),
        cmocka_unit_test(points_at_blocks_of_objects),
        cmocka_unit_test(hides_variables),
        cmocka_unit_test(events_of_changes),
        cmocka_unit_test(keeps_time_of_plan),
        cmocka_unit_test(options_reach_the_calls),
        cmocka_unit_test(names_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
