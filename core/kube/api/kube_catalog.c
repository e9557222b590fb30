#include "kube_catalog.h"
#include "kube_object.h"

KubeCatalog kube_catalog_new(Arena *arena) {
    return (KubeCatalog){.arena = arena};
}

static Str api_version_of(Str group, Str version, Arena *arena) {
    KubeResource resource = {.group = group, .version = version};
    return str_clone(kube_resource_api_version(&resource, arena), arena);
}

static KubeCatalogVersion *add_version(KubeCatalog *catalog, Str name) {
    KubeCatalogVersion *found = map_find(&catalog->versions, name);
    if (found)
        return found;
    found = arena_new(catalog->arena, KubeCatalogVersion);
    found->name = str_clone(name, catalog->arena);
    map_put(catalog->arena, &catalog->versions, found->name, found);
    return found;
}

static Str catalog_key_of(Str api_version, Str kind, Arena *arena) {
    return str_format(arena, "%.*s %.*s", STR_ARG(api_version), STR_ARG(kind));
}

/* Of several resources with one kind the first counts, as for kubectl: the others are views of it,
 * such as a scale. */
static void catalog_add_resource(KubeCatalog *catalog, Str api_version,
                                 const KubeResource *resource) {
    Str key = catalog_key_of(api_version, resource->kind, catalog->arena);
    if (resource->kind.len == 0 || map_has(&catalog->resources, key))
        return;
    KubeResource *own = arena_new(catalog->arena, KubeResource);
    *own = kube_resource_clone(resource, catalog->arena);
    map_put(catalog->arena, &catalog->resources, key, own);
}

static const struct {
    const char *name;
    KubeVerb verb;
} verb_rows[] = {
    {"get", KUBE_VERB_GET},       {"list", KUBE_VERB_LIST},
    {"watch", KUBE_VERB_WATCH},   {"create", KUBE_VERB_CREATE},
    {"update", KUBE_VERB_UPDATE}, {"patch", KUBE_VERB_PATCH},
    {"delete", KUBE_VERB_DELETE}, {"deletecollection", KUBE_VERB_DELETE_COLLECTION},
};

static uint32_t verb_of(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(verb_rows); i++) {
        if (str_equal_cstr(name, verb_rows[i].name))
            return verb_rows[i].verb;
    }
    return 0;
}

static uint32_t verbs_of(Value resource) {
    Value list = value_tuple_at(resource, STR("verbs"));
    uint32_t verbs = 0;
    for (size_t i = 0; i < list.count; i++) {
        Value verb = value_at(list, i);
        if (value_is_present(verb) && verb.type->kind == KIND_STRING)
            verbs |= verb_of(value_text(verb));
    }
    return verbs;
}

/* Aggregated form. */

static void add_aggregated_resource(KubeCatalog *catalog, Str api_version, Str group, Str version,
                                    Value document) {
    KubeResource resource = {
        .group = group,
        .version = version,
        .kind = kube_object_text(document, "responseKind", "kind"),
        .plural = kube_object_text(document, "", "resource"),
        .is_namespaced = str_equal(kube_object_text(document, "", "scope"), STR("Namespaced")),
        .verbs = verbs_of(document),
    };
    Value list = value_tuple_at(document, STR("subresources"));
    for (size_t i = 0; i < list.count; i++)
        vec_push(catalog->arena, &resource.subresources,
                 kube_object_text(value_at(list, i), "", "subresource"));
    catalog_add_resource(catalog, api_version, &resource);
}

static void add_aggregated_group(KubeCatalog *catalog, Value item) {
    Str group = kube_object_text(item, "metadata", "name");
    Value versions = value_tuple_at(item, STR("versions"));
    for (size_t i = 0; i < versions.count; i++) {
        Value document = value_at(versions, i);
        Str version = kube_object_text(document, "", "version");
        Str api_version = api_version_of(group, version, catalog->arena);
        Value resources = value_tuple_at(document, STR("resources"));
        add_version(catalog, api_version)->is_stale =
            str_equal(kube_object_text(document, "", "freshness"), STR("Stale"));
        for (size_t j = 0; j < resources.count; j++)
            add_aggregated_resource(catalog, api_version, group, version, value_at(resources, j));
    }
}

/* Plain form. */

static void add_group_versions(KubeCatalog *catalog, Value document) {
    Value names = value_tuple_at(document, STR("versions")); /* of the core group */
    Value groups = value_tuple_at(document, STR("groups"));
    for (size_t i = 0; i < names.count; i++) {
        Value name = value_at(names, i);
        if (value_is_present(name) && name.type->kind == KIND_STRING)
            (void)add_version(catalog, value_text(name));
    }
    for (size_t i = 0; i < groups.count; i++) {
        Value versions = value_tuple_at(value_at(groups, i), STR("versions"));
        for (size_t j = 0; j < versions.count; j++)
            (void)add_version(catalog, kube_object_text(value_at(versions, j), "", "groupVersion"));
    }
}

/* Adds "deployments/scale" to the subresources of "deployments", which comes before it. */
static void add_subresource(KubeCatalog *catalog, Str group, Str version, Str name, size_t slash) {
    map_each(&catalog->resources, entry) {
        KubeResource *resource = entry->value;
        if (str_equal(resource->plural, str_slice(name, 0, slash)) &&
            str_equal(resource->group, group) && str_equal(resource->version, version))
            vec_push(catalog->arena, &resource->subresources,
                     str_clone(str_after(name, slash + 1), catalog->arena));
    }
}

static void add_plain_resources(KubeCatalog *catalog, Value document) {
    Str api_version = kube_object_text(document, "", "groupVersion");
    Value list = value_tuple_at(document, STR("resources"));
    KubeResource resource = {0};
    kube_resource_split(api_version, &resource.group, &resource.version);
    (void)add_version(catalog, api_version);
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        Value namespaced;
        resource.plural = kube_object_text(item, "", "name");
        resource.kind = kube_object_text(item, "", "kind");
        resource.is_namespaced = value_find_present(item, STR("namespaced"), &namespaced) &&
                                 namespaced.type->kind == KIND_BOOL && value_is_true(namespaced);
        resource.verbs = verbs_of(item);
        size_t slash = str_find_char(resource.plural, '/', 0);
        if (slash != SIZE_MAX)
            add_subresource(catalog, resource.group, resource.version, resource.plural, slash);
        else
            catalog_add_resource(catalog, api_version, &resource);
    }
}

KubeCatalogForm kube_catalog_add(KubeCatalog *catalog, Value document) {
    Str kind = kube_object_text(document, "", "kind");
    if (str_equal(kind, STR("APIGroupDiscoveryList"))) {
        Value items = value_tuple_at(document, STR("items"));
        for (size_t i = 0; i < items.count; i++)
            add_aggregated_group(catalog, value_at(items, i));
        return KUBE_CATALOG_AGGREGATED;
    }
    if (str_equal(kind, STR("APIResourceList"))) {
        add_plain_resources(catalog, document);
        return KUBE_CATALOG_RESOURCES;
    }
    if (!str_equal(kind, STR("APIVersions")) && !str_equal(kind, STR("APIGroupList")))
        return KUBE_CATALOG_OTHER;
    add_group_versions(catalog, document);
    return KUBE_CATALOG_VERSIONS;
}

void kube_catalog_add_stale(KubeCatalog *catalog, Str api_version) {
    add_version(catalog, api_version)->is_stale = true;
}

const KubeResource *kube_catalog_find(const KubeCatalog *catalog, Str api_version, Str kind) {
    SCOPED(ArenaRef) scratch = arena_open("kubernetes catalog");
    return map_find(&catalog->resources, catalog_key_of(api_version, kind, scratch));
}

/* Returns a resource of this kind, preferably one in the group; NULL if there is none. */
static const KubeResource *find_elsewhere(const KubeCatalog *catalog, Str group, Str kind) {
    const KubeResource *found = NULL;
    map_each(&catalog->resources, entry) {
        const KubeResource *resource = entry->value;
        if (str_equal(resource->kind, kind) && (!found || str_equal(resource->group, group)))
            found = resource;
    }
    return found;
}

/* Returns the nearest kind in this group version, or among all if the server has no such version.
 */
static const KubeResource *find_nearest(const KubeCatalog *catalog, Str api_version, Str kind,
                                        Arena *arena) {
    bool has_version = map_has(&catalog->versions, api_version);
    StrVec names = {0};
    const KubeResource *found = NULL;
    map_each(&catalog->resources, entry) {
        const KubeResource *resource = entry->value;
        if (!has_version || str_equal(kube_resource_api_version(resource, arena), api_version))
            vec_push(arena, &names, resource->kind);
    }
    Str near = str_suggest(kind, names.items, names.count);
    map_each(&catalog->resources, entry) {
        const KubeResource *resource = entry->value;
        bool is_near = near.len && str_equal(resource->kind, near);
        if (is_near &&
            (!found || str_equal(kube_resource_api_version(resource, arena), api_version)))
            found = resource;
    }
    return found;
}

Str kube_catalog_explain(const KubeCatalog *catalog, Str api_version, Str kind, Arena *arena) {
    Str group, version;
    StrBuf text = strbuf_new(arena);
    kube_resource_split(api_version, &group, &version);
    const KubeResource *elsewhere = find_elsewhere(catalog, group, kind);
    const KubeResource *nearest =
        elsewhere ? NULL : find_nearest(catalog, api_version, kind, arena);
    strbuf_add_format(&text, "the server has no kind \"%.*s\" in \"%.*s\"", STR_ARG(kind),
                      STR_ARG(api_version));
    if (elsewhere)
        strbuf_add_format(&text, "; it has one in \"%.*s\"",
                          STR_ARG(kube_resource_api_version(elsewhere, arena)));
    if (nearest)
        strbuf_add_format(&text, "; the nearest name is \"%.*s\" in \"%.*s\"",
                          STR_ARG(nearest->kind),
                          STR_ARG(kube_resource_api_version(nearest, arena)));
    return strbuf_str(&text);
}
