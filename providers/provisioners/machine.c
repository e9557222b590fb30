/* machine: settings of a connection, and the remote commands that provisioners need. */
#include "machine.h"

#include "object_builder.h"
#include "provisioners_assets.h"

/* Returns a link to a target without provider settings. Its session is closed on release. */
static SshLink link_to(const Call *call, const SshTarget *target, int64_t wait_ms) {
    return (SshLink){.call = call, .target = *target, .wait_ms = wait_ms};
}

#define PORT_DEFAULT    22
#define WAIT_DEFAULT_MS 300000

static bool report(Diags *diags, const char *summary, const char *detail) {
    diags_error(diags, NO_RANGE, summary, "%s", detail);
    return false;
}

static bool check(const ProvisionCall *call, Diags *diags) {
    Value connection = call->connection;
    if (value_is_null(connection))
        return report(diags, "Missing connection",
                      "This provisioner requires a \"connection\" block, which sets the machine "
                      "and how to connect to it.");
    if (!str_equal(object_text(connection, "type", STR("ssh")), STR("ssh")))
        return report(diags, "Unsupported connection type",
                      "The only supported connection type is \"ssh\".");
    if (!str_equal(object_text(connection, "target_platform", STR("unix")), STR("unix")))
        return report(
            diags, "Unsupported target platform",
            "The only supported platform is \"unix\": the machine must have a POSIX shell.");
    if (object_text(connection, "private_key", STR_EMPTY).len == 0 &&
        object_text(connection, "password", STR_EMPTY).len == 0)
        return report(
            diags, "No private key and no password",
            "The connection requires \"private_key\" or \"password\" for authentication.");
    return true;
}

static bool read_timeout(Value connection, int64_t *out, Diags *diags) {
    Str timeout = object_text(connection, "timeout", STR_EMPTY);
    *out = WAIT_DEFAULT_MS;
    if (timeout.len == 0 || (clock_parse_duration(timeout, out) && *out > 0))
        return true;
    diags_error(diags, NO_RANGE, "Invalid connection timeout",
                "\"%.*s\" is not a duration such as \"90s\" or \"5m\".", STR_ARG(timeout));
    return false;
}

static bool read_port(Value connection, uint16_t *out, Diags *diags) {
    int64_t port = object_int(connection, "port", PORT_DEFAULT);
    *out = (uint16_t)port;
    if (port >= 1 && port <= 65535)
        return true;
    return report(diags, "Invalid connection port", "A port must be an integer from 1 to 65535.");
}

bool machine_link(const ProvisionCall *call, SshLink *out, Diags *diags) {
    Value connection = call->connection;
    uint16_t port;
    int64_t wait_ms;
    if (!check(call, diags) || !read_timeout(connection, &wait_ms, diags) ||
        !read_port(connection, &port, diags)) {
        return false;
    }
    Str host_key = object_text(connection, "host_key", STR_EMPTY);
    SshTarget target = {
        .host = object_text(connection, "host", STR_EMPTY),
        .port = port,
        .user = object_text(connection, "user", STR("root")),
        .private_key = object_text(connection, "private_key", STR_EMPTY),
        .password = object_text(connection, "password", STR_EMPTY),
        .host_key = host_key,
        .any_host_key = host_key.len == 0,
    };
    if (target.host.len == 0)
        return report(diags, "Missing host", "The \"host\" of the connection is empty.");
    if (target.any_host_key)
        diags_warning(diags, NO_RANGE, "Host key not verified",
                      "The connection has no \"host_key\", so loam accepts any host key at %.*s.",
                      STR_ARG(target.host));
    *out = link_to(&call->call, &target, wait_ms);
    return true;
}

bool machine_run(
    SshLink *link, Str command, Str input, LastOutput *last, const char *what, Diags *diags) {
    SshCommand request = {
        .command = command,
        .input = input,
        .timeout = {.cancel = link->call->cancel},
        .output = last ? last_output_append : NULL,
        .payload = last,
    };
    SshResult result;
    if (!ssh_client_run(link, &request, &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    Arena *arena = link->call->arena;
    Str words =
        last ? last_output_text(last, arena) : ssh_client_last_words(result.err, result.out, arena);
    diags_error(diags, NO_RANGE, what, "On %.*s the command ended with status %d. %.*s",
                STR_ARG(link->target.host), result.exit_status, STR_ARG(words));
    return false;
}

bool machine_upload(SshLink *link, Str path, Str name, uint32_t mode, Str content, Diags *diags) {
    Arena *arena = link->call->arena;
    const Str words[] = {path, name, str_format(arena, "%03o", mode & 0777)};
    Str command = ssh_client_script(machine_upload_sh, words, ARRAY_COUNT(words), arena);
    return machine_run(link, command, content, NULL, "Upload failed", diags);
}
