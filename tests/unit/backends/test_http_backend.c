/* Requests to the web server, and the meaning of its responses. */
#include "scripted_http.h"

#include "backend_settings.h"
#include "backends.h"

typedef struct Argument {
    const char *name;
    const char *text;
} Argument;

static Value config_of(const Argument *arguments, size_t count, Arena *arena) {
    Value config = schema_empty_value(&http_backend.schema, arena);
    Diags diags = diags_new(arena);
    for (size_t i = 0; i < count; i++) {
        Str name = str_from_cstr(arguments[i].name);
        Value value;
        assert_true(backend_settings_parse(schema_find_attribute(&http_backend.schema, name),
                                           str_from_cstr(arguments[i].text), &value, arena,
                                           &diags));
        config = path_set(config, path_attribute((Path){0}, name, arena), value, arena);
    }
    return config;
}

static const Argument plain[] = {
    {"address", "http://u:p@h/s?a=b"},
    {"lock_address", "http://h/l"},
};

static Backend *open_backend(const Io *io, Value config, Arena *arena) {
    Diags diags = diags_new(arena);
    Backend *backend = NULL;
    assert_true(http_backend.open(io, config, STR("default"), &backend, arena, &diags));
    return backend;
}

typedef struct ReadRow {
    ScriptedAnswer answers[4];
    const char *wanted; /* the text; NULL: an error */
} ReadRow;

static const ReadRow reads[] = {
    {{{200, "{}"}}, "{}"},
    {{{200, NULL}}, ""},
    {{{204, NULL}}, ""},
    {{{404, "not found"}}, ""},
    {{{0, NULL}, {503, NULL}, {200, "x"}}, "x"},
    {{{503, NULL}, {503, NULL}, {503, NULL}}, NULL},
    {{{401, NULL}}, NULL},
    {{{301, NULL}}, NULL},
};

static void reading(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(reads); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedHttp script = {.answers = reads[i].answers, .count = 4};
        Io io = scripted_http_io(&script, arena);
        Diags diags = diags_new(arena);
        Backend *backend = open_backend(&io, config_of(plain, 2, arena), arena);
        check_str(backend->path, "http://h/s?a=b");
        Str text = STR_EMPTY;
        assert_int_equal(backend->read(backend, &text, arena, &diags), reads[i].wanted != NULL);
        if (reads[i].wanted)
            check_str(text, reads[i].wanted);
        else
            assert_true(str_find(diags.items[0].detail, STR("p@"), 0) == SIZE_MAX);
    }
}

/* Each write under the lock sends the lock's ID. A lost reply to a lock request is not a conflict.
 */
static void a_run(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {
        {502, NULL}, {423, "{\"ID\":\"1 2\"}"}, {201, NULL}, {200, NULL}, {200, NULL}, {200, NULL},
    };
    ScriptedHttp script = {.answers = answers, .count = ARRAY_COUNT(answers)};
    Io io = scripted_http_io(&script, arena);
    Diags diags = diags_new(arena);
    Backend *backend = open_backend(&io, config_of(plain, 2, arena), arena);
    LockInfo info = {.id = STR("1 2")};
    assert_true(backend->lock(backend, &info, 0, NULL, &diags));
    assert_true(backend->write(backend, STR("text"), &diags));
    assert_true(backend->unlock(backend, &diags));
    assert_true(backend->write(backend, STR("more"), &diags));
    assert_true(backend->force_unlock(backend, STR("x"), &diags));
    backend->close(backend);
    check_str(strbuf_str(&script.diary),
              "LOCK http://h/l {\"ID\":\"1 2\",\"Operation\":\"\",\"Info\":\"\",\"Who\":\"\","
              "\"Version\":\"\",\"Created\":\"\",\"Path\":\"\"}\n"
              "LOCK http://h/l {\"ID\":\"1 2\",\"Operation\":\"\",\"Info\":\"\",\"Who\":\"\","
              "\"Version\":\"\",\"Created\":\"\",\"Path\":\"\"}\n"
              "POST http://u:p@h/s?a=b&ID=1%202 text\n"
              "UNLOCK http://h/l {\"ID\":\"1 2\",\"Operation\":\"\",\"Info\":\"\",\"Who\":\"\","
              "\"Version\":\"\",\"Created\":\"\",\"Path\":\"\"}\n"
              "POST http://u:p@h/s?a=b more\n"
              "UNLOCK http://h/l {\"ID\":\"x\",\"Operation\":\"\",\"Info\":\"\",\"Who\":\"\","
              "\"Version\":\"\",\"Created\":\"\",\"Path\":\"\"}\n");
}

typedef struct LockRow {
    ScriptedAnswer answers[4];
    const char *wanted; /* in the error */
} LockRow;

static const LockRow locks[] = {
    {{{409, "{\"ID\":\"7\",\"Who\":\"me@here\"}"}}, "me@here"},
    {{{423, "gibberish"}}, "http://h/l"},
    {{{401, NULL}}, "(401)"},
    {{{403, NULL}}, "(403)"},
    {{{404, NULL}}, "404"},
    {{{0, NULL}, {0, NULL}, {0, NULL}}, "connection refused"},
};

static void locks_refused(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(locks); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedHttp script = {.answers = locks[i].answers, .count = 4};
        Io io = scripted_http_io(&script, arena);
        Diags diags = diags_new(arena);
        Backend *backend = open_backend(&io, config_of(plain, 2, arena), arena);
        LockInfo info = {.id = STR("1")};
        assert_false(backend->lock(backend, &info, 0, NULL, &diags));
        assert_int_equal(diags.error_count, 1);
        assert_true(str_find(diags.items[0].detail, str_from_cstr(locks[i].wanted), 0) != SIZE_MAX);
        backend->close(backend);
    }
}

static const Argument wrong[][2] = {
    {{"address", "ftp://h/"}, {"username", "u"}},
    {{"address", "http://h/"}, {"unlock_address", "h/l"}},
    {{"address", "http://h/"}, {"client_private_key_pem", "k"}},
    {{"address", "http://h/"}, {"retry_max", "-1"}},
};

static void wrong_arguments(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedHttp script = {0};
        Io io = scripted_http_io(&script, arena);
        Diags diags = diags_new(arena);
        Backend *backend;
        assert_false(http_backend.open(&io, config_of(wrong[i], 2, arena), STR("default"), &backend,
                                       arena, &diags));
        assert_int_equal(diags.error_count, 1);
    }
}

UNIT_MAIN(test_http_backend) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),
        cmocka_unit_test(a_run),
        cmocka_unit_test(locks_refused),
        cmocka_unit_test(wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
