/* Random configurations, each changed into the next: no cycle, no failure, an empty second plan,
 * and no object left over. */
#include "engine_death.h"

#define MOST 9

typedef struct Lot {
    uint64_t state;
    const char *type; /* of the resources */
} Lot;

static uint32_t draw(Lot *lot, uint32_t below) {
    lot->state = lot->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(lot->state >> 33) % below;
}

/* A block may refer to the blocks before it, in an order that is random each time. */
static Str random_config(Lot *lot, Arena *arena) {
    uint32_t order[MOST];
    for (uint32_t i = 0; i < MOST; i++) {
        order[i] = i;
    }
    for (uint32_t i = MOST - 1; i > 0; i--) {
        uint32_t j = draw(lot, 3) ? i : draw(lot, i + 1);
        uint32_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    StrBuf text = strbuf_new(arena);
    StrBuf data = strbuf_new(arena);
    strbuf_add_format(&text, "resource:\n  %s:\n    last: {name: last}\n", lot->type);
    bool there[MOST] = {0};
    for (uint32_t i = 0; i < MOST; i++) {
        uint32_t at = order[i];
        there[at] = draw(lot, 5) > 0;
        if (!there[at])
            continue;
        strbuf_add_format(&text, "    r%u: {name: 'r%u', zone: z%u, size: %u, count: %u", at, at,
                          draw(lot, 3) ? 0 : draw(lot, 3), draw(lot, 3), 1 + draw(lot, 2));
        if (draw(lot, 4) == 0)
            strbuf_add_cstr(&text, ", lifecycle: {create_before_destroy: true}");
        strbuf_add_cstr(&text, ", input: [0");
        for (uint32_t j = 0; j < i; j++) {
            if (!there[order[j]] || draw(lot, 3) > 0)
                continue;
            bool by_data = draw(lot, 4) == 0;
            if (by_data) {
                strbuf_add_format(&text, ", '${data.fake_lookup.d%u_%u.answer}'", order[j], at);
                strbuf_add_format(&data, "    d%u_%u: {name: '${%s.r%u[0].id}'}\n", order[j], at,
                                  lot->type, order[j]);
            } else {
                strbuf_add_format(&text, ", '${%s.r%u[0].id}'", lot->type, order[j]);
            }
        }
        strbuf_add_cstr(&text, "]}\n");
    }
    if (data.len > 0)
        strbuf_add_format(&text, "data:\n  fake_lookup:\n%.*s", STR_ARG(strbuf_str(&data)));
    return strbuf_str(&text);
}

static size_t alive(const FakeWorld *world) {
    size_t count = 0;
    vec_each(&world->objects, object) {
        count += !(*object)->is_gone;
    }
    return count;
}

static size_t stored(const EngineCase *c) {
    size_t count = 0;
    map_each(&c->state->resources, entry) {
        const StateResource *resource = entry->value;
        if (resource->address.mode != MODE_MANAGED)
            continue;
        vec_each(&resource->instances, instance) {
            count += (instance->current != NULL) + instance->deposed.count;
        }
    }
    return count;
}

static bool apply_with_journal(EngineCase *c) {
    engine_case_must(c, journal_open(engine_death_journal(c), c->world.io.clock, c->refreshed,
                                     &c->journal, c->arena, &c->diags));
    bool ok = engine_case_apply_plan(c);
    journal_close(c->journal);
    c->journal = NULL;
    return ok;
}

static void change_and_settle(EngineCase *c, Lot *lot) {
    Str text = random_config(lot, c->arena);
    engine_case_config(c, str_to_cstr(text, c->arena));
    bool fails = draw(lot, 3) == 0;
    static const char *const orders[] = {"create r2", "half r3", "delete r4", "delete r1",
                                         "update r5"};
    if (fails)
        fake_world_order(&c->world, orders[draw(lot, ARRAY_COUNT(orders))]);
    engine_case_must(c, engine_case_plan(c));
    bool ok = apply_with_journal(c);
    if (!ok && !fails)
        print_error("%.*s\n%.*s", STR_ARG(text), STR_ARG(engine_case_said(c)));
    assert_true(ok || fails);
    assert_int_equal(stored(c), alive(&c->world));
    if (!fails)
        return;
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_apply(c));
    assert_int_equal(stored(c), alive(&c->world));
}

static void anything_goes(void **) {
    for (uint64_t seed = 1; seed <= 40; seed++) {
        Lot lot = {.state = seed, .type = seed % 4 < 2 ? "fake_thing" : "fake_quick"};
        EngineCase *c = engine_case_open();
        c->parallelism = seed % 2 ? 1 : 8;
        for (int i = 0; i < 5; i++) {
            change_and_settle(c, &lot);
            engine_case_must(c, engine_case_plan(c));
            if (engine_case_changes(c).len > 0)
                print_error("seed %llu\n", (unsigned long long)seed);
            check_changes(c, "");
        }
        engine_case_options(c, PLAN_DESTROY);
        engine_case_must(c, engine_case_apply(c));
        assert_int_equal(alive(&c->world), 0);
        assert_true(state_is_empty(c->state));
        engine_case_close(c);
    }
}

UNIT_MAIN(test_engine_random) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(anything_goes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
