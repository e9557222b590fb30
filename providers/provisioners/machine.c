/* machine: settings of a connection, and the remote commands that provisioners need. */
#include "machine.h"

#include "object_builder.h"
#include "provisioners_assets.h"

static bool machine_report(Diags *diags, const char *summary, const char *detail) {
    return diags_fail(diags, NO_RANGE, summary, "%s", detail);
}

static bool machine_check(const ProvisionCall *call, Diags *diags) {
    Value connection = call->connection;
    if (value_is_null(connection))
        return machine_report(
            diags, "Missing connection",
            "This provisioner requires a \"connection\" block, which sets the machine "
            "and how to connect to it.");
    if (!str_equal(object_text(connection, "type", STR("ssh")), STR("ssh")))
        return machine_report(diags, "Unsupported connection type",
                              "The only supported connection type is \"ssh\".");
    if (!str_equal(object_text(connection, "target_platform", STR("unix")), STR("unix")))
        return machine_report(
            diags, "Unsupported target platform",
            "The only supported platform is \"unix\": the machine must have a POSIX shell.");
    for (size_t i = 0; i < connection.count; i++) {
        Str name = connection.type->names[i];
        if (provisioner_connection_supports(name, value_at(connection, i), call->call.arena))
            continue;
        return diags_fail(diags, NO_RANGE, "Unsupported connection argument",
                          "Only SSH connections without a proxy are supported. Remove \"%.*s\", or "
                          "set it to null.",
                          STR_ARG(name));
    }
    return true;
}

static bool machine_check_timeout(Value connection, Diags *diags) {
    Str timeout = object_text(connection, "timeout", STR_EMPTY);
    int64_t ms = 0;
    if (timeout.len == 0 || (clock_parse_duration(timeout, &ms) && ms > 0))
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid connection timeout",
                      "\"%.*s\" is not a duration such as \"90s\" or \"5m\".", STR_ARG(timeout));
}

static bool machine_read_port(Value connection, const char *name, uint16_t *out, Diags *diags) {
    int64_t port = object_int(connection, name, *out);
    bool is_set = value_is_present(object_attribute(connection, name));
    *out = (uint16_t)port;
    if (!is_set || (port >= 1 && port <= 65535))
        return true;
    return machine_report(diags, "Invalid connection port",
                          "A port must be an integer from 1 to 65535.");
}

/* The key may be that of the host, or of an authority that signs host certificates. Without a key,
 * any host key is accepted. */
static void trust_key(SshTarget *target, Diags *diags) {
    target->host_ca = target->host_key;
    target->any_host_key = target->host_key.len == 0;
    if (target->any_host_key)
        diags_warning(diags, NO_RANGE, "Host key not verified",
                      "The connection has no host key for %.*s, so loam accepts any.",
                      STR_ARG(target->host));
}

/* Reads the bastion_… arguments. */
static bool read_bastion(Value connection, SshSettings *settings, Arena *arena, Diags *diags) {
    SshHop *hop = arena_new(arena, SshHop);
    hop->target = (SshTarget){
        .host = object_text(connection, "bastion_host", STR_EMPTY),
        .user = object_text(connection, "bastion_user", STR_EMPTY),
        .password = object_text(connection, "bastion_password", STR_EMPTY),
        .private_key = object_text(connection, "bastion_private_key", STR_EMPTY),
        .certificate = object_text(connection, "bastion_certificate", STR_EMPTY),
        .host_key = object_text(connection, "bastion_host_key", STR_EMPTY),
        .port = settings->machine.target.port,
    };
    if (hop->target.host.len == 0)
        return true;
    if (!machine_read_port(connection, "bastion_port", &hop->target.port, diags))
        return false;
    trust_key(&hop->target, diags);
    settings->bastions = hop;
    settings->bastion_count = 1;
    return true;
}

bool machine_link(const ProvisionCall *call, SshLink *out, Diags *diags) {
    Value connection = call->connection;
    SshSettings settings;
    if (!machine_check(call, diags) || !machine_check_timeout(connection, diags) ||
        !ssh_settings_read(&call->call, connection, NULL, &settings, call->call.arena, diags))
        return false;
    SshTarget *target = &settings.machine.target;
    if (target->host.len == 0)
        return machine_report(diags, "Missing host", "The \"host\" of the connection is empty.");
    if (!machine_read_port(connection, "port", &target->port, diags) ||
        !read_bastion(connection, &settings, call->call.arena, diags))
        return false;
    /* With an SSH configuration, its known_hosts files decide if there is no host key. */
    if (target->host_key.len > 0 || settings.ssh_config.len == 0)
        trust_key(target, diags);
    if (!ssh_settings_complete(&call->call, &settings, diags))
        return false;
    ssh_client_link_to(&call->call, &settings, out);
    return true;
}

bool machine_run(SshLink *link, Str command, Str input, LastOutput *last, const char *summary,
                 Diags *diags) {
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
    Str words = last ? last_output_text(last, arena)
                     : ssh_client_output_tail(result.err, result.out, arena);
    return diags_fail(diags, NO_RANGE, summary, "On %.*s the command ended with status %d. %.*s",
                      STR_ARG(link->target.host), result.exit_status, STR_ARG(words));
}

bool machine_upload(SshLink *link, Str path, Str name, uint32_t mode, Str content, Diags *diags) {
    Arena *arena = link->call->arena;
    const Str words[] = {path, name, str_format(arena, "%03o", mode & 0777)};
    Str command = ssh_client_script(machine_upload_sh, words, ARRAY_COUNT(words), arena);
    return machine_run(link, command, content, NULL, "Upload failed", diags);
}
