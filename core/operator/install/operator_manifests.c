#include "operator_manifests.h"

#include "operator_install_assets.h"

/* A name after "$" in a manifest, and its value. */
typedef struct ManifestValue {
    Str name;
    Str value;
} ManifestValue;

typedef struct ManifestValues {
    ManifestValue items[5];
} ManifestValues;

/* More arguments of the program, at the indentation of deployment.yaml. */
static Str arguments_of(const OperatorManifests *options, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    if (options->shard.len > 0)
        strbuf_add_format(&out, "\n            - -shard=%.*s", STR_ARG(options->shard));
    if (options->runner_images.len > 0)
        strbuf_add_format(&out, "\n            - -runner-images=%.*s",
                          STR_ARG(options->runner_images));
    if (options->has_flux)
        strbuf_add_cstr(&out, "\n            - -events-addr=http://notification-controller"
                              ".flux-system.svc.cluster.local./");
    if (options->takeover_after.len > 0)
        strbuf_add_format(&out, "\n            - -takeover-after=%.*s",
                          STR_ARG(options->takeover_after));
    if (options->has_separate_duties)
        strbuf_add_cstr(&out, "\n            - -separate-duties");
    return strbuf_str(&out);
}

static ManifestValues values_of(const OperatorManifests *options, Arena *arena) {
    bool has_shard = options->shard.len > 0;
    return (ManifestValues){{
        {STR("namespace"), options->namespace},
        {STR("name"), has_shard ? str_format(arena, "loam-operator-%.*s", STR_ARG(options->shard))
                                : STR("loam-operator")},
        {STR("image"), options->image},
        {STR("replicas"), str_format(arena, "%u", options->replicas)},
        {STR("arguments"), arguments_of(options, arena)},
    }};
}

static const ManifestValue *value_at_name(const ManifestValues *values, Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(values->items); i++) {
        if (str_equal(values->items[i].name, name))
            return &values->items[i];
    }
    return NULL;
}

/* A "$" without one of the names, as in a pattern, stays. */
static void add_manifest(StrBuf *out, const char *manifest, const ManifestValues *values) {
    Str rest = str_from_cstr(manifest);
    strbuf_add_cstr(out, "---\n");
    for (;;) {
        size_t dollar = str_find_char(rest, '$', 0), end = dollar;
        if (dollar == SIZE_MAX)
            break;
        do
            end++;
        while (end < rest.len && rest.ptr[end] >= 'a' && rest.ptr[end] <= 'z');
        const ManifestValue *value = value_at_name(values, str_slice(rest, dollar + 1, end));
        strbuf_add(out, str_slice(rest, 0, value ? dollar : end));
        if (value)
            strbuf_add(out, value->value);
        rest = str_after(rest, end);
    }
    strbuf_add(out, rest);
}

Str operator_manifests_text(const OperatorManifests *options, Arena *arena) {
    ManifestValues values = values_of(options, arena);
    const char *manifests[] = {
        namespace_yaml,
        crd_stacks_yaml,
        crd_runs_yaml,
        crd_approvals_yaml,
        crd_lanes_yaml,
        policies_yaml,
        options->has_separate_duties ? duties_yaml : NULL,
        rbac_yaml,
        deployment_yaml,
        options->has_monitoring ? monitoring_yaml : NULL,
        options->has_flux ? flux_yaml : NULL,
        options->has_argocd ? argocd_yaml : NULL,
    };
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(manifests); i++) {
        if (manifests[i])
            add_manifest(&out, manifests[i], &values);
    }
    return strbuf_str(&out);
}
