/* Runs of git, in their order, recorded by a fake git. */
#include "fetch_case.h"

#include <errno.h>

#define COMMIT "0123456789012345678901234567890123456789"
#define VERIFY "rev-parse -q --verify --end-of-options "
#define VERIFY_EACH                                                                                \
    VERIFY "refs/tags/" COMMIT "^{commit}", VERIFY "refs/remotes/origin/" COMMIT "^{commit}",      \
        VERIFY COMMIT "^{commit}"
#define ALL "fetch -q -- origin +refs/heads/*:refs/remotes/origin/* +refs/tags/*:refs/tags/*"

static const char checkout[] = "checkout -q --detach " COMMIT " --";

typedef struct GitAnswer {
    int exit_status;
    const char *out, *err;
} GitAnswer;

typedef struct Play {
    SourceCase c;
    const GitAnswer *answers;
    size_t count;
    size_t asked;
    StrVec lines; /* arguments of the git runs, without the environment */
    StrVec environment;
    Str secret;
    int error;
} Play;

static int run(void *self, const ProcessRequest *request, ProcessResult *out, Arena *arena) {
    Play *play = self;
    StrVec words = {0};
    (void)arena;
    if (play->error)
        return play->error;
    assert_string_equal(request->argv[0], "git");
    for (const char *const *word = request->argv + 1; *word; word++)
        vec_push(play->c.arena, &words, str_from_cstr(*word));
    Str line = str_join(words.items, words.count, STR(" "), play->c.arena);
    vec_push(play->c.arena, &play->lines, line);
    play->environment = *request->environment;
    play->secret = request->secret;
    *out = (ProcessResult){.out = STR_EMPTY, .err = STR_EMPTY};
    if (str_starts_with(line, STR("init")) || str_starts_with(line, STR("checkout")))
        return 0;
    assert_true(play->asked < play->count);
    const GitAnswer *answer = &play->answers[play->asked++];
    request->output(request->payload, str_from_cstr(answer->out), false);
    request->output(request->payload, str_from_cstr(answer->err), true);
    out->exit_status = answer->exit_status;
    return 0;
}

static bool fetch(Play *play, SourceRequest request, const GitAnswer *answers, size_t count) {
    source_case_open(&play->c, NULL, 0);
    play->answers = answers;
    play->count = count;
    play->asked = 0;
    play->lines = (StrVec){0};
    Process process = {.self = play, .run = run, .environment = source_case_environment};
    play->c.io.process = &process;
    /* the environment is that of the case, the first member of Play */
    return source_case_fetch(&play->c, &fetch_git, request);
}

static void check_lines(const Play *play, const char *const *wanted) {
    size_t i = 0;
    for (; wanted[i]; i++) {
        assert_true(i < play->lines.count);
        check_str(play->lines.items[i], wanted[i]);
    }
    assert_int_equal(play->lines.count, i);
}

static bool has_variable(const Play *play, const char *text) {
    vec_each(&play->environment, variable) {
        if (str_equal_cstr(*variable, text))
            return true;
    }
    return false;
}

static void branch(void **) {
    static const GitAnswer answers[] = {{0, "", ""}, {0, COMMIT "\n", ""}};
    static const char *const wanted[] = {
        "init -q", "fetch -q --no-tags --depth 1 -- origin main",
        "rev-parse -q --verify --end-of-options FETCH_HEAD^{commit}", checkout, NULL};
    Play play = {0};
    assert_true(
        fetch(&play, (SourceRequest){.package = STR("git::https://u:p@h/r?ref=main")}, answers, 2));
    check_str(play.c.found.commit, COMMIT);
    check_lines(&play, wanted);
    assert_true(has_variable(&play, "GIT_CONFIG_KEY_0=remote.origin.url"));
    assert_true(has_variable(&play, "GIT_CONFIG_VALUE_0=https://h/r"));
    assert_true(has_variable(&play, "GIT_CONFIG_KEY_7=include.path"));
    assert_true(has_variable(&play, "GIT_CONFIG_VALUE_7=" PROCESS_SECRET));
    assert_true(str_find(play.secret, STR("username = \"u\"\n\tpassword = \"p\"\n"), 0) !=
                SIZE_MAX);
    assert_true(str_find(play.secret, STR("[credential \"https://h\"]\n"), 0) != SIZE_MAX);
    assert_true(has_variable(&play, "GIT_TERMINAL_PROMPT=0"));
    assert_true(has_variable(&play, "GIT_ALLOW_PROTOCOL=https:ssh:http:git:file"));
    source_case_close(&play.c);
}

/* From a server that serves no commit by name, everything is fetched. */
static void pinned(void **) {
    static const GitAnswer answers[] = {
        {1, "", "not our ref"}, {0, "", ""}, {1, "", ""}, {1, "", ""}, {0, COMMIT "\n", ""}};
    static const char *const wanted[] = {
        "init -q", "fetch -q --no-tags --depth 5 -- origin " COMMIT, ALL, VERIFY_EACH, checkout,
        NULL,
    };
    Play play = {0};
    SourceRequest request = {.package = STR("git::https://h/r?ref=main&depth=5"),
                             .commit = STR(COMMIT)};
    assert_true(fetch(&play, request, answers, 5));
    check_lines(&play, wanted);
    source_case_close(&play.c);
}

/* A commit of no branch may be that of the server's HEAD. */
static void on_no_branch(void **) {
    static const GitAnswer answers[] = {{1, "", "not our ref"},
                                        {0, "", ""},
                                        {1, "", ""},
                                        {1, "", ""},
                                        {1, "", ""},
                                        {0, "", ""},
                                        {1, "", ""},
                                        {1, "", ""},
                                        {0, COMMIT "\n", ""}};
    static const char *const wanted[] = {
        "init -q",
        "fetch -q --no-tags --depth 1 -- origin " COMMIT,
        ALL,
        VERIFY_EACH,
        "fetch -q -- origin +HEAD:refs/remotes/origin/HEAD",
        VERIFY_EACH,
        checkout,
        NULL,
    };
    Play play = {0};
    SourceRequest request = {.package = STR("git::https://h/r"), .commit = STR(COMMIT)};
    assert_true(fetch(&play, request, answers, 9));
    check_lines(&play, wanted);
    source_case_close(&play.c);
}

static void refused(void **) {
    static const struct {
        GitAnswer answers[9];
        const char *package, *commit, *said;
        int error;
    } cases[] = {
        {{{128, "", "fatal: couldn't find remote ref x"}},
         "git::https://h/r?ref=x",
         "",
         "no branch, tag or commit \"x\"",
         0},
        {{{128, "", "fatal: no way to https://u:geheim@h/r"}},
         "git::https://u:geheim@h/r",
         "",
         "no way to https://REDACTED@h/r",
         0},
        {{{128, "", "1\n2\n3\n4\n5\n6\n7\n8\x1b[31m"}},
         "git::https://h/r",
         "",
         "reports:\n    3\n    4\n    5\n    6\n    7\n    8",
         0},
        {{{1, "", ""},
          {0, "", ""},
          {1, "", ""},
          {1, "", ""},
          {1, "", ""},
          {128, "", "fatal: couldn't find remote ref HEAD"},
          {1, "", ""},
          {1, "", ""},
          {1, "", ""}},
         "git::https://h/r",
         COMMIT,
         "no longer exists",
         0},
        {{{1, "", ""},
          {0, "", ""},
          {1, "", ""},
          {1, "", ""},
          {1, "", ""},
          {128, "", "fatal: no way"}},
         "git::https://h/r",
         COMMIT,
         "git reports: fatal: no way",
         0},
        {{{0, "", ""}}, "git::https://h/r", "", "git is not installed", -ENOENT},
        {{{0, "", ""}}, "git::https://h/r", "", "interrupted", -ECANCELED},
        {{{0, "", ""}}, "git::https://h/r", "", "git cannot be run", -EAGAIN},
        {{{0, "", ""}}, "git::ext::x", "", "A git address must be a URL", 0},
        {{{0, "", ""}}, "git::https://u:%0a@h/r", "", "control characters", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Play play = {.error = cases[i].error};
        SourceRequest request = {.package = str_from_cstr(cases[i].package),
                                 .commit = str_from_cstr(cases[i].commit)};
        if (fetch(&play, request, cases[i].answers, 9))
            fail_msg("case %zu is taken", i);
        source_case_check_said(&play.c, cases[i].said);
        assert_true(str_find(play.c.diags.items[0].detail, STR("geheim"), 0) == SIZE_MAX);
        source_case_close(&play.c);
    }
}

/* A registry must not redirect to a local path. */
static void foreign(void **) {
    static const char *const cases[] = {"git::file:///r", "git::/r"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Play play = {0};
        SourceRequest request = {.package = str_from_cstr(cases[i]), .is_foreign = true};
        assert_false(fetch(&play, request, NULL, 0));
        source_case_check_said(&play.c, "which a server cannot give");
        assert_int_equal(play.lines.count, 0);
        source_case_close(&play.c);
    }
}

UNIT_MAIN(test_fetch_git) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(branch), cmocka_unit_test(pinned),
                                       cmocka_unit_test(on_no_branch), cmocka_unit_test(refused),
                                       cmocka_unit_test(foreign)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
