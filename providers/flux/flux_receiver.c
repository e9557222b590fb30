/* flux_receiver: a webhook that makes Flux reconcile objects. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute resources[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the objects, such as \"GitRepository\"."},
    {"name", &TYPE_STRING, REQUIRED, "Name of the object; \"*\": all of the kind."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the objects (default: that of this object)."},
    {"match_labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels that the objects must have."},
    {"filter", &TYPE_STRING, OPTIONAL,
     "CEL expression about the request and the object that must be true."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the objects."},
};
static const Attribute oidc_providers_variables[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the variable."},
    {"expression", &TYPE_STRING, REQUIRED, "CEL expression of its value."},
};
static const Attribute oidc_providers_validations[] = {
    {"expression", &TYPE_STRING, REQUIRED, "CEL expression that must be true."},
    {"message", &TYPE_STRING, REQUIRED, "Message if it is false."},
};
static const Attribute oidc_providers[] = {
    {"issuer_url", &TYPE_STRING, REQUIRED, "URL of the issuer."},
    {"audience", &TYPE_STRING, OPTIONAL, "Audience that the token must have."},
    {"variables", NULL, OPTIONAL, "Values for the validations.",
     .nested = NESTED(NEST_LIST, oidc_providers_variables)},
    {"validations", NULL, REQUIRED, "Conditions that the token must satisfy.",
     .nested = NESTED(NEST_LIST, oidc_providers_validations)},
};
static const Attribute receiver_spec[] = {
    {"type", &TYPE_STRING, REQUIRED, "Kind of the sender.",
     .one_of = "generic generic-hmac generic-oidc github gitlab bitbucket harbor dockerhub quay "
               "gcr nexus acr cdevents"},
    {"resources", NULL, REQUIRED, "Objects to reconcile.", .nested = NESTED(NEST_LIST, resources)},
    {"secret_ref", NULL, OPTIONAL, "Secret with the token that the sender signs with.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"events", &TYPE_LIST_OF_STRING, OPTIONAL, "Events of the sender that count (default: all)."},
    {"resource_filter", &TYPE_STRING, OPTIONAL,
     "CEL expression about the request and the object that must be true."},
    {"oidc_providers", NULL, OPTIONAL, "Issuers whose tokens are accepted, for \"generic-oidc\".",
     .nested = NESTED(NEST_LIST, oidc_providers)},
    {"interval", &TYPE_STRING, OPTIONAL, "How often the object is reconciled (default \"10m\").",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether requests are ignored (default false)."},
};

static const SpecOutput outputs[] = {
    {"webhook_path", "status", "webhookPath"},
};

const ResourceType flux_receiver = {
    .name = "flux_receiver",
    .schema =
        {SPEC_SCHEMA(
             receiver_spec,
             {"webhook_path", &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE,
              "Path of the webhook on the notification-controller, once the object is ready."},
             SPEC_WAIT_ATTRIBUTES, TYPED_ATTRIBUTES),
         .description = "A Receiver: a webhook that makes Flux reconcile objects at once."},
    .payload = &(const SpecObject){SPEC_TYPED("notification.toolkit.fluxcd.io/v1", "Receiver"),
                                   .status = &flux_status_ready, SPEC_OUTPUTS(outputs)},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
