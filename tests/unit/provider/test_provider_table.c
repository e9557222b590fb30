/* Rejects provider tables that violate the contract. */
#include "provider_table.h"
#include "unit.h"

static bool create(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static bool recover(const Call *call,
                    const RecoverRequest *request,
                    RecoverResponse *response,
                    Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static bool destroy(const Call *call,
                    const DeleteRequest *request,
                    DeleteResponse *response,
                    Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static const ArgumentRule wrong_rule[] = {
    {RULE_CONFLICTS, {"a", "b"}}
};

static const ResourceType no_effect = {.name = "p_a", .effect = EFFECT_NONE, .create = create};
static const ResourceType repeats = {.name = "p_b", .recovery = RECOVERY_REPEATS, .create = create};
static const ResourceType finds = {
    .name = "p_c", .recovery = RECOVERY_FINDS, .create = create, .recover = recover};
static const ResourceType undeclared = {.name = "p_d", .create = create};
static const ResourceType cannot_find = {
    .name = "p_e", .recovery = RECOVERY_FINDS, .create = create};
static const ResourceType cannot_create = {.name = "p_f", .effect = EFFECT_NONE};
static const ResourceType misnamed = {
    .name = "p_g", .schema = {SCHEMA_RULES(wrong_rule)}, .effect = EFFECT_NONE, .create = create};
static const ResourceType cannot_say = {
    .name = "p_j", .recovery = RECOVERY_REPEATS, .has_parts = true, .create = create};
static const ResourceType hides_deletion = {.name = "p_k",
                                            .recovery = RECOVERY_FINDS,
                                            .has_parts = true,
                                            .create = create,
                                            .delete = destroy,
                                            .recover = recover};
static const DataSourceType cannot_read = {.name = "p_h"};
static const EphemeralType cannot_open = {.name = "p_i"};

static Str fault_of(const ResourceType *type, Arena *arena) {
    const ResourceType *const all[] = {&no_effect, &repeats, &finds, type};
    const Provider provider = {.name = "p", PROVIDER_RESOURCES(all)};
    return str_clone(provider_table_fault(&provider, arena), arena);
}

static void finds_faults(void **state) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const DataSourceType *const sources[] = {&cannot_read};
    const EphemeralType *const ephemerals[] = {&cannot_open};
    const Provider reads = {.name = "p", PROVIDER_DATA_SOURCES(sources)};
    const Provider opens = {.name = "p", PROVIDER_EPHEMERALS(ephemerals)};
    (void)state;
    check_str(fault_of(&finds, arena), "");
    check_str(fault_of(&undeclared, arena),
              "The resource type \"p_d\" has an effect outside and declares no recovery.");
    check_str(fault_of(&cannot_find, arena),
              "The resource type \"p_e\" declares RECOVERY_FINDS and has no recover.");
    check_str(fault_of(&cannot_say, arena), "The resource type \"p_j\" has parts and no recover.");
    check_str(fault_of(&hides_deletion, arena),
              "The resource type \"p_k\" has parts, and its plan does not show their deletion.");
    check_str(fault_of(&cannot_create, arena), "The resource type \"p_f\" has no create.");
    check_str(fault_of(&misnamed, arena),
              "A rule of \"p_g\" refers to \"a\", which it does not have.");
    check_str(provider_table_fault(&reads, arena), "The data source \"p_h\" has no read.");
    check_str(provider_table_fault(&opens, arena), "The ephemeral resource \"p_i\" has no open.");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
