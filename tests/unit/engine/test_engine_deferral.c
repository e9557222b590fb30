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

static void rounds(void **unused) {
    (void)unused;
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

/* Without the option, and in a configuration of a provider, unknown instances are an error. */
static void errors(void **unused) {
    (void)unused;
    EngineCase *c = engine_case_open();
    engine_case_config(c, COUNTED("2", ""));
    assert_false(engine_case_plan(c));
    check_said(c, "or plan with -allow-deferral.");
    c->options.allows_deferral = true;
    engine_case_must(c, engine_case_plan(c));
    /* A mistake in a block is found although its instances are unknown. */
    engine_case_config(c, "resource:\n"
                          "  terraform_data: {n: {input: 2}}\n"
                          "  fake_thing:\n"
                          "    a: {count: '${terraform_data.n.output}', name: '${[1][2]}'}\n");
    assert_false(engine_case_plan(c));
    check_said(c, "Invalid index");
    engine_case_close(c);
}

static void modules(void **unused) {
    (void)unused;
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
static void deletions_wait(void **unused) {
    (void)unused;
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
static void failures(void **unused) {
    (void)unused;
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
static void other_modes(void **unused) {
    (void)unused;
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds),         cmocka_unit_test(errors),   cmocka_unit_test(modules),
        cmocka_unit_test(deletions_wait), cmocka_unit_test(failures), cmocka_unit_test(other_modes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
