/* protocol_method: one row per call. */
#include "protocol_method.h"

/* clang-format off */
static const ProtocolFields rows[] = {
    [PROTOCOL_GET_SCHEMA] = {
        .name = "GetProviderSchema", .name_5 = "GetSchema",
        .diagnostics = 4},
    [PROTOCOL_GET_IDENTITY_SCHEMAS] = {
        .name = "GetResourceIdentitySchemas",
        .diagnostics = 2},
    [PROTOCOL_VALIDATE_PROVIDER] = {
        .name = "ValidateProviderConfig", .name_5 = "PrepareProviderConfig",
        .config = 1, .diagnostics = 2},
    [PROTOCOL_CONFIGURE] = {
        .name = "ConfigureProvider", .name_5 = "Configure",
        .terraform_version = 1, .config = 2, .capabilities = 3, .diagnostics = 1},
    [PROTOCOL_STOP] = {
        .name = "StopProvider", .name_5 = "Stop"},
    [PROTOCOL_VALIDATE_RESOURCE] = {
        .name = "ValidateResourceConfig", .name_5 = "ValidateResourceTypeConfig",
        .type_name = 1, .config = 2, .capabilities = 3, .diagnostics = 1},
    [PROTOCOL_UPGRADE_RESOURCE] = {
        .name = "UpgradeResourceState",
        .type_name = 1, .version = 2, .raw_state = 3, .state = 1, .diagnostics = 2},
    [PROTOCOL_UPGRADE_IDENTITY] = {
        .name = "UpgradeResourceIdentity",
        .type_name = 1, .version = 2, .raw_state = 3, .new_identity = 1, .diagnostics = 2},
    [PROTOCOL_READ_RESOURCE] = {
        .name = "ReadResource",
        .type_name = 1, .prior = 2, .private_data = 3, .provider_meta = 4, .capabilities = 5,
        .state = 1, .diagnostics = 2, .new_private = 3, .deferred = 4, .identity = 6,
        .new_identity = 5},
    [PROTOCOL_PLAN_RESOURCE] = {
        .name = "PlanResourceChange",
        .type_name = 1, .prior = 2, .proposed = 3, .config = 4, .private_data = 5,
        .provider_meta = 6, .capabilities = 7, .state = 1, .replaces = 2, .new_private = 3,
        .diagnostics = 4, .is_legacy = 5, .deferred = 6, .identity = 8, .new_identity = 7},
    [PROTOCOL_APPLY_RESOURCE] = {
        .name = "ApplyResourceChange",
        .type_name = 1, .prior = 2, .planned = 3, .config = 4, .private_data = 5,
        .provider_meta = 6, .state = 1, .new_private = 2, .diagnostics = 3, .is_legacy = 4,
        .identity = 7, .new_identity = 5},
    [PROTOCOL_IMPORT_RESOURCE] = {
        .name = "ImportResourceState",
        .type_name = 1, .id = 2, .capabilities = 3, .imported = 1, .diagnostics = 2,
        .deferred = 3, .identity = 4},
    [PROTOCOL_MOVE_RESOURCE] = {
        .name = "MoveResourceState",
        .source_address = 1, .source_type = 2, .version = 3, .raw_state = 4, .type_name = 5,
        .private_data = 6, .state = 1, .diagnostics = 2, .new_private = 3, .stored_identity = 7,
        .identity_version = 8, .new_identity = 4},
    [PROTOCOL_VALIDATE_DATA] = {
        .name = "ValidateDataResourceConfig", .name_5 = "ValidateDataSourceConfig",
        .type_name = 1, .config = 2, .diagnostics = 1},
    [PROTOCOL_READ_DATA] = {
        .name = "ReadDataSource",
        .type_name = 1, .config = 2, .provider_meta = 3, .capabilities = 4, .state = 1,
        .diagnostics = 2, .deferred = 3},
    [PROTOCOL_VALIDATE_EPHEMERAL] = {
        .name = "ValidateEphemeralResourceConfig",
        .type_name = 1, .config = 2, .diagnostics = 1},
    [PROTOCOL_OPEN_EPHEMERAL] = {
        .name = "OpenEphemeralResource",
        .type_name = 1, .config = 2, .capabilities = 3, .diagnostics = 1, .renew_at = 2,
        .state = 3, .new_private = 4, .deferred = 5},
    [PROTOCOL_RENEW_EPHEMERAL] = {
        .name = "RenewEphemeralResource",
        .type_name = 1, .private_data = 2, .diagnostics = 1, .renew_at = 2, .new_private = 3},
    [PROTOCOL_CLOSE_EPHEMERAL] = {
        .name = "CloseEphemeralResource",
        .type_name = 1, .private_data = 2, .diagnostics = 1},
    [PROTOCOL_VALIDATE_ACTION] = {
        .name = "ValidateActionConfig",
        .type_name = 1, .config = 2, .diagnostics = 1},
    [PROTOCOL_PLAN_ACTION] = {
        .name = "PlanAction",
        .type_name = 1, .config = 2, .capabilities = 3, .diagnostics = 1, .deferred = 2},
    [PROTOCOL_INVOKE_ACTION] = {
        .name = "InvokeAction",
        .type_name = 1, .config = 2, .capabilities = 3, .progress = 1, .completed = 2},
    [PROTOCOL_VALIDATE_LIST] = {
        .name = "ValidateListResourceConfig",
        .type_name = 1, .config = 2, .diagnostics = 1},
    [PROTOCOL_LIST] = {
        .name = "ListResource",
        .type_name = 1, .config = 2, .includes_objects = 3, .limit = 4, .new_identity = 1,
        .display_name = 2, .state = 3, .diagnostics = 4},
    [PROTOCOL_GENERATE_CONFIG] = {
        .name = "GenerateResourceConfig",
        .type_name = 1, .prior = 2, .state = 1, .diagnostics = 2},
    [PROTOCOL_GET_FUNCTIONS] = {
        .name = "GetFunctions",
        .functions = 1, .diagnostics = 2},
    [PROTOCOL_CALL_FUNCTION] = {
        .name = "CallFunction",
        .type_name = 1, .arguments = 2, .state = 1, .error = 2},
};
/* clang-format on */
static_assert(ARRAY_COUNT(rows) == PROTOCOL_CALL_FUNCTION + 1, "a row for each call");

const ProtocolFields *protocol_method_fields(ProtocolMethod method) {
    return &rows[method];
}

const char *protocol_method_path(ProtocolMethod method, int version, Arena *arena) {
    const ProtocolFields *fields = &rows[method];
    const char *name = version == 5 && fields->name_5 ? fields->name_5 : fields->name;
    return str_to_cstr(str_format(arena, "/tfplugin%d.Provider/%s", version, name), arena);
}
