/* kubeadm_check: one function for each type of value. */
#include "kubeadm_check.h"
#include "cidr.h"
#include "cluster_check.h"
#include "kube_release.h"
#include "object_builder.h"
#include "str_quote.h"

#define DAYS_MAX 36500

static bool is_token_part(Str text, size_t size) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    return text.len == size;
}

Str kubeadm_check_token(Value value, Arena *arena) {
    Str text = value_text(value);
    size_t dot = str_find_char(text, '.', 0);
    if (dot != SIZE_MAX && is_token_part(str_slice(text, 0, dot), 6) &&
        is_token_part(str_after(text, dot + 1), 16))
        return STR_EMPTY;
    return str_format(arena, "A token has 6 characters, a dot and 16 characters, each a lower-case "
                             "letter or a digit.");
}

Str kubeadm_check_path(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("/")))
        return STR_EMPTY;
    return str_format(arena, "A path on the machine must be absolute.");
}

Str kubeadm_check_address(Value value, Arena *arena) {
    Cidr address;
    if (cidr_parse_address(value_text(value), &address))
        return STR_EMPTY;
    return str_format(arena, "%.*s is not an IP address.",
                      STR_ARG(str_quote(value_text(value), arena)));
}

Str kubeadm_check_endpoint(Value value, Arena *arena) {
    return cluster_check_endpoint(value_text(value), arena);
}

Str kubeadm_check_node_name(Value value, Arena *arena) {
    return cluster_check_node_name(value_text(value), arena);
}

Str kubeadm_check_version(Value value, Arena *arena) {
    KubeVersion version;
    if (kube_version_parse(value_text(value), &version))
        return kube_release_check_supported(version, arena);
    return str_format(arena, "%.*s is not a version such as \"1.34.4\".",
                      STR_ARG(str_quote(value_text(value), arena)));
}

Path kubeadm_check_below(const char *name, Path inner, Arena *arena) {
    PathStep *steps = arena_new_array(arena, PathStep, inner.count + 1);
    steps[0] = (PathStep){.name = str_from_cstr(name)};
    for (size_t i = 0; i < inner.count; i++)
        steps[i + 1] = inner.steps[i];
    return (Path){steps, inner.count + 1};
}

bool kubeadm_check_component(const Call *call, Value config, const char *name, ComponentKind kind,
                             const KubeVersion *version, Diags *diags) {
    Value object = object_attribute(config, name);
    ComponentProblem problem;
    if (!value_is_present(object) || !value_is_known(object) ||
        component_config_check(kind, version, object, &problem, call->arena))
        return true;
    Path path = kubeadm_check_below(name, problem.path, call->arena);
    if (!problem.may_be_newer)
        return path_error(call, path, diags, "Configuration not valid", "%.*s",
                          STR_ARG(problem.text));
    path_warning(call, path, diags, "Field not known",
                 "%.*s loam does not know the fields of this version of Kubernetes.",
                 STR_ARG(problem.text));
    return true;
}

Str kubeadm_check_calendar(Value value, Arena *) {
    return value_text(value).len > 0 && str_has_only(value_text(value), " *-:,./~")
               ? STR_EMPTY
               : STR("The calendar must be a calendar event of systemd, such as \"daily\" or "
                     "\"*-*-* 03:00:00\".");
}

Str kubeadm_check_days(Value value, Arena *arena) {
    int64_t days;
    if (value_to_int(value, &days) && days >= 1 && days <= DAYS_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of days must be an integer from 1 to %d.", DAYS_MAX);
}
