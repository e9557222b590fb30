/* flux_helm_release: a chart, installed in the cluster. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute chart_spec_source_ref[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the source.",
     .one_of = "HelmRepository GitRepository Bucket"},
    {"name", &TYPE_STRING, REQUIRED, "Name of the source."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the source (default: that of this object)."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the source."},
};
static const Attribute chart_spec_verify[] = {
    {"provider", &TYPE_STRING, REQUIRED,
     "Program whose signatures are verified: \"cosign\" or \"notation\".",
     .one_of = "cosign notation"},
    {"secret_ref", NULL, OPTIONAL, "Secret with the public keys (default: keyless verification).",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
};
static const Attribute chart_spec[] = {
    {"chart", &TYPE_STRING, REQUIRED,
     "Name of the chart in a HelmRepository, or its path in another source."},
    {"version", &TYPE_STRING, OPTIONAL,
     "Version or range of versions in a HelmRepository (default \"*\")."},
    {"source_ref", NULL, REQUIRED, "The source.",
     .nested = NESTED(NEST_SINGLE, chart_spec_source_ref)},
    {"interval", &TYPE_STRING, OPTIONAL,
     "How often the source is compared with the chart (default: the interval of the release).",
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
     .nested = NESTED(NEST_SINGLE, chart_spec_verify)},
};
static const Attribute chart[] = {
    {"spec", NULL, REQUIRED, "The HelmChart that Flux makes.",
     .nested = NESTED(NEST_SINGLE, chart_spec)},
    {"metadata", NULL, OPTIONAL, "Labels and annotations of the HelmChart.",
     .nested = NESTED(NEST_SINGLE, flux_metadata)},
};
static const Attribute chart_ref[] = {
    {"kind", &TYPE_STRING, REQUIRED,
     "Kind of the object: \"OCIRepository\", \"HelmChart\" or \"ExternalArtifact\"."},
    {"name", &TYPE_STRING, REQUIRED, "Name of the object."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the object (default: that of this object)."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the object."},
};
static const Attribute values_from[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the object.", .one_of = "Secret ConfigMap"},
    {"name", &TYPE_STRING, REQUIRED, "Name of the object."},
    {"values_key", &TYPE_STRING, OPTIONAL, "Key of the object (default \"values.yaml\")."},
    {"target_path", &TYPE_STRING, OPTIONAL,
     "Path of the one value that the key has, such as \"image.tag\"."},
    {"literal", &TYPE_BOOL, OPTIONAL,
     "Whether the value is a text, whatever it looks like (default false)."},
    {"optional", &TYPE_BOOL, OPTIONAL, "Whether the object may be missing (default false)."},
};
static const Attribute install_remediation[] = {
    {"retries", &TYPE_NUMBER, OPTIONAL,
     "Number of attempts after a failure; negative: no limit (default 0)."},
    {"ignore_test_failures", &TYPE_BOOL, OPTIONAL, "Whether failed tests are no failure."},
    {"remediate_last_failure", &TYPE_BOOL, OPTIONAL, "Whether the last failure is undone, too."},
};
static const Attribute install_strategy[] = {
    {"name", &TYPE_STRING, REQUIRED, "Whether a failed release is undone before the next attempt.",
     .one_of = "RemediateOnFailure RetryOnFailure"},
    {"retry_interval", &TYPE_STRING, OPTIONAL, "How long to wait before the next attempt.",
     .check = duration_check},
};
static const Attribute install[] = {
    {"crds", &TYPE_STRING, OPTIONAL,
     "What happens to definitions of the chart (default \"Create\").",
     .one_of = "Skip Create CreateReplace"},
    {"create_namespace", &TYPE_BOOL, OPTIONAL,
     "Whether the target namespace is created (default false)."},
    {"disable_hooks", &TYPE_BOOL, OPTIONAL, "Whether hooks are left out (default false)."},
    {"disable_open_api_validation", &TYPE_BOOL, OPTIONAL,
     "Whether objects are not validated by the server's schema (default false)."},
    {"disable_schema_validation", &TYPE_BOOL, OPTIONAL,
     "Whether values are not validated by the chart's schema (default false)."},
    {"disable_take_ownership", &TYPE_BOOL, OPTIONAL,
     "Whether objects of others are an error (default false)."},
    {"disable_wait", &TYPE_BOOL, OPTIONAL,
     "Whether the release is ready before its objects are (default false)."},
    {"disable_wait_for_jobs", &TYPE_BOOL, OPTIONAL, "Whether jobs need not end (default false)."},
    {"remediation", NULL, OPTIONAL, "What happens after a failure.",
     .nested = NESTED(NEST_SINGLE, install_remediation)},
    {"replace", &TYPE_BOOL, OPTIONAL,
     "Whether the name of a deleted release may be used again (default false)."},
    {"server_side_apply", &TYPE_BOOL, OPTIONAL,
     "Whether the server merges the objects (default true)."},
    {"strategy", NULL, OPTIONAL, "How failures are repeated.",
     .nested = NESTED(NEST_SINGLE, install_strategy)},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit (default: timeout of the release).",
     .check = duration_check},
};
static const Attribute upgrade_remediation[] = {
    {"retries", &TYPE_NUMBER, OPTIONAL,
     "Number of attempts after a failure; negative: no limit (default 0)."},
    {"ignore_test_failures", &TYPE_BOOL, OPTIONAL, "Whether failed tests are no failure."},
    {"remediate_last_failure", &TYPE_BOOL, OPTIONAL, "Whether the last failure is undone, too."},
    {"strategy", &TYPE_STRING, OPTIONAL, "How a failure is undone (default \"rollback\").",
     .one_of = "rollback uninstall"},
};
static const Attribute upgrade_strategy[] = {
    {"name", &TYPE_STRING, REQUIRED, "Whether a failed release is undone before the next attempt.",
     .one_of = "RemediateOnFailure RetryOnFailure"},
    {"retry_interval", &TYPE_STRING, OPTIONAL, "How long to wait before the next attempt.",
     .check = duration_check},
};
static const Attribute upgrade[] = {
    {"chart_name_change_strategy", &TYPE_STRING, OPTIONAL,
     "What happens if the chart has another name.", .one_of = "InPlaceUpdate Reinstall"},
    {"crds", &TYPE_STRING, OPTIONAL, "What happens to definitions of the chart (default \"Skip\").",
     .one_of = "Skip Create CreateReplace"},
    {"cleanup_on_fail", &TYPE_BOOL, OPTIONAL,
     "Whether new objects of a failed upgrade are deleted (default false)."},
    {"disable_hooks", &TYPE_BOOL, OPTIONAL, "Whether hooks are left out (default false)."},
    {"disable_open_api_validation", &TYPE_BOOL, OPTIONAL,
     "Whether objects are not validated by the server's schema (default false)."},
    {"disable_schema_validation", &TYPE_BOOL, OPTIONAL,
     "Whether values are not validated by the chart's schema (default false)."},
    {"disable_take_ownership", &TYPE_BOOL, OPTIONAL,
     "Whether objects of others are an error (default false)."},
    {"disable_wait", &TYPE_BOOL, OPTIONAL,
     "Whether the release is ready before its objects are (default false)."},
    {"disable_wait_for_jobs", &TYPE_BOOL, OPTIONAL, "Whether jobs need not end (default false)."},
    {"force", &TYPE_BOOL, OPTIONAL, "Whether objects are replaced (default false)."},
    {"preserve_values", &TYPE_BOOL, OPTIONAL,
     "Whether values of the last release are kept (default false)."},
    {"remediation", NULL, OPTIONAL, "What happens after a failure.",
     .nested = NESTED(NEST_SINGLE, upgrade_remediation)},
    {"server_side_apply", &TYPE_STRING, OPTIONAL,
     "Whether the server merges the objects (default \"auto\").",
     .one_of = "enabled disabled auto"},
    {"strategy", NULL, OPTIONAL, "How failures are repeated.",
     .nested = NESTED(NEST_SINGLE, upgrade_strategy)},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit (default: timeout of the release).",
     .check = duration_check},
};
static const Attribute test_filters[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the test."},
    {"exclude", &TYPE_BOOL, OPTIONAL, "Whether this test is left out (default false)."},
};
static const Attribute test[] = {
    {"enable", &TYPE_BOOL, OPTIONAL,
     "Whether tests run after an installation and an upgrade (default false)."},
    {"ignore_failures", &TYPE_BOOL, OPTIONAL,
     "Whether failed tests are no failure (default false)."},
    {"filters", NULL, OPTIONAL, "Which tests run.", .nested = NESTED(NEST_LIST, test_filters)},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit (default: timeout of the release).",
     .check = duration_check},
};
static const Attribute rollback[] = {
    {"cleanup_on_fail", &TYPE_BOOL, OPTIONAL,
     "Whether new objects of a failed rollback are deleted (default false)."},
    {"disable_hooks", &TYPE_BOOL, OPTIONAL, "Whether hooks are left out (default false)."},
    {"disable_wait", &TYPE_BOOL, OPTIONAL,
     "Whether the rollback ends before its objects are ready (default false)."},
    {"disable_wait_for_jobs", &TYPE_BOOL, OPTIONAL, "Whether jobs need not end (default false)."},
    {"force", &TYPE_BOOL, OPTIONAL, "Whether objects are replaced (default false)."},
    {"recreate", &TYPE_BOOL, OPTIONAL, "Whether pods are restarted (default false)."},
    {"server_side_apply", &TYPE_STRING, OPTIONAL,
     "Whether the server merges the objects (default \"auto\").",
     .one_of = "enabled disabled auto"},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit (default: timeout of the release).",
     .check = duration_check},
};
static const Attribute uninstall[] = {
    {"deletion_propagation", &TYPE_STRING, OPTIONAL,
     "What happens to dependents (default \"background\").",
     .one_of = "background foreground orphan"},
    {"disable_hooks", &TYPE_BOOL, OPTIONAL, "Whether hooks are left out (default false)."},
    {"disable_wait", &TYPE_BOOL, OPTIONAL,
     "Whether the objects may still exist at the end (default false)."},
    {"keep_history", &TYPE_BOOL, OPTIONAL, "Whether Helm's own Secrets are kept (default false)."},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit (default: timeout of the release).",
     .check = duration_check},
};
static const Attribute drift_detection[] = {
    {"mode", &TYPE_STRING, OPTIONAL,
     "Whether changes are undone, reported or ignored (default \"disabled\").",
     .one_of = "enabled warn disabled"},
    {"ignore", NULL, OPTIONAL, "Fields whose changes by others are kept.",
     .nested = NESTED(NEST_LIST, flux_ignore_rule)},
};
static const Attribute post_renderers_kustomize[] = {
    {"patches", NULL, OPTIONAL, "Patches of the objects.", .nested = NESTED(NEST_LIST, flux_patch)},
    {"images", NULL, OPTIONAL, "Other images for the containers.",
     .nested = NESTED(NEST_LIST, flux_image)},
};
static const Attribute post_renderers[] = {
    {"kustomize", NULL, OPTIONAL, "Changes by kustomize.",
     .nested = NESTED(NEST_SINGLE, post_renderers_kustomize)},
};
static const Attribute wait_strategy[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the strategy.", .one_of = "poller legacy"},
};
static const Attribute spec[] = {
    {"chart", NULL, OPTIONAL, "The chart, by a source; or chart_ref.",
     .nested = NESTED(NEST_SINGLE, chart)},
    {"chart_ref", NULL, OPTIONAL, "The chart as an object of its own.",
     .nested = NESTED(NEST_SINGLE, chart_ref)},
    {"interval", &TYPE_STRING, REQUIRED,
     "How often the release is compared and repaired, such as \"10m0s\".", .check = duration_check},
    {"values", &TYPE_DYNAMIC, OPTIONAL, "Values of the chart."},
    {"values_from", NULL, OPTIONAL, "Objects with values, in this order; values win.",
     .nested = NESTED(NEST_LIST, values_from)},
    {"release_name", &TYPE_STRING, OPTIONAL,
     "Name of the release (default: target namespace and name)."},
    {"target_namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the release (default: that of this object)."},
    {"storage_namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of Helm's own Secrets (default: that of this object)."},
    {"depends_on", NULL, OPTIONAL, "Releases that must be ready first.",
     .nested = NESTED(NEST_LIST, flux_dependency)},
    {"install", NULL, OPTIONAL, "How the chart is installed.",
     .nested = NESTED(NEST_SINGLE, install)},
    {"upgrade", NULL, OPTIONAL, "How the release is upgraded.",
     .nested = NESTED(NEST_SINGLE, upgrade)},
    {"test", NULL, OPTIONAL, "Tests of the chart.", .nested = NESTED(NEST_SINGLE, test)},
    {"rollback", NULL, OPTIONAL, "How a failed upgrade is undone.",
     .nested = NESTED(NEST_SINGLE, rollback)},
    {"uninstall", NULL, OPTIONAL, "How the release is removed.",
     .nested = NESTED(NEST_SINGLE, uninstall)},
    {"drift_detection", NULL, OPTIONAL, "Whether changes by others are undone.",
     .nested = NESTED(NEST_SINGLE, drift_detection)},
    {"post_renderers", NULL, OPTIONAL, "Changes of the rendered objects.",
     .nested = NESTED(NEST_LIST, post_renderers)},
    {"post_render_strategy", &TYPE_STRING, OPTIONAL, "How hooks are post-rendered.",
     .one_of = "nohooks combined separate"},
    {"common_metadata", NULL, OPTIONAL, "Labels and annotations of all objects.",
     .nested = NESTED(NEST_SINGLE, flux_metadata)},
    {"health_check_exprs", NULL, OPTIONAL, "How the health of custom kinds is decided.",
     .nested = NESTED(NEST_LIST, flux_health_expr)},
    {"wait_strategy", NULL, OPTIONAL, "How the health of objects is decided.",
     .nested = NESTED(NEST_SINGLE, wait_strategy)},
    {"max_history", &TYPE_NUMBER, OPTIONAL,
     "Number of releases that Helm keeps (default 5; 0: all)."},
    {"persistent_client", &TYPE_BOOL, OPTIONAL,
     "Whether one client serves the whole reconciliation (default true)."},
    {"service_account_name", &TYPE_STRING, OPTIONAL,
     "Service account that installs the release (default: that of the controller)."},
    {"kube_config", NULL, OPTIONAL, "Cluster of the release (default: that of Flux).",
     .nested = NESTED(NEST_SINGLE, flux_kube_config)},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit of each action of Helm (default \"5m0s\").",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the release alone (default false)."},
};

static const Attribute attributes[] = {
    {"spec", NULL, REQUIRED, "The fields of the object.", .nested = NESTED(NEST_SINGLE, spec)},
    SPEC_REVISION_ATTRIBUTES,
    TYPED_ATTRIBUTES,
};
static const Block blocks[] = {SPEC_BLOCKS};

static const SpecObject helm_release_object = {
    SPEC_TYPED("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    .status = &flux_status_helm_release,
};

const ResourceType flux_helm_release = {
    .name = "flux_helm_release",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks),
               .description = "A HelmRelease: a chart that Flux installs, upgrades and keeps."},
    .payload = &helm_release_object,
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
