/* Git addresses: arguments for git, and rejected addresses. */
#include "unit.h"

#include "git_address.h"
#include "io.h"

static void taken(void **) {
    static const char *const cases[][4] = {
        {"git::https://h/r.git", "https://h/r.git", "", ""},
        {"git::https://h/r?ref=v1.2.3", "https://h/r", "v1.2.3", ""},
        {"git::https://h/r?ref=feature%2Fx", "https://h/r", "feature/x", ""},
        {"git::https://h/r?depth=3&ref=a+b@c#", "https://h/r", "a+b@c#", "3"},
        {"git::ssh://git@h:22/r", "ssh://git@h:22/r", "", ""},
        {"git::file:///r", "file:///r", "", ""},
        {"git::/r/s", "/r/s", "", ""},
        {"git::git://h/r", "git://h/r", "", ""},
        {"git::https://u:p@h/r", "https://u:p@h/r", "", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        GitAddress address;
        const char *problem = "";
        if (!git_address_parse(str_from_cstr(cases[i][0]), &address, &problem, arena))
            fail_msg("%s: %s", cases[i][0], problem);
        check_str(address.url, cases[i][1]);
        check_str(address.ref, cases[i][2]);
        check_str(address.depth, cases[i][3]);
    }
}

static void refused(void **) {
    static const char *const cases[] = {
        "git::-x",
        "git::--upload-pack=touch x",
        "git::ext::sh -c x",
        "git::fd::3",
        "git::https::x",
        "git::ftp://h/r",
        "git::https:///r",
        "git::file://h/r",
        "git::ssh://-oProxyCommand=x/r",
        "git::ssh://git@-oProxyCommand=x/r",
        "git::ssh://-oProxyCommand=x@h/r",
        "git::ssh://h/-r",
        "git::https://h/a b",
        "git::https://h/a\nb",
        "git::r",
        "git::../r",
        "git::",
        "git::https://h/r?ref=",
        "git::https://h/r?ref=-x",
        "git::https://h/r?ref=%2Dx",
        "git::https://h/r?ref=+x",
        "git::https://h/r?ref=a:b",
        "git::https://h/r?ref=a..b",
        "git::https://h/r?ref=a%20b",
        "git::https://h/r?ref=a%0Ab",
        "git::https://h/r?ref=^a",
        "git::https://h/r?ref=a*",
        "git::https://h/r?ref=a~1",
        "git::https://h/r?ref=a@{1}",
        "git::https://h/r?ref=%zz",
        "git::https://h/r?depth=0",
        "git::https://h/r?depth=-1",
        "git::https://h/r?depth=x",
        "git::https://h/r?sshkey=x",
        "git::https://h/r?reff=x",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        GitAddress address;
        const char *problem = NULL;
        if (git_address_parse(str_from_cstr(cases[i]), &address, &problem, arena))
            fail_msg("taken: %s", cases[i]);
        assert_non_null(problem);
    }
}

/* Each name that loam takes is one that git takes, too, and no option. */
static void refs(void **) {
    static const char *const parts[] = {
        "",
        "x",
        "-",
        "--upload-pack=x",
        "+",
        ":",
        "..",
        ".",
        "/",
        "//",
        ".lock",
        "@",
        "@{",
        "^",
        "~1",
        "*",
        "?",
        "[",
        "\\",
        " ",
        "\t",
        "\n",
        "\r",
        "\x01",
        "\x7f",
        "$(id)",
        "`id`",
        ";",
        "'",
        "\"",
        "#",
        "%",
        "!",
        "{",
        "}",
        "\xc2\x85",
        "\xe2\x80\xa8",
        ",",
        "ext::x",
        "refs/heads/x",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = io_real();
    size_t taken = 0, refused = 0;
    for (size_t i = 0; i < ARRAY_COUNT(parts) * ARRAY_COUNT(parts); i++) {
        Str ref =
            str_format(arena, "%s%s", parts[i / ARRAY_COUNT(parts)], parts[i % ARRAY_COUNT(parts)]);
        if (!git_address_is_ref(ref)) {
            refused++;
            continue;
        }
        taken++;
        assert_true(ref.ptr[0] != '-');
        ProcessResult result;
        ProcessRequest request = {
            .argv = (const char *const[]){"git", "check-ref-format", "--allow-onelevel",
                                          str_to_cstr(ref, arena), NULL},
        };
        assert_int_equal(io.process->run(io.process->self, &request, &result, arena), 0);
        if (result.exit_status != 0)
            fail_msg("git rejects \"%.*s\"", STR_ARG(ref));
    }
    assert_true(taken > 100 && refused > 1000);
}

UNIT_MAIN(test_git_address) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(taken), cmocka_unit_test(refused),
                                       cmocka_unit_test(refs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
