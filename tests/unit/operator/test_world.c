/* Views of decisions, and which keys a change concerns. */
#include "operator_case.h"
#include "world_metrics.h"

static const DecideOptions options;

static World world;

static int open_world(void **) {
    (void)open_arena(NULL);
    world_open(&world);
    return 0;
}

static int close_world(void **) {
    world_close(&world);
    return close_arena(NULL);
}

static const ObjectMeta *put(WorldKind kind, const char *format, ...) {
    va_list args;
    const ObjectMeta *meta;
    Str text;
    va_start(args, format);
    text = str_vformat(arena, format, args);
    va_end(args);
    meta = object_store_put(world.stores[kind], text);
    if (!meta)
        print_error("%.*s\n", STR_ARG(text));
    assert_non_null(meta);
    return meta;
}

#define FINISHED "\"finishedAt\":\"2026-01-02T03:04:05Z\""
#define NAMED(name)                                                                                \
    "\"metadata\":{\"namespace\":\"team\",\"name\":\"" name "\",\"uid\":\"u-" name "\"}"

#define OWNER(uid) "\"ownerReferences\":[{\"uid\":\"" uid "\",\"controller\":true}]"

static const ObjectMeta *put_stack(const char *name, const char *spec, const char *status) {
    return put(
        WORLD_STACK,
        "{\"metadata\":{\"namespace\":\"team\",\"name\":\"%s\",\"uid\":\"u-%s\"%s},\"spec\":{%s}}",
        name, name, status, spec);
}

static const ObjectMeta *put_run(const char *name, const char *lanes, int priority,
                                 const char *status) {
    return put(WORLD_RUN,
               "{\"metadata\":{\"namespace\":\"team\",\"name\":\"%s\",\"uid\":\"u-%s\"},\"spec\":{"
               "\"stack\":{\"name\":\"net\",\"uid\":\"u-net\"},\"template\":{\"lanes\":[%s],"
               "\"priority\":%d}},\"status\":{%s}}",
               name, name, lanes, priority, status);
}

static void stacks(void **) {
    StackView view;
    assert_false(world_view_stack(&world, STR("team"), STR("net"), &options, &view, arena));
    put_stack("net",
              "\"source\":{\"ref\":{\"kind\":\"Bucket\",\"name\":\"b\"}},\"dependsOn\":[{"
              "\"name\":\"base\"}],\"variables\":[{\"name\":\"v\",\"valueFrom\":{\"output\":{"
              "\"stack\":\"dns\",\"name\":\"zone\"}}}]",
              "");
    put_stack("base", "", "");
    put(WORLD_BUCKET, "{" NAMED("b") "}");
    put(WORLD_GIT_REPOSITORY, "{" NAMED("b") "}");
    put_run("net-1", "", 0, "");
    put_run("net-2", "", 0, "");
    assert_true(world_view_stack(&world, STR("team"), STR("net"), &options, &view, arena));
    assert_ptr_equal(view.source,
                     object_store_find(world.stores[WORLD_BUCKET], STR("team"), STR("b")));
    assert_int_equal(view.dependencies.count, 2);
    assert_non_null(view.dependencies.items[0].stack);
    assert_null(view.dependencies.items[1].stack);
    check_str(view.dependencies.items[1].output, "zone");
    check_str(view.problem, "");
    check_str(view.runs.items[0]->meta.name, "net-1");
    check_str(view.runs.items[1]->meta.name, "net-2");
    put_stack("base", "", ",\"deletionTimestamp\":\"2026-01-02T03:04:05Z\"");
    assert_true(world_view_stack(&world, STR("team"), STR("base"), &options, &view, arena));
    assert_int_equal(view.dependents.count, 1);
}

static Str problem_of(const char *name, bool is_cross_allowed) {
    StackView view;
    DecideOptions own = {.is_cross_allowed = is_cross_allowed};
    assert_true(world_view_stack(&world, STR("team"), str_from_cstr(name), &own, &view, arena));
    return view.problem;
}

static void problems(void **) {
    static const char far[] = "\"dependsOn\":[{\"namespace\":\"other\",\"name\":\"x\"}]";
    put_stack("a", "\"dependsOn\":[{\"name\":\"b\"},{\"name\":\"gone\"}]", "");
    put_stack("b", "\"dependsOn\":[{\"name\":\"c\"}]", "");
    put_stack("c", "", "");
    check_str(problem_of("a", false), "");
    put_stack("c", "\"dependsOn\":[{\"name\":\"a\"}]", "");
    assert_true(problem_of("a", false).len > 0);
    assert_true(problem_of("c", false).len > 0);
    put_stack("aside", "\"dependsOn\":[{\"name\":\"a\"}]",
              ""); /* it leads to a circle, but not back */
    check_str(problem_of("aside", false), "");
    put_stack("far", far, "");
    assert_true(problem_of("far", false).len > 0);
    check_str(problem_of("far", true), "");
    put_stack("fetch",
              "\"source\":{\"ref\":{\"kind\":\"Bucket\",\"namespace\":\"x\",\"name\":\"b\"}}", "");
    assert_true(problem_of("fetch", false).len > 0);
    check_str(problem_of("fetch", true), "");
}

/* A Stack may name the image of the operator, and those of the administrator's patterns. */
static void images(void **) {
    static const char *const rows[][2] = {{"loam:1", "x"},
                                          {"loam:2", NULL},
                                          {"example.com/a/loam:1", "x"},
                                          {"example.com/a/b:1", NULL},
                                          {"b.example.com/a/loam:1", NULL}};
    static const Str patterns[] = {STR_CONST("other/*"), STR_CONST("example.com/*/loam:*")};
    DecideOptions own = {.image = STR("loam:1"), .images = {(Str *)patterns, 2, 2}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        StackView view;
        put_stack(
            "net",
            str_to_cstr(str_format(arena, "\"runner\":{\"image\":\"%s\"}", rows[i][0]), arena), "");
        assert_true(world_view_stack(&world, STR("team"), STR("net"), &own, &view, arena));
        if (rows[i][1])
            check_str(view.problem, "");
        else
            assert_true(str_find(view.problem, str_from_cstr(rows[i][0]), 0) != SIZE_MAX);
    }
}

/* Previews are in the namespace of their Stack, and two Stacks have two states. */
static void shared_states(void **) {
    static const char backend[] = "\"backend\":{\"type\":\"pg\",\"config\":{\"schema\":\"s\"}}";
    static const char secret[] = "\"backend\":{\"type\":\"pg\",\"config\":{\"schema\":\"s\"},"
                                 "\"secretRef\":{\"name\":\"x\"}}";
    put_stack("old", backend, ",\"creationTimestamp\":\"2026-01-02T03:04:05Z\"");
    put_stack("young", backend, ",\"creationTimestamp\":\"2026-01-02T03:04:06Z\"");
    check_str(problem_of("old", false), "");
    assert_true(problem_of("young", false).len > 0);
    object_store_remove(world.stores[WORLD_STACK], STR("team"), STR("old"));
    check_str(problem_of("young", false), "");
    put_stack("staging",
              "\"env\":\"staging\","
              "\"backend\":{\"type\":\"pg\",\"config\":{"
              "\"schema\":\"s\"}}",
              "");
    check_str(problem_of("staging", false), "");
    put_stack("secret", secret, ""); /* of another server, perhaps */
    check_str(problem_of("secret", false), "");
    put_stack("secret-2", secret, ",\"creationTimestamp\":\"2026-01-02T03:04:06Z\"");
    assert_true(problem_of("secret-2", false).len > 0);
    put_stack("preview", "\"planOnly\":true,\"planFor\":\"young\"", "");
    check_str(problem_of("preview", false), "");
    put_stack("preview-2", "\"planOnly\":true,\"planFor\":\"preview\"", "");
    assert_true(problem_of("preview-2", false).len > 0);
    put_stack("preview-3", "\"planOnly\":true,\"planFor\":\"far\"", "");
    put(WORLD_STACK, "{\"metadata\":{\"namespace\":\"other\",\"name\":\"far\",\"uid\":\"u\"},"
                     "\"spec\":{}}");
    assert_true(problem_of("preview-3", false).len > 0);
}

/* Runs whose plan a Run may have: of previews, and of the Run before it. */
static void other_runs(void **) {
    RunView view;
    put_stack("net", "", "},\"status\":{\"lastRun\":{\"name\":\"net-1\"}");
    put_run("net-1", "", 0, "\"finishedAt\":\"2026-01-02T03:04:05Z\"");
    put_run("net-0", "", 0, "\"finishedAt\":\"2026-01-02T03:04:05Z\"");
    put(WORLD_RUN,
        "{" NAMED(
            "net-2") ",\"spec\":{\"stack\":{\"name\":\"net\",\"uid\":\"u-net\"},"
                     "\"template\":{\"approval\":{\"mode\":\"Merge\"}}},\"status\":{\"plan\":{"
                     "\"name\":\"net-0\"}}}");
    put(WORLD_RUN,
        "{" NAMED("preview-1") ",\"spec\":{\"stack\":{\"name\":\"preview\",\"uid\":\"p\"},"
                               "\"planFor\":{\"name\":\"net\",\"uid\":\"u-net\"},\"template\":{}},"
                               "\"status\":{\"finishedAt\":\"2026-01-02T03:04:05Z\"}}");
    put(WORLD_APPROVAL,
        "{" NAMED("a") ",\"spec\":{\"stack\":\"net\",\"run\":{\"name\":\"net-0\"}}}");
    put(WORLD_APPROVAL,
        "{" NAMED("b") ",\"spec\":{\"stack\":\"net\",\"run\":{\"name\":\"net-2\"}}}");
    assert_true(world_view_run(&world, STR("team"), STR("net-2"), &view, arena));
    check_str(view.previous->meta.name, "net-1");
    check_str(view.origin->meta.name, "net-0");
    assert_int_equal(view.previews.count, 1);
    assert_int_equal(view.approvals.count, 2);
    assert_true(world_view_run(&world, STR("team"), STR("net-1"), &view, arena));
    assert_null(view.origin);
    assert_int_equal(view.previews.count, 0); /* another mode */
}

/* A spec of more than its limit is not kept, and the Stack says so. */
static void large(void **) {
    Str most = str_format(arena, "\"variables\":[{\"name\":\"v\",\"value\":\"%0*d\"}]",
                          (int)STACK_SPEC_MAX -
                              (int)sizeof "{\"variables\":[{\"name\":\"v\",\"value\":\"\"}]}" + 1,
                          0);
    put_stack("net", str_to_cstr(most, arena), "");
    check_str(problem_of("net", false), "");
    most = str_format(arena, "%.*s ", STR_ARG(most));
    put_stack("net", str_to_cstr(most, arena), "");
    check_str(problem_of("net", false),
              "The spec has more than 128 KiB. Put large values of variables into Secrets or "
              "ConfigMaps.");
    assert_int_equal(
        ((const Stack *)object_store_find(world.stores[WORLD_STACK], STR("team"), STR("net")))
            ->spec.variables.count,
        0);
}

/* A Run that waits for more minutes than the priority of another one has points goes first. */
static void starvation(void **) {
    static const int ages[] = {101, 99}; /* minutes */
    put(WORLD_LANE, "{\"metadata\":{\"name\":\"l\"},\"spec\":{\"capacity\":1}}");
    put(WORLD_STACK, "{\"metadata\":{\"namespace\":\"team0\",\"name\":\"net\",\"uid\":\"u\"},"
                     "\"spec\":{}}");
    for (int i = 0; i < 2; i++) {
        RunView view;
        for (int k = 0; k < 2; k++)
            put(WORLD_RUN,
                "{\"metadata\":{\"namespace\":\"team%d\",\"name\":\"r\",\"uid\":\"u%d\","
                "\"creationTimestamp\":%.*s},\"spec\":{\"stack\":{\"name\":\"net\",\"uid\":"
                "\"u\"},\"template\":{\"lanes\":[\"l\"],\"priority\":%d}}}",
                k, k, STR_ARG(time_text(NOW - (k ? 0 : ages[i] * MINUTE))), k ? 100 : 0);
        assert_true(world_view_run(&world, STR("team0"), STR("r"), &view, arena));
        assert_int_equal(view.lanes.items[0].is_next, i == 0);
    }
}

/* The places of a lane go to the highest priority, then to the oldest. */
static void lanes(void **) {
    RunView view;
    put_stack("net", "", "");
    put(WORLD_LANE,
        "{\"metadata\":{\"name\":\"l\"},\"spec\":{\"capacity\":2},\"status\":{\"holders\":"
        "[{\"uid\":\"u-r0\",\"namespace\":\"team\",\"name\":\"r0\"}]}}");
    put_run("r0", "\"l\"", 0, "");
    put_run("r1", "\"l\"", 0, "");
    put_run("r2", "\"l\"", 5, "");
    put_run("r3", "\"l\"", 9, FINISHED);
    put_run("r4", "\"l\"", 9, "\"plannedAt\":\"2026-01-02T03:04:05Z\""); /* waits for a person */
    put_run("r5", "\"other\"", 9, "");
    assert_true(world_view_run(&world, STR("team"), STR("r2"), &view, arena));
    assert_true(view.lanes.items[0].is_next);
    assert_true(world_view_run(&world, STR("team"), STR("r1"), &view, arena));
    assert_false(view.lanes.items[0].is_next);
    put_run("r2", "\"l\"", -5, "");
    assert_true(world_view_run(&world, STR("team"), STR("r1"), &view, arena));
    assert_true(view.lanes.items[0].is_next);
    assert_true(world_view_run(&world, STR("team"), STR("r5"), &view, arena));
    assert_null(view.lanes.items[0].lane);
    {
        LaneView lane;
        assert_true(world_view_lane(&world, STR("l"), &lane, arena));
        assert_int_equal(lane.holders.count, 1);
        assert_non_null(lane.holders.items[0]);
    }
}

static void jobs(void **) {
    RunView view;
    put_run("r", "", 0, "");
    assert_false(world_view_run(&world, STR("team"), STR("r"), &view, arena)); /* another shard's */
    put(WORLD_STACK,
        "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net\",\"uid\":\"2\"},\"spec\":{}}");
    assert_false(world_view_run(&world, STR("team"), STR("r"), &view, arena)); /* made again */
    put_stack("net", "", "");
    put(WORLD_JOB,
        "{\"metadata\":{\"namespace\":\"team\",\"name\":\"r-plan\",\"uid\":\"u-r-plan\"," OWNER(
            "u-r") "}}");
    put(WORLD_JOB, "{\"metadata\":{\"namespace\":\"team\",\"name\":\"r-apply\"," OWNER("u-x") "}}");
    for (int i = 0; i < 5; i++)
        put(WORLD_POD,
            "{\"metadata\":{\"namespace\":\"team\",\"name\":\"p%d\",\"creationTimestamp\":"
            "\"2026-01-02T03:04:0%dZ\",\"labels\":{\"infra.loam.internal/run\":\"r\","
            "\"infra.loam.internal/phase\":\"%s\"}%s}}",
            i, 5 - i, i == 1 ? "apply" : "plan",
            i == 3   ? "" /* a pod that anybody made, with our labels */
            : i == 4 ? "," OWNER("u-x")
                     : "," OWNER("u-r-plan"));
    put(WORLD_APPROVAL, "{" NAMED("a") ",\"spec\":{\"run\":{\"name\":\"r\"}}}");
    put(WORLD_APPROVAL, "{" NAMED("b") ",\"spec\":{\"run\":{\"name\":\"other\"}}}");
    assert_true(world_view_run(&world, STR("team"), STR("r"), &view, arena));
    assert_non_null(view.plan_job);
    assert_null(view.apply_job); /* that one is not of this Run */
    assert_int_equal(view.plan_pods.count, 2);
    check_str(view.plan_pods.items[0].pod->meta.name, "p2"); /* the oldest first */
    assert_int_equal(view.approvals.count, 1);
    world_forget(&world, WORLD_JOB, &view.plan_job->meta, arena);
    assert_int_equal(object_store_count(world.stores[WORLD_POD]), 5);
    world_forget(&world, WORLD_RUN, put_run("r", "", 0, FINISHED), arena);
    assert_int_equal(object_store_count(world.stores[WORLD_POD]), 0);
    assert_int_equal(object_store_count(world.stores[WORLD_JOB]), 0);
    world_forget(&world, WORLD_JOB,
                 put(WORLD_JOB, "{\"metadata\":{\"namespace\":\"team\",\"name\":\"r-apply\","
                                "\"labels\":{\"infra.loam.internal/run\":\"r\"}}}"),
                 arena);
    assert_int_equal(object_store_count(world.stores[WORLD_JOB]), 0);
}

static void note(void *payload, WorldKind kind, Str namespace, Str name) {
    static const char *const names[] = {"stack", "run", "approval", "lane"};
    strbuf_add_format(payload, "%s %.*s/%.*s; ", names[kind], STR_ARG(namespace), STR_ARG(name));
}

static Str touched(WorldKind kind, const ObjectMeta *meta) {
    StrBuf text = strbuf_new(arena);
    world_touch(&world, kind, meta, &(WorldTouch){note, &text}, arena);
    return strbuf_str(&text);
}

static void touches(void **) {
    const ObjectMeta *pod;
    put_stack("net", "\"source\":{\"ref\":{\"kind\":\"Bucket\",\"name\":\"b\"}}", "");
    put_stack("top", "\"dependsOn\":[{\"name\":\"net\"}]", "");
    put_run("r", "\"l\"", 0, "");
    check_str(
        touched(WORLD_STACK, object_store_find(world.stores[WORLD_STACK], STR("team"), STR("net"))),
        "stack team/net; stack team/top; ");
    check_str(touched(WORLD_RUN, object_store_find(world.stores[WORLD_RUN], STR("team"), STR("r"))),
              "run team/r; stack team/net; lane /l; ");
    check_str(touched(WORLD_BUCKET, put(WORLD_BUCKET, "{" NAMED("b") "}")), "stack team/net; ");
    check_str(touched(WORLD_OCI_REPOSITORY, put(WORLD_OCI_REPOSITORY, "{" NAMED("b") "}")), "");
    check_str(touched(WORLD_APPROVAL,
                      put(WORLD_APPROVAL, "{" NAMED("a") ",\"spec\":{\"run\":{\"name\":\"r\"}}}")),
              "run team/r; ");
    pod = put(WORLD_POD, "{\"metadata\":{\"namespace\":\"team\",\"name\":\"p\",\"labels\":{"
                         "\"infra.loam.internal/run\":\"r\"}}}");
    check_str(touched(WORLD_POD, pod), "run team/r; ");
    check_str(touched(WORLD_POD, put(WORLD_POD, "{" NAMED("foreign") "}")), "");
}

static const ObjectMeta *put_lane(int capacity, const char *holder, const char *meta) {
    return put(WORLD_LANE,
               "{\"metadata\":{\"name\":\"l\"%s},\"spec\":{\"capacity\":%d},\"status\":{"
               "\"holders\":[{\"uid\":\"u-%s\",\"namespace\":\"team\",\"name\":\"%s\"}]}}",
               meta, capacity, holder, holder);
}

/* A change names the Runs that may have a place now, and those that got or lost one; all say
 * whether their lane exists. */
static void touches_of_lanes(void **) {
    put_run("first", "\"l\"", 9, "");
    put_run("second", "\"l\"", 5, "");
    put_run("third", "\"l\"", 0, "");
    put_run("asks", "\"l\"", 9, "\"plannedAt\":\"2026-01-02T03:04:05Z\"");
    check_str(touched(WORLD_LANE, put_lane(2, "other", "")),
              "lane /l; run team/first; run team/second; run team/third; ");
    check_str(touched(WORLD_LANE, put_lane(2, "other", "")), "lane /l; run team/first; ");
    check_str(touched(WORLD_LANE, put_lane(3, "first", "")),
              "lane /l; run team/first; run team/other; run team/second; run team/third; ");
    check_str(touched(WORLD_LANE, put_lane(1, "first", "")), "lane /l; ");
    (void)put_lane(2, "first", "");
    check_str(touched(WORLD_RUN, put_run("second", "\"l\"", 5, "")),
              "run team/second; stack team/net; lane /l; ");
    check_str(touched(WORLD_RUN, put_run("second", "\"l\"", 5, FINISHED)),
              "run team/second; stack team/net; lane /l; run team/third; ");
    check_str(
        touched(WORLD_RUN, put_run("third", "\"l\"", 5, "\"plannedAt\":\"2026-01-02T03:04:05Z\"")),
        "run team/third; stack team/net; lane /l; ");
    check_str(touched(WORLD_LANE,
                      put_lane(1, "first", ",\"deletionTimestamp\":\"2026-01-02T03:04:05Z\"")),
              "lane /l; run team/first; ");
}

/* The oldest Stack of a state names the others when it gets another state, or goes. */
static void touches_of_states(void **) {
    static const char backend[] = "\"backend\":{\"type\":\"pg\",\"config\":{\"schema\":\"s\"}}";
    static const char old[] = ",\"creationTimestamp\":\"2026-01-02T03:04:05Z\"";
    put_stack("old", backend, old);
    put_stack("young", backend, ",\"creationTimestamp\":\"2026-01-02T03:04:06Z\"");
    check_str(touched(WORLD_STACK, put_stack("young", backend,
                                             ",\"creationTimestamp\":\"2026-01-02T03:04:06Z\"")),
              "stack team/young; ");
    check_str(touched(WORLD_STACK, put_stack("old", backend, old)),
              "stack team/old; stack team/old; stack team/young; ");
    check_str(
        touched(WORLD_STACK, put_stack("old",
                                       "\"env\":\"e\",\"backend\":{\"type\":\"pg\",\"config\":{"
                                       "\"schema\":\"s\"}}",
                                       old)),
        "stack team/old; stack team/old; stack team/young; ");
    check_str(problem_of("young", false), "");
}

/* A name can add no line and no label, whatever it has. */
static void series(void **) {
    StrBuf out = strbuf_new(arena);
    put(WORLD_LANE,
        "{\"metadata\":{\"name\":\"a\\\"} 1\\nloam_leader 7\\\\\"},\"spec\":{\"capacity\":2}}");
    put_run("r1", "\"other\"", 0, "");
    world_metrics_add(&world, NOW, &out);
    check_str(strbuf_str(&out),
              "# HELP loam_stack_ready 1: the condition Ready has this status.\n"
              "# TYPE loam_stack_ready gauge\n"
              "# HELP loam_stack_drifted 1: objects differ from the state.\n"
              "# TYPE loam_stack_drifted gauge\n"
              "# HELP loam_stack_suspended 1: the Stack starts no Run.\n"
              "# TYPE loam_stack_suspended gauge\n"
              "# HELP loam_approval_waiting_seconds How long the plan of a Stack waits for a "
              "person.\n"
              "# TYPE loam_approval_waiting_seconds gauge\n"
              "# HELP loam_lane_capacity Places of a lane.\n"
              "# TYPE loam_lane_capacity gauge\n"
              "loam_lane_capacity{lane=\"a\\\"} 1\\nloam_leader 7\\\\\"} 2\n"
              "# HELP loam_lane_used Places of a lane that Runs have.\n"
              "# TYPE loam_lane_used gauge\n"
              "loam_lane_used{lane=\"a\\\"} 1\\nloam_leader 7\\\\\"} 0\n"
              "# HELP loam_lane_waiting Runs that wait for a place in a lane.\n"
              "# TYPE loam_lane_waiting gauge\n"
              "loam_lane_waiting{lane=\"a\\\"} 1\\nloam_leader 7\\\\\"} 0\n");
}

UNIT_MAIN(test_world) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stacks, open_world, close_world),
        cmocka_unit_test_setup_teardown(problems, open_world, close_world),
        cmocka_unit_test_setup_teardown(images, open_world, close_world),
        cmocka_unit_test_setup_teardown(shared_states, open_world, close_world),
        cmocka_unit_test_setup_teardown(other_runs, open_world, close_world),
        cmocka_unit_test_setup_teardown(lanes, open_world, close_world),
        cmocka_unit_test_setup_teardown(starvation, open_world, close_world),
        cmocka_unit_test_setup_teardown(large, open_world, close_world),
        cmocka_unit_test_setup_teardown(jobs, open_world, close_world),
        cmocka_unit_test_setup_teardown(series, open_world, close_world),
        cmocka_unit_test_setup_teardown(touches, open_world, close_world),
        cmocka_unit_test_setup_teardown(touches_of_lanes, open_world, close_world),
        cmocka_unit_test_setup_teardown(touches_of_states, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
