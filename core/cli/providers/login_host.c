/* Normalizes host names as the CLI configuration has them. */
#include "login_host.h"

#define DEFAULT_HOST "app.terraform.io"

static bool host_is_valid(Str host) {
    size_t colon = str_find_char(host, ':', 0);
    Str name = str_slice(host, 0, colon);
    Str port = colon == SIZE_MAX ? STR_EMPTY : str_after(host, colon + 1);
    uint64_t number;
    if (colon != SIZE_MAX && (!str_to_uint64(port, &number) || number == 0 || number > 65535))
        return false;
    return name.len > 0 && name.ptr[0] != '-' && name.ptr[0] != '.' && str_has_only(name, "-.");
}

bool login_host_read(Cli *cli, const Arguments *arguments, Str *out, Diags *diags) {
    Str host = arguments->positionals.count ? arguments->positionals.items[0] : STR(DEFAULT_HOST);
    StrBuf lower = strbuf_new(cli->arena);
    if (!host_is_valid(host))
        return diags_fail(diags, NO_RANGE, "Invalid host name",
                          "\"%.*s\" is not a host name such as registry.example or localhost:8443.",
                          STR_ARG(host));
    if (str_ends_with(host, STR(":443")))
        host = str_slice(host, 0, host.len - 4);
    for (size_t i = 0; i < host.len; i++)
        strbuf_add_char(&lower, (char)tolower((unsigned char)host.ptr[i]));
    *out = strbuf_str(&lower);
    return true;
}
