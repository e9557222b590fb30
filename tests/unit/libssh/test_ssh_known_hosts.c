/* ssh_known_hosts: which lines name a host. The hashed names are those of ssh-keygen -H. */
#include "ssh_known_hosts.h"

#include "unit.h"

#define HASHED      "|1|3EvhzAELiIFZ84/pqv7ya7eGLjw=|nUh4ew0JIG6IGyOBmrTPqJPgn50="
#define HASHED_PORT "|1|66lFxBrcOboqfDS345ZfS7OTNZg=|lkaO+n0rbE1szTKlX8XEEYSmpWk="
#define NODE        "node.example.org"

typedef struct Case {
    const char *text, *host;
    uint16_t port;
    const char *keys, *authorities, *revoked; /* joined by "," */
} Case;

static const Case cases[] = {
    {NODE " t A\n", NODE, 22, "t A", "", ""},
    {NODE " t A comment here\n", NODE, 22, "t A", "", ""},
    {"  " NODE "\t t   A\n", NODE, 22, "t A", "", ""},
    {NODE " t A", NODE, 22, "t A", "", ""},
    {NODE " t A\n" NODE " u B\n", NODE, 22, "t A,u B", "", ""},
    {"# " NODE " t A\n\n" NODE " t\nx\n@x\n", NODE, 22, "", "", ""},
    {"other," NODE ",10.0.0.1 t A\n", NODE, 22, "t A", "", ""},
    {"other," NODE ",10.0.0.1 t A\n", "10.0.0.1", 22, "t A", "", ""},
    {"other," NODE ",10.0.0.1 t A\n", "10.0.0.11", 22, "", "", ""},
    {"NODE.Example.org t A\n", "node.EXAMPLE.org", 22, "t A", "", ""},
    {"*.example.org t A\n", NODE, 22, "t A", "", ""},
    {"*.example.org,!" NODE " t A\n", NODE, 22, "", "", ""},
    {"!" NODE ",*.example.org t A\n", "x.example.org", 22, "t A", "", ""},
    {"nod?.example.org t A\n", NODE, 22, "t A", "", ""},
    {HASHED " t A\n", NODE, 22, "t A", "", ""},
    {HASHED " t A\n", "example.org", 22, "", "", ""},
    {HASHED_PORT " t A\n", NODE, 2222, "t A", "", ""},
    {HASHED_PORT " t A\n", NODE, 22, "", "", ""},
    {"|1|broken t A\n|1|x|y t A\n", NODE, 22, "", "", ""},
    {"[" NODE "]:2222 t A\n", NODE, 2222, "t A", "", ""},
    {"[" NODE "]:2222 t A\n", NODE, 22, "", "", ""},
    /* Without a line for the port, the plain name counts. */
    {NODE " t A\n", NODE, 2222, "t A", "", ""},
    {NODE " t A\n[" NODE "]:2222 u B\n", NODE, 2222, "u B", "", ""},
    {"@cert-authority *.example.org t A\n", NODE, 22, "", "t A", ""},
    {"@revoked * t A\n" NODE " t A\n", NODE, 22, "t A", "", "t A"},
    {"@revoked [" NODE "]:22 t A\n", NODE, 2222, "", "", ""},
    {"@unknown * t A\n", NODE, 22, "", "", ""},
    {"", NODE, 22, "", "", ""},
};

static void check_list(const StrVec *found, const char *expected, Arena *arena) {
    check_str(str_join(found->items, found->count, STR(","), arena), expected);
}

static void test_lines(void **) {
    Arena *arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Case *c = &cases[i];
        SshKnownKeys found =
            ssh_known_hosts_find(str_from_cstr(c->text), str_from_cstr(c->host), c->port, arena);
        if (found.keys.count + found.authorities.count + found.revoked.count == 0 && *c->keys)
            print_error("not found: %s\n", c->text);
        check_list(&found.keys, c->keys, arena);
        check_list(&found.authorities, c->authorities, arena);
        check_list(&found.revoked, c->revoked, arena);
    }
    arena_close(arena);
}

static void test_patterns(void **) {
    static const struct {
        const char *pattern, *name;
        bool matches;
    } rows[] = {
        {"", "", true},        {"", "a", false},          {"*", "", true},
        {"*", "abc", true},    {"a*c", "abc", true},      {"a*c", "ac", true},
        {"a*c", "acb", false}, {"*a*a*", "banana", true}, {"*ab", "aab", true},
        {"?", "", false},      {"??", "ab", true},        {"a?*", "a", false},
        {"A.B", "a.b", true},  {"a.b", "axb", false},     {"*x*y*z", "xxyyz", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        bool found = ssh_match_pattern(str_from_cstr(rows[i].pattern), str_from_cstr(rows[i].name));
        if (found != rows[i].matches)
            print_error("%s %s\n", rows[i].pattern, rows[i].name);
        assert_int_equal(found, rows[i].matches);
    }
}

UNIT_MAIN(test_ssh_known_hosts) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
