/* cloud_address: https, and a short list of exceptions. */
#include "cloud_address.h"
#include "problem.h"

#define ANSWER_MAX ((uint64_t)1 << 20)
#define TIMEOUT_MS 30000

static const char *const metadata_hosts[] = {
    "169.254.169.254", "metadata.google.internal", "metadata",       "[fd00:ec2::254]",
    "169.254.170.2",   "169.254.170.23",           "[fd00:ec2::23]",
};

/* Returns true for the services of a virtual machine or a container that give it credentials:
 * link-local addresses and their names. No other machine can answer there, so http is safe. */
static bool cloud_address_is_metadata(const Url *url) {
    Str host = url_host_name(url);
    for (size_t i = 0; i < ARRAY_COUNT(metadata_hosts); i++) {
        if (str_equal_cstr(host, metadata_hosts[i]))
            return true;
    }
    return false;
}

bool cloud_address_check(Str address, Str *problem, Arena *arena) {
    Url url;
    if (!url_parse(address, &url) || url.host.len == 0 || url.userinfo.len > 0)
        return problem_set(problem, arena, "\"%.*s\" is not an address",
                           STR_ARG(url_redact(address, arena)));
    if (str_equal(url.scheme, STR("https")))
        return true;
    bool is_http = str_equal(url.scheme, STR("http"));
    if (is_http && (url_is_loopback(&url) || cloud_address_is_metadata(&url)))
        return true;
    return problem_set(problem, arena, "\"%.*s\" would receive a secret without https",
                       STR_ARG(url_redact(address, arena)));
}

void cloud_address_limit(HttpRequest *request) {
    Url url;
    request->redirect_limit = -1;
    request->body_limit = ANSWER_MAX;
    request->timeout_ms = TIMEOUT_MS;
    request->cancel_at = CANCEL_NOW;
    if (url_parse(request->url, &url) && cloud_address_is_metadata(&url))
        request->no_proxy = STR("*");
}
