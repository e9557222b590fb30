/* Version constraints of a file on loam, Terraform and OpenTofu. */
#include "bad_case.h"

/* clang-format off */
static const BadCase cases[] = {
    {
        .about = "version",
        .text = "terraform: {required_version: \">= 2.0\"}\n",
        .wanted = "main.loam.yaml:1:13 Unsupported Terraform version\n",
        .detail = "The root module requires \">= 2.0\". loam is compatible with Terraform 1.11.4 to 1.17.0 and "
                  "OpenTofu 1.12.6. Change the constraint, or set LOAM_LANGUAGE_VERSION.",
    },
    {
        .about = "version, and what another one may not mend",
        .text = "terraform: {required_version: \">= 2.0\"}\nnonsense: {}\n",
        .wanted = "main.loam.yaml:2:1 Unsupported block type\n",
    },
    {
        .about = "version that is none, and more",
        .text = "terraform: {required_version: new}\nnonsense: {}\n",
        .wanted = "main.loam.yaml:1:31 Invalid version constraint\n"
                  "main.loam.yaml:2:1 Unsupported block type\n",
    },
    {
        .about = "no version",
        .text = "terraform: {required_version: null}\nnonsense: {}\n",
        .wanted = "main.loam.yaml:2:1 Unsupported block type\n",
    },
    {
        .about = "version that is none",
        .text = "loam: {required_version: newest}\n",
        .wanted = "main.loam.yaml:1:26 Invalid version constraint\n",
    },
    {
        .about = "a version of OpenTofu",
        .text = "language: {compatible_with: {opentofu: \">= 2.0\", other: 1}}\n",
        .wanted = "main.loam.yaml:1:30 Unsupported OpenTofu version\n",
        .detail = "The root module requires OpenTofu \">= 2.0\". loam is compatible with OpenTofu 1.12.6. "
                  "Change the constraint, or set LOAM_LANGUAGE_VERSION.",
    },
    {
        .about = "a version of OpenTofu, and what another one may not mend",
        .text = "language: {compatible_with: {opentofu: \">= 2.0\"}, nonsense: 1}\n",
        .wanted = "main.loam.yaml:1:51 Unsupported argument\n",
    },
    {
        .about = "a version of OpenTofu that is none",
        .text = "language: {compatible_with: {opentofu: new}}\n",
        .wanted = "main.loam.yaml:1:40 Invalid version constraint\n",
    },
    {
        .about = "versions that will do",
        .text = "language: {compatible_with: {opentofu: \">= 1.12\"}}\nterraform: {required_version: \">= 1.0\"}\nloam: {required_version: \">= 0.0.1\"}\n",
        .wanted = "",
    },
};
/* clang-format on */

static void versions(void **) {
    bad_cases_check(cases, ARRAY_COUNT(cases));
}

typedef struct Release {
    const char *constraint;
    bool is_met;
    bool is_met_by_opentofu;
} Release;

/* clang-format off */
static const Release releases[] = {
    {">= 1.12",             true,  true },
    {"~> 1.11.0",           true,  false},
    {"= 1.11.4",            true,  false},
    {"= 1.11.5",            false, false},
    {"~> 1.13.2",           true,  false},
    {"= 1.14.7",            true,  false},
    {">= 1.15.3, < 1.15.9", true,  false},
    {"1.16",                true,  false},
    {"1.17.0",              true,  false},
    {"> 1.17.0",            false, false},
    {"= 1.9.8",             false, false},
    {"< 1.10",              false, false},
    {">= 1.12, < 1.13",     true,  true },
    {"1.12.6",              true,  true },
    {"1.12.7",              true,  false},
    {">= 2.0",              false, false},
    {"!= 1.11.4",           true,  true },
    {"> 1.11.4, < 1.12",    false, false},
};

/* Each way to write a constraint, and whether only the release of OpenTofu counts there. */
static const struct {
    const char *file;
    const char *format;
    bool is_for_opentofu;
} places[] = {
    {"main.tf",        "terraform {\n  required_version = \"%s\"\n}\n",                            false},
    {"main.tf.json",   "{\"terraform\": {\"required_version\": \"%s\"}}\n",                        false},
    {"main.loam.json", "{\"terraform\": {\"required_version\": \"%s\"}}\n",                        false},
    {"main.loam.yaml", "terraform: {required_version: \"%s\"}\n",                                  false},
    {"main.tofu",      "terraform {\n  required_version = \"%s\"\n}\n",                            true },
    {"main.tofu.json", "{\"terraform\": {\"required_version\": \"%s\"}}\n",                        true },
    {"main.tf",        "language {\n  compatible_with {\n    opentofu = \"%s\"\n  }\n}\n",         true },
    {"main.loam.yaml", "language: {compatible_with: {opentofu: \"%s\"}}\n",                        true },
};
/* clang-format on */

static bool loads(const char *file, const char *text, Str *details, ConfigCase *c) {
    *c = config_case_open();
    config_case_write(c, file, text);
    config_case_load(c, false);
    *details = config_case_details(&c->diags, c->arena);
    return c->ok;
}

static bool holds_at(const char *file, const char *format, const char *constraint, bool is_met) {
    ConfigCase c;
    Str details;
    char *text;
    assert_true(asprintf(&text, format, constraint) > 0);
    bool ok = loads(file, text, &details, &c) == is_met;
    if (!ok)
        print_error("%s in %s\n%.*s\n", constraint, file, STR_ARG(details));
    config_case_close(&c);
    free(text);
    return ok;
}

static void releases_of_the_language(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(releases); i++)
        for (size_t j = 0; j < ARRAY_COUNT(places); j++)
            failures += !holds_at(places[j].file, places[j].format, releases[i].constraint,
                                  places[j].is_for_opentofu ? releases[i].is_met_by_opentofu
                                                            : releases[i].is_met);
    assert_int_equal(failures, 0);
}

/* The variable replaces all releases, those of OpenTofu too, but not the version of loam. */
static void version_of_the_environment(void **) {
    ConfigCase c;
    Str details;
    assert_int_equal(setenv("LOAM_LANGUAGE_VERSION", "1.9.8", 1), 0);
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        assert_true(holds_at(places[i].file, places[i].format, "= 1.9.8", true));
        assert_true(holds_at(places[i].file, places[i].format, ">= 1.12", false));
    }
    assert_true(loads("a.loam.yaml", "loam: {required_version: \"< 1\"}\n", &details, &c));
    config_case_close(&c);
    assert_false(loads("a.tf", "terraform {\n  required_version = \"2\"\n}\n", &details, &c));
    assert_true(str_find(details, STR("LOAM_LANGUAGE_VERSION selects 1.9.8"), 0) != SIZE_MAX);
    config_case_close(&c);
    assert_int_equal(setenv("LOAM_LANGUAGE_VERSION", "newest", 1), 0);
    assert_false(loads("a.tf", "terraform {\n  required_version = \"1\"\n}\n", &details, &c));
    assert_true(str_find(details, STR("is \"newest\", but must be a version"), 0) != SIZE_MAX);
    config_case_close(&c);
    assert_true(loads("a.tf", "terraform {\n}\n", &details, &c) == false);
    config_case_close(&c);
    assert_true(loads("a.tf", "output \"o\" {\n  value = 1\n}\n", &details, &c));
    config_case_close(&c);
    assert_int_equal(unsetenv("LOAM_LANGUAGE_VERSION"), 0);
}

UNIT_MAIN(test_config_version) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions),
        cmocka_unit_test(releases_of_the_language),
        cmocka_unit_test(version_of_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
