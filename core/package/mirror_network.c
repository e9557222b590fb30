#include "mirror_network.h"

#include "host_access.h"
#include "url.h"

static bool mirror_network_get(const PackageSources *sources, Str url, Value *out, Str *at,
                               RegistryProblem *problem, Arena *arena) {
    Url parts;
    RegistryHost host = {.io = sources->io, .cancel = sources->cancel};
    HttpResponse response;
    if (url_parse(url, &parts))
        host.name = parts.host;
    host.token = host_access_token(sources, host.name, arena);
    if (!registry_host_get(&host, url, &response, problem, arena))
        return false;
    *at = response.url;
    return registry_host_parse(url, response.body, out, problem, arena);
}

bool mirror_network_versions(const PackageSources *sources, const CliInstallation *installation,
                             Str address, StrVec *out, Str *problem, Arena *arena) {
    RegistryProblem failure;
    Value index, versions;
    Str at;
    Str url =
        str_format(arena, "%.*s%.*s/index.json", STR_ARG(installation->path), STR_ARG(address));
    if (!mirror_network_get(sources, url, &index, &at, &failure, arena))
        return host_access_fail(&failure, problem, arena) || failure.code == 404 ||
               failure.code == 410;
    if (!value_find_present(index, STR("versions"), &versions) ||
        versions.type->kind != KIND_OBJECT)
        return host_access_refuse(url, "lists no versions", problem, arena);
    for (size_t i = 0; i < versions.count; i++)
        vec_push(arena, out, value_key_at(versions, i));
    return true;
}

bool mirror_network_find(const PackageSources *sources, const CliInstallation *installation,
                         const Package *wanted, Package *out, Str *problem, Arena *arena) {
    RegistryProblem failure;
    Value document, archives, archive;
    Str at, place;
    Url parts;
    Str url = str_format(arena, "%.*s%.*s/%.*s.json", STR_ARG(installation->path),
                         STR_ARG(wanted->address), STR_ARG(wanted->version));
    if (!mirror_network_get(sources, url, &document, &at, &failure, arena))
        return host_access_fail(&failure, problem, arena);
    if (!value_find_present(document, STR("archives"), &archives) ||
        !value_find_present(archives, wanted->platform, &archive))
        return false;
    if (!value_find_text(archive, STR("url"), &place))
        return host_access_refuse(url, "has an archive without an address", problem, arena);
    *out = *wanted;
    out->url = url_resolve(at, place, arena);
    if (url_parse(out->url, &parts))
        out->token = host_access_token(sources, parts.host, arena);
    json_add_texts(archive, STR("hashes"), &out->hashes, arena);
    if (out->hashes.count)
        out->proof = STR("verified checksum");
    return true;
}
