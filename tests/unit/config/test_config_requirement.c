/* required_providers: rejected forms and their positions. */
#include "bad_case.h"

static const BadCase bad_cases[] = {
    {
        .about = "a capital",
        .text = "terraform: {required_providers: {Aws: {source: a/aws}}}\n",
        .wanted = "main.loam.yaml:1:34 Invalid provider local name\n",
    },
    {
        .about = "an unknown key",
        .text = "terraform: {required_providers: {a: {source: x/a, url: y}}}\n",
        .wanted = "main.loam.yaml:1:51 Invalid required_providers object\n",
    },
    {
        .about = "a source that is a number",
        .text = "terraform: {required_providers: {a: {source: 1}}}\n",
        .wanted = "main.loam.yaml:1:46 Invalid source\n",
    },
    {
        .about = "too many parts",
        .text = "terraform: {required_providers: {a: {source: a/b/c/d}}}\n",
        .wanted = "main.loam.yaml:1:46 Invalid provider source string\n",
    },
    {
        .about = "an empty part",
        .text = "terraform: {required_providers: {a: {source: a//b}}}\n",
        .wanted = "main.loam.yaml:1:46 Invalid provider source string\n",
    },
    {
        .about = "a letter that looks like another one",
        .text = "terraform: {required_providers: {a: {source: h\xd0\xb0shicorp/a}}}\n",
        .wanted = "main.loam.yaml:1:46 Invalid provider source string\n",
    },
    {
        .about = "the name of the repository",
        .text = "terraform: {required_providers: {a: {source: x/terraform-provider-a}}}\n",
        .wanted = "main.loam.yaml:1:46 Invalid provider type\n",
    },
    {
        .about = "a version that is none",
        .text = "terraform: {required_providers: {a: {source: x/a, version: new}}}\n",
        .wanted = "main.loam.yaml:1:60 Invalid version constraint\n",
    },
    {
        .about = "an alias of another provider",
        .text =
            "terraform: {required_providers: {a: {source: x/a, configuration_aliases: [b.c]}}}\n",
        .wanted = "main.loam.yaml:1:74 Invalid configuration_aliases value\n",
    },
    {
        .about = "aliases that are no list",
        .text = "terraform: {required_providers: {a: {source: x/a, configuration_aliases: a.c}}}\n",
        .wanted = "main.loam.yaml:1:74 Invalid configuration_aliases value\n",
    },
    {
        .about = "neither text nor mapping",
        .text = "terraform: {required_providers: {a: [1]}}\n",
        .wanted = "main.loam.yaml:1:37 Invalid required_providers object\n",
    },
    {
        .about = "one provider under two names",
        .text = "terraform: {required_providers: {a: {source: x/a}, b: {source: x/a}}}\n",
        .wanted = "W main.loam.yaml:1:52 Duplicate required provider\n",
        .detail = "required as \"a\"",
    },
    {
        .about = "two blocks",
        .text = "terraform: {required_providers: [{a: {source: x/a}}, {b: {source: x/b}}]}\n",
        .wanted = "main.loam.yaml:1:55 Duplicate required providers configuration\n",
    },
};

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(
        &c, "main.loam.yaml",
        "terraform:\n"
        "  required_providers:\n"
        "    a: {source: x/a, version: \"~> 1.0\", configuration_aliases: [a.b, a.c]}\n"
        "    d: \">= 2\"\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const ProviderRequirement *a = map_find(&c.config->root->requirements, STR("a"));
    check_str(a->source, "x/a");
    check_str(a->version, "~> 1.0");
    assert_int_equal(a->aliases.count, 2);
    check_str(a->aliases.items[1], "a.c");
    const ProviderRequirement *d = map_find(&c.config->root->requirements, STR("d"));
    check_str(d->version, ">= 2");
    config_case_close(&c);
}

UNIT_MAIN(test_config_requirement) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
