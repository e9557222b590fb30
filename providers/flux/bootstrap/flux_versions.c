#include "flux_versions.h"

static const struct {
    const char *release;
    const char *component;
    const char *version;
} rows[] = {
    {"v2.8.8", "helm-controller", "v1.5.5"},
    {"v2.8.8", "image-automation-controller", "v1.1.4"},
    {"v2.8.8", "image-reflector-controller", "v1.1.2"},
    {"v2.8.8", "kustomize-controller", "v1.8.5"},
    {"v2.8.8", "notification-controller", "v1.8.4"},
    {"v2.8.8", "source-controller", "v1.8.5"},
    {"v2.8.8", "source-watcher", "v2.1.1"},
    {"v2.9.4", "helm-controller", "v1.6.3"},
    {"v2.9.4", "image-automation-controller", "v1.2.4"},
    {"v2.9.4", "image-reflector-controller", "v1.2.4"},
    {"v2.9.4", "kustomize-controller", "v1.9.4"},
    {"v2.9.4", "notification-controller", "v1.9.3"},
    {"v2.9.4", "source-controller", "v1.9.4"},
    {"v2.9.4", "source-watcher", "v2.2.3"},
};

Str flux_versions_component(Str release, Str component) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (str_equal_cstr(release, rows[i].release) &&
            str_equal_cstr(component, rows[i].component))
            return str_from_cstr(rows[i].version);
    }
    return STR_EMPTY;
}
