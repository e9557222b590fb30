/* Addresses in parts, resolved, and without their secrets. */
#include "unit.h"

#include "url.h"

static void parts(void **) {
    static const struct {
        const char *text, *scheme, *userinfo, *host, *path, *query, *fragment;
    } cases[] = {
        {"https://h/a/b?c=d#e", "https", "", "h", "/a/b", "c=d", "e"},
        {"https://u:p@h:1/x", "https", "u:p", "h:1", "/x", "", ""},
        {"https://u@v@h", "https", "u@v", "h", "", "", ""},
        {"ssh://git@[::1]:22/r", "ssh", "git", "[::1]:22", "/r", "", ""},
        {"file:///a@b", "file", "", "", "/a@b", "", ""},
        {"git+ssh://h?x/@y", "git+ssh", "", "h", "", "x/@y", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Url url;
        assert_true(url_parse(str_from_cstr(cases[i].text), &url));
        check_str(url.scheme, cases[i].scheme);
        check_str(url.userinfo, cases[i].userinfo);
        check_str(url.host, cases[i].host);
        check_str(url.path, cases[i].path);
        check_str(url.query, cases[i].query);
        check_str(url.fragment, cases[i].fragment);
        SCOPED(ArenaRef) arena = arena_open("test");
        check_str(url_to_str(&url, arena), cases[i].text);
    }
}

static void no_urls(void **) {
    static const char *const cases[] = {
        "", "h/a", "://h", "1a://h", "git@h:p", "git::https://h", "a b://h"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Url url;
        if (url_parse(str_from_cstr(cases[i]), &url))
            fail_msg("\"%s\" is taken for an address", cases[i]);
    }
}

static void host_names(void **) {
    static const char *const cases[][2] = {
        {"https://h/", "h"},
        {"https://h:8443/", "h"},
        {"https://[::1]:8443/", "[::1]"},
        {"https://[::1]/", "[::1]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Url url;
        assert_true(url_parse(str_from_cstr(cases[i][0]), &url));
        check_str(url_host_name(&url), cases[i][1]);
    }
}

static void resolved(void **) {
    static const char *const cases[][3] = {
        {"https://h/a/b?q=1", "/c", "https://h/c"},
        {"https://h/a/b", "./c", "https://h/a/c"},
        {"https://h/a/b", "c?x=y#z", "https://h/a/c?x=y#z"},
        {"https://h/a/b/", "../c/", "https://h/a/c/"},
        {"https://h/a", "../../../c", "https://h/c"},
        {"https://h", "c", "https://h/c"},
        {"https://h/a", "//other/c", "https://other/c"},
        {"https://h/a", "https://other/c", "https://other/c"},
        {"https://u:p@h/a", "/c", "https://u:p@h/c"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(url_resolve(str_from_cstr(cases[i][0]), str_from_cstr(cases[i][1]), arena),
                  cases[i][2]);
}

static void loopback(void **) {
    static const struct {
        const char *url;
        bool is_loopback;
    } cases[] = {
        {"http://localhost:8200/a", true},
        {"http://127.0.0.1", true},
        {"http://127.8.9.1:80", true},
        {"http://[::1]:8200", true},
        {"http://user@127.0.0.1/", true},
        {"http://127.0.0.1.example.com", false},
        {"http://127.0.0.1@example.com", false},
        {"http://localhost.example.com", false},
        {"http://10.0.0.1", false},
        {"http://", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Url url;
        assert_true(url_parse(str_from_cstr(cases[i].url), &url));
        if (url_is_loopback(&url) != cases[i].is_loopback)
            fail_msg("%s", cases[i].url);
    }
}

/* The examples of RFC 3986, section 5.4, except references to a URL without "//". */
static void resolved_as_in_the_rfc(void **) {
    static const char *const cases[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"/g//h", "http://a/g//h"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(url_resolve(STR("http://a/b/c/d;p?q"), str_from_cstr(cases[i][0]), arena),
                  cases[i][1]);
}

static void decoded(void **) {
    static const char *const cases[][2] = {
        {"a%2Fb", "a/b"}, {"%41%62", "Ab"}, {"plain+x", "plain+x"}, {"", ""},
        {"%", NULL},      {"a%2", NULL},    {"%zz", NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str out;
        bool ok = url_decode(str_from_cstr(cases[i][0]), &out, arena);
        assert_int_equal(ok, cases[i][1] != NULL);
        if (ok)
            check_str(out, cases[i][1]);
    }
}

static void parameters(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str query = STR("a=1&b=&c&a=2");
    Str value;
    assert_true(url_query_find(query, STR("a"), &value));
    check_str(value, "1");
    assert_true(url_query_find(query, STR("c"), &value));
    check_str(value, "");
    assert_false(url_query_find(query, STR("d"), &value));
    check_str(url_query_without(query, STR("a"), arena), "b=&c");
    check_str(url_query_without(STR("a=1"), STR("a"), arena), "");
    check_str(url_query_without(STR(""), STR("a"), arena), "");
}

static void redacted(void **) {
    static const char *const cases[][2] = {
        {"https://u:p@h/a", "https://h/a"},
        {"https://token@h/a", "https://h/a"},
        {"git::https://u:p@h/a?ref=x", "git::https://h/a?ref=x"},
        {"git::ssh://git@h/a", "git::ssh://git@h/a"},
        {"git::ssh://git:p@h/a", "git::ssh://git@h/a"},
        {"git@h:a?sshkey=abc", "git@h:a?sshkey=REDACTED"},
        {"https://h/a?id=1&X-Amz-Sig=abc", "https://h/a?id=1&X-Amz-Sig=REDACTED"},
        {"https://h/a?ACCESS_TOKEN=a&ref=b", "https://h/a?ACCESS_TOKEN=REDACTED&ref=b"},
        {"git::https://git::u:p@h/a", "git::https://h/a"},
        {"git:p@h:a?ref=x", "git@h:a?ref=x"},
        {"git::git:p@h:a", "git::git@h:a"},
        {"./a:b@c:d", "./a:b@c:d"},
        {"./modules/net", "./modules/net"},
        {"acme/net/libvirt", "acme/net/libvirt"},
        {"https://h/a//sub?x=y", "https://h/a//sub?x=y"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(url_redact(str_from_cstr(cases[i][0]), arena), cases[i][1]);
}

static void scrubbed(void **) {
    static const char *const cases[][3] = {
        {"no: https://u:p%40ss@h/", "git::https://u:p%40ss@h/a", "no: https://REDACTED@h/"},
        {"password p@ss of u1", "https://u1:p%40ss@h/a", "password REDACTED of REDACTED"},
        {"user git is unknown", "ssh://git@h/a", "user git is unknown"},
        {"sig abcd refused", "https://h/a?sig=abcd", "sig REDACTED refused"},
        {"nothing", "git@h:a", "nothing"},
        {"no key abcd of git", "git@h:a?sshkey=abcd", "no key REDACTED of git"},
        {"key k%3D or k= is bad", "git::git@h:a?sshkey=k%3D", "key REDACTED or REDACTED is bad"},
        {"no pw at git:pw@h:a", "git:pw@h:a", "no REDACTED at REDACTED@h:a"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(url_scrub(str_from_cstr(cases[i][0]), str_from_cstr(cases[i][1]), arena),
                  cases[i][2]);
}

static void encoding(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(url_encode(STR("env:/a b+c/\xc3\xa4~"), true, arena), "env%3A/a%20b%2Bc/%C3%A4~");
    check_str(url_encode(STR("a/b"), false, arena), "a%2Fb");
    check_str(url_encode(STR("\0"), true, arena), "%00");
}

UNIT_MAIN(test_url) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback), cmocka_unit_test(parts),
        cmocka_unit_test(no_urls),  cmocka_unit_test(host_names),
        cmocka_unit_test(resolved), cmocka_unit_test(resolved_as_in_the_rfc),
        cmocka_unit_test(decoded),  cmocka_unit_test(parameters),
        cmocka_unit_test(redacted), cmocka_unit_test(scrubbed),
        cmocka_unit_test(encoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
