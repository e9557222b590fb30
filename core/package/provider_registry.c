/* provider_registry: packages in the registry of the provider's host, by the provider registry
 * protocol. The checksums of a package need a good signature by one of the keys that the registry
 * names. OpenTofu's registry has no keys for some providers: their packages need none, as in
 * OpenTofu. */
#include "host_access.h"
#include "mirror_directory.h"
#include "openpgp.h"
#include "problem.h"
#include "provider_address.h"
#include "registry_packages.h"
#include "url.h"

/* The key that HashiCorp publishes for its releases. */
#define HASHICORP_FINGERPRINT "C874011F0AB405110D02105534365D9472D7468F"

/* The registry that serves providers without keys. */
#define UNSIGNED_HOST "registry.opentofu.org"

/* The registry whose word makes a signer a partner of HashiCorp. It has the mark in the same
 * response as the key, so a verification of the mark would prove nothing more. */
#define PARTNER_HOST "registry.terraform.io"

typedef struct Inquiry {
    const PackageQuery *query;
    RegistryHost host;
    Str path; /* NAMESPACE/TYPE */
} Inquiry;

static bool provider_registry_open(const PackageQuery *query, Str address, Inquiry *out) {
    Str host, namespace, type;
    provider_address_split(address, &host, &namespace, &type);
    *out = (Inquiry){.query = query, .host = host_access_open(query, host)};
    out->path = str_format(query->arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(type));
    return host_access_discover(query, &out->host, "providers.v1");
}

/* A provider whose protocols are listed must have 5 or 6. */
static bool has_known_protocol(Value version, Arena *arena) {
    StrVec protocols = {0};
    json_add_texts(version, STR("protocols"), &protocols, arena);
    vec_each(&protocols, protocol) {
        if (str_starts_with(*protocol, STR("5")) || str_starts_with(*protocol, STR("6")))
            return true;
    }
    return value_tuple_at(version, STR("protocols")).count == 0;
}

static bool provider_registry_versions(const PackageQuery *query, const CliInstallation *,
                                       Str address, StrVec *out) {
    Inquiry inquiry;
    HttpResponse response;
    Value answer, versions;
    if (!provider_registry_open(query, address, &inquiry))
        return false;
    Str url = str_format(query->arena, "%.*s%.*s/versions", STR_ARG(inquiry.host.base),
                         STR_ARG(inquiry.path));
    if (!host_access_read(query, &inquiry.host, url, &response, &answer))
        return response.code == 404 ? problem_set(query->problem, query->arena,
                                                  "the registry %.*s has no provider %.*s",
                                                  STR_ARG(inquiry.host.name), STR_ARG(inquiry.path))
                                    : false;
    if (!value_find_tuple(answer, STR("versions"), &versions))
        return host_access_refuse(query, url, "lists no versions");
    if (query->warnings)
        json_add_texts(answer, STR("warnings"), query->warnings, query->arena);
    for (size_t i = 0; i < versions.count; i++) {
        Str version;
        if (value_find_text(value_at(versions, i), STR("version"), &version) &&
            has_known_protocol(value_at(versions, i), query->arena))
            vec_push(query->arena, out, version);
    }
    return true;
}

/* A download as the registry describes it. */
typedef struct Offer {
    Str page; /* URL of the description */
    Str filename;
    Str url;
    Str sums_url;
    Str signature_url;
    Str keys;         /* ASCII armor, one after another */
    Str partner_keys; /* those of `keys` that HashiCorp's registry marks as keys of partners */
    bool is_unsigned; /* no signature is required */
} Offer;

/* Returns whether LOAM_<name> or OPENTOFU_<name> is "true". */
static bool is_enforced(const PackageQuery *query, const char *name) {
    const Process *process = query->sources->io->process;
    static const char *const prefixes[] = {"LOAM_", "OPENTOFU_"};
    for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
        Str variable = str_format(query->arena, "%s%s", prefixes[i], name);
        if (str_equal(process_variable(process, str_to_cstr(variable, query->arena)), STR("true")))
            return true;
    }
    return false;
}

/* Returns whether the registry's own word counts as much as a signature. */
static bool trusts_registry(const Inquiry *inquiry) {
    return str_equal(inquiry->host.name, STR(UNSIGNED_HOST)) &&
           !is_enforced(inquiry->query, "ENFORCE_GPG_VALIDATION");
}

static bool provider_registry_read_keys(const Inquiry *inquiry, Value answer, Offer *offer) {
    Value signing, keys;
    StrBuf all = strbuf_new(inquiry->query->arena);
    StrBuf partners = strbuf_new(inquiry->query->arena);
    bool has_list = value_find_present(answer, STR("signing_keys"), &signing) &&
                    value_find_tuple(signing, STR("gpg_public_keys"), &keys);
    for (size_t i = 0; has_list && i < keys.count; i++) {
        Str armor, mark = STR_EMPTY;
        if (!value_find_text(value_at(keys, i), STR("ascii_armor"), &armor))
            continue;
        strbuf_add_format(&all, "%.*s\n", STR_ARG(armor));
        (void)value_find_text(value_at(keys, i), STR("trust_signature"), &mark);
        if (str_trim(mark).len && str_equal(inquiry->host.name, STR(PARTNER_HOST)))
            strbuf_add_format(&partners, "%.*s\n", STR_ARG(armor));
    }
    offer->keys = strbuf_str(&all);
    offer->partner_keys = strbuf_str(&partners);
    offer->is_unsigned = (!has_list || keys.count == 0) && trusts_registry(inquiry);
    return offer->is_unsigned || offer->keys.len > 0 ||
           host_access_refuse(inquiry->query, offer->page, "has no signing keys");
}

static bool provider_registry_read_url(const Inquiry *inquiry, Value answer, const char *name,
                                       Str page, Str *out) {
    Str place;
    if (!value_find_text(answer, str_from_cstr(name), &place))
        return host_access_refuse(inquiry->query, page, "has no \"%s\"", name);
    *out = url_resolve(page, place, inquiry->query->arena);
    return str_starts_with(*out, STR("https://")) ||
           host_access_refuse(inquiry->query, page, "has a \"%s\" that is not https", name);
}

/* Returns false for the file of another provider, version or platform: its checksums may have a
 * good signature. Names of another form are accepted. */
static bool is_file_of(const Package *wanted, Str filename, Arena *arena) {
    Str own = mirror_directory_archive(wanted->address, wanted->version, wanted->platform, arena);
    return !str_starts_with(filename, STR("terraform-provider-")) || str_equal(filename, own);
}

static bool read_offer(const Inquiry *inquiry, const Package *wanted, Offer *offer, Package *out) {
    HttpResponse response;
    Value answer;
    Arena *arena = inquiry->query->arena;
    Str unavailable = *inquiry->query->problem;
    size_t joint = str_find_char(wanted->platform, '_', 0);
    Str system = str_slice(wanted->platform, 0, joint);
    Str url = str_format(arena, "%.*s%.*s/%.*s/download/%.*s/%.*s", STR_ARG(inquiry->host.base),
                         STR_ARG(inquiry->path), STR_ARG(wanted->version), STR_ARG(system),
                         STR_ARG(str_after(wanted->platform, joint + 1)));
    if (!host_access_read(inquiry->query, &inquiry->host, url, &response, &answer)) {
        if (response.code == 404)
            *inquiry->query->problem = unavailable;
        return false;
    }
    offer->page = response.url;
    if (!value_find_text(answer, STR("filename"), &offer->filename) ||
        !value_find_text(answer, STR("shasum"), &out->sha256) || out->sha256.len != 64)
        return host_access_refuse(inquiry->query, url, "has no \"filename\" or no \"shasum\"");
    if (!is_file_of(wanted, offer->filename, arena))
        return host_access_refuse(inquiry->query, url,
                                  "names the file of another provider, version or platform");
    return provider_registry_read_url(inquiry, answer, "download_url", offer->page, &offer->url) &&
           provider_registry_read_url(inquiry, answer, "shasums_url", offer->page,
                                      &offer->sums_url) &&
           provider_registry_read_url(inquiry, answer, "shasums_signature_url", offer->page,
                                      &offer->signature_url) &&
           provider_registry_read_keys(inquiry, answer, offer) &&
           registry_packages_read(inquiry->query, url, answer, trusts_registry(inquiry), out);
}

static bool get_text(const Inquiry *inquiry, Str url, Str *out) {
    HttpResponse response;
    bool ok = host_access_get(inquiry->query, &inquiry->host, url, &response);
    *out = response.body;
    return ok;
}

/* Reads the lines "HEX  NAME". The archive's line must have the same checksum as the offer. */
static bool check_sums(const Inquiry *inquiry, const Offer *offer, Str sums, Package *out) {
    Str line;
    bool is_listed = false;
    while (str_next_field(&sums, '\n', &line)) {
        size_t space = str_find_char(line, ' ', 0);
        Str name = str_trim(str_after(line, space));
        Str sum = str_slice(line, 0, space);
        if (space == SIZE_MAX || sum.len != 64)
            continue;
        vec_push(inquiry->query->arena, &out->signed_hashes,
                 str_concat(STR("zh:"), sum, inquiry->query->arena));
        if (!str_equal(name, offer->filename))
            continue;
        if (!str_equal(sum, out->sha256))
            return host_access_refuse(inquiry->query, offer->sums_url,
                                      "has another checksum for the package than the registry");
        is_listed = true;
    }
    return is_listed || host_access_refuse(inquiry->query, offer->sums_url,
                                           "has no checksum for the file of the package");
}

static bool check_signature(const Inquiry *inquiry, const Offer *offer, Str sums, Package *out) {
    Str signature, why;
    OpenpgpKey key;
    if (offer->is_unsigned) {
        out->proof = STR("unsigned");
        out->is_unsigned = true;
        return true;
    }
    if (!get_text(inquiry, offer->signature_url, &signature))
        return false;
    const Clock *clock = inquiry->query->sources->io->clock;
    int64_t now_s = clock->now_ms(clock->self) / 1000;
    OpenpgpSigned checksums = {sums, signature, offer->keys};
    if (!openpgp_verify(&checksums, now_s, &key, &why, inquiry->query->arena))
        return problem_set(inquiry->query->problem, inquiry->query->arena,
                           "the signature of the checksums at \"%.*s\" is not good: %.*s",
                           STR_ARG(url_redact(offer->signature_url, inquiry->query->arena)),
                           STR_ARG(why));
    out->is_key_expired = key.is_expired;
    if (key.is_expired && is_enforced(inquiry->query, "ENFORCE_GPG_EXPIRATION"))
        return problem_set(inquiry->query->problem, inquiry->query->arena,
                           "the key %.*s that signed the checksums has expired", STR_ARG(key.id));
    out->is_signed_by_other = !str_equal_cstr(key.fingerprint, HASHICORP_FINGERPRINT);
    checksums.keys = offer->partner_keys;
    bool is_partner = offer->partner_keys.len > 0 &&
                      openpgp_verify(&checksums, now_s, &key, &why, inquiry->query->arena);
    out->proof = !out->is_signed_by_other
                     ? STR("signed by HashiCorp")
                     : str_format(inquiry->query->arena, "%s, key ID %.*s",
                                  is_partner ? "signed by a HashiCorp partner" : "self-signed",
                                  STR_ARG(key.id));
    return true;
}

static bool provider_registry_find(const PackageQuery *query, const CliInstallation *,
                                   const Package *wanted, Package *out) {
    Inquiry inquiry;
    Offer offer = {0};
    Str sums;
    Url parts;
    *out = *wanted;
    if (!provider_registry_open(query, wanted->address, &inquiry) ||
        !read_offer(&inquiry, wanted, &offer, out) || !get_text(&inquiry, offer.sums_url, &sums) ||
        !check_signature(&inquiry, &offer, sums, out) || !check_sums(&inquiry, &offer, sums, out))
        return false;
    out->url = offer.url;
    if (url_parse(out->url, &parts) && str_equal(parts.host, inquiry.host.name))
        out->token = inquiry.host.token;
    return true;
}

const PackageMethod provider_registry_method = {provider_registry_versions, provider_registry_find};
