/* flux_notification_provider: a service that events are sent to. */
#include "flux_provider.h"

#include "flux_fields.h"

static const Attribute notification_provider_spec[] = {
    {"type", &TYPE_STRING, REQUIRED,
     "Kind of the service, such as \"slack\", \"msteams\", \"github\", \"alertmanager\" or "
     "\"generic\"."},
    {"address", &TYPE_STRING, OPTIONAL, "Address of the service; a Secret may have it instead."},
    {"channel", &TYPE_STRING, OPTIONAL, "Channel or group at the service."},
    {"username", &TYPE_STRING, OPTIONAL, "Name under which messages appear."},
    {"secret_ref", NULL, OPTIONAL, "Secret with address, token, username, password or headers.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"cert_secret_ref", NULL, OPTIONAL, "Secret with tls.crt and tls.key, ca.crt, or both.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"proxy_secret_ref", NULL, OPTIONAL, "Secret with the address and the credential of a proxy.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"service_account_name", &TYPE_STRING, OPTIONAL,
     "Service account for the credential of a cloud."},
    {"commit_status_expr", &TYPE_STRING, OPTIONAL,
     "CEL expression of the identifier of a commit status."},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit of a message.", .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether no events are sent (default false)."},
};

const ResourceType flux_notification_provider = {
    .name = "flux_notification_provider",
    .schema = {SPEC_SCHEMA(notification_provider_spec, TYPED_ATTRIBUTES),
               .description = "A Provider of notifications: a service that Flux sends events to."},
    .payload =
        &(const SpecObject){SPEC_TYPED("notification.toolkit.fluxcd.io/v1beta3", "Provider")},
    TYPED_SLOTS,
};
