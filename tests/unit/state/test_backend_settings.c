/* A backend's arguments: the configuration precedes the environment; missing ones are named. */
#include "unit.h"

#include "backend_settings.h"
#include "json.h"

static const Attribute attributes[] = {
    {"place", &TYPE_STRING, REQUIRED, "Where."},
    {"count", &TYPE_NUMBER, OPTIONAL, "Many."},
    {"loud", &TYPE_BOOL, OPTIONAL, "How."},
    {"map", &TYPE_MAP_OF_STRING, OPTIONAL, "What."},
};

static const BackendVariable variables[] = {
    {"place", "TF_T_PLACE"}, {"place", "T_PLACE"}, {"count", "T_COUNT"},
    {"loud", "T_LOUD"},      {"map", "T_MAP"},
};

static const BackendType type = {
    .name = "t",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    BACKEND_VARIABLES(variables),
};

typedef struct Row {
    const char *given;       /* value of "place"; NULL: none */
    const char *environment; /* "NAME=value NAME=value" */
    const char *wanted;      /* JSON, or the detail of the error */
} Row;

static const Row rows[] = {
    {"here", "", "{\"count\":null,\"loud\":null,\"map\":null,\"place\":\"here\"}"},
    {"here", "T_PLACE=there T_COUNT=7",
     "{\"count\":7,\"loud\":null,\"map\":null,\"place\":\"here\"}"},
    {NULL, "T_PLACE=there T_LOUD=true",
     "{\"count\":null,\"loud\":true,\"map\":null,\"place\":\"there\"}"},
    {NULL, "T_PLACE=there TF_T_PLACE=first",
     "{\"count\":null,\"loud\":null,\"map\":null,\"place\":\"first\"}"},
    {NULL, "TF_T_PLACE=there LOAM_T_PLACE=own",
     "{\"count\":null,\"loud\":null,\"map\":null,\"place\":\"own\"}"},
    {NULL, "T_PLACE=x T_MAP={\"a\":\"b\"}",
     "{\"count\":null,\"loud\":null,\"map\":{\"a\":\"b\"},\"place\":\"x\"}"},
    {NULL, "T_PLACE=x T_MAP={a}",
     "The value of the backend argument \"map\" is invalid: it is not JSON."},
    {NULL, "T_PLACE=x T_COUNT=many",
     "The value of the backend argument \"count\" is invalid: a number is required."},
    {NULL, "T_COUNT=3", NULL},
};

/* `self` is the faked environment. */
static const char *environment(void *self, const char *name) {
    const Row *row = self;
    static char found[64];
    size_t length = strlen(name);
    for (const char *at = row->environment; at && *at;
         at = strchr(at, ' ') ? strchr(at, ' ') + 1 : "") {
        if (strncmp(at, name, length) != 0 || at[length] != '=')
            continue;
        snprintf(found, sizeof found, "%.*s", (int)strcspn(at + length + 1, " "), at + length + 1);
        return found;
    }
    return NULL;
}

static Str to_json(Value value, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_value(&writer, value);
    return strbuf_str(&text);
}

static void check_row(const Row *row) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Process process = {.self = (void *)(uintptr_t)row, .environment = environment};
    Io io = {.process = &process};
    Diags diags = diags_new(arena);
    Value given = schema_empty_value(&type.schema, arena), complete;
    if (row->given) {
        Path place = path_attribute((Path){0}, STR("place"), arena);
        given = path_set(given, place, value_string(str_from_cstr(row->given), arena), arena);
    }
    if (backend_settings_complete(&type, &io, given, &complete, arena, &diags)) {
        check_str(to_json(complete, arena), row->wanted);
        return;
    }
    assert_int_equal(diags.error_count, 1);
    if (row->wanted)
        check_str(diags.items[0].detail, row->wanted);
    else
        assert_true(str_find(diags.items[0].detail, STR("place"), 0) != SIZE_MAX);
}

static void where_arguments_come_from(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        check_row(&rows[i]);
}

UNIT_MAIN(test_backend_settings) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_arguments_come_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
