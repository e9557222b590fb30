/* Version 1 of the machine's service needs no token, so any program that fetches URLs for others
 * gives its keys away; it is never used. */
#include "aws_metadata.h"
#include "aws_profile.h"
#include "http_send.h"
#include "json.h"
#include "problem.h"

#include <errno.h>

#define CONTAINER_HOST      "http://169.254.170.2"
#define MACHINE_HOST        "http://169.254.169.254"
#define MACHINE_IPV6        "http://[fd00:ec2::254]"
#define ROLE_PATH           "/latest/meta-data/iam/security-credentials/"
#define METADATA_BODY_LIMIT ((uint64_t)64 << 10)
#define UNAUTHORIZED        401

static Str variable_of(const Io *io, const char *name) {
    return process_variable(io->process, name);
}

bool aws_metadata_has_container(const Io *io) {
    return variable_of(io, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").len > 0 ||
           variable_of(io, "AWS_CONTAINER_CREDENTIALS_FULL_URI").len > 0;
}

/* Sends a request to a service of this machine. Sets *code also if that is an error. */
static bool ask(const AwsLookup *lookup, HttpRequest *request, int *code, Str *out, Str *problem,
                Arena *arena) {
    HttpResponse response = {0};
    Str why = STR_EMPTY;
    aws_transport_apply_local(request);
    request->body_limit = METADATA_BODY_LIMIT;
    request->cancel = lookup->cancel;
    request->cancel_at = CANCEL_NOW;
    HttpStatus sent = http_send(lookup->io, request, &response, &why, arena);
    *code = response.code;
    *out = response.body;
    if (sent == HTTP_DONE && response.code == 200)
        return true;
    if (sent == HTTP_DONE)
        why = str_format(arena, "HTTP status %d", response.code);
    return problem_set(problem, arena, "%.*s: %.*s", STR_ARG(request->url), STR_ARG(why));
}

/* The token proves that the request comes from the container. */
static bool container_token(const AwsLookup *lookup, Str *out, Str *problem, Arena *arena) {
    const Disk *disk = lookup->io->disk;
    Str path = variable_of(lookup->io, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    *out = variable_of(lookup->io, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (path.len == 0)
        return true;
    int error = disk->read_file(disk->self, path, out, arena);
    *out = error ? STR_EMPTY : str_trim(*out);
    return error == 0 || problem_set(problem, arena,
                                     "the file \"%.*s\" of "
                                     "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: %s",
                                     STR_ARG(path), strerror(-error));
}

bool aws_metadata_container(const AwsLookup *lookup, AwsKeys *out, Str *problem, Arena *arena) {
    Str relative = variable_of(lookup->io, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    HttpRequest request = {.url = variable_of(lookup->io, "AWS_CONTAINER_CREDENTIALS_FULL_URI")};
    Str token, text, why = STR_EMPTY;
    int code;
    if (relative.len)
        request.url = str_concat(STR(CONTAINER_HOST), relative, arena);
    else if (request.url.len == 0)
        return problem_text(problem, "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                                     "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
    if (!aws_transport_is_safe(request.url))
        return problem_text(problem,
                            "AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https address, or a "
                            "service of this machine: loopback, 169.254.170.2, 169.254.170.23 or "
                            "fd00:ec2::23");
    if (!container_token(lookup, &token, problem, arena))
        return false;
    if (token.len)
        http_add_header(&request.headers, "authorization", token, arena);
    return (ask(lookup, &request, &code, &text, &why, arena) &&
            aws_keys_from_json(text, "Token", out, &why, arena)) ||
           problem_set(problem, arena, "the container's service gives no keys (%.*s)",
                       STR_ARG(why));
}

bool aws_metadata_is_enabled(const AwsLookup *lookup) {
    Str off = variable_of(lookup->io, "AWS_EC2_METADATA_DISABLED");
    return !lookup->options->skip_metadata && !str_equal(off, STR("true"));
}

static Str machine_host(const AwsLookup *lookup) {
    Str host = lookup->options->metadata_endpoint;
    Str mode = variable_of(lookup->io, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    bool is_ipv6 = lookup->options->metadata_by_ipv6 || str_equal(mode, STR("IPv6"));
    if (host.len == 0)
        host = variable_of(lookup->io, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    while (str_ends_with(host, STR("/")))
        host = str_slice(host, 0, host.len - 1);
    return host.len ? host : is_ipv6 ? STR(MACHINE_IPV6) : STR(MACHINE_HOST);
}

static bool machine_token(const AwsLookup *lookup, Str *out, Str *problem, Arena *arena) {
    HttpRequest request = {
        .method = STR("PUT"),
        .url = str_concat(machine_host(lookup), STR("/latest/api/token"), arena),
    };
    int code;
    http_add_header(&request.headers, "x-aws-ec2-metadata-token-ttl-seconds", STR("21600"), arena);
    return ask(lookup, &request, &code, out, problem, arena);
}

/* Gets a path; a rejected token is replaced once. */
static bool machine_get(const AwsLookup *lookup, Str path, Str *token, Str *out, Str *problem,
                        Arena *arena) {
    int code = UNAUTHORIZED;
    for (int i = 0; i < 2 && code == UNAUTHORIZED; i++) {
        if (token->len == 0 && !machine_token(lookup, token, problem, arena))
            return false;
        HttpRequest request = {.url = str_concat(machine_host(lookup), path, arena)};
        http_add_header(&request.headers, "x-aws-ec2-metadata-token", *token, arena);
        if (ask(lookup, &request, &code, out, problem, arena))
            return true;
        *token = STR_EMPTY;
    }
    return false;
}

static bool read_machine_keys(Str text, AwsKeys *out, Str *problem, Arena *arena) {
    Value answer;
    Str code = STR_EMPTY;
    if (json_parse_object(text, &answer, arena))
        code = value_text_at(answer, STR("Code"));
    if (code.len && !str_equal(code, STR("Success")))
        return problem_set(problem, arena, "the service reports \"%.*s\"", STR_ARG(code));
    return aws_keys_from_json(text, "Token", out, problem, arena);
}

bool aws_metadata_machine(const AwsLookup *lookup, AwsKeys *out, Str *problem, Arena *arena) {
    Str token = STR_EMPTY, role, text, why = STR_EMPTY;
    bool ok = machine_get(lookup, STR(ROLE_PATH), &token, &role, &why, arena);
    if (ok) {
        Str first = STR_EMPTY;
        (void)str_next_field(&role, '\n', &first);
        Str path = str_concat(STR(ROLE_PATH), str_trim(first), arena);
        ok = str_trim(first).len > 0 ? machine_get(lookup, path, &token, &text, &why, arena) &&
                                           read_machine_keys(text, out, &why, arena)
                                     : problem_text(&why, "the machine has no role");
    }
    return ok || problem_set(problem, arena, "the machine's metadata service gives no keys (%.*s)",
                             STR_ARG(why));
}
