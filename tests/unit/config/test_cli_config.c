/* Settings of Terraform's CLI configuration that locate providers. */
#include "arena_case.h"

#include "cli_config.h"
#include "provider_mirror.h"

static CliConfig parse(const char *text) {
    CliConfig config;
    Diags diags = diags_new(arena);
    if (!cli_config_parse(str_from_cstr(text), STR("cli.tfrc"), &config, arena, &diags))
        fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    return config;
}

static void installations(void **state) {
    (void)state;
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
    check_str(config.overrides.items[0].address, "registry.terraform.io/hashicorp/time");
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

static void refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line;
    } cases[] = {
        {"a",                                       1},
        {"a = ",                                    1},
        {"a = \"x",                                 1},
        {"a = [\"x\"",                              1},
        {"a \"x\" = {",                             1},
        {"\nprovider_installation {\n  direct {\n", 4},
        {"}",                                       1},
        {"a = {} ]",                                1},
        {"a = $",                                   1},
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

static void patterns(void **state) {
    (void)state;
    static const struct {
        const char *include;
        const char *exclude;
        const char *address;
        bool is_served;
    } cases[] = {
        {NULL,             NULL,    "h/n/t",                                  true },
        {"*/*/*",          NULL,    "h/n/t",                                  true },
        {"h/*/*",          NULL,    "h/n/t",                                  true },
        {"h/*/*",          NULL,    "i/n/t",                                  false},
        {"hashicorp/*",    NULL,    "registry.terraform.io/hashicorp/random", true },
        {"hashicorp/time", NULL,    "registry.terraform.io/hashicorp/random", false},
        {"*/*/*",          "h/n/*", "h/n/t",                                  false},
        {NULL,             "h/n/u", "h/n/t",                                  true },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CliInstallation installation = {.has_include = cases[i].include != NULL};
        if (cases[i].include)
            vec_push(arena, &installation.include, str_from_cstr(cases[i].include));
        if (cases[i].exclude)
            vec_push(arena, &installation.exclude, str_from_cstr(cases[i].exclude));
        assert_int_equal(cli_config_serves(&installation, str_from_cstr(cases[i].address)),
                         cases[i].is_served);
    }
    check_str(cli_config_address(STR("random"), arena), "registry.terraform.io/hashicorp/random");
    check_str(cli_config_address(STR("a/b"), arena), "registry.terraform.io/a/b");
    check_str(cli_config_address(STR("h/a/b"), arena), "h/a/b");
}

/* A disk with these paths only. */
static const char *const paths[] = {
    "/m/h/n/t/1.9.0/linux_amd64/terraform-provider-t_v1.9.0",
    "/m/h/n/t/1.10.0/linux_amd64/terraform-provider-t_v1.10.0",
    "/m/h/n/t/1.11.0/windows_386/terraform-provider-t_v1.11.0",
    "/m/h/n/t/terraform-provider-t_9.0.0_linux_amd64.zip",
    "/o/README",
    "/o/terraform-provider-t",
};

static int list(void *self, Str path, DiskEntries *out, Arena *into) {
    (void)self;
    Str before = STR_EMPTY;
    *out = (DiskEntries){0};
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
        Str rest = str_from_cstr(paths[i]);
        if (!str_starts_with(rest, path) || rest.ptr[path.len] != '/')
            continue;
        rest = str_after(rest, path.len + 1);
        DiskEntry entry = {.name = str_slice(rest, 0, str_find_char(rest, '/', 0))};
        if (!str_equal(entry.name, before))
            vec_push(into, out, entry);
        before = entry.name;
    }
    return out->count ? 0 : -2;
}

static const Disk disk = {.list = list};

static void programs(void **state) {
    (void)state;
#if defined(__x86_64__)
    CliConfig config = parse("provider_installation {\n filesystem_mirror {\n path = \"/m\"\n}\n}");
    check_str(provider_mirror_find(&disk, &config, STR("h/n/t"), arena),
              "/m/h/n/t/1.10.0/linux_amd64/terraform-provider-t_v1.10.0");
    check_str(provider_mirror_find(&disk, &config, STR("h/n/u"), arena), "");
#endif
    check_str(provider_mirror_program(&disk, STR("/o"), STR("h/n/t"), arena),
              "/o/terraform-provider-t");
    check_str(provider_mirror_program(&disk, STR("/o"), STR("h/n/u"), arena), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(installations),
        cmocka_unit_test(refused),
        cmocka_unit_test(patterns),
        cmocka_unit_test(programs),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
