#include "tls_provider.h"

#include "object_builder.h"
#include "url.h"

/* The configuration of the provider. */
typedef struct TlsClient {
    Str proxy; /* with user and password; empty: not configured */
    bool is_from_environment;
} TlsClient;

static Str tls_provider_check_url(Value value, Arena *arena) {
    static const Str schemes[] = {STR_CONST("http"), STR_CONST("https"), STR_CONST("socks5")};
    Url url;
    if (url_parse(value_text(value), &url) &&
        str_is_among(url.scheme, schemes, ARRAY_COUNT(schemes)))
        return STR_EMPTY;
    return str_format(arena, "The address must begin with \"http://\", \"https://\" or "
                             "\"socks5://\".");
}

/* clang-format off */
static const Attribute provider_attributes[] = {
    {"url",      &TYPE_STRING, OPTIONAL, "Address of the proxy, with http, https or socks5.", .check = tls_provider_check_url},
    {"username", &TYPE_STRING, OPTIONAL, "User or token for the proxy."},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password for the proxy."},
    {"from_env", &TYPE_BOOL,   OPTIONAL, "Whether to use HTTPS_PROXY and similar environment variables."},
};
/* clang-format on */

/* from_env and url conflict in both orders, so that each gets an error at its own range. */
static const ArgumentRule provider_rules[] = {
    {RULE_CONFLICTS, {"from_env", "url"}},      {RULE_CONFLICTS, {"url", "from_env"}},
    {RULE_CONFLICTS, {"username", "from_env"}}, {RULE_CONFLICTS, {"password", "from_env"}},
    {RULE_REQUIRED_WITH, {"username", "url"}},  {RULE_REQUIRED_WITH, {"password", "username"}},
};

static const Block proxy_block = {
    .name = "proxy",
    .nesting = NEST_LIST,
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes), SCHEMA_RULES(provider_rules),
               .description = "Proxy for connections that read certificates."},
    .max_items = 1,
};

static Str tls_provider_proxy_of(Value proxy, Arena *arena) {
    Url url;
    Str user = object_text(proxy, "username", STR_EMPTY);
    Str password = object_text(proxy, "password", STR_EMPTY);
    Str text = object_text(proxy, "url", STR_EMPTY);
    if (text.len == 0 || user.len == 0 || !url_parse(text, &url))
        return text;
    url.userinfo = str_concat(url_encode(user, false, arena), STR(":"), arena);
    url.userinfo = str_concat(url.userinfo, url_encode(password, false, arena), arena);
    return url_to_str(&url, arena);
}

static bool tls_provider_configure(const Call *, const ConfigureRequest *request,
                                   ConfigureResponse *response, Diags *) {
    TlsClient *client = arena_new(request->run, TlsClient);
    Value blocks = object_attribute(request->config, "proxy");
    *client = (TlsClient){.is_from_environment = true};
    if (value_is_present(blocks) && blocks.count > 0) {
        client->proxy =
            str_clone(tls_provider_proxy_of(value_at(blocks, 0), request->run), request->run);
        client->is_from_environment = object_bool(value_at(blocks, 0), "from_env", true);
    }
    response->client = client;
    return true;
}

void tls_provider_set_proxy(const void *client, bool is_direct, HttpRequest *request) {
    const TlsClient *own = client;
    if (!is_direct && own && own->proxy.len > 0) {
        request->proxy = own->proxy;
    } else if (is_direct || (own && !own->is_from_environment)) {
        request->proxy =
            STR("http://127.0.0.1"); /* a dummy, never used: no_proxy excludes every host */
        request->no_proxy = STR("*");
    }
}

static const ObjectType *const types[] = {TLS_TYPES(PROVIDER_ROW)};

const Provider tls_provider = {
    .name = "tls",
    .address = "registry.terraform.io/hashicorp/tls",
    .imitates = "4.2.1",
    .description = "Keys and certificates made with OpenSSL and kept in the state.",
    .schema = {.blocks = &proxy_block, .block_count = 1},
    .configure = tls_provider_configure,
    PROVIDER_TYPES(types),
};
