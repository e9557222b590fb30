/* Actions that the changes of an object invoke: order, failures, conditions and references. */
#include "engine_case.h"

#define NOTES                                                                                      \
    "action:\n"                                                                                    \
    "  fake_note:\n"                                                                               \
    "    bc: {config: {text: bc}}\n"                                                               \
    "    ac: {config: {text: ac}}\n"                                                               \
    "    bu: {config: {text: bu}}\n"                                                               \
    "    au: {config: {text: au}}\n"                                                               \
    "    bd: {config: {text: bd}}\n"                                                               \
    "    ad: {config: {text: ad}}\n"
#define TRIGGER(event, action, more)                                                               \
    "        - {events: [" event "], actions: [action.fake_note." action "]" more "}\n"
/* Arguments of a, and a further member of each trigger. */
#define THING(arguments, more)                                                                     \
    "resource:\n"                                                                                  \
    "  fake_thing:\n"                                                                              \
    "    a:\n"                                                                                     \
    "      name: a\n" arguments "      lifecycle:\n"                                               \
    "        action_trigger:\n" TRIGGER("before_create", "bc", more)                               \
        TRIGGER("after_create", "ac", more) TRIGGER("before_update", "bu", more)                   \
            TRIGGER("after_update", "au", more) TRIGGER("before_destroy", "bd", more)              \
                TRIGGER("after_destroy", "ad", more)
#define DEPENDENT "    b: {name: b, depends_on: [fake_thing.a]}\n"

static EngineCase *open_case(void) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    return c;
}

/* Each change invokes the actions of its events alone, before or after its call. */
static void events_in_order(void **) {
    EngineCase *c = open_case();
    engine_case_run(c, THING("", "") NOTES);
    check_diary(c, "note bc\ncreate a\nnote ac\n");
    engine_case_run(c, THING("", "") NOTES);
    check_diary(c, "");
    engine_case_run(c, THING("      size: 2\n", "") NOTES);
    check_diary(c, "note bu\nupdate a\nnote au\n");
    engine_case_run(c, THING("      size: 2\n      zone: z\n", "") NOTES);
    check_diary(c, "note bd\ndelete a\nnote ad\nnote bc\ncreate a\nnote ac\n");
    c->options.mode = PLAN_DESTROY;
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "note bd\ndelete a\nnote ad\n");
    engine_case_close(c);
}

/* The actions of one event run in the order of the triggers and of their lists. */
static void many_actions(void **) {
    static const struct {
        const char *triggers, *created, *destroyed;
    } rows[] = {
        {"[{events: [after_create], actions: [action.fake_note.x, action.fake_note.y]}]",
         "create a\nnote x\nnote y\n", "delete a\n"},
        {"[{events: [after_create], actions: [action.fake_note.y, action.fake_note.x, "
         "action.fake_note.y]}]",
         "create a\nnote y\nnote x\nnote y\n", "delete a\n"},
        {"[{events: [after_create], actions: [action.fake_note.y]}, {events: [before_create, "
         "after_create], actions: [action.fake_note.x]}]",
         "note x\ncreate a\nnote y\nnote x\n", "delete a\n"},
        {"[{events: [after_create, before_destroy], actions: ['action.fake_note.z[1]', "
         "'action.fake_note.z[0]']}]",
         "create a\nnote z1\nnote z0\n", "note z1\nnote z0\ndelete a\n"},
        {"[{events: [before_destroy], actions: [action.fake_mark.x, action.fake_note.y, "
         "action.fake_note.x]}]",
         "create a\n", "mark x\nnote y\nnote x\ndelete a\n"},
        {"[{events: [after_create], actions: [action.fake_note.x, action.fake_mark.x]}]",
         "create a\nnote x\nmark x\n", "delete a\n"},
        {"[{events: [after_destroy], actions: [action.fake_note.x, action.fake_note.y]}]",
         "create a\n", "delete a\nnote x\nnote y\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_case();
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {name: a, lifecycle: {action_trigger: "
                              "%s}}}}\n"
                              "action: {fake_note: {x: {config: {text: x}}, y: {config: {text: "
                              "y}}, z: {count: 2, config: {text: 'z${count.index}'}}}, "
                              "fake_mark: {x: {config: {text: x}}}}\n",
                              rows[i].triggers);
        engine_case_run(c, str_to_cstr(text, c->arena));
        check_diary(c, rows[i].created);
        c->options.mode = PLAN_DESTROY;
        engine_case_must(c, engine_case_apply(c));
        check_diary(c, rows[i].destroyed);
        engine_case_close(c);
    }
}

/* An action may name the resource that triggers it: its own object is known, others are not. */
static void actions_that_name_their_trigger(void **) {
    static const struct {
        const char *repetition, *reference, *diary;
    } rows[] = {
        {"", "fake_thing.a.name", "create a\nnote a\n"},
        {"", "fake_thing.a.id", "create a\nnote a-1\n"},
        {"count: 1, ", "fake_thing.a[0].name", "create a\nnote a\n"},
        {"for_each: {k: 1}, ", "fake_thing.a[\"k\"].name", "create a\nnote a\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_case();
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {%sname: a, lifecycle: {action_trigger: "
                              "{events: [after_create], actions: [action.fake_note.n]}}}}}\n"
                              "action: {fake_note: {n: {config: {text: '${%s}'}}}}\n",
                              rows[i].repetition, rows[i].reference);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        vec_each(&c->plan->changes, change) {
            assert_int_equal(change->invocations.count, 1);
            Value planned = value_attribute(change->invocations.items[0].config, STR("text"));
            assert_int_equal(value_is_known(planned), strstr(rows[i].reference, "name") != NULL);
        }
        engine_case_must(c, engine_case_apply_plan(c));
        check_diary(c, rows[i].diary);
        engine_case_close(c);
    }
}

/* A change of marks alone is an update without a call: its actions run in the same order. */
static void changed_marks_invoke(void **) {
    static const char *const variables[] = {
        "variable: {k: {default: x}}\n",
        "variable: {k: {default: x, sensitive: true}}\n",
    };
    static const char text[] = "%s" THING("      kind: '${var.k}'\n", "") NOTES;
    for (size_t i = 0; i < 2; i++) {
        EngineCase *c = open_case();
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, variables[i]), c->arena));
        check_diary(c, "note bc\ncreate a\nnote ac\n");
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, variables[1 - i]), c->arena));
        check_diary(c, "note bu\nnote au\n");
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, variables[1 - i]), c->arena));
        check_diary(c, "");
        engine_case_close(c);
    }
}

#define MORE_TAINT    ", on_failure: taint"
#define MORE_CONTINUE ", on_failure: continue"

/* A failed action stops the change, or what depends on it; it taints a new object alone. */
static void failures(void **) {
    static const struct {
        const char *before; /* applied first, without failures; NULL: nothing */
        const char *config;
        const char *order;
        bool is_good;
        const char *diary, *objects;
    } cases[] = {
        {NULL, THING("", "") DEPENDENT NOTES, "note bc", false, "", ""},
        {NULL, THING("", "") DEPENDENT NOTES, "note ac", false, "note bc\ncreate a\n",
         "fake_thing.a a-1\n"},
        {NULL, THING("", MORE_TAINT) DEPENDENT NOTES, "note ac", false, "note bc\ncreate a\n",
         "fake_thing.a a-1 tainted\n"},
        {NULL, THING("", MORE_TAINT) DEPENDENT NOTES, "note bc", false, "", ""},
        {NULL, THING("", MORE_CONTINUE) DEPENDENT NOTES, "note ac", true,
         "note bc\ncreate a\ncreate b\n", "fake_thing.a a-1\nfake_thing.b b-1\n"},
        {NULL, THING("", MORE_CONTINUE) DEPENDENT NOTES, "note bc", true,
         "create a\nnote ac\ncreate b\n", "fake_thing.a a-1\nfake_thing.b b-1\n"},
        {THING("", "") NOTES, THING("      size: 2\n", "") DEPENDENT NOTES, "note bu", false, "",
         "fake_thing.a a-1\n"},
        {THING("", "") NOTES, THING("      size: 2\n", MORE_TAINT) DEPENDENT NOTES, "note au",
         false, "note bu\nupdate a\n", "fake_thing.a a-1\n"},
        {THING("", "") NOTES, THING("      size: 2\n", MORE_CONTINUE) DEPENDENT NOTES, "note au",
         true, "note bu\nupdate a\ncreate b\n", "fake_thing.a a-1\nfake_thing.b b-1\n"},
        {THING("", "") NOTES, THING("      zone: z\n", "") NOTES, "note bd", false, "",
         "fake_thing.a a-1\n"},
        {THING("", "") NOTES, THING("      zone: z\n", "") NOTES, "note ad", false,
         "note bd\ndelete a\n", ""},
        {THING("", "") NOTES, THING("      zone: z\n", MORE_CONTINUE) NOTES, "note bd", true,
         "delete a\nnote ad\nnote bc\ncreate a\nnote ac\n", "fake_thing.a a-2\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        if (cases[i].before)
            engine_case_run(c, cases[i].before);
        engine_case_config(c, cases[i].config);
        engine_case_must(c, engine_case_plan(c));
        fake_world_order(&c->world, cases[i].order);
        bool ok = engine_case_apply_plan(c);
        if (ok != cases[i].is_good || !str_equal_cstr(engine_case_diary(c), cases[i].diary))
            print_error("case %zu: %d %.*s", i, ok, STR_ARG(engine_case_diary(c)));
        assert_int_equal(ok, cases[i].is_good);
        check_said(c, cases[i].order);
        check_said(c, "called from fake_thing.a");
        check_diary(c, cases[i].diary);
        check_objects(c, cases[i].objects);
        engine_case_close(c);
    }
}

/* A destruction of everything goes on after a failed action. */
static void failures_of_a_destroy(void **) {
    static const char *const orders[][2] = {{"note bd", "delete a\nnote ad\n"},
                                            {"note ad", "note bd\ndelete a\n"}};
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
        EngineCase *c = open_case();
        engine_case_run(c, THING("", "") NOTES);
        c->options.mode = PLAN_DESTROY;
        engine_case_must(c, engine_case_plan(c));
        fake_world_order(&c->world, orders[i][0]);
        engine_case_must(c, engine_case_apply_plan(c));
        check_said(c, "W Failed as ordered");
        check_diary(c, orders[i][1]);
        check_objects(c, "");
        engine_case_close(c);
    }
}

/* Of an action whose failure is allowed, every error is a warning. */
static void allowed_failures_are_warnings(void **) {
    EngineCase *c = open_case();
    engine_case_config(c, THING("", MORE_CONTINUE) NOTES);
    engine_case_must(c, engine_case_plan(c));
    fake_world_order(&c->world, "twice ac");
    engine_case_must(c, engine_case_apply_plan(c));
    assert_int_equal(c->diags.warning_count, 2);
    assert_int_equal(c->diags.error_count, 0);
    check_said(c, "action.fake_note.ac, called from fake_thing.a: W First error: As ordered.");
    check_said(c, "action.fake_note.ac, called from fake_thing.a: W Second error: As ordered.");
    engine_case_close(c);
}

static void hear_end(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_INVOKE_END)
        strbuf_add_format(self, "%.*s%s: %.*s\n", STR_ARG(event->address),
                          event->failed ? " failed" : "", STR_ARG(event->text));
}

/* The event of a failed invocation has its first error, also if it has more. */
static void ends_have_errors(void **) {
    static const char *const cases[][2] = {
        {"none", "action.fake_note.bc: \naction.fake_note.ac: \n"},
        {"note ac", "action.fake_note.bc: \n"
                    "action.fake_note.ac failed: Failed as ordered: note ac\n"},
        {"twice ac",
         "action.fake_note.bc: \naction.fake_note.ac failed: First error: As ordered.\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_end};
        c->hooks = &hooks;
        engine_case_config(c, THING("", MORE_CONTINUE) NOTES);
        fake_world_order(&c->world, cases[i][0]);
        engine_case_must(c, engine_case_apply(c));
        check_str(strbuf_str(&heard), cases[i][1]);
        engine_case_close(c);
    }
}

/* A condition about a value that the change computes is known only after it. */
static void conditions_known_too_late(void **) {
    static const struct {
        const char *event, *said; /* NULL: no error */
        const char *diary;
    } rows[] = {
        {"before_update", "fake_thing.a: Unknown condition when invoking action before apply", ""},
        {"after_update", NULL, "update a\nnote x\nnote x\n"},
    };
    static const char text[] =
        "resource: {fake_thing: {a: {name: a, size: %d, lifecycle: {action_trigger: {events: [%s], "
        "condition: '${self.revision == 2}', actions: [action.fake_note.n, "
        "action.fake_note.n]}}}}}\n"
        "action: {fake_note: {n: {config: {text: x}}}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_case();
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, 1, rows[i].event), c->arena));
        engine_case_config(c, str_to_cstr(str_format(c->arena, text, 2, rows[i].event), c->arena));
        engine_case_must(c, engine_case_plan(c));
        assert_int_equal(engine_case_apply_plan(c), !rows[i].said);
        assert_int_equal(c->diags.count, rows[i].said != NULL);
        if (rows[i].said)
            check_said(c, rows[i].said);
        check_diary(c, rows[i].diary);
        engine_case_close(c);
    }
}

/* The actions of a deletion are those of the key of its instance. */
static void keys_of_deletions(void **) {
    static const struct {
        const char *repetition, *key, *first, *second;
    } rows[] = {
        {"count: 2", "count.index", "note x0\ndelete a0\n", "note x1\ndelete a1\n"},
        {"for_each: {k: 1, l: 2}", "each.key", "note xk\ndelete ak\n", "note xl\ndelete al\n"},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_case();
        const char *repetition = rows[i / 2].repetition, *key = rows[i / 2].key;
        for (int run = 0; run < 2; run++) {
            Str text =
                str_format(c->arena,
                           "resource: {fake_thing: {a: {%s, name: 'a${%s}', zone: %s, lifecycle: "
                           "{action_trigger: {events: [before_destroy], actions: "
                           "['action.fake_note.n[%s]']}}}}}\n"
                           "action: {fake_note: {n: {%s, config: {text: 'x${%s}'}}}}\n",
                           repetition, key, run == 0 ? "x" : "y", key, repetition, key);
            if (run == 0)
                engine_case_run(c, str_to_cstr(text, c->arena));
            else
                engine_case_config(c, str_to_cstr(text, c->arena));
        }
        if (i % 2)
            c->options.mode = PLAN_DESTROY;
        engine_case_must(c, engine_case_apply(c));
        Str diary = engine_case_diary(c);
        assert_true(str_find(diary, str_from_cstr(rows[i / 2].first), 0) != SIZE_MAX);
        assert_true(str_find(diary, str_from_cstr(rows[i / 2].second), 0) != SIZE_MAX);
        engine_case_close(c);
    }
}

/* A condition that fails in the apply stops what follows it. */
static void conditions_that_fail_late(void **) {
    static const struct {
        const char *event, *condition, *said, *diary, *objects;
    } cases[] = {
        {"before_create", "[true][fake_thing.first.revision]", "fake_thing.a: Invalid index",
         "create first\n", "fake_thing.first first-1\n"},
        {"after_create", "[true][fake_thing.first.revision]", "fake_thing.a: Invalid index",
         "create first\ncreate a\n", "fake_thing.a a-1\nfake_thing.first first-1\n"},
        {"before_create", "fake_thing.first.revision == 1 ? null : true",
         "fake_thing.a: Invalid condition", "create first\n", "fake_thing.first first-1\n"},
        {"after_create", "fake_thing.first.revision == 1 ? null : true",
         "fake_thing.a: Invalid condition", "create first\ncreate a\n",
         "fake_thing.a a-1\nfake_thing.first first-1\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        Str text = str_format(c->arena,
                              "resource:\n"
                              "  fake_thing:\n"
                              "    first: {name: first}\n"
                              "    a: {name: a, depends_on: [fake_thing.first], lifecycle: "
                              "{action_trigger: {events: [%s], condition: '${%s}', actions: "
                              "[action.fake_note.n, action.fake_note.n]}}}\n"
                              "    b: {name: b, depends_on: [fake_thing.a]}\n"
                              "action: {fake_note: {n: {config: {text: x}}}}\n",
                              cases[i].event, cases[i].condition);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        assert_false(engine_case_apply_plan(c));
        check_said(c, cases[i].said);
        assert_int_equal(c->diags.count, 1);
        assert_int_equal(c->diags.items[0].subject, DIAG_EXPRESSION);
        check_diary(c, cases[i].diary);
        check_objects(c, cases[i].objects);
        engine_case_close(c);
    }
}

/* The arguments of an action that a destruction invokes are known in the plan. Those of another are
 * evaluated again in the apply. */
static void arguments_known_too_late(void **) {
    static const struct {
        const char *event;
        bool is_destroy;
    } events[] = {
        {"before_create", false}, {"after_create", false},  {"before_update", false},
        {"after_update", false},  {"before_destroy", true}, {"after_destroy", true},
    };
    static const char text[] =
        "resource:\n"
        "  fake_thing:\n"
        "    a: {name: a, zone: %s, size: %s, lifecycle: {action_trigger: {events: [%s], actions: "
        "[action.fake_note.n]}}}\n%s"
        "action: {fake_note: {n: {config: {text: '%s'}}}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(events); i++) {
        bool is_update = i == 2 || i == 3;
        for (int is_known = 0; is_known < 2; is_known++) {
            EngineCase *c = open_case();
            Str before = str_format(c->arena, text, "x", "1", events[i].event, "", "known");
            engine_case_run(c, str_to_cstr(before, c->arena));
            Str after = str_format(c->arena, text, is_update ? "x" : "y", "2", events[i].event,
                                   "    b: {name: b}\n", is_known ? "known" : "${fake_thing.b.id}");
            engine_case_config(c, str_to_cstr(after, c->arena));
            bool is_good = is_known || !events[i].is_destroy;
            assert_int_equal(engine_case_plan(c), is_good);
            if (!is_good) {
                check_said(c, "Unknown action config");
                vec_each(&c->plan->changes, change)
                    assert_int_equal(change->invocations.count, 0);
            } else {
                engine_case_must(c, engine_case_apply_plan(c));
                const char *wanted = is_known ? "note known\n" : "note b-1\n";
                if (str_find(engine_case_diary(c), str_from_cstr(wanted), 0) == SIZE_MAX)
                    fail_msg("%s: %.*s", events[i].event, STR_ARG(engine_case_diary(c)));
            }
            engine_case_close(c);
        }
    }
}

#define CALLER                                                                                     \
    "resource:\n"                                                                                  \
    "  fake_thing:\n"                                                                              \
    "    a: {count: 2, name: 'a${count.index}', lifecycle: {action_trigger: "                      \
    "{events: [after_update], actions: [action.fake_note.n]}}}\n"                                  \
    "action: {fake_note: {n: {config: {text: '${caller.name}'}}}}\n"
#define ALONE(text) "action: {fake_note: {n: {config: {text: " text "}}}}\n"

/* -invoke makes an action without a change, once for each instance that triggers it. */
static void requested_invocations(void **) {
    static const struct {
        const char *before, *config, *target, *order;
        const char *said; /* NULL: no error */
        const char *diary;
    } cases[] = {
        {"{}\n", ALONE("x"), NULL, "", NULL, "note x\n"},
        {"{}\n", ALONE("x"), NULL, "note x", "action.fake_note.n: Failed as ordered: note x\n", ""},
        {CALLER, CALLER, NULL, "", NULL, "note a0\nnote a1\n"},
        {CALLER, CALLER, "fake_thing.a[1]", "", NULL, "note a1\n"},
        {CALLER, CALLER, NULL, "note a1",
         "action.fake_note.n, called from fake_thing.a[1]: Failed as ordered: note a1\n",
         "note a0\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        ResourceAddr action = {.mode = MODE_ACTION, .type = STR("fake_note"), .name = STR("n")};
        engine_case_run(c, cases[i].before);
        engine_case_config(c, cases[i].config);
        c->options.mode = PLAN_REFRESH_ONLY;
        c->options.invoke = &action;
        if (cases[i].target)
            engine_case_target(c, cases[i].target);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, "");
        fake_world_order(&c->world, cases[i].order);
        assert_int_equal(engine_case_apply_plan(c), !cases[i].said);
        check_str(engine_case_said(c), cases[i].said ? cases[i].said : "");
        check_diary(c, cases[i].diary);
        engine_case_close(c);
    }
}

/* A requested invocation waits for nothing, so its arguments must be known. */
static void requested_too_early(void **) {
    static const struct {
        const char *config, *said;
    } cases[] = {
        {ALONE("'${fake_thing.b.id}'") "resource: {fake_thing: {b: {name: b}}}\n",
         "action.fake_note.n: Partially applied configuration: The arguments of action.fake_note.n "
         "contain unknown values, because it refers to objects that do not exist yet."},
        {CALLER, "Partially applied configuration: action.fake_note.n refers to \"caller\", and "
                 "fake_thing.a, which triggers it, does not exist yet."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        ResourceAddr action = {.mode = MODE_ACTION, .type = STR("fake_note"), .name = STR("n")};
        engine_case_config(c, cases[i].config);
        c->options.mode = PLAN_REFRESH_ONLY;
        c->options.invoke = &action;
        assert_false(engine_case_plan(c));
        check_said(c, cases[i].said);
        engine_case_close(c);
    }
}

#define CONDITION(condition)                                                                       \
    "locals: {nothing: '${null}'}\n"                                                               \
    "resource:\n"                                                                                  \
    "  fake_thing:\n"                                                                              \
    "    first: {name: first}\n"                                                                   \
    "    a:\n"                                                                                     \
    "      name: a\n"                                                                              \
    "      lifecycle:\n"                                                                           \
    "        action_trigger:\n"                                                                    \
    "        - {events: [after_create], actions: [action.fake_note.ac], condition: '" condition    \
    "'}\n" NOTES

/* The condition sees the object; one that is unknown in the plan is decided in the apply. */
static void conditions(void **) {
    static const struct {
        const char *config;
        enum { RUNS, DOES_NOT_RUN, FAILS } outcome;
    } cases[] = {
        {CONDITION("${self.name == \"a\"}"), RUNS},
        {CONDITION("${self.name == \"b\"}"), DOES_NOT_RUN},
        {CONDITION("${self.id == \"a-1\"}"), RUNS},
        {CONDITION("${self.id == \"a-2\"}"), DOES_NOT_RUN},
        {CONDITION("${fake_thing.first.id == \"first-1\"}"), RUNS},
        {CONDITION("${fake_thing.first.id == \"x\"}"), DOES_NOT_RUN},
        {CONDITION("${local.nothing}"), FAILS},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        engine_case_config(c, cases[i].config);
        bool ok = engine_case_plan(c);
        assert_int_equal(ok, cases[i].outcome != FAILS);
        if (ok) {
            engine_case_must(c, engine_case_apply_plan(c));
            bool has_note = str_find(engine_case_diary(c), STR("note ac"), 0) != SIZE_MAX;
            if (has_note != (cases[i].outcome == RUNS))
                fail_msg("case %zu: %.*s", i, STR_ARG(engine_case_diary(c)));
        } else {
            check_said(c,
                       "Invalid condition: The condition of an action_trigger block must be true "
                       "or false, but is null.");
        }
        engine_case_close(c);
    }
}

/* References to instances of actions, in a validation and in a plan. */
static void references(void **) {
    enum { ABSENT = 8 };
    static const struct {
        const char *action, *reference;
        const char *said; /* NULL: the note is written */
    } cases[] = {
        {"n: {config: {text: x}}", "action.fake_note.n", NULL},
        {"n: {count: 2, config: {text: x}}", "action.fake_note.n[1]", NULL},
        {"n: {for_each: {k: 1}, config: {text: x}}", "action.fake_note.n[\\\"k\\\"]", NULL},
        {"n: {count: 2, config: {text: x}}", "action.fake_note.n",
         "Missing index: action.fake_note.n has \"count\", so a reference requires an instance "
         "key, "
         "as in action.fake_note.n[0]."},
        {"n: {for_each: {k: 1}, config: {text: x}}", "action.fake_note.n",
         "as in action.fake_note.n[\"key\"]."},
        {"n: {count: 2, config: {text: x}}", "action.fake_note.n[\\\"k\\\"]",
         "Invalid index: action.fake_note.n has \"count\", so its instance keys are numbers."},
        {"n: {for_each: {k: 1}, config: {text: x}}", "action.fake_note.n[0]",
         "Invalid index: action.fake_note.n has \"for_each\", so its instance keys are strings."},
        {"n: {config: {text: x}}", "action.fake_note.n[0]",
         "Invalid index: action.fake_note.n has neither \"count\" nor \"for_each\""},
        {"n: {count: 2, config: {text: x}}", "action.fake_note.n[2]",
         "Reference to non-existent action instance: The configuration has no "
         "action.fake_note.n[2]."},
        {"n: {config: {text: x}}", "action.fake_note.n.text",
         "Unexpected attribute in action reference"},
        {"n: {config: {text: x}}", "action.fake_note.other",
         "An action \"fake_note\" \"other\" has not been declared"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {name: a, lifecycle: {action_trigger: "
                              "{events: [after_create], actions: [\"%s\"]}}}}}\n"
                              "action: {fake_note: {%s}}\n",
                              cases[i].reference, cases[i].action);
        engine_case_config(c, str_to_cstr(text, c->arena));
        Engine engine = engine_case_engine(c);
        bool is_absent = i == ABSENT; /* only a plan knows the instances */
        assert_int_equal(engine_validate(&engine, &c->diags), !cases[i].said || is_absent);
        if (cases[i].said && !is_absent)
            check_said(c, cases[i].said);
        bool ok = engine_case_plan(c);
        if (ok != !cases[i].said)
            print_error("case %zu: %.*s", i, STR_ARG(engine_case_said(c)));
        assert_int_equal(ok, !cases[i].said);
        if (ok) {
            engine_case_must(c, engine_case_apply_plan(c));
            check_diary(c, "create a\nnote x\n");
        } else {
            check_said(c, cases[i].said);
            assert_int_equal(c->diags.count, 1);
        }
        engine_case_close(c);
    }
}

/* An action is planned without its provider if that has to wait. */
static void actions_of_a_later_provider(void **) {
    EngineCase *c = open_case();
    engine_case_config(c, "provider: {fake: [{}, {alias: in, endpoint: 'at-${fake_thing.t.id}'}]}\n"
                          "resource: {fake_thing: {t: {name: t}, a: {name: a, depends_on: "
                          "[fake_thing.t], lifecycle: {action_trigger: {events: [after_create], "
                          "actions: [action.fake_note.n]}}}}}\n"
                          "action: {fake_note: {n: {provider: fake.in, config: {text: x}}}}\n");
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, engine_case_apply_plan(c));
    Str diary = engine_case_diary(c);
    assert_true(str_find(diary, STR("create a\nnote x\n"), 0) != SIZE_MAX);
    assert_true(str_find(diary, STR("configure at-t-1\n"), 0) != SIZE_MAX);
    engine_case_close(c);
}

/* The plan of an action that fails has no invocation. */
static void mistakes_in_arguments(void **) {
    static const char *const cases[][2] = {
        {"${[1][2]}", "Invalid index"},
        {"${null}", "Missing required argument"},
        {"${caller.nothing}", "Unsupported attribute"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case();
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {name: a, lifecycle: {action_trigger: "
                              "{events: [after_create], actions: [action.fake_note.n]}}}}}\n"
                              "action: {fake_note: {n: {config: {text: '%s'}}}}\n",
                              cases[i][0]);
        engine_case_config(c, str_to_cstr(text, c->arena));
        assert_false(engine_case_plan(c));
        check_said(c, cases[i][1]);
        assert_int_equal(c->diags.count, 1);
        vec_each(&c->plan->changes, change)
            assert_int_equal(change->invocations.count, 0);
        engine_case_close(c);
    }
}

UNIT_MAIN(test_invocation) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_in_order),
        cmocka_unit_test(many_actions),
        cmocka_unit_test(actions_that_name_their_trigger),
        cmocka_unit_test(changed_marks_invoke),
        cmocka_unit_test(failures),
        cmocka_unit_test(failures_of_a_destroy),
        cmocka_unit_test(allowed_failures_are_warnings),
        cmocka_unit_test(ends_have_errors),
        cmocka_unit_test(arguments_known_too_late),
        cmocka_unit_test(conditions_known_too_late),
        cmocka_unit_test(keys_of_deletions),
        cmocka_unit_test(conditions_that_fail_late),
        cmocka_unit_test(requested_invocations),
        cmocka_unit_test(requested_too_early),
        cmocka_unit_test(conditions),
        cmocka_unit_test(references),
        cmocka_unit_test(actions_of_a_later_provider),
        cmocka_unit_test(mistakes_in_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
