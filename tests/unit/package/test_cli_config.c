/* Settings of Terraform's CLI configuration that locate providers. */
#include "arena_case.h"

#include "cli_config.h"
#include "mirror_directory.h"
#include "package_source.h"
#include "provider_address.h"

static CliConfig parse(const char *text) {
    CliConfig config = {0};
    Diags diags = diags_new(arena);
    if (!cli_config_parse(str_from_cstr(text), STR("cli.tfrc"), &config, arena, &diags))
        fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    return config;
}

static void installations(void **) {
    CliConfig config = parse("# comment\n"
                             "plugin_cache_dir = \"/cache\" // another\n"
                             "credentials \"app.terraform.io\" { token = \"x\" }\n"
                             "host \"h\" {\n  services = { \"modules.v1\" = \"https://h/\" }\n}\n"
                             "provider_installation {\n"
                             "  /* overrides\n first */\n"
                             "  dev_overrides {\n"
                             "    \"hashicorp/time\" = \"/dev/time\"\n"
                             "    \"h.example/a/b\" = \"/dev/\\\"b\"\n"
                             "  }\n"
                             "  filesystem_mirror {\n"
                             "    path    = \"/mirror\"\n"
                             "    include = [\"*/*/*\", \"x/y\",]\n"
                             "    exclude = [\"h.example/*/b\"]\n"
                             "  }\n"
                             "  network_mirror { url = \"https://m/\" }\n"
                             "  direct {}\n"
                             "}\n");
    assert_int_equal(config.overrides.count, 2);
    check_str(config.overrides.items[0].address, "registry.opentofu.org/hashicorp/time");
    check_str(config.overrides.items[0].directory, "/dev/time");
    check_str(config.overrides.items[1].address, "h.example/a/b");
    check_str(config.overrides.items[1].directory, "/dev/\"b");
    assert_int_equal(config.installations.count, 3);
    const CliInstallation *mirror = &config.installations.items[0];
    assert_int_equal(mirror->method, CLI_METHOD_FILESYSTEM_MIRROR);
    check_str(mirror->path, "/mirror");
    assert_int_equal(mirror->include.count, 2);
    assert_int_equal(config.installations.items[1].method, CLI_METHOD_NETWORK_MIRROR);
    assert_int_equal(config.installations.items[2].method, CLI_METHOD_DIRECT);
    assert_int_equal(parse("").installations.count, 0);
}

static void refused(void **) {
    static const struct {
        const char *text;
        int line;
    } cases[] = {
        {"a", 1},          {"a = ", 1},        {"a = \"x", 1},
        {"a = [\"x\"", 1}, {"a \"x\" = {", 1}, {"\nprovider_installation {\n  direct {\n", 4},
        {"}", 1},          {"a = {} ]", 1},    {"a = $", 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CliConfig config = {0};
        Diags diags = diags_new(arena);
        if (cli_config_parse(str_from_cstr(cases[i].text), STR("f"), &config, arena, &diags))
            fail_msg("%s is accepted", cases[i].text);
        check_str_equal(diags.items[0].detail,
                        str_format(arena, "Line %d of \"f\" cannot be read.", cases[i].line));
    }
    StrBuf deep = strbuf_new(arena);
    for (int i = 0; i < 10000; i++)
        strbuf_add_cstr(&deep, "a {\n");
    CliConfig config;
    Diags diags = diags_new(arena);
    assert_false(cli_config_parse(strbuf_str(&deep), STR("f"), &config, arena, &diags));
}

static void patterns(void **) {
    static const struct {
        const char *include;
        const char *exclude;
        const char *address;
        bool is_served;
    } cases[] = {
        {NULL, NULL, "h/n/t", true},
        {"*/*/*", NULL, "h/n/t", true},
        {"h/*/*", NULL, "h/n/t", true},
        {"h/*/*", NULL, "i/n/t", false},
        {"hashicorp/*", NULL, "registry.terraform.io/hashicorp/random", true},
        {"hashicorp/time", NULL, "registry.terraform.io/hashicorp/random", false},
        {"*/*/*", "h/n/*", "h/n/t", false},
        {NULL, "h/n/u", "h/n/t", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CliInstallation installation = {.has_include = cases[i].include != NULL};
        if (cases[i].include)
            vec_push(arena, &installation.include,
                     provider_address_pattern(str_from_cstr(cases[i].include),
                                              STR("registry.terraform.io"), arena));
        if (cases[i].exclude)
            vec_push(arena, &installation.exclude, str_from_cstr(cases[i].exclude));
        assert_int_equal(cli_config_serves(&installation, str_from_cstr(cases[i].address)),
                         cases[i].is_served);
    }
    check_str(provider_address_complete(STR("random"), STR("registry.terraform.io"), arena),
              "registry.terraform.io/hashicorp/random");
    check_str(provider_address_complete(STR("a/b"), STR_EMPTY, arena), "registry.opentofu.org/a/b");
    check_str(provider_address_complete(STR("h/a/b"), STR("k"), arena), "h/a/b");
}

/* A disk with these paths only. */
static const char *const paths[] = {
    "/m/h/n/t/1.9.0/linux_amd64/terraform-provider-t_v1.9.0",
    "/m/h/n/t/1.10.0/linux_arm64/terraform-provider-t_v1.10.0",
    "/m/h/n/t/latest/linux_arm64/terraform-provider-t_v1.10.0",
    "/m/h/n/t/terraform-provider-t_2.0.0_linux_amd64.zip",
    "/m/h/n/t/terraform-provider-tt_3.0.0_linux_amd64.zip",
    "/m/h/n/t/README",
    "/o/README",
    "/o/terraform-provider-t",
};

static int find_kind(Str path, DiskKind *kind) {
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
        Str known = str_from_cstr(paths[i]);
        if (!str_starts_with(known, path) || (known.len > path.len && known.ptr[path.len] != '/'))
            continue;
        *kind = known.len == path.len ? DISK_FILE : DISK_DIRECTORY;
        return 0;
    }
    return -2;
}

static int stat_of(void *, Str path, DiskStat *out) {
    *out = (DiskStat){0};
    return find_kind(path, &out->kind);
}

static int real_path(void *, Str path, Str *out, Arena *into) {
    *out = str_clone(path, into);
    return 0;
}

static int list(void *, Str path, DiskEntries *out, Arena *into) {
    Str before = STR_EMPTY;
    *out = (DiskEntries){0};
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
        Str rest = str_from_cstr(paths[i]);
        if (!str_starts_with(rest, path) || rest.ptr[path.len] != '/')
            continue;
        rest = str_after(rest, path.len + 1);
        DiskEntry entry = {.name = str_slice(rest, 0, str_find_char(rest, '/', 0))};
        (void)find_kind(disk_join(path, entry.name, into), &entry.kind);
        if (!str_equal(entry.name, before))
            vec_push(into, out, entry);
        before = entry.name;
    }
    return out->count ? 0 : -2;
}

static const Disk disk = {.list = list, .stat = stat_of, .real_path = real_path};
static const Io io = {.disk = &disk};

static void programs(void **) {
    check_str(mirror_directory_program(&disk, STR("/o"), STR("h/n/t"), arena),
              "/o/terraform-provider-t");
    check_str(mirror_directory_program(&disk, STR("/o"), STR("h/n/u"), arena), "");
}

static void mirrors(void **) {
    CliConfig config = parse("provider_installation {\n filesystem_mirror {\n path = \"/m\"\n}\n}");
    PackageSources sources = {.io = &io, .config = &config};
    StrVec versions, addresses = {0};
    Package package;
    Str problem;
    PackageQuery query = {&sources, &problem, arena};
    assert_true(package_source_versions(&query, STR("h/n/t"), &versions));
    check_str(str_join(versions.items, versions.count, STR(" "), arena), "2.0.0 1.10.0 1.9.0");
    assert_false(package_source_versions(&query, STR("h/n/u"), &versions));
    assert_true(
        package_source_find(&query, STR("h/n/t"), STR("1.9.0"), STR("linux_amd64"), &package));
    check_str(package.directory, "/m/h/n/t/1.9.0/linux_amd64");
    assert_true(
        package_source_find(&query, STR("h/n/t"), STR("2.0.0"), STR("linux_amd64"), &package));
    check_str(package.archive, "/m/h/n/t/terraform-provider-t_2.0.0_linux_amd64.zip");
    assert_false(
        package_source_find(&query, STR("h/n/t"), STR("1.10.0"), STR("linux_amd64"), &package));
    check_str(problem, "provider h/n/t 1.10.0 is not available for linux_amd64");
    mirror_directory_addresses(&disk, STR("/m"), &addresses, arena);
    check_str(str_join(addresses.items, addresses.count, STR(" "), arena), "h/n/t");
    config.installations.items[0].path = STR("/absent");
    assert_false(package_source_versions(&query, STR("h/n/t"), &versions));
    assert_true(str_starts_with(problem, STR("the mirror \"/absent\" cannot be searched")));
}

static void hosts(void **) {
    CliConfig config =
        parse("credentials \"a.example\" {\n token = \"t1\"\n}\n"
              "host \"a.example\" {\n services = { \"providers.v1\" = \"https://x/\" }\n}\n"
              "host \"b.example\" {\n services {\n \"modules.v1\" = \"https://y/\"\n}\n}\n"
              "credentials_helper \"h\" {\n args = [\"-x\", \"y\"]\n}\n"
              "plugin_cache_dir = \"/c\"\nplugin_cache_may_break_dependency_lock_file = true\n");
    const CliHost *host = cli_config_find_host(&config, STR("a.example"));
    check_str(host->token, "t1");
    check_str(host->providers, "https://x/");
    host = cli_config_find_host(&config, STR("b.example"));
    check_str(host->modules, "https://y/");
    check_str(host->providers, "");
    assert_true(host->has_services);
    assert_null(cli_config_find_host(&config, STR("c.example")));
    check_str(config.helper, "h");
    assert_int_equal(config.helper_arguments.count, 2);
    check_str(config.plugin_cache_dir, "/c");
    assert_true(config.cache_may_break_lock);
}

static void wrong_settings(void **) {
    static const char *const cases[][2] = {
        {"filesystem_mirror {}", "needs \"path\""},
        {"network_mirror {}", "needs \"url\""},
        {"network_mirror {\n url = \"http://x/\"\n}", "an https address"},
        {"oracle {}", "no provider installation"},
        {"direct {\n include = [\"a/b/c/d\"]\n}", "is not a pattern"},
        {"dev_overrides {\n \"a/../b\" = \"/x\"\n}", "not the address"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CliConfig config = {0};
        Diags diags = diags_new(arena);
        Str text = str_format(arena, "provider_installation {\n%s\n}\n", cases[i][0]);
        if (cli_config_parse(text, STR("f"), &config, arena, &diags))
            fail_msg("%s is accepted", cases[i][0]);
        if (str_find(diags.items[0].detail, str_from_cstr(cases[i][1]), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i][0], STR_ARG(diags.items[0].detail));
    }
    CliConfig config = {0};
    Diags diags = diags_new(arena);
    assert_false(cli_config_parse(STR("provider_installation {}\nprovider_installation {}\n"),
                                  STR("f"), &config, arena, &diags));
}

UNIT_MAIN(test_cli_config) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(installations),  cmocka_unit_test(refused), cmocka_unit_test(patterns),
        cmocka_unit_test(programs),       cmocka_unit_test(mirrors), cmocka_unit_test(hosts),
        cmocka_unit_test(wrong_settings),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
