#include "object_frozen.h"

#include "kube_object.h"
#include "path_error.h"

typedef struct FrozenRule {
    const char *group; /* end of the API group */
    const char *kind;  /* NULL: any */
    const char *path;
    const char *last;
    const char *text;  /* value that freezes; NULL: a flag */
    bool flag;         /* value of the flag that freezes */
    const char *shown; /* the field, for users */
} FrozenRule;

/* clang-format off */
static const FrozenRule frozen_rules[] = {
    {".toolkit.fluxcd.io", NULL, "spec", "suspend", NULL, true, "spec.suspend"},
    {"fluxcd.controlplane.io", NULL, "metadata.annotations", "fluxcd.controlplane.io/reconcile", "disabled", false, "the annotation fluxcd.controlplane.io/reconcile"},
    {"argoproj.io", "Application", "spec.syncPolicy.automated", "enabled", NULL, false, "spec.syncPolicy.automated.enabled"},
    {"argoproj.io", "Application", "metadata.annotations", "argocd.argoproj.io/skip-reconcile", "true", false, "the annotation argocd.argoproj.io/skip-reconcile"},
};
/* clang-format on */

static bool frozen_has_kind(const FrozenRule *rule, Value live) {
    Str version = kube_object_text(live, "", "apiVersion");
    Str group = str_slice(version, 0, str_find_char(version, '/', 0));
    return str_ends_with(group, str_from_cstr(rule->group)) &&
           (!rule->kind || str_equal_cstr(kube_object_text(live, "", "kind"), rule->kind));
}

static bool freezes(const FrozenRule *rule, Value live) {
    Value found;
    if (!kube_object_find(live, rule->path, rule->last, &found) || !value_is_present(found))
        return false;
    if (rule->text)
        return found.type->kind == KIND_STRING && str_equal_cstr(value_text(found), rule->text);
    return found.type->kind == KIND_BOOL && value_is_true(found) == rule->flag;
}

const char *object_frozen_by(Value live) {
    for (size_t i = 0; i < ARRAY_COUNT(frozen_rules); i++) {
        if (frozen_has_kind(&frozen_rules[i], live) && freezes(&frozen_rules[i], live))
            return frozen_rules[i].shown;
    }
    return NULL;
}

void object_frozen_warn(const Call *call, Value live, Diags *diags) {
    const char *field = object_frozen_by(live);
    if (!field)
        return;
    Str namespace = kube_object_text(live, "metadata", "namespace");
    path_warning(call, NO_PATH, diags, "Object is suspended",
                 "%.*s \"%.*s%s%.*s\" is suspended by %s, so its controller does not apply what "
                 "its source has. Resume it, for instance with \"loam gitops resume\".",
                 STR_ARG(kube_object_text(live, "", "kind")), STR_ARG(namespace),
                 namespace.len ? "/" : "", STR_ARG(kube_object_text(live, "metadata", "name")),
                 field);
}
