#include "argocd_fields.h"

static const Attribute destination[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the cluster; or server."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of objects that have none."},
    {"server", &TYPE_STRING, OPTIONAL, "URL of the API server of the cluster; or name."},
};
static const Attribute ignore_differences[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the objects."},
    {"group", &TYPE_STRING, OPTIONAL, "API group of the objects."},
    {"jq_path_expressions", &TYPE_LIST_OF_STRING, OPTIONAL, "Fields, as expressions of jq."},
    {"json_pointers", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Fields, as JSON pointers such as \"/spec/replicas\"."},
    {"managed_fields_managers", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Managers whose fields are ignored."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the object (default: all)."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the object (default: all)."},
};
static const Attribute info[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name."},
    {"value", &TYPE_STRING, REQUIRED, "Value."},
};
static const Attribute jsonnet_ext_vars[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the variable."},
    {"value", &TYPE_STRING, REQUIRED, "Value of the variable."},
    {"code", &TYPE_BOOL, OPTIONAL, "Whether the value is an expression (default false)."},
};
static const Attribute directory_jsonnet[] = {
    {"ext_vars", NULL, OPTIONAL, "External variables.",
     .nested = NESTED(NEST_LIST, jsonnet_ext_vars)},
    {"libs", &TYPE_LIST_OF_STRING, OPTIONAL, "Directories of libraries."},
    {"tlas", NULL, OPTIONAL, "Top-level arguments.", .nested = NESTED(NEST_LIST, jsonnet_ext_vars)},
};
static const Attribute source_directory[] = {
    {"disable_extension_filter", &TYPE_BOOL, OPTIONAL,
     "Whether files with any extension are read (default false)."},
    {"exclude", &TYPE_STRING, OPTIONAL, "Files to leave out, as a glob."},
    {"include", &TYPE_STRING, OPTIONAL, "Files to read, as a glob."},
    {"jsonnet", NULL, OPTIONAL, "Options of Jsonnet.",
     .nested = NESTED(NEST_SINGLE, directory_jsonnet)},
    {"recurse", &TYPE_BOOL, OPTIONAL, "Whether subdirectories are read, too (default false)."},
};
static const Attribute helm_file_parameters[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the value."},
    {"path", &TYPE_STRING, OPTIONAL, "Path of the file."},
};
static const Attribute helm_parameters[] = {
    {"force_string", &TYPE_BOOL, OPTIONAL,
     "Whether the value is a string, also if it looks like a number (default false)."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the value."},
    {"value", &TYPE_STRING, OPTIONAL, "The value."},
};
static const Attribute source_helm[] = {
    {"api_versions", &TYPE_LIST_OF_STRING, OPTIONAL, "API versions that templates see as served."},
    {"file_parameters", NULL, OPTIONAL, "Values from files of the source.",
     .nested = NESTED(NEST_LIST, helm_file_parameters)},
    {"ignore_missing_value_files", &TYPE_BOOL, OPTIONAL,
     "Whether files of values may be missing (default false)."},
    {"kube_version", &TYPE_STRING, OPTIONAL, "Version of Kubernetes that templates see."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace that templates see (default: that of the destination)."},
    {"parameters", NULL, OPTIONAL, "Single values; they win over values.",
     .nested = NESTED(NEST_LIST, helm_parameters)},
    {"pass_credentials", &TYPE_BOOL, OPTIONAL,
     "Whether credentials are sent to all domains (default false)."},
    {"release_name", &TYPE_STRING, OPTIONAL,
     "Name of the release (default: the name of the application)."},
    {"skip_crds", &TYPE_BOOL, OPTIONAL,
     "Whether definitions of the chart are left out (default false)."},
    {"skip_schema_validation", &TYPE_BOOL, OPTIONAL,
     "Whether values are not validated by the chart's schema (default false)."},
    {"skip_tests", &TYPE_BOOL, OPTIONAL,
     "Whether tests of the chart are left out (default false)."},
    {"value_files", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Files of values in the source, in this order."},
    {"values", &TYPE_STRING, OPTIONAL,
     "Values as YAML text; or values_object, which sources do not have."},
    {"values_object", &TYPE_DYNAMIC, OPTIONAL, "Values of the chart; wins over values."},
    {"version", &TYPE_STRING, OPTIONAL, "Major version of Helm."},
};
static const Attribute patches_target[] = {
    {"annotation_selector", &TYPE_STRING, OPTIONAL, "Annotation selector of the objects."},
    {"group", &TYPE_STRING, OPTIONAL, "API group of the objects."},
    {"kind", &TYPE_STRING, OPTIONAL, "Kind of the objects."},
    {"label_selector", &TYPE_STRING, OPTIONAL, "Label selector of the objects."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the objects, as a regular expression."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the objects, as a regular expression."},
    {"version", &TYPE_STRING, OPTIONAL, "API version of the objects."},
};
static const Attribute kustomize_patches[] = {
    {"options", &TYPE_MAP_OF_BOOL, OPTIONAL,
     "Options of the patch, such as {allowNameChange: true}."},
    {"patch", &TYPE_STRING, OPTIONAL, "The patch as YAML text; or path."},
    {"path", &TYPE_STRING, OPTIONAL, "Path of a file with the patch; or patch."},
    {"target", NULL, OPTIONAL, "Objects of the patch (default: that in the patch).",
     .nested = NESTED(NEST_SINGLE, patches_target)},
};
static const Attribute kustomize_replicas[] = {
    {"count", &TYPE_STRING, REQUIRED, "Number of replicas."},
    {"name", &TYPE_STRING, REQUIRED, "Name of the object."},
};
static const Attribute source_kustomize[] = {
    {"api_versions", &TYPE_LIST_OF_STRING, OPTIONAL, "API versions that charts see as served."},
    {"common_annotations", &TYPE_MAP_OF_STRING, OPTIONAL, "Annotations of all objects."},
    {"common_annotations_envsubst", &TYPE_BOOL, OPTIONAL,
     "Whether variables in the annotations are replaced (default false)."},
    {"common_labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels of all objects."},
    {"components", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Components of kustomize, as paths in the source."},
    {"force_common_annotations", &TYPE_BOOL, OPTIONAL,
     "Whether existing annotations are replaced (default false)."},
    {"force_common_labels", &TYPE_BOOL, OPTIONAL,
     "Whether existing labels are replaced (default false)."},
    {"ignore_missing_components", &TYPE_BOOL, OPTIONAL,
     "Whether components may be missing (default false)."},
    {"images", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Other images, such as \"web=registry.example.com/web:v2\"."},
    {"kube_version", &TYPE_STRING, OPTIONAL, "Version of Kubernetes that charts see."},
    {"label_include_templates", &TYPE_BOOL, OPTIONAL,
     "Whether templates of pods get the labels, too (default false)."},
    {"label_without_selector", &TYPE_BOOL, OPTIONAL,
     "Whether selectors do not get the labels (default false)."},
    {"name_prefix", &TYPE_STRING, OPTIONAL, "Prefix of the names of all objects."},
    {"name_suffix", &TYPE_STRING, OPTIONAL, "Suffix of the names of all objects."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of all objects."},
    {"patches", NULL, OPTIONAL, "Patches of the objects.",
     .nested = NESTED(NEST_LIST, kustomize_patches)},
    {"replicas", NULL, OPTIONAL, "Other numbers of replicas.",
     .nested = NESTED(NEST_LIST, kustomize_replicas)},
    {"version", &TYPE_STRING, OPTIONAL,
     "Version of kustomize, among those that Argo CD is configured with."},
};
static const Attribute plugin_parameters[] = {
    {"array", &TYPE_LIST_OF_STRING, OPTIONAL, "The value, as a list."},
    {"map", &TYPE_MAP_OF_STRING, OPTIONAL, "The value, as a map."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the parameter."},
    {"string", &TYPE_STRING, OPTIONAL, "The value, as a string."},
};
static const Attribute source_plugin[] = {
    {"env", NULL, OPTIONAL, "Environment variables of the plugin.",
     .nested = NESTED(NEST_LIST, info)},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the plugin."},
    {"parameters", NULL, OPTIONAL, "Parameters of the plugin.",
     .nested = NESTED(NEST_LIST, plugin_parameters)},
};
static const Attribute application_source[] = {
    {"repo_url", &TYPE_STRING, REQUIRED,
     "URL of the git repository, the Helm repository or the OCI registry."},
    {"chart", &TYPE_STRING, OPTIONAL, "Name of the chart in the Helm repository."},
    {"directory", NULL, OPTIONAL, "Manifests as plain files.",
     .nested = NESTED(NEST_SINGLE, source_directory)},
    {"helm", NULL, OPTIONAL, "Options of Helm.", .nested = NESTED(NEST_SINGLE, source_helm)},
    {"kustomize", NULL, OPTIONAL, "Options of kustomize.",
     .nested = NESTED(NEST_SINGLE, source_kustomize)},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the source."},
    {"path", &TYPE_STRING, OPTIONAL, "Directory in the git repository."},
    {"plugin", NULL, OPTIONAL, "A plugin of Argo CD that makes the manifests.",
     .nested = NESTED(NEST_SINGLE, source_plugin)},
    {"ref", &TYPE_STRING, OPTIONAL, "Name by which other sources refer to files of this one."},
    {"tag_prefix", &TYPE_STRING, OPTIONAL,
     "Prefix of the tags that a range of versions selects from."},
    {"target_revision", &TYPE_STRING, OPTIONAL,
     "Branch, tag or commit of git, or version of the chart (default \"HEAD\")."},
};
static const Attribute source_hydrator_dry_source[] = {
    {"path", &TYPE_STRING, REQUIRED, "Directory in the repository."},
    {"repo_url", &TYPE_STRING, REQUIRED, "URL of the git repository."},
    {"target_revision", &TYPE_STRING, REQUIRED, "Branch, tag or commit."},
    {"directory", NULL, OPTIONAL, "Manifests as plain files.",
     .nested = NESTED(NEST_SINGLE, source_directory)},
    {"helm", NULL, OPTIONAL, "Options of Helm.", .nested = NESTED(NEST_SINGLE, source_helm)},
    {"kustomize", NULL, OPTIONAL, "Options of kustomize.",
     .nested = NESTED(NEST_SINGLE, source_kustomize)},
    {"plugin", NULL, OPTIONAL, "A plugin of Argo CD that makes the manifests.",
     .nested = NESTED(NEST_SINGLE, source_plugin)},
};
static const Attribute source_hydrator_sync_source[] = {
    {"path", &TYPE_STRING, REQUIRED, "Directory in the repository."},
    {"target_branch", &TYPE_STRING, REQUIRED, "The branch."},
    {"repo_url", &TYPE_STRING, OPTIONAL, "URL of the repository (default: that of dry_source)."},
};
static const Attribute source_hydrator_hydrate_to[] = {
    {"target_branch", &TYPE_STRING, REQUIRED, "The branch."},
};
static const Attribute source_hydrator[] = {
    {"dry_source", NULL, REQUIRED, "Where the manifests are rendered from.",
     .nested = NESTED(NEST_SINGLE, source_hydrator_dry_source)},
    {"sync_source", NULL, REQUIRED, "Where rendered manifests are applied from.",
     .nested = NESTED(NEST_SINGLE, source_hydrator_sync_source)},
    {"hydrate_to", NULL, OPTIONAL, "Where rendered manifests are committed first, for a review.",
     .nested = NESTED(NEST_SINGLE, source_hydrator_hydrate_to)},
};
static const Attribute sources_helm[] = {
    {"api_versions", &TYPE_LIST_OF_STRING, OPTIONAL, "API versions that templates see as served."},
    {"file_parameters", NULL, OPTIONAL, "Values from files of the source.",
     .nested = NESTED(NEST_LIST, helm_file_parameters)},
    {"ignore_missing_value_files", &TYPE_BOOL, OPTIONAL,
     "Whether files of values may be missing (default false)."},
    {"kube_version", &TYPE_STRING, OPTIONAL, "Version of Kubernetes that templates see."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace that templates see (default: that of the destination)."},
    {"parameters", NULL, OPTIONAL, "Single values; they win over values.",
     .nested = NESTED(NEST_LIST, helm_parameters)},
    {"pass_credentials", &TYPE_BOOL, OPTIONAL,
     "Whether credentials are sent to all domains (default false)."},
    {"release_name", &TYPE_STRING, OPTIONAL,
     "Name of the release (default: the name of the application)."},
    {"skip_crds", &TYPE_BOOL, OPTIONAL,
     "Whether definitions of the chart are left out (default false)."},
    {"skip_schema_validation", &TYPE_BOOL, OPTIONAL,
     "Whether values are not validated by the chart's schema (default false)."},
    {"skip_tests", &TYPE_BOOL, OPTIONAL,
     "Whether tests of the chart are left out (default false)."},
    {"value_files", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Files of values in the source, in this order."},
    {"values", &TYPE_STRING, OPTIONAL,
     "Values as YAML text; or values_object, which sources do not have."},
    {"version", &TYPE_STRING, OPTIONAL, "Major version of Helm."},
};
static const Attribute application_sources[] = {
    {"repo_url", &TYPE_STRING, REQUIRED,
     "URL of the git repository, the Helm repository or the OCI registry."},
    {"chart", &TYPE_STRING, OPTIONAL, "Name of the chart in the Helm repository."},
    {"directory", NULL, OPTIONAL, "Manifests as plain files.",
     .nested = NESTED(NEST_SINGLE, source_directory)},
    {"helm", NULL, OPTIONAL, "Options of Helm.", .nested = NESTED(NEST_SINGLE, sources_helm)},
    {"kustomize", NULL, OPTIONAL, "Options of kustomize.",
     .nested = NESTED(NEST_SINGLE, source_kustomize)},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the source."},
    {"path", &TYPE_STRING, OPTIONAL, "Directory in the git repository."},
    {"plugin", NULL, OPTIONAL, "A plugin of Argo CD that makes the manifests.",
     .nested = NESTED(NEST_SINGLE, source_plugin)},
    {"ref", &TYPE_STRING, OPTIONAL, "Name by which other sources refer to files of this one."},
    {"tag_prefix", &TYPE_STRING, OPTIONAL,
     "Prefix of the tags that a range of versions selects from."},
    {"target_revision", &TYPE_STRING, OPTIONAL,
     "Branch, tag or commit of git, or version of the chart (default \"HEAD\")."},
};
static const Attribute sync_policy_automated[] = {
    {"allow_empty", &TYPE_BOOL, OPTIONAL,
     "Whether a source without objects may delete all of them (default false)."},
    {"enabled", &TYPE_BOOL, OPTIONAL, "Whether automated syncs run (default true)."},
    {"prune", &TYPE_BOOL, OPTIONAL,
     "Whether objects are deleted that the source no longer has (default false)."},
    {"self_heal", &TYPE_BOOL, OPTIONAL, "Whether changes by others are undone (default false)."},
};
static const Attribute sync_policy_managed_namespace_metadata[] = {
    {"annotations", &TYPE_MAP_OF_STRING, OPTIONAL, "Annotations of the namespace."},
    {"labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels of the namespace."},
};
static const Attribute retry_backoff[] = {
    {"duration", &TYPE_STRING, OPTIONAL, "First pause, such as \"5s\"."},
    {"factor", &TYPE_NUMBER, OPTIONAL, "Factor by which each pause is longer."},
    {"max_duration", &TYPE_STRING, OPTIONAL, "Longest pause."},
};
static const Attribute sync_policy_retry[] = {
    {"backoff", NULL, OPTIONAL, "How long to wait before the next attempt.",
     .nested = NESTED(NEST_SINGLE, retry_backoff)},
    {"limit", &TYPE_NUMBER, OPTIONAL, "Number of attempts after a failure; negative: no limit."},
    {"refresh", &TYPE_BOOL, OPTIONAL,
     "Whether an attempt takes the newest revision (default false: that of the failure)."},
};
static const Attribute sync_policy[] = {
    {"automated", NULL, OPTIONAL, "Syncs without a user's request.",
     .nested = NESTED(NEST_SINGLE, sync_policy_automated)},
    {"managed_namespace_metadata", NULL, OPTIONAL,
     "Metadata of the namespace that the option \"CreateNamespace=true\" creates.",
     .nested = NESTED(NEST_SINGLE, sync_policy_managed_namespace_metadata)},
    {"retry", NULL, OPTIONAL, "What happens after a failed sync.",
     .nested = NESTED(NEST_SINGLE, sync_policy_retry)},
    {"sync_options", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Options, such as \"CreateNamespace=true\" or \"ServerSideApply=true\"."},
};
const Attribute argocd_application_spec[9] = {
    {"destination", NULL, REQUIRED, "Cluster and namespace of the objects.",
     .nested = NESTED(NEST_SINGLE, destination)},
    {"project", &TYPE_STRING, REQUIRED, "Name of the project (\"default\" is Argo CD's own)."},
    {"ignore_differences", NULL, OPTIONAL, "Fields whose differences count as synced.",
     .nested = NESTED(NEST_LIST, ignore_differences)},
    {"info", NULL, OPTIONAL, "Facts about the application, for users.",
     .nested = NESTED(NEST_LIST, info)},
    {"revision_history_limit", &TYPE_NUMBER, OPTIONAL,
     "Number of revisions that are kept for a rollback (default 10)."},
    {"source", NULL, OPTIONAL, "Where the manifests come from; or sources.",
     .nested = NESTED(NEST_SINGLE, application_source)},
    {"source_hydrator", NULL, OPTIONAL,
     "Manifests that Argo CD renders and commits, before it applies them; instead of source.",
     .nested = NESTED(NEST_SINGLE, source_hydrator)},
    {"sources", NULL, OPTIONAL, "Several sources, which are merged; or source.",
     .nested = NESTED(NEST_LIST, application_sources)},
    {"sync_policy", NULL, OPTIONAL, "How the application is synced.",
     .nested = NESTED(NEST_SINGLE, sync_policy)},
};

const char *const argocd_ints_or_texts[] = {"count", "max_update", NULL};
