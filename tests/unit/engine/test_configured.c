/* ignore_changes: the prior values that replace configured ones, at every nesting, and their
 * marks. */
#include "unit.h"

#include "configured.h"
#include "instance_op.h"
#include "json.h"

static const Attribute item_attributes[] = {
    {"k", &TYPE_STRING, OPTIONAL, "Key."},
    {"c", &TYPE_STRING, COMPUTED, "Computed."},
};

static const Attribute plain_attributes[] = {
    {"k", &TYPE_STRING, OPTIONAL, "Key."},
};

static const Block blocks[] = {
    {.name = "many", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(item_attributes)}},
};

static const Attribute attributes[] = {
    {"a", &TYPE_STRING, OPTIONAL, "Text."},
    {"b", &TYPE_STRING, OPTIONAL | COMPUTED, "Either."},
    {"id", &TYPE_STRING, COMPUTED, "Computed."},
    {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags."},
    {"list", NULL, OPTIONAL, "List.", NESTED(NEST_LIST, item_attributes)},
    {"map", NULL, OPTIONAL, "Map.", NESTED(NEST_MAP, item_attributes)},
    {"one", NULL, OPTIONAL, "Object.", NESTED(NEST_SINGLE, item_attributes)},
    {"plain", NULL, OPTIONAL, "List.", NESTED(NEST_LIST, plain_attributes)},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

typedef struct IgnoreCase {
    const char *prior, *config;
    const char *ignored; /* paths, separated by blanks; "all" */
    const char *wanted;
} IgnoreCase;

static const char prior[] =
    "{'a':'1','b':'2','id':'3','tags':{'x':'1','y':'2'},'list':[{'k':'1','c':'2'},{'k':'3','c':'4'}"
    "],'map':{'m':{'k':'1','c':'2'},'n':{'k':'3','c':'4'}},'one':{'k':'1','c':'2'},"
    "'plain':[{'k':'1'}],'many':[{'k':'1','c':'2'},{'k':'3','c':'4'}]}";

static const IgnoreCase cases[] = {
    {prior, "{'a':'z'}", "all",
     "{'a':'1','b':'2','tags':{'x':'1','y':'2'},'list':[{'k':'1'},{'k':'3'}],"
     "'map':{'m':{'k':'1'},'n':{'k':'3'}},'one':{'k':'1'},'plain':[{'k':'1'}],"
     "'many':[{'k':'1'},{'k':'3'}]}"},
    {"{'a':'1'}", "{'a':'z','list':[{'k':'1'}]}", "all", "{'a':'1'}"},
    {"null", "{'a':'z'}", "all", "{'a':'z'}"},
    {prior, "{'a':'z','b':'z'}", "", "{'a':'z','b':'z'}"},
    {prior, "{'a':'z','b':'z'}", ".a", "{'a':'1','b':'z'}"},
    {prior, "{'a':'z','b':'z'}", ".a .b", "{'a':'1','b':'2'}"},
    {prior, "{'tags':{'x':'z'}}", ".tags", "{'tags':{'x':'1','y':'2'}}"},
    {prior, "{'tags':{'x':'z'}}", ".tags.x", "{'tags':{'x':'1'}}"},
    {prior, "{'tags':{'x':'z'}}", ".tags.y", "{'tags':{'x':'z','y':'2'}}"},
    {prior, "{'tags':{'x':'z','w':'w'}}", ".tags.w", "{'tags':{'x':'z'}}"},
    {prior, "{'tags':{'w':'w'}}", ".tags.w", "{'tags':{}}"},
    {prior, "{'a':'z'}", ".tags.w", "{'a':'z'}"},
    {prior, "{'a':'z'}", ".tags.x", "{'a':'z','tags':{'x':'1'}}"},
    {"{'a':'1'}", "{'tags':{'x':'z'}}", ".tags.x", "{'tags':{}}"},
    {prior, "{'list':[{'k':'z'},{'k':'z'}]}", ".list[1].k", "{'list':[{'k':'z'},{'k':'3'}]}"},
    {prior, "{'list':[{'k':'z'}]}", ".list[1].k", "{'list':[{'k':'z'}]}"},
    {prior, "{'one':{'k':'z'}}", ".one.k", "{'one':{'k':'1'}}"},
    {prior, "{'a':'z'}", ".a[\"x\"]", "{'a':'1'}"},
    {prior, "{'a':'z'}", ".a[0]", "{'a':'z'}"},
    {prior, "{'a':'z'}", ".none", "{'a':'z'}"},
};

static Value object(const char *quoted, Arena *arena) {
    char *json = (char *)(uintptr_t)str_to_cstr(str_from_cstr(quoted), arena);
    for (char *at = json; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = "";
    Value value;
    JsonToken token = json_next(&reader);
    if (!json_read_typed(&reader, token, schema_implied_type(&schema), &value, &error, arena))
        fail_msg("%s: %s", quoted, error);
    return schema_apply_defaults(&schema, value, arena);
}

static Traversal *traversal_of(Str text, Arena *arena) {
    Path path = path_parse(text, arena);
    Traversal *made = arena_new(arena, Traversal);
    TraversalStep *steps = arena_new_array(arena, TraversalStep, path.count);
    for (size_t i = 1; i < path.count; i++)
        steps[i - 1] = (TraversalStep){.is_index = path.steps[i].is_index,
                                       .name = path.steps[i].name,
                                       .key = path.steps[i].key};
    *made = (Traversal){.root = path.steps[0].name, .steps = steps, .step_count = path.count - 1};
    return made;
}

static Configured ignore(const char *ignored, Value before, Value config, Arena *arena) {
    Resource resource = {.lifecycle.ignore_all_changes = strcmp(ignored, "all") == 0};
    ResourceNode node = {.config = &resource};
    InstanceOp op = {.schema = &schema, .resource = &node, .scratch = arena};
    Configured configured = {.marked = config, .value = config};
    Str rest = str_from_cstr(resource.lifecycle.ignore_all_changes ? "" : ignored), text;
    while (str_next_field(&rest, ' ', &text)) {
        if (text.len)
            vec_push(arena, &resource.lifecycle.ignore_changes, traversal_of(text, arena));
    }
    configured_ignore_changes(&op, before, &configured);
    return configured;
}

static void prior_values_stay(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Configured found = ignore(cases[i].ignored, object(cases[i].prior, arena),
                                  object(cases[i].config, arena), arena);
        if (!value_equal(found.value, object(cases[i].wanted, arena)))
            fail_msg("%zu, %s: %.*s", i, cases[i].ignored,
                     STR_ARG(value_display(found.value, 0, arena)));
    }
}

static Value mark(Value v, const char *path, Arena *arena) {
    Paths paths = {0};
    vec_push(arena, &paths, path_parse(str_from_cstr(path), arena));
    return path_mark(v, &paths, MARK_SENSITIVE, arena);
}

/* Prior values bring their marks, and an element of a map those of the map. */
static void marks_stay(void **) {
    static const struct {
        const char *marked, *ignored, *path;
    } rows[] = {
        {".a", ".a", ".a"},
        {".tags[\"x\"]", ".tags.x", ".tags[\"x\"]"},
        {".tags", ".tags.x", ".tags[\"x\"]"},
        {".tags", ".tags", ".tags"},
        {".one", ".one.k", ".one.k"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Value before = mark(object(prior, arena), rows[i].marked, arena);
        Value config = object("{'a':'z','tags':{'x':'z'},'one':{'k':'z'}}", arena);
        Configured found = ignore(rows[i].ignored, before, config, arena);
        assert_int_equal(found.sensitive.count, 1);
        check_str(path_to_str(found.sensitive.items[0], arena), rows[i].path);
        assert_false(value_has_marks_anywhere(found.value));
    }
    /* A map that is unknown stays so, and a marked one keeps its marks. */
    Value tags = value_unknown(&TYPE_MAP_OF_STRING);
    Path path = path_attribute((Path){0}, STR("tags"), arena);
    Value config = path_set(object("{}", arena), path, tags, arena), found;
    assert_true(
        path_get(ignore(".tags.x", object(prior, arena), config, arena).value, path, &found));
    assert_false(value_is_known(found));
    config = mark(object("{'tags':{'y':'z'}}", arena), ".tags", arena);
    Configured marked = ignore(".tags.x", object(prior, arena), config, arena);
    assert_int_equal(marked.sensitive.count, 1);
    check_str(path_to_str(marked.sensitive.items[0], arena), ".tags");
}

/* Only a known configuration without ephemeral values has a digest. */
static void digests(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Configured one = {.value = object("{'a':'1'}", arena)},
               two = {.value = object("{'a':'2'}", arena)};
    Str digest = configured_digest(&one, &schema, arena);
    assert_int_equal(digest.len, 64);
    check_str_equal(configured_digest(&one, &schema, arena), digest);
    assert_false(str_equal(configured_digest(&two, &schema, arena), digest));
    vec_push(arena, &one.ephemeral, (Path){0});
    check_str(configured_digest(&one, &schema, arena), "");
    Path path = path_attribute((Path){0}, STR("a"), arena);
    two.value = path_set(two.value, path, value_unknown(&TYPE_STRING), arena);
    check_str(configured_digest(&two, &schema, arena), "");
}

UNIT_MAIN(test_configured) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prior_values_stay),
        cmocka_unit_test(marks_stay),
        cmocka_unit_test(digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
