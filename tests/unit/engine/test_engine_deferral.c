/* Plans with deferrals: unknown instances, dependents, stored objects, deletions, failures. */
#include "engine_case.h"

/* "instance_count_unknown + fake_thing.a[*]" per line. */
static Str deferred(const EngineCase *c) {
    StrBuf buf = strbuf_new(c->arena);
    vec_each(&c->plan->deferred, one) {
        strbuf_add_format(&buf, "%s %s %.*s\n", deferral_name(one->deferral),
                          action_glyph(one->change.action),
                          STR_ARG(resource_addr_to_str(one->change.address, c->arena)));
    }
    vec_each(&c->plan->deferred_blocks, block) {
        strbuf_add_format(&buf, "%.*s\n", STR_ARG(*block));
    }
    return strbuf_str(&buf);
}

static EngineCase *open_case(void) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    c->options.allows_deferral = true;
    return c;
}

static void plan(EngineCase *c, const char *changes, const char *waiting) {
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, changes);
    check_str(deferred(c), waiting);
    assert_int_equal(c->plan->complete, waiting[0] == '\0');
}

static void apply(EngineCase *c) {
    engine_case_must(c, engine_case_apply_plan(c));
}

static void check_has(const EngineCase *c, const char *objects) {
    Str all = engine_case_objects(c, c->state);
    if (str_find(all, str_from_cstr(objects), 0) == SIZE_MAX)
        fail_msg("%.*s", STR_ARG(all));
}

#define COUNTED(n, more)                                                                           \
    "resource:\n"                                                                                  \
    "  terraform_data: {n: {input: " n "}}\n"                                                      \
    "  fake_thing:\n"                                                                              \
    "    a: {count: '${terraform_data.n.output}', name: 'a${count.index}'}\n"                      \
    "    b: {name: b, zone: '%{for x in fake_thing.a}${x.name}%{endfor}'}\n"                       \
    "    free: {name: free}\n" more

static void rounds(void **) {
    EngineCase *c = open_case();
    engine_case_config(c, COUNTED("2", ""));
    plan(c, "+ fake_thing.free\n+ terraform_data.n\n",
         "instance_count_unknown + fake_thing.a[*]\ndeferred_prereq + fake_thing.b\n");
    apply(c);
    check_diary(c, "create free\n");
    plan(c, "+ fake_thing.a[0]\n+ fake_thing.a[1]\n+ fake_thing.b\n", "");
    apply(c);
    plan(c, "", "");
    /* The stored instances stay until their number is known. */
    engine_case_config(c, COUNTED("1", ""));
    plan(c, "~ terraform_data.n\n",
         "instance_count_unknown + fake_thing.a[*]\ndeferred_prereq -/+ fake_thing.b\n");
    apply(c);
    check_diary(c, "");
    plan(c,
         "- fake_thing.a[1] delete_because_count_index\n"
         "-/+ fake_thing.b replace_because_cannot_update\n",
         "");
    apply(c);
    check_diary(c, "delete b\ndelete a1\ncreate b\n");
    engine_case_close(c);
}

/* A trigger whose instances are unknown fires only in the plan that knows them. */
static void triggers(void **) {
    EngineCase *c = open_case();
    static const char more[] =
        "    t: {name: t, lifecycle: {replace_triggered_by: [fake_thing.a]}}\n";
    static const char text[] =
        "resource:\n"
        "  terraform_data: {n: {input: %s}}\n"
        "  fake_thing:\n"
        "    a: {count: '${terraform_data.n.output}', name: 'a${count.index}', size: %d}\n%s";
    engine_case_run(c, "resource: {fake_thing: {t: {name: t}}}\n");
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "1", 1, more), c->arena));
    plan(c, "+ terraform_data.n\n",
         "instance_count_unknown + fake_thing.a[*]\ndeferred_prereq  fake_thing.t\n");
    apply(c);
    plan(c, "+ fake_thing.a[0]\n", "");
    apply(c);
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "1", 2, more), c->arena));
    plan(c, "~ fake_thing.a[0]\n-/+ fake_thing.t replace_by_triggers\n", "");
    engine_case_close(c);
}

/* Without the option, and in a configuration of a provider, unknown instances are an error. */
static void errors(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, COUNTED("2", ""));
    assert_false(engine_case_plan(c));
    check_said(c, "or plan with -allow-deferral.");
    c->options.allows_deferral = true;
    engine_case_must(c, engine_case_plan(c));
    /* A mistake in a block is found although its instances are unknown. */
    static const char *const mistakes[][3] = {
        {"fake_thing", "${[1][2]}", "Invalid index"},
        {"fake_thing", "${1 + null}", "Operation failed"},
        {"fake_vault", "a", "Bad disk"},
    };
    fake_world_order(&c->world, "refuse a");
    for (size_t i = 0; i < ARRAY_COUNT(mistakes); i++) {
        Str text = str_format(c->arena,
                              "resource:\n"
                              "  terraform_data: {n: {input: 2}}\n"
                              "  %s:\n"
                              "    a: {count: '${terraform_data.n.output}', name: '%s'}\n",
                              mistakes[i][0], mistakes[i][1]);
        engine_case_config(c, str_to_cstr(text, c->arena));
        assert_false(engine_case_plan(c));
        check_said(c, mistakes[i][2]);
        check_str(deferred(c), "");
    }
    engine_case_close(c);
}

static void modules(void **) {
    EngineCase *c = open_case();
    engine_case_write(c, "m/main.loam.yaml",
                      "variable: {i: {}}\n"
                      "resource: {fake_thing: {in: {name: 'm${var.i}'}}}\n"
                      "module: {n: {source: ../n}}\n");
    engine_case_write(c, "n/main.loam.yaml", "resource: {fake_thing: {deep: {name: deep}}}\n");
    const char *text =
        "resource: {terraform_data: {n: {input: 1}}}\n"
        "module:\n"
        "  m: {source: ./m, count: '${terraform_data.n.output}', i: '${count.index}'}\n";
    engine_case_config(c, text);
    plan(c, "+ terraform_data.n\n",
         "instance_count_unknown + module.m[*].fake_thing.in[*]\n"
         "instance_count_unknown + module.m[*].module.n[*].fake_thing.deep[*]\n"
         "module.m[*]\n");
    apply(c);
    plan(c, "+ module.m[0].fake_thing.in\n+ module.m[0].module.n.fake_thing.deep\n", "");
    apply(c);
    engine_case_config(c, "resource: {terraform_data: {n: {input: 0}}}\n"
                          "module:\n"
                          "  m: {source: ./m, count: '${terraform_data.n.output}', i: 1}\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ terraform_data.n\n");
    apply(c);
    check_has(c, "module.m[0].fake_thing.in m0-1\n"
                 "module.m[0].module.n.fake_thing.deep deep-1\n");
    plan(c,
         "- module.m[0].fake_thing.in delete_because_no_module\n"
         "- module.m[0].module.n.fake_thing.deep delete_because_no_module\n",
         "");
    apply(c);
    engine_case_close(c);
}

/* A stored object waits for the dependents that may have to be deleted before it. */
static void deletions_wait(void **) {
    EngineCase *c = open_case();
    engine_case_run(c,
                    "resource:\n"
                    "  terraform_data: {n: {input: 2}}\n"
                    "  fake_thing:\n"
                    "    base: {name: base}\n"
                    "    a: {count: 2, name: 'a${count.index}', zone: '${fake_thing.base.name}'}\n"
                    "    free: {name: free}\n");
    engine_case_config(
        c, "resource:\n"
           "  terraform_data: {n: {input: 1}}\n"
           "  fake_thing:\n"
           "    a: {count: '${terraform_data.n.output}', name: 'a${count.index}', zone: "
           "base}\n");
    plan(c, "- fake_thing.free delete_because_no_resource_config\n~ terraform_data.n\n",
         "instance_count_unknown + fake_thing.a[*]\ndeferred_dependent - fake_thing.base\n");
    apply(c);
    plan(c,
         "- fake_thing.a[1] delete_because_count_index\n"
         "- fake_thing.base delete_because_no_resource_config\n",
         "");
    apply(c);
    check_diary(c, "delete a1\ndelete base\n");
    engine_case_close(c);
}

/* A failed round keeps every object that waits, and the next rounds continue. */
static void failures(void **) {
    EngineCase *c = open_case();
    engine_case_config(c, COUNTED("2", ""));
    engine_case_must(c, engine_case_apply(c));
    engine_case_must(c, engine_case_apply(c));
    engine_case_config(c, COUNTED("3", "    new: {name: new, zone: '${terraform_data.n.id}'}\n"));
    fake_world_order(&c->world, "create new");
    engine_case_must(c, engine_case_plan(c));
    assert_false(engine_case_apply_plan(c));
    check_has(c, "fake_thing.a[0] a0-1\nfake_thing.a[1] a1-1\nfake_thing.b b-1\n"
                 "fake_thing.free free-1\n");
    fake_world_obey(&c->world);
    plan(c, "+ fake_thing.a[2]\n-/+ fake_thing.b replace_because_cannot_update\n+ fake_thing.new\n",
         "");
    engine_case_close(c);
}

/* A destroy and a refresh concern stored objects alone, so they have no placeholders. */
static void other_modes(void **) {
    EngineCase *c = open_case();
    engine_case_config(c, COUNTED("2", ""));
    engine_case_must(c, engine_case_apply(c));
    engine_case_must(c, engine_case_apply(c));
    engine_case_config(c, COUNTED("1", ""));
    c->options.mode = PLAN_REFRESH_ONLY;
    plan(c, "", "");
    c->options.mode = PLAN_DESTROY;
    plan(c,
         "- fake_thing.a[0]\n- fake_thing.a[1]\n- fake_thing.b\n- fake_thing.free\n- "
         "terraform_data.n\n",
         "");
    apply(c);
    check_objects(c, "");
    engine_case_close(c);
}

/* "after_create action.fake_note.n of fake_thing.a" per line, of the changes that wait. */
static Str invocations(const EngineCase *c) {
    StrBuf buf = strbuf_new(c->arena);
    vec_each(&c->plan->deferred, one) {
        vec_each(&one->change.invocations, invocation) {
            assert_true(value_is_null(invocation->config));
            strbuf_add_format(&buf, "%s %.*s of %.*s\n", invoke_event_keyword(invocation->event),
                              STR_ARG(resource_addr_to_str(invocation->action, c->arena)),
                              STR_ARG(resource_addr_to_str(invocation->caller, c->arena)));
        }
    }
    return strbuf_str(&buf);
}

#define ACTIONS(size)                                                                              \
    "resource:\n"                                                                                  \
    "  fake_thing:\n"                                                                              \
    "    a:\n"                                                                                     \
    "      name: a\n"                                                                              \
    "      size: " size "\n"                                                                       \
    "      lifecycle:\n"                                                                           \
    "        action_trigger:\n"                                                                    \
    "        - {events: [before_create, after_update], actions: ['action.fake_note.m[0]']}\n"      \
    "        - events: [after_create, after_update, before_destroy]\n"                             \
    "          actions: [action.fake_note.n]\n"                                                    \
    "    b: {name: b, size: '${fake_thing.a.size}'}\n"                                             \
    "    free: {name: free}\n"                                                                     \
    "action:\n"                                                                                    \
    "  fake_note:\n"                                                                               \
    "    n: {config: {text: '${caller.name}'}}\n"                                                  \
    "    m: {count: 1, config: {text: first}}\n"

/* An object waits for its action, with the other actions that it triggers, and its dependents. */
static void actions(void **) {
    EngineCase *c = open_case();
    fake_world_order(&c->world, "defer a");
    engine_case_config(c, ACTIONS("1"));
    plan(c, "+ fake_thing.free\n",
         "absent_prereq + fake_thing.a\ndeferred_prereq + fake_thing.b\n");
    check_str(invocations(c), "before_create action.fake_note.m[0] of fake_thing.a\n"
                              "after_create action.fake_note.n of fake_thing.a\n");
    check_str(
        c->plan->deferred.items[0].change.notes.items[0].text,
        "action.fake_note.n is deferred because the configuration of its provider has unknown "
        "values");
    assert_int_equal(plan_count(c->plan).invoke, 0);
    apply(c);
    check_diary(c, "create free\n");
    fake_world_obey(&c->world);
    plan(c, "+ fake_thing.a\n+ fake_thing.b\n", "");
    apply(c);
    check_diary(c, "note first\ncreate a\nnote a\ncreate b\n");
    /* An update and a deletion wait in the same way. */
    fake_world_order(&c->world, "defer first");
    engine_case_config(c, ACTIONS("2"));
    plan(c, "", "absent_prereq ~ fake_thing.a\ndeferred_prereq ~ fake_thing.b\n");
    check_str(invocations(c), "after_update action.fake_note.m[0] of fake_thing.a\n"
                              "after_update action.fake_note.n of fake_thing.a\n");
    fake_world_order(&c->world, "defer a");
    c->options.mode = PLAN_DESTROY;
    plan(c, "- fake_thing.b\n- fake_thing.free\n", "absent_prereq - fake_thing.a\n");
    check_str(invocations(c), "before_destroy action.fake_note.n of fake_thing.a\n");
    apply(c);
    check_diary(c, "delete free\ndelete b\n");
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

/* An object that waits for another reason lists its actions, too. */
static void actions_of_dependents(void **) {
    EngineCase *c = open_case();
    engine_case_config(
        c, COUNTED("2", "    d: {name: d, zone: '${fake_thing.b.id}', lifecycle: {action_trigger: "
                        "{events: [after_create], actions: [action.fake_note.n]}}}\n"
                        "action: {fake_note: {n: {config: {text: later}}}}\n"));
    engine_case_must(c, engine_case_plan(c));
    check_str(invocations(c), "after_create action.fake_note.n of fake_thing.d\n");
    apply(c);
    check_diary(c, "create free\n");
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "create a0\ncreate a1\ncreate b\ncreate d\nnote later\n");
    engine_case_close(c);
}

/* Without the option, and for an invocation that the user requests, a deferred plan is an error. */
static void rejected_actions(void **) {
    static const struct {
        bool allows_deferral;
        bool is_requested;
        const char *advice;
    } cases[] = {
        {false, false, "plan with -allow-deferral, or with -target."},
        {false, true, "Apply the configuration first, without -invoke."},
        {true, true, "Apply the configuration first, without -invoke."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        ResourceAddr action = {.mode = MODE_ACTION, .type = STR("fake_note"), .name = STR("n")};
        engine_case_config(c, ACTIONS("1"));
        if (cases[i].is_requested)
            engine_case_must(c, engine_case_apply(c));
        fake_world_order(&c->world, "defer a");
        c->options.allows_deferral = cases[i].allows_deferral;
        c->options.invoke = cases[i].is_requested ? &action : NULL;
        assert_false(engine_case_plan(c));
        check_said(c, "Provider deferred an action");
        check_said(c, "action.fake_note.n is deferred because the configuration of its provider");
        check_said(c, cases[i].advice);
        engine_case_close(c);
    }
}

#define VAULT(more)                                                                                \
    "resource:\n"                                                                                  \
    "  fake_vault: {a: {name: a" more "}}\n"                                                       \
    "  fake_thing: {b: {name: b, zone: '${fake_vault.a.id}'}, free: {name: free}}\n"

/* A provider may defer any of its calls; the object stays as it is, and its dependents wait. */
static void deferrals_by_the_provider(void **) {
    EngineCase *c = open_case();
    static const char import[] = VAULT("") "import: {to: fake_vault.a, id: a}\n";
    fake_world_order(&c->world, "defer import a");
    engine_case_config(c, import);
    plan(c, "+ fake_thing.free\n",
         "deferred_prereq + fake_thing.b\nprovider_config_unknown + fake_vault.a\n");
    fake_world_obey(&c->world);
    fake_world_order(&c->world, "defer read a");
    plan(c, "+ fake_thing.free\n",
         "deferred_prereq + fake_thing.b\nprovider_config_unknown + fake_vault.a\n");
    fake_world_obey(&c->world);
    fake_world_order(&c->world, "defer plan a");
    engine_case_config(c, VAULT(""));
    plan(c, "+ fake_thing.free\n",
         "deferred_prereq + fake_thing.b\nresource_config_unknown + fake_vault.a\n");
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_plan(c));
    apply(c);
    fake_world_order(&c->world, "defer read a");
    engine_case_config(c, VAULT(", size: 2"));
    plan(c, "", "deferred_prereq  fake_thing.b\nprovider_config_unknown ~ fake_vault.a\n");
    apply(c);
    check_has(c, "fake_vault.a a\n");
    fake_world_obey(&c->world);
    fake_world_order(&c->world, "defer delete a");
    engine_case_config(c, "resource: {fake_thing: {free: {name: free}}}\n");
    plan(c, "- fake_thing.b delete_because_no_resource_config\n",
         "resource_config_unknown - fake_vault.a\n");
    apply(c);
    check_objects(c, "fake_thing.free free-1\nfake_vault.a a\n");
    fake_world_obey(&c->world);
    plan(c, "- fake_vault.a delete_because_no_resource_config\n", "");
    engine_case_close(c);
}

UNIT_MAIN(test_engine_deferral) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds),
        cmocka_unit_test(triggers),
        cmocka_unit_test(errors),
        cmocka_unit_test(modules),
        cmocka_unit_test(deletions_wait),
        cmocka_unit_test(failures),
        cmocka_unit_test(other_modes),
        cmocka_unit_test(actions),
        cmocka_unit_test(actions_of_dependents),
        cmocka_unit_test(rejected_actions),
        cmocka_unit_test(deferrals_by_the_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
