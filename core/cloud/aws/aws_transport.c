/* Plain http is for services of the machine itself: only they are reached without a network. */
#include "aws_transport.h"
#include "url.h"

#include <arpa/inet.h>

#define LOCAL_CONNECT_MS 1000
#define LOCAL_TIMEOUT_MS 5000
#define LOCAL_RETRIES    1
#define LOCAL_WAIT_MS    100

void aws_transport_apply(const AwsTransport *transport, HttpRequest *request) {
    bool is_open = str_starts_with(request->url, STR("http://"));
    request->ca_certs = transport->ca_certs;
    request->skip_verify = transport->skip_verify;
    request->proxy = is_open ? transport->http_proxy : transport->https_proxy;
    request->no_proxy = transport->no_proxy;
    request->redirect_limit = -1;
}

/* A proxy that every host bypasses hides the proxies of the environment. */
void aws_transport_apply_local(HttpRequest *request) {
    request->proxy = STR("http://127.0.0.1:9");
    request->no_proxy = STR("*");
    request->connect_timeout_ms = LOCAL_CONNECT_MS;
    request->timeout_ms = LOCAL_TIMEOUT_MS;
    request->retries = LOCAL_RETRIES;
    request->retry_wait_ms = LOCAL_WAIT_MS;
    request->redirect_limit = -1;
}

/* Not by its beginning: a name such as 127.example.com is no address. */
static bool is_loopback(Str host) {
    char text[INET_ADDRSTRLEN] = "";
    struct in_addr address;
    if (host.len >= sizeof text)
        return false;
    memcpy(text, host.ptr, host.len);
    return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

bool aws_transport_is_safe(Str url) {
    static const Str hosts[] = {STR_CONST("localhost"),     STR_CONST("::1"),
                                STR_CONST("169.254.170.2"), STR_CONST("169.254.170.23"),
                                STR_CONST("fd00:ec2::23"),  STR_CONST("[::1]"),
                                STR_CONST("[fd00:ec2::23]")};
    Url parts = {0};
    if (!url_parse(url, &parts) || parts.host.len == 0)
        return false;
    if (str_equal(parts.scheme, STR("https")))
        return true;
    Str host = url_host_name(&parts);
    return str_equal(parts.scheme, STR("http")) &&
           (is_loopback(host) || str_is_among(host, hosts, ARRAY_COUNT(hosts)));
}

Str aws_transport_endpoint(const char *service, Str region, bool is_fips, bool is_dualstack,
                           Arena *arena) {
    bool is_china = str_starts_with(region, STR("cn-"));
    const char *plain = is_china ? "amazonaws.com.cn" : "amazonaws.com";
    const char *dualstack = is_china ? "api.amazonwebservices.com.cn" : "api.aws";
    return str_format(arena, "https://%s%s.%.*s.%s", service, is_fips ? "-fips" : "",
                      STR_ARG(region), is_dualstack ? dualstack : plain);
}

Str aws_transport_variable(const Process *process, const char *service, Arena *arena) {
    const Str names[] = {str_format(arena, "AWS_ENDPOINT_URL_%s", service),
                         str_format(arena, "AWS_%s_ENDPOINT", service), STR("AWS_ENDPOINT_URL")};
    Str url = STR_EMPTY;
    for (size_t i = 0; url.len == 0 && i < ARRAY_COUNT(names); i++)
        url = process_variable(process, str_to_cstr(names[i], arena));
    if (url.len && str_find(url, STR("://"), 0) == SIZE_MAX)
        url = str_concat(STR("https://"), url, arena);
    while (str_ends_with(url, STR("/")))
        url = str_slice(url, 0, url.len - 1);
    return url;
}
