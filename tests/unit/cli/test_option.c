/* Arguments of a command line → options and positional arguments. */
#include "unit.h"

#include "option.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const OptionGroup *const groups[] = {&option_view, &option_variables, &option_state,
                                            &option_operation, NULL};

/* "name=text" for every option, then the positional arguments, separated by blanks. */
static Str parsed(const char *line, Arena *arena, Diags *diags, bool *ok) {
    StrVec words = {0};
    assert_true(option_split_words(str_from_cstr(line), &words, arena));
    Arguments arguments = {0};
    *ok = option_parse(groups, &words, &arguments, arena, diags);
    StrBuf out = strbuf_new(arena);
    vec_each(&arguments.options, value) {
        strbuf_add_format(&out, "%s=%.*s ", value->option->name, STR_ARG(value->text));
    }
    vec_each(&arguments.positionals, word) {
        strbuf_add_format(&out, "<%.*s>", STR_ARG(*word));
    }
    return str_trim(strbuf_str(&out));
}

typedef struct OptionCase {
    const char *line;
    const char *wanted;
} OptionCase;

static const OptionCase good[] = {
    {"", ""},
    {"-no-color plan.bin", "no-color=true <plan.bin>"},
    {"--no-color plan.bin", "no-color=true <plan.bin>"},
    {"-refresh=false -lock=1", "refresh=false lock=true"},
    {"-refresh false", "refresh=true <false>"},
    {"-var a=b=c -var 'x=1 2'", "var=a=b=c var=x=1 2"},
    {"-target=a.b -target a.c", "target=a.b target=a.c"},
    {"-target 'a.b[\"k\"]'", "target=a.b[\"k\"]"},
    {"-parallelism=3 x -no-color y", "parallelism=3 no-color=true <x><y>"},
    {"-state=", "state="},
    {"- x", "<-><x>"},
    {"-destroy -- -refresh", "destroy=true <-refresh>"},
};

static void parses(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        Diags diags = diags_new(arena);
        bool ok;
        check_str(parsed(good[i].line, arena, &diags, &ok), good[i].wanted);
        assert_true(ok);
        assert_int_equal(diags.count, 0);
    }
}

static const OptionCase bad[] = {
    {"-refrsh", "This command has no option \"-refrsh\". Did you mean \"-refresh\"?"},
    {"-xyzzy", "This command has no option \"-xyzzy\". To list its options, use -help"},
    {"-refresh=maybe", "requires true, false or full, not \"maybe\"."},
    {"-lock=maybe", "requires true or false, not \"maybe\"."},
    {"-lock=full", "requires true or false, not \"full\"."},
    {"-target", "The option \"-target\" requires a value: -target=ADDRESS."},
};

static void refuses(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        Diags diags = diags_new(arena);
        bool ok;
        (void)parsed(bad[i].line, arena, &diags, &ok);
        assert_false(ok);
        assert_int_equal(diags.error_count, 1);
        if (str_find(diags.items[0].detail, str_from_cstr(bad[i].wanted), 0) == SIZE_MAX)
            check_str(diags.items[0].detail, bad[i].wanted);
    }
}

static void the_last_one_counts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec words = {0};
    assert_true(
        option_split_words(STR("-refresh=false -refresh -state a -state b"), &words, arena));
    Arguments arguments = {0};
    Diags diags = diags_new(arena);
    assert_true(option_parse(groups, &words, &arguments, arena, &diags));
    assert_true(option_flag(&arguments, "refresh"));
    assert_true(option_flag(&arguments, "lock"));
    assert_false(option_flag(&arguments, "destroy"));
    check_str(option_text(&arguments, "state"), "b");
    assert_true(option_is_given(&arguments, "state"));
    assert_false(option_is_given(&arguments, "backup"));
}

/* A value beside true and false counts as true. */
static void a_flag_may_have_a_third_value(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Arguments arguments = {0};
    StrVec words = {0};
    assert_true(option_split_words(STR("-refresh=false -refresh=full"), &words, arena));
    assert_true(option_parse(groups, &words, &arguments, arena, &diags));
    assert_true(option_flag(&arguments, "refresh"));
    check_str(option_text(&arguments, "refresh"), "full");
}

static void splits_words(void **) {
    static const OptionCase cases[] = {
        {"a  b\tc", "a|b|c"},   {"'a b' \"c d\"", "a b|c d"}, {"a\\ b", "a b"}, {"'a\\b'", "a\\b"},
        {"\"a\\\"b\"", "a\"b"}, {"x'y'\"z\"", "xyz"},         {"'' a", "|a"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrVec words = {0};
        assert_true(option_split_words(str_from_cstr(cases[i].line), &words, arena));
        check_str(str_join(words.items, words.count, STR("|"), arena), cases[i].wanted);
    }
    StrVec words = {0};
    assert_false(option_split_words(STR("-var 'x=1"), &words, arena));
}

/* The default comes from the command's row, or from the shared row if the command has none. */
static void defaults_are_in_rows(void **) {
    static const Option own[] = {
        {"refresh", OPTION_FLAG, NULL, "Read real objects first (default false)."},
    };
    const OptionGroup *const own_groups[] = {OPTION_GROUP(own), NULL};
    Arguments arguments = {.groups = own_groups};
    assert_false(option_flag(&arguments, "refresh"));
    assert_true(option_flag(&arguments, "lock"));
    assert_true(option_flag(&(Arguments){0}, "refresh"));
    assert_false(option_flag(&(Arguments){0}, "no-color"));
}

/* A misspelt name, and the name of an option that is not a flag. */
static void a_flag_without_a_row_is_an_error(void **) {
    static const char *const names[] = {"refesh", "state"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        pid_t child = fork();
        if (child == 0) {
            close(STDERR_FILENO);
            (void)option_flag(&(Arguments){0}, names[i]);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

/* Every row that help shows has all texts that help prints. */
static void rows_are_complete(void **) {
    for (size_t i = 0; groups[i]; i++) {
        for (size_t j = 0; j < groups[i]->count; j++) {
            const Option *option = &groups[i]->options[j];
            assert_int_equal(option_is_flag(option), option->value == NULL);
            if (option->help && strstr(option->help, "default true"))
                assert_int_equal(option->kind, OPTION_FLAG_ON);
            if (option->help && strstr(option->help, "default false"))
                assert_int_equal(option->kind, OPTION_FLAG);
            assert_true(option->help || strlen(option->name) == 1);
        }
    }
}

UNIT_MAIN(test_option) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(refuses),
        cmocka_unit_test(the_last_one_counts),
        cmocka_unit_test(a_flag_may_have_a_third_value),
        cmocka_unit_test(splits_words),
        cmocka_unit_test(defaults_are_in_rows),
        cmocka_unit_test(a_flag_without_a_row_is_an_error),
        cmocka_unit_test(rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
