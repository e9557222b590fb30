/* A change costs as much work among many Runs that wait, or many Stacks that depend on others, as
 * among few. */
#include "growth.h"

#include "operator_case.h"
#include "world.h"

#define FEW  200
#define MANY 3200

static const DecideOptions options;

static const ObjectMeta *put(World *world, WorldKind kind, const char *format, ...) {
    va_list args;
    const ObjectMeta *meta;
    va_start(args, format);
    meta = object_store_put(world->stores[kind], str_vformat(arena, format, args));
    va_end(args);
    assert_non_null(meta);
    return meta;
}

static const ObjectMeta *put_stack(World *world, int number, const char *spec) {
    return put(world, WORLD_STACK,
               "{\"metadata\":{\"namespace\":\"team\",\"name\":\"s%06d\",\"uid\":\"u-s%06d\"},"
               "\"spec\":{%s}}",
               number, number, spec);
}

/* A Run of the Stack of this number. */
static const ObjectMeta *put_run(World *world, int number, const char *status) {
    return put(world, WORLD_RUN,
               "{\"metadata\":{\"namespace\":\"team\",\"name\":\"r%06d\",\"uid\":\"u-r%06d\","
               "\"creationTimestamp\":%.*s},\"spec\":{\"stack\":{\"name\":\"s%06d\",\"uid\":"
               "\"u-s%06d\"},\"template\":{\"lanes\":[\"l\"]}},\"status\":{%s}}",
               number, number, STR_ARG(time_text(NOW + (int64_t)number * 1000)), number, number,
               status);
}

static void count(void *payload, WorldKind kind, Str namespace, Str name) {
    (void)kind, (void)namespace, (void)name;
    ++*(size_t *)payload;
}

typedef struct Cost {
    uint64_t work;
    size_t touched;
} Cost;

static void touch(World *world, WorldKind kind, const ObjectMeta *meta, Cost *cost) {
    world_touch(world, kind, meta, &(WorldTouch){count, &cost->touched}, arena);
}

static void view(World *world, int number) {
    RunView run;
    StackView stack;
    assert_true(
        world_view_run(world, STR("team"), str_format(arena, "r%06d", number), &run, arena));
    assert_true(world_view_stack(world, STR("team"), str_format(arena, "s%06d", number), &options,
                                 &stack, arena));
}

/* One Run has a place, others wait, the last of them begins; then a place is given to the next. */
static Cost cost_of_lane(int runs) {
    Cost cost = {0};
    World world;
    world_open(&world);
    for (int i = 0; i < runs; i++) {
        put_stack(&world, i, "");
        put_run(&world, i, "");
    }
    growth_work = 0;
    for (int i = 0; i < 2; i++)
        touch(
            &world, WORLD_LANE,
            put(&world, WORLD_LANE,
                "{\"metadata\":{\"name\":\"l\"},\"spec\":{\"capacity\":2},\"status\":{\"holders\":"
                "[{\"uid\":\"u-r000000\",\"namespace\":\"team\",\"name\":\"r000000\"}]}}"),
            i == 0 ? &(Cost){0} : &cost);
    growth_work = 0;
    put_stack(&world, runs, "");
    touch(&world, WORLD_RUN, put_run(&world, runs, ""), &cost);
    touch(&world, WORLD_RUN, put_run(&world, 0, "\"finishedAt\":\"2026-01-02T03:04:05Z\""), &cost);
    view(&world, 1);
    view(&world, runs / 2);
    view(&world, runs);
    cost.work = growth_work;
    world_close(&world);
    return cost;
}

/* Pairs: one Stack uses the other. One of each changes. */
static Cost cost_of_dependencies(int stacks, const char *spec) {
    Cost cost = {0};
    World world;
    world_open(&world);
    for (int i = 0; i < stacks; i += 2) {
        put_stack(&world, i, "");
        put_stack(&world, i + 1, str_to_cstr(str_format(arena, spec, i), arena));
        put_run(&world, i, "");
        put_run(&world, i + 1, "");
    }
    growth_work = 0;
    touch(&world, WORLD_STACK, put_stack(&world, 10, ""), &cost);
    view(&world, 10);
    view(&world, 11);
    cost.work = growth_work;
    world_close(&world);
    return cost;
}

/* Stacks of one state: the oldest has it, and one of the others changes. */
static Cost cost_of_shared_state(int stacks) {
    static const char spec[] = "\"backend\":{\"type\":\"pg\",\"config\":{\"schema\":\"s\"}}";
    Cost cost = {0};
    World world;
    world_open(&world);
    for (int i = 0; i < stacks; i++) {
        put_stack(&world, i, spec);
        put_run(&world, i, "\"finishedAt\":\"2026-01-02T03:04:05Z\"");
    }
    growth_work = 0;
    touch(&world, WORLD_STACK, put_stack(&world, stacks / 2, spec), &cost);
    view(&world, stacks / 2);
    cost.work = growth_work;
    world_close(&world);
    return cost;
}

static void check(const char *what, Cost few, Cost many) {
    print_message("%-20s %llu for %d, %llu for %d\n", what, (unsigned long long)few.work, FEW,
                  (unsigned long long)many.work, MANY);
    assert_int_equal(few.touched, many.touched);
    assert_true(few.work > 0);
    assert_true(many.work <= few.work * 3 / 2);
}

static void lanes(void **) {
    check("lane", cost_of_lane(FEW), cost_of_lane(MANY));
}

static void dependencies(void **) {
    static const char *const specs[] = {
        "\"dependsOn\":[{\"name\":\"s%06d\"}]",
        ("\"variables\":[{\"name\":\"v\",\"valueFrom\":{\"output\":{\"stack\":\"s%06d\","
         "\"name\":\"o\"}}}]"),
        "\"planOnly\":true,\"planFor\":\"s%06d\"",
    };
    for (size_t i = 0; i < ARRAY_COUNT(specs); i++)
        check(specs[i], cost_of_dependencies(FEW, specs[i]), cost_of_dependencies(MANY, specs[i]));
}

static void shared_states(void **) {
    check("shared state", cost_of_shared_state(FEW), cost_of_shared_state(MANY));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes),
        cmocka_unit_test(dependencies),
        cmocka_unit_test(shared_states),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
