/* flux_helm_chart: a chart from a source. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute helm_chart_source_ref[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the source.",
     .one_of = "HelmRepository GitRepository Bucket"},
    {"name", &TYPE_STRING, REQUIRED, "Name of the source."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the source."},
};
static const Attribute helm_chart_spec[] = {
    {"chart", &TYPE_STRING, REQUIRED,
     "Name of the chart in a HelmRepository, or its path in another source."},
    {"version", &TYPE_STRING, OPTIONAL,
     "Version or range of versions in a HelmRepository (default \"*\")."},
    {"source_ref", NULL, REQUIRED, "The source.",
     .nested = NESTED(NEST_SINGLE, helm_chart_source_ref)},
    {"interval", &TYPE_STRING, REQUIRED,
     "How often the source is compared with the chart, such as \"10m0s\".",
     .check = duration_check},
    {"reconcile_strategy", &TYPE_STRING, OPTIONAL,
     "Whether a new version (\"ChartVersion\", the default) or each revision of the source makes a "
     "new chart.",
     .one_of = "ChartVersion Revision"},
    {"values_files", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Files of values in the chart that are merged, in this order."},
    {"ignore_missing_values_files", &TYPE_BOOL, OPTIONAL,
     "Whether files of values may be missing (default false)."},
    {"verify", NULL, OPTIONAL, "Verification of signatures; only for a registry.",
     .nested = NESTED(NEST_SINGLE, flux_verify)},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the chart alone (default false)."},
};

const ResourceType flux_helm_chart = {
    .name = "flux_helm_chart",
    .schema = {SPEC_SCHEMA(helm_chart_spec, SPEC_REVISION_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description = "A HelmChart: a chart that Flux packs from a source."},
    .payload = &(const SpecObject){SPEC_TYPED("source.toolkit.fluxcd.io/v1", "HelmChart"),
                                   .status = &flux_status_artifact},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
