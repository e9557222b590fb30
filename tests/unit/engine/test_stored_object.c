/* Objects of the state in former versions of their type, or of another type. */
#include "engine_case.h"

static void hear_calls(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_CALL_START && str_starts_with(event->address, STR("fake_")))
        strbuf_add_format(self, "%s ", event->operation);
}

static const StateObject *object_of(const EngineCase *c, const State *state) {
    return state_find_instance(state, engine_case_address(c, "fake_relic.a").resource)->current;
}

/* A type that always upgrades does so in each version that it knows. The state gets the object only
 * if that changes its value, or if it has another version. */
static void forced_upgrades(void **) {
    static const struct {
        int version;
        const char *attributes, *said; /* NULL: no error */
        const char *calls;
        bool is_kept;
    } rows[] = {
        {2, "{\"name\":\"a\",\"id\":\"a-1\"}", NULL, "upgrade read validate plan ", true},
        {2, "{\"label\":\"a\",\"id\":\"a-1\"}", NULL, "upgrade read validate plan ", false},
        {1, "{\"name\":\"a\",\"id\":\"a-1\"}", NULL, "upgrade read validate plan ", false},
        {0, "{\"label\":\"a\",\"id\":\"a-1\"}", NULL, "upgrade read validate plan ", false},
        {2, "{\"title\":\"a\",\"id\":\"a-1\"}", "Too old: It has a title.", "upgrade ", true},
        {1, "{\"title\":\"a\",\"id\":\"a-1\"}", "Too old: It has a title.", "upgrade ", true},
        {3, "{\"name\":\"a\",\"id\":\"a-1\"}", "managed by newer provider version", "", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_calls};
        Str text = str_format(
            c->arena,
            "{\"version\":4,\"terraform_version\":\"1.12.0\",\"serial\":1,"
            "\"lineage\":\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[{"
            "\"mode\":\"managed\",\"type\":\"fake_relic\",\"name\":\"a\","
            "\"provider\":\"provider[\\\"loam.internal/test/fake\\\"]\",\"instances\":[{"
            "\"schema_version\":%d,\"attributes\":%s}]}],\"check_results\":null}",
            rows[i].version, rows[i].attributes);
        assert_true(statefile_decode(STR("state"), text, &c->state, c->arena, &c->diags));
        engine_case_config(c, "resource: {fake_relic: {a: {name: a}}}\n");
        c->hooks = &hooks;
        assert_int_equal(engine_case_plan(c), !rows[i].said);
        if (rows[i].said)
            check_said(c, rows[i].said);
        assert_int_equal(c->diags.count, rows[i].said != NULL);
        check_str(strbuf_str(&heard), rows[i].calls);
        check_changes(c, "");
        if (!rows[i].said) {
            const StateObject *object = object_of(c, c->refreshed);
            check_str(object->attributes,
                      rows[i].is_kept
                          ? rows[i].attributes
                          : "{\"aspects\":null,\"id\":\"a-1\",\"name\":\"a\",\"size\":null}");
            assert_int_equal(object->schema_version, 2);
        }
        engine_case_close(c);
    }
}

/* A type that adopts objects of another converts them once, without the marks of that type. */
static void adopted_objects(void **) {
    static const char made[] = "variable: {s: {default: x, sensitive: true}}\n"
                               "resource: {fake_thing: {a: {name: a, kind: '${var.s}'}}}\n";
    static const char moved[] = "resource: {fake_relic: {a: {name: a}}}\n"
                                "moved: [{from: fake_thing.a, to: fake_relic.a}]\n";
    for (int stays = 0; stays < 2; stays++) {
        EngineCase *c = engine_case_open();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_calls};
        engine_case_run(c, made);
        fake_world_order(&c->world, stays ? "stay a" : "");
        engine_case_config(c, moved);
        c->hooks = &hooks;
        assert_int_equal(engine_case_plan(c), !stays);
        check_changes(c, "");
        check_str(strbuf_str(&heard), stays ? "move " : "move read validate plan ");
        if (stays) {
            check_said(c, "fake_relic.a: Not adopted: As ordered.");
            assert_int_equal(c->diags.count, 1);
        } else {
            engine_case_must(c, engine_case_apply_plan(c));
            const StateObject *object = object_of(c, c->state);
            check_str(object->private_data, "adopted");
            check_str(object->sensitive_attributes, "[]");
            assert_int_equal(object->schema_version, 2);
            assert_null(object->source);
            check_objects(c, "fake_relic.a relic\n");
            heard = strbuf_new(c->arena);
            engine_case_must(c, engine_case_plan(c));
            check_str(strbuf_str(&heard), "upgrade read validate plan ");
        }
        engine_case_close(c);
    }
}

UNIT_MAIN(test_stored_object) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forced_upgrades),
        cmocka_unit_test(adopted_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
