/* Names of clouds, and sources of tokens. */
#include "unit.h"

#include "azure_login.h"

static void names(void **) {
    static const struct {
        const char *name;
        const char *suffix; /* NULL: unknown */
    } table[] = {
        {"", "core.windows.net"},
        {"public", "core.windows.net"},
        {"canary", "core.windows.net"},
        {"dod", "core.usgovcloudapi.net"},
        {"china", "core.chinacloudapi.cn"},
        {"moon", NULL},
        {"public global", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        AzureCloud cloud = {0};
        bool ok = azure_cloud_find(str_from_cstr(table[i].name), &cloud);
        assert_int_equal(ok, table[i].suffix != NULL);
        check_str(cloud.storage_suffix, table[i].suffix ? table[i].suffix : "");
    }
    Str all = STR(AZURE_CLOUD_NAMES), name;
    while (all.len && str_next_field(&all, ' ', &name)) {
        AzureCloud cloud;
        assert_true(azure_cloud_find(name, &cloud));
    }
}

/* The first source that is named counts, and must have all that it needs. */
static void settings(void **) {
    const Str x = STR("x");
    const struct {
        AzureLoginSettings settings;
        const char *problem;
    } table[] = {
        {{.uses_cli = false}, "no source of access tokens is configured"},
        {{.uses_cli = true}, ""},
        {{.uses_machine = true}, ""},
        {{.uses_workload = true}, ""},
        {{.client_secret = x}, "\"tenant_id\" is not set"},
        {{.client_secret = x, .uses_cli = true}, "\"tenant_id\" is not set"},
        {{.client_secret_file = x, .tenant_id = x},
         "neither \"client_id\" nor \"client_id_file_path\" is set"},
        {{.client_secret = x, .tenant_id = x, .client_id_file = x}, ""},
        {{.certificate_file = x, .tenant_id = x, .client_id = x}, ""},
        {{.uses_oidc = true, .tenant_id = x, .client_id = x, .oidc_token_file = x}, ""},
        {{.uses_oidc = true, .tenant_id = x, .client_id = x, .oidc_request_url = x},
         "\"use_oidc\" requires \"oidc_token\", \"oidc_token_file_path\", or \"oidc_request_url\" "
         "with \"oidc_request_token\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        Str problem = STR_EMPTY;
        bool ok = azure_login_check(&table[i].settings, &problem);
        check_str(problem, table[i].problem);
        assert_int_equal(ok, table[i].problem[0] == '\0');
    }
}

UNIT_MAIN(test_azure_cloud) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
