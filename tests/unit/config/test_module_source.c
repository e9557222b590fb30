/* Module addresses: the package, and the directory within it. */
#include "unit.h"

#include "module_source.h"

static void splits(void **) {
    static const char *const cases[][3] = {
        {"git::https://h/a.git//b/c?ref=x", "git::https://h/a.git?ref=x", "b/c"},
        {"https://h/a.zip", "https://h/a.zip", ""},
        {"https://h/a.zip//b", "https://h/a.zip", "b"},
        {"https://h/a.zip?x=//y", "https://h/a.zip?x=//y", ""},
        {"h/n/m/s//b", "h/n/m/s", "b"},
        {"git::/a/b//c", "git::/a/b", "c"},
        {"git::file:///a//c", "git::file:///a", "c"},
        {"git@h:a//b?ref=x", "git@h:a?ref=x", "b"},
        {"h/n/m/s//", "h/n/m/s", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str subdir;
        check_str(module_source_split(str_from_cstr(cases[i][0]), &subdir, arena), cases[i][1]);
        check_str(subdir, cases[i][2]);
    }
}

/* A kind of source that finds the directory within the package itself. */
static bool claim(Str address, Str *package, Arena *arena) {
    *package = str_format(arena, "kind::%.*s//inner", STR_ARG(address));
    return str_starts_with(address, STR("kind:"));
}

static bool fetch(const SourceRequest *request, SourceFound *out, Arena *arena, Diags *diags) {
    (void)request, (void)out, (void)arena, (void)diags;
    return true;
}

static const ModuleSource kind = {
    .name = "kind", .forms = "kind:X", .claims = claim, .fetch = fetch};
static const ModuleSource *const rows[] = {&module_source_local, &kind};
static const ModuleSources sources = {rows, ARRAY_COUNT(rows)};

static void parsed(void **) {
    static const struct {
        const char *address, *kind, *package, *subdir;
    } cases[] = {
        {"./a", "local", "./a", ""},
        {"../a//b", "local", "../a//b", ""},
        {"/a//b", "local", "/a//b", ""},
        {"kind:x", "kind", "kind::kind:x", "inner"},
        {"kind:x//a", "kind", "kind::kind:x", "inner/a"},
        {"kind:x//./a/", "kind", "kind::kind:x", "inner/a"},
        {"kind:x//..", "kind", "kind::kind:x", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        SourceAddress address;
        assert_true(module_source_parse(&sources, str_from_cstr(cases[i].address), NO_RANGE,
                                        &address, arena, &diags));
        check_str(str_from_cstr(address.kind->name), cases[i].kind);
        check_str(address.package, cases[i].package);
        check_str(address.subdir, cases[i].subdir);
    }
}

static void refused(void **) {
    static const char *const cases[][2] = {
        {"modules/a", "write \"./modules/a\""},
        {"kind:x//../../a", "cannot lead out"},
        {"kind:x///etc", "cannot lead out"},
        {"hg::https://u:p@h/a", "\"hg::https://h/a\""},
        {"./a\nb", "The kinds are"},
        {"", "The kinds are"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        SourceAddress address;
        assert_false(module_source_parse(&sources, str_from_cstr(cases[i][0]), NO_RANGE, &address,
                                         arena, &diags));
        assert_int_equal(diags.error_count, 1);
        if (str_find(diags.items[0].detail, str_from_cstr(cases[i][1]), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i][0], STR_ARG(diags.items[0].detail));
    }
}

UNIT_MAIN(test_module_source) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(splits), cmocka_unit_test(parsed),
                                       cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
