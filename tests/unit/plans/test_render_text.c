#include "parts_sample.h"
#include "plan_case.h"
#include "render_text.h"

static Str rendered(const Plan *plan) {
    StrBuf out = strbuf_new(arena);
    render_text_plan(plan, (RenderStyle){0}, &out, arena);
    return strbuf_str(&out);
}

static ResourceChange *add(Plan *plan, const char *address, Action action, const char *before,
                           const char *after) {
    vec_push(arena, &plan->changes, change_of(address, action, value_of(before), value_of(after)));
    return &vec_last(&plan->changes);
}

static void nothing(void **) {
    check_str(rendered(plan_new(PLAN_NORMAL, arena)),
              "\nNo changes. Your infrastructure matches the configuration.\n");
    check_str(rendered(plan_new(PLAN_DESTROY, arena)),
              "\nNo changes. No objects need to be destroyed.\n");
    check_str(rendered(plan_new(PLAN_REFRESH_ONLY, arena)),
              "\nNo changes. Your infrastructure still matches the configuration.\n");
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    add(plan, "t.a", ACTION_NO_OP, "{\"a\": 1}", "{\"a\": 1}");
    check_str(rendered(plan), "\nNo changes. Your infrastructure matches the configuration.\n");
}

static void whole_plan(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    add(plan, "t.b", ACTION_UPDATE, "{\"id\": \"x\", \"n\": 1}", "{\"id\": \"x\", \"n\": 2}");
    add(plan, "t.a", ACTION_CREATE, "-", "{\"id\": {\"$unknown\": true}}");
    add(plan, "t.same", ACTION_NO_OP, "{\"n\": 1}", "{\"n\": 1}");
    ResourceChange *gone = add(plan, "t.c[\"k\"]", ACTION_DELETE, "{\"n\": 1}", "-");
    gone->reason = REASON_DELETE_BECAUSE_EACH_KEY;
    vec_push(arena, &plan->outputs,
             (OutputChange){STR("long"), ACTION_CREATE, value_of("-"), value_of("1"), false});
    vec_push(arena, &plan->outputs,
             (OutputChange){STR("s"), ACTION_UPDATE, value_of("1"), value_of("2"), true});
    vec_push(arena, &plan->outputs,
             (OutputChange){STR("unchanged"), ACTION_NO_OP, value_of("1"), value_of("1"), false});
    plan_sort(plan);
    check_str(rendered(plan), "\n"
                              "The actions are shown with these symbols:\n"
                              "  + create\n"
                              "  ~ update in-place\n"
                              "  - destroy\n"
                              "\n"
                              "loam will take these actions:\n"
                              "\n"
                              "  # t.a will be created\n"
                              "  + resource \"t\" \"a\" {\n"
                              "      + id = (known after apply)\n"
                              "    }\n"
                              "\n"
                              "  # t.b will be updated in-place\n"
                              "  ~ resource \"t\" \"b\" {\n"
                              "        id = \"x\"\n"
                              "      ~ n  = 1 -> 2\n"
                              "    }\n"
                              "\n"
                              "  # t.c[\"k\"] will be destroyed\n"
                              "  # (because key [\"k\"] is not in for_each map)\n"
                              "  - resource \"t\" \"c\" {\n"
                              "      - n = 1 -> null\n"
                              "    }\n"
                              "\n"
                              "Plan: 1 to add, 1 to change, 1 to destroy.\n"
                              "\n"
                              "Changes to Outputs:\n"
                              "  + long = 1\n"
                              "  ~ s    = (sensitive value)\n");
}

typedef struct TitleCase {
    const char *address;
    Action action;
    ActionReason reason;
    const char *deposed;
    const char *previous;
    const char *title;
} TitleCase;

static const TitleCase TITLES[] = {
    {"t.a", ACTION_DELETE_THEN_CREATE, REASON_REPLACE_BECAUSE_CANNOT_UPDATE, "", "",
     "  # t.a must be replaced\n-/+ resource \"t\" \"a\" {"},
    {"t.a", ACTION_CREATE_THEN_DELETE, REASON_REPLACE_BECAUSE_TAINTED, "", "",
     "  # t.a is tainted, so it must be replaced\n+/- resource \"t\" \"a\" {"},
    {"t.a", ACTION_DELETE_THEN_CREATE, REASON_REPLACE_BY_REQUEST, "", "",
     "  # t.a will be replaced, as requested\n-/+ resource"},
    {"t.a", ACTION_DELETE_THEN_CREATE, REASON_REPLACE_BY_TRIGGERS, "", "",
     "  # t.a will be replaced due to changes in replace_triggered_by\n-/+ resource"},
    {"t.a", ACTION_DELETE, REASON_NONE, "00000001", "",
     "  # t.a (deposed object 00000001) will be destroyed\n"
     "  # (left over from a partially-failed replacement of this instance)\n"
     "  - resource"},
    {"t.a[1]", ACTION_DELETE, REASON_DELETE_BECAUSE_COUNT_INDEX, "", "",
     "  # t.a[1] will be destroyed\n  # (because index [1] is out of range for count)\n"},
    {"t.a[1]", ACTION_DELETE, REASON_DELETE_BECAUSE_WRONG_REPETITION, "", "",
     "  # (because resource does not use count)\n"},
    {"t.a[\"x\"]", ACTION_DELETE, REASON_DELETE_BECAUSE_WRONG_REPETITION, "", "",
     "  # (because resource does not use for_each)\n"},
    {"t.a", ACTION_DELETE, REASON_DELETE_BECAUSE_WRONG_REPETITION, "", "",
     "  # (because resource uses count or for_each)\n"},
    {"t.a[0]", ACTION_DELETE, REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG, "", "",
     "  # (because t.a is not in configuration)\n"},
    {"module.m[0].t.a", ACTION_DELETE, REASON_DELETE_BECAUSE_NO_MODULE, "", "",
     "  # (because module.m[0] is not in configuration)\n"},
    {"data.t.a", ACTION_READ, REASON_READ_BECAUSE_CONFIG_UNKNOWN, "", "",
     "  # data.t.a will be read during apply\n  # (config refers to values not yet known)\n"
     " <= data \"t\" \"a\" {"},
    {"t.a", ACTION_FORGET, REASON_NONE, "", "",
     "  # t.a will no longer be managed by loam, but will not be destroyed\n"
     "  . resource \"t\" \"a\" {"},
    {"t.a", ACTION_NO_OP, REASON_NONE, "", "t.old",
     "  # t.old has moved to t.a\n    resource \"t\" \"a\" {"},
    {"t.a", ACTION_UPDATE, REASON_NONE, "", "t.old",
     "  # t.a will be updated in-place\n  # (moved from t.old)\n"},
};

static void titles(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(TITLES); i++) {
        const TitleCase *row = &TITLES[i];
        Plan *plan = plan_new(PLAN_NORMAL, arena);
        ResourceChange *change = add(plan, row->address, row->action, "{\"a\": 1}", "{\"a\": 2}");
        change->reason = row->reason;
        change->deposed = str_from_cstr(row->deposed);
        if (*row->previous)
            change->previous = address_of(row->previous);
        Str text = rendered(plan);
        if (str_find(text, str_from_cstr(row->title), 0) == SIZE_MAX)
            fail_msg("%s\nis not in\n%.*s", row->title, STR_ARG(text));
    }
}

/* A note about the whole change is printed under its title. */
static void notes_without_a_place(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    ResourceChange *change = add(plan, "t.a", ACTION_UPDATE, "{\"a\": 1}", "{\"a\": 2}");
    vec_push(arena, &change->notes, (ChangeNote){{0}, STR("not confirmed")});
    vec_push(arena, &change->notes, (ChangeNote){path_of("a"), STR("live")});
    Str text = rendered(plan);
    static const char *const wanted =
        "  # t.a will be updated in-place\n  # (not confirmed)\n  ~ resource \"t\" \"a\" {";
    if (str_find(text, str_from_cstr(wanted), 0) == SIZE_MAX)
        fail_msg("%s\nis not in\n%.*s", wanted, STR_ARG(text));
}

static void drift(void **) {
    Plan *plan = plan_new(PLAN_REFRESH_ONLY, arena);
    Drift changed = {.address = address_of("t.a"),
                     .action = ACTION_UPDATE,
                     .before = value_of("{\"n\": 1}"),
                     .after = value_of("{\"n\": 2}")};
    Drift gone = {.address = address_of("t.b"),
                  .action = ACTION_DELETE,
                  .before = value_of("{\"n\": 1}"),
                  .after = value_of("-")};
    vec_push(arena, &plan->drift, changed);
    vec_push(arena, &plan->drift, gone);
    Str text = rendered(plan);
    assert_true(
        str_find(
            text,
            STR("  # t.a has changed\n  ~ resource \"t\" \"a\" {\n      ~ n = 1 -> 2\n    }\n"),
            0) != SIZE_MAX);
    assert_true(
        str_find(
            text,
            STR("  # t.b has been deleted\n  - resource \"t\" \"b\" {\n      - n = 1 -> null\n"),
            0) != SIZE_MAX);
    assert_true(str_find(text, STR("No changes."), 0) == SIZE_MAX);
    plan->mode = PLAN_NORMAL;
    check_str(rendered(plan), "\nNo changes. Your infrastructure matches the configuration.\n");
    add(plan, "t.a", ACTION_UPDATE, "{\"n\": 2}", "{\"n\": 1}");
    text = rendered(plan);
    assert_true(str_find(text, STR("# t.a has changed"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("t.b"), 0) == SIZE_MAX);
}

static void one_object(void **) {
    StrBuf out = strbuf_new(arena);
    Value object = value_of("{\"id\": \"x\", \"list\": [1, {\"a\": {\"$sensitive\": 2}}], "
                            "\"nothing\": null, \"text\": \"a\\nb\"}");
    RenderObject shown = {address_of("module.m.t.a[0]"), STR("(tainted)"), object, NULL};
    render_text_object(&shown, (RenderStyle){0}, &out, arena);
    check_str(strbuf_str(&out), "# module.m.t.a[0]: (tainted)\n"
                                "resource \"t\" \"a\" {\n"
                                "    id   = \"x\"\n"
                                "    list = [\n"
                                "        1,\n"
                                "        {\n"
                                "            a = (sensitive value)\n"
                                "        },\n"
                                "    ]\n"
                                "    text = <<-EOT\n"
                                "        a\n"
                                "        b\n"
                                "    EOT\n"
                                "}\n");
}

static StrBuf collected;
static size_t piece_count;

static void collect(Str piece) {
    strbuf_add(&collected, piece);
    piece_count++;
}

/* The concatenated pieces are the same text as written at once. */
static void in_pieces(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    for (int i = 0; i < 2000; i++)
        add(plan, str_to_cstr(str_format(arena, "t.a%04d", i), arena), ACTION_CREATE, "-",
            "{\"x\": 1}");
    collected = strbuf_new(arena);
    piece_count = 0;
    render_text_plan_in_pieces(plan, (RenderStyle){0}, collect, arena);
    assert_true(piece_count > 1);
    check_str_equal(strbuf_str(&collected), rendered(plan));
}

static void parts(void **) {
    check_str(rendered(parts_sample_plan()),
              "\n"
              "The actions are shown with these symbols:\n"
              "  + create\n"
              "  ~ update in-place\n"
              "  - destroy\n"
              "-/+ destroy and then create replacement\n"
              "\n"
              "loam will take these actions:\n"
              "\n"
              "  # t.web will be updated in-place\n"
              "  ~ resource \"t\" \"web\" {\n"
              "        id = \"x\"\n"
              "      ~ n  = 1 -> 2\n"
              "    }\n"
              "    -/+ object \"v1/Pod/again\" {\n"
              "          ~ ip = \"1\" -> \"2\" # forces replacement # immutable\n"
              "            # (1 unchanged attribute hidden)\n"
              "        }\n"
              "      + object \"v1/Pod/b<b>\" {\n"
              "          + at   = (known after apply)\n"
              "          + spec = {\n"
              "              + n = 1\n"
              "            }\n"
              "        }\n"
              "      - object \"v1/Pod/gone\" {\n"
              "          - n = 1 -> null\n"
              "        }\n"
              "      # (verified at apply)\n"
              "      ~ object \"v1/Secret/(sensitive value)\" {\n"
              "          ~ data = (sensitive value)\n"
              "            # (1 unchanged attribute hidden)\n"
              "        }\n"
              "      - object \"v1/Secret/whole\" (sensitive value) -> null\n"
              "      # (more objects are known after apply)\n"
              "\n"
              "Plan: 0 to add, 1 to change, 0 to destroy (5 objects: 2 to add, 1 to change, 3 to "
              "delete).\n");
}

/* The attribute that has the parts is shown only if no part is. Notes at other paths stay. */
static void parts_instead_of_attribute(void **) {
    static const Attribute attributes[] = {
        {"mode", &TYPE_STRING, OPTIONAL, "Mode."},
        {"objects", &TYPE_DYNAMIC, COMPUTED | HAS_PARTS, "Objects."},
    };
    static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    ResourceChange change = change_of(
        "t.web", ACTION_UPDATE, value_of("{\"mode\": \"a\", \"objects\": {\"x\": {\"n\": 1}}}"),
        value_of("{\"mode\": \"a\", \"objects\": {\"x\": {\"n\": 2}}}"));
    change.schema = &schema;
    vec_push(arena, &plan->changes, change);
    Str without = rendered(plan);
    assert_true(str_find(without, STR("~ objects = {\n"), 0) != SIZE_MAX);
    assert_true(str_find(without, STR("~ n = 1 -> 2\n"), 0) != SIZE_MAX);
    parts_sample_add(&plan->changes.items[0], "x", ACTION_UPDATE, "{\"n\": 1}", "{\"n\": 2}");
    Str with = rendered(plan);
    size_t start = str_find(with, STR("  ~ resource"), 0);
    check_str(str_after(with, start),
              "  ~ resource \"t\" \"web\" {\n"
              "        # (1 unchanged attribute hidden)\n"
              "    }\n"
              "      ~ object \"x\" {\n"
              "          ~ n = 1 -> 2\n"
              "        }\n"
              "\n"
              "Plan: 0 to add, 1 to change, 0 to destroy (1 object: 0 to add, 1 to change, 0 to "
              "delete).\n");
}

static Str rendered_with(const Plan *plan, RenderDetails details) {
    StrBuf out = strbuf_new(arena);
    render_text_plan(plan, (RenderStyle){.details = details}, &out, arena);
    return strbuf_str(&out);
}

/* Up to ten parts are shown whole, more only by their titles. */
static void parts_in_short(void **) {
    Plan *plan = parts_sample_plan();
    ResourceChange *change = &plan->changes.items[0];
    check_str_equal(rendered_with(plan, DETAILS_SHORT), rendered(plan));
    for (int i = 0; change->parts.count <= 10; i++)
        parts_sample_add(change, str_to_cstr(str_format(arena, "v1/Pod/p%d", i), arena),
                         ACTION_CREATE, "-", "{\"n\": 1}");
    assert_true(str_find(rendered_with(plan, DETAILS_FULL), STR("+ n = 1"), 0) != SIZE_MAX);
    Str text = rendered_with(plan, DETAILS_SHORT);
    check_str(str_after(text, str_find(text, STR("    -/+ object"), 0)),
              "    -/+ object \"v1/Pod/again\"\n"
              "      + object \"v1/Pod/b<b>\"\n"
              "      - object \"v1/Pod/gone\"\n"
              "      # (verified at apply)\n"
              "      ~ object \"v1/Secret/(sensitive value)\"\n"
              "      - object \"v1/Secret/whole\"\n"
              "      + object \"v1/Pod/p0\"\n"
              "      + object \"v1/Pod/p1\"\n"
              "      + object \"v1/Pod/p2\"\n"
              "      + object \"v1/Pod/p3\"\n"
              "      + object \"v1/Pod/p4\"\n"
              "      + object \"v1/Pod/p5\"\n"
              "      # (the contents of 11 objects are hidden: -details=full)\n"
              "      # (more objects are known after apply)\n"
              "\n"
              "Plan: 0 to add, 1 to change, 0 to destroy (11 objects: 8 to add, 1 to change, 3 to "
              "delete).\n");
}

static void only_titles(void **) {
    Plan *plan = parts_sample_plan();
    add(plan, "t.new", ACTION_CREATE, "-", "{\"x\": 1}");
    Str text = rendered_with(plan, DETAILS_TITLES);
    check_str(str_after(text, str_find(text, STR("  # t.web"), 0)),
              "  # t.web will be updated in-place\n"
              "  # t.new will be created\n"
              "\n"
              "Only titles are shown; -details=full shows all arguments.\n"
              "\n"
              "Plan: 1 to add, 1 to change, 0 to destroy (5 objects: 2 to add, 1 to change, 3 to "
              "delete).\n");
}

static void only_numbers(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    add(plan, "t.new[0]", ACTION_CREATE, "-", "{\"x\": 1}");
    add(plan, "data.t.new", ACTION_READ, "-", "{\"x\": 1}");
    add(plan, "t.new[1]", ACTION_CREATE, "-", "{\"x\": 1}");
    add(plan, "t.old", ACTION_DELETE_THEN_CREATE, "{\"x\": 2}", "{\"x\": 1}");
    add(plan, "s.last", ACTION_CREATE, "-", "{\"x\": 1}");
    vec_push(arena, &plan->outputs,
             ((OutputChange){.name = STR("o"),
                             .action = ACTION_CREATE,
                             .before = value_null(&TYPE_STRING),
                             .after = value_from_cstr("long")}));
    check_str_equal(rendered_with(plan, DETAILS_SUMMARY),
                    STR("\n"
                        "loam will take these actions:\n"
                        "\n"
                        "  + create     1  s\n"
                        "  + create     2  t\n"
                        " <= read       1  data.t\n"
                        "-/+ replace    1  t\n"
                        "\n"
                        "-details=titles lists the objects, -details=full all arguments.\n"
                        "\n"
                        "Plan: 4 to add, 0 to change, 1 to destroy.\n"
                        "\n"
                        "Changes to Outputs:\n"
                        "  + o\n"));
}

static void parts_in_colour(void **) {
    StrBuf out = strbuf_new(arena);
    RenderStyle style = {.color = true};
    render_text_plan(parts_sample_plan(), style, &out, arena);
    static const char *const lines[] = {
        "\n    \033[32m  +\033[0m object \"v1/Pod/b<b>\" {\n",
        "\n    \033[31m  -\033[0m object \"v1/Pod/gone\" {\n",
        "\n    \033[31m-\033[0m/\033[32m+\033[0m object \"v1/Pod/again\" {\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        assert_true(str_find(strbuf_str(&out), str_from_cstr(lines[i]), 0) != SIZE_MAX);
}

/* Hidden unless sensitive values are shown on request. */
static void parts_with_secrets(void **) {
    StrBuf out = strbuf_new(arena);
    RenderStyle style = {.show_sensitive = true};
    render_text_plan(parts_sample_plan(), style, &out, arena);
    static const char *const texts[] = {"canary-one", "canary-two", "canary-three"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        assert_true(str_find(strbuf_str(&out), str_from_cstr(texts[i]), 0) != SIZE_MAX);
}

UNIT_MAIN(test_render_text) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(nothing),
        PLAN_CASE(whole_plan),
        PLAN_CASE(titles),
        PLAN_CASE(notes_without_a_place),
        PLAN_CASE(drift),
        PLAN_CASE(one_object),
        PLAN_CASE(in_pieces),
        PLAN_CASE(parts),
        PLAN_CASE(parts_instead_of_attribute),
        PLAN_CASE(parts_in_short),
        PLAN_CASE(only_titles),
        PLAN_CASE(only_numbers),
        PLAN_CASE(parts_in_colour),
        PLAN_CASE(parts_with_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
