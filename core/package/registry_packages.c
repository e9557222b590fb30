#include "registry_packages.h"

#include "host_access.h"

static bool is_platform(Str name) {
    size_t joint = str_find_char(name, '_', 0);
    return joint != SIZE_MAX && str_find_char(name, '_', joint + 1) == SIZE_MAX &&
           str_find_char(name, ' ', 0) == SIZE_MAX;
}

/* Reads the hashes of one platform. Those of schemes that loam does not know are left out. */
static bool read_platform_hashes(const PackageQuery *query, Str url, Value package, StrVec *out) {
    StrVec all = {0};
    json_add_texts(package, STR("hashes"), &all, query->arena);
    vec_each(&all, hash) {
        size_t colon = str_find_char(*hash, ':', 0);
        if (colon == 0 || colon == SIZE_MAX)
            return host_access_refuse(query, url, "has a hash of a package without a scheme");
        if (str_starts_with(*hash, STR("h1:")) || str_starts_with(*hash, STR("zh:")))
            vec_push(query->arena, out, *hash);
    }
    return true;
}

/* The checksum of the archive must be among the hashes, and no other one. */
static bool check_listed_checksum(const PackageQuery *query, Str url, const Package *package) {
    Str wanted = str_concat(STR("zh:"), package->sha256, query->arena);
    bool is_listed = false;
    vec_each(&package->hashes, hash) {
        if (str_equal(*hash, wanted))
            is_listed = true;
        else if (str_starts_with(*hash, STR("zh:")))
            return host_access_refuse(query, url,
                                      "has another checksum for the platform %.*s in \"packages\" "
                                      "than in \"shasum\"",
                                      STR_ARG(package->platform));
    }
    return is_listed || host_access_refuse(query, url,
                                           "lists no checksum of the archive for the platform %.*s "
                                           "in \"packages\"",
                                           STR_ARG(package->platform));
}

static bool read_own_platform(const PackageQuery *query, Str url, Value packages, Package *out) {
    Value own;
    int64_t size = 0;
    if (!value_find_present(packages, out->platform, &own))
        return host_access_refuse(query, url, "lists no package for the platform %.*s",
                                  STR_ARG(out->platform));
    if (!value_find_int(own, STR("package_size"), &size) || size <= 0)
        return host_access_refuse(query, url, "has no valid size of the package for %.*s",
                                  STR_ARG(out->platform));
    out->size = (uint64_t)size;
    return read_platform_hashes(query, url, own, &out->hashes) &&
           check_listed_checksum(query, url, out);
}

bool registry_packages_read(const PackageQuery *query, Str url, Value answer, bool records_all,
                            Package *out) {
    Value packages;
    StrVec all = {0};
    if (!value_find_present(answer, STR("packages"), &packages) || packages.count == 0)
        return true;
    if (packages.type->kind != KIND_OBJECT)
        return host_access_refuse(query, url, "has \"packages\" of another form");
    for (size_t i = 0; i < packages.count; i++) {
        if (!is_platform(value_key_at(packages, i)))
            return host_access_refuse(query, url, "names the invalid platform \"%.*s\"",
                                      STR_ARG(value_key_at(packages, i)));
        if (!read_platform_hashes(query, url, value_at(packages, i), &all))
            return false;
    }
    if (!read_own_platform(query, url, packages, out))
        return false;
    for (size_t i = 0; records_all && i < all.count; i++)
        vec_push(query->arena, &out->signed_hashes, all.items[i]);
    return true;
}
