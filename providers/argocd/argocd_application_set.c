/* argocd_application_set: applications that a controller makes from sets of parameters. */
#include "argocd_provider.h"

#include "argocd_equal.h"
#include "argocd_fields.h"
#include "argocd_wait.h"
#include "kube_object.h"
#include "object_body.h"
#include "object_builder.h"

#define GENERATORS "generators"

static const Attribute ignore_application_differences[] = {
    {"jq_path_expressions", &TYPE_LIST_OF_STRING, OPTIONAL, "Fields, as expressions of jq."},
    {"json_pointers", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Fields, as JSON pointers such as \"/spec/replicas\"."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the application (default: all)."},
};
static const Attribute preserved_fields[] = {
    {"annotations", &TYPE_LIST_OF_STRING, OPTIONAL, "Keys of annotations."},
    {"labels", &TYPE_LIST_OF_STRING, OPTIONAL, "Keys of labels."},
};
static const Attribute steps_match_expressions[] = {
    {"key", &TYPE_STRING, OPTIONAL, "Label."},
    {"operator", &TYPE_STRING, OPTIONAL, "\"In\", \"NotIn\", \"Exists\" or \"DoesNotExist\"."},
    {"values", &TYPE_LIST_OF_STRING, OPTIONAL, "Values of the label."},
};
static const Attribute rolling_sync_steps[] = {
    {"match_expressions", NULL, OPTIONAL, "Rules that must all hold.",
     .nested = NESTED(NEST_LIST, steps_match_expressions)},
    {"max_update", &TYPE_STRING, OPTIONAL,
     "How many applications change at once: a number or a percentage such as \"25%\"."},
};
static const Attribute strategy_rolling_sync[] = {
    {"steps", NULL, OPTIONAL, "The steps.", .nested = NESTED(NEST_LIST, rolling_sync_steps)},
};
static const Attribute strategy[] = {
    {"deletion_order", &TYPE_STRING, OPTIONAL, "In which order applications are deleted.",
     .one_of = "AllAtOnce Reverse"},
    {"rolling_sync", NULL, OPTIONAL, "Steps, one after the other.",
     .nested = NESTED(NEST_SINGLE, strategy_rolling_sync)},
    {"type", &TYPE_STRING, OPTIONAL, "Whether all change at once or by steps.",
     .one_of = "AllAtOnce RollingSync"},
};
static const Attribute application_set_sync_policy[] = {
    {"applications_sync", &TYPE_STRING, OPTIONAL,
     "What the controller may do with applications (default \"sync\": all).",
     .one_of = "create-only create-update create-delete sync"},
    {"preserve_resources_on_deletion", &TYPE_BOOL, OPTIONAL,
     "Whether objects stay when an application is deleted (default false)."},
};
static const Attribute template_metadata[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the application, with templates."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the application (default: that of this object)."},
    {"labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels of the application."},
    {"annotations", &TYPE_MAP_OF_STRING, OPTIONAL, "Annotations of the application."},
    {"finalizers", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Finalizers of the application. \"resources-finalizer.argocd.argoproj.io\" deletes its "
     "objects with it."},
};
static const Attribute template[] = {
    {"metadata", NULL, REQUIRED, "Metadata of the application.",
     .nested = NESTED(NEST_SINGLE, template_metadata)},
    {"spec", NULL, REQUIRED, "Fields of the application.",
     .nested = NESTED(NEST_SINGLE, argocd_application_spec)},
};
static const Attribute application_set_spec[] = {
    {"generators", &TYPE_DYNAMIC, REQUIRED,
     "What the applications are made from: a list of generators, with the names of Argo CD such as "
     "\"repoURL\"."},
    {"apply_nested_selectors", &TYPE_BOOL, OPTIONAL,
     "Whether selectors of nested generators count. Newer releases always do."},
    {"template", NULL, REQUIRED, "The application of each set of parameters.",
     .nested = NESTED(NEST_SINGLE, template)},
    {"go_template", &TYPE_BOOL, OPTIONAL,
     "Whether templates are those of Go (default false: the older syntax)."},
    {"go_template_options", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Options of the templates, such as \"missingkey=error\"."},
    {"ignore_application_differences", NULL, OPTIONAL,
     "Fields of the applications whose changes by others are kept.",
     .nested = NESTED(NEST_LIST, ignore_application_differences)},
    {"preserved_fields", NULL, OPTIONAL, "Metadata of the applications that others may add.",
     .nested = NESTED(NEST_SINGLE, preserved_fields)},
    {"strategy", NULL, OPTIONAL, "In which order the applications change.",
     .nested = NESTED(NEST_SINGLE, strategy)},
    {"sync_policy", NULL, OPTIONAL, "How the application is synced.",
     .nested = NESTED(NEST_SINGLE, application_set_sync_policy)},
    {"template_patch", &TYPE_STRING, OPTIONAL,
     "A patch of the template, as YAML text with templates."},
};

/* With the removal of the refresh annotation, the controller writes all generators, an atomic list,
 * with empty templates. They are still the configured ones. */
static bool is_equal(Value body, Value live, Arena *arena) {
    Value configured, found;
    return kube_object_find(body, "spec", GENERATORS, &configured) &&
           kube_object_find(live, "spec", GENERATORS, &found) && argocd_equal(configured, found) &&
           object_body_is_in(kube_object_with(body, "spec", GENERATORS, found, arena), live);
}

static Value application_set_state_of(const Call *call, Value state, Value live, bool is_import) {
    Value before = object_attribute(state, "spec");
    Value after = spec_object_state(call, state, live, is_import);
    Value found = object_attribute(after, "spec");
    if (!value_is_present(before) || !value_is_present(found) ||
        !argocd_equal(object_attribute(before, GENERATORS), object_attribute(found, GENERATORS)))
        return after;
    Value kept = object_attribute(before, GENERATORS);
    return object_with(after, "spec", kube_object_with(found, "", GENERATORS, kept, call->arena),
                       call->arena);
}

const ResourceType argocd_application_set = {
    .name = "argocd_application_set",
    .schema = {SPEC_SCHEMA(application_set_spec, SPEC_WAIT_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description = "An ApplicationSet: applications that Argo CD makes from a template, "
                              "one for each set of parameters."},
    .payload = &(const SpecObject){.typed = {.api_version = "argoproj.io/v1alpha1",
                                             .kind = "ApplicationSet",
                                             .is_namespaced = true,
                                             .members = spec_object_members,
                                             .manifest = spec_object_manifest,
                                             .state = application_set_state_of,
                                             .is_equal = is_equal,
                                             .wait = argocd_wait_application_set,
                                             .waits_unchanged = true},
                                   .ints_or_texts = argocd_ints_or_texts},
    TYPED_SLOTS,
};
