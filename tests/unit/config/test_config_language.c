/* language blocks: editions, experiments, and the programs that a module works with. */
#include "bad_case.h"

/* clang-format off */
static const BadCase cases[] = {
    {
        .about = "all that there is",
        .text = "language: {compatible_with: {opentofu: \">= 1.12\", other: {a: 1}}, edition: tofu2024, experiments: []}\n",
        .wanted = "",
    },
    {
        .about = "for other programs alone",
        .text = "language: {compatible_with: [{other: 1}, {opentofu: \">= 1.12\"}]}\n",
        .wanted = "",
    },
    {
        .about = "several blocks",
        .text = "language: [{edition: tofu2024}, {compatible_with: {opentofu: \">= 1.12\"}}]\n",
        .wanted = "",
    },
    {
        .about = "another edition",
        .text = "language: {edition: tofu2031}\n",
        .wanted = "main.loam.yaml:1:21 Unsupported language edition\n",
        .detail = "tofu2024",
    },
    {
        .about = "an edition that is no name",
        .file = "main.tf",
        .text = "language {\n  edition = \"tofu 2024\"\n}\n",
        .wanted = "main.tf:2:13 Unsupported language edition\n",
    },
    {
        .about = "experiments",
        .text = "language: {experiments: [a]}\n",
        .wanted = "main.loam.yaml:1:25 Module uses experimental features\n",
    },
    {
        .about = "versions in two blocks",
        .text = "language: {compatible_with: [{opentofu: \">= 1.12\"}, {opentofu: \"< 2\"}]}\n",
        .wanted = "main.loam.yaml:1:54 Duplicate compatible_with block\n",
    },
    {
        .about = "older versions, which do not read it",
        .text = "language: {compatible_with: {opentofu: \">= 1.6\"}}\n",
        .wanted = "W main.loam.yaml:1:30 Ineffective version constraint\n",
    },
    {
        .about = "an override",
        .file = "a_override.loam.yaml",
        .text = "language: {edition: tofu2024}\n",
        .wanted = "a_override.loam.yaml:1:1 Cannot override \"language\" blocks\n",
    },
    {
        .about = "an argument that there is not",
        .text = "language: {editions: tofu2024}\n",
        .wanted = "main.loam.yaml:1:12 Unsupported argument\n",
        .detail = "\"edition\"",
    },
};
/* clang-format on */

static void blocks(void **) {
    bad_cases_check(cases, ARRAY_COUNT(cases));
}

UNIT_MAIN(test_config_language) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
