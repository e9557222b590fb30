/* Whole applies: the order of calls, replacement, modules, repetition. */
#include "engine_case.h"

static void creates_updates_and_deletes(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource:\n"
                       "  fake_thing:\n"
                       "    a: {name: a, size: 1}\n"
                       "    b: {name: 'b ${fake_thing.a.id}'}\n"
                       "output:\n"
                       "  id: {value: '${fake_thing.a.id}'}\n");
    check_diary(c, "create a\ncreate b a-1\n");
    check_objects(c, "fake_thing.a a-1\nfake_thing.b b a-1-1\n");
    assert_int_equal(c->state->outputs.count, 1);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a: {name: a, size: 2}\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a\n- fake_thing.b delete_because_no_resource_config\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_objects(c, "fake_thing.a a-1\n");
    assert_int_equal(c->state->outputs.count, 0);
    engine_case_close(c);
}

static void deletes_dependents_first(void **) {
    TELL({"resource:\n"
          "  fake_thing:\n"
          "    a: {name: a}\n"
          "    b: {name: b, input: '${local.a}'}\n"
          "    c: {name: c, input: '${fake_thing.b.id}'}\n"
          "locals:\n"
          "  a: '${fake_thing.a.id}'\n",
          "+ fake_thing.a\n+ fake_thing.b\n+ fake_thing.c\n", "create a\ncreate b\ncreate c\n"},
         {"locals: {}\n",
          "- fake_thing.a delete_because_no_resource_config\n"
          "- fake_thing.b delete_because_no_resource_config\n"
          "- fake_thing.c delete_because_no_resource_config\n",
          "delete c\ndelete b\ndelete a\n"});
}

static const char *chain(EngineCase *c, const char *zone, const char *lifecycle) {
    return str_to_cstr(str_format(c->arena,
                                  "resource:\n"
                                  "  fake_thing:\n"
                                  "    a: {name: a, zone: %s}\n"
                                  "    b: {name: b, zone: '${fake_thing.a.id}'%s}\n"
                                  "    c: {name: c, input: '${fake_thing.b.id}'}\n",
                                  zone, lifecycle),
                       c->arena);
}

static void replaces_in_order(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    const EngineStep steps[] = {
        {chain(c, "x", ""), "+ fake_thing.a\n+ fake_thing.b\n+ fake_thing.c\n",
         "create a\ncreate b\ncreate c\n"},
        {chain(c, "y", ""),
         "-/+ fake_thing.a replace_because_cannot_update\n"
         "-/+ fake_thing.b replace_because_cannot_update\n~ fake_thing.c\n",
         "delete b\ndelete a\ncreate a\ncreate b\nupdate c\n"},
    };
    engine_case_steps(c, steps, ARRAY_COUNT(steps));
    check_objects(c, "fake_thing.a a-2\nfake_thing.b b-2\nfake_thing.c c-1\n");
    engine_case_close(c);
}

/* b is create_before_destroy, so a is too. c is updated before b's predecessor is deleted. */
static void creates_before_it_destroys(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    const char *cbd = ", lifecycle: {create_before_destroy: true}";
    const EngineStep steps[] = {
        {chain(c, "x", cbd), "+ fake_thing.a\n+ fake_thing.b\n+ fake_thing.c\n",
         "create a\ncreate b\ncreate c\n"},
        {chain(c, "y", cbd),
         "+/- fake_thing.a replace_because_cannot_update\n"
         "+/- fake_thing.b replace_because_cannot_update\n~ fake_thing.c\n",
         "create a\ncreate b\nupdate c\ndelete b\ndelete a\n"},
    };
    engine_case_steps(c, steps, ARRAY_COUNT(steps));
    check_objects(c, "fake_thing.a a-2\nfake_thing.b b-2\nfake_thing.c c-1\n");
    engine_case_close(c);
}

static void passes_data_on_the_way(void **) {
    const char *text = "resource:\n"
                       "  fake_thing:\n"
                       "    a: {name: a, zone: %s, lifecycle: {create_before_destroy: true}}\n"
                       "    b: {name: b, input: '${data.fake_lookup.d.answer}'%s}\n"
                       "data:\n"
                       "  fake_lookup:\n"
                       "    d: {name: '${fake_thing.a.id}'}\n";
    static const char *const lifecycles[] = {"", ", lifecycle: {create_before_destroy: true}"};
    for (size_t i = 0; i < 2; i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        Str first = str_format(c->arena, text, "x", lifecycles[i]);
        Str second = str_format(c->arena, text, "y", lifecycles[i]);
        engine_case_run(c, str_to_cstr(first, c->arena));
        check_diary(c, "create a\nlookup a-1\ncreate b\n");
        engine_case_run(c, str_to_cstr(second, c->arena));
        check_diary(c, "create a\nlookup a-2\nupdate b\ndelete a\n");
        engine_case_close(c);
    }
}

/* The network is updated, the subnet on it is removed, and the machine moves to the network. A
 * removed object is deleted before its former dependencies change, as in a replacement, unless one
 * of them is create_before_destroy. So the subnet is deleted before the network changes. */
static void removes_the_middle(void **) {
    TELL({"resource:\n"
          "  fake_thing:\n"
          "    net: {name: net}\n"
          "    sub: {name: sub, input: '${fake_thing.net.id}'}\n"
          "    vm: {name: vm, input: '${fake_thing.sub.id}'}\n",
          "+ fake_thing.net\n+ fake_thing.sub\n+ fake_thing.vm\n",
          "create net\ncreate sub\ncreate vm\n"},
         {"resource:\n"
          "  fake_thing:\n"
          "    net: {name: net, size: 3}\n"
          "    vm: {name: vm, input: '${fake_thing.net.id}'}\n",
          "~ fake_thing.net\n- fake_thing.sub delete_because_no_resource_config\n~ fake_thing.vm\n",
          "delete sub\nupdate net\nupdate vm\n"});
}

/* An object is deleted after its dependents are updated, whether one instance or the whole block is
 * removed. */
static void updates_dependents_first(void **) {
    TELL({"resource:\n"
          "  fake_disk: {d: {count: 2, name: 'd${count.index}'}}\n"
          "  fake_thing: {vm: {name: vm, input: '${fake_disk.d[*].id}'}}\n",
          "+ fake_disk.d[0]\n+ fake_disk.d[1]\n+ fake_thing.vm\n",
          "create d0\ncreate d1\ncreate vm\n"},
         {"resource:\n"
          "  fake_disk: {d: {count: 1, name: 'd${count.index}'}}\n"
          "  fake_thing: {vm: {name: vm, input: '${fake_disk.d[*].id}'}}\n",
          "- fake_disk.d[1] delete_because_count_index\n~ fake_thing.vm\n",
          "update vm\ndelete d1\n"},
         {"resource:\n"
          "  fake_thing: {vm: {name: vm, input: none}}\n",
          "- fake_disk.d[0] delete_because_no_resource_config\n~ fake_thing.vm\n",
          "update vm\ndelete d0\n"});
}

/* The same with a network that is replaced: the subnet must be deleted before it, and so before the
 * machine is updated. */
static void removes_the_middle_of_a_replacement(void **) {
    TELL({"resource:\n"
          "  fake_thing:\n"
          "    net: {name: net, zone: x}\n"
          "    sub: {name: sub, input: '${fake_thing.net.id}'}\n"
          "    vm: {name: vm, input: '${fake_thing.sub.id}'}\n",
          "+ fake_thing.net\n+ fake_thing.sub\n+ fake_thing.vm\n",
          "create net\ncreate sub\ncreate vm\n"},
         {"resource:\n"
          "  fake_thing:\n"
          "    net: {name: net, zone: y}\n"
          "    vm: {name: vm, input: '${fake_thing.net.id}'}\n",
          "-/+ fake_thing.net replace_because_cannot_update\n"
          "- fake_thing.sub delete_because_no_resource_config\n~ fake_thing.vm\n",
          "delete sub\ndelete net\ncreate net\nupdate vm\n"});
}

/* One instance is updated, another replaced; both depended on the removed resource. */
static void removes_below_mixed_changes(void **) {
    TELL({"resource:\n"
          "  fake_thing:\n"
          "    sub: {name: sub}\n"
          "    vm:\n"
          "      for_each: {a: x, b: x}\n"
          "      name: '${each.key}'\n"
          "      zone: '${each.value}'\n"
          "      input: '${fake_thing.sub.id}'\n",
          "+ fake_thing.sub\n+ fake_thing.vm[\"a\"]\n+ fake_thing.vm[\"b\"]\n",
          "create sub\ncreate a\ncreate b\n"},
         {"resource:\n"
          "  fake_thing:\n"
          "    vm:\n"
          "      for_each: {a: x, b: y}\n"
          "      name: '${each.key}'\n"
          "      zone: '${each.value}'\n",
          "- fake_thing.sub delete_because_no_resource_config\n~ fake_thing.vm[\"a\"]\n"
          "-/+ fake_thing.vm[\"b\"] replace_because_cannot_update\n",
          "delete b\ndelete sub\nupdate a\ncreate b\n"});
}

static void reverses_a_dependency(void **) {
    TELL({"resource:\n"
          "  fake_thing:\n"
          "    a: {name: a, zone: x}\n"
          "    b: {name: b, zone: '${fake_thing.a.id}'}\n",
          "+ fake_thing.a\n+ fake_thing.b\n", "create a\ncreate b\n"},
         {"resource:\n"
          "  fake_thing:\n"
          "    a: {name: a, zone: '${fake_thing.b.id}'}\n"
          "    b: {name: b, zone: x}\n",
          "-/+ fake_thing.a replace_because_cannot_update\n"
          "-/+ fake_thing.b replace_because_cannot_update\n",
          "delete a\ndelete b\ncreate b\ncreate a\n"});
}

static void counts(void **) {
    const char *two = "+ fake_thing.a[0]\n+ fake_thing.a[1]\n";
    TELL({"resource: {fake_thing: {a: {count: 2, name: 'a${count.index}'}}}\n", two,
          "create a0\ncreate a1\n"},
         {"resource: {fake_thing: {a: {count: 3, name: 'a${count.index}'}}}\n",
          "+ fake_thing.a[2]\n", "create a2\n"},
         {"resource: {fake_thing: {a: {count: 1, name: 'a${count.index}'}}}\n",
          "- fake_thing.a[1] delete_because_count_index\n"
          "- fake_thing.a[2] delete_because_count_index\n",
          "delete a1\ndelete a2\n"},
         {"resource: {fake_thing: {a: {for_each: {k: v}, name: '${each.key}${each.value}'}}}\n",
          "- fake_thing.a[0] delete_because_wrong_repetition\n+ fake_thing.a[\"k\"]\n",
          "delete a0\ncreate kv\n"},
         {"resource: {fake_thing: {a: {for_each: {l: v}, name: '${each.key}${each.value}'}}}\n",
          "- fake_thing.a[\"k\"] delete_because_each_key\n+ fake_thing.a[\"l\"]\n",
          "delete kv\ncreate lv\n"},
         {"resource: {fake_thing: {a: {count: 0, name: x}}}\n",
          "- fake_thing.a[\"l\"] delete_because_wrong_repetition\n", "delete lv\n"});
}

static const char module_text[] = "variable:\n"
                                  "  name: {type: string}\n"
                                  "resource:\n"
                                  "  fake_thing:\n"
                                  "    t: {name: '${var.name}'}\n"
                                  "output:\n"
                                  "  id: {value: '${fake_thing.t.id}'}\n";

static void repeats_modules(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_write(c, "m/main.loam.yaml", module_text);
    const EngineStep steps[] = {
        {"module:\n"
         "  m: {source: ./m, count: 2, name: 'm${count.index}'}\n"
         "resource: {fake_thing: {last: {name: '${module.m[1].id}', input: '${module.m}'}}}\n",
         "+ fake_thing.last\n+ module.m[0].fake_thing.t\n+ module.m[1].fake_thing.t\n",
         "create m0\ncreate m1\ncreate m1-1\n"},
        {"module:\n"
         "  m: {source: ./m, count: 1, name: 'm${count.index}'}\n"
         "resource: {fake_thing: {last: {name: '${module.m[0].id}', input: '${module.m}'}}}\n",
         "~ fake_thing.last\n- module.m[1].fake_thing.t delete_because_no_module\n",
         "delete m1\nupdate m0-1\n"},
        {"module:\n"
         "  m: {source: ./m, for_each: {x: p, y: q}, name: '${each.key}${each.value}'}\n"
         "resource: {fake_thing: {last: {name: '${module.m[\"y\"].id}'}}}\n",
         "~ fake_thing.last\n- module.m[0].fake_thing.t delete_because_no_module\n"
         "+ module.m[\"x\"].fake_thing.t\n+ module.m[\"y\"].fake_thing.t\n",
         "delete m0\ncreate xp\ncreate yq\nupdate yq-1\n"},
        {"resource: {fake_thing: {last: {name: last}}}\n",
         "~ fake_thing.last\n- module.m[\"x\"].fake_thing.t delete_because_no_resource_config\n"
         "- module.m[\"y\"].fake_thing.t delete_because_no_resource_config\n",
         "delete xp\ndelete yq\nupdate last\n"},
    };
    engine_case_steps(c, steps, ARRAY_COUNT(steps));
    engine_case_close(c);
}

static void nests_modules(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_write(c, "outer/inner/main.loam.yaml", module_text);
    engine_case_write(c, "outer/main.loam.yaml",
                      "variable: {names: {type: map(string)}}\n"
                      "module:\n"
                      "  i: {source: ./inner, for_each: '${var.names}', name: '${each.value}'}\n"
                      "output: {ids: {value: '${{for k, v in module.i : k => v.id}}'}}\n");
    const EngineStep steps[] = {
        {"module:\n"
         "  o: {source: ./outer, count: 2, names: {a: 'a${count.index}', b: 'b${count.index}'}}\n"
         "output: {all: {value: '${module.o[*].ids}'}}\n",
         "+ module.o[0].module.i[\"a\"].fake_thing.t\n+ module.o[0].module.i[\"b\"].fake_thing.t\n"
         "+ module.o[1].module.i[\"a\"].fake_thing.t\n+ module.o[1].module.i[\"b\"].fake_thing.t\n",
         "create a0\ncreate b0\ncreate a1\ncreate b1\n"},
    };
    engine_case_steps(c, steps, ARRAY_COUNT(steps));
    const StateOutput *all = map_find(&c->state->outputs, STR("all"));
    check_str(value_display(all->value, 0, c->arena),
              "[{a = \"a0-1\", b = \"b0-1\"}, {a = \"a1-1\", b = \"b1-1\"}]");
    engine_case_close(c);
}

static void waits_for_depends_on(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_write(c, "m/main.loam.yaml", module_text);
    engine_case_run(c, "resource:\n"
                       "  fake_thing:\n"
                       "    a: {name: a, depends_on: [module.m]}\n"
                       "    b: {name: b, depends_on: [fake_thing.a]}\n"
                       "    z: {name: z}\n"
                       "module:\n"
                       "  m: {source: ./m, name: m, depends_on: [fake_thing.z]}\n");
    check_diary(c, "create z\ncreate m\ncreate a\ncreate b\n");
    engine_case_options(c, PLAN_DESTROY);
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "delete b\ndelete a\ndelete m\ndelete z\n");
    check_objects(c, "");
    engine_case_close(c);
}

/* What runs in a cluster is deleted before its nodes, whether by a reference or by the
 * configuration of a provider; but not what a node depends on. */
static void destroys_members_last(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, "provider:\n"
                       "  fake: [{}, {alias: inner, endpoint: '${fake_thing.cluster.id}'}]\n"
                       "resource:\n"
                       "  fake_thing:\n"
                       "    cluster: {name: cluster}\n"
                       "    app: {name: app, provider: fake.inner}\n"
                       "    needed: {name: needed, input: '${fake_thing.cluster.id}'}\n"
                       "  fake_member:\n"
                       "    a: {name: node-a, depends_on: [fake_thing.needed]}\n"
                       "    z: {name: node-z, depends_on: [fake_thing.cluster]}\n");
    engine_case_options(c, PLAN_DESTROY);
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "configure cluster-1\n"
                   "delete app\ndelete node-a\ndelete node-z\ndelete needed\ndelete cluster\n");
    check_objects(c, "");
    engine_case_close(c);
}

static void destroys_objects_of_the_state(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, "resource:\n"
                       "  fake_thing:\n"
                       "    a: {name: a}\n"
                       "    b: {name: b, input: '${data.fake_lookup.d.answer}'}\n"
                       "    gone: {name: gone, input: '${fake_thing.b.id}'}\n"
                       "data: {fake_lookup: {d: {name: '${fake_thing.a.id}'}}}\n"
                       "output: {x: {value: '${fake_thing.b.id}'}}\n");
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a: {name: a}\n"
                          "    b: {name: b, input: '${data.fake_lookup.d.answer}'}\n"
                          "    new: {name: new, count: '${fake_thing.never.revision}'}\n"
                          "    never: {name: never}\n"
                          "data: {fake_lookup: {d: {name: '${fake_thing.a.id}'}}}\n"
                          "output: {x: {value: '${fake_thing.b.id}'}}\n");
    engine_case_options(c, PLAN_DESTROY);
    assert_false(engine_case_plan(c)); /* the configuration is planned first */
    c->options.skip_refresh = true;
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "- fake_thing.a\n- fake_thing.b\n- fake_thing.gone\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "delete gone\ndelete b\ndelete a\n");
    assert_true(state_is_empty(c->state));
    engine_case_close(c);
}

static const char providers_text[] =
    "provider:\n"
    "  fake:\n"
    "    - {}\n"
    "    - {alias: inner, endpoint: '${fake_thing.server.id}'}\n"
    "resource:\n"
    "  fake_thing:\n"
    "    server: {name: server, zone: %s}\n"
    "    object: {name: object, provider: fake.inner, input: '${fake_thing.server.name}'}\n";

/* A provider configured by a planned resource: its own resources are planned anyway. */
static void defers_a_provider(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    Str x = str_format(c->arena, providers_text, "x");
    Str y = str_format(c->arena, providers_text, "y");
    engine_case_config(c, str_to_cstr(x, c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "+ fake_thing.object\n+ fake_thing.server\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "create server\nconfigure server-1\ncreate object\n");
    /* The server is replaced, and its content with it. */
    engine_case_config(c, str_to_cstr(y, c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "+ fake_thing.object\n-/+ fake_thing.server replace_because_cannot_update\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "delete server\ncreate server\nconfigure server-2\ncreate object\n");
    check_objects(c, "fake_thing.object object-2\nfake_thing.server server-2\n");
    engine_case_options(c, PLAN_DESTROY);
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "configure server-2\ndelete object\ndelete server\n");
    check_objects(c, "");
    engine_case_close(c);
}

static void removes_an_object_of_a_rebuilt_provider(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    Str text = str_format(c->arena, providers_text, "x");
    engine_case_run(c, str_to_cstr(text, c->arena));
    engine_case_config(c, "provider:\n"
                          "  fake:\n"
                          "    - {}\n"
                          "    - {alias: inner, endpoint: '${fake_thing.server.id}'}\n"
                          "resource:\n"
                          "  fake_thing:\n"
                          "    server: {name: server, zone: y}\n");
    engine_case_must(c, engine_case_apply(c));
    check_objects(c, "fake_thing.server server-2\n");
    engine_case_close(c);
}

static void keeps_limits(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 16;
    c->world.is_slow = true;
    engine_case_run(c, "resource:\n"
                       "  fake_thing:\n"
                       "    one: {count: 5, name: 'one${count.index}', group: one}\n"
                       "    two: {count: 8, name: 'two${count.index}', group: pair}\n"
                       "    free: {count: 8, name: 'free${count.index}'}\n");
    assert_int_equal(c->world.groups[1].most, 1);
    assert_int_equal(c->world.groups[2].most, 2);
    assert_true(c->world.groups[0].most > 3);
    assert_true(c->world.groups[0].most <= 16);
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->world.read_groups[1].most, 1);
    assert_int_equal(c->world.read_groups[2].most, 2);
    assert_true(c->world.read_groups[0].most > 3);
    engine_case_close(c);
}

static const char wide_text[] =
    "variable: {n: {default: %s}}\n"
    "locals: {m: '${{for i in [0, 1, 2, 3, 4, 5, 6] : \"k${i}\" => i}}'}\n"
    "resource:\n"
    "  fake_thing:\n"
    "    a: {count: '${var.n}', name: 'a${count.index}', size: 1}\n"
    "    b: {for_each: '${local.m}', name: '${each.key}', input: '${fake_thing.a[*].id}'}\n"
    "    c: {count: 9, name: 'c${count.index}', zone: '${var.n}'}\n"
    "  terraform_data:\n"
    "    d: {input: '${[for k, v in fake_thing.b : v.id]}'}\n"
    "  fake_plain:\n"
    "    e: {count: 4, name: 'e${count.index}', size: '${var.n}'}\n"
    "output: {all: {value: '${fake_thing.c[*].id}'}}\n";

static Str wide_state(uint32_t parallelism, Arena *arena) {
    EngineCase *c = engine_case_open();
    c->parallelism = parallelism;
    Str first = str_format(c->arena, wide_text, "20");
    Str second = str_format(c->arena, wide_text, "12");
    engine_case_run(c, str_to_cstr(first, c->arena));
    engine_case_run(c, str_to_cstr(second, c->arena));
    StateResource *data = map_find(&c->state->resources, STR("terraform_data.d"));
    data->instances.items[0].current = NULL; /* its id is random */
    Str text = str_clone(statefile_encode(c->state, c->arena), arena);
    engine_case_close(c);
    return text;
}

static void many_workers_do_as_one(void **) {
    SCOPED(ArenaRef) arena = arena_open("states");
    Str one = wide_state(1, arena);
    check_str_equal(wide_state(16, arena), one);
    check_str_equal(wide_state(5, arena), one);
}

static void hear_progress(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_APPLY_PROGRESS)
        strbuf_add_format(self, "%.*s %.*s %d of %d\n", STR_ARG(event->address),
                          STR_ARG(event->text), (int)event->done, (int)event->total);
}

/* Progress events of a refresh do not count for the apply. */
static void reports_progress_of_changes(void **) {
    EngineCase *c = engine_case_open();
    StrBuf heard = strbuf_new(c->arena);
    Hooks hooks = {&heard, hear_progress};
    c->hooks = &hooks;
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}}}\n");
    check_str(strbuf_str(&heard), "fake_thing.a halfway 1 of 2\n");
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}}}\n");
    assert_true(c->world.reads > 0);
    check_str(strbuf_str(&heard), "fake_thing.a halfway 1 of 2\n");
    engine_case_close(c);
}

UNIT_MAIN(test_engine_apply) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creates_updates_and_deletes),
        cmocka_unit_test(deletes_dependents_first),
        cmocka_unit_test(replaces_in_order),
        cmocka_unit_test(creates_before_it_destroys),
        cmocka_unit_test(passes_data_on_the_way),
        cmocka_unit_test(removes_the_middle),
        cmocka_unit_test(updates_dependents_first),
        cmocka_unit_test(removes_the_middle_of_a_replacement),
        cmocka_unit_test(removes_below_mixed_changes),
        cmocka_unit_test(reverses_a_dependency),
        cmocka_unit_test(counts),
        cmocka_unit_test(repeats_modules),
        cmocka_unit_test(nests_modules),
        cmocka_unit_test(waits_for_depends_on),
        cmocka_unit_test(destroys_members_last),
        cmocka_unit_test(destroys_objects_of_the_state),
        cmocka_unit_test(defers_a_provider),
        cmocka_unit_test(removes_an_object_of_a_rebuilt_provider),
        cmocka_unit_test(keeps_limits),
        cmocka_unit_test(many_workers_do_as_one),
        cmocka_unit_test(reports_progress_of_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
