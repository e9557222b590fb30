/* Merges the versions of all methods that serve a provider. */
#include "package_source.h"

#include "problem.h"
#include "provider_address.h"
#include "version_constraint.h"

static const PackageMethod *const methods[] = {
    [CLI_METHOD_FILESYSTEM_MIRROR] = &mirror_directory_method,
    [CLI_METHOD_NETWORK_MIRROR] = &mirror_network_method,
    [CLI_METHOD_OCI_MIRROR] = &mirror_oci_method,
    [CLI_METHOD_DIRECT] = &provider_registry_method,
};

static int compare_newest_first(const void *a, const void *b) {
    const Str *x = a;
    const Str *y = b;
    int order = version_constraint_compare(*y, *x);
    return order ? order : str_compare(*x, *y);
}

bool package_source_versions(const PackageQuery *query, Str address, StrVec *out) {
    StrVec all = {0};
    bool is_served = false;
    *out = (StrVec){0};
    vec_each(&query->sources->config->installations, installation) {
        if (!cli_config_serves(installation, address))
            continue;
        is_served = true;
        if (!methods[installation->method]->versions(query, installation, address, &all))
            return false;
    }
    if (!is_served)
        return problem_text(query->problem,
                            "no installation method of the CLI configuration serves this provider");
    if (all.count)
        qsort(all.items, all.count, sizeof *all.items, compare_newest_first);
    vec_each(&all, version) {
        if (version_constraint_is_version(*version) &&
            (!out->count || !str_equal(vec_last(out), *version)))
            vec_push(query->arena, out, *version);
    }
    if (out->count)
        return true;
    return problem_set(
        query->problem, query->arena, "none of the installation methods has a version of %.*s",
        STR_ARG(provider_address_shown(address, query->sources->config->default_host)));
}

Str package_source_newest(const StrVec *versions, Str constraints) {
    vec_each(versions, version) {
        bool is_selected;
        if (version_constraint_selects(constraints, *version, &is_selected) && is_selected)
            return *version;
    }
    return STR_EMPTY;
}

bool package_source_find(const PackageQuery *query, Str address, Str version, Str platform,
                         Package *out) {
    Package wanted = {.address = address,
                      .version = version,
                      .platform = platform,
                      .proof = STR("unauthenticated")};
    Str ignored;
    PackageQuery listing = {query->sources, &ignored, query->arena};
    *query->problem = str_format(query->arena, "provider %.*s %.*s is not available for %.*s",
                                 STR_ARG(address), STR_ARG(version), STR_ARG(platform));
    vec_each(&query->sources->config->installations, installation) {
        StrVec versions = {0};
        if (!cli_config_serves(installation, address))
            continue;
        const PackageMethod *method = methods[installation->method];
        if (method->versions(&listing, installation, address, &versions) &&
            str_is_among(version, versions.items, versions.count) &&
            method->find(query, installation, &wanted, out))
            return true;
    }
    return false;
}

void package_source_only(CliConfig *config, const StrVec *directories, Arena *arena) {
    vec_clear(&config->installations);
    config->has_installation = config->is_of_option = true;
    config->plugin_cache_dir = STR_EMPTY;
    vec_each(directories, directory) {
        CliInstallation *installation = vec_add(arena, &config->installations);
        installation->method = CLI_METHOD_FILESYSTEM_MIRROR;
        installation->path = *directory;
    }
}

void package_source_only_direct(CliConfig *config, Arena *arena) {
    vec_clear(&config->installations);
    config->has_installation = true;
    vec_add(arena, &config->installations)->method = CLI_METHOD_DIRECT;
}
