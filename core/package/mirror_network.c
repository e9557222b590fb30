/* mirror_network: packages in a network mirror: URL/HOST/NAMESPACE/TYPE/index.json and VERSION.json
 * behind https. It has no signatures; its hashes must match. */
#include "host_access.h"
#include "url.h"

static RegistryHost mirror_network_host(const PackageQuery *query, Str url) {
    Url parts = {0};
    return host_access_open(query, url_parse(url, &parts) ? parts.host : STR_EMPTY);
}

static bool mirror_network_versions(const PackageQuery *query, const CliInstallation *installation,
                                    Str address, StrVec *out) {
    HttpResponse response;
    Value index, versions;
    Str url = str_format(query->arena, "%.*s%.*s/index.json", STR_ARG(installation->path),
                         STR_ARG(address));
    RegistryHost host = mirror_network_host(query, url);
    if (!host_access_read(query, &host, url, &response, &index))
        return response.code == 404 || response.code == 410;
    if (!value_find_present(index, STR("versions"), &versions) ||
        versions.type->kind != KIND_OBJECT)
        return host_access_refuse(query, url, "lists no versions");
    for (size_t i = 0; i < versions.count; i++)
        vec_push(query->arena, out, value_key_at(versions, i));
    return true;
}

static bool mirror_network_find(const PackageQuery *query, const CliInstallation *installation,
                                const Package *wanted, Package *out) {
    HttpResponse response;
    Value document, archives, archive;
    Str place;
    Url parts;
    Str url = str_format(query->arena, "%.*s%.*s/%.*s.json", STR_ARG(installation->path),
                         STR_ARG(wanted->address), STR_ARG(wanted->version));
    RegistryHost host = mirror_network_host(query, url);
    if (!host_access_read(query, &host, url, &response, &document) ||
        !value_find_present(document, STR("archives"), &archives) ||
        !value_find_present(archives, wanted->platform, &archive))
        return false;
    if (!value_find_text(archive, STR("url"), &place))
        return host_access_refuse(query, url, "has an archive without an address");
    *out = *wanted;
    out->url = url_resolve(response.url, place, query->arena);
    if (url_parse(out->url, &parts))
        out->token = host_access_open(query, parts.host).token;
    json_add_texts(archive, STR("hashes"), &out->hashes, query->arena);
    if (out->hashes.count)
        out->proof = STR("verified checksum");
    return true;
}

const PackageMethod mirror_network_method = {mirror_network_versions, mirror_network_find};
