/* kubernetes_manifests: the objects of a file, a directory or a text. */
#include "kubernetes_provider.h"

#include "manifest_files.h"
#include "manifests_apply.h"
#include "manifests_plan.h"
#include "manifests_read.h"
#include "manifests_source.h"
#include "object_arguments.h"
#include "object_builder.h"
#include "timeouts.h"

static void manifests_sensitive_paths(Value object, Paths *out, Arena *arena) {
    manifests_read_sensitive(object, out, arena);
    /* The text is read as manifests elsewhere; here the name of the kind is enough. */
    Str content = object_text(object, "content", STR_EMPTY);
    if (str_find(content, STR("Secret"), 0) != SIZE_MAX)
        vec_push(arena, out, path_attribute((Path){0}, STR("content"), arena));
}

static bool manifests_read_objects(const Call *call, Value config, Path argument,
                                   ManifestObjects *out, Diags *diags) {
    Str path = object_text(config, "path", STR_EMPTY);
    Str content = object_text(config, "content", STR_EMPTY);
    return path.len ? manifest_files_read(call, argument, path, out, diags)
                    : manifest_text_read(call, argument, STR_EMPTY, content, out, diags);
}

static bool manifests_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return manifests_source_check(call, request->config, diags);
}

static const Attribute manifests_attributes[] = {
    {"path", &TYPE_STRING, OPTIONAL,
     "Path of a manifest file, or of a directory that is searched recursively for *.yaml, *.yml "
     "and *.json."},
    {"content", &TYPE_STRING, OPTIONAL, "Manifests as text: YAML documents or JSON."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of namespaced objects that name none (default \"default\")."},
    {"objects", &TYPE_DYNAMIC, COMPUTED | CHANGES_ON_UPDATE | HAS_PARTS,
     "The objects as the server returned them, by \"GROUP/KIND/NAMESPACE/NAME\"."},
    {"allow_empty", &TYPE_BOOL, OPTIONAL,
     "Whether the source may contain no objects (default false)."},
    {"prune_all", &TYPE_BOOL, OPTIONAL,
     "Whether Namespaces, CustomResourceDefinitions and PersistentVolumeClaims that are no longer "
     "in the source are deleted too (default false)."},
    OBJECT_ATTRIBUTES,
};
static const Block manifests_blocks[] = {OBJECT_FIELD_MANAGER_BLOCK, TIMEOUTS_BLOCK};
static const ArgumentRule manifests_rules[] = {
    {RULE_EXACTLY_ONE, {"path", "content"}},
};

static const char *const sources[] = {"path", "content", NULL};
static const ManifestsType from_text = {.sources = sources, .read = manifests_read_objects};

const ResourceType kubernetes_manifests = {
    .name = "kubernetes_manifests",
    .schema = {SCHEMA_ATTRIBUTES(manifests_attributes), SCHEMA_BLOCKS(manifests_blocks),
               SCHEMA_RULES(manifests_rules), .sensitive_paths = manifests_sensitive_paths,
               .description = "The objects of a file, a directory or a text, each planned by the "
                              "API server and changed in the order of their kinds."},
    .payload = &from_text,
    .recovery = RECOVERY_FINDS,
    .plans_destroy = true,
    .has_parts = true,
    .validate = manifests_validate,
    .plan = manifests_plan,
    .create = manifests_apply,
    .update = manifests_apply,
    .delete = manifests_delete,
    .read = manifests_read,
    .recover = manifests_recover,
};
