/* Notes the constructs that need a newer language. */
#include "config_newer.h"

/* Only alpha releases accept the construct. */
#define ALPHA "Terraform 1.14, alpha releases only"

static const struct {
    const char *construct;
    const char *since;
} kinds[] = {
    [NEWER_OUTPUT_TYPE] = {"\"type\" in an output block", "Terraform 1.15"},
    [NEWER_MODULE_IMPORT] = {"an import block in a child module", "Terraform 1.16"},
    [NEWER_IMPORT_IDENTITY] = {"\"identity\" in an import block", "Terraform 1.12"},
    [NEWER_TEST_VARIABLE] = {"a variable block in a test file", "Terraform 1.13"},
    [NEWER_MOCK_KEYS] = {"\"for_each\" in a mock_provider block", "OpenTofu 1.11"},
    [NEWER_ACTION] = {"an action block", "Terraform 1.14"},
    [NEWER_LIST] = {"a list block", "Terraform 1.14"},
    [NEWER_TEST_CLEANUP] = {"\"skip_cleanup\" in a test file", ALPHA},
    [NEWER_TEST_BACKEND] = {"a backend block in a test file", ALPHA},
};

void config_newer_add_other(Config *config, const char *construct, const char *since,
                            SourceRange range, Arena *arena) {
    vec_each(&config->newer, known) {
        if (strcmp(known->construct, construct) != 0)
            continue;
        known->count++;
        return;
    }
    NewerConstruct added = {construct, since, range, 1};
    vec_push(arena, &config->newer, added);
}

void config_newer_add(Config *config, NewerKind kind, SourceRange range, Arena *arena) {
    config_newer_add_other(config, kinds[kind].construct, kinds[kind].since, range, arena);
}
