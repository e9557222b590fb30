/* Requests to the web server, and the meaning of its responses. */
#include "scripted_http.h"

#include "backend_settings.h"
#include "backends.h"
#include "version.h"

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

static const Argument with_journal[] = {
    {"address", "http://h/s"},
    {"lock_address", "http://h/l"},
    {"journal_address", "http://h/j?a=b"},
    {"journal_method", "PUT"},
};

#define HELD                                                                                       \
    "{\"version\":4,\"serial\":6,\"lineage\":\"L\",\"loam_journal\":[{\"number\":3,\"text\":"      \
    "\"a\\n\"}]}"
#define WRITE                                                                                      \
    "PUT http://h/j?a=b&ID=7 {\"version\":4,\"terraform_version\":\"" VERSION_TERRAFORM            \
    "\",\"outputs\":{},\"resources\":[],\"check_results\":null,\"serial\":"

/* The document continues with the serial and the lineage of the server. */
static void journal(void **) {
    static const ScriptedAnswer answers[] = {{200, "{}"}, {200, HELD}, {200, NULL},
                                             {200, NULL}, {200, NULL}, {200, NULL}};
    SCOPED(ArenaRef) arena = arena_open("test");
    ScriptedHttp script = {.answers = answers, .count = ARRAY_COUNT(answers)};
    Io io = scripted_http_io(&script, arena);
    Diags diags = diags_new(arena);
    Backend *backend = open_backend(&io, config_of(with_journal, 4, arena), arena);
    LockInfo info = {.id = STR("7")};
    Str text, problem;
    bool found;
    assert_int_equal(backend->lock(backend, &info, 0, NULL, &diags), true);
    JournalStore *lines = backend->journal;
    assert_true(lines->read(lines, &text, &found, &problem, arena));
    assert_true(found);
    check_str(text, "a\n");
    script.diary.len = 0;
    assert_true(lines->append(lines, STR("b\n"), &problem, arena));
    assert_true(lines->sync(lines, &problem, arena));
    check_str(
        strbuf_str(&script.diary), WRITE
        "7,\"lineage\":\"L\",\"loam_journal\":[{\"number\":3,\"text\":\"a\\n\"},{\"number\":4,"
        "\"text\":\"b\\n\"}]}\n");
    script.diary.len = 0;
    assert_true(lines->remove(lines, &problem, arena));
    check_str(strbuf_str(&script.diary), WRITE
              "8,\"lineage\":\"L\",\"loam_journal\":[{\"number\":5,\"text\":\"\\n\"}]}\n" WRITE
              "9,\"lineage\":\"L\",\"loam_journal\":[]}\n");
    backend->close(backend);
}

typedef struct JournalRow {
    ScriptedAnswer answers[5]; /* to the lock, the read, and writes */
    size_t count;
    const char *problem; /* NULL: the write succeeds */
    const char *last;    /* address of the last request of the journal */
} JournalRow;

static const JournalRow journal_rows[] = {
    {{{200, NULL}, {404, NULL}, {409, NULL}, {200, NULL}, {200, NULL}},
     4,
     NULL,
     "PUT http://h/j?a=b "},
    {{{200, NULL}, {204, NULL}, {200, NULL}, {200, NULL}}, 3, NULL, "PUT http://h/j?a=b&ID=7 "},
    {{{200, NULL}, {404, NULL}, {409, NULL}, {423, NULL}},
     4,
     "has lost its lock",
     "PUT http://h/j?a=b "},
    {{{200, NULL}, {404, NULL}, {403, NULL}}, 3, "HTTP status 403", "PUT http://h/j?a=b&ID=7 "},
    {{{200, NULL}, {200, "{\"version\":4,\"serial\":1,\"lineage\":\"x\"}"}},
     2,
     "is not a journal",
     "GET http://h/j?a=b "},
    {{{200, NULL}, {200, "nothing"}}, 2, "is damaged", "GET http://h/j?a=b "},
    {{{200, NULL}, {500, NULL}, {500, NULL}, {500, NULL}},
     4,
     "HTTP status 500",
     "GET http://h/j?a=b "},
};

static void journal_answers(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(journal_rows); i++) {
        const JournalRow *row = &journal_rows[i];
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedHttp script = {.answers = row->answers, .count = 5};
        Io io = scripted_http_io(&script, arena);
        Diags diags = diags_new(arena);
        Backend *backend = open_backend(&io, config_of(with_journal, 4, arena), arena);
        LockInfo info = {.id = STR("7")};
        Str problem = STR_EMPTY;
        assert_true(backend->lock(backend, &info, 0, NULL, &diags));
        JournalStore *lines = backend->journal;
        bool ok = lines->append(lines, STR("b\n"), &problem, arena) &&
                  lines->sync(lines, &problem, arena);
        assert_int_equal(ok, row->problem == NULL);
        if (row->problem && str_find(problem, str_from_cstr(row->problem), 0) == SIZE_MAX)
            fail_msg("%zu: %.*s", i, STR_ARG(problem));
        assert_int_equal(script.next, row->count);
        Str diary = str_trim(strbuf_str(&script.diary));
        Str last = str_after(diary, str_rfind_char(diary, '\n') + 1);
        assert_true(str_starts_with(last, str_trim(str_from_cstr(row->last))));
        script.answers = (const ScriptedAnswer[]){{200, NULL}};
        script.next = 0;
        script.count = 1;
        backend->close(backend);
    }
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
    {{"address", "http://h/"}, {"journal_address", "h/j"}},
    {{"address", "http://h/"}, {"journal_address", "http://h/"}},
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
        cmocka_unit_test(reading),       cmocka_unit_test(a_run),
        cmocka_unit_test(journal),       cmocka_unit_test(journal_answers),
        cmocka_unit_test(locks_refused), cmocka_unit_test(wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
