/* s3_place: the rules of addresses of S3 stores. */
#include "s3_place.h"
#include "aws_settings.h"
#include "url.h"

#include <ctype.h>

/* Returns whether the bucket can be part of the host name. It must be one valid label, since
 * wildcard certificates match only one. */
static bool fits_host_name(Str bucket) {
    for (size_t i = 0; i < bucket.len; i++) {
        char c = bucket.ptr[i];
        if (!(islower((unsigned char)c) || isdigit((unsigned char)c) || c == '-'))
            return false;
    }
    return bucket.len >= 3 && bucket.len <= 63;
}

/* Certificates name hosts, and an address has no subdomain. */
static bool is_address(const Url *url) {
    Str host = url_host_name(url);
    bool digits = host.len > 0;
    for (size_t i = 0; i < host.len; i++)
        digits = digits && (isdigit((unsigned char)host.ptr[i]) || host.ptr[i] == '.');
    return digits || str_starts_with(url->host, STR("["));
}

static Str default_endpoint(Value config, Str region, Arena *arena) {
    bool is_fips = aws_settings_flag(config, "use_fips_endpoint");
    bool is_dual = aws_settings_flag(config, "use_dualstack_endpoint");
    const char *end = str_starts_with(region, STR("cn-")) ? ".cn" : "";
    return str_format(arena, "https://s3%s%s.%.*s.amazonaws.com%s", is_fips ? "-fips" : "",
                      is_dual ? ".dualstack" : "", STR_ARG(region), end);
}

bool s3_place_read(Value config, S3Settings *out, Arena *arena) {
    Url url;
    Str endpoint = aws_settings_endpoint(config, "s3", "endpoint", arena);
    if (endpoint.len == 0)
        endpoint = default_endpoint(config, out->region, arena);
    if (!url_parse(endpoint, &url) || url.host.len == 0 || url.query.len || url.fragment.len)
        return false;
    out->endpoint = endpoint;
    out->bucket = value_text_at(config, STR("bucket"));
    out->path_style = !fits_host_name(out->bucket) || is_address(&url) ||
                      aws_settings_flag(config, "use_path_style") ||
                      aws_settings_flag(config, "force_path_style");
    return true;
}
