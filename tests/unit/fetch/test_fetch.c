/* Selects the kind of source by the address. */
#include "unit.h"

#include "fetch.h"

static void owners(void **) {
    static const struct {
        const char *address, *kind, *package, *subdir;
    } cases[] = {
        {"./m", "local", "./m", ""},
        {"../m", "local", "../m", ""},
        {"acme/net/libvirt", "registry", "registry.opentofu.org/acme/net/libvirt", ""},
        {"acme/net/libvirt//a/b", "registry", "registry.opentofu.org/acme/net/libvirt", "a/b"},
        {"Example.com/acme/net/libvirt", "registry", "example.com/acme/net/libvirt", ""},
        {"localhost:8443/a/b/c//d", "registry", "localhost:8443/a/b/c", "d"},
        {"github.com/o/r", "git", "git::https://github.com/o/r.git", ""},
        {"github.com/o/r.git//a?ref=v1", "git", "git::https://github.com/o/r.git?ref=v1", "a"},
        {"github.com/o/r/a/b", "git", "git::https://github.com/o/r.git", "a/b"},
        {"github.com/o/r/a//b?ref=v1", "git", "git::https://github.com/o/r.git?ref=v1", "a/b"},
        {"bitbucket.org/o/r", "git", "git::https://bitbucket.org/o/r.git", ""},
        {"git@github.com:o/r.git", "git", "git::ssh://git@github.com/o/r.git", ""},
        {"git@h:/abs/r.git//a?ref=x", "git", "git::ssh://git@h/abs/r.git?ref=x", "a"},
        {"git::git@h:o/r.git", "git", "git::ssh://git@h/o/r.git", ""},
        {"git::github.com/o/r", "git", "git::https://github.com/o/r.git", ""},
        {"ssh://git@h/r.git//a", "git", "git::ssh://git@h/r.git", "a"},
        {"git://h/r", "git", "git::git://h/r", ""},
        {"https://h/r.git", "git", "git::https://h/r.git", ""},
        {"https://h/r.git//a?ref=x", "git", "git::https://h/r.git?ref=x", "a"},
        {"git::https://h/r", "git", "git::https://h/r", ""},
        {"git::file:///r//a", "git", "git::file:///r", "a"},
        {"git::ext::sh", "git", "git::ext::sh", ""},
        {"https://h/x.zip//a", "archive", "https://h/x.zip", "a"},
        {"https://h/x?archive=zip", "archive", "https://h/x?archive=zip", ""},
        {"http://h/x.zip", "archive", "http://h/x.zip", ""},
        {"https://h/page", "archive", "https://h/page", ""},
        {"m", NULL, NULL, NULL},
        {"modules/m", NULL, NULL, NULL},
        {"/abs/m", "local", "/abs/m", ""},
        {"a/b/c/d", NULL, NULL, NULL},
        {"a/b/C", NULL, NULL, NULL},
        {"a/b/c/", NULL, NULL, NULL},
        {"-a/b/c", NULL, NULL, NULL},
        {"h.x/a/b/c/d", NULL, NULL, NULL},
        {"github.com/o", NULL, NULL, NULL},
        {"gitlab.com/o/r", NULL, NULL, NULL},
        {"h:99999/a/b/c", NULL, NULL, NULL},
        {"hg::https://h/r", NULL, NULL, NULL},
        {"s3::https://h/r.zip", NULL, NULL, NULL},
        {"oci://h/r", NULL, NULL, NULL},
        {"file:///r.zip", NULL, NULL, NULL},
        {"ftp://h/x.zip", NULL, NULL, NULL},
        {"https:///x.zip", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        SourceAddress address;
        bool ok = module_source_parse(&fetch_table, str_from_cstr(cases[i].address), NO_RANGE,
                                      &address, arena, &diags);
        if (ok != (cases[i].kind != NULL))
            fail_msg("%s: %s", cases[i].address, ok ? address.kind->name : "no kind");
        if (!ok)
            continue;
        print_message("%s\n", cases[i].address);
        check_str(str_from_cstr(address.kind->name), cases[i].kind);
        check_str(address.package, cases[i].package);
        check_str(address.subdir, cases[i].subdir);
    }
}

static void rows(void **) {
    for (size_t i = 0; i < fetch_table.count; i++) {
        const ModuleSource *row = fetch_table.rows[i];
        assert_true(row->name && row->forms && row->claims);
        assert_int_equal(row->fetch == NULL, row == &module_source_local);
    }
}

UNIT_MAIN(test_fetch) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(owners), cmocka_unit_test(rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
