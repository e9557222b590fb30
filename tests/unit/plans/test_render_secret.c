#include "plan_case.h"
#include "render_secret.h"
#include "render_text.h"
#include "render_text_body.h"

static Str body(const char *before, const char *after, const Map *secrets) {
    ResourceChange change = change_of("t.a", ACTION_UPDATE, value_of(before), value_of(after));
    StrBuf out = strbuf_new(arena);
    render_text_body(&change, (RenderStyle){.secrets = secrets}, &out, arena);
    return strbuf_str(&out);
}

static void in_one_object(void **) {
    check_str(
        body("{\"in\": {\"$sensitive\": \"pw\"}, \"out\": {\"a\": \"pw\", \"b\": \"x\"}, \"n\": 5}",
             "{\"in\": {\"$sensitive\": \"new\"}, \"out\": {\"a\": \"new\", \"b\": \"y\"}, \"n\": "
             "6}",
             NULL),
        "  ~ resource \"t\" \"a\" {\n"
        "      ~ in  = (sensitive value)\n"
        "      ~ n   = 5 -> 6\n"
        "      ~ out = {\n"
        "          ~ a = (sensitive value)\n"
        "          ~ b = \"x\" -> \"y\"\n"
        "        }\n"
        "    }\n");
}

/* The texts of another program are equal to its own. */
static void of_a_peer(void **) {
    static const RenderPeer peer = {"Terraform", "terraform", true};
    ResourceChange change = change_of(
        "t.a", ACTION_CREATE, value_of("-"),
        value_of("{\"in\": {\"$sensitive\": \"canary-bird\"}, \"out\": \"canary-bird\"}"));
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    vec_push(arena, &plan->changes, change);
    for (int is_peer = 0; is_peer < 2; is_peer++) {
        StrBuf out = strbuf_new(arena);
        render_text_plan(plan, (RenderStyle){.peer = is_peer ? &peer : NULL}, &out, arena);
        Str text = strbuf_str(&out);
        assert_true(str_find(text, STR("in  = (sensitive value)"), 0) != SIZE_MAX);
        assert_int_equal(str_find(text, STR("out = \"canary-bird\""), 0) != SIZE_MAX, is_peer);
    }
}

/* A value that becomes sensitive is also hidden where it is not sensitive yet. */
static void becoming_sensitive(void **) {
    Str text = body("{\"in\": \"canary\", \"out\": [\"canary\"]}",
                    "{\"in\": {\"$sensitive\": \"canary\"}, \"out\": {\"$unknown\": true}}", NULL);
    assert_true(str_find(text, STR("canary"), 0) == SIZE_MAX);
    assert_true(str_find(text, STR("will be marked as sensitive"), 0) != SIZE_MAX);
}

static void in_a_plan(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    Value object =
        value_of("{\"a\": {\"$sensitive\": {\"long\": \"canary-bird\", \"short\": \"pw\"}}}");
    vec_push(arena, &plan->changes, change_of("t.a", ACTION_CREATE, value_of("-"), object));
    vec_push(arena, &plan->outputs,
             (OutputChange){STR("o"), ACTION_CREATE, value_of("-"), value_of("123456789"), true});
    const Map *secrets = render_secret_of_plan(plan, arena);
    assert_true(render_secret_has(secrets, value_of("\"canary-bird\""), arena));
    /* A root output that is sensitive as a whole hides no argument with the same value. */
    assert_false(render_secret_has(secrets, value_of("123456789"), arena));
    assert_false(render_secret_has(secrets, value_of("\"pw\""), arena));
    assert_false(render_secret_has(secrets, value_of("[\"canary-bird\"]"), arena));
    assert_false(render_secret_has(NULL, value_of("\"canary-bird\""), arena));
    check_str(body("{\"x\": \"canary-bird\"}", "{\"x\": \"pw\"}", secrets),
              "  ~ resource \"t\" \"a\" {\n      ~ x = (sensitive value)\n    }\n");
    vec_push(arena, &plan->outputs,
             (OutputChange){STR("p"), ACTION_CREATE, value_of("-"), value_of("[\"canary-bird\"]"),
                            false});
    StrBuf out = strbuf_new(arena);
    render_text_plan(plan, (RenderStyle){0}, &out, arena);
    assert_true(str_find(strbuf_str(&out), STR("canary"), 0) == SIZE_MAX);
}

static void marking(void **) {
    Map secrets = map_new(arena);
    render_secret_collect(value_of("{\"a\": {\"$sensitive\": [\"canary-bird\", \"pw\"]}}"),
                          &secrets);
    Value value = value_of("[\"canary-bird\", {\"b\": \"pw\", \"c\": \"x\"}]");
    check_str(value_display(render_secret_mark(&secrets, value, arena), 0, arena),
              "[(sensitive value), {b = (sensitive value), c = \"x\"}]");
    const Map *shared = render_secret_shared(&secrets, arena);
    check_str(value_display(render_secret_mark(shared, value, arena), 0, arena),
              "[(sensitive value), {b = \"pw\", c = \"x\"}]");
    check_str(value_display(render_secret_mark(NULL, value, arena), 0, arena),
              "[\"canary-bird\", {b = \"pw\", c = \"x\"}]");
}

/* The keys of a sensitive object are hidden too. */
static void keys(void **) {
    check_str(body("{\"in\": {\"$sensitive\": {\"canary\": 1, \"list\": [\"a\"]}}, "
                   "\"out\": {\"canary\": 1, \"list\": [\"a\"]}, \"own\": {\"list\": 1}}",
                   "{\"in\": {\"$sensitive\": {\"canary\": 2}}, \"out\": {\"$unknown\": true}, "
                   "\"own\": {\"list\": 2}}",
                   NULL),
              "  ~ resource \"t\" \"a\" {\n"
              "      ~ in  = (sensitive value)\n"
              "      ~ out = (sensitive value)\n"
              "      ~ own = {\n"
              "          ~ list = 1 -> 2\n"
              "        }\n"
              "    }\n");
    Map secrets = map_new(arena);
    render_secret_collect(value_of("{\"$sensitive\": {\"canary\": [1, 2]}}"), &secrets);
    const Map *shared = render_secret_shared(&secrets, arena);
    assert_true(render_secret_has(shared, value_of("{\"canary\": [1, 2]}"), arena));
    assert_false(render_secret_has(shared, value_of("{\"canary\": [1, 3]}"), arena));
    assert_false(render_secret_has(shared, value_of("[1, 2]"), arena));
}

static void shown_when_asked(void **) {
    ResourceChange change =
        change_of("t.a", ACTION_CREATE, value_of("-"),
                  value_of("{\"in\": {\"$sensitive\": \"pw\"}, \"out\": \"pw\"}"));
    StrBuf out = strbuf_new(arena);
    render_text_body(&change, (RenderStyle){.show_sensitive = true}, &out, arena);
    check_str(strbuf_str(&out),
              "  + resource \"t\" \"a\" {\n      + in  = \"pw\"\n      + out = \"pw\"\n    }\n");
}

/* An ephemeral value is hidden like a sensitive one. */
static void ephemeral(void **) {
    Str *names = arena_new_array(arena, Str, 2);
    Value *items = arena_new_array(arena, Value, 2);
    names[0] = STR("in");
    names[1] = STR("out");
    items[0] = value_with_marks(value_of("\"canary\""), MARK_EPHEMERAL);
    items[1] = value_of("[\"canary\"]");
    Value object = value_object(names, items, 2, arena);
    ResourceChange change = change_of("t.a", ACTION_CREATE, value_of("-"), object);
    StrBuf out = strbuf_new(arena);
    render_text_body(&change, (RenderStyle){0}, &out, arena);
    assert_true(str_find(strbuf_str(&out), STR("canary"), 0) == SIZE_MAX);
}

/* A sensitive variable's value is hidden as a key too, together with the object that contains the
 * key. */
static void keys_elsewhere(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    vec_push(arena, &plan->variables,
             (PlanVariable){STR("key"), value_of("{\"$sensitive\": \"canary-bird\"}")});
    vec_push(arena, &plan->variables,
             (PlanVariable){STR("short"), value_of("{\"$sensitive\": \"b\"}")});
    const Map *secrets = render_secret_of_plan(plan, arena);
    check_str(body("{\"x\": {\"b\": 1, \"canary-bird\": 1, \"more\": \"x\"}, \"y\": {\"b\": 1}}",
                   "{\"x\": {\"b\": 1, \"canary-bird\": 1, \"more\": \"y\"}, \"y\": {\"b\": 2}}",
                   secrets),
              "  ~ resource \"t\" \"a\" {\n"
              "      ~ x = (sensitive value)\n"
              "      ~ y = {\n"
              "          ~ b = 1 -> 2\n"
              "        }\n"
              "    }\n");
}

UNIT_MAIN(test_render_secret) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(in_one_object),
        PLAN_CASE(of_a_peer),
        PLAN_CASE(becoming_sensitive),
        PLAN_CASE(in_a_plan),
        PLAN_CASE(keys),
        PLAN_CASE(keys_elsewhere),
        PLAN_CASE(marking),
        PLAN_CASE(shown_when_asked),
        PLAN_CASE(ephemeral),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
