/* Lines of one server in a text that others share, and keys that are none. */
#include "argocd_known_hosts.h"
#include "unit.h"

#define A  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5YQ=="
#define A2 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5Yg=="
#define R  "ssh-rsa AAAAB3NzaC1yc2FjYw=="

static StrVec keys_of(const char *text, Arena *arena) {
    StrVec keys = {0};
    Str rest = str_from_cstr(text), key;
    while (rest.len && str_next_field(&rest, '\n', &key))
        vec_push(arena, &keys, key);
    return keys;
}

static void changes(void **) {
    static const struct {
        const char *text;
        const char *removed;
        const char *added;
        const char *wanted;
    } cases[] = {
        {"", "", "", ""},
        {"", "", A "\n" R, "git " A "\ngit " R "\n"},
        {"x " A, "", A, "x " A "\ngit " A "\n"},
        {"git " A "\nx " A "\n", "", A, "git " A "\nx " A "\n"},
        {"git " A "\nx " A "\n", A, A2, "x " A "\ngit " A2 "\n"},
        {"git " A "\ngit " A2 "\n", A2, A, "git " A "\n"},
        {"git " A "\ngit " A "\n", A, A, "git " A "\n"},
        {"git " A " comment\nx " R "\n", A, "", "x " R "\n"},
        {"git " R "\ngit " A "\n", A, "", "git " R "\n"},
        {" git\t" A "\n", A, "", ""},
        {"git,x " A "\n@revoked git " A, A, "", "git,x " A "\n@revoked git " A "\n"},
        {"#git " A "\n\n|1|a|b " A "\n", A, "", "#git " A "\n\n|1|a|b " A "\n"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrVec removed = keys_of(cases[i].removed, arena), added = keys_of(cases[i].added, arena);
        check_str(argocd_known_hosts_change(str_from_cstr(cases[i].text), STR("git"), &removed,
                                            &added, arena),
                  cases[i].wanted);
    }
}

static void finds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str text = STR("git " A " comment\r\ngit,x " R "\ngit ssh-rsa\n\tgit \t" R);
    StrVec found = argocd_known_hosts_find(text, STR("git"), arena);
    check_str(str_join(found.items, found.count, STR("|"), arena), A "|" R);
}

static void problems(void **) {
    static const char *const bad[] = {
        "",
        "ssh-rsa",
        A " comment",
        " " A,
        A "\n",
        "ssh-ed25519  AAAAC3NzaC1lZDI1NTE5YQ==",
        "git " A,
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5YQ==",
        "ssh-rsa AAAA",
        "ssh-rsa AAAAB3NzaC1yc2E=",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(argocd_known_hosts_problem(STR(A), arena), "");
    check_str(argocd_known_hosts_problem(STR(R), arena), "");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_true(argocd_known_hosts_problem(str_from_cstr(bad[i]), arena).len > 0);
}

UNIT_MAIN(test_argocd_known_hosts) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes),
        cmocka_unit_test(finds),
        cmocka_unit_test(problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
