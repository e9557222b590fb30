/* Version constraints of a file on loam, Terraform and OpenTofu. */
#include "bad_case.h"

/* clang-format off */
static const BadCase cases[] = {
    {
        .about = "version",
        .text = "terraform: {required_version: \">= 2.0\"}\n",
        .wanted = "main.loam.yaml:1:13 Unsupported version\n",
        .detail = "1.11",
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
        .wanted = "main.loam.yaml:1:30 Unsupported version\n",
        .detail = "OpenTofu 1.12",
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

UNIT_MAIN(test_config_version) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
