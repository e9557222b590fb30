#include "git_remote.h"

#include "unit.h"

static void wrong_remotes_are_named(void **) {
    static const struct {
        const char *url, *branch, *key, *hosts, *argument;
    } cases[] = {
        {"ssh://git@h/r.git", "main", "key", "h ssh-ed25519 A", NULL},
        {"ssh://git@h/r.git", "main", "", "h ssh-ed25519 A", "private_key"},
        {"ssh://git@h/r.git", "main", "key", "", "known_hosts"},
        {"ssh://git@h/r.git", "main", "key", " \n", "known_hosts"},
        {"ssh://-oProxyCommand=x/r", "main", "key", "h", "url"},
        {"https://h/r.git", "main", "", "", NULL},
        {"https://user:token@h/r.git", "main", "", "", "url"},
        {"https://h/r.git", "-main", "", "", "branch"},
        {"https://h/r.git", "a..b", "", "", "branch"},
        {"https://h/r.git", "", "", "", "branch"},
        {"http://h/r.git", "main", "", "", "url"},
        {"git://h/r.git", "main", "", "", "url"},
        {"ext::sh -c x", "main", "", "", "url"},
        {"/srv/r.git", "main", "", "", "url"},
    };
    Arena *arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        GitRemote remote = {.url = str_from_cstr(cases[i].url),
                            .branch = str_from_cstr(cases[i].branch),
                            .private_key = str_from_cstr(cases[i].key),
                            .known_hosts = str_from_cstr(cases[i].hosts)};
        const char *argument;
        Str problem = git_remote_problem(&remote, &argument, arena);
        assert_int_equal(problem.len == 0, cases[i].argument == NULL);
        if (cases[i].argument)
            assert_string_equal(argument, cases[i].argument);
    }
    GitRemote plain = {.url = STR("http://h/r.git"), .branch = STR("main"), .can_use_http = true};
    const char *argument;
    check_str(git_remote_problem(&plain, &argument, arena), "");
    plain.bearer_token = STR("a\nX-Header: b");
    assert_true(git_remote_problem(&plain, &argument, arena).len > 0);
    assert_string_equal(argument, "bearer_token");
    arena_close(arena);
}

static void every_form_of_a_password_is_a_secret(void **) {
    Arena *arena = arena_open("test");
    GitRemote remote = {.username = STR("git"), .password = STR("token")};
    StrVec secrets = git_remote_secrets(&remote, arena);
    assert_true(str_is_among(STR("token"), secrets.items, secrets.count));
    assert_true(str_is_among(STR("Z2l0OnRva2Vu"), secrets.items, secrets.count));
    assert_int_equal(git_remote_secrets(&(GitRemote){0}, arena).count, 0);
    arena_close(arena);
}

UNIT_MAIN(test_git_remote) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_remotes_are_named),
        cmocka_unit_test(every_form_of_a_password_is_a_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
