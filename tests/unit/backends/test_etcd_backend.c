/* Keys and conditions of the requests: a write under a lock is conditional on that lock. */
#include "scripted_http.h"

#include "backend_settings.h"
#include "backends.h"
#include "base64.h"

typedef struct Argument {
    const char *name;
    const char *text;
} Argument;

static Value config_of(const Argument *arguments, size_t count, Arena *arena) {
    Value config = schema_empty_value(&etcd_backend.schema, arena);
    Diags diags = diags_new(arena);
    for (size_t i = 0; i < count && arguments[i].name; i++) {
        Str name = str_from_cstr(arguments[i].name);
        Value value;
        assert_true(backend_settings_parse(schema_find_attribute(&etcd_backend.schema, name),
                                           str_from_cstr(arguments[i].text), &value, arena,
                                           &diags));
        config = path_set(config, path_attribute((Path){0}, name, arena), value, arena);
    }
    return config;
}

static const Argument plain[] = {
    {"endpoints", "h:1"},
    {"prefix", "p"},
    {"lease_seconds", "3600"}, /* no renewal within the test */
};

static Backend *open_backend(ScriptedHttp *script, Io *io, Arena *arena) {
    Diags diags = diags_new(arena);
    Backend *backend = NULL;
    *io = scripted_http_io(script, arena);
    assert_true(
        etcd_backend.open(io, config_of(plain, 3, arena), STR("blue"), &backend, arena, &diags));
    check_str(backend->path, "p/blue/state");
    return backend;
}

static bool names(const ScriptedHttp *script, size_t request, const char *text, Arena *arena) {
    Str diary = strbuf_str(&script->diary);
    for (size_t i = 0; i < request; i++)
        diary = str_after(diary, str_find_char(diary, '\n', 0) + 1);
    Str line = str_slice(diary, 0, str_find_char(diary, '\n', 0));
    Str key = base64_encode(str_from_cstr(text), arena);
    return str_find(line, key, 0) != SIZE_MAX || str_find(line, str_from_cstr(text), 0) != SIZE_MAX;
}

#define DONE "{\"header\":{\"revision\":\"42\"},\"succeeded\":true}"

static void writes_are_fenced(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {
        {200, "{\"ID\":\"9\"}"},
        {200, DONE},
        {200, DONE},
        {200, DONE},
        {200, "{\"header\":{\"revision\":\"50\"}}"},
        {200, "{}"},
        {200, DONE},
    };
    ScriptedHttp script = {.answers = answers, .count = ARRAY_COUNT(answers)};
    Io io;
    Diags diags = diags_new(arena);
    Backend *backend = open_backend(&script, &io, arena);
    LockInfo info = {.id = STR("me")};
    Str problem;
    assert_true(backend->lock(backend, &info, 0, NULL, &diags));
    assert_true(names(&script, 1, "p/blue/lock", arena));
    assert_true(names(&script, 1, "\"lease\":\"9\"", arena));
    assert_true(backend->write(backend, STR("text"), &diags));
    assert_true(names(&script, 2, "\"create_revision\":\"42\"", arena));
    assert_true(names(&script, 2, "p/blue/state", arena));
    /* The journal's first segment: a list request, then a put whose condition fails. */
    assert_true(backend->journal->append(backend->journal, STR("line\n"), &problem, arena));
    assert_false(backend->journal->sync(backend->journal, &problem, arena));
    assert_true(names(&script, 4, "\"create_revision\":\"42\"", arena));
    assert_true(str_find(problem, STR("the lock was lost"), 0) != SIZE_MAX);
    assert_true(backend->unlock(backend, &diags));
    assert_true(names(&script, 5, "lease/revoke", arena));
    assert_true(backend->write(backend, STR("unlocked"), &diags));
    assert_false(names(&script, 6, "create_revision", arena));
    backend->close(backend);
}

typedef struct Row {
    Argument arguments[3];
    const char *wanted;
} Row;

static const Row rows[] = {
    {{{"prefix", "x"}}, "\"endpoints\" must contain"},
    {{{"endpoints", "ftp://h"}}, "not \"ftp://h\""},
    {{{"endpoints", "h"}, {"lease_seconds", "4"}}, "from 5 to 3600"},
    {{{"endpoints", "h"}, {"client_cert", "-----BEGIN CERTIFICATE"}}, "one is missing"},
    {{{"endpoints", "h"}, {"ca_cert", "/nowhere/ca.pem"}}, "No such file or directory"},
};

static void wrong_arguments(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedHttp script = {0};
        Io io = scripted_http_io(&script, arena);
        Diags diags = diags_new(arena);
        Backend *backend;
        assert_false(etcd_backend.open(&io, config_of(rows[i].arguments, 3, arena), STR("default"),
                                       &backend, arena, &diags));
        assert_true(str_find(diags.items[0].detail, str_from_cstr(rows[i].wanted), 0) != SIZE_MAX);
    }
}

UNIT_MAIN(test_etcd_backend) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_are_fenced),
        cmocka_unit_test(wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
