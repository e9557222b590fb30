/* Provider references of all ages. */
#include "unit.h"

#include "provider_ref.h"

static void parsed(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *address;
        const char *alias;
        const char *module;
        const char *again; /* NULL: as it was */
    } cases[] = {
        {"provider[\"h/n/t\"]",                          "h/n/t",                               "",     "",                  NULL                    },
        {"provider[\"h/n/t\"].west",                     "h/n/t",                               "west", "",                  NULL                    },
        {"module.a.module.b.provider[\"h/n/t\"].x",      "h/n/t",                               "x",    "module.a.module.b", NULL                    },
        {"provider[\"h/n/t\"].by[\"k.1\"]",              "h/n/t",                               "by",   "",                  NULL                    },
        {"module.m.provider[\"h/n/t\"].by[\"a]\\\"b\"]", "h/n/t",                               "by",   "module.m",          NULL                    },
        {"provider[\"h/n/t\"].by[3]",                    "h/n/t",                               "by",   "",                  "provider[\"h/n/t\"].by"},
        {"provider[\"registry.terraform.io/-/aws\"]",    "registry.terraform.io/hashicorp/aws", "",     "",
         "provider[\"registry.terraform.io/hashicorp/aws\"]"                                                                                         },
        {"provider.aws",                                 "registry.terraform.io/hashicorp/aws", "",     "",
         "provider[\"registry.terraform.io/hashicorp/aws\"]"                                                                                         },
        {"module.m.provider.aws.west",                   "registry.terraform.io/hashicorp/aws", "west", "module.m",
         "module.m.provider[\"registry.terraform.io/hashicorp/aws\"].west"                                                                           },
        {"provider.terraform",                           "terraform.io/builtin/terraform",      "",     "",
         "provider[\"terraform.io/builtin/terraform\"]"                                                                                              },
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProviderRef ref;
        assert_true(provider_ref_parse(str_from_cstr(cases[i].text), &ref, arena));
        check_str(ref.address, cases[i].address);
        check_str(ref.alias, cases[i].alias);
        check_str(ref.module, cases[i].module);
        const char *again = cases[i].again ? cases[i].again : cases[i].text;
        check_str(provider_ref_to_str(ref, arena), again);
    }
}

static void refused(void **state) {
    (void)state;
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
        "provider[\"x\"].1a",
        "provider[\"x\"].a b",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ProviderRef ref = {.alias = STR("untouched")};
        assert_false(provider_ref_parse(str_from_cstr(cases[i]), &ref, arena));
        check_str(ref.alias, "untouched");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parsed), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
