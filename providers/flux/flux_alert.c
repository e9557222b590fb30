/* flux_alert: which events are sent. */
#include "flux_provider.h"

#include "flux_fields.h"

static const Attribute event_sources[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the objects, such as \"Kustomization\"."},
    {"name", &TYPE_STRING, REQUIRED, "Name of the object; \"*\": all of the kind."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the objects (default: that of this object)."},
    {"match_labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels that the objects must have."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the objects."},
};
static const Attribute alert_spec[] = {
    {"provider_ref", NULL, REQUIRED, "The Provider of notifications.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"event_sources", NULL, REQUIRED, "Objects whose events are sent.",
     .nested = NESTED(NEST_LIST, event_sources)},
    {"event_severity", &TYPE_STRING, OPTIONAL,
     "Whether all events (\"info\", the default) or only errors are sent.", .one_of = "info error"},
    {"event_metadata", &TYPE_MAP_OF_STRING, OPTIONAL, "Texts that are added to each event."},
    {"inclusion_list", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Regular expressions of messages to send (default: all)."},
    {"exclusion_list", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Regular expressions of messages to leave out."},
    {"summary", &TYPE_STRING, OPTIONAL,
     "Text that is added to each event; event_metadata with the key \"summary\" replaces it."},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether no events are sent (default false)."},
};

const ResourceType flux_alert = {
    .name = "flux_alert",
    .schema = {SPEC_SCHEMA(alert_spec, TYPED_ATTRIBUTES),
               .description = "An Alert: which events of Flux go to a notification provider."},
    .payload = &(const SpecObject){SPEC_TYPED("notification.toolkit.fluxcd.io/v1beta3", "Alert")},
    TYPED_SLOTS,
};
