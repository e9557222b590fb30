/* Addresses of provider configurations, including the older forms. */
#include "unit.h"

#include "address.h"

static void parsed(void **) {
    static const struct {
        const char *text;
        const char *provider;
        const char *alias;
        const char *module;
        const char *again; /* NULL: unchanged */
    } cases[] = {
        {"provider[\"h/n/t\"]", "h/n/t", "", "", NULL},
        {"provider[\"h/n/t\"].west", "h/n/t", "west", "", NULL},
        {"provider[\"x\"]", "x", "", "", NULL},
        {"provider[\"x\"].\xC4\x80_b-1", "x", "\xC4\x80_b-1", "", NULL},
        {"provider[\"x\"][\"k\"]", "x", "", "", "provider[\"x\"]"},
        {"provider.x", "registry.terraform.io/hashicorp/x", "", "",
         "provider[\"registry.terraform.io/hashicorp/x\"]"},
        {"module.a.module.b.provider[\"h/n/t\"].x", "h/n/t", "x", "module.a.module.b", NULL},
        {"provider[\"h/n/t\"].by[\"k.1\"]", "h/n/t", "by", "", NULL},
        {"module.m.provider[\"h/n/t\"].by[\"a]\\\"b\"]", "h/n/t", "by", "module.m", NULL},
        {"provider[\"h/n/t\"].by[3]", "h/n/t", "by", "", "provider[\"h/n/t\"].by"},
        {"provider[\"registry.terraform.io/-/aws\"]", "registry.terraform.io/hashicorp/aws", "", "",
         "provider[\"registry.terraform.io/hashicorp/aws\"]"},
        {"provider.aws", "registry.terraform.io/hashicorp/aws", "", "",
         "provider[\"registry.terraform.io/hashicorp/aws\"]"},
        {"module.m.provider.aws.west", "registry.terraform.io/hashicorp/aws", "west", "module.m",
         "module.m.provider[\"registry.terraform.io/hashicorp/aws\"].west"},
        {"provider.terraform", "terraform.io/builtin/terraform", "", "",
         "provider[\"terraform.io/builtin/terraform\"]"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProviderConfigAddr address;
        assert_true(provider_config_addr_parse(str_from_cstr(cases[i].text), &address, arena));
        check_str(address.provider, cases[i].provider);
        check_str(address.alias, cases[i].alias);
        check_str(address.module, cases[i].module);
        const char *again = cases[i].again ? cases[i].again : cases[i].text;
        check_str(provider_config_addr_to_str(address, arena), again);
    }
}

static void refused(void **) {
    static const char *const cases[] = {
        "",
        "aws",
        "provider[]",
        "provider[\"\"]",
        "provider[\"x",
        "provider[\"x\"]y",
        "provider[\"x\"].",
        "provider.",
        "provider.io/builtin/terraform\"]",
        "module.a",
        "module.provider[\"x\"]",
        "module.a.module.provider[\"x\"]",
        "module.a..provider[\"x\"]",
        "module.1a.provider[\"x\"]",
        "module.a[1].provider[\"x\"]",
        "module.a b.provider[\"x\"]",
        "provider[\"x\"].a.b",
        "provider[\"x\"][\"k\"",
        "provider[\"x\"].a[",
        "provider[\"x\"].a[\"k\"].b",
        "provider[\"x\"].a[\"k\"].t.b",
        "provider[\"x\"].a-b.c",
        "provider[\"x\"].-a",
        "provider.a b",
        "provider.a/b",
        "provider[\"x\"].1a",
        "provider[\"x\"].a b",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProviderConfigAddr address = {.alias = STR("untouched")};
        assert_false(provider_config_addr_parse(str_from_cstr(cases[i]), &address, arena));
        check_str(address.alias, "untouched");
    }
}

/* Each part is compared, and a clone does not use the original's memory. */
static void compared_and_cloned(void **) {
    static const char *const texts[] = {
        "provider[\"h/n/t\"]",          "provider[\"h/n/u\"]",
        "provider[\"h/n/t\"].a",        "module.m.provider[\"h/n/t\"].a",
        "provider[\"h/n/t\"].a[\"k\"]",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ProviderConfigAddr clones[ARRAY_COUNT(texts)];
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        SCOPED(ArenaRef) scratch = arena_open("text");
        ProviderConfigAddr parsed;
        Str text = str_clone(str_from_cstr(texts[i]), scratch);
        assert_true(provider_config_addr_parse(text, &parsed, scratch));
        clones[i] = provider_config_addr_clone(parsed, arena);
    }
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        check_str(provider_config_addr_to_str(clones[i], arena), texts[i]);
        for (size_t j = 0; j < ARRAY_COUNT(texts); j++)
            assert_int_equal(provider_config_addr_equal(clones[i], clones[j]), i == j);
    }
}

/* The two hosts that serve the same public providers are left out of texts. */
static void public_hosts(void **) {
    static const struct {
        const char *host;
        bool is_public;
    } rows[] = {
        {"registry.terraform.io", true},
        {"registry.opentofu.org", true},
        {"registry.terraform.io/", false},
        {"registry.terraform.i", false},
        {"registry.opentofu.or", false},
        {"xregistry.opentofu.org", false},
        {"example.org", false},
        {"", false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str host = str_from_cstr(rows[i].host), whole = str_format(arena, "%s/n/t", rows[i].host);
        assert_int_equal(address_is_public_host(host), rows[i].is_public);
        if (str_find_char(host, '/', 0) == SIZE_MAX)
            check_str_equal(address_without_public_host(whole),
                            rows[i].is_public ? STR("n/t") : whole);
    }
}

/* Of two public registries the stored one stays, for the same provider. */
static void public_hosts_are_kept(void **) {
    static const char terraform[] = "registry.terraform.io/a/b",
                      tofu[] = "registry.opentofu.org/a/b";
    static const char *const cases[][3] = {
        {terraform, tofu, tofu},
        {tofu, terraform, terraform},
        {terraform, terraform, terraform},
        {terraform, "registry.opentofu.org/a/c", terraform},
        {terraform, "registry.opentofu.org/x/a/b", terraform},
        {terraform, "example.com/a/b", terraform},
        {"example.com/a/b", terraform, "example.com/a/b"},
        {"example.com/a/b", "example.org/a/b", "example.com/a/b"},
        {terraform, "a/b", terraform},
        {"a/b", terraform, "a/b"},
        {terraform, "", terraform},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProviderConfigAddr address = {.provider = str_from_cstr(cases[i][0]), .alias = STR("x")};
        ProviderConfigAddr stored = {.provider = str_from_cstr(cases[i][1]), .alias = STR("y")};
        ProviderConfigAddr kept = provider_config_addr_keep_host(address, stored);
        check_str(kept.provider, cases[i][2]);
        check_str(kept.alias, "x");
    }
}

/* The bytes have no end, so that the sanitizer sees a read behind them. */
static void cut_texts(void **) {
    static const char whole[] = "module.a.module.b.provider[\"h/n\\\"/t\"].by[\"k\\\\.1\"]";
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t size = 0; size < sizeof(whole); size++) {
        ProviderConfigAddr address;
        char *bytes = malloc(size + 1);
        memcpy(bytes + 1, whole, size);
        Str text = {bytes + 1, size};
        if (provider_config_addr_parse(text, &address, arena))
            check_str_equal(provider_config_addr_to_str(address, arena), text);
        else
            assert_true(size < sizeof(whole) - 1);
        free(bytes);
    }
}

UNIT_MAIN(test_address_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_hosts),
        cmocka_unit_test(parsed),
        cmocka_unit_test(public_hosts_are_kept),
        cmocka_unit_test(cut_texts),
        cmocka_unit_test(refused),
        cmocka_unit_test(compared_and_cloned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
